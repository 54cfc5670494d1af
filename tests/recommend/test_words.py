from __future__ import annotations

import numpy as np

from chatrec.language.describe import searched_text
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Source
from chatrec.recommend.words import WordIndex, Words
from chatrec.testing.source_contract import CATALOG, SourceContract, dense, lamps

TEXTS = ["Green tea from the hills", "A smoky black tea", "绿茶，来自山里", "Teas of the Hill station", ""]


class TestWords(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Words(shelf)

    async def test_finds_by_words_in_both_languages(self) -> None:
        shelf = self.shelf(vectors=False)
        source = Words(shelf)
        walnut = dense(await source.score(Query(text="Walnut"), None), len(shelf))
        zh = dense(await source.score(Query(text="落地灯"), None), len(shelf))
        assert walnut.max() == 1.0
        in_text = ["walnut" in searched_text(item, CATALOG).lower() for item in lamps()]
        assert [score > 0 for score in walnut] == in_text
        assert [score > 0 for score in zh] == [row % 2 == 0 for row in range(len(shelf))]

    async def test_words_that_are_not_wanted_count_against(self) -> None:
        shelf = self.shelf(vectors=False)
        plain = dense(await Words(shelf).score(Query(text="oak"), None), len(shelf))
        without = dense(await Words(shelf).score(Query(text="oak", against="kitchen"), None), len(shelf))
        kitchen = np.arange(len(shelf)) % 3 == 0
        assert (without[kitchen] < plain[kitchen]).all()
        np.testing.assert_array_equal(without[~kitchen], plain[~kitchen])


def test_weights_are_those_of_bm25s() -> None:
    import bm25s

    from chatrec.language.tokens import word_tokens
    from chatrec.recommend.words import K1, B

    index = WordIndex.build(TEXTS)
    model = bm25s.BM25(k1=K1, b=B, method="lucene")
    model.index([word_tokens(t) for t in TEXTS], show_progress=False)
    expected = model.get_scores(word_tokens("smoky hill tea"))
    np.testing.assert_allclose(index.scores("smoky hill tea"), expected / expected.max(), rtol=1e-6)


def test_plurals_chinese_and_a_comma_inside() -> None:
    index = WordIndex.build(TEXTS)
    assert set(np.flatnonzero(index.scores("hills"))) == {0, 3}
    assert set(np.flatnonzero(index.scores("綠茶"))) == {2}
    assert set(np.flatnonzero(index.scores("tea, smoky"))) == {0, 1, 3}


def test_unknown_words_and_no_texts_give_nothing() -> None:
    assert not WordIndex.build(TEXTS).scores("zebra 斑马").any()
    assert not WordIndex.build(TEXTS).scores("").any()
    assert WordIndex.build([]).scores("tea").shape == (0,)
    assert WordIndex.build(["", "  "]).scores("tea").tolist() == [0.0, 0.0]


def test_which_texts_hold_a_word() -> None:
    index = WordIndex.build(TEXTS)
    assert index.holding("hills 山里 zebra").tolist() == [True, False, True, True, False]
    assert not index.holding("").any()
