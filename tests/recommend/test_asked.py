from __future__ import annotations

from typing import Any

import pytest

from chatrec.recommend.asked import history_of, query_of, said_words, words_from
from chatrec.recommend.shelf import Shelf
from chatrec.vocabulary import Decision, Ledger, Profile, Wish, weigh_events
from tests import teas

SHELF = Shelf.build(teas.CATALOG, teas.items())


def ask(*wishes: Wish, profile: Profile | None = None, query: str = "") -> Any:
    return query_of(SHELF, Ledger(wishes), profile, Decision("recommend", query=query), 300)


def like(value: str, op: str = "like") -> Wish:
    return Wish(op=op, value=value, words=value)  # type: ignore[arg-type]


def test_words_come_from_likes_and_the_decision_never_from_the_message() -> None:
    assert ask(like("cosy"), query="warming spices").text == "cosy warming spices"
    assert ask(query="warming spices").text == "warming spices"
    assert ask().text == ""  # what the reader made no wish of is not searched by


def test_the_latest_phrases_count_each_once() -> None:
    query = ask(*(like(w) for w in ("one ash", "oak", "elm", "fir", "oak", "yew")))
    assert query.text == "elm fir oak yew"


def test_ids_and_words_are_told_apart() -> None:
    query = ask(like("tea-03"), like("but lighter"), like("tea-04", "not_like"), like("grassy", "not_like"))
    assert query.named == ("tea-03",)
    assert query.unlike == ("tea-04",)
    assert query.text == "lighter"
    assert query.against == "grassy"


def test_only_soft_facet_wishes_are_the_sources_business() -> None:
    soft = Wish(facet="kind", op="=", value="Green", hard=False)
    hard = Wish(facet="price", op="<", value=20)
    sort = Wish(facet="price", op="sort", value="asc")
    assert ask(soft, hard, sort).wishes == (soft,)
    assert not ask(hard, sort).says
    assert ask(soft).says


def test_history_puts_what_is_relevant_first() -> None:
    items = {item.id: item for item in teas.items()}
    profile = Profile(
        "ana",
        likes=("tea-01", "tea-02", "tea-03"),
        dislikes=("tea-08", "tea-09"),
        relevant=(items["tea-03"],),
        averse=(items["tea-09"],),
    )
    weights = dict(history_of(profile))
    assert list(weights)[:2] == ["tea-03", "tea-09"]
    assert weights["tea-03"] == -weights["tea-09"] > weights["tea-01"] == -weights["tea-08"] > 0


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("a", "like"), ("b", "dislike"), ("c", "seen"), ("d", None)], {"a": 1.0, "b": -1.0, "c": 0.5, "d": 0.5}),
        ([("a", 5.0), ("b", 1.5), ("c", 3.0), ("d", 0.5)], {"a": 1.0, "b": 0.0, "c": 3 / 7, "d": -2 / 7}),
        ([("a", 10), ("b", 3)], {"a": 1.0, "b": 0.0}),
        ([("a", 100.0), ("b", 30.0), ("c", 0)], {"a": 1.0, "b": 0.0, "c": -3 / 7}),
        ([("a", 1.0), ("b", 0.0)], {"a": 1.0, "b": -3 / 7}),
        ([("a", "like"), ("a", "dislike")], {"a": 1.0}),  # the newest counts
        ([("a", "wat")], {"a": 0.0}),
    ],
)
def test_history_from_kinds_and_ratings(events: list[tuple[str, Any]], expected: dict[str, float]) -> None:
    assert dict(weigh_events(events)) == pytest.approx(expected)


def test_a_known_scale_counts_not_the_best_that_one_person_gave() -> None:
    assert dict(weigh_events([("a", 1.0)], 5.0)) == pytest.approx({"a": -1 / 7})
    assert dict(weigh_events([("a", 8.0)], 5.0)) == pytest.approx({"a": 5 / 7})  # from elsewhere: then its own scale


def test_words_of_a_request_without_chat() -> None:
    messages = [
        {"role": "user", "content": "I love smoky things"},
        {"role": "assistant", "content": "Noted, campfire it is"},
        {"role": "user", "content": "for the evening"},
    ]
    assert words_from("", messages, (), SHELF) == "smoky evening"
    assert words_from("for the evening", messages, (), SHELF) == "smoky evening"
    assert words_from("anything", messages, (like("jasmine"),), SHELF) == "jasmine"


def test_only_the_persons_own_words_may_be_quoted() -> None:
    own = Wish(op="like", value="calm, soothing", words="calms me down")
    assert said_words(Ledger((own, like("tea-03"))), SHELF) == ("calms me down",)


def test_what_was_said_here_comes_before_an_imported_past() -> None:
    profile = Profile(
        "ana",
        likes=("a",),
        dislikes=("e",),
        seen=("f", "a", "b"),
        owned=("g",),
        past=(("a", 1.0), ("e", 5.0), ("b", 5.0), ("c", "reject"), ("d", "buy")),
    )
    weights = dict(history_of(profile, 5.0))
    assert weights == pytest.approx({"a": 0.7, "e": -0.7, "g": 0.7, "f": 0.5, "b": 1.0, "c": -1.0, "d": 0.8})
    assert list(weights)[:2] == ["a", "e"]
    assert list(weights).index("b") < list(weights).index("c")
