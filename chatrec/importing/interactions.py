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
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from chatrec.errors import BadInput
from chatrec.importing import parquet
from chatrec.importing.events import Events
from chatrec.importing.movielens import Folder, is_folder, movie_titles
from chatrec.importing.rows import beginning, decode, refuse_foreign, sniff
from chatrec.importing.tally import Tally
from chatrec.language.normal import normal
from chatrec.vocabulary import Catalog, Item

MOST = 40_000_000  # events of one import
MOST_ID = 200  # characters
MOST_STARS = 100  # ratings written differently that are remembered
TOLD = 50_000  # rows between two tellings of how far it is
MOST_JSON = 600_000_000  # bytes of a json file, which is read whole; jsonl and csv are read line by line
KINDS: Mapping[str, tuple[str, ...]] = {
    "view": ("view", "click", "pageview", "page view", "visit", "impression", "open", "浏览", "点击", "查看", "曝光"),
    "like": ("like", "love", "favorite", "favourite", "wishlist", "save", "star", "upvote", "bookmark", "收藏", "喜欢", "点赞", "想看", "加购"),
    "buy": ("buy", "bought", "purchase", "purchased", "order", "transaction", "sale", "cart", "addtocart", "add to cart", "rent", "购买", "买", "下单", "支付", "订单"),
    "reject": ("reject", "rejected", "dislike", "skip", "hide", "return", "returned", "refund", "downvote", "不喜欢", "退货", "跳过", "踩"),
    "seen": ("seen", "watch", "watched", "read", "play", "played", "listen", "listened", "consumed", "finished", "看过", "已看", "读过", "听过", "播放"),
    "owned": ("owned", "own", "has", "have", "拥有", "已有", "已拥有"),
}  # fmt: skip
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "user": ("user id", "userid", "user", "customer id", "customerid", "customer", "uid", "visitor id", "visitorid", "person id", "personid", "person", "member id", "memberid", "account id", "reviewerid", "reviewer id", "session id", "sessionid", "用户id", "用户编号", "用户", "会员id", "会员编号", "会员", "顾客", "客户id", "客户编号", "客户"),
    "item": ("item id", "itemid", "item", "movie id", "movieid", "film id", "book id", "bookid", "product id", "productid", "product", "sku", "asin", "isbn", "article id", "tconst", "id", "商品id", "商品编号", "商品", "物品id", "物品编号", "物品", "电影id", "电影编号", "编号", "货号"),
    "rating": ("rating", "stars", "score", "overall", "评分", "分数", "打分", "星级"),
    "at": ("at", "timestamp", "time", "date", "datetime", "created at", "event time", "eventtime", "unixreviewtime", "时间", "日期", "时间戳", "创建时间"),
    "kind": ("kind", "event", "event type", "eventtype", "action", "behavior", "behaviour", "type", "interaction", "行为", "行为类型", "动作", "类型", "事件"),
}  # fmt: skip
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
_RATINGS = ("rating", "rate", "rated", "review", "评分", "打分", "评价")
CAN_READ = "csv, tsv, json, jsonl and parquet (gz too), or a MovieLens folder or zip"


def read(
    path: Path, catalog: Catalog, items: Iterable[Item], tell: Callable[[int], None] | None = None
) -> tuple[Events, Tally]:
    """The usable events of a log and what came of it. `tell(rows)` from time to time.

    Raises BadInput with one sentence where nothing can be used, Missing where a package is needed.
    """
    items = list(items)
    ids = {item.id for item in items}
    tally = Tally(path.name, of_items=len(ids))
    if not path.exists():
        raise BadInput(f"There is no file or folder {path}.")
    found = Events()
    if is_folder(path):
        _movielens(path, catalog, items, found, tally, tell or (lambda rows: None))
    else:
        known = {i: i for i in ids}
        for row in _rows(path, tally):
            tally.rows += 1
            if tell is not None and tally.rows % TOLD == 0:
                tell(tally.rows)
            _take(found, row, known, tally)
    tally.used, tally.people, tally.items = len(found), len(found.people), len(found.items)
    if not found:
        why = tally.skipped.most_common(1)
        told = f": {why[0][0]} (first in {tally.place} {tally.first[why[0][0]]:,})" if why else ""
        raise BadInput(f"{path.name} has no event that can be used{told}.")
    tally.kinds, tally.span = Counter(found.kinds()), found.span()
    return found, tally


