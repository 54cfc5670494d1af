"""The faults of benchmarks/faults.yaml still fit the code they are put into. Whether dialogues notice them is measured there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatrec.answer.ground import Grounds

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def mutations() -> Iterator[Any]:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import mutations  # type: ignore[import-not-found]

        yield mutations
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_every_fault_fits_the_code_and_is_taken_out_again(mutations: Any) -> None:
    faults = mutations.load()
    assert len(faults) >= 40
    assert len({f.name for f in faults}) == len(faults)
    for fault in faults:
        before = fault.function().__code__
        with mutations.put_in(fault):
            assert fault.function().__code__.co_code != before.co_code or fault.function().__code__ != before, (
                fault.name
            )
        assert fault.function().__code__ is before, fault.name


def test_a_fault_changes_what_the_code_does(mutations: Any) -> None:
    fault = next(f for f in mutations.load() if f.name == "sentences of a model go out unchecked")
    with mutations.put_in(fault):
        assert Grounds.check(None, "<b>anything</b>", (), (), "en").ok  # type: ignore[arg-type]


def test_a_piece_that_is_not_there_is_told(mutations: Any) -> None:
    fault = mutations.Fault("x", "chatrec.answer.ground:Grounds.check", "no such piece", "")
    with pytest.raises(ValueError, match="does not hold this piece exactly once"):
        fault.code()
