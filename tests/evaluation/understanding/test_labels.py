"""Labelled files: what is read, what is refused, and which part a dialogue belongs to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chatrec.errors import BadInput
from chatrec.evaluation.understanding.labels import part_of, read_file
from chatrec.settings import ROOT

DIALOGUE = {
    "id": "d1",
    "catalog": "teas",
    "language": "en",
    "turns": [
        {"text": "a green tea", "kind": "recommend", "wishes": [{"facet": "kind", "op": "=", "value": "Green"}]},
        {"before": {"kind": "recommend", "shown": ["t1"]}, "text": "forget the kind", "drops": ["kind"]},
    ],
}


def written(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), "utf-8")
    return path


def test_the_hand_made_messages_can_be_read() -> None:
    found = read_file(ROOT / "benchmarks" / "messages.jsonl")
    last = [d.turns[-1] for d in found.dialogues]
    assert len(last) >= 300
    assert all(t.kind and t.only_kind for t in last)
    assert sum(d.language == "zh" for d in found.dialogues) >= 150
    assert not any(t.scored for d in found.dialogues for t in d.turns[:-1])


def test_a_file_is_read_as_it_is_documented(tmp_path: Path) -> None:
    found = read_file(written(tmp_path / "own.jsonl", DIALOGUE, "", {**DIALOGUE, "id": "d2"}))
    assert [d.id for d in found.dialogues] == ["d1", "d2"]
    first, second = found.dialogues[0].turns
    assert first.kind == ("recommend",)
    assert first.wishes[0].value == "Green"
    assert second.drops == ("kind",)
    assert second.before is not None
    assert second.before.shown == ("t1",)
    assert found.name == "own"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: no JSON"),
        ({**DIALOGUE, "language": "fr"}, "line 2: language"),
        ({**DIALOGUE, "turns": [{"text": "x", "whishes": []}]}, "line 2: turns.0.whishes"),
        ({**DIALOGUE, "turns": [{"text": "x", "wishes": [{"facet": "kind", "op": "~", "value": 1}]}]}, "wishes.0.op"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: object, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_file(written(tmp_path / "bad.jsonl", DIALOGUE, line))


def test_an_empty_or_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no dialogue"):
        read_file(written(tmp_path / "empty.jsonl", ""))
    with pytest.raises(BadInput, match="can't be read"):
        read_file(tmp_path / "none.jsonl")


def test_the_parts_never_change() -> None:
    """sha256 of "corpus:id": what was written on must never be judged on."""
    assert [part_of("sgd", i) for i in ("1_00000", "1_00003", "5_00099")] == ["write", "judge", "write"]
    parts = [part_of("crosswoz", str(n)) for n in range(1_000)]
    assert 450 < parts.count("judge") < 550


def test_the_example_of_the_documents_is_in_the_format(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "understanding.md").read_text("utf-8")
    [example] = re.findall(r"```json\n(\{\"id\": \"d1\".*?)```", page, re.DOTALL)
    found = read_file(written(tmp_path / "docs.jsonl", " ".join(example.split())))
    assert found.dialogues[0].turns[1].wishes[0].op == "like"
