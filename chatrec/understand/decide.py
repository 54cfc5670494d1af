"""Decide what a turn does: the model's view, checked field by field, or the code's own.

Knows: the tools a model may call, the same as one JSON schema, and when the code's decision stands. No model may make an answer
worse than the code below it: what is odd is dropped with a note, the rest is used.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from chatrec.errors import ModelFailed
from chatrec.language.outline import exchange_lines, facet_lines, title_year, wish_line
from chatrec.language.sentences import noun
from chatrec.llm.model import PlanCall
from chatrec.understand.plan import KINDS_ALONE, grammar, turn_inputs
from chatrec.understand.plan import MAX_TOKENS as PLAN_TOKENS
from chatrec.understand.planned import PlanReading
from chatrec.understand.proposed import Refused, contradicts, find_items, proposed, span_said, takes_back
from chatrec.understand.rules import NEEDS_ITEMS_OF, asks_clearly, knows_something, may_ask, rules
from chatrec.vocabulary import Catalog, Decision, Heard, Item, Kind, Profile, Said, Turn, Wish

KINDS: Mapping[str, Kind] = {
    "recommend": "recommend", "ask": "ask", "explain": "explain", "compare": "compare",
    "look_up": "lookup", "lookup": "lookup", "talk": "converse", "converse": "converse",
}  # fmt: skip
MOST_WISHES, MOST_DROPS, MOST_ITEMS, LONGEST_SAY = 6, 4, 5, 600
MAX_TOKENS = 400
OP_NAMES = ("contains", "in", "not_in", "=", "!=", ">", ">=", "<", "<=", "between", "like", "not_like", "sort")
LANGUAGE_NAMES = {"en": "English", "zh": "Chinese"}


class Decide:
    """`await decide(said, heard, turn, profile) -> Decision`. lexicon: resolve(facet name, value), titles(text) -> item ids."""

    def __init__(
        self, ladder: Any, prompts: Any, catalog: Catalog, lexicon: Any, prompt_tokens: int | None = None
    ) -> None:
        self._ladder, self._prompts, self._catalog, self._lexicon = ladder, prompts, catalog, lexicon
        self._prompt_tokens = prompt_tokens
        self._tools: list[Any] | None = None
        self._schema = decision_schema(catalog)
        self._grammar = grammar(catalog)

    async def __call__(self, said: Said, heard: Heard, turn: Turn, profile: Profile) -> Decision:
        own = rules(said, heard, turn, profile)
        if heard.certain or not said.text:
            return own
        if self._ladder.rung_for("decide", turn.meter) is None:
            return own
        inputs = decide_inputs(self._catalog, said, heard, turn, profile)
        rendered = self._prompts.render("decide", inputs, self._prompt_tokens)
        if self._tools is None:
            self._tools = await asyncio.to_thread(decision_tools, self._catalog)  # LangChain takes a second to load
        schema = {"title": rendered.schema, **self._schema}
        shown = self._prompts.render("plan", turn_inputs(self._catalog, said, heard, turn))
        plan = PlanCall(shown, self._grammar, KINDS_ALONE, PLAN_TOKENS)
        try:
            answer = await self._ladder.ask(
                "decide", rendered, turn.meter, tools=self._tools, schema=schema, max_tokens=MAX_TOKENS, plan=plan
            )
        except ModelFailed:
            return own
        if answer.planned:
            planned = PlanReading(self._catalog, self._lexicon, said, heard, turn)
            decision = planned.read(answer.text, own, answer.sure)
            if not planned.used:
                turn.meter.steps["decide"] = "none"
            return decision
        reading = Reading(self._catalog, self._lexicon, said, heard, turn, profile)
        decision = reading.read(_raw(answer), own)
        if not reading.used:
            turn.meter.steps["decide"] = "none"
        return decision


def _raw(answer: Any) -> dict[str, Any]:
    """The one form behind a tool call, an object by schema, and plain words."""
    if answer.tool is not None:
        return {**answer.tool.args, "kind": answer.tool.name}
    if answer.data is not None:
        return dict(answer.data)
    return {"kind": "talk", "say": answer.text}


class Reading:
    """One model answer against what the person said and what is known. used: whether anything of it stands."""

    def __init__(self, catalog: Catalog, lexicon: Any, said: Said, heard: Heard, turn: Turn, profile: Profile) -> None:
        self._catalog, self._lexicon, self._said = catalog, lexicon, said
        self._heard, self._turn, self._profile = heard, turn, profile
        self.used = False

    def read(self, raw: Mapping[str, Any], own: Decision) -> Decision:
        """The model's decision where it stands; the code's kind with the model's wishes where it does not."""
        kind = KINDS.get(str(raw.get("kind") or "").strip().lower())
        wishes = self._wishes(raw.get("wishes"))
        drops = self._drops(raw.get("drop"))
        items = find_items(raw.get("items", raw.get("item", [])), self._turn.last_items, self._heard.items)[:MOST_ITEMS]
        decision = replace(
            own,
            wishes=wishes,
            drops=tuple(drops),
            proof=drops,
            query=self._text(raw.get("query"), 120) or own.query,
            count=own.count or self._count(raw.get("count")),
        )
        why = "no such kind" if kind is None else self._against(kind, raw, own, items, wishes)
        self.used = bool(not why or wishes or drops)
        if kind is None or why:
            self._note(f"kind: {why}")
            if own.kind == "ask" and (wishes or drops):  # what the code would have asked is known now
                decision = replace(decision, kind="recommend")
            return decision
        facet = self._catalog.facet(str(raw.get("facet") or raw.get("fact") or ""))
        said = self._text(raw.get("question") or raw.get("say"), LONGEST_SAY)
        return replace(
            decision,
            kind=kind,
            items=tuple(items) or self._heard.items,
            facet=facet.name
            if facet and kind in ("ask", "lookup")
            else self._heard.facet
            if kind == "lookup"
            else None,
            say=said if kind in ("ask", "converse") else "",
        )

    def _against(
        self, kind: Kind, raw: Mapping[str, Any], own: Decision, items: list[Item], wishes: tuple[Wish, ...]
    ) -> str:
        """Why the model's kind does not stand; empty when it does."""
        heard = self._heard
        if kind == "converse":
            if not self._text(raw.get("say"), LONGEST_SAY) and own.kind != "converse":
                return "talks without a word"
            if asks_clearly(heard) or own.kind in NEEDS_ITEMS_OF or own.kind == "noted":
                return "talks where something was asked for"
        if kind == "ask":
            facet = self._catalog.facet(str(raw.get("facet") or ""))
            if facet is None or not facet.filter:
                return "asks about nothing"
            if not may_ask(heard, self._turn):
                return "asks where no question is wanted"
            if own.kind != "ask" and (knows_something(heard, self._turn, self._profile) or wishes):
                return "asks where enough is known"
        if kind in NEEDS_ITEMS_OF and len(items or heard.items) < NEEDS_ITEMS_OF[kind]:
            return f"{kind} without items"
        wished = any(w.facet for w in heard.wishes) and not heard.items
        if kind in NEEDS_ITEMS_OF and (wished or heard.asks or heard.again or heard.just_show or heard.count):
            return f"{kind} where items were asked for"
        if own.kind == "noted" and kind != "recommend":
            return "something was to be noted"
        return ""

    def _wishes(self, raw: Any) -> tuple[Wish, ...]:
        found: list[Wish] = []
        named = (*self._heard.items, *self._turn.last_items)
        have = {_key(w) for w in self._heard.wishes}
        for entry in (raw if isinstance(raw, list) else [])[:MOST_WISHES]:
            try:
                wish = proposed(entry, self._said.text, self._catalog, self._lexicon, named)
            except Refused as refused:
                self._note(f"wish: {refused}")
                continue
            if contradicts(wish, self._heard.wishes):
                self._note("wish: against what was heard")
            elif _key(wish) not in have:
                have.add(_key(wish))
                found.append(wish)
        return tuple(found)

    def _drops(self, raw: Any) -> dict[str, str]:
        """Ledger ids that the model would drop, each with the person's own words as proof."""
        found: dict[str, str] = {}
        for entry in (raw if isinstance(raw, list) else [])[:MOST_DROPS]:
            wish_id = str(entry.get("wish_id") or "") if isinstance(entry, Mapping) else ""
            words = entry.get("words") if isinstance(entry, Mapping) else None
            if self._turn.ledger.get(wish_id) is None:
                self._note("drop: no such wish")
            elif not takes_back(self._said.text):
                self._note("drop: nothing was taken back")
            elif not isinstance(words, str) or not (span := span_said(words, self._said.text)):
                self._note("drop: rests on nothing that was said")
            elif wish_id not in self._heard.drops:
                found[wish_id] = span
        return found

    def _count(self, raw: Any) -> int | None:
        """A number of items that the person really named."""
        if isinstance(raw, str) and raw.strip() in {str(n) for n in range(1, 21)}:
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= 20:
            return None
        return raw if re.search(rf"(?<!\d){raw}(?!\d)", self._said.text) else None

    def _text(self, raw: Any, most: int) -> str:
        return " ".join(raw.split())[:most] if isinstance(raw, str) else ""

    def _note(self, why: str) -> None:
        self._turn.meter.dropped.append(f"decide: {why}")


