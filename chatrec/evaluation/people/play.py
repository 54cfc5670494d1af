"""One simulated person in one conversation with one system, and what came of it.

Knows: how a talk goes turn by turn, what is counted. Does not know: what a system is made of.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatrec.evaluation.people.behaviour import Move, Playing, asked_about
from chatrec.evaluation.people.person import Person
from chatrec.evaluation.people.system import Answered, System
from chatrec.evaluation.people.wording import Words
from chatrec.vocabulary import Catalog, Item, Wish

Progress = Callable[[str, int, int], None]
Judge = Callable[
    ["Met", Sequence["Met"]], str
]  # an answer and those before it -> the claim that does not hold, or empty


@dataclass(frozen=True)
class Met:
    """One turn as it went: the move, the answer, and what the person had said by then."""

    move: Move
    answer: Answered
    holds: tuple[Wish, ...]


@dataclass
class Outcome:
    """What came of one person. turn: when the wanted item was shown (1-based), None: never; rank: its place, 1-based."""

    person: Person
    turn: int | None = None
    rank: int | None = None
    turns: int = 0
    shown: int = 0
    broken: int = 0  # shown items that break what the person had really said
    repeats: int = 0  # items shown again
    questions: int = 0
    alone: int = 0  # questions with no item beside them
    untrue: list[str] = field(default_factory=list)  # claims that do not hold, the first of each answer
    met: list[Met] = field(default_factory=list)

    @property
    def success(self) -> bool:
        return self.turn is not None

    @property
    def first(self) -> bool:
        """Whether the wanted item was at the top when it was shown."""
        return self.rank == 1


async def play(
    person: Person,
    system: System,
    catalog: Catalog,
    most_turns: int,
    judge: Judge | None = None,
    words: Words | None = None,
) -> Outcome:
    """Let a person talk until the wanted item is shown, their patience is at its end, or the turns are.

    words: who finds other words for what the person says; None: code's stand.
    """
    playing, outcome = Playing(person, catalog), Outcome(person)
    talk = await system.talk(person.language)
    move, shown, before = playing.open(), set[str](), ""
    for turn in range(1, min(most_turns, person.patience) + 1):
        if words is not None:
            move = await words.word(move, playing, before)
        answer = await (talk.press(move.chip) if move.chip else talk.say(move.text))
        met = Met(move, answer, tuple(playing.holds))
        outcome.met.append(met)
        outcome.turns = turn
        _count(outcome, answer, playing.holds, shown, catalog)
        if judge and (claim := judge(met, outcome.met[:-1])):
            outcome.untrue.append(claim)
        if (place := playing.wants(answer)) is not None:
            outcome.turn, outcome.rank = turn, place + 1
            break
        move, before = playing.react(answer), answer.text
    return outcome


def _count(outcome: Outcome, answer: Answered, holds: Sequence[Wish], shown: set[str], catalog: Catalog) -> None:
    outcome.shown += len(answer.items)
    outcome.broken += sum(not all(w.meets(i) for w in holds) for i in answer.items)
    outcome.repeats += sum(i.id in shown for i in answer.items)
    shown |= {i.id for i in answer.items}
    if asked_about(answer, catalog) is not None:
        outcome.questions += 1
        outcome.alone += not answer.items


def worded(outcomes: Sequence[Outcome]) -> Counter[str]:
    """Who found the words of all that was said, where a model was asked: `model`, or why code's wording stood -> messages."""
    return Counter(m.move.worded for o in outcomes for m in o.met if m.move.worded)


async def play_all(
    people: Sequence[Person],
    system: System,
    catalog: Catalog,
    *,
    most_turns: int = 5,
    at_once: int = 2,
    judge: Judge | None = None,
    words: Words | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """All people, each in a conversation of their own; outcomes in the order of people."""
    gate, done = asyncio.Semaphore(at_once), Counter[str]()

    async def one(person: Person) -> Outcome:
        async with gate:
            outcome = await play(person, system, catalog, most_turns, judge, words)
        done["people"] += 1
        if progress:
            progress(f"{len(people)} people and {system.name}", done["people"], len(people))
        return outcome

    return list(await asyncio.gather(*(one(p) for p in people)))


def told(outcome: Outcome) -> list[dict[str, Any]]:
    """A conversation as plain data, for who wants to read it."""
    return [
        {
            "said": m.move.text or (m.move.chip.label if m.move.chip else ""),
            "move": m.move.what + (" by chip" if m.move.chip else ""),
            **({"worded": m.move.worded} if m.move.worded else {}),
            "answer": m.answer.text,
            "shown": [_title(i) for i in m.answer.items],
        }
        for m in outcome.met
    ]


def _title(item: Item) -> str:
    return f"{item.title} ({item.id})"
