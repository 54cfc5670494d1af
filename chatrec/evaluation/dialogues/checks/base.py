"""What a check is: a function from what was seen and an argument to a verdict, with its argument's shape.

Knows: how an argument is read and described. Does not know: any single check.
A new check is one decorated function in one of the files beside this, named in that file's CHECKS.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from chatrec.evaluation.dialogues.seen import Seen, Verdict

Run = Callable[[Seen, Any], Verdict | Awaitable[Verdict]]


@dataclass(frozen=True)
class Check:
    """One word that can stand under `always`, `expect` or `end`."""

    name: str
    about: str  # one sentence
    argument: TypeAdapter[Any]
    run: Run
    group: str  # where the report sums it up
    inside: bool = False  # needs the process that answers: skipped through --url
    failing: bool = False  # looks at turns that failed, too

    def read(self, raw: Any) -> Any:
        """The argument in its own type. ValueError with one sentence."""
        try:
            return self.argument.validate_python(raw)
        except ValidationError as error:
            raise ValueError("; ".join(dict.fromkeys(_told(e) for e in error.errors()))) from error


def _told(error: Any) -> str:
    where = ".".join(str(p) for p in error["loc"] if not str(p).startswith(("function-", "list[", "constrained")))
    message = error["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def check(group: str, *, inside: bool = False, failing: bool = False) -> Callable[[Run], Check]:
    """Make a check of a function (seen, argument). Its docstring's first line is what people read."""

    def made(function: Run) -> Check:
        hints = get_type_hints(function, include_extras=True)
        argument = next(t for name, t in hints.items() if name not in ("seen", "return"))
        about = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
        return Check(function.__name__.rstrip("_"), about, TypeAdapter(argument), function, group, inside, failing)

    return made


def _as_list(raw: Any) -> Any:
    return list(raw) if isinstance(raw, (list, tuple)) else [raw]


class _AloneToo:
    """In the schema for editors, one value without the list around it is right as well."""

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        many = handler(core_schema)
        return {"anyOf": [many["items"], {**many, "minItems": 1}]}


T = TypeVar("T")
OneOrMore = Annotated[list[T], BeforeValidator(_as_list), _AloneToo()]  # one value or a list of them, a list inside


def joined(parts: Sequence[Any], nothing: str = "none") -> str:
    return ", ".join(str(p) for p in parts) or nothing


def failed(reason: str, expected: Any = "", got: Any = "", evidence: Sequence[str] = ()) -> Verdict:
    return Verdict(False, reason, str(expected), str(got), tuple(evidence))


def passed(got: Any = "", expected: Any = "", evidence: Sequence[str] = ()) -> Verdict:
    return Verdict(True, "", str(expected), str(got), tuple(evidence))


def nothing(reason: str, expected: Any = "") -> Verdict:
    """There was nothing to look at: fails where it was expected of this turn, passes under `always`."""
    return Verdict(None, reason, str(expected))
