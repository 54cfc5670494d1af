"""Rows become items; what can't be held is left out and counted."""

from __future__ import annotations

import pytest

from chatrec.importing import rows
from chatrec.importing.facets import Declared
from chatrec.importing.infer import infer
from chatrec.importing.items import make_catalog, make_items


def made_of(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    table = rows.read(path)
    plan = infer(table)
    return make_items(table, plan), plan


def test_values_are_typed(tmp_path):
    made, _ = made_of(
        tmp_path,
        "id,name,price,weight,tags,organic,released,country,description\n"
        '1,Longjing,"$1,299.00",0.5kg,green|fresh,yes,2020-01-05,CN,<b>Fresh</b> &amp; green\n'
        "2,Assam,$5,250g,black,no,2019-05-01,India,Malty\n"
        "3,Sencha,7.50,100g,green|Fresh,yes,,JP,Grassy\n",
    )
    first, second, third = made.items
    assert first.attributes == {
        "price": 1299, "weight": 500, "tags": ("green", "fresh"), "organic": True, "released": "2020-01-05", "country": "China",
        "year": 2020,
    }  # fmt: skip
    assert first.description == "Fresh & green"
    assert second.attributes["weight"] == 250
    assert third.attributes["tags"] == ("green", "fresh")  # one spelling of a value
    assert third.attributes["country"] == "Japan"
    assert "released" not in third.attributes


def test_duplicates_and_unusable_rows(tmp_path):
    made, _ = made_of(tmp_path, "id,name,x\n1,A,p\n1,B,q\n,C,p\n2,,q\n3,None,p\n4,D,q\n5,E,p\n6,F,q\n7,G,p\n8,H,q\n")
    assert [i.id for i in made.items] == ["1", "3", "4", "5", "6", "7", "8"]
    assert made.items[0].title == "A"
    assert [(s.line, s.reason) for s in made.skipped] == [
        (3, "id 1 is already in line 2"),
        (4, "no id"),
        (5, "no title"),
    ]


def test_ids_from_titles_where_there_are_none(tmp_path):
    made, _ = made_of(tmp_path, "name,price\nGreen Tea,5\nGreen Tea,6\nGreen Tea,5\n绿茶 2号,7\n")
    assert [i.id for i in made.items] == ["green-tea", "green-tea-2", "绿茶-2号"]
    assert made.skipped[0].reason == "the same as line 2"


def test_unsafe_addresses_and_control_characters_go(tmp_path):
    made, _ = made_of(
        tmp_path,
        "id,name,image,url\n1,A\x1b[2Jb,https://x.example/1.png,https://x.example/1\n2,B\u202e,javascript:alert(1),https://x.example/2\n"
        "3,C,data:image/png;base64_x,https://x.example/3\n4,D,https://x.example/4.png,https://x.example/4\n5,E,https://x.example/5.png,\n",
    )
    assert [i.image_url for i in made.items[:3]] == ["https://x.example/1.png", None, None]
    assert [i.title for i in made.items[:2]] == ["A[2Jb", "B"]
    assert made.addresses_dropped == 2


def test_lengths_are_capped(tmp_path):
    made, _ = made_of(tmp_path, f"id,name,description\n1,{'A' * 9000},{'d ' * 90000}\n2,B,short text\n3,C,short text\n")
    assert len(made.items[0].title) <= 300
    assert len(made.items[0].description) <= 6000


def test_cells_a_facet_cannot_hold_are_counted(tmp_path):
    lines = "".join(f"{n},T{n},{n}kg\n" for n in range(1, 20))
    made, _ = made_of(tmp_path, "id,name,weight\n" + lines + "20,T20,ask us\n21,T21,5 pieces\n")
    assert made.odd == {"weight": ["ask us", "5 pieces"]}
    assert "weight" not in made.items[-1].attributes


def test_popularity_from_counts_ranks_and_shares(tmp_path):
    made, _ = made_of(tmp_path, "id,name,sales\n1,A,10\n2,B,1000\n3,C,500\n4,D,\n")
    assert [i.popularity for i in made.items] == [0.0, 1.0, 0.5, 0.0]
    made, _ = made_of(tmp_path, "id,name,rank\n1,A,1\n2,B,2\n3,C,3\n")
    assert [i.popularity for i in made.items] == [1.0, 0.5, 0.0]
    made, _ = made_of(tmp_path, "id,name,popularity\n1,A,0.2\n2,B,0.9\n")
    assert [i.popularity for i in made.items] == [0.2, 0.9]
    made, _ = made_of(tmp_path, "id,name\n1,A1\n2,B1\n")
    assert [i.popularity for i in made.items] == [0.0, 0.0]


def test_titles_and_descriptions_per_language(tmp_path):
    made, _ = made_of(
        tmp_path,
        "id,name,name_zh,description,description_zh\n1,Green tea,绿茶,A fresh tea,清新的茶\n2,Black tea,红茶,Strong,浓茶\n",
    )
    item = made.items[0]
    assert (item.title_in("zh"), item.title_in("en")) == ("绿茶", "Green tea")
    assert (item.description_in("zh"), item.description_in("en")) == ("清新的茶", "A fresh tea")


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("laptops", ["laptop", "laptops"]),
        ("my-berries", ["berry", "berries"]),
        ("movies", ["movie", "movies"]),
        ("dishes", ["dish", "dishes"]),
        ("glass", ["item", "items"]),
        ("shop", ["item", "items"]),
        ("x1", ["item", "items"]),
    ],
)
def test_a_plural_name_says_what_items_are_called(name, noun):
    assert make_catalog(name, Declared(""), (), [], "v").noun == {"en": noun, "zh": ["东西"]}


def test_a_catalogue_tells_what_it_can(tmp_path):
    made, plan = made_of(
        tmp_path, "id,name,type,price,rating\n1,A,Green,$5,4\n2,B,Black,$7,5\n3,C,Green,$9,3\n4,D,Green,$8,3\n"
    )
    catalog = make_catalog("fine-teas", Declared(""), plan.facets, made.items, "v1")
    assert catalog.title == {"en": "Fine teas"}
    assert catalog.facet("type").values == {"Green": {}, "Black": {}}
    assert (catalog.version, catalog.items) == ("v1", 4)
    assert catalog.starters["en"][:2] == ["I'm looking for Green", "I'm looking for Black"]
    assert "Something under $8" in catalog.starters["en"]
    assert "有什么评分高的？" in catalog.starters["zh"]
