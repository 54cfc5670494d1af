"""The names in an English sentence: runs of capitals, and names and titles that hide in everyday lower-case words.

Knows: capitals. Does not know: what a name did (relations.py).
"""

from __future__ import annotations

import re

from chatrec.answer.grounding.english_sentence import EnglishSentence
from chatrec.answer.grounding.records import Phrase
from chatrec.answer.grounding.terms import LONGEST
from chatrec.language.common import word_set

_TITLE_CUE = re.compile(
    r"\b(?:like|than|liked|loved|love|enjoyed|watched|seen|saw|of|as|recalls|recall|echoes|rivals|beats|after|before|to|with|and|or)(?: the| a)? $"
)
_CALENDAR = word_set("monday tuesday wednesday thursday friday saturday sunday i i'm i'd i'll i've")
_OPENERS = word_set(
    "it this that there here what everything nothing something he she they who if when but all one you up so no"
)
_HAVE_IS = _OPENERS | word_set(
    "today tonight how where life let's everyone everybody nobody somebody"
)  # "Life's too short"
_CONTRACTION = re.compile(r"(?:'s|'re|'ll|'ve|'d|'m|n't)$")


def names(s: EnglishSentence) -> None:
    """Runs of capitals that no whole name covers: a part of one name, or the person's words."""
    i = 0
    while i < len(s.tokens):
        if not _like_name(s, i):
            i += 1
            continue
        end = i + 1
        while end < len(s.tokens) and _like_name(s, end) and s.gap(end) in (" ", "-", " - ", ". ", "'"):
            end += 1
        _name(s, i, end)
        i = end


def _like_name(s: EnglishSentence, i: int) -> bool:
    token = s.tokens[i]
    if s.cover[i] is not None or not token.capital or token.han or token.text in _CALENDAR:
        return False
    if token.text == "'s" or token.text.split("'")[0] in ("i",):
        return False
    if i == 0 and s.texts[1:2] == ("'s",) and token.text not in _HAVE_IS:
        return True  # "Hardy's touch": nobody but a name owns something in the first word
    return not (_opens(s, i) and _ordinary(s, token.text))


def _opens(s: EnglishSentence, i: int) -> bool:
    """Whether a token opens the sentence, so that its capital says nothing."""
    return i == 0 or bool(re.search(r"[.!?:]\s*[\"']?\s*$|[\"']$", s.gap(i)))


def _ordinary(s: EnglishSentence, word: str) -> bool:
    bare = _CONTRACTION.sub("", word)
    return (
        bare in s.words.plain
        or bare in s.words.everyday
        or bare in s.terms.neutral | s.terms.measured
        or bare in s.evidence(0)
    )


def _name(s: EnglishSentence, start: int, end: int) -> None:
    run = s.texts[start:end]
    s.claim(start, end)
    facets = s.facets(start, run) or frozenset({"title"} if _part_of_title(s, run) else ())
    if facets and not _glued(s, start, end) and (len(run) > 1 or len(run[0]) > 1):
        s.fill(start, end, facets)
        if people := frozenset(f for f in facets if s.is_person(f)):
            s.pieces.append((start, end, people))
        return
    if s.addressed.frees(start) and s.spoken.holds(run):
        s.fill(start, end, frozenset({"free"}))
        return
    raise s.refuse("name", start, end)


def _part_of_title(s: EnglishSentence, run: Phrase) -> bool:
    n = len(run)
    return any(run == t[i : i + n] for r in s.records for t in r.titles for i in range(len(t) - n + 1))


def _glued(s: EnglishSentence, start: int, end: int) -> bool:
    """Whether a part of a name stands right beside another name: "Michael" before "Pacino" is neither's."""
    for edge, other in ((start, start - 1), (end, end)):
        if 0 <= other < len(s.tokens) and edge < len(s.tokens) and s.gap(max(edge, 1)) in (" ", "-"):
            cover = s.cover[other]
            if cover and cover - {"title", "quote", "number", "free", "text"} and any(map(s.is_person, cover)):
                return True
    return False


def foreign_names(s: EnglishSentence) -> None:
    """Names and titles in everyday lower-case words."""
    for i in range(len(s.tokens)):
        for n in range(2, min(LONGEST, len(s.tokens) - i) + 1):
            run = s.texts[i : i + n]
            if run in s.terms.value_titles and _capital_title(s, i, i + n) and not s.spoken.holds(run):
                raise s.refuse("title", i, i + n)
            if any(s.cover[i : i + n]):
                break
            if run in s.terms.people and not s.spoken.holds(run):
                raise s.refuse("name", i, i + n)
            if run in s.terms.english_titles and not s.spoken.holds(run) and _title_like(s, i, n):
                raise s.refuse("title", i, i + n)
    first = s.texts[:1]
    if first in s.terms.english_titles and s.cover[0] is None and s.finite(1) and first[0] not in _OPENERS:
        raise s.refuse("title", 0, 1)


def _capital_title(s: EnglishSentence, start: int, end: int) -> bool:
    """Whether a foreign title is written as one, though its words are values of this catalogue: "American Gangster"."""
    covers = s.cover[start:end]
    named = any(c and (c & {"title", "quote", "free"} or any(map(s.is_person, c))) for c in covers)
    return not named and None not in covers and all(t.capital for t in s.tokens[start:end])


def _title_like(s: EnglishSentence, i: int, n: int) -> bool:
    before = s.plain[: s.tokens[i].start]
    return any(t in s.words.everyday for t in s.texts[i : i + n]) and bool(_TITLE_CUE.search(before))
