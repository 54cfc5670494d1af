"""`chatrec evaluate dialogue`: a table, a file with every conversation, nobody's data touched, readable errors."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chatrec.errors import BadInput
from chatrec.evaluation.people.command import evaluate
from chatrec.testing.model_server import Behaviour, ModelServer
from tests.conftest import settings, tea_engine


async def run(home: Path, **changed: Any) -> tuple[str, Any]:
    paper = io.StringIO()
    options: dict[str, Any] = {"people": 3, "json_file": home / "out.json"} | changed
    await evaluate(
        settings(home, catalog="teas"), console=Console(file=paper, width=160), progress=lambda *step: None, **options
    )
    return paper.getvalue(), json.loads((home / "out.json").read_text("utf-8"))


async def test_a_table_and_every_conversation(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    await engine.stop()
    before = (tmp_path / "chatrec.db").read_bytes()
    table, told = await run(tmp_path, compare=True, language="both")
    assert (tmp_path / "chatrec.db").read_bytes() == before
    assert "hit@5" in table
    assert "ChatRec minus ChatRec without questions: hit@5" in table
    assert [t["system"] for t in told] == ["ChatRec", "ChatRec without questions"]
    assert {c["language"] for c in told[0]["conversations"]} == {"en", "zh"}
    again, _ = await run(tmp_path, compare=True, language="both")
    assert again == table


async def test_the_same_people_and_an_endpoint(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    await engine.stop()
    async with ModelServer(lambda received: Behaviour(text="I know none.")) as server:
        _, told = await run(tmp_path, url=server.url, model="some", questions=False, people=2, most_turns=2)
    assert [t["system"] for t in told] == ["ChatRec without questions", f"some at {server.url}"]
    ours, theirs = told
    assert [c["person"] for c in ours["conversations"]] == [c["person"] for c in theirs["conversations"]]
    assert theirs["figures"]["hit@5"]["value"] == 0


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"language": "fr"}, "en, zh or both"), ({"url": "http://127.0.0.1:1"}, "--model"), ({"people": 0}, "at least 1")],
)
async def test_wrong_use(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        await run(tmp_path, **changed)
