"""The OpenAI client and other vendors, against real loopback servers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import time
import types
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.tools import StructuredTool
from pydantic import BaseModel, Field

from chatrec.errors import BadInput, Missing, ModelFailed
from chatrec.llm.client import OpenAIChat, VendorChat
from chatrec.llm.model import MOST_TEXT, ToolCall, ToolsRefused
from chatrec.llm.scripted import Later, Line
from chatrec.testing.model_contract import MESSAGES, PICKS, SCHEMA, TOOL, ChatModelContract
from chatrec.testing.model_server import Behaviour, ModelServer, Received
from chatrec.vocabulary import Meter
from tests.llm.speech import comes_true, listen

STATUS = {"server": 500, "rate": 429, "auth": 401, "odd": 400}


def behaviour(line: Line) -> Behaviour:
    match line:
        case str():
            return Behaviour(text=line)
        case ToolCall():
            return Behaviour(text=None, calls=[(line.name, line.args)])
        case dict():
            return Behaviour(data=line)
        case ModelFailed():
            return Behaviour(status=STATUS[line.why], body=b'{"error": {"message": "no"}}')
        case Later():
            return Behaviour(text=str(line.line), wait=line.seconds)
    raise TypeError(line)


@asynccontextmanager
async def serving(*answers: Any, **how: Any) -> AsyncIterator[tuple[OpenAIChat, ModelServer]]:
    """A model and the server behind it. answers: Behaviours in order, or one function."""
    behave = answers[0] if len(answers) == 1 and callable(answers[0]) else list(answers)
    async with ModelServer(behave) as server:
        model = OpenAIChat(**{"name": "tiny", "base_url": server.url} | how)
        yield model, server
        await model.close()


class TestOpenAI(ChatModelContract):
    @asynccontextmanager
    async def answering(self, *lines: Line) -> AsyncIterator[OpenAIChat]:
        async with serving(*map(behaviour, lines)) as (model, _):
            yield model


class Wanted(BaseModel):
    """Look for items."""

    query: str = Field(description="what for")


async def test_what_a_request_carries() -> None:
    tool = StructuredTool.from_function(func=print, name="recommend", description="Look.", args_schema=Wanted)
    async with serving(Behaviour(text="ok")) as (model, server):
        await model.ask(MESSAGES, Meter(), tools=[tool], max_tokens=77)
        (tools,) = server.requests
    assert tools.messages == MESSAGES
    assert tools.body["model"] == "tiny"
    assert tools.body["temperature"] == 0
    assert tools.body["max_tokens"] == 77
    assert tools.body["tool_choice"] == "auto"
    assert tools.tools["recommend"]["properties"]["query"]["description"] == "what for"
    assert tools.schema is None


async def test_a_schema_is_sent_as_response_format_and_usage_asked_for() -> None:
    async with serving(Behaviour(data=PICKS)) as (model, server):
        await listen(model.stream(MESSAGES, Meter(), schema=SCHEMA, max_tokens=78))
        (asked,) = server.requests
    assert asked.schema == SCHEMA
    assert asked.body["stream_options"] == {"include_usage": True}
    assert asked.body["max_tokens"] == 78


async def test_openai_itself_takes_another_limit() -> None:
    model = OpenAIChat("gpt-x", api_key="k")
    assert model._parts(None, 9, False)["extra_body"] == {"temperature": 0, "max_completion_tokens": 9}


@pytest.mark.parametrize("stream", [False, True])
async def test_tokens_are_the_servers_or_an_estimate(stream: bool) -> None:
    async def spent(**how: Any) -> tuple[int, int]:
        meter = Meter()
        async with serving(Behaviour(text="five words are said here", **how)) as (model, _):
            if stream:
                await listen(model.stream(MESSAGES, meter))
            else:
                await model.ask(MESSAGES, meter)
        return meter.tokens_in, meter.tokens_out

    assert await spent(usage={"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}) == (11, 3)
    sent, made = await spent(usage=None)
    assert 10 < sent < 40
    assert 4 <= made <= 8


def refusing(part: str) -> Any:
    """A server that answers 400 to requests that carry this part."""

    def behave(received: Received) -> Behaviour:
        if part in received.body:
            body = b'{"error": {"message": "Unsupported parameter: \'%s\' is not supported here."}}' % part.encode()
            return Behaviour(status=400, body=body)
        return Behaviour(data=PICKS)

    return behave


@pytest.mark.parametrize("part", ["temperature", "response_format", "max_tokens", "stream_options"])
async def test_leaves_out_what_the_server_refuses_and_remembers(part: str) -> None:
    async with serving(refusing(part)) as (model, server):
        for _ in range(2):
            heard, failed = await listen(model.stream(MESSAGES, meter := Meter(), schema=SCHEMA, max_tokens=9))
            assert failed is None
            assert "picks" in heard
        assert len(server.requests) == 3  # refused, sent again, remembered
        assert meter.attempts == 1
        assert part not in server.requests[-1].body


async def test_sends_a_seed_where_there_is_one_until_the_server_refuses_it() -> None:
    async with serving(Behaviour(text="ok")) as (model, server):
        await model.ask(MESSAGES, Meter())
        assert "seed" not in server.requests[-1].body
    async with serving(Behaviour(text="ok"), seed=0) as (model, server):
        await model.ask(MESSAGES, Meter())
        assert server.requests[-1].body["seed"] == 0
    async with serving(refusing("seed"), seed=42) as (model, server):
        for _ in range(2):
            await model.ask(MESSAGES, Meter(), schema=SCHEMA)
        assert ["seed" in r.body for r in server.requests] == [True, False, False]


async def test_a_refusal_that_names_a_seed_nobody_sent_is_final() -> None:
    body = b'{"error": {"message": "no seed"}}'
    async with serving(lambda _: Behaviour(status=400, body=body)) as (model, server):
        with pytest.raises(ModelFailed):
            await model.ask(MESSAGES, Meter())
        assert len(server.requests) == 1


async def test_switches_to_the_limit_that_the_server_names() -> None:
    def behave(received: Received) -> Behaviour:
        if "max_tokens" in received.body:
            message = b"'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
            return Behaviour(status=400, body=b'{"error": {"message": "%s"}}' % message)
        return Behaviour(text="ok")

    async with serving(behave) as (model, server):
        await model.ask(MESSAGES, Meter(), max_tokens=9)
        assert server.requests[-1].body["max_completion_tokens"] == 9


async def test_a_server_that_refuses_everything_is_asked_a_few_times_only() -> None:
    body = b'{"error": {"message": "temperature max_tokens response_format stream_options"}}'
    async with serving(Behaviour(status=400, body=body)) as (model, server):
        with pytest.raises(ModelFailed):
            await model.ask(MESSAGES, Meter(), schema=SCHEMA, max_tokens=9)
        assert len(server.requests) <= 6


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "tiny does not support tools"),
        (500, "tools param requires --jinja flag"),
        (404, "No endpoints support tool use"),
    ],
)
async def test_tools_that_are_refused(status: int, message: str) -> None:
    body = b'{"error": {"message": "%s"}}' % message.encode()
    async with serving(Behaviour(status=status, body=body)) as (model, _):
        with pytest.raises(ToolsRefused):
            await model.ask(MESSAGES, Meter(), tools=[TOOL])
        with pytest.raises(ModelFailed) as failed:  # without tools it is not about tools
            await model.ask(MESSAGES, Meter())
        assert not isinstance(failed.value, ToolsRefused)


async def test_a_tool_call_beside_others_that_are_odd() -> None:
    calls = [("unknown", {}), ("recommend", "{broken"), ("recommend", {"query": "x\u0000y"})]
    async with serving(Behaviour(text=None, calls=calls)) as (model, _):
        answer = await model.ask(MESSAGES, Meter(), tools=[TOOL])
    assert answer.tool == ToolCall("recommend", {"query": "xy"})


async def test_an_answer_cut_at_its_limit_is_marked() -> None:
    async with serving(Behaviour(text="half a sen", finish="length")) as (model, _):
        assert not (await model.ask(MESSAGES, Meter())).finished
        heard, failed = await listen(model.stream(MESSAGES, Meter()))
    assert heard == "half a sen"
    assert failed is not None


async def test_a_stream_without_an_end_broke_off() -> None:
    async with serving(Behaviour(text="half a sen", finish=None, done=False)) as (model, _):
        heard, failed = await listen(model.stream(MESSAGES, Meter()))
    assert heard == "half a sen"
    assert failed is not None
    assert failed.why == "server"


async def test_a_server_that_hangs_on_after_the_end_does_not_hold_us() -> None:
    async with serving(Behaviour(text="all of it", stall=True)) as (model, _):
        began = time.monotonic()
        assert await listen(model.stream(MESSAGES, Meter())) == ("all of it", None)
    assert time.monotonic() - began < 3


async def test_stops_reading_an_endless_stream() -> None:
    async with serving(Behaviour(text="on and on " * 40, piece=400, endless=True)) as (model, server):
        heard, failed = await listen(model.stream(MESSAGES, Meter()))
        assert await comes_true(lambda: server.open == 0)
        assert server.left == 1
    assert failed is not None
    assert failed.why == "odd"
    assert len(heard) <= MOST_TEXT


@pytest.mark.parametrize("stream", [False, True])
async def test_cancelling_closes_the_connection(stream: bool) -> None:
    async with serving(Behaviour(text="slow " * 50, drip=0.05, piece=5)) as (model, server):
        await model.warm()
        call = listen(model.stream(MESSAGES, Meter())) if stream else model.ask(MESSAGES, Meter())
        task = asyncio.create_task(call)  # type: ignore[arg-type]
        assert await comes_true(lambda: server.requests)
        await asyncio.sleep(0.1)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert await comes_true(lambda: server.open == 0)
        assert server.left == 1


async def test_leaving_a_stream_early_closes_the_connection() -> None:
    async with serving(Behaviour(text="slow " * 50, drip=0.02, piece=5)) as (model, server):
        async with contextlib.aclosing(model.stream(MESSAGES, Meter())) as stream:  # type: ignore[type-var]
            async for _ in stream:
                break
        assert await comes_true(lambda: server.open == 0)
        assert server.left == 1


async def test_nobody_there_is_refused() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = OpenAIChat("tiny", base_url=f"http://127.0.0.1:{port}/v1")
    for call in (model.ask(MESSAGES, Meter()), model.check()):
        with pytest.raises(ModelFailed) as failed:
            await call
        assert failed.value.why == "refused"
    await model.close()


async def test_the_only_listed_model_is_taken() -> None:
    async with serving(Behaviour(text="ok"), name="") as (model, server):
        assert model.name == ""
        await model.ask(MESSAGES, Meter())
        assert model.name == "tiny"
        assert server.requests[0].body["model"] == "tiny"


@pytest.mark.parametrize("listed", [[], ["large", "small"]])
async def test_several_models_or_none_need_a_choice(listed: list[str]) -> None:
    async with ModelServer(models=listed) as server:
        model = OpenAIChat(base_url=server.url)
        with pytest.raises(BadInput, match="CHATREC_LLM=openai:MODEL"):
            await model.warm()
        await model.close()


async def test_loopback_only_when_told_so() -> None:
    model = OpenAIChat("gpt-x", api_key="k", allow_hosts=("127.0.0.1",))
    with pytest.raises(BadInput, match="allowed"):
        await model.ask(MESSAGES, Meter())


async def test_what_a_model_says_is_not_in_errors_nor_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="chatrec")
    secret = "xyzzy-plugh"
    rude = Behaviour(status=400, body=b'{"error": {"message": "%s"}}' % secret.encode())
    async with serving(Behaviour(text=secret), rude) as (model, _):
        await model.ask(MESSAGES, Meter())
        with pytest.raises(ModelFailed) as failed:
            await model.ask(MESSAGES, Meter())
    assert secret not in str(failed.value)
    assert secret not in caplog.text
    async with serving(Behaviour(text=secret), debug_raw=True) as (model, _):
        await model.ask(MESSAGES, Meter())
    assert secret in caplog.text


# ------------------------------------------------------------------ other vendors


async def test_a_vendor_whose_package_is_missing() -> None:
    with pytest.raises(Missing, match="pip install langchain-anthropic"):
        await VendorChat("anthropic", "claude").warm()


async def test_a_vendor_that_does_not_exist() -> None:
    with pytest.raises(BadInput, match="nobody:model"):
        await VendorChat("nobody", "model").warm()


async def test_any_langchain_model_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    class ChatGroq(GenericFakeChatModel):
        def __init__(self, **how: Any) -> None:
            super().__init__(messages=iter([AIMessage("Hello."), AIMessage('{"picks": [1], "intro": "x"}'), "a b c"]))

    module = types.ModuleType("langchain_groq")
    module.ChatGroq = ChatGroq  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "langchain_groq", module)
    model = VendorChat("groq", "tiny")
    meter = Meter()
    assert (await model.ask(MESSAGES, meter)).text == "Hello."
    assert (await model.ask(MESSAGES, meter, schema=SCHEMA)).data == {"picks": [1], "intro": "x"}
    assert await listen(model.stream(MESSAGES, meter)) == ("a b c", None)
    assert model.name == "groq:tiny"
    assert meter.attempts == 3
    assert meter.tokens_out > 0
