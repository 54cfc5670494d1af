"""A Llama of two layers with random weights, and text as bytes: enough to see whether training does what it says."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.prompting import Prompts
from chatrec.settings import ROOT
from chatrec.training import attention
from chatrec.training.ground import ground_of
from chatrec.training.packs import Pack, Stream
from tests import teas

PROMPTS = Prompts.load(ROOT / "prompts")
END = 0


def encode(text: str) -> list[int]:
    return list(text.encode())


def tiny_model() -> Any:
    """Weights by a fixed seed; skips where torch or transformers are not installed."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    torch.manual_seed(7)
    config = transformers.LlamaConfig(
        vocab_size=256, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=8192,
    )  # fmt: skip
    attention.register()
    model = transformers.LlamaForCausalLM(config).eval()
    model.set_attn_implementation(attention.NAME)
    return model


def dense_mask(pack: Pack, dtype: Any) -> Any:
    """(1, 1, T, T), added to the scores: a turn sees the prefix and its own past. What `attention.attend` does without a square."""
    import torch

    sees = torch.tril(torch.ones(len(pack.tokens), len(pack.tokens), dtype=torch.bool))
    sees &= (pack.blocks[None, :] == pack.blocks[:, None]) | (pack.blocks[None, :] == 0)
    return torch.zeros(sees.shape, dtype=dtype).masked_fill(~sees, torch.finfo(dtype).min)[None, None]


def tea_stream(turns: int = 3, seed: int = 1) -> Stream:
    return Stream([ground_of(teas.CATALOG, teas.items())], PROMPTS, encode, END, seed=seed, turns=turns)
