"""What a sentence claims: its numbers, names, quoted words and values, as a reader who knows only the catalogue finds them.

Knows: how numbers, decades, units and names are written in English and Chinese; a catalogue's declared words. Does not know:
records, whether a claim holds. Written apart from the code that lets an answer's sentences pass, and shares nothing with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatrec.language.normal import normal
from chatrec.vocabulary import Catalog, Facet

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_DECADE_WORDS = {word[:-1] + "ies": ten for word, ten in _TENS.items()}
_WORDS = "|".join([f"(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_SMALL[1:10])}))?", *sorted(_SMALL, key=len, reverse=True)])
_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_HAN = "零〇一二两三四五六七八九十百千万"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = re.compile(
    rf"(?<![\w.])(?P<digits>{_DIGITS})(?![\d])|(?<=[{_HAN}一-鿿$€£¥])(?P<tight>{_DIGITS})"
    rf"|(?i:\b(?P<words>{_WORDS})\b)|(?P<han>[{_HAN}]+)"
)
_DECADE = re.compile(
    rf"(?<!\d)'?(?P<en>(?:1[89]|20)?\d0)s\b|(?i:\b(?P<word>{'|'.join(_DECADE_WORDS)})\b)"
    rf"|(?P<century>(?:二十一?|2[01]|1\d)世纪)?(?P<zh>(?:1[89]|20)?\d0|[一二三四五六七八九]十|[一二]?[九〇零][{_HAN}][〇零])年代"
)


_ORDINAL_BEFORE = re.compile(r"(?i)(?:第|#|\bno\. ?|\bnumber )$")


@dataclass(frozen=True)
class Number:
    """One amount in a text. `facets`: those whose unit it carries, with the factor to their own unit; none: a bare number."""

    text: str
    start: int
    end: int
    value: float
    decimals: int
    facets: tuple[tuple[str, float], ...] = ()
    labelled: str | None = None  # the facet whose name stands right before it
    decade: bool = False  # value is its first year, of a century that may be open
    counted: bool = False  # followed by what the catalogue's items are called
    ordinal: bool = False  # a place in an order: 第1位, no. 2, 3rd


def wide(text: str) -> str:
    """Full-width digits and signs as plain ones; nothing else changes."""
    return unicodedata.normalize("NFKC", text)


def numbers(text: str, catalog: Catalog, *, loose: bool = False) -> list[Number]:
    """The amounts of a text, from left to right. loose: also number words that count nothing, as people say them."""
    found: list[Number] = []
    taken: list[tuple[int, int]] = []
    for match in _DECADE.finditer(text):
        found.append(Number(match[0], *match.span(), _decade(match), 0, decade=True))
        taken.append(match.span())
    units = _units(catalog)
    for match in _NUMBER.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        if (value := _value(match)) is None:
            continue
        spelled = bool(match["words"] or match["han"])
        after, before = text[match.end() :], text[: match.start()]
        carried, end = _unit(after, before, units)
        counted = _counted(after, catalog)
        year = bool(re.match(r"\s?年(?!代)", after))
        if spelled and not carried and not year and not loose and (not counted or value < 2):
            continue  # "one of them", 一点: no amount
        digits = match["digits"] or match["tight"] or ""
        decimals = len(digits.partition(".")[2])
        stop = match.end() + end
        made = Number(
            text[match.start() : stop].strip(), match.start(), stop, value, decimals, carried,
            _labelled(before, catalog), counted=counted,
            ordinal=not carried and bool(_ORDINAL_BEFORE.search(before) or re.match(r"(?:st|nd|rd|th)\b", after)),
        )  # fmt: skip
        found.append(made)
    return _joined(sorted(found, key=lambda n: n.start), text)


def _value(match: re.Match[str]) -> float | None:
    if digits := match["digits"] or match["tight"]:
        return float(digits.replace(",", ""))
    if words := match["words"]:
        ten, _, one = words.lower().partition("-")
        return float(_TENS[ten] + (_SMALL.index(one) if one else 0) if ten in _TENS else _SMALL.index(ten))
    return han_number(match["han"])


def han_number(text: str) -> float | None:
    """九十 -> 90, 一百二十五 -> 125, 一九九五 -> 1995; None for what is no number."""
    if all(c in _HAN_DIGITS for c in text):
        return float("".join(str(_HAN_DIGITS[c]) for c in text))
    total = section = digit = 0
    for char in text:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        elif char == "万":
            total, section, digit = total + (section + digit or 1) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _HAN_SCALES[char], 0
    return float(total + section + digit)


def _decade(match: re.Match[str]) -> float:
    if word := match["word"]:
        return float(_DECADE_WORDS[word.lower()])
    if match["en"]:
        return float(match["en"])
    raw = match["zh"]
    value = float(raw) if raw.isdigit() else han_number(raw) or 0.0
    century = match["century"] or ""
    if century and value < 100:
        named = century.removesuffix("世纪")
        value += (int(named if named.isdigit() else han_number(named) or 20) - 1) * 100
    return value


def _units(catalog: Catalog) -> list[tuple[str, str, float]]:
    """(word or sign, facet, factor), the longest first."""
    found = []
    for facet in catalog.facets:
        if facet.type == "number":
            found += [(wide(word).lower(), facet.name, factor) for word, factor in facet.units.items()]
            found += [(wide(word).lower(), facet.name, 1.0) for word in {facet.unit or "", *facet.unit_label.values()}]
    return sorted({f for f in found if f[0]}, key=lambda f: (-len(f[0]), f))


def _unit(
    after: str, before: str, units: Sequence[tuple[str, str, float]]
) -> tuple[tuple[tuple[str, float], ...], int]:
    """The facets of the unit beside a number, and how many characters of `after` it takes."""
    low, ahead = after.lower(), before.rstrip().lower()
    for word, _, _ in units:
        match = re.match(rf"[\s-]?{re.escape(word)}(?![a-z])", low)
        if match and not (word == "年" and low[match.end() :].startswith("代")):
            return _of(word, units), match.end()
        if not word.isalnum() and ahead.endswith(word):
            return _of(word, units), 0
    return (), 0


def _of(word: str, units: Sequence[tuple[str, str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple((facet, factor) for one, facet, factor in units if one == word)


def _counted(after: str, catalog: Catalog) -> bool:
    nouns = [normal(n) for words in catalog.noun.values() for n in words]
    ahead = normal(after[:40])
    measure = tuple(m for m in (*catalog.measure.values(), "个", "条", "项") if m)
    if ahead.startswith(measure):
        return True
    words = re.split(r"[^\w'-]+", ahead)[:4]
    return any(w in nouns for w in words) or any(ahead.startswith(n) for n in nouns) or ahead.startswith("of ")


def _labelled(before: str, catalog: Catalog) -> str | None:
    ahead = normal(before)
    for facet in catalog.facets:
        if facet.type == "number":
            for label in {normal(word) for word in facet.label.values()}:
                if re.search(rf"(?<![a-z]){re.escape(label)}\s*(?:of|is|was|是|为|:)?\s*[$€£¥]?$", ahead):
                    return facet.name
    return None


def _joined(found: list[Number], text: str) -> list[Number]:
    """2 hours 10 minutes as one amount."""
    made: list[Number] = []
    for one in found:
        last = made[-1] if made else None
        if last and last.facets and one.facets and text[last.end : one.start].strip() in ("", "and"):
            bigger, smaller = dict(last.facets), dict(one.facets)
            both = [f for f in bigger if f in smaller and bigger[f] > smaller[f]]
            if both:
                facet = both[0]
                value = last.value * bigger[facet] + one.value * smaller[facet]
                span = text[last.start : one.end]
                made[-1] = Number(span, last.start, one.end, value, 0, ((facet, 1.0),), last.labelled)
                continue
        made.append(one)
    return made


# --------------------------------------------------------------------------- names

_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_TOKEN = re.compile(rf"[{_LATIN}][{_LATIN}0-9'’&-]*")
_LINKS = frozenset(
    [
        "of",
        "the",
        "de",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "del",
        "di",
        "da",
        "du",
        "and",
        "al",
        "el",
        "bin",
        "&",
        "a",
        "in",
        "with",
        "for",
        "to",
        "on",
    ]
)
_SELF = re.compile(r"^(?:I(?:['’]\w+)?|OK)$")
_HAN_NAME = re.compile(r"[一-鿿]{1,8}(?:·[一-鿿A-Za-z]{1,8})+")


@dataclass(frozen=True)
class Name:
    """A run of capitalised words. first: it begins the sentence, so its first word may be no name."""

    words: tuple[str, ...]
    first: bool


def names(clause: str, *, han: bool) -> list[Name]:
    """Runs of capitalised Latin words; `han`: the sentence is Chinese, where any Latin word of a run is a name."""
    runs: list[Name] = []
    run: list[str] = []
    links: list[str] = []
    start = re.search(rf"[{_LATIN}一-鿿]", clause)
    first, end = False, 0
    for match in _TOKEN.finditer(clause):
        word = match[0].rstrip("'’-")
        if run and clause[end : match.start()].strip(" .") != "":
            runs.append(Name(tuple(run), first))
            run, links = [], []
        if word[:1].isupper() and not _SELF.match(word):
            if not run:
                first = not han and start is not None and match.start() == start.start()
            run, links = [*run, *links, word], []
        elif run and word in _LINKS and len(links) < 2:
            links.append(word)
        elif run:
            runs.append(Name(tuple(run), first))
            run, links = [], []
        end = match.end()
    return [*runs, Name(tuple(run), first)] if run else runs


def han_names(clause: str) -> list[str]:
    """Chinese forms of foreign names, which have a dot between their parts."""
    return _HAN_NAME.findall(clause)


_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|「([^」]+)」|『([^』]+)』|《([^》]+)》|(?<!\w)‘([^’]+)’(?!\w)")


def quoted(text: str) -> list[tuple[str, str]]:
    """(as it stands, what is between the marks)."""
    return [(m[0], next(g for g in m.groups() if g)) for m in _QUOTED.finditer(text)]


# --------------------------------------------------------------------------- declared values

_NOT = re.compile(
    r"(?:\b(?:not|no|never|without|nor|isn't|aren't|hardly|less)\b[\w\s,'-]{0,24}$|[不没非无免除]\w{0,4}$)", re.I
)


@dataclass(frozen=True)
class Named:
    """Words of the catalogue's declared values in a text: any of these (facet, value) may be meant."""

    text: str
    values: tuple[tuple[str, str], ...]
    denied: bool


