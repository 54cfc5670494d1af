"""Ask: one question, about the facet whose answer would tell most, with counted chips that answer it and a way out.

Knows: counts of values among the allowed items. Where nothing has been shown yet the question stands alone; later the next items
are shown and the question stands beside them, but only if it pays: if its answer is likely to leave much less to look through.
The model's own question is used when it is one and holds.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from chatrec.answer.chips import just_show, set_wish
from chatrec.answer.draft import Draft
from chatrec.answer.kit import Kit
from chatrec.answer.recommend import USUAL, Recommend
from chatrec.answer.spoken import checked, may_speak
from chatrec.answer.voice import Finder, Voice, voice_for
from chatrec.language.describe import value_text
from chatrec.language.phrases import label, wish_text
from chatrec.language.sentences import capital, noun
from chatrec.vocabulary import LANGUAGES, Catalog, Chip, Chips, Facet, Ledger, Profile, Shown, Text, Turn, Wish

MOST_ASKED, MOST_VALUES = 4, 4  # facets that are counted; chips for values
ANSWERED: Mapping[str | None, float] = {  # what is worth asking, the most useful first, and how often people have an answer
    "kind": 0.8, "price": 0.7, None: 0.6, "year": 0.6, "duration": 0.5, "place": 0.4, "rating": 0.4, "language": 0.3,
    "person": 0.25,
}  # fmt: skip
_ROLES = tuple(r for r in ANSWERED if r != "person")  # of these a question alone may be: chips can answer it
LEAST_BITS = 0.9  # expected of an answer, beside items
KNOWN_OF = 0.9  # of the candidates have a name where names are asked for
MOST_TOGETHER = 3  # facets of names in one question
LEAST_LEFT = 2 * USUAL  # with fewer items left than two more answers show, showing them is quicker


@dataclass(frozen=True)
class Split:
    """How an answer would divide what is left: chips for its parts, and how much it would tell (bits). facets: of one question."""

    facets: tuple[Facet, ...]
    chips: tuple[Chip, ...] = ()
    bits: float = 0.0

    @property
    def worth(self) -> float:
        """Bits to be expected of asking: people do not always have an answer."""
        none = math.prod(1 - ANSWERED.get(f.role, 0.0) for f in self.facets)
        return round(self.bits * (1 - none), 6)


class Ask:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._recommend = Recommend(kit)

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Shown | Text | Chips]:
        kit = self._kit
        voice, _ = await voice_for(turn, kit.catalog, kit.sentences, candidates, ledger=draft.ledger)
        if turn.shown:
            async for event in self._beside(draft, profile, turn, candidates, voice):
                yield event
            return
        left = await candidates.count(draft.ledger)
        facets = _open(draft, turn, voice)[:MOST_ASKED]
        split = await _best_split(facets, left, draft, turn, voice, candidates)
        yield Text(self._words(split, draft, turn, voice))
        yield Chips((*(split.chips if split else ()), just_show(voice)))

    async def _beside(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder, voice: Voice
    ) -> AsyncIterator[Shown | Text | Chips]:
        """The next items, and the question under them if it pays. What is answered then is a recommendation."""
        draft.kind = "recommend"
        split, left = None, await candidates.count(draft.ledger) - len(turn.shown)
        if left > LEAST_LEFT:
            facets = _open(draft, turn, voice)[:MOST_ASKED]
            split = await _best_split(facets, left, draft, turn, voice, candidates, _names(draft, turn, voice))
        async for event in self._recommend(draft, profile, turn, candidates):
            if isinstance(event, Chips) and split is not None and split.worth >= LEAST_BITS:
                yield Text(self._words(split, draft, turn, voice))
                yield Chips((*split.chips, just_show(voice)))
            else:
                yield event

    def _words(self, split: Split | None, draft: Draft, turn: Turn, voice: Voice) -> str:
        kit, question = self._kit, ""
        if draft.decision.say and may_speak(kit.ladder, turn):
            said = checked(draft.decision.say, turn.last_items, turn, kit.grounds, turn.meter, about="question")
            question = said if said.endswith(("?", "？")) else ""
            turn.meter.steps["words"] = turn.meter.steps["decide"] if question else "none"
        return question or _question(split.facets if split else (), voice)


def askable(catalog: Catalog, ledger: Ledger) -> list[Facet]:
    """Facets that a question may be about: filters with few values or an amount, nothing wished of them yet; best first."""
    settled = {w.facet for w in ledger.wishes if w.op not in ("not_in", "!=")}  # "not horror" leaves it open
    found = [
        f
        for f in catalog.facets
        if f.filter and f.name not in settled and f.role in _ROLES and f.type in ("category", "number", "bool")
    ]
    return sorted(found, key=lambda f: (_ROLES.index(f.role), not f.values, f.type == "bool"))


def _open(draft: Draft, turn: Turn, voice: Voice) -> list[Facet]:
    """What a question may be about now: not what the person lets go of in this very message."""
    let_go = _let_go(draft, turn)
    return [f for f in askable(voice.catalog, draft.ledger) if f.name not in let_go]


def _let_go(draft: Draft, turn: Turn) -> set[str | None]:
    """Facets of wishes taken back in this message, whether they were held or not."""
    held = [turn.ledger.get(wish_id) for wish_id in (*draft.heard.drops, *draft.decision.drops)]
    return {*draft.heard.released, *(w.facet for w in held if w is not None)}


def _names(draft: Draft, turn: Turn, voice: Voice) -> list[Facet]:
    """The facets of people that one question may be about, once in a conversation: nobody reads through all the names, but who
    knows one tells much by it. Of those that the catalogue knows how to name in a wish ("starring"), with names for nearly all."""
    named = _nameable(voice.catalog)
    settled = {w.facet for w in draft.ledger.wishes} | _let_go(draft, turn)
    if any(f.name in settled for f in named):
        return []
    groups = [g for n in range(1, MOST_TOGETHER + 1) for g in combinations(named, n)]
    if any(_asked_before(g, turn, voice) for g in groups):
        return []
    items = [c.item for c in draft.candidates]
    return [f for f in named if sum(bool(i.values(f.name)) for i in items) >= KNOWN_OF * len(items)]


def _nameable(catalog: Catalog) -> list[Facet]:
    named = [f for f in catalog.facets if f.role == "person" and f.type == "category" and f.filter and f.cues]
    return named[:MOST_TOGETHER]


async def _best_split(
    facets: Sequence[Facet],
    left: int,
    draft: Draft,
    turn: Turn,
    voice: Voice,
    candidates: Finder,
    names: Sequence[Facet] = (),
) -> Split | None:
    """Of the model's facet, else of the one whose answer can be expected to tell most; never what was asked before.

    left: items that may still be shown. An answer that leaves fewer than are shown at once tells no more than one that leaves these.
    """
    enough = max(math.log2(left / USUAL), 0.0) if left else 0.0
    asked = [f for f in (*facets, *names) if f.name == draft.decision.facet]
    splits = [
        _split(f, await candidates.counts(draft.ledger, f.name), left, voice)
        for f in asked or facets
        if f not in names and not _asked_before((f,), turn, voice)
    ]
    if names and (not asked or asked[0] in names):
        splits.append(await _split_names(names, left, draft, voice, candidates))
    fair = [replace(s, bits=min(s.bits, enough)) for s in splits if len(s.chips) > 1]
    return max(fair, key=lambda s: s.worth, default=None)


def _asked_before(facets: Sequence[Facet], turn: Turn, voice: Voice) -> bool:
    """Whether an earlier answer holds this question: its words follow from its turn."""
    return any(
        e.text and _question(facets, replace(voice, seed=e.turn_id, language=language)) in e.text
        for e in turn.history
        for language in LANGUAGES
    )


def _split(facet: Facet, counts: Sequence[tuple[Any, int]], left: int, voice: Voice) -> Split:
    """Chips for the commonest values, and the mean of log2(left / items with the value) over all answers, each as likely as
    it is common: the entropy, where every item has one value."""
    total = sum(n for _, n in counts)
    if not total:
        return Split((facet,))
    if facet.type == "number":
        return _ranges(facet, sorted(counts), total, voice)
    best = sorted(counts, key=lambda c: (-c[1], str(c[0])))[:MOST_VALUES]
    op = "contains" if facet.many else "="
    chips = [set_wish(facet, op, v, capital(value_text(facet, v, voice.language)), n) for v, n in best]
    return Split((facet,), tuple(chips), sum(n / total * max(math.log2(max(left, n) / n), 0.0) for _, n in counts))


async def _split_names(facets: Sequence[Facet], left: int, draft: Draft, voice: Voice, candidates: Finder) -> Split:
    """Chips for the names that the candidates have and that most of what is left has, of each facet some; what an answer tells is
    the mean over all names, as in `_split`."""
    found: list[tuple[int, str, Chip]] = []
    bits = 0.0
    for facet in facets:
        counts = dict(await candidates.counts(draft.ledger, facet.name))
        numbers = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        if numbers.sum() > 0:  # tens of thousands of names
            told = np.log2(np.maximum(left, numbers) / numbers)
            bits += float((numbers / numbers.sum() * told).sum()) / len(facets)
        near = {name for c in draft.candidates for name in c.item.values(facet.name) if counts.get(name)}
        best = sorted(near, key=lambda name: (-counts[name], str(name)))[: math.ceil(MOST_VALUES / len(facets))]
        op = "contains" if facet.many else "="
        for name in best:
            said = value_text(facet, name, voice.language)
            found.append((counts[name], said, set_wish(facet, op, name, said, counts[name])))
    chips: dict[str, Chip] = {}
    for _, said, chip in sorted(found, key=lambda f: -f[0]):  # who wrote and directed is offered once
        chips.setdefault(said, chip)
    return Split(tuple(facets), tuple(chips.values())[:MOST_VALUES], bits)


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
        return Split((facet,))
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
    return Split((facet,), tuple(chips), _bits([n / total for n in sizes]))


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


def _question(facets: Sequence[Facet], voice: Voice) -> str:
    roles = {f.role for f in facets}
    role = next(iter(roles)) if len(roles) == 1 else None
    key = (
        f"ask.{role if role in ('kind', 'year', 'price', 'duration', 'person') else 'other'}" if facets else "ask.kind"
    )
    labels = either([label(f, voice.language) for f in facets], voice.language)
    return voice.say(key, noun=noun(voice.catalog, voice.language, 1), label=labels)


def either(words: Sequence[str], language: str) -> str:
    """ "the cast, the director or the writer": one of these."""
    if language == "zh":
        return "、".join(words[:-1]) + ("或" if len(words) > 1 else "") + (words[-1] if words else "")
    return ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + (words[-1] if words else "")
