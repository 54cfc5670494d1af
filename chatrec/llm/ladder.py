"""The ladder: which model takes a step, for how long, and what happens when it fails. hosted -> local -> none.

Knows: order, trust, limits, breakers, what a turn spent. Does not know: protocols, prompts' content, what an answer means.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from chatrec.errors import ChatRecError, ModelFailed
from chatrec.llm import reading
from chatrec.llm.breaker import Breaker
from chatrec.llm.model import Answer, ChatModel, Message, PlanCall, Planner, Rendered, TooBusy, ToolsRefused, planner_of
from chatrec.llm.rungs import Trust, models_of, read_verdicts
from chatrec.observe import log
from chatrec.settings import Settings
from chatrec.vocabulary import Fall, Meter, RungName

_SLOW = frozenset({"refused", "server", "timeout", "rate", "auth"})  # failures of a server, not of an answer
_LONGEST_START = 256  # characters before the first `{` of a JSON stream (fences, "Sure:"), thoughts apart


@dataclass(frozen=True)
class Limits:
    """Seconds a step may take at a rung, and when a rung is left alone."""

    decide: float = 5.0
    decide_local: float = 10.0
    words: float = 20.0
    words_local: float = 30.0
    breaker_failures: int = 3
    breaker_seconds: float = 30.0

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        return cls(
            settings.decide_seconds,
            settings.decide_seconds_local,
            settings.words_seconds,
            settings.words_seconds_local,
            settings.breaker_failures,
            settings.breaker_seconds,
        )

    def seconds(self, step: str, rung: str) -> float:
        if step == "decide":
            return self.decide_local if rung == "local" else self.decide
        return self.words_local if rung == "local" else self.words


@dataclass
class Rung:
    """A model, its breaker, and whether it is still asked with tools."""

    model: ChatModel
    breaker: Breaker
    tools: bool


@dataclass(frozen=True)
class Health:
    """How one rung is, for `doctor`: `text` says what works, or what to do."""

    rung: str
    model: str
    works: bool
    text: str
    steps: tuple[str, ...] = field(default=())  # that this model is trusted with


class Ladder:
    """Asks the models in order. Shared by all conversations; keeps nothing of them.

    trusts(step, model): whether this model may take this step. tools_for_sure: a call written out as text does not end tools.
    """

    def __init__(
        self,
        rungs: Sequence[ChatModel] = (),
        *,
        limits: Limits | None = None,
        trusts: Callable[[str, ChatModel], bool] = lambda step, model: True,
        tools_for_sure: bool = False,
    ) -> None:
        self._limits = limits or Limits()
        self._trusts = trusts
        self._tools_for_sure = tools_for_sure
        self._rungs = [
            Rung(m, Breaker(self._limits.breaker_failures, self._limits.breaker_seconds), m.calls_tools) for m in rungs
        ]

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        verdicts: Mapping[str, Mapping[str, bool]] | None = None,
        *,
        allow_hosts: Collection[str] | None = None,
    ) -> Ladder:
        """The ladder of CHATREC_LLM. Quick: nothing is imported, started or asked yet.

        verdicts: model name -> step -> whether it measured better than code; default CHATREC_HOME/trust.json.
        allow_hosts: the only hosts that may be asked; None: any. Raises BadInput or Missing for what the person must mend.
        """
        verdicts = read_verdicts(settings.home) if verdicts is None else verdicts
        trust = Trust(settings.trust, verdicts)
        return cls(
            models_of(settings, trust, allow_hosts),
            limits=Limits.of(settings),
            trusts=trust,
            tools_for_sure=settings.tool_calls == "yes",
        )

    @property
    def models(self) -> tuple[ChatModel, ...]:
        """Best rung first."""
        return tuple(r.model for r in self._rungs)

    def rung_for(self, step: str, meter: Meter | None = None) -> RungName | None:
        """Who would take this step now; None: the code.

        With a meter, None is noted in it: the step is "none", and a breaker that was the reason is a fall.
        """
        order = self._order(step)
        for rung in order:
            if rung.breaker.lets:
                return rung.model.rung
        if meter is not None:
            meter.steps[step] = "none"
            meter.falls += [Fall(step=step, rung=r.model.rung, to=to, why="breaker") for r, to in _with_next(order)]
        return None

    def trusts(self, step: str, rung: str) -> bool:
        """Whether a model of this rung may take the step, its breaker aside."""
        return any(r.model.rung == rung for r in self._order(step))

    def _order(self, step: str) -> list[Rung]:
        return [r for r in self._rungs if self._trusts(step, r.model)]

    # ------------------------------------------------------------------ asking

    async def ask(
        self,
        step: str,
        rendered: Rendered,
        meter: Meter,
        *,
        max_tokens: int | None = 512,
        tools: Sequence[Any] | None = None,
        schema: Mapping[str, Any] | None = None,
        plan: PlanCall | None = None,
        check: Callable[[Answer], Any] | None = None,
    ) -> Answer:
        """The first usable answer. ModelFailed when no rung gave one; meter.steps[step] says who did, or "none".

        tools: LangChain tools, for rungs that call them; the others get `schema` as a response format, and answer in
        `data` (or with a tool call written out); plan: what a rung that was trained to plan is asked instead. check: raises ValueError or ModelFailed for an answer that is no use;
        then the next rung is asked.
        """
        last: ModelFailed | None = None
        for rung, attempt in self._attempts(step, meter, rendered):
            with attempt:
                async with asyncio.timeout(self._limits.seconds(step, rung.model.rung)):
                    if plan is not None and planner_of(rung.model):
                        answer = await _planned(rung, plan, meter)
                    else:
                        answer = await self._ask(rung, rendered, meter, max_tokens, tools or (), schema)
                if check is not None:
                    check(answer)
                return replace(answer, rung=rung.model.rung, model=rung.model.name)
            last = attempt.failed
        meter.steps[step] = "none"
        raise last or ModelFailed(f"No model takes the step {step}.", "refused")

    async def _ask(
        self,
        rung: Rung,
        rendered: Rendered,
        meter: Meter,
        max_tokens: int | None,
        tools: Sequence[Any],
        schema: Mapping[str, Any] | None,
    ) -> Answer:
        if tools and rung.tools:
            messages = _shown(rendered, True, meter)
            try:
                answer = await rung.model.ask(messages, meter, tools=tools, max_tokens=max_tokens)
            except ToolsRefused:
                rung.tools = False
            else:
                return self._understood(rung, answer, tools, schema)
        messages = _shown(rendered, False, meter)
        answer = await rung.model.ask(messages, meter, schema=schema, max_tokens=max_tokens)
        if schema and answer.data is None and answer.tool is None:
            raise ModelFailed("The model did not answer with the JSON it was asked for.", "odd")
        if tools and not answer.tool and (call := reading.written_tool_call(answer.text, tools)):
            return replace(answer, tool=call, data=None)
        return answer

    def _understood(self, rung: Rung, answer: Answer, tools: Sequence[Any], schema: Mapping[str, Any] | None) -> Answer:
        """A tool call that came as text, or JSON of the schema in place of one: used, and no tools from then on."""
        if answer.tool or not answer.text:
            return answer
        call = reading.written_tool_call(answer.text, tools)
        data = reading.json_object(answer.text, schema) if schema and not call else None
        if call or data:
            rung.tools = self._tools_for_sure
        return replace(answer, tool=call, data=data)

    async def stream(
        self,
        step: str,
        rendered: Rendered,
        meter: Meter,
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = 1024,
    ) -> AsyncIterator[str]:
        """Text as it comes; with a schema JSON text that begins at its `{`.

        A failure before the first text falls to the next rung. After it ModelFailed is raised: keep what was whole.
        Leave early through `contextlib.aclosing`, so that the connection closes at once.
        """
        last: ModelFailed | None = None
        for rung, attempt in self._attempts(step, meter, rendered):
            with attempt:
                deadline = asyncio.get_running_loop().time() + self._limits.seconds(step, rung.model.rung)
                messages = _shown(rendered, False, meter)
                texts = rung.model.stream(messages, meter, schema=schema, max_tokens=max_tokens)
                async with contextlib.aclosing(_trimmed(texts, json=schema is not None)) as trimmed:  # type: ignore[type-var]
                    while True:
                        async with asyncio.timeout_at(deadline):  # never around the yield: that is the caller's time
                            text = await anext(trimmed, None)
                        if text is None:
                            break
                        attempt.hear()
                        left = time.perf_counter()
                        yield text
                        attempt.away += time.perf_counter() - left
                if not attempt.heard:
                    raise ModelFailed("The model said nothing that can be used.", "odd")
                return
            last = attempt.failed
            if attempt.heard:
                break
        else:
            meter.steps[step] = "none"
        raise last or ModelFailed(f"No model takes the step {step}.", "refused")

    def _attempts(self, step: str, meter: Meter, rendered: Rendered) -> Iterator[tuple[Rung, _Attempt]]:
        """The rungs that may take this step, best first; a rung whose breaker is open counts as a fall."""
        called = False
        for rung, to in _with_next(self._order(step)):
            if not rung.breaker.enter():
                meter.falls.append(Fall(step=step, rung=rung.model.rung, to=to, why="breaker"))
                continue
            meter.calls += not called
            called = True
            meter.prompts[rendered.name] = rendered.version
            meter.asking = f"{rendered.name}@{rendered.version}"
            yield rung, _Attempt(step, rung, to, meter)

    # ------------------------------------------------------------------ life

    async def warm(self) -> None:
        """Load and start what the first call needs: imports, the local server, the name of the hosted model.

        A server that can't be reached is logged (a turn falls past it). Raises BadInput or Missing for what a person
        must mend, after every rung has been warmed.
        """
        wrong: ChatRecError | None = None
        for rung in self._rungs:
            try:
                await rung.model.warm()
            except ModelFailed as error:
                log.warning("the %s model is not ready: %s", rung.model.rung, error)
            except ChatRecError as error:
                wrong = wrong or error
        if wrong:
            raise wrong

    async def check(self, seconds: float = 20.0) -> list[Health]:
        """Ask every rung for a sign of life, for `doctor`."""
        return [await self._check(r.model, seconds) for r in self._rungs]

    async def _check(self, model: ChatModel, seconds: float) -> Health:
        works, text = False, ""
        try:
            async with asyncio.timeout(seconds):
                text = await model.check()
            works = True
        except TimeoutError:
            text = f"no answer within {seconds:.0f} s"
        except ChatRecError as error:
            text = str(error)
        steps = tuple(s for s in ("decide", "rerank", "words") if self._trusts(s, model))
        return Health(model.rung, model.name, works, text, steps)

    async def close(self) -> None:
        for rung in self._rungs:
            await rung.model.close()


def _with_next(order: Sequence[Rung]) -> Iterator[tuple[Rung, str]]:
    """Each rung and the name of the one below it."""
    for n, rung in enumerate(order):
        yield rung, order[n + 1].model.rung if n + 1 < len(order) else "none"


class _Attempt:
    """One rung's try at a step: its time, its breaker, and the fall when it fails. Swallows every failure but a cancel."""

    def __init__(self, step: str, rung: Rung, to: str, meter: Meter) -> None:
        self._step, self._rung, self._to, self._meter = step, rung, to, meter
        self._started = 0.0
        self.away = 0.0  # seconds that the caller spent with what it got
        self.heard = False  # text of a stream has gone out: nobody else can take over
        self.failed: ModelFailed | None = None

    def hear(self) -> None:
        if not self.heard:
            self.heard, self._to = True, "none"
            self._serves()

    def _serves(self) -> None:
        self._meter.steps[self._step] = self._rung.model.rung
        self._meter.model = self._rung.model.name

    def __enter__(self) -> _Attempt:
        self._started = time.perf_counter()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        meter, model, breaker = self._meter, self._rung.model, self._rung.breaker
        meter.model_ms += (time.perf_counter() - self._started - self.away) * 1000
        if error is None or (isinstance(error, GeneratorExit) and self.heard):  # the caller has heard enough
            breaker.good()
            self._serves()
            return False
        if not isinstance(error, Exception):  # cancelled
            breaker.leave()
            return False
        self.failed = _failure(error)
        why = self.failed.why
        if why in _SLOW:
            breaker.bad(error.retry_after if isinstance(error, TooBusy) else None)
        else:
            breaker.leave()
        meter.falls.append(Fall(step=self._step, rung=model.rung, to=self._to, why=why))
        log.info("%s fell from %s to %s: %s", self._step, model.rung, self._to, self.failed)
        return True


