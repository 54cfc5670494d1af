"""The answer while it is being given: what the events so far add up to, and the Reply they become.

Knows: vocabulary. One way to collect a reply, for the store, for JSON clients, for replays.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal, cast

from chatrec.vocabulary import (
    Candidate,
    Chip,
    Chips,
    Decision,
    DecisionOut,
    Event,
    Heard,
    ItemOut,
    Kind,
    Ledger,
    LlmOut,
    MsOut,
    NearOut,
    Reply,
    RungName,
    Said,
    Shown,
    Text,
    Turn,
    join_sentences,
)


@dataclass(kw_only=True)
class Gathered:
    """What the events of an answer add up to so far: for the store, for JSON clients, for the page."""

    items: list[ItemOut] = field(default_factory=list)
    near: list[NearOut] = field(default_factory=list)
    text: str = ""
    chips: list[Chip] = field(default_factory=list)

    def add(self, event: Event) -> None:
        match event:
            case Shown():
                self.items, self.near = list(event.items), list(event.near)
            case Text(item_id=None):
                self.text = join_sentences(self.text, event.text)
            case Text():
                self.items = [
                    i.model_copy(update={"reason": event.text}) if i.id == event.item_id else i for i in self.items
                ]
            case Chips():
                self.chips = list(event.chips)


@dataclass(kw_only=True)
class Draft(Gathered):
    """What is being answered (set at the start) and what has been yielded so far."""

    kind: Kind
    said: Said
    heard: Heard
    decision: Decision
    ledger: Ledger
    candidates: list[Candidate]

    @classmethod
    def begin(
        cls, kind: Kind, said: Said, heard: Heard, decision: Decision, ledger: Ledger, candidates: list[Candidate]
    ) -> Draft:
        return cls(kind=kind, said=said, heard=heard, decision=decision, ledger=ledger, candidates=list(candidates))

    def reply(self, turn: Turn) -> Reply:
        meter = turn.meter
        ran = meter.steps.values()
        rung = next((r for r in ("hosted", "local") if r in ran), "none")
        return Reply(
            conversation_id=turn.conversation_id,
            turn_id=turn.id,
            language=turn.language,
            decision=DecisionOut(kind=self.kind, tool_called=self.decision.needs_items),
            candidates=len(self.candidates),
            items=self.items,
            near=self.near,
            text=self.text,
            chips=self.chips,
            wishes=list(self.ledger.wishes),
            rung=cast("RungName | Literal['none']", rung),
            steps=dict(meter.steps),
            falls=list(meter.falls),
            llm=LlmOut(
                calls=meter.calls, attempts=meter.attempts, tokens_in=meter.tokens_in, tokens_out=meter.tokens_out
            ),
            ms=MsOut(total=round((time.perf_counter() - turn.started) * 1000), model=round(meter.model_ms)),
        )
