"""A wish as a model proposes it, made into a canonical one, or dropped with a reason. Nothing a model says is taken on trust.

Knows: facets, units, the lexicon. A wish must rest on words that the person really said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

from chatrec.language.normal import normal
from chatrec.language.numerals import numbers
from chatrec.vocabulary import SOFT_OPS, Catalog, Facet, Item, Op, Wish

OPS = frozenset(get_args(Op))
LONGEST = 80  # characters of a value or of the words it rests on
MOST_VALUES = 8
MOST_TEXT = 4_000
_AMOUNT = re.compile(r"^[^\d\-+]*?([-+]?\d[\d,]*(?:\.\d+)?)\s*(\D*)$")
_DECADE = re.compile(r"^(?:the )?(\d{3})0(?:'?s|年代)$")
_RANGE = re.compile(r"\s+(?:to|and|until)\s+|\s*(?:\.\.+|到|至|~|～)\s*|(?<=\d)\s*-\s*(?=\d)")
_DATE = re.compile(r"^\d{4}(-\d\d(-\d\d)?)?$")
_REFUSING = re.compile(  # a message without any of these refuses nothing
    r"\b(?:no|not|non|nor|never|nothing|none|without|except|but|avoid|skip|hate|dislike|less|stop|enough|tired|sick|bored|rather|instead|too"
    r"|other|allergic|can'?t|cannot|don'?t|doesn'?t|won'?t|isn'?t|aren'?t|didn'?t|unlike)\b|n't\b|[不没别非除无勿免]|讨厌|避|腻|少|太|戒|以外|之外",
    re.IGNORECASE,
)
_DROPPING = re.compile(  # nor does one without any of these take back a wish
    r"\b(?:forget|drop|remove|without|no longer|any|anything|whatever|matter|mind|care|skip|instead|rather|actually|fine|ok|okay|not|no|more"
    r"|longer|also|too|cancel|ignore|scrap|lose|change|after all|n'?t)\b|n't\b|不|算了|忘|去掉|取消|随便|都可以|都行|改|换|没关系|无所谓|也可以|也行",
    re.IGNORECASE,
)
_SAME_OP = {"==": "=", "is": "=", "equals": "=", "not": "!=", "not in": "not_in", "nin": "not_in", "like_item": "like"}


class Refused(ValueError):
    """Why a proposed wish is not used."""


def proposed(raw: Any, said: str, catalog: Catalog, lexicon: Any, named: Sequence[Item]) -> Wish:
    """The canonical wish. said: the person's text. named: items that a `like` may mean by number or title.

    Raises Refused with a short reason.
    """
    if not isinstance(raw, Mapping):
        raise Refused("not an object")
    op = normal(str(raw.get("op") or ""))
    op = _SAME_OP.get(op, op)
    if op not in OPS:
        raise Refused("no such op")
    words = resting_words(raw, said)
    if op in ("not_like", "not_in", "!=") and not _REFUSING.search(normal(said)):
        raise Refused("refuses what nobody refused")
    if any(isinstance(v, int) and abs(v) > 2**53 for v in _listed(raw.get("value"))):
        raise Refused("no number")
    if op in ("like", "not_like"):
        value = _likeness(raw.get("value"), words, said, lexicon, named)
        return Wish(op=op, value=value, hard=False, words=words)  # type: ignore[arg-type]
    facet = catalog.facet(str(raw.get("facet") or ""))
    if facet is None:
        raise Refused("no such facet")
    if op == "sort":
        way = normal(str(raw.get("value") or ""))
        if way not in ("asc", "desc") or facet.type not in ("number", "date"):
            raise Refused("can't be sorted so")
        return Wish(facet=facet.name, op="sort", value=way, hard=False, words=words)
    op, value = _canonical(facet, op, raw.get("value"), lexicon)
    stated = facet.type != "number" or _stated(facet, _listed(value), said, lexicon)
    hard = facet.filter and stated and raw.get("soft") is not True and op not in SOFT_OPS
    return Wish(facet=facet.name, op=op, value=value, hard=hard, words=words)  # type: ignore[arg-type]


def _stated(facet: Facet, amounts: Sequence[float], said: str, lexicon: Any) -> bool:
    """Whether a wish's amounts stand in what was said, in figures or words, in any unit. One that does not is a reading of vague
    words ("cheap"): at most soft, and refused where nothing of the catalogue comes near it. Raises Refused.
    """
    text, known = normal(said[:MOST_TEXT]), set[float]()
    for amount in lexicon.units.amounts(text, date.today()):
        known |= {amount.low, amount.high, *amount.values.get(facet.name, ())}
    for number in numbers(text):
        known |= {number.value, number.high or number.value}
    if all(any(abs(a - k) < 1e-6 for k in known) for a in amounts):
        return True
    have = lexicon.range(facet.name)
    if have is None or not all(have[0] <= a <= have[1] for a in amounts):
        raise Refused("an amount that nobody said and nothing here has")
    return False


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [value]


def resting_words(raw: Mapping[str, Any], said: str) -> str:
    """The person's words that the wish rests on: those quoted if they were said, else the value if it was. Raises Refused."""
    for key in ("words", "value"):
        words = raw.get(key)
        if isinstance(words, str) and (span := span_said(words, said)):
            return span
    raise Refused("rests on nothing that was said")


