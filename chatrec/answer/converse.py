"""Converse: greetings, thanks, small talk. The model's own words where they hold, pleasant sentences of ours elsewhere.

Knows: what was said, the ground. What looks like a claim of fact and is not in a record does not get out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from chatrec.answer.chips import drop_wish, just_show, more_like, starters
from chatrec.answer.draft import Draft
from chatrec.answer.kit import Kit
from chatrec.answer.none_fit import nothing_fits
from chatrec.answer.remembered import forgetting, remembered, told_ids
from chatrec.answer.spoken import checked, may_speak
from chatrec.answer.voice import Finder, Voice, voice_for
from chatrec.language.sentences import joined, noun
from chatrec.vocabulary import Chips, Profile, Text, Turn

MOST_SENTENCES = 4


class Converse:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Text | Chips]:
        kit = self._kit
        ids = told_ids(profile) if draft.heard.about_me else []
        voice, items = await voice_for(turn, kit.catalog, kit.sentences, candidates, ledger=draft.ledger, ids=ids)
        if draft.heard.about_me:
            for text in remembered(profile, draft.ledger, items, voice):
                yield Text(text)
            yield Chips((*forgetting(profile, items, voice), just_show(voice)))
            return
        said = ""
        if draft.decision.say and may_speak(kit.ladder, turn):
            about = (*draft.heard.items, *turn.last_items)
            said = checked(draft.decision.say, about, turn, kit.grounds, turn.meter, about="talk", most=MOST_SENTENCES)
            turn.meter.steps["words"] = turn.meter.steps["decide"] if said else "none"
        key = _fitting(draft, turn, voice)
        if key == "repeat":  # what was said last is checked already
            yield Text(turn.history[-1].text)
            return
        lost = key in ("lost_wishes", "unknown") and not said
        if lost and (none := await nothing_fits(draft, turn, voice, candidates, again=True)):
            yield Text(_own("unknown" if key == "unknown" else "lost_none", draft, voice))
            yield Text(none)
        else:
            yield Text(said or _own(key, draft, voice))
        if key in ("thanks", "bye"):
            return
        if draft.heard.items and key == "taken":
            yield Chips((more_like(draft.heard.items[0], voice), voice.chip("something_else")))
            return
        if draft.ledger.wishes or turn.shown:
            drops = [drop_wish(w, voice) for w in draft.ledger.hard[:3]] if key == "lost_wishes" and not said else []
            yield Chips((just_show(voice), *drops))
        else:
            yield Chips(tuple(starters(voice)))


def _fitting(draft: Draft, turn: Turn, voice: Voice) -> str:
    """Which of our own sentences would answer this."""
    text = turn.said.text
    if draft.heard.takes:
        return "taken" if draft.heard.items else "taken_one"
    for name in ("thanks", "bye", "help", "hello", *(["repeat"] if turn.history else [])):
        if voice.sentences.cues(name, text):
            return name
    if draft.heard.aside:
        return "talk"
    if turn.meter.steps.get("decide", "none") != "none":
        # a model took it for small talk, which is no lack of understanding
        return "talk_shown" if turn.last_items else "talk"
    if draft.heard.not_understood:
        return "unknown"
    return "lost_wishes" if draft.ledger.wishes else "lost"


def _own(key: str, draft: Draft, voice: Voice) -> str:
    return voice.say(
        f"converse.{key}",
        noun=noun(voice.catalog, voice.language, 1),
        nouns=noun(voice.catalog, voice.language, 2),
        titles=voice.named(draft.heard.items),
        wishes=voice.wishes(draft.ledger.wishes),
        words=joined([f"“{w}”" for w in draft.heard.not_understood[:3]], voice.language),
    )
