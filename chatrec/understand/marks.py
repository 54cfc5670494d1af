"""Where a message names something: values, people, facets, "newer", items' nouns. One pass over its tokens.

Knows: the lexicon, tokens, the words around a match that tell an ordinary word from a name. Does not know: what the naming is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from chatrec.language.common import COMMON_EN
from chatrec.language.tokens import Utterance
from chatrec.language.units import Amount
from chatrec.understand.lexicon import TYPO_LENGTH, Lexicon, Named, Naming, Noun, clearly_known, weak
from chatrec.understand.titles import Mention, titles
from chatrec.understand.trends import Trend

_MINE = re.compile(
    r"\b(?:my|our|your|his|her|their|i'm|i am|we're|we are|he's|she's|am|the whole) $|(?<![给帮])[我你他她]们?的?$"
)
_NAME_BEFORE = re.compile(
    r"\b(?:by|with|from|starring|stars|featuring|directed|director|actor|actress|like|love|loves?|of|and|or|&|not|no|except|but|without) "
    r"(?:the |great |legendary )?$"
)
_KINDS = frozenset(
    (
        "film",
        "movie",
        "flick",
        "thriller",
        "comedy",
        "drama",
        "western",
        "classic",
        "picture",
        "song",
        "album",
        "book",
        "novel",
    )
)
_CUE_BEFORE = re.compile(r"\b(?:by|starring|featuring|artist|actor|actress|singer|author|director|band) $")
MOST_MARKS, MOST_TRENDS = 200, 24


@dataclass(frozen=True, slots=True)
class Mark:
    """A named thing and its place in the plain text. meanings: all that it may mean, the likeliest first."""

    start: int
    end: int
    kind: str  # value, name, trend, naming, cue, noun
    meanings: tuple[Any, ...]
    plural: bool = False
    tokens: int = 1


@dataclass(eq=False)
class Marks:
    """All that a message names. Every list is from left to right."""

    values: list[Mark]
    names: list[Mark]
    trends: list[Mark]
    namings: list[Mark]
    cues: list[Mark]
    nouns: list[Mark]
    amounts: list[Amount]
    mentions: list[Mention]
    unknown_titles: list[tuple[int, int]]

    @property
    def named(self) -> list[Mark]:
        """Values and people, from left to right."""
        return sorted([*self.values, *self.names], key=lambda m: m.start)


def marks(u: Utterance, lexicon: Lexicon, today: date) -> Marks:
    """Everything that is named; where two readings overlap, the longer stands."""
    found = _scan(u, lexicon)
    heard = titles(u, lexicon, [(m.start, m.end) for m in found["value"]])
    quoted = [(m.start, m.end) for m in heard.mentions if m.sure] + heard.unknown
    names = _longest([m for m in found["name"] if not _inside(m, quoted)])
    values = _longest([m for m in found["value"] if not _inside(m, quoted) and not _part_of_a_cue(m, found)])
    valued = [(m.start, m.end) for m in values]
    names += _surnames(u, lexicon, [(m.start, m.end) for m in names] + quoted, found["cue"] + found["naming"], valued)
    values += _misspelt(u, lexicon, found, names)
    values += _short_places(u, lexicon, [(m.start, m.end) for m in (*names, *values)] + quoted)
    mentions = [m for m in heard.mentions if m.sure or not _beaten(m, (*names, *values))]
    names = [m for m in names if not _beaten(m, (*values, *mentions))]
    values = [m for m in values if not _beaten(m, (*names, *mentions))]
    solid = [(m.start, m.end) for m in [*names, *values]] + [(m.start, m.end) for m in mentions]
    amounts = [a for a in lexicon.units.amounts(u.plain, today) if not _hits(a.core, solid)]
    taken = solid + [a.core for a in amounts if a.values or a.bound or a.around or a.temporal]
    trends = _longest([m for m in found["trend"][:MOST_MARKS] if not _hits((m.start, m.end), taken)])[:MOST_TRENDS]
    return Marks(
        values=sorted(values, key=lambda m: m.start),
        names=sorted(names, key=lambda m: m.start),
        trends=trends,
        namings=_longest([m for m in found["naming"] if not _hits((m.start, m.end), solid)]),
        cues=_longest([m for m in found["cue"] if not _hits((m.start, m.end), solid)]),
        nouns=_longest(found["noun"]),
        amounts=amounts,
        mentions=mentions,
        unknown_titles=heard.unknown,
    )


def _scan(u: Utterance, lexicon: Lexicon) -> dict[str, list[Mark]]:
    texts = [t.text for t in u.tokens]
    stems = [t.stem for t in u.tokens]
    kinds: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        ("value", lambda m: isinstance(m, Named)),
        ("trend", lambda m: isinstance(m, Trend)),
        ("cue", lambda m: isinstance(m, Naming) and m.cue),
        ("naming", lambda m: isinstance(m, Naming) and not m.cue),
        ("noun", lambda m: isinstance(m, Noun)),
    )
    found: dict[str, list[Mark]] = {kind: [] for kind, _ in kinds}
    found["name"] = []
    for at, token in enumerate(u.tokens):
        for end, entries in lexicon.phrases.at(stems, at):
            start, stop = token.start, u.tokens[end - 1].end
            if not _in_one_breath(u.plain, start, stop):
                continue
            for kind, belongs in kinds:
                meant = tuple(m for m in entries if belongs(m))
                if meant and not (kind == "value" and _MINE.search(u.plain, max(0, start - 12), start)):
                    plural = u.tokens[end - 1].text != u.tokens[end - 1].stem
                    found[kind].append(Mark(start, stop, kind, meant, plural, end - at))
        for end, entries in lexicon.names.at(texts, at):
            start, stop = token.start, u.tokens[end - 1].end
            if _in_one_breath(u.plain, start, stop) and (
                not weak(texts[at:end]) or token.han or _named_so(u, at, end, entries)
            ):
                found["name"].append(Mark(start, stop, "name", entries, tokens=end - at))
                break
        if len(found["value"]) + len(found["name"]) > MOST_MARKS:
            break
    return found


def _named_so(u: Utterance, at: int, end: int, entries: Iterable[Named]) -> bool:
    """Whether a name of ordinary words ("Cher", "Jack Black") is meant as a name here."""
    if any(n.declared for n in entries) and u.tokens[at].text not in COMMON_EN:
        return True
    start = u.tokens[at].start
    if (
        all(t.capital for t in u.tokens[at:end] if t.text != "'s")
        and (end - at > 1 or start > 0)
        and not u.shown.isupper()
    ):
        rare = u.tokens[at].text not in COMMON_EN and len(u.tokens[at].text) > 3
        return end - at > 1 or rare or _NAME_BEFORE.search(u.plain, max(0, start - 24), start) is not None
    if end - at == 1:
        return u.tokens[at].text not in COMMON_EN and _CUE_BEFORE.search(u.plain, max(0, start - 16), start) is not None
    return _NAME_BEFORE.search(u.plain, max(0, start - 24), start) is not None


def _surnames(
    u: Utterance, lexicon: Lexicon, taken: list[tuple[int, int]], cues: list[Mark], valued: list[tuple[int, int]]
) -> list[Mark]:
    """Lone surnames beside a cue ("by Villeneuve", "a Hitchcock film") when one bearer is far better known than the others.

    valued: places of category values, which stand before a noun in their own right: "a German film".
    """
    found: list[Mark] = []
    for at, token in enumerate(u.tokens):
        bearers = lexicon.surnames.get(token.text)
        if not bearers or len(token.text) < 4 or _hits((token.start, token.end), taken) or _part_of_a_name(u, at):
            continue
        if token.text in COMMON_EN and not token.capital:
            continue
        before = [m for m in cues if m.end <= token.start and not u.plain[m.end : token.start].strip()]
        joined = re.search(r"(?:\band|\bor|&|,) $", u.plain[max(0, token.start - 5) : token.start]) and any(
            e <= token.start and len(u.plain[e : token.start]) <= 5
            for _, e in [*taken, *((m.start, m.end) for m in found)]
        )
        after = re.match(r"(?:'s| (?:films?|movies?|flicks?|thrillers?)\b|-)", u.plain[token.end : token.end + 12])
        described = after and token.capital and not _hits((token.start, token.end), valued)
        if not (before or joined or described):
            continue
        wanted = {m.facet for mark in before for m in mark.meanings}
        narrowed = [b for b in bearers if b.facet in wanted] or list(bearers)
        if person := clearly_known(narrowed):
            same = tuple(b for b in bearers if b.value == person.value)
            found.append(Mark(token.start, token.end, "name", same, tokens=1))
            taken = [*taken, (token.start, token.end)]
    return found


def _part_of_a_cue(value: Mark, found: dict[str, list[Mark]]) -> bool:
    """Whether a value's word is the cue of a name beside it: 布兰特设计的 asks for the designer, not for 设计."""
    for cue in found["cue"]:
        if cue.start <= value.start and value.end <= cue.end and cue.end - cue.start > value.end - value.start:
            facets = {m.facet for m in cue.meanings}
            for name in found["name"]:
                beside = 0 <= cue.start - name.end <= 1 or 0 <= name.start - cue.end <= 1
                if beside and any(m.facet in facets for m in name.meanings):
                    return True
    return False


