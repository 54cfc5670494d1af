"""Who answers in a dialogue: scripts, tapes and live models, and what is told when their answers do not fit the turns."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import BadInput, ModelFailed
from chatrec.evaluation.dialogues.file import Dialogue, LineIn, load
from chatrec.evaluation.dialogues.models import PATIENT, Skip, cast, spoken
from chatrec.evaluation.dialogues.results import Played
from chatrec.evaluation.dialogues.stage import Stage, play_all
from chatrec.llm.client import OpenAIChat
from chatrec.llm.langchain_chat import LONGEST
from chatrec.llm.model import ToolCall
from chatrec.llm.scripted import Broken, Later, ScriptedModel
from chatrec.settings import Settings
from chatrec.testing.model_server import Behaviour, ModelServer, Received
from chatrec.vocabulary import Meter
from tests.conftest import settings

MESSAGES = [("user", "hello")]
BOOKS = "id,title,genre,year\n" + "\n".join(
    f"b{n},{title},{genre},{1990 + 3 * n}"
    for n, (title, genre) in enumerate(
        (f"The {what} of {whom}", genre)
        for genre in ("Mystery", "Romance")
        for what in ("Harbour", "Lamp", "Garden")
        for whom in ("Anna", "Bruno", "Clara")
    )
)


def written(folder: Path, given: dict[str, Any], turns: list[Any] | None = None, name: str = "one") -> Dialogue:
    """A dialogue from a file; YAML reads JSON."""
    file = folder / f"{name}.yaml"
    raw = {"dialogue": "A test.", "given": given, "turns": turns or [{"say": "hello"}]}
    file.write_text(json.dumps(raw), "utf-8")
    return load(file)


# --------------------------------------------------------------------------- scripts


def test_a_line_of_a_file_as_the_scripted_model_takes_it() -> None:
    def line(**raw: Any) -> Any:
        return spoken(LineIn.model_validate(raw))

    assert line(text="hello") == "hello"
    assert line(json={"kind": "talk"}) == {"kind": "talk"}
    assert line(tool="recommend", args={"query": "x"}) == ToolCall("recommend", {"query": "x"})
    failed = line(fail="rate")
    assert isinstance(failed, ModelFailed)
    assert failed.why == "rate"
    broken = line(text="half a", fail="server")
    assert isinstance(broken, Broken)
    assert (broken.text, broken.error.why) == ("half a", "server")
    assert line(text="slow", after=2) == Later(2, "slow")


async def test_scripts_of_two_rungs_and_what_is_left_of_them_or_beyond(tmp_path: Path) -> None:
    turns = [{"say": "hello", "model": {"hosted": ["one", "two"], "local": ["three"]}}, {"say": "again"}]
    dialogue = written(tmp_path, {"model": ["hosted", "local"], "tools": False}, turns)
    actors = cast(dialogue, None, settings(tmp_path))
    assert [(m.rung, m.calls_tools) for m in actors.ladder.models] == [("hosted", False), ("local", False)]
    actors.begin(dialogue.turns[0].part)
    hosted, local = actors.ladder.models
    await hosted.ask(MESSAGES, Meter())
    await local.ask(MESSAGES, Meter())
    with pytest.raises(ModelFailed):
        await local.ask(MESSAGES, Meter())
    told = actors.end()
    assert told == [
        "1 of the answers of the hosted model were not asked for",
        "the local model was asked 1 times more than it has answers here",
    ]
    actors.begin(dialogue.turns[1].part)
    assert actors.end() == []
    assert actors.notes() == []


def test_a_script_is_trusted_and_nobody_looks_at_the_clock_unless_the_file_says_so(tmp_path: Path) -> None:
    home = settings(tmp_path, trust="none", cards_seconds=0.5)
    given = {"model": "hosted", "settings": {"decide_seconds": 1}}
    actors = cast(written(tmp_path, given), None, home)
    assert (actors.settings["decide_seconds"], actors.settings["cards_seconds"]) == (1, 600.0)
    assert actors.ladder.rung_for("decide") == "hosted"
    doubted = cast(written(tmp_path, {"model": "hosted", "settings": {"trust": "words"}}), None, home)
    assert (doubted.ladder.rung_for("decide"), doubted.ladder.rung_for("words")) == (None, "hosted")


def test_no_client_has_less_patience_than_a_recording() -> None:
    """A shorter limit inside cut a stream on a busy machine, and the tape kept the cut."""
    assert max(v for name, v in PATIENT.items() if "seconds" in name) <= LONGEST


def test_without_a_model_nobody_answers(tmp_path: Path) -> None:
    for given in ({}, {"model": "none"}):
        actors = cast(written(tmp_path, given), None, settings(tmp_path, llm="openai:m", openai_api_key="k"))
        assert (actors.ladder.models, actors.model) == ((), "none")


# --------------------------------------------------------------------------- which mode plays what


@pytest.mark.parametrize(
    ("model", "mode", "record", "why"),
    [
        ("recorded", "scripted", False, "recorded"),
        ("hosted", "live", False, "stand in the file"),
        ("none", "live", False, "without a model"),
        ("none", None, True, "nothing to record"),
        ("hosted", None, True, "nothing to record"),
    ],
)
def test_what_a_mode_does_not_play(tmp_path: Path, model: str, mode: Any, record: bool, why: str) -> None:
    with pytest.raises(Skip, match=why):
        cast(written(tmp_path, {"model": model}), mode, settings(tmp_path), record=record)


@pytest.mark.parametrize("mode", [None, "replay"])
def test_a_recorded_dialogue_needs_its_recording(tmp_path: Path, mode: Any) -> None:
    with pytest.raises(BadInput, match=r"no recording .*recordings/one\.json.*--record"):
        cast(written(tmp_path, {"model": "recorded"}), mode, settings(tmp_path))


def test_live_needs_a_model_and_gives_it_the_seed_of_the_file(tmp_path: Path) -> None:
    dialogue = written(tmp_path, {"seed": 5})
    with pytest.raises(BadInput, match="CHATREC_LLM"):
        cast(dialogue, "live", settings(tmp_path))
    actors = cast(dialogue, "live", settings(tmp_path, llm="openai:m", openai_api_key="k", seed=3))
    (model,) = actors.ladder.models
    assert isinstance(model, OpenAIChat)
    assert model.dialect.seed == 5
    assert actors.model == "m"
    assert "decide_seconds" not in actors.settings, "a live model has the limits of the home"


@pytest.mark.parametrize(("trust", "why"), [("none", "trusts m with no step"), ("all", "")])
def test_recording_needs_a_model_that_may_do_something(tmp_path: Path, trust: str, why: str) -> None:
    dialogue = written(tmp_path, {"model": "recorded"})
    with pytest.raises(BadInput, match="--record needs a model"):
        cast(dialogue, None, settings(tmp_path), record=True)
    home = settings(tmp_path, llm="openai:m,local:smollm2", openai_api_key="k", trust=trust)
    if why:
        with pytest.raises(BadInput, match=why):
            cast(dialogue, None, home, record=True)
    else:
        actors = cast(dialogue, None, home, record=True)
        assert [m.name for m in actors.ladder.models] == ["m"], "the first model alone"


def test_what_a_model_measured_worse_at_is_not_recorded(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text(json.dumps({"m": {"decide": False}}))
    home = settings(tmp_path, llm="openai:m", openai_api_key="k")
    actors = cast(written(tmp_path, {"model": "recorded"}), None, home, record=True)
    assert actors.tape is not None
    assert actors.tape.trust == "rerank,words"
    assert actors.ladder.rung_for("decide") is None


# --------------------------------------------------------------------------- recorded on a stage, and played there


def librarian(received: Received) -> Behaviour:
    """A hosted model that recommends, picks from the back, and says a plain sentence."""
    if received.streamed:
        handles = received.handles[::-1]
        return Behaviour(data={"picks": handles, "intro": "Here you are.", "why": []})
    return Behaviour(text=None, calls=[("recommend", {"query": "mystery", "wishes": []})])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Played]:
    """A folder with a dialogue of two turns, recorded from a server that is gone by now; and what came of it."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "books.csv").write_text(BOOKS, "utf-8")
    turns = [
        {"say": "a mystery please", "expect": {"decision": "recommend", "steps": {"decide": "hosted"}}},
        {"say": "a romance instead", "expect": {"decision": "recommend"}},
    ]
    dialogue = written(folder, {"model": "recorded", "catalog": {"file": "books.csv"}, "seed": 9}, turns)

    async def record() -> Played:
        async with ModelServer(librarian) as server:
            home = settings(folder / "home", llm="openai:tiny", openai_base_url=server.url, trust="all")
            (played,) = await staged(dialogue, home, record=True)
            assert all(r.body["seed"] == 9 for r in server.requests)
        return played

    return folder, asyncio.run(record())