def span_said(words: str, said: str) -> str:
    """The stretch of what was said that these words quote, in the person's own spelling; empty when they quote nothing.

    Loosely: three in five of the words (of the character pairs in Chinese) are enough, in any order.
    """
    quoted, pieces = _pieces(words), _pieces(said)
    want, have = [w for w, _, _ in quoted], [w for w, _, _ in pieces]
    for n in range(len(have) - len(want) + 1 if want else 0):
        if have[n : n + len(want)] == want:
            alone = len(want) == 1 and len(want[0]) == 1 and want[0].isascii()  # "a" proves nothing
            return "" if alone and len(have) > 1 else said[pieces[n][1] : pieces[n + len(want) - 1][2]]
    pairs = set(_pairs(have))
    found = [p for p in dict.fromkeys(_pairs(want)) if p in pairs]
    if len(found) < 2 or len(found) < 0.6 * len(set(_pairs(want))):
        return ""
    parts = {part for pair in found for part in pair}
    places = [n for n, word in enumerate(have) if word in parts]
    start, end = pieces[places[0]][1], pieces[places[-1]][2]
    return said[start:end] if end - start <= LONGEST else ""


def takes_back(said: str) -> bool:
    """Whether a message may take back a wish at all."""
    return bool(_DROPPING.search(normal(said)))


def contradicts(wish: Wish, heard: Sequence[Wish]) -> bool:
    """Whether a proposed wish says the opposite of one that the code heard in the same message."""

    def refuses(w: Wish) -> bool:
        return w.op in ("not_like", "not_in", "!=")

    def named(w: Wish) -> set[str]:
        return {normal(str(v)) for v in _listed(w.value)}

    for other in heard:
        if refuses(other) == refuses(wish):
            continue
        if other.facet == wish.facet and named(other) & named(wish):
            return True
        if "not_like" in (wish.op, other.op) and other.words and normal(other.words) in normal(wish.words):
            return True
    return False


def _pieces(text: str) -> list[tuple[str, int, int]]:
    """(normal form, start, end) of each Latin word and each Chinese character."""
    return [(normal(m.group()), m.start(), m.end()) for m in re.finditer(r"[㐀-鿿]|[^\W㐀-鿿]+", text[:MOST_TEXT])]


