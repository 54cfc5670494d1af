"""Who did what: a name must stand in the facet that the words around it speak of.

Knows: relation words (claims_en.yaml) and the cues that facets bring. Does not know: films, authors or brands.
"""

from __future__ import annotations

import re

from chatrec.answer.grounding.english_sentence import EnglishSentence
from chatrec.answer.grounding.records import phrase
from chatrec.answer.grounding.terms import Terms
from chatrec.language.common import word_set

_BETWEEN = word_set("by the a an both and great always also from of & as")
_APPOSED = word_set("who the its a as himself herself also")
_PLACES: dict[tuple[str, ...], str] = {
    ("in", "the", "lead"): "lead",
    ("at", "the", "helm"): "helm",
    ("behind", "the", "camera"): "director",
}
_AUXILIARY = word_set(
    "is are was were also both himself herself expertly quietly brilliantly himself really has have who"
)
_PART = word_set("a an the his her their one both")
_ALSO_IDLE = word_set("play plays playing lead leads")  # "plays with the form" is no part
_BACK = 6


def relations(sentence: EnglishSentence) -> None:
    """Raise Unbacked where a name of the record is put into a part that it does not have there.

    sentence: a grounding.english sentence, its names found.
    """
    texts = sentence.texts
    for start, end, facets in sentence.pieces:
        for wanted in (_before(sentence, start), _after(sentence, start, end), _cue(sentence, start)):
            if wanted is not None and not wanted & facets:
                raise sentence.refuse("relation", start, end)
        following = texts[end : end + 2]
        if (
            len(following) == 2
            and following[0] in ("plays", "played", "playing", "portrays", "portrayed", "as")
            and (following[1] in _PART and not _relation(sentence, end + 2))
        ):
            raise sentence.refuse("relation", start, end)  # who plays whom is in no record
    names = {i for start, end, _ in sentence.pieces for i in range(start, end)}
    for i, word in enumerate(texts[:-1]):
        if texts[i + 1] == "by" and sentence.terms.relation(word) is not None and not _leads_to(sentence, i + 2, names):
            raise sentence.refuse("relation", i, i + 2)
        if (
            word in ("starring", "featuring")
            and sentence.terms.relation(word)
            and not _leads_to(sentence, i + 1, names)
        ):
            raise sentence.refuse("relation", i, i + 1)


def _names_person(sentence: EnglishSentence, i: int) -> bool:
    return any(sentence.is_person(facet) for facet in sentence.cover[i] or ())


def _object_verb(terms: Terms, word: str) -> bool:
    return any(word in r.objects for r in terms.words.relations)


def _relation(sentence: EnglishSentence, i: int) -> bool:
    return i < len(sentence.texts) and sentence.terms.relation(sentence.texts[i]) is not None


def _breaks(gap: str) -> bool:
    return bool(re.search(r"[;:.!?()]| - |--", gap))


def _before(sentence: EnglishSentence, start: int) -> frozenset[str] | None:
    """The facets that a relation word before the name asks for: "directed by X", "starring Y and X", "director X"."""
    texts = sentence.texts
    named = False
    for i in range(start - 1, max(-1, start - 12), -1):
        if _breaks(sentence.gap(i + 1)):
            return None
        word = texts[i]
        if _names_person(sentence, i):
            named = True
            continue
        if word == "'s":
            return None
        if word in _BETWEEN:
            continue
        found = sentence.terms.relation(word)
        if found is None:
            if word in sentence.words.plain and start - i <= 2 and not named and word.endswith(("ly", "ful", "ive")):
                continue
            return None
        if _object_verb(sentence.terms, word) and texts[i + 1 : i + 2] != ("by",):
            return None
        if named and "," not in sentence.gap(start) and not set(texts[i + 1 : start]) & {"and", "&"}:
            return None
        return found
    return None


def _after(sentence: EnglishSentence, start: int, end: int) -> frozenset[str] | None:
    """ "X directs", "X's performance", "X and Y star", "X as director"."""
    texts = sentence.texts
    if place := _PLACES.get(texts[end : end + 3]):
        return sentence.terms.relation(place)
    i, steps, own = end, 0, "," in sentence.gap(end) if end < len(texts) else False
    while i < len(texts) and steps <= _BACK:
        word = texts[i]
        if _breaks(sentence.gap(i)) or ("," in sentence.gap(i) and not (i == end and word in _APPOSED)):
            return None
        if _names_person(sentence, i):
            i += 1
            continue
        found = sentence.terms.relation(word)
        if word == "'s":
            own = True
        elif found is not None and texts[i + 1 : i + 2] != ("by",):
            if (
                own
                or steps == 0
                or all(t in _AUXILIARY | _BETWEEN for t in texts[end:i] if t != "'s")
                or "as" in texts[end:i]
            ):
                idle = word in _ALSO_IDLE and texts[i + 1 : i + 2] in (("with",), ("off",), ("to",), ("out",))
                return None if idle else found
            return None
        elif word == "and" and not _names_person(sentence, min(i + 1, len(texts) - 1)):
            return None
        elif (
            word in _AUXILIARY
            or word == "and"
            or word == "as"
            or (word == "the" and "as" in texts[end:i])
            or (own and word in sentence.words.plain and steps < 3)
        ):
            pass
        else:
            return None
        i += 1
        steps += 1
    return None


def _cue(sentence: EnglishSentence, start: int) -> frozenset[str] | None:
    """The facets whose own cue ("with", "by") stands right before the name; a verb before "by" speaks for itself."""
    texts = sentence.texts
    found: set[str] = set()
    longest = 0
    for facet in sentence.terms.catalog.facets:
        if facet.role != "person":
            continue
        for cue in facet.cues.get("en", ()):
            words = phrase(cue)
            n = len(words)
            if n and start >= n and texts[start - n : start] == words and n >= longest:
                if n > longest:
                    found, longest = set(), n
                found.add(facet.name)
    if not found:
        return None
    if longest == 1 and texts[start - 1] == "by":
        before = texts[start - 2] if start > 1 else ""
        if before and before not in sentence.terms.neutral and sentence.cover[start - 2] is None:
            return None
    return frozenset(found) | sentence.terms.kin(frozenset(found))


def _leads_to(sentence: EnglishSentence, i: int, names: set[int]) -> bool:
    """Whether a name of the record follows within two words, or an ordinary phrase that names nobody ("written with care")."""
    return any(
        k in names or sentence.cover[k] == frozenset({"quote"}) for k in range(i, min(i + 3, len(sentence.texts)))
    )
