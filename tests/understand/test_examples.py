"""Every example of docs/understanding.md is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatrec.vocabulary import Heard, Ledger, Wish
from tests.understand.catalogs import FILM_ITEMS, FILMS, LAPTOP_ITEMS, LAPTOPS, Shop, brief
from tests.understand.hotels import HOTEL_ITEMS, HOTELS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "understanding.md"
ROW = re.compile(
    r"^\| (?P<said>.+?) \| (?P<on>films|laptops|hotels)(?P<shown>, shown)? \| (?P<heard>.+?) \|$", re.MULTILINE
)
EXAMPLES = [m.groupdict() for m in ROW.finditer(PAGE.read_text("utf-8"))]
SHOWN = {"films": ("heat", "alien", "amelie"), "hotels": ("plaza",)}
HELD = {"films": (Wish(id="w1", facet="year", op=">=", value=1990),)}


@pytest.fixture(scope="module")
def shops() -> dict[str, Shop]:
    return {
        "films": Shop(FILMS, FILM_ITEMS),
        "laptops": Shop(LAPTOPS, LAPTOP_ITEMS),
        "hotels": Shop(HOTELS, HOTEL_ITEMS),
    }


def told(heard: Heard, ledger: Ledger) -> str:
    """What was heard, as the page writes it."""
    parts = sorted(brief(w).replace("|", ", ") for w in heard.wishes)
    parts += [f"taken back: {wish.facet}" for i in heard.drops if (wish := ledger.get(i)) is not None]
    parts += [f"let go, never wished: {facet}" for facet in heard.released]
    parts += [f"noted: {f.kind} {f.item_id}" for f in heard.feedback]
    if heard.kind in ("lookup", "explain", "compare"):
        facet = f" ({heard.facet})" if heard.facet else ""
        parts.append(f"{heard.kind}: {', '.join(i.id for i in heard.items)}{facet}{', to choose one' * heard.choice}")
    parts += [f"taken: {', '.join(i.id for i in heard.items)}"] * heard.takes
    parts += ["what is noted is asked for"] * heard.about_me
    parts += ["any"] * heard.just_show
    parts += ["others"] * heard.again
    parts += [f"not understood: {words}" for words in heard.not_understood]
    return "; ".join(parts) or "nothing"


def test_there_are_examples_in_both_languages() -> None:
    chinese = [e for e in EXAMPLES if re.search("[一-鿿]", e["said"])]
    assert len(chinese) > 25
    assert len(EXAMPLES) - len(chinese) > 35


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e['on']}: {e['said']}")
def test_an_example(shops: dict[str, Shop], example: dict[str, str]) -> None:
    on = example["on"]
    held, shown = (HELD.get(on, ()), SHOWN[on]) if example["shown"] else ((), ())
    heard = shops[on].read(example["said"], shown=shown, ledger=held)
    assert told(heard, Ledger(held)) == example["heard"]
