"""Generated turns as labelled dialogues, for `evaluate understanding`: made of the phrases that no planner is trained on.

Knows: the labelled format. Does not know: readers, scores.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from chatrec.evaluation.understanding.labels import Before, Gold, Ground, Labelled, LabelledSet, LabelledTurn
from chatrec.training.generate import Example, Generator
from chatrec.training.ground import TrainingGround
from chatrec.training.hearing import SPOKE_OF_ITEMS
from chatrec.training.phrases import LANGUAGES, Whole
from chatrec.understand.plan import KIND_OF
from chatrec.vocabulary import Item, Kind, Language

_SHOWN = 5


def generated(ground: TrainingGround, items: Sequence[Item], many: int, seed: int) -> LabelledSet:
    """`many` labelled turns over a ground, half in each language, each in a dialogue of its own."""
    rng = random.Random(f"{seed}:{ground.name}")
    makers = {x: Generator(ground, x, "test", rng) for x in LANGUAGES}
    dialogues = []
    for n in range(many):
        language: Language = "zh" if n % 2 else "en"
        shown = tuple(i.id for i in rng.sample(list(items), min(_SHOWN, len(items))))
        dialogues.append(labelled(makers[language].example(), f"{ground.name}-{n:04}", shown))
    return LabelledSet(f"generated {ground.name}", dialogues, {ground.name: Ground(ground.catalog, items)})


def written(
    ground: TrainingGround, items: Sequence[Item], messages: Mapping[Language, Whole], seed: int
) -> LabelledSet:
    """Every message that was written whole, once, each in a dialogue of its own."""
    rng = random.Random(f"{seed}:{ground.name}:written")
    dialogues: list[Labelled] = []
    for language, whole in messages.items():
        maker = Generator(ground, language, "test", rng)
        for section, text in whole.all():
            shown = tuple(i.id for i in rng.sample(list(items), min(_SHOWN, len(items))))
            if example := maker.written(section, text):
                dialogues.append(labelled(example, f"{ground.name}-{language}-{section}-{len(dialogues)}", shown))
    return LabelledSet(f"written {ground.name}", dialogues, {ground.name: Ground(ground.catalog, items)})


def labelled(example: Example, name: str, shown: Sequence[str]) -> Labelled:
    """One example as a dialogue: what was held before it comes from a turn that is not scored."""
    last = example.inputs["last"]
    turns = []
    before = None
    if last or example.ledger:
        held = tuple(Gold(facet=w.facet, op=w.op, value=w.value, hard=w.hard) for w in example.ledger)
        turns.append(LabelledTurn(text="...", wishes=held, scored=False))
        asked = last.endswith("asked")
        if last in SPOKE_OF_ITEMS:  # what was spoken of had been shown before that
            before = Before(kind="recommend", text=".", shown=tuple(shown))
            turns.append(LabelledTurn(before=before, text="...", scored=False))
        kind: Kind = SPOKE_OF_ITEMS.get(last) or ("recommend" if "showed" in last else "ask" if asked else "converse")
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
