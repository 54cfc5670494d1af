"""The double is a ChatModel like any other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chatrec.errors import ModelFailed
from chatrec.llm.scripted import Broken, Line, ScriptedModel
from chatrec.testing.model_contract import MESSAGES, TOOL, ChatModelContract
from chatrec.vocabulary import Meter
from tests.llm.speech import listen


class TestScripted(ChatModelContract):
    @asynccontextmanager
    async def answering(self, *lines: Line) -> AsyncIterator[ScriptedModel]:
        yield ScriptedModel(lines)


async def test_keeps_what_it_was_asked() -> None:
    model = ScriptedModel(["yes"])
    await model.ask(MESSAGES, Meter(), tools=[TOOL])
    (asked,) = model.asked
    assert asked.messages == tuple(MESSAGES)
    assert asked.tools == ("recommend",)
    assert not asked.streamed


async def test_ends_with_its_script_or_goes_on_with_always() -> None:
    with pytest.raises(ModelFailed):
        await ScriptedModel().ask(MESSAGES, Meter())
    model = ScriptedModel(["first"], always=lambda asked: f"{len(asked.messages)} messages")
    assert [(await model.ask(MESSAGES, Meter())).text for _ in range(3)] == ["first", "2 messages", "2 messages"]


async def test_a_broken_stream_says_its_text_first() -> None:
    model = ScriptedModel([Broken("half a", ModelFailed("cut", "server"))])
    heard, failed = await listen(model.stream(MESSAGES, Meter()))
    assert heard == "half a"
    assert failed is not None
    assert failed.why == "server"
