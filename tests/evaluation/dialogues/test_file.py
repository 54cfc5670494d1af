"""A dialogue file is checked whole before anything runs: every problem with its line, in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.evaluation.dialogues.file import find, load, load_all
from chatrec.evaluation.dialogues.placed import FileError

FILE = Path("a.yaml")
WHOLE = """\
dialogue: A price is obeyed
tags: [any-model, en]
always: {in_catalog: true}
turns:
  - say: a green tea
    expect:
      decision: recommend
      not: {says: [sorry, unfortunately]}
  - act: {kind: like, item_ids: [$1.items.0]}
  - chip: 0
    expect: {excludes: [$1.items.0]}
end: {error: false}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(FileError) as error:
        load(FILE, text=text)
    return error.value.problems


def test_a_whole_file() -> None:
    dialogue = load(Path("suite/en/a.yaml"), Path("suite"), text=WHOLE)
    assert (dialogue.name, dialogue.title, list(dialogue.tags)) == ("en/a", "A price is obeyed", ["any-model", "en"])
    first = dialogue.turns[0].expect
    assert [(e.check, e.negated, e.line) for e in first] == [("decision", False, 7), ("says", True, 8)]
    assert dialogue.turns[2].line == 10
    assert dialogue.always[0].always
    assert dialogue.end[0].check == "error"
    assert dialogue.recording == Path("suite/en/recordings/a.json")
    assert dialogue.tied_inside() == ""


TURN = "dialogue: x\nturns:\n  - say: hi\n"
WRONG = [
    ("[1, 2]\n", "a.yaml:1: a dialogue begins with `dialogue: what it shows`."),
    ("dialogue: x\n", "a.yaml:1: the file lacks turns."),
    ("dialogue: x\nturns: []\n", "a.yaml:2: turns: "),
    ("turns:\n  - say: hi\n", "a.yaml:1: the file lacks dialogue."),
    ("dialogue: x\ntrns:\n  - say: hi\n", "a.yaml:2: trns is not known here."),
    (TURN + "    expects: {items: 3}\n", "a.yaml:4: expects is not known here."),
    (TURN + "    act: undo\n", "a.yaml:3: turns: write exactly one of say, act and chip."),
    ("dialogue: x\nturns:\n  - expect: {items: 3}\n", "a.yaml:3: turns: write exactly one of say, act and chip."),
    (TURN + "    expect:\n      items: 3\n      decison: ask\n", "a.yaml:6: there is no check decison. Did you mean decision?"),
    (TURN + "    expect: {zzzzzz: 1}\n", "a.yaml:4: there is no check zzzzzz. The checks are decision, tool_called,"),
    (TURN + "    expect: {items: many}\n", "a.yaml:4: items: 'many' is no number and no range"),
    (TURN + "    expect:\n      not:\n        items: many\n", "a.yaml:6: items: 'many' is no number and no range"),
    (TURN + "    expect: {none_fits: {becase: year}}\n", "a.yaml:4: none_fits: becase is not known here; there is {because, near}."),
    (TURN + "    expect: {not: {}}\n", "a.yaml:4: not takes checks, as in not: {says: sorry}."),
    (TURN + "    expect: [items]\n", "a.yaml:4: expect takes checks"),
    (TURN + "    expect: {includes: $2.items.0}\n", "a.yaml:4: $2 is not answered by then; $1 is the first turn."),
    (TURN + "  - say: why ${3.items.0.title}?\n", "a.yaml:4: $3 is not answered by then; $1 is the first turn."),
    ("dialogue: x\nturns:\n  - act: {kind: like, item_ids: [$last.items.0]}\n", "a.yaml:3: $last is not answered by then"),
    ("dialogue: x\nturns:\n  - chip: 0\n", "a.yaml:3: there is no chip before the first answer."),
    (TURN + "    as: bob\n", "a.yaml:4: bob is nobody of given.people."),
    (TURN + "    model: [hello]\n", "a.yaml:4: answers of a model need given.model: hosted or local."),
    ("dialogue: x\ngiven: {model: [hosted, local]}\nturns:\n  - say: hi\n    model: [hello]\n", "a.yaml:5: say whose answers these are: {hosted, local}."),
    ("dialogue: x\ngiven: {model: hosted}\nturns:\n  - say: hi\n    model: {local: [hello]}\n", "a.yaml:5: given.model does not name local."),
    ("dialogue: x\ngiven:\n  settings: {home: /tmp}\nturns:\n  - say: hi\n", "a.yaml:3: settings: home is no setting that a dialogue can change."),
    ("dialogue: x\ntags: [a b]\nturns:\n  - say: hi\n", "a.yaml:2: tags: 'a b' is no tag: one word, no spaces or commas."),
    ("dialogue: x\ndialogue: y\nturns:\n  - say: hi\n", "a.yaml:2: dialogue is there twice."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_each_mistake_has_its_line_and_a_sentence(text: str, told: str) -> None:
    found = problems(text)
    assert any(line.startswith(told) for line in found), found
    assert all(line.startswith("a.yaml:") and line.endswith((".", "?")) and "\n" not in line for line in found)


def test_all_problems_of_a_file_are_told_at_once_in_order() -> None:
    text = "dialogue: x\nmore: 1\nturns:\n  - say: hi\n    expect: {itms: 3}\n  - sy: hi\nend: {items: x}\n"
    lines = [int(p.split(":")[1]) for p in problems(text)]
    assert lines == sorted(lines)
    assert {2, 5, 6, 7} <= set(lines)


TIED = {
    "given: {model: hosted}": "its model's answers stand in the file",
    "given: {model: recorded}": "its model's answers are recorded",
    "given: {model: none}": "it is about answers without a model",
    "given: {catalog: {file: a.csv}}": "its catalogue is a file of the test",
    "given: {settings: {decide_seconds: 2}}": "it changes settings (decide_seconds)",
    "given: {vectors: false}": "it says how the search is done",
    "always: {profile: {likes: []}}": "profile can only be seen inside",
    "end: {not: {prompt: secret}}": "prompt can only be seen inside",
}


@pytest.mark.parametrize("given", TIED)
def test_any_model_is_a_promise(given: str) -> None:
    text = f"dialogue: x\n{given}\ntags: [any-model]\nturns:\n  - say: hi\n"
    assert problems(text) == [f"a.yaml:3: tagged any-model, but {TIED[given]}."]
    assert load(FILE, text=text.replace("any-model", "other")).tied_inside() == TIED[given]


def test_folders(tmp_path: Path) -> None:
    for name in ("b.yaml", "sub/a.yml", "catalogs/facets.yaml", ".hidden/c.yaml", "sub/recordings/x.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TURN, encoding="utf-8")
    assert [file.relative_to(tmp_path).as_posix() for file, _ in find([tmp_path])] == ["b.yaml", "sub/a.yml"]
    assert [d.name for d in load_all([tmp_path, tmp_path / "b.yaml"])] == ["b", "sub/a"]
    assert [d.name for d in load_all([tmp_path / "sub" / "a.yml"])] == ["a"]
    with pytest.raises(FileError, match="there is no such file or folder"):
        find([tmp_path / "none"])


def test_the_problems_of_all_files_are_told(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        text = TURN if name == "b" else TURN + "    expect: {itms: 1}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as error:
        load_all([tmp_path])
    assert [p.split(":")[0].rsplit("/", 1)[-1] for p in error.value.problems] == ["a.yaml", "c.yaml"]
