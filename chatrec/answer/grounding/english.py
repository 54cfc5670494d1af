"""Whether an English sentence says only what its records or the person's words back.

The rule is an allow-list: a word passes when it merely describes (plain_words_en.txt); every other word, and every name, number,
value, relation and quotation, must be found. Knows: words, capitals, numbers. Does not know: where the sentence came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from chatrec.answer.grounding.amounts import Amounts
from chatrec.answer.grounding.english_names import foreign_names, names
from chatrec.answer.grounding.english_numbers import amounts
from chatrec.answer.grounding.english_sentence import EnglishSentence
from chatrec.answer.grounding.finding import Unbacked
from chatrec.answer.grounding.person import addressed
from chatrec.answer.grounding.records import Phrase, Record, Spoken, phrase
from chatrec.answer.grounding.relations import relations
from chatrec.answer.grounding.scope import Scope
from chatrec.answer.grounding.stems import stems
from chatrec.answer.grounding.terms import LONGEST, Terms
from chatrec.language.common import word_set

_SELF = re.compile(r"(?<![a-z0-9'])(?:(?:i|we)(?:'[a-z]+)?|me|my|mine|myself|us|our|ours|ourselves)(?![a-z0-9'])")
_DOUBLE = re.compile(r'"([^"]*)"')
_SINGLE = re.compile(r"(?<![a-z0-9])'([^']{2,}?)'(?![a-z0-9])")
_DOING = frozenset(
    (w,) for w in word_set("directs stars plays writes acts portrays wrote directed starred starring delivers gives")
)
_NOBODY = word_set(
    "it this that these those he she they we you i who which what there here one everything nothing something each all both writing acting"
)
_SPOKEN = word_set("in speak speaks spoken speaking language dialogue")
_FREED = (("runs",), ("run",), ("roams",), ("roam",), ("break",), ("breaks",), ("feel",), ("set",), ("sets",))
_DATED = word_set("short new newer old older silent foreign young")
_CALENDAR = word_set("monday tuesday wednesday thursday friday saturday sunday i i'm i'd i'll i've")
_CONTRACTION = re.compile(r"(?:'s|'re|'ll|'ve|'d|'m|n't)$")


class English:
    """One check at a time; holds nothing but what the catalogue gives."""

    def __init__(self, terms: Terms, amounts: Amounts):
        self.terms, self.amounts = terms, amounts

    def check(self, sentence: str, records: Sequence[Record], spoken: Spoken) -> tuple[str, ...]:
        """The claims found, all backed. Raises Unbacked at the first that is not."""
        return _Check(self.terms, self.amounts, sentence, records, spoken).run()


class _Check(EnglishSentence):
    def run(self) -> tuple[str, ...]:
        self._fixed_phrases()
        self.addressed = addressed(
            self.plain, self.tokens, self.words, self.spoken, self.terms, asking=self.question and not self.records
        )
        self._quotations()
        mentions = self._own_spans()
        self.scope = Scope.of(self.plain, self.records, mentions)
        self._own_in_scope()
        self._values()
        amounts(self)
        names(self)
        foreign_names(self)
        self._words()
        relations(self)
        self._plain_claims()
        self._without()
        self._negations()
        return tuple(self.claims)

    def _fixed_phrases(self) -> None:
        """Claims made of harmless words; whole titles may hold them."""
        if never := self.words.never.search(self.plain):
            raise Unbacked("order", never.group())
        texts = [r.plain for r in self.records] + [self.spoken.text]
        for match in self.words.phrases.finditer(self.plain):
            found = match.group().strip()
            if not any(found in t for t in texts):
                raise Unbacked("phrase", found)
            self.claims.append(found)
        allowed = [m.span() for m in self.words.first_person.finditer(self.plain)]
        for match in _SELF.finditer(self.plain):
            if not any(a <= match.start() < b for a, b in allowed):
                raise Unbacked("self", match.group())

    def _quotations(self) -> None:
        if self.plain.count('"') % 2:
            raise Unbacked("quote", self.plain)
        for pattern in (_DOUBLE, _SINGLE):
            for match in pattern.finditer(self.plain):
                inside = match.group(1).strip(" .,!?;:")
                start, end = self.within(*match.span(1))
                if start == end or any(self.cover[start:end]):
                    continue
                self.claim(start, end)
                run = phrase(inside)
                if any(run in r.titles for r in self.records):
                    continue  # a mention; covered with the titles
                if not (any(inside in r.plain for r in self.records) or self.spoken.holds(run)):
                    raise self.refuse("quote", start, end)
                self.fill(start, end, frozenset({"quote"}))

    def _own_spans(self) -> list[tuple[int, Record]]:
        """Cover what the records hold word for word: titles, names, values that are not in the catalogue's own lists."""
        known: dict[Phrase, set[str]] = {}
        for record in self.records:
            for span, its_facets in record.spans.items():
                known.setdefault(span, set()).update(its_facets)
        longest = max(map(len, known), default=0)
        mentions: list[tuple[int, Record]] = []
        i = 0
        while i < len(self.tokens):
            for n in range(min(longest, len(self.tokens) - i), 0, -1):
                run = self.texts[i : i + n]
                facets = known.get(run, set())
                if not facets or any(self.cover[i : i + n]):
                    continue
                if not self.tokens[i].capital and "title" in facets and len(facets) == 1 and not self._quoted(i, n):
                    continue  # "heat" is no mention of Heat
                people = {f for f in facets if self.is_person(f)}
                if not people and "title" not in facets and run in self.terms.closed:
                    continue  # a value: judged with the others
                alone = len(run) == 1 and run[0] in self.words.plain | {"up"}
                if (
                    alone
                    and not (self.tokens[i].capital and (i > 0 or self.finite(i + 1)))
                    and (i == 0 or run == ("up",))
                ):
                    continue
                self.fill(i, i + n, frozenset(facets))
                self.claim(i, i + n)
                if "title" in facets:
                    mentions += [(self.tokens[i].start, r) for r in self.records if run in r.titles]
                if people:
                    self.pieces.append((i, i + n, frozenset(people)))
                i += n - 1
                break
            i += 1
        return mentions

    def _own_in_scope(self) -> None:
        """What one record holds is no fact of another: "Heat is directed by Ridley Scott"."""
        for k, (start, end, _) in enumerate(self.pieces):
            found = self.facets(start, self.texts[start:end])
            if not found:
                raise self.refuse("name", start, end)
            self.pieces[k] = (start, end, frozenset(f for f in found if self.is_person(f)))

    def _quoted(self, i: int, n: int) -> bool:
        before, after = self.gap(i), self.plain[self.tokens[i + n - 1].end :][:1]
        return before[-1:] in ('"', "'") and after in ('"', "'")

    def _values(self) -> None:
        """Words that name a value of the catalogue: this item's, or the person's own, or merely descriptive."""
        i = 0
        while i < len(self.tokens):
            step = 1
            for n in range(min(LONGEST, len(self.tokens) - i), 0, -1):
                options = self.terms.closed.get(self.texts[i : i + n])
                if options is None and n == 1:
                    options = self.terms.closed.get((self.tokens[i].stem,))
                if options and not any(self.cover[i : i + n]):
                    self._value(i, i + n, options)
                    step = n
                    break
            i += step

    def _value(self, start: int, end: int, options: Sequence[tuple[str, str]]) -> None:
        place = self.tokens[start].start
        if not (options := self._spoken_or_from(start, end, options)):
            raise self.refuse("facet", start, end)
        descriptive = any(self.terms.descriptive(f, v) for f, v in options)
        backed = self.scope.backed(place, lambda r: any(r.has(f, v) for f, v in options))
        negated = self.negated(place)
        if backed and not negated:
            self.fill(start, end, frozenset(f for f, _ in options))
            if not descriptive:
                self.claim(start, end)
            return
        if backed and negated:
            raise self.refuse("negated", start, end)
        if self.addressed.frees(start) or (self.question and not self.records):
            self.fill(start, end, frozenset({"free"}))
            return
        if descriptive or (all(t in self.words.plain for t in self.texts[start:end]) and not self._listed(options)):
            return
        if negated and self.scope.backed(
            place, lambda r: any(r.item.values(f) for f, _ in options) and not any(r.has(f, v) for f, v in options)
        ):
            self.fill(start, end, frozenset({"free"}))
            return
        raise self.refuse("facet", start, end)

    def _spoken_or_from(self, start: int, end: int, options: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """ "Spanish" is a language in "spoken in Spanish", else where a thing is from, in catalogues that know both."""
        roles = {name: f.role for name, _ in options if (f := self.terms.catalog.facet(name))}
        if "language" not in roles.values() or not self.terms.catalog.by_role("place"):
            return options
        around = set(self.texts[max(0, start - 2) : end + 1])
        spoken = bool(around & _SPOKEN)
        return [o for o in options if (roles[o[0]] == "language") is spoken]

    def _listed(self, options: Sequence[tuple[str, str]]) -> bool:
        """Whether a value belongs to a facet that people filter by: then even an everyday word claims something."""
        return any((f := self.terms.catalog.facet(name)) is not None and f.filter for name, _ in options)

    def _words(self) -> None:
        for i, token in enumerate(self.tokens):
            if self.cover[i] is not None or (token.han and self._han_backed(i)):
                continue
            if token.text in self.words.doers and self.records and not self.pieces:
                raise self.refuse("relation", i, i + 1)
            word = _CONTRACTION.sub("", token.text)
            if not word or word in self.words.plain or word in self.terms.neutral or token.text in _CALENDAR:
                continue
            if word in self.terms.measured and frozenset({"number"}) in self.cover:
                continue
            if word in ("i", "we", "us", "our", "me", "one", "let", "isn", "ca", "wo", "grand"):
                continue
            if not self.records and word in self.words.everyday:
                continue
            if word == "free" and (
                self.texts[i + 1 : i + 2] in (("of",), ("from",)) or self.texts[i - 1 : i] in _FREED
            ):
                continue
            forms = stems(word)
            if forms & self.evidence(token.start) or forms & self.spoken.stems:
                self.claim(i, i + 1)
                if self.negated(token.start) and not forms & self.spoken.stems:
                    raise self.refuse("negated", i, i + 1)
                continue
            if self._relation_word(i):
                continue
            raise self.refuse("word", i, i + 1)

    def _plain_claims(self) -> None:
        """Two claims that plain words make together: "a short film", "wrote it for X"."""
        nouns = {t for word in self.terms.catalog.noun.get("en", ()) for t in phrase(word)}
        for i, word in enumerate(self.texts[:-1]):
            if word in _DATED and self.texts[i + 1] in nouns and self.records:
                raise self.refuse("facet", i, i + 2)
        second = self.texts[1:2]
        doer = second in _DOING or (second == ("and",) and any(start == 2 for start, _, _ in self.pieces))
        if (
            doer
            and self.cover[0] is None
            and self.tokens[0].capital
            and self.texts[0] not in _NOBODY | self.terms.neutral
        ):
            raise self.refuse("name", 0, 1)  # "Bright and X", "Love directs": a name in an everyday word
        for start, end, _ in self.pieces:
            if self.texts[start - 1 : start] == ("for",) and self.texts[end : end + 1] not in (
                ("fan",),
                ("fans",),
                ("lovers",),
            ):
                raise self.refuse("relation", start, end)

    def _without(self) -> None:
        """ "No caffeine", "caffeine-free": true of a zero alone."""
        for words, facet in self.terms.amounts_called("en"):
            run = phrase(words)
            for i in range(len(self.texts) - len(run) + 1):
                if self.texts[i : i + len(run)] != run:
                    continue
                before, after = self.texts[max(0, i - 2) : i], self.texts[i + len(run) : i + len(run) + 1]
                none = before[-1:] in (("no",), ("zero",), ("without",)) or before in (("free", "of"), ("free", "from"))
                if (none or after == ("free",)) and not self.scope.backed(
                    self.tokens[i].start, partial(_is_zero, facet)
                ):
                    raise self.refuse("number", i, i + len(run))

    def _relation_word(self, i: int) -> bool:
        """A word like "director" or "performances" passes when the records have such a facet; names are judged apart."""
        word = self.texts[i]
        return bool(self.terms.relation(word) and self.records and (self.pieces or word not in self.words.doers))

    def _han_backed(self, i: int) -> bool:
        return any(self.tokens[i].text in r.plain for r in self.records)

    def _negations(self) -> None:
        for start, end, _ in self.pieces:
            if self.negated(self.tokens[start].start):
                raise self.refuse("negated", start, end)


def _is_zero(facet: str, record: Record) -> bool:
    return record.item.values(facet)[:1] == (0,)
