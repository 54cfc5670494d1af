"""Catalogues of other domains come in without a facet file, and mean something: nothing in the code knows about films."""

from __future__ import annotations

import pytest

from chatrec.importing import add
from chatrec.store import Store
from chatrec.vocabulary import Wish
from tests.conftest import need_data

TEAS = """编号;名称;英文名;茶类;产地;价格;重量;风味;评分;有机;简介
1;西湖龙井;Longjing;绿茶;中国;128元;50g;清香、豆香;4.8;是;明前采摘，豆香清雅。
2;正山小种;Lapsang Souchong;红茶;中国;98元;100g;烟熏、浓郁;4.5;否;松烟香的老茶。
3;阿萨姆;Assam;红茶;印度;45元;0.25kg;麦芽、浓郁;4.2;是;适合加奶。
4;煎茶;Sencha;绿茶;日本;80-120元;100g;青草、清香;4.6;是;鲜爽回甘。
5;铁观音;Tieguanyin;乌龙茶;中国;168元;125g;兰花香、清香;4.7;否;七泡有余香。
6;锡兰;Ceylon;红茶;斯里兰卡;39元;200g;柑橘;4.0;否;
7;坏行;;绿茶
"""


@pytest.fixture
async def store(tmp_path):
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'chatrec.db'}")
    await store.migrate()
    yield store
    await store.close()


async def titles(store, name, *wishes):
    made = [Wish(id=f"w{n}", facet=facet, op=op, value=value) for n, (facet, op, value) in enumerate(wishes)]
    items = await store.items.get(name, await store.filters.ids(name, made))
    assert all(w.meets(i) for w in made for i in items)
    return {i.title for i in items}


async def test_teas_in_chinese_come_in_without_a_facet_file(store, tmp_path):
    path = tmp_path / "茶.csv"
    path.write_bytes(TEAS.encode("gb18030"))
    report = await add(store, "teas", path)
    assert (report.items, [s.line for s in report.skipped], report.form) == (6, [8], "csv, gb18030, semicolon")
    catalog = await store.items.catalog("teas")
    got = {f.name: (f.type, f.many, f.unit, f.role) for f in catalog.facets}
    assert got == {
        "茶类": ("category", False, None, "kind"),
        "产地": ("category", False, None, "place"),
        "价格": ("number", True, "元", "price"),
        "重量": ("number", False, "g", None),
        "风味": ("category", True, None, None),
        "评分": ("number", False, None, "rating"),
        "有机": ("bool", False, None, None),
    }
    assert await titles(store, "teas", ("价格", "<", 100), ("茶类", "=", "红茶")) == {"正山小种", "阿萨姆", "锡兰"}
    assert await titles(store, "teas", ("产地", "=", "Japan")) == {"煎茶"}
    assert await titles(store, "teas", ("重量", ">", 200)) == {"阿萨姆"}
    assert await titles(store, "teas", ("风味", "contains", "清香"), ("有机", "=", True)) == {"西湖龙井", "煎茶"}
    item = (await store.items.get("teas", ["1"]))[0]
    assert (item.title, item.title_in("en"), item.description) == ("西湖龙井", "Longjing", "明前采摘，豆香清雅。")


async def test_laptops_in_latin_1(store):
    report = await add(store, "laptops", need_data("laptops") / "laptop_price.csv")
    assert report.items == 1303
    catalog = await store.items.catalog("laptops")
    got = {f.name: (f.type, f.many, f.unit, f.role) for f in catalog.facets}
    assert got["price_euros"] == ("number", False, "€", "price")
    assert got["weight"] == ("number", False, "kg", None)
    assert got["ram"] == ("number", False, "GB", None)
    assert got["inches"] == ("number", False, "inch", None)
    assert got["type_name"] == ("category", False, None, "kind")
    assert got["screen_resolution"][:2] == ("category", False)
    light = await titles(store, "laptops", ("weight", "<", 1.2), ("price_euros", "<=", 1000), ("ram", ">=", 8))
    assert light == {"Acer Swift 7", "Lenovo IdeaPad 720S-13IKB"}
    assert (await store.items.get("laptops", ["1"]))[0].title == "Apple MacBook Pro"


async def test_books(store):
    report = await add(store, "books", need_data("goodbooks") / "books.csv")
    catalog = await store.items.catalog("books")
    got = {f.name: (f.type, f.many, f.role) for f in catalog.facets}
    assert report.items == 10_000
    assert got == {
        "authors": ("category", True, "person"),
        "original_publication_year": ("number", False, "year"),
        "original_title": ("text", False, None),
        "language_code": ("category", False, "language"),
        "average_rating": ("number", False, "rating"),
    }
    first = (await store.items.get("books", ["2"]))[0]
    assert first.attributes["authors"] == ("J.K. Rowling", "Mary GrandPré")
    assert first.attributes["language_code"] == "English"
    assert first.popularity > 0.99
    assert first.image_url


async def test_recipes_as_json(store):
    report = await add(store, "recipes", need_data("howtocook") / "all_recipes.json")
    catalog = await store.items.catalog("recipes")
    got = {f.name: (f.type, f.many, f.role) for f in catalog.facets}
    assert report.items == 322
    assert got["category"] == ("category", False, "kind")
    assert got["difficulty"] == ("number", False, None)
    assert got["ingredients"] == ("category", True, None)
    assert "easier" in catalog.facet("difficulty").less["en"]
    assert len(await titles(store, "recipes", ("difficulty", "<=", 2), ("category", "=", "素菜"))) > 5


@pytest.mark.parametrize(
    ("file", "items", "price"), [("restaurant", 951, "人均消费"), ("hotel", 1133, "价格"), ("attraction", 465, "门票")]
)
async def test_a_city_guide_of_name_and_object_pairs(store, file, items, price):
    report = await add(store, "guide", need_data("crosswoz") / "database" / f"{file}_db.json")
    catalog = await store.items.catalog("guide")
    assert report.items == items
    assert (catalog.by_role("price").name, catalog.by_role("price").unit) == (price, "元")
    assert catalog.by_role("rating").name == "评分"
    assert "块" in catalog.by_role("price").units
    assert await store.filters.count("guide", [Wish(id="w", facet=price, op="<", value=500)]) > 100
