"""What names of columns and words of units mean."""

from __future__ import annotations

import pytest

from chatrec.importing.known import facet_key, field_rank, is_unused, known, labels_of, name_unit, plain, slug, unit_of
from chatrec.vocabulary import Facet


@pytest.mark.parametrize(
    ("name", "spoken", "facet"),
    [
        ("Price_euros", "price euros", "price_euros"),
        ("OpSys", "op sys", "op_sys"),
        ("Weight (kg)", "weight kg", "weight"),
        ("价格（元）", "价格 元", "价格"),
        ("人均 消费", "人均 消费", "人均_消费"),
        ("<b>x</b>", "b x b", "b_x_b"),
        ("***", "", "column"),
    ],
)
def test_names_in_plain(name, spoken, facet):
    assert (plain(name), slug(name)) == (spoken, facet)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("price", "price"), ("Price_euros", "price"), ("商品价格", "price"), ("average_rating", "rating"), ("ratings_1", None),
        ("ratings_count", None), ("original_publication_year", "year"), ("TypeName", "kind"), ("酒店类型", "kind"), ("茶类", "kind"),
        ("country of origin", "place"), ("authors", "person"), ("prep_time_minutes", "duration"), ("frobnication", None),
    ],
)  # fmt: skip
def test_what_a_column_speaks_of(name, key):
    assert facet_key(name) == key


def test_units_in_names_and_by_context():
    assert name_unit("weight (kg)").name == "kg"
    assert name_unit("price_usd").name == "$"
    assert name_unit("Inches").name == "inch"
    assert name_unit("m") is None  # one letter alone says nothing
    assert unit_of("分", prefer="time").name == "min"
    assert unit_of("furlong") is None


def test_labels_in_both_languages_where_they_are_known():
    assert labels_of("authors") == {"en": "authors", "zh": "作者"}
    assert labels_of("作者") == {"zh": "作者", "en": "author"}
    assert labels_of("is_organic") == {"en": "organic", "zh": "有机"}
    assert labels_of("weight (kg)") == {"en": "weight"}


def test_fields_and_what_is_left_out():
    assert field_rank("id", "id") == 0
    assert field_rank("title", "商品名称") is not None
    assert field_rank("title", "subtitle") is None
    assert all(is_unused(n) for n in ("isbn13", "work_id", "source_path", "thumbnail_width", "ratings_5"))
    assert not is_unused("color")


def test_the_table_itself_is_sound():
    table = known()
    for key, facet in table.facets.items():
        made = Facet(
            name=key,
            type=facet["type"],
            **{k: facet[k] for k in ("role", "label", "words", "more", "less", "cues") if k in facet},
        )
        assert not made.label or set(made.label) == {"en", "zh"}
    for units in table.families.values():
        assert all(u.factor > 0 and u.words and set(u.label) == {"en", "zh"} for u in units)
    names = [n for facet in table.facets.values() for n in facet["names"]]
    assert len(names) == len(set(names))
