"""Recommend: which of the candidates are shown, and in what words. One streamed model call at most.

Knows: candidates, prompts, the ladder, the ground. Cards show as soon as the model's picks have been read, or in the fused order
when it takes too long; each card has a true reason from code at once, which the model's own sentence may replace.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.answer.chips import after_items
from chatrec.answer.draft import Draft
from chatrec.answer.kit import Kit
from chatrec.answer.picks import Picks, picks_schema
from chatrec.answer.reasons import reason
from chatrec.answer.spoken import checked, trusted
from chatrec.answer.view import recommend_inputs
from chatrec.answer.voice import Finder, Voice, item_out, voice_for
from chatrec.errors import ModelFailed
from chatrec.language.sentences import capital, joined
from chatrec.vocabulary import Candidate, Chips, Fall, Item, Meter, Profile, Shown, Text, Turn, Wish, join_sentences

FEWEST, USUAL, MOST = 3, 5, 20
_END = object()


@dataclass(frozen=True)
class Plan:
    """Which parts of the call a model is trusted with. step: under which it is asked; None: no call."""

    step: str | None
    rung: str = "none"
    picks: bool = False
    words: bool = False


def plan_for(ladder: Any, meter: Meter, *, ordered: bool = False) -> Plan:
    """One call does both when one rung is trusted with both; otherwise only the part that it is trusted with.

    ordered: the person said in which order they want them ("the newest first"), so no model chooses another.
    """
    rerank, words = None if ordered else ladder.rung_for("rerank", meter), ladder.rung_for("words", meter)
    if rerank:
        return Plan("rerank", rerank, picks=True, words=words == rerank)
    return Plan("words", words, words=True) if words else Plan(None)


class Recommend:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Shown | Text | Chips]:
        kit, offered = self._kit, draft.candidates
        named = [e.item_id for c in offered for e in c.evidence if e.item_id]
        voice, known = await voice_for(
            turn, kit.catalog, kit.sentences, candidates,
            ledger=draft.ledger, known=(*profile.relevant, *draft.heard.items, *(c.item for c in offered)), ids=named,
        )  # fmt: skip
        round_ = Round(kit, draft, profile, turn, voice, known)
        async with contextlib.aclosing(round_.play()) as events:  # who leaves early closes the model's stream
            async for event in events:
                yield event
        left_out = [f"“{w}”" for w in draft.heard.not_understood[:3]]
        if left_out:
            yield Text(voice.say("recommend.left_out", words=joined(left_out, turn.language)))
        items = [c.item for c in round_.shown]
        more = len(offered) > len(items)
        yield Chips(tuple(await after_items(items, draft.ledger, voice, candidates, more=more)))


class Round:
    """One answer in the making: what has been shown, and what of the model's words has been used."""

    def __init__(
        self, kit: Kit, draft: Draft, profile: Profile, turn: Turn, voice: Voice, known: dict[str, Item]
    ) -> None:
        self._kit, self._draft, self._profile, self._turn = kit, draft, profile, turn
        self._voice, self._known = voice, known
        self._meter: Meter = turn.meter
        asked = draft.decision.count
        self._asked = max(1, min(asked, MOST)) if asked else None
        self.shown: list[Candidate] = []
        self._answered: set[int] = set()  # handles whose words were read
        self._spoken: set[str] = set()
        self._introduced = False
        self._picked = False

    async def play(self) -> AsyncGenerator[Shown | Text, None]:
        ordered = any(w.op == "sort" for w in self._draft.ledger.wishes)
        plan = plan_for(self._kit.ladder, self._meter, ordered=ordered)
        if plan.step is None:
            yield self._show([])
            yield self._template_intro()
            self._meter.steps |= {"rerank": "none", "words": "none"}
            return
        if not plan.picks:  # the order stands: show first, the words come to what is shown
            yield self._show([])
        offered = self._draft.candidates if plan.picks else self.shown
        picks = Picks(len(offered))
        async with contextlib.aclosing(self._listen(plan, offered, picks)) as heard:
            async for event in heard:
                yield event
        if not self.shown:
            yield self._show(picks.picks or [], offered)
        for event in self._words(picks, offered, plan):
            yield event
        if not self._introduced:
            yield self._template_intro()
        self._settle(plan, picks)

    async def _listen(
        self, plan: Plan, offered: Sequence[Candidate], picks: Picks
    ) -> AsyncGenerator[Shown | Text, None]:
        """Read the model's answer as it comes, with an eye on the clock."""
        loop = asyncio.get_running_loop()
        patience = loop.time() + self._kit.cards_seconds
        chunks: asyncio.Queue[Any] = asyncio.Queue()
        asking = asyncio.create_task(self._ask(plan, offered, chunks))
        try:
            while True:
                try:
                    async with asyncio.timeout_at(None if self.shown else patience):
                        chunk = await chunks.get()
                except TimeoutError:
                    self._meter.falls.append(Fall(step=str(plan.step), rung=plan.rung, to="none", why="timeout"))
                    yield self._show([])
                    yield self._template_intro()  # nobody waits on; what comes later only annotates the cards
                    continue
                if chunk is _END:
                    break
                picks.feed(chunk)
                if not self.shown and picks.picks is not None:
                    self._picked = True
                    yield self._show(picks.picks, offered)
                if self.shown:
                    for event in self._words(picks, offered, plan):
                        yield event
                if picks.full:
                    self._meter.dropped.append("recommend: far too long an answer")
                    break
            picks.finish()
            if not self.shown and picks.picks:
                self._picked = True
        finally:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking

    async def _ask(self, plan: Plan, offered: Sequence[Candidate], chunks: asyncio.Queue[Any]) -> None:
        """The model call, in a task of its own; what it says goes into the queue, and its end."""
        most = self._asked or USUAL
        inputs = recommend_inputs(
            self._draft, self._profile, self._turn, self._voice, offered,
            most=most, fewest=min(self._asked or FEWEST, len(offered)), picks=plan.picks, words=plan.words,
        )  # fmt: skip
        rendered = self._kit.prompts.render("recommend", inputs, self._kit.prompt_tokens)
        schema = {
            "title": rendered.schema,
            **picks_schema(min(most, len(offered)), len(offered), picks=plan.picks, words=plan.words),
        }
        try:
            stream = self._kit.ladder.stream(plan.step, rendered, self._meter, schema=schema, max_tokens=460 + 5 * most)
            async with contextlib.aclosing(stream) as texts:
                async for text in texts:
                    chunks.put_nowait(text)
        except ModelFailed:
            pass  # the ladder has noted who fell and why; what was whole is used
        finally:
            chunks.put_nowait(_END)

    def _show(self, picks: Sequence[int], offered: Sequence[Candidate] | None = None) -> Shown:
        """The cards: the model's picks first, then the fused order, until there are enough; never one twice."""
        fused = self._draft.candidates
        wanted = self._asked or (USUAL if not picks else max(FEWEST, min(len(picks), USUAL)))
        chosen = [(offered or fused)[n - 1] for n in picks]
        ids = {c.item.id for c in chosen}
        chosen += [c for c in fused if c.item.id not in ids]
        self.shown = chosen[:wanted]
        language, catalog = self._turn.language, self._kit.catalog
        return Shown(
            tuple(
                item_out(c.item, c, language, catalog, reason=reason(c, self._draft.ledger, self._voice))
                for c in self.shown
            )
        )

    def _words(self, picks: Picks, offered: Sequence[Candidate], plan: Plan) -> list[Text]:
        """The model's sentences that are whole by now and hold: the intro, and one for each card that is shown."""
        if not self._may_speak(plan):
            return []
        events: list[Text] = []
        shown = {c.item.id: c for c in self.shown}
        if picks.intro and not self._introduced:
            self._introduced = True
            items = [c.item for c in self.shown]
            text = checked(picks.intro, items, self._turn, self._kit.grounds, self._meter, about="intro", most=1)
            if text:
                self._spoken.add(text)
            events.append(Text(text) if text else self._template_intro())
        for handle, said in picks.words():
            if handle in self._answered:
                continue
            self._answered.add(handle)
            candidate = shown.get(offered[handle - 1].item.id)
            if candidate is None:
                self._meter.dropped.append("why: about an item that is not shown")
                continue
            text = checked(
                said, self._records(candidate, said), self._turn, self._kit.grounds, self._meter, about="why"
            )
            if text in self._spoken:
                self._meter.dropped.append("why: the same words again")
            elif text:
                self._spoken.add(text)
                events.append(Text(text, candidate.item.id))
        return events

    def _may_speak(self, plan: Plan) -> bool:
        """Words count only when the rung that speaks is the one that is trusted with them: it may have fallen since."""
        return plan.words and trusted(self._kit.ladder, self._meter.steps.get(str(plan.step), "none"))

    def _records(self, candidate: Candidate, said: str) -> list[Item]:
        """The records a sentence about an item may speak of: its own, and those it is likened to when it names them."""
        items = [candidate.item]
        for e in candidate.evidence:
            other = self._known.get(e.item_id or "")
            if (
                other
                and other not in items
                and any(t in said for t in {other.title, other.title_in(self._turn.language)})
            ):
                items.append(other)
        return items

    def _template_intro(self) -> Text:
        self._introduced = True
        voice, n = self._voice, len(self.shown)
        unmet = self._unmet()
        wishes = voice.wishes(w for w in self._draft.ledger.wishes if w not in unmet)
        things = voice.things(n)
        if n < (self._asked or 2):
            key = "recommend.intro_few" if wishes else "recommend.intro_few_plain"
        elif n == 1:
            key = "recommend.intro_one" if wishes else "recommend.intro_one_plain"
        elif self._draft.heard.again:
            key = "recommend.intro_more"
        elif wishes:
            key = "recommend.intro_wishes"
        else:
            key = "recommend.intro_liked" if self._profile.relevant or self._profile.likes else "recommend.intro_plain"
        said = capital(voice.say(key, things=things, wishes=wishes))
        nowhere = [w.model_copy(update={"hard": True}) for w in unmet if not any(w.meets(c.item) for c in self.shown)]
        if nowhere:
            said = join_sentences(said, voice.say("recommend.without_soft", wishes=voice.wishes(nowhere)))
        return Text(said)

    def _unmet(self) -> list[Wish]:
        """Soft wishes on facets that not everything shown meets: they are no part of what "fits"."""
        soft = [w for w in self._draft.ledger.soft if w.facet and w.op != "sort"]
        return [w for w in soft if not all(w.meets(c.item) for c in self.shown)]

    def _settle(self, plan: Plan, picks: Picks) -> None:
        """Say who did what: a model only where something of its work was used."""
        ran = self._meter.steps.pop(str(plan.step), "none")
        rung = ran if ran != "none" else plan.rung
        self._meter.steps["rerank"] = rung if self._picked and picks.picks else "none"
        self._meter.steps["words"] = rung if self._spoken else "none"
        self._meter.dropped += picks.odd
        falls = self._meter.falls  # the clock here and the ladder's own may tell the same fall
        falls[:] = [f for n, f in enumerate(falls) if f not in falls[:n]]
