"""What the two dials do, in figures: CHATREC_DIVERSITY and CHATREC_NOVELTY at 0, .25, .5, .75 and 1.

    python benchmarks/dials.py --home FOLDER [--people 300] [--seed 1] [--json FILE]

FOLDER is a CHATREC_HOME with the films, their vectors and MovieLens small as their log. A random quarter of each person's events is
wanted (75/25), nothing is said. Of the first twenty: NDCG@10 and recall@20 (95% bootstrap intervals over people), how unlike they
are (1 - the mean likeness of two of them), how unusual (bits of self-information in the log), how much of the catalogue is ever
shown, how unevenly (Gini).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from fusion import Bench, drawn, wanted_of  # noqa: E402

from chatrec.evaluation.ranking.metrics import interval, of_all, of_list  # noqa: E402
from chatrec.evaluation.ranking.runner import events  # noqa: E402
from chatrec.evaluation.ranking.splits import split  # noqa: E402
from chatrec.llm.embed import load_embedder  # noqa: E402
from chatrec.recommend.diversity import POOL, Dials, likenesses  # noqa: E402
from chatrec.recommend.fuse import Fuse  # noqa: E402
from chatrec.recommend.shelf import Shelf  # noqa: E402
from chatrec.recommend.source import Query  # noqa: E402
from chatrec.store import Store  # noqa: E402

AT, SETTINGS = 20, (0.0, 0.25, 0.5, 0.75, 1.0)


async def run(home: Path, people: int, seed: int) -> dict[str, Any]:
    """Measure and print; the same as data."""
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'chatrec.db'}")
    try:
        catalog = await store.items.catalog("films")
        items = [item async for batch in store.items.all("films") for item in batch]
        shelf = Shelf.build(catalog, items)
        encoder = load_embedder("use")
        shelf.adopt(encoder.name, *await store.vectors.load("films", encoder.name))
        bench = Bench(shelf, events(await store.interactions.log("films"), shelf))
    finally:
        await store.close()
    size, cut = len(shelf), split(bench.log, "random", seed)
    bench.fit(cut.known)
    share = np.bincount(cut.known.row, minlength=size) / len(np.unique(cut.known.person))
    wanted = wanted_of(cut.wanted)
    asked = []
    for person in drawn(list(wanted), people, seed):
        history, rows = bench.past(cut.known, person)
        query = Query(history=history, limit=size)
        parts = {s.name: await s.score(query, bench.everything) for s in bench.sources}
        fused = Fuse()(parts, size, query) + 1e-9 * shelf.popularity
        fused[rows] = -np.inf
        best = np.argpartition(-fused, POOL)[:POOL]
        best = best[np.lexsort((best, -fused[best]))]
        asked.append((best.tolist(), fused[best].tolist(), wanted[person]))
    print(f"{len(asked)} people, split random, seed {seed}; first {AT}")
    print("  diversity  novelty  NDCG@10                 recall@20               unlike  bits   coverage  gini")
    rows: list[dict[str, Any]] = []
    for dials in [*(Dials(diversity=d) for d in SETTINGS), *(Dials(novelty=n) for n in SETTINGS[1:])]:
        lists, ndcg, recall, unlike = [], [], [], []
        for best_rows, scores, right in asked:
            shown = dials.turned(best_rows, scores, shelf)[0][:AT]
            lists.append(shown)
            ndcg.append(of_list(shown, right, 10)["ndcg"])
            recall.append(of_list(shown, right, AT)["recall"])
            alike = likenesses(shelf, np.array(shown))
            unlike.append(1 - alike[~np.eye(AT, dtype=bool)].mean())
        overall = of_all(lists, size, share)
        figures = [(float(np.mean(values)), *interval(np.array(values))) for values in (ndcg, recall)]
        told = ["{:.4f} [{:.4f}, {:.4f}]".format(*figure) for figure in figures]
        print(
            f"  {dials.diversity:9.2f}  {dials.novelty:7.2f}  {told[0]}  {told[1]}  {np.mean(unlike):.3f}"
            f"   {overall['novelty']:.2f}   {overall['coverage']:.3f}     {overall['gini']:.3f}",
            flush=True,
        )
        rows.append(
            {"diversity": dials.diversity, "novelty": dials.novelty, "ndcg@10": figures[0], "recall@20": figures[1]}
            | {"unlike": float(np.mean(unlike)), "bits": overall["novelty"]}
            | {"coverage": overall["coverage"], "gini": overall["gini"]}
        )
    return {"people": len(asked), "seed": seed, "rows": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="a CHATREC_HOME with films, vectors and a log")
    parser.add_argument("--people", type=int, default=300, help="at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to write all figures")
    args = parser.parse_args()
    told = asyncio.run(run(args.home, args.people, args.seed))
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
