"""An encoder for tests: texts that share words are near each other. No weights, no meaning, the same on every machine.

Knows: tokens. Stands in for llm.embed wherever only "like" and "unlike" matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from chatrec.language.tokens import word_tokens


class HashedWords:
    """Sums a fixed pseudo-random direction for each word; [n, dim] float32 of length 1, zeros for a text without words."""

    def __init__(self, dim: int = 64) -> None:
        self.name = f"hashed-words-{dim}"
        self.dim = dim

    async def load(self) -> None:
        """Nothing to load."""

    async def encode(self, texts: Sequence[str]) -> np.ndarray:
        return self.vectors(texts)

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in word_tokens(text):
                seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
                out[row] += np.random.default_rng(seed).standard_normal(self.dim).astype(np.float32)
        length = np.linalg.norm(out, axis=1, keepdims=True)
        return out / np.where(length > 0, length, 1)
