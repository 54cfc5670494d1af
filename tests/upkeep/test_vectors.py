"""Vectors kept up to date: encoded once, put on the shelf, copied to the index, mended; never a failure into a turn."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatrec.errors import Missing
from chatrec.index import Index
from chatrec.store import Store
from chatrec.upkeep import vectors as upkeep
from chatrec.upkeep.vectors import keep
from tests import teas


@dataclass
class Vectors:
    key: str
    ids: list[str]
    matrix: np.ndarray
    encode: Any
    nearest: Any


class Shelf:
    """What upkeep needs of a shelf: its length, and `adopt`."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items
        self.vectors: Vectors | None = None

    def __len__(self) -> int:
        return len(self.items)

    def adopt(self, key: str, ids: list[str], matrix: np.ndarray, encode: Any = None, nearest: Any = None) -> None:
        self.vectors = Vectors(key, ids, matrix, encode, nearest)


class Encoder:
    """Letters counted: deterministic, quick, and it remembers what it was asked."""

    name = "letters"
    dim = 26

    def __init__(self, fail_after: int | None = None) -> None:
        self.asked: list[str] = []
        self.fail_after = fail_after

    async def load(self) -> None:
        pass

    async def encode(self, texts: Sequence[str]) -> np.ndarray:
        if self.fail_after is not None and len(self.asked) >= self.fail_after:
            raise RuntimeError("out of memory")
        self.asked += texts
        counts = np.array([[t.lower().count(chr(97 + n)) for n in range(self.dim)] for t in texts], np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Any]:
    store = await Store.open(f"sqlite:///{tmp_path / 'chatrec.db'}")
    await store.migrate()
    await store.items.replace(teas.CATALOG, teas.items())
    yield store
    await store.close()


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[Index]:
    index = Index(tmp_path)
    yield index
    await index.close()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 7)
    logging.getLogger("chatrec").propagate = True


async def shelf_of(store: Any) -> Shelf:
    return Shelf([i async for batch in store.items.all("teas") for i in batch])


async def test_everything_is_encoded_once_and_found(store: Any, index: Index) -> None:
    catalog, shelf, encoder, told = await store.items.catalog("teas"), await shelf_of(store), Encoder(), []
    assert await keep(store, encoder, index, catalog, shelf, lambda done, total: told.append((done, total)))
    assert len(encoder.asked) == len(set(encoder.asked)) == catalog.items
    assert told[0] == (0, catalog.items)
    assert told[-1] == (catalog.items, catalog.items)
    assert shelf.vectors is not None
    query = (await encoder.encode(["green tea, grassy"]))[0]
    found = await shelf.vectors.nearest(query, 5)
    assert found is not None
    best = np.argsort(-(shelf.vectors.matrix @ query))[:5]
    assert {i for i, _ in found} == {shelf.vectors.ids[n] for n in best}

    again, other = Encoder(), await shelf_of(store)
    assert await keep(store, again, index, catalog, other)
    assert again.asked == []
    assert other.vectors is not None


async def test_only_what_changed_is_encoded(store: Any, index: Index) -> None:
    items, catalog = list(teas.items()), await store.items.catalog("teas")
    await keep(store, Encoder(), index, catalog, await shelf_of(store))
    changed = [*items[1:], items[0].__class__(id="new", title="A new tea", attributes={"kind": "Green"})]
    await store.items.replace(teas.CATALOG.model_copy(update={"version": "2"}), changed)
    encoder, shelf, catalog = Encoder(), await shelf_of(store), await store.items.catalog("teas")
    assert await keep(store, encoder, index, catalog, shelf)
    assert len(encoder.asked) == 1
    assert "A new tea" in encoder.asked[0]
    async with store.database.read() as connection:
        kept = await connection.exec_driver_sql("SELECT count(*) FROM vectors")
        assert kept.scalar() == len(items), "vectors of texts that are gone stay"
    assert shelf.vectors is not None
    new = shelf.vectors.matrix[shelf.vectors.ids.index("new")]
    assert (await shelf.vectors.nearest(new, 1) or [])[0][0] == "new"


async def test_an_encoder_that_fails_loses_nothing(store: Any, index: Index, caplog: pytest.LogCaptureFixture) -> None:
    catalog, shelf = await store.items.catalog("teas"), await shelf_of(store)
    assert not await keep(store, Encoder(fail_after=14), index, catalog, shelf)
    assert "out of memory" in caplog.text
    assert shelf.vectors is None
    assert await store.vectors.missing("teas", "letters") == catalog.items - 14
    second = Encoder()
    assert await keep(store, second, index, catalog, shelf)
    assert len(second.asked) == catalog.items - 14


async def test_no_encoder_is_one_clear_line(store: Any, index: Index, caplog: pytest.LogCaptureFixture) -> None:
    class Absent(Encoder):
        async def load(self) -> None:
            raise Missing("Install the package so-and-so.")

    catalog, shelf = await store.items.catalog("teas"), await shelf_of(store)
    assert not await keep(store, Absent(), index, catalog, shelf)
    assert [r.getMessage() for r in caplog.records if r.name == "chatrec"] == [
        "catalogue teas has no vectors, words serve: Install the package so-and-so."
    ]


async def test_unusable_vectors_are_left_out(store: Any, index: Index) -> None:
    class Odd(Encoder):
        async def encode(self, texts: Sequence[str]) -> np.ndarray:
            made = await super().encode(texts)
            made[0] = np.nan
            return made

    catalog, shelf = await store.items.catalog("teas"), await shelf_of(store)
    assert not await keep(store, Odd(), index, catalog, shelf)
    assert shelf.vectors is not None
    assert np.isfinite(shelf.vectors.matrix).all()
    assert 0 < await store.vectors.missing("teas", "letters") < catalog.items


async def test_another_encoder_of_the_same_name(store: Any, index: Index) -> None:
    class Shorter(Encoder):
        dim = 20

    catalog, shelf = await store.items.catalog("teas"), await shelf_of(store)
    assert await keep(store, Encoder(), index, catalog, shelf)
    assert await keep(store, Shorter(), index, catalog, shelf)
    assert shelf.vectors is not None
    assert shelf.vectors.matrix.shape == (catalog.items, 20)
    assert (await shelf.vectors.nearest(shelf.vectors.matrix[0], 1) or [])[0][0] in shelf.vectors.ids


async def test_a_broken_index_is_mended_behind_the_scenes(store: Any, index: Index, tmp_path: Path) -> None:
    catalog, shelf = await store.items.catalog("teas"), await shelf_of(store)
    assert await keep(store, Encoder(), index, catalog, shelf)
    assert shelf.vectors is not None
    nearest = shelf.vectors.nearest
    assert nearest is not None
    vector = shelf.vectors.matrix[3]
    shutil.rmtree(tmp_path / "chroma")
    assert await nearest(vector, 5) is None  # this turn searches exactly
    for _ in range(200):
        if (found := await nearest(vector, 5)) is not None:
            break
        await asyncio.sleep(0.05)
    assert found is not None
    assert found[0][1] == pytest.approx(1, abs=1e-3)


async def test_without_an_index_exact_search_serves(store: Any, tmp_path: Path) -> None:
    first, second = Index(tmp_path), Index(tmp_path)
    catalog, shelf = await store.items.catalog("teas"), await shelf_of(store)
    assert await first.sync("else", "k", ["a"], np.ones((1, 3), np.float32))  # holds the lock
    assert await keep(store, Encoder(), second, catalog, shelf)
    assert shelf.vectors is not None
    assert await shelf.vectors.nearest(shelf.vectors.matrix[0], 5) is None
    await first.close()
    await second.close()
