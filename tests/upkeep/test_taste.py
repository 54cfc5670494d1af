"""When people's log is learned from anew, and that the shelf gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.store.interactions import Interaction
from chatrec.upkeep.taste import due
from tests import teas
from tests.conftest import tea_engine


@pytest.mark.parametrize(
    ("now", "fitted", "expected"),
    [
        ((0, 0, 0), None, False),
        ((10, 10, 5), None, False),  # too little to learn from
        ((100, 100, 0), None, True),
        ((100, 100, 0), (100, 100, 0), False),
        ((100, 100, 1), (100, 100, 0), False),  # a like or two need no fit: they are in the query
        ((100, 100, 3), (100, 100, 0), True),
        ((90, 190, 0), (100, 100, 0), True),  # another import
    ],
)
def test_a_fit_is_due_when_enough_is_new(
    now: tuple[int, int, int], fitted: tuple[int, int, int], expected: bool
) -> None:
    assert due(now, fitted) is expected


async def test_an_import_is_learned_when_the_engine_warms_and_moves_the_answer(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    ids = [item.id for item in teas.items()]
    together = [ids[3], ids[27]]  # a green tea and a herbal one that nothing but people connects
    events = [Interaction(f"p{p}", i, "like") for p in range(12) for i in [*together, ids[5 + p]]]
    await engine.store.interactions.replace("teas", events)
    try:
        before = await engine.recommend(catalog="teas", history=[(ids[3], "like", None)], k=5)
        await engine.warm("teas")
        await engine.settled()
        after = await engine.recommend(catalog="teas", history=[(ids[3], "like", None)], k=5)
        assert ids[27] not in [c.item.id for c in before[:1]]
        assert after[0].item.id == ids[27]
        assert "collaborative" in after[0].sources
        assert ("people_also", ids[3]) in [(e.code, e.item_id) for e in after[0].evidence]
    finally:
        await engine.stop()
