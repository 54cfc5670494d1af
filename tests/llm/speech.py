"""Listening to a model in tests: what a stream said before it ended or failed, and a prompt to ask with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from chatrec.errors import ModelFailed
from chatrec.llm.model import Message


async def listen(stream: AsyncIterator[str]) -> tuple[str, ModelFailed | None]:
    """All that was said, and the failure at its end."""
    heard = ""
    try:
        async for piece in stream:
            heard += piece
    except ModelFailed as failed:
        return heard, failed
    return heard, None


async def comes_true(what: Callable[[], Any], seconds: float = 5.0) -> bool:
    """Whether something is so within some seconds."""
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.01)
    return True


@dataclass(frozen=True)
class Prompt:
    """The least a Rendered has to be."""

    name: str = "decide"
    version: str = "1"
    text: str = "You choose among #1, #2 and #3."

    def messages(self, tools: bool) -> list[Message]:
        return [
            ("system", self.text + (" Call a tool." if tools else " Answer in JSON.")),
            ("user", "Something light."),
        ]
