"""Every source and their fusion put to real histories: what would each have shown, and did the person want it?

Knows: how people are asked about: as `/recommendations` asks for a known person. Everything that is learned is learned from the
known part only; what is known of a person is given as their history, newest first, and never offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from chatrec.errors import BadInput
from chatrec.evaluation.ranking.metrics import Interval, of_all, of_list, summed
from chatrec.evaluation.ranking.splits import Events, Split, leaks
from chatrec.recommend import asked, whole
from chatrec.recommend.candidates import packaged_sources
from chatrec.recommend.collaborative import events_of
from chatrec.recommend.fuse import Fuse
from chatrec.recommend.popularity import Trend
from chatrec.recommend.ratings import Ratings
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Scored, Source
from chatrec.store.profiles import PAST
from chatrec.vocabulary import Ledger, Profile

LIKED = 0.7  # weight from which on an event is one that was wanted
LEAST = 100  # events to measure with
DRAWN = 3  # seed by which people are drawn where not all are asked about
Progress = Callable[[str, int, int], None]
FUSED, MOST_TAKEN = "fused", "most events"


@dataclass
class Result:
    """What one way of ranking came to on the cuts of one name."""

    way: str
    split: str
    k: int
    people: int
    figures: Mapping[str, Interval] = field(default_factory=dict)
    overall: Mapping[str, float] = field(default_factory=dict)
    per_person: Sequence[Mapping[str, float]] = ()  # one each time that somebody was asked about
    who: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # whom each of these is about


def events(log: Any, shelf: Shelf) -> Events:
    """A store's log as events on a shelf, the strongest of each person and item. BadInput where there is too little of it."""
    person, row, weight = events_of(log, shelf.row)
    if len(person) < LEAST:
        raise BadInput(
            f"{shelf.catalog.name} has {len(person)} events, too few to measure with: bring some with `catalog add "
            f"{shelf.catalog.name} --interactions FILE`."
        )
    size = len(shelf) + 1
    rows_of_log = np.array([shelf.row.get(i, -1) for i in log.items], dtype=np.int64)[log.item]
    key = log.person.astype(np.int64) * size + rows_of_log
    order = np.lexsort((np.where(np.isnan(log.at), -np.inf, log.at), key))
    last = order[
        np.searchsorted(key[order], person.astype(np.int64) * size + row, "right") - 1
    ]  # of several, the latest
    return Events(person, row, weight, log.at[last], log.rating[last], np.array(log.kinds)[log.kind[last]])


@contextmanager
def learned(shelf: Shelf, known: Events) -> Iterator[None]:
    """The shelf with everything learned from these events and nothing else; afterwards as it was."""
    before = shelf.taste, shelf.trend, shelf.ratings
    try:
        shelf.taste = whole.learned(known.person, known.row, known.weight, shelf)
        shelf.trend = Trend.fit(known.row, known.weight, known.at, len(shelf))
        shelf.ratings = None
        if known.rating is not None:
            rated = ~np.isnan(known.rating)
            shelf.ratings = Ratings.fit(known.person[rated], known.row[rated], known.rating[rated], len(shelf))
        yield
    finally:
        shelf.taste, shelf.trend, shelf.ratings = before


def past_of(cut: Split, person: int, shelf: Shelf) -> tuple[tuple[str, str | float], ...]:
    """What is known of a person, as a profile has it: (item id, kind or rating), newest first."""
    parts = [cut.known] if cut.told is None else [cut.known, cut.told]
    found: list[tuple[float, int, str, str | float]] = []
    for part in parts:
        for n in np.flatnonzero(part.person == person).tolist():
            rating = float("nan") if part.rating is None else float(part.rating[n])
            kind = "like" if part.kind is None else str(part.kind[n])
            at = float(part.at[n])
            found.append((0.0 if np.isnan(at) else at, n, shelf.ids[part.row[n]], kind if np.isnan(rating) else rating))
    found.sort(key=lambda event: (event[0], event[1]), reverse=True)
    return tuple((item_id, event) for _, _, item_id, event in found)


