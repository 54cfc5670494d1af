"""Profiles: the latest word counts, and all of it can be read, taken out and deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chatrec.errors import BadInput, NotFound
from chatrec.store import Store
from chatrec.store.interactions import Interaction
from chatrec.store.profiles import _add_up
from chatrec.vocabulary import Catalog, Feedback, Heard, Item, Ledger, Profile, Reply, Said, Taste

SHOP = Catalog(name="shop", version="1")
ITEMS = [Item(id=i, title=i.upper()) for i in ("a", "b", "c")]


@pytest.fixture
async def store(store: Store) -> Store:
    await store.items.replace(SHOP, ITEMS)
    return store


async def test_the_latest_word_counts(store: Store) -> None:
    for item, kind in (
        *(("a", "like"), ("b", "like"), ("c", "dislike"), ("a", "seen"), ("b", "dislike")),
        *(("c", "like"), ("b", "owned"), ("a", "like")),
    ):
        await store.profiles.feedback("ana", "shop", item, kind)
    read = await store.profiles.read("ana", "shop")
    assert read == Profile("ana", likes=("a", "c"), dislikes=("b",), seen=("a",), owned=("b",))
    await store.profiles.feedback("ana", "shop", "a", "forget")
    read = await store.profiles.read("ana", "shop")
    assert (read.likes, read.seen) == (("c",), ())
    assert await store.profiles.read("ben", "shop") == Profile("ben")
    assert await store.profiles.read("ana", "other") == Profile("ana")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["like", "dislike", "seen", "owned", "forget"]), st.sampled_from("abc"))))
def test_a_log_adds_up_to_what_a_profile_would_be_after_it(log: list[tuple[str, str]]) -> None:
    after = Profile("x").after([Feedback(kind, item) for kind, item in log])
    lists = _add_up((item, kind, n, None) for n, (kind, item) in enumerate(log))
    assert {name: tuple(reversed(ids)) for name, ids in lists.items()} == {
        name: getattr(after, name) for name in ("likes", "dislikes", "seen", "owned")
    }


async def test_earlier_events_may_come_later(store: Store) -> None:
    await store.profiles.feedback("ana", "shop", "a", "like")
    await store.profiles.feedback("ana", "shop", "a", "dislike", at=1_000.0)
    await store.profiles.feedback("ana", "shop", "b", "like", at=2_000.0)
    assert (await store.profiles.read("ana", "shop")).likes == ("a", "b")
    entries = await store.profiles.entries("ana", "shop")
    assert entries["likes"][1] == {"item_id": "b", "at": 2_000.0, "turn_id": None}


async def test_what_can_not_be_noted_is_said(store: Store) -> None:
    with pytest.raises(NotFound, match="'z'"):
        await store.profiles.feedback("ana", "shop", "z", "like")
    with pytest.raises(NotFound):
        await store.profiles.feedback("ana", "other", "a", "like")
    with pytest.raises(BadInput, match="adore"):
        await store.profiles.feedback("ana", "shop", "a", "adore")
    with pytest.raises(NotFound):
        await store.profiles.export("ana")


async def test_tastes(store: Store) -> None:
    sweet = Taste("t1", "flavour", "sweet", 0.5, "sweet ones", "turn")
    old = Taste("t2", "year", 1990, -0.25)
    await store.profiles.learn("ana", "shop", [sweet, old])
    await store.profiles.learn("ana", "shop", [])
    assert (await store.profiles.read("ana", "shop")).tastes == (sweet, old)
    sweeter = Taste("t1", "flavour", "sweet", 0.9)
    await store.profiles.learn("ana", "shop", [sweeter])
    assert set((await store.profiles.read("ana", "shop")).tastes) == {sweeter, old}
    await store.profiles.unlearn("ana", "shop", ["t1", "unknown"])
    assert (await store.profiles.entries("ana", "shop"))["tastes"] == [
        {"id": "t2", "facet": "year", "value": 1990, "weight": -0.25, "words": "", "turn_id": ""}
    ]


async def talk(store: Store, person: str) -> str:
    turn = await store.dialogues.open(Said(person, "shop", text=f"{person} speaks"))
    reply = Reply(conversation_id=turn.conversation_id, turn_id=turn.id, text="an answer")
    heard = Heard(feedback=(Feedback("like", "a"),))
    await store.dialogues.close(turn, reply, ledger=Ledger(), heard=heard, retrieved=[])
    await store.profiles.learn(person, "shop", [Taste("t", "x", True, 1.0)])
    return turn.conversation_id


async def test_everything_about_a_person_out_and_gone(store: Store) -> None:
    for person in ("ana", "ben"):
        await talk(store, person)
    out = json.loads(json.dumps(await store.profiles.export("ana"), ensure_ascii=False))
    assert out["person_id"] == "ana"
    assert [(t["said_text"], t["reply"]["text"]) for t in out["conversations"][0]["turns"]] == [
        ("ana speaks", "an answer")
    ]
    assert [(f["item_id"], f["kind"]) for f in out["feedback"]] == [("a", "like")]
    assert [t["value"] for t in out["tastes"]] == [True]
    assert "ben" not in json.dumps(out)

    assert await store.profiles.delete("ana")
    assert not await store.profiles.delete("ana")
    assert await left(store, "ana") == 0
    assert await left(store, "ben") == 4
    assert (await store.profiles.export("ben"))["feedback"]


async def test_a_profile_can_be_emptied_and_conversations_stay(store: Store) -> None:
    conversation = await talk(store, "ana")
    await store.profiles.clear("ana", "other")
    assert (await store.profiles.read("ana", "shop")).likes == ("a",)
    await store.profiles.clear("ana")
    assert await store.profiles.read("ana", "shop") == Profile("ana")
    assert len((await store.dialogues.conversation(conversation, "ana"))["turns"]) == 1


async def left(store: Store, person: str) -> int:
    count: Any = 0
    async with store.database.read() as connection:
        for table in ("conversations", "turns", "feedback", "tastes"):
            query = text(f"SELECT count(*) FROM {table} WHERE person_id = :person")
            count += (await connection.execute(query, {"person": person})).scalar()
    return int(count)


async def test_what_a_shop_knew_before_is_the_past(store: Store) -> None:
    events = [
        Interaction("ana", "a", "rating", 4.0, 10.0),
        Interaction("ana", "b", "view", None, 20.0),
        Interaction("ben", "c", "buy"),
    ]
    await store.interactions.replace("shop", events)
    assert (await store.profiles.read("ana", "shop")).past == (("b", "view"), ("a", 4.0))
    assert (await store.profiles.read("cat", "shop")).past == ()
