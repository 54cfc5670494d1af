"""Is the recommender ahead of the libraries people would use instead? Real histories, the same cuts, one metric for all.

    python benchmarks/peers.py [--splits random,time] [--seeds 5] [--moments 20] [--trials 20] [--only ours,implicit,...]
                               [--json FILE] [--envs FOLDER]

MovieLens small (../shared/data/movielens-small-2016), every rating an event, whatever its stars. Two kinds of cuts: random 75/25 of
each person's events, a seed a cut; and time, everything after a moment, twenty moments (after 50%, 52.5% ... 97.5% of all events),
for people with five events before it. Few people of this log are there on both sides of a moment, mostly those whose one sitting
it divides, so the moments are many; a person's figure is the mean over all the cuts they are in, and one draw of the bootstrap. What may be recommended is every film of the data, known in training or not; what is wanted is all
that was held back. NDCG@10 and recall@20 by chatrec/evaluation/ranking/metrics.py for every list, whoever made it.

Peers: implicit, LensKit, RecTools and cornac, each in an environment of its own that is built here with venv and pip (pinned below;
what can't be installed is told and left out), and popularity. They get the events with their times, in one file a cut. ChatRec gets
these and, as in the product, the films' records: genres and year as MovieLens has them, people, country and language from
../shared/data/wikidata-movies by imdb id. No tags: people put them on what they saw.

Every model has the same number of trials, drawn at random from the space below with a fixed seed, and is judged by the sum of both
figures on cuts inside what is known: of a random cut with a seed of its own; of the events before the first moment. The best trial
runs on the cuts. ChatRec is shown as it is packaged (no trial) and tuned like the others. Lists are kept beside the environments,
so a run that was ended goes on where it stopped, and one with more trials takes those that are there.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import dataclasses
import hashlib
import json
import math
import os
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from chatrec.evaluation.ranking.metrics import interval, of_list  # noqa: E402
from chatrec.evaluation.ranking.splits import Events, Split, leaks, split  # noqa: E402
from chatrec.importing import movielens, popular_by  # noqa: E402
from chatrec.importing.facets import Declared  # noqa: E402
from chatrec.importing.infer import infer  # noqa: E402
from chatrec.importing.items import make_catalog, make_items  # noqa: E402
from chatrec.recommend.candidates import Candidates  # noqa: E402
from chatrec.recommend.collaborative import Collaborative, Taste, values_of  # noqa: E402
from chatrec.recommend.fuse import HISTORY, Fuse  # noqa: E402
from chatrec.recommend.popularity import Trend  # noqa: E402
from chatrec.recommend.shelf import Shelf  # noqa: E402
from chatrec.recommend.source import Query  # noqa: E402
from chatrec.store import Store  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
RUNNERS = Path(__file__).resolve().parent / "peers"
K, NEAR = 20, 10  # recall at 20, NDCG at 10
FEWEST = 5  # events before the moment that somebody needs to be asked about
MOMENTS = tuple(round(0.5 + 0.025 * n, 3) for n in range(20))
TUNING_SEED, INSIDE_SEED, INSIDE_MOMENTS = 0, 100, (0.6, 0.8)
GOAL = -0.002  # the lower bound of the paired difference
ONE_THREAD = {f"{n}_NUM_THREADS": "1" for n in ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON", "LK")}
WIKIDATA = {"director": "Director", "writer": "Writer", "cast": '"Cast"', "country": "Country", "language": "Language"}

PINNED = {
    "implicit": ("implicit==0.7.3", "numpy==2.4.6", "scipy==1.17.1"),
    "lenskit": ("torch==2.13.0", "lenskit==2025.8.1", "numpy==2.4.6", "scipy==1.17.1", "pandas==2.3.3"),
    "rectools": ("RecTools==0.19.0", "numpy==1.26.4", "scipy==1.17.1", "pandas==2.3.3"),
    "cornac": ("cornac==3.0.1", "numpy==2.4.6", "scipy==1.17.1"),
}  # torch: on Linux another index than PyPI's has a build without CUDA

Space = Mapping[str, tuple[Any, ...]]  # ("log" | "whole log", low, high), or the choices
SPACES: dict[str, Space] = {
    "implicit als": {
        "factors": ("whole log", 8, 128), "regularization": ("log", 0.01, 100.0), "alpha": ("log", 0.5, 40.0),
        "iterations": (10, 15, 30),
    },
    "implicit bpr": {
        "factors": ("whole log", 8, 128), "learning_rate": ("log", 0.005, 0.2), "regularization": ("log", 0.001, 0.2),
        "iterations": (50, 100, 200, 400),
    },
    "implicit item-item": {
        "likeness": ("cosine", "tfidf", "bm25"), "K": ("whole log", 10, 500), "K1": ("log", 0.1, 100.0),
        "B": (0.0, 0.2, 0.5, 0.8),
    },
    "lenskit als": {
        "embedding_size": ("whole log", 8, 128), "regularization": ("log", 0.001, 10.0), "weight": ("log", 1.0, 100.0),
        "epochs": (10, 20),
    },
    "lenskit item-neighbours": {"max_nbrs": ("whole log", 10, 500), "min_sim": ("log", 1e-6, 0.1)},
    "lenskit user-neighbours": {"max_nbrs": ("whole log", 10, 300), "min_sim": ("log", 1e-6, 0.1)},
    "rectools ease": {"regularization": ("log", 20.0, 2_000.0)},
    "rectools svd": {"factors": ("whole log", 4, 128)},
    "rectools popular": {"days": ("whole log", 30, 10_000)},
    "cornac ease": {"lamb": ("log", 20.0, 2_000.0), "posB": (True, False)},
    "cornac bpr": {
        "k": ("whole log", 8, 128), "learning_rate": ("log", 0.005, 0.2), "lambda_reg": ("log", 0.0005, 0.1),
        "max_iter": (50, 100, 200),
    },
    "ours, tuned": {
        "ridge": ("log", 50.0, 2_000.0), "shared": (0.0, 0.5, 1.0, 2.0, 3.0), "active": (0.0, 0.15, 0.25, 0.35),
        "popularity": (0.0, 0.4, 1.0, 2.0), "relations": (0.0, 0.75, 1.5, 3.0),
    },
}  # fmt: skip
OURS, PACKAGED, ALONE, PEOPLE, POPULAR = "ours, tuned", "ours", "collaborative alone", "people alone", "popularity"


@dataclass(frozen=True, eq=False)
class Cut:
    """A split with who is asked about and what each of them wanted; `key` names its file."""

    made: Split
    asked: np.ndarray
    wanted: Mapping[int, set[int]]
    key: str

    @classmethod
    def of(cls, made: Split) -> Cut:
        if found := leaks(made):
            raise ValueError(f"the split {made.name} leaks: {'; '.join(found)}")
        wanted: dict[int, set[int]] = {}
        for person, row in zip(made.wanted.person.tolist(), made.wanted.row.tolist(), strict=True):
            wanted.setdefault(person, set()).add(row)
        asked = np.array(sorted(wanted), dtype=np.int64)
        digest = hashlib.sha256(made.known.person.tobytes() + made.known.row.tobytes() + asked.tobytes())
        return cls(made, asked, wanted, digest.hexdigest()[:12])

    def figures(self, lists: np.ndarray) -> np.ndarray:
        """NDCG@10 and recall@20 of each person asked about, [people, 2]."""
        found = []
        for person, one in zip(self.asked.tolist(), lists.tolist(), strict=True):
            ranked, wanted = [row for row in one if row >= 0], self.wanted[person]
            found.append((of_list(ranked, wanted, NEAR)["ndcg"], of_list(ranked, wanted, K)["recall"]))
        return np.array(found)


def time_cut(events: Events, share: float) -> Split:
    """Everything after the moment before which this share of all events lies, for people who were there before."""
    late = events.at > np.quantile(events.at, share)
    before = np.bincount(events.person[~late], minlength=int(events.person.max()) + 1)
    return Split("time", events.take(~late), events.take(late & (before[events.person] >= FEWEST)))


def cuts_of(events: Events, seeds: int, moments: int = len(MOMENTS)) -> dict[str, tuple[list[Cut], list[Cut]]]:
    """For each kind: cuts that tune, and cuts that judge. moments: fewer than all are spread over the same span."""
    judging = MOMENTS[:: max(1, len(MOMENTS) // moments)][:moments]
    inside = split(split(events, "random", TUNING_SEED).known, "random", INSIDE_SEED)
    early = events.take(events.at <= np.quantile(events.at, MOMENTS[0]))
    return {
        "random": ([Cut.of(inside)], [Cut.of(split(events, "random", 1 + n)) for n in range(seeds)]),
        "time": (
            [Cut.of(time_cut(early, m)) for m in INSIDE_MOMENTS],
            [Cut.of(time_cut(events, m)) for m in judging],
        ),
    }


def trials_of(model: str, count: int) -> list[dict[str, Any]]:
    """The first so many draws from a model's space: the same whatever the count."""
    rng = np.random.default_rng(zlib.crc32(model.encode()))
    drawn = []
    for _ in range(count):
        one: dict[str, Any] = {}
        for name, (first, *more) in SPACES[model].items():
            if first in ("log", "whole log"):
                value = math.exp(rng.uniform(math.log(more[0]), math.log(more[1])))
                one[name] = round(value) if first == "whole log" else float(f"{value:.4g}")
            else:
                one[name] = (first, *more)[int(rng.integers(1 + len(more)))]
        drawn.append(one)
    return drawn


