"""Predicted ratings: what is planted in a log is found again, for people in it and for people who come later."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.recommend.ratings import FEWEST, GOT, SAYS, Ratings, rated_of
from chatrec.store.interactions import Interaction
from chatrec.web.server import create_app
from tests import teas
from tests.conftest import tea_engine

PEOPLE, SIZE = 120, 60


def planted(seed: int = 1, share: float = 0.5) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(person, row, rating 1..5, the whole table without noise): two camps, kind and strict people, good and bad items."""
    rng = np.random.default_rng(seed)
    camp = np.where(np.arange(PEOPLE) % 2, 1.0, -1.0)
    side = np.where(np.arange(SIZE) % 2, 1.0, -1.0)
    table = 3 + rng.normal(0, 0.4, PEOPLE)[:, None] + rng.normal(0, 0.4, SIZE)[None, :] + 0.7 * np.outer(camp, side)
    given_ = rng.random((PEOPLE, SIZE)) < share
    person, row = np.nonzero(given_)
    rating = np.clip(table[person, row] + rng.normal(0, 0.3, len(row)), 1, 5)
    return person, row, rating, table


def own(person: np.ndarray, row: np.ndarray, rating: np.ndarray, who: int) -> list[tuple[int, float]]:
    at = person == who
    return list(zip(row[at].tolist(), rating[at].tolist(), strict=True))


def test_what_was_not_rated_is_predicted_from_tastes_and_not_only_from_what_is_liked_on_the_whole() -> None:
    person, row, rating, table = planted()
    made = Ratings.fit(person, row, rating, SIZE)
    assert made is not None
    wrong, plain = [], []
    for who in range(0, PEOPLE, 7):
        events = own(person, row, rating, who)
        unrated = np.setdiff1d(np.arange(SIZE), [r for r, _ in events])
        wrong += (made.predict(events, unrated) - np.clip(table[who, unrated], 1, 5)).tolist()
        gives = np.mean([v for _, v in events]) - rating.mean()
        gets = np.array([rating[row == r].mean() for r in unrated]) - rating.mean()
        plain += (rating.mean() + gives + gets - table[who, unrated]).tolist()
    rmse, of_plain = np.sqrt(np.mean(np.square(wrong))), np.sqrt(np.mean(np.square(plain)))
    assert rmse < 0.25
    assert rmse < 0.5 * of_plain


def test_somebody_new_needs_no_refit() -> None:
    person, row, rating, table = planted()
    old = person >= 10
    made = Ratings.fit(person[old], row[old], rating[old], SIZE)
    assert made is not None
    events = own(person, row, rating, 3)
    unrated = np.setdiff1d(np.arange(SIZE), [r for r, _ in events])
    assert np.sqrt(np.mean((made.predict(events, unrated) - table[3, unrated]) ** 2)) < 0.35
    assert np.ptp(made.predict([], unrated)) < np.ptp(made.predict(events, unrated))  # nobody known: what items get


def test_a_low_rating_moves_the_next_prediction_down() -> None:
    person, row, rating, _ = planted()
    made = Ratings.fit(person, row, rating, SIZE)
    assert made is not None
    alike, unlike = np.array([11, 13, 15]), np.array([10, 12, 14])  # in the same camp as row 1, and not
    good, bad = [(1, 5.0), (3, 5.0), (5, 5.0)], [(1, 1.0), (3, 1.0), (5, 1.0)]
    gap = made.predict(good, alike) - made.predict(bad, alike)
    assert (gap > 0).all()
    assert gap.mean() > (made.predict(good, unlike) - made.predict(bad, unlike)).mean() + 0.5


def test_nothing_is_told_of_who_or_what_is_too_little_known() -> None:
    person, row, rating, _ = planted()
    rare = (row != 7) | (np.cumsum(row == 7) < GOT)
    made = Ratings.fit(person[rare], row[rare], rating[rare], SIZE + 1)
    assert made is not None
    rows = np.array([7, 8, SIZE])
    events = [(n, 4.0) for n in range(SAYS)]
    assert np.isnan(made.told(events, rows)).tolist() == [True, False, True]
    assert np.isnan(made.told(events[1:], rows)).all()
    assert made.predict(events, rows).tolist()[1] == made.told(events, rows).tolist()[1]


