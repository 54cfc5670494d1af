"""Amounts and "newer", "the cheapest" made into wishes: which facet a number is about, and what is wanted of it.

Knows: amounts, trends, the ranges of the catalogue's numbers, what a comparison is made with. Does not know: named values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatrec.language.common import STOPWORDS_EN
from chatrec.language.script import has_han
from chatrec.language.tokens import Utterance
from chatrec.language.units import Amount, bound_after
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.marks import Mark, Marks
from chatrec.understand.scopes import Refusal, inside
from chatrec.understand.trends import Trend
from chatrec.vocabulary import Facet, Item, Op, Value, Wish

Place = tuple[int, int]
_LINK = re.compile(
    r"(?: |of\b|in\b|is\b|are\b|at\b|to\b|be\b|:|：|=|for\b|a\b|the\b|should\b|must\b|around\b|about\b|above\b|over\b|under\b|below\b|limit\b|max(?:imum)?\b|range\b|between\b|from\b"
    r"|critics\b|是|在|为|要|有|得|的|大概|大约|控制|限制|上限|最好|希望|不|就|方面|区间|范围|达到|能)*"
)
_LINK_AFTER = re.compile(r"(?: |of\b|a\b|的|-)*")
_TOPIC = re.compile(r"(?<!how )(?<!what )\babout (?:the year )?$|关于$")
_IN_YEAR = re.compile(r"\b(?:in|from|of|out in|year|the|how about|what about) $|年(?:份|代)?(?:是|为)?$|^$|[ (（]$")
_BUDGET = re.compile(
    r"\b(?:budget|spend|spending|afford|i have|i'?ve got|pay|up to)\b[^.,;]{0,24}$|(?:预算|手头|只有|花(?![园样草果卉生]))[^，。,]{0,6}$"
)
_NOT_SO_MANY = re.compile(r"(?:[第这那每]|(?<![超经])过)$")
_THAN = re.compile(r" ?than ")
_BUT = re.compile(
    r" ?(?:ones?|那样|一样|这样)?的?[,，]? ?(?:but|only|just|except|yet|with|但是?|不过|只是|可|要)[,，]? ?(?:with |having )?(?:a bit|a little|much|slightly|something|even|要|得)? ?"
)
_NOT_BEFORE = re.compile(
    r"\b(?:not|no|nothing|don'?t want (?:anything|it|something)?|isn'?t|never|without being|(?:can|should|must|could|may|need)(?:'?t|n'?t|not| not) be)(?: (?:be|any|that's|that is|a|too|very|so))*(?: anything)? ?$|(?:不要|不能|不想要?|别|不|没那么|不要那么|别那么|不用)(?:太|很|那么)?$"
)
_SOME_BEFORE = re.compile(
    r"(?:\b(?:something|anything|a|an|some|any|really|very|pretty|fairly|rather|quite|relatively|more|good|nice|but|and|or|be|is|are|not|recent|kind of|kinda|bit|prefer|preferably|ideally|hopefully|maybe|possibly|want|only|all|these|those|for|just) |^|[,，;。.] ?|比较|[要想来的有]|部|个)$"
)
_SOME_AFTER = re.compile(
    r" ?(?:$|[.,;:!?，。；！？、]|(?:and|but|or|please|with|from|by|for|in|enough|to|if|like|ones?)\b|的|[片点一])"
)
_ZH_SOME_BEFORE = re.compile(r"(?:真|好|挺|这么|那么|太|够|不够|比)$")
_ZH_SOME_AFTER = re.compile(r"的|一?点|一?些|[个部款本家台片]|$|[，。！,!？?、 ]")
_ASK_MOST = re.compile(
    r"\b(?:which|what)(?:'s| is| are| was)?(?: one| of (?:these|those|them))?(?: is| was)?(?: the)? $|(?:哪|什么)[^，。]{0,8}$"
)
_OR = re.compile(r" ?(?:or|and|/|,|、|或者?|还是|和)(?: in| from)? ?| ")
_FIRST = re.compile(r" (?:ones? |films? |movies? )?(?:come |comes |to come )?first\b|的?(?:排)?(?:在)?(?:最)?前面?")
_REFUSED_AFTER = re.compile(
    r"(?:的|那些|上映|出)*(?:电影|片子?)?(?:就|都|我)*(?:不要|不看|不想看|不行|不考虑|除外|免了|算了)"
)
_OF_THESE = re.compile(r" (?:one )?(?:of|among|out of) (?:these|those|them)\b")
_IS = re.compile(r"(?:是|为|=| is| of) ?$")
_ASKS_IN_THE_NEGATIVE = re.compile(
    r"^ ?(?:(?:so|and|but|ok|okay|well|hmm)[, ]+)*(?:isn'?t|aren'?t|don'?t you|do you not|haven'?t you|is there nothing|are there no(?:ne)?|have you nothing|do you have nothing|nothing)\b"
    r"|(?:没|没有|就没有?)[^，。,.]{0,6}$"
)
_ASKED = re.compile(r"[^.;!。；！]{0,24}(?:\?|？|[吗么嘛](?:$|[？?。]))")
_STATES = re.compile(r" *(?:that|this|it|they|those|these|he|she)(?:'?s| is| was|'?re| are| were)\b")
_SOMETHING = re.compile(r"\b(?:something|anything|films?|movies?|ones?|made|released|a bit|a little) $")
_FREE = re.compile(
    r"(?:(?<!不)免费|免票|不要钱|不花钱|免门票|不收(?:门票|费用?|钱)|(?:无需|不用|不需要)(?:门票|买票|付费|花钱)|\bfor free\b|\bfree of charge\b|\bfree (?:entry|admission)\b)"
)
_ONE_SIGN = re.compile(r"(?:还|更|要|再|稍微?)*(?P<sign>[㐀-鿿])(?:的|一?[点些]|$|[，。！!,. ])")
_ROUNDABOUT = re.compile(
    r"(?:[\s.,!，。！]|\b(?:maybe|perhaps|say|i'?d say|it'?s|it is|oh|um|ok|okay|well|yes|please|thanks?|my|i have|i think|around|about|roughly|something like|or so|in total|max|tops)\b"
    r"|[我嗯哦吧左右的就是]|大概|差不多|大约|最多|预算)*"
)
_TURNED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}
SOFT_SHARE, YEARS_AROUND = 0.1, 2  # how far "around" reaches
RATED_BEYOND = 1.25  # 低于10分, where nothing is rated above 9
RATED = 0.01  # of a unit that is a point and a minute (分), where the catalogue does not tell: 低于10分
SOME, NOT_TOO = 1 / 3, 0.5  # which share of a catalogue is "cheap", and "not too expensive"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was said of a number facet. wish: None where the words are about the facet but ask for nothing a wish can say.

    unclear: they do ask for something, but no wish says it ("not from the 90s" leaves the years before and after).
    """

    facet: str
    place: Place
    wish: Wish | None
    unclear: bool = False


