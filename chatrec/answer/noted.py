"""Noted: a click or a remark that only changes what is known: liked, disliked, seen, owned, undo, reset.

Knows: feedback, what the last act can take back. Says what was done, and honestly when there was nothing to do. Where several
may be meant it asks which.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from chatrec.answer.chips import just_show, more_like, undo
from chatrec.answer.draft import Draft
from chatrec.answer.kit import Kit
from chatrec.answer.voice import Finder, Voice, voice_for
from chatrec.language.sentences import capital
from chatrec.vocabulary import Act, Chip, Chips, Feedback, FeedbackKind, Item, Profile, Text, Turn

_KINDS = ("like", "dislike", "seen", "owned", "forget")


class Noted:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Text | Chips]:
        heard, act = draft.heard, draft.said.act
        feedback = list(heard.feedback)
        if not feedback and act and act.kind in _KINDS:
            feedback = [Feedback(act.kind, i) for i in act.item_ids]
        voice, items = await voice_for(
            turn, self._kit.catalog, self._kit.sentences, candidates,
            ledger=draft.ledger, known=heard.items, ids=[f.item_id for f in feedback],
        )  # fmt: skip
        if heard.undo or (act and act.kind == "undo"):
            for text in _undone(draft, turn, voice):
                yield Text(text)
            yield Chips((just_show(voice),))
            return
        if heard.reset or (act and act.kind == "reset"):
            had = bool(turn.ledger.wishes)
            yield Text(voice.say("noted.reset" if had else "noted.nothing_to_reset"))
            yield Chips((_take_back(draft, voice), just_show(voice)) if had else (just_show(voice),))
            return
        if draft.decision.judged:
            yield Text(voice.say(f"noted.which_{draft.decision.judged}"))
            yield Chips(tuple(_which(draft.decision.judged, draft.decision.items, voice)))
            return
        said = [text for kind in _KINDS if (text := _feedback(kind, feedback, items, voice))]
        for text in said or [voice.say("noted.plain")]:
            yield Text(text)
        yield Chips(tuple(_after(feedback, items, draft, voice)))


def _feedback(kind: str, feedback: list[Feedback], items: dict[str, Item], voice: Voice) -> str:
    known = [items[f.item_id] for f in feedback if f.kind == kind and f.item_id in items]
    return capital(voice.say(f"noted.{kind}", titles=voice.named(known))) if known else ""


def _undone(draft: Draft, turn: Turn, voice: Voice) -> list[str]:
    if turn.undo is None:
        return [voice.say("noted.nothing_to_undo")]
    said = [voice.say("noted.undone")]
    if draft.ledger != turn.ledger:  # what was taken back was about wishes
        wishes = voice.wishes(draft.ledger.wishes)
        said.append(voice.say("noted.now", wishes=wishes) if wishes else voice.say("noted.now_none"))
    return said


def _take_back(draft: Draft, voice: Voice) -> Chip:
    """Undo of this very turn. The act undoes acts alone, so what was said is taken back in words."""
    return undo(voice) if draft.said.act else voice.chip("undo")


def _which(kind: FeedbackKind, shown: Sequence[Item], voice: Voice) -> list[Chip]:
    return [Chip(label=i.title_in(voice.language), act=Act(kind=kind, item_ids=[i.id])) for i in shown]


def _after(feedback: list[Feedback], items: dict[str, Item], draft: Draft, voice: Voice) -> list[Chip]:
    liked = [items[f.item_id] for f in feedback if f.kind == "like" and f.item_id in items]
    chips = [more_like(i, voice) for i in liked[:2]]
    if not liked:
        chips.append(voice.chip("something_else"))
    return [*chips, _take_back(draft, voice)] if feedback else chips
