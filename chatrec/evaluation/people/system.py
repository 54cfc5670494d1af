"""What simulated people are put to: ChatRec itself with its question policy or without it, or any OpenAI-protocol endpoint.

Knows: how a message gets there, what a person sees of the answer. Does not know: who speaks, what they want.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from chatrec.engine import Engine
from chatrec.errors import ChatRecError, Missing
from chatrec.language.normal import normal
from chatrec.language.sentences import noun
from chatrec.turn import Parts, run_turn
from chatrec.vocabulary import Catalog, Chip, Decision, Done, Item, Language, Reply

_PIECES = re.compile(r"[“\"]([^”\"\n]{1,120})[”\"]|《([^》\n]{1,80})》|\*\*([^*\n]{1,120})\*\*")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)、])\s*")
_TAIL = re.compile(r"\s*(?:[(（].*|\s[-–—]\s.*|[:：].*)$")
_YEAR = re.compile(r"[(（](\d{4})[)）]")
MOST_TITLES = 20  # of one answer of a model


@dataclass(frozen=True)
class Answered:
    """What a person sees of one answer: recommended items in order, near misses, words, chips."""

    items: tuple[Item, ...] = ()
    near: tuple[Item, ...] = ()
    text: str = ""
    chips: tuple[Chip, ...] = ()
    reply: Reply | None = None  # of ChatRec


class Talk(Protocol):
    """One conversation."""

    async def say(self, text: str) -> Answered: ...
    async def press(self, chip: Chip) -> Answered: ...


class System(Protocol):
    """Something people talk to."""

    @property
    def name(self) -> str: ...
    async def talk(self, language: Language) -> Talk: ...


# ---------------------------------------------------------------------- ChatRec


class ChatRec:
    """The turn itself. questions=False: whatever would be asked is answered with items instead."""

    def __init__(
        self, engine: Engine, catalog: str, items: Sequence[Item], *, questions: bool = True, name: str = "ChatRec"
    ) -> None:
        self.name, self._engine, self._catalog, self._questions = name, engine, catalog, questions
        self._items = {i.id: i for i in items}

    async def parts(self) -> Parts:
        """What its turns are made of."""
        parts = (await self._engine.book(self._catalog)).parts
        return parts if self._questions else replace(parts, decide=_Unasking(parts.decide))

    async def talk(self, language: Language) -> Talk:
        return _ChatRecTalk(self._engine, await self.parts(), self._catalog, self._items)


class _Unasking:
    """A decision without questions."""

    def __init__(self, decide: Any) -> None:
        self._decide = decide

    async def __call__(self, *turn: Any) -> Decision:
        decision: Decision = await self._decide(*turn)
        return replace(decision, kind="recommend", facet=None, say="") if decision.kind == "ask" else decision


class _ChatRecTalk:
    def __init__(self, engine: Engine, parts: Parts, catalog: str, items: dict[str, Item]) -> None:
        self._engine, self._parts, self._catalog, self._items = engine, parts, catalog, items
        self._conversation: str | None = None

    async def say(self, text: str) -> Answered:
        return await self._turn(text=text)

    async def press(self, chip: Chip) -> Answered:
        return await self._turn(**({"act": chip.act} if chip.act else {"text": chip.text}))

    async def _turn(self, **said: Any) -> Answered:
        checked = await self._engine.said(catalog=self._catalog, conversation_id=self._conversation, **said)
        reply: Reply | None = None
        async for event in run_turn(self._parts, checked):
            if isinstance(event, Done):
                reply = event.reply
        if reply is None:
            raise ChatRecError("The turn ended without an answer.")
        self._conversation = reply.conversation_id
        return Answered(
            items=tuple(self._items[i.id] for i in reply.items),
            near=tuple(self._items[n.item.id] for n in reply.near),
            text=reply.text,
            chips=tuple(reply.chips),
            reply=reply,
        )


# ---------------------------------------------------------------------- any chat endpoint


class Endpoint:
    """A model behind an OpenAI-protocol address, with nothing but the conversation. Titles it names are looked up exactly."""

    def __init__(
        self, url: str, model: str, catalog: Catalog, items: Sequence[Item], api_key: str = "", seconds: float = 60.0
    ) -> None:
        self.name = f"{model} at {url}"
        self._url, self._model, self._key, self._seconds = url, model, api_key or "none", seconds
        self._catalog, self._titles = catalog, Titles(catalog, items)
        self._client: Any = None

    async def talk(self, language: Language) -> Talk:
        from openai import AsyncOpenAI

        self._client = self._client or AsyncOpenAI(
            base_url=self._url, api_key=self._key, timeout=self._seconds, max_retries=1
        )
        return _EndpointTalk(self._client, self._model, self._titles, _instruction(self._catalog, language))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()


def _instruction(catalog: Catalog, language: Language) -> str:
    """What the endpoint is told. Nobody's prompt but what any chat with it would begin with."""
    if language == "zh":
        return f"你帮人找{noun(catalog, 'zh')}。每次推荐至多五个，每行一个，只写准确的名称；或者问一个简短的问题。"
    return (
        f"You help people find {noun(catalog, 'en', 2)}. Recommend at most five at a time, one a line, by exact title only; "
        "or ask one short question."
    )


class _EndpointTalk:
    def __init__(self, client: Any, model: str, titles: Titles, instruction: str) -> None:
        self._client, self._model, self._titles = client, model, titles
        self._messages = [{"role": "system", "content": instruction}]

    async def say(self, text: str) -> Answered:
        from openai import OpenAIError

        self._messages.append({"role": "user", "content": text})
        try:
            answer = await self._client.chat.completions.create(
                model=self._model, messages=self._messages, temperature=0, max_tokens=400
            )
        except OpenAIError as error:
            raise Missing(f"The endpoint does not answer ({type(error).__name__}): check --url and --model.") from error
        said = (answer.choices[0].message.content or "") if answer.choices else ""
        self._messages.append({"role": "assistant", "content": said})
        return Answered(items=self._titles.found(said), text=said)

    async def press(self, chip: Chip) -> Answered:
        return await self.say(chip.label)


class Titles:
    """Finds the items that a text names by their exact title: a line of a list, or words in quotation marks or bold."""

    def __init__(self, catalog: Catalog, items: Sequence[Item]) -> None:
        year = catalog.by_role("year")
        self._year = year.name if year else None
        self._by_title: dict[str, list[Item]] = {}
        for item in sorted(items, key=lambda i: (-i.popularity, i.id)):
            for title in {item.title, *item.titles.values()}:
                self._by_title.setdefault(normal(title), []).append(item)

    def found(self, text: str) -> tuple[Item, ...]:
        """In the order they are named; of several with one title the one of the year beside it, else the best known."""
        hits: dict[str, Item] = {}
        for line in text.splitlines():
            bare = _BULLET.sub("", line).strip()
            year = _YEAR.search(line)
            pieces = [next(p for p in match.groups() if p) for match in _PIECES.finditer(line)]
            for piece in [*pieces, bare, _TAIL.sub("", bare)]:
                if item := self._one(piece.strip(' .,;。，；*"“”《》'), int(year[1]) if year else None):
                    hits.setdefault(item.id, item)
        return tuple(hits.values())[:MOST_TITLES]

    def _one(self, title: str, year: int | None) -> Item | None:
        known = self._by_title.get(normal(_TAIL.sub("", title)), []) or self._by_title.get(normal(title), [])
        if year is not None and self._year:
            return next((i for i in known if year in i.values(self._year)), None)
        return known[0] if known else None
