"""Converse: the model's words where they hold, ours elsewhere; never a dead end."""

from __future__ import annotations

import pytest

from chatrec.vocabulary import Heard
from tests.answer.stage import Decision, FakeLadder, Ledger, Stage, tea, wish

WORDS = FakeLadder({"words": "hosted"})


@pytest.mark.parametrize(
    ("text", "language", "says"),
    [
        ("hello", "en", "H"),
        ("你好", "zh", "茶"),
        ("thanks a lot!", "en", "e"),
        ("谢谢", "zh", "不"),
        ("what can you do?", "en", "teas that fit"),
        ("flumble", "en", "tea"),
        ("呜呜", "zh", "茶"),
    ],
)
async def test_by_rules_alone(text: str, language: str, says: str) -> None:
    reply = await Stage("converse", text=text, language=language).play()
    assert says in reply.text
    assert reply.items == []
    assert "film" not in reply.text
    assert "{" not in reply.text
    wants_chips = text not in ("thanks a lot!", "谢谢")
    assert bool(reply.chips) is wants_chips
    if wants_chips:
        assert reply.chips[0].text == {"en": "A smoky tea under $20", "zh": "来一款花香的乌龙"}[language]


async def test_wishes_are_not_forgotten() -> None:
    reply = await Stage("converse", text="flumble", ledger=Ledger((wish("w1", "kind", "=", "Green"),))).play()
    assert "green" in reply.text
    assert reply.chips[0].act is not None
    assert reply.chips[0].act.kind == "just_show"


async def test_the_models_words_sentence_by_sentence() -> None:
    decision = Decision("converse", say="That sounds tiring. This is a lie. Rest a while!")
    stage = Stage(
        "converse", text="long day", decision=decision, decided_by="hosted", ladder=WORDS, last_items=(tea(3),)
    )
    reply = await stage.play()
    assert reply.text == "That sounds tiring. Rest a while!"
    assert stage.meter.dropped == ["talk: a lie"]
    assert reply.steps["words"] == "hosted"
    assert stage.grounds.checked[0][1] == ["tea-03"]


@pytest.mark.parametrize(
    ("say", "by", "ladder"),
    [
        ("All of it a lie.", "hosted", WORDS),
        ("", "hosted", WORDS),
        ("Nice.", "hosted", FakeLadder()),
        ("Nice.", "local", WORDS),
        ("Nice.", None, WORDS),
    ],
)
async def test_else_our_own(say: str, by: str | None, ladder: FakeLadder) -> None:
    stage = Stage("converse", text="hello", decision=Decision("converse", say=say), decided_by=by, ladder=ladder)
    reply = await stage.play()
    assert reply.text
    assert say not in reply.text or not say
    assert reply.steps.get("words", "none") == "none"


async def test_what_is_not_known_here_is_said() -> None:
    heard = Heard(not_understood=("grown by Zorblax",))
    reply = await Stage("converse", text="teas grown by Zorblax", heard=heard).play()
    assert "“grown by Zorblax”" in reply.text


async def test_no_more_than_a_few_sentences() -> None:
    say = " ".join(f"Sentence number {n} is calm." for n in range(30))
    stage = Stage("converse", text="x", decision=Decision("converse", say=say), decided_by="hosted", ladder=WORDS)
    assert (await stage.play()).text.count(".") == 4


@pytest.mark.parametrize(("language", "says"), [("en", "teas"), ("zh", "茶")])
async def test_what_is_no_matter_of_ours(language: str, says: str) -> None:
    """After items, too, it is told what is known here: nobody asked about the items."""
    stage = Stage("converse", language=language, heard=Heard(aside=True), shown=frozenset({"tea-00"}))
    assert says in (await stage.play()).text
