"""A model survives as a file, is swapped whole, and what is broken or another's is told and not used."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatrec.recommend.collaborative import Taste
from chatrec.recommend.popularity import Trend
from chatrec.recommend.ratings import Ratings
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.whole import Whole
from chatrec.store.interactions import Interaction
from chatrec.testing.source_contract import CATALOG, lamps
from chatrec.upkeep import taste as upkeep
from chatrec.upkeep.model_file import MANIFEST, ModelFiles, Unfit
from tests import teas
from tests.conftest import tea_engine
from tests.recommend.test_als import SIZE, log

IDS = tuple(f"i{n}" for n in range(SIZE))


def parts() -> dict[str, Any]:
    person, row, weight = log()
    rng = np.random.default_rng(1)
    return {
        "taste": Whole.fit(person, row, weight, SIZE, head=20),
        "trend": Trend.fit(row, weight, np.arange(len(row), dtype=float), SIZE),
        "ratings": Ratings.fit(person, row, rng.integers(1, 6, len(row)).astype(float), SIZE),
    }


def test_what_was_fitted_comes_back_as_it_was(tmp_path: Path) -> None:
    files, made = ModelFiles(tmp_path, "lamps", IDS), parts()
    written = files.save((540, 540, 0), made)
    assert written.kinds["taste"] == "Whole"
    assert written.sizes["items"] == SIZE
    manifest = ModelFiles(tmp_path, "lamps", IDS).manifest()
    assert manifest == written
    back = files.load(manifest)
    events = [(0, 1.0), (3, 0.5), (7, -0.5)]
    np.testing.assert_array_equal(back["taste"].scores(events), made["taste"].scores(events))
    assert back["taste"].because(6, [1, 0]) == made["taste"].because(6, [1, 0]) == 1
    np.testing.assert_array_equal(back["trend"].scores, made["trend"].scores)
    if made["ratings"] is not None:
        np.testing.assert_array_equal(back["ratings"].traits, made["ratings"].traits)
    dense = Taste.fit(*log(300), SIZE)
    assert dense is not None
    files.save((1, 1, 1), {"taste": dense, "trend": None})
    again = files.manifest()
    assert again is not None
    back = files.load(again)
    assert list(back) == ["taste"]
    np.testing.assert_array_equal(back["taste"].scores(events), dense.scores(events))


def test_a_new_model_takes_the_place_of_the_old_whole(tmp_path: Path) -> None:
    files = ModelFiles(tmp_path, "lamps", IDS)
    assert files.manifest() is None
    first = files.save((540, 540, 0), parts())
    second = files.save((540, 540, 9), {"taste": Taste.fit(*log(), SIZE)})
    assert second.sha256 != first.sha256
    assert sorted(p.name for p in files.folder.iterdir()) == sorted([second.file, MANIFEST])


def spoil(files: ModelFiles, how: str) -> None:
    manifest, (file,) = files.folder / MANIFEST, files.folder.glob("*.npz")
    told = json.loads(manifest.read_text())
    match how:
        case "half a file":
            file.write_bytes(file.read_bytes()[: told["bytes"] // 2])
        case "other bytes":
            file.write_bytes(bytes(told["bytes"]))
        case "no file":
            file.unlink()
        case "half a manifest":
            manifest.write_text(manifest.read_text()[:40])
        case "another's manifest":
            manifest.write_text('{"format": 1}')
        case "another format":
            manifest.write_text(json.dumps({**told, "format": 99}))
        case "another catalogue":
            manifest.write_text(json.dumps({**told, "catalog": "teas"}))
        case "other items":
            manifest.write_text(json.dumps({**told, "items": "0" * 64}))
        case "a way out":
            manifest.write_text(json.dumps({**told, "file": "../" + told["file"]}))
        case "no kind of ours":
            import hashlib
            import io

            plan = {"taste": {"kind": "Popen", "fields": {"args": {"value": "true"}}}}
            held = io.BytesIO()
            np.savez(held, plan=np.frombuffer(json.dumps(plan).encode(), dtype=np.uint8))
            file.write_bytes(held.getvalue())
            sha = hashlib.sha256(held.getvalue()).hexdigest()
            manifest.write_text(json.dumps({**told, "sha256": sha, "bytes": len(held.getvalue())}))


SPOILT = [
    *("half a file", "other bytes", "no file", "half a manifest", "another's manifest", "another format"),
    *("another catalogue", "other items", "a way out", "no kind of ours"),
]


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_broken_or_anothers_is_unfit(tmp_path: Path, how: str) -> None:
    files = ModelFiles(tmp_path, "lamps", IDS)
    files.save((540, 540, 0), parts())
    spoil(files, how)
    with pytest.raises(Unfit):
        files.load(files.manifest() or files.save((0, 0, 0), {}))


class Interactions:
    """A log of lamps that counts how often it is read whole."""

    def __init__(self, stamp: tuple[int, int, int]) -> None:
        self.now, self.read = stamp, 0
        self.interactions = self

    async def stamp(self, catalog: str) -> tuple[int, int, int]:
        return self.now

    async def log(self, catalog: str) -> Any:
        from chatrec.store.interactions import Log

        self.read += 1
        person, row, _ = log()
        n = len(row)
        zeros = np.zeros(n, dtype=np.int32)
        ids = [f"lamp-{k:03d}" for k in range(SIZE)]
        return Log(
            [f"p{p}" for p in range(90)], ids, ["like"], person, row, zeros, np.full(n, np.nan), np.full(n, np.nan)
        )


def lamp_shelf() -> Shelf:
    return Shelf.build(CATALOG, lamps(SIZE))


async def test_a_start_loads_the_file_and_fits_when_the_log_has_grown(tmp_path: Path) -> None:
    store, first = Interactions((540, 540, 0)), lamp_shelf()
    stamp = await upkeep.keep(store, CATALOG, first, None, tmp_path)
    assert (stamp, store.read) == ((540, 540, 0), 1)
    second = lamp_shelf()
    assert await upkeep.keep(store, CATALOG, second, None, tmp_path) == stamp
    assert store.read == 1
    assert first.taste is not None
    assert second.taste is not None
    np.testing.assert_array_equal(first.taste.scores([(0, 1.0)]), second.taste.scores([(0, 1.0)]))
    assert second.trend is not None
    store.now = (540, 540, 100)
    third = lamp_shelf()
    assert await upkeep.keep(store, CATALOG, third, None, tmp_path) == store.now
    assert store.read == 2
    store.now = (540, 540, 60)  # somebody had theirs deleted
    assert await upkeep.keep(store, CATALOG, third, (540, 540, 100), tmp_path) == store.now
    assert store.read == 3


@pytest.mark.parametrize("how", SPOILT)
async def test_a_broken_file_is_told_and_fitted_anew(
    tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Interactions((540, 540, 0))
    await upkeep.keep(store, CATALOG, lamp_shelf(), None, tmp_path)
    spoil(ModelFiles(tmp_path, "lamps", lamp_shelf().ids), how)
    shelf = lamp_shelf()
    logging.getLogger("chatrec").propagate = True
    with caplog.at_level(logging.WARNING, logger="chatrec"):
        assert await upkeep.keep(store, CATALOG, shelf, None, tmp_path) == (540, 540, 0)
    assert store.read == 2
    assert shelf.taste is not None
    assert "is not used" in caplog.text
    healed = lamp_shelf()
    await upkeep.keep(store, CATALOG, healed, None, tmp_path)
    assert store.read == 2


async def test_a_file_from_elsewhere_is_taken_up_by_a_running_server(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    store, shelf = Interactions((540, 540, 0)), lamp_shelf()
    assert await upkeep.keep(store, CATALOG, shelf, None, here, fit=False) is None
    assert shelf.taste is None
    assert store.read == 0  # nothing is ever fitted here
    made = ModelFiles(there, "lamps", shelf.ids).save((540, 540, 0), parts())
    target = ModelFiles(here, "lamps", shelf.ids).folder
    target.mkdir(parents=True)
    for name in (made.file, MANIFEST):  # the file first, the manifest last
        (target / name).write_bytes((ModelFiles(there, "lamps", shelf.ids).folder / name).read_bytes())
    store.now = (700, 700, 0)  # however old it is by now
    assert await upkeep.keep(store, CATALOG, shelf, None, here, fit=False) == (540, 540, 0)
    assert isinstance(shelf.taste, Whole)
    held = shelf.taste
    assert await upkeep.keep(store, CATALOG, shelf, (540, 540, 0), here, fit=False) == (540, 540, 0)
    assert shelf.taste is held
    assert store.read == 0


async def test_a_model_of_an_engine_is_there_for_the_next(tmp_path: Path) -> None:
    ids = [item.id for item in teas.items()]
    events = [Interaction(f"p{p}", i, "like") for p in range(12) for i in [ids[3], ids[27], ids[5 + p]]]
    engine = await tea_engine(tmp_path)
    try:
        await engine.store.interactions.replace("teas", events)
        await engine.warm("teas")
        await engine.settled()
        fitted = (await engine.book("teas")).shelf
    finally:
        await engine.stop()
    engine = await tea_engine(tmp_path, fit="elsewhere")  # it can only come from the file
    try:
        await engine.warm("teas")
        await engine.settled()
        shelf = (await engine.book("teas")).shelf
        assert shelf.model == fitted.model != ""
        assert shelf.taste is not None
    finally:
        await engine.stop()