async def measure(
    shelf: Shelf,
    cuts: Split | Sequence[Split],
    *,
    k: int = 20,
    people: int | None = None,
    fuse: Fuse | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Results of each source alone, of the fusion, and of what most people took, over all cuts (of one name) together.

    people: at most so many of each cut are asked about. Raises ValueError where a cut leaks.
    """
    cuts = [cuts] if isinstance(cuts, Split) else cuts
    round_ = _Round(shelf, k, fuse or Fuse(), packaged_sources(shelf))
    for n, cut in enumerate(cuts):
        if found := leaks(cut):
            raise ValueError(f"the split {cut.name} leaks: {'; '.join(found)}")
        told = cut.name if len(cuts) == 1 else f"{cut.name} {n + 1} of {len(cuts)}"
        with learned(shelf, cut.known):
            await round_.play(cut, drawn(cut, people), partial(progress or _silent, f"asking ({told})"))
    return round_.results(cuts[0].name)


def wanted_of(cut: Split) -> dict[int, set[int]]:
    """Person -> rows they turned out to like."""
    wanted: dict[int, set[int]] = {}
    liked = cut.wanted.weight >= LIKED
    for person, row in zip(cut.wanted.person[liked].tolist(), cut.wanted.row[liked].tolist(), strict=True):
        wanted.setdefault(person, set()).add(row)
    return wanted


def drawn(cut: Split, people: int | None) -> list[int]:
    """Who is asked about: all who turned out to like something, or so many of them, drawn with a fixed seed."""
    who = sorted(wanted_of(cut))
    if people is None or people >= len(who):
        return who
    chosen: list[int] = np.random.default_rng(DRAWN).choice(who, people, replace=False).tolist()
    return sorted(chosen)


class _Round:
    """Lists and figures of each way, as they come in."""

    def __init__(self, shelf: Shelf, k: int, fuse: Fuse, sources: Sequence[Source]) -> None:
        self.shelf, self.k, self.fuse, self.sources = shelf, k, fuse, sources
        self.lists: dict[str, list[list[int]]] = {}
        self.figures: dict[str, list[dict[str, float]]] = {}
        self.who: list[int] = []
        self.spoke: set[str] = {FUSED, MOST_TAKEN}
        self.taken = np.zeros(len(shelf))
        self.learners = 0

    async def play(self, cut: Split, people: Sequence[int], progress: Callable[[int, int], None]) -> None:
        shelf, size = self.shelf, len(self.shelf)
        wanted, everything = wanted_of(cut), np.arange(size, dtype=np.int64)
        taken = np.bincount(cut.known.row, minlength=size).astype(float)
        self.taken += taken
        self.learners += len(np.unique(cut.known.person))
        for n, person in enumerate(people):
            progress(n, len(people))
            past = past_of(cut, person, shelf)
            query = asked.query_of(shelf, Ledger(), Profile("", past=past[:PAST]), None, size)
            parts: dict[str, Scored] = {s.name: await s.score(query, everything) for s in self.sources}
            ways = {s.name: _dense(parts[s.name], size) for s in self.sources}
            self.spoke.update(name for name, part in parts.items() if len(part.rows))
            ways[FUSED] = self.fuse(parts, size, query)
            ways[MOST_TAKEN] = taken.copy()
            known = [shelf.row[item_id] for item_id, _ in past]
            for name, scores in ways.items():
                scores[known] = -np.inf
                best = _first(scores + 1e-9 * shelf.popularity, self.k)
                self.lists.setdefault(name, []).append(best)
                self.figures.setdefault(name, []).append(of_list(best, wanted[person], self.k))
            self.who.append(person)
        progress(len(people), len(people))

    def results(self, split: str) -> list[Result]:
        """The fusion first, then each source that said something of anybody, then what most people took."""
        share, who = self.taken / max(self.learners, 1), np.array(self.who, dtype=np.int64)
        people = len(np.unique(who))
        order = [FUSED, *(s.name for s in self.sources), MOST_TAKEN]
        return [
            Result(
                way, split, self.k, people, summed(self.figures.get(way, []), who),
                of_all(self.lists.get(way, []), len(self.shelf), share), self.figures.get(way, []), who,
            )
            for way in order
            if way in self.spoke
        ]  # fmt: skip


def _silent(what: str, done: int, of: int) -> None:
    """Where nobody looks."""


def _dense(part: Scored, size: int) -> np.ndarray:
    dense = np.zeros(size)
    dense[part.rows] = part.scores
    return dense


def _first(scores: np.ndarray, k: int) -> list[int]:
    """The best k rows, best first; equal scores by row."""
    k = min(k, len(scores))
    top = np.argpartition(-scores, k - 1)[:k]
    found: list[int] = top[np.lexsort((top, -scores[top]))].tolist()
    return [row for row in found if np.isfinite(scores[row])]
