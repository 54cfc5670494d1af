"""Real histories as taste: what real people liked, by the ids of a catalogue.

Knows: a MovieLens folder (joined by imdb id through links.csv), and csv files with user_id, item_id, rating. Does not know: people.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from chatrec.errors import BadInput

LIKED = 4.0  # of five stars
FEWEST = 5  # liked items that make a history


def read_histories(path: Path, ids: Collection[str]) -> list[list[str]]:
    """Liked item ids of each person with at least five in the catalogue, in the order of user ids. BadInput for other files."""
    liked: dict[str, list[str]] = {}
    try:
        if path.is_dir():
            with (path / "links.csv").open(encoding="utf-8", newline="") as file:
                imdb = {row["movieId"]: f"tt{int(row['imdbId']):07d}" for row in csv.DictReader(file)}
            rows, of = path / "ratings.csv", ("userId", "movieId")
        else:
            imdb, rows, of = {}, path, ("user_id", "item_id")
        with rows.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                item = imdb.get(row[of[1]], row[of[1]])
                if item in ids and float(row.get("rating") or LIKED) >= LIKED:
                    liked.setdefault(row[of[0]], []).append(item)
    except (OSError, KeyError, ValueError) as error:
        raise BadInput(
            f"{path} holds no histories: a MovieLens folder, or a csv with user_id, item_id and rating ({error})."
        ) from error
    found = [items for _, items in sorted(liked.items()) if len(items) >= FEWEST]
    if not found:
        raise BadInput(f"Nobody in {path} liked {FEWEST} items of this catalogue.")
    return found
