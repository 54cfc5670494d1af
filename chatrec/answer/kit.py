"""What every kind of answer works with, for one version of one catalogue. All of it is handed in; tests hand in fakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatrec.language.sentences import Sentences
from chatrec.vocabulary import Catalog


@dataclass(frozen=True)
class Kit:
    """ladder: llm.ladder.Ladder. prompts: prompting.Prompts. grounds: answer.ground.Grounds. prompt_tokens: None: each file's own."""

    catalog: Catalog
    ladder: Any
    prompts: Any
    grounds: Any
    sentences: Sentences
    cards_seconds: float = 2.0
    prompt_tokens: int | None = None