def measured(
    u: Utterance,
    lexicon: Lexicon,
    marks: Marks,
    negations: Sequence[Refusal],
    soft: Sequence[Place],
    others: Sequence[tuple[Place, Item]],
    shown: Sequence[Item],
    asked: Facet | None = None,
) -> list[Measured]:
    """Every amount and every "newer" of a message. asked: the facet that our question was about, whose amount "500" then is.

    others: items that a comparison may be made with; shown: the latest items, which a bare "shorter" is measured against.
    """
    result: list[Measured] = []
    gone: list[Mark] = []
    for amount in marks.amounts:
        if u.plain[slice(*amount.core)] in ("一", "one") and not amount.values:
            continue  # 玩一下, "that one"
        if _NOT_SO_MANY.search(u.plain, max(0, amount.core[0] - 2), amount.core[0]):
            continue  # 第二天, 这两天
        trend = _trend_of(u, marks.trends, amount)
        facet, name = _facet_of(u, lexicon, marks, amount, trend)
        if facet is None and asked is not None and asked.type == "number" and _bare(u, amount):
            facet = asked
            if amount.op == "=" and facet.role in ("price", "duration") and not amount.around:
                amount = replace(amount, op="<=", bound=True)  # what one has to spend
        if facet is None:
            continue
        if trend is not None:
            gone.append(trend)
        place = _place(amount, trend, name)
        if trend is not None and (no := _NOT_BEFORE.search(u.plain, max(0, trend.start - 24), trend.start)):
            place = (no.start() + len(no.group()) - len(no.group().lstrip()), place[1])
        for mark in marks.trends:  # "3 hours long"
            if (
                0 <= mark.start - place[1] <= 1
                and mark.meanings[0].degree == "some"
                and mark.meanings[0].facet == facet.name
            ):
                place = (place[0], mark.end)
                gone.append(mark)
        amount, place = _bound_after_name(u, amount, name, place)
        begun = None if trend is not None else _amount_refused(u, marks, amount, negations)
        if begun is not None:
            place = (min(begun, place[0]), place[1])
        wish = _amount_wish(u, lexicon, facet, amount, trend, place, begun is not None, soft)
        result.append(Measured(facet.name, place, wish, unclear=wish is None))
    result = _either(u, result)
    covered = [m.place for m in result]
    for mark in (*marks.trends, *_compared_by_one_sign(u, lexicon, marks, others)):
        if mark in gone or any(s < mark.end and mark.start < e for s, e in covered):
            continue
        wish, place = _trend_wish(u, lexicon, marks, mark, negations, soft, others, shown)
        most = mark.meanings[0].degree == "most"
        vague = wish is not None and not wish.hard and not (wish.op == "sort" and most)
        if wish is not None and wish.facet is not None and not (vague and wish.facet in {m.facet for m in result}):
            result.append(Measured(wish.facet, place, wish))
    price = lexicon.catalog.by_role("price")
    if (
        price is not None
        and (free := _FREE.search(u.plain))
        and not any(inside(free.span(), [m.place]) for m in result)
    ):
        have = lexicon.range(price.name)
        if have is not None and have[0] == 0:
            result.append(
                Measured(price.name, free.span(), Wish(facet=price.name, op="=", value=0, words=u.words(*free.span())))
            )
    return result


