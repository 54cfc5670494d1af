"""The numbers of a Chinese sentence: digits and numerals, with units, measure words, and none in idioms.

Knows: numerals. Does not know: names, values.
"""

from __future__ import annotations

from functools import partial

from chatrec.answer.grounding.chinese_sentence import LATIN, ChineseSentence
from chatrec.language.numerals import numbers
from chatrec.language.tokens import Utterance

_NAME_TAGS = ("nr", "ns", "nt", "nz")
_IDIOM_TAGS = ("i", "l", "a", "d", "z", "b", "v", "n", "c", "r", "f", "u", "y")
_MEASURES = "部个款台种本道首件样家杯套张位篇"


def amounts(s: ChineseSentence) -> None:
    if not any(c.isdigit() or c in "零〇一二两三四五六七八九十百千万亿半" for c in s.plain):
        return
    tokens = Utterance.of(s.plain).tokens
    idioms = _idioms(s)
    for amount in s.amounts.read(s.plain):
        start, end = amount.core
        every = s.plain[:start].endswith("每") or any(a <= start and end <= b and b - a > 2 for a, b in idioms)
        if s.taken(start, end) or (
            not amount.year and (every or not amount.values) and _harmless(s, start, end, idioms)
        ):
            continue
        s.claim(start, end)
        before = tuple(t.text for t in tokens if start - 8 <= t.start < start)
        after = tuple(t.text for t in tokens if end <= t.start < end + 8)
        if s.scope.backed(start, partial(s.amounts.holds, amount, s.plain, before, after)) or _counts(
            s, amount.low, start, end
        ):
            if s.negated(start) and amount.op == "=":
                raise s.refuse("negated", start, end)
        elif not (s.frees(start) and amount.low in s.spoken.numbers):
            raise s.refuse("number", start, end)
        s.fill(start, end, frozenset({"number"}))
    for number in numbers(s.plain):
        if not s.taken(number.start, number.end) and not _harmless(s, number.start, number.end, idioms):
            raise s.refuse("number", number.start, number.end)
    for at, c in enumerate(s.plain):
        if c.isdigit() and s.cover[at] is None and not _in_latin(s, at):
            raise s.refuse("number", at, at + 1)


def _in_latin(s: ChineseSentence, at: int) -> bool:
    return any(m.start() <= at < m.end() for m in LATIN.finditer(s.plain))


def _idioms(s: ChineseSentence) -> list[tuple[int, int]]:
    """Words of the dictionary that hold a numeral without counting anything: 十足, 三言两语."""
    found, place = [], 0
    for word, tag in s.words.jieba.tag(s.plain):
        if len(word) > 1 and tag[0] in _IDIOM_TAGS and not tag.startswith(_NAME_TAGS) and s.words.jieba.has_word(word):
            found.append((place, place + len(word)))
        place += len(word)
    return found


def _harmless(s: ChineseSentence, start: int, end: int, idioms: list[tuple[int, int]]) -> bool:
    before = s.plain[:start]
    if before.endswith("第"):
        return bool(s.words.pattern("ordinals").match(s.plain[start - 1 :]))
    if any(a <= start and end <= b for a, b in idioms) and not s.plain[start].isdigit():
        return True
    if s.plain[start] == "一" and (end == start + 1 or before.endswith("每")):
        return before.endswith("每") or bool(s.words.pattern("articles").match(s.plain[start:]))
    return (
        s.plain[start:end] in ("两", "半")
        and s.plain[start - 1 : start] in ("一", "大", "小", "多", "过")
        and start > 0
    )


def _counts(s: ChineseSentence, value: float, start: int, end: int) -> bool:
    return value == len(s.records) >= 2 and s.plain[end : end + 1] in _MEASURES
