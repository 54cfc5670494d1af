"""Whether a model takes the decide step better than code: both on the same turns.

Knows: the ladder's decide over these turns. Does not know: prompts, models, where a verdict is kept (llm.rungs).
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatrec.evaluation.understanding.figures import difference
from chatrec.evaluation.understanding.labels import LabelledSet
from chatrec.evaluation.understanding.runner import Decider, Outcome

if TYPE_CHECKING:
    from chatrec.settings import Settings

DRAWN, SEED = 200, 20_261_122
FIGURE = "exact turns, all"
DIFFERENCES = (FIGURE, "F1", "precision", "recall", "taken back", "decision", "turns wholly right")


def drawn(labelled: LabelledSet, most: int = DRAWN, seed: int = SEED) -> LabelledSet:
    """The same set with `most` scored turns, drawn with a fixed seed; the others only lead on."""
    places = [
        (d, t) for d, dialogue in enumerate(labelled.dialogues) for t, turn in enumerate(dialogue.turns) if turn.scored
    ]
    chosen = set(random.Random(seed).sample(places, min(most, len(places))))
    dialogues = [
        dialogue.model_copy(
            update={
                "turns": tuple(t.model_copy(update={"scored": (d, n) in chosen}) for n, t in enumerate(dialogue.turns))
            }
        )
        for d, dialogue in enumerate(labelled.dialogues)
        if any(place[0] == d for place in chosen)
    ]
    return replace(labelled, dialogues=dialogues)


def model_decider(settings: Settings) -> tuple[Decider, Any]:
    """(the configured model's decide for any catalogue, its ladder). Raises BadInput or Missing where none is configured or trusted."""
    from chatrec.errors import BadInput
    from chatrec.llm.ladder import Ladder
    from chatrec.prompting import Prompts
    from chatrec.settings import ROOT
    from chatrec.understand.decide import Decide

    ladder = Ladder.from_settings(settings)
    if ladder.rung_for("decide") is None:
        raise BadInput(
            "No model is trusted with deciding here. Set CHATREC_LLM to one, and CHATREC_TRUST=all to measure it."
        )
    prompts = Prompts.load(ROOT / "prompts")
    return lambda catalog, lexicon: Decide(ladder, prompts, catalog, lexicon, settings.prompt_tokens), ladder


def better(code: Outcome, model: Outcome) -> bool:
    """Whether a model takes the step: better at wishes or at decisions beyond doubt, and at neither worse beyond doubt."""
    found = [difference(code.scores, model.scores, name) for name in (FIGURE, "decision")]
    told = [f for f in found if f.low is not None and f.high is not None]
    return any(f.low > 0 for f in told) and not any(f.high < 0 for f in told)  # type: ignore[operator]
