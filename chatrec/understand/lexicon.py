"""A catalogue's own words: what a phrase may name (values, people, titles, facets, "cheaper"), and what a name resolves to.

Knows: Catalog, items, phrases. Does not know: sentences, wishes. Built once a version of a catalogue from its facets and items,
pure data afterwards; which of several meanings is meant, the rest of this room decides.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chatrec.language.common import COMMON_EN, STOPWORDS_EN
from chatrec.language.normal import normal
from chatrec.language.script import has_han
from chatrec.language.tokens import keys, stem
from chatrec.language.units import Units
from chatrec.understand.spellings import ARTICLES, initials, spellings
from chatrec.understand.trends import Trend, missing, trends
from chatrec.understand.typos import Typos, one_letter_apart
from chatrec.understand.usual import facet_phrases, unit_table
from chatrec.vocabulary import Catalog, Facet, Item

Entry = TypeVar("Entry")
TYPO_LENGTH = 6  # letters from which a wrong one is forgiven
LONGEST_PHRASE = 14  # tokens
MANY_VALUES = 3_000  # values of a facet that are all compared with a misspelt one


@dataclass(frozen=True, slots=True)
class Named:
    """A value that a phrase may mean. count: items that have it. declared: the word is in the catalogue's own word lists."""

    facet: str
    value: Any
    count: int = 0
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Titled:
    """An item that a phrase may name. rank: 0 the whole title, 1 another spelling, 2 a part of it."""

    item_id: str
    rank: int


@dataclass(frozen=True, slots=True)
class Naming:
    """A word that names a facet ("budget") or, as a cue, chooses it for a name beside it ("directed by")."""

    facet: str
    cue: bool = False


@dataclass(frozen=True, slots=True)
class Noun:
    """What the catalogue's items are called."""

    language: str


Meaning = Named | Trend | Naming | Noun


class Phrases(Generic[Entry]):
    """Phrases of tokens and what they may mean; longest match at a place."""

    def __init__(self) -> None:
        self._table: dict[str, tuple[Entry, ...]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}

    def add(self, words: Sequence[str], entry: Entry) -> None:
        if 0 < len(words) <= LONGEST_PHRASE:
            key = " ".join(words)
            have = self._table.get(key, ())
            if entry not in have:
                self._table[key] = (*have, entry)

    def close(self) -> Phrases[Entry]:
        """Called once after the last `add`."""
        lengths: dict[str, set[int]] = {}
        for key in self._table:
            first, _, rest = key.partition(" ")
            lengths.setdefault(first, set()).add(1 + rest.count(" ") + bool(rest))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
        return self

    def get(self, words: Sequence[str]) -> tuple[Entry, ...]:
        return self._table.get(" ".join(words), ())

    def at(self, words: Sequence[str], start: int) -> Iterator[tuple[int, tuple[Entry, ...]]]:
        """(end, entries) of every phrase that begins at a place, longest first."""
        for length in self._lengths.get(words[start], ()):
            if start + length <= len(words):
                found = self._table.get(" ".join(words[start : start + length]))
                if found:
                    yield start + length, found

    def items(self) -> Iterable[tuple[str, tuple[Entry, ...]]]:
        return self._table.items()

    def __len__(self) -> int:
        return len(self._table)


