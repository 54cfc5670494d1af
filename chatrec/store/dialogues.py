"""Conversations, turn by turn: what was said is stored first, what was answered in one transaction.

Knows: whose a conversation is, what an open and a closed turn are, how to take an act back. Only closed turns count as
history. Does not know: why something was decided or said.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from chatrec.errors import BadInput, Conflict, NotFound
from chatrec.language.script import language_of
from chatrec.store import tables as t
from chatrec.store.database import Database, insert_new
from chatrec.store.items import Items, known_items
from chatrec.store.retelling import dump_act, dump_ledger, exchange, in_view, item_rows, last_change, ledger_of, offered
from chatrec.store.tables import UNKNOWN, UNSTORABLE
from chatrec.vocabulary import Act, Candidate, Heard, Item, Language, Ledger, Reply, Said, Turn

HISTORY = 20  # exchanges a turn knows
TITLE = 80  # characters of a conversation's title, which are its first words


class Dialogues:
    """`store.dialogues`."""

    def __init__(self, database: Database, items: Items) -> None:
        self._database = database
        self._items = items

    # ------------------------------------------------------------------ a turn

    async def open(self, said: Said) -> Turn:
        """Store what was said, and read all that a turn knows of its conversation.

        The same turn id with the same body gives the stored turn again: with its `reply` when it is answered, else open.
        Conflict: another body. NotFound: no such catalogue, or the conversation is another person's or nobody's.
        BadInput: the conversation is about another catalogue.
        """
        turn_id = said.turn_id or uuid.uuid4().hex
        for attempt in (1, 2):
            try:
                async with self._database.write() as connection:
                    stored = await self._stored(connection, said.person_id, turn_id)
                    if stored is not None:
                        _same_body(said, stored)
                    else:
                        stored = await self._store(connection, said, turn_id)
                break
            except IntegrityError:  # the same turn was stored by another process between our look and our insert
                if attempt == 2:
                    raise
        return await self._turn(said, stored)

    async def close(
        self, turn: Turn, reply: Reply, *, ledger: Ledger, heard: Heard, retrieved: Sequence[Candidate]
    ) -> None:
        """Store the answer: reply, ledger, items and their sources, feedback, undo; all or nothing. A closed turn stays.

        Feedback on items that the catalogue never had is not kept. NotFound: the person was deleted meanwhile.
        """
        said = turn.said
        async with self._database.write() as connection:
            stored = await self._stored(connection, said.person_id, turn.id)
            if stored is None:
                raise NotFound("This conversation was deleted while the turn was being answered.")
            if stored.closed_at is not None:
                return
            there = await known_items(connection, said.catalog, [f.item_id for f in heard.feedback])
            feedback = [f for f in heard.feedback if f.item_id in there]
            now = time.time()
            await connection.execute(
                update(t.turns)
                .where(t.turns.c.row == stored.row)
                .values(
                    closed_at=now,
                    language=turn.language,
                    kind=reply.decision.kind,
                    text=reply.text,
                    ledger_before=dump_ledger(turn.ledger),
                    ledger=dump_ledger(ledger),
                    changed=not heard.undo and (bool(feedback) or ledger != turn.ledger),
                    reply=reply.model_dump(mode="json"),
                    model=turn.meter.model,
                    prompts=dict(turn.meter.prompts),
                    dropped=list(turn.meter.dropped),
                )
            )
            if rows := item_rows(stored.row, reply, retrieved):
                await connection.execute(insert(t.turn_items), rows)
            if feedback:
                about = {"person_id": said.person_id, "catalog": said.catalog, "at": now, "turn_id": turn.id}
                await connection.execute(
                    insert(t.feedback), [{**about, "item_id": f.item_id, "kind": f.kind} for f in feedback]
                )
            if heard.undo and turn.undo is not None:
                await _take_back(connection, said.person_id, turn.undo.turn_id)
            await connection.execute(
                update(t.conversations)
                .where(t.conversations.c.id == stored.conversation_id)
                .values(
                    updated_at=now,
                    language=turn.language,
                    title=func.coalesce(t.conversations.c.title, said.text[:TITLE] or None),
                )
            )

    async def reply(self, person_id: str, turn_id: str) -> Reply | None:
        """The stored answer to a turn; None while there is none."""
        query = select(t.turns.c.reply).where(t.turns.c.person_id == person_id, t.turns.c.client_turn_id == turn_id)
        async with self._database.read() as connection:
            stored = (await connection.execute(query)).scalar()
        return None if stored is None else Reply.model_validate(stored)

    async def retrieved(self, person_id: str, turn_id: str) -> list[tuple[str, tuple[str, ...]]]:
        """The candidates of an answered turn, best first: (item id, names of the sources that offered it)."""
        query = (
            select(t.turn_items.c.item_id, t.turn_items.c.scores)
            .join(t.turns, t.turns.c.row == t.turn_items.c.turn)
            .where(t.turns.c.person_id == person_id, t.turns.c.client_turn_id == turn_id)
            .where(t.turn_items.c.retrieved.is_not(None))
            .order_by(t.turn_items.c.retrieved)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [(row.item_id, tuple(row.scores or ())) for row in rows]

    # ------------------------------------------------------------------ conversations

    async def owner(self, conversation_id: str) -> tuple[str, str] | None:
        """(person, catalogue) of a conversation."""
        query = select(t.conversations.c.person_id, t.conversations.c.catalog)
        async with self._database.read() as connection:
            row = (await connection.execute(query.where(t.conversations.c.id == conversation_id))).first()
        return None if row is None else (row.person_id, row.catalog)

    async def latest(self, person_id: str, catalog: str) -> str | None:
        """A person's conversation in which something was answered last."""
        found = await self.conversations(person_id, catalog, limit=1)
        return found[0]["id"] if found else None

    async def conversations(self, person_id: str, catalog: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """A person's conversations, the latest first: id, catalog, title, language, created_at, updated_at."""
        query = select(*CONVERSATION).where(t.conversations.c.person_id == person_id)
        if catalog is not None:
            query = query.where(t.conversations.c.catalog == catalog)
        newest = (t.conversations.c.updated_at.desc(), t.conversations.c.id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(*newest).limit(limit))
        return [dict(row._mapping) for row in rows]

    async def conversation(self, conversation_id: str, person_id: str) -> dict[str, Any]:
        """A conversation as `conversations` gives it, with `turns`: turn_id, text, act, at, reply (None while open).

        NotFound where it is another person's.
        """
        mine = (t.conversations.c.id == conversation_id, t.conversations.c.person_id == person_id)
        turns = select(
            t.turns.c.client_turn_id, t.turns.c.said_text, t.turns.c.said_act, t.turns.c.started_at, t.turns.c.reply
        )
        async with self._database.read(whole=True) as connection:
            row = (await connection.execute(select(*CONVERSATION).where(*mine))).first()
            if row is None:
                raise _no_conversation(conversation_id)
            said = await connection.execute(
                turns.where(t.turns.c.conversation_id == conversation_id).order_by(t.turns.c.row)
            )
            told = [
                {
                    "turn_id": s.client_turn_id,
                    "text": s.said_text,
                    "act": s.said_act,
                    "at": s.started_at,
                    "reply": s.reply,
                }
                for s in said
            ]
        return {**row._mapping, "turns": told}

    async def replies(self, conversation_id: str) -> list[tuple[str, Act | None, Reply]]:
        """The answered turns of a conversation, oldest first: text, act, reply. Whose it is, the caller has made sure."""
        query = select(t.turns.c.said_text, t.turns.c.said_act, t.turns.c.reply).where(
            t.turns.c.conversation_id == conversation_id, t.turns.c.closed_at.is_not(None)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(t.turns.c.row))).all()
        return [(text, Act.model_validate(act) if act else None, Reply.model_validate(r)) for text, act, r in rows]

    async def rename(self, conversation_id: str, person_id: str, title: str) -> None:
        """NotFound where it is another person's."""
        mine = (t.conversations.c.id == conversation_id, t.conversations.c.person_id == person_id)
        async with self._database.write() as connection:
            done = await connection.execute(update(t.conversations).where(*mine).values(title=title[:TITLE] or None))
        if done.rowcount == 0:
            raise _no_conversation(conversation_id)

    async def delete(self, conversation_id: str, person_id: str) -> None:
        """Forget a conversation; the profile keeps what was learned in it. NotFound where it is another person's."""
        mine = (t.conversations.c.id == conversation_id, t.conversations.c.person_id == person_id)
        async with self._database.write() as connection:
            done = await connection.execute(delete(t.conversations).where(*mine))
        if done.rowcount == 0:
            raise _no_conversation(conversation_id)

    # ------------------------------------------------------------------ inside

    async def _stored(self, connection: AsyncConnection, person_id: str, turn_id: str) -> Any | None:
        its = {"person": person_id, "turn": turn_id}
        return (await connection.execute(STORED, its)).first()

    async def _store(self, connection: AsyncConnection, said: Said, turn_id: str) -> Opened:
        now = time.time()
        if said.conversation_id is not None:
            conversation_id, spoken = said.conversation_id, await self._enter(connection, said)
        else:
            conversation_id, spoken = uuid.uuid4().hex, said.language
            await self._items.there(connection, said.catalog)
            await insert_new(connection, t.people, {"id": said.person_id, "created_at": now})
            row = {"id": conversation_id, "person_id": said.person_id, "catalog": said.catalog, "language": spoken}
            await connection.execute(insert(t.conversations).values(**row, created_at=now, updated_at=now))
        await connection.execute(
            insert(t.turns).values(
                conversation_id=conversation_id,
                person_id=said.person_id,
                client_turn_id=turn_id,
                said_text=said.text,
                said_act=dump_act(said.act),
                said_language=said.language,
                said_in=said.conversation_id,
                started_at=now,
            )
        )
        return Opened(turn_id, conversation_id, {"kind": said.act.kind} if said.act else None, spoken)

    async def _enter(self, connection: AsyncConnection, said: Said) -> str | None:
        """The language of the conversation that is named, once it is sure that the person may speak in it."""
        its = {"person": said.person_id, "conversation": said.conversation_id}
        found = (await connection.execute(ENTERED, its)).first()
        if found is None:
            raise _no_conversation(said.conversation_id)
        if found.catalog != said.catalog:
            raise BadInput(
                f"This conversation is about {found.catalog!r}, not {said.catalog!r}. "
                "Leave conversation_id out to start a new one.",
                [("catalog", f"has to be {found.catalog!r} in this conversation")],
            )
        if found.removed:
            await self._items.there(connection, said.catalog)  # raises, and says which catalogues there are
        return found.language

    async def _turn(self, said: Said, stored: Any) -> Turn:
        """The turn with all that is known of its conversation; `stored` is Opened, or a row of `_stored`."""
        its = {"conversation": stored.conversation_id}
        async with self._database.read(whole=True) as connection:
            past = (await connection.execute(RECENT, its)).all()
            seen = (await connection.execute(CARDS, its)).all() if past else []
            ledger = ledger_of(past[0].ledger) if past else Ledger()
            undo = await last_change(connection, stored, ledger) if past else None
            choice = await offered(connection, past[0].row) if past and past[0].kind == "noted" else ()
        of_turn: dict[int, list[Any]] = {}
        for card in seen:
            of_turn.setdefault(card.turn, []).append(card)
        titles = {card.item_id: card.title for card in seen if card.title}
        return Turn(
            id=stored.client_turn_id,
            conversation_id=stored.conversation_id,
            said=said,
            language=_language(said, stored.spoken),
            ledger=ledger,
            history=tuple(exchange(row, of_turn.get(row.row, ()), titles) for row in reversed(past)),
            shown=frozenset(card.item_id for card in seen if card.shown is not None),
            last_items=await self._last_items(said.catalog, of_turn),
            questions_in_row=next((n for n, row in enumerate(past) if row.kind != "ask"), len(past)),
            undo=undo,
            offered=choice,
            reply=None if stored.reply is None else Reply.model_validate(stored.reply),
        )

    async def _last_items(self, catalog: str, of_turn: Mapping[int, Sequence[Any]]) -> tuple[Item, ...]:
        if not of_turn:
            return ()
        latest = of_turn[max(of_turn)]
        return tuple(await self._items.get(catalog, in_view(latest), withdrawn=True))


