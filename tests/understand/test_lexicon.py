"""The lexicon: what phrases may name, what values resolve to."""

from __future__ import annotations

import time

import pytest

from chatrec.understand.lexicon import Lexicon, resolve, weak
from chatrec.understand.spellings import spellings
from chatrec.vocabulary import Catalog, Item
from tests.understand.catalogs import FILM_ITEMS, FILMS, LAPTOP_ITEMS, LAPTOPS, facet

FILM = Lexicon.build(FILMS, FILM_ITEMS)
LAPTOP = Lexicon.build(LAPTOPS, LAPTOP_ITEMS)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("genres", "sci-fi", "Sci-Fi"),
        ("genres", "science fiction", "Sci-Fi"),
        ("genres", "scifi", "Sci-Fi"),
        ("genres", "comedies", "Comedy"),
        ("genres", "THRILLER", "Thriller"),
        ("genres", "Thriler", "Thriller"),
        ("genres", "documentery", "Documentary"),
        ("genres", "恐怖片", "Horror"),
        ("genres", "haunted", None),
        ("genres", "", None),
        ("genres", 3, None),
        ("director", "nolan", "Christopher Nolan"),
        ("director", "CHRISTOPHER NOLAN", "Christopher Nolan"),
        ("director", "Cristopher Nolan", "Christopher Nolan"),
        ("director", "诺兰", "Christopher Nolan"),
        ("director", "Villeneuve", "Denis Villeneuve"),
        ("director", "Scott", None),  # Ridley or John
        ("director", "Al Pacino", None),
        ("cast", "梁朝偉", "Tony Leung"),
        ("cast", "Bill Skarsgard", "Bill Skarsgård"),
        ("country", "French", "France"),
        ("moods", "搞笑", "funny"),
        ("year", "1999", 1999.0),
        ("year", "soon", None),
        ("nothing", "x", None),
    ],
)
def test_resolve(name: str, value: object, wanted: object) -> None:
    assert resolve(FILM, name, value) == wanted


def test_resolve_bool() -> None:
    assert LAPTOP.resolve("touchscreen", "yes") is True
    assert LAPTOP.resolve("touchscreen", False) is False
    assert LAPTOP.resolve("touchscreen", "perhaps") is None


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Heat", ["heat", "theheat"]),
        ("the heat", ["theheat"]),
        ("godfather", ["godfather"]),
        ("The Godfather: Part II", ["godfather2"]),
        ("godfather 2", ["godfather2"]),
        ("Godfather part two", ["godfather2"]),
        ("oceans eleven", ["oceans"]),
        ("Ocean's 11", ["oceans"]),
        ("dr strangelove", ["strangelove"]),
        ("amelie", ["amelie"]),
        ("教父", ["godfather"]),
        ("蝙蝠侠", ["darkknight"]),
        ("king kong", ["kong05", "kong33"]),  # the better known first
        ("no such film", []),
        ("", []),
    ],
)
def test_titles(said: str, wanted: list[str]) -> None:
    assert FILM.titles(said) == wanted


def test_spellings_know_whole_titles_from_parts() -> None:
    found = {words: rank for rank, words in spellings("Star Wars: Episode IV - A New Hope")}
    assert found["star", "wars", "episode", "iv", "a", "new", "hope"] == 0
    assert found["star", "wars"] == 2
    assert found["a", "new", "hope"] == 2
    assert spellings("...") == set()


def test_weak_titles_are_made_of_ordinary_words() -> None:
    assert weak(["up"])
    assert weak(["fight", "club"])
    assert weak(["the", "piano"])
    assert weak(["英", "雄"])
    assert not weak(["the", "dark", "knight"])
    assert not weak(["back", "to", "the", "future"])
    assert not weak(["千", "与", "千", "寻"])


def test_ranges_and_quantiles() -> None:
    assert LAPTOP.range("price") == (3999, 9999)
    assert LAPTOP.quantile("price", 0.5) == 7999
    assert LAPTOP.range("brand") is None
    assert LAPTOP.quantile("brand", 0.5) is None


def test_one_valued() -> None:
    by = {f.name: f for f in FILMS.facets}
    assert FILM.one_valued(by["director"])  # many, but hardly any film has two
    assert not FILM.one_valued(by["genres"])


def test_a_facet_without_filter_makes_no_phrases() -> None:
    assert not [m for m in FILM.phrases.get(["tense"]) if getattr(m, "facet", "") == "moods"]


def test_values_that_say_there_is_none_are_no_words() -> None:
    catalog = Catalog(name="c", facets=(facet("kind", "category"),))
    lexicon = Lexicon.build(
        catalog,
        [Item(id="a", title="A", attributes={"kind": "没有"}), Item(id="b", title="B", attributes={"kind": "Other"})],
    )
    assert not lexicon.phrases.get(["没", "有"])
    assert not lexicon.phrases.get(["other"])
    assert lexicon.resolve("kind", "other") == "Other"


def test_a_large_catalogue_is_read_in_a_moment() -> None:
    people = [f"Person{n} Surname{n % 5000}" for n in range(40_000)]
    items = [
        Item(
            id=str(n),
            title=f"Film number{n} of the{n % 90} Kind",
            popularity=0.5,
            attributes={"genres": ("Drama",), "cast": tuple(people[n * 5 : n * 5 + 5]), "year": 1990},
        )
        for n in range(8_000)
    ]
    began = time.process_time()
    lexicon = Lexicon.build(FILMS, items)
    assert time.process_time() - began < 8  # about one second on an idle machine
    assert lexicon.titles("film number77 of the77 kind") == ["77"]
    assert lexicon.resolve("cast", "person7 surname7") == "Person7 Surname7"
