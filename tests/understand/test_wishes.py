"""Wishes stated by programs and clicks: canonical, or refused with the field that is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.errors import BadInput
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.wishes import validate_wish
from chatrec.vocabulary import Wish
from tests.understand.catalogs import FILM_ITEMS, FILMS, LAPTOP_ITEMS, LAPTOPS, brief

FILM = Lexicon.build(FILMS, FILM_ITEMS)
LAPTOP = Lexicon.build(LAPTOPS, LAPTOP_ITEMS)


def film(**raw: Any) -> Wish:
    return validate_wish(raw, FILMS, FILM)


def laptop(**raw: Any) -> Wish:
    return validate_wish(raw, LAPTOPS, LAPTOP)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ({"facet": "genres", "op": "contains", "value": "sci-fi"}, "genres contains Sci-Fi"),
        ({"facet": "genres", "op": "=", "value": "喜剧"}, "genres contains Comedy"),
        ({"facet": "genres", "op": "in", "value": ["comedy", "crime", "Comedy"]}, "genres in Comedy|Crime"),
        ({"facet": "genres", "op": "in", "value": ["comedy"]}, "genres contains Comedy"),
        ({"facet": "genres", "op": "!=", "value": "horror"}, "genres not_in Horror"),
        ({"facet": "genres", "op": "not_in", "value": "horror"}, "genres not_in Horror"),
        ({"facet": "director", "op": "contains", "value": "nolan", "hard": False}, "~director contains Christopher Nolan"),
        ({"facet": "year", "op": "between", "value": [1990, 1999]}, "year between 1990|1999"),
        ({"facet": "year", "op": ">=", "value": "1990"}, "year >= 1990"),
        ({"facet": "rating", "op": ">", "value": 7.5}, "rating > 7.5"),
        ({"facet": "year", "op": "contains", "value": 1999}, "year = 1999"),
        ({"facet": "year", "op": "not_in", "value": [1999]}, "year != 1999"),
        ({"facet": "year", "op": "in", "value": [1999, 2001]}, "year in 1999|2001"),
        ({"facet": "year", "op": "sort", "value": "desc"}, "year sort desc"),
        ({"op": "like", "value": "heat"}, "like heat"),
        ({"op": "not_like", "value": "  too   violent "}, "not_like too violent"),
        ({"facet": "moods", "op": "contains", "value": "funny"}, "like funny"),
        ({"facet": "moods", "op": "not_in", "value": ["funny", "tense"]}, "not_like funny, tense"),
    ],
)  # fmt: skip
def test_canonical(raw: dict[str, Any], wanted: str) -> None:
    assert brief(film(**raw)) == wanted


def test_one_valued_and_bool() -> None:
    assert brief(laptop(facet="brand", op="contains", value="apple")) == "brand = Apple"
    assert brief(laptop(facet="touchscreen", op="contains", value="yes")) == "touchscreen = True"
    assert brief(laptop(facet="touchscreen", op="!=", value=True)) == "touchscreen not_in True"


def test_a_like_of_an_item_shows_its_title() -> None:
    assert film(op="like", value="heat").words == "Heat"
    assert film(op="like", value="heat", words="like Heat").words == "like Heat"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"op": "contains", "value": "x"}, "facet"),
        ({"facet": "genre", "op": "contains", "value": "Comedy"}, "facet"),
        ({"facet": "genres", "op": "has", "value": "Comedy"}, "op"),
        ({"facet": "genres", "op": ">", "value": "Comedy"}, "op"),
        ({"facet": "genres", "op": "contains", "value": "Comdy film"}, "value"),
        ({"facet": "genres", "op": "contains", "value": ["Comedy", "Crime"]}, "value"),
        ({"facet": "genres", "op": "in", "value": []}, "value"),
        ({"facet": "genres", "op": "contains"}, "value"),
        ({"facet": "genres", "op": "contains", "value": {"a": 1}}, "value"),
        ({"facet": "genres", "op": "sort", "value": "asc"}, "facet"),
        ({"facet": "year", "op": "sort", "value": "up"}, "value"),
        ({"facet": "year", "op": ">", "value": "soon"}, "value"),
        ({"facet": "year", "op": ">", "value": True}, "value"),
        ({"facet": "year", "op": ">", "value": float("nan")}, "value"),
        ({"facet": "year", "op": "between", "value": [1999]}, "value"),
        ({"facet": "year", "op": "between", "value": [1999, 1990]}, "value"),
        ({"facet": "year", "op": "between", "value": 1999}, "value"),
        ({"facet": "year", "op": ">", "value": 1990, "hard": "yes"}, "hard"),
        ({"facet": "year", "op": ">", "value": 1990, "words": 5}, "words"),
        ({"facet": "year", "op": ">", "value": 1990, "colour": "red"}, "colour"),
        ({"op": "like", "value": ""}, "value"),
        ({"op": "like", "value": None}, "value"),
        ({"op": "like", "value": "x" * 501}, "value"),
    ],
)
def test_refused_with_the_field(raw: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as error:
        film(**raw)
    assert [f for f, _ in error.value.fields] == [field]
    assert field in str(error.value)


def test_the_message_says_what_would_be_right() -> None:
    with pytest.raises(BadInput, match="did you mean genres"):
        film(facet="genre", op="contains", value="Comedy")
    with pytest.raises(BadInput, match="did you mean"):
        laptop(facet="brand", op="=", value="Lenvo inc")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "facet": st.sampled_from(["genres", "year", "director", "moods", "rating"]) | JSON,
            "op": st.sampled_from(["contains", "=", "in", "not_in", "!=", ">", "between", "like", "sort"]) | JSON,
            "value": st.sampled_from(["Comedy", 1999, [1990, 1999], "asc", ["Comedy", "Crime"]]) | JSON,
            "hard": JSON,
        },
    )
)
def test_anything_is_a_sound_wish_or_bad_input(raw: dict[str, Any]) -> None:
    try:
        wish = validate_wish(raw, FILMS, FILM)
    except BadInput:
        return
    for item in FILM_ITEMS:
        wish.meets(item)
    again = validate_wish({k: v for k, v in wish.model_dump().items() if v is not None}, FILMS, FILM)
    assert brief(again) == brief(wish)
