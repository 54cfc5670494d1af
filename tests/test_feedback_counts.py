"""What somebody says about an item counts at once: in this answer, in the next, over REST, and in the next fit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatrec.recommend.collaborative import KINDS, events_of
from chatrec.store.interactions import Interaction
from chatrec.vocabulary import Act, FeedbackKind
from tests import teas
from tests.conftest import tea_engine

IDS = [item.id for item in teas.items()]
EVEN, ODD = IDS[0::2], IDS[1::2]  # two tastes that nothing but people connects


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Any]:
    """Forty people of two tastes, learned from."""
    engine = await tea_engine(tmp_path)
    rng = np.random.default_rng(7)
    log = [
        Interaction(f"p{p}", item_id, "like")
        for p in range(40)
        for item_id in rng.choice([EVEN, ODD][p % 2], 8, replace=False).tolist()
    ]
    await engine.store.interactions.replace("teas", log)
    await engine.warm("teas")
    await engine.settled()
    yield engine
    await engine.stop()


async def share_of_even(engine: Any, person: str) -> float:
    """What part of the ten best for a person belongs to the first taste."""
    found = await engine.recommend(catalog="teas", user_id=person, k=10)
    return float(np.mean([c.item.id in EVEN for c in found]))


@pytest.mark.parametrize("kind", ["like", "owned", "seen"])
async def test_a_click_moves_the_next_answer_towards_it(shop: Any, kind: FeedbackKind) -> None:
    before = await share_of_even(shop, "ana")
    for item_id in EVEN[:3]:
        reply = await shop.reply(act=Act(kind=kind, item_ids=[item_id]), user_id="ana", catalog="teas")
        assert reply.decision.kind == "noted"
    assert await share_of_even(shop, "ana") >= max(before + 0.2, 0.7)


async def test_a_dislike_moves_it_away_and_the_item_never_comes_back(shop: Any) -> None:
    await shop.feedback("ana", EVEN[0], "like", "teas")
    liking = await share_of_even(shop, "ana")
    for item_id in EVEN[1:5]:
        await shop.feedback("ana", item_id, "dislike", "teas")
    found = await shop.recommend(catalog="teas", user_id="ana", k=30)
    assert not {c.item.id for c in found} & set(EVEN[1:5])
    assert await share_of_even(shop, "ana") < liking


@pytest.mark.parametrize("kind", ["dislike", "seen", "owned"])
async def test_what_is_disliked_seen_or_owned_is_not_offered_in_the_chat(shop: Any, kind: FeedbackKind) -> None:
    first = await shop.reply(text="a green tea", user_id="bo", catalog="teas")
    shown = [i.id for i in first.items]
    await shop.feedback("bo", shown[0], kind, "teas")
    again = await shop.reply(text="a green tea", user_id="bo", catalog="teas")
    assert shown[0] not in [i.id for i in again.items]
    assert set(shown[1:3]) & {i.id for i in again.items}


async def test_it_counts_in_the_very_answer_it_is_said_in(shop: Any) -> None:
    first = await shop.reply(text="a green or black tea", user_id="cy", catalog="teas")
    item_id = first.items[0].id
    reply = await shop.reply(
        text="I have seen the first one, show me something else",
        user_id="cy", catalog="teas", conversation_id=first.conversation_id,
    )  # fmt: skip
    assert reply.items
    assert item_id not in [i.id for i in reply.items]


async def test_what_was_taken_back_counts_no_longer(shop: Any) -> None:
    before = [c.item.id for c in await shop.recommend(catalog="teas", user_id="di", k=10)]
    for item_id in EVEN[:3]:
        await shop.feedback("di", item_id, "like", "teas")
    assert [c.item.id for c in await shop.recommend(catalog="teas", user_id="di", k=10)] != before
    for item_id in EVEN[:3]:
        await shop.store.profiles.feedback("di", "teas", item_id, "forget")
    assert [c.item.id for c in await shop.recommend(catalog="teas", user_id="di", k=10)] == before


async def test_one_persons_word_moves_nobody_elses_answer_until_the_next_fit(shop: Any) -> None:
    before = [(c.item.id, c.score) for c in await shop.recommend(catalog="teas", user_id="ed", k=10)]
    for item_id in EVEN[:4]:
        await shop.feedback("fay", item_id, "like", "teas")
    assert [(c.item.id, c.score) for c in await shop.recommend(catalog="teas", user_id="ed", k=10)] == before


async def test_the_next_fit_learns_from_feedback_with_kinds_kept_apart(shop: Any) -> None:
    kinds = {"like": IDS[3], "owned": IDS[4], "seen": IDS[5], "dislike": IDS[6]}
    for kind, item_id in kinds.items():
        await shop.feedback("gil", item_id, kind, "teas")
    log = await shop.store.interactions.log("teas")
    row = {item_id: n for n, item_id in enumerate(IDS)}
    person, rows, weights = events_of(log, row)
    mine = person == log.people.index("gil")
    learned = dict(zip(rows[mine].tolist(), weights[mine].tolist(), strict=True))
    assert learned == {row[item_id]: pytest.approx(KINDS[kind]) for kind, item_id in kinds.items() if kind in KINDS}
    assert KINDS["like"] > KINDS["owned"] > KINDS["seen"] > 0
    assert "dislike" not in KINDS, "nothing good is learned from what somebody did not like"

    pair = [EVEN[5], ODD[5]]  # many say in chats that these two go together

    async def place() -> int:
        found = await shop.recommend(catalog="teas", history=[(pair[0], "like", None)], k=30)
        return [c.item.id for c in found].index(pair[1])

    before, old = await place(), shop._books["teas"].shelf.taste
    for n in range(25):
        for item_id in pair:
            await shop.feedback(f"new{n}", item_id, "like", "teas")
    assert await place() == before, "nobody else's answer waits for a fit"
    await shop.warm("teas")
    await shop.settled()
    assert shop._books["teas"].shelf.taste is not old
    assert await place() < min(before, 3)
