"""Ask: one question that helps, with chips that answer it and a way out."""

from __future__ import annotations

import pytest

from chatrec.answer.ask import askable
from chatrec.vocabulary import Catalog, Item
from tests import teas
from tests.answer.stage import Decision, FakeCandidates, FakeLadder, Ledger, Stage, wish

WORDS = FakeLadder({"words": "hosted"})


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_by_rules_alone(language: str) -> None:
    reply = await Stage("ask", language=language).play()
    assert reply.text.endswith(("?", "？"))
    assert reply.items == []
    assert reply.chips[-1].act is not None
    assert reply.chips[-1].act.kind == "just_show"
    wishes = [c.act.wish for c in reply.chips[:-1] if c.act]
    assert wishes
    assert all(w and w["facet"] == "kind" and w["op"] == "=" for w in wishes)
    assert reply.chips[0].label == ("Black (5)" if language == "en" else "红茶 (5)")


async def test_what_is_settled_is_not_asked() -> None:
    ledger = Ledger((wish("w1", "kind", "=", "Green"), wish("w2", "price", "<", 40)))
    reply = await Stage("ask", ledger=ledger).play()
    assert {c.act.wish["facet"] for c in reply.chips[:-1] if c.act and c.act.wish}.isdisjoint({"kind", "price"})
    assert "grower" not in [f.name for f in askable(teas.CATALOG, Ledger())]  # too many names


async def test_amounts_are_asked_in_ranges_that_lead_somewhere() -> None:
    stage = Stage("ask", decision=Decision("ask", facet="price"))
    reply = await stage.play()
    assert "spend" in reply.text or "budget" in reply.text
    chips = reply.chips[:-1]
    assert [c.act.wish["op"] for c in chips if c.act and c.act.wish] == ["<=", "between", ">="]
    for chip in chips:
        assert chip.act is not None
        assert chip.act.wish is not None
        meant = wish("x", chip.act.wish["facet"], chip.act.wish["op"], chip.act.wish["value"])
        assert sum(meant.meets(i) for i in stage.finder.items) == chip.count
        assert chip.count
        assert 5 <= chip.count <= 15
        assert "$" in chip.label


async def test_the_models_question_when_it_is_one_and_holds() -> None:
    async def ask(say: str, decided_by: str | None = "hosted", ladder: FakeLadder = WORDS) -> Stage:
        stage = Stage("ask", decision=Decision("ask", facet="price", say=say), decided_by=decided_by, ladder=ladder)
        (await stage.play())
        return stage

    good = await ask("What would you like to spend?")
    assert good.events[0].text == "What would you like to spend?"
    assert good.meter.steps["words"] == "hosted"
    for say, by, ladder in (
        ("Prices are low.", "hosted", WORDS),  # no question
        ("Is this a lie?", "hosted", WORDS),
        ("What would you like to spend?", "local", WORDS),  # another rung than the one trusted with words
        ("What would you like to spend?", "none", WORDS),
        ("What would you like to spend?", "hosted", FakeLadder()),
    ):
        stage = await ask(say, by, ladder)
        assert stage.events[0].text != say
        assert stage.events[0].text.endswith("?")
        assert stage.meter.steps.get("words", "none") == "none"


async def test_nothing_to_split() -> None:
    bare = Catalog(name="bare", noun={"en": ["thing", "things"], "zh": ["东西"]})
    reply = await Stage("ask", catalog=bare, finder=FakeCandidates([Item("a", "A")])).play()
    assert "thing" in reply.text
    assert len(reply.chips) == 1
