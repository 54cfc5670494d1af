"""What the model is shown to choose from and to talk about: the inputs of prompts/recommend.md.

Knows: which facts of a candidate matter for this person's wishes. Does not know: rendering, budgets, models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chatrec.answer.draft import Draft
from chatrec.answer.grounding.records import without_orders
from chatrec.answer.voice import Voice
from chatrec.language.outline import evidence_codes, exchange_lines, item_facts, title_year, wish_line
from chatrec.language.sentences import noun
from chatrec.vocabulary import Candidate, Profile, Turn

LANGUAGE_NAMES = {"en": "English", "zh": "Chinese"}


def recommend_inputs(
    draft: Draft,
    profile: Profile,
    turn: Turn,
    voice: Voice,
    offered: Sequence[Candidate],
    *,
    most: int,
    fewest: int,
    picks: bool,
    words: bool,
) -> dict[str, Any]:
    """Everything prompts/recommend.md needs. offered: the candidates behind the handles, `#1` first."""
    catalog, language = voice.catalog, turn.language
    wished = [w.facet for w in draft.ledger.wishes]
    settled = {w.facet for w in draft.ledger.hard}  # all candidates meet these
    titles = dict(voice.titles)
    rows = []
    for n, candidate in enumerate(offered, 1):
        facts, minor = item_facts(candidate.item, catalog, "en", wished)
        rows.append(
            {
                "n": n,
                "title": title_year(candidate.item, catalog, language),
                "facts": facts,
                "minor": minor,
                "about": without_orders(candidate.item.description or candidate.item.description_in(language)),
                "why": evidence_codes(
                    [e for e in candidate.evidence if e.code != "meets" or e.facet not in settled], titles
                ),
            }
        )
    return {
        "noun": noun(catalog, "en", 1),
        "nouns": noun(catalog, "en", 2),
        "facets": [f"{f.name}: {f.label_in('en')}" for f in catalog.facets if f.show],
        "language": LANGUAGE_NAMES[language],
        "most": most,
        "fewest": fewest,
        "picks": picks,
        "words": words,
        "wishes": [wish_line(w, catalog, titles) for w in draft.ledger.wishes],
        "liked": [title_year(i, catalog, language) for i in profile.relevant],
        "averse": [title_year(i, catalog, language) for i in profile.averse],
        "history": exchange_lines(turn.history, 3),
        "said": turn.said.text or _act_in_words(draft, voice),
        "candidates": rows,
    }


def _act_in_words(draft: Draft, voice: Voice) -> str:
    """What a click says, for a model that knows only words."""
    act = draft.said.act
    names = ", ".join(voice.titles.get(i, "") for i in act.item_ids) if act else ""
    if act is None:
        return ""
    return {"more_like": f"More like {names}, please.", "just_show": "Just show me some."}.get(
        act.kind, "Show me what fits now."
    )
