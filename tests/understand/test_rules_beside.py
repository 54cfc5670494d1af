"""When a question beside items would be borne: items were shown, the person goes on looking, and nobody is asked a third time."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.understand.rules import rules
from chatrec.vocabulary import Act, Exchange, Heard, Ledger, Profile, Said, Turn, Wish

SMOKY = Wish(id="w1", facet="flavours", op="contains", value="Smoky", words="smoky")
SHOWN = frozenset({"tea-00"})


def kind(heard: Heard, text: str = "words", act: Act | None = None, **turn: Any) -> str:
    said = Said("p", "teas", "c", "t", text if act is None else "", act)
    return rules(said, heard, Turn("t", "c", said, "en", **turn), Profile("p")).kind


def past(*texts: str, said: str = "others") -> tuple[Exchange, ...]:
    return tuple(Exchange(f"t{n}", said, "recommend", text, ("tea-00",)) for n, text in enumerate(texts))


@pytest.mark.parametrize(
    ("heard", "more", "expected"),
    [
        (Heard(wishes=(SMOKY,)), {}, "recommend"),  # clear wishes get items at once, and nothing else
        (Heard(wishes=(SMOKY,)), {"shown": SHOWN, "history": past("Here.")}, "ask"),
        (Heard(again=True), {"shown": SHOWN, "history": past("Here.")}, "ask"),
        (Heard(drops=("w1",)), {"shown": SHOWN, "history": past("Here.")}, "ask"),
        (Heard(), {"shown": SHOWN, "ledger": Ledger((SMOKY,)), "history": past("Which price?")}, "ask"),
        (Heard(again=True), {"shown": SHOWN, "history": past("Here. Which price?", "How old?")}, "recommend"),
        (Heard(again=True), {"shown": SHOWN, "history": past("几年的？", "多少钱？")}, "recommend"),
        (Heard(again=True), {"shown": SHOWN, "history": past("Price?", "Age?", "Here.")}, "ask"),
        (Heard(again=True), {"shown": SHOWN, "history": past("Here.", "Here.", said="just show")}, "recommend"),
        (Heard(just_show=True), {"shown": SHOWN, "history": past("Here.")}, "recommend"),
        (Heard(again=True, count=8), {"shown": SHOWN, "history": past("Here.")}, "recommend"),
        (Heard(show_again=True), {"shown": SHOWN, "ledger": Ledger((SMOKY,)), "history": past("Here.")}, "recommend"),
        (Heard(kind="converse", certain=True), {"shown": SHOWN, "history": past("Here.")}, "converse"),
        (Heard(kind="lookup", certain=True, facet="price"), {"shown": SHOWN, "history": past("Here.")}, "lookup"),
    ],
)
def test_beside_items(heard: Heard, more: dict[str, Any], expected: str) -> None:
    assert kind(heard, **more) == expected


@pytest.mark.parametrize(
    ("act", "expected"), [("set_wish", "ask"), ("just_show", "recommend"), ("more_like", "recommend")]
)
def test_acts(act: Any, expected: str) -> None:
    heard = Heard(kind="recommend", certain=True, wishes=(SMOKY,))
    assert kind(heard, act=Act(kind=act), shown=SHOWN, history=past("Here.")) == expected
