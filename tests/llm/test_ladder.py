"""Order, limits, falls, breakers, and what a turn is told it spent."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import BadInput, Missing, ModelFailed
from chatrec.llm.ladder import Ladder, Limits
from chatrec.llm.model import Answer, TooBusy, ToolCall, ToolsRefused
from chatrec.llm.scripted import Broken, Later, Line, ScriptedModel
from chatrec.testing.model_contract import PICKS, SCHEMA, TOOL
from chatrec.testing.model_server import Behaviour, ModelServer
from chatrec.vocabulary import Fall, Meter
from tests.conftest import settings
from tests.llm.speech import Prompt, comes_true, listen

DOWN = ModelFailed("nobody there", "refused")
BROKEN = ModelFailed("broken", "server")
SHORT = Limits(decide=0.1, decide_local=0.2, words=0.1, words_local=0.2, breaker_failures=3, breaker_seconds=30)


def two(hosted: list[Line], local: list[Line], **how: Any) -> tuple[Ladder, ScriptedModel, ScriptedModel]:
    first = ScriptedModel(hosted, name="big")
    second = ScriptedModel(local, name="small", rung="local", calls_tools=False)
    return Ladder([first, second], **how), first, second


# ------------------------------------------------------------------ ask


async def test_the_first_rung_answers() -> None:
    ladder, first, second = two(["Hello."], ["never"])
    meter = Meter()
    answer = await ladder.ask("decide", Prompt(), meter)
    assert (answer.text, answer.rung, answer.model) == ("Hello.", "hosted", "big")
    assert (meter.steps, meter.falls, meter.calls, meter.attempts) == ({"decide": "hosted"}, [], 1, 1)
    assert meter.model == "big"
    assert meter.prompts == {"decide": "1"}
    assert meter.asking == "decide@1"
    assert meter.seen_by_model == [list(first.asked[0].messages)]
    assert meter.tokens_in > 0
    assert meter.model_ms >= 0
    assert not second.asked


async def test_falls_to_the_next_rung_and_says_so() -> None:
    ladder, _, second = two([DOWN], ["Hello."])
    meter = Meter()
    assert (await ladder.ask("decide", Prompt(), meter)).rung == "local"
    assert meter.falls == [Fall(step="decide", rung="hosted", to="local", why="refused")]
    assert meter.steps == {"decide": "local"}
    assert meter.model == "small"
    assert (meter.calls, meter.attempts) == (1, 2)
    assert "Answer in JSON" in second.asked[0].text


async def test_when_no_rung_serves() -> None:
    ladder, *_ = two([DOWN], [BROKEN])
    meter = Meter()
    with pytest.raises(ModelFailed, match="broken"):
        await ladder.ask("decide", Prompt(), meter)
    assert meter.steps == {"decide": "none"}
    assert [(f.rung, f.to, f.why) for f in meter.falls] == [("hosted", "local", "refused"), ("local", "none", "server")]
    assert meter.model is None


async def test_without_rungs_nothing_is_called() -> None:
    ladder, meter = Ladder(), Meter()
    assert ladder.rung_for("decide") is None
    with pytest.raises(ModelFailed):
        await ladder.ask("decide", Prompt(), meter)
    with pytest.raises(ModelFailed):
        await anext(ladder.stream("words", Prompt(), meter))
    assert (meter.calls, meter.falls, meter.steps) == (0, [], {"decide": "none", "words": "none"})


async def test_trust_leaves_a_rung_out_without_a_fall() -> None:
    ladder, first, _ = two(["big"], ["small"], trusts=lambda step, model: step != "decide" or model.rung == "local")
    meter = Meter()
    assert ladder.rung_for("decide") == "local"
    assert ladder.rung_for("words") == "hosted"
    assert (await ladder.ask("decide", Prompt(), meter)).text == "small"
    assert meter.falls == []
    assert not first.asked


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (DOWN, "refused"),
        (ModelFailed("x", "auth"), "auth"),
        (TooBusy("x"), "rate"),
        (Later(5, "late"), "timeout"),
        (BadInput("choose a model"), "odd"),
        (ZeroDivisionError(), "odd"),
    ],
)
async def test_whatever_a_model_does_is_a_fall(line: Line, why: str) -> None:
    ladder, *_ = two([line], ["ok"], limits=SHORT)
    meter = Meter()
    began = time.monotonic()
    assert (await ladder.ask("decide", Prompt(), meter)).text == "ok"
    assert time.monotonic() - began < 2
    assert [f.why for f in meter.falls] == [why]


async def test_limits_by_step_and_rung() -> None:
    limits = Limits(1, 2, 3, 4)
    assert [limits.seconds(s, r) for s in ("decide", "rerank", "words") for r in ("hosted", "local")] == [
        1,
        2,
        3,
        4,
        3,
        4,
    ]
    ladder, *_ = two([Later(0.15, "late")], [Later(0.15, "in time")], limits=SHORT)
    assert (await ladder.ask("decide", Prompt(), Meter())).text == "in time"


async def test_the_callers_check_sends_it_on() -> None:
    def check(answer: Answer) -> None:
        if answer.data != {"picks": [1], "intro": "x"}:
            raise ValueError("not these")

    ladder, *_ = two([PICKS], [{"picks": [1], "intro": "x"}])
    meter = Meter()
    assert (await ladder.ask("rerank", Prompt(), meter, schema=SCHEMA, check=check)).rung == "local"
    assert [f.why for f in meter.falls] == ["odd"]


async def test_a_cancelled_call_is_no_failure() -> None:
    ladder, *_ = two([Later(60, "late")] * 5, ["ok"], limits=Limits(breaker_failures=1))
    meter = Meter()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await ladder.ask("decide", Prompt(), meter)
    assert meter.falls == []
    assert ladder.rung_for("decide") == "hosted"


# ------------------------------------------------------------------ tools or schema


async def test_tools_where_they_work_and_schema_where_not() -> None:
    ladder, first, second = two([ToolCall("recommend", {"query": "x"}), DOWN], [PICKS])
    meter = Meter()
    answer = await ladder.ask("decide", Prompt(), meter, tools=[TOOL], schema=SCHEMA)
    assert answer.tool == ToolCall("recommend", {"query": "x"})
    assert "Call a tool" in first.asked[0].text
    answer = await ladder.ask("decide", Prompt(), meter, tools=[TOOL], schema=SCHEMA)
    assert answer.data == PICKS
    assert second.asked[0].tools == ()
    assert second.asked[0].schema == SCHEMA


async def test_refused_tools_are_not_offered_again() -> None:
    model = ScriptedModel([ToolsRefused("no tools"), PICKS, PICKS])
    ladder, meter = Ladder([model]), Meter()
    for _ in range(2):
        assert (await ladder.ask("decide", Prompt(), meter, tools=[TOOL], schema=SCHEMA)).data == PICKS
    assert [bool(a.tools) for a in model.asked] == [True, False, False]
    assert meter.falls == []
    assert (meter.calls, meter.attempts) == (2, 3)
    assert len(meter.seen_by_model) == 3


@pytest.mark.parametrize("sure", [False, True])
async def test_a_tool_call_as_text_is_used_and_remembered(sure: bool) -> None:
    written = '<tool_call>{"name": "recommend", "arguments": {"query": "x"}}</tool_call>'
    model = ScriptedModel([written, PICKS])
    ladder = Ladder([model], tools_for_sure=sure)
    first = await ladder.ask("decide", Prompt(), Meter(), tools=[TOOL], schema=SCHEMA)
    assert first.tool == ToolCall("recommend", {"query": "x"})
    second = await ladder.ask("decide", Prompt(), Meter(), tools=[TOOL], schema=SCHEMA)
    assert second.data == PICKS
    assert bool(model.asked[1].tools) == sure


async def test_json_in_place_of_a_tool_call() -> None:
    model = ScriptedModel(["```json\n" + '{"picks": [2], "intro": "x"}' + "\n```", "Just words."])
    ladder = Ladder([model])
    answer = await ladder.ask("decide", Prompt(), Meter(), tools=[TOOL], schema=SCHEMA)
    assert answer.data == {"picks": [2], "intro": "x"}
    with pytest.raises(ModelFailed):  # now the schema holds, and words are no answer
        await ladder.ask("decide", Prompt(), Meter(), tools=[TOOL], schema=SCHEMA)


async def test_words_in_place_of_a_tool_call_are_words() -> None:
    model = ScriptedModel(["Which mood?"] * 2)
    ladder = Ladder([model])
    for _ in range(2):
        answer = await ladder.ask("decide", Prompt(), Meter(), tools=[TOOL], schema=SCHEMA)
        assert (answer.text, answer.tool, answer.data) == ("Which mood?", None, None)
    assert all(a.tools for a in model.asked)


# ------------------------------------------------------------------ stream


async def test_a_stream_falls_before_its_first_text() -> None:
    ladder, *_ = two([DOWN], [PICKS])
    meter = Meter()
    heard, failed = await listen(ladder.stream("rerank", Prompt("recommend"), meter, schema=SCHEMA))
    assert failed is None
    assert '"picks"' in heard
    assert meter.steps == {"rerank": "local"}
    assert [(f.rung, f.to) for f in meter.falls] == [("hosted", "local")]
    assert meter.prompts == {"recommend": "1"}
    assert meter.asking == "recommend@1"


async def test_a_stream_does_not_fall_after_its_first_text() -> None:
    ladder, _, second = two([Broken('{"picks": [1], "intro": "a', BROKEN)], [PICKS])
    meter = Meter()
    heard, failed = await listen(ladder.stream("rerank", Prompt(), meter, schema=SCHEMA))
    assert heard == '{"picks": [1], "intro": "a'
    assert failed is not None
    assert failed.why == "server"
    assert meter.steps == {"rerank": "hosted"}
    assert [(f.rung, f.to) for f in meter.falls] == [("hosted", "none")]
    assert not second.asked


async def test_a_stream_that_no_rung_gives() -> None:
    ladder, *_ = two([DOWN], [Later(5, "late")], limits=SHORT)
    meter = Meter()
    heard, failed = await listen(ladder.stream("words", Prompt(), meter))
    assert heard == ""
    assert failed is not None
    assert failed.why == "timeout"
    assert meter.steps == {"words": "none"}


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ('```json\n{"picks": [1]}\n```', '{"picks": [1]}\n```'),
        ('Sure, here you are: {"picks": [1]}', '{"picks": [1]}'),
        ('<think>\n{"picks": [9]} perhaps\n</think>\n\n{"picks": [1]}', '{"picks": [1]}'),
        ('<think> a thought without an end {"picks": [9]}', None),
        ("no JSON at all", None),
        ("far too much before it: " + "x" * 400 + ' {"picks": [1]}', None),
    ],
)
async def test_a_json_stream_begins_at_its_brace(said: str, heard: str | None) -> None:
    found, failed = await listen(Ladder([ScriptedModel([said])]).stream("rerank", Prompt(), Meter(), schema=SCHEMA))
    assert found == (heard or "")
    assert (failed is not None) == (heard is None)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Just words.", "Just words."),
        ("<think>hm</think>\nWords.", "Words."),
        ("<3 it", "<3 it"),
        ("<", "<"),
        ("<th", "<th"),
    ],
)
async def test_a_stream_of_words_leaves_thoughts_out(said: str, heard: str) -> None:
    found, failed = await listen(Ladder([ScriptedModel([said])]).stream("words", Prompt(), Meter()))
    assert (found, failed) == (heard, None)


async def test_the_limit_of_a_stream_is_for_all_of_it() -> None:
    async with ModelServer(Behaviour(text="drip " * 200, drip=0.03, piece=5)) as server:
        from chatrec.llm.client import OpenAIChat

        model = OpenAIChat("tiny", base_url=server.url)
        await model.warm()
        ladder = Ladder([model], limits=Limits(words=0.3))
        began = time.monotonic()
        heard, failed = await listen(ladder.stream("words", Prompt(), Meter()))
        assert 0.25 < time.monotonic() - began < 1.5
        assert heard.startswith("drip drip")
        assert failed is not None
        assert failed.why == "timeout"
        assert await comes_true(lambda: server.open == 0)
        await ladder.close()


async def test_what_the_caller_does_meanwhile_is_not_model_time() -> None:
    ladder, meter = Ladder([ScriptedModel(["one two three four"])]), Meter()
    async for _ in ladder.stream("words", Prompt(), meter):
        await asyncio.sleep(0.03)
    assert meter.model_ms < 60


async def test_leaving_a_stream_early_is_no_failure() -> None:
    ladder, meter = Ladder([ScriptedModel(["one two three"])], limits=Limits(breaker_failures=1)), Meter()
    async with contextlib.aclosing(ladder.stream("words", Prompt(), meter)) as stream:  # type: ignore[type-var]
        async for _ in stream:
            break
    assert (meter.falls, meter.steps, meter.model) == ([], {"words": "hosted"}, "scripted")
    assert ladder.rung_for("words") == "hosted"


async def test_many_turns_at_once_are_not_mixed_up() -> None:
    model = ScriptedModel(always=lambda asked: Later(0.001, asked.messages[0][1].split()[0]))
    ladder = Ladder([model])

    async def one(n: int) -> None:
        meter = Meter()
        answer = await ladder.ask("decide", Prompt(name=f"p{n}", text=f"turn-{n} x"), meter)
        assert answer.text == f"turn-{n}"
        assert (meter.calls, meter.attempts, list(meter.prompts)) == (1, 1, [f"p{n}"])

    await asyncio.gather(*(one(n) for n in range(100)))


# ------------------------------------------------------------------ breaker


async def test_an_open_breaker_is_a_fall_that_costs_nothing() -> None:
    ladder, first, _ = two([DOWN] * 9, ["ok"] * 9, limits=Limits(breaker_failures=2))
    meters = [Meter() for _ in range(4)]
    for meter in meters:
        await ladder.ask("decide", Prompt(), meter)
    assert [m.falls[0].why for m in meters] == ["refused", "refused", "breaker", "breaker"]
    assert len(first.asked) == 2
    assert ladder.rung_for("decide") == "local"
    assert (meters[-1].calls, meters[-1].attempts) == (1, 1)


async def test_asking_who_would_take_a_step_notes_the_breaker_that_leaves_nobody() -> None:
    ladder, *_ = two([DOWN], [DOWN], limits=Limits(breaker_failures=1))
    meter = Meter()
    assert ladder.rung_for("decide", meter) == "hosted"
    assert (meter.steps, meter.falls) == ({}, [])
    with pytest.raises(ModelFailed):
        await ladder.ask("decide", Prompt(), Meter())
    assert ladder.rung_for("decide", meter) is None
    assert meter.steps == {"decide": "none"}
    assert [(f.rung, f.to, f.why) for f in meter.falls] == [
        ("hosted", "local", "breaker"),
        ("local", "none", "breaker"),
    ]
    assert ladder.trusts("decide", "local")
    assert not Ladder().trusts("decide", "local")


async def test_odd_answers_do_not_open_it() -> None:
    ladder, *_ = two(["no JSON"] * 9, [PICKS] * 9, limits=Limits(breaker_failures=2))
    for _ in range(5):
        await ladder.ask("decide", Prompt(), Meter(), schema=SCHEMA)
    assert ladder.rung_for("decide") == "hosted"


# ------------------------------------------------------------------ settings and life


async def test_from_settings(tmp_path: Path) -> None:
    chosen = settings(
        tmp_path, llm="openai:m", openai_base_url="http://127.0.0.1:1/v1", decide_seconds=0.5, breaker_failures=1
    )
    ladder = Ladder.from_settings(chosen, {"m": {"words": False}}, allow_hosts=("127.0.0.1",))
    assert [m.name for m in ladder.models] == ["m"]
    assert (ladder.rung_for("decide"), ladder.rung_for("words")) == ("hosted", None)
    meter = Meter()
    with pytest.raises(ModelFailed) as failed:
        await ladder.ask("decide", Prompt(), meter)
    assert failed.value.why == "refused"
    assert ladder.rung_for("decide") is None  # one failure opened the breaker
    await ladder.close()


async def test_health_of_every_rung() -> None:
    async with ModelServer(Behaviour(text="ok")) as server:
        from chatrec.llm.client import OpenAIChat

        good, gone = OpenAIChat(base_url=server.url), OpenAIChat("gone", base_url="http://127.0.0.1:9/v1")
        ladder = Ladder([good, gone], trusts=lambda step, model: step == "words")
        first, second = await ladder.check()
        assert (first.rung, first.model, first.works, first.steps) == ("hosted", "tiny", True, ("words",))
        assert server.url in first.text
        assert (second.model, second.works) == ("gone", False)
        assert second.text
        await ladder.close()


async def test_warming_tells_what_a_person_must_mend_and_goes_on() -> None:
    class Wrong(ScriptedModel):
        async def warm(self) -> None:
            raise Missing("install it")

    class Away(ScriptedModel):
        async def warm(self) -> None:
            raise DOWN

    class Warm(ScriptedModel):
        warmed = False

        async def warm(self) -> None:
            self.warmed = True

    last = Warm()
    with pytest.raises(Missing, match="install it"):
        await Ladder([Wrong(), last]).warm()
    assert last.warmed
    await Ladder([Away()]).warm()  # a server that is away is no mistake of the person's


async def test_closes_all() -> None:
    ladder, first, second = two([], [])
    await ladder.close()
    assert first.closed
    assert second.closed


async def test_several_models_at_the_address_are_a_fall_with_the_remedy_in_the_log(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    async with ModelServer(models=["a", "b"]) as server:
        ladder = Ladder.from_settings(settings(tmp_path, llm="auto", openai_base_url=server.url))
        meter = Meter()
        with pytest.raises(ModelFailed):
            await ladder.ask("decide", Prompt(), meter)
        assert meter.falls[0].why == "odd"
        assert "CHATREC_LLM=openai:MODEL" in caplog.text
        with pytest.raises(BadInput):
            await ladder.warm()
        await ladder.close()
