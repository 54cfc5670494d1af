"""Evidence is true by construction: every code is checked against the item again, in another way."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.language.describe import searched_text
from chatrec.language.normal import normal
from chatrec.recommend.evidence import MOST, Reasons
from chatrec.recommend.shelf import Shelf
from chatrec.vocabulary import Catalog, Evidence, Facet, Item, Ledger, Wish
from tests import teas

ITEMS = teas.items()
BY_ID = {item.id: item for item in ITEMS}
SHELF = Shelf.build(teas.CATALOG, ITEMS)


def evidence(item: Item, ledger: Ledger, shelf: Any, *, talked: bool = False, **known: Any) -> tuple[Evidence, ...]:
    return Reasons(ledger, shelf, **known).of(item, talked=talked)


def like_text(item: Item, spoken: list[str], shelf: Any) -> list[Evidence]:
    found = evidence(item, Ledger(), shelf, named=(), liked=(), spoken=spoken)
    return [e for e in found if e.code == "like_text"]


def reasons(item: Item, *wishes: Wish, **given_: Any) -> tuple[Evidence, ...]:
    known: dict[str, Any] = {"named": (), "liked": (), "spoken": ()} | given_
    return evidence(item, Ledger(wishes), SHELF, **known)


def test_wishes_met_are_told_with_the_items_own_value() -> None:
    tea = BY_ID["tea-02"]
    found = reasons(
        tea,
        Wish(facet="kind", op="in", value=["black", "green"]),
        Wish(facet="price", op="<", value=40),
        Wish(facet="origin", op="=", value="Nowhere", hard=False),
        Wish(facet="flavours", op="not_in", value=["Smoky"]),
        Wish(op="like", value="tea-01"),
    )
    assert [(e.code, e.facet, e.value) for e in found if e.code == "meets"] == [
        ("meets", "kind", "Green"),
        ("meets", "price", tea.attributes["price"]),
    ]


def test_of_many_values_the_one_that_meets() -> None:
    tea = next(i for i in ITEMS if len(i.attributes["flavours"]) == 2)
    second = tea.attributes["flavours"][1]
    (found,) = [e for e in reasons(tea, Wish(facet="flavours", op="contains", value=second)) if e.code == "meets"]
    assert found.value == second


def test_what_is_shared_is_named_with_whom_and_rare_first() -> None:
    facets = (
        Facet(name="maker", type="category"),
        Facet(name="style", type="category", many=True),
        Facet(name="everywhere", type="category"),
        Facet(name="hidden", type="category", show=False),
        Facet(name="size", type="number"),
    )
    items = [
        Item(
            id=f"{n:02d}",
            title=str(n),
            attributes={
                "maker": f"maker {n // 2}",
                "style": (f"style {n % 5}", f"style {n % 5 + 1}"),
                "everywhere": "yes",
                "hidden": f"h {n // 2}",
                "size": 4.0,
            },
        )
        for n in range(40)
    ]
    shelf = Shelf.build(Catalog(name="x", facets=facets), items)
    found = evidence(items[0], Ledger(), shelf, named=[items[1], items[5]], liked=[items[0]], spoken=())
    assert [(e.code, e.facet, e.value, e.item_id) for e in found] == [
        ("shares", "maker", "maker 0", "01"),
        ("shares", "style", "style 0", "05"),
    ]


def test_words_are_quoted_only_when_they_stand_there() -> None:
    tea = BY_ID["tea-07"]  # Campfire Souchong: "A floral black tea for quiet mornings."
    assert tea.title == "Campfire Souchong"

    def quoted(phrase: str) -> str | None:
        found = like_text(tea, [phrase], SHELF)
        return found[0].words if found else None

    assert quoted("something for Quiet Mornings with rain") == "Quiet Mornings"
    assert quoted("campfire") == "campfire"
    assert quoted("camp") is None  # half a word is not the word
    assert quoted("mornings so quiet") == "mornings"
    assert quoted("for") is None  # a small word says nothing
    assert quoted("") is None
    assert quoted("fla.ral (quiet") == "quiet"
    assert quoted("price") is None  # a facet's label is not the item's text


def test_chinese_words_are_quoted_from_titles_and_labels() -> None:
    goddess = next(i for i in ITEMS if i.title == "Iron Goddess Reserve")
    assert like_text(goddess, ["想喝铁观音"], SHELF) == [Evidence(code="like_text", words="铁观音")]
    assert like_text(goddess, ["乌龙"], SHELF) == [Evidence(code="like_text", words="乌龙")]
    assert like_text(goddess, ["绿茶"], SHELF) == []
    assert like_text(goddess, ["的"], SHELF) == []


def test_popular_and_rated_are_few() -> None:
    popular = [i for i in ITEMS if any(e.code == "popular" for e in reasons(i))]
    assert [i.id for i in popular] == ["tea-00", "tea-01"]
    assert not any(e.code == "rated" for i in ITEMS for e in reasons(i))  # teas have no rating
    catalog = Catalog(name="x", facets=(Facet(name="stars", type="number", role="rating"),))
    items = [Item(id=f"{n}", title="x", attributes={"stars": n / 2}) for n in range(10)] + [Item(id="none", title="x")]
    shelf = Shelf.build(catalog, items)
    rated = [(i.id, e.value) for i in items for e in evidence(i, Ledger(), shelf, named=(), liked=(), spoken=())]
    assert rated == [("9", 4.5)]


PHRASES = st.lists(
    st.sampled_from(["smoky", "quiet mornings", "Sencha", "龙井", "乌龙茶", "not there", "tea", "the", "国 中国", "a"]),
    max_size=3,
)
WISHES = st.lists(
    st.sampled_from(
        [
            Wish(facet="kind", op="=", value="Green"),
            Wish(facet="kind", op="not_in", value=["Green"]),
            Wish(facet="flavours", op="contains", value="smoky", hard=False),
            Wish(facet="price", op="between", value=[8, 30]),
            Wish(facet="organic", op="=", value=True),
            Wish(facet="grower", op="in", value=["Mei Tanaka", "Lin Shuyuan"]),
            Wish(facet="price", op="sort", value="asc"),
        ]
    ),
    max_size=5,
)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ITEMS),
    WISHES,
    PHRASES,
    st.lists(st.sampled_from(ITEMS), max_size=3),
    st.lists(st.sampled_from(ITEMS), max_size=3),
)
def test_every_evidence_is_true(
    item: Item, wishes: list[Wish], spoken: list[str], named: list[Item], liked: list[Item]
) -> None:
    found = reasons(item, *wishes, spoken=spoken, named=named, liked=liked)
    assert len(found) <= MOST
    assert len(set(map(repr, found))) == len(found)
    for e in found:
        if e.code in ("meets", "shares"):
            assert e.value in item.values(e.facet)
        if e.code == "meets":
            alone = Item(id="x", title="", attributes={e.facet: e.value})
            assert any(w.facet == e.facet and w.op not in ("not_in", "!=") and w.meets(alone) for w in wishes)
        elif e.code == "shares":
            assert e.item_id in {i.id for i in (*named, *liked)} - {item.id}
            assert e.value in BY_ID[e.item_id or ""].values(e.facet)
        elif e.code == "like_text":
            assert e.words
            assert any(e.words in phrase for phrase in spoken)
            assert normal(e.words) in normal(searched_text(item, teas.CATALOG))
        elif e.code == "popular":
            assert item.id in ("tea-00", "tea-01")


@settings(max_examples=60, deadline=None)
@given(
    WISHES,
    PHRASES,
    st.lists(st.sampled_from(ITEMS), max_size=3),
    st.lists(st.sampled_from(ITEMS), max_size=3),
    st.sampled_from(ITEMS),
)
def test_many_items_asked_of_one_have_each_its_own(
    wishes: list[Wish], spoken: list[str], named: list[Item], liked: list[Item], via: Item
) -> None:
    ledger = Ledger(tuple(wishes))
    of_all = Reasons(ledger, SHELF, named=named, liked=liked, spoken=spoken)
    for item in ITEMS:
        assert of_all.of(item) == evidence(item, ledger, SHELF, named=named, liked=liked, spoken=spoken)
        more = evidence(item, ledger, SHELF, named=named, liked=[*liked, via], spoken=spoken)
        assert of_all.of(item, via=via) == more
