"""Words: for the index, and with their places in a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.language.normal import normal
from chatrec.language.tokens import LONGEST, Utterance, keys, stem, word_tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two comedies by Schindler's men", ["two", "comedy", "schindler", "men"]),
        ("The Boxes of heroes!", ["box", "hero"]),
        ("I don't like it", ["like"]),
        ("Amélie", ["amelie"]),
        ("烧脑科幻", ["烧脑", "脑科", "科幻"]),
        ("臺灣電影", ["台湾", "湾电", "电影"]),
        ("爱", ["爱"]),
        ("的", []),
        ("我的", []),
        ("ＡＢＣ 12", ["abc", "12"]),
        ("科幻 film 片", ["科幻", "film", "片"]),
        ("", []),
    ],
)
def test_word_tokens(text: str, words: list[str]) -> None:
    assert word_tokens(text) == words


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("comedies", "comedy"), ("thrillers", "thriller"), ("boxes", "box"), ("glass", "glass"), ("virus", "virus"), ("this", "this"), ("gas", "gas"), ("watches", "watch")],
)  # fmt: skip
def test_stem(word: str, wanted: str) -> None:
    assert stem(word) == wanted


def test_places_lead_back_to_what_was_written() -> None:
    u = Utterance.of("I’d  like Amélie's 臺灣的 Straße film")
    assert u.plain == "i'd like amelie's 台湾的 strasse film"
    assert [u.words(t.start, t.end) for t in u.tokens] == [
        "I’d",
        "like",
        "Amélie",
        "'s",
        "臺",
        "灣",
        "的",
        "Straße",
        "film",
    ]
    assert [t.text for t in u.tokens if t.capital] == ["i'd", "amelie", "strasse"]


def test_possessive_and_contraction() -> None:
    assert keys("Ocean's Eleven") == ["ocean", "'s", "eleven"]
    assert keys("Don't Look Now, O'Brien") == ["don't", "look", "now", "o'brien"]


def test_a_swelling_text_is_cut() -> None:
    assert len(Utterance.of("ﷺ" * 4000).shown) <= LONGEST


@given(st.text(max_size=80))
def test_every_token_was_written(text: str) -> None:
    u = Utterance.of(text)
    for token in u.tokens:
        assert u.plain[token.start : token.end] == token.text
        written = u.words(token.start, token.end)
        assert written
        assert written in u.shown
    assert normal(u.shown) == normal(u.words(0, len(u.plain))) or not u.plain
