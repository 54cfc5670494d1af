"""A catalogue comes in: from a file that somebody has (`add`, and `compare` then `apply` for a newer one), or from a folder of
catalog/ (`build_packaged`).

Knows: the order of an import, and that a bad file changes nothing. How files are read, what columns mean and how values look
is each in its own module. Everything in a file is untrusted.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from chatrec.errors import BadInput, Conflict, Missing, NotFound
from chatrec.importing import movielens
from chatrec.importing.dialogues import Heard
from chatrec.importing.report import Report
from chatrec.importing.tally import Tally
from chatrec.importing.update import Update
from chatrec.observe import log
from chatrec.vocabulary import Item

Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much (0: not known)

__all__ = [
    "Heard", "Progress", "Report", "Tally", "Update", "add", "apply", "build_packaged", "compare", "hear", "learn", "packaged_names",
    "rebuild",
]  # fmt: skip


async def add(
    store: Any,
    name: str,
    file: Path,
    *,
    facets: Path | None = None,
    id_field: str | None = None,
    title_field: str | None = None,
    interactions: Path | None = None,
    dialogues: Path | None = None,
    replace: bool = False,
    reserved: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> Report:
    """Read a csv, tsv, json or jsonl file, or a MovieLens folder or zip, as catalogue `name`, whole and in one transaction.

    interactions: who did what with its items; a MovieLens folder brings its own. dialogues: conversations about them. All are
    read before anything is stored.
    reserved: names that belong to packaged catalogues. Raises BadInput with one sentence where nothing can be used, Conflict
    where the name is taken and `replace` is False; the store is as it was then.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
        raise BadInput(f"{name!r} can't be a catalogue's name: use a-z, 0-9, - and _, at most 40 characters.")
    if name in reserved:
        raise Conflict(f"{name} is the name of a catalogue that comes with ChatRec. Choose another name.")
    if not replace and name in {c.name for c in await store.items.catalogs()}:
        raise Conflict(
            f"There is a catalogue {name} already. `catalog rebuild {name}` reads its file again; with --replace this file "
            "takes its place."
        )
    tell = progress or (lambda what, done, of: None)
    tell("reading", 0, 0)
    catalog, items, report, source = await asyncio.to_thread(_read, name, file, facets, id_field, title_field)
    log_file = interactions or (file if movielens.is_folder(file) else None)
    if log_file is not None:
        events, report.interactions = await _read_log(log_file, catalog, items, tell)
        if len({item.popularity for item in items}) < 2:
            items, source["popularity"] = popular_by(items, events.reach()), "log"
            report.missing = [m for m in report.missing if not m.startswith("popularity")]
            report.notes.append("how popular an item is comes from its interactions.")
    elif replace and len({item.popularity for item in items}) < 2 and (reach := await store.interactions.reach(name)):
        items, source["popularity"] = popular_by(items, reach), "log"
        report.notes.append("how popular an item is comes from the interactions that are here.")
    if dialogues is not None:
        talks, report.dialogues = await _read_talks(dialogues, frozenset(item.id for item in items), tell)
    tell("storing", 0, len(items))
    await store.items.replace(catalog, items, source=source, progress=_counting(tell))
    if log_file is not None:
        await store.interactions.replace(name, events, _counting(tell, "storing interactions"))
    if dialogues is not None:
        await store.talks.replace(name, talks, _counting(tell, "storing dialogues"))
    return report


def popular_by(items: Sequence[Item], reach: Mapping[str, int]) -> list[Item]:
    """The items with a popularity 0..1 from how many people did something with them, on a logarithmic scale."""
    top = math.log1p(max(reach.values(), default=1))
    return [dataclasses.replace(item, popularity=round(math.log1p(reach.get(item.id, 0)) / top, 6)) for item in items]


async def learn(store: Any, name: str, file: Path, *, progress: Progress | None = None) -> Tally:
    """Read who did what with a stored catalogue's items, in the place of what was imported before. A bad file changes nothing."""
    tell = progress or (lambda what, done, of: None)
    catalog = await store.items.catalog(name)
    items = [item async for batch in store.items.all(name) for item in batch]
    events, tally = await _read_log(file, catalog, items, tell)
    await store.interactions.replace(name, events, _counting(tell, "storing interactions"))
    await _popular_by_log(store, catalog, items, events.reach(), tell)
    return tally