class Lexicon:
    """A catalogue's declared words, the longest first."""

    def __init__(self, catalog: Catalog) -> None:
        meant: dict[tuple[str, bool], list[tuple[Facet, str]]] = {}  # (word, only as it is written) -> values
        for facet in catalog.facets:
            for value, words in facet.values.items():
                for word in {normal(w) for w in [*(w for many in words.values() for w in many), value]}:
                    meant.setdefault((word, False), []).append((facet, value))
            for value, words in facet.aliases.items():
                for word in {w for many in words.values() for w in many}:
                    meant.setdefault((word, True), []).append((facet, value))
        self._meant = sorted(meant.items(), key=lambda m: (-len(m[0][0]), m[0]))

    def named(self, clause: str) -> list[Named]:
        """Declared values that a clause names, none twice over the same letters; those that are only described are left out."""
        text, low = clause, _lower(clause)
        found: list[Named] = []
        for (word, exact), values in self._meant:
            if not word or word not in (text if exact else low):
                continue
            edge = rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word[0].isascii() else re.escape(word)
            for match in re.finditer(edge, text if exact else low):
                begin, end = match.span()
                if any(f.filter for f, _ in values):
                    denied = bool(_NOT.search(low[:begin].replace("\0", " ")))
                    found.append(Named(clause[begin:end], tuple((f.name, v) for f, v in values), denied))
                blank = "\0" * (end - begin)
                text, low = text[:begin] + blank + text[end:], low[:begin] + blank + low[end:]
        return found


