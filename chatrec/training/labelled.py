"""Generated turns as labelled dialogues, for `evaluate understanding`: made of the phrases that no planner is trained on.

Knows: the labelled format. Does not know: readers, scores.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from chatrec.evaluation.understanding.labels import Before, Gold, Ground, Labelled, LabelledSet, LabelledTurn
from chatrec.training.generate import Example, Generator
from chatrec.training.ground import TrainingGround
from chatrec.understand.plan import KIND_OF
from chatrec.vocabulary import Facet, Item, Kind

_SHOWN = 5
_SPOKE_OF_ITEMS: dict[str, Kind] = {"told": "lookup", "explained": "explain", "compared": "compare", "noted": "noted"}


def generated(ground: TrainingGround, items: Sequence[Item], many: int, seed: int) -> LabelledSet:
    """`many` labelled turns over a ground, half in each language, each in a dialogue of its own."""
    rng = random.Random(f"{seed}:{ground.name}")
    makers = {x: Generator(ground, x, "test", rng, heard=False) for x in ("en", "zh")}
    dialogues = []
    for n in range(many):
        language = "zh" if n % 2 else "en"
        shown = tuple(i.id for i in rng.sample(list(items), min(_SHOWN, len(items))))
        dialogues.append(labelled(makers[language].example(), f"{ground.name}-{n:04}", shown))
    return LabelledSet(f"generated {ground.name}", dialogues, {ground.name: Ground(ground.catalog, items)})


def labelled(example: Example, name: str, shown: Sequence[str]) -> Labelled:
    """One example as a dialogue: what was held before it comes from a turn that is not scored."""
    last = example.inputs["last"]
    turns = []
    before = None
    if last or example.ledger:
        held = tuple(Gold(facet=w.facet, op=w.op, value=w.value, hard=w.hard) for w in example.ledger)
        turns.append(LabelledTurn(text="...", wishes=held, scored=False))
        asked = last.endswith("asked")
        if last in _SPOKE_OF_ITEMS:  # what was spoken of had been shown before that
            before = Before(kind="recommend", text=".", shown=tuple(shown))
            turns.append(LabelledTurn(before=before, text="...", scored=False))
        kind: Kind = _SPOKE_OF_ITEMS.get(last) or ("recommend" if "showed" in last else "ask" if asked else "converse")
        before = Before(kind=kind, text="?" if asked else ".", shown=tuple(shown) if "showed" in last else ())
    turns.append(
        LabelledTurn(
            before=before,
            text=example.message,
            kind=("recommend", "ask") if example.kind == "find" else (KIND_OF[example.kind],),
            wishes=example.golds if example.sure else (),
            drops=example.drops,
            only_kind=not example.sure,
        )
    )
    language: Any = example.language
    return Labelled(id=name, catalog=example.catalog, language=language, turns=tuple(turns))


def invented_items(ground: TrainingGround, seed: int = 1) -> list[Item]:
    """Items for a ground that has only titles and values: one a title, its values drawn."""
    rng = random.Random(f"{seed}:{ground.name}:items")
    items = []
    for n, (en, zh) in enumerate(zip(ground.titles["en"], ground.titles["zh"], strict=True)):
        have = {f.name: v for f in ground.catalog.facets if (v := _drawn(ground, f, rng)) is not None}
        items.append(Item(id=f"{ground.name}-{n}", title=en, titles={"en": en, "zh": zh}, attributes=have))
    return items


def _drawn(ground: TrainingGround, facet: Facet, rng: random.Random) -> object:
    if facet.type == "bool":
        return rng.random() < 0.5
    if facet.type == "number" and facet.name in ground.ranges:
        low, high = ground.ranges[facet.name]
        return round(rng.uniform(low, high))
    if facet.type == "category":
        values = list(facet.values) or [n["en"] for n in ground.names.get(facet.name, ())]
        if values:
            return tuple(rng.sample(values, min(len(values), rng.randint(1, 2)))) if facet.many else rng.choice(values)
    return None
