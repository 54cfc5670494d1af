"""The FastAPI app: health, REST, the page; and how it is run.

Knows: how the doors hang together. The page is loaded after the app can answer, since its import takes seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from chatrec import __version__
from chatrec.engine import Engine
from chatrec.errors import BadInput, ChatRecError, Missing, NotFound, TooLong
from chatrec.observe import log
from chatrec.settings import Settings
from chatrec.web import api
from chatrec.web.identity import COOKIE, COOKIE_SECONDS, Rate, Visitors

MOST_BODY = 1_000_000  # bytes
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Scope = MutableMapping[str, Any]

STARTING = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>ChatRec</title>
<body style="font:16px/1.6 system-ui;display:grid;place-items:center;min-height:90vh;margin:0">
<p>ChatRec is opening its page … 页面正在打开……</p></body></html>"""


class BodyLimit:
    """Refuses bodies above MOST_BODY with 413 before they are read."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        too_long = TooLong(f"The body is larger than {MOST_BODY:,} bytes.")
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > MOST_BODY:
            await api.problem_response(too_long)(scope, receive, send)
            return
        had = 0

        async def counted() -> Any:
            nonlocal had
            message = await receive()
            had += len(message.get("body", b""))
            if had > MOST_BODY:
                raise too_long
            return message

        await self.app(scope, counted, send)


class VisitorCookie:
    """Gives a visitor of the page a signed cookie, so that their likes and their conversation are theirs on reload."""

    def __init__(self, app: Any, visitors: Visitors) -> None:
        self.app, self.visitors = app, visitors

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or self.visitors.person(Request(scope).cookies):
            await self.app(scope, receive, send)
            return

        async def with_cookie(message: Any) -> None:
            if message["type"] == "http.response.start":
                value = f"{COOKIE}={self.visitors.new()}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax"
                message["headers"] = [*message.get("headers", []), (b"set-cookie", value.encode())]
            await send(message)

        await self.app(scope, receive, with_cookie)


def create_app(engine: Engine, *, page: bool = True, warm: bool = True) -> FastAPI:
    """The app around a started engine; the engine is stopped with it."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        later = asyncio.create_task(_load_the_rest(app, engine, visitors if page else None, warm))
        yield
        later.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await later
        await engine.stop()

    app = FastAPI(title="ChatRec", version=__version__, lifespan=lifespan, redoc_url=None)
    app.state.page_ready = False
    visitors = Visitors(engine.settings.home)
    app.add_middleware(BodyLimit)
    if page:
        app.add_middleware(VisitorCookie, visitors=visitors)
    if not engine.settings.api_key:  # bound to loopback: a foreign Host is a rebinding attack
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "["])
    app.include_router(api.router(engine, Rate(engine.settings.rate_per_minute)))
    _errors(app)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("alive")

    @app.get("/readyz", summary="Whether a turn can be answered, and by which rung")
    async def readyz() -> JSONResponse:
        health = await engine.health()
        return JSONResponse(health | {"page": app.state.page_ready}, 200 if health["ready"] else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(engine.counters.exposition(), media_type="text/plain; version=0.0.4")

    @app.get("/", include_in_schema=False, name="starting")
    async def starting() -> HTMLResponse:
        return HTMLResponse(STARTING if page else '<p>ChatRec serves no page here. REST: <a href="/docs">/docs</a></p>')

    return app


async def _load_the_rest(app: FastAPI, engine: Engine, visitors: Visitors | None, warm: bool) -> None:
    """What a turn can do without: the page, then encoder, vectors and Chroma. Failures are logged, REST goes on."""
    if visitors is not None:
        try:
            await asyncio.to_thread(importlib.import_module, "chatrec.web.page")  # seconds: gradio
            from chatrec.web.page import mount

            await mount(app, engine, visitors)
            app.router.routes[:] = [r for r in app.router.routes if getattr(r, "name", "") != "starting"]
            app.state.page_ready = True
        except Exception:
            log.exception("the page could not be loaded; REST goes on without it")
    if warm:
        engine.warm_later()


def _errors(app: FastAPI) -> None:
    @app.exception_handler(ChatRecError)
    async def ours(request: Request, error: ChatRecError) -> JSONResponse:
        return api.problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [(".".join(str(p) for p in e["loc"] if p != "body") or "body", str(e["msg"])) for e in error.errors()]
        names = ", ".join(field for field, _ in fields[:3])
        return api.problem_response(
            BadInput(f"The body can't be used: look at {names}. See /docs for its shape.", fields)
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 404:
            return api.problem_response(NotFound(f"There is nothing at {request.url.path}. See /docs."))
        wrong = ChatRecError(str(error.detail))
        wrong.status, wrong.title = error.status_code, str(error.detail)
        response = api.problem_response(wrong)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def crash(request: Request, error: Exception) -> JSONResponse:
        return api.log_crash(request, error)


def run(
    settings: Settings, host: str, port: int, *, page: bool = True, open_browser: bool = False, progress: Any = None
) -> None:
    """Serve until interrupted. The catalogue is built first, with progress; a taken port is told before that."""
    import socket

    import uvicorn

    if host not in LOOPBACK and not settings.api_key:
        raise BadInput(f"Set CHATREC_API_KEY to serve on {host}: beyond loopback every REST call needs a key.")
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
        )
    except OSError as error:
        raise Missing(f"Port {port} on {host} can't be used ({error.strerror}). Try: --port {port + 1}") from error
    with listener:
        port = listener.getsockname()[1]
        asyncio.run(_serve(settings, host, port, listener, uvicorn, page, open_browser, progress))


async def _serve(
    settings: Settings, host: str, port: int, listener: Any, uvicorn: Any, page: bool, open_browser: bool, progress: Any
) -> None:
    engine = await Engine.start(settings, progress=progress)
    try:
        await engine.book(settings.catalog)
    except BaseException:
        await engine.stop()
        raise
    app = create_app(engine, page=page)
    shown = f"http://{'[' + host + ']' if ':' in host else host}:{port}"
    log.info("ChatRec answers on %s (REST: %s/docs)", shown, shown)
    if open_browser and page:
        asyncio.get_running_loop().call_later(0.5, webbrowser.open, shown)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    await uvicorn.Server(config).serve(sockets=[listener])