def _key(wish: Wish) -> tuple[Any, ...]:
    return wish.facet, wish.op, str(wish.value)


def decide_inputs(catalog: Catalog, said: Said, heard: Heard, turn: Turn, profile: Profile) -> dict[str, Any]:
    """Everything prompts/decide.md needs."""
    titles = {i.id: i.title_in(turn.language) for i in (*turn.last_items, *heard.items, *profile.relevant)}
    return {
        "noun": noun(catalog, "en", 1),
        "nouns": noun(catalog, "en", 2),
        "facets": facet_lines(catalog),
        "language": LANGUAGE_NAMES[turn.language],
        "wishes": [{"id": w.id, "text": wish_line(w, catalog, titles)} for w in turn.ledger.wishes],
        "heard": [wish_line(w, catalog, titles) for w in heard.wishes]
        + [f"taken back: {wish_id}" for wish_id in heard.drops],
        "liked": [title_year(i, catalog, turn.language) for i in profile.relevant],
        "shown": [title_year(i, catalog, turn.language) for i in turn.last_items[:20]],
        "history": exchange_lines(turn.history, 6),
        "unknown": list(heard.not_understood[:4]),
        "may_ask": may_ask(heard, turn),
        "said": said.text,
    }


# --------------------------------------------------------------------------- the same decision as tools and as a schema


