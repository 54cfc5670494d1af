"""Which twenty: allowed, new to the person, the same by every path, filled up, and with reasons."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatrec.errors import NotFound
from chatrec.language.describe import searched_text
from chatrec.recommend.candidates import MOST, Candidates, Place
from chatrec.recommend.diversity import Dials
from chatrec.recommend.fuse import Fuse
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Scored
from chatrec.testing.hashed_words import HashedWords
from chatrec.testing.meets_store import MeetsStore
from chatrec.testing.source_contract import CATALOG, lamps
from chatrec.vocabulary import Candidate, Decision, Item, Ledger, Profile, Said, Turn, Wish
from tests import teas

LAMPS = lamps(90)
BY_ID = {item.id: item for item in LAMPS}
ANA = Profile("ana")
RECOMMEND = Decision("recommend")


def shelved(*, vectors: bool = True, items: list[Item] = LAMPS, kind: type[Shelf] = Shelf) -> Shelf:
    shelf = kind.build(CATALOG, items)
    if vectors:
        encoder = HashedWords()
        matrix = encoder.vectors([searched_text(item, CATALOG) for item in items])
        shelf.adopt(encoder.name, [item.id for item in items], matrix, encoder.encode)
    return shelf


def recommender(**changed: Any) -> Candidates:
    return Candidates(CATALOG, MeetsStore(CATALOG, LAMPS), shelved(), **changed)


def ledger(*wishes: Wish) -> Ledger:
    return Ledger(tuple(w.model_copy(update={"id": f"w{n}"}) for n, w in enumerate(wishes)))


def turn(text: str = "", shown: tuple[str, ...] = ()) -> Turn:
    return Turn("t", "c", Said("ana", "lamps", text=text), "en", shown=frozenset(shown))


def like(value: str) -> Wish:
    return Wish(op="like", value=value, words=value)


def ids(found: list[Candidate]) -> list[str]:
    return [c.item.id for c in found]


ROUND = Wish(facet="shape", op="=", value="Round")
OAK = Wish(facet="woods", op="contains", value="oak")
DIM = Wish(facet="dimmable", op="=", value=True)
EVERYTHING = Wish(facet="shape", op="not_in", value=["hexagonal"])

# ---------------------------------------------------------------------- which


async def test_nothing_said_is_what_is_popular() -> None:
    found = await recommender()(Ledger(), ANA, turn("recommend something"), RECOMMEND)
    assert ids(found) == [i.id for i in sorted(LAMPS, key=lambda i: (-i.popularity, i.id))[:MOST]]
    assert {c.sources for c in found} == {("popularity",)}


async def test_words_rule_over_popularity() -> None:
    for shelf in (shelved(vectors=False), shelved()):
        found = await Candidates(CATALOG, MeetsStore(CATALOG, LAMPS), shelf)(
            ledger(like("bamboo for the nursery")), ANA, turn(), RECOMMEND
        )
        assert all("bamboo" in (t := searched_text(c.item, CATALOG)) and "nursery" in t for c in found[:5])
        assert all("words" in c.sources for c in found[:5])
        assert len(found) == MOST


async def test_hard_wishes_hold_and_few_are_filled_up() -> None:
    wishes = ledger(ROUND, OAK, DIM, like("nothing like this exists"))
    allowed = {i.id for i in LAMPS if wishes.allows(i)}
    assert 0 < len(allowed) < MOST
    found = await recommender()(wishes, ANA, turn(), RECOMMEND)
    assert set(ids(found)) == allowed
    assert all(c.sources for c in found)


async def test_what_is_known_shown_or_named_is_left_out() -> None:
    wishes = ledger(ROUND, like("lamp-000"), Wish(op="not_like", value="lamp-004"))
    profile = replace(ANA, seen=("lamp-008",), owned=("lamp-012",), dislikes=("lamp-016",), likes=("lamp-020",))
    found = await recommender()(wishes, profile, turn(shown=("lamp-024",)), RECOMMEND)
    gone = {"lamp-000", "lamp-004", "lamp-008", "lamp-012", "lamp-016", "lamp-024"}
    assert set(ids(found)) == {i.id for i in LAMPS if ROUND.meets(i)} - gone
    again = await recommender()(wishes, profile, turn(shown=("lamp-024",)), Decision("recommend", show_again=True))
    assert set(ids(again)) == set(ids(found)) | {"lamp-024"}


async def test_nothing_allowed_or_nothing_new_is_an_empty_list() -> None:
    make = recommender()
    assert await make(ledger(ROUND, Wish(facet="shape", op="=", value="flat")), ANA, turn(), RECOMMEND) == []
    everything = tuple(i.id for i in LAMPS)
    assert await make(Ledger(), ANA, turn("oak", shown=everything), RECOMMEND) == []
    assert await make(ledger(ROUND), ANA, turn("oak", shown=everything), RECOMMEND) == []


async def test_soft_wishes_raise() -> None:
    soft = Wish(facet="watts", op="between", value=[8, 10], hard=False)
    found = await recommender()(ledger(soft), ANA, turn(), RECOMMEND)
    assert all(soft.meets(c.item) for c in found[:10])
    assert "wished" in found[0].sources
    assert next((e.code, e.facet) for e in found[0].evidence) == ("meets", "watts")


async def test_the_persons_words_are_evidence() -> None:
    found = await recommender()(ledger(like("walnut light")), ANA, turn("a walnut light"), RECOMMEND)
    assert next((e.code, e.words) for e in found[0].evidence) == ("like_text", "walnut light")


async def test_likes_lean_and_are_told() -> None:
    profile = replace(ANA, likes=("lamp-003",), relevant=(BY_ID["lamp-003"],))
    found = await recommender()(Ledger(), profile, turn(), RECOMMEND)
    plain = await recommender()(Ledger(), ANA, turn(), RECOMMEND)
    assert ids(found) != ids(plain)
    assert any("relations" in c.sources for c in found)
    assert any(e.code == "shares" and e.item_id == "lamp-003" for c in found for e in c.evidence)


async def test_dials_reorder_what_fits_and_nothing_else() -> None:
    wishes = ledger(OAK, like("kitchen light")).wishes
    plain = await recommender().recommend(wishes=wishes, k=8)
    everything = {c.item.id for c in await recommender().recommend(wishes=wishes, k=90)}
    for dials in (Dials(diversity=1.0), Dials(novelty=1.0)):
        turned = await recommender(dials=dials).recommend(wishes=wishes, k=8)
        assert ids(turned) != ids(plain)
        assert set(ids(turned)) <= everything
        assert all(OAK.meets(c.item) for c in turned)
        assert [c.score for c in turned] == sorted((c.score for c in turned), reverse=True)
        assert ids(await recommender(dials=dials).recommend(wishes=wishes, k=8, diversity=0, novelty=0)) == ids(plain)
        again = await recommender().recommend(wishes=wishes, k=8, diversity=dials.diversity, novelty=dials.novelty)
        assert ids(again) == ids(turned)
        cheapest = (*wishes, Wish(facet="watts", op="sort", value="asc"))
        assert ids(await recommender(dials=dials).recommend(wishes=cheapest, k=8)) == ids(
            await recommender().recommend(wishes=cheapest, k=8)
        )


async def test_a_place_is_the_one_in_the_order_of_the_dials() -> None:
    make = recommender(dials=Dials(diversity=0.7, novelty=0.4))
    order = ids(await make(Ledger(), ANA, turn(), RECOMMEND))
    assert [(await make.place(i, Ledger(), ANA, turn())).rank for i in order[:12]] == list(range(1, 13))


# ---------------------------------------------------------------------- the same by every path

hard_wishes = st.lists(
    st.sampled_from(
        [
            ROUND,
            OAK,
            DIM,
            EVERYTHING,
            Wish(facet="watts", op=">=", value=9),
            Wish(facet="watts", op="not_in", value=[5.0]),
            Wish(facet="since", op="<", value="2012"),
            Wish(facet="woods", op="in", value=["walnut", "pine"]),
        ]
    ),
    max_size=3,
)
soft_wishes = st.lists(
    st.sampled_from(
        [
            like("walnut"),
            like("lamp-007"),
            like("落地灯"),
            Wish(op="not_like", value="kitchen"),
            Wish(op="not_like", value="lamp-011"),
            Wish(facet="shape", op="=", value="tall", hard=False),
            Wish(facet="watts", op="sort", value="asc"),
            Wish(facet="since", op="sort", value="desc"),
        ]
    ),
    max_size=3,
)
some_ids = st.lists(st.sampled_from([*BY_ID, "gone"]), max_size=40, unique=True)
texts = st.sampled_from(["", "a pine lamp for the study", "some random wish", "台灯"])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hard_wishes, soft_wishes, some_ids, some_ids, some_ids, texts, st.booleans())
async def test_every_path_gives_the_same(
    hard: list[Wish],
    soft: list[Wish],
    shown: list[str],
    seen: list[str],
    liked: list[str],
    text: str,
    vectors: bool,
) -> None:
    wishes = ledger(*hard, *soft)
    profile = replace(ANA, seen=tuple(seen), likes=tuple(liked))
    store, shelf = MeetsStore(CATALOG, LAMPS), WITH if vectors else WITHOUT
    said = turn(text, shown=tuple(shown))
    by_the_shelf = await Candidates(CATALOG, store, shelf)(wishes, profile, said, RECOMMEND)
    unsure = UNSURE_WITH if vectors else UNSURE_WITHOUT
    one_by_one = await Candidates(CATALOG, store, unsure, few=10**9)(wishes, profile, said, RECOMMEND)
    in_blocks = await Candidates(CATALOG, store, unsure, few=-1)(wishes, profile, said, RECOMMEND)
    known = CURRENT_WITH if vectors else CURRENT_WITHOUT
    unconfirmed = await Candidates(CATALOG, store, known)(wishes, profile, said, RECOMMEND)
    assert by_the_shelf == one_by_one == in_blocks == unconfirmed
    named = {str(w.value) for w in soft if w.op in ("like", "not_like")}
    allowed = {i.id for i in LAMPS if wishes.allows(i)} - profile.known - set(shown) - named
    assert len(one_by_one) == min(MOST, len(allowed))
    assert set(ids(one_by_one)) <= allowed
    assert all(np.isfinite(c.score) and c.sources for c in one_by_one)
    assert [c.score for c in one_by_one] == sorted((c.score for c in one_by_one), reverse=True)
    if not hard:  # no wish, and a wish that all meet, are the same
        open_ = await Candidates(CATALOG, store, shelf)(ledger(*soft, EVERYTHING), profile, said, RECOMMEND)
        assert ids(open_) == ids(one_by_one)
        assert [c.scores for c in open_] == [c.scores for c in one_by_one]


class Unsure(Shelf):
    """Leaves every question about wishes to SQL."""

    def answers(self, wishes: Iterable[Wish]) -> bool:
        return False


def current(shelf: Shelf) -> Shelf:
    """One that knows which edition of the store it is of."""
    shelf.edition = 1.0
    return shelf


WITH, WITHOUT = shelved(), shelved(vectors=False)
CURRENT_WITH, CURRENT_WITHOUT = current(shelved()), current(shelved(vectors=False))
UNSURE_WITH, UNSURE_WITHOUT = shelved(kind=Unsure), shelved(vectors=False, kind=Unsure)


@pytest.mark.parametrize("shelf", [WITH, CURRENT_WITH], ids=["of no known edition", "of an older edition"])
@pytest.mark.parametrize("few", [-1, 10, 2_000])
async def test_sql_is_right_where_the_shelf_is_out_of_date(few: int, shelf: Shelf) -> None:
    """Shapes were changed since the shelf was built: what it guesses is wrong both ways, what is offered is not."""
    changed = [
        replace(i, attributes={**i.attributes, "shape": "round" if n % 9 == 4 else "flat"}) for n, i in enumerate(LAMPS)
    ]
    store = MeetsStore(CATALOG, changed)
    store.edition = 2.0
    for wish in (ROUND, Wish(facet="shape", op="=", value="flat")):
        found = await Candidates(CATALOG, store, shelf, few=few)(ledger(wish), ANA, turn(), RECOMMEND)
        allowed = [i for i in changed if wish.meets(i)]
        assert set(ids(found)) <= {i.id for i in allowed}
        assert len(found) == min(MOST, len(allowed))
        assert all(c.item in changed for c in found)  # as the store has it now


async def test_sql_is_asked_only_what_is_needed() -> None:
    store = MeetsStore(CATALOG, LAMPS)
    await Candidates(CATALOG, store, WITH)(ledger(like("oak")), ANA, turn(), RECOMMEND)
    assert dict(store.asked) == {"get": 1}
    store.asked.clear()
    await Candidates(CATALOG, store, WITH)(ledger(DIM), ANA, turn(), RECOMMEND)
    assert dict(store.asked) == {"confirm": 1, "get": 1}
    store.asked.clear()
    few = Wish(facet="watts", op="=", value=9)
    assert len(await Candidates(CATALOG, store, WITH)(ledger(few), ANA, turn(), RECOMMEND)) == 5
    assert dict(store.asked) == {"ids": 1, "get": 1}
    store.asked.clear()
    await Candidates(CATALOG, store, UNSURE_WITH, few=5)(ledger(DIM), ANA, turn(), RECOMMEND)
    assert dict(store.asked) == {"confirm": 1, "get": 1}
    for wish in (like("oak"), DIM, few):  # one small question where the answer is that nothing has changed
        store.asked.clear()
        await Candidates(CATALOG, store, CURRENT_WITH)(ledger(wish), ANA, turn(), RECOMMEND)
        assert dict(store.asked) == {"edition": 1}


async def test_through_an_index_that_knows_the_nearest() -> None:
    shelf = shelved()
    assert shelf.vectors is not None
    matrix, asked = shelf.vectors.matrix, []

    async def nearest(vector: np.ndarray, k: int) -> list[tuple[str, float]]:
        asked.append(k)
        return [(shelf.ids[n], 0.0) for n in np.argsort(-(matrix @ vector))[:30]]

    shelf.vectors = replace(shelf.vectors, nearest=nearest)
    store = MeetsStore(CATALOG, LAMPS)
    for text in ("bamboo nursery", "oak", ""):
        decision = Decision("recommend", query=text)
        exact = await Candidates(CATALOG, store, WITH)(Ledger(), ANA, turn(), decision)
        through = await Candidates(CATALOG, store, shelf)(Ledger(), ANA, turn(), decision)
        assert ids(through) == ids(exact)
        assert [c.score for c in through] == [c.score for c in exact]
    assert len(asked) == 2
    shown = tuple(i.id for i in LAMPS[:80])  # what the index proposes has nearly all been shown
    left = await Candidates(CATALOG, store, shelf)(ledger(like("bamboo")), ANA, turn(shown=shown), RECOMMEND)
    assert len(left) == 10
    await Candidates(CATALOG, store, shelf)(ledger(OAK, like("bamboo")), ANA, turn(), RECOMMEND)
    assert len(asked) == 3  # with hard wishes the index is not asked


async def test_many_turns_at_once_do_not_mix() -> None:
    make = recommender()
    asked = [(ledger(w), turn(t)) for w in (ROUND, OAK, like("walnut")) for t in ("oak", "pine study", "台灯")]
    alone = [await make(held, ANA, t, RECOMMEND) for held, t in asked]
    together = await asyncio.gather(*(make(held, ANA, t, RECOMMEND) for held, t in asked * 3))
    assert [ids(f) for f in together] == [ids(f) for f in alone] * 3


async def test_a_source_from_outside_takes_part() -> None:
    class Odd:
        name = "odd"

        async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
            return Scored(np.array([5]), np.array([10.0]))

    make = recommender()
    make = recommender(sources=(*make.sources, Odd()))
    found = await make(Ledger(), ANA, turn(), RECOMMEND)
    assert ids(found)[0] == "lamp-005"
    assert found[0].sources == ("odd",)


# ---------------------------------------------------------------------- in the order of a facet


@pytest.mark.parametrize("descending", [False, True])
async def test_sort_goes_by_the_facet_and_then_by_popularity(descending: bool) -> None:
    sort = Wish(facet="watts", op="sort", value="desc" if descending else "asc")
    found = await recommender()(ledger(DIM, sort), ANA, turn("the strongest one"), RECOMMEND)
    sign = -1 if descending else 1
    held = [i for i in LAMPS if DIM.meets(i) and i.values("watts")]
    held.sort(key=lambda i: (sign * i.attributes["watts"], -i.popularity, i.id))
    assert [c.item.attributes["watts"] for c in found] == [i.attributes["watts"] for i in held[:MOST]]
    assert found[0].sources[0] == "order"
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


async def test_equal_values_at_the_edge_go_by_score() -> None:
    items = [replace(i, attributes={**i.attributes, "watts": 5.0}) for i in LAMPS]
    store = MeetsStore(CATALOG, items)
    sort = Wish(facet="watts", op="sort", value="asc")
    found = await Candidates(CATALOG, store, shelved(items=items))(ledger(sort), ANA, turn(), RECOMMEND)
    assert ids(found) == [i.id for i in sorted(items, key=lambda i: (-i.popularity, i.id))[:MOST]]


async def test_items_without_a_value_fill_up_at_the_end() -> None:
    few = [i for i in LAMPS if i.id < "lamp-030"]
    sort = Wish(facet="watts", op="sort", value="desc")
    shown = tuple(i.id for i in few if i.id < "lamp-012")
    make = Candidates(CATALOG, MeetsStore(CATALOG, few), shelved(items=few))
    found = await make(ledger(sort), ANA, turn(shown=shown), RECOMMEND)
    assert len(found) == 18
    watts = [c.item.attributes.get("watts") for c in found]
    held = [w for w in watts if w is not None]
    assert watts == sorted(held, reverse=True) + [None] * (18 - len(held))
    assert len(held) < 18
    assert "order" not in found[-1].sources


async def test_what_fits_the_words_comes_first_sorted() -> None:
    sort = Wish(facet="watts", op="sort", value="asc")
    items = [
        replace(i, description=i.description + (" For chess players." if n % 12 == 0 else ""))
        for n, i in enumerate(LAMPS)
    ]
    make = Candidates(CATALOG, MeetsStore(CATALOG, items), shelved(items=items, vectors=False))
    found = await make(ledger(like("chess"), sort), ANA, turn(), RECOMMEND)
    fits = [c for c in found if "chess" in c.item.description]
    assert fits == found[:8]
    watts = [c.item.attributes.get("watts", 99) for c in fits]
    assert watts == sorted(watts)
    assert len(found) == MOST
    assert min(c.item.attributes.get("watts", 99) for c in found[8:]) < watts[3]  # the rest is not mixed in


# ---------------------------------------------------------------------- near, counts, place


async def test_near_breaks_fewest_and_leaves_out_what_is_known() -> None:
    make = recommender()
    wishes = ledger(
        ROUND, Wish(facet="shape", op="in", value=["flat", "round"]), Wish(facet="watts", op=">", value=500)
    )
    profile = replace(ANA, seen=("lamp-000",))
    found = await make.near(wishes, profile, turn(shown=("lamp-004",)))
    assert len(found) == 5
    for near in found:
        assert near.breaks == tuple(w.id for w in wishes.hard if not w.meets(near.item)) == ("w2",)
        assert near.item.id not in ("lamp-000", "lamp-004")
    assert await make.near(ledger(like("oak")), ANA, turn()) == []
    assert await make.near(ledger(ROUND), ANA, turn(shown=tuple(BY_ID))) == []  # something fits, but it was shown


async def test_count_counts_and_get() -> None:
    make = recommender()
    allowed = [i for i in LAMPS if ROUND.meets(i)]
    assert await make.count(ledger(ROUND, like("oak"))) == len(allowed)
    counts = dict(await make.counts(ledger(ROUND), "woods"))
    assert counts["oak"] == sum("oak" in i.values("woods") for i in allowed)
    assert [i.id for i in await make.get(["lamp-003", "gone", "lamp-001"])] == ["lamp-003", "lamp-001"]
    assert await make.get([]) == []


async def place(item_id: str, *wishes: Wish, profile: Profile = ANA, shown: tuple[str, ...] = ()) -> Place:
    return await recommender().place(item_id, ledger(*wishes), profile, turn("why that one?", shown))


async def test_place_of_an_offered_item_is_its_rank_and_reasons() -> None:
    offered = await recommender()(ledger(ROUND, like("oak")), ANA, turn(), RECOMMEND)
    for rank, candidate in enumerate(offered[:5], 1):
        found = await place(candidate.item.id, ROUND, like("oak"), shown=(candidate.item.id,))
        assert (found.rank, found.breaks, found.known) == (rank, (), True)
        assert found.candidate == candidate


async def test_place_of_what_breaks_a_wish() -> None:
    found = await place("lamp-001", ROUND, DIM, Wish(facet="watts", op=">", value=0))
    assert [w.id for w in found.breaks] == ["w0", "w1"]
    assert (found.rank, found.candidate, found.known) == (None, None, False)


async def test_place_of_what_the_person_knows() -> None:
    for profile in (replace(ANA, seen=("lamp-000",)), replace(ANA, dislikes=("lamp-000",))):
        found = await place("lamp-000", ROUND, profile=profile)
        assert found.known
        assert found.rank is not None
    with pytest.raises(NotFound):
        await place("no-such-lamp")


async def test_place_far_down_has_no_rank_but_reasons() -> None:
    items = lamps(400)
    make = Candidates(CATALOG, MeetsStore(CATALOG, items), shelved(items=items))
    last = min(items, key=lambda i: (i.popularity, i.id))
    found = await make.place(last.id, ledger(Wish(facet="shape", op="=", value=last.attributes["shape"])), ANA, turn())
    assert found.rank in (None, 100)
    found = await make.place(last.id, ledger(EVERYTHING), ANA, turn())
    assert found.rank is None
    assert found.candidate is not None
    assert found.candidate.item.id == last.id


async def test_place_tells_what_puts_others_before_it() -> None:
    make = recommender()
    order = sorted(LAMPS, key=lambda i: (-i.popularity, i.id))
    first, tenth = [await make.place(order[n].id, Ledger(), ANA, turn()) for n in (0, 9)]
    assert (first.rank, first.ahead) == (1, ())
    assert (tenth.rank, tenth.ahead) == (10, ("popularity",))
    dearest = Wish(facet="watts", op="sort", value="desc")
    last = min(LAMPS, key=lambda i: i.values("watts") or (99.0,))
    assert (await make.place(last.id, ledger(dearest), ANA, turn())).ahead == ("order",)
    soft = Wish(facet="shape", op="=", value="Round", hard=False)
    flat = next(i for i in order if not ROUND.meets(i))
    assert (await make.place(flat.id, ledger(soft), ANA, turn())).ahead[0] == "wished"
    plain = next(i for i in reversed(order) if "bamboo" not in searched_text(i, CATALOG))
    spoken = await make.place(plain.id, ledger(like("bamboo for the nursery")), ANA, turn())
    assert "words" in spoken.ahead


async def test_place_counts_what_was_shown_last() -> None:
    """Among the five on the list and what could still come, not among what is left."""
    make = recommender(fuse=Fuse({"popularity": 1.0}, other=0.0))
    order = sorted(LAMPS, key=lambda i: (-i.popularity, i.id))
    shown = replace(turn(shown=tuple(i.id for i in order[:10])), last_items=tuple(order[5:10]))
    assert (await make.place(order[10].id, Ledger(), ANA, shown)).rank == 6
    known = replace(ANA, seen=(order[5].id,))
    assert (await make.place(order[10].id, Ledger(), known, shown)).rank == 5


async def test_place_of_an_example_and_of_what_is_gone() -> None:
    make = recommender()
    named = await make.place("lamp-003", ledger(like("lamp-003")), ANA, turn())
    assert named.named
    assert named.ahead == ()
    assert not (await make.place("lamp-003", Ledger(), ANA, turn())).named
    gone = Candidates(CATALOG, MeetsStore(CATALOG, LAMPS), shelved(items=LAMPS[5:]))
    assert (await gone.place("lamp-003", ledger(ROUND), ANA, turn())).gone


# ---------------------------------------------------------------------- without chat


async def test_recommend_goes_by_history() -> None:
    make = recommender()
    found = await make.recommend(history=[("lamp-003", "like"), ("lamp-006", "dislike"), ("gone", 4.0)], k=10)
    assert len(found) == 10
    assert not {"lamp-003", "lamp-006"} & set(ids(found))
    rated = await make.recommend(history=[("lamp-003", 5.0), ("lamp-006", 1.0), ("gone", 4.0)], k=10)
    assert ids(rated) == ids(found)
    assert ids(found) != ids(await make.recommend(history=[("lamp-006", "like"), ("lamp-003", "dislike")], k=10))


async def test_recommend_goes_by_words_wishes_and_what_to_leave_out() -> None:
    make = recommender()
    found = await make.recommend(text="a bamboo lamp for the nursery", wishes=[DIM], exclude=["lamp-012"], k=3)
    assert len(found) == 3
    assert all(DIM.meets(c.item) and c.item.id != "lamp-012" for c in found)
    assert found[0].evidence
    said = await make.recommend(
        messages=[{"role": "user", "content": "bamboo for the nursery"}], wishes=[DIM], exclude=["lamp-012"], k=3
    )
    assert ids(said) == ids(found)


async def test_recommend_more_than_twenty_and_nothing_known() -> None:
    make = recommender()
    profile = replace(ANA, seen=tuple(i.id for i in LAMPS[:30]), owned=("lamp-031",))
    found = await make.recommend(k=500, profile=profile)
    assert set(ids(found)) == set(BY_ID) - profile.known
    assert await make.recommend(k=0) == []


# ---------------------------------------------------------------------- with the real store, in another domain


async def test_with_the_store_itself(tmp_path: Any) -> None:
    from chatrec.store import Store

    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'teas.db'}")
    try:
        await store.migrate()
        await store.items.replace(teas.CATALOG, teas.items())
        shelf = Shelf.build(teas.CATALOG, teas.items())
        plain = MeetsStore(teas.CATALOG, teas.items())
        green = Wish(facet="kind", op="in", value=["Green", "Black"])
        cheap = Wish(facet="price", op="<", value=30)
        sort = Wish(facet="price", op="sort", value="asc")
        for wishes in (
            (),
            (green,),
            (green, cheap),
            (cheap, sort),
            (sort,),
            (like("smoky"), cheap),
            (green, like("tea-05")),
        ):
            for few in (-1, 2_000):
                said = turn("a tea for quiet mornings", shown=("tea-01",))
                by_sql = await Candidates(teas.CATALOG, store, shelf, few=few)(ledger(*wishes), ANA, said, RECOMMEND)
                by_meets = await Candidates(teas.CATALOG, plain, shelf)(ledger(*wishes), ANA, said, RECOMMEND)
                assert by_sql == by_meets
                assert by_sql
        make = Candidates(teas.CATALOG, store, shelf)
        impossible = ledger(green, Wish(facet="price", op="<", value=1))
        other = Candidates(teas.CATALOG, plain, shelf)
        assert await make.near(impossible, ANA, turn()) == await other.near(impossible, ANA, turn())
        assert await make.near(impossible, ANA, turn())
    finally:
        await store.close()


# ---------------------------------------------------------------------- on films


async def test_films_in_a_blink(films: Any) -> None:
    """A loose ceiling; benchmarks/retrieval.py measures."""
    book = await films.book("films")
    make = Candidates(book.catalog, films.store, book.shelf)
    crime = Wish(facet="genres", op="contains", value="Crime")
    nineties = Wish(facet="year", op="between", value=[1990, 1999])
    no_horror = Wish(facet="genres", op="not_in", value=["Horror"])
    taken = []
    for wishes in ((), (crime,), (nineties, crime), (no_horror,), (no_horror, like("heist"))):
        held = ledger(*wishes, like("clever robbery"))
        for _ in range(5):
            began = time.perf_counter()
            found = await make(held, ANA, Turn("t", "c", Said("ana", "films"), "en"), RECOMMEND)
            taken.append(time.perf_counter() - began)
            assert len(found) == MOST
            assert all(held.allows(c.item) for c in found)
    assert statistics.median(taken) < 0.2
