"""The source that walks the catalogue's own graph: from the items pointed at to their values, and on to whoever shares them.

Knows: values of category, text and bool facets, as the shelf holds them; which value brought an item up. Does not know: what
the facets mean, words, other people. Two steps of a random walk that prefers rare values: out of an item by how rare a value
is, on from the value to its holders, divided by the square root of how many they are. Divided by all of them (a plain walk;
Cooper et al. 2014, "Random Walks in Recommender Systems") or by nothing (shared values) finds less, and a second round trip
finds nothing more (docs/lab.md). The weight of a rare value is that of Adamic and Adar 2003, "Friends and Neighbors on the Web".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Named, Shelf

COMMON = 0.25  # a value that more of the catalogue has says nothing
ALONE = 0.6  # of all scores when nothing is said and there is no log: popularity has to say what people did


@dataclass(frozen=True, eq=False)
class Steps:
    """The values of one facet that the walk stands on after its first step: parallel arrays, one entry an item and value."""

    facet: str
    seed: np.ndarray  # int: which of the items pointed at
    code: np.ndarray  # int: of the facet's column
    weight: np.ndarray  # float64: how much the item leans on this value
    holders: np.ndarray  # int: how many rows have the value


class Relations:
    """What shares rare values with the named items and with the person's own, about 0..1 (below 0: with what is not wanted)."""

    name = "relations"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        events = query.pointed_at(self.shelf.row)
        if not events:
            return Scored()
        own = np.array([row for row, _ in events], dtype=np.int64)
        weights = np.array([weight for _, weight in events])
        dense = self._arrive(list(first_steps(self.shelf, own)), weights)
        most = float(np.abs(dense).max(initial=0.0))  # as a rule an example's own: nothing shares more with it
        if most <= 0.0:
            return Scored()
        dense *= (1.0 if query.says or self.shelf.taste is not None else ALONE) / most
        dense[own] = np.minimum(dense[own], 0.0)
        return Scored.of(dense, rows)

    def through(self, query: Query, rows: Sequence[int]) -> dict[int, int]:
        """For each of these rows the item pointed at (its row) from which most of the walk came, where there is one."""
        events = [(row, weight) for row, weight in query.pointed_at(self.shelf.row) if weight > 0]
        if not events:
            return {}
        own = np.array([row for row, _ in events], dtype=np.int64)
        weights = np.array([weight for _, weight in events])
        came, asked = np.zeros((len(rows), len(own))), np.array(rows, dtype=np.int64)
        for steps in first_steps(self.shelf, own):
            column = self.shelf.columns[steps.facet]
            shares = weights[steps.seed] * steps.weight / np.sqrt(steps.holders)
            order = np.argsort(steps.code, kind="stable")
            of_row, n = _ranges(column.starts, asked)  # type: ignore[union-attr]
            codes, sorted_codes = column.codes[of_row], steps.code[order]  # type: ignore[union-attr]
            first = np.searchsorted(sorted_codes, codes)
            meet, which = _spans(first, np.searchsorted(sorted_codes, codes, "right"))
            np.add.at(came, (n[which], steps.seed[order[meet]]), shares[order[meet]])
        best = came.argmax(axis=1)
        return {row: int(own[b]) for n, (row, b) in enumerate(zip(rows, best, strict=True)) if came[n, b] > 0}

    def _arrive(self, steps: Sequence[Steps], weights: np.ndarray) -> np.ndarray:
        """The second step: what of the walk comes to each row, float64 [rows]."""
        at, gained = [], []
        for s in steps:
            column = self.shelf.columns[s.facet]
            codes, place = np.unique(s.code, return_inverse=True)
            flow = np.bincount(place, weights=weights[s.seed] * s.weight / np.sqrt(s.holders))
            ranges, owner = _ranges(column.code_starts, codes)  # type: ignore[union-attr]
            at.append(column.rows[ranges])
            gained.append(flow[owner])
        if not at:
            return np.zeros(len(self.shelf))
        return np.bincount(np.concatenate(at), weights=np.concatenate(gained), minlength=len(self.shelf))


def first_steps(shelf: Shelf, rows: np.ndarray) -> Iterator[Steps]:
    """From these rows to their values, a facet at a time; the weights of one row's values add up to 1.

    A value weighs the logarithm of how rare it is, and less where an item has many of its facet: one director says more than
    one of ten players.
    """
    from chatrec.recommend.shelf import Named

    size, found, totals = len(shelf), [], np.zeros(len(rows))
    for facet, column in shelf.columns.items():
        if not isinstance(column, Named):
            continue
        ranges, seed = _ranges(column.starts, rows)
        code = column.codes[ranges]
        holders = _holders(column, code)
        kept = (holders > 1) & (holders <= max(COMMON * size, 2))
        many = (column.starts[rows + 1] - column.starts[rows])[seed]
        seed, code, holders, many = seed[kept], code[kept], holders[kept], many[kept]
        weight = np.log(size / holders) / np.sqrt(many)
        totals += np.bincount(seed, weights=weight, minlength=len(rows))
        found.append(Steps(facet, seed, code, weight, holders))
    for s in found:
        if len(s.seed):
            yield Steps(s.facet, s.seed, s.code, s.weight / np.maximum(totals[s.seed], 1e-12), s.holders)


def lean(size: int, share: float, many: int) -> float:
    """How much of the walk out of an item one value carries, but for what its other values take: what it is worth as a reason.

    size: rows of the catalogue; share: the part of them that has the value; many: values of this facet that the item has.
    """
    holders = max(share * size, 1.0)
    return math.log(size / holders) / math.sqrt(many * holders)


def _holders(column: Named, code: np.ndarray) -> np.ndarray:
    return (column.code_starts[code + 1] - column.code_starts[code]).astype(np.int64)


def _ranges(starts: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All places from starts[w] to starts[w + 1] for each w, and for each place which of `which` it is of."""
    return _spans(starts[which].astype(np.int64), starts[which + 1])


def _spans(first: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All places from first[n] to end[n] for each n, and for each place its n."""
    lengths = end - first
    owner = np.repeat(np.arange(len(first)), lengths)
    before = np.cumsum(lengths) - lengths
    return np.arange(len(owner)) + (first - before)[owner], owner
