"""The wishes that hold after a turn: what code heard and what the model added, merged by one rule.

The model may add and tighten; it drops or loosens only with the person's own words as proof. Knows: wishes, one catalogue.
A newer wish on a facet replaces the older one; opposite bounds, `not_in` and "also" add.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from chatrec.language.normal import normal
from chatrec.understand.lexicon import Lexicon
from chatrec.vocabulary import SOFT_OPS, Catalog, Decision, Heard, Ledger, Turn, Wish, same, with_id

LIKED_ITEMS, LIKED_WORDS = 5, 4  # how many `like` wishes are kept, the latest
LOWER, UPPER = (">", ">="), ("<", "<=")
POSITIVE = ("contains", "=", "in")
_ALSO = re.compile(r"\b(?:also|too|as well|and)\b|还要|还得|也要|并且|而且|同时")


class Merge:
    """`merge(turn, heard, decision) -> Ledger` for one version of one catalogue."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon) -> None:
        self._catalog, self._lexicon = catalog, lexicon

    def __call__(self, turn: Turn, heard: Heard, decision: Decision) -> Ledger:
        """The ledger after this turn; turn.ledger is the one before. New wishes are numbered on from the highest."""
        if heard.undo:
            return turn.undo.ledger if turn.undo else turn.ledger
        kept: list[Wish] = [] if heard.reset else list(turn.ledger.wishes)
        dropped = {*heard.drops, *self._proved_drops(turn, decision)}
        kept = [w for w in kept if w.id not in dropped]
        also = bool(_ALSO.search(turn.said.text.casefold()))
        new: list[Wish] = []
        for wish in (*heard.wishes, *self._models(turn, heard, decision)):
            if any(_equal(wish, w) for w in (*kept, *new)):
                continue
            kept = [w for w in kept if not _replaces(wish, w, also)]
            new.append(wish)
        highest = max((int(w.id[1:]) for w in turn.ledger.wishes if w.id[1:].isdigit()), default=0)
        return Ledger(_latest_likes([*kept, *with_id(new, highest + 1, turn.id)], self._lexicon))

    def _proved_drops(self, turn: Turn, decision: Decision) -> set[str]:
        said = normal(turn.said.text)
        return {i for i in decision.drops if (proof := normal(decision.proof.get(i, ""))) and proof in said}

    def _models(self, turn: Turn, heard: Heard, decision: Decision) -> Iterable[Wish]:
        """The model's wishes where they stand: hard only with the person's own words, nothing against what code heard."""
        said = normal(turn.said.text)
        heard_on: dict[str, list[Wish]] = {}
        for w in heard.wishes:
            heard_on.setdefault(w.facet or "", []).append(w)
        for wish in decision.wishes:
            proved = bool(wish.words) and normal(wish.words) in said
            if wish.op in SOFT_OPS:
                yield wish.model_copy(update={"hard": False})
                continue
            ours = heard_on.get(wish.facet or "", [])
            if ours and not any(_tightens(wish, w) for w in ours):
                continue
            older = [w for w in turn.ledger.hard if w.facet == wish.facet]
            if not proved and any(_replaces(wish, w, False) and not _tightens(wish, w) for w in older):
                continue  # would loosen what was asked for, without the person's words
            yield wish if proved else wish.model_copy(update={"hard": False})


def _equal(a: Wish, b: Wish) -> bool:
    return a.facet == b.facet and a.op == b.op and _same_value(a.value, b.value) and (a.hard <= b.hard)


def _same_value(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
        return (
            isinstance(a, (list, tuple))
            and isinstance(b, (list, tuple))
            and len(a) == len(b)
            and all(same(x, y) for x, y in zip(a, b, strict=True))
        )
    return same(a, b)


def _values(wish: Wish) -> list[Any]:
    return list(wish.value) if isinstance(wish.value, (list, tuple)) else [wish.value]


def _replaces(new: Wish, old: Wish, also: bool) -> bool:
    """Whether the older wish goes when the newer one comes."""
    if new.facet is None or new.facet != old.facet:
        return False
    if "sort" in (new.op, old.op):
        return new.op == old.op
    overlap = any(same(a, b) for a in _values(new) for b in _values(old))
    if new.op == "not_in":
        return old.op in POSITIVE and overlap
    if old.op == "not_in":
        return new.op in POSITIVE and overlap
    if "!=" in (new.op, old.op):
        return False
    if (new.op in LOWER and old.op in UPPER) or (new.op in UPPER and old.op in LOWER):
        low, high = (new.value, old.value) if new.op in LOWER else (old.value, new.value)
        return bool(low > high)  # opposite bounds add, unless nothing lies between them
    return not (also and new.op in POSITIVE and old.op in POSITIVE)


def _tightens(new: Wish, old: Wish) -> bool:
    """Whether the newer wish only narrows what the older allows on the same facet."""
    if new.op == "not_in" or new.op == "!=":
        return not (old.op in POSITIVE and any(same(a, b) for a in _values(new) for b in _values(old)))
    if old.op in POSITIVE and new.op in POSITIVE:
        return new.op == "contains" and old.op == "contains"
    low, high = _bounds(old)
    new_low, new_high = _bounds(new)
    if None in (low, high, new_low, new_high):
        return False
    return new_low >= low and new_high <= high  # type: ignore[operator]


def _bounds(wish: Wish) -> tuple[float | None, float | None]:
    infinite = float("inf")
    if wish.op == "between" and isinstance(wish.value, (list, tuple)):
        return wish.value[0], wish.value[1]
    if wish.op in LOWER:
        return wish.value, infinite
    if wish.op in UPPER:
        return -infinite, wish.value
    if wish.op == "=" and isinstance(wish.value, (int, float)):
        return wish.value, wish.value
    return None, None


def _latest_likes(wishes: list[Wish], lexicon: Lexicon) -> tuple[Wish, ...]:
    """Of items and of free words liked, the latest few."""
    items = [w for w in wishes if w.op == "like" and str(w.value) in lexicon.items]
    words = [w for w in wishes if w.op in ("like", "not_like") and w not in items]
    gone = [*items[:-LIKED_ITEMS], *words[:-LIKED_WORDS]]
    return tuple(w for w in wishes if w not in gone)
