"""What is read at most, and what failures on the way are called."""

from __future__ import annotations

import datetime as dt
import json
from email.utils import format_datetime

import httpx2
import pytest

from chatrec.errors import BadInput, ModelFailed
from chatrec.llm import wire
from chatrec.llm.model import TooBusy
from chatrec.testing.model_server import Behaviour, ModelServer


async def fetch(behaviour: Behaviour) -> bytes:
    async with (
        ModelServer(behaviour) as server,
        wire.http_client(server.url, 5) as http,
        http.stream("POST", f"{server.url}/chat/completions", json={"stream": False}) as response,
    ):
        return await response.aread()


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(body=b"x" * (wire.MOST_JSON + 1)),
        Behaviour(body=b"[" + b"1," * wire.MOST_VALUES + b"1]"),
        Behaviour(body=b"data: " + b"x" * wire.MOST_EVENT + b"\n\n", content_type="text/event-stream"),
        Behaviour(body=b"data: x\n\n" * (wire.MOST_STREAM // 9 + 1), content_type="text/event-stream"),
        Behaviour(body=b"", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["bytes", "values", "an event", "a stream", "packed"],
)
async def test_too_much(behaviour: Behaviour) -> None:
    with pytest.raises(wire.TooMuch) as much:
        await fetch(behaviour)
    assert wire.failure(much.value).why == "odd"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(body=b"x" * wire.MOST_JSON),
        Behaviour(body=json.dumps({"choices": [1] * 500}).encode()),
        Behaviour(body=(b"data: " + b"x" * 9_000 + b"\r\n\r\n") * 300, content_type="text/event-stream"),
    ],
)
async def test_just_enough(behaviour: Behaviour) -> None:
    assert await fetch(behaviour) == behaviour.body


async def test_no_redirects_and_nothing_packed_is_asked_for() -> None:
    elsewhere = {"Location": "http://127.0.0.1:9/"}
    async with ModelServer(Behaviour(status=302, headers=elsewhere, body=b"")) as server:
        async with wire.http_client(server.url, 5) as http:
            response = await http.post(f"{server.url}/chat/completions", json={})
        assert response.status_code == 302
        assert server.requests[0].headers["accept-encoding"] == "identity"


def test_loopback_goes_past_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert not wire.http_client("http://127.0.0.1:8000/v1", 5).trust_env
    assert wire.http_client("https://api.example.com/v1", 5).trust_env
    assert not wire.is_loopback("https://localhost.example.com/v1")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (httpx2.ConnectError("x"), "refused"),
        (httpx2.ReadTimeout("x"), "timeout"),
        (httpx2.RemoteProtocolError("x"), "server"),
        (TimeoutError(), "timeout"),
        (ValueError("secret"), "odd"),
        (RecursionError(), "odd"),
        (KeyError("choices"), "odd"),
    ],
)
def test_why(error: Exception, why: str) -> None:
    outer = RuntimeError("around")
    outer.__cause__ = error
    for seen in (error, outer):
        failed = wire.failure(seen)
        assert isinstance(failed, ModelFailed)
        assert failed.why == why
        assert "secret" not in str(failed)


def test_our_own_errors_stay_what_they_are() -> None:
    error = BadInput("say which")
    assert wire.failure(error) is error


async def test_retry_after() -> None:
    in_a_minute = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60), usegmt=True)
    import openai

    for header, least, most in (
        ("7", 7, 7),
        (in_a_minute, 55, 61),
        ("-3", 0, 0),
        ("later", None, None),
        (None, None, None),
    ):
        headers = {"retry-after": header} if header else {}
        response = httpx2.Response(429, headers=headers, request=httpx2.Request("POST", "http://x"))
        failed = wire.failure(openai.RateLimitError("no", response=response, body=None))
        assert isinstance(failed, TooBusy)
        if least is None:
            assert failed.retry_after is None
        else:
            assert failed.retry_after is not None
            assert least <= failed.retry_after <= most
