"""Chooses the weights of recommend/fuse.py, for three kinds of queries, and says what the choice is worth on others.

    python benchmarks/fusion.py --home FOLDER [--people 300] [--only KIND ...] [--json FILE]

FOLDER is a CHATREC_HOME with the films, their vectors and MovieLens small as their log (`catalog add films --interactions`).

- history: nothing is said. A random quarter of each person's events is wanted, and in a second cut all that comes after a moment
  (people without any past among them); the mean of both decides.
- unlearned: the same where the catalogue has no log; it only says what share of its weight `relations` keeps there (ALONE).
- examples: one to three films that somebody liked are named; wanted is what else they liked. Nothing of theirs is in the fit.
- said: sentences on the story, first sentences and tags (benchmarks/retrieval.py), alone and by somebody with a history.

People, and films for queries in words, are split in two by a hash: one half chooses, the other half judges. The search is plain:
one weight at a time over a grid, until none helps. One weight stays (collaborative; content for words): only proportions count.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from retrieval import movielens, wikipedia  # noqa: E402

from chatrec.evaluation.ranking.metrics import interval, of_list  # noqa: E402
from chatrec.evaluation.ranking.runner import LIKED, events  # noqa: E402
from chatrec.evaluation.ranking.splits import Events, split  # noqa: E402
from chatrec.language.topic import topic  # noqa: E402
from chatrec.llm.embed import load_embedder  # noqa: E402
from chatrec.recommend.candidates import packaged_sources  # noqa: E402
from chatrec.recommend.fuse import EXAMPLES, HISTORY, SAID  # noqa: E402
from chatrec.recommend.popularity import Trend  # noqa: E402
from chatrec.recommend.shelf import Shelf  # noqa: E402
from chatrec.recommend.source import Query  # noqa: E402
from chatrec.recommend.whole import learned  # noqa: E402
from chatrec.store import Store  # noqa: E402
from chatrec.vocabulary import weigh_events  # noqa: E402

GRID = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
TUNE_SEED, JUDGE_SEED = 9, 19
TOP = 5.0  # of the ratings


@dataclass
class Case:
    """One query: what each source says of all rows, what is known, what is wanted, and to which mean it belongs."""

    parts: np.ndarray  # float32 [sources, rows]
    known: np.ndarray
    wanted: set[int]
    group: str


def chooses(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


class Bench:
    def __init__(self, shelf: Shelf, log: Events) -> None:
        self.shelf, self.log = shelf, log
        self.sources = packaged_sources(shelf)
        self.names = [s.name for s in self.sources]
        self.everything = np.arange(len(shelf))

    def fit(self, known: Events) -> None:
        self.shelf.taste = learned(known.person, known.row, known.weight, self.shelf)
        self.shelf.trend = Trend.fit(known.row, known.weight, known.at, len(self.shelf))

    async def case(self, query: Query, known: np.ndarray, wanted: set[int], group: str) -> Case:
        parts = np.zeros((len(self.sources), len(self.shelf)), dtype=np.float32)
        for n, source in enumerate(self.sources):
            scored = await source.score(query, self.everything)
            parts[n, scored.rows] = scored.scores
        return Case(parts, known, wanted, group)

    def past(self, known: Events, person: int) -> tuple[tuple[tuple[str, float], ...], np.ndarray]:
        """A person's history as a request has it, newest first, and its rows."""
        at = np.flatnonzero(known.person == person)
        at = at[np.argsort(known.at[at], kind="stable")[::-1]]
        told = [(self.shelf.ids[r], TOP * w) for r, w in zip(known.row[at], known.weight[at], strict=True)]
        return weigh_events(told), known.row[at]


def wanted_of(wanted: Events) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for person, row, weight in zip(wanted.person.tolist(), wanted.row.tolist(), wanted.weight.tolist(), strict=True):
        if weight >= LIKED:
            found.setdefault(person, set()).add(row)
    return found


def drawn(people: Sequence[int], most: int, seed: int) -> list[int]:
    some = sorted(people)
    return sorted(np.random.default_rng(seed).choice(some, min(most, len(some)), replace=False).tolist())


