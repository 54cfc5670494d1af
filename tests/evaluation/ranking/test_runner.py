"""Real histories put to every source: what knows more comes out ahead, and nothing that is asked about is learned from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from chatrec.errors import BadInput
from chatrec.evaluation.ranking.runner import events, learned, measure, past_of
from chatrec.evaluation.ranking.splits import Events, Split, split, splits
from chatrec.recommend.shelf import Shelf
from chatrec.testing.source_contract import CATALOG, lamps
from tests.evaluation.ranking.logs import log as made_log


async def test_what_people_did_beats_what_is_popular_and_the_cut_decides_what_is_known() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    results = {r.way: r for r in await measure(shelf, split(made_log(), "random"), k=10)}
    assert results["collaborative"].figures["recall"][0] > results["most events"].figures["recall"][0] + 0.1
    assert results["fused"].people == 60
    assert shelf.taste is None  # as it was before
    made = made_log()
    with pytest.raises(ValueError, match="leaks"):
        await measure(shelf, Split("random", made, made))


async def test_several_cuts_are_told_together_and_people_are_counted_once() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    told: list[tuple[str, int, int]] = []
    cuts = splits(made_log(), "random", seeds=3)
    fused = (await measure(shelf, cuts, k=10, people=20, progress=lambda *step: told.append(step)))[0]
    assert len(fused.per_person) == 60
    assert fused.people == len(set(fused.who.tolist())) <= 60
    alone = [(await measure(shelf, cut, k=10, people=20))[0] for cut in cuts]
    together = [row["ndcg"] for result in alone for row in result.per_person]
    assert [row["ndcg"] for row in fused.per_person] == together
    assert ("asking (random 3 of 3)", 20, 20) in told


async def test_a_source_that_says_nothing_is_left_out() -> None:
    ways = [r.way for r in await measure(Shelf.build(CATALOG, lamps()), split(made_log(), "random"), k=10)]
    assert ways[0] == "fused"
    assert "words" not in ways, "nobody says a word here"
    assert {"collaborative", "popularity", "most events"} <= set(ways)


async def test_somebody_new_gets_what_goes_with_their_first_events() -> None:
    made = made_log()
    late = Events(made.person, made.row, made.weight, np.where(made.person >= 40, 1e6 + made.at, made.at))
    cut = split(late, "new", late=0.6)
    shelf = Shelf.build(CATALOG, lamps())
    results = {r.way: r for r in await measure(shelf, cut, k=10)}
    assert results["fused"].people == 20
    assert results["collaborative"].figures["recall"][0] > results["most events"].figures["recall"][0] + 0.1


def test_a_past_is_as_a_profile_has_it() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    known = Events(
        np.array([0, 0, 1]), np.array([3, 4, 5]), np.ones(3), np.array([1.0, 2.0, 3.0]),
        np.array([4.5, np.nan, np.nan]), np.array(["rating", "buy", "view"]),
    )  # fmt: skip
    told = Events(np.array([0]), np.array([9]), np.ones(1), np.array([7.0]), np.array([2.0]), np.array(["rating"]))
    cut = Split("new", known, known.take(np.zeros(3, dtype=bool)), told)
    assert past_of(cut, 0, shelf) == (("lamp-009", 2.0), ("lamp-004", "buy"), ("lamp-003", 4.5))
    assert past_of(cut, 1, shelf) == (("lamp-005", "view"),)


def test_everything_learned_is_learned_from_what_is_known_and_then_forgotten() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    made = made_log()
    rated = Events(made.person, made.row, made.weight, made.at, 1.0 + made.row % 5, np.full(len(made), "rating"))
    cut = split(rated, "random")
    with learned(shelf, cut.known):
        assert shelf.taste is not None
        assert shelf.taste.events <= len(cut.known)
        assert shelf.ratings is not None
        assert shelf.ratings.counts.sum() == len(cut.known)
        assert shelf.trend is not None
    assert (shelf.taste, shelf.trend, shelf.ratings) == (None, None, None)


def test_of_several_events_the_strongest_counts_and_the_latest_tells_when_and_what() -> None:
    shelf = Shelf.build(CATALOG, lamps())

    log: Any = SimpleNamespace(
        people=[f"p{n}" for n in range(60)],
        items=[shelf.ids[4], shelf.ids[2]],
        kinds=("view", "buy", "rating"),
        person=np.repeat(np.arange(60), 3),
        item=np.tile([0, 0, 1], 60),
        kind=np.tile([1, 0, 2], 60),
        rating=np.tile([np.nan, np.nan, 4.0], 60),
        at=np.tile([5.0, 9.0, 1.0], 60),
    )
    made = events(log, shelf)
    assert made.rating is not None
    assert made.kind is not None
    assert made.row[:2].tolist() == [2, 4]
    assert made.weight[:2].tolist() == pytest.approx([0.8, 1.0])
    assert made.at[:2].tolist() == [1.0, 9.0]
    assert np.nan_to_num(made.rating[:2]).tolist() == [4.0, 0.0]
    assert made.kind[:2].tolist() == ["rating", "view"]


async def test_too_small_a_log_is_told() -> None:
    shelf = Shelf.build(CATALOG, lamps())

    class Log:
        people, items, kinds = ("a",), (shelf.ids[0],), ("like",)
        person = item = kind = np.zeros(1, dtype=np.int32)
        rating = at = np.full(1, np.nan)

    with pytest.raises(
        BadInput, match="too few to measure with: bring some with `catalog add lamps --interactions FILE`"
    ):
        events(Log(), shelf)
