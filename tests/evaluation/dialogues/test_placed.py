"""YAML with its lines: what people write, and what they write by mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatrec.evaluation.dialogues.placed import DEEPEST, LARGEST, FileError, read

FILE = Path("a.yaml")


def test_lines_of_everything() -> None:
    placed = read(
        FILE,
        "dialogue: x\n\nturns:\n  - say: hi\n    expect:\n      items: 3\n      says:\n        - a\n        - b\n  - say: >\n      long\n      words\n",
    )
    for path, line in (
        ((), 1), (("dialogue",), 1), (("turns",), 3), (("turns", 0), 4), (("turns", 0, "expect"), 5), (("turns", 0, "expect", "items"), 6),
        (("turns", 0, "expect", "says", 1), 9), (("turns", 1, "say"), 10), (("turns", 0, "expect", "nope", 3), 5), (("nope",), 1),
    ):  # fmt: skip
        assert placed.line(path) == line, path
    assert placed.data["turns"][1]["say"] == "long words\n"
    assert placed.at(("turns", 1)) == "a.yaml:10"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("true", True), ("false", False), ("True", "True"), ("null", None), ("~", None), ("", None), ("7", 7),
        ("-3", -3), ("8.5", 8.5), ("1e3", "1e3"), ("0x10", "0x10"), ("010", "010"), ("1_000", "1_000"), ("2001-09-11", "2001-09-11"), ("12:30", "12:30"),
        ("3..5", "3..5"), ("'7'", "7"), ("\"true\"", "true"), ("$1.items.0", "$1.items.0"), (".5", ".5"), ("+4", 4), ("{a: 1}", {"a": 1}), ("[a, no]", ["a", "no"]),
    ],
)  # fmt: skip
def test_what_a_value_is(written: str, read_as: Any) -> None:
    found = read(FILE, f"x: {written}\n").data["x"]
    assert found == read_as
    assert type(found) is type(read_as)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3: a is there twice."),
        ("a:\n  b: 1\n  b: 1\n", "a.yaml:3: b is there twice."),
        ("a: 1\n\tb: 2\n", "a.yaml:2: "),
        ("a: [1\nb: 2\n", "a.yaml:2: "),
        ("say: @bob\n", 'needs quotes'),
        ("say: what: now\n", "a.yaml:1: mapping values are not allowed here. Text that begins with"),
        ("", "a.yaml:1: the file is empty."),
        ("# only a comment\n", "a.yaml:1: the file is empty."),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: "),
        ("? [a, b]\n: 1\n", "a.yaml:1: a key has to be a word."),
        ("a: *nowhere\n", "a.yaml:1: "),
        ("a: \x00\n", "a.yaml:1: no YAML that can be read"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_line(text: str, told: str) -> None:
    with pytest.raises(FileError) as error:
        read(FILE, text)
    assert told in error.value.problems[0]
    assert "\n" not in error.value.problems[0]


def test_a_tag_makes_no_object() -> None:
    assert read(FILE, "a: !!python/object/apply:os.system [ls]\n").data == {"a": ["ls"]}


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfdialogue: \xe8\x8c\xb6\r\nturns: []\r\n")
    assert read(file).data == {"dialogue": "茶", "turns": []}


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    latin, large = tmp_path / "latin.yaml", tmp_path / "large.yaml"
    latin.write_bytes("a: café\n".encode("latin-1"))
    large.write_bytes(b"#" * (LARGEST + 1))
    for file, told in (
        (latin, "is not UTF-8."),
        (large, "larger than 1,000,000 bytes."),
        (tmp_path / "none.yaml", "can't be read"),
        (tmp_path, "can't be read"),
    ):
        with pytest.raises(FileError) as error:
            read(file)
        assert told in error.value.problems[0]
        assert str(file) in error.value.problems[0]


def test_what_grows_without_end_is_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
    )
    deep = "x: " + "[" * (DEEPEST + 5) + "]" * (DEEPEST + 5)
    deepest = "[" * 5000 + "]" * 5000
    itself = "a: &a\n  b: *a\n"
    for text in (bomb, deep, deepest, itself):
        with pytest.raises(FileError) as error:
            read(FILE, text)
        assert error.value.problems