@pytest.fixture
def recorded(made: tuple[Path, Played], tmp_path: Path) -> tuple[Dialogue, Played]:
    folder, played = made
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return load(tmp_path / "one.yaml"), played


async def staged(dialogue: Dialogue, home: Any, times: int = 1, **how: Any) -> list[Played]:
    stage = Stage(home, **how)
    try:
        return [await stage.play(dialogue) for _ in range(times)]
    finally:
        await stage.close()


def odd(played: Played) -> list[str]:
    return [c.reason for t in played.turns for c in t.checks if c.passed is not True]


async def test_a_recording_is_judged_as_it_will_be_replayed(recorded: tuple[Dialogue, Played]) -> None:
    dialogue, played = recorded
    assert (played.status, odd(played), played.model) == ("passed", [], "recorded tiny")
    assert [t.steps["decide"] for t in played.turns] == ["hosted", "hosted"]
    assert dialogue.recording.is_file()


async def test_it_plays_the_same_without_the_server_and_again(
    recorded: tuple[Dialogue, Played], tmp_path: Path
) -> None:
    dialogue, played = recorded
    home = settings(tmp_path / "elsewhere", llm="none", trust="none", seed=4, cards_seconds=0.0)
    first, again = await staged(dialogue, home, 2)
    stage = Stage(home, mode="replay")
    run = await play_all([dialogue], stage, mode="replay")
    await stage.close()
    timeless = [
        p.model_dump(exclude={"file": True, "turns": {"__all__": {"ms"}}})
        for p in (played, first, again, *run.dialogues)
    ]
    assert all(t == timeless[0] for t in timeless)


