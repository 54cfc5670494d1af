"""Checks of one's own: a function beside the file, and a model with a rubric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import ModelFailed
from chatrec.evaluation.dialogues.checks import CHECKS
from chatrec.evaluation.dialogues.judging import NOBODY, Judge, inputs_of
from chatrec.evaluation.dialogues.seen import Verdict
from chatrec.llm.scripted import ScriptedModel
from tests.conftest import settings
from tests.evaluation.dialogues.hand_built import FOLDER, NOTHING, SECOND, TWO, seen

TURN = seen(TWO, folder=FOLDER)


async def python(raw: Any, folder: Path = FOLDER) -> Verdict:
    check = CHECKS["python"]
    return await check.look(seen(TWO, folder=folder), check.read(raw))


async def test_what_a_function_gives_back() -> None:
    assert (await python("own_checks.py:has_items")).passed is True
    refused = await python({"call": "own_checks.py:at_least", "with": 9})
    assert (refused.passed, refused.reason) == (False, "own_checks.py:at_least says no")
    own = await python("own_checks.py:verdict")
    assert (own.passed, own.reason, own.gates) == (False, "as it likes", False)
    odd = await python("own_checks.py:odd")
    assert odd.reason == "own_checks.py:odd gives back 7: None, True, False, a sentence or a Verdict"


async def test_what_it_does_wrong_is_a_failed_check() -> None:
    assert (await python("own_checks.py:breaks")).reason == "own_checks.py:breaks: KeyError: 'price'"
    assert "has no function nope" in (await python("own_checks.py:nope")).reason
    assert "there is no file" in (await python("no_such.py:f")).reason
    assert "ModuleNotFoundError" in (await python("no_such_module_here:f")).reason
    assert "TypeError" in (await python("own_checks.py:at_least")).reason  # it wants an argument


async def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    import os

    file = tmp_path / "mine.py"
    file.write_text("def f(seen): return 'old'\n")
    assert (await python("mine.py:f", tmp_path)).reason == "old"
    file.write_text("def f(seen): return 'new'\n")
    os.utime(file, (1, 1))
    assert (await python("mine.py:f", tmp_path)).reason == "new"
    file.write_text("def f(seen) return\n")
    os.utime(file, (2, 2))
    assert "SyntaxError" in (await python("mine.py:f", tmp_path)).reason


async def judged(raw: Any, *lines: Any, negated: bool = False) -> tuple[Verdict, ScriptedModel]:
    model = ScriptedModel(list(lines), calls_tools=False, name="judge-1")
    judge = Judge(settings(Path("/nowhere")), [model])
    turn = seen(TWO, before=SECOND.before, judge=judge)
    try:
        return await CHECKS["judge"].look(turn, CHECKS["judge"].read(raw), negated=negated), model
    finally:
        await judge.close()


async def test_a_ruling_is_reported_and_gates_only_when_asked() -> None:
    good, model = await judged("names a price", {"why": "It says $20.", "pass": True})
    assert (good.passed, good.gates) == (True, False)
    assert "judge-1: It says $20." in good.got
    assert model.closed
    bad, _ = await judged("names a grower", {"why": "No grower is named.", "pass": False})
    assert (bad.passed, bad.gates, bad.reason) == (False, False, "No grower is named.")
    gated, _ = await judged({"rubric": "names a grower", "gate": True}, {"why": "No grower is named.", "pass": False})
    assert (gated.passed, gated.gates) == (False, True)


async def test_the_judge_sees_rubric_talk_and_records() -> None:
    _, model = await judged("names a price", {"why": "It does.", "pass": True})
    asked = model.asked[0]
    for words in (
        "<rubric>names a price</rubric>", "a green tea, rather Chinese", "One that fits: green.", "a smoky tea under $20",
        "Misty Ridge Sencha", "price 6", "Smoky, under $20, as you asked.",
    ):  # fmt: skip
        assert words in asked.text.replace("’", "'"), words
    assert asked.schema is not None
    assert list(asked.schema["properties"]) == ["why", "pass"]
    near = inputs_of("x", seen(NOTHING))["near"]
    assert len(near) == 2


@pytest.mark.parametrize(
    "line",
    ["I think it passes.", {"why": "", "pass": True}, {"why": "x", "pass": "yes"}, ModelFailed("gone", "refused")],
)
async def test_no_ruling_is_no_verdict(line: Any) -> None:
    verdict, _ = await judged("is polite", line)
    assert (verdict.passed, verdict.gates) == (None, False)
    assert verdict.reason.startswith("the judge gave no ruling: ")
    asked_for, _ = await judged({"rubric": "is polite", "gate": True}, line)
    assert (asked_for.passed, asked_for.gates) == (None, True)  # then the turn has nothing to stand on, and fails


async def test_without_a_model_nobody_judges(tmp_path: Path) -> None:
    judge = Judge(settings(tmp_path))
    ruling = await judge.rule("is polite", TURN)
    assert (ruling.passed, ruling.why) == (None, NOBODY)
    for turn in (TURN, seen(TWO, judge=judge)):
        verdict = await CHECKS["judge"].look(turn, CHECKS["judge"].read({"rubric": "is polite", "gate": True}))
        assert (verdict.passed, verdict.gates, verdict.reason) == (None, False, NOBODY)
    await judge.close()


async def test_a_setting_that_is_wrong_is_told(tmp_path: Path) -> None:
    ruling = await Judge(settings(tmp_path, llm="openai:some-model")).rule("is polite", TURN)
    assert ruling.passed is None
    assert "OPENAI_API_KEY" in ruling.why
