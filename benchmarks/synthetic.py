"""A made-up shop of any size, for benchmarks/scale.py: items with facets, texts and vectors, and a log in which there is
something to learn.

Knows: how the numbers are drawn (one seed, so every run sees the same shop). Items lie in topics, and in lines of eight within
a topic; how often they are taken falls like Zipf's law. A person likes three topics; of what they do, half is drawn from those,
a third comes from the line of something they took before, the rest is whatever is popular.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from chatrec.vocabulary import Catalog, Facet, Item, Wish  # noqa: E402

TOPICS, LINE, MAKERS = 100, 8, 1_000
ZIPF = 0.9  # exponent of how often items are taken
LINES, POPULAR = 0.33, 0.17  # shares of events: from the line of an earlier one, whatever is popular
WORDS = 3_000  # that texts are made of
DIM = 384

CATALOG = Catalog(
    name="scale",
    version="1",
    facets=(
        Facet(name="topic", type="category", label={"en": "topic"}),
        Facet(name="maker", type="category", label={"en": "maker"}),
        Facet(name="tags", type="category", many=True, label={"en": "tags"}),
        Facet(name="price", type="number", role="price", label={"en": "price"}),
        Facet(name="year", type="number", role="year", label={"en": "year"}),
        Facet(name="sold", type="bool", label={"en": "sold"}),
    ),
)


@dataclass(frozen=True, eq=False)
class Shop:
    """items[n] is row n of the shelf (ids are in order). Events: parallel arrays, one a person and item."""

    topic: np.ndarray  # int [items]
    line: np.ndarray  # int [items]
    popularity: np.ndarray  # float [items], 0..1
    price: np.ndarray  # float [items], uniform in 0..1000
    vectors: np.ndarray  # float32 [items, DIM], of length 1
    person: np.ndarray  # int [events]
    row: np.ndarray  # int [events]
    weight: np.ndarray  # float [events]: 1 for a like, 0.4 for a view

    def __len__(self) -> int:
        return len(self.topic)

    def items(self) -> Iterator[Item]:
        rng = np.random.default_rng(11)
        words = rng.zipf(1.3, size=(len(self), 12)) % WORDS
        for n in range(len(self)):
            topic, said = int(self.topic[n]), " ".join(f"word{w}" for w in words[n].tolist())
            yield Item(
                id=f"i{n:07d}",
                title=f"Thing {n} of line {int(self.line[n])}",
                description=f"topic{topic} line{int(self.line[n])} {said}",
                popularity=float(self.popularity[n]),
                attributes={
                    "topic": f"t{topic}",
                    "maker": f"m{n * 7919 % MAKERS}",
                    "tags": tuple(f"tag{w}" for w in sorted(set(words[n, :4].tolist()))),
                    "price": round(float(self.price[n]), 2),
                    "year": 1950 + n % 75,
                    "sold": True,
                },
            )


def wishes(share: float) -> list[list[Wish]]:
    """Two ledgers that each allow about this share of the items: by a named value (or two), and by a number."""
    named = {
        1.0: Wish(id="w", facet="sold", op="=", value=True),
        0.1: Wish(id="w", facet="maker", op="in", value=[f"m{m}" for m in range(MAKERS // 10)]),
        0.01: Wish(id="w", facet="maker", op="in", value=[f"m{m}" for m in range(MAKERS // 100)]),
        0.001: Wish(id="w", facet="maker", op="=", value="m7"),
    }[share]
    number = Wish(id="n", facet="price", op="between", value=[300 - 300 * share, 300 + 700 * share])
    return [[named], [number]]


def shop(items: int, people: int, events: int, seed: int = 1) -> Shop:
    """A shop with that many items and about that many events."""
    rng = np.random.default_rng(seed)
    topic = rng.integers(0, TOPICS, items)
    order = np.lexsort((rng.random(items), topic))  # items of a topic side by side
    line = np.empty(items, dtype=np.int64)
    line[order] = np.arange(items) // LINE
    shares = np.empty(items)
    shares[rng.permutation(items)] = 1.0 / np.arange(1, items + 1) ** ZIPF
    person, row = _events(rng, topic, line, shares, people, events)
    weight = np.where(rng.random(len(row)) < 0.6, 1.0, 0.4)
    taken = np.bincount(row, minlength=items)
    popularity = np.log1p(taken) / max(float(np.log1p(taken.max())), 1e-9)
    of_topic, of_line = rng.standard_normal((TOPICS, DIM)), rng.standard_normal((items // LINE + 1, DIM))
    vectors = of_topic[topic] + 0.7 * of_line[line] + rng.standard_normal((items, DIM))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return Shop(topic, line, popularity, rng.random(items) * 1_000, vectors, person, row, weight)


def _events(
    rng: np.random.Generator, topic: np.ndarray, line: np.ndarray, shares: np.ndarray, people: int, events: int
) -> tuple[np.ndarray, np.ndarray]:
    """(person, row), each pair once, people ascending, in the order in which they were done."""
    counts = np.clip(rng.lognormal(2.4, 0.9, people), 3, 400)
    counts = np.ceil(counts * events * 1.12 / counts.sum()).astype(np.int64)  # what is drawn twice counts once
    person = np.repeat(np.arange(people), counts)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    by_topic = np.lexsort((np.arange(len(topic)), topic))
    sums = np.cumsum(shares[by_topic])
    starts = np.searchsorted(topic[by_topic], np.arange(TOPICS))
    low = np.concatenate([[0.0], sums])[starts]
    high = np.append(low[1:], sums[-1])
    liked = rng.integers(0, TOPICS, (people, 3))[person, rng.choice(3, len(person), p=[0.5, 0.3, 0.2])]
    draw = rng.random(len(person))
    row = by_topic[
        np.searchsorted(sums, low[liked] + draw * (high[liked] - low[liked]), side="right").clip(0, len(topic) - 1)
    ]
    how = rng.random(len(person))
    popular = how < POPULAR
    row[popular] = by_topic[np.searchsorted(sums, draw[popular] * sums[-1]).clip(0, len(topic) - 1)]
    at = np.arange(len(person))
    before = first[person] + (rng.random(len(person)) * (at - first[person])).astype(np.int64)
    lined = (how > 1 - LINES) & (before < at)
    by_line = np.argsort(line, kind="stable")
    line_at = np.searchsorted(line[by_line], np.arange(line.max() + 2))
    of = line[row[before[lined]]]
    row[lined] = by_line[line_at[of] + (rng.random(len(of)) * (line_at[of + 1] - line_at[of])).astype(np.int64)]
    _, kept = np.unique(person * len(topic) + row, return_index=True)
    kept = np.sort(kept)
    return person[kept], row[kept]
