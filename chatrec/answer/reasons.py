"""Why an item is here, in the app's own words, from evidence made in code. Always true, never the model's.

Knows: Evidence, wishes, the voice of the turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chatrec.answer.voice import Voice
from chatrec.language.describe import value_text, values_text
from chatrec.language.phrases import label, listed, wish_text
from chatrec.language.sentences import capital, ended, joined, marked
from chatrec.vocabulary import Candidate, Evidence, Item, Ledger, Wish

MOST_VALUES = 4  # of what an item has on a facet
_REFUSALS = frozenset({"not_in", "!=", "like", "not_like", "sort"})


def reason(candidate: Candidate, ledger: Ledger, voice: Voice, most: int = 2) -> str:
    """One sentence for a card: at most `most` of the reasons, in the order of the evidence: the best first."""
    own = replace(voice, seed=f"{voice.seed}/{candidate.item.id}")  # five cards don't say it in the same words
    parts = pieces(candidate.evidence, ledger, own)[:most] or [own.say("reason.plain")]
    return ended(capital(("；" if voice.language == "zh" else "; ").join(parts)), voice.language)


def pieces(evidence: Sequence[Evidence], ledger: Ledger, voice: Voice) -> list[str]:
    """Every reason as a part of a sentence; all wishes met are one, and so is all that is shared with one item."""
    found: dict[Any, str] = {}
    for e in evidence:
        key: Any = {"meets": "meets", "shares": ("shares", e.item_id)}.get(e.code, e)
        if key not in found:
            same = [o for o in evidence if o.code == e.code and (e.code == "meets" or o.item_id == e.item_id)]
            found[key] = _piece(e, same, ledger, voice)
    return list(dict.fromkeys(p for p in found.values() if p))


def _piece(e: Evidence, same: Sequence[Evidence], ledger: Ledger, voice: Voice) -> str:
    title = voice.titles.get(e.item_id or "")
    marked_title = marked(title, voice.catalog, voice.language) if title else ""
    match e.code:
        case "meets":
            met = _met(same, ledger, voice)
            return voice.say("reason.met", met=met) if met else ""
        case "shares":
            values = _shared(same, voice)
            return voice.say("reason.shares", values=values, title=marked_title) if values and title else ""
        case "like_text":
            return voice.say("reason.like_text", words=e.words) if e.words else ""
        case "people_also":
            return voice.say("reason.people_also", title=marked_title) if title else ""
        case "rated":
            return _rated(e, voice)
    return voice.say(f"reason.{e.code}")


def meets_evidence(item: Item, ledger: Ledger) -> tuple[Evidence, ...]:
    """Evidence for the wishes that an item meets, where no candidate carries any."""
    wishes = [w for w in ledger.wishes if w.facet and w.op not in _REFUSALS and w.meets(item)]
    return tuple(Evidence(code="meets", facet=w.facet, value=v) for w in wishes for v in item.values(w.facet)[:1])


def _met(evidence: Sequence[Evidence], ledger: Ledger, voice: Voice) -> str:
    """Crime, from the 1990s: names as they are, amounts as they were wished."""
    texts: list[str] = []
    for facet_name in dict.fromkeys(e.facet for e in evidence):
        facet = voice.catalog.facet(facet_name)
        if facet is None:
            continue
        has = [v for e in evidence if e.facet == facet_name for v in listed(e.value) if v is not None]
        own = Item("", "", attributes={facet_name or "": has})  # a soft wish beside it may not be met
        wished = [w for w in ledger.wishes if w.facet == facet_name and w.op not in _REFUSALS and w.meets(own)]
        if facet.type in ("category", "text"):
            values = dict.fromkeys(
                v for e in evidence if e.facet == facet_name for v in listed(e.value) if v is not None
            )
            alone = [Wish(facet=facet_name, op="=", value=v) for v in values]
            texts += [wish_text(w, voice.catalog, voice.language) for w in alone[:3]]
        elif wished:
            texts += [voice.wish(w) for w in wished]
        else:
            texts += [
                value_text(facet, e.value, voice.language)
                for e in evidence
                if e.facet == facet_name and e.value is not None
            ]
    return ("、" if voice.language == "zh" else ", ").join(dict.fromkeys(texts))


def _shared(evidence: Sequence[Evidence], voice: Voice) -> str:
    """Michael Mann and crime."""
    values: list[str] = []
    for e in evidence:
        if facet := voice.catalog.facet(e.facet):
            values += [value_text(facet, v, voice.language) for v in listed(e.value) if v is not None]
    return joined(list(dict.fromkeys(values))[:3], voice.language)


def _rated(evidence: Evidence, voice: Voice) -> str:
    facet = voice.catalog.facet(evidence.facet) or voice.catalog.by_role("rating")
    if facet is None or not isinstance(evidence.value, (int, float)):
        return voice.say("reason.well_rated")
    value = value_text(facet, evidence.value, voice.language)
    return voice.say("reason.rated", label=label(facet, voice.language), value=value)


def what_it_has(item: Item, wishes: Any, voice: Voice) -> list[str]:
    """The item's own values where it does not meet a wish: "Its year: 1972." """
    said = []
    for name in dict.fromkeys(w.facet for w in wishes):
        facet = voice.catalog.facet(name)
        if facet is None or len(item.values(name)) > MOST_VALUES:  # a long list tells nothing
            continue
        value = values_text(facet, item, voice.language, MOST_VALUES)
        key = "explain.it_has" if value else "explain.it_lacks"
        said.append(voice.say(key, label=label(facet, voice.language), value=value))
    return said
