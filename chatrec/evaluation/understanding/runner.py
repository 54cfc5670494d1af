"""Puts labelled dialogues to a reader, or to a reader and a model, and scores how the ledger changed.

Knows: how a turn looks when it is read, `Reader`, `Decide` or the rules, `Merge`. What is scored is the ledger, whoever filled it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from chatrec.evaluation.understanding.labels import Ground, Labelled, LabelledSet, LabelledTurn
from chatrec.evaluation.understanding.scoring import LIKES, TurnScore, matches, score_turn
from chatrec.understand.ledger import Merge
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.reader import Reader
from chatrec.understand.rules import rules
from chatrec.vocabulary import Catalog, Decision, Exchange, Heard, Item, Ledger, Profile, Said, Turn, Wish

Deciding = Callable[[Said, Heard, Turn, Profile], Awaitable[Decision]]
Decider = Callable[[Catalog, Lexicon], Deciding]
Progress = Callable[[str, int, int], None]
TODAY = date(2019, 3, 1)  # what "last year" counts from: the day SGD was written for


@dataclass
class Outcome:
    """Everything that was measured. milliseconds: of processor time of the code reader, a turn each; decide_ms: of the decide step by a
    model, as the clock has it.
    """

    name: str
    scores: list[TurnScore] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    decide_ms: list[float] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)  # which rung took the decide step, and how often


@dataclass(frozen=True)
class Opened:
    """A catalogue ready to be talked about."""

    catalog: Catalog
    items: dict[str, Item]
    reader: Reader
    merge: Merge
    deciding: Deciding


async def by_rules(said: Said, heard: Heard, turn: Turn, profile: Profile) -> Decision:
    """The decision of the code alone."""
    return rules(said, heard, turn, profile)


def open_ground(ground: Ground, decider: Decider | None = None) -> Opened:
    lexicon = Lexicon.build(ground.catalog, ground.items)
    return Opened(
        ground.catalog,
        {i.id: i for i in ground.items},
        Reader(ground.catalog, lexicon, today=lambda: TODAY),
        Merge(ground.catalog, lexicon),
        decider(ground.catalog, lexicon) if decider else by_rules,
    )


async def run(
    labelled: LabelledSet,
    decider: Decider | None = None,
    progress: Progress | None = None,
    most: int | None = None,
    *,
    alone: bool = False,
) -> Outcome:
    """Read every scored turn from the ledger that the labels have before it: one turn's mistake is not the next one's.

    decider: makes the decision step of a catalogue; by default the code's. most: scored turns after which to stop. alone: the decider
    gets nothing of what code heard but the items that were named.
    """
    outcome = Outcome(labelled.name, left_out=dict(labelled.left_out))
    opened: dict[str, Opened] = {}
    likes = any(w.op in LIKES for d in labelled.dialogues for t in d.turns for w in t.wishes)
    total = sum(t.scored for d in labelled.dialogues for t in d.turns)
    total = min(total, most or total)
    for dialogue in labelled.dialogues:
        if dialogue.catalog not in opened:
            opened[dialogue.catalog] = open_ground(labelled.grounds[dialogue.catalog], decider)
        place = opened[dialogue.catalog]
        for labels, turn in turns_of(dialogue, place):
            if not labels.scored:
                continue
            if len(outcome.scores) >= total:
                return outcome
            began = time.thread_time()
            heard = place.reader.read(turn.said, turn)
            outcome.milliseconds.append((time.thread_time() - began) * 1000)
            if alone:
                heard = Heard(items=heard.items, pointed=heard.pointed, perhaps=heard.perhaps, facet=heard.facet)
            began = time.perf_counter()
            decision = await place.deciding(turn.said, heard, turn, Profile(person_id=""))
            if "decide" in turn.meter.steps:
                outcome.decide_ms.append((time.perf_counter() - began) * 1000)
            outcome.steps[turn.meter.steps.get("decide", "code")] += 1
            after = place.merge(turn, heard, decision)
            outcome.scores.append(
                score_turn(
                    labels, turn.ledger, after, decision.kind, place.catalog,
                    language=dialogue.language, group=dialogue.group or dialogue.id, likes=likes,
                )
            )  # fmt: skip
            if progress:
                progress(f"understanding {labelled.name}", len(outcome.scores), total)
    return outcome


def turns_of(dialogue: Labelled, place: Opened) -> Iterator[tuple[LabelledTurn, Turn]]:
    """Each labelled turn as the reader meets it: the ledger, the history and what was shown before."""
    ledger, history = Ledger(), list[Exchange]()
    shown: tuple[str, ...] = ()
    last: tuple[Item, ...] = ()
    for n, labels in enumerate(dialogue.turns):
        if labels.before is not None:
            ids = tuple(i for i in labels.before.shown if i in place.items)
            here = tuple(place.items[i] for i in ids)
            said = dialogue.turns[n - 1].text if n else ""
            history.append(
                Exchange(f"t{n - 1}", said, labels.before.kind, labels.before.text, ids, tuple(i.title for i in here))
            )
            last, shown = here or last, (*shown, *ids)
        yield (
            labels,
            Turn(
                id=f"t{n}",
                conversation_id=dialogue.id,
                said=Said(person_id="", catalog=place.catalog.name, text=labels.text),
                language=dialogue.language,
                ledger=ledger,
                history=tuple(history),
                shown=frozenset(shown),
                last_items=last,
                questions_in_row=_questions(history),
            ),
        )
        ledger = after_labels(ledger, labels, place.catalog, n)


def after_labels(ledger: Ledger, labels: LabelledTurn, catalog: Catalog, n: int) -> Ledger:
    """The ledger as the labels have it after a turn: a newer wish replaces those on its facet, but a facet of many values adds."""
    new = [
        Wish(id=f"g{n}_{k}", facet=g.facet, op=g.op, value=g.value, hard=g.hard is not False, words="", turn_id=f"t{n}")
        for k, g in enumerate(labels.wishes)
        if not any(matches(g, w) for w in ledger.wishes)
    ]
    facets = {w.facet for w in new}
    kept = [
        w for w in ledger.wishes if w.facet not in labels.drops and (w.facet not in facets or _adds(catalog, w.facet))
    ]
    return Ledger((*kept, *new))


def _adds(catalog: Catalog, name: str | None) -> bool:
    facet = catalog.facet(name)
    return facet is None or facet.many


def _questions(history: Sequence[Exchange]) -> int:
    return next((n for n, e in enumerate(reversed(history)) if e.kind != "ask"), len(history))
