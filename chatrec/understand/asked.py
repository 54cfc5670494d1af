"""What a bare answer answers: "500", "yes", 不要, after we asked about a facet.

Knows: our last question's words, what facets are called and how their roles are asked for. Does not know: how questions are chosen.
"""

from __future__ import annotations

import re
from typing import Any

from chatrec.language.tokens import Utterance
from chatrec.understand.lexicon import Lexicon, Naming
from chatrec.vocabulary import Facet, Turn, Wish

_BY_ROLE: dict[str, Any] = {
    "price": re.compile(r"\bspend\b|\bhow much\b|\bbudget\b|预算|花多少|多少钱|价位"),
    "duration": re.compile(r"\bhow long\b|\btime\b|多长|多久"),
    "year": re.compile(r"\bwhat year\b|\brecent\b|\bnew(?:er)?\b.*\bold(?:er)?\b|年代|哪一?年|新一点"),
}
_YES = re.compile(
    r"(?:(?:oh|ok|okay|well|um)[, ]+)?(?:yes|yeah|yep|yup|sure|definitely|absolutely|of course|please do|i do|必须|要的?|需要|是的?|对|嗯|好的?|当然|可以|有的话更好)(?![a-z])(?: please| thanks?| i do| i would| it must| definitely)*[啊呀吧哦的]*"
)
_NO = re.compile(
    r"(?:(?:oh|ok|okay|well|um)[, ]+)?(?:no|nope|nah|not really|i don'?t|rather not|不要|不用|不需要|不必|没必要|不|别)(?![a-z])(?: thanks?| thank you| please| i don'?t)*[了啊呀吧的]*"
)


def asked_about(turn: Turn, lexicon: Lexicon) -> Facet | None:
    """The facet that our last words asked about; None where they asked about none, or asked nothing."""
    if not turn.history or turn.history[-1].kind != "ask":
        return None
    u = Utterance.of(turn.history[-1].text)
    stems = [t.stem for t in u.tokens]
    for at in range(len(stems)):
        for _, meanings in lexicon.phrases.at(stems, at):
            for meaning in meanings:
                facet = lexicon.facet(meaning.facet) if isinstance(meaning, Naming) and not meaning.cue else None
                if facet is not None and facet.filter:
                    return facet
    for role, pattern in _BY_ROLE.items():
        if (owner := lexicon.catalog.by_role(role)) is not None and pattern.search(u.plain):
            return owner
    return None


def yes_or_no(u: Utterance, asked: Facet | None) -> list[Wish]:
    """The wish of a bare "yes" or "no" after a question about a yes-or-no facet."""
    if asked is None or asked.type != "bool":
        return []
    plain = u.plain.strip(" .,!。，！")
    if _YES.fullmatch(plain):
        return [Wish(facet=asked.name, op="=", value=True, words=u.shown)]
    if _NO.fullmatch(plain):
        return [Wish(facet=asked.name, op="not_in", value=[True], words=u.shown)]
    return []
