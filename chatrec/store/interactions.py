"""Who did what with which item: a shop's imported log, and the feedback given in chats beside it.

Knows: how much there is, everything of a catalogue as arrays. Does not know: what an event weighs; what is known of one person
(`store.profiles`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, func, literal, select, union_all

from chatrec.store import tables as t
from chatrec.store.database import Database, bulk
from chatrec.store.tables import UNKNOWN, UNSTORABLE

BATCH = 20_000  # rows of one insert


@dataclass(frozen=True)
class Interaction:
    """One thing that somebody did. kind: view like buy reject, rating (then `rating` is set), or a feedback kind."""

    person_id: str
    item_id: str
    kind: str
    rating: float | None = None
    at: float | None = None  # seconds since 1970


@dataclass(frozen=True, eq=False)
class Log:
    """All events of a catalogue as arrays of one length, in the order they were stored; codes point into the lists."""

    people: list[str]
    items: list[str]
    kinds: list[str]
    person: np.ndarray  # int32: into people
    item: np.ndarray  # int32: into items
    kind: np.ndarray  # int32: into kinds
    rating: np.ndarray  # float32, NaN where there is none
    at: np.ndarray  # float64, NaN where it is not known

    def __len__(self) -> int:
        return len(self.person)


class Interactions:
    """`store.interactions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(
        self, catalog: str, events: Sequence[Interaction], progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Put these events in the place of what was imported for a catalogue before: all or nothing."""
        async with self._database.write() as connection:
            await connection.execute(delete(t.interactions).where(t.interactions.c.catalog == catalog))
            last = (await connection.execute(select(func.max(t.interactions.c.row)))).scalar() or 0
            for start in range(0, len(events), BATCH):
                batch = enumerate(events[start : start + BATCH], last + start + 1)
                rows = [
                    (row, catalog, _words(e.person_id), _words(e.item_id), e.kind, e.rating, e.at) for row, e in batch
                ]
                await bulk(connection, t.interactions, rows)
                if progress is not None:
                    progress(min(start + BATCH, len(events)), len(events))

    async def stamp(self, catalog: str) -> tuple[int, int, int]:
        """Changes whenever there is something new to learn: (events imported, the last of them, events of feedback)."""
        imported = select(func.count(), func.coalesce(func.max(t.interactions.c.row), 0)).where(
            t.interactions.c.catalog == catalog
        )
        said = select(func.count()).select_from(t.feedback).where(t.feedback.c.catalog == catalog)
        async with self._database.read() as connection:
            count, last = (await connection.execute(imported)).one()
            return int(count), int(last), int((await connection.execute(said)).scalar() or 0)

    async def reach(self, catalog: str) -> dict[str, int]:
        """How many people of the imported log did something with each item."""
        its = t.interactions.c
        query = select(its.item_id, func.count(its.person_id.distinct())).where(its.catalog == catalog)
        async with self._database.read() as connection:
            rows = (await connection.execute(query.group_by(its.item_id))).all()
        return {item_id: int(count) for item_id, count in rows}

    async def log(self, catalog: str) -> Log:
        """Everything that is known about a catalogue's items: imported events, then feedback, each oldest first."""
        imported = select(
            literal(0).label("where"), t.interactions.c.row, t.interactions.c.person_id, t.interactions.c.item_id,
            t.interactions.c.kind, t.interactions.c.rating, t.interactions.c.at,
        ).where(t.interactions.c.catalog == catalog)  # fmt: skip
        said = select(
            literal(1).label("where"), t.feedback.c.row, t.feedback.c.person_id, t.feedback.c.item_id,
            t.feedback.c.kind, literal(None).label("rating"), t.feedback.c.at,
        ).where(t.feedback.c.catalog == catalog)  # fmt: skip
        both = union_all(imported, said).subquery()
        query = select(both.c.person_id, both.c.item_id, both.c.kind, both.c.rating, both.c.at)
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(both.c.where, both.c.row))).all()
        people, items, kinds = _Codes(), _Codes(), _Codes()
        person = np.fromiter((people[r[0]] for r in rows), np.int32, len(rows))
        item = np.fromiter((items[r[1]] for r in rows), np.int32, len(rows))
        kind = np.fromiter((kinds[r[2]] for r in rows), np.int32, len(rows))
        rating = np.fromiter((np.nan if r[3] is None else r[3] for r in rows), np.float32, len(rows))
        at = np.fromiter((np.nan if r[4] is None else r[4] for r in rows), np.float64, len(rows))
        return Log(list(people), list(items), list(kinds), person, item, kind, rating, at)


def _words(words: str) -> str:
    """As a database can take it: `bulk` hands values on as they are."""
    return UNSTORABLE.sub(UNKNOWN, words)


class _Codes(dict[str, int]):
    """A number for each word, in the order in which they come."""

    def __missing__(self, word: str) -> int:
        self[word] = code = len(self)
        return code
