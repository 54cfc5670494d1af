"""Words: tokens of a message with their places in it, and the words under which a text is indexed.

Knows: characters, plain English plurals, stopwords of both languages. Does not know: catalogues, wishes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from chatrec.language.common import STOPWORDS_EN, STOPWORDS_ZH
from chatrec.language.normal import drop_control, normal
from chatrec.language.script import HAN, simplified

LONGEST = 4000  # characters that are read of a message; what NFKC swells beyond is cut

# Latin words keep an inner apostrophe (don't, o'brien) but not a possessive 's; a Han character is a token of its own.
_TOKEN = re.compile(rf"[a-z0-9]+(?:'(?!s(?![a-z0-9]))[a-z]+)*|'s(?![a-z0-9])|[{HAN}]|(?:(?![{HAN}])[^\W_])+")
_WORDS = re.compile(rf"[{HAN}]+|(?:(?![{HAN}])[^\W_])+(?:'(?:(?![{HAN}])[^\W_])+)?")
_SPACE = re.compile(r"\s+")
_APART = re.compile(r"(?<=[0-9])，(?=[0-9])")  # 不低于3，100到200元: a Chinese comma groups no thousands


def stem(word: str) -> str:
    """A lower-case English word without its plural: comedies -> comedy, boxes -> box, thrillers -> thriller."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "'s")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


def word_tokens(text: str) -> list[str]:
    """The words a text is found by: English words by their stem, Chinese as pairs of neighbouring characters.

    Stopwords are left out; a Chinese run of one character is that character. Traditional characters count as simplified ones.
    """
    found: list[str] = []
    for match in _WORDS.finditer(normal(simplified(text))):
        word = match.group()
        if HAN_FIRST.match(word):
            found += pairs(word)
        elif word not in STOPWORDS_EN:
            word = word.removesuffix("'s")
            if word and word not in STOPWORDS_EN:
                found.append(stem(word))
    return found


HAN_FIRST = re.compile(f"[{HAN}]")


def pairs(run: str) -> Iterator[str]:
    """Neighbouring characters of a Chinese run; stopword characters stay inside pairs, but make no pair by themselves."""
    if len(run) == 1:
        if run not in STOPWORDS_ZH:
            yield run
        return
    for a, b in pairwise(run):
        if not (a in STOPWORDS_ZH and b in STOPWORDS_ZH):
            yield a + b


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a Han character of a message. start, end: its place in `Utterance.plain`."""

    text: str
    stem: str
    start: int
    end: int
    capital: bool  # was written with a capital
    han: bool


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message made ready for reading.

    shown: what was written, NFKC, white space collapsed. plain: the same lower-case, accents off, quotes plain, simplified
    characters; every place in it leads back to `shown` through `origin` (None: place for place).
    """

    shown: str
    plain: str
    origin: tuple[int, ...] | None
    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, text: str) -> Utterance:
        shown = unicodedata.normalize("NFKC", _APART.sub("， ", drop_control(text)))
        shown = _SPACE.sub(" ", shown[:LONGEST]).strip()
        origin: tuple[int, ...] | None = None
        if shown.isascii():
            plain = shown.lower().replace("`", "'")
        else:
            simple = simplified(shown)
            if len(simple) != len(shown):
                simple = "".join(_one(c) for c in shown)
            forms = {c: _plain(c) for c in set(simple)}
            plain = "".join(forms[c] for c in simple)
            if any(len(f) != 1 for f in forms.values()):
                origin = tuple(i for i, c in enumerate(simple) for _ in forms[c])
        tokens = []
        for match in _TOKEN.finditer(plain):
            start, word = match.start(), match.group()
            first = shown[start if origin is None else origin[start]]
            han = HAN_FIRST.match(word) is not None
            tokens.append(Token(word, word if han else stem(word), start, match.end(), first.isupper(), han))
        return cls(shown, plain, origin, tuple(tokens))

    def words(self, start: int, end: int) -> str:
        """What was written between two places of `plain`."""
        if end <= start:
            return ""
        if self.origin is not None:
            start, end = self.origin[start], self.origin[end - 1] + 1
        return self.shown[start:end].strip()


def keys(text: str) -> list[str]:
    """The tokens of a phrase, as `Utterance.of` would cut it: what dictionaries of phrases are keyed by."""
    return _TOKEN.findall(normal(simplified(text)))


def _plain(char: str) -> str:
    if "\u4e00" <= char <= "\u9fff":
        return char
    return " " if char.isspace() else normal(char)


def _one(char: str) -> str:
    simple = simplified(char)
    return simple if len(simple) == 1 else char
