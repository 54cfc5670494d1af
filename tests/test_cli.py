"""The command line: help that is quick, errors that are one line, exit codes, catalogues in and out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chatrec.cli import main
from chatrec.settings import ROOT

TEAS = "id,name,type,price\n1,Longjing,Green,$5\n2,Assam,Black,$7\n3,Sencha,Green,$6\nx\n"
HEAVY = (
    "gradio",
    "torch",
    "transformers",
    "sentence_transformers",
    "chromadb",
    "langchain_openai",
    "langchain_core",
    "openai",
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CHATREC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CHATREC_LLM", "none")
    monkeypatch.setenv("CHATREC_EMBEDDER", "none")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "teas.csv"
    path.write_text(TEAS)
    return str(path)


def program(*arguments: str, code: str | None = None, **more: object) -> subprocess.CompletedProcess[str]:
    """ChatRec as a person starts it: a process of its own."""
    start = [sys.executable, "-c", code] if code else [sys.executable, "-m", "chatrec", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(start, capture_output=True, text=True, timeout=60, env=environment, **more)  # type: ignore[call-overload]


def test_help_is_quick_and_shows_every_verb():
    best = 99.0
    for _ in range(3):
        began = time.perf_counter()
        done = program("--help")
        best = min(best, time.perf_counter() - began)
    assert done.returncode == 0
    for verb in ("serve", "chat", "catalog", "doctor"):
        assert verb in done.stdout
    assert best < 1.0


def test_no_verb_pays_for_what_it_does_not_use(file):
    code = f"""
import sys
from chatrec.cli import main
for arguments in (["--help"], ["catalog", "add", "teas", {file!r}], ["catalog", "list"], ["catalog", "show", "teas"]):
    assert main(arguments) == 0, arguments
