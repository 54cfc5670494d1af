"""People with CrossWOZ's goals: wishes as they are written, wanted meets them all, names are no wish."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import BadInput
from chatrec.evaluation.people.goals import crosswoz_goals, people_of_goals
from chatrec.evaluation.understanding import crosswoz
from chatrec.vocabulary import Catalog, Facet, Item, Wish
from tests.conftest import need_data

CATALOG = Catalog(
    name="places",
    noun={"zh": ["餐馆"]},
    facets=(
        Facet(name="推荐菜", type="category", many=True),
        Facet(name="人均消费", type="number", role="price"),
        Facet(name="评分", type="number", role="rating"),
        Facet(name="电话", type="text", filter=False),
    ),
)
ITEMS = [
    Item(f"r{n}", f"小店{n}", attributes={"推荐菜": ("烤鸭", "面条") if n % 2 else ("烤鸭",), "人均消费": 10.0 * n, "评分": 4.0})
    for n in range(10)
]  # fmt: skip


def goal(*rows: tuple[int, str, str, Any]) -> dict[str, Any]:
    return {"goal": [[*row, False] for row in rows]}


def test_goals_are_read(tmp_path: Path) -> None:
    corpus = {
        "1": goal(
            (1, "餐馆", "推荐菜", ["烤鸭", "面条"]), (1, "餐馆", "人均消费", "50-100元"), (1, "餐馆", "名称", "")
        ),
        "2": goal((1, "景点", "评分", "4分以上"), (2, "餐馆", "评分", "4.5分以上"), (2, "餐馆", "电话", "")),
        "3": goal((1, "餐馆", "名称", "全聚德"), (1, "餐馆", "评分", "4分以上")),
        "4": goal((1, "餐馆", "名称", "出现在id=2的周边餐馆里"), (1, "餐馆", "评分", "4分以上")),
        "5": goal((1, "餐馆", "人均消费", "50元以下"), (3, "餐馆", "人均消费", "1000元以上"), (4, "餐馆", "电话", "")),
    }
    with zipfile.ZipFile(tmp_path / "val.json.zip", "w") as packed:
        packed.writestr("val.json", json.dumps(corpus))
    duck, noodles = (Wish(facet="推荐菜", op="contains", value=v) for v in ("烤鸭", "面条"))
    assert crosswoz_goals(tmp_path, CATALOG) == [
        (duck, noodles, Wish(facet="人均消费", op="between", value=[50.0, 100.0])),
        (Wish(facet="评分", op=">=", value=4.5),),
        (Wish(facet="人均消费", op="<=", value=50.0),),
        (Wish(facet="人均消费", op=">=", value=1000.0),),
    ]
    with pytest.raises(BadInput, match="no CrossWOZ"):
        crosswoz_goals(tmp_path / "nowhere", CATALOG)


def test_what_is_wanted_meets_the_goal() -> None:
    noodles, dear = Wish(facet="推荐菜", op="contains", value="面条"), Wish(facet="人均消费", op=">=", value=1000.0)
    cheap = Wish(facet="人均消费", op="<=", value=50.0)
    people = people_of_goals(CATALOG, ITEMS, [(noodles, cheap), (cheap,), (dear,)], 40, seed=3)
    assert len(people) == 40
    assert len({p.wanted.id for p in people}) > 3
    for person in people:
        wishes = [c.wish for c in person.constraints]
        assert wishes in ([noodles, cheap], [cheap])  # nothing meets the dear one
        assert all(w.meets(person.wanted) for w in wishes)
        assert not person.those("never")
        assert len(person.those("volunteered")) <= 2
    assert people == people_of_goals(CATALOG, ITEMS, [(noodles, cheap), (cheap,), (dear,)], 40, seed=3)
    assert people != people_of_goals(CATALOG, ITEMS, [(noodles, cheap), (cheap,), (dear,)], 40, seed=4)
    with pytest.raises(BadInput, match="None of the goals"):
        people_of_goals(CATALOG, ITEMS, [(dear,)], 1)


def test_the_real_goals() -> None:
    folder = need_data("crosswoz")
    ground = crosswoz.read(folder).grounds["餐馆"]
    goals = crosswoz_goals(folder, ground.catalog)
    assert len(goals) > 200
    people = people_of_goals(ground.catalog, ground.items[::4], goals[:80], 20, seed=1)
    assert len({tuple(c.wish.model_dump_json() for c in p.constraints) for p in people}) > 10
