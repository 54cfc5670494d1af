"""A dialogue file: one YAML a dialogue, checked whole before anything runs, each problem with its file and line.

Knows: what can stand in a file and what that means. Does not know: how a turn is played, what a check does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from chatrec.evaluation.dialogues.checks import CHECKS
from chatrec.evaluation.dialogues.placed import FileError, Path_, Placed, read
from chatrec.evaluation.dialogues.references import has_reference, turns_named
from chatrec.settings import Settings
from chatrec.vocabulary import Act, Language

ANY_MODEL = "any-model"
FAILURES = ("refused", "server", "timeout", "rate", "odd", "auth")
RungIn = Literal["hosted", "local"]
KEPT_SETTINGS = ("home", "catalog", "database_url", "chroma_url", "host", "port", "api_key", "llm", "embedder")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CatalogFile(Part):
    """A catalogue of the test's own, taken in as `catalog add` would."""

    file: str = Field(description="csv, tsv, json or jsonl; a path beside the dialogue file")
    facets: str | None = Field(None, description="its facets.yaml")
    name: str | None = Field(None, description="what to call it; the file's name where it is not said")
    id_field: str | None = None
    title_field: str | None = None


class Person(Part):
    """Who speaks, and what is known of them before the first turn."""

    likes: list[str] = Field([], description="item ids")
    dislikes: list[str] = Field([], description="item ids")
    seen: list[str] = Field([], description="item ids")
    owned: list[str] = Field([], description="item ids")


