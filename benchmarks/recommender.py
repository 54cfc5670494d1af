"""All that is claimed of the recommender, measured by one command: quality against other libraries, cold items, conversations, dials,
ratings, histories, speed, scale, refit. Writes the figures and the plots into docs/performance.md.

    python benchmarks/recommender.py [--quick] [--only PART ...] [--list] [--fresh] [--out FOLDER] [--home FOLDER] [--envs FOLDER]

Each part is a process of its own, one after the other. Its result is kept in --out under the digest of the code, the data and the
arguments that it came from: a run that was ended goes on where it stopped, and what is there already is not measured again unless
--fresh (the lists of other libraries, which know nothing of our code, are kept beside their environments). --quick takes small samples, for a look; it writes no docs. What can't be measured here (no ../shared/data, a library that
can't be installed) is told; the page keeps that section as it was, with its date. Everything takes about two hours on an idle
machine of two cores, three the first time (--list says it by part); times are worth something only there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(ROOT))

import page  # noqa: E402
import plots  # noqa: E402
import telling  # noqa: E402

IMAGES = ROOT / "docs" / "images"
ABOVE = ("web", "training")  # rooms of chatrec/ that nothing here imports
MOVIELENS, WIKIDATA = "movielens-small-2016", "wikidata-movies"
BEAT = 30.0  # seconds between two lines that say how far a part is, where nobody watches


@dataclass(frozen=True)
class Part:
    """One benchmark. `call` and `quick` are its arguments, in which {home}, {universe}, {envs} and {json} are filled in."""

    name: str
    what: str
    minutes: float  # on an idle machine
    call: str
    quick: str | None  # None: not worth a look
    code: tuple[str, ...]  # of benchmarks/: what it is made of, chatrec/ apart
    data: tuple[str, ...] = ()  # folders of ../shared/data
    tell: Callable[[Mapping[str, Any]], str] | None = None
    plot: str | None = None
    first: str = ""  # what the first run takes besides

    @property
    def needs_home(self) -> bool:
        return "{home}" in self.call or "chatrec evaluate" in self.call

    @property
    def marks(self) -> str:
        return "benchmarks/scale.py" if self.name == "scale" else f"benchmarks/recommender.py {self.name}"


def _scale(found: Mapping[str, Any]) -> str:
    from scale import page_of  # numpy and the shop come with it

    return page_of(dict(found))


PEERS = (
    "peers.py",
    "peers/job.py",
    "peers/run_implicit.py",
    "peers/run_lenskit.py",
    "peers/run_rectools.py",
    "peers/run_cornac.py",
)
PARTS = (
    Part(
        "peers-random", "against other libraries, random cuts", 35,
        "peers.py --splits random --seeds 5 --trials 8 --envs {envs} --json {json}",
        "peers.py --splits random --seeds 1 --trials 1 --only ours --envs {envs} --json {json}",
        PEERS, (MOVIELENS, WIKIDATA), telling.peers, "peers", "6 minutes for the libraries' environments",
    ),
    Part(
        "peers-time", "against other libraries, twenty cuts in time", 45,
        "peers.py --splits time --moments 20 --trials 8 --envs {envs} --json {json}",
        "peers.py --splits time --moments 2 --trials 1 --only ours --envs {envs} --json {json}",
        PEERS, (MOVIELENS, WIKIDATA), telling.peers, "peers",
    ),
    Part(
        "cold", "a tenth of the films that nobody has rated", 2,
        "cold.py --home {home} --people 200 --seeds 5 --json {json}",
        "cold.py --home {home} --people 8 --seeds 1 --json {json}",
        ("cold.py", "fusion.py", "retrieval.py"), (MOVIELENS,), telling.cold,
    ),
    Part(
        "conversational", "what a conversation names next", 6,
        "conversational.py --home {universe} --json {json}", None,
        ("conversational.py", "film_universe.py"), ("redial", "inspired", MOVIELENS, WIKIDATA, "wikipedia-movies"),
        telling.conversational, None, "15 minutes to encode 25,000 films",
    ),
    Part(
        "dials", "what diversity and novelty cost and bring", 1,
        "dials.py --home {home} --people 300 --json {json}", "dials.py --home {home} --people 8 --json {json}",
        ("dials.py", "fusion.py", "retrieval.py"), (MOVIELENS,), telling.dials,
    ),
    Part(
        "history", "of a long history, what matters for the query", 2,
        "recall.py --home {home} --people 150 --json {json}", "recall.py --home {home} --people 6 --json {json}",
        ("recall.py",), (MOVIELENS,), telling.history,
    ),
    Part(
        "ratings", "predicted ratings; the fusion beside its sources", 2,
        "-m chatrec evaluate ranking --catalog films --part judge --moments 5 --people 150 --json {json}",
        "-m chatrec evaluate ranking --catalog films --part judge --split random --people 8 --json {json}",
        (), (MOVIELENS,), telling.ratings,
    ),
    Part(
        "words", "films found by words", 2,
        "retrieval.py --home {home} --queries 500 --json {json}", "retrieval.py --home {home} --queries 8 --json {json}",
        ("retrieval.py",), (MOVIELENS, "wikipedia-movies"), telling.words,
    ),
    Part(
        "weights", "the packaged weights of the fusion against newly chosen ones", 6,
        "fusion.py --home {home} --people 200 --json {json}", None,
        ("fusion.py", "retrieval.py"), (MOVIELENS, "wikipedia-movies"), telling.weights,
    ),
    Part(
        "log", "reading a large log", 0.5,
        "large_log.py 2000000 --json {json}", "large_log.py 50000 --json {json}", ("large_log.py",), (), telling.log,
    ),
    Part(
        "scale", "speed under hard filters, fits, refit, a turn while a fit runs", 5,
        "scale.py --no-write --json {json}", "scale.py --quick --json {json}",
        ("scale.py", "synthetic.py"), (), _scale, "scale",
    ),
)  # fmt: skip


# --------------------------------------------------------------------------- what a result came from


def digest_of(part: Part, call: str, origin: str) -> str:
    """Of the code, data and arguments that a part's figures come from. origin: of the home, for a part that reads it."""
    whole = hashlib.sha256(json.dumps([part.name, call, origin if part.needs_home else ""]).encode())
    for file in _files(part):
        whole.update(f"{file.name}\0".encode())
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()[:16]


