"""A shop's own log: rows in many spellings, MovieLens in its layouts, and what can't be used is told with its line."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from chatrec.errors import BadInput
from chatrec.importing import add, learn
from chatrec.importing.events import Events
from chatrec.importing.interactions import read
from chatrec.importing.movielens import Folder, movie_titles, spoken_title, table
from chatrec.store import Store
from chatrec.store.interactions import Interaction
from chatrec.vocabulary import Catalog, Facet, Item
from tests.conftest import need_data

FILMS = Catalog(name="films", facets=(Facet(name="year", type="number", role="year"),))
ITEMS = [
    Item(id="tt0114709", title="Toy Story", attributes={"year": 1995}),
    Item(id="tt0133093", title="The Matrix", attributes={"year": 1999}),
]
SHOP = Catalog(name="shop")
THINGS = [Item(id=i, title=i.upper()) for i in ("a", "b", "c")]


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("log.csv", "user_id,item_id,rating,at\nana,a,4.5,1000\nben,b,3,2000\n"),
        ("log.tsv", "userId\titemId\trating\ttimestamp\nana\ta\t4.5\t1000\nben\tb\t3\t2000\n"),
        ("log.txt", "Customer ID;Product ID;Stars;Date\nana;a;4.5;1970-01-01T00:16:40\nben;b;3;1970-01-01 00:33:20+00:00\n"),
        ("log.csv", "\ufeffuser,item,score,time\nana,a,4.5,1000000000000000\nben,b,3,2000000000000000\n"),
        ("log.jsonl", '{"user": "ana", "item": "a", "rating": 4.5, "at": 1000}\n{"item": "b", "user": "ben", "rating": 3, "at": 2000}\n'),
        ("log.json", '[{"user_id": "ana", "item_id": "a", "rating": 4.5, "at": 1000}, {"user_id": "ben", "item_id": "b", "rating": 3, "at": 2000}]'),
    ],
)  # fmt: skip
def test_rows_in_many_spellings(tmp_path: Path, name: str, text: str) -> None:
    events, tally = read(written(tmp_path / name, text), SHOP, THINGS)
    times = [e.at for e in events]
    assert [(e.person_id, e.item_id, e.kind, e.rating) for e in events] == [
        ("ana", "a", "rating", 4.5),
        ("ben", "b", "rating", 3.0),
    ]
    assert times in ([1000.0, 2000.0], [1e9, 2e9])
    assert (tally.rows, tally.used, tally.people, tally.items, tally.of_items) == (2, 2, 2, 2, 3)


def test_kinds_are_kept_apart(tmp_path: Path) -> None:
    text = (
        "user_id,item_id,event\nana,a,Purchase\nana,b,add_to_cart\nben,a,click\nben,c,favourite\nben,b,Dislike\n"
        "cy,a,watched\ncy,b,own\ncy,c,\n"
    )
    events, tally = read(written(tmp_path / "log.csv", text), SHOP, THINGS)
    assert [e.kind for e in events] == ["buy", "buy", "view", "like", "reject", "seen", "owned", "view"]
    assert tally.kinds == {"buy": 2, "view": 2, "like": 1, "reject": 1, "seen": 1, "owned": 1}


def test_a_chinese_log_of_a_spreadsheet(tmp_path: Path) -> None:
    text = "sep=;\r\n用户编号;商品编号;评分;行为;时间\r\n张三;a;4,5;;2024/03/01\r\n李四;b;;加入收藏;\r\n李四;b;;收藏;2024-03-02 10:00\r\n"
    path = tmp_path / "日志 文件.csv"
    path.write_bytes(text.encode("gb18030"))
    events, tally = read(path, SHOP, THINGS)
    assert [(e.person_id, e.item_id, e.kind, e.rating) for e in events] == [
        ("张三", "a", "rating", 4.5),
        ("李四", "b", "like", None),
    ]
    assert tally.first == {"a kind that is not known: 加入收藏": 4}


def test_a_long_file_is_not_cut_within_a_character(tmp_path: Path) -> None:
    rows = ["user_id,item_id"] + [f"u{n},a" for n in range(8_000)]
    text = "\n".join(rows)
    text += "\n" + "x" * (65_535 - len(text.encode()) - 1) + "é,a\nzoë,b\n"
    assert text.encode()[65_535:65_537] == "é".encode()
    events, _ = read(written(tmp_path / "log.csv", text), SHOP, THINGS)
    assert events[-1].person_id == "zoë"


def test_the_report_says_what_was_read_and_what_was_not(tmp_path: Path) -> None:
    rows = ["user_id,item_id,at"] + [f"u{n % 3},{'a' if n % 2 else f'z{n}'},2024-0{n % 9 + 1}-01" for n in range(20)]
    _, tally = read(written(tmp_path / "log.csv", "\n".join([*rows, "ana,b,someday", ",a,"])), SHOP, THINGS)
    console = Console(width=80, record=True, file=io.StringIO())
    tally.show(console)
    told = console.export_text()
    assert "22 rows read, 11 used" in told
    assert "kinds: view 11" in told
    assert "4 people; 2 of the catalogue's 3 items" in told
    assert "from 2024-01-01 to 2024-09-01" in told
    assert "1 time can't be read" in told
    assert "skipped: 10: an item that the catalogue does not have (lines 2, 4, 6 ...; 10" in told
    assert "skipped: 1: no user or no item (line 23)" in told
    assert tally.as_dict()["unknown_items"] == 10


def test_endless_reasons_are_not_all_kept(tmp_path: Path) -> None:
    rows = ["user_id,item_id,kind", "ana,a,buy"] + [f"ana,a,odd{n}" for n in range(500)]
    _, tally = read(written(tmp_path / "log.csv", "\n".join(rows)), SHOP, THINGS)
    assert len(tally.skipped) <= 51
    assert sum(tally.skipped.values()) == 500


def test_events_are_what_was_added() -> None:
    events = Events()
    told = [
        ("ana", "a", "buy", None, 5.0), ("ben", "a", "rating", 3.5, None), ("ana", "a", "view", None, 1.0),
        ("ana", "b", "view", None, None),
    ]  # fmt: skip
    for one in told:
        events.add(*one)
    assert list(events) == [Interaction(*one) for one in told]
    assert events[1:3] == [Interaction(*one) for one in told[1:3]]
    assert events[-1] == Interaction(*told[-1])
    with pytest.raises(IndexError):
        events[4]
    assert events.reach() == {"a": 2, "b": 1}
    assert events.span() == (1.0, 5.0)
    assert events.kinds() == {"buy": 1, "rating": 1, "view": 2}
    events.add("cy", "c", "like", None, None)  # also after something was read
    assert events[4] == Interaction("cy", "c", "like")


def test_packed_files(tmp_path: Path) -> None:
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(b"user_id,item_id\nana,a\n"))
    assert list(read(packed, SHOP, THINGS)[0]) == [Interaction("ana", "a", "view")]


def test_what_cannot_be_used_is_told_with_its_line(tmp_path: Path) -> None:
    text = "user_id,item_id,rating,kind\nana,a,5,\nana,zzz,5,\n,a,5,\nben,b,many,\nben,b,,teleport\nben,c,2,\n"
    events, tally = read(written(tmp_path / "log.csv", text), SHOP, THINGS)
    assert len(events) == 2
    assert tally.first == {
        "an item that the catalogue does not have": 3,
        "no user or no item": 4,
        "a rating that is no number": 5,
        "a kind that is not known: teleport": 6,
    }


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("log.csv", "", "is empty"),
        ("log.csv", "who,what\na,b\n", "no column for the user: name it user_id"),
        ("log.csv", "user_id,thing\na,b\n", "no column for the item"),
        (
            "log.csv",
            "user_id,item_id\nana,zzz\n",
            "no event that can be used: an item that the catalogue does not have",
        ),
        ("log.json", "[{", "not valid JSON"),
        ("log.parquet", "nothing", "no column for the user"),
        ("log.pdf", "nothing", "is a pdf file"),
        ("log.csv", "%PDF-1.7", "is a PDF file"),
        ("log.csv", "a\x00b", "not a text file"),
    ],
)
def test_a_file_that_is_no_log(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        read(written(tmp_path / name, text), SHOP, THINGS)


def test_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        read(tmp_path / "none.csv", SHOP, THINGS)


# --------------------------------------------------------------------------- MovieLens


def latest(folder: Path) -> Path:
    folder.mkdir()
    written(
        folder / "movies.csv",
        'movieId,title,genres\n1,Toy Story (1995),Animation|Comedy\n2571,"Matrix, The (1999)",Action\n',
    )
    written(folder / "ratings.csv", "userId,movieId,rating,timestamp\n1,1,4.0,100\n2,2571,5.0,200\n2,99,1.0,300\n")
    written(folder / "tags.csv", "userId,movieId,tag,timestamp\n1,1,Pixar,1\n2,1,pixar,1\n2,1,toys,1\n")
    written(folder / "links.csv", "movieId,imdbId,tmdbId\n1,0114709,862\n2571,0133093,603\n")
    return folder


def old(folder: Path, kind: str) -> Path:
    folder.mkdir()
    if kind == "1m":
        (folder / "movies.dat").write_bytes(
            "1::Toy Story (1995)::Animation|Comedy\n2571::Matrix, The (1999)::Action\n".encode("latin-1")
        )
        written(folder / "ratings.dat", "1::1::4::100\n2::2571::5::200\n2::99::1::300\n")
    else:
        genres = "0|0|0|1|0|1" + "|0" * 13
        (folder / "u.item").write_bytes(
            f"1|Toy Story (1995)|01-Jan-1995||http://x|{genres}\n2571|Matrix, The (1999)|||http://y|0|1{'|0' * 17}\n".encode(
                "latin-1"
            )
        )
        written(folder / "u.data", "1\t1\t4\t100\n2\t2571\t5\t200\n2\t99\t1\t300\n")
    return folder


@pytest.mark.parametrize("layout", ["latest", "zip", "1m", "100k"])
def test_movielens_joins_films_by_imdb_id_or_by_title_and_year(tmp_path: Path, layout: str) -> None:
    folder = latest(tmp_path / "ml") if layout in ("latest", "zip") else old(tmp_path / "ml", layout)
    if layout == "zip":
        with zipfile.ZipFile(tmp_path / "ml.zip", "w") as packed:
            for file in folder.iterdir():
                packed.write(file, f"ml-latest-small/{file.name}")
        folder = tmp_path / "ml.zip"
    events, tally = read(folder, FILMS, ITEMS)
    assert [(e.person_id, e.item_id, e.rating, e.at) for e in events] == [
        ("1", "tt0114709", 4.0, 100.0),
        ("2", "tt0133093", 5.0, 200.0),
    ]
    assert tally.skipped == {"an item that the catalogue does not have": 1}


def test_a_zip_that_is_broken_or_locked_is_one_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ml.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("ml/movies.csv", "movieId,title,genres\n1,Toy Story (1995),Comedy\n")
        packed.writestr("ml/ratings.csv", "userId,movieId,rating,timestamp\n" + "1,1,4.0,100\n" * 3_000)
    data = bytearray((tmp_path / "ml.zip").read_bytes())
    at = data.index(b"ml/ratings.csv") + 40
    data[at : at + 20] = bytes(20)
    (tmp_path / "ml.zip").write_bytes(data)
    with pytest.raises(BadInput, match=r"ratings.csv in ml.zip can't be read"):
        read(tmp_path / "ml.zip", FILMS, ITEMS)


def test_a_line_of_ratings_that_is_cut_is_told(tmp_path: Path) -> None:
    folder = latest(tmp_path / "ml")
    written(folder / "ratings.csv", "userId,movieId,rating,timestamp\n1,1,4.0,100\n2\n\n2,2571,x,1\n")
    _, tally = read(folder, FILMS, ITEMS)
    assert tally.first == {"fewer than three fields": 3, "a rating that is no number": 5}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_the_10m_is_utf8_and_the_1m_is_latin1(tmp_path: Path, encoding: str) -> None:
    folder = old(tmp_path / "ml", "1m")
    (folder / "movies.dat").write_bytes("7::Misérables, Les (1998)::Drama\n".encode(encoding))
    assert dict(movie_titles(Folder(folder))) == {"7": ("Les Misérables", 1998)}


@pytest.mark.parametrize("layout", ["latest", "1m", "100k"])
def test_movielens_is_a_catalogue_too(tmp_path: Path, layout: str) -> None:
    folder = latest(tmp_path / "ml") if layout == "latest" else old(tmp_path / "ml", layout)
    rows = [cells for _, cells in table(folder).rows]
    assert [(r["id"], r["title"], r["year"]) for r in rows] == [
        ("1", "Toy Story", "1995"),
        ("2571", "The Matrix", "1999"),
    ]
    assert rows[0]["genres"] == "Animation|Comedy"
    if layout == "latest":
        assert rows[0]["tags"] == "pixar|toys"


@pytest.mark.parametrize(
    ("written_", "spoken"),
    [
        ("Matrix, The (1999)", ("The Matrix", 1999)),
        ("Heat (1995)", ("Heat", 1995)),
        ("City of Lost Children, The (Cité des enfants perdus, La) (1995)", ("The City of Lost Children", 1995)),
        ("Avventura, L' (Adventure, The) (1960)", ("L'Avventura", 1960)),
        ("Babylon 5", ("Babylon 5", 0)),
    ],
)
def test_titles_as_they_are_said(written_: str, spoken: tuple[str, int]) -> None:
    assert spoken_title(written_) == spoken


def test_the_real_movielens_small() -> None:
    folder = need_data("movielens-small-2016")
    titles = dict(movie_titles(Folder(folder)))
    assert len(titles) == 9_125
    assert titles["2571"] == ("The Matrix", 1999)
    events, tally = read(folder, FILMS, ITEMS)
    assert tally.rows == 100_004
    assert {e.item_id for e in events} == {"tt0114709", "tt0133093"}


# --------------------------------------------------------------------------- into the store


async def test_a_catalogue_with_its_log_and_a_log_alone(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'chatrec.db'}")
    await store.migrate()
    try:
        file = written(tmp_path / "things.csv", "id,title\na,Alpha\nb,Beta\nc,Gamma\n")
        log = written(tmp_path / "log.csv", "user_id,item_id\nana,a\nben,a\nben,b\n")
        bad = written(tmp_path / "bad.csv", "user_id,item_id\nana,zzz\n")
        with pytest.raises(BadInput):
            await add(store, "things", file, interactions=bad)
        assert not await store.items.catalogs()  # a bad file changes nothing
        report = await add(store, "things", file, interactions=log)
        assert report.interactions.used == 3
        popularity = {i.id: i.popularity for batch in [b async for b in store.items.all("things")] for i in batch}
        assert popularity["a"] == 1.0 > popularity["b"] > popularity["c"] == 0.0
        with pytest.raises(BadInput):
            await learn(store, "things", bad)
        assert len(await store.interactions.log("things")) == 3
        tally = await learn(store, "things", written(tmp_path / "more.jsonl", json.dumps({"user": "cat", "item": "c"})))
        assert (tally.used, len(await store.interactions.log("things"))) == (1, 1)
        popularity = {i.id: i.popularity for batch in [b async for b in store.items.all("things")] for i in batch}
        assert popularity == {"a": 0.0, "b": 0.0, "c": 1.0}  # the file tells none: the newest log does
        sold = written(tmp_path / "sold.csv", "id,title,popularity\na,Alpha,0.2\nb,Beta,0.9\n")
        await add(store, "sold", sold)
        before = await store.items.catalog("sold")
        await learn(store, "sold", written(tmp_path / "log2.csv", "user_id,item_id\nana,a\nben,a\n"))
        assert await store.items.catalog("sold") == before  # the file's own stands
    finally:
        await store.close()


async def test_movielens_alone_brings_films_and_ratings(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'chatrec.db'}")
    await store.migrate()
    try:
        report = await add(store, "ml", latest(tmp_path / "ml"))
        assert (report.items, report.interactions.used) == (2, 2)
        catalog = await store.items.catalog("ml")
        assert {f.name: f.type for f in catalog.facets}["year"] == "number"
    finally:
        await store.close()
