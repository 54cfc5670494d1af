"""What `chatrec dialogues` does: choose files, play them, tell of it, write reports; or compare two runs; or retell a conversation.

Knows: options, what goes to which stream, exit codes (0 good, 1 a check failed, 2 wrong use or a bad file, 3 something missing).
Does not know: how a dialogue is played, how a report looks.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from chatrec.errors import BadInput, Missing, NotFound
from chatrec.evaluation.dialogues.results import Played, Run

if TYPE_CHECKING:
    from rich.console import Console

    from chatrec.evaluation.dialogues.file import Dialogue
    from chatrec.evaluation.dialogues.models import Mode
    from chatrec.settings import Settings

USUAL = ("dialogues", "tests/dialogues")  # where files are looked for when no path is given
LIVE_RUNS = 3
SIGN_OF_LIFE = 120.0  # seconds that a model may take to start on a busy machine


@dataclass(frozen=True)
class Options:
    """The command line of `dialogues`. None: not said."""

    paths: Sequence[Path] = ()
    mode: Mode | None = None
    record: bool = False
    url: str = ""
    repeat: int | None = None
    at_least: float | None = None
    words: str = ""  # -k
    tags: Sequence[str] = ()
    junit: Path | None = None
    html: Path | None = None
    json: Path | None = None
    verbosity: int = 0  # -1 quiet, 1 verbose
    outputs: Sequence[Path] = field(init=False, default=())

    def __post_init__(self) -> None:
        written = tuple(f for f in (self.junit, self.html, self.json) if f is not None)
        object.__setattr__(self, "outputs", written)


async def run(settings: Settings, options: Options, console: Console) -> int:
    """Play what is asked for. The exit code; BadInput, Missing for what keeps it from beginning."""
    from chatrec.evaluation.dialogues.file import load_all
    from chatrec.evaluation.dialogues.placed import FileError
    from chatrec.evaluation.dialogues.report.progress import Watched
    from chatrec.evaluation.dialogues.stage import Stage, play_all

    _fits(options)
    _never_fails(console)
    try:
        dialogues = load_all(options.paths or _usual())
    except FileError as error:
        for problem in error.problems:  # a line each, so that an editor can jump to every one of them
            print(" ".join(problem.split()), file=sys.stderr)
        return 2
    dialogues = _chosen(dialogues, options)
    for file in options.outputs:
        _make_room(file)
    await _ready(settings, options)
    at_least = 1.0 if options.at_least is None else options.at_least
    with Watched(console, len(dialogues), options.verbosity) as watched:
        repeat = (options.repeat or LIVE_RUNS) if options.mode == "live" else 1
        stage = Stage(
            settings, mode=options.mode, url=options.url, record=options.record, repeat=repeat, progress=watched.step
        )

        def told(played: Played, n: int) -> None:
            settle(played, at_least)
            watched.told(played, n)

        try:
            done = await play_all(dialogues, stage, mode=options.mode, url=options.url, told=told)
        finally:
            await stage.close()
    done.at_least = at_least
    watched.ended(done)
    write(done, options)
    for file in options.outputs:
        console.print(f"wrote {file}", markup=False, highlight=False, style="dim", soft_wrap=True)
    return 0 if done.good else 1


def settle(played: Played, at_least: float) -> None:
    """A dialogue played several times is as good as the share of its runs that passed."""
    if played.status != "skipped" and played.runs > 1:
        played.status = "passed" if played.good >= at_least * played.runs - 1e-9 else "failed"


def write(run: Run, options: Options) -> None:
    """The reports that were asked for. BadInput where a file can't be written."""
    from chatrec.evaluation.dialogues.report.junit import junit
    from chatrec.evaluation.dialogues.report.page import page

    if options.json is not None:
        _write(options.json, run.model_dump_json(indent=1) + "\n")
    if options.junit is not None:
        _write(options.junit, junit(run))
    if options.html is not None:
        _write(options.html, page(run))


def compare(before: Path, after: Path, console: Console, html: Path | None = None) -> int:
    """What changed between two `--json` reports. 1 where something newly fails."""
    from chatrec.evaluation.dialogues.report import compared
    from chatrec.evaluation.dialogues.report.compare import compare as side_by_side
    from chatrec.evaluation.dialogues.report.compared_page import comparison_page
    from chatrec.evaluation.dialogues.report.transcript import Lines, marks_for, show

    _never_fails(console)
    found = side_by_side(_read(before), _read(after))
    lines = Lines(marks_for(console.encoding), console.width if console.is_terminal else None)
    compared.show(found, lines)
    show(console, lines.done)
    if html is not None:
        _make_room(html)
        _write(html, comparison_page(found))
        console.print(f"wrote {html}", markup=False, highlight=False, style="dim", soft_wrap=True)
    return 1 if found.newly_fails else 0