def _either(u: Utterance, found: Sequence[Measured]) -> list[Measured]:
    """ "2022 or 2023" is one wish that either meets: nothing has two values of a number."""
    result: list[Measured] = []
    for one in found:
        last = result[-1] if result else None
        if last is None or last.wish is None or one.wish is None or last.facet != one.facet:
            result.append(one)
            continue
        a, b = last.wish, one.wish
        if (
            a.op not in ("=", "in")
            or b.op != "="
            or a.hard != b.hard
            or not _OR.fullmatch(u.plain, last.place[1], one.place[0])
        ):
            result.append(one)
            continue
        values = [*(a.value if isinstance(a.value, list) else [a.value]), b.value]
        place = (last.place[0], one.place[1])
        both = a.model_copy(update={"op": "in", "value": list(dict.fromkeys(values)), "words": u.words(*place)})
        result[-1] = Measured(last.facet, place, both)
    return result


# ---------------------------------------------------------------------- which facet


def _trend_of(u: Utterance, trends: Sequence[Mark], amount: Amount) -> Mark | None:
    """The trend an amount completes: "cheaper than 500", 比5000便宜."""
    for mark in trends:
        if mark.end <= amount.core[0] and _THAN.fullmatch(u.plain, mark.end, amount.core[0]):
            return mark
        if mark.end <= amount.core[0] and re.fullmatch(r" ?than [$€£¥]?", u.plain[mark.end : amount.core[0]]):
            return mark
        if 0 <= mark.start - amount.core[1] <= 3 and u.plain[max(0, amount.core[0] - 1) : amount.core[0]] == "比":
            return mark
    return None


