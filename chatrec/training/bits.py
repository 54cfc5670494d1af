"""One wish with the words that say it: the pieces of which a request is composed.

Knows: facets, how values and amounts are said, what the planner is to write for them. Does not know: whole messages.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatrec.evaluation.understanding.labels import Gold
from chatrec.training.ground import TrainingGround
from chatrec.training.phrases import Bank, part_of
from chatrec.understand.plan import LISTED, LONGEST, Planned, plan_facets_of
from chatrec.vocabulary import Facet, Wish

_SIGN_OF = {"most": "<=", "least": ">=", "about": "~", "exact": ""}
_EN_NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_ZH_DIGITS = "零一二三四五六七八九"
_SIGNS = "$€£¥₹"


@dataclass(frozen=True)
class Bit:
    """pre: said before the noun; post: after it (one of them may be empty). gold: the canonical wish; None where there is none that is sure."""

    facet: str
    pre: str
    post: str
    planned: Planned
    gold: Gold | None = None
    value: str = ""  # the value alone, as it is said

    def softened(self, bank: Bank, rng: random.Random) -> Bit:
        """The same, put off: the person would do without."""
        if self.facet == "like":
            return self  # likeness is never more than soft
        said = self.post or self.pre
        gold = self.gold.model_copy(update={"hard": False}) if self.gold else None
        post = bank.one("soft", rng).replace("{x}", said)
        return replace(
            self,
            pre="",
            post=post,
            planned=replace(self.planned, soft=self.planned.sign not in ("low", "high")),
            gold=gold,
        )


def wish_of(bit: Bit) -> Wish | None:
    """The wish as a ledger would hold it."""
    if bit.gold is None:
        return None
    return Wish(facet=bit.gold.facet, op=bit.gold.op, value=bit.gold.value, hard=bit.gold.hard is not False)


class Bits:
    """Makes bits over some facets of a ground."""

    def __init__(
        self, ground: TrainingGround, bank: Bank, rng: random.Random, facets: Sequence[Facet] | None = None
    ) -> None:
        self._ground, self._bank, self._rng = ground, bank, rng
        self._language = bank.language
        self.facets = [f for f in (facets or plan_facets_of(ground.catalog)) if self._sayable(f)]

    def _sayable(self, facet: Facet) -> bool:
        if facet.type == "category":
            return bool(facet.values or self._ground.names.get(facet.name))
        return facet.type == "bool" or facet.name in self._ground.ranges

    def some(self, most: int) -> list[Bit]:
        """One to `most` bits on different facets."""
        many = min(self._rng.choices((1, 2, 3, 4), (5, 4, 2, 0.6))[0], most, len(self.facets) + 1)
        chosen = self._rng.sample(self.facets, min(many, len(self.facets)))
        bits = [b for f in chosen if (b := self.of(f))]
        if self._rng.random() < 0.1 and len(bits) < most:
            bits.append(self.like())
        return [b.softened(self._bank, self._rng) if self._rng.random() < 0.09 else b for b in bits]

    def of(self, facet: Facet) -> Bit | None:
        if facet.type == "bool":
            return self._bool(facet)
        if facet.type == "number":
            return self._year(facet) if facet.role == "year" else self._number(facet)
        return self._category(facet)

    def title(self) -> str:
        titles = self._ground.titles[self._language]
        return self._rng.choice([t for t in titles if part_of(t) == self._bank.part] or titles)

    def like(self) -> Bit:
        refused = self._rng.random() < 0.2
        title = self.title()
        post = self._bank.one("not_like" if refused else "like", self._rng).replace("{title}", title)
        return Bit("like", "", post, Planned("like", title[:LONGEST], refused=refused), value=title)

    # ------------------------------------------------------------------ names

    def said_value(self, facet: Facet) -> tuple[str, str]:
        """(a value of this facet, a word for it)."""
        rng, language = self._rng, self._language
        if not facet.values:
            name = rng.choice(self._mine(self._ground.names[facet.name], key=lambda n: n["en"]))
            return name["en"], name[language]
        value = rng.choice(list(facet.values))
        words = facet.values[value].get(language) or [value]
        word = words[0] if rng.random() < 0.6 else rng.choice(self._mine(words))
        return value, value if language == "zh" and rng.random() < 0.04 else word

    def _mine(self, values: Sequence[Any], key: Any = str) -> Sequence[Any]:
        return [v for v in values if part_of(key(v)) == self._bank.part] or values

    def _category(self, facet: Facet) -> Bit | None:
        rng, bank = self._rng, self._bank
        value, word = self.said_value(facet)
        listed = bool(facet.values) and len(facet.values) <= LISTED
        # a word is written down as the value it means where the prompt lists it; a Chinese word is copied: code knows it
        shown = value if listed and self._language == "en" else word
        op = "contains" if facet.many else "="
        if facet.role == "person":
            refused = rng.random() < 0.15
            text = bank.one("person_not" if refused else "person", rng)
            text = text.replace("{name}", word).replace("{facet}", self._label(facet))
            gold = Gold(facet=facet.name, op="not_in" if refused else op, value=[value] if refused else value)  # type: ignore[arg-type]
            return Bit(facet.name, "", text, Planned(facet.name, word[:LONGEST], refused=refused), gold, word)
        chance = rng.random()
        hints = self._mine(self._ground.hints.get((facet.name, value), {}).get(self._language) or [])
        if hints and chance < 0.42:
            hint = rng.choice(hints)
            planned = Planned(facet.name, value)
            gold = Gold(facet=facet.name, op=op, value=value)  # type: ignore[arg-type]
            if self._language == "zh":
                hint += "的" if not hint.endswith("的") else ""
                return Bit(facet.name, hint, "" if rng.random() < 0.5 else hint, planned, gold, hint)
            return Bit(facet.name, "", hint, planned, gold, hint)
        if chance < 0.56:
            text = bank.one("category_not", rng).replace("{value}", word)
            gold = Gold(facet=facet.name, op="not_in", value=[value])
            return Bit(facet.name, "", text, Planned(facet.name, shown, refused=True), gold, word)
        if chance < 0.64 and facet.values:
            value2, word2 = self.said_value(facet)
            if value2 == value:
                return None
            text = bank.one("category_or", rng).replace("{value2}", word2).replace("{value}", word)
            shown2 = value2 if listed and self._language == "en" else word2
            gold = Gold(facet=facet.name, op="in", value=[value, value2])
            return Bit(facet.name, "", text, Planned(facet.name, f"{shown} or {shown2}"), gold, word)
        gold = Gold(facet=facet.name, op=op, value=value)  # type: ignore[arg-type]
        planned = Planned(facet.name, shown[:LONGEST])
        if chance < 0.85:
            pre = word + "的" if self._language == "zh" and rng.random() < 0.5 else word
            return Bit(facet.name, pre, "", planned, gold, word)
        section = "category_facet" if chance < 0.92 else "category"
        text = bank.one(section, rng).replace("{value}", word).replace("{facet}", self._label(facet))
        return Bit(facet.name, "", text, planned, gold, word)

    def _label(self, facet: Facet) -> str:
        words = [facet.label_in(self._language), *facet.words.get(self._language, [])]
        return words[0] if self._rng.random() < 0.6 else self._rng.choice(words)

    label = _label

    def _bool(self, facet: Facet) -> Bit:
        rng = self._rng
        hints = self._mine(self._ground.hints.get((facet.name, True), {}).get(self._language) or [])
        gold = Gold(facet=facet.name, op="=", value=True)
        if hints and rng.random() < 0.4:
            hint = rng.choice(hints)
            if self._language == "zh":
                hint += "的" if not hint.endswith("的") else ""
            return Bit(facet.name, "", hint, Planned(facet.name, "yes"), gold, hint)
        refused = rng.random() < 0.2
        word = self._label(facet)
        text = self._bank.one("no" if refused else "yes", rng).replace("{label}", word)
        if refused:
            gold = Gold(facet=facet.name, op="not_in", value=[True])
        return Bit(facet.name, "", text, Planned(facet.name, "no" if refused else "yes"), gold, word)

    # ------------------------------------------------------------------ amounts

    def _number(self, facet: Facet) -> Bit:
        rng, bank = self._rng, self._bank
        low, high = self._ground.ranges[facet.name]
        chance = rng.random()
        ends = [
            (e, w) for e in ("low", "high") if (w := self._ground.hints.get((facet.name, e), {}).get(self._language))
        ]
        if ends and chance < 0.16:
            end, words = rng.choice(ends)
            hint = rng.choice(self._mine(words))
            if self._language == "zh" and not hint.endswith("的"):
                hint += "的"
            return Bit(facet.name, "", hint, Planned(facet.name, "", sign=end), value=hint)
        if chance < 0.26 and (facet.more or facet.less):
            end = rng.choice(
                [e for e, w in (("low", facet.less), ("high", facet.more)) if w.get(self._language)] or ["low"]
            )
            trends = (facet.less if end == "low" else facet.more).get(self._language)
            if trends:
                text = bank.one("sort", rng).replace("{more}", rng.choice(trends))
                return Bit(facet.name, "", text, Planned(facet.name, "", sign=end), value=text)
        if chance < 0.40:
            a, b = sorted((self._round(low, high), self._round(low, high)))
            if a != b:
                said_a, said_b = self._amount(facet, a), self._amount(facet, b)
                text = bank.one("between", rng).replace("{a}", said_a).replace("{b}", said_b)
                both = Gold(facet=facet.name, op="between", value=[a, b])
                planned = Planned(facet.name, f"{said_a} .. {said_b}", sign="range")
                return Bit(facet.name, "", self._named(facet, text), planned, both, text)
        section = rng.choices(("most", "least", "about", "exact"), (6, 3, 1, 0.6))[0]
        n = self._round(low, high)
        said = self._amount(facet, n)
        text = bank.one(section, rng).replace("{n}", said)
        gold = None if section == "about" else Gold(facet=facet.name, op=_SIGN_OF[section] or "=", value=n)  # type: ignore[arg-type]
        return Bit(
            facet.name, "", self._named(facet, text), Planned(facet.name, said, sign=_SIGN_OF[section]), gold, said
        )

    def _named(self, facet: Facet, amount: str) -> str:
        """With the facet's name where the unit alone would not tell it."""
        sure = facet.role in ("price", "duration") or len(facet.units) > 0
        if self._rng.random() < (0.25 if sure else 0.95):
            return (
                self._bank.one("amount_facet", self._rng)
                .replace("{facet}", self._label(facet))
                .replace("{amount}", amount)
            )
        return amount

    def _round(self, low: float, high: float) -> float:
        n = low + (high - low) * self._rng.random() ** 1.5
        for step in (1000, 100, 50, 10, 5, 1, 0.5, 0.1):
            if n >= step * 8 or step == 0.1:
                found = round(round(n / step) * step, 2)
                return int(found) if float(found).is_integer() else found
        return n

    def _amount(self, facet: Facet, n: float) -> str:
        """An amount as it is typed: with one of the facet's units, sometimes in words."""
        rng = self._rng
        units = [(u, f) for u, f in facet.units.items() if _of(u, self._language) and _neat(n / f)]
        if not units or rng.random() < 0.06:
            unit, factor = ("", 1.0)
        else:
            unit, factor = rng.choice(units)
        number = n / factor
        figure = self._figure(int(number) if float(number).is_integer() else round(number, 2))
        if not unit:
            return figure
        if unit in _SIGNS:
            return f"{unit}{figure}"
        if self._language == "zh":
            return f"{figure}{unit}"
        tight = figure[-1].isdigit() and len(unit) <= 3 and rng.random() < 0.25
        return f"{figure}{'' if tight else ' '}{unit}"

    def _figure(self, number: float) -> str:
        rng = self._rng
        if isinstance(number, int):
            if self._language == "en" and number <= 12 and rng.random() < 0.45:
                return _EN_NUMBERS[number]
            if self._language == "zh" and rng.random() < 0.35 and (said := _chinese(number)):
                return said
            if number >= 1000 and rng.random() < 0.4:
                return f"{number:,}" if self._language == "en" else str(number)
        return f"{number:g}" if number < 1e6 else str(int(number))

    def _year(self, facet: Facet) -> Bit:
        rng, bank = self._rng, self._bank
        low, high = (int(v) for v in self._ground.ranges[facet.name])
        year = rng.randint(low, high)
        chance = rng.random()
        if chance < 0.12:
            ends = [
                (e, w)
                for e in ("low", "high")
                if (w := self._ground.hints.get((facet.name, e), {}).get(self._language))
            ]
            ends += [(e, w) for e, t in (("low", facet.less), ("high", facet.more)) if (w := t.get(self._language))]
            if ends:
                end, words = rng.choice(ends)
                return Bit(facet.name, rng.choice(words), "", Planned(facet.name, "", sign=end))
        if chance < 0.45:
            decade = year // 10 * 10
            said = self._decade(decade)
            text = bank.one("decade", rng).replace("{decade}", said)
            whole = Gold(facet=facet.name, op="between", value=[decade, decade + 9])
            return Bit(facet.name, "", text, Planned(facet.name, said), whole, said)
        section, sign, op = rng.choice(
            (("year", "", "="), ("year_after", ">=", ">="), ("year_after", ">=", ">="), ("year_before", "<=", "<="))
        )
        text = bank.one(section, rng).replace("{n}", str(year))
        gold = None if section != "year" else Gold(facet=facet.name, op=op, value=year)  # type: ignore[arg-type]
        return Bit(facet.name, "", text, Planned(facet.name, str(year), sign=sign), gold, str(year))

    def _decade(self, decade: int) -> str:
        two = decade % 100
        if self._language == "zh":
            tens = _ZH_DIGITS[two // 10] + "十"
            forms = [f"{two or '00'}年代", f"{tens}年代"] if two >= 20 and decade < 2000 else [f"{decade}年代"]
            return self._rng.choice(forms)
        words = {
            20: "twenties",
            30: "thirties",
            40: "forties",
            50: "fifties",
            60: "sixties",
            70: "seventies",
            80: "eighties",
            90: "nineties",
        }
        forms = [f"{decade}s"]
        if decade < 2000 and two in words:
            forms += [f"{two}s", words[two], f"{two}'s"]
        return self._rng.choice(forms)


def _of(unit: str, language: str) -> bool:
    """Whether a unit word is used in a language."""
    chinese = any("\u4e00" <= c <= "\u9fff" for c in unit)
    return chinese if language == "zh" and any(c.isalpha() for c in unit) else not chinese


def _neat(number: float) -> bool:
    return 0.5 <= abs(number) < 1e6 and abs(number * 2 - round(number * 2)) < 1e-6


def _chinese(n: int) -> str:
    """Chinese numerals for what people write in them: up to ten, round tens, hundreds, thousands."""
    if 0 < n <= 10:
        return "两" if n == 2 else "一二三四五六七八九十"[n - 1]
    for unit, sign in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if n % unit == 0 and 1 <= n // unit <= 9:
            lead = n // unit
            first = "两" if lead == 2 and unit > 10 else "" if lead == 1 and unit == 10 else _ZH_DIGITS[lead]
            return first + sign
    return ""
