"""What is usual for a facet's role, beside the catalogue's own words: what people call it, and in which units they count.

Knows: roles (year, price, rating, duration ...). Does not know: any one catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator

from chatrec.language.normal import normal
from chatrec.language.script import has_han
from chatrec.vocabulary import Facet

# What units people use for a role, where the catalogue says nothing: word -> factor to the unit named first.
_MINUTES = {"minute": 1.0, "minutes": 1.0, "min": 1.0, "mins": 1.0, "m": 1.0, "分钟": 1.0, "分": 1.0, "hour": 60.0, "hours": 60.0,
            "hr": 60.0, "hrs": 60.0, "h": 60.0, "小时": 60.0, "钟头": 60.0}  # fmt: skip
_MONEY = ("$", "€", "£", "¥", "₹", "₩", "円", "dollar", "dollars", "bucks", "usd", "euro", "euros", "eur", "yuan", "rmb", "cny",
          "元", "块", "块钱", "元钱", "人民币", "美元", "欧元")  # fmt: skip
_POINTS = (
    "分",
    "星",
    "颗星",
    "star",
    "stars",
    "point",
    "points",
    "/10",
    "/5",
    "out of 10",
    "out of 5",
    "out of ten",
    "out of five",
)

# Units that people use whether a catalogue declares them or not; the signs that also mean something else (m, in, ', ") are left out.
_WEIGHTS = {
    "g": 1.0, "gram": 1.0, "grams": 1.0, "克": 1.0, "kg": 1000.0, "kilo": 1000.0, "kilos": 1000.0, "公斤": 1000.0, "千克": 1000.0,
    "斤": 500.0, "lb": 453.592, "lbs": 453.592, "oz": 28.3495, "ounce": 28.3495, "ounces": 28.3495,
}  # fmt: skip
_LENGTHS = {
    "mm": 0.1, "毫米": 0.1, "cm": 1.0, "厘米": 1.0, "公分": 1.0, "inch": 2.54, "inches": 2.54, "英寸": 2.54,
}  # fmt: skip

# What people call a facet by its role, beside the catalogue's own words.
_CALLED: dict[str, tuple[str, ...]] = {
    "year": ("year", "decade", "era", "release date", "年份", "年代"),
    "price": ("price", "budget", "cost", "money", "价格", "预算", "价钱", "价位", "钱"),
    "duration": ("length", "runtime", "duration", "时长", "长度", "长短"),
    "rating": ("rating", "score", "评分", "分数", "口碑"),
    "kind": ("genre", "type", "kind", "category", "类型", "种类", "题材"),
    "place": ("country", "origin", "国家", "地区", "产地"),
    "language": ("language", "语言"),
}


def facet_phrases(facet: Facet) -> Iterator[str]:
    """What a facet is called: its name, labels, words, and what its role is usually called."""
    yield facet.name.replace("_", " ")
    phrases = (*facet.label.values(), *(p for ps in facet.words.values() for p in ps))
    if facet.type != "bool":
        phrases += _CALLED.get(facet.role or "", ())
    yield from (p for p in phrases if not (len(p) == 1 and has_han(p)))


def unit_table(facet: Facet) -> dict[str, float]:
    table: dict[str, float] = {}
    if facet.role == "duration":
        unit = normal(facet.unit or "min")
        if unit in _MINUTES:
            table |= {w: f / _MINUTES[unit] for w, f in _MINUTES.items()}
    elif facet.role == "price":
        table |= dict.fromkeys(_MONEY, 1.0)
    elif facet.role == "rating":
        table |= dict.fromkeys(_POINTS, 1.0)
    for word in (facet.unit, *facet.unit_label.values()):
        if word:
            table[normal(word)] = 1.0
    for word, factor in facet.units.items():
        table[normal(word)] = factor
    own = normal(facet.unit or "")
    for measures in (_WEIGHTS, _LENGTHS):
        if own in measures:
            for word, factor in measures.items():
                table.setdefault(word, factor / measures[own])
    for word, factor in list(table.items()):
        if word.isascii() and word.isalpha() and len(word) > 2:
            table.setdefault(word + ("es" if word.endswith("ch") else "s"), factor)
            if word.endswith("s") and len(word) > 3:
                table.setdefault(word[:-1], factor)
    return table