def _failure(error: Exception) -> ModelFailed:
    if isinstance(error, ModelFailed):
        return error
    if isinstance(error, TimeoutError):
        return ModelFailed("The model did not answer in time.", "timeout")
    if isinstance(error, ChatRecError):  # a setting is wrong; it was told at start-up, and a turn goes on without
        log.warning("%s", error)
        return ModelFailed(str(error), "odd")
    if not isinstance(error, ValueError):  # ValueError: the caller's check; anything else is a model class gone wrong
        log.warning("a model failed with %s", type(error).__name__, exc_info=error)
    return ModelFailed(f"The answer is no use ({type(error).__name__}).", "odd")


async def _planned(rung: Rung, plan: PlanCall, meter: Meter) -> Answer:
    meter.prompts[plan.rendered.name] = plan.rendered.version
    meter.asking = f"{plan.rendered.name}@{plan.rendered.version}"
    messages = _shown(plan.rendered, False, meter)
    model = cast("Planner", rung.model)
    shape = plan.grammar if model.plans_wishes else plan.kinds
    return await model.plan(messages, meter, grammar=shape, max_tokens=plan.max_tokens)


def _shown(rendered: Rendered, tools: bool, meter: Meter) -> list[Message]:
    messages = list(rendered.messages(tools))
    meter.seen_by_model.append(messages)
    return messages


async def _trimmed(texts: AsyncIterator[str], *, json: bool) -> AsyncIterator[str]:
    """A model's stream without its `<think>` block and, for JSON, without what comes before the first `{`."""
    held = ""
    open_ = True  # still at the start
    async with contextlib.aclosing(texts) as source:  # type: ignore[type-var]
        async for text in source:
            if not open_:
                yield text
                continue
            held += text
            start = held.lstrip()
            if start.startswith("<think") or "<think".startswith(start[:6]):
                if "</think" not in start or ">" not in start.partition("</think")[2]:
                    continue
                held = start = reading.without_thoughts(start).lstrip()
            if json:
                at = start.find("{")
                if at < 0:
                    if len(start) > _LONGEST_START:
                        raise ModelFailed("The model did not answer with the JSON it was asked for.", "odd")
                    continue
                start = start[at:]
            if start:
                open_, held = False, ""
                yield start
    if held.strip() and open_ and not json and not held.lstrip().startswith("<think"):
        yield held.strip()  # shorter than "<think"
