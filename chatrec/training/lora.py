"""The training itself: LoRA on the upper layers of a model whose weights lie in a GGUF file.

Knows: transformers, peft, torch (imported when training begins). Does not know: what the turns are about.
LoRA: Hu et al. 2021, arXiv:2106.09685. LoRA+: Hayou et al. 2024, arXiv:2402.12354.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chatrec.errors import Missing
from chatrec.training import attention
from chatrec.training.packs import CHINESE, Pack, Stream

INSTALL = "pip install -r requirements-train.txt"
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class Recipe:
    """How a planner is trained. steps: optimiser steps of `packs` packs each, every one with `turns` turns.

    rate: the highest, of the matrices A; those of the matrices B are `ratio` times as high (LoRA+).
    """

    seed: int = 1
    steps: int = 2200
    packs: int = 1
    turns: int = 16
    rank: int = 16
    alpha: int = 32
    first_layer: int = 14
    rate: float = 8e-4
    ratio: float = 4.0
    warmup: float = 0.05
    chinese: float = CHINESE

    def share_at(self, step: int) -> float:
        """Of the highest rates: linear warm-up, then a half cosine to a twentieth."""
        warm = max(1, int(self.steps * self.warmup))
        if step < warm:
            return (step + 1) / warm
        done = (step - warm) / max(1, self.steps - warm)
        return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done))


@dataclass
class Loaded:
    """A model ready to be trained."""

    model: Any
    tokenizer: Any
    end: int

    def encode(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def learned(self) -> dict[str, Any]:
        """The adapter's matrices by peft's names."""
        from peft import get_peft_model_state_dict

        return dict(get_peft_model_state_dict(self.model))


def load(weights: Path, recipe: Recipe, threads: int | None = None) -> Loaded:
    """The weights as a torch model with an untrained adapter. threads: of torch; by default as many as it finds good. Raises Missing where the packages for training are not installed."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the weights lie here; nothing is to be looked for
    try:
        import torch
        from peft import LoraConfig, get_peft_model
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging as quiet
    except ImportError as error:
        raise Missing(f"Training needs transformers, peft and torch: `{INSTALL}` ({error}).") from error
    quiet.set_verbosity_error()
    quiet.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(recipe.seed)
    tokenizer = AutoTokenizer.from_pretrained(str(weights.parent), gguf_file=weights.name)
    model: Any = AutoModelForCausalLM.from_pretrained(str(weights.parent), gguf_file=weights.name, dtype=torch.float32)
    attention.register()
    model.set_attn_implementation(attention.NAME)
    model = model.to(torch.bfloat16)
    if torch.cuda.is_available():
        model = model.cuda()
    layers = list(range(recipe.first_layer, model.config.num_hidden_layers))
    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=0.0,
        target_modules=list(TARGETS),
        layers_to_transform=layers,
    )
    model = get_peft_model(model, config)
    end: Any = tokenizer.convert_tokens_to_ids("<|im_end|>")
    return Loaded(model, tokenizer, int(end))


def train(
    loaded: Loaded,
    stream: Stream,
    recipe: Recipe,
    folder: Path,
    *,
    every: int = 20,
    told: Callable[[int, int, float], None] | None = None,
) -> dict[str, Any]:
    """Train to the recipe's end, from the folder's checkpoint where there is one. Returns what it took: tokens, seconds, losses.

    told(step, steps, loss) after each step.
    """
    import torch
    from peft import get_peft_model_state_dict, set_peft_model_state_dict
    from peft.helpers import disable_input_dtype_casting
    from peft.optimizers import create_loraplus_optimizer

    model = loaded.model
    learned = [p for p in model.parameters() if p.requires_grad]
    optimiser = create_loraplus_optimizer(
        model, torch.optim.AdamW, lr=recipe.rate, loraplus_lr_ratio=recipe.ratio, betas=(0.9, 0.98)
    )
    highest = [group["lr"] for group in optimiser.param_groups]
    device = next(model.parameters()).device.type
    start, tokens, spent, cpu, losses = 0, 0, 0.0, 0.0, []
    kept = folder / CHECKPOINT
    if kept.exists():
        saved = torch.load(kept, weights_only=True)
        if saved["recipe"] == asdict(recipe):
            set_peft_model_state_dict(model, saved["adapter"])
            optimiser.load_state_dict(saved["optimiser"])
            start, tokens, spent, cpu, losses = (saved[k] for k in ("step", "tokens", "seconds", "cpu", "losses"))
    model.train()
    began, cpu_began = time.perf_counter() - spent, time.process_time() - cpu
    for step in range(start, recipe.steps):
        for group, rate in zip(optimiser.param_groups, highest, strict=True):
            group["lr"] = rate * recipe.share_at(step)
        total = 0.0
        for n in range(recipe.packs):
            pack = stream.pack(step * recipe.packs + n)
            # The adapter's own numbers are kept in float32; what runs through it need not be.
            with disable_input_dtype_casting(model), torch.autocast(device, torch.bfloat16):
                loss = loss_of(model, pack) / recipe.packs
            loss.backward()
            total += float(loss.detach())
            tokens += len(pack.tokens)
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(round(total, 4))
        if told:
            told(step + 1, recipe.steps, total)
        if (step + 1) % every == 0 or step + 1 == recipe.steps:
            state = {
                "recipe": asdict(recipe),
                "adapter": get_peft_model_state_dict(model),
                "optimiser": optimiser.state_dict(),
                "step": step + 1,
                "tokens": tokens,
                "seconds": time.perf_counter() - began,
                "cpu": time.process_time() - cpu_began,
                "losses": losses,
            }
            part = kept.with_suffix(".part")
            torch.save(state, part)
            part.replace(kept)
    return {
        "tokens": tokens,
        "seconds": round(time.perf_counter() - began),
        "cpu_seconds": round(time.process_time() - cpu_began),
        "losses": losses,
    }


def loss_of(model: Any, pack: Pack) -> Any:
    """Weighted cross entropy of the answers' tokens; logits are made only there. model: with `attention.NAME` as its attention."""
    from torch.nn.functional import cross_entropy

    inner = model.get_base_model()
    device = next(inner.parameters()).device
    rows, filled = pack.turns
    hidden = inner.model(
        input_ids=pack.tokens[None].to(device),
        position_ids=pack.places[None].to(device),
        use_cache=False,
        rows=rows.to(device),
        filled=filled.to(device),
    ).last_hidden_state[0]
    at = pack.weights.nonzero()[:, 0]
    logits = inner.lm_head(hidden[at.to(device)]).float()
    weights = pack.weights[at].to(device)
    losses = cross_entropy(logits, pack.tokens[at + 1].to(device), reduction="none")
    return (losses * weights).sum() / weights.sum()
