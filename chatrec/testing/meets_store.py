"""A store of items in a list, for tests: every filter is `Wish.meets` applied to every item.

Knows: what the recommender needs of `store.items` and `store.filters`. Slow and plainly right, so that quick code can be held
against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Any

from chatrec.vocabulary import SOFT_OPS, Catalog, Item, Wish


class MeetsStore:
    """`items` and `filters` of one catalogue. `asked` counts the questions by name. edition: change it when you change `all`."""

    def __init__(self, catalog: Catalog, items: Iterable[Item]) -> None:
        self.catalog = catalog
        self.all = sorted(items, key=lambda item: item.id)
        self.edition = 1.0
        self.asked: Counter[str] = Counter()
        self.items = _Items(self)
        self.filters = _Filters(self)

    def meeting(self, wishes: Iterable[Wish]) -> list[Item]:
        """The items that meet all hard wishes, most popular first."""
        hard = _hard(wishes)
        return sorted((i for i in self.all if all(w.meets(i) for w in hard)), key=lambda i: (-i.popularity, i.id))


class _Items:
    def __init__(self, store: MeetsStore) -> None:
        self._store = store

    async def get(self, catalog: str, ids: Sequence[str], *, withdrawn: bool = False) -> list[Item]:
        self._store.asked["get"] += 1
        known = {item.id: item for item in self._store.all}
        return [known[i] for i in dict.fromkeys(ids) if i in known]

    async def edition(self, catalog: str) -> float | None:
        self._store.asked["edition"] += 1
        return self._store.edition

    async def all(self, catalog: str) -> AsyncIterator[list[Item]]:
        yield list(self._store.all)


class _Filters:
    def __init__(self, store: MeetsStore) -> None:
        self._store = store

    async def count(self, catalog: str, wishes: Iterable[Wish]) -> int:
        self._store.asked["count"] += 1
        return len(self._store.meeting(wishes))

    async def ids(self, catalog: str, wishes: Iterable[Wish], limit: int | None = None) -> list[str]:
        self._store.asked["ids"] += 1
        return [item.id for item in self._store.meeting(wishes)][:limit]

    async def confirm(self, catalog: str, wishes: Iterable[Wish], ids: Collection[str]) -> set[str]:
        self._store.asked["confirm"] += 1
        return {item.id for item in self._store.meeting(wishes)} & set(ids)

    async def near(
        self, catalog: str, wishes: Iterable[Wish], limit: int = 5, exclude: Collection[str] = frozenset()
    ) -> list[tuple[str, tuple[str, ...]]]:
        self._store.asked["near"] += 1
        hard = _hard(wishes)
        broken = [(i, tuple(w.id for w in hard if not w.meets(i))) for i in self._store.meeting(())]
        near = sorted((len(b), n, i.id, b) for n, (i, b) in enumerate(broken) if b and i.id not in exclude)
        return [(id_, b) for _, _, id_, b in near[:limit]]

    async def counts(self, catalog: str, wishes: Iterable[Wish], facet: str) -> list[tuple[Any, int]]:
        self._store.asked["counts"] += 1
        found = Counter(v for item in self._store.meeting(wishes) for v in set(item.values(facet)))
        return sorted(found.items(), key=lambda pair: (-pair[1], str(pair[0])))

    async def order(
        self,
        catalog: str,
        wishes: Iterable[Wish],
        facet: str,
        descending: bool = False,
        limit: int | None = None,
        exclude: Collection[str] = frozenset(),
    ) -> list[str]:
        self._store.asked["order"] += 1
        held = [i for i in self._store.meeting(wishes) if i.values(facet) and i.id not in exclude]
        best = max if descending else min
        held.sort(key=lambda i: best(i.values(facet)), reverse=descending)
        return [item.id for item in held][:limit]


def _hard(wishes: Iterable[Wish]) -> list[Wish]:
    return [w for w in wishes if w.hard and w.op not in SOFT_OPS]
