"""What is known of a person: a log of what they said about items, what it adds up to, and learned tastes.

Knows: that the latest word counts, and how everything about a person is taken out or deleted. Does not know: how tastes are
learned.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, get_args

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chatrec.errors import BadInput, NotFound
from chatrec.store import tables as t
from chatrec.store.database import Database, insert_new
from chatrec.store.items import known_items
from chatrec.vocabulary import FeedbackKind, Profile, Taste

KINDS = (*get_args(FeedbackKind), "forget")
LISTS = {"like": "likes", "dislike": "dislikes", "seen": "seen", "owned": "owned"}
PAST = 300  # events of an imported log that a turn knows
OPPOSITE = {"like": "dislikes", "dislike": "likes"}


class Profiles:
    """`store.profiles`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, person_id: str, catalog: str) -> Profile:
        """A person's profile in a catalogue; empty for a person nobody knows."""
        entries, tastes = await self._known(person_id, catalog)
        lists = {name: tuple(reversed(ids)) for name, ids in entries.items()}
        past = await self._past(person_id, catalog)
        return Profile(person_id, **lists, tastes=tuple(_taste(row) for row in tastes), past=past)

    async def entries(self, person_id: str, catalog: str) -> dict[str, list[dict[str, Any]]]:
        """The same for a reader: likes, dislikes, seen, owned as [{item_id, at, turn_id}] newest first, and tastes."""
        entries, tastes = await self._known(person_id, catalog)
        lists = {
            name: [{"item_id": i, "at": at, "turn_id": turn} for i, (at, turn) in reversed(ids.items())]
            for name, ids in entries.items()
        }
        return {**lists, "tastes": [_taste_out(row) for row in tastes]}

    async def feedback(
        self,
        person_id: str,
        catalog: str,
        item_id: str,
        kind: str,
        at: float | None = None,
        turn_id: str | None = None,
    ) -> None:
        """Note what a person said about an item: like, dislike, seen, owned, or forget, which takes all of it back.

        `at`: seconds since 1970, now by default. BadInput: another kind. NotFound: an item the catalogue never had.
        """
        if kind not in KINDS:
            raise BadInput(f"The kind {kind!r} is not one of {', '.join(KINDS)}.", [("kind", "not known")])
        now = time.time()
        async with self._database.write() as connection:
            if not await known_items(connection, catalog, [item_id]):
                raise NotFound(f"There is no item {item_id!r} in the catalogue {catalog!r}.")
            await insert_new(connection, t.people, {"id": person_id, "created_at": now})
            row = {"person_id": person_id, "catalog": catalog, "item_id": item_id, "kind": kind, "turn_id": turn_id}
            await connection.execute(insert(t.feedback).values(at=now if at is None else at, **row))

    async def change(
        self,
        person_id: str,
        catalog: str,
        lists: Mapping[str, Mapping[str, tuple[float | None, str | None]]],
        tastes: Sequence[Taste] | None = None,
    ) -> None:
        """Put lists (likes, dislikes, seen, owned) of {item id: (at, turn id)} and tastes in the place of what is there.

        What is not given stays. NotFound for an item the catalogue never had; then nothing has changed.
        """
        now = time.time()
        kinds = {name: kind for kind, name in LISTS.items()}
        before, known_tastes = await self._known(person_id, catalog)
        mine = (t.feedback.c.person_id == person_id, t.feedback.c.catalog == catalog)
        async with self._database.write() as connection:
            wanted = [i for ids in lists.values() for i in ids]
            if strange := sorted(set(wanted) - await known_items(connection, catalog, wanted)):
                raise NotFound(f"There is no item {strange[0]!r} in the catalogue {catalog!r}.")
            await insert_new(connection, t.people, {"id": person_id, "created_at": now})
            for name, ids in lists.items():
                # With the kind goes its opposite: what was disliked before it was liked is not disliked again.
                both = [kinds[name], *(k for k, other in OPPOSITE.items() if other == name)]
                if gone := [i for i in before[name] if i not in ids]:
                    dropped = delete(t.feedback).where(*mine, t.feedback.c.kind.in_(both))
                    await connection.execute(dropped.where(t.feedback.c.item_id.in_(gone)))
            rows = [
                {
                    "person_id": person_id, "catalog": catalog, "item_id": item_id, "kind": kinds[name],
                    "turn_id": turn_id, "at": now if at is None else at,
                }
                for name, ids in lists.items() for item_id, (at, turn_id) in ids.items() if item_id not in before[name]
            ]  # fmt: skip
            if rows:
                await connection.execute(insert(t.feedback), rows)
        if tastes is not None:
            kept = {taste.id for taste in tastes}
            await self.unlearn(person_id, catalog, [row.id for row in known_tastes if row.id not in kept])
            await self.learn(person_id, catalog, tastes)

    async def learn(self, person_id: str, catalog: str, tastes: Sequence[Taste]) -> None:
        """Keep learned tastes; one with the same id is replaced."""
        if not tastes:
            return
        now = time.time()
        mine = (t.tastes.c.person_id == person_id, t.tastes.c.catalog == catalog)
        kept = {taste.id: taste for taste in tastes}
        async with self._database.write() as connection:
            await insert_new(connection, t.people, {"id": person_id, "created_at": now})
            await connection.execute(delete(t.tastes).where(*mine, t.tastes.c.id.in_(list(kept))))
            about = {"person_id": person_id, "catalog": catalog, "at": now}
            await connection.execute(insert(t.tastes), [{**about, **vars(taste)} for taste in kept.values()])

    async def unlearn(self, person_id: str, catalog: str, ids: Collection[str]) -> None:
        """Drop tastes by id."""
        mine = (t.tastes.c.person_id == person_id, t.tastes.c.catalog == catalog)
        async with self._database.write() as connection:
            await connection.execute(delete(t.tastes).where(*mine, t.tastes.c.id.in_(list(ids))))

    async def clear(self, person_id: str, catalog: str | None = None) -> None:
        """Empty a person's profile, in one catalogue or in all. Their conversations stay."""
        async with self._database.write() as connection:
            for table in (t.feedback, t.tastes):
                mine = delete(table).where(table.c.person_id == person_id)
                await connection.execute(mine if catalog is None else mine.where(table.c.catalog == catalog))

    async def delete(self, person_id: str) -> bool:
        """Forget everything about a person, what was imported about them too. False when nothing was known."""
        async with self._database.write() as connection:
            told = await connection.execute(delete(t.people).where(t.people.c.id == person_id))
            imported = await connection.execute(delete(t.interactions).where(t.interactions.c.person_id == person_id))
            talked = await connection.execute(delete(t.talks).where(t.talks.c.person_id == person_id))
            return told.rowcount + imported.rowcount + talked.rowcount > 0

    async def export(self, person_id: str) -> dict[str, Any]:
        """Everything held about a person, ready for JSON. NotFound where nothing is known."""
        async with self._database.read(whole=True) as connection:
            person = (await connection.execute(select(t.people).where(t.people.c.id == person_id))).first()
            imported = await _rows(connection, t.interactions, person_id, order=("row",))
            elsewhere = await _rows(connection, t.talks, person_id, order=("row",))
            if person is None and not imported and not elsewhere:
                raise NotFound(f"Nothing is known about {person_id!r}.")
            talks = await _rows(connection, t.conversations, person_id, order=("created_at", "id"))
            said = await _rows(connection, t.turns, person_id, order=("row",))
            feedback = await _rows(connection, t.feedback, person_id, order=("row",))
            tastes = await _rows(connection, t.tastes, person_id, order=("catalog", "id"))
        for talk in talks:
            talk["turns"] = [turn for turn in said if turn["conversation_id"] == talk["id"]]
        return {
            "person_id": person_id,
            "created_at": person.created_at if person else None,
            "conversations": talks,
            "feedback": feedback,
            "tastes": tastes,
            "interactions": imported,
            "dialogues": elsewhere,
        }

    async def _past(self, person_id: str, catalog: str) -> tuple[tuple[str, str | float], ...]:
        """What was imported about a person: (item id, kind or rating), newest first."""
        its = t.interactions.c
        query = (
            select(its.item_id, its.kind, its.rating)
            .where(its.person_id == person_id, its.catalog == catalog)
            .order_by(func.coalesce(its.at, 0).desc(), its.row.desc())
            .limit(PAST)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple((item_id, kind if rating is None else rating) for item_id, kind, rating in rows)

    async def _known(self, person_id: str, catalog: str) -> tuple[dict[str, Any], Sequence[Any]]:
        """Lists of {item id: (at, turn id)}, oldest first, and taste rows."""
        log = (
            select(t.feedback.c.item_id, t.feedback.c.kind, t.feedback.c.at, t.feedback.c.turn_id)
            .where(t.feedback.c.person_id == person_id, t.feedback.c.catalog == catalog)
            .order_by(t.feedback.c.at, t.feedback.c.row)
        )
        tastes = select(t.tastes).where(t.tastes.c.person_id == person_id, t.tastes.c.catalog == catalog)
        async with self._database.read() as connection:
            entries = _add_up((await connection.execute(log)).all())
            return entries, (await connection.execute(tastes.order_by(t.tastes.c.at, t.tastes.c.id))).all()


def _add_up(log: Iterable[Any]) -> dict[str, dict[str, tuple[float, str | None]]]:
    """What a log of feedback amounts to: `Profile.after`, for long logs."""
    lists: dict[str, dict[str, tuple[float, str | None]]] = {name: {} for name in LISTS.values()}
    for item_id, kind, at, turn_id in log:
        for name, ids in lists.items():
            if kind == "forget" or name in (LISTS[kind], OPPOSITE.get(kind)):
                ids.pop(item_id, None)
        if kind in LISTS:
            lists[LISTS[kind]][item_id] = (at, turn_id)
    return lists


def _taste(row: Any) -> Taste:
    return Taste(row.id, row.facet, row.value, row.weight, row.words, row.turn_id)


def _taste_out(row: Any) -> dict[str, Any]:
    return {key: getattr(row, key) for key in ("id", "facet", "value", "weight", "words", "turn_id")}


async def _rows(connection: AsyncConnection, table: Any, person_id: str, order: Sequence[str]) -> list[dict[str, Any]]:
    query = select(table).where(table.c.person_id == person_id).order_by(*(table.c[name] for name in order))
    hidden = {"row", "person_id"}
    return [{k: v for k, v in row._mapping.items() if k not in hidden} for row in await connection.execute(query)]
