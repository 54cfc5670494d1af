"""Explain: the true reasons for an item, or what kept it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.answer.stage import Act, Decision, FakeCandidates, Heard, Ledger, Profile, Stage, tea, wish

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
        ({"ledger": OOLONG}, ["oolong", "Its kind: green.", "that wish", "number 1."]),
        (
            {"profile": Profile("p", seen=("tea-00",)), "ledger": OOLONG},
            ["know Misty Ridge Sencha", "Its kind: green."],
        ),
        ({"profile": Profile("p", seen=("tea-00",)), "ledger": OOLONG}, ["know Misty Ridge Sencha"]),
        ({"profile": Profile("p", dislikes=("tea-00",))}, ["do not like Misty Ridge Sencha"]),
        ({"profile": Profile("p", owned=("tea-00",))}, ["have Misty Ridge Sencha already"]),
        ({"shown": SHOWN}, ["shown you Misty Ridge Sencha"]),
        ({"ledger": Ledger((wish("w1", None, "like", "tea-00"),))}, ["named Misty Ridge Sencha as an example"]),
        ({}, ["Misty Ridge Sencha", "number 1."]),
    ],
)
async def test_why_not(more: dict[str, object], says: list[str]) -> None:
    heard = Heard(items=(tea(0),), negated_item=True)
    reply = await Stage("explain", heard=heard, **more).play()  # type: ignore[arg-type]
    for words in says:
        assert words in reply.text
    assert [c.act.wish_id for c in reply.chips if c.act] == (["w1"] if says[0] == "oolong" else [])


KEEMUN = Heard(items=(tea(9),), negated_item=True)  # black, fruity and malty, from India, no price known


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_would_have_to_change(language: str) -> None:
    """Every wish it breaks in the order they were made, what it has instead, its place without them, chips that drop them."""
    wishes = (wish("w1", "kind", "=", "Oolong"), wish("w2", "caffeine", ">", 1), wish("w3", "price", "<", 500))
    stage = Stage("explain", language=language, heard=KEEMUN, ledger=Ledger(wishes))
    reply = await stage.play()
    assert ("oolong, under $500" if language == "en" else "乌龙、不到500美元") in reply.text
    assert ("Its kind: black." if language == "en" else "它的茶类：绿茶。".replace("绿茶", "红茶")) in reply.text
    assert ("Its price is not known here." if language == "en" else "它的价格没有记录。") in reply.text
    place = [i.id for i in stage.finder.items if wishes[1].meets(i)].index("tea-09") + 1
    assert (f"number {place}" if language == "en" else f"第{place}位") in reply.text
    assert ("better known" if language == "en" else "更有名") in reply.text  # what is ahead of it
    assert [c.act.wish_id for c in reply.chips if c.act] == ["w1", "w3"]
    assert all(c.act and c.act.kind == "drop_wish" for c in reply.chips)


async def test_dropping_a_wish_brings_back_nothing_that_is_known() -> None:
    profile = Profile("p", seen=("tea-09",))
    reply = await Stage("explain", heard=KEEMUN, ledger=OOLONG, profile=profile).play()
    assert "know Keemun Dawn" in reply.text
    assert "oolong" in reply.text
    assert "number" not in reply.text
    assert not reply.chips


async def test_what_fits_has_a_place_and_a_cause() -> None:
    reply = await Stage("explain", heard=Heard(items=(tea(4),), negated_item=True)).play()
    assert "number 5" in reply.text
    assert "better known" in reply.text
    close = Stage("explain", heard=Heard(items=(tea(2),), negated_item=True), last_items=(tea(20), tea(21), tea(22)))
    assert "could just as well have been on the list" in (await close.play()).text


@pytest.mark.parametrize(
    ("place", "ledger", "says"),
    [
        ({"rank": None, "ahead": ("words", "content")}, (), ["a hundred others", "your own words", "closer to what you said"]),
        ({"rank": 9, "ahead": ("order",)}, (wish("w1", "price", "sort", "asc"),), ["cheaper first", "Its price: $6."]),
        ({"rank": 9, "ahead": ("wished",)}, (wish("w1", "kind", "=", "White", hard=False),), ["prefer: white", "Its kind: green."]),
        ({"rank": 9, "ahead": ("wished", "brand-new-source")}, (), ["number 9."]),
        ({"rank": None, "gone": True}, (), ["no longer in the catalogue"]),
    ],
)  # fmt: skip
async def test_the_cause_is_the_true_one(place: dict[str, Any], ledger: Any, says: list[str]) -> None:
    class Finder(FakeCandidates):
        async def place(self, item_id: str, ledger: Ledger, profile: Profile, turn: Any) -> Any:
            return replace(await super().place(item_id, Ledger(), profile, turn), **place)

    stage = Stage("explain", heard=Heard(items=(tea(0),), negated_item=True), ledger=Ledger(ledger), finder=Finder())
    reply = await stage.play()
    for words in says:
        assert words in reply.text
    assert not reply.chips


async def test_why_tells_what_counted() -> None:
    class Finder(FakeCandidates):
        async def place(self, item_id: str, ledger: Ledger, profile: Profile, turn: Any) -> Any:
            place = await super().place(item_id, ledger, profile, turn)
            return replace(
                place, candidate=replace(place.candidate, scores={"words": 2.0, "popularity": 0.5, "else": 0.4})
            )

    stage = Stage("explain", act=Act(kind="why", item_ids=["tea-12"]), ledger=OOLONG, shown=SHOWN, finder=Finder())
    assert "What counted most: your own words and how well known it is." in (await stage.play()).text


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


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_why_nothing_fits(language: str) -> None:
    none = Ledger((wish("w1", "kind", "=", "Green"), wish("w2", "caffeine", "<", 1)))
    reply = await Stage("explain", language=language, ledger=none).play()
    assert ("green, under 1 mg" if language == "en" else "绿茶、不到1毫克") in reply.text
    assert [(c.act.wish_id, c.count) for c in reply.chips if c.act] == [("w1", 5), ("w2", 5)]
    assert reply.items == []


async def test_why_without_an_item_where_something_fits() -> None:
    assert "Which one" in (await Stage("explain", ledger=OOLONG).play()).text
