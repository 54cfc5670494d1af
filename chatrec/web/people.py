"""REST: what is held about a person: profile, everything (export), conversations. What is somebody else's is 404.

Knows: the shapes of requests and answers. Does not know: how a profile comes about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field

from chatrec.engine import Engine
from chatrec.errors import BadInput, NotFound
from chatrec.language.normal import drop_control
from chatrec.vocabulary import Taste

Enter = Callable[..., str | None]  # (Authorization, user id): checks both, gives the user id
MOST_LISTED = 5_000


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Noted(Body):
    """An item of a profile's list. at: seconds since 1970, now where it is left out."""

    item_id: str = Field(max_length=200)
    at: float | None = Field(None, ge=0, le=1e11)
    turn_id: str | None = Field(None, max_length=100)


class TasteIn(Body):
    id: str = Field(min_length=1, max_length=100)
    facet: str = Field(max_length=100)
    value: str | float | bool
    weight: float = Field(ge=-1, le=1)
    words: str = Field("", max_length=500)
    turn_id: str = Field("", max_length=100)


class ProfileIn(Body):
    """A list that is given takes the place of the one that is there; what is left out stays."""

    likes: list[Noted] | None = Field(None, max_length=MOST_LISTED)
    dislikes: list[Noted] | None = Field(None, max_length=MOST_LISTED)
    seen: list[Noted] | None = Field(None, max_length=MOST_LISTED)
    owned: list[Noted] | None = Field(None, max_length=MOST_LISTED)
    tastes: list[TasteIn] | None = Field(None, max_length=MOST_LISTED)


class NotedOut(BaseModel):
    item_id: str
    at: float
    turn_id: str | None = None


class TasteOut(BaseModel):
    id: str
    facet: str
    value: Any
    weight: float
    words: str
    turn_id: str


class ProfileOut(BaseModel):
    """Newest first."""

    likes: list[NotedOut]
    dislikes: list[NotedOut]
    seen: list[NotedOut]
    owned: list[NotedOut]
    tastes: list[TasteOut]


class ConversationIn(Body):
    title: str = Field(min_length=1, max_length=200)


class ConversationOut(BaseModel):
    id: str
    catalog: str
    title: str | None
    language: str | None
    created_at: float
    updated_at: float


class ConversationsOut(BaseModel):
    conversations: list[ConversationOut]


class SaidOut(BaseModel):
    """One turn: what was said or clicked, and the Reply (none while it is being answered)."""

    turn_id: str
    text: str
    act: dict[str, Any] | None
    at: float
    reply: dict[str, Any] | None


class WholeConversation(ConversationOut):
    turns: list[SaidOut]


def routes(engine: Engine, enter: Enter) -> APIRouter:
    """The routes below /api/v1 about one person."""
    api = APIRouter()
    store = engine.store

    async def catalog_of(catalog: str | None) -> Any:
        return await store.items.catalog(catalog or engine.settings.catalog)  # NotFound

    async def owner(conversation_id: str, user_id: str | None) -> str:
        """Who the conversation belongs to, where that is the caller: the named person, or a person of its own."""
        found = await store.dialogues.owner(conversation_id)
        if found is None or (found[0] != user_id if user_id else not found[0].startswith("anon:")):
            raise NotFound(f"There is no conversation {conversation_id!r}.")
        return str(found[0])

    @api.get("/users/{user_id:path}/profile", response_model=ProfileOut, summary="What is known of a person's taste")
    async def profile(user_id: str, catalog: str | None = None, authorization: str | None = Header(None)) -> Any:
        enter(authorization, user_id)
        return await store.profiles.entries(user_id, (await catalog_of(catalog)).name)

    @api.patch("/users/{user_id:path}/profile", response_model=ProfileOut, summary="Put lists in the place of lists")
    async def change(
        user_id: str, body: ProfileIn, catalog: str | None = None, authorization: str | None = Header(None)
    ) -> Any:
        enter(authorization, user_id)
        known = await catalog_of(catalog)
        lists = {
            name: {noted.item_id: (noted.at, noted.turn_id) for noted in given}
            for name in ("likes", "dislikes", "seen", "owned")
            if (given := getattr(body, name)) is not None
        }
        if both := set(lists.get("likes", ())) & set(lists.get("dislikes", ())):
            item = min(both)
            raise BadInput(f"{item!r} is in likes and in dislikes; leave it in one.", [("likes", "also in dislikes")])
        for n, taste in enumerate(body.tastes or ()):
            if known.facet(taste.facet) is None:
                raise BadInput(f"{known.name} has no facet {taste.facet!r}.", [(f"tastes.{n}.facet", "not known")])
        tastes = None if body.tastes is None else [Taste(**taste.model_dump()) for taste in body.tastes]
        await store.profiles.change(user_id, known.name, lists, tastes)
        return await store.profiles.entries(user_id, known.name)

    @api.delete("/users/{user_id:path}/profile", status_code=204, summary="Empty a profile; conversations stay")
    async def clear(user_id: str, catalog: str | None = None, authorization: str | None = Header(None)) -> None:
        enter(authorization, user_id)
        await store.profiles.clear(user_id, (await catalog_of(catalog)).name if catalog else None)

    @api.get("/users/{user_id:path}/export", summary="Everything held about a person")
    async def export(user_id: str, authorization: str | None = Header(None)) -> dict[str, Any]:
        enter(authorization, user_id)
        held: dict[str, Any] = await store.profiles.export(user_id)
        return held

    @api.get("/conversations", response_model=ConversationsOut, summary="A person's conversations, the latest first")
    async def conversations(
        user_id: str | None = None, catalog: str | None = None, authorization: str | None = Header(None)
    ) -> Any:
        if enter(authorization, user_id) is None:
            raise BadInput("Say whose conversations: ?user_id=ID.", [("user_id", "must be given")])
        return {"conversations": await store.dialogues.conversations(user_id, catalog)}

    @api.get("/conversations/{conversation_id}", response_model=WholeConversation, summary="A conversation, whole")
    async def conversation(
        conversation_id: str, user_id: str | None = None, authorization: str | None = Header(None)
    ) -> Any:
        whose = await owner(conversation_id, enter(authorization, user_id))
        return await store.dialogues.conversation(conversation_id, whose)

    @api.patch("/conversations/{conversation_id}", response_model=WholeConversation, summary="Give it another title")
    async def rename(
        conversation_id: str,
        body: ConversationIn,
        user_id: str | None = None,
        authorization: str | None = Header(None),
    ) -> Any:
        whose = await owner(conversation_id, enter(authorization, user_id))
        title = drop_control(body.title).strip()
        if not title:
            raise BadInput("The title is empty.", [("title", "must not be empty")])
        await store.dialogues.rename(conversation_id, whose, title)
        return await store.dialogues.conversation(conversation_id, whose)

    @api.delete("/conversations/{conversation_id}", status_code=204, summary="Forget a conversation")
    async def forget(
        conversation_id: str, user_id: str | None = None, authorization: str | None = Header(None)
    ) -> None:
        await store.dialogues.delete(conversation_id, await owner(conversation_id, enter(authorization, user_id)))

    return api
