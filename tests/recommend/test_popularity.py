from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from chatrec.recommend.collaborative import Taste
from chatrec.recommend.popularity import LATELY, Newcomers, Popularity, Trend, taken_of
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


class TestPopularityWithALog(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Popularity(shelf)

    def shelf(self, *, vectors: bool) -> Shelf:
        shelf = super().shelf(vectors=vectors)
        if len(shelf):
            shelf.trend = Trend.fit(np.arange(10), np.ones(10), np.arange(10.0), len(shelf))
        return shelf

    async def test_what_is_taken_lately_counts_beside_it(self) -> None:
        shelf = self.shelf(vectors=False)
        assert shelf.trend is not None
        found = dense(await Popularity(shelf).score(Query(), None), len(shelf))
        np.testing.assert_allclose(found, (1 - LATELY) * shelf.popularity + LATELY * shelf.trend.scores)


class TestNewcomers(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Newcomers(shelf)

    def shelf(self, *, vectors: bool) -> Shelf:
        shelf = super().shelf(vectors=vectors)
        person, row = np.divmod(np.arange(100), 10)
        shelf.trend = Trend.fit(row, np.ones(100), np.arange(100.0), len(shelf))
        shelf.taste = Taste.fit(person, row, np.ones(100), len(shelf))
        return shelf

    async def test_what_nobody_took_counts_beside_a_history_only(self) -> None:
        shelf = self.shelf(vectors=False)
        source = Newcomers(shelf)
        history = (("lamp-003", 1.0), ("lamp-040", 1.0))
        found = dense(await source.score(Query(history=history), None), len(shelf))
        assert not found[:10].any()
        assert found[40] == 0.0  # the person's own
        np.testing.assert_array_equal(np.delete(found, 40)[10:], np.delete(shelf.popularity, 40)[10:])
        for query in (Query(), Query(text="oak", history=history), Query(named=("lamp-003",), history=history)):
            assert not len((await source.score(query, None)).rows)
        shelf.trend = None
        assert not len((await source.score(Query(history=history), None)).rows)


def drifting(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A log in which what is taken wanders on: always twenty rows, one of which is left behind every forty events."""
    rng = np.random.default_rng(1)
    return np.arange(count) // 40 + rng.integers(0, 20, count), np.ones(count), np.arange(float(count))


def test_what_was_taken_long_ago_fades_where_tastes_change() -> None:
    row, weight, at = drifting(4_000)
    trend = Trend.fit(row, weight, at, 200)
    assert trend is not None
    assert trend.half_life < 1_000
    assert trend.scores[105:112].min() > trend.scores[:70].max()
    assert trend.scores[120:].max() == 0.0
    shuffled = np.random.default_rng(2).permutation(len(row))
    again = Trend.fit(row[shuffled], weight[shuffled], at[shuffled], 200)
    assert again is not None
    np.testing.assert_allclose(again.scores, trend.scores)


def test_where_tastes_stay_nothing_fades() -> None:
    row = np.random.default_rng(3).zipf(1.5, 4_000) % 50
    trend = Trend.fit(row, np.ones(4_000), np.arange(4_000.0), 50)
    assert trend is not None
    assert trend.half_life >= 1_000


def test_a_pause_of_years_makes_nothing_forgotten() -> None:
    row, weight, at = drifting(2_000)
    plain = Trend.fit(row, weight, at, 80)
    later = Trend.fit(np.append(row, 5), np.append(weight, 1.0), np.append(at, 1e9), 80)
    assert plain is not None
    assert later is not None
    np.testing.assert_allclose(later.scores[30:], plain.scores[30:], atol=0.02)


def test_without_times_all_events_count_alike() -> None:
    trend = Trend.fit(np.array([0, 0, 1]), np.ones(3), np.full(3, np.nan), 3)
    assert trend is not None
    assert trend.half_life == np.inf
    np.testing.assert_allclose(trend.scores, [1.0, np.log1p(1) / np.log1p(2), 0.0])


def test_unknown_times_are_older_than_known_ones() -> None:
    row = np.r_[np.zeros(300, dtype=int), drifting(3_000)[0] + 1]
    at = np.r_[np.full(300, np.nan), np.arange(3_000.0)]
    trend = Trend.fit(row, np.ones(len(row)), at, 120)
    assert trend is not None
    assert trend.scores[0] < trend.scores[80:90].min()


def test_nothing_taken_is_no_trend() -> None:
    assert Trend.fit(np.zeros(0, dtype=int), np.zeros(0), np.zeros(0), 5) is None
    assert Trend.fit(np.array([9]), np.ones(1), np.zeros(1), 5) is None


def test_of_a_log_each_person_and_item_counts_once_at_its_latest_time() -> None:
    log = SimpleNamespace(
        items=["a", "b", "gone"], kinds=["view", "like", "reject"],
        person=np.array([0, 0, 1, 1, 1]), item=np.array([0, 0, 0, 1, 2]), kind=np.array([1, 0, 0, 2, 1]),
        rating=np.full(5, np.nan, dtype=np.float32), at=np.array([5.0, 9.0, np.nan, 3.0, 4.0]),
    )  # fmt: skip
    rows, weights, at = taken_of(log, {"a": 0, "b": 1})
    assert rows.tolist() == [0, 0]
    assert weights.tolist() == [1.0, 0.4]
    np.testing.assert_array_equal(at, [9.0, np.nan])
