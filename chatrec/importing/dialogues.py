"""Conversations held elsewhere, from a file of a conversation a line, joined to a catalogue's items.

    {"id", "user_id"?, "messages": [{"role": "user|assistant", "content", "item_ids"?}], "accepted"?: [ids], "rejected"?: [ids]}

Knows: the shape of a line. Does not know: what is learned from it. The file is untrusted: a line that can't be used is left out
and told with its number; a file without one that can is an error, and changes nothing.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatrec.errors import BadInput
from chatrec.language.normal import drop_control
from chatrec.store.talks import Talk

MOST = 1_000_000  # conversations of one import
MOST_LINE = 4_000_000  # characters
MOST_ID, MOST_MESSAGES, MOST_CONTENT = 200, 2_000, 20_000  # characters, messages, characters
ROLES = ("user", "assistant")
SHOWN = 8  # reasons and unknown items that are told
LINES = 3  # of a reason
_ZIPPED = b"\x1f\x8b"


@dataclass
class Heard:
    """What came of reading a file of conversations."""

    file: str
    rows: int = 0
    used: int = 0
    messages: int = 0
    people: int = 0
    items: int = 0  # of the catalogue, that were named, accepted or rejected
    accepted: int = 0
    rejected: int = 0
    skipped: Counter[str] = field(default_factory=Counter)  # reason -> conversations
    lines: dict[str, list[int]] = field(default_factory=dict)  # reason -> the first few lines
    unknown: Counter[str] = field(default_factory=Counter)  # ids that the catalogue does not have

    def skip(self, line: int, reason: str) -> None:
        self.skipped[reason] += 1
        told = self.lines.setdefault(reason, [])
        if len(told) < LINES:
            told.append(line)

    def as_dict(self) -> dict[str, Any]:
        counts = ("file", "rows", "used", "messages", "people", "items", "accepted", "rejected")
        return {name: getattr(self, name) for name in counts} | {
            "skipped": [{"reason": r, "rows": n, "lines": self.lines[r]} for r, n in self.skipped.items()],
            "unknown_items": len(self.unknown),
        }

    def show(self, console: Any) -> None:
        """Print for a person. Ids from the file are printed as they are, never as markup."""
        from rich.text import Text

        console.print(Text(f"dialogues from {self.file} (jsonl)", style="bold"))
        console.print(Text(f"{self.rows:,} conversations read, {self.used:,} used, with {self.messages:,} messages"))
        people = f"{self.people:,} people; " if self.people else ""
        console.print(
            Text(f"{people}{self.items:,} items come up; {self.accepted:,} accepted, {self.rejected:,} rejected")
        )
        if self.unknown:
            first = ", ".join(id_ for id_, _ in self.unknown.most_common(SHOWN))
            more = " ..." if len(self.unknown) > SHOWN else ""
            console.print(
                Text(f"note: {len(self.unknown):,} items are not in the catalogue: {first}{more}", style="yellow")
            )
        for reason, n in self.skipped.most_common(SHOWN):
            lines = ", ".join(f"{line:,}" for line in self.lines[reason])
            dots = " ..." if n > len(self.lines[reason]) else ""
            console.print(Text(f"skipped: {n:,}: {reason} (line{'s' if n > 1 else ''} {lines}{dots})", style="yellow"))


def read(path: Path, ids: frozenset[str], tell: Callable[[int], None] | None = None) -> tuple[list[Talk], Heard]:
    """The usable conversations of a jsonl file (gz too), for a catalogue with these item ids. `tell(read)` from time to time.

    Raises BadInput with one sentence where nothing can be used.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    heard = Heard(path.name)
    talks: dict[str, Talk] = {}
    used: set[str] = set()
    for line, text in _lines(path):
        heard.rows += 1
        if tell is not None and heard.rows % 1_000 == 0:
            tell(heard.rows)
        try:
            talk = _talk(text, ids, heard)
            if talk.id in talks:
                raise _Unusable("an id that was there before")
        except _Unusable as why:
            heard.skip(line, str(why))
            continue
        if len(talks) >= MOST:
            raise BadInput(f"{path.name} has more than {MOST:,} conversations; take the latest ones.")
        talks[talk.id] = talk
        used.update(talk.accepted, talk.rejected, *(m["item_ids"] for m in talk.messages))
    if not talks:
        first = next(iter(heard.skipped), None)
        told = (
            f": {heard.skipped[first]:,} lines, {first} (line {heard.lines[first][0]:,})" if first else ": it is empty"
        )
        raise BadInput(f"{path.name} has no conversation that can be used{told}.")
    found = list(talks.values())
    heard.used, heard.items = len(found), len(used)
    heard.messages = sum(len(t.messages) for t in found)
    heard.people = len({t.person_id for t in found if t.person_id})
    heard.accepted, heard.rejected = sum(len(t.accepted) for t in found), sum(len(t.rejected) for t in found)
    return found, heard


class _Unusable(Exception):
    """Why a line is left out."""


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """(number, text) of every line that is not blank."""
    with path.open("rb") as probe:
        packed = probe.read(2) == _ZIPPED
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as raw:
            number = 0
            while line := raw.readline(MOST_LINE):
                number += 1
                if len(line) >= MOST_LINE and not line.endswith(b"\n"):
                    raise BadInput(
                        f"{path.name}, line {number:,}: longer than {MOST_LINE:,} bytes. Is it one conversation a line?"
                    )
                text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace").strip()
                if text:
                    yield number, text
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path.name} can't be read: {error}.") from error


def _talk(text: str, ids: frozenset[str], heard: Heard) -> Talk:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Unusable("not valid JSON") from error
    if not isinstance(given, dict):
        raise _Unusable("not a conversation: an object is expected")
    id_ = _id(given.get("id"))
    if id_ is None:
        raise _Unusable('no "id"')
    said = given.get("messages")
    if not isinstance(said, list) or not said:
        raise _Unusable('no "messages"')
    if len(said) > MOST_MESSAGES:
        raise _Unusable(f"more than {MOST_MESSAGES:,} messages")
    messages = tuple(_message(m, ids, heard) for m in said)
    if not any(m["content"] for m in messages):
        raise _Unusable("nothing is said in it")
    accepted, rejected = (_items(given.get(name), ids, heard, name) for name in ("accepted", "rejected"))
    if not accepted and not rejected and not any(m["item_ids"] for m in messages):
        raise _Unusable("no item of the catalogue comes up in it")
    person = given.get("user_id")
    return Talk(id_, messages, accepted, tuple(i for i in rejected if i not in accepted), _id(person))


def _message(given: Any, ids: frozenset[str], heard: Heard) -> dict[str, Any]:
    if not isinstance(given, dict) or given.get("role") not in ROLES or not isinstance(given.get("content"), str):
        raise _Unusable('a message without "role" (user or assistant) and "content"')
    items = _items(given.get("item_ids"), ids, heard, "item_ids")
    content = drop_control(given["content"])[:MOST_CONTENT].strip()
    return {"role": given["role"], "content": content, "item_ids": list(items)}


def _items(given: Any, ids: frozenset[str], heard: Heard, name: str) -> tuple[str, ...]:
    """The ids that the catalogue has; the others are counted."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise _Unusable(f'"{name}" is not a list of ids')
    found: dict[str, None] = {}
    for one in given:
        id_ = _id(one)
        if id_ in ids:
            found[id_] = None
        elif id_ is not None:
            heard.unknown[id_] += 1
    return tuple(found)


def _id(given: Any) -> str | None:
    """An id as a string; numbers as they are written."""
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        return None
    return drop_control(str(given)).strip()[:MOST_ID] or None
