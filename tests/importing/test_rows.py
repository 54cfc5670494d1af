"""Files as they are: encodings, separators, quotes that never close, broken JSON, bombs."""

from __future__ import annotations

import gzip
import json
import time

import pytest

from chatrec.errors import BadInput
from chatrec.importing import rows


def write(tmp_path, name, data, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def test_a_plain_csv(tmp_path):
    table = rows.read(write(tmp_path, "a.csv", 'id,name,note\n1,One,"a, b"\n2,"Two ""x""",\n'))
    assert table.columns == ["id", "name", "note"]
    assert table.rows == [
        (2, {"id": "1", "name": "One", "note": "a, b"}),
        (3, {"id": "2", "name": 'Two "x"', "note": ""}),
    ]
    assert (table.encoding, table.separator, table.skipped) == ("utf-8", "comma", [])


@pytest.mark.parametrize(
    ("encoding", "text", "told"),
    [
        ("utf-8-sig", "id,name\n1,Café 绿茶\n", "utf-8-sig"),
        ("utf-16", "id,name\n1,Café 绿茶\n", "utf-16"),
        ("latin-1", "id,name\n1,Crème brûlée à la façon du thé\n2,Müller\n", "cp1252"),
        ("cp1252", "id,name\n1,“Crème” – 5 €\n", "cp1252"),
        ("gb18030", "编号,名称\n1,西湖龙井绿茶\n2,铁观音 Oolong\n", "gb18030"),
    ],
)
def test_encodings_are_found(tmp_path, encoding, text, told):
    table = rows.read(write(tmp_path, "a.csv", text, encoding))
    assert table.encoding == told
    first = text.splitlines()
    assert table.columns == first[0].split(",")
    assert list(table.rows[0][1].values()) == first[1].split(",")


def test_a_broken_byte_in_utf8_costs_its_row_not_the_file(tmp_path):
    lines = [f"{n},绿茶龙井{n}".encode() for n in range(1, 21)]
    lines[4] = b"5,\xe7\xbb\xff\xfe"
    table = rows.read(write(tmp_path, "a.csv", b"id,name\n" + b"\n".join(lines)))
    assert table.encoding == "utf-8"
    assert len(table.rows) == 19
    assert [(s.line, "decoded" in s.reason) for s in table.skipped] == [(6, True)]


@pytest.mark.parametrize(("sign", "told"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_separators_are_found(tmp_path, sign, told):
    text = "\n".join(sign.join(r) for r in [["id", "name", "text"], ["1", "A", "x y"], ["2", "B", "z"]])
    table = rows.read(write(tmp_path, "a.csv", text))
    assert (table.separator, table.columns, len(table.rows)) == (told, ["id", "name", "text"], 2)


def test_semicolons_with_commas_inside(tmp_path):
    table = rows.read(write(tmp_path, "a.csv", "sep=;\nid;name;price\n1;Tea, green;1,50\n2;Tea, black;2,50\n"))
    assert table.separator == "semicolon"
    assert table.rows[0][1] == {"id": "1", "name": "Tea, green", "price": "1,50"}


def test_broken_rows_are_told_with_line_and_reason(tmp_path):
    text = 'id,name,price\n1,A,2\n2,B\n3,C,4,5\n\n4,"never closed,5\n5,E,6\n6,"F\nline two",7\n7,G,8,,\n'
    table = rows.read(write(tmp_path, "a.csv", text))
    assert [c["id"] for _, c in table.rows] == ["1", "5", "6", "7"]
    assert dict(table.rows)[8]["name"] == "F\nline two"
    assert [(s.line, s.reason) for s in table.skipped] == [
        (3, "2 fields where the header names 3"),
        (4, "4 fields where the header names 3"),
        (6, "a quote that is not closed"),
    ]


def test_an_inch_sign_is_no_quote(tmp_path):
    table = rows.read(write(tmp_path, "a.csv", 'id,size,name\n1,15.6",A\n2,14",B\n'))
    assert [c["size"] for _, c in table.rows] == ['15.6"', '14"']
    assert table.skipped == []


def test_thousands_of_stray_quotes_are_read_in_time(tmp_path):
    text = "id,name\n" + "\n".join(f'{n},"stray {n}' for n in range(20_000)) + "\n1,fine\n"
    began = time.perf_counter()
    table = rows.read(write(tmp_path, "a.csv", text))
    assert time.perf_counter() - began < 10
    assert table.rows[-1][1] == {"id": "1", "name": "fine"}
    assert len(table.skipped) >= 19_990


def test_columns_get_names_each_once(tmp_path):
    table = rows.read(write(tmp_path, "a.csv", "id,name,name,,x,\n1,a,b,c,d,\n"))
    assert table.columns == ["id", "name", "name 2", "column 4", "x"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.ndjson.gz"])
def test_jsonl_by_name_or_by_content(tmp_path, name):
    data = b'{"id": 1, "name": "A"}\nnot json\n[1]\n{"id": 2, "name": "B", "big": 123456789012345678901}\n{"id": 3, "x": NaN}\n'
    table = rows.read(write(tmp_path, name, gzip.compress(data) if name.endswith("gz") else data))
    assert table.kind == "jsonl"
    assert [(n, c["id"]) for n, c in table.rows] == [(1, 1), (4, 2), (5, 3)]
    assert table.rows[1][1]["big"] == "123456789012345678901"
    assert table.rows[2][1]["x"] is None
    assert [s.line for s in table.skipped] == [2, 3]


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        ([{"id": "a", "n": 1}, {"id": "b", "n": 2}], ["a", "b"]),
        ({"items": [{"id": "a"}, {"id": "b"}], "total": 2}, ["a", "b"]),
        ({"a": {"name": "A"}, "b": {"name": "B"}}, ["a", "b"]),
    ],
)
def test_shapes_of_json(tmp_path, data, ids):
    table = rows.read(write(tmp_path, "a.json", json.dumps(data)))
    assert [c["id"] for _, c in table.rows] == ids
    assert table.place == "entry"


def test_pairs_and_nested_objects(tmp_path):
    data = [["故宫", {"名称": "故宫", "price": {"amount": 60, "currency": "CNY"}}]]
    table = rows.read(write(tmp_path, "a.json", json.dumps(data)))
    assert table.rows[0][1] == {"key": "故宫", "名称": "故宫", "price amount": 60, "price currency": "CNY"}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"   \n\n", "is empty"),
        ("a.csv", b"id,name\n", "no row"),
        ("a.csv", b"id,name\n1\n2\n", "line 2: 1 fields"),
        ("a.csv", b"1,2,3\n4,5,6\n", "must name the columns"),
        ("a.csv", b"\x00\x01\x02" * 100, "not a text file"),
        ("a.json", b'{"a": [1, 2', "not valid JSON: line 1"),
        ("a.json", b"3", "no list of objects"),
        ("a.json", b"[1, 2, 3]", "entry 1: a int"),
        ("a.json", b"[" * 100_000, "not JSON that can be read"),
        ("a.jsonl", b"x\ny\n", "line 1: not valid JSON"),
        ("a.csv.gz", b"\x1f\x8bbroken", "can't be read"),
        ("a.xlsx", b"PK", "CSV"),
        ("a.parquet", b"PAR1", "a Parquet file that can't be read"),
        ("a.csv", b"PK\x03\x04rest", "save the sheet as CSV"),
        ("a.csv", b"%PDF-1.7", "a PDF file"),
    ],
)
def test_a_file_that_cannot_be_used_says_so_in_one_sentence(tmp_path, name, data, words):
    with pytest.raises(BadInput) as error:
        rows.read(write(tmp_path, name, data))
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(BadInput, match="There is no file"):
        rows.read(tmp_path / "nothing.csv")
    with pytest.raises(BadInput, match="is a folder"):
        rows.read(tmp_path)


