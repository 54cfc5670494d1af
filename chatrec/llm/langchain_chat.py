"""A chat model through LangChain: asking, streaming, reading what came, counting tokens.

Knows: LangChain's messages, what to leave out when a server refuses it. Does not know: addresses, keys (client), limits,
breakers, which step asks (ladder). LangChain is loaded at the first use.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chatrec.errors import ChatRecError, ModelFailed
from chatrec.language.normal import drop_control
from chatrec.llm import reading
from chatrec.llm.model import MOST_TEXT, Answer, Message, ToolsRefused, Where
from chatrec.observe import log
from chatrec.vocabulary import Meter

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

LONGEST = 600.0  # seconds a call may take when nobody set a shorter limit around it
_AFTER_END = 0.5  # seconds to wait for the token counts once the answer is complete
_CUT = ("length", "max_tokens", "MAX_TOKENS")  # ends that are no end
_MOST_CHANGES = 5  # parts of a request that are left out one after the other, at most


@dataclass
class Dialect:
    """What this server takes of the optional parts of a request; learned from its refusals."""

    limit: str = "max_tokens"  # or max_completion_tokens, or "" for neither
    temperature: bool = True
    json_schema: bool = True
    usage: bool = True
    seed: int | None = None  # sent where it is set

    def learn(self, refusal: str) -> bool:
        """Leave out what the refusal names. False when it names nothing that we could leave out."""
        if not refusal:
            return False
        if self.usage and ("stream_options" in refusal or "include_usage" in refusal):
            self.usage = False
        elif self.limit and ("max_tokens" in refusal or "max_completion_tokens" in refusal):
            other = "max_completion_tokens" if self.limit == "max_tokens" else "max_tokens"
            self.limit = other if other in refusal else ""
        elif self.temperature and "temperature" in refusal:
            self.temperature = False
        elif self.json_schema and any(w in refusal for w in ("response_format", "json_schema", "grammar")):
            self.json_schema = False
        elif self.seed is not None and "seed" in refusal:
            self.seed = None
        else:
            return False
        return True


@dataclass
class _Heard:
    """What has come of one stream so far."""

    deadline: float
    text: list[str] = field(default_factory=list)
    length: int = 0
    usage: Mapping[str, Any] = field(default_factory=dict)
    end: str = ""  # the finish reason: without one the answer broke off


class LangChainChat:
    """A ChatModel over any LangChain chat model. Subclasses make the model and the optional parts of a request."""

    rung: Where = "hosted"
    packaged = False
    tells_end = False  # a stream without a finish reason broke off

    def __init__(self, name: str, *, calls_tools: bool = True, debug_raw: bool = False) -> None:
        self._name = name
        self.calls_tools = calls_tools
        self._debug_raw = debug_raw
        self._model: BaseChatModel | None = None
        self._making = asyncio.Lock()
        self.dialect = Dialect()

    @property
    def name(self) -> str:
        return self._name

    # ------------------------------------------------------------------ what subclasses say

    async def _make(self) -> BaseChatModel:
        """The LangChain model. Raises BadInput, Missing or ModelFailed."""
        raise NotImplementedError

    def _parts(self, schema: Mapping[str, Any] | None, max_tokens: int | None, stream: bool) -> dict[str, Any]:
        """Keyword arguments of a call beside messages and tools."""
        return {}

    # ------------------------------------------------------------------ asking

    async def ask(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        tools: Sequence[Any] = (),
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> Answer:
        try:
            async with asyncio.timeout(LONGEST):
                said = await self._said(messages, meter, tools, schema, max_tokens)
        except TimeoutError as error:
            raise self.failure(error) from error
        try:
            return self._answer(said, messages, tools, schema, meter)
        except ModelFailed:
            raise
        except Exception as error:  # LangChain's own reading of odd content
            raise ModelFailed(f"The model sent something odd ({type(error).__name__}).", "odd") from error

    async def _said(
        self,
        messages: Sequence[Message],
        meter: Meter,
        tools: Sequence[Any],
        schema: Mapping[str, Any] | None,
        max_tokens: int | None,
    ) -> AIMessage:
        from langchain_core.messages import AIMessage

        model = await self._ready()
        bound = model.bind_tools(list(tools), tool_choice="auto") if tools else model
        for change in range(_MOST_CHANGES + 1):
            meter.attempts += 1
            try:
                parts = self._parts(None if tools else schema, max_tokens, stream=False)
                said = await bound.ainvoke(list(messages), **parts)
            except Exception as error:  # third-party code on untrusted input: anything may come
                self._go_on(error, bool(tools), change)
                continue
            if isinstance(said, AIMessage):
                return said
            break
        raise ModelFailed("The model answered with no message.", "odd")

    def _answer(
        self,
        said: AIMessage,
        messages: Sequence[Message],
        tools: Sequence[Any],
        schema: Mapping[str, Any] | None,
        meter: Meter,
    ) -> Answer:
        raw = str(said.text)
        self._show_raw(raw or said.tool_calls)
        if len(raw) > MOST_TEXT:
            raise ModelFailed("The model said far too much.", "odd")
        text = drop_control(reading.without_thoughts(raw)).strip()
        calls: list[tuple[Any, Any]] = [(c["name"], c["args"]) for c in said.tool_calls]
        calls += [(c.get("name"), c.get("args")) for c in said.invalid_tool_calls]
        tool = next(filter(None, (reading.tool_call(name, args, tools) for name, args in calls)), None)
        data = None
        if not tool:
            if calls and not text:
                raise ModelFailed("The model called a tool that was not offered, or with no arguments.", "odd")
            tool = reading.written_tool_call(text, tools) if tools else None
            data = reading.json_object(text, schema) if schema and not tool else None
            if schema and not tools and data is None:
                raise ModelFailed("The model did not answer with the JSON it was asked for.", "odd")
        if not (text or tool or data):
            raise ModelFailed("The model said nothing.", "odd")
        usage: Mapping[str, Any] = said.usage_metadata or {}
        spoken = raw + "".join(f"{name}{args}" for name, args in calls)
        tokens_in, tokens_out = self._count(usage, messages, spoken, meter)
        cut = _end(said.response_metadata) in _CUT
        return Answer(text, tool, data, self.rung, self.name, tokens_in, tokens_out, finished=not cut)

    async def stream(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> AsyncIterator[str]:
        heard = _Heard(asyncio.get_running_loop().time() + LONGEST)
        try:
            async with contextlib.aclosing(self._deltas(messages, meter, schema, max_tokens, heard)) as deltas:
                async for text in deltas:
                    heard.text.append(text)
                    heard.length += len(text)
                    if heard.length > MOST_TEXT:
                        raise ModelFailed("The model said far too much.", "odd")
                    if text:
                        yield text
        finally:
            if heard.length:
                spoken = "".join(heard.text)
                self._count(heard.usage, messages, spoken, meter)
                self._show_raw(spoken)
        if not heard.length:
            raise ModelFailed("The model said nothing.", "odd")
        if heard.end in _CUT:
            raise ModelFailed("The model was cut off at its token limit.", "odd")
        if not heard.end and self.tells_end:
            raise ModelFailed("The model's answer broke off.", "server")

    async def _deltas(
        self,
        messages: Sequence[Message],
        meter: Meter,
        schema: Mapping[str, Any] | None,
        max_tokens: int | None,
        heard: _Heard,
    ) -> AsyncGenerator[str]:
        """The texts of one request; sent again with a part left out when the server refuses it."""
        loop = asyncio.get_running_loop()
        for change in range(_MOST_CHANGES + 1):
            try:
                async with asyncio.timeout_at(heard.deadline):
                    model = await self._ready()
                meter.attempts += 1
                chunks = model.astream(list(messages), **self._parts(schema, max_tokens, stream=True))
                async with contextlib.aclosing(chunks):  # type: ignore[type-var]
                    while True:
                        async with asyncio.timeout_at(heard.deadline):  # never around a yield
                            chunk = await anext(chunks, None)
                        if chunk is None:
                            return
                        heard.usage = getattr(chunk, "usage_metadata", None) or heard.usage
                        if end := _end(chunk.response_metadata):
                            # complete: token counts may follow at once, or the server may just hang on
                            heard.end = heard.end or end
                            heard.deadline = min(heard.deadline, loop.time() + _AFTER_END)
                        yield drop_control(str(chunk.text))
            except Exception as error:  # third-party code on untrusted input: anything may come
                if heard.end:
                    return
                if heard.length:
                    raise self.failure(error) from error
                self._go_on(error, False, change)

    def _go_on(self, error: Exception, with_tools: bool, change: int) -> None:
        """Return when the request may be sent again with a part left out; else raise what the failure is."""
        from chatrec.llm.wire import refused_text

        failed = self.failure(error, with_tools)
        if not isinstance(failed, ToolsRefused) and change < _MOST_CHANGES and self.dialect.learn(refused_text(error)):
            return
        raise failed from error

    def failure(self, error: BaseException, with_tools: bool = False) -> ChatRecError:
        from chatrec.llm.wire import failure

        if self._debug_raw:
            log.debug("%s failed: %r", self.name, error)
        return failure(error, with_tools=with_tools)

    def _count(
        self, usage: Mapping[str, Any], messages: Sequence[Message], spoken: str, meter: Meter
    ) -> tuple[int, int]:
        """Add the tokens to the meter: the server's counts where it sent sensible ones, else an estimate."""
        sent = _sensible(usage.get("input_tokens")) or sum(reading.estimate(c) + 4 for _, c in messages)
        made = _sensible(usage.get("output_tokens")) or reading.estimate(spoken)
        meter.tokens_in += sent
        meter.tokens_out += made
        return sent, made

    def _show_raw(self, raw: Any) -> None:
        if self._debug_raw:
            log.debug("%s said: %s", self.name, raw)

    # ------------------------------------------------------------------ life

    async def _ready(self) -> BaseChatModel:
        if self._model is None:
            async with self._making:
                if self._model is None:
                    self._model = await self._make()
        return self._model

    async def warm(self) -> None:
        await self._ready()

    async def check(self) -> str:
        await self._ready()
        return f"{self.name} (through LangChain; not asked anything)"

    async def close(self) -> None:
        self._model = None


def _end(metadata: Mapping[str, Any]) -> str:
    """Why an answer ended, by the vendors' several names; empty when it has not."""
    return str(next((metadata[k] for k in ("finish_reason", "stop_reason", "done_reason") if metadata.get(k)), ""))


def _sensible(count: Any) -> int:
    """A token count that can be true, else 0."""
    return int(count) if isinstance(count, (int, float)) and math.isfinite(count) and 0 < count < 10**7 else 0
