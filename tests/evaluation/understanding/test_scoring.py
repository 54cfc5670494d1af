"""What counts as heard: forms of a wish, what was held before, what was taken back."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.evaluation.understanding.figures import difference, figures
from chatrec.evaluation.understanding.labels import Form, Gold, LabelledTurn
from chatrec.evaluation.understanding.report import error_classes
from chatrec.evaluation.understanding.scoring import TurnScore, matches, score_turn
from chatrec.vocabulary import Ledger, Wish
from tests.teas import CATALOG


def wish(facet: str | None, op: Any, value: Any, **more: Any) -> Wish:
    return Wish(facet=facet, op=op, value=value, **more)


def scored(
    labels: LabelledTurn, before: list[Wish], after: list[Wish], kind: str = "recommend", **more: Any
) -> TurnScore:
    group = more.pop("group", "d")
    return score_turn(
        labels, Ledger(tuple(before)), Ledger(tuple(after)), kind, CATALOG, language="en", group=group, **more
    )


@pytest.mark.parametrize(
    ("gold", "heard", "same"),
    [
        (Gold(facet="kind", op="=", value="Green"), wish("kind", "=", "green"), True),
        (Gold(facet="kind", op="=", value="Green"), wish("kind", "contains", "Green"), True),
        (Gold(facet="kind", op="=", value="Green"), wish("kind", "not_in", ["Green"]), False),
        (Gold(facet="kind", op="in", value=["Green", "Black"]), wish("kind", "in", ["Black", "Green"]), True),
        (Gold(facet="kind", op="in", value=["Green", "Black"]), wish("kind", "in", ["Black"]), False),
        (Gold(facet="price", op="between", value=[5, 10]), wish("price", "between", [5.0, 10.0]), True),
        (Gold(facet="price", op="<=", value=5), wish("price", "<", 5), False),
        (Gold(facet="price", op="<=", value=5, alternatives=(Form(op="<", value=5),)), wish("price", "<", 5), True),
        (Gold(facet="price", op="<=", value=5, hard=True), wish("price", "<=", 5, hard=False), False),
        (Gold(facet="price", op="<=", value=5), wish("price", "<=", 5, hard=False), True),
    ],
)
def test_a_wish_says_what_a_label_says(gold: Gold, heard: Wish, same: bool) -> None:
    assert matches(gold, heard) is same


def test_what_was_held_before_is_neither_gained_nor_missed() -> None:
    green = wish("kind", "=", "Green")
    labels = LabelledTurn(
        text="green again, under 5",
        wishes=(Gold(facet="kind", op="=", value="Green"), Gold(facet="price", op="<", value=5)),
    )
    score = scored(labels, [green], [green, wish("price", "<", 5)])
    assert len(score.right) == 1
    assert score.exact
    assert score.states


def test_missed_wrong_and_taken_back() -> None:
    green, cheap = wish("kind", "=", "Green"), wish("price", "<", 5)
    labels = LabelledTurn(
        text="...", wishes=(Gold(facet="kind", op="=", value="Black"),), drops=("price",), kind=("recommend", "ask")
    )
    wrong = scored(labels, [green, cheap], [wish("kind", "=", "White"), cheap], kind="converse")
    assert (len(wrong.missed), len(wrong.wrong), wrong.kept, wrong.kind_right) == (1, 1, ("price",), False)
    assert error_classes([wrong]) == {
        "other value: category": 1,
        "not taken back": 1,
        "decision: converse for recommend/ask": 1,
    }
    right = scored(labels, [green, cheap], [wish("kind", "=", "Black")], kind="ask")
    assert right.exact
    assert right.taken_back == ("price",)
    assert right.kind_right
    lost = scored(LabelledTurn(text="hi"), [green], [])
    assert lost.lost == ("kind",)
    assert not lost.exact
    assert lost.kind_right is None


def test_free_words_count_only_where_they_are_labelled() -> None:
    heard = [wish(None, "like", "smoky", hard=False)]
    assert scored(LabelledTurn(text="smoky"), [], heard).exact
    assert not scored(LabelledTurn(text="smoky"), [], heard, likes=True).exact


def test_figures_are_shares_with_intervals_over_conversations() -> None:
    labels = LabelledTurn(text="green", wishes=(Gold(facet="kind", op="=", value="Green"),), kind=("recommend",))
    good = [scored(labels, [], [wish("kind", "=", "Green")], group=f"g{n}") for n in range(30)]
    bad = [scored(labels, [], [wish("kind", "=", "Black")], kind="ask", group=f"b{n}") for n in range(10)]
    found = figures([*good, *bad])
    for name in (
        "precision", "recall", "F1", "exact turns, all", "exact turns that state something", "decision", "turns wholly right",
    ):  # fmt: skip
        figure = found[name]
        assert figure.value == pytest.approx(0.75)
        assert figure.low is not None
        assert figure.high is not None
        assert 0.55 < figure.low < 0.7
        assert 0.8 < figure.high < 0.95
    assert found["taken back"].value is None
    assert str(found["taken back"]) == "-"
    assert str(figures(good)["F1"]) == "1.00 [1.00, 1.00]"
    assert figures([])["F1"].value is None


def test_a_turn_is_wholly_right_when_all_that_is_labelled_of_it_is() -> None:
    labels = LabelledTurn(text="green", wishes=(Gold(facet="kind", op="=", value="Green"),), kind=("recommend",))
    green, black = wish("kind", "=", "Green"), wish("kind", "=", "Black")
    assert scored(labels, [], [green]).whole
    assert not scored(labels, [], [black]).whole
    assert not scored(labels, [], [green], kind="ask").whole
    only = LabelledTurn(text="nice weather", only_kind=True, kind=("converse",))
    assert scored(only, [], [green], "converse").whole
    assert not scored(only, [], [], "recommend").whole


def test_two_readers_are_compared_on_the_same_conversations() -> None:
    labels = LabelledTurn(text="green", wishes=(Gold(facet="kind", op="=", value="Green"),))

    def reader(rights: set[int]) -> list[TurnScore]:
        return [
            scored(labels, [], [wish("kind", "=", "Green" if n in rights else "Black")], group=str(n))
            for n in range(40)
        ]

    better = difference(reader(set(range(10))), reader(set(range(30))), "exact turns, all")
    assert better.value == pytest.approx(0.5)
    assert better.low is not None
    assert better.low > 0.2
    same = difference(reader({1, 2}), reader({1, 2}), "exact turns, all")
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_a_turn_with_only_its_decision_labelled_says_nothing_about_wishes() -> None:
    green = wish("kind", "=", "Green")
    talk = scored(LabelledTurn(text="nice weather", only_kind=True, kind=("converse",)), [], [green], "recommend")
    whole = scored(
        LabelledTurn(text="green", wishes=(Gold(facet="kind", op="=", value="Green"),)), [], [green], group="e"
    )
    found = figures([talk, whole])
    assert found["decision"].value == 0.0
    assert (found["exact turns, all"].n, found["exact turns, all"].value) == (1, 1.0)
    assert found["turns wholly right"].value == 0.5
    assert found["precision"].value == 1.0
