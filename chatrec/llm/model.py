"""What every chat model looks like from inside the house, whoever made it.

Knows: the shape of a question and of an answer. Does not know: any protocol, limits, which step is asked.
A new provider is one class that fits `ChatModel` and passes `chatrec.testing.model_contract.ChatModelContract`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from chatrec.errors import ModelFailed
from chatrec.vocabulary import Meter

Message = tuple[str, str]  # (role, content); roles: system, user, assistant
Where = Literal["hosted", "local"]
MOST_TEXT = 64 * 1024  # characters of one answer; more is no answer


class Rendered(Protocol):
    """A prompt ready to be sent; `chatrec.prompting` makes it."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def messages(self, tools: bool) -> list[Message]: ...


@dataclass(frozen=True)
class ToolCall:
    """The model wants this tool. The name is one of those offered; the arguments are a dict and nothing more is sure."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a model said, unchecked: text, a tool call, or a dict that was asked for by schema."""

    text: str = ""
    tool: ToolCall | None = None
    data: dict[str, Any] | None = None
    rung: str = ""
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    finished: bool = True  # False: cut at max_tokens
    planned: bool = False  # text is a line in the planner's language
    sure: tuple[
        float, ...
    ] = ()  # of each part of such a line: how probable its least likely token was; empty: not told


@dataclass(frozen=True)
class PlanCall:
    """The same question for a model that was trained to plan: its own short prompt, and the grammar (GBNF) of its answers.

    kinds: the grammar of answers without wishes, for a planner that measured better than code at kinds alone.
    """

    rendered: Rendered
    grammar: str
    kinds: str
    max_tokens: int


class ToolsRefused(ModelFailed):
    """The server takes no tools; asking without them may work."""


class TooBusy(ModelFailed):
    """Status 429. `retry_after` in seconds, where the server said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message, "rate")
        self.retry_after = retry_after


class ChatModel(Protocol):
    """One model behind one rung. Safe for many calls at once; keeps no words between them.

    Every failure is a ModelFailed with a `why`; cancelling a call closes its connection. A call adds the requests it
    sent and their tokens to the meter (`attempts`, `tokens_in`, `tokens_out`), and touches nothing else of it.
    """

    rung: Where
    packaged: bool  # the toy that comes with ChatRec: trusted only with what it measured better at
    calls_tools: bool  # may be asked with tools

    @property
    def name(self) -> str:
        """The model's name; empty until a server has told it."""
        ...

    async def ask(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        tools: Sequence[Any] = (),
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> Answer:
        """One whole answer. With tools (LangChain tools): text or a tool call; with a JSON schema: data.

        Raises ModelFailed, ToolsRefused when the server takes no tools, BadInput or Missing when a setting is wrong.
        """
        ...

    def stream(
        self,
        messages: Sequence[Message],
        meter: Meter,
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> AsyncIterator[str]:
        """Text as it comes. Raises ModelFailed when nothing came, or when it broke off before its end."""
        ...

    async def warm(self) -> None:
        """Load and start what the first call needs. BadInput or Missing: what the person must mend."""
        ...

    async def check(self) -> str:
        """One line for `doctor`: that it answers, and as what. Raises a ChatRecError that says what to do."""
        ...

    async def close(self) -> None: ...


class Planner(ChatModel, Protocol):
    """A chat model that also plans turns, by an adapter trained for it."""

    planner: str  # the adapter's name, by which verdicts are kept; empty: it has none
    plans_wishes: bool  # whether its wishes are asked for as well as its kind of turn

    async def plan(self, messages: Sequence[Message], meter: Meter, *, grammar: str, max_tokens: int) -> Answer:
        """One line in the planner's language, `planned` set. Raises ModelFailed."""
        ...


def planner_of(model: ChatModel) -> str:
    """The name of a model's planner; empty where it has none."""
    return str(getattr(model, "planner", ""))
