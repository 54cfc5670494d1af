"""English word forms made one: plural, past, -ing; light, so that only forms of the same word meet.

Knows: English endings. (Porter's stemmer would also join "author" with "authority".)
"""

from __future__ import annotations

_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "wives": "wife", "lives": "life", "thieves": "thief",
    "knives": "knife", "wolves": "wolf", "mice": "mouse", "feet": "foot", "teeth": "tooth", "stole": "steal", "stolen": "steal",
    "fought": "fight", "hid": "hide", "hidden": "hide", "ran": "run", "told": "tell", "said": "say", "liked": "like", "seen": "see", "saw": "see",
}  # fmt: skip


def stems(word: str) -> frozenset[str]:
    """The word in lower case and its possible base forms."""
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return frozenset((word,))
    found = {word}
    if base := _IRREGULAR.get(word):
        found.add(base)
    for ending, put in (
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ied", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 - len(put):
            base = word[: len(word) - len(ending)] + put
            if len(base) >= 3 and not (ending == "s" and word.endswith(("ss", "us", "is"))):
                found.add(base)
                if not put and len(base) > 3 and base[-1] == base[-2] and base[-1] not in "aeiouls":
                    found.add(base[:-1])
    return frozenset(found)
