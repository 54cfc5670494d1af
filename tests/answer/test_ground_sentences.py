"""Sentences: divided, whole and streaming, and made clean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.answer.ground import SentenceStream, clean, split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tense. Patient!", ["Tense.", "Patient!"]),
        ("Dr. Strange by J. R. Smith runs 3.5 hours. Fine.", ["Dr. Strange by J. R. Smith runs 3.5 hours.", "Fine."]),
        ("It costs $1,299.99 vs. $999. Good.", ["It costs $1,299.99 vs. $999.", "Good."]),
        ('He says "Go." and goes. Then rest.', ['He says "Go." and goes.', "Then rest."]),
        ("Wait... what? Yes.", ["Wait...", "what?", "Yes."]),
        ("One line\nAnother line", ["One line", "Another line"]),
        ("It is set in the U.S. and tense.", ["It is set in the U.S. and tense."]),
        ("See www.example.com today. Bye.", ["See www.example.com today.", "Bye."]),
        ("节奏紧凑。张力十足！你喜欢吗？", ["节奏紧凑。", "张力十足！", "你喜欢吗？"]),
        ("他说“走吧。”然后离开。完。", ["他说“走吧。”", "然后离开。", "完。"]),
        ("“好！”，她说。", ["“好！”，她说。"]),
        ("评分8.5分。很好", ["评分8.5分。", "很好"]),
        ("", []),
        ("   ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert split_sentences(text, "en") == expected


@given(st.text(alphabet="ab .!?。！？\"'”\n3", max_size=60), st.integers(1, 7))
def test_chunks_make_the_same_sentences(text: str, size: int) -> None:
    stream = SentenceStream("en")
    found = [s for i in range(0, len(text), size) for s in stream.feed(text[i : i + size])] + stream.end()
    assert found == split_sentences(text, "en")
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_sentence_is_given_as_soon_as_it_is_certain() -> None:
    stream = SentenceStream("en")
    assert stream.feed("It is tense") == []
    assert stream.feed(".") == []  # more dots may follow
    assert stream.feed(" And") == ["It is tense."]
    assert stream.end() == ["And"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Heat** is *tense*", "Heat is tense"),
        ("- a tense film", "a tense film"),
        ("1. a tense film", "a tense film"),
        ("# Heat", "Heat"),
        ("__so__ tense\x00\u200b  now", "so tense now"),
        ("tense 🏆⭐", "tense"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case stays", "snake_case stays"),
        ("[x](http://a.b)", "[x](http://a.b)"),  # left for the check to refuse
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected
