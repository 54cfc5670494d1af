"""One cell of a file as a value: clean text, numbers with units and currencies, dates, yes and no, lists, addresses.

Knows: how people write values in English and Chinese. Does not know: columns, facets, files. Everything here is untrusted.
"""

from __future__ import annotations

import datetime
import html
import math
import re
from dataclasses import dataclass
from typing import Any

from chatrec.importing.known import Unit, known, unit_of
from chatrec.language.normal import drop_control, normal

MOST_TITLE, MOST_VALUE, MOST_TEXT, MOST_DESCRIPTION, MOST_LIST, MOST_URL, MOST_ID = (
    300,
    120,
    2_000,
    6_000,
    100,
    2_000,
    128,
)
MISSING = frozenset(
    ["", "-", "--", "—", "?", "n/a", "na", "nan", "null", "none", "nil", "unknown", "undefined", "\\n", "#n/a", "tbd"]
    + ["暂无", "未知", "不详", "缺失", "空", "[]", "{}"]
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_BREAK = re.compile(r"<(?:br|/p|/li|/div)\b[^<>]{0,100}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6});")
_LINES = re.compile(r"\s*\n\s*\n\s*")
_MORE_CONTROL = re.compile("[\x80-\x9f\ufffd]")
_BLANK = re.compile(r"[^\S\n]+")


def clean(value: Any, most: int, *, lines: bool = False) -> str:
    """Text without control characters, tags and entities, cut to `most` characters. lines: line ends stay."""
    text = value if isinstance(value, str) else number_word(value)
    text = text[: most * 4]  # a megabyte in one cell is not worth looking at
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    text = _MORE_CONTROL.sub("", drop_control(text))
    text = _LINES.sub("\n\n", _BLANK.sub(" ", text)).strip() if lines else " ".join(text.split())
    if len(text) > most:
        text = text[: most - 1].rstrip() + "…"
    return text


def number_word(value: Any) -> str:
    """A scalar as text: 7.0 is 7."""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return str(value)


def blank(value: Any) -> bool:
    """Whether a cell holds nothing at all; a thing may well be called "Unknown" or "None"."""
    return value is None or (isinstance(value, float) and not math.isfinite(value)) or not str(value).strip()


def missing(value: Any) -> bool:
    """Whether a cell says nothing."""
    if value is None or value == [] or value == {}:
        return True
    if isinstance(value, float):
        return not math.isfinite(value)
    return isinstance(value, str) and (len(value) < 12 and value.strip().casefold() in MISSING)


# --------------------------------------------------------------------------- numbers

_NUMBER = (
    r"\d{1,3}(?:[,'’]\d{3})+(?:\.\d+)?|\d{1,3}(?:[\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d{1,3}(?:\.\d{3})+,\d{1,2}"
    r"|\d+[.,]\d+(?:[eE][+-]?\d{1,3})?|\d+(?:[eE][+-]?\d{1,3})?|\.\d+"
)
_QUANTITY = re.compile(
    rf"""^(?:approx\.?|about|around|from|ca\.?|约|大约|[~≈])?\s*
    (?P<sign>[-−+])?\s*(?P<before>(?:us|cn)?[$€£¥￥₹₩円]|usd|eur|gbp|rmb|cny|inr|rs\.?|jpy|人民币)?\s*
    (?P<number>{_NUMBER})\s*
    (?P<times>k(?![a-z])|万|千|亿|million|bn|billion)?\s*
    (?:/\s*(?:5|10|100)|out\s+of\s+(?:5|10|100))?\s*
    (?P<unit>[^\d\s.,;:|+()（）-][^\d,;:|+()（）]{{0,23}}?)?\s*
    (?:起|左右|以上|上下|/\s*人|/\s*晚|/\s*位|per\s+\w+|each|\+)?\.?$""",
    re.IGNORECASE | re.VERBOSE,
)
_TIMES = {"k": 1e3, "千": 1e3, "万": 1e4, "million": 1e6, "亿": 1e8, "bn": 1e9, "billion": 1e9}
_HOURS = re.compile(
    r"^(\d{1,3})\s*(?:h|hr|hrs|hours?|小时|个小时)\s*(\d{1,2})\s*(?:m|min|mins|minutes?|分钟|分)?$", re.IGNORECASE
)
_ISO_TIME = re.compile(r"^PT(?:(\d{1,4})H)?(?:(\d{1,4})M)?$", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:[-–—~～至到]|\bto\b)\s*", re.IGNORECASE)
_STARS = re.compile(r"^([★⭐]{1,10})([½☆✩]*)$")
_FREE = frozenset(["free", "免费", "gratis"])


@dataclass(frozen=True)
class Quantity:
    """What a cell says in numbers: one, or the two ends of a range, with the unit word as written."""

    numbers: tuple[float, ...]
    unit: str = ""


def quantity(value: Any, *, comma_decimal: bool = False) -> Quantity | None:
    """ "5,000", "1.5kg", "$1,299.00", "50-100元", "1h 30min", "4.5/5", "1.2万", "★★★★", "free"; None where it is no number.

    comma_decimal: the column writes 1.299,00. Codes with leading zeros ("0042") are no numbers.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return Quantity((float(value),)) if math.isfinite(value) and abs(value) < 1e15 else None
    text = str(value).strip()
    if not text or len(text) > 60:
        return None
    if text.isascii() and text.isdigit():
        return None if (text[0] == "0" and len(text) > 1) or len(text) > 15 else Quantity((float(text),))
    if text.casefold() in _FREE:
        return Quantity((0.0,))
    if stars := _STARS.match(text):
        return Quantity((len(stars[1]) + (0.5 if "½" in stars[2] else 0.0),))
    if hours := _HOURS.match(text):
        return Quantity((int(hours[1]) * 60.0 + int(hours[2]),), "min")
    if (iso := _ISO_TIME.match(text)) and (iso[1] or iso[2]):
        return Quantity((int(iso[1] or 0) * 60.0 + int(iso[2] or 0),), "min")
    one = _one(text, comma_decimal)
    if one is not None:
        return one
    ends = _RANGE.split(text)
    if len(ends) == 2 and all(ends):
        low, high = _one(ends[0], comma_decimal), _one(ends[1], comma_decimal)
        if low and high:
            unit = high.unit or low.unit
            ends_in = [_in(low, unit), _in(high, unit)]
            if ends_in[0] <= ends_in[1]:
                return Quantity(tuple(dict.fromkeys(ends_in)), unit)
    return None


def _one(text: str, comma_decimal: bool) -> Quantity | None:
    found = _QUANTITY.match(text)
    if not found:
        return None
    digits = re.sub(r"[\u00a0'’\u202f]", "", found["number"])
    if re.match(r"0\d", digits):
        return None
    if re.search(r"\.\d{3}(?:\.\d{3})*,\d{1,2}$", digits) or (
        comma_decimal and re.search(r",\d{1,2}$|\.\d{3}$", digits)
    ):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d{1,2}|0,\d+", digits):
        digits = digits.replace(",", ".")
    digits = digits.replace(",", "")
    number = float(digits) * _TIMES.get((found["times"] or "").casefold(), 1.0)
    if not math.isfinite(number):
        return None
    if found["sign"] in ("-", "−"):
        number = -number
    unit = (found["before"] or found["unit"] or "").strip()
    return Quantity((round(number, 6),), unit)


def _in(end: Quantity, unit: str) -> float:
    """One end of a range in the unit of the other: "12小时 - 3天" in days."""
    mine, other = unit_of(end.unit) if end.unit else None, unit_of(unit)
    if mine and other and mine.family == other.family:
        return round(end.numbers[0] * mine.factor / other.factor, 6)
    return end.numbers[0]


def writes_comma_decimals(values: list[Any]) -> bool:
    """Whether a column writes 1.299,00 and 12,5 rather than 1,299.00 and 12.5."""
    texts = [v for v in values if isinstance(v, str)]
    comma = sum(bool(re.search(r"\d,\d{1,2}(?!\d)", t)) for t in texts)
    point = sum(bool(re.search(r"\d\.\d{1,2}(?!\d)|,\d{3}\.", t)) for t in texts)
    return comma > 3 * point


def tidy(number: float) -> int | float:
    """1995.0 -> 1995."""
    return int(number) if number.is_integer() else round(number, 4)


# --------------------------------------------------------------------------- dates, yes and no

_ISO_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]\d{1,2}:\d{2}.*)?$")
_MONTH_YEAR = re.compile(r"^(\d{4})[-/年](\d{1,2})月?$")
_OTHER_DATE = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_WORD_DATE = re.compile(r"^(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\.?(?:\s+(\d{1,2})(?:st|nd|rd|th)?)?,?\s+(\d{4})$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def date(value: Any, *, day_first: bool = True) -> str | None:
    """A date in ISO form, or None. day_first: 03/04/2020 is in April."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if found := _ISO_DATE.match(text):
        return _iso(found[1], found[2], found[3])
    if found := _MONTH_YEAR.match(text):
        return _iso(found[1], found[2], "1")
    if found := _OTHER_DATE.match(text):
        day, month = (found[1], found[2]) if day_first else (found[2], found[1])
        return _iso(found[3], month, day)
    if found := _WORD_DATE.match(text):
        name = found[2][:3].casefold()
        if name in _MONTHS:
            return _iso(found[4], str(_MONTHS.index(name) + 1), found[1] or found[3] or "1")
    return None


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def writes_month_first(values: list[Any]) -> bool:
    """Whether a column's 03/25/2020 puts the month first; 25/03 anywhere says no."""
    found = [m for v in values if isinstance(v, str) and (m := _OTHER_DATE.match(v.strip()))]
    return any(int(m[2]) > 12 for m in found) and not any(int(m[1]) > 12 for m in found)


YES = frozenset(["true", "yes", "y", "是", "有", "√", "✓", "✔", "支持", "t"])
NO = frozenset(["false", "no", "n", "否", "无", "没有", "×", "✗", "不支持", "f"])


def yes_no(value: Any, *, digits: bool = False) -> bool | None:
    """digits: 1 and 0 count too."""
    if isinstance(value, bool):
        return value
    text = normal(str(value))
    if text in YES or (digits and text in ("1", "1.0")):
        return True
    if text in NO or (digits and text in ("0", "0.0")):
        return False
    return None


# --------------------------------------------------------------------------- lists and addresses


def split(value: Any, separator: str | None) -> list[str]:
    """The values in one cell: of a list, or of a text at a separator; clean, without doubles, in order."""
    if isinstance(value, (list, tuple)):
        parts = [part_name(v) for v in value]
    elif separator and isinstance(value, str):
        parts = re.split(separator_pattern(separator), value.strip().strip("[]{}"))
    else:
        parts = [value]
    seen: dict[str, str] = {}
    for part in parts:
        if not missing(part):
            text = clean(part, MOST_VALUE).strip("'\"")
            if text:
                seen.setdefault(normal(text), text)
    return list(seen.values())[:MOST_LIST]


def separator_pattern(separator: str) -> str:
    """The full-width twin of a separator splits too; "/" wants no digits around it (1/2, 24/7)."""
    twin = {",": ",，", "，": ",，", ";": ";；", "；": ";；", "|": "|｜"}.get(separator, separator)
    return r"(?<!\d)/|/(?!\d)" if separator == "/" else rf"[{re.escape(twin)}]"


def part_name(value: Any) -> Any:
    """The name of one member of a JSON list: itself, or what an object calls its name; None where there is none."""
    if isinstance(value, dict):
        for key in ("name", "title", "label", "value", "名称", "名字"):
            if isinstance(value.get(key), (str, int, float)):
                return value[key]
        return None
    return None if isinstance(value, (list, tuple)) else value


_URL = re.compile(r"^https?://[^\s/?#<>\"'`\\@]+(?:[/?#][^\s<>\"'`\\]*)?$", re.IGNORECASE)


def web_address(value: Any) -> str | None:
    """An http(s) address, or None: `javascript:`, `data:`, files, addresses with passwords, broken ones."""
    if isinstance(value, (list, tuple)):
        value = next((v for v in value if isinstance(v, str)), None)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.startswith("//"):
        text = "https:" + text
    if drop_control(text) != text or len(text) > MOST_URL or not _URL.match(text):
        return None
    return text


def unit_words(unit: Unit) -> dict[str, float]:
    """Every word of a unit's family with its factor to this unit: {"kg": 1, "g": 0.001, "斤": 0.5 ...} for kg."""
    return {
        word: round(other.factor / unit.factor, 9) for other in known().families[unit.family] for word in other.words
    }
