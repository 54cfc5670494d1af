"""implicit: alternating least squares, Bayesian personalised ranking, item-item neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from job import Train, work


def lists(model: Any, train: Train, k: int) -> np.ndarray:
    x = train.matrix()
    model.fit(x, show_progress=False)
    found, scores = model.recommend(train.asked, x[train.asked], N=k, filter_already_liked_items=True)
    return np.where(scores > np.finfo(np.float32).min, found, -1).astype(np.int64)


def als(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(AlternatingLeastSquares(**p, random_state=1, num_threads=1, use_gpu=False), train, k)


def bpr(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(BayesianPersonalizedRanking(**p, random_state=1, num_threads=1, use_gpu=False), train, k)


def item_item(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    kind = {"cosine": CosineRecommender, "tfidf": TFIDFRecommender, "bm25": BM25Recommender}[p["likeness"]]
    more = {"K1": p["K1"], "B": p["B"]} if p["likeness"] == "bm25" else {}
    return lists(kind(K=p["K"], num_threads=1, **more), train, k)


if __name__ == "__main__":
    work({"als": als, "bpr": bpr, "item-item": item_item})
