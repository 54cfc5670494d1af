"""What is played is what was said, by every kind of answer and failure."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import BadInput, ModelFailed
from chatrec.llm.ladder import Ladder
from chatrec.llm.model import Answer, Message, TooBusy, ToolCall, ToolsRefused
from chatrec.llm.replay import Player, Recorder
from chatrec.llm.scripted import Broken, Later, Line, ScriptedModel
from chatrec.llm.tape import Tape
from chatrec.testing.model_contract import MESSAGES, PICKS, SCHEMA, TOOL, ChatModelContract
from chatrec.vocabulary import Meter
from tests.llm.speech import Prompt, listen


def messages(user: str = "Something light.") -> list[Message]:
    return [("system", "You plan."), ("user", user)]


def meter() -> Meter:
    return Meter(asking="decide@3")


# --------------------------------------------------------------------------- the contract, twice


class TestRecorder(ChatModelContract):
    @asynccontextmanager
    async def answering(self, *lines: Line) -> AsyncIterator[Recorder]:
        yield Recorder(ScriptedModel(lines), Tape.new(Path("nowhere.json"), trust="all"))


class Replayed(Player):
    """Every question is first recorded from the script behind, then answered from the file."""

    def __init__(self, script: ScriptedModel, path: Path) -> None:
        super().__init__(Tape.new(path, trust="all"))
        self.name = script.name
        self._script, self._path = script, path

    async def ask(self, messages: Sequence[Message], meter: Meter, **how: Any) -> Answer:
        tape = Tape.new(self._path, trust="all")
        with contextlib.suppress(ModelFailed):
            await Recorder(self._script, tape).ask(messages, Meter(asking=meter.asking), **how)
        return await self._player(tape).ask(messages, meter, **how)

    async def stream(self, messages: Sequence[Message], meter: Meter, **how: Any) -> AsyncIterator[str]:  # type: ignore[override]
        tape = Tape.new(self._path, trust="all")
        await listen(Recorder(self._script, tape).stream(messages, Meter(asking=meter.asking), **how))
        async for text in self._player(tape).stream(messages, meter, **how):
            yield text

    def _player(self, tape: Tape) -> Player:
        with contextlib.suppress(BadInput):  # a tape of nothing but failures is not written
            tape.write()
            tape = Tape.read(self._path)
        return Player(tape)


class TestPlayer(ChatModelContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "recordings" / "one.json"

    @asynccontextmanager
    async def answering(self, *lines: Line) -> AsyncIterator[Player]:
        player = Replayed(ScriptedModel(lines), self.path)
        player.calls_tools = True
        yield player

    async def test_can_be_cancelled(self) -> None:
        """Nothing of a recording takes time: who gave up while it was recorded is told at once that time is over."""
        tape = Tape.new(self.path, trust="all")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await Recorder(ScriptedModel([Later(60, "too late")]), tape).ask(MESSAGES, Meter())
        with pytest.raises(ModelFailed) as failed:
            async with asyncio.timeout(1):
                await Player(tape).ask(MESSAGES, Meter())
        assert failed.value.why == "timeout"


# --------------------------------------------------------------------------- what is played


async def test_the_same_question_gets_the_answers_in_their_order_and_then_none(tmp_path: Path) -> None:
    tape = Tape.new(tmp_path / "one.json", trust="all")
    model = Recorder(ScriptedModel(["one", "two"]), tape)
    for _ in range(2):
        await model.ask(messages(), meter())
    tape.write()
    player = Player(tape := Tape.read(tape.path))
    assert [(await player.ask(messages(), meter())).text for _ in range(2)] == ["one", "two"]
    assert tape.unused() == 0
    with pytest.raises(ModelFailed):
        await player.ask(messages(), meter())
    assert "asked more often than it was recorded" in tape.take_missing()[0]


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (TooBusy("busy", 7.0), lambda e: isinstance(e, TooBusy) and e.retry_after == 7.0),
        (TooBusy("busy"), lambda e: isinstance(e, TooBusy) and e.retry_after is None),
        (ToolsRefused("no tools here", "refused"), lambda e: isinstance(e, ToolsRefused) and e.why == "refused"),
        (ModelFailed("gone", "server"), lambda e: type(e) is ModelFailed and e.why == "server"),
        (RuntimeError("a bug"), lambda e: type(e) is ModelFailed and e.why == "odd"),
    ],
)
async def test_a_failure_is_played_as_what_it_was(tmp_path: Path, error: Exception, again: Any) -> None:
    tape = Tape.new(tmp_path / "one.json", trust="all")
    model = Recorder(ScriptedModel([error, "fine"]), tape)
    with pytest.raises(type(error)):
        await model.ask(messages(), meter(), tools=[TOOL])
    await model.ask(messages(), meter())
    tape.write()
    with pytest.raises(ModelFailed) as failed:
        await Player(Tape.read(tape.path)).ask(messages(), meter(), tools=[TOOL])
    assert again(failed.value)


async def test_a_stream_that_broke_off_says_its_words_first(tmp_path: Path) -> None:
    tape = Tape.new(tmp_path / "one.json", trust="all")
    model = Recorder(ScriptedModel([Broken("half an answer", ModelFailed("cut", "server"))]), tape)
    await listen(model.stream(messages(), meter()))
    tape.write()
    heard, failed = await listen(Player(Tape.read(tape.path)).stream(messages(), meter()))
    assert heard == "half an answer"
    assert failed is not None
    assert failed.why == "server"


async def test_a_stream_whose_listener_left_keeps_what_was_heard(tmp_path: Path) -> None:
    tape, own = Tape.new(tmp_path / "one.json", trust="all"), meter()
    async with contextlib.aclosing(Recorder(ScriptedModel(["one two three"]), tape).stream(messages(), own)) as texts:
        assert await anext(texts) == "one "
    tape.write()
    assert own.tokens_in > 0
    assert await listen(Player(Tape.read(tape.path)).stream(messages(), meter())) == ("one ", None)


async def test_a_tool_call_and_its_words(tmp_path: Path) -> None:
    class Wordy(ScriptedModel):
        async def ask(self, *args: Any, **how: Any) -> Answer:
            return Answer("Let me look.", ToolCall("recommend", {"query": "轻松"}), finished=False)

    tape = Tape.new(tmp_path / "one.json", trust="all")
    await Recorder(Wordy(), tape).ask(messages(), meter(), tools=[TOOL])
    tape.write()
    played = await Player(Tape.read(tape.path)).ask(messages(), meter(), tools=[TOOL])
    assert (played.text, played.tool, played.data) == ("Let me look.", ToolCall("recommend", {"query": "轻松"}), None)
    assert not played.finished


async def test_a_whole_ladder_says_the_same_from_a_tape_and_costs_the_same(tmp_path: Path) -> None:
    async def turn(ladder: Ladder) -> tuple[Any, ...]:
        spent = Meter()
        answer = await ladder.ask("decide", Prompt(), spent, tools=[TOOL], schema=SCHEMA)
        texts = [t async for t in ladder.stream("words", Prompt("recommend", "2"), spent, schema=SCHEMA)]
        falls = [(f.step, f.why) for f in spent.falls]
        return answer, "".join(texts), spent.steps, spent.calls, spent.attempts, spent.tokens_in, spent.model, falls

    tape = Tape.new(tmp_path / "one.json", trust="all")
    model = ScriptedModel([ToolsRefused("none", "refused"), PICKS, PICKS], rung="local", name="tiny")
    live = await turn(Ladder([Recorder(model, tape)]))
    tape.write()
    tape = Tape.read(tape.path)
    assert await turn(Ladder([Player(tape)])) == live
    assert (tape.model, tape.rung, tape.calls_tools, len(tape)) == ("tiny", "local", True, 3)
    assert tape.take_missing() == []


@pytest.mark.parametrize("lent", [True, False])
async def test_a_lent_model_stays_open_for_who_lent_it(lent: bool) -> None:
    closed: list[bool] = []

    class Watched(ScriptedModel):
        async def close(self) -> None:
            closed.append(True)

    await Recorder(Watched([]), Tape.new(Path("nowhere.json"), trust="all"), lent=lent).close()
    assert closed == ([] if lent else [True])