def _facet_of(
    u: Utterance, lexicon: Lexicon, marks: Marks, amount: Amount, trend: Mark | None
) -> tuple[Facet | None, Mark | None]:
    """The facet an amount is about, and the facet's name where that said so."""
    if trend is not None:
        owners = [m.facet for m in trend.meanings]
        return lexicon.facet(next((o for o in owners if o in amount.values), owners[0])), None
    near = _named_near(u, lexicon, marks, amount)
    year = lexicon.catalog.by_role("year")
    if amount.values:
        owners = list(amount.values)
        if near and near[0] in owners:
            return lexicon.facet(near[0]), near[1]
        rated = {f.name for f in lexicon.catalog.facets if f.role == "rating"}
        fitting = [
            o for o in owners if _plausible(lexicon, o, amount.values[o], most=RATED_BEYOND if o in rated else 1)
        ]
        rated = {f.name for f in lexicon.catalog.facets if f.role == "rating"}
        chosen = (
            max(fitting, key=lambda o: _usual(lexicon, o, amount.values[o]) + RATED * (o in rated))
            if fitting
            else owners[0]
        )
        return lexicon.facet(chosen), None
    if amount.temporal:
        return year, near[1] if near and year and near[0] == year.name else None
    if near and not (amount.year and near[0] != (year.name if year else "") and not amount.bound):
        facet = lexicon.facet(near[0])
        if facet is not None and (facet.role != "year" or amount.year):
            return facet, near[1]
    price = lexicon.catalog.by_role("price")
    topic = _TOPIC.search(u.plain, max(0, amount.core[0] - 16), amount.core[0]) is not None
    if amount.year and year is not None and not topic and (amount.op == "between" or price is None or not amount.bound):
        lead = _IN_YEAR.search(u.plain, max(0, amount.start - 12), amount.start)
        if amount.bound or amount.around or lead:
            return year, None
    if not (amount.bound or amount.around):
        if price is not None and _BUDGET.search(u.plain, max(0, amount.start - 40), amount.start):
            return price, None
        return None, None
    if amount.around and topic:
        return None, None
    low_high = (amount.low, amount.high)
    if price is not None and _plausible(lexicon, price.name, low_high, 0.2, 3):
        return price, None
    fitting = [n for n in lexicon.numbers if _plausible(lexicon, n, low_high)]
    return (lexicon.facet(fitting[0]), None) if len(fitting) == 1 else (None, None)


def _named_near(u: Utterance, lexicon: Lexicon, marks: Marks, amount: Amount) -> tuple[str, Mark] | None:
    """The number facet that is named beside an amount: "budget of 800", 评分8以上, "16 GB of RAM"."""
    best: tuple[int, str, Mark] | None = None
    for name in marks.namings:
        for meaning in name.meanings:
            facet = lexicon.facet(meaning.facet)
            if facet is None or facet.type not in ("number", "date"):
                continue
            if name.end <= amount.core[0] and _LINK.fullmatch(
                u.plain, name.end, max(name.end, min(amount.start, amount.core[0]))
            ):
                gap = amount.core[0] - name.end
            elif name.start >= amount.end and _LINK_AFTER.fullmatch(u.plain, amount.end, name.start):
                gap = name.start - amount.end + 2
            else:
                continue
            if best is None or gap < best[0]:
                best = (gap, meaning.facet, name)
    return (best[1], best[2]) if best else None


def _plausible(
    lexicon: Lexicon, facet: str, values: tuple[float, float], least: float = 1.0, most: float = 1.0
) -> bool:
    have = lexicon.range(facet)
    return have is not None and have[0] * least <= values[1] and values[0] <= have[1] * most


def _usual(lexicon: Lexicon, facet: str, values: tuple[float, float]) -> float:
    """How near the middle of what the items have a value lies, 0..0.5: of 4分, the rating rather than the minutes."""
    low, high = (lexicon.share_below(facet, v) for v in values)
    return max(min(low, 1 - low), min(high, 1 - high))


# ---------------------------------------------------------------------- wishes


def _place(amount: Amount, trend: Mark | None, name: Mark | None) -> Place:
    starts = [amount.start] + ([trend.start] if trend else []) + ([name.start] if name else [])
    ends = [amount.end] + ([trend.end] if trend else []) + ([name.end] if name else [])
    return min(starts), max(ends)


