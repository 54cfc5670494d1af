"""What people talked about, kept up to date: when there are new conversations, what was learned from them is made anew.

Knows: when that is due. Runs in a thread beside the turns and swaps the result onto the shelf by one assignment. Raises nothing
into a turn.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from chatrec.observe import log
from chatrec.recommend.dialogue import Talks
from chatrec.vocabulary import Catalog

GROWN = 0.02  # part by which our own conversations have to have grown; an import, or what is gone, counts at once
ENOUGH = 20  # conversations and verdicts below which there is nothing to learn

Stamp = tuple[int, int, int]  # of store.talks


def due(now: Stamp, fitted: Stamp | None) -> bool:
    """Whether what is known has changed enough. What a person had deleted must go, however little it is."""
    if fitted is None:
        return now[0] + now[2] >= ENOUGH
    gone = now[2] < fitted[2]
    return now[:2] != fitted[:2] or gone or now[2] - fitted[2] > GROWN * (fitted[0] + fitted[2])


async def keep(store: Any, catalog: Catalog, shelf: Any, fitted: Stamp | None = None) -> Stamp | None:
    """Learn when it is due and put what was learned on the shelf. Returns the stamp it was learned at."""
    now: Stamp = await store.talks.stamp(catalog.name)
    if not due(now, fitted):
        return fitted
    began = time.perf_counter()
    told = await store.talks.told(catalog.name) if now[0] + now[2] >= ENOUGH else []
    talks = await asyncio.to_thread(Talks.fit, told, shelf)
    shelf.talks = talks
    if talks is not None:
        seconds = time.perf_counter() - began
        log.info("catalogue %s: learned from %d conversations in %.1f s", catalog.name, len(talks), seconds)
    return now
