"""What came of reading a log of who did what: counts, and what was left out, why and where.

Knows: how it is told to a person and to a program. Does not know: files.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

MOST_REASONS = 50  # kept apart
LINES = 3  # of a reason, told
UNKNOWN_SHOWN, MOST_UNKNOWN = 3, 1_000_000  # items that the catalogue does not have: named, counted
NOT_THERE = "an item that the catalogue does not have"


@dataclass
class Tally:
    """What came of reading a log."""

    file: str
    rows: int = 0
    used: int = 0
    people: int = 0
    items: int = 0
    of_items: int = 0  # items the catalogue has
    kinds: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)  # reason -> rows
    lines: dict[str, list[int]] = field(default_factory=dict)  # reason -> the first few lines
    unknown: dict[str, None] = field(default_factory=dict)  # ids that the catalogue does not have, the first first
    untimed: int = 0  # times that can't be read: the events count, without one
    span: tuple[float, float] | None = None  # earliest and latest, seconds since 1970
    place: str = "line"
    form: str = ""

    @property
    def first(self) -> dict[str, int]:
        """The first line of each reason."""
        return {reason: lines[0] for reason, lines in self.lines.items()}

    def skip(self, line: int, reason: str) -> None:
        if reason not in self.skipped and len(self.skipped) >= MOST_REASONS:
            reason = "other reasons"
        self.skipped[reason] += 1
        told = self.lines.setdefault(reason, [])
        if len(told) < LINES:
            told.append(line)

    def miss(self, line: int, item_id: str) -> None:
        """An event with an item that is not there."""
        self.skip(line, NOT_THERE)
        if len(self.unknown) < MOST_UNKNOWN:
            self.unknown[item_id] = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "rows": self.rows,
            "used": self.used,
            "people": self.people,
            "items": self.items,
            "of_items": self.of_items,
            "kinds": dict(self.kinds),
            "skipped": [{"reason": r, "rows": n, f"{self.place}s": self.lines[r]} for r, n in self.skipped.items()],
            "unknown_items": len(self.unknown),
            "untimed": self.untimed,
            "span": [_date(t) for t in self.span] if self.span else None,
        }

    def show(self, console: Any) -> None:
        """Print for a person."""
        from rich.text import Text

        console.print(Text(f"interactions from {self.file} ({self.form})", style="bold"))
        console.print(Text(f"{self.rows:,} rows read, {self.used:,} used"))
        console.print(Text(f"kinds: {', '.join(f'{kind} {n:,}' for kind, n in self.kinds.most_common())}"))
        console.print(Text(f"{self.people:,} people; {self.items:,} of the catalogue's {self.of_items:,} items"))
        if self.span:
            console.print(Text(f"from {_date(self.span[0])} to {_date(self.span[1])}"))
        if self.untimed:
            console.print(
                Text(
                    f"note: {self.untimed:,} {'times' if self.untimed > 1 else 'time'} can't be read; such events count without"
                )
            )
        for reason, n in self.skipped.most_common(8):
            lines = ", ".join(f"{line:,}" for line in self.lines[reason]) + (
                " ..." if n > len(self.lines[reason]) else ""
            )
            more = ""
            if reason == NOT_THERE:
                several = f"{len(self.unknown):,}{'+' if len(self.unknown) >= MOST_UNKNOWN else ''} item{'s' if len(self.unknown) > 1 else ''}: "
                more = f"; {several}{', '.join(list(self.unknown)[:UNKNOWN_SHOWN])}{' ...' if len(self.unknown) > UNKNOWN_SHOWN else ''}"
            told = f"skipped: {n:,}: {reason} ({self.place}{'s' if n > 1 else ''} {lines}{more})"
            console.print(Text(told, style="yellow"))


def _date(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return f"{seconds:.0f} s"
