"""What people did, kept up to date: when a catalogue's log has grown, the item-item model is fitted anew and swapped in.

Knows: when a fit is due. Runs in a thread beside the turns; until it is there, and where there is no log, the other sources
serve. Raises nothing into a turn.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from chatrec.observe import log
from chatrec.recommend.collaborative import Taste, events_of, values_of
from chatrec.recommend.popularity import Trend, taken_of
from chatrec.recommend.ratings import Ratings, rated_of
from chatrec.vocabulary import Catalog

GROWN = 0.02  # part by which feedback has to have grown since the last fit; an import counts at once
ENOUGH = 20  # events below which there is nothing to learn

Stamp = tuple[int, int, int]  # of store.interactions


def due(now: Stamp, fitted: Stamp | None) -> bool:
    """Whether what is known has changed enough for a new fit."""
    if sum((now[0], now[2])) < ENOUGH:
        return False
    if fitted is None or now[:2] != fitted[:2]:
        return True
    return now[2] - fitted[2] > GROWN * (fitted[0] + fitted[2])


async def keep(store: Any, catalog: Catalog, shelf: Any, fitted: Stamp | None = None) -> Stamp | None:
    """Fit when it is due and put the model on the shelf by one assignment. Returns the stamp it was fitted at."""
    now: Stamp = await store.interactions.stamp(catalog.name)
    if not due(now, fitted):
        return fitted
    began = time.perf_counter()
    told = await store.interactions.log(catalog.name)
    events = events_of(told, shelf.row)
    values = await asyncio.to_thread(values_of, shelf)
    taste = await asyncio.to_thread(Taste.fit, *events, len(shelf), values=values)
    shelf.taste = taste
    shelf.trend = await asyncio.to_thread(Trend.fit, *taken_of(told, shelf.row), len(shelf))
    shelf.ratings = await asyncio.to_thread(Ratings.fit, *rated_of(told, shelf.row), len(shelf))
    if taste is not None:
        seconds = time.perf_counter() - began
        log.info("catalogue %s: learned from %d events in %.1f s", catalog.name, taste.events, seconds)
    return now
