"""Rows become items: ids, titles, typed values, popularity; and the catalogue that holds them.

Knows: Plan, Item. Does not know: files, the store. What a cell holds that its facet can't is left out and counted.
"""

from __future__ import annotations

import bisect
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chatrec.importing import values as v
from chatrec.importing.columns import Use
from chatrec.importing.facets import Declared
from chatrec.importing.infer import Plan
from chatrec.importing.known import known, slug, unit_of
from chatrec.importing.rows import Skipped, Table
from chatrec.language.describe import value_text
from chatrec.language.normal import normal
from chatrec.vocabulary import LANGUAGES, Catalog, Facet, Item

FEW_VALUES = 24
NO_POPULARITY = 0.0  # where a file tells none: nothing may then be called well known


@dataclass
class Made:
    items: list[Item] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    odd: dict[str, list[str]] = field(default_factory=dict)  # column -> cells that its facet can't hold
    addresses_dropped: int = 0


def make_items(table: Table, plan: Plan) -> Made:
    """Items in the order of the file. The first of several rows with one id wins."""
    made = Made()
    facets = [(u, _remembering(reader(u))) for u in plan.uses if u.facet is not None]
    names = {b: plan.column(b) for b in ("id", "title", "title_en", "title_zh", "brand", "popularity", "rank")}
    texts = {b: plan.column(b) for b in ("description", "description_en", "description_zh", "image_url", "url")}
    rank = names["popularity"] is None and names["rank"] is not None
    popular = _popularity(table, names["popularity"] or names["rank"], small_is_popular=rank)
    lines: dict[str, int] = {}
    same: dict[str, int] = {}
    for n, (line, cells) in enumerate(table.rows):

        def said(becomes: str, most: int, *, of: dict[str, Any] = cells, paragraphs: bool = False) -> str:
            cell = of.get(names.get(becomes) or texts.get(becomes) or "")
            if isinstance(cell, (list, tuple)):
                cell = "\n".join(str(p) for p in map(v.part_name, cell) if p is not None)
            named = becomes.startswith("title") or becomes == "id"
            nothing = (v.blank if named else v.missing)(cell) or isinstance(cell, dict)
            return "" if nothing else v.clean(cell, most, lines=paragraphs)

        title = said("title", v.MOST_TITLE)
        if not title:
            made.skipped.append(Skipped(line, "no title"))
            continue
        if names["brand"] and (brand := said("brand", 60)) and not normal(title).startswith(normal(brand)):
            title = f"{brand} {title}"
        if names["id"]:
            item_id = said("id", v.MOST_ID)
            if not item_id:
                made.skipped.append(Skipped(line, "no id"))
                continue
            if item_id in lines:
                made.skipped.append(Skipped(line, f"id {item_id} is already in {table.place} {lines[item_id]}"))
                continue
        else:
            whole = json.dumps(cells, sort_keys=True, default=str)
            if whole in same:
                made.skipped.append(Skipped(line, f"the same as {table.place} {same[whole]}"))
                continue
            same[whole] = line
            item_id = _free_id(title, lines)
        lines[item_id] = line
        addresses = {}
        for becomes in ("image_url", "url"):
            cell = cells.get(texts[becomes] or "")
            addresses[becomes] = v.web_address(cell)
            made.addresses_dropped += addresses[becomes] is None and not v.missing(cell)
        attributes: dict[str, Any] = {}
        for use, read in facets:
            cell = cells.get(use.column)
            if v.missing(cell):
                continue
            value = read(cell)
            if value is None or value == ():
                made.odd.setdefault(use.column, []).append(v.clean(str(cell), 40))
            else:
                assert use.facet is not None
                attributes[use.facet.name] = value
        descriptions: dict[str, str] = {
            lang: t for lang in LANGUAGES if (t := said(f"description_{lang}", v.MOST_DESCRIPTION, paragraphs=True))
        }
        description = _without_heading(said("description", v.MOST_DESCRIPTION, paragraphs=True), title)
        if description and descriptions:  # the plain one is in the language that has none of its own
            descriptions.setdefault("zh" if any("\u4e00" <= c <= "\u9fff" for c in description) else "en", description)
        made.items.append(
            Item(
                id=item_id,
                title=title,
                titles={lang: t for lang in LANGUAGES if (t := said(f"title_{lang}", v.MOST_TITLE))},
                description=description or next(iter(descriptions.values()), ""),
                descriptions=descriptions,
                image_url=addresses["image_url"],
                url=addresses["url"],
                popularity=popular[n],
                attributes=attributes,
            )
        )
    return made


