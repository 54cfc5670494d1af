"""Parquet files: values as they are, packed ones, lies about the suffix, and what is said where one can't be read."""

from __future__ import annotations

import builtins
import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from chatrec.errors import BadInput, Missing
from chatrec.importing import _read, rows
from chatrec.importing.interactions import read as read_log
from chatrec.store.interactions import Interaction
from chatrec.vocabulary import Catalog, Item


def written(path: Path, columns: dict[str, Any]) -> Path:
    parquet.write_table(pyarrow.table(columns), path)
    return path


TEAS = {
    "sku": ["t1", "t2", "t3"],
    "name": ["Longjing", "Assam", None],
    "price": pyarrow.array([Decimal("5.50"), Decimal("7.00"), None], pyarrow.decimal128(6, 2)),
    "tags": [["green", "grassy"], ["black"], []],
    "since": [date(2020, 4, 1), None, date(2021, 1, 2)],
    "organic": [True, False, None],
    "stars": [4.5, float("nan"), 3.0],
    "origin": [{"country": "China", "region": "Zhejiang"}, {"country": "India", "region": None}, None],
}


def test_values_come_as_json_would_say_them(tmp_path: Path) -> None:
    table = rows.read(written(tmp_path / "teas.parquet", TEAS))
    assert (table.kind, table.place, len(table.rows)) == ("parquet", "row", 3)
    assert table.rows[0] == (
        1,
        {
            "sku": "t1", "name": "Longjing", "price": 5.5, "tags": ["green", "grassy"], "since": "2020-04-01", "organic": True,
            "stars": 4.5, "origin country": "China", "origin region": "Zhejiang",
        },
    )  # fmt: skip
    assert table.rows[1][1]["stars"] is None


@pytest.mark.parametrize("name", ["teas.parquet", "teas.parquet.gz", "teas.csv"])
def test_a_catalogue_from_parquet_packed_or_under_a_wrong_name(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "made", TEAS)
    data = path.read_bytes()
    file = tmp_path / name
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    catalog, items, report, _ = _read("teas", file, None, None, None)
    assert [(i.id, i.title) for i in items] == [("t1", "Longjing"), ("t2", "Assam")]
    assert items[0].attributes["price"] == 5.5
    assert items[0].attributes["tags"] == ("green", "grassy")
    assert {f.name: f.type for f in catalog.facets}["price"] == "number"
    assert [(s.line, s.reason) for s in report.skipped] == [(3, "no title")]
    assert report.place == "row"


def test_a_log_from_parquet(tmp_path: Path) -> None:
    at = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    log = {
        "user_id": pyarrow.array([1, 2, 3, None], pyarrow.int64()),
        "item_id": ["a", "b", "z", "a"],
        "rating": pyarrow.array([4.5, None, 3.0, 1.0], pyarrow.float32()),
        "at": pyarrow.array([at, at, None, None], pyarrow.timestamp("ns", "UTC")),
    }
    events, tally = read_log(
        written(tmp_path / "log.parquet", log), Catalog(name="x"), [Item(id=i, title=i) for i in "ab"]
    )
    assert list(events) == [
        Interaction("1", "a", "rating", 4.5, at.timestamp()),
        Interaction("2", "b", "view", None, at.timestamp()),
    ]
    assert tally.first == {"an item that the catalogue does not have": 3, "no user or no item": 4}


@pytest.mark.parametrize("cut", [10, -20])
def test_a_broken_file_is_one_sentence(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path / "teas.parquet", TEAS)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BadInput, match="Parquet file that can't be read") as error:
        rows.read(path)
    assert "\n" not in str(error.value)


def test_too_many_rows_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatrec.importing.parquet.MOST_ROWS", 2)
    with pytest.raises(BadInput, match="has 3 rows"):
        rows.read(written(tmp_path / "teas.parquet", TEAS))


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "teas.parquet", TEAS)
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    for use in (rows.read, lambda p: read_log(p, Catalog(name="x"), [])):
        with pytest.raises(Missing, match="pip install pyarrow") as error:
            use(path)
        assert error.value.exit_code == 3
