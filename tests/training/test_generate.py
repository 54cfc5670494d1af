"""Generated turns: what is to be planned is what is said."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

import pytest

from chatrec.language.normal import normal
from chatrec.training import generate
from chatrec.training.generate import SHARES, WHOLE_SHARES, Example, Generator, narrowed
from chatrec.training.ground import TrainingGround, ground_of, training_grounds
from chatrec.training.hearing import Listener
from chatrec.training.phrases import LANGUAGES, Part
from chatrec.understand.plan import MOST_WISHES, PLAN_KINDS, Planned, line, parse
from chatrec.vocabulary import Catalog, Language
from tests import teas

PARTS: tuple[Part, ...] = ("train", "test")
NAMES = [g.name for g in training_grounds()]
MANY = 60  # examples a catalogue, language and part


@cache
def grounds() -> dict[str, TrainingGround]:
    return {g.name: g for g in training_grounds()} | {"teas": ground_of(teas.CATALOG, teas.items())}


def made(name: str, many: int = MANY, *, heard: bool = True) -> Iterator[tuple[Catalog, Example]]:
    ground = grounds()[name]
    listener = Listener(ground, ground.catalog) if heard else None
    for language in LANGUAGES:
        for part in PARTS:
            maker = Generator(ground, language, part, random.Random(f"{name} {language} {part}"), listener=listener)
            for _ in range(many):
                yield ground.catalog, maker.example()


@pytest.mark.parametrize("name", [*NAMES, "teas"])
def test_every_answer_is_read_as_it_is_written(name: str) -> None:
    for catalog, example in made(name, 4 * MANY):
        plan = parse(example.answer, catalog)
        assert plan is not None, example.answer
        assert line(plan) == example.answer
        assert plan.kind == example.kind
        assert len(plan.wishes) <= MOST_WISHES


@pytest.mark.parametrize("name", [*NAMES, "teas"])
def test_no_place_in_a_message_is_left_open(name: str) -> None:
    for _, example in made(name):
        assert example.message.strip() == example.message != ""
        assert not re.search(r"[{}\n]", example.message), example.message
        assert example.inputs["said"] == " ".join(example.message.split())


@pytest.mark.parametrize("name", [*NAMES, "teas"])
def test_a_value_is_said_or_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the slips of a finger, which a model is to look through."""
    monkeypatch.setattr(generate, "_slip", lambda text, rng: text)
    for catalog, example in made(name):
        plan = parse(example.answer, catalog)
        assert plan is not None
        shown = "\n".join(example.inputs["facets"])
        held = {w.facet for w in example.ledger}
        for wish in plan.wishes:
            for value in values(wish, catalog):
                said = normal(value) in normal(example.message) or value in shown
                assert said or (wish.facet == "drop" and value in held), (example.message, example.answer)


def values(wish: Planned, catalog: Catalog) -> list[str]:
    facet = catalog.facet(wish.facet)
    if wish.sign in ("low", "high") or (facet and facet.type == "bool"):
        return []
    if wish.sign == "range":
        return wish.value.split(" .. ")
    return wish.value.split(" or ") if facet and facet.values else [wish.value]


def test_the_same_seed_makes_the_same_examples() -> None:
    def some(seed: int) -> list[Example]:
        maker = Generator(grounds()["teas"], "en", "train", random.Random(seed))
        return [maker.example() for _ in range(30)]

    assert some(1) == some(1) != some(2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", SHARES)
def test_every_kind_of_message_can_be_made(section: str, language: Language) -> None:
    maker = Generator(grounds()["films"], language, "train", random.Random(section))
    found = [maker.example(section) for _ in range(8)]
    assert {e.section for e in found} == {section}
    assert {e.kind for e in found} <= set(PLAN_KINDS)
    kind, _, told = section.partition("_")
    expected = next((k for k in (told, kind) if k in PLAN_KINDS and section not in ("note_find", "drop_value")), "find")
    assert {e.kind for e in found} == {expected}
    if kind in ("talk", "lookup", "explain", "compare"):
        assert all(e.answer == kind for e in found)


def test_what_code_heard_is_shown_and_not_asked_for_again() -> None:
    for _, example in made("films"):
        assert not set(example.answer.split("; ")) & set(example.inputs["heard"])
    assert any(e.inputs["heard"] for _, e in made("films"))
    assert not any(e.inputs["heard"] for _, e in made("films", heard=False))


def test_what_is_taken_back_was_held() -> None:
    found = [e for _, e in made("hotels", 200) if e.drops]
    assert found
    for example in found:
        assert set(example.drops) <= {w.facet for w in example.ledger}


def test_golds_are_canonical_wishes_of_the_catalogue() -> None:
    for catalog, example in made("hotels"):
        for gold in example.golds:
            facet = catalog.facet(gold.facet)
            assert facet is not None
            if facet.values:
                given = gold.value if isinstance(gold.value, list) else [gold.value]
                assert set(given) <= set(facet.values)


@pytest.mark.parametrize("name", [*NAMES, "teas"])
def test_a_narrowed_catalogue_is_part_of_the_catalogue(name: str) -> None:
    whole = grounds()[name].catalog
    for seed in range(10):
        catalog = narrowed(whole, random.Random(seed))
        assert 0 < len(catalog.facets) <= len(whole.facets)
        for facet in catalog.facets:
            full = whole.facet(facet.name)
            assert full is not None
            assert facet.filter
            assert set(facet.values) <= set(full.values)
            assert bool(facet.values) == bool(full.values)
        maker = Generator(grounds()[name], "en", "train", random.Random(seed), catalog=catalog)
        names = {f.name for f in catalog.facets}
        for _ in range(10):
            plan = parse(maker.example().answer, whole)
            assert plan is not None
            assert {w.facet for w in plan.wishes} <= names | {"like", "drop"}


def test_of_a_request_that_was_written_whole_only_the_kind_is_known() -> None:
    maker = Generator(grounds()["films"], "en", "train", random.Random(1))
    for section in WHOLE_SHARES:
        example = maker.written(section, "as fast as {ref}")
        assert example is not None
        assert example.answer == example.kind
        assert example.only_kind == (not example.sure) == (example.kind == "find")
        assert "{" not in example.message
    assert {e.section for e in [maker.example() for _ in range(300)]} >= set(WHOLE_SHARES)
