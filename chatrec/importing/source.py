"""A packaged catalogue: a folder with facets.yaml, source.yaml (an SQLite file in a package, and a query) and our own overlay.

Knows: those three files. Does not know: the store. The version tells in milliseconds whether anything has changed.

source.yaml: `package` (optional), `file` (in the package, or beside source.yaml), `sha256`, `query` (its columns are item
fields and facets; many-valued ones are split on ", "), `overlay` (a list of records merged by id; unknown ids are new items).
"""

from __future__ import annotations

import hashlib
import importlib.util
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chatrec.errors import BadInput, Missing
from chatrec.importing import values as v
from chatrec.importing.columns import Use
from chatrec.importing.facets import ITEM_FIELDS, compose, hint, plain_data, read_catalog
from chatrec.importing.items import reader
from chatrec.vocabulary import LANGUAGES, Catalog, Item

FORMAT = "1"  # raise it when the same files make other items
SEPARATOR = ", "
_KEYS = ("package", "file", "sha256", "query", "overlay")
_RECORD_FIELDS = (*ITEM_FIELDS, "titles", "checked")


@dataclass(frozen=True)
class Packaged:
    """A catalogue folder, its small files read."""

    folder: Path
    settings: Mapping[str, str]
    version: str

    @property
    def name(self) -> str:
        return self.folder.name


def open_folder(folder: Path) -> Packaged:
    """Reads source.yaml and makes the version of source, overlay, facets and importer. Cheap: the big file is not read.

    The source file counts by the sha256 in source.yaml, or by size and time where there is none.
    """
    path = folder / "source.yaml"
    node = compose(path)
    settings = plain_data(node, path.name)[0] if node is not None else {}
    if not isinstance(settings, dict):
        raise BadInput(f"{path} is a mapping with the keys {', '.join(_KEYS)}.")
    for key, value in settings.items():
        if key not in _KEYS:
            raise BadInput(f'{path}: "{key}" is not a key; {hint(key, _KEYS)}allowed: {", ".join(_KEYS)}.')
        if not isinstance(value, str):
            raise BadInput(f"{path}: {key} is a text.")
    for key in ("file", "query"):
        if not settings.get(key):
            raise BadInput(f"{path} has no `{key}`.")
    digest = hashlib.sha256(FORMAT.encode())
    for name in ("source.yaml", "facets.yaml", settings.get("overlay")):
        if name:
            try:
                digest.update((folder / name).read_bytes())
            except OSError as error:
                raise BadInput(f"{folder / name} can't be read: {error.strerror}.") from error
    if "sha256" not in settings:
        state = _file_of(folder, settings).stat()
        digest.update(f"{state.st_size} {state.st_mtime_ns}".encode())
    return Packaged(folder, settings, digest.hexdigest()[:16])


def read_packaged(packaged: Packaged) -> tuple[Catalog, list[Item]]:
    """The catalogue and its items, by id. Raises BadInput or Missing with a sentence that says what to do."""
    facets = read_catalog(packaged.folder / "facets.yaml", packaged.name)
    overlay = _overlay(packaged, facets)
    file = _file_of(packaged.folder, packaged.settings)
    expected = packaged.settings.get("sha256")
    if expected and (found := hashlib.sha256(file.read_bytes()).hexdigest()) != expected:
        raise Missing(
            f"{file.name} of {packaged.settings.get('package', packaged.folder.name)} is not the file that catalogue "
            f"{packaged.name} was made for (sha256 {found[:12]}…, wanted {expected[:12]}…). Install the locked requirements: make setup."
        )
    make = _Maker(facets, packaged.folder.name)
    records: dict[str, dict[str, Any]] = {}
    for row in _query(file, packaged.settings["query"], packaged.folder / "source.yaml"):
        record = make.from_row(row)
        records.setdefault(record["id"], record)
    for item_id, changes in overlay.items():
        records[item_id] = {**records.get(item_id, {"id": item_id}), **make.from_record(item_id, changes)}
    items = [make.item(records[item_id]) for item_id in sorted(records)]
    catalog = facets.model_copy(update={"version": packaged.version, "items": len(items)})
    return catalog, items


def _file_of(folder: Path, settings: Mapping[str, str]) -> Path:
    package = settings.get("package")
    if not package:
        file = folder / settings["file"]
    else:
        spec = importlib.util.find_spec(package)
        places = list(spec.submodule_search_locations or []) if spec else []
        if not places:
            raise Missing(
                f"Catalogue {folder.name} needs the package {package.replace('_', '-')}, which is not installed. Try: make setup"
            )
        file = Path(places[0]) / settings["file"]
    if not file.is_file():
        raise Missing(f"Catalogue {folder.name} needs {file}, which is not there. Try: make setup")
    return file