def test_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "MOST_ROWS", 10)
    monkeypatch.setattr(rows, "MOST_BYTES", 5_000)
    with pytest.raises(BadInput, match="more than 10 rows"):
        rows.read(write(tmp_path, "a.csv", "id,name\n" + "1,a\n" * 11))
    with pytest.raises(BadInput, match="holds more than"):
        rows.read(write(tmp_path, "bomb.csv.gz", gzip.compress(b"id,name\n" + b"x" * 1_000_000)))
    with pytest.raises(BadInput, match="columns"):
        rows.read(write(tmp_path, "wide.csv", ",".join(f"c{n}" for n in range(500)) + "\n1\n"))


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.csv", '[{"id": "1", "name": "A"}]', "json"),
        ("a.csv", '{"id": "1", "name": "A"}\n{"id": "2", "name": "B"}\n', "jsonl"),
        ("a.jsonl", '[\n {"id": "1", "name": "A"}\n]', "json"),
        ("a.json", '{"id": "1", "name": "A"}\n{"id": "2", "name": "B"}\n', "jsonl"),
        ("a.json", "id,name\n1,A\n2,B\n", "csv"),
        ("a.jsonl", "id;name\n1;A\n", "csv"),
        ("a.tsv", "id,name\n1,A\n", "csv"),
        ("a.parquet", "id,name\n1,A\n", "csv"),
        ("a.dat", "id\tname\n1\tA\n", "csv"),
        ("a", '{"id": "1", "name": "A"}', "json"),
        ("a.csv", "[id],[name]\n1,A\n", "csv"),
    ],
)
def test_what_a_file_holds_decides_not_its_name(tmp_path, name, data, kind):
    table = rows.read(write(tmp_path, name, data))
    assert table.kind == kind
    assert list(table.rows[0][1].values()) == ["1", "A"]
