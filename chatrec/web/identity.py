"""Who is calling: the bearer key of a calling site, or the signed cookie of a visitor of the page.

Knows: keys, cookies, the secret in CHATREC_HOME. Person ids that start with `page:` or `anon:` are ours: nobody can send them.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer

from chatrec.errors import BadInput, ChatRecError

COOKIE = "chatrec_person"
COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep one
OURS = ("page:", "anon:")
MOST_USER_ID = 200


class Unauthorized(ChatRecError):
    status = 401
    title = "Unauthorized"


class TooMany(ChatRecError):
    """More turns in a minute than CHATREC_RATE_PER_MINUTE allows; `retry_after` in seconds."""

    status = 429
    title = "Too many requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many messages in a minute; try again in {retry_after} s.")
        self.retry_after = retry_after


def check_key(api_key: str, authorization: str | None) -> None:
    """Raise Unauthorized unless no key is set or the header carries it."""
    if not api_key:
        return
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not secrets.compare_digest(key.strip().encode(), api_key.encode()):
        raise Unauthorized("Send the header `Authorization: Bearer CHATREC_API_KEY`.")


def check_user_id(user_id: str | None) -> str | None:
    if user_id is None:
        return None
    if not user_id.strip() or len(user_id) > MOST_USER_ID or not user_id.isprintable():
        raise BadInput(
            f"The user_id must be 1 to {MOST_USER_ID} printable characters.", [("user_id", "empty, too long or odd")]
        )
    if user_id.startswith(OURS):
        raise BadInput("A user_id must not start with 'page:' or 'anon:'.", [("user_id", "reserved")])
    return user_id


class Visitors:
    """Gives each visitor of the page a signed cookie, and reads it back."""

    def __init__(self, home: Path) -> None:
        self._signer = URLSafeSerializer(_secret(home / "page.secret"), salt="chatrec-visitor")

    def new(self) -> str:
        """A fresh cookie value."""
        return str(self._signer.dumps(secrets.token_hex(12)))

    def person(self, cookies: Mapping[str, str]) -> str | None:
        """The person id behind the cookie; None when there is none or it was tampered with."""
        try:
            return f"page:{self._signer.loads(cookies.get(COOKIE, ''))}"
        except BadSignature:
            return None


def _secret(path: Path) -> str:
    """The secret of this installation, made once, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
    return secret


class Rate:
    """Turns a key may start in any 60 seconds. One per app; keys that fell silent are forgotten."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._starts: dict[str, deque[float]] = {}

    def take(self, key: str) -> None:
        """Count one start; TooMany when the minute is full."""
        if not self._most:
            return
        now = time.monotonic()
        if len(self._starts) > 10_000:
            self._starts = {k: v for k, v in self._starts.items() if v and v[-1] > now - 60}
        starts = self._starts.setdefault(key, deque())
        while starts and starts[0] <= now - 60:
            starts.popleft()
        if len(starts) >= self._most:
            raise TooMany(max(1, round(60 - (now - starts[0]))))
        starts.append(now)
