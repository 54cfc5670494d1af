"""Checks as a team would write them beside its dialogues."""

from __future__ import annotations

from typing import Any

from chatrec.evaluation.dialogues.seen import Seen, Verdict


def has_items(seen: Seen) -> Any:
    return None if seen.items else "nothing is shown"


async def at_least(seen: Seen, most: int) -> Any:
    return len(seen.items) >= most


def verdict(seen: Seen) -> Verdict:
    return Verdict(False, "as it likes", gates=False)


def breaks(seen: Seen) -> None:
    raise KeyError("price")


def odd(seen: Seen) -> Any:
    return 7
