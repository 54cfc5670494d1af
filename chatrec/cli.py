"""The command line: serve, chat, catalog, evaluate, dialogues, doctor. Every verb and option is in docs/cli.md; a test compares the two.

Knows: arguments, exit codes, one readable line for an error. What a verb does is done below; imports are made when a verb
runs, so that `--help` is quick and no verb pays for gradio, torch or a model it does not use.
Exit codes: 0 good, 1 a check failed, 2 wrong use or bad input, 3 something needed is missing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chatrec.errors import BadInput, ChatRecError

if TYPE_CHECKING:
    from rich.console import Console

    from chatrec.settings import Settings
    from chatrec.store import Store

PROGRAM = "python -m chatrec"

app = typer.Typer(
    name="chatrec",
    help="ChatRec: a conversational recommender for any catalogue, in English and Chinese.",
    epilog="Settings come from the environment or a .env file: docs/settings.md. All verbs: docs/cli.md.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
catalog = typer.Typer(
    help="Take in catalogues, look at them, remove them.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(catalog, name="catalog")
evaluate = typer.Typer(help="Measured figures, with intervals.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(evaluate, name="evaluate")

NAME = Annotated[str, typer.Argument(metavar="NAME", help="The catalogue's name.", show_default=False)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb and give its exit code. Every error a person can cause is one line on stderr."""
    try:
        return app(list(arguments) if arguments is not None else None, standalone_mode=False, prog_name=PROGRAM) or 0
    except ChatRecError as error:
        return _say(str(error), error.exit_code)
    except typer.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:  # `chatrec ... | head`
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - what Python prints at its end must go somewhere
        return 0
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if type(error).__name__ == "NoArgsIsHelpError":  # a group without a verb: the message is its help
            print(message, file=sys.stderr)
            return 2
        message = message if message.endswith(("?", ".", ")")) else f"{message}."
        return _say(f"{message} See: {context.command_path if context else PROGRAM} --help", 2)
    except Exception as error:  # the outer door: people get a sentence, the trace is there for who asks
        if os.environ.get("CHATREC_LOG_LEVEL", "").lower() == "debug":
            raise
        return _say(f"ChatRec failed: {type(error).__name__}: {error}. CHATREC_LOG_LEVEL=debug shows where.", 1)


def _say(message: str, code: int) -> int:
    print(" ".join(message.split()), file=sys.stderr)
    return code


# --------------------------------------------------------------------------- serve and chat


@app.command(epilog=f"Example: {PROGRAM} serve --port 8000 --catalog teas")
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
    settings = _settings(host=host, port=port, catalog=catalog)
    from chatrec.web.server import run

    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a server is stopped
        run(settings, settings.host, settings.port, page=not no_page, open_browser=open_, progress=Steps())


@app.command(epilog=f'Example: {PROGRAM} chat --json "a light laptop under 1000 euros"')
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

    settings = _settings(catalog=catalog, quiet=True)
    return talk(settings, message=message, user=user, show_prompt=show_prompt, as_json=as_json, progress=Steps())


@app.command()
def doctor() -> int:
    """What works here, and what to do about what does not. Exit code 3 where something needed is missing."""
    from chatrec.doctor import examine, show

    settings = _settings(quiet=True)
    findings = asyncio.run(examine(settings))
    show(findings, _console())
    return 3 if any(f.state == "missing" for f in findings) else 0


# --------------------------------------------------------------------------- catalogues


