"""References to earlier answers: `$1.items.0` is the first item of the first turn's answer, `$last` the latest answer.

Knows: how a path goes through a Reply. Does not know: checks, doors.
A whole text that is a reference becomes what it points at (an item becomes its id where an id is wanted); inside a longer
text it stands in braces, `why ${1.items.0.title}?`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_PATH = r"\.[A-Za-z_]+(?:\.[A-Za-z_0-9]+)*"  # $20 and $20.50 are sums of money
_WHOLE = re.compile(rf"^\$(\d+|last)({_PATH})$")
_INSIDE = re.compile(rf"\$\{{(\d+|last)({_PATH})\}}")
_COMPARED = re.compile(rf"^(<=|>=|<|>|not )\s*(\$(?:\d+|last){_PATH})$")


class Dangling(Exception):
    """A reference that points at nothing: `str()` says which and what there is."""


def has_reference(raw: Any) -> bool:
    if isinstance(raw, str):
        return bool(_WHOLE.match(raw) or _INSIDE.search(raw) or _COMPARED.match(raw))
    if isinstance(raw, Mapping):
        return any(has_reference(v) for v in raw.values())
    return isinstance(raw, (list, tuple)) and any(has_reference(v) for v in raw)


def turns_named(raw: Any) -> set[str]:
    """Which turns a value refers to: {"1", "last"}."""
    if isinstance(raw, str):
        found = {m[1] for m in _INSIDE.finditer(raw)}
        whole = _WHOLE.match(raw)
        if not whole and (compared := _COMPARED.match(raw)):
            whole = _WHOLE.match(compared[2])
        return found | ({whole[1]} if whole else set())
    if isinstance(raw, Mapping):
        return set().union(*map(turns_named, raw.values()))
    return set().union(*map(turns_named, raw)) if isinstance(raw, (list, tuple)) else set()


def resolve(raw: Any, replies: Sequence[Mapping[str, Any] | None]) -> Any:
    """A value with its references filled in from the answers so far (Reply as JSON; None where there was none).

    An item becomes its id, a list of items a list of ids. Dangling where something is not there.
    """
    if isinstance(raw, str):
        if match := _WHOLE.match(raw):
            return _as_id(_follow(match[1], match[2], replies))
        if match := _COMPARED.match(raw):
            return f"{match[1]}{resolve(match[2], replies)}"
        return _INSIDE.sub(lambda m: str(_as_id(_follow(m[1], m[2], replies))), raw)
    if isinstance(raw, Mapping):
        return {key: resolve(value, replies) for key, value in raw.items()}
    if isinstance(raw, list):
        return [resolve(value, replies) for value in raw]
    return raw


def _follow(turn: str, path: str, replies: Sequence[Mapping[str, Any] | None]) -> Any:
    name = f"${turn}{path}"
    number = len(replies) if turn == "last" else int(turn)
    if not 1 <= number <= len(replies) or (found := replies[number - 1]) is None:
        raise Dangling(f"{name}: there is no answer {turn} yet.")
    here: Any = found
    for step in [s for s in path.split(".") if s]:
        if isinstance(here, Mapping) and step in here:
            here = here[step]
        elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            there = (
                ", ".join(here)
                if isinstance(here, Mapping)
                else f"{len(here)} entries, counted from 0"
                if isinstance(here, list)
                else repr(here)
            )
            raise Dangling(f"{name}: there is no {step!r} (there is: {there}).")
    return here


def _as_id(found: Any) -> Any:
    if isinstance(found, Mapping) and {"id", "title", "facts"} <= set(found):
        return found["id"]
    if isinstance(found, list):
        return [_as_id(one) for one in found]
    return found
