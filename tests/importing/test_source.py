"""A packaged catalogue: a query, an overlay, and a version that is known in milliseconds."""

from __future__ import annotations

import hashlib
import sqlite3
import time

import pytest

from chatrec.errors import BadInput, Missing
from chatrec.importing.source import open_folder, read_packaged
from chatrec.settings import ROOT

FACETS = """
title: {en: Lamps, zh: 灯}
facets:
  - {name: watts, type: number, unit: W, label: {en: watts, zh: 瓦数}}
  - {name: rooms, type: category, many: true, label: {en: rooms, zh: 房间}}
  - {name: dimmable, type: bool, label: {en: dimmable, zh: 可调光}}
"""
OVERLAY = """
- {id: l1, titles: {zh: 台灯}, description: A desk lamp., description_zh: 一盏台灯。, popularity: 2, checked: [title]}
- {id: l9, title: Moon, rooms: [Bedroom, Garden], watts: 3}
- {id: l2, watts: null}
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "lamps"
    folder.mkdir()
    with sqlite3.connect(folder / "lamps.db") as db:
        db.execute("CREATE TABLE lamp (id, name, w, rooms, d)")
        db.executemany(
            "INSERT INTO lamp VALUES (?, ?, ?, ?, ?)",
            [("l1", "Desk", 5.0, "Office, Bedroom", 1), ("l2", "Unknown", 7.5, None, 0), ("l2", "Twin", 1, "", 0)],
        )
    db.close()
    sha = hashlib.sha256((folder / "lamps.db").read_bytes()).hexdigest()
    (folder / "source.yaml").write_text(
        f"file: lamps.db\nsha256: {sha}\noverlay: ours.yaml\n"
        "query: SELECT id, name AS title, w AS watts, rooms, d AS dimmable, 0.4 AS popularity FROM lamp\n"
    )
    (folder / "facets.yaml").write_text(FACETS)
    (folder / "ours.yaml").write_text(OVERLAY)
    return folder


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_rows_and_overlay_become_items(folder):
    catalog, items = read_packaged(open_folder(folder))
    assert (catalog.name, catalog.title["zh"], catalog.items) == ("lamps", "灯", 3)
    one, two, nine = items
    assert one.attributes == {"watts": 5, "rooms": ("Office", "Bedroom"), "dimmable": True}
    assert (one.title, one.title_in("zh"), one.popularity) == ("Desk", "台灯", 1.0)
    assert one.descriptions == {"en": "A desk lamp.", "zh": "一盏台灯。"}
    assert two.title == "Unknown"  # a name, not a missing value
    assert two.attributes == {"dimmable": False}
    assert two.popularity == 0.4
    assert (nine.title, nine.attributes["rooms"], nine.popularity) == ("Moon", ("Bedroom", "Garden"), 0.5)


def test_the_version_changes_with_each_file(folder):
    before = open_folder(folder).version
    assert open_folder(folder).version == before
    for name, old, new in (
        ("ours.yaml", "Moon", "Sun"),
        ("facets.yaml", "Lamps", "Lights"),
        ("source.yaml", "0.4", "0.6"),
    ):
        change(folder, name, old, new)
        after = open_folder(folder).version
        assert after != before
        before = after


def test_another_source_file_is_refused(folder):
    with sqlite3.connect(folder / "lamps.db") as db:
        db.execute("INSERT INTO lamp VALUES ('x', 'Other', 1, '', 0)")
    db.close()
    with pytest.raises(Missing, match=r"not the file that catalogue lamps was made for.*make setup"):
        read_packaged(open_folder(folder))


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("source.yaml", "overlay:", "overlya:", 'did you mean "overlay"'),
        ("source.yaml", "file: lamps.db", "file: none.db", "none.db, which is not there"),
        ("source.yaml", "file: lamps.db", "package: no_such_package_here\nfile: lamps.db", "needs the package"),
        ("source.yaml", "SELECT id", "SELEKT id", "query .* failed"),
        ("source.yaml", "w AS watts", "w AS wats", "wats.* neither an item field nor a facet"),
        ("source.yaml", "w AS watts", "'many' AS watts", "no value for watts"),
        ("ours.yaml", "watts: 3", "wats: 3", 'record 2 .*did you mean "watts"'),
        ("ours.yaml", "watts: 3", "watts: bright", "l9: 'bright' is no value for watts"),
        ("ours.yaml", "id: l9, title: Moon", "id: l9", "without a title"),
        ("ours.yaml", "id: l9,", "", "record 2"),
        ("ours.yaml", "id: l9", "id: l1", "l1 has a record already"),
        ("ours.yaml", "[Bedroom", "[[Bedroom", "not valid YAML"),
    ],
)
def test_mistakes_are_told(folder, name, old, new, words):
    change(folder, name, old, new)
    with pytest.raises((BadInput, Missing), match=words) as error:
        read_packaged(open_folder(folder))
    assert "\n" not in str(error.value)


def test_films_are_read_and_checked_quickly():
    films = ROOT / "catalog" / "films"
    packaged = open_folder(films)
    began = time.perf_counter()
    assert open_folder(films).version == packaged.version
    assert time.perf_counter() - began < 0.2
    catalog, items = read_packaged(packaged)
    assert 9_500 < len(items) < 11_000
    heat = next(i for i in items if i.id == "tt0113277")
    assert (heat.title, heat.attributes["year"], heat.attributes["runtime"]) == ("Heat", 1995, 170)
    assert "Al Pacino" in heat.attributes["cast"]
    assert isinstance(heat.attributes["year"], int)
    assert len({i.id for i in items}) == len(items)
    assert all(catalog.facet(name) for item in items for name in item.attributes)
