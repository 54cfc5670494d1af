"""Amounts: units, ranges, bounds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.language.units import Units

TODAY = date(2026, 11, 22)
UNITS = Units(
    {
        "runtime": {"minute": 1, "minutes": 1, "min": 1, "m": 1, "hour": 60, "hours": 60, "h": 60, "分钟": 1, "分": 1, "小时": 60},
        "price": {"$": 1, "dollars": 1, "元": 1, "块": 1, "块钱": 1},
        "rating": {"分": 1},
        "screen": {"inch": 1, "inches": 1, '"': 1, "寸": 1},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "op", "values"),
    [
        ("5000到7000块", "between", {"price": (5000, 7000)}), ("between 90 and 120 minutes", "between", {"runtime": (90, 120)}),
        ("90-120 min", "between", {"runtime": (90, 120)}), ("2 to 3 hours", "between", {"runtime": (120, 180)}), ("$500-$700", "between", {"price": (500, 700)}),
        ("五六千块", "between", {"price": (5000, 6000)}), ("2、3小时", "between", {"runtime": (120, 180)}), ("5-7k", "between", {}),
        ("under two hours", "<", {"runtime": (120, 120)}), ("两小时以内", "<=", {"runtime": (120, 120)}), ("不超过5000元", "<=", {"price": (5000, 5000)}),
        ("不到5000元", "<", {"price": (5000, 5000)}), ("至少8分", ">=", {"runtime": (8, 8), "rating": (8, 8)}), ("8分以上", ">=", {"runtime": (8, 8), "rating": (8, 8)}),
        ("at most 100 minutes", "<=", {"runtime": (100, 100)}), ("not over 2 hours", "<=", {"runtime": (120, 120)}), ("no less than $50", ">=", {"price": (50, 50)}),
        ("nothing over two hours", "<=", {"runtime": (120, 120)}), ("90 minutes or less", "<=", {"runtime": (90, 90)}), ("90 minutes max", "<=", {"runtime": (90, 90)}),
        ("two and a half hours", "=", {"runtime": (150, 150)}), ("half an hour", "=", {"runtime": (30, 30)}), ("半小时", "=", {"runtime": (30, 30)}),
        ("两个半小时", "=", {"runtime": (150, 150)}), ("2 hours 10 minutes", "=", {"runtime": (130, 130)}), ("1h45m", "=", {"runtime": (105, 105)}),
        ("2小时10分钟", "=", {"runtime": (130, 130)}), ("an hour and a half", "=", {"runtime": (90, 90)}), ("under an hour", "<", {"runtime": (60, 60)}),
        ("$1,200", "=", {"price": (1200, 1200)}), ("500$", "=", {"price": (500, 500)}), ('15.6"', "=", {"screen": (15.6, 15.6)}), ("15-inch", "=", {"screen": (15, 15)}),
        ("after 2005", ">", {}), ("since 2005", ">=", {}), ("pre-2000", "<", {}), ("2005年以后", ">", {}), ("80年代以前", "<", {}), ("over the last ten years", ">=", {}),
    ],
)  # fmt: skip
def test_one_amount(text: str, op: str, values: dict[str, Any]) -> None:
    found = UNITS.amounts(text, TODAY)
    assert [(a.op, dict(a.values)) for a in found] == [(op, values)]
    assert text[found[0].start : found[0].end] == text


def test_around_and_exact() -> None:
    assert UNITS.amounts("around 6000", TODAY)[0].around
    assert UNITS.amounts("6000左右", TODAY)[0].around
    assert UNITS.amounts("exactly 8", TODAY)[0].exact
    assert not UNITS.amounts("6000", TODAY)[0].around


def test_years_are_told_from_other_numbers() -> None:
    assert [a.year for a in UNITS.amounts("1994, $1994, 1,994, 94", TODAY)] == [True, False, False, False]


def test_an_article_alone_is_no_amount() -> None:
    assert UNITS.amounts("wait an hour", TODAY) == []


def test_no_units_at_all() -> None:
    assert [(a.op, a.low, a.high) for a in Units({}).amounts("between 3 and 5", TODAY)] == [("between", 3, 5)]


@given(st.text(alphabet="0123456789 -$.分小时两个半到以内下间 between and under hours or less 90s年代", max_size=80))
def test_never_fails_and_never_overlaps(text: str) -> None:
    end = 0
    for amount in UNITS.amounts(text, TODAY):
        assert amount.low <= amount.high
        assert amount.core[0] >= end
        end = amount.core[1]
