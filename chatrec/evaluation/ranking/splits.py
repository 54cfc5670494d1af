"""A log cut into what is learned from, what is told of a person when they are asked about, and what has to be found; and whether
anything leaks from one into the other.

Knows: the usual cuts, and which people tune and which judge. Does not know: items, recommenders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chatrec.errors import BadInput

SPLITS = ("random", "last", "time", "new")
PARTS = ("all", "tune", "judge")
FEWEST = 5  # events a person needs to be asked about
KNOWN, LATE = (
    0.75,
    0.8,
)  # share of a person's events that is known (random); share of all events before the cut (time, new)
FIRST = 3  # first events of somebody new that are told when they are asked about
EARLIEST, LATEST = 0.5, 0.9  # shares of all events before the first and the last of several moments


@dataclass(frozen=True, eq=False)
class Events:
    """A log, one event a person and item: parallel arrays."""

    person: np.ndarray  # int
    row: np.ndarray  # int: of the shelf
    weight: np.ndarray  # 0..1: how much it says that the item was liked
    at: np.ndarray  # seconds; NaN where it is not known
    rating: np.ndarray | None = None  # as it was given; NaN where it is another kind of event
    kind: np.ndarray | None = None  # texts

    def __len__(self) -> int:
        return len(self.person)

    def take(self, mask: np.ndarray) -> Events:
        return Events(*(None if a is None else a[mask] for a in self._arrays()))  # type: ignore[arg-type]

    def and_(self, more: Events) -> Events:
        """These and more of the same log."""
        pairs = zip(self._arrays(), more._arrays(), strict=True)
        return Events(*(None if a is None or b is None else np.concatenate([a, b]) for a, b in pairs))  # type: ignore[arg-type]

    def _arrays(self) -> tuple[np.ndarray | None, ...]:
        return self.person, self.row, self.weight, self.at, self.rating, self.kind


@dataclass(frozen=True, eq=False)
class Split:
    """known: what is learned from, and a person's history. told: more of a person's history, that nothing is learned from."""

    name: str
    known: Events
    wanted: Events
    told: Events | None = None

    def asked_only(self, people: np.ndarray) -> Split:
        """The same with only these people asked about; the others are learned from as before."""
        return Split(self.name, self.known, self.wanted.take(np.isin(self.wanted.person, people)), self.told)


def part_of(person_id: str) -> str:
    """`judge` or `tune`: by the first byte of the sha256 of a person's id, so that who chose a setting never judges it."""
    return "judge" if hashlib.sha256(person_id.encode("utf-8", "surrogatepass")).digest()[0] % 2 else "tune"


def people_of(part: str, names: Sequence[str]) -> np.ndarray:
    """Codes of the people of a part. BadInput for another part."""
    if part not in PARTS:
        raise BadInput(f"{part} is no part of the people: use {', '.join(PARTS)}.")
    return np.array([n for n, name in enumerate(names) if part in ("all", part_of(name))], dtype=np.int64)


def split(events: Events, name: str, seed: int = 1, late: float = LATE) -> Split:
    """random: 75/25 of each person's events · last: each person's latest event · time: everything after one moment, for people
    who were there before it · new: the same for people who came after it, of whom their first three events are told.

    late: the share of all events that lies before the moment. Only people with five events or more are asked about (`new`: with
    more than three). BadInput where times are needed and missing.
    """
    if name not in SPLITS:
        raise BadInput(f"{name} is no split: use {', '.join(SPLITS)}.")
    if name != "random" and np.isnan(events.at).any():
        raise BadInput(f"The split {name} needs a time for every event; this log has some without.")
    counts = np.bincount(events.person, minlength=int(events.person.max(initial=-1)) + 1)
    if name in ("time", "new"):
        return _at(events, name, np.quantile(events.at, late), len(counts))
    asked = counts[events.person] >= FEWEST
    if name == "random":
        draw = np.random.default_rng(seed).random(len(events))
        wanted = asked & (_rank(events.person, draw) >= np.ceil(KNOWN * counts[events.person]))
    else:
        wanted = asked & (_rank(events.person, events.at, events.row) == counts[events.person] - 1)
    return Split(name, events.take(~wanted), events.take(wanted))


def splits(events: Events, name: str, seeds: int = 1, seed: int = 1, moments: int = 1) -> list[Split]:
    """The cuts that one name stands for: `seeds` draws of random, one cut of last, `moments` moments of time and new (1: after
    80% of the events; more: spread from 50% to 90%)."""
    if name == "random":
        return [split(events, name, seed + n) for n in range(seeds)]
    if name in ("time", "new") and moments > 1:
        return [split(events, name, late=late) for late in np.linspace(EARLIEST, LATEST, moments).tolist()]
    return [split(events, name, seed)]


def _at(events: Events, name: str, moment: float, people: int) -> Split:
    after = events.at > moment
    before = np.bincount(events.person[~after], minlength=people)
    if name == "time":
        return Split(name, events.take(~after), events.take(after & (before[events.person] >= FEWEST)))
    came = after & (before[events.person] == 0)
    place = np.zeros(len(events), dtype=np.int64)
    place[came] = _rank(events.person[came], events.at[came], events.row[came])
    return Split(name, events.take(~after), events.take(came & (place >= FIRST)), events.take(came & (place < FIRST)))


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
    told = made.told if made.told is not None else made.known.take(np.zeros(len(made.known), dtype=bool))
    size = 1 + int(max(e.row.max(initial=0) for e in (made.known, made.wanted, told)))
    had = np.concatenate([e.person * size + e.row for e in (made.known, told)])
    both = np.intersect1d(had, made.wanted.person * size + made.wanted.row)
    if len(both):
        found.append(f"{len(both)} pairs of person and item are known and wanted")
    if made.name in ("last", "new"):
        own = made.known if made.name == "last" else told
        latest = np.full(int(max(own.person.max(initial=0), made.wanted.person.max(initial=0))) + 1, -np.inf)
        np.maximum.at(latest, own.person, own.at)
        late = made.wanted.at < latest[made.wanted.person]
        if late.any():
            found.append(f"{int(late.sum())} wanted events lie before one that is known of the same person")
    if made.name in ("time", "new"):
        later = [e.at.min(initial=np.inf) for e in (made.wanted, told)]
        if made.known.at.max(initial=-np.inf) > min(later):
            found.append("an event that is known lies after one that is wanted")
    if made.name == "new" and np.isin(made.wanted.person, made.known.person).any():
        found.append("somebody new is learned from")
    return found
