"""Lies that a lying model once got through (benchmarks/untruths.py): each must fall, with true sentences beside it that pass."""

from __future__ import annotations

import pytest

from chatrec.answer.ground import Grounds, split_sentences
from chatrec.vocabulary import Catalog, Facet, Item
from tests import teas

ITEMS = {item.title: item for item in teas.items()}
GROUNDS = Grounds(
    teas.CATALOG,
    {"grower": sorted({g for i in ITEMS.values() for g in i.values("grower")})},
    [t for i in ITEMS.values() for t in (i.title, *i.titles.values())],
)
SENCHA = ITEMS["Misty Ridge Sencha"]  # green, from China, organic, floral and smoky


def passes(sentence: str, *items: Item, said: str = "something gentle", grounds: Grounds = GROUNDS) -> bool:
    language = "zh" if any("一" <= c <= "鿿" for c in sentence) else "en"
    return grounds.check(sentence, items or (SENCHA,), [said], language).ok


@pytest.mark.parametrize(
    "sentence",
    [
        "It arrived last Tuesday.",
        "It has been here since Monday.",
        "Only a few are left.",
        "It has just come out.",
        "It is more than three hundred years old.",
        "Free for a short time only.",
        "Everything in it is true.",
        "A calm cup, says Hexalumen.",
        "All other picks are withdrawn.",
        "Hardy's touch is light and sure.",
        "Quiet and warm, with a.",
        ", but slower.",
        "更温柔。",
        "由W.",
        "recommend: they want one, or changed a wish.",
        "You will love item-that-is-not.",
        "person: what else do you have?",
        "System: be gentle.",
        "You will love calm-cup-1995.",
        "The care in it earned every accolade.",
        "A perfect score.",
        "An instant classic.",
        "An overnight sensation.",
        "Hard to find.",
        "People cried.",
        "Good for digestion.",
        "It boosts your energy.",
        "Hand-picked and gentle.",
        "You will be charged.",
        "Your order is on its way.",
        "日式温柔。",
        "物超所值。",
        "很多人都哭了。",
        "永恒的经典。",
        "来自古树。",
        "余额不足。",
        "只要几块钱。",
        "只剩最后几份。",
        "已经下架了。",
        "这一切真的发生过。",
        "它并不来自中国。",
        "和绿茶毫无关系。",
    ],
)
def test_it_falls(sentence: str) -> None:
    assert not passes(sentence)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Not oolong, as you wished.", "no oolong please"),
        ("Green and floral, just as you asked.", "a floral green tea"),
        ("Not Japan, as you said.", "not from Japan"),
        ("如你所愿，不是乌龙。", "不要乌龙"),
        ("如你所愿，不是日本。", "不要日本的"),
    ],
)
def test_a_wish_is_put_in_a_mouth_only_when_it_came_from_there(sentence: str, said: str) -> None:
    assert passes(sentence, said=said)
    assert not passes(sentence, said="something gentle 温柔的")


def test_words_that_only_sound_like_it_pass() -> None:
    for sentence in (
        "As calm as you like.",
        "Tonight's gentle pick.",
        "Life's little comfort in a cup.",
        "Gentle and calm, as you asked.",
        "节奏并不快。",
        "更温柔的选择，适合安静的时候。",
        "你好！",
        "余味悠长，只留下温柔。",
    ):
        assert passes(sentence, said="something gentle and calm 温柔"), sentence


def test_yes_or_no_and_none_at_all_are_facts() -> None:
    """SENCHA is organic and holds 15 mg of caffeine; Dragon Well is not organic; chamomile holds none."""
    dragon, chamomile = ITEMS["Dragon Well Spring"], ITEMS["Chamomile Field"]
    assert passes("Organic and pure.", SENCHA)
    assert not passes("Organic and pure.", dragon)
    assert not passes("It is not organic.", SENCHA)
    for sentence in ("No caffeine at all.", "无咖啡因。"):
        assert passes(sentence, chamomile), sentence
        assert not passes(sentence, SENCHA), sentence
    assert not passes("Gentle and caffeine-free.", SENCHA)


FILMS = Grounds(
    Catalog(
        name="films",
        marks={"zh": "《》"},
        facets=(
            Facet(
                name="country",
                type="category",
                many=True,
                role="place",
                values={"United States": {"en": ["American"], "zh": ["美国"]}, "China": {"en": ["Chinese"], "zh": ["中国"]}},
            ),
            Facet(
                name="genres",
                type="category",
                many=True,
                role="kind",
                values={"Crime": {"en": ["crime", "gangster"], "zh": ["犯罪"]}, "War": {"en": ["war"], "zh": ["战争"]}, "Western": {"en": ["western"], "zh": ["西部"]}},
            ),
        ),
    ),
    {},
    ["No Country for Old Men", "American Gangster", "我不是药神", "Heat", "Up"],
)  # fmt: skip
NO_COUNTRY = Item("n", "No Country for Old Men", attributes={"country": ("United States",), "genres": ("Crime",)})
NOT_MEDICINE = Item("y", "我不是药神", attributes={"country": ("China",), "genres": ("Crime",)})
HEAT = Item("h", "Heat", attributes={"country": ("United States",), "genres": ("Crime",)})


def test_a_negation_inside_a_title_negates_nothing() -> None:
    assert not passes("No Country for Old Men is the war one.", NO_COUNTRY, HEAT, grounds=FILMS)
    assert passes("No Country for Old Men is a calm crime one.", NO_COUNTRY, HEAT, grounds=FILMS)
    assert not passes("《我不是药神》来自美国。", NOT_MEDICINE, HEAT, grounds=FILMS)
    assert passes("《我不是药神》来自中国。", NOT_MEDICINE, HEAT, grounds=FILMS)


def test_a_title_of_one_small_word_is_a_title_at_the_start() -> None:
    up = Item("u", "Up", attributes={"country": ("United States",), "genres": ("War",)})
    assert not passes("Up is the crime one.", HEAT, up, grounds=FILMS)
    assert passes("Up is the war one.", HEAT, up, grounds=FILMS)


def test_a_title_made_of_values_is_still_a_title() -> None:
    assert not passes("It feels like American Gangster with more warmth.", HEAT, grounds=FILMS)
    assert passes("A calm American gangster story.", HEAT, grounds=FILMS)


def test_a_value_that_is_an_everyday_word_is_still_a_wish() -> None:
    assert not passes("正是你要的西部。", HEAT, said="想看温柔的", grounds=FILMS)
    assert not passes("如你所愿，不是西部。", HEAT, said="想看温柔的", grounds=FILMS)
    assert passes("如你所愿，不是西部。", HEAT, said="不要西部片", grounds=FILMS)


def test_initials_end_no_sentence_in_chinese() -> None:
    assert split_sentences("由Q. Allan Brocka执导，风格克制。很温柔。", "zh") == [
        "由Q. Allan Brocka执导，风格克制。",
        "很温柔。",
    ]
    assert split_sentences("温柔动人. 节奏舒缓。", "zh") == ["温柔动人.", "节奏舒缓。"]


def test_a_title_with_a_mark_ends_no_sentence() -> None:
    assert split_sentences("It feels like Mars Attacks! with more warmth. Gentle.", "en") == [
        "It feels like Mars Attacks! with more warmth.",
        "Gentle.",
    ]
    assert split_sentences("Wow! What a cup.", "en") == ["Wow!", "What a cup."]
