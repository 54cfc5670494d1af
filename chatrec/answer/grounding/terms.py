"""What the catalogue as a whole has words for, so that a value, a name or a title that is not this item's is noticed.

Knows: a catalogue's facets, values, titles. Built once per catalogue version, at the first check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from chatrec.answer.grounding.records import Phrase, phrase, value_words
from chatrec.answer.grounding.words import EnglishWords, Relation
from chatrec.language.common import word_set
from chatrec.language.script import has_han, simplified
from chatrec.vocabulary import Catalog, Facet

LONGEST = 6  # tokens of a phrase that is looked for


@dataclass(frozen=True)
class Terms:
    catalog: Catalog
    values: Mapping[str, Iterable[str]]
    titles: Iterable[str]
    words: EnglishWords

    def facets(self) -> list[Facet]:
        return [f for f in self.catalog.facets if f.type == "category" and f.role != "person"]

    @cached_property
    def closed(self) -> Mapping[Phrase, tuple[tuple[str, str], ...]]:
        """The words of every category value -> (facet, value); people apart."""
        found: dict[Phrase, list[tuple[str, str]]] = {}
        for facet in self.facets():
            for value in dict.fromkeys((*map(str, self.values.get(facet.name, ())), *facet.values, *facet.aliases)):
                for words in value_words(facet, value):
                    p = phrase(words)
                    if 0 < len(p) <= LONGEST and (facet.name, value) not in found.setdefault(p, []):
                        found[p].append((facet.name, value))
        for facet in self.catalog.facets:
            for words in self.yes_words(facet, "en"):
                found.setdefault(phrase(words), []).append((facet.name, "True"))
        return {p: tuple(v) for p, v in found.items() if p and v}

    @staticmethod
    def yes_words(facet: Facet, language: str) -> list[str]:
        """What says of a thing that it has a yes-or-no quality: "organic"."""
        if facet.type != "bool":
            return []
        label = facet.label.get(language) or (facet.name.replace("_", " ") if language == "en" else "")
        return [w for w in dict.fromkeys((label, *facet.words.get(language, ()))) if w]

    def amounts_called(self, language: str) -> list[tuple[str, str]]:
        """(word, facet) for what numbers are numbers of: "caffeine"."""
        found = []
        for facet in self.catalog.facets:
            if facet.type == "number" and facet.role is None:
                found += [(w, facet.name) for w in (facet.label.get(language, ""), *facet.words.get(language, ())) if w]
        return found

    @cached_property
    def people(self) -> frozenset[Phrase]:
        """Names made of everyday words alone, which would pass as such in lower case."""
        found = set()
        for facet in self.catalog.facets:
            if facet.role == "person":
                for name in self.values.get(facet.name, ()):
                    if " " in name and name.isascii():
                        parts = tuple(name.lower().split())
                        if all(p in self.words.plain for p in parts):
                            found.add(parts)
        return frozenset(found)

    @cached_property
    def english_titles(self) -> frozenset[Phrase]:
        """Titles made of everyday words alone."""
        found = set()
        for title in self.titles:
            if not has_han(title) and len(title) < 60:
                p = phrase(title)
                if 0 < len(p) <= LONGEST and all(t in self.words.everyday or t in self.words.plain for t in p):
                    found.add(p)
        return frozenset(found)

    @cached_property
    def value_titles(self) -> frozenset[Phrase]:
        """Titles put together of words that name values: "American Gangster"."""
        words = {t for run in self.closed for t in run}
        runs = (phrase(title) for title in self.titles if not has_han(title) and len(title) < 60)
        return frozenset(run for run in runs if 1 < len(run) <= LONGEST and words.issuperset(run))

    @cached_property
    def chinese_titles(self) -> frozenset[str]:
        return frozenset(simplified(t) for t in self.titles if has_han(t) and len(t) >= 2)

    @cached_property
    def chinese(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Chinese words of values and people -> (facet, value)."""
        found: dict[str, list[tuple[str, str]]] = {}
        for facet in self.catalog.facets:
            if facet.type != "category":
                continue
            tables = [*facet.values.items(), *facet.aliases.items()]
            for value, table in tables:
                for words in table.get("zh", ()):
                    found.setdefault(simplified(words), []).append((facet.name, value))
            for value in self.values.get(facet.name, ()):
                if has_han(str(value)):
                    found.setdefault(simplified(str(value)), []).append((facet.name, str(value)))
        for facet in self.catalog.facets:
            for words in self.yes_words(facet, "zh"):
                found.setdefault(simplified(words), []).append((facet.name, "True"))
        return {w: tuple(v) for w, v in found.items() if len(w) > 1}

    def descriptive(self, facet: str, value: str) -> bool:
        """Whether a value only describes ("tense", "warm"): of a facet that is never a hard wish, in everyday words."""
        known = self.catalog.facet(facet)
        return bool(
            known and known.role is None and not known.filter and all(t in self.words.plain for t in phrase(value))
        )

    def bound(self, relation: Relation) -> frozenset[str]:
        """The person facets that a relation's words speak of: those that bring one of the words themselves."""
        return self._bindings[relation]

    @cached_property
    def _bindings(self) -> Mapping[Relation, frozenset[str]]:
        own: dict[str, set[str]] = {}
        for facet in self.catalog.facets:
            if facet.role == "person":
                texts = [facet.name, facet.label.get("en", ""), *facet.words.get("en", ()), *facet.cues.get("en", ())]
                own[facet.name] = {t for text in texts for t in phrase(text)} - {"by", "with", "from", "of", "the"}
        return {r: frozenset(n for n, words in own.items() if words & r.words) for r in self.words.relations}

    def relation(self, word: str) -> frozenset[str] | None:
        """The person facets that a relation word ("directed") speaks of in this catalogue; None where it is no such word."""
        found = [self.bound(r) for r in self.words.relations if word in r.words]
        return frozenset[str]().union(*found) if found else None

    def kin(self, facets: frozenset[str]) -> frozenset[str]:
        """Facets that speak of the same relation: a billed star is one of the cast."""
        found = set(facets)
        for bound in self._bindings.values():
            if bound & facets:
                found |= bound
        return frozenset(found)

    @cached_property
    def measured(self) -> frozenset[str]:
        """Words that name prices and ratings: said only beside a number that holds."""
        texts: list[str] = []
        for facet in self.catalog.facets:
            if facet.type == "number" and facet.role in ("price", "rating"):
                texts += [facet.label.get("en", ""), *facet.words.get("en", ())]
        return frozenset(t for text in texts for t in phrase(text))

    @cached_property
    def neutral(self) -> frozenset[str]:
        """Words that name the catalogue's things and their facets; prices and ratings are not named lightly."""
        texts = [*self.catalog.noun.get("en", ())]
        for facet in self.catalog.facets:
            if facet.role not in ("price", "rating", "person", "place", "language"):
                texts += [facet.label.get("en", ""), facet.name.replace("_", " "), *facet.words.get("en", ())]
        return frozenset(t for text in texts for t in phrase(text)) - word_set(
            "release released new latest newest best top free sale stock award awards"
        )
