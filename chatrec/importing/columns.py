"""What type the values of one column have: number with unit, date, yes or no, category of one or many values, text.

Knows: how values of a type look. Does not know: which column is the title, or what is declared.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from chatrec.importing import values as v
from chatrec.importing.known import Unit, known, name_unit, plain, slug, unit_of
from chatrec.importing.rows import Table
from chatrec.language.normal import normal
from chatrec.vocabulary import Facet

SAMPLE = 4_000  # values of a column that are looked at
PREFER = {"price": "money", "duration": "time", "weight": "mass", "size": "length", "memory": "bytes"}
_LIST_SIGNS = ("|", ";", "；", "、", ",", "，", "/")


@dataclass(frozen=True)
class Use:
    """What one column becomes, and how its cells are read.

    becomes: an item field (`id`, `title`, `title_zh` ...), `brand` (goes before the title), `rank`, `facet`, `year of` (a
    facet made of a date column) or `unused`.
    """

    column: str
    becomes: str
    facet: Facet | None = None
    separator: str | None = None
    comma_decimal: bool = False
    month_first: bool = False
    digits: bool = False  # 1 and 0 are yes and no
    unit: Unit | None = None  # of numbers; None: unit words are not looked at
    word: str = ""  # the unit word, where no known unit is meant
    spell: Mapping[str, str] = field(default_factory=dict)  # normal form of a value as files write it -> the value
    filled: float = 0.0
    note: str = ""


@dataclass
class Column:
    name: str
    cells: list[Any] = field(default_factory=list)  # a sample of those that are not missing
    filled: float = 0.0
    rows: int = 0

    @property
    def texts(self) -> list[str]:
        return [str(c) for c in self.cells if not isinstance(c, (list, dict))]

    def share(self, test: Any) -> float:
        return sum(1 for c in self.cells if test(c)) / len(self.cells) if self.cells else 0.0

    @property
    def length(self) -> float:
        return statistics.median(len(t) for t in self.texts) if self.texts else 0.0

    @property
    def variety(self) -> float:
        """Different values per value: 1.0 where none repeats."""
        texts = self.texts
        return len(set(texts)) / len(texts) if texts else 0.0


def columns_of(table: Table) -> dict[str, Column]:
    step = max(1, len(table.rows) // SAMPLE)
    sample = [cells for _, cells in table.rows[::step]]
    columns = {}
    for name in table.columns:
        cells = [c for row in sample if not v.missing(c := row.get(name))]
        columns[name] = Column(name, cells, len(cells) / len(sample), len(sample))
    return columns


def typed(column: Column, key: str | None, type_: str | None) -> Use:
    """The facet that a column's values make. type_: already declared. Its words come later."""
    hinted = known().facets[key] if key else {}
    name = slug(column.name)
    base = Use(column.name, "facet", filled=column.filled)

    def facet(kind: Literal["category", "number", "date", "text", "bool"], **more: Any) -> Facet:
        return Facet(name=name, type=kind, **more)

    flag = plain(column.name).split()[:1] in (["is"], ["has"]) or column.name.startswith(("是否", "有无"))
    if column.share(lambda c: isinstance(c, (list, tuple))) > 0.5:
        return _listed(column, base, name, type_, key)
    if type_ == "bool" or (not type_ and column.share(lambda c: v.yes_no(c, digits=flag) is not None) > 0.97):
        return replace(base, facet=facet("bool"), digits=flag or type_ == "bool")
    month_first = v.writes_month_first(column.cells)
    if type_ == "date" or (not type_ and column.share(lambda c: v.date(c)) > 0.95):
        return replace(base, facet=facet("date"), month_first=month_first)
    if type_ == "number" or (not type_ and hinted.get("type", "number") == "number"):
        use = _numbered(column, key, base, name, declared=type_ == "number")
        if use:
            return use
    if type_ == "text" or (not type_ and hinted.get("type") == "text"):
        return replace(base, facet=_text(column, name, bool(hinted.get("search", True))))
    separator = separator_of(column, eager=bool(hinted.get("split")))
    parts = [v.split(c, separator) for c in column.cells]
    one = [p for ps in parts for p in ps]
    if type_ != "category":
        lengths = [len(p) for p in one] or [0]
        repeats = len(set(one)) <= max(12, 0.5 * len(one))
        if not one or statistics.median(lengths) > 40 or not (repeats or hinted.get("type") == "category"):
            return replace(base, facet=_text(column, name, not _coded(column)))
    many = separator is not None
    return replace(base, facet=facet("category", many=many), separator=separator)


