"""Reading the rerank-and-explain answer while it streams: `{"picks":[3,1,7],"intro":"...","why":[{"pick":3,"words":"..."}]}`.

Knows: that shape, and how models get it wrong. Pure and total: whatever comes, it never raises; what is odd is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import from_json

from chatrec.language.normal import drop_control

MOST_TEXT = 16_000  # characters; what comes after is not read
_PICKS_CLOSED = re.compile(r'"picks"\s*:\s*\[[^\[\]]*\]')
_HANDLE = re.compile(r"#?\s*(\d{1,3})\Z")


def picks_schema(most: int, handles: int, *, picks: bool, words: bool) -> dict[str, Any]:
    """The JSON schema of the answer: the parts that the rung is trusted with, handles first."""
    handle = {"type": "integer", "minimum": 1, "maximum": max(handles, 1)}
    parts: dict[str, Any] = {}
    if picks:
        parts["picks"] = {"type": "array", "items": handle, "minItems": 1, "maxItems": most}
    if words:
        sentence = {"type": "string", "maxLength": 180}
        entry = {"pick": handle, "words": sentence}
        parts["intro"] = {"type": "string", "maxLength": 160}
        parts["why"] = {
            "type": "array",
            "maxItems": min(most, 5),
            "items": {"type": "object", "properties": entry, "required": list(entry), "additionalProperties": False},
        }
    return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}


class Picks:
    """What of the answer is whole by now. handles: how many were offered, `#1` first."""

    def __init__(self, handles: int) -> None:
        self._handles = handles
        self._text = ""
        self._parsed: Mapping[str, Any] = {}
        self.picks: list[int] | None = None  # None: not there yet; handles in the model's order, each once
        self.odd: list[str] = []

    @property
    def full(self) -> bool:
        """Whether more than can be an answer has come."""
        return len(self._text) >= MOST_TEXT

    def feed(self, text: str) -> None:
        if self.full:
            return
        self._text = (self._text + drop_control(text))[:MOST_TEXT]
        try:
            parsed = from_json(self._text, allow_partial=True)
        except (ValueError, RecursionError):  # broken for good, or something stands after the end: keep what was whole
            return
        if isinstance(parsed, Mapping):
            self._parsed = parsed
        if self.picks is None and _PICKS_CLOSED.search(self._text):
            self.picks = self._handles_of(self._parsed.get("picks"))

    def finish(self) -> None:
        """Nothing more will come."""
        if self.picks is None and self._parsed.get("picks"):
            self.picks = self._handles_of(self._parsed["picks"])

    @property
    def intro(self) -> str:
        """The introductory sentence, once it is whole."""
        intro = self._parsed.get("intro")
        return intro if isinstance(intro, str) else ""

    def words(self) -> Iterator[tuple[int, str]]:
        """(handle, what it says) for every entry of `why` that is whole; also reads `{"3": "..."}`."""
        why = self._parsed.get("why")
        pairs: list[tuple[Any, Any]] = []
        if isinstance(why, Mapping):
            pairs = list(why.items())
        elif isinstance(why, list):
            pairs = [(e.get("pick"), e.get("words")) for e in why if isinstance(e, Mapping)]
        for name, said in pairs:
            handle = self._handle(name)
            if handle is not None and isinstance(said, str) and said.strip():
                yield handle, said

    def _handles_of(self, value: Any) -> list[int]:
        found: list[int] = []
        for entry in value if isinstance(value, list) else []:
            handle = self._handle(entry.get("pick") if isinstance(entry, Mapping) else entry)
            if handle is None:
                self.odd.append("picks: not a handle that was offered")
            elif handle in found:
                self.odd.append("picks: the same handle again")
            else:
                found.append(handle)
        return found

    def _handle(self, value: Any) -> int | None:
        if isinstance(value, str) and (match := _HANDLE.match(value.strip())):
            value = int(match[1])
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= self._handles:
            return None
        return value
