"""A model that judges an answer by a rubric: asked apart from the dialogue, with a ladder of its own.

Knows: how the judge is asked, and what counts as its ruling. Does not know: checks, which model a dialogue plays with.
The judge is the model of CHATREC_LLM whatever the dialogue's own answers come from; a scripted model never judges itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.errors import ChatRecError, ModelFailed
from chatrec.evaluation.dialogues.conditions import wish_text
from chatrec.evaluation.dialogues.seen import Seen
from chatrec.settings import ROOT, Settings
from chatrec.vocabulary import Item, Meter

NOBODY = "no judge: set CHATREC_LLM"
SCHEMA: Mapping[str, Any] = {
    "title": "ruling",
    "type": "object",
    "properties": {"why": {"type": "string"}, "pass": {"type": "boolean"}},
    "required": ["why", "pass"],
    "additionalProperties": False,
}
SECONDS = 300.0  # nobody waits in a chat for a judge


@dataclass(frozen=True)
class Ruling:
    """What the judge says. passed None: there is no judge (then `model` is empty), or it gave no ruling."""

    passed: bool | None
    why: str
    model: str = ""


class Judge:
    """Opened at the first rubric. models: in place of those of the settings."""

    def __init__(self, settings: Settings, models: Sequence[Any] | None = None) -> None:
        self._settings, self._models = settings, models
        self._ladder: Any = None
        self._prompts: Any = None

    async def rule(self, rubric: str, seen: Seen) -> Ruling:
        """Whether the answer meets the rubric. Never raises for what a model or a setting does."""
        from chatrec.prompting import Prompts

        ladder = None
        try:
            ladder = self._opened()
            if not ladder.models:
                return Ruling(None, NOBODY)
            self._prompts = self._prompts or Prompts.load(ROOT / "prompts")
            rendered = self._prompts.render("judge", inputs_of(rubric, seen))
            answer = await ladder.ask("words", rendered, Meter(), schema=SCHEMA, max_tokens=400, check=_usable)
        except ChatRecError as error:
            name = ladder.models[0].name or ladder.models[0].rung if ladder and ladder.models else ""
            return Ruling(None, f"the judge gave no ruling: {error}", name)
        return Ruling(bool(answer.data["pass"]), " ".join(str(answer.data["why"]).split())[:300], answer.model)

    def _opened(self) -> Any:
        from chatrec.llm.ladder import Ladder, Limits
        from chatrec.llm.rungs import Trust, models_of, read_verdicts

        if self._ladder is None:
            settings = self._settings
            models = self._models
            if models is None:
                models = models_of(settings, Trust(settings.trust, read_verdicts(settings.home)))
            self._ladder = Ladder(models, limits=Limits(words=SECONDS, words_local=SECONDS, breaker_failures=0))
        return self._ladder

    async def close(self) -> None:
        if self._ladder is not None:
            await self._ladder.close()


def _usable(answer: Any) -> None:
    data = answer.data or {}
    if not isinstance(data.get("pass"), bool) or not str(data.get("why") or "").strip():
        raise ModelFailed("it did not answer with a ruling", "odd")


def inputs_of(rubric: str, seen: Seen) -> dict[str, Any]:
    """What the judge is shown: the same that a person sees, and the records of what was shown."""
    reply, catalog = seen.reply, seen.catalog
    nouns = catalog.noun.get("en") or ["item", "items"]
    earlier = [s for s in seen.before if s.answer.reply is not None][-6:]
    return {
        "noun": nouns[0],
        "nouns": nouns[min(1, len(nouns) - 1)],
        "rubric": rubric,
        "wishes": [wish_text(w) + (f' (they said "{w.words}")' if w.words else "") for w in reply.wishes],
        "history": [{"said": s.said, "answer": s.reply.text} for s in earlier],
        "said": seen.said,
        "answer": reply.text,
        "items": [
            {"title": i.title, "facts": _facts(seen.records.get(i.id), seen), "reason": i.reason} for i in reply.items
        ],
        "near": [f"{n.item.title}: {n.item.reason}" for n in reply.near],
    }


def _facts(record: Item | None, seen: Seen) -> str:
    if record is None:
        return "no such record"
    told = [f"{f.name} {', '.join(map(str, v[:5]))}" for f in seen.catalog.facets if (v := record.values(f.name))]
    return "; ".join(told)
