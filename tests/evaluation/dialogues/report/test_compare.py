"""What a change did, found and shown."""

from __future__ import annotations

import pytest

from chatrec.evaluation.dialogues.report import compared
from chatrec.evaluation.dialogues.report.compare import compare, words
from chatrec.evaluation.dialogues.report.compared_page import comparison_page
from chatrec.evaluation.dialogues.report.transcript import Lines
from tests.evaluation.dialogues.report.runs import HOSTILE, card, check, everything, failing, played, run, turn


def shown(comparison):
    lines = Lines()
    compared.show(comparison, lines)
    return "\n".join(line.plain for line in lines.done)


def only(before, after):
    """The one turn that changed."""
    found = compare(run(played(turns=[before])), run(played(turns=[after])))
    (dialogue,) = found.changed
    (changed,) = dialogue.turns
    return changed


def test_a_run_is_as_itself():
    found = compare(everything(), everything())
    assert (found.changed, found.same, found.newly_fails) == ([], 8, False)
    assert shown(found) == "8 as before"


def test_what_became_of_each_dialogue():
    before = run(
        played("a"), played("b", "failed"), played("c"), played("d"), played("e", "failed"), played("g", "skipped")
    )
    after = run(
        played("a", "failed"), played("b"), played("c", "skipped", why="no"), played("e", "failed"), played("f"),
        played("g", "failed"), played("h", "failed"),
    )  # fmt: skip
    found = compare(before, after)
    assert [(d.played.name, d.fate) for d in found.changed] == [
        ("a", "failing"), ("g", "failing"), ("b", "passing"), ("c", "unplayed"), ("f", "added"), ("h", "added"),
        ("d", "removed"),
    ]  # fmt: skip
    assert [d.played.name for d in found.changed if d.newly_fails] == ["a", "g", "h"]
    assert found.same == 1
    assert shown(found).splitlines()[-1] == (
        "2 newly failing, 1 newly passing, 1 no longer played, 2 added, 1 removed, 1 of the added fail, 1 as before"
    )


def test_a_dialogue_that_is_new_and_fails_is_newly_failing_and_one_that_failed_before_is_not():
    assert compare(run(), run(played("x", "failed"))).newly_fails
    assert not compare(run(), run(played("x"))).newly_fails
    assert not compare(run(played("x", "failed")), run(played("x", "failed", turns=[turn(text="else")]))).newly_fails


def test_items_in_out_and_moved():
    a, b, c, d = (card(str(n), f"tea {n}") for n in range(1, 5))
    changed = only(turn(items=[a, b, c]), turn(items=[b, a, d]))
    assert [(m.card.id, m.before, m.after) for m in changed.items] == [("2", 2, 1), ("4", None, 3), ("3", 3, None)]
    shifted = only(turn(items=[a, b, c]), turn(items=[d, a, b, c]))
    assert [m.card.id for m in shifted.items] == ["4"]  # who only made room has not moved
    swapped = only(turn(items=[a, b, c]), turn(items=[c, b, a]))
    assert {(m.before, m.after) for m in swapped.items} <= {(1, 3), (3, 1)}


def test_wishes_kind_steps_tokens_and_chips():
    changed = only(
        turn(tokens=800),
        turn(tokens=900, kind="ask", steps={"decide": "hosted"}, wishes=["price < 8"], chips=["other"]),
    )
    assert [(v.name, v.before, v.after) for v in changed.values] == [
        ("kind", "recommend", "ask"), ("steps", "decide none", "decide hosted"), ("tokens", "800", "900"),
    ]  # fmt: skip
    assert (changed.wishes_out, changed.wishes_in) == (["type = Green"], [])
    assert (changed.chips_out, changed.chips_in) == (["cheaper (1)"], ["other"])


@pytest.mark.parametrize(("ms", "told"), [(190.0, False), (210.0, True), (40.0, True), (60.0, False)])
def test_time_only_when_it_doubled_or_halved(ms, told):
    found = compare(run(played(turns=[turn(ms=100.0)])), run(played(turns=[turn(ms=ms)])))
    assert bool(found.changed) is told


