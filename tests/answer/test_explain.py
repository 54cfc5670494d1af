"""Explain: the true reasons for an item, or what kept it out."""

from __future__ import annotations

import pytest

from tests.answer.stage import Act, Decision, Heard, Ledger, Profile, Stage, tea, wish

OOLONG = Ledger((wish("w1", "kind", "=", "Oolong"), wish("w2", "price", "<", 500)))
SHOWN = frozenset(f"tea-{n:02d}" for n in range(30))


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_why(language: str) -> None:
    stage = Stage("explain", language=language, act=Act(kind="why", item_ids=["tea-12"]), ledger=OOLONG, shown=SHOWN)
    reply = await stage.play()
    assert "Amber Cliff Oolong" in reply.text
    assert ("oolong" if language == "en" else "乌龙") in reply.text
    assert ("under $500" if language == "en" else "不到500美元") in reply.text
    assert reply.items == []
    assert reply.chips[0].act == Act(kind="more_like", item_ids=["tea-12"])
    assert reply.llm.calls == 0


async def test_why_of_what_no_longer_fits() -> None:
    reply = await Stage("explain", act=Act(kind="why", item_ids=["tea-00"]), ledger=OOLONG, shown=SHOWN).play()
    assert "no longer fit: oolong" in reply.text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"ledger": OOLONG}, ["oolong", "Its kind: green."]),
        ({"profile": Profile("p", seen=("tea-00",)), "ledger": OOLONG}, ["know Misty Ridge Sencha"]),
        ({"profile": Profile("p", dislikes=("tea-00",))}, ["do not like Misty Ridge Sencha"]),
        ({"profile": Profile("p", owned=("tea-00",))}, ["have Misty Ridge Sencha already"]),
        ({"shown": SHOWN}, ["shown you Misty Ridge Sencha"]),
        ({}, ["Misty Ridge Sencha"]),
    ],
)
async def test_why_not(more: dict[str, object], says: list[str]) -> None:
    heard = Heard(items=(tea(0),), negated_item=True)
    reply = await Stage("explain", heard=heard, **more).play()  # type: ignore[arg-type]
    for words in says:
        assert words in reply.text
    assert [c.act.wish_id for c in reply.chips if c.act] == (["w1"] if says[0] == "oolong" else [])


async def test_why_not_of_an_unknown_value() -> None:
    ledger = Ledger((wish("w1", "price", "<", 500),))  # tea-09 has no price
    reply = await Stage("explain", act=Act(kind="why_not", item_ids=["tea-09"]), ledger=ledger).play()
    assert "Its price is not known here." in reply.text


async def test_why_of_what_was_never_shown_tells_why_not() -> None:
    reply = await Stage("explain", decision=Decision("explain", items=(tea(0),)), ledger=OOLONG).play()
    assert "Its kind: green." in reply.text


async def test_which() -> None:
    assert "Which one" in (await Stage("explain").play()).text
    assert "Which one" in (await Stage("explain", act=Act(kind="why", item_ids=["gone"])).play()).text
