"""Where dialogues are played inside: a home of their own, with the catalogues they need and nobody's data.

Knows: how a catalogue gets there: copied from the configured database, built from those that come with ChatRec, or taken in
from a file of the test. The people and conversations of the configured database are never opened, and what dialogues leave
behind is thrown away.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chatrec.engine import PACKAGED, Engine
from chatrec.errors import BadInput, NotFound
from chatrec.evaluation.dialogues.file import CatalogFile, Dialogue
from chatrec.observe import log
from chatrec.settings import Settings

Progress = Callable[[str, int, int], None]


class Sandbox:
    """Engines to play on, opened at the first use. `close` removes everything."""

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        self._settings = settings
        self._progress = progress or (lambda what, done, of: None)
        self._home = Path(tempfile.mkdtemp(prefix="chatrec-dialogues-"))
        self._engines: dict[bool, Engine] = {}  # with vectors or without
        self._there: set[str] = set()
        self._warmed: set[str] = set()
        self._with_vectors: set[str] = set()  # catalogues whose vectors could be copied

    @property
    def settings(self) -> Settings:
        return self._settings

    async def engine(self, dialogue: Dialogue) -> tuple[Engine, str]:
        """An opened engine without models, and the name of the dialogue's catalogue in it. BadInput, NotFound or Missing."""
        base = await self._engine(vectors=False)
        name = await self._catalog(base, dialogue)
        if not self._wants_vectors(dialogue, name):
            await base.book(name)
            return base, name
        engine = await self._engine(vectors=True)
        if name not in self._warmed:
            self._progress(f"vectors of {name}", 0, 0)
            await engine.warm(name)
            await engine.settled()
            self._warmed.add(name)
        return engine, name

    def _wants_vectors(self, dialogue: Dialogue, name: str) -> bool:
        """As the configured home has them; a file's catalogue by words, unless the dialogue says otherwise."""
        if self._settings.wanted_embedder is None or dialogue.given.vectors is False:
            return False
        return bool(dialogue.given.vectors) or name in self._with_vectors

    async def _engine(self, vectors: bool) -> Engine:
        if vectors not in self._engines:
            embedder = self._settings.embedder if vectors else "none"
            home = self._home / ("vectors" if vectors else "words")
            changed: dict[str, Any] = {
                "home": home,
                "llm": "none",
                "embedder": embedder,
                "chroma_url": "",
                "api_key": "",
            }
            changed |= {"database_url": f"sqlite:///{self._home / 'dialogues.db'}", "rate_per_minute": 0}
            self._engines[vectors] = await Engine.start(self._settings.model_copy(update=changed), build=False)
        return self._engines[vectors]

    async def _catalog(self, engine: Engine, dialogue: Dialogue) -> str:
        from chatrec.importing import add

        given = dialogue.given.catalog
        if not isinstance(given, CatalogFile):
            name = given or self._settings.catalog
            if name not in self._there:
                await self._bring(engine, name)
            self._there.add(name)
            return name
        file = dialogue.file.parent / given.file
        facets = dialogue.file.parent / given.facets if given.facets else None
        for path in (file, facets):
            if path is not None and not path.is_file():
                raise BadInput(f"{dialogue.file}:{dialogue.line('given', 'catalog')}: there is no file {path}.")
        name = given.name or re.sub(r"[^a-z0-9]+", "-", file.name.split(".")[0].lower()).strip("-") or "items"
        key = f"{name} {file.resolve()}"
        if key not in self._there:
            self._progress(f"taking in {name}", 0, 0)
            await add(
                engine.store,
                name,
                file,
                facets=facets,
                id_field=given.id_field,
                title_field=given.title_field,
                replace=True,
            )
            self._there = {k for k in self._there if k.split(" ")[0] != name} | {key}
            self._warmed.discard(name)
        return name

    async def _bring(self, engine: Engine, name: str) -> None:
        """A catalogue by its name: as the configured database has it, else as it comes with ChatRec."""
        from chatrec.importing import build_packaged, packaged_names
        from chatrec.store import Store

        if await self._database_is_there():
            source = await Store.open(self._settings.database)
            try:
                catalog = await source.items.catalog(name)
                items = [item async for batch in source.items.all(name) for item in batch]
                self._progress(f"copying {name}", 0, len(items))
                await engine.store.items.replace(catalog, items)
                await self._copy_vectors(source, engine.store, name)
                return
            except NotFound:
                pass
            finally:
                await source.close()
        if name not in packaged_names(PACKAGED):
            raise NotFound(
                f"There is no catalogue {name}: take it in with `catalog add {name} FILE`, or name its file in given.catalog."
            )
        await build_packaged(engine.store, PACKAGED, self._progress, only=name)

    async def _database_is_there(self) -> bool:
        """Whether the configured database has catalogues; a test never makes one. Missing where it does not answer."""
        from chatrec.store import Store

        url = self._settings.database
        if url.startswith("sqlite") and not Path(url.split(":///", 1)[-1].split("?")[0]).is_file():
            return False
        store = await Store.open(url)
        try:
            return await store.made()
        finally:
            await store.close()

    async def _copy_vectors(self, source: Any, target: Any, name: str) -> None:
        """The vectors of the configured encoder, where the configured database has them all: nothing is encoded for a test."""
        from chatrec.llm.embed import load_embedder

        if (wanted := self._settings.wanted_embedder) is None:
            return
        encoder = load_embedder(wanted).name
        if await source.vectors.missing(name, encoder):
            log.warning("%s has no vectors yet (serve makes them); its dialogues are played by words alone", name)
            return
        await target.vectors.put(encoder, await source.vectors.held(name, encoder))
        self._with_vectors.add(name)

    async def close(self) -> None:
        for engine in self._engines.values():
            await engine.stop()
        self._engines = {}
        await asyncio.to_thread(shutil.rmtree, self._home, ignore_errors=True)
