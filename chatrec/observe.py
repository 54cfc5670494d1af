"""What happens inside, for whoever runs ChatRec: log lines and Prometheus counters.

Knows: names and numbers of events. Never what people or models said.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

log = logging.getLogger("chatrec")


def configure(level: str = "info") -> None:
    """One line a record on stderr, for our own logger only. Called by the doors, not by a program that embeds us."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S"))
    log.handlers[:] = [handler]
    log.setLevel(level.upper())
    log.propagate = False


class Counters:
    """Prometheus metrics of one engine, in a registry of its own so that two engines in a process do not mix."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry: CollectorRegistry = CollectorRegistry()
        buckets = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.5, 5, 10, 20, 40)
        self.turns = Counter("chatrec_turns", "Turns answered.", ["catalog", "kind", "rung"], registry=self.registry)
        self.failed = Counter(
            "chatrec_turns_failed", "Turns that ended in an error.", ["catalog"], registry=self.registry
        )
        self.falls = Counter(
            "chatrec_falls", "Steps that fell to a lower rung.", ["step", "rung", "why"], registry=self.registry
        )
        self.dropped = Counter("chatrec_dropped", "Things a model said that were not used.", registry=self.registry)
        self.tokens = Counter("chatrec_tokens", "Tokens sent to and had from models.", ["way"], registry=self.registry)
        self.seconds = Histogram(
            "chatrec_turn_seconds", "Time of a turn, model included.", ["kind"], registry=self.registry, buckets=buckets
        )

    def exposition(self) -> bytes:
        """The text format of Prometheus."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)
