"""A log cut into what is known and what has to be found, and whether nothing leaks from one into the other.

Knows: the three usual cuts. Does not know: items, recommenders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chatrec.errors import BadInput

SPLITS = ("random", "last", "time")
FEWEST = 5  # events a person needs to be asked about
KNOWN, LATE = 0.75, 0.8  # share of a person's events that is known (random); share of all events before the cut (time)


@dataclass(frozen=True, eq=False)
class Events:
    """A log, one event a person and item: parallel arrays."""

    person: np.ndarray  # int
    row: np.ndarray  # int: of the shelf
    weight: np.ndarray  # 0..1: how much it says that the item was liked
    at: np.ndarray  # seconds; NaN where it is not known

    def __len__(self) -> int:
        return len(self.person)

    def take(self, mask: np.ndarray) -> Events:
        return Events(self.person[mask], self.row[mask], self.weight[mask], self.at[mask])


@dataclass(frozen=True, eq=False)
class Split:
    name: str
    known: Events
    wanted: Events


def split(events: Events, name: str, seed: int = 1) -> Split:
    """random: 75/25 of each person's events · last: each person's latest event · time: everything after one moment, for people
    who were there before it. Only people with five events or more are asked about. BadInput where times are needed and missing.
    """
    if name not in SPLITS:
        raise BadInput(f"{name} is no split: use {', '.join(SPLITS)}.")
    if name != "random" and np.isnan(events.at).any():
        raise BadInput(f"The split {name} needs a time for every event; this log has some without.")
    counts = np.bincount(events.person, minlength=int(events.person.max(initial=-1)) + 1)
    asked = counts[events.person] >= FEWEST
    if name == "random":
        draw = np.random.default_rng(seed).random(len(events))
        wanted = asked & (_rank(events.person, draw) >= np.ceil(KNOWN * counts[events.person]))
    elif name == "last":
        wanted = asked & (_rank(events.person, events.at, events.row) == counts[events.person] - 1)
    else:
        moment = np.quantile(events.at, LATE)
        late = events.at > moment
        before = np.bincount(events.person[~late], minlength=len(counts))
        wanted = late & (before[events.person] >= FEWEST)
        return Split(name, events.take(~late), events.take(wanted))
    return Split(name, events.take(~wanted), events.take(wanted))


def _rank(person: np.ndarray, *keys: np.ndarray) -> np.ndarray:
    """The place of each event among its person's, in the order of the keys (the first decides)."""
    order = np.lexsort((*reversed(keys), person))
    sorted_people = person[order]
    first = np.flatnonzero(np.r_[True, sorted_people[1:] != sorted_people[:-1]])
    starts = np.repeat(first, np.diff(np.r_[first, len(person)]))
    place = np.empty(len(person), dtype=np.int64)
    place[order] = np.arange(len(person)) - starts
    return place


def leaks(made: Split) -> list[str]:
    """What of the wanted is known already, a sentence each; empty when the cut is clean."""
    found = []
    size = int(max(made.known.row.max(initial=0), made.wanted.row.max(initial=0))) + 1
    both = np.intersect1d(made.known.person * size + made.known.row, made.wanted.person * size + made.wanted.row)
    if len(both):
        found.append(f"{len(both)} pairs of person and item are known and wanted")
    if made.name == "last":
        latest = np.full(int(max(made.known.person.max(initial=0), made.wanted.person.max(initial=0))) + 1, -np.inf)
        np.maximum.at(latest, made.known.person, made.known.at)
        late = made.wanted.at < latest[made.wanted.person]
        if late.any():
            found.append(f"{int(late.sum())} wanted events lie before one that is known of the same person")
    if made.name == "time" and len(made.wanted) and made.known.at.max(initial=-np.inf) > made.wanted.at.min():
        found.append("an event that is known lies after one that is wanted")
    return found
