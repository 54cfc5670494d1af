"""Ask: one question, about the facet that splits what is left best, with chips that answer it.

Knows: counts of values among the allowed items. The model's own question is used when it is one and holds.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.answer.chips import just_show, set_wish
from chatrec.answer.draft import Draft
from chatrec.answer.kit import Kit
from chatrec.answer.spoken import checked, may_speak
from chatrec.answer.voice import Finder, Voice, voice_for
from chatrec.language.describe import value_text
from chatrec.language.phrases import label, wish_text
from chatrec.language.sentences import capital, noun
from chatrec.vocabulary import Catalog, Chip, Chips, Facet, Ledger, Profile, Text, Turn, Wish

MOST_ASKED, MOST_VALUES = 3, 4  # facets that are counted; chips for values
_ROLES = (
    "kind",
    "price",
    None,
    "year",
    "duration",
    "place",
    "rating",
    "language",
)  # what is worth asking, the most useful first


@dataclass(frozen=True)
class Split:
    """How a facet divides what is left: chips for its parts, and how much an answer would tell (bits)."""

    facet: Facet
    chips: tuple[Chip, ...] = ()
    bits: float = 0.0


class Ask:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Text | Chips]:
        kit = self._kit
        voice, _ = await voice_for(turn, kit.catalog, kit.sentences, candidates, ledger=draft.ledger)
        split = await _best_split(draft, voice, candidates)
        question = ""
        if draft.decision.say and may_speak(kit.ladder, turn):
            said = checked(draft.decision.say, turn.last_items, turn, kit.grounds, turn.meter, about="question")
            question = said if said.endswith(("?", "？")) else ""
            turn.meter.steps["words"] = turn.meter.steps["decide"] if question else "none"
        yield Text(question or _question(split.facet if split else None, voice))
        yield Chips((*(split.chips if split else ()), just_show(voice)))


def askable(catalog: Catalog, ledger: Ledger) -> list[Facet]:
    """Facets that a question may be about: filters with few values or an amount, no wish on them yet; best first."""
    settled = {w.facet for w in ledger.wishes}
    found = [
        f
        for f in catalog.facets
        if f.filter and f.name not in settled and f.role in _ROLES and f.type in ("category", "number", "bool")
    ]
    return sorted(found, key=lambda f: (_ROLES.index(f.role), not f.values, f.type == "bool"))


async def _best_split(draft: Draft, voice: Voice, candidates: Finder) -> Split | None:
    """Of the model's facet, else of the one whose answer would tell most."""
    facets = askable(voice.catalog, draft.ledger)
    wanted = [f for f in facets if f.name == draft.decision.facet]
    splits = []
    for facet in wanted or facets[:MOST_ASKED]:
        split = _split(facet, await candidates.counts(draft.ledger, facet.name), voice)
        if len(split.chips) > 1:
            splits.append(split)
    return max(splits, key=lambda s: s.bits + (0.5 if s.facet.role == "kind" else 0.0), default=None)


def _split(facet: Facet, counts: Sequence[tuple[Any, int]], voice: Voice) -> Split:
    total = sum(n for _, n in counts)
    if not total:
        return Split(facet)
    if facet.type == "number":
        return _ranges(facet, sorted(counts), total, voice)
    best = sorted(counts, key=lambda c: (-c[1], str(c[0])))[:MOST_VALUES]
    op = "contains" if facet.many else "="
    chips = [set_wish(facet, op, v, capital(value_text(facet, v, voice.language)), n) for v, n in best]
    return Split(facet, tuple(chips), _bits([n / total for _, n in best]))


def _ranges(facet: Facet, counts: Sequence[tuple[float, int]], total: int, voice: Voice) -> Split:
    """Low, middle, high: bounds where about a third of the items lies on either side, on round values."""
    bounds, sum_, thirds = [], 0, [total / 3, 2 * total / 3]
    for value, n in counts:
        sum_ += n
        while thirds and sum_ >= thirds[0]:
            thirds.pop(0)
            bounds.append(_rounded(float(value), facet))
    low, high = bounds[0], bounds[-1]
    if not counts[0][0] <= low < high < counts[-1][0]:
        return Split(facet)
    wishes = [
        Wish(facet=facet.name, op="<=", value=low),
        Wish(facet=facet.name, op="between", value=[low, high]),
        Wish(facet=facet.name, op=">=", value=high),
    ]
    sizes = [
        sum(n for v, n in counts if v <= low),
        sum(n for v, n in counts if low <= v <= high),
        sum(n for v, n in counts if v >= high),
    ]
    chips = [
        set_wish(facet, w.op, w.value, capital(wish_text(w, voice.catalog, voice.language)), n)
        for w, n in zip(wishes, sizes, strict=True)
        if n
    ]
    return Split(facet, tuple(chips), _bits([n / total for n in sizes]))


def _rounded(value: float, facet: Facet) -> float:
    """A bound people would name: years to fives, other amounts to two figures."""
    if value == 0:
        return 0.0
    step = (
        5.0
        if facet.role == "year"
        else 10.0 ** (math.floor(math.log10(abs(value))) - 1) * (1 if abs(value) < 1000 else 5)
    )
    return float(round(round(value / step) * step, 6))


def _bits(shares: Sequence[float]) -> float:
    return -sum(s * math.log2(s) for s in shares if 0 < s < 1)


def _question(facet: Facet | None, voice: Voice) -> str:
    role = facet.role if facet and facet.role in ("kind", "year", "price", "duration") else "other"
    key = "ask.kind" if facet is None else f"ask.{role}"
    return voice.say(
        key, noun=noun(voice.catalog, voice.language, 1), label=label(facet, voice.language) if facet else ""
    )
