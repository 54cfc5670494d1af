"""The source that goes by what other people did: a linear item-item model, fitted in closed form on the catalogue's log.

Knows: EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data", arXiv:1905.03375), and its dual: with P =
(X'X + L)^-1 the weights are B = I - P / diag(P), and by Woodbury P x = (x - X' (XX' + L)^-1 X x) / L, so that where there
are fewer rows of X than items only the smaller system is solved. Where the log is large enough, the values that items share
stand in X too, a row a value, as if somebody had liked all that have it (Jeunen, Van Balen and Goethals 2020, "Closed-Form
Models for Collaborative Filtering with Side-Information"): that mends what few events leave open, and items without any event
take part. Does not know: where the log is kept, who asks. Who is not in the log gets scores from the items they name or like:
nothing is fitted anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf

# Chosen on validation cuts inside the known part of MovieLens small (docs/decisions/0005-taste.md).
RIDGE = 400.0  # beside events of mean square 1
SHARED = 2.0  # weight of a value, beside an event's 1
ACTIVE = 0.15  # a person of n events counts n to the power of minus this: who took everything says little
ENOUGH = 1_000  # events from which on values take part: below, they would say more than the people
MOST_VALUES = 600  # that take part, those that most items have
LEAST_HOLDERS, COMMON = 5, 0.5  # items that have such a value at least; the part of all items at most
BINS = 20  # that the values of a number or date are put into, each with as many items
MOST_ITEMS = 12_000  # that take part, those with most events; the others are known by what they are
FEWEST_PEOPLE = 2  # that an item needs to take part where no values do
READY = 128_000_000  # bytes that are spent on having the dual's answer ready for single items
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
    basis: Any  # scipy csc [people (+ values), m]: X, as it was solved
    weights: np.ndarray | None = None  # float32 [m, m]
    factor: np.ndarray | None = None  # float32 [people (+ values), m]
    events: int = 0

    def __post_init__(self) -> None:
        if self.factor is not None:
            _ = self.ready  # where it was fitted or loaded, not in the first turn

    @classmethod
    def fit(
        cls,
        person: np.ndarray,
        row: np.ndarray,
        weight: np.ndarray,
        size: int,
        ridge: float = RIDGE,
        values: Any | None = None,
        shared: float = SHARED,
        active: float = ACTIVE,
    ) -> Taste | None:
        """From events (one a person and row): codes of people, rows of a shelf of this size, weights in 0..1. Plain work.

        values: scipy csr [values, size] of `values_of`, used from ENOUGH events on. None where too few items have people in
        common.
        """
        from scipy import sparse

        there = row < size
        person, row, weight = person[there], row[there], weight[there]
        counts = np.bincount(row, minlength=size)
        if (counts >= FEWEST_PEOPLE).sum() < 2:
            return None
        if values is not None and (len(row) < ENOUGH or not values.shape[0]):
            values = None
        rows = np.flatnonzero(counts >= FEWEST_PEOPLE if values is None else counts + values.getnnz(axis=0) > 0)
        if len(rows) > MOST_ITEMS:
            rows = np.sort(rows[np.lexsort((rows, -counts[rows]))[:MOST_ITEMS]])
        place = np.full(size, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        used = place[row] >= 0
        codes, person = np.unique(person[used], return_inverse=True)
        at, weight = place[row[used]], weight[used].astype(np.float32)
        shape = (len(codes), len(rows))
        x = sparse.csr_matrix((weight, (person, at)), shape=shape)
        many = np.bincount(person).astype(np.float64)
        says = many**-active * (many**active).mean() / np.sqrt(np.mean(weight.astype(np.float64) ** 2))
        basis = sparse.diags(says.astype(np.float32)) @ x
        if values is not None:
            basis = sparse.vstack([basis, shared * values[:, rows]])
        basis = basis.tocsr().astype(np.float32)
        factor = inverse = None
        if basis.shape[0] <= len(rows):
            gram = np.asarray((basis @ basis.T).todense(), dtype=np.float64)
            gram[np.diag_indices_from(gram)] += ridge
            factor = np.linalg.solve(gram, basis.toarray().astype(np.float64)).astype(np.float32)
            diagonal = (1.0 - np.asarray(basis.multiply(factor).sum(axis=0)).ravel()) / ridge
        else:
            gram = np.asarray((basis.T @ basis).todense(), dtype=np.float64)
            gram[np.diag_indices_from(gram)] += ridge
            inverse = np.linalg.inv(gram)
            diagonal = np.diag(inverse).copy()
            inverse = (inverse / -diagonal[None, :]).astype(np.float32)
            np.fill_diagonal(inverse, 0.0)
        return cls(
            rows, place, diagonal.astype(np.float32), ridge, x.tocsc(), basis.tocsc(), inverse, factor, int(used.sum())
        )

    def scores(self, events: Sequence[tuple[int, float]]) -> np.ndarray:
        """x B for a person's events (row, weight), float64 [m]. Rows that do not take part are left out."""
        known = [(int(self.place[row]), weight) for row, weight in events if self.place[row] >= 0]
        if not known:
            return np.zeros(len(self.rows))
        at = np.array([p for p, _ in known])
        x = np.array([w for _, w in known], dtype=np.float32)
        if self.weights is not None:
            return np.einsum("i,ij->j", x, self.weights[at]).astype(np.float64)
        place, rows = self.ready
        slot = place[at]
        back = np.einsum("i,ij->j", x[slot >= 0], rows[slot[slot >= 0]]) + self._back(at[slot < 0], x[slot < 0])
        full = np.zeros(len(self.rows))
        np.add.at(full, at, x)
        return full - (full - back) / self.ridge / self.diagonal

    @cached_property
    def ready(self) -> tuple[np.ndarray, np.ndarray]:
        """What `_back` says of single places, for those of which most is known: it is them that a person's events are about as a
        rule, and each would cost a pass over all of its people. (int32 [m]: place -> its row here, -1 for the others; float32
        [some, m]). Half a second's work for 10,000 items."""
        m = len(self.rows)
        known = np.diff(self.basis.indptr)
        most = np.sort(np.lexsort((np.arange(m), -known))[: READY // (4 * m)])
        place = np.full(m, -1, dtype=np.int32)
        place[most] = np.arange(len(most))
        return place, np.asarray(self.basis[:, most].T.tocsr() @ self.factor)

    def _back(self, at: np.ndarray, x: np.ndarray) -> np.ndarray:
        """X' (XX' + L)^-1 X x, float32 [m], of an x that is 0 but at these places: through everybody who has one of them, and
        every value they have."""
        from scipy import sparse

        own = [slice(*self.basis.indptr[p : p + 2]) for p in at.tolist()]
        near = np.concatenate([self.basis.indices[s] for s in own]) if own else np.zeros(0, dtype=np.int32)
        much = [w * self.basis.data[s] for w, s in zip(x, own, strict=True)]
        had = (np.concatenate(much) if much else np.zeros(0, dtype=np.float32), near, [0, len(near)])
        return np.asarray(
            sparse.csr_matrix(had, shape=(1, self.basis.shape[0])) @ self.factor
        ).ravel()  # copies no rows

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
        place, rows = self.ready
        if place[of] >= 0:
            return float(rows[place[of], to]) / self.ridge / float(self.diagonal[to])
        assert self.factor is not None
        start, end = self.basis.indptr[of], self.basis.indptr[of + 1]
        near, had = self.basis.indices[start:end], self.basis.data[start:end]
        return float(had @ self.factor[near, to]) / self.ridge / float(self.diagonal[to])


def liked_both(people: Any, one: int, other: int) -> int:
    """How many people (scipy csc [people, places], weights of events) liked both places, or did what says as much."""
    return len(np.intersect1d(_likers(people, one), _likers(people, other), assume_unique=True))


def _likers(people: Any, place: int) -> np.ndarray:
    start, end = people.indptr[place], people.indptr[place + 1]
    found: np.ndarray = people.indices[start:end][people.data[start:end] >= LIKED]
    return found


def values_of(shelf: Shelf) -> Any:
    """The values that items of a shelf share, scipy csr float32 [values, rows of the shelf]: 1 where a row has the value.

    Of numbers and dates the part of all values in which it lies. The most held values, each by a few items at least and by
    no more than half of them.
    """
    from scipy import sparse

    size = len(shelf)
    starts, held = [np.zeros(1, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    columns: list[Any] = [column for _, column in sorted(shelf.columns.items())]
    for column in columns:
        if hasattr(column, "codes"):  # named values
            counts, rows = np.diff(column.code_starts), column.rows
        else:
            _, ranks = np.unique(column.values, return_inverse=True)
            edges = np.quantile(ranks, np.arange(1, BINS) / BINS) if len(ranks) else np.zeros(0)
            bins = np.searchsorted(edges, ranks, side="right")
            counts, rows = np.bincount(bins, minlength=BINS), column.rows[np.argsort(bins, kind="stable")]
        starts.append(counts.astype(np.int64))
        held.append(rows.astype(np.int64))
    counts = np.concatenate(starts)
    owner = np.repeat(np.arange(len(counts)), counts)
    fit = np.flatnonzero((counts >= LEAST_HOLDERS) & (counts <= COMMON * size))
    fit = np.sort(fit[np.lexsort((fit, -counts[fit]))[:MOST_VALUES]])
    code = np.full(len(counts), -1, dtype=np.int64)
    code[fit] = np.arange(len(fit))
    kept = code[owner] >= 0
    cells = (np.ones(int(kept.sum()), dtype=np.float32), (code[owner[kept]], np.concatenate(held)[kept]))
    made = sparse.csr_matrix(cells, shape=(len(fit), size))
    made.data[:] = 1.0  # a row that has a value twice has it
    return made


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
