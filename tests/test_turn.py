"""The turn with fakes for every part: the order of things, and that nothing is yielded before it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from chatrec.turn import Parts, run_turn
from chatrec.vocabulary import (
    Candidate,
    Decided,
    Decision,
    Done,
    Feedback,
    Heard,
    Item,
    ItemOut,
    Ledger,
    Profile,
    Reply,
    Retrieved,
    Said,
    Shown,
    Text,
    Turn,
    Wish,
)

SAID = Said(person_id="ana", catalog="teas", text="an oolong")
WISH = Wish(id="w1", facet="kind", op="=", value="Oolong")


class World:
    """Fakes that write down what was asked of them, in order."""

    def __init__(self, decision: Decision, found: int = 2, heard: Heard = Heard(), stored: Reply | None = None) -> None:
        self.log: list[str] = []
        self.decision, self.found, self.heard, self.stored = decision, found, heard, stored
        self.profile_used: Profile | None = None
        self.closed: dict[str, Any] = {}

    def parts(self) -> Parts:
        return Parts(self, self, self, self.decide, self.merge, self.candidates, _Answers(self), self.observe)

    async def open(self, said: Said) -> Turn:
        self.log.append("open")
        turn = Turn(id="t1", conversation_id="c1", said=said, language="en")
        return replace(turn, reply=self.stored) if self.stored else turn

    async def recall(self, said: Said, turn: Turn) -> Profile:
        self.log.append("recall")
        return Profile("ana")

    def read(self, said: Said, turn: Turn) -> Heard:
        self.log.append("read")
        return self.heard

    async def decide(self, said: Said, heard: Heard, turn: Turn, profile: Profile) -> Decision:
        self.log.append("decide")
        return self.decision

    def merge(self, turn: Turn, heard: Heard, decision: Decision) -> Ledger:
        self.log.append("merge")
        return Ledger((WISH,))

    async def candidates(self, ledger: Ledger, profile: Profile, turn: Turn, decision: Decision) -> list[Candidate]:
        self.log.append("candidates")
        self.profile_used = profile
        return [Candidate(Item(f"i{n}", f"Tea {n}"), 1.0 - n / 10) for n in range(self.found)]

    async def close(self, turn: Turn, reply: Reply, **kept: Any) -> None:
        self.log.append("close")
        self.closed = {"reply": reply, **kept}

    def observe(self, turn: Turn, reply: Reply) -> None:
        self.log.append("observe")


class _Answers(dict[str, Any]):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def __missing__(self, kind: str) -> Any:
        async def answer(draft: Any, profile: Any, turn: Any, candidates: Any) -> AsyncIterator[Any]:
            self.world.log.append(f"answer {kind}")
            if draft.candidates:
                yield Shown(tuple(ItemOut(id=c.item.id, title=c.item.title) for c in draft.candidates))
            yield Text("Two oolongs.")
            yield Text("Light and floral.")
            if draft.candidates:
                yield Text("A fine one.", "i1")

        return answer


async def events_of(world: World) -> list[Any]:
    return [event async for event in run_turn(world.parts(), SAID)]


async def test_a_recommending_turn_in_order() -> None:
    world = World(Decision(kind="recommend"))
    events = await events_of(world)
    assert [type(e) for e in events] == [Decided, Retrieved, Shown, Text, Text, Text, Done]
    assert world.log == [
        "open", "recall", "read", "decide", "merge", "candidates", "answer recommend", "close", "observe",
    ]  # fmt: skip
    reply = events[-1].reply
    assert reply.text == "Two oolongs. Light and floral."
    assert [i.reason for i in reply.items] == ["", "A fine one."]
    assert (reply.conversation_id, reply.turn_id, reply.candidates) == ("c1", "t1", 2)
    assert reply.wishes == [WISH]
    assert world.closed["reply"] is reply
    assert events[0].tool_called


async def test_done_comes_after_it_is_stored() -> None:
    world = World(Decision(kind="recommend"))
    async for event in run_turn(world.parts(), SAID):
        if isinstance(event, Done):
            break
    assert "close" in world.log


async def test_nothing_found_is_said_so() -> None:
    world = World(Decision(kind="recommend"), found=0)
    events = await events_of(world)
    assert events[0].kind == "recommend"  # what was decided
    assert events[-1].reply.decision.kind == "none_fit"  # what was answered
    assert events[-1].reply.decision.tool_called


async def test_talk_calls_no_recommender() -> None:
    world = World(Decision(kind="converse"))
    events = await events_of(world)
    assert "candidates" not in world.log
    assert [type(e) for e in events] == [Decided, Text, Text, Done]
    assert not events[-1].reply.decision.tool_called


async def test_a_known_turn_replays_and_does_nothing_else() -> None:
    stored = Reply(turn_id="t1", text="As before.")
    world = World(Decision(kind="recommend"), stored=stored)
    events = await events_of(world)
    assert events == [Done(stored)]
    assert world.log == ["open"]


async def test_feedback_of_this_turn_holds_from_this_very_answer() -> None:
    heard = Heard(feedback=(Feedback("seen", "i0"), Feedback("like", "i1")))
    world = World(Decision(kind="recommend"), heard=heard)
    await events_of(world)
    assert world.profile_used is not None
    assert world.profile_used.seen == ("i0",)
    assert world.profile_used.likes == ("i1",)
    assert world.closed["heard"] is heard


async def test_the_rung_is_the_highest_that_any_step_used() -> None:
    world = World(Decision(kind="recommend"))

    async def decide(said: Said, heard: Heard, turn: Turn, profile: Profile) -> Decision:
        turn.meter.steps |= {"decide": "local", "rerank": "hosted", "words": "none"}
        return world.decision

    reply = [e async for e in run_turn(replace(world.parts(), decide=decide), SAID)][-1].reply
    assert reply.rung == "hosted"
    assert reply.steps == {"decide": "local", "rerank": "hosted", "words": "none"}
