"""The source that goes by what other people did: a linear item-item model, fitted in closed form on the catalogue's log.

Knows: EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data", arXiv:1905.03375), and its dual: with P =
(X'X + L)^-1 the weights are B = I - P / diag(P), and by Woodbury P x = (x - X' (XX' + L)^-1 X x) / L, so that where there
are fewer people than items only a people x people system is solved. Does not know: where the log is kept, who asks. Who is
not in the log gets scores from the items they name or like: nothing is fitted anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf

RIDGE = 100.0  # the one parameter of the model; chosen on a validation cut of MovieLens small (docs/lab.md)
MOST_ITEMS = 12_000  # that take part, those with most events; the others are known by what they are
FEWEST_PEOPLE = 2  # that an item needs to take part
KINDS: Mapping[str, float] = {
    "like": 1.0,
    "buy": 1.0,
    "owned": 0.8,
    "seen": 0.5,
    "view": 0.4,
}  # others say nothing good
NAMED, UNLIKE = 1.0, 0.5  # weight of an item named as an example, or as what it should not be like
LIKED = 0.7  # weight from which on an event says that somebody liked it
TOGETHER = 2  # people who liked both, to be told
BESIDE = 0.35  # of the scores when something is said: then it says more than what people did
SURE = 3.0  # events from which on the scores count in full


@dataclass(frozen=True, eq=False)
class Taste:
    """A fitted model over m of a shelf's rows. Either `weights` (B) or the dual's `factor` is there."""

    rows: np.ndarray  # int64 [m], ascending: rows of the shelf that take part
    place: np.ndarray  # int64 [shelf]: row -> its place in `rows`, -1 where it does not take part
    diagonal: np.ndarray  # float32 [m]: of P
    ridge: float
    people: Any  # scipy csc [people, m]: the events
    weights: np.ndarray | None = None  # float32 [m, m]
    factor: np.ndarray | None = None  # float32 [people, m]
    events: int = 0

    @classmethod
    def fit(
        cls, person: np.ndarray, row: np.ndarray, weight: np.ndarray, size: int, ridge: float = RIDGE
    ) -> Taste | None:
        """From events (one a person and row): codes of people, rows of a shelf of this size, weights in 0..1. Plain work.

        None where too few items have people in common.
        """
        from scipy import sparse

        there = row < size
        person, row, weight = person[there], row[there], weight[there]
        counts = np.bincount(row, minlength=size)
        rows = np.flatnonzero(counts >= FEWEST_PEOPLE)
        if len(rows) > MOST_ITEMS:
            rows = np.sort(rows[np.lexsort((rows, -counts[rows]))[:MOST_ITEMS]])
        if len(rows) < 2:
            return None
        place = np.full(size, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        used = place[row] >= 0
        codes, person = np.unique(person[used], return_inverse=True)
        shape = (len(codes), len(rows))
        x = sparse.csr_matrix((weight[used].astype(np.float32), (person, place[row[used]])), shape=shape)
        if len(codes) <= len(rows):
            gram = np.asarray((x @ x.T).todense(), dtype=np.float64)
            gram[np.diag_indices(len(codes))] += ridge
            factor = np.linalg.solve(gram, x.toarray().astype(np.float64)).astype(np.float32)
            own = np.asarray(x.multiply(factor).sum(axis=0)).ravel()
            diagonal = ((1.0 - own) / ridge).astype(np.float32)
            return cls(rows, place, diagonal, ridge, x.tocsc(), factor=factor, events=int(used.sum()))
        gram = np.asarray((x.T @ x).todense(), dtype=np.float64)
        gram[np.diag_indices(len(rows))] += ridge
        inverse = np.linalg.inv(gram)
        diagonal = np.diag(inverse).copy()
        weights = (inverse / -diagonal[None, :]).astype(np.float32)
        np.fill_diagonal(weights, 0.0)
        return cls(rows, place, diagonal.astype(np.float32), ridge, x.tocsc(), weights, events=int(used.sum()))

    def scores(self, events: Sequence[tuple[int, float]]) -> np.ndarray:
        """x B for a person's events (row, weight), float64 [m]. Rows that do not take part are left out."""
        known = [(int(self.place[row]), weight) for row, weight in events if self.place[row] >= 0]
        if not known:
            return np.zeros(len(self.rows))
        at = np.array([p for p, _ in known])
        x = np.array([w for _, w in known], dtype=np.float32)
        if self.weights is not None:
            return np.einsum("i,ij->j", x, self.weights[at]).astype(np.float64)
        assert self.factor is not None
        near = np.asarray(self.people[:, at] @ x).ravel()  # how much each person of the log has of this
        touched = np.flatnonzero(near)
        back = np.einsum("i,ij->j", near[touched], self.factor[touched])
        full = np.zeros(len(self.rows))
        np.add.at(full, at, x)
        return full - (full - back) / self.ridge / self.diagonal

    def because(self, row: int, others: Sequence[int]) -> int | None:
        """Which of these rows speaks most for `row` by itself (its place in `others`); None where none does.

        Only where several people of the log really liked both: "people who liked it liked this too" is told of it.
        """
        to = int(self.place[row])
        weights = [(self._weight(int(self.place[other]), to), -n) for n, other in enumerate(others)]
        for weight, n in sorted(weights, reverse=True):
            if weight <= 0:
                break
            if liked_both(self.people, int(self.place[others[-n]]), to) >= TOGETHER:
                return -n
        return None

    def _weight(self, of: int, to: int) -> float:
        """B[of, to]; 0 where one does not take part."""
        if of < 0 or to < 0 or of == to:
            return 0.0
        if self.weights is not None:
            return float(self.weights[of, to])
        assert self.factor is not None
        start, end = self.people.indptr[of], self.people.indptr[of + 1]
        near, had = self.people.indices[start:end], self.people.data[start:end]
        return float(had @ self.factor[near, to]) / self.ridge / float(self.diagonal[to])


