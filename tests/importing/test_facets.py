"""A facet file says what a catalogue is made of; a typo in it is told with file, line and what is allowed."""

from __future__ import annotations

import pytest

from chatrec.errors import BadInput
from chatrec.importing.facets import read, read_catalog
from chatrec.settings import ROOT


def write(tmp_path, text):
    path = tmp_path / "tea.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_short_and_full_forms_mean_the_same(tmp_path):
    short = write(
        tmp_path,
        "title: 茶\nfacets:\n  - name: price\n    type: number\n    label: Price\n    words: 预算\n"
        "    more: [dearer, no]\n    units: {元: 1, k: 1e3}\n    step: 5\n  - {name: kind, type: category, values: [Green, 2]}\n",
    )
    catalog = read_catalog(short, "teas")
    assert (catalog.name, catalog.title) == ("teas", {"zh": "茶"})
    price, kind = catalog.facets
    assert (price.label, price.words, price.more) == ({"en": "Price"}, {"zh": ["预算"]}, {"en": ["dearer", "no"]})
    assert (price.units, price.step) == ({"元": 1.0, "k": 1000.0}, 5.0)
    assert kind.values == {"Green": {}, "2": {}}


def test_columns_fields_and_ignored_ones(tmp_path):
    declared = read(
        write(tmp_path, "fields: {title: product}\nignore: [x]\nfacets:\n- {name: price, column: Preis (EUR)}\n")
    )
    assert declared.fields == {"title": "product"}
    assert declared.ignore == ("x",)
    assert (declared.facets[0].name, declared.facets[0].column, declared.facets[0].line) == ("price", "Preis (EUR)", 4)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("facets:\n- name: price\n  lable: x", 3, ['"lable"', 'did you mean "label"', "allowed: name, type"]),
        ("facets:\n- name: price\n  type: nubmer", 3, ['did you mean "number"', "category, number, date, text, bool"]),
        ("facets:\n- name: price\n  role: prise", 3, ['did you mean "price"', "duration"]),
        ("facets:\n- name: price\n  label: {cn: x}", 3, ['"cn"', "en, zh"]),
        ("facets:\n- name: price\n  units: {kg: heavy}", 3, ["units.kg", "number"]),
        ("facets:\n- name: price\n  many: maybe", 3, ["many", "boolean"]),
        ("facets:\n- name: a\n- name: b\n- name: a", 4, ['"a" is declared twice', "line 2"]),
        ("facets:\n- name: a\n  name: b", 3, ["written twice"]),
        ("facets:\n- name: title", 2, ["field of every item"]),
        ("facets:\n- type: text", 2, ["needs a name"]),
        ("facets:\n- name: a b", 2, ["letters, digits"]),
        ("facets:\n- price", 2, ["mapping"]),
        ("facets: price", 1, ["list"]),
        ("facetz: []", 1, ['did you mean "facets"']),
        ("version: 3", 1, ["not a key of a catalogue"]),
        ("fields: {titel: x}", 1, ['did you mean "title"']),
        ("a: b: c", 1, ["not valid YAML"]),
        ("- a", 1, ["mapping"]),
        ("facets:\n- name: a\n  type: number\n  values: {x: {}}", 4, ["category"]),
    ],
)
def test_a_typo_is_told_with_file_line_and_what_is_allowed(tmp_path, text, line, words):
    with pytest.raises(BadInput) as error:
        read(write(tmp_path, text))
    message = str(error.value)
    assert message.startswith(f"tea.yaml, line {line}: ")
    for word in words:
        assert word in message
    assert "\n" not in message


def test_tags_are_never_run(tmp_path):
    declared = read(write(tmp_path, "facets:\n- name: !!python/object/apply:os.system a\n"))
    assert declared.facets[0].name == "a"


def test_a_packaged_facet_needs_its_type(tmp_path):
    with pytest.raises(BadInput, match="has no type; allowed: category"):
        read_catalog(write(tmp_path, "facets:\n- name: price\n"), "teas")


def test_bombs_and_missing_files(tmp_path):
    laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(BadInput, match="too much"):
        read(write(tmp_path, laughs))
    with pytest.raises(BadInput, match="There is no file"):
        read(tmp_path / "none.yaml")
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(BadInput, match="UTF-8"):
        read(tmp_path / "b.yaml")


@pytest.mark.parametrize(
    "folder", sorted(p.parent for p in (ROOT / "catalog").glob("*/facets.yaml")), ids=lambda p: p.name
)
def test_the_packaged_ones_are_sound(folder):
    catalog = read_catalog(folder / "facets.yaml", folder.name)
    assert catalog.facets
    assert all(f.label.get("en") and f.label.get("zh") for f in catalog.facets)
