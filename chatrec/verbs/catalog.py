"""catalog add, update, list, show, rebuild, fit, remove."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from chatrec.errors import BadInput
from chatrec.verbs.shared import NAME, PROGRAM, Steps, asked, console_out, open_store, packaged, settings_from

catalog = typer.Typer(
    help="Take in catalogues, look at them, remove them.", no_args_is_help=True, rich_markup_mode=None
)


@catalog.command("add", epilog=f"Example: {PROGRAM} catalog add teas teas.csv --facets teas.yaml")
def add(
    name: NAME,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="csv, tsv, json, jsonl or parquet (.gz too), or a MovieLens folder or zip. Left out: --interactions or --dialogues for a catalogue that is here.",
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
    dialogues: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Conversations about the items and what people took, jsonl: one a line (.gz too)."
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a catalogue of this name.")] = False,
) -> None:
    """Read a file as a catalogue, or what people did with its items or said about them, and report what came of it. A bad file changes nothing."""
    from chatrec.importing import add as take_in
    from chatrec.importing import build_packaged, hear, learn, packaged_names

    settings = settings_from(quiet=True)
    if file is None and interactions is None and dialogues is None:
        raise BadInput(
            f"Name a FILE to read as {name}, or --interactions FILE or --dialogues FILE for a catalogue that is here."
        )

    async def run() -> None:
        async with open_store(settings) as store:
            console = console_out()
            if file is None:
                with Steps() as steps:
                    if name in packaged_names(packaged()):
                        await build_packaged(store, packaged(), steps, only=name)
                    reports: tuple[Any, ...]
                    if dialogues is not None:
                        reports = await hear(store, name, dialogues, interactions=interactions, progress=steps)
                    else:
                        reports = (None, await learn(store, name, interactions or Path(), progress=steps))
                for told in reports:
                    if told is not None:
                        told.show(console)
                return
            with Steps() as steps:
                report = await take_in(
                    store, name, file, facets=facets, id_field=id_field, title_field=title_field, interactions=interactions,
                    dialogues=dialogues, replace=replace, reserved=frozenset(packaged_names(packaged())), progress=steps,
                )  # fmt: skip
            report.show(console)
            console.print(f"Talk about it: {PROGRAM} chat --catalog {name}", markup=False)

    asyncio.run(run())


@catalog.command(epilog=f"Example: {PROGRAM} catalog update teas teas-today.csv --dry-run")
def update(
    name: NAME,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The newer file, in any of the formats of `add`.", show_default=False),
    ],
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="The file holds only what has changed: the rest stays.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Also when more than half would be withdrawn.")] = False,
) -> None:
    """Bring in a newer file: new, changed and withdrawn items. Old conversations stay whole; a bad file changes nothing."""
    from chatrec.importing import apply, compare, packaged_names

    settings = settings_from(quiet=True)

    async def run() -> None:
        async with open_store(settings) as store:
            with Steps() as steps:
                reserved = frozenset(packaged_names(packaged()))
                found = await compare(store, name, file, keep_missing=keep_missing, reserved=reserved, progress=steps)
            if found.drastic and not (yes or dry_run) and not asked(f"{found.question()} Withdraw them?"):
                raise BadInput(f"{found.question()} Nothing was changed.")
            if not dry_run:
                with Steps() as steps:
                    await apply(store, found, progress=steps)
            found.show(console_out(), done=not dry_run)
            if dry_run and found.drastic:
                console_out().print(found.question(), markup=False, highlight=False)

    asyncio.run(run())


@catalog.command("list")
def list_() -> None:
    """The catalogues that are here."""
    settings = settings_from(quiet=True)

    async def run() -> None:
        from rich.table import Table
        from rich.text import Text

        async with open_store(settings) as store:
            found = await store.items.catalogs()
            console = console_out()
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

    settings = settings_from(quiet=True)

    async def run() -> None:
        from rich.table import Table
        from rich.text import Text

        async with open_store(settings) as store:
            c = await store.items.catalog(name)
            source = await store.items.source(name) or {}
            console = console_out()
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

    settings = settings_from(quiet=True)

    async def run() -> None:
        async with open_store(settings) as store:
            with Steps() as steps:
                report = await again(store, name, packaged(), steps)
            report.show(console_out())

    asyncio.run(run())


@catalog.command(epilog=f"Example: {PROGRAM} catalog fit films")
def fit(name: NAME) -> None:
    """Learn from what people did and write the model file that a running server takes up, on this machine or another."""
    from chatrec.upkeep.taste import write

    settings = settings_from(quiet=True)

    async def run() -> None:
        async with open_store(settings) as store:
            made = await write(store, await store.items.catalog(name), settings.home)
        console_out().print(
            f"{name}: {made.sizes['events']:,} events, {', '.join(made.kinds.values())}; {made.bytes / 1e6:.1f} MB in "
            f"{made.file}. A server with CHATREC_HOME here takes it up within a minute of its next turn; for one elsewhere "
            "copy that file first, then manifest.json.",
            highlight=False,
        )

    asyncio.run(run())


@catalog.command()
def remove(
    name: NAME,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Without asking.")] = False,
) -> None:
    """Remove a catalogue, its log and its vectors. Conversations about it stay readable; a demo catalogue comes back with the next serve."""
    settings = settings_from(quiet=True)

    async def run() -> None:
        from chatrec.index import Index
        from chatrec.upkeep.model_file import ModelFiles

        async with open_store(settings) as store:
            there = await store.items.catalog(name)
            if not yes and not asked(f"Remove {name} with its {there.items:,} items?"):
                raise BadInput(f"{name} was not removed. To remove it without being asked: --yes")
            await store.items.remove(name)
            await store.vectors.prune()
            shutil.rmtree(ModelFiles(settings.home, name, ()).folder, ignore_errors=True)
            if settings.chroma_url or (settings.home / "chroma").exists():
                index = Index(settings.home, settings.chroma_url)
                try:
                    await index.drop(name)
                finally:
                    await index.close()
            console_out().print(f"{name} is removed.", markup=False, highlight=False)

    asyncio.run(run())
