"""The banks of phrases that training messages are composed of, and messages written whole, split for good into those to train on and those kept for tests."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from chatrec.errors import BadInput
from chatrec.vocabulary import Language

FOLDER = Path(__file__).resolve().parent / "phrases"
MESSAGES = FOLDER.parent / "messages"
Part = Literal["train", "test"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
# What a message written whole may be: its file has these, or some of them.
SECTIONS = (
    "find",
    "find_later",
    "answer",
    "lookup",
    "explain",
    "compare",
    "seen",
    "liked",
    "disliked",
    "talk",
    "talk_later",
)
_SLOT = re.compile(r"\{(?:ref2?|title)\}")


def part_of(text: str) -> Part:
    """The part that a template or a value belongs to, for good: one in ten, by the first byte of its sha256, is kept for tests."""
    return "test" if hashlib.sha256(text.encode()).digest()[0] % 10 == 0 else "train"


class Bank:
    """The phrases of one language and part. section -> templates; a short section is shared by both parts."""

    def __init__(self, language: str, part: Part) -> None:
        self.language, self.part = language, part
        self._sections = {name: _kept(texts, part) for name, texts in _all(language).items()}

    def __getitem__(self, section: str) -> Sequence[str]:
        return self._sections[section]

    def one(self, section: str, rng: random.Random) -> str:
        return rng.choice(self._sections[section])


class Whole:
    """The messages written whole for one catalogue, of one language and part. section -> messages; false where the catalogue has none.

    part: None for all of them. folder: of files such as `films.en.yaml`. Raises BadInput for a file that is not section -> messages.
    """

    def __init__(self, catalog: str, language: str, part: Part | None, folder: Path = MESSAGES) -> None:
        found = _messages(folder / f"{catalog}.{language}.yaml")
        self._sections = {name: _kept(texts, part) if part else texts for name, texts in found.items()}

    def all(self) -> list[tuple[str, str]]:
        """(section, message) of each."""
        return [(section, text) for section, texts in self._sections.items() for text in texts]

    def __bool__(self) -> bool:
        return bool(self._sections)

    def __contains__(self, section: str) -> bool:
        return section in self._sections

    def one(self, section: str, rng: random.Random) -> str:
        return rng.choice(self._sections[section])


def _kept(texts: Sequence[str], part: Part) -> Sequence[str]:
    kept = [t for t in texts if part_of(t) == part]
    return kept or texts


@cache
def _all(language: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = {}
    for kind in ("find", "other"):
        found |= yaml.safe_load((FOLDER / f"{kind}.{language}.yaml").read_text("utf-8"))
    return found


@cache
def _messages(path: Path) -> Mapping[str, Sequence[str]]:
    if not path.exists():
        return {}
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no YAML: {error}") from error
    if not isinstance(found, dict):
        raise BadInput(f"{path}: a mapping of sections to messages is wanted.")
    for section, texts in found.items():
        if section not in SECTIONS:
            raise BadInput(f"{path}: there is no section {section!r}. There are: {', '.join(SECTIONS)}.")
        if not isinstance(texts, list) or not texts or not all(isinstance(t, str) and t.strip() for t in texts):
            raise BadInput(f"{path}: {section} has to be a list of messages, each a text.")
        if odd := [t for t in texts if re.search(r"[{}]", _SLOT.sub("", t))]:
            raise BadInput(f"{path}: {odd[0]!r} has a slot other than {{ref}}, {{ref2}} and {{title}}.")
    return found
