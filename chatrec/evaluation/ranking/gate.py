"""Does the configured model put the twenty candidates in a better order than the fusion? Measured on a catalogue's own log.

Knows: the product's own way of asking: recall, candidates, the recommend answer with its prompt, handles and ladder. A person is
asked about whose twenty hold something they turned out to like; they say nothing but "just show me some". An answer that is no
use, or comes too late, counts as the fused order, as it does in a turn.
Protocols: `order`: all twenty in order. `top`: the best five of twenty (Gao et al. 2023, "Chat-REC", arXiv:2303.14524).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chatrec.answer.draft import Draft
from chatrec.errors import BadInput, Missing
from chatrec.evaluation.ranking.metrics import Interval, ahead, of_list, summed
from chatrec.evaluation.ranking.runner import learned, past_of, wanted_of
from chatrec.evaluation.ranking.splits import Split
from chatrec.memory.recall import Memory
from chatrec.recommend.candidates import MOST, Candidates
from chatrec.recommend.shelf import Shelf
from chatrec.settings import ROOT, Settings
from chatrec.store.profiles import PAST
from chatrec.vocabulary import Act, Candidate, Decision, Heard, Ledger, Profile, Said, Shown, Turn

MODES = {"order": (MOST, (5, 10)), "top": (5, (5,))}  # mode -> how many are asked for, and at which places is counted
PEOPLE = 100  # asked about where nothing else is said
SEED = 3
LOCAL, FOREVER = 120.0, 1_000_000
Progress = Callable[[int, int], None]


@dataclass
class Reranked:
    """What became of the same candidates in two orders."""

    mode: str
    model: str
    split: str
    people: int
    fused: dict[str, Interval] = field(default_factory=dict)  # figure -> mean, low, high
    reranked: dict[str, Interval] = field(default_factory=dict)
    ahead: dict[str, Interval] = field(default_factory=dict)  # of the model over the fusion, person by person
    unusable: int = 0  # answers in whose place the fused order stood
    falls: dict[str, int] = field(default_factory=dict)  # why, where the ladder says so
    seconds: float = 0.0  # median of a call
    tokens: tuple[int, int] = (0, 0)  # read and written, all calls

    @property
    def judged_by(self) -> str:
        """The figure that decides: NDCG at the last place that is counted."""
        return f"ndcg@{MODES[self.mode][1][-1]}"

    @property
    def verdict(self) -> bool | None:
        """Better than the fusion beyond doubt, worse beyond doubt, or None: these people do not tell."""
        _, low, high = self.ahead[self.judged_by]
        return True if low > 0 else False if high < 0 else None


def model_ladder(settings: Settings) -> Any:
    """The ladder of the configured model, trusted with this one step whatever was measured before. BadInput where there is none."""
    from chatrec.llm.ladder import Ladder

    ladder = Ladder.from_settings(settings.model_copy(update={"trust": "rerank", "breaker_failures": FOREVER}))
    if ladder.rung_for("rerank") is None:
        raise BadInput(
            "No model is configured to rerank with. Set CHATREC_LLM to one, say openai:MODEL or local:smollm2."
        )
    return ladder


async def measure_rerank(
    shelf: Shelf,
    cut: Split,
    store: Any,
    ladder: Any,
    settings: Settings,
    *,
    mode: str = "order",
    people: int = PEOPLE,
    progress: Progress | None = None,
) -> Reranked:
    """Ask the model about so many people and hold its order against the fusion's. Missing where the model does not answer at all."""
    if mode not in MODES:
        raise BadInput(f"{mode} is no mode of reranking: use {' or '.join(MODES)}.")
    await ladder.warm()  # a server that is still starting is no measure of its model
    if not (health := (await ladder.check(LOCAL))[0]).works:
        raise Missing(f"The model {health.model} does not answer: {health.text}")
    wanted, rng = wanted_of(cut), np.random.default_rng(SEED)
    asked, cases = rng.permutation(sorted(wanted)).tolist(), list[_Case]()
    with learned(shelf, cut.known):
        stage = _Stage(shelf, store, ladder, settings)
        for person in asked:
            if len(cases) >= people:
                break
            case = await stage.play(past_of(cut, person, shelf), wanted[person], MODES[mode][0])
            if case is not None:
                cases.append(case)
                (progress or _silent)(len(cases), min(people, len(asked)))
    if len(cases) < 2:
        raise BadInput("Of nobody in this log the twenty candidates hold anything that they turned out to like.")
    return _summed(mode, health.model, cut.name, cases)


