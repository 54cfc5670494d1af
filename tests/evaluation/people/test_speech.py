"""What simulated people say: natural, varied, in the catalogue's words, and never a word of what they look for."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from chatrec.evaluation.people.behaviour import Playing
from chatrec.evaluation.people.leaks import leak, secret_words
from chatrec.evaluation.people.person import FEWEST_SHARING, MOST_SHARING, Person, people_of
from chatrec.evaluation.people.speech import Speech
from chatrec.evaluation.people.system import Answered
from chatrec.vocabulary import Act, Chip, Item, Language, Wish
from tests import teas

CATALOG, ITEMS = teas.CATALOG, teas.items()
MINE = Item(  # every word of its title is one that people say of teas
    "mine", "Smoky Green Something", {"zh": "日本绿茶"}, attributes=dict(ITEMS[0].attributes) | {"kind": "Green"}
)


def test_nothing_of_the_title_is_ever_said() -> None:
    said = 0
    for seed in range(60):
        for person in people_of(CATALOG, ITEMS, 4, seed=seed, languages=("en", "zh")):
            words = [v for vs in (person.wanted.attributes.values()) for v in (vs if isinstance(vs, tuple) else (vs,))]
            told = replace(  # the hardest title: made of the item's own values
                person.wanted,
                title=" ".join(str(w) for w in words if isinstance(w, str)),
                titles={"zh": "绿茶红茶中国"},
            )
            said += _all_is_safe(replace(person, wanted=told))
    assert said > 1_000


def _all_is_safe(person: Person) -> int:
    secrets = secret_words(person.wanted, CATALOG)
    assert secrets
    playing = Playing(person, CATALOG)
    shown = random.Random(person.seed).sample(ITEMS, 5)
    moves = [playing.open()]
    for turn in range(5):
        text = (
            "What kind of tea?",
            "Here are five.",
            "茶类方面有什么偏好吗？",
            "How much would you like to spend?",
            "",
        )[turn]
        chips = tuple(
            Chip(label=f"{v} (9)", act=Act(kind="set_wish", wish={"facet": "kind", "op": "=", "value": v}))
            for v in ("Green", "Black")
        )
        moves.append(playing.react(Answered(items=tuple(shown) if turn % 2 else (), text=text, chips=chips)))
    for move in moves:
        words = move.chip.label if move.chip else move.text
        assert words
        assert leak(words, secrets) is None, (words, person.wanted.title)
    return len(moves)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I want a green tea", "green"),
        ("greens, please", "green"),
        ("Something smoky", "smoky"),
        ("推荐一款绿茶", "绿茶"),
        ("a tea, please", None),
        ("推荐一款茶", None),
    ],
)
def test_leaks_are_seen(text: str, told: str | None) -> None:
    assert leak(text, secret_words(MINE, CATALOG)) in ((told,) if told != "smoky" else ("smoky", "something"))


def test_what_is_told_is_true_and_gives_nothing_away() -> None:
    for person in people_of(CATALOG, ITEMS, 60, seed=3):
        assert len(person.constraints) >= 3
        for constraint in person.constraints:
            assert constraint.wish.meets(person.wanted), constraint
            n = sum(constraint.wish.meets(i) for i in ITEMS)
            assert FEWEST_SHARING <= n <= MOST_SHARING * len(ITEMS), constraint


def test_the_same_seed_gives_the_same_people() -> None:
    assert people_of(CATALOG, ITEMS, 9, seed=5) == people_of(CATALOG, ITEMS, 9, seed=5)
    assert people_of(CATALOG, ITEMS, 9, seed=5) != people_of(CATALOG, ITEMS, 9, seed=6)


@pytest.mark.parametrize(
    ("wish", "en", "zh"),
    [
        (Wish(facet="kind", op="=", value="Green"), {"green"}, {"绿茶"}),
        (Wish(facet="kind", op="not_in", value=["Green"]), {"no green", "not green", "nothing green"}, {"不要绿茶", "别是绿茶", "不想要绿茶"}),
        (Wish(facet="origin", op="=", value="Japan"), {"from Japan", "made in Japan"}, {"日本的"}),
        (
            Wish(facet="price", op="<=", value=30),
            {f"{lead}{form} $30" for lead in ("", "price ") for form in ("under", "at most", "up to", "no more than")},
            {"30美元以内", "不超过30美元", "30美元以下", "最多30美元", "价格不超过30美元", "价格30美元以内", "价格30美元以下"},
        ),
    ],
)  # fmt: skip
def test_phrases(wish: Wish, en: set[str], zh: set[str]) -> None:
    languages: tuple[tuple[Language, set[str]], ...] = (("en", en), ("zh", zh))
    for language, expected in languages:
        speech = Speech(CATALOG, language, frozenset(), random.Random(1))
        assert {speech.phrase(wish) for _ in range(60)} <= expected


def test_many_ways_of_saying_one_thing() -> None:
    wishes = [Wish(facet="kind", op="=", value="Green"), Wish(facet="price", op="<=", value=30)]
    for language in ("en", "zh"):
        speech = Speech(CATALOG, language, frozenset(), random.Random(1))  # type: ignore[arg-type]
        assert len({speech.opening(wishes) for _ in range(60)}) > 15


def test_steering_asks_for_more_or_less_never_for_the_most() -> None:
    price = CATALOG.facet("price")
    assert price is not None
    for language in ("en", "zh"):
        speech = Speech(CATALOG, language, frozenset(), random.Random(1))  # type: ignore[arg-type]
        said = {str(speech.steering(price, way)) for way in ("more", "less") for _ in range(60)}
        assert len(said) > 4
        assert not any(word in text.lower() for text in said for word in ("most", "cheapest", "最"))
