"""A run as text: transcripts with a mark for each check, and the summary below them. For terminals, pipes, JUnit and pytest.

Knows: how a transcript reads. Does not know: how dialogues are played, when a line is printed.
All lines are rich Texts built from cleaned text; markup in them is never interpreted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from chatrec.evaluation.dialogues.report import figures
from chatrec.evaluation.dialogues.report.figures import clean, one_line
from chatrec.evaluation.dialogues.results import Card, Checked, Played, Run, TurnPlayed

INDENT = 4
LABEL = 9  # room for "expected "
STYLES = {"passed": "green", "failed": "bold red", "skipped": "yellow"}


@dataclass(frozen=True)
class Marks:
    """The few signs of a transcript."""

    good: str = "✓"
    bad: str = "✗"
    unjudged: str = "–"
    dot: str = "·"
    dots: str = "…"

    def of(self, check: Checked) -> tuple[str, str]:
        """(mark, style)"""
        if check.passed:
            return self.good, "green"
        return (self.bad, "bold red") if check.fails else (self.unjudged, "yellow")

    def status(self, played: Played) -> str:
        return {"passed": self.good, "failed": self.bad, "skipped": self.unjudged}[played.status]


SIGNS, ASCII = Marks(), Marks("+", "x", "-", "|", "...")


def marks_for(encoding: str | None) -> Marks:
    """Signs that the encoding has."""
    try:
        "✓✗–·…".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return SIGNS


class Lines:
    """Lines of a transcript, wrapped under their label where a width is given."""

    def __init__(self, marks: Marks = SIGNS, width: int | None = None) -> None:
        self.marks, self.done = marks, list[Text]()
        self._width = width
        self._measure = Console(width=width or 80, color_system=None)

    def add(self, head: str | Text, body: str | Text = "", style: str = "") -> None:
        """A head, and what stands behind it; further lines stand under the body."""
        start = Text(head) if isinstance(head, str) else head
        rest = Text(self._signs(clean(body)), style=style) if isinstance(body, str) else body
        room = (self._width or 0) - start.cell_len
        wrapped = list(rest.wrap(self._measure, room)) if self._width and room >= 20 else list(rest.split("\n"))
        for n, line in enumerate(wrapped or [Text()]):
            line.rstrip()
            whole = Text.assemble(start if n == 0 else " " * start.cell_len, line)
            whole.rstrip()
            self.done.append(whole)

    def labelled(self, label: str, body: str | Text, style: str = "", indent: int = INDENT) -> None:
        if body:
            self.add(Text(" " * indent + label.ljust(LABEL), style="dim"), body, style)

    def _signs(self, text: str) -> str:
        """Our own separators in what the terminal has."""
        return text if self.marks is SIGNS else text.replace(" · ", f" {self.marks.dot} ").replace("…", self.marks.dots)


def one(played: Played, lines: Lines) -> None:
    """A dialogue on one line."""
    took = f"{figures.counted(len(played.turns), 'turn')}, {figures.duration(played.ms)}"
    told = played.why if played.status == "skipped" else ", ".join(p for p in (took, figures.rate(played)) if p)
    head = Text.assemble((f"{lines.marks.status(played)} ", STYLES[played.status]), (clean(played.name), "bold"))
    lines.add(Text.assemble(head, "  "), Text.assemble(one_line(played.title), "  ", (f"({one_line(told)})", "dim")))


def whole(played: Played, lines: Lines) -> None:
    """A dialogue as a transcript: what was said, what came back, and the marks of the checks under each turn."""
    head = (f"{lines.marks.status(played)} ", STYLES[played.status])
    lines.add(Text.assemble(head, (clean(played.name), "bold"), "  "), Text(one_line(played.title, 200), style="bold"))
    model = f"model: {played.model}" if played.model not in ("", "none") else ""
    about = (figures.place(played, played.line), played.catalog, model, figures.rate(played), " ".join(played.tags))
    lines.add("  ", " · ".join(p for p in about if p), "dim")
    lines.add("  ", played.note, "italic dim") if played.note else None
    for turn in played.turns:
        _turn(played, turn, lines)
    if played.why:
        lines.add(Text(f"  {lines.marks.status(played)} ", style=STYLES[played.status]), played.why)


def _turn(played: Played, turn: TurnPlayed, lines: Lines) -> None:
    who = clean(turn.who) or "said"
    label = f"{turn.number:>3} {who.ljust(LABEL - 1)} "
    lines.add(
        Text(label if len(label) <= INDENT + LABEL else f"{label.rstrip()} ", style="bold cyan"), turn.said, "bold"
    )
    answer = Text.assemble((f"[{clean(turn.kind)}] ", "magenta") if turn.kind else "", clean(turn.text))
    lines.labelled("answer", answer)
    for n, card in enumerate(turn.items, 1):
        _card(card, f"{n}.", lines)
    for card in turn.near:
        _card(card, "near", lines)
    lines.labelled("wishes", " · ".join(turn.wishes))
    lines.labelled("chips", " · ".join(turn.chips), "dim")
    lines.labelled("problem", turn.problem, "red")
    lines.labelled("steps", figures.cost(turn), "dim")
    _checks(played, turn, lines)


def _card(card: Card, label: str, lines: Lines) -> None:
    reason = f": {one_line(card.reason, 300)}" if card.reason else ""
    text = Text.assemble(one_line(card.title), (f" ({one_line(card.id)})", "dim"), reason)
    lines.add(" " * (INDENT + LABEL) + f"{label} ", text)


def _checks(played: Played, turn: TurnPlayed, lines: Lines) -> None:
    """Passed ones on a line, those of `always` counted; each of the others with what was expected and what came."""
    good = [c for c in turn.checks if c.passed]
    own = [one_line(figures.asked(c), 60) for c in good if not c.always]
    if kept := len(good) - len(own):
        own.append(f"{kept} that always hold" if kept > 1 else "1 that always holds")
    if own:
        lines.add(Text(f"{' ' * INDENT}{lines.marks.good} ", style="green"), " · ".join(own), "dim")
    for c in turn.checks:
        if not c.passed:
            _check(played, c, lines)


def _check(played: Played, c: Checked, lines: Lines) -> None:
    mark, style = lines.marks.of(c)
    always = " (always)" if c.always else ""
    told = Text.assemble(
        (one_line(figures.asked(c), 200), style), always, ("" if c.gates else "  reported only", "yellow"),
        (f"  {clean(figures.place(played, c.line))}", "dim"),
    )  # fmt: skip
    lines.add(Text(f"{' ' * INDENT}{mark} ", style=style), told)
    deeper = INDENT + 2
    if c.reason not in ("", c.got):
        lines.labelled("why", c.reason, indent=deeper)
    lines.labelled("expected", c.expected, "green", deeper)
    lines.labelled("got", c.got, "red" if c.fails else "", deeper)
    for n, evidence in enumerate(e for e in c.evidence if e != c.reason):
        lines.labelled("evidence" if n == 0 else "", evidence, indent=deeper)


def plain(played: Played, *, only_failed: bool = False) -> str:
    """The transcript as text without colours. only_failed: only the turns in which a check failed."""
    lines = Lines()
    shown = [t for t in played.turns if t.failed] if only_failed else played.turns
    whole(played.model_copy(update={"turns": shown}) if only_failed else played, lines)
    return "\n".join(line.plain for line in lines.done)


def first_failure(played: Played) -> str:
    """What went wrong first, in a line: `turn 2, items: 3..5: 2 items are shown`. Empty where nothing did."""
    for turn in played.turns:
        for c in turn.checks:
            if c.fails:
                told = c.reason or f"got {c.got}"
                return one_line(f"turn {turn.number}, {figures.asked(c)}: {told}", 200)
    return one_line(played.why, 200) if played.status == "failed" else ""


def place_of_failure(played: Played) -> str:
    """`file:line` of the first check that failed."""
    line = next((c.line for t in played.turns for c in t.checks if c.fails), played.line)
    return figures.place(played, line)


def summary(run: Run, lines: Lines, *, quiet: bool = False, every: bool = False) -> None:
    """What stands below all transcripts. quiet: failures and totals only; every: names all that was skipped."""
    if not quiet:
        _by_check(run, lines)
        _slowest(run, lines)
        _skipped(run, lines, every)
    failed = [p for p in run.dialogues if p.status == "failed"]
    if failed:
        lines.add(Text("failed", style="bold red"))
    for played in failed:
        told = Text.assemble((clean(played.name), "bold"), f"  {first_failure(played)}")
        told.append(f"  {clean(place_of_failure(played))}", "dim")
        told.append(f"  {figures.rate(played)}" if played.runs > 1 else "", "yellow")
        lines.add(Text(f"  {lines.marks.bad} ", style="bold red"), told)
    turns, checks = figures.sizes(run)
    needed = f"{100 * run.at_least:.0f}% of the runs have to pass" if run.at_least < 1 else ""
    about = [figures.counted(turns, "turn"), figures.counted(checks, "check"), figures.duration(run.seconds * 1000)]
    style = STYLES["failed" if not run.good else "passed" if run.count("passed") else "skipped"]
    rest = " · ".join(p for p in ("", *about, needed) if p)
    lines.add(Text(figures.headline(run), style=style), f" · {rest}")


def _by_check(run: Run, lines: Lines) -> None:
    groups = figures.by_check(run)
    if groups:
        lines.add(Text("checks", style="bold"))
    wide = max((len(g) for g in groups), default=0)
    for group, counts in groups.items():
        told = Text()
        for count in counts:
            told.append(f" {lines.marks.dot} " if told else "")
            told.append(f"{count.check} {count.passed}")
            told.append(f" {lines.marks.bad}{count.failed}" if count.failed else "", "bold red")
            told.append(f" {lines.marks.unjudged}{count.reported}" if count.reported else "", "yellow")
        bad = any(c.failed for c in counts)
        mark = Text(f"  {lines.marks.bad if bad else lines.marks.good} ", style="bold red" if bad else "green")
        lines.add(Text.assemble(mark, (group.ljust(wide + 2), "dim")), told)


def _slowest(run: Run, lines: Lines) -> None:
    turns = [(p, t) for p, t in figures.slowest(run) if t.ms > 0]
    if turns:
        lines.add(Text("slowest turns", style="bold"))
    for played, turn in turns:
        told = f"{played.name}, turn {turn.number}: {one_line(turn.said, 50)}  {figures.place(played, turn.line)}"
        lines.add(Text(f"  {figures.duration(turn.ms):>8}  ", style="dim"), told)


def _skipped(run: Run, lines: Lines, every: bool) -> None:
    reasons = figures.why_skipped(run)
    if reasons:
        lines.add(Text("skipped", style="bold"))
    for why, dialogues in reasons.items():
        names = [p.name for p in dialogues]
        more = f" and {len(names) - 3} more" if len(names) > 4 and not every else ""
        told = Text.assemble(clean(why), (f"  ({clean(', '.join(names[:3] if more else names))}{more})", "dim"))
        lines.add(Text(f"  {len(names):>3} ", style="yellow"), told)


def show(console: Console, lines: Sequence[Text]) -> None:
    """Print lines as they are: not wrapped again, nothing in them highlighted."""
    if lines:  # all at once: a progress bar below is drawn again after each print
        console.print(Text("\n").join(lines), highlight=False, soft_wrap=True)
