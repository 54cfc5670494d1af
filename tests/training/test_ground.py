"""What messages can be about: the shipped catalogues, and any catalogue of a store."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from chatrec.training.ground import CATALOGS, TrainingGround, ground_of, training_grounds
from chatrec.vocabulary import LANGUAGES
from tests import teas

NAMES = [*sorted(p.stem for p in CATALOGS.glob("*.yaml") if "." not in p.stem), "films"]


@cache
def grounds() -> dict[str, TrainingGround]:
    return {g.name: g for g in training_grounds()}


def test_twelve_and_the_films() -> None:
    assert list(grounds()) == NAMES
    assert len(NAMES) == 13


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_ground_can_be_talked_about(name: str) -> None:
    ground = grounds()[name]
    catalog = ground.catalog
    for language in LANGUAGES:
        assert catalog.noun[language]
        assert len(ground.titles[language]) >= 20
        assert all(ground.titles[language])
        assert all(f.label.get(language) for f in catalog.facets if f.filter)
    assert len(ground.titles["en"]) == len(ground.titles["zh"])
    for facet in catalog.facets:
        if facet.name in ground.ranges:
            low, high = ground.ranges[facet.name]
            assert low < high, facet.name
        for named in ground.names.get(facet.name, ()):
            assert set(named) == set(LANGUAGES)
            assert all(named.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_hint_is_of_a_value_that_there_is(name: str) -> None:
    ground = grounds()[name]
    for (of, value), words in ground.hints.items():
        facet = ground.catalog.facet(of)
        assert facet is not None, of
        known: dict[str, set[Any]] = {
            "category": set(facet.values),
            "bool": {True},
            "number": {"low", "high"},
            "date": {"low", "high"},
        }
        assert value in known[facet.type], (of, value)
        assert words.get("en") or words.get("zh")


def test_any_catalogue_of_a_store_is_a_ground() -> None:
    ground = ground_of(teas.CATALOG, teas.items())
    assert (ground.name, ground.catalog) == ("teas", teas.CATALOG)
    assert len(ground.titles["en"]) == len(ground.titles["zh"]) == 30
    assert "铁观音珍藏" in ground.titles["zh"]
    assert {n["en"] for n in ground.names["grower"]} == {"Mei Tanaka", "Arun Boro", "Lin Shuyuan", "Old Valley Garden"}
    assert set(ground.names) == {"grower"}  # closed vocabularies are the catalogue's own
    low, high = ground.ranges["price"]
    assert 6 <= low < high <= 51
    assert not ground.hints


def test_a_catalogue_without_items_is_a_ground_without_numbers_and_names() -> None:
    ground = ground_of(teas.CATALOG, [])
    assert (ground.ranges, ground.names, ground.titles["en"]) == ({}, {"grower": []}, [])
