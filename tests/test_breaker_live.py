"""The breaker in whole turns: a model that stalls costs its limit a few times, then nobody waits for it; then it comes back."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from chatrec.testing.model_server import Behaviour, ModelServer, Received, good
from tests.conftest import tea_engine

PATIENCE = 0.5  # seconds for a call; also how long the open breaker leaves the model alone


async def test_after_three_stalls_nobody_waits_until_the_model_answers_again(tmp_path: Path) -> None:
    async with ModelServer(models=["liar"]) as server:
        engine = await tea_engine(
            tmp_path,
            llm="openai:liar",
            openai_base_url=server.url,
            openai_api_key="none",
            decide_seconds=PATIENCE,
            words_seconds=PATIENCE,
            cards_seconds=PATIENCE,
            breaker_failures=3,
            breaker_seconds=PATIENCE,
        )
        stalls = [True]

        def behave(received: Received) -> Behaviour:
            return Behaviour(wait=3600.0) if stalls[0] else good(received)

        server.behave = behave
        await engine.book("teas")
        await engine.ladder.warm()

        async def turn(n: int) -> tuple[Any, float]:
            began = time.perf_counter()
            reply = await engine.reply(text="a smoky tea from China", user_id=f"p{n}")
            assert reply.items
            assert reply.text
            return reply, time.perf_counter() - began

        replies = [(await turn(n))[0] for n in range(2)]  # two calls each: decide and rerank
        assert {f.why for r in replies for f in r.falls} == {"timeout", "breaker"}
        asked = len(server.requests)
        assert asked == 3

        reply, seconds = await turn(9)
        assert [f.why for f in reply.falls] == ["breaker"] * len(reply.falls)
        assert reply.falls, "the fall is announced although nobody was asked"
        assert (len(server.requests), reply.rung) == (asked, "none")
        assert seconds < PATIENCE

        stalls[0] = False
        await asyncio.sleep(PATIENCE)
        reply, _ = await turn(10)
        assert reply.rung == "hosted"
        assert not reply.falls
        await engine.stop()
