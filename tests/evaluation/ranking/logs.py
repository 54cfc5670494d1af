"""Logs made for these tests."""

from __future__ import annotations

import numpy as np

from chatrec.evaluation.ranking.splits import Events


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
