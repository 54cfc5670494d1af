"""Words for more and less of a facet: "newer", "the cheapest", "too long", 贵一点, 评分最高.

Knows: how such words are made in English and Chinese, and what is usual for a facet's role. Does not know: sentences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from chatrec.language.script import has_han
from chatrec.vocabulary import Facet

Degree = Literal["more", "most", "some", "too"]


@dataclass(frozen=True, slots=True)
class Trend:
    """A direction on a facet. degree: more (newer), most (newest), some (new), too (too new, which asks for the opposite)."""

    facet: str
    up: bool
    degree: Degree


# What people say for a role, beside the catalogue's own words: (more, less) per language.
_USUAL: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "year": {
        "en": (
            (
                "newer",
                "more recent",
                "latest",
                "more modern",
                "what's new",
                "new arrivals",
                "new releases",
                "new stuff",
            ),
            ("older", "earlier"),
        ),
        "zh": (("更新", "新一点", "新上的", "上新"), ("更老", "老一点", "更早", "早一点", "旧一点")),
    },
    "price": {
        "en": (
            ("more expensive", "pricier", "dearer"),
            ("cheaper", "less expensive", "more affordable", "less pricey"),
        ),
        "zh": (("更贵", "贵一点", "更高档"), ("更便宜", "便宜一点", "更实惠")),
    },
    "rating": {
        "en": (
            ("better rated", "higher rated", "better reviewed", "top rated", "highest rated", "more acclaimed"),
            ("lower rated", "worse rated"),
        ),
        "zh": (("评分更高", "口碑更好", "评价更好", "高分"), ("评分更低", "低分")),
    },
    "duration": {
        "en": (("longer",), ("shorter", "quicker")),
        "zh": (("更长", "长一点", "更久"), ("更短", "短一点")),
    },
}
_BIG = ("high", "big", "large")
_SMALL = ("low", "small")
_FIRST_MOST = frozenset(
    ("most", "best", "top", "highest", "lowest", "worst", "least", "biggest", "largest", "smallest", "latest")
)
_FIRST_MORE = frozenset(
    ("more", "less", "better", "higher", "lower", "worse", "fewer", "bigger", "larger", "smaller", "later")
)
_IRREGULAR = {"better": ("well", "best"), "worse": ("badly", "worst"), "more": ("", "most"), "less": ("", "least"),
              "later": ("late", "latest"), "earlier": ("early", "earliest")}  # fmt: skip
_NO_BASE = frozenset(
    ("late", "early", "great", "little", "bad", "good", "easy", "hard", "strong", "weak", "mild", "quick")
)
_ZH_MORE = ("更", "较", "再", "比较")
_ZH_TAILS = ("一点儿", "一点", "一些", "点儿", "点", "些")


def trends(facet: Facet) -> Iterator[tuple[str, Trend]]:
    """Every phrase that asks for more or less of a number facet, with what it asks."""
    usual = _USUAL.get(facet.role or "", {})
    for up in (True, False):
        said = facet.more if up else facet.less
        for language in ("en", "zh"):
            phrases = dict.fromkeys((*said.get(language, ()), *usual.get(language, ((), ()))[0 if up else 1]))
            for phrase in phrases:
                yield from _zh(facet.name, phrase, up) if has_han(phrase) else _en(facet.name, phrase, up)
    if facet.role != "year":
        yield from _with_name(facet)


def missing(roles: Collection[str | None]) -> Iterator[str]:
    """What people say for more and less of a role that a catalogue does not have: "cheaper", 更便宜, where nothing has a price."""
    for role, said in _USUAL.items():
        if role not in roles:
            for language in ("en", "zh"):
                for phrases in said[language]:
                    for phrase in phrases:
                        made = _zh(role, phrase, True) if has_han(phrase) else _en(role, phrase, True)
                        yield from (p for p, trend in made if trend.degree != "some")


def _en(facet: str, phrase: str, up: bool) -> Iterator[tuple[str, Trend]]:
    """newer -> newer, newest, new, too new."""
    first, _, rest = phrase.partition(" ")
    if first == "not":  # "not too long": some of the other side
        yield phrase, Trend(facet, up, "some")
        return
    if first in _FIRST_MOST or (len(first) > 4 and first.endswith("est")):
        yield phrase, Trend(facet, up, "most")
        return
    if first in _IRREGULAR and (rest or first in ("later", "earlier")):
        base, most = _IRREGULAR[first]
        tail = f" {rest}" if rest else ""
        yield phrase, Trend(facet, up, "more")
        yield f"{most}{tail}", Trend(facet, up, "most")
        plain = f"{base}{tail}".strip()
        if first == "less":
            yield f"too {plain}", Trend(facet, not up, "too")
        elif plain not in _NO_BASE:
            yield plain, Trend(facet, up, "some")
            yield f"too {plain}", Trend(facet, up, "too")
        return
    if len(first) > 3 and first.endswith("er") and (first not in ("never", "over", "after", "under")):
        tail = f" {rest}" if rest else ""
        yield phrase, Trend(facet, up, "more")
        stem = first[:-2]
        yield f"{stem}est{tail}", Trend(facet, up, "most")
        for base in _bases(stem):
            if base not in _NO_BASE:
                yield f"{base}{tail}", Trend(facet, up, "some")
            yield f"too {base}{tail}", Trend(facet, up, "too")
        return
    yield phrase, Trend(facet, up, "some")
    if " " not in phrase:
        yield f"too {phrase}", Trend(facet, up, "too")


def _bases(stem: str) -> Iterator[str]:
    """The words a comparative's stem may come from: long(er), heav(ier) -> heavy, bigg(er) -> big, larg(er) -> large."""
    if stem.endswith("i"):
        yield stem[:-1] + "y"
    elif len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] in "bdgmnprt":
        yield stem[:-1]
    else:
        yield stem
        if stem.endswith(("g", "c", "v", "s", "d", "m", "l")) and not stem.endswith(("ng", "ld", "nd", "al", "ow")):
            yield stem + "e"


