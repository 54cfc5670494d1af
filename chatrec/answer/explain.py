"""Explain: why an item was recommended, why one was not, what would have to change for it. From scores, wishes and the profile.

Knows: an item's place (recommend.candidates.place), now and without the wishes it breaks. No model is asked: the answer is in the data.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from chatrec.answer.chips import drop_wish, more_like
from chatrec.answer.draft import Draft
from chatrec.answer.kit import Kit
from chatrec.answer.none_fit import nearest, sticking_point
from chatrec.answer.reasons import meets_evidence, pieces, what_it_has
from chatrec.answer.voice import Finder, Voice, voice_for
from chatrec.language.sentences import capital, ended, joined
from chatrec.vocabulary import SOFT_OPS, Chip, Chips, Item, Ledger, Profile, Text, Turn, Wish

MOST_CHIPS, MOST_NAMED = 4, 3
USUAL = 5  # places that are shown at once
SOURCES = frozenset(
    {"content", "words", "wished", "relations", "collaborative", "dialogue", "popularity", "order"}
)  # there are sentences for these


class Explain:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Text | Chips]:
        items = await asked_items(draft, candidates)
        if not items:
            voice, _ = await voice_for(turn, self._kit.catalog, self._kit.sentences, candidates, ledger=draft.ledger)
            if draft.ledger.hard and not (
                draft.heard.not_understood or await candidates.count(draft.ledger)
            ):  # "why is there nothing?"
                near = await nearest(draft.ledger, profile, turn, candidates)
                said, drops = await sticking_point(draft.ledger, near, voice, candidates)
                for text in said:
                    yield Text(text)
                yield drops
            else:
                yield Text(which("explain", draft, voice))
            return
        places = [await candidates.place(i.id, draft.ledger, profile, turn) for i in items[:3]]
        named = [e.item_id for p in places if p.candidate for e in p.candidate.evidence if e.item_id]
        voice, _ = await voice_for(
            turn, self._kit.catalog, self._kit.sentences, candidates,
            ledger=draft.ledger, known=(*items, *profile.relevant), ids=named,
        )  # fmt: skip
        act = draft.said.act
        asked_not = draft.heard.negated_item or bool(act and act.kind == "why_not")
        chips: list[Chip] = []
        for place in places:
            # "why Heat?" of what was never shown asks why not
            if not (asked_not or (act is None and place.item.id not in turn.shown)):
                said = _why(place, draft.ledger, voice)
                chips.append(more_like(place.item, voice))
            else:
                freed = await self._without(place, draft.ledger, profile, turn, candidates)
                said = _why_not(place, freed, draft.ledger, profile, turn, voice)
                if place.item.id not in profile.known and not place.gone:  # dropping a wish would bring it back
                    chips += [drop_wish(w, voice) for w in place.breaks[:MOST_CHIPS]]
            for text in said:
                yield Text(text)
        yield Chips(tuple({c.label: c for c in chips}.values()))

    async def _without(self, place: Any, ledger: Ledger, profile: Profile, turn: Turn, candidates: Finder) -> Any:
        """The item's place if the wishes it breaks were dropped; None where it breaks none."""
        if not place.breaks or place.gone:
            return None
        return await candidates.place(place.item.id, ledger.without(*(w.id for w in place.breaks)), profile, turn)


async def asked_items(draft: Draft, candidates: Finder) -> list[Item]:
    """The items that a turn is about: decided, heard, or named by the act."""
    items = draft.decision.items or draft.heard.items
    if items or not (draft.said.act and draft.said.act.item_ids):
        return list(items)
    return await candidates.get(draft.said.act.item_ids)


def which(kind: str, draft: Draft, voice: Voice) -> str:
    """What is said where nobody knows which items a question is about, or where those that were named are not here."""
    if missing := draft.heard.not_understood[:MOST_NAMED]:
        names = [w if w.startswith(("《", "“", '"', "「", "『")) else f"“{w}”" for w in missing]
        return voice.say("lookup.not_here", words=joined(names, voice.language))
    return voice.say(f"{kind}.which")


