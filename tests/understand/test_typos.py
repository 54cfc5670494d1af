"""One wrong letter."""

from __future__ import annotations

import pytest

from chatrec.understand.typos import Typos, one_letter_apart


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [("horror", "horroe", True), ("thriller", "thriler", True), ("comedy", "comdey", True), ("drama", "dramas", True), ("comedy", "remedy", False), ("", "a", True)],
)  # fmt: skip
def test_one_letter_apart(a: str, b: str, near: bool) -> None:
    assert one_letter_apart(a, b) == near == one_letter_apart(b, a)


def test_two_letters() -> None:
    assert one_letter_apart("christopher", "cristofer", 3)
    assert not one_letter_apart("christopher", "cristofer", 2)


def test_meant_only_when_there_is_one() -> None:
    words = Typos(["horror", "thriller", "matter", "batter"])
    assert words.meant("horroe") == "horror"
    assert words.meant("thrillre") == "thriller"
    assert words.meant("latter") is None  # two words are a letter away
    assert words.meant("horror") is None  # not misspelt
    assert words.meant("nothing") is None
