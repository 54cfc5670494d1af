"""What the verbs share: settings with the command line on top, the store alone, a console, progress of long steps.

Knows: a terminal, a pipe. Does not know any verb.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatrec.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from chatrec.settings import Settings
    from chatrec.store import Store

PROGRAM = "python -m chatrec"
NAME = Annotated[str, typer.Argument(metavar="NAME", help="The catalogue's name.", show_default=False)]


def settings_from(*, quiet: bool = False, **overrides: Any) -> Settings:
    """Settings with what the command line said on top. quiet: only warnings are logged, unless the person asked for more."""
    from chatrec import settings as module
    from chatrec.observe import configure

    settings = module.load(**{k: v for k, v in overrides.items() if v is not None})
    configure("warning" if quiet and settings.log_level == "info" else settings.log_level)
    return settings


@contextlib.asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The store alone, migrated: catalogue verbs need no engine."""
    from chatrec.store import Store

    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"CHATREC_HOME {settings.home} can't be used as a folder: {error.strerror}.") from error
    store = await Store.open(settings.database)
    try:
        await store.migrate()
        yield store
    finally:
        await store.close()


def packaged() -> Path:
    from chatrec.settings import ROOT

    return ROOT / "catalog"


def console_out() -> Console:
    """On a terminal as wide as it is; into a pipe plain and never cut."""
    from rich.console import Console

    return Console(soft_wrap=False) if sys.stdout.isatty() else Console(width=160)


def asked(question: str) -> bool:
    """Whether somebody at a terminal says yes. Where nobody can be asked: no."""
    return sys.stdin.isatty() and sys.stderr.isatty() and typer.confirm(question, err=True)


class Steps:
    """Progress of long steps on stderr: a bar in a terminal, elsewhere a line a step once it takes more than a second.

    Call it (what, done, of).
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._bar: Any = None
        self._task: Any = None
        self._what = ""

    def __call__(self, what: str, done: int, of: int) -> None:
        if not sys.stderr.isatty():
            if what != self._what and time.monotonic() - self._began > 1:
                self._what = what
                print(f"{what} ...", file=sys.stderr, flush=True)
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(what, total=None)
        self._bar.update(self._task, description=what, completed=done, total=of or None)
        if of and done >= of:  # what follows may be anything but a progress
            self.stop()

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar = None

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