async def retell(settings: Settings, conversation_id: str, out: Path | None) -> int:
    """A stored conversation as a dialogue file, on stdout or in a file that is not there yet."""
    from chatrec.evaluation.dialogues.retell import retell as as_file

    if out is not None and out.exists():
        raise BadInput(f"{out} is there already: name another file with --out.")
    text = await as_file(settings, conversation_id)
    if out is None:
        sys.stdout.write(text)
        return 0
    _make_room(out)
    _write(out, text)
    print(f"wrote {out}: write under expect what should have come, then play it.", file=sys.stderr)
    return 0


def schema() -> int:
    """The JSON schema of a dialogue file, on stdout."""
    import json

    from chatrec.evaluation.dialogues.schema import schema as of_files

    print(json.dumps(of_files(), indent=2, ensure_ascii=False))
    return 0


# --------------------------------------------------------------------------- what is played


def _fits(options: Options) -> None:
    """Options that make no sense together. BadInput."""
    if options.mode != "live" and (options.repeat is not None or options.at_least is not None):
        raise BadInput("--repeat and --at-least need --mode live: scripts and recordings answer the same each time.")
    if options.record and (options.url or options.mode == "live"):
        raise BadInput("--record plays inside and once: leave out --url and --mode live.")
    if options.url and options.mode in ("scripted", "replay"):
        raise BadInput(f"--url plays against the server's own model: leave out --mode {options.mode}.")
    if options.url and not options.url.startswith(("http://", "https://")):
        raise BadInput(f"--url {options.url} is no address: write http://host:port.")


def _usual() -> list[Path]:
    for name in USUAL:
        if Path(name).is_dir():
            return [Path(name)]
    raise BadInput(f"Which dialogues? Name files or folders; there is no folder {' or '.join(USUAL)} here.")


def _chosen(dialogues: Sequence[Dialogue], options: Options) -> list[Dialogue]:
    """Those of the words and the tags. BadInput where none is left."""
    if not dialogues:
        raise BadInput("There is no dialogue (.yaml) there.")
    words = options.words.casefold()
    wanted = {t for t in options.tags if not t.startswith("!")}
    unwanted = {t[1:] for t in options.tags if t.startswith("!")}
    chosen = [
        d
        for d in dialogues
        if (words in d.name.casefold() or words in d.title.casefold())
        and wanted <= set(d.tags)
        and not unwanted & set(d.tags)
    ]
    if not chosen:
        there = ", ".join(sorted({t for d in dialogues for t in d.tags})) or "none"
        raise BadInput(f"None of the {len(dialogues)} dialogues is of that name and those tags. The tags are: {there}.")
    return chosen


async def _ready(settings: Settings, options: Options) -> None:
    """What a run needs is there: a server that answers, a model that gives a sign of life. Missing says what to do.

    Without this, a model that is down would make a live run fall to the rules, and pass.
    """
    if options.url:
        from chatrec.evaluation.dialogues.doors import OutsideDoor

        door = OutsideDoor(options.url, settings.api_key)
        try:
            await door.catalog(None)
        except NotFound as error:
            raise Missing(f"{options.url} is no ChatRec server with a catalogue: {error}") from error
        finally:
            await door.close()
    elif options.mode == "live" or options.record:
        from chatrec.llm.ladder import Ladder

        ladder = Ladder.from_settings(settings)
        try:
            healths = [h for h in await ladder.check(SIGN_OF_LIFE) if h.steps]
        finally:
            await ladder.close()
        if not healths:
            what = "--record" if options.record else "--mode live"
            raise Missing(f"{what} needs a model that may take a step: set CHATREC_LLM and CHATREC_TRUST.")
        if not any(h.works for h in healths):
            raise Missing(" ".join(f"{h.model or h.rung}: {h.text}" for h in healths))


# --------------------------------------------------------------------------- files


def _read(file: Path) -> Run:
    from pydantic import ValidationError

    try:
        run = Run.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadInput(f"{file} can't be read: {error.strerror}.") from error
    except ValidationError as error:
        raise BadInput(f"{file} is no report of dialogues: write one with --json.") from error
    if run.format != Run.model_fields["format"].default:
        raise BadInput(f"{file} is of another version of ChatRec (format {run.format}): play it again.")
    return run


def _make_room(file: Path) -> None:
    """The folder of a file that will be written: told before minutes of work, not after."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}.") from error
    if file.is_dir():
        raise BadInput(f"{file} is a folder: name a file.")


def _never_fails(console: Console) -> None:
    """What a stream's encoding can't hold is written out (`\\u4e2d`), and does not end the run."""
    if isinstance(console.file, io.TextIOWrapper):
        console.file.reconfigure(errors="backslashreplace")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}.") from error
