"""What is learned from conversations: neighbours by words and by items, shares of values, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chatrec.recommend.dialogue import Dialogue, Talks
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Source
from chatrec.testing.source_contract import CATALOG, SourceContract, lamps
from chatrec.vocabulary import Catalog


@dataclass(frozen=True)
class Told:
    words: str
    named: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    person: str | None = None


CHAT = [Told(f"hello there, number {n} wants any lamp", accepted=(f"lamp-{20 + n % 30:03d}",)) for n in range(60)]
READERS = [Told("a reading light for my desk, cosy", ("lamp-003",), ("lamp-017",), person=f"p{n}") for n in range(4)]
WORKERS = [Told("a bright workshop beam", ("lamp-005",), ("lamp-050",), ("lamp-017",)) for _ in range(4)]
ALL = [*CHAT, *READERS, *WORKERS]


def shelf_with(told: list[Told]) -> Shelf:
    shelf = Shelf.build(CATALOG, lamps())
    shelf.talks = Talks.fit(told, shelf)
    return shelf


async def best(shelf: Shelf, query: Query) -> str:
    scored = await Dialogue(shelf).score(query, None)
    return shelf.ids[int(scored.rows[np.argmax(scored.scores)])]


class TestDialogueContract(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        shelf.talks = Talks.fit(ALL, shelf) if len(shelf) else None
        return Dialogue(shelf)


class TestWithoutConversations(SourceContract):
    def make(self, shelf: Shelf) -> Source:
        return Dialogue(shelf)


async def test_people_who_talk_alike_take_alike() -> None:
    shelf = shelf_with(ALL)
    assert await best(shelf, Query(said="something cosy for reading at the desk")) == "lamp-017"
    assert await best(shelf, Query(said="i need a bright beam in the workshop")) == "lamp-050"


async def test_what_came_up_beside_an_item_counts_without_a_word() -> None:
    shelf = shelf_with(ALL)
    assert await best(shelf, Query(named=("lamp-003",))) == "lamp-017"
    assert await best(shelf, Query(named=("lamp-005",))) == "lamp-050"


async def test_what_was_named_is_no_answer_and_what_it_should_not_be_like_is_none_either() -> None:
    shelf = shelf_with(ALL)
    query = Query(said="cosy reading light", named=("lamp-017",), unlike=("lamp-003",))
    scored = await Dialogue(shelf).score(query, np.array([shelf.row["lamp-003"], shelf.row["lamp-017"]]))
    assert (scored.scores <= 0).all()


async def test_values_that_such_people_take_speak_for_items_nobody_spoke_of() -> None:
    """Those who want it cosy took three round ones: another round one is nearer than one that only differs in that."""
    told = [Told("warm and cosy", accepted=(f"lamp-{n:03d}",)) for n in (0, 4, 8)]
    told += [Told("cold and bright", accepted=(f"lamp-{n:03d}",)) for n in (1, 2, 3, 5, 6, 7)]
    shelf = shelf_with([*told, *CHAT])
    scored = await Dialogue(shelf).score(Query(said="hello, any lamp, but cosy and warm"), np.arange(len(shelf)))
    dense = np.zeros(len(shelf))
    dense[scored.rows] = scored.scores
    unheard = [n for n in range(60) if not any(f"lamp-{n:03d}" in t.accepted for t in [*told, *CHAT])]
    round_, other = [[dense[n] for n in unheard if (n % 4 == 0) is wanted] for wanted in (True, False)]
    assert np.mean(round_) > np.mean(other)


def test_what_was_refused_is_not_learned() -> None:
    shelf = shelf_with([Told("cosy", ("lamp-001",), ("lamp-002",), ("lamp-001",)) for _ in range(3)])
    assert shelf.talks is not None
    assert shelf.talks.counts[shelf.row["lamp-001"]] == 0
    assert shelf.talks.counts[shelf.row["lamp-002"]] == 3


def test_takers_are_several_people_who_asked_for_something_like_it() -> None:
    shelf = shelf_with(ALL)
    talks = shelf.talks
    assert talks is not None
    assert [shelf.ids[row] for row in talks.takers("a cosy light for reading")] == ["lamp-017"]
    assert len(talks.takers("hello there, any lamp")) == 0, "small talk that everybody uses asks for nothing"
    assert len(talks.takers("cosy")) == 0, "one word is not something like it"
    alone = shelf_with([*CHAT, *[Told("a cosy reading light", (), ("lamp-017",), person="ana") for _ in range(5)]])
    assert alone.talks is not None
    assert len(alone.talks.takers("a cosy light for reading")) == 0, "one person is not people"
    named = shelf_with([*CHAT, *[Told("a cosy reading light", ("lamp-017",)) for _ in range(5)]])
    assert named.talks is not None
    assert len(named.talks.takers("a cosy light for reading")) == 0, "to come up is not to be taken"


def test_nothing_to_learn_from_is_nothing() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    assert Talks.fit([], shelf) is None
    assert Talks.fit([Told("a", accepted=("no-such",))] * 5, shelf) is None
    assert Talks.fit(ALL, Shelf.build(Catalog(name="none"), [])) is None
    wordless = Talks.fit([Told("", accepted=("lamp-001",))] * 3, shelf)
    assert wordless is not None
    assert np.isfinite(wordless.scores("words", [])).all()


async def test_few_conversations_say_less_than_many() -> None:
    few, many = shelf_with(READERS), shelf_with(READERS * 50)
    tops = [float((await Dialogue(s).score(Query(said="cosy desk"), None)).scores.max()) for s in (few, many)]
    assert tops[0] < tops[1] / 3
