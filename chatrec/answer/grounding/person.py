"""What a sentence says of the person it speaks to: only what they said themselves.

Knows: "you asked for", "since you like", "your love of". Does not know: records.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatrec.answer.grounding.finding import Unbacked
from chatrec.answer.grounding.records import Spoken
from chatrec.answer.grounding.stems import stems
from chatrec.answer.grounding.terms import LONGEST, Terms
from chatrec.answer.grounding.words import EnglishWords
from chatrec.language.common import word_set
from chatrec.language.tokens import Token

_SKIP = word_set(
    "have had also just always really truly clearly obviously already once often usually did do were was are both all 've seem seems tend to never"
)
_CLAUSE_END = re.compile(r"[,;:.!?()]| - |--")
_STOPS = word_set("this it here so because which while but")
_EMPTY = word_set("""a an the and or of for to in on with some any no not too very so as at be is are was were that this these those it its one ones more
    something anything thing things kind sort feel mood film style tone vibe from by than into about just up out like love asked wanted
    said good great nice bit little your you film films after looking only really quite all such""")
_CONDITIONS = word_set("if when whenever whether should would do did have")
_ASKED = word_set("something anything one that thing things story stories")
_AS_SAID = word_set("said asked mentioned wanted set named described requested wished told specified hoped ordered")
_MUCH = word_set("much many long soon far well often")
_AS = word_set("as just exactly like precisely how the way")
_LIKING = word_set(
    "like liked likes love loved loves enjoy enjoyed adore adored favourite favorite fond fondness liking"
)
_BEING = re.compile(r"\byou(?:'re| are| were) (?:\w+ly )?(?:an?|the|such|one|both|already|always)\b")
_NOW = re.compile(r"\byou(?:'re| are)(?: \w+ly)? (?:after|looking for|searching for|hoping for|craving)\b")


@dataclass(frozen=True)
class Addressed:
    """free: tokens that the person's own words back."""

    free: frozenset[int] = field(default_factory=frozenset)

    def frees(self, i: int) -> bool:
        return i in self.free


def addressed(
    plain: str, tokens: Sequence[Token], words: EnglishWords, spoken: Spoken, terms: Terms, *, asking: bool = False
) -> Addressed:
    """Which tokens rest on the person's words. Raises Unbacked where something is said of them that they did not say.

    asking: a question about no item, which may ask after "a film you loved".
    """
    free: set[int] = set()
    you = words.you
    for i, token in enumerate(tokens):
        base = token.text.split("'")[0]
        if base == "your" or base == "yours":
            free |= _possession(plain, tokens, i, you["possessions"], spoken, terms)
        elif base == "you" and not (asking and i and (tokens[i - 1].text in terms.neutral | _ASKED)):
            free |= _assertion(plain, tokens, i, you, spoken, terms)
    return Addressed(frozenset(free))


def _assertion(
    plain: str, tokens: Sequence[Token], i: int, you: dict[str, frozenset[str]], spoken: Spoken, terms: Terms
) -> set[int]:
    ending = tokens[i].text.partition("'")[2]
    if ending in ("ll", "d"):
        return set()
    at = i + 1
    if _BEING.match(plain, tokens[i].start) and not any(t.text in _CONDITIONS for t in tokens[max(0, i - 2) : i]):
        return _stretch(plain, tokens, i, i + 1, spoken, terms)
    while at < len(tokens) and tokens[at].text in _SKIP:
        at += 1
    if at >= len(tokens):
        return set()
    verb = tokens[at].text
    now = _NOW.match(plain, tokens[i].start)
    if verb not in you["verbs"] | _AS_SAID and not now:
        if ending == "ve" or tokens[i + 1].text in ("have", "had", "were", "was"):
            raise Unbacked("person", plain[tokens[i].start : tokens[at].end])
        return set()
    conditions = _CONDITIONS if verb in you["history"] else you["conditions"]
    as_said = verb in _AS_SAID and i > 0 and tokens[i - 1].text == "as" and tokens[max(0, i - 2)].text not in _MUCH
    if not as_said and any(t.text in conditions for t in tokens[max(0, i - 2) : i]) and not now:
        return set()
    start = next((k for k, t in enumerate(tokens) if now and t.start >= now.end()), at + 1)
    end = start
    while end < len(tokens) and not _CLAUSE_END.search(plain[tokens[end - 1].end : tokens[end].start]):
        if tokens[end].text in _STOPS:
            break
        end += 1
    stretch = list(range(start, end))
    if not any(tokens[k].text not in _EMPTY for k in stretch):  # "the moody feel you asked for"
        start = i
        while start > 0 and not _CLAUSE_END.search(plain[tokens[start - 1].end : tokens[start].start]):
            start -= 1
            if tokens[start].text in ("the", "that", "a", "an", "what", "any", "some"):
                break
        stretch = list(range(start, i))
        if start and all(
            tokens[k].text in _AS for k in stretch
        ):  # "not smoky, as you asked": what stands before is theirs
            before = list(range(_clause_start(plain, tokens, start - 1), start))
            if not spoken.said_anything:
                raise Unbacked("person", plain[tokens[i].start : tokens[at].end])
            _values_must_be_said(plain, tokens, before, spoken, terms)
            return set()
    if not spoken.said_anything:
        raise Unbacked("person", plain[tokens[i].start : tokens[at].end])
    if not now and verb not in you["speech"] | _AS_SAID:
        wanted = _LIKING if verb in _LIKING else stems(verb)
        if not wanted & spoken.stems:
            raise Unbacked("person", plain[tokens[i].start : tokens[at].end])
    adverbs = [k for k in range(i + 1, at) if tokens[k].text in ("always", "often", "usually", "already", "once")]
    _must_be_said(plain, tokens, stretch + adverbs, spoken, terms)
    return set(stretch)


