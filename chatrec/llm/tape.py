"""Recordings of what a model answered: a file of calls, found again by all that an answer may depend on.

Knows: what makes two calls the same (prompt and version, rendered messages, tools, schema, parameters), the file, and what is
different about a call that was never recorded. Does not know: models, turns, dialogue files.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chatrec.errors import BadInput, ModelFailed
from chatrec.llm import reading
from chatrec.llm.model import ChatModel, Message, TooBusy, ToolsRefused, Where, planner_of
from chatrec.vocabulary import Meter

FORMAT = 1
AROUND = 36  # characters of a line that are shown on either side of the first difference
_AGAIN = "Record it again with `chatrec dialogues --record`."
BUSY, NO_TOOLS = "busy", "no tools"


class Called(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    args: dict[str, Any] = {}


class Call(BaseModel):
    """One call and its answer, as a line of the tape. Texts of messages, tools and schemas stand here by their hash."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    asking: str = ""  # "decide@3"
    messages: list[str] = []  # "system 0f3a...": role and hash of the text
    tools: str = ""  # names, and a hash of all that a model is told of them
    schema_: str = Field("", alias="schema")  # title and hash
    max_tokens: int | None = None
    streamed: bool = False
    # what came of it
    text: str = ""
    tool: Called | None = None
    data: dict[str, Any] | None = None  # where it is not simply the JSON in the text
    sure: list[float] = []  # of the parts of a planner's line
    finished: bool = True
    fail: str = ""  # why it failed; after `text`, where there is some
    kind: Literal["", "busy", "no tools"] = ""  # failures that the ladder treats in their own way
    retry_after: float | None = None
    attempts: int = 1
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def question(self) -> tuple[Any, ...]:
        """All that an answer may depend on."""
        return (self.asking, tuple(self.messages), self.tools, self.schema_, self.max_tokens, self.streamed)

    def failure(self) -> ModelFailed | None:
        told = f"The recorded model failed ({self.fail})."
        if self.kind == BUSY:
            return TooBusy(told, self.retry_after)
        if self.kind == NO_TOOLS:
            return ToolsRefused(told, self.fail)
        return ModelFailed(told, self.fail) if self.fail else None


class _File(BaseModel):
    """The file of a tape."""

    model_config = ConfigDict(extra="forbid")

    format: int
    model: str
    rung: Where
    calls_tools: bool
    trust: str
    planner: str = ""
    plans_wishes: bool = True
    seed: int | None = None
    encoder: str = ""
    calls: list[Call] = []
    texts: dict[str, list[str]] = {}  # hash -> lines


@dataclass(frozen=True)
class Asked:
    """A question on its way: its place on a tape, and the texts behind the hashes."""

    call: Call  # without an answer
    texts: Mapping[str, str]