def test_a_jitter_of_small_times_is_nothing():
    assert not compare(run(played(turns=[turn(ms=2.0)])), run(played(turns=[turn(ms=45.0)]))).changed


@pytest.mark.parametrize(
    ("before", "after", "diff"),
    [
        ("two green teas", "two black teas", [("same", "two "), ("out", "green"), ("in", "black"), ("same", " teas")]),
        ("找到两款绿茶", "找到三款绿茶", [("same", "找到"), ("out", "两"), ("in", "三"), ("same", "款绿茶")]),
        ("", "new", [("in", "new")]),
    ],
)
def test_words_that_went_and_came(before, after, diff):
    assert list(words(before, after)) == diff


@pytest.mark.parametrize(("before", "after"), [("a b  c", "c  b a"), (HOSTILE, "x"), ("混合 mixed 文", "mixed 文 字")])
def test_a_diff_keeps_both_texts(before, after):
    diff = words(before, after)
    assert "".join(w for change, w in diff if change != "in") == before
    assert "".join(w for change, w in diff if change != "out") == after


def test_checks_that_turned():
    changed = only(
        turn(checks=[check(), failing("items")]),
        turn(checks=[failing("decision", argument="recommend"), failing("old")]),
    )
    assert [(c.asked, c.now) for c in changed.checks] == [
        ("decision: recommend", "fails"), ("old: 3..5", "fails"), ("items: 3..5", "gone"),
    ]  # fmt: skip
    again = only(turn(checks=[failing("items")]), turn(checks=[check("items", argument="3..5")]))
    assert [(c.asked, c.now) for c in again.checks] == [("items: 3..5", "passes")]


def test_turns_more_and_less_and_rates():
    found = compare(run(played(turns=[turn(), turn(2)])), run(played(turns=[turn()])))
    assert [(t.number, t.there) for t in found.changed[0].turns] == [(2, "removed")]
    found = compare(run(played(runs=3, good=3)), run(played(runs=3, good=2)))
    assert [(v.name, v.before, v.after) for v in found.changed[0].values] == [("runs passed", "3 of 3", "2 of 3")]


def test_two_dialogues_of_one_name_stay_two():
    twice = run(played("x"), played("x", "failed"))
    assert compare(twice, twice).same == 2
    assert [d.fate for d in compare(run(played("x")), twice).changed] == ["added"]


def test_what_the_runs_were_played_with():
    found = compare(run(prompts={"decide": "1", "old": "1"}), run(version="0.2", prompts={"decide": "2"}))
    assert [(v.name, v.before, v.after) for v in found.settings] == [
        ("version", "0.1.0", "0.2"), ("prompt decide", "1", "2"), ("prompt old", "1", "none"),
    ]  # fmt: skip


def test_shown_in_the_terminal_with_file_and_line():
    before = run(played(turns=[turn()]))
    after = run(
        played(
            status="failed",
            turns=[turn(text="I found two black teas.", items=[card("3", HOSTILE)], checks=[failing()])],
        )
    )
    text = shown(compare(before, after))
    assert "newly failing (1)" in text
    assert "text        I found two [-green-]{+black+} teas." in text
    assert "- Longjing (1)  was at place 1" in text
    assert "✗ items: 3..5  now fails  2 items are shown  dialogues/teas/green.yaml:10" in text
    assert "\x1b" not in text


def test_shown_as_a_page():
    after = everything()
    after.dialogues[0] = played(
        status="failed", turns=[turn(text=HOSTILE, wishes=[HOSTILE], checks=[failing(reason=HOSTILE)])]
    )
    page = comparison_page(compare(everything(), after))
    assert "1 newly failing, 7 as before" in page
    assert "<del>" in page
    assert "<ins>" in page
    assert "<script>window" not in page
    assert "\x1b" not in page
