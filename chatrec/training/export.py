"""A trained adapter as a GGUF file that llama.cpp loads beside the weights it was trained on.

Knows: how llama.cpp names and orders what peft learned. Does not know: how it was trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chatrec.errors import Missing
from chatrec.training.lora import INSTALL

_PARTS = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip


def write_adapter(
    path: Path, learned: Mapping[str, Any], *, alpha: float, heads: int, kv_heads: int, about: Mapping[str, str]
) -> None:
    """learned: peft's state, `...layers.N.PART.lora_A.weight` of shape (rank, in) and `lora_B` of (out, rank). Written as float16.

    about: what the file says of itself, key -> text.
    """
    try:
        import gguf
    except ImportError as error:
        raise Missing(f"Writing an adapter needs gguf: `{INSTALL}` ({error}).") from error
    import numpy as np

    part = path.with_suffix(".part")
    writer = gguf.GGUFWriter(part, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(alpha))
    for key, text in about.items():
        writer.add_string(key, text)
    for name, tensor in sorted(learned.items()):
        _, _, rest = name.partition("layers.")
        layer, _, rest = rest.partition(".")
        module, _, side = rest.partition(".lora_")
        matrix = tensor.float().cpu().numpy()
        if side.startswith("B") and module.endswith(("q_proj", "k_proj")):
            matrix = _as_llama(matrix, heads if module.endswith("q_proj") else kv_heads)
        writer.add_tensor(
            f"blk.{layer}.{_PARTS[module]}.weight.lora_{side[0].lower()}",
            np.ascontiguousarray(matrix.astype(np.float16)),
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(path)


def _as_llama(matrix: Any, heads: int) -> Any:
    """The rows of a query or key projection in llama.cpp's order: the two halves of each head's rotary pairs interleaved."""
    out, rank = matrix.shape
    return matrix.reshape(heads, 2, out // heads // 2, rank).swapaxes(1, 2).reshape(out, rank)
