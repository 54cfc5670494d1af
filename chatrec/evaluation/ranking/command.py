"""What `evaluate ranking` does: a catalogue's own log, cut and asked about, as tables and as JSON.

Knows: the verb's options. Does not know: typer, how figures are made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatrec.errors import BadInput
from chatrec.evaluation.ranking import gate, report
from chatrec.evaluation.ranking.rating import measure_ratings
from chatrec.evaluation.ranking.runner import Result, events, measure
from chatrec.evaluation.ranking.splits import SPLITS, Events, Split, people_of, splits
from chatrec.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rich.console import Console

    from chatrec.recommend.shelf import Shelf

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Cuts:
    """How the log is cut, and who is asked about. seeds: draws of the random split; moments: of time and new."""

    names: Sequence[str] = SPLITS
    seed: int = 1
    seeds: int = 1
    moments: int = 1
    part: str = "all"
    people: int | None = None


@dataclass(frozen=True)
class _Opened:
    store: Any
    shelf: Shelf
    log: Events
    people: list[str]  # ids, by code


async def evaluate(
    settings: Settings, cuts: Cuts, *, k: int = 20, json_file: Path | None = None, console: Console, progress: Progress
) -> None:
    """Measure and print. BadInput where the catalogue has no log, or not the times that a split needs."""
    async with _opened(settings) as opened:
        shelf, results, rated = opened.shelf, list[Result](), []
        for name in cuts.names:
            made = _cut(opened, cuts, name)
            if not any(len(cut.wanted) for cut in made):
                console.print(report.nobody(name, cuts.part))
                continue
            results += await measure(shelf, made, k=k, people=cuts.people, progress=progress)
            rated += measure_ratings(made, len(shelf))
        about = report.About(shelf.catalog.name, len(opened.log), shelf.vectors is not None, cuts.part)
    if json_file is not None:
        _write(json_file, report.as_json(about, results, rated))
    report.show(about, results, rated, console)


async def evaluate_rerank(
    settings: Settings,
    cuts: Cuts,
    *,
    mode: str = "order",
    save: bool = False,
    json_file: Path | None = None,
    console: Console,
    progress: Progress,
) -> gate.Reranked:
    """Hold the configured model's order against the fused one, and keep the verdict where it is asked for. BadInput, Missing."""
    from chatrec.llm.rungs import save_verdict

    ladder = gate.model_ladder(settings)
    try:
        async with _opened(settings) as opened:
            cut = _cut(opened, cuts, cuts.names[0])[0]
            told = await gate.measure_rerank(
                opened.shelf, cut, opened.store, ladder, settings, mode=mode, people=cuts.people or gate.PEOPLE,
                progress=lambda done, of: progress("asking the model", done, of),
            )  # fmt: skip
    finally:
        await ladder.close()
    if json_file is not None:
        _write(json_file, report.rerank_as_json(settings.catalog, told))
    report.show_rerank(settings.catalog, told, console)
    if save:
        kept = None if told.verdict is None else save_verdict(settings.home, told.model, "rerank", told.verdict)
        console.print(report.kept(told, kept), markup=False)
    return told


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[_Opened]:
    """The catalogue as a turn has it: items and vectors on a shelf, and the log."""
    from chatrec.recommend.shelf import Shelf
    from chatrec.store import Store

    store = await Store.open(settings.database)
    try:
        await store.migrate()
        catalog = await store.items.catalog(settings.catalog)
        items = [item async for batch in store.items.all(catalog.name) for item in batch]
        shelf = Shelf.build(catalog, items)
        if (wanted := settings.wanted_embedder) is not None:
            from chatrec.llm.embed import load_embedder

            encoder = load_embedder(wanted)
            shelf.adopt(encoder.name, *await store.vectors.load(catalog.name, encoder.name), encoder.encode)
        log = await store.interactions.log(catalog.name)
        yield _Opened(store, shelf, events(log, shelf), log.people)
    finally:
        await store.close()


def _cut(opened: _Opened, cuts: Cuts, name: str) -> list[Split]:
    """The cuts of one name, of which only the people of the part are asked about."""
    people = people_of(cuts.part, opened.people)
    return [
        cut.asked_only(people)
        for cut in splits(opened.log, name, seeds=cuts.seeds, seed=cuts.seed, moments=cuts.moments)
    ]


def _write(file: Path, told: dict[str, Any]) -> None:
    try:
        file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}.") from error
