"""What came of playing dialogues: data only, the same in memory and in the JSON report.

Times are apart from everything else (`ms`, `started`, `seconds`), so that two reports can be compared but for them.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Status = Literal["passed", "failed", "skipped"]


class Checked(BaseModel):
    """One check of one turn. passed None: judged by nobody."""

    check: str
    group: str
    passed: bool | None
    negated: bool = False
    always: bool = False
    gates: bool = True  # False: reported only
    line: int = 0
    argument: str = ""  # as it stands in the file
    expected: str = ""
    got: str = ""
    reason: str = ""
    evidence: list[str] = []

    @property
    def fails(self) -> bool:
        return self.gates and self.passed is False


class Card(BaseModel):
    id: str
    title: str
    reason: str = ""


class TurnPlayed(BaseModel):
    """One turn: what was said, what came back, what was checked."""

    number: int
    line: int
    who: str
    said: str
    kind: str = ""
    text: str = ""
    items: list[Card] = []
    near: list[Card] = []
    wishes: list[str] = []
    chips: list[str] = []
    steps: dict[str, str] = {}
    falls: list[str] = []
    calls: int = 0
    tokens: int = 0
    problem: str = ""
    ms: float = 0.0
    checks: list[Checked] = []

    @property
    def failed(self) -> bool:
        return any(c.fails for c in self.checks)


class Played(BaseModel):
    """One dialogue, played once or (live) several times: `runs` of which `good` passed; the turns are of the worst run."""

    name: str
    file: str
    title: str
    tags: list[str] = []
    note: str = ""
    status: Status
    why: str = ""  # why it was skipped, or could not be played
    line: int = 1
    model: str = ""  # who answered: none, scripted, recorded (name), or a live model's name
    catalog: str = ""
    runs: int = 1
    good: int = 0
    turns: list[TurnPlayed] = []

    @property
    def ms(self) -> float:
        return sum(t.ms for t in self.turns)


class Run(BaseModel):
    """A whole run, as `--json` writes it and `--compare` reads it."""

    model_config = ConfigDict(extra="ignore")

    format: int = 1
    version: str = ""
    mode: str
    target: str = "inside"  # or the address of a server
    started: str = ""
    seconds: float = 0.0
    at_least: float = 1.0  # the share of a dialogue's runs that has to pass
    prompts: dict[str, str] = {}  # prompt -> version
    dialogues: list[Played] = []

    def count(self, status: Status) -> int:
        return sum(d.status == status for d in self.dialogues)

    @property
    def good(self) -> bool:
        return self.count("failed") == 0

    def without_times(self) -> dict[str, Any]:
        """For comparing: everything but when and how long."""
        plain = self.model_dump(mode="json", exclude={"started", "seconds"})
        for dialogue in plain["dialogues"]:
            for turn in dialogue["turns"]:
                turn.pop("ms")
                turn["checks"] = [
                    c | {"got": "", "expected": ""} if c["check"] == "time" else c for c in turn["checks"]
                ]
        return plain