@dataclass(frozen=True)
class Opened:
    """What is stored of a turn just opened, by the names of the columns."""

    client_turn_id: str
    conversation_id: str
    said_act: Mapping[str, Any] | None
    spoken: str | None  # the conversation's language
    reply: None = None


# --------------------------------------------------------------------------- questions and words

CONVERSATION = (
    t.conversations.c.id,
    t.conversations.c.catalog,
    t.conversations.c.title,
    t.conversations.c.language,
    t.conversations.c.created_at,
    t.conversations.c.updated_at,
)

# Made once: to put a question together takes longer than to answer it.
_mine = t.turns.c.person_id == bindparam("person")
_closed = (t.turns.c.conversation_id == bindparam("conversation"), t.turns.c.closed_at.is_not(None))

STORED = (
    select(t.turns, t.conversations.c.language.label("spoken"), t.conversations.c.catalog)
    .join(t.conversations, t.conversations.c.id == t.turns.c.conversation_id)
    .where(_mine, t.turns.c.client_turn_id == bindparam("turn"))
    .with_for_update(of=t.turns)
)
ENTERED = (
    select(t.conversations.c.catalog, t.conversations.c.language, t.catalogs.c.removed)
    .join(t.catalogs, t.catalogs.c.name == t.conversations.c.catalog)
    .where(t.conversations.c.id == bindparam("conversation"), t.conversations.c.person_id == bindparam("person"))
)
RECENT = (
    select(
        t.turns.c.row,
        t.turns.c.client_turn_id,
        t.turns.c.said_text,
        t.turns.c.said_act,
        t.turns.c.kind,
        t.turns.c.text,
        t.turns.c.ledger,
    )
    .where(*_closed)
    .order_by(t.turns.c.row.desc())
    .limit(HISTORY)
)
CARDS = (
    select(t.turn_items.c.turn, t.turn_items.c.item_id, t.turn_items.c.title, t.turn_items.c.shown)
    .join(t.turns, t.turns.c.row == t.turn_items.c.turn)
    .where(*_closed, t.turn_items.c.shown.is_not(None) | t.turn_items.c.near.is_not(None))
    .order_by(t.turn_items.c.turn, t.turn_items.c.shown.is_(None), t.turn_items.c.shown, t.turn_items.c.near)
)


