"""Explain: why an item was recommended, or why one was not. All from evidence, wishes and what is known of the person.

Knows: an item's place (recommend.candidates.place). No model is asked: the answer is in the data.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from chatrec.answer.chips import drop_wish, more_like
from chatrec.answer.draft import Draft
from chatrec.answer.kit import Kit
from chatrec.answer.reasons import meets_evidence, pieces
from chatrec.answer.voice import Finder, Voice, voice_for
from chatrec.language.describe import values_text
from chatrec.language.phrases import label
from chatrec.language.sentences import capital, ended
from chatrec.vocabulary import Chip, Chips, Item, Ledger, Profile, Text, Turn

MOST_VALUES = 4


class Explain:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Text | Chips]:
        items = await asked_items(draft, candidates)
        if not items:
            voice, _ = await voice_for(turn, self._kit.catalog, self._kit.sentences, candidates)
            yield Text(voice.say("explain.which"))
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
            why_not = asked_not or (act is None and place.item.id not in turn.shown)
            for text in _why_not(place, profile, turn, voice) if why_not else _why(place, draft.ledger, voice):
                yield Text(text)
            if not why_not:
                chips.append(more_like(place.item, voice))
            elif place.item.id not in profile.known:  # dropping a wish would bring it back
                chips += [drop_wish(w, voice) for w in place.breaks[:2]]
        yield Chips(tuple({c.label: c for c in chips}.values()))


async def asked_items(draft: Draft, candidates: Finder) -> list[Item]:
    """The items that a turn is about: decided, heard, or named by the act."""
    items = draft.decision.items or draft.heard.items
    if items or not (draft.said.act and draft.said.act.item_ids):
        return list(items)
    return await candidates.get(draft.said.act.item_ids)


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
    return said


def _why_not(place: Any, profile: Profile, turn: Turn, voice: Voice) -> list[str]:
    title, item = voice.title(place.item), place.item
    for known, key in (("dislikes", "disliked"), ("seen", "seen"), ("owned", "owned")):
        if item.id in getattr(profile, known):
            return [voice.say(f"explain.not_{key}", title=title)]
    if place.breaks:
        return [
            voice.say("explain.not_breaks", title=title, wishes=voice.wishes(place.breaks)),
            *what_it_has(item, place.breaks, voice),
        ]
    if item.id in turn.shown:
        return [voice.say("explain.not_shown", title=title)]
    return [voice.say("explain.not_rank", title=title)]


def what_it_has(item: Item, wishes: Any, voice: Voice) -> list[str]:
    """The item's own values where it does not meet a wish: "Its year: 1972." """
    said = []
    for name in dict.fromkeys(w.facet for w in wishes):
        facet = voice.catalog.facet(name)
        if facet is None or len(item.values(name)) > MOST_VALUES:  # a long list tells nothing
            continue
        value = values_text(facet, item, voice.language, MOST_VALUES)
        key = "explain.it_has" if value else "explain.it_lacks"
        said.append(voice.say(key, label=label(facet, voice.language), value=value))
    return said
