"""Who takes an item says so in many ways; who says something else with like words takes none."""

from __future__ import annotations

import pytest

from chatrec.vocabulary import Exchange
from tests.understand.catalogs import FILM_ITEMS, FILMS, Shop

SHOWN = ("amelie", "alien", "heat")


@pytest.fixture(scope="module")
def films() -> Shop:
    return Shop(FILMS, FILM_ITEMS)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("I'll take the second one", "alien"),
        ("perfect, I'll go with no. 3!", "heat"),
        ("then the first it is", "amelie"),
        ("ok let's watch the last one tonight", "heat"),
        ("we've decided on Heat, thanks a lot", "heat"),
        ("I'm going with Alien then", "alien"),
        ("I'm gonna watch the second one with my sister", "alien"),
        ("就要第二个了", "alien"),
        ("那就看第三部吧，谢谢", "heat"),
        ("选第一个", "amelie"),
        ("还是看Alien吧", "alien"),
        ("我决定看最后那个了", "heat"),
    ],
)
def test_an_item_is_taken(films: Shop, text: str, item: str) -> None:
    heard = films.read(text, shown=SHOWN)
    assert (heard.takes, heard.kind, heard.certain) == (True, "converse", True)
    assert [i.id for i in heard.items] == [item]
    assert not (*heard.wishes, *heard.feedback)
    assert not heard.asks


@pytest.mark.parametrize(
    "text", ["that one it is", "sold, thanks!", "deal", "I'll have it", "就它了", "定了", "下单了，谢谢"]
)
def test_one_of_several_is_taken(films: Shop, text: str) -> None:
    heard = films.read(text, shown=SHOWN)
    assert heard.takes
    assert heard.kind == "converse"


def test_what_was_talked_of_is_taken(films: Shop) -> None:
    history = (
        Exchange("t0", "a film", "recommend", "...", SHOWN),
        Exchange("t1", "how long is the second?", "lookup", "..."),
    )
    assert [i.id for i in films.read("sold, thanks", shown=SHOWN, history=history).items] == ["alien"]


@pytest.mark.parametrize(
    "text",
    [
        "I'll take the second, but what is it about?",
        "I'll take something like the second one",
        "I want one like the first",
        "I'll take a comedy",
        "let's go with the second, but under two hours",
        "should I go with the second one?",
        "I already have the second one",
        "I'd go with the second if it were shorter",
        "I won't take the second one",
        "the second one then?",
        "不要第二个",
        "看看第二个",
        "就要第二个那样的",
        "换一个吧",
        "选第二个还是第三个",
        "第二个吧，讲什么的？",
    ],
)
def test_nothing_is_taken(films: Shop, text: str) -> None:
    assert not films.read(text, shown=SHOWN).takes


@pytest.mark.parametrize("text", ["sold", "成交", "I'll take the second one"])
def test_where_nothing_was_shown_nothing_is_taken(films: Shop, text: str) -> None:
    assert not films.read(text).takes


def test_a_judgement_beside_it_is_noted(films: Shop) -> None:
    heard = films.read("I loved Heat. I'll take the second one", shown=SHOWN)
    assert not heard.takes
    assert [f.item_id for f in heard.feedback] == ["heat"]
