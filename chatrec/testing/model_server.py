"""A loopback server that speaks the OpenAI protocol, as well or as badly as a test wants. In-process, on raw sockets.

Knows: HTTP, chat completions whole and streamed, what a request asked for. Does not know: ChatRec's prompts or steps.

    async with ModelServer(lambda received: Behaviour(text="Hello.")) as server:
        ... ChatOpenAI(base_url=server.url, ...) ...
    server.requests[0].messages
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: Mapping[str, Any]

    @property
    def messages(self) -> list[tuple[str, str]]:
        rows = self.body.get("messages") or []
        return [(str(m.get("role")), str(m.get("content"))) for m in rows]

    @property
    def text(self) -> str:
        """All messages, a line between them."""
        return "\n".join(content for _, content in self.messages)

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def tools(self) -> dict[str, dict[str, Any]]:
        """Offered tools: name -> JSON schema of the arguments."""
        found = [t.get("function") or {} for t in self.body.get("tools") or []]
        return {f["name"]: f.get("parameters") or {} for f in found if "name" in f}

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema of the response format, where one was asked for."""
        wanted = (self.body.get("response_format") or {}).get("json_schema") or {}
        return wanted.get("schema")

    @property
    def handles(self) -> list[int]:
        """The numbers of the handles `#1` .. in the messages, ascending, each once."""
        return sorted({int(n) for n in re.findall(r"#(\d{1,3})\b", self.text)})


@dataclass(frozen=True)
class Behaviour:
    """How one request is answered. By default as a good server would, with `text`, `calls` or `data`."""

    text: str | None = ""
    calls: Sequence[tuple[str, Any]] = ()  # (tool, arguments: a dict, or text that is sent as it is)
    data: Any = None  # sent as JSON text
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None  # sent in place of an answer
    content_type: str | None = None
    wait: float = 0.0  # seconds before the first byte
    drip: float = 0.0  # seconds between the pieces of the body
    piece: int = 12  # characters of a streamed delta, or bytes of a dripped body
    cut: int | None = None  # close the connection after so many pieces, in mid-answer
    stall: bool = False  # after what was sent, hold the connection and say no more
    endless: bool = False  # send the pieces but the last again and again
    usage: Any = "count"  # what `usage` says; None: no such field
    finish: str | None = "stop"
    done: bool = True  # streams end with [DONE]

    @property
    def said(self) -> str | None:
        return self.text if self.data is None else json.dumps(self.data, ensure_ascii=False)


Behave = Callable[[Received], Behaviour | Awaitable[Behaviour]]


class ModelServer:
    """Serves on a port of its own while entered. behave: Received -> Behaviour, plain or async; one server, one test.

    requests: chat requests received. left: connections that the client closed before their answer had ended.
    models: the names that GET /models lists.
    """

    def __init__(
        self, behave: Behave | Sequence[Behaviour] | Behaviour | None = None, *, models: Sequence[str] = ("tiny",)
    ) -> None:
        self.requests: list[Received] = []
        self.models = list(models)
        self.left = 0
        self.open = 0  # connections being answered now
        self._script: list[Behaviour] = []
        if isinstance(behave, Behaviour):
            fixed = behave
            self.behave: Behave = lambda received: fixed
        elif behave is None or isinstance(behave, Sequence):
            self._script = list(behave or ())
            self.behave = self._next
        else:
            self.behave = behave
        self._server: asyncio.Server | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._port = 0

    def _next(self, received: Received) -> Behaviour:
        if len(self._script) > 1:
            return self._script.pop(0)
        return self._script[0] if self._script else good(received)

    @property
    def url(self) -> str:
        """The base URL for a client."""
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> ModelServer:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=4 * 1024 * 1024)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._answering):
            task.cancel()
        if self._answering:
            await asyncio.wait(list(self._answering), timeout=2)

    # ------------------------------------------------------------------ a connection

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        self.open += 1
        try:
            if received := await _read(reader):
                await self._answer(received, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left += 1
        except asyncio.CancelledError:  # the server is closing; asyncio's streams would log it as an error
            pass
        finally:
            self.open -= 1
            self._answering.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if received.method == "GET" and received.path.endswith("/models"):
            listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
            behaviour = Behaviour(body=json.dumps(listed).encode())
        elif not received.path.endswith("/chat/completions"):
            behaviour = Behaviour(status=404, body=b'{"error": {"message": "no such path"}}')
        else:
            self.requests.append(received)
            made = self.behave(received)
            behaviour = await made if inspect.isawaitable(made) else made
        gone = asyncio.create_task(_gone(reader))  # a client that leaves ends the answer
        send = asyncio.create_task(_send(behaviour, received, writer))
        try:
            await asyncio.wait({gone, send}, return_when=asyncio.FIRST_COMPLETED)
            if not send.done():
                self.left += 1
            else:
                send.result()
        finally:
            for task in (gone, send):
                task.cancel()
            await asyncio.gather(gone, send, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Received | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:] if line)}
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, path.partition("?")[0], headers, json.loads(raw) if raw else {})


