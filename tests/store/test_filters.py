"""Filters say what `Wish.meets` says, for every item and wish, on both databases; and they use their indexes."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chatrec.errors import BadInput
from chatrec.store import Store
from chatrec.vocabulary import Catalog, Item, Wish, same
from tests import teas

SHOP = Catalog(name="shop", version="1")
FACETS = ("kind", "size", "made", "note")
WORDS = [
    *(
        "Sci-Fi",
        "sci-fi",
        "SCI–FI",
        "Café",
        "cafe",
        "CAFÉ",
        "科幻",
        "ｆｕｌｌ",
        "full",
        "O'Brien",
        "O’Brien",
        '"x"',
        "50%",
    ),
    *(
        "5_0",
        "500",
        "\\",
        "true",
        "True",
        "5",
        "5.0",
        "1999-12-31",
        "2001-05-01",
        "2001-05",
        "Zeta",
        "alpha",
        "ß",
        "ss",
    ),
    *("none", "İ", "i", "😀", "z", "\ue000", "  a  b ", "a b", "x" * 300, "x" * 299 + "y", "%", "null", "1e3"),
]
words = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
numbers = (
    st.sampled_from([0, 1, 5, 5.0, -0.0, 7.5, 1995, 1999, 1000.0, -3, 2**53, 1e300])
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = words | numbers | st.booleans()
attribute = values | st.lists(values, max_size=3).map(tuple)
items = st.lists(st.dictionaries(st.sampled_from(FACETS), attribute, max_size=4), min_size=1, max_size=8)
facet = st.sampled_from((*FACETS, "unknown"))
bounds = numbers | st.booleans() | st.sampled_from([math.inf, -math.inf, math.nan])
pair = st.tuples(bounds, bounds) | st.tuples(words, words)
wish = st.one_of(
    st.builds(Wish, facet=facet, op=st.sampled_from(["contains", "=", "!="]), value=values | st.just(math.nan)),
    st.builds(Wish, facet=facet, op=st.sampled_from(["in", "not_in"]), value=st.lists(values, max_size=3)),
    st.builds(Wish, facet=facet, op=st.sampled_from([">", ">=", "<", "<="]), value=words | bounds),
    st.builds(Wish, facet=facet, op=st.just("between"), value=pair),
    st.builds(Wish, facet=facet, op=st.just("sort"), value=st.just("asc")),
    st.builds(Wish, facet=facet, op=st.just("="), value=values, hard=st.just(False)),
    st.builds(Wish, op=st.just("like"), value=words),
    st.builds(Wish, op=st.just("="), value=values),
)
ledgers = st.lists(st.lists(wish, max_size=4), min_size=1, max_size=8)


def shelved(attributes: list[dict[str, Any]]) -> list[Item]:
    return [
        Item(id=f"i{n}", title=f"Item {n}", popularity=(n % 3) / 3, attributes=dict(a))
        for n, a in enumerate(attributes)
    ]


def allows(wishes: list[Wish], item: Item) -> bool:
    return all(w.meets(item) for w in wishes if w.hard)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attributes=items, asked=ledgers)
@example([{"size": 5}, {"size": "5"}, {"size": True}, {}], [[Wish(facet="size", op="=", value=v)] for v in (5, "5", 1)])
@example([{"made": "Zeta"}, {"made": "alpha"}], [[Wish(facet="made", op=">", value="a")]])
async def test_filters_say_what_meets_says(
    store: Store, attributes: list[dict[str, Any]], asked: list[list[Wish]]
) -> None:
    await store.items.replace(SHOP, shelved(attributes))
    stored = [item async for batch in store.items.all("shop") for item in batch]
    assert len(stored) == len(attributes)
    for wishes in asked:
        wishes = [w.model_copy(update={"id": f"w{n}"}) for n, w in enumerate(wishes)]
        expected = sorted((i for i in stored if allows(wishes, i)), key=lambda i: (-i.popularity, i.id))
        assert await store.filters.ids("shop", wishes) == [i.id for i in expected]
        assert await store.filters.ids("shop", wishes, 2) == [i.id for i in expected[:2]]
        assert await store.filters.count("shop", wishes) == len(expected)
        assert await store.filters.confirm("shop", wishes, [i.id for i in stored] + ["nobody"]) == {
            i.id for i in expected
        }
        hard = [w for w in wishes if w.hard and w.op not in ("sort", "like")]
        broken = {i.id: tuple(w.id for w in hard if not w.meets(i)) for i in stored}
        near = sorted((i for i in stored if broken[i.id]), key=lambda i: (len(broken[i.id]), -i.popularity, i.id))
        assert (
            await store.filters.near("shop", wishes, 3, {"i0"})
            == [(i.id, broken[i.id]) for i in near if i.id != "i0"][:3]
        )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attributes=items, wishes=st.lists(wish, max_size=2))
@example([{"kind": "true"}, {"kind": (1, True)}, {"kind": True}, {"kind": ("TRUE", 1)}], [])
@example([{"kind": 1.0}, {"kind": "1.0"}, {"kind": 1}, {"kind": "1"}], [])
async def test_counts_are_of_the_allowed(store: Store, attributes: list[dict[str, Any]], wishes: list[Wish]) -> None:
    await store.items.replace(SHOP, shelved(attributes))
    stored = [item async for batch in store.items.all("shop") for item in batch]
    allowed = [i for i in stored if allows(wishes, i)]
    found = await store.filters.counts("shop", wishes, "kind")
    # `same` is no equivalence ("true", True, 1): what is told are values of which no two are the same, each with as many items
    # as a wish for it finds, and every value is the same as one of them.
    told = [v for v, _ in found]
    assert not any(same(v, w) for n, v in enumerate(told) for w in told[:n])
    for value, count in found:
        assert count == sum(any(same(v, value) for v in i.values("kind")) for i in allowed) > 0
    assert [c for _, c in found] == sorted((c for _, c in found), reverse=True)
    for item in allowed:
        for v in item.values("kind"):
            assert any(same(v, value) for value, _ in found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attributes=items, wishes=st.lists(wish, max_size=2), descending=st.booleans())
async def test_order(store: Store, attributes: list[dict[str, Any]], wishes: list[Wish], descending: bool) -> None:
    await store.items.replace(SHOP, shelved(attributes))
    stored = [item async for batch in store.items.all("shop") for item in batch]
    best = max if descending else min

    def numbers_of(item: Item) -> list[float]:
        return [float(v) for v in item.values("size") if not isinstance(v, str)]

    def texts_of(item: Item) -> list[str]:
        return [v for v in item.values("size") if isinstance(v, str)]

    allowed = sorted((i for i in stored if allows(wishes, i) and i.values("size")), key=lambda i: (-i.popularity, i.id))
    numbered = sorted((i for i in allowed if numbers_of(i)), key=lambda i: best(numbers_of(i)), reverse=descending)
    found = await store.filters.order("shop", wishes, "size", descending)
    assert set(found) == {i.id for i in allowed}
    by_number = {i.id: best(numbers_of(i)) for i in numbered}
    assert [by_number[i] for i in found[: len(numbered)]] == [by_number[i.id] for i in numbered]
    only_text = {i.id: best(texts_of(i)) for i in allowed if not numbers_of(i)}
    assert [only_text[i] for i in found[len(numbered) :]] == sorted(only_text.values(), reverse=descending)
    assert (
        await store.filters.order("shop", wishes, "size", descending, 2, {"i1"}) == [i for i in found if i != "i1"][:2]
    )


async def test_the_filters_of_a_shop(store: Store) -> None:
    await store.items.replace(teas.CATALOG, teas.items())
    green = Wish(id="w1", facet="kind", op="=", value="green")
    cheap = Wish(id="w2", facet="price", op="<", value=10)
    every = [item async for batch in store.items.all("teas") for item in batch]
    both = [i for i in every if green.meets(i) and cheap.meets(i)]
    assert 0 < len(both) == await store.filters.count("teas", [green, cheap])
    kinds = dict(await store.filters.counts("teas", [cheap], "kind"))
    assert kinds["Green"] == len(both)
    assert await store.items.distinct("teas", "kind") == await store.filters.counts("teas", [], "kind")
    cheapest = await store.filters.order("teas", [green], "price", False, 3)
    prices = {i.id: i.values("price")[0] for i in every if i.values("price") and green.meets(i)}
    assert [prices[i] for i in cheapest] == sorted(prices.values())[:3]
    assert await store.filters.count("nowhere", [green]) == 0
    assert await store.filters.near("teas", [], 5) == []


async def test_many_ids_and_many_excluded(store: Store) -> None:
    many = [Item(id=f"i{n:04d}", title="x", attributes={"size": n}) for n in range(2_500)]
    await store.items.replace(SHOP, many)
    wishes = [Wish(id="w", facet="size", op="<", value=2_400)]
    confirmed = await store.filters.confirm("shop", wishes, [i.id for i in many])
    assert len(confirmed) == 2_400
    near = await store.filters.near("shop", wishes, 5, {f"i{n:04d}" for n in range(2_400, 2_498)})
    assert near == [("i2498", ("w",)), ("i2499", ("w",))]


@pytest.mark.parametrize(
    "bad",
    [
        Wish(facet="size", op="between", value=3),
        Wish(facet="size", op="between", value=[1]),
        Wish(facet="size", op="between", value=[1, "z"]),
        Wish(facet="size", op=">", value=None),
        Wish(facet="size", op="<", value=[1]),
        Wish(facet="size", op="in", value=3),
    ],
)
async def test_what_can_not_be_compared_is_said(store: Store, bad: Wish) -> None:
    with pytest.raises(BadInput, match="wish"):
        await store.filters.count("shop", [bad])


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "\0", "x" * 5_000, "'; DROP TABLE items; --", "%", "𝔘" * 300])
@pytest.mark.parametrize("op", ["=", "!=", ">", "<=", "in"])
async def test_odd_values_harm_nothing(store: Store, odd: str, op: str) -> None:
    await store.items.replace(SHOP, [Item(id="i", title="x", attributes={"note": "n" * 3_000, "kind": "ok"})])
    wanted = Wish(facet="note", op=op, value=[odd] if op == "in" else odd)  # type: ignore[arg-type]
    assert await store.filters.count("shop", [wanted]) in (0, 1)
    assert await store.filters.confirm("shop", [], [odd]) == set()
    assert await store.filters.counts(odd, [wanted], odd) == []
    assert await store.filters.count("shop", []) == 1


async def test_filters_go_by_index(store: Store) -> None:
    """Of 3,000 items no filter reads the wide rows, nor all values, to find a few."""
    many = [
        Item(
            id=f"i{n:04d}",
            title="x",
            popularity=n / 3_000,
            attributes={"kind": f"k{n % 300}", "size": n, "note": ("a", "b")},
        )
        for n in range(3_000)
    ]
    await store.items.replace(SHOP, many)
    kind = Wish(facet="kind", op="=", value="K7")
    size = Wish(facet="size", op="between", value=[100, 120])
    plans = []

    async def rows(query: Any) -> list[Any]:
        async with store.database.read() as connection:
            compiled = query.compile(connection.sync_engine, compile_kwargs={"literal_binds": True})
            explain = "EXPLAIN " if store.database.postgres else "EXPLAIN QUERY PLAN "
            plans.append(
                "\n".join(
                    str(r[-1]) for r in await connection.execute(text(explain + str(compiled).replace(":", "\\:")))
                )
            )
            return list((await connection.execute(query)).all())

    store.filters._rows = rows  # type: ignore[method-assign]
    assert await store.filters.count("shop", [kind]) == 10
    assert await store.filters.count("shop", [size]) == 21
    assert len(await store.filters.ids("shop", [kind, size])) == 0
    for plan in plans:
        assert "item_values" in plan
        if store.database.postgres:
            assert "Seq Scan on item_values" not in plan, plan
        else:
            assert "SCAN" not in plan.replace("LIST SUBQUERY", "").replace("SCAN SUBQUERY", ""), plan
