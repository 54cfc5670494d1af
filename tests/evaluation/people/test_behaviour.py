"""What simulated people do: tell when asked, reject with a true reason, change their mind, accept, and keep what they never tell."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.evaluation.people.behaviour import Playing, asked_about, differences
from chatrec.evaluation.people.person import Constraint, Person, Told
from chatrec.evaluation.people.system import Answered
from chatrec.vocabulary import Act, Chip, Item, Reply, Wish
from tests import teas

CATALOG, ITEMS = teas.CATALOG, teas.items()
WANTED = next(i for i in ITEMS if i.values("kind") == ("Green",))
GREEN = Wish(facet="kind", op="=", value="Green")
ORIGIN = Wish(facet="origin", op="=", value=WANTED.values("origin")[0])
PRICE = Wish(facet="price", op="<=", value=WANTED.values("price")[0] + 5)
OTHERS = tuple(i for i in ITEMS if i.values("kind") == ("Black",))[:5]


def playing(seed: int = 1, changes_at: int | None = None, **told: Wish) -> Playing:
    levels: dict[str, Told] = {"volunteered": "volunteered", "asked": "asked", "never": "never"}
    constraints = tuple(Constraint(w, levels[k]) for k, w in told.items())
    return Playing(Person("p", seed, "en", WANTED, constraints, changes_at=changes_at), CATALOG)


def chip(**wish: Any) -> Chip:
    return Chip(label="this (3)", act=Act(kind="set_wish", wish=wish))


def test_what_is_volunteered_is_said_at_once_and_nothing_else() -> None:
    for seed in range(20):
        one = playing(seed, volunteered=GREEN, asked=PRICE, never=ORIGIN)
        text = one.open().text.lower()
        assert "green" in text
        assert "$" not in text
        assert str(ORIGIN.value).lower() not in text
        assert one.holds == [GREEN]


def test_an_answer_when_asked_and_never_what_is_kept() -> None:
    asked, silent = 0, 0
    for seed in range(40):
        one = playing(seed, volunteered=GREEN, asked=PRICE, never=ORIGIN)
        one.open()
        move = one.react(Answered(text="How much would you like to spend?"))
        asked += move.what == "answer" and PRICE in one.holds
        move = one.react(Answered(text="Do you have a preference here: origin?"))
        silent += move.what in ("dont_mind", "just_show") and ORIGIN not in one.holds
    assert (asked, silent) == (40, 40)


def test_chips_are_pressed_only_where_they_are_true() -> None:
    right = chip(facet="price", op="<=", value=10_000)
    wrong = chip(facet="price", op="<=", value=0.5)
    pressed = []
    for seed in range(60):
        one = playing(seed, asked=PRICE)
        one.open()
        pressed.append(one.react(Answered(text="What is your budget?", chips=(wrong, right))).chip)
    assert wrong not in pressed
    assert 10 < pressed.count(right) < 50
    assert all(w.meets(WANTED) for w in one.holds)


def test_reasons_are_true_and_kept_as_what_was_said() -> None:
    rejected = 0
    for seed in range(60):
        one = playing(seed, volunteered=PRICE)
        one.open()
        before = list(one.holds)
        move = one.react(Answered(items=OTHERS, text="Here are five."))
        new = [w for w in one.holds if w not in before]
        assert all(w.meets(WANTED) for w in new)
        if move.what == "reject":
            rejected += 1
            assert new
            assert not all(new[0].meets(i) for i in OTHERS)
    assert 25 < rejected < 60


def test_a_change_of_mind_is_no_longer_held_against_anybody() -> None:
    one = playing(2, changes_at=2, volunteered=GREEN)
    one.open()
    move = one.react(Answered(items=OTHERS, text="Here are five."))
    assert move.what == "drop"
    assert "kind" in move.text
    assert one.holds == []


def test_it_is_found_by_id_near_misses_included() -> None:
    one = playing(volunteered=GREEN)
    assert one.wants(Answered(items=(*OTHERS, WANTED))) == 5
    assert one.wants(Answered(near=(WANTED,))) == 0
    assert one.wants(Answered(items=OTHERS)) is None


def test_the_wish_that_is_to_blame_is_dropped() -> None:
    wishes = [Wish(id="w1", facet="kind", op="=", value="Black"), Wish(id="w2", facet="kind", op="=", value="Green")]
    chips = tuple(Chip(label=w.id, act=Act(kind="drop_wish", wish_id=w.id)) for w in reversed(wishes))
    one = playing(volunteered=GREEN)
    one.open()
    move = one.react(Answered(text="Nothing fits.", chips=chips, reply=Reply(wishes=wishes)))
    assert move.chip is not None
    assert move.chip.label == "w1"


@pytest.mark.parametrize(
    ("text", "chips", "items", "about"),
    [
        ("What kind of tea do you feel like?", (), (), ("kind",)),
        ("What is your budget, roughly?", (), (), ("price",)),
        ("预算大概多少？", (), (), ("price",)),
        ("Anything else?", (), (), ()),
        ("Does the origin or the price matter?", (), OTHERS, ("origin", "price")),
        ("How about these?", (), OTHERS, None),
        ("Here are five.", (), OTHERS, None),
        ("Here. Do you have a preference here: origin?", (), OTHERS, ("origin",)),
        ("Which?", (chip(facet="price", op="<=", value=9), chip(facet="price", op=">", value=9)), OTHERS, ("price",)),
    ],
)
def test_what_is_asked(
    text: str, chips: tuple[Chip, ...], items: tuple[Item, ...], about: tuple[str, ...] | None
) -> None:
    assert asked_about(Answered(items=items, text=text, chips=chips), CATALOG) == about


def test_differences() -> None:
    price = CATALOG.facet("price")
    kind = CATALOG.facet("kind")
    assert price is not None
    assert kind is not None
    dear = [Item(f"d{n}", "d", attributes={"price": 100.0 + n, "kind": "Black"}) for n in range(4)]
    cheap = Item("c", "c", attributes={"price": 10.0, "kind": "Green"})
    assert differences(price, dear, cheap) == [(Wish(facet="price", op="<", value=100.0), "less")]
    assert differences(price, [*dear, Item("x", "x", attributes={"price": 9.0})], cheap) == []
    assert differences(kind, dear, cheap) == [(Wish(facet="kind", op="not_in", value=["Black"]), None)]