@dataclass(eq=False)
class Lexicon:
    """Everything the reader looks words up in. Build it with `Lexicon.build(catalog, items)`."""

    catalog: Catalog
    items: dict[str, Item]
    phrases: Phrases[Meaning]  # keyed by stems: values that may be hard wishes, "newer", names of facets, cues, nouns
    names: Phrases[Named]  # keyed by words: people
    surnames: dict[str, tuple[Named, ...]]  # last word of a name -> its bearers, best known first
    first_names: dict[str, tuple[str, ...]]  # first word of a name -> names
    by_title: Phrases[Titled]
    units: Units
    numbers: dict[str, array[float]]  # facet -> sorted values
    canonical: dict[str, dict[str, Any]]  # facet -> normal form of a value -> the value
    described: Phrases[Meaning]  # words of facets with `filter: false`
    spread: dict[str, float]  # facet -> mean number of values of the items that have one
    typos: Typos
    missing: Phrases[str]  # words for more and less of what this catalogue does not tell: "cheaper" without a price
    places: dict[str, tuple[Named, ...]]  # short ways of writing places of two words and more: ny, nyc, san fran
    _facets: dict[str, Facet] = field(default_factory=dict)

    @classmethod
    def build(cls, catalog: Catalog, items: Iterable[Item]) -> Lexicon:
        """Read facets and items once. 10,000 films with 60,000 people take about a second."""
        return _build(catalog, items)

    def facet(self, name: str | None) -> Facet | None:
        return self._facets.get(name or "")

    # ------------------------------------------------------------------ titles

    def titles(self, text: str) -> list[str]:
        """Ids of the items called so, the likeliest first: whole titles before parts, better known before less known."""
        return [t.item_id for t in self.titled(keys(text))]

    def titled(self, words: Sequence[str]) -> tuple[Titled, ...]:
        found = self.by_title.get(words)
        if not found and words and words[0] in ("the", "a", "an") and len(words) > 1:
            found = self.by_title.get(words[1:])
        return found

    # ------------------------------------------------------------------ values

    def resolve(self, facet_name: str, value: Any) -> Any | None:
        """The canonical value that is meant: by its words, aliases, case, accents, or one wrong letter. None when unknown."""
        facet = self.facet(facet_name)
        if facet is None:
            return None
        if facet.type == "bool":
            return _bool(value)
        if facet.type == "number":
            return _number(value)
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            return None
        text = str(value)
        known = self.canonical.get(facet_name, {})
        if (exact := known.get(normal(text))) is not None:
            return exact
        if facet.type == "date":
            return text if len(text) >= 4 and text[:4].isdigit() else None
        words = keys(text)
        stems = [stem(w) for w in words]
        for named in (*self.phrases.get(stems), *self.described.get(stems), *self.names.get(words)):
            if isinstance(named, Named) and named.facet == facet_name:
                return named.value
        if facet.role == "person" and len(words) == 1:
            bearers = [n for n in self.surnames.get(words[0], ()) if n.facet == facet_name]
            known_one = clearly_known(bearers)
            return known_one.value if known_one else None
        return self._misspelt(facet, words, normal(text))

    def _misspelt(self, facet: Facet, words: list[str], text: str) -> Any | None:
        if len(text) < TYPO_LENGTH or not words:
            return None
        known = self.canonical.get(facet.name, {})
        if facet.role == "person":
            near = {
                *self.first_names.get(words[0], ()),
                *(normal(str(n.value)) for n in self.surnames.get(words[-1], ())),
            }
        elif len(known) <= MANY_VALUES:
            near = set(known)
            near |= {k for k, _ in self._named_phrases(facet.name)}
        else:
            return None
        close = [k for k in near if one_letter_apart(k, text, 2 if len(text) >= 2 * TYPO_LENGTH else 1)]
        meant = {v for k in close if (v := known.get(k) or self._value_of(facet.name, k)) is not None}
        return meant.pop() if len(meant) == 1 else None

    def _value_of(self, facet_name: str, key: str) -> Any | None:
        return next(
            (n.value for n in self.phrases.get(key.split()) if isinstance(n, Named) and n.facet == facet_name), None
        )

    def _named_phrases(self, facet_name: str) -> Iterator[tuple[str, Named]]:
        for key, found in self.phrases.items():
            for named in found:
                if isinstance(named, Named) and named.facet == facet_name:
                    yield key, named

    def known_values(self, facet_name: str) -> Iterable[Any]:
        return self.canonical.get(facet_name, {}).values()

    # ------------------------------------------------------------------ numbers

    def range(self, facet_name: str) -> tuple[float, float] | None:
        """Least and greatest value that an item has."""
        have = self.numbers.get(facet_name)
        return (have[0], have[-1]) if have else None

    def quantile(self, facet_name: str, share: float) -> float | None:
        """The value that a share (0..1) of the items do not exceed."""
        have = self.numbers.get(facet_name)
        return have[min(len(have) - 1, int(share * len(have)))] if have else None

    def share_below(self, facet_name: str, value: float) -> float:
        have = self.numbers.get(facet_name)
        return bisect_left(have, value) / len(have) if have else 0.0

    def one_valued(self, facet: Facet) -> bool:
        """Whether an item hardly ever has two values of it: "by Nolan and Villeneuve" then means either."""
        return not facet.many or self.spread.get(facet.name, 1.0) < 1.3


def resolve(lexicon: Lexicon, facet: str, value: Any) -> Any | None:
    """The canonical value of a facet that is meant, or None."""
    return lexicon.resolve(facet, value)


def clearly_known(bearers: Sequence[Named]) -> Named | None:
    """The one among people of a name who is meant by the name alone: far better known than the next."""
    people: dict[Any, int] = {}
    for bearer in bearers:
        people[bearer.value] = max(people.get(bearer.value, 0), bearer.count)
    ranked = sorted(people.items(), key=lambda p: -p[1])
    if not ranked or (len(ranked) > 1 and ranked[0][1] < 3 * ranked[1][1]) or (len(ranked) > 1 and ranked[0][1] < 4):
        return None
    return next(b for b in sorted(bearers, key=lambda b: -b.count) if b.value == ranked[0][0])


