"""A tape tells calls apart, says what has changed, and its file is stable, small and checked."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import BadInput, ModelFailed
from chatrec.llm.model import Message
from chatrec.llm.replay import Player, Recorder
from chatrec.llm.scripted import Line, ScriptedModel
from chatrec.llm.tape import Tape
from chatrec.testing.model_contract import PICKS, SCHEMA, TOOL
from chatrec.vocabulary import Meter
from tests.llm.speech import listen

ASKING = "decide@3"
SYSTEM = "You plan.\nOne wish at a time.\nNever invent."


def messages(user: str = "Something light.", system: str = SYSTEM) -> list[Message]:
    return [("system", system), ("user", user)]


def meter(asking: str = ASKING) -> Meter:
    return Meter(asking=asking)


async def recorded(path: Path, *lines: Line, seed: int | None = None) -> Tape:
    """A tape with a call for each line; the nth person says `words n`. Read back from its file."""
    tape = Tape.new(path, trust="all", seed=seed)
    model = Recorder(ScriptedModel(lines), tape)
    for n in range(len(lines)):
        with contextlib.suppress(ModelFailed):
            await model.ask(messages(f"words {n}"), meter(), schema=SCHEMA, max_tokens=400)
    tape.write()
    return Tape.read(path)


async def missing(tape: Tape, asking: str = ASKING, said: Sequence[Message] = (), **how: Any) -> str:
    """What a tape tells of one call that it does not hold."""
    asked: dict[str, Any] = {"schema": SCHEMA, "max_tokens": 400} | how
    with pytest.raises(ModelFailed) as failed:
        await Player(tape).ask(said or messages("words 0"), meter(asking), **asked)
    assert failed.value.why == "odd"
    (told,) = tape.take_missing()
    assert tape.take_missing() == []
    return told


async def test_tells_a_changed_prompt_version(tmp_path: Path) -> None:
    tape = await recorded(tmp_path / "one.json", PICKS)
    told = await missing(tape, "decide@4", messages("words 0", SYSTEM.replace("Never", "Do not")))
    assert "call 1 (decide version 4)" in told
    assert "prompt version 3 -> 4" in told
    assert "the system message differs at line 3: recorded 'Never invent.', now 'Do not invent.'" in told
    assert "--record" in told


async def test_tells_a_changed_text_of_the_same_version_with_its_surroundings(tmp_path: Path) -> None:
    tape = Tape.new(tmp_path / "one.json", trust="all")
    long = "a" * 200
    await Recorder(ScriptedModel(["ok"]), tape).ask(messages(f"{long} cat {long}"), meter())
    told = await missing(tape, said=messages(f"{long} dog {long}"), schema=None, max_tokens=None)
    assert "version 3 ->" not in told
    assert f"recorded '…{'a' * 35} cat {'a' * 32}…', now '…{'a' * 35} dog {'a' * 32}…'" in told


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"schema": SCHEMA | {"required": ["picks"]}}, "schema picks: not what was recorded"),
        ({"schema": None}, "schema picks -> none"),
        ({"max_tokens": 500}, "max_tokens 400 -> 500"),
        ({"tools": [TOOL]}, "tools none -> recommend"),
        ({"said": [*messages("words 0"), ("user", "And?")]}, "a user message is new"),
        ({"said": messages("words 0")[:1]}, "a user message is gone"),
        ({"said": [("system", SYSTEM), ("assistant", "words 0")]}, "a user message is a assistant message now"),
        ({"said": messages("words 0\nmore")}, "at line 2: recorded no such line, now 'more'"),
    ],
)
async def test_tells_what_else_has_changed(tmp_path: Path, how: Mapping[str, Any], words: str) -> None:
    assert words in await missing(await recorded(tmp_path / "one.json", PICKS), **how)


async def test_what_a_model_is_told_of_a_tool_counts(tmp_path: Path) -> None:
    tape = Tape.new(tmp_path / "one.json", trust="all")
    await Recorder(ScriptedModel(["ok"]), tape).ask(messages(), meter(), tools=[TOOL])
    other = json.loads(json.dumps(TOOL))
    other["function"]["description"] = "Look for other items."
    assert "tools recommend: not what was recorded" in await missing(
        tape, said=messages(), tools=[other], schema=None, max_tokens=None
    )


async def test_a_streamed_call_is_another_call(tmp_path: Path) -> None:
    tape = await recorded(tmp_path / "one.json", PICKS)
    heard, failed = await listen(Player(tape).stream(messages("words 0"), meter(), schema=SCHEMA, max_tokens=400))
    assert (heard, failed and failed.why) == ("", "odd")
    assert "whole -> streamed" in tape.take_missing()[0]


async def test_another_seed_is_another_call(tmp_path: Path) -> None:
    path = (await recorded(tmp_path / "one.json", PICKS, seed=7)).path
    how: dict[str, Any] = {"schema": SCHEMA, "max_tokens": 400}
    for same in (None, 7):
        assert (await Player(Tape.read(path), seed=same).ask(messages("words 0"), meter(), **how)).data == PICKS
    tape = Tape.read(path)
    with pytest.raises(ModelFailed):
        await Player(tape, seed=8).ask(messages("words 0"), meter(), **how)
    assert "seed 7 -> 8" in tape.take_missing()[0]


async def test_says_when_the_search_was_another(tmp_path: Path) -> None:
    tape = await recorded(tmp_path / "one.json", PICKS)
    tape.encoder, tape.searching = "use-2", ""
    assert "recorded with a search by use-2, played by words alone" in await missing(tape, said=messages("other"))
    assert len(tape) == 1


async def test_each_missing_call_is_compared_with_a_recording_of_its_own(tmp_path: Path) -> None:
    tape = await recorded(tmp_path / "one.json", PICKS, PICKS, PICKS)
    first = await missing(tape, said=messages("words zero"))
    second = await missing(tape, said=messages("words one"))
    assert "recorded 'words 0', now 'words zero'" in first
    assert "recorded 'words 1', now 'words one'" in second
    assert tape.unused() == 1
    assert (await Player(tape).ask(messages("words 1"), meter(), schema=SCHEMA, max_tokens=400)).data == PICKS
    assert "nothing of this prompt is recorded here" in await missing(tape, "recommend@1")


# --------------------------------------------------------------------------- the file


async def test_the_file_is_the_same_each_time_and_holds_a_text_once(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    await recorded(one, PICKS, ModelFailed("no", "server"), "你好")
    await recorded(two, PICKS, ModelFailed("no", "server"), "你好")
    text = one.read_text("utf-8")
    assert text == two.read_text("utf-8")
    assert text.count("One wish at a time.") == 1
    assert "你好" in text
    again = Tape.read(one)
    again.write()
    assert one.read_text("utf-8") == text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.json", "two.json"]


async def test_no_recording_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no recording .*one.json.*--record"):
        Tape.read(tmp_path / "one.json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.replace('"calls": [', '"calls": [[', 1), "one.json:[0-9]+: the recording is damaged"),
        (lambda t: "<<<<<<< mine\n" + t, "one.json:1: the recording is damaged"),
        (lambda t: t.replace("One wish", "Two wishes"), "a text is not the one that was sent"),
        (lambda t: t.replace('"format": 1', '"format": 2'), "format 2; this version of ChatRec plays 1"),
        (lambda t: t.replace('"max_tokens": 400', '"max_tokens": "many"'), r"damaged \(calls.0.max_tokens"),
        (lambda t: t.replace('"asking"', '"asked"'), r"damaged \(calls.0.asked"),
        (lambda t: "[]", "damaged"),
        (lambda t: "[" * 100_000, "damaged"),
    ],
)
async def test_a_damaged_file_is_told(tmp_path: Path, change: Any, words: str) -> None:
    path = (await recorded(tmp_path / "one.json", PICKS)).path
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(BadInput, match=words):
        Tape.read(path)


async def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="damaged"):
        Tape.read(path)


async def test_a_model_that_was_away_or_never_asked_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "recordings" / "one.json"
    tape = Tape.new(path, trust="none")
    with pytest.raises(BadInput, match=r"asked nothing .*CHATREC_TRUST"):
        tape.write()
    model = Recorder(ScriptedModel([ModelFailed("no", "server")] * 2), tape)
    for _ in range(2):
        with pytest.raises(ModelFailed):
            await model.ask(messages(), meter())
    with pytest.raises(BadInput, match=r"answered nothing \(server\)"):
        tape.write()
    assert not path.exists()
