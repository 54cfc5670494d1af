"""Two models around a tape: one that records what another answers, one that answers from the tape in its place.

Knows: what is kept of an answer, and how it is given again. Does not know: the file (tape), turns, steps. A call that was never
recorded fails like a model that says something odd, so that the turn goes on; the tape notes why, for whoever replays.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from chatrec.errors import ModelFailed
from chatrec.llm import reading
from chatrec.llm.model import Answer, ChatModel, Message, Planner, TooBusy, ToolCall, ToolsRefused, Where, planner_of
from chatrec.llm.tape import BUSY, NO_TOOLS, Asked, Call, Called, Tape, question
from chatrec.vocabulary import Meter


class Recorder:
    """A ChatModel that asks another one and keeps on a tape what came of it, failures too. lent: closing it leaves that one open."""

    def __init__(self, model: ChatModel, tape: Tape, *, lent: bool = False) -> None:
        self._inner, self._tape, self._lent = model, tape, lent
        self.rung: Where = model.rung
        self.packaged = model.packaged
        self.calls_tools = model.calls_tools
        self.planner = planner_of(model)
        self.plans_wishes = bool(getattr(model, "plans_wishes", True))

    @property
    def name(self) -> str:
        return self._inner.name

    async def plan(self, messages: Sequence[Message], meter: Meter, *, grammar: str, max_tokens: int) -> Answer:
        asked = question(messages, meter, schema=_as_schema(grammar), max_tokens=max_tokens)
        with self._kept(asked, meter) as (own, made):
            answer = await cast("Planner", self._inner).plan(messages, own, grammar=grammar, max_tokens=max_tokens)
            made |= {"text": answer.text, "sure": list(answer.sure), "finished": answer.finished}
        return answer

    async def ask(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        tools: Sequence[Any] = (),
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> Answer:
        asked = question(messages, meter, tools=tools, schema=schema, max_tokens=max_tokens)
        with self._kept(asked, meter) as (own, made):
            answer = await self._inner.ask(messages, own, tools=tools, schema=schema, max_tokens=max_tokens)
            made |= {"text": answer.text, "finished": answer.finished}
            if answer.tool:
                made["tool"] = Called(name=answer.tool.name, args=answer.tool.args)
            if answer.data is not None and answer.data != _data(answer.text, schema):
                made["data"] = answer.data
        return answer

    @contextlib.contextmanager
    def _kept(self, asked: Asked, meter: Meter) -> Iterator[tuple[Meter, dict[str, Any]]]:
        """A call on its way: (its own meter, what is to be recorded of the answer). What fails is recorded as what it failed with."""
        own = Meter(asking=meter.asking)
        made: dict[str, Any] = {}
        try:
            yield own, made
        except asyncio.CancelledError:  # whoever asked has waited long enough
            made |= {"fail": "timeout"}
            raise
        except Exception as error:
            made |= _failed(error)
            raise
        finally:
            self._keep(asked, meter, own, made)

    async def stream(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> AsyncGenerator[str]:
        asked = question(messages, meter, schema=schema, max_tokens=max_tokens, streamed=True)
        own = Meter(asking=meter.asking)
        heard: list[str] = []
        made: dict[str, Any] = {}
        texts = self._inner.stream(messages, own, schema=schema, max_tokens=max_tokens)
        try:
            async with contextlib.aclosing(texts) as pieces:  # type: ignore[type-var]
                async for text in pieces:
                    heard.append(text)
                    yield text
        except (asyncio.CancelledError, GeneratorExit):  # whoever listened has heard enough, or nothing for too long
            made = {} if heard else {"fail": "timeout"}
            raise
        except Exception as error:
            made = _failed(error)
            raise
        finally:
            self._keep(asked, meter, own, {"text": "".join(heard)} | made)

    def _keep(self, asked: Asked, meter: Meter, own: Meter, made: Mapping[str, Any]) -> None:
        meter.attempts += own.attempts
        meter.tokens_in += own.tokens_in
        meter.tokens_out += own.tokens_out
        spent = {"attempts": own.attempts, "tokens_in": own.tokens_in, "tokens_out": own.tokens_out}
        self._tape.add(asked, self._inner, **made, **spent)

    async def warm(self) -> None:
        await self._inner.warm()

    async def check(self) -> str:
        return await self._inner.check()

    async def close(self) -> None:
        if not self._lent:
            await self._inner.close()


class Player:
    """A ChatModel that answers from a tape, at once; ModelFailed("odd"), and a note on the tape, for any other question.

    seed: what calls are made with; left out: what they were recorded with.
    """

    packaged = False

    def __init__(self, tape: Tape, *, seed: int | None = None) -> None:
        self._tape = tape
        self._seed = tape.seed if seed is None else seed
        self.rung: Where = tape.rung
        self.calls_tools = tape.calls_tools
        self.name = tape.model
        self.planner = tape.planner
        self.plans_wishes = tape.plans_wishes

    async def plan(self, messages: Sequence[Message], meter: Meter, *, grammar: str, max_tokens: int) -> Answer:
        await asyncio.sleep(0)
        call = self._take(question(messages, meter, schema=_as_schema(grammar), max_tokens=max_tokens), meter)
        if failure := call.failure():
            raise failure
        spent = (call.tokens_in, call.tokens_out)
        said = Answer(call.text, None, None, self.rung, self.name, *spent, finished=call.finished, planned=True)
        return replace(said, sure=tuple(call.sure))

    async def ask(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        tools: Sequence[Any] = (),
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> Answer:
        await asyncio.sleep(0)
        call = self._take(question(messages, meter, tools=tools, schema=schema, max_tokens=max_tokens), meter)
        if failure := call.failure():
            raise failure
        tool = ToolCall(call.tool.name, dict(call.tool.args)) if call.tool else None
        data = call.data if call.data is not None or tool else _data(call.text, schema)
        spent = (call.tokens_in, call.tokens_out)
        return Answer(call.text, tool, data, self.rung, self.name, *spent, finished=call.finished)

    async def stream(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> AsyncGenerator[str]:
        call = self._take(question(messages, meter, schema=schema, max_tokens=max_tokens, streamed=True), meter)
        for piece in re.findall(r"\s*\S+|\s+", call.text):
            await asyncio.sleep(0)
            yield piece
        if failure := call.failure():
            raise failure

    def _take(self, asked: Asked, meter: Meter) -> Call:
        call = self._tape.take(asked, self._seed)
        if call is None:
            raise ModelFailed("This call is not in the recording.", "odd")
        meter.attempts += call.attempts
        meter.tokens_in += call.tokens_in
        meter.tokens_out += call.tokens_out
        return call

    async def warm(self) -> None:
        return None

    async def check(self) -> str:
        return f"{len(self._tape)} recorded calls of {self.name} ({self._tape.path})"

    async def close(self) -> None:
        return None


def _as_schema(grammar: str) -> dict[str, str]:
    return {"title": "plan", "grammar": grammar}


def _data(text: str, schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What stands in a text where JSON was asked for: not written to the tape twice."""
    return reading.json_object(text, schema) if schema else None


def _failed(error: Exception) -> dict[str, Any]:
    if isinstance(error, TooBusy):
        return {"fail": error.why, "kind": BUSY, "retry_after": error.retry_after}
    if isinstance(error, ToolsRefused):
        return {"fail": error.why, "kind": NO_TOOLS}
    return {"fail": error.why if isinstance(error, ModelFailed) else "odd"}  # as the ladder takes anything else
