"""The few errors ChatRec raises on purpose. Each message says what happened and what to do next.

Knows: nothing but itself. The doors turn them into problem+json (`status`) or an exit code (`exit_code`).
"""


class ChatRecError(Exception):
    """Base of all errors whose message is meant for the person who caused or can mend them."""

    status = 500
    exit_code = 1
    title = "ChatRec error"


class BadInput(ChatRecError):
    """What was sent or written can't be used: a message, a file, a setting, a wish.

    `fields` lists (field, message) pairs for a form or a REST client.
    """

    status = 422
    exit_code = 2
    title = "Bad input"

    def __init__(self, message: str, fields: list[tuple[str, str]] | None = None):
        super().__init__(message)
        self.fields = fields or []


class TooLong(BadInput):
    """A text above the limit of 4,000 characters."""

    status = 413
    title = "Too long"


class NotFound(ChatRecError):
    """No such catalogue, item, conversation (or it is another person's)."""

    status = 404
    exit_code = 2
    title = "Not found"


class Conflict(ChatRecError):
    """The same turn id with another body, or a catalogue name that is taken."""

    status = 409
    exit_code = 2
    title = "Conflict"


class Missing(ChatRecError):
    """Something needed is not there: a package, a model file, a free port, a built catalogue."""

    status = 503
    exit_code = 3
    title = "Not ready"


class ModelFailed(ChatRecError):
    """A rung of the ladder gave no usable answer. Stays inside: the turn falls to the next rung.

    `why` is one short word for the notice: refused, server, timeout, rate, odd, auth, breaker, budget.
    """

    title = "Model failed"

    def __init__(self, message: str, why: str = "odd"):
        super().__init__(message)
        self.why = why