async def test_other_words_are_a_missing_recording_and_the_rest_is_told(
    recorded: tuple[Dialogue, Played], tmp_path: Path
) -> None:
    dialogue, _ = recorded
    raw = json.loads(dialogue.file.read_text("utf-8"))
    raw["turns"][1]["say"] = "a romance then"
    dialogue.file.write_text(json.dumps(raw), "utf-8")
    (played,) = await staged(load(dialogue.file), settings(tmp_path / "home"))
    assert played.status == "failed"
    assert odd(played)[0].startswith("no recording of call 3 (decide version ")
    assert "recorded '<message>a romance instead" in odd(played)[0]
    assert played.turns[1].kind == "recommend", "the turn went on by rules"


async def test_recordings_that_nobody_asks_for_are_a_note_and_no_failure(
    recorded: tuple[Dialogue, Played], tmp_path: Path
) -> None:
    dialogue, _ = recorded
    raw = json.loads(dialogue.file.read_text("utf-8"))
    del raw["turns"][1]
    dialogue.file.write_text(json.dumps(raw), "utf-8")
    (played,) = await staged(load(dialogue.file), settings(tmp_path / "home"))
    assert played.status == "passed"
    (note,) = odd(played)
    assert note.startswith("2 recorded calls were not asked for")


async def test_what_the_file_says_of_seed_and_trust_counts_now(
    recorded: tuple[Dialogue, Played], tmp_path: Path
) -> None:
    dialogue, _ = recorded
    raw = json.loads(dialogue.file.read_text("utf-8"))
    raw["given"]["seed"] = 10
    dialogue.file.write_text(json.dumps(raw), "utf-8")
    (played,) = await staged(load(dialogue.file), settings(tmp_path / "home"))
    assert "seed 9 -> 10" in odd(played)[0]
    raw["given"] |= {"seed": 9, "settings": {"trust": "words"}}
    dialogue.file.write_text(json.dumps(raw), "utf-8")
    (played,) = await staged(load(dialogue.file), settings(tmp_path / "home"))
    assert played.turns[0].steps["decide"] == "none"


async def test_a_model_that_is_away_leaves_the_old_recording(recorded: tuple[Dialogue, Played], tmp_path: Path) -> None:
    dialogue, _ = recorded
    before = dialogue.recording.read_bytes()
    home = settings(tmp_path / "home", llm="openai:tiny", openai_base_url="http://127.0.0.1:9/v1", trust="all")
    (played,) = await staged(dialogue, home, record=True)
    assert played.status == "failed"
    assert "The model answered nothing (refused)" in played.why
    assert dialogue.recording.read_bytes() == before


async def test_a_run_that_records_starts_its_models_once_and_closes_them_at_the_end(
    made: tuple[Path, Played], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A local model's server takes seconds to start."""
    shutil.copytree(made[0], tmp_path, dirs_exist_ok=True)
    given = {"model": "recorded", "catalog": {"file": "books.csv"}}
    other = given | {"seed": 7, "settings": {"words_seconds": 500}}
    turns = [{"say": "a mystery please"}]
    dialogues = [written(tmp_path, g, turns, name) for g, name in ((given, "a"), (given, "b"), (other, "c"))]
    started: list[Counted] = []

    class Counted(ScriptedModel):
        closed = False

        async def close(self) -> None:
            self.closed = True

    def models_of(played: Settings, trusts: Any) -> list[Counted]:
        lines = [ToolCall("recommend", {"query": "mystery", "wishes": []}), {"picks": [1], "intro": "", "why": []}]
        started.append(Counted(lines * 2))
        return started[-1:]

    monkeypatch.setattr("chatrec.evaluation.dialogues.models.models_of", models_of)
    stage = Stage(settings(tmp_path / "home", llm="openai:m", trust="all"), record=True)
    first, second = [await stage.play(d) for d in dialogues[:2]]
    assert (first.status, second.status, len(started), started[0].closed) == ("passed", "passed", 1, False)
    third = await stage.play(dialogues[2])
    assert third.status == "passed"
    assert [m.closed for m in started] == [True, False], "another seed is another model; one set at a time"
    await stage.close()
    assert [m.closed for m in started] == [True, True]
