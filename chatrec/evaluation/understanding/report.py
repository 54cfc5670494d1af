"""What was measured, told: a table for people, JSON for programs, errors by class for whoever writes rules.

Knows: outcomes, figures. Does not know: how anything was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from chatrec.evaluation.understanding.figures import SHARES, Figure, figures
from chatrec.evaluation.understanding.labels import Gold
from chatrec.evaluation.understanding.runner import Outcome
from chatrec.evaluation.understanding.scoring import TurnScore
from chatrec.vocabulary import Wish

if TYPE_CHECKING:
    from rich.console import Console


def as_json(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Every outcome with its figures, by facet type and language, as plain data."""
    return [
        {
            "name": o.name,
            "turns": len(o.scores),
            "conversations": len({s.group for s in o.scores}),
            "figures": _plain(figures(o.scores)),
            "by_facet_type": {t: _plain(figures(o.scores, t)) for t in facet_types(o.scores)},
            "by_language": {
                code: _plain(figures([s for s in o.scores if s.language == code])) for code in languages(o.scores)
            },
            "errors": dict(error_classes(o.scores).most_common()),
            "left_out": o.left_out,
            "decided_by": dict(o.steps),
            "decide_milliseconds": {
                "p50": share(o.decide_ms, 0.5),
                "p95": share(o.decide_ms, 0.95),
                "n": len(o.decide_ms),
            },
            "milliseconds": {"p50": share(o.milliseconds, 0.5), "p95": share(o.milliseconds, 0.95)},
        }
        for o in outcomes
    ]


def _plain(found: dict[str, Figure]) -> dict[str, Any]:
    return {k: {"value": f.value, "low": f.low, "high": f.high, "n": f.n} for k, f in found.items()}


def facet_types(scores: Sequence[TurnScore]) -> list[str]:
    return sorted({kind for s in scores for group in (s.right, s.wrong, s.missed) for kind, _ in group})


def languages(scores: Sequence[TurnScore]) -> list[str]:
    return sorted({s.language for s in scores})


def share(values: Sequence[float], of: float) -> float:
    """The value that a share (0..1) of the values do not exceed; 0 where there are none."""
    return round(sorted(values)[min(len(values) - 1, int(of * len(values)))], 3) if values else 0.0


def show(outcome: Outcome, console: Console) -> None:
    """One outcome as tables."""
    from rich.table import Table

    groups = len({s.group for s in outcome.scores})
    console.print(
        f"{outcome.name}: {len(outcome.scores):,} turns of {groups:,} conversations; 95% bootstrap intervals over conversations",
        style="bold", markup=False,
    )  # fmt: skip
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading in ("", "all", *languages(outcome.scores)):
        table.add_column(heading)
    whole = figures(outcome.scores)
    by_language = [figures([s for s in outcome.scores if s.language == code]) for code in languages(outcome.scores)]
    for name in SHARES:
        table.add_row(name, f"{whole[name]}  n={whole[name].n}", *(str(f[name]) for f in by_language))
    console.print(table)
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading in ("facet type", "precision", "recall", "F1", "n"):
        table.add_column(heading, justify="right" if heading == "n" else "left")
    for kind in facet_types(outcome.scores):
        found = figures(outcome.scores, kind)
        table.add_row(kind, str(found["precision"]), str(found["recall"]), str(found["F1"]), str(found["recall"].n))
    console.print(table)
    if set(outcome.steps) - {"code"}:
        console.print(
            f"decided by: {', '.join(f'{who} {n:,}' for who, n in outcome.steps.most_common())}", markup=False
        )
    p50, p95 = share(outcome.milliseconds, 0.5), share(outcome.milliseconds, 0.95)
    console.print(f"code reader: p50 {p50:.1f} ms, p95 {p95:.1f} ms of processor time a turn", markup=False)
    if outcome.decide_ms:
        p50, p95 = share(outcome.decide_ms, 0.5), share(outcome.decide_ms, 0.95)
        console.print(f"decide by a model: p50 {p50:,.0f} ms, p95 {p95:,.0f} ms a turn", markup=False)
    for why, n in sorted(outcome.left_out.items()):
        console.print(f"not scored: {why}: {n:,}", markup=False)


# ---------------------------------------------------------------------- errors


def error_classes(scores: Sequence[TurnScore]) -> Counter[str]:
    """What kinds of mistakes there are, and how many."""
    return Counter(name for s in scores for name, _ in errors_of(s))


def errors_of(score: TurnScore) -> Iterator[tuple[str, str]]:
    """(class, what) of each mistake of a turn. A missed and a wrong wish on one facet are one mistake, of its op or its value."""
    wrong = list(score.wrong)
    for kind, gold in score.missed:
        pair = next((w for w in wrong if w[1].facet == gold.facet), None)
        if pair is None:
            yield f"missed: {kind}", told(gold)
            continue
        wrong.remove(pair)
        what = "value" if pair[1].op == gold.op else "op"
        yield f"other {what}: {kind}", f"{told(gold)} heard as {told(pair[1])}"
    for kind, wish in wrong:
        yield f"never said: {kind}", f"{told(wish)} from {wish.words!r}"
    for facet in score.kept:
        yield "not taken back", facet
    for facet in score.lost:
        yield "taken back by mistake", facet
    if score.kind_right is False:
        yield f"decision: {score.kind} for {'/'.join(score.kinds)}", ""


def told(wish: Wish | Gold) -> str:
    return f"{wish.facet or ''} {wish.op} {wish.value}".strip()


def show_errors(outcome: Outcome, most: int, console: Console) -> None:
    """Error classes with counts, the commonest first, each with at most `most` of its turns."""
    examples: dict[str, list[tuple[str, str]]] = {}
    for score in outcome.scores:
        for name, what in errors_of(score):
            examples.setdefault(name, []).append((score.text, what))
    console.print(f"{outcome.name}: errors by class", style="bold", markup=False)
    for name, found in sorted(examples.items(), key=lambda e: -len(e[1])):
        console.print(f"{len(found):5}  {name}", markup=False)
        for text, what in found[:most]:
            console.print(
                f"         {text}\n           {what}" if what else f"         {text}", markup=False, highlight=False
            )
