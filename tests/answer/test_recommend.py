"""Recommend: cards at once, true reasons, and of the model's choice and words only what stands."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.answer.stage import (
    Decision,
    Evidence,
    FakeLadder,
    Heard,
    Ledger,
    ModelFailed,
    Profile,
    Stage,
    candidate,
    tea,
    wish,
)

OFFERED = [candidate(tea(n)) for n in range(20)]
BOTH = {"rerank": "hosted", "words": "hosted"}


def answer(picks: list[Any], intro: str = "", why: dict[int, str] | None = None) -> str:
    entries = [{"pick": n, "words": w} for n, w in (why or {}).items()]
    return json.dumps({"picks": picks, "intro": intro, "why": entries})


def chunks(text: str, size: int = 9, wait: float = 0.0) -> list[tuple[float, Any]]:
    return [(wait, text[n : n + size]) for n in range(0, len(text), size)]


def ids(reply: Any) -> list[str]:
    return [i.id for i in reply.items]


# --------------------------------------------------------------------------- without a model


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_by_rules_alone(language: str) -> None:
    ledger = Ledger((wish("w1", "price", "<", 60),))
    stage = Stage(offered=OFFERED, ledger=ledger, language=language)
    reply = await stage.play()
    assert ids(reply) == [f"tea-{n:02d}" for n in range(5)]
    assert all(i.reason and i.evidence and i.sources == ["words"] for i in reply.items)
    assert stage.names[0] == "shown"
    assert stage.names[-1] == "chips"
    assert ("under $60" if language == "en" else "不到60美元") in reply.text
    assert ("five teas" if language == "en" else "五款茶") in reply.text
    assert reply.steps == {"rerank": "none", "words": "none"}
    assert reply.llm.calls == 0
    assert reply.items[0].facts["price"] == tea(0).values("price")[0]
    assert reply.items[0].facts["flavours"] == list(tea(0).values("flavours"))


@pytest.mark.parametrize(
    ("asked", "offered", "shown"), [(8, 20, 8), (1, 20, 1), (20, 20, 20), (50, 20, 20), (None, 2, 2), (5, 3, 3)]
)
async def test_how_many(asked: int | None, offered: int, shown: int) -> None:
    stage = Stage(offered=OFFERED[:offered], decision=Decision("recommend", count=asked))
    reply = await stage.play()
    assert len(reply.items) == shown
    assert not any(c.text == "Something else" for c in reply.chips) or offered > shown


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"offered": OFFERED[:1]}, "one tea"),
        ({"profile": Profile("p", likes=("tea-20",))}, "like"),
        ({"heard": Heard(again=True)}, "five teas"),
        ({"decision": Decision("recommend", count=1)}, "one"),
        ({"heard": Heard(not_understood=("zorb", "quux"))}, "“zorb” and “quux”"),
    ],
)
async def test_intro_fits_the_occasion(more: dict[str, Any], says: str) -> None:
    reply = await Stage(**({"offered": OFFERED} | more)).play()
    assert says in reply.text


async def test_likeness_is_told_by_title() -> None:
    ledger = Ledger((wish("w1", None, "like", "tea-20", hard=False),))
    shares = Evidence(code="shares", facet="grower", value="Arun Boro", item_id="tea-20")
    reply = await Stage(offered=[candidate(tea(n), shares) for n in range(5)], ledger=ledger).play()
    assert "like Ancient Tree Cake" in reply.text or "Like Ancient Tree Cake" in reply.text
    assert all("Ancient Tree Cake" in i.reason for i in reply.items)


# --------------------------------------------------------------------------- with a model


async def test_picks_and_words_in_one_call() -> None:
    text = answer(
        [7, 2, 9], "Three calm ones to begin with.", {7: "Soft and slow.", 2: "Bright and clear.", 9: "Deep and warm."}
    )
    stage = Stage(offered=OFFERED, ladder=FakeLadder(BOTH, chunks(text)))
    reply = await stage.play()
    assert ids(reply) == ["tea-06", "tea-01", "tea-08"]
    assert reply.text.startswith("Three calm ones to begin with.")
    assert [i.reason for i in reply.items] == ["Soft and slow.", "Bright and clear.", "Deep and warm."]
    assert reply.steps == {"rerank": "hosted", "words": "hosted"}
    assert (reply.llm.calls, reply.rung) == (1, "hosted")
    assert len(stage.ladder.calls) == stage.ladder.closed == 1
    step, rendered, schema = stage.ladder.calls[0]
    assert (step, rendered.name, schema["title"]) == ("rerank", "recommend", "picks")
    assert "#20 " in rendered.user
    assert stage.names[0] == "shown"
    checked = dict(stage.grounds.checked)
    assert checked["Soft and slow."] == ["tea-06"]  # only its own record
    assert checked["Three calm ones to begin with."] == ["tea-06", "tea-01", "tea-08"]


@pytest.mark.parametrize(
    ("picks", "expected"),
    [
        ([4], ["tea-03", "tea-00", "tea-01"]),  # too few: filled up in the fused order
        ([4, 4, 99, 0, "x", 5], ["tea-03", "tea-04", "tea-00"]),
        ([9, 8, 7, 6, 5, 4, 3], [f"tea-{n:02d}" for n in (8, 7, 6, 5, 4)]),
        ([], [f"tea-{n:02d}" for n in range(5)]),
    ],
)
async def test_picks_are_repaired(picks: list[Any], expected: list[str]) -> None:
    stage = Stage(offered=OFFERED, ladder=FakeLadder(BOTH, chunks(answer(picks))))
    reply = await stage.play()
    assert ids(reply) == expected
    assert len(set(ids(reply))) == len(reply.items)
    assert reply.steps["rerank"] == ("hosted" if picks else "none")
    assert reply.text  # the template's, since the model said nothing


async def test_an_order_that_was_asked_for_stands() -> None:
    """Who wants the cheapest first gets them so, whatever a model would choose; its words may stay."""
    ledger = Ledger((wish("w1", "price", "sort", "asc"),))
    said = answer([9, 7], "A calm choice for a quiet evening.")
    stage = Stage(offered=OFFERED, ledger=ledger, ladder=FakeLadder(BOTH, chunks(said)))
    reply = await stage.play()
    assert ids(reply) == [f"tea-{n:02d}" for n in range(5)]
    assert reply.steps == {"rerank": "none", "words": "hosted"}


async def test_as_many_as_asked_for() -> None:
    stage = Stage(
        offered=OFFERED, decision=Decision("recommend", count=8), ladder=FakeLadder(BOTH, chunks(answer([20, 19])))
    )
    reply = await stage.play()
    assert ids(reply) == ["tea-19", "tea-18", *(f"tea-{n:02d}" for n in range(6))]


async def test_lies_are_dropped_and_the_template_speaks() -> None:
    text = answer([1, 2, 3], "A lie to begin with.", {1: "It is calm. This is a lie.", 2: "Another lie."})
    stage = Stage(offered=OFFERED, ladder=FakeLadder(BOTH, chunks(text)))
    reply = await stage.play()
    assert "lie" not in reply.text
    assert reply.items[0].reason == "It is calm."
    assert "lie" not in reply.items[1].reason
    assert reply.items[1].reason
    assert stage.meter.dropped.count("why: a lie") == 2
    assert "intro: a lie" in stage.meter.dropped
    assert reply.steps["words"] == "hosted"  # one sentence stood


async def test_words_of_others_and_words_twice_are_dropped() -> None:
    text = answer([1, 2, 3], "", {9: "Not shown at all.", 1: "A lovely tea.", 2: "A lovely tea.", 3: "Mild."})
    stage = Stage(offered=OFFERED, ladder=FakeLadder(BOTH, chunks(text)))
    reply = await stage.play()
    assert reply.items[0].reason == "A lovely tea."
    assert reply.items[1].reason != "A lovely tea."
    assert "why: about an item that is not shown" in stage.meter.dropped
    assert "why: the same words again" in stage.meter.dropped


async def test_a_likened_item_counts_only_where_it_is_named() -> None:
    shares = Evidence(code="shares", facet="grower", value="Arun Boro", item_id="tea-20")
    offered = [candidate(tea(n), shares) for n in range(5)]
    text = answer([1, 2, 3], "", {1: "Close to Ancient Tree Cake.", 2: "Grown by the same hand."})
    stage = Stage(offered=offered, ladder=FakeLadder(BOTH, chunks(text)))
    await stage.play()
    checked = dict(stage.grounds.checked)
    assert checked["Close to Ancient Tree Cake."] == ["tea-00", "tea-20"]
    assert checked["Grown by the same hand."] == ["tea-01"]


# --------------------------------------------------------------------------- the clock


async def test_cards_do_not_wait_for_a_slow_model() -> None:
    text = answer([7, 2, 9], "A slow start.", {7: "Too late for a card.", 1: "Just in time."})
    ladder = FakeLadder(BOTH, [(0.15, ""), *chunks(text)])
    stage = Stage(offered=OFFERED, ladder=ladder, cards_seconds=0.03)
    began = time.perf_counter()
    reply = await stage.play()
    assert time.perf_counter() - began < 2
    assert ids(reply) == [f"tea-{n:02d}" for n in range(5)]  # the fused order, whatever came later
    assert stage.names.count("shown") == 1
    assert reply.items[0].reason == "Just in time."
    assert "five teas" in reply.text  # said with the cards, so that nobody reads cards without a word
    assert "A slow start" not in reply.text
    assert stage.names[:2] == ["shown", "text"]
    assert reply.steps == {"rerank": "none", "words": "hosted"}
    assert [(f.step, f.rung, f.to, f.why) for f in reply.falls] == [("rerank", "hosted", "none", "timeout")]


async def test_cards_show_before_the_words_have_come() -> None:
    text = answer([3, 1, 2], "", {3: "Mild."})
    at = text.index('"intro"')
    stage = Stage(offered=OFFERED, ladder=FakeLadder(BOTH, [(0, text[:at]), (0.05, text[at:])]), cards_seconds=5)
    reply = await stage.play()
    assert stage.names[0] == "shown"
    assert reply.items[0].reason == "Mild."
    assert reply.falls == []


async def test_no_patience_at_all() -> None:
    stage = Stage(offered=OFFERED, ladder=FakeLadder(BOTH, [(0.01, answer([9, 8, 7]))]), cards_seconds=0)
    assert ids(await stage.play())[0] == "tea-00"


# --------------------------------------------------------------------------- failing


@pytest.mark.parametrize("when", [0, 1, 2])
async def test_a_stream_that_breaks_off(when: int) -> None:
    parts = ['{"picks":[7,2,9]', ',"intro":"Whole.","why":[{"pick":7,"words":"Mild."},{"pick":2,"words":"Ha']
    stream: list[tuple[float, Any]] = [(0, p) for p in parts[:when]]
    stage = Stage(offered=OFFERED, ladder=FakeLadder(BOTH, [*stream, (0, ModelFailed("gone", "server"))]))
    reply = await stage.play()
    assert len(reply.items) == (3 if when else 5)
    assert ids(reply)[0] == ("tea-06" if when else "tea-00")
    assert all(i.reason for i in reply.items)
    assert reply.text.startswith("Whole.") is (when == 2)
    assert reply.items[0].reason == "Mild." or when < 2
    assert reply.steps["rerank"] == ("hosted" if when else "none")
    assert reply.steps["words"] == ("hosted" if when == 2 else "none")


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "no json at all", '{"picks":', '{"a":1}', "x" * 50_000, '{"intro":{"a":1},"why":7}']
)
async def test_rubbish(text: str) -> None:
    stage = Stage(offered=OFFERED, ladder=FakeLadder(BOTH, chunks(text, 997)))
    reply = await stage.play()
    assert ids(reply) == [f"tea-{n:02d}" for n in range(5)]
    assert reply.text
    assert reply.steps == {"rerank": "none", "words": "none"}


async def test_a_reader_who_leaves_closes_the_stream() -> None:
    import contextlib
    from types import SimpleNamespace

    from chatrec.answer import build_answers
    from chatrec.answer.draft import Draft
    from chatrec.vocabulary import Said, Turn
    from tests import teas
    from tests.answer.stage import PROMPTS, FakeCandidates, FakeGrounds

    ladder = FakeLadder(BOTH, [(0, '{"picks":[1,2,3]'), (60, "}")])
    limits = SimpleNamespace(cards_seconds=2.0, prompt_tokens=1600)
    answers = build_answers(teas.CATALOG, ladder, PROMPTS, FakeGrounds(), limits)
    said = Said("p", "teas", "c", "t", "tea")
    draft = Draft.begin("recommend", said, Heard(), Decision("recommend"), Ledger(), OFFERED)
    events = answers["recommend"](draft, Profile("p"), Turn("t", "c", said, "en"), FakeCandidates())
    async with contextlib.aclosing(events):
        assert (await anext(events)).name == "shown"
    assert ladder.closed == 1


# --------------------------------------------------------------------------- trust


async def test_trusted_with_the_choice_only() -> None:
    text = answer([7, 2, 9], "Chatter.", {7: "Chatter."})
    stage = Stage(offered=OFFERED, ladder=FakeLadder({"rerank": "local"}, chunks(text)))
    reply = await stage.play()
    assert ids(reply) == ["tea-06", "tea-01", "tea-08"]
    assert "Chatter" not in reply.model_dump_json()
    assert reply.steps == {"rerank": "local", "words": "none"}
    assert list(stage.ladder.calls[0][2]["properties"]) == ["picks"]
    assert "intro" not in stage.ladder.calls[0][1].user


async def test_trusted_with_words_only() -> None:
    text = answer([7], "Hello there.", {1: "Mild.", 5: "Bold.", 7: "Not offered."})
    stage = Stage(offered=OFFERED, ladder=FakeLadder({"words": "hosted"}, chunks(text)))
    reply = await stage.play()
    assert ids(reply) == [f"tea-{n:02d}" for n in range(5)]
    assert stage.names[0] == "shown"
    assert (reply.items[0].reason, reply.items[4].reason) == ("Mild.", "Bold.")
    assert reply.steps == {"rerank": "none", "words": "hosted"}
    assert reply.text.startswith("Hello there.")
    step, rendered, schema = stage.ladder.calls[0]
    assert step == "words"
    assert "#5 " in rendered.user
    assert "#6 " not in rendered.user
    assert "picks" not in schema["properties"]
    assert reply.falls == []


async def test_different_rungs_for_choice_and_words_make_one_call() -> None:
    stage = Stage(
        offered=OFFERED,
        ladder=FakeLadder({"rerank": "hosted", "words": "local"}, chunks(answer([7, 2, 9], "Chatter."))),
    )
    reply = await stage.play()
    assert len(stage.ladder.calls) == 1
    assert "Chatter" not in reply.text


# --------------------------------------------------------------------------- chips


async def test_chips_lead_somewhere() -> None:
    stage = Stage(offered=OFFERED[5:])
    reply = await stage.play()
    assert reply.chips[-1].text == "Something else"
    assert all(c.count for c in reply.chips if c.act)
    cheaper = next(c for c in reply.chips if c.label.startswith("cheaper"))
    lowest = min(i.facts["price"] for i in reply.items if "price" in i.facts)
    assert cheaper.act is not None
    assert cheaper.act.wish == {"facet": "price", "op": "<", "value": lowest}
    assert stage.finder.counted <= 5


async def test_no_chip_where_nothing_is_left() -> None:
    ledger = Ledger((wish("w1", "kind", "=", "Green"), wish("w2", "price", "<=", 6)))
    offered = [candidate(i) for i in (tea(n) for n in range(30)) if ledger.allows(i)]
    reply = await Stage(offered=offered, ledger=ledger).play()
    assert reply.chips == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_is_shown_is_not_said_to_fit_a_soft_wish_that_it_does_not_meet(language: str) -> None:
    ledger = Ledger((wish("w1", "kind", "=", "Green"), wish("w2", "origin", "=", "Taiwan", hard=False)))
    green = [tea(n) for n in range(5)]
    without = [i for i in green if "Taiwan" not in i.values("origin")]
    some = await Stage("recommend", language=language, ledger=ledger, offered=[candidate(i) for i in green]).play()
    none = await Stage("recommend", language=language, ledger=ledger, offered=[candidate(i) for i in without]).play()
    place = "Taiwan" if language == "en" else "台湾"
    assert len(without) < len(green)
    assert place not in some.text  # some have it: their cards say so
    assert place in none.text
    assert ("preferred" if language == "en" else "更想要") in none.text
