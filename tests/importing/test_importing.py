"""Whole imports into the real store: a bad file changes nothing, an unchanged catalogue is not built again."""

from __future__ import annotations

import os
import shutil
import time

import pytest

from chatrec.errors import BadInput, Conflict, Missing, NotFound
from chatrec.importing import add, build_packaged, packaged_names, rebuild
from chatrec.settings import ROOT
from chatrec.store import Store

TEAS = "id,name,type,price\n1,Longjing,Green,$5\n2,Assam,Black,$7\n3,Sencha,Green,$6\nx\n"


@pytest.fixture
async def store(tmp_path):
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'chatrec.db'}")
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "teas.csv"
    path.write_text(TEAS)
    return path


async def everything(store, name="teas"):
    """All that the store holds of a catalogue."""
    return (
        await store.items.catalog(name),
        [item async for batch in store.items.all(name) for item in batch],
        await store.items.source(name),
    )


async def test_a_file_becomes_a_catalogue(store, file):
    seen = []
    report = await add(store, "teas", file, progress=lambda what, done, of: seen.append(what))
    catalog, items, source = await everything(store)
    assert (report.rows, report.items, [s.line for s in report.skipped]) == (4, 3, [5])
    assert [i.title for i in items] == ["Longjing", "Assam", "Sencha"]
    assert (catalog.items, [f.name for f in catalog.facets]) == (3, ["type", "price"])
    assert source["file"] == str(file)
    assert {"reading", "storing"} <= set(seen)
    assert report.as_dict()["columns"]["price"] == "facet price (number, $)"


async def test_a_bad_file_changes_nothing(store, file, tmp_path):
    await add(store, "teas", file)
    before = await everything(store)
    for name, text in (("empty.csv", ""), ("broken.csv", "id,name\n1\n2\n"), ("titleless.csv", "a,b\n1,2\n3,4\n")):
        bad = tmp_path / name
        bad.write_text(text)
        with pytest.raises(BadInput):
            await add(store, "teas", bad, replace=True)
    wrong = tmp_path / "facets.yaml"
    wrong.write_text("facets:\n- name: price\n  typ: number\n")
    with pytest.raises(BadInput, match=r"facets\.yaml, line 3"):
        await add(store, "teas", file, facets=wrong, replace=True)
    with pytest.raises(BadInput, match="column"):
        await add(store, "teas", file, title_field="nam", replace=True)
    assert await everything(store) == before
    assert [c.name for c in await store.items.catalogs()] == ["teas"]


async def test_names(store, file):
    await add(store, "teas", file)
    with pytest.raises(Conflict, match="--replace"):
        await add(store, "teas", file)
    with pytest.raises(Conflict, match="comes with ChatRec"):
        await add(store, "films", file, reserved=frozenset(["films"]))
    for name in ("", "Teas!", "../x", "a" * 41, "-x"):
        with pytest.raises(BadInput, match="name"):
            await add(store, name, file)
    file.write_text(TEAS.replace("Assam", "Ceylon"))
    await add(store, "teas", file, replace=True)
    assert [i.title for i in (await everything(store))[1]] == ["Longjing", "Ceylon", "Sencha"]


async def test_rebuild_reads_the_file_again(store, file, tmp_path):
    shape = tmp_path / "facets.yaml"
    shape.write_text("facets:\n- {name: price, label: {en: cost}}\n")
    first = await add(store, "teas", file, facets=shape, title_field="name")
    before = (await store.items.catalog("teas")).version
    file.write_text(TEAS + "4,Keemun,Black,$8\n")
    again = await rebuild(store, "teas", ROOT / "catalog")
    assert (first.items, again.items) == (3, 4)
    catalog = await store.items.catalog("teas")
    assert catalog.version != before
    assert catalog.facet("price").label["en"] == "cost"
    file.unlink()
    with pytest.raises(BadInput, match="is gone"):
        await rebuild(store, "teas", ROOT / "catalog")
    with pytest.raises(NotFound):
        await rebuild(store, "nothing", ROOT / "catalog")


@pytest.fixture
def catalogs(tmp_path):
    """A folder of packaged catalogues with one small one."""
    import sqlite3

    folder = tmp_path / "catalog" / "lamps"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "l.db") as db:
        db.execute("CREATE TABLE l (id, title)")
        db.execute("INSERT INTO l VALUES ('1', 'Moon'), ('2', 'Sun')")
    db.close()
    (folder / "source.yaml").write_text("file: l.db\nquery: SELECT id, title FROM l\n")
    (folder / "facets.yaml").write_text("title: Lamps\n")
    return folder.parent


async def test_a_packaged_catalogue_is_built_once(store, catalogs):
    assert packaged_names(catalogs) == ["lamps"]
    (first,) = await build_packaged(store, catalogs)
    (second,) = await build_packaged(store, catalogs)
    assert (first.changed, second.changed, second.items) == (True, False, 2)
    os.utime(catalogs / "lamps" / "l.db", (1, 1))  # no sha256 in source.yaml: size and time tell
    assert (await build_packaged(store, catalogs))[0].changed
    assert (await rebuild(store, "lamps", catalogs)).changed


async def test_a_missing_package_stops_no_other_catalogue(store, catalogs):
    shutil.copytree(catalogs / "lamps", catalogs / "absent")
    path = catalogs / "absent" / "source.yaml"
    path.write_text("package: no_such_package_here\nsha256: x\n" + path.read_text())
    reports = await build_packaged(store, catalogs)
    assert [r.catalog for r in reports] == ["lamps"]
    with pytest.raises(Missing, match="no-such-package-here"):
        await build_packaged(store, catalogs, only="absent")


async def test_the_check_of_built_films_takes_milliseconds(store):
    (built,) = await build_packaged(store, ROOT / "catalog", only="films")
    assert built.changed
    began = time.perf_counter()
    (checked,) = await build_packaged(store, ROOT / "catalog", only="films")
    assert not checked.changed
    assert time.perf_counter() - began < 0.5  # 5 ms here
