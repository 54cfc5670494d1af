"""The two doors a dialogue can go through: the engine in this process, or a server at an address.

Knows: how a turn is sent and what can be seen of its answer from there. Does not know: files, checks.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chatrec.engine import Engine
from chatrec.errors import ChatRecError, Missing, NotFound
from chatrec.evaluation.dialogues.file import Person
from chatrec.evaluation.dialogues.seen import Answer, Inside, Problem
from chatrec.vocabulary import Act, Catalog, Done, Facet, Item, Language, Reply

KINDS = (("likes", "like"), ("dislikes", "dislike"), ("seen", "seen"), ("owned", "owned"))


@dataclass(frozen=True)
class Sent:
    """One message or act on its way in."""

    user_id: str
    catalog: str
    turn_id: str
    conversation_id: str | None = None
    text: str | None = None
    act: Act | None = None
    language: Language | None = None


class Door(Protocol):
    async def catalog(self, name: str | None) -> Catalog:
        """The catalogue; None: the one that is talked about where nothing is said. NotFound where it is not there."""
        ...

    async def introduce(self, user_id: str, catalog: str, person: Person) -> None:
        """What is known of a person before the first turn. NotFound for an item that is not there."""
        ...

    async def say(self, sent: Sent) -> Answer: ...

    async def records(self, catalog: str, ids: Sequence[str]) -> list[Item]:
        """The catalogue's records; unknown ids are left out."""
        ...


class InsideDoor:
    """The engine itself: everything can be seen."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def catalog(self, name: str | None) -> Catalog:
        return (await self._engine.book(name or self._engine.settings.catalog)).catalog

    async def introduce(self, user_id: str, catalog: str, person: Person) -> None:
        for field, kind in KINDS:
            for item_id in getattr(person, field):
                await self._engine.feedback(user_id, item_id, kind, catalog)

    async def say(self, sent: Sent) -> Answer:
        began = time.perf_counter()
        try:
            said = await self._engine.said(
                text=sent.text, act=sent.act, user_id=sent.user_id, catalog=sent.catalog,
                conversation_id=sent.conversation_id, turn_id=sent.turn_id, language=sent.language,
            )  # fmt: skip
            flight = await self._engine.take_off(said)
            reply = None
            async for event in flight.follow():
                if isinstance(event, Done):
                    reply = event.reply
        except ChatRecError as error:
            return Answer(problem=Problem(error.status, error.title, str(error)), ms=_since(began))
        except Exception as error:  # what a person would see as our mistake is a finding, not the end of the run
            return Answer(problem=Problem(500, "Failed", f"{type(error).__name__}: {error}"), ms=_since(began))
        took = _since(began)
        if reply is None:
            return Answer(problem=Problem(500, "Failed", "the turn ended without an answer"), ms=took)
        return Answer(reply=reply, ms=took, inside=await self._inside(sent, reply))

    async def _inside(self, sent: Sent, reply: Reply) -> Inside:
        store = self._engine.store
        known = await store.profiles.entries(sent.user_id, sent.catalog)
        profile = {field: [e["item_id"] for e in known.get(field, ())] for field, _ in KINDS}
        retrieved = await store.dialogues.retrieved(sent.user_id, reply.turn_id)
        return Inside(
            profile=profile,
            candidates=[item_id for item_id, _ in retrieved],
            sources=dict(retrieved),
            prompts=self._engine.last_prompt(reply.turn_id),
            versions=self._engine.prompts.versions,
        )

    async def records(self, catalog: str, ids: Sequence[str]) -> list[Item]:
        found: list[Item] = await self._engine.store.items.get(catalog, ids, withdrawn=True)
        return found


class OutsideDoor:
    """A server that speaks our REST: what its clients see."""

    def __init__(self, url: str, api_key: str = "", seconds: float = 120.0) -> None:
        import httpx2

        base = url.rstrip("/").removesuffix("/api/v1")
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.url = base
        self._http = httpx2.AsyncClient(base_url=f"{base}/api/v1", headers=headers, timeout=seconds)
        self._errors = (httpx2.HTTPError, httpx2.InvalidURL)
        self._catalogs: list[Catalog] | None = None

    async def close(self) -> None:
        await self._http.aclose()

    async def _get(self, path: str) -> Any:
        response = await self._send("GET", path)
        if response.status_code == 404:
            raise NotFound(f"{self.url} knows nothing at {path}.")
        if response.status_code >= 400:
            raise Missing(f"{self.url} answers {response.status_code}: {_problem(response).detail}")
        return response.json()

    async def _send(self, method: str, path: str, body: Any = None) -> Any:
        try:
            return await self._http.request(method, path, json=body)
        except self._errors as error:
            raise Missing(f"{self.url} does not answer ({type(error).__name__}): start it, or mend --url.") from error

    async def catalog(self, name: str | None) -> Catalog:
        if self._catalogs is None:
            rows = (await self._get("/catalogs"))["catalogs"]
            self._catalogs = [
                Catalog(
                    name=r["name"], title=r["title"], items=r["items"], facets=tuple(Facet(**f) for f in r["facets"])
                )
                for r in rows
            ]
        wanted = [c for c in self._catalogs if name is None or c.name == name]
        if not wanted:
            raise NotFound(f"{self.url} has no catalogue {name}.")
        return wanted[0]

    async def introduce(self, user_id: str, catalog: str, person: Person) -> None:
        for field, kind in KINDS:
            for item_id in getattr(person, field):
                body = {"user_id": user_id, "item_id": item_id, "kind": kind, "catalog": catalog}
                response = await self._send("POST", "/feedback", body)
                if response.status_code >= 400:
                    raise NotFound(f"{item_id}: {_problem(response).detail}")

    async def say(self, sent: Sent) -> Answer:
        body: dict[str, Any] = {"user_id": sent.user_id, "catalog": sent.catalog, "turn_id": sent.turn_id}
        body |= {"conversation_id": sent.conversation_id, "language": sent.language}
        body |= {"text": sent.text} if sent.act is None else {"act": sent.act.model_dump(exclude_none=True)}
        began = time.perf_counter()
        response = await self._send("POST", "/chat", {k: v for k, v in body.items() if v is not None})
        took = _since(began)
        if response.status_code >= 400:
            return Answer(problem=_problem(response), ms=took)
        return Answer(reply=Reply.model_validate(response.json()), ms=took)

    async def records(self, catalog: str, ids: Sequence[str]) -> list[Item]:
        from urllib.parse import quote

        found: list[Item] = []
        for item_id in ids:
            try:
                row = await self._get(f"/catalogs/{quote(catalog)}/items/{quote(item_id, safe='')}")
            except NotFound:
                continue
            found.append(
                Item(
                    id=row["id"],
                    title=row["title"],
                    titles=row["titles"],
                    description=row["description"],
                    descriptions=row["descriptions"],
                    image_url=row["image_url"],
                    url=row["url"],
                    attributes={k: tuple(v) if isinstance(v, list) else v for k, v in row["facts"].items()},
                )
            )
        return found


def _problem(response: Any) -> Problem:
    try:
        told = response.json()
        return Problem(response.status_code, str(told.get("title", "")), str(told.get("detail", "")))
    except (ValueError, AttributeError):
        return Problem(response.status_code, "", response.text[:200])


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
