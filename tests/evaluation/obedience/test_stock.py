"""The generator's own count of what meets a wish says the same as the wish itself."""

from __future__ import annotations

import pytest

from chatrec.evaluation.obedience.stock import Stock
from chatrec.vocabulary import Wish
from tests import teas

STOCK = Stock(teas.CATALOG, teas.items())
WISHES = [
    Wish(facet="kind", op="=", value="green"),
    Wish(facet="flavours", op="contains", value="Smoky"),
    Wish(facet="origin", op="in", value=["Japan", "China"]),
    Wish(facet="origin", op="not_in", value=["Japan"]),
    Wish(facet="organic", op="=", value=True),
    Wish(facet="organic", op="=", value=False),
    Wish(facet="price", op="!=", value=6),
    *(Wish(facet="price", op=op, value=20) for op in ("<", "<=", ">", ">=")),  # type: ignore[arg-type]
    Wish(facet="caffeine", op="between", value=[20, 40]),
    Wish(facet="price", op="not_in", value=[6, 17]),
    Wish(facet="nothing", op="=", value=1),
    Wish(op="like", value="calm"),
]


@pytest.mark.parametrize("wish", WISHES, ids=lambda w: f"{w.facet} {w.op}")
def test_rows_are_those_that_meet_the_wish(wish: Wish) -> None:
    met = {n for n, item in enumerate(STOCK.items) if wish.meets(item)}
    assert STOCK.meeting(wish) == met
    assert wish.facet is None or wish.facet == "nothing" or 0 < len(met) < len(STOCK.items)


def test_soft_wishes_leave_everything() -> None:
    soft = Wish(facet="kind", op="=", value="Green", hard=False)
    assert len(STOCK.allowed([soft])) == 30
    both = [soft.model_copy(update={"hard": True}), WISHES[1]]
    assert STOCK.allowed(both) == {n for n, i in enumerate(STOCK.items) if all(w.meets(i) for w in both)} != set()


def test_the_best_known_come_first() -> None:
    popular = [i.popularity for i in STOCK.items]
    assert popular == sorted(popular, reverse=True)
    assert STOCK.common(teas.FACETS[0])[0][1] == 5