async def _popular_by_log(
    store: Any, catalog: Any, items: list[Item], reach: Mapping[str, int], tell: Progress
) -> None:
    """Where the file of the items tells no popularity, it is the log's. A running server opens the catalogue anew then."""
    source = await store.items.source(catalog.name) or {}
    told = len({item.popularity for item in items}) > 1 and source.get("popularity") != "log"
    if told or source.get("kind") != "file":
        return
    now = popular_by(items, reach)
    if now != items:
        version = hashlib.sha256(f"{catalog.version} {sorted(reach.items())}".encode()).hexdigest()[:16]
        newer = catalog.model_copy(update={"version": version})
        await store.items.replace(newer, now, source={**source, "popularity": "log"}, progress=_counting(tell))


async def hear(
    store: Any, name: str, file: Path, *, interactions: Path | None = None, progress: Progress | None = None
) -> tuple[Heard, Tally | None]:
    """Read conversations about a stored catalogue's items, in the place of those imported before, and a log with them where one
    is given. A bad file changes nothing: both are read before anything is stored."""
    tell = progress or (lambda what, done, of: None)
    catalog = await store.items.catalog(name)
    items = [item async for batch in store.items.all(name) for item in batch]
    talks, heard = await _read_talks(file, frozenset(item.id for item in items), tell)
    events, tally = await _read_log(interactions, catalog, items, tell) if interactions else (None, None)
    await store.talks.replace(name, talks, _counting(tell, "storing dialogues"))
    if events is not None:
        await store.interactions.replace(name, events, _counting(tell, "storing interactions"))
        await _popular_by_log(store, catalog, items, events.reach(), tell)
    return heard, tally


