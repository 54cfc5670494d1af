"""What a person's likes and dislikes say about their tastes: pure, from items to leanings.

Knows: facet values, how common they are, that older events say less. Does not know: where events are kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from chatrec.language.normal import normal
from chatrec.vocabulary import Catalog, Item, Taste

HALF_LIFE = 20  # events after which one counts half
PRIOR = 2.0  # how many events the catalogue's own share counts for
SUPPORT = 2  # items that must share a value before it is called a taste
LEAST = 0.1  # weaker leanings are chance
MOST = 12

Share = Callable[[str, Any], float]  # facet, value -> its part of the catalogue, 0..1


def tastes(liked: Sequence[Item], disliked: Sequence[Item], catalog: Catalog, share: Share) -> tuple[Taste, ...]:
    """Facet values that stand out among the liked items (weight above 0) or the disliked (below), strongest first.

    Both lists newest first. A value stands out by the smoothed ratio of its share among these items to its share of the
    catalogue (lift); `words` are titles of up to three items that it rests on.
    """
    found = []
    for facet in catalog.facets:
        if facet.type not in ("category", "bool"):
            continue
        for_, against = _weigh(liked, facet.name), _weigh(disliked, facet.name)
        for key in dict.fromkeys([*for_.held, *against.held]):
            up, down = for_.held.get(key), against.held.get(key)
            if max(len(up.items) if up else 0, len(down.items) if down else 0) < SUPPORT:
                continue
            held = up or down
            assert held is not None
            base = min(max(share(facet.name, held.value), 1e-4), 1.0)
            lean = math.log(for_.rate(up, base)) - math.log(against.rate(down, base))
            count = max(up.weight if up else 0.0, down.weight if down else 0.0)
            weight = math.tanh(lean / 2) * count / (count + PRIOR)
            if abs(weight) < LEAST:
                continue
            basis = (up if weight > 0 else down) or held
            titles = "; ".join(item.title for item in basis.items[:3])
            found.append(Taste(f"{facet.name}:{key}", facet.name, basis.value, round(weight, 3), titles))
    return tuple(sorted(found, key=lambda t: (-abs(t.weight), t.id)))[:MOST]


def merge(stated: Sequence[Taste], learned: Sequence[Taste]) -> tuple[Taste, ...]:
    """One list without contradictions. What a person stated stands against what was learned from their likes, whatever its
    sign; of two statements on one value the first in the list (the newest) stands. Statements come first, then by strength.
    """
    kept: dict[tuple[str, str], Taste] = {}
    for taste in [*stated, *sorted(learned, key=lambda t: (-abs(t.weight), t.id))]:
        kept.setdefault((taste.facet, normal(str(taste.value))), taste)
    return tuple(kept.values())[: max(MOST, len(stated))]


class _Held:
    """A value among some items: how much it weighs, and which have it."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.weight = 0.0
        self.items: list[Item] = []


class _Weighed:
    def __init__(self) -> None:
        self.total = 0.0
        self.held: dict[str, _Held] = {}

    def rate(self, held: _Held | None, base: float) -> float:
        """The value's share among these items, pulled towards its share of the catalogue, over the latter."""
        return ((held.weight if held else 0.0) + PRIOR * base) / (self.total + PRIOR) / base if self.total else 1.0


def _weigh(items: Sequence[Item], facet: str) -> _Weighed:
    weighed = _Weighed()
    for n, item in enumerate(items):
        weight = 0.5 ** (n / HALF_LIFE)
        values = {normal(str(v)): v for v in item.values(facet)}
        if values:
            weighed.total += weight
        for key, value in values.items():
            held = weighed.held.setdefault(key, _Held(value))
            held.weight += weight
            held.items.append(item)
    return weighed
