"""What type the values of one column have."""

from __future__ import annotations

import pytest

from chatrec.importing.columns import Column, columns_of, separator_of, typed
from chatrec.importing.rows import Table


def column(name, *cells):
    return Column(name, list(cells), 1.0, len(cells))


@pytest.mark.parametrize(
    ("cells", "eager", "sign"),
    [
        (["a|b", "c", "b|d"], False, "|"),
        (["红、蓝", "红", "绿、蓝"], False, "、"),
        (["Action, Drama", "Drama, Comedy", "Comedy, Action", "Action, Comedy, Drama"], False, ","),
        (["Paris, France", "Rome, Italy", "Oslo, Norway"], False, None),  # each part keeps one company
        (["Ann Lee, Bo Ek", "Cy Poe"], True, ","),
        (["Full HD / Touch", "4K / Touch 3840", "Full HD"], False, None),
        (["He came, he saw, and he went home to think it over again.", "x"], True, None),
        (["24/7", "9/5"], True, None),
        (["one", "two"], True, None),
    ],
)
def test_where_lists_are_split(cells, eager, sign):
    assert separator_of(column("x", *cells), eager=eager) == sign


def test_numbers_of_several_units_come_in_one():
    use = typed(column("Weight", "1.5kg", "2kg", "900g", "1kg"), "weight", None)
    assert (use.facet.unit, use.unit.name) == ("kg", "kg")
    assert use.facet.units["g"] == 0.001


def test_a_unit_of_ones_own_is_kept_and_a_mix_is_no_number():
    use = typed(column("contents", "12 tins", "6 tins", "24 tins"), None, None)
    assert (use.facet.type, use.facet.unit) == ("number", "tins")
    assert typed(column("contents", "12 tins", "6 bags", "2 boxes", "1 jar"), None, None).facet.type == "category"


def test_too_few_numbers_make_no_number_unless_it_is_declared():
    mixed = column("x", "5", "6", "seven", "eight", "9", "10")
    assert typed(mixed, None, None).facet.type == "category"
    assert typed(mixed, None, "number").facet.type == "number"


def test_a_sample_of_a_long_column_is_enough():
    table = Table("csv", columns=["n"], rows=[(i, {"n": str(i)}) for i in range(50_000)])
    sampled = columns_of(table)["n"]
    assert len(sampled.cells) < 10_000
    assert sampled.filled == 1.0
