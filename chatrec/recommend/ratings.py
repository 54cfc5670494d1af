"""How a person would rate an item, where a log holds ratings: from what everybody rated, and from what this person rated.

Knows: ratings as one number: the mean, what an item gets beyond it, what a person gives beyond it, and a product of a few hidden
traits of both; all with their uncertainty: variational Bayesian matrix factorisation (Lim and Teh 2007, "Variational Bayesian
Approach to Movie Rating Prediction", KDD Cup Workshop) in closed-form steps. Does not know: where the log is kept, in which
order things are offered. A person's side is solved anew for each question, so somebody new needs no refit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

TRAITS, STEPS = 8, 12  # hidden traits of an item; rounds of fitting. Chosen on people who do not judge (docs/lab.md)
PERSON, ITEM = 1.0, 0.02  # variance of a trait, of a person and of an item, before anything is known
GIVES, GETS = 0.2, 0.2  # variance of what a person gives, and of what an item gets, beyond the mean
NOISE = 0.7  # variance of a rating about what it should be. All four for a scale whose ratings have variance 1
MOST = 2_000_000  # ratings that are learned from; more people than that are drawn from
FEWEST = 50  # ratings below which there is nothing to learn
SAYS, GOT = 3, 3  # ratings of a person, and of an item, from which on a prediction is told
SEED = 5


@dataclass(frozen=True, eq=False)
class Ratings:
    """What is fitted: plain arrays over a shelf's rows and numbers. All but `low`, `high`, `mean` and `scale` in units of `scale`."""

    low: float  # of the log's scale: the lowest and highest rating that was given
    high: float
    mean: float
    scale: float  # standard deviation of the ratings
    bias: np.ndarray  # float32 [shelf]: what an item gets beyond the mean
    traits: np.ndarray  # float32 [shelf, d]
    unsure: np.ndarray  # float32 [shelf, d]: variance of the traits
    counts: np.ndarray  # int32 [shelf]: ratings of an item

    @classmethod
    def fit(
        cls, person: np.ndarray, row: np.ndarray, rating: np.ndarray, size: int, traits: int = TRAITS
    ) -> Ratings | None:
        """From ratings (one a person and row): codes of people, rows of a shelf of this size, any scale. Plain work.

        None where there are too few, or all are alike.
        """
        there = row < size
        person, row, rating = person[there], row[there], rating[there].astype(np.float64)
        if len(rating) < FEWEST or float(np.ptp(rating)) < 1e-9:
            return None
        low, high, counts = float(rating.min()), float(rating.max()), np.bincount(row, minlength=size)
        mean, scale = float(rating.mean()), float(rating.std())
        person, row, rating = _some(person, row, (rating - mean) / scale)
        codes, person = np.unique(person, return_inverse=True)
        places, place = np.unique(row, return_inverse=True)
        bias, found, unsure = _factorise(person, place, rating, len(codes), len(places), traits)
        return cls(
            low, high, mean, scale, _spread(bias, places, size), _spread(found, places, size),
            _spread(unsure, places, size), counts.astype(np.int32),
        )  # fmt: skip

    def predict(self, events: Sequence[tuple[int, float]], rows: np.ndarray) -> np.ndarray:
        """What a person with these ratings (row, rating) would give these rows, in the log's scale, float64 [rows]."""
        bias, traits = self.bias[rows].astype(np.float64), self.traits[rows].astype(np.float64)
        gives, likes = self._person(events)
        told = self.mean + self.scale * (bias + gives + np.einsum("ij,j->i", traits, likes))
        return np.clip(told, self.low, self.high)

    def told(self, events: Sequence[tuple[int, float]], rows: np.ndarray) -> np.ndarray:
        """`predict`, NaN where the person or the item has too few ratings to say it."""
        enough = self.counts[rows] >= GOT if len(events) >= SAYS else np.zeros(len(rows), dtype=bool)
        return np.where(enough, self.predict(events, rows), np.nan)

    def _person(self, events: Sequence[tuple[int, float]]) -> tuple[float, np.ndarray]:
        """(what they give beyond the mean, their traits): a ridge on their own ratings."""
        rows = np.array([row for row, _ in events if 0 <= row < len(self.bias)], dtype=np.int64)
        size = self.traits.shape[1]
        if not len(rows):
            return 0.0, np.zeros(size)
        given = np.array([rating for row, rating in events if 0 <= row < len(self.bias)])
        beyond = (np.clip(given, self.low, self.high) - self.mean) / self.scale - self.bias[rows]
        x = np.concatenate([np.ones((len(rows), 1)), self.traits[rows].astype(np.float64)], axis=1)
        gram = np.einsum("ni,nj->ij", x, x) / NOISE
        doubt = np.concatenate([[1 / GIVES], self.unsure[rows].sum(axis=0) / NOISE + 1 / PERSON])
        gram[np.diag_indices(size + 1)] += doubt
        found = np.linalg.solve(gram, np.einsum("ni,n->i", x, beyond) / NOISE)
        return float(found[0]), found[1:]


