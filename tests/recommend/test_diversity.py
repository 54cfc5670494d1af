"""The dials: nothing at 0, less alike or less known above, falling values, never another set of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatrec.recommend.diversity import Dials, likenesses
from chatrec.recommend.shelf import Shelf
from chatrec.testing.source_contract import SourceContract

ROWS = list(range(7, 37))
SCORES = [1.0 - n / 40 for n in range(len(ROWS))]
PARTS = st.sampled_from([0.0, 0.2, 0.5, 1.0])


@pytest.fixture(scope="module", params=[True, False], ids=["vectors", "values"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    return SourceContract().shelf(vectors=request.param)


def distance(shelf: Shelf, rows: list[int]) -> float:
    alike = likenesses(shelf, np.array(rows))
    return float(1 - alike[~np.eye(len(rows), dtype=bool)].mean())


def test_at_nought_nothing_moves(shelf: Shelf) -> None:
    assert Dials().turned(ROWS, SCORES, shelf) == (ROWS, SCORES)
    assert not Dials()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(diversity=PARTS, novelty=PARTS, count=st.integers(0, 30))
def test_the_same_rows_with_falling_values(shelf: Shelf, diversity: float, novelty: float, count: int) -> None:
    rows, scores = Dials(diversity, novelty).turned(ROWS[:count], SCORES[:count], shelf)
    assert sorted(rows) == sorted(ROWS[:count])
    assert scores == sorted(scores, reverse=True)


def test_more_diversity_is_more_distance(shelf: Shelf) -> None:
    rows = np.argsort(-likenesses(shelf, np.arange(60))[9], kind="stable")[:30].tolist()  # what is like lamp 9
    lists = [Dials(diversity=d).turned(rows, SCORES, shelf)[0][:8] for d in (0.0, 0.5, 1.0)]
    distances = [distance(shelf, rows) for rows in lists]
    assert distances[0] < distances[1] <= distances[2] + 0.02
    assert lists[2][0] == rows[0]  # what fits best stays first


def test_more_novelty_is_less_known(shelf: Shelf) -> None:
    known = [shelf.popularity[Dials(novelty=n).turned(ROWS, SCORES, shelf)[0][:8]].mean() for n in (0.0, 0.5, 1.0)]
    assert known[0] > known[1] > known[2]
    least, _ = Dials(novelty=1.0).turned(ROWS, SCORES, shelf)
    np.testing.assert_array_equal(shelf.popularity[least], np.sort(shelf.popularity[ROWS]))


def test_a_row_is_like_itself_and_likeness_goes_both_ways(shelf: Shelf) -> None:
    alike = likenesses(shelf, np.array([3, 4, 9]))
    np.testing.assert_allclose(np.diag(alike), 1.0, atol=1e-5)
    np.testing.assert_allclose(alike, alike.T)


@pytest.mark.parametrize("wrong", [{"diversity": 1.5}, {"novelty": -0.1}, {"diversity": float("nan")}])
def test_a_dial_goes_from_nought_to_one(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Dials(**wrong)
