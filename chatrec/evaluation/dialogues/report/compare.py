"""What a change did: two runs of the same dialogues, turn by turn.

Knows: results. Does not know: how a difference is shown. Dialogues are the same by their name, turns by their number.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from chatrec.evaluation.dialogues.results import Card, Played, Run, TurnPlayed

Change = Literal["same", "out", "in"]
Words = Sequence[tuple[Change, str]]
Fate = Literal["failing", "passing", "unplayed", "changed", "added", "removed"]
ORDER: Sequence[Fate] = ("failing", "passing", "unplayed", "changed", "added", "removed")
SLOWER, NOTICED = 2.0, 50.0  # times as long, and at least so many ms more or less: below, clocks jitter
_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_TOKENS = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Value:
    """One thing of a turn that was one way and is another."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Moved:
    """An item that stands at another place (from 1); None: it was not there, or is not any more."""

    card: Card
    before: int | None
    after: int | None


@dataclass(frozen=True)
class CheckTurned:
    """A check whose verdict is another."""

    asked: str
    line: int
    now: Literal["fails", "passes", "gone"]
    told: str = ""


@dataclass(frozen=True)
class TurnChanged:
    """What is different in one turn; there is something."""

    number: int
    line: int
    said: str
    there: Literal["both", "added", "removed"] = "both"
    values: Sequence[Value] = ()  # said, kind, steps, tokens, ms ...
    items: Sequence[Moved] = ()
    near: Sequence[Moved] = ()
    wishes_out: Sequence[str] = ()
    wishes_in: Sequence[str] = ()
    chips_out: Sequence[str] = ()
    chips_in: Sequence[str] = ()
    text: Words = ()
    checks: Sequence[CheckTurned] = ()


