"""Every packaged source keeps the contract; so does the meaning search through an index that only gives its nearest."""

from __future__ import annotations

import numpy as np

from chatrec.recommend.content import Content
from chatrec.recommend.popularity import Popularity
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Source
from chatrec.recommend.wished import Wished
from chatrec.recommend.words import Words
from chatrec.testing.source_contract import SourceContract


class TestContent(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Content(shelf)


class TestContentThroughAnIndex(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Content(shelf)

    def shelf(self, *, vectors: bool) -> Shelf:
        shelf = super().shelf(vectors=vectors)
        if shelf.vectors:

            async def nearest(vector: np.ndarray, k: int) -> list[tuple[str, float]]:
                near = np.argsort(-(matrix @ vector))[:7]
                return [(shelf.ids[n], float(matrix[n] @ vector)) for n in near]

            matrix = shelf.vectors.matrix
            shelf.adopt(shelf.vectors.key, shelf.ids, matrix, shelf.vectors.encode, nearest)
        return shelf


class TestWords(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Words(shelf)


class TestPopularity(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Popularity(shelf)


class TestWished(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Wished(shelf)