class Peers:
    """Other libraries, each in its environment; lists are kept by what they were made from."""

    def __init__(self, folder: Path, items: int) -> None:
        self.folder, self.items = folder, items
        (folder / "lists").mkdir(parents=True, exist_ok=True)

    def build(self, library: str) -> bool:
        """Make the environment unless it is there as pinned. False, told, where that fails."""
        home, wanted = self.folder / library, "\n".join(PINNED[library])
        mark = home / "pinned.txt"
        if mark.is_file() and mark.read_text("utf-8") == wanted:
            return True
        print(f"building the environment of {library}: {', '.join(PINNED[library])}", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], capture_output=True, text=True)
        if made.returncode == 0:
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", *PINNED[library]]
            made = subprocess.run(pip, capture_output=True, text=True)
        if made.returncode:
            told = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
            print(f"LEFT OUT: {library} can't be installed here: {told[:200]}", flush=True)
            return False
        mark.write_text(wanted, "utf-8")
        return True

    def lists(
        self, model: str, cuts: Sequence[Cut], trials: Sequence[Mapping[str, Any]]
    ) -> list[list[np.ndarray | None]]:
        """[trial][cut]: rows [asked, K]; None where it failed, which is told."""
        library, name = model.split(" ", 1)
        files = [[self._file(model, cut, trial) for cut in cuts] for trial in trials]
        jobs = [
            {"model": name, "params": trial, "cut": str(self._cut(cut)), "k": K, "out": str(file)}
            for trial, row in zip(trials, files, strict=True)
            for cut, file in zip(cuts, row, strict=True)
            if not file.is_file()
        ]
        if jobs:
            self._run(library, model, jobs)
        return [[np.load(f) if f.is_file() else None for f in row] for row in files]

    def _file(self, model: str, cut: Cut, trial: Mapping[str, Any]) -> Path:
        library = model.split(" ", 1)[0]
        said = json.dumps([model, PINNED[library], cut.key, trial, K], sort_keys=True)
        return self.folder / "lists" / f"{model.replace(' ', '-')}-{hashlib.sha256(said.encode()).hexdigest()[:16]}.npy"

    def _cut(self, cut: Cut) -> Path:
        file = self.folder / "lists" / f"cut-{cut.key}.npz"
        if not file.is_file():
            known = cut.made.known
            np.savez(file, person=known.person, row=known.row, at=known.at, asked=cut.asked, items=self.items)
        return file

    def _run(self, library: str, model: str, jobs: Sequence[Mapping[str, Any]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "jobs.json"
            file.write_text(json.dumps(jobs), "utf-8")
            call = [str(self.folder / library / "bin" / "python"), str(RUNNERS / f"run_{library}.py"), str(file)]
            env = {**os.environ, **ONE_THREAD}
            with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as runner:
                assert runner.stdout is not None
                assert runner.stderr is not None
                for done, line in enumerate(runner.stdout, 1):
                    if line.startswith("failed"):
                        print(f"\n{model}: {line.strip()} {jobs[int(line.split()[1])]['params']}", flush=True)
                    print(f"\r  {model}: {done} of {len(jobs)}", end="", flush=True)
                errors = runner.stderr.read()
            print(flush=True)
            if runner.returncode:
                print(f"{model}: the runner ended with {runner.returncode}: {errors.strip()[-300:]}", flush=True)


class Ours:
    """ChatRec on the same cuts: what `/recommendations` gives for a history."""

    def __init__(self, shelf: Shelf, store: Any, items: Sequence[Any], row_of: np.ndarray) -> None:
        self.shelf, self.items = shelf, items
        self.store = store
        self.row_of = row_of  # the benchmark's row -> the shelf's
        self.back = np.argsort(row_of)
        self.values = values_of(shelf)

    async def lists(self, way: str, cut: Cut, trial: Mapping[str, Any] | None = None) -> np.ndarray:
        """rows [asked, K]: `ours` as packaged, with a trial tuned, `collaborative alone`, or `people alone` (no values)."""
        known, shelf, trial = cut.made.known, self.shelf, dict(trial or {})
        row = self.row_of[known.row]
        reach = {shelf.ids[r]: int(n) for r, n in enumerate(np.bincount(row, minlength=len(shelf)))}
        popular = {item.id: item.popularity for item in popular_by(list(self.items), reach)}
        shelf.popularity = np.array([popular[i] for i in shelf.ids])
        fuse = Fuse({**HISTORY, **{n: trial.pop(n) for n in ("popularity", "relations")}}) if trial else Fuse()
        values = None if way == PEOPLE else self.values
        shelf.taste = Taste.fit(known.person, row, known.weight, len(shelf), values=values, **trial)
        shelf.trend = Trend.fit(row, known.weight, known.at, len(shelf))
        recommender, alone = Candidates(shelf.catalog, self.store, shelf, fuse=fuse), Collaborative(shelf)
        lists = np.full((len(cut.asked), K), -1, dtype=np.int64)
        for n, person in enumerate(cut.asked.tolist()):
            at = np.flatnonzero(known.person == person)
            at = at[np.argsort(-known.at[at], kind="stable")]
            past = [shelf.ids[r] for r in row[at]]
            if way in (ALONE, PEOPLE):
                scored = await alone.score(Query(history=tuple((i, 1.0) for i in past)), None)
                free = ~np.isin(scored.rows, row[at])
                found = scored.rows[free][np.argsort(-scored.scores[free], kind="stable")[:K]]
            else:
                offered = await recommender.recommend(history=[(i, "like") for i in past], k=K)
                found = np.array([shelf.row[c.item.id] for c in offered], dtype=np.int64)
            lists[n, : len(found)] = self.back[found]
        return lists


def most_taken(cut: Cut, items: int) -> np.ndarray:
    """What most people took, for everybody."""
    known = cut.made.known
    order = np.argsort(-np.bincount(known.row, minlength=items), kind="stable")
    own = {int(p): set(known.row[known.person == p].tolist()) for p in cut.asked}
    return np.array([[r for r in order[: K + len(own[p])].tolist() if r not in own[p]][:K] for p in own])


def chosen(cuts: Sequence[Cut], lists: Sequence[Sequence[np.ndarray | None]]) -> tuple[int, float]:
    """The trial with the best sum of both figures over all people of these cuts, and that sum. -1 where all failed."""
    best, at = -1.0, -1
    for n, row in enumerate(lists):
        if all(one is not None for one in row):
            figures = [cut.figures(one) for cut, one in zip(cuts, row, strict=True) if one is not None]
            if (score := float(np.concatenate(figures).mean(axis=0).sum())) > best:
                best, at = score, n
    return at, best


def per_person(cuts: Sequence[Cut], lists: Sequence[np.ndarray]) -> np.ndarray:
    """Both figures of every person, the mean over the cuts in which they were asked about: [people, 2]."""
    who = np.concatenate([cut.asked for cut in cuts])
    values = np.concatenate([cut.figures(one) for cut, one in zip(cuts, lists, strict=True)])
    codes = np.unique(who, return_inverse=True)[1]
    counts = np.bincount(codes)
    return np.stack([np.bincount(codes, values[:, m]) / counts for m in range(values.shape[1])], axis=1)


def read_data() -> tuple[Events, list[str]]:
    """All ratings as events, and movieIds by row."""
    folder = DATA / "movielens-small-2016"
    with (folder / "movies.csv").open(encoding="utf-8") as file:
        ids = [r["movieId"] for r in csv.DictReader(file)]
    row = {i: n for n, i in enumerate(ids)}
    with (folder / "ratings.csv").open(encoding="utf-8") as file:
        told = [(int(r["userId"]), row[r["movieId"]], float(r["timestamp"])) for r in csv.DictReader(file)]
    person, rows, at = (np.array(column) for column in zip(*told, strict=True))
    return Events(person.astype(np.int64), rows.astype(np.int64), np.ones(len(rows)), at), ids


def read_films() -> tuple[Any, list[Any]]:
    """(Catalog, items) of MovieLens' films, with what Wikidata has of them; no tags, no popularity."""
    folder = DATA / "movielens-small-2016"
    table = movielens.table(folder)
    with (folder / "links.csv").open(encoding="utf-8") as file:
        imdb = {r["movieId"]: "tt" + r["imdbId"].zfill(7) for r in csv.DictReader(file)}
    records: dict[str, tuple[Any, ...]] = {}
    if (found := DATA / "wikidata-movies" / "movies.db").is_file():
        with sqlite3.connect(f"file:{found}?mode=ro", uri=True) as facts:
            records = {r[0]: r[1:] for r in facts.execute(f"select imdbID, {', '.join(WIKIDATA.values())} from omdb")}
    for _, cells in table.rows:
        told = records.get(imdb.get(str(cells["id"]), ""), ("",) * len(WIKIDATA))
        cells |= {n: "|".join((v or "").split(", ")) for n, v in zip(WIKIDATA, told, strict=True)}
        cells.pop("tags", None)
    table.columns[:] = [c for c in table.columns if c != "tags"] + list(WIKIDATA)
    declared = Declared("")
    plan = infer(table, declared, None, None)
    items = make_items(table, plan).items
    items = [dataclasses.replace(item, popularity=0.0) for item in items]
    return make_catalog("ml", declared, plan.facets, items, "benchmark"), items


def table_of(kind: str, results: Mapping[str, np.ndarray], leader: str, judge: Sequence[Cut]) -> list[dict[str, Any]]:
    """Print every way with its figures and how far ours is ahead of it, person by person; the same as rows."""
    mine, rows, cases = results[leader], [], sum(len(cut.asked) for cut in judge)
    print(
        f"\n{kind}: {len(mine)} people, {cases} cases in {len(judge)} cuts, 95% bootstrap intervals over people; ahead: {leader} less this way"
    )
    print(f"  {'':26}{'NDCG@10':26}{'recall@20':26}{'ahead in NDCG@10':26}{'ahead in recall@20'}")
    for way, values in sorted(results.items(), key=lambda r: -float(r[1].sum(axis=1).mean())):
        row: dict[str, Any] = {"split": kind, "way": way, "people": len(values), "cases": cases, "cuts": len(judge)}
        cells = []
        for m, name in enumerate(("ndcg@10", "recall@20")):
            row[name] = (float(values[:, m].mean()), *interval(values[:, m]))
        for m, name in enumerate(("ndcg@10", "recall@20")):
            less = mine[:, m] - values[:, m]
            row[f"ahead {name}"] = (float(less.mean()), *interval(less))
        for name in ("ndcg@10", "recall@20"):
            cells.append("{:.4f} [{:.4f}, {:.4f}]".format(*row[name]))
        for name in ("ahead ndcg@10", "ahead recall@20"):
            cells.append("" if way == leader else "{:+.4f} [{:+.4f}, {:+.4f}]".format(*row[name]))
        print(f"  {way:26}" + "".join(f"{c:26}" for c in cells).rstrip())
        rows.append(row)
    return rows


def verdict(rows: Sequence[Mapping[str, Any]], leader: str) -> None:
    """Against the best peer of each figure: ahead, or not more behind than GOAL."""
    own = {leader, PACKAGED, OURS, ALONE, PEOPLE}
    for name in ("ndcg@10", "recall@20"):
        peers = [r for r in rows if r["way"] not in own]
        if not peers:
            continue
        best = max(peers, key=lambda r: r[name][0])
        mean, low, high = best[f"ahead {name}"]
        kept = "kept" if mean > 0 or low > GOAL else "MISSED"
        kept += ", though the interval holds 0" if low <= 0 <= high else ""
        print(
            f"  {name}: {leader} is {mean:+.4f} [{low:+.4f}, {high:+.4f}] ahead of the best peer, {best['way']}: goal {kept}"
        )


async def run(args: argparse.Namespace) -> None:
    events, ids = read_data()
    only = set(args.only.split(",")) if args.only else None
    kinds = {k: v for k, v in cuts_of(events, args.seeds, args.moments).items() if k in args.splits.split(",")}
    peers = Peers(args.envs, len(ids))
    libraries = [lib for lib in PINNED if (only is None or lib in only) and peers.build(lib)]
    left_out = [lib for lib in PINNED if (only is None or lib in only) and lib not in libraries]
    models = [m for m in SPACES if m.split(" ", 1)[0] in libraries]
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(f"sqlite+aiosqlite:///{Path(folder) / 'chatrec.db'}")
        try:
            await store.migrate()
            catalog, items = read_films()
            await store.items.replace(catalog, items, source={})
            shelf = Shelf.build(catalog, items)
            row_of = np.array([shelf.row[i] for i in ids])
            ours = Ours(shelf, store, items, row_of)
            facets = ", ".join(f.name for f in catalog.facets)
            print(
                f"{len(events):,} events of {len(np.unique(events.person))} people on {len(ids):,} films ({facets})",
                flush=True,
            )
            told = []
            for kind, (inside, judge) in kinds.items():
                results, picked = await one_kind(kind, inside, judge, models, peers, ours, args, only)
                rows = table_of(kind, results, PACKAGED if PACKAGED in results else next(iter(results)), judge)
                if PACKAGED in results:
                    verdict(rows, PACKAGED)
                told += [{**row, "params": picked.get(row["way"])} for row in rows]
                if args.json:
                    said = {"trials": args.trials, "seeds": args.seeds, "left_out": left_out, "rows": told}
                    args.json.write_text(json.dumps(said, indent=1))
        finally:
            await store.close()


async def one_kind(
    kind: str, inside: Sequence[Cut], judge: Sequence[Cut], models: Sequence[str], peers: Peers, ours: Ours,
    args: argparse.Namespace, only: set[str] | None,
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:  # fmt: skip
    """Tune inside, then run on the cuts that judge: figures of each person by way, and what was chosen."""
    results = {POPULAR: per_person(judge, [most_taken(c, peers.items) for c in judge])}
    picked: dict[str, Any] = {}
    print(f"\n{kind}: {len(judge)} cuts, {args.trials} trials a model", flush=True)
    for model in models:
        trials = trials_of(model, args.trials)
        at, score = chosen(inside, peers.lists(model, inside, trials))
        lists = peers.lists(model, judge, [trials[at]])[0] if at >= 0 else [None]
        made = [one for one in lists if one is not None]
        if len(made) < len(judge):
            print(f"LEFT OUT: {model} failed, see above", flush=True)
            continue
        picked[model] = trials[at]
        results[model] = per_person(judge, made)
        print(f"  {model}: {score:.4f} inside with {trials[at]}", flush=True)
    if only is None or "ours" in only:
        for way in (PACKAGED, ALONE, PEOPLE):
            results[way] = per_person(judge, [await ours.lists(way, cut) for cut in judge])
            print(f"  {way}: done", flush=True)
        trials = trials_of(OURS, args.trials)
        at, score = chosen(inside, [[await ours.lists(OURS, cut, t) for cut in inside] for t in trials])
        picked[OURS] = trials[at]
        results[OURS] = per_person(judge, [await ours.lists(OURS, cut, trials[at]) for cut in judge])
        print(f"  {OURS}: {score:.4f} inside with {trials[at]}", flush=True)
    return results, picked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="random cuts")
    parser.add_argument("--moments", type=int, default=len(MOMENTS), help=f"cuts in time, {len(MOMENTS)} at most")
    parser.add_argument("--trials", type=int, default=20, help="of every model")
    parser.add_argument("--only", help="of: ours, implicit, lenskit, rectools, cornac; comma between")
    parser.add_argument("--splits", default="random,time")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chatrec-peers"
    parser.add_argument("--envs", type=Path, default=cache, help="folder of the environments and the lists")
    args = parser.parse_args()
    if not (DATA / "movielens-small-2016").is_dir():
        print(f"skipped: {DATA / 'movielens-small-2016'} is not there")
        return
    os.environ.update({n: os.environ.get(n, v) for n, v in ONE_THREAD.items()})
    asyncio.run(run(args))


if __name__ == "__main__":
    main()