def decision_schema(catalog: Catalog) -> dict[str, Any]:
    """One JSON object for models without tools; small, so that a small model fills it within seconds."""

    def text(longest: int) -> dict[str, Any]:
        return {"type": "string", "maxLength": longest}

    def listed(entry: dict[str, Any], most: int) -> dict[str, Any]:
        return {"type": "array", "items": entry, "maxItems": most}

    def record(**parts: Any) -> dict[str, Any]:
        return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}

    facets = [f.name for f in catalog.facets if f.filter and f.type != "text"]
    wish = record(
        facet={"type": "string", "enum": [*facets, "none"]},
        op={"type": "string", "enum": list(OP_NAMES)},
        value=text(36),
        words=text(36),
    )
    whole = record(
        kind={"type": "string", "enum": ["recommend", "ask", "explain", "compare", "look_up", "talk"]},
        wishes=listed(wish, 4),
        drop=listed(record(wish_id=text(6), words=text(36)), 2),
        items=listed(text(36), MOST_ITEMS),
        facet={"type": "string", "enum": [*facets, "none"]},
        query=text(60),
        say=text(200),
    )
    return {
        **whole,
        "required": ["kind", "wishes"],
    }  # what a kind has no use for may be left out: seconds, for a small model


def decision_tools(catalog: Catalog) -> list[Any]:
    """LangChain tools: what a model may do besides talking. The turn carries a call out; a tool only hands its arguments on.

    LangChain is imported here, at the first call of a model.
    """
    from langchain_core.tools import StructuredTool
    from pydantic import BaseModel, Field, create_model

    names = tuple(f.name for f in catalog.facets if f.filter and f.type != "text")
    facet_type: Any = Literal[(*names, "none")]  # type: ignore[valid-type]
    op_type: Any = Literal[OP_NAMES]
    nouns = noun(catalog, "en", 2)
    wish = create_model(
        "Wish",
        facet=(facet_type, Field(description="which facet; none for like and not_like")),
        op=(op_type, ...),
        value=(str, Field(description="one value, 'A | B', '10 to 20', or words")),
        words=(str, Field(description="the person's own words, copied")),
        soft=(bool, Field(False, description="true if the person would do without")),
    )
    drop = create_model("Drop", wish_id=(str, ...), words=(str, Field(description="the person's own words, copied")))
    items = (list[str], Field(description="numbers in the latest list, or titles"))
    shapes: dict[str, tuple[str, dict[str, Any]]] = {
        "recommend": (
            f"Find {nouns} that fit all wishes and show the best of them.",
            {
                "wishes": (list[wish], Field([], description="new wishes in this message")),  # type: ignore[valid-type]
                "drop": (list[drop], Field([], description="earlier wishes taken back in this message")),  # type: ignore[valid-type]
                "query": (str, Field("", description="what to search for, in a few words")),
                "count": (int | None, Field(None, description="how many, if the person said so")),
            },
        ),
        "ask": (
            "Ask the person one question about one facet.",
            {"facet": (Literal[names] if names else str, ...), "question": (str, ...)},  # type: ignore[valid-type]
        ),
        "explain": ("Say why items were or were not recommended.", {"items": items}),
        "compare": ("Set two to five items side by side.", {"items": items}),
        "look_up": (
            "Tell a fact of an item from its record.",
            {
                "item": (str, Field(description="number in the latest list, or title")),
                "fact": (str, Field("", description="the facet asked for; empty for all that is known")),
            },
        ),
    }
    tools = []
    for name, (description, fields) in shapes.items():
        schema = cast("type[BaseModel]", create_model(name, **fields))
        tools.append(StructuredTool.from_function(_hand_on, name=name, description=description, args_schema=schema))
    return tools


def _hand_on(**arguments: Any) -> dict[str, Any]:
    return arguments
