"""The source that goes by how well known an item is, as its catalogue says: a prior, and all there is when nothing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf


class Popularity:
    """The item's popularity, 0..1, whatever is asked."""

    name = "popularity"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        return Scored.of(self.shelf.popularity, rows)
