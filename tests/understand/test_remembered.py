"""Questions about what is noted, and having it forgotten; what only sounds so."""

from __future__ import annotations

import pytest

from chatrec.vocabulary import Feedback
from tests.understand.catalogs import FILM_ITEMS, FILMS, Shop, wish

SHOP = Shop(FILMS, FILM_ITEMS)


@pytest.mark.parametrize(
    "text",
    [
        "what do you know about me?",
        "What have you noted about my taste so far?",
        "show me my profile",
        "do you store my data?",
        "how do I delete my data?",
        "delete everything you know about me",
        "forget everything about me",
        "你都记住了什么",
        "你对我了解多少？",
        "你记得我喜欢什么吗",
        "怎么删除我的数据",
        "看看我的喜好",
    ],
)
def test_what_is_noted_is_asked_for(text: str) -> None:
    heard = SHOP.read(text, ledger=(wish("genres", "contains", "Comedy", id="w1"),))
    assert (heard.about_me, heard.kind, heard.certain) == (True, "converse", True)
    assert not heard.reset
    assert not heard.drops


@pytest.mark.parametrize(
    "text",
    [
        "what do you know about Heat?",
        "forget everything",
        "start over",
        "what should I watch?",
        "something about memory",
        "films that my wife likes",
        "what do you have on space travel",
        "what do you have about my hometown",
        "what do you know about me? and show me a comedy",
        "讲记忆的电影",
        "你知道什么好看的吗",
        "我喜欢过的那种",
    ],
)
def test_something_else_is_asked_for(text: str) -> None:
    assert not SHOP.read(text).about_me


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Forget Heat", "heat"),
        ("please forget that I liked Heat.", "heat"),
        ('Forget "Alien"', "alien"),
        ("forget what I said about Alien", "alien"),
        ("忘掉《Heat》", "heat"),
        ("把《Alien》从我的喜好里删掉", "alien"),
    ],
)
def test_an_item_is_forgotten(text: str, item: str) -> None:
    heard = SHOP.read(text)
    assert heard.feedback == (Feedback("forget", item),)
    assert (heard.kind, heard.certain) == ("noted", True)


@pytest.mark.parametrize("text", ["forget Heat, show me a comedy", "don't forget Heat", "I'll never forget Heat"])
def test_nothing_is_forgotten(text: str) -> None:
    assert "forget" not in [f.kind for f in SHOP.read(text).feedback]


def test_a_wish_for_something_like_it_goes_first() -> None:
    heard = SHOP.read("forget Heat", ledger=(wish(None, "like", "heat", id="w1"),))
    assert (heard.drops, heard.feedback) == (("w1",), ())
