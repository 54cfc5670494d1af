"""A model's wishes: made canonical, or refused. The words a wish rests on are always the person's own."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.understand.lexicon import Lexicon
from chatrec.understand.proposed import Refused, contradicts, find_items, proposed, span_said, takes_back
from chatrec.vocabulary import Catalog, Facet, Wish
from tests import teas

ITEMS = teas.items()
FACETS = (
    *teas.FACETS,
    Facet(name="picked", type="number", role="year"),
    Facet(name="steep", type="number", role="duration", unit="min", units={"minutes": 1, "hours": 60, "小时": 60}),
    Facet(name="packed", type="date"),
    Facet(name="mood", type="category", many=True, filter=False, values={"Calm": {"en": ["calm"]}}),
    Facet(name="notes", type="text"),
)
CATALOG = Catalog(name="teas", facets=FACETS)
LEXICON = Lexicon.build(CATALOG, ITEMS)
SAID = "A smoky or nutty oolong, nothing herbal, picked in the 1990s, under 2 hours, like Keemun Dawn, calm and organic, 10 to 20"


def make(facet: str | None, op: str, value: Any, words: str = "smoky", **more: Any) -> Wish:
    raw = {"facet": facet, "op": op, "value": value, "words": words, **more}
    return proposed(raw, SAID, CATALOG, LEXICON, ITEMS[:2])


@pytest.mark.parametrize(
    ("facet", "op", "value", "expected"),
    [
        ("kind", "contains", "oolong", ("=", "Oolong")),
        ("kind", "=", "乌龙茶", ("=", "Oolong")),
        ("flavours", "=", "smoky", ("contains", "Smoky")),
        ("flavours", "in", "Smoky | Nutty", ("in", ["Smoky", "Nutty"])),
        ("flavours", "in", ["smoky", "nutty", "Smoky"], ("in", ["Smoky", "Nutty"])),
        ("flavours", "contains", "smoky, nutty", ("in", ["Smoky", "Nutty"])),
        ("flavours", "in", "smoky", ("contains", "Smoky")),
        ("kind", "!=", "Herbal", ("not_in", ["Herbal"])),
        ("kind", "not in", "herbal", ("not_in", ["Herbal"])),
        ("organic", "=", "yes", ("=", True)),
        ("organic", "not_in", True, ("not_in", [True])),
        ("price", "<", "$20", ("<", 20)),
        ("price", "contains", 10.0, ("=", 10)),
        ("price", "between", "20 to 10", ("between", [10, 20])),
        ("price", "between", "10-20", ("between", [10, 20])),
        ("price", "in", [10, 20], ("between", [10, 20])),
        ("price", "not_in", 10, ("!=", 10)),
        ("steep", "<", "2 hours", ("<", 120)),
        ("steep", "<=", "2小时", ("<=", 120)),
        ("picked", "=", "1990s", ("between", [1990, 1999])),
        ("picked", "between", "1990 to 1999", ("between", [1990, 1999])),
        ("packed", ">=", "2024-05", (">=", "2024-05")),
        ("price", "sort", "ASC", ("sort", "asc")),
    ],
)
def test_canonical(facet: str, op: str, value: Any, expected: tuple[str, Any]) -> None:
    made = make(facet, op, value)
    assert (made.op, made.value) == expected
    assert made.words == "smoky"
    assert made.hard is (op != "sort")


@pytest.mark.parametrize(
    ("facet", "op", "value"),
    [
        ("kind", "contains", "Coffee"),
        ("colour", "=", "red"),
        (None, "=", "red"),
        ("kind", "~", "Oolong"),
        ("kind", None, "Oolong"),
        ("kind", "<", "Oolong"),
        ("kind", "=", None),
        ("kind", "=", {"a": 1}),
        ("price", "<", "cheap"),
        ("price", "<", True),
        ("price", "<", "20 dragons"),
        ("price", "<", float("nan")),
        ("price", "<", [1, 2]),
        ("price", "between", "20"),
        ("price", "between", [1, 2, 3]),
        ("packed", ">", "soon"),
        ("kind", "sort", "asc"),
        ("price", "sort", "up"),
        ("organic", "=", "perhaps"),
        ("notes", "=", "anything"),
        (None, "like", ""),
        (None, "like", ["x"]),
    ],
)
def test_refused(facet: Any, op: Any, value: Any) -> None:
    with pytest.raises(Refused):
        make(facet, op, value)


@pytest.mark.parametrize(
    "raw", ["text", None, 5, [], {}, {"op": "=", "facet": "kind", "value": "Green", "words": "green please"}]
)
def test_refused_whole(raw: Any) -> None:
    with pytest.raises(Refused):
        proposed(raw, SAID, CATALOG, LEXICON, ())


def test_soft_where_the_facet_or_the_person_is() -> None:
    assert make("mood", "contains", "calm", "calm").hard is False
    assert make("kind", "=", "oolong", "oolong", soft=True).hard is False
    assert make("kind", "=", "oolong", "oolong", soft="yes").hard is True


def test_an_amount_that_nobody_said_is_soft_within_the_catalogue_and_refused_beyond() -> None:
    def asked(value: Any, said: str, op: str = "<") -> Wish:
        return proposed({"facet": "price", "op": op, "value": value, "words": said}, said, CATALOG, LEXICON, ())

    assert asked(15, "something cheap").hard is False  # a reading of vague words
    assert asked(15, "under fifteen dollars").hard is True
    assert asked(15, "十五美元以内").hard is True
    assert asked("10 to 20", "between $10 and $20", "between").hard is True
    assert asked("10 to 25", "between $10 and $20", "between").hard is False
    assert asked(500, "under $500").hard is True  # said, so it stands, whatever there is
    for beyond, op in ((1873, "<"), (3, "<"), (-4, ">"), ("1673 to 1873", "between"), (0.0001, "=")):
        with pytest.raises(Refused):
            asked(beyond, "something cheap", op)


def test_likeness_is_an_item_or_the_persons_own_words() -> None:
    assert make(None, "like", "Keemun Dawn", "like Keemun Dawn").value == ITEMS[9].id
    assert make(None, "like", ITEMS[0].title, "smoky").value == ITEMS[0].id  # one of those on the table
    made = make(None, "like", "a smoky brew that won a gold medal in 1987", "a smoky")
    assert made.value == "A smoky"  # not the model's medal
    assert make(None, "not_like", "NUTTY oolong", "nothing herbal").value == "nutty oolong"
    assert made.hard is False


@pytest.mark.parametrize(
    ("words", "said", "span"),
    [
        ("no horror", "A thriller, but NO Horror!", "NO Horror"),
        ("nothing too scary", "please nothing scary tonight", "nothing scary"),
        ("sci-fi", "some Sci-Fi stuff", "Sci-Fi"),
        ("轻松的电影", "想看点轻松的电影吧", "轻松的电影"),
        ("won a gold medal", "a smoky tea", ""),
        ("a", "a tea", ""),
        ("茶", "来杯茶", "茶"),
        ("", "a tea", ""),
        ("tea", "", ""),
    ],
)
def test_words_are_the_persons_own(words: str, said: str, span: str) -> None:
    assert span_said(words, said) == span


def test_items_by_number_title_or_id() -> None:
    shown, named = ITEMS[:3], ITEMS[9:10]

    def ids(values: Any) -> list[str]:
        return [i.id for i in find_items(values, shown, named)]

    assert ids([2, "#3", "1. Misty Ridge Sencha"]) == ["tea-01", "tea-02", "tea-00"]
    assert ids(["keemun dawn", "Dragon Well Spring", "春龙井"]) == ["tea-09", "tea-01"]
    assert ids("2") == ["tea-01"]
    assert ids(["tea-02", 2.0]) == ["tea-02"]  # no such number as 2.0
    assert ids([0, 4, 99, -1, None, True, {}, "Campfire Souchong", ""]) == []  # not shown, not named


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("a smoky oolong", True),
        ("nothing smoky", False),
        ("don't like smoky", False),
        ("不要烟熏的", False),
        ("想喝烟熏的", True),
    ],
)
def test_a_refusal_needs_a_refusing_word(said: str, refused: bool) -> None:
    words = "烟熏" if "烟" in said else "smoky"
    for raw in (
        {"op": "not_like", "value": words, "words": words},
        {"facet": "flavours", "op": "not_in", "value": words, "words": words},
    ):
        if refused:
            with pytest.raises(Refused):
                proposed(raw, said, CATALOG, LEXICON, ())
        else:
            assert proposed(raw, said, CATALOG, LEXICON, ()).op == raw["op"]


def test_contradictions() -> None:
    smoky = Wish(facet="flavours", op="contains", value="Smoky", words="smoky")
    no_nuts = Wish(facet="flavours", op="not_in", value=["Nutty"], words="no nuts")
    heard = [smoky, no_nuts]
    assert contradicts(Wish(facet="flavours", op="not_in", value=["Smoky"], words="smoky"), heard)
    assert contradicts(Wish(facet="flavours", op="contains", value="Nutty", words="nuts"), heard)
    assert contradicts(Wish(op="not_like", value="a smoky tea", hard=False, words="a smoky tea"), heard)
    assert not contradicts(Wish(facet="flavours", op="contains", value="Floral", words="floral"), heard)
    assert not contradicts(Wish(facet="flavours", op="not_in", value=["Nutty", "Malty"], words="no nuts"), heard)


def test_taking_back_needs_a_word_for_it() -> None:
    assert takes_back("forget the price")
    assert takes_back("价格不限")
    assert not takes_back("a smoky oolong")
