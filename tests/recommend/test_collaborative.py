"""The collaborative source: EASE in both forms, who is unknown is served at once, and what is told of people is true."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

from chatrec.recommend import collaborative
from chatrec.recommend.collaborative import Collaborative, Taste, events_of, liked_both, values_of
from chatrec.recommend.evidence import Reasons
from chatrec.recommend.shelf import Named, Shelf
from chatrec.recommend.source import Query
from chatrec.testing.source_contract import CATALOG, SourceContract, lamps
from chatrec.vocabulary import Ledger


def log(seed: int = 3, people: int = 40, size: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two tastes: even people keep to the first half of the rows, odd ones to the second; rows 58 and 59 are nobody's."""
    rng = np.random.default_rng(seed)
    person, row = [], []
    for p in range(people):
        half = np.arange(29) + 29 * (p % 2)
        for r in rng.choice(half, 9, replace=False):
            person.append(p)
            row.append(int(r))
    return np.array(person), np.array(row), np.ones(len(row))


def direct(person: np.ndarray, row: np.ndarray, weight: np.ndarray, size: int, ridge: float) -> np.ndarray:
    """B as the paper has it."""
    x = np.zeros((int(person.max()) + 1, size))
    x[person, row] = weight
    p = np.linalg.inv(x.T @ x + ridge * np.eye(size))
    b = p / -np.diag(p)
    np.fill_diagonal(b, 0)
    return b


class TestCollaborative(SourceContract):
    def make(self, shelf: Shelf) -> Collaborative:
        shelf.taste = Taste.fit(*log(size=len(shelf)), len(shelf))
        return Collaborative(shelf)


@pytest.mark.parametrize("people", [40, 200])
def test_both_forms_are_the_papers_weights(people: int) -> None:
    events = log(people=people)
    taste = Taste.fit(*events, 60, ridge=5.0, active=0.0)
    assert taste is not None
    assert (taste.weights is None) is (people < 58)
    assert 58 not in taste.rows
    used = np.isin(events[1], taste.rows)
    wanted = direct(events[0][used], events[1][used], events[2][used], 60, 5.0)
    x = np.zeros(60)
    x[[3, 7, 40]] = [1.0, 0.5, -0.3]
    assert taste.scores([(3, 1.0), (7, 0.5), (40, -0.3), (59, 1.0)]) == pytest.approx(
        (x @ wanted)[taste.rows], abs=1e-4
    )
    assert taste._weight(int(taste.place[3]), int(taste.place[7])) == pytest.approx(wanted[3, 7], abs=1e-5)


@pytest.mark.parametrize("people", [40, 300])
def test_values_stand_beside_the_people_and_who_took_everything_says_little(
    people: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collaborative, "ENOUGH", 100)
    person, row, weight = log(people=people)
    weight = np.where(person % 3 == 0, 0.4, 0.8)
    values = sparse.random(7, 60, 0.3, format="csr", random_state=3, dtype=np.float32)
    values.data[:] = 1.0
    taste = Taste.fit(person, row, weight, 60, ridge=5.0, values=values, shared=1.5, active=0.25)
    assert taste is not None
    assert (taste.weights is None) is (people == 40)
    x = np.zeros((people, 60))
    x[person, row] = weight / np.sqrt((weight**2).mean())
    many = np.bincount(person)
    z = np.vstack([x * (many**-0.25 * (many**0.25).mean())[:, None], 1.5 * values.toarray()])[:, taste.rows]
    p = np.linalg.inv(z.T @ z + 5.0 * np.eye(len(taste.rows)))
    b = p / -np.diag(p)
    np.fill_diagonal(b, 0)
    of, to = int(taste.place[3]), int(taste.place[40])
    assert taste.scores([(3, 1.0), (40, 0.5)]) == pytest.approx(b[of] + 0.5 * b[to], abs=1e-4)
    assert taste._weight(of, to) == pytest.approx(b[of, to], abs=1e-5)


def test_an_item_that_nobody_knows_is_known_by_its_values_once_the_log_is_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person, row, weight = log()
    values = sparse.csr_matrix(np.array([[r < 29 or r == 58 for r in range(60)], [29 <= r < 58 for r in range(60)]]))
    few = Taste.fit(person, row, weight, 60, values=values.astype(np.float32))
    assert few is not None
    assert few.place[58] < 0  # so few events: the people alone
    monkeypatch.setattr(collaborative, "ENOUGH", len(person))
    taste = Taste.fit(person, row, weight, 60, values=values.astype(np.float32))
    assert taste is not None
    assert taste.place[59] < 0  # neither people nor values
    cold = int(taste.place[58])
    assert taste.scores([(2, 1.0), (5, 1.0)])[cold] > 0.001 > taste.scores([(40, 1.0), (45, 1.0)])[cold]
    assert liked_both(taste.people, cold, int(taste.place[2])) == 0


