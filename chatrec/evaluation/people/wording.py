"""A model finds the words of a simulated person: code decides what is said and checks that it is said, the model says it its way.

Knows: the prompt `person`, how a model is asked for it, what happens when its words are no use (code's own stand, and why is kept).
Does not know: what makes words right (`readback`), what a person does.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from chatrec.errors import Missing, ModelFailed
from chatrec.evaluation.people.behaviour import Move, Playing
from chatrec.evaluation.people.readback import ReadBack
from chatrec.language.phrases import wish_text
from chatrec.language.sentences import noun
from chatrec.prompting import Prompts
from chatrec.settings import ROOT, Settings
from chatrec.vocabulary import Catalog, Language, Meter

SCHEMA: Mapping[str, Any] = {
    "title": "message",
    "type": "object",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
    "additionalProperties": False,
}
SECONDS = 120.0  # nobody waits in a chat for a simulated person
MOST_TOKENS = 160
MANNERS = (  # how somebody types; each person has one
    "short, a few words", "polite, in whole sentences", "casual, lower case, no full stop", "chatty and warm",
    "matter of fact", "a little unsure, thinking aloud",
)  # fmt: skip
LANGUAGE_NAMES: Mapping[Language, str] = {"en": "English", "zh": "Chinese"}
NO_ANSWER = "no answer"


class Words(Protocol):
    """Whoever finds other words for a move."""

    async def word(self, move: Move, playing: Playing, before: str) -> Move:
        """The move with its words and with `worded`. before: what the person has just been told."""
        ...


class ModelWords:
    """The words of all people of one catalogue, by the models of a ladder."""

    def __init__(self, ladder: Any, catalog: Catalog, prompts: Prompts | None = None) -> None:
        self._ladder, self._catalog = ladder, catalog
        self._prompts = prompts or Prompts.load(ROOT / "prompts")
        self._read: dict[Language, ReadBack] = {}

    async def word(self, move: Move, playing: Playing, before: str) -> Move:
        if move.chip is not None:
            return move
        language = playing.person.language
        read = self._read.setdefault(language, ReadBack(self._catalog, language))
        rendered = self._prompts.render("person", self._inputs(move, playing, before))
        try:
            answer = await self._ladder.ask("words", rendered, Meter(), schema=SCHEMA, max_tokens=MOST_TOKENS)
        except ModelFailed:
            return replace(move, worded=NO_ANSWER)
        said = answer.data.get("message") if answer.data else None
        text = " ".join(said.split()) if isinstance(said, str) else ""
        fault = read.fault(text, move, playing.secrets)
        return replace(move, worded=fault) if fault else replace(move, text=text, worded="model")

    def _inputs(self, move: Move, playing: Playing, before: str) -> dict[str, Any]:
        """What the prompt needs. The wanted item is not among it: a model can't tell what it does not know."""
        catalog, language = self._catalog, playing.person.language
        liked = [move.stated.liked.title_in(language)] if move.stated.liked else []
        manner = random.Random(playing.person.seed).choice(MANNERS)
        return {
            "noun": noun(catalog, "en", 1),
            "nouns": noun(catalog, "en", 2),
            "language": LANGUAGE_NAMES[language],
            "manner": manner,
            "coded": move.text,
            "kept": [*(wish_text(w, catalog, language) for w in move.stated.wishes), *liked],
            "answer": before,
        }

    async def close(self) -> None:
        await self._ladder.close()


def words_from(settings: Settings, catalog: Catalog, models: Sequence[Any] | None = None) -> ModelWords:
    """By the model of the settings, whatever steps of a turn it is trusted with. Raises Missing where there is none."""
    from chatrec.llm.ladder import Ladder, Limits
    from chatrec.llm.rungs import Trust, models_of

    models = models_of(settings, Trust("all", {})) if models is None else models
    if not models:
        raise Missing("--player model needs a model: set CHATREC_LLM, or say --player-llm openai:MODEL or local:PATH.")
    return ModelWords(Ladder(models, limits=Limits(words=SECONDS, words_local=SECONDS, breaker_failures=0)), catalog)