def _without_heading(description: str, title: str) -> str:
    """A description that begins with its own title as a heading says it without."""
    first, _, rest = description.partition("\n")
    return rest.strip() if rest and normal(first.lstrip("# ")) == normal(title) else description


def _free_id(title: str, taken: dict[str, int]) -> str:
    """An id from the title, for files that have none: `matrix`, `matrix-2`."""
    base = slug(title).replace("_", "-")
    name, n = base, 2
    while name in taken:
        name, n = f"{base}-{n}", n + 1
    return name


def _popularity(table: Table, column: str | None, *, small_is_popular: bool) -> list[float]:
    """0..1 for every row: shares of a column that is in 0..1 already, else the share of rows that are less popular."""
    if column is None:
        return [NO_POPULARITY] * len(table.rows)
    found = [v.quantity(c) if not v.missing(c := cells.get(column)) else None for _, cells in table.rows]
    numbers = [q.numbers[0] if q else None for q in found]
    known_numbers = sorted(n for n in numbers if n is not None)
    if not known_numbers:
        return [NO_POPULARITY] * len(table.rows)
    if not small_is_popular and known_numbers[0] >= 0 and known_numbers[-1] <= 1:
        return [round(n or 0.0, 4) for n in numbers]

    def share(n: float | None) -> float:
        if n is None:
            return 0.0
        below, upto = bisect.bisect_left(known_numbers, n), bisect.bisect_right(known_numbers, n)
        rank = (below + upto - 1) / 2 / max(1, len(known_numbers) - 1)
        return round(1 - rank if small_is_popular else rank, 4)

    return [share(n) for n in numbers]


# --------------------------------------------------------------------------- one cell


def reader(use: Use) -> Callable[[Any], Any]:
    """How the cells of one column are read: cell -> value, tuple of values where many, None where it says nothing usable."""
    facet = use.facet
    assert facet is not None
    if use.becomes == "year of":
        return lambda cell: int(d[:4]) if (d := v.date(cell, day_first=not use.month_first)) else None
    if facet.type == "number":
        return _number_reader(use, facet)
    if facet.type == "date":
        return lambda cell: v.date(cell if isinstance(cell, str) else str(cell), day_first=not use.month_first)
    if facet.type == "bool":
        return lambda cell: v.yes_no(cell, digits=use.digits)
    if facet.type == "text":
        return lambda cell: (
            v.clean("; ".join(v.split(cell, None)) if isinstance(cell, list) else cell, v.MOST_TEXT) or None
        )
    canonical = {
        normal(w): value
        for value, words in facet.values.items()
        for w in (value, *(x for ws in words.values() for x in ws))
    }
    canonical = {**use.spell, **canonical}
    spelled: dict[str, str] = {}

    def category(cell: Any) -> Any:
        parts = v.split(cell, use.separator if facet.many else None)
        found = []
        for part in parts:
            key = normal(part)
            found.append(canonical.get(key) or spelled.setdefault(key, part))
        if facet.many:
            return tuple(dict.fromkeys(found))
        return found[0] if found else None

    return category


def _remembering(read: Callable[[Any], Any], most: int = 20_000) -> Callable[[Any], Any]:
    """The same text is read once: most columns repeat themselves."""
    known_cells: dict[str, Any] = {}

    def remembered(cell: Any) -> Any:
        if not isinstance(cell, str):
            return read(cell)
        if cell not in known_cells:
            if len(known_cells) >= most:
                return read(cell)
            known_cells[cell] = read(cell)
        return known_cells[cell]

    return remembered


