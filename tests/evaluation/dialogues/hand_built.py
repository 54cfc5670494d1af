"""Turns made by hand over the teas, for checks: no engine, no store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatrec.evaluation.dialogues.seen import Answer, Inside, Problem, Seen
from chatrec.vocabulary import Act, Chip, DecisionOut, Evidence, Fall, Item, ItemOut, LlmOut, NearOut, Reply, Wish
from tests import teas

TEAS = {item.id: item for item in teas.items()}
SENCHA, DRAGON, GYOKURO, CLOUD = "tea-00", "tea-01", "tea-02", "tea-03"  # 6, 17, 28, 39 $
BANCHA, CAMPFIRE, HERBAL = "tea-04", "tea-07", "tea-25"

SMOKY = Wish(id="w1", facet="flavours", op="contains", value="Smoky", words="smoky", turn_id="t2")
CHEAP = Wish(id="w2", facet="price", op="<", value=20, words="under $20", turn_id="t2")
GREEN = Wish(id="w3", facet="kind", op="=", value="Green", words="green", turn_id="t1")
SOFT = Wish(id="w4", facet="origin", op="=", value="China", hard=False, words="rather Chinese", turn_id="t1")
QUIET = Wish(id="w5", op="like", value="quiet", hard=False, words="quiet", turn_id="t2")


def evidence(code: str, facet: str | None = None, value: Any = None, **more: Any) -> Evidence:
    return Evidence(code=code, facet=facet, value=value, **more)  # type: ignore[arg-type]


def card(item_id: str, reason: str = "", *found: Evidence, **changed: Any) -> ItemOut:
    item = TEAS[item_id]
    facts = {"price": item.attributes.get("price"), "kind": item.attributes["kind"]}
    return ItemOut(id=item_id, title=item.title, facts=facts, reason=reason, evidence=list(found)).model_copy(
        update=changed
    )


def near(item_id: str, *breaks: str, reason: str = "") -> NearOut:
    return NearOut(item=card(item_id, reason), breaks=list(breaks))


def reply(kind: str = "recommend", *cards: ItemOut, **more: Any) -> Reply:
    called = more.pop("tool_called", kind in ("recommend", "ask"))
    decision = DecisionOut(kind=kind, tool_called=called)  # type: ignore[arg-type]
    return Reply(conversation_id="c", turn_id=more.pop("turn_id", "t2"), decision=decision, items=list(cards), **more)


def seen(
    answer: Reply | Problem | None = None, *, said: str = "a smoky tea under $20", act: Act | None = None, ms: float = 40.0,
    before: Sequence[Seen] = (), inside: Inside | None = None, records: dict[str, Item] | None = None, **more: Any,
) -> Seen:  # fmt: skip
    """A turn of the talk; every tea has been seen, unless `records` says otherwise."""
    got = (
        Answer(problem=answer, ms=ms)
        if isinstance(answer, Problem)
        else Answer(reply=answer or reply(), ms=ms, inside=inside)
    )
    known = TEAS if records is None else records
    return Seen(
        len(before) + 1, said, act, "", got, teas.CATALOG, known, tuple(before), more.pop("language", None), **more
    )


TWO = reply(
    "recommend",
    card(SENCHA, "Smoky, under $20, as you asked.", evidence("meets", "flavours", "Smoky"), evidence("meets", "price", 6.0), sources=["words"]),
    card(DRAGON, "What you asked for: smoky, under $20.", evidence("meets", "flavours", "Smoky"), evidence("meets", "price", 17.0), sources=["words", "popularity"]),
    wishes=[GREEN, SMOKY, CHEAP],
    text="Here are two teas that fit: green, smoky, under $20.",
    candidates=2,
    chips=[Chip(label="cheaper (1)", act=Act(kind="set_wish", wish={"facet": "price", "op": "<", "value": 6}), count=1), Chip(label="Something else", text="others")],
    steps={"decide": "hosted", "rerank": "none"}, rung="hosted",
    falls=[Fall(step="rerank", rung="hosted", to="none", why="timeout")],
    llm=LlmOut(calls=2, attempts=2, tokens_in=300, tokens_out=50),
)  # fmt: skip
ONE_BEFORE = reply(
    "recommend",
    card(CLOUD, "Green, as you asked.", evidence("meets", "kind", "Green")),
    wishes=[GREEN, SOFT],
    turn_id="t1",
    text="One that fits: green.",
)
QUESTION = reply(
    "ask",
    text="How much would you like to spend?",
    chips=[Chip(label="under $10", act=Act(kind="set_wish", wish={"facet": "price", "op": "<", "value": 10}))],
)
NOTHING = reply(
    "none_fit",
    tool_called=True,
    wishes=[SMOKY, CHEAP],
    near=[near(CLOUD, "w2"), near(GYOKURO, "w1", "w2")],
    text="Nothing here fits all of this: smoky, under $20.",
)
HELLO = reply("converse", text="Hello! Tell me what tea you feel like.")
IN_CHINESE = reply(
    "recommend",
    card(SENCHA, "烟熏，正合你的要求。", evidence("meets", "flavours", "Smoky")),
    language="zh",
    text="按你说的，挑了一款茶：烟熏。",
    wishes=[SMOKY],
)
REFUSED = Problem(422, "Bad input", "Say something: `text` is empty and there is no `act`.")

FIRST = seen(ONE_BEFORE, said="a green tea, rather Chinese")
INSIDE = Inside(
    profile={"likes": [SENCHA], "dislikes": [], "seen": [DRAGON, CLOUD], "owned": []}, candidates=[SENCHA, DRAGON, BANCHA],
    prompts=[[("system", "You recommend teas."), ("user", "a smoky tea under $20")]],
)  # fmt: skip
SECOND = seen(TWO, before=[FIRST], inside=INSIDE)
FOLDER = Path(__file__).parent
