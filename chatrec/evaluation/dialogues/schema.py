"""The JSON schema of a dialogue file, for editors: what can be written where, with a sentence on each part.

Knows: the models of a file and the arguments of the checks. Does not know: YAML, lines.
It can't say everything that `load` checks: that a reference points at an earlier turn, or that a facet is the catalogue's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chatrec.evaluation.dialogues.checks import CHECKS, Check
from chatrec.evaluation.dialogues.file import KEPT_SETTINGS, DialoguePart
from chatrec.settings import Settings
from chatrec.vocabulary import Act

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE = r"^((<=|>=|<|>|not )\s*)?\$(\d+|last)(\.[A-Za-z_0-9]+)*$|\$\{(\d+|last)(\.[A-Za-z_0-9]+)*\}"
_REF = {"$ref": "#/$defs/Reference"}


def schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a dialogue file."""
    made = DialoguePart.model_json_schema(by_alias=True)
    defs = made.pop("$defs")
    defs["Reference"] = {
        "type": "string",
        "pattern": _REFERENCE,
        "description": "something of an earlier answer: $1.items.0, $last.wishes.0.id, ${1.items.0.title}",
    }
    defs |= {f"check.{name}": _argument(check, defs) for name, check in CHECKS.items()}
    checks = {name: {"$ref": f"#/$defs/check.{name}"} for name in CHECKS}
    defs["Checks"] = {"type": "object", "properties": checks, "additionalProperties": False, "minProperties": 1}
    denied = {"$ref": "#/$defs/Checks", "description": "what must not hold; of a list none may hold"}
    defs["Expectations"] = {"type": "object", "properties": {**checks, "not": denied}, "additionalProperties": False}
    expected = {"$ref": "#/$defs/Expectations"}
    turn = defs["TurnPart"]
    for part, name in ((made, "always"), (made, "end"), (turn, "expect")):
        part["properties"][name] = expected | {"description": part["properties"][name].get("description", "")}
    turn["oneOf"] = [{"required": [one]} for one in ("say", "act", "chip")]
    turn["properties"]["say"] = _described(turn["properties"]["say"], {"type": ["string", "number"]})
    act = _open(Act.model_json_schema())
    kinds = act["properties"]["kind"]
    turn["properties"]["act"] = _described(turn["properties"]["act"], {"anyOf": [kinds, act]})
    defs["LineIn"] = {"anyOf": [{"type": "string", "description": "the text it answers"}, defs["LineIn"]]}
    settings = sorted(set(Settings.model_fields) - set(KEPT_SETTINGS))
    defs["Given"]["properties"]["settings"]["propertyNames"] = {"enum": settings}
    whole = {"$schema": DIALECT, **made, "title": "A ChatRec dialogue", "$defs": dict(sorted(defs.items()))}
    return _untitled(whole, top=True)


def text() -> str:
    """The schema as the file `docs/dialogue.schema.json` holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _argument(check: Check, defs: dict[str, Any]) -> dict[str, Any]:
    """What can stand behind a check; wherever a number, a list or a word of a kind is wanted, a reference may stand."""
    made = check.argument.json_schema(by_alias=True)
    for name, inner in made.pop("$defs", {}).items():
        defs[name] = _open(inner)
    return _described({"description": check.about}, _open(made))


def _described(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    told = old.get("description") or new.get("description")
    return dict(new) | ({"description": told} if told else {})


def _open(made: Any) -> Any:
    """The same schema with references let in beside whatever is not any text."""
    if "anyOf" in made:
        inner = [_open(one) for one in made["anyOf"]]
        return made | {"anyOf": [one for n, one in enumerate(inner) if one != _REF and one not in inner[:n]]}
    if "$ref" in made:
        return {"anyOf": [made, _REF]}
    kinds = made.get("type", [])
    opened = dict(made)
    if "properties" in made:
        opened["properties"] = {name: _open(one) for name, one in made["properties"].items()}
    if "items" in made:
        opened["items"] = _open(made["items"])
    if "propertyNames" not in made and isinstance(made.get("additionalProperties"), dict):
        opened["additionalProperties"] = _open(made["additionalProperties"])
    free = ("string" in kinds and "enum" not in made and "pattern" not in made and "const" not in made) or not (
        kinds or "enum" in made or "const" in made
    )
    if free or made.get("type") in ("null", "object"):
        return opened
    return {"anyOf": [opened, _REF]} | ({"description": made["description"]} if "description" in made else {})


def _untitled(made: Any, top: bool = False, names: bool = False) -> Any:
    """Without pydantic's titles, which say what the name says. names: the keys are names of parts, not of the schema's own."""
    if isinstance(made, list):
        return [_untitled(one) for one in made]
    if not isinstance(made, dict):
        return made
    return {
        key: _untitled(value, names=not names and key in ("properties", "$defs"))
        for key, value in made.items()
        if names or top or key != "title"
    }
