"""What is to be seen of one turn from where a test stands, and what a check says of it.

Knows: the answer, the records behind it, and (inside only) the profile, the candidates and what the model saw. Data only, but for the judge that a
check may ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatrec.vocabulary import Act, Catalog, Item, Language, Reply, Wish


@dataclass(frozen=True)
class Problem:
    """A turn that was refused or failed: RFC 9457 as the door gave it."""

    status: int
    title: str
    detail: str


@dataclass(frozen=True)
class Inside:
    """What only a test in the same process sees after a turn."""

    profile: Mapping[str, Sequence[str]] = field(
        default_factory=dict
    )  # likes, dislikes, seen, owned: item ids; tastes: lines
    candidates: Sequence[str] = ()  # item ids, best first
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)  # candidate id -> its sources
    prompts: Sequence[Sequence[tuple[str, str]]] = ()  # a call each: (role, content)
    versions: Mapping[str, str] = field(default_factory=dict)  # prompt -> version


@dataclass(frozen=True)
class Answer:
    """What came back for one message or act. Exactly one of reply and problem is there."""

    reply: Reply | None = None
    problem: Problem | None = None
    ms: float = 0.0  # as the person waited for it
    inside: Inside | None = None


@dataclass(frozen=True)
class Seen:
    """One turn as checks see it."""

    number: int  # 1-based, in the file
    said: str  # the text, or the act in short
    act: Act | None
    who: str
    answer: Answer
    catalog: Catalog
    records: Mapping[str, Item]  # of every item shown so far
    before: Sequence[Seen] = ()  # earlier turns of the same conversation, oldest first
    language: Language | None = None  # that the file asks for
    folder: Path = Path()  # where the file lies: checks of one's own are beside it
    judge: Any = field(default=None, repr=False, compare=False)  # judging.Judge: who is asked for rulings

    @property
    def reply(self) -> Reply:
        """The answer; a check that needs one is not run without."""
        assert self.answer.reply is not None
        return self.answer.reply

    @property
    def items(self) -> list[Item]:
        """The records of the items shown in this turn, in order; a card without a record is left out."""
        return [self.records[i.id] for i in self.reply.items if i.id in self.records]

    @property
    def wishes_before(self) -> Sequence[Wish]:
        """The ledger as the latest answer before this one left it."""
        for earlier in reversed(self.before):
            if earlier.answer.reply is not None:
                return earlier.answer.reply.wishes
        return ()

    def title(self, item_id: str) -> str:
        record = self.records.get(item_id)
        return f"{record.title} ({item_id})" if record else item_id


@dataclass(frozen=True)
class Verdict:
    """What a check found. passed None: there was nothing to look at."""

    passed: bool | None
    reason: str = ""  # one sentence
    expected: str = ""
    got: str = ""
    evidence: Sequence[str] = ()  # lines: the items, words or numbers it rests on
    gates: bool = True  # False: reported, fails nothing
