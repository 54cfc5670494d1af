"""Checks that the closed list leaves to others: a function of the team's own, and a model with a rubric."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from chatrec.evaluation.dialogues.checks.base import Check, check, failed, passed
from chatrec.evaluation.dialogues.seen import Seen, Verdict

_CALL = re.compile(r"^(?:[^:\s][^:]*\.py|[A-Za-z_][\w.]*):[A-Za-z_]\w*$")


class _WordsToo(BaseModel):
    """Something that may be written in words alone, too."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler.resolve_ref_schema(handler(core_schema))]}


class PythonCall(_WordsToo):
    """A function, and what it is called with besides the turn."""

    call: str = Field(description="path.py:function (beside the dialogue file) or module:function")
    with_: Any = Field(None, alias="with", description="its second argument")

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, raw: Any) -> Any:
        return {"call": raw} if isinstance(raw, str) else raw

    @field_validator("call")
    @classmethod
    def _named(cls, raw: str) -> str:
        if not _CALL.match(raw):
            raise ValueError(f"{raw!r} names no function: write checks.py:function or module:function")
        return raw

    def __str__(self) -> str:
        return self.call


@check("own")
async def python(seen: Seen, call: PythonCall) -> Verdict:
    """A function of your own, path.py:function or module:function, called with the turn: None or True passes, False or a sentence fails."""
    try:
        function = _function(call.call, seen.folder)
        found = function(seen, call.with_) if "with_" in call.model_fields_set else function(seen)
        if inspect.isawaitable(found):
            found = await found
    except Exception as error:  # their code: whatever it does is the finding
        return failed(f"{call}: {type(error).__name__}: {error}", "a function that ends", type(error).__name__)
    if isinstance(found, Verdict):
        return found
    if found is None or found is True:
        return passed(call)
    if found is False or isinstance(found, str):
        return failed(found or f"{call} says no", call, found)
    return failed(f"{call} gives back {found!r}: None, True, False, a sentence or a Verdict", "a verdict", found)


def _function(named: str, folder: Path) -> Any:
    where, _, name = named.rpartition(":")
    module = _file(folder / where) if where.endswith(".py") else importlib.import_module(where)
    function = getattr(module, name, None)
    if not callable(function):
        raise LookupError(f"{where} has no function {name}")
    return function


def _file(path: Path) -> ModuleType:
    """The module of a file, run once, and again when the file has changed."""
    if not path.is_file():
        raise LookupError(f"there is no file {path}")
    state = f"{path.resolve()} {path.stat().st_mtime_ns}"
    name = "dialogue_checks_" + hashlib.sha256(state.encode()).hexdigest()[:16]
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


class Rubric(_WordsToo):
    """What the answer has to be, in words; with `gate: true` the ruling counts."""

    rubric: str = Field(min_length=1, description="what has to be true of the answer")
    gate: bool = Field(False, description="true: a ruling against the answer fails the turn")

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, raw: Any) -> Any:
        return {"rubric": raw} if isinstance(raw, str) else raw

    def __str__(self) -> str:
        return self.rubric


@check("judge")
async def judge(seen: Seen, rubric: Rubric) -> Verdict:
    """A model (CHATREC_LLM) says whether the answer meets a rubric; reported only, unless `gate: true` stands beside the rubric."""
    if seen.judge is None:
        return Verdict(None, "no judge: set CHATREC_LLM", rubric.rubric, gates=False)
    ruling = await seen.judge.rule(rubric.rubric, seen)
    if ruling.passed is None:
        return Verdict(None, ruling.why, rubric.rubric, gates=rubric.gate and bool(ruling.model))
    said = f"{'passes' if ruling.passed else 'does not pass'}, says {ruling.model or 'the judge'}: {ruling.why}"
    return Verdict(ruling.passed, "" if ruling.passed else ruling.why, rubric.rubric, said, gates=rubric.gate)


CHECKS: tuple[Check, ...] = (python, judge)
