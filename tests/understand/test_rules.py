"""The code's own decision: recommends when there is anything to go by, asks only when there is not, never in a row of three."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.understand.rules import rules
from chatrec.vocabulary import Act, Exchange, Feedback, Heard, Ledger, Profile, Said, Turn, Wish
from tests import teas

TEA = teas.items()[0]
SMOKY = Wish(id="w1", facet="flavours", op="contains", value="Smoky", words="smoky")


def decide(
    heard: Heard, text: str = "words", profile: Profile = Profile("p"), act: Act | None = None, **turn: Any
) -> Any:
    said = Said("p", "teas", "c", "t", text, act)
    return rules(said, heard, Turn("t", "c", said, "en", **turn), profile)


def after(kind: str) -> tuple[Exchange, ...]:
    return (Exchange("t0", "tea", kind, "What kind?"),)


@pytest.mark.parametrize(
    ("heard", "more", "kind"),
    [
        (Heard(wishes=(SMOKY,)), {}, "recommend"),
        (Heard(wishes=(SMOKY,), asks=True), {}, "recommend"),
        (Heard(asks=True), {}, "ask"),  # "recommend me a tea", and nothing known
        (Heard(asks=True), {"ledger": Ledger((SMOKY,))}, "recommend"),
        (Heard(asks=True), {"profile": Profile("p", likes=("tea-00",))}, "recommend"),
        (Heard(asks=True), {"questions_in_row": 1}, "ask"),
        (Heard(asks=True), {"questions_in_row": 2}, "recommend"),
        (Heard(asks=True, count=8), {}, "recommend"),
        (Heard(just_show=True), {}, "recommend"),
        (Heard(again=True), {}, "recommend"),
        (Heard(drops=("w1",)), {"ledger": Ledger((SMOKY,))}, "recommend"),
        (Heard(kind="converse", certain=True), {}, "converse"),
        (Heard(kind="explain", items=(TEA,), certain=True), {}, "explain"),
        (Heard(kind="explain"), {}, "converse"),  # unsure, and of nothing
        (Heard(kind="compare", items=(TEA, TEA), certain=True), {}, "compare"),
        (Heard(kind="lookup", items=(TEA,), facet="price"), {}, "lookup"),
        (Heard(items=(TEA,)), {}, "lookup"),  # a title and nothing else
        (Heard(feedback=(Feedback("seen", "tea-00"),)), {}, "noted"),
        (Heard(feedback=(Feedback("seen", "tea-00"),), again=True), {}, "recommend"),
        (Heard(undo=True), {}, "noted"),
        (Heard(reset=True), {}, "noted"),
        (Heard(), {}, "converse"),
        (Heard(), {"ledger": Ledger((SMOKY,))}, "recommend"),  # "for my aunt", while wishes hold
        (
            Heard(),
            {"ledger": Ledger((SMOKY,)), "history": after("none_fit")},
            "converse",
        ),  # not the same "nothing" again
        (Heard(), {"history": after("ask")}, "recommend"),  # an answer to our question
        (Heard(), {"history": after("converse")}, "converse"),
        (Heard(), {"act": Act(kind="like", item_ids=["tea-00"])}, "noted"),
        (Heard(kind="recommend", certain=True), {"act": Act(kind="more_like", item_ids=["tea-00"])}, "recommend"),
    ],
)
def test_kinds(heard: Heard, more: dict[str, Any], kind: str) -> None:
    assert decide(heard, **more).kind == kind


def test_what_was_heard_is_handed_on() -> None:
    made = decide(Heard(wishes=(SMOKY,), count=8, show_again=True))
    assert (made.count, made.show_again, made.query) == (8, True, "")
    assert decide(Heard(wishes=(SMOKY,)), text="forget the price").query == ""  # the reader's wishes are searched by
    made = decide(Heard(kind="lookup", items=(TEA,), facet="price", certain=True))
    assert (made.items, made.facet) == ((TEA,), "price")
