"""Who answers in a dialogue: nobody, a script in the file, a recording, or a live model; and whether the answers were used up.

Knows: modes, and how lines of a file become a model's answers. Does not know: turns, checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from chatrec.errors import BadInput, ModelFailed
from chatrec.evaluation.dialogues.file import Dialogue, LineIn, TurnPart
from chatrec.llm.ladder import Ladder, Limits
from chatrec.llm.model import ChatModel, ToolCall
from chatrec.llm.replay import Player, Recorder
from chatrec.llm.rungs import Trust, models_of, read_verdicts
from chatrec.llm.scripted import Broken, Later, Line, ScriptedModel
from chatrec.llm.tape import Tape
from chatrec.settings import Settings
from chatrec.vocabulary import STEPS

Mode = Literal["scripted", "replay", "live"]
_OF_MODELS = {
    "home", "llm", "trust", "openai_api_key", "openai_base_url", "tool_calls", "seed", "local_threads", "local_context", "debug_raw",
}  # fmt: skip
# A machine's pace must not change what a script or a recording leads to: all limits far away, unless the file sets them.
PATIENT = {
    "decide_seconds": 600.0, "decide_seconds_local": 600.0, "words_seconds": 600.0, "words_seconds_local": 600.0,
    "cards_seconds": 600.0, "breaker_failures": 0,
}  # fmt: skip


class Skip(Exception):
    """This dialogue is not played in this mode: `str()` says why."""


@dataclass
class Cast:
    """The models of one dialogue. `settings` are those it is played with."""

    ladder: Ladder
    settings: dict[str, Any]  # changes on top of the home's
    model: str = "none"
    scripts: dict[str, ScriptedModel] = field(default_factory=dict)
    tape: Tape | None = None
    record: bool = False

    def begin(self, turn: TurnPart) -> None:
        """The lines of the next turn."""
        for rung, script in self.scripts.items():
            lines = turn.model.get(rung, []) if isinstance(turn.model, dict) else turn.model  # type: ignore[call-overload]
            script.give([spoken(line) for line in lines])

    def end(self) -> list[str]:
        """What of the models' answers did not go as the file says, a sentence each."""
        found = []
        for rung, script in self.scripts.items():
            if script.left:
                found.append(f"{script.left} of the answers of the {rung} model were not asked for")
            if script.beyond:
                found.append(f"the {rung} model was asked {script.beyond} times more than it has answers here")
        if self.tape is not None and not self.record:
            found += self.tape.take_missing()
        return found

    def notes(self) -> list[str]:
        """What is worth knowing at the end of the dialogue, and no failure: recordings that nobody asked for."""
        if self.tape is None or self.record or not (unused := self.tape.unused()):
            return []
        calls = "1 recorded call was" if unused == 1 else f"{unused} recorded calls were"
        return [f"{calls} not asked for: the turns take fewer now, or others; record again when this is meant"]

    def searches_with(self, encoder: str) -> None:
        """Whose vectors the search uses in this dialogue; empty: words alone. It decides what a model is shown."""
        if self.tape is not None:
            if self.record:
                self.tape.encoder = encoder
            self.tape.searching = encoder

    async def close(self) -> None:
        await self.ladder.close()


class Lender:
    """Keeps the models of a run that records open from one dialogue to the next: a local model's server starts once, and finds
    the beginnings that prompts share already read. One set of models at a time; with other settings they start anew.
    """

    def __init__(self) -> None:
        self._models: list[ChatModel] = []
        self._made_with: dict[str, Any] = {}

    async def models(self, dialogue: Dialogue, settings: Settings) -> list[ChatModel]:
        """The models that a dialogue is recorded from, best first. BadInput or Missing where they are set wrongly."""
        played = settings.model_copy(update=_changed(dialogue))
        made_with = played.model_dump(include=_OF_MODELS)
        if made_with != self._made_with or not self._models:
            await self.close()
            self._models = models_of(played, Trust(played.trust, read_verdicts(played.home)))
            self._made_with = made_with
        return self._models

    async def close(self) -> None:
        models, self._models = self._models, []
        for model in models:
            await model.close()


