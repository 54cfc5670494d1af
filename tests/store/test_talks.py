"""Conversations to learn from: imported and own ones read as one, and a person's go with the person."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.errors import NotFound
from chatrec.store import Store
from chatrec.store.talks import Talk
from chatrec.vocabulary import Catalog, DecisionOut, Feedback, Heard, Item, Ledger, Reply, Said

CATALOG = Catalog(name="shop", version="1", items=3)


@pytest.fixture
async def shop(tmp_path: Path):
    store = await Store.open(f"sqlite:///{tmp_path / 'db'}")
    await store.migrate()
    await store.items.replace(CATALOG, [Item(id=i, title=i.upper()) for i in "abc"], source={})
    yield store
    await store.close()


def talk(id_: str, person: str | None = None) -> Talk:
    messages = (
        {"role": "user", "content": "something quiet\x00", "item_ids": ["a"]},
        {"role": "assistant", "content": "b?", "item_ids": ["b", "a"]},
    )
    return Talk(id_, messages, accepted=("b",), rejected=("c",), person_id=person)


async def say(store: Store, person: str, text: str, conversation: str | None = None, *feedback: Feedback) -> str:
    said = Said(person_id=person, catalog="shop", conversation_id=conversation, turn_id=f"{person}-{text}", text=text)
    turn = await store.dialogues.open(said)
    reply = Reply(conversation_id=turn.conversation_id, turn_id=turn.id, decision=DecisionOut(kind="noted"))
    await store.dialogues.close(turn, reply, ledger=Ledger(), heard=Heard(feedback=feedback), retrieved=[])
    return turn.conversation_id


async def test_imported_conversations_replace_those_before(shop: Store) -> None:
    await shop.talks.replace("shop", [talk("1"), talk("2", "ana")])
    first = await shop.talks.stamp("shop")
    told = await shop.talks.told("shop")
    assert [t.person for t in told] == [None, "ana"]
    assert told[0].words == "something quiet\ufffd\nb?"
    assert (told[0].named, told[0].accepted, told[0].rejected) == (("a", "b"), ("b",), ("c",))
    await shop.talks.replace("shop", [talk("3")])
    assert len(await shop.talks.told("shop")) == 1
    assert await shop.talks.stamp("shop") != first


async def test_own_conversations_count_where_somebody_took_something(shop: Store) -> None:
    where = await say(shop, "ben", "a loud one")
    await say(shop, "ben", "yes, that", where, Feedback("like", "a"), Feedback("dislike", "b"))
    await say(shop, "cleo", "only talking")
    await shop.profiles.feedback("cleo", "shop", "c", "like")  # from outside a conversation
    (told,) = await shop.talks.told("shop")
    assert told.words == "a loud one\nyes, that"
    assert (told.accepted, told.rejected, told.person) == (("a",), ("b",), "ben")
    assert (await shop.talks.stamp("shop"))[2] == 2


async def test_what_is_taken_back_or_deleted_is_gone(shop: Store) -> None:
    await shop.talks.replace("shop", [talk("1", "ben"), talk("2")])
    where = await say(shop, "ben", "a loud one")
    await say(shop, "ben", "yes, that", where, Feedback("like", "a"))
    export = await shop.profiles.export("ben")
    assert [t["id"] for t in export["dialogues"]] == ["1"]
    assert export["dialogues"][0]["accepted"] == ["b"]
    before = await shop.talks.stamp("shop")
    assert await shop.profiles.delete("ben")
    assert [t.person for t in await shop.talks.told("shop")] == [None]
    now = await shop.talks.stamp("shop")
    assert now[0] < before[0]
    assert now[2] < before[2]


async def test_somebody_known_only_from_elsewhere_can_be_told_and_deleted(shop: Store) -> None:
    await shop.talks.replace("shop", [talk("1", "dora")])
    assert (await shop.profiles.export("dora"))["dialogues"]
    assert await shop.profiles.delete("dora")
    assert not await shop.profiles.delete("dora")
    with pytest.raises(NotFound):
        await shop.profiles.export("dora")


async def test_a_removed_catalogue_takes_its_conversations_with_it(shop: Store) -> None:
    await shop.talks.replace("shop", [talk("1")])
    await shop.items.remove("shop")
    assert await shop.talks.told("shop") == []
