"""Conversations as a measure: what the other side names next, of what has not come up yet, and how often it was foreseen.

Knows: cases, recall and its intervals. Does not know: who ranks, where conversations come from.
The protocol of He et al. 2023, "Large Language Models as Zero-Shot Conversational Recommenders" (arXiv:2308.10053): a case is a
turn of the other side that names items; the context is all before it; only items that were not mentioned before count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

AT = (1, 5, 10, 20, 50)
RESAMPLES = 2_000


@dataclass(frozen=True)
class Line:
    """One message. items: (id or None where the catalogue lacks it, name) of what it names, in order."""

    role: str
    text: str
    items: tuple[tuple[str | None, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """One turn to foresee. targets: ids, None for one that the catalogue lacks: a miss whatever is ranked."""

    talk: str
    context: tuple[Line, ...]
    targets: tuple[str | None, ...]

    @property
    def mentioned(self) -> tuple[str, ...]:
        """Ids that came up before, each once."""
        return tuple(dict.fromkeys(id_ for line in self.context for id_, _ in line.items if id_ is not None))


def cases_of(talk: str, lines: Sequence[Line]) -> list[Case]:
    """The cases of one conversation, in order."""
    cases: list[Case] = []
    before: set[str] = set()
    for n, line in enumerate(lines):
        new = {id_ or name.casefold(): id_ for id_, name in line.items if (id_ or name.casefold()) not in before}
        if line.role == "assistant" and new:
            cases.append(Case(talk, tuple(lines[:n]), tuple(new.values())))
        before.update(new)
    return cases


def found_at(case: Case, ranked: Sequence[str]) -> list[int | None]:
    """The place (1 is the best) of each target among what was ranked and not mentioned before; None where it is not there."""
    known = set(case.mentioned)
    place = {id_: n for n, id_ in enumerate((i for i in ranked if i not in known), 1)}
    return [place.get(target) if target is not None else None for target in case.targets]


@dataclass(frozen=True)
class Recall:
    """Hits of each conversation: float64 [talks, len(AT)], and how many targets it has, float64 [talks]."""

    hits: np.ndarray
    targets: np.ndarray

    @classmethod
    def of(cls, cases: Sequence[Case], places: Sequence[Sequence[int | None]]) -> Recall:
        talks: Mapping[str, int] = {name: n for n, name in enumerate(dict.fromkeys(c.talk for c in cases))}
        hits, targets = np.zeros((len(talks), len(AT))), np.zeros(len(talks))
        for case, found in zip(cases, places, strict=True):
            at = talks[case.talk]
            targets[at] += len(found)
            hits[at] += [sum(place is not None and place <= k for place in found) for k in AT]
        return cls(hits, targets)

    @property
    def mean(self) -> np.ndarray:
        """Recall at each of AT: the share of all targets."""
        return np.asarray(self.hits.sum(axis=0) / max(self.targets.sum(), 1.0))

    def interval(self, other: Recall | None = None, seed: int = 7) -> np.ndarray:
        """95% bootstrap interval over conversations, float64 [2, len(AT)]: of the recall, or of its lead over another's."""
        hits = self.hits if other is None else self.hits - other.hits
        drawn = np.random.default_rng(seed).multinomial(len(hits), np.full(len(hits), 1 / len(hits)), size=RESAMPLES)
        sums = drawn @ hits / np.maximum(drawn @ self.targets, 1.0)[:, None]
        return np.quantile(sums, [0.025, 0.975], axis=0)
