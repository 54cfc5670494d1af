"""What a model is shown: short, canonical, nothing about films in the code."""

from __future__ import annotations

from chatrec.language.outline import evidence_codes, exchange_lines, facet_lines, item_facts, title_year, wish_line
from chatrec.vocabulary import Evidence, Exchange, Wish
from tests import teas

TEA = teas.items()[12]  # Amber Cliff Oolong


def test_facets_are_listed_with_their_values() -> None:
    lines = facet_lines(teas.CATALOG)
    assert lines[0] == "kind: one of Green, Black, Oolong, White, Pu-erh, Herbal"
    assert "flavours: several of Floral, Smoky, Nutty, Fruity, Grassy, Malty" in lines
    assert "price: number, in $" in lines
    assert "grower: names" in lines
    assert "organic: yes or no" in lines


def test_an_item_in_a_line() -> None:
    assert title_year(TEA, teas.CATALOG, "en") == "Amber Cliff Oolong"  # teas have no year
    main, minor = item_facts(TEA, teas.CATALOG, "en", ["caffeine"])
    assert main.startswith("oolong; ")
    assert "mg" in main  # wished, so it tells most
    assert "mg" not in item_facts(TEA, teas.CATALOG, "en")[0]
    assert "flavour" not in main + minor  # values of a closed list need no label


def test_evidence_in_codes() -> None:
    evidence = [
        Evidence(code="meets", facet="kind", value="Oolong"),
        Evidence(code="meets", facet="price", value=12.0),
        Evidence(code="shares", facet="grower", value="Arun Boro", item_id="x"),
        Evidence(code="shares", facet="grower", value="Lost", item_id="unknown"),
        Evidence(code="like_text", words="smoky"),
        Evidence(code="popular"),
    ]
    assert evidence_codes(evidence, {"x": "Campfire Souchong"}) == (
        "meets kind, price; shares Arun Boro with Campfire Souchong; words; popular"
    )


def test_wishes_in_lines() -> None:
    def line(**parts: object) -> str:
        return wish_line(Wish.model_validate(parts), teas.CATALOG, {"x": "Keemun Dawn"})

    assert line(facet="price", op="<", value=20, words="under 20") == 'price below $20 (said: "under 20")'
    assert line(facet="price", op="between", value=[10, 20], hard=False) == "price between $10 to $20, if possible"
    assert line(op="like", value="x", hard=False) == "like Keemun Dawn"
    assert line(facet="kind", op="not_in", value=["Green", "Black"]) == "kind not_in green, black"
    assert line(facet="price", op="sort", value="asc", hard=False) == "price sort asc"


def test_history_is_short() -> None:
    history = [
        Exchange("t1", "hello", "converse", "Hello!"),
        Exchange("t2", "a tea", "recommend", "Here you are.", ("a",), ("A", "B")),
        Exchange("t3", "like", "noted", ""),
    ]
    assert exchange_lines(history, 2) == [
        {"said": "a tea", "answer": "showed A, B"},
        {"said": "like", "answer": "noted"},
    ]
