"""A text as sentences, whole or while it streams in, and a sentence made clean.

Knows: full stops, quotes, abbreviations, markdown. Does not know: catalogues, claims.
"""

from __future__ import annotations

import re
import unicodedata

from chatrec.language.common import word_set
from chatrec.language.normal import drop_control

_ENDERS = ".!?…。！？"
_CLOSERS = "\"'”’»)]）」』》】"
_CJK_ENDERS = "。！？"
_ABBREVIATIONS = word_set(
    "mr mrs ms dr prof st jr sr vs etc e.g i.e eg ie cf no vol pt approx dept est fig inc ltd co u.s u.k a.m p.m"
)
_MARKDOWN = (
    (re.compile(r"^\s{0,3}(#{1,6}\s+|>\s*|[-*+•]\s+|\d{1,2}[.)]\s+(?=\D))"), ""),  # headings, quotes, bullets
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)"), r"\1"),
)
_SPACE = re.compile(r"\s+")


def clean(sentence: str) -> str:
    """One sentence as it may be shown: no emphasis marks, bullets, emoji or control characters, single spaces.

    Links, images, code and html stay in, so that the check sees and refuses them; so does a sentence of more than 300
    characters, for half of it might say what the whole did not. A text of several sentences may be cleaned at once.
    """
    text = _SPACE.sub(" ", drop_control(sentence)).strip()
    text = "".join(c for c in text if unicodedata.category(c) not in ("So", "Cc", "Cf", "Co", "Cn") and c != "\ufe0f")
    for pattern, kept in _MARKDOWN:
        text = pattern.sub(kept, text)
    return _SPACE.sub(" ", text).strip()


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a whole text, in order, each stripped; line ends always divide."""
    stream = SentenceStream(language)
    return stream.feed(text) + stream.end()


class SentenceStream:
    """Sentences out of a stream of chunks: a sentence is given once it is certain that it has ended."""

    def __init__(self, language: str = "en"):
        self.language = language
        self._rest = ""

    def feed(self, chunk: str) -> list[str]:
        """The sentences that this chunk completes."""
        self._rest += chunk
        found: list[str] = []
        while (cut := self._cut(False)) is not None:
            found.append(self._rest[:cut].strip())
            self._rest = self._rest[cut:]
        return [s for s in found if s]

    def end(self) -> list[str]:
        """What is left once the stream has ended."""
        found: list[str] = []
        while (cut := self._cut(True)) is not None:
            found.append(self._rest[:cut].strip())
            self._rest = self._rest[cut:]
        found.append(self._rest.strip())
        self._rest = ""
        return [s for s in found if s]

    def _cut(self, ended: bool) -> int | None:
        """Where the first sentence of what is held ends; None while that is not certain."""
        text = self._rest
        i = 0
        while i < len(text):
            c = text[i]
            if c == "\n":
                return i + 1
            if c in _ENDERS:
                end = i + 1
                while end < len(text) and (text[end] in _ENDERS or text[end] in _CLOSERS):
                    end += 1
                if end == len(text) and not ended:
                    return None  # more dots or a closing quote may follow
                if (end > i + 1 or c in "!?") and not text[end:].strip() and not ended:
                    return None  # after a quotation, or a mark inside a title, the same sentence may go on
                if self._ends(text, i, end):
                    return end
                i = end
                continue
            i += 1
        return None

    @staticmethod
    def _ends(text: str, at: int, end: int) -> bool:
        after = text[end : end + 1]
        if text[at] in _CJK_ENDERS:
            return not (after and after in "，、；：")  # a quoted sentence inside a longer one
        if after and not after.isspace():
            # "3.5", "U.S.A", "example.com"; a Chinese writer's "." before the next word does end
            return text[at] in "!?…" or "\u4e00" <= after <= "\u9fff"
        if text[at] == ".":
            word = re.search(r"([\w.]+)$", text[:at])
            last = re.sub(r".*[\u3400-\u9fff]", "", word.group(1)) if word else ""  # 由Q. Allan Brocka执导
            if last.casefold() in _ABBREVIATIONS or (re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", last) and last != "I"):
                return False
            if re.fullmatch(r"\d{1,2}", last) and not text[: at - len(last)].strip():
                return False  # "1. " opens a list
        following = text[end:].lstrip()
        # after "Wow!" or the title Mars Attacks! what goes on in lower case is the same sentence
        goes_on = text[at] in "!?" or any(c in _CLOSERS for c in text[at:end])
        return not (following and following[0].islower() and goes_on)
