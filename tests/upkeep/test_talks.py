"""When conversations are learned from anew, that the shelf gets it, and that what is deleted goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.store.talks import Talk
from chatrec.upkeep.talks import due, keep
from tests import teas
from tests.conftest import tea_engine


@pytest.mark.parametrize(
    ("now", "fitted", "expected"),
    [
        ((0, 0, 0), None, False),
        ((10, 10, 5), None, False),  # too little to learn from
        ((100, 100, 0), None, True),
        ((100, 100, 0), (100, 100, 0), False),
        ((100, 100, 1), (100, 100, 0), False),
        ((100, 100, 3), (100, 100, 0), True),
        ((99, 100, 0), (100, 100, 0), True),  # somebody's was deleted
        ((100, 100, 49), (100, 100, 50), True),  # likewise, of our own
        ((3, 3, 0), (100, 100, 0), True),  # so few are left that nothing is learned from them
    ],
)
def test_it_is_due_when_enough_is_new_or_anything_is_gone(
    now: tuple[int, int, int], fitted: tuple[int, int, int] | None, expected: bool
) -> None:
    assert due(now, fitted) is expected


def said(text: str) -> tuple[dict[str, object], ...]:
    return ({"role": "user", "content": text, "item_ids": []},)


async def test_conversations_move_the_answer_are_cited_and_go_with_the_person(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    ids = [item.id for item in teas.items()]
    talks = [Talk(f"s{n}", said("for the afternoon, after a storm"), (ids[27],), (), "ana") for n in range(12)]
    talks += [Talk(f"t{n}", said("for the afternoon, after a storm"), (ids[27],), (), "ben") for n in range(12)]
    talks += [Talk(f"o{n}", said(f"hello, number {n}"), (ids[n % 20],)) for n in range(300)]
    await engine.store.talks.replace("teas", talks)
    ask = {"catalog": "teas", "messages": [{"role": "user", "content": "something for after the storm this afternoon"}]}
    try:
        await engine.warm("teas")
        await engine.settled()
        first = (await engine.recommend(**ask, k=5))[0]
        assert first.item.id == ids[27]
        assert "dialogue" in first.sources
        assert "talked_about" in [e.code for e in first.evidence]
        reply = await engine.reply(text="something for after the storm this afternoon", catalog="teas")
        card = next(i for i in reply.items if i.id == ids[27])
        assert "talked_about" in [e.code for e in card.evidence]

        book = await engine.book("teas")
        before = await engine.store.talks.stamp("teas")
        assert await engine.store.profiles.delete("ben")
        await keep(engine.store, book.catalog, book.shelf, before)
        cited = [e.code for c in await engine.recommend(**ask, k=5) for e in c.evidence]
        assert "talked_about" not in cited, "ana alone is not people"
        await engine.store.talks.replace("teas", [])
        await keep(engine.store, book.catalog, book.shelf, before)
        assert book.shelf.talks is None
        assert "dialogue" not in (await engine.recommend(**ask, k=1))[0].sources
    finally:
        await engine.stop()


async def test_an_item_named_by_title_or_id_in_messages_counts_as_named(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    items = teas.items()
    title, other = items[3], items[9]
    try:
        messages = [
            {"role": "user", "content": f"I really loved {title.title}."},
            {"role": "assistant", "content": "Noted!", "item_ids": [other.id]},
        ]
        found = {c.item.id for c in await engine.recommend(catalog="teas", messages=messages, k=100)}
        assert not found & {title.id, other.id}
        assert len(found) == len(items) - 2
        shared = await engine.recommend(catalog="teas", messages=messages[:1], k=1)
        assert ("shares", title.id) in [(e.code, e.item_id) for e in shared[0].evidence]
    finally:
        await engine.stop()
