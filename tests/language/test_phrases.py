"""Wishes in words, for films and teas, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.language.phrases import wish_text
from chatrec.vocabulary import Catalog, Facet, Wish
from tests import teas

FILMS = Catalog(
    name="films",
    marks={"zh": "《》"},
    facets=(
        Facet(name="year", type="number", role="year", label={"en": "year", "zh": "年份"}),
        Facet(name="runtime", type="number", role="duration", unit="min", unit_label={"en": "min", "zh": "分钟"},
              less={"en": ["shorter"]}),
        Facet(name="genres", type="category", many=True, role="kind",
              values={"Crime": {"en": ["crime"], "zh": ["犯罪"]}, "Horror": {"en": ["horror"], "zh": ["恐怖"]}}),
        Facet(name="director", type="category", many=True, role="person", label={"en": "director", "zh": "导演"},
              cues={"en": ["by"], "zh": ["导演的"]}, aliases={"Ang Lee": {"zh": ["李安"]}}),
        Facet(name="rating", type="number", role="rating", label={"en": "Critics' rating", "zh": "影评人评分"}),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("facet", "op", "value", "en", "zh"),
    [
        ("year", "between", [1990, 1999], "from the 1990s", "90年代的"),
        ("year", "between", [2000, 2009], "from the 2000s", "2000年代的"),
        ("year", "between", [1992, 1997], "from 1992 to 1997", "1992到1997年的"),
        ("year", ">", 2005, "after 2005", "2005年以后的"),
        ("year", ">=", 2005, "2005 or later", "2005年起的"),
        ("year", "=", 1995, "from 1995", "1995年的"),
        ("year", "sort", "desc", "newest first", "从新到旧"),
        ("runtime", "<", 120, "under 120 min", "不到120分钟"),
        ("runtime", "<=", 120.0, "at most 120 min", "120分钟以内"),
        ("runtime", "between", [90, 120], "90 to 120 min", "90到120分钟"),
        ("runtime", "sort", "asc", "shorter first", "runtime从低到高"),
        ("rating", ">=", 8, "critics' rating at least 8", "影评人评分至少8"),
        ("genres", "contains", "Crime", "crime", "犯罪"),
        ("genres", "in", ["Crime", "Horror"], "crime or horror", "犯罪或恐怖"),
        ("genres", "not_in", ["Horror"], "no horror", "不要恐怖"),
        ("director", "contains", "Ang Lee", "by Ang Lee", "李安导演的"),
        ("director", "not_in", ["Ang Lee"], "not by Ang Lee", "不要李安导演的"),
        (None, "like", "tt1", "like Heat", "像《Heat》"),
        (None, "not_like", "tt1", "unlike Heat", "不要像《Heat》"),
        (None, "like", "clever heist", "“clever heist”", "“clever heist”"),
        (None, "not_like", "gory", "not “gory”", "不要“gory”"),
    ],
)
def test_films(facet: str | None, op: Any, value: Any, en: str, zh: str) -> None:
    made = Wish(facet=facet, op=op, value=value)
    assert wish_text(made, FILMS, "en", {"tt1": "Heat"}) == en
    assert wish_text(made, FILMS, "zh", {"tt1": "Heat"}) == zh


@pytest.mark.parametrize(
    ("facet", "op", "value", "en", "zh"),
    [
        ("price", "<", 20, "under $20", "不到20美元"),
        ("price", "between", [10, 20], "$10 to $20", "10到20美元"),
        ("price", "sort", "asc", "cheaper first", "价格从低到高"),
        ("kind", "=", "Oolong", "oolong", "乌龙"),
        ("organic", "=", True, "organic", "有机"),
        ("organic", "=", False, "no organic", "不要有机"),
        ("grower", "contains", "Lin Shuyuan", "by Lin Shuyuan", "Lin Shuyuan种的"),
        ("nosuch", "=", "x", "x", "x"),
    ],
)
def test_teas(facet: str, op: Any, value: Any, en: str, zh: str) -> None:
    made = Wish(facet=facet, op=op, value=value)
    assert wish_text(made, teas.CATALOG, "en") == en
    assert wish_text(made, teas.CATALOG, "zh") == zh
