"""What people did, kept up to date: when a catalogue's log has grown, its models are fitted anew, swapped in and written down.

Knows: when a fit is due, and that a model may come from elsewhere as a file. Runs in a thread beside the turns; until it is
there, and where there is no log, the other sources serve. Raises nothing into a turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chatrec.errors import BadInput
from chatrec.observe import log
from chatrec.recommend.collaborative import events_of
from chatrec.recommend.popularity import Trend, taken_of
from chatrec.recommend.ratings import Ratings, rated_of
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.whole import learned
from chatrec.upkeep.model_file import Manifest, ModelFiles, Stamp, Unfit
from chatrec.vocabulary import Catalog

GROWN = 0.02  # part by which feedback has to have grown since the last fit; an import counts at once
ENOUGH = 20  # events below which there is nothing to learn


def due(now: Stamp, fitted: Stamp | None) -> bool:
    """Whether what is known has changed enough for a new fit."""
    if sum((now[0], now[2])) < ENOUGH:
        return False
    if fitted is None or now[:2] != fitted[:2] or now[2] < fitted[2]:  # what a person had deleted must go
        return True
    return now[2] - fitted[2] > GROWN * (fitted[0] + fitted[2])


async def keep(
    store: Any, catalog: Catalog, shelf: Any, fitted: Stamp | None = None, home: Path | None = None, fit: bool = True
) -> Stamp | None:
    """Put the model on the shelf when there is a newer one: from its file where that is up to date, else fitted anew and
    written there. Returns the stamp it was fitted at.

    home: the folder that holds the model files; None: none are kept. fit=False: only what lies there is used, however old.
    """
    now: Stamp = await store.interactions.stamp(catalog.name)
    files = ModelFiles(home, catalog.name, shelf.ids) if home is not None else None
    if files is not None and (found := await asyncio.to_thread(_brought, files, catalog, shelf, now, fit)):
        return found
    if not fit or not due(now, fitted):
        return fitted
    began = time.perf_counter()
    told = await store.interactions.log(catalog.name)
    parts = await asyncio.to_thread(fitted_models, told, shelf)
    _put(shelf, parts)
    if (taste := parts["taste"]) is not None:
        seconds = time.perf_counter() - began
        log.info("catalogue %s: learned from %d events in %.1f s", catalog.name, taste.events, seconds)
    if files is not None:
        try:
            shelf.model = (await asyncio.to_thread(files.save, now, parts)).sha256
        except OSError as error:
            log.warning("catalogue %s: the model can't be written, the next start fits anew: %s", catalog.name, error)
    return now


async def write(store: Any, catalog: Catalog, home: Path) -> Manifest:
    """Fit a catalogue's models and write their file, whether that is due or not; no server is needed. BadInput where there is
    too little to learn from."""
    items = [item async for batch in store.items.all(catalog.name) for item in batch]
    shelf = await asyncio.to_thread(Shelf.build, catalog, items)
    now: Stamp = await store.interactions.stamp(catalog.name)
    parts = await asyncio.to_thread(fitted_models, await store.interactions.log(catalog.name), shelf)
    if parts["taste"] is None:
        raise BadInput(
            f"{catalog.name} has {now[0] + now[2]} events of people, too few to learn from: bring some with `catalog add "
            f"{catalog.name} --interactions FILE`."
        )
    return await asyncio.to_thread(ModelFiles(home, catalog.name, shelf.ids).save, now, parts)


def fitted_models(told: Any, shelf: Any) -> dict[str, Any]:
    """Everything that is learned from a store's log, for a shelf. Plain work: minutes for a million events."""
    return {
        "taste": learned(*events_of(told, shelf.row), shelf),
        "trend": Trend.fit(*taken_of(told, shelf.row), len(shelf)),
        "ratings": Ratings.fit(*rated_of(told, shelf.row), len(shelf)),
    }


def _brought(files: ModelFiles, catalog: Catalog, shelf: Any, now: Stamp, fit: bool) -> Stamp | None:
    """Put what lies in the model's folder on the shelf, if it is something new that may be used; its stamp."""
    try:
        manifest = files.manifest()
        if manifest is None or manifest.sha256 == shelf.model or (fit and due(now, manifest.stamp)):
            return None
        began = time.perf_counter()
        parts = files.load(manifest)
    except Unfit as why:
        log.warning("catalogue %s: the model file in %s is not used: %s", catalog.name, files.folder, why)
        return None
    _put(shelf, parts)
    shelf.model = manifest.sha256
    log.info(
        "catalogue %s: model of %s loaded in %.1f s", catalog.name, manifest.fitted_at, time.perf_counter() - began
    )
    return manifest.stamp


def _put(shelf: Any, parts: Mapping[str, Any]) -> None:
    shelf.taste, shelf.trend, shelf.ratings = (parts.get(name) for name in ("taste", "trend", "ratings"))
