"""What of a person's own past matters for this query: a few liked and disliked items, and their leanings.

Knows: the person's own events, nobody else's. Works on shared words where there are no vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from chatrec.language.describe import searched_text
from chatrec.language.tokens import word_tokens
from chatrec.language.topic import topic
from chatrec.memory import profile as profiles
from chatrec.vocabulary import Catalog, Item, Profile, Said, Turn, weigh_events

RELEVANT, AVERSE = 8, 4
LOOKED_AT = 40  # newest likes, and half as many dislikes
LIKED = 0.7  # weight -1..1 from which on an event of an imported log says that it was liked: four of five, a purchase
NEWER = 0.3  # what being the newest is worth beside likeness 0..1; a tenth less for each older event


class Profiles(Protocol):
    """What is needed of store.profiles."""

    async def read(self, person_id: str, catalog: str) -> Profile: ...


class Items(Protocol):
    """What is needed of store.items."""

    async def get(self, catalog: str, ids: Sequence[str], *, withdrawn: bool = False) -> list[Item]: ...


class Shelf(Protocol):
    """What is needed of a catalogue's arrays (recommend.shelf.Shelf)."""

    @property
    def catalog(self) -> Catalog: ...
    @property
    def top_rating(self) -> float: ...
    async def likeness(self, text: str, ids: Sequence[str]) -> dict[str, float] | None: ...
    def share(self, facet: str, value: Any) -> float: ...


class Memory:
    """Recalls for one version of one catalogue; holds nothing of anybody itself."""

    def __init__(self, profiles: Profiles, items: Items, shelf: Shelf) -> None:
        self._profiles = profiles
        self._items = items
        self._shelf = shelf

    async def recall(self, said: Said, turn: Turn) -> Profile:
        """The person's profile with `relevant`, `averse` and `tastes` filled for what is being asked."""
        known = await self._profiles.read(said.person_id, said.catalog)
        text = await self._text(said, turn)
        likes = list(dict.fromkeys([*known.likes[:LOOKED_AT], *await self._matters(known, text)]))
        dislikes = known.dislikes[: LOOKED_AT // 2]
        if not likes and not dislikes:
            return known
        past = await self._items.get(said.catalog, [*likes, *dislikes], withdrawn=True)  # taste outlives an item
        items = {item.id: item for item in past}
        liked = [items[i] for i in likes if i in items]
        disliked = [items[i] for i in dislikes if i in items]
        near = await self._likeness(text, [*liked, *disliked]) if text else {}
        learned = profiles.tastes(liked, disliked, self._shelf.catalog, self._shelf.share)
        return replace(
            known,
            relevant=_best(liked, near, RELEVANT),
            averse=_best(disliked, near, AVERSE),
            tastes=profiles.merge(known.tastes, learned),
        )

    async def _matters(self, known: Profile, text: str) -> list[str]:
        """Of a long history the items that were liked and are most like the query; where nothing tells, the newest."""
        disliked = frozenset(known.dislikes)
        liked = [
            i for i, weight in weigh_events(known.past, self._shelf.top_rating) if weight >= LIKED and i not in disliked
        ]
        if len(liked) <= LOOKED_AT or not text:
            return liked[:LOOKED_AT]
        near = await self._shelf.likeness(text, liked) or {}
        return sorted(liked, key=lambda i: -near.get(i, 0.0))[:LOOKED_AT]

    async def _text(self, said: Said, turn: Turn) -> str:
        """What the query is about: the words that still hold, what the named items are, and what was just said."""
        held = [str(w.value) for w in turn.ledger.wishes if w.op == "like"]
        named = {i.id: i for i in await self._items.get(said.catalog, held)} if held else {}
        catalog = self._shelf.catalog
        held = [searched_text(named[value], catalog) if value in named else value for value in held]
        spans = [w.words for w in turn.ledger.wishes]
        return " ".join([*held, topic(said.text, catalog, spans)]).strip()

    async def _likeness(self, text: str, items: Sequence[Item]) -> dict[str, float]:
        """How like the text each item is, about 0..1; below 0: less than any item of the catalogue."""
        found = await self._shelf.likeness(text, [item.id for item in items])
        if found is not None:
            return found
        asked = set(word_tokens(text))
        if not asked:
            return {}
        catalog = self._shelf.catalog
        return {i.id: len(asked & set(word_tokens(searched_text(i, catalog)))) / len(asked) for i in items}


def _best(items: Sequence[Item], near: dict[str, float], most: int) -> tuple[Item, ...]:
    """The items most like the query, newer ones first among equals; those that are unlike it are left out.

    Where nothing is known of any likeness (no words in common with any), the newest.
    """
    if not any(near.values()):
        return tuple(items[:most])
    kept = [(near.get(item.id, 0.0) + NEWER * 0.9**n, n, item) for n, item in enumerate(items)]
    kept = [entry for entry in kept if near.get(entry[2].id, 0.0) > 0]
    return tuple(item for _, _, item in sorted(kept, key=lambda entry: (-entry[0], entry[1]))[:most])
