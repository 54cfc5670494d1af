"""What people write as an expectation about a number, a text, an item or a wish, and whether it holds.

Knows: `3..5`, `>=1990`, `/regular expressions/`, facet conditions, wishes in words. Does not know: turns, files, checks.
Numbers: `7` exactly, `3..5` inclusive, `3..` at least, `..5` at most, `<5 <=5 >5 >=5` (in quotes where YAML wants them).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from chatrec.language.normal import normal
from chatrec.vocabulary import SOFT_OPS, Catalog, Item, Op, Wish, same

_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"^({_NUMBER})?\s*\.\.\s*({_NUMBER})?$")
_COMPARED = re.compile(rf"^(<=|>=|<|>)\s*({_NUMBER})$")
OPS: tuple[str, ...] = get_args(Op)


@dataclass(frozen=True)
class Amount:
    """A number or a span of numbers; `text` is how it was written."""

    low: float
    high: float
    text: str
    open_low: bool = False  # the bound itself does not count
    open_high: bool = False

    def holds(self, value: float) -> bool:
        above = value > self.low if self.open_low else value >= self.low
        return above and (value < self.high if self.open_high else value <= self.high)

    def __str__(self) -> str:
        return self.text


def amount(raw: Any) -> Amount:
    """Read an amount. ValueError says how one is written."""
    if isinstance(raw, Amount):
        return raw
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return Amount(float(raw), float(raw), f"{raw:g}" if isinstance(raw, float) else str(raw))
    text = str(raw).strip() if isinstance(raw, str) else ""
    if match := _RANGE.match(text):
        if match[1] is None and match[2] is None:
            raise ValueError("`..` alone says nothing: write 3..5, 3.. or ..5")
        low, high = float(match[1] or -math.inf), float(match[2] or math.inf)
        if low > high:
            raise ValueError(f"{text} is the wrong way round")
        return Amount(low, high, text)
    if match := _COMPARED.match(text):
        bound = float(match[2])
        if match[1][0] == "<":
            return Amount(-math.inf, bound, text, open_high=match[1] == "<")
        return Amount(bound, math.inf, text, open_low=match[1] == ">")
    if re.fullmatch(_NUMBER, text):
        return Amount(float(text), float(text), text)
    raise ValueError(f"{raw!r} is no number and no range: write 7, 3..5, 3.., ..5, '<5' or '>=5'")


AmountIn = Annotated[
    Amount,
    BeforeValidator(amount),
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}], "description": "7, 3..5, 3.., ..5, <5, >=5"}),
]


# --------------------------------------------------------------------------- texts


@dataclass(frozen=True)
class Pattern:
    """Words that are looked for: in any case and width, or a /regular expression/."""

    text: str
    expression: re.Pattern[str] | None = None

    def found(self, where: str) -> str | None:
        """The words as they stand there, or None."""
        if self.expression is not None:
            match = self.expression.search(where)
            return match[0] if match else None
        return self.text if normal(self.text) in normal(where) else None

    def __str__(self) -> str:
        return self.text


def pattern(raw: Any) -> Pattern:
    """Read a text to look for. ValueError for an empty one, or an expression that is none."""
    if isinstance(raw, Pattern):
        return raw
    if isinstance(raw, (dict, list, bool)) or raw is None or not str(raw).strip():
        raise ValueError("write the words, or a /regular expression/")
    text = str(raw)
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        try:
            return Pattern(text, re.compile(text[1:-1], re.IGNORECASE))
        except re.error as error:
            raise ValueError(f"{text} is no regular expression: {error}") from error
    return Pattern(text)


PatternIn = Annotated[
    Pattern,
    BeforeValidator(pattern),
    PlainSerializer(str),
    WithJsonSchema({"type": ["string", "number"], "description": "words (any case), or /a regular expression/"}),
]


# --------------------------------------------------------------------------- items


@dataclass(frozen=True)
class Condition:
    """Facet -> what its value has to be; all have to hold. `title` and `id` can stand where a facet does."""

    parts: Mapping[str, Any]

    def fails(self, item: Item, catalog: Catalog) -> list[str]:
        """Why the item does not meet it, a sentence a facet; empty when it does. ValueError: no such facet."""
        return [why for name, want in self.parts.items() if (why := _fails(item, catalog, name, want))]

    def facets(self) -> list[str]:
        return [name for name in self.parts if name not in _FIXED]

    def __str__(self) -> str:
        return ", ".join(f"{name}: {_shown(want)}" for name, want in self.parts.items())


_FIXED = ("id", "title")


def condition(raw: Any) -> Condition:
    """Read a facet condition: value, range, list (any of), {not: ...}, {all: [...]}, {known: true}."""
    if isinstance(raw, Condition):
        return raw
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("write facets and what they have to be, as in {year: 1990..1999, genres: Thriller}")
    for name, want in raw.items():
        _check_want(str(name), want)
    return Condition(dict(raw))


ConditionIn = Annotated[
    Condition,
    BeforeValidator(condition),
    PlainSerializer(lambda c: dict(c.parts)),
    WithJsonSchema({
        "type": "object",
        "minProperties": 1,
        "description": "facet: value | range | [any of these] | {not: ...} | {all: [...]} | {known: false}",
    }),
]  # fmt: skip


def _check_want(name: str, want: Any) -> None:
    if isinstance(want, Mapping):
        if len(want) != 1 or (key := next(iter(want))) not in ("not", "all", "known"):
            raise ValueError(f"{name}: a condition in braces is {{not: ...}}, {{all: [...]}} or {{known: true}}")
        if key == "known" and not isinstance(want[key], bool):
            raise ValueError(f"{name}: known is true or false")
        if key == "all" and not isinstance(want[key], list):
            raise ValueError(f"{name}: all takes a list")
        if key == "not":
            _check_want(name, want[key])
    elif want is None or want == []:
        raise ValueError(f"{name}: says nothing; write {{known: false}} for an item without a value")
    elif isinstance(want, list):
        for one in want:
            _check_want(name, one)
    elif isinstance(want, str) and (want.startswith("/") or ".." in want):
        if want.startswith("/"):
            pattern(want)
        elif _RANGE.match(want):
            amount(want)


def _fails(item: Item, catalog: Catalog, name: str, want: Any) -> str:
    if name == "id":
        have: tuple[Any, ...] = (item.id,)
    elif name == "title":
        have = tuple(dict.fromkeys((item.title, *item.titles.values())))
    else:
        if catalog.facet(name) is None:
            known = ", ".join(f.name for f in catalog.facets)
            raise ValueError(f"{catalog.name} has no facet {name}; it has {known}")
        have = item.values(name)
    if _meets(have, want):
        return ""
    told = ", ".join(_plain(v) for v in have) if have else "not known"
    return f"{name} is {told}, expected {_shown(want)}"


def _meets(have: Sequence[Any], want: Any) -> bool:
    if isinstance(want, Mapping):
        key, inner = next(iter(want.items()))
        if key == "known":
            return bool(have) is inner
        if key == "all":
            return all(_meets(have, one) for one in inner)
        return not _meets(have, inner)
    if isinstance(want, list):
        return any(_meets(have, one) for one in want)
    if isinstance(want, str):
        if want.startswith("/") and want.endswith("/") and len(want) > 2:
            return any(pattern(want).found(str(v)) is not None for v in have)
        if _RANGE.match(want) or _COMPARED.match(want):
            span = amount(want)
            return any(span.holds(float(v)) for v in have if isinstance(v, (int, float)) and not isinstance(v, bool))
    return any(_alike(v, want) for v in have)


def _alike(have: Any, want: Any) -> bool:
    if isinstance(have, (int, float)) and not isinstance(have, bool) and isinstance(want, str):
        return bool(re.fullmatch(_NUMBER, want)) and float(have) == float(want)
    return same(have, want)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shown(want: Any) -> str:
    if isinstance(want, Mapping):
        key, inner = next(iter(want.items()))
        if key == "known":
            return "a value" if inner else "no value"
        return ("all of " if key == "all" else "not ") + _shown(inner)
    if isinstance(want, list):
        return " or ".join(_shown(one) for one in want)
    return _plain(want)


# --------------------------------------------------------------------------- wishes


@dataclass(frozen=True)
class Wanted:
    """A wish as a file states it: `year between 1990..1999`, `genres not_in Horror`, `price sort asc`, `like "lighter"`, `year`."""

    text: str
    facet: str | None
    op: str | None = None  # None: any wish on the facet
    value: Any = None
    soft: bool | None = None  # None: not stated

    def holds(self, wish: Wish) -> bool:
        if self.facet != wish.facet or (self.soft is not None and self.soft is wish.hard):
            return False
        if self.op is None:
            return True
        if self.op != wish.op:
            return False
        if self.op in ("in", "not_in"):
            return _set(self.value) == _set(wish.value)
        if self.op == "between":
            low, high = self.value
            return bool(same(low, wish.value[0]) and same(high, wish.value[1]))
        if self.op in ("like", "not_like") and isinstance(self.value, str):
            return self.value == "*" or same(self.value, str(wish.value))
        return same(self.value, wish.value) if not isinstance(wish.value, (list, tuple)) else False

    def __str__(self) -> str:
        return self.text


def _set(value: Any) -> set[str]:
    return {normal(str(v)) for v in (value if isinstance(value, (list, tuple)) else [value])}


def wish_text(wish: Wish) -> str:
    """A wish as `wanted` reads it."""
    value = wish.value
    if wish.op == "between":
        shown = f"{_plain(value[0])}..{_plain(value[1])}"
    elif wish.op in ("in", "not_in"):
        shown = "[" + ", ".join(_plain(v) for v in value) + "]"
    elif isinstance(value, bool):
        shown = str(value).lower()
    else:
        shown = _plain(value)
    soft = " (soft)" if not wish.hard and wish.op not in SOFT_OPS else ""
    return " ".join(p for p in (wish.facet or "", wish.op, shown) if p) + soft


def wanted(raw: Any) -> Wanted:
    """Read a wish: `facet op value`, with `(soft)` at its end where it must be soft; or a facet alone. ValueError says how."""
    if isinstance(raw, Wanted):
        return raw
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError('write a wish as in "year between 1990..1999", "genres contains Thriller", "like *" or "year"')
    text = " ".join(raw.split())
    body, soft = text, None
    if body.endswith("(soft)"):
        body, soft = body[: -len("(soft)")].strip(), True
    elif body.endswith("(hard)"):
        body, soft = body[: -len("(hard)")].strip(), False
    words = body.split(" ", 2)
    if words[0] in ("like", "not_like"):
        return Wanted(text, None, words[0], _unquoted(body.split(" ", 1)[1]) if len(words) > 1 else "*", None)
    if len(words) == 1:
        return Wanted(text, words[0], soft=soft)
    if words[1] not in OPS or len(words) < 3:
        raise ValueError(f"{text!r} is no wish: facet, then one of {' '.join(OPS)}, then a value")
    facet, op, value = words
    if soft is None and op not in SOFT_OPS:
        soft = False
    return Wanted(text, facet, op, _value(op, value), soft)


WantedIn = Annotated[
    Wanted,
    BeforeValidator(wanted),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "description": 'a wish: "year between 1990..1999", "like *", or a facet alone'}),
]


def _value(op: str, text: str) -> Any:
    if op == "between":
        span = amount(text if ".." in text else text.strip("[]").replace(", ", "..").replace(",", ".."))
        return [span.low, span.high]
    if op in ("in", "not_in"):
        return [_scalar(part) for part in text.strip("[]").split(",")]
    return _scalar(text)


def _scalar(text: str) -> Any:
    text = text.strip()
    if re.fullmatch(_NUMBER, text):
        return float(text)
    if text in ("true", "false"):
        return text == "true"
    return _unquoted(text)


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
