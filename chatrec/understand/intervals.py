"""How two wishes on one facet stand to each other: opposite bounds, tighter, looser, contradicting.

Knows: ops and values. Does not know: who stated them.
"""

from __future__ import annotations

from typing import Any

from chatrec.vocabulary import Wish, comparable, same

_LOW, _HIGH = (">", ">="), ("<", "<=")
_ORDER = (*_LOW, *_HIGH, "between")


def opposite(a: Wish, b: Wish) -> bool:
    """Whether one bounds from below and the other from above; `!=` goes with every bound."""
    return (a.op in _LOW and b.op in _HIGH) or (a.op in _HIGH and b.op in _LOW) or "!=" in (a.op, b.op)


def together(a: Wish, b: Wish) -> bool:
    """Whether something can meet both bounds."""
    if "!=" in (a.op, b.op):
        return not ("=" in (a.op, b.op) and same(a.value, b.value))
    low, high = (a, b) if a.op in _LOW else (b, a)
    if not comparable(low.value, high.value):
        return False
    return bool(low.value < high.value or (low.value == high.value and low.op == ">=" and high.op == "<="))


def covers(b: Wish, a: Wish) -> bool:
    """Whether everything that meets a meets b: a is as tight as b, or tighter."""
    if a.op in (*_ORDER, "=") and b.op in (*_ORDER, "=") and (a.op in _ORDER or b.op in _ORDER):
        (al, al_open, ah, ah_open), (bl, bl_open, bh, bh_open) = _span(a), _span(b)
        below = bl is None or (
            al is not None and comparable(al, bl) and (al > bl or (al == bl and (al_open or not bl_open)))
        )
        above = bh is None or (
            ah is not None and comparable(ah, bh) and (ah < bh or (ah == bh and (ah_open or not bh_open)))
        )
        return below and above
    these, those = values_of(a), values_of(b)
    if a.op in ("contains", "=", "in") and b.op in ("contains", "=", "in"):
        return all(any(same(x, y) for y in those) for x in these)
    if a.op == b.op == "not_in":
        return all(any(same(x, y) for x in these) for y in those)
    return False


def loosens(a: Wish, b: Wish, many: bool) -> bool:
    """Whether a, beside b, would loosen or contradict it: not tighter, not an opposite bound, not one more value wanted or refused."""
    if covers(b, a):
        return False
    if opposite(a, b):
        return not together(a, b)
    if (a.op == "not_in") != (b.op == "not_in"):
        no, yes = (a, b) if a.op == "not_in" else (b, a)
        return any(same(x, y) for x in values_of(no) for y in values_of(yes))
    if a.op == b.op == "not_in":
        return False
    return not (many and a.op == b.op == "contains")  # one more that it must have


def values_of(wish: Wish) -> list[Any]:
    return list(wish.value) if isinstance(wish.value, (list, tuple)) else [wish.value]


def _span(wish: Wish) -> tuple[Any, bool, Any, bool]:
    """(low, open, high, open); None is no bound."""
    match wish.op:
        case "between":
            return wish.value[0], False, wish.value[1], False
        case ">" | ">=":
            return wish.value, wish.op == ">", None, False
        case "<" | "<=":
            return None, False, wish.value, wish.op == "<"
    return wish.value, False, wish.value, False
