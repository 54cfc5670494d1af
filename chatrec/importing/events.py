"""Events as they are read, kept small: a few numbers each, so that a log of tens of millions fits in memory.

Knows: how an event is packed (25 bytes) and unpacked. Does not know: files, what an event means.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import overload

from chatrec.store.interactions import Interaction

NONE = float("nan")


class Events(Sequence[Interaction]):
    """Interactions in the order in which they were added. Slices are lists: what a batch of an insert needs."""

    def __init__(self) -> None:
        self.people: dict[str, int] = {}
        self.items: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        self._person, self._item, self._kind = array("i"), array("i"), array("b")
        self._rating, self._at = array("d"), array("d")
        self._names: tuple[list[str], list[str], list[str]] = ([], [], [])  # what the codes mean

    def add(self, person: str, item: str, kind: str, rating: float | None, at: float | None) -> None:
        self._person.append(self.people.setdefault(person, len(self.people)))
        self._item.append(self.items.setdefault(item, len(self.items)))
        self._kind.append(self._kinds.setdefault(kind, len(self._kinds)))
        self._rating.append(NONE if rating is None else rating)
        self._at.append(NONE if at is None else at)

    def __len__(self) -> int:
        return len(self._person)

    @overload
    def __getitem__(self, at: int) -> Interaction: ...
    @overload
    def __getitem__(self, at: slice) -> list[Interaction]: ...
    def __getitem__(self, at: int | slice) -> Interaction | list[Interaction]:
        if isinstance(at, int):
            place = range(len(self))[at]
            return self[place : place + 1][0]
        if (len(self.people), len(self.items), len(self._kinds)) != tuple(map(len, self._names)):
            self._names = (list(self.people), list(self.items), list(self._kinds))
        people, items, kinds = self._names
        return [
            Interaction(
                people[p], items[i], kinds[k], None if rating != rating else rating, None if when != when else when
            )
            for p, i, k, rating, when in zip(
                self._person[at], self._item[at], self._kind[at], self._rating[at], self._at[at], strict=True
            )
        ]

    def __iter__(self) -> Iterator[Interaction]:
        for start in range(0, len(self), 20_000):
            yield from self[start : start + 20_000]

    def reach(self) -> dict[str, int]:
        """How many people did something with each item."""
        import numpy as np

        pairs = np.frombuffer(self._person, np.int32).astype(np.int64) * max(len(self.items), 1)
        pairs += np.frombuffer(self._item, np.int32)
        pairs.sort()
        first = np.ones(len(pairs), bool)
        first[1:] = pairs[1:] != pairs[:-1]
        counts = np.bincount(pairs[first] % max(len(self.items), 1), minlength=len(self.items))
        return dict(zip(self.items, counts.tolist(), strict=True))

    def span(self) -> tuple[float, float] | None:
        """The earliest and the latest time, seconds since 1970; None where none is known."""
        import numpy as np

        known = np.frombuffer(self._at, np.float64)
        known = known[~np.isnan(known)]
        return (float(known.min()), float(known.max())) if len(known) else None

    def kinds(self) -> dict[str, int]:
        """How many events there are of each kind."""
        import numpy as np

        counts = np.bincount(np.frombuffer(self._kind, np.int8), minlength=len(self._kinds))
        return dict(zip(self._kinds, counts.tolist(), strict=True))
