"""What columns mean, by name and by values, in both languages."""

from __future__ import annotations

import pytest

from chatrec.errors import BadInput
from chatrec.importing import facets, rows
from chatrec.importing.infer import infer
from chatrec.importing.rows import Table


def table(**columns):
    """A table from lists of cells."""
    names = list(columns)
    cells = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return Table("csv", columns=names, rows=list(enumerate(cells, 2)))


def one(name, cells, **others):
    """The use of one column beside an id and a title."""
    ids = [str(n) for n in range(len(cells))]
    plan = infer(table(id=ids, title=[f"Thing {n}" for n in ids], **{name: cells}, **others))
    return next(u for u in plan.uses if u.column == name)


@pytest.mark.parametrize(
    ("name", "cells", "kind", "many", "unit", "role"),
    [
        ("price", ["$5.00", "$1,299.00", "12", "$7"], "number", False, "$", "price"),
        ("Price_euros", ["5.5", "7", "8", "9"], "number", False, "€", "price"),
        ("价格", ["50-100元", "80元", "120元", "99"], "number", True, "元", "price"),
        ("人均消费", [23, 45, 60, 80], "number", False, "元", "price"),
        ("Weight", ["1.5kg", "900g", "2kg", "1kg"], "number", False, "kg", None),
        ("重量（克）", ["50", "100", "250", "50"], "number", False, "g", None),
        ("Ram", ["8GB", "16GB", "8GB", "4GB"], "number", False, "GB", None),
        ("cook_time_minutes", ["5", "10", "20", "25"], "number", False, "min", "duration"),
        ("duration", ["1h 30min", "45 min", "2 hours", "90m"], "number", False, "min", "duration"),
        ("year", ["1999", "2004.0", "1987", "2020"], "number", False, None, "year"),
        ("出版年", ["1999", "2004", "1987", "2020"], "number", False, None, "year"),
        ("评分", ["8.7分", "9.0分", "7.5分", "8.1分"], "number", False, None, "rating"),
        ("average_rating", ["4.5/5", "3/5", "4/5", "5/5"], "number", False, None, "rating"),
        ("released", ["2020-01-05", "2019-03-04", "2018-01-01", "2021-12-31"], "date", False, None, None),
        ("in_stock", ["yes", "no", "yes", "yes"], "bool", False, None, None),
        ("is_new", ["1", "0", "1", "1"], "bool", False, None, None),
        ("有机", ["是", "否", "是", "是"], "bool", False, None, None),
        ("genres", ["Action|Drama", "Drama", "Comedy|Drama", "Action"], "category", True, None, "kind"),
        ("标签", ["花香、清淡", "浓郁", "花香", "浓郁、烟熏"], "category", True, None, None),
        ("authors", ["Ann Lee, Bo Ek", "Cy Poe", "Di Fox", "Ed Gil"], "category", True, None, "person"),
        ("作者", ["鲁迅", "老舍,巴金", "茅盾", "曹禺"], "category", True, None, "person"),
        ("aroma", ["floral;fresh", "smoky", "malty;sweet", "fresh"], "category", True, None, None),
        ("finish", ["matt", "gloss", "matt", "gloss"], "category", False, None, None),
        ("country", ["CN", "Japan", "India", "JPN"], "category", False, None, "place"),
        ("材质", [["木", "铁"], ["木"], ["铁"], ["竹", "木"]], "category", True, None, None),
        ("telephone", ["010-66181705", "010-5197", "021-1234", "0755-2"], "text", False, None, None),
    ],
)  # fmt: skip
def test_types_units_and_roles(name, cells, kind, many, unit, role):
    facet = one(name, cells).facet
    assert facet is not None
    assert (facet.type, facet.many, facet.unit, facet.role) == (kind, many, unit, role)


def test_words_come_in_both_languages():
    price = one("Price_euros", ["5", "7", "8"]).facet
    assert price.name == "price_euros"
    assert price.label == {"en": "price", "zh": "价格"}
    assert "budget" in price.words["en"]
    assert "预算" in price.words["zh"]
    assert "cheaper" in price.less["en"]
    assert price.units["eur"] == 1
    country = one("country", ["CN", "Japan", "China"]).facet
    assert set(country.values) == {"China", "Japan"}
    assert country.values["Japan"]["zh"] == ["日本"]
    colour = one("颜色", ["红色", "蓝色", "红色"]).facet
    assert colour.values["red"]["zh"][0] == "红色"


def test_a_price_without_currency_understands_every_currency():
    units = one("price", ["5", "7", "9"]).facet.units
    assert units["$"] == units["元"] == units["euros"] == 1


@pytest.mark.parametrize(
    ("name", "cells", "why"),
    [
        ("isbn13", ["978", "979", "977", "976", "975"], "code"),
        ("work_id", ["1", "2", "3", "4", "5"], "code"),
        ("shop", ["Acme"] * 6, "the same everywhere: Acme"),
        ("nothing", ["", "n/a", None, "-"], "empty"),
        ("copy", [f"Thing {n}" for n in range(6)], "same as the title"),
        ("steps", [[{"step": 1, "text": "x"}]] * 3, "without a name"),
    ],
)
def test_columns_nobody_asks_for(name, cells, why):
    use = one(name, cells)
    assert use.becomes == "unused"
    assert why in use.note


def test_long_texts_and_prose_with_commas_are_no_categories():
    prose = [f"A story of a man, a dog and a very long road number {n}, told twice." for n in range(6)]
    plan = infer(table(id=list("abcdef"), title=list("uvwxyz"), story=prose))
    assert plan.column("description") == "story"
    use = one("resolution", ["Full HD / Touch 1920", "Full HD 1920", "4K / Touch 3840", "Full HD 1920"] * 3)
    assert (use.facet.type, use.facet.many) == ("category", False)


