"""`chatrec evaluate understanding`: which labelled dialogues, read by whom, told how.

Knows: the verb's options. Does not know: typer, how figures are made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatrec.errors import BadInput
from chatrec.evaluation.understanding import crosswoz, report, risawoz, sgd, verdict
from chatrec.evaluation.understanding.figures import difference
from chatrec.evaluation.understanding.labels import Ground, LabelledSet, Part, part_of, read_file
from chatrec.evaluation.understanding.runner import Outcome, Progress, run
from chatrec.llm.model import planner_of

if TYPE_CHECKING:
    from rich.console import Console

    from chatrec.settings import Settings

CORPORA = {c.NAME: c.read for c in (sgd, crosswoz, risawoz)}


async def evaluate(
    settings: Settings,
    files: Sequence[Path],
    *,
    corpus: str | None = None,
    data: Path | None = None,
    part: Part = "all",
    json_file: Path | None = None,
    errors: int = 0,
    model: bool = False,
    turns: int | None = None,
    save: bool = False,
    console: Console,
    progress: Progress,
) -> list[Outcome]:
    """Measure and tell. Raises BadInput for files, corpora or catalogues that are not there."""
    sets = [await _with_grounds(settings, _part(read_file(f), part)) for f in files]
    if corpus is not None:
        if corpus not in CORPORA:
            raise BadInput(f"There is no reader of the corpus {corpus!r}; there are {', '.join(CORPORA)}.")
        if data is None:
            raise BadInput("--corpus needs --data FOLDER, where its files lie.")
        found = CORPORA[corpus](data, part)
        sets.append(replace(found, name=f"{corpus}, {part}"))
    if not sets:
        raise BadInput("Nothing to evaluate: name labelled files, or a --corpus with its --data folder.")
    if save and not model:
        raise BadInput("--save keeps a verdict on a model: use it with --model.")
    if model or turns is not None:
        sets = [verdict.drawn(s, turns or verdict.DRAWN) for s in sets]
    outcomes = [await run(s, progress=progress) for s in sets]
    if model:
        outcomes += await _by_model(settings, sets, outcomes, save, console, progress)
    for outcome in outcomes:
        report.show(outcome, console)
        if errors:
            report.show_errors(outcome, errors, console)
    if json_file is not None:
        json_file.write_text(json.dumps(report.as_json(outcomes), indent=2, ensure_ascii=False) + "\n", "utf-8")
    return outcomes


def _part(labelled: LabelledSet, part: Part) -> LabelledSet:
    kept = [d for d in labelled.dialogues if part in ("all", part_of(labelled.name, d.group or d.id))]
    return replace(labelled, dialogues=kept, name=labelled.name if part == "all" else f"{labelled.name}, {part}")


async def _with_grounds(settings: Settings, labelled: LabelledSet) -> LabelledSet:
    """The set with the catalogues of the store that its dialogues name. Raises NotFound where there is none."""
    from chatrec.engine import Engine

    engine = await Engine.start(settings.model_copy(update={"llm": "none"}))
    try:
        grounds = {}
        for name in dict.fromkeys(d.catalog for d in labelled.dialogues):
            catalog = await engine.store.items.catalog(name)
            items = [item async for batch in engine.store.items.all(name) for item in batch]
            grounds[name] = Ground(catalog, items)
    finally:
        await engine.stop()
    return replace(labelled, grounds=grounds)


async def _by_model(
    settings: Settings,
    sets: Sequence[LabelledSet],
    code: Sequence[Outcome],
    save: bool,
    console: Console,
    progress: Progress,
) -> list[Outcome]:
    from chatrec.llm.rungs import save_verdict

    decider, ladder = verdict.model_decider(settings)
    try:
        name = _model_name(ladder)
        await ladder.warm()  # a server that is still starting is no measure of its model
        outcomes: list[Outcome] = []
        merged: list[Outcome] = []
        for labelled, ours in zip(sets, code, strict=True):
            theirs = await run(replace(labelled, name=f"{labelled.name}, with {name}"), decider, progress)
            merged.append(theirs)
            alone = await run(replace(labelled, name=f"{labelled.name}, {name} alone"), decider, progress, alone=True)
            outcomes += [alone, theirs]
            for figure in verdict.DIFFERENCES:
                by = difference(ours.scores, theirs.scores, figure)
                if by.value is not None:
                    console.print(
                        f"{labelled.name}: {figure}, code with {name} minus code: {_signed(by)}", markup=False
                    )
    finally:
        await ladder.close()
    if save:
        whole = [Outcome("all", [s for o in group for s in o.scores]) for group in (code, merged)]
        is_better = verdict.better(*whole)
        path = save_verdict(settings.home, name, "decide", is_better)
        console.print(f"{path}: {name} decides {'better' if is_better else 'not better'} than code", markup=False)
    return outcomes


def _signed(figure: Any) -> str:
    if figure.value is None:
        return "-"
    return f"{figure.value:+.3f} [{figure.low:+.3f}, {figure.high:+.3f}]"


def _model_name(ladder: Any) -> str:
    """The model that takes the decide step; a planner by its own name."""
    return next(planner_of(m) or str(m.name) for m in ladder.models if ladder.trusts("decide", m.rung))
