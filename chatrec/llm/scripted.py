"""A model that says what a test wrote down: a first-class double for any rung of a ladder.

Knows: its lines. Does not know: servers, LangChain, steps.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.errors import ModelFailed
from chatrec.llm import reading
from chatrec.llm.model import Answer, Message, ToolCall, Where
from chatrec.vocabulary import Meter


@dataclass(frozen=True)
class Asked:
    """What a scripted model was asked, as it came."""

    messages: tuple[Message, ...]
    tools: tuple[str, ...]  # their names
    schema: Mapping[str, Any] | None
    streamed: bool

    @property
    def text(self) -> str:
        """All messages, a line between them."""
        return "\n".join(content for _, content in self.messages)


@dataclass(frozen=True)
class Later:
    """A line after a pause of so many seconds."""

    seconds: float
    line: Line


@dataclass(frozen=True)
class Broken:
    """A stream that says this and then fails."""

    text: str
    error: ModelFailed


Line = str | ToolCall | dict[str, Any] | Exception | Later | Broken | Callable[[Asked], Any]


class ScriptedModel:
    """A ChatModel that answers with its lines in order; what it was asked is in `asked`.

    A line is text, a ToolCall, a dict (JSON: `data` of an answer, its text in a stream), an exception that is raised,
    Later, Broken, or a function of Asked that gives one of these. `always` answers when the lines are used up;
    without it the model fails. It counts an estimate of tokens, as a server without `usage` would.
    """

    packaged = False

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        always: Line | None = None,
        rung: Where = "hosted",
        name: str = "scripted",
        calls_tools: bool = True,
    ) -> None:
        self.rung: Where = rung
        self.calls_tools = calls_tools
        self.name = name
        self.asked: list[Asked] = []
        self.closed = False
        self.beyond = 0  # times it was asked when its lines were used up
        self._lines = list(lines)
        self._always = always

    def give(self, lines: Sequence[Line]) -> None:
        """The lines from now on; those that are left are gone."""
        self._lines = list(lines)
        self.beyond = 0

    @property
    def left(self) -> int:
        """Lines that were not asked for."""
        return len(self._lines)

    async def ask(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        tools: Sequence[Any] = (),
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> Answer:
        line = await self._next(messages, meter, tools, schema, streamed=False)
        if isinstance(line, Broken):
            raise line.error
        if isinstance(line, ToolCall):
            answer = Answer(tool=line)
        elif isinstance(line, dict):
            answer = Answer(text=json.dumps(line, ensure_ascii=False), data=line)
        else:
            text = str(line)
            answer = Answer(text=text, data=reading.json_object(text, schema) if schema else None)
        tokens = self._count(messages, answer.text, meter)
        return Answer(answer.text, answer.tool, answer.data, self.rung, self.name, *tokens)

    async def stream(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> AsyncGenerator[str]:
        line = await self._next(messages, meter, (), schema, streamed=True)
        text = line.text if isinstance(line, Broken) else line
        if isinstance(text, dict):
            text = json.dumps(text, ensure_ascii=False)
        elif isinstance(text, ToolCall):
            raise ModelFailed("A tool call in a stream.", "odd")
        self._count(messages, text, meter)
        for piece in re.findall(r"\S*\s*", text)[:-1]:
            await asyncio.sleep(0)
            yield piece
        if isinstance(line, Broken):
            raise line.error
        if not text:
            raise ModelFailed("The model said nothing.", "odd")

    async def _next(
        self,
        messages: Sequence[Message],
        meter: Meter,
        tools: Sequence[Any],
        schema: Mapping[str, Any] | None,
        streamed: bool,
    ) -> Any:
        asked = Asked(tuple(messages), tuple(reading.tool_name(t) for t in tools), schema, streamed)
        self.asked.append(asked)
        meter.attempts += 1
        line: Any = self._lines.pop(0) if self._lines else self._always
        while True:
            if line is None:
                self.beyond += 1
                raise ModelFailed("The script has no more lines.", "odd")
            if isinstance(line, Later):
                await asyncio.sleep(line.seconds)
                line = line.line
            elif isinstance(line, Exception):
                raise line
            elif callable(line):
                line = line(asked)
            else:
                return line

    def _count(self, messages: Sequence[Message], said: str, meter: Meter) -> tuple[int, int]:
        sent, made = sum(reading.estimate(c) for _, c in messages), reading.estimate(said)
        meter.tokens_in += sent
        meter.tokens_out += made
        return sent, made

    async def warm(self) -> None:
        return None

    async def check(self) -> str:
        return f"{self.name}: {len(self._lines)} lines left"

    async def close(self) -> None:
        self.closed = True
