"""Which facets a message speaks of: what a model may drop or turn round with the person's own words as proof.

Knows: marks, the lexicon. Does not know: what is said about them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from chatrec.language.normal import normal
from chatrec.language.tokens import STOPWORDS_EN, STOPWORDS_ZH, Utterance, word_tokens
from chatrec.understand.commands import others_left_out
from chatrec.understand.intervals import values_of
from chatrec.understand.leftover import leftover
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.marks import marks
from chatrec.understand.proposed import takes_back
from chatrec.vocabulary import Wish

_THAT = re.compile(  # takes up something said before, by no name
    r"\b(?:that|it|this|those|these|them|all|everything|wish|wishes|filters?|last one|previous)\b|这|那|它|刚才|上一|全部|都|要求|条件"
)


def speaks_of(text: str, wish: Wish, lexicon: Lexicon) -> bool:
    """Whether the text names the wish's facet or a value of it, takes up the words it was made of, or speaks of "that" and of
    nothing else by name."""
    facets = named_facets(text, lexicon)
    if wish.facet in facets:
        return True
    small = STOPWORDS_EN | STOPWORDS_ZH
    if not facets and _THAT.search(normal(text)):
        return True
    return not wish.facet and bool(set(word_tokens(wish.words)) & set(word_tokens(text)) - small)


def drops_by_name(proof: str, wish: Wish, lexicon: Lexicon) -> bool:
    """Whether words take back this wish and no other, in a message that also asks for other items: they name its facet or a value of
    it, and what takes back is not the asking ("none of these", 换一批)."""
    words = others_left_out(normal(proof))
    return wish.facet is not None and wish.facet in named_facets(words, lexicon) and takes_back(words)


def says_no_more(text: str, wishes: Sequence[Wish], lexicon: Lexicon) -> bool:
    """Whether free words say nothing beyond what typed wishes say already: "animated films" beside the genre Animation."""
    u = Utterance.of(text)
    found = marks(u, lexicon, date.today())
    held = {(w.facet, normal(str(v))) for w in wishes if w.facet for v in values_of(w)}
    named = [m for m in found.named if any((n.facet, normal(str(n.value))) in held for n in m.meanings)]
    if not named:
        return False
    rest, refused = leftover(u, [(m.start, m.end) for m in named], found.nouns, [], [(0, len(u.plain))])
    return rest is None and not refused


def named_facets(text: str, lexicon: Lexicon) -> set[str]:
    """The facets that a text names: by their own names, by values, by cues, by "cheaper", by amounts in their units."""
    found = marks(Utterance.of(text), lexicon, date.today())
    named = [*found.named, *found.namings, *found.cues, *found.trends]
    facets = {m.facet for mark in named for m in mark.meanings if getattr(m, "facet", None)}
    return facets | {f for amount in found.amounts for f in amount.values}
