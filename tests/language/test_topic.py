from __future__ import annotations

import pytest

from chatrec.language.topic import topic
from chatrec.vocabulary import Catalog

FILMS = Catalog(name="films", noun={"en": ["film", "films", "movie"], "zh": ["电影", "片子"]})


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("I'm looking for a clever heist film", "clever heist"),
        ("Recommend me a movie", ""),
        ("Don't show me that one again", ""),
        ("something set in New York", "New York"),
        ("a sci-fi noir, please!", "sci-fi noir"),
        ("推荐一部烧脑的电影", "烧脑"),
        ("推薦一部燒腦的電影", "燒腦"),
        ("我想看一部讲述二战的片子", "二战"),
        ("有没有有趣的地球纪录电影", "有趣的地球纪录"),
        ("日本的西部 movie", "日本的西部"),
        ("   ", ""),
    ],
)
def test_what_is_left_of_a_message(text: str, about: str) -> None:
    assert topic(text, FILMS) == about


def test_spans_are_whole_words_in_english_and_anywhere_in_chinese() -> None:
    assert topic("crime and criminal minds", FILMS, ["crime"]) == "criminal minds"
    assert topic("CRIME in Rome", FILMS, ["crime"]) == "Rome"
    assert topic("九十年代的烧脑悬疑", FILMS, ["九十年代", "悬疑"]) == "烧脑"
    assert topic("what (is) this+that", FILMS, ["(is) this+that"]) == ""


def test_nouns_are_the_catalogues() -> None:
    assert topic("a film about tea", Catalog(name="teas", noun={"en": ["tea"], "zh": ["茶"]})) == "film"
    assert topic("好喝的红茶", Catalog(name="teas", noun={"en": ["tea"], "zh": ["茶"]})) == "好喝的红"
