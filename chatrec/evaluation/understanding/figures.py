"""Turn scores summed up: precision, recall, F1, exact turns, decisions, with intervals.

Knows: counts and the percentile bootstrap over dialogues (Efron 1979): whole conversations are drawn, since turns of one are alike.
Does not know: wishes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chatrec.evaluation.understanding.scoring import TurnScore

DRAWS, SEED = 2_000, 20_261_122
Counts = dict[str, float]


@dataclass(frozen=True)
class Figure:
    """A share in 0..1 with its 95% interval; n is what it is a share of. None where there is nothing to count."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def __str__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return "-"
        return f"{_short(self.value)} [{_short(self.low)}, {_short(self.high)}]"


def _short(share: float) -> str:
    return "1.00" if share > 0.9995 else f"{share:.3f}"[1:]


Formula = Callable[[np.ndarray], np.ndarray]
KEYS = (
    "right",
    "wrong",
    "missed",
    "turns",
    "exact",
    "stating",
    "stating_exact",
    "kinds",
    "kinds_right",
    "drops",
    "drops_right",
    "free_words",
    "scored",
    "whole",
)


def counts(scores: Sequence[TurnScore], facet_type: str | None = None) -> Mapping[str, np.ndarray]:
    """Conversation -> its counts, in the order of KEYS; with a facet type only the wishes on such facets."""
    table: dict[str, np.ndarray] = {}
    for s in scores:
        row = table.setdefault(s.group, np.zeros(len(KEYS)))
        of = [sum(1 for kind, _ in group if facet_type in (None, kind)) for group in (s.right, s.wrong, s.missed)]
        row += [
            *of,
            s.labelled,
            s.labelled and s.exact,
            s.states,
            s.states and s.exact,
            s.kind_right is not None,
            bool(s.kind_right),
            len(s.taken_back) + len(s.kept),
            len(s.taken_back),
            s.free_words,
            1,
            s.whole,
        ]
    return table


def _share(top: str, *bottom: str) -> tuple[str, tuple[str, ...]]:
    return top, bottom


SHARES = {
    "precision": _share("right", "right", "wrong"),
    "recall": _share("right", "right", "missed"),
    "F1": _share("right", "right", "right", "wrong", "missed"),  # 2tp / (2tp + fp + fn)
    "exact turns that state something": _share("stating_exact", "stating"),
    "exact turns, all": _share("exact", "turns"),
    "taken back": _share("drops_right", "drops"),
    "decision": _share("kinds_right", "kinds"),
    "turns wholly right": _share(
        "whole", "scored"
    ),  # all that is labelled of a turn: wishes, what was taken back, decision
    "turns with free words, not scored": _share("free_words", "turns"),
}


def figures(scores: Sequence[TurnScore], facet_type: str | None = None) -> dict[str, Figure]:
    """Name -> figure, with 95% bootstrap intervals over conversations."""
    table = np.array(list(counts(scores, facet_type).values())) if scores else np.zeros((0, len(KEYS)))
    names = list(SHARES)[:3] if facet_type else list(SHARES)
    if not len(table):
        return {name: Figure(None, None, None, 0) for name in names}
    drawn = np.random.default_rng(SEED).multinomial(len(table), np.full(len(table), 1 / len(table)), DRAWS)
    whole, sums = table.sum(0), drawn @ table
    found: dict[str, Figure] = {}
    for name in names:
        top, bottom = SHARES[name]
        value = _ratio(whole[None, :], top, bottom, name)[0]
        many = _ratio(sums, top, bottom, name)
        many = many[~np.isnan(many)]
        n = int(sum(whole[KEYS.index(k)] for k in dict.fromkeys(bottom)))
        if np.isnan(value):
            found[name] = Figure(None, None, None, 0)
        else:
            low, high = np.percentile(many, [2.5, 97.5])
            found[name] = Figure(float(value), float(low), float(high), n)
    return found


def _ratio(rows: np.ndarray, top: str, bottom: Sequence[str], name: str) -> np.ndarray:
    over = rows[:, KEYS.index(top)] * (2 if name == "F1" else 1)
    under = sum(rows[:, KEYS.index(k)] for k in bottom)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(under > 0, over / under, np.nan)


def difference(ours: Sequence[TurnScore], theirs: Sequence[TurnScore], name: str) -> Figure:
    """theirs minus ours of one figure, paired by conversation: the same conversations are drawn for both."""
    a, b = counts(ours), counts(theirs)
    groups = [g for g in a if g in b]
    if not groups:
        return Figure(None, None, None, 0)
    mine, other = (np.array([t[g] for g in groups]) for t in (a, b))
    drawn = np.random.default_rng(SEED).multinomial(len(groups), np.full(len(groups), 1 / len(groups)), DRAWS)
    top, bottom = SHARES[name]
    value = _ratio(other.sum(0)[None], top, bottom, name)[0] - _ratio(mine.sum(0)[None], top, bottom, name)[0]
    many = _ratio(drawn @ other, top, bottom, name) - _ratio(drawn @ mine, top, bottom, name)
    many = many[~np.isnan(many)]
    if np.isnan(value) or not len(many):
        return Figure(None, None, None, 0)
    low, high = np.percentile(many, [2.5, 97.5])
    return Figure(float(value), float(low), float(high), len(groups))
