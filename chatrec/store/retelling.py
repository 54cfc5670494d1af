"""A conversation's rows in the words of the vocabulary, and the other way round.

Knows: how ledgers, acts, answers and their items are written down. Does not know: transactions, whose a conversation is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from chatrec.store import tables as t
from chatrec.vocabulary import Act, Candidate, Exchange, FeedbackKind, Ledger, Reply, Undo, Wish


def dump_act(act: Act | None) -> dict[str, Any] | None:
    return None if act is None else act.model_dump(mode="json", exclude_defaults=True)


def dump_ledger(ledger: Ledger) -> list[dict[str, Any]]:
    return [wish.model_dump(mode="json") for wish in ledger.wishes]


def ledger_of(stored: Iterable[Any] | None) -> Ledger:
    return Ledger(tuple(Wish.model_validate(wish) for wish in stored or ()))


def in_view(cards: Sequence[Any]) -> tuple[str, ...]:
    """What "the second one" counts in: the cards, or the near misses where there was nothing else."""
    shown = tuple(card.item_id for card in cards if card.shown is not None)
    return shown or tuple(card.item_id for card in cards)


def exchange(row: Any, cards: Sequence[Any], titles: Mapping[str, str]) -> Exchange:
    ids = in_view(cards)
    return Exchange(
        turn_id=row.client_turn_id,
        said=row.said_text or act_name(row.said_act or {}, titles),
        kind=row.kind,
        text=row.text,
        item_ids=ids,
        titles=tuple(titles.get(i, i) for i in ids),
    )


def act_name(act: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """`like: Heat`, `set wish: year >= 1990`, `just show`."""
    what = ", ".join(titles.get(i, i) for i in act.get("item_ids", ())[:3])
    if wish := act.get("wish"):
        what = " ".join(str(wish[k]) for k in ("facet", "op", "value") if wish.get(k) is not None)
    name = str(act.get("kind", "")).replace("_", " ")
    return f"{name}: {what}" if what else name


def item_rows(turn: int, reply: Reply, retrieved: Sequence[Candidate]) -> list[dict[str, Any]]:
    blank = {"retrieved": None, "shown": None, "near": None, "title": None, "score": None, "scores": None}
    rows: dict[str, dict[str, Any]] = {}

    def row(item_id: str) -> dict[str, Any]:
        return rows.setdefault(item_id, {"turn": turn, "item_id": item_id, **blank})

    for n, candidate in enumerate(retrieved, 1):
        row(candidate.item.id).update(retrieved=n, score=candidate.score, scores=dict(candidate.scores))
    for n, near in enumerate(reply.near, 1):
        row(near.item.id).update(near=n, title=near.item.title)
    for n, item in enumerate(reply.items, 1):
        row(item.id).update(shown=n, title=item.title)
    return list(rows.values())


async def offered(connection: AsyncConnection, turn: int) -> tuple[Act, ...]:
    """The feedback that the answer of this turn (by its row) offered to note."""
    reply = (await connection.execute(select(t.turns.c.reply).where(t.turns.c.row == turn))).scalar()
    chips = Reply.model_validate(reply).chips if reply else []
    return tuple(c.act for c in chips if c.act and c.act.kind in get_args(FeedbackKind) and len(c.act.item_ids) == 1)


async def last_change(connection: AsyncConnection, stored: Any, ledger: Ledger) -> Undo | None:
    """The latest turn that changed something and was not taken back; for the act `undo`, the latest act that did.

    Its ledger is the present one with that turn's changes taken out, so that later wishes stay.
    """
    query = select(t.turns.c.client_turn_id, t.turns.c.ledger_before, t.turns.c.ledger).where(
        t.turns.c.conversation_id == stored.conversation_id,
        t.turns.c.closed_at.is_not(None),
        t.turns.c.changed,
        ~t.turns.c.undone,
    )
    if (stored.said_act or {}).get("kind") == "undo":
        query = query.where(t.turns.c.said_act.is_not(None))
    row = (await connection.execute(query.order_by(t.turns.c.row.desc()).limit(1))).first()
    if row is None:
        return None
    before, after = ledger_of(row.ledger_before), ledger_of(row.ledger)
    if ledger == after:
        return Undo(row.client_turn_id, before)
    kept = [w for w in ledger.wishes if w in before.wishes or w not in after.wishes]
    there = {w.id for w in kept}
    back = [w for w in before.wishes if w not in after.wishes and w.id not in there]
    return Undo(row.client_turn_id, Ledger(tuple(sorted(back, key=before.wishes.index)) + tuple(kept)))
