"""The walk: rare values before common ones, what is cited is what was walked, and the same as a walk over plain matrices."""

from __future__ import annotations

import numpy as np
import pytest

from chatrec.recommend.relations import COMMON, Relations, lean
from chatrec.recommend.shelf import Named, Shelf
from chatrec.recommend.source import Query, Source
from chatrec.testing.source_contract import CATALOG, SourceContract, dense, lamps
from chatrec.vocabulary import Catalog, Facet, Item

FACETS = (
    Facet(name="maker", type="category"),
    Facet(name="style", type="category", many=True),
    Facet(name="size", type="number"),
)


class TestRelations(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Relations(shelf)


def shelf_of(*attributes: dict[str, object], fill: int = 40) -> Shelf:
    """These items, a00 and on, among others that share nothing."""
    made = [{"maker": f"m{n}", "style": (f"s{n}",)} for n in range(fill)]
    items = [Item(id=f"a{n:02d}", title=f"A{n}", attributes=a) for n, a in enumerate([*attributes, *made])]
    return Shelf.build(Catalog(name="things", facets=FACETS, version="1"), items)


async def scores(shelf: Shelf, query: Query) -> np.ndarray:
    return dense(await Relations(shelf).score(query, None), len(shelf))


async def test_a_rare_value_says_more_than_a_common_one() -> None:
    shelf = shelf_of(
        {"maker": "Ada", "style": ("plain",)},
        {"maker": "Ada", "style": ("odd",)},
        *({"maker": f"x{n}", "style": ("plain",)} for n in range(8)),
    )
    found = await scores(shelf, Query(named=("a00",)))
    assert found[1] > 2 * found[2] > 0
    assert found[0] == 0.0
    assert not found[10:].any()


async def test_who_has_many_of_a_facet_leans_less_on_each() -> None:
    shelf = shelf_of(
        {"maker": "Ada", "style": ("a", "b", "c", "d")},
        {"maker": "Ada", "style": ()},
        {"maker": "Bea", "style": ("a",)},
        *({"style": (s,)} for s in "bcd"),
    )
    found = await scores(shelf, Query(named=("a00",)))
    assert found[1] > found[2] > 0


async def test_what_most_have_and_what_only_one_has_lead_nowhere() -> None:
    shelf = shelf_of({"maker": "Ada", "style": ("all",)}, *({"style": ("all",)} for _ in range(30)), fill=10)
    assert not (await scores(shelf, Query(named=("a00",)))).any()


async def test_what_is_not_wanted_counts_against() -> None:
    shelf = shelf_of({"maker": "Ada"}, {"maker": "Ada"}, {"maker": "Bea"}, {"maker": "Bea"})
    for query in (Query(named=("a00",), unlike=("a02",)), Query(history=(("a00", 1.0), ("a02", -1.0)))):
        found = await scores(shelf, query)
        assert found[1] > 0 > found[3]


async def test_a_history_says_less_where_something_is_said_and_where_there_is_no_log() -> None:
    shelf = shelf_of({"maker": "Ada"}, {"maker": "Ada"}, {"maker": "Bea"}, {"maker": "Bea"})
    both = await scores(shelf, Query(named=("a00",), history=(("a02", 1.0),)))
    assert both[1] > both[3] > 0
    alone = await scores(shelf, Query(history=(("a02", 1.0),)))
    assert 0 < alone[3] < both[1]


async def test_is_the_walk_over_plain_matrices() -> None:
    shelf = SourceContract().shelf(vectors=False)
    size, expected = len(shelf), np.zeros(len(shelf))
    names = [f.name for f in CATALOG.facets if isinstance(shelf.columns.get(f.name), Named)]
    values = {n: [set(i.values(n)) for i in lamps()] for n in names}
    query = Query(named=("lamp-003", "lamp-010"))
    for seed in (3, 10):
        edges = []
        for name in names:
            for value in values[name][seed]:
                held = [row for row in range(size) if value in values[name][row]]
                if 1 < len(held) <= COMMON * size:
                    edges.append((held, np.log(size / len(held)) / np.sqrt(len(values[name][seed]))))
        for held, weight in edges:
            expected[held] += 0.5 * weight / sum(w for _, w in edges) / np.sqrt(len(held))
    expected /= expected.max()
    expected[[3, 10]] = 0.0
    np.testing.assert_allclose(await scores(shelf, query), expected, atol=1e-9)


async def test_through_names_the_item_that_most_of_the_walk_came_from() -> None:
    shelf = shelf_of(
        {"maker": "Ada", "style": ("x",)},
        {"maker": "Bea", "style": ("y", "x")},
        {"maker": "Ada", "style": ("y",)},
        {"maker": "Bea"},
        *({"style": ("y",)} for _ in range(6)),
    )
    source = Relations(shelf)
    query = Query(history=(("a00", 1.0), ("a01", 1.0)))
    assert source.through(query, [2, 3, 4, 20]) == {2: 0, 3: 1, 4: 1}
    assert source.through(Query(history=(("a00", -1.0),)), [2]) == {}
    assert source.through(Query(text="x"), [2]) == {}


@pytest.mark.parametrize(("share", "many"), [(0.01, 4), (0.04, 1)])
def test_what_is_rarer_and_alone_is_the_better_reason(share: float, many: int) -> None:
    assert lean(1000, 0.01, 1) > lean(1000, share, many)
