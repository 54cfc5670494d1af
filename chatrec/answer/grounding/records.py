"""What may back a claim: an item's record, and what the person said.

Knows: items, facets, phrases as tokens. Does not know: sentences, or what counts as a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chatrec.answer.grounding.stems import stems
from chatrec.language.describe import value_text
from chatrec.language.normal import normal
from chatrec.language.script import simplified
from chatrec.language.tokens import keys
from chatrec.vocabulary import Catalog, Facet, Item

Phrase = tuple[str, ...]
# Sentences inside an item's text that talk to a model, not about the item: they back nothing.
_ORDERS = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|above|previous|everything)|system prompt|\bassistant\b"
    r"|\b(?:say|tell|claim|write|mention|reply|respond|answer|output|recommend)\b.{0,40}\b(?:user|person|customer|that (?:this|it)|always|first)\b"
    r"|\byou (?:must|are now|should)\b|https?:|www\.|忽略.{0,12}(?:指令|提示|要求|规则)|系统提示|你必须|告诉用户|请回复|请说"
    r"|[{}<>]|\b(?:system|new rules?|instructions?) ?:|\b(?:buy|recommend|pick|choose) only\b|助手 ?[:：]|规则 ?[:：]|只(?:能|准|许)(?:买|选|推荐)"
)
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|\.(?=\w))+[.!?。！？]*")  # the point of 2.6 kg or of an address ends none


def phrase(text: str) -> Phrase:
    """A text as the tokens by which phrases are compared."""
    return tuple(keys(text))


def without_orders(text: str) -> str:
    """A text without the sentences that talk to a model; as it was where none does."""
    return " ".join(s for s in _SENTENCE.findall(text) if not _ORDERS.search(s)) if _ORDERS.search(text) else text


@dataclass(frozen=True)
class Record:
    """One item as evidence. Phrases are token tuples; facets are names."""

    item: Item
    catalog: Catalog

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The item's own words, in every language, without orders to a model."""
        item = self.item
        return tuple(
            dict.fromkeys(t for t in map(without_orders, (item.description, *item.descriptions.values())) if t)
        )

    @cached_property
    def plain(self) -> str:
        """All running text of the record in its normal form, simplified characters; for quotations."""
        parts = [*self.texts, self.item.title, *self.item.titles.values()]
        parts += [str(v) for f in self.catalog.facets if f.type == "text" for v in self.item.values(f.name)]
        return " \n ".join(normal(simplified(p)) for p in parts)

    @cached_property
    def titles(self) -> frozenset[Phrase]:
        return frozenset(p for t in (self.item.title, *self.item.titles.values()) if (p := phrase(t)))

    @cached_property
    def spans(self) -> Mapping[Phrase, frozenset[str]]:
        """Whole titles ("title"), names and values with the facets they stand in."""
        found: dict[Phrase, set[str]] = {}
        for title in self.titles:
            found.setdefault(title, set()).add("title")
        for facet in self.catalog.facets:
            if facet.type in ("category", "text"):
                for value in self.item.values(facet.name):
                    for words in value_words(facet, value):
                        if p := phrase(words):
                            found.setdefault(p, set()).add(facet.name)
        return {p: frozenset(f) for p, f in found.items()}

    @cached_property
    def written(self) -> Mapping[str, frozenset[str]]:
        """Titles and people's names as they are written, in normal form and simplified characters, with facets; also the last
        part of a name with interpuncts (德尼罗)."""
        found: dict[str, set[str]] = {}
        for title in (self.item.title, *self.item.titles.values()):
            found.setdefault(dotted(title), set()).add("title")
        for facet in self.catalog.facets:
            if facet.role == "person":
                for value in self.item.values(facet.name):
                    for words in value_words(facet, value):
                        name = dotted(words)
                        found.setdefault(name, set()).add(facet.name)
                        if "·" in name and len(last := name.rsplit("·", 1)[1]) > 1:
                            found.setdefault(last, set()).add(facet.name)
        return {w: frozenset(f) for w, f in found.items() if len(w) > 1}

    @cached_property
    def names(self) -> tuple[tuple[Phrase, frozenset[str]], ...]:
        """What a run of capitals may be part of, with facets: names, titles, and capitalised runs of the item's own words."""
        found = list(self.spans.items())
        for text in self.texts:
            for run in re.findall(r"[A-ZÀ-Þ][\w'’-]*(?:[ -](?:[A-ZÀ-Þ][\w'’-]*|of|the|de|von|van|del|la))*", text):
                if p := phrase(run):
                    found.append((p, frozenset({"text"})))
        return tuple(found)

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of the words that its texts and values hold; not of its title or of people's names."""
        parts: list[str] = list(self.texts)
        for facet in self.catalog.facets:
            if facet.role != "person" and facet.type in ("category", "text"):
                parts += [w for v in self.item.values(facet.name) for w in value_words(facet, v)]
        return frozenset(s for part in parts for token in keys(part) for s in stems(token))

    @cached_property
    def runs(self) -> tuple[Phrase, ...]:
        """The tokens of its texts and text values, for numbers in context."""
        values = [str(v) for f in self.catalog.facets if f.type == "text" for v in self.item.values(f.name)]
        return tuple(split_units(t) for t in (*self.texts, *values))

    def runs_of(self, facets: frozenset[str]) -> tuple[Phrase, ...]:
        """The tokens of the values of some text facets."""
        return tuple(split_units(str(v)) for name in facets for v in self.item.values(name) if isinstance(v, str))

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Of its dates."""
        dates = [str(v) for f in self.catalog.facets if f.type == "date" for v in self.item.values(f.name)]
        return tuple(int(d[:4]) for d in dates if d[:4].isdigit())

    def has(self, facet: str, canonical: Any) -> bool:
        key = normal(str(canonical))
        return any(normal(str(v)) == key for v in self.item.values(facet))

    def names_in(self, run: Phrase) -> frozenset[str]:
        """The facets in which a name holds this run of tokens in one piece; empty where none does."""
        n = len(run)
        return frozenset(
            f
            for name, facets in self.names
            if any(name[i : i + n] == run for i in range(len(name) - n + 1))
            for f in facets
        )


def value_words(facet: Facet, value: Any) -> list[str]:
    """Every way in which a value may be written: itself, its labels, its other names."""
    found = [str(value)]
    for table in (facet.values, facet.aliases):
        for words in table.get(str(value), {}).values():
            found += words
    for language in ("en", "zh"):
        found.append(value_text(facet, value, language))
    return list(dict.fromkeys(found))


def dotted(text: str) -> str:
    """Chinese in the form that is compared: normal, simplified, one kind of dot between the parts of a name."""
    return re.sub(r"(?<=[\u3400-\u9fff]) ?[・•‧∙．.⋅] ?(?=[\u3400-\u9fff])", "·", normal(simplified(text)))


def split_units(text: str) -> Phrase:
    """Tokens with numbers and their units apart: 16GB -> 16, gb."""
    return tuple(
        t
        for token in keys(text)
        for t in re.findall(r"^\d+(?=[a-z])|^[a-z].*$|(?<=\d)[a-z].*$|^\d+$|^[^\W\d].*$|.+", token)
    )


@dataclass(frozen=True)
class Spoken:
    """The person's own messages as evidence. values: what of the catalogue they name."""

    text: str = ""
    stems: frozenset[str] = frozenset()
    tokens: Phrase = ()
    values: frozenset[tuple[str, str]] = frozenset()
    numbers: frozenset[float] = field(default_factory=frozenset)

    @property
    def said_anything(self) -> bool:
        return bool(self.tokens)

    def holds(self, run: Sequence[str]) -> bool:
        n, run = len(run), tuple(run)
        return n > 0 and any(self.tokens[i : i + n] == run for i in range(len(self.tokens) - n + 1))


def mean(values: Iterable[frozenset[str]]) -> frozenset[str]:
    """What all of several sets hold."""
    sets = list(values)
    return frozenset.intersection(*sets) if sets else frozenset()
