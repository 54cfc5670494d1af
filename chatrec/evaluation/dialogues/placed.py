"""YAML with its places: the data of a file, and the line on which each part of it stands.

Knows: YAML as people write it here: `yes` and `no` are words, dates and times are texts, a key twice is an error.
Does not know: what a dialogue is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from chatrec.errors import BadInput

Path_ = tuple[str | int, ...]  # from the top of a file: ("turns", 0, "expect", "items")
LARGEST = 1_000_000  # bytes of a file that people write
DEEPEST = 60
MOST_PARTS = 100_000  # aliases of aliases grow without end


class FileError(BadInput):
    """What is wrong with a file, a line each: `file:line: what to do`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Words(yaml.SafeLoader):
    """Only true and false are bools; only plain numbers are numbers; nothing is a date."""


_Words.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Words.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Words.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789"))


@dataclass(frozen=True)
class Placed:
    """The data of a file and the line (1-based) of each path in it."""

    file: Path
    data: Any
    lines: Mapping[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """The line of a path, or of the nearest part above it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def at(self, path: Path_) -> str:
        return f"{self.file}:{self.line(path)}"


def read(file: Path, text: str | None = None) -> Placed:
    """A YAML file with its places. FileError with the line for what is no YAML, too large, or a key twice."""
    if text is None:
        try:
            if file.stat().st_size > LARGEST:
                raise FileError([f"{file}: larger than {LARGEST:,} bytes."])
            text = file.read_text("utf-8-sig")
        except OSError as error:
            raise FileError([f"{file}: can't be read: {error.strerror}."]) from error
        except UnicodeDecodeError as error:
            raise FileError([f"{file}: is not UTF-8."]) from error
    loader: _Words | None = None
    try:
        loader = _Words(text)  # raises for control characters
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = ' Text that begins with > | * & ! % @ ` or has ": " in it needs quotes.' if mark else ""
        raise FileError([f"{file}:{mark.line + 1 if mark else 1}: {error.problem or 'no YAML'}.{hint}"]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise FileError([f"{file}:1: no YAML that can be read: {' '.join(str(error).split())}."]) from error
    finally:
        if loader is not None:
            loader.dispose()
    if node is None:
        raise FileError([f"{file}:1: the file is empty."])
    lines: dict[Path_, int] = {}
    data = _build(file, node, (), lines)
    return Placed(file, data, lines)


def _build(file: Path, node: Any, path: Path_, lines: dict[Path_, int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > DEEPEST or len(lines) > MOST_PARTS:
        raise FileError([f"{file}:{line}: nested too deep, or too many parts."])
    if isinstance(node, yaml.SequenceNode):
        return [_build(file, child, (*path, n), lines) for n, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key_node, child in node.value:
            key_line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise FileError([f"{file}:{key_line}: a key has to be a word."])
            key = str(key_node.value)
            if key in made:
                raise FileError([f"{file}:{key_line}: {key} is there twice."])
            lines[(*path, key)] = key_line  # where the key is, also when its value begins below
            made[key] = _build(file, child, (*path, key), lines)
        return made
    if node.tag in _BUILT:
        return _BUILT[node.tag](node.value)
    return str(node.value)


_BUILT: Mapping[str, Any] = {
    "tag:yaml.org,2002:null": lambda value: None,
    "tag:yaml.org,2002:bool": lambda value: value == "true",
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}