def spoken(line: LineIn) -> Line:
    """A line of a file as the scripted model takes it."""
    made: Line
    if line.tool is not None:
        made = ToolCall(line.tool, dict(line.args))
    elif line.json_ is not None:
        made = dict(line.json_)
    elif line.fail is not None:
        error = ModelFailed("as the dialogue says", line.fail)
        made = Broken(line.text, error) if line.text else error
    else:
        made = line.text or ""
    return Later(line.after, made) if line.after else made


def cast(
    dialogue: Dialogue,
    mode: Mode | None,
    settings: Settings,
    *,
    record: bool = False,
    lent: Sequence[ChatModel] | None = None,
) -> Cast:
    """The models of a dialogue. Skip where this mode does not play it; BadInput or Missing where a model is set wrongly.

    lent: whom to record, as a Lender has them; they stay open when the cast is closed.
    """
    given = dialogue.given
    changed = dict(given.settings)
    if given.model == "recorded" and (record or mode != "live"):
        return _recorded(dialogue, mode, settings, record, lent)
    if record:
        raise Skip("given.model is not recorded: there is nothing to record")
    if mode == "live":
        if why := _not_live(dialogue):
            raise Skip(why)
        changed = ({"seed": given.seed} if given.seed is not None else {}) | changed
        live = settings.model_copy(update=changed)
        ladder = Ladder.from_settings(live)
        names = ", ".join(m.name or m.rung for m in ladder.models)
        if not names:
            raise BadInput("--mode live needs a model: set CHATREC_LLM (docs/settings.md), or play without --mode.")
        return Cast(ladder, changed, names)
    changed = PATIENT | {"trust": "all"} | changed
    scripts: dict[str, ScriptedModel] = {
        rung: ScriptedModel(rung=rung, name=f"scripted {rung}", calls_tools=given.tools)  # type: ignore[arg-type]
        for rung in ("hosted", "local")
        if rung in dialogue.rungs
    }
    played = settings.model_copy(update=changed)
    ladder = Ladder(list(scripts.values()), limits=Limits.of(played), trusts=Trust(played.trust, {}))
    return Cast(ladder, changed, "scripted" if scripts else "none", scripts)


def _changed(dialogue: Dialogue) -> dict[str, Any]:
    """What a recorded dialogue changes of the home's settings."""
    seed = dialogue.given.seed
    return PATIENT | ({} if seed is None else {"seed": seed}) | dict(dialogue.given.settings)


def _recorded(
    dialogue: Dialogue, mode: Mode | None, settings: Settings, record: bool, lent: Sequence[ChatModel] | None
) -> Cast:
    if mode == "scripted" and not record:
        raise Skip("its model's answers are recorded: play it in replay")
    changed = _changed(dialogue)
    played = settings.model_copy(update=changed)
    if not record:
        tape = Tape.read(dialogue.recording)  # BadInput where there is none: it says how to make one
        # what the model was trusted with then; the home's setting and verdicts are of another model
        trust = changed["trust"] if changed.get("trust", "auto") != "auto" else tape.trust
        ladder = Ladder([Player(tape, seed=dialogue.given.seed)], limits=Limits.of(played), trusts=Trust(trust, {}))
        return Cast(ladder, changed | {"trust": trust}, f"recorded {tape.model}", tape=tape)
    trusts = Trust(played.trust, read_verdicts(settings.home))
    models = models_of(played, trusts) if lent is None else lent
    if not models:
        raise BadInput("--record needs a model: set CHATREC_LLM and CHATREC_TRUST (docs/settings.md).")
    model = models[0]
    steps = ",".join(step for step in STEPS if trusts(step, model))
    if not steps:
        raise BadInput(f"CHATREC_TRUST={played.trust} trusts {model.name or model.rung} with no step: set it to all.")
    tape = Tape.new(dialogue.recording, trust=steps, seed=played.seed)
    ladder = Ladder([Recorder(model, tape, lent=lent is not None)], limits=Limits.of(played), trusts=Trust(steps, {}))
    return Cast(ladder, changed | {"trust": steps}, model.name or model.rung, tape=tape, record=True)


def _not_live(dialogue: Dialogue) -> str:
    if dialogue.rungs:
        return "its model's answers stand in the file"
    return "it is about answers without a model" if dialogue.given.model == "none" else ""
