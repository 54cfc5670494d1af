"""Numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.language.numerals import chinese, numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两百", 200), ("五千", 5000), ("一万二", 12000), ("两百五", 250), ("一万零五", 10005), ("二零零五", 2005), ("二〇〇五", 2005), ("十", 10),
        ("十二", 12), ("九十", 90), ("三百二十万", 3_200_000), ("一百零八", 108), ("1.5万", 15000), ("5k", 5000), ("1万2", 12000), ("1万5千", 15000),
        ("3千", 3000), ("12,000", 12000), ("3 thousand", 3000), ("two hundred and fifty", 250), ("twenty five", 25), ("twenty-one", 21),
        ("five thousand two hundred", 5200), ("two thousand and five", 2005), ("nineteen ninety-five", 1995), ("a hundred", 100), ("a couple of", 2),
        ("a dozen", 12), ("hundred", 100), ("7.5", 7.5),
    ],
)  # fmt: skip
def test_one_number(text: str, value: float) -> None:
    found = numbers(text)
    assert [(n.value, text[n.start : n.end]) for n in found] == [(value, text)]


def test_a_pair_is_a_range() -> None:
    assert [(n.value, n.high) for n in numbers("五六千块")] == [(5000, 6000)]


@pytest.mark.parametrize("text", ["anyone", "mp3", "千万不要", "one two three", "no number"])
def test_no_number(text: str) -> None:
    assert numbers(text) == []


def test_several() -> None:
    assert [n.value for n in numbers("two films and 3 dogs, 四个")] == [2, 3, 4]
    assert [n.value for n in numbers("1,2,3")] == [1]  # a list of digits is no thousands


@given(st.integers(1, 99_999_999))
def test_chinese_numerals_are_read_as_they_are_written(number: int) -> None:
    assert chinese(written(number)) == number


def written(number: int) -> str:
    """A number in plain Chinese numerals."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return written(high) + "万" + (("零" if low < 1000 else "") + written(low) if low else "")
    text, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        elif text:
            gap = True
    return text


@given(st.text(alphabet="0123456789,.一二十百千万零 kand hundred", max_size=60))
def test_never_fails_and_never_overlaps(text: str) -> None:
    end = 0
    for n in numbers(text):
        assert n.start >= end
        end = n.end