Row = tuple[int, Any, Any, Any, Any, Any]  # line, user, item, rating, kind, at


def _take(found: Events, row: Row, known: Mapping[str, str], tally: Tally) -> None:
    """Add one row's event, or tell why not."""
    line, user, item, rating, kind, at = row
    if len(found) >= MOST:
        raise BadInput(f"{tally.file} has more than {MOST:,} events; take the latest ones.")
    user_id, item_id = _id(user), _id(item)
    if not user_id or not item_id:
        return tally.skip(line, "no user or no item")
    if "\ufffd" in user_id or "\ufffd" in item_id:
        return tally.skip(line, "characters that can't be decoded")
    if (there := known.get(item_id)) is None:
        return tally.miss(line, item_id)
    stars, named = None, "view"
    if kind is not None and kind != "":
        meant = _KIND_OF.get(kind) or _kind(str(kind))
        if meant is None:
            return tally.skip(line, f"a kind that is not known: {str(kind)[:30]}")
        named = meant
    if rating is not None and rating != "":
        stars = _number(rating)
        if stars is None:
            return tally.skip(line, "a rating that is no number")
        named = "rating" if kind is None or kind == "" else named
    elif named == "rating":
        return tally.skip(line, "a rating that is no number")
    when = _time(at)
    tally.untimed += when is None and at is not None and at != ""
    return found.add(user_id, there, named, stars, when)


def _kind(written: str) -> str | None:
    wanted = " ".join(re.split(r"[_\-\s]+", normal(written).strip()))
    return "rating" if wanted in _RATINGS else _KIND_OF.get(wanted)


