"""How two wishes on a facet stand to each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.understand.intervals import covers, loosens, opposite, together
from chatrec.vocabulary import Item, Wish
from tests.understand.catalogs import wish

NUMBERS = st.integers(0, 6)
OPS = st.sampled_from([">", ">=", "<", "<=", "="])
BOUND = st.builds(lambda op, n: wish("n", op, n), OPS, NUMBERS) | st.builds(
    lambda a, b: wish("n", "between", sorted([a, b])), NUMBERS, NUMBERS
)
NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True)
NAMED = st.builds(
    lambda op, v: wish("k", op, v if op != "contains" else v[0]), st.sampled_from(["contains", "in", "not_in"]), NAMES
)


def meets(w: Wish, value: Any) -> bool:
    return w.meets(Item(id="i", title="i", attributes={w.facet or "": value}))


@given(BOUND, BOUND)
def test_covers_means_what_meets_says(a: Wish, b: Wish) -> None:
    every = [n / 2 for n in range(-2, 16)]
    if covers(b, a):
        assert all(meets(b, n) for n in every if meets(a, n))


@given(NAMED, NAMED)
def test_covers_for_names(a: Wish, b: Wish) -> None:
    if covers(b, a):
        assert all(meets(b, v) for v in "abcd" if meets(a, v))


@given(BOUND, BOUND)
def test_together_means_that_something_meets_both(a: Wish, b: Wish) -> None:
    if opposite(a, b):
        assert together(a, b) == any(meets(a, n / 2) and meets(b, n / 2) for n in range(-2, 16))


@pytest.mark.parametrize(
    ("a", "b", "loose"),
    [
        (("year", ">=", 1980), ("year", ">=", 1990), True),
        (("year", ">=", 2000), ("year", ">=", 1990), False),
        (("year", "<", 2000), ("year", ">=", 1990), False),
        (("year", "<", 1980), ("year", ">=", 1990), True),
        (("k", "contains", "a"), ("k", "contains", "b"), False),
        (("k", "in", ["a", "b"]), ("k", "contains", "a"), True),
        (("k", "contains", "a"), ("k", "in", ["a", "b"]), False),
        (("k", "not_in", ["a"]), ("k", "contains", "b"), False),
        (("k", "not_in", ["a"]), ("k", "contains", "a"), True),
    ],
)
def test_loosens(a: tuple[str, Any, Any], b: tuple[str, Any, Any], loose: bool) -> None:
    assert loosens(wish(*a), wish(*b), many=True) == loose
    assert loosens(wish("k", "contains", "a"), wish("k", "contains", "b"), many=False)
