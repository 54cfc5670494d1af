"""A breaker: a rung that fails again and again is left alone for a while.

Knows: counts and a clock. Does not know: what failed.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Leaves a rung alone after so many failures in a row; then lets one call try, and closes when that one works."""

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = failures  # 0: never opens
        self._seconds = seconds
        self._clock = clock
        self._failed = 0
        self._until: float | None = None  # open until then; after it one call may try
        self._trying = False

    @property
    def lets(self) -> bool:
        """Whether a call made now would be let through."""
        return self._until is None or (self._clock() >= self._until and not self._trying)

    def enter(self) -> bool:
        """Ask to make a call; when True, one of good, bad and leave must follow."""
        if not self.lets:
            return False
        self._trying = self._until is not None
        return True

    def good(self) -> None:
        self._failed, self._until, self._trying = 0, None, False

    def bad(self, retry_after: float | None = None) -> None:
        self._failed += 1
        self._trying = False
        if self._most and (self._failed >= self._most or retry_after is not None or self._until is not None):
            wait = self._seconds if retry_after is None else min(retry_after, self._seconds)
            self._until = self._clock() + wait

    def leave(self) -> None:
        """The call ended without telling anything about the server: cancelled, or an odd answer."""
        self._trying = False
