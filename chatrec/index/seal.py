"""A seal on the index's files: whether they are as they were left.

Chroma answers a damaged database with an error, but damaged graph files (data_level0.bin) with a crash of the whole process.
So they are opened only with a seal that fits; without one, or after a kill in mid-write, the index is built anew.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

NAME = "seal.json"
SUFFIXES = (".bin", ".pickle")  # the graph; chroma.sqlite3 changes by itself and is checked by SQLite


def write(folder: Path) -> None:
    """Seal the files as they are now."""
    (folder / NAME).write_text(json.dumps(_digests(folder)), encoding="utf-8")


def fits(folder: Path) -> bool:
    """Whether all graph files are as they were when they were sealed."""
    try:
        sealed = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(sealed == _digests(folder))


def lift(folder: Path) -> None:
    """Take the seal off, before the files are written to."""
    (folder / NAME).unlink(missing_ok=True)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES)
    return {p.relative_to(folder).as_posix(): _digest(p) for p in files}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
