"""What somebody may want of a catalogue: wishes in their canonical forms, drawn so that a given item meets them.

Knows: facets, items, a seeded rng. Does not know: how wishes are said.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.evaluation.obedience.stock import Stock
from chatrec.vocabulary import Facet, Item, Op, Wish

MORE_THAN_ONCE = 3  # values that fewer items have are not asked for: nobody knows them
TOP = 12  # of a facet's values, how many are refused or put beside another one
AMOUNT_KINDS = ("bound", "bound", "bound", "range", "exact", "soft")
VALUE_KINDS = ("value", "value", "value", "refusal", "refusal", "one of", "several", "soft")


@dataclass(frozen=True)
class Want:
    """One or two wishes that are said together. kind: value, one of, several, refusal, bound, range, decade, exact, soft, yes, no."""

    facet: Facet
    kind: str
    wishes: tuple[Wish, ...]


class Wanting:
    """Draws wants over one catalogue's facets."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.facets = [f for f in stock.catalog.facets if f.filter and f.type in ("category", "number", "bool")]
        self._common = {f.name: dict(stock.common(f)) for f in self.facets}
        self._numbers = {f.name: stock.numbers(f) for f in self.facets if f.type == "number"}

    def draw(self, rng: random.Random, facet: Facet, item: Item, kind: str | None = None) -> Want | None:
        """A want on this facet that the item meets; None where the item has nothing to go by."""
        have = item.values(facet.name)
        if not have:
            return None
        if facet.type == "bool":
            said = bool(have[0])
            return Want(facet, "yes" if said else "no", (_wish(facet, "=", said),))
        if facet.type == "number":
            return self._amount(rng, facet, float(have[0]), kind or rng.choice(AMOUNT_KINDS))
        return self._value(rng, facet, have, kind or rng.choice(VALUE_KINDS))

    def _value(self, rng: random.Random, facet: Facet, have: Sequence[Any], kind: str) -> Want | None:
        known = self._common[facet.name]
        mine = [v for v in have if known.get(v, 0) >= MORE_THAN_ONCE]
        others = [v for v in list(known)[: TOP * 3] if v not in have]
        one: Op = "contains" if facet.many else "="
        if kind == "refusal":
            return Want(facet, kind, (_wish(facet, "not_in", [rng.choice(others)]),)) if others else None
        if not mine:
            return None
        value = rng.choice(mine)
        if kind == "one of" and others:
            pair = [value, rng.choice(others[:TOP])]
            rng.shuffle(pair)
            return Want(facet, kind, (_wish(facet, "in", pair),))
        if kind == "several" and facet.many and facet.role not in ("place", "language") and len(mine) > 1:
            a, b = rng.sample(mine, 2)
            return Want(facet, kind, (_wish(facet, one, a), _wish(facet, one, b)))
        if kind == "soft":
            return Want(facet, kind, (_wish(facet, one, value, hard=False),))
        return Want(facet, "value", (_wish(facet, one, value),))

    def _amount(self, rng: random.Random, facet: Facet, value: float, kind: str) -> Want | None:
        low, high = self.span(facet)
        if low >= high:
            return None
        year = facet.role == "year"
        if kind == "soft":
            by = 2.0 if year else round(value * 0.1, 6)
            return Want(facet, kind, (_wish(facet, "between", [value - by, value + by], hard=False),))
        if year and kind in ("exact", "range") and rng.random() < 0.7 and 1930 <= value < 2010:
            start = value // 10 * 10
            return Want(facet, "decade", (_wish(facet, "between", [start, start + 9]),))
        if kind == "exact" and year:
            return Want(facet, kind, (_wish(facet, "=", value),))
        step = _step(facet, low, high)
        room = (high - low) * rng.uniform(0.02, 0.4)
        below, above = _round(value - room, step, -1), _round(value + room * rng.uniform(0.4, 1.6), step, 1)
        if year:
            above = min(above, self._numbers[facet.name][-1])
        else:
            below = max(below, step)
        if kind == "range" and below < above and below <= value <= above:
            return Want(facet, kind, (_wish(facet, "between", [below, above]),))
        up = rng.random() < {"price": 0.2, "duration": 0.3, "rating": 0.9}.get(facet.role or "", 0.5)
        op: Op = rng.choice((">", ">=")) if up else rng.choice(("<", "<="))
        bound = below if up else above
        wish = _wish(facet, op, bound)
        if not wish.meets(Item(id="", title="", attributes={facet.name: value})):
            return None
        return Want(facet, "bound", (wish,))

    def impossible(
        self, rng: random.Random, held: Sequence[Wish], free: Sequence[Facet], tries: int = 60
    ) -> Want | None:
        """A want that some item meets by itself, and none together with what is held."""
        left = self.stock.allowed(held)
        best = min(len(self.stock.items), 2_000)
        for _ in range(tries):
            item = self.stock.items[rng.randrange(best)]
            want = self.draw(rng, rng.choice(free), item, rng.choice(("value", "bound", "exact", "several", "range")))
            if want is None or want.kind in ("soft", "refusal"):
                continue
            if (some := self.stock.allowed(want.wishes)) and not left & some:
                return want
        return None

    def span(self, facet: Facet) -> tuple[float, float]:
        """Where nine in ten of a facet's amounts lie."""
        numbers = self._numbers[facet.name]
        if not numbers:
            return 0.0, 0.0
        return numbers[len(numbers) // 20], numbers[len(numbers) * 19 // 20]


def _wish(facet: Facet, op: Op, value: Any, hard: bool = True) -> Wish:
    return Wish(facet=facet.name, op=op, value=value, hard=hard)


def _step(facet: Facet, low: float, high: float) -> float:
    """Steps in which people name amounts: single years, tens of minutes, halves of a mark."""
    if facet.role == "year":
        return 1.0
    if facet.role == "rating":
        return 0.5 if high <= 10 else 5.0
    if facet.role == "duration" and high > 30:
        return 10.0
    size = 10.0 ** math.floor(math.log10(max(high - low, 1e-9) / 2))
    return size if size >= 1 or high < 5 else 1.0


def _round(value: float, step: float, way: int) -> float:
    parts = value / step
    return round((math.floor(parts) if way < 0 else math.ceil(parts)) * step, 6)
