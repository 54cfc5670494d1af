"""The source that goes by what items mean: the vectors of their texts.

Knows: vectors when the shelf has them; without, it says nothing. Does not know: words as such (see words), the values that items
share (see relations), other people.
The query's vector is a weighted sum of the free words, the named items, what the person liked, less what is not wanted
(Rocchio 1971, "Relevance Feedback in Information Retrieval").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from chatrec.recommend.source import UNLIKE, Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf, Vectors


class Content:
    """Likeness to the words, to the named items and to the person's own, about 0..1 (below 0: unlike)."""

    name = "content"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        items = query.pointed_at(self.shelf.row)
        vectors = self.shelf.vectors
        vector = await self._vector(query, items, vectors) if vectors else None
        if vectors is None or vector is None:
            return Scored()
        dense = np.zeros(len(self.shelf))
        if rows is None and vectors.nearest is not None and (found := await vectors.nearest(vector, query.limit)):
            # The index knows the nearest; what others propose is asked about by row.
            near = np.unique([self.shelf.row[id_] for id_, _ in found if id_ in self.shelf.row]).astype(np.int64)
            dense[near] = vectors.likeness(vector, near)
            return replace(Scored.of(self._tamed(dense, items), near), complete=False)
        asked = np.arange(len(self.shelf)) if rows is None else rows
        dense[asked] = vectors.likeness(vector, asked)
        return Scored.of(self._tamed(dense, items), rows)

    def _tamed(self, scores: np.ndarray, items: Sequence[tuple[int, float]]) -> np.ndarray:
        """An item is most like itself, which is no reason to offer what the person pointed at or liked before."""
        own = [row for row, _ in items]
        scores[own] = np.minimum(scores[own], 0.0)
        return scores

    async def _vector(self, query: Query, items: Sequence[tuple[int, float]], vectors: Vectors) -> np.ndarray | None:
        """The query as one unit vector; None when nothing with a meaning is asked."""
        sum_ = np.zeros(vectors.matrix.shape[1])
        for text, weight in ((query.text, 1.0), (query.against, -UNLIKE)):
            if text and (meant := await vectors.text(text)) is not None:
                sum_ += weight * meant
        if items:
            rows, weights = [row for row, _ in items], np.array([weight for _, weight in items])
            sum_ += np.einsum("i,ij->j", weights, vectors.matrix[rows])
        length = float(np.linalg.norm(sum_))
        return (sum_ / length).astype(np.float32) if length > 1e-9 else None
