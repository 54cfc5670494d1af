"""A stage for answers: a recommender, a ladder and a ground that are small enough to see through, on the teas."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from chatrec.answer import build_answers
from chatrec.answer.draft import Draft
from chatrec.errors import ModelFailed
from chatrec.prompting import Prompts
from chatrec.recommend.candidates import Place
from chatrec.settings import ROOT
from chatrec.vocabulary import (
    Act,
    Candidate,
    Catalog,
    Chips,
    Decision,
    Evidence,
    Exchange,
    Fall,
    Feedback,
    Heard,
    Item,
    Ledger,
    Meter,
    Near,
    Profile,
    Reply,
    Said,
    Shown,
    Text,
    Turn,
    Undo,
    Wish,
)
from tests import teas

ITEMS = teas.items()
PROMPTS = Prompts.load(Path(ROOT) / "prompts")


def tea(n: int) -> Item:
    return ITEMS[n]


def wish(id_: str, facet: str | None, op: str, value: Any, **more: Any) -> Wish:
    return Wish(id=id_, facet=facet, op=op, value=value, **more)  # type: ignore[arg-type]


def candidate(item: Item, *evidence: Evidence) -> Candidate:
    return Candidate(item, 1.0, {"words": 1.0}, evidence or (Evidence(code="popular"),))


class FakeCandidates:
    """What answers ask of the recommender, over a list of items."""

    def __init__(self, items: Sequence[Item] = ITEMS) -> None:
        self.items = list(items)
        self.counted = 0

    async def get(self, ids: Sequence[str]) -> list[Item]:
        known = {i.id: i for i in self.items}
        return [known[i] for i in ids if i in known]

    async def count(self, ledger: Ledger) -> int:
        self.counted += 1
        return sum(ledger.allows(i) for i in self.items)

    async def counts(self, ledger: Ledger, facet: str) -> list[tuple[Any, int]]:
        self.counted += 1
        return Counter(v for i in self.items if ledger.allows(i) for v in i.values(facet)).most_common()

    async def near(self, ledger: Ledger, profile: Profile, turn: Turn) -> list[Near]:
        rows = [Near(i, tuple(w.id for w in ledger.hard if not w.meets(i))) for i in self.items]
        return sorted((n for n in rows if n.breaks), key=lambda n: len(n.breaks))[:5]

    async def place(self, item_id: str, ledger: Ledger, profile: Profile, turn: Turn) -> Any:
        (item,) = await self.get([item_id])
        breaks = tuple(w for w in ledger.hard if not w.meets(item))
        known = item_id in profile.known or item_id in turn.shown
        named = any(w.op in ("like", "not_like") and w.value == item_id for w in ledger.wishes)
        if breaks:
            return Place(item, breaks, known, None, None, named=named)
        rank = [i.id for i in self.items if ledger.allows(i)].index(item_id) + 1
        ahead = ("popularity",) if rank > 1 else ()
        return Place(item, (), known, candidate(item), rank, ahead, named)


@dataclass
class FakeLadder:
    """rungs: step -> rung trusted with it. chunks: (seconds to wait, text) of the stream; an exception is raised."""

    rungs: dict[str, str] = field(default_factory=dict)
    chunks: Sequence[tuple[float, Any]] = ()
    calls: list[tuple[str, Any, Any]] = field(default_factory=list)
    closed: int = 0

    def rung_for(self, step: str, meter: Meter | None = None) -> str | None:
        if meter is not None and step not in self.rungs:
            meter.steps[step] = "none"
        return self.rungs.get(step)

    def trusts(self, step: str, rung: str) -> bool:
        return self.rungs.get(step) == rung

    async def stream(
        self, step: str, rendered: Any, meter: Meter, *, schema: Any = None, max_tokens: int | None = None
    ) -> AsyncIterator[str]:
        self.calls.append((step, rendered, schema))
        meter.calls += 1
        try:
            for wait, chunk in self.chunks:
                await asyncio.sleep(wait)
                if isinstance(chunk, Exception):
                    meter.steps.setdefault(step, "none")
                    meter.falls.append(Fall(step=step, rung=self.rungs[step], to="none", why="server"))
                    raise chunk
                meter.steps[step] = self.rungs[step]
                yield chunk
        finally:
            self.closed += 1


class FakeGrounds:
    """Whatever says "lie" is one. Remembers what was checked against what."""

    def __init__(self) -> None:
        self.checked: list[tuple[str, list[str]]] = []

    def check(self, sentence: str, items: Sequence[Item], said: Sequence[str], language: str) -> Any:
        self.checked.append((sentence, [i.id for i in items]))
        bad = "lie" in sentence.lower() or "谎" in sentence
        return SimpleNamespace(ok=not bad, why="a lie" if bad else "", claims=())


@dataclass
class Stage:
    """One turn to be played: everything has a default."""

    kind: Any = "recommend"
    text: str = "a smoky tea please"
    act: Act | None = None
    language: Any = "en"
    ledger: Ledger = field(default_factory=Ledger)
    before: Ledger = field(default_factory=Ledger)
    heard: Heard = field(default_factory=Heard)
    decision: Decision | None = None
    offered: Sequence[Candidate] = ()
    profile: Profile = field(default_factory=lambda: Profile("p"))
    last_items: tuple[Item, ...] = ()
    shown: frozenset[str] = frozenset()
    history: tuple[Exchange, ...] = ()
    undo: Undo | None = None
    turn_id: str = "t1"
    catalog: Catalog = teas.CATALOG
    finder: FakeCandidates = field(default_factory=FakeCandidates)
    ladder: FakeLadder = field(default_factory=FakeLadder)
    grounds: FakeGrounds = field(default_factory=FakeGrounds)
    decided_by: str | None = None
    cards_seconds: float = 2.0
    events: list[Any] = field(default_factory=list)
    meter: Meter = field(default_factory=Meter)

    async def play(self) -> Reply:
        """Play it; the events are kept in `events`."""
        said = Said("p", self.catalog.name, "c", self.turn_id, self.text if self.act is None else "", self.act)
        turn = Turn(
            self.turn_id, "c", said, self.language, ledger=self.before, history=self.history, shown=self.shown,
            last_items=self.last_items, undo=self.undo, meter=self.meter,
        )  # fmt: skip
        if self.decided_by:
            self.meter.steps["decide"] = self.decided_by
        limits = SimpleNamespace(cards_seconds=self.cards_seconds, prompt_tokens=1600)
        answers = build_answers(self.catalog, self.ladder, PROMPTS, self.grounds, limits)
        decision = self.decision or Decision(self.kind)
        draft = Draft.begin(self.kind, said, self.heard, decision, self.ledger, list(self.offered))
        async for event in answers[self.kind](draft, self.profile, turn, self.finder):
            draft.add(event)
            self.events.append(event)
        return draft.reply(turn)

    @property
    def names(self) -> list[str]:
        return [e.name for e in self.events]


__all__ = [
    "ITEMS", "Act", "Candidate", "Chips", "Decision", "Evidence", "Exchange", "FakeCandidates", "FakeGrounds", "FakeLadder", "Feedback",
    "Heard", "Item", "Ledger", "ModelFailed", "Profile", "Shown", "Stage", "Text", "Undo", "Wish", "candidate", "tea", "wish",
]  # fmt: skip
