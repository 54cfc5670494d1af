"""An adapter as llama.cpp wants it: names, shapes, and the order of rows in queries and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatrec.training.export import _PARTS, _as_llama, write_adapter
from chatrec.training.lora import TARGETS

HEADS, KV_HEADS, HEAD, RANK = 3, 1, 8, 2
HIDDEN = HEADS * HEAD
OUT = {
    "q_proj": HIDDEN,
    "k_proj": KV_HEADS * HEAD,
    "v_proj": KV_HEADS * HEAD,
    "o_proj": HIDDEN,
    "gate_proj": 40,
    "up_proj": 40,
    "down_proj": HIDDEN,
}
IN = {"down_proj": 40}


@pytest.fixture
def learned() -> dict[str, Any]:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    torch.manual_seed(1)
    made = {}
    for layer in (1, 12):
        for part in TARGETS:
            room = "mlp" if part in ("gate_proj", "up_proj", "down_proj") else "self_attn"
            name = f"base_model.model.model.layers.{layer}.{room}.{part}"
            made[f"{name}.lora_A.weight"] = torch.randn(RANK, IN.get(part, HIDDEN))
            made[f"{name}.lora_B.weight"] = torch.randn(OUT[part], RANK)
    return made


def read(path: Path) -> Any:
    gguf = pytest.importorskip("gguf", reason="gguf is not installed: pip install -r requirements-train.txt")
    return gguf.GGUFReader(path)


def llamas_rows(matrix: np.ndarray, heads: int) -> np.ndarray:
    """Row by row: transformers keep the first of all rotary pairs of a head, then the second; llama.cpp keeps pair by pair."""
    size = len(matrix) // heads
    made = np.empty_like(matrix)
    for head in range(heads):
        for pair in range(size // 2):
            for side in range(2):
                made[head * size + 2 * pair + side] = matrix[head * size + side * (size // 2) + pair]
    return made


def test_every_part_has_a_name() -> None:
    assert {p.rpartition(".")[2] for p in _PARTS} == set(TARGETS)


def test_what_is_written_is_what_was_learned(tmp_path: Path, learned: dict[str, Any]) -> None:
    path = tmp_path / "planner.gguf"
    pytest.importorskip("gguf", reason="gguf is not installed: pip install -r requirements-train.txt")
    write_adapter(
        path, learned, alpha=32, heads=HEADS, kv_heads=KV_HEADS, about={"general.name": "mine", "chatrec.seed": "7"}
    )
    assert [p.name for p in tmp_path.iterdir()] == ["planner.gguf"]
    file = read(path)
    told = {
        k: file.fields[k].contents()
        for k in (
            "general.architecture",
            "general.type",
            "adapter.type",
            "adapter.lora.alpha",
            "general.name",
            "chatrec.seed",
        )
    }
    assert told == {
        "general.architecture": "llama", "general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": 32.0,
        "general.name": "mine", "chatrec.seed": "7",
    }  # fmt: skip
    tensors = {t.name: t for t in file.tensors}
    assert len(tensors) == len(learned)
    for name, tensor in learned.items():
        layer = name.partition("layers.")[2].split(".")[0]
        room, part = name.split(".")[-4:-2]
        side = "a" if "lora_A" in name else "b"
        written = tensors[f"blk.{layer}.{_PARTS[f'{room}.{part}']}.weight.lora_{side}"]
        expected = tensor.numpy().astype(np.float16)
        if side == "b" and part in ("q_proj", "k_proj"):
            expected = llamas_rows(expected, HEADS if part == "q_proj" else KV_HEADS)
        assert written.tensor_type.name == "F16"
        assert list(written.shape) == list(reversed(tensor.shape))
        np.testing.assert_array_equal(written.data, expected)


def test_the_order_in_small() -> None:
    rows = np.arange(8.0)[:, None]
    assert _as_llama(rows, 2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
    assert _as_llama(rows, 1)[:, 0].tolist() == [0, 4, 1, 5, 2, 6, 3, 7]
    np.testing.assert_array_equal(_as_llama(rows, 2), llamas_rows(rows, 2))
