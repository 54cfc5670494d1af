"""Merge: the wishes that hold after a turn, from those before, what code heard, and what a model proposed.

Knows: which wish replaces, adds to, loosens or contradicts which; that a model may add and tighten, but needs the person's own words
to drop or loosen. Does not know: how anything was heard. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from chatrec.language.normal import normal
from chatrec.language.tokens import keys
from chatrec.understand.intervals import covers, loosens, opposite, together, values_of
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.spoken_of import drops_by_name, says_no_more, speaks_of
from chatrec.understand.wishes import validate_wish
from chatrec.vocabulary import SOFT_OPS, Catalog, Decision, Heard, Ledger, Turn, Wish, same, with_id

__all__ = ["Merge", "validate_wish"]

FREE_LIKES, ITEM_LIKES = 4, 5  # how many are kept, the latest
_LIKES = frozenset({"like", "not_like"})
_OF_NO_WISH = frozenset({"compare", "explain", "lookup", "converse"})
_ALSO = re.compile(
    r"\b(?:also|too|as well|in addition|additionally|plus|on top of that|and another)\b(?! (?:much|many|long|short|old|new))"
    r"|还[要想得有]|也[要想得]|另外|再加|加上|外加|还得|也得|同时|以及"
)
_ID = re.compile(r"w(\d+)")


class Merge:
    """`merge(turn, heard, decision) -> Ledger`. `turn.ledger` is the ledger before; new wishes are numbered on from it."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon) -> None:
        self._catalog, self._lexicon = catalog, lexicon

    def __call__(self, turn: Turn, heard: Heard, decision: Decision) -> Ledger:
        if heard.undo:
            return turn.undo.ledger if turn.undo else turn.ledger
        before = () if heard.reset else turn.ledger.wishes
        gone = {*heard.drops, *self._proved_drops(turn, heard, decision)}
        held = [w for w in before if w.id not in gone]
        # a click narrows further; words replace, unless they say "also"
        also = turn.said.act is not None or _ALSO.search(normal(turn.said.text)) is not None

        number = _next_number(turn)
        spoken = () if decision.only_told else heard.wishes
        # the words of a question about items, of small talk, or of a judgement that a model heard describe nothing that is wanted
        if decision.kind in _OF_NO_WISH or decision.feedback:
            spoken = tuple(w for w in spoken if w.op not in _LIKES or w.value in self._lexicon.items)
        new = list(with_id(_distinct(spoken), number, turn.id))
        held = self._add(held, new, also)
        now = held[len(held) - len(new) :]
        dropped = {w.facet for w in turn.ledger.wishes if w.id in heard.drops}
        for n, proposal in enumerate(decision.wishes):
            wish = self._allowed(proposal, held, now, dropped, before, turn, again=heard.again)
            if wish is not None:
                wish = wish.model_copy(update={"id": f"w{number + len(new) + n}", "turn_id": turn.id})
                held = self._add_proposed(held, wish, now, also, turn.id)
        return Ledger(tuple(self._latest_likes(held)))

    # ------------------------------------------------------------------ a newer wish beside older ones

    def _add(self, held: Sequence[Wish], new: Sequence[Wish], also: bool) -> list[Wish]:
        """Newer wishes replace those on their facet; opposite bounds, `not_in` and "also" add. What was held already stays itself."""
        kept: list[Wish] = []
        for old in held:
            left: Wish | None = old
            for wish in new:
                left = self._beside(left, wish, also) if left is not None else None
            if left is not None:
                kept.append(left)
        known = {id(w): o for w in new for o in held if _equal(o, w) and o.hard == w.hard and w.op not in _LIKES}
        again = {o.id for o in known.values()}
        kept = [w for w in kept if w.id not in again]
        return [*kept, *(known.get(id(w), w) for w in new)]

    def _beside(self, old: Wish, wish: Wish, also: bool) -> Wish | None:
        """What remains of an older wish: all of it, some of its values, or nothing."""
        if old.op in _LIKES or wish.op in _LIKES:
            return None if {old.op, wish.op} <= _LIKES and same(old.value, wish.value) else old
        if "sort" in (old.op, wish.op):
            return None if old.op == wish.op else old
        if old.facet != wish.facet:
            return None if self._role_told(old, wish) else old
        if _equal(old, wish):
            return None
        if "not_in" in (old.op, wish.op):
            return _without_clash(old, wish)
        if opposite(old, wish):
            return old if together(old, wish) else None
        facet = self._catalog.facet(old.facet)
        adds = also and facet is not None and facet.many and {old.op, wish.op} <= {"contains", "in"}
        return old if adds else None

    def _role_told(self, old: Wish, wish: Wish) -> bool:
        """Whether an older wish for a person by name alone ("I love Woody Allen") is told its role by a newer one ("written by
        Woody Allen"): what the name was taken for was a guess."""
        names = ("contains", "=", "in")
        facets = (self._catalog.facet(old.facet), self._catalog.facet(wish.facet))
        if old.op not in names or wish.op not in names or any(f is None or f.role != "person" for f in facets):
            return False
        guessed = bool(self._lexicon.names.get(keys(old.words))) and not self._lexicon.names.get(keys(wish.words))
        return guessed and all(any(same(v, w) for w in values_of(wish)) for v in values_of(old))

    def _latest_likes(self, held: Sequence[Wish]) -> list[Wish]:
        gone: set[int] = set()
        for op in _LIKES:
            for of_items, most in ((False, FREE_LIKES), (True, ITEM_LIKES)):
                group = [w for w in held if w.op == op and (w.value in self._lexicon.items) == of_items]
                gone |= {id(w) for w in group[:-most]}
        return [w for w in held if id(w) not in gone]

    # ------------------------------------------------------------------ what a model proposes

    def _allowed(
        self,
        wish: Wish,
        held: Sequence[Wish],
        now: Sequence[Wish],
        dropped: set[str | None],
        before: Sequence[Wish],
        turn: Turn,
        again: bool,
    ) -> Wish | None:
        """A model's wish as far as it may count: as it is, softened, or not at all. now: what code heard this turn."""
        if any(_equal(w, wish) for w in held):
            return None
        said_now = _said(wish.words, turn.said.text)
        if wish.op == "like" and says_no_more(str(wish.value), now, self._lexicon):
            return None  # "animated films" beside the genre Animation
        if wish.op in SOFT_OPS:
            return wish.model_copy(update={"hard": False}) if said_now or wish.op in _LIKES else None
        if wish.facet in dropped and (not said_now or wish.op in ("not_in", "!=")):
            return None  # what does not matter any more is not refused
        heard = [w for w in now if w.facet == wish.facet]
        older = [w for w in held if w.facet == wish.facet and w.hard and w not in now]
        if older and said_now and not again and speaks_of(turn.said.text, wish, self._lexicon):
            older = []
        if any(self._loosens(wish, w) for w in (*heard, *older)):
            return None
        proved = said_now or any(_said(wish.words, w.words) for w in before)
        return wish if proved else wish.model_copy(update={"hard": False})

    def _proved_drops(self, turn: Turn, heard: Heard, decision: Decision) -> set[str]:
        """Ids a model drops with the person's own words of this turn as proof, which must speak of what is dropped."""
        proved = [i for i in decision.drops if _said(decision.proof.get(i, ""), turn.said.text)]
        wishes = [w for i in proved if (w := turn.ledger.get(i)) is not None]
        if heard.again:  # "none of these": items, not wishes; "others, and the price doesn't matter" does speak of one
            return {w.id for w in wishes if drops_by_name(decision.proof[w.id], w, self._lexicon)}
        return {w.id for w in wishes if speaks_of(turn.said.text, w, self._lexicon)}

    def _loosens(self, wish: Wish, than: Wish) -> bool:
        facet = self._catalog.facet(than.facet)
        return than.op not in SOFT_OPS and loosens(wish, than, many=facet is not None and facet.many)

    def _add_proposed(
        self, held: Sequence[Wish], wish: Wish, now: Sequence[Wish], also: bool, turn_id: str
    ) -> list[Wish]:
        """Like `_add`, but what code heard now gives way only to a tighter wish, and a hard wish to no soft one. Proposals of one turn add."""
        kept: list[Wish] = []
        for old in held:
            left: Wish | None = old
            if old in now and old.op not in _LIKES:
                tighter = wish.hard and old.op not in SOFT_OPS and old.facet == wish.facet and covers(old, wish)
                left = None if tighter else old
            elif not old.hard or wish.hard or wish.op in _LIKES:
                left = self._beside(old, wish, also or old.turn_id == turn_id)
            if left is not None:
                kept.append(left)
        return [*kept, wish]