def _listed(column: Column, base: Use, name: str, type_: str | None, key: str | None) -> Use:
    """A json list: values of a category, a longer text, or nothing that has a name."""
    parts = [v.split(c, None) for c in column.cells]
    one = [p for ps in parts for p in ps]
    if not one:
        return replace(base, becomes="unused", note="lists of things without a name")
    if type_ == "text" or (type_ is None and statistics.median(len(p) for p in one) > 40):
        return replace(base, facet=Facet(name=name, type="text", filter=False, show=False))
    crowd = not key and statistics.mean(len(p) for p in parts) > 10  # "near to": good for filters, too much for a card
    return replace(base, facet=Facet(name=name, type="category", many=True, show=not crowd))


def _text(column: Column, name: str, search: bool) -> Facet:
    return Facet(name=name, type="text", filter=False, show=column.length <= 60, text=search)


def _coded(column: Column) -> bool:
    """Telephone numbers, codes, file names: texts with hardly a word in them."""
    return column.share(lambda c: sum(ch.isalpha() for ch in str(c)) < 0.4 * len(str(c))) > 0.7


def _numbered(column: Column, key: str | None, base: Use, name: str, *, declared: bool) -> Use | None:
    """A number facet with its unit, or None where too few cells are numbers of one kind."""
    comma = v.writes_comma_decimals(column.cells)
    found = [q for c in column.cells if (q := v.quantity(c, comma_decimal=comma)) is not None]
    expected = key is not None and known().facets[key]["type"] == "number"
    enough = 0.5 if declared else 0.7 if expected else 0.9
    if not column.cells or len(found) < enough * len(column.cells):
        return None
    prefer = PREFER.get(key or "", "")
    words = Counter(normal(q.unit) for q in found if q.unit)
    unit: Unit | None = None
    word = ""
    if words and key not in ("rating", "year"):
        known_units = [(n, u) for w, n in words.items() if (u := unit_of(w, prefer=prefer))]
        if known_units:
            families = Counter(
                {f: sum(n for n, u in known_units if u.family == f) for f in {u.family for _, u in known_units}}
            )
            family = families.most_common(1)[0][0]
            unit = max(((n, u) for n, u in known_units if u.family == family), key=lambda pair: pair[0])[1]
            fits = sum(n for n, u in known_units if u.family == family) + len(found) - sum(words.values())
        else:
            word, n = words.most_common(1)[0]
            fits = n + len(found) - sum(words.values())
        if fits < enough * len(column.cells) or (word and not re.fullmatch(r"[^\W\d_]{1,12}", word)):
            return None
    elif key not in ("rating", "year"):
        unit = name_unit(column.name, prefer=prefer)
        if key == "price" and not column.name.isascii():
            unit = unit or unit_of("元")
    ranges = sum(len(q.numbers) == 2 for q in found) > 0
    if key == "year" and not all(float(n).is_integer() and -3000 < n < 2200 for q in found[:500] for n in q.numbers):
        return None
    facet = Facet(
        name=name,
        type="number",
        many=ranges,
        unit=unit.name if unit else word or None,
        unit_label=dict(unit.label) if unit else {},
        units=v.unit_words(unit) if unit else {word: 1.0} if word else {},
    )
    if key == "price" and not facet.units:  # no currency is told: whichever a person says is meant
        facet = facet.model_copy(
            update={"units": {w: 1.0 for us in known().families.values() for u in us if u.money for w in u.words}}
        )
    return replace(base, facet=facet, comma_decimal=comma, unit=unit, word=word)


def separator_of(column: Column, *, eager: bool) -> str | None:
    """At which sign a column's cells split into several values, or None: one value a cell.

    A list's parts are short and come back in other company; eager: the column's name already says that it is a list.
    """
    texts = [t for t in column.texts if len(t) < 2_000]
    whole = set(texts)
    for sign in _LIST_SIGNS:
        many = [t for t in texts if len(v.split(t, sign)) > 1]
        if len(many) < max(2 if not eager else 1, 0.05 * len(texts)) or not many:
            continue
        parts = [v.split(t, sign) for t in many]
        one = [p for ps in parts for p in ps]
        most = 12 if any("\u4e00" <= c <= "\u9fff" for c in one[0]) else 30
        words = 3 if sign == "/" else 4
        short = sum(len(p) <= most and len(p.split()) <= words and not p.endswith((".", "。")) for p in one) / len(one)
        if short < 0.9 and not (eager and short > 0.7):
            continue
        if eager or sign in "|;；、":
            return sign
        company: dict[str, set[str]] = {}
        for text in whole:
            for part in v.split(text, sign):
                company.setdefault(normal(part), set()).add(text)
        in_lists = {normal(p) for p in one}
        if (
            sum(len(company[p]) > 1 for p in in_lists) >= 0.5 * len(in_lists)
            and len(company) < len(whole) + len(in_lists) / 2
        ):
            return sign
    return None
