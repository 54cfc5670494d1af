"""The contract finds sources that break it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Scored, Source
from chatrec.testing.source_contract import SourceContract


class Broken:
    name = "broken"

    def __init__(self, answer: Callable[[Query, np.ndarray], Scored]) -> None:
        self.answer = answer

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        return self.answer(query, np.arange(60) if rows is None else rows)


def contract(answer: Callable[[Query, np.ndarray], Scored]) -> SourceContract:
    class Contract(SourceContract):
        def make(self, shelf: Shelf) -> Source:
            return Broken(answer)

    return Contract()


def scored(rows: np.ndarray, scores: np.ndarray | float = 0.5) -> Scored:
    return Scored(rows.astype(np.int64), np.broadcast_to(np.asarray(scores, dtype=float), rows.shape).copy())


COUNTER = itertools.count(1)


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ("test_scores_are_finite_and_for_the_asked_rows_only", lambda q, r: scored(r, np.nan)),
        ("test_scores_are_finite_and_for_the_asked_rows_only", lambda q, r: scored(np.arange(60))),
        ("test_scores_are_finite_and_for_the_asked_rows_only", lambda q, r: scored(r[::-1])),
        ("test_scores_are_finite_and_for_the_asked_rows_only", lambda q, r: scored(np.repeat(r, 2))),
        ("test_is_deterministic", lambda q, r: scored(r, next(COUNTER))),
        ("test_a_score_does_not_depend_on_the_other_rows", lambda q, r: scored(r, 1 / max(len(r), 1))),
        ("test_changes_nothing_it_is_given", lambda q, r: (r.__setitem__(0, 7), scored(np.sort(r)))[1]),
        ("test_many_at_once_do_not_mix", lambda q, r: scored(r, next(COUNTER))),
        ("test_an_empty_catalogue_is_no_error", lambda q, r: scored(np.arange(3))),
    ],
)
async def test_what_breaks_it_is_found(test: str, answer: Callable[[Query, np.ndarray], Scored]) -> None:
    with pytest.raises(AssertionError):
        await getattr(contract(answer), test)()


async def test_what_keeps_it_passes() -> None:
    good = contract(lambda q, r: scored(r, r / 100))
    good.test_has_a_name_of_its_own()
    for name in dir(good):
        if name.startswith("test_") and name not in (
            "test_has_a_name_of_its_own",
            "test_an_empty_catalogue_is_no_error",
        ):
            await getattr(good, name)()
