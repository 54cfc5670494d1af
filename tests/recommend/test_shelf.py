"""The shelf says of all items at once what `Wish.meets` and the encoder say of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.language.describe import searched_text
from chatrec.recommend.shelf import Shelf
from chatrec.store import Store
from chatrec.testing.hashed_words import HashedWords
from chatrec.testing.source_contract import CATALOG, lamps
from chatrec.vocabulary import Catalog, Facet, Item, Wish, same
from tests import teas

LAMPS = lamps()
SHELF = Shelf.build(CATALOG, reversed(LAMPS))

WORDS = st.sampled_from(["oak", "OAK", "Walnut", "round", "Round", "élm", "", "bamboo "])
NUMBERS = st.one_of(st.integers(0, 25), st.floats(0, 25, allow_nan=False))
DATES = st.sampled_from(["2003-01-04", "2010-01-01", "2019", "1999-12-31", "2030-01-01"])


@st.composite
def wishes(draw: Any) -> Wish:
    facet, value, ops = draw(
        st.sampled_from(
            [
                ("shape", WORDS, ("=", "in", "not_in", "contains")),
                ("woods", WORDS, ("contains", "in", "not_in", "=")),
                ("watts", NUMBERS, ("=", "!=", ">", ">=", "<", "<=", "between", "in", "not_in")),
                ("since", DATES, ("=", ">", ">=", "<", "<=", "between")),
                ("dimmable", st.booleans(), ("=", "not_in")),
                ("nothing", WORDS, ("=", "not_in")),
            ]
        )
    )
    op = draw(st.sampled_from(ops))
    if op in ("in", "not_in"):
        return Wish(facet=facet, op=op, value=draw(st.lists(value, max_size=3)))
    if op == "between":
        return Wish(facet=facet, op=op, value=sorted([draw(value), draw(value)]))
    return Wish(facet=facet, op=op, value=draw(value))


@settings(max_examples=300, deadline=None)
@given(wishes())
def test_meeting_is_what_a_wish_means(wish: Wish) -> None:
    assert SHELF.meeting(wish).tolist() == [wish.meets(item) for item in LAMPS], wish


MIXED = st.sampled_from(["true", "True", True, False, 1, 1.0, "1", "1.0", 0, 7.5, "7.5", "oak", "OAK", "", "ｏａｋ"])
ODD = Catalog(name="odd", facets=(Facet(name="kind", type="category", many=True), Facet(name="size", type="number")))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"kind": st.lists(MIXED, max_size=3).map(tuple), "size": MIXED}), min_size=1),
    st.sampled_from(["kind", "size", "unheard"]),
    st.sampled_from(["=", "!=", "in", "not_in", ">", "<="]),
    MIXED,
)
def test_what_the_shelf_answers_for_is_what_a_wish_means(
    attributes: list[dict[str, Any]], facet: str, op: Any, value: Any
) -> None:
    """Values of all sorts, on a facet of any: either the arrays say what the wish means, or they say that they can not tell."""
    items = [Item(id=f"i{n:04d}", title="x", attributes=a) for n, a in enumerate(attributes)]
    shelf = Shelf.build(ODD, items)
    wish = Wish(facet=facet, op=op, value=[value] if op in ("in", "not_in") else value)
    if shelf.answers([wish]):
        assert shelf.meeting(wish).tolist() == [wish.meets(i) for i in items]
        counted = shelf.counts([wish], "kind")
        assert counted is not None
        told = [v for v, _ in counted]
        assert not any(same(v, w) for n, v in enumerate(told) for w in told[:n])
        for v, count in counted:
            alike = Wish(facet="kind", op="contains", value=v)
            assert count == sum(wish.meets(i) and alike.meets(i) for i in items) > 0
        assert all(any(same(v, w) for w in told) for i in items if wish.meets(i) for v in i.values("kind"))
    else:
        assert shelf.counts([wish], "kind") is None


def test_rows_go_by_id_whatever_the_order_of_items() -> None:
    assert SHELF.ids == tuple(item.id for item in LAMPS)
    assert all(SHELF.ids[row] == id_ for id_, row in SHELF.row.items())
    assert SHELF.popularity.tolist() == [item.popularity for item in LAMPS]


def test_soft_wishes_keep_everything() -> None:
    assert SHELF.meeting(Wish(op="like", value="oak")).all()
    assert SHELF.meeting(Wish(facet="watts", op="sort", value="asc")).all()


def test_share_of_values() -> None:
    oak = sum("oak" in item.values("woods") for item in LAMPS) / len(LAMPS)
    assert SHELF.share("woods", "Oak") == pytest.approx(oak)
    assert SHELF.share("watts", 5.0) == pytest.approx(sum(5.0 in i.values("watts") for i in LAMPS) / len(LAMPS))
    assert SHELF.share("woods", "teak") == SHELF.share("no facet", "x") == 0.0


@pytest.mark.parametrize("facet", ["watts", "since", "woods", "shape", "dimmable"])
@pytest.mark.parametrize("descending", [False, True])
def test_sort_key_orders_by_the_best_value(facet: str, descending: bool) -> None:
    keys = SHELF.sort_key(facet, np.arange(len(LAMPS)), descending)
    best = max if descending else min
    for row, item in enumerate(LAMPS):
        assert np.isnan(keys[row]) == (not item.values(facet))
    held = [(keys[n], best(item.values(facet))) for n, item in enumerate(LAMPS) if item.values(facet)]
    values = [v for _, v in sorted(held, key=lambda pair: pair[0])]
    assert values == sorted(values, reverse=descending)


def test_unknown_facet_has_no_order() -> None:
    assert np.isnan(SHELF.sort_key("nothing", np.arange(3), False)).all()


def test_popular_and_rated_are_the_best_of_the_catalogue() -> None:
    items = [
        Item(id=f"{n:03d}", title=str(n), popularity=n / 100, attributes={"score": float(n % 10)}) for n in range(100)
    ]
    shelf = Shelf.build(Catalog(name="x", facets=(Facet(name="score", type="number", role="rating"),)), items)
    assert sum(item.popularity >= shelf.popular_from for item in items) == 5
    assert shelf.rated_from == pytest.approx(8.1)
    plain = Shelf.build(Catalog(name="x"), [Item(id="a", title="a"), Item(id="b", title="b")])
    assert np.isnan(plain.rated_from)
    assert not (plain.popularity >= plain.popular_from).any()  # where nothing is known to be popular, nothing is


# ---------------------------------------------------------------------- vectors


def vectors_of(items: list[Item], catalog: Catalog) -> np.ndarray:
    return HashedWords().vectors([searched_text(item, catalog) for item in items])


def centred(matrix: np.ndarray) -> np.ndarray:
    found = matrix - matrix.mean(axis=0)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_vectors_are_put_in_the_order_of_rows_less_what_all_share() -> None:
    shelf = Shelf.build(CATALOG, LAMPS)
    matrix = vectors_of(LAMPS, CATALOG)
    order = list(reversed(range(10, len(LAMPS))))
    shelf.adopt("k", [LAMPS[n].id for n in order] + ["gone"], np.vstack([matrix[order], matrix[:1]]))
    assert shelf.vectors is not None
    np.testing.assert_allclose(shelf.vectors.matrix[10:], centred(matrix[10:]), atol=1e-5)
    assert not shelf.vectors.matrix[:10].any()  # these have none yet
    np.testing.assert_allclose(np.linalg.norm(shelf.vectors.mean), 1.0, rtol=1e-5)


async def test_a_text_is_compared_without_what_all_share() -> None:
    shelf = Shelf.build(CATALOG, LAMPS)
    encoder = HashedWords()
    shelf.adopt("k", shelf.ids, vectors_of(LAMPS, CATALOG), encoder.encode)
    assert shelf.vectors is not None
    vector = await shelf.vectors.text("walnut")
    assert vector is not None
    assert abs(vector @ shelf.vectors.mean) < 1e-5
    np.testing.assert_allclose(np.linalg.norm(vector), 1.0, rtol=1e-5)
    assert await shelf.vectors.text("   ") is None
    assert await shelf.vectors.text("?!") is None  # no words, no direction


def test_a_single_item_and_equal_items_do_no_harm() -> None:
    vector = np.eye(4, dtype=np.float32)[:1]
    one = Shelf.build(CATALOG, LAMPS[:1])
    one.adopt("k", one.ids, vector)
    same = Shelf.build(CATALOG, LAMPS[:3])
    same.adopt("k", same.ids, np.repeat(vector, 3, axis=0))
    for shelf in (one, same):
        assert shelf.vectors is not None
        assert np.isfinite(shelf.vectors.matrix).all()
        assert np.isfinite(shelf.vectors.likeness(vector[0])).all()


async def test_a_turn_that_has_begun_keeps_its_vectors() -> None:
    shelf = Shelf.build(CATALOG, LAMPS)
    matrix = vectors_of(LAMPS, CATALOG)
    shelf.adopt("one", shelf.ids, matrix)
    held = shelf.vectors
    shelf.adopt("two", shelf.ids, -matrix)
    assert held is not None
    assert held.key == "one"
    np.testing.assert_allclose(held.matrix, centred(matrix), atol=1e-5)
    with pytest.raises(ValueError):
        held.matrix[0, 0] = 1.0


def test_broken_vectors_do_no_harm() -> None:
    shelf = Shelf.build(CATALOG, LAMPS)
    shelf.adopt("none", [], np.zeros((0, 0)))
    assert shelf.vectors is None
    bad = vectors_of(LAMPS, CATALOG)
    bad[3] = np.nan
    shelf.adopt("bad", shelf.ids, bad)
    assert shelf.vectors is not None
    likeness = shelf.vectors.likeness(shelf.vectors.matrix[5])
    assert np.isfinite(likeness).all()
    assert likeness[3] == 0.0


def test_likeness_is_a_standard_score() -> None:
    shelf = Shelf.build(CATALOG, LAMPS)
    shelf.adopt("k", shelf.ids, vectors_of(LAMPS, CATALOG))
    assert shelf.vectors is not None
    vector = shelf.vectors.matrix[7]
    found = shelf.vectors.likeness(vector)
    cosines = shelf.vectors.matrix @ vector
    np.testing.assert_allclose(found, (cosines - cosines.mean()) / (4 * cosines.std()), rtol=1e-4, atol=1e-6)
    assert int(np.argmax(found)) == 7
    np.testing.assert_array_equal(shelf.vectors.likeness(vector, np.array([3, 7])), found[[3, 7]])


async def test_likeness_of_known_ids_only() -> None:
    shelf = Shelf.build(teas.CATALOG, teas.items())
    assert await shelf.likeness("smoky", ["tea-01"]) is None
    encoder = HashedWords()
    shelf.adopt("k", shelf.ids, vectors_of(teas.items(), teas.CATALOG), encoder.encode)
    found = await shelf.likeness("silver needle moon", ["tea-15", "nowhere", "tea-02"])
    assert found is not None
    assert set(found) == {"tea-15", "tea-02"}
    assert found["tea-15"] > 0 > found["tea-02"] or found["tea-15"] > found["tea-02"] + 0.3


async def test_counts_are_those_of_the_store(tmp_path: Path) -> None:
    """Counted on the shelf, as quick as it must be under every answer; SQL says the same."""
    store = await Store.open(f"sqlite:///{tmp_path / 'chatrec.db'}")
    await store.migrate()
    try:
        for catalog, items in ((CATALOG, lamps(120)), (teas.CATALOG, teas.items())):
            await store.items.replace(catalog, items)
            shelf = Shelf.build(catalog, items)
            first = items[3].attributes
            ledgers: list[list[Wish]] = [[]]
            for facet in catalog.facets:
                if (value := first.get(facet.name)) is None:
                    continue
                one = value[0] if isinstance(value, tuple) else value
                ledgers += [
                    [Wish(facet=facet.name, op="=", value=one)],
                    [Wish(facet=facet.name, op="not_in", value=[one])],
                ]
                if facet.type == "number":
                    ledgers += [
                        [Wish(facet=facet.name, op=">", value=one), Wish(facet=facet.name, op="!=", value=one + 1)]
                    ]
            for wishes in ledgers:
                assert int(shelf.allowed(wishes).sum()) == await store.filters.count(catalog.name, wishes)
                for facet in catalog.facets:
                    counted = shelf.counts(wishes, facet.name)
                    if counted is not None:
                        assert counted == await store.filters.counts(catalog.name, wishes, facet.name), (
                            wishes,
                            facet.name,
                        )
    finally:
        await store.close()
