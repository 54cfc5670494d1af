"""The demo catalogue is data, so its tests are about data: the source query, our own texts, the words of the facets.

Facts are held against the source's own rows and, where `RAW_DATA` (or ../shared/data) has them, against lists of American films
and against MovieLens' imdb ids. What an entry does not list under `checked` is not checked by anything here.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.resources
import json
import os
import re
import sqlite3
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parent.parent
FILMS = CHECKOUT / "catalog" / "films"
RAW = Path(os.environ.get("RAW_DATA", CHECKOUT.parent / "shared" / "data"))
SOURCE = yaml.safe_load((FILMS / "source.yaml").read_text("utf-8"))
CATALOG = yaml.safe_load((FILMS / "facets.yaml").read_text("utf-8"))
FACETS = {f["name"]: f for f in CATALOG["facets"]}
OURS: list[dict[str, Any]] = yaml.safe_load((FILMS / "best_known.yaml").read_text("utf-8"))
MANY = ("genres", "director", "cast", "writer", "country", "language")
DECADES = ("1960s", "1970s", "1980s", "1990s", "2000s", "2010s", "2020s")
CHECKABLE = {"title", "year", "director", "stars", "genres"}


def source_file() -> Path:
    return Path(str(importlib.resources.files(SOURCE["package"]))) / SOURCE["file"]


def plain(name: str) -> str:
    """Letters only, without accents: "Timothée" and "Timothee" are one name."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    with sqlite3.connect(f"file:{source_file()}?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(SOURCE["query"])]


@pytest.fixture(scope="module")
def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


@pytest.fixture(scope="module")
def american() -> dict[tuple[str, int], list[dict[str, Any]]]:
    folder = RAW / "wikipedia-movies"
    if not all((folder / f"movies-{decade}.json").exists() for decade in DECADES):
        pytest.skip(f"the lists of American films are not at {folder}")
    films: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for decade in DECADES:
        for film in json.loads((folder / f"movies-{decade}.json").read_text("utf-8")):
            films.setdefault((plain(film["title"]), film["year"]), []).append(film)
    return films


def values(row: dict[str, Any], name: str) -> list[str]:
    return (row[name] or "").split(", ") if row[name] else []


# --------------------------------------------------------------------------- the source


def test_the_source_file_is_the_one_the_query_was_written_for() -> None:
    assert hashlib.sha256(source_file().read_bytes()).hexdigest() == SOURCE["sha256"]


def test_the_query_gives_one_plausible_row_a_film(rows: list[dict[str, Any]]) -> None:
    assert 9600 <= len(rows) <= 9900
    assert len({row["id"] for row in rows}) == len(rows)
    assert set(rows[0]) == {"id", "title", "year", "runtime", "rating", "popularity", *MANY}
    for row in rows:
        assert re.fullmatch(r"tt\d{7,8}", row["id"])
        assert row["title"].strip() == row["title"] != ""
        assert not row["title"].endswith(" film)"), row["title"]
        assert not set("’…") & set(row["title"])
        assert isinstance(row["year"], int), row
        assert 1940 <= row["year"] <= 2014, row
        assert row["runtime"] is None or 20 <= row["runtime"] <= 800, row
        assert row["rating"] is None or 0 <= row["rating"] <= 10, row
        assert 0 <= row["popularity"] <= 1, row
    assert sum(row["runtime"] is not None for row in rows) > 9000
    assert sum(row["rating"] is not None for row in rows) > 9500


@pytest.mark.parametrize("name", MANY)
def test_lists_hold_whole_clean_different_values(rows: list[dict[str, Any]], name: str) -> None:
    for row in rows:
        found = values(row, name)
        assert row[name] != "", row["id"]
        assert len(found) == len(set(found)), (row["id"], found)
        for value in found:
            assert value.strip(" ,") == value != "", (row["id"], found)
            assert value not in {"Jr.", "Sr.", "III", "PhD"}, (row["id"], found)


def test_other_names_of_one_thing_became_one(rows: list[dict[str, Any]]) -> None:
    seen = {name: {v for row in rows for v in values(row, name)} for name in MANY}
    assert not seen["country"] & {"People's Republic of China", "West Germany", "British Hong Kong", "Kingdom of Italy"}
    assert not seen["language"] & {"American English", "Standard Chinese", "Yue Chinese", "Putonghua", "Modern Greek"}
    assert not seen["writer"] & {"the Wachowskis", "Coen brothers"}
    for row in rows:
        if {"Mandarin", "Cantonese"} & set(values(row, "language")):
            assert "Chinese" in values(row, "language")


