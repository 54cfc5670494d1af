"""What a change did, in the terminal.

Knows: a Comparison. Does not know: how it is found, how a page looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from chatrec.evaluation.dialogues.report import figures
from chatrec.evaluation.dialogues.report.compare import (
    ORDER,
    Comparison,
    DialogueChanged,
    Fate,
    Moved,
    TurnChanged,
    Value,
    Words,
)
from chatrec.evaluation.dialogues.report.figures import clean, one_line
from chatrec.evaluation.dialogues.report.transcript import Lines, first_failure
from chatrec.evaluation.dialogues.results import Played

HEADINGS: Mapping[Fate, str] = {
    "failing": "newly failing", "passing": "newly passing", "unplayed": "no longer played",
    "changed": "answer otherwise, same verdict", "added": "added", "removed": "removed",
}  # fmt: skip
STYLES: Mapping[Fate, str] = {"failing": "bold red", "passing": "bold green", "unplayed": "bold yellow"}
INDENT, LABEL = 6, 12


def show(comparison: Comparison, lines: Lines) -> None:
    """Everything that is different, newly failing last but one, the counts at the end: what matters stands where eyes are."""
    for value in comparison.settings:
        _value(value, lines, 2)
    for fate in reversed(ORDER):
        dialogues = comparison.of(fate)
        if dialogues:
            lines.add(Text(f"{HEADINGS[fate]} ({len(dialogues)})", style=STYLES.get(fate, "bold")))
        for dialogue in dialogues:
            _dialogue(dialogue, lines)
    lines.add(Text(headline(comparison), style="bold red" if comparison.newly_fails else "bold green"))


def headline(comparison: Comparison) -> str:
    """`2 newly failing, 1 newly passing, 4 answer otherwise, 110 as before`."""
    counts = [(len(comparison.of(fate)), HEADINGS[fate].partition(",")[0]) for fate in ORDER]
    failing = sum(d.fate == "added" and d.played.status == "failed" for d in comparison.changed)
    told = [f"{n:,} {word}" for n, word in counts if n] + ([f"{failing} of the added fail"] if failing else [])
    return ", ".join([*told, f"{comparison.same:,} as before"])


def _dialogue(dialogue: DialogueChanged, lines: Lines) -> None:
    played = dialogue.played
    mark, style = {"passed": (lines.marks.good, "green"), "failed": (lines.marks.bad, "bold red")}.get(
        played.status, (lines.marks.unjudged, "yellow")
    )
    told = Text.assemble((clean(played.name), "bold"), f"  {one_line(played.title)}")
    told.append(f"  {clean(figures.place(played, played.line))}", "dim")
    lines.add(Text(f"  {mark} ", style=style), told)
    if dialogue.fate == "added" and dialogue.newly_fails:
        lines.add(" " * INDENT, first_failure(played), "red")
    for value in dialogue.values:
        _value(value, lines, INDENT - 2)
    for turn in dialogue.turns:
        _turn(turn, played, lines)


def _turn(turn: TurnChanged, played: Played, lines: Lines) -> None:
    there = {"both": "", "added": "  (a turn more)", "removed": "  (not any more)"}[turn.there]
    said = Text.assemble((one_line(turn.said, 160), "bold"), there)
    said.append(f"  {clean(figures.place(played, turn.line))}", "dim")
    lines.add(Text(f"{turn.number:>{INDENT - 1}} ", style="bold cyan"), said)
    for value in turn.values:
        _value(value, lines, INDENT)
    _items("items", turn.items, lines)
    _items("near", turn.near, lines)
    _in_and_out("wishes", turn.wishes_out, turn.wishes_in, lines)
    _in_and_out("chips", turn.chips_out, turn.chips_in, lines)
    if turn.text:
        lines.labelled("text".ljust(LABEL), word_diff(turn.text), indent=INDENT)
    for check in turn.checks:
        good = check.now == "passes"
        mark = lines.marks.unjudged if check.now == "gone" else lines.marks.good if good else lines.marks.bad
        now = {"fails": "now fails", "passes": "passes again", "gone": "failed, is not there any more"}[check.now]
        place = figures.place(played, check.line)
        told = Text.assemble(f"{one_line(check.asked)}  ", (now, "green" if good else "red"))
        told.append(f"  {clean(check.told)}" if check.told else "")
        told.append(f"  {clean(place)}", "dim")
        lines.add(Text(f"{' ' * INDENT}{mark} ", style="green" if good else "bold red"), told)


def word_diff(diff: Words) -> Text:
    """`[-went-]{+came+}`, as git writes it, so that it reads without colours too."""
    text = Text()
    for change, words in diff:
        shown = clean(words)
        if change == "same":
            text.append(shown)
        else:
            text.append(f"[-{shown}-]" if change == "out" else f"{{+{shown}+}}", "red" if change == "out" else "green")
    return text


def _value(value: Value, lines: Lines, indent: int) -> None:
    told = Text.assemble((clean(value.before), "red"), " -> ", (clean(value.after), "green"))
    lines.labelled(value.name.ljust(LABEL - 1) + " ", told, indent=indent)


def _items(label: str, moved: Sequence[Moved], lines: Lines) -> None:
    for n, move in enumerate(moved):
        sign, style, where = "~", "yellow", f"place {move.before} -> {move.after}"
        if move.before is None:
            sign, style, where = "+", "green", f"at place {move.after}"
        elif move.after is None:
            sign, style, where = "-", "red", f"was at place {move.before}"
        name = f"{one_line(move.card.title)} ({one_line(move.card.id)})"
        told = Text.assemble((f"{sign} {name}", style), (f"  {where}", "dim"))
        lines.labelled((label if n == 0 else "").ljust(LABEL), told, indent=INDENT)


def _in_and_out(label: str, out: Sequence[str], came: Sequence[str], lines: Lines) -> None:
    told = [(f"- {clean(w)}", "red") for w in out] + [(f"+ {clean(w)}", "green") for w in came]
    for n, pair in enumerate(told):
        lines.labelled((label if n == 0 else "").ljust(LABEL), Text.assemble(pair), indent=INDENT)