def _next_number(turn: Turn) -> int:
    """The number after the highest that this conversation's wishes are known to have had."""
    known = chain(turn.ledger.wishes, turn.undo.ledger.wishes if turn.undo else ())
    return max((int(m[1]) for w in known if (m := _ID.fullmatch(w.id))), default=0) + 1


def _said(words: str, text: str) -> bool:
    """Whether words stand in a text, compared in normal form."""
    wanted = normal(words)
    return bool(wanted) and wanted in normal(text)


def _equal(a: Wish, b: Wish) -> bool:
    """Whether two wishes say the same, in whatever words."""
    if a.facet != b.facet or a.op != b.op:
        return False
    x, y = values_of(a), values_of(b)
    if a.op in ("in", "not_in"):
        return all(any(same(v, w) for w in y) for v in x) and all(any(same(v, w) for v in x) for w in y)
    return len(x) == len(y) and all(same(v, w) for v, w in zip(x, y, strict=True))


def _distinct(wishes: Iterable[Wish]) -> list[Wish]:
    """The same thing stated twice is one wish, hard if either was."""
    result: list[Wish] = []
    for wish in wishes:
        at = next((n for n, w in enumerate(result) if _equal(wish, w)), None)
        if at is None:
            result.append(wish)
        elif wish.hard and not result[at].hard:
            result[at] = wish
    return result


def _without_clash(old: Wish, new: Wish) -> Wish | None:
    """The older of two wishes, one of which refuses values, without those on which they contradict: the newer wins."""
    names = ("contains", "=", "in", "not_in")
    if old.op == new.op or old.op not in names or new.op not in names:
        return old
    have = values_of(old)
    left = [v for v in have if not any(same(v, n) for n in values_of(new))]
    if len(left) == len(have):
        return old
    if not left:
        return None
    if old.op == "in" and len(left) == 1:
        return old.model_copy(update={"op": "contains", "value": left[0]})
    return old.model_copy(update={"value": left})