def _part_of_a_name(u: Utterance, at: int) -> bool:
    """Whether a word stands beside another name ("Martin Scorsese"): then it is not the surname of somebody else."""
    token = u.tokens[at]
    if at + 1 < len(u.tokens) and u.plain[token.end : u.tokens[at + 1].start] == " ":
        after = u.tokens[at + 1]
        if (
            not after.han
            and after.text.isalpha()
            and (after.text not in COMMON_EN or after.capital)
            and after.stem not in _KINDS
        ):
            return True
    if at > 0 and u.plain[u.tokens[at - 1].end : token.start] == " ":
        before = u.tokens[at - 1]
        return before.capital and before.start > 0 and before.text not in COMMON_EN and not before.han
    return False


def _misspelt(u: Utterance, lexicon: Lexicon, found: dict[str, list[Mark]], names: list[Mark]) -> list[Mark]:
    marked = [(m.start, m.end) for kind in found.values() for m in kind] + [(m.start, m.end) for m in names]
    wrong = []
    for token in u.tokens[:MOST_MARKS]:
        if len(token.text) < TYPO_LENGTH or not token.text.isascii() or (token.capital and token.start > 0):
            continue
        if token.text in COMMON_EN or token.stem in COMMON_EN or _hits((token.start, token.end), marked):
            continue
        meant = lexicon.typos.meant(token.stem) or lexicon.typos.meant(token.text)
        if meant:
            entries = tuple(m for m in lexicon.phrases.get([meant]) if isinstance(m, Named))
            wrong.append(Mark(token.start, token.end, "value", entries, token.text != token.stem))
    return wrong