def _lower(text: str) -> str:
    """Lower case, accents off, of the same length as the text."""
    plain = []
    for char in text:
        base = unicodedata.normalize("NFD", char)[0].lower()
        plain.append(base if len(base) == 1 else char)
    return "".join(plain).translate({ord("’"): "'", ord("‑"): "-"})


FEATS = re.compile(
    r"(?i)\b(?:awards?|award-winning|prizes?|prize-winning|medals?|troph(?:y|ies)|nominat\w+|nominees?|best-?sell\w*"
    r"|box[- ]office|true stor(?:y|ies)|based on)\b|奖|提名|畅销|销量|票房|真实故事|真人真事|改编|冠军|夺冠"
)


def clauses(text: str) -> Iterator[tuple[str, bool]]:
    """(clause, whether it is a question). Split at sentence ends, semicolons, lines and cells; not within 8.4 or M. Night."""
    begin = 0
    for match in re.finditer(r"[!?。！？;；\n]+|\.+(?=\s|$)| · ", text):
        if match[0] == "." and re.search(
            r"(?:^|[\s.])(?:[A-Z]|Jr|Sr|Mr|Mrs|Ms|Dr|St|No|Vol|vs)$", text[: match.start()]
        ):
            continue
        if text[begin : match.start()].strip():
            yield text[begin : match.start()], "?" in match[0] or "？" in match[0]
        begin = match.end()
    if text[begin:].strip():
        yield text[begin:], False
