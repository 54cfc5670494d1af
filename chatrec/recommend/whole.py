"""What people did, for catalogues of any size: one item-item model where all items fit into one, above that the head by the
item-item model and the whole by implicit factors, added up.

Knows: from which size on, and how the two are put on one scale (docs/decisions/0006). Same shape as `collaborative.Taste`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatrec.recommend.als import Factors
from chatrec.recommend.collaborative import Taste, values_of

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf

LARGE = 20_000  # items from which on one item-item matrix no longer holds them
HEAD = 4_000  # the most taken items, that the item-item model knows beside the factors
SHARE = 0.5  # of the head's scores by the item-item model


@dataclass(frozen=True, eq=False)
class Whole:
    """An item-item model of the head beside factors of everything."""

    head: Taste
    tail: Factors

    @classmethod
    def fit(
        cls, person: np.ndarray, row: np.ndarray, weight: np.ndarray, size: int, head: int = HEAD
    ) -> Whole | Factors | None:
        """From events (one a person and row): codes of people, rows of a shelf of this size, weights in 0..1. Plain work.

        The factors alone where the head has too little in common, None where they have.
        """
        tail = Factors.fit(person, row, weight, size)
        counts = np.bincount(row[row < size], minlength=size)
        most = np.zeros(size, dtype=bool)
        most[np.lexsort((np.arange(size), -counts))[:head]] = True
        there = (row < size) & most[np.minimum(row, size - 1)]
        first = Taste.fit(person[there], row[there], weight[there], size)
        return tail if tail is None or first is None else cls(first, tail)

    @property
    def rows(self) -> np.ndarray:
        return self.tail.rows

    @property
    def place(self) -> np.ndarray:
        return self.tail.place

    @property
    def events(self) -> int:
        return self.tail.events

    def scores(self, events: Sequence[tuple[int, float]]) -> np.ndarray:
        """As `Factors.scores`, best 1; in the head half of it is the item-item model's, best 1 too."""
        told = _best_one(self.tail.scores(events))
        own = self.tail.place[self.head.rows]
        told[own] += SHARE / (1 - SHARE) * _best_one(self.head.scores(events))
        return told

    def because(self, row: int, others: Sequence[int]) -> int | None:
        """The item-item model's reason where it knows the row, else the factors'."""
        found = self.head.because(row, others) if self.head.place[row] >= 0 else None
        return self.tail.because(row, others) if found is None else found


Learned = Taste | Factors | Whole


def learned(person: np.ndarray, row: np.ndarray, weight: np.ndarray, shelf: Shelf) -> Learned | None:
    """The model for this shelf, from events as `events_of` gives them. None where there is too little. Plain work."""
    if len(shelf) > LARGE:
        return Whole.fit(person, row, weight, len(shelf))
    return Taste.fit(person, row, weight, len(shelf), values=values_of(shelf))


def _best_one(scores: np.ndarray) -> np.ndarray:
    top = float(scores.max(initial=0.0))
    return scores / top if top > 1e-9 else scores
