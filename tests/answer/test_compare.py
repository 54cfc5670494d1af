"""Compare: side by side, from the records alone."""

from __future__ import annotations

from tests.answer.stage import Act, Decision, Ledger, Stage, tea, wish


async def test_facet_by_facet() -> None:
    stage = Stage("compare", act=Act(kind="compare", item_ids=["tea-00", "tea-03", "tea-09"]))
    lines = (await stage.play()).text.splitlines()
    assert "Misty Ridge Sencha, Cloud Temple Green and Keemun Dawn" in lines[0]
    assert "Kind: green (Misty Ridge Sencha) · green (Cloud Temple Green) · black (Keemun Dawn)" in lines
    price = next(line for line in lines if line.startswith("Price: "))
    assert "not known (Keemun Dawn)" in price
    assert "Organic: yes (the same)" in lines
    assert len(lines) == 1 + 7


async def test_in_chinese() -> None:
    text = (await Stage("compare", language="zh", decision=Decision("compare", items=(tea(1), tea(10)))).play()).text
    assert "茶类：“春龙井”绿茶 · “铁观音珍藏”乌龙" in text
    assert text.startswith(("“春龙井”和“铁观音珍藏”", "来看看"))


async def test_against_the_wishes() -> None:
    ledger = Ledger((wish("w1", "kind", "=", "Green"),))
    items = Decision("compare", items=(tea(0), tea(9)))
    text = (await Stage("compare", decision=items, ledger=ledger).play()).text
    assert "Keemun Dawn does not meet this: green." in text
    assert "Misty Ridge Sencha does not" not in text
    both = Decision("compare", items=(tea(0), tea(1)))
    assert "not meet" not in (await Stage("compare", decision=both, ledger=ledger).play()).text


async def test_needs_two_different_ones() -> None:
    for items in ((), (tea(0),), (tea(0), tea(0))):
        reply = await Stage("compare", decision=Decision("compare", items=items)).play()
        assert "Which ones" in reply.text
        assert reply.chips == []


async def test_five_at_most() -> None:
    items = tuple(tea(n) for n in range(8))
    reply = await Stage("compare", decision=Decision("compare", items=items)).play()
    assert tea(4).title in reply.text
    assert tea(5).title not in reply.text
