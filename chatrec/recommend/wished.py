"""The source that goes by soft wishes on facets ("around 2000", "rather a comedy"): the share of them that an item meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf


class Wished:
    """0..1: how many of the soft facet wishes the item meets. Hard wishes are not its business: SQL filters them."""

    name = "wished"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        if not query.wishes:
            return Scored()
        met = np.zeros(len(self.shelf))
        for wish in query.wishes:
            met += self.shelf.meeting(wish)
        return Scored.of(met / len(query.wishes), rows)
