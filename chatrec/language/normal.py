"""The normal form in which words are compared: width, case, accents, apostrophes, white space.

Knows: characters. The same form is the `key` of every stored value, so SQL and `Wish.meets` agree.
"""

import re
import unicodedata

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-"}
)


def drop_control(text: str) -> str:
    """Text without control, zero-width and direction-changing characters; tabs and line ends stay."""
    return _CONTROL.sub("", text)


_PLAIN = str.maketrans({"`": "'"} | {chr(c): None for c in (*range(9), 11, 12, *range(14, 32), 127)})


def normal(text: str) -> str:
    """NFKC, casefolded, accents off Latin letters, plain quotes and dashes, single spaces."""
    if text.isascii():  # most of a catalogue: the same in a tenth of the time
        return " ".join(text.translate(_PLAIN).lower().split())
    text = unicodedata.normalize("NFKC", drop_control(text)).translate(_QUOTES).casefold()
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
