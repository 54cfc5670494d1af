"""RiSAWOZ (Quan et al., EMNLP 2020) in the Chinese few-shot turns of X-RiSAWOZ, its dialogues about computers, as labelled dialogues.

Knows: its files, how its state is written. Does not know: how anything is read.

Wishes: what the state gained in a turn. Few dialogues (six): their figures are told, nothing rests on them.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chatrec.errors import BadInput
from chatrec.evaluation.understanding.labels import (
    Before,
    Form,
    Gold,
    Ground,
    Labelled,
    LabelledSet,
    LabelledTurn,
    Part,
    part_of,
)
from chatrec.vocabulary import Catalog, Facet, Item, Op

NAME = "risawoz"
DATABASE, TABLE = "RiSAWOZ-Database-and-Ontology.zip", "RiSAWOZ-Database-and-Ontology/DB/pc_db.json"


def _facet(name: str, type: str = "category", words: str = "", **more: Any) -> Facet:
    return Facet.model_validate(
        {"name": name, "type": type, "label": {"zh": name}, "words": {"zh": words.split()}, **more}
    )


FACETS = {  # the state's slot -> our facet; a range of prices is a wish on the price
    "brand": _facet("品牌", words="品牌 牌子"),
    "computer_type": _facet("产品类别", words="产品类别 类别", role="kind",
                            values={"笔记本": {"zh": ["笔记本", "笔记本电脑"]}, "台式机": {"zh": ["台式机", "台式电脑"]}}),
    "usage": _facet("分类", words="分类 类型"),
    "memory_capacity": _facet("内存容量", "number", words="内存容量 内存", unit="GB", units={"g": 1}),
    "screen_size": _facet("屏幕尺寸", words="屏幕尺寸 屏幕"),
    "CPU": _facet("CPU", words="CPU 处理器"),
    "series": _facet("系列", words="系列"),
    "operating_system": _facet("系统", words="系统 操作系统"),
    "game_performance": _facet("游戏性能", words="游戏性能"),
    "CPU_model": _facet("CPU型号", words="CPU型号"),
    "weight": _facet("裸机重量", words="裸机重量 重量"),
    "GPU_category": _facet("显卡类别", words="显卡类别"),
    "GPU_model": _facet("显卡型号", words="显卡型号"),
    "features": _facet("特性", words="特性 功能", many=True),
    "colour": _facet("色系", words="色系 颜色"),
    "standby_time": _facet("待机时长", words="待机时长 待机"),
    "hard_disk_capacity": _facet("硬盘容量", words="硬盘容量 硬盘"),
    "price": _facet("价格", "number", words="价格 价钱 价位", role="price", unit="元"),
}  # fmt: skip
RANGE = "pricerange"
_SPEECH = re.compile(r"(USER|AGENT_ACTS|AGENT): (.*?)(?= (?:USER|AGENT_ACTS|AGENT): | <endofhistory>)")
_SLOT = re.compile(r"([A-Za-z_]+) (equal_to|not|one_of|at_least|at_most|less_than) \" (.*?) \"")


_AMOUNT = re.compile(r"\d+(?:\.\d+)?")


def read(folder: Path, part: Part = "all") -> LabelledSet:
    """fewshot.json with the database's zip beside it. Raises BadInput where they are not."""
    try:
        with zipfile.ZipFile(folder / DATABASE) as packed:
            rows = json.loads(packed.read(TABLE))
        turns = json.loads((folder / "fewshot.json").read_text("utf-8"))["data"]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadInput(f"{folder} holds no RiSAWOZ ({DATABASE} and fewshot.json): {error}.") from error
    ground = _ground(rows)
    spoken: dict[str, list[Mapping[str, Any]]] = {}
    for turn in turns:
        if turn["train_target"] == "dst":
            spoken.setdefault(turn["dial_id"], []).append(turn)
    left_out: Counter[str] = Counter()
    dialogues = [
        Labelled(id=name, catalog=ground.catalog.name, language="zh", turns=tuple(_turns(found, ground, left_out)))
        for name, found in spoken.items()
        if any(t["task"] == "pc" for t in found) and part in ("all", part_of(NAME, name))
    ]
    return LabelledSet(NAME, [d for d in dialogues if d.turns], {ground.catalog.name: ground}, left_out)


def _ground(rows: list[dict[str, Any]]) -> Ground:
    items = []
    for n, row in enumerate(rows):
        made = {f.name: _made(f, row.get(f.name)) for f in FACETS.values()}
        items.append(
            Item(
                id=f"pc-{n}",
                title=row["商品名称"],
                attributes={k: v for k, v in made.items() if v not in (None, (), "")},
            )
        )
    catalog = Catalog(
        name="risawoz-computers", noun={"en": ["computer", "computers"], "zh": ["电脑", "产品", "机器"]},
        facets=tuple(FACETS.values()), version="1", items=len(items),
    )  # fmt: skip
    return Ground(catalog, items)


def _made(facet: Facet, value: Any) -> Any:
    if value in (None, "", "其他"):
        return None
    if facet.type == "number":
        return float(_AMOUNT.findall(str(value))[0])
    return tuple(re.split(r"[，,]", value)) if facet.many else str(value)


def _turns(spoken: list[Mapping[str, Any]], ground: Ground, left_out: Counter[str]) -> Iterator[LabelledTurn]:
    held: dict[str, str] = {}
    for turn in sorted(spoken, key=lambda t: t["turn_id"]):
        if turn["task"] != "pc":
            continue
        history = _SPEECH.findall(turn["input_text"])
        said = next((text for who, text in reversed(history) if who == "USER"), "")
        answer = next((text for who, text in reversed(history) if who == "AGENT"), "")
        now = {slot: value for slot, _, value in _SLOT.findall(turn["output_text"].split("( pc )")[-1])}
        fresh = {s: v for s, v in now.items() if held.get(s) != v}
        held = now
        wishes = [g for s, v in fresh.items() if (g := _gold(s, v, ground, left_out))]
        yield LabelledTurn(
            text=said.strip(),
            before=Before(kind="recommend", text=answer) if answer else None,
            wishes=tuple(wishes),
            kind=("recommend", "ask") if wishes else (),
        )


def _gold(slot: str, value: str, ground: Ground, left_out: Counter[str]) -> Gold | None:
    """The catalogue's own spelling of a label's value, which is written with spaces that the database does not have."""
    if slot == RANGE:
        return _range(value)
    facet = FACETS.get(slot)
    if facet is None:
        left_out[f"no facet: {slot}"] += 1
        return None
    if facet.type == "number":
        return Gold(facet=facet.name, op="=", value=float(_AMOUNT.findall(value)[0]))
    bare = re.sub(r"\s", "", value).lower()
    known = {re.sub(r"\s", "", str(v)).lower(): v for i in ground.items for v in i.values(facet.name)}
    if bare not in known:
        left_out[f"no such value: {slot} {value}"] += 1
        return None
    return Gold(facet=facet.name, op="contains" if facet.many else "=", value=known[bare])


def _range(value: str) -> Gold:
    """5000 到 10000, 小于 5000, 大于 20000."""
    name, amounts = FACETS["price"].name, [float(n) for n in _AMOUNT.findall(value)]
    if len(amounts) > 1:
        return Gold(facet=name, op="between", value=amounts[:2])
    ops: tuple[Op, Op] = ("<", "<=") if "小于" in value else (">", ">=")
    return Gold(facet=name, op=ops[0], value=amounts[0], alternatives=(Form(op=ops[1], value=amounts[0]),))