@catalog.command("add", epilog=f"Example: {PROGRAM} catalog add teas teas.csv --facets teas.yaml")
def add(
    name: NAME,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="csv, tsv, json or jsonl (.gz too), or a MovieLens folder or zip. Left out: --interactions for a catalogue that is here.",
            show_default=False,
        ),
    ] = None,
    facets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="facets.yaml; what it does not tell is inferred.")
    ] = None,
    id_field: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column with the ids.")] = None,
    title_field: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column with the titles.")] = None,
    interactions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Who did what: user_id, item_id, and rating, at, kind where known; or a MovieLens folder or zip.",
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a catalogue of this name.")] = False,
) -> None:
    """Read a file as a catalogue, or who did what with its items, and report what came of it. A bad file changes nothing."""
    from chatrec.importing import add as take_in
    from chatrec.importing import build_packaged, learn, packaged_names

    settings = _settings(quiet=True)
    if file is None and interactions is None:
        raise BadInput(f"Name a FILE to read as {name}, or --interactions FILE for a catalogue that is here.")

    async def run() -> None:
        async with _store(settings) as store:
            console = _console()
            if file is None:
                with Steps() as steps:
                    if name in packaged_names(_packaged()):
                        await build_packaged(store, _packaged(), steps, only=name)
                    tally = await learn(store, name, interactions or Path(), progress=steps)
                tally.show(console)
                return
            with Steps() as steps:
                report = await take_in(
                    store, name, file, facets=facets, id_field=id_field, title_field=title_field, interactions=interactions,
                    replace=replace, reserved=frozenset(packaged_names(_packaged())), progress=steps,
                )  # fmt: skip
            report.show(console)
            console.print(f"Talk about it: {PROGRAM} chat --catalog {name}", markup=False)

    asyncio.run(run())


@catalog.command("list")
def list_() -> None:
    """The catalogues that are here."""
    settings = _settings(quiet=True)

    async def run() -> None:
        from rich.table import Table
        from rich.text import Text

        async with _store(settings) as store:
            found = await store.items.catalogs()
            console = _console()
            if not found:
                console.print(
                    "No catalogue yet. `serve` builds the demo catalogue; `catalog add NAME FILE` takes in a file."
                )
                return
            table = Table(box=None, padding=(0, 3, 0, 0))
            for heading in ("name", "title", "items", "facets", "version"):
                table.add_column(heading, justify="right" if heading == "items" else "left")
            for c in found:
                default = " (default)" if c.name == settings.catalog else ""
                table.add_row(c.name + default, Text(c.title_in("en")), f"{c.items:,}", str(len(c.facets)), c.version)
            console.print(table)

    asyncio.run(run())


@catalog.command("show")
def show_(name: NAME) -> None:
    """What a catalogue holds: its facets, their ranges and commonest values, where it came from."""
    from chatrec.language.describe import value_text

    settings = _settings(quiet=True)

    async def run() -> None:
        from rich.table import Table
        from rich.text import Text

        async with _store(settings) as store:
            c = await store.items.catalog(name)
            source = await store.items.source(name) or {}
            console = _console()
            console.print(Text(f"{c.name}: {c.title_in('en')}, {c.items:,} items, version {c.version}", style="bold"))
            console.print(Text(f"from {source.get('file') or source.get('folder') or 'unknown'}"))
            table = Table(box=None, padding=(0, 3, 0, 0))
            for heading in ("facet", "type", "role", "label", "values"):
                table.add_column(heading, overflow="fold")
            for f in c.facets:
                kind = f.type + (", many" if f.many else "") + ("" if f.filter else ", no filter")
                if f.type == "number":
                    bounds = await store.items.range(name, f.name)
                    shown = " to ".join(value_text(f, b, "en") for b in bounds) if bounds else "none"
                else:
                    values = await store.items.distinct(name, f.name) if f.type != "text" else []
                    shown = ", ".join(f"{value_text(f, v, 'en')} ({n:,})" for v, n in values[:6])
                    shown += f" and {len(values) - 6:,} more" if len(values) > 6 else ""
                labels = " / ".join(dict.fromkeys((f.label_in("en"), f.label_in("zh"))))
                table.add_row(Text(f.name), kind, f.role or "", Text(labels), Text(shown))
            console.print(table)
            for language, starters in c.starters.items():
                console.print(Text(f"starters ({language}): {' | '.join(starters)}", style="dim"))

    asyncio.run(run())


@catalog.command()
def rebuild(name: NAME) -> None:
    """Read a catalogue's source again, whatever has changed."""
    from chatrec.importing import rebuild as again

    settings = _settings(quiet=True)

    async def run() -> None:
        async with _store(settings) as store:
            with Steps() as steps:
                report = await again(store, name, _packaged(), steps)
            report.show(_console())

    asyncio.run(run())


