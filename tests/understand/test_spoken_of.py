"""A model's proof has to speak of what it drops or turns round: any words of the person are not enough."""

from __future__ import annotations

import pytest

from chatrec.understand.ledger import Merge
from chatrec.understand.spoken_of import named_facets, speaks_of
from chatrec.vocabulary import Decision, Heard, Ledger, Wish
from tests.understand.catalogs import FILM_ITEMS, FILMS, Shop, brief, wish

SHOP = Shop(FILMS, FILM_ITEMS)
MERGE = Merge(FILMS, SHOP.lexicon)
COMEDY = wish("genres", "contains", "Comedy").model_copy(update={"id": "w1", "words": "a comedy"})
RECENT = wish("year", ">=", 1990).model_copy(update={"id": "w2", "words": "since 1990"})


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("forget the year", {"year"}),
        ("no need for comedies any more", {"genres"}),
        ("under two hours please", {"runtime"}),
        ("年份不限", {"year"}),
        ("well, actually no", set()),
    ],
)
def test_what_a_message_names(text: str, facets: set[str]) -> None:
    assert named_facets(text, SHOP.lexicon) >= facets
    assert bool(named_facets(text, SHOP.lexicon)) == bool(facets)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("the comedy part is not important", True),
        ("forget that", True),
        ("都不用了", True),
        ("the year is not important", False),
        ("hmm, no", False),
    ],
)
def test_what_a_message_speaks_of(text: str, spoken: bool) -> None:
    assert speaks_of(text, COMEDY, SHOP.lexicon) == spoken


def after(text: str, *proposed: Wish, drops: tuple[str, ...] = (), heard: Heard | None = None) -> list[str]:
    """The ledger after a model quoted the whole message as its proof for everything."""
    decision = Decision(
        "recommend", wishes=tuple(w.model_copy(update={"words": text}) for w in proposed), drops=drops, proof=dict.fromkeys(drops, text)
    )  # fmt: skip
    ledger: Ledger = MERGE(SHOP.turn(text, ledger=(COMEDY, RECENT)), heard or Heard(), decision)
    return [brief(w) for w in ledger.wishes]


BOTH = [brief(COMEDY), brief(RECENT)]


def test_a_drop_needs_words_about_the_wish() -> None:
    assert after("no French films please", drops=("w1", "w2")) == BOTH
    assert after("forget the year", drops=("w1", "w2")) == BOTH[:1]
    assert after("none of these, something else", drops=("w1", "w2"), heard=Heard(again=True)) == BOTH


def test_a_wish_is_not_turned_round_by_words_about_another() -> None:
    assert after("no French films please", wish("genres", "not_in", ["Comedy"])) == BOTH
    assert after("rather not a comedy", wish("genres", "not_in", ["Comedy"])) == [BOTH[1], "genres not_in Comedy"]


def test_what_no_longer_matters_is_not_refused() -> None:
    dropped = Heard(drops=("w1",))
    assert after("the genre doesn't matter", wish("genres", "not_in", ["Comedy"]), heard=dropped) == [BOTH[1]]


def test_with_others_asked_for_a_drop_needs_its_facet_by_name() -> None:
    others = Heard(again=True)
    assert after("others please, and the year doesn't matter", drops=("w1", "w2"), heard=others) == BOTH[:1]
    assert after("none of these comedies, something else", drops=("w1", "w2"), heard=others) == BOTH
    assert after("换一批，年份不限", drops=("w1", "w2"), heard=others) == BOTH[:1]


def test_a_likeness_that_says_what_was_heard_is_said_already() -> None:
    heard = Heard(wishes=(COMEDY,))
    like = wish(None, "like", "funny comedies")
    assert after("funny comedies", like, heard=heard)[-1] == "like funny comedies"
    same = after("some comedies please", wish(None, "like", "comedies please"), heard=heard)
    assert not any(w.startswith("like") for w in same)
