from __future__ import annotations

import numpy as np

from chatrec.recommend.popularity import Popularity
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Source
from chatrec.testing.source_contract import SourceContract, dense


class TestPopularity(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Popularity(shelf)

    async def test_gives_what_the_catalogue_says(self) -> None:
        shelf = self.shelf(vectors=False)
        scored = await Popularity(shelf).score(Query(), None)
        np.testing.assert_array_equal(dense(scored, len(shelf)), shelf.popularity)
