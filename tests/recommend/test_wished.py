from __future__ import annotations

import numpy as np

from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Source
from chatrec.recommend.wished import Wished
from chatrec.testing.source_contract import SourceContract, dense, lamps
from chatrec.vocabulary import Wish


class TestWished(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Wished(shelf)

    async def test_is_the_share_of_soft_wishes_met(self) -> None:
        shelf = self.shelf(vectors=False)
        wishes = (
            Wish(facet="woods", op="contains", value="OAK", hard=False),
            Wish(facet="watts", op=">=", value=12, hard=False),
        )
        scored = dense(await Wished(shelf).score(Query(wishes=wishes), None), len(shelf))
        expected = [sum(w.meets(item) for w in wishes) / 2 for item in lamps()]
        np.testing.assert_array_equal(scored, expected)
        assert set(scored.tolist()) == {0.0, 0.5, 1.0}
