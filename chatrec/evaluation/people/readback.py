"""Whether other words say what code decided that a person says: all of it, nothing else, and not what they look for.

Knows: what a move states, the catalogue's words, everyday words and bounds (words/{en,zh}.json, `reading`), leaks. Does not know: who
found the words, ChatRec's reader (whose mistakes would become the people's).
It is strict: a word that is neither everyday, nor in the coded wording, nor one that the catalogue has for what is stated, counts as
something added. Who reads a good message as a bad one costs it its variety, the other way round its gold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from chatrec.evaluation.people.behaviour import Move
from chatrec.evaluation.people.leaks import leak
from chatrec.evaluation.people.speech import load_words
from chatrec.language.normal import normal
from chatrec.language.numerals import numbers
from chatrec.language.script import has_han
from chatrec.language.tokens import stem
from chatrec.vocabulary import Catalog, Facet, Language, Wish

LONGEST = 300  # characters of a message
NEAR_BEFORE, NEAR_AFTER = 24, 24  # characters around an amount in which its bound is named
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_HAN = re.compile(r"[㐀-鿿]")
_CLAUSE = re.compile(r"[,.;:!?，。；：！？、\n]+|(?<!anything )\bbut\b|\band\b|\bthough\b|但是|不过|\b - \b")
_NUMERALS = re.compile(r"[零〇一二两三四五六七八九十百千万]")
_MARK = "\x01"  # stands for the value that is looked for
_UPPER, _LOWER = ("<", "<="), (">", ">=")
_SMALL = 2  # "one" and "two" in words are seldom amounts


class ReadBack:
    """Reads a message for what a move states. One for each language of a catalogue."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self._catalog, self._language = catalog, language
        words = load_words(language)
        reading: Mapping[str, Any] = words["reading"]
        self._too, self._places = words["too"], words["places"]
        self._negated, self._not_negated = re.compile(reading["negations"]), re.compile(reading["no_negations"])
        self._negated_after = re.compile(reading["negations_after"])
        self._bounds = {"upper": re.compile(reading["upper"]), "lower": re.compile(reading["lower"])}
        self._cues = {what: re.compile(pattern) for what, pattern in reading["cues"].items()}
        nouns = [n for listed in catalog.noun.values() for n in listed]
        values = {normal(w) for f in catalog.facets if f.filter for w in self._value_words(f)}
        self._everyday = [w for w in (*str(reading["everyday"]).split(), *map(normal, nouns)) if w not in values]

    def fault(self, text: str, move: Move, secrets: frozenset[str]) -> str:
        """What is wrong with a text in place of the move's own: `empty`, `title` (it tells what is wanted), `too long`, `language`,
        `left out`, `turned round`, `added`. '' where it says just that."""
        plain, stated = _plain(text), move.stated
        if not plain:
            return "empty"
        if leak(text, secrets) is not None:
            return "title"
        if len(text) > LONGEST:
            return "too long"
        if has_han(plain) != (self._language == "zh") and (self._language == "zh" or not has_han(normal(move.text))):
            return "language"
        forms: list[str] = [_plain(move.text)]
        for wish in stated.wishes:
            said = self._forms(wish)
            forms += said
            if fault := self._amount(wish, plain) if self._is_amount(wish) else self._value(wish, said, plain):
                return fault
        needed = [*self._needed(move)]
        forms += [form for one in needed for form in one]
        if not all(any(_within(form, plain) for form in one) for one in needed):
            return "left out"
        if (cue := self._cues.get(move.what)) and not cue.search(plain):
            return "left out"
        return "added" if self._added(plain, move, forms) else ""

    # ------------------------------------------------------------------ what has to be there

    def _needed(self, move: Move) -> Iterable[list[str]]:
        """What a move states beside wishes: of each list one has to occur."""
        stated = move.stated
        for name, way in stated.steered:
            facet = self._facet(name)
            own = (facet.more if way == "more" else facet.less).get(self._language, [])
            ready = self._too.get(facet.role or "", {}).get(way, [])
            yield [normal(w).strip(" .?!。？！") for w in (*own, *ready)]
        if stated.dropped:
            yield self._names(self._facet(stated.dropped))
        if stated.seen is not None:
            yield [normal(self._places[stated.seen])]
        if stated.liked is not None:
            yield [normal(t) for t in {stated.liked.title, stated.liked.title_in(self._language)}]

    def _value(self, wish: Wish, forms: list[str], plain: str) -> str:
        """A named value has to stand there, refused where it is refused and nowhere else."""
        refused = wish.op == "not_in" or wish.value is False
        for form in sorted(forms, key=len, reverse=True):
            plain = _marked(form, plain)
        clauses = [c.partition(_MARK) for c in _CLAUSE.split(plain) if _MARK in c]
        for before, _, after in clauses:
            negated = self._negated.search(self._not_negated.sub(" ", before)) or self._negated_after.match(after)
            if bool(negated) != refused:
                return "turned round"
        return "" if clauses else "left out"

    def _amount(self, wish: Wish, plain: str) -> str:
        """Every bound has to stand there, in any unit, with the right side named beside it."""
        facet = self._facet(wish.facet or "")
        said = [(n.value, n.start, n.end) for n in numbers(plain)]
        said += [(1.0, m.start(), m.end()) for m in re.finditer(r"\ban hour\b", plain)]
        bounds = wish.value if wish.op == "between" else [wish.value]
        decade = facet.role == "year" and wish.op == "between" and bounds[0] % 10 == 0 and bounds[1] == bounds[0] + 9
        for bound in bounds[:1] if decade else bounds:
            wanted = {float(bound) / k for k in (1.0, *facet.units.values())}
            wanted |= {float(bound) % 100} if decade and bound < 2000 else set()
            found = next((s for s in said if any(abs(s[0] - w) < 1e-6 for w in wanted)), None)
            if found is None:
                return "left out"
            side = "upper" if wish.op in _UPPER else "lower" if wish.op in _LOWER else ""
            around = plain[max(0, found[1] - NEAR_BEFORE) : found[2] + NEAR_AFTER]
            if side and not self._bounds[side].search(around):
                return "turned round"
        return ""

    # ------------------------------------------------------------------ what must not be there

    def _added(self, plain: str, move: Move, forms: Iterable[str]) -> bool:
        facets = [self._facet(w.facet or "") for w in move.stated.wishes]
        facets += [self._facet(name) for name, _ in move.stated.steered]
        facets += [self._facet(move.stated.dropped)] if move.stated.dropped else []
        allowed = {*self._everyday, *(normal(w) for f in facets for w in self._about(f)), *forms}
        known = {n.value for text in allowed for n in numbers(text)}
        known |= {float(b) / k for w in move.stated.wishes if self._is_amount(w) for b in _listed(w.value)
                  for k in (1.0, *self._facet(w.facet or "").units.values())}  # fmt: skip
        found = numbers(plain)
        for number in found:
            if not any(abs(number.value - k) < 1e-6 for k in known) and not (number.spelled and number.value <= _SMALL):
                return True
        if self._language == "zh":
            for phrase in sorted(allowed, key=len, reverse=True):
                plain = plain.replace(phrase, " ")
            if _HAN.search(_NUMERALS.sub(" ", plain)):
                return True
        else:
            for number in (n for n in reversed(found) if n.spelled):
                plain = f"{plain[: number.start]} {plain[number.end :]}"
        words = {w for text in allowed for w in _stems(text)}
        return any(w not in words for w in _stems(plain))

    # ------------------------------------------------------------------ words of the catalogue

    def _forms(self, wish: Wish) -> list[str]:
        """What one wish may be called by: the words of its value; of an amount none, its figure is looked for."""
        facet = self._facet(wish.facet or "")
        if facet.type == "bool":
            return self._names(facet)
        if self._is_amount(wish):
            return []
        return [
            normal(w)
            for value in _listed(wish.value)
            for w in (str(value), *self._said_of(facet, str(value)))
        ]  # fmt: skip

    def _said_of(self, facet: Facet, value: str) -> list[str]:
        return [w for table in (facet.values, facet.aliases) for w in table.get(value, {}).get(self._language, [])]

    def _value_words(self, facet: Facet) -> Iterable[str]:
        for table in (facet.values, facet.aliases):
            for languages in table.values():
                yield from languages.get(self._language, [])

    def _names(self, facet: Facet) -> list[str]:
        words = [facet.label_in(self._language), *facet.words.get(self._language, [])]
        return [normal(w) for w in words]

    def _about(self, facet: Facet) -> Iterable[str]:
        """Words that may stand beside a value of a facet."""
        yield from self._names(facet)
        yield from facet.cues.get(self._language, [])
        yield from facet.units
        if unit := facet.unit_label.get(self._language):
            yield unit

    def _is_amount(self, wish: Wish) -> bool:
        return self._facet(wish.facet or "").type == "number"

    def _facet(self, name: str) -> Facet:
        facet = self._catalog.facet(name)
        assert facet is not None, name
        return facet


def _plain(text: str) -> str:
    return normal(text.replace("，", "， "))  # 3，100元 is no 3,100


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _stems(text: str) -> list[str]:
    """English words by their stem; "he's" as he and s."""
    return [stem(w) for part in _WORDS.findall(text) if not _HAN.search(part) for w in part.split("'")]


def _within(form: str, plain: str) -> bool:
    return bool(form) and _MARK in _marked(form, plain)


def _marked(form: str, plain: str) -> str:
    """The text with a mark in place of a form: whole words, singular or plural; Chinese anywhere."""
    if _HAN.search(form):
        return plain.replace(form, _MARK)
    return re.sub(rf"(?<!\w){re.escape(form)}(?:s|es)?(?!\w)", _MARK, plain, flags=re.ASCII)
