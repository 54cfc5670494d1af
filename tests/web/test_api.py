"""REST as a program meets it: JSON, events, identity, errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatrec.web.server import create_app
from tests import teas
from tests.conftest import tea_engine


def client_of(engine: Any) -> httpx.AsyncClient:
    app = create_app(engine, page=False, warm=False)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1")


@pytest.fixture
async def client(engine: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(engine) as client:
        yield client


def events_of(body: str) -> list[tuple[str, Any]]:
    """The (name, data) pairs of an SSE body."""
    found, name = [], ""
    for line in body.replace("\r\n", "\n").split("\n"):
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            found.append((name, json.loads(line[5:])))
    return found


async def chat(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    response = await client.post("/chat", json=body)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_turn_as_json(client: httpx.AsyncClient) -> None:
    reply = await chat(client, text="a green tea from Japan under $40", user_id="ana")
    assert reply["decision"] == {"kind": "recommend", "tool_called": True}
    assert 1 <= len(reply["items"]) <= 5
    for item in reply["items"]:
        assert item["facts"]["kind"] == "Green"
        assert item["facts"]["origin"] == "Japan"
        assert item["facts"]["price"] < 40
        assert item["reason"]
        assert item["sources"]
    assert {(w["facet"], w["op"]) for w in reply["wishes"]} == {("kind", "="), ("origin", "="), ("price", "<")}
    assert reply["rung"] == "none"
    assert reply["llm"]["calls"] == 0
    assert reply["text"]


async def test_a_turn_as_events_adds_up_to_the_reply(client: httpx.AsyncClient) -> None:
    response = await client.post("/chat", json={"text": "something smoky"}, headers={"accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    names = [name for name, _ in events]
    assert names[0] == "decided"
    assert names[-1] == "done"
    assert names.count("shown") == 1
    assert names.index("decided") < names.index("retrieved") < names.index("shown")
    done = events[-1][1]
    shown = next(data for name, data in events if name == "shown")
    assert [i["id"] for i in shown["items"]] == [i["id"] for i in done["items"]]
    said = "".join(data["text"] for name, data in events if name == "text" and "item_id" not in data)
    assert said.replace(" ", "") == done["text"].replace(" ", "")


async def test_the_same_turn_id_replays_and_another_body_conflicts(client: httpx.AsyncClient) -> None:
    first = await chat(client, text="an oolong", user_id="ana", turn_id="t1")
    again = await chat(client, text="an oolong", user_id="ana", turn_id="t1")
    assert again == first
    other = await client.post("/chat", json={"text": "a white tea", "user_id": "ana", "turn_id": "t1"})
    assert other.status_code == 409
    assert other.headers["content-type"] == "application/problem+json"
    elsewhere = await chat(client, text="a white tea", user_id="ben", turn_id="t1")  # unique per person only
    assert elsewhere["conversation_id"] != first["conversation_id"]


async def test_two_posts_of_one_turn_join(client: httpx.AsyncClient, engine: Any) -> None:
    body = {"text": "a black tea", "user_id": "ana", "turn_id": "same"}
    one, two = await asyncio.gather(chat(client, **body), chat(client, **body))
    assert one == two


async def test_another_persons_conversation_is_not_found(client: httpx.AsyncClient) -> None:
    mine = await chat(client, text="an oolong", user_id="ana")
    for body in ({"user_id": "ben"}, {}):
        response = await client.post("/chat", json={"text": "more", "conversation_id": mine["conversation_id"]} | body)
        assert response.status_code == 404, body
    anonymous = await chat(client, text="an oolong")
    follow = await chat(client, text="a cheaper one", conversation_id=anonymous["conversation_id"])
    assert follow["conversation_id"] == anonymous["conversation_id"]
    assert not {i["id"] for i in follow["items"]} & {i["id"] for i in anonymous["items"]}
    taken = await client.post(
        "/chat", json={"text": "x", "user_id": "ben", "conversation_id": anonymous["conversation_id"]}
    )
    assert taken.status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "text"),
        ({"text": ""}, 422, "text"),
        ({"text": " \x00\x07 "}, 422, "text"),
        ({"text": "x" * 20_000}, 413, None),
        ({"text": "x", "act": {"kind": "undo"}}, 422, "act"),
        ({"text": 5}, 422, "text"),
        ({"txt": "hello"}, 422, "txt"),
        ({"text": "hi", "language": "fr"}, 422, "language"),
        ({"act": {"kind": "explode"}}, 422, "act.kind"),
        ({"text": "hi", "catalog": "nothing"}, 404, None),
        ({"text": "hi", "conversation_id": "nothing"}, 404, None),
        ({"text": "hi", "user_id": "page:1"}, 422, "user_id"),
        ({"text": "hi", "user_id": ""}, 422, "user_id"),
        ({"act": {"kind": "like", "item_ids": ["no-such-tea"]}}, 422, "act.item_ids"),
        ({"act": {"kind": "set_wish", "wish": {"facet": "colour", "op": "=", "value": "x"}}}, 422, None),
        ({"act": {"kind": "set_wish", "wish": {"facet": "price", "op": "<", "value": "cheap"}}}, 422, None),
        ({"act": {"kind": "drop_wish"}}, 422, "act.wish_id"),
    ],
)
async def test_bad_input_is_one_clear_problem(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, field: str | None
) -> None:
    response = await client.post("/chat", json=body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["detail"].strip()
    if field:
        assert field in [e["field"] for e in problem["errors"]]


async def test_not_json_and_too_big(client: httpx.AsyncClient) -> None:
    broken = await client.post("/chat", content=b'{"text": ', headers={"content-type": "application/json"})
    assert broken.status_code == 422
    huge = await client.post("/chat", content=b"x" * 1_100_000, headers={"content-type": "application/json"})
    assert huge.status_code == 413
    assert (await client.get("/nowhere")).status_code == 404
    assert (await client.get("/chat")).status_code == 405


async def test_control_characters_and_lone_surrogates_are_dropped(client: httpx.AsyncClient) -> None:
    body = b'{"text": "an ool\\u0000ong \\ud800 tea\\u202e", "user_id": "ana"}'
    response = await client.post("/chat", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200, response.text
    assert any(w["value"] == "Oolong" for w in response.json()["wishes"])


async def test_acts(client: httpx.AsyncClient) -> None:
    first = await chat(client, text="a herbal tea", user_id="ana")
    talk = {"user_id": "ana", "conversation_id": first["conversation_id"]}
    one, two = first["items"][0]["id"], first["items"][1]["id"]
    liked = await chat(client, act={"kind": "like", "item_ids": [one]}, **talk)
    assert liked["decision"]["kind"] == "noted"
    assert not liked["decision"]["tool_called"]
    why = await chat(client, act={"kind": "why", "item_ids": [one]}, **talk)
    assert why["decision"]["kind"] == "explain"
    assert why["text"]
    compared = await chat(client, act={"kind": "compare", "item_ids": [one, two]}, **talk)
    assert compared["decision"]["kind"] == "compare"
    undone = await chat(client, act={"kind": "undo"}, **talk)
    assert undone["decision"]["kind"] == "noted"
    dropped = await chat(client, act={"kind": "drop_wish", "wish_id": first["wishes"][0]["id"]}, **talk)
    assert dropped["wishes"] == []
    assert dropped["decision"]["kind"] == "recommend"
    narrowed = await chat(client, act={"kind": "set_wish", "wish": {"facet": "price", "op": "<", "value": 20}}, **talk)
    assert all(i["facts"]["price"] < 20 for i in narrowed["items"])
    more = await chat(client, act={"kind": "more_like", "item_ids": [one]}, **talk)
    assert one not in [i["id"] for i in more["items"]]
    empty = await chat(client, act={"kind": "reset"}, **talk)
    assert empty["wishes"] == []


async def test_recommendations_without_chat(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/recommendations",
        json={
            "history": [{"item_id": "tea-00", "kind": "like"}, {"item_id": "gone"}],
            "wishes": [{"facet": "kind", "op": "=", "value": "Green"}],
            "text": "for a quiet morning",
            "exclude": ["tea-01"],
            "k": 10,
        },
    )
    assert response.status_code == 200, response.text
    ids = [i["id"] for i in response.json()["items"]]
    assert set(ids) == {"tea-02", "tea-03", "tea-04"}
    assert all(i["sources"] for i in response.json()["items"])
    bare = await client.post("/recommendations", json={})
    assert len(bare.json()["items"]) == 20
    assert (await client.post("/recommendations", json={"k": 0})).status_code == 422
    wrong = await client.post("/recommendations", json={"wishes": [{"facet": "nope", "op": "=", "value": 1}]})
    assert wrong.status_code == 422


async def test_recommendations_hear_a_conversation(client: httpx.AsyncClient) -> None:
    """Wishes in it are read, and what it names by title or by id counts as named: it is no answer itself."""
    titles = [teas.items()[n].title for n in (0, 1)]
    messages = [
        {"role": "user", "content": f"Only green tea please, I loved {titles[0]}."},
        {"role": "assistant", "content": "And this one?", "item_ids": ["tea-01"]},
    ]
    response = await client.post("/recommendations", json={"messages": messages, "k": 100})
    assert response.status_code == 200, response.text
    assert {i["id"] for i in response.json()["items"]} == {"tea-02", "tea-03", "tea-04"}
    odd = await client.post("/recommendations", json={"messages": [{"role": "system", "content": "x"}]})
    assert odd.status_code == 422


async def test_the_dials_of_one_call(client: httpx.AsyncClient) -> None:
    """Each turns this call alone; what is out of range is told in a sentence, by its name."""

    async def ids(**dials: Any) -> list[str]:
        response = await client.post("/recommendations", json={"k": 8, **dials})
        assert response.status_code == 200, response.text
        return [i["id"] for i in response.json()["items"]]

    plain = await ids()
    assert await ids(diversity=None, novelty=0) == plain
    assert len({tuple(plain), tuple(await ids(diversity=1)), tuple(await ids(novelty=1.0))}) == 3
    assert await ids() == plain
    for name in ("diversity", "novelty"):
        for value in (-0.1, 1.5):
            wrong = await client.post("/recommendations", json={name: value})
            assert wrong.status_code == 422
            assert f"{name} is a number from 0 to 1; {value} is not." in wrong.json()["detail"]
            assert wrong.json()["errors"][0]["field"] == name
        for odd in ("0.5", True, [0.5]):
            assert (await client.post("/recommendations", json={name: odd})).status_code == 422
    body = (await client.get("http://localhost/openapi.json")).json()["components"]["schemas"]["RecommendationsIn"]
    for name in ("diversity", "novelty"):
        assert (body["properties"][name]["minimum"], body["properties"][name]["maximum"]) == (0, 1)


async def test_feedback_counts_at_once(client: httpx.AsyncClient) -> None:
    shown = await chat(client, text="a green tea", user_id="ana")
    seen = shown["items"][0]["id"]
    assert (await client.post("/feedback", json={"user_id": "ben", "item_id": seen, "kind": "seen"})).status_code == 204
    theirs = await chat(client, text="a green tea", user_id="ben")
    assert seen not in [i["id"] for i in theirs["items"]]
    missing = await client.post("/feedback", json={"user_id": "ben", "item_id": "nope", "kind": "like"})
    assert missing.status_code == 404


async def test_catalogs_and_items(client: httpx.AsyncClient) -> None:
    known = (await client.get("/catalogs")).json()["catalogs"]
    assert [(c["name"], c["items"]) for c in known] == [("teas", 30)]
    item = (await client.get("/catalogs/teas/items/tea-04")).json()
    assert item["title"] == "Riverbank Bancha"
    assert item["facts"]["grower"] == ["Mei Tanaka"]
    assert (await client.get("/catalogs/teas/items/nope")).status_code == 404
    assert (await client.get("/catalogs/nope/items/tea-04")).status_code == 404


async def test_health_and_metrics(client: httpx.AsyncClient) -> None:
    await chat(client, text="an oolong")
    root = "http://localhost"
    assert (await client.get(f"{root}/healthz")).text == "alive"
    ready = await client.get(f"{root}/readyz")
    assert ready.status_code == 200
    assert ready.json()["rung"] == "none"
    assert "chatrec_turns_total" in (await client.get(f"{root}/metrics")).text
    assert (await client.get(f"{root}/openapi.json")).json()["paths"]["/api/v1/chat"]


async def test_a_key_guards_every_call(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path, api_key="secret")
    async with client_of(engine) as client:
        for header in ({}, {"authorization": "Bearer wrong"}, {"authorization": "secret"}):
            for method, path in (("POST", "/chat"), ("GET", "/catalogs"), ("POST", "/recommendations")):
                body = {"text": "hi"} if path == "/chat" else {}
                response = await client.request(method, path, json=body if method == "POST" else None, headers=header)
                assert response.status_code == 401, (header, path)
                assert response.headers["www-authenticate"] == "Bearer"
        good = {"authorization": "Bearer secret"}
        assert (await client.get("/catalogs", headers=good)).status_code == 200
    await engine.stop()


async def test_a_foreign_host_is_refused_without_a_key(client: httpx.AsyncClient) -> None:
    response = await client.get("/catalogs", headers={"host": "evil.example"})
    assert response.status_code == 400


async def test_the_rate_limit_says_when_to_come_back(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path, rate_per_minute=2)
    async with client_of(engine) as client:
        for _ in range(2):
            await chat(client, text="an oolong", user_id="ana")
        late = await client.post("/chat", json={"text": "an oolong", "user_id": "ana"})
        assert late.status_code == 429
        assert 1 <= int(late.headers["retry-after"]) <= 60
        await chat(client, text="an oolong", user_id="ben")
    await engine.stop()


# --------------------------------------------------------------------------- people and their conversations


async def test_a_profile_is_read_changed_and_emptied(client: httpx.AsyncClient, engine: Any) -> None:
    first, second, third = [i.id async for batch in engine.store.items.all("teas") for i in batch][:3]
    for item_id, kind in ((first, "like"), (second, "dislike"), (second, "like"), (third, "seen")):
        await client.post("/feedback", json={"user_id": "ana", "item_id": item_id, "kind": kind})
    before = (await client.get("/users/ana/profile")).json()
    assert [n["item_id"] for n in before["likes"]] == [second, first]
    assert [n["item_id"] for n in before["seen"]] == [third]
    assert (await client.patch("/users/ana/profile", json=before)).json() == before  # as it is
    taste = {"id": "t1", "facet": "kind", "value": "Green", "weight": 0.5}
    body = {"likes": [{"item_id": first}], "owned": [{"item_id": third}], "tastes": [taste]}
    after = (await client.patch("/users/ana/profile", json=body)).json()
    assert [n["item_id"] for n in after["likes"]] == [first]
    assert after["dislikes"] == []  # an older dislike does not come back
    assert [n["item_id"] for n in after["seen"]] == [third]  # not given: stays
    assert [n["item_id"] for n in after["owned"]] == [third]
    assert [(t["id"], t["value"]) for t in after["tastes"]] == [("t1", "Green")]
    assert (await client.patch("/users/ana/profile", json={"tastes": []})).json()["tastes"] == []
    for wrong, field in (
        ({"likes": [{"item_id": first}], "dislikes": [{"item_id": first}]}, "likes"),
        ({"tastes": [taste | {"facet": "smell"}]}, "tastes.0.facet"),
        ({"lieks": []}, "lieks"),
    ):
        response = await client.patch("/users/ana/profile", json=wrong)
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == field
    assert (await client.patch("/users/ana/profile", json={"likes": [{"item_id": "nothing"}]})).status_code == 404
    assert (await client.get("/users/ana/profile", params={"catalog": "coffees"})).status_code == 404
    assert (await client.get("/users/page:x/profile")).status_code == 422  # a visitor of the page: nobody's business
    assert (await client.delete("/users/ana/profile")).status_code == 204
    assert not any((await client.get("/users/ana/profile")).json().values())


async def test_what_is_held_about_a_person_goes_out(client: httpx.AsyncClient) -> None:
    reply = await chat(client, text="a green tea", user_id="ana")
    held = (await client.get("/users/ana/export")).json()
    assert held["conversations"][0]["id"] == reply["conversation_id"]
    assert held["conversations"][0]["turns"][0]["said_text"] == "a green tea"
    missing = await client.get("/users/nobody/export")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"


async def test_conversations_are_their_owners(client: httpx.AsyncClient) -> None:
    mine = await chat(client, text="a green tea", user_id="ana")
    anonymous = await chat(client, text="a black tea")
    own = f"/conversations/{mine['conversation_id']}"
    listed = (await client.get("/conversations", params={"user_id": "ana"})).json()["conversations"]
    assert [c["id"] for c in listed] == [mine["conversation_id"]]
    assert (await client.get("/conversations", params={"user_id": "ben"})).json() == {"conversations": []}
    assert (await client.get("/conversations")).status_code == 422
    whole = (await client.get(own, params={"user_id": "ana"})).json()
    assert whole["turns"][0]["text"] == "a green tea"
    assert whole["turns"][0]["reply"]["turn_id"] == mine["turn_id"]
    for who in ({"user_id": "ben"}, {}):
        for call in (client.get(own, params=who), client.delete(own, params=who)):
            assert (await call).status_code == 404
        assert (await client.patch(own, params=who, json={"title": "x"})).status_code == 404
    renamed = await client.patch(own, params={"user_id": "ana"}, json={"title": " Green\x00 ones "})
    assert renamed.json()["title"] == "Green ones"
    assert (await client.patch(own, params={"user_id": "ana"}, json={"title": "  "})).status_code == 422
    assert (await client.get(f"/conversations/{anonymous['conversation_id']}")).status_code == 200
    assert (await client.delete(own, params={"user_id": "ana"})).status_code == 204
    assert (await client.get(own, params={"user_id": "ana"})).status_code == 404


async def test_the_messages_of_a_talk_are_obeyed(client: httpx.AsyncClient, engine: Any) -> None:
    async def items(*messages: tuple[str, str], **more: Any) -> list[Any]:
        body = {"messages": [{"role": role, "content": content} for role, content in messages], "k": 50, **more}
        response = await client.post("/recommendations", json=body)
        assert response.status_code == 200, response.text
        ids = [i["id"] for i in response.json()["items"]]
        return await engine.store.items.get("teas", ids)

    everything = await items()
    assert {i.attributes["kind"] for i in everything} > {"Green", "Black"}
    said = await items(("user", "no black tea please"), ("assistant", "How much may it cost?"), ("user", "under $40"))
    assert said
    assert all(i.attributes["kind"] != "Black" and i.attributes["price"] < 40 for i in said)
    loosened = await items(("user", "only green tea"), ("user", "the kind does not matter after all"))
    assert {i.attributes["kind"] for i in loosened} > {"Green"}
    named = everything[0]
    assert named.id not in {i.id for i in await items(("user", f"I loved {named.title}"))}
    for wrong, status in (
        ([{"role": "system", "content": "x"}], 422),
        ([{"role": "user"}], 422),
        ([{"role": "user", "content": "x"}] * 101, 422),
        ([{"role": "user", "content": "x" * 4001}], 413),
    ):
        response = await client.post("/recommendations", json={"messages": wrong})
        assert response.status_code == status
        assert response.json()["errors"][0]["field"].startswith("messages")
