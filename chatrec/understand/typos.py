"""One wrong letter: words that differ by a letter too many, too few, another, or two swapped.

Knows: letters. After Garbe's symmetric deletes (SymSpell, 2012): both sides are compared by what is left when a letter goes.
"""

from __future__ import annotations

from collections.abc import Iterable


class Typos:
    """A small closed vocabulary, looked up with one letter wrong."""

    def __init__(self, words: Iterable[str]) -> None:
        found: dict[str, set[str]] = {}
        for word in words:
            for form in (word, *_deletes(word)):
                found.setdefault(form, set()).add(word)
        self._found = {form: tuple(sorted(words)) for form, words in found.items()}

    def meant(self, word: str) -> str | None:
        """The one word of the vocabulary that is a letter away; None when there is none or several."""
        near = {w for form in (word, *_deletes(word)) for w in self._found.get(form, ())}
        close = [w for w in near if w != word and one_letter_apart(w, word)]
        return close[0] if len(close) == 1 else None


def _deletes(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} if len(word) <= 24 else set()


def one_letter_apart(a: str, b: str, most: int = 1) -> bool:
    """Whether at most `most` letters are added, dropped, changed or swapped (restricted Damerau-Levenshtein distance)."""
    if abs(len(a) - len(b)) > most:
        return False
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        here = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, here[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            here.append(cost)
        if min(here) > most:
            return False
        before, row = row, here
    return row[-1] <= most
