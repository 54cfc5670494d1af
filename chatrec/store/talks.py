"""What people talked about and what they ended up with: conversations imported from elsewhere, and ChatRec's own beside them.

Knows: how they are kept, and how both kinds read as one. Does not know: what is learned from them (recommend.dialogue).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select

from chatrec.store import tables as t
from chatrec.store.database import Database
from chatrec.store.tables import UNKNOWN, UNSTORABLE

BATCH = 1_000  # conversations of one insert
TOOK = ("like", "owned")  # feedback that says somebody ended up with an item
REFUSED = "dislike"


@dataclass(frozen=True)
class Talk:
    """One conversation. messages: {"role": "user" or "assistant", "content", "item_ids"}."""

    id: str
    messages: tuple[dict[str, Any], ...]
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    person_id: str | None = None


@dataclass(frozen=True)
class Told:
    """A conversation as it is learned from. person: who talked, or None where it is not known."""

    words: str
    named: tuple[str, ...] = ()  # items that came up
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    person: str | None = None


@dataclass
class _Own:
    """A conversation of our own, as it is gathered."""

    person: str
    words: list[str] = field(default_factory=list)
    took: dict[str, bool] = field(default_factory=dict)  # item -> whether it was taken; the latest word counts


class Talks:
    """`store.talks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(
        self, catalog: str, talks: Sequence[Talk], progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Put these conversations in the place of what was imported for a catalogue before: all or nothing."""
        async with self._database.write() as connection:
            await connection.execute(delete(t.talks).where(t.talks.c.catalog == catalog))
            last = (await connection.execute(select(func.max(t.talks.c.row)))).scalar() or 0
            for start in range(0, len(talks), BATCH):
                rows = [
                    {
                        "row": last + start + n, "catalog": catalog, "id": talk.id, "person_id": talk.person_id,
                        "messages": [m | {"content": _storable(m["content"])} for m in talk.messages],
                        "accepted": list(talk.accepted), "rejected": list(talk.rejected),
                    }
                    for n, talk in enumerate(talks[start : start + BATCH], 1)
                ]  # fmt: skip
                await connection.execute(insert(t.talks), rows)
                if progress is not None:
                    progress(min(start + BATCH, len(talks)), len(talks))

    async def stamp(self, catalog: str) -> tuple[int, int, int]:
        """Changes whenever there is something new to learn: (imported, the last of them, own turns with a verdict on an item)."""
        imported = select(func.count(), func.coalesce(func.max(t.talks.c.row), 0)).where(t.talks.c.catalog == catalog)
        own = select(func.count()).select_from(t.feedback).where(*_verdicts(catalog))
        async with self._database.read() as connection:
            count, last = (await connection.execute(imported)).one()
            return int(count), int(last), int((await connection.execute(own)).scalar() or 0)

    async def told(self, catalog: str) -> list[Told]:
        """Everything there is to learn from: imported conversations, then our own in which somebody took or refused an item."""
        columns = (t.talks.c.messages, t.talks.c.accepted, t.talks.c.rejected, t.talks.c.person_id)
        query = select(*columns).where(t.talks.c.catalog == catalog).order_by(t.talks.c.row)
        found: list[Told] = []
        async with self._database.read(whole=True) as connection:
            for messages, accepted, rejected, person in await connection.execute(query):
                named = dict.fromkeys(i for m in messages for i in m.get("item_ids", ()))
                words = "\n".join(m["content"] for m in messages)
                found.append(Told(words, tuple(named), tuple(accepted), tuple(rejected), person))
            return [*found, *await self._own(connection, catalog)]

    async def _own(self, connection: Any, catalog: str) -> list[Told]:
        verdicts = (
            select(t.turns.c.conversation_id, t.feedback.c.person_id, t.feedback.c.item_id, t.feedback.c.kind)
            .join(
                t.turns,
                (t.turns.c.person_id == t.feedback.c.person_id) & (t.turns.c.client_turn_id == t.feedback.c.turn_id),
            )
            .where(*_verdicts(catalog))
            .order_by(t.feedback.c.row)
        )
        own: dict[str, _Own] = {}
        for conversation, person, item, kind in await connection.execute(verdicts):
            own.setdefault(conversation, _Own(person)).took[item] = kind in TOOK
        said: dict[str, list[str]] = defaultdict(list)
        judged = select(t.turns.c.conversation_id).join(
            t.feedback,
            (t.turns.c.person_id == t.feedback.c.person_id) & (t.turns.c.client_turn_id == t.feedback.c.turn_id),
        )
        query = (
            select(t.turns.c.conversation_id, t.turns.c.said_text)
            .where(t.turns.c.conversation_id.in_(judged.where(*_verdicts(catalog))), t.turns.c.said_text != "")
            .order_by(t.turns.c.row)
        )
        for conversation, text in await connection.execute(query):
            said[conversation].append(text)
        return [
            Told(
                "\n".join(said[conversation]), (), tuple(i for i, taken in one.took.items() if taken),
                tuple(i for i, taken in one.took.items() if not taken), one.person,
            )
            for conversation, one in own.items()
            if said[conversation]
        ]  # fmt: skip


def _verdicts(catalog: str) -> tuple[Any, ...]:
    """Feedback that was given in a conversation and says whether an item was taken."""
    return (
        t.feedback.c.catalog == catalog,
        t.feedback.c.turn_id.is_not(None),
        t.feedback.c.kind.in_((*TOOK, REFUSED)),
    )


def _storable(words: str) -> str:
    return UNSTORABLE.sub(UNKNOWN, words)
