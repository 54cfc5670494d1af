"""The reader on anything at all: no crash, nothing odd in what it returns, and quick."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.language.normal import normal
from chatrec.language.tokens import Utterance
from chatrec.vocabulary import Heard
from tests.understand.catalogs import FILM_ITEMS, FILMS, LAPTOP_ITEMS, LAPTOPS, Shop, wish

FILM, LAPTOP = Shop(FILMS, FILM_ITEMS), Shop(LAPTOPS, LAPTOP_ITEMS)
HELD = (wish("year", ">=", 1990, id="w1"), wish("genres", "contains", "Comedy", id="w2"))
PIECES = [
    "a ", "the ", "not ", "no ", "or ", "and ", "like ", "under ", "than ", "the second ", "that one ", "Heat ", "Up ", "The Godfather ",
    "comedy ", "horror ", "by ", "with ", "Tom Hanks ", "Nolan ", "90s ", "2 hours ", "5000 ", "$", "between ", "seen ", "loved ", "why ",
    "compare ", "which ", "longer ", "cheaper ", "best rated ", "forget ", "the year ", "any ", "show me ", "again ", "?", "!", ".", ",", "\"",
    "《", "》", "不要", "恐怖片", "喜剧", "像", "一样", "第二部", "看过", "了", "90年代", "两小时", "以内", "最", "便宜", "的", "比", "诺兰", "导演",
    "，", "。", "？", "三部", "换一批", "为什么", "İ", "ﬁ", "ß", "é", "\u200d", "😀", "\n", "ﷺ", "½", "①", "０", "臺灣", "'s ", "#2 ", "1e999 ", "-", "/",
]  # fmt: skip
TEXT = st.one_of(st.text(max_size=120), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


def sound(text: str, heard: Heard, shop: Shop) -> None:
    shown = normal(Utterance.of(text).shown)
    for w in heard.wishes:
        assert w.facet is None or shop.catalog.facet(w.facet) is not None
        assert w.facet is not None or w.op in ("like", "not_like")
        assert w.words
        assert normal(w.words) in shown, (w.words, text)
        for item in shop.lexicon.items.values():
            w.meets(item)
    assert all(f.item_id in shop.lexicon.items for f in heard.feedback)
    assert set(heard.drops) <= {"w1", "w2"}
    assert heard.count is None or 1 <= heard.count <= 20
    assert not heard.certain or heard.kind is not None


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_films(text: str) -> None:
    sound(text, FILM.read(text, shown=("heat", "alien", "amelie"), ledger=HELD), FILM)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_laptops(text: str) -> None:
    sound(text, LAPTOP.read(text), LAPTOP)


BOMBS = {
    "the": "the " * 1000, "not": "not " * 1000, "no or": "no horror or " * 300, "zh": "不要恐怖片" * 800, "like": "like Heat " * 400,
    "quotes": '"' * 4000, "books": "《" * 2000 + "》" * 2000, "numbers": "1 " * 2000, "than": "cheaper than " * 300, "years": "90s and " * 500,
    "dots": "." * 4000, "commas": ", " * 2000, "spaces": "a" + " " * 3998 + "b", "one word": "a" * 4000, "swelling": "ﷺ" * 4000,
    "without": "without any " * 330, "second": "the second and the first " * 160, "best": "the best rated " * 260, "why": "why " * 1000,
    "han": "".join(chr(0x4E00 + n * 5) for n in range(4000)), "zh numbers": "五千到七千块" * 600, "seen": "第一部和第二部都看过" * 400,
    "and": "and " * 1000, "hundreds": "hundred and " * 330, "forget": "forget the year " * 250, "quoted": '"Heat" ' * 570,
    "abuse": "就是真是太" * 800, "such": "such a " * 570, "you": "垃圾啊你" + "啊你" * 1900 + "x",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_four_thousand_characters_of_anything_stay_quick(name: str) -> None:
    text = BOMBS[name][:4000]
    FILM.read(text, shown=("heat", "alien"))  # compiles and warms
    times = []
    for _ in range(3):
        began = time.process_time()
        sound(text, heard := FILM.read(text, shown=("heat", "alien"), ledger=HELD), FILM)
        times.append(time.process_time() - began)
        assert len(heard.wishes) <= 40
    assert min(times) < 0.4  # 20 to 40 ms on an idle machine


def test_nothing_said_is_nothing_heard() -> None:
    for text in ("", "   ", "\u200b\u200b", "？", "...", "😀"):
        heard = FILM.read(text)
        assert heard == Heard(), text
