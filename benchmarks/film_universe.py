"""A named universe of films for benchmarks on dialogues: Wikidata's, Wikipedia's and MovieLens' films, 1940 to 2023, as one list.

Not the demo catalogue: that one is picked for being talked about well, and ends in 2014. Here nothing is picked: every film of
wikidata-movies (facts), of wikipedia-movies (years 1960 on: genres, cast, first paragraph) and of MovieLens small (title, year,
genres), joined by title and year. Dialogues took no part in choosing them.

Also knows how a film that a dialogue names is found in it (`Titles`): titles as people and corpora write them, years that are
off or missing. Needs ../shared/data beside the checkout; nothing of it is kept in the repository.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chatrec.language.normal import normal
from chatrec.vocabulary import Catalog, Facet, Item

NAME = "films-1940-2023"
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
NEEDS = ("wikidata-movies/movies.db", "wikipedia-movies/movies-2010s.json", "movielens-small-2016/links.csv")
EXTRACT = 420  # characters of a first paragraph that are kept: encoding a text costs by its length
MOST_CAST = 8
_GENRES = {"Science Fiction": "Sci-Fi", "Romantic": "Romance", "Suspense": "Thriller", "Children": "Family"}
_ARTICLE = re.compile(r"^(.*), (the|a|an|les|la|le|el|il|das|der|die)$", re.IGNORECASE)
_LEADING = re.compile(r"^(the|a|an) ")
_EPISODE = re.compile(r": Episode [IVX]+ [\u2013-] ")  # Wikipedia's newer title has no number
_YEAR = re.compile(r"\s*\((\d{4})(?:[-\u2013/]\d{0,4})?\)\s*$")

CATALOG = Catalog(
    name=NAME,
    noun={"en": ["film", "films"], "zh": ["电影"]},
    facets=(
        Facet(name="year", type="number", role="year"),
        Facet(name="genres", type="category", many=True, role="kind"),
        Facet(name="director", type="category", many=True, role="person"),
        Facet(name="cast", type="category", many=True, role="person"),
        Facet(name="rating", type="number", role="rating"),
    ),
)


@dataclass
class Film:
    title: str
    year: int
    id: str = ""
    genres: dict[str, None] = field(default_factory=dict)
    director: list[str] = field(default_factory=list)
    cast: list[str] = field(default_factory=list)
    text: str = ""
    rating: float | None = None
    fame: float = (
        0.0  # sum of what speaks for being known: critics' reviews, ratings, length of its article, players told
    )


def key(title: str) -> str:
    """A title as it is compared: normal form, without signs, articles at the front, and "&" for "and"."""
    plain = normal(title.replace("&", " and ")).strip()
    if moved := _ARTICLE.match(plain):
        plain = f"{moved[2]} {moved[1]}"
    return re.sub(r"[\W_]+", "", _LEADING.sub("", plain))


def split_year(name: str) -> tuple[str, int | None]:
    """("Heat", 1995) of "Heat  (1995)"."""
    found = _YEAR.search(name)
    return (name[: found.start()].strip(), int(found[1])) if found else (name.strip(), None)


def films(data: Path = DATA) -> list[Film]:
    """All of them, each once, in no order that matters."""
    known: dict[tuple[str, int], Film] = {}

    def at(title: str, year: int) -> Film | None:
        return next((f for y in (year, year - 1, year + 1) if (f := known.get((key(title), y)))), None)

    def place(title: str, year: int) -> Film:
        film = at(title, year)
        if film is None:
            film = known[key(title), year] = Film(title, year)
        return film

    for row in _wikidata(data):
        film = place(row["Title"].replace("\u2019", "'").strip(), int(row["Year"]))
        film.id = film.id or row["imdbID"]
        film.genres |= dict.fromkeys(_genre(g) for g in (row["Genre"] or "").split(", ") if g)
        film.director = film.director or [n for n in (row["Director"] or "").split(", ") if n]
        film.cast = film.cast or [n for n in (row["Cast"] or "").split(", ") if n]
        film.rating = row["Rating"]
        film.fame += math.log1p(row["Reviews"] or 0) / math.log(300)
        film.fame += 0.5 * math.log1p((row["BoxOffice"] or 0) / 1e6) / math.log(800)
    for entry in _wikipedia(data):
        film = place(entry["title"], int(entry["year"]))
        film.genres |= dict.fromkeys(_genre(g) for g in entry.get("genres") or [])
        film.cast = (entry.get("cast") or film.cast)[:]  # by billing, where movies.db has them by name
        film.text = film.text or (entry.get("extract") or "")
        film.fame += min(1.0, len(entry.get("extract") or "") / 1500) + 0.5 * min(1.0, len(film.cast) / 15)
    counts: dict[str, int] = defaultdict(int)
    with (data / "movielens-small-2016" / "ratings.csv").open(encoding="utf-8") as file:
        for rating in csv.DictReader(file):
            counts[rating["movieId"]] += 1
    links = {r["movieId"]: "tt" + r["imdbId"].zfill(7) for r in _csv(data / "movielens-small-2016" / "links.csv")}
    by_id = {f.id: f for f in known.values() if f.id}
    for movie in _csv(data / "movielens-small-2016" / "movies.csv"):
        title, year = split_year(movie["title"])
        if moved := _ARTICLE.match(re.sub(r"\s*\([^)]*\)\s*$", "", title)):
            title = f"{moved[2]} {moved[1]}"
        film = by_id.get(links[movie["movieId"]])
        if film is None and year is None:
            continue
        if film is None:
            film = place(title, year or 0)
            film.id = film.id or links[movie["movieId"]]
        film.genres |= dict.fromkeys(_genre(g) for g in movie["genres"].split("|") if not g.startswith("("))
        film.fame += math.log1p(counts[movie["movieId"]]) / math.log(340)
    for (title_key, year), film in known.items():
        film.id = film.id or f"{title_key}-{year}"
    return list({f.id: f for f in sorted(known.values(), key=lambda f: (f.id, f.title))}.values())


def items(data: Path = DATA) -> list[Item]:
    """The universe as items of `CATALOG`; popularity 0..1 is the rank by fame, among all and among the films of its five years:
    the newest have no critics and few ratings to be known by."""
    found = sorted(films(data), key=lambda f: (f.fame, f.id))
    then: dict[int, list[Film]] = defaultdict(list)
    for film in found:
        then[film.year // 5].append(film)
    among = {id(film): n / len(group) for group in then.values() for n, film in enumerate(group)}
    made = []
    for n, film in enumerate(found):
        values = {
            "year": float(film.year),
            "genres": tuple(film.genres),
            "director": tuple(dict.fromkeys(film.director)),
            "cast": tuple(dict.fromkeys(film.cast[:MOST_CAST])),
            "rating": film.rating,
        }
        made.append(
            Item(
                id=film.id,
                title=film.title,
                description=film.text[:EXTRACT].rsplit(" ", 1)[0] if len(film.text) > EXTRACT else film.text,
                popularity=round(((n / len(found) + among[id(film)]) / 2) ** 2, 6),
                attributes={name: v for name, v in values.items() if v not in (None, ())},
            )
        )
    return made


class Titles:
    """Finds the film that a dialogue names: the nearest year, then the better known; a bare title means a known film.

    around: the year in which the dialogues took place, for titles without a year: of several films of one name the newer
    counts, as people speak of what they saw last. Nothing is found rather than something else of a like name.
    """

    def __init__(self, items: Sequence[Item], around: int) -> None:
        self.around = around
        self.named: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            self.named[key(item.title)].append(item)
            head = item.title.split(":")[0]
            if head != item.title and len(head) > 3:  # "Borat", "Dr. Strangelove": where no film has that name alone
                self.named[f"~{key(head)}"].append(item)

    def find(self, name: str, *, whole: bool = False) -> str | None:
        """The film's id; None where there is none of that name (years may be wrong by anything, as in INSPIRED). whole: "Borat"
        alone is not enough for a title that goes on after a colon."""
        title, year = split_year(name.replace("%3F", "?"))
        title = _EPISODE.sub(": ", title)
        found = self.named.get(key(title)) or self._numbered(title)
        if not found and not whole and (year is None or len(self.named.get(f"~{key(title)}", [])) == 1):
            found = self.named.get(f"~{key(title)}", [])
        if not found:
            return None
        if year is not None:
            return min(found, key=lambda i: (abs(i.attributes["year"] - year), -i.popularity, i.id)).id
        return max(found, key=lambda i: (i.popularity + self._new(i), i.id)).id

    def _new(self, item: Item) -> float:
        age = self.around - float(item.attributes["year"])
        return 0.5 * 0.8 ** max(age, 0.0) if age > -2 else -1.0

    def _numbered(self, title: str) -> list[Item]:
        """ "Frozen 2" for "Frozen II", and the other way round."""
        for roman, digit in (("II", "2"), ("III", "3"), ("IV", "4")):
            for one, other in ((roman, digit), (digit, roman)):
                if re.search(rf"\b{one}$", title) and (found := self.named.get(key(title[: -len(one)] + other))):
                    return found
        return []


def _wikidata(data: Path) -> list[sqlite3.Row]:
    database = sqlite3.connect(f"file:{data / 'wikidata-movies' / 'movies.db'}?mode=ro&immutable=1", uri=True)
    database.row_factory = sqlite3.Row
    rows = database.execute(
        'SELECT o.imdbID, o.Title, o.Year, o.Genre, o.Director, o."Cast", t.Rating, t.Reviews, t.BoxOffice '
        "FROM omdb AS o LEFT JOIN tomatoes AS t ON t.ID = o.ID WHERE o.Title <> '' AND o.Year IS NOT NULL ORDER BY o.ID"
    ).fetchall()
    database.close()
    return rows


def _wikipedia(data: Path) -> Iterable[dict[str, object]]:
    for path in sorted((data / "wikipedia-movies").glob("movies-*.json")):
        yield from json.loads(path.read_text("utf-8"))


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _genre(name: str) -> str:
    return _GENRES.get(name.strip(), name.strip())
