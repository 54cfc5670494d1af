"""What no sentence may hold, whatever the record says: links, code, marks, strange scripts, orders.

Knows: characters and fixed forms. Does not know: catalogues or records.
"""

from __future__ import annotations

import re
import unicodedata

_FORBIDDEN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("link", re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://|\bwww\.|\bmailto:|\bjavascript:|\bdata:[a-z]+/")),
    ("link", re.compile(r"(?i)\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|io|co|cn|app|dev|info|biz|tv|me|ai|xyz|shop|example|test|ru|de|uk|fr|jp)\b")),
    ("link", re.compile(r"[\w.+-]+@[\w-]+|(?<!\w)@\w+")),
    ("link", re.compile(r"!?\[[^\]]*\]\s*[(\[]")),
    ("code", re.compile(r"[<>{}`|\\^~]|&#?\w+;|\$\{|\*\*|__|==|::|\(\)")),
    ("handle", re.compile(r"#\s*\w|\btt\d{5,}\b|(?i:\b(?:candidate|item|handle|option|id|no)\s*\.?\s*#?\d+\b)")),
    ("handle", re.compile(r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-|\b[0-9a-f]{24,}\b")),
    ("code", re.compile(r"(?i)^\W*(?:person|user|human|you|assistant|ai|system|recommend|ask|explain|compare|look.?up|talk)\s*[:：]")),  # a prompt, said again
    ("broken", re.compile(r"^\W*[,，、;；](?=\s*\w)|^(?:更|比|由|和|与|跟|的|了|而)\W*[^，,。]{0,4}[。.!！]?$")),  # half of a sentence
    ("broken", re.compile(r"(?i)(?<![\w.])(?:an?|the|and|or|of|my|your|very)\W*$")),  # "with a. ": a name cut in two
    ("handle", re.compile(r"(?i)\b[a-z]+(?:-[a-z]+)+-\d{2,}\b")),  # heat-1995
    ("handle", re.compile(r"(?i)\b(?:item|product|candidate|title)-\w")),
    ("handle", re.compile(r"[\[【［]")),
    ("phone", re.compile(r"\+?\d[\d ()-]{7,}\d")),
)  # fmt: skip


def unclean(sentence: str) -> str:
    """Why the sentence may not be said at all; empty where nothing is wrong."""
    if not sentence.strip():
        return "empty"
    if len(sentence) > 300:
        return "long"
    for why, pattern in _FORBIDDEN:
        if pattern.search(sentence):
            return why
    for c in sentence:
        category = unicodedata.category(c)
        if category in ("So", "Sk", "Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp") and c not in "`´":
            return "mark"
        if category[0] in "LM" and not _known_script(c):
            return "script"
    return ""


def _known_script(c: str) -> bool:
    """Latin letters, Chinese characters, combining marks of Latin letters."""
    return (
        c < "\u0250" or "\u1e00" <= c <= "\u1eff" or is_han(c) or "\u0300" <= c <= "\u036f" or "\uff21" <= c <= "\uff5a"
    )


def is_han(c: str) -> bool:
    return "\u3400" <= c <= "\u9fff" or "\U00020000" <= c <= "\U0002ffff" or c in "々〇"


def language_fits(sentence: str, language: str) -> bool:
    """Whether a sentence is mostly in the script of its language (a Chinese title in an English sentence may stand)."""
    han = sum(1 for c in sentence if is_han(c))
    latin_words = len(re.findall(r"[A-Za-z\u00c0-\u024f]+", sentence))
    if language == "zh":
        return han > 0 and han >= latin_words
    return latin_words > 0 and han <= 2 * latin_words
