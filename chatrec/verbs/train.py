"""train planner: a small local model learns to decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatrec.verbs.shared import PROGRAM, Steps, console_out, settings_from

train = typer.Typer(help="Train what ChatRec can train.", no_args_is_help=True, rich_markup_mode=None)


@train.callback()
def _group() -> None:
    """Train what ChatRec can train."""


@train.command(epilog=f"Example: {PROGRAM} train planner --catalog teas --out my-planner")
def planner(
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Where adapter, card and checkpoint go. [CHATREC_HOME/planner]", show_default=False
        ),
    ] = None,
    catalog: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A catalogue of yours to train on as well; again for more.")
    ] = None,
    messages: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Messages written whole for your catalogues, NAME.en.yaml and NAME.zh.yaml.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Of data and weights: the same seed, the same planner, nearly.")
    ] = 1,
    steps: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Steps of the optimiser.", show_default=False)
    ] = None,
    turns: Annotated[
        int | None, typer.Option(min=1, max=64, metavar="N", help="Turns in a sequence.", show_default=False)
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="X",
            help="Highest learning rate; of LoRA's second matrices it is four times as high.",
            show_default=False,
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Threads of torch.", show_default=False)
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew where a run was broken off.")] = False,
    no_measure: Annotated[bool, typer.Option("--no-measure", help="Do not measure it beside code at the end.")] = False,
) -> None:
    """LoRA for the packaged SmolLM2, from turns generated of catalogues.

    Two hours of one core. A run that was broken off goes on where it was. Needs `pip install -r requirements-train.txt`.
    Use it with CHATREC_PLANNER=FOLDER; docs/planner.md says how it is made and how to compare.
    """
    from chatrec.training.command import train_planner
    from chatrec.training.lora import Recipe

    settings = settings_from(quiet=True)
    given = {"seed": seed, "steps": steps, "turns": turns, "rate": rate}
    recipe = Recipe(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    folder = out or settings.home / "planner"
    console = console_out()
    with Steps() as told:
        card = train_planner(
            settings,
            folder,
            recipe,
            catalogs=catalog or (),
            messages=messages,
            threads=threads,
            fresh=fresh,
            measure=not no_measure,
            console=console,
            progress=told,
        )
    console.print(f"{folder / 'planner.gguf'}: {card['name']}; use it with CHATREC_PLANNER={folder}", markup=False)
