"""Figures of ranked lists and of predicted ratings: per person, and of all together, with bootstrap intervals over people.

Knows: lists of rows, sets of wanted rows, errors. Definitions as in Herlocker et al. 2004 and Järvelin and Kekäläinen 2002, binary
relevance; recall, MAP and NDCG are held against what k places could hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

PER_PERSON = ("ndcg", "recall", "precision", "f1", "map", "mrr")
OVERALL = ("coverage", "gini", "novelty")
DRAWS, SEED = 1_000, 7
AT_ONCE = 4_000_000  # numbers of one batch of draws
Interval = tuple[float, float, float]  # mean, low, high


def of_list(ranked: Sequence[int], wanted: set[int], k: int) -> dict[str, float]:
    """Figures of one person's first k against what they wanted (not empty)."""
    hits = np.array([row in wanted for row in ranked[:k]], dtype=float)
    most = min(k, len(wanted))
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    found = float(hits.sum())
    precision, recall = found / k, found / most
    cumulative = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    first = int(np.argmax(hits)) + 1 if found else 0
    return {
        "ndcg": float((hits * discounts[: len(hits)]).sum() / discounts[:most].sum()),
        "recall": recall,
        "precision": precision,
        "f1": 2 * precision * recall / (precision + recall) if found else 0.0,
        "map": float((cumulative * hits).sum() / most),
        "mrr": 1.0 / first if first else 0.0,
    }


def of_all(lists: Sequence[Sequence[int]], size: int, share: np.ndarray) -> dict[str, float]:
    """Figures of all lists: how much of the catalogue is ever shown, how unevenly (0 even, 1 one item only), and how unusual what
    is shown is (mean self-information in bits; `share`: the share of people who know each row).
    """
    shown = np.bincount(np.array([row for one in lists for row in one], dtype=np.int64), minlength=size)
    total = int(shown.sum())
    if not total:
        return {"coverage": 0.0, "gini": 0.0, "novelty": 0.0}
    ordered = np.sort(shown)
    gini = float((2 * np.arange(1, size + 1) - size - 1) @ ordered / (size * total))
    bits = -np.log2(np.clip(share, 1.0 / (size + 1), 1.0))
    return {"coverage": float((shown > 0).mean()), "gini": gini, "novelty": float((shown * bits).sum() / total)}


def interval(values: np.ndarray, people: np.ndarray | None = None) -> tuple[float, float]:
    """95% percentile bootstrap of the mean. people: whose each value is; all values of a person are drawn together.

    NaN for fewer than two people.
    """
    own = np.arange(len(values)) if people is None else np.unique(people, return_inverse=True)[1]
    counts = np.bincount(own).astype(float)
    sums = np.bincount(own, values)
    if len(counts) < 2:
        return float("nan"), float("nan")
    rng, means = np.random.default_rng(SEED), []
    batch = max(1, AT_ONCE // len(counts))
    for start in range(0, DRAWS, batch):
        drawn = rng.integers(0, len(counts), (min(batch, DRAWS - start), len(counts)))
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return float(low), float(high)


def mean_of(values: np.ndarray, people: np.ndarray | None = None) -> Interval:
    """The mean and its interval; NaN where there is nothing."""
    return (float(values.mean()) if len(values) else float("nan"), *interval(values, people))


def summed(per_person: Sequence[Mapping[str, float]], people: np.ndarray | None = None) -> dict[str, Interval]:
    """Mean and interval of each figure."""
    names = per_person[0] if per_person else PER_PERSON
    return {name: mean_of(np.array([p[name] for p in per_person]), people) for name in names}


def ahead(
    a: Sequence[Mapping[str, float]], b: Sequence[Mapping[str, float]], name: str, people: np.ndarray | None = None
) -> Interval:
    """How far a is ahead of b, person by person: mean difference and its interval."""
    return mean_of(np.array([x[name] - y[name] for x, y in zip(a, b, strict=True)]), people)


def of_errors(errors: np.ndarray, people: np.ndarray) -> dict[str, Interval]:
    """RMSE and MAE of predicted ratings, in the log's scale, with intervals over people. errors: predicted less given."""
    mean, low, high = mean_of(errors**2, people)
    return {"rmse": (mean**0.5, low**0.5, high**0.5), "mae": mean_of(np.abs(errors), people)}
