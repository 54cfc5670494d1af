"""Predicted ratings held against what was given: the model is ahead where tastes differ, and nothing is learned from what is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chatrec.evaluation.ranking.rating import ahead_in_mse, measure_ratings
from chatrec.evaluation.ranking.splits import Events, Split, split
from tests.recommend.test_ratings import SIZE, planted


def rated(seed: int = 1) -> Events:
    person, row, rating, _ = planted(seed)
    at = np.random.default_rng(seed).permutation(len(row)).astype(float)
    return Events(person, row, np.ones(len(row)), at, rating, np.full(len(row), "rating"))


@pytest.mark.parametrize("name", ["random", "last", "time"])
def test_the_model_is_ahead_of_what_is_simpler(name: str) -> None:
    told = {r.way: r for r in measure_ratings([split(rated(), name)], SIZE)}
    rmse = {way: r.figures["rmse"][0] for way, r in told.items()}
    assert rmse["predicted"] < 0.8 * rmse["item and person"] < rmse["item mean"] < rmse["mean of all"]
    assert all(r.figures["mae"][0] < r.figures["rmse"][0] for r in told.values())
    mean, low, high = ahead_in_mse(told["predicted"], told["item and person"])
    assert 0 < low < mean < high
    assert mean == pytest.approx(rmse["item and person"] ** 2 - rmse["predicted"] ** 2)


def test_somebody_new_is_predicted_from_their_first_ratings() -> None:
    made = rated()
    late = Events(
        made.person, made.row, made.weight, np.where(made.person >= 90, 1e6 + made.at, made.at), made.rating, made.kind
    )
    cut = split(late, "new", late=0.7)
    told = {r.way: r for r in measure_ratings([cut], SIZE)}
    blind = {r.way: r for r in measure_ratings([Split("new", cut.known, cut.wanted)], SIZE)}
    assert told["predicted"].figures["rmse"][0] < 0.8 * blind["predicted"].figures["rmse"][0]
    assert told["predicted"].people == 30


def test_what_is_held_out_moves_nothing() -> None:
    cut = split(rated(), "random")
    before = measure_ratings([cut], SIZE)
    turned = replace(cut.wanted, rating=6.0 - np.asarray(cut.wanted.rating))
    after = measure_ratings([Split("random", cut.known, turned)], SIZE)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_allclose(a.errors + cut.wanted.rating, b.errors + turned.rating)  # type: ignore[operator]


def test_a_log_without_ratings_has_none_to_predict() -> None:
    made = rated()
    likes = Events(made.person, made.row, made.weight, made.at)
    assert measure_ratings([split(likes, "random")], SIZE) == []
    none = Events(made.person, made.row, made.weight, made.at, np.full(len(made), np.nan), made.kind)
    assert measure_ratings([split(none, "random")], SIZE) == []
