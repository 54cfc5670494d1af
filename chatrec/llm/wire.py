"""The wire under a model's client: how much is read of an answer at most, and what a failure on the way is called.

Knows: HTTP through httpx2 and openai's errors. Imported only when a model is first used (it loads openai).
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from chatrec.errors import ChatRecError, ModelFailed
from chatrec.llm.model import TooBusy, ToolsRefused

MOST_JSON = 256 * 1024  # bytes of a whole answer; parsing more would hold up everybody else
MOST_VALUES = 2_000  # JSON values in it
MOST_LIST = 4 * 1024 * 1024  # bytes of a list of models
MOST_STREAM = 8 * 1024 * 1024  # bytes of a stream: an event of some 300 bytes for every few letters
MOST_EVENT = 16 * 1024
_EVENT_END = re.compile(rb"\r?\n\r?\n|\r\r")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_WHY_BY_CAUSE = {
    "ConnectError": "refused",
    "UnsupportedProtocol": "refused",
    "InvalidURL": "refused",
    "ConnectTimeout": "timeout",
    "ReadTimeout": "timeout",
    "WriteTimeout": "timeout",
    "PoolTimeout": "timeout",
    "TimeoutError": "timeout",
    "APITimeoutError": "timeout",
    "ReadError": "server",
    "WriteError": "server",
    "CloseError": "server",
    "RemoteProtocolError": "server",
    "TooMuch": "odd",
}


class TooMuch(Exception):
    """The server sent more than an answer can be, or in a coding that was not asked for."""


class _Capped(httpx2.AsyncByteStream):
    """A response body that ends in TooMuch after so many bytes, or, for an event stream, within one huge event."""

    def __init__(self, body: Any, most: int, events: bool) -> None:
        self._body = body
        self._most = most
        self._events = events

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left, event = self._most, b""
        async for chunk in self._body:
            left -= len(chunk)
            if self._events:
                parts = _EVENT_END.split(event + chunk)
                event = parts[-1]
                if any(len(part) > MOST_EVENT for part in parts):
                    raise TooMuch(f"an event of more than {MOST_EVENT} bytes")
            if left < 0:
                raise TooMuch(f"more than {self._most} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()


async def _cap(response: httpx2.Response) -> None:
    """Bound an answer before openai and LangChain make objects of it: 60,000 empty choices would take them seconds."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TooMuch("a packed answer that was not asked for")  # it could unpack to anything
    if "event-stream" in response.headers.get("content-type", ""):
        response.stream = _Capped(response.stream, MOST_STREAM, events=True)
    elif response.request.method == "GET":
        response.stream = _Capped(response.stream, MOST_LIST, events=False)
    else:
        response.stream = _Capped(response.stream, MOST_JSON, events=False)
        _check_values(await response.aread())


def _check_values(body: bytes) -> None:
    try:
        rest = [json.loads(body)]
    except (ValueError, RecursionError):  # told by whoever needs it to be JSON
        return
    for _ in range(MOST_VALUES):
        if not rest:
            return
        value = rest.pop()
        rest += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    raise TooMuch(f"more than {MOST_VALUES} values")


def http_client(base_url: str, seconds: float) -> httpx2.AsyncClient:
    """A client of our own for one server: bodies capped, nothing packed, no redirects, loopback past any proxy."""
    return openai.DefaultAsyncHttpxClient(
        timeout=seconds,
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_cap]},
        follow_redirects=False,
        trust_env=not is_loopback(base_url),
    )


def is_loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in _LOOPBACK


def host_allowed(url: str, hosts: Collection[str] | None) -> bool:
    return hosts is None or (urlsplit(url).hostname or "") in hosts


def failure(error: BaseException, *, with_tools: bool = False) -> ChatRecError:
    """Whatever a call raised, as a ModelFailed with a `why`. Says nothing of what the server wrote.

    A ChatRecError stays what it is. with_tools: the request offered tools, so a refusal may be about them.
    """
    if isinstance(error, ChatRecError):
        return error
    if isinstance(error, TimeoutError):
        return ModelFailed("The model did not answer in time.", "timeout")
    if isinstance(error, openai.APIStatusError):
        return _status(error, with_tools)
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            break
        if why := _WHY_BY_CAUSE.get(type(seen).__name__):
            return ModelFailed(f"The model's server failed: {type(seen).__name__}.", why)
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, openai.APIConnectionError):
        return ModelFailed("The model's server can't be reached.", "refused")
    return ModelFailed(f"The model's server sent something odd ({type(error).__name__}).", "odd")


def refused_text(error: BaseException) -> str:
    """What a server said when it refused a request, lower case, for finding out which part of it; else empty."""
    if isinstance(error, openai.APIStatusError) and error.status_code in (400, 404, 422, 500, 501):
        return f"{error.message} {error.body}"[:4_000].casefold()
    return ""


def _status(error: openai.APIStatusError, with_tools: bool) -> ModelFailed:
    status = error.status_code
    if with_tools and any(word in refused_text(error) for word in ("tool", "function call")):
        return ToolsRefused("The model's server takes no tools.", "odd")
    said = f"The model's server answered {status}"
    if status == 429:
        return TooBusy(f"{said} (too many requests).", _seconds(error.response.headers.get("retry-after")))
    if status in (401, 403):
        return ModelFailed(f"{said}: the key is missing or not accepted. Check OPENAI_API_KEY.", "auth")
    if status == 404:
        return ModelFailed(f"{said}: no such model or address. Check CHATREC_LLM and OPENAI_BASE_URL.", "odd")
    if status == 408:
        return ModelFailed(f"{said}.", "timeout")
    return ModelFailed(f"{said}.", "server" if status >= 500 else "odd")


def _seconds(header: str | None) -> float | None:
    """Retry-After: seconds or an HTTP date; None where it is neither."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
