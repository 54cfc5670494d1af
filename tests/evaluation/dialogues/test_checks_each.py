"""Every check on turns made by hand: where it passes, where it fails, and both turned round by `not`."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.evaluation.dialogues.checks import CHECKS
from chatrec.evaluation.dialogues.seen import Problem, Seen
from tests.evaluation.dialogues.hand_built import (
    BANCHA,
    CAMPFIRE,
    CHEAP,
    CLOUD,
    DRAGON,
    FIRST,
    FOLDER,
    GREEN,
    GYOKURO,
    HELLO,
    IN_CHINESE,
    INSIDE,
    NOTHING,
    ONE_BEFORE,
    QUESTION,
    REFUSED,
    SECOND,
    SENCHA,
    SMOKY,
    SOFT,
    TEAS,
    TWO,
    card,
    evidence,
    near,
    reply,
    seen,
)  # fmt: skip

HUNG = seen(QUESTION, before=[seen(QUESTION)])
NONE = seen(NOTHING)
TALK = seen(HELLO)
OUT = seen(REFUSED)
ZH = seen(IN_CHINESE)
AGAIN = seen(reply("recommend", card(CLOUD), card(SENCHA)), before=[FIRST])
STRANGER = card(SENCHA, id="tea-99", title="Tea of Nowhere")
ELSEWHERE = seen(reply("recommend", STRANGER, wishes=[SMOKY]))
DEAR = seen(reply("recommend", card(CLOUD, "Smoky, as you asked."), wishes=[SMOKY, CHEAP]))
LATER = seen(reply("recommend", card(SENCHA), wishes=[GREEN, SMOKY]), before=[FIRST])  # the soft wish is gone

# check -> (argument as written, turn, what it finds)
CASES: dict[str, list[tuple[Any, Seen, bool | None]]] = {
    "decision": [
        ("recommend", SECOND, True), (["ask", "recommend"], SECOND, True), ("ask", SECOND, False), ("none_fit", NONE, True),
    ],
    "tool_called": [
        (True, SECOND, True), (False, SECOND, False), (False, TALK, True), (True, TALK, False),
        (["price < 20", "flavours contains Smoky"], SECOND, True), ("price < 30", SECOND, False), ("price < 20", TALK, False),
    ],
    "heard": [
        (["flavours contains Smoky", "price < 20"], SECOND, True), ("price < 20", SECOND, False), (None, SECOND, False),
        (None, TALK, True), (["flavours contains Smoky", "price < 20", "kind"], SECOND, False),
    ],
    "ledger": [
        (["kind = Green", "flavours contains Smoky", "price < 20"], SECOND, True), (["kind", "flavours", "price"], SECOND, True),
        (["kind = Green", "price < 20"], SECOND, False), (None, TALK, True), (None, SECOND, False),
    ],
    "ledger_has": [("price < 20", SECOND, True), (["kind", "price"], SECOND, True), ("price < 21", SECOND, False), ("origin", SECOND, False)],
    "remembers": [("kind = Green", SECOND, True), ("price < 20", SECOND, False), ("kind = Black", SECOND, False)],
    "forgets": [("origin = China (soft)", LATER, True), ("kind = Green", LATER, False), ("caffeine", LATER, None)],
    "asks": [(True, HUNG, True), (False, HUNG, False), (False, SECOND, True), (True, SECOND, False), ("price", HUNG, True), ("kind", HUNG, False), ("price", SECOND, False)],
    "questions_in_row": [(2, HUNG, True), ("..1", HUNG, False), (0, SECOND, True)],
    "none_fits": [
        (True, NONE, True), (True, SECOND, False), (False, SECOND, True), (False, NONE, False),
        ({"because": "price", "near": 2}, NONE, True), ({"because": ["price", "flavours"]}, NONE, True),
        ({"because": "kind"}, NONE, False), ({"near": "3.."}, NONE, False),
        (True, seen(reply("none_fit", card(SENCHA))), False),
    ],
    "near_misses": [
        (2, NONE, True), ("1..5", NONE, True), (0, NONE, False), (0, SECOND, True),
        (1, seen(reply("none_fit", wishes=[SMOKY, CHEAP], near=[near(CLOUD, "w1")])), False),  # it breaks the price
        (1, seen(reply("none_fit", wishes=[SMOKY, CHEAP], near=[near(SENCHA)])), False),  # it fits
    ],
    "items": [(2, SECOND, True), ("1..5", SECOND, True), ("3..", SECOND, False), (0, TALK, True)],
    "candidates": [(2, SECOND, True), (20, SECOND, False)],
    "sources": [("words", SECOND, True), (["words", "popularity"], SECOND, True), ("meaning", SECOND, False), ("words", TALK, None)],
    "retrieves": [(BANCHA, SECOND, True), ([SENCHA, CAMPFIRE], SECOND, False)],
    "includes": [(SENCHA, SECOND, True), (["Misty Ridge Sencha", "dragon well spring"], SECOND, True), ("春龙井", SECOND, True), ([SENCHA, CLOUD], SECOND, False), (SENCHA, TALK, False)],
    "excludes": [(CLOUD, SECOND, True), ([CLOUD, SENCHA], SECOND, False), (CLOUD, NONE, False), (SENCHA, NONE, True)],
    "first": [(SENCHA, SECOND, True), ("Dragon Well Spring", SECOND, False), ({"price": "..10"}, SECOND, True), ({"price": ">10"}, SECOND, False), (SENCHA, TALK, None)],
    "every_item": [({"flavours": "Smoky"}, SECOND, True), ({"price": "..10"}, SECOND, False), ({"kind": {"not": "Black"}}, SECOND, True), ({"kind": "Green"}, NONE, None)],
    "any_item": [({"price": "..10"}, SECOND, True), ({"kind": "Black"}, SECOND, False), ({"kind": "Black"}, TALK, None)],
    "no_item": [({"kind": "Black"}, SECOND, True), ({"price": "..10"}, SECOND, False)],
    "ordered_by": [("price asc", SECOND, True), ("price", SECOND, True), ("price desc", SECOND, False), ("price", TALK, None)],
    "in_catalog": [
        (True, SECOND, True), (True, ELSEWHERE, False), (True, TALK, None),
        (True, seen(reply("recommend", card(SENCHA, title="Misty Sencha"))), False),
        (True, seen(reply("recommend", card(SENCHA, facts={"price": 4.0}))), False),
        (True, seen(reply("recommend", card(SENCHA, facts={"origin": None, "grower": ["Mei Tanaka"]}))), True),
    ],
    "no_repeats": [(True, SECOND, True), (True, AGAIN, False), (False, AGAIN, True), (True, TALK, None), (True, seen(reply("recommend", card(SENCHA), card(SENCHA))), False)],
    "obeys": [(True, SECOND, True), (True, DEAR, False), (True, TALK, None), (True, seen(reply("recommend", card(CLOUD), wishes=[SOFT])), None)],
    "explained": [(True, SECOND, True), (True, DEAR, False), (False, DEAR, True), (True, TALK, None)],
    "grounded": [
        (True, SECOND, True), (False, SECOND, False), (True, ZH, True),
        (True, seen(reply("recommend", card(SENCHA, "Costs $7."))), False),
        (True, seen(reply("recommend", card(SENCHA, "", evidence("meets", "kind", "Black")))), False),
    ],
    "language": [
        ("en", SECOND, True), ("zh", SECOND, False), ("zh", ZH, True), ("en", ZH, False),
        ("zh", seen(IN_CHINESE.model_copy(update={"text": "Here are some teas for you."})), False),
        ("en", seen(TWO.model_copy(update={"text": "来一款茶。"})), False), ("en", seen(reply("converse")), None),
    ],
    "says": [("two teas", SECOND, True), (["SMOKY", "/under \\$\\d+/"], SECOND, True), (["smoky", "sorry"], SECOND, False), ("as you asked", SECOND, True)],
    "says_any": [(["sorry", "fit"], SECOND, True), (["sorry", "/unfor/"], SECOND, False)],
    "mentions": [(SENCHA, seen(reply("lookup", text="Misty Ridge Sencha: price $6.")), True), ("Misty Ridge Sencha", SECOND, False), ([SENCHA, DRAGON], seen(reply("lookup", text="misty ridge sencha")), False)],
    "chips": [(2, SECOND, True), (0, SECOND, False), (0, TALK, True)],
    "has_chip": [
        ("cheaper", SECOND, True), ({"facet": "price", "act": "set_wish", "count": "1.."}, SECOND, True), ({"label": "/^some/"}, SECOND, True),
        (["cheaper", "newer"], SECOND, False), ({"facet": "price", "count": 9}, SECOND, False), ("cheaper", TALK, False),
    ],
    "error": [
        (422, OUT, True), ("say something", OUT, True), (True, OUT, True), (404, OUT, False), ("/no such/", OUT, False),
        (True, SECOND, False), (False, SECOND, True), (False, OUT, False),
    ],
    "rung": [("hosted", SECOND, True), (["local", "hosted"], SECOND, True), ("none", SECOND, False)],
    "steps": [({"decide": "hosted"}, SECOND, True), ({"decide": "hosted", "rerank": "none"}, SECOND, True), ({"words": "none"}, SECOND, False)],
    "falls": [
        (1, SECOND, True), (0, SECOND, False), ({"step": "rerank", "why": "timeout"}, SECOND, True), ({"step": "decide"}, SECOND, False),
        (0, TALK, True),
    ],
    "model_calls": [(2, SECOND, True), ("..1", SECOND, False)],
    "tokens": [("<=350", SECOND, True), ("..300", SECOND, False)],
    "time": [("<1000", SECOND, True), ("..10", SECOND, False)],
    "prompt": [("smoky tea", SECOND, True), (["teas", "/price/"], SECOND, False), ("tea", TALK, None)],
    "profile": [({"likes": [SENCHA]}, SECOND, True), ({"seen": [CLOUD, DRAGON], "dislikes": []}, SECOND, True), ({"likes": []}, SECOND, False), ({"likes": [SENCHA, CLOUD]}, SECOND, False)],
    "python": [
        ("own_checks.py:has_items", seen(TWO, folder=FOLDER), True), ("own_checks.py:has_items", seen(HELLO, folder=FOLDER), False),
        ({"call": "own_checks.py:at_least", "with": 2}, seen(TWO, folder=FOLDER), True),
        ({"call": "own_checks.py:at_least", "with": 3}, seen(TWO, folder=FOLDER), False),
        ("tests.evaluation.dialogues.own_checks:has_items", seen(TWO), True),
    ],
    "judge": [("is polite", SECOND, None)],  # the rest: test_checks_own.py
}  # fmt: skip


def test_every_check_is_here_and_can_pass_and_fail() -> None:
    assert set(CASES) == set(CHECKS)
    for name, cases in CASES.items():
        found = {expected for _, _, expected in cases}
        assert found >= {True, False} or name == "judge", f"{name} is never seen both to pass and to fail"


ALL = [(name, *case) for name, cases in CASES.items() for case in cases]


@pytest.mark.parametrize(("name", "raw", "turn", "expected"), ALL, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(ALL)])
async def test_it_finds_what_is_there(name: str, raw: Any, turn: Seen, expected: bool | None) -> None:
    check = CHECKS[name]
    assert check.failing or turn.answer.reply is not None
    verdict = await check.look(turn, check.read(raw))
    assert verdict.passed is expected, (verdict.reason, verdict.got)
    if not verdict.passed:
        assert verdict.reason, "a failing check says why"
        assert "\n" not in verdict.reason
    if verdict.passed is False:
        assert verdict.expected != "" or verdict.got != "" or name == "python"


@pytest.mark.parametrize(("name", "raw", "turn", "expected"), ALL, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(ALL)])
async def test_not_turns_it_round(name: str, raw: Any, turn: Seen, expected: bool | None) -> None:
    check = CHECKS[name]
    argument = check.read(raw)
    verdict = await check.look(turn, argument, negated=True)
    if check.each and isinstance(argument, list) and len(argument) > 1:
        single = [(await check.look(turn, [one])).passed for one in argument]
        expected = None if None in single and True not in single else True in single
    assert verdict.passed is (None if expected is None else not expected), (verdict.reason, verdict.got)
    if verdict.passed is False:
        assert "must not be" in verdict.reason


async def test_a_list_under_not_means_none_of_them() -> None:
    """`not: {says: [a, b]}` fails where only one of the two is said: nobody means "not both"."""
    for name, one, other in (
        ("says", "two teas", "sorry"), ("includes", SENCHA, CLOUD), ("ledger_has", "price < 20", "origin"),
        ("has_chip", "cheaper", "newer"), ("prompt", "teas", "secret"), ("retrieves", SENCHA, CAMPFIRE),
    ):  # fmt: skip
        check = CHECKS[name]
        assert (await check.look(SECOND, check.read([other, one]), negated=True)).passed is False, name
        assert (await check.look(SECOND, check.read([other]), negated=True)).passed is True, name


async def test_a_card_without_a_record_passes_no_check_about_records() -> None:
    for name, raw in (
        ("every_item", {"kind": "Green"}),
        ("no_item", {"kind": "Black"}),
        ("obeys", True),
        ("excludes", CLOUD),
    ):
        with pytest.raises(ValueError, match=r"Tea of Nowhere \(tea-99\) has no record"):
            await CHECKS[name].look(ELSEWHERE, CHECKS[name].read(raw))


async def test_what_only_shows_at_the_catalogue() -> None:
    for name, raw, told in (
        ("every_item", {"colour": "red"}, "teas has no facet colour; it has kind, flavours"),
        ("ordered_by", "colour", "teas has no facet colour"), ("asks", "colour", "teas has no facet colour"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=told):
            await CHECKS[name].look(SECOND, CHECKS[name].read(raw))


async def test_a_turn_that_was_never_sent_was_not_refused() -> None:
    never = seen(Problem(0, "Not sent", "$9.items: there is no answer 9 yet."))
    with pytest.raises(ValueError, match="no answer 9"):
        await CHECKS["error"].look(never, CHECKS["error"].read(True))


async def test_forgetting_is_seen_against_the_answer_before() -> None:
    assert FIRST.reply.wishes == [GREEN, SOFT]
    assert ONE_BEFORE.items[0].id in TEAS
    still = await CHECKS["forgets"].look(SECOND, CHECKS["forgets"].read("kind = Green"))
    assert still.passed is False
    assert "still holds: kind = Green" in still.reason
    assert INSIDE.profile["likes"] == [SENCHA]
    assert GYOKURO in TEAS