def test_the_well_known_are_near_the_top(rows: list[dict[str, Any]]) -> None:
    popularity = {row["id"]: row["popularity"] for row in rows} | {
        film["id"]: film["popularity"] for film in OURS if "popularity" in film
    }
    titles = {row["id"]: row["title"] for row in rows} | {film["id"]: film["title"] for film in OURS}
    top = [titles[i] for i in sorted(popularity, key=lambda i: -popularity[i])]
    assert {
        "The Godfather", "Pulp Fiction", "Casablanca", "The Matrix", "Titanic", "Toy Story", "Forrest Gump", "Inception",
        "The Shawshank Redemption", "The Dark Knight", "Jurassic Park", "Spirited Away", "Parasite", "Oppenheimer",
    } <= set(top[:50])  # fmt: skip
    # ... and the query alone does not forget the old for the new
    alone = [row["title"] for row in sorted(rows, key=lambda row: -row["popularity"])]
    assert {"The Godfather", "Titanic", "The Matrix", "Forrest Gump", "Lawrence of Arabia"} <= set(alone[:60])
    assert {"Casablanca", "Toy Story", "Psycho", "Jaws", "The Lion King"} <= set(alone[:400])


# --------------------------------------------------------------------------- our own texts


def test_there_are_enough_of_them_and_each_is_whole() -> None:
    assert len(OURS) >= 100
    assert sum(film["year"] >= 2015 for film in OURS) >= 30
    assert max(Counter(film["id"] for film in OURS).values()) == 1
    moods, themes, genres = (set(FACETS[name]["values"]) for name in ("moods", "themes", "genres"))
    assert len(moods) <= 25
    assert len(themes) <= 60
    for film in OURS:
        where = film["id"]
        assert isinstance(film["title"], str), where
        assert film["titles"]["en"] == film["title"], where
        assert isinstance(film["titles"]["zh"], str), where
        assert 40 <= len(film["description"]) <= 160, (where, len(film["description"]))
        assert 12 <= len(film["description_zh"]) <= 80, (where, len(film["description_zh"]))
        assert 1 <= len(film["moods"]) <= 4, where
        assert set(film["moods"]) <= moods, where
        assert 1 <= len(film["themes"]) <= 5, where
        assert set(film["themes"]) <= themes, where
        assert set(film["genres"]) <= genres, where
        assert len(film.get("stars", [])) <= 7, where
        assert set(film["checked"]) <= CHECKABLE, where
    for name, words in (("moods", moods), ("themes", themes)):
        assert words == {value for film in OURS for value in film[name]}, f"{name} that no film has"


def test_no_text_is_there_twice() -> None:
    for name in ("description", "description_zh"):
        assert max(Counter(film[name] for film in OURS).values()) == 1


def test_films_of_the_source_agree_with_it(by_id: dict[str, dict[str, Any]]) -> None:
    known = [film for film in OURS if film["id"] in by_id]
    assert len(known) >= 60
    for film in known:
        row = by_id[film["id"]]
        assert {"title", "year", "director", "genres"} <= set(film["checked"]), film["id"]
        assert (film["title"], film["year"]) == (row["title"], row["year"])
        assert film["director"] == values(row, "director"), film["id"]
        assert set(film["genres"]) <= set(values(row, "genres")), film["id"]
        if row["cast"]:
            assert "cast" not in film, f"{film['id']}: the source's cast is longer"
            missing = set(film.get("stars", [])) - set(values(row, "cast"))
            assert not missing, (film["title"], missing)
        else:
            assert film.get("cast", []) == sorted(film.get("stars", [])), film["id"]


def test_new_films_have_all_that_the_facets_need(by_id: dict[str, dict[str, Any]]) -> None:
    for film in OURS:
        if film["id"] in by_id:
            continue
        for name in ("runtime", "genres", "director", "stars", "cast", "country", "language", "popularity"):
            assert film.get(name), (film["id"], name)
        assert film.get("writer") or "Documentary" in film["genres"], film["id"]
        assert 60 <= film["runtime"] <= 245, film["id"]
        assert set(film["stars"]) <= set(film["cast"]), film["id"]
        assert "rating" not in film, "a rating that nobody checked"
        if not film["id"].startswith("tt"):
            words = re.sub(r"[^a-z0-9]+", "-", film["title"].lower().replace("'", "")).strip("-")
            assert film["id"] == f"{words}-{film['year']}"


