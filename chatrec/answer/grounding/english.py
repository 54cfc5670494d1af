"""Whether an English sentence says only what its records or the person's words back.

The rule is an allow-list: a word passes when it merely describes (plain_words_en.txt); every other word, and every name, number,
value, relation and quotation, must be found. Knows: words, capitals, numbers. Does not know: where the sentence came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.answer.grounding.amounts import Amounts
from chatrec.answer.grounding.finding import Unbacked
from chatrec.answer.grounding.person import Addressed, addressed
from chatrec.answer.grounding.records import Phrase, Record, Spoken, phrase
from chatrec.answer.grounding.relations import relations
from chatrec.answer.grounding.scope import Scope
from chatrec.answer.grounding.stems import stems
from chatrec.answer.grounding.terms import LONGEST, Terms
from chatrec.language.numerals import numbers
from chatrec.language.tokens import Token, Utterance

_SELF = re.compile(r"(?<![a-z0-9'])(?:(?:i|we)(?:'[a-z]+)?|me|my|mine|myself|us|our|ours|ourselves)(?![a-z0-9'])")
_DOUBLE = re.compile(r'"([^"]*)"')
_SINGLE = re.compile(r"(?<![a-z0-9])'([^']{2,}?)'(?![a-z0-9])")
_NEGATION = re.compile(r"(?:\b(?:not|never|no|nor|neither|without|hardly|nothing|barely|cannot)\b|n't\b)(?! (?:only|just|least|to mention))")
_CLAUSE = re.compile(r"[,;:.!?()]| - |--|\b(?:but|yet|and|while|though|although)\b")
_TITLE_CUE = re.compile(r"\b(?:like|than|liked|loved|love|enjoyed|watched|seen|saw|of|as|recalls|recall|echoes|rivals|beats|after|before|to|with|and|or)(?: the| a)? $")
_ORDINAL = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth twentieth thirtieth hundredth".split()
)
_FINITE = re.compile(r"(?:is|was|has|had|are|were|will|would|can|could|may|might|and|or|fans?|lovers|meets?|'s|[a-z]{3,}s)$")
_DATED = frozenset("short new newer old older silent foreign young".split())
_CALENDAR = frozenset("monday tuesday wednesday thursday friday saturday sunday i i'm i'd i'll i've".split())
_SUPERLATIVE = frozenset("best most least worst greatest finest top".split())
_CONTRACTION = re.compile(r"(?:'s|'re|'ll|'ve|'d|'m|n't)$")
_THINGS = frozenset("pick picks option options choice choices suggestion suggestions title titles idea ideas of of_ very".split())


class English:
    """One check at a time; holds nothing but what the catalogue gives."""

    def __init__(self, terms: Terms, amounts: Amounts):
        self.terms, self.amounts, self.words = terms, amounts, terms.words

    def check(self, sentence: str, records: Sequence[Record], spoken: Spoken) -> tuple[str, ...]:
        """The claims found, all backed. Raises Unbacked at the first that is not."""
        return _Sentence(self, sentence, records, spoken).check()


class _Sentence:
    def __init__(self, english: English, sentence: str, records: Sequence[Record], spoken: Spoken):
        self.terms, self.amounts, self.words = english.terms, english.amounts, english.words
        self.said = Utterance.of(sentence)
        self.plain = self.said.plain
        self.tokens: tuple[Token, ...] = self.said.tokens
        self.texts: Phrase = tuple(t.text for t in self.tokens)
        self.records, self.spoken = tuple(records), spoken
        self.question = self.plain.rstrip("\"' ").endswith("?")
        # What covers a token: "quote", "number", "free" (backed by the person), or the facets of a record's name or value.
        self.cover: list[frozenset[str] | None] = [None] * len(self.tokens)
        self.pieces: list[tuple[int, int, frozenset[str]]] = []  # names: first token, end, facets
        self.backed_places: list[tuple[int, str]] = []  # where a fact was claimed and backed
        self.claims: list[str] = []

    def check(self) -> tuple[str, ...]:
        self._fixed_phrases()
        self.addressed: Addressed = addressed(
            self.plain, self.tokens, self.words, self.spoken, self.terms, asking=self.question and not self.records
        )
        self._quotations()
        mentions = self._own_spans()
        self.scope = Scope.of(self.plain, self.records, mentions)
        self._own_in_scope()
        self._values()
        self._amounts()
        self._names()
        self._foreign_names()
        self._words()
        relations(self)
        self._plain_claims()
        self._negations()
        return tuple(self.claims)

    # ---------------------------------------------------------------- pieces of the sentence

    def text(self, start: int, end: int) -> str:
        return self.said.words(self.tokens[start].start, self.tokens[end - 1].end)

    def claim(self, start: int, end: int) -> str:
        span = self.text(start, end)
        self.claims.append(span)
        return span

    def refuse(self, why: str, start: int, end: int) -> Unbacked:
        return Unbacked(why, self.text(start, end))

    def fill(self, start: int, end: int, with_: frozenset[str]) -> None:
        self.cover[start:end] = [with_] * (end - start)

    def gap(self, i: int) -> str:
        """What stands between token i - 1 and token i."""
        return self.plain[self.tokens[i - 1].end : self.tokens[i].start] if i else ""

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The tokens inside a stretch of the plain sentence."""
        inside = [i for i, t in enumerate(self.tokens) if t.start >= start and t.end <= end]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    # ---------------------------------------------------------------- steps

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
            for run, facets in record.spans.items():
                known.setdefault(run, set()).update(facets)
        longest = max(map(len, known), default=0)
        mentions: list[tuple[int, Record]] = []
        i = 0
        while i < len(self.tokens):
            for n in range(min(longest, len(self.tokens) - i), 0, -1):
                run = self.texts[i : i + n]
                facets = known.get(run)
                if not facets or any(self.cover[i : i + n]):
                    continue
                if not self.tokens[i].capital and "title" in facets and len(facets) == 1 and not self._quoted(i, n):
                    continue  # "heat" is no mention of Heat
                people = {f for f in facets if self.is_person(f)}
                if not people and "title" not in facets and run in self.terms.closed:
                    continue  # a value: judged with the others
                if run == ("up",) or (len(run) == 1 and i == 0 and run[0] in self.words.plain and not self._finite(i + 1)):
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
            facets = self._facets(start, self.texts[start:end])
            if not facets:
                raise self.refuse("name", start, end)
            self.pieces[k] = (start, end, frozenset(f for f in facets if self.is_person(f)))

    def _facets(self, start: int, run: Phrase) -> frozenset[str]:
        """The facets in which the records that this place speaks of hold a name, whole or in part."""
        found = [r.names_in(run) for r in self.scope.at(self.tokens[start].start)]
        if not found:
            return frozenset()
        loose = self.scope.some and not self.scope.mentions and not self.scope.every
        return frozenset.union(*found) if loose else frozenset.intersection(*found)

    def _quoted(self, i: int, n: int) -> bool:
        before, after = self.gap(i), self.plain[self.tokens[i + n - 1].end :][:1]
        return before[-1:] in ("\"", "'") and after in ("\"", "'")

    def _finite(self, i: int) -> bool:
        return i < len(self.tokens) and "," not in self.gap(i) and bool(_FINITE.match(self.texts[i]))

    def is_person(self, facet: str) -> bool:
        known = self.terms.catalog.facet(facet)
        return bool(known and known.role == "person")

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
        descriptive = any(self.terms.descriptive(f, v) for f, v in options)
        backed = self.scope.backed(place, lambda r: any(r.has(f, v) for f, v in options))
        negated = self._negated(place)
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
        if descriptive or all(t in self.words.plain for t in self.texts[start:end]) and not self._listed(options):
            return
        if negated and self.scope.backed(
            place, lambda r: any(r.item.values(f) for f, _ in options) and not any(r.has(f, v) for f, v in options)
        ):
            self.fill(start, end, frozenset({"free"}))
            return
        raise self.refuse("facet", start, end)

    def _listed(self, options: Sequence[tuple[str, str]]) -> bool:
        """Whether a value belongs to a facet that people filter by: then even an everyday word claims something."""
        return any((f := self.terms.catalog.facet(name)) is not None and f.filter for name, _ in options)

    def _negated(self, place: int) -> bool:
        """Whether a negation stands before this place in its clause."""
        before = self.plain[:place]
        cuts = [m.end() for m in _CLAUSE.finditer(before)]
        return bool(_NEGATION.search(before[cuts[-1] if cuts else 0 :]))

    # ---------------------------------------------------------------- numbers

    def _amounts(self) -> None:
        taken: list[tuple[int, int]] = []
        plain = self.plain.replace("your ", "the  ")  # "under your 600 euros" compares too
        for amount in self.amounts.read(plain):
            start, end = self.within(*amount.core)
            if start == end or any(self.cover[start:end]):
                continue
            if not amount.values and not amount.year and self.plain[slice(*amount.core)] in ("one", "grand"):
                continue
            self.claim(start, end)
            before, after = self.texts[max(0, start - 5) : start], self.texts[end : end + 5]
            place = self.tokens[start].start
            if (
                self.scope.backed(place, lambda r, a=amount, b=before, c=after: self.amounts.holds(a, plain, r, b, c))
                or self._counts(amount.low, start, end)
            ):
                if self._negated(place) and amount.op == "=":
                    raise self.refuse("negated", start, end)
            elif not (self.addressed.frees(start) and amount.low in self.spoken.numbers):
                raise self.refuse("number", start, end)
            self.fill(start, end, frozenset({"number"}))
            taken.append(amount.core)
        self._leftover_numbers()

    def _counts(self, value: float, start: int, end: int) -> bool:
        """"three films", "all three": the number of items the sentence speaks of."""
        if value != len(self.records) or value < 2:
            return False
        nouns = {t for words in self.terms.catalog.noun.values() for w in words for t in phrase(w)} | _THINGS
        before, after = self.texts[max(0, start - 2) : start], self.texts[end : end + 3]
        return bool(set(before) & {"all", "these", "those", "the"} or set(after) & nouns)

    def _leftover_numbers(self) -> None:
        allowed = [m.span() for m in self.words.ordinals.finditer(self.plain)]
        best = [m.span() for m in self.words.superlatives.finditer(self.plain)]
        spelled = [(n.start, n.end) for n in numbers(self.plain)]
        for i, token in enumerate(self.tokens):
            if self.cover[i] is not None:
                continue
            inside = token.start
            if token.text in _ORDINAL or re.fullmatch(r"\d+(?:st|nd|rd|th)", token.text):
                if not any(a <= inside < b for a, b in allowed) and not self._in_records(i, i + 2):
                    raise self.refuse("rank", i, i + 1)
                self.fill(i, i + 1, frozenset({"free"}))
            elif token.text in _SUPERLATIVE:
                if not any(a <= inside < b for a, b in best):
                    raise self.refuse("rank", i, i + 1)
                self.fill(i, i + 1, frozenset({"free"}))
            elif any(c.isdigit() for c in token.text):
                if not self._in_records(i, i + 1):
                    raise self.refuse("number", i, i + 1)
                self.claim(i, i + 1)
                self.fill(i, i + 1, frozenset({"number"}))
            elif token.text not in ("one", "grand", "a") and any(a <= inside < b for a, b in spelled):
                raise self.refuse("number", i, i + 1)

    def _in_records(self, start: int, end: int) -> bool:
        run = self.texts[start:end]
        return any(
            run == words[i : i + len(run)]
            for r in self.scope.at(self.tokens[start].start)
            for words in (*r.runs, *(name for name, _ in r.names))
            for i in range(len(words) - len(run) + 1)
        )

    # ---------------------------------------------------------------- names

    def _names(self) -> None:
        """Runs of capitals that no whole name covers: a part of one name, or the person's words."""
        i = 0
        while i < len(self.tokens):
            if not self._like_name(i):
                i += 1
                continue
            end = i + 1
            while end < len(self.tokens) and self._like_name(end) and self.gap(end) in (" ", "-", " - ", ". ", "'"):
                end += 1
            self._name(i, end)
            i = end

    def _like_name(self, i: int) -> bool:
        token = self.tokens[i]
        if self.cover[i] is not None or not token.capital or token.han or token.text in _CALENDAR:
            return False
        if token.text == "'s" or token.text.split("'")[0] in ("i",):
            return False
        return not (self._opens(i) and self._ordinary(token.text))

    def _opens(self, i: int) -> bool:
        """Whether a token opens the sentence, so that its capital says nothing."""
        return i == 0 or bool(re.search(r"[.!?:]\s*[\"']?\s*$|[\"']$", self.gap(i)))

    def _ordinary(self, word: str) -> bool:
        bare = _CONTRACTION.sub("", word)
        return bare in self.words.plain or bare in self.words.everyday or bare in self.terms.neutral or bare in self._evidence(0)

    def _name(self, start: int, end: int) -> None:
        run = self.texts[start:end]
        self.claim(start, end)
        facets = self._facets(start, run) or frozenset({"title"} if self._part_of_title(run) else ())
        if facets and not self._glued(start, end) and (len(run) > 1 or len(run[0]) > 1):
            self.fill(start, end, facets)
            if people := frozenset(f for f in facets if self.is_person(f)):
                self.pieces.append((start, end, people))
            return
        if self.addressed.frees(start) and self.spoken.holds(run):
            self.fill(start, end, frozenset({"free"}))
            return
        raise self.refuse("name", start, end)

    def _part_of_title(self, run: Phrase) -> bool:
        n = len(run)
        return any(run == t[i : i + n] for r in self.records for t in r.titles for i in range(len(t) - n + 1))

    def _glued(self, start: int, end: int) -> bool:
        """Whether a part of a name stands right beside another name: "Michael" before "Pacino" is neither's."""
        for edge, other in ((start, start - 1), (end, end)):
            if 0 <= other < len(self.tokens) and edge < len(self.tokens) and self.gap(max(edge, 1)) in (" ", "-"):
                cover = self.cover[other]
                if cover and cover - {"title", "quote", "number", "free", "text"} and any(map(self.is_person, cover)):
                    return True
        return False

    def _foreign_names(self) -> None:
        """Names and titles in everyday lower-case words."""
        for i in range(len(self.tokens)):
            for n in range(2, min(LONGEST, len(self.tokens) - i) + 1):
                run = self.texts[i : i + n]
                if any(self.cover[i : i + n]):
                    break
                if run in self.terms.people and not self.spoken.holds(run):
                    raise self.refuse("name", i, i + n)
                if run in self.terms.english_titles and not self.spoken.holds(run) and self._title_like(i, n):
                    raise self.refuse("title", i, i + n)
        first = self.texts[:1]
        if first in self.terms.english_titles and self.cover[0] is None and len(first[0]) > 3 and self._finite(1):
            if first[0] not in ("this", "that", "there", "here", "what", "everything", "nothing", "something"):
                raise self.refuse("title", 0, 1)

    def _title_like(self, i: int, n: int) -> bool:
        before = self.plain[: self.tokens[i].start]
        opening = i == 0 and self._finite(i + n)
        return opening or (n > 1 and any(t in self.words.everyday for t in self.texts[i : i + n]) and bool(_TITLE_CUE.search(before)))

    # ---------------------------------------------------------------- words

    def _evidence(self, place: int) -> frozenset[str]:
        records = self.scope.at(place)
        return frozenset().union(*(r.words for r in records)) if records else frozenset()

    def _words(self) -> None:
        for i, token in enumerate(self.tokens):
            if self.cover[i] is not None or token.han and self._han_backed(i):
                continue
            word = _CONTRACTION.sub("", token.text)
            if not word or word in self.words.plain or word in self.terms.neutral or token.text in _CALENDAR:
                continue
            if word in ("i", "we", "us", "our", "me", "one", "let", "isn", "ca", "wo", "grand"):
                continue
            if not self.records and word in self.words.everyday:
                continue
            if word == "free" and self.texts[i + 1 : i + 2] in (("of",), ("from",)):
                continue
            forms = stems(word)
            if forms & self._evidence(token.start) or forms & self.spoken.stems:
                self.claim(i, i + 1)
                if self._negated(token.start) and not forms & self.spoken.stems:
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
        for start, end, _ in self.pieces:
            if self.texts[start - 1 : start] == ("for",) and self.texts[end : end + 1] not in (("fan",), ("fans",), ("lovers",)):
                raise self.refuse("relation", start, end)

    def _relation_word(self, i: int) -> bool:
        """A word like "director" or "performances" passes when the records have such a facet; names are judged apart."""
        bound = relation_facets(self.terms, self.texts[i])
        return bool(bound) and bool(self.records)

    def _han_backed(self, i: int) -> bool:
        return any(self.tokens[i].text in r.plain for r in self.records)

    def _negations(self) -> None:
        for start, end, _ in self.pieces:
            if self._negated(self.tokens[start].start):
                raise self.refuse("negated", start, end)


def relation_facets(terms: Terms, word: str) -> frozenset[str]:
    """The person facets that a relation word speaks of in this catalogue; empty where it is none or nothing here is meant."""
    found: set[str] = set()
    for relation in terms.words.relations:
        if word in relation.words:
            found |= terms.bound(relation)
    return frozenset(found)
