"""A wish as a program or a click states it, checked against the catalogue and brought to its canonical form.

Knows: facets, ops, the lexicon. Does not know: text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from chatrec.errors import BadInput
from chatrec.understand.lexicon import Lexicon
from chatrec.vocabulary import SOFT_OPS, Catalog, Facet, Op, Wish

OPS: tuple[str, ...] = get_args(Op)
MOST_VALUES, LONGEST = 50, 500
_ORDER_OPS = ("=", "!=", ">", ">=", "<", "<=", "between", "in")
_NAME_OPS = ("contains", "=", "in", "not_in", "!=")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_FIELDS = frozenset(("id", "facet", "op", "value", "hard", "words", "turn_id"))


def validate_wish(raw: Mapping[str, Any], catalog: Catalog, lexicon: Lexicon) -> Wish:
    """The canonical wish. Raises BadInput whose `fields` name what is wrong (facet, op, value, hard) and what would be right.

    A wish on a facet with `filter: false`, or of type text, becomes a soft `like` in the same words.
    """
    if not isinstance(raw, Mapping):
        raise BadInput("A wish is an object with facet, op and value.", [("wish", "must be an object")])
    if odd := sorted(set(raw) - _FIELDS):
        raise _bad(str(odd[0]), f"is no field of a wish; use {', '.join(sorted(_FIELDS - {'id', 'turn_id'}))}")
    op = raw.get("op")
    if op not in OPS:
        raise _bad("op", f"must be one of {', '.join(OPS)}")
    hard = raw.get("hard", True)
    if not isinstance(hard, bool):
        raise _bad("hard", "must be true or false")
    words = raw.get("words") or ""
    if not isinstance(words, str) or len(words) > LONGEST:
        raise _bad("words", f"must be a text of at most {LONGEST} characters")
    value = raw.get("value")
    if op in ("like", "not_like"):
        return _likeness(op, value, words, lexicon)
    name = raw.get("facet")
    facet = catalog.facet(name) if isinstance(name, str) else None
    if facet is None:
        known = [f.name for f in catalog.facets]
        close = get_close_matches(str(name), known, 1)
        hint = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"
        raise _bad("facet", f"{name!r} is no facet of {catalog.name}{hint}")
    if op == "sort":
        return _order(facet, value, words)
    if not facet.filter or facet.type == "text":
        text = ", ".join(str(v) for v in value) if isinstance(value, (list, tuple)) else str(value or "")
        return _likeness("not_like" if op in ("not_in", "!=") else "like", text, words, lexicon)
    if facet.type in ("number", "date"):
        op, value = _amount(facet, op, value)
    else:
        op, value = _named(facet, op, value, lexicon)
    return Wish(facet=facet.name, op=op, value=value, hard=hard and op not in SOFT_OPS, words=words.strip())


def _likeness(op: Any, value: Any, words: str, lexicon: Lexicon) -> Wish:
    if not isinstance(value, (str, int)) or isinstance(value, bool) or not str(value).strip():
        raise _bad("value", "must be an item's id or some words")
    text = " ".join(str(value).split())
    if len(text) > LONGEST:
        raise _bad("value", f"must have at most {LONGEST} characters")
    item = lexicon.items.get(text)
    return Wish(op=op, value=text, hard=False, words=words.strip() or (item.title if item else text))


def _order(facet: Facet, value: Any, words: str) -> Wish:
    if facet.type not in ("number", "date"):
        raise _bad("facet", f"{facet.name} can't be sorted: it is no number and no date")
    if value not in ("asc", "desc"):
        raise _bad("value", "must be asc or desc")
    return Wish(facet=facet.name, op="sort", value=value, hard=False, words=words.strip())


def _named(facet: Facet, op: str, value: Any, lexicon: Lexicon) -> tuple[Any, Any]:
    if op not in _NAME_OPS:
        raise _bad("op", f"{op} does not fit {facet.name}; use {', '.join(_NAME_OPS)}")
    listed = list(value) if isinstance(value, (list, tuple)) else [value]
    if not listed or len(listed) > MOST_VALUES:
        raise _bad("value", f"needs 1 to {MOST_VALUES} values")
    values = list(dict.fromkeys(_resolved(facet, v, lexicon) for v in listed))
    if op in ("not_in", "!="):
        return "not_in", values
    if op == "in" and len(values) > 1:
        return "in", values
    if len(values) > 1:
        raise _bad("value", f"{op} takes one value; use in for several")
    return ("contains" if facet.many and facet.type != "bool" else "="), values[0]


def _resolved(facet: Facet, value: Any, lexicon: Lexicon) -> Any:
    known = None if isinstance(value, (dict, list, tuple)) or value is None else lexicon.resolve(facet.name, value)
    if known is not None:
        return known
    if facet.type == "bool":
        raise _bad("value", f"{facet.name} is true or false")
    close = get_close_matches(str(value), [str(v) for v in list(lexicon.known_values(facet.name))[:5000]], 1)
    raise _bad(
        "value", f"{value!r} is no {facet.label_in('en')} here" + (f"; did you mean {close[0]}?" if close else "")
    )


def _amount(facet: Facet, op: str, value: Any) -> tuple[Any, Any]:
    if op in ("contains", "not_in"):
        values = value if isinstance(value, (list, tuple)) else [value]
        if len(values) != 1:
            raise _bad("op", f"{op} does not fit {facet.name}; use {', '.join(_ORDER_OPS)}")
        op, value = ("=" if op == "contains" else "!="), values[0]
    if op == "in":
        values = value if isinstance(value, (list, tuple)) else [value]
        if not 1 <= len(values) <= MOST_VALUES:
            raise _bad("value", f"needs 1 to {MOST_VALUES} values")
        known = [_point(facet, v) for v in values]
        return ("in", known) if len(known) > 1 else ("=", known[0])
    if op != "between":
        return op, _point(facet, value)
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise _bad("value", "between needs two values: [low, high]")
    low, high = (_point(facet, v) for v in value)
    if low > high:
        raise _bad("value", "between needs the lower value first")
    return op, [low, high]


def _point(facet: Facet, value: Any) -> Any:
    """A number in the facet's unit, or an ISO date."""
    if facet.type == "date":
        text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        if not _DATE.fullmatch(text):
            raise _bad("value", f"{facet.name} is a date like 2019-05-31")
        return text
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise _bad("value", f"{facet.name} is a number" + (f" in {facet.unit}" if facet.unit else ""))
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e15:  # also NaN
        raise _bad("value", f"{facet.name} is a number" + (f" in {facet.unit}" if facet.unit else ""))
    return int(number) if number.is_integer() else number


def _bad(field: str, message: str) -> BadInput:
    return BadInput(f"The wish can't be used: {field} {message}.", [(field, message)])
