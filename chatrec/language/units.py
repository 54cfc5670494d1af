"""Amounts in running text: numbers with units, ranges, bounds, years and decades, in English and Chinese.

Knows: comparing words ("under", 以内, "or more"), how ranges and durations are put together, the calendar. Does not know: which
facet an amount is about, beyond whose unit was said. Works on `Utterance.plain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from chatrec.language.numerals import Number, numbers
from chatrec.language.years import Span, spans


@dataclass(frozen=True, slots=True)
class Amount:
    """What was said of a number. start, end: the whole phrase, with its comparing words; core: the numbers and units alone.

    values: owner of the unit -> (low, high) in that owner's canonical unit; empty when no known unit was said.
    op: one of = < <= > >= between. around: said as an approximation. exact: "exactly 8". bound: a comparing word was said.
    year: may be a year; temporal: can't be anything else.
    """

    start: int
    end: int
    core: tuple[int, int]
    op: str
    low: float
    high: float
    values: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    around: bool = False
    exact: bool = False
    bound: bool = False
    year: bool = False
    temporal: bool = False
    short: bool = False  # a decade said without its century


@dataclass(frozen=True, slots=True)
class _Measure:
    """A number with its unit, or a span of years."""

    start: int
    end: int
    low: float
    high: float
    scale: float
    factors: Mapping[str, float]
    values: Mapping[str, tuple[float, float]]
    article: bool = False  # "an hour": an amount only beside a comparing word
    span: Span | None = None
    year: bool = False


# -- comparing words. A negation before turns a strict bound around: "not over" is "<=", 不低于 is ">=".
_NOT = (
    r"(?P<not>\b(?:no|not|nothing|never|none|don't (?:want|like)|doesn't|isn't|can't|shouldn't|mustn't|without)(?: anything| be| go| it)?"
    r"(?: too)? |(?:不要|不能|不想|不可以|不会|不得|别|不|没有?) ?)?"
)
_BEFORE = re.compile(
    _NOT + r"(?:"
    r"(?P<le>\b(?:at (?:the )?most|up to|max(?:imum)?(?: of)?|within|<=|limit(?:ed)?(?: of| to)?|capp?(?:ed)?(?: of| at)?|as much as"
    r"|less than or equal to)|<=|≤|最多|至多|最高|顶多|上限|控制在|限制在)"
    r"|(?P<ge>\b(?:at (?:the )?least|min(?:imum)?(?: of)?|starting (?:at|from)|upwards? of|greater than or equal to)|>=|≥|至少|最少|最低|起码|下限)"
    r"|(?P<lt>\b(?:under|below|less than|fewer than|lower than|smaller than|beneath|shy of)|<|低于|少于|小于|不到|不足|未满|短于|轻于|便宜于)"
    r"|(?P<gt>\b(?:over|above|more than|greater than|higher than|larger than|bigger than|better than|beyond|exceed(?:s|ing)?|north of)|>|超过|超出|高于|大于|多于|长于|重于)"
    r"|(?P<before>\b(?:before|prior to|earlier than|older than|pre)[ -]?|早于|老于)"
    r"|(?P<after>\b(?:after|later than|newer than|more recent than|post|past)[ -]?|晚于|新于)"
    r"|(?P<since>\bsince|\bas of|自从?|从)"
    r"|(?P<until>\b(?:until|till|through)|截至|直到)"
    r"|(?P<around>(?<!how )(?<!what )\b(?:somewhere )?(?:around|about|approximately|approx\.?|roughly|circa|ca\.|nearly|almost|close to|near)|~|≈|大约|大概|约莫|约|差不多|将近|接近)"
    r"|(?P<exact>\b(?:exactly|precisely)|正好|刚好|恰好|就是|必须是?|=)"
    r") ?(?:是|为|在|of |at |:|：|the |a |an )?[$€£¥₹₩]? ?$"
)
_AFTER = re.compile(
    r" ?(?:"
    r"(?P<le>(?:or|and) (?:less|under|below|fewer|lower|shorter|cheaper|smaller|lighter)\b|max(?:imum)?\b|tops\b|at (?:the )?most\b"
    r"|(?:或|及|和)?(?:以内|之内|以下|之下)|封顶|内(?![存容地部外心在饰衬胆置]))"
    r"|(?P<ge>(?:or|and) (?:more|over|above|higher|greater|longer|better|bigger|larger|up)\b|plus\b|\+|min(?:imum)?\b|at (?:the )?least\b"
    r"|upwards?\b|(?:或|及|和)?(?:以上|之上|往上)|起步|多(?=[块元分米克斤]|$|[ ,，的。]))"
    r"|(?P<since>at the earliest\b|(?:or|and) (?:later|newer|after|onwards?|since)\b|onwards?\b|on\b(?=$|[,.;!? ])(?! (?:netflix|dvd|tv|tape|the)\b)|forward\b"
    r"|(?:或|及|和)?(?:以来|至今|开始)|(?:及|或|和)(?:以后|之后|往后|更晚)|起(?![来床点伏])|到现在)"
    r"|(?P<until>at the latest\b|(?:or|and) (?:earlier|older|before)\b|(?:及|或|和)(?:以前|之前|往前|更早))"
    r"|(?P<before>以前|之前|前(?![面三两几后途])|往前)"
    r"|(?P<after>以后|之后|后(?![面来期])|往后)"
    r"|(?P<around>or so\b|or thereabouts\b|-?ish\b|,? ?give or take\b|左右|上下|前后|附近)"
    r")"
)
_OPS = {
    "le": "<=", "ge": ">=", "lt": "<", "gt": ">",
    "before": "<", "after": ">", "since": ">=", "until": "<=",
}  # fmt: skip
_TURNED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}
_TEMPORAL = frozenset({"before", "after", "since", "until"})
_LINK = re.compile(r" ?(?:-|~|to|until|through|up to|到|至) ?[$€£¥]? ?")
_AND = re.compile(r" ?(?:and|&|和|与|跟|or|或者?|,|、|/) ?[$€£¥]? ?(?:the )?")
_BETWEEN = re.compile(r"(?:\bbetween|介于|在|从|\bfrom) ?[$€£¥]? ?(?:the )?$")
_FROM = re.compile(r"(?:\b(?:anywhere )?(?:between|from|in the)|介于|在|从|大约|大概) ?[$€£¥]? ?(?:the )?$")
_MIDDLE = re.compile(r" ?的?(?:之间|之中|中间|期间|范围内?|区间)")
_HALF = re.compile(r" and a half| 1/2|个?半")
_GLUE = re.compile(r" ?(?:and |, ?|零|又)?")
MOST = 60  # numbers that are read of one message
WINDOW = 40  # characters before a number in which its comparing word stands


class Units:
    """The units of one catalogue. tables: owner (a facet's name) -> unit word or sign -> factor to its canonical unit."""

    def __init__(self, tables: Mapping[str, Mapping[str, float]]) -> None:
        factors: dict[str, dict[str, float]] = {}
        for owner, table in tables.items():
            for word, factor in table.items():
                factors.setdefault(word, {})[owner] = factor
        self._factors = factors
        by_length = sorted(factors, key=len, reverse=True)
        signs = [w for w in by_length if not any(c.isalnum() for c in w)]
        words = [w for w in by_length if w not in signs]
        spelled = "|".join(re.escape(w) + (r"(?![a-z])" if w[-1].isascii() and w[-1].isalpha() else "") for w in words)
        marks = "|".join(re.escape(w) for w in signs)
        after = [rf"(?: -| |-|个)?(?:{spelled})"] * bool(words) + [rf"(?:{marks})(?!\d)"] * bool(signs)
        before = "|".join(re.escape(w) for w in by_length if w in signs or w in ("rmb", "usd", "us$", "eur", "gbp"))
        self._unit = re.compile("|".join(after)) if after else None
        self._sign = re.compile(rf"(?:{before}) ?$") if before else None
        self._loose = (
            re.compile(
                rf"\b(?P<half>half an? |an? |one )(?P<unit>{spelled})(?P<more> and a half)?|(?P<ban>半个?)(?P<dan>{spelled})"
            )
            if words
            else None
        )

    def amounts(self, plain: str, today: date) -> list[Amount]:
        """Every amount of a text, from left to right; none overlap."""
        found = numbers(plain, MOST)
        measures = self._measures(plain, found, today)
        return list(_put_together(plain, measures))

    # ------------------------------------------------------------------ numbers with units

    def _measures(self, plain: str, found: Iterable[Number], today: date) -> list[_Measure]:
        calendar = spans(plain, today)[:MOST]
        taken = [(s.start, s.end) for s in calendar]
        measures = [_Measure(s.start, s.end, s.low, s.high, 1.0, {}, {}, span=s, year=True) for s in calendar]
        if self._loose is not None:
            for match in self._loose.finditer(plain):
                if not _hits(taken, *match.span()):
                    measures.append(self._article(match))
                    taken.append(match.span())
        for number in found:
            if not _hits(taken, number.start, number.end):
                measure = self._measure(plain, number)
                measures.append(measure)
        measures.sort(key=lambda m: m.start)
        kept: list[_Measure] = []
        for measure in measures:
            if kept and measure.start < kept[-1].end:
                continue
            joined = self._sum(plain, kept[-1], measure) if kept else None
            if joined:
                kept[-1] = joined
            else:
                kept.append(measure)
        return kept

    def _measure(self, plain: str, number: Number) -> _Measure:
        start, end, value = number.start, number.end, number.value
        high = number.high if number.high is not None else value
        factors: Mapping[str, float] = {}
        half = _HALF.match(plain, end)
        if half and self._unit and (unit := self._unit.match(plain, half.end())):
            end, value, high = unit.end(), value + 0.5, high + 0.5
            factors = self._factors[_unit_word(unit.group(), self._factors)]
        elif self._unit and (unit := self._unit.match(plain, end)):
            end = unit.end()
            factors = self._factors[_unit_word(unit.group(), self._factors)]
            if plain.startswith("半", end) and not plain.startswith("半部", end):
                end, value, high = end + 1, value + 0.5, high + 0.5
        if self._sign and (sign := self._sign.search(plain, max(0, start - 4), start)):
            start = sign.start()
            factors = factors or self._factors[sign.group().strip()]
        digits = plain[number.start : number.end]
        year = (
            not factors
            and value == high
            and value.is_integer()
            and 1880 <= value <= 2100
            and ((len(digits) == 4 and digits.isdigit()) or number.spelled)
        )
        return _Measure(start, end, value, high, number.scale, factors, _values(factors, value, high), year=year)

    def _article(self, match: re.Match[str]) -> _Measure:
        unit = match["unit"] or match["dan"]
        half = bool(match["ban"]) or (match["half"] or "").startswith("half")
        value = 0.5 if half else 1.5 if match["more"] else 1.0
        factors = self._factors[unit]
        return _Measure(
            *match.span(),
            value,
            value,
            1.0,
            factors,
            _values(factors, value, value),
            article=not half and not match["more"] and not (match["half"] or "").startswith("one"),
        )

    def _sum(self, plain: str, first: _Measure, second: _Measure) -> _Measure | None:
        """2 hours 10 minutes, 1h45, 一小时三十分: one measure."""
        if not first.factors or first.span or second.span or first.low != first.high or second.low != second.high:
            return None
        if not _GLUE.fullmatch(plain, first.end, second.start) or (
            first.end == second.start
            and not plain[second.start].isdigit()
            and plain[second.start] not in "一二三四五六七八九十两"
        ):
            return None
        if not second.factors:
            if first.end != second.start or second.low >= 60:
                return None
            factors = {o: f / 60 for o, f in first.factors.items() if f >= 60}
        else:
            factors = {o: f for o, f in second.factors.items() if o in first.factors and f < first.factors[o]}
        if not factors:
            return None
        both = {o: first.low * first.factors[o] + second.low * f for o, f in factors.items()}
        return replace(
            first,
            end=second.end,
            factors={o: first.factors[o] for o in both},
            values={o: (v, v) for o, v in both.items()},
        )


def _values(factors: Mapping[str, float], low: float, high: float) -> dict[str, tuple[float, float]]:
    return {owner: (_tidy(low * f), _tidy(high * f)) for owner, f in factors.items()}


def _tidy(value: float) -> float:
    return round(value, 6)


def _unit_word(found: str, known: Mapping[str, object]) -> str:
    """The unit in a match: without the space, hyphen or 个 before it, unless that is part of its name."""
    return found if found in known else found.lstrip(" -") if found[0] in " -" else found[1:]


def _hits(taken: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    return any(start < e and s < end for s, e in taken)


# ---------------------------------------------------------------------- amounts out of measures


def bound_after(plain: str, at: int) -> tuple[str, int] | None:
    """(op, end) of a comparing word at a place: 以上 of 8GB内存以上. None where there is none."""
    match = _AFTER.match(plain, at)
    said = next((k for k, v in match.groupdict().items() if v is not None), "") if match else ""
    return (_OPS[said], match.end()) if match and said in ("le", "ge") else None


def _put_together(plain: str, measures: list[_Measure]) -> Iterable[Amount]:
    at = 0
    while at < len(measures):
        first = measures[at]
        amount = _range(plain, first, measures[at + 1]) if at + 1 < len(measures) else None
        if amount:
            at += 2
            yield amount
            continue
        at += 1
        if single := _single(plain, first):
            yield single


def _range(plain: str, a: _Measure, b: _Measure) -> Amount | None:
    gap = (a.end, b.start)
    linked = _LINK.fullmatch(plain, *gap) is not None
    linked = linked or (plain[gap[0] : gap[1]] == "、" and bool(b.factors) and b.low == a.low + 1)  # 2、3个小时
    if not linked and not _AND.fullmatch(plain, *gap):
        return None
    lead = _FROM.search(plain, max(0, a.start - WINDOW), a.start)
    middle = _MIDDLE.match(plain, b.end)
    years = a.year and b.year
    if not linked:
        between = _BETWEEN.search(plain, max(0, a.start - WINDOW), a.start)
        listed = years and (a.span is not None or b.span is not None)
        if not listed and not ((between and not between.group().startswith(("从", "from"))) or middle):
            return None
    if a.factors and b.factors and not set(a.factors) & set(b.factors):
        return None
    if years != (a.year or b.year) and (a.span or b.span):
        return None
    low, high = a.low, b.high
    if b.scale > 1 and a.scale == 1 and low < b.scale:  # 5-7k
        low *= b.scale
    factors = {o: f for o, f in (b.factors or a.factors).items() if not a.factors or o in a.factors or not b.factors}
    if years:
        low, high = min(a.low, b.low), max(a.high, b.high)
    elif low > high:
        low, high = high, low
    values: dict[str, tuple[float, float]] = {}
    for owner, factor in factors.items():
        x = a.values.get(owner, (low * factor, low * factor))[0]
        y = b.values.get(owner, (high * factor, high * factor))[1]
        values[owner] = (_tidy(min(x, y)), _tidy(max(x, y)))
    return Amount(
        lead.start() if lead else a.start,
        middle.end() if middle else b.end,
        (a.start, b.end),
        "between",
        low,
        high,
        values,
        bound=True,
        year=years,
        temporal=years and (a.span is not None or b.span is not None),
        short=bool(a.span and a.span.short and b.span and b.span.short),
    )


def _single(plain: str, m: _Measure) -> Amount | None:
    before = _BEFORE.search(plain, max(0, m.start - WINDOW), m.start)
    after = _AFTER.match(plain, m.end)
    start, end, op = m.start, m.end, ""
    around = exact = temporal = False
    for match, place in ((before, "before"), (after, "after")):
        if match is None:
            continue
        said = next(k for k, v in match.groupdict().items() if v is not None and k != "not")
        turned = place == "before" and match["not"] is not None
        if (said in _TEMPORAL and not m.year) or (said not in _TEMPORAL and m.span is not None and m.span.op):
            continue  # "after two hours" and "over the last ten years" compare nothing
        if said == "around":
            around = not turned
        elif said == "exact":
            exact = True
        elif not op:
            op = _OPS[said]
            op = _TURNED[op] if turned and said not in ("le", "ge") else op
            temporal = said in _TEMPORAL
        start, end = (min(start, match.start()), end) if place == "before" else (start, max(end, match.end()))
    if m.article and not op and not around:
        return None
    if m.span is not None and m.span.op and not op:
        op = m.span.op
    if around and not op and m.span is not None and m.span.low != m.span.high:
        around = False
    low, high = m.low, m.high
    values = dict(m.values)
    if not op and low != high:
        op = "between"
    elif op in ("<", ">="):
        high, values = low, {o: (v[0], v[0]) for o, v in values.items()}
    elif op in (">", "<="):
        low, values = high, {o: (v[1], v[1]) for o, v in values.items()}
    return Amount(
        start,
        end,
        (m.start, m.end),
        op or "=",
        low,
        high,
        values,
        around=around and op in ("", "between"),
        exact=exact,
        bound=bool(op and not (m.span and m.span.op == op)) or bool(m.span),
        year=m.year,
        temporal=temporal or m.span is not None,
        short=bool(m.span and m.span.short),
    )
