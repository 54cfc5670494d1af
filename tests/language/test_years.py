"""Spans of years, counted from a fixed day."""

from __future__ import annotations

from datetime import date

import pytest

from chatrec.language.years import spans

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "low", "high", "op"),
    [
        ("the 90s", 1990, 1999, ""), ("1990's", 1990, 1999, ""), ("the nineties", 1990, 1999, ""), ("2000s", 2000, 2009, ""), ("the 00s", 2000, 2009, ""),
        ("the 2010s", 2010, 2019, ""), ("early 90s", 1990, 1993, ""), ("mid-80s", 1984, 1986, ""), ("late nineties", 1997, 1999, ""),
        ("90年代", 1990, 1999, ""), ("九十年代", 1990, 1999, ""), ("上世纪80年代", 1980, 1989, ""), ("20世纪九十年代", 1990, 1999, ""), ("2010年代", 2010, 2019, ""),
        ("九十年代末", 1997, 1999, ""), ("七八十年代", 1970, 1989, ""), ("20th century", 1900, 1999, ""), ("this century", 2000, 2099, ">="),
        ("二十一世纪", 2000, 2099, ">="), ("last ten years", 2016, 2026, ">="), ("the past 5 years", 2021, 2026, ">="), ("the last decade", 2016, 2026, ">="),
        ("recent years", 2021, 2026, ">="), ("近十年", 2016, 2026, ">="), ("最近五年", 2021, 2026, ">="), ("近几年", 2021, 2026, ">="), ("last year", 2025, 2025, ""),
        ("this year", 2026, 2026, ""), ("去年", 2025, 2025, ""), ("今年", 2026, 2026, ""), ("前年", 2024, 2024, ""), ("three years ago", 2023, 2023, ""),
        ("十年前", 2016, 2016, ""), ("98年", 1998, 1998, ""), ("05年", 2005, 2005, ""), ("2005年", 2005, 2005, ""), ("二零零五年", 2005, 2005, ""),
    ],
)  # fmt: skip
def test_spans(text: str, low: int, high: int, op: str) -> None:
    assert [(s.low, s.high, s.op) for s in spans(text, TODAY)] == [(low, high, op)]


@pytest.mark.parametrize("text", ["a man in his 30s", "10 years old", "每年", "第二年", "year", "90s" * 0])
def test_no_span(text: str) -> None:
    assert spans(text, TODAY) == []
