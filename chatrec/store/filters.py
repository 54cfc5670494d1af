"""Hard wishes as SQL: how many items are allowed, which, what they have, and what nearly fits.

Knows: items and their values. Soft wishes filter nothing and are passed over. `store.values` says what a wish means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from chatrec.store.database import Database
from chatrec.store.tables import item_values, items
from chatrec.store.values import allowed, equal, facet_row, having, is_text, offered, value_of, written
from chatrec.vocabulary import Wish, spelled_once

IDS = 1_000  # ids a question to the database
MOST_POPULAR = (items.c.popularity.desc(), items.c.row)


class Filters:
    """`store.filters`. Every method takes the catalogue's name and the wishes, of which the hard ones count."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, catalog: str, wishes: Iterable[Wish]) -> int:
        """How many items meet all hard wishes."""
        query = select(func.count()).select_from(items).where(*_allowed(catalog, wishes))
        return int((await self._rows(query))[0][0])

    async def ids(self, catalog: str, wishes: Iterable[Wish], limit: int | None = None) -> list[str]:
        """The items that meet all hard wishes, the most popular first."""
        conditions = _allowed(catalog, wishes)
        found: Any = items
        if limit is not None and len(conditions) > len(offered(catalog)):
            # A fence: to find a few of the most popular PostgreSQL would try them one by one, all values of each.
            found = select(items.c.id, items.c.popularity, items.c.row).where(*conditions).cte("found")
            found, conditions = found.prefix_with("MATERIALIZED"), []
        query = select(found.c.id).where(*conditions).order_by(found.c.popularity.desc(), found.c.row)
        return [row[0] for row in await self._rows(query.limit(limit))]

    async def confirm(self, catalog: str, wishes: Iterable[Wish], ids: Collection[str]) -> set[str]:
        """Those of the ids that are in the catalogue and meet all hard wishes."""
        asked, sought = list(ids), having(catalog, wishes)
        found: set[str] = set()
        for start in range(0, len(asked), IDS):
            these = (items.c.catalog == catalog, items.c.id.in_(asked[start : start + IDS]))
            among = [w.among(select(items.c.row).where(*these)) for w in sought]
            query = select(items.c.id).where(*offered(catalog), *allowed(items.c.row, among), *these)
            found |= {row[0] for row in await self._rows(query)}
        return found

    async def near(
        self, catalog: str, wishes: Iterable[Wish], limit: int = 5, exclude: Collection[str] = frozenset()
    ) -> list[tuple[str, tuple[str, ...]]]:
        """Items that break fewest hard wishes, at least one, with the ids of those; the most popular first among equals."""
        sought = having(catalog, wishes)
        if not sought or limit < 1:
            return []
        breaks = [case((w.met_by(items.c.row), 0), else_=1).label(f"b{n}") for n, w in enumerate(sought)]
        each = select(items.c.id, items.c.popularity, items.c.row, *breaks).where(*offered(catalog)).cte("each")
        each = each.prefix_with("MATERIALIZED")  # or SQLite works out every flag three times
        flags = [each.c[f"b{n}"] for n in range(len(sought))]
        broken = sum(flags[1:], flags[0])
        query = select(each.c.id, *flags).where(broken > 0).order_by(broken, each.c.popularity.desc(), each.c.row)
        found = [
            (row[0], tuple(w.wish.id for w, flag in zip(sought, row[1:], strict=True) if flag))
            for row in await self._rows(query.limit(limit + len(exclude)))
            if row[0] not in exclude
        ]
        return found[:limit]

    async def counts(self, catalog: str, wishes: Iterable[Wish], facet: str) -> list[tuple[Any, int]]:
        """The values of a facet among the items that meet all hard wishes, with how many have each; most frequent first.

        Values that are the same (`vocabulary.same`) are one, written as one of them was, and counted as a wish for it would be.
        """
        value, conditions = item_values.c, allowed(item_values.c.item, having(catalog, wishes))
        of_facet = value.facet == facet_row(catalog, facet)
        count = func.count(value.item.distinct())
        query = (
            select(value.key, value.number, func.max(value.text), count)
            .where(of_facet, *conditions)
            .group_by(value.key, value.number)
        )
        rows = [(value_of(*row[:3]), row) for row in await self._rows(query)]
        counted = {id(told): row for told, row in rows}
        found = []
        for told, alone in spelled_once([(told, row[0]) for told, row in rows]):
            key, number, _, times = counted[id(told)]
            if not alone:  # an item may have two of its spellings
                alike = equal(select(value.item).where(of_facet), [told])
                times = (await self._rows(select(count).where(value.item.in_(alike), *conditions)))[0][0]
            found.append((-int(times), number is None, key if number is None else number, told))
        return [(told, -n) for n, *_, told in sorted(found, key=lambda each: each[:3])]

    async def order(
        self,
        catalog: str,
        wishes: Iterable[Wish],
        facet: str,
        descending: bool = False,
        limit: int | None = None,
        exclude: Collection[str] = frozenset(),
    ) -> list[str]:
        """The items that meet all hard wishes by their value of a facet; items without one are left out.

        Numbers by value, then texts by code point; of many values the one that comes first counts. Equals: the most
        popular first.
        """
        first = func.max if descending else func.min
        value = (
            select(
                item_values.c.item,
                first(item_values.c.number).label("number"),
                first(case((is_text, written))).label("text"),
            )
            .where(item_values.c.facet == facet_row(catalog, facet))
            .group_by(item_values.c.item)
            .subquery()
        )
        by = [c.desc() if descending else c.asc() for c in (value.c.number, value.c.text)]
        query = (
            select(items.c.id)
            .join(value, value.c.item == items.c.row)
            .where(*_allowed(catalog, wishes))
            .order_by(value.c.number.is_(None), *by, *MOST_POPULAR)
            .limit(None if limit is None else limit + len(exclude))
        )
        return [row[0] for row in await self._rows(query) if row[0] not in exclude][:limit]

    async def _rows(self, query: Any) -> Sequence[Any]:
        async with self._database.read() as connection:
            return (await connection.execute(query)).all()


def _allowed(catalog: str, wishes: Iterable[Wish]) -> list[ColumnElement[bool]]:
    return [*offered(catalog), *allowed(items.c.row, having(catalog, wishes))]
