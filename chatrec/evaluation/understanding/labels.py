"""What people said and what it asks for: labelled dialogues, in memory and as a file.

Knows: the one documented format (docs/understanding.md) and what can be wrong with it. Does not know: corpora, readers.

A file is JSONL: a dialogue a line,

    {"id": "d1", "catalog": "films", "language": "en", "turns": [
      {"text": "a thriller from the 90s", "kind": "recommend",
       "wishes": [{"facet": "genres", "op": "contains", "value": "Thriller"}, {"facet": "year", "op": "between", "value": [1990, 1999]}]},
      {"before": {"kind": "recommend", "text": "...", "shown": ["tt0113277"]}, "text": "forget the decade", "drops": ["year"]}]}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from chatrec.errors import BadInput
from chatrec.vocabulary import Catalog, Item, Kind, Language, Op

Part = Literal["write", "judge", "all"]


class Form(BaseModel):
    """One way a wish may be written down."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    op: Op
    value: Any


class Gold(Form):
    """A wish that was stated, in its canonical form (docs: "Items, facets, wishes").

    facet: None for `like` and `not_like`, which are scored only where some turn of the set labels them. hard: None where the
    label does not tell. alternatives: other forms that are as right, where the label leaves it open.
    """

    facet: str | None = None
    hard: bool | None = None
    alternatives: tuple[Form, ...] = ()


class Before(BaseModel):
    """What the system had said before the person spoke, and the items it showed, in order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = "converse"
    text: str = ""
    shown: tuple[str, ...] = ()


class LabelledTurn(BaseModel):
    """What a person said, and what of it counts. drops: facets whose wishes were taken back. kind: every decision that is
    right; empty where none is labelled. only_kind: nothing but the decision is. scored: False for turns that only lead on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    before: Before | None = None
    wishes: tuple[Gold, ...] = ()
    drops: tuple[str, ...] = ()
    kind: tuple[Kind, ...] = ()
    only_kind: bool = False
    scored: bool = True

    @field_validator("kind", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Labelled(BaseModel):
    """A labelled dialogue. group: what it is drawn with in the bootstrap (parts of one conversation share it); by default its id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    catalog: str
    language: Language
    turns: tuple[LabelledTurn, ...]
    group: str = ""


@dataclass(frozen=True)
class Ground:
    """What a dialogue is about."""

    catalog: Catalog
    items: Sequence[Item]


@dataclass(frozen=True)
class LabelledSet:
    """Labelled dialogues with their catalogues. left_out: why a turn does not count -> how many."""

    name: str
    dialogues: Sequence[Labelled]
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


def part_of(corpus: str, dialogue_id: str) -> Part:
    """The part a dialogue belongs to, for good: the first byte of sha256("corpus:dialogue id"), even is `write`, odd is `judge`."""
    return "judge" if hashlib.sha256(f"{corpus}:{dialogue_id}".encode()).digest()[0] % 2 else "write"


def read_file(path: Path) -> LabelledSet:
    """A labelled file. Raises BadInput with the line that cannot be read and what is wrong with it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} can't be read: {error}.") from error
    dialogues: list[Labelled] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            dialogues.append(Labelled.model_validate(json.loads(line)))
        except json.JSONDecodeError as error:
            raise BadInput(f"{path}, line {number}: no JSON ({error.msg}).") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(p) for p in first["loc"])
            raise BadInput(f"{path}, line {number}: {place}: {first['msg']}.") from error
    if not dialogues:
        raise BadInput(f"{path} holds no dialogue.")
    return LabelledSet(path.stem, dialogues)
