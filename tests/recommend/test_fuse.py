from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chatrec.recommend.fuse import Fuse
from chatrec.recommend.source import Query, Scored

PARTS = {
    "content": Scored(np.array([0, 2, 3]), np.array([0.5, -0.2, 1.0])),
    "words": Scored(np.array([2]), np.array([1.0])),
    "popularity": Scored(np.array([0, 1, 2, 3]), np.array([0.1, 0.9, 0.0, 0.2])),
    "stranger": Scored(np.array([1]), np.array([0.4])),
}


def test_is_the_weighted_sum() -> None:
    fuse = Fuse({"content": 1.0, "words": 2.0, "popularity": 0.5}, other=0.25)
    np.testing.assert_allclose(fuse(PARTS, 5), [0.55, 0.55, 1.8, 1.1, 0.0])


def test_a_short_history_leans_on_what_is_popular_and_a_long_one_on_what_people_did() -> None:
    fuse, log = Fuse(), {"collaborative": PARTS["words"]}
    histories = [Query(history=tuple((str(n), 1.0) for n in range(many))) for many in (1, 5, 20, 100)]
    share = [fuse.weight("popularity", q, log) / fuse.weight("collaborative", q, log) for q in histories]
    assert share == sorted(share, reverse=True)
    assert share[0] > 0.5
    assert share[-1] < 0.03
    assert fuse.weight("popularity", histories[0]) == fuse.weight("popularity", histories[-1])  # without a log


def test_only_sources_that_brought_an_item_up_are_named() -> None:
    fuse = Fuse({"content": 1.0, "words": 2.0, "popularity": 0.5}, other=0.25)
    assert fuse.contributions(PARTS, 0) == {"content": 0.5}  # popularity gave a tenth of it
    assert fuse.contributions(PARTS, 2) == {"words": 1.0}  # content spoke against it
    assert list(fuse.contributions(PARTS, 1)) == ["popularity"]
    assert fuse.contributions(PARTS, 4) == {}


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(-1, 1)), max_size=30), st.sets(st.integers(0, 30), min_size=1))
def test_an_order_among_few_is_the_order_among_all(scores: list[tuple[int, float]], few: set[int]) -> None:
    held = dict(scores)
    rows = np.array(sorted(held), dtype=np.int64)
    all_ = {"content": Scored(rows, np.array([held[r] for r in rows.tolist()]))}
    kept = np.array([r for r in rows.tolist() if r in few], dtype=np.int64)
    some = {"content": Scored(kept, np.array([held[r] for r in kept.tolist()]))}
    fuse = Fuse()
    asked = sorted(few)
    np.testing.assert_array_equal(fuse(all_, 31)[asked], fuse(some, 31)[asked])