@catalog.command()
def remove(name: NAME) -> None:
    """Remove a catalogue. Conversations about it stay readable; a demo catalogue comes back with the next serve."""
    settings = _settings(quiet=True)

    async def run() -> None:
        async with _store(settings) as store:
            await store.items.remove(name)
            _console().print(f"{name} is removed.", markup=False)

    asyncio.run(run())


# --------------------------------------------------------------------------- measured figures


@evaluate.command(epilog=f"Example: {PROGRAM} evaluate ranking --catalog films --split last")
def ranking(
    catalog: Annotated[str | None, typer.Option(metavar="NAME", help="Whose log is measured on.")] = None,
    split: Annotated[
        list[str] | None, typer.Option(metavar="SPLIT", help="random, last or time; again for more. All by default.")
    ] = None,
    k: Annotated[int, typer.Option(min=1, max=100, metavar="K", help="How many of each list count.")] = 20,
    people: Annotated[int | None, typer.Option(min=1, metavar="N", help="N people, drawn with a fixed seed.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the random split.")] = 1,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures here too.")
    ] = None,
) -> None:
    """How good the recommender is on a catalogue's own histories, each source beside their fusion."""
    from chatrec.evaluation.ranking.command import evaluate as measure
    from chatrec.evaluation.ranking.splits import SPLITS

    settings = _settings(catalog=catalog, quiet=True)
    with Steps() as steps:
        asyncio.run(
            measure(
                settings, splits=split or SPLITS, k=k, people=people, seed=seed, json_file=json_file,
                console=_console(), progress=steps,
            )
        )  # fmt: skip


@evaluate.command(epilog=f"Example: {PROGRAM} evaluate understanding --corpus sgd --data ../data/sgd --part judge")
def understanding(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE ...]", help="Labelled dialogues (jsonl).", show_default=False)
    ] = None,
    corpus: Annotated[str | None, typer.Option(metavar="NAME", help="A public corpus: sgd, crosswoz, risawoz.")] = None,
    data: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the corpus lies.")] = None,
    part: Annotated[str, typer.Option(metavar="PART", help="write, judge or all: which dialogues.")] = "all",
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures here too.")
    ] = None,
    errors: Annotated[int, typer.Option(min=0, metavar="N", help="List errors by class, N turns of each.")] = 0,
    turns: Annotated[int | None, typer.Option(min=1, metavar="N", help="N turns, drawn with a fixed seed.")] = None,
    model: Annotated[bool, typer.Option("--model", help="Put the configured model's decide beside code.")] = False,
    save: Annotated[bool, typer.Option("--save", help="Keep whether the model decides better than code.")] = False,
) -> None:
    """How well wishes are understood: precision, recall, F1, exact turns, decisions."""
    from chatrec.evaluation.understanding.command import evaluate as measure

    if part not in ("write", "judge", "all"):
        raise BadInput(f"--part is write, judge or all, not {part!r}.")
    settings = _settings(quiet=True)
    with Steps() as steps:
        asyncio.run(
            measure(
                settings, files or [], corpus=corpus, data=data, part=part, json_file=json_file, errors=errors,  # type: ignore[arg-type]
                turns=turns, model=model, save=save, console=_console(), progress=steps,
            )
        )  # fmt: skip


# --------------------------------------------------------------------------- scripted dialogues