async def histories(bench: Bench, tune: bool, most: int, log: bool = True) -> list[Case]:
    made = []
    cut = split(bench.log, "random", TUNE_SEED if tune else JUDGE_SEED)
    low, high = (0.5, 0.7) if tune else (0.8, 1.0)
    start, end = np.quantile(bench.log.at, [low, high])
    early, late = bench.log.take(bench.log.at <= start), bench.log.take((bench.log.at > start) & (bench.log.at <= end))
    for group, known, later in (("random", cut.known, cut.wanted), ("time", early, late)):
        bench.fit(known)
        if not log:
            bench.shelf.taste = bench.shelf.trend = None
        wanted = wanted_of(later)
        for person in drawn([p for p in wanted if chooses(f"person {p}") is tune], most, 3):
            history, rows = bench.past(known, person)
            made.append(await bench.case(Query(history=history), rows, wanted[person], group))
    return made


async def examples(bench: Bench, tune: bool, most: int) -> list[Case]:
    made = []
    theirs = np.array([chooses(f"person {p}") is tune for p in bench.log.person.tolist()])
    bench.fit(bench.log.take(~theirs))
    rng = np.random.default_rng(4)
    likes = {p: w for p, w in wanted_of(bench.log.take(theirs)).items() if len(w) >= 8}
    for person in drawn(list(likes), most, 3):
        rows = rng.permutation(sorted(likes[person]))
        for count in (1, 3):
            named = rows[:count]
            query = Query(named=tuple(bench.shelf.ids[r] for r in named))
            made.append(await bench.case(query, named, set(rows[count:].tolist()), f"{count} named"))
    return made


async def unlearned(bench: Bench, tune: bool, most: int) -> list[Case]:
    """Histories where the catalogue has no log: what others did is not known."""
    return await histories(bench, tune, most, log=False)


async def words(bench: Bench, tune: bool, most: int) -> list[Case]:
    """What is said alone, and by somebody with a history who liked just that film (which is not in the fit)."""
    shelf, made = bench.shelf, []
    kinds = wikipedia(shelf, bench.items, 2 * most)  # type: ignore[attr-defined]
    tags, _ = movielens(shelf)
    if tags:
        kinds["tags"] = tags
    cut = split(bench.log, "random", TUNE_SEED if tune else JUDGE_SEED)
    bench.fit(cut.known)
    wanted = {p: w for p, w in wanted_of(cut.wanted).items() if chooses(f"person {p}") is tune}
    for kind, cases in kinds.items():
        for n, case in enumerate([c for c in cases if c.tune is tune][:most]):
            text = topic(case.text, shelf.catalog) or case.text
            made.append(await bench.case(Query(text=text), np.zeros(0, dtype=np.int64), case.answers, kind))
            fans = [p for p, held in sorted(wanted.items()) if held & case.answers]
            if fans:
                person = fans[n % len(fans)]
                history, rows = bench.past(cut.known, person)
                answers = case.answers & wanted[person]
                made.append(await bench.case(Query(text=text, history=history), rows, answers, f"{kind}, history"))
    return made


def judged(
    cases: Sequence[Case], weights: Mapping[str, float], names: Sequence[str], popularity: np.ndarray
) -> list[float]:
    """NDCG@10 and recall@20, their mean, of each case."""
    vector = np.array([weights.get(n, 0.0) for n in names], dtype=np.float32)
    found = []
    for case in cases:
        scores = np.einsum("i,ij->j", vector, case.parts) + 1e-7 * popularity
        scores[case.known] = -np.inf
        top = np.argpartition(-scores, 20)[:20]
        ranked = top[np.lexsort((top, -scores[top]))].tolist()
        found.append((of_list(ranked, case.wanted, 10)["ndcg"] + of_list(ranked, case.wanted, 20)["recall"]) / 2)
    return found


