"""Words for more and less, made from a facet's own."""

from __future__ import annotations

import pytest

from chatrec.understand.trends import trends
from tests.understand.catalogs import facet

SIZE = facet(
    "size",
    "number",
    words={"en": ["size"], "zh": ["尺寸"]},
    more={"en": ["bigger"], "zh": ["更大"]},
    less={"en": ["smaller", "less bulky"], "zh": ["小一点"]},
)
FOUND = {phrase: (t.up, t.degree) for phrase, t in trends(SIZE)}


@pytest.mark.parametrize(
    ("phrase", "up", "degree"),
    [
        ("bigger", True, "more"), ("biggest", True, "most"), ("big", True, "some"), ("too big", True, "too"), ("smaller", False, "more"),
        ("small", False, "some"), ("smallest", False, "most"), ("less bulky", False, "more"), ("least bulky", False, "most"), ("too bulky", True, "too"),
        ("更大", True, "more"), ("大一点", True, "more"), ("最大", True, "most"), ("太大", True, "too"), ("小一点", False, "more"), ("最小", False, "most"),
        ("larger size", True, "more"), ("smallest size", False, "most"), ("尺寸最大", True, "most"), ("尺寸小一点", False, "more"),
    ],
)  # fmt: skip
def test_forms(phrase: str, up: bool, degree: str) -> None:
    assert FOUND[phrase] == (up, degree)


def test_roles_bring_their_usual_words() -> None:
    bare = {p: (t.up, t.degree) for p, t in trends(facet("cost", "number", role="price"))}
    assert bare["cheaper"] == (False, "more")
    assert bare["most expensive"] == (True, "most")
    assert bare["最便宜"] == (False, "most")
    assert bare["太贵"] == (True, "too")
    assert {p for p, _ in trends(facet("n", "number"))} & {"cheaper", "newer"} == set()