def test_fields_by_name():
    plan = infer(
        table(
            商品编号=["a1", "a2", "a3"],
            商品名称=["龙井", "普洱", "铁观音"],
            简介=["清香的绿茶", "陈年的黑茶", "兰花香的乌龙"],
            图片=["https://x.example/1.jpg", "https://x.example/2.jpg", ""],
            链接=["https://x.example/1", "https://x.example/2", "https://x.example/3"],
            销量=["100", "30", "5"],
            english_name=["Longjing", "Pu-erh", "Tieguanyin"],
        )
    )
    got = {u.becomes: u.column for u in plan.uses}
    assert got == {
        "id": "商品编号", "title": "商品名称", "description": "简介", "image_url": "图片", "url": "链接", "popularity": "销量",
        "title_en": "english_name",
    }  # fmt: skip


def test_the_right_id_and_title_among_several():
    plan = infer(
        table(
            work_id=["9", "9", "9", "8"],
            book_id=["1", "2", "3", "4"],
            original_title=["Uno", "Dos", "Tres", "Cuatro"],
            title=["One", "Two", "Three", "Four"],
        )
    )
    assert (plan.column("id"), plan.column("title")) == ("book_id", "title")


def test_a_model_name_wants_its_brand():
    plan = infer(table(id=["1", "2", "3"], Company=["HP", "Dell", "HP"], Product=["250 G6", "XPS", "Spectre"]))
    assert (plan.column("brand"), plan.column("title")) == ("Company", "Product")
    assert [(f.name, f.show) for f in plan.facets] == [("company", False)]  # the title says it


def test_a_title_by_its_values_or_a_clear_question():
    plan = infer(table(code=["1", "2", "3"], what=["Green tea", "Black tea", "White tea"]))
    assert plan.column("title") == "what"
    with pytest.raises(BadInput, match=r"--title-field.*columns are: a, b"):
        infer(table(a=["1", "2"], b=["3", "4"]))


def test_named_fields_win_and_a_wrong_name_gets_a_hint():
    t = table(sku=["1", "2", "3"], name=["A1", "B1", "C1"], label=["Alpha", "Beta", "Gamma"])
    plan = infer(t, None, "sku", "label")
    assert (plan.column("id"), plan.column("title")) == ("sku", "label")
    with pytest.raises(BadInput, match='no column "labl" for the title; did you mean "label"'):
        infer(t, None, None, "labl")


def test_a_year_is_made_of_dates_where_there_is_none():
    plan = infer(table(id=["1", "2"], title=["A", "B"], released=["2020-01-05", "1999-03-04"]))
    assert [(f.name, f.type, f.role) for f in plan.facets] == [("year", "number", "year"), ("released", "date", None)]


def test_cards_tell_first_what_people_ask_for(tmp_path):
    t = table(id=["1", "2"], title=["A", "B"], gloss=["x", "x"], address=["p", "q"], price=["4", "5"], type=["m", "n"])
    assert [f.name for f in infer(t).facets] == ["type", "price", "gloss", "address"]
    plan = infer(t, declared(tmp_path, "facets:\n- {name: address}\n- {name: gloss}\n"))
    assert [f.name for f in plan.facets] == ["address", "gloss", "type", "price"]


def test_only_one_price_has_the_role():
    plan = infer(table(id=["1", "2"], title=["A", "B"], list_price=["5", "6"], price=["4", "5"]))
    assert {f.name: f.role for f in plan.facets} == {"list_price": None, "price": "price"}


def declared(tmp_path, text):
    path = tmp_path / "f.yaml"
    path.write_text(text, encoding="utf-8")
    return facets.read(path)


def test_what_is_declared_wins_and_the_rest_is_inferred(tmp_path):
    t = table(
        id=["1", "2", "3"],
        name=["A", "B", "C"],
        Kosten=["500", "600", "700"],
        aroma=["x", "y", "x"],
        secret=["p", "q", "p"],
    )
    plan = infer(
        t,
        declared(
            tmp_path,
            "fields: {title: name}\nignore: [secret]\nfacets:\n"
            "- {name: price, column: Kosten, type: number, role: price, unit: g, label: Gewicht}\n",
        ),
    )
    price, aroma = plan.facets
    assert (price.name, price.role, price.unit, price.label["en"]) == ("price", "price", "g", "Gewicht")
    assert price.units["kg"] == 1000
    assert "cheaper" in price.less["en"]  # not declared: inferred
    assert aroma.name == "aroma"
    assert next(u for u in plan.uses if u.column == "secret").becomes == "unused"


def test_a_declared_facet_without_a_column_is_told_with_its_line(tmp_path):
    t = table(id=["1", "2"], name=["A", "B"], price=["5", "6"])
    with pytest.raises(
        BadInput, match=r'f.yaml, line 2: facet "prise": there is no column "prise"; did you mean "price"'
    ):
        infer(t, declared(tmp_path, "facets:\n- name: prise\n"))


def test_facet_names_never_collide_with_item_fields():
    t = table(id=["1", "2"], title=["A", "B"], Title=["x", "y"], TITLE=["x", "x"])
    names = [f.name for f in infer(t).facets]
    assert len(set(names)) == len(names)
    assert "title" not in names


def test_hostile_columns_do_no_harm(tmp_path):
    path = tmp_path / "a.csv"
    evil = "__class__,<script>,'; DROP TABLE items;--,\x1b[31m,name\n" + "a,b,c,d,One\ne,f,g,h,Two\n"
    path.write_text(evil, encoding="utf-8")
    plan = infer(rows.read(path))
    assert all(f.name.replace("_", "").isalnum() for f in plan.facets)
