"""The peers' benchmark: cuts that leak nothing, trials that do not depend on how many there are, figures a person at a time."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from chatrec.evaluation.ranking.splits import Events, Split


@pytest.fixture(scope="module")
def peers() -> ModuleType:
    file = Path(__file__).resolve().parents[2] / "benchmarks" / "peers.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_peers", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def log() -> Events:
    rng = np.random.default_rng(1)
    pairs = np.array([(p, r) for p in range(30) for r in rng.choice(80, 20, replace=False)])
    return Events(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)), rng.random(len(pairs)))


def test_what_tunes_lies_inside_what_is_known(peers: ModuleType) -> None:
    events = log()
    kinds = peers.cuts_of(events, 3, 5)
    assert {name: len(judge) for name, (_, judge) in kinds.items()} == {"random": 3, "time": 5}
    assert len(peers.cuts_of(events, 1)["time"][1]) == len(peers.MOMENTS) == 20
    inside, judge = kinds["time"]
    for cut in inside:  # no event that tunes is one that is asked about
        assert max(cut.made.known.at.max(), cut.made.wanted.at.max()) < min(c.made.wanted.at.min() for c in judge)
    known = peers.split(events, "random", peers.TUNING_SEED).known
    tuning = kinds["random"][0][0].made
    assert len(tuning.known) + len(tuning.wanted) == len(known)


def test_trials_are_the_same_whatever_their_number(peers: ModuleType) -> None:
    for model, space in peers.SPACES.items():
        drawn = peers.trials_of(model, 6)
        assert drawn[:3] == peers.trials_of(model, 3)
        assert all(set(one) == set(space) for one in drawn)
    assert all(20 <= one["regularization"] <= 2_000 for one in peers.trials_of("rectools ease", 50))


def test_figures_are_a_persons_mean_over_the_cuts_and_failed_trials_are_not_chosen(peers: ModuleType) -> None:
    known = Events(np.array([0, 1]), np.array([9, 9]), np.ones(2), np.zeros(2))
    first = peers.Cut.of(Split("random", known, Events(np.array([0, 1]), np.array([1, 2]), np.ones(2), np.ones(2))))
    again = peers.Cut.of(Split("random", known, Events(np.array([1]), np.array([3]), np.ones(1), np.ones(1))))
    right, wrong = np.array([[1], [2]]), np.array([[4], [2]])
    assert peers.per_person([first, again], [wrong, np.array([[5]])]).tolist() == [[0.0, 0.0], [0.5, 0.5]]
    assert peers.chosen([first], [[None], [wrong], [right]]) == (2, 2.0)
    assert peers.chosen([first], [[None]])[0] == -1
