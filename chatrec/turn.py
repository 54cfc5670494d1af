"""One chat turn, top to bottom. Who reads only this file knows what the system does.

Knows: the order of things. Does not know how any of them is done: the parts are handed in, and tests hand in fakes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatrec.answer.draft import Draft
from chatrec.vocabulary import Decided, Done, Event, Kind, Retrieved, Said


@dataclass(frozen=True)
class Parts:
    """Everything a turn needs, for one version of one catalogue."""

    dialogues: Any  # open, close: store.dialogues
    memory: Any  # recall: memory.recall
    reader: Any  # read: understand.reader
    decide: Any  # understand.decide
    merge: Any  # understand.ledger
    candidates: Any  # recommend.candidates
    answers: Mapping[str, Any]  # answer.<kind>
    observe: Any  # counters: engine


async def run_turn(parts: Parts, said: Said) -> AsyncIterator[Event]:
    """Yield events as they happen; the last is Done, and Done means stored."""
    turn = await parts.dialogues.open(said)  # said is stored first
    if turn.reply:  # a known turn id replays its stored reply
        yield Done(turn.reply)
        return
    profile = await parts.memory.recall(said, turn)  # what of a long history matters for this query
    heard = parts.reader.read(said, turn)  # wishes found by code, each with the words it rests on
    decision = await parts.decide(said, heard, turn, profile)  # the model: kind of turn, wishes, tool or not
    heard = heard.beside(decision.feedback)  # seen or judged, as code heard it and as the model understood it
    ledger = parts.merge(turn, heard, decision)  # the model may add and tighten; it drops only with proof
    yield Decided(decision.kind, decision.needs_items, ledger.wishes)
    profile = profile.after(heard.feedback)  # "seen it" holds from this very answer on
    candidates = await parts.candidates(ledger, profile, turn, decision) if decision.needs_items else []
    if decision.needs_items:
        yield Retrieved(len(candidates))  # min(20, allowed), each with its sources
    kind: Kind = "none_fit" if decision.needs_items and not candidates else decision.kind
    draft = Draft.begin(kind, said, heard, decision, ledger, candidates)
    async for event in parts.answers[kind](draft, profile, turn, parts.candidates):
        draft.add(event)  # Shown, Text, Chips; each claim grounded before it is yielded
        yield event
    reply = draft.reply(turn)
    await parts.dialogues.close(turn, reply, ledger=ledger, heard=heard, retrieved=candidates)  # one transaction
    yield Done(reply)
    parts.observe(turn, reply)  # counters; never in the person's way
