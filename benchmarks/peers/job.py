"""What every runner of a peer shares: it reads jobs, has each model give its lists, writes them. Knows numpy and scipy only.

    python run_<library>.py jobs.json

jobs.json: [{"model", "params", "cut": npz with person, row, at, asked, items, "k", "out": npy}]. Printed, a line each: `done N
seconds`, or `failed N reason`. A list holds rows, best first, -1 where there are no more; nothing that is known of the person.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

warnings.filterwarnings("ignore")


@dataclass
class Train:
    """The known part of a cut: parallel arrays of events, who is asked about, how many rows there are."""

    person: np.ndarray
    row: np.ndarray
    at: np.ndarray  # seconds
    asked: np.ndarray
    items: int

    def matrix(self) -> sparse.csr_matrix:
        """People x rows of ones, float32."""
        people = int(max(self.person.max(), self.asked.max())) + 1
        ones = np.ones(len(self.row), dtype=np.float32)
        return sparse.csr_matrix((ones, (self.person, self.row)), shape=(people, self.items))

    def frame(self, user: str, item: str, **more: Any) -> Any:
        """The events as a pandas frame."""
        import pandas as pd

        return pd.DataFrame({user: self.person, item: self.row, **more})

    def best(self, scores: Callable[[int], np.ndarray], k: int) -> np.ndarray:
        """Lists from a score for every row of each person asked about; what is known is left out."""
        known = self.matrix()
        lists = np.full((len(self.asked), k), -1, dtype=np.int64)
        for n, person in enumerate(self.asked):
            own = np.array(scores(int(person)), dtype=np.float64)
            own[known[person].indices] = -np.inf
            top = np.argsort(-own, kind="stable")[:k]
            lists[n] = np.where(np.isfinite(own[top]), top, -1)
        return lists

    def listed(self, person: Any, row: Any, rank: Any, k: int) -> np.ndarray:
        """Lists from parallel arrays; rank from 0."""
        place = {int(p): n for n, p in enumerate(self.asked)}
        lists = np.full((len(self.asked), k), -1, dtype=np.int64)
        for p, r, at in zip(person, row, rank, strict=True):
            lists[place[int(p)], int(at)] = int(r)
        return lists


Model = Callable[[Train, Mapping[str, Any], int], np.ndarray]


def work(models: Mapping[str, Model]) -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    for n, job in enumerate(jobs):
        began = time.perf_counter()
        try:
            with np.load(job["cut"]) as cut:
                train = Train(cut["person"], cut["row"], cut["at"], cut["asked"], int(cut["items"]))
            np.save(job["out"], models[job["model"]](train, job["params"], job["k"]))
        except Exception as error:  # somebody else's library: the benchmark tells it and goes on
            print(f"failed {n} {type(error).__name__}: {str(error)[:200]}".replace("\n", " "), flush=True)
        else:
            print(f"done {n} {time.perf_counter() - began:.2f}", flush=True)
