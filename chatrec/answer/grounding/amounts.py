"""Whether the amounts in a sentence are those of the records: units, years, ranges, "under", "nearly", in both languages.

Knows: chatrec.language.units (the same reading that turns a person's words into wishes). Does not know: words or names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from chatrec.answer.grounding.records import Phrase, Record, phrase, split_units
from chatrec.language.common import word_set
from chatrec.language.normal import normal
from chatrec.language.units import Amount, Units
from chatrec.vocabulary import Catalog, Facet

_TODAY = date(2000, 1, 1)  # only absolute years are claims that can be checked
_RELATIVE = re.compile(
    r"\b(?:last|past|recent|ago|this|previous)\b|最近|过去|近[一二三四五六七八九十几\d]+年|今年|去年|前年|年前|这些?年"
)
_NEARLY = re.compile(
    r"(?:nearly|almost|close to|approaching|just (?:under|below|shy of)|将近|接近|快|近) ?(?:a |an )?$"
)
_JUST = re.compile(
    r"(?:just|only|barely|slightly|a little|a bit|a touch) (?:over|above|under|below|more than|less than|past|shy of) $"
)
_UP_TO = re.compile(r"(?:up to|as much as|最高|最多|高达|长达|多达) ?(?:a |an )?[$€£¥]? ?$")
_LINKS = word_set("of the a an in for at 的 大 是 为 有")
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿")
_SPREAD = 0.1  # "around": ten percent, as in a wish


@dataclass(frozen=True)
class Amounts:
    """The number facets of a catalogue, with the units in which they are said."""

    catalog: Catalog

    @cached_property
    def facets(self) -> dict[str, Facet]:
        return {f.name: f for f in self.catalog.facets if f.type == "number"}

    @cached_property
    def units(self) -> Units:
        return Units({name: unit_table(f) for name, f in self.facets.items()})

    @cached_property
    def named(self) -> dict[Phrase, set[str]]:
        """Words that name a facet of numbers or text -> those facets."""
        found: dict[Phrase, set[str]] = {}
        for facet in self.catalog.facets:
            if facet.type not in ("number", "text"):
                continue
            for table in (facet.words, {k: [v] for k, v in facet.label.items()}):
                for words in table.values():
                    for word in words:
                        if p := phrase(word):
                            found.setdefault(p, set()).add(facet.name)
        return found

    def read(self, plain: str) -> list[Amount]:
        return self.units.amounts(plain, _TODAY)

    def holds(self, amount: Amount, plain: str, before: Phrase, after: Phrase, record: Record) -> bool:
        """Whether the record backs an amount. before, after: the tokens around it, which may name a facet."""
        if _RELATIVE.search(plain[amount.start : amount.end]):
            return False
        named = self._named(before, after)
        fits = self._fits(amount, plain, plain[max(0, amount.core[0] - 24) : amount.core[0]])
        if amount.values:
            if named and not named & set(amount.values):  # "16 GB of storage", where only memory is a number of GB
                return self._in_texts(amount, plain, record, named)
            owners = set(amount.values) & named or set(amount.values)
            if any(fits(v, *amount.values[o]) for o in owners for v in _numbers(record.item.values(o))):
                return True
            if any(record.item.values(o) for o in owners):
                return False  # its facts say another amount: what its text says beside them is no proof
            return not named and self._in_texts(amount, plain, record, frozenset())
        if amount.year:
            years = [v for f in self.facets.values() if f.role == "year" for v in _numbers(record.item.values(f.name))]
            years += [float(v) for v in record.years]
            return any(fits(v, amount.low, amount.high) for v in years) or self._in_texts(amount, plain, record, named)
        for name in named & set(self.facets):
            if any(fits(v, amount.low, amount.high) for v in _numbers(record.item.values(name))):
                return self._scale_fits(self.facets[name], plain, amount)
        return self._in_texts(amount, plain, record, named)

    def _named(self, before: Phrase, after: Phrase) -> frozenset[str]:
        """The facets that the words right after a number name ("16 GB of memory"), else those before it (内存16GB)."""
        bare = tuple(t for t in after if t not in _LINKS)
        for k in range(2):
            for n in range(min(3, len(bare) - k), 0, -1):
                if found := self.named.get(bare[k : k + n]):
                    return frozenset(found)
        for k in range(len(before)):
            for n in range(min(4, len(before) - k), 0, -1):
                end = len(before) - k
                if found := self.named.get(before[end - n : end]):
                    return frozenset(found)
        return frozenset()

    @staticmethod
    def _scale_fits(facet: Facet, plain: str, amount: Amount) -> bool:
        """ "7.9 out of 10" holds only for a facet that counts to ten."""
        scale = re.match(r" ?(?:/|out of|of|分?[，,]?满分) ?(\d+)", plain[amount.core[1] :])
        return not scale or scale.group(1) in f"{facet.unit or ''} {' '.join(facet.unit_label.values())}"

    @staticmethod
    def _fits(amount: Amount, plain: str, before: str) -> Callable[[float, float, float], bool]:
        below, just, up_to = _NEARLY.search(before), _JUST.search(before), _UP_TO.search(before)

        def fits(value: float, low: float, high: float) -> bool:
            near = abs(value - low) <= _SPREAD * abs(low)
            if below:
                return near and value <= high
            if just and not near:
                return False
            if up_to:
                return value == high
            if amount.around:
                return low * (1 - _SPREAD) <= value <= high * (1 + _SPREAD)
            match amount.op:
                case "<":
                    return value < low
                case "<=":
                    return value <= high
                case ">":
                    return value > high
                case ">=":
                    return value >= low
                case "between":
                    return low <= value <= high
            return abs(value - low) < 1e-6 or _rounded(value, low, amount, plain)

        return fits

    @staticmethod
    def _in_texts(amount: Amount, plain: str, record: Record, named: frozenset[str]) -> bool:
        """The same number before the same word in the item's own texts."""
        if amount.op not in ("=",) or amount.around:
            return False
        start, end = amount.core
        need = split_units(plain[start:end])
        if not amount.values:  # a bare number counts only before the same word
            need += split_units(plain[end : end + 24])[:1]
        if len(need) < 2:
            return False
        n = len(need)
        return any(
            _alike(run[i : i + n], need) and not (i and (run[i - 1].isdigit() or run[i - 1] in _NUMERALS))
            for run in (record.runs_of(named) if named else record.runs)
            for i in range(len(run) - n + 1)
        )


def unit_table(facet: Facet) -> dict[str, float]:
    """Every way to write a facet's unit, in normal form -> factor to the canonical one."""
    table = {normal(w): f for w, f in facet.units.items()}
    for word in (facet.unit, *facet.unit_label.values()):
        if word and not word.startswith("/"):
            table.setdefault(normal(word), 1.0)
            if word.isascii() and word.isalpha() and len(word) > 3:
                table.setdefault(normal(word) + "s", 1.0)
    return {w: f for w, f in table.items() if w}


def _numbers(values: Iterable[Any]) -> list[float]:
    return [float(v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]


def _rounded(value: float, said: float, amount: Amount, plain: str) -> bool:
    """A value given with fewer decimals, rightly rounded, but with at least one: 7.94 as 7.9."""
    digits = re.search(r"\d+\.(\d+)", plain[amount.core[0] : amount.core[1]])
    return bool(digits) and not amount.values and abs(round(value, len(digits.group(1))) - said) < 1e-6  # type: ignore[union-attr]


def _alike(a: Phrase, b: Phrase) -> bool:
    """The same tokens, but for a plural at the end."""
    return a[:-1] == b[:-1] and a[-1].removesuffix("s") == b[-1].removesuffix("s")
