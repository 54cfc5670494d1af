"""Conversations: stored first, closed whole, replayed, taken back; nobody reads another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from chatrec.errors import BadInput, Conflict, NotFound
from chatrec.store import Store
from chatrec.vocabulary import (
    Act,
    Candidate,
    Catalog,
    Chip,
    DecisionOut,
    Exchange,
    Feedback,
    Heard,
    Item,
    ItemOut,
    Ledger,
    NearOut,
    Profile,
    Reply,
    Said,
    Turn,
    Wish,
)
from tests import teas

GREEN = Wish(id="w1", facet="kind", op="=", value="Green", words="green")
CHEAP = Wish(id="w2", facet="price", op="<", value=10, words="under $10")
WHITE = Wish(id="w1", facet="kind", op="=", value="White", words="white")


@pytest.fixture
async def store(store: Store) -> Store:
    await store.items.replace(teas.CATALOG, teas.items())
    return store


async def some(store: Store, n: int = 10) -> list[Item]:
    return [item async for batch in store.items.all("teas") for item in batch][:n]


async def close(
    store: Store,
    turn: Turn,
    *,
    kind: str = "recommend",
    words: str = "Here.",
    shown: Sequence[Item] = (),
    near: Sequence[Item] = (),
    retrieved: Sequence[Item] = (),
    ledger: Ledger | None = None,
    heard: Heard | None = None,
    chips: Sequence[Chip] = (),
) -> Reply:
    ledger = turn.ledger if ledger is None else ledger
    reply = Reply(
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        language=turn.language,
        decision=DecisionOut(kind=kind),  # type: ignore[arg-type]
        text=words,
        items=[ItemOut(id=i.id, title=i.title) for i in shown],
        near=[NearOut(item=ItemOut(id=i.id, title=i.title), breaks=["w1"]) for i in near],
        wishes=list(ledger.wishes),
        chips=list(chips),
    )
    candidates = [Candidate(i, 1 / n, {"words": 0.5, "popularity": n}) for n, i in enumerate(retrieved, 1)]
    await store.dialogues.close(turn, reply, ledger=ledger, heard=heard or Heard(), retrieved=candidates)
    return reply


async def say(store: Store, words: str = "hello", **said: Any) -> Turn:
    act = Act(**said.pop("act")) if "act" in said else None
    person, catalog = said.pop("person", "ana"), said.pop("catalog", "teas")
    return await store.dialogues.open(Said(person, catalog, text="" if act else words, act=act, **said))


async def profile(store: Store) -> Profile:
    return await store.profiles.read("ana", "teas")


# --------------------------------------------------------------------------- opening


async def test_a_first_turn_knows_nothing(store: Store) -> None:
    turn = await say(store, "a green tea", turn_id="t1")
    assert turn.id == "t1"
    assert len(turn.conversation_id) == 32
    assert turn.said.text == "a green tea"
    assert (turn.ledger, turn.history, turn.shown, turn.last_items) == (Ledger(), (), frozenset(), ())
    assert (turn.questions_in_row, turn.undo, turn.reply, turn.language) == (0, None, None, "en")
    assert await store.dialogues.owner(turn.conversation_id) == ("ana", "teas")
    other = await say(store)
    assert other.id != turn.id
    assert other.conversation_id != turn.conversation_id


async def test_what_was_said_is_stored_before_it_is_answered(store: Store) -> None:
    turn = await say(store, "a green tea")
    said = (await store.dialogues.conversation(turn.conversation_id, "ana"))["turns"]
    assert [(s["text"], s["act"], s["reply"]) for s in said] == [("a green tea", None, None)]
    after = await say(store, "and?", conversation_id=turn.conversation_id)
    assert after.history == (), "an open turn is not history"
    assert await store.dialogues.replies(turn.conversation_id) == []


async def test_the_next_turn_knows_the_conversation(store: Store) -> None:
    a, b, c, d, *_ = await some(store)
    first = await say(store, "a green tea", turn_id="t1")
    await close(store, first, shown=[b, a], retrieved=[a, b, c], ledger=Ledger((GREEN,)), words="Two teas.")
    second = await say(store, "others", turn_id="t2", conversation_id=first.conversation_id)
    assert second.ledger == Ledger((GREEN,))
    assert second.shown == {a.id, b.id}
    assert second.last_items == (b, a)
    await close(store, second, shown=[c], ledger=Ledger((GREEN, CHEAP)), words="One more.")
    third = await say(store, "cheaper?", conversation_id=first.conversation_id)
    assert third.ledger == Ledger((GREEN, CHEAP))
    assert third.shown == {a.id, b.id, c.id}
    assert third.last_items == (c,)
    assert third.history == (
        Exchange("t1", "a green tea", "recommend", "Two teas.", (b.id, a.id), (b.title, a.title)),
        Exchange("t2", "others", "recommend", "One more.", (c.id,), (c.title,)),
    )
    await close(store, third, kind="none_fit", near=[d], words="Nothing fits.")
    fourth = await say(store, "the first", conversation_id=first.conversation_id)
    assert fourth.last_items == (d,), "near misses are what is on the screen"
    assert d.id not in fourth.shown, "but they may still be recommended"


async def test_the_next_turn_knows_what_may_be_noted(store: Store) -> None:
    a, b, *_ = await some(store)
    first = await say(store, "a green tea")
    await close(store, first, shown=[a, b])
    second = await say(store, "that one is lovely", conversation_id=first.conversation_id)
    assert second.offered == ()
    likes = [Act(kind="like", item_ids=[i.id]) for i in (a, b)]
    others = [Chip(label="more", act=Act(kind="more_like", item_ids=[a.id])), Chip(label="hello", text="hello")]
    await close(store, second, kind="noted", chips=[*(Chip(label="x", act=act) for act in likes), *others])
    third = await say(store, "the second", conversation_id=first.conversation_id)
    assert third.offered == tuple(likes)
    await close(store, third, kind="lookup")
    assert (await say(store, "well", conversation_id=first.conversation_id)).offered == ()


async def test_a_turn_without_cards_leaves_the_last_ones(store: Store) -> None:
    a, b, *_ = await some(store)
    turn = await say(store)
    await close(store, turn, shown=[a, b])
    turn = await say(store, "why?", conversation_id=turn.conversation_id)
    await close(store, turn, kind="explain")
    turn = await say(store, "the second", conversation_id=turn.conversation_id)
    assert turn.last_items == (a, b)
    assert [e.kind for e in turn.history] == ["recommend", "explain"]


async def test_history_is_the_last_twenty(store: Store) -> None:
    conversation = None
    for n in range(23):
        turn = await say(store, f"message {n}", conversation_id=conversation)
        conversation = turn.conversation_id
        await close(store, turn)
    turn = await say(store, conversation_id=conversation)
    assert [e.said for e in turn.history] == [f"message {n}" for n in range(3, 23)]


async def test_questions_in_a_row(store: Store) -> None:
    conversation, rows = None, []
    for kind in ("ask", "ask", "recommend", "converse", "ask", "ask", "ask", "noted"):
        turn = await say(store, conversation_id=conversation)
        conversation = turn.conversation_id
        rows.append(turn.questions_in_row)
        await close(store, turn, kind=kind)
    assert rows == [0, 1, 2, 0, 0, 1, 2, 3]


async def test_acts_have_short_names_in_history(store: Store) -> None:
    a, *_ = await some(store)
    turn = await say(store)
    await close(store, turn, shown=[a])
    conversation = turn.conversation_id
    for act in (
        {"kind": "like", "item_ids": [a.id]},
        {"kind": "set_wish", "wish": {"facet": "price", "op": "<", "value": 10}},
        {"kind": "just_show"},
    ):
        await close(store, await say(store, act=act, conversation_id=conversation))
    turn = await say(store, conversation_id=conversation)
    assert [e.said for e in turn.history[1:]] == [f"like: {a.title}", "set wish: price < 10", "just show"]


async def test_language_follows_the_text_then_the_conversation(store: Store) -> None:
    turn = await say(store, "想喝一点绿茶")
    assert turn.language == "zh"
    await close(store, turn)
    conversation = turn.conversation_id
    assert (await say(store, act={"kind": "reset"}, conversation_id=conversation)).language == "zh"
    assert (await say(store, "42", conversation_id=conversation)).language == "zh"
    turn = await say(store, "something else please", conversation_id=conversation)
    assert turn.language == "en"
    await close(store, turn)
    assert (await say(store, act={"kind": "reset"}, conversation_id=conversation)).language == "en"
    assert (await say(store, "hello there", language="zh", conversation_id=conversation)).language == "zh"
    assert (await say(store, act={"kind": "reset"}, language="zh")).language == "zh"


# --------------------------------------------------------------------------- whose it is


async def test_nobody_enters_another_persons_conversation(store: Store) -> None:
    turn = await say(store)
    await close(store, turn)
    its = turn.conversation_id
    with pytest.raises(NotFound, match="conversation"):
        await say(store, person="ben", conversation_id=its)
    with pytest.raises(NotFound):
        await say(store, conversation_id="0" * 32)
    for question in (
        store.dialogues.conversation(its, "ben"),
        store.dialogues.delete(its, "ben"),
        store.dialogues.rename(its, "ben", "x"),
        store.dialogues.conversation("a\0", "ana"),
    ):
        with pytest.raises(NotFound):
            await question
    assert await store.dialogues.conversations("ben") == []
    assert await store.dialogues.reply("ben", turn.id) is None
    async with store.database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM turns"))).scalar() == 1


async def test_a_conversation_keeps_its_catalogue(store: Store) -> None:
    await store.items.replace(Catalog(name="shop", version="1"), [Item(id="a", title="A")])
    turn = await say(store)
    with pytest.raises(BadInput, match="about 'teas'"):
        await say(store, catalog="shop", conversation_id=turn.conversation_id)
    with pytest.raises(NotFound, match="shop, teas"):
        await say(store, catalog="nowhere")
    await store.items.remove("teas")
    with pytest.raises(NotFound, match="teas"):
        await say(store, conversation_id=turn.conversation_id)


# --------------------------------------------------------------------------- the same turn again


async def test_a_closed_turn_is_replayed(store: Store) -> None:
    a, *_ = await some(store)
    turn = await say(store, "green", turn_id="t1")
    reply = await close(store, turn, shown=[a], ledger=Ledger((GREEN,)))
    again = await say(store, "green", turn_id="t1")
    assert again.reply == reply
    assert again.conversation_id == turn.conversation_id
    named = await say(store, "green", turn_id="t1", conversation_id=turn.conversation_id)
    assert named.reply == reply
    assert await store.dialogues.reply("ana", "t1") == reply
    assert (await say(store, "green", turn_id="t1", person="ben")).reply is None, "turn ids are a person's own"


async def test_an_open_turn_is_opened_again(store: Store) -> None:
    first = await say(store, "green", turn_id="t1")
    again = await say(store, "green", turn_id="t1")
    assert again.reply is None
    assert again.conversation_id == first.conversation_id
    reply = await close(store, again)
    await close(store, first, words="too late")
    assert await store.dialogues.reply("ana", "t1") == reply, "a closed turn stays"
    async with store.database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM turns"))).scalar() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"words": "white"},
        {"words": "green", "language": "zh"},
        {"act": {"kind": "reset"}},
        {"words": "green", "conversation_id": "another"},
    ],
)
async def test_another_body_is_a_conflict(store: Store, other: dict[str, Any]) -> None:
    await say(store, "green", turn_id="t1")
    with pytest.raises(Conflict, match="t1"):
        await say(store, turn_id="t1", **other)


async def test_the_same_turn_from_many_sides_is_one(url: str, store: Store) -> None:
    second = await Store.open(url)
    turns = await asyncio.gather(*(say(s, "green", turn_id="t1") for s in (store, second) * 4))
    assert len({t.conversation_id for t in turns}) == 1
    a, *_ = await some(store)
    act = Heard(feedback=(Feedback("like", a.id),))
    await asyncio.gather(*(close(s, t, heard=act) for s, t in zip((store, second) * 4, turns, strict=True)))
    async with store.database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM turns"))).scalar() == 1
        assert (await connection.execute(text("SELECT count(*) FROM feedback"))).scalar() == 1
    await second.close()


# --------------------------------------------------------------------------- closing


async def test_what_is_stored_of_a_turn(store: Store) -> None:
    a, b, c, d, *_ = await some(store)
    turn = await say(store, "green", turn_id="t1")
    turn.meter.model, turn.meter.prompts, turn.meter.dropped = "gpt-x", {"decide": "3"}, ["number not in record"]
    await close(store, turn, shown=[b, a], near=[d], retrieved=[a, b, c], ledger=Ledger((GREEN,)))
    async with store.database.read() as connection:
        row = (await connection.execute(text("SELECT kind, model, language, text, changed FROM turns"))).one()
        assert tuple(row) == ("recommend", "gpt-x", "en", "Here.", 1)
        from chatrec.store.tables import turn_items, turns

        kept = (await connection.execute(turns.select())).one()
        assert kept.prompts == {"decide": "3"}
        assert kept.dropped == ["number not in record"]
        assert kept.ledger == [GREEN.model_dump()]
        rows = (await connection.execute(turn_items.select())).all()
        assert {r.item_id: (r.retrieved, r.shown, r.near) for r in rows} == {
            a.id: (1, 2, None),
            b.id: (2, 1, None),
            c.id: (3, None, None),
            d.id: (None, None, 1),
        }
        assert next(r for r in rows if r.item_id == b.id).scores == {"words": 0.5, "popularity": 2}


async def test_feedback_is_part_of_the_turn(store: Store) -> None:
    a, b, *_ = await some(store)
    turn = await say(store, act={"kind": "like", "item_ids": [a.id]}, turn_id="t1")
    feedback = (Feedback("like", a.id), Feedback("seen", b.id), Feedback("like", "of another shop"))
    await close(store, turn, kind="noted", heard=Heard(feedback=feedback))
    assert (await profile(store)).likes == (a.id,)
    assert (await profile(store)).seen == (b.id,)
    entries = await store.profiles.entries("ana", "teas")
    assert [(e["item_id"], e["turn_id"]) for e in entries["likes"]] == [(a.id, "t1")]


async def test_a_close_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from chatrec.store import dialogues

    a, *_ = await some(store)
    turn = await say(store, turn_id="t1")

    async def fail(*_: Any) -> None:
        raise RuntimeError("power")

    monkeypatch.setattr(dialogues, "_take_back", fail)
    conversation = turn.conversation_id
    await close(store, turn, shown=[a], ledger=Ledger((GREEN,)))
    undo = await say(store, act={"kind": "undo"}, turn_id="t2", conversation_id=conversation)
    assert undo.undo is None
    like = await say(store, act={"kind": "like", "item_ids": [a.id]}, turn_id="t3", conversation_id=conversation)
    await close(store, like, heard=Heard(feedback=(Feedback("like", a.id),)))
    undo = await say(store, act={"kind": "undo"}, turn_id="t4", conversation_id=conversation)
    with pytest.raises(RuntimeError):
        await close(store, undo, shown=[a], heard=Heard(undo=True), ledger=Ledger())
    again = await say(store, act={"kind": "undo"}, turn_id="t4", conversation_id=conversation)
    assert again.reply is None
    assert again.ledger == Ledger((GREEN,))
    assert len(again.history) == 2
    assert (await profile(store)).likes == (a.id,)


async def test_a_person_deleted_in_mid_turn(store: Store) -> None:
    turn = await say(store)
    assert await store.profiles.delete("ana")
    with pytest.raises(NotFound, match="deleted"):
        await close(store, turn)


# --------------------------------------------------------------------------- taking back


async def test_undo_takes_back_the_last_act(store: Store) -> None:
    a, b, *_ = await some(store)
    conversation = (first := await say(store)).conversation_id
    await close(store, first, ledger=Ledger((GREEN,)), shown=[a, b])
    for turn_id, item in (("like-a", a), ("like-b", b)):
        turn = await say(
            store, act={"kind": "like", "item_ids": [item.id]}, turn_id=turn_id, conversation_id=conversation
        )
        await close(store, turn, kind="noted", heard=Heard(feedback=(Feedback("like", item.id),)))
    assert (await profile(store)).likes == (b.id, a.id)
    for expected, left in (("like-b", (a.id,)), ("like-a", ())):
        turn = await say(store, act={"kind": "undo"}, conversation_id=conversation)
        assert turn.undo is not None
        assert turn.undo.turn_id == expected
        assert turn.undo.ledger == Ledger((GREEN,))
        await close(store, turn, kind="noted", ledger=turn.undo.ledger, heard=Heard(undo=True))
        assert (await profile(store)).likes == left
    turn = await say(store, act={"kind": "undo"}, conversation_id=conversation)
    assert turn.undo is None, "what text changed is not an act"
    by_word = await say(store, "undo that", conversation_id=conversation)
    assert by_word.undo is not None, "in words, the last change of any kind"
    assert by_word.undo.turn_id == first.id
    assert by_word.undo.ledger == Ledger()


async def test_undo_brings_earlier_feedback_back(store: Store) -> None:
    a, *_ = await some(store)
    conversation = None
    for kind in ("like", "dislike"):
        turn = await say(store, act={"kind": kind, "item_ids": [a.id]}, conversation_id=conversation)
        conversation = turn.conversation_id
        await close(store, turn, kind="noted", heard=Heard(feedback=(Feedback(kind, a.id),)))
    assert (await profile(store)).dislikes == (a.id,)
    turn = await say(store, act={"kind": "undo"}, conversation_id=conversation)
    await close(store, turn, kind="noted", heard=Heard(undo=True))
    assert ((await profile(store)).likes, (await profile(store)).dislikes) == ((a.id,), ())


async def test_undo_of_wishes_leaves_later_ones(store: Store) -> None:
    conversation = (first := await say(store, "green")).conversation_id
    await close(store, first, ledger=Ledger((GREEN,)))
    act = {"kind": "set_wish", "wish": {"facet": "kind", "op": "=", "value": "White"}, "wish_id": "w1"}
    turn = await say(store, act=act, turn_id="set", conversation_id=conversation)
    await close(store, turn, ledger=Ledger((WHITE,)))
    now = await say(store, act={"kind": "undo"}, conversation_id=conversation)
    assert now.undo is not None
    assert now.undo.ledger == Ledger((GREEN,))
    turn = await say(store, "under $10", conversation_id=conversation)
    await close(store, turn, ledger=Ledger((WHITE, CHEAP)))
    later = await say(store, act={"kind": "undo"}, conversation_id=conversation)
    assert later.undo is not None
    assert later.undo.turn_id == "set"
    assert later.undo.ledger == Ledger((GREEN, CHEAP))
    in_words = await say(store, "undo", conversation_id=conversation)
    assert in_words.undo is not None
    assert in_words.undo.ledger == Ledger((WHITE,))


async def test_undo_of_reset(store: Store) -> None:
    conversation = (first := await say(store, "green")).conversation_id
    await close(store, first, ledger=Ledger((GREEN, CHEAP)))
    turn = await say(store, act={"kind": "reset"}, turn_id="r", conversation_id=conversation)
    await close(store, turn, kind="noted", ledger=Ledger(), heard=Heard(reset=True))
    turn = await say(store, act={"kind": "undo"}, conversation_id=conversation)
    assert turn.undo is not None
    assert turn.undo.ledger == Ledger((GREEN, CHEAP))
    await close(store, turn, kind="noted", ledger=turn.undo.ledger, heard=Heard(undo=True))
    turn = await say(store, act={"kind": "undo"}, conversation_id=conversation)
    assert turn.undo is None
    assert turn.ledger == Ledger((GREEN, CHEAP))


# --------------------------------------------------------------------------- conversations


async def test_a_persons_conversations(store: Store) -> None:
    first = await say(store, "a green tea for the morning " + "x" * 200)
    await close(store, first)
    second = await say(store, act={"kind": "just_show"})
    await close(store, second)
    listed = await store.dialogues.conversations("ana")
    assert [c["id"] for c in listed] == [second.conversation_id, first.conversation_id]
    assert listed[1]["title"].startswith("a green tea for the morning")
    assert len(listed[1]["title"]) == 80
    assert await store.dialogues.latest("ana", "teas") == second.conversation_id
    assert await store.dialogues.latest("ana", "films") is None
    await close(store, await say(store, "more", conversation_id=first.conversation_id))
    assert await store.dialogues.latest("ana", "teas") == first.conversation_id
    await store.dialogues.rename(first.conversation_id, "ana", "Morning")
    told = await store.dialogues.conversation(first.conversation_id, "ana")
    assert (told["title"], told["catalog"], told["language"], len(told["turns"])) == ("Morning", "teas", "en", 2)
    replies = await store.dialogues.replies(first.conversation_id)
    assert [(said[:7], act, reply.text) for said, act, reply in replies] == [
        ("a green", None, "Here."),
        ("more", None, "Here."),
    ]
    assert (await store.dialogues.replies(second.conversation_id))[0][1] == Act(kind="just_show")
    await store.dialogues.delete(first.conversation_id, "ana")
    assert [c["id"] for c in await store.dialogues.conversations("ana")] == [second.conversation_id]
    assert await store.dialogues.owner(first.conversation_id) is None


@pytest.mark.parametrize("odd", ["\0", "\ud800x", "'; --", "😀" * 50])
async def test_odd_ids_and_words_harm_nothing(store: Store, odd: str) -> None:
    turn = await store.dialogues.open(
        Said(odd, "teas", turn_id=odd, act=Act(kind="like", item_ids=[odd], wish={odd: odd}, wish_id=odd))
    )
    await close(store, turn, heard=Heard(feedback=(Feedback("like", odd),)), words=odd)
    assert await store.dialogues.owner(turn.conversation_id) is not None
    assert await store.dialogues.owner(odd) is None
    words = await store.dialogues.open(Said("ana", "teas", turn_id="t", text=odd))
    assert (await store.dialogues.open(Said("ana", "teas", turn_id="t", text=odd))).id == words.id == "t"
    with pytest.raises(NotFound):
        await say(store, conversation_id=odd)
    with pytest.raises(NotFound):
        await store.items.catalog(odd)
    assert await store.items.get("teas", [odd]) == []
