"""Noted: confirms what was done, by title; honest when there was nothing to do."""

from __future__ import annotations

import pytest

from tests.answer.stage import Act, Decision, Feedback, Heard, Ledger, Stage, Undo, tea, wish

GREEN = Ledger((wish("w1", "kind", "=", "Green"),))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["like", "dislike", "seen", "owned"])
async def test_feedback_by_click(kind: str, language: str) -> None:
    act = Act(kind=kind, item_ids=["tea-01"])  # type: ignore[arg-type]
    stage = Stage("noted", language=language, act=act, heard=Heard(feedback=(Feedback(kind, "tea-01"),)))
    reply = await stage.play()
    assert tea(1).title_in(language) in reply.text
    assert reply.chips[-1].act == Act(kind="undo")
    first = reply.chips[0]
    assert first.act == Act(kind="more_like", item_ids=["tea-01"]) if kind == "like" else first.text
    assert reply.llm.calls == 0


async def test_feedback_in_words_on_several() -> None:
    feedback = (
        Feedback("seen", "tea-00"),
        Feedback("seen", "tea-01"),
        Feedback("like", "tea-01"),
        Feedback("forget", "tea-02"),
    )
    text = (await Stage("noted", heard=Heard(feedback=feedback, items=(tea(0),))).play()).text
    assert "Misty Ridge Sencha and Dragon Well Spring" in text
    assert "like Dragon Well Spring" in text
    assert "Jade Lake Gyokuro" in text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_of_several_it_asks_which(language: str) -> None:
    stage = Stage("noted", language=language, decision=Decision(kind="noted", items=(tea(0), tea(1)), judged="dislike"))
    reply = await stage.play()
    assert [c.act for c in reply.chips] == [Act(kind="dislike", item_ids=[i]) for i in ("tea-00", "tea-01")]
    assert [c.label for c in reply.chips] == [tea(n).title_in(language) for n in (0, 1)]


async def test_an_unknown_item_is_not_named() -> None:
    reply = await Stage("noted", act=Act(kind="like", item_ids=["gone"])).play()
    assert "gone" not in reply.text
    assert reply.text


async def test_undo() -> None:
    nothing = await Stage("noted", act=Act(kind="undo")).play()
    assert "nothing" in nothing.text
    wishes = await Stage("noted", act=Act(kind="undo"), before=Ledger(), ledger=GREEN, undo=Undo("t0", GREEN)).play()
    assert "Your wishes now: green." in wishes.text
    back = await Stage(
        "noted", heard=Heard(undo=True), text="undo that", before=GREEN, undo=Undo("t0", Ledger())
    ).play()
    assert "no wishes" in back.text
    feedback = await Stage("noted", act=Act(kind="undo"), before=GREEN, ledger=GREEN, undo=Undo("t0", GREEN)).play()
    assert "wishes" not in feedback.text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_was_said_in_words_is_taken_back_in_words(language: str) -> None:
    """The act `undo` reverts acts alone: as a chip after words it would take back something older, or nothing."""
    heard = Heard(feedback=(Feedback("dislike", "tea-01"),), items=(tea(1),))
    said = await Stage("noted", language=language, text="not for me", heard=heard).play()
    assert said.chips[-1].act is None
    assert said.chips[-1].text == {"en": "Undo", "zh": "撤销"}[language]
    cleared = await Stage("noted", language=language, text="x", heard=Heard(reset=True), before=GREEN).play()
    assert cleared.chips[0].text == said.chips[-1].text


async def test_reset() -> None:
    reply = await Stage("noted", act=Act(kind="reset"), before=GREEN).play()
    assert reply.chips[0].act == Act(kind="undo")
    assert "nothing to clear" in (await Stage("noted", act=Act(kind="reset")).play()).text
