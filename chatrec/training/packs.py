"""Batches for training: one catalogue's prefix, read once, and many turns behind it that do not see each other.

Knows: the chat template, tokens, which of them see which. Does not know: models, optimisers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatrec.prompting import Prompts
from chatrec.training.generate import Example, Generator, narrowed
from chatrec.training.ground import TrainingGround
from chatrec.training.hearing import Listener
from chatrec.training.phrases import LANGUAGES

if TYPE_CHECKING:
    import torch

Encode = Callable[[str], list[int]]
CHINESE = 0.5  # share of turns in Chinese
ROUND, PADDING = 128, -1  # lengths are rounded up: torch keeps memory for every length that it has met
KIND_WEIGHT = 5.0  # of the first token of an answer, which decides


def prefix_of(system: str) -> str:
    return f"<|im_start|>system\n{system}<|im_end|>\n"


def question_of(user: str) -> str:
    return f"<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"


@dataclass(frozen=True)
class Pack:
    """tokens: (T,) ids. places: (T,) positions. blocks: (T,) 0 for the prefix, n for the n-th turn, PADDING behind the last. weights: (T,) of the loss of the next token."""

    tokens: torch.Tensor
    places: torch.Tensor
    blocks: torch.Tensor
    weights: torch.Tensor

    @property
    def turns(self) -> tuple[torch.Tensor, torch.Tensor]:
        """(rows, filled), each (N, L): where the tokens of every turn stand, and which of these places are of a turn; the rest point at 0."""
        import torch

        order = self.blocks.clamp_min(0)
        many = torch.bincount(order)[1:]
        within = torch.arange(int(many.max()))
        filled = within < many[:, None]
        starts = int((self.blocks == 0).sum()) + many.cumsum(0) - many
        return (starts[:, None] + within) * filled, filled


def packed(examples: Sequence[Example], prompts: Prompts, encode: Encode, end: int) -> Pack:
    """Turns over the same catalogue, in one sequence. end: the token that ends an answer."""
    import torch

    tokens: list[int] = []
    places: list[int] = []
    blocks: list[int] = []
    weights: list[float] = []
    for n, example in enumerate(examples, 1):
        rendered = prompts.render("plan", example.inputs)
        if n == 1:
            tokens = encode(prefix_of(rendered.system))
            places, blocks, weights = list(range(len(tokens))), [0] * len(tokens), [0.0] * len(tokens)
            start = len(tokens)
        question, answer = encode(question_of(rendered.user)), [*encode(example.answer), end]
        tokens += question + answer
        places += range(start, start + len(question) + len(answer))
        blocks += [n] * (len(question) + len(answer))
        rest = 0.0 if example.only_kind else 1.0
        weights += [0.0] * (len(question) - 1) + [KIND_WEIGHT] + [rest] * (len(answer) - 1) + [0.0]
    spare = -len(tokens) % ROUND
    tokens, places = tokens + [end] * spare, places + [0] * spare
    blocks, weights = blocks + [PADDING] * spare, weights + [0.0] * spare
    return Pack(torch.tensor(tokens), torch.tensor(places), torch.tensor(blocks), torch.tensor(weights))


class Stream:
    """Packs without end, each made from (seed, number) alone: a run that goes on later sees what it would have seen."""

    def __init__(
        self,
        grounds: Sequence[TrainingGround],
        prompts: Prompts,
        encode: Encode,
        end: int,
        *,
        seed: int,
        turns: int,
        chinese: float = CHINESE,
    ) -> None:
        self._grounds, self._prompts, self._encode, self._end = grounds, prompts, encode, end
        self._seed, self._turns, self._chinese = seed, turns, chinese

    def pack(self, number: int) -> Pack:
        return packed(self.examples(number), self._prompts, self._encode, self._end)

    def examples(self, number: int) -> list[Example]:
        rng = random.Random(f"{self._seed}:{number}")
        ground = rng.choice(self._grounds)
        catalog = narrowed(ground.catalog, rng)
        listener = Listener(ground, catalog)
        made = {x: Generator(ground, x, "train", rng, catalog=catalog, listener=listener) for x in LANGUAGES}
        return [made["zh" if rng.random() < self._chinese else "en"].example() for _ in range(self._turns)]
