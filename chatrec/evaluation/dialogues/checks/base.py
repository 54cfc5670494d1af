"""What a check is: a function from what was seen and an argument to a verdict, with its argument's shape.

Knows: how an argument is read and described. Does not know: any single check.
A new check is one decorated function in one of the files beside this, named in that file's CHECKS.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, WithJsonSchema

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

    each: bool = False  # under `not`, the parts of a list are looked at one by one: none of them may hold

    def read(self, raw: Any) -> Any:
        """The argument in its own type. ValueError with one sentence."""
        try:
            return self.argument.validate_python(raw)
        except ValidationError as error:
            raise ValueError(_sentence(error.errors(), raw, _parts(self.argument))) from error

    async def look(self, seen: Seen, argument: Any, *, negated: bool = False) -> Verdict:
        """What the check finds; negated: turned round, and a list taken part by part."""
        if not negated:
            return await self._run(seen, argument)
        parts = [[one] for one in argument] if self.each and isinstance(argument, list) else [argument]
        found = [(part, await self._run(seen, part)) for part in parts]
        for part, one in found:
            if one.passed:
                got = f" ({one.got})" if one.got else ""
                return replace(
                    one,
                    passed=False,
                    reason=f"it is so, and must not be: {_plain(part)}{got}",
                    expected=f"not {_plain(part)}",
                )
        unseen = next((v for _, v in found if v.passed is None), None)
        told = unseen or found[0][1]
        reason = unseen.reason if unseen else ""
        return replace(told, passed=None if unseen else True, reason=reason, expected=f"not {_plain(argument)}")

    async def _run(self, seen: Seen, argument: Any) -> Verdict:
        found = self.run(seen, argument)
        return await found if inspect.isawaitable(found) else found


def _plain(argument: Any) -> str:
    return (
        joined(argument)
        if isinstance(argument, list)
        else str(argument).lower()
        if isinstance(argument, bool)
        else str(argument)
    )


# What pydantic says, in words of the file.
_KINDS = {
    "bool_type": "true or false", "bool_parsing": "true or false",
    "int_type": "a whole number", "int_parsing": "a whole number", "int_from_float": "a whole number",
    "string_type": "words", "list_type": "a list",
}  # fmt: skip


def _parts(argument: TypeAdapter[Any]) -> str:
    """The keys that an argument in braces can have, as in {label, act}."""
    schema = argument.json_schema()
    objects = [schema, *schema.get("$defs", {}).values(), *schema.get("anyOf", ())]
    objects += [part for many in objects for part in (*many.get("anyOf", ()), many.get("items", {}))]
    names = dict.fromkeys(name for one in objects for name in one.get("properties", ()))
    return "{" + (", ".join(names) or "...") + "}"


def _sentence(errors: Sequence[Any], raw: Any, parts: str) -> str:
    """One sentence about an argument: of all that it could have been, what it came nearest to."""
    placed = [(_path(e["loc"], raw), e) for e in errors]
    deepest = max(len(path) for path, _ in placed)
    nearest = [(path, e) for path, e in placed if len(path) == deepest]
    where = ".".join(str(p) for p in nearest[0][0])
    told = list(dict.fromkeys(_told(e, parts) for _, e in nearest))
    kinds = [t.removeprefix("write ") for t in told if t.startswith("write ")]
    rest = [t for t in told if not t.startswith("write ")]
    text = "; ".join([*rest, *(["write " + " or ".join(kinds)] if kinds else [])])
    return f"{where}: {text}" if where and nearest[0][1]["type"] != "extra_forbidden" else text


def _path(loc: Sequence[Any], raw: Any) -> list[Any]:
    """Of pydantic's place only what stands in the file: names of types and alternatives are left out."""
    here, path = raw, []
    for step in loc:
        if isinstance(here, Mapping) and step in here:
            here = here[step]
            path.append(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
            path.append(step + 1)
    return path


def _told(error: Any, parts: str) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"write {parts}"
    if kind in _KINDS:
        return f"write {_KINDS[kind]}"
    if kind == "literal_error":
        return f"{error['input']!r} is not known; write " + str(context["expected"]).replace("'", "")
    if kind == "extra_forbidden":
        return f"{error['loc'][-1]} is not known here; there is {parts}"
    if kind == "missing":
        return f"{error['loc'][-1]} is missing"
    if kind == "too_short":
        return "write at least one"
    if kind == "string_too_short":
        return "write words"
    return str(error["msg"]).removeprefix("Value error, ")


def check(group: str, *, inside: bool = False, failing: bool = False, each: bool = False) -> Callable[[Run], Check]:
    """Make a check of a function (seen, argument). Its docstring's first line is what people read."""

    def made(function: Run) -> Check:
        hints = get_type_hints(function, include_extras=True)
        argument = next(t for name, t in hints.items() if name not in ("seen", "return"))
        about = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
        return Check(
            function.__name__.rstrip("_"), about, TypeAdapter(argument), function, group, inside, failing, each
        )

    return made


def _as_list(raw: Any) -> Any:
    return list(raw) if isinstance(raw, (list, tuple)) else [raw]


class _AloneToo:
    """In the schema for editors, one value without the list around it is right as well."""

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        many = handler(core_schema)
        return {"anyOf": [many["items"], many]}


def _named(raw: Any) -> Any:
    return str(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else raw


YesNo = Annotated[bool, Field(strict=True)]
Id = Annotated[str, BeforeValidator(_named), WithJsonSchema({"type": ["string", "number"]})]  # 300 is a title, too

T = TypeVar("T")
OneOrMore = Annotated[
    list[T], Field(min_length=1), BeforeValidator(_as_list), _AloneToo()
]  # one value or a list of them, a list inside


def joined(parts: Sequence[Any], nothing: str = "none") -> str:
    return ", ".join(str(p) for p in parts) or nothing


def failed(reason: str, expected: Any = "", got: Any = "", evidence: Sequence[str] = ()) -> Verdict:
    return Verdict(False, reason, str(expected), str(got), tuple(evidence))


def passed(got: Any = "", expected: Any = "", evidence: Sequence[str] = ()) -> Verdict:
    return Verdict(True, "", str(expected), str(got), tuple(evidence))


def nothing(reason: str, expected: Any = "") -> Verdict:
    """There was nothing to look at: fails where it was expected of this turn, passes under `always`."""
    return Verdict(None, reason, str(expected))
