"""The seal: whether the graph files are as they were left."""

from __future__ import annotations

import json
from pathlib import Path

from chatrec.index import seal


def test_the_seal(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "data.bin").write_bytes(b"1")
    assert not seal.fits(tmp_path)
    seal.write(tmp_path)
    assert seal.fits(tmp_path)
    (tmp_path / "chroma.sqlite3").write_bytes(b"changes by itself")
    assert seal.fits(tmp_path)
    (tmp_path / "a" / "data.bin").write_bytes(b"2")
    assert not seal.fits(tmp_path)
    seal.write(tmp_path)
    seal.lift(tmp_path)
    assert not seal.fits(tmp_path)
    (tmp_path / seal.NAME).write_text(json.dumps([1]))
    assert not seal.fits(tmp_path)
