"""Numbers, texts, facet conditions and wishes as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.evaluation.dialogues.conditions import amount, condition, pattern, wanted, wish_text
from chatrec.vocabulary import Wish
from tests.evaluation.dialogues.hand_built import CLOUD, SENCHA, TEAS
from tests.teas import CATALOG


@pytest.mark.parametrize(
    ("raw", "inside", "outside"),
    [
        (7, [7], [6, 8, 7.1]), ("7", [7], [8]), ("3..5", [3, 4, 5], [2, 6]), ("3..", [3, 999], [2.9]), ("..5", [-1, 5], [5.1]),
        ("<5", [4.9], [5]), ("<=5", [5], [5.1]), (">5", [5.1], [5]), (">=5", [5], [4.9]), ("-3..-1", [-2], [0]), (8.5, [8.5], [8]),
        ("1.5 .. 2", [1.7], [1.4]),
    ],
)  # fmt: skip
def test_amounts(raw: Any, inside: list[float], outside: list[float]) -> None:
    assert all(amount(raw).holds(v) for v in inside)
    assert not any(amount(raw).holds(v) for v in outside)


@pytest.mark.parametrize("raw", ["", "a", "..", "5..3", None, True, [3], "3...5", "< 5 <", "1e3", {}])
def test_what_is_no_amount(raw: Any) -> None:
    with pytest.raises(ValueError):
        amount(raw)


def test_patterns() -> None:
    assert pattern("SMOKY").found("a smoky tea") is not None
    assert pattern("/under \\$\\d+/").found("Under $20") == "Under $20"
    assert pattern("/^x/").found("a x") is None
    assert pattern("价格").found("它的价格：6") is not None
    assert pattern(20).found("20 teas") is not None
    assert pattern("ｗｉｄｅ").found("Wide") is not None
    for raw in ("", "  ", "/(/", None, True, [], {}):
        with pytest.raises(ValueError):
            pattern(raw)


HOLDS = [
    {"kind": "Green"}, {"kind": "green"}, {"price": 6}, {"price": "..10"}, {"price": ">=6"}, {"kind": ["Black", "Green"]}, {"flavours": "Smoky"},
    {"flavours": {"all": ["Smoky", "Floral"]}}, {"kind": {"not": "Black"}}, {"kind": {"not": ["Black", "White"]}}, {"price": {"known": True}},
    {"title": "misty ridge sencha"}, {"title": "/^misty/"}, {"id": SENCHA}, {"grower": "/tanaka$/"}, {"kind": "Green", "price": 6}, {"organic": True},
]  # fmt: skip
FAILS = [
    {"kind": "Black"}, {"price": 7}, {"price": "<6"}, {"flavours": {"all": ["Smoky", "Nutty"]}}, {"kind": {"not": "Green"}}, {"kind": {"not": ["Black", "Green"]}},
    {"price": {"known": False}}, {"kind": "Green", "price": 7}, {"organic": False}, {"title": "Sencha"},
]  # fmt: skip


@pytest.mark.parametrize("raw", HOLDS, ids=str)
def test_conditions_that_hold(raw: Any) -> None:
    assert condition(raw).fails(TEAS[SENCHA], CATALOG) == []


@pytest.mark.parametrize("raw", FAILS, ids=str)
def test_conditions_that_do_not(raw: Any) -> None:
    why = condition(raw).fails(TEAS[SENCHA], CATALOG)
    assert why
    assert "expected" in why[0]


def test_an_item_without_a_value_meets_only_what_is_denied() -> None:
    unpriced = next(i for i in TEAS.values() if not i.values("price"))
    for raw, good in (({"price": "..99"}, False), ({"price": {"not": 6}}, True), ({"price": {"known": False}}, True)):
        assert (condition(raw).fails(unpriced, CATALOG) == []) is good
    assert condition({"price": 6}).fails(unpriced, CATALOG) == ["price is not known, expected 6"]


@pytest.mark.parametrize(
    "raw",
    [{}, [], "x", None, {"kind": None}, {"kind": []}, {"kind": {}}, {"kind": {"no": 1}}, {"kind": {"all": 1}}, {"kind": {"known": 1}}, {"price": "9..1"}, {"kind": "/(/"}],
)  # fmt: skip
def test_what_is_no_condition(raw: Any) -> None:
    with pytest.raises(ValueError):
        condition(raw)


def test_an_unknown_facet_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="teas has no facet colour; it has kind, flavours"):
        condition({"colour": "red"}).fails(TEAS[CLOUD], CATALOG)


WISHES = [
    Wish(facet="price", op="between", value=[5, 10.5]), Wish(facet="price", op="<", value=20), Wish(facet="kind", op="=", value="Pu-erh"),
    Wish(facet="flavours", op="not_in", value=["Smoky", "Nutty"]), Wish(facet="flavours", op="in", value=["Smoky", "Malty"]),
    Wish(facet="origin", op="=", value="China", hard=False), Wish(facet="organic", op="=", value=True), Wish(facet="price", op="sort", value="asc", hard=False),
    Wish(op="like", value="quiet mornings", hard=False), Wish(op="not_like", value="tea-01", hard=False), Wish(facet="grower", op="contains", value="Mei Tanaka"),
]  # fmt: skip


@pytest.mark.parametrize("wish", WISHES, ids=wish_text)
def test_a_wish_reads_back_what_it_was_written_as(wish: Wish) -> None:
    written = wanted(wish_text(wish))
    assert written.holds(wish)
    others = [w for w in WISHES if w is not wish]
    assert not any(written.holds(w) for w in others)


def test_parts_of_a_wish() -> None:
    soft, hard = WISHES[5], Wish(facet="origin", op="=", value="China")
    assert wanted("origin").holds(soft)
    assert wanted("origin").holds(hard)
    assert not wanted("origin = China").holds(soft)
    assert wanted("origin = China (soft)").holds(soft)
    assert not wanted("origin (soft)").holds(hard)
    assert wanted("like *").holds(WISHES[8])
    assert wanted("like").holds(WISHES[8])
    assert wanted('like "quiet mornings"').holds(WISHES[8])
    assert not wanted("like loud").holds(WISHES[8])
    assert wanted("price between 5..10.5").holds(WISHES[0])
    assert wanted("price between [5, 10.5]").holds(WISHES[0])
    for raw in ("", "price <", "price about 5", None, 3, ["price"], {}):
        with pytest.raises(ValueError):
            wanted(raw)
