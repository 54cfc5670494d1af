"""What came of simulated people, told: a table for people, JSON for programs, conversations for who wants to read them.

Knows: outcomes, figures. Does not know: how anything was played.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chatrec.evaluation.people.figures import Figure, difference, figures, formulas
from chatrec.evaluation.people.play import Outcome, told, worded

if TYPE_CHECKING:
    from rich.console import Console

COMPARED = ("hit@5", "hit@1", "turns, a failure as one more")


def show(by_system: Mapping[str, Sequence[Outcome]], most_turns: int, console: Console) -> None:
    """A column a system; under it how the others differ from the first, in pairs."""
    from rich.table import Table

    n = len(next(iter(by_system.values())))
    console.print(
        f"{n:,} people, {most_turns} turns at most; 95% bootstrap intervals over people", style="bold", markup=False
    )
    found = {name: figures(outcomes, most_turns) for name, outcomes in by_system.items()}
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading in ("", *by_system):
        table.add_column(heading)
    for name in formulas(most_turns):
        table.add_row(name, *(str(f[name]) for f in found.values()))
    console.print(table)
    for line in wordings(by_system):
        console.print(line, markup=False)
    for line in differences(by_system, most_turns):
        console.print(line, markup=False)


def wordings(by_system: Mapping[str, Sequence[Outcome]]) -> list[str]:
    """A line a system: how many of the people's messages kept code's wording, and why. None where code plays alone."""
    lines = []
    for name, outcomes in by_system.items():
        counts = worded(outcomes)
        if n := sum(counts.values()):
            why = ", ".join(f"{what} {k}" for what, k in counts.most_common() if what != "model")
            lines.append(f"{name}: worded by code: {n - counts['model']} of {n}" + (f" ({why})" if why else ""))
    return lines


def differences(by_system: Mapping[str, Sequence[Outcome]], most_turns: int) -> list[str]:
    """What the first system does better or worse than each other one, the same people in both."""
    (first, ours), *others = by_system.items()
    return [
        f"{first} minus {name}: "
        + ", ".join(f"{what} {_signed(difference(theirs, ours, what, most_turns))}" for what in COMPARED)
        for name, theirs in others
    ]


def _signed(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return "-"
    return f"{figure.value:+.3f} [{figure.low:+.3f}, {figure.high:+.3f}]"


def as_json(by_system: Mapping[str, Sequence[Outcome]], most_turns: int) -> list[dict[str, Any]]:
    """Each system with its figures and all its conversations, as plain data."""
    return [
        {
            "system": name,
            "people": len(outcomes),
            "most_turns": most_turns,
            "figures": {
                k: {"value": f.value, "low": f.low, "high": f.high} for k, f in figures(outcomes, most_turns).items()
            },
            "worded": dict(worded(outcomes)),
            "conversations": [
                {
                    "person": o.person.id,
                    "language": o.person.language,
                    "wanted": o.person.wanted.id,
                    "turn": o.turn,
                    "rank": o.rank,
                    "broken": o.broken,
                    "untrue": o.untrue,
                    "turns": told(o),
                }
                for o in outcomes
            ],
        }
        for name, outcomes in by_system.items()
    ]
