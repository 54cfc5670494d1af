"""Whatever is in a file, an import ends in a catalogue or in one sentence."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatrec.errors import BadInput
from chatrec.importing import _read
from chatrec.importing.values import MOST_LIST, MOST_TITLE, MOST_VALUE
from chatrec.vocabulary import Catalog

CALM = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
WORDS = st.one_of(
    st.sampled_from(
        ["", "n/a", "1,299.00", "$5", "50-100元", "1.5kg", "yes", "2020-01-05", "a|b", "a, b", "红、蓝", "\x1b[31m", "\u202e", '"', "'; --"]
        + ["javascript:x", "https://a.example/x", "1e400", "-0", "NaN", "١٢٣", "½", "²", "9" * 30, "0x1F", "=cmd()", "{{x}}", "{x}", "%s"]
    ),
    st.text(max_size=12),
)  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(
        [
            "id",
            "title",
            "name",
            "price",
            "价格",
            "year",
            "tags",
            "url",
            "image",
            "rating",
            "popularity",
            "rank",
            "类型",
            "date",
        ]
    ),
    st.text(string.printable, max_size=8),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS)
CELLS = st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.dictionaries(NAMES, SCALARS, max_size=2))


def taken_in(path):
    """Read a file; check what must hold of anything that comes in."""
    try:
        catalog, items, report, _ = _read("things", path, None, None, None)
    except BadInput:
        return
    assert Catalog.model_validate(catalog.model_dump()) == catalog
    assert report.items == len(items) == len({i.id for i in items}) > 0
    assert report.rows == len(items) + len(report.skipped)
    names = [f.name for f in catalog.facets]
    assert len(set(names)) == len(names)
    for item in items:
        assert item.id
        assert 0 < len(item.title) <= MOST_TITLE + 61
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in item.title)
        assert 0 <= item.popularity <= 1
        assert all(u is None or u.lower().startswith(("http://", "https://")) for u in (item.url, item.image_url))
        for name, value in item.attributes.items():
            facet = catalog.facet(name)
            assert facet is not None
            assert isinstance(value, tuple) is facet.many
            for one in item.values(name):
                expected = {"number": (int, float), "bool": bool}.get(facet.type, str)
                assert isinstance(one, expected)
            assert len(item.values(name)) <= MOST_LIST
            if facet.type == "category":
                assert all(0 < len(x) <= MOST_VALUE for x in item.values(name))
    json.dumps([i.attributes for i in items], allow_nan=False)


@CALM
@given(
    st.lists(NAMES, min_size=1, max_size=5),
    st.lists(st.lists(WORDS, min_size=1, max_size=6), max_size=8),
    st.sampled_from(",;|\t"),
)
def test_any_csv(tmp_path, names, rows, sign):
    path = tmp_path / "a.csv"
    lines = [sign.join(names), *(sign.join(r[: len(names)]) for r in rows)]
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    taken_in(path)


@CALM
@given(st.lists(st.dictionaries(NAMES, CELLS, max_size=5), max_size=8))
def test_any_json(tmp_path, entries):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(entries))
    taken_in(path)


@CALM
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.json", "a.jsonl", "a", "a.csv.gz"]))
def test_any_bytes(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data)
    taken_in(path)


@pytest.mark.parametrize("name", ["id,title,price", "编号,名称,价格"])
def test_formulas_and_templates_are_text(tmp_path, name):
    path = tmp_path / "a.csv"
    path.write_text(f'{name}\n1,=HYPERLINK("x"),5\n2,{{{{7*7}}}},6\n3,%s {{0}} ${{x}},7\n', encoding="utf-8")
    _, items, _, _ = _read("things", path, None, None, None)
    assert [i.title for i in items] == ['=HYPERLINK("x")', "{{7*7}}", "%s {0} ${x}"]