async def compare(
    store: Any,
    name: str,
    file: Path,
    *,
    keep_missing: bool = False,
    reserved: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> Update:
    """What a newer file of a catalogue changes: new, changed and withdrawn items. Nothing is written: see `apply`.

    keep_missing: the file holds only what has changed. Raises NotFound, or BadInput with one sentence.
    """
    from chatrec.importing.update import compare as laid_side_by_side

    if name in reserved:
        raise BadInput(f"{name} comes with ChatRec and is built from its own files: catalog rebuild {name}")
    (progress or (lambda what, done, of: None))("reading", 0, 0)
    return await laid_side_by_side(store, name, file, keep_missing=keep_missing)


async def apply(store: Any, update: Update, *, progress: Progress | None = None) -> None:
    """Write what `compare` found, in one transaction. What old conversations refer to stays, withdrawn."""
    tell = progress or (lambda what, done, of: None)
    if update.log is not None:
        events, update.interactions = await _read_log(update.log, update.catalog, update.items, tell)
    if update.anything:
        tell("storing", 0, len(update.items))
        await store.items.replace(update.catalog, update.items, source=update.source, progress=_counting(tell))
    if update.log is not None:
        await store.interactions.replace(update.catalog.name, events, _counting(tell, "storing interactions"))


async def _read_talks(file: Path, ids: frozenset[str], tell: Progress) -> Any:
    from chatrec.importing.dialogues import read

    tell("reading dialogues", 0, 0)
    return await asyncio.to_thread(read, file, ids, lambda rows: tell("reading dialogues", rows, 0))


async def _read_log(file: Path, catalog: Any, items: Any, tell: Progress) -> Any:
    from chatrec.importing.interactions import read

    tell("reading interactions", 0, 0)
    return await asyncio.to_thread(read, file, catalog, items, lambda rows: tell("reading interactions", rows, 0))


def _read(name: str, file: Path, facets: Path | None, id_field: str | None, title_field: str | None) -> Any:
    """(Catalog, items, Report, where it came from) of a file. Pure but for reading it."""
    from chatrec.importing.facets import Declared, read
    from chatrec.importing.infer import infer
    from chatrec.importing.items import make_catalog, make_items
    from chatrec.importing.report import report_of
    from chatrec.importing.rows import read as read_rows
    from chatrec.importing.source import FORMAT
    from chatrec.importing.update import columns_of, years_of

    declared = read(facets) if facets else Declared("")
    table = movielens.table(file) if movielens.is_folder(file) else read_rows(file)
    plan = infer(table, declared, id_field, title_field)
    made = make_items(table, plan)
    if not made.items:
        first = made.skipped[0]
        raise BadInput(f"{file.name} has no row that can be used: {table.place} {first.line}: {first.reason}.")
    sha = _digest(file)
    digest = hashlib.sha256(f"{FORMAT} {sha} {id_field} {title_field} ".encode())
    if facets:
        digest.update(facets.read_bytes())
    catalog = make_catalog(name, declared, plan.facets, made.items, digest.hexdigest()[:16])
    source = {
        "kind": "file",
        "file": str(file.resolve()),
        "facets": str(facets.resolve()) if facets else None,
        "id_field": id_field,
        "title_field": title_field,
        "sha256": sha,
        "columns": columns_of(plan),
        "years": years_of(plan),
    }
    return catalog, made.items, report_of(catalog, file.name, table, plan, made), source


def _digest(file: Path) -> str:
    """Of a file's bytes; of a folder's names and sizes."""
    if file.is_dir():
        parts = sorted((p.name, p.stat().st_size) for p in file.rglob("*") if p.is_file())
        return hashlib.sha256(repr(parts).encode()).hexdigest()
    with file.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


# --------------------------------------------------------------------------- packaged catalogues


def packaged_names(folder: Path) -> list[str]:
    """Catalogues that come as folders with a facets.yaml and a source.yaml."""
    return sorted(p.parent.name for p in folder.glob("*/source.yaml") if (p.parent / "facets.yaml").is_file())


async def build_packaged(
    store: Any, folder: Path, progress: Progress | None = None, *, only: str | None = None, force: bool = False
) -> list[Report]:
    """Build what is missing or stale of the catalogues in a folder; a report for each that was looked at.

    Nothing is read but small files where the stored version is the current one. A catalogue whose package is missing is
    told in the log, unless it was asked for (`only`); others go on.
    """
    reports = []
    for name in packaged_names(folder):
        if only is not None and name != only:
            continue
        try:
            reports.append(await _build(store, folder / name, progress, force))
        except Missing as error:
            if only is not None:
                raise
            log.warning("%s", error)
    return reports


async def _build(store: Any, folder: Path, progress: Progress | None, force: bool) -> Report:
    from chatrec.importing.source import open_folder, read_packaged

    packaged = open_folder(folder)
    stored = {c.name: c for c in await store.items.catalogs()}.get(packaged.name)
    file = packaged.settings["file"]
    if stored is not None and stored.version == packaged.version and not force:
        return Report(stored.name, file, stored.items, stored.items, facets=stored.facets, changed=False)
    tell = progress or (lambda what, done, of: None)
    tell(f"reading {packaged.name}", 0, 0)
    catalog, items = await asyncio.to_thread(read_packaged, packaged)
    tell(f"storing {packaged.name}", 0, len(items))
    source = {"kind": "packaged", "folder": str(folder), "sha256": packaged.settings.get("sha256")}
    await store.items.replace(catalog, items, source=source, progress=_counting(tell, f"storing {packaged.name}"))
    log.info("catalogue %s: %d items built from %s", catalog.name, len(items), file)
    return Report(catalog.name, file, len(items), len(items), form="sqlite", facets=catalog.facets)


def _counting(tell: Progress, what: str = "storing") -> Callable[[int, int], None]:
    """The store's progress (done, of) as ours."""
    return lambda done, of: tell(what, done, of)


async def rebuild(store: Any, name: str, folder: Path, progress: Progress | None = None) -> Report:
    """Read a catalogue's source again, whatever has changed. Raises NotFound or BadInput with a sentence."""
    if name in packaged_names(folder):
        return (await build_packaged(store, folder, progress, only=name, force=True))[0]
    await store.items.catalog(name)  # NotFound
    source = await store.items.source(name)
    if not source or source.get("kind") != "file":
        raise NotFound(f"It is not known from which file {name} came. Take it again: catalog add {name} FILE --replace")
    file = Path(source["file"])
    if not file.exists():
        raise BadInput(f"The file of {name} is gone ({file}). Take another: catalog add {name} FILE --replace")
    facets = Path(source["facets"]) if source.get("facets") else None
    return await add(
        store, name, file, facets=facets, id_field=source.get("id_field"), title_field=source.get("title_field"),
        replace=True, progress=progress,
    )  # fmt: skip
