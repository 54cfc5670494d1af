"""One Chinese sentence while it is checked: its characters, what covers them, and the records it may speak of.

Knows: characters and places. Does not know: what counts as a claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.answer.grounding.amounts import Amounts
from chatrec.answer.grounding.finding import Unbacked
from chatrec.answer.grounding.records import Record, Spoken, dotted
from chatrec.answer.grounding.scope import Scope
from chatrec.answer.grounding.terms import Terms
from chatrec.answer.grounding.words import ChineseWords

_CLAUSE = re.compile(r"[,，。.!！?？;；:：…—()（）]|但|却|不过|而是")
LATIN = re.compile(r"[a-z][a-z0-9'+.-]*(?: [a-z0-9][a-z0-9'+.-]*)*")


class ChineseSentence:
    """cover: what each character is already taken for, as in EnglishSentence. people: names found, with their facets."""

    def __init__(
        self,
        terms: Terms,
        amounts: Amounts,
        words: ChineseWords,
        sentence: str,
        records: Sequence[Record],
        spoken: Spoken,
    ):
        self.terms, self.amounts, self.words = terms, amounts, words
        self.plain = dotted(sentence)
        self.records, self.spoken = tuple(records), spoken
        self.question = self.plain.rstrip('"”’ ').endswith(("?", "？"))
        self.cover: list[frozenset[str] | None] = [None] * len(self.plain)
        self.people: list[tuple[int, int, frozenset[str]]] = []
        self.mentions: list[tuple[int, Record]] = []
        self.claims: list[str] = []
        self.scope = Scope((), (), False, False)
        self.free: list[tuple[int, int]] = []  # stretches that rest on the person's words

    def claim(self, start: int, end: int) -> None:
        self.claims.append(self.plain[start:end])

    def refuse(self, why: str, start: int, end: int) -> Unbacked:
        return Unbacked(why, self.plain[start:end])

    def fill(self, start: int, end: int, with_: frozenset[str]) -> None:
        self.cover[start:end] = [with_] * (end - start)

    def taken(self, start: int, end: int) -> bool:
        return any(c is not None for c in self.cover[start:end])

    def clause(self, place: int) -> tuple[int, int]:
        """The bounds of the clause around a place."""
        cuts = list(_CLAUSE.finditer(self.plain))
        start = max((m.end() for m in cuts if m.end() <= place), default=0)
        end = min((m.start() for m in cuts if m.start() >= place), default=len(self.plain))
        return start, end

    def negated(self, place: int) -> bool:
        start, _ = self.clause(place)
        shown = (  # 《我不是药神》 negates nothing
            "·" if cover and "title" in cover else c
            for c, cover in zip(self.plain[start:place], self.cover[start:place], strict=True)
        )
        return bool(self.words.pattern("negation").search("".join(shown)))

    def is_person(self, facet: str) -> bool:
        known = self.terms.catalog.facet(facet)
        return bool(known and known.role == "person")

    @property
    def things(self) -> Sequence[str]:
        return self.terms.catalog.noun.get("zh", [])

    def frees(self, place: int) -> bool:
        return any(a <= place < b for a, b in self.free)
