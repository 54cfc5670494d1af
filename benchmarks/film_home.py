"""A CHATREC_HOME with the films, their vectors and MovieLens small as their log: what most benchmarks of the recommender read.

    python benchmarks/film_home.py --home FOLDER

The log is read anew each time, in some seconds; films and vectors where they are not there, in about four minutes of one core.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from chatrec.importing import build_packaged, learn  # noqa: E402
from chatrec.llm.embed import load_embedder  # noqa: E402
from chatrec.store import Store  # noqa: E402
from chatrec.upkeep.vectors import encode_missing  # noqa: E402

MOVIELENS = ROOT.parent / "shared" / "data" / "movielens-small-2016"


async def run(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'chatrec.db'}")
    try:
        await store.migrate()
        await build_packaged(store, ROOT / "catalog", None)
        await encode_missing(store, load_embedder("use"), "films")
        tally = await learn(store, "films", MOVIELENS)
        print(f"{tally.used:,} of {tally.rows:,} ratings are of films that are here", flush=True)
    finally:
        await store.close()
    print(f"{home}: the films, their vectors and their log are there", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    if not MOVIELENS.is_dir():
        sys.exit(f"{MOVIELENS} is not there")
    asyncio.run(run(options.home))
