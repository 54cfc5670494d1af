"""The transcript: marks under each turn, expected against got, file and line; nothing in it is interpreted."""

from __future__ import annotations

import io

from rich.console import Console

from chatrec.evaluation.dialogues.report import transcript
from chatrec.evaluation.dialogues.report.progress import Watched
from tests.evaluation.dialogues.report.runs import HOSTILE, check, everything, failing, played, run, turn


def told(of, *, verbosity=0, terminal=False, encoding="utf-8", width=100):
    """What a run prints."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace", write_through=True)
    console = Console(file=file, force_terminal=terminal, width=width, color_system="standard" if terminal else None)
    with Watched(console, len(of.dialogues), verbosity) as watched:
        for n, one in enumerate(of.dialogues, 1):
            watched.told(one, n)
    watched.ended(of)
    return raw.getvalue().decode(encoding)


def test_a_failing_dialogue_is_a_transcript():
    two = turn(2, said="cheaper", who="ben", checks=[check("judge", None, gates=False, argument="polite"), failing()])
    text = transcript.plain(played(status="failed", note="Once forgotten.", turns=[turn(), two]))
    assert text.split("\n") == [
        "✗ teas/green  A price is obeyed",
        "  dialogues/teas/green.yaml:1 · teas · en",
        "  Once forgotten.",
        "  1 said     a green tea under 8",
        "    answer   [recommend] I found two green teas.",
        "             1. Longjing (1)",
        "             2. Sencha (3)",
        "    wishes   type = Green · price < 8",
        "    chips    cheaper (1)",
        "    steps    decide none · 12 ms",
        "    ✓ decision: recommend",
        "  2 ben      cheaper",
        "    answer   [recommend] I found two green teas.",
        "             1. Longjing (1)",
        "             2. Sencha (3)",
        "    wishes   type = Green · price < 8",
        "    chips    cheaper (1)",
        "    steps    decide none · 12 ms",
        "    – judge: polite  reported only  dialogues/teas/green.yaml:9",
        "      expected recommend",
        "      got      recommend",
        "    ✗ items: 3..5  dialogues/teas/green.yaml:10",
        "      why      2 items are shown",
        "      expected 3..5",
        "      got      2",
        "      evidence Assam (2)",
        "               Keemun (4)",
    ]


def test_only_the_failing_turns_where_that_is_asked_for():
    two = turn(2, said="cheaper", checks=[failing()])
    text = transcript.plain(played(status="failed", turns=[turn(said="first"), two]), only_failed=True)
    assert "cheaper" in text
    assert "first" not in text


def test_passing_ones_are_a_line_and_skipped_ones_stand_under_their_reason():
    text = told(everything())
    assert "✓ zh/绿茶  绿茶，价格有上限  (1 turn, 12 ms)\n" in text
    assert "✓ teas/live  A price is obeyed  (1 turn, 12 ms, 2 of 3 runs passed (67%))\n" in text
    assert "    2 its model's answers stand in the file  (teas/scripted, teas/recorded)\n" in text
    assert "来点绿茶" not in text.partition("checks\n")[0]
    assert "2 failed, 3 passed, 3 skipped · 5 turns · 9 checks · 1.5 s · 60% of the runs have to pass\n" in text


def test_the_summary_counts_kinds_of_check_and_names_what_failed():
    end = told(everything()).partition("\nchecks\n")[2]
    assert "  ✗ decision  decision 5 ✗1\n" in end
    assert "  ✓ judge     judge 0 –1\n" in end
    assert "     2.3 s  teas/hostile, turn 2: " in end
    failed = end.partition("\nfailed\n")[2]
    assert "✗ zh/gone  There is no recording recordings/gone.json.  dialogues/zh/gone.yaml:1" in failed
    assert "dialogues/teas/hostile.yaml:10\n" in failed


def test_quiet_and_verbose():
    quiet = told(everything(), verbosity=-1)
    assert "✓" not in quiet.replace("    ✓", "")
    assert "slowest" not in quiet
    assert "✗ teas/hostile" in quiet
    verbose = told(everything(), verbosity=1)
    assert "来点绿茶" in verbose.partition("checks\n")[0]
    assert "– teas/file  A price is obeyed  (its catalogue is a file of the test)" in verbose


def test_nothing_in_a_transcript_is_interpreted():
    for terminal in (False, True):
        text = told(everything(), terminal=terminal, width=2000)
        assert "[bold red]x[/]" in text  # not read as markup
        assert "\\x1b[31m" in text  # written out, not sent
        assert "\x1b[31m \\u202e" not in text
        assert "\u202e" not in text
    assert "\x1b" not in told(everything())


def test_marks_where_the_stream_has_no_others():
    text = told(
        run(played(status="failed", turns=[turn(text="绿茶 …", checks=[failing(), check()])])), encoding="ascii"
    )
    assert "x teas/green  A price is obeyed" in text
    assert "    + decision: recommend" in text
    assert " | teas | " in text
    assert "\\u7eff\\u8336" in text
    assert transcript.marks_for("utf-8") is transcript.SIGNS
    assert transcript.marks_for("no-such-encoding") is transcript.ASCII


def test_on_a_terminal_long_text_stands_under_its_label():
    lines = transcript.Lines(width=60)
    transcript.whole(played(turns=[turn(text="many words of an answer " * 8 + "绿茶" * 30)]), lines)
    answer = [line.plain for line in lines.done]
    first = next(n for n, line in enumerate(answer) if line.startswith("    answer"))
    assert all(line.startswith(" " * 13) for line in answer[first + 1 : first + 5])
    assert all(line.cell_len <= 60 for line in lines.done)


def test_hostile_text_keeps_to_its_line():
    text = transcript.plain(played(status="failed", title="a\nb" + HOSTILE, turns=[turn(said="x\ny")]))
    assert text.split("\n")[0].startswith("✗ teas/green  a b<script>")
    assert "  1 said     x\n             y" in text