def grouped(cases: Sequence[Case], values: Sequence[float]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for case, value in zip(cases, values, strict=True):
        found.setdefault(case.group, []).append(value)
    return found


def mean(cases: Sequence[Case], values: Sequence[float]) -> float:
    return float(np.mean([np.mean(v) for v in grouped(cases, values).values()]))


def search(
    cases: Sequence[Case], start: Mapping[str, float], fixed: str, names: Sequence[str], popularity: np.ndarray
) -> dict[str, float]:
    """One weight at a time; `fixed` and `wished` (no query here has soft wishes) stay."""
    weights = {n: start.get(n, 0.0) for n in names}
    best = mean(cases, judged(cases, weights, names, popularity))
    for _ in range(3):
        before = best
        for name in names:
            if name in (fixed, "wished") or not any(c.parts[names.index(name)].any() for c in cases):
                continue
            for value in GRID:
                tried = weights | {name: value}
                found = mean(cases, judged(cases, tried, names, popularity))
                if found > best + 1e-5:
                    best, weights = found, tried
        if best < before + 1e-4:
            break
    return weights


async def run(home: Path, people: int, which: Sequence[str]) -> list[dict[str, Any]]:
    """Choose, judge and print; the judging half as data."""
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'chatrec.db'}")
    try:
        catalog = await store.items.catalog("films")
        items = [item async for batch in store.items.all("films") for item in batch]
        shelf = Shelf.build(catalog, items)
        embedder = load_embedder("use")
        await embedder.load()
        shelf.adopt(embedder.name, *await store.vectors.load("films", embedder.name), embedder.encode)
        log = events(await store.interactions.log("films"), shelf)
    finally:
        await store.close()
    told: list[dict[str, Any]] = []
    bench = Bench(shelf, log)
    bench.items = items  # type: ignore[attr-defined]
    kinds = {
        "history": (histories, HISTORY, "collaborative"),
        "unlearned": (unlearned, HISTORY, "popularity"),
        "examples": (examples, EXAMPLES, "collaborative"),
        "said": (words, SAID, "content"),
    }
    for kind, (make, now, fixed) in kinds.items():
        if kind not in which:
            continue
        tuning = await make(bench, True, people)
        chosen = search(tuning, now, fixed, bench.names, shelf.popularity)
        print(f"\n{kind}: {len(tuning)} queries choose {chosen}", flush=True)
        ways = {"as packaged": now, "chosen": chosen}
        ways |= {n: {n: 1.0} for n in bench.names}
        ways |= {f"without {n}": {k: v for k, v in chosen.items() if k != n} for n in bench.names if chosen[n]}
        both = {"choosing": tuning, "judging": await make(bench, False, people)}
        for half, cases in both.items():
            base = judged(cases, chosen, bench.names, shelf.popularity)
            print(f"  {half} half: mean of NDCG@10 and recall@20; behind the chosen, by queries, 95%")
            for way, weights in ways.items():
                values = judged(cases, weights, bench.names, shelf.popularity)
                by_group = "  ".join(f"{g} {np.mean(v):.3f}" for g, v in grouped(cases, values).items())
                gap = np.array(base) - np.array(values)
                low, high = interval(gap)
                print(f"    {way:24}{mean(cases, values):.4f}  {gap.mean():+.4f} [{low:+.4f}, {high:+.4f}]  {by_group}")
                if half == "judging":
                    behind = (float(gap.mean()), low, high)
                    one = {"kind": kind, "queries": len(cases), "way": way, "mean": mean(cases, values)}
                    told.append(one | {"behind": behind, "weights": dict(weights)})
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="a CHATREC_HOME with films, vectors and a log")
    parser.add_argument("--people", type=int, default=300, help="people (or sentences of a kind) of each half, at most")
    parser.add_argument("--only", nargs="*", default=["history", "unlearned", "examples", "said"])
    parser.add_argument("--json", type=Path, help="where to write the judging half's figures")
    args = parser.parse_args()
    told = asyncio.run(run(args.home, args.people, args.only))
    if args.json:
        args.json.write_text(json.dumps({"rows": told}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
