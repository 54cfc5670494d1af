"""Which items meet a wish, counted from the items themselves: the generator's own view, beside SQL and the recommender's arrays.

Knows: Catalog, Item, Wish. Does not know: stores.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from chatrec.language.normal import normal
from chatrec.vocabulary import SOFT_OPS, Catalog, Facet, Item, Wish


class Stock:
    """The items of a catalogue, to be counted by wishes. Rows are places in `items`, the best known first."""

    def __init__(self, catalog: Catalog, items: Iterable[Item]) -> None:
        self.catalog = catalog
        self.items: Sequence[Item] = sorted(items, key=lambda i: (-i.popularity, i.id))
        self.row = {item.id: n for n, item in enumerate(self.items)}
        self._everything = frozenset(range(len(self.items)))
        self._having: dict[str, dict[Any, set[int]]] = {}
        self._met: dict[tuple[Any, ...], frozenset[int]] = {}
        for facet in catalog.facets:
            rows: dict[Any, set[int]] = defaultdict(set)
            for n, item in enumerate(self.items):
                for value in item.values(facet.name):
                    rows[_key(value)].add(n)
            self._having[facet.name] = dict(rows)

    def meeting(self, wish: Wish) -> frozenset[int]:
        """The rows that meet a wish, as `Wish.meets` says; soft kinds are met by all."""
        if wish.op in SOFT_OPS:
            return self._everything
        key = (wish.facet, wish.op, repr(wish.value))
        if key not in self._met:
            self._met[key] = self._find(wish)
        return self._met[key]

    def _find(self, wish: Wish) -> frozenset[int]:
        having = self._having.get(wish.facet or "", {})
        values = wish.value if wish.op in ("in", "not_in") else [wish.value]
        if wish.op in ("contains", "=", "in"):
            return frozenset().union(*(having.get(_key(v), set()) for v in values))
        if wish.op in ("not_in", "!="):
            return self._everything.difference(*(having.get(_key(v), set()) for v in values))
        one = "one"
        good = [v for v in having if wish.meets(Item(id=one, title=one, attributes={wish.facet or "": v}))]
        return frozenset().union(*(having[v] for v in good))

    def allowed(self, wishes: Iterable[Wish]) -> frozenset[int]:
        """The rows that meet all hard wishes."""
        left = self._everything
        for wish in wishes:
            if wish.hard:
                left = left & self.meeting(wish)
        return left

    def common(self, facet: Facet, within: frozenset[int] | None = None) -> list[tuple[Any, int]]:
        """A facet's values as the items write them, with the number of items, the most frequent first."""
        counted: Counter[Any] = Counter()
        for n in self._everything if within is None else within:
            counted.update(set(self.items[n].values(facet.name)))
        return sorted(counted.items(), key=lambda c: (-c[1], str(c[0])))

    def numbers(self, facet: Facet) -> list[float]:
        """The first number of every item that has one, ascending."""
        first = (i.values(facet.name)[:1] for i in self.items)
        return sorted(float(v[0]) for v in first if v and isinstance(v[0], (int, float)))


def _key(value: Any) -> Any:
    return float(value) if isinstance(value, (bool, int, float)) else normal(str(value))