@app.command(epilog=f"Example: {PROGRAM} dialogues tests/dialogues --tag en --html report.html")
def dialogues(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH ...]", help="Files and folders; ./dialogues or ./tests/dialogues.", show_default=False
        ),
    ] = None,
    mode: Annotated[
        Literal["scripted", "replay", "live"] | None,
        typer.Option(metavar="MODE", help="scripted, replay or live; each as its file says if left out."),
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Ask the model and keep its answers beside the files.")
    ] = False,
    url: Annotated[str, typer.Option(metavar="URL", help="Drive this server instead.", show_default=False)] = "",
    repeat: Annotated[
        int | None, typer.Option(min=1, max=1000, metavar="N", help="live: play each N times (3).")
    ] = None,
    at_least: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="SHARE", help="live: the share of runs that has to pass (1).")
    ] = None,
    words: Annotated[
        str, typer.Option("-k", metavar="TEXT", help="Names or titles with TEXT in them.", show_default=False)
    ] = "",
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="Those with this tag; '!TAG' without it. All of several.")
    ] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page of its own.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the run, for --compare.")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(metavar="A B", help="What changed between two --json files.")
    ] = None,
    from_: Annotated[
        str, typer.Option("--from", metavar="ID", help="A stored conversation as a dialogue file.", show_default=False)
    ] = "",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="--from: write it here.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of a dialogue file.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only failures and totals.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Every transcript.")] = False,
) -> int:
    """Play scripted dialogues and check every answer. Exit code 1 where a check failed."""
    from chatrec.evaluation.dialogues import command

    alone = {"--schema": schema, "--from": from_, "--compare": compare}
    if sum(map(bool, alone.values())) > 1 or (paths and any(alone.values())):
        raise BadInput("One thing at a time: --schema, --from, --compare, or paths to play.")
    if out is not None and not from_:
        raise BadInput("--out belongs to --from.")
    if schema:
        return command.schema()
    if compare is not None:
        return command.compare(*compare, _console(), html)
    settings = _settings(quiet=True)
    if from_:
        return asyncio.run(command.retell(settings, from_, out))
    options = command.Options(
        paths=paths or (), mode=mode, record=record, url=url, repeat=repeat, at_least=at_least, words=words,
        tags=tag or (), junit=junit, html=html, json=json_file, verbosity=int(verbose) - int(quiet),
    )  # fmt: skip
    return asyncio.run(command.run(settings, options, _console()))


@evaluate.command(epilog=f"Example: {PROGRAM} evaluate dialogue --people 100 --compare")
def dialogue(
    people: Annotated[int, typer.Option(metavar="N", help="How many simulated people.")] = 100,
    seed: Annotated[int, typer.Option(metavar="N", help="Who they are: the same seed, the same people.")] = 1,
    catalog: Annotated[str | None, typer.Option(metavar="NAME", help="What they look for.")] = None,
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="en, zh or both.")] = "en",
    max_turns: Annotated[int, typer.Option(metavar="N", help="Turns until what they want must be shown.")] = 5,
    histories: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Real tastes: a MovieLens folder, or csv.", show_default=False)
    ] = None,
    no_questions: Annotated[bool, typer.Option("--no-questions", help="Without the question policy.")] = False,
    compare: Annotated[bool, typer.Option("--compare", help="With and without the question policy.")] = False,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Put them to this OpenAI-protocol endpoint too.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="The model to ask at --url.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write figures and talks here.")
    ] = None,
) -> None:
    """How far simulated people get: success, turns, broken wishes, questions."""
    from chatrec.evaluation.people.command import evaluate as measure

    settings = _settings(quiet=True, catalog=catalog)
    with Steps() as steps:
        asyncio.run(
            measure(
                settings, people=people, seed=seed, language=language, most_turns=max_turns, questions=not no_questions,
                compare=compare, histories=histories, url=url, model=model, json_file=json_file, console=_console(),
                progress=steps,
            )
        )  # fmt: skip


# --------------------------------------------------------------------------- what the verbs share


def _settings(*, quiet: bool = False, **overrides: Any) -> Settings:
    """Settings with what the command line said on top. quiet: only warnings are logged, unless the person asked for more."""
    from chatrec import settings as module
    from chatrec.observe import configure

    settings = module.load(**{k: v for k, v in overrides.items() if v is not None})
    configure("warning" if quiet and settings.log_level == "info" else settings.log_level)
    return settings


@contextlib.asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
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


def _packaged() -> Path:
    from chatrec.settings import ROOT

    return ROOT / "catalog"


def _console() -> Console:
    """On a terminal as wide as it is; into a pipe plain and never cut."""
    from rich.console import Console

    return Console(soft_wrap=False) if sys.stdout.isatty() else Console(width=160)


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
