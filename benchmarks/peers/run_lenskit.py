"""LensKit: implicit matrix factorisation, item neighbours, user neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from job import Train, work
from lenskit.als import ImplicitMFScorer
from lenskit.batch import recommend
from lenskit.data import from_interactions_df
from lenskit.knn import ItemKNNScorer, UserKNNScorer
from lenskit.pipeline import topn_pipeline


def lists(scorer: Any, train: Train, k: int) -> np.ndarray:
    dataset = from_interactions_df(train.frame("user_id", "item_id"))
    pipe = topn_pipeline(scorer, n=k)
    pipe.train(dataset)
    told = recommend(pipe, [int(p) for p in train.asked], n=k, n_jobs=1).to_df()
    return train.listed(told["user_id"], told["item_id"], told["rank"] - 1, k)


def als(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(ImplicitMFScorer(**p), train, k)


def item_neighbours(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(ItemKNNScorer(**p, feedback="implicit"), train, k)


def user_neighbours(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(UserKNNScorer(**p, feedback="implicit"), train, k)


if __name__ == "__main__":
    work({"als": als, "item-neighbours": item_neighbours, "user-neighbours": user_neighbours})
