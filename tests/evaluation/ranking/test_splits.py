"""Cuts that lose nothing and leak nothing, and people who tune and never judge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.errors import BadInput
from chatrec.evaluation.ranking.splits import FIRST, SPLITS, Events, Split, leaks, part_of, people_of, split, splits
from tests.evaluation.ranking.logs import log


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


def newcomers() -> Events:
    """Sixty people with ten events each; the last twelve people come after all others."""
    made = log()
    at = np.where(made.person >= 48, 10_000.0 + made.at, made.at)
    return Events(made.person, made.row, made.weight, at)


def test_who_comes_after_the_moment_is_asked_about_with_their_first_events_told_and_not_learned_from() -> None:
    cut = split(newcomers(), "new")
    assert leaks(cut) == []
    assert set(cut.wanted.person.tolist()) == set(range(48, 60))
    assert not np.isin(cut.known.person, np.arange(48, 60)).any()
    assert cut.told is not None
    assert np.bincount(cut.told.person, minlength=60)[48:].tolist() == [FIRST] * 12
    for person in range(48, 60):
        told, wanted = cut.told.at[cut.told.person == person], cut.wanted.at[cut.wanted.person == person]
        assert told.max() < wanted.min()
        assert len(told) + len(wanted) == 10
    assert set(split(newcomers(), "time").wanted.person.tolist()) <= set(range(48))


def test_leaks_of_newcomers_are_found() -> None:
    cut = split(newcomers(), "new")
    assert cut.told is not None
    assert "lie before" in leaks(Split("new", cut.known, cut.told, cut.wanted))[0]
    assert leaks(Split("new", cut.known.and_(cut.told), cut.wanted)) == [
        "an event that is known lies after one that is wanted",
        "somebody new is learned from",
    ] or leaks(Split("new", cut.known.and_(cut.told), cut.wanted)) == ["somebody new is learned from"]
    assert "known and wanted" in leaks(Split("new", cut.known, cut.wanted, cut.wanted))[0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(SPLITS), st.integers(3, 40))
def test_no_cut_of_any_log_leaks(seed: int, name: str, people: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = np.unique(rng.integers(0, (people, 30), (people * 8, 2)), axis=0)
    at = rng.integers(0, 50, len(pairs)).astype(float)  # many at the same moment
    made = Events(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)), at, at, np.full(len(pairs), "like"))
    for cut in splits(made, name, seeds=2, moments=3):
        assert [told for told in leaks(cut) if "lie before" not in told] == []
        assert len(cut.wanted) + len(cut.known) <= len(made)
        assert cut.wanted.kind is not None


def test_more_than_one_cut_of_a_name() -> None:
    made = log()
    three = splits(made, "random", seeds=3, seed=5)
    assert [len(cut.wanted) for cut in three] == [120] * 3
    assert not np.array_equal(three[0].wanted.row, three[1].wanted.row)
    assert np.array_equal(three[2].wanted.row, split(made, "random", 7).wanted.row)
    early, late = splits(made, "time", moments=2)
    assert early.known.at.max() == pytest.approx(np.quantile(made.at, 0.5), abs=1)
    assert len(early.known) < len(splits(made, "time")[0].known) < len(late.known)
    assert len(splits(made, "last", seeds=3, moments=3)) == 1


def test_who_tunes_never_judges() -> None:
    names = [f"p{n}" for n in range(400)]
    tune, judge = people_of("tune", names), people_of("judge", names)
    assert set(tune.tolist()).isdisjoint(judge.tolist())
    assert sorted([*tune.tolist(), *judge.tolist()]) == people_of("all", names).tolist() == list(range(400))
    assert 150 < len(judge) < 250
    assert part_of("p1") == part_of("p1")
    assert [part_of(str(n)) for n in range(1, 7)] == ["judge", "tune", "tune", "judge", "judge", "judge"]
    with pytest.raises(BadInput, match="no part"):
        people_of("test", names)
    cut = split(log(), "random")
    half = cut.asked_only(np.arange(30))
    assert set(half.wanted.person.tolist()) == set(range(30))
    assert half.known is cut.known
