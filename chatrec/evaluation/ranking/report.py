"""The figures of `evaluate ranking` as tables and as JSON. Knows: how they are told. Does not know: how they are made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatrec.evaluation.ranking.gate import Reranked
from chatrec.evaluation.ranking.metrics import OVERALL, PER_PERSON, Interval, ahead
from chatrec.evaluation.ranking.rating import PREDICTED, Rated, ahead_in_mse
from chatrec.evaluation.ranking.runner import FUSED, Result

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class About:
    """What was measured on."""

    catalog: str
    events: int
    vectors: bool
    part: str = "all"


def show(about: About, results: Sequence[Result], rated: Sequence[Rated], console: Console) -> None:
    """A table a split: each way with its figures, and how far the fusion is ahead; then predicted ratings. 95% intervals."""
    from rich.text import Text

    without = "" if about.vectors else ", no vectors: content goes by shared values alone"
    of_part = "" if about.part == "all" else f", people who {about.part}"
    console.print(Text(f"{about.catalog}: {about.events:,} events{of_part}{without}", style="bold"))
    for name in dict.fromkeys(r.split for r in results):
        _ranked([r for r in results if r.split == name], console)
        if of_split := [r for r in rated if r.split == name]:
            _rated(of_split, console)


def _ranked(results: Sequence[Result], console: Console) -> None:
    from rich.text import Text

    fused = next(r for r in results if r.way == FUSED)
    times = len(fused.per_person)
    often = f", asked about {times:,} times" if times != fused.people else ""
    title = f"\nsplit {fused.split}, {fused.people:,} people{often}, first {fused.k}, 95% bootstrap intervals"
    console.print(Text(title))
    table = _table("way", *PER_PERSON, *OVERALL, f"{FUSED} ahead in ndcg")
    for r in results:
        cells = [f"{r.figures[m][0]:.3f}" for m in PER_PERSON]
        cells[0] += " [{1:.3f}, {2:.3f}]".format(*r.figures["ndcg"])
        told = "" if r.way == FUSED else _signed(ahead(fused.per_person, r.per_person, "ndcg", fused.who))
        table.add_row(r.way, *cells, *(f"{r.overall[m]:.3f}" for m in OVERALL), told)
    console.print(table)


def _rated(rated: Sequence[Rated], console: Console) -> None:
    from rich.text import Text

    best = next(r for r in rated if r.way == PREDICTED)
    console.print(Text(f"\nsplit {best.split}, {best.ratings:,} ratings of {best.people:,} people, predicted"))
    table = _table("way", "rmse", "mae", f"{PREDICTED} ahead in squared error")
    for r in rated:
        told = "" if r.way == PREDICTED else _signed(ahead_in_mse(best, r))
        table.add_row(r.way, _spread(r.figures["rmse"]), _spread(r.figures["mae"]), told)
    console.print(table)


def nobody(split: str, part: str) -> str:
    """Where a split asks about nobody."""
    return f"split {split}: nobody to ask about" + ("." if part == "all" else f" among the people who {part}.")


def as_json(about: About, results: Sequence[Result], rated: Sequence[Rated]) -> dict[str, Any]:
    """Everything that was measured. A figure that too few people tell is null."""
    fused = {r.split: r for r in results if r.way == FUSED}
    predicted = {r.split: r for r in rated if r.way == PREDICTED}
    return {
        "catalog": about.catalog,
        "events": about.events,
        "vectors": about.vectors,
        "part": about.part,
        "results": [
            {
                "split": r.split,
                "way": r.way,
                "k": r.k,
                "people": r.people,
                "asked": len(r.per_person),
                **{m: _figure(r.figures[m]) for m in PER_PERSON},
                **{m: r.overall[m] for m in OVERALL},
                f"{FUSED} ahead": {
                    m: _figure(ahead(fused[r.split].per_person, r.per_person, m, r.who)) for m in ("ndcg", "recall")
                },
            }
            for r in results
        ],
        "ratings": [
            {
                "split": r.split,
                "way": r.way,
                "people": r.people,
                "ratings": r.ratings,
                **{m: _figure(figure) for m, figure in r.figures.items()},
                f"{PREDICTED} ahead in squared error": _figure(ahead_in_mse(predicted[r.split], r)),
            }
            for r in rated
        ],
    }


# --------------------------------------------------------------------------- rerank


def show_rerank(catalog: str, told: Reranked, console: Console) -> None:
    """Both orders, figure by figure, and what it cost."""
    from rich.text import Text

    asked = {"order": "all twenty in order", "top": "the best five of twenty"}[told.mode]
    title = f"{catalog}, split {told.split}: {told.model} asked for {asked}, {told.people:,} people"
    console.print(Text(title, style="bold"))
    table = _table("figure", FUSED, "reranked", "reranked ahead")
    for name in told.fused:
        table.add_row(name, _spread(told.fused[name]), _spread(told.reranked[name]), _signed(told.ahead[name]))
    console.print(table)
    falls = ", ".join(f"{why} {n}" for why, n in sorted(told.falls.items()))
    said = f"{told.unusable} of {told.people} answers were no use" + (f" ({falls})" if falls else "")
    cost = f"{told.seconds:.1f} s a call (median), {told.tokens[0]:,} tokens read, {told.tokens[1]:,} written"
    console.print(f"{said}: there the fused order stood. {cost}.", markup=False)
    console.print(f"By {told.judged_by}: {_judged(told)}.", markup=False)


def kept(told: Reranked, path: Path | None) -> str:
    """What `--save` did."""
    if path is None:
        return "Nothing is saved: with these people it could be either. Ask about more with --people."
    return f"{path}: {told.model} is {'trusted' if told.verdict else 'not trusted'} with rerank."


def rerank_as_json(catalog: str, told: Reranked) -> dict[str, Any]:
    figures = {
        name: {FUSED: told.fused[name], "reranked": told.reranked[name], "ahead": told.ahead[name]}
        for name in told.fused
    }
    return {
        "catalog": catalog,
        "split": told.split,
        "mode": told.mode,
        "model": told.model,
        "people": told.people,
        "figures": {name: {way: _figure(f) for way, f in ways.items()} for name, ways in figures.items()},
        "judged_by": told.judged_by,
        "better": told.verdict,
        "unusable": told.unusable,
        "falls": told.falls,
        "seconds": told.seconds,
        "tokens": dict(zip(("read", "written"), told.tokens, strict=True)),
    }


def _judged(told: Reranked) -> str:
    words = {True: "the model's order is better", False: "the model's order is worse"}
    return words[told.verdict] if told.verdict is not None else "neither order is better beyond doubt"


# --------------------------------------------------------------------------- words for figures


def _table(*headings: str) -> Any:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for n, heading in enumerate(headings):
        table.add_column(heading, justify="right" if n else "left")
    return table


def _spread(figure: Interval) -> str:
    return "{:.3f} [{:.3f}, {:.3f}]".format(*figure)


def _signed(figure: Interval) -> str:
    return "{:+.3f} [{:+.3f}, {:+.3f}]".format(*figure)


def _figure(figure: Interval) -> dict[str, float | None]:
    return {
        name: None if math.isnan(value) else value for name, value in zip(("mean", "low", "high"), figure, strict=True)
    }
