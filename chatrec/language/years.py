"""Spans of years in running text: "the 90s", 八十年代, "last ten years", 去年, 98年.

Knows: the calendar and how people shorten it. Does not know: what has a year. Works on `Utterance.plain`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chatrec.language.numerals import chinese, numbers

_DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90, "noughties": 0, "aughts": 0,
}  # fmt: skip
_ZH_TENS = {"零": 0, "〇": 0, "一": 10, "二": 20, "三": 30, "四": 40, "五": 50, "六": 60, "七": 70, "八": 80, "九": 90}
_THIS_CENTURY = ("20", "二零", "二〇", "本", "二十一", "21", "新")
_FEW = 5  # years in "recent years", "近几年"
# What part of a decade is meant, by the first letters of the word.
_PARTS = {
    "early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (7, 9), "latter": (5, 9),
    "初": (0, 3), "早": (0, 3), "中": (4, 6), "末": (7, 9), "晚": (7, 9), "后": (5, 9),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """Years from low to high. op: ">=" for "last ten years", "this century"; "" for the span itself. short: no century said."""

    start: int
    end: int
    low: int
    high: int
    op: str = ""
    short: bool = False


def spans(plain: str, today: date) -> list[Span]:
    """All spans of years, from left to right, none overlapping. today: what "last year" counts from."""
    found: list[Span] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(plain):
            if (span := read(match, today.year)) is not None:
                found.append(span)
    found.sort(key=lambda s: (s.start, -s.end))
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _decade(match: re.Match[str], _now: int) -> Span | None:
    if _AGE.search(match.string, max(0, match.start() - 14), match.start()):
        return None
    ten = int(match["ten"]) if match["ten"] else _DECADES[match["word"]]
    low = int(match["century"]) * 100 + ten if match["century"] else _near(ten)
    first, last = _PARTS.get(match["part"] or "", (0, 9))
    return Span(*match.span(), low + first, low + last, short=not match["century"])


def _zh_decade(match: re.Match[str], _now: int) -> Span:
    text, century = match["ten"], match["century"] or ""
    ten = int(text) if text.isdigit() and text.isascii() else _ZH_TENS[text[0]]
    low = (
        _near(ten)
        if not century
        else ten + (2000 if century.startswith(_THIS_CENTURY) and century != "20世纪" else 1900)
    )
    first, last = _PARTS.get((match["part"] or "")[:1], (0, 9))
    return Span(*match.span(), low + first, low + last, short=not century)


def _zh_two_decades(match: re.Match[str], _now: int) -> Span:
    return Span(*match.span(), 1900 + _ZH_TENS[match["one"]], 1909 + _ZH_TENS[match["two"]])


def _zh_short_years(match: re.Match[str], _now: int) -> Span:
    """22年到23年: two years without their century."""
    one, two = _full(int(match["one"])), _full(int(match["two"]))
    return Span(*match.span(), min(one, two), max(one, two))


def _century(match: re.Match[str], now: int) -> Span:
    said = match.group()
    if nth := match["nth"]:
        low = (int(nth) - 1) * 100
    else:
        low = 2000 if said.startswith(("this", "本", "新", "21", "二十一")) else 1900
    return Span(*match.span(), low, low + 99, op=">=" if low + 99 >= now else "")


def _lately(match: re.Match[str], now: int) -> Span | None:
    said, unit = match["n"], match["unit"]
    if said is None and unit == "year":
        return Span(*match.span(), now - 1, now - 1)
    if said is None:
        n: int | None = 1 if unit == "decade" else _FEW
    else:
        n = {"few": _FEW, "several": _FEW, "couple": 2, "couple of": 2}.get(said) or _number(said)
    return Span(*match.span(), now - n * (10 if unit.startswith("decade") else 1), now, op=">=") if n else None


def _zh_lately(match: re.Match[str], now: int) -> Span | None:
    said = match["n"]
    n = _FEW if said in (None, "几") else _number(said)
    return Span(*match.span(), now - n, now, op=">=") if n else None


def _this(match: re.Match[str], now: int) -> Span:
    said = match.group()
    if said == "this decade":
        return Span(*match.span(), now - now % 10, now, op=">=")
    year = now - {"去年": 1, "前年": 2}.get(said, 0)
    return Span(*match.span(), year, year)


def _ago(match: re.Match[str], now: int) -> Span | None:
    n = _number(match["n"])
    if n is None:
        return None
    if len(match["n"]) == 2 and n >= 60 and not match["n"].isalpha():  # 95年前: before 1995
        return Span(match.start(), match.start() + 3, _full(n), _full(n))
    return Span(*match.span(), now - n, now - n)


def _year(match: re.Match[str], _now: int) -> Span:
    year = _number(match["year"]) or 0
    year = year if len(match["year"]) == 4 else _full(year)
    return Span(*match.span(), year, year)


_AGE = re.compile(r"\b(?:my|his|her|their|your|our)(?: (?:early|mid|late))? $")
_ZH_N = r"\d{1,2}|[一二三四五六七八九十两]{1,3}"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], Span | None]], ...] = (
    (
        re.compile(
            r"(?:\bthe )?(?:\b(?P<part>early|mid|middle|late|latter)[ -](?:the )?)?"
            r"(?:(?<![\d$€£¥.,a-z])'?(?P<century>1[89]|20)?(?P<ten>\d0)'?s(?![a-z])|\b(?P<word>"
            + "|".join(_DECADES)
            + r")\b)"
        ),
        _decade,
    ),
    (
        re.compile(
            r"(?P<century>上个?世纪|二十世纪|20世纪|本世纪|二十一世纪|21世纪|19|20|一九|二零|二〇)?"
            r"(?P<ten>\d0|[二三四五六七八九]十|[一二三四五六七八九零〇][零〇])年代(?:的?(?P<part>初期?|早期|中期|末期?|后期|晚期))?"
        ),
        _zh_decade,
    ),
    (re.compile(r"(?P<one>[二三四五六七八])(?P<two>[三四五六七八九])十年代"), _zh_two_decades),
    (
        re.compile(r"(?<!\d)(?P<one>\d\d)年?(?:到|至|-|~)(?P<two>\d\d)年(?=的|款|出|上|发|之间|$|[，。,. ])"),
        _zh_short_years,
    ),
    (
        re.compile(
            r"\b(?:the )?(?P<nth>1[89]|2[01])(?:th|st)[ -]century\b|\b(?:this|last) century\b"
            r"|(?:二十一世纪|21世纪|新世纪|本世纪|上个?世纪|二十世纪|20世纪)(?!.{1,3}年代)"
        ),
        _century,
    ),
    (
        re.compile(
            r"\b(?:in |from |within |over |during |of )?(?:the |these )?(?:last|past|recent|previous) "
            r"(?:(?P<n>\d{1,3}|couple(?: of)?|[a-z]{3,12}(?:-[a-z]{3,6})?) )?(?P<unit>years?|decades?)\b"
        ),
        _lately,
    ),
    (
        re.compile(rf"(?:最近|近|过去|这)的?(?:(?P<n>{_ZH_N}|几)年(?:之?内|以?来|间|里)?|些年来?|(?<!这)年来?)"),
        _zh_lately,
    ),
    (re.compile(r"\bthis (?:year|decade)\b|今年|去年|前年"), _this),
    (re.compile(r"(?<![\w\d])'(?P<year>\d\d)(?![\w']|\.\d)"), _year),
    (re.compile(r"\b(?P<n>\d{1,2}|[a-z]{3,12}(?:-[a-z]{3,6})?) years? (?:ago|back)\b"), _ago),
    (re.compile(rf"(?P<n>{_ZH_N})年(?:以|之)?前"), _ago),
    (
        re.compile(
            r"(?<![\d零〇一二三四五六七八九十近去每几第两])(?P<year>(?:1[89]|20)\d\d|[一二][九零〇][零〇一二三四五六七八九]{2})年(?!代)"
        ),
        _year,
    ),
    (
        re.compile(
            r"(?<![\d零〇一二三四五六七八九十近去每几第两])(?:(?P<year>0\d|[3-9]\d|[零〇三四五六七八九][零〇一二三四五六七八九])年(?![代龄级前]))"
        ),
        _year,
    ),
)


def _near(ten: int) -> int:
    """The decade meant by two digits: the 00s and 10s are this century's."""
    return (2000 if ten < 20 else 1900) + ten


def _full(value: int) -> int:
    return value + (2000 if value <= 30 else 1900)


def _number(text: str) -> int | None:
    if text.isdigit() and text.isascii():
        return int(text)
    if not text.isascii():
        value = chinese(text)
        return None if value is None else int(value)
    found = numbers(text)
    return int(found[0].value) if found and found[0].end == len(text) else None
