"""Every source and their fusion put to real histories: what would each have shown, and did the person want it?

Knows: how people are asked about. The item-item model is fitted on the known part only; what is known of a person is given as
their history, newest first, and never offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chatrec.errors import BadInput
from chatrec.evaluation.ranking.metrics import of_all, of_list, summed
from chatrec.evaluation.ranking.splits import Events, Split, leaks
from chatrec.recommend.candidates import packaged_sources
from chatrec.recommend.collaborative import Taste, events_of
from chatrec.recommend.fuse import Fuse
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Scored

LIKED = 0.7  # weight from which on an event is one that was wanted
Progress = Callable[[str, int, int], None]
FUSED, MOST_TAKEN = "fused", "most events"


@dataclass
class Result:
    """What one way of ranking came to on one split."""

    way: str
    split: str
    k: int
    people: int
    figures: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)  # mean, low, high
    overall: Mapping[str, float] = field(default_factory=dict)
    per_person: Sequence[Mapping[str, float]] = ()


def events(log: Any, shelf: Shelf) -> Events:
    """A store's log as events on a shelf. BadInput where there is too little of it."""
    person, row, weight = events_of(log, shelf.row)
    if len(person) < 100:
        raise BadInput(
            f"{shelf.catalog.name} has {len(person)} events, too few to measure with: bring some with `catalog add "
            f"{shelf.catalog.name} --interactions FILE`."
        )
    rows_of_log = np.array([shelf.row.get(i, -1) for i in log.items], dtype=np.int64)[log.item]
    latest: dict[tuple[int, int], float] = {}
    for p, r, at in zip(log.person.tolist(), rows_of_log.tolist(), log.at.tolist(), strict=True):
        if r >= 0 and not latest.get((p, r), -np.inf) >= at:
            latest[p, r] = at
    at = np.array([latest.get((p, r), np.nan) for p, r in zip(person.tolist(), row.tolist(), strict=True)])
    return Events(person, row, weight, at)


async def measure(
    shelf: Shelf,
    cut: Split,
    *,
    k: int = 20,
    people: int | None = None,
    fuse: Fuse | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Results of each source alone, of the fusion, and of what most people took. Raises ValueError where the cut leaks."""
    if found := leaks(cut):
        raise ValueError(f"the split {cut.name} leaks: {'; '.join(found)}")
    before, shelf.taste = shelf.taste, Taste.fit(cut.known.person, cut.known.row, cut.known.weight, len(shelf))
    try:
        return await _measure(shelf, cut, k, people, fuse or Fuse(), progress or (lambda what, done, of: None))
    finally:
        shelf.taste = before


async def _measure(
    shelf: Shelf, cut: Split, k: int, people: int | None, fuse: Fuse, progress: Progress
) -> list[Result]:
    wanted: dict[int, set[int]] = {}
    for person, row, weight in zip(
        cut.wanted.person.tolist(), cut.wanted.row.tolist(), cut.wanted.weight.tolist(), strict=True
    ):
        if weight >= LIKED:
            wanted.setdefault(person, set()).add(row)
    asked = sorted(wanted)
    if people is not None and people < len(asked):
        asked = sorted(np.random.default_rng(3).choice(asked, people, replace=False).tolist())
    size = len(shelf)
    taken = np.bincount(cut.known.row, minlength=size).astype(float)
    share = taken / max(len(np.unique(cut.known.person)), 1)
    sources = packaged_sources(shelf)
    everything = np.arange(size, dtype=np.int64)
    lists: dict[str, list[list[int]]] = {}
    scored: dict[str, list[dict[str, float]]] = {}
    for n, person in enumerate(asked):
        progress(f"asking ({cut.name})", n, len(asked))
        history, known = _history(cut.known, person, shelf)
        query = Query(history=history, limit=size)
        parts: dict[str, Scored] = {s.name: await s.score(query, everything) for s in sources}
        ways = {name: _dense(part, size) for name, part in parts.items() if len(part.rows)}
        ways[FUSED] = fuse(parts, size)
        ways[MOST_TAKEN] = taken.copy()
        for name, scores in ways.items():
            scores[known] = -np.inf
            best = _first(scores + 1e-9 * shelf.popularity, k)
            lists.setdefault(name, []).append(best)
            scored.setdefault(name, []).append(of_list(best, wanted[person], k))
    progress(f"asking ({cut.name})", len(asked), len(asked))
    order = [FUSED, *(s.name for s in sources if s.name in lists), MOST_TAKEN]
    return [
        Result(name, cut.name, k, len(asked), summed(scored[name]), of_all(lists[name], size, share), scored[name])
        for name in order
        if len(scored.get(name, ())) == len(asked)
    ]


def _history(known: Events, person: int, shelf: Shelf) -> tuple[tuple[tuple[str, float], ...], np.ndarray]:
    """A person's known events as a query has them, newest first, and their rows."""
    at = np.flatnonzero(known.person == person)
    when = known.at[at]
    at = at[np.lexsort((at, np.where(np.isnan(when), 0.0, when)))[::-1]]
    rows = known.row[at]
    return tuple((shelf.ids[r], float(w)) for r, w in zip(rows, known.weight[at], strict=True)), rows


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
