"""Which crowd somebody talks like, and what that crowd takes: two kinds of conversations, told apart by their words alone.

Knows: that conversations come from different places and times (another shop, another year, another language), where other items
are in everybody's mouth. Does not know: where a conversation came from, what a word means, whom a single conversation is like
(see dialogue: neighbours answer what is asked for, and are too few to say what is well known).

A mixture of two multinomials over words (Nigam, McCallum, Thrun and Mitchell 2000, "Text Classification from Labeled and Unlabeled
Documents using EM", Machine Learning 39), begun from the first principal component of the words, so without chance. The
words' likelihood is tempered: words of one conversation hang together, and the plain one is always sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

# Chosen on conversations that judge nothing (docs/lab.md).
TEMPER = 0.3  # power of the words' likelihood
ROUNDS = 30  # of the estimate; it stands still earlier
STEPS = 50  # of the power iteration that it begins from: a rough start is enough
SMOOTH = 0.5  # added to how many conversations of a crowd have a word
ENOUGH = 200  # conversations from which on they are told apart


@dataclass(frozen=True, eq=False)
class Crowds:
    """The crowds of t conversations: one, or two where there are conversations enough. Read-only."""

    says: np.ndarray  # float64 [crowds, words]: logarithm of a word's share of all that the crowd says
    size: np.ndarray  # float64 [crowds]: share of the conversations; adds up to 1
    takes: np.ndarray  # float64 [crowds, shelf]: how often an item is taken, as if all conversations were this crowd's

    @classmethod
    def fit(cls, words: Any, taken: Any) -> Crowds:
        """From scipy csr [t, words], rows of length 1 (or 0), and scipy csr [t, shelf]. Plain work."""
        has = (words > 0).astype(np.float64)
        count = words.shape[0]
        member = np.ones((count, 1))
        if count >= ENOUGH:
            member = np.eye(2)[(_contrast(words) > 0).astype(int)]
            for _ in range(ROUNDS):
                says, size = _described(has, member)
                member = _shares(TEMPER * np.asarray(has @ says.T) + np.log(size))
        says, size = _described(has, member)
        return cls(says, size, np.asarray((taken.T @ member).T) / size[:, None])

    def taken(self, words: np.ndarray) -> np.ndarray:
        """How often each item is taken by people who talk with these words (int, columns, each once), float64 [shelf], on the
        scale of all conversations; without words by all of them."""
        told = TEMPER * self.says[:, words].sum(axis=1) + np.log(self.size)
        frequent: np.ndarray = _shares(told[None, :])[0] @ self.takes
        return frequent


def _contrast(words: Any) -> np.ndarray:
    """Where each conversation stands on the direction in which the words differ most (the first principal component, by power
    iteration), float64 [t]; all 0 where they do not differ."""
    place = np.random.default_rng(0).standard_normal(words.shape[0])
    for _ in range(STEPS):
        place = words @ (words.T @ (place - place.mean()))
        place -= place.mean()
        length = float(np.linalg.norm(place))
        if length < 1e-9:
            return np.zeros(words.shape[0])
        place /= length
    return np.asarray(place)


def _described(has: Any, member: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(logarithms of the shares of words, sizes) of crowds to which conversations belong in these parts, float64 [t, crowds]."""
    said = np.asarray((has.T @ member).T) + SMOOTH
    size = np.maximum(member.mean(axis=0), 1.0 / len(member))
    return np.log(said / said.sum(axis=1, keepdims=True)), size / size.sum()


def _shares(told: np.ndarray) -> np.ndarray:
    """exp, each row adding up to 1."""
    share = np.exp(told - told.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))
