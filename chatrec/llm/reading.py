"""Reading what a model wrote: the JSON in it, a tool call written as text, thoughts left out. Nothing is trusted.

Knows: text and JSON. Does not know: models, servers, steps. Pure and total: bad input gives None, never an exception.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chatrec.language.normal import drop_control
from chatrec.llm.model import ToolCall

_DEEPEST = 16
_TRIES = 32  # places where JSON may start in a text
_THOUGHT = re.compile(r"\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
_TOOL_TAG = re.compile(r"<(?:tool_call|function_call|\|tool_call\|)>(.*?)(?:</|\Z|<\|)", re.DOTALL)
_DECODER = json.JSONDecoder(parse_constant=lambda _: None, strict=False)  # NaN and Infinity are no values


def without_thoughts(text: str) -> str:
    """Text without the `<think>` block that reasoning models put first."""
    return _THOUGHT.sub("", text, count=1) if "<think" in text[:64] else text


def clean(value: Any, depth: int = 0) -> Any:
    """JSON that is safe to store and send: no control characters or lone surrogates, finite numbers, not too deep.

    Raises ValueError when it is nested deeper than 16.
    """
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        return drop_control(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 2**53 else None
    if isinstance(value, Mapping):
        return {drop_control(str(k)): clean(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [clean(v, depth + 1) for v in value]
    return value if value is None or isinstance(value, bool) else None


def json_objects(text: str, most: int = 4) -> list[dict[str, Any]]:
    """The JSON objects in a text, in order: code fences, words before and rubbish after are passed over."""
    text = without_thoughts(text)
    found: list[dict[str, Any]] = []
    at = 0
    for _ in range(_TRIES):
        at = text.find("{", at)
        if at < 0 or len(found) == most:
            break
        try:
            value, end = _DECODER.raw_decode(text, at)
            found.append(clean(value))
            at = end
        except (ValueError, RecursionError):
            at += 1
    return found


def json_object(text: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """The first JSON object in a text that has a property of the schema; without a schema the first that is not empty."""
    known = properties(schema)
    for value in json_objects(text):
        if (known & set(value)) if known else value:
            return value
    return None


def properties(schema: Mapping[str, Any] | None) -> set[str]:
    """The names a schema's objects may have at the top, alternatives included."""
    if not schema:
        return set()
    names = set(schema.get("properties") or {})
    for branch in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(branch) or []:
            names |= properties(part)
    return names


def tool_name(tool: Any) -> str:
    """The name under which a LangChain tool, a pydantic class or an OpenAI tool dict is offered."""
    if isinstance(tool, Mapping):
        return str(tool.get("function", tool).get("name") or tool.get("title") or "")
    return str(getattr(tool, "name", None) or getattr(tool, "__name__", ""))


def tool_call(name: Any, args: Any, tools: Sequence[Any]) -> ToolCall | None:
    """A tool call, if the tool was offered and the arguments are an object (or the JSON text of one)."""
    if isinstance(args, str):  # broken arguments are no call; a tool without any is asked for with {} or nothing
        args = next(iter(json_objects(args)), None) if args.strip() else {}
    if not isinstance(name, str) or not isinstance(args, Mapping) or name not in {tool_name(t) for t in tools}:
        return None
    try:
        return ToolCall(name, clean(dict(args)))
    except (ValueError, RecursionError):
        return None


def written_tool_call(text: str, tools: Sequence[Any]) -> ToolCall | None:
    """A tool call that the model wrote out as text: `<tool_call>{...}</tool_call>` or bare `{"name", "arguments"}`."""
    if not tools:
        return None
    tagged = _TOOL_TAG.search(text)
    for value in json_objects(tagged.group(1) if tagged else text):
        inner = value.get("function")
        call = inner if isinstance(inner, Mapping) else value
        for key in ("arguments", "parameters", "args"):
            if key in call and (found := tool_call(call.get("name") or call.get("tool"), call[key], tools)):
                return found
    return None


def estimate(text: str) -> int:
    """Tokens of a text, roughly: a quarter of its bytes (English four letters, Chinese a little over one sign)."""
    return (len(text.encode("utf-8", "replace")) + 3) // 4
