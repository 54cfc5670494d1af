"""The numbers of an English sentence: amounts, counts of items, ranks.

Knows: number words. Does not know: names, values.
"""

from __future__ import annotations

import re
from functools import partial

from chatrec.answer.grounding.english_sentence import EnglishSentence
from chatrec.answer.grounding.records import phrase
from chatrec.language.common import word_set
from chatrec.language.numerals import numbers

_NUMBER = frozenset({"number"})
_SCALES = ("out of ", "/", "/ ")
_ORDINAL = word_set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth twentieth thirtieth hundredth"
)
_SUPERLATIVE = word_set("best most least worst greatest finest top")
_THINGS = word_set(
    "pick picks option options choice choices suggestion suggestions title titles idea ideas of of_ very"
)


def amounts(s: EnglishSentence) -> None:
    taken: list[tuple[int, int]] = []
    plain = s.plain.replace("your ", "the  ")  # "under your 600 euros" compares too
    for amount in s.amounts.read(plain):
        start, end = s.within(*amount.core)
        if start == end or any(s.cover[start:end]):
            continue
        if not amount.values and not amount.year and s.plain[slice(*amount.core)] in ("one", "grand"):
            continue
        if s.plain.endswith(_SCALES, 0, amount.core[0]) and s.cover[max(0, start - 3) : start].count(_NUMBER):
            s.fill(start, end, _NUMBER)  # "7.9 out of 10": judged with the 7.9
            continue
        s.claim(start, end)
        before, after = s.texts[max(0, start - 5) : start], s.texts[end : end + 5]
        place = s.tokens[start].start
        if s.scope.backed(place, partial(s.amounts.holds, amount, plain, before, after)) or _counts(
            s, amount.low, start, end
        ):
            if s.negated(place) and amount.op == "=":
                raise s.refuse("negated", start, end)
        elif not (s.addressed.frees(start) and amount.low in s.spoken.numbers):
            raise s.refuse("number", start, end)
        s.fill(start, end, _NUMBER)
        taken.append(amount.core)
    _leftover_numbers(s)


def _counts(s: EnglishSentence, value: float, start: int, end: int) -> bool:
    """ "three films", "all three": the number of items the sentence speaks of."""
    if value != len(s.records) or value < 2:
        return False
    nouns = {t for words in s.terms.catalog.noun.values() for w in words for t in phrase(w)} | _THINGS
    before, after = s.texts[max(0, start - 2) : start], s.texts[end : end + 3]
    return bool(set(before) & {"all", "these", "those", "the"} or set(after) & nouns)


def _leftover_numbers(s: EnglishSentence) -> None:
    allowed = [m.span() for m in s.words.ordinals.finditer(s.plain)]
    best = [m.span() for m in s.words.superlatives.finditer(s.plain)]
    spelled = [(n.start, n.end) for n in numbers(s.plain)]
    for i, token in enumerate(s.tokens):
        if s.cover[i] is not None:
            continue
        inside = token.start
        if token.text in _ORDINAL or re.fullmatch(r"\d+(?:st|nd|rd|th)", token.text):
            if not any(a <= inside < b for a, b in allowed) and not _in_records(s, i, i + 2):
                raise s.refuse("rank", i, i + 1)
            s.fill(i, i + 1, frozenset({"free"}))
        elif token.text in _SUPERLATIVE:
            if not any(a <= inside < b for a, b in best):
                raise s.refuse("rank", i, i + 1)
            s.fill(i, i + 1, frozenset({"free"}))
        elif any(c.isdigit() for c in token.text):
            if not _in_records(s, i, i + 1):
                raise s.refuse("number", i, i + 1)
            s.claim(i, i + 1)
            s.fill(i, i + 1, _NUMBER)
        elif token.text not in ("one", "grand", "a") and any(a <= inside < b for a, b in spelled):
            raise s.refuse("number", i, i + 1)


def _in_records(s: EnglishSentence, start: int, end: int) -> bool:
    run = s.texts[start:end]
    return any(
        run == words[i : i + len(run)]
        for r in s.scope.at(s.tokens[start].start)
        for words in (*r.runs, *(name for name, _ in r.names))
        for i in range(len(words) - len(run) + 1)
    )