@pytest.mark.parametrize("change", ["few", "alike"])
def test_where_there_is_nothing_to_learn_there_is_no_model(change: str) -> None:
    person, row, rating, _ = planted()
    if change == "few":
        assert Ratings.fit(person[: FEWEST - 1], row[: FEWEST - 1], rating[: FEWEST - 1], SIZE) is None
    else:
        assert Ratings.fit(person, row, np.full(len(row), 4.0), SIZE) is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-2, SIZE + 2), st.floats(-10, 10)), max_size=30), st.sampled_from([1.0, 2.0, 20.0])
)
def test_always_within_the_scale_of_the_log(events: list[tuple[int, float]], top: float) -> None:
    person, row, rating, _ = planted(share=0.2)
    made = Ratings.fit(person, row, rating / 5 * top, SIZE)
    assert made is not None
    told = made.predict(events, np.arange(SIZE))
    assert np.isfinite(told).all()
    assert told.min() >= made.low >= 1 / 5 * top - 1e-9
    assert told.max() <= made.high <= top + 1e-9


def test_the_scale_and_the_order_of_events_do_not_matter() -> None:
    person, row, rating, _ = planted()
    five, hundred = Ratings.fit(person, row, rating, SIZE), Ratings.fit(person, row, rating * 20, SIZE)
    assert five is not None
    assert hundred is not None
    events = own(person, row, rating, 5)
    rows = np.arange(SIZE)
    times = [(r, 20 * v) for r, v in reversed(events)]
    np.testing.assert_allclose(hundred.predict(times, rows), 20 * five.predict(events, rows), rtol=1e-4)


def test_of_two_ratings_of_one_item_the_latest_counts_and_other_kinds_are_no_ratings() -> None:
    log: Any = SimpleNamespace(
        items=["b", "a", "gone"],
        person=np.array([0, 0, 1, 1, 1]),
        item=np.array([0, 0, 1, 2, 0]),
        rating=np.array([2.0, 5.0, 3.0, 4.0, np.nan], dtype=np.float32),
        at=np.array([20.0, 10.0, np.nan, 1.0, 2.0]),
    )
    person, row, rating = rated_of(log, {"a": 0, "b": 1})
    assert (person.tolist(), row.tolist(), rating.tolist()) == ([0, 1], [1, 0], [2.0, 3.0])


async def test_a_request_tells_what_its_person_would_rate_each_item(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    ids = [item.id for item in teas.items()]
    person, row, rating, table = planted()
    here = row < len(ids)
    log = [
        Interaction(f"p{p}", ids[r], "rating", v)
        for p, r, v in zip(person[here].tolist(), row[here].tolist(), rating[here].tolist(), strict=True)
    ]
    try:
        await engine.store.interactions.replace("teas", log)
        assert all(c.predicted_rating is None for c in await engine.recommend(catalog="teas", user_id="p3"))
        await engine.warm("teas")
        known = await engine.recommend(catalog="teas", user_id="p3", k=100)
        told = {c.item.id: c.predicted_rating for c in known}
        wrong = [told[i] - np.clip(table[3, ids.index(i)], 1, 5) for i in told]
        assert len(wrong) > 5
        assert np.sqrt(np.mean(np.square(wrong))) < 0.4
        history = [
            (ids[1], None, 5.0),
            (ids[3], None, 5.0),
            (ids[2], None, 1.0),
        ]  # somebody new, with ratings of their own
        new = {c.item.id: c.predicted_rating for c in await engine.recommend(catalog="teas", history=history, k=100)}
        odd = np.mean([new[i] for i in ids[5::2]])
        assert odd > np.mean([new[i] for i in ids[4::2]]) + 0.3
        transport = httpx.ASGITransport(app=create_app(engine, page=False, warm=False))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1") as client:
            rated = [{"item_id": ids[n], "rating": value} for n, value in ((1, 5), (3, 5), (2, 1))]
            items = (await client.post("/recommendations", json={"history": rated, "k": 100})).json()["items"]
            assert {i["id"]: i["rating"] for i in items} == {i: pytest.approx(v, abs=0.01) for i, v in new.items()}
            unknown = (await client.post("/recommendations", json={"history": rated[:2]})).json()["items"]
            assert {i["rating"] for i in unknown} == {None}
        likes = [(ids[1], "like", None), (ids[3], "buy", None), (ids[2], "view", None)]  # kinds are no ratings
        assert all(c.predicted_rating is None for c in await engine.recommend(catalog="teas", history=likes))
    finally:
        await engine.stop()
