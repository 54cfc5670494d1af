"""Implicit matrix factorisation by alternating least squares: what other people did, for catalogues too large for an item-item
matrix.

Knows: Hu, Koren and Volinsky 2008 ("Collaborative Filtering for Implicit Feedback Datasets"), solved by conjugate gradients
(Takács, Pilászy and Tikk 2011, "Applications of the Conjugate Gradient Method for Implicit Feedback Collaborative Filtering"),
with the weight of what nobody did and the frequency-scaled ridge of Rendle et al. 2022 ("Revisiting the Performance of iALS on
Item Recommendation Benchmarks"). Same shape as `collaborative.Taste`. Does not know: where the log is kept, who asks. Who is
not in the log is solved for from their own events: one small system, no refit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

RANK = 64  # numbers an item (docs/decisions/0006)
UNSEEN = (
    32.0  # weight of all that nobody did beside all that was done; a pair's own weight is this times the log's density
)
RIDGE = 0.003  # times how much is known of a row
EPOCHS, STEPS = 8, 3  # alternations; conjugate gradient steps in each half
BLOCK = 200_000  # events worked on at a time: bounds what a fit needs beside its arrays
FEWEST_PEOPLE = 2  # that an item needs to take part
SEED = 1


@dataclass(frozen=True, eq=False)
class Factors:
    """A fitted model over m of a shelf's rows."""

    rows: np.ndarray  # int64 [m], ascending: rows of the shelf that take part
    place: np.ndarray  # int64 [shelf]: row -> its place in `rows`, -1 where it does not take part
    items: np.ndarray  # float32 [m, rank]
    gram: np.ndarray  # float64 [rank, rank]: items' items, times the weight of what nobody did
    ridge: float
    unseen: float  # weight of a pair that nobody did
    people: Any  # scipy csc [people, m]: the events
    events: int = 0

    @classmethod
    def fit(
        cls,
        person: np.ndarray,
        row: np.ndarray,
        weight: np.ndarray,
        size: int,
        rank: int = RANK,
        ridge: float = RIDGE,
        unseen: float = UNSEEN,
        epochs: int = EPOCHS,
    ) -> Factors | None:
        """From events (one a person and row): codes of people, rows of a shelf of this size, weights in 0..1. Plain work.

        None where too few items have people in common.
        """
        from scipy import sparse

        there = row < size
        person, row, weight = person[there], row[there], weight[there]
        rows = np.flatnonzero(np.bincount(row, minlength=size) >= FEWEST_PEOPLE)
        if len(rows) < 2:
            return None
        place = np.full(size, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        used = place[row] >= 0
        codes, person = np.unique(person[used], return_inverse=True)
        by_person = sparse.csr_matrix(
            (weight[used].astype(np.float32), (person, place[row[used]])), shape=(len(codes), len(rows))
        )
        by_item = by_person.T.tocsr()
        unseen = min(unseen * float(used.sum()) / (len(codes) * len(rows)), 1.0)
        rank = min(rank, len(rows), len(codes))
        rng = np.random.default_rng(SEED)
        items = (rng.standard_normal((len(rows), rank)) * 0.1 / np.sqrt(rank)).astype(np.float32)
        people = np.zeros((len(codes), rank), dtype=np.float32)
        for _ in range(epochs):
            people = _solved(by_person, people, items, ridge, unseen)
            items = _solved(by_item, items, people, ridge, unseen)
        gram = unseen * (items.T @ items).astype(np.float64)
        return cls(rows, place, items, gram, ridge, unseen, by_person.tocsc(), int(used.sum()))

    def scores(self, events: Sequence[tuple[int, float]]) -> np.ndarray:
        """How much a person with these events (row, weight) would do each, float64 [m]. Below 0 speaks against a row.

        Rows that do not take part are left out; a negative weight says that the person would rather not.
        """
        known = [(int(self.place[row]), weight) for row, weight in events if self.place[row] >= 0]
        if not known:
            return np.zeros(len(self.rows))
        had = np.array([w for _, w in known], dtype=np.float64)
        theirs = self.items[[p for p, _ in known]].astype(np.float64)
        taste = np.linalg.solve(self._system(theirs, np.abs(had)), theirs.T @ had)
        return np.einsum("ij,j->i", self.items, taste.astype(np.float32)).astype(np.float64)

    def because(self, row: int, others: Sequence[int]) -> int | None:
        """Which of these rows speaks most for `row` (its place in `others`), by its part in the score of somebody who had them
        all; None where none does, or where too few people of the log liked both."""
        from chatrec.recommend.collaborative import TOGETHER, liked_both

        to = int(self.place[row])
        known = [(n, int(self.place[o])) for n, o in enumerate(others) if self.place[o] >= 0 and o != row]
        if to < 0 or not known:
            return None
        theirs = self.items[[p for _, p in known]].astype(np.float64)
        parts = theirs @ np.linalg.solve(self._system(theirs, np.ones(len(known))), self.items[to].astype(np.float64))
        for part, (n, place) in sorted(zip(parts.tolist(), known, strict=True), key=lambda each: (-each[0], each[1])):
            if part <= 0:
                break
            if liked_both(self.people, place, to) >= TOGETHER:
                return n
        return None

    def _system(self, theirs: np.ndarray, had: np.ndarray) -> np.ndarray:
        """What a person's own numbers solve: float64 [rank, rank]."""
        system = self.gram + (theirs * had[:, None]).T @ theirs
        system[np.diag_indices(len(system))] += self.ridge * (had.sum() + self.unseen * len(self.rows))
        return system


def _solved(had: Any, start: np.ndarray, others: np.ndarray, ridge: float, unseen: float) -> np.ndarray:
    """The least squares numbers of each row of `had` (csr, weights of events), given those of its columns.

    A few steps of conjugate gradients from `start`, all rows of a block at once: no system is ever written down.
    """
    gram = np.float32(unseen) * (others.T @ others)
    known = np.asarray(had.sum(axis=1)).ravel()
    shrink = (ridge * (known + unseen * len(others))).astype(np.float32)[:, None]
    out = np.empty_like(start)
    first = 0
    while first < had.shape[0]:
        last = int(np.searchsorted(had.indptr, had.indptr[first] + BLOCK, side="right")) - 1
        last = min(max(last, first + 1), had.shape[0], first + BLOCK)
        out[first:last] = _block(had[first:last], start[first:last], others, gram, shrink[first:last])
        first = last
    return out


def _block(had: Any, start: np.ndarray, others: np.ndarray, gram: np.ndarray, shrink: np.ndarray) -> np.ndarray:
    owner = np.repeat(np.arange(had.shape[0]), np.diff(had.indptr))
    theirs = others[had.indices]  # float32 [events of the block, rank]
    through = had.copy()

    def times(x: np.ndarray) -> np.ndarray:
        """Each row's system times its row of x."""
        through.data = had.data * np.einsum("ij,ij->i", x[owner], theirs)
        made: np.ndarray = x @ gram + shrink * x + through @ others
        return made

    x = start.copy()
    rest = had @ others - times(x)
    way = rest.copy()
    length = np.einsum("ij,ij->i", rest, rest)
    for _ in range(STEPS):
        moved = times(way)
        step = length / np.maximum(np.einsum("ij,ij->i", way, moved), 1e-20)
        x += step[:, None] * way
        rest -= step[:, None] * moved
        newer = np.einsum("ij,ij->i", rest, rest)
        way = rest + (newer / np.maximum(length, 1e-20))[:, None] * way
        length = newer
    return x
