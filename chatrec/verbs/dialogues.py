"""dialogues: scripted dialogues, played and checked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from chatrec.errors import BadInput
from chatrec.verbs.shared import console_out, settings_from


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
        return command.compare(*compare, console_out(), html)
    settings = settings_from(quiet=True)
    if from_:
        return asyncio.run(command.retell(settings, from_, out))
    options = command.Options(
        paths=paths or (), mode=mode, record=record, url=url, repeat=repeat, at_least=at_least, words=words,
        tags=tag or (), junit=junit, html=html, json=json_file, verbosity=int(verbose) - int(quiet),
    )  # fmt: skip
    return asyncio.run(command.run(settings, options, console_out()))
