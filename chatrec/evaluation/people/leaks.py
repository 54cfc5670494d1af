"""What a simulated person must not say: the title of what they want, or a piece of it.

Knows: titles, what words carry nothing. Does not know: who speaks.
"""

from __future__ import annotations

import re

from chatrec.language.normal import normal
from chatrec.language.tokens import stem
from chatrec.vocabulary import Catalog, Item

_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_HAN = re.compile(r"[㐀-鿿]+")
EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "with",
        "by",
        "and",
        "or",
        "not",
        "no",
        "but",
        "is",
        "are",
        "was",
        "be",
        "it",
        "its",
        "i",
        "me",
        "my",
        "you",
        "your",
        "he",
        "she",
        "we",
        "they",
        "this",
        "that",
        "these",
        "those",
        "who",
        "what",
        "how",
        "all",
        "any",
        "some",
        "one",
        "as",
        "so",
        "up",
        "do",
        "s",
        "t",
        "de",
        "la",
        "le",
        "les",
        "el",
        "der",
        "die",
        "das",
        "und",
        "et",
    ]
)


def secret_words(item: Item, catalog: Catalog) -> frozenset[str]:
    """Words of the item's titles, and every two characters that stand together in a Chinese one. What items are called
    on the whole (film, 餐厅) and words without content are no secret. Empty: nothing of its title could be told apart."""
    nouns = [normal(n) for words in catalog.noun.values() for n in words]
    found: set[str] = set()
    for title in {item.title, *item.titles.values()}:
        plain = normal(title)
        found |= {w for w in _WORDS.findall(plain) if not _HAN.search(w) and w not in EMPTY and w not in nouns}
        for run in _HAN.findall(plain):
            found |= {run[n : n + 2] for n in range(len(run) - 1)} if len(run) > 1 else {run}
    return frozenset(w for w in found if not any(w in n for n in nouns if _HAN.search(n)))


def leak(text: str, secrets: frozenset[str]) -> str | None:
    """The first secret word in a text, in whatever form, None where there is none."""
    plain = normal(text)
    said = {w for part in _WORDS.findall(plain) for w in (part, *part.split("'"))}
    said |= {stem(w) for w in said}
    for secret in sorted(secrets):
        if secret in said or stem(secret) in said or (_HAN.search(secret) and secret in plain):
            return secret
    return None