def _why(place: Any, ledger: Ledger, voice: Voice) -> list[str]:
    evidence = place.candidate.evidence if place.candidate else ()
    if not any(e.code == "meets" for e in evidence):
        evidence = (*meets_evidence(place.item, ledger), *evidence)
    reasons = pieces(evidence, ledger, voice)
    title = voice.title(place.item)
    if reasons:
        joint = "；" if voice.language == "zh" else "; "
        said = [voice.say("explain.why", title=title, reasons=ended(capital(joint.join(reasons)), voice.language))]
    else:
        said = [voice.say("explain.why_plain", title=title)]
    if place.breaks:
        said.append(voice.say("explain.no_longer", wishes=voice.wishes(place.breaks)))
    elif place.candidate and (counted := [s for s in place.candidate.sources if s in SOURCES][:2]):
        names = joined([voice.say(f"explain.source_{s}") for s in counted], voice.language)
        said.append(voice.say("explain.counted", sources=names))
    return said


def _why_not(place: Any, freed: Any, ledger: Ledger, profile: Profile, turn: Turn, voice: Voice) -> list[str]:
    """All that keeps the item out, and how it would stand without the wishes it breaks. freed: its place then."""
    title, item = voice.title(place.item), place.item
    if place.gone:
        return [voice.say("explain.gone", title=title)]
    known = (("dislikes", "disliked"), ("seen", "seen"), ("owned", "owned"))
    said = [voice.say(f"explain.not_{key}", title=title) for ids, key in known if item.id in getattr(profile, ids)][:1]
    if place.named:
        said.append(voice.say("explain.named", title=title))
    alone = not said
    if place.breaks:
        said.append(voice.say("explain.not_breaks", title=title, wishes=voice.wishes(place.breaks)))
        said += what_it_has(item, place.breaks, voice)
        return [*said, *_freed(place, freed, ledger, voice)] if alone else said
    if said:
        return said
    if item.id in turn.shown:
        return [voice.say("explain.not_shown", title=title)]
    return _rank(place, ledger, turn, voice)


def _freed(place: Any, freed: Any, ledger: Ledger, voice: Voice) -> list[str]:
    """What would have to change, and whether that would be enough."""
    ending = "" if len(place.breaks) == 1 else "_all"
    if freed.rank is None:
        return [voice.say(f"explain.freed_far{ending}"), *_ahead(freed, ledger, voice)]
    said = [voice.say(f"explain.freed{ending}", rank=freed.rank)]
    return said if freed.rank <= USUAL else [*said, *_ahead(freed, ledger, voice)]


def _rank(place: Any, ledger: Ledger, turn: Turn, voice: Voice) -> list[str]:
    """It fits: which place it has, and what pushes others above it."""
    title = voice.title(place.item)
    if place.rank is None:
        said = [voice.say("explain.rank_far", title=title)]
    else:
        close = place.rank <= len(turn.last_items)  # by the scores it belongs there: the choice was another's
        said = [voice.say("explain.rank_close" if close else "explain.rank", title=title, rank=place.rank)]
    return [*said, *_ahead(place, ledger, voice)]


def _ahead(place: Any, ledger: Ledger, voice: Voice) -> list[str]:
    """By what the items before this one are ahead: the two sources that count most."""
    said = []
    for source in [s for s in place.ahead if s in SOURCES][:2]:
        wishes: list[Wish] = []
        if source == "order":
            wishes = [w for w in ledger.wishes if w.op == "sort"][-1:]
        elif source == "wished":
            soft = [w for w in ledger.soft if w.op not in SOFT_OPS]
            wishes = [w.model_copy(update={"hard": True}) for w in soft if not w.meets(place.item)]
        if source in ("order", "wished") and not wishes:
            continue
        said.append(voice.say(f"explain.ahead_{source}", wishes=voice.wishes(wishes)))
        said += what_it_has(place.item, wishes, voice)
    return said
