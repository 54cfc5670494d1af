"""Compare: two to five items side by side, facet by facet, as lines of text from their records.

Knows: facets, wishes. No model is asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from chatrec.answer.chips import more_like
from chatrec.answer.draft import Draft
from chatrec.answer.explain import asked_items, which
from chatrec.answer.kit import Kit
from chatrec.answer.none_fit import nothing_fits
from chatrec.answer.voice import Finder, Voice, voice_for
from chatrec.language.describe import values_text
from chatrec.language.sentences import capital
from chatrec.vocabulary import Chips, Facet, Item, Ledger, Profile, Text, Turn

MOST_ITEMS, MOST_VALUES = 5, 3
MOST_BESIDE = 3  # where one is to be chosen


class Compare:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(
        self, draft: Draft, profile: Profile, turn: Turn, candidates: Finder
    ) -> AsyncIterator[Text | Chips]:
        found = await asked_items(draft, candidates)
        items = list({i.id: i for i in found}.values())[:MOST_ITEMS]
        voice, _ = await voice_for(
            turn, self._kit.catalog, self._kit.sentences, candidates, ledger=draft.ledger, known=items
        )
        if len(items) < 2:
            yield Text(which("compare", draft, voice))
            return
        pick = _pick(items, draft, turn)
        if pick:
            items = [pick, *(i for i in items if i is not pick)][:MOST_BESIDE]
            yield Text(voice.say("compare.pick", title=voice.title(pick)) + "\n")
        yield Text(voice.say("compare.head", titles=voice.named(items)))
        asked = voice.catalog.facet(draft.heard.facet) if draft.heard.kind == "compare" else None  # "which is longer?"
        told = [asked] if asked and any(i.values(asked.name) for i in items) else voice.catalog.facets
        rows = [row for f in told if (f.show or f is asked) and (row := _row(f, items, voice))]
        for row in rows or [voice.say("compare.alike")]:
            yield Text("\n" + row)
        for text in _by_wishes(items, draft.ledger, voice):
            yield Text("\n" + text)
        if none := await nothing_fits(draft, turn, voice, candidates):
            yield Text("\n" + none)
        yield Chips(tuple(more_like(i, voice) for i in items[:3]))


def _pick(items: Sequence[Item], draft: Draft, turn: Turn) -> Item | None:
    """The one of them that stood first among those that were shown and breaks no wish; only where a choice is asked for."""
    if not draft.heard.choice:
        return None
    place = {i.id: n for n, i in enumerate(turn.last_items)}
    fit = [i for i in items if all(w.meets(i) for w in draft.ledger.hard)]
    if not fit or any(i.id not in place for i in items):
        return None
    return min(fit, key=lambda i: place[i.id])


def _row(facet: Facet, items: Sequence[Item], voice: Voice) -> str:
    """Year: 1995 (Heat) · 2004 (Collateral). One value where they agree; nothing where no record has any."""
    values = [values_text(facet, i, voice.language, MOST_VALUES) for i in items]
    if not any(values):
        return ""
    name = capital(facet.label_in(voice.language))
    colon = "：" if voice.language == "zh" else ": "
    if len(set(values)) == 1:
        return f"{name}{colon}{voice.say('compare.same', value=values[0])}"
    unknown = voice.say("compare.unknown")
    cells = [
        voice.say("compare.cell", title=voice.title(i), value=v or unknown) for i, v in zip(items, values, strict=True)
    ]
    return f"{name}{colon}{' · '.join(cells)}"


def _by_wishes(items: Sequence[Item], ledger: Ledger, voice: Voice) -> list[str]:
    """Which of the hard wishes each one misses; nothing where there are no wishes."""
    if not ledger.hard:
        return []
    broken = [(i, [w for w in ledger.hard if not w.meets(i)]) for i in items]
    said = [voice.say("compare.breaks", title=voice.title(i), wishes=voice.wishes(ws)) for i, ws in broken if ws]
    return said or [voice.say("compare.all_meet")]
