"""A run while it goes: finished dialogues as they come, and on a terminal a bar below them.

Knows: verbosity, terminals and pipes. Does not know: what a transcript looks like.
"""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console

from chatrec.evaluation.dialogues.report import transcript
from chatrec.evaluation.dialogues.report.figures import one_line
from chatrec.evaluation.dialogues.results import Played, Run


class Watched:
    """Tells of a run on a console. Use it as a context; hand `step` to the stage and `told` to play_all.

    verbosity: -1 failures and totals, 0 a line for what passed, 1 every transcript.
    """

    def __init__(self, console: Console, total: int, verbosity: int = 0) -> None:
        self._console, self._total, self._verbosity = console, total, verbosity
        self._bar: Any = None
        self._task: Any = None
        self._failed = 0
        self._what = ""

    def __enter__(self) -> Watched:
        if self._console.is_terminal:
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                SpinnerColumn,
                TextColumn,
                TimeElapsedColumn,
            )

            text = TextColumn("{task.description}", markup=False)
            columns = (SpinnerColumn(), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn(), text)
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._task = self._bar.add_task("dialogues", total=self._total)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def step(self, what: str, done: int, of: int) -> None:
        """What is being made ready: a catalogue copied, vectors read."""
        if self._bar is not None:
            self._bar.update(self._task, description=one_line(what, 60))
        elif what != self._what and not self._console.is_terminal:
            print(f"{one_line(what)} ...", file=sys.stderr, flush=True)
        self._what = what

    def told(self, played: Played, n: int) -> None:
        """A dialogue is done."""
        self._failed += played.status == "failed"
        lines = self._lines()
        if played.status == "failed" or (self._verbosity > 0 and played.status == "passed"):
            transcript.whole(played, lines)
        elif self._verbosity >= 0 and (played.status == "passed" or self._verbosity > 0):
            transcript.one(played, lines)
        transcript.show(self._console, lines.done)
        if self._bar is not None:
            failed = f"{self._failed} failed, " if self._failed else ""
            self._bar.update(self._task, completed=n, description=f"{failed}{one_line(played.name, 60)}")
        else:
            self._console.file.flush()

    def ended(self, run: Run) -> None:
        """The summary of the whole run."""
        lines = self._lines()
        transcript.summary(run, lines, quiet=self._verbosity < 0, every=self._verbosity > 0)
        transcript.show(self._console, lines.done)

    def _lines(self) -> transcript.Lines:
        width = self._console.width if self._console.is_terminal else None
        return transcript.Lines(transcript.marks_for(self._console.encoding), width)