def weak(words: Sequence[str]) -> bool:
    """Whether a title or name is made of words that turn up in ordinary sentences."""
    if all(has_han(w) for w in words):
        return len(words) <= 2
    if words[0] in ARTICLES:
        words = words[1:]
    if len(words) <= 1:
        return True
    if len(words) >= 4 and sum(w not in STOPWORDS_EN for w in words) >= 2:
        return False
    return all(w in COMMON_EN or stem(w) in COMMON_EN or len(w) < 3 or w.isdigit() or w == "'s" for w in words)


# ---------------------------------------------------------------------- building


def _build(catalog: Catalog, items: Iterable[Item]) -> Lexicon:
    by_id: dict[str, Item] = {}
    counts: dict[str, Counter[Any]] = {f.name: Counter() for f in catalog.facets}
    holders: Counter[str] = Counter()
    for item in items:
        by_id[item.id] = item
        for name, value in item.attributes.items():
            if name not in counts or value is None or value == "":
                continue
            holders[name] += 1
            if isinstance(value, (list, tuple)):
                counts[name].update(value)
            else:
                counts[name][value] += 1
    phrases: Phrases[Meaning] = Phrases()
    described: Phrases[Meaning] = Phrases()
    names: Phrases[Named] = Phrases()
    numbers: dict[str, array[float]] = {}
    canonical: dict[str, dict[str, Any]] = {}
    bearers: dict[str, list[Named]] = {}
    first: dict[str, list[str]] = {}
    tables: dict[str, dict[str, float]] = {}
    for facet in catalog.facets:
        have = counts[facet.name]
        for phrase in facet_phrases(facet):
            phrases.add(stems_of(phrase), Naming(facet.name))
        for phrase in (p for ps in facet.cues.values() for p in ps):
            phrases.add(stems_of(phrase), Naming(facet.name, cue=True))
        if facet.type in ("number", "date"):
            numbers[facet.name] = array("d", sorted(n for v in have.elements() if (n := _as_number(v)) is not None))
            for phrase, trend in trends(facet):
                phrases.add(stems_of(phrase), trend)
        if facet.type == "number":
            tables[facet.name] = unit_table(facet)
        elif facet.type == "bool" and facet.filter:
            for phrase in facet_phrases(facet):
                phrases.add(stems_of(phrase), Named(facet.name, True, have[True], True))
        elif facet.type == "category":
            canonical[facet.name] = {normal(str(v)): v for v in [*facet.values, *have]}
            if facet.role == "person" and facet.filter:
                _people(facet, have, names, bearers, first)
            else:
                _categories(facet, have, phrases if facet.filter else described)
    for language, words in catalog.noun.items():
        for word in words:
            phrases.add(stems_of(word), Noun(language))
    phrases.close()
    places = _short_places(catalog, canonical, counts)
    return Lexicon(
        catalog=catalog,
        items=by_id,
        phrases=phrases,
        names=names.close(),
        surnames={k: tuple(sorted(v, key=lambda n: -n.count)) for k, v in bearers.items()},
        first_names={k: tuple(v) for k, v in first.items()},
        by_title=_titles(by_id.values()),
        units=Units(tables),
        numbers=numbers,
        canonical=canonical,
        described=described.close(),
        spread={n: sum(c.values()) / holders[n] for n, c in counts.items() if holders[n]},
        typos=Typos(_spelt(phrases)),
        missing=_missing(catalog, phrases),
        places=places,
        _facets={f.name: f for f in catalog.facets},
    )


def stems_of(phrase: str) -> list[str]:
    return [stem(w) for w in keys(phrase)]


def _spelt(phrases: Phrases[Meaning]) -> Iterator[str]:
    """The words of values that may be misspelt and still be heard."""
    for key, found in phrases.items():
        if len(key) >= TYPO_LENGTH and key.isascii() and key.isalpha() and any(isinstance(m, Named) for m in found):
            yield key


def _as_number(value: Any) -> float | None:
    """A number as it is, a date by its year."""
    if isinstance(value, str):
        return float(value[:4]) if value[:4].isdigit() else None
    return float(value) if isinstance(value, (int, float)) else None


_NO_VALUE = frozenset(
    (
        "none",
        "no",
        "yes",
        "n/a",
        "na",
        "unknown",
        "other",
        "others",
        "misc",
        "-",
        "无",
        "没有",
        "有",
        "其他",
        "其它",
        "未知",
        "暂无",
    )
)