def _files(part: Part) -> Iterator[Path]:
    chatrec = ROOT / "chatrec"
    yield from sorted(p for p in chatrec.rglob("*.py") if p.relative_to(chatrec).parts[0] not in ABOVE)
    yield from (HERE / name for name in part.code)
    if part.needs_home:
        yield HERE / "film_home.py"
        yield from sorted(p for p in (ROOT / "catalog").rglob("*") if p.is_file())
    for folder in part.data:
        yield from sorted(p for p in (DATA / folder).rglob("*") if p.is_file())


def revision() -> str:
    """What git calls this code, and whether there is more in the tree."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    if not (known := git("rev-parse", "--short", "HEAD")):
        return "unknown"
    return f"{known} with changes" if git("status", "--porcelain", "--", "chatrec", "benchmarks") else known


# --------------------------------------------------------------------------- running


def run(minutes: float, arguments: Sequence[str], log: Path, env: Mapping[str, str]) -> int:
    """The exit code of a process that takes about so many minutes; all that it prints goes to its log, and its last line here now and then."""
    shown, watched = time.monotonic(), sys.stdout.isatty()
    began, last = shown, ""
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=dict(env),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                kept.write(line)
                kept.flush()
                last = line.strip() or last
                if time.monotonic() - shown > (0.2 if watched else BEAT):
                    shown = time.monotonic()
                    told = f"  {(shown - began) / 60:.1f} of about {minutes:g} min: {last[:90]}"
                    print(f"\r{told:<110}" if watched else told, end="" if watched else "\n", flush=True)
        except KeyboardInterrupt:
            process.terminate()
            raise
        finally:
            if watched:
                print(f"\r{'':110}\r", end="")
    return process.returncode


@dataclass
class Run:
    """One call of this command: where things lie, and what came of each part."""

    out: Path
    envs: Path
    given_home: Path | None
    quick: bool
    fresh: bool
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)  # part, what became of it, seconds, figures
    prepared: bool | None = None  # the home; None: not looked at yet

    @property
    def home(self) -> Path:
        return self.out / "home"

    @property
    def origin(self) -> str:
        """Which home was copied, by its size and time; `made` for one of our own."""
        if self.given_home is None:
            return "made"
        told = (self.given_home / "chatrec.db").stat()
        return f"{told.st_size} {told.st_mtime_ns}"

    def prepare(self) -> bool:
        """The home that most parts read: a copy of the one that was given, or made. False where that failed, which is told."""
        mark = self.home / "origin.txt"
        if not mark.is_file() or mark.read_text("utf-8") != self.origin:
            shutil.rmtree(self.home, ignore_errors=True)
            self.home.mkdir(parents=True)
            if self.given_home is not None:
                shutil.copy2(self.given_home / "chatrec.db", self.home / "chatrec.db")
            mark.write_text(self.origin, "utf-8")
        print("the films, their vectors and their log ...", flush=True)
        log = self.out / "home.log"
        if code := run(4, [str(HERE / "film_home.py"), "--home", str(self.home)], log, self.env()):
            print(f"the home can't be made: film_home.py ended with {code}, see {log}")
        return not code

    def env(self) -> dict[str, str]:
        own = {
            k: v for k, v in os.environ.items() if not k.startswith("CHATREC_")
        }  # a person's settings are not measured
        return own | {"CHATREC_HOME": str(self.home), "CHATREC_LLM": "none", "PYTHONUNBUFFERED": "1"}

    def arguments(self, call: str, file: Path) -> list[str]:
        """A call's words with the folders of this run in it."""
        first, *rest = call.split()
        own = {"home": self.home, "universe": self.out / "universe", "envs": self.envs, "json": file}
        named = {f"{{{name}}}": str(path) for name, path in own.items()}
        return [first if first == "-m" else str(HERE / first), *(named.get(word, word) for word in rest)]

    def part(self, part: Part) -> dict[str, Any] | None:
        """A part's result: kept, or measured now. None where there is none; `rows` says why."""
        lacking = [f for f in part.data if not (DATA / f).is_dir()]
        if lacking:
            self._none(part, f"skipped: {DATA / lacking[0]} is not there")
            return None
        call = part.quick if self.quick else part.call
        if call is None:
            self._none(part, "skipped: too long for a look")
            return None
        file = self.out / "results" / f"{part.name}-{digest_of(part, call, self.origin)}.json"
        if file.is_file() and not self.fresh:
            found: dict[str, Any] = json.loads(file.read_text("utf-8"))
            self._row(part, f"kept of {found['when']}", found)
            return found
        if part.needs_home:
            self.prepared = self.prepare() if self.prepared is None else self.prepared
            if not self.prepared:
                self._none(part, "FAILED: the home can't be made, see above")
                return None
        minutes = min(part.minutes, 1.0) if self.quick else part.minutes
        print(f"{part.name}: {part.what}, about {minutes:g} min", flush=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh, log = file.with_suffix(".new"), self.out / f"{part.name}.log"
        fresh.unlink(missing_ok=True)
        began = time.monotonic()
        code = run(minutes, self.arguments(call, fresh), log, self.env())
        seconds = time.monotonic() - began
        if code or not fresh.is_file():
            why = f"ended with {code}" if code else "wrote no figures"
            last = (log.read_text("utf-8").strip().splitlines() or [""])[-1][:120]
            self._none(part, f"FAILED: {why}, see {log}: {last}")
            return None
        found = {
            "part": part.name, "when": time.strftime("%Y-%m-%d"), "revision": revision(), "seconds": seconds,
            "machine": f"{len(os.sched_getaffinity(0))} cores ({platform.machine()}), Python {platform.python_version()}",
            "command": typed(call),
            "figures": json.loads(fresh.read_text("utf-8")),
        }  # fmt: skip
        fresh.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        fresh.replace(file)
        self._row(part, "measured", found)
        return found

    def _none(self, part: Part, why: str) -> None:
        self.rows.append((part.name, why, "", ""))
        print(f"{part.name}: {why}", flush=True)

    def _row(self, part: Part, how: str, found: Mapping[str, Any]) -> None:
        line = telling.headline(part.name, found["figures"])
        self.rows.append((part.name, how, f"{found['seconds']:.0f}", line))
        print(f"{part.name}: {how}, {found['seconds']:.0f} s: {line}", flush=True)


# --------------------------------------------------------------------------- writing


def typed(call: str) -> str:
    """A call as somebody would type it: no folders of this machine."""
    for name, short in (("{home}", "FOLDER"), ("{universe}", "FOLDER"), (" --envs {envs}", ""), (" --json {json}", "")):
        call = call.replace(name, short)
    return f"python {call}" if call.startswith("-m") else f"python benchmarks/{call}"


def section(part: Part, found: Mapping[str, Any]) -> str:
    """What stands between a part's marks: where the figures are from, and the figures."""
    assert part.tell is not None
    told = part.tell(found["figures"])
    if part.name == "scale":
        return told  # says so itself
    return (
        f"Measured {found['when']}, revision {found['revision']}, {found['machine']}: `{found['command']}`.\n\n{told}"
    )


def write(
    parts: Sequence[tuple[Part, dict[str, Any]]], envs: Path, file: Path = page.PAGE, images: Path = IMAGES
) -> None:
    """Sections and pictures of these parts into the page; the peers' parts share a picture."""
    beside = [(part, found) for part, found in parts if part.plot == "peers"]
    rows = [row for _, found in beside for row in found["figures"]["rows"]]
    drawn = any(not row["way"].startswith(plots.OWN) for row in rows)
    drawn = drawn and plots.draw("peers", {"rows": rows}, images / "peers.png", envs)
    for part, found in parts:
        if part.plot == "scale":
            found["figures"]["plot"] = plots.draw("scale", found["figures"], images / "scale.png", envs)
        text = section(part, found)
        if drawn and part is beside[-1][0]:
            text += "\n\n![how far ChatRec is ahead of each library, with 95% intervals](images/peers.png)"
        page.write(part.marks, text, file)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small samples, no docs")
    parser.add_argument("--only", nargs="+", metavar="PART", choices=[p.name for p in PARTS], help="these parts")
    parser.add_argument("--list", action="store_true", help="say which parts there are, and how long each takes")
    parser.add_argument("--fresh", action="store_true", help="measure what there is a result of again")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--out", type=Path, default=cache / "chatrec-recommender", help="folder of results and logs")
    parser.add_argument(
        "--home", type=Path, help="a CHATREC_HOME with films and vectors to copy instead of building one"
    )
    parser.add_argument("--envs", type=Path, default=cache / "chatrec-peers", help="folder of the peers' environments")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md and the plots as they are")
    options = parser.parse_args()
    parts = [p for p in PARTS if not options.only or p.name in options.only]
    if options.list:
        for part in parts:
            first = f" (the first time {part.first} more)" if part.first else ""
            print(f"{part.name:15} {part.minutes:>4g} min  {part.what}{first}")
        print(f"{'':15} {sum(p.minutes for p in parts):>4g} min in all; a home with vectors is made first: 4 min")
        return 0
    if options.home and not (options.home / "chatrec.db").is_file():
        parser.error(f"{options.home} is no CHATREC_HOME: it has no chatrec.db")
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    here = Run(out, options.envs.resolve(), options.home, options.quick, options.fresh)
    try:
        measured = [(part, found) for part in parts if (found := here.part(part)) is not None]
    except KeyboardInterrupt:
        print("\nended; what is measured is kept, the same command goes on from there")
        return 130
    if measured and not options.quick and not options.no_write:
        write(measured, here.envs)
        print(f"written: {page.PAGE.relative_to(ROOT)}")
    print()
    for name, how, seconds, line in here.rows:
        print(f"{name:15} {how:20} {seconds:>6}{' s' if seconds else '  '}  {line}")
    if missing := [name for name, how, *_ in here.rows if not how.startswith(("measured", "kept"))]:
        print(f"Of {', '.join(missing)} the page has what stood there before, with its own date.")
    return int(any(how.startswith("FAILED") for _, how, *_ in here.rows))


if __name__ == "__main__":
    sys.exit(main())