class Tape:
    """The recorded calls of one dialogue, in order. Holds no dates or addresses: the same dialogue makes the same file.

    trust: the steps that the model was trusted with. encoder: whose vectors the search used; empty: words alone.
    searching: the same of now, set by who plays; None: not known.
    """

    def __init__(self, path: Path, file: _File) -> None:
        self.path = path
        self._file = file
        self._played: set[int] = set()
        self._stood_in: set[int] = set()  # calls that a missing one was compared with
        self._missing: list[str] = []
        self._asked = 0
        self.searching: str | None = None

    @classmethod
    def new(cls, path: Path, *, trust: str, seed: int | None = None) -> Tape:
        """An empty one, written nowhere yet."""
        return cls(path, _File(format=FORMAT, model="", rung="hosted", calls_tools=False, trust=trust, seed=seed))

    @classmethod
    def read(cls, path: Path) -> Tape:
        """A tape to play. BadInput where there is none, or where the file is not what `write` wrote."""
        try:
            raw = json.loads(path.read_text("utf-8"))
        except FileNotFoundError as error:
            told = f"There is no recording {path}: make it with `chatrec dialogues --record`, with CHATREC_LLM set."
            raise BadInput(told) from error
        except OSError as error:
            raise BadInput(f"The recording {path} can't be read: {error.strerror}.") from error
        except json.JSONDecodeError as error:
            raise BadInput(f"{path}:{error.lineno}: the recording is damaged ({error.msg}). {_AGAIN}") from error
        except (ValueError, RecursionError) as error:
            raise BadInput(f"The recording {path} is damaged: it is no JSON. {_AGAIN}") from error
        if isinstance(raw, dict) and raw.get("format") != FORMAT:
            other = f"format {raw.get('format')!r}; this version of ChatRec plays {FORMAT}"
            raise BadInput(f"The recording {path} can't be played ({other}). {_AGAIN}")
        try:
            file = _File.model_validate(raw)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            raise BadInput(f"The recording {path} is damaged ({where}: {first['msg']}). {_AGAIN}") from error
        named = {m.partition(" ")[2] for call in file.calls for m in call.messages}
        if named != set(file.texts) or any(_hash("\n".join(lines)) != name for name, lines in file.texts.items()):
            raise BadInput(f"The recording {path} is damaged: a text is not the one that was sent. {_AGAIN}")
        return cls(path, file)

    def write(self) -> None:
        """To its file, whole or not at all. BadInput where it can't be written, or where there is no answer to write."""
        calls = self._file.calls
        if not calls:
            told = f"it is trusted with {self.trust}; see CHATREC_TRUST in docs/settings.md"
            raise BadInput(f"The model was asked nothing ({told}), so {self.path} was not written.")
        if all(c.fail and not c.text for c in calls):
            whys = ", ".join(sorted({c.fail for c in calls}))
            raise BadInput(f"The model answered nothing ({whys}), so {self.path} was not written.")
        plain = self._file.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        text = json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
        written = self.path.with_suffix(".json.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(text, "utf-8")
            os.replace(written, self.path)
        except OSError as error:
            raise BadInput(f"The recording {self.path} can't be written: {error.strerror}.") from error

    # ------------------------------------------------------------------ what it says of itself

    @property
    def model(self) -> str:
        return self._file.model

    @property
    def rung(self) -> Where:
        return self._file.rung

    @property
    def calls_tools(self) -> bool:
        return self._file.calls_tools

    @property
    def trust(self) -> str:
        return self._file.trust

    @property
    def planner(self) -> str:
        return self._file.planner

    @property
    def plans_wishes(self) -> bool:
        return self._file.plans_wishes

    @property
    def seed(self) -> int | None:
        return self._file.seed

    @property
    def encoder(self) -> str:
        return self._file.encoder

    @encoder.setter
    def encoder(self, name: str) -> None:
        self._file.encoder = name

    def __len__(self) -> int:
        return len(self._file.calls)

    # ------------------------------------------------------------------ recording

    def add(self, asked: Asked, model: ChatModel, **answer: Any) -> None:
        """Keep a call with its answer. model: who answered."""
        file = self._file
        file.model, file.rung, file.calls_tools = model.name, model.rung, model.calls_tools
        file.planner, file.plans_wishes = planner_of(model), bool(getattr(model, "plans_wishes", True))
        file.calls.append(asked.call.model_copy(update=answer))
        file.texts |= {name: text.split("\n") for name, text in asked.texts.items() if name not in file.texts}

    # ------------------------------------------------------------------ playing

    def take(self, asked: Asked, seed: int | None = None) -> Call | None:
        """The recorded answer to this question; asked again, the next one. None, and a note, where there is none."""
        self._asked += 1
        if seed == self.seed:
            for n, call in enumerate(self._file.calls):
                if n not in self._played and call.question == asked.call.question:
                    self._played.add(n)
                    return call
        self._missing.append(self._why(asked, seed))
        return None

    def take_missing(self) -> list[str]:
        """A sentence for each call since the last look that had no recording: what is different from the nearest one."""
        missing, self._missing = self._missing, []
        return missing

    def unused(self) -> int:
        """Recorded calls that nobody has asked for, nor anything like them."""
        return len(set(range(len(self))) - self._played - self._stood_in)

    def _why(self, asked: Asked, seed: int | None) -> str:
        told = f"no recording of call {self._asked} ({_prompt(asked.call)})"
        name = asked.call.asking.partition("@")[0]
        same = [n for n, c in enumerate(self._file.calls) if c.asking.partition("@")[0] == name]
        free = [n for n in same if n not in self._played and n not in self._stood_in]
        if not same:
            changed = "nothing of this prompt is recorded here"
        elif not free or (seed == self.seed and any(c.question == asked.call.question for c in self._file.calls)):
            changed = "it is asked more often than it was recorded"
        else:
            nearest = max(free, key=lambda n: (_alike(self._file.calls[n], asked.call), -n))
            self._stood_in.add(nearest)
            changed = "; ".join(self._changes(self._file.calls[nearest], asked, seed))
        return f"{told}: {changed}. {_AGAIN}"

    def _changes(self, call: Call, asked: Asked, seed: int | None) -> list[str]:
        now, changes = asked.call, []
        if call.asking != now.asking:
            changes.append(f"prompt version {call.asking.partition('@')[2]} -> {now.asking.partition('@')[2]}")
        if call.tools != now.tools:
            changes.append(_renamed("tools", call.tools, now.tools))
        if call.schema_ != now.schema_:
            changes.append(_renamed("schema", call.schema_, now.schema_))
        if call.max_tokens != now.max_tokens:
            changes.append(f"max_tokens {call.max_tokens} -> {now.max_tokens}")
        if call.streamed != now.streamed:
            changes.append("streamed -> whole" if call.streamed else "whole -> streamed")
        if seed != self.seed:
            changes.append(f"seed {self.seed} -> {seed}")
        if self.searching is not None and self.searching != self.encoder:
            words = "words alone"
            changes.append(f"recorded with a search by {self.encoder or words}, played by {self.searching or words}")
        for old, new in zip_longest(call.messages, now.messages):
            if old != new:
                changes.append(self._first_difference(old, new, asked))
                break
        return changes

    def _first_difference(self, old: str | None, new: str | None, asked: Asked) -> str:
        if old is None or new is None:
            return f"a {(old or new or '').partition(' ')[0]} message is {'new' if old is None else 'gone'}"
        (was_role, _, was), (role, _, is_) = old.partition(" "), new.partition(" ")
        if was_role != role:
            return f"a {was_role} message is a {role} message now"
        before, after = self._file.texts[was], asked.texts[is_].split("\n")
        for number, (expected, got) in enumerate(zip_longest(before, after), 1):
            if expected != got:
                expected, got = _around(expected, got)
                return f"the {role} message differs at line {number}: recorded {expected}, now {got}"
        return f"the {role} message differs"  # not reached: hashes differ


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _prompt(call: Call) -> str:
    return call.asking.replace("@", " version ") or "no prompt named"


def _renamed(what: str, old: str, new: str) -> str:
    """Of two `names hash`."""
    names = [told.rpartition(" ")[0] or "none" for told in (old, new)]
    return f"{what} {' -> '.join(names)}" if names[0] != names[1] else f"{what} {names[0]}: not what was recorded"


def _alike(call: Call, now: Call) -> float:
    """How much of two questions is the same; the messages count each, and places of a kind by how many they share."""
    same = sum(a == b for a, b in zip(call.question, now.question, strict=True))
    return same + SequenceMatcher(None, call.messages, now.messages, autojunk=False).ratio()


def _around(expected: str | None, got: str | None) -> tuple[str, str]:
    """Both lines, quoted, cut to what stands around their first difference."""
    pairs = zip_longest(expected or "", got or "")
    at = next((n for n, (a, b) in enumerate(pairs) if a != b), 0)
    return tuple(_excerpt(line, at) for line in (expected, got))  # type: ignore[return-value]


def _excerpt(line: str | None, at: int) -> str:
    if line is None:
        return "no such line"
    start, end = max(0, at - AROUND), at + AROUND
    return f"'{'…' if start else ''}{line[start:end]}{'…' if len(line) > end else ''}'"


def question(
    messages: Sequence[Message],
    meter: Meter,
    *,
    tools: Sequence[Any] = (),
    schema: Mapping[str, Any] | None = None,
    max_tokens: int | None = None,
    streamed: bool = False,
) -> Asked:
    """A call as a tape knows it. Tools count with all that a model is told of them: names, descriptions, arguments."""
    texts = {_hash(content): content for _, content in messages}
    offered = ""
    if tools:
        names = ", ".join(reading.tool_name(t) for t in tools)
        offered = f"{names} {_hash(json.dumps([_told(t) for t in tools], ensure_ascii=False, default=str))}"
    shape = ""
    if schema:  # not sorted: models fill the properties in their order
        shape = f"{schema.get('title') or 'answer'} {_hash(json.dumps(schema, ensure_ascii=False, default=str))}"
    call = Call(
        asking=meter.asking, messages=[f"{role} {_hash(content)}" for role, content in messages], tools=offered,
        schema=shape, max_tokens=max_tokens, streamed=streamed,
    )  # fmt: skip
    return Asked(call, texts)


def _told(tool: Any) -> Any:
    if isinstance(tool, Mapping):
        return tool
    from langchain_core.utils.function_calling import convert_to_openai_tool

    return convert_to_openai_tool(tool)
