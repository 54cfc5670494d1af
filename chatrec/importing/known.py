"""What column names and unit words usually mean (known.yaml, opened once).

Knows: names of columns, roles, units. Does not know: any one file, or its values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chatrec.language.normal import normal

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_WORD = re.compile(r"[^\W_]+|[%$€£¥￥°\"]+")


@dataclass(frozen=True)
class Unit:
    """A unit and how it is turned into the others of its family: value * factor is the family's base."""

    family: str
    name: str
    factor: float
    words: tuple[str, ...]
    label: Mapping[str, str]
    money: bool


@dataclass(frozen=True)
class Known:
    fields: Mapping[str, Mapping[str, int]]  # item field -> column name -> rank (0 is the surest)
    unused: frozenset[str]
    unused_endings: frozenset[str]
    unused_starts: frozenset[str]
    facets: Mapping[str, Mapping[str, Any]]
    facet_names: Mapping[str, str]  # column name -> key in facets
    units: Mapping[str, tuple[Unit, ...]]  # word -> the units it may mean
    families: Mapping[str, tuple[Unit, ...]]
    starters: Mapping[str, Mapping[str, str]]
    pairs: Mapping[str, str]  # English word -> Chinese word
    values: Mapping[str, Mapping[str, Mapping[str, list[str]]]]  # facet key -> value -> words per language, and codes


def plain(name: str) -> str:
    """A column's name as known.yaml writes it: `Price_euros` -> `price euros`, `OpSys` -> `op sys`."""
    return " ".join(_WORD.findall(normal(_CAMEL.sub(" ", name))))


def slug(name: str) -> str:
    """A column's name as a facet's name: `Price_euros` -> `price_euros`, `重量 (kg)` -> `重量`."""
    spaced = normal(_CAMEL.sub(" ", name))
    return "_".join(re.findall(r"[^\W_]+", _BRACKET.sub("", spaced) or spaced))[:60] or "column"


@cache
def known() -> Known:
    with (Path(__file__).parent / "known.yaml").open(encoding="utf-8") as file:
        data = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    families: dict[str, tuple[Unit, ...]] = {}
    words: dict[str, tuple[Unit, ...]] = {}
    for family, units in data["units"].items():
        families[family] = tuple(
            Unit(
                family,
                str(name),
                float(u["factor"]),
                tuple(normal(str(w)) for w in u["words"]),
                {"en": u.get("en", str(name)), "zh": u["zh"]},
                bool(u.get("money")),
            )
            for name, u in units.items()
        )
        for unit in families[family]:
            for word in unit.words:
                words[word] = (*words.get(word, ()), unit)
    return Known(
        fields={f: {plain(str(n)): rank for rank, n in enumerate(names)} for f, names in data["fields"].items()},
        unused=frozenset(plain(str(n)) for n in data["unused"]["names"]),
        unused_endings=frozenset(data["unused"]["endings"]),
        unused_starts=frozenset(data["unused"]["starts"]),
        facets=data["facets"],
        facet_names={plain(str(n)): key for key, f in data["facets"].items() for n in f["names"]},
        units=words,
        families=families,
        starters=data["starters"],
        values=data["values"],
        pairs={plain(str(en)): str(zh) for en, zh in data["pairs"].items()},
    )


def unit_of(word: str, *, prefer: str = "") -> Unit | None:
    """The unit a word or sign means. prefer: `money`, or the name of a family, where a word means several."""
    found = known().units.get(normal(word), ())
    return next(
        (u for u in found if u.family == prefer or (u.money and prefer == "money")), found[0] if found else None
    )


def facet_key(name: str) -> str | None:
    """Which of the known facets a column's name speaks of: `average_rating` -> rating, `Price_euros` -> price.

    The whole name counts first, then its last and first words without unit words and brackets; Chinese names by their end.
    """
    names = known().facet_names
    whole = plain(name)
    if whole in names:
        return names[whole]
    tokens = whole.split()
    bare = [t for t in tokens if not (unit_of(t) and len(tokens) > 1)]
    for size in range(len(bare), 0, -1):
        for part in (" ".join(bare[-size:]), " ".join(bare[:size])):
            if part in names and not any(t.isdigit() for t in bare):
                return names[part]
    if not whole.isascii():
        ends = [n for n in names if not n.isascii() and len(n) > 1 and any(t.endswith(n) for t in bare)]
        if ends:
            return names[max(ends, key=len)]
        if whole.endswith("类"):  # 茶类, 菜类
            return "kind"
    return None


def field_rank(field: str, name: str) -> int | None:
    """How surely a column's name means an item field: 0 is the surest, None not at all."""
    return known().fields[field].get(plain(name))


def labels_of(name: str) -> dict[str, str]:
    """What a column is called in each language, as far as its name tells: `OpSys` -> {en: op sys, zh: 操作系统}."""
    whole = plain(_BRACKET.sub("", name)) or plain(name)
    words = [t for t in whole.split() if not (unit_of(t) and len(whole.split()) > 1)]
    if len(words) > 1 and words[0] in ("is", "has", "avg", "average"):
        words = words[1:]
    if len(words) > 1 and words[-1] in ("name", "code"):
        words = words[:-1]
    whole = " ".join(words) or whole
    pairs = known().pairs
    if not whole.isascii():
        english = next((en for en, zh in pairs.items() if zh == whole), None)
        return {"zh": whole} | ({"en": english} if english else {})
    chinese = next((pairs[w] for w in (whole, whole.removesuffix("s"), re.sub("ies$", "y", whole)) if w in pairs), None)
    return {"en": whole} | ({"zh": chinese} if chinese else {})


def facet_rank(key: str, name: str) -> int:
    """How surely a column is the one its facet key speaks of: its place in the list of names, or 1000."""
    names = [plain(str(n)) for n in known().facets[key]["names"]]
    return names.index(plain(name)) if plain(name) in names else 1000


def is_unused(name: str) -> bool:
    """Codes and addresses of files: columns that describe nothing a person would ask for."""
    tokens = plain(name).split()
    if plain(name) in known().unused:
        return True
    return len(tokens) > 1 and (tokens[-1] in known().unused_endings or tokens[0] in known().unused_starts)


def name_unit(name: str, *, prefer: str = "") -> Unit | None:
    """The unit that a column's name carries: `weight (kg)`, `price_usd`, `价格（元）`, `prep_time_minutes`, `Inches`."""
    tokens = plain(name).split()
    if len(tokens) > 1:
        return unit_of(tokens[-1], prefer=prefer)
    return unit_of(tokens[0], prefer=prefer) if tokens and len(tokens[0]) > 3 else None
