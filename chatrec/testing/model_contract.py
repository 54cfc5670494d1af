"""What every ChatModel must do, as a test class: subclass it, say how your model is made to answer, run pytest.

    class TestMyModel(ChatModelContract):
        @asynccontextmanager
        async def answering(self, *lines):
            yield MyModel(...)          # that answers with these lines, in order

Lines are those of `chatrec.llm.scripted`: a text, a ToolCall, a dict (JSON), a ModelFailed (its `why` says what the
server does), Later. Needs pytest with pytest-asyncio.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from chatrec.errors import ModelFailed
from chatrec.llm.model import ChatModel, Message, ToolCall
from chatrec.llm.scripted import Later, Line
from chatrec.vocabulary import Meter

MESSAGES: list[Message] = [("system", "You choose among #1, #2 and #3."), ("user", "Something light, please.")]
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "recommend",
        "description": "Look for items.",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
    },
}
SCHEMA: dict[str, Any] = {
    "title": "picks",
    "type": "object",
    "properties": {
        "picks": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 3}},
        "intro": {"type": "string"},
    },
    "required": ["picks", "intro"],
}
PICKS = {"picks": [2, 1], "intro": "轻松一点 — light ones."}


@pytest.mark.asyncio
class ChatModelContract:
    """Every test makes its own model with `answering`."""

    def answering(self, *lines: Line) -> AbstractAsyncContextManager[ChatModel]:
        """A model that gives these lines, one a call; after the last it may do what it likes."""
        raise NotImplementedError

    async def test_answers_in_words(self) -> None:
        async with self.answering("Hello, 你好.") as model:
            answer = await model.ask(MESSAGES, Meter())
        assert (answer.text, answer.tool, answer.data) == ("Hello, 你好.", None, None)

    async def test_calls_a_tool_that_was_offered(self) -> None:
        async with self.answering(ToolCall("recommend", {"query": "light"})) as model:
            if not model.calls_tools:
                pytest.skip("this model is not asked with tools")
            answer = await model.ask(MESSAGES, Meter(), tools=[TOOL])
        assert answer.tool == ToolCall("recommend", {"query": "light"})

    async def test_need_not_call_a_tool(self) -> None:
        async with self.answering("Which mood?") as model:
            if not model.calls_tools:
                pytest.skip("this model is not asked with tools")
            answer = await model.ask(MESSAGES, Meter(), tools=[TOOL])
        assert answer.tool is None
        assert answer.text == "Which mood?"

    async def test_answers_with_json_of_the_schema(self) -> None:
        async with self.answering(PICKS) as model:
            answer = await model.ask(MESSAGES, Meter(), schema=SCHEMA)
        assert answer.data == PICKS

    async def test_json_that_is_none_is_a_failure_or_no_data(self) -> None:
        async with self.answering("no JSON at all") as model:
            with contextlib.suppress(ModelFailed):
                answer = await model.ask(MESSAGES, Meter(), schema=SCHEMA)
                assert answer.data is None

    async def test_streams_text_in_pieces(self) -> None:
        text = "One by one the words come, 一个接一个, and then they end."
        async with self.answering(text) as model:
            pieces = [piece async for piece in model.stream(MESSAGES, Meter())]
        assert "".join(pieces) == text
        assert len(pieces) > 1
        assert all(pieces)

    async def test_streams_json(self) -> None:
        async with self.answering(PICKS) as model:
            text = "".join([piece async for piece in model.stream(MESSAGES, Meter(), schema=SCHEMA)])
        assert json.loads(text) == PICKS

    async def test_counts_requests_and_tokens_and_nothing_else(self) -> None:
        meter = Meter(asking="decide@1")
        async with self.answering("One answer.", "Another one.") as model:
            answer = await model.ask(MESSAGES, meter)
            assert (meter.attempts, meter.tokens_in, meter.tokens_out) == (1, answer.tokens_in, answer.tokens_out)
            assert answer.tokens_in > 0
            assert answer.tokens_out > 0
            async for _ in model.stream(MESSAGES, meter):
                pass
        assert meter.attempts == 2
        assert meter.tokens_in > answer.tokens_in
        assert meter.tokens_out > answer.tokens_out
        assert (meter.calls, meter.steps, meter.falls, meter.asking, meter.seen_by_model) == (0, {}, [], "decide@1", [])

    @pytest.mark.parametrize("why", ["server", "rate", "auth", "odd"])
    async def test_a_failure_says_why(self, why: str) -> None:
        async with self.answering(ModelFailed("It fails.", why)) as model:
            with pytest.raises(ModelFailed) as failed:
                await model.ask(MESSAGES, Meter())
        assert failed.value.why == why

    async def test_a_stream_that_fails_says_why(self) -> None:
        async with self.answering(ModelFailed("It fails.", "server")) as model:
            with pytest.raises(ModelFailed) as failed:
                async for _ in model.stream(MESSAGES, Meter()):
                    pass
        assert failed.value.why == "server"

    async def test_saying_nothing_is_a_failure_of_a_stream(self) -> None:
        async with self.answering("") as model:
            with pytest.raises(ModelFailed):
                async for _ in model.stream(MESSAGES, Meter()):
                    pass

    async def test_can_be_cancelled(self) -> None:
        async with self.answering(Later(3600, "too late")) as model:
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await model.ask(MESSAGES, Meter())
            assert time.monotonic() - began < 5

    async def test_many_at_once(self) -> None:
        lines = [f"Answer {n}." for n in range(8)]
        async with self.answering(*lines) as model:
            answers = await asyncio.gather(*(model.ask(MESSAGES, Meter()) for _ in lines))
        assert sorted(a.text for a in answers) == lines

    async def test_tells_its_name_and_health_and_closes(self) -> None:
        async with self.answering("ok", "ok", "ok") as model:
            await model.warm()
            assert model.rung in ("hosted", "local")
            assert model.name
            assert await model.check()
            await model.close()
            await model.close()
