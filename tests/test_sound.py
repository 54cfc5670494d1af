"""Nothing mixed up, nothing lost, nothing doubled: many people at once, and a server killed in mid-turn."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import tea_engine
from tests.serving import served

KINDS = ("green", "black", "oolong", "white", "herbal")


async def test_twenty_people_two_hundred_interleaved_turns(engine: Any) -> None:
    """Each person has a kind and a price of their own; replies carry nobody else's wishes, likes or items."""
    rng = random.Random(7)
    talks: dict[str, dict[str, Any]] = {}

    async def person(n: int) -> None:
        name, kind, price = f"person-{n}", KINDS[n % 5], 20 + n
        conversation, shown, liked = None, set(), []
        for step in range(10):
            said: dict[str, Any]
            if step == 0:
                said = {"text": f"a {kind} tea"}
            elif step == 1:
                said = {"text": f"under ${price}"}
            elif step == 2 and shown:
                liked = [sorted(shown)[0]]
                said = {"act": {"kind": "like", "item_ids": liked}}
            else:
                said = {"text": rng.choice(["others please", "something else", "show me more", "换一批"])}
            await asyncio.sleep(rng.random() / 200)
            reply = await engine.reply(**said, user_id=name, conversation_id=conversation)
            conversation = reply.conversation_id
            new = [i.id for i in reply.items]
            assert len(set(new)) == len(new)
            assert not shown & set(new), "shown twice"
            shown |= set(new)
            wishes = {w.facet: w.value for w in reply.wishes if w.facet}
            assert wishes["kind"].lower() == kind
            if step:
                assert wishes["price"] == price
            assert all(i.facts["kind"].lower() == kind for i in reply.items)
        talks[name] = {"conversation": conversation, "liked": liked}

    await asyncio.gather(*(person(n) for n in range(20)))
    assert len({t["conversation"] for t in talks.values()}) == 20
    for name, talk in talks.items():
        profile = await engine.store.profiles.read(name, "teas")
        assert list(profile.likes) == talk["liked"]


@pytest.mark.slow
async def test_kill_in_mid_turn_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Five times: people talk, the server is killed, a new one has every turn whose `done` was received, once."""
    await (await tea_engine(tmp_path)).stop()
    rng = random.Random(11)
    done: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {}  # (body, reply)
    conversations: dict[str, str] = {}
    retry: list[tuple[str, dict[str, Any]]] = []

    async def talk(client: httpx.AsyncClient, person: str, round_: int) -> None:
        for n in range(50):
            body = {"text": rng.choice(KINDS) + " tea", "user_id": person, "turn_id": f"{round_}-{n}"}
            if person in conversations:
                body["conversation_id"] = conversations[person]
            try:
                async with client.stream("POST", "/chat", json=body, headers={"accept": "text/event-stream"}) as answer:
                    name = ""
                    async for line in answer.aiter_lines():
                        if line.startswith("event:"):
                            name = line[6:].strip()
                        elif line.startswith("data:") and name == "done":
                            reply = json.loads(line[5:])
                            done[person, body["turn_id"]] = (body, reply)
                            conversations[person] = reply["conversation_id"]
            except httpx.HTTPError:
                if (person, body["turn_id"]) not in done:
                    retry.append((person, body))
                return

    for round_ in range(5):
        async with (
            served(tmp_path) as (process, url),
            httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=30) as client,
        ):
            for _person, body in retry:  # what was cut off can be sent again and is answered once
                answer = await client.post("/chat", json=body)
                assert answer.status_code == 200, answer.text
                done[body["user_id"], body["turn_id"]] = (body, answer.json())
                conversations[body["user_id"]] = answer.json()["conversation_id"]
            retry.clear()
            talking = [asyncio.create_task(talk(client, f"p{n}", round_)) for n in range(4)]
            await asyncio.sleep(0.15 + rng.random() * 0.5)
            os.kill(process.pid, signal.SIGKILL)
            await asyncio.gather(*talking)
    assert len(done) > 20
    async with served(tmp_path) as (_process, url), httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=30) as client:
        for body, reply in done.values():
            again = await client.post("/chat", json=body)
            assert again.status_code == 200, again.text
            assert again.json() == reply
    with sqlite3.connect(tmp_path / "chatrec.db") as db:
        doubled = db.execute("select person_id, client_turn_id, count(*) from turns group by 1, 2 having count(*) > 1")
        assert doubled.fetchall() == []
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
