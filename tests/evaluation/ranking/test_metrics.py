"""Figures as they are defined: by hand, beside scikit-learn, and by what must hold for any list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.evaluation.ranking.metrics import ahead, interval, mean_of, of_all, of_errors, of_list

SIZE = 30
CASES = st.tuples(
    st.permutations(range(SIZE)), st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=SIZE), st.integers(1, SIZE)
)


def test_figures_are_as_they_are_defined() -> None:
    made = of_list([9, 1, 8, 2], {1, 2, 3}, 4)
    ideal = 1 + 1 / np.log2(3) + 1 / 2
    assert made["ndcg"] == pytest.approx((1 / np.log2(3) + 1 / np.log2(5)) / ideal)
    assert (made["recall"], made["precision"]) == (pytest.approx(2 / 3), 0.5)
    assert made["f1"] == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
    assert made["map"] == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert made["mrr"] == 0.5
    assert set(of_list([1, 2, 3], {1, 2, 3}, 3).values()) == {1.0}
    assert set(of_list([7], {1}, 3).values()) == {0.0}
    even = of_all([[0, 1], [2, 3]], 4, np.full(4, 0.5))
    assert (even["coverage"], even["gini"], even["novelty"]) == (1.0, pytest.approx(0.0), pytest.approx(1.0))
    one = of_all([[0], [0]], 4, np.array([0.25, 0, 0, 0]))
    assert (one["coverage"], one["gini"], one["novelty"]) == (0.25, pytest.approx(0.75), pytest.approx(2.0))


def test_intervals_hold_the_mean() -> None:
    values = np.random.default_rng(2).random(200)
    low, high = interval(values)
    assert low < values.mean() < high
    assert high - low < 0.1
    assert ahead([{"ndcg": 0.5}] * 5, [{"ndcg": 0.2}] * 5, "ndcg") == pytest.approx((0.3, 0.3, 0.3))


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_they_are_what_scikit_learn_says(case: tuple[list[int], set[int], int]) -> None:
    from sklearn.metrics import average_precision_score, f1_score, ndcg_score, precision_score, recall_score

    ranked, wanted, k = case
    made = of_list(ranked, wanted, k)
    truth = np.array([row in wanted for row in range(SIZE)], dtype=int)
    score = np.empty(SIZE)
    score[ranked] = np.arange(SIZE, 0, -1)
    shown = np.zeros(SIZE, dtype=int)
    shown[ranked[:k]] = 1
    assert made["precision"] == pytest.approx(precision_score(truth, shown))
    if len(wanted) < SIZE:
        assert made["ndcg"] == pytest.approx(ndcg_score([truth], [score], k=k))
    if len(wanted) <= k:
        assert made["recall"] == pytest.approx(recall_score(truth, shown))
        assert made["f1"] == pytest.approx(f1_score(truth, shown))
    assert of_list(ranked, wanted, SIZE)["map"] == pytest.approx(average_precision_score(truth, score))
    first = min(ranked.index(row) for row in wanted)
    assert made["mrr"] == (pytest.approx(1 / (first + 1)) if first < k else 0)


@settings(max_examples=100, deadline=None)
@given(CASES, st.integers(0, SIZE))
def test_what_must_hold_for_any_list(case: tuple[list[int], set[int], int], draw: int) -> None:
    ranked, wanted, k = case
    made = of_list(ranked, wanted, k)
    assert all(0 <= value <= 1 for value in made.values())
    best = of_list([*sorted(wanted), *(r for r in ranked if r not in wanted)], wanted, k)
    assert all(value == pytest.approx(1) for name, value in best.items() if name not in ("precision", "f1"))
    assert made["precision"] <= best["precision"] + 1e-9
    assert of_list(ranked[:k], wanted, k) == made, "what comes after the first k counts for nothing"
    places = [n for n in range(SIZE - 1) if ranked[n] not in wanted and ranked[n + 1] in wanted]
    if not places:
        return
    place = places[draw % len(places)]
    swapped = [*ranked[:place], ranked[place + 1], ranked[place], *ranked[place + 2 :]]
    better = of_list(swapped, wanted, k)
    assert all(better[name] >= made[name] - 1e-12 for name in made), "to put a wanted one further up never costs"
    if place + 1 < k:
        assert (better["recall"], better["precision"]) == (made["recall"], made["precision"])
        assert better["ndcg"] > made["ndcg"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=10, unique=True), min_size=1, max_size=30))
def test_figures_of_all_lists(lists: list[list[int]]) -> None:
    share = np.linspace(0.1, 1.0, 10)
    made = of_all(lists, 10, share)
    shown = [row for one in lists for row in one]
    assert made["coverage"] == len(set(shown)) / 10
    counts = np.bincount(shown, minlength=10)
    apart = np.abs(counts[:, None] - counts[None, :]).mean() / (2 * counts.mean())  # Gini's own definition
    assert made["gini"] == pytest.approx(apart)
    assert made["novelty"] == pytest.approx(np.mean([-np.log2(share[row]) for row in shown]))


def test_errors_of_ratings_are_what_scikit_learn_says() -> None:
    from sklearn.metrics import mean_absolute_error, root_mean_squared_error

    rng = np.random.default_rng(4)
    given_, told = rng.uniform(1, 5, 400), rng.uniform(1, 5, 400)
    made = of_errors(told - given_, np.arange(400) // 4)
    assert made["rmse"][0] == pytest.approx(root_mean_squared_error(given_, told))
    assert made["mae"][0] == pytest.approx(mean_absolute_error(given_, told))
    for mean, low, high in made.values():
        assert low < mean < high


def test_several_values_of_a_person_are_drawn_together() -> None:
    rng = np.random.default_rng(3)
    of_person = rng.normal(0, 1, 50)
    values, people = np.repeat(of_person, 20), np.repeat(np.arange(50), 20)
    alone, together = interval(values), interval(values, people)
    assert (together[1] - together[0]) > 3 * (alone[1] - alone[0]), "twenty copies are no more evidence than one"
    assert together == pytest.approx(interval(of_person))
    assert interval(values, people + 7) == together


def test_an_interval_holds_the_mean_it_is_about_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(11), 0
    for _ in range(100):
        low, high = interval(rng.normal(0.3, 1, 80))
        held += low < 0.3 < high
    assert 88 <= held <= 100


@pytest.mark.parametrize("values", [[], [0.5]])
def test_of_nobody_or_one_person_there_is_no_interval(values: list[Any]) -> None:
    _, low, high = mean_of(np.array(values))
    assert np.isnan(low)
    assert np.isnan(high)