async def _gone(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(ConnectionError):
        while await reader.read(_CHUNK):
            pass


async def _send(b: Behaviour, received: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(b.wait)
    if b.cut == 0:
        return
    stream = received.streamed and b.status == 200 and b.body is None
    kind = b.content_type or ("text/event-stream" if stream else "application/json")
    pieces = _events(b, received) if stream else [_whole(b, received)]
    if not stream and (b.drip or b.cut is not None or b.endless or b.stall):
        step = max(1, b.piece)
        pieces = [pieces[0][n : n + step] for n in range(0, len(pieces[0]), step)] or [b""]
    chunked = stream or b.endless
    head = [f"HTTP/1.1 {b.status} Whatever", f"Content-Type: {kind}", "Connection: close"]
    head.append("Transfer-Encoding: chunked" if chunked else f"Content-Length: {sum(map(len, pieces))}")
    head += [f"{name}: {value}" for name, value in b.headers.items()]
    writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
    if b.stall and b.finish is None:  # hold on in mid-answer; with a finish, after it
        pieces = pieces[: max(1, len(pieces) // 2)]
    sent = 0
    async for piece in _paced(pieces, b):
        if b.cut is not None and sent >= b.cut:
            return
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked and piece else piece)
        await writer.drain()
        sent += 1
    if b.stall:
        await asyncio.Event().wait()
    if chunked:
        writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _paced(pieces: Sequence[bytes], b: Behaviour) -> AsyncIterator[bytes]:
    again = pieces[:-2] or pieces
    while True:
        for piece in again if b.endless else pieces:
            yield piece
            await asyncio.sleep(b.drip)
        if not b.endless:
            return


# --------------------------------------------------------------------------- the protocol


def _usage(b: Behaviour, received: Received) -> dict[str, Any]:
    if b.usage is None:
        return {}
    if b.usage != "count":
        return {"usage": b.usage}
    sent, made = len(received.text.split()), len((b.said or "").split()) + 5 * len(b.calls)
    return {"usage": {"prompt_tokens": sent, "completion_tokens": made, "total_tokens": sent + made}}


def _calls(b: Behaviour) -> list[dict[str, Any]]:
    return [
        {
            "index": n,
            "id": f"call_{n}",
            "type": "function",
            "function": {"name": name, "arguments": args if isinstance(args, str) else json.dumps(args)},
        }
        for n, (name, args) in enumerate(b.calls)
    ]


def _whole(b: Behaviour, received: Received) -> bytes:
    if b.body is not None:
        return b.body
    message: dict[str, Any] = {"role": "assistant", "content": b.said}
    if b.calls:
        message["tool_calls"] = _calls(b)
    finish = "tool_calls" if b.calls else b.finish
    choice = {"index": 0, "message": message, "finish_reason": finish}
    answer = {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": received.body.get("model"),
        "choices": [choice],
    }
    return json.dumps(answer | _usage(b, received), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _events(b: Behaviour, received: Received) -> list[bytes]:
    def event(choices: list[Any], **more: Any) -> bytes:
        chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": received.body.get("model")}
        text = json.dumps({**chunk, "choices": choices, **more}, ensure_ascii=False)
        return f"data: {text}\n\n".encode("utf-8", "surrogatepass")

    def delta(what: dict[str, Any], finish: str | None = None) -> bytes:
        return event([{"index": 0, "delta": what, "finish_reason": finish}])

    events = [delta({"role": "assistant", "content": ""})]
    said = b.said or ""
    events += [delta({"content": said[n : n + b.piece]}) for n in range(0, len(said), b.piece)]
    if b.calls:
        events.append(delta({"tool_calls": _calls(b)}))
    if b.finish:
        events.append(delta({}, "tool_calls" if b.calls else b.finish))
    if (received.body.get("stream_options") or {}).get("include_usage") and (usage := _usage(b, received)):
        events.append(event([], **usage))
    return events + ([b"data: [DONE]\n\n"] if b.done else [])


# --------------------------------------------------------------------------- good answers


def good(
    received: Received,
    *,
    words: str = "A fine choice for tonight.",
    values: Mapping[str, Any] | None = None,
    tool: str = "",
) -> Behaviour:
    """An answer that fits what was asked for: a call of the (first or named) tool, JSON of the schema, or plain words.

    values: property name -> value, in place of what would be made up; a value may be a function of Received.
    """
    values = {k: v(received) if callable(v) else v for k, v in (values or {}).items()}
    if received.tools:
        name = tool if tool in received.tools else next(iter(received.tools))
        return Behaviour(text=None, calls=[(name, fill(received.tools[name], received, words, values))])
    if received.schema:
        return Behaviour(data=fill(received.schema, received, words, values))
    return Behaviour(text=words)


def fill(
    schema: Mapping[str, Any],
    received: Received,
    words: str,
    values: Mapping[str, Any] | None = None,
    root: Mapping[str, Any] | None = None,
    n: int = 0,
) -> Any:
    """A value that fits a JSON schema: words for texts, the offered handles for numbers with a maximum, least lists."""
    root, values = root or schema, values or {}
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return fill(root["$defs"][name], received, words, values, root, n)
    for branch in ("anyOf", "oneOf"):
        if branch in schema:
            wanted = [s for s in schema[branch] if s.get("type") != "null"] or schema[branch]
            return fill(wanted[0], received, words, values, root, n)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        asked = schema.get("required") or []
        parts = schema.get("properties") or {}
        return {
            k: values[k] if k in values else fill(s, received, words, values, root, n)
            for k, s in parts.items()
            if k in asked or k in values
        }
    if kind == "array":
        item = schema.get("items") or {"type": "string"}
        least = int(schema.get("minItems") or 0)
        many = max(least, min(3, int(schema.get("maxItems") or 3))) if _numbered(item, root) else least
        return [fill(item, received, words, values, root, i) for i in range(many)]
    if kind in ("integer", "number"):
        handles = received.handles or [int(schema.get("minimum") or 1)]
        return handles[n % len(handles)] if "maximum" in schema else schema.get("minimum") or 1
    return {"boolean": False, "null": None}.get(str(kind), words)


def _numbered(schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Whether a list of these is about handles: numbers with a maximum, or objects that hold one."""
    if "$ref" in schema:
        return _numbered(root["$defs"][str(schema["$ref"]).rsplit("/", 1)[-1]], root)
    if schema.get("type") in ("integer", "number"):
        return "maximum" in schema
    return any(_numbered(s, root) for s in (schema.get("properties") or {}).values())
