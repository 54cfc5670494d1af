"""The copy of a catalogue's vectors in Chroma: built when it is missing, stale or broken, else opened and trusted.

Knows: chromadb, embedded in CHATREC_HOME/chroma or a server. Does not know: SQL, encoders, items.
A collection is named after catalogue and key, so a new version is built beside the old one. All of Chroma runs in one
thread of its own; embedded, in one process only, the one that holds the lock file.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import os
import shutil
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from chatrec.index import seal
from chatrec.index.lock import FileLock
from chatrec.observe import log

BATCH = 500  # vectors an insert: the thread is free between two
GRAPH = {"hnsw": {"space": "cosine", "ef_construction": 128, "ef_search": 400}}  # HNSW: Malkov & Yashunin 2018
PROBES = 3  # vectors looked up to see whether a collection answers


class Broken(Exception):
    """Chroma did not answer, or not as it must."""


@dataclass(frozen=True)
class Ready:
    """A collection that answered."""

    key: str
    collection: Any
    ids: frozenset[str]


class Index:
    """Vectors of catalogues for approximate search. Nothing here raises to a caller."""

    def __init__(self, home: Path, chroma_url: str = "") -> None:
        self._folder = Path(home) / "chroma"
        self._url = chroma_url
        self._lock = FileLock(Path(home) / "chroma.lock")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chroma")
        self._syncing = asyncio.Lock()
        self._ready: dict[str, Ready] = {}
        self._client: Any = None
        self._database: tuple[int, int] | None = None  # device and inode of the open database file
        self._closed = False
        self._told = False

    async def sync(self, catalog_name: str, key: str, ids: Sequence[str], matrix: np.ndarray) -> bool:
        """Make the copy of a catalogue's vectors (matrix float32 [n, d], in the order of ids) be the one named by `key`.

        Quick where it is already. False: this process has no index (another one holds the lock, or there is no server,
        or there are no vectors); the log says why.
        """
        if not len(ids):
            return False
        async with self._syncing:
            for attempt in (1, 2):
                try:
                    return await self._sync(catalog_name, key, ids, matrix)
                except Broken as error:
                    self._ready.pop(catalog_name, None)
                    if self._closed:
                        return False
                    if self._url or attempt == 2:
                        log.warning("no index for %s (%s); vectors are searched exactly", catalog_name, error)
                        return False
                    log.info("the index in %s is built anew (%s)", self._folder, error)
                    try:
                        await self._run(self._start_over)
                    except Broken as error:
                        log.warning("no index (%s); vectors are searched exactly", error)
                        return False
        return False

    async def nearest(self, catalog_name: str, key: str, vector: np.ndarray, k: int) -> list[tuple[str, float]] | None:
        """The k items whose vectors are most like this one [d], as (id, cosine), best first; approximate.

        None: there is no index, or an older one, or it is being built, or it is broken (the log says so, once).
        """
        ready = self._ready.get(catalog_name)
        if ready is None or ready.key != key or self._syncing.locked():
            return None
        try:
            return await self._run(self._query, ready, vector, k)
        except Broken as error:
            if self._ready.pop(catalog_name, None) is not None and not self._closed:
                log.warning("the index does not answer (%s); vectors are searched exactly", error)
            return None

    async def healthy(self, catalog_name: str, key: str) -> bool:
        """Whether `nearest` would answer from this version now."""
        ready = self._ready.get(catalog_name)
        if ready is None or ready.key != key:
            return False
        try:
            await self._run(self._intact)
        except Broken:
            return False
        return True

    async def drop(self, catalog_name: str) -> None:
        """Forget a catalogue's vectors."""
        self._ready.pop(catalog_name, None)
        async with self._syncing:
            try:
                if await self._run(self._connect):
                    await self._run(self._drop, catalog_name, "")
                    await self._run(self._seal)
            except Broken as error:
                log.info("the index of %s was not dropped (%s)", catalog_name, error)

    async def keep_only(self, catalog_names: Collection[str]) -> None:
        """Forget the vectors of every other catalogue, which another process removed. A server's may be somebody else's: they stay."""
        if self._url:
            return
        async with self._syncing:
            try:
                if await self._run(self._connect):
                    there = {(c.metadata or {}).get("catalog") for c in await self._run(self._client.list_collections)}
                    for name in sorted(n for n in there if n and n not in catalog_names):
                        self._ready.pop(name, None)
                        await self._run(self._drop, name, "")
                        await self._run(self._seal)
            except Broken as error:
                log.info("old vectors were not dropped from the index (%s)", error)

    async def close(self) -> None:
        """Let go of files and lock. What is under way ends with None or False."""
        if self._closed:
            return
        self._closed = True
        self._ready.clear()
        self._thread.submit(self._disconnect)
        await asyncio.to_thread(self._thread.shutdown, wait=True)

    # ------------------------------------------------------------------ on the loop

    async def _sync(self, catalog: str, key: str, ids: Sequence[str], matrix: np.ndarray) -> bool:
        if not await self._run(self._connect):
            return False
        collection = await self._run(self._current, catalog, key, ids, matrix)
        if collection is None:
            collection = await self._run(self._begin, catalog, key, len(ids))
            for start in range(0, len(ids), BATCH):
                end = start + BATCH
                await self._run(collection.add, ids=list(ids[start:end]), embeddings=matrix[start:end])
            await self._run(self._finish, catalog, key, collection, ids, matrix)
        await self._run(self._seal)
        self._ready[catalog] = Ready(key, collection, frozenset(ids))
        return True

    async def _run(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        """Run in Chroma's thread; whatever goes wrong there is Broken. Rust panics are no Exceptions, hence BaseException."""

        def guarded() -> Any:
            if self._closed:
                raise Broken("closed")
            try:
                return work(*args, **kwargs)
            except Broken:
                raise
            except BaseException as error:
                words = " ".join(str(error).split())
                raise Broken(f"{type(error).__name__}: {words[:200]}") from error

        try:
            future = self._thread.submit(guarded)
        except RuntimeError as error:  # shut down
            raise Broken("closed") from error
        return await asyncio.wrap_future(future)

    # ------------------------------------------------------------------ in Chroma's thread

    def _connect(self) -> bool:
        if self._client is not None:
            self._intact()
            return True
        if not self._url and not self._lock.take():
            if not self._told:
                log.info("another process keeps the index in %s; vectors are searched exactly", self._folder)
            self._told = True
            return False
        if not self._url and self._folder.exists() and not seal.fits(self._folder):
            raise Broken("its files are not as they were left")
        import chromadb
        from chromadb.config import Settings

        quiet = Settings(anonymized_telemetry=False)
        if self._url:
            parts = urlsplit(self._url if "//" in self._url else f"http://{self._url}")
            secure = parts.scheme == "https"
            port = parts.port or (443 if secure else 8000)
            self._client = chromadb.HttpClient(parts.hostname or "localhost", port, ssl=secure, settings=quiet)
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._client = chromadb.PersistentClient(str(self._folder), settings=quiet)
            self._database = self._identity()
        return True

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        try:
            if client is not None:
                client.close()
        except BaseException as error:
            log.debug("closing Chroma: %s", error)
        if client is not None and not self._url:
            from chromadb.api.shared_system_client import SharedSystemClient

            # Chroma keeps a system for every path it has seen; a broken one would be handed out again.
            SharedSystemClient._identifier_to_system.pop(str(self._folder), None)
        if self._closed:
            self._lock.give_back()

    def _start_over(self) -> None:
        self._ready.clear()
        self._disconnect()
        if self._folder.exists():
            aside = self._folder.with_name(f"chroma-broken-{os.getpid()}")
            shutil.rmtree(aside, ignore_errors=True)
            self._folder.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)

    def _current(self, catalog: str, key: str, ids: Sequence[str], matrix: np.ndarray) -> Any:
        """The collection of this key if it is there, whole and answering."""
        name = _name(catalog, key)
        if name not in {c.name for c in self._client.list_collections()}:
            return None
        collection = self._client.get_collection(name, embedding_function=None)
        manifest = collection.metadata or {}
        whole = manifest.get("key") == key and manifest.get("count") == len(ids) == collection.count()
        if whole and self._answers(collection, ids, matrix):
            return collection
        return None

    def _begin(self, catalog: str, key: str, count: int) -> Any:
        """A new collection beside the one in use."""
        if not self._url:
            seal.lift(self._folder)
        name = _name(catalog, key)
        if name in {c.name for c in self._client.list_collections()}:
            self._client.delete_collection(name)
        manifest = {"catalog": catalog, "key": key, "count": count}
        return self._client.create_collection(name, configuration=GRAPH, metadata=manifest, embedding_function=None)

    def _finish(self, catalog: str, key: str, collection: Any, ids: Sequence[str], matrix: np.ndarray) -> None:
        if collection.count() != len(ids) or not self._answers(collection, ids, matrix):
            raise Broken("it does not give back what was put in")
        self._drop(catalog, _name(catalog, key))

    def _drop(self, catalog: str, keep: str) -> None:
        if not self._url:
            seal.lift(self._folder)
        for old in self._client.list_collections():
            if (old.metadata or {}).get("catalog") == catalog and old.name != keep:
                self._client.delete_collection(old.name)

    def _seal(self) -> None:
        """Chroma rewrites the files of a small collection when it reads them: they are sealed after that too."""
        if not self._url:
            seal.write(self._folder)

    def _answers(self, collection: Any, ids: Sequence[str], matrix: np.ndarray) -> bool:
        """Whether a few vectors, from all over, find themselves or their equals."""
        for row in {0, len(ids) // 2, len(ids) - 1} if len(ids) >= PROBES else range(len(ids)):
            if not np.any(matrix[row]):
                continue
            found = collection.query(query_embeddings=matrix[row : row + 1], n_results=1, include=["distances"])
            distances = found["distances"][0]
            if not distances or not abs(distances[0]) < 1e-3:
                return False
        return True

    def _query(self, ready: Ready, vector: np.ndarray, k: int) -> list[tuple[str, float]]:
        self._intact()
        wanted = min(k, len(ready.ids))
        if wanted < 1:
            return []
        query = np.asarray(vector, np.float32).reshape(1, -1)
        found = ready.collection.query(query_embeddings=query, n_results=wanted, include=["distances"])
        pairs = [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]
        if not pairs or any(i not in ready.ids or not math.isfinite(score) for i, score in pairs):
            raise Broken("it answers with something else")
        return pairs

    def _intact(self) -> None:
        """Whether the open database is still the file in the folder. A deleted one would go on answering for a while."""
        if not self._url and (self._database is None or self._identity() != self._database):
            raise Broken("its files are gone")

    def _identity(self) -> tuple[int, int] | None:
        try:
            stat = (self._folder / "chroma.sqlite3").stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino


def _name(catalog: str, key: str) -> str:
    """Chroma's names are ASCII and short; catalogues' need not be."""
    digests = [hashlib.sha256(part.encode("utf-8", "replace")).hexdigest() for part in (catalog, key)]
    return f"items-{digests[0][:12]}-{digests[1][:12]}"
