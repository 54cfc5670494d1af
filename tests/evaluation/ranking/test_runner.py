"""evaluate ranking: cuts that leak nothing, figures as they are defined, and a source that knows more comes out ahead."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from chatrec.errors import BadInput
from chatrec.evaluation.ranking.command import evaluate
from chatrec.evaluation.ranking.metrics import ahead, interval, of_all, of_list
from chatrec.evaluation.ranking.runner import events, measure
from chatrec.evaluation.ranking.splits import Events, Split, leaks, split
from chatrec.recommend.shelf import Shelf
from chatrec.store.interactions import Interaction
from chatrec.testing.source_contract import CATALOG, lamps
from tests import teas
from tests.conftest import settings, tea_engine


def log(people: int = 60, each: int = 10, size: int = 58, *, timed: bool = True) -> Events:
    """Two tastes, as in the tests of the collaborative source."""
    rng = np.random.default_rng(5)
    person, row = [], []
    for p in range(people):
        for r in rng.choice(np.arange(size // 2) + size // 2 * (p % 2), each, replace=False):
            person.append(p)
            row.append(int(r))
    at = rng.permutation(len(person)).astype(float) if timed else np.full(len(person), np.nan)
    return Events(np.array(person), np.array(row), np.ones(len(person)), at)


@pytest.mark.parametrize("name", ["random", "last", "time"])
def test_a_cut_loses_nothing_and_leaks_nothing(name: str) -> None:
    made = log()
    cut = split(made, name)
    assert leaks(cut) == []
    assert len(cut.wanted) > 0
    if name != "time":
        assert len(cut.known) + len(cut.wanted) == len(made)
    if name == "random":
        assert len(cut.wanted) == 60 * 2
    if name == "last":
        assert len(cut.wanted) == 60
        assert {*cut.wanted.person.tolist()} == set(range(60))
    if name == "time":
        assert cut.known.at.max() < cut.wanted.at.min()
    again = split(made, name)
    assert (again.wanted.row == cut.wanted.row).all()


def test_leaks_are_found() -> None:
    made = log()
    both = Split("random", made, made.take(np.arange(len(made)) < 3))
    assert leaks(both) == ["3 pairs of person and item are known and wanted"]
    cut = split(made, "last")
    turned = Split("last", cut.wanted, cut.known)
    assert any("lie before" in told for told in leaks(turned))
    early = split(made, "time")
    assert leaks(Split("time", early.wanted, early.known)) == ["an event that is known lies after one that is wanted"]


def test_a_cut_that_cannot_be_made_is_told() -> None:
    with pytest.raises(BadInput, match="no split"):
        split(log(), "middle")
    with pytest.raises(BadInput, match="needs a time"):
        split(log(timed=False), "last")


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


async def test_what_people_did_beats_what_is_popular_and_the_cut_decides_what_is_known() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    results = {r.way: r for r in await measure(shelf, split(log(), "random"), k=10)}
    assert results["collaborative"].figures["recall"][0] > results["most events"].figures["recall"][0] + 0.1
    assert results["fused"].people == 60
    assert shelf.taste is None  # as it was before
    made = log()
    with pytest.raises(ValueError, match="leaks"):
        await measure(shelf, Split("random", made, made))


async def test_the_command_measures_a_stored_log(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    ids = [item.id for item in teas.items()]
    made = log(people=30, each=8, size=30)
    kept = [
        Interaction(f"p{p}", ids[r], "like", None, at)
        for p, r, at in zip(made.person, made.row, made.at.tolist(), strict=True)
    ]
    await engine.store.interactions.replace("teas", kept)
    await engine.stop()
    told = io.StringIO()
    file = tmp_path / "figures.json"
    await evaluate(
        settings(tmp_path, catalog="teas"),
        k=5,
        json_file=file,
        console=Console(file=told, width=200),
        progress=lambda *_: None,
    )
    assert "split time" in told.getvalue()
    assert "fused" in told.getvalue()
    rows = json.loads(file.read_text())["results"]
    assert {r["split"] for r in rows} == {"random", "last", "time"}
    assert all(0 <= r["ndcg"]["mean"] <= 1 for r in rows)


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
