"""The lock file: one holder at a time, given back when the holder dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from chatrec.index.lock import FileLock


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "sub" / "lock"), FileLock(tmp_path / "sub" / "lock")
    assert first.take()
    assert first.take(), "held already"
    assert not second.take()
    first.give_back()
    first.give_back()
    assert second.take()
    assert not first.take()
    second.give_back()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import os\nfrom pathlib import Path\nfrom chatrec.index.lock import FileLock\n"
        f"assert FileLock(Path({str(tmp_path / 'lock')!r})).take()\nos._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    lock = FileLock(tmp_path / "lock")
    assert lock.take()
    lock.give_back()
