"""One order out of several sources: a weighted sum of their scores.

Knows: the weights, which differ by what the query has to go by, and when a source has really contributed. Every source gives
scores on a scale of its own choosing (about 0..1) that does not depend on which rows are compared, so an item's sum is the same
whether few items are allowed or all; sums of reciprocal ranks are not (benchmarks/retrieval.py measures both).
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chatrec.recommend.source import Query, Scored

CONTRIBUTES = 0.2  # a source that gives less than this part of an item's sum is not named

# Chosen by benchmarks/fusion.py, on people and queries that judge nothing. Two are held by hand: who names an example and asks for
# its like is not answered by what is popular, though most of what its friends liked is; and a history has something of content,
# for catalogues whose items share little. What people did weighs so much beside a history because shared values are part of
# it (benchmarks/peers.py, the cuts that tune); newcomers have the most that costs others nothing (docs/lab.md).
# The dialogue's was chosen by benchmarks/conversational.py --tune.
SAID: Mapping[str, float] = {
    "content": 1.0, "words": 2.0, "wished": 1.0, "relations": 1.5, "collaborative": 3.0, "dialogue": 4.0, "popularity": 0.5,
}  # fmt: skip
EXAMPLES: Mapping[str, float] = {
    "content": 1.0,
    "relations": 1.0,
    "collaborative": 8.0,
    "dialogue": 2.0,
    "popularity": 0.5,
}
HISTORY: Mapping[str, float] = {
    "content": 0.05, "relations": 1.5, "collaborative": 16.0, "dialogue": 2.0, "popularity": 0.4, "newcomers": 3.0,
}  # fmt: skip
SHORT, FADES = 10.0, 10.0  # more of popularity where a history is short; the events after which a third of that is left
NOTHING = Query()


@dataclass(frozen=True)
class Fuse:
    """weights: by source name, for every query; None: the chosen ones for what the query has. other: of a source not listed."""

    weights: Mapping[str, float] | None = None
    other: float = 0.5

    def of(self, query: Query, spoke: Container[str] = ()) -> Mapping[str, float]:
        """The weights that hold for a query: words or soft wishes, only examples, or only a person's history. spoke: the sources
        that say anything: what people did says less after few events than what is popular, where there is a log at all."""
        if self.weights is not None:
            return self.weights
        if query.text or query.against or query.wishes:
            return SAID
        if query.named or query.unlike:
            return EXAMPLES
        if "collaborative" not in spoke:
            return HISTORY
        known = sum(abs(weight) for _, weight in query.history)
        return {**HISTORY, "popularity": HISTORY["popularity"] + SHORT * math.exp(-known / FADES)}

    def weight(self, name: str, query: Query = NOTHING, parts: Mapping[str, Scored] | None = None) -> float:
        return self.of(query, _spoke(parts or {})).get(name, self.other)

    def __call__(self, parts: Mapping[str, Scored], size: int, query: Query = NOTHING) -> np.ndarray:
        """The weighted sum for every row of a shelf of this size, float64 [size]; 0 where no source scored."""
        sums, weights = np.zeros(size), self.of(query, _spoke(parts))
        for name, scored in parts.items():
            sums[scored.rows] += weights.get(name, self.other) * scored.scores
        return sums

    def contributions(self, parts: Mapping[str, Scored], row: int, query: Query = NOTHING) -> dict[str, float]:
        """The sources that really brought this row up, with the scores they gave; the strongest first."""
        return self.contributed(parts, [row], query)[0]

    def contributed(
        self, parts: Mapping[str, Scored], rows: Sequence[int], query: Query = NOTHING
    ) -> list[dict[str, float]]:
        """`contributions` of each of these rows."""
        weights = self.of(query, _spoke(parts))
        found: list[dict[str, float]] = [{} for _ in rows]
        for name, scored in parts.items():
            if len(scored.rows):
                at = np.minimum(np.searchsorted(scored.rows, rows), len(scored.rows) - 1)
                scores = np.where(scored.rows[at] == rows, scored.scores[at], 0.0)
                for scores_of, score in zip(found, scores.tolist(), strict=True):
                    if score > 0:
                        scores_of[name] = score
        return [_strongest(scores, {n: weights.get(n, self.other) * s for n, s in scores.items()}) for scores in found]


def _strongest(scores: dict[str, float], given: Mapping[str, float]) -> dict[str, float]:
    """These scores without those of sources that gave little of the sum, what gave most first."""
    total = sum(given.values())
    named = {name: score for name, score in scores.items() if given[name] >= CONTRIBUTES * total}
    return dict(sorted(named.items(), key=lambda pair: -given[pair[0]]))


def _spoke(parts: Mapping[str, Scored]) -> set[str]:
    return {name for name, scored in parts.items() if len(scored.rows)}
