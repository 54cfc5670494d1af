from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.memory.profile import LEAST, MOST, merge, tastes
from chatrec.recommend.shelf import Shelf
from chatrec.vocabulary import Item, Taste
from tests import teas

ITEMS = teas.items()
SHELF = Shelf.build(teas.CATALOG, ITEMS)


def of(**wanted: Any) -> list[Item]:
    return [i for i in ITEMS if all(v in i.values(facet) for facet, v in wanted.items())]


def learned(liked: list[Item], disliked: list[Item] | None = None) -> dict[tuple[str, Any], float]:
    return {(t.facet, t.value): t.weight for t in tastes(liked, disliked or [], teas.CATALOG, SHELF.share)}


def test_what_stands_out_among_likes_is_a_taste() -> None:
    found = learned(of(kind="Oolong")[:4])
    assert max(found, key=lambda key: found[key]) == ("kind", "Oolong")
    assert found["kind", "Oolong"] > 0.4
    assert all(-1 <= weight <= 1 for weight in found.values())


def test_what_the_whole_catalogue_has_is_no_taste() -> None:
    common = [Item(id=str(n), title=str(n), attributes={"kind": "Green"}) for n in range(6)]
    assert tastes(common, [], teas.CATALOG, lambda facet, value: 1.0) == ()


def test_one_like_is_no_taste() -> None:
    assert learned(of(kind="Oolong")[:1]) == {}
    assert learned([]) == {}


def test_dislikes_lean_the_other_way_and_against_likes() -> None:
    oolong, green = of(kind="Oolong"), of(kind="Green")
    found = learned(green[:3], oolong[:3])
    assert found["kind", "Green"] > 0 > found["kind", "Oolong"]
    torn = learned(oolong[:2], oolong[2:4])
    assert abs(torn.get(("kind", "Oolong"), 0.0)) < found["kind", "Green"]


def test_more_likes_weigh_more_and_older_ones_less() -> None:
    oolong = of(kind="Oolong")
    rest = [i for i in ITEMS if i.attributes["kind"] != "Oolong"][::5]
    assert learned(oolong[:4])["kind", "Oolong"] > learned(oolong[:2])["kind", "Oolong"]
    newest = learned(oolong[:3] + rest)["kind", "Oolong"]
    oldest = learned(rest + oolong[:3]).get(("kind", "Oolong"), 0.0)
    assert newest > oldest


def test_a_taste_says_what_it_rests_on() -> None:
    likes = of(kind="Oolong")[:4]
    taste = next(t for t in tastes(likes, [], teas.CATALOG, SHELF.share) if t.facet == "kind")
    assert taste.words == "; ".join(i.title for i in likes[:3])
    assert taste.id == "kind:oolong"
    assert taste.turn_id == ""


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(ITEMS), max_size=20, unique_by=lambda i: i.id), st.integers(0, 20))
def test_always_few_strong_and_in_order(items: list[Item], cut: int) -> None:
    found = tastes(items[:cut], items[cut:], teas.CATALOG, SHELF.share)
    assert len(found) <= MOST
    strengths = [abs(t.weight) for t in found]
    assert strengths == sorted(strengths, reverse=True)
    assert all(LEAST <= s <= 1 for s in strengths)
    assert len({t.id for t in found}) == len(found)
    assert found == tastes(items[:cut], items[cut:], teas.CATALOG, SHELF.share)


def taste(facet: str, value: str, weight: float, turn_id: str = "") -> Taste:
    return Taste(f"{facet}:{value}", facet, value, weight, turn_id=turn_id)


def test_a_statement_stands_against_what_was_learned() -> None:
    stated = [
        taste("kind", "Green", -1.0, "t2"),
        taste("kind", "green", 1.0, "t1"),
        taste("origin", "Japan", 0.2, "t1"),
    ]
    found = merge(
        stated, [taste("kind", "Green", 0.9), taste("grower", "Mei Tanaka", -0.5), taste("kind", "White", 0.6)]
    )
    assert [(t.value, t.weight) for t in found] == [
        ("Green", -1.0),
        ("Japan", 0.2),
        ("White", 0.6),
        ("Mei Tanaka", -0.5),
    ]


@pytest.mark.parametrize("count", [0, 5, 30])
def test_no_statement_is_dropped(count: int) -> None:
    stated = [taste("grower", f"g{n}", 0.5, "t") for n in range(count)]
    found = merge(stated, [taste("kind", f"k{n}", 0.9) for n in range(20)])
    assert list(found[:count]) == stated
    assert len(found) == max(MOST, count)
