"""The gold of generated dialogues is what was wished, and nothing of it hangs on who reads the messages."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from chatrec.evaluation.obedience import chinese, english
from chatrec.evaluation.obedience.dialogues import Made, Maker
from chatrec.evaluation.obedience.saying import Saying, han_number
from chatrec.evaluation.obedience.stock import Stock
from chatrec.evaluation.obedience.wanting import Want, Wanting
from chatrec.language.script import has_han
from chatrec.vocabulary import Catalog, Facet, Item, Wish
from tests import teas

STOCK = Stock(teas.CATALOG, teas.items())
MANY = list(Maker(STOCK).dialogues(300, seed=7))


def test_the_same_seed_makes_the_same_dialogues() -> None:
    again = list(Maker(Stock(teas.CATALOG, teas.items())).dialogues(300, seed=7))
    assert again == MANY
    assert list(Maker(STOCK).dialogues(300, seed=8)) != MANY


def test_dialogues_have_three_to_six_turns_in_both_languages() -> None:
    assert {len(d.turns) for d in MANY} == {3, 4, 5, 6}
    assert Counter(d.language for d in MANY) == {"en": 150, "zh": 150}
    assert all(has_han(t.text) for d in MANY if d.language == "zh" for t in d.turns)
    assert not any(has_han(t.text) for d in MANY if d.language == "en" for t in d.turns)


def test_every_kind_of_wish_and_of_turn_comes_up() -> None:
    moves = {t.does for d in MANY for t in d.turns}
    assert moves == {"open", "add", "also", "replace", "drop", "drop value", "none left", "seen", "others"}
    for language in ("en", "zh"):
        kinds = {h.kind for d in MANY if d.language == language for t in d.turns for h in t.gold}
        assert kinds >= {"value", "refusal", "one of", "several", "bound", "range", "soft", "yes", "no"}
    assert {h.wish.facet for d in MANY for t in d.turns for h in t.gold} == {f.name for f in teas.FACETS}


@pytest.mark.parametrize("dialogue", MANY[:120], ids=lambda d: d.id)
def test_the_gold_follows_from_the_moves(dialogue: Made) -> None:
    before: tuple[Wish, ...] = ()
    for n, turn in enumerate(dialogue.turns):
        left = len(STOCK.allowed(turn.wishes))
        new = [h.wish for h in turn.gold if h.turn == n]
        kept = [w for w in before if w in turn.wishes]
        match turn.does:
            case "open":
                assert new
                assert left > 0
            case "add" | "also":
                assert new
                assert kept == list(before)
            case "none left":
                assert left == 0
                assert STOCK.allowed(before)
                assert STOCK.allowed(new)
            case "replace":
                (facet,) = turn.touched
                assert all(w.facet == facet for w in new)
                assert [w for w in before if w.facet != facet] == kept
            case "drop":
                assert not new
                assert all(w.facet not in turn.touched for w in turn.wishes)
                assert len(turn.wishes) < len(before)
            case "drop value":
                assert len(turn.wishes) == len(before) - 1
            case _:
                assert turn.wishes == before
                assert turn.asks == (turn.does == "others")
        before = turn.wishes


def test_messages_are_whole() -> None:
    for text in (t.text for d in MANY for t in d.turns):
        assert text.strip() == text != ""
        assert not re.search(r"[{}<>]|\.\.|  | ,|,\.|，，|None", text), text
        assert "要要" not in text


def test_there_are_many_ways_to_say_a_thing() -> None:
    for tables in (english, chinese):
        for table in (tables.VALUES, tables.PLACES, tables.LANGUAGES, tables.PEOPLE, tables.YES_NO):
            for kind, phrases in table.items():
                assert len(set(phrases)) >= 8, (tables.__name__, kind)
        for role, table in tables.AMOUNTS.items():
            for op, phrases in table.items():
                assert len(set(phrases)) >= (7 if op == "around" or role == "rating" else 8), (
                    tables.__name__,
                    role,
                    op,
                )
        for forms in (
            tables.SOFT,
            tables.OPENINGS,
            tables.MORE,
            tables.ALSO,
            tables.INSTEAD,
            tables.FORGET,
            tables.SEEN,
            tables.OTHERS,
        ):
            assert len(set(forms)) >= 8
        assert all(len(set(forms)) >= 8 for forms in tables.UNSAY.values())


def test_a_catalogue_without_any_words_will_do() -> None:
    facets = (
        Facet(name="brand", type="category"),
        Facet(name="weight", type="number", unit="kg", units={"kg": 1}),
        Facet(name="waterproof", type="bool"),
    )
    items = [
        Item(
            id=str(n), title=f"Tent {n}",
            attributes={"brand": "ABC"[n % 3] + "co", "weight": 1.0 + n % 7, "waterproof": n % 2 == 0},
        )
        for n in range(40)
    ]  # fmt: skip
    made = list(Maker(Stock(Catalog(name="tents", facets=facets), items)).dialogues(40, seed=1))
    said = " ".join(t.text for d in made for t in d.turns)
    assert "Aco" in said
    assert "kg" in said
    assert "waterproof" in said


def test_what_is_drawn_is_met_by_the_item_it_is_drawn_from() -> None:
    wanting, rng = Wanting(STOCK), random.Random(3)
    drawn = 0
    for item in STOCK.items:
        for facet in wanting.facets:
            for _ in range(10):
                want = wanting.draw(rng, facet, item)
                if want:
                    drawn += 1
                    assert all(w.meets(item) for w in want.wishes), (want, item)
    assert drawn > 1000


@pytest.mark.parametrize(
    ("n", "text"), [(2, "二"), (10, "十"), (15, "十五"), (101, "一百零一"), (120, "一百二十"), (90, "九十")]
)
def test_chinese_numbers(n: int, text: str) -> None:
    assert han_number(n) == text


def test_amounts_come_in_the_units_people_use() -> None:
    hours = Facet(
        name="length", type="number", role="duration", unit="min",
        units={"min": 1, "minutes": 1, "hour": 60, "hours": 60, "h": 60, "分": 1, "分钟": 1, "小时": 60, "钟头": 60, "个钟头": 60},
    )  # fmt: skip
    catalog = Catalog(name="talks", facets=(hours,))
    want = Want(hours, "bound", (Wish(facet="length", op="<", value=120),))
    rng = random.Random(1)
    en = {Saying(catalog, "en").want(rng, want).text for _ in range(200)}
    assert any("two hours" in t for t in en)
    assert any("120 minutes" in t for t in en)
    assert not any(re.search(r"\b(?:2 hour|120 h|two hour)\b", t) for t in en)
    zh = {Saying(catalog, "zh").want(rng, want).text for _ in range(200)}
    assert any("两个小时" in t for t in zh)
    assert any("120分钟" in t for t in zh)
    assert not any(re.search("分(?!钟)|(?<!个)钟头", t) for t in zh)
