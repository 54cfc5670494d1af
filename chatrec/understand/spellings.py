"""The spellings under which a title or a name is found: without article, & and 's, numbers in figures, parts at a colon.

Knows: words. Does not know: which titles there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatrec.language.script import has_han
from chatrec.language.tokens import keys

ARTICLES = ("the", "a", "an")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
_COUNT = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
          "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13"}  # fmt: skip
_DIGITS = {v: k for k, v in _COUNT.items()}
_PARTS = ("part", "volume", "vol", "episode", "chapter", "部", "集")


def spellings(title: str) -> set[tuple[int, tuple[str, ...]]]:
    """(rank, words) under which a title is found: without article, & and 's, numbers in figures, its parts at a colon."""
    whole = tuple(keys(title))
    if not whole:
        return set()
    made: dict[tuple[str, ...], int] = {whole: 0}

    def add(words: tuple[str, ...], rank: int) -> None:
        if words and words not in made:
            made[words] = rank

    if "-" in title and not has_han(title):
        add(tuple(keys(title.replace("-", ""))), 1)
    for mark in (":", "：", " - ", "（", "("):
        before, cut, after = title.partition(mark)
        if cut:
            head, tail = tuple(keys(before)), tuple(keys(after))
            if len(head) > 1 or (head and len(head[0]) > 3):
                add(head, 2)
            if len(tail) > 1 and not set(tail) <= {*_PARTS, *_ROMAN, *_COUNT, *_DIGITS}:
                add(tail, 2)
    for words, rank in list(made.items()):
        if words[0] in ARTICLES and len(words) > 1:
            add(words[1:], max(rank, 1))
    for words, rank in list(made.items()):
        rank = max(rank, 1)
        if "and" in words:
            add(tuple(w for w in words if w != "and"), rank)
        if "'s" in words:
            add(tuple(_without_apostrophe(words)), rank)
        if any("'" in w and w != "'s" for w in words):
            add(tuple(w.replace("'", "") for w in words), rank)
        if (short := tuple(initials(list(words)))) != words:
            add(short, rank)
    for words, rank in list(made.items()):
        rank = max(rank, 1)
        figures = tuple(_ROMAN.get(w, w) if i else w for i, w in enumerate(words))
        figures = tuple(_COUNT.get(w, w) for w in figures) if any(w in _PARTS for w in words) else figures
        add(figures, rank)
        plain = tuple(w for w in figures if w not in _PARTS)
        if len(plain) > 1:
            add(plain, rank)
        if len(words) > 1:
            add(tuple(_COUNT.get(w, w) for w in words), rank)
            add(tuple(_DIGITS.get(w, w) for w in figures), rank)
    return {(rank, words) for words, rank in made.items()}


def _without_apostrophe(words: Sequence[str]) -> Iterator[str]:
    for i, word in enumerate(words):
        if word != "'s":
            yield word + "s" if i + 1 < len(words) and words[i + 1] == "'s" else word


def initials(words: list[str]) -> list[str]:
    """j. j. abrams -> jj abrams."""
    joined: list[str] = []
    single = False
    for word in words:
        if len(word) == 1 and word.isascii():
            if single:
                joined[-1] += word
            else:
                joined.append(word)
            single = True
        else:
            joined.append(word)
            single = False
    return joined
