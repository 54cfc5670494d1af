"""Numbers in running text: digits, English number words, Chinese numerals, and their mixtures (5k, 1.5万, 一万二).

Knows: how numbers are written. Does not know: what is counted. Works on `Utterance.plain` (lower case, half-width).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000, "dozen": 12}
_FEW = {"couple of": 2, "couple": 2}
_ZH_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_ZH_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_SUFFIX = {"k": 1_000, "千": 1_000, "万": 10_000, "百": 100, "亿": 100_000_000, **_SCALES}

_LONGEST = 10  # words in a number

_WORD = "|".join(sorted([*_ONES, *_TENS], key=len, reverse=True))
_SCALE = "|".join(_SCALES)
_DIGITS = r"(?:(?<![a-z\d.])(?<!\d,)|(?<=\dh))(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = re.compile(
    rf"(?P<digits>{_DIGITS})(?:(?P<tight>k(?![a-z\d])|[百千万亿](?P<tail>\d(?![\d.])千?)?)| (?P<loose>thousand|grand|million)\b)?"
    rf"|\b(?P<words>a couple of|a couple|(?:a (?={_SCALE})|(?={_WORD}|hundred|thousand))(?:{_WORD}|{_SCALE})"
    rf"(?:(?:[ -]|(?:(?<=hundred)|(?<=thousand)) and )(?:{_WORD}|{_SCALE})\b)*)\b"
    r"|(?P<near>[一二三四五六七八](?=[二三四五六七八九][十百千万])[二三四五六七八九][十百千万]+)"
    r"|(?P<zh>[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*)"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number and its place. high: of an approximate pair (五六千 is 5000..6000). scale: the factor of its suffix (5k)."""

    start: int
    end: int
    value: float
    high: float | None = None
    scale: float = 1.0
    spelled: bool = False  # in words, where "one" or 一 may also be no number at all


def numbers(plain: str, most: int = 1_000) -> list[Number]:
    """The first numbers of a text, from left to right; none overlap."""
    found: list[Number] = []
    for match in _NUMBER.finditer(plain):
        if len(found) >= most:
            break
        start, end = match.span()
        if digits := match["digits"]:
            if len(digits) > 15:
                continue
            value, scale = float(digits.replace(",", "")), 1.0
            if suffix := match["tight"] or match["loose"]:
                scale = _SUFFIX[suffix if suffix[0] not in "百千万亿" else suffix[0]]
                value *= scale
                if tail := match["tail"]:  # 1万2, 1万5千
                    value += int(tail[0]) * scale / 10
            found.append(Number(start, end, value, scale=scale))
        elif words := match["words"]:
            if (value_en := english(words)) is not None:
                found.append(Number(start, end, value_en, spelled=True))
        elif near := match["near"]:
            rest = near[2:]
            low, high = chinese(near[0] + rest), chinese(near[1] + rest)
            if low is not None and high is not None and low < high:
                found.append(Number(start, end, low, high=high, spelled=True))
        elif (value_zh := chinese(match["zh"])) is not None:
            found.append(Number(start, end, value_zh, spelled=True))
    return found


def english(words: str) -> float | None:
    """two hundred and fifty -> 250; nineteen ninety-five -> 1995; None when it is no number."""
    for phrase, value in _FEW.items():
        if words == f"a {phrase}":
            return float(value)
    total, current, parts = 0, 0, 0
    groups: list[int] = []
    split = re.split(r"[ -]", words)
    if len(split) > _LONGEST:
        return None
    for word in split:
        if word in ("and", "a"):
            continue
        if word in _SCALES:
            scale = _SCALES[word]
            current = max(current, 1) * scale
            if scale >= 1_000:
                total, current = total + current, 0
        else:
            small = _ONES[word] if word in _ONES else _TENS[word]
            if (parts and current % 10 == 0 and current % 100 >= 20 and 0 < small < 10) or (
                parts and current % 100 == 0 and (current or total)
            ):
                current += small
            elif parts:  # a new group: nineteen | ninety
                groups.append(total + current)
                total, current = 0, small
            else:
                current = small
        parts += 1
    groups.append(total + current)
    if len(groups) == 1:
        return float(groups[0])
    if len(groups) == 2 and 17 <= groups[0] <= 21 and 0 <= groups[1] <= 99:
        return float(groups[0] * 100 + groups[1])
    return None


def chinese(text: str) -> float | None:
    """两百五 -> 250, 一万二 -> 12000, 二〇〇五 -> 2005; None when it is no number."""
    if all(c in _ZH_DIGITS for c in text):
        if len(text) == 1:
            return float(_ZH_DIGITS[text])
        return float("".join(str(_ZH_DIGITS[c]) for c in text)) if len(text) <= 15 else None
    if len(text) > 2 * _LONGEST:
        return None
    total = section = digit = 0
    last = 1  # the scale before, for 两百五 and 一万二
    pending = zero = False
    for char in text:
        if char in _ZH_DIGITS:
            if pending:
                return None
            digit, pending = _ZH_DIGITS[char], True
            zero = zero or digit == 0
            if digit == 0:
                pending = False
            continue
        scale = _ZH_SCALES[char]
        if scale >= 10_000:
            total = (
                (total + section + digit) * scale if scale > last and total else total + max(section + digit, 1) * scale
            )
            section = 0
        else:
            section += (digit if pending else 1) * scale
        digit, pending, last, zero = 0, False, scale, False
    if pending:
        section += digit * (last // 10 if last >= 100 and not zero else 1)
    value = total + section
    return float(value) if value < 1e15 else None
