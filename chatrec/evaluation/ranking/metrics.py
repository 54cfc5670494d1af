"""Figures of ranked lists: per person, and of all lists together.

Knows: lists of rows and sets of wanted rows. Definitions as in Herlocker et al. 2004 and Järvelin and Kekäläinen 2002, binary
relevance; recall and NDCG are held against what k places could hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

PER_PERSON = ("ndcg", "recall", "precision", "f1", "map", "mrr")
OVERALL = ("coverage", "gini", "novelty")
DRAWS, SEED = 1_000, 7


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


def interval(values: np.ndarray) -> tuple[float, float]:
    """95% percentile bootstrap of the mean, over people."""
    if len(values) < 2:
        return float("nan"), float("nan")
    draws = np.random.default_rng(SEED).integers(0, len(values), (DRAWS, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def summed(per_person: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float, float]]:
    """Mean and interval of each figure."""
    made = {}
    for name in PER_PERSON:
        values = np.array([p[name] for p in per_person])
        made[name] = (float(values.mean()) if len(values) else float("nan"), *interval(values))
    return made


def ahead(a: Sequence[Mapping[str, float]], b: Sequence[Mapping[str, float]], name: str) -> tuple[float, float, float]:
    """How far a is ahead of b, person by person: mean difference and its interval."""
    values = np.array([x[name] - y[name] for x, y in zip(a, b, strict=True)])
    return (float(values.mean()) if len(values) else float("nan"), *interval(values))