def test_what_is_called_checked_stands_in_the_lists_of_american_films(
    by_id: dict[str, dict[str, Any]], american: dict[tuple[str, int], list[dict[str, Any]]]
) -> None:
    compared = 0
    for film in OURS:
        if film["id"] in by_id and (by_id[film["id"]]["cast"] or "stars" not in film["checked"]):
            continue
        if not film["checked"]:
            continue
        entries = american.get((plain(film["title"]), film["year"]))
        assert entries, (film["title"], film["year"])
        if "stars" in film["checked"]:
            cast = {plain(name) for entry in entries for name in entry["cast"]}
            missing = [name for name in film["stars"] if plain(name) not in cast]
            assert not missing, (film["title"], missing)
        if "director" in film["checked"] and film["id"] not in by_id:
            text = " ".join(entry.get("extract") or "" for entry in entries)
            for name in film["director"]:
                assert re.search(rf"[Dd]irected[^.]*?by.{{0,90}}?{re.escape(name)}", text), (film["title"], name)
        compared += 1
    assert compared >= 55


def test_imdb_ids_of_new_films_are_those_of_movielens(by_id: dict[str, dict[str, Any]]) -> None:
    folder = RAW / "movielens-small-2016"
    if not (folder / "links.csv").exists():
        pytest.skip(f"MovieLens is not at {folder}")
    with (folder / "movies.csv").open(encoding="utf-8") as file:
        titles = {row["movieId"]: row["title"] for row in csv.DictReader(file)}
    with (folder / "links.csv").open(encoding="utf-8") as file:
        imdb = {f"tt{row['imdbId'].zfill(7)}": titles[row["movieId"]] for row in csv.DictReader(file)}
    new = [film for film in OURS if film["id"].startswith("tt") and film["id"] not in by_id]
    assert len(new) >= 15
    for film in new:
        theirs = imdb[film["id"]]
        assert str(film["year"]) in theirs, (film["title"], theirs)
        word = max(re.findall(r"\w+", film["title"]), key=len)
        assert word in theirs, (film["title"], theirs)


# --------------------------------------------------------------------------- the words


def test_the_facets_are_the_columns_and_our_fields(rows: list[dict[str, Any]]) -> None:
    assert set(rows[0]) - {"id", "title", "popularity"} <= set(FACETS)
    item_fields = {"id", "title", "titles", "description", "description_zh", "popularity", "checked"}
    assert {key for film in OURS for key in film} - item_fields <= set(FACETS)
    assert [f["name"] for f in FACETS.values() if f.get("filter") is False] == ["stars", "moods", "themes"]
    assert sum(f.get("show", True) for f in FACETS.values()) <= 7


def test_every_facet_and_value_has_words_in_both_languages() -> None:
    for facet in FACETS.values():
        assert set(facet["label"]) == set(facet["words"]) == {"en", "zh"}, facet["name"]
        for value, words in facet.get("values", {}).items():
            assert words.get("en"), (facet["name"], value)
            assert words.get("zh"), (facet["name"], value)
        for name, words in facet.get("aliases", {}).items():
            assert words.get("zh"), (facet["name"], name)
            assert all(isinstance(word, str) and word for group in words.values() for word in group)
    for language in ("en", "zh"):
        assert len(CATALOG["starters"][language]) == 4
        assert CATALOG["noun"][language]


@pytest.mark.parametrize(("name", "at_least"), [("genres", 1), ("country", 15), ("language", 15)])
def test_frequent_values_have_words(rows: list[dict[str, Any]], name: str, at_least: int) -> None:
    counts = Counter(value for row in rows for value in values(row, name))
    missing = [value for value, n in counts.items() if n >= at_least and value not in FACETS[name]["values"]]
    assert not missing
    unknown = [value for value in FACETS[name]["values"] if value not in counts]
    assert not unknown


@pytest.mark.parametrize("name", ["director", "cast"])
def test_every_other_name_belongs_to_somebody_in_the_data(rows: list[dict[str, Any]], name: str) -> None:
    people = {value for row in rows for value in values(row, name)}
    people |= {value for film in OURS for value in film.get(name, [])}
    assert not set(FACETS[name]["aliases"]) - people


def test_no_word_means_two_values_that_could_both_be_hard_wishes() -> None:
    meant: dict[str, set[str]] = {}
    for facet in FACETS.values():
        if facet.get("filter", True):
            for table in ("values", "aliases"):
                for value, words in facet.get(table, {}).items():
                    for word in {w.lower() for group in words.values() for w in group}:
                        meant.setdefault(word, set()).add(value)
    assert not {word: found for word, found in meant.items() if len(found) > 1}
