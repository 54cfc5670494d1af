"""What `evaluate ranking` does: a catalogue's own log, cut and asked about, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatrec.errors import BadInput
from chatrec.evaluation.ranking.metrics import OVERALL, PER_PERSON, ahead
from chatrec.evaluation.ranking.runner import FUSED, Result, events, measure
from chatrec.evaluation.ranking.splits import SPLITS, split
from chatrec.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[str, int, int], None]


async def evaluate(
    settings: Settings,
    *,
    splits: Sequence[str] = SPLITS,
    k: int = 20,
    people: int | None = None,
    seed: int = 1,
    json_file: Path | None = None,
    console: Console,
    progress: Progress,
) -> None:
    """Measure and print. BadInput where the catalogue has no log, or not the times that a split needs."""
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
            shelf.adopt(encoder.name, *await store.vectors.load(catalog.name, encoder.name))
        log = await store.interactions.log(catalog.name)
    finally:
        await store.close()
    made = events(log, shelf)
    results: list[Result] = []
    for name in splits:
        results += await measure(shelf, split(made, name, seed), k=k, people=people, progress=progress)
    if json_file is not None:
        _write(json_file, catalog.name, len(made), shelf.vectors is not None, results)
    show(results, catalog.name, len(made), shelf.vectors is not None, console)


def show(results: Sequence[Result], catalog: str, count: int, vectors: bool, console: Console) -> None:
    """A table a split: each way with its figures, and how far the fusion is ahead, with 95% intervals."""
    from rich.table import Table
    from rich.text import Text

    without = "" if vectors else ", no vectors: content goes by shared values alone"
    console.print(Text(f"{catalog}: {count:,} events{without}", style="bold"))
    for name in dict.fromkeys(r.split for r in results):
        of_split = [r for r in results if r.split == name]
        fused = next(r for r in of_split if r.way == FUSED)
        console.print(Text(f"\nsplit {name}, {fused.people:,} people, first {fused.k}, 95% bootstrap intervals"))
        table = Table(box=None, padding=(0, 2, 0, 0))
        for heading in ("way", *PER_PERSON, *OVERALL, f"{FUSED} ahead in ndcg"):
            table.add_column(heading, justify="left" if heading == "way" else "right")
        for r in of_split:
            cells = [f"{r.figures[m][0]:.3f}" for m in PER_PERSON]
            cells[0] += f" [{r.figures['ndcg'][1]:.3f}, {r.figures['ndcg'][2]:.3f}]"
            difference = ahead(fused.per_person, r.per_person, "ndcg")
            told = "" if r.way == FUSED else "{:+.3f} [{:+.3f}, {:+.3f}]".format(*difference)
            table.add_row(r.way, *cells, *(f"{r.overall[m]:.3f}" for m in OVERALL), told)
        console.print(table)


def _write(file: Path, catalog: str, count: int, vectors: bool, results: Sequence[Result]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "split": r.split,
            "way": r.way,
            "k": r.k,
            "people": r.people,
            **{m: dict(zip(("mean", "low", "high"), r.figures[m], strict=True)) for m in PER_PERSON},
            **{m: r.overall[m] for m in OVERALL},
        }
        for r in results
    ]
    try:
        told = {"catalog": catalog, "events": count, "vectors": vectors, "results": rows}
        file.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}.") from error
