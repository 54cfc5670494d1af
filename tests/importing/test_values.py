"""Cells as people write them: numbers, units, dates, lists, addresses; and what is no value at all."""

from __future__ import annotations

import pytest

from chatrec.importing import values as v
from chatrec.importing.known import unit_of


@pytest.mark.parametrize(
    ("cell", "numbers", "unit"),
    [
        ("5,000", (5000,), ""),
        ("1.5kg", (1.5,), "kg"),
        ("$1,299.00", (1299,), "$"),
        ("US$ 12.50", (12.5,), "US$"),
        ("50-100元", (50, 100), "元"),
        ("约50元起", (50,), "元"),
        ("100元/人", (100,), "元"),
        ("12小时 - 3天", (0.5, 3), "天"),
        ("5 - 7 days", (5, 7), "days"),
        ("20-20元", (20,), "元"),
        ("1h 30min", (90,), "min"),
        ("2小时5分钟", (125,), "min"),
        ("PT1H20M", (80,), "min"),
        ("4.5/5", (4.5,), ""),
        ("1.2万", (12000,), ""),
        ("3k", (3000,), ""),
        ("★★★★", (4,), ""),
        ("free", (0,), ""),
        ("免费", (0,), ""),
        ("1.299,00", (1299,), ""),
        ("1\u00a0299,00 €", (1299,), "€"),
        ('15.6"', (15.6,), '"'),
        ("-5", (-5,), ""),
        ("9.78e+12", (9.78e12,), ""),
        (7, (7,), ""),
    ],
)
def test_numbers_as_they_are_written(cell, numbers, unit):
    found = v.quantity(cell)
    assert found is not None
    assert (found.numbers, found.unit) == (numbers, unit)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "0042",
        "010-66181705",
        "5:30-21:00",
        "Windows 10",
        "2 x 3",
        "10-5",
        True,
        "1/2",
        "a" * 500,
        "9" * 400,
        float("inf"),
    ],
)
def test_what_is_no_number(cell):
    assert v.quantity(cell) is None


def test_a_column_of_decimal_commas_is_seen_as_a_whole():
    column = ["1.299", "12,50", "899,99", "7,5"]
    assert v.writes_comma_decimals(column)
    assert v.quantity("1.299", comma_decimal=True).numbers == (1299,)
    assert not v.writes_comma_decimals(["1,299.00", "12.50", "5,000"])


def test_units_of_a_family_turn_into_each_other():
    kg = unit_of("kg")
    assert v.unit_words(kg)["g"] == 0.001
    assert v.unit_words(kg)["斤"] == 0.5
    assert unit_of("m", prefer="time").name == "min"
    assert unit_of("pounds", prefer="money").name == "£"
    assert unit_of("pounds").name == "lb"


@pytest.mark.parametrize(
    ("cell", "iso"),
    [
        ("2020-01-05", "2020-01-05"),
        ("2020/1/5", "2020-01-05"),
        ("2020年1月5日", "2020-01-05"),
        ("2020年5月", "2020-05-01"),
        ("5.1.2020", "2020-01-05"),
        ("Jan 5, 2020", "2020-01-05"),
        ("5 January 2020", "2020-01-05"),
        ("2020-01-05T10:00:00Z", "2020-01-05"),
        ("2020-13-01", None),
        ("30/02/2020", None),
        ("soon", None),
        (2020, None),
    ],
)
def test_dates(cell, iso):
    assert v.date(cell) == iso


def test_month_first_where_a_column_shows_it():
    assert v.writes_month_first(["01/02/2020", "03/25/2020"])
    assert not v.writes_month_first(["01/02/2020", "25/03/2020"])
    assert v.date("03/04/2020", day_first=False) == "2020-03-04"


def test_yes_and_no():
    assert [v.yes_no(c) for c in ("Yes", "否", "有", True, "maybe", "1")] == [True, False, True, True, None, None]
    assert v.yes_no("1", digits=True) is True


def test_lists_are_split_cleaned_and_each_value_once():
    assert v.split("Action|Drama | action||", "|") == ["Action", "Drama"]
    assert v.split("花香、果香、花香", "、") == ["花香", "果香"]
    assert v.split("甜，咸,辣", ",") == ["甜", "咸", "辣"]
    assert v.split("24/7 / day", "/") == ["24/7", "day"]
    assert v.split([{"name": "洋葱"}, {"step": 1}, "盐", None], None) == ["洋葱", "盐"]
    assert len(v.split([str(n) for n in range(5000)], None)) == v.MOST_LIST


def test_text_is_cleaned_and_capped():
    assert v.clean("a\x00b\x1b[31m\u202ec  d\n", 50) == "ab[31mc d"
    assert v.clean("<p>Tom &amp; Jerry</p><script>x</script>", 50) == "Tom & Jerry x"
    assert v.clean("one\n\n\n two", 50, lines=True) == "one\n\ntwo"
    assert v.clean("x" * 10_000_000, 20) == "x" * 19 + "…"
    assert v.clean(7.0, 20) == "7"


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("https://a.example/b.jpg?c=1", True),
        ("//cdn.example/x.png", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("https://user:pass@a.example/", False),
        ("https://a.example/\"onerror='x'", False),
        ("https://a.example/ b", False),
        ("ht\x00tps://a.example/", False),
        ("https://", False),
        ("https://a.example/" + "x" * 3000, False),
        (12, False),
        (["https://a.example/1.jpg", "javascript:x"], True),
    ],
)
def test_only_web_addresses_are_kept(cell, kept):
    assert bool(v.web_address(cell)) is kept


def test_missing_is_not_the_same_as_being_called_none():
    assert all(v.missing(c) for c in (None, "", " n/a ", "NULL", "暂无", [], float("nan")))
    assert not v.missing("无")
    assert v.missing("None")
    assert not v.blank("None")