def _amount_wish(
    u: Utterance,
    lexicon: Lexicon,
    facet: Facet,
    amount: Amount,
    trend: Mark | None,
    place: Place,
    refused: bool,
    soft: Sequence[Place],
) -> Wish | None:
    low, high = amount.values.get(facet.name, (amount.low, amount.high))
    op = amount.op
    hard = not inside(place, soft)
    if amount.short and (have := lexicon.range(facet.name)) and high < have[0] and low + 100 <= have[1]:
        low, high = low + 100, high + 100  # "the 20s"
    if trend is not None:
        up = next((m.up for m in trend.meanings if m.facet == facet.name), True)
        negated = _NOT_BEFORE.search(u.plain, max(0, trend.start - 24), trend.start) is not None
        op = {(True, False): ">", (False, False): "<", (True, True): "<=", (False, True): ">="}[up, negated]
    elif refused and op == "between":
        sides = _sides(lexicon, facet, low, high)
        if sides is None:
            return None
        op, low = sides
        high = low
    elif refused:
        op = _TURNED.get(op, "!=")
    words = u.words(*place)
    if amount.around and trend is None:
        reach = YEARS_AROUND if facet.role == "year" else None
        low, high = (low - reach, high + reach) if reach else (low * (1 - SOFT_SHARE), high * (1 + SOFT_SHARE))
        op, hard = "between", False
    elif op == "=" and not amount.exact:
        if facet.role == "price":
            if _BUDGET.search(u.plain, max(0, place[0] - 30), amount.core[0]):
                op = "<="
            else:
                low, high, op, hard = low * (1 - SOFT_SHARE), high * (1 + SOFT_SHARE), "between", False
        elif facet.role == "duration" and not _IS.search(u.plain, max(0, amount.core[0] - 4), amount.core[0]):
            low, high, op, hard = low * (1 - SOFT_SHARE), high * (1 + SOFT_SHARE), "between", False
        elif facet.role == "rating" and not _IS.search(u.plain, max(0, amount.core[0] - 4), amount.core[0]):
            have = lexicon.range(facet.name)
            op = "=" if have is not None and low >= have[1] else ">="
    return Wish(facet=facet.name, op=op, value=_value(facet, op, low, high), hard=hard, words=words)  # type: ignore[arg-type]


def _sides(lexicon: Lexicon, facet: Facet, low: float, high: float) -> tuple[str, float] | None:
    """What "not from the 90s" leaves, where the catalogue has values on one side only; None where it has them on both."""
    have = lexicon.range(facet.name)
    if have is None:
        return None
    return (">", high) if low <= have[0] else ("<", low) if high >= have[1] else None


def _amount_refused(u: Utterance, marks: Marks, amount: Amount, negations: Sequence[Refusal]) -> int | None:
    """Where the words begin that refuse an amount: "not from 1994", 不要2000年以前的. "No horror from the 90s" refuses horror."""
    if near := _NOT_BEFORE.search(u.plain, max(0, amount.start - 24), amount.start):
        return near.start() + len(near.group()) - len(near.group().lstrip())
    if _REFUSED_AFTER.match(u.plain, amount.end):
        return amount.start
    begun = _in_refusal(u, amount.start, negations)
    return None if begun is None or any(begun <= m.start < amount.start for m in marks.named) else begun


def _compared_by_one_sign(
    u: Utterance, lexicon: Lexicon, marks: Marks, others: Sequence[tuple[Place, Item]]
) -> list[Mark]:
    """比第二部短: one character that asks for more or less only behind what it is compared with."""
    found = []
    for (start, end), _ in others:
        sign = _ONE_SIGN.match(u.plain, end) if "比" in u.plain[max(0, start - 3) : start] else None
        if sign is None or any(m.start < sign.end() and sign.start() < m.end for m in marks.trends):
            continue
        named = _name_before(u, marks, start)
        words = [*named, "更", sign["sign"]]
        meant = tuple(m for m in lexicon.phrases.get(words) if isinstance(m, Trend) and m.degree == "more")
        if meant:
            found.append(Mark(sign.start("sign"), sign.end("sign"), "trend", meant))
    return found


def _name_before(u: Utterance, marks: Marks, at: int) -> list[str]:
    """The facet's name of 评分比第一部高, as it is looked up: what stands right before 比."""
    name = next(
        (m for m in marks.namings if m.end <= at and u.plain[m.end : at].strip() in ("比", "要比", "得比")), None
    )
    return list(u.plain[name.start : name.end]) if name is not None else []


def _bare(u: Utterance, amount: Amount) -> bool:
    """Whether a number without a unit is all of an answer: "500", "maybe 90", 大概5000吧."""
    rest = u.plain[: amount.start] + " " + u.plain[amount.end :]
    return not amount.values and _ROUNDABOUT.fullmatch(rest) is not None


def _bound_after_name(u: Utterance, amount: Amount, name: Mark | None, place: Place) -> tuple[Amount, Place]:
    """ "8GB内存以上", "8 GB of RAM or more": the comparing word behind the facet's name."""
    if name is None or amount.op != "=" or name.start < amount.end:
        return amount, place
    found = bound_after(u.plain, name.end)
    return (amount, place) if found is None else (replace(amount, op=found[0], bound=True), (place[0], found[1]))


