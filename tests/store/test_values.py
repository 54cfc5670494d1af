"""How a value is written down, and read back."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.store.values import LONGEST_KEY, key_of, number_of, value_of


def test_keys_are_normal_forms() -> None:
    assert key_of("Amélie’s  ＣＡＦÉ") == "amelie's cafe"
    assert key_of(7) == "7"
    assert key_of(7.0) == "7.0"
    assert key_of(True) == "true"


def test_long_texts_have_short_keys_of_their_own() -> None:
    long = ["x" * LONGEST_KEY, "x" * (LONGEST_KEY + 1), "x" * 500, "x" * 499 + "y", "龘" * 500]
    keys = [key_of(text) for text in long]
    assert len(set(keys)) == len(long)
    assert all(len(key) <= LONGEST_KEY for key in keys)
    assert key_of("X" * 500) == key_of("x" * 500)


@pytest.mark.parametrize("value", [7, 7.5, -3, True, False, "true", "7", "Red", "x" * 400, "电影", 2**53, 1e300])
def test_a_value_comes_back(value: Any) -> None:
    key, number = key_of(value), number_of(value)
    text = None if number is not None or key == value else value
    back = value_of(key, number, text)
    assert back == value
    assert isinstance(back, str) == isinstance(value, str)
    assert isinstance(back, bool) == isinstance(value, bool)
