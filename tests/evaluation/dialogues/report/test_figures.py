"""The numbers and words that all reports share."""

from __future__ import annotations

import pytest

from chatrec.evaluation.dialogues.report import figures
from tests.evaluation.dialogues.report.runs import check, everything, failing, played, run, turn


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("绿茶 – ok\nnext", "绿茶 – ok\nnext"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("tab\there\r", "tab here\\x0d"),
        ("\ud800 half", "\\ud800 half"),
        ("wide\u3000space", "wide\u3000space"),
        ("\x9b31m", "\\x9b31m"),
    ],
)
def test_what_steers_a_terminal_is_written_out(text, shown):
    assert figures.clean(text) == shown
    figures.clean(text).encode("utf-8")


def test_checks_are_counted_by_kind_and_groups_that_fail_stand_first():
    groups = figures.by_check(everything())
    assert list(groups) == ["decision", "items", "judge", "rules"]
    (decision,) = groups["decision"]
    assert (decision.passed, decision.failed, decision.reported) == (5, 1, 0)
    (judge,) = groups["judge"]
    assert (judge.passed, judge.failed, judge.reported) == (0, 0, 1)
    assert judge.made == 1


def test_the_slowest_turns_and_why_some_were_skipped():
    slow = figures.slowest(everything(), 2)
    assert [(p.name, t.number, t.ms) for p, t in slow] == [("teas/hostile", 2, 2300.0), ("teas/green", 1, 12.0)]
    reasons = figures.why_skipped(everything())
    assert [len(d) for d in reasons.values()] == [2, 1]
    assert next(iter(reasons)) == "its model's answers stand in the file"


def test_totals():
    assert figures.headline(everything()) == "2 failed, 3 passed, 3 skipped"
    assert figures.headline(run()) == "0 passed"
    assert figures.sizes(everything()) == (5, 9)
    assert figures.rate(played(runs=3, good=2)) == "2 of 3 runs passed (67%)"
    assert figures.rate(played()) == ""
    assert [figures.duration(ms) for ms in (11.6, 1234, 200_000)] == ["12 ms", "1.2 s", "3 min 20 s"]


def test_a_check_as_it_stands_in_the_file():
    assert figures.asked(failing()) == "items: 3..5"
    assert figures.asked(check(negated=True)) == "not decision: recommend"
    assert figures.asked(check("ledger", argument="null")) == "ledger"
    assert figures.cost(turn(steps={"decide": "hosted"}, calls=1, tokens=1200)) == (
        "decide hosted · 1 model call, 1,200 tokens · 12 ms"
    )
