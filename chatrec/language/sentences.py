"""The sentences the app speaks itself, in English and Chinese: `sentences/{en,zh}.json`, several variants of each.

Knows: keys, variants, placeholders. Which variant speaks follows from a seed (the turn's id), so a replay says the same words
and a conversation does not sound canned.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatrec.language.normal import normal
from chatrec.vocabulary import LANGUAGES, Catalog

FOLDER = Path(__file__).parent / "sentences"
_EN = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ZH = ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十")


class Sentences:
    """`say(key, language, seed, **values)`; keys under `cues.` are word lists, read with `cues`."""

    def __init__(self, tables: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._tables = tables

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Sentences:
        return cls({name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in LANGUAGES})

    def say(self, key: str, language: str, seed: str = "", **values: object) -> str:
        """One variant of a sentence with its placeholders filled in. KeyError for an unknown key or a missing value."""
        variants = self._tables[language][key]
        chosen = variants[zlib.crc32(f"{seed}/{key}".encode()) % len(variants)]
        return chosen.format_map({name: str(value) for name, value in values.items()})

    def cues(self, name: str, text: str) -> bool:
        """Whether a text is little more than one of the words listed under `cues.<name>`, in either language."""
        said = normal(text).strip(" !！.。,，~～?？")
        for language in LANGUAGES:
            for cue in self._tables[language][f"cues.{name}"]:
                wide = language == "zh"
                if said == cue or (said.startswith(cue) and (wide or not said[len(cue)].isalnum()) and len(said) < 40):
                    return True
        return False


def count_word(n: int, language: str) -> str:
    """five, 五 (before a measure word: 两); digits above ten."""
    if language == "zh":
        return _ZH[n] if 0 <= n <= 10 else str(n)
    return _EN[n] if 0 <= n <= 10 else f"{n:,}"


def noun(catalog: Catalog, language: str, n: int = 2) -> str:
    """What the catalogue's items are called: film or films, 电影."""
    words = catalog.noun.get(language) or catalog.noun.get("en") or ["item", "items"]
    return words[0] if n == 1 or len(words) == 1 or language == "zh" else words[1]


def things(catalog: Catalog, n: int, language: str) -> str:
    """n items in words: five films, 五部电影."""
    if language == "zh":
        return f"{count_word(n, language)}{catalog.measure.get('zh', '个')}{noun(catalog, language, n)}"
    return f"{count_word(n, language)} {noun(catalog, language, n)}"


def marked(title: str, catalog: Catalog, language: str) -> str:
    """A title in running text, between the catalogue's signs for it: 《盗火线》."""
    signs = catalog.marks.get(language, "“”" if language == "zh" else "")
    return f"{signs[0]}{title}{signs[-1]}" if signs else title


def joined(parts: Sequence[str], language: str, word: str = "and") -> str:
    """a, b and c · a、b和c. word: `and` or `or`."""
    if len(parts) < 2:
        return "".join(parts)
    if language == "zh":
        return "、".join(parts[:-1]) + {"and": "和", "or": "或"}[word] + parts[-1]
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def ended(text: str, language: str) -> str:
    """The text as a sentence: with a full stop where it has no end of its own."""
    text = text.rstrip(" ,;，；、")
    if not text or text[-1] in ".!?。！？…":
        return text
    return text + ("。" if language == "zh" else ".")
