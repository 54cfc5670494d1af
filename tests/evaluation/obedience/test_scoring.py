"""A reply that does not obey is seen; one that does is not blamed."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.evaluation.obedience.dialogues import Held, Said
from chatrec.evaluation.obedience.labelled import made_of
from chatrec.evaluation.obedience.scoring import (
    Judge,
    Outcome,
    Tally,
    allowed,
    classes,
    differing,
    told,
    told_unanswered,
)
from chatrec.evaluation.obedience.stock import Stock
from chatrec.evaluation.understanding.labels import Form, Gold, Labelled, LabelledTurn
from chatrec.vocabulary import DecisionOut, ItemOut, NearOut, Reply, Wish
from tests import teas

STOCK = Stock(teas.CATALOG, teas.items())
GREEN = Wish(id="w1", facet="kind", op="=", value="Green")
CHEAP = Wish(id="w2", facet="price", op="<", value=20)
FREE = Wish(id="w3", facet="caffeine", op="<", value=1)


def held(*wishes: Wish, turn: int = 0, **more: Any) -> tuple[Held, ...]:
    return tuple(Held(w, "value", "{w}", turn, **more) for w in wishes)


def said(*gold: Held, does: str = "open", **more: Any) -> Said:
    return Said("words", does, tuple(gold), frozenset(str(h.wish.facet) for h in gold), **more)


def reply(*ids: str, wishes: tuple[Wish, ...] = (), kind: Any = "recommend", text: str = "", near: Any = ()) -> Reply:
    return Reply(
        decision=DecisionOut(kind=kind), items=[ItemOut(id=i, title=i) for i in ids], wishes=list(wishes), text=text, near=list(near)
    )  # fmt: skip


def judged(said: Said, reply: Reply, **more: Any) -> Judge:
    judge = Judge(STOCK)
    judge.take(Outcome("d", "en", 0, said, more.pop("before", ()), reply, **more))
    return judge


def share(judge: Judge, name: str) -> tuple[int, int]:
    found = judge.tally.share(name)
    return found.good, found.n


def ids(*wishes: Wish) -> list[str]:
    return [STOCK.items[n].id for n in sorted(STOCK.allowed(wishes))]


def test_an_obedient_answer() -> None:
    judge = judged(said(*held(GREEN)), reply(*ids(GREEN)[:3], wishes=(GREEN,)))
    assert not judge.breaches
    assert not judge.misses
    for name in ("items that meet our ledger", "items that meet the gold"):
        assert share(judge, name) == (3, 3)
    assert share(judge, "turns obeyed") == (1, 1)
    assert judge.tally.names("kind/") == ["kind/value, kind/en"]


def test_an_item_against_the_ledger_is_a_breach() -> None:
    judge = judged(said(*held(GREEN)), reply("tea-05", wishes=(GREEN,)))
    assert len(judge.breaches) == 1
    assert share(judge, "items that meet our ledger") == (0, 1)
    assert share(judge, "turns obeyed") == (0, 1)
    assert judged(said(), reply("tea-99")).breaches
    again = judged(said(), reply("tea-05", "tea-06"), spent=frozenset({"tea-05"}))
    assert share(again, "items not shown before") == (1, 2)


def test_what_was_not_heard_is_a_miss_and_no_breach() -> None:
    judge = judged(said(*held(GREEN, CHEAP)), reply(*ids(GREEN)[:3], wishes=(GREEN,)))
    assert not judge.breaches
    assert [(m.what, m.facet) for m in judge.misses] == [("missed", "price")]
    assert "missed: value (en)" in told(classes(judge.misses), 3)
    good, n = share(judge, "items that meet the gold")
    assert good < n == 3


@pytest.mark.parametrize(
    ("gold", "ledger", "before", "what"),
    [
        ((GREEN,), (GREEN.model_copy(update={"hard": False}),), (), "taken as soft"),
        ((GREEN,), (GREEN.model_copy(update={"value": "White"}),), (), "another value"),
        ((CHEAP,), (CHEAP.model_copy(update={"op": ">"}),), (), "another operator"),
        ((CHEAP,), (CHEAP, Wish(id="w9", facet="price", op=">", value=10)), (), "an older one kept, or one too many"),
        ((), (GREEN,), (), "made up"),
    ],
)
def test_kinds_of_misses(gold: Any, ledger: Any, before: Any, what: str) -> None:
    assert [m.what for m in judged(said(*held(*gold)), reply(wishes=ledger), before=before).misses] == [what]


def test_a_miss_counts_once_where_it_arises() -> None:
    after = judged(said(*held(GREEN), does="others"), reply(), gold_before=held(GREEN))
    assert not after.misses


def test_a_wish_that_goes_though_nobody_spoke_of_it() -> None:
    turn = Said("others", "others", held(GREEN, CHEAP))
    judge = judged(turn, reply(wishes=(GREEN,)), before=(GREEN, CHEAP), gold_before=held(GREEN, CHEAP))
    assert share(judge, "wishes kept that nobody spoke of") == (1, 2)
    assert [m.what for m in judge.misses] == ["lost"]
    tighter = CHEAP.model_copy(update={"value": 10, "id": "w7"})
    assert share(
        judged(turn, reply(wishes=(GREEN, tighter)), before=(GREEN, CHEAP)), "wishes kept that nobody spoke of"
    ) == (2, 2)


def test_no_items_though_all_was_heard() -> None:
    judge = judged(said(*held(GREEN)), reply(wishes=(GREEN,), kind="ask"))
    assert "open (en) answered by ask" in told_unanswered(judge.unanswered, 3)
    assert not judged(said(*held(GREEN)), reply(kind="ask")).unanswered  # here the reader is to blame


def test_another_kind_of_answer_may_be_as_right() -> None:
    for kind, n in (("lookup", 0), ("converse", 1)):
        judge = judged(said(*held(GREEN), instead=("lookup",)), reply(wishes=(GREEN,), kind=kind))
        assert share(judge, "turns obeyed") == (0, n)


NONE = "Nothing here fits all of this: green, under 1 mg. "


@pytest.mark.parametrize(
    ("kind", "text", "good"),
    [
        ("none_fit", NONE + "The sticking point is this wish: green. Without it there is a choice of five teas.", True),
        (
            "none_fit",
            NONE + "The sticking point is this wish: under $20. Without it there is a choice of five teas.",
            False,
        ),
        ("none_fit", NONE + "Dropping just one of them would not be enough.", False),
        ("none_fit", "Sorry.", False),
        ("recommend", "Here you are.", False),
    ],
)
def test_the_cause_has_to_be_named(kind: str, text: str, good: bool) -> None:
    judge = judged(said(*held(GREEN, FREE)), reply(wishes=(GREEN, FREE), kind=kind, text=text))
    assert share(judge, "nothing fits, ledger right: said so and named the cause") == (good, 1)
    assert bool(judge.breaches) != good


def test_a_fact_of_one_item_is_answered_where_nothing_fits_and_that_was_told() -> None:
    none = reply(
        wishes=(GREEN, FREE),
        kind="none_fit",
        text="Nothing here fits all of this: green. Dropping just one of them would not be enough.",
    )
    first = STOCK.items[0]
    fact = reply(wishes=(GREEN, FREE), kind="lookup", text=f"{first.title}: price $6.")
    asked = said(*held(GREEN, FREE))
    name = "nothing fits, ledger right: said so and named the cause"

    def after(*turns: tuple[Said, Reply]) -> tuple[int, int]:
        judge = Judge(STOCK)
        for n, (words, answer) in enumerate(turns):
            judge.take(Outcome("d", "en", n, words, (GREEN, FREE) if n else (), answer))
        return share(judge, name)

    named = Said(f"How much is {first.title}?", "add", asked.gold, asked.touched)
    assert after((asked, none), (named, fact))[1] == 1  # the second is not counted
    assert after((named, fact)) == (0, 1)  # nobody had been told
    vague = Said("What else is there?", "add", asked.gold, asked.touched)
    assert after((asked, none), (vague, fact))[1] == 2  # an item that nobody spoke of
    more = (GREEN, FREE, CHEAP)
    changed = reply(wishes=more, kind="lookup", text=f"{first.title}: price $6.")
    cheap = Said(f"Under 20. How much is {first.title}?", "add", held(*more), asked.touched)
    assert after((asked, none), (cheap, changed))[1] == 2  # a wish came in: what fits now has to be said


def test_a_single_wish_that_nothing_meets() -> None:
    dear = Wish(id="w1", facet="price", op=">", value=1000)
    answer = reply(wishes=(dear,), kind="none_fit", text="Nothing here fits this wish: over $1000.")
    assert not judged(said(*held(dear)), answer).breaches


def test_near_items_say_all_they_break() -> None:
    def near(reason: str, *breaks: str) -> NearOut:
        return NearOut(item=ItemOut(id="tea-00", title="", reason=reason), breaks=list(breaks))

    for one, good in (
        (near("Misses one wish: under 1 mg.", "w3"), True),
        (near("Misses one wish.", "w3"), False),
        (near("Misses one wish: green.", "w1"), False),
    ):
        judge = judged(said(*held(GREEN, FREE)), reply(wishes=(GREEN, FREE), kind="none_fit", near=[one]))
        assert share(judge, "near items that say what they break") == (good, 1)


def test_saying_that_nothing_fits_where_something_does() -> None:
    near = NearOut(item=ItemOut(id="tea-05", title="", reason="Misses one wish: green."), breaks=["w1"])
    judge = judged(said(*held(GREEN)), reply(wishes=(GREEN,), kind="none_fit", near=[near]))
    assert any("something does" in b for b in judge.breaches)


def test_other_forms_are_as_right() -> None:
    loose = held(Wish(facet="price", op="<", value=17), forms=(Wish(facet="price", op="<=", value=17),))
    assert len(allowed(loose, STOCK)) == len(STOCK.allowed([Wish(facet="price", op="<=", value=17)]))
    assert differing(held(GREEN), [Wish(facet="kind", op="in", value=["green"])], STOCK) == set()


def test_shares_have_intervals_over_dialogues() -> None:
    tally = Tally()
    for n in range(20):
        tally.add("x", f"d{n}", n % 2, 1)
    found = tally.share("x")
    assert (found.good, found.n) == (10, 20)
    assert found.low is not None
    assert found.high is not None
    assert 0.2 < found.low < 0.5 < found.high < 0.8
    assert str(tally.share("nothing")) == "-"


def test_labelled_dialogues_add_up() -> None:
    price = Gold(facet="price", op="<=", value=20, alternatives=(Form(op="<", value=20),))
    labelled = Labelled(
        id="d", catalog="teas", language="zh",
        turns=(
            LabelledTurn(text="a", wishes=(price, Gold(facet="flavours", op="contains", value="Smoky"))),
            LabelledTurn(text="b", wishes=(Gold(facet="flavours", op="contains", value="Floral"),)),
            LabelledTurn(text="c", wishes=(Gold(facet="price", op=">", value=30),)),
            LabelledTurn(text="d", drops=("flavours",)),
            LabelledTurn(text="e"),
        ),
    )  # fmt: skip
    turns = made_of(labelled, teas.CATALOG).turns
    assert [[h.wish.value for h in t.gold] for t in turns] == [
        [20, "Smoky"], [20, "Smoky", "Floral"], ["Smoky", "Floral", 30], [30], [30],
    ]  # fmt: skip
    assert [t.asks for t in turns] == [True, True, True, False, False]
    assert turns[0].gold[0].forms[0].op == "<"