def _short_places(u: Utterance, lexicon: Lexicon, taken: list[tuple[int, int]]) -> list[Mark]:
    """LA, NYC, San Fran: initials count where they are written in capitals and the rest of the message is not."""
    if not lexicon.places:
        return []
    found = []
    for at, token in enumerate(u.tokens[:MOST_MARKS]):
        if token.han or _hits((token.start, token.end), taken):
            continue
        for size in (3, 2, 1):
            end = u.tokens[at + size - 1].end if at + size <= len(u.tokens) else 0
            entries = lexicon.places.get(u.plain[token.start : end]) if end else None
            if not entries:
                continue
            written = u.words(token.start, end)
            if (
                size > 1
                or (written.isupper() and not u.shown.isupper())
                or u.plain.strip(" .!") in (written.lower(), f"in {written.lower()}")
            ):
                found.append(Mark(token.start, end, "value", entries, tokens=size))
                break
    return found


def _in_one_breath(plain: str, start: int, end: int) -> bool:
    """No sentence or list mark inside a match: "crime, drama" is no name of one thing."""
    return not any(c in ",;!?，。；！？、" for c in plain[start:end])


def _longest(found: list[Mark]) -> list[Mark]:
    """Marks of one kind without overlaps, longer ones first choice, from left to right."""
    kept: list[Mark] = []
    taken: set[int] = set()
    for mark in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        if taken.isdisjoint(range(mark.start, mark.end)):
            kept.append(mark)
            taken.update(range(mark.start, mark.end))
    return sorted(kept, key=lambda m: m.start)


def _beaten(mark: Mark | Mention, others: Iterable[Mark | Mention]) -> bool:
    """Whether a longer mark of another kind covers part of it."""
    return any(
        o.start < mark.end and mark.start < o.end and (o.end - o.start) > (mark.end - mark.start) for o in others
    )


def _hits(place: tuple[int, int], taken: Iterable[tuple[int, int]]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in taken)


def _inside(mark: Mark, places: Iterable[tuple[int, int]]) -> bool:
    return _hits((mark.start, mark.end), places)
