from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatrec.language.describe import searched_text
from chatrec.memory.recall import AVERSE, RELEVANT, Memory
from chatrec.recommend.shelf import Shelf
from chatrec.testing.hashed_words import HashedWords
from chatrec.testing.meets_store import MeetsStore
from chatrec.vocabulary import Ledger, Profile, Said, Taste, Turn, Wish
from tests import teas

ITEMS = teas.items()


class Profiles:
    """Keeps one profile."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.asked: list[tuple[str, str]] = []

    async def read(self, person_id: str, catalog: str) -> Profile:
        self.asked.append((person_id, catalog))
        return self.profile


def shelf(*, vectors: bool) -> Shelf:
    made = Shelf.build(teas.CATALOG, ITEMS)
    if vectors:
        encoder = HashedWords(256)
        matrix = encoder.vectors([searched_text(item, teas.CATALOG) for item in ITEMS])
        made.adopt(encoder.name, [item.id for item in ITEMS], matrix, encoder.encode)
    return made


async def recall(profile: Profile, text: str, *wishes: Wish, vectors: bool = True) -> Profile:
    said = Said("ana", "teas", text=text)
    turn = Turn("t", "c", said, "en", ledger=Ledger(wishes))
    profiles = Profiles(profile)
    found = await Memory(profiles, MeetsStore(teas.CATALOG, ITEMS).items, shelf(vectors=vectors)).recall(said, turn)
    assert profiles.asked == [("ana", "teas")]
    return found


def ids(items: Any) -> list[str]:
    return [item.id for item in items]


async def test_a_person_without_a_past_costs_nothing() -> None:
    empty = Profile("ana", seen=("tea-01",))
    store = MeetsStore(teas.CATALOG, ITEMS)
    said = Said("ana", "teas", text="smoky")
    assert (
        await Memory(Profiles(empty), store.items, shelf(vectors=True)).recall(said, Turn("t", "c", said, "en"))
        is empty
    )
    assert not store.asked


@pytest.mark.parametrize("vectors", [True, False])
async def test_likes_that_are_like_the_query_come_first(vectors: bool) -> None:
    likes = tuple(i.id for i in ITEMS)  # everything: "Campfire Souchong" is number 8
    found = await recall(Profile("ana", likes=likes), "something like a campfire souchong", vectors=vectors)
    assert ids(found.relevant)[0] == "tea-07"
    assert len(found.relevant) <= RELEVANT
    assert found.likes == likes


@pytest.mark.parametrize("vectors", [True, False])
async def test_without_a_topic_the_newest_count(vectors: bool) -> None:
    likes = tuple(i.id for i in reversed(ITEMS))
    profile = Profile("ana", likes=likes, dislikes=())
    found = await recall(profile, "recommend me a tea please", vectors=vectors)
    assert tuple(ids(found.relevant)) == likes[:RELEVANT]
    other = await recall(profile, "xyzzy", vectors=False)  # no word in common with anything
    assert tuple(ids(other.relevant)) == likes[:RELEVANT]


async def test_words_that_still_hold_are_part_of_the_query() -> None:
    likes = ("tea-00", "tea-15", "tea-26")  # Sencha, Silver Needle, Hibiscus
    wish = Wish(op="like", value="hibiscus night", words="hibiscus night")
    assert ids((await recall(Profile("ana", likes=likes), "not too sweet", wish)).relevant)[0] == "tea-26"


@pytest.mark.parametrize("vectors", [True, False])
async def test_an_item_that_was_named_is_what_it_is_and_not_its_id(vectors: bool) -> None:
    likes = tuple(i.id for i in ITEMS if i.id != "tea-12")
    wish = Wish(op="like", value="tea-12", words="that one", hard=False)
    named = next(i for i in ITEMS if i.id == "tea-12")

    def shared(items: Any) -> int:
        return sum(len({*i.values(f.name)} & {*named.values(f.name)}) for i in items for f in teas.CATALOG.facets)

    found = await recall(Profile("ana", likes=likes), "", wish, vectors=vectors)
    unnamed = await recall(Profile("ana", likes=likes), "", vectors=vectors)
    assert shared(found.relevant) > shared(unnamed.relevant)


async def test_dislikes_are_told_apart() -> None:
    profile = Profile("ana", likes=("tea-00",), dislikes=tuple(i.id for i in ITEMS[1:12]))
    found = await recall(profile, "")
    assert ids(found.relevant) == ["tea-00"]
    assert ids(found.averse) == [f"tea-{n:02d}" for n in range(1, 1 + AVERSE)]


async def test_tastes_are_learned_beside_those_that_were_stated() -> None:
    oolongs = tuple(i.id for i in ITEMS if i.attributes["kind"] == "Oolong")
    stated = Taste("s1", "kind", "Oolong", -1.0, "no oolong, ever", "t0")
    assert ("kind", "Oolong") in {(t.facet, t.value) for t in (await recall(Profile("ana", likes=oolongs), "")).tastes}
    found = await recall(Profile("ana", likes=oolongs, tastes=(stated,)), "")
    assert [t for t in found.tastes if t.facet == "kind"] == [stated]


async def test_withdrawn_items_are_passed_over() -> None:
    found = await recall(Profile("ana", likes=("gone", "tea-03"), dislikes=("gone too",)), "sencha")
    assert set(ids(found.relevant)) <= {"tea-03"}
    assert found.averse == ()


async def test_holds_nothing_of_anybody() -> None:
    profiles = Profiles(Profile("ana", likes=("tea-03",)))
    memory = Memory(profiles, MeetsStore(teas.CATALOG, ITEMS).items, shelf(vectors=False))
    said = Said("ana", "teas", text="")
    first = await memory.recall(said, Turn("t", "c", said, "en"))
    profiles.profile = replace(profiles.profile, person_id="bo", likes=("tea-09",))
    said = Said("bo", "teas", text="")
    second = await memory.recall(said, Turn("t", "c", said, "en"))
    assert (ids(first.relevant), ids(second.relevant)) == (["tea-03"], ["tea-09"])


async def test_of_a_long_history_the_part_that_matters_for_this_query_is_found() -> None:
    oolongs = [i.id for i in ITEMS if i.attributes["kind"] == "Oolong"]
    others = [i.id for i in ITEMS if i.id not in oolongs]
    past = tuple((f"gone-{n}", 5.0) for n in range(60)) + tuple((i, 5.0) for i in [*others, *oolongs])
    found = await recall(Profile("ana", past=past), "an oolong please")
    assert set(ids(found.relevant)[:3]) <= set(oolongs)
    assert found.known >= set(oolongs)  # who rated a tea knows it
    low = await recall(Profile("ana", past=tuple((i, 1.0) for i in oolongs) + (("tea-00", 5.0),)), "an oolong please")
    assert not set(ids(low.relevant)) & set(oolongs)


async def test_to_have_looked_at_something_is_not_to_know_it() -> None:
    profile = Profile("ana", past=(("tea-01", "view"), ("tea-02", "like"), ("tea-03", "buy"), ("tea-04", "reject")))
    assert profile.known == {"tea-03", "tea-04"}
