"""A wish in plain words: "from the 1990s", "under 120 min", "不要恐怖". For answers, chips, the panel of wishes.

Knows: Catalog, Facet, Wish. All domain words come from the catalogue's facets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chatrec.language.describe import number, value_text
from chatrec.language.sentences import joined, marked
from chatrec.vocabulary import Catalog, Facet, Wish

_BOUNDS = {
    "en": {"=": "{v}", "!=": "not {v}", ">": "over {v}", ">=": "at least {v}", "<": "under {v}", "<=": "at most {v}", "between": "{a} to {b}"},
    "zh": {"=": "{v}", "!=": "不是{v}", ">": "超过{v}", ">=": "至少{v}", "<": "不到{v}", "<=": "{v}以内", "between": "{a}到{b}"},
}  # fmt: skip
_TIMES = {
    "en": {"=": "from {v}", "!=": "not from {v}", ">": "after {v}", ">=": "{v} or later", "<": "before {v}", "<=": "{v} or earlier", "between": "from {a} to {b}"},
    "zh": {"=": "{v}年的", "!=": "不是{v}年的", ">": "{v}年以后的", ">=": "{v}年起的", "<": "{v}年以前的", "<=": "{v}年及以前的", "between": "{a}到{b}年的"},
}  # fmt: skip


def wish_text(wish: Wish, catalog: Catalog, language: str, titles: Mapping[str, str] | None = None) -> str:
    """The wish as a person would name it. titles: item id -> title, for `like` wishes that hold an id."""
    if wish.op in ("like", "not_like"):
        return _likeness(wish, catalog, language, titles or {})
    facet = catalog.facet(wish.facet)
    if facet is None:
        return wish.words or str(wish.value)
    if wish.op == "sort":
        return _order(facet, str(wish.value), language)
    if facet.type in ("number", "date"):
        return _amount(facet, wish.op, wish.value, language)
    if facet.type == "bool":
        wanted = bool(wish.value) == (wish.op in ("=", "contains"))
        if language == "zh":
            return facet.label_in(language) if wanted else f"不要{facet.label_in(language)}"
        return label(facet, language) if wanted else f"no {label(facet, language)}"
    return _named(facet, wish.op, listed(wish.value), language)


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def label(facet: Facet, language: str) -> str:
    """The facet's label inside a sentence: lower case, unless it is an abbreviation (RAM)."""
    text = facet.label_in(language)
    return text if language != "en" or text[1:2].isupper() else text[:1].lower() + text[1:]


def cue(facet: Facet, language: str) -> str:
    """What stands before a name of this facet: "directed by". Empty where the catalogue has no such words."""
    words = facet.cues.get(language) or []
    return words[0] if words else ""


def _named(facet: Facet, op: str, values: Sequence[Any], language: str) -> str:
    names = [value_text(facet, v, language) for v in values]
    refused = op in ("not_in", "!=")
    text = joined(names, language, "or")
    if facet.role == "person":
        if language == "zh":
            made = (cue(facet, language) or facet.label_in(language)).removesuffix("的")
            return f"{'不要' if refused else ''}{text}{made}的"
        lead = cue(facet, language) or label(facet, language)
        return f"not {lead} {text}" if refused else f"{lead} {text}"
    if not refused:
        return text
    return f"不要{text}" if language == "zh" else f"no {text}"


def _amount(facet: Facet, op: str, value: Any, language: str) -> str:
    if facet.role == "year":
        if op == "between" and (decade := _decade(value)):
            return decade[language]
        table = _TIMES[language]
        show = [number(v) if isinstance(v, (int, float)) else str(v) for v in listed(value)]
    else:
        table = _BOUNDS[language]
        show = [value_text(facet, v, language) for v in listed(value)]
    if op == "not_in":
        op = "!="
    form = table.get(op, "{v}")
    if op == "between" and len(show) == 2:
        low = (
            number(value[0])
            if facet.type == "number" and facet.role != "year" and not _before(facet, language)
            else show[0]
        )
        text = form.format(a=low, b=show[1])
    else:
        text = form.format(v=joined(show, language, "or"))
    if facet.role == "year" or facet.unit or facet.unit_label:
        return text
    return f"{facet.label_in(language)}{text}" if language == "zh" else f"{label(facet, language)} {text}"


def _before(facet: Facet, language: str) -> bool:
    """Whether the unit stands before the number: $900."""
    return (facet.unit_label.get(language) or facet.unit or "") in tuple("$€£¥")


def _decade(value: Any) -> dict[str, str] | None:
    low, high = value
    if isinstance(low, str) or low % 10 or high != low + 9:
        return None
    short = f"{int(low) % 100}年代的" if 1920 <= low < 2000 else f"{int(low)}年代的"
    return {"en": f"from the {int(low)}s", "zh": short}


def _order(facet: Facet, way: str, language: str) -> str:
    words = (facet.more if way == "desc" else facet.less).get(language)
    if facet.role == "year":
        newest = way == "desc"
        return (
            ("newest first" if newest else "oldest first")
            if language == "en"
            else ("从新到旧" if newest else "从旧到新")
        )
    if language == "zh":
        return f"{facet.label_in(language)}从{'高到低' if way == 'desc' else '低到高'}"
    return (
        f"{words[0]} first"
        if words
        else f"{label(facet, language)} from {'high to low' if way == 'desc' else 'low to high'}"
    )


def _likeness(wish: Wish, catalog: Catalog, language: str, titles: Mapping[str, str]) -> str:
    value = str(wish.value)
    known = titles.get(value)
    said = value if wish.op == "not_like" else wish.words or value  # its words say the "not" already
    name = marked(known, catalog, language) if known else f"“{said}”"
    if language == "zh":
        return (f"像{name}" if known else name) if wish.op == "like" else f"不要{'像' if known else ''}{name}"
    return (f"like {name}" if known else name) if wish.op == "like" else f"{'unlike' if known else 'not'} {name}"
