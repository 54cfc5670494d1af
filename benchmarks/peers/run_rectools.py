"""RecTools: EASE, pure singular value decomposition, popularity of a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from job import Train, work
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import EASEModel, PopularModel, PureSVDModel


def lists(model: Any, train: Train, k: int) -> np.ndarray:
    frame = train.frame(Columns.User, Columns.Item, weight=1.0, datetime=pd.to_datetime(train.at, unit="s"))
    dataset = Dataset.construct(frame)
    model.fit(dataset)
    told = model.recommend(users=train.asked, dataset=dataset, k=k, filter_viewed=True)
    return train.listed(told[Columns.User], told[Columns.Item], told[Columns.Rank] - 1, k)


def ease(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(EASEModel(**p), train, k)


def svd(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(PureSVDModel(**p), train, k)


def popular(train: Train, p: Mapping[str, Any], k: int) -> np.ndarray:
    return lists(PopularModel(period=timedelta(days=p["days"])), train, k)


if __name__ == "__main__":
    work({"ease": ease, "svd": svd, "popular": popular})