def _query(file: Path, query: str, where: Path) -> Iterator[dict[str, Any]]:
    database = sqlite3.connect(f"file:{file.resolve()}?mode=ro&immutable=1", uri=True)
    try:
        database.row_factory = sqlite3.Row
        for row in database.execute(query):
            yield dict(row)
    except sqlite3.Error as error:
        raise BadInput(f"The query of {where} failed: {error}.") from error
    finally:
        database.close()


def _overlay(packaged: Packaged, catalog: Catalog) -> dict[str, dict[str, Any]]:
    name = packaged.settings.get("overlay")
    if not name:
        return {}
    path = packaged.folder / name
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        data = yaml.load(path.read_text("utf-8"), Loader=loader) or []
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadInput(f"{path.name}{f', line {mark.line + 1}' if mark else ''}: not valid YAML.") from error
    allowed = (*_RECORD_FIELDS, *(f.name for f in catalog.facets))
    records: dict[str, dict[str, Any]] = {}
    if not isinstance(data, list):
        raise BadInput(f"{path.name} is a list of records, each with an id.")
    for n, record in enumerate(data, 1):
        if not isinstance(record, dict) or not record.get("id"):
            raise BadInput(f"{path.name}, record {n}: an overlay's record is a mapping with an id.")
        item_id = str(record["id"])
        for key in record:
            if key not in allowed:
                raise BadInput(
                    f'{path.name}, record {n} ({item_id}): "{key}" is neither an item field nor a facet of {catalog.name}; '
                    f"{hint(str(key), allowed)}allowed: {', '.join(allowed)}."
                )
        if item_id in records:
            raise BadInput(f"{path.name}, record {n}: {item_id} has a record already.")
        records[item_id] = record
    return records


class _Maker:
    """Turns rows and records into items of one catalogue; a value its facet can't hold is an error, not a guess."""

    def __init__(self, catalog: Catalog, name: str) -> None:
        self.name = name
        self.readers = {
            f.name: reader(Use(f.name, "facet", facet=f, separator=",", digits=True)) for f in catalog.facets
        }
        self.facets = {f.name: f for f in catalog.facets}

    def from_row(self, row: dict[str, Any]) -> dict[str, Any]:
        return self._record(row, f"{self.name}: a row of the source")

    def from_record(self, item_id: str, record: dict[str, Any]) -> dict[str, Any]:
        return self._record(record, f"{self.name}: the overlay's {item_id}")

    def _record(self, given: dict[str, Any], where: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, cell in given.items():
            if key == "checked":
                continue
            if key in self.facets:
                made[key] = None if v.missing(cell) else self._value(key, cell, where)
            elif key == "titles":
                made |= {
                    f"title_{language}": (cell or {}).get(language)
                    for language in LANGUAGES
                    if language in (cell or {})
                }
            elif key in ITEM_FIELDS:
                made[key] = cell
            else:
                raise BadInput(f"{where} has a column {key!r} that is neither an item field nor a facet.")
        if "id" in made:
            made["id"] = v.clean(made["id"], v.MOST_ID) if made["id"] is not None else ""
        return made

    def _value(self, key: str, cell: Any, where: str) -> Any:
        facet = self.facets[key]
        if facet.type == "category" and facet.many and isinstance(cell, str):
            cell = [part for part in cell.split(SEPARATOR) if part.strip()]
        value = self.readers[key](cell)
        if value is None or value == ():
            raise BadInput(f"{where}: {str(cell)[:60]!r} is no value for {key} ({facet.type}).")
        return value

    def item(self, record: dict[str, Any]) -> Item:
        def text(key: str, most: int) -> str:
            cell = record.get(key)
            return "" if v.blank(cell) else v.clean(cell, most, lines=key.startswith("description"))

        title = text("title", v.MOST_TITLE)
        if not record.get("id") or not title:
            raise BadInput(
                f"{self.name}: an item without {'a title' if record.get('id') else 'an id'}: {str(record)[:120]}"
            )
        descriptions: dict[str, str] = {
            lang: t for lang in LANGUAGES if (t := text(f"description_{lang}", v.MOST_DESCRIPTION))
        }
        description = text("description", v.MOST_DESCRIPTION)
        if description and descriptions:
            descriptions = {"en": description, **descriptions}
        popularity = record.get("popularity")
        return Item(
            id=record["id"],
            title=title,
            titles={lang: t for lang in LANGUAGES if (t := text(f"title_{lang}", v.MOST_TITLE))},
            description=description or next(iter(descriptions.values()), ""),
            descriptions=descriptions,
            image_url=v.web_address(record.get("image_url")),
            url=v.web_address(record.get("url")),
            popularity=0.5 if popularity is None else min(1.0, max(0.0, float(popularity))),
            attributes={name: record[name] for name in self.facets if record.get(name) is not None},
        )
