"""Reads and checks a facets.yaml: what a catalogue declares about itself and its facets.

Knows: the keys of Catalog and Facet, lines of YAML. Does not know: rows. A typo is told with file, line and what is allowed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import BaseModel, ValidationError

from chatrec.errors import BadInput
from chatrec.vocabulary import LANGUAGES, Catalog, Facet

MOST_BYTES, MOST_NODES = 5_000_000, 300_000
ITEM_FIELDS = (
    "id", "title", "title_en", "title_zh", "description", "description_en", "description_zh", "image_url", "url", "popularity",
)  # fmt: skip
RESERVED = frozenset((*ITEM_FIELDS, "titles", "descriptions", "checked"))
_CATALOG_KEYS = tuple(k for k in Catalog.model_fields if k not in ("version", "items"))
_TOP_KEYS = (*_CATALOG_KEYS, "fields", "ignore")
_FACET_KEYS = (*Facet.model_fields, "column")
_PER_LANGUAGE = (
    "label",
    "words",
    "more",
    "less",
    "unit_label",
    "cues",
    "title",
    "noun",
    "measure",
    "starters",
    "marks",
    "note",
)
_LISTS = ("words", "more", "less", "cues", "noun", "starters")
_PER_VALUE = ("values", "aliases")


@dataclass(frozen=True)
class DeclaredFacet:
    """A facet as it is written: only the given keys. column: which column of the file it reads, where it says so."""

    given: dict[str, Any]
    column: str | None
    line: int

    @property
    def name(self) -> str:
        return str(self.given["name"])


@dataclass(frozen=True)
class Declared:
    """A whole facets.yaml. fields: item field -> column; ignore: columns that are not to be used."""

    file: str
    catalog: dict[str, Any] = field(default_factory=dict)
    facets: tuple[DeclaredFacet, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()

    def wrong(self, line: int, message: str) -> NoReturn:
        raise BadInput(f"{self.file}, line {line}: {message}")


def read_catalog(path: Path, name: str) -> Catalog:
    """A catalogue whose facets are all declared with their types, as the packaged ones are."""
    declared = read(path)
    for facet in declared.facets:
        if "type" not in facet.given:
            allowed = ", ".join(_choices(Facet, "type"))
            declared.wrong(facet.line, f'facet "{facet.name}" has no type; allowed: {allowed}.')
    facets = tuple(Facet.model_validate(f.given) for f in declared.facets)
    return Catalog(**{**declared.catalog, "name": name, "facets": facets})


def read(path: Path) -> Declared:
    """The checked content of a facets file. Raises BadInput: file, line, what is wrong, what is allowed."""
    node = compose(path)
    file = path.name
    data, lines = plain_data(node, file) if node is not None else ({}, {})
    here = Declared(file)
    if not isinstance(data, dict):
        here.wrong(1, "a facets file is a mapping with a list `facets`.")
    _check_keys(here, data, _TOP_KEYS, "a catalogue", lines, ())
    facets = []
    listed = data.get("facets") or []
    if not isinstance(listed, list):
        here.wrong(lines.get(("facets",), 1), "`facets` is a list: one `- name: ...` a facet.")
    seen: dict[str, int] = {}
    for n, given in enumerate(listed):
        facet = _facet(here, given, lines, ("facets", n))
        if facet.name in seen:
            here.wrong(facet.line, f'facet "{facet.name}" is declared twice (first in line {seen[facet.name]}).')
        seen[facet.name] = facet.line
        facets.append(facet)
    top = {k: _per_language(here, k, v, lines, (k,)) for k, v in data.items() if k in _CATALOG_KEYS and k != "facets"}
    top = {k: v for k, v in top.items() if v is not None}
    _validated(here, Catalog, {"name": "x", **top}, lines, ())
    fields = _fields(here, data.get("fields"), lines)
    ignore = data.get("ignore") or []
    if not isinstance(ignore, list) or not all(isinstance(i, str) for i in ignore):
        here.wrong(lines.get(("ignore",), 1), "`ignore` is a list of column names.")
    return Declared(file, top, tuple(facets), fields, tuple(ignore))


def _facet(here: Declared, given: Any, lines: dict[tuple[Any, ...], int], at: tuple[Any, ...]) -> DeclaredFacet:
    line = lines.get(at, 1)
    if not isinstance(given, dict):
        here.wrong(line, "a facet is a mapping: `- name: price`, then its keys.")
    _check_keys(here, given, _FACET_KEYS, "a facet", lines, at)
    name = given.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"\w{1,60}", name) or name in RESERVED:
        line = lines.get((*at, "name"), line)
        if name in RESERVED:
            here.wrong(line, f'"{name}" is a field of every item, not a facet; name its column under `fields`.')
        here.wrong(line, f"a facet needs a name of letters, digits and _; this is {name!r}.")
    given = {
        k: _per_language(here, k, v, lines, (*at, k))
        for k, v in given.items()
        if v is not None or k in ("text", "role")
    }
    column = given.pop("column", None)
    _validated(here, Facet, {"type": "text", **given}, lines, at)
    if given.get("values") and given.get("type", "category") != "category":
        here.wrong(lines.get((*at, "values"), line), "only a facet of type category has `values`.")
    return DeclaredFacet(given, str(column) if column is not None else None, lines.get(at, 1))


def _fields(here: Declared, given: Any, lines: dict[tuple[Any, ...], int]) -> dict[str, str]:
    if not given:
        return {}
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        here.wrong(lines.get(("fields",), 1), "`fields` names a column for an item field: {title: product_name}.")
    _check_keys(here, given, ITEM_FIELDS, "fields", lines, ("fields",))
    return dict(given)


# --------------------------------------------------------------------------- checks


def _check_keys(
    here: Declared, data: dict[str, Any], allowed: Iterable[str], what: str, lines: dict[Any, int], at: tuple[Any, ...]
) -> None:
    allowed = list(allowed)
    for key in data:
        if key not in allowed:
            here.wrong(
                lines.get((*at, key), 1),
                f'"{key}" is not a key of {what}; {hint(key, allowed)}allowed: {", ".join(allowed)}.',
            )


def hint(word: str, allowed: Iterable[str]) -> str:
    """`did you mean "label"? ` or nothing."""
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"? ' if close else ""


def _per_language(here: Declared, key: str, value: Any, lines: dict[Any, int], at: tuple[Any, ...]) -> Any:
    """Words per language, written shortly or in full: `label: price` is `label: {en: price}`."""
    if key in _PER_VALUE and isinstance(value, list):
        value = {str(v): {} for v in value}
    if key in _PER_VALUE and isinstance(value, dict):
        return {
            v: _languages(here, f"{key} of {v}", words or {}, lines, (*at, v), lists=True) for v, words in value.items()
        }
    if key in _PER_LANGUAGE and value is not None:
        return _languages(here, key, value, lines, at, lists=key in _LISTS)
    return value


def _languages(
    here: Declared, what: str, value: Any, lines: dict[Any, int], at: tuple[Any, ...], *, lists: bool
) -> Any:
    if isinstance(value, (str, list)):
        first = value if isinstance(value, str) else next((v for v in value if isinstance(v, str)), "")
        value = {"en" if first.isascii() else "zh": value}
    if isinstance(value, dict):
        for language in value:
            if language not in LANGUAGES:
                line = lines.get((*at, language), lines.get(at, 1))
                here.wrong(line, f'{what}: "{language}" is not a language here; allowed: {", ".join(LANGUAGES)}.')
        if lists:
            return {k: [v] if isinstance(v, str) else (v or []) for k, v in value.items()}
    return value


def _validated(
    here: Declared, model: type[BaseModel], data: dict[str, Any], lines: dict[Any, int], at: tuple[Any, ...]
) -> None:
    try:
        model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = first["loc"]
        line = next((lines[(*at, *place[:n])] for n in range(len(place), -1, -1) if (*at, *place[:n]) in lines), 1)
        key = ".".join(str(p) for p in place)
        choices = _choices(model, str(place[0])) if place else []
        if first["type"] == "literal_error" and choices:
            word = str(first["input"])
            here.wrong(line, f'{key} can\'t be "{word}"; {hint(word, choices)}allowed: {", ".join(choices)}.')
        here.wrong(line, f"{key}: {first['msg'][0].lower()}{first['msg'][1:]}, not {str(first['input'])[:60]!r}.")


def _choices(model: type[BaseModel], key: str) -> list[str]:
    """The words a Literal key allows."""
    return re.findall(r"'([^']+)'", str(model.model_fields[key].annotation)) if key in model.model_fields else []


# --------------------------------------------------------------------------- YAML with lines


def compose(path: Path) -> yaml.Node | None:
    try:
        text = path.read_bytes()
        if len(text) > MOST_BYTES:
            raise BadInput(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB: too much for a facets file.")
        return yaml.compose(text.decode("utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.") from error
    except RecursionError as error:
        raise BadInput(f"{path.name} is nested too deeply.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise BadInput(f"{path.name}{where}: not valid YAML: {getattr(error, 'problem', None) or error}.") from error


def plain_data(node: yaml.Node, file: str) -> tuple[Any, dict[tuple[Any, ...], int]]:
    """The data of a YAML node, scalars as they are written (null is None), and the line of every key and entry."""
    lines: dict[tuple[Any, ...], int] = {}
    visited = 0

    def walk(node: yaml.Node, at: tuple[Any, ...]) -> Any:
        nonlocal visited
        visited += 1
        line = node.start_mark.line + 1
        if visited > MOST_NODES or len(at) > 12:
            raise BadInput(f"{file}, line {line}: too much, or nested too deeply, for a facets file.")
        lines.setdefault(at, line)
        if isinstance(node, yaml.MappingNode):
            data: dict[str, Any] = {}
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise BadInput(f"{file}, line {key.start_mark.line + 1}: a key must be a word.")
                if key.value in data:
                    raise BadInput(f'{file}, line {key.start_mark.line + 1}: "{key.value}" is written twice.')
                lines[(*at, key.value)] = key.start_mark.line + 1
                data[key.value] = walk(value, (*at, key.value))
            return data
        if isinstance(node, yaml.SequenceNode):
            return [walk(child, (*at, n)) for n, child in enumerate(node.value)]
        return None if node.tag.endswith(":null") else node.value

    return walk(node, ()), lines
