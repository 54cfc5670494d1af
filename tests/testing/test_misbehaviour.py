"""Whatever a server does, the ladder gives an answer or a ModelFailed, in time, and closes what it opened."""

from __future__ import annotations

import asyncio
import json
import random
import time
from typing import Any

import pytest

from chatrec.errors import ModelFailed
from chatrec.llm.client import OpenAIChat
from chatrec.llm.ladder import Ladder, Limits
from chatrec.testing.misbehaviour import ALL, LIES, MARKS, SERVER, any_misbehaviour
from chatrec.testing.model_contract import SCHEMA, TOOL
from chatrec.testing.model_server import Behaviour, ModelServer, good
from chatrec.vocabulary import Meter
from tests.llm.speech import Prompt, comes_true, listen

LIMIT = 0.3
PARTLY = {"content is null", "role is odd", "not UTF-8"}  # of the server's failures, those that may leave words to use


def ladder_at(server: ModelServer, seconds: float = LIMIT) -> Ladder:
    limits = Limits(decide=seconds, words=seconds, breaker_failures=0)
    return Ladder([OpenAIChat("tiny", base_url=server.url)], limits=limits)


async def call(ladder: Ladder, form: str, meter: Meter) -> Any:
    if form == "stream":
        heard, failed = await listen(ladder.stream("words", Prompt(), meter, schema=SCHEMA))
        return failed or heard
    tools = [TOOL] if form == "tools" else None
    try:
        return await ladder.ask("decide", Prompt(), meter, tools=tools, schema=SCHEMA)
    except ModelFailed as failed:
        return failed


@pytest.mark.parametrize("form", ["tools", "schema", "stream"])
@pytest.mark.parametrize("name", list(ALL))
async def test_an_answer_or_a_fall(name: str, form: str) -> None:
    rng = random.Random(3)
    async with ModelServer(lambda received: ALL[name](received, rng)) as server:
        ladder, meter = ladder_at(server), Meter()
        await ladder.warm()
        began = time.monotonic()
        found = await call(ladder, form, meter)
        assert time.monotonic() - began < LIMIT + 1.0  # a slow test machine; the limit is 0.3 s
        (step,) = meter.steps
        if isinstance(found, ModelFailed):
            assert [f.why for f in meter.falls] == [found.why]
            assert not any(mark in str(found) for mark in MARKS)
        else:
            assert meter.steps[step] == "hosted"
            assert name not in SERVER or name in PARTLY, found
            if form != "stream":
                said = {"text": found.text, "tool": found.tool and found.tool.args, "data": found.data}
                json.dumps(said, allow_nan=False, ensure_ascii=False).encode("utf-8")
            else:
                found.encode("utf-8")
        assert meter.calls == 1
        await ladder.close()
        assert await comes_true(lambda: server.open == 0)


async def test_many_at_once_at_a_server_gone_mad() -> None:
    async with ModelServer(any_misbehaviour(5)) as server:
        ladder = ladder_at(server, 1.5)  # the floods of the others take time from all
        await ladder.warm()
        forms = ["tools", "schema", "stream"] * 12
        found = await asyncio.gather(*(call(ladder, form, Meter()) for form in forms))
        assert any(isinstance(f, ModelFailed) for f in found)
        assert not all(isinstance(f, ModelFailed) for f in found)
        await ladder.close()


async def test_the_good_answers_are_good() -> None:
    async with ModelServer() as server:
        ladder = ladder_at(server)
        await ladder.warm()
        assert (await call(ladder, "tools", Meter())).tool.name == "recommend"
        assert (await call(ladder, "schema", Meter())).data["picks"] == [1, 2, 3]
        assert json.loads(await call(ladder, "stream", Meter()))["picks"] == [1, 2, 3]
        await ladder.close()


async def test_values_of_a_good_answer_can_be_given() -> None:
    behave = lambda received: good(received, words="Fine.", values={"picks": lambda r: r.handles[::-1]})  # noqa: E731
    async with ModelServer(behave) as server:
        ladder = ladder_at(server)
        await ladder.warm()
        assert (await call(ladder, "schema", Meter())).data == {"picks": [3, 2, 1], "intro": "Fine."}
        await ladder.close()


def test_every_lie_carries_its_mark() -> None:
    assert all(lie.mark in lie.sentence for lie in LIES)
    kinds = {lie.kind for lie in LIES if lie.language == "en"}
    assert kinds == {lie.kind for lie in LIES if lie.language == "zh"}
    assert len(kinds) == 11


async def test_an_unknown_path_is_not_found() -> None:
    import httpx

    async with ModelServer(Behaviour(text="x")) as server, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{server.url}/elsewhere")).status_code == 404
        assert (await http.get(f"{server.url}/models")).json()["data"][0]["id"] == "tiny"
        assert server.requests == []