class Given(Part):
    """What is there before the first turn."""

    catalog: str | CatalogFile | None = Field(None, description="a catalogue's name, or {file, facets}")
    person: Person = Field(default_factory=lambda: Person.model_validate({}), description="the person who speaks")
    people: dict[str, Person] = Field({}, description="others, who speak through `as`")
    language: Language | None = Field(None, description="forces the answers' language")
    model: Literal["none", "recorded", "hosted", "local"] | list[RungIn] | None = Field(
        None,
        description="none: rules alone; hosted, local or both: scripted, its answers stand under the turns; "
        "recorded: from the recording beside the file; left out: any model",
    )
    tools: bool = Field(True, description="whether a scripted model calls tools; false: it answers by schema")
    seed: int | None = Field(None, description="sampling seed for a live model")
    vectors: bool | None = Field(None, description="false: search by words alone; left out: as the home has them")
    settings: dict[str, Any] = Field({}, description="settings that this dialogue needs, as in docs/settings.md")

    @field_validator("settings")
    @classmethod
    def _known(cls, raw: dict[str, Any]) -> dict[str, Any]:
        for name in raw:
            if name not in Settings.model_fields or name in KEPT_SETTINGS:
                raise ValueError(f"{name} is no setting that a dialogue can change")
        try:
            Settings.model_validate(raw)
        except ValidationError as error:
            raise ValueError("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from error
        return raw


class LineIn(Part):
    """One answer of a scripted model: exactly one of text, tool, json and fail; a text may break off with a failure."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    text: str | None = None
    tool: str | None = Field(None, description="name of the tool it calls")
    args: dict[str, Any] = Field({}, description="the tool's arguments")
    json_: dict[str, Any] | None = Field(None, alias="json", description="an object, as a schema asks for it")
    fail: Literal["refused", "server", "timeout", "rate", "odd", "auth"] | None = Field(
        None, description="how the call fails; with text: after these words"
    )
    after: float = Field(0, ge=0, le=60, description="seconds before it answers")

    @model_validator(mode="before")
    @classmethod
    def _words(cls, raw: Any) -> Any:
        return {"text": raw} if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _one(self) -> LineIn:
        said = [n for n in ("text", "tool", "json_") if getattr(self, n) is not None]
        if len(said) > 1 or (not said and self.fail is None) or (self.fail and said not in ([], ["text"])):
            raise ValueError("write exactly one of text, tool, json and fail (fail may stand beside text)")
        if self.args and self.tool is None:
            raise ValueError("args need a tool")
        return self


Expected = dict[str, Any]


class TurnPart(Part):
    """One turn: exactly one of `say`, `act` and `chip`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    say: str | None = Field(None, description="what the person says; ${1.items.0.title} is filled in")
    act: dict[str, Any] | None = Field(None, description="a click: {kind, item_ids, wish, wish_id}, or its kind alone")
    chip: int | str | None = Field(
        None, description="a chip of the latest answer: its place from 0, or words of its label"
    )
    as_: str | None = Field(None, alias="as", description="one of given.people, in a conversation of their own")
    conversation: str = Field(
        "same", description="new: the person comes back another time; else an id, as $1.conversation_id, whosever it is"
    )
    language: Language | None = None
    model: list[LineIn] | dict[RungIn, list[LineIn]] = Field(
        [], description="what the scripted model answers, call by call"
    )
    expect: Expected = Field({}, description="what has to hold of the answer")
    note: str | None = Field(None, description="why this turn is here")

    @field_validator("say", mode="before")
    @classmethod
    def _text(cls, raw: Any) -> Any:
        return str(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else raw

    @field_validator("act", mode="before")
    @classmethod
    def _kind(cls, raw: Any) -> Any:
        return {"kind": raw} if isinstance(raw, str) else raw

    @field_validator("act")
    @classmethod
    def _act(cls, raw: dict[str, Any] | None) -> dict[str, Any] | None:
        if raw is not None and not has_reference(raw):
            Act.model_validate(raw)
        return raw

    @model_validator(mode="after")
    def _one(self) -> TurnPart:
        if sum(x is not None for x in (self.say, self.act, self.chip)) != 1:
            raise ValueError("write exactly one of say, act and chip")
        return self


class DialoguePart(Part):
    """The whole file."""

    dialogue: str = Field(description="what this dialogue shows, in a sentence")
    note: str | None = Field(None, description="why it is here: the bug, the promise")
    tags: list[str] = Field([], description="words to choose by; any-model: holds with every model, and from outside")
    given: Given = Field(default_factory=lambda: Given.model_validate({}))
    always: Expected = Field({}, description="what holds after every answer")
    turns: list[TurnPart] = Field(min_length=1)
    end: Expected = Field({}, description="what holds at the end, of the last answer")

    @field_validator("tags")
    @classmethod
    def _words(cls, raw: list[str]) -> list[str]:
        for tag in raw:
            if not tag or set(tag) & set(" ,;\t\n"):
                raise ValueError(f"{tag!r} is no tag: one word, no spaces or commas")
        return raw


# --------------------------------------------------------------------------- what the rest works with


@dataclass(frozen=True)
class Expectation:
    """One check with its argument as written, and where it stands."""

    check: str
    argument: Any
    negated: bool
    always: bool
    line: int


@dataclass(frozen=True)
class TurnToPlay:
    number: int  # 1-based
    part: TurnPart
    line: int
    expect: Sequence[Expectation]


@dataclass(frozen=True)
class Dialogue:
    """A file that can be played."""

    file: Path
    name: str  # path below the folder that was searched, without .yaml
    part: DialoguePart
    turns: Sequence[TurnToPlay]
    always: Sequence[Expectation]
    end: Sequence[Expectation]
    lines: Mapping[Path_, int]

    @property
    def title(self) -> str:
        return self.part.dialogue

    @property
    def tags(self) -> Sequence[str]:
        return self.part.tags

    @property
    def given(self) -> Given:
        return self.part.given

    @property
    def rungs(self) -> tuple[str, ...]:
        """Rungs of a scripted model; empty where none is scripted."""
        model = self.given.model
        return tuple(model) if isinstance(model, list) else (model,) if model in ("hosted", "local") else ()

    @property
    def recording(self) -> Path:
        return self.file.parent / "recordings" / f"{self.file.stem}.json"

    def line(self, *path: str | int) -> int:
        return Placed(self.file, None, self.lines).line(path)

    def expectations(self) -> Iterable[Expectation]:
        yield from self.always
        for turn in self.turns:
            yield from turn.expect
        yield from self.end

    def tied_inside(self) -> str:
        """Why this dialogue can only be played in the process that answers; empty: it can be played from outside."""
        given = self.given
        if self.rungs:
            return "its model's answers stand in the file"
        if given.model == "recorded":
            return "its model's answers are recorded"
        if given.model == "none":
            return "it is about answers without a model"
        if isinstance(given.catalog, CatalogFile):
            return "its catalogue is a file of the test"
        if given.settings:
            return f"it changes settings ({', '.join(given.settings)})"
        if given.vectors is not None:
            return "it says how the search is done"
        needs = sorted({e.check for e in self.expectations() if CHECKS[e.check].inside})
        return f"{', '.join(needs)} can only be seen inside" if needs else ""


def load(file: Path, root: Path | None = None, text: str | None = None) -> Dialogue:
    """Read and check a file whole. FileError with every problem, `file:line: what`."""
    placed = read(file, text)
    if not isinstance(placed.data, dict):
        raise FileError([f"{placed.at(())}: a dialogue begins with `dialogue: what it shows`."])
    problems: list[tuple[int, str]] = []
    part: DialoguePart | None = None
    try:
        part = DialoguePart.model_validate(placed.data)
    except ValidationError as error:
        for e in error.errors():
            path = _path_of(e["loc"], placed)
            problems.append((placed.line(path), _message(e, path)))
    turns: list[TurnToPlay] = []
    raw_turns = placed.data.get("turns")
    for n, raw in enumerate(raw_turns if isinstance(raw_turns, list) else []):
        expect = _expectations(placed, ("turns", n, "expect"), problems, played=n)
        _check_references(placed, ("turns", n), raw, n, problems)
        if part is not None:
            turns.append(TurnToPlay(n + 1, part.turns[n], placed.line(("turns", n)), expect))
    always = _expectations(placed, ("always",), problems, played=0, always=True)
    end = _expectations(placed, ("end",), problems, played=len(turns))
    if part is not None:
        _fits(part, placed, problems)
    if problems or part is None:
        raise FileError([f"{file}:{line}: {told}" for line, told in sorted(set(problems))])
    name = (
        (file.relative_to(root) if root and file.is_relative_to(root) else Path(file.name)).with_suffix("").as_posix()
    )
    dialogue = Dialogue(file, name, part, tuple(turns), tuple(always), tuple(end), placed.lines)
    if ANY_MODEL in dialogue.tags and (why := dialogue.tied_inside()):
        raise FileError([f"{file}:{placed.line(('tags',))}: tagged {ANY_MODEL}, but {why}."])
    return dialogue


def _expectations(
    placed: Placed, path: Path_, problems: list[tuple[int, str]], *, played: int, always: bool = False
) -> list[Expectation]:
    raw: Any = placed.data
    for step in path:
        raw = (
            raw.get(step)
            if isinstance(raw, Mapping)
            else raw[step]
            if isinstance(raw, list) and isinstance(step, int)
            else None
        )
    if raw is None:
        return []
    if not isinstance(raw, Mapping):
        problems.append((placed.line(path), f"{path[-1]} takes checks, as in {{decision: recommend, items: 3..5}}."))
        return []
    found: list[Expectation] = []
    for name, argument in raw.items():
        if name == "not":
            inner = argument if isinstance(argument, Mapping) else {}
            if not inner:
                problems.append((placed.line((*path, name)), "not takes checks, as in not: {says: sorry}."))
            for denied, value in inner.items():
                found += _expectation(placed, (*path, name, denied), denied, value, True, always, played, problems)
        else:
            found += _expectation(placed, (*path, name), name, argument, False, always, played, problems)
    return found


def _expectation(
    placed: Placed, path: Path_, name: str, argument: Any, negated: bool, always: bool, played: int,
    problems: list[tuple[int, str]],
) -> list[Expectation]:  # fmt: skip
    line = placed.line(path)
    if name not in CHECKS:
        import difflib

        near = difflib.get_close_matches(name, CHECKS, n=1)
        hint = f" Did you mean {near[0]}?" if near else f" The checks are {', '.join(CHECKS)}."
        problems.append((line, f"there is no check {name}.{hint}"))
        return []
    if has_reference(argument):
        _check_references(placed, path, argument, played + 1, problems)
    else:
        try:
            CHECKS[name].read(argument)
        except ValueError as error:
            problems.append((line, f"{name}: {error}."))
            return []
    return [Expectation(name, argument, negated, always, line)]


def _check_references(placed: Placed, path: Path_, raw: Any, played: int, problems: list[tuple[int, str]]) -> None:
    """played: answers that are there by then."""
    if isinstance(raw, Mapping):
        raw = {k: v for k, v in raw.items() if k != "expect"}
    for name in turns_named(raw):
        if (name == "last" and played < 1) or (name != "last" and not 1 <= int(name) <= played):
            problems.append((placed.line(path), f"${name} is not answered by then; $1 is the first turn."))


def _fits(part: DialoguePart, placed: Placed, problems: list[tuple[int, str]]) -> None:
    """What single parts can't know of each other."""
    model = part.given.model
    rungs = set(model if isinstance(model, list) else [model] if model in ("hosted", "local") else [])
    for n, turn in enumerate(part.turns):
        at = ("turns", n)
        if turn.as_ is not None and turn.as_ not in part.given.people:
            problems.append((placed.line((*at, "as")), f"{turn.as_} is nobody of given.people."))
        if turn.model and not rungs:
            problems.append((placed.line((*at, "model")), "answers of a model need given.model: hosted or local."))
        if isinstance(turn.model, list) and turn.model and len(rungs) > 1:
            problems.append(
                (placed.line((*at, "model")), f"say whose answers these are: {{{', '.join(sorted(rungs))}}}.")
            )
        if isinstance(turn.model, dict) and (other := set(turn.model) - rungs):
            problems.append((placed.line((*at, "model")), f"given.model does not name {', '.join(sorted(other))}."))
        if turn.chip is not None and n == 0:
            problems.append((placed.line(at), "there is no chip before the first answer."))


def _path_of(loc: tuple[Any, ...], placed: Placed) -> Path_:
    """The path in the file that pydantic's place means: without the names of models and alternatives in it."""
    path: Path_ = ()
    for step in loc:
        if (*path, step) in placed.lines:
            path = (*path, step)
        elif isinstance(step, str) and step == "json_" and (*path, "json") in placed.lines:
            path = (*path, "json")
    return path


def _message(error: Any, path: Path_) -> str:
    told = error["msg"].removeprefix("Value error, ")
    last = next((str(p) for p in reversed(path) if isinstance(p, str)), "the file")
    if error["type"] == "extra_forbidden":
        return f"{error['loc'][-1]} is not known here."
    if error["type"] == "missing":
        return f"{last if path else 'the file'} lacks {error['loc'][-1]}."
    return f"{last}: {told[0].lower()}{told[1:]}."


# --------------------------------------------------------------------------- folders


def find(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """(file, the folder it is named below) for files and folders, in order of their names.

    In a folder every .yaml is a dialogue, those in a folder `catalogs` excepted. FileError for a path that is not there.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]):
                if not any(p == "catalogs" or p.startswith(".") for p in file.relative_to(path).parts[:-1]):
                    found.setdefault(file, path)
        elif path.is_file():
            found.setdefault(path, path.parent)
        else:
            raise FileError([f"{path}: there is no such file or folder."])
    return list(found.items())


def load_all(paths: Sequence[Path]) -> list[Dialogue]:
    """Every dialogue of the paths. FileError with the problems of all files."""
    problems: list[str] = []
    dialogues: list[Dialogue] = []
    for file, root in find(paths):
        try:
            dialogues.append(load(file, root))
        except FileError as error:
            problems += error.problems
    if problems:
        raise FileError(problems)
    return dialogues
