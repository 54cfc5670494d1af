"""The suite in replay mode is deterministic: ten runs, each a process of its own with another hash seed; the reports have to be
identical but for times.

    python benchmarks/same_again.py [--runs 10] [PATHS]

Prints a digest a run and what differs first; 1 where anything does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def report(seed: int, paths: list[str], folder: Path) -> dict[str, Any]:
    """One run of `chatrec dialogues` in a process of its own, without its times."""
    from chatrec.evaluation.dialogues.results import Run

    file = folder / f"run-{seed}.json"
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "CHATREC_LLM": "none", "CHATREC_EMBEDDER": "none"}
    command = [sys.executable, "-m", "chatrec", "dialogues", *paths, "--mode", "replay", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if not file.is_file():
        raise SystemExit(f"run {seed} wrote no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Run.model_validate_json(file.read_text("utf-8")).without_times()


def differences(a: Any, b: Any, path: str = "") -> Iterator[str]:
    """Where two reports differ: a path and both values."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted({*a, *b}):
            yield from differences(a.get(key), b.get(key), f"{path}.{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for n, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from differences(x, y, f"{path}.{n}")
    elif a != b:
        yield f"{path}: {str(a)[:120]!r} / {str(b)[:120]!r}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", default=["tests/dialogues"])
    parser.add_argument("--runs", type=int, default=10)
    chosen = parser.parse_args()
    first: dict[str, Any] | None = None
    same = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, chosen.runs + 1):
            made = report(seed, chosen.paths, Path(folder))
            first = first or made
            found = list(differences(first, made))
            same += not found
            counted = len(made["dialogues"])
            digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:16]
            print(f"run {seed:2}: {counted} dialogues, {digest}", *found[:5], sep="\n   " if found else " ", flush=True)
    print(f"{same} of {chosen.runs} runs are identical but for times")
    return 0 if same == chosen.runs else 1


if __name__ == "__main__":
    raise SystemExit(main())
