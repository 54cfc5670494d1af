"""Look up: a fact of an item, from its record. What the record does not hold is said to be unknown, never made up.

Knows: facets and records. No model is asked.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from chatrec.answer.chips import more_like
from chatrec.answer.draft import Draft
from chatrec.answer.explain import asked_items, which
from chatrec.answer.kit import Kit
from chatrec.answer.none_fit import nothing_fits
from chatrec.answer.voice import Finder, Voice, voice_for
from chatrec.language.describe import value_text, values_text
from chatrec.language.normal import normal
from chatrec.language.phrases import label
from chatrec.language.sentences import capital, ended, joined
from chatrec.prompting import cut_middle
from chatrec.vocabulary import Chips, Facet, Item, Profile, Text, Turn

_YES_NO = re.compile(r"^(?:is|was|are|were|do|does|did|has|have|had)\b|[吗么]|有没有|是不是|是否")
MOST_ITEMS, MOST_VALUES, MOST_WORDS = 5, 12, 400


class Lookup:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Text | Chips]:
        items = (await asked_items(draft, candidates))[:MOST_ITEMS]
        voice, _ = await voice_for(
            turn, self._kit.catalog, self._kit.sentences, candidates, ledger=draft.ledger, known=items
        )
        if not items:
            yield Text(which("lookup", draft, voice))
            return
        facet = voice.catalog.facet(draft.decision.facet or draft.heard.facet)
        for n, item in enumerate(items):
            if facet is not None:
                yield Text(_fact(facet, item, voice, draft.said.text))
                continue
            for text in _overview(item, voice):
                yield Text("\n" + text if n and text.startswith(voice.title(item)) else text)
        if none := await nothing_fits(draft, turn, voice, candidates):
            yield Text("\n" + none)
        yield Chips(tuple(more_like(i, voice) for i in items[:3]))


def _fact(facet: Facet, item: Item, voice: Voice, said: str) -> str:
    title, name = voice.title(item), label(facet, voice.language)
    values = item.values(facet.name)
    if not values:
        return voice.say("lookup.missing", title=title, label=name)
    if facet.type == "bool":
        return voice.say("lookup.yes" if values[0] else "lookup.no", title=title, label=name)
    named = [v for v in values if _names(said, facet, v)]
    if facet.many and named and _YES_NO.search(normal(said)):  # of a cast of forty, the one who was asked about
        found = joined([value_text(facet, v, voice.language) for v in named[:MOST_VALUES]], voice.language)
        return voice.say("lookup.has", title=title, label=name, value=found)
    value = values_text(facet, item, voice.language, MOST_VALUES)
    return voice.say("lookup.fact", title=title, label=name, value=value)


def _names(said: str, facet: Facet, value: Any) -> bool:
    """Whether a text holds a value by one of its names."""
    names = (str(value), facet.value_label(value, "en"), facet.value_label(value, "zh"))
    return any(re.search(rf"(?<![a-z0-9]){re.escape(normal(n))}(?![a-z0-9])", normal(said)) for n in names)


def _overview(item: Item, voice: Voice) -> list[str]:
    """What there is to say of an item as a whole: its description, then its facts, a line each."""
    colon = "：" if voice.language == "zh" else ": "
    about = item.description_in(voice.language) or item.description
    facts = [
        f"\n{capital(f.label_in(voice.language))}{colon}{text}"
        for f in voice.catalog.facets
        if f.show and (text := values_text(f, item, voice.language, 5))
    ]
    if not about and not facts:
        return [voice.say("lookup.nothing", title=voice.title(item))]
    said = [voice.say("lookup.about", title=voice.title(item))]
    if about:
        said.append(ended(cut_middle(" ".join(about.split()), MOST_WORDS), voice.language))
    return said + facts
