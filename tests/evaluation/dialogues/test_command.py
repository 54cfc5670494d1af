"""`chatrec dialogues`, as a person types it: choices, reports, exit codes."""

from __future__ import annotations

import asyncio
import io
import json
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from chatrec.cli import main
from chatrec.evaluation.dialogues.command import Options, settle
from chatrec.evaluation.dialogues.command import run as run_command
from chatrec.evaluation.dialogues.results import Played, Run
from chatrec.testing.model_server import Behaviour, ModelServer, Received
from tests.conftest import settings, tea_engine
from tests.evaluation.dialogues.report.runs import played, run, turn
from tests.evaluation.dialogues.teas import BAD, CHINESE, GREEN, RECORDED, WRONG, write


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A folder to stand in, with dialogues in it and nothing else."""
    for name, value in (("HOME", str(tmp_path / "home")), ("LLM", "none"), ("EMBEDDER", "none")):
        monkeypatch.setenv(f"CHATREC_{name}", value)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, en_green=GREEN, en_wrong=WRONG, zh_green=CHINESE, en_recorded=RECORDED)
    return tmp_path


def test_a_run_with_all_its_reports(place, capsys):
    arguments = ["--mode", "scripted", "--json", "out/run.json", "--junit", "out/run.xml", "--html", "out/run.html"]
    assert main(["dialogues", *arguments]) == 1
    out = capsys.readouterr().out
    assert "✓ en/green  A price is obeyed  (1 turn, " in out
    assert "✗ decision: ask  dialogues/en/wrong.yaml:7\n" in out
    assert "      expected ask\n      got      recommend\n" in out
    assert "✓ items: 2\n" in out
    assert "1 its model's answers are recorded: play it in replay  (en/recorded)" in out
    assert "1 failed, 2 passed, 1 skipped · 3 turns · 8 checks" in out
    found = Run.model_validate_json((place / "out" / "run.json").read_bytes())
    assert [(d.name, d.status) for d in found.dialogues] == [
        ("en/green", "passed"), ("en/recorded", "skipped"), ("en/wrong", "failed"), ("zh/green", "passed"),
    ]  # fmt: skip
    assert ET.parse(place / "out" / "run.xml").getroot().get("failures") == "1"
    assert "来点绿茶" in (place / "out" / "run.html").read_text("utf-8")
    assert not (place / "home").exists()  # nobody's data was touched


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["-k", "PRICE"], ["en/green"]),
        (["-k", "价格"], ["zh/green"]),
        (["--tag", "price"], ["en/green", "zh/green"]),
        (["--tag", "price", "--tag", "zh"], ["zh/green"]),
        (["--tag", "!recorded", "--tag", "!wrong", "-k", "green"], ["en/green", "zh/green"]),
        (["dialogues/zh"], ["green"]),
    ],
)
def test_which_are_played(arguments, names, capsys):
    assert main(["dialogues", *arguments]) == 0
    out = capsys.readouterr().out
    assert [line.split()[1] for line in out.splitlines() if line.startswith("✓")] == names


def test_quiet_says_what_fails_and_how_many(capsys):
    assert main(["dialogues", "--mode", "scripted", "-q", "-k", "green"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("2 passed · 2 turns")


def test_a_missing_recording_fails_and_passes_never(capsys):
    assert main(["dialogues", "--tag", "recorded", "--mode", "replay"]) == 1
    assert "There is no recording dialogues/en/recordings/recorded.json" in capsys.readouterr().out


def test_bad_files_are_told_line_by_line_and_nothing_is_played(place, capsys):
    (place / "dialogues" / "bad.yaml").write_text(BAD)
    (place / "dialogues" / "worse.yaml").write_text("dialogue: [")
    assert main(["dialogues"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "dialogues/bad.yaml:2", "dialogues/bad.yaml:5", "dialogues/worse.yaml:1",
    ]  # fmt: skip
    assert "Did you mean decision?" in lines[1]


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["-k", "nothing like it"], "None of the 4 dialogues", 2),
        (["nowhere"], "nowhere: there is no such file or folder", 2),
        (["--mode", "lively"], "lively", 2),
        (["--repeat", "3"], "--mode live", 2),
        (["--at-least", "1.5"], "--at-least", 2),
        (["--record", "--mode", "live"], "--record", 2),
        (["--url", "http://127.0.0.1:9", "--mode", "replay"], "--mode replay", 2),
        (["--url", "127.0.0.1:9"], "no address", 2),
        (["--url", "http://127.0.0.1:9"], "does not answer", 3),
        (["--mode", "live"], "CHATREC_LLM", 3),
        (["--record"], "CHATREC_LLM", 3),
        (["--html", "dialogues"], "is a folder", 2),
        (["--html", "dialogues/en/green.yaml/x.html"], "can't be written", 2),
        (["--compare", "a.json", "b.json"], "a.json can't be read", 2),
        (["--schema", "--from", "x"], "One thing at a time", 2),
        (["--out", "x.yaml"], "--from", 2),
    ],
)
def test_wrong_use_and_what_is_missing(arguments, words, code, capsys):
    assert main(["dialogues", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def test_a_model_that_is_down_is_missing_and_its_dialogues_do_not_pass_by_rules(monkeypatch, capsys):
    for name, value in (
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
        ("OPENAI_API_KEY", "x"),
        ("CHATREC_LLM", "openai:m"),
    ):
        monkeypatch.setenv(name, value)
    assert main(["dialogues", "--mode", "live"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def test_no_folder_of_dialogues(place, monkeypatch, capsys):
    (place / "empty").mkdir()
    monkeypatch.chdir(place / "empty")
    assert main(["dialogues"]) == 2
    assert "tests/dialogues" in capsys.readouterr().err
    (place / "empty" / "tests" / "dialogues").mkdir(parents=True)
    assert main(["dialogues"]) == 2
    assert "There is no dialogue" in capsys.readouterr().err


def test_compare_tells_what_newly_fails(place, capsys):
    before, after = run(played("x")), run(played("x", "failed", turns=[turn(text="I found two <b>.")]))
    (place / "a.json").write_text(before.model_dump_json())
    (place / "b.json").write_text(after.model_dump_json())
    assert main(["dialogues", "--compare", "a.json", "b.json", "--html", "c.html"]) == 1
    out = capsys.readouterr().out
    assert "newly failing (1)" in out
    assert "1 newly failing, 0 as before" in out
    assert "&lt;b&gt;" in (place / "c.html").read_text()
    assert main(["dialogues", "--compare", "b.json", "a.json"]) == 0
    assert "newly passing (1)" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"mode": 3}', '{"mode": "replay", "format": 2}'])
def test_compare_refuses_what_is_no_report(place, capsys, text):
    (place / "a.json").write_text(text)
    assert main(["dialogues", "--compare", "a.json", "a.json"]) == 2
    assert "a.json is" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("good", "at_least", "status"),
    [
        (3, 1.0, "passed"),
        (2, 1.0, "failed"),
        (2, 0.6, "passed"),
        (2, 2 / 3, "passed"),
        (1, 0.6, "failed"),
        (0, 0.0, "passed"),
    ],
)
def test_a_share_of_runs_decides_in_live_mode(good, at_least, status):
    one = played(status="failed" if good < 3 else "passed", runs=3, good=good)
    settle(one, at_least)
    assert one.status == status


def test_a_dialogue_that_is_played_once_keeps_its_verdict():
    one, skipped = played(status="failed", good=0), played(status="skipped", runs=3)
    settle(one, 0.0)
    settle(skipped, 0.0)
    assert (one.status, skipped.status) == ("failed", "skipped")


def test_a_conversation_is_retold_on_stdout_or_in_a_new_file(place, monkeypatch, capsys):
    import sys
    import types

    asked = []

    async def retell(settings, conversation_id):
        asked.append((settings.llm, conversation_id))
        return "dialogue: 你好\n"

    module = types.ModuleType("chatrec.evaluation.dialogues.retell")
    module.retell = retell  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert main(["dialogues", "--from", "c1"]) == 0
    assert capsys.readouterr().out == "dialogue: 你好\n"
    assert main(["dialogues", "--from", "c1", "--out", "new/bug.yaml"]) == 0
    assert (place / "new" / "bug.yaml").read_text("utf-8") == "dialogue: 你好\n"
    assert main(["dialogues", "--from", "c1", "--out", "new/bug.yaml"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert asked == [("none", "c1")] * 2


def test_the_json_report_keeps_what_was_played(place):
    assert main(["dialogues", "dialogues/en/green.yaml", "--json", "run.json"]) == 0
    told = json.loads((place / "run.json").read_text("utf-8"))
    (one,) = told["dialogues"]
    assert Played.model_validate(one).turns[0].items[0].title == "Longjing"
    assert told["at_least"] == 1.0
    assert set(told["prompts"]) >= {"decide"}


LIVE = """dialogue: Small talk is the model's
given: {catalog: {file: ../catalogs/teas.csv}}
turns:
  - say: I had such a long day at work
    expect: {says: tiring}