def _zh(facet: str, phrase: str, up: bool) -> Iterator[tuple[str, Trend]]:
    """更贵 -> 更贵, 贵一点, 最贵, 太贵 ..."""
    if phrase.startswith(("别", "不")):
        yield phrase, Trend(facet, up, "some")
        return
    if "最" in phrase:
        yield phrase, Trend(facet, up, "most")
        return
    head, core = "", phrase
    if "更" in phrase:
        head, _, core = phrase.partition("更")
    else:
        core = next((phrase[len(m) :] for m in _ZH_MORE if phrase.startswith(m) and len(phrase) > len(m)), phrase)
    core = next((core[: -len(t)] for t in _ZH_TAILS if core.endswith(t) and len(core) > len(t)), core)
    if core == phrase and len(core) == 1:
        yield phrase, Trend(facet, up, "some")
        return
    compared = core != phrase
    yield phrase, Trend(facet, up, "more" if compared else "some")
    if not compared and (len(core) > 3 or "年" in core):
        return
    yield from _zh_forms(facet, head, core, up)
    if len(core) > 1:
        yield f"{head}{core}", Trend(facet, up, "some")


def _zh_forms(facet: str, head: str, core: str, up: bool) -> Iterator[tuple[str, Trend]]:
    for more in ("更", "再", "更加"):
        yield f"{head}{more}{core}", Trend(facet, up, "more")
    for tail in _ZH_TAILS:
        yield f"{head}{core}{tail}", Trend(facet, up, "more")
    for most in ("最", "最为"):
        yield f"{head}{most}{core}", Trend(facet, up, "most")
    for too in ("太", "有点", "有点太", "过于"):
        yield f"{head}{too}{core}", Trend(facet, up, "too")
    for some in ("比较", "较", "很"):
        yield f"{head}{some}{core}", Trend(facet, up, "some")


def _with_name(facet: Facet) -> Iterator[tuple[str, Trend]]:
    """higher rating, lowest price, 内存大一点, 价格最低."""
    english = [w for w in (*facet.words.get("en", ()), facet.label_in("en").lower()) if not has_han(w)]
    for word in dict.fromkeys(english):
        for bases, up in ((_BIG, True), (_SMALL, False)):
            for base in bases:
                stem = base + "r" if base.endswith("e") else base + ("ger" if base == "big" else "er")
                yield f"{stem} {word}", Trend(facet.name, up, "more")
                yield f"{stem.removesuffix('er')}est {word}", Trend(facet.name, up, "most")
                yield f"{base} {word}", Trend(facet.name, up, "some")
                yield f"too {base} {word}", Trend(facet.name, up, "too")
        if facet.role == "rating":
            yield f"good {word}", Trend(facet.name, True, "some")
            yield f"great {word}", Trend(facet.name, True, "some")
            yield f"bad {word}", Trend(facet.name, False, "some")
        yield f"more {word}", Trend(facet.name, True, "more")
        yield f"less {word}", Trend(facet.name, False, "more")
        yield f"most {word}", Trend(facet.name, True, "most")
        yield f"least {word}", Trend(facet.name, False, "most")
    chinese = [w for w in (*facet.words.get("zh", ()), facet.label_in("zh")) if has_han(w) and len(w) > 1]
    for word in dict.fromkeys(chinese):
        for cores, up in (("高大多长好", True), ("低小少短差", False)):
            for core in cores:
                if (core in "长短" and facet.role != "duration") or (core in "好差" and facet.role != "rating"):
                    continue
                yield from _zh_forms(facet.name, word, core, up)
                yield f"{word}{core}", Trend(facet.name, up, "some")
                yield f"最{core}{word}", Trend(facet.name, up, "most")
                yield f"更{core}的{word}", Trend(facet.name, up, "more")
                yield f"{word}要{core}", Trend(facet.name, up, "some")
