"""user export, delete: everything held about a person, out or gone."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer

from chatrec.errors import BadInput, NotFound
from chatrec.verbs.shared import PROGRAM, asked, console_out, open_store, settings_from

user = typer.Typer(help="What is held about a person.", no_args_is_help=True, rich_markup_mode=None)

WHO = Annotated[str, typer.Argument(metavar="ID", help="The person's user_id.", show_default=False)]


@user.command(epilog=f"Example: {PROGRAM} user export ana > ana.json")
def export(who: WHO) -> None:
    """Print everything held about a person as JSON: conversations, feedback, tastes, imported events."""
    settings = settings_from(quiet=True)

    async def run() -> None:
        async with open_store(settings) as store:
            print(json.dumps(await store.profiles.export(who), ensure_ascii=False, indent=2, default=str))

    asyncio.run(run())


@user.command(epilog=f"Example: {PROGRAM} user delete ana --yes")
def delete(who: WHO, yes: Annotated[bool, typer.Option("--yes", "-y", help="Without asking.")] = False) -> None:
    """Forget everything about a person: conversations, feedback, tastes, imported events."""
    settings = settings_from(quiet=True)

    async def run() -> None:
        async with open_store(settings) as store:
            await store.profiles.export(who)  # NotFound
            if not yes and not asked(f"Forget everything about {who}? It can't be brought back."):
                raise BadInput(f"Nothing about {who} was deleted. To delete without being asked: --yes")
            if not await store.profiles.delete(who):
                raise NotFound(f"Nothing is known about {who!r}.")
            console_out().print(f"Everything about {who} is deleted.", markup=False, highlight=False)

    asyncio.run(run())
