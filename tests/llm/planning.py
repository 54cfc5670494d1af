"""A planner for tests: one that says what a test wrote down, and an adapter file for the packaged model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chatrec.llm.model import Answer, Message
from chatrec.llm.scripted import Line, ScriptedModel
from chatrec.vocabulary import Meter

HIDDEN, HEADS, KV_HEADS, HEAD = 576, 9, 3, 64  # of SmolLM2-135M


class ScriptedPlanner(ScriptedModel):
    """A scripted model that plans, too: its lines serve both. What it was asked to plan is in `planned`."""

    def __init__(self, lines: Sequence[Line] = (), **more: Any) -> None:
        super().__init__(lines, **{"rung": "local", "calls_tools": False, "name": "small", **more})
        self.planner = "planner-1"
        self.plans_wishes = True
        self.sure = 1.0  # how sure it is of all that it says
        self.planned: list[tuple[list[Message], str, int]] = []

    async def plan(self, messages: Sequence[Message], meter: Meter, *, grammar: str, max_tokens: int) -> Answer:
        self.planned.append((list(messages), grammar, max_tokens))
        answer = await self.ask(messages, meter, max_tokens=max_tokens)
        spent = {"tokens_in": answer.tokens_in, "tokens_out": answer.tokens_out}
        return Answer(answer.text, planned=True, sure=(self.sure,) * len(answer.text.split(";")), **spent)


def adapter_file(path: Path, scale: float = 0.0, rank: int = 2) -> Path:
    """An adapter for the packaged model that changes nothing (scale 0), or everything. Skips where gguf or torch are not installed."""
    pytest.importorskip("gguf", reason="gguf is not installed: pip install -r requirements-train.txt")
    torch = pytest.importorskip("torch")
    from chatrec.training.export import write_adapter

    torch.manual_seed(1)
    learned = {}
    for layer in (14, 29):
        for part, out in (
            ("q_proj", HEADS * HEAD),
            ("k_proj", KV_HEADS * HEAD),
            ("v_proj", KV_HEADS * HEAD),
            ("o_proj", HIDDEN),
        ):
            name = f"base_model.model.model.layers.{layer}.self_attn.{part}"
            learned[f"{name}.lora_A.weight"] = scale * torch.randn(rank, HIDDEN)
            learned[f"{name}.lora_B.weight"] = scale * torch.randn(out, rank)
    write_adapter(path, learned, alpha=32, heads=HEADS, kv_heads=KV_HEADS, about={"general.name": "a test"})
    return path
