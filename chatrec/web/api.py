"""REST: chat as JSON or as server-sent events, recommendations without chat, feedback, items, catalogues (people: `people.py`).

Knows: the engine and the shapes of requests. OpenAPI is at /docs. Errors are problem+json (RFC 9457).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from chatrec.engine import MOST_CHARACTERS, Engine
from chatrec.errors import ChatRecError, NotFound, TooLong
from chatrec.language.normal import drop_control
from chatrec.observe import log
from chatrec.vocabulary import (
    Act,
    Catalog,
    Chips,
    Decided,
    Done,
    Event,
    Facet,
    Reply,
    Retrieved,
    Shown,
    Text,
)
from chatrec.web import people
from chatrec.web.identity import Rate, check_key, check_user_id


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChatIn(Body):
    """One message (`text`) or one click (`act`)."""

    catalog: str | None = Field(None, max_length=100)
    conversation_id: str | None = Field(None, max_length=100)
    turn_id: str | None = Field(None, min_length=1, max_length=100)
    user_id: str | None = None
    language: Literal["en", "zh"] | None = None
    text: str | None = None
    act: Act | None = None


class HistoryIn(Body):
    item_id: str
    rating: float | None = None
    kind: Literal["like", "dislike", "seen", "owned", "view", "buy"] | None = None
    at: str | None = None


class MessageIn(Body):
    role: Literal["user", "assistant"]
    content: str
    item_ids: list[str] = Field([], max_length=100)  # items that the message names, where the site knows them


def dial(told: str) -> Any:
    """A number from 0 to 1 for this call; the engine says so to whoever sends another."""
    range_: dict[str, Any] = {"minimum": 0, "maximum": 1}
    return Field(None, strict=True, description=f"{told}; null: as set for the server", json_schema_extra=range_)


class RecommendationsIn(Body):
    """What is known; every field is optional, and what is not known weighs nothing."""

    catalog: str | None = Field(None, max_length=100)
    user_id: str | None = None
    history: list[HistoryIn] = Field([], max_length=1000)
    wishes: list[dict[str, Any]] = Field([], max_length=50)
    text: str = ""
    messages: list[MessageIn] = Field([], max_length=100)
    k: int = Field(20, ge=1, le=100)
    exclude: list[str] = Field([], max_length=10_000)
    diversity: float | None = dial("how unlike each other they are to be; 0: as they fit best")
    novelty: float | None = dial("how little known they are to be; 0: as they fit best")


class Recommended(BaseModel):
    id: str
    score: float
    sources: list[str]
    rating: float | None = Field(
        None, description="what this person would rate it, in the scale of the log; null: not known"
    )


class RecommendationsOut(BaseModel):
    items: list[Recommended]


class FeedbackIn(Body):
    user_id: str
    item_id: str
    kind: Literal["like", "dislike", "seen", "owned"]
    catalog: str | None = None


class CatalogOut(BaseModel):
    name: str
    title: dict[str, str]
    items: int
    facets: list[Facet]


class CatalogsOut(BaseModel):
    catalogs: list[CatalogOut]


class FullItem(BaseModel):
    id: str
    title: str
    titles: dict[str, str]
    description: str
    descriptions: dict[str, str]
    image_url: str | None
    url: str | None
    facts: dict[str, Any]


def event_data(event: Event) -> dict[str, Any]:
    """The data of one event, as it goes over SSE."""
    match event:
        case Decided():
            wishes = [w.model_dump(mode="json") for w in event.wishes]
            return {"kind": event.kind, "tool_called": event.tool_called, "wishes": wishes}
        case Retrieved():
            return {"count": event.count}
        case Shown():
            items, near = event.items, event.near
            return {
                "items": [i.model_dump(mode="json") for i in items],
                "near": [n.model_dump(mode="json") for n in near],
            }
        case Text():
            return {"text": event.text} | ({"item_id": event.item_id} if event.item_id else {})
        case Chips():
            return {"chips": [c.model_dump(mode="json") for c in event.chips]}
        case Done():
            return event.reply.model_dump(mode="json")


def problem(error: ChatRecError) -> dict[str, Any]:
    """RFC 9457: what happened and what to do."""
    body: dict[str, Any] = {"type": "about:blank", "title": error.title, "status": error.status, "detail": str(error)}
    if fields := getattr(error, "fields", None):
        body["errors"] = [{"field": field, "message": message} for field, message in fields]
    return body


def problem_response(error: ChatRecError) -> JSONResponse:
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == 503:
        headers["Retry-After"] = "5"
    if retry := getattr(error, "retry_after", None):
        headers["Retry-After"] = str(retry)
    return JSONResponse(problem(error), error.status, headers, "application/problem+json")


def router(engine: Engine, rate: Rate) -> APIRouter:
    """The routes below /api/v1 for one engine."""
    api = APIRouter(prefix="/api/v1")

    def enter(authorization: str | None, user_id: str | None = None) -> str | None:
        check_key(engine.settings.api_key, authorization)
        return check_user_id(user_id)

    @api.post(
        "/chat",
        response_model=Reply,
        summary="One turn of a conversation, as JSON or (Accept: text/event-stream) as events",
    )
    async def chat(body: ChatIn, request: Request, authorization: str | None = Header(None)) -> Any:
        user_id = enter(authorization, body.user_id)
        said = await engine.said(
            text=body.text,
            act=body.act,
            user_id=user_id,
            catalog=body.catalog,
            conversation_id=body.conversation_id,
            turn_id=body.turn_id,
            language=body.language,
        )
        rate.take(user_id or body.conversation_id or (request.client.host if request.client else "?"))
        flight = await engine.take_off(said)
        if "text/event-stream" not in request.headers.get("accept", ""):
            async for event in flight.follow():
                if isinstance(event, Done):
                    return event.reply
            raise ChatRecError("The turn ended without an answer; send it again.")
        from sse_starlette.sse import EventSourceResponse

        async def events() -> AsyncIterator[dict[str, str]]:
            try:
                async for event in flight.follow():
                    yield {"event": event.name, "data": json.dumps(event_data(event), ensure_ascii=False)}
            except ChatRecError as error:
                yield {"event": "error", "data": json.dumps(problem(error), ensure_ascii=False)}
            except Exception:  # the outer door: the engine has logged it
                wrong = ChatRecError("Something went wrong on our side; send the same turn again.")
                yield {"event": "error", "data": json.dumps(problem(wrong), ensure_ascii=False)}

        return EventSourceResponse(events(), ping=15)

    @api.post("/recommendations", response_model=RecommendationsOut, summary="The recommender without the chat")
    async def recommendations(body: RecommendationsIn, authorization: str | None = Header(None)) -> RecommendationsOut:
        user_id = enter(authorization, body.user_id)
        for what, words in (
            ("text", body.text),
            *((f"messages.{n}.content", m.content) for n, m in enumerate(body.messages)),
        ):
            if len(words) > MOST_CHARACTERS:
                raise TooLong(
                    f"{what} has {len(words):,} characters; send at most {MOST_CHARACTERS:,}.", [(what, "too long")]
                )
        found = await engine.recommend(
            catalog=body.catalog,
            user_id=user_id,
            history=[(h.item_id, h.kind, h.rating) for h in body.history],
            wishes=body.wishes,
            text=drop_control(body.text),
            messages=[m.model_dump() | {"content": drop_control(m.content)} for m in body.messages],
            k=body.k,
            exclude=body.exclude,
            diversity=body.diversity,
            novelty=body.novelty,
        )
        return RecommendationsOut(
            items=[
                Recommended(
                    id=c.item.id,
                    score=round(c.score, 6),
                    sources=list(c.sources),
                    rating=None if c.predicted_rating is None else round(c.predicted_rating, 2),
                )
                for c in found
            ]
        )

    @api.post("/feedback", status_code=204, summary="Like, dislike, seen or owned, from outside the chat")
    async def feedback(body: FeedbackIn, authorization: str | None = Header(None)) -> None:
        user_id = enter(authorization, body.user_id)
        await engine.feedback(user_id or "", body.item_id, body.kind, body.catalog)

    @api.get("/catalogs", response_model=CatalogsOut, summary="What can be talked about")
    async def catalogs(authorization: str | None = Header(None)) -> CatalogsOut:
        enter(authorization)
        known: list[Catalog] = await engine.store.items.catalogs()
        return CatalogsOut(
            catalogs=[CatalogOut(name=c.name, title=c.title, items=c.items, facets=list(c.facets)) for c in known]
        )

    @api.get("/catalogs/{name}/items/{item_id:path}", response_model=FullItem, summary="One item's record")
    async def item(name: str, item_id: str, authorization: str | None = Header(None)) -> FullItem:
        enter(authorization)
        catalog = await engine.store.items.catalog(name)
        found = await engine.store.items.get(name, [item_id])
        if not found:
            raise NotFound(f"The catalogue {name!r} has no item {item_id!r}.")
        one = found[0]
        facts = {f.name: one.attributes[f.name] for f in catalog.facets if one.values(f.name)}
        return FullItem(
            id=one.id,
            title=one.title,
            titles=dict(one.titles),
            description=one.description,
            descriptions=dict(one.descriptions),
            image_url=one.image_url,
            url=one.url,
            facts=facts,
        )

    api.include_router(people.routes(engine, enter))
    return api


def log_crash(request: Request, error: Exception) -> JSONResponse:
    """An error nobody foresaw: told to the log in full, to the caller without inside."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem_response(ChatRecError("Something went wrong on our side; send the same request again."))