"""


@pytest.mark.parametrize(("at_least", "code"), [(None, 1), (0.6, 0)])
async def test_live_plays_each_three_times_and_tells_the_share(place, at_least, code):
    asked = 0

    def answer(received: Received) -> Behaviour:
        nonlocal asked
        asked += "long day" in received.text
        return Behaviour(text="That sounds tiring." if asked != 2 else "I see.")

    (place / "dialogues" / "en" / "live.yaml").write_text(LIVE)
    told = Console(file=io.StringIO(), width=150)
    async with ModelServer(answer) as server:
        chosen = settings(
            place / "home", llm="openai:test", openai_base_url=server.url, openai_api_key="k", trust="all"
        )
        options = Options(
            paths=[place / "dialogues" / "en"], mode="live", words="live", at_least=at_least, json=place / "x.json"
        )
        assert await run_command(chosen, options, told) == code
    out = told.file.getvalue()
    assert asked == 3
    assert "2 of 3 runs passed (67%)" in out
    assert ("✗ says: tiring" in out) == bool(code)
    assert ("60% of the runs have to pass" in out) != bool(code)
    (one,) = Run.model_validate_json((place / "x.json").read_bytes()).dialogues
    assert (one.runs, one.good, one.model, one.status) == (3, 2, "test", "failed" if code else "passed")


async def test_through_a_url_what_needs_the_inside_is_skipped_with_its_reason(place):
    """The server is asked first whether it is there; here it is one that knows a catalogue."""
    import uvicorn

    from chatrec.web.server import create_app

    engine = await tea_engine(place / "served")
    server = uvicorn.Server(uvicorn.Config(create_app(engine, page=False), port=0, log_level="error"))
    serving = asyncio.create_task(server.serve())
    for _ in range(1500):
        if server.started:
            break
        await asyncio.sleep(0.02)
    (place / "dialogues" / "any.yaml").write_text(
        "dialogue: Anybody can say hello\ntags: [any-model]\nturns: [{say: hello, expect: {decision: converse}}]\n"
    )
    told = Console(file=io.StringIO(), width=150)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        assert await run_command(settings(place / "home"), Options(url=url), told) == 0
    finally:
        server.should_exit = True
        await serving  # and the engine with it
    out = told.file.getvalue()
    assert "1 passed, 4 skipped" in out
    assert "3 it is about answers without a model" in out
    assert "1 its model's answers are recorded" in out
