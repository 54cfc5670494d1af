"""Is a film that nobody has rated yet still found? Figures are in docs/lab.md.

    python benchmarks/cold.py --home FOLDER [--people 200] [--seeds 5] [--json FILE]

FOLDER is a CHATREC_HOME with the films, their vectors and MovieLens small as their log. A random tenth of the films is taken out of
the log, so that nothing is learned of them; everybody is asked about with what is left of their history. Wanted are the cold
films that they liked. Ours (the fused sources, as they are) beside three that need no log either:

- plain vectors: the mean of the encoder's vectors of what was liked, by cosine;
- BM25: the searched text of the last twenty liked as one query;
- popularity: as the catalogue has it.

Recall@20 among the cold films alone, and among all films that the person has not rated. 95% bootstrap intervals over people, of
the difference in pairs. Nothing here tuned anything; whoever chose weights in benchmarks/fusion.py is left out (--half all: not).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from fusion import Bench, chooses, drawn, wanted_of  # noqa: E402

from chatrec.evaluation.ranking.metrics import interval, of_list  # noqa: E402
from chatrec.evaluation.ranking.runner import LIKED, events  # noqa: E402
from chatrec.language.describe import searched_text  # noqa: E402
from chatrec.llm.embed import load_embedder  # noqa: E402
from chatrec.recommend.fuse import Fuse  # noqa: E402
from chatrec.recommend.shelf import Shelf  # noqa: E402
from chatrec.recommend.source import Query  # noqa: E402
from chatrec.store import Store  # noqa: E402

COLD, AT, TEXTS, FEWEST = 0.1, 20, 20, 5


def plain_vectors(shelf: Shelf, ids: list[str], matrix: np.ndarray) -> np.ndarray:
    """The encoder's own vectors in the shelf's order, nothing taken out; zeros where an item has none."""
    full = np.zeros((len(shelf), matrix.shape[1]), dtype=np.float32)
    known = [(n, shelf.row[i]) for n, i in enumerate(ids) if i in shelf.row]
    full[[row for _, row in known]] = matrix[[n for n, _ in known]]
    return full


async def of_seed(
    bench: Bench, vectors: np.ndarray, texts: list[str], seed: int, people: int, half: str
) -> tuple[dict[str, list[float]], list[int]]:
    """Recall of each way for each person asked about, under "way, among what"; and who they are."""
    shelf, size = bench.shelf, len(bench.shelf)
    cold = np.zeros(size, dtype=bool)
    cold[np.random.default_rng(seed).choice(size, int(COLD * size), replace=False)] = True
    known, held = bench.log.take(~cold[bench.log.row]), bench.log.take(cold[bench.log.row])
    bench.fit(known)
    had = np.bincount(known.person, minlength=int(bench.log.person.max()) + 1)
    wanted = {
        p: w for p, w in wanted_of(held).items() if had[p] >= FEWEST and (half == "all" or not chooses(f"person {p}"))
    }
    found: dict[str, list[float]] = defaultdict(list)
    who: list[int] = []
    for person in drawn(list(wanted), people, seed):
        history, rows = bench.past(known, person)
        at = np.flatnonzero((known.person == person) & (known.weight >= LIKED))
        liked = known.row[at[np.argsort(known.at[at], kind="stable")[::-1]]]
        if not len(liked):
            continue
        who.append(person)
        query = Query(history=history, limit=size)
        parts = {s.name: await s.score(query, bench.everything) for s in bench.sources}
        ways = {
            "fused": Fuse()(parts, size, query),
            "plain vectors": vectors @ vectors[liked].mean(axis=0),
            "BM25": shelf.words.scores(" ".join(texts[row] for row in liked[:TEXTS])),
            "popularity": shelf.popularity.copy(),
        }
        for part in ("content", "relations"):
            ways[part] = np.zeros(size)
            ways[part][parts[part].rows] = parts[part].scores
        for way, scores in ways.items():
            scores = scores + 1e-9 * shelf.popularity
            scores[rows] = -np.inf
            for among, mask in (("cold", cold), ("all", np.ones(size, dtype=bool))):
                left = np.where(mask, scores, -np.inf)
                top = np.argpartition(-left, AT)[:AT]
                ranked = top[np.lexsort((top, -left[top]))].tolist()
                found[f"{way}, {among}"].append(of_list(ranked, wanted[person], AT)["recall"])
    return found, who


async def run(home: Path, people: int, seeds: int, half: str) -> dict[str, Any]:
    """Measure and print; the same as data."""
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'chatrec.db'}")
    try:
        catalog = await store.items.catalog("films")
        items = [item async for batch in store.items.all("films") for item in batch]
        shelf = Shelf.build(catalog, items)
        encoder = load_embedder("use")
        ids, matrix = await store.vectors.load("films", encoder.name)
        shelf.adopt(encoder.name, ids, matrix)
        bench = Bench(shelf, events(await store.interactions.log("films"), shelf))
    finally:
        await store.close()
    by_id = {item.id: searched_text(item, catalog) for item in items}
    texts = [by_id[id_] for id_ in shelf.ids]
    vectors = plain_vectors(shelf, list(ids), matrix)
    all_: dict[str, list[float]] = defaultdict(list)
    asked: list[int] = []
    for seed in range(1, seeds + 1):
        found, who = await of_seed(bench, vectors, texts, seed, people, half)
        asked += who
        print(f"seed {seed}: " + "  ".join(f"{way} {np.mean(v):.3f}" for way, v in found.items()), flush=True)
        for way, values in found.items():
            all_[way] += values
    told: dict[str, Any] = {"cases": len(asked), "people": len(set(asked)), "seeds": seeds, "half": half, "rows": []}
    for among in ("cold", "all"):
        fused = np.array(all_[f"fused, {among}"])
        print(
            f"\nrecall@{AT} of cold films among {among} ({len(fused)} cases of {len(set(asked))} people, {seeds} seeds); how far fused is ahead"
        )
        for name, values in all_.items():
            way, where = name.split(", ")
            if where == among:
                ahead = fused - np.array(values)
                low, high = interval(ahead, np.array(asked))
                print(f"  {way:16}{np.mean(values):.4f}   {ahead.mean():+.4f} [{low:+.4f}, {high:+.4f}]")
                mean = (float(np.mean(values)), *interval(np.array(values), np.array(asked)))
                told["rows"].append(
                    {"among": among, "way": way, "recall": mean, "fused ahead": (float(ahead.mean()), low, high)}
                )
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="a CHATREC_HOME with films, vectors and a log")
    parser.add_argument("--people", type=int, default=200, help="people of a seed, at most")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--half", choices=["judging", "all"], default="judging")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    args = parser.parse_args()
    told = asyncio.run(run(args.home, args.people, args.seeds, args.half))
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
