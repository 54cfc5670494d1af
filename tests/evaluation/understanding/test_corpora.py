"""The readers of the public corpora, on a hand-made grain of each format and on the real files where they lie beside the checkout."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from chatrec.evaluation.understanding import crosswoz, risawoz, sgd
from chatrec.evaluation.understanding.figures import figures
from chatrec.evaluation.understanding.labels import LabelledSet, part_of
from chatrec.evaluation.understanding.runner import run
from tests.conftest import need_data


def act(name: str, slot: str = "", said: str = "", canonical: str = "") -> dict[str, Any]:
    return {
        "act": name,
        "slot": slot,
        "values": [said] if said else [],
        "canonical_values": [canonical or said] if said else [],
    }


def turn(
    speaker: str, text: str, *acts: dict[str, Any], service: str = "Hotels_1", results: Any = ()
) -> dict[str, Any]:
    return {
        "speaker": speaker,
        "utterance": text,
        "frames": [{"service": service, "actions": list(acts), "service_results": list(results)}],
    }


def sgd_folder(folder: Path) -> Path:
    hotel = {
        "hotel_name": "The Inn",
        "destination": "Ulm",
        "star_rating": "3",
        "has_wifi": "True",
        "price_per_night": "90",
    }
    turns = [
        turn("USER", "a hotel in Ulm", act("INFORM_INTENT", "intent", "SearchHotel"), act("INFORM", "destination", "Ulm")),
        turn("SYSTEM", "The Inn?", act("OFFER", "hotel_name", "The Inn"), results=[hotel]),
        turn("USER", "with wifi, any stars, 2 rooms", act("INFORM", "has_wifi", "True"), act("INFORM", "star_rating", "dontcare"), act("INFORM", "number_of_rooms", "2")),
        turn("SYSTEM", "Sunny.", act("OFFER"), service="Weather_1"),
        turn("USER", "its address?", act("REQUEST", "street_address")),
        turn("USER", "book it", act("SELECT")),
        turn("USER", "thanks", act("THANK_YOU")),
    ]  # fmt: skip
    dialogue = {"dialogue_id": "1_00000", "services": ["Hotels_1", "Weather_1"], "turns": turns}
    (folder / "dialogues_001.json").write_text(json.dumps([dialogue]), "utf-8")
    return folder


def test_schema_guided_dialogues(tmp_path: Path) -> None:
    found = sgd.read(sgd_folder(tmp_path))
    [dialogue] = found.dialogues
    assert (dialogue.id, dialogue.group, dialogue.language) == ("1_00000 Hotels_1", "1_00000", "en")
    first, second, third, fourth, last = dialogue.turns
    assert [(g.facet, g.op, g.value) for g in first.wishes] == [("destination", "=", "Ulm")]
    assert first.kind == ("recommend", "ask")
    assert [(g.facet, g.op, g.value) for g in second.wishes] == [("has_wifi", "=", True)]
    assert second.drops == ("star_rating",)
    assert second.before is not None
    assert second.before.kind == "recommend"
    assert len(second.before.shown) == 1
    assert (third.kind, fourth.kind, last.kind) == (("lookup",), (), ("converse", "noted"))
    assert found.left_out == {"values of a booking, or an item's name": 1}
    [item] = found.grounds["Hotels_1"].items
    assert item.title == "The Inn"
    assert item.attributes["star_rating"] == 3
    assert item.attributes["has_wifi"] is True


def test_spellings_of_the_judge_part_stay_unknown(tmp_path: Path) -> None:
    """The catalogue knows the canonical value of every dialogue, but other spellings only of those that rules are written on."""

    def said(dialogue: str, word: str) -> dict[str, Any]:
        spoken = turn("USER", word, act("INFORM", "genre", word, "Comedy"), service="Media_2")
        return {"dialogue_id": dialogue, "services": ["Media_2"], "turns": [spoken]}

    corpus = [said("1_00000", "comic"), said("1_00003", "funny")]
    assert [part_of("sgd", d["dialogue_id"]) for d in corpus] == ["write", "judge"]
    (tmp_path / "dialogues_001.json").write_text(json.dumps(corpus), "utf-8")
    genre = sgd.read(tmp_path).grounds["Media_2"].catalog.facet("genre")
    assert genre is not None
    assert genre.values == {"Comedy": {"en": ["Comedy", "comic"]}}


def crosswoz_folder(folder: Path) -> Path:
    (folder / "database").mkdir()
    rows = {
        "restaurant_db.json": [["面馆", {"名称": "面馆", "推荐菜": ["炸酱面", "凉面"], "人均消费": 30, "评分": 4.5, "周边景点": ["公园"]}]],
        "hotel_db.json": [["旅店", {"名称": "旅店", "酒店类型": "经济型", "酒店设施": ["叫醒服务"], "价格": 300, "评分": None}]],
        "attraction_db.json": [["公园", {"名称": "公园", "门票": 0, "游玩时间": "2小时 - 1天", "评分": 4.7}]],
    }  # fmt: skip
    for name, content in rows.items():
        (folder / "database" / name).write_text(json.dumps(content), "utf-8")

    def says(text: str, *acts: list[str], role: str = "usr") -> dict[str, Any]:
        return {"role": role, "content": text, "dialog_act": list(acts)}

    messages = [
        says("吃炸酱面，50元以下", ["Inform", "餐馆", "推荐菜", "炸酱面"], ["Inform", "餐馆", "人均消费", "50元以下"], ["Request", "餐馆", "名称", ""]),
        says("面馆", ["Inform", "餐馆", "名称", "面馆"], role="sys"),
        says("电话？", ["Request", "餐馆", "电话", ""]),
        says("免费的景点，玩2小时 - 3小时，还要住有叫醒服务的酒店", ["Inform", "景点", "门票", "免费"], ["Inform", "酒店", "酒店设施-叫醒服务", "是"]),
        says("免费的景点，玩2小时 - 3小时", ["Inform", "景点", "门票", "免费"], ["Inform", "景点", "游玩时间", "2小时 - 3小时"]),
        says("打车", ["Inform", "出租", "出发地", "面馆"]),
        says("谢谢", ["General", "thank", "none", "none"]),
    ]  # fmt: skip
    with zipfile.ZipFile(folder / "val.json.zip", "w") as packed:
        packed.writestr("val.json", json.dumps({"7": {"messages": messages}}))
    return folder


def test_crosswoz(tmp_path: Path) -> None:
    found = crosswoz.read(crosswoz_folder(tmp_path))
    eating, seeing = found.dialogues
    assert (eating.id, eating.group, seeing.id) == ("7 餐馆", "7", "7 景点")
    first, second = eating.turns
    assert [(g.facet, g.op, g.value) for g in first.wishes] == [
        ("推荐菜", "contains", "炸酱面"),
        ("人均消费", "<=", 50),
    ]
    assert first.wishes[1].alternatives[0].op == "<"
    assert second.kind == ("lookup",)
    assert second.before is not None
    assert second.before.shown == ("restaurant-0",)
    free, thanks = seeing.turns
    assert [(g.facet, g.op, g.value) for g in free.wishes] == [("门票", "=", 0), ("游玩时间", "between", [2, 3])]
    assert thanks.kind == ("converse", "noted")
    assert found.left_out == {"turns about two kinds of places": 1, "turns about taxis and the underground": 1}
    [park] = found.grounds["景点"].items
    assert park.attributes["游玩时间"] == (2.0, 24.0)
    assert park.attributes["门票"] == 0


@pytest.mark.parametrize(
    ("corpus", "reader", "least_f1", "least_exact"),
    [("sgd", sgd.read, 0.9, 0.85), ("crosswoz", crosswoz.read, 0.9, 0.85)],
)
async def test_the_code_reader_on_the_part_that_judges(
    corpus: str, reader: Any, least_f1: float, least_exact: float
) -> None:
    """The aim of the project: F1 of .90 of what people state in the turn, .75 of the turns that state something wholly right."""
    found: LabelledSet = reader(need_data(corpus), "judge")
    told = figures((await run(found)).scores)
    assert (told["F1"].value or 0) >= least_f1
    assert (told["exact turns that state something"].value or 0) >= least_exact


def test_computers_of_risawoz() -> None:
    found = risawoz.read(need_data("risawoz"))
    assert len(found.dialogues) == 6
    assert sum(len(d.turns) for d in found.dialogues) > 20
    assert any(t.wishes for d in found.dialogues for t in d.turns)