@dataclass(frozen=True)
class DialogueChanged:
    """One dialogue in which something is different, and what became of it."""

    fate: Fate
    played: Played  # as it is now; of a removed one, as it was
    before: Played | None = None
    values: Sequence[Value] = ()
    turns: Sequence[TurnChanged] = ()

    @property
    def newly_fails(self) -> bool:
        return self.fate == "failing" or (self.fate == "added" and self.played.status == "failed")


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side."""

    before: Run
    after: Run
    changed: Sequence[DialogueChanged] = field(default=())
    same: int = 0  # dialogues without a difference

    @property
    def newly_fails(self) -> bool:
        return any(d.newly_fails for d in self.changed)

    def of(self, fate: Fate) -> list[DialogueChanged]:
        return [d for d in self.changed if d.fate == fate]

    @property
    def settings(self) -> list[Value]:
        """What is different between the runs themselves: version, mode, target, prompts."""
        a, b = self.before, self.after
        pairs = [("version", a.version, b.version), ("mode", a.mode, b.mode), ("target", a.target, b.target)]
        names = dict.fromkeys([*a.prompts, *b.prompts])
        pairs += [(f"prompt {name}", a.prompts.get(name, "none"), b.prompts.get(name, "none")) for name in names]
        return [Value(*pair) for pair in pairs if pair[1] != pair[2]]


def compare(before: Run, after: Run) -> Comparison:
    """What is different in `after`; newly failing dialogues first, each kind in the order of the run."""
    old, new = _by_name(before), _by_name(after)
    found = [_dialogue(old[name], p) for name, p in new.items() if name in old]
    changed = [d for d in found if d is not None]
    changed += [DialogueChanged("added", p) for name, p in new.items() if name not in old]
    changed += [DialogueChanged("removed", p) for name, p in old.items() if name not in new]
    changed.sort(key=lambda d: ORDER.index(d.fate))
    return Comparison(before, after, changed, sum(d is None for d in found))


def _by_name(run: Run) -> dict[tuple[str, int], Played]:
    """(name, which of that name): two folders may hold a dialogue of one name."""
    found: dict[tuple[str, int], Played] = {}
    for played in run.dialogues:
        n = 0
        while (played.name, n) in found:
            n += 1
        found[played.name, n] = played
    return found


def _dialogue(a: Played, b: Played) -> DialogueChanged | None:
    values = []
    if a.why != b.why:
        values.append(Value("why", a.why or "none", b.why or "none"))
    if a.model != b.model:
        values.append(Value("model", a.model or "none", b.model or "none"))
    if a.catalog != b.catalog:
        values.append(Value("catalog", a.catalog or "none", b.catalog or "none"))
    if (a.good, a.runs) != (b.good, b.runs) and max(a.runs, b.runs) > 1:
        values.append(Value("runs passed", f"{a.good} of {a.runs}", f"{b.good} of {b.runs}"))
    turns = _turns(a, b) if "skipped" not in (a.status, b.status) else []
    if a.status == b.status and not values and not turns:
        return None
    fate: Fate = "changed"
    if b.status != a.status:
        fate = {"failed": "failing", "passed": "passing", "skipped": "unplayed"}[b.status]  # type: ignore[assignment]
    return DialogueChanged(fate, b, a, values, turns)


def _turns(a: Played, b: Played) -> list[TurnChanged]:
    found = []
    for n in range(max(len(a.turns), len(b.turns))):
        if n >= len(a.turns) or n >= len(b.turns):
            turn, there = (b.turns[n], "added") if n < len(b.turns) else (a.turns[n], "removed")
            found.append(TurnChanged(turn.number, turn.line, turn.said, there))  # type: ignore[arg-type]
        elif (change := _turn(a.turns[n], b.turns[n])) is not None:
            found.append(change)
    return found


def _turn(a: TurnPlayed, b: TurnPlayed) -> TurnChanged | None:
    changed = TurnChanged(
        b.number, b.line, b.said,
        values=_values(a, b), items=_moved(a.items, b.items), near=_moved(a.near, b.near),
        wishes_out=[w for w in a.wishes if w not in b.wishes], wishes_in=[w for w in b.wishes if w not in a.wishes],
        chips_out=[c for c in a.chips if c not in b.chips], chips_in=[c for c in b.chips if c not in a.chips],
        text=words(a.text, b.text) if a.text != b.text else (), checks=_checks(a, b),
    )  # fmt: skip
    parts = (changed.values, changed.items, changed.near, changed.wishes_out, changed.wishes_in, changed.chips_out)
    return changed if any((*parts, changed.chips_in, changed.text, changed.checks)) else None


def _values(a: TurnPlayed, b: TurnPlayed) -> list[Value]:
    def steps(turn: TurnPlayed) -> str:
        return ", ".join(f"{step} {rung}" for step, rung in turn.steps.items()) or "none"

    pairs = [
        ("said", a.said, b.said), ("kind", a.kind or "none", b.kind or "none"),
        ("problem", a.problem or "none", b.problem or "none"), ("steps", steps(a), steps(b)),
        ("fell", ", ".join(a.falls) or "no step", ", ".join(b.falls) or "no step"),
        ("model calls", str(a.calls), str(b.calls)), ("tokens", f"{a.tokens:,}", f"{b.tokens:,}"),
    ]  # fmt: skip
    found = [Value(*pair) for pair in pairs if pair[1] != pair[2]]
    less, more = sorted((a.ms, b.ms))
    if more > SLOWER * less and more - less > NOTICED:
        found.append(Value("time", f"{a.ms:,.0f} ms", f"{b.ms:,.0f} ms"))
    return found


def _moved(a: Sequence[Card], b: Sequence[Card]) -> list[Moved]:
    """Items in, out, and those that changed places among the ones that stayed; in the order of now, what went last."""
    old = {card.id: n for n, card in enumerate(a, 1)}
    new = {card.id: n for n, card in enumerate(b, 1)}
    stayed_a, stayed_b = [i for i in old if i in new], [i for i in new if i in old]
    blocks = difflib.SequenceMatcher(a=stayed_a, b=stayed_b, autojunk=False).get_matching_blocks()
    in_order = {stayed_b[n] for block in blocks for n in range(block.b, block.b + block.size)}
    found = [
        Moved(card, old.get(card.id), new[card.id])
        for card in b
        if card.id not in in_order and old.get(card.id) != new[card.id]
    ]
    return found + [Moved(card, old[card.id], None) for card in a if card.id not in new]


def _checks(a: TurnPlayed, b: TurnPlayed) -> list[CheckTurned]:
    from chatrec.evaluation.dialogues.report.figures import asked

    def key(turn: TurnPlayed) -> dict[tuple[str, bool, int], bool]:
        seen: dict[tuple[str, bool], int] = {}
        found = {}
        for c in turn.checks:
            name = (asked(c), c.always)
            seen[name] = seen.get(name, 0) + 1
            found[(*name, seen[name])] = c.fails
        return found

    before, now = key(a), key(b)
    found = []
    for k, c in zip(now, b.checks, strict=True):
        if c.fails and not before.get(k, False):
            found.append(CheckTurned(k[0], c.line, "fails", c.reason or f"got {c.got}"))
        elif not c.fails and before.get(k, False):
            found.append(CheckTurned(k[0], c.line, "passes"))
    gone = [(k, c) for k, c in zip(before, a.checks, strict=True) if k not in now and c.fails]
    return found + [CheckTurned(k[0], c.line, "gone", c.reason) for k, c in gone]


def words(before: str, after: str) -> Words:
    """A word diff: runs of text that stayed, went and came. A Han character is a word."""
    a, b = _TOKENS.findall(before), _TOKENS.findall(after)
    found: list[tuple[Change, str]] = []
    for kind, a0, a1, b0, b1 in difflib.SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(a[a0:a1])))
            continue
        found += [("out", "".join(a[a0:a1]))] if a1 > a0 else []
        found += [("in", "".join(b[b0:b1]))] if b1 > b0 else []
    return found