def _no_conversation(conversation_id: str | None) -> NotFound:
    return NotFound(f"There is no conversation {conversation_id!r}. Leave conversation_id out to start one.")


def _same_body(said: Said, stored: Any) -> None:
    """Conflict unless the stored turn was asked for with the same words. Naming the conversation it began is the same."""
    asked_in = said.conversation_id
    if (
        UNSTORABLE.sub(UNKNOWN, said.text) != stored.said_text
        or dump_act(said.act) != stored.said_act
        or said.language != stored.said_language
        or said.catalog != stored.catalog
        or (asked_in is not None and asked_in != stored.conversation_id)
        or (asked_in is None and stored.said_in is not None)
    ):
        raise Conflict(f"turn_id {stored.client_turn_id!r} was used for another message. Use a new one.")


def _language(said: Said, spoken: str | None) -> Language:
    fallback: Language = "zh" if spoken == "zh" else "en"
    if said.language is not None:
        return said.language
    return language_of(said.text, fallback) if said.text else fallback


async def _take_back(connection: AsyncConnection, person_id: str, turn_id: str) -> None:
    mine = (t.feedback.c.person_id == person_id, t.feedback.c.turn_id == turn_id)
    await connection.execute(delete(t.feedback).where(*mine))
    await connection.execute(
        update(t.turns).where(t.turns.c.person_id == person_id, t.turns.c.client_turn_id == turn_id).values(undone=True)
    )
