"""What of a model's words reaches a person: whole sentences that hold, on the real ground."""

from __future__ import annotations

from typing import Any

from chatrec.answer.ground import Grounds
from chatrec.answer.spoken import checked, may_speak
from chatrec.vocabulary import Decision, Exchange, Meter, Said, Turn
from tests import teas
from tests.answer.stage import ITEMS, FakeLadder, Stage, tea

GROUNDS = Grounds(
    teas.CATALOG,
    {f.name: {str(v) for i in ITEMS for v in i.values(f.name)} for f in teas.FACETS if f.type == "category"},
    [t for i in ITEMS for t in (i.title, *i.titles.values())],
)


def turn(text: str = "an oolong for my sister Ana", language: Any = "en") -> Turn:
    earlier = Exchange("t0", "she is 34", "converse", "")
    return Turn("t", "c", Said("p", "teas", "c", "t", text), language, history=(earlier,))


def say(text: str, language: Any = "en", **more: Any) -> tuple[str, list[str]]:
    meter = Meter()
    return checked(text, [tea(12)], turn(language=language), GROUNDS, meter, about="why", **more), meter.dropped


def test_descriptions_and_the_persons_own_words_stand() -> None:
    assert say("Calm and gentle, for your sister.") == ("Calm and gentle, for your sister.", [])
    assert say("**Soft**  and warm") == ("Soft and warm.", [])
    assert say("柔和，适合安静的早晨。", "zh") == ("柔和，适合安静的早晨。", [])


def test_claims_that_no_record_holds_go_sentence_by_sentence() -> None:
    text, dropped = say("Calm and gentle. It won a gold medal in 1987. A quiet cup.", most=3)
    assert text == "Calm and gentle. A quiet cup."
    assert len(dropped) == 1
    assert dropped[0].startswith("why: ")
    for lie in (
        "Grown by Zorbulax Quill.",
        "Only $3 this week!",
        "See http://evil.example now.",
        "他是获奖作品。",
        "#3 is best.",
    ):
        text, dropped = say(lie)
        assert (text, len(dropped)) == ("", 1), lie
        assert "Zorbulax" not in dropped[0]


def test_the_prompt_is_not_said_again() -> None:
    meter = Meter(seen_by_model=[[("system", "- talk: small talk.\nDescribe rather than state, gently."), ("user", "<message>something calm for a quiet cup</message>")]])  # fmt: skip

    def told(text: str) -> str:
        return checked(text, [tea(12)], turn(), GROUNDS, meter, about="talk")

    assert told("Describe rather than state, gently.") == ""
    assert meter.dropped == ["talk: prompt"]
    assert told("Something calm for a quiet cup.") == "Something calm for a quiet cup."  # the person's own words


def test_no_more_than_asked_for() -> None:
    assert say("Calm. Warm. Soft. Mild.", most=2)[0] == "Calm. Warm."
    assert say("")[0] == ""


def test_who_may_speak() -> None:
    made = turn()
    assert not may_speak(FakeLadder({"words": "hosted"}), made)  # nobody decided
    made.meter.steps["decide"] = "local"
    assert not may_speak(FakeLadder({"words": "hosted"}), made)
    assert may_speak(FakeLadder({"words": "local"}), made)
    made.meter.steps["decide"] = "none"
    assert not may_speak(FakeLadder(), made)


async def test_what_was_asked_is_told_by_the_app_not_by_the_model() -> None:
    stage = Stage(
        "converse",
        text="long day",
        decision=Decision("converse", say="Just the France one you asked for. Rest a while."),
        decided_by="hosted",
        ladder=FakeLadder({"words": "hosted"}),
    )
    reply = await stage.play()
    assert "France" not in reply.text
    assert "talk: asked" in stage.meter.dropped
