"""`chatrec evaluate dialogue`: which people, put to what, told how.

Knows: the verb's options. Does not know: typer, how people behave.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from chatrec.engine import Engine
from chatrec.errors import BadInput
from chatrec.evaluation.dialogues.file import Dialogue, load
from chatrec.evaluation.dialogues.sandbox import Sandbox
from chatrec.evaluation.people import report
from chatrec.evaluation.people.histories import read_histories
from chatrec.evaluation.people.person import people_of
from chatrec.evaluation.people.play import Outcome, Progress, play_all
from chatrec.evaluation.people.system import ChatRec, Endpoint
from chatrec.evaluation.people.truth import claims_judge
from chatrec.evaluation.people.wording import ModelWords, words_from
from chatrec.vocabulary import LANGUAGES, Language

if TYPE_CHECKING:
    from rich.console import Console

    from chatrec.settings import Settings


async def evaluate(
    settings: Settings,
    *,
    people: int,
    seed: int = 1,
    language: str = "en",
    most_turns: int = 5,
    questions: bool = True,
    compare: bool = False,
    histories: Path | None = None,
    url: str | None = None,
    model: str | None = None,
    player: str = "code",
    player_llm: str | None = None,
    json_file: Path | None = None,
    console: Console,
    progress: Progress,
) -> Mapping[str, list[Outcome]]:
    """Play and tell. The catalogue is the configured one, in a home of its own: nobody's data is touched.

    compare: ChatRec without its questions beside it. url: the same people talk to this endpoint too.
    player: `code`, or `model`: the model of player_llm (default: CHATREC_LLM) finds the people's words.
    Raises BadInput, NotFound, Missing with a sentence that says what to do.
    """
    languages = _languages(language)
    if url and not model:
        raise BadInput("--url needs --model NAME, the model to ask there.")
    if player not in ("code", "model"):
        raise BadInput(f"--player is code or model, not {player!r}.")
    if player_llm and player != "model":
        raise BadInput("--player-llm goes with --player model.")
    if people < 1 or most_turns < 1:
        raise BadInput("--people and --max-turns are at least 1.")
    sandbox = Sandbox(settings, progress)
    endpoint: Endpoint | None = None
    words: ModelWords | None = None
    try:
        quiet, name = await sandbox.engine(_played_on(settings.catalog))
        engine = _with_models(quiet, settings)
        catalog = (await engine.book(name)).catalog
        items = [item async for batch in engine.store.items.all(name) for item in batch]
        records = {i.id: i for i in items}
        if player == "model":
            words = words_from(settings.model_copy(update={"llm": player_llm or settings.llm}), catalog)
        taste = read_histories(histories, records.keys()) if histories else None
        persons = people_of(catalog, items, people, seed=seed, languages=languages, histories=taste)
        systems: list[ChatRec | Endpoint] = []
        if questions:
            systems.append(ChatRec(engine, name, items))
        if compare or not questions:
            systems.append(ChatRec(engine, name, items, questions=False, name="ChatRec without questions"))
        if url:
            endpoint = Endpoint(url, model or "", catalog, items, settings.openai_api_key)
            systems.append(endpoint)
        judge = claims_judge(catalog, records)
        found = {
            s.name: await play_all(
                persons, s, catalog, most_turns=most_turns, judge=judge, words=words, progress=progress
            )
            for s in systems
        }
        if engine is not quiet:
            await engine.stop()
    finally:
        if endpoint is not None:
            await endpoint.close()
        if words is not None:
            await words.close()
        await sandbox.close()
    report.show(found, most_turns, console)
    if json_file is not None:
        json_file.write_text(
            json.dumps(report.as_json(found, most_turns), indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
    return found


def _played_on(catalog: str) -> Dialogue:
    """What the sandbox takes: a dialogue about a catalogue."""
    given = json.dumps({"given": {"catalog": catalog}})
    return load(
        Path("people.yaml"), text=f'{given[:-1]}, "dialogue": "simulated people", "turns": [{{"say": "hello"}}]}}'
    )


def _languages(language: str) -> tuple[Language, ...]:
    if language == "both":
        return LANGUAGES
    found = tuple(code for code in LANGUAGES if code == language)
    if not found:
        raise BadInput(f"--language is en, zh or both, not {language!r}.")
    return found


def _with_models(engine: Engine, settings: Settings) -> Engine:
    """The sandbox's engine with the configured model, where there is one that takes a step."""
    from chatrec.llm.ladder import Ladder

    ladder = Ladder.from_settings(settings)
    if not any(ladder.rung_for(step) for step in ("decide", "rerank", "words")):
        return engine
    return engine.with_models(ladder, llm=settings.llm)
