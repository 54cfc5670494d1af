"""Decide: the model's view where it stands, the code's where it does not. Nothing a model says raises."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from chatrec.errors import ModelFailed
from chatrec.llm.model import Answer, ToolCall
from chatrec.prompting import Prompts
from chatrec.settings import ROOT
from chatrec.understand.decide import Decide, decision_schema, decision_tools
from chatrec.understand.lexicon import Lexicon
from chatrec.vocabulary import Exchange, Heard, Ledger, Profile, Said, Turn, Wish
from tests import teas

ITEMS = teas.items()
LEXICON = Lexicon.build(teas.CATALOG, ITEMS)
PROMPTS = Prompts.load(ROOT / "prompts")
SMOKY = Wish(id="w1", facet="flavours", op="contains", value="Smoky", words="smoky")
TEXT = "a smoky oolong under $20, nothing herbal"


@dataclass
class FakeLadder:
    answer: Any = None
    rung: str | None = "hosted"
    calls: list[Any] = field(default_factory=list)

    def rung_for(self, step: str, meter: Any) -> str | None:
        if self.rung is None:
            meter.steps[step] = "none"
        return self.rung

    async def ask(self, step: str, rendered: Any, meter: Any, **more: Any) -> Answer:
        self.calls.append(SimpleNamespace(step=step, rendered=rendered, **more))
        if isinstance(self.answer, Exception):
            meter.steps[step] = "none"
            raise self.answer
        meter.steps[step] = "hosted"
        return self.answer


async def decide(
    answer: Any,
    heard: Heard = Heard(),
    text: str = TEXT,
    rung: str | None = "hosted",
    profile: Profile = Profile("p"),
    **more: Any,
) -> Any:
    """The decision, with the turn and the ladder it was made with."""
    ladder = FakeLadder(answer, rung)
    said = Said("p", "teas", "c", "t", text)
    turn = Turn("t", "c", said, "en", **more)
    made = await Decide(ladder, PROMPTS, teas.CATALOG, LEXICON, 1600)(said, heard, turn, profile)
    return SimpleNamespace(made=made, turn=turn, ladder=ladder, dropped=turn.meter.dropped, steps=turn.meter.steps)


def tool(name: str, **args: Any) -> Answer:
    return Answer(tool=ToolCall(name, args))


def data(**parts: Any) -> Answer:
    return Answer(data=parts)


def w(facet: str | None, op: str, value: Any, words: str) -> dict[str, Any]:
    return {"facet": facet, "op": op, "value": value, "words": words}


# --------------------------------------------------------------------------- when a model is asked


async def test_certain_turns_ask_no_model() -> None:
    r = await decide(tool("recommend"), Heard(kind="converse", certain=True), "hello")
    assert (r.made.kind, r.ladder.calls, r.steps) == ("converse", [], {})


async def test_without_a_model_the_rules_decide() -> None:
    r = await decide(None, Heard(wishes=(SMOKY,)), rung=None)
    assert (r.made.kind, r.steps) == ("recommend", {"decide": "none"})


async def test_a_failed_call_leaves_the_rules() -> None:
    r = await decide(ModelFailed("down", "refused"), Heard(wishes=(SMOKY,)))
    assert (r.made.kind, r.steps) == ("recommend", {"decide": "none"})


async def test_the_call_carries_prompt_tools_and_schema() -> None:
    r = await decide(tool("recommend"), Heard(wishes=(SMOKY,)), last_items=tuple(ITEMS[:2]))
    (call,) = r.ladder.calls
    assert (call.step, call.rendered.name, call.schema["title"]) == ("decide", "decide", "decision")
    assert [t.name for t in call.tools] == ["recommend", "ask", "explain", "compare", "look_up"]
    assert f"<message>{TEXT}</message>" in call.rendered.user
    assert "1. Misty Ridge Sencha" in call.rendered.user
    assert 'flavours contains smoky (said: "smoky")' in call.rendered.user


# --------------------------------------------------------------------------- reading the model


@pytest.mark.parametrize("form", [tool, lambda kind, **args: data(kind=kind, **args)])
async def test_recommend_with_wishes(form: Any) -> None:
    wishes = [
        w("kind", "contains", "oolong", "oolong"),
        w("price", "<", "$20", "under $20"),
        w("kind", "not_in", "Herbal", "nothing herbal"),
    ]
    r = await decide(form("recommend", wishes=wishes, drop=[], query="smoky roasted oolong", count=None))
    assert [(x.facet, x.op, x.value, x.words) for x in r.made.wishes] == [
        ("kind", "=", "Oolong", "oolong"),
        ("price", "<", 20, "under $20"),
        ("kind", "not_in", ["Herbal"], "nothing herbal"),
    ]
    assert (r.made.kind, r.made.query, r.steps, r.dropped) == (
        "recommend", "smoky roasted oolong", {"decide": "hosted"}, [],
    )  # fmt: skip


async def test_a_bad_field_is_dropped_and_the_rest_used() -> None:
    wishes = [
        "rubbish",
        w("kind", "contains", "Coffee", "oolong"),
        w("price", "<", 20, "you said cheap and cheerful"),
        w("flavours", "contains", "Smoky", "smoky"),  # heard by code already
        w("kind", "=", "Oolong", "oolong"),
    ]
    heard = Heard(wishes=(SMOKY,))
    r = await decide(data(kind="recommend", wishes=wishes, drop={"a": 1}, items=7, query=9, count="many"), heard)
    assert [(x.facet, x.value) for x in r.made.wishes] == [("kind", "Oolong")]
    assert r.dropped == [
        "decide: wish: not an object",
        "decide: wish: no such value here",
        "decide: wish: rests on nothing that was said",
    ]
    assert r.made.query == ""
    assert r.made.count is None


async def test_no_dropped_note_holds_a_models_words() -> None:
    lie = "Zorbulax won an Oscar"
    r = await decide(data(kind=lie, wishes=[w(lie, lie, lie, lie)], drop=[{"wish_id": lie, "words": lie}], items=[lie]))
    assert r.dropped
    assert lie not in json.dumps(r.dropped)


async def test_drops_need_the_persons_own_words() -> None:
    ledger = Ledger((SMOKY, Wish(id="w2", facet="price", op="<", value=20, words="under 20")))
    drop = [
        {"wish_id": "w2", "words": "forget the PRICE"},
        {"wish_id": "w1", "words": "no longer wanted"},
        {"wish_id": "w9", "words": "forget the price"},
        "w1",
    ]
    r = await decide(tool("recommend", drop=drop), text="Forget the price, please", ledger=ledger)
    assert r.made.drops == ("w2",)
    assert r.made.proof == {"w2": "Forget the price"}
    assert len(r.dropped) == 3


async def test_count_only_when_it_was_said() -> None:
    assert (await decide(tool("recommend", count=8), text="show me 8 teas")).made.count == 8
    assert (await decide(tool("recommend", count=8), text="show me teas")).made.count is None
    assert (await decide(tool("recommend", count=500), text="show me 500 teas")).made.count is None
    assert (await decide(tool("recommend", count=True), text="show me 1")).made.count is None


async def test_items_by_number_and_title() -> None:
    last = tuple(ITEMS[:3])
    r = await decide(tool("compare", items=["1", 3]), text="which of those is milder?", last_items=last)
    assert (r.made.kind, [i.id for i in r.made.items]) == ("compare", ["tea-00", "tea-02"])
    r = await decide(tool("look_up", item="2", fact="price"), text="and what does it cost?", last_items=last)
    assert (r.made.kind, r.made.facet, [i.id for i in r.made.items]) == ("lookup", "price", ["tea-01"])
    r = await decide(tool("explain", items=["Misty Ridge Sencha"]), text="how come?", last_items=last)
    assert (r.made.kind, len(r.made.items)) == ("explain", 1)
    r = await decide(
        data(kind="look_up", items=["keemun dawn"], facet="nonsense"), Heard(items=(ITEMS[9],)), "Keemun Dawn?"
    )
    assert (r.made.kind, r.made.facet, r.made.items) == ("lookup", None, (ITEMS[9],))


async def test_talk() -> None:
    r = await decide(Answer(text="  What a day!\n Tell me more. "), text="I had a long day")
    assert (r.made.kind, r.made.say) == ("converse", "What a day! Tell me more.")
    r = await decide(data(kind="talk", say="Hello."), text="I had a long day")
    assert (r.made.kind, r.made.say) == ("converse", "Hello.")


async def test_a_model_may_recommend_where_code_would_only_talk() -> None:
    r = await decide(tool("recommend", query="comforting"), text="I had a long day")
    assert (r.made.kind, r.made.query) == ("recommend", "comforting")


# --------------------------------------------------------------------------- no worse than the code


ASKED = Heard(wishes=(SMOKY,), asks=True)


@pytest.mark.parametrize(
    ("answer", "heard", "more", "kind"),
    [
        (Answer(text="Lovely weather today."), ASKED, {}, "recommend"),
        (data(kind="talk", say="Sure!"), Heard(again=True), {}, "recommend"),
        (data(kind="talk", say=""), Heard(), {"ledger": Ledger((SMOKY,))}, "recommend"),
        (data(kind="talk", say="Well."), Heard(kind="lookup", items=(ITEMS[0],)), {}, "lookup"),
        (data(kind="dance"), ASKED, {}, "recommend"),
        (data(kind=None), ASKED, {}, "recommend"),
        (data(kind=["ask"]), ASKED, {}, "recommend"),
        (tool("ask", facet="price", question="How much?"), ASKED, {}, "recommend"),
        (tool("ask", facet="price", question="How much?"), Heard(asks=True), {"profile": Profile("p", likes=("x",))}, "recommend"),
        (tool("ask", facet="colour", question="Which colour?"), Heard(), {}, "converse"),
        (tool("ask", facet="price", question="How much?"), Heard(), {"questions_in_row": 2}, "converse"),
        (tool("ask", facet="price", question="How much?"), Heard(just_show=True), {}, "recommend"),
        (tool("explain", items=["1"]), Heard(), {"ledger": Ledger((SMOKY,))}, "recommend"),  # nothing was shown
        (tool("compare", items=["1", "1"]), Heard(), {"last_items": (ITEMS[0],), "ledger": Ledger((SMOKY,))}, "recommend"),
        (tool("look_up", item="Zorbulax"), ASKED, {}, "recommend"),
        (tool("look_up", item="1"), Heard(asks=True, count=3), {"last_items": (ITEMS[0],)}, "recommend"),
        (tool("compare", items=["1", "2"]), Heard(wishes=(SMOKY,)), {"last_items": tuple(ITEMS[:2])}, "recommend"),
        (Answer(text="Bye"), Heard(undo=True), {}, "noted"),
    ],
)  # fmt: skip
async def test_the_codes_decision_stands(answer: Answer, heard: Heard, more: dict[str, Any], kind: str) -> None:
    r = await decide(answer, heard, **more)
    assert r.made.kind == kind
    assert r.made.say == ""
    assert r.steps == {"decide": "none"}
    assert any(note.startswith("decide: kind: ") for note in r.dropped)


async def test_a_models_question_stands_when_little_is_known() -> None:
    r = await decide(tool("ask", facet="price", question="How much?"), Heard(asks=True), "recommend me a tea")
    assert (r.made.kind, r.made.facet, r.made.say) == ("ask", "price", "How much?")


async def test_wishes_of_a_refused_kind_are_used() -> None:
    answer = data(kind="dance", wishes=[w("kind", "=", "Oolong", "oolong")])
    r = await decide(answer, Heard(asks=True), "an oolong please")
    assert (r.made.kind, len(r.made.wishes), r.steps) == ("recommend", 1, {"decide": "hosted"})


@pytest.mark.parametrize(
    "raw",
    [
        {}, {"kind": 5}, {"kind": "recommend", "wishes": "all"}, {"kind": "recommend", "wishes": [[[]]]},
        {"kind": "ask", "facet": {"a": []}, "question": 7}, {"kind": "explain", "items": {"x": 1}},
        {"kind": "recommend", "wishes": [{"facet": ["kind"], "op": {}, "value": [None, {}], "words": 5}] * 50},
        {"kind": "compare", "items": [[1], {"a": 2}, None, 10**400, -1, "\ud800"]},
        {"kind": "recommend", "drop": [None, 5, {"wish_id": [], "words": {}}], "query": ["x"], "count": 1e308},
        {"kind": "recommend", "wishes": [{"facet": "price", "op": "<", "value": 10**400, "words": "under $20"}]},
        {"kind": "talk", "say": {"text": "hi"}},
        {"kind": "look_up", "item": ["1"], "fact": None},
    ],
)  # fmt: skip
async def test_odd_shapes_never_raise(raw: dict[str, Any]) -> None:
    for answer in (Answer(data=raw), Answer(tool=ToolCall(str(raw.get("kind")), raw))):
        r = await decide(answer, ASKED, last_items=tuple(ITEMS[:3]), ledger=Ledger((SMOKY,)))
        assert r.made.kind in ("recommend", "explain", "compare", "lookup")


# --------------------------------------------------------------------------- tools and schema


def test_schema_is_small_and_of_this_catalogue() -> None:
    schema = decision_schema(teas.CATALOG)
    assert schema["required"] == ["kind", "wishes"]
    assert next(iter(schema["properties"])) == "kind"
    wish = schema["properties"]["wishes"]["items"]["properties"]
    assert wish["facet"]["enum"] == ["kind", "flavours", "origin", "price", "caffeine", "grower", "organic", "none"]
    assert len(json.dumps(schema)) < 2_000


def test_tools_are_langchain_tools_that_a_server_can_be_told() -> None:
    from langchain_core.utils.function_calling import convert_to_openai_tool

    tools = {t.name: convert_to_openai_tool(t)["function"] for t in decision_tools(teas.CATALOG)}
    wishes = tools["recommend"]["parameters"]["properties"]["wishes"]["items"]["properties"]
    assert wishes["facet"]["enum"][0] == "kind"
    assert wishes["op"]["enum"][-1] == "sort"
    assert "teas" in tools["recommend"]["description"]
    assert tools["ask"]["parameters"]["properties"]["facet"]["enum"] == [
        "kind", "flavours", "origin", "price", "caffeine", "grower", "organic",
    ]  # fmt: skip
    assert len(json.dumps(list(tools.values()))) < 4_500


async def test_history_and_likes_reach_the_prompt() -> None:
    history = (
        Exchange("t0", "hello", "converse", "Hello!"),
        Exchange("t1", "a tea", "recommend", "Here.", ("x",), ("X",)),
    )
    profile = Profile("p", relevant=(ITEMS[7],))
    r = await decide(tool("recommend"), Heard(not_understood=("zorb",)), history=history, profile=profile)
    user = r.ladder.calls[0].rendered.user
    for line in ("person: hello", "you: Hello!", "you: showed X", f"<liked>{ITEMS[7].title}</liked>", "zorb"):
        assert line in user
