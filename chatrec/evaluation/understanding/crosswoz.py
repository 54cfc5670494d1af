"""CrossWOZ (Zhu et al., TACL 2020; Apache-2.0), Chinese, its validation dialogues, as labelled dialogues.

Knows: its files, its database as three catalogues (restaurants, hotels, sights), how its amounts are written. Does not know: how
anything is read.

Wishes: the person's `Inform` acts, as the data's authors labelled what was said in the turn; the dialogue state is not used (it is
overwritten by what was shown). Not scored: an item's name, which is no wish; taxis and the underground; turns that inform of two
kinds of places, since a catalogue knows one. Strict and wide bounds count as the same: "低于50元" and "50元以下" have one label.
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
from chatrec.vocabulary import Catalog, Facet, Item, Kind, Op

NAME = "crosswoz"
_MONEY = {"元": 1, "块": 1, "块钱": 1, "元钱": 1}
_HOURS = {"小时": 1, "个小时": 1, "个钟头": 1, "钟头": 1, "天": 24, "分钟": 1 / 60}
_NEAR = [("周边景点", "sights nearby"), ("周边餐馆", "restaurants nearby"), ("周边酒店", "hotels nearby")]


def _facet(name: str, type: str = "category", label: str = "", words: str = "", **more: Any) -> Facet:
    return Facet.model_validate(
        {"name": name, "type": type, "label": {"zh": name, "en": label}, "words": {"zh": words.split()}, **more}
    )


_RATING = _facet("评分", "number", "rating", "评分 分数 评价", role="rating", units={"分": 1})
_PLAIN = [
    _facet("地址", "text", "address", "地址 位置 地点", filter=False),
    _facet("电话", "text", "telephone", "电话 电话号码 联系方式", filter=False),
    *(_facet(zh, "category", en, f"{zh} 周边 附近 周围", many=True, filter=False) for zh, en in _NEAR),
]
DOMAINS: dict[str, tuple[str, str, tuple[Facet, ...]]] = {
    "餐馆": (
        "restaurant", "餐馆 餐厅 饭店 饭馆 吃饭的地方",
        (
            _facet("推荐菜", "category", "dishes", "推荐菜 菜 菜品 美食 特色菜 招牌菜", many=True),
            _facet("人均消费", "number", "price a person", "人均消费 人均 消费 价格", role="price", unit="元", units=_MONEY),
            _RATING,
            _facet("营业时间", "text", "opening hours", "营业时间 营业 开门时间", filter=False),
            *_PLAIN,
        ),
    ),
    "酒店": (
        "hotel", "酒店 宾馆 旅馆 住宿 住的地方",
        (
            _facet("酒店类型", "category", "kind of hotel", "酒店类型 类型", role="kind"),
            _facet("酒店设施", "category", "facilities", "酒店设施 设施 服务", many=True),
            _facet("价格", "number", "price", "价格 最低价格 房价 价位", role="price", unit="元", units=_MONEY),
            _RATING,
            *_PLAIN,
        ),
    ),
    "景点": (
        "sight", "景点 景区 地方 好玩的地方",
        (
            _facet("门票", "number", "ticket", "门票 票价 门票价格", role="price", unit="元", units=_MONEY),
            _facet("游玩时间", "number", "time to spend", "游玩时间 游玩时长 游玩", many=True, role="duration", unit="小时", units=_HOURS),
            _RATING,
            *_PLAIN,
        ),
    ),
}  # fmt: skip
FILES = {"餐馆": "restaurant_db.json", "酒店": "hotel_db.json", "景点": "attraction_db.json"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TIMES = re.compile(r"(\d+(?:\.\d+)?)\s*(小时|天|分钟)")
_BOUNDS: tuple[tuple[str, tuple[Op, Op]], ...] = (("以上", (">=", ">")), ("以下", ("<=", "<")), ("以内", ("<=", "<")))
_ZERO = ("免费", "不要钱", "0元")


def read(folder: Path, part: Part = "all") -> LabelledSet:
    """val.json.zip with the database beside it. Raises BadInput where they are not."""
    try:
        grounds = {d: _ground(d, json.loads((folder / "database" / f).read_text("utf-8"))) for d, f in FILES.items()}
        with zipfile.ZipFile(folder / "val.json.zip") as packed:
            corpus = json.loads(packed.read("val.json"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadInput(f"{folder} holds no CrossWOZ (val.json.zip and database/): {error}.") from error
    dialogues: list[Labelled] = []
    left_out: Counter[str] = Counter()
    for name, dialogue in corpus.items():
        if part in ("all", part_of(NAME, name)):
            dialogues += _dialogues(name, dialogue, grounds, left_out)
    return LabelledSet(NAME, dialogues, grounds, left_out)


# ---------------------------------------------------------------------- the database as catalogues


def _ground(domain: str, rows: list[list[Any]]) -> Ground:
    english, nouns, facets = DOMAINS[domain]
    items: list[Item] = []
    for n, (name, row) in enumerate(rows):
        made = {f.name: _made(f, row.get(f.name)) for f in facets}
        items.append(
            Item(id=f"{english}-{n}", title=name, attributes={k: v for k, v in made.items() if v not in (None, ())})
        )
    catalog = Catalog(
        name=f"crosswoz-{english}s",
        noun={"en": [english, f"{english}s"], "zh": nouns.split()},
        facets=facets,
        version="1",
        items=len(items),
    )
    return Ground(catalog, items)


def _made(facet: Facet, value: Any) -> Any:
    if value in (None, "", "None", []):
        return None
    if facet.name == "游玩时间":
        return tuple(sorted({hours(value, n) for n in _TIMES.findall(value)})) if isinstance(value, str) else None
    if facet.type == "number":
        return float(value)
    if facet.many:
        return tuple(value) if isinstance(value, list) else (str(value),)
    return str(value)


def hours(_: str, found: tuple[str, str]) -> float:
    return float(found[0]) * _HOURS[found[1]]


# ---------------------------------------------------------------------- dialogues


def _dialogues(
    name: str, dialogue: Mapping[str, Any], grounds: Mapping[str, Ground], left_out: Counter[str]
) -> Iterator[Labelled]:
    """A conversation cut by kind of place: each part is about one catalogue."""
    turns: dict[str, list[LabelledTurn]] = {}
    before: dict[str, Before] = {}
    at = ""
    for message in dialogue["messages"]:
        acts = message["dialog_act"]
        if message["role"] == "sys":
            for domain, ground in grounds.items():
                if said := _before(message, domain, ground):
                    before[domain] = said
            continue
        informed = {a[1] for a in acts if a[0] == "Inform" and a[1] in DOMAINS and a[2] != "名称"}
        spoken = [a[1] for a in acts if a[1] in DOMAINS]
        if len(informed) > 1:
            left_out["turns about two kinds of places"] += 1
            continue
        if not spoken and any(a[1] in ("出租", "地铁") for a in acts):
            left_out["turns about taxis and the underground"] += 1
            continue
        at = next(iter(informed), None) or (spoken[0] if spoken else at)
        if at:
            turns.setdefault(at, []).append(_turn(message, at, before.pop(at, None), left_out))
    for domain, found in turns.items():
        yield Labelled(id=f"{name} {domain}", group=name, catalog=domain, language="zh", turns=tuple(found))


def _before(message: Mapping[str, Any], domain: str, ground: Ground) -> Before | None:
    acts = [a for a in message["dialog_act"] if a[1] == domain]
    if not acts:
        return None
    ids = {i.title: i.id for i in ground.items}
    shown = [ids[a[3]] for a in acts if a[2] == "名称" and a[3] in ids]
    kind: Kind = "recommend" if shown else "none_fit" if any(a[0] == "NoOffer" for a in acts) else "lookup"
    return Before(kind=kind, text=message["content"], shown=tuple(dict.fromkeys(shown)))


def _turn(message: Mapping[str, Any], domain: str, before: Before | None, left_out: Counter[str]) -> LabelledTurn:
    facets = {f.name: f for f in DOMAINS[domain][2]}
    wishes: list[Gold] = []
    for intent, where, slot, value in message["dialog_act"]:
        if intent != "Inform" or where != domain:
            continue
        if slot == "名称":
            left_out["an item's name"] += 1
        elif (gold := _gold(facets, slot, value)) is not None:
            wishes.append(gold)
        else:
            left_out["labels that can't be read"] += 1
    return LabelledTurn(
        text=message["content"], before=before, wishes=tuple(wishes), kind=_kinds(message, domain, wishes)
    )


def _gold(facets: Mapping[str, Facet], slot: str, value: str) -> Gold | None:
    name, _, feature = slot.partition("-")
    facet = facets.get(name)
    if facet is None or not value:
        return None
    if feature:
        return (
            Gold(facet=name, op="contains", value=feature)
            if value != "否"
            else Gold(facet=name, op="not_in", value=[feature])
        )
    if facet.type != "number":
        return Gold(facet=name, op="contains" if facet.many else "=", value=value)
    if value in _ZERO:
        return Gold(facet=name, op="=", value=0, alternatives=(Form(op="<=", value=0),))
    found = (
        [hours(value, t) for t in _TIMES.findall(value)]
        if name == "游玩时间"
        else [float(n) for n in _NUMBER.findall(value)]
    )
    if not found:
        return None
    if len(found) > 1:
        return Gold(facet=name, op="between", value=found[:2])
    for ending, ops in _BOUNDS:
        if value.endswith(ending):
            return _either(name, ops, found[0])
    around = [round(found[0] * 0.9, 4), round(found[0] * 1.1, 4)]  # a bare amount is also read as "about so much"
    return Gold(
        facet=name,
        op="=",
        value=found[0],
        alternatives=(Form(op="between", value=around), Form(op=">=", value=found[0])),
    )


def _either(name: str, ops: tuple[Op, Op], value: float) -> Gold:
    return Gold(facet=name, op=ops[0], value=value, alternatives=(Form(op=ops[1], value=value),))


def _kinds(message: Mapping[str, Any], domain: str, wishes: list[Gold]) -> tuple[Kind, ...]:
    acts = message["dialog_act"]
    asked = {a[2] for a in acts if a[0] == "Request" and a[1] == domain}
    if wishes or "名称" in asked:
        return ("recommend", "ask", *(("lookup",) if asked - {"名称"} else ()))  # type: ignore[return-value]
    if asked:  # more of the same kind nearby is a recommendation as well
        return ("lookup", "recommend") if f"周边{domain}" in asked else ("lookup",)
    if acts and all(a[0] == "General" for a in acts):
        return ("converse", "noted")
    return ()
