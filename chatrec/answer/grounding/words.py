"""The word lists and patterns of claims, read from chatrec/language once per Grounds.

Knows: the files. Does not know: what is done with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "language"


def word_file(name: str) -> frozenset[str]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def claims_file(name: str) -> dict[str, Any]:
    import yaml

    data: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return data


def any_of(patterns: list[str], *, words: bool = True) -> re.Pattern[str]:
    joined = "|".join(f"(?:{p})" for p in patterns)
    return re.compile(rf"(?<![a-z0-9])(?:{joined})(?![a-z0-9])" if words else joined)


@dataclass(frozen=True)
class Relation:
    """Words for what someone did for a thing. objects: verbs whose following name is not the doer's."""

    words: frozenset[str]
    objects: frozenset[str]


class EnglishWords:
    @cached_property
    def plain(self) -> frozenset[str]:
        return word_file("plain_words_en.txt")

    @cached_property
    def everyday(self) -> frozenset[str]:
        return word_file("everyday_words_en.txt")

    @cached_property
    def claims(self) -> dict[str, Any]:
        return claims_file("claims_en.yaml")

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        return tuple(Relation(frozenset(r["words"]), frozenset(r["objects"])) for r in self.claims["relations"])

    @cached_property
    def doers(self) -> frozenset[str]:
        return frozenset(self.claims["doers"])

    @cached_property
    def phrases(self) -> re.Pattern[str]:
        return any_of(self.claims["phrases"])

    @cached_property
    def never(self) -> re.Pattern[str]:
        return any_of(self.claims["never"])

    @cached_property
    def superlatives(self) -> re.Pattern[str]:
        return any_of(self.claims["superlatives"]["allowed"])

    @cached_property
    def ordinals(self) -> re.Pattern[str]:
        return any_of(self.claims["ordinals"]["allowed"])

    @cached_property
    def first_person(self) -> re.Pattern[str]:
        return any_of(self.claims["first_person"]["allowed"])

    @cached_property
    def you(self) -> dict[str, frozenset[str]]:
        return {k: frozenset(v) for k, v in self.claims["you"].items()}


class ChineseWords:
    @cached_property
    def plain(self) -> frozenset[str]:
        return word_file("plain_words_zh.txt")

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters of the plain words: what a word that is in no dictionary may be made of."""
        return (frozenset("".join(self.plain)) - frozenset(self.claims["surnames"])) | self.small

    @cached_property
    def small(self) -> frozenset[str]:
        """Characters that hold sentences together; a word with one of them is hardly a name."""
        return frozenset(self.claims["small"])

    @cached_property
    def claims(self) -> dict[str, Any]:
        return claims_file("claims_zh.yaml")

    @cached_property
    def relations(self) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        """(words, strong words) of each relation."""
        return tuple((frozenset(r["words"]), frozenset(r["strong"])) for r in self.claims["relations"])

    @cached_property
    def strong(self) -> re.Pattern[str]:
        words = sorted({w for _, strong in self.relations for w in strong}, key=len, reverse=True)
        return re.compile("|".join(words))

    @cached_property
    def related(self) -> re.Pattern[str]:
        words = sorted({w for every, strong in self.relations for w in every | strong}, key=len, reverse=True)
        return re.compile("|".join(words))

    def pattern(self, *path: str) -> re.Pattern[str]:
        """A pattern of the file, by its keys; lists are alternatives."""
        if path not in self._patterns:
            found: Any = self.claims
            for key in path:
                found = found[key]
            self._patterns[path] = re.compile(found if isinstance(found, str) else "|".join(f"(?:{f})" for f in found))
        return self._patterns[path]

    @cached_property
    def _patterns(self) -> dict[tuple[str, ...], re.Pattern[str]]:
        return {}

    @cached_property
    def jieba(self) -> Any:
        """A segmenter of our own that knows the plain words."""
        import rjieba

        own = rjieba.Jieba()
        for word in self.plain:
            if len(word) > 1:
                own.add_word(word, 20_000, "z")
        return own
