"""Conversations from a file: what is used, what is told, and that a bad file changes nothing."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chatrec.errors import BadInput
from chatrec.importing import add, hear
from chatrec.importing.dialogues import read
from chatrec.store import Store

IDS = frozenset({"a", "b", "c"})


def talk(id_: Any, **more: Any) -> dict[str, Any]:
    said = [{"role": "user", "content": "something quiet", "item_ids": ["a"]}, {"role": "assistant", "content": "b?"}]
    return {"id": id_, "messages": said, "accepted": ["b"], **more}


def written(tmp_path: Path, lines: list[Any], name: str = "talks.jsonl") -> Path:
    path = tmp_path / name
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["talks.jsonl", "talks.jsonl.gz"])
def test_a_good_file(tmp_path: Path, name: str) -> None:
    talks, heard = read(written(tmp_path, [talk("1", user_id="ana", rejected=["c", "b"]), "", talk(2)], name), IDS)
    assert [t.id for t in talks] == ["1", "2"]
    assert (talks[0].person_id, talks[1].person_id) == ("ana", None)
    assert talks[0].messages[0] == {"role": "user", "content": "something quiet", "item_ids": ["a"]}
    assert talks[0].accepted == ("b",)
    assert talks[0].rejected == ("c",), "what was accepted in the end was not rejected"
    assert (heard.rows, heard.used, heard.messages, heard.people, heard.items) == (2, 2, 4, 1, 3)
    assert not heard.skipped


def test_what_is_left_out_is_told_with_its_line(tmp_path: Path) -> None:
    lines = [
        talk("ok"),
        "{not json",
        [1],
        {"messages": talk("x")["messages"]},
        talk("quiet", messages=[]),
        talk("odd", messages=[{"role": "system", "content": "x"}]),
        talk("elsewhere", messages=[{"role": "user", "content": "hm", "item_ids": ["z"]}], accepted=["y"]),
        talk("ok"),
        talk("list", accepted="b"),
        talk("mute", messages=[{"role": "user", "content": "\u200b "}]),
    ]
    talks, heard = read(written(tmp_path, lines), IDS)
    assert [t.id for t in talks] == ["ok"]
    assert sum(heard.skipped.values()) == 9
    assert heard.lines["not valid JSON"] == [2]
    assert heard.lines["an id that was there before"] == [8]
    assert heard.lines["no item of the catalogue comes up in it"] == [7]
    assert set(heard.unknown) == {"y", "z"}
    out = StringIO()
    heard.show(Console(file=out, width=200))
    assert "10 conversations read, 1 used" in out.getvalue()
    assert "not valid JSON (line 2)" in out.getvalue()
    assert "2 items are not in the catalogue" in out.getvalue()
    assert heard.as_dict()["unknown_items"] == 2


@pytest.mark.parametrize("lines", [[], ["{"], [talk("1", accepted=["z"], messages=[{"role": "user", "content": "x"}])]])
def test_nothing_usable_is_an_error_of_one_sentence(tmp_path: Path, lines: list[Any]) -> None:
    with pytest.raises(BadInput, match=r"talks\.jsonl has no conversation that can be used"):
        read(written(tmp_path, lines), IDS)


def test_a_broken_gz_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, [talk(n) for n in range(50)], "talks.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match="can't be read"):
        read(path, IDS)
    with pytest.raises(BadInput, match="There is no file"):
        read(tmp_path / "nowhere.jsonl", IDS)


async def test_a_bad_file_changes_nothing(tmp_path: Path) -> None:
    shop = tmp_path / "shop.csv"
    shop.write_text("id,title\na,Alpha\nb,Beta\nc,Gamma\n")
    log = tmp_path / "log.csv"
    log.write_text("user_id,item_id,kind\nu,a,like\n")
    store = await Store.open(f"sqlite:///{tmp_path / 'db'}")
    await store.migrate()
    try:
        good, bad = written(tmp_path, [talk("1")]), written(tmp_path, ["{"], "bad.jsonl")
        with pytest.raises(BadInput):
            await add(store, "shop", shop, dialogues=bad)
        assert await store.items.catalogs() == []
        report = await add(store, "shop", shop, dialogues=good)
        assert report.dialogues.used == 1
        before = await store.talks.told("shop")
        with pytest.raises(BadInput):
            await hear(store, "shop", bad, interactions=log)
        with pytest.raises(BadInput):
            await hear(store, "shop", good, interactions=tmp_path / "nowhere.csv")
        assert await store.talks.told("shop") == before
        assert len(await store.interactions.log("shop")) == 0
        heard, tally = await hear(store, "shop", good, interactions=log)
        assert (heard.used, tally.used if tally else 0) == (1, 1)
    finally:
        await store.close()
