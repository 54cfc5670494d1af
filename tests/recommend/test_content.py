from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chatrec.language.describe import searched_text
from chatrec.recommend.content import Content
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Source
from chatrec.testing.hashed_words import HashedWords
from chatrec.testing.source_contract import CATALOG, SourceContract, dense, lamps


class TestContent(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Content(shelf)


class TestContentThroughAnIndex(SourceContract):
    """The same where an approximate index gives only its nearest seven."""

    def make(self, shelf: Shelf) -> Source:
        return Content(shelf)

    def shelf(self, *, vectors: bool) -> Shelf:
        shelf = super().shelf(vectors=vectors)
        if shelf.vectors:
            matrix = shelf.vectors.matrix

            async def nearest(vector: np.ndarray, k: int) -> list[tuple[str, float]]:
                near = np.argsort(-(matrix @ vector))[:7]
                return [(shelf.ids[n], float(matrix[n] @ vector)) for n in near]

            shelf.vectors = replace(shelf.vectors, nearest=nearest)
        return shelf

    async def test_says_that_it_is_not_all(self) -> None:
        shelf = self.shelf(vectors=True)
        scored = await Content(shelf).score(Query(text="walnut kitchen"), None)
        assert not scored.complete
        assert len(scored.rows) == 7
        assert (await Content(shelf).score(Query(text="walnut kitchen"), np.arange(60))).complete

    async def test_an_index_that_is_not_ready_is_passed_over(self) -> None:
        shelf = SourceContract.shelf(self, vectors=True)
        exact = await Content(shelf).score(Query(text="walnut kitchen"), None)
        assert shelf.vectors is not None

        async def not_ready(vector: np.ndarray, k: int) -> None:
            return None

        shelf.vectors = replace(shelf.vectors, nearest=not_ready)
        other = await Content(shelf).score(Query(text="walnut kitchen"), None)
        assert other.complete
        np.testing.assert_array_equal(exact.scores, other.scores)


@pytest.fixture
def shelf() -> Shelf:
    return SourceContract().shelf(vectors=True)


async def scores(shelf: Shelf, query: Query) -> np.ndarray:
    return dense(await Content(shelf).score(query, None), len(shelf))


async def test_words_find_what_means_the_same(shelf: Shelf) -> None:
    found = await scores(shelf, Query(text="bamboo light nursery"))
    best = [lamps()[row] for row in np.argsort(-found)[:3]]
    assert all("bamboo" in item.description and "nursery" in item.description for item in best)


async def test_what_is_not_wanted_lowers(shelf: Shelf) -> None:
    plain = await scores(shelf, Query(text="oak"))
    without = await scores(shelf, Query(text="oak", against="kitchen"))
    kitchen = np.arange(len(shelf)) % 3 == 0
    assert (without - plain)[kitchen].mean() < (without - plain)[~kitchen].mean() - 0.1


async def test_named_items_bring_their_like_and_not_themselves(shelf: Shelf) -> None:
    found = await scores(shelf, Query(named=("lamp-010",)))
    assert found[10] == 0.0
    best = lamps()[int(np.argmax(found))]
    assert best.attributes["shape"] == lamps()[10].attributes["shape"]
    assert set(best.attributes["woods"]) & set(lamps()[10].attributes["woods"])


async def test_without_vectors_it_says_nothing() -> None:
    shelf = SourceContract().shelf(vectors=False)
    assert not (await scores(shelf, Query(text="bamboo", named=("lamp-010",)))).any()


async def test_unlike_and_disliked_items_lower_their_like(shelf: Shelf) -> None:
    alike = await scores(shelf, Query(named=("lamp-010",)))
    row = int(np.argmax(alike))
    for query in (Query(unlike=("lamp-010",)), Query(history=(("lamp-010", -1.0),))):
        assert (await scores(shelf, query))[row] < 0


async def test_history_weighs_less_once_something_is_said(shelf: Shelf) -> None:
    history = (("lamp-010", 1.0),)
    said = await scores(shelf, Query(text="pine study"))
    both = await scores(shelf, Query(text="pine study", history=history))
    alone = await scores(shelf, Query(history=history))
    assert np.corrcoef(said, both)[0, 1] > np.corrcoef(alone, both)[0, 1] > 0


@pytest.mark.parametrize("broken", ["raises", "wrong shape", "not finite", "none"])
async def test_an_encoder_that_fails_leaves_the_items(broken: str) -> None:
    items = lamps()
    encoder = HashedWords()
    matrix = encoder.vectors([searched_text(item, CATALOG) for item in items])

    async def encode(texts: list[str]) -> np.ndarray:
        if broken == "raises":
            raise RuntimeError("no weights")
        return np.ones((1, 3)) if broken == "wrong shape" else np.full((1, encoder.dim), np.nan)

    shelf = Shelf.build(CATALOG, items)
    shelf.adopt("x", [i.id for i in items], matrix, None if broken == "none" else encode)
    assert not (await scores(shelf, Query(text="oak"))).any()
    assert (await scores(shelf, Query(text="oak", named=("lamp-010",)))).any()
    assert await shelf.likeness("oak", ["lamp-001"]) is None
