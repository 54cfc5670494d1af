"""What a source of candidates is: it is asked a Query and answers with scores for rows of the shelf.

Knows: the protocol, and what a query holds. A new source is one file that passes `testing.source_contract.SourceContract`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from chatrec.vocabulary import Wish

NO_ROWS = np.zeros(0, dtype=np.int64)
NO_SCORES = np.zeros(0, dtype=np.float64)

NAMED = 1.0  # weight of the items named as examples, all together
HISTORY = 0.25  # of what the person liked before, where something is said; 1 where nothing is
UNLIKE = 0.5  # of what it should not be like, and of what was disliked


@dataclass(frozen=True)
class Query:
    """What is looked for, in the catalogue's terms. Ids that are not on the shelf are ignored by every source."""

    text: str = ""  # free words for what is wanted
    against: str = ""  # free words for what is not
    named: tuple[str, ...] = ()  # items the person named as examples
    unlike: tuple[str, ...] = ()  # items named as what it should not be like
    history: tuple[tuple[str, float], ...] = ()  # (item id, weight -1..1), newest first
    said: str = ""  # the whole conversation's own words, small talk and all
    wishes: tuple[Wish, ...] = ()  # soft wishes on facets
    limit: int = 300  # how many a source must at least propose when it is asked about everything

    @property
    def says(self) -> bool:
        """Whether anything here tells one item from another, the person's history apart."""
        return bool(self.text or self.against or self.named or self.unlike or self.wishes)

    def pointed_at(self, row: Mapping[str, int]) -> list[tuple[int, float]]:
        """(row, weight) of every item that the query points to, each once; the weights of a group add up to the group's."""
        history = HISTORY if self.says else 1.0
        pointed: dict[int, float] = {}
        for group, weight in (
            ([(i, 1.0) for i in self.named], NAMED),
            ([(i, -1.0) for i in self.unlike], UNLIKE),
            ([event for event in self.history if event[1] > 0], history),
            ([event for event in self.history if event[1] < 0], history * UNLIKE),
        ):
            known = [(row[i], w) for i, w in group if i in row]
            total = sum(abs(w) for _, w in known)
            for at, w in known:
                pointed[at] = pointed.get(at, 0.0) + weight * w / total
        return [(at, weight) for at, weight in pointed.items() if weight]


@dataclass(frozen=True)
class Scored:
    """Scores of rows; a row that is left out has nothing to say for it: 0.

    rows: int64 [m], distinct, ascending. scores: float64 [m], finite; below 0 speaks against a row.
    The scale is the source's own, about 0..1, and a row's score does not depend on which other rows were asked for.
    complete: False when only the best were looked up, so that a row left out may deserve a score.
    """

    rows: np.ndarray = field(default_factory=lambda: NO_ROWS)
    scores: np.ndarray = field(default_factory=lambda: NO_SCORES)
    complete: bool = True

    @classmethod
    def of(cls, dense: np.ndarray, rows: np.ndarray | None) -> Scored:
        """From one score for each row of the shelf: the asked rows that have a score other than 0."""
        asked = np.flatnonzero(dense) if rows is None else rows[dense[rows] != 0]
        return cls(asked.astype(np.int64), dense[asked].astype(np.float64))

    def best(self, count: int) -> np.ndarray:
        """The rows with the highest scores, at most `count`, in no order."""
        if len(self.rows) <= count:
            return self.rows
        return self.rows[np.argpartition(-self.scores, count)[:count]]


class Source(Protocol):
    """Proposes and scores. Deterministic, changes nothing it is given, shares nothing between two calls."""

    name: str

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        """Scores for these rows (ascending, distinct); None: for the whole catalogue, where at least `query.limit` of the
        best are enough (`complete=False`)."""
        ...
