"""A question beside items: asked where its answer is likely to leave much less, never twice, and always with a way out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatrec.answer.ask import LEAST_LEFT
from chatrec.vocabulary import Exchange, Facet, Heard, Item, Wish
from tests import teas
from tests.answer.stage import ITEMS, Decision, FakeCandidates, Ledger, Stage, candidate, wish

SHOWN = frozenset({"tea-30", "tea-31"})
OFFERED = [candidate(i) for i in ITEMS[:20]]


def stage(**more: Any) -> Stage:
    return Stage("ask", shown=SHOWN, offered=OFFERED, **more)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_items_and_a_question_under_them(language: str) -> None:
    reply = await stage(language=language).play()
    assert reply.decision.kind == "recommend"  # what was answered
    assert [i.id for i in reply.items] == [c.item.id for c in OFFERED[:5]]
    assert reply.text.endswith(("?", "？"))
    acts = [c.act for c in reply.chips]
    assert acts[-1] is not None
    assert acts[-1].kind == "just_show"
    for chip in reply.chips[:-1]:
        assert chip.act is not None
        assert chip.act.wish is not None
        meant = Wish(facet=chip.act.wish["facet"], op=chip.act.wish["op"], value=chip.act.wish["value"])
        assert chip.count == sum(meant.meets(i) for i in ITEMS)


async def test_no_question_when_few_are_left() -> None:
    few = FakeCandidates(ITEMS[: LEAST_LEFT + len(SHOWN)])
    reply = await stage(finder=few).play()
    assert reply.items
    assert not reply.text.endswith("?")
    assert reply.chips[-1].act is None  # something else
    one_more = FakeCandidates(ITEMS[: LEAST_LEFT + len(SHOWN) + 1])
    assert (await stage(finder=one_more).play()).text.endswith("?")


async def test_no_question_whose_answer_is_known() -> None:
    alike = [replace(i, attributes=dict(ITEMS[0].attributes)) for i in ITEMS]
    reply = await stage(finder=FakeCandidates(alike)).play()
    assert reply.items
    assert not reply.text.endswith("?")


async def test_what_is_let_go_of_is_not_asked_about() -> None:
    asked = {c.act.wish["facet"] for c in (await stage().play()).chips if c.act and c.act.wish}
    assert len(asked) == 1
    (facet,) = asked
    held = Wish(id="w1", facet=facet, op="=", value=ITEMS[0].values(facet)[0])
    for more in (
        {"heard": Heard(released=(facet,))},  # "never mind the kind", though none was held
        {"heard": Heard(drops=(held.id,)), "before": Ledger((held,))},
    ):
        reply = await stage(**more).play()
        assert reply.items
        assert facet not in {c.act.wish["facet"] for c in reply.chips if c.act and c.act.wish}


async def test_the_same_is_not_asked_twice() -> None:
    asked: set[str] = set()
    history: tuple[Exchange, ...] = ()
    for turn in ("t1", "t2", "t3", "t4"):
        reply = await stage(turn_id=turn, history=history).play()
        history = (*history, Exchange(turn, "others", "recommend", reply.text))
        wishes = [c.act.wish for c in reply.chips if c.act and c.act.wish]
        if reply.text.endswith("?"):
            facets = {w["facet"] for w in wishes}
            assert len(facets) == 1
            assert not facets & asked
            asked |= facets
    assert len(asked) >= 2
    other_language = await stage(turn_id="t5", history=history, language="zh").play()
    assert not {w["facet"] for c in other_language.chips if c.act and (w := c.act.wish)} & asked or (
        not other_language.text.endswith("？")
    )


async def test_what_is_wished_is_not_asked_but_a_refusal_leaves_it_open() -> None:
    settled = await stage(ledger=Ledger((wish("w1", "kind", "=", "Green"),))).play()
    assert "kind" not in {c.act.wish["facet"] for c in settled.chips if c.act and c.act.wish}
    refused = await stage(
        ledger=Ledger((wish("w1", "kind", "not_in", ["Green"]),)), decision=Decision("ask", facet="kind")
    ).play()
    asked = [c.act.wish for c in refused.chips if c.act and c.act.wish]
    assert {w["facet"] for w in asked} == {"kind"}
    assert "Green" not in [w["value"] for w in asked]


async def test_names_are_asked_once_where_a_wish_can_name_them() -> None:
    grower = teas.CATALOG.facet("grower")
    assert grower is not None
    kept = [f for f in teas.CATALOG.facets if f.role not in ("kind", "price") and f.name != "grower"]
    named = Facet.model_validate({**grower.model_dump(), "role": "person", "cues": {"en": ["grown by"]}})
    settled = Ledger(tuple(wish(f"w{n}", f.name, "sort", "asc") for n, f in enumerate(kept)))
    catalog = teas.CATALOG.model_copy(update={"facets": (*kept, named)})
    many = FakeCandidates(
        [
            replace(
                i,
                id=f"{i.id}-{n}",
                attributes={**i.attributes, "grower": f"{i.values('grower')}{n}"} if n else i.attributes,
            )
            for i in ITEMS
            for n in range(8)
        ]
    )
    assert not (await stage(catalog=catalog, ledger=settled).play()).text.endswith("?")  # forty are soon looked through
    reply = await stage(catalog=catalog, ledger=settled, finder=many).play()
    assert {c.act.wish["facet"] for c in reply.chips if c.act and c.act.wish} == {"grower"}
    history = (Exchange("t1", "others", "recommend", reply.text),)
    again = await stage(catalog=catalog, ledger=settled, history=history, turn_id="t2", finder=many).play()
    assert not again.text.endswith("?")
    without = catalog.model_copy(update={"facets": (*kept, named.model_copy(update={"cues": {}}))})
    assert not (await stage(catalog=without, ledger=settled, finder=many).play()).text.endswith("?")


async def test_the_count_that_pays_is_of_what_is_left() -> None:
    """Forty teas of one kind and one of another: the kind tells nothing, the price does."""
    items = [
        Item(f"t{n}", f"T{n}", attributes={"kind": "Green" if n else "Black", "price": float(n)}) for n in range(41)
    ]
    reply = await stage(finder=FakeCandidates(items)).play()
    assert {c.act.wish["facet"] for c in reply.chips if c.act and c.act.wish} == {"price"}


@pytest.mark.parametrize(("language", "labels"), [("en", "grower or taster"), ("zh", "茶农或品鉴师")])
async def test_all_names_are_asked_for_in_one_question(language: str, labels: str) -> None:
    grower = teas.CATALOG.facet("grower")
    assert grower is not None
    kept = [f for f in teas.CATALOG.facets if f.role not in ("kind", "price") and f.name != "grower"]
    settled = Ledger(tuple(wish(f"w{n}", f.name, "sort", "asc") for n, f in enumerate(kept)))
    cues = {"role": "person", "cues": {"en": ["by"]}}
    named = (
        Facet.model_validate({**grower.model_dump(), **cues, "label": {"en": "grower", "zh": "茶农"}}),
        Facet(name="taster", type="category", label={"en": "taster", "zh": "品鉴师"}, role="person", cues=cues["cues"]),  # type: ignore[arg-type]
    )
    catalog = teas.CATALOG.model_copy(update={"facets": (*kept, *named)})
    items = [
        replace(i, id=f"{i.id}-{n}", attributes={**i.attributes, "grower": f"G{n}", "taster": f"T{k % 5}"})
        for k, i in enumerate(ITEMS)
        for n in range(8)
    ]
    more: dict[str, Any] = {
        "catalog": catalog,
        "ledger": settled,
        "finder": FakeCandidates(items),
        "language": language,
    }
    offered = [candidate(i) for i in items[:20]]
    reply = await Stage("ask", shown=SHOWN, offered=offered, **more).play()
    assert reply.text.endswith(("?", "？"))
    assert labels in reply.text
    facets = [c.act.wish["facet"] for c in reply.chips if c.act and c.act.wish]
    assert sorted(facets) == ["grower", "grower", "taster", "taster"]
    counts = [c.count for c in reply.chips if c.count]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == len(items) / 5 or counts[0] == len(items) / 8
    history = (Exchange("t1", "others", "recommend", reply.text),)
    again = await Stage("ask", shown=SHOWN, offered=offered, history=history, turn_id="t2", **more).play()
    assert not again.text.endswith(("?", "？"))
