"""References to earlier answers."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.evaluation.dialogues.references import Dangling, has_reference, resolve, turns_named
from tests.evaluation.dialogues.hand_built import CLOUD, DRAGON, NOTHING, ONE_BEFORE, SENCHA, TWO

REPLIES = [ONE_BEFORE.model_dump(mode="json"), TWO.model_dump(mode="json"), None, NOTHING.model_dump(mode="json")]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("$1.items.0", CLOUD), ("$2.items", [SENCHA, DRAGON]), ("$2.items.1.title", "Dragon Well Spring"), ("$2.candidates", 2),
        ("$2.items.0.facts.price", 6.0), ("$last.decision.kind", "none_fit"), ("$last.near.0.item", CLOUD), ("$2.wishes.1.id", "w1"),
        ("why ${2.items.0.title} and not ${1.items.0}?", f"why Misty Ridge Sencha and not {CLOUD}?"), ("<$2.items.0.facts.price", "<6.0"),
        (">= $2.candidates", ">=2"), ({"kind": "like", "item_ids": ["$2.items.1"]}, {"kind": "like", "item_ids": [DRAGON]}),
        ("it costs $20", "it costs $20"), ("no $reference", "no $reference"), (7, 7), (None, None), (True, True),
    ],
)  # fmt: skip
def test_what_they_point_at(raw: Any, found: Any) -> None:
    assert resolve(raw, REPLIES) == found


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("$9.items", "$9.items: there is no answer 9 yet."), ("$3.items", "$3.items: there is no answer 3 yet."), ("$0.items", "no answer 0"),
        ("$1.items.7", "there is no '7' (there is: 1 entries, counted from 0)"), ("$1.item", "there is no 'item' (there is: conversation_id"),
        ("$1.text.0", "there is no '0'"), ("${9.text}", "no answer 9"),
    ],
)  # fmt: skip
def test_dangling_ones_are_told(raw: str, told: str) -> None:
    with pytest.raises(Dangling) as error:
        resolve(raw, REPLIES)
    assert told in str(error.value)


def test_the_latest_answer_of_none() -> None:
    with pytest.raises(Dangling, match="no answer last"):
        resolve("$last.items", [])


def test_which_turns_are_named() -> None:
    assert turns_named({"a": ["$1.items", {"b": "x ${2.text} ${last.text}"}], "c": "<$4.candidates", "d": "a $5"}) == {
        "1",
        "2",
        "last",
        "4",
    }
    for raw in ("$1.items", "$last.items.0", "a ${3.x} b", ["x", {"y": "$2.z"}], "<=$1.candidates"):
        assert has_reference(raw)
    for raw in ("$", "$1", "$20", "$20.50", "$x", "a $1 b", "${x}", "$1.", 3, None, {"$1": "a"}, []):
        assert not has_reference(raw)
