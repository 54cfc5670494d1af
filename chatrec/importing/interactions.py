"""A shop's own log: who did what with which item, from a file of rows or a MovieLens folder, joined to a catalogue's items.

Knows: names of columns, kinds of events, times, ratings, and MovieLens' layouts. Does not know: what an event weighs. The
file is untrusted: what can't be used is counted by reason, with the line of the first.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from chatrec.errors import BadInput
from chatrec.importing.movielens import Folder, is_folder, movie_titles
from chatrec.importing.rows import decode, sniff
from chatrec.language.normal import normal
from chatrec.store.interactions import Interaction
from chatrec.vocabulary import Catalog, Item

MOST = 40_000_000  # events of one import
MOST_ID = 200  # characters
KINDS: Mapping[str, tuple[str, ...]] = {
    "view": ("view", "click", "pageview", "visit", "impression", "seen", "watch", "watched", "read", "play", "listen"),
    "like": ("like", "love", "favorite", "favourite", "wishlist", "save", "star", "upvote"),
    "buy": ("buy", "purchase", "order", "transaction", "cart", "addtocart", "add to cart", "owned", "rent"),
    "reject": ("reject", "dislike", "skip", "hide", "return", "returned", "refund", "downvote"),
}
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "user": ("user id", "userid", "user", "customer id", "customerid", "customer", "uid", "visitor id", "visitorid", "person id", "member id"),
    "item": ("item id", "itemid", "item", "movie id", "movieid", "product id", "productid", "product", "sku", "asin", "isbn", "article id", "id"),
    "rating": ("rating", "stars", "score", "overall"),
    "at": ("at", "timestamp", "time", "date", "datetime", "created at", "event time", "unixreviewtime"),
    "kind": ("kind", "event", "event type", "action", "type", "interaction"),
}  # fmt: skip
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
CAN_READ = "csv, tsv, json, jsonl and parquet (gz too), or a MovieLens folder or zip"


@dataclass
class Tally:
    """What came of reading a log."""

    file: str
    rows: int = 0
    used: int = 0
    people: int = 0
    items: int = 0
    of_items: int = 0  # items the catalogue has
    kinds: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)  # reason -> rows
    first: dict[str, int] = field(default_factory=dict)  # reason -> line of the first
    form: str = ""

    def skip(self, line: int, reason: str) -> None:
        self.skipped[reason] += 1
        self.first.setdefault(reason, line)

    def show(self, console: Any) -> None:
        """Print for a person."""
        from rich.text import Text

        kinds = ", ".join(f"{n:,} {kind}" for kind, n in self.kinds.most_common())
        console.print(Text(f"interactions from {self.file} ({self.form})", style="bold"))
        console.print(Text(f"{self.rows:,} rows read, {self.used:,} used ({kinds})"))
        console.print(Text(f"{self.people:,} people, {self.items:,} of {self.of_items:,} items have any"))
        for reason, n in self.skipped.most_common(8):
            console.print(Text(f"skipped: {n:,}: {reason} (first in line {self.first[reason]:,})", style="yellow"))


def read(
    path: Path, catalog: Catalog, items: Iterable[Item], tell: Callable[[int], None] | None = None
) -> tuple[list[Interaction], Tally]:
    """The usable events of a log and what came of it. `tell(rows)` from time to time.

    Raises BadInput with one sentence where nothing can be used.
    """
    items = list(items)
    ids = {item.id for item in items}
    tally = Tally(path.name, of_items=len(ids))
    if not path.exists():
        raise BadInput(f"There is no file or folder {path}.")
    if is_folder(path):
        rows, known = _movielens(path, catalog, items, tally)
    else:
        rows, known = _rows(path, tally), {i: i for i in ids}
    found: list[Interaction] = []
    people: set[str] = set()
    there: set[str] = set()
    for line, user, item, rating, kind, at in rows:
        tally.rows += 1
        if tell is not None and tally.rows % 50_000 == 0:
            tell(tally.rows)
        event = _event(line, user, item, rating, kind, at, known, tally)
        if event is None:
            continue
        if len(found) >= MOST:
            raise BadInput(f"{path.name} has more than {MOST:,} events; take the latest ones.")
        found.append(event)
        people.add(event.person_id)
        there.add(event.item_id)
        tally.kinds[event.kind] += 1
    tally.used, tally.people, tally.items = len(found), len(people), len(there)
    if not found:
        why = tally.skipped.most_common(1)
        told = f": {why[0][0]} (first in line {tally.first[why[0][0]]:,})" if why else ""
        raise BadInput(f"{path.name} has no event that can be used{told}.")
    return found, tally


Row = tuple[int, Any, Any, Any, Any, Any]  # line, user, item, rating, kind, at


def _event(
    line: int, user: Any, item: Any, rating: Any, kind: Any, at: Any, known: Mapping[str, str], tally: Tally
) -> Interaction | None:
    user_id, item_id = _id(user), _id(item)
    if not user_id or not item_id:
        tally.skip(line, "no user or no item")
        return None
    if (there := known.get(item_id)) is None:
        tally.skip(line, "an item that the catalogue does not have")
        return None
    stars, when, named = None, _time(at), "view"
    if kind not in (None, ""):
        wanted = normal(str(kind)).replace("_", " ").replace("-", " ").strip()
        if wanted in ("rating", "rate", "review"):
            named = "rating"
        elif (meant := _KIND_OF.get(wanted)) is not None:
            named = meant
        else:
            tally.skip(line, f"a kind that is not known: {str(kind)[:30]}")
            return None
    if rating not in (None, ""):
        try:
            stars = float(rating)
        except (TypeError, ValueError):
            stars = math.nan
        if not math.isfinite(stars) or abs(stars) > 1e6:
            tally.skip(line, "a rating that is no number")
            return None
        named = "rating" if kind in (None, "") else named
    elif named == "rating":
        tally.skip(line, "a rating that is no number")
        return None
    return Interaction(user_id, there, named, stars, when)


def _id(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None or isinstance(value, (dict, list, bool)) else str(value).strip()
    return text if len(text) <= MOST_ID else ""


def _time(value: Any) -> float | None:
    """Seconds since 1970 of a number of seconds or milliseconds, or of an ISO date."""
    if value in (None, ""):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        try:
            when = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        except ValueError:
            return None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    while abs(seconds) > 1e11:  # milliseconds, microseconds
        seconds /= 1000
    return seconds if math.isfinite(seconds) else None


# --------------------------------------------------------------------------- files of rows


def _rows(path: Path, tally: Tally) -> Iterator[Row]:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".parquet"):
        yield from _parquet(path, tally)
    elif name.endswith((".json", ".jsonl", ".ndjson")):
        yield from _objects(path, tally)
    elif name.endswith((".csv", ".tsv", ".txt", ".dat")) or "." not in name:
        with _text(path) as file:
            tally.form = "csv"
            yield from _separated(file, path.name, tally)
    else:
        raise BadInput(f"{path.name} can't be read as interactions: ChatRec reads {CAN_READ}.")


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    """The file as text, line by line, whatever its size; unpacked where it is packed."""
    try:
        with path.open("rb") as start:
            packed = start.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as raw:
            sample = raw.read(65_536)
            _, encoding = decode(sample, path.name)
            raw.seek(0)
            yield io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
    except (OSError, EOFError) as error:
        raise BadInput(f"{path.name} can't be read: {getattr(error, 'strerror', None) or error}.") from error


def _separated(file: IO[str], name: str, tally: Tally) -> Iterator[Row]:
    first = file.readline()
    if not first.strip():
        raise BadInput(f"{name} is empty.")
    separator = sniff([first])
    header = next(csv.reader([first], delimiter=separator))
    places = _places(header, name)
    reader = csv.reader(file, delimiter=separator)
    line = 1
    while True:
        line += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            tally.rows += 1
            tally.skip(line, "a line that can't be read")
            continue
        if cells:
            yield (line, *(cells[p] if p is not None and p < len(cells) else None for p in places))  # type: ignore[misc]


def _places(header: list[str], name: str) -> list[int | None]:
    """Where user, item, rating, kind and time stand. BadInput where user or item is not there."""
    plain = [re.sub(r"[_\-\s]+", " ", h.strip().lstrip("\ufeff").lower()) for h in header]
    where: dict[str, int | None] = {}
    for field_name, names in _COLUMNS.items():
        where[field_name] = next((plain.index(n) for n in names if n in plain), None)
    for needed in ("user", "item"):
        if where[needed] is None:
            raise BadInput(
                f"{name} has no column for the {needed}: name it {needed}_id. Its columns are {', '.join(header)[:200]}."
            )
    return [where[f] for f in ("user", "item", "rating", "kind", "at")]


def _objects(path: Path, tally: Tally) -> Iterator[Row]:
    with _text(path) as file:
        start = file.read(1).lstrip("\ufeff")
        while start and start.isspace():
            start = file.read(1)
        file.seek(0)
        if start == "[":
            tally.form = "json"
            try:
                entries = enumerate(json.load(file), 1)
            except (ValueError, RecursionError) as error:
                raise BadInput(f"{path.name} is not valid JSON: {str(error)[:100]}.") from error
            yield from _read_objects(entries, path.name, tally)
        else:
            tally.form = "jsonl"
            yield from _read_objects(_json_lines(file, tally), path.name, tally)


def _json_lines(file: IO[str], tally: Tally) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, 1):
        if line.strip():
            try:
                yield number, json.loads(line.lstrip("\ufeff"))
            except (ValueError, RecursionError):
                tally.rows += 1
                tally.skip(number, "not valid JSON")


def _read_objects(entries: Iterable[tuple[int, Any]], name: str, tally: Tally) -> Iterator[Row]:
    keys: tuple[str, ...] = ()
    places: list[int | None] = []
    for number, entry in entries:
        if not isinstance(entry, dict):
            tally.rows += 1
            tally.skip(number, "no object")
            continue
        if tuple(entry) != keys:
            keys = tuple(entry)
            try:
                places = _places([str(k) for k in keys], name)
            except BadInput:
                if not tally.rows:
                    raise
                tally.rows += 1
                tally.skip(number, "no user or no item")
                keys = ()
                continue
        cells = list(entry.values())
        yield (number, *(cells[p] if p is not None else None for p in places))  # type: ignore[misc]


def _parquet(path: Path, tally: Tally) -> Iterator[Row]:
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise BadInput(f"{path.name} needs the package pyarrow: pip install pyarrow, or save it as csv.") from error
    tally.form = "parquet"
    try:
        file = parquet.ParquetFile(path)
    except Exception as error:  # pyarrow has its own errors for a file that is none
        raise BadInput(f"{path.name} is no parquet file that can be read: {str(error)[:100]}.") from error
    places = _places(list(file.schema_arrow.names), path.name)
    line = 0
    for batch in file.iter_batches(50_000):
        columns = [batch.column(p).to_pylist() if p is not None else [None] * batch.num_rows for p in places]
        for cells in zip(*columns, strict=True):
            line += 1
            yield (line, *(c.isoformat() if hasattr(c, "isoformat") else c for c in cells))  # type: ignore[misc]


# --------------------------------------------------------------------------- MovieLens


def _movielens(
    path: Path, catalog: Catalog, items: list[Item], tally: Tally
) -> tuple[Iterator[Row], Mapping[str, str]]:
    """Rows and {movieId: item id} of a MovieLens folder or zip: latest-small, 20m, 25m, 32m (csv), 1m, 10m (dat), 100k (u.data)."""
    folder = Folder(path)
    ratings = folder.first("ratings.csv", "ratings.dat", "u.data")
    if ratings is None:
        raise BadInput(f"{path.name} holds no ratings.csv, ratings.dat or u.data: {CAN_READ}.")
    tally.form = f"MovieLens, {ratings.rsplit('/', 1)[-1]}"
    known = _movie_ids(folder, catalog, items)

    def rows() -> Iterator[Row]:
        with folder.open(ratings) as file:
            for line, text in enumerate(file, 1):
                if ratings.endswith(".csv") and line == 1:
                    continue
                cells = text.rstrip("\r\n").split("," if ratings.endswith(".csv") else "::" if "::" in text else "\t")
                if len(cells) >= 3:
                    yield line, cells[0], cells[1], cells[2], None, cells[3] if len(cells) > 3 else None

    return rows(), known


def _movie_ids(folder: Folder, catalog: Catalog, items: list[Item]) -> dict[str, str]:
    """movieId -> the catalogue's id: the id itself, the imdb id of links.csv, or title and year."""
    ids = {item.id for item in items}
    movies = dict(movie_titles(folder))
    if movies and sum(m in ids for m in movies) > len(movies) / 2:
        return {m: m for m in movies if m in ids}
    known: dict[str, str] = {}
    if (links := folder.first("links.csv")) is not None:
        with folder.open(links) as file:
            for row in csv.DictReader(file):
                imdb = f"tt{(row.get('imdbId') or '').strip().removeprefix('tt'):0>7}"
                if imdb in ids:
                    known[str(row.get("movieId"))] = imdb
    if known or not movies:
        return known or {i: i for i in ids}
    year = catalog.by_role("year")
    of_title = {
        (normal(title), int(item.values(year.name)[0]) if year and item.values(year.name) else 0): item.id
        for item in items
        for title in (item.title, *item.titles.values())
    }
    return {m: found for m, (title, when) in movies.items() if (found := of_title.get((normal(title), when)))}