def _value(facet: Facet, op: str, low: float, high: float) -> Value | list[Value]:
    """One number, or two for `between`; ISO dates for a date facet, whose years have no days of their own."""
    if facet.type == "date":
        first, last = f"{int(low):04d}-01-01", f"{int(high):04d}-12-31"
        return (
            [first, last] if op in ("between", "=") else {"<": first, ">=": first, ">": last, "<=": last}.get(op, first)
        )
    return [_plain(low), _plain(high)] if op == "between" else _plain(low if op != "<=" else high)


def _plain(number: float) -> float:
    number = round(number, 4)
    return int(number) if float(number).is_integer() else number


def _trend_wish(
    u: Utterance,
    lexicon: Lexicon,
    marks: Marks,
    mark: Mark,
    negations: Sequence[Refusal],
    soft: Sequence[Place],
    others: Sequence[tuple[Place, Item]],
    shown: Sequence[Item],
) -> tuple[Wish | None, Place]:
    trend, place = _meant(u, marks, mark), (mark.start, mark.end)
    facet = lexicon.facet(trend.facet)
    assert facet is not None
    hard = not inside(place, soft)
    words = u.words(*place)
    if trend.degree == "most":
        if _ASK_MOST.search(u.plain, max(0, mark.start - 28), mark.start) or _OF_THESE.match(u.plain, mark.end):
            return None, place
        if re.search(r"\bthe $", u.plain[: mark.start]):
            place = (place[0] - 4, place[1])
        if first := _FIRST.match(u.plain, place[1]):
            place = (place[0], first.end())
        return Wish(
            facet=facet.name, op="sort", value="desc" if trend.up else "asc", hard=False, words=u.words(*place)
        ), place
    refused = _refusal(u, mark, negations)
    if trend.degree == "some" and _compared(u, mark, others, place)[0] is not None:
        trend = replace(trend, degree="more")  # 比第二个便宜
    if _STATES.match(u.plain[_clause_start(u, mark.start) : mark.start]) and trend.degree == "some":
        return None, place
    bare = u.plain[mark.start : mark.end] in ("later", "earlier") and not _THAN.match(u.plain, mark.end)
    if u.plain.startswith(" ago", mark.end):
        return None, place
    if bare and not _SOMETHING.search(u.plain, max(0, mark.start - 14), mark.start):
        return None, place  # "I will watch it later"
    if trend.degree == "too" and not trend.up and facet.role == "price":
        return None, place  # 太便宜了 praises
    if trend.degree in ("more", "too") and not (refused is not None and trend.degree == "too"):
        up = trend.up if trend.degree == "more" else not trend.up
        other, place = _compared(u, mark, others, place)
        values = [
            v for i in ([other] if other else shown) for v in i.values(facet.name) if isinstance(v, (int, float, str))
        ]
        words = u.words(*place)
        if refused is not None and trend.degree == "more" and other is not None and values:  # "no longer than that one"
            return _wish(facet, "<=" if trend.up else ">=", values[0], words, hard), (refused, place[1])
        if refused is not None:  # "I don't watch newer ones"
            return _some(lexicon, facet, not trend.up, NOT_TOO, u.words(refused, mark.end)), (refused, mark.end)
        if values:
            edge = (max if up else min)(values, key=lambda v: (isinstance(v, str), v))
            return _wish(facet, ">" if up else "<", edge, words, hard), place
        if trend.degree == "more":
            return Wish(facet=facet.name, op="sort", value="desc" if up else "asc", hard=False, words=words), place
        return _some(lexicon, facet, up, NOT_TOO, words), place
    if trend.degree == "too" or refused is not None:  # "not too long", "not long"
        start = mark.start if refused is None else refused
        return _some(lexicon, facet, not trend.up, NOT_TOO, u.words(start, mark.end)), (start, mark.end)
    if u.plain[mark.start : mark.start + 3] in ("not", "别太", "不要"):
        return _some(lexicon, facet, trend.up, NOT_TOO, words), place
    if not _describes(u, marks, mark):
        return None, place
    return _some(lexicon, facet, trend.up, SOME, words), place


