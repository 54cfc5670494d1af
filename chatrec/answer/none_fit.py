"""None fit: honest when nothing is left. Names the wish that leaves nothing, shows what comes closest and what it misses.

Knows: counts of the ledger without each wish, near misses. No model is asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from chatrec.answer.chips import drop_wish
from chatrec.answer.draft import Draft
from chatrec.answer.explain import what_it_has
from chatrec.answer.kit import Kit
from chatrec.answer.voice import Finder, Voice, item_out, voice_for
from chatrec.language.sentences import capital
from chatrec.vocabulary import Chips, Ledger, Near, NearOut, Profile, Shown, Text, Turn, Wish, join_sentences

MOST_NEAR = 5


class NoneFit:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Shown | Text | Chips]:
        voice, _ = await voice_for(turn, self._kit.catalog, self._kit.sentences, candidates, ledger=draft.ledger)
        ledger = draft.ledger
        if await candidates.count(ledger):
            yield Shown(())
            again = await _can_be_shown_again(ledger, profile, turn, candidates)
            key = ("none_fit.shown" if again else "none_fit.known") + ("" if ledger.wishes else "_plain")
            yield Text(voice.say(key, wishes=voice.wishes(ledger.wishes)))
            drops = [drop_wish(w, voice) for w in ledger.hard[:3]]
            yield Chips((voice.chip("show_again"), *drops) if again else tuple(drops))
            return
        if not ledger.hard:
            yield Shown(())
            yield Text(voice.say("none_fit.empty"))
            return
        near = [n for n in await candidates.near(ledger, profile, turn) if n.breaks][:MOST_NEAR]
        yield Shown((), tuple(self._near_out(n, ledger, voice) for n in near))
        left = [
            (w, await candidates.count(ledger.without(w.id))) for w in ledger.hard
        ]  # all: what is said of them is true
        yield Text(capital(_sticking_point(left, ledger, voice)))
        together: list[Wish] = []
        if len(ledger.hard) > 1 and not any(n for _, n in left):  # no single wish is to blame: the fewest that are
            together, free = await _fewest(near, ledger, candidates)
            if together:
                yield Text(voice.say("none_fit.free", wishes=voice.wishes(together), things=voice.things(free)))
        if near:
            yield Text(voice.say("none_fit.near"))
        helps = sorted([(w, n) for w, n in left if n] or left, key=lambda wn: (wn[0] not in together, -wn[1]))
        yield Chips(tuple(drop_wish(w, voice, n) for w, n in helps[:4]))

    def _near_out(self, near: Near, ledger: Ledger, voice: Voice) -> NearOut:
        broken = [w for w in ledger.hard if w.id in near.breaks]
        key = "near.breaks" if len(broken) == 1 else "near.breaks_some"
        reason = capital(voice.say(key, wishes=voice.wishes(broken)))
        for sentence in what_it_has(near.item, broken, voice):
            reason = join_sentences(reason, sentence)
        card = item_out(near.item, None, voice.language, voice.catalog, reason=reason)
        return NearOut(item=card, breaks=list(near.breaks))


async def _fewest(near: Sequence[Near], ledger: Ledger, candidates: Finder) -> tuple[list[Wish], int]:
    """The smallest set of wishes without which something is left, as the nearest items tell; of several the one that leaves most."""
    fewest = min((len(n.breaks) for n in near), default=0)
    sets = dict.fromkeys(frozenset(n.breaks) for n in near if len(n.breaks) == fewest)
    counted = [(await candidates.count(ledger.without(*ids)), ids) for ids in sets]
    free, ids = max(counted, key=lambda c: c[0], default=(0, frozenset[str]()))
    return [w for w in ledger.hard if w.id in ids], free


async def _can_be_shown_again(ledger: Ledger, profile: Profile, turn: Turn, candidates: Finder) -> bool:
    """Whether "show them again" would bring anything: what the person knows, or named, is not shown even then."""
    named = {w.value for w in ledger.wishes if w.op in ("like", "not_like")}
    left = sorted(turn.shown - profile.known - named)
    return any(ledger.allows(item) for item in await candidates.get(left))


def _sticking_point(left: list[tuple[Wish, int]], ledger: Ledger, voice: Voice) -> str:
    """Which wish leaves nothing: the one without which most is left."""
    wishes = voice.wishes(ledger.hard)
    if len(ledger.hard) == 1:
        return voice.say("none_fit.only", wish=voice.wish(ledger.hard[0]))
    wish, most = max(left, key=lambda wn: wn[1])
    if not most:
        return voice.say("none_fit.together", wishes=wishes)
    return voice.say("none_fit.wish", wishes=wishes, wish=voice.wish(wish), things=voice.things(most))
