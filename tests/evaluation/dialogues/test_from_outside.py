"""The suite against a deployment: what is tagged any-model passes through the REST of a server of its own, the rest is skipped
with a reason.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.evaluation.dialogues.file import ANY_MODEL, load, load_all
from chatrec.evaluation.dialogues.stage import Stage
from chatrec.settings import ROOT
from tests.conftest import settings
from tests.serving import served

FOLDER = ROOT / "tests" / "dialogues"


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_what_holds_with_any_model_holds_through_a_server(films_copy: Path, tmp_path: Path) -> None:
    dialogues = load_all([FOLDER / "films"])
    promised = [d for d in dialogues if ANY_MODEL in d.tags]
    assert len(promised) >= 40
    async with served(films_copy, "films") as (_, url):
        stage = Stage(settings(tmp_path), url=url)
        try:
            played = {d.name: await stage.play(d) for d in dialogues}
        finally:
            await stage.close()
    failed = {
        p.name: [f"turn {t.number} {c.check}: {c.reason}" for t in p.turns for c in t.checks if c.fails] or p.why
        for p in played.values()
        if p.status == "failed"
    }
    assert failed == {}
    assert all(played[d.name].status == "passed" for d in promised)
    skipped = {p.why for p in played.values() if p.status == "skipped"}
    assert "its model's answers stand in the file" in skipped
    assert all(skipped)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("given: {model: hosted}\nturns: [{say: hi}]", "its model's answers stand in the file"),
        ("given: {model: recorded}\nturns: [{say: hi}]", "its model's answers are recorded"),
        ("given: {model: none}\nturns: [{say: hi}]", "it is about answers without a model"),
        ("given: {catalog: {file: x.csv}}\nturns: [{say: hi}]", "its catalogue is a file of the test"),
        ("given: {settings: {prompt_tokens: 900}}\nturns: [{say: hi}]", "it changes settings (prompt_tokens)"),
        ("given: {vectors: false}\nturns: [{say: hi}]", "it says how the search is done"),
        ("turns: [{say: hi, expect: {prompt: hi, profile: {likes: []}}}]", "profile, prompt can only be seen inside"),
        ("turns: [{say: hi}]", ""),
    ],
)
def test_what_ties_a_dialogue_to_the_inside_is_told(text: str, why: str) -> None:
    assert load(Path("x.yaml"), text=f"dialogue: x\n{text}").tied_inside() == why