def _clause_start(plain: str, tokens: Sequence[Token], at: int) -> int:
    """The first token of the clause that token `at` stands in."""
    while at > 0 and not _CLAUSE_END.search(plain[tokens[at - 1].end : tokens[at].start]):
        at -= 1
    return at


def _stretch(plain: str, tokens: Sequence[Token], you: int, start: int, spoken: Spoken, terms: Terms) -> set[int]:
    """The rest of the clause, every word of which the person must have said."""
    end = start
    while end < len(tokens) and not _CLAUSE_END.search(plain[tokens[end - 1].end : tokens[end].start]):
        end += 1
    if not spoken.said_anything:
        raise Unbacked("person", plain[tokens[you].start : tokens[end - 1].end])
    _must_be_said(plain, tokens, list(range(start, end)), spoken, terms)
    return set(range(start, end))


def _possession(
    plain: str, tokens: Sequence[Token], i: int, of: frozenset[str], spoken: Spoken, terms: Terms
) -> set[int]:
    if i + 1 >= len(tokens) or tokens[i + 1].text not in of:
        return set()
    end = i + 2
    while end < len(tokens) and not _CLAUSE_END.search(plain[tokens[end - 1].end : tokens[end].start]):
        if tokens[end].text in _STOPS:
            break
        end += 1
    stretch = list(range(i + 2, end))
    noun = tokens[i + 1].text
    if not spoken.said_anything or not (
        noun in ("request", "wish", "wishes")
        or (_LIKING if noun in _LIKING | {"interest", "preference"} else stems(noun)) & spoken.stems
    ):
        raise Unbacked("person", plain[tokens[i].start : tokens[i + 1].end])
    _must_be_said(plain, tokens, stretch, spoken, terms)
    return set(stretch)


def _values_must_be_said(plain: str, tokens: Sequence[Token], stretch: list[int], spoken: Spoken, terms: Terms) -> None:
    """Values of the catalogue in a stretch are the person's own; words that merely describe may put theirs another way."""
    named: set[int] = set()
    for k in stretch:
        for n in range(LONGEST, 0, -1):
            options = terms.closed.get(tuple(t.text for t in tokens[k : k + n]))
            if options and not all(terms.descriptive(f, v) for f, v in options):
                named |= set(range(k, min(k + n, len(tokens))))
                break
    _must_be_said(plain, tokens, sorted(named), spoken, terms)


def _must_be_said(plain: str, tokens: Sequence[Token], stretch: list[int], spoken: Spoken, terms: Terms) -> None:
    done: set[int] = set()
    for k in stretch:
        if k in done or tokens[k].text in _EMPTY:
            continue
        if stems(tokens[k].text) & spoken.stems or tokens[k].text in spoken.tokens:
            continue
        for n in range(LONGEST, 0, -1):  # "crime films" for 犯罪片
            options = terms.closed.get(tuple(t.text for t in tokens[k : k + n]))
            if options and any(o in spoken.values for o in options):
                done |= set(range(k, k + n))
                break
        else:
            raise Unbacked("person", plain[tokens[k].start : tokens[k].end])
