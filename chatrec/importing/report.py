"""What came of an import, for people and for programs: rows, why some were skipped, what the columns became.

Knows: Plan, Made. Printing uses rich, imported when it is asked for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chatrec.importing.infer import Plan
from chatrec.importing.items import Made
from chatrec.importing.rows import Skipped, Table
from chatrec.language.describe import number
from chatrec.vocabulary import Catalog, Facet

if TYPE_CHECKING:
    from rich.console import Console

MOST_SKIPPED_SHOWN = 12


@dataclass(frozen=True)
class Column:
    """What one column became: `title`, `facet price (number, €)`, `-`. filled: share of rows with a value."""

    name: str
    became: str
    filled: float
    note: str = ""


@dataclass
class Report:
    """`rows` were read, of these `skipped` were not used; `items` is what the catalogue holds now."""

    catalog: str
    file: str
    rows: int
    items: int
    place: str = "line"  # what the numbers in `skipped` count
    form: str = ""
    skipped: list[Skipped] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    facets: tuple[Facet, ...] = ()
    missing: list[str] = field(default_factory=list)  # item fields that no column gives
    notes: list[str] = field(default_factory=list)
    changed: bool = True
    dialogues: Any = None  # importing.dialogues.Heard, where conversations came with it
    interactions: Any = None  # importing.interactions.Tally, where a log came with it

    def as_dict(self) -> dict[str, Any]:
        return {
            "catalog": self.catalog,
            "file": self.file,
            "rows": self.rows,
            "items": self.items,
            "skipped": [{self.place: s.line, "reason": s.reason} for s in self.skipped],
            "columns": {c.name: c.became for c in self.columns},
            "facets": [f.name for f in self.facets],
            "missing": self.missing,
            "notes": self.notes,
            "changed": self.changed,
        }

    def show(self, console: Console) -> None:
        """Print for a person. Everything from the file is printed as it is, never as markup."""
        from rich.table import Table as Grid
        from rich.text import Text

        console.print(Text(f"{self.catalog}: {self.items:,} items from {self.file}", style="bold"))
        skipped = f", {len(self.skipped):,} skipped" if self.skipped else ""
        console.print(Text(f"{self.rows:,} rows read{skipped} ({self.form})"))
        if self.columns:
            grid = Grid(box=None, padding=(0, 2, 0, 0), show_edge=False)
            for heading in ("column", "is", "filled", ""):
                grid.add_column(heading, overflow="fold", style="dim" if heading in ("filled", "") else None)
            for c in self.columns:
                grid.add_row(Text(c.name), Text(c.became), f"{c.filled:.0%}", Text(c.note))
            console.print(grid)
        if self.missing:
            console.print(Text(f"missing: {', '.join(self.missing)}"))
        for note in self.notes:
            console.print(Text(f"note: {note}"))
        for s in self.skipped[:MOST_SKIPPED_SHOWN]:
            console.print(Text(f"skipped: {self.place} {s.line}: {s.reason}", style="yellow"))
        if len(self.skipped) > MOST_SKIPPED_SHOWN:
            for reason, n in Counter(_kind(s.reason) for s in self.skipped[MOST_SKIPPED_SHOWN:]).most_common(5):
                console.print(Text(f"skipped: {n:,} more: {reason}", style="yellow"))
        if self.interactions is not None:
            self.interactions.show(console)
        if self.dialogues is not None:
            self.dialogues.show(console)


def _kind(reason: str) -> str:
    """A reason without the words of its row, so that like ones can be counted."""
    return "an id that was there before" if reason.startswith("id ") else reason


def report_of(catalog: Catalog, file: str, table: Table, plan: Plan, made: Made) -> Report:
    """The report of a file that was read."""
    columns = [Column(u.column, _became(u.becomes, u.facet), u.filled, u.note) for u in plan.uses]
    there = {u.becomes for u in plan.uses}
    missing = []
    if "id" not in there:
        missing.append("id (made from the titles)")
    if not there & {"description", "description_en", "description_zh"}:
        missing.append("description")
    if "image_url" not in there:
        missing.append("image_url (covers are drawn)")
    if not there & {"popularity", "rank"}:
        missing.append("popularity (all the same)")
    notes = []
    for column, cells in made.odd.items():
        use = next(u for u in plan.uses if u.column == column and u.facet)
        assert use.facet is not None
        kind = "a " + (f"number of {use.facet.unit}" if use.facet.unit else use.facet.type)
        notes.append(f"{len(cells):,} cells of {column} are not {kind} and were left out, like {cells[0]!r}.")
    if made.addresses_dropped:
        notes.append(f"{made.addresses_dropped:,} addresses were left out: only http and https are kept.")
    broken = sorted([*table.skipped, *made.skipped], key=lambda s: s.line)
    form = ", ".join(p for p in (table.kind, table.encoding, table.separator) if p)
    return Report(
        catalog=catalog.name,
        file=file,
        rows=len(table.rows) + len(table.skipped),
        items=len(made.items),
        place=table.place,
        form=form,
        skipped=broken,
        columns=columns,
        facets=catalog.facets,
        missing=missing,
        notes=notes,
    )


def _became(becomes: str, facet: Facet | None) -> str:
    if facet is None:
        return {"unused": "-", "brand": "part of the title", "rank": "popularity"}.get(becomes, becomes)
    kind = facet.type + (", many" if facet.many else "")
    more = [w for w in (facet.unit, facet.role if facet.role != facet.name else None) if w]
    if facet.step:
        more.append(f"step {number(facet.step)}")
    return f"facet {facet.name} ({', '.join([kind, *more])})"
