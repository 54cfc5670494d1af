"""The few numbers and words that every report shows: counts per kind of check, slowest turns, why some were skipped.

Knows: results, and that what people, models and catalogues wrote is not to be trusted on a terminal. Does not know: any format.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatrec.evaluation.dialogues.results import Checked, Played, Run, TurnPlayed

_STEERING = frozenset("\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def clean(text: str) -> str:
    """Text that steers nothing: control characters, direction marks and lone surrogates are written out (`\\x1b`)."""
    if text.isprintable() and not _STEERING & set(text):
        return text
    return "".join(_written_out(c) for c in text)


def _written_out(char: str) -> str:
    if char == "\n":
        return char
    if char == "\t":
        return " "
    if char in _STEERING or unicodedata.category(char) in ("Cc", "Cs"):
        code = ord(char)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return char


def one_line(text: str, most: int = 100) -> str:
    """Clean, on one line, cut with an ellipsis after `most` characters."""
    text = " ".join(clean(text).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


@dataclass(frozen=True)
class CheckCount:
    """How often one check was made, and what came of it. `reported`: failed or not judged, and gates nothing."""

    check: str
    group: str
    passed: int = 0
    failed: int = 0
    reported: int = 0

    @property
    def made(self) -> int:
        return self.passed + self.failed + self.reported


def by_check(run: Run) -> Mapping[str, Sequence[CheckCount]]:
    """Group -> its checks, in the order of their names; groups with failures first."""
    counts: dict[tuple[str, str], list[int]] = {}
    for played in run.dialogues:
        for turn in played.turns:
            for c in turn.checks:
                row = counts.setdefault((c.group, c.check), [0, 0, 0])
                row[0 if c.passed else 1 if c.fails else 2] += 1
    groups: dict[str, list[CheckCount]] = {}
    for (group, check), row in sorted(counts.items()):
        groups.setdefault(group, []).append(CheckCount(check, group, *row))
    return dict(sorted(groups.items(), key=lambda pair: (not any(c.failed for c in pair[1]), pair[0])))


def slowest(run: Run, most: int = 5) -> list[tuple[Played, TurnPlayed]]:
    """The turns that took longest, longest first."""
    turns = [(played, turn) for played in run.dialogues for turn in played.turns]
    return sorted(turns, key=lambda pair: -pair[1].ms)[:most]


def why_skipped(run: Run) -> Mapping[str, Sequence[Played]]:
    """Reason -> the dialogues skipped for it, the commonest first."""
    reasons: dict[str, list[Played]] = {}
    for played in run.dialogues:
        if played.status == "skipped":
            reasons.setdefault(played.why, []).append(played)
    return dict(sorted(reasons.items(), key=lambda pair: -len(pair[1])))


def headline(run: Run) -> str:
    """`2 failed, 118 passed, 4 skipped`: what is none is left out, passed apart."""
    counts = [(run.count("failed"), "failed"), (run.count("passed"), "passed"), (run.count("skipped"), "skipped")]
    return ", ".join(f"{n:,} {word}" for n, word in counts if n or word == "passed")


def sizes(run: Run) -> tuple[int, int]:
    """(turns, checks) of a run."""
    turns = [turn for played in run.dialogues for turn in played.turns]
    return len(turns), sum(len(turn.checks) for turn in turns)


def counted(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def when(started: str) -> str:
    """`2026-11-22 05:52:51 UTC`."""
    return started.replace("T", " ").replace("+00:00", " UTC") or "no date"


def duration(ms: float) -> str:
    """`12 ms`, `1.2 s`, `3 min 20 s`."""
    if ms < 1000:
        return f"{ms:.0f} ms"
    seconds = ms / 1000
    return f"{seconds:.1f} s" if seconds < 100 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


def rate(played: Played) -> str:
    """`2 of 3 runs passed (67%)`; empty for a dialogue that was played once."""
    if played.runs < 2:
        return ""
    return f"{played.good} of {played.runs} runs passed ({100 * played.good / played.runs:.0f}%)"


def asked(check: Checked) -> str:
    """The check as it stands in the file: `not items: 3..5`."""
    words = f"not {check.check}" if check.negated else check.check
    return f"{words}: {check.argument}" if check.argument not in ("", "null") else words


def place(played: Played, line: int) -> str:
    """`file:line`, as editors and terminals open it."""
    return f"{played.file}:{line or 1}"


def cost(turn: TurnPlayed) -> str:
    """Who did what at what price: `decide hosted, words none · 2 calls, 812 tokens · fell: ... · 12 ms`."""
    parts = [", ".join(f"{step} {rung}" for step, rung in turn.steps.items())]
    parts += [f"{counted(turn.calls, 'model call')}, {counted(turn.tokens, 'token')}" if turn.calls else ""]
    parts += [f"fell: {', '.join(turn.falls)}" if turn.falls else "", duration(turn.ms)]
    return " · ".join(p for p in parts if p)
