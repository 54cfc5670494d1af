"""The prompt constructor: versioned files in `prompts/` and what is known of a turn become one natural-language prompt.

Knows: prompt files, strict rendering, token budgets. Does not know: models, catalogues, what a prompt is for.

A file is front matter (YAML) and up to four parts under the headings `# System`, `# User`, `# With tools`, `# Without tools`.
The system part may use only the `stable` inputs, so it is the same bytes for every turn of a catalogue and servers can keep its
prefix. All inputs are untrusted text: each is put on one line, without the signs that delimit sections or end a chat message,
and capped, before a template sees it. What is over the budget is dropped in the order that the front matter declares.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, UndefinedError, meta
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chatrec.errors import ChatRecError
from chatrec.language.normal import drop_control

PARTS = ("system", "user", "with tools", "without tools")
ROLE_TOKENS = 12  # what a chat template puts around two messages


class PromptError(ChatRecError):
    """A prompt file can't be used, or an input that it needs was not given. The message names file and variable."""

    title = "Prompt error"


# --------------------------------------------------------------------------- token estimate

_PIECE = re.compile(r"[A-Za-z]+|[0-9]|[㐀-鿿]| +|[!-~]|[^\x00-\x7f]")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")


def estimate_tokens(text: str, seen: dict[str, float] | None = None) -> int:
    """How many tokens a text has at most, without a tokenizer at hand. seen: counts of lines, kept between calls.

    The weights are the least that never fall below the packaged SmolLM2's count (49k byte-pair vocabulary, a token a digit) on
    films, chats, laptops, Markdown, Chinese recipes and our own prompts, found by linear programming: 1 to 10 % above it for a
    prompt, up to 20 % for a short chat. Larger vocabularies need fewer tokens, for Chinese about half.
    """
    seen = {} if seen is None else seen
    total = 6.0
    for line in text.splitlines():
        if line not in seen:
            seen[line] = _line_tokens(line)
        total += seen[line]
    return math.ceil(1.025 * total)


def _line_tokens(line: str) -> float:
    total, before = 0.9, ""
    for piece in _PIECE.findall(line):
        first = piece[0]
        if first.isascii() and first.isalpha():
            total += _word_tokens(piece, glued=before not in ("", " "))
        elif first.isascii() and first.isdigit():
            total += 1.1 if before != " " else 2.25
        elif first == " ":
            total += 0.06 * (len(piece) - 1)
        elif first.isascii():
            total += 0.62 if before in ("", " ") or before.isalnum() else 0.77
        elif "㐀" <= first <= "鿿":
            total += 2.42
        elif "\u3000" <= first <= "\u303f" or "\uff00" <= first <= "\uffef":
            total += 1.6
        elif first < "\u0250":
            total += 3.0
        else:
            total += len(first.encode("utf-8", "replace"))
        before = piece[-1]
    return total


def _word_tokens(word: str, glued: bool) -> float:
    long = len(word)
    if long > 3 and not _VOWEL.search(word):  # "xkcd", "ZXCVB": letters nearly one by one
        return 1.2 * long
    if long > 3 and word.isupper():
        return 0.53 * long
    each = 1.07 + (0.34 if glued else 0.0) + 1.0 * max(0, long - 14)
    return each + (0.14 * max(0, long - 5) if word.islower() else 0.47 * max(0, long - 4))


# --------------------------------------------------------------------------- untrusted text

_SIGNS = str.maketrans({"<": "‹", ">": "›", "`": "'", "|": "/"})
_HANDLE = re.compile(r"#(?=\s*\d)")


def plain(text: str) -> str:
    """Text as data: one line, no signs that could close a section or a chat message, no `#1` handles."""
    return _HANDLE.sub("no. ", " ".join(drop_control(text).split()).translate(_SIGNS))


