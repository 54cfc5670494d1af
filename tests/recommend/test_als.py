"""Factors find what goes together, without a refit for anybody; with the item-item head beside them, as one model."""

from __future__ import annotations

import numpy as np
import pytest

from chatrec.recommend.als import Factors
from chatrec.recommend.collaborative import Collaborative, Taste
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query
from chatrec.recommend.whole import LARGE, Whole, learned
from chatrec.testing.source_contract import CATALOG, SourceContract, lamps

SIZE = 60


def log(people: int = 90, size: int = SIZE, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three kinds of people, each with a third of the items; the first items of each are taken most. One item apart."""
    rng = np.random.default_rng(seed)
    share = 1.0 / np.arange(1, size // 3 + 1)
    rows = [
        np.sort(rng.choice(np.arange(size // 3) * 3 + p % 3, size=6, replace=False, p=share / share.sum()))
        for p in range(people)
    ]
    return np.repeat(np.arange(people), 6), np.concatenate(rows), np.ones(6 * people)


def test_the_numbers_are_the_least_squares_ones() -> None:
    """Few steps of conjugate gradients come to what solving the equations of Hu, Koren and Volinsky gives."""
    person, row, weight = log()
    model = Factors.fit(person, row, weight, SIZE, rank=8, ridge=0.05, unseen=1.0, epochs=30)
    assert model is not None
    items = model.items.astype(np.float64)
    had = model.people.toarray().astype(np.float64)

    def system(of: np.ndarray, others: np.ndarray, known: np.ndarray) -> np.ndarray:
        ridge = model.ridge * (known.sum() + model.unseen * len(others))
        return model.unseen * others.T @ others + (others * known[:, None]).T @ others + ridge * np.eye(len(of))

    people = np.array([np.linalg.solve(system(items[0], items, had[p]), items.T @ had[p]) for p in range(len(had))])
    again = np.array([np.linalg.solve(system(people[0], people, h), people.T @ h) for h in had.T])
    assert np.abs(again - items).max() < 0.02 * np.abs(items).max()  # what alternates has come to rest
    events = [(int(model.rows[n]), 1.0) for n in np.flatnonzero(had[0])]
    np.testing.assert_allclose(model.scores(events), items @ people[0], atol=1e-5)


@pytest.mark.parametrize("fit", [Factors.fit, lambda *log: Whole.fit(*log, head=20)])
def test_who_is_not_in_the_log_is_served_and_a_like_moves_the_next_answer(fit: object) -> None:
    model = fit(*log(), SIZE)  # type: ignore[operator]
    scores = model.scores([(0, 1.0), (3, 1.0)])
    mine, others = scores[model.rows % 3 == 0], scores[model.rows % 3 != 0]
    assert np.median(mine) > np.quantile(others, 0.95)
    moved = model.scores([(0, 1.0), (3, 1.0), (1, 1.0), (4, 1.0), (7, 1.0)])
    assert moved[model.rows % 3 == 1].mean() > scores[model.rows % 3 == 1].mean() + 0.05
    refused = model.scores([(0, -0.5), (3, -0.5)])
    assert refused[model.rows % 3 == 0].mean() < 0
    assert not model.scores([]).any()
    assert len(model.rows) == len(scores) == (model.place >= 0).sum()
    np.testing.assert_array_equal(model.place[model.rows], np.arange(len(model.rows)))


def test_why_is_told_only_where_several_liked_both() -> None:
    model = Factors.fit(*log(), SIZE)
    assert model is not None
    assert model.because(6, [1, 4, 0, 2]) == 2  # the one that such people like
    assert model.because(6, [1, 4]) is None  # nobody liked both
    assert model.because(6, []) is None
    assert model.because(6, [6]) is None
    person, row, _ = log()
    seen = Factors.fit(person, row, np.full(len(row), 0.4), SIZE)  # they looked, which is not to like
    assert seen is not None
    assert seen.because(6, [0, 3]) is None


def test_too_little_is_nothing() -> None:
    assert Factors.fit(np.array([0, 1]), np.array([0, 1]), np.ones(2), 5) is None
    assert Whole.fit(np.array([0, 1]), np.array([0, 1]), np.ones(2), 5) is None


def test_the_same_log_gives_the_same_numbers_in_whatever_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Factors.fit(*log(), SIZE)
    monkeypatch.setattr("chatrec.recommend.als.BLOCK", 7)
    other = Factors.fit(*log(), SIZE)
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.items, other.items, atol=1e-4)


def test_which_model_goes_by_the_size_of_the_catalogue() -> None:
    class Large(Shelf):
        def __len__(self) -> int:
            return LARGE + 1

    items = lamps(SIZE)
    small, large = Shelf.build(CATALOG, items), Large.build(CATALOG, items)
    assert isinstance(learned(*log(), small), Taste)
    model = learned(*log(), large)
    assert isinstance(model, Whole)
    assert model.events == model.tail.events
    assert model.because(6, [1, 4, 0, 2]) == 2


@pytest.mark.parametrize("whole", [False, True])
async def test_as_a_source(whole: bool) -> None:
    shelf = Shelf.build(CATALOG, lamps(SIZE))
    shelf.taste = Whole.fit(*log(), SIZE, head=20) if whole else Factors.fit(*log(), SIZE)
    found = await Collaborative(shelf).score(Query(history=((shelf.ids[0], 1.0), (shelf.ids[3], 1.0))), None)
    best = found.rows[np.argsort(-found.scores)][:5]
    assert (best % 3 == 0).all()
    assert not {0, 3} & set(best.tolist())


class TestContract(SourceContract):
    def make(self, shelf: Shelf) -> Collaborative:
        shelf.taste = Whole.fit(*log(size=len(shelf)), len(shelf), head=20) if len(shelf) >= 18 else None
        return Collaborative(shelf)
