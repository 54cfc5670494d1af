"""One order out of several sources: a weighted sum of their scores.

Knows: the weights, and when a source has really contributed. Every source gives scores on a scale of its own choosing (about
0..1) that does not depend on which rows are compared, so an item's sum is the same whether few items are allowed or all; sums
of reciprocal ranks are not (benchmarks/retrieval.py measures both).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from chatrec.recommend.source import Scored

CONTRIBUTES = 0.2  # a source that gives less than this part of an item's sum is not named


def _weights() -> dict[str, float]:
    return {"content": 1.0, "words": 1.5, "wished": 1.0, "collaborative": 2.0, "popularity": 0.5}


@dataclass(frozen=True)
class Fuse:
    """Weights by source name; `other` for a source that is not listed. Chosen in benchmarks/retrieval.py."""

    weights: Mapping[str, float] = field(default_factory=_weights)
    other: float = 0.5

    def weight(self, name: str) -> float:
        return self.weights.get(name, self.other)

    def __call__(self, parts: Mapping[str, Scored], size: int) -> np.ndarray:
        """The weighted sum for every row of a shelf of this size, float64 [size]; 0 where no source scored."""
        sums = np.zeros(size)
        for name, scored in parts.items():
            sums[scored.rows] += self.weight(name) * scored.scores
        return sums

    def contributions(self, parts: Mapping[str, Scored], row: int) -> dict[str, float]:
        """The sources that really brought this row up, with the scores they gave; the strongest first."""
        found: dict[str, float] = {}
        for name, scored in parts.items():
            at = int(np.searchsorted(scored.rows, row))
            if at < len(scored.rows) and scored.rows[at] == row and scored.scores[at] > 0:
                found[name] = float(scored.scores[at])
        total = sum(self.weight(n) * s for n, s in found.items())
        named = {n: s for n, s in found.items() if self.weight(n) * s >= CONTRIBUTES * total}
        return dict(sorted(named.items(), key=lambda pair: -self.weight(pair[0]) * pair[1]))
