"""Clicks: what each act means, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.errors import BadInput
from chatrec.vocabulary import Act, Feedback
from tests.understand.catalogs import FILM_ITEMS, FILMS, Shop, brief, wish

SHOP = Shop(FILMS, FILM_ITEMS)
HELD = (wish("year", ">=", 1990, id="w1"),)


def act(kind: Any, **more: Any) -> Any:
    return SHOP.read(act=Act(kind=kind, **more), shown=("heat", "alien"), ledger=HELD)


@pytest.mark.parametrize("kind", ["like", "dislike", "seen", "owned"])
def test_feedback(kind: str) -> None:
    heard = act(kind, item_ids=["heat", "up"])
    assert heard.feedback == (Feedback(kind, "heat"), Feedback(kind, "up"))
    assert (heard.kind, heard.certain, heard.wishes) == ("noted", True, ())


def test_undo_and_reset() -> None:
    assert act("undo").undo
    assert act("reset").reset
    assert act("undo").kind == act("reset").kind == "noted"


def test_set_wish_is_checked_and_may_replace_another() -> None:
    heard = act("set_wish", wish={"facet": "year", "op": ">=", "value": 2000}, wish_id="w1")
    assert [brief(w) for w in heard.wishes] == ["year >= 2000"]
    assert heard.drops == ("w1",)
    assert (heard.kind, heard.certain, heard.asks) == ("recommend", True, True)
    assert act("set_wish", wish={"facet": "year", "op": ">=", "value": 2000}).drops == ()


def test_drop_wish_twice_is_no_error() -> None:
    assert act("drop_wish", wish_id="w1").drops == ("w1",)
    assert act("drop_wish", wish_id="w9").drops == ()


def test_more_like_why_compare_just_show() -> None:
    heard = act("more_like", item_ids=["heat"])
    assert [(brief(w), w.words) for w in heard.wishes] == [("like heat", "Heat")]
    assert (act("why", item_ids=["heat"]).kind, act("why_not", item_ids=["up"]).negated_item) == ("explain", True)
    assert [i.id for i in act("compare", item_ids=["heat", "up"]).items] == ["heat", "up"]
    assert act("just_show").just_show


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("like", {}, "act.item_ids"),
        ("like", {"item_ids": ["nope"]}, "act.item_ids"),
        ("compare", {"item_ids": ["heat"]}, "act.item_ids"),
        ("compare", {"item_ids": ["heat", "alien", "up", "her", "it", "big"]}, "act.item_ids"),
        ("more_like", {}, "act.item_ids"),
        ("set_wish", {}, "act.wish"),
        ("set_wish", {"wish": {"facet": "year", "op": "has", "value": 1}}, "op"),
        ("drop_wish", {}, "act.wish_id"),
    ],
)
def test_refused(kind: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as error:
        act(kind, **more)
    assert [f for f, _ in error.value.fields] == [field]
