"""The ledger: what replaces, adds, contradicts; what a model may do to it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.understand.ledger import Merge
from chatrec.vocabulary import Act, Decision, Heard, Ledger, Undo, Wish
from tests.understand.catalogs import FILM_ITEMS, FILMS, Shop, brief, wish

SHOP = Shop(FILMS, FILM_ITEMS)
MERGE = Merge(FILMS, SHOP.lexicon)
NOTHING = Decision("recommend")


def merged(
    held: Sequence[Wish] = (), new: Sequence[Wish] = (), text: str = "", model: Sequence[Wish] = (), decision: Decision | None = None,
    heard: Heard | None = None, act: Act | None = None,
) -> Ledger:  # fmt: skip
    turn = SHOP.turn(text, act=act, ledger=tuple(held))
    return MERGE(turn, heard or Heard(wishes=tuple(new)), decision or Decision("recommend", wishes=tuple(model)))


def all_of(ledger: Ledger) -> list[str]:
    return [brief(w) for w in ledger.wishes]


COMEDY, CRIME = wish("genres", "contains", "Comedy"), wish("genres", "contains", "Crime")
NO_HORROR = wish("genres", "not_in", ["Horror"])


@pytest.mark.parametrize(
    ("old", "new", "text", "left"),
    [
        # a newer wish on a facet replaces the older
        ([COMEDY], [CRIME], "a crime film", ["genres contains Crime"]),
        ([wish("year", ">=", 1990)], [wish("year", ">", 2005)], "after 2005", ["year > 2005"]),
        ([wish("year", "between", [1990, 1999])], [wish("year", ">", 2005)], "", ["year > 2005"]),
        ([wish("runtime", "<", 120)], [wish("runtime", "between", [80, 100], hard=False)], "", ["~runtime between 80|100"]),
        ([wish("cast", "contains", "Tom Hanks")], [wish("cast", "contains", "Al Pacino")], "", ["cast contains Al Pacino"]),
        # others stay
        ([wish("year", ">=", 1990)], [COMEDY], "", ["year >= 1990", "genres contains Comedy"]),
        # two of one turn stand side by side
        ([], [COMEDY, CRIME], "", ["genres contains Comedy", "genres contains Crime"]),
        ([wish("genres", "contains", "War")], [COMEDY, CRIME], "", ["genres contains Comedy", "genres contains Crime"]),
        # opposite bounds add, unless nothing is left between them
        ([wish("year", ">=", 1990)], [wish("year", "<", 2000)], "", ["year >= 1990", "year < 2000"]),
        ([wish("year", ">=", 2000)], [wish("year", "<", 1990)], "", ["year < 1990"]),
        # not_in adds; on the same value the newer wins
        ([COMEDY], [NO_HORROR], "", ["genres contains Comedy", "genres not_in Horror"]),
        ([NO_HORROR], [COMEDY], "", ["genres not_in Horror", "genres contains Comedy"]),
        ([NO_HORROR], [wish("genres", "not_in", ["War"])], "", ["genres not_in Horror", "genres not_in War"]),
        ([wish("genres", "contains", "Horror")], [NO_HORROR], "", ["genres not_in Horror"]),
        ([NO_HORROR], [wish("genres", "contains", "Horror")], "", ["genres contains Horror"]),
        ([wish("genres", "not_in", ["Horror", "War"])], [wish("genres", "contains", "War")], "", ["genres not_in Horror", "genres contains War"]),
        ([wish("genres", "in", ["Comedy", "Horror"])], [NO_HORROR], "", ["genres contains Comedy", "genres not_in Horror"]),
        # "also" adds
        ([COMEDY], [CRIME], "it should also be a crime film", ["genres contains Comedy", "genres contains Crime"]),
        ([COMEDY], [CRIME], "还要是犯罪片", ["genres contains Comedy", "genres contains Crime"]),
        ([wish("runtime", "<", 120)], [wish("runtime", "<", 90)], "also under 90 minutes", ["runtime < 90"]),
        # sorting is apart from filtering, and there is one order at a time
        ([wish("rating", ">", 8)], [wish("rating", "sort", "desc")], "", ["rating > 8", "rating sort desc"]),
        ([wish("rating", "sort", "desc")], [wish("year", "sort", "desc")], "", ["year sort desc"]),
        # likes
        ([wish(None, "like", "heat")], [wish(None, "not_like", "heat")], "", ["not_like heat"]),
        ([wish(None, "like", "clever")], [wish(None, "like", "clever")], "", ["like clever"]),
    ],
)  # fmt: skip
def test_newer_beside_older(old: list[Wish], new: list[Wish], text: str, left: list[str]) -> None:
    held = [w.model_copy(update={"id": f"w{n}"}) for n, w in enumerate(old, 1)]
    assert all_of(merged(held, new, text)) == left


def test_numbers_go_on_from_the_highest_and_name_the_turn() -> None:
    held = [wish("year", ">=", 1990, id="w2"), wish("runtime", "<", 120, id="w7")]
    ledger = merged(held, [COMEDY, wish(None, "like", "clever")])
    assert [w.id for w in ledger.wishes] == ["w2", "w7", "w8", "w9"]
    assert [w.turn_id for w in ledger.wishes] == ["", "", "t1", "t1"]


def test_the_same_wish_again_stays_the_wish_it_was() -> None:
    held = [wish("genres", "contains", "Comedy", id="w1"), wish("genres", "contains", "Crime", id="w2")]
    ledger = merged(held, [COMEDY], "a comedy")
    assert [(w.id, w.value) for w in ledger.wishes] == [("w1", "Comedy")]


def test_the_latest_likes_are_kept() -> None:
    free = [wish(None, "like", f"word {n}") for n in range(6)]
    items = [wish(None, "like", i.id) for i in FILM_ITEMS[:7]]
    ledger = merged([], [*free, *items])
    assert all_of(ledger) == [f"like word {n}" for n in range(2, 6)] + [f"like {i.id}" for i in FILM_ITEMS[2:7]]


def test_a_click_narrows_further() -> None:
    held = [wish("genres", "contains", "Comedy", id="w1")]
    act = Act(kind="set_wish", wish={"facet": "genres", "op": "contains", "value": "Crime"})
    assert all_of(merged(held, [CRIME], act=act)) == ["genres contains Comedy", "genres contains Crime"]


def test_drops_reset_undo() -> None:
    held = [wish("year", ">=", 1990, id="w1"), wish("genres", "contains", "Comedy", id="w2")]
    assert all_of(merged(held, heard=Heard(drops=("w1",)))) == ["genres contains Comedy"]
    assert all_of(merged(held, heard=Heard(reset=True, wishes=(CRIME,)))) == ["genres contains Crime"]
    turn = SHOP.turn("undo", ledger=tuple(held))
    before = Ledger((wish("rating", ">", 8, id="w9"),))
    from dataclasses import replace

    assert MERGE(replace(turn, undo=Undo("t0", before)), Heard(undo=True), NOTHING) == before
    assert all_of(MERGE(turn, Heard(undo=True), NOTHING)) == ["year >= 1990", "genres contains Comedy"]


def test_undo_does_not_give_a_number_again() -> None:
    from dataclasses import replace

    turn = replace(SHOP.turn("a comedy"), undo=Undo("t0", Ledger((wish("year", ">", 2000, id="w5"),))))
    assert [w.id for w in MERGE(turn, Heard(wishes=(COMEDY,)), NOTHING).wishes] == ["w6"]


# ---------------------------------------------------------------------- what a model may do


def said(w: Wish, words: str) -> Wish:
    return w.model_copy(update={"words": words})


def test_a_model_may_add_what_was_said() -> None:
    assert all_of(merged(text="something jolly", model=[said(COMEDY, "jolly")])) == ["genres contains Comedy"]


def test_a_models_wish_without_the_persons_words_is_soft() -> None:
    assert all_of(merged(text="something jolly", model=[said(COMEDY, "comedy")])) == ["~genres contains Comedy"]
    assert all_of(merged(text="something jolly", model=[COMEDY])) == ["~genres contains Comedy"]


def test_a_model_may_tighten_what_code_heard() -> None:
    heard = [said(wish("year", ">=", 1990), "since 1990")]
    model = [said(wish("year", "between", [1990, 1999]), "since 1990, the nineties I mean")]
    text = "since 1990, the nineties I mean"
    assert all_of(merged(new=heard, text=text, model=model)) == ["year between 1990|1999"]


@pytest.mark.parametrize(
    ("heard", "model"),
    [
        (wish("year", ">=", 1990), wish("year", ">=", 1980)),  # loosens
        (wish("year", ">=", 1990), wish("year", "<", 1980)),  # contradicts
        (wish("genres", "not_in", ["Horror"]), wish("genres", "contains", "Horror")),
        (wish("genres", "contains", "Comedy"), wish("genres", "in", ["Comedy", "Crime"])),
        (wish("genres", "contains", "Comedy"), wish("genres", "not_in", ["Comedy"])),
        (wish("runtime", "between", [81, 99], hard=False), wish("runtime", "<=", 120)),
    ],
)
def test_a_model_may_not_loosen_or_contradict_what_code_heard(heard: Wish, model: Wish) -> None:
    ledger = merged(new=[said(heard, "so it was said")], text="so it was said", model=[said(model, "so it was said")])
    assert all_of(ledger) == [brief(heard)]


def test_a_model_adds_beside_what_code_heard() -> None:
    model = [said(wish("genres", "contains", "Crime"), "heists"), said(wish("genres", "not_in", ["War"]), "no war")]
    ledger = merged(new=[said(COMEDY, "comedy")], text="a comedy with heists, no war", model=model)
    assert all_of(ledger) == ["genres contains Comedy", "genres contains Crime", "genres not_in War"]


def test_what_code_heard_is_not_doubled() -> None:
    assert all_of(merged(new=[said(COMEDY, "comedy")], text="a comedy", model=[said(COMEDY, "comedy")])) == [
        "genres contains Comedy"
    ]


def test_a_model_replaces_an_older_wish_only_with_words_of_this_turn() -> None:
    held = [wish("year", ">=", 2000, id="w1", words="since 2000")]
    loose = wish("year", ">=", 1980)
    assert all_of(merged(held, text="older is fine", model=[said(loose, "older is fine")])) == ["year >= 1980"]
    assert all_of(merged(held, text="a comedy", model=[said(loose, "since 1980")])) == ["year >= 2000"]
    tight = wish("year", ">=", 2010)
    assert all_of(merged(held, text="a comedy", model=[said(tight, "modern")])) == ["year >= 2000", "~year >= 2010"]


def test_a_model_does_not_bring_back_what_was_just_dropped() -> None:
    held = [wish("runtime", "<", 120, id="w1", words="under two hours")]
    heard = Heard(drops=("w1",))
    model = Decision("recommend", wishes=(said(wish("runtime", "<", 120), "under two hours"),))
    assert all_of(merged(held, text="forget the length", heard=heard, decision=model)) == []


def test_a_model_drops_only_with_proof() -> None:
    held = [wish("runtime", "<", 120, id="w1"), wish("year", ">", 2000, id="w2")]
    decision = Decision("recommend", drops=("w1", "w2"), proof={"w1": "Length is no matter", "w2": "never said"})
    assert all_of(merged(held, text="length  is no MATTER now", decision=decision)) == ["year > 2000"]


def test_a_model_sorts_only_with_words() -> None:
    order = wish("rating", "sort", "desc")
    assert all_of(merged(text="a comedy", model=[order])) == []
    assert all_of(merged(text="the finest", model=[said(order, "finest")])) == ["rating sort desc"]


FACETS = st.sampled_from(["year", "runtime", "rating"])
BOUNDS = st.builds(wish, FACETS, st.sampled_from([">", ">=", "<", "<=", "="]), st.integers(0, 200), st.booleans())
NAMES = st.builds(
    wish, st.just("genres"), st.sampled_from(["in", "not_in"]), st.lists(st.sampled_from(["Comedy", "Crime", "War"]), min_size=1, max_size=2), st.booleans()
)  # fmt: skip
LIKES = st.builds(
    wish, st.none(), st.sampled_from(["like", "not_like"]), st.sampled_from(["heat", "alien", "clever", "dark"])
)
ANY = st.lists(st.one_of(BOUNDS, NAMES, LIKES), max_size=5)


@settings(max_examples=80, deadline=None)
@given(ANY, ANY, ANY)
def test_what_code_heard_this_turn_always_holds(held: list[Wish], new: list[Wish], model: list[Wish]) -> None:
    held = [w.model_copy(update={"id": f"w{n}"}) for n, w in enumerate(held, 1)]
    ledger = merged(held, new, "some words", [w.model_copy(update={"words": "some words"}) for w in model])
    ids = [w.id for w in ledger.wishes]
    assert len(set(ids)) == len(ids)
    assert all(ids)
    for w in new:
        if w.hard:  # as it is, or tighter
            assert any(x.facet == w.facet and x.hard for x in ledger.wishes)
            outside = [i for i in FILM_ITEMS if not w.meets(i)]
            assert not any(ledger.allows(i) for i in outside)