print("HEAVY", [m for m in {HEAVY!r} if m in sys.modules])
"""
    done = program(code=code)
    assert "HEAVY []" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["cataloge"], "Did you mean 'catalog'", 2),
        (["serve", "--prot", "1"], "--port", 2),
        (["serve", "--port", "99999"], "less than or equal to 65535", 2),
        (["catalog", "add", "teas"], "FILE", 2),
        (["catalog", "add", "teas", "nothing.csv"], "There is no file nothing.csv", 2),
        (["catalog", "add", "TEAS!", "nothing.csv"], "can't be a catalogue's name", 2),
        (["catalog", "add", "films", "nothing.csv"], "comes with ChatRec", 2),
        (["catalog", "show", "teas"], "teas", 2),
        (["catalog", "rebuild", "teas"], "teas", 2),
        (["catalog", "remove", "teas"], "teas", 2),
        (["catalog", "update", "teas", "nothing.csv"], "There is no catalogue 'teas'", 2),
        (["catalog", "update", "films", "nothing.csv"], "catalog rebuild films", 2),
        (["serve", "--host", "0.0.0.0"], "CHATREC_API_KEY", 2),
    ],
)
def test_wrong_use_is_one_line_on_stderr(arguments, words, code, capsys):
    assert main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CHATREC_EMBEDER", "use", "Did you mean CHATREC_EMBEDDER"),
        ("CHATREC_PORT", "many", "CHATREC_PORT can't be 'many'"),
        ("DATABASE_URL", "oracle://x", "DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_one_line(monkeypatch, capsys, name, value, words):
    monkeypatch.setenv(name, value)
    assert main(["catalog", "list"]) in (2, 3)
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_a_home_that_is_no_folder(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CHATREC_HOME", str(tmp_path / "file"))
    assert main(["catalog", "list"]) == 2
    assert "CHATREC_HOME" in capsys.readouterr().err


def test_a_newer_file_is_shown_then_brought_in(file, tmp_path, capsys):
    assert main(["catalog", "add", "teas", file]) == 0
    newer = tmp_path / "newer teas.csv"
    newer.write_text("id,name,type,price\n1,Longjing,Green,$9\n2,Assam,Black,$7\n4,Oolong,Blue,$3\n")
    capsys.readouterr()
    assert main(["catalog", "update", "teas", str(newer), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "teas: 1 new, 1 changed, 1 withdrawn, 1 as they were" in out
    assert "nothing was changed" in out
    assert main(["catalog", "show", "teas"]) == 0
    assert "$5 to $7" in capsys.readouterr().out
    assert main(["catalog", "update", "teas", str(newer)]) == 0
    assert "nothing was changed" not in capsys.readouterr().out
    assert main(["catalog", "show", "teas"]) == 0
    assert "$3 to $9" in capsys.readouterr().out


def test_when_most_of_a_catalogue_would_go_somebody_has_to_say_so(file, tmp_path, capsys):
    assert main(["catalog", "add", "teas", file]) == 0
    few = tmp_path / "few.csv"
    few.write_text("id,name,type,price\n1,Longjing,Green,$9\n")
    capsys.readouterr()
    assert main(["catalog", "update", "teas", str(few)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "2 of the 3 items" in err
    assert "--keep-missing" in err
    assert err.count("\n") == 1
    assert main(["catalog", "update", "teas", str(few), "--keep-missing"]) == 0
    assert "2 not in the file and kept" in capsys.readouterr().out
    assert main(["catalog", "update", "teas", str(few), "--yes"]) == 0
    assert "2 withdrawn" in capsys.readouterr().out


def test_what_is_held_about_a_person_goes_out_or_away(file, tmp_path, capsys):
    log = tmp_path / "log.csv"
    log.write_text("user_id,item_id\nana,1\nben,2\n")
    assert main(["catalog", "add", "teas", file, "--interactions", str(log)]) == 0
    capsys.readouterr()
    assert main(["user", "export", "ana"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert [e["item_id"] for e in held["interactions"]] == ["1"]
    assert main(["user", "delete", "ana"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert main(["user", "delete", "ana", "--yes"]) == 0
    capsys.readouterr()
    for verb in (["export", "ana"], ["delete", "ana", "--yes"]):
        assert main(["user", *verb]) == 2
        out, err = capsys.readouterr()
        assert (out, "Nothing is known about 'ana'" in err) == ("", True)
    assert main(["user", "export", "ben"]) == 0


def test_a_removed_catalogue_leaves_nothing_in_chroma(file, home, capsys):
    import asyncio

    import numpy as np

    from chatrec.index import Index

    assert main(["catalog", "add", "teas", file]) == 0

    async def copy() -> None:
        index = Index(home)
        assert await index.sync("teas", "k", ["1", "2"], np.eye(2, 4, dtype=np.float32))
        assert await index.sync("others", "k", ["1", "2"], np.eye(2, 4, dtype=np.float32))
        await index.close()

    async def left() -> set[str]:
        index = Index(home)
        assert await index.sync("others", "k", ["1", "2"], np.eye(2, 4, dtype=np.float32))
        names = {c.metadata["catalog"] for c in await index._run(index._client.list_collections)}
        await index.close()
        return names

    asyncio.run(copy())
    assert main(["catalog", "remove", "teas", "--yes"]) == 0
    assert asyncio.run(left()) == {"others"}


def test_a_port_in_use_is_told_before_anything_is_built(home, capsys):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 3
    err = capsys.readouterr().err
    assert str(port) in err
    assert "--port" in err
    assert not (home / "chatrec.db").exists()


def test_a_catalogue_comes_in_is_listed_shown_rebuilt_and_goes(file, capsys):
    assert main(["catalog", "add", "teas", file]) == 0
    out = capsys.readouterr().out
    assert "teas: 3 items from teas.csv" in out
    assert "skipped: line 5: 1 fields where the header names 4" in out
    assert "facet price (number, $)" in out
    assert main(["catalog", "list"]) == 0
    assert "teas" in capsys.readouterr().out
    assert main(["catalog", "show", "teas"]) == 0
    out = capsys.readouterr().out
    assert "$5 to $7" in out
    assert "Green (2), Black (1)" in out
    assert file in out
    assert main(["catalog", "add", "teas", file]) == 2
    assert "--replace" in capsys.readouterr().err
    Path(file).write_text(TEAS + "4,Keemun,Black,$9\n")
    assert main(["catalog", "rebuild", "teas"]) == 0
    assert "teas: 4 items" in capsys.readouterr().out
    assert main(["catalog", "add", "teas", file, "--replace", "--title-field", "type", "--id-field", "name"]) == 0
    capsys.readouterr()
    capsys.readouterr()
    assert main(["catalog", "remove", "teas"]) == 2  # nobody can be asked here
    err = capsys.readouterr().err
    assert "was not removed" in err
    assert "--yes" in err
    assert main(["catalog", "remove", "teas", "--yes"]) == 0
    capsys.readouterr()
    assert main(["catalog", "list"]) == 0
    assert "No catalogue yet" in capsys.readouterr().out


def test_a_model_is_fitted_for_a_server_to_take_up_and_goes_with_its_catalogue(file, home, tmp_path, capsys):
    assert main(["catalog", "add", "teas", file]) == 0
    capsys.readouterr()
    assert main(["catalog", "fit", "teas"]) == 2
    assert "too few to learn from" in capsys.readouterr().err
    log = tmp_path / "log.csv"
    log.write_text("user_id,item_id,kind\n" + "".join(f"p{p},{i},like\n" for p in range(12) for i in (1, 2)))
    assert main(["catalog", "add", "teas", "--interactions", str(log)]) == 0
    capsys.readouterr()
    assert main(["catalog", "fit", "teas"]) == 0
    assert "24 events" in capsys.readouterr().out.replace("\n", " ")
    assert (home / "models" / "teas" / "manifest.json").is_file()
    assert main(["catalog", "remove", "teas", "--yes"]) == 0
    assert not (home / "models" / "teas").exists()


def test_a_typo_in_a_facet_file_changes_nothing(file, tmp_path, capsys):
    assert main(["catalog", "add", "teas", file]) == 0
    (tmp_path / "f.yaml").write_text("facets:\n- name: price\n  typ: number\n")
    capsys.readouterr()
    assert main(["catalog", "add", "teas", file, "--replace", "--facets", str(tmp_path / "f.yaml")]) == 2
    err = capsys.readouterr().err
    assert "f.yaml, line 3" in err
    assert 'did you mean "type"' in err
    assert main(["catalog", "show", "teas"]) == 0
    assert "3 items" in capsys.readouterr().out


def test_a_closed_pipe_is_no_error(file):
    assert main(["catalog", "add", "teas", file]) == 0
    done = subprocess.run(
        f"{sys.executable} -m chatrec catalog show teas | head -c 1 >/dev/null",
        shell=True, executable="/bin/bash", capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stderr == ""


def test_without_its_packages_it_says_what_to_install():
    done = program(
        code="import sys; sys.modules['typer'] = None; import runpy; runpy.run_module('chatrec', run_name='__main__')"
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "ChatRec needs the package typer. Install what it needs with: make setup"


def test_an_unknown_catalogue_is_one_line_and_the_chat_ends(file, capsys):
    assert main(["catalog", "add", "teas", file]) == 0
    capsys.readouterr()
    assert main(["chat", "--catalog", "tees", "hello"]) == 2
    err = capsys.readouterr().err
    assert "tees" in err
    assert "teas" in err


@pytest.mark.parametrize(
    ("message", "words"), [("", "empty"), ("\x00\u200b \x07", "empty"), ("x" * 20_000, "20,000 characters")]
)
def test_messages_that_cannot_be_answered(file, capsys, message, words):
    assert main(["catalog", "add", "teas", file]) == 0
    capsys.readouterr()
    assert main(["chat", "--catalog", "teas", message]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("verb", [["chat", "hello"], ["serve", "--port", "0"]])
def test_a_missing_model_file_is_one_line(monkeypatch, capsys, verb):
    monkeypatch.setenv("CHATREC_LLM", "local:/no/such/model.gguf")
    assert main(verb) in (2, 3)
    err = capsys.readouterr().err
    assert "/no/such/model.gguf" in err
    assert err.count("\n") == 1


def test_one_turn_about_a_catalogue_of_ones_own(file, capsys):
    assert main(["catalog", "add", "teas", file]) == 0
    capsys.readouterr()
    assert main(["chat", "--catalog", "teas", "--json", "a green tea under $6"]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert [i["title"] for i in reply["items"]] == ["Longjing"]
    assert reply["decision"]["kind"] == "recommend"
    assert reply["rung"] == "none"
    assert main(["chat", "--catalog", "teas", "--show-prompt", "绿茶，不要超过6美元"]) == 0
    out = capsys.readouterr().out
    assert "1. Longjing" in out
    assert "No model was asked" in out


def test_a_piped_conversation_remembers(file):
    assert main(["catalog", "add", "teas", file]) == 0
    said = "a green tea\n/wishes\n/why 1\nunder $6 please\n/drop 99\n/lang fr\n/nothing\n/quit\n"
    done = program("chat", "--catalog", "teas", input=said)
    assert "Longjing" in done.stdout
    assert "1. " in done.stdout
    assert "is no wish of this conversation" in done.stderr
    assert "use en, zh or auto" in done.stderr
    assert "no command /nothing" in done.stderr
    assert "Traceback" not in done.stderr
