"""What came of all people in figures: success, turns, obedience, questions, with intervals; two systems compared in pairs.

Knows: outcomes, the percentile bootstrap over people (Efron 1979). Does not know: how a talk went.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chatrec.evaluation.people.play import Outcome

DRAWS, SEED = 2_000, 20_261_122
Ratio = tuple[Callable[[Outcome], float], Callable[[Outcome], float]]  # what is counted, and of what


@dataclass(frozen=True)
class Figure:
    """A figure with its 95% interval. share: written as a share. None where there is nothing to count."""

    value: float | None
    low: float | None
    high: float | None
    share: bool = True

    def __str__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return "-"
        return f"{self._short(self.value)} [{self._short(self.low)}, {self._short(self.high)}]"

    def _short(self, value: float) -> str:
        return f"{value:.3f}".replace("0.", ".", 1) if self.share and abs(value) < 0.9995 else f"{value:.2f}"


def _one(_: Outcome) -> float:
    return 1.0


def formulas(most_turns: int) -> Mapping[str, tuple[Ratio, bool]]:
    """Name -> (ratio of sums, whether it is a share)."""
    return {
        "hit@5": ((lambda o: o.success and (o.rank or 9) <= 5, _one), True),
        "hit@1": ((lambda o: o.success and o.first, _one), True),
        "turns of the successful": ((lambda o: o.turn or 0, lambda o: o.success), False),
        "turns, a failure as one more": ((lambda o: o.turn or most_turns + 1, _one), False),
        "broken wishes, of shown": ((lambda o: o.broken, lambda o: o.shown), True),
        "repeats, of shown": ((lambda o: o.repeats, lambda o: o.shown), True),
        "questions a person": ((lambda o: o.questions, _one), False),
        "questions without items": ((lambda o: o.alone, _one), False),
        "answers with an untrue claim": ((lambda o: len(o.untrue), lambda o: o.turns), True),
    }


def figures(outcomes: Sequence[Outcome], most_turns: int) -> dict[str, Figure]:
    """Name -> figure, with 95% bootstrap intervals over people."""
    drawn = _draws(len(outcomes))
    found = {}
    for name, ((top, bottom), share) in formulas(most_turns).items():
        table = np.array([[top(o), bottom(o)] for o in outcomes], dtype=float)
        found[name] = _figure(_ratio(table.sum(0)[None])[0], _ratio(drawn @ table), share)
    return found


def difference(ours: Sequence[Outcome], theirs: Sequence[Outcome], name: str, most_turns: int) -> Figure:
    """theirs minus ours of one figure, the same people drawn for both."""
    (top, bottom), share = formulas(most_turns)[name]
    a, b = (np.array([[top(o), bottom(o)] for o in side], dtype=float) for side in (ours, theirs))
    drawn = _draws(len(ours))
    value = _ratio(b.sum(0)[None])[0] - _ratio(a.sum(0)[None])[0]
    return _figure(value, _ratio(drawn @ b) - _ratio(drawn @ a), share)


def _draws(n: int) -> np.ndarray:
    return np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), DRAWS)


def _ratio(sums: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)


def _figure(value: float, many: np.ndarray, share: bool) -> Figure:
    many = many[~np.isnan(many)]
    if np.isnan(value) or not len(many):
        return Figure(None, None, None, share)
    low, high = np.percentile(many, [2.5, 97.5])
    return Figure(float(value), float(low), float(high), share)
