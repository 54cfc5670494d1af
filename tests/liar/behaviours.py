"""How the model's server behaves in a turn: every way to fail that `chatrec.testing.misbehaviour` has, and ways of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatrec.testing.misbehaviour import SERVER, WORDS
from chatrec.testing.model_server import Behaviour
from tests.liar.deciding import DECIDING, honest_decision
from tests.liar.scene import Misbehave, Scene
from tests.liar.speaking import SPEAKING, honest_words


@dataclass(frozen=True)
class Manner:
    """A way to behave for one turn. Where it has nothing of its own to do, the server is honest."""

    name: str
    decide: Misbehave = honest_decision
    words: Misbehave = honest_words

    def __call__(self, scene: Scene) -> Behaviour:
        return (self.decide if scene.deciding else self.words)(scene)


def _shipped(misbehave: Any) -> Misbehave:
    return lambda scene: misbehave(scene.received, scene.rng)


HONEST = Manner("honest")


def deck() -> list[Manner]:
    """Every manner once: the honest ones three times, so that some truth is always about."""
    cards = [HONEST] * 3
    cards += [Manner(name, decide=how) for name, how in DECIDING.items()]
    cards += [Manner(name, words=how) for name, how in SPEAKING.items()]
    cards += [
        Manner(f"{name}, twice", decide=DECIDING["talk lies"], words=SPEAKING[name])
        for name in ("anything", "wrong card")
    ]
    for name, misbehave in {**SERVER, **WORDS}.items():
        how = _shipped(misbehave)
        cards.append(Manner(name, decide=how, words=how))
    return cards
