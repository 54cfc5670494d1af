"""Two dials over the best of what fits: less alike, and less known. Neither brings in what does not fit, or moves what was sorted.

Knows: how alike rows are (their vectors; without, the rare values they share) and how well known. Does not know: sources,
wishes. Diversity is the maximal marginal relevance of Carbonell and Goldstein 1998, "The Use of MMR, Diversity-Based Reranking";
its values fall from pick to pick, because what is left only comes to be more like what was picked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatrec.recommend.popularity import prior
from chatrec.recommend.relations import first_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatrec.recommend.shelf import Shelf

POOL = 100  # of the best, that are put in another order


@dataclass(frozen=True)
class Dials:
    """0: as the sources have it; 1: of the best hundred the least alike, or the least known, whatever their scores."""

    diversity: float = 0.0
    novelty: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 <= self.diversity <= 1.0 and 0.0 <= self.novelty <= 1.0):
            raise ValueError("diversity and novelty are numbers from 0 to 1")

    def __bool__(self) -> bool:
        return self.diversity > 0 or self.novelty > 0

    def turned(self, rows: Sequence[int], scores: Sequence[float], shelf: Shelf) -> tuple[list[int], list[float]]:
        """These rows (best first, with their falling scores) in the order of the dials, with falling values of 1 and less."""
        if not self or len(rows) < 2:
            return list(rows), list(scores)
        at, have = np.array(rows, dtype=np.int64), np.array(scores, dtype=np.float64)
        worth = (have - have.min()) / max(float(have.max() - have.min()), 1e-12)
        if self.novelty:
            known = prior(shelf)[at]
            place = np.searchsorted(np.sort(known), known) / (len(at) - 1)  # equally known rows have the same place
            worth = (1 - self.novelty) * worth + self.novelty * (1 - place)
        if not self.diversity:
            order = np.argsort(-worth, kind="stable")
            return at[order].tolist(), worth[order].tolist()
        alike, nearest = likenesses(shelf, at), np.zeros(len(at))
        picked: list[int] = []
        values: list[float] = []
        left = np.ones(len(at), dtype=bool)
        for _ in range(len(at)):
            value = np.where(left, (1 - self.diversity) * worth - self.diversity * nearest, -np.inf)
            best = int(value.argmax())  # of equals the one that came first
            picked.append(int(at[best]))
            values.append(float(value[best]))
            left[best] = False
            nearest = np.maximum(nearest, alike[best])
        return picked, values


def likenesses(shelf: Shelf, rows: np.ndarray) -> np.ndarray:
    """How alike each two of these rows are, float64 [n, n] in 0..1."""
    if shelf.vectors is not None:
        matrix = shelf.vectors.matrix[rows].astype(np.float64)
        return np.clip(np.einsum("id,jd->ij", matrix, matrix), 0.0, 1.0)
    alike = np.zeros((len(rows), len(rows)))
    for steps in first_steps(shelf, rows):
        codes, place = np.unique(steps.code, return_inverse=True)
        values = np.zeros((len(rows), len(codes)))
        values[steps.seed, place] = steps.weight
        alike += np.einsum("ic,jc->ij", values, values)
    own = np.sqrt(np.maximum(np.diag(alike), 1e-12))
    return np.clip(alike / own[:, None] / own[None, :], 0.0, 1.0)