def cut(text: str, most: int) -> str:
    """The beginning of a text that is too long."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def cut_middle(text: str, most: int) -> str:
    """The beginning and the end of a text that is too long: what is asked usually stands at either end."""
    if len(text) <= most:
        return text
    head = max(1, (most - 3) * 3 // 5)
    return f"{text[:head].rstrip()} … {text[len(text) - (most - 3 - head) :].lstrip()}"


def _plain_all(value: Any, most: int, inside: bool = False) -> Any:
    match value:
        case str():
            return cut(plain(value), most) if inside else cut_middle(plain(value), most)
        case Mapping():
            return {k: _plain_all(v, most, True) for k, v in value.items()}
        case list() | tuple():
            return [_plain_all(v, most, True) for v in value]
    return value


# --------------------------------------------------------------------------- files


class Drop(BaseModel):
    """One line of the drop order.

    take `first` or `last`: an entry of the list `from_`, while more than `keep` are left. `middle`: halves a text, down to
    `keep` characters. Any other word: empties that field of the list's entries, from the last one up.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: str = Field(alias="from")
    take: str
    keep: int = 0


class Front(BaseModel):
    """Front matter. inputs: name -> most characters of each of its texts."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    version: str
    inputs: dict[str, int]
    stable: tuple[str, ...] = ()
    output: str | None = Field(None, alias="schema")
    budget: int
    drop: tuple[Drop, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """One prompt, ready to send. tokens: the estimate for its longer form. dropped: what the budget cost, for the meter."""

    name: str
    version: str
    schema: str | None
    system: str
    user: str
    with_tools: str
    without_tools: str
    tokens: int
    dropped: tuple[str, ...] = ()

    def messages(self, tools: bool = False) -> list[tuple[str, str]]:
        """(role, content) pairs; the last lines say how to answer: by a tool call, or with JSON."""
        tail = self.with_tools if tools else self.without_tools
        return [("system", self.system), ("user", f"{self.user}\n\n{tail}" if tail else self.user)]


class Prompt:
    """One prompt file, checked when it is loaded."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.front, texts = _split(name, source)
        env = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
        self._parts: dict[str, Template] = {}
        for part in PARTS:
            text = texts.get(part, "")
            try:
                used = meta.find_undeclared_variables(env.parse(text))
            except TemplateSyntaxError as error:
                raise PromptError(
                    f"prompts/{name}.md, part {part!r}: {error.message} (line {error.lineno})."
                ) from error
            allowed = set(self.front.stable) if part == "system" else set(self.front.inputs)
            if foreign := sorted(used - allowed):
                which = "stable inputs" if part == "system" else "inputs"
                raise PromptError(
                    f"prompts/{name}.md, part {part!r} uses {foreign[0]!r}, which is not among its {which}."
                )
            self._parts[part] = env.from_string(text)
        unknown = {*self.front.stable, *(d.from_ for d in self.front.drop)} - set(self.front.inputs)
        if unknown:
            raise PromptError(f"prompts/{name}.md: {sorted(unknown)[0]!r} is declared, but not an input.")

    def render(self, inputs: Mapping[str, Any], budget: int | None = None) -> Rendered:
        """Fill the prompt in. budget: tokens (by estimate), the file's own when None. Raises PromptError for a missing input."""
        if missing := sorted(set(self.front.inputs) - set(inputs)):
            raise PromptError(f"prompts/{self.name}.md needs the input {missing[0]!r}, which was not given.")
        if surplus := sorted(set(inputs) - set(self.front.inputs)):
            raise PromptError(f"prompts/{self.name}.md was given {surplus[0]!r}, which it does not declare.")
        data = {name: _plain_all(inputs[name], most) for name, most in self.front.inputs.items()}
        system = self._fill("system", {k: data[k] for k in self.front.stable})
        fits = budget or self.front.budget
        seen: dict[str, float] = {}  # lines counted already: dropping changes few of them
        fixed = estimate_tokens(system, seen) + ROLE_TOKENS
        dropped: dict[str, int] = {}
        rules = list(self.front.drop)
        while True:
            user = self._fill("user", data)
            with_tools, without = self._fill("with tools", data), self._fill("without tools", data)
            tokens = fixed + estimate_tokens(user, seen)
            tokens += max(estimate_tokens(with_tools, seen), estimate_tokens(without, seen))
            if tokens <= fits or not (what := _drop_one(rules, data)):
                break
            dropped[what] = dropped.get(what, 0) + 1
        notes = tuple(f"{what} x{times}" for what, times in dropped.items())
        front = self.front
        return Rendered(self.name, front.version, front.output, system, user, with_tools, without, tokens, notes)

    def _fill(self, part: str, data: Mapping[str, Any]) -> str:
        try:
            text = self._parts[part].render(data)
        except UndefinedError as error:
            raise PromptError(f"prompts/{self.name}.md, part {part!r}: {error.message}.") from error
        return re.sub(r"\n{3,}", "\n\n", text).strip()


