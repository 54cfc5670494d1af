"""A newer file of a catalogue that is here: what is new, what has changed, what is gone.

Knows: how stored items and a file's rows are laid side by side. The facets stay the catalogue's own: new values are fine, another
type is an error. Does not know: how the store keeps what old conversations refer to.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatrec.errors import BadInput
from chatrec.importing import movielens
from chatrec.importing.facets import ITEM_FIELDS, Declared, DeclaredFacet
from chatrec.importing.infer import Plan, infer
from chatrec.importing.items import Made, make_items, with_values
from chatrec.importing.known import slug
from chatrec.importing.rows import Skipped, Table
from chatrec.importing.rows import read as read_rows
from chatrec.language.describe import value_text
from chatrec.store.items import clean_item
from chatrec.vocabulary import Catalog, Item

DRASTIC = 0.5  # part of the items that may go without being asked about
ANOTHER_TYPE = 0.5  # part of a column's cells that its facet can't hold, from which on it is another column
SHOWN = 4  # examples of each kind in a report
TEXTS = ("title", "titles", "description", "descriptions", "image_url", "url")


@dataclass
class Update:
    """What a file changes, before anything is written. `catalog` and `items` are what the catalogue holds afterwards."""

    file: str
    catalog: Catalog
    items: list[Item]
    rows: int
    before: int  # items the catalogue had
    place: str = "line"
    new: list[Item] = field(default_factory=list)
    changed: list[tuple[Item, Item]] = field(default_factory=list)  # before, after
    gone: list[Item] = field(default_factory=list)
    kept: int = 0  # not in the file, and kept
    popularity: int = 0  # items that are more or less popular now, and otherwise the same
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)  # where the catalogue comes from, afterwards
    log: Path | None = None  # a MovieLens folder brings its ratings too
    interactions: Any = None  # importing.tally.Tally, once they are read

    @property
    def anything(self) -> bool:
        return bool(self.new or self.changed or self.gone or self.popularity)

    @property
    def drastic(self) -> bool:
        """More than half of the catalogue would go."""
        return len(self.gone) > DRASTIC * self.before

    def question(self) -> str:
        return (
            f"{len(self.gone):,} of the {self.before:,} items of {self.catalog.name} are not in {self.file} and would be "
            "withdrawn. If the file holds only what has changed: --keep-missing. If they are really gone: --yes."
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "catalog": self.catalog.name,
            "file": self.file,
            "rows": self.rows,
            "skipped": [{self.place: s.line, "reason": s.reason} for s in self.skipped],
            "new": [i.id for i in self.new],
            "changed": {old.id: self._differs(old, new) for old, new in self.changed},
            "withdrawn": [i.id for i in self.gone],
            "items": len(self.items),
            "notes": self.notes,
        }

    def show(self, console: Any, *, done: bool = True) -> None:
        """Print for a person. Everything from the file is printed as it is, never as markup."""
        from rich.text import Text

        same = self.before - len(self.changed) - len(self.gone) - self.kept
        head = (
            f"{self.catalog.name}: {len(self.new):,} new, {len(self.changed):,} changed, {len(self.gone):,} withdrawn"
        )
        head += f", {same:,} as they were" + (f", {self.kept:,} not in the file and kept" if self.kept else "")
        console.print(Text(head, style="bold"))
        skipped = f", {len(self.skipped):,} skipped" if self.skipped else ""
        console.print(Text(f"{self.rows:,} rows of {self.file}{skipped}; {len(self.items):,} items now"))
        told = (
            ("new", [f"{i.title} ({i.id})" for i in self.new[:SHOWN]], len(self.new)),
            (
                "changed",
                [f"{n.title} ({n.id}): {self._said(o, n)}" for o, n in self.changed[:SHOWN]],
                len(self.changed),
            ),
            ("withdrawn", [f"{i.title} ({i.id})" for i in self.gone[:SHOWN]], len(self.gone)),
        )
        for what, examples, count in told:
            for example in examples:
                console.print(Text(f"{what}: {example}"))
            if count > len(examples):
                console.print(Text(f"{what}: and {count - len(examples):,} more"))
        if self.popularity:
            console.print(Text(f"note: {self.popularity:,} more items are more or less popular than before"))
        for note in self.notes:
            console.print(Text(f"note: {note}"))
        for s in self.skipped[:8]:
            console.print(Text(f"skipped: {self.place} {s.line}: {s.reason}", style="yellow"))
        if len(self.skipped) > 8:
            console.print(Text(f"skipped: {len(self.skipped) - 8:,} more", style="yellow"))
        if self.interactions is not None:
            self.interactions.show(console)
        if not done:
            console.print(Text("nothing was changed (--dry-run)", style="bold"))

    def _differs(self, old: Item, new: Item) -> list[str]:
        names = [name for name in TEXTS if getattr(old, name) != getattr(new, name)]
        return names + [f for f in {**old.attributes, **new.attributes} if old.values(f) != new.values(f)]

    def _said(self, old: Item, new: Item) -> str:
        """`price $5 -> $6, description`."""
        told = []
        for name in self._differs(old, new):
            facet = self.catalog.facet(name)
            if facet is None or facet.type == "text":
                told.append(name)
                continue
            sides = [
                ", ".join(value_text(facet, v, "en") for v in item.values(name)[:3]) or "none" for item in (old, new)
            ]
            told.append(f"{name} {sides[0]} -> {sides[1]}")
        return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")


async def compare(store: Any, name: str, file: Path, *, keep_missing: bool = False) -> Update:
    """What a file would change in a stored catalogue.

    keep_missing: the file holds only what has changed. Raises NotFound, or BadInput with one sentence; nothing is written.
    """
    catalog = await store.items.catalog(name)
    source = await store.items.source(name) or {}
    stored = {item.id: item async for batch in store.items.all(name) for item in batch}
    update = await asyncio.to_thread(_compare, catalog, source, stored, file, keep_missing)
    update.source = source if keep_missing else {**source, "kind": "file", "file": str(file.resolve())}
    update.log = file if movielens.is_folder(file) and not keep_missing else None
    return update


def _compare(
    catalog: Catalog, source: Mapping[str, Any], stored: Mapping[str, Item], file: Path, keep_missing: bool
) -> Update:
    table = movielens.table(file) if movielens.is_folder(file) else read_rows(file)
    plan = _plan(catalog, source, table)
    made = make_items(table, plan)
    if not made.items:
        first = made.skipped[0]
        raise BadInput(f"{file.name} has no row that can be used: {table.place} {first.line}: {first.reason}.")
    _same_types(catalog, plan, made, table, file.name)
    there = {u.becomes for u in plan.uses}
    own = {f.name for f in catalog.facets}
    facets = {u.facet.name for u in plan.uses if u.facet}
    popular = bool(there & {"popularity", "rank"}) and not keep_missing
    notes = [f"the file has no {name}: what is known of it stays" for name in sorted(own - facets)]
    notes += [
        f"the column {u.column} is no facet of {catalog.name} and is left out; `catalog add {catalog.name} FILE --replace` takes it in"
        for u in plan.uses
        if u.becomes == "new"
    ]
    if keep_missing and there & {"popularity", "rank"}:
        notes.append("how popular an item is counts among all; a file of changes leaves it as it is")
    update = Update(
        file.name, catalog, [], len(table.rows) + len(table.skipped), len(stored), place=table.place, notes=notes,
        skipped=sorted([*table.skipped, *made.skipped], key=lambda s: s.line),
    )  # fmt: skip
    after: dict[str, Item] = {}
    for item in made.items:
        old = stored.get(item.id)
        item = clean_item(_filled(item, old, there, facets, popular))
        after[item.id] = item
        if old is None:
            update.new.append(item)
        elif update._differs(old, item):
            update.changed.append((old, item))
        elif abs(old.popularity - item.popularity) > 1e-6:
            update.popularity += 1
    missing = [item for item_id, item in stored.items() if item_id not in after]
    if keep_missing:
        update.kept = len(missing)
        after |= {item.id: item for item in missing}
    else:
        update.gone = missing
    update.items = list(after.values())
    digest = hashlib.sha256(catalog.version.encode())
    for item in sorted(update.items, key=lambda i: i.id):
        digest.update(repr(item).encode("utf-8", "replace"))
    with_new = tuple(with_values(f, update.items) for f in catalog.facets)
    update.catalog = catalog.model_copy(
        update={"facets": with_new, "version": digest.hexdigest()[:16], "items": len(update.items)}
    )
    return update


def _plan(catalog: Catalog, source: Mapping[str, Any], table: Table) -> Plan:
    """How the file's columns are read: as the catalogue's own facets and fields, as it was read before where that is known."""
    there = {slug(name): name for name in table.columns}
    columns: Mapping[str, str] = source.get("columns") or {}

    def column(name: str) -> str | None:
        return there.get(slug(columns.get(name, name)))

    fields = {f: c for f in ITEM_FIELDS if f in columns and (c := column(f))}
    fields |= {
        f: c for f in ("id", "title") if source.get(f"{f}_field") and (c := there.get(slug(source[f"{f}_field"])))
    }
    made_of_dates = set(source.get("years") or ())  # facets made of a date: the importer makes them again
    declared = [
        DeclaredFacet({**facet.model_dump(), "name": facet.name}, c, 1)
        for facet in catalog.facets
        if facet.name not in made_of_dates and (c := column(facet.name)) and c not in fields.values()
    ]
    plan = infer(table, Declared(catalog.name, facets=tuple(declared), fields=fields))
    own = {f.name: f for f in catalog.facets}
    uses = []
    for use in plan.uses:
        if use.facet is None:
            uses.append(use)
        elif use.facet.name in own:
            uses.append(dataclasses.replace(use, facet=own[use.facet.name]))
        else:
            uses.append(dataclasses.replace(use, facet=None, becomes="new"))
    return Plan(tuple(uses), plan.declared)


def _same_types(catalog: Catalog, plan: Plan, made: Made, table: Table, file: str) -> None:
    """BadInput where most cells of a column can't be what the catalogue's facet is."""
    for use in plan.uses:
        odd = made.odd.get(use.column, [])
        if use.facet is None or not odd:
            continue
        filled = max(len(odd), round(use.filled * len(table.rows)))
        if len(odd) > ANOTHER_TYPE * filled:
            kind = f"{use.facet.type} ({use.facet.unit})" if use.facet.unit else use.facet.type
            raise BadInput(
                f"{use.facet.name} of {catalog.name} is a {kind}, but {len(odd):,} of {filled:,} cells of the column "
                f"{use.column} in {file} are not ({odd[0]!r}). Mend the column, or read everything anew: "
                f"catalog add {catalog.name} {file} --replace"
            )


def _filled(item: Item, old: Item | None, there: set[str], facets: set[str], popular: bool) -> Item:
    """The file's item, with what the file has no column for as it was before."""
    if old is None:
        return item if popular else dataclasses.replace(item, popularity=0.0)
    kept: dict[str, Any] = {
        "attributes": {**{k: v for k, v in old.attributes.items() if k not in facets}, **item.attributes}
    }
    if not there & {"description", "description_en", "description_zh"}:
        kept |= {"description": old.description, "descriptions": old.descriptions}
    if not there & {"title_en", "title_zh"}:
        kept["titles"] = old.titles
    for name in ("image_url", "url"):
        if name not in there:
            kept[name] = getattr(old, name)
    if not popular:
        kept["popularity"] = old.popularity
    return dataclasses.replace(item, **kept)


def columns_of(plan: Plan) -> dict[str, str]:
    """Which column each item field and facet was read from, for the next update."""
    uses: Iterable[Any] = (u for u in plan.uses if u.becomes not in ("unused", "brand", "rank", "year of"))
    return {u.facet.name if u.facet else u.becomes: u.column for u in uses}


def years_of(plan: Plan) -> list[str]:
    """The facets that were made of a date column."""
    return [u.facet.name for u in plan.uses if u.becomes == "year of" and u.facet]
