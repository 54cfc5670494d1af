"""How a want is said: a phrase chosen from the tables and filled with the catalogue's own words, in English or Chinese.

Knows: facets' labels, words, cues and units; the tables. Does not know: what is understood of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.evaluation.obedience import chinese, english
from chatrec.evaluation.obedience.english import Phrase, Table
from chatrec.evaluation.obedience.wanting import Want
from chatrec.language.describe import number
from chatrec.language.phrases import label as english_label
from chatrec.vocabulary import Catalog, Facet

_OPS = {"between": "between", "=": "="}
_PEOPLES = re.compile(r"(?:an|ese|ish|ch|ean|ic|ss)$")  # French, Japanese, Danish
_LEADS = re.compile(
    r"(?:by|with|from|featuring|starring|\w+(?:ed|en|wn) by)\b"
)  # what can stand between a noun and a name
_SIGNS = tuple("$€£¥")
_ZH_DIGITS = chinese.DIGITS


@dataclass(frozen=True)
class Spoken:
    """A want in words. place: before or after the noun, or an aside of its own. form: the phrase with its holes.

    alone: how it is said without a sentence around it ("something under two hours").
    """

    text: str
    place: str
    form: str
    alone: str


class Saying:
    """The words of one catalogue in one language. Deterministic for an rng."""

    def __init__(self, catalog: Catalog, language: str) -> None:
        self.catalog, self.language = catalog, language
        self.tables: Any = chinese if language == "zh" else english
        nouns = catalog.noun.get(language) or catalog.noun.get("en") or ["item", "items"]
        self.noun = nouns[0]
        self.nouns = nouns[1] if language == "en" and len(nouns) > 1 else nouns[0]
        self._all_nouns = nouns

    # ------------------------------------------------------------------ a want

    def want(self, rng: random.Random, want: Want, places: Sequence[str] = ("before", "after", "aside")) -> Spoken:
        """The want in words, as one of these places where the tables have it so."""
        table, kind, holes = self._table(rng, want)
        phrases = [p for p in table[kind] if p[0] in places and self._fits(p, want, holes)] or [
            p for p in table[kind] if self._fits(p, want, holes)
        ]
        place, form = rng.choice(phrases)
        text = _filled(form, holes)
        if want.kind == "soft":
            return self._soft(rng, want, table, kind, holes)
        return Spoken(text, place, form, self._alone(rng, place, text))

    def _soft(self, rng: random.Random, want: Want, table: Table, kind: str, holes: Mapping[str, str]) -> Spoken:
        if kind == "around":  # an amount that is about so much is soft by itself
            place, form = rng.choice(list(table[kind]))
            text = _filled(form, holes)
            return Spoken(text, place, form, self._alone(rng, place, text))
        good = [p for p in table[kind] if p[0] != "aside" and self._fits(p, want, holes)]
        place, form = rng.choice([p for p in good if "{label}" not in p[1] and "类的" not in p[1]] or good)
        text = self._alone(rng, place, _filled(form, holes))
        soft = rng.choice(self.tables.SOFT)
        if self.language == "zh" and text.endswith("的") and "的话" in soft:
            soft = "最好是{x}"
        said = soft.format(x=text)
        return Spoken(said, "aside", soft.format(x=f"<{form}>"), said)

    def _alone(self, rng: random.Random, place: str, text: str) -> str:
        """A phrase as a thing of its own: a French film, something under two hours, 法国的."""
        if place == "aside" or self.language == "zh":
            return text
        if text.startswith("but "):
            return text.removeprefix("but ")
        if place == "after":
            return f"{rng.choice(('something', self.nouns, 'something'))} {text}"
        return rng.choice((f"{_a(text)} {self.noun}", f"{text} {self.nouns}"))

    def _fits(self, phrase: Phrase, want: Want, holes: Mapping[str, str]) -> bool:
        form, facet = phrase[1], want.facet
        if "{spelled}" in form and not holes.get("spelled"):
            return False
        if "{of}" in form and not holes.get("unit"):
            return False
        if holes.get("whole") and "类的" in form:
            return False
        needs_unit = facet.type == "number" and facet.role not in ("year", "rating") and "{label}" not in form
        if needs_unit and not holes.get("unit") and "{of}" not in form:
            return False
        return not (holes.get("cue") == "" and "{cue}" in form)

    def _table(self, rng: random.Random, want: Want) -> tuple[Table, str, dict[str, str]]:
        facet, tables, zh = want.facet, self.tables, self.language == "zh"
        names = self._facet_names(facet)
        holes = {"noun": self.noun, "nouns": self.nouns, "label": names[0]}
        if facet.type == "number":
            return self._amount_table(rng, want, holes)
        values = [v for w in want.wishes for v in (w.value if isinstance(w.value, list) else [w.value])]
        kind = "value" if want.kind == "soft" else want.kind
        if facet.type == "bool":
            holes["w"] = english_label(facet, "en") if not zh else facet.label_in("zh")
            return tables.YES_NO, want.kind, holes
        if facet.role == "person":
            said = [self._name(rng, facet, str(v)) for v in values]
            holes |= {"N": said[0], "M": said[-1], "cue": self._cue(rng, facet)}
            return tables.PEOPLE, kind, holes
        if facet.role in ("place", "language") and (named := self._names(rng, facet, values)):
            holes |= {"w": named[0], "v": named[-1]}
            return (tables.PLACES if facet.role == "place" else tables.LANGUAGES), kind, holes
        shapes = [self._word(rng, facet, str(v)) for v in values]
        plain = [facet.value_label(str(v), self.language) for v in (values[0], values[-1])]
        holes |= {"w": shapes[0], "v": shapes[-1], "an_w": _a(shapes[0]), "w0": plain[0], "v0": plain[1]}
        if zh and any(s[-1] in {n[-1] for n in self._all_nouns} for s in shapes):
            holes["whole"] = "whole"  # 喜剧片: no noun is to follow
        return tables.VALUES, kind, holes

    def unsaid(self, rng: random.Random, want: Want) -> tuple[str, str]:
        """A single value taken back, and the form of it: "it doesn't have to be a western"."""
        _, kind, holes = self._table(rng, want)
        table = self.tables.UNSAY[kind if kind == "refusal" else "person" if want.facet.role == "person" else "value"]
        form = rng.choice([f for f in table if holes.get("cue") != "" or "{cue}" not in f])
        return _filled(form, {**holes, "w": holes.get("w", holes.get("N", "")), "an_w": _a(holes.get("w", ""))}), form

    # ------------------------------------------------------------------ words

    def _facet_names(self, facet: Facet) -> list[str]:
        """What a facet is called: its label, and the first of its words."""
        label = english_label(facet, "en") if self.language == "en" else facet.label_in("zh")
        words = facet.words.get(self.language) or []
        return list(dict.fromkeys([label, *words[:1]]))

    def facet_name(self, rng: random.Random, facet: Facet) -> str:
        return rng.choice(self._facet_names(facet))

    def _word(self, rng: random.Random, facet: Facet, value: str) -> str:
        """A word for a value that can stand before the noun; for a refusal and the like too."""
        words = [w for w in (facet.values.get(value, {}).get(self.language) or []) if w]
        if not words:
            return facet.value_label(value, self.language)
        if self.language == "zh":
            return rng.choice(words)
        if facet.role == "place":
            return next((w for w in words if w != value and _PEOPLES.search(w)), value)
        ends = tuple(f" {n}" for n in self._all_nouns)
        plurals = {w for w in words if w.endswith("s") and (w[:-1] in words or f"{w[:-3]}y" in words)}
        first = re.compile(r"^(?:for|about|in|with|of|the|to|from) ")
        good = [w.removesuffix(next((e for e in ends if w.endswith(e)), "")) for w in words if w not in plurals]
        good = [w for w in good if not first.match(w) and "'" not in w and not w.endswith((" stories", " story"))]
        return rng.choice(list(dict.fromkeys(good)) or [value])

    def _names(self, rng: random.Random, facet: Facet, values: Sequence[Any]) -> list[str]:
        """Names of places and languages, where the catalogue has nouns for them; empty: say it with an adjective."""
        if self.language == "zh":
            return [facet.value_label(str(v), "zh") for v in values]
        if facet.role == "place" and rng.random() < 0.5 and all(self._word(rng, facet, str(v)) != v for v in values):
            return []  # there is an adjective for each
        return [f"the {v}" if str(v).startswith("United ") else str(v) for v in values]

    def _name(self, rng: random.Random, facet: Facet, value: str) -> str:
        words = facet.aliases.get(value, {}).get(self.language) or facet.values.get(value, {}).get(self.language) or []
        whole = [w for w in words if self.language == "zh" or " " in w]
        return rng.choice(whole) if whole and (self.language == "zh" or rng.random() < 0.2) else value

    def _cue(self, rng: random.Random, facet: Facet) -> str:
        cues = facet.cues.get(self.language) or []
        names = {*self._all_nouns, *self._facet_names(facet)}
        if self.language == "zh":
            good = [c for c in cues if c.endswith("的")]
        else:
            good = [c for c in cues if not names & set(c.split()) and _LEADS.match(c)]
        return rng.choice(good) if good else ""

    # ------------------------------------------------------------------ amounts

    def _amount_table(self, rng: random.Random, want: Want, holes: dict[str, str]) -> tuple[Table, str, dict[str, str]]:
        facet, wish = want.facet, want.wishes[0]
        amounts = self.tables.AMOUNTS
        table = amounts[facet.role if facet.role in amounts else "other"]
        loose = {">": ">=", "<": "<="}.get(wish.op, wish.op)
        if want.kind == "bound" and wish.op not in table and loose not in table:
            table = amounts["other"]
        if want.kind == "decade":
            return table, "decade", holes | self._decade(rng, int(wish.value[0]))
        if want.kind == "soft":
            low, high = wish.value
            a, unit = self._amount(rng, facet, (low + high) / 2)
            return table, "around", holes | {"a": a, "unit": unit, "of": self._of(facet)}
        if wish.op == "between":
            low, high = wish.value
            seed = rng.random()
            b, unit = self._amount(random.Random(seed), facet, high)
            a, other = self._amount(random.Random(seed), facet, low)
            n = self._bare(facet, low, unit) if unit == other else a
            return table, "between", holes | {"a": a, "b": b, "n": n, "unit": unit, "of": self._of(facet)}
        kind = wish.op if wish.op in table else loose
        a, unit = self._amount(rng, facet, float(wish.value))
        spelled = (
            "".join(_ZH_DIGITS[int(c)] for c in a) if self.language == "zh" and a.isdigit() and len(a) == 4 else ""
        )
        return table, kind, holes | {"a": a, "unit": unit, "of": self._of(facet), "spelled": spelled}

    def _of(self, facet: Facet) -> str:
        """of caffeine; of RAM."""
        label = self._facet_names(facet)[0]
        return f"of {label}" if facet.unit or facet.unit_label else label

    def _decade(self, rng: random.Random, start: int) -> dict[str, str]:
        short = start % 100
        if self.language == "zh":
            if start >= 2000:
                return {"d": f"{start}", "spelled": ""}
            digits = rng.choice((f"{short}", f"{start}", f"{short}"))
            return {"d": digits, "spelled": f"{_ZH_DIGITS[short // 10]}十"}
        if start >= 2000 or start < 1920:
            return {"d": f"{start}s", "spelled": ""}
        return {
            "d": rng.choice((f"{start}s", f"{short}s", f"{short}s", f"{start}s")),
            "spelled": english.SPELLED[short],
        }

    def _amount(self, rng: random.Random, facet: Facet, value: float) -> tuple[str, str]:
        """An amount with its unit, and the unit that was used (empty: none)."""
        if facet.role == "year":
            return number(value), ""
        zh = self.language == "zh"
        if not facet.units and not facet.unit:
            return (f"{self._numeral(rng, value)}分", "分") if zh and facet.role == "rating" else (number(value), "")
        unit = rng.choice(self._units(facet, value))
        if unit in _SIGNS:
            return f"{unit}{number(value)}", unit
        shown = value / float(facet.units.get(unit, 1.0))
        if zh:
            glue = "个" if unit == "小时" and rng.random() < 0.5 and shown.is_integer() else ""
            return f"{self._numeral(rng, shown, glue)}{glue}{unit}", unit
        if shown.is_integer() and shown <= 12 and rng.random() < 0.4:
            return f"{english.NUMBERS[int(shown)]} {unit}", unit
        return f"{number(shown)} {unit}" if unit.isalpha() else f"{number(shown)}{unit}", unit

    def _bare(self, facet: Facet, value: float, unit: str) -> str:
        if unit in _SIGNS:
            return f"{unit}{number(value)}"
        return number(value / float(facet.units.get(unit, 1.0)))

    def _units(self, facet: Facet, value: float) -> list[str]:
        """Words for the unit in which this amount is a number that people say."""
        zh = self.language == "zh"
        own = facet.unit_label.get(self.language) or facet.unit or ""
        words = [w for w in facet.units if (not w.isascii()) == zh and (len(w) > 1 or zh or w in _SIGNS)]
        words = [w for w in words if zh or w in _SIGNS or len(w) > 2 or w.isupper() or w == own]
        words = [w for w in words if w not in ("hrs", "hr", "rmb", "usd")]
        if zh:  # 分钟 rather than 分, 个钟头 rather than 钟头; 小时 goes without 个
            longer = {w for w in words if any(o != w and w in o and o.removeprefix("个") != "小时" for o in words)}
            words = [w for w in words if w not in longer and not (w.startswith("个") and w[1:] not in longer)]
        good = []
        for word in words:
            shown = value / float(facet.units[word])
            if shown < 0.5 or (abs(shown * 2 - round(shown * 2)) > 1e-9 and facet.units[word] != 1):
                continue
            if not zh and word.isalpha() and f"{word}s" in facet.units and shown != 1 and word != own:
                continue  # minutes, where there is more than one
            if not zh and word.endswith("s") and word[:-1] in facet.units and shown == 1:
                continue
            good.append(word)
        return good or [own]

    def _numeral(self, rng: random.Random, value: float, glue: str = "") -> str:
        """A Chinese amount in digits, now and then in full-width ones or in characters."""
        if not value.is_integer():
            return number(value)
        n, way = int(value), rng.random()
        if way < 0.08:
            return "".join(chr(0xFF10 + int(c)) for c in str(n))
        if way < 0.33 and 0 < n < 1000:
            return han_number(n, counted=True)
        return str(n)


def han_number(n: int, counted: bool = False) -> str:
    """1..9999 in Chinese characters; counted: two is 两."""
    if counted and n == 2:
        return "两"
    text, gap = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, n = divmod(n, size)
        if digit:
            text += ("零" if gap else "") + _ZH_DIGITS[digit] + name
            gap = False
        elif text and n:
            gap = True
    return text.removeprefix("一") if text.startswith("一十") else text


def _filled(form: str, holes: Mapping[str, str]) -> str:
    bare = "{noun" not in form and form not in (
        "{w}",
        "{w} or {v}",
        "{w} {v}",
    )  # nothing follows for which it could be an adjective
    named = {"w": holes["w0"], "v": holes["v0"]} if bare and "w0" in holes else {}
    return form.format_map({**holes, **named})


def _a(words: str) -> str:
    """a thriller, an animated film."""
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"
