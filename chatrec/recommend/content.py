"""The source that goes by what items are: the meaning of their text (vectors), and the facet values they share.

Knows: vectors when the shelf has them, values always. Does not know: words as such (see words), other people.
The query's vector is a weighted sum of the free words, the named items, what the person liked, less what is not wanted
(Rocchio 1971, "Relevance Feedback in Information Retrieval").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from chatrec.recommend.shelf import Named, Vectors
from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf

NAMED = 1.0  # weight of the named items beside the free words' 1
HISTORY = 0.25  # of what the person liked before, when something is said
ALONE = 0.3  # of all scores when nothing is said: then what is popular says more than what one liked before
UNLIKE = 0.5  # of what it should not be like
DECAY = 0.9  # of each older event of the history
EVENTS = 20  # of the history that are looked at
VALUES = 1.0  # shared values beside the vectors' likeness
COMMON = 0.25  # a value that more of the catalogue has says nothing


class Content:
    """Likeness to the words, to the named items and to the person's own, about 0..1 (below 0: unlike)."""

    name = "content"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        items = self._items(query)
        vectors = self.shelf.vectors
        vector = await self._vector(query, items, vectors) if vectors else None
        shared = self._shared(items)
        scale = 1.0 if query.says else ALONE
        if vectors is None or vector is None:
            return Scored.of(self._tamed(scale * VALUES * shared, items), rows)
        if rows is None and vectors.nearest is not None and (found := await vectors.nearest(vector, query.limit)):
            # The index knows the nearest; with the rows that share values they are enough to go on.
            near = np.array([self.shelf.row[id_] for id_, _ in found if id_ in self.shelf.row], dtype=np.int64)
            proposed = np.union1d(near, Scored.of(np.maximum(shared, 0), None).best(query.limit))
            dense = np.zeros(len(self.shelf))
            dense[proposed] = vectors.likeness(vector, proposed)
            return replace(Scored.of(self._tamed(scale * (dense + VALUES * shared), items), proposed), complete=False)
        dense = np.zeros(len(self.shelf))
        asked = np.arange(len(self.shelf)) if rows is None else rows
        dense[asked] = vectors.likeness(vector, asked)
        return Scored.of(self._tamed(scale * (dense + VALUES * shared), items), rows)

    def _tamed(self, scores: np.ndarray, items: Sequence[tuple[int, float]]) -> np.ndarray:
        """An item is most like itself, which is no reason to offer what the person pointed at or liked before."""
        own = [row for row, _ in items]
        scores[own] = np.minimum(scores[own], 0.0)
        return scores

    def _items(self, query: Query) -> list[tuple[int, float]]:
        """(row, weight) of every item that the query points to; weights of a group add up to the group's."""
        history = HISTORY if query.says else 1.0
        events = [(i, w * DECAY**n) for n, (i, w) in enumerate(query.history[:EVENTS])]
        pointed: dict[int, float] = {}
        for group, weight in (
            ([(i, 1.0) for i in query.named], NAMED),
            ([(i, -1.0) for i in query.unlike], UNLIKE),
            ([e for e in events if e[1] > 0], history),
            ([e for e in events if e[1] < 0], history * UNLIKE),
        ):
            known = [(self.shelf.row[i], w) for i, w in group if i in self.shelf.row]
            total = sum(abs(w) for _, w in known)
            for row, w in known:
                pointed[row] = pointed.get(row, 0.0) + weight * w / total
        return list(pointed.items())

    async def _vector(self, query: Query, items: Sequence[tuple[int, float]], vectors: Vectors) -> np.ndarray | None:
        """The query as one unit vector; None when nothing with a meaning is asked."""
        sum_ = np.zeros(vectors.matrix.shape[1])
        for text, weight in ((query.text, 1.0), (query.against, -UNLIKE)):
            if text and (meant := await vectors.text(text)) is not None:
                sum_ += weight * meant
        for row, weight in items:
            sum_ += weight * vectors.matrix[row]
        length = float(np.linalg.norm(sum_))
        return (sum_ / length).astype(np.float32) if length > 1e-9 else None

    def _shared(self, items: Sequence[tuple[int, float]]) -> np.ndarray:
        """What every row shares with these items, float64 [rows]; 1 for sharing all that is rare with all of them.

        A value weighs the logarithm of how rare it is, and less where an item has many of its facet: one director says
        more than one of ten players.
        """
        n = len(self.shelf)
        out = np.zeros(n)
        columns = [c for c in self.shelf.columns.values() if isinstance(c, Named)]
        for row, weight in items:
            own: list[tuple[np.ndarray, float]] = []
            for column in columns:
                codes = column.of_row(row)
                for code in codes.tolist():
                    if 1 < (count := column.count(code)) <= max(COMMON * n, 2):
                        own.append((column.rows_of(code), math.log(n / count) / math.sqrt(len(codes))))
            total = sum(w for _, w in own)
            for holders, w in own:
                out[holders] += weight * w / total
        return out
