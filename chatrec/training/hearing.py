"""What ChatRec's own code hears in a generated message, so that a planner is trained on the prompts that it will meet.

Knows: the turn that a message is said in, the reader of a turn, items invented for a catalogue. Does not know: phrases, tokens.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from chatrec.training.ground import TrainingGround, invented_items
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.plan import Planned, turn_inputs
from chatrec.understand.reader import Reader
from chatrec.vocabulary import Catalog, Exchange, Heard, Item, Kind, Language, Ledger, Said, Turn, Wish

TODAY = date(2026, 1, 1)  # the same data on every day
SPOKE_OF_ITEMS: dict[str, Kind] = {"told": "lookup", "explained": "explain", "compared": "compare", "noted": "noted"}
_SHOWN = 5


@dataclass(frozen=True)
class Hearing:
    """A message as a turn of the conversation has it. inputs: of prompts/plan.md. certain: code needs no planner to know its kind."""

    inputs: dict[str, Any]
    certain: bool
    heard: Heard
    ledger: Ledger
    catalog: Catalog

    def wish(self, planned: Planned) -> bool:
        """Whether code heard this wish, or one in whose place it could not stand."""
        if planned.facet == "like":
            op = "not_like" if planned.refused else "like"
            return any(w.op == op and w.value in {i.id for i in self.heard.items} for w in self.heard.wishes)
        mine = [w for w in self.heard.wishes if w.facet == planned.facet]
        facet = self.catalog.facet(planned.facet)
        if not mine or facet is None or not (facet.many and facet.type == "category"):
            return bool(mine)
        have = {v for w in mine for v in (w.value if isinstance(w.value, (list, tuple)) else [w.value])}
        return set(planned.value.split(" or ")) <= have

    def drop(self, facet: str) -> bool:
        return any(w.facet == facet for i in self.heard.drops if (w := self.ledger.get(i)))


class Listener:
    """The reader of one catalogue, over invented items."""

    def __init__(self, ground: TrainingGround, catalog: Catalog) -> None:
        self._catalog = catalog
        self._items = invented_items(replace(ground, catalog=catalog))
        lexicon = Lexicon.build(catalog, self._items)
        self._reader = Reader(catalog, lexicon, today=lambda: TODAY)

    def hears(
        self,
        message: str,
        language: Language,
        wishes: Sequence[Wish],
        last: str,
        titles: Sequence[str],
        rng: random.Random,
        *,
        deaf: bool = False,
    ) -> Hearing:
        """wishes: held before the message. last: what the latest answer did, as `plan.last_text` tells it; empty for a first message.
        titles: of items that the message speaks of, some of which were shown. deaf: nothing but items was heard."""
        ledger = Ledger(tuple(w.model_copy(update={"id": f"h{n}"}) for n, w in enumerate(wishes)))
        turn = self._turn(message, language, ledger, last, titles, rng)
        heard = self._reader.read(turn.said, turn)
        if deaf:
            heard = Heard(items=heard.items, pointed=heard.pointed, perhaps=heard.perhaps, facet=heard.facet)
        inputs = turn_inputs(self._catalog, turn.said, heard, turn)
        return Hearing(inputs, heard.certain, heard, ledger, self._catalog)

    def _turn(
        self, message: str, language: Language, ledger: Ledger, last: str, titles: Sequence[str], rng: random.Random
    ) -> Turn:
        shown: tuple[Item, ...] = ()
        history: tuple[Exchange, ...] = ()
        if last:
            now = last.startswith("showed")
            many = int(last.split()[1].rstrip(",")) if now else _SHOWN
            shown = self._shown(many, titles, rng) if now or last in SPOKE_OF_ITEMS or rng.random() < 0.5 else ()
            kind = SPOKE_OF_ITEMS.get(last) or ("recommend" if now else "ask" if last == "asked" else "converse")
            text = "?" if last.endswith("asked") else "."
            ids = tuple(i.id for i in shown) if now else ()
            history = (Exchange("t0", "...", kind, text, ids, tuple(i.title for i in shown) if now else ()),)
        return Turn(
            id="t1",
            conversation_id="c",
            said=Said(person_id="", catalog=self._catalog.name, text=message),
            language=language,
            ledger=ledger,
            history=history,
            shown=frozenset(i.id for i in shown),
            last_items=shown,
        )

    def _shown(self, many: int, titles: Sequence[str], rng: random.Random) -> tuple[Item, ...]:
        """Items at random, most often with those among them that are spoken of."""
        spoken = [i for i in self._items if i.titles and set(i.titles.values()) & set(titles) and rng.random() < 0.7]
        others = [i for i in self._items if i not in spoken]
        drawn = [*spoken, *rng.sample(others, min(many, len(others)))][:many]
        rng.shuffle(drawn)
        return tuple(drawn)
