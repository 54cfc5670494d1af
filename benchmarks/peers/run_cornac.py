"""cornac: EASE (negative weights kept or not), Bayesian personalised ranking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from cornac.data import Dataset
from cornac.models import BPR, EASE
from job import Train, work


def lists(model: Any, train: Train, k: int) -> np.ndarray:
    triples = list(zip(train.person.tolist(), train.row.tolist(), [1.0] * len(train.row), strict=True))
    made = Dataset.from_uir(triples, seed=1)
    model.fit(made)
    rows = np.array(list(made.iid_map), dtype=np.int64)  # in the order of their numbers

    def scores(person: int) -> np.ndarray:
        own = np.full(train.items, -np.inf)
        own[rows] = np.asarray(model.score(made.uid_map[person])).ravel()[: len(rows)]
        return own

    return train.best(scores, k)


def ease(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(EASE(**p, verbose=False), train, k)


def bpr(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(BPR(**p, num_threads=1, seed=1), train, k)


if __name__ == "__main__":
    work({"ease": ease, "bpr": bpr})