def _pairs(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Latin words one by one, Chinese characters two by two."""
    found: list[tuple[str, ...]] = []
    for n, word in enumerate(words):
        if "㐀" <= word[:1] <= "鿿":
            if n + 1 < len(words) and "㐀" <= words[n + 1][:1] <= "鿿":
                found.append((word, words[n + 1]))
        else:
            found.append((word,))
    return found


def find_items(values: Any, numbered: Sequence[Item], named: Sequence[Item]) -> list[Item]:
    """Items meant by number in the latest list, by title, or by id; those that mean nothing are left out."""
    found: dict[str, Item] = {}
    for value in _listed(values):
        if item := _find_item(value, numbered, named):
            found.setdefault(item.id, item)
    return list(found.values())


def _find_item(value: Any, numbered: Sequence[Item], named: Sequence[Item]) -> Item | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or (isinstance(value, int) and abs(value) > 99):
        return None
    text = normal(str(value)).lstrip("#").strip()
    for item in (*named, *numbered):
        if text in {normal(item.title), *(normal(t) for t in item.titles.values()), normal(item.id)}:
            return item
    place = re.match(r"^(\d{1,2})(?:[.\s].*)?$", text)
    if place and 1 <= int(place[1]) <= len(numbered):
        return numbered[int(place[1]) - 1]
    return None


def _likeness(value: Any, words: str, said: str, lexicon: Any, named: Sequence[Item]) -> str:
    """An item's id where the value names one that the person named too, else the person's own words."""
    if not isinstance(value, (str, int)) or isinstance(value, bool) or not str(value).strip():
        raise Refused("like nothing")
    if item := _find_item(value, (), named):
        return item.id
    spoken = span_said(str(value), said)
    ids = lexicon.titles(str(value)) if spoken else []
    return str(ids[0]) if ids else spoken or words


def _canonical(facet: Facet, op: str, value: Any, lexicon: Any) -> tuple[str, Any]:
    """Op and value in the one form that this kind of facet has."""
    if facet.type in ("number", "date"):
        return _amount(facet, op, value)
    refused = op in ("not_in", "!=")
    if op not in ("contains", "=", "in", "not_in", "!="):
        raise Refused("not an op for names")
    if facet.type == "bool":
        known = lexicon.resolve(facet.name, value)
        if known is None:
            raise Refused("neither yes nor no")
        return ("=", True) if bool(known) != refused else ("not_in", [True])  # an unknown one may be without it
    if facet.type == "text":
        raise Refused("a text can't be filtered")
    whole = lexicon.resolve(facet.name, value) if isinstance(value, (str, int, float)) else None
    asked = [value] if whole is not None else _parts(value)
    values = [whole] if whole is not None else [lexicon.resolve(facet.name, v) for v in asked]
    values = list(dict.fromkeys(v for v in values if v is not None))[:MOST_VALUES]
    if not values:
        raise Refused("no such value here")
    if refused:
        return "not_in", values
    if len(values) > 1:
        return "in", values
    return ("contains" if facet.many else "="), values[0]


def _parts(value: Any) -> Sequence[Any]:
    if isinstance(value, (list, tuple)):
        return value
    return [v.strip() for v in re.split(r"\s*[|,;/、，]\s*|\s+or\s+", str(value)) if v.strip()]


def _amount(facet: Facet, op: str, value: Any) -> tuple[str, Any]:
    if op == "not_in":
        op = "!="
    if op in ("contains", "in"):
        op = "=" if not isinstance(value, (list, tuple)) or len(value) < 2 else "between"
    decade = _DECADE.match(normal(str(value))) if facet.role == "year" else None
    if decade and op in ("=", "between"):
        return "between", [int(decade[1]) * 10, int(decade[1]) * 10 + 9]
    if op != "between":
        return op, _number(facet, value)
    ends = value if isinstance(value, (list, tuple)) else _RANGE.split(str(value).strip())
    if len(ends) != 2:
        raise Refused("no range")
    low, high = sorted(_number(facet, e) for e in ends)
    return "between", [low, high]


def _number(facet: Facet, value: Any) -> Any:
    """A number in the facet's own unit, or an ISO date. Raises Refused."""
    if facet.type == "date":
        if _DATE.match(str(value).strip()):
            return str(value).strip()
        raise Refused("no date")
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Refused("no number")
    factor = 1.0
    if isinstance(value, str):
        match = _AMOUNT.match(normal(value))
        if not match:
            raise Refused("no number")
        unit = match[2].strip(" .")
        if unit and unit != normal(facet.unit or ""):
            known = {normal(word): factor for word, factor in facet.units.items()}
            if unit not in known:
                raise Refused("no such unit")
            factor = known[unit]
        value = float(match[1].replace(",", ""))
    number = float(value) * factor
    if not abs(number) < 1e12:  # also NaN
        raise Refused("no number")
    return int(number) if number.is_integer() else round(number, 6)
