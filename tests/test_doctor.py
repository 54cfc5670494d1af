"""The doctor tells what works, and for what does not, what to do."""

from __future__ import annotations

import io

from rich.console import Console

from chatrec.cli import main
from chatrec.doctor import examine, show
from chatrec.importing import add
from chatrec.index.lock import FileLock
from chatrec.store import Store
from tests.conftest import settings


def by_what(findings):
    return {f.what: f for f in findings}


async def test_a_fresh_place_works_and_says_what_could_be_better(tmp_path):
    found = by_what(await examine(settings(tmp_path / "home")))
    assert [f.what for f in found.values() if f.state == "missing"] == []
    assert found["catalogue films"].text == "not built yet"
    assert "rules" in found["steps"].text
    assert "OPENAI" in found["steps"].do
    assert all(f.do for f in found.values() if f.state != "good" and not f.text.endswith("."))


async def test_what_is_missing_says_what_to_do(tmp_path):
    chosen = settings(tmp_path, catalog="nothing", llm="local:/no/such.gguf", embedder="none")
    found = by_what(await examine(chosen))
    assert found["catalogue nothing"].state == "missing"
    assert "catalog add nothing FILE" in found["catalogue nothing"].do
    assert found["model"].state == "missing"
    assert "/no/such.gguf" in found["model"].text


async def test_a_model_that_does_not_answer_is_named(tmp_path):
    chosen = settings(tmp_path, llm="openai:some-model", openai_base_url="http://127.0.0.1:9/v1", openai_api_key="k")
    found = by_what(await examine(chosen))
    assert found["hosted model"].state == "note"
    assert "some-model does not answer" in found["hosted model"].text
    assert "CHATREC_LLM" in found["hosted model"].do
    assert found["steps"].text == "decide: rules, rerank: rules, words: rules"


async def test_an_unreachable_database_is_missing(tmp_path):
    chosen = settings(tmp_path, database_url="postgresql://nobody:secret@127.0.0.1:9/x")
    found = by_what(await examine(chosen))
    assert found["database"].state == "missing"
    assert "DATABASE_URL" in found["database"].text
    assert "secret" not in found["database"].text


async def test_catalogues_are_counted_with_their_missing_vectors(tmp_path):
    chosen = settings(tmp_path, catalog="teas", embedder="use")
    store = await Store.open(chosen.database)
    await store.migrate()
    (tmp_path / "teas.csv").write_text("id,name\n1,Green tea\n2,Black tea\n")
    await add(store, "teas", tmp_path / "teas.csv")
    await store.close()
    found = by_what(await examine(chosen))
    assert "2 items" in found["catalogue teas"].text
    assert "2 vectors missing" in found["catalogue teas"].text
    assert found["catalogue teas"].state == "note"


async def test_who_keeps_the_index(tmp_path):
    chosen = settings(tmp_path, embedder="use")
    assert "made with the first vectors" in by_what(await examine(chosen))["index"].text
    lock = FileLock(tmp_path / "chroma.lock")
    assert lock.take()
    try:
        assert "kept by a running ChatRec" in by_what(await examine(chosen))["index"].text
    finally:
        lock.give_back()
    away = by_what(await examine(settings(tmp_path, embedder="use", chroma_url="http://127.0.0.1:9")))["index"]
    assert (away.state, away.do) == ("note", "start it, or unset CHROMA_URL")


async def test_the_lines_are_one_line_each(tmp_path):
    out = io.StringIO()
    findings = await examine(settings(tmp_path, catalog="nothing"))
    show(findings, Console(file=out, width=60))
    assert len(out.getvalue().splitlines()) == len(findings)
    assert "!!  catalogue nothing: not here -> catalog add nothing FILE" in out.getvalue()


def test_exit_code_three_where_something_needed_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CHATREC_HOME", str(tmp_path))
    monkeypatch.setenv("CHATREC_LLM", "none")
    monkeypatch.setenv("CHATREC_CATALOG", "nothing")
    assert main(["doctor"]) == 3
    monkeypatch.setenv("CHATREC_CATALOG", "films")
    assert main(["doctor"]) == 0
    assert "ok  python" in capsys.readouterr().out
