"""How quickly and in how much memory a large MovieLens zip is read: a synthetic one in the 25m layout, drawn with a seed.

python benchmarks/large_log.py [ROWS] [--json FILE]        2,000,000 by default: about 20 s on an idle machine; 32 million take 1.3 GB
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chatrec.importing.interactions import read
from chatrec.importing.movielens import table
from chatrec.vocabulary import Catalog, Item

FILMS, OF_A_PERSON, BATCH = 60_000, 150, 200_000


def draw(rows: int, out: Path) -> None:
    """Ratings of many people; few films have most of them."""
    random = np.random.default_rng(1)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        films = "".join(f'{i},"Film {i}, The ({1930 + i % 90})",Drama|Comedy\n' for i in range(1, FILMS + 1))
        packed.writestr("ml-25m/movies.csv", f"movieId,title,genres\n{films}")
        with packed.open("ml-25m/ratings.csv", "w", force_zip64=True) as file:
            file.write(b"userId,movieId,rating,timestamp\n")
            for start in range(0, rows, BATCH):
                size = min(BATCH, rows - start)
                film = np.minimum((random.random(size) ** 3 * FILMS).astype(int) + 1, FILMS).tolist()
                stars = (random.integers(1, 11, size) / 2).tolist()
                at = random.integers(900_000_000, 1_700_000_000, size).tolist()
                lines = zip(range(start, start + size), film, stars, at, strict=True)
                file.write("".join(f"{n // OF_A_PERSON + 1},{f},{s},{t}\n" for n, f, s, t in lines).encode())


def memory() -> float:
    """Most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="?", type=int, default=2_000_000)
    parser.add_argument("--json", type=Path, help="where to write all figures")
    options = parser.parse_args()
    rows = options.rows
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ml-25m.zip"
        draw(rows, file)
        items = [Item(id=cells["id"], title=cells["title"]) for _, cells in table(file).rows]
        before, began = memory(), time.process_time()
        events, tally = read(file, Catalog(name="ml"), items)
        seconds = time.process_time() - began
        print(f"{tally.used:,} of {tally.rows:,} rows in {seconds:.1f} s of CPU: {tally.rows / seconds:,.0f} rows/s")
        print(f"peak memory {memory():.0f} MB, of which {before:.0f} MB before the ratings were read")
        began = time.process_time()
        print(f"{len(events.reach()):,} items reached, counted in {time.process_time() - began:.2f} s")
        if options.json:
            told = {
                "rows": tally.rows,
                "used": tally.used,
                "cpu_seconds": seconds,
                "rows_per_second": tally.rows / seconds,
            }
            told |= {"peak_mb": memory(), "before_mb": before}
            options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
