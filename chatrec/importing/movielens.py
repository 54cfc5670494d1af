"""MovieLens as it comes, a folder or a zip: latest-small, 20m, 25m, 32m (csv), 1m, 10m (dat), 100k (u.item, u.data).

Knows: its files, how it writes titles ("Matrix, The (1999)"), its genres and tags. Does not know: catalogues, events.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from chatrec.errors import BadInput
from chatrec.importing.rows import Table

MOST_SNIFFED = 20_000_000  # bytes looked at to tell an encoding
MOST_TAGS = 8  # of a film, those that most people gave
GENRES_100K = (
    "", "Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama", "Fantasy", "Film-Noir",
    "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip


def is_folder(path: Path) -> bool:
    """Whether it is a folder or a zip. A workbook is a zip too, but no folder of files."""
    if path.is_dir():
        return True
    try:
        with zipfile.ZipFile(path) as packed:
            return "[Content_Types].xml" not in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


class Folder:
    """A folder or a zip, by the names of the files in it. BadInput where a file in it can't be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zip = None if path.is_dir() else zipfile.ZipFile(path)
        self._names = (
            self._zip.namelist()
            if self._zip
            else [p.relative_to(path).as_posix() for p in sorted(path.rglob("*")) if p.is_file()]
        )

    def first(self, *names: str) -> str | None:
        return next((n for wanted in names for n in self._names if n.rsplit("/", 1)[-1] == wanted), None)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[str]]:
        """A file as text, line by line: nothing is unpacked whole."""
        try:
            with self._raw(name) as raw:
                encoding = "utf-8" if name.endswith(".csv") or self._is_utf8(name) else "latin-1"
                yield io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:  # the last: a password
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise BadInput(f"{name} in {self._path.name} can't be read: {why}.") from error

    def _raw(self, name: str) -> Any:
        return self._zip.open(name) if self._zip else (self._path / name).open("rb")

    def _is_utf8(self, name: str) -> bool:
        """Of the old layouts the 10m is in UTF-8, the others are latin-1. Ratings are numbers in any."""
        if not name.endswith(("movies.dat", "u.item", "tags.dat")):
            return False
        with self._raw(name) as raw:
            try:
                raw.read(MOST_SNIFFED).decode("utf-8")
            except UnicodeDecodeError as error:
                return error.reason == "unexpected end of data"
        return True


def table(path: Path) -> Table:
    """The films as rows of a catalogue: id (movieId), title, year, genres, tags, and how many rated it. BadInput where there are none."""
    folder = Folder(path)
    if folder.first("movies.csv", "movies.dat", "u.item") is None:
        raise BadInput(
            f"{path.name} holds no movies.csv, movies.dat or u.item; name a file to read, or a MovieLens folder."
        )
    tags = _tags(folder)
    made = Table("MovieLens", columns=["id", "title", "year", "genres", "tags"])
    for line, (movie, (title, year), genres) in enumerate(_movies(folder), 1):
        if not title.strip():
            made.skip(line, "no title")
            continue
        cells: dict[str, Any] = {
            "id": movie,
            "title": title,
            "year": str(year) if year else "",
            "genres": "|".join(genres),
        }
        made.keep(line, cells | {"tags": "|".join(tags.get(movie, ()))})
    if not any(cells["tags"] for _, cells in made.rows):
        made.columns.remove("tags")
    return made


def movie_titles(folder: Folder) -> Iterator[tuple[str, tuple[str, int]]]:
    """(movieId, (title as it is said, year)): "Matrix, The (1999)" is The Matrix of 1999."""
    for movie, titled, _ in _movies(folder):
        yield movie, titled


def _movies(folder: Folder) -> Iterator[tuple[str, tuple[str, int], list[str]]]:
    name = folder.first("movies.csv", "movies.dat", "u.item")
    if name is None:
        return
    with folder.open(name) as file:
        lines: Iterable[list[str]]
        if name.endswith(".csv"):
            lines = csv.reader(file)
        else:
            lines = (line.rstrip("\r\n").split("::" if "::" in line else "|") for line in file)
        for cells in lines:
            if len(cells) < 2 or cells[0] == "movieId":
                continue
            if len(cells) >= 24:  # u.item: a column for each genre
                genres = [g for g, has in zip(GENRES_100K, cells[5:24], strict=False) if has == "1" and g]
            else:
                genres = [g for g in (cells[2] if len(cells) > 2 else "").split("|") if g and not g.startswith("(no ")]
            yield cells[0], spoken_title(cells[1]), genres


def _tags(folder: Folder) -> dict[str, list[str]]:
    name = folder.first("tags.csv", "tags.dat")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    if name is not None:
        with folder.open(name) as file:
            rows = csv.reader(file) if name.endswith(".csv") else (line.split("::") for line in file)
            for cells in rows:
                if len(cells) >= 3 and cells[0] != "userId" and (tag := cells[2].strip().lower().replace("|", " ")):
                    counts[cells[1]][tag] += 1
    return {
        movie: [tag for tag, _ in sorted(c.items(), key=lambda t: (-t[1], t[0]))[:MOST_TAGS]]
        for movie, c in counts.items()
    }


_TITLE = re.compile(r"^(?P<title>.*?)\s*\((?P<year>\d{4})\)\s*$")
_ARTICLE = re.compile(r"^(?P<rest>.*), (?P<article>The|A|An|La|Le|Les|L'|Il|Der|Die|Das|El|Los|Las)$")


def spoken_title(written: str) -> tuple[str, int]:
    match = _TITLE.match(written)
    title, year = (match["title"], int(match["year"])) if match else (written, 0)
    title = re.sub(r"\s*\([^()]*\)$", "", title)  # a title in another language behind it
    if moved := _ARTICLE.match(title):
        title = f"{moved['article']}{'' if moved['article'].endswith(chr(39)) else ' '}{moved['rest']}"
    return title, year
