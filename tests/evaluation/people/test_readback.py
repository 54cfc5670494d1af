"""Other words for what a person says: what carries it passes; what leaks, drops, adds or turns round is told."""

from __future__ import annotations

import random

import pytest

from chatrec.evaluation.people.behaviour import Move, Playing, Stated
from chatrec.evaluation.people.leaks import secret_words
from chatrec.evaluation.people.person import people_of
from chatrec.evaluation.people.readback import ReadBack
from chatrec.evaluation.people.system import Answered
from chatrec.vocabulary import Item, Language, Wish
from tests import teas

CATALOG, ITEMS = teas.CATALOG, teas.items()
WANTED = Item("mine", "Smoky Mountain", {"zh": "山烟"})
SECRETS = secret_words(WANTED, CATALOG)
GREEN = Wish(facet="kind", op="=", value="Green")
NO_GREEN = Wish(facet="kind", op="not_in", value=["Green"])
CHEAP = Wish(facet="price", op="<=", value=30)
BETWEEN = Wish(facet="price", op="between", value=[20, 30])
STRONG = Wish(facet="caffeine", op=">=", value=40)


def fault(text: str, coded: str, *wishes: Wish, language: Language = "en", what: str = "tell", **stated: object) -> str:
    move = Move(coded, what=what, stated=Stated(tuple(wishes), **stated))  # type: ignore[arg-type]
    return ReadBack(CATALOG, language).fault(text, move, SECRETS)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Hi there, could you help me find a green tea for under 30 dollars please?", ""),
        ("green, and at most $30 if possible", ""),
        ("Green tea, thirty dollars max.", ""),
        ("Something smoky and green, under $30", "title"),
        ("A green one, please.", "left out"),
        ("Anything under $30 would be great.", "left out"),
        ("Green tea under $300, please", "left out"),
        ("Green tea, at least $30", "turned round"),
        ("Nothing green, under $30", "turned round"),
        ("Green, not more than $30, and floral", "added"),
        ("A relaxing green tea under $30", "added"),
        ("Green tea under $30, Japanese if you can", "added"),
        ("Green tea under $30 with 40 mg of caffeine", "added"),
        ("Green tea under $30, something like Gyokuro", "added"),
        ("", "empty"),
        ("   ", "empty"),
        ("绿茶，30美元以内", "language"),
        ("green tea under $30 " * 30, "too long"),
        ('{"message": "green tea under $30"}', "added"),
    ],
)
def test_english(text: str, wrong: str) -> None:
    assert fault(text, "green, under $30", GREEN, CHEAP) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("你好，麻烦帮我找一款绿茶，30美元以内的就行。", ""),
        ("有没有绿茶？最多三十美元吧", ""),
        ("山上的绿茶，不超过30美元", "added"),
        ("山烟那样的绿茶，30美元以内", "title"),
        ("想要绿茶", "left out"),
        ("不要绿茶，30美元以内", "turned round"),
        ("绿茶，30美元以上", "turned round"),
        ("绿茶，30美元以内，花香的", "added"),
        ("清爽的绿茶，30美元以内", "added"),
        ("green tea under $30", "language"),
    ],
)
def test_chinese(text: str, wrong: str) -> None:
    assert fault(text, "绿茶，30美元以内", GREEN, CHEAP, language="zh") == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("No green tea for me, please", ""),
        ("I don't want green", ""),
        ("Anything but greens", ""),
        ("I want green", "turned round"),
        ("Something else", "left out"),
    ],
)
def test_refusals(text: str, wrong: str) -> None:
    assert fault(text, "Not green.", NO_GREEN) == wrong
    assert fault("绿茶就不要了", "不要绿茶。", NO_GREEN, language="zh") == ""


def test_amounts() -> None:
    assert fault("between 20 and 30 dollars", "$20 to $30", BETWEEN) == ""
    assert fault("around 20 dollars", "$20 to $30", BETWEEN) == "left out"
    assert fault("40 mg of caffeine or more", "at least 40 mg", STRONG) == ""
    assert fault("no more than 40 mg of caffeine", "at least 40 mg", STRONG) == "turned round"
    assert fault("评分不低于3，20到30美元", "评分不低于3，20到30美元", BETWEEN, language="zh") == ""


def test_moves_without_a_wish() -> None:
    assert (
        fault("Could you show me something cheaper?", "Too expensive.", what="reject", steered=(("price", "less"),))
        == ""
    )
    assert (
        fault("Could you show me others?", "Too expensive.", what="reject", steered=(("price", "less"),)) == "left out"
    )
    assert fault("Never mind the kind", "Forget the kind.", what="drop", dropped="kind") == ""
    assert fault("The kind is good", "Forget the kind.", what="drop", dropped="kind") == "left out"
    assert fault("I know the second one", "I've seen the second one.", what="seen", seen=1) == ""
    assert fault("I know the third one", "I've seen the second one.", what="seen", seen=1) == "left out"
    assert fault("I really don't mind", "No preference.", what="dont_mind") == ""
    assert fault("Green", "No preference.", what="dont_mind") == "left out"
    assert fault("I don't mind, maybe green", "No preference.", what="dont_mind") == "added"
    liked = ITEMS[0]
    coded = f"green. I loved {liked.title}."
    assert fault(f"I love {liked.title}, so something green", coded, GREEN, what="opening", liked=liked) == ""
    assert fault("something green", coded, GREEN, what="opening", liked=liked) == "left out"


def test_the_coded_words_always_carry_what_they_say() -> None:
    read: dict[Language, ReadBack] = {"en": ReadBack(CATALOG, "en"), "zh": ReadBack(CATALOG, "zh")}
    said = 0
    for person in people_of(CATALOG, ITEMS, 120, seed=5, languages=("en", "zh")):
        playing, rng = Playing(person, CATALOG), random.Random(person.seed)
        moves = [playing.open()]
        for turn, text in enumerate(("What kind?", "Here are five.", "价格？", "", "How much?")):
            shown = tuple(rng.sample(ITEMS, 5)) if turn % 2 else ()
            moves.append(playing.react(Answered(items=shown, text=text)))
        for move in moves:
            assert read[person.language].fault(move.text, move, playing.secrets) == "", (move.text, move.stated)
            said += bool(move.stated.wishes)
    assert said > 200
