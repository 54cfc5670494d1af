"""What was once misread: each line was reported, or found by dialogues made from a catalogue's facets."""

from __future__ import annotations

import pytest

from chatrec.vocabulary import Exchange, Wish
from tests.understand.catalogs import FILM_ITEMS, FILMS, LAPTOP_ITEMS, LAPTOPS, Shop, short, wish


@pytest.fixture(scope="module")
def films() -> Shop:
    return Shop(FILMS, FILM_ITEMS)


@pytest.fixture(scope="module")
def laptops() -> Shop:
    return Shop(LAPTOPS, LAPTOP_ITEMS)


# text -> all wishes that must be heard, and no others
HEARD: list[tuple[str, set[str]]] = [
    ("films no newer than 2003 in English", {"year <= 2003", "language contains English"}),
    ("films rated better than 4.5", {"rating > 4.5"}),
    ("a rating of 4.5 to 8.5", {"rating between 4.5|8.5"}),
    ("films rated higher than 7.5", {"rating > 7.5"}),
    ("评分不低于3，100到200分钟", {"rating >= 3", "runtime between 100|200"}),
    ("评分不低于3，100到200 分钟的", {"rating >= 3", "runtime between 100|200"}),
    ("低于10分的电影", {"rating < 10"}),
    ("90分以内的电影", {"runtime <= 90"}),
    ("1967年及以后的", {"year >= 1967"}),
    ("1990年及以前的", {"year <= 1990"}),
    ("any language but English", {"language not_in English"}),
    ("把恐怖片去掉", {"genres not_in Horror"}),
    ("恐怖片都给我排除", {"genres not_in Horror"}),
    ("Al Pacino演的就不要了", {"cast not_in Al Pacino"}),
    ("None of these. Show me others.", set()),
    ("A comedy would be good and only from the 90s", {"~genres contains Comedy", "year between 1990|1999"}),
    ("我改主意了，要喜剧", {"genres contains Comedy"}),
    ("补充一下，要喜剧", {"genres contains Comedy"}),
    ("thriller films that are also crime", {"genres contains Thriller", "genres contains Crime"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "heard"), HEARD, ids=[t for t, _ in HEARD])
def test_what_is_heard(films: Shop, text: str, heard: set[str]) -> None:
    assert short(films.read(text, shown=("heat", "alien"))) == heard


# ---------------------------------------------------------------------- taken back

# text -> ids that are dropped, of these wishes
HELD: tuple[Wish, ...] = (
    wish("genres", "contains", "Horror", id="w1"),
    wish("country", "not_in", ["South Korea"], id="w2"),
    wish("rating", ">=", 8, id="w3"),
    wish("director", "contains", "Christopher Nolan", id="w4"),
)
BACK: list[tuple[str, tuple[str, ...]]] = [
    ("把恐怖片去掉", ("w1",)),
    ("恐怖去掉吧", ("w1",)),
    ("是不是恐怖片都行", ("w1",)),
    ("take horror off the list", ("w1",)),
    ("韩国也不是不行", ("w2",)),
    ("韩国其实也可以", ("w2",)),
    ("有韩国也没关系", ("w2",)),
    ("韩国也算上吧", ("w2",)),
    ("you can include South Korea again", ("w2",)),
    ("什么评分都可以", ("w3",)),
    ("评分怎么样都行", ("w3",)),
    ("把评分的要求去掉", ("w3",)),
    ("不限诺兰了", ("w4",)),
    ("It doesn't have to be directed by Christopher Nolan after all.", ("w4",)),
]


@pytest.mark.parametrize(("text", "ids"), BACK, ids=[t for t, _ in BACK])
def test_what_is_taken_back(films: Shop, text: str, ids: tuple[str, ...]) -> None:
    heard = films.read(text, ledger=HELD)
    assert heard.drops == ids
    assert heard.wishes == ()
    assert heard.released == ()
    assert heard.kind in (None, "recommend")


# text -> the facet that is let go of though no wish is held on it
RELEASED: list[tuple[str, str]] = [
    ("不用管国家了", "country"),
    ("什么国家都可以", "country"),
    ("国家无所谓", "country"),
    ("never mind the kind", "genres"),
    ("the runtime doesn't matter", "runtime"),
    ("any country is fine", "country"),
    ("多长都行", "runtime"),
]


@pytest.mark.parametrize(("text", "facet"), RELEASED, ids=[t for t, _ in RELEASED])
def test_what_was_never_wished_is_taken_back(films: Shop, text: str, facet: str) -> None:
    heard = films.read(text, ledger=(wish("rating", ">=", 8, id="w3"),), shown=("heat", "alien"))
    assert heard.released == (facet,)
    assert heard.drops == ()
    assert heard.wishes == ()
    assert heard.kind is None


def test_a_word_for_what_is_not_told_here_is_no_likeness(films: Shop) -> None:
    heard = films.read("什么价格都可以", ledger=(wish("rating", ">=", 8, id="w3"),))
    assert heard.wishes == ()
    assert heard.asks


# ---------------------------------------------------------------------- questions and items


@pytest.mark.parametrize("text", ["is Al Pacino in Heat?", "Was Robert De Niro in Heat?"])
def test_who_is_in_a_film_of_one_ordinary_word(films: Shop, text: str) -> None:
    heard = films.read(text)
    assert (heard.kind, heard.facet, [i.id for i in heard.items]) == ("lookup", "cast", ["heat"])
    assert heard.wishes == ()


@pytest.mark.parametrize("text", ["is there anything in Alien?", "is it in Heat?", "a film set in Chef"])
def test_a_place_is_no_title(films: Shop, text: str) -> None:
    assert not any(w.op == "like" and w.value in ("alien", "heat", "chef") for w in films.read(text).wishes)


def test_how_about_an_item(laptops: Shop) -> None:
    heard = laptops.read("how about the ThinkPad X1 Carbon?")
    assert (heard.kind, [i.id for i in heard.items], heard.asks) == ("lookup", ["x1"], False)


def test_similar_with_more_of_something(laptops: Shop) -> None:
    said = (Exchange("t0", "I like the MacBook Air 13", "noted", "Noted."),)
    assert short(laptops.read("something similar but with more memory", history=said)) == {"like air", "ram > 8"}


def test_what_was_noted_is_spoken_of_and_the_list_is_counted_in(films: Shop) -> None:
    said = (Exchange("t0", "I have seen Titanic and Parasite", "noted", "Noted."),)
    heard = films.read("how long is the second one?", shown=("heat", "alien"), history=said)
    assert [i.id for i in heard.items] == ["alien"]


@pytest.mark.parametrize(
    "text", ["Isn't there anything more recent?", "Anything more recent?", "nothing newer?", "没有更新一点的吗？"]
)
def test_more_is_asked_for_in_the_negative(films: Shop, text: str) -> None:
    assert short(films.read(text, shown=("heat", "alien"))) == {"year > 1995"}


def test_what_is_newer_can_still_be_refused(films: Shop) -> None:
    assert all(w.op == "<=" for w in films.read("I don't watch newer films", shown=("heat", "alien")).wishes)


# ---------------------------------------------------------------------- people


def test_a_name_with_its_role_is_heard_once(films: Shop) -> None:
    heard = films.read("I love Jon Favreau, so something starring Jon Favreau")
    assert short(heard) == {"cast contains Jon Favreau"}


def test_a_role_told_later(films: Shop) -> None:
    from chatrec.understand.ledger import Merge
    from chatrec.vocabulary import Decision

    merge = Merge(films.catalog, films.lexicon)
    first = films.turn("I love Jon Favreau")
    before = merge(first, films.reader.read(first.said, first), Decision("recommend"))
    (guess,) = before.wishes
    other = "cast" if guess.facet == "director" else "director"
    text = "something with Jon Favreau in the cast" if other == "cast" else "something directed by Jon Favreau"
    second = films.turn(text, ledger=before.wishes)
    after = merge(second, films.reader.read(second.said, second), Decision("recommend"))
    assert [(w.facet, w.value) for w in after.wishes if w.facet] == [(other, "Jon Favreau")]
    third = films.turn("and directed by James Cameron", ledger=before.wishes)
    kept = merge(third, films.reader.read(third.said, third), Decision("recommend"))
    assert guess.facet == "director" or any(w.value == "Jon Favreau" for w in kept.wishes)


def test_a_cue_behind_a_list_is_for_all_of_it(films: Shop) -> None:
    assert short(films.read("要Jon Favreau或者Tom Hanks主演的")) == {"cast in Jon Favreau|Tom Hanks"}
    assert short(films.read("要么Jon Favreau要么Tom Hanks主演的")) == {"cast in Jon Favreau|Tom Hanks"}
    assert short(films.read("Jon Favreau、Tom Hanks演的都可以")) == {"cast in Jon Favreau|Tom Hanks"}


@pytest.mark.parametrize("text", ["more by that director", "再来一部这个导演的"])
def test_that_director(films: Shop, text: str) -> None:
    held = (wish("director", "contains", "Christopher Nolan", id="w4"),)
    assert short(films.read(text, ledger=held, shown=("heat", "alien"))) == set()
    assert short(films.read(text, shown=("heat",))) == {"director contains Michael Mann"}
    several = films.read(text, shown=("heat", "alien"))
    assert several.wishes == ()
    assert several.not_understood  # whose? it is said, not guessed


@pytest.mark.parametrize("text", ["films by the director of Heat", "《Heat》的导演拍的"])
def test_the_director_of_an_item(films: Shop, text: str) -> None:
    assert short(films.read(text)) == {"director contains Michael Mann"}


def test_who_directed_it_is_still_a_question(films: Shop) -> None:
    assert films.read("who is the director of Heat?").kind == "lookup"
    assert films.read("《Heat》的导演是谁").kind == "lookup"


def test_please_say_that_again(films: Shop) -> None:
    fact = (Exchange("t0", "how long is Heat?", "lookup", "Heat: runtime 170 min."),)
    heard = films.read("请再说一遍", history=fact)
    assert (heard.kind, heard.certain, heard.show_again, heard.wishes) == ("converse", True, False, ())
    cards = (Exchange("t0", "a thriller", "recommend", "Five films.", ("heat",)),)
    assert films.read("请再说一遍", shown=("heat",), history=cards).show_again


def test_side_by_side(films: Shop) -> None:
    assert films.read("hm, those two, head to head", shown=("heat", "alien")).kind == "compare"


def test_the_passive_is_kept(films: Shop) -> None:
    assert short(films.read("推荐一部被低估的爱情片")) == {"genres contains Romance", "like 被低估"}


def test_a_value_inside_a_cue() -> None:
    from tests.understand.catalogs import facet, laptop

    designer = facet(
        "designer", "category", role="person", many=True, label={"en": "designer"},
        cues={"zh": ["设计的"]}, aliases={"Ilse Brandt": {"zh": ["布兰特"]}},
    )  # fmt: skip
    uses = facet("uses", "category", many=True, values={"Design": {"zh": ["设计"]}})
    item = laptop("a", "A", 1, 1, 13, 8, "Apple", "Gaming", True)
    item = type(item)(id="a", title="A", attributes={"designer": ("Ilse Brandt",), "uses": ("Design",)})
    shop = Shop(LAPTOPS.model_copy(update={"facets": (*LAPTOPS.facets, designer, uses)}), [item])
    assert short(shop.read("布兰特设计的")) == {"designer contains Ilse Brandt"}
    assert short(shop.read("做设计用的")) >= {"uses contains Design"}
