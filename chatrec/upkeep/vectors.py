"""Vectors kept up to date: what is missing is encoded, the shelf gets them, the index is made a copy of them, and healed.

Knows: the order of these things. Takes store, embedder, index and shelf as they come; raises none of their failures into a
turn: the log tells, and until all is well exact search or words serve.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chatrec.errors import ChatRecError
from chatrec.observe import log
from chatrec.vocabulary import Catalog

Progress = Callable[[int, int], None]
BATCH = 64  # texts encoded and stored at a time: what an interruption costs
ENOUGH = 0.9  # share of items with a vector from which vectors serve before the rest is encoded
PATIENCE = 30.0  # seconds between two attempts to heal the index


async def keep(
    store: Any, embedder: Any, index: Any, catalog: Catalog, shelf: Any, progress: Progress | None = None
) -> bool:
    """Bring one catalogue's vectors up to date: encode, put on the shelf, sync the index. True: all items have theirs.

    `progress(done, total)` counts texts that had to be encoded. Can be interrupted at any time and called again.
    """
    began = time.perf_counter()
    try:
        await embedder.load()
        await _one_length(store, embedder)
        if await store.vectors.missing(catalog.name, embedder.name):
            await _shelve(store, embedder, None, catalog, shelf, least=ENOUGH)
            if encoded := await encode_missing(store, embedder, catalog.name, progress):
                seconds = time.perf_counter() - began
                log.info(
                    "catalogue %s: %d texts encoded by %s in %.0f s", catalog.name, encoded, embedder.name, seconds
                )
                await store.vectors.prune()
        whole = await _shelve(store, embedder, index, catalog, shelf, least=0.0)
        return whole and not await store.vectors.missing(catalog.name, embedder.name)
    except ChatRecError as error:
        log.warning("catalogue %s has no vectors, words serve: %s", catalog.name, error)
    except Exception:  # an encoder is somebody else's code; a turn never depends on it
        log.exception("catalogue %s: vectors failed, words serve", catalog.name)
    return False


async def encode_missing(store: Any, embedder: Any, catalog: str, progress: Progress | None = None) -> int:
    """Encode and store what a catalogue lacks, the most popular first; returns how many texts. Raises what the encoder does.

    A text of which the encoder makes nothing usable is left out, and tried again another time.
    """
    total, done = await store.vectors.missing(catalog, embedder.name), 0
    if progress is not None and total:
        progress(0, total)
    async for batch in store.vectors.lacking(catalog, embedder.name, BATCH):
        vectors = np.asarray(await embedder.encode([text for _, text in batch]), dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != len(batch):
            raise ValueError(f"the encoder {embedder.name} gave {vectors.shape} for {len(batch)} texts")
        usable = [bool(np.isfinite(vector).all()) for vector in vectors]
        await store.vectors.put(
            embedder.name, {hashed: v for (hashed, _), v, good in zip(batch, vectors, usable, strict=True) if good}
        )
        done += len(batch)
        if progress is not None:
            progress(min(done, total), total)
    return done


class Healed:
    """`index.nearest` for one version of a catalogue; when it has no answer, the copy is mended in the background."""

    def __init__(self, index: Any, catalog: str, key: str, ids: Sequence[str], matrix: np.ndarray) -> None:
        self._index = index
        self._copy = (catalog, key, ids, matrix)
        self._mending: asyncio.Task[Any] | None = None
        self._tried = -PATIENCE

    async def nearest(self, vector: np.ndarray, k: int) -> list[tuple[str, float]] | None:
        """(id, cosine), best first, or None: search exactly."""
        catalog, key, _, _ = self._copy
        found: list[tuple[str, float]] | None = await self._index.nearest(catalog, key, vector, k)
        if found is None and self._mending is None and time.monotonic() - self._tried >= PATIENCE:
            self._tried = time.monotonic()
            self._mending = asyncio.create_task(self._index.sync(*self._copy))
            self._mending.add_done_callback(self._mended)
        return found

    def _mended(self, task: asyncio.Task[Any]) -> None:
        self._mending = None
        if not task.cancelled() and task.exception() is not None:
            log.warning("the index was not mended: %s", task.exception())


async def _shelve(store: Any, embedder: Any, index: Any, catalog: Catalog, shelf: Any, least: float) -> bool:
    """Put the stored vectors on the shelf, and into the index where one is given. True: every item of the shelf has one."""
    ids, matrix = await store.vectors.load(catalog.name, embedder.name)
    if not ids or len(ids) < least * len(shelf):
        return False
    if index is None:
        shelf.adopt(embedder.name, ids, matrix, embedder.encode)
        return len(ids) == len(shelf)
    key = f"{embedder.name} {catalog.version}"
    healed = Healed(index, catalog.name, key, ids, matrix)
    shelf.adopt(embedder.name, ids, matrix, embedder.encode, healed.nearest)
    await index.sync(catalog.name, key, ids, matrix)
    return len(ids) == len(shelf)


async def _one_length(store: Any, embedder: Any) -> None:
    """Vectors of another length than the encoder's are from something else of the same name: they go."""
    length = await store.vectors.length(embedder.name)
    if embedder.dim and length and length != embedder.dim:
        log.warning(
            "the stored vectors of %s have %d numbers, not %d; encoding anew", embedder.name, length, embedder.dim
        )
        await store.vectors.forget(embedder.name)