def _refusal(u: Utterance, mark: Mark, negations: Sequence[Refusal]) -> int | None:
    """Where the words begin that refuse a trend: "not too long", "I don't watch newer films". "Isn't there anything newer?" asks for it."""
    if _ASKS_IN_THE_NEGATIVE.search(u.plain[_sentence_start(u, mark.start) : mark.end]) and _ASKED.match(
        u.plain, mark.end
    ):
        return None
    if near := _NOT_BEFORE.search(u.plain, max(0, mark.start - 28), mark.start):
        return near.start() + len(near.group()) - len(near.group().lstrip())
    return _in_refusal(u, mark.start, negations)


def _in_refusal(u: Utterance, at: int, negations: Sequence[Refusal]) -> int | None:
    """Where the negation begins that reaches a place, if one does."""
    for negation in negations:
        between = u.plain[negation.cue_end : at]
        if negation.cue_end <= at < negation.end and len(between) <= 20 and not any(c in between for c in ",，、"):
            return negation.start
    return None


def _sentence_start(u: Utterance, at: int) -> int:
    return max(u.plain.rfind(c, 0, at) for c in ".;!?。；！？") + 1


def _clause_start(u: Utterance, at: int) -> int:
    return max(u.plain.rfind(c, 0, at) for c in ".,;!?，。；！？") + 1


def _meant(u: Utterance, marks: Marks, mark: Mark) -> Trend:
    """The facet of a trend that several have: the one named nearby, else the first."""
    if len(mark.meanings) > 1:
        near = {
            m.facet
            for n in marks.namings
            if abs(n.start - mark.end) <= 2 or abs(mark.start - n.end) <= 4
            for m in n.meanings
        }
        for trend in mark.meanings:
            if trend.facet in near:
                return trend
    return mark.meanings[0]


def _compared(
    u: Utterance, mark: Mark, others: Sequence[tuple[Place, Item]], place: Place
) -> tuple[Item | None, Place]:
    """The item that "newer than Heat", 比第二个便宜 is measured against, and the place with its name."""
    if than := _THAN.match(u.plain, mark.end):
        for (start, end), item in others:
            if 0 <= start - than.end() <= 6:
                return item, (mark.start, end)
    for (start, end), item in reversed(others):
        if end <= mark.start and mark.start - end <= 8:
            before = u.plain[max(0, start - 3) : start]
            if "比" in before:
                return item, (max(0, start - 3) + before.rindex("比"), mark.end)
        if end <= mark.start and _BUT.fullmatch(u.plain, end, mark.start):
            return item, place
    return None, place


def _wish(facet: Facet, op: Op, value: Value, words: str, hard: bool) -> Wish:
    plain: Value = _plain(value) if isinstance(value, (int, float)) else value
    return Wish(facet=facet.name, op=op, value=plain, hard=hard, words=words)


def _some(lexicon: Lexicon, facet: Facet, up: bool, share: float, words: str) -> Wish | None:
    """A soft bound that a share of the catalogue meets: "a cheap one", "nothing too long"."""
    edge = lexicon.quantile(facet.name, 1 - share if up else share)
    if edge is None:
        return None
    op: Op = ">=" if up else "<="
    return Wish(facet=facet.name, op=op, value=_value(facet, op, edge, edge), hard=False, words=words)


def _describes(u: Utterance, marks: Marks, mark: Mark) -> bool:
    """Whether "short" or "new" describes what is wanted here, and is not just a word ("as long as", "old friend")."""
    if has_han(u.plain[mark.start]):
        return _ZH_SOME_BEFORE.search(u.plain, max(0, mark.start - 4), mark.start) is None and (
            _ZH_SOME_AFTER.match(u.plain, mark.end) is not None
            or any(0 <= m.start - mark.end <= 1 for m in (*marks.named, *marks.nouns))
        )
    if mark.tokens > 1:
        return True
    if not _SOME_BEFORE.search(u.plain, max(0, mark.start - 14), mark.start):
        return False
    if _SOME_AFTER.match(u.plain, mark.end):
        before = u.plain[max(0, mark.start - 4) : mark.start]
        return not before.endswith(("as ", "so ", "how "))
    following = next(
        (
            m
            for m in sorted([*marks.named, *marks.nouns, *marks.trends, *marks.namings], key=lambda m: m.start)
            if m.start >= mark.end
        ),
        None,
    )
    if following is None:
        return False
    between = u.plain[mark.end : following.start].split()
    return all(w in STOPWORDS_EN for w in between) and len(between) <= 1
