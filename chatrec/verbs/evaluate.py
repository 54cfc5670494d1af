"""evaluate ranking, understanding, dialogue: measured figures."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from chatrec.errors import BadInput
from chatrec.verbs.shared import PROGRAM, Steps, console_out, settings_from

evaluate = typer.Typer(help="Measured figures, with intervals.", no_args_is_help=True, rich_markup_mode=None)


@evaluate.command(epilog=f"Example: {PROGRAM} evaluate ranking --catalog films --split last")
def ranking(
    catalog: Annotated[str | None, typer.Option(metavar="NAME", help="Whose log is measured on.")] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(metavar="SPLIT", help="random, last, time or new; again for more. All by default."),
    ] = None,
    k: Annotated[int, typer.Option(min=1, max=100, metavar="K", help="How many of each list count.")] = 20,
    people: Annotated[int | None, typer.Option(min=1, metavar="N", help="N people, drawn with a fixed seed.")] = None,
    part: Annotated[
        str, typer.Option(metavar="PART", help="tune, judge or all: which people are asked about.")
    ] = "all",
    seed: Annotated[int, typer.Option(metavar="N", help="Of the random split.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="N random splits, told together.")] = 1,
    moments: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="time, new: N moments, told together.")] = 1,
    rerank: Annotated[
        bool, typer.Option("--rerank", help="Put the configured model's order beside the fused one.")
    ] = False,
    mode: Annotated[
        str, typer.Option(metavar="MODE", help="--rerank: order (all twenty) or top (the best five).")
    ] = "order",
    save: Annotated[bool, typer.Option("--save", help="--rerank: keep whether the model reranks better.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures here too.")
    ] = None,
) -> None:
    """How good the recommender is on a catalogue's own histories, each source beside their fusion."""
    from chatrec.evaluation.ranking.command import Cuts, evaluate_rerank
    from chatrec.evaluation.ranking.command import evaluate as measure
    from chatrec.evaluation.ranking.splits import SPLITS

    if save and not rerank:
        raise BadInput("--save keeps a verdict on a model: use it with --rerank.")
    if rerank and len(split or ()) > 1:
        raise BadInput("--rerank measures on one split: name one.")
    settings = settings_from(catalog=catalog, quiet=True)
    names = tuple(dict.fromkeys(split or (("random",) if rerank else SPLITS)))
    cuts = Cuts(names, seed=seed, seeds=seeds, moments=moments, part=part, people=people)
    with Steps() as steps:
        if rerank:
            measured = evaluate_rerank(
                settings, cuts, mode=mode, save=save, json_file=json_file, console=console_out(), progress=steps
            )
            asyncio.run(measured)
        else:
            asyncio.run(measure(settings, cuts, k=k, json_file=json_file, console=console_out(), progress=steps))


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
    settings = settings_from(quiet=True)
    with Steps() as steps:
        asyncio.run(
            measure(
                settings, files or [], corpus=corpus, data=data, part=part, json_file=json_file, errors=errors,  # type: ignore[arg-type]
                turns=turns, model=model, save=save, console=console_out(), progress=steps,
            )
        )  # fmt: skip


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
    player: Annotated[str, typer.Option(metavar="WHO", help="Who words what people say: code or model.")] = "code",
    player_llm: Annotated[
        str | None, typer.Option("--player-llm", metavar="LLM", help="That model, as in CHATREC_LLM (its default).")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write figures and talks here.")
    ] = None,
) -> None:
    """How far simulated people get: success, turns, broken wishes, questions."""
    from chatrec.evaluation.people.command import evaluate as measure

    settings = settings_from(quiet=True, catalog=catalog)
    with Steps() as steps:
        asyncio.run(
            measure(
                settings, people=people, seed=seed, language=language, most_turns=max_turns, questions=not no_questions,
                compare=compare, histories=histories, url=url, model=model, player=player,
                player_llm=player_llm, json_file=json_file, console=console_out(), progress=steps,
            )
        )  # fmt: skip