@dataclass
class _Case:
    """One person: the candidates and the answer as rows, and what of them was wanted."""

    offered: list[int]
    shown: list[int]
    wanted: set[int]
    usable: bool
    falls: list[str]
    seconds: float
    tokens: tuple[int, int]


class _Stage:
    """A recommend turn without a store behind it: the parts that stand between a person's past and the cards."""

    def __init__(self, shelf: Shelf, store: Any, ladder: Any, settings: Settings) -> None:
        from chatrec.answer import build_answers
        from chatrec.prompting import Prompts

        patient = settings.model_copy(update={"cards_seconds": float(FOREVER)})  # the ladder's own limit holds
        self._shelf, self._items = shelf, store.items
        self._candidates = Candidates(shelf.catalog, store, shelf)
        # No sentence of the model is used here, so there is none to check against a ground.
        self._answer = build_answers(shelf.catalog, ladder, Prompts.load(ROOT / "prompts"), None, patient)["recommend"]

    async def play(self, past: Sequence[tuple[str, str | float]], wanted: set[int], count: int) -> _Case | None:
        """None where the twenty hold nothing wanted, or nothing else."""
        said = Said("p", self._shelf.catalog.name, act=Act(kind="just_show"))
        turn = Turn("t", "c", said, "en")
        profile = await Memory(_Known(Profile("p", past=tuple(past[:PAST]))), self._items, self._shelf).recall(
            said, turn
        )
        offered = await self._candidates(Ledger(), profile, turn)
        rows = [self._shelf.row[c.item.id] for c in offered]
        if not 0 < len(wanted.intersection(rows)) < len(rows):
            return None
        shown = await self._shown(offered, profile, turn, count)
        meter = turn.meter
        return _Case(
            rows, [self._shelf.row[i] for i in shown], wanted, meter.steps.get("rerank", "none") != "none",
            [fall.why for fall in meter.falls], meter.model_ms / 1000, (meter.tokens_in, meter.tokens_out),
        )  # fmt: skip

    async def _shown(self, offered: list[Candidate], profile: Profile, turn: Turn, count: int) -> list[str]:
        decision = Decision(kind="recommend", count=count)
        draft = Draft.begin("recommend", turn.said, Heard(just_show=True), decision, Ledger(), offered)
        shown: list[str] = []
        async for event in self._answer(draft, profile, turn, self._candidates):
            if isinstance(event, Shown):
                shown = [item.id for item in event.items]
        return shown


class _Known:
    """A store of one profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    async def read(self, person_id: str, catalog: str) -> Profile:
        return self._profile


def _summed(mode: str, model: str, split: str, cases: Sequence[_Case]) -> Reranked:
    asked, places = MODES[mode]

    def figures(case: _Case, rows: Sequence[int]) -> dict[str, float]:
        held = case.wanted if mode == "top" else case.wanted.intersection(case.offered)
        names = ("ndcg", "precision", "recall") if mode == "top" else ("ndcg",)
        made = {f"{name}@{k}": of_list(rows, held, k)[name] for k in places for name in names}
        return made | ({} if mode == "top" else {"mrr": of_list(rows, held, asked)["mrr"]})

    fused, reranked = [figures(c, c.offered) for c in cases], [figures(c, c.shown) for c in cases]
    return Reranked(
        mode, model, split, len(cases), summed(fused), summed(reranked),
        {name: ahead(reranked, fused, name) for name in fused[0]}, sum(not c.usable for c in cases),
        dict(Counter(why for c in cases for why in c.falls)), float(np.median([c.seconds for c in cases])),
        (sum(c.tokens[0] for c in cases), sum(c.tokens[1] for c in cases)),
    )  # fmt: skip


def _silent(done: int, of: int) -> None:
    """Where nobody looks."""