_KIND_ENDS = ("型", "类", "式", "系")


def _categories(facet: Facet, have: Counter[Any], table: Phrases[Meaning]) -> None:
    for declared in (facet.values, facet.aliases):
        for value, words in declared.items():
            for phrase in (w for ws in words.values() for w in ws):
                _add_value(table, phrase, Named(facet.name, value, have[value], True))
    for value, count in have.items():
        if isinstance(value, str) and normal(value) not in _NO_VALUE:
            _add_value(table, value, Named(facet.name, value, count, value in facet.values))
            if len(value) > 2 and value.endswith(_KIND_ENDS) and has_han(value[0]):  # 高档 of 高档型
                _add_value(table, value[:-1], Named(facet.name, value, count))
    for value in facet.values:
        _add_value(table, value, Named(facet.name, value, have[value], True))


def _missing(catalog: Catalog, known: Phrases[Meaning]) -> Phrases[str]:
    table: Phrases[str] = Phrases()
    for phrase in missing({f.role for f in catalog.facets}):
        words = stems_of(phrase)
        if not known.get(words):
            table.add(words, phrase)
    return table.close()


def _short_places(
    catalog: Catalog, canonical: dict[str, dict[str, Any]], counts: dict[str, Counter[Any]]
) -> dict[str, tuple[Named, ...]]:
    """Initials of a place (LA, NY, also NYC) and its name with the last word cut (San Fran), where one place alone is written so."""
    found: dict[str, set[Named]] = {}
    for facet in catalog.facets:
        if facet.role != "place" or not facet.filter:
            continue
        for value in canonical.get(facet.name, {}).values():
            words = keys(str(value))
            if len(words) < 2 or not all(w.isascii() and w.isalpha() for w in words):
                continue
            named = Named(facet.name, value, counts[facet.name][value])
            first = "".join(w[0] for w in words)
            cut = (" ".join((*words[:-1], words[-1][:n])) for n in range(4, len(words[-1])))
            for short in (first, f"{first}c", *cut):
                found.setdefault(short, set()).add(named)
    return {short: tuple(named) for short, named in found.items() if len({n.value for n in named}) == 1}


def _add_value(table: Phrases[Meaning], phrase: str, named: Named) -> None:
    words = stems_of(phrase)
    if len(words) == 1 and (has_han(words[0]) or len(words[0]) < 2):
        return  # one character alone means too many things
    if len(words) == 1 and words[0] in STOPWORDS_EN:
        return  # an album called "Yours"
    table.add(words, named)
    if "-" in phrase and not has_han(phrase):
        table.add(["".join(words)], named)


def _people(
    facet: Facet,
    have: Counter[Any],
    names: Phrases[Named],
    bearers: dict[str, list[Named]],
    first: dict[str, list[str]],
) -> None:
    for value, count in have.items():
        words = keys(str(value))
        if not words:
            continue
        named = Named(facet.name, value, count)
        names.add(words, named)
        if (short := initials(words)) != words:
            names.add(short, named)
        if len(words) > 1 and words[0].isascii():
            last = words[-1] if words[-1] not in ("jr", "sr", "ii", "iii") or len(words) < 3 else words[-2]
            bearers.setdefault(last, []).append(named)
            first.setdefault(words[0], []).append(normal(str(value)))
    for value, by_language in facet.aliases.items():
        if have and value not in have:
            continue
        for phrase in (w for ws in by_language.values() for w in ws):
            names.add(keys(phrase), Named(facet.name, value, have[value], True))


# ---------------------------------------------------------------------- titles


def _titles(items: Iterable[Item]) -> Phrases[Titled]:
    found: dict[tuple[str, ...], dict[str, int]] = {}
    fame: dict[str, float] = {}
    for item in items:
        fame[item.id] = item.popularity
        for title in dict.fromkeys((item.title, *item.titles.values())):
            for rank, words in spellings(title):
                ids = found.setdefault(words, {})
                ids[item.id] = min(rank, ids.get(item.id, 9))
    table: Phrases[Titled] = Phrases()
    for words, ids in found.items():
        for item_id, rank in sorted(ids.items(), key=lambda p: (p[1], -fame[p[0]], p[0])):
            table.add(words, Titled(item_id, rank))
    return table.close()


def _bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = normal(str(value))
    return (
        True
        if word in ("true", "yes", "1", "是", "有")
        else False
        if word in ("false", "no", "0", "否", "没有")
        else None
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number == number and abs(number) < 1e15 else None
