"""Quick replies under an answer. Each one leads somewhere: what would leave nothing is not offered.

Knows: facets' words for more and less, counts asked of the recommender.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chatrec.answer.voice import Finder, Voice
from chatrec.language.describe import value_text
from chatrec.vocabulary import Act, Chip, Facet, Item, Ledger, Op, Wish

_STEERING = ("price", "year", "duration")  # roles worth a chip for more or less, the most useful first
MOST_COUNTS = 4  # each costs a query


async def after_items(
    items: Sequence[Item], ledger: Ledger, voice: Voice, candidates: Finder, *, more: bool
) -> list[Chip]:
    """Chips under recommended items: more or less of an amount, another value, something else. more: others are left."""
    chips: list[Chip] = []
    for facet, way in _ways(voice, ledger)[:MOST_COUNTS]:
        if chip := await _steer(facet, way, items, ledger, voice, candidates):
            chips.append(chip)
        if len(chips) == 2:
            break
    if chip := await _another_value(items, ledger, voice, candidates):
        chips.append(chip)
    if more:
        chips.append(voice.chip("something_else"))
    return chips


def set_wish(
    facet: Facet, op: str, value: Any, label: str, count: int | None = None, wish_id: str | None = None
) -> Chip:
    """A chip that sets a wish; `wish_id` replaces that one."""
    wish = {"facet": facet.name, "op": op, "value": value}
    shown = f"{label} ({count:,})" if count is not None else label
    return Chip(label=shown, act=Act(kind="set_wish", wish=wish, wish_id=wish_id), count=count)


def drop_wish(wish: Wish, voice: Voice, count: int | None = None) -> Chip:
    label = voice.say("chip.without", wish=voice.wish(wish))
    return Chip(
        label=f"{label} ({count:,})" if count else label,
        act=Act(kind="drop_wish", wish_id=wish.id),
        count=count or None,
    )


def more_like(item: Item, voice: Voice) -> Chip:
    return Chip(
        label=voice.say("chip.more_like", title=voice.title(item)), act=Act(kind="more_like", item_ids=[item.id])
    )


def just_show(voice: Voice) -> Chip:
    return Chip(label=voice.say("chip.just_show"), act=Act(kind="just_show"))


def undo(voice: Voice) -> Chip:
    return Chip(label=voice.say("chip.undo"), act=Act(kind="undo"))


def starters(voice: Voice, most: int = 4) -> list[Chip]:
    """What the catalogue offers to begin with."""
    return [Chip(label=s, text=s) for s in voice.catalog.starters.get(voice.language, [])[:most]]


def _ways(voice: Voice, ledger: Ledger) -> list[tuple[Facet, str]]:
    """(facet, `less` or `more`) for amounts that have words for it and are not settled by a wish in the other direction."""
    found = []
    amounts = [f for f in voice.catalog.facets if f.type in ("number", "date") and f.filter and f.role in _STEERING]
    for facet in sorted(amounts, key=lambda f: _STEERING.index(f.role or "")):
        wished = [w for w in ledger.wishes if w.facet == facet.name and w.op != "sort"]
        for way in ("more", "less") if facet.role == "year" else ("less",):
            if getattr(facet, way).get(voice.language) and all(w.op in _same_way(way) for w in wished):
                found.append((facet, way))
    return found


def _same_way(way: str) -> tuple[str, str]:
    return (">", ">=") if way == "more" else ("<", "<=")


async def _steer(
    facet: Facet, way: str, items: Sequence[Item], ledger: Ledger, voice: Voice, candidates: Finder
) -> Chip | None:
    """newer (7): beyond everything that is shown, so that all it leads to is new."""
    values = [v for i in items for v in i.values(facet.name)[:1]]
    if not values:
        return None
    op: Op = ">" if way == "more" else "<"
    value = max(values) if way == "more" else min(values)
    old = next((w for w in ledger.hard if w.facet == facet.name), None)
    base = ledger.without(old.id) if old else ledger
    count = await candidates.count(Ledger((*base.wishes, Wish(facet=facet.name, op=op, value=value))))
    if not count:
        return None
    return set_wish(facet, op, value, getattr(facet, way)[voice.language][0], count, old.id if old else None)


async def _another_value(items: Sequence[Item], ledger: Ledger, voice: Voice, candidates: Finder) -> Chip | None:
    """The most common value of the main category that not everything shown has already."""
    wished = {w.facet for w in ledger.wishes}
    kinds = [
        f for f in voice.catalog.facets if f.type == "category" and f.filter and f.show and f.role in ("kind", None)
    ]
    for facet in sorted(kinds, key=lambda f: (f.role != "kind", not f.values)):
        if facet.name in wished:
            continue
        counts = sorted(await candidates.counts(ledger, facet.name), key=lambda c: -c[1])
        for value, count in counts:
            if count > len(items) and not all(value in i.values(facet.name) for i in items):
                op = "contains" if facet.many else "="
                return set_wish(facet, op, value, value_text(facet, value, voice.language), count)
        return None
    return None
