"""serve, chat, doctor: the verbs that run ChatRec itself."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

import typer

from chatrec.verbs.shared import Steps, console_out, settings_from


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to bind; beyond loopback CHATREC_API_KEY is needed.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to bind; 0 takes a free one.")] = None,
    catalog: Annotated[str | None, typer.Option(metavar="NAME", help="What new conversations are about.")] = None,
    no_page: Annotated[bool, typer.Option("--no-page", help="REST only.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Migrate, build what is stale, and serve the page and REST."""
    settings = settings_from(host=host, port=port, catalog=catalog)
    from chatrec.web.server import run

    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a server is stopped
        run(settings, settings.host, settings.port, page=not no_page, open_browser=open_, progress=Steps())


def chat(
    message: Annotated[str | None, typer.Argument(help="One turn, then exit.", show_default=False)] = None,
    catalog: Annotated[str | None, typer.Option(metavar="NAME", help="What the conversation is about.")] = None,
    user: Annotated[
        str | None, typer.Option(metavar="ID", help="Who is talking; likes are kept under this id.")
    ] = None,
    show_prompt: Annotated[bool, typer.Option("--show-prompt", help="Print what the model saw.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print each Reply as JSON.")] = False,
) -> int:
    """The same conversation in the terminal. /help inside lists what can be typed."""
    from chatrec.terminal import talk

    settings = settings_from(catalog=catalog, quiet=True)
    return talk(settings, message=message, user=user, show_prompt=show_prompt, as_json=as_json, progress=Steps())


def doctor() -> int:
    """What works here, and what to do about what does not. Exit code 3 where something needed is missing."""
    from chatrec.doctor import examine, show

    settings = settings_from(quiet=True)
    findings = asyncio.run(examine(settings))
    show(findings, console_out())
    return 3 if any(f.state == "missing" for f in findings) else 0
