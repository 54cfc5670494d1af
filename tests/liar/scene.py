"""One request to the liar: what it asks, which items it offers, and the words that are put into the model's mouth.

Knows: the prompts' outside (a list of `#1 title | facts` lines, or none), the lies. Every word said is kept in `Scene.said`, with
where it would show, so that the checks can look for it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chatrec.testing.model_server import Behaviour, Received
from chatrec.vocabulary import Catalog, Item
from tests.liar import lies
from tests.liar.lies import Sentence, plain


@dataclass
class World:
    """The catalogue as the liar knows it."""

    catalog: Catalog
    items: dict[str, Item]
    shown_as: dict[str, Item] = field(default_factory=dict)

    def __post_init__(self) -> None:
        year = self.catalog.by_role("year")
        for item in sorted(self.items.values(), key=lambda i: i.popularity):  # the best known wins where two look alike
            when = f" ({item.values(year.name)[0]:g})" if year and item.values(year.name) else ""
            for language in ("en", "zh"):
                self.shown_as[_line_key(item.title_in(language) + when)] = item


def _line_key(text: str) -> str:
    return re.sub(r"[^\w]", "", plain(text))


@dataclass
class Scene:
    """One request of one turn."""

    world: World
    received: Received
    rng: random.Random
    said: list[tuple[str, Sentence]]  # (where: card, intro, talk, ask, elsewhere; what)
    messages: tuple[str, ...] = ()  # the person's, in this conversation

    @property
    def deciding(self) -> bool:
        return "<list>" not in self.received.text

    @property
    def language(self) -> str:
        return "zh" if re.search(r"\b[Ii]n Chinese\b", self.received.text) else "en"

    @property
    def offered(self) -> dict[int, Item]:
        """Handle -> item, as far as the lines can be recognised."""
        listed = self.received.text.rpartition("<list>")[2]
        rows = re.findall(r"^#(\d+) ([^|\n]*?)\s*(?:\||$)", listed, re.MULTILINE)
        found = {int(n): self.world.shown_as.get(_line_key(title)) for n, title in rows}
        return {n: item for n, item in found.items() if item is not None}

    @property
    def latest(self) -> list[Item]:
        """The items that a decision is told were shown last."""
        listed = self.received.text.rpartition("<latest_list>")[2].partition("</latest_list>")[0]
        rows = re.findall(r"^\d+\. (.*)$", listed, re.MULTILINE)
        return [item for row in rows if (item := self.world.shown_as.get(_line_key(row))) is not None]

    @property
    def handles(self) -> list[int]:
        return self.received.handles or [1]

    def picked(self) -> list[int]:
        handles = self.handles
        return self.rng.sample(handles, min(len(handles), self.rng.randint(3, 5)))

    def say(self, where: str, *sentences: Sentence | None, joint: str = " ") -> str:
        """Put words into the model's mouth, and remember them."""
        spoken = [s for s in sentences if s is not None]
        self.said += [(where, s) for s in spoken]
        return ("" if self.language == "zh" and joint == " " else joint).join(s.text for s in spoken)

    # -- words

    def truth(self, item: Item | None = None) -> Sentence:
        if item is not None and self.rng.random() < 0.4:
            fact = lies.true_fact(item, self.world.catalog, self.language, self.rng)
            if fact is not None:
                return fact
        return lies.harmless(self.rng, self.language)

    def lie(self, item: Item | None = None) -> Sentence:
        if item is not None and self.rng.random() < 0.6:
            others = [i for i in self.offered.values() if i.id != item.id]
            found = lies.misplaced(item, others, self.world.catalog, self.language, self.rng)
            if found is not None:
                return found
        return lies.planted(self.rng, self.language)

    def any_intro(self, kinds: Mapping[str, Sequence[str]]) -> Sentence:
        return Sentence(self.rng.choice(kinds[self.language]), "true", holds=lambda item: True)


Misbehave = Callable[[Scene], Behaviour]
