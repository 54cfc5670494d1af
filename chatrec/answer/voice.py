"""How the app itself speaks in one turn: its sentences, in the reply's language, about this catalogue.

Knows: sentences, phrases, the catalogue's nouns and labels. Does not know: models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chatrec.language.phrases import wish_text
from chatrec.language.sentences import Sentences, joined, marked, noun, things
from chatrec.vocabulary import Candidate, Catalog, Chip, Item, ItemOut, Ledger, Near, Profile, Turn, Wish


class Finder(Protocol):
    """What an answer may ask of the recommender (recommend.candidates)."""

    async def near(self, ledger: Ledger, profile: Profile, turn: Turn) -> list[Near]: ...
    async def count(self, ledger: Ledger) -> int: ...
    async def counts(self, ledger: Ledger, facet: str) -> list[tuple[Any, int]]: ...
    async def get(self, ids: Sequence[str]) -> list[Item]: ...
    async def place(self, item_id: str, ledger: Ledger, profile: Profile, turn: Turn) -> Any: ...


@dataclass(frozen=True)
class Voice:
    """Sentences of one turn. titles: item id -> title, for wishes and evidence that name other items."""

    catalog: Catalog
    sentences: Sentences
    language: str
    seed: str
    titles: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        return self.sentences.say(key, self.language, self.seed, **values)

    def title(self, item: Item) -> str:
        return marked(item.title_in(self.language), self.catalog, self.language)

    def named(self, items: Iterable[Item]) -> str:
        return joined([self.title(i) for i in items], self.language)

    def things(self, n: int) -> str:
        return things(self.catalog, n, self.language)

    def noun(self, n: int = 1) -> str:
        return noun(self.catalog, self.language, n)

    def wish(self, wish: Wish) -> str:
        return wish_text(wish, self.catalog, self.language, self.titles)

    def wishes(self, wishes: Iterable[Wish]) -> str:
        texts = dict.fromkeys(text for w in wishes if (text := self.wish(w)))
        return ("、" if self.language == "zh" else ", ").join(texts)

    def chip(self, key: str, **values: object) -> Chip:
        """A chip whose label is posted back as text."""
        label = self.say(f"chip.{key}", **values)
        return Chip(label=label, text=label)


async def voice_for(
    turn: Turn,
    catalog: Catalog,
    sentences: Sentences,
    candidates: Finder,
    *,
    ledger: Ledger = Ledger(),
    known: Iterable[Item] = (),
    ids: Iterable[str] = (),
) -> tuple[Voice, dict[str, Item]]:
    """A voice that can name every item the turn speaks of, and those items by id. Ids in `like` wishes are looked up."""
    items = {i.id: i for i in (*turn.last_items, *known)}
    wanted = [str(w.value) for w in ledger.wishes if w.op in ("like", "not_like") and isinstance(w.value, str)]
    missing = [i for i in dict.fromkeys((*ids, *wanted)) if i not in items]
    if missing:
        items |= {i.id: i for i in await candidates.get(missing)}
    titles = {i.id: i.title_in(turn.language) for i in items.values()}
    return Voice(catalog, sentences, turn.language, turn.id, titles), items


def item_out(item: Item, candidate: Candidate | None, language: str, catalog: Catalog, *, reason: str = "") -> ItemOut:
    """A card: the title in the language, the facts canonical and whole, in the catalogue's order."""
    facts: dict[str, Any] = {}
    for facet in catalog.facets:
        if facet.show and (values := item.values(facet.name)):
            facts[facet.name] = list(values) if facet.many else values[0]
    return ItemOut(
        id=item.id,
        title=item.title_in(language),
        facts=facts,
        image_url=item.image_url,
        url=item.url,
        reason=reason,
        evidence=list(candidate.evidence) if candidate else [],
        sources=list(candidate.sources) if candidate else [],
    )
