"""Cards: canonical facts, the title in the language."""

from __future__ import annotations

from chatrec.answer.voice import item_out
from chatrec.vocabulary import Candidate, Evidence, Item
from tests import teas
from tests.answer.stage import tea


def test_a_card_is_canonical() -> None:
    candidate = Candidate(tea(1), 1.0, {"words": 1.0, "content": 0.5}, (Evidence(code="popular"),))
    card = item_out(tea(1), candidate, "zh", teas.CATALOG, reason="因为")
    assert card.title == "春龙井"
    assert card.facts["kind"] == "Green"  # not 绿茶
    assert card.facts["flavours"] == list(tea(1).values("flavours"))
    assert card.facts["organic"] is False
    assert list(card.facts) == [f.name for f in teas.FACETS]
    assert (card.reason, card.sources, card.evidence) == ("因为", ["words", "content"], [Evidence(code="popular")])


def test_what_is_not_known_or_not_shown_is_left_out() -> None:
    hidden = teas.CATALOG.model_copy(
        update={"facets": tuple(f.model_copy(update={"show": f.name != "kind"}) for f in teas.FACETS)}
    )
    card = item_out(Item("x", "X", attributes={"kind": "Green", "price": 0.0, "flavours": ()}), None, "en", hidden)
    assert card.facts == {"price": 0.0}
