"""Cases of a conversation, where a target stands, and recall with its intervals."""

from __future__ import annotations

import numpy as np

from chatrec.evaluation.ranking.talks import AT, Line, Recall, cases_of, found_at

TALK = [
    Line("assistant", "Hi"),
    Line("user", "I liked A", (("a", "A"),)),
    Line("assistant", "A is good. B? C? Z?", (("a", "A"), ("b", "B"), ("c", "C"), (None, "Z"))),
    Line("user", "D", (("d", "D"),)),
    Line("assistant", "D, then. z again", (("d", "D"), (None, "z"))),
    Line("assistant", "E", (("e", "E"),)),
]


def test_only_what_was_not_mentioned_is_a_target_and_the_context_is_all_before() -> None:
    first, second = cases_of("t", TALK)
    assert first.targets == ("b", "c", None)
    assert first.context == tuple(TALK[:2])
    assert first.mentioned == ("a",)
    assert second.targets == ("e",)
    assert second.mentioned == ("a", "b", "c", "d")


def test_what_was_mentioned_takes_no_place() -> None:
    first, second = cases_of("t", TALK)
    assert found_at(first, ["a", "x", "c"]) == [None, 2, None]
    assert found_at(second, ["a", "b", "c", "d", "e"]) == [1]


def test_recall_counts_targets_and_its_interval_holds_it() -> None:
    cases = [c for n in range(20) for c in cases_of(f"t{n}", TALK)]
    places = [[1, 7, None] if len(c.targets) == 3 else [30] for c in cases]
    recall = Recall.of(cases, places)
    assert dict(zip(AT, recall.mean, strict=True)) == {1: 0.25, 5: 0.25, 10: 0.5, 20: 0.5, 50: 0.75}
    low, high = recall.interval()
    np.testing.assert_allclose(low, recall.mean)  # all conversations are alike
    np.testing.assert_allclose(high, recall.mean)
    half = [p if int(c.talk[1:]) % 2 else [None] * len(p) for c, p in zip(cases, places, strict=True)]
    worse = Recall.of(cases, half)
    low, high = recall.interval(worse)
    assert (low < recall.mean - worse.mean).all()
    assert (high > recall.mean - worse.mean).all()
    assert low[0] > 0
