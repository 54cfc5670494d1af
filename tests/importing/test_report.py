"""The report of an import, for a person and for a program."""

from __future__ import annotations

import io
import json

from rich.console import Console

from chatrec.importing import _read


def printed(report):
    out = io.StringIO()
    report.show(Console(file=out, width=120, force_terminal=False))
    return out.getvalue()


def test_it_is_readable_and_prints_nothing_as_markup(tmp_path):
    path = tmp_path / "evil.csv"
    rows = "".join(f"{n},[bold red]T{n}[/],{n}\n" for n in range(30)) + "x\n" * 20 + "1,again,1\n"
    path.write_text("id,name,[link=https://evil.example]price[/link]\n" + rows)
    report = _read("evil", path, None, None, None)[2]
    text = printed(report)
    assert "51 rows read, 21 skipped (csv, utf-8, comma)" in text
    assert "[link=https://evil.example]price[/link]" in text
    assert "skipped: line 32: 1 fields where the header names 3" in text
    assert "an id that was there before" in text
    assert "missing: description" in text


def test_what_became_of_each_column_and_what_was_left_out(tmp_path):
    path = tmp_path / "teas.csv"
    lines = (
        "".join(f"{n},Tea {n},{n}kg,javascript:x,isbn{n}\n" for n in range(1, 30))
        + "30,Tea 30,ask,https://a.example/1,i\n" * 1
    )
    path.write_text("id,name,weight,url,isbn\n" + lines)
    report = _read("teas", path, None, None, None)[2]
    text = printed(report)
    assert "facet weight (number, kg)" in text
    assert "nothing to ask for" in text
    assert "1 cells of weight are not a number of kg and were left out, like 'ask'." in text
    data = json.loads(json.dumps(report.as_dict()))
    assert data["columns"]["weight"] == "facet weight (number, kg)"
    assert data["items"] == data["rows"] == 30
    assert data["facets"] == ["weight"]
