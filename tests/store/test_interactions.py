"""Interactions: imported whole or not at all, read as arrays together with the feedback of chats, known and forgotten by person."""

from __future__ import annotations

import numpy as np
import pytest

from chatrec.errors import NotFound
from chatrec.store import Store
from chatrec.store.interactions import Interaction
from chatrec.vocabulary import Catalog, Item

SHOP = Catalog(name="shop", version="1")
ITEMS = [Item(id=i, title=i.upper()) for i in ("a", "b", "c")]
EVENTS = [
    Interaction("ana", "a", "rating", 4.5, 100.0),
    Interaction("ben", "b", "view"),
    Interaction("ana", "c", "buy", None, 300.0),
    Interaction("ana", "b", "view", None, 200.0),
]


@pytest.fixture
async def store(store: Store) -> Store:
    await store.items.replace(SHOP, ITEMS)
    return store


async def test_a_log_has_everything_as_arrays_with_the_feedback_of_chats(store: Store) -> None:
    told: list[tuple[int, int]] = []
    await store.interactions.replace("shop", EVENTS, lambda done, of: told.append((done, of)))
    await store.profiles.feedback("cat", "shop", "a", "dislike", at=5.0)
    log = await store.interactions.log("shop")
    assert told == [(4, 4)]
    assert [(log.people[p], log.items[i], log.kinds[k]) for p, i, k in zip(log.person, log.item, log.kind, strict=True)] == [
        ("ana", "a", "rating"), ("ben", "b", "view"), ("ana", "c", "buy"), ("ana", "b", "view"), ("cat", "a", "dislike"),
    ]  # fmt: skip
    assert log.rating[0] == pytest.approx(4.5)
    assert np.isnan(log.rating[1:]).all()
    assert np.isnan(log.at[1])
    assert len(await store.interactions.log("other")) == 0


async def test_an_import_takes_the_place_of_the_one_before(store: Store) -> None:
    before = await store.interactions.stamp("shop")
    await store.interactions.replace("shop", EVENTS)
    first = await store.interactions.stamp("shop")
    await store.interactions.replace("shop", EVENTS[:2])
    second = await store.interactions.stamp("shop")
    assert len({before, first, second}) == 3
    assert len(await store.interactions.log("shop")) == 2
    await store.profiles.feedback("ana", "shop", "a", "like")
    assert await store.interactions.stamp("shop") != second


async def test_a_failed_import_changes_nothing(store: Store) -> None:
    await store.interactions.replace("shop", EVENTS)
    with pytest.raises(Exception, match=r"(?i)foreign|constraint"):
        await store.interactions.replace("nowhere", EVENTS)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await store.interactions.replace("shop", EVENTS[:1], stop)
    assert len(await store.interactions.log("shop")) == 4


async def test_a_persons_events_come_newest_first_and_can_be_taken_out_and_forgotten(store: Store) -> None:
    await store.interactions.replace("shop", EVENTS)
    assert [i for i, _ in (await store.profiles.read("ana", "shop")).past] == ["c", "b", "a"]
    exported = await store.profiles.export("ana")
    assert [e["item_id"] for e in exported["interactions"]] == ["a", "c", "b"]
    assert await store.profiles.delete("ana")
    assert not (await store.profiles.read("ana", "shop")).past
    with pytest.raises(NotFound):
        await store.profiles.export("ana")
    assert len((await store.profiles.read("ben", "shop")).past) == 1


async def test_ids_that_no_database_can_hold_harm_nothing(store: Store) -> None:
    await store.interactions.replace("shop", [Interaction("a\x00b", "x\ud800", "view")])
    assert (await store.interactions.log("shop")).people == ["a\ufffdb"]


async def test_removing_a_catalogue_keeps_no_log_of_it(store: Store) -> None:
    await store.interactions.replace("shop", EVENTS)
    await store.items.remove("shop")
    assert len(await store.interactions.log("shop")) == 0