def _number(value: Any) -> float | None:
    """A rating; a comma may stand for the point."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        try:
            number = float(str(value).strip().replace(",", "."))
        except ValueError:
            return None
    return number if math.isfinite(number) and abs(number) <= 1e6 else None


def _id(value: Any) -> str:
    if type(value) is str:
        text = value.strip()
    else:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = "" if value is None or isinstance(value, (dict, list, bool)) else str(value).strip()
    return text if len(text) <= MOST_ID else ""


def _time(value: Any) -> float | None:
    """Seconds since 1970 of a number of seconds or milliseconds, or of a date as ISO or with slashes."""
    if value is None or value == "":
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        try:
            when = datetime.fromisoformat(str(value).strip().replace("/", "-").replace("Z", "+00:00"))
        except ValueError:
            return None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    if not math.isfinite(seconds):
        return None
    while abs(seconds) > 1e11:  # milliseconds, microseconds
        seconds /= 1000
    return seconds


# --------------------------------------------------------------------------- files of rows


def _rows(path: Path, tally: Tally) -> Iterator[Row]:
    """By what the file holds, whatever it is called."""
    start = beginning(path, 4_096)
    refuse_foreign(path.name, start)
    if start.startswith(parquet.MAGIC):
        yield from _parquet(path, tally)
    elif start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
        yield from _objects(path, tally)
    else:
        with _text(path) as file:
            yield from _separated(file, path.name, tally)


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    """The file as text, line by line, whatever its size; unpacked where it is packed."""
    try:
        with path.open("rb") as start:
            packed = start.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as raw:
            sample = raw.read(65_536)
            cut = sample.rfind(b"\n") + 1 if len(sample) == 65_536 else 0  # not in the middle of a character
            _, encoding = decode(sample[:cut] if cut and b"\x00" not in sample[:64] else sample, path.name)
            raw.seek(0)
            yield io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path.name} can't be read: {getattr(error, 'strerror', None) or error}.") from error


def _separated(file: IO[str], name: str, tally: Tally) -> Iterator[Row]:
    tally.form = "csv"
    first, before = file.readline(), 1
    if (
        first.lstrip("\ufeff").lower().startswith("sep=") and len(first.strip().lstrip("\ufeff")) == 5
    ):  # Excel's own hint
        first, before = file.readline(), 2
    if not first.strip():
        raise BadInput(f"{name} is empty.")
    separator = sniff([first])
    header = next(csv.reader([first], delimiter=separator))
    places = _places(header, name)
    reader = csv.reader(file, delimiter=separator)
    while True:
        line = before + reader.line_num + 1
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
    plain = [re.sub(r"[_\-\s]+", " ", h.strip().lstrip("\ufeff").strip().lower()) for h in header]
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
        start = file.read(4_096).lstrip("\ufeff \t\r\n")
        file.seek(0)
        lines = start.startswith("{") and _whole(start.split("\n", 1)[0])
        if lines or (start.startswith("{") and "\n" not in start):
            tally.form = "jsonl"
            yield from _read_objects(_json_lines(file, tally), path.name, tally)
            return
        tally.form, tally.place = "json", "entry"
        text = file.read(MOST_JSON + 1)
        if len(text) > MOST_JSON:
            raise BadInput(f"{path.name} is too long for one json text; write an object a line (jsonl), or csv.")
        try:
            data = json.loads(text.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path.name} is not valid JSON: {str(error)[:100]}.") from error
        if isinstance(data, dict):  # {"events": [...]}
            data = next((v for v in data.values() if isinstance(v, list)), [data])
        yield from _read_objects(enumerate(data, 1), path.name, tally)


def _whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


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
    tally.form, tally.place = "parquet", "row"
    with parquet.opened(path) as file:
        names = parquet.columns(file)
        places = _places(names, path.name)
        used = [names[p] for p in places if p is not None]
        at = [used.index(names[p]) if p is not None else None for p in places]
        for line, cells in enumerate(parquet.cells(file, used), 1):
            yield (line, *(cells[p] if p is not None else None for p in at))  # type: ignore[misc]


# --------------------------------------------------------------------------- MovieLens


def _movielens(
    path: Path, catalog: Catalog, items: list[Item], found: Events, tally: Tally, tell: Callable[[int], None]
) -> None:
    """The ratings of a folder or zip: latest-small, 20m, 25m, 32m (csv), 1m, 10m (dat), 100k (u.data)."""
    folder = Folder(path)
    ratings = folder.first("ratings.csv", "ratings.dat", "u.data")
    if ratings is None:
        raise BadInput(f"{path.name} holds no ratings.csv, ratings.dat or u.data: {CAN_READ}.")
    tally.form = f"MovieLens, {ratings.rsplit('/', 1)[-1]}"
    known = _movie_ids(folder, catalog, items)
    separator = {".csv": ",", ".dat": "::"}.get(Path(ratings).suffix, "\t")
    stars: dict[str, float] = {}  # ten ratings, written millions of times
    with folder.open(ratings) as file:
        for line, text in enumerate(file, 1):
            if line % TOLD == 0:
                tell(line)
            try:  # the quick way, for a line as it should be
                user, movie, rating, when = text.split(separator)
                if not user or len(found) >= MOST:
                    raise ValueError
                found.add(user, known[movie], "rating", stars[rating], float(when))
            except (KeyError, ValueError):
                cells = text.strip().split(separator)
                if len(cells) < 3:
                    if text.strip():
                        tally.rows += 1
                        tally.skip(line, "fewer than three fields")
                elif line > 1 or cells[2].strip().lower() != "rating":
                    before = len(found)
                    tally.rows += 1
                    at = cells[3] if len(cells) > 3 else None
                    _take(found, (line, cells[0], cells[1], cells[2], None, at), known, tally)
                    if len(found) > before and len(stars) < MOST_STARS:
                        stars[cells[2]] = float(cells[2].replace(",", "."))
            else:
                tally.rows += 1


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
