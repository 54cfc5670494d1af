"""Reading what models write: JSON in any wrapping, tool calls as text, rubbish."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from chatrec.llm import reading
from chatrec.llm.model import ToolCall

SCHEMA = {"type": "object", "properties": {"kind": {"type": "string"}, "wishes": {"type": "array"}}}


class recommend(BaseModel):
    query: str = ""


TOOLS = [recommend, {"type": "function", "function": {"name": "converse", "parameters": {}}}]


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "ask"}',
        '```json\n{"kind": "ask"}\n```',
        'Sure! Here it is:\n{"kind": "ask"}\nAnything else?',
        '{"kind": "ask"}]]}} and so on',
        '<think>{"kind": "recommend"} or not?</think>\n{"kind": "ask"}',
        'First {"other": 1}, then {"kind": "ask"}',
        '{broken {"kind": "ask"}',
        '{"kind": "ask",\n\n"wishes": NaN}',
    ],
)
def test_finds_the_object_of_the_schema(text: str) -> None:
    found = reading.json_object(text, SCHEMA)
    assert found is not None
    assert found["kind"] == "ask"


@pytest.mark.parametrize("text", ["", "words", '["kind"]', "{}", '{"other": 1}', '{"kind": "as', "null", "{" * 5_000])
def test_finds_none_where_there_is_none(text: str) -> None:
    assert reading.json_object(text, SCHEMA) is None


def test_cleans_what_could_hurt_later() -> None:
    found = reading.json_object(
        '{"a": "x\\u0000\\ud800\\u202ey", "b": 1e999, "c": NaN, "d": 123456789012345678901, "e": true}'
    )
    assert found == {"a": "xy", "b": None, "c": None, "d": None, "e": True}
    json.dumps(found, allow_nan=False).encode()


def test_too_deep_is_refused() -> None:
    with pytest.raises(ValueError, match="deep"):
        reading.clean(json.loads("[" * 30 + "]" * 30))


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ('<tool_call>{"name": "recommend", "arguments": {"query": "a"}}</tool_call>', {"query": "a"}),
        ('<tool_call>\n{"name": "recommend", "arguments": {"query": "a"}}', {"query": "a"}),
        ('{"name": "recommend", "parameters": {"query": "a"}}', {"query": "a"}),
        ('```json\n{"tool": "recommend", "args": {"query": "a"}}\n```', {"query": "a"}),
        ('{"function": {"name": "recommend", "arguments": "{\\"query\\": \\"a\\"}"}}', {"query": "a"}),
        ('{"name": "recommend", "arguments": {}}', {}),
        ('{"name": "buy", "arguments": {"query": "a"}}', None),
        ('{"name": "recommend", "arguments": "{broken"}', None),
        ('{"name": ["recommend"], "arguments": {}}', None),
        ("I would call recommend.", None),
    ],
)
def test_a_tool_call_written_out(text: str, call: dict[str, Any] | None) -> None:
    found = reading.written_tool_call(text, TOOLS)
    assert found == (None if call is None else ToolCall("recommend", call))


def test_names_of_tools() -> None:
    assert [reading.tool_name(t) for t in TOOLS] == ["recommend", "converse"]
    assert reading.tool_call("converse", "", TOOLS) == ToolCall("converse", {})
    assert reading.tool_call("converse", "[1]", TOOLS) is None


def test_properties_of_alternatives() -> None:
    assert reading.properties({"anyOf": [SCHEMA, {"properties": {"say": {}}}]}) == {"kind", "wishes", "say"}


@given(
    st.text(max_size=400)
    | st.recursive(st.none() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(
        json.dumps
    )
)
def test_never_raises_and_gives_only_clean_objects(text: str) -> None:
    for found in (reading.json_object(text), reading.json_object(text, SCHEMA)):
        if found is not None:
            json.dumps(found, allow_nan=False, ensure_ascii=False).encode("utf-8")
    reading.written_tool_call(text, TOOLS)
    assert reading.estimate(text) >= 0


def test_estimate_is_of_the_right_size() -> None:
    assert 15 <= reading.estimate("The Godfather is a crime film about a family in New York, made in 1972.") <= 25
    assert 6 <= reading.estimate("一部关于抢劫的电影") <= 10
