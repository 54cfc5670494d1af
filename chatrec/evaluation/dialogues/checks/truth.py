"""The check `grounded`: whether what an answer claims is so, by the records it speaks of.

Knows: which item a sentence is about, and what a claim may rest on: that item's record, the wishes, counts of this answer,
what the person said. Does not know: how the answer was made; the code that checks an answer before it goes out is not used
here, so that a fault in it is seen.
What it can't see: a claim in words that name no number, name, value, award or quoted text ("slow-paced", "a masterpiece"); an
item's place among others; how many would fit without a wish.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chatrec.evaluation.dialogues.checks import claims
from chatrec.evaluation.dialogues.checks.base import Check, YesNo, check, failed, passed
from chatrec.evaluation.dialogues.seen import Seen, Verdict
from chatrec.language.normal import normal
from chatrec.vocabulary import Catalog, Item, ItemOut, Wish, same

_TOGETHER = re.compile(r"(?i)\bin common\b|\bshares?\b|\bshared\b|\bboth\b|^\W*like\b[^,]*,|一样|共同|相同|同样|都是")
_EACH = re.compile(r"(?i)\(the same\)|\ball of\b|\beach of\b|\bboth\b|（相同）|\(相同\)")
_SOME = re.compile(
    r"(?i)\b(?:some|one|two|most|many|a few|mix|including|either|others?|from .+ to)\b|有的|有些|一部|其中|多数|大多|不少|也有"
)
_BOUND = re.compile(
    r"(?i)\b(?:under|over|below|above|after|before|since|from|to|least|most|later|earlier|newer|older|within|between|than|up|more|less)\b"
    r"|[内上下前后起到至]|不到|超过|最多|多于|少于|左右"
)
_TO_THE_PERSON = re.compile(r"(?i)\byou(?:r|rs)?\b|[你您]")
LAST_PLACE = 100  # that an item is told to have among others
_MASK = 0xE000  # titles are masked by private characters: their words are no claims


@check("rules")
def grounded(seen: Seen, wanted: YesNo) -> Verdict:
    """Whether every claim of the answer's text, of the cards' reasons and of their evidence holds by the records."""
    judge = _Judge.of(seen)
    wrong: list[str] = []
    for card in [*seen.reply.items, *(n.item for n in seen.reply.near)]:
        record = seen.records.get(card.id)
        if record is None:
            wrong.append(f"{card.title} ({card.id}): there is no record of it")
            continue
        wrong += [f"{card.title}: {w}" for w in _evidence(card, record, seen)]
        companions = {e.item_id for e in card.evidence if e.item_id}
        wrong += [f"{card.title}: {w}" for w in judge.reason(card.reason, record, companions)]
    wrong += judge.text(seen.reply.text)
    if bool(wrong) is not wanted:
        return passed(f"{judge.looked_at} claims, {len(wrong)} of them wrong", wanted, wrong)
    return failed(wrong[0] if wrong else "every claim holds", wanted, not wrong, wrong)


def _evidence(card: ItemOut, record: Item, seen: Seen) -> Iterator[str]:
    """What of a card's evidence is not so."""
    for e in card.evidence:
        values = [v for v in (e.value if isinstance(e.value, (list, tuple)) else [e.value]) if v is not None]
        told = f"evidence {e.code} {e.facet or ''} {', '.join(map(_plain, values))}".strip()
        if e.facet is not None and seen.catalog.facet(e.facet) is None:
            yield f"{told}: the catalogue has no facet {e.facet}"
        elif e.code in ("meets", "shares", "rated"):
            have = record.values(e.facet)
            if not values and e.code != "rated":
                yield f"{told}: it names no value"
            if lacking := [v for v in values if not any(same(v, h) for h in have)]:
                yield f"{told}: its record has {_values(have)}, not {', '.join(map(_plain, lacking))}"
        if e.item_id is not None:
            other = seen.records.get(e.item_id)
            if other is None:
                yield f"{told}: there is no record of {e.item_id}"
            elif e.code == "shares" and any(not any(same(v, h) for h in other.values(e.facet)) for v in values):
                yield f"{told}: the record of {other.title} has {_values(other.values(e.facet))}"
        if e.code == "like_text" and e.words and normal(e.words) not in normal(_said(seen)):
            yield f"{told}: the person never said {e.words!r}"