def _number_reader(use: Use, facet: Facet) -> Callable[[Any], Any]:
    factors = {normal(w): f for w, f in facet.units.items()}

    def number(cell: Any) -> Any:
        found = v.quantity(cell, comma_decimal=use.comma_decimal)
        if found is None:
            return None
        factor = 1.0
        word = normal(found.unit)
        if word and facet.role not in ("rating", "year"):
            if word in factors:
                factor = factors[word]
            elif facet.unit and word != normal(facet.unit):
                return None  # another unit: dollars among euros, pieces among grams
            elif unit_of(word) is None and word != use.word:
                return None
        numbers = tuple(v.tidy(round(n * factor, 6)) for n in found.numbers)
        if facet.many:
            return tuple(dict.fromkeys(numbers))
        return numbers[0] if len(numbers) == 1 else None

    return number


# --------------------------------------------------------------------------- the catalogue


def make_catalog(name: str, declared: Declared, facets: tuple[Facet, ...], items: list[Item], version: str) -> Catalog:
    """The catalogue's own record: what is declared, and for the rest what can be told from its items."""
    facets = tuple(with_values(f, items) for f in facets)
    told = {"title": {"en": name.replace("-", " ").replace("_", " ").capitalize()}, **declared.catalog}
    told |= {"name": name, "facets": facets, "version": version, "items": len(items)}
    if "noun" not in told and (noun := _noun(name)):
        told["noun"] = {**Catalog.model_fields["noun"].default, "en": noun}
    if "starters" not in told:
        told["starters"] = _starters(facets, items)
    return Catalog(**told)


def _tempting(facet: Facet) -> int:
    """Lower for facets whose values make a good first message."""
    return {"kind": 0, None: 1 if facet.many else 2, "place": 3}.get(facet.role, 4)


def with_values(facet: Facet, items: list[Item]) -> Facet:
    """The facet with its few values listed, commonest first: a model can then be told what may be wished."""
    if facet.type != "category" or not facet.filter or facet.role == "person":
        return facet
    counts = Counter(str(x) for i in items for x in i.values(facet.name))
    if not 0 < len(counts) <= FEW_VALUES or set(counts) <= set(facet.values):
        return facet
    more: dict[str, dict[str, list[str]]] = {x: {} for x, _ in counts.most_common() if x not in facet.values}
    return facet.model_copy(update={"values": {**facet.values, **more}})


def _noun(name: str) -> list[str]:
    """What the items are called, where the catalogue's name is an English plural: my-laptops -> laptop, laptops."""
    plural = re.split("[-_]", name)[-1]
    if not re.fullmatch(r"[a-z]{3,}[^s\W]s", plural):
        return []
    for ending, singular in (
        ("ovies", "ovie"),
        ("ookies", "ookie"),
        ("ies", "y"),
        *((e + "es", e) for e in ("sh", "ch", "x", "ss", "z")),
    ):
        if plural.endswith(ending):
            return [plural.removesuffix(ending) + singular, plural]
    return [plural[:-1], plural]


def _starters(facets: tuple[Facet, ...], items: list[Item]) -> dict[str, list[str]]:
    """First messages made of the catalogue's own values: its commonest kind, a price in the middle, the best rated."""
    said = known().starters
    starters: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    kinds = [f for f in facets if f.type == "category" and f.filter and f.show]
    kind = min(kinds, key=_tempting, default=None)
    price = next((f for f in facets if f.role == "price" and f.type == "number"), None)
    for language in LANGUAGES:
        if kind and (common := Counter(x for i in items for x in i.values(kind.name)).most_common(2)):
            starters[language] += [
                said["value"][language].format(value=kind.value_label(x, language)) for x, _ in common
            ]
        if price and (numbers := sorted(x for i in items for x in i.values(price.name) if isinstance(x, (int, float)))):
            middle = float(f"{numbers[len(numbers) // 2]:.1g}")
            starters[language].append(said["under"][language].format(number=value_text(price, middle, language)))
        if any(f.role == "rating" for f in facets):
            starters[language].append(said["best"][language])
        starters[language].append(said["any"][language])
    return starters
