"""Look up: what the record holds, and an honest word where it holds nothing."""

from __future__ import annotations

import pytest

from chatrec.vocabulary import Catalog, Item
from tests.answer.stage import Decision, FakeCandidates, Heard, Stage, tea


@pytest.mark.parametrize(
    ("item", "facet", "language", "says"),
    [
        (0, "price", "en", "$6"),
        (0, "kind", "en", "green"),
        (0, "flavours", "zh", "花香、烟熏"),
        (0, "organic", "en", "Yes."),
        (1, "organic", "en", "No."),
        (1, "organic", "zh", "不是"),
        (9, "price", "en", "price"),
        (9, "price", "zh", "价格"),
    ],
)
async def test_facts(item: int, facet: str, language: str, says: str) -> None:
    reply = await Stage("lookup", language=language, heard=Heard(items=(tea(item),), facet=facet)).play()
    assert says in reply.text
    assert tea(item).title_in(language) in reply.text
    assert len(reply.text) < 120


async def test_what_is_not_known_is_not_made_up() -> None:
    text = (await Stage("lookup", heard=Heard(items=(tea(9),), facet="price")).play()).text
    assert "don't know" in text or "can't say" in text
    assert "$" not in text


async def test_the_value_that_was_asked_about_is_told() -> None:
    """Of many values only some are listed: whether one is among them has to be said."""
    heard = Heard(items=(tea(0),), facet="flavours")
    value = str(tea(0).values("flavours")[-1])
    reply = await Stage("lookup", text=f"does {tea(0).title} taste {value.lower()}?", heard=heard).play()
    assert reply.text.startswith("Yes.")
    assert value.lower() in reply.text.lower()
    other = await Stage("lookup", text=f"what does {tea(0).title} taste of?", heard=heard).play()
    assert not other.text.startswith("Yes.")


async def test_an_item_as_a_whole() -> None:
    text = (await Stage("lookup", decision=Decision("lookup", items=(tea(0),))).play()).text
    assert tea(0).description in text
    for line in ("Kind: green", "Origin: China", "Price: $6", "Organic: yes"):
        assert line in text.splitlines()


async def test_several_items() -> None:
    reply = await Stage("lookup", decision=Decision("lookup", items=(tea(0), tea(1)), facet="price")).play()
    assert "$6" in reply.text
    assert "$17" in reply.text
    text = (await Stage("lookup", decision=Decision("lookup", items=(tea(0), tea(1)))).play()).text
    assert tea(0).description in text
    assert tea(1).description in text
    assert text.index(tea(0).title) < text.index("Price: $6") < text.index(tea(1).title)


async def test_nothing_known_and_nothing_meant() -> None:
    bare = Item("x", "Bare Thing")
    stage = Stage("lookup", catalog=Catalog(name="bare"), finder=FakeCandidates([bare]), heard=Heard(items=(bare,)))
    assert (await stage.play()).text == "I know nothing about Bare Thing beyond its title."
    assert "Which one" in (await Stage("lookup").play()).text


async def test_a_long_description_is_cut() -> None:
    long = Item("x", "Long", description="many words " * 400)
    stage = Stage("lookup", catalog=Catalog(name="bare"), finder=FakeCandidates([long]), heard=Heard(items=(long,)))
    assert len((await stage.play()).text) < 500


@pytest.mark.parametrize("kind", ["lookup", "compare", "explain"])
async def test_what_is_not_here_is_told_so(kind: str) -> None:
    text = (await Stage(kind, heard=Heard(not_understood=("Midsommar",))).play()).text
    assert "“Midsommar”" in text
    assert "catalogue" in text
    assert "Which one" not in text
    assert "“Midsommar”" in (await Stage(kind, language="zh", heard=Heard(not_understood=("Midsommar",))).play()).text
    quoted = (await Stage(kind, language="zh", heard=Heard(not_understood=("《英雄本色》",))).play()).text
    assert "《英雄本色》" in quoted
    assert "“" not in quoted
