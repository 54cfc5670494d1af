"""Which records a claim speaks of, where a sentence speaks of several items.

Knows: titles as mentions, words like "both" and "some". Does not know: what the claim is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatrec.answer.grounding.records import Record

_EVERY = re.compile(r"\b(?:all|both|each|every|these|they|them|their)\b|都|这几|这些|每|全部|均")
_SOME = re.compile(
    r"\b(?:some|one|another|mix|range|ranging|between|others?|include|including|whether|or)\b|有的|其中|既有|从.+到|或者?|还是"
)


@dataclass(frozen=True)
class Scope:
    """mentions: (place in the sentence, record), in order, for every title that the sentence names."""

    records: tuple[Record, ...]
    mentions: tuple[tuple[int, Record], ...]
    every: bool
    some: bool

    @classmethod
    def of(cls, plain: str, records: Sequence[Record], mentions: Sequence[tuple[int, Record]]) -> Scope:
        return cls(tuple(records), tuple(mentions), bool(_EVERY.search(plain)), bool(_SOME.search(plain)))

    def at(self, place: int) -> tuple[Record, ...]:
        """The records that must back a claim at this place: the item named last before it, else the first named, else all."""
        if len(self.records) < 2 or not self.mentions:
            return self.records
        named = tuple(dict.fromkeys(r.item.id for _, r in self.mentions))
        if self.every:
            return tuple(r for r in self.records if r.item.id in named) if len(named) > 1 else self.records
        before = [r for at, r in self.mentions if at <= place]
        return (before[-1] if before else self.mentions[0][1],)

    def backed(self, place: int, by: Callable[[Record], bool]) -> bool:
        records = self.at(place)
        if not records:
            return False
        if self.some and not self.mentions and not self.every:
            return any(map(by, records))
        return all(map(by, records))

    def backed_by_any(self, place: int, by: Callable[[Record], bool]) -> bool:
        return any(map(by, self.at(place)))