def _split(name: str, source: str) -> tuple[Front, dict[str, str]]:
    head = re.match(r"---\n(.*?)\n---\n", source, re.S)
    if head is None:
        raise PromptError(f"prompts/{name}.md must begin with front matter between two lines of ---.")
    try:
        front = Front.model_validate(yaml.safe_load(head[1]))
    except (yaml.YAMLError, ValidationError) as error:
        raise PromptError(f"prompts/{name}.md, front matter: {error}") from error
    texts: dict[str, str] = {}
    heading = re.compile(rf"^# ({'|'.join(PARTS)})[ \t]*$", re.M | re.I)
    marks = list(heading.finditer(source, head.end()))
    for n, mark in enumerate(marks):
        end = marks[n + 1].start() if n + 1 < len(marks) else len(source)
        texts[mark[1].lower()] = source[mark.end() : end].strip()
    for part in ("system", "user"):
        if not texts.get(part):
            raise PromptError(f"prompts/{name}.md has no part `# {part.capitalize()}`.")
    return front, texts


def _drop_one(rules: list[Drop], data: dict[str, Any]) -> str | None:
    """Take the least useful thing that is left out of the data. Returns what it was; None when nothing may go."""
    take: dict[str, Callable[[Drop, dict[str, Any]], bool]] = {"first": _take_end, "last": _take_end, "middle": _halve}
    while rules:
        if take.get(rules[0].take, _empty_field)(rules[0], data):
            return rules[0].from_ if rules[0].take in take else f"{rules[0].from_}.{rules[0].take}"
        rules.pop(0)
    return None


def _take_end(rule: Drop, data: dict[str, Any]) -> bool:
    if len(data[rule.from_]) <= rule.keep:
        return False
    data[rule.from_].pop(0 if rule.take == "first" else -1)
    return True


def _halve(rule: Drop, data: dict[str, Any]) -> bool:
    text = data[rule.from_]
    if len(text) <= max(rule.keep, 1):
        return False
    data[rule.from_] = cut_middle(text, max(rule.keep, len(text) * 2 // 3))
    return True


def _empty_field(rule: Drop, data: dict[str, Any]) -> bool:
    for entry in reversed(data[rule.from_]):
        if entry.get(rule.take):
            entry[rule.take] = ""
            return True
    return False


class Prompts:
    """All prompt files of a folder."""

    def __init__(self, prompts: Mapping[str, Prompt]) -> None:
        self._prompts = dict(prompts)

    @classmethod
    def load(cls, folder: Path) -> Prompts:
        """Read and check every `*.md`. Raises PromptError that names the file and what is wrong with it."""
        files = sorted(folder.glob("*.md"))
        if not files:
            raise PromptError(f"There are no prompt files in {folder}; ChatRec needs its `prompts` folder.")
        return cls({f.stem: Prompt(f.stem, f.read_text(encoding="utf-8")) for f in files})

    @cached_property
    def versions(self) -> dict[str, str]:
        """Prompt name -> version."""
        return {name: prompt.front.version for name, prompt in self._prompts.items()}

    def render(self, name: str, inputs: Mapping[str, Any], budget: int | None = None) -> Rendered:
        """The prompt `name`, filled in and fitted to the budget. Raises PromptError for an unknown name or missing input."""
        prompt = self._prompts.get(name)
        if prompt is None:
            raise PromptError(f"There is no prompt file prompts/{name}.md.")
        return prompt.render(inputs, budget)
