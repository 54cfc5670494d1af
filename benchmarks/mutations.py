"""Mutation test of the dialogues: put one fault at a time into the turn, and see which dialogue notices.

    python benchmarks/mutations.py                     all faults of benchmarks/faults.yaml against tests/dialogues
    python benchmarks/mutations.py -k language         those whose name holds a word
    python benchmarks/mutations.py --all               go on after the first dialogue that fails: how many notice each

Prints who noticed what, and last the share that was noticed; 1 where it is below 95%. A fault changes the code of one function
in this process and is taken out again.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import importlib
import inspect
import sys
import time
import types
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

FAULTS = Path(__file__).with_name("faults.yaml")
AIM = 0.95
LONGEST = 60.0  # seconds for one dialogue; a turn that hangs is noticed


@dataclass(frozen=True)
class Fault:
    name: str
    where: str  # module:function
    was: str
    now: str

    @property
    def module(self) -> Any:
        return importlib.import_module(self.where.partition(":")[0])

    def function(self) -> types.FunctionType:
        """The function whose code is changed, out of whatever wraps it."""
        found: Any = self.module
        for name in self.where.partition(":")[2].split("."):
            found = found.__dict__[name] if isinstance(found, type) else getattr(found, name)
        if isinstance(found, property):
            found = found.fget
        if isinstance(found, (staticmethod, classmethod)):
            found = found.__func__
        if isinstance(found, functools.cached_property):
            found = found.func
        return inspect.unwrap(found)

    def code(self) -> types.CodeType:
        """The function's code with the fault in it. ValueError where the piece does not stand there exactly once."""
        function = self.function()
        lines, start = inspect.getsourcelines(function)
        body = "".join(lines)
        if body.count(self.was) != 1:
            raise ValueError(f"{self.name}: {self.where} does not hold this piece exactly once: {self.was}")
        source = Path(inspect.getsourcefile(function) or "").read_text("utf-8").splitlines(keepends=True)
        changed = [*source[: start - 1], body.replace(self.was, self.now), *source[start - 1 + len(lines) :]]
        wanted = function.__code__.co_qualname
        for code in _codes(compile("".join(changed), function.__code__.co_filename, "exec")):
            if code.co_qualname == wanted:
                return code
        raise ValueError(f"{self.name}: {self.where} is not found in its own source")


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield const
            yield from _codes(const)


def load(file: Path = FAULTS) -> list[Fault]:
    return [Fault(f["fault"], f["in"], f["was"], f["now"]) for f in yaml.safe_load(file.read_text("utf-8"))]


@contextmanager
def put_in(fault: Fault) -> Iterator[None]:
    """The fault is in the process as long as the context lasts."""
    function, code = fault.function(), fault.code()
    before = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = before


async def run(faults: list[Fault], paths: list[Path], every: bool) -> int:
    from chatrec import settings as module
    from chatrec.evaluation.dialogues.file import Dialogue, load_all
    from chatrec.evaluation.dialogues.stage import Stage

    for fault in faults:
        fault.code()  # every one has to fit before the first is tried
    dialogues = load_all(paths)
    stage = Stage(module.load(llm="none", embedder="none"))
    noticed: dict[str, list[str]] = {}
    caught: Counter[str] = Counter()

    async def fails(dialogue: Dialogue) -> bool:
        try:
            async with asyncio.timeout(LONGEST):
                return (await stage.play(dialogue)).status == "failed"
        except TimeoutError:
            return True

    try:
        broken = [d.name for d in dialogues if await fails(d)]
        if broken:
            print(f"these fail without any fault, so they can't notice one: {', '.join(broken)}")
        sound = [d for d in dialogues if d.name not in broken]
        for n, fault in enumerate(faults, 1):
            began = time.perf_counter()
            found: list[str] = []
            with put_in(fault):
                for dialogue in sorted(sound, key=lambda d: -caught[d.name]):  # those that noticed much come first
                    if await fails(dialogue):
                        found.append(dialogue.name)
                        if not every:
                            break
            caught.update(found)
            noticed[fault.name] = found
            told = f"{len(found)} dialogues" if every and found else (found[0] if found else "NOBODY NOTICED")
            print(f"{n:3}/{len(faults)}  {fault.name:60} {told}  ({time.perf_counter() - began:.1f} s)", flush=True)
    finally:
        await stage.close()
    missed = [name for name, found in noticed.items() if not found]
    share = 1 - len(missed) / max(len(faults), 1)
    print(
        f"\n{len(dialogues)} dialogues, {len(faults)} faults, {len(faults) - len(missed)} noticed: {share:.1%} (aim {AIM:.0%})"
    )
    for name in missed:
        print(f"  nobody noticed: {name}")
    return 0 if share >= AIM else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[ROOT / "tests" / "dialogues"])
    parser.add_argument("-k", default="", help="only faults whose name holds this")
    parser.add_argument("--all", action="store_true", help="play every dialogue against every fault")
    chosen = parser.parse_args()
    faults = [f for f in load() if chosen.k in f.name]
    return asyncio.run(run(faults, list(chosen.paths), chosen.all))


if __name__ == "__main__":
    raise SystemExit(main())
