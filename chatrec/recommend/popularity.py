"""The sources that go by how well known an item is: a prior, and all there is when nothing is said.

Knows: the catalogue's own popularity, and where there is a log what people took lately: an event's weight halves with every
so many events after it. Counted in events, not in days, so that a log that lay still for years is not forgotten at a stroke
when the first new like comes; which half-life, the log itself says (its last tenth is foretold by the rest).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chatrec.recommend.collaborative import events_of
from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf

LATELY = 0.5  # what people took lately, beside what the catalogue says
FORETOLD = 0.1  # the part of the log, its latest, that chooses the half-life
HALVINGS = (
    256,
    128,
    64,
    32,
    16,
    8,
    4,
    2,
    1,
)  # half-lives that are tried, as the log's events divided by these; and none
LEAST = 50  # events: no shorter half-life


@dataclass(frozen=True, eq=False)
class Trend:
    """What is taken lately, by the rows of a shelf."""

    scores: np.ndarray  # float64 [rows], 0..1
    half_life: float  # events after which an event counts half; inf: all count alike
    events: int

    @classmethod
    def fit(cls, row: np.ndarray, weight: np.ndarray, at: np.ndarray, size: int) -> Trend | None:
        """From events: rows of a shelf of this size, weights 0..1, times (any unit; NaN: not known, then older than all known).

        None where there are none. Without times nothing is late: all count alike. Plain work, no I/O.
        """
        there = (row >= 0) & (row < size)
        row, weight, at = row[there], weight[there], at[there]
        if not len(row) or weight.sum() <= 0:
            return None
        half_life = np.inf
        if not np.isnan(at).all():
            order = np.argsort(np.where(np.isnan(at), -np.inf, at), kind="stable")
            row, weight = row[order], weight[order]
            half_life = _foretells_best(row, weight, size)
        taken = np.log1p(_faded(row, weight, half_life, size))
        return cls(taken / taken.max(), half_life, len(row))


def taken_of(log: Any, row: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows, weights 0..1, times) of a store's log, one for each person and item: what they did, when they last did it."""
    person, rows, weights = events_of(log, row)
    size = len(row) + 1
    all_rows = np.array([row.get(i, -1) for i in log.items], dtype=np.int64)[log.item]
    key = log.person.astype(np.int64) * size + all_rows
    order = np.lexsort((np.where(np.isnan(log.at), -np.inf, log.at), key))
    last = np.searchsorted(key[order], person.astype(np.int64) * size + rows, "right") - 1
    return rows, weights, log.at[order][last]


class Popularity:
    """The item's popularity, 0..1, whatever is asked."""

    name = "popularity"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        return Scored.of(prior(self.shelf), rows)


class Newcomers:
    """What nobody of the log has taken yet, 0..1 as the catalogue knows it: of the rest the item-item model tells how well known
    it is, of these nothing does. Only beside a history, where that model speaks most."""

    name = "newcomers"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        trend = self.shelf.trend
        if trend is None or self.shelf.taste is None or query.says or not query.history:
            return Scored()
        new = np.where(trend.scores > 0, 0.0, self.shelf.popularity)
        own = [self.shelf.row[i] for i, _ in query.history if i in self.shelf.row]
        new[own] = 0.0
        return Scored.of(new, rows)


def prior(shelf: Shelf) -> np.ndarray:
    """How well known each row is, float64 [rows], 0..1: as the catalogue says, and where there is a log what is taken lately."""
    trend = shelf.trend
    return shelf.popularity if trend is None else (1 - LATELY) * shelf.popularity + LATELY * trend.scores


def _faded(row: np.ndarray, weight: np.ndarray, half_life: float, size: int) -> np.ndarray:
    """How much of each row was taken, float64 [size]; row and weight oldest first."""
    since = np.arange(len(row))[::-1]
    return np.bincount(row, weights=weight * 0.5 ** (since / half_life), minlength=size)


def _foretells_best(row: np.ndarray, weight: np.ndarray, size: int) -> float:
    """The half-life by which the older part of a log (oldest first) best foretells its latest: by the discounted gain (Järvelin
    and Kekäläinen 2002) of the places at which the latest stand. Of equals the longer one."""
    cut = int(len(row) * (1 - FORETOLD))
    late, gain = row[cut:], weight[cut:]
    best, best_at = -1.0, np.inf
    for half_life in (np.inf, *(len(row) / part for part in reversed(HALVINGS))):
        if half_life < LEAST:
            break
        taken = _faded(row[:cut], weight[:cut], half_life, size)
        place = np.empty(size)
        place[np.lexsort((np.arange(size), -taken))] = np.arange(size)
        found = float((gain / np.log2(2 + place[late])).sum())
        if found > best + 1e-12:
            best, best_at = found, half_life
    return best_at
