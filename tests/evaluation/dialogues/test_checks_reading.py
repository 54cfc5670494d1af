"""What is wrong with a check's argument is told in one plain sentence that names what can be written."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.evaluation.dialogues.checks import CHECKS

WRONG: list[tuple[str, Any, str]] = [
    ("in_catalog", "maybe", "write true or false"),
    ("in_catalog", 1, "write true or false"),
    ("none_fits", {"becase": "x"}, "becase is not known here; there is {because, near}"),
    ("none_fits", "x", "write true or false or {because, near}"),
    ("none_fits", {"near": "a"}, "near: 'a' is no number and no range: write 7, 3..5, 3.., ..5, '<5' or '>=5'"),
    ("items", True, "True is no number and no range: write 7, 3..5, 3.., ..5, '<5' or '>=5'"),
    ("items", "5..3", "5..3 is the wrong way round"),
    ("items", "..", "`..` alone says nothing: write 3..5, 3.. or ..5"),
    ("decision", "recomend", "'recomend' is not known; write recommend, ask, explain, compare, lookup, none_fit, converse or noted"),
    ("decision", ["ask", "x"], "2: 'x' is not known; write recommend, ask, explain, compare, lookup, none_fit, converse or noted"),
    ("decision", [], "write at least one"),
    ("steps", {"decid": "hosted"}, "decid: 'decid' is not known; write decide, rerank or words"),
    ("steps", {"decide": "toy"}, "decide: 'toy' is not known; write hosted, local or none"),
    ("falls", {"stp": 1}, "stp is not known here; there is {step, rung, to, why}"),
    ("falls", [{"rung": "none"}], "1.rung: 'none' is not known; write hosted or local"),
    ("has_chip", {"lable": "x"}, "lable is not known here; there is {label, act, facet, count}"),
    ("has_chip", None, "write the words, or a /regular expression/ or {label, act, facet, count}"),
    ("error", [1], "write true or false or a whole number or the words, or a /regular expression/"),
    ("heard", "a b c", "'a b c' is no wish: facet, then one of contains = in not_in != > >= < <= between like not_like sort, then a value"),
    ("heard", ["x = 1", 3], '2: write a wish as in "year between 1990..1999", "genres contains Thriller", "like *" or "year"'),
    ("every_item", "x", "write facets and what they have to be, as in {year: 1990..1999, genres: Thriller}"),
    ("every_item", {"year": {"no": 1}}, "year: a condition in braces is {not: ...}, {all: [...]} or {known: true}"),
    ("every_item", {"year": None}, "year: says nothing; write {known: false} for an item without a value"),
    ("profile", {"like": []}, "like is not known here; there is {likes, dislikes, seen, owned}"),
    ("profile", {"likes": "a"}, "likes: write a list"),
    ("first", [], "write words or facets and what they have to be, as in {year: 1990..1999, genres: Thriller}"),
    ("says", [], "write at least one"),
    ("says", "/(/", "/(/ is no regular expression: missing ), unterminated subpattern at position 0"),
    ("ordered_by", "price up", "write a facet and asc or desc, as in price asc"),
    ("python", "x", "'x' names no function: write checks.py:function or module:function"),
    ("python", {"call": "a:b", "whit": 1}, "whit is not known here; there is {call, with}"),
    ("judge", "", "write words"),
    ("judge", {"rubrik": "x"}, "rubrik is not known here; there is {rubric, gate}"),
    ("language", "de", "'de' is not known; write en or zh"),
    ("includes", [True], "1: write words"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "told"), WRONG, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(WRONG)])
def test_one_sentence(name: str, raw: Any, told: str) -> None:
    with pytest.raises(ValueError) as error:
        CHECKS[name].read(raw)
    assert str(error.value) == told


def test_no_sentence_is_in_pydantics_language() -> None:
    """Whatever is written, for every check: one line, and none of its names for types."""
    for check in CHECKS.values():
        for raw in (
            "no such thing at all",
            "",
            [],
            {},
            None,
            7,
            True,
            {"x": 1},
            [[]],
            [{}],
            -1,
            {"call": 3},
            [None],
            1.5,
        ):
            try:
                check.read(raw)
            except ValueError as error:
                told = str(error)
                assert told, check.name
                assert "\n" not in told, check.name
                for foreign in (
                    "Input should",
                    "Extra inputs",
                    "validation error",
                    "function-",
                    "type=",
                    "Value error",
                ):
                    assert foreign not in told, (check.name, raw, told)


def test_numbers_are_names_too() -> None:
    """Ids of a catalogue may be numbers, and 300 is a film."""
    assert CHECKS["includes"].read([1, "300"]) == ["1", "300"]
    assert CHECKS["first"].read(300) == "300"
    assert CHECKS["profile"].read({"likes": [7]}).likes == ["7"]


def test_every_check_says_what_it_is_about() -> None:
    for check in CHECKS.values():
        assert check.about.endswith("."), check.name
        assert "\n" not in check.about
        assert check.group
        assert check.argument.json_schema()
