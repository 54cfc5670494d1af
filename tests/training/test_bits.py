"""Wishes with the words that say them."""

from __future__ import annotations

import random

import pytest

from chatrec.training.bits import Bit, Bits, _chinese, wish_of
from chatrec.training.ground import ground_of
from chatrec.training.phrases import Bank
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.proposed import proposed
from chatrec.vocabulary import LANGUAGES
from tests import teas
from tests.understand.catalogs import FILM_ITEMS, FILMS

GROUNDS = {"teas": ground_of(teas.CATALOG, teas.items()), "films": ground_of(FILMS, FILM_ITEMS)}
LEXICONS = {"teas": Lexicon.build(teas.CATALOG, teas.items()), "films": Lexicon.build(FILMS, FILM_ITEMS)}


def bits(name: str, language: str, seed: int = 1) -> Bits:
    return Bits(GROUNDS[name], Bank(language, "train"), random.Random(seed))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", GROUNDS)
def test_a_bit_is_said_and_its_gold_is_canonical(name: str, language: str) -> None:
    maker = bits(name, language)
    for facet in maker.facets:
        for bit in filter(None, (maker.of(facet) for _ in range(40))):
            assert bit.pre or bit.post
            assert bit.facet == bit.planned.facet == facet.name
            wish = wish_of(bit)
            if wish is None or facet.type == "number":
                continue
            if facet.type == "bool":
                assert (wish.op, wish.value) in (("=", True), ("not_in", [True]))
                assert bit.planned.value == ("yes" if wish.op == "=" else "no")
                continue
            said = f"not {bit.pre} {bit.post} {wish.value}"
            raw = {
                "facet": facet.name,
                "op": "not_in" if wish.op == "not_in" else "contains",
                "value": wish.value,
                "words": bit.post or bit.pre,
            }
            made = proposed(raw, said, GROUNDS[name].catalog, LEXICONS[name], ())
            assert (made.op, made.value) == (wish.op, wish.value)


def test_some_are_on_different_facets() -> None:
    maker = bits("films", "en")
    for _ in range(100):
        found = maker.some(4)
        assert len(found) <= 4
        assert len({b.facet for b in found}) == len(found)


def test_put_off_it_is_soft() -> None:
    bank = Bank("en", "train")
    maker = bits("films", "en")
    bit = next(b for b in (maker.of(maker.facets[2]) for _ in range(99)) if b and b.gold and b.pre)
    assert isinstance(bit, Bit)
    soft = bit.softened(bank, random.Random(1))
    assert soft.planned.soft
    assert soft.gold is not None
    assert soft.gold.hard is False
    assert bit.pre in soft.post
    wish = wish_of(soft)
    assert wish is not None
    assert not wish.hard


@pytest.mark.parametrize(
    ("n", "said"), [(2, "两"), (7, "七"), (10, "十"), (20, "二十"), (200, "两百"), (3000, "三千"), (15, ""), (0, "")]
)
def test_chinese_numerals(n: int, said: str) -> None:
    assert _chinese(n) == said