def predicted(
    ratings: Ratings | None, past: Sequence[tuple[str, Any]], row: Mapping[str, int], rows: Sequence[int]
) -> dict[int, float]:
    """Row -> the rating that a person with this past would give it, for those of which it can be told.

    past: (item id, kind or rating), newest first; of two ratings of an item the newest counts, kinds are no ratings.
    """
    if ratings is None:
        return {}
    given: dict[int, float] = {}
    for item_id, event in past:
        if item_id in row and isinstance(event, (int, float)) and not isinstance(event, bool):
            given.setdefault(row[item_id], float(event))
    told = ratings.told(list(given.items()), np.array(rows, dtype=np.int64))
    return {r: float(value) for r, value in zip(rows, told, strict=True) if not np.isnan(value)}


def rated_of(log: Any, row: dict[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(person codes, rows, ratings) of a store's log: of several ratings of an item by a person the latest."""
    rows = np.array([row.get(i, -1) for i in log.items], dtype=np.int64)[log.item]
    used = np.flatnonzero((rows >= 0) & ~np.isnan(log.rating))
    when = np.nan_to_num(log.at[used])
    order = used[np.lexsort((used, when, rows[used], log.person[used]))]
    person, rows, rating = log.person[order], rows[order], log.rating[order].astype(np.float64)
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (person[1:] != person[:-1]) | (rows[1:] != rows[:-1])
    return person[last], rows[last], rating[last]


def _some(person: np.ndarray, row: np.ndarray, rating: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All ratings of as many people as hold about MOST of them."""
    if len(rating) <= MOST:
        return person, row, rating
    drawn = np.random.default_rng(SEED).random(int(person.max()) + 1) < MOST / len(rating)
    used = drawn[person]
    return person[used], row[used], rating[used]


def _factorise(
    person: np.ndarray, place: np.ndarray, rating: np.ndarray, people: int, items: int, traits: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(what each item gets, its traits, their variances), from ratings with mean 0 and variance 1."""
    from scipy import sparse

    shape = (people, items)
    rated = sparse.csr_matrix((np.ones(len(rating)), (person, place)), shape)
    gets, gives = np.zeros(items), np.zeros(people)
    per_item, per_person = np.bincount(place, minlength=items), np.bincount(person, minlength=people)
    theirs, its = np.zeros((people, traits)), np.random.default_rng(SEED).normal(0, 0.1, (items, traits))
    their_doubt, its_doubt = np.zeros((people, traits, traits)), np.zeros((items, traits, traits))
    for _ in range(STEPS):
        product = np.einsum("na,na->n", theirs[person], its[place])
        for _ in range(2):
            left = rating - product - gives[person]
            gets = np.bincount(place, left, items) / (per_item + NOISE / GETS)
            left = rating - product - gets[place]
            gives = np.bincount(person, left, people) / (per_person + NOISE / GIVES)
        left = sparse.csr_matrix((rating - gets[place] - gives[person], (person, place)), shape)
        theirs, their_doubt = _side(rated, left, its, its_doubt, PERSON)
        its, its_doubt = _side(rated.T.tocsr(), left.T.tocsr(), theirs, their_doubt, ITEM)
    return gets, its, np.einsum("iaa->ia", its_doubt)


def _side(
    rated: Any, left: Any, other: np.ndarray, doubt: np.ndarray, variance: float
) -> tuple[np.ndarray, np.ndarray]:
    """(means, covariances) of one side's traits, given the other's."""
    size = other.shape[1]
    squares = (np.einsum("ia,ib->iab", other, other) + doubt).reshape(len(other), -1)
    precision = (rated @ squares).reshape(-1, size, size) / NOISE + np.eye(size) / variance
    covariance = np.linalg.inv(precision)
    return np.einsum("nab,nb->na", covariance, left @ other / NOISE), covariance


def _spread(values: np.ndarray, places: np.ndarray, size: int) -> np.ndarray:
    """Values of some rows as an array over all rows; 0 for the others."""
    full = np.zeros((size, *values.shape[1:]), dtype=np.float32)
    full[places] = values
    return full
