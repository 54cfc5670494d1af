"""The JSON schema says what a file's own reading says, and the one in docs is the one of the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from chatrec.evaluation.dialogues.checks import CHECKS
from chatrec.evaluation.dialogues.file import find, load
from chatrec.evaluation.dialogues.placed import FileError, read
from chatrec.evaluation.dialogues.schema import schema, text
from chatrec.settings import ROOT

SCHEMA = schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BEGIN = "dialogue: a test\nturns:\n"

GOOD = {
    "least": BEGIN + "  - say: hello\n",
    "a number is said": BEGIN + "  - say: 300\n",
    "acts": BEGIN + "  - say: hi\n  - act: undo\n  - act: {kind: like, item_ids: [$1.items.0]}\n  - chip: 0\n  - chip: cheaper\n",
    "checks": BEGIN
    + "  - say: hi\n    expect: {decision: [ask, recommend], items: 3..5, heard: null, first: {year: 1990..1999}, error: 404, "
    + "has_chip: [cheaper, {label: /new/, count: '>3'}], grounded: true, python: 'a.py:b', judge: {rubric: polite, gate: true}, "
    + "not: {says: [sorry, 7]}, profile: {likes: [tt1, 2]}, falls: {step: decide}, steps: {decide: none}}\n",
    "references": BEGIN
    + "  - say: hi\n  - say: 'why ${1.items.0.title}?'\n    expect: {items: $1.candidates, includes: $1.items, chips: $last.chips, "
    + "every_item: {year: '>$1.items.0.facts.year'}, decision: $1.decision.kind, model_calls: '<=$1.llm.calls'}\n",
    "models": "dialogue: x\ngiven: {model: [hosted, local], settings: {decide_seconds: 2}}\nturns:\n"
    + "  - say: hi\n    model: {hosted: [{fail: timeout}], local: [hello, {json: {kind: ask}}, {tool: recommend, args: {}}]}\n",
}  # fmt: skip
BAD = {
    "no turns": "dialogue: x\n",
    "no title": "turns: [{say: hi}]\n",
    "two things said": BEGIN + "  - {say: hi, act: undo}\n",
    "nothing said": BEGIN + "  - expect: {items: 3}\n",
    "unknown key": BEGIN + "  - {say: hi, expects: {items: 3}}\n",
    "unknown check": BEGIN + "  - {say: hi, expect: {item: 3}}\n",
    "unknown kind": BEGIN + "  - {say: hi, expect: {decision: recomend}}\n",
    "no bool": BEGIN + "  - {say: hi, expect: {in_catalog: maybe}}\n",
    "unknown part": BEGIN + "  - {say: hi, expect: {none_fits: {becase: year}}}\n",
    "nothing wanted": BEGIN + "  - {say: hi, expect: {says: []}}\n",
    "unknown act": BEGIN + "  - {act: love}\n",
    "unknown setting": "dialogue: x\ngiven: {settings: {home: /}}\nturns: [{say: hi}]\n",
    "unknown failure": "dialogue: x\ngiven: {model: hosted}\nturns: [{say: hi, model: [{fail: tired}]}]\n",
    "not in not": BEGIN + "  - {say: hi, expect: {not: {not: {items: 3}}}}\n",
}


def problems(data: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message}" for e in VALIDATOR.iter_errors(data)]


def test_it_is_a_schema_and_stands_in_docs() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    there = (ROOT / "docs" / "dialogue.schema.json").read_text("utf-8")
    assert json.loads(there) == json.loads(text()), "write it anew: chatrec.evaluation.dialogues.schema.text()"


def test_every_check_is_described() -> None:
    for name, check in CHECKS.items():
        assert SCHEMA["$defs"][f"check.{name}"]["description"] == check.about
        for where in ("Checks", "Expectations"):
            assert SCHEMA["$defs"][where]["properties"][name] == {"$ref": f"#/$defs/check.{name}"}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_passes_both(name: str) -> None:
    load(Path("a.yaml"), text=GOOD[name])
    assert problems(read(Path("a.yaml"), GOOD[name]).data) == []


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_fails_both(name: str) -> None:
    with pytest.raises(FileError):
        load(Path("a.yaml"), text=BAD[name])
    assert problems(read(Path("a.yaml"), BAD[name]).data)


def test_our_own_files_pass() -> None:
    folder = ROOT / "tests" / "dialogues"
    wrong = {str(file): told for file, _ in find([folder]) if (told := problems(read(file).data))}
    assert not wrong
