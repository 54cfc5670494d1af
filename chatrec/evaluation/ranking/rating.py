"""How far predicted ratings are from those that people gave, beside what is simpler than a model.

Knows: the same cuts as the ranking. A person's own known ratings are given when they are asked about; nothing of what they then
gave is learned from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from chatrec.evaluation.ranking.metrics import Interval, mean_of, of_errors
from chatrec.evaluation.ranking.splits import Events, Split
from chatrec.recommend.ratings import Ratings

PREDICTED, OF_BOTH, OF_ITEM, OF_ALL = "predicted", "item and person", "item mean", "mean of all"
PULL = 5.0  # ratings that the mean of all counts for, in the simpler ways


@dataclass
class Rated:
    """What one way of predicting ratings came to on the cuts of one name."""

    way: str
    split: str
    people: int
    ratings: int
    figures: Mapping[str, Interval] = field(default_factory=dict)  # rmse, mae
    errors: np.ndarray = field(default_factory=lambda: np.zeros(0))  # predicted less given
    who: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def measure_ratings(cuts: Sequence[Split], size: int) -> list[Rated]:
    """Every rating that was held out, predicted. Empty where the log holds no ratings, or too few to learn from. size: of the shelf."""
    errors: dict[str, list[np.ndarray]] = {}
    who: list[np.ndarray] = []
    for cut in cuts:
        known, wanted = _rated(cut.known), _rated(cut.wanted)
        if known is None or wanted is None or not len(wanted):
            continue
        made = Ratings.fit(known.person, known.row, _of(known), size)
        if made is None:
            continue
        told = _rated(cut.told) if cut.told is not None else None
        for way, predicted in _ways(made, known, wanted, told, size).items():
            errors.setdefault(way, []).append(predicted - _of(wanted))
        who.append(wanted.person)
    if not who:
        return []
    people = np.concatenate(who)
    count = len(np.unique(people))
    together = {way: np.concatenate(found) for way, found in errors.items()}
    return [
        Rated(way, cuts[0].name, count, len(people), of_errors(found, people), found, people)
        for way, found in together.items()
    ]


def ahead_in_mse(a: Rated, b: Rated) -> Interval:
    """By how much a's mean squared error is smaller than b's, rating by rating, with an interval over people."""
    return mean_of(b.errors**2 - a.errors**2, a.who)


def _ways(made: Ratings, known: Events, wanted: Events, told: Events | None, size: int) -> dict[str, np.ndarray]:
    """Way -> a prediction for each wanted rating."""
    mean = float(_of(known).mean())
    of_item = _pulled(known.row, _of(known) - mean, size)
    own = known if told is None else known.and_(told)
    people = 1 + int(max(own.person.max(initial=0), wanted.person.max(initial=0)))
    of_person = _pulled(own.person, _of(own) - mean - of_item[own.row], people)
    predicted = np.empty(len(wanted))
    for person in np.unique(wanted.person).tolist():
        mine, asked = own.take(own.person == person), wanted.person == person
        ratings = list(zip(mine.row.tolist(), _of(mine).tolist(), strict=True))
        predicted[asked] = made.predict(ratings, wanted.row[asked])
    both = np.clip(mean + of_item[wanted.row] + of_person[wanted.person], made.low, made.high)
    return {
        PREDICTED: predicted,
        OF_BOTH: both,
        OF_ITEM: mean + of_item[wanted.row],
        OF_ALL: np.full(len(wanted), mean),
    }


def _rated(events: Events) -> Events | None:
    """The events that are ratings; None where the log says nothing of any."""
    return None if events.rating is None else events.take(~np.isnan(events.rating))


def _of(events: Events) -> np.ndarray:
    assert events.rating is not None
    return events.rating.astype(np.float64)


def _pulled(codes: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """The mean of the values of each code, pulled towards 0."""
    return np.bincount(codes, values, size) / (np.bincount(codes, minlength=size) + PULL)