@pytest.mark.parametrize("rows", [0, 1, 25, 57])
def test_what_is_ready_changes_nothing(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    all_ready = Taste.fit(*log(), 60, ridge=5.0)
    assert all_ready is not None
    size = len(all_ready.rows)
    monkeypatch.setattr(collaborative, "READY", 4 * size * rows + 3)
    taste = Taste.fit(*log(), 60, ridge=5.0)
    assert taste is not None
    assert taste.ready[1].shape == (rows, size)
    known = np.diff(taste.basis.indptr)
    assert rows in (0, size) or known[taste.ready[0] >= 0].min() >= known[taste.ready[0] < 0].max()
    for events in ([(n, 1.0 - n / 60) for n in range(0, 58, 3)], [(7, -0.5)], [(7, 1.0), (7, 0.5)]):
        assert taste.scores(events) == pytest.approx(all_ready.scores(events), abs=1e-5)
    pairs = [(of, to) for of in range(0, size, 5) for to in range(size)]
    assert [taste._weight(*p) for p in pairs] == pytest.approx([all_ready._weight(*p) for p in pairs], abs=1e-5)


def test_weak_events_count_like_strong_ones_where_there_are_no_others() -> None:
    person, row, weight = log()
    liked, seen = Taste.fit(person, row, weight, 60), Taste.fit(person, row, 0.3 * weight, 60)
    assert liked is not None
    assert seen is not None
    assert seen.scores([(2, 1.0)]) == pytest.approx(liked.scores([(2, 1.0)]), rel=1e-3, abs=1e-6)


def test_shared_values_are_the_common_ones_and_numbers_go_by_their_part() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    values = values_of(shelf)
    assert values.shape[1] == len(shelf)
    assert set(values.data.tolist()) == {1.0}
    held = np.asarray(values.sum(axis=1)).ravel()
    assert held.min() >= 5
    assert held.max() <= len(shelf) / 2
    named = [c for c in shelf.columns.values() if isinstance(c, Named)]
    common = [c.rows_of(code) for c in named for code in range(len(c.values)) if 5 <= c.count(code) <= len(shelf) / 2]
    rows = {frozenset(values[n].indices.tolist()) for n in range(values.shape[0])}
    assert common
    assert all(frozenset(r.tolist()) in rows for r in common)


async def test_who_is_unknown_gets_what_people_like_them_liked_without_a_fit() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    shelf.taste = Taste.fit(*log(), len(shelf))
    source = Collaborative(shelf)
    ids = shelf.ids
    for query in (Query(named=(ids[2],)), Query(history=((ids[2], 1.0), (ids[5], 1.0)))):
        scored = await source.score(query, None)
        best = scored.best(10)
        assert (best < 29).sum() >= 9
        assert scored.scores.max() <= 1.0
    liked = await source.score(Query(history=((ids[40], 1.0), (ids[2], 0.1))), None)
    assert (liked.best(10) >= 29).sum() >= 9
    alone, three = [
        await source.score(Query(history=tuple((ids[r], 1.0) for r in rows)), None) for rows in ((2,), (2, 5, 9))
    ]
    assert three.scores.max() > alone.scores.max()  # one event is no certainty


async def test_nothing_known_nothing_said() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    assert len((await Collaborative(shelf).score(Query(named=(shelf.ids[0],)), None)).rows) == 0
    shelf.taste = Taste.fit(*log(), len(shelf))
    assert len((await Collaborative(shelf).score(Query(text="a lamp"), None)).rows) == 0
    assert len((await Collaborative(shelf).score(Query(named=(shelf.ids[59],)), None)).rows) == 0
    assert Taste.fit(np.array([0, 1]), np.array([0, 1]), np.ones(2), 5) is None


def test_a_log_becomes_one_event_a_person_and_item() -> None:
    made = SimpleNamespace(
        people=["a", "b"],
        items=["x", "y", "gone"],
        kinds=["rating", "view", "buy", "reject"],
        person=np.array([0, 0, 0, 1, 1, 1]),
        item=np.array([0, 0, 2, 1, 0, 1]),
        kind=np.array([0, 1, 2, 2, 3, 1]),
        rating=np.array([4.0, np.nan, np.nan, np.nan, np.nan, np.nan], dtype=np.float32),
    )
    person, row, weight = events_of(made, {"x": 0, "y": 1})
    assert list(zip(person.tolist(), row.tolist(), weight.tolist(), strict=True)) == [
        (0, 0, pytest.approx(0.8)),
        (1, 1, 1.0),
    ]


def test_people_also_is_told_only_where_several_liked_both() -> None:
    items = lamps()
    shelf = Shelf.build(CATALOG, items)
    person, row, weight = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 0, 2]), np.ones(6)
    shelf.taste = Taste.fit(np.append(person, 3), np.append(row, 2), np.append(weight, 1.0), len(shelf), ridge=0.5)

    def codes(row_of: int, pointed: int) -> list[str]:
        told = Reasons(Ledger(), shelf, named=(), liked=(), spoken=(), pointed=[items[pointed]]).of(items[row_of])
        return [e.code for e in told if e.item_id == items[pointed].id]

    assert codes(1, 0) == ["people_also"]
    assert codes(2, 0) == []  # one person only
    assert codes(9, 0) == []
    assert shelf.taste is not None
    low = Taste.fit(person, row, np.full(6, 0.4), len(shelf), ridge=0.5)  # they saw both, which is not to like them
    assert low is not None
    assert low.because(1, [0]) is None
