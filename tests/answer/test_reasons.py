"""Reasons in our own words: true by construction, pleasant, in the order of the evidence."""

from __future__ import annotations

from chatrec.answer.reasons import meets_evidence, pieces, reason
from chatrec.answer.voice import Voice
from chatrec.language.sentences import Sentences
from chatrec.vocabulary import Candidate, Evidence, Ledger
from tests import teas
from tests.answer.stage import tea, wish

SENTENCES = Sentences.load()
LEDGER = Ledger(
    (wish("w1", "kind", "=", "Oolong"), wish("w2", "price", "<", 30), wish("w3", "kind", "not_in", ["Herbal"]))
)
MEETS = (Evidence(code="meets", facet="kind", value="Oolong"), Evidence(code="meets", facet="price", value=12.0))
SHARES = (
    Evidence(code="shares", facet="grower", value="Arun Boro", item_id="x"),
    Evidence(code="shares", facet="flavours", value="Smoky", item_id="x"),
)


def voice(language: str = "en", seed: str = "s") -> Voice:
    return Voice(teas.CATALOG, SENTENCES, language, seed, {"x": "Keemun Dawn" if language == "en" else "祁门晨曦"})


def test_wishes_met_are_one_piece_and_shared_things_another() -> None:
    met, shared = pieces((*MEETS, *SHARES), LEDGER, voice())
    assert "oolong, under $30" in met
    assert "herbal" not in met
    assert "Arun Boro and smoky" in shared
    assert "Keemun Dawn" in shared


def test_of_two_wishes_on_an_amount_only_the_one_that_is_met_is_told() -> None:
    both = Ledger((*LEDGER.wishes, wish("w4", "price", "between", [18, 22], hard=False)))
    (met,) = pieces(MEETS, both, voice())
    assert "under $30" in met
    assert "18" not in met


def test_a_card_says_the_best_two() -> None:
    candidate = Candidate(tea(12), 1.0, {}, (Evidence(code="like_text", words="roasted"), *MEETS, *SHARES))
    said = reason(candidate, LEDGER, voice())
    assert "roasted" in said
    assert "oolong" in said
    assert "Arun Boro" not in said
    assert said[0].isupper()
    assert said.endswith(".")
    assert ";" in said


def test_in_chinese() -> None:
    said = reason(Candidate(tea(12), 1.0, {}, (*MEETS, *SHARES)), LEDGER, voice("zh"))
    assert "乌龙、不到30美元" in said
    assert "“祁门晨曦”" in said
    assert said.endswith("。")


def test_every_code_speaks_and_what_can_not_be_said_is_left_out() -> None:
    for code in ("popular", "talked_about", "rated"):
        assert pieces((Evidence(code=code),), Ledger(), voice())  # type: ignore[arg-type]
    assert pieces((Evidence(code="people_also", item_id="x"),), Ledger(), voice()) == [
        "people who liked Keemun Dawn liked this too"
    ]
    unknown = (
        Evidence(code="people_also", item_id="gone"), Evidence(code="shares", facet="kind", value="Oolong", item_id="gone"),
        Evidence(code="meets", facet="nosuch", value=1), Evidence(code="like_text"),
    )  # fmt: skip
    assert pieces(unknown, Ledger(), voice()) == []
    assert reason(Candidate(tea(1), 1.0, {}, unknown), Ledger(), voice())  # there is always a sentence


def test_cards_of_one_answer_vary() -> None:
    said = {reason(Candidate(tea(n), 1.0, {}, MEETS), LEDGER, voice()) for n in range(12)}
    assert len(said) == 2


def test_evidence_where_no_candidate_brings_any() -> None:
    assert [(e.facet, e.value) for e in meets_evidence(tea(12), LEDGER)] == [("kind", "Oolong")] + (
        [("price", tea(12).values("price")[0])] if tea(12).values("price")[0] < 30 else []
    )
