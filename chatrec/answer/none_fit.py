"""None fit: honest when nothing is left. Names the wish that leaves nothing, shows what comes closest and what it misses; where all
that fits was shown already, says what that was.

Knows: counts of the ledger without each wish, near misses, what was shown. No model is asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from chatrec.answer.chips import drop_wish
from chatrec.answer.draft import Draft
from chatrec.answer.kit import Kit
from chatrec.answer.reasons import what_it_has
from chatrec.answer.voice import Finder, Voice, item_out, voice_for
from chatrec.language.phrases import label
from chatrec.language.sentences import capital, joined
from chatrec.vocabulary import Chips, Item, Ledger, Near, NearOut, Profile, Shown, Text, Turn, Wish, join_sentences

MOST_NEAR, MOST_NAMED = 5, 5


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
            again = await _shown_that_fit(ledger, profile, turn, candidates)
            tightened = again and any(w.turn_id == turn.id for w in ledger.wishes)
            key = "none_fit.shown_some" if tightened else "none_fit.shown" if again else "none_fit.known"
            key += "" if ledger.wishes else "_plain"
            titles = voice.named(again[:MOST_NAMED])
            yield Text(voice.say(key, wishes=voice.wishes(ledger.wishes), titles=titles))
            drops = [drop_wish(w, voice) for w in ledger.hard[:3]]
            yield Chips((voice.chip("show_again"), *drops) if again else tuple(drops))
            return
        if not ledger.hard:
            yield Shown(())
            yield Text(voice.say("none_fit.empty"))
            return
        near = await nearest(ledger, profile, turn, candidates)
        yield Shown((), tuple(self._near_out(n, ledger, voice) for n in near))
        if none := _no_such_wish(draft, turn, voice):
            yield Text(none)
        said, chips = await sticking_point(ledger, near, voice, candidates)
        for text in said:
            yield Text(text)
        if near:
            yield Text(voice.say("none_fit.near"))
        yield chips

    def _near_out(self, near: Near, ledger: Ledger, voice: Voice) -> NearOut:
        broken = [w for w in ledger.hard if w.id in near.breaks]
        key = "near.breaks" if len(broken) == 1 else "near.breaks_some"
        reason = capital(voice.say(key, wishes=voice.wishes(broken)))
        for sentence in what_it_has(near.item, broken, voice):
            reason = join_sentences(reason, sentence)
        card = item_out(near.item, None, voice.language, voice.catalog, reason=reason)
        return NearOut(item=card, breaks=list(near.breaks))


async def sticking_point(
    ledger: Ledger, near: Sequence[Near], voice: Voice, candidates: Finder
) -> tuple[list[str], Chips]:
    """(which of the hard wishes leave nothing, chips that drop them, the most helpful first)."""
    left = await _left_without_each(ledger, candidates)
    said = [capital(_sticking_point(left, ledger, voice))]
    together: list[Wish] = []
    if len(ledger.hard) > 1 and not any(n for _, n in left):  # no single wish is to blame: the fewest that are
        together, free = await _fewest(near, ledger, candidates)
        if together:
            said.append(voice.say("none_fit.free", wishes=voice.wishes(together), things=voice.things(free)))
    helps = sorted([(w, n) for w, n in left if n] or left, key=lambda wn: (wn[0] not in together, -wn[1]))
    return said, Chips(tuple(drop_wish(w, voice, n) for w, n in helps[:4]))


async def nearest(ledger: Ledger, profile: Profile, turn: Turn, candidates: Finder) -> list[Near]:
    """What comes closest to wishes that nothing fits."""
    return [n for n in await candidates.near(ledger, profile, turn) if n.breaks][:MOST_NEAR]


async def _fewest(near: Sequence[Near], ledger: Ledger, candidates: Finder) -> tuple[list[Wish], int]:
    """The smallest set of wishes without which something is left, as the nearest items tell; of several the one that leaves most."""
    fewest = min((len(n.breaks) for n in near), default=0)
    sets = dict.fromkeys(frozenset(n.breaks) for n in near if len(n.breaks) == fewest)
    counted = [(await candidates.count(ledger.without(*ids)), ids) for ids in sets]
    free, ids = max(counted, key=lambda c: c[0], default=(0, frozenset[str]()))
    return [w for w in ledger.hard if w.id in ids], free


async def nothing_fits(draft: Draft, turn: Turn, voice: Voice, candidates: Finder, *, again: bool = False) -> str:
    """What an answer that shows no items says beside its own where nothing fits the wishes as they stand, the sticking point named.
    Empty where something fits, and, unless again, where the person was told since the latest wish came in."""
    ledger = draft.ledger
    if not ledger.hard or (_told(ledger, turn) and not again) or await candidates.count(ledger):
        return ""
    return capital(_sticking_point(await _left_without_each(ledger, candidates), ledger, voice))


def _told(ledger: Ledger, turn: Turn) -> bool:
    """Whether "nothing fits" was the answer to the latest of the wishes, or came after it."""
    latest = {w.turn_id for w in ledger.hard}
    since = next(
        (n for n in reversed(range(len(turn.history))) if turn.history[n].turn_id in latest), len(turn.history)
    )
    return turn.id not in latest and any(e.kind == "none_fit" for e in turn.history[since:])


async def _left_without_each(ledger: Ledger, candidates: Finder) -> list[tuple[Wish, int]]:
    """All hard wishes, each with how much is left without it: what is said of them is true."""
    return [(w, await candidates.count(ledger.without(w.id))) for w in ledger.hard]


def _no_such_wish(draft: Draft, turn: Turn, voice: Voice) -> str:
    """What is said of a wish that was taken back and never was; nothing where our own question was about it."""
    asked = bool(turn.history) and turn.history[-1].text.rstrip().endswith(("?", "？"))
    facets = [f for name in draft.heard.released if (f := voice.catalog.facet(name)) is not None]
    if asked or not facets:
        return ""
    return capital(
        voice.say("none_fit.no_such_wish", label=joined([label(f, voice.language) for f in facets], voice.language))
    )


async def _shown_that_fit(ledger: Ledger, profile: Profile, turn: Turn, candidates: Finder) -> list[Item]:
    """What was shown in this conversation and fits, the latest first: what "show them again" would bring. What the person knows,
    or named, is not shown even then."""
    named = {w.value for w in ledger.wishes if w.op in ("like", "not_like")}
    order = [i for e in reversed(turn.history) for i in e.item_ids]
    left = dict.fromkeys(i for i in (*order, *sorted(turn.shown)) if i in turn.shown and i not in profile.known | named)
    return [item for item in await candidates.get(list(left)) if ledger.allows(item)]


def _sticking_point(left: list[tuple[Wish, int]], ledger: Ledger, voice: Voice) -> str:
    """Which wish leaves nothing: the one without which most is left."""
    wishes = voice.wishes(ledger.hard)
    if len(ledger.hard) == 1:
        return voice.say("none_fit.only", wish=voice.wish(ledger.hard[0]))
    wish, most = max(left, key=lambda wn: wn[1])
    if not most:
        return voice.say("none_fit.together", wishes=wishes)
    return voice.say("none_fit.wish", wishes=wishes, wish=voice.wish(wish), things=voice.things(most))