def liked_both(people: Any, one: int, other: int) -> int:
    """How many people (scipy csc [people, places], weights of events) liked both places, or did what says as much."""
    return len(np.intersect1d(_likers(people, one), _likers(people, other), assume_unique=True))


def _likers(people: Any, place: int) -> np.ndarray:
    start, end = people.indptr[place], people.indptr[place + 1]
    found: np.ndarray = people.indices[start:end][people.data[start:end] >= LIKED]
    return found


def events_of(log: Any, row: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(person codes, rows, weights 0..1) of a store's log, one for each person and item: the strongest that they did.

    Ratings count as their share of the scale that holds them all (1, 5, 10 or 100).
    """
    rows = np.array([row.get(i, -1) for i in log.items], dtype=np.int64)[log.item]
    weights = np.array([KINDS.get(k, 0.0) for k in log.kinds])[log.kind]
    rated = ~np.isnan(log.rating)
    if rated.any():
        most = float(log.rating[rated].max())
        top = next((t for t in (1.0, 5.0, 10.0, 100.0) if most <= t), most)
        weights = np.where(rated, np.clip(np.nan_to_num(log.rating) / top, 0.0, 1.0), weights)
    used = (rows >= 0) & (weights > 0)
    person, rows, weights = log.person[used], rows[used], weights[used]
    order = np.lexsort((-weights, rows, person))
    person, rows, weights = person[order], rows[order], weights[order]
    first = np.ones(len(person), dtype=bool)
    first[1:] = (person[1:] != person[:-1]) | (rows[1:] != rows[:-1])
    return person[first], rows[first], weights[first]


class Collaborative:
    """What people with such a history liked too, 0..1 (below 0: rather not); nothing where the shelf has no log."""

    name = "collaborative"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        taste = self.shelf.taste
        if taste is None:
            return Scored()
        events = self._events(query)
        known = [(row, weight) for row, weight in events if taste.place[row] >= 0]
        if not known:
            return Scored()
        scores = taste.scores(known)
        top = float(scores.max(initial=0.0))
        if top <= 1e-9:
            return Scored()
        sure = min(1.0, sum(abs(w) for _, w in known) / SURE) * (BESIDE if query.says else 1.0)
        dense = np.zeros(len(self.shelf))
        dense[taste.rows] = np.maximum(scores / top, -1.0) * sure
        own = [row for row, _ in events]
        dense[own] = np.minimum(dense[own], 0.0)
        return Scored.of(dense, rows)

    def _events(self, query: Query) -> list[tuple[int, float]]:
        row = self.shelf.row
        found = {row[i]: w if w > 0 else w * UNLIKE for i, w in query.history if i in row}
        found |= {row[i]: NAMED for i in query.named if i in row}
        found |= {row[i]: -UNLIKE for i in query.unlike if i in row}
        return list(found.items())
