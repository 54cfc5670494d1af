"""Vectors: by the hash of a text, so that equal texts are encoded once; read back as they were, nearly."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from chatrec.language.describe import searched_text
from chatrec.store import Store
from chatrec.vocabulary import Catalog, Item

SHOP = Catalog(name="shop", version="1")
ITEMS = [Item(id=f"i{n:02d}", title=f"Title {n % 20}", popularity=n / 25) for n in range(25)]  # 20 different texts


@pytest.fixture
async def store(store: Store) -> Store:
    await store.items.replace(SHOP, ITEMS)
    return store


async def lacking(store: Store, size: int = 6, encoder: str = "e") -> list[list[tuple[str, str]]]:
    return [batch async for batch in store.vectors.lacking("shop", encoder, size)]


async def test_what_is_missing_is_told_once_a_text_with_its_words(store: Store) -> None:
    assert await store.vectors.missing("shop", "e") == 20
    batches = await lacking(store)
    assert [len(b) for b in batches] == [6, 6, 6, 2]
    told = dict(pair for batch in batches for pair in batch)
    assert set(told.values()) == {searched_text(i, SHOP) for i in ITEMS}
    assert all(hashlib.sha256(words.encode()).hexdigest() == hashed for hashed, words in told.items())
    assert {words for _, words in batches[0]} == {f"Title {n}" for n in (19, 18, 17, 16, 15, 4)} or (
        "Title 4" in {words for _, words in batches[0]}
    ), "the most popular first"


async def test_there_and_back(store: Store) -> None:
    rng = np.random.default_rng(0)
    put = {}
    for batch in await lacking(store):
        vectors = {hashed: rng.standard_normal(512).astype(np.float32) * 3 for hashed, _ in batch}
        await store.vectors.put("e", vectors)
        put |= vectors
    await store.vectors.put("e", put)  # again: nothing happens
    await store.vectors.put("e", {})
    assert await store.vectors.missing("shop", "e") == 0
    assert await store.vectors.missing("shop", "other") == 20
    assert await lacking(store) == []
    ids, matrix = await store.vectors.load("shop", "e")
    assert ids == [i.id for i in ITEMS]
    assert (matrix.shape, matrix.dtype) == ((25, 512), np.float32)
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-6)
    for item, row in zip(ITEMS, matrix, strict=True):
        vector = put[hashlib.sha256(searched_text(item, SHOP).encode()).hexdigest()]
        assert float(row @ vector) / float(np.linalg.norm(vector)) > 0.99999
    assert await store.vectors.length("e") == 512
    assert await store.vectors.length("other") == 0


async def test_some_are_there_and_some_are_not(store: Store) -> None:
    assert (await store.vectors.load("shop", "e"))[0] == []
    first = (await lacking(store))[0]
    await store.vectors.put("e", {hashed: np.ones(4, np.float32) for hashed, _ in first})
    ids, matrix = await store.vectors.load("shop", "e")
    assert len(ids) == len(matrix) >= 6
    assert await store.vectors.missing("shop", "e") == 14
    zero = (await lacking(store))[0][0][0]
    await store.vectors.put("e", {zero: np.zeros(4, np.float32)})
    assert np.isfinite((await store.vectors.load("shop", "e"))[1]).all()


async def test_vectors_outlive_a_swap_and_go_with_their_text(store: Store) -> None:
    for batch in await lacking(store):
        await store.vectors.put("e", {hashed: np.ones(4, np.float32) for hashed, _ in batch})
    await store.items.replace(SHOP.model_copy(update={"version": "2"}), [*ITEMS[:10], Item(id="new", title="New")])
    assert await store.vectors.missing("shop", "e") == 1
    assert await store.vectors.prune() == 10
    assert await store.vectors.prune() == 0
    assert len((await store.vectors.load("shop", "e"))[0]) == 10
    await store.vectors.forget("e")
    assert await store.vectors.missing("shop", "e") == 11


async def test_a_catalogue_swapped_while_it_is_encoded(store: Store) -> None:
    told = []
    async for batch in store.vectors.lacking("shop", "e", 5):
        told += batch
        if len(told) == 5:
            await store.items.replace(SHOP, [Item(id="z", title="Other")])
    assert len({hashed for hashed, _ in told}) == len(told) <= 6
