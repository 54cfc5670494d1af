"""Vectors of the items' searched texts, keyed by (hash of the text, encoder): equal texts are encoded once, ever.

Knows: how a vector is written down. Does not know: encoders, Chroma.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import numpy as np
from sqlalchemy import and_, delete, exists, false, func, select

from chatrec.language.describe import searched_text
from chatrec.store import tables as t
from chatrec.store.database import Database, insert_new
from chatrec.store.items import ITEM_COLUMNS, Items, item_of

STORED = np.dtype("<f2")  # a cosine changes by less than 0.001


class Vectors:
    """`store.vectors`."""

    def __init__(self, database: Database, items: Items) -> None:
        self._database = database
        self._items = items

    async def missing(self, catalog: str, encoder: str) -> int:
        """How many texts of a catalogue's items have no vector of this encoder."""
        query = select(func.count(t.items.c.text_hash.distinct())).where(*_lacking(catalog, encoder))
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar() or 0)

    async def lacking(self, catalog: str, encoder: str, size: int = 32) -> AsyncIterator[list[tuple[str, str]]]:
        """The texts without a vector as (hash, text), at most `size` at a time, the most popular items first."""
        declared = await self._items.catalog(catalog)
        query = (
            select(func.min(t.items.c.row))
            .where(*_lacking(catalog, encoder))
            .group_by(t.items.c.text_hash)
            .order_by(func.max(t.items.c.popularity).desc(), t.items.c.text_hash)
        )
        async with self._database.read() as connection:
            rows = list((await connection.execute(query)).scalars())
        for start in range(0, len(rows), size):
            batch = select(*ITEM_COLUMNS, t.items.c.text_hash).where(
                t.items.c.catalog == catalog, t.items.c.row.in_(rows[start : start + size])
            )
            async with self._database.read() as connection:
                found = (await connection.execute(batch)).all()
            if found:
                yield [(row.text_hash, searched_text(item_of(row), declared)) for row in found]

    async def put(self, encoder: str, vectors: Mapping[str, np.ndarray]) -> None:
        """Keep vectors [d] by the hash of their text; those already there stay."""
        rows = [
            {"encoder": encoder, "text_hash": hashed, "data": _unit(np.asarray(v, np.float32)).astype(STORED).tobytes()}
            for hashed, v in vectors.items()
        ]
        async with self._database.write() as connection:
            await insert_new(connection, t.vectors, *rows)

    async def load(self, catalog: str, encoder: str) -> tuple[list[str], np.ndarray]:
        """Ids of the items that have a vector, in order of ids, and the matrix float32 [n, d], rows of length 1."""
        query = (
            select(t.items.c.id, t.vectors.c.data)
            .join(t.vectors, t.vectors.c.text_hash == t.items.c.text_hash)
            .where(t.items.c.catalog == catalog, t.items.c.withdrawn == false(), t.vectors.c.encoder == encoder)
            .order_by(t.items.c.row)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        flat = np.frombuffer(b"".join(data for _, data in rows), STORED)
        return [i for i, _ in rows], _unit(flat.reshape(len(rows), -1).astype(np.float32))

    async def held(self, catalog: str, encoder: str) -> dict[str, np.ndarray]:
        """The vectors [d] of a catalogue's texts by the hash of the text, as `put` takes them."""
        query = (
            select(t.vectors.c.text_hash, t.vectors.c.data)
            .where(t.vectors.c.encoder == encoder)
            .where(t.vectors.c.text_hash.in_(select(t.items.c.text_hash).where(t.items.c.catalog == catalog)))
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return {hashed: np.frombuffer(data, STORED).astype(np.float32) for hashed, data in rows}

    async def length(self, encoder: str) -> int:
        """How many numbers an encoder's stored vectors have; 0 where there are none."""
        query = select(t.vectors.c.data).where(t.vectors.c.encoder == encoder).limit(1)
        async with self._database.read() as connection:
            data = (await connection.execute(query)).scalar()
        return 0 if data is None else len(data) // STORED.itemsize

    async def forget(self, encoder: str) -> None:
        """Drop all vectors of an encoder."""
        async with self._database.write() as connection:
            await connection.execute(delete(t.vectors).where(t.vectors.c.encoder == encoder))

    async def prune(self) -> int:
        """Drop the vectors of texts that no item has any more; returns how many."""
        used = exists().where(t.items.c.text_hash == t.vectors.c.text_hash)
        async with self._database.write() as connection:
            return (await connection.execute(delete(t.vectors).where(~used))).rowcount


def _lacking(catalog: str, encoder: str) -> list:  # type: ignore[type-arg]
    there = exists().where(and_(t.vectors.c.encoder == encoder, t.vectors.c.text_hash == t.items.c.text_hash))
    return [t.items.c.catalog == catalog, t.items.c.withdrawn == false(), ~there]


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1; a row of zeros stays."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1), np.float32)
