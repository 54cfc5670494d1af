"""One English sentence while it is checked: its tokens, what covers them, and the records it may speak of.

Knows: tokens and places. Does not know: what counts as a claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.answer.grounding.amounts import Amounts
from chatrec.answer.grounding.finding import Unbacked
from chatrec.answer.grounding.person import Addressed
from chatrec.answer.grounding.records import Phrase, Record, Spoken
from chatrec.answer.grounding.scope import Scope
from chatrec.answer.grounding.terms import Terms
from chatrec.language.tokens import Token, Utterance

_NEGATION = re.compile(
    r"(?:\b(?:not|never|no|nor|neither|without|hardly|nothing|barely|cannot)\b|n't\b)(?! (?:only|just|least|to mention))"
)
_CLAUSE = re.compile(r"[,;:.!?()]| - |--|\b(?:but|yet|and|while|though|although)\b")
_FINITE = re.compile(
    r"(?:is|was|has|had|are|were|will|would|can|could|may|might|and|or|fans?|lovers|meets?|'s|[a-z]{3,}s)$"
)


def _negated(before: str) -> bool:
    cuts = [m.end() for m in _CLAUSE.finditer(before)]
    return bool(_NEGATION.search(before[cuts[-1] if cuts else 0 :]))


class EnglishSentence:
    """cover: what each token is already taken for: "quote", "number", "free" (backed by the person), or the facets of a name or value."""

    def __init__(self, terms: Terms, amounts: Amounts, sentence: str, records: Sequence[Record], spoken: Spoken):
        self.terms, self.amounts, self.words = terms, amounts, terms.words
        self.said = Utterance.of(sentence)
        self.plain = self.said.plain
        self.tokens: tuple[Token, ...] = self.said.tokens
        self.texts: Phrase = tuple(t.text for t in self.tokens)
        self.records, self.spoken = tuple(records), spoken
        self.question = self.plain.rstrip("\"' ").endswith("?")
        # What covers a token: "quote", "number", "free" (backed by the person), or the facets of a record's name or value.
        self.cover: list[frozenset[str] | None] = [None] * len(self.tokens)
        self.pieces: list[tuple[int, int, frozenset[str]]] = []  # names: first token, end, facets
        self.claims: list[str] = []
        self.scope = Scope((), (), False, False)
        self.addressed = Addressed()

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

    def is_person(self, facet: str) -> bool:
        known = self.terms.catalog.facet(facet)
        return bool(known and known.role == "person")

    def negated(self, place: int) -> bool:
        """Whether a negation stands before this place in its clause."""
        before = list(self.plain[:place])
        for token, cover in zip(self.tokens, self.cover, strict=True):  # "No Country for Old Men" negates nothing
            if cover and "title" in cover and token.end <= place:
                before[token.start : token.end] = "x" * (token.end - token.start)
        return _negated("".join(before))

    def facets(self, start: int, run: Phrase) -> frozenset[str]:
        """The facets in which the records that this place speaks of hold a name, whole or in part."""
        found = [r.names_in(run) for r in self.scope.at(self.tokens[start].start)]
        if not found:
            return frozenset()
        loose = self.scope.some and not self.scope.mentions and not self.scope.every
        return frozenset.union(*found) if loose else frozenset.intersection(*found)

    def evidence(self, place: int) -> frozenset[str]:
        records = self.scope.at(place)
        return frozenset().union(*(r.words for r in records)) if records else frozenset()

    def finite(self, i: int) -> bool:
        return i < len(self.tokens) and "," not in self.gap(i) and bool(_FINITE.match(self.texts[i]))
