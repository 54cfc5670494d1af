"""An item's values as rows of `item_values`, and a wish as a condition on them: `Wish.meets`, in SQL.

Knows: how a value is written down (key, number, text) and how values compare. A property test holds it to `Wish.meets`.

A text has a key, its normal form; a number or a bool has a number too. So that equals compare as `vocabulary.same` does:
number with number by value, everything else by key. Order compares number with number and text with text by code point,
as the text was written (`text`, or the key where they are the same).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, intersect, select, true, union_all

from chatrec.errors import BadInput
from chatrec.language.normal import normal
from chatrec.store.tables import UNSTORABLE, facets, item_values, items
from chatrec.vocabulary import SOFT_OPS, Wish

LONGEST_KEY = 200  # characters; PostgreSQL's indexes take 2,700 bytes
number = item_values.c.number
is_text = number.is_(None)
written = func.coalesce(item_values.c.text, item_values.c.key)  # a text value as it was written


def key_of(value: Any) -> str:
    """The key of a value; a long text keeps its beginning and is told apart by its digest."""
    key = normal(str(value))
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[:150]}…{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def number_of(value: Any) -> float | None:
    return float(value) if isinstance(value, (bool, int, float)) else None


def value_of(key: str, number: float | None, text: str | None) -> Any:
    """A value from its row: 1995 for 1995.0, True for a bool."""
    if number is None:
        return key if text is None else text
    if key in ("true", "false"):
        return key == "true"
    return int(number) if number.is_integer() else number


# --------------------------------------------------------------------------- conditions


@dataclass(frozen=True)
class Having:
    """A hard wish as a set of items: rows of items that have certain values, and whether those are wanted or not."""

    wish: Wish
    rows: Select[Any]
    wanted: bool

    def met_by(self, row: ColumnElement[int]) -> ColumnElement[bool]:
        return row.in_(self.rows) if self.wanted else row.not_in(self.rows)

    def among(self, few: Select[Any]) -> Having:
        """The same for these rows of items only: nothing is gathered of the others."""
        found = self.rows.subquery()
        return replace(self, rows=select(found.c.item).where(found.c.item.in_(few)))


def having(catalog: str, wishes: Iterable[Wish]) -> list[Having]:
    """The wishes that filter, compiled. BadInput where `Wish.meets` would have nothing to compare."""
    return [_having(catalog, w) for w in wishes if w.hard and w.op not in SOFT_OPS]


def allowed(row: ColumnElement[int], wishes: Sequence[Having]) -> list[ColumnElement[bool]]:
    """Conditions on an item's row: it meets all wishes. One INTERSECT takes half the time of as many INs (SQLite)."""
    wanted = [w.rows for w in wishes if w.wanted]
    conditions = [w.met_by(row) for w in wishes if not w.wanted]
    if len(wanted) > 1:
        return [row.in_(intersect(*wanted)), *conditions]
    return [*(row.in_(rows) for rows in wanted), *conditions]


def offered(catalog: str) -> list[ColumnElement[bool]]:
    """Conditions on `items`: in the catalogue and not withdrawn."""
    return [items.c.catalog == catalog, items.c.withdrawn == false()]


def facet_row(catalog: str, name: str | None) -> Any:
    """The number of a facet, found by the same statement that uses it; NULL, which matches nothing, where there is none."""
    return select(facets.c.row).where(facets.c.catalog == catalog, facets.c.name == (name or "")).scalar_subquery()


def equal(rows: Select[Any], values: list[Any]) -> Select[Any]:
    """Items with a value that equals one of the values, numbers by value, all else by key; each part has an index."""
    others = sorted({key_of(v) for v in values if number_of(v) is None})
    numbers = [v for v in values if number_of(v) is not None]
    parts = [rows.where(item_values.c.key.in_(others))] if others else []
    if numbers:
        parts.append(rows.where(number.in_(sorted({float(v) for v in numbers if v == v}))))
        parts.append(rows.where(is_text, item_values.c.key.in_(sorted({key_of(v) for v in numbers}))))
    if len(parts) > 1:
        return select(union_all(*parts).subquery().c.item)
    return parts[0] if parts else rows.where(false())


def _having(catalog: str, wish: Wish) -> Having:
    of_facet = item_values.c.facet == facet_row(catalog, wish.facet)
    rows = select(item_values.c.item).where(of_facet)
    match wish.op:
        case "contains" | "=":
            return Having(wish, equal(rows, [wish.value]), True)
        case "in":
            return Having(wish, equal(rows, _many(wish)), True)
        case "!=":
            return Having(wish, equal(rows, [wish.value]), False)
        case "not_in":
            return Having(wish, equal(rows, _many(wish)), False)
        case "between":
            low, high = _bounds(wish)
            if isinstance(low, str):
                return Having(wish, rows.where(is_text, written >= _text(low), written <= _text(high)), True)
            return Having(wish, rows.where(_no_nan(low, high), number.between(_float(low), _float(high))), True)
        case _:
            (value,) = _comparable(wish, wish.value)
            if isinstance(value, str):
                return Having(wish, rows.where(is_text, written.op(wish.op, is_comparison=True)(_text(value))), True)
            return Having(wish, rows.where(_no_nan(value), number.op(wish.op, is_comparison=True)(_float(value))), True)


def _many(wish: Wish) -> list[Any]:
    try:
        return list(wish.value)
    except TypeError:
        raise BadInput(f"A wish with {wish.op!r} needs a list of values, not {wish.value!r}.") from None


def _bounds(wish: Wish) -> tuple[Any, Any]:
    if not isinstance(wish.value, (list, tuple)) or len(wish.value) != 2:
        raise BadInput(f"A wish with 'between' needs two values, not {wish.value!r}.")
    low, high = _comparable(wish, *wish.value)
    if isinstance(low, str) != isinstance(high, str):
        raise BadInput(f"A wish with 'between' needs two values of one kind, not {wish.value!r}.")
    return low, high


def _comparable(wish: Wish, *values: Any) -> tuple[Any, ...]:
    for value in values:
        if not isinstance(value, (str, bool, int, float)):
            raise BadInput(f"A wish with {wish.op!r} needs a number or a text, not {value!r}.")
    return values


def _no_nan(*bounds: Any) -> ColumnElement[bool]:
    """Nothing compares with NaN; PostgreSQL thinks otherwise."""
    return false() if any(b != b for b in bounds) else true()


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _text(value: str) -> str:
    """As a database can take it. Stored texts have no such characters."""
    return UNSTORABLE.sub("", value)