def _said(seen: Seen) -> str:
    """Everything the person said so far, and the words that their wishes rest on."""
    wishes = [w for s in [*seen.before, seen] if s.answer.reply for w in s.answer.reply.wishes]
    return "\n".join(
        [*(s.said for s in [*seen.before, seen]), *(w.words for w in wishes), *(str(w.value) for w in wishes)]
    )


def _nothing_fits(seen: Seen) -> bool:
    """Whether the answer says that nothing fits, or why nothing does."""
    looked = [s.reply.decision.kind for s in seen.before if s.answer.reply and s.reply.decision.kind != "explain"]
    kind = seen.reply.decision.kind
    return kind == "none_fit" or (kind == "explain" and looked[-1:] == ["none_fit"])


@dataclass
class _Judge:
    """What claims of one answer may rest on."""

    catalog: Catalog
    records: Mapping[str, Item]
    shown: Sequence[Item]
    wishes: Sequence[Wish]
    counts: frozenset[int]
    said: str  # normal form
    said_numbers: Sequence[claims.Number]
    chinese: bool
    nothing_fits: bool
    _lexicon: claims.Lexicon
    _titles: dict[str, set[str]]
    looked_at: int = 0
    _texts: dict[str, str] = field(default_factory=dict)  # item id -> all its record says
    _called_so: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, seen: Seen) -> _Judge:
        reply = seen.reply
        shown = [
            seen.records[i]
            for i in [*(c.id for c in reply.items), *(n.item.id for n in reply.near)]
            if i in seen.records
        ]
        wishes = [*reply.wishes, *seen.wishes_before]
        counts = {len(reply.items), len(reply.near), reply.candidates, len(reply.wishes)}
        counts |= {c.count for c in reply.chips if c.count is not None}
        said = claims.wide(_said(seen))
        titles: dict[str, set[str]] = {}
        for record in seen.records.values():
            for title in {record.title, *record.titles.values()}:
                titles.setdefault(claims.wide(title), set()).add(record.id)
        return cls(
            seen.catalog, seen.records, shown, wishes, frozenset(counts), normal(said),
            claims.numbers(said, seen.catalog, loose=True), reply.language == "zh", _nothing_fits(seen), claims.Lexicon(seen.catalog), titles,
        )  # fmt: skip

    # ------------------------------------------------------------------ whose sentence it is

    def reason(self, text: str, item: Item, companions: set[str]) -> list[str]:
        """What of a card's reason is not so: it speaks of its item; other titles only of items that its evidence names."""
        liked = {str(w.value) for w in self.wishes if w.op in ("like", "not_like")}
        masked, where = self._masked(text, {item.id, *companions, *liked})
        wrong: list[str] = []
        for clause, asks in claims.clauses(masked):
            named = [self.records[i] for c in clause for i in where.get(c, ()) if i != item.id]
            about = [item, *named] if named and _TOGETHER.search(clause) else [item]
            wrong += self._clause(clause, about, everyone=True, asks=asks, own=True)
        return wrong

    def text(self, text: str) -> list[str]:
        """What of the answer's text is not so. A sentence is about the items it names, else about those named before it."""
        masked, where = self._masked(text, set(self.records))
        wrong: list[str] = []
        topic: list[Item] = []
        for line in masked.split("\n"):
            cells = " · " in line
            for clause, asks in claims.clauses(line):
                named = self._named(clause, where)
                together = len([*topic, *named]) > 1 and bool(named) and not cells and bool(_TOGETHER.search(clause))
                about = (
                    [*topic, *(n for n in named if n not in topic)]
                    if together or _perhaps(clause, named)
                    else named or topic
                )
                everyone = together or bool(_EACH.search(clause))
                own = bool(about)
                if not about:
                    about, everyone = list(self.shown), not _SOME.search(clause)
                wrong += self._clause(clause, about, everyone=everyone, asks=asks, own=own)
                if named and not cells and not together:
                    topic = named
        return wrong

    def _named(self, clause: str, where: Mapping[str, set[str]]) -> list[Item]:
        return [self.records[i] for c in clause for i in sorted(where.get(c, ()))]

    def _masked(self, text: str, allowed: set[str]) -> tuple[str, dict[str, set[str]]]:
        """The text with the titles of these items, and every quoted or said thing that may stand, masked."""
        text = claims.wide(text)
        where: dict[str, set[str]] = {}
        for title in sorted(self._titles, key=len, reverse=True):
            ids = self._titles[title] & allowed
            if not ids or title not in text:
                continue
            mark = chr(_MASK + len(where))
            short = len(title) <= 2 and not title.isascii()
            edge = rf"(?<![^\W\d_]){re.escape(title)}(?![^\W\d_])" if title[0].isascii() else re.escape(title)
            if short:  # two Chinese characters may be a word of the sentence
                edge = rf"(?<=[《“「]){re.escape(title)}(?=[》”」])"
            masked = re.sub(edge, mark, text)
            if masked != text:
                text, where[mark] = masked, ids
        return text, where

    # ------------------------------------------------------------------ one clause

    def _clause(self, clause: str, about: Sequence[Item], *, everyone: bool, asks: bool, own: bool) -> Iterator[str]:
        plain = normal(clause)
        if len(plain) > 12 and any(plain in self._text(i) for i in about):
            return  # the record's own words
        for whole, inner in claims.quoted(clause):
            self.looked_at += 1
            if not self._quotable(inner, about):
                yield f"{whole} is in no record it speaks of, and the person did not say it"
            clause = clause.replace(whole, " " * len(whole))
        for number in claims.numbers(clause, self.catalog):
            self.looked_at += 1
            if not self._number(number, clause, about, everyone, own):
                yield f"“{number.text}” {self._against(number, about)}"
        yield from self._names(clause, about, everyone, own)
        if not asks:
            yield from self._values(clause, about, everyone, own)
            yield from self._yes_or_no(clause, about)
        for feat in {m[0] for m in claims.FEATS.finditer(clause)}:
            self.looked_at += 1
            if not any(normal(feat) in self._text(i) for i in about) and normal(feat) not in self.said:
                yield f"“{feat}” is in no record it speaks of{_of(about)}"

    def _quotable(self, inner: str, about: Sequence[Item]) -> bool:
        text = normal(inner)
        if not text.strip() or all(_MASK <= ord(c) < _MASK + 0x1000 for c in inner.strip()):
            return True
        labels = {normal(x) for f in self.catalog.facets for x in f.label.values()} | {"是", "否", "yes", "no"}
        wished = {normal(w.words) for w in self.wishes} | {normal(x) for w in self.wishes for x in self._wish_words(w)}
        return text in self.said or text in labels or text in wished or any(text in self._text(i) for i in about)

    # ------------------------------------------------------------------ numbers

    def _number(self, number: claims.Number, clause: str, about: Sequence[Item], everyone: bool, own: bool) -> bool:
        if number.counted and not number.facets and number.value in self.counts:
            return True
        if number.counted and not number.facets and self.nothing_fits and number.value <= self.catalog.items:
            return True  # how many there would be without a wish: the answer alone does not tell
        if number.ordinal and number.value <= LAST_PLACE:  # a place in an order that only the inside knows
            return True
        if any(self._wished(number, w) and (not own or _exact(w) or _BOUND.search(clause)) for w in self.wishes):
            return True
        if about and (all if everyone else any)(self._recorded(number, i) for i in about):
            return True
        if own and (number.labelled or not _TO_THE_PERSON.search(clause)):
            return False  # of an item only its record knows, whatever the person said
        return any(_close(number.value, o.value, 0) and number.decade == o.decade for o in self.said_numbers)

    def _recorded(self, number: claims.Number, item: Item) -> bool:
        if number.decade:
            return any(_in_decade(number.value, y) for y in self._years(item))
        if number.labelled:
            factor = dict(number.facets).get(number.labelled, 1.0)
            return any(
                _close(number.value * factor, float(v), number.decimals, factor)
                for v in self._amounts(item, number.labelled)
            )
        units = dict(number.facets)
        free = not units or number.text.endswith("分")  # 8.4分 is a mark as well as minutes
        for facet in self.catalog.facets:
            if facet.name in units or (free and not (facet.unit and units)):
                factor = units.get(facet.name, 1.0)
                if any(
                    _close(number.value * factor, v, number.decimals, factor) for v in self._amounts(item, facet.name)
                ):
                    return True
        written = re.escape(f"{number.value:g}")
        return not units and bool(re.search(rf"(?<![\d.]){written}(?![\d]|\.\d)", self._text(item)))

    def _amounts(self, item: Item, facet: str) -> list[float]:
        declared = self.catalog.facet(facet)
        if declared is not None and declared.type == "date":
            return [float(v[:4]) for v in map(str, item.values(facet)) if v[:4].isdigit()]
        return [float(v) for v in item.values(facet) if isinstance(v, (int, float)) and not isinstance(v, bool)]

    def _years(self, item: Item) -> list[float]:
        names = [f.name for f in self.catalog.facets if f.role == "year" or f.type == "date"]
        return [y for name in names for y in self._amounts(item, name)]

    def _wished(self, number: claims.Number, wish: Wish) -> bool:
        values = wish.value if isinstance(wish.value, (list, tuple)) else [wish.value]
        bounds = [float(v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
        if number.labelled and wish.facet != number.labelled:
            return False
        if number.decade:  # the whole decade, or a part of it
            return wish.op == "between" and len(bounds) == 2 and all(_in_decade(number.value, b) for b in bounds)
        if number.facets and wish.facet not in dict(number.facets):
            return False
        factor = dict(number.facets).get(wish.facet or "", 1.0)
        return any(_close(number.value * factor, b, number.decimals, factor) for b in bounds)

    def _against(self, number: claims.Number, about: Sequence[Item]) -> str:
        facets = [number.labelled] if number.labelled else [f for f, _ in number.facets]
        if number.decade or not facets:
            facets = [
                f.name for f in self.catalog.facets if f.role == "year" or (not number.decade and f.type == "number")
            ]
        told = [f"{i.title}: {', '.join(f'{f} {_values(i.values(f))}' for f in facets)}" for i in about[:3]]
        return f"is not so by the record ({'; '.join(told)})" if told else "rests on nothing that was said or counted"

    # ------------------------------------------------------------------ names

    def _names(self, clause: str, about: Sequence[Item], everyone: bool, own: bool) -> Iterator[str]:
        texts: list[str] = []
        often = all if everyone and own else any

        def known(piece: str) -> bool:
            words = rf"(?<![^\W\d_]){re.escape(normal(piece))}(?![^\W\d_])"
            if re.search(words, self._common) or (not own and re.search(words, self.said)):
                return True
            return bool(texts) and often(re.search(words, t) for t in texts)

        for name in claims.names(clause, han=self.chinese):
            self.looked_at += 1
            texts = texts or [self._text(i) for i in (about if own else self.records.values())]
            for piece in _uncovered(name, known):
                yield f"“{piece}” is in no record it speaks of{_of(about)}"
        if not self.chinese:
            return
        rest = clause
        allowed = {v for i in (about if own else self.records.values()) for v in self._called(i)}
        allowed |= {x for w in self.wishes for x in self._wish_words(w)}
        for value in sorted(allowed, key=len, reverse=True):
            rest = rest.replace(value, "，") if value and not value.isascii() else rest
        for dotted in claims.han_names(rest):
            self.looked_at += 1
            if normal(dotted) not in self.said or own:
                yield f"“{dotted}” is in no record it speaks of{_of(about)}"
        yield from self._han_labels(rest, about, own)

    def _han_labels(self, clause: str, about: Sequence[Item], own: bool) -> Iterator[str]:
        """导演：张三, 由张三执导: Chinese names have no capitals, so the words beside a facet's own are looked at."""
        if not own:
            return
        for facet in self.catalog.facets:
            if facet.type != "category":
                continue
            label = facet.label.get("zh", "")
            cues = "|".join(re.escape(c.removesuffix("的")) for c in facet.cues.get("zh", ()) if len(c) > 1)
            found = (
                [m[1] for m in re.finditer(rf"{re.escape(label)}(?:是|为|叫|[:：])\s*([^,，。;；?？]+)", clause)]
                if label
                else []
            )
            found += [m[1] for m in re.finditer(rf"由([^,，。;；?？]{{2,12}}?)(?:{cues})", clause)] if cues else []
            for part in [p.strip() for text in found for p in re.split(r"[、和与及，]", text)]:
                bare = re.sub(rf"[{chr(_MASK)}-{chr(_MASK + 0xFFF)}《》“”（）()\s]|相同|未知|没有记录|谁", "", part)
                if (
                    2 <= len(bare) <= 12
                    and re.search(r"[一-鿿]", bare)
                    and not any(bare in self._text(i) for i in about)
                ):
                    self.looked_at += 1
                    yield f"“{bare}” is not the {facet.name} by the record{_of(about)}"

    # ------------------------------------------------------------------ values

    def _values(self, clause: str, about: Sequence[Item], everyone: bool, own: bool) -> Iterator[str]:
        for named in self._lexicon.named(clause):
            self.looked_at += 1
            if any(self._wishes_for(facet, value) for facet, value in named.values):
                continue
            if not own and (normal(named.text) in self.said or not about):
                continue
            holds = [
                any(same(value, v) for facet, value in named.values for v in i.values(facet))
                or (
                    not named.denied
                    and re.search(rf"(?<![a-z]){re.escape(normal(named.text))}(?![a-z])", self._words(i)) is not None
                )
                for i in about
            ]
            if named.denied:
                holds = [not h for h in holds]
            if not (all if everyone else any)(holds):
                facets = list(dict.fromkeys(f for f, _ in named.values))
                told = [f"{i.title}: {', '.join(f'{f} {_values(i.values(f))}' for f in facets)}" for i in about[:3]]
                yield f"“{'not ' if named.denied else ''}{named.text}” is not so by the record ({'; '.join(told)})"

    def _yes_or_no(self, clause: str, about: Sequence[Item]) -> Iterator[str]:
        low = normal(clause)
        for facet in self.catalog.facets:
            if facet.type != "bool":
                continue
            words = {normal(x) for x in (*facet.label.values(), *(w for many in facet.words.values() for w in many))}
            word = next((w for w in words if re.search(rf"(?<![a-z]){re.escape(w)}(?![a-z])", low)), None)
            if (
                facet.type != "bool"
                or word is None
                or any(w.facet == facet.name for w in self.wishes)
                or len(about) != 1
            ):
                continue
            self.looked_at += 1
            no = bool(
                re.search(
                    rf"(?:\bnot?\b|n't|\bwithout\b|[不没非无]).{{0,20}}{re.escape(word)}|{re.escape(word)}\W*(?:no\b|否|不)",
                    low,
                )
            )
            have = about[0].values(facet.name)
            if (have[:1] == (True,)) is no:
                yield f"“{clause.strip()}” is not so by the record ({about[0].title}: {facet.name} {_values(have)})"

    def _wishes_for(self, facet: str, value: str) -> bool:
        return any(
            w.facet == facet
            and any(same(value, v) for v in (w.value if isinstance(w.value, (list, tuple)) else [w.value]))
            for w in self.wishes
        )

    # ------------------------------------------------------------------ what a record says

    def _called(self, item: Item) -> list[str]:
        """Every name of the item's values, in both languages."""
        return [x for f in self.catalog.facets for v in item.values(f.name) for x in self._value_words(f.name, v)]

    def _value_words(self, facet: str, value: Any) -> list[str]:
        key = (facet, str(value))
        if key not in self._called_so:
            declared = self.catalog.facet(facet)
            tables = (declared.values, declared.aliases) if declared else ()
            words = [w for table in tables for many in table.get(str(value), {}).values() for w in many]
            self._called_so[key] = [_plain(value), *words]
        return self._called_so[key]

    def _wish_words(self, wish: Wish) -> list[str]:
        values = wish.value if isinstance(wish.value, (list, tuple)) else [wish.value]
        return [wish.words, *(x for v in values for x in self._value_words(wish.facet or "", v))]

    def _words(self, item: Item) -> str:
        """What the record says in running text."""
        texts = [item.description, *item.descriptions.values()]
        texts += [str(v) for f in self.catalog.facets if f.type == "text" for v in item.values(f.name)]
        return normal(claims.wide("\n".join(texts)))

    def _text(self, item: Item) -> str:
        if item.id not in self._texts:
            texts = [item.title, *item.titles.values(), *self._called(item)]
            self._texts[item.id] = normal(claims.wide("\n".join(texts))).replace("\n", " ") + "\n" + self._words(item)
        return self._texts[item.id]

    @cached_property
    def _common(self) -> str:
        """Words that are nobody's claim: of wishes on facets, of facets, units and the catalogue itself."""
        words = [x for w in self.wishes if w.facet for x in self._wish_words(w)]
        for f in self.catalog.facets:
            words += [
                *f.label.values(),
                *f.unit_label.values(),
                *f.units,
                *(w for many in f.words.values() for w in many),
            ]
        words += [*self.catalog.title.values(), *(n for many in self.catalog.noun.values() for n in many)]
        return normal(claims.wide(" \n ".join(words)))


def _perhaps(clause: str, named: Sequence[Item]) -> bool:
    """Whether the one title in a clause may be its first word by chance: "Up next is ...", "Speed matters ..."."""
    first = clause.lstrip()
    return (
        len(named) == 1 and ord(first[0]) >= _MASK and " " not in named[0].title and bool(re.match(r". [a-z]", first))
    )


def _uncovered(name: claims.Name, known: Any) -> Iterator[str]:
    """The parts of a run of words that nothing is known of; a sentence's first word alone needs no record."""
    words = list(name.words)
    at = 0
    while at < len(words):
        for end in range(len(words), at, -1):
            if known(" ".join(words[at:end])):
                at = end
                break
        else:
            first = (
                at == 0
                and name.first
                and (len(words) == 1 or known(" ".join(words[1:])) or not words[1][:1].isupper() or known(words[1]))
            )
            if words[at][:1].isupper() and not first:
                yield " ".join(words[at:]) if at == 0 else words[at]
                if at == 0:
                    return
            at += 1


def _close(a: float, b: float, decimals: int, factor: float = 1.0) -> bool:
    """Whether a is b, rounded to its decimals; in a larger unit (hours) to a sixth of it."""
    if factor > 1:
        return abs(a - b) <= factor / 6 if decimals or a % factor == 0 else math.isclose(a, b)
    return (
        math.isclose(a, b)
        or math.isclose(a, round(b, decimals))
        or math.isclose(a, math.floor(b * 10**decimals + 0.5) / 10**decimals)
    )


def _exact(wish: Wish) -> bool:
    """Whether what meets the wish has the very number: "from 1990 to 1999" says nothing of 1999 alone."""
    return wish.op in ("=", "contains", "in") or (wish.op == "between" and wish.value[0] == wish.value[1])


def _in_decade(decade: float, year: float) -> bool:
    first = year - year % 10
    return first == decade or (decade < 100 and first % 100 == decade)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _values(have: Sequence[Any]) -> str:
    return ", ".join(_plain(v) for v in have) or "not known"


def _of(about: Sequence[Item]) -> str:
    return f" ({', '.join(i.title for i in about[:3])})" if about else ""


CHECKS: tuple[Check, ...] = (grounded,)
