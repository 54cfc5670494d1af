"""How well the sources find a film from words, and what fusing them is worth. Figures are in docs/lab.md.

    python benchmarks/retrieval.py [--home FOLDER] [--queries 500] [--json FILE]

Three kinds of queries, each with a known answer:
- plot: a sentence on the story from the film's Wikipedia article, title and names taken out;
- facts: the article's first sentence, title taken out (year, genre, director, stars);
- tags: words that people put on films in MovieLens, an answer being any film with the tag.
Half of the queries (by a hash) chose the weights in recommend/fuse.py; the other half gives the figures. Then MovieLens' likes:
does a film that somebody names, or do ten that they liked, lead to others they liked? Last, the time of a whole retrieval.

Needs ../shared/data/wikipedia-movies and movielens-small-2016 beside the checkout; what is missing is skipped.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import hashlib
import json
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from chatrec.importing import build_packaged  # noqa: E402
from chatrec.language.normal import normal  # noqa: E402
from chatrec.language.topic import topic  # noqa: E402
from chatrec.llm.embed import load_embedder  # noqa: E402
from chatrec.recommend.candidates import Candidates, packaged_sources  # noqa: E402
from chatrec.recommend.fuse import SAID, Fuse  # noqa: E402
from chatrec.recommend.shelf import Shelf  # noqa: E402
from chatrec.recommend.source import Query  # noqa: E402
from chatrec.store import Store  # noqa: E402
from chatrec.upkeep.vectors import encode_missing  # noqa: E402
from chatrec.vocabulary import Decision, Item, Ledger, Profile, Said, Turn, Wish  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
AT = 20
SENTENCE = re.compile(r'(?<=[.!?])\s+(?=[A-Z"“])')
ABOUT_THE_MAKING = re.compile(  # sentences with these words say little of the story
    r"\b(directed|written|produced|producer|stars?|starring|released?|box office|awards?|reviews?|based on|sequel|remake|"
    r"premiered?|festival|grossed|distributed|screenplay|soundtrack|score|critics?|cast|filmed|shot|nominated|oscar|debut|"
    r"installment|adaptation|million|gross|performance|role|production)\b",
    re.IGNORECASE,
)


@dataclass
class Case:
    """A query, the rows that answer it, and whether it chose the weights (tune) or measures them."""

    text: str
    answers: set[int]
    tune: bool


def in_tune(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def wikipedia(shelf: Shelf, items: Sequence[Item], most: int) -> dict[str, list[Case]]:
    folder = DATA / "wikipedia-movies"
    if not folder.is_dir():
        print(f"skipped: {folder} is not there")
        return {}

    def key(title: str, year: float) -> tuple[str, int]:
        return re.sub(r"\W", "", normal(title)), int(year)

    ours = {key(i.title, i.attributes.get("year", 0)): i.id for i in items}
    found = []
    for path in sorted(folder.glob("movies-*.json")):
        for film in json.loads(path.read_text("utf-8")):
            id_ = ours.get(key(film["title"], film["year"]))
            if id_ is None or not film.get("extract"):
                continue
            first, *rest = SENTENCE.split(film["extract"])
            story = [s for s in rest if len(s.split()) >= 10 and not ABOUT_THE_MAKING.search(s)]
            story = [s for s in story if not any(name in s for name in film.get("cast") or [])]
            if story:
                found.append((hashlib.sha256(film["title"].encode()).hexdigest(), film["title"], id_, story[0], first))
    cases: dict[str, list[Case]] = {"plot": [], "facts": []}
    for _, title, id_, story, first in sorted(found)[:most]:
        for kind, sentence in (("plot", story), ("facts", first)):
            text = re.sub(r"\([^)]*\)", " ", re.sub(re.escape(title), " ", sentence, flags=re.IGNORECASE))
            cases[kind].append(Case(text, {shelf.row[id_]}, in_tune(title)))
    return cases


def movielens(shelf: Shelf) -> tuple[list[Case], dict[str, list[int]]]:
    """Cases of tags, and rows that each person rated 4 or more."""
    folder = DATA / "movielens-small-2016"
    if not folder.is_dir():
        print(f"skipped: {folder} is not there")
        return [], {}

    def rows(name: str) -> Iterable[dict[str, str]]:
        with (folder / name).open(encoding="utf-8") as file:
            yield from csv.DictReader(file)

    row = {r["movieId"]: shelf.row.get("tt" + r["imdbId"].zfill(7)) for r in rows("links.csv")}
    tagged: dict[str, set[int]] = defaultdict(set)
    for r in rows("tags.csv"):
        if (at := row.get(r["movieId"])) is not None:
            tagged[r["tag"].strip().lower()].add(at)
    likes: dict[str, list[int]] = defaultdict(list)
    for r in rows("ratings.csv"):
        if (at := row.get(r["movieId"])) is not None and float(r["rating"]) >= 4:
            likes[r["userId"]].append(at)
    cases = [Case(tag, held, in_tune(tag)) for tag, held in sorted(tagged.items()) if topic(tag, shelf.catalog)]
    return cases, likes


def recall(scores: np.ndarray, answers: set[int]) -> float:
    """The part of the answers (of 20, where there are more) among the first 20."""
    first = np.argpartition(-scores, AT)[:AT]
    return len(answers & set(first.tolist())) / min(AT, len(answers))


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and its 95% bootstrap interval."""
    draws = np.random.default_rng(7).choice(np.array(values), (2_000, len(values))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(np.mean(values)), float(low), float(high)


def interval(values: Sequence[float]) -> str:
    return "{:.3f} [{:.3f}, {:.3f}]".format(*spread(values))


async def parts_of(shelf: Shelf, query: Query) -> dict[str, np.ndarray]:
    """Each source's scores for every row."""
    everything, parts = np.arange(len(shelf)), {}
    for source in packaged_sources(shelf):
        scored = await source.score(query, everything)
        parts[source.name] = np.zeros(len(shelf))
        parts[source.name][scored.rows] = scored.scores
    return parts


def fused(parts: dict[str, np.ndarray], **changed: float) -> np.ndarray:
    weights = {**SAID, **changed}
    return sum(weights.get(name, Fuse().other) * scores for name, scores in parts.items())  # type: ignore[return-value]


def reciprocal_ranks(parts: dict[str, np.ndarray], constant: int = 60) -> np.ndarray:
    """Cormack et al. 2009, for comparison: what a source did not find gets nothing from it."""
    out = np.zeros_like(parts["content"])
    for name in ("content", "words"):
        order = np.argsort(-parts[name], kind="stable")
        ranks = np.empty(len(order))
        ranks[order] = np.arange(len(order))
        out += (parts[name] > 0) / (constant + ranks)
    return out + 1e-6 * parts["popularity"]


async def text_retrieval(shelf: Shelf, kinds: dict[str, list[Case]]) -> list[dict[str, Any]]:
    ways = {
        "popularity": lambda p: p["popularity"],
        "words": lambda p: p["words"] + 1e-9 * p["popularity"],
        "meaning": lambda p: p["content"],
        "reciprocal ranks": reciprocal_ranks,
        "fused, no popularity": lambda p: fused(p, popularity=0.0),
        "fused": fused,
    }
    grid = [(w, p) for w in (1.0, 1.5, 2.0, 3.0) for p in (0.0, 0.15, 0.3, 0.5, 0.8)]
    tuned: dict[str, dict[tuple[float, float], list[float]]] = {}
    measured: dict[str, dict[str, list[float]]] = {}
    for kind, cases in kinds.items():
        tuned[kind], measured[kind] = defaultdict(list), defaultdict(list)
        for case in cases:
            parts = await parts_of(shelf, Query(text=topic(case.text, shelf.catalog) or case.text))
            if case.tune:
                for w, p in grid:
                    tuned[kind][w, p].append(recall(fused(parts, words=w, popularity=p), case.answers))
            else:
                for way, score in ways.items():
                    measured[kind][way].append(recall(score(parts), case.answers))
    print(f"\nrecall@{AT} on the tuning half, by weight of words (rows) and popularity (columns); meaning has 1")
    for kind in kinds:
        print(f"  {kind:6}" + "".join(f"{p:7.2f}" for p in sorted({p for _, p in grid})))
        for w in sorted({w for w, _ in grid}):
            print(f"  {w:6.1f}" + "".join(f"{np.mean(tuned[kind][w, p]):7.3f}" for p in sorted({p for _, p in grid})))
    print(f"\nrecall@{AT} on the other half, 95% bootstrap interval; weights {dict(SAID)}")
    heads = [f"{kind} ({len(measured[kind]['fused'])})" for kind in kinds]
    print(f"  {'':22}" + "".join(f"{head:26}" for head in heads))
    for way in ways:
        print(f"  {way:22}" + "".join(f"{interval(measured[kind][way]):26}" for kind in kinds))
    return [
        {"kind": kind, "way": way, "queries": len(values), "recall": spread(values)}
        for kind in kinds
        for way, values in measured[kind].items()
    ]


async def likes_retrieval(shelf: Shelf, likes: dict[str, list[int]]) -> list[dict[str, Any]]:
    """From ten liked films to the same person's others, and from one to what the same people liked."""
    rng = random.Random(5)
    people = [sorted(rows) for _, rows in sorted(likes.items()) if len(rows) >= 25]
    rng.shuffle(people)
    results: dict[str, list[float]] = defaultdict(list)
    for rows in people[:200]:
        rng.shuffle(rows)
        known, others = rows[:10], set(rows[10:])
        ids = [shelf.ids[r] for r in known]
        for name, query in (
            ("ten liked", Query(history=tuple((i, 1.0) for i in ids))),
            ("one named", Query(named=(ids[0],))),
        ):
            parts = await parts_of(shelf, query)
            for way, scores in (
                ("content", parts["content"]),
                ("relations", parts["relations"]),
                ("fused", sum(Fuse().weight(source, query) * scores for source, scores in parts.items())),
                ("popularity", parts["popularity"]),
            ):
                scores = scores.copy()
                scores[known] = -9
                results[f"{name}, {way}"].append(recall(scores, others))
    print(f"\nMovieLens: part of the first {AT} that the same person liked too ({len(people[:200])} people)")
    for name, values in results.items():
        print(f"  {name:22}{interval(values)}")
    return [{"way": name, "people": len(values), "recall": spread(values)} for name, values in results.items()]


async def times(store: Store, shelf: Shelf, items: Sequence[Item], count: int = 400) -> dict[str, float]:
    """Whole retrievals: filters, encoding the query, sources, fusion, items, evidence."""
    rng = random.Random(3)
    known = sorted(items, key=lambda i: -i.popularity)[:300]
    words = (
        "clever heist",
        "slow sad grief",
        "space exploration",
        "温馨 治愈",
        "time travel",
        "courtroom twist",
        "烧脑",
    )
    hard: tuple[list[Wish], ...] = (
        [],
        [Wish(facet="year", op="between", value=[1990, 1999])],
        [Wish(facet="genres", op="contains", value="Drama")],
        [Wish(facet="genres", op="not_in", value=["Horror"])],
        [Wish(facet="genres", op="contains", value="Crime"), Wish(facet="runtime", op="<", value=120)],
        [Wish(facet="rating", op=">", value=7), Wish(facet="language", op="contains", value="French")],
    )
    recommend = Candidates(shelf.catalog, store, shelf)
    taken: dict[str, list[float]] = defaultdict(list)
    for n in range(count + 20):
        wishes = list(rng.choice(hard))
        name = f"{len(wishes)} hard wishes"
        if rng.random() < 0.8:
            wishes.append(Wish(op="like", value=f"{rng.choice(words)} {n}"))  # never encoded before
        if rng.random() < 0.3:
            wishes.append(Wish(op="like", value=rng.choice(known).id))
        if rng.random() < 0.15:
            wishes.append(Wish(facet="rating", op="sort", value="desc"))
        liked = tuple(rng.sample(known, 8)) if rng.random() < 0.5 else ()
        profile = Profile("p", likes=tuple(i.id for i in liked), relevant=liked)
        shown = frozenset(i.id for i in rng.sample(known, 10))
        turn = Turn("t", "c", Said("p", "films"), "en", shown=shown)
        began = time.perf_counter()
        await recommend(Ledger(tuple(wishes)), profile, turn, Decision("recommend"))
        if n >= 20:
            taken[name].append((time.perf_counter() - began) * 1_000)
            taken["all"].append(taken[name][-1])
    print(f"\nmilliseconds of a whole retrieval over {len(shelf):,} films")
    for name, values in sorted(taken.items()):
        print(
            f"  {name:14} n={len(values):4}  p50 {np.percentile(values, 50):6.1f}  p95 {np.percentile(values, 95):6.1f}"
        )
    return {f"p{p}": float(np.percentile(taken["all"], p)) for p in (50, 95)}


async def run(home: Path, queries: int) -> dict[str, Any]:
    """Measure and print; the same as data."""
    home.mkdir(parents=True, exist_ok=True)
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'chatrec.db'}")
    try:
        await store.migrate()
        await build_packaged(store, ROOT / "catalog", None)
        catalog = await store.items.catalog("films")
        items = [item async for batch in store.items.all("films") for item in batch]
        embedder = load_embedder("use")
        print("encoding what has no vector yet (a minute, the first time) ...", flush=True)
        await encode_missing(store, embedder, "films")
        began = time.perf_counter()
        shelf = Shelf.build(catalog, items)
        print(f"{len(shelf):,} films; the shelf took {time.perf_counter() - began:.1f} s")
        ids, matrix = await store.vectors.load("films", embedder.name)
        shelf.adopt(embedder.name, ids, matrix, embedder.encode)
        kinds = wikipedia(shelf, items, 2 * queries)
        tags, likes = movielens(shelf)
        if tags:
            kinds["tags"] = tags
        return {
            "words": await text_retrieval(shelf, kinds) if kinds else [],
            "likes": await likes_retrieval(shelf, likes) if likes else [],
            "ms": await times(store, shelf, items),
        }
    finally:
        await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="folder of the catalogue and its vectors; temporary by default")
    parser.add_argument("--queries", type=int, default=500, help="films of the test half, about")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    args = parser.parse_args()
    if args.home:
        told = asyncio.run(run(args.home, args.queries))
    else:
        with tempfile.TemporaryDirectory() as folder:
            told = asyncio.run(run(Path(folder), args.queries))
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
