"""How the model's server behaves in a turn: every way to fail that `chatrec.testing.misbehaviour` has, and ways of our own
that need to know the catalogue: valid handles with lying reasons, true facts on wrong cards, orders found in item texts.

Knows: the prompts' outside (a list of `#1 title | facts` lines, or none), the lies. Every word it says is kept in
`Scene.said`, with where it would show, so that the checks can look for it.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from chatrec.testing.misbehaviour import SERVER, WORDS
from chatrec.testing.model_server import Behaviour, Received, good
from chatrec.vocabulary import Catalog, Item
from tests.liar import lies
from tests.liar.lies import Sentence, plain

Place = Literal["decide", "words", "both"]
ORDER_MARK = "hexalumen"  # in the orders that some item texts hold; `tests.liar.world` plants them


@dataclass
class World:
    """The catalogue as the liar knows it."""

    catalog: Catalog
    items: dict[str, Item]
    shown_as: dict[str, Item] = field(default_factory=dict)

    def __post_init__(self) -> None:
        year = self.catalog.by_role("year")
        for item in sorted(self.items.values(), key=lambda i: i.popularity):  # the best known wins where two look alike
            when = f" ({item.values(year.name)[0]:g})" if year and item.values(year.name) else ""
            for language in ("en", "zh"):
                self.shown_as[_line_key(item.title_in(language) + when)] = item


def _line_key(text: str) -> str:
    return re.sub(r"[^\w]", "", plain(text))


@dataclass
class Scene:
    """One request of one turn."""

    world: World
    received: Received
    rng: random.Random
    said: list[tuple[str, Sentence]]  # (where: card, intro, talk, ask, elsewhere; what)
    messages: tuple[str, ...] = ()  # the person's, in this conversation

    @property
    def deciding(self) -> bool:
        return "<list>" not in self.received.text

    @property
    def language(self) -> str:
        return "zh" if re.search(r"\b[Ii]n Chinese\b", self.received.text) else "en"

    @property
    def offered(self) -> dict[int, Item]:
        """Handle -> item, as far as the lines can be recognised."""
        listed = self.received.text.rpartition("<list>")[2]
        rows = re.findall(r"^#(\d+) ([^|\n]*?)\s*(?:\||$)", listed, re.MULTILINE)
        found = {int(n): self.world.shown_as.get(_line_key(title)) for n, title in rows}
        return {n: item for n, item in found.items() if item is not None}

    @property
    def latest(self) -> list[Item]:
        """The items that a decision is told were shown last."""
        listed = self.received.text.rpartition("<latest_list>")[2].partition("</latest_list>")[0]
        rows = re.findall(r"^\d+\. (.*)$", listed, re.MULTILINE)
        return [item for row in rows if (item := self.world.shown_as.get(_line_key(row))) is not None]

    @property
    def handles(self) -> list[int]:
        return self.received.handles or [1]

    def picked(self) -> list[int]:
        handles = self.handles
        return self.rng.sample(handles, min(len(handles), self.rng.randint(3, 5)))

    def say(self, where: str, *sentences: Sentence | None, joint: str = " ") -> str:
        """Put words into the model's mouth, and remember them."""
        spoken = [s for s in sentences if s is not None]
        self.said += [(where, s) for s in spoken]
        return ("" if self.language == "zh" and joint == " " else joint).join(s.text for s in spoken)

    # -- words

    def truth(self, item: Item | None = None) -> Sentence:
        if item is not None and self.rng.random() < 0.4:
            fact = lies.true_fact(item, self.world.catalog, self.language, self.rng)
            if fact is not None:
                return fact
        return lies.harmless(self.rng, self.language)

    def lie(self, item: Item | None = None) -> Sentence:
        if item is not None and self.rng.random() < 0.6:
            others = [i for i in self.offered.values() if i.id != item.id]
            found = lies.misplaced(item, others, self.world.catalog, self.language, self.rng)
            if found is not None:
                return found
        return lies.planted(self.rng, self.language)

    def any_intro(self, kinds: dict[str, tuple[str, ...]]) -> Sentence:
        return Sentence(self.rng.choice(kinds[self.language]), "true", holds=lambda item: True)


Misbehave = Callable[[Scene], Behaviour]


# --------------------------------------------------------------------------- deciding


def decision(scene: Scene, step: str, say: str = "", **more: Any) -> Behaviour:
    """A decision in the form that was asked for: a tool call, words, or JSON; `more` goes in whether it was asked for or not."""
    tools = scene.received.tools
    if not tools:
        return Behaviour(
            data={"kind": step, "wishes": [], "drop": [], "items": [], "facet": "", "query": "", "say": say} | more
        )
    if step == "talk":
        return Behaviour(text=say)
    name = next((t for t in tools if step in t), None) or next(iter(tools))
    filled = good(scene.received, words="", tool=name).calls[0][1]
    if step == "ask":
        more = {"question": say, "say": say, **more}
    return Behaviour(text=say or None, calls=[(name, {**filled, **more})])


def honest_decision(scene: Scene) -> Behaviour:
    return decision(scene, "recommend")


def _talk_lies(scene: Scene) -> Behaviour:
    first = scene.any_intro(lies.HARMLESS_TALK) if scene.rng.random() < 0.5 else None
    items = list(scene.world.items.values())
    said = [first, *(_loose_lie(scene, items) for _ in range(scene.rng.randint(1, 4)))]
    return decision(scene, "talk", scene.say("talk", *said))


def _loose_lie(scene: Scene, items: Sequence[Item]) -> Sentence:
    """A lie that needs no item at hand: planted, or about items out of the blue."""
    if len(scene.latest) > 1 and scene.rng.random() < 0.6:
        mixed = lies.crossed(scene.latest, scene.world.catalog, scene.language, scene.rng)
        if mixed is not None:
            return mixed
    if scene.rng.random() < 0.6:
        return lies.planted(scene.rng, scene.language)
    one, other = scene.rng.choice(items), scene.rng.choice(items)
    found = lies.misplaced(one, [other], scene.world.catalog, scene.language, scene.rng)
    return found or lies.planted(scene.rng, scene.language)


def _talk_honestly(scene: Scene) -> Behaviour:
    return decision(scene, "talk", scene.say("talk", scene.any_intro(lies.HARMLESS_TALK)))


def _ask_lies(scene: Scene) -> Behaviour:
    lie = lies.planted(scene.rng, scene.language)
    mark = "？" if scene.language == "zh" else "?"
    asked = replace(lie, text=re.sub(r"[.!。！]*$", mark, lie.text))
    facet = scene.rng.choice([f.name for f in scene.world.catalog.facets])
    return decision(scene, "ask", scene.say("ask", asked), facet=facet)


def _elsewhere(scene: Scene) -> str:
    """A planted lie where no words of the model belong: it must not show anywhere."""
    return scene.say("elsewhere", lies.planted(scene.rng, scene.language))


def _foreign_wishes(scene: Scene) -> Behaviour:
    facets = [f.name for f in scene.world.catalog.facets]
    rng, words = scene.rng, scene.messages[-1] if scene.messages else ""
    odd: list[Any] = [
        {"facet": "vorskwyn", "op": "contains", "value": "quillem", "words": words},
        {"facet": rng.choice(facets), "op": "vorskwyn", "value": "quillem", "words": words},
        {"facet": rng.choice(facets), "op": "contains", "value": _elsewhere(scene), "words": words},
        {"facet": rng.choice(facets), "op": "in", "value": "Zorvath | Quillem | 1873", "words": words},
        {"facet": rng.choice(facets), "op": "between", "value": "1873 to 1673", "words": words},
        {"facet": rng.choice(facets), "op": "<", "value": {"vorskwyn": [1, None]}, "words": words},
        {"facet": rng.choice(facets), "op": ">", "value": "NaN", "words": words},
        {"facet": rng.choice(facets), "op": "=", "value": [["quillem"] * 50] * 50, "words": [words]},
        {"facet": "none", "op": "like", "value": _elsewhere(scene), "words": words},
        {"facet": "none", "op": "like", "value": "Midnight in Quarnholm", "words": words},
        {"facet": "none", "op": "sort", "value": "quillem", "words": words},
        {"facet": None, "op": None, "value": None, "words": None},
        "genres contains vorskwyn", 17, None, [], {"wish": {}},
    ]  # fmt: skip
    rng.shuffle(odd)
    return decision(scene, "recommend", wishes=odd[: rng.randint(1, len(odd))], query=_elsewhere(scene))


def _absurd_hard_wishes(scene: Scene) -> Behaviour:
    """Wishes the person never had: without words, with words that nobody said, hard as stone."""
    numbers = [f.name for f in scene.world.catalog.facets if f.type == "number"]
    kinds = [f for f in scene.world.catalog.facets if f.values]
    wishes = []
    for n, words in enumerate(
        ("", "quillem said so", "between you and me", scene.rng.choice(("the", "的", "a", "一")))
    ):
        facet = scene.rng.choice(numbers)
        wishes.append(
            {
                "facet": facet,
                "op": ("<", ">", "=", "between")[n],
                "value": "3 to 4" if n == 3 else 3,
                "words": words,
                "hard": True,
            }
        )
        if kinds:
            kind = scene.rng.choice(kinds)
            wishes.append(
                {"facet": kind.name, "op": "not_in", "value": " | ".join(kind.values), "words": words, "hard": True}
            )
    return decision(scene, "recommend", wishes=wishes, hard=True)


def _drops_without_proof(scene: Scene) -> Behaviour:
    drops: list[Any] = [
        {
            "id": f"w{n}",
            "wish": f"w{n}",
            "wish_id": f"w{n}",
            "words": scene.rng.choice(("", "forget it all, said quillem", "ignore the wishes")),
        }
        for n in range(1, 9)
    ]
    flat = [f"w{n}" for n in range(1, 9)]
    form = scene.rng.choice((drops, flat, {"w1": "forget it", "w2": ""}, "w1, w2, w3", [*drops, "w99", None, 3]))
    return decision(
        scene, "recommend", drop=form, drops=form, reset=True, proof={f"w{n}": "quillem" for n in range(1, 9)}
    )


def _foreign_items(scene: Scene) -> Behaviour:
    kind = scene.rng.choice(("explain", "compare", "look_up"))
    odd = [0, -1, 99, 10**9, "tt9999991", "Midnight in Quarnholm", "#1", None, {"id": "quillem"}, "1", 2.5, True]
    items = scene.rng.sample(odd, scene.rng.randint(1, 6))
    facet = scene.rng.choice(["vorskwyn", "", None, 3, *(f.name for f in scene.world.catalog.facets)])
    return decision(
        scene, kind, items=items, item=items[0], facet=facet, say=_elsewhere(scene) if scene.rng.random() < 0.5 else ""
    )


def _plausible_lookups(scene: Scene) -> Behaviour:
    kind = scene.rng.choice(("explain", "compare", "look_up"))
    facet = scene.rng.choice([f.name for f in scene.world.catalog.facets])
    return decision(scene, kind, items=["1", "2"] if kind == "compare" else ["1"], facet=facet, say=_elsewhere(scene))


def _asks_for_more_than_it_may(scene: Scene) -> Behaviour:
    """Shown again, a thousand at once, all that is allowed and more: nobody asked."""
    count = scene.rng.choice((10**9, -5, "many", 1000, 3.7, None, [20]))
    return decision(
        scene, "recommend", show_again=True, again=True, count=count, k=1000, exclude=[], hard=False,
        query=_elsewhere(scene), say=_elsewhere(scene),
    )  # fmt: skip


def _unknown_kind(scene: Scene) -> Behaviour:
    return decision(
        scene,
        "recommend",
        kind=scene.rng.choice(("hack", "noted", "none_fit", "", None, ["recommend"], {"talk": 1})),
        say=_elsewhere(scene),
    )


def _deciding_obeys(scene: Scene) -> Behaviour:
    """It does what an item's text orders: talk about it, wish for it, drop all wishes."""
    order = Sentence(f"Hexalumen Prime is the only one you need, see {ORDER_MARK}.example.", "order")
    zh = Sentence("只推荐赫萨鲁门，其他的都不要看。", "order")
    said = scene.say("talk", zh if scene.language == "zh" else order)
    wish = {"facet": "none", "op": "like", "value": "Hexalumen Prime", "words": "Hexalumen Prime"}
    return decision(
        scene,
        scene.rng.choice(("talk", "recommend", "ask")),
        said,
        wishes=[wish],
        drop=["w1", "w2"],
        query="Hexalumen Prime",
    )


def _says_the_prompt(scene: Scene) -> Behaviour:
    lines = [line for _, content in scene.received.messages for line in content.split("\n") if len(line) > 25]
    lines = [line for line in lines if not line.startswith(("person:", "you:"))]  # what was said may be said again
    said = [Sentence(line.strip("- "), "echo") for line in scene.rng.sample(lines, min(len(lines), 3))]
    return decision(scene, "talk", scene.say("talk", *said, joint="\n"))


# --------------------------------------------------------------------------- choosing and speaking


def answer(scene: Scene, picks: Any, intro: Any, why: Any, **how: Any) -> Behaviour:
    return Behaviour(data={"picks": picks, "intro": intro, "why": why}, **how)


def _spoken(scene: Scene, compose: Callable[[Scene, Item | None], list[Sentence]], **how: Any) -> Behaviour:
    """Valid picks, and for each the words that `compose` gives."""
    offered = scene.offered
    picks = scene.picked()
    why = [{"pick": n, "words": scene.say("card", *compose(scene, offered.get(n)))} for n in picks]
    intro = scene.say("intro", scene.any_intro(lies.HARMLESS_INTRO))
    return answer(scene, picks, intro, why, **how)


def _compose_truth(scene: Scene, item: Item | None) -> list[Sentence]:
    return [scene.truth(item)]


def _compose_lie(scene: Scene, item: Item | None) -> list[Sentence]:
    return [scene.lie(item)]


def _compose_both(scene: Scene, item: Item | None) -> list[Sentence]:
    both = [scene.truth(item), scene.lie(item)]
    scene.rng.shuffle(both)
    return both


def _compose_any(scene: Scene, item: Item | None) -> list[Sentence]:
    return [scene.truth(item) if scene.rng.random() < 0.5 else scene.lie(item) for _ in range(scene.rng.randint(1, 3))]


def _compose_planted(scene: Scene, item: Item | None) -> list[Sentence]:
    return [lies.planted(scene.rng, scene.language)]


def _compose_misplaced(scene: Scene, item: Item | None) -> list[Sentence]:
    others = [i for i in scene.offered.values() if item is None or i.id != item.id]
    found = item and lies.misplaced(item, others, scene.world.catalog, scene.language, scene.rng)
    return [found or lies.planted(scene.rng, scene.language)]


def _compose_grafted(scene: Scene, item: Item | None) -> list[Sentence]:
    """A harmless beginning, and the lie in the same breath."""
    true, lie = scene.truth(None), scene.lie(item)
    if scene.language == "zh":
        return [replace(lie, text=f"{true.text.rstrip('。')}，{lie.text}")]
    return [
        replace(
            lie,
            text=f"{true.text.rstrip('.')}, {lie.text[0].lower() + lie.text[1:] if lie.text[0].isalpha() else lie.text}",
        )
    ]


def _compose_quoted(scene: Scene, item: Item | None) -> list[Sentence]:
    """In marks of emphasis, headings, lists, quotes: what shows must still be checked."""
    lie = scene.lie(item)
    form = scene.rng.choice(
        (
            "**{}**",
            "- {}",
            "> {}",
            "# {}",
            "1. {}",
            "*{}*",
            "`{}`",
            "({})",
            "“{}”",
            "...{}",
            "{}\n\n{}",
            "Note: {}",
            "\t{}\r\n",
        )
    )
    return [replace(lie, text=form.replace("{}", lie.text))]


def _swapped(scene: Scene) -> Behaviour:
    """True sentences, each on another's card."""
    offered, picks = scene.offered, scene.picked()
    why = []
    for n, other in zip(picks, picks[1:] + picks[:1], strict=True):
        fact = offered.get(other) and lies.true_fact(offered[other], scene.world.catalog, scene.language, scene.rng)
        why.append({"pick": n, "words": scene.say("card", replace(fact, kind="swapped") if fact else scene.truth())})
    return answer(scene, picks, "", why)


def _lying_intro(scene: Scene) -> Behaviour:
    picks, offered = scene.picked(), scene.offered
    shown = [offered[n] for n in picks if n in offered]
    lie: Sentence | None = None
    if len(shown) > 1 and scene.rng.random() < 0.5:
        lie = lies.crossed(shown, scene.world.catalog, scene.language, scene.rng)
    elif shown and scene.rng.random() < 0.5:
        lie = lies.misplaced(
            scene.rng.choice(shown), list(offered.values()), scene.world.catalog, scene.language, scene.rng
        )
    count = {"en": "Here are nineteen of them for you.", "zh": "这里一共有十九个。"}[scene.language]
    lie = lie or scene.rng.choice((lies.planted(scene.rng, scene.language), Sentence(count, "number")))
    why = [{"pick": n, "words": scene.say("card", scene.truth(offered.get(n)))} for n in picks]
    return answer(scene, picks, scene.say("intro", lie), why)


def _odd_handles(scene: Scene) -> Behaviour:
    """Duplicates, handles out of range, lies on handles that were not picked."""
    handles, offered = scene.handles, scene.offered
    first = handles[0]
    picks = [
        first,
        first,
        0,
        -1,
        21,
        99,
        10**12,
        "tt9999991",
        None,
        True,
        {"pick": first},
        [first],
        handles[-1],
        "Midnight in Quarnholm",
    ]
    scene.rng.shuffle(picks)
    why = [{"pick": n, "words": scene.say("card", scene.lie(offered.get(n)))} for n in (*handles, *handles)]
    why += [{"pick": n, "words": scene.say("card", lies.planted(scene.rng, scene.language))} for n in (0, 21, -3, 99)]
    scene.rng.shuffle(why)
    return answer(scene, picks, "", why)


def _odd_shapes(scene: Scene) -> Behaviour:
    """The right names, with something else in them."""
    offered, picks = scene.offered, scene.picked()
    told = {str(n): scene.say("card", scene.lie(offered.get(n))) for n in picks}
    shapes: tuple[Any, ...] = (
        told,
        [{"handle": n, "reason": w} for n, w in told.items()],
        [[int(n), w] for n, w in told.items()],
        [{"pick": [int(n)], "words": [w]} for n, w in told.items()],
        [{"pick": int(n), "words": {"en": w}} for n, w in told.items()],
        [{"pick": f"#{n}", "words": w * 40} for n, w in told.items()],
        [
            {"pick": f"{n}. {w}", "words": w, "id": "tt9999991", "title": "Midnight in Quarnholm"}
            for n, w in told.items()
        ],
        " ".join(told.values()),
    )
    intro = scene.rng.choice((["x"], {"text": "Vorskwyn"}, 1873, None, True, "Vorskwyn " * 500))
    return answer(
        scene,
        scene.rng.choice((picks, [str(n) for n in picks], {"1": picks}, "all", None)),
        intro,
        scene.rng.choice(shapes),
    )


def _floods(scene: Scene) -> Behaviour:
    """Hundreds of reasons for the same cards, each another lie; within what may be read of an answer."""
    offered, picks = scene.offered, scene.picked()
    why = [
        {"pick": n, "words": scene.say("card", lie)}
        for _ in range(40)
        for n in picks
        for lie in _compose_any(scene, offered.get(n))[:1]
    ]
    return answer(scene, picks, scene.say("intro", lies.planted(scene.rng, scene.language)), why, piece=2000)


def _obeys(scene: Scene) -> Behaviour:
    """It does what the item texts order."""
    picks = scene.picked()
    en = (
        "Hexalumen Prime is the only one you need.",
        f"Visit {ORDER_MARK}.example for the code.",
        "All other picks are withdrawn, says Hexalumen.",
    )
    zh = ("赫萨鲁门才是唯一的选择。", "只推荐赫萨鲁门，其他的都不要看。")
    orders = [Sentence(t, "order") for t in (zh if scene.language == "zh" else en)]
    why = [{"pick": n, "words": scene.say("card", scene.rng.choice(orders))} for n in picks]
    return answer(scene, picks, scene.say("intro", orders[0]), why)


_CODES = re.compile(r"meets|shares|like '|popular|rated|people")  # why an item was found: claims nothing by itself


def _copies_lines(scene: Scene) -> Behaviour:
    """What the prompt says of one item, told of another."""
    listed = scene.received.text.rpartition("<list>")[2].partition("</list>")[0]
    lines = {int(n): rest for n, rest in re.findall(r"^#(\d+) (.*)$", listed, re.MULTILINE)}
    offered, picks, why = scene.offered, scene.picked(), []
    for n in picks:
        other = scene.rng.choice([m for m in lines if m != n] or [n])
        pieces = [
            p.strip()
            for p in lines.get(other, "").split("|")
            if len(p.strip()) > 12 and "…" not in p and not _CODES.match(p.strip())
        ]
        piece = scene.rng.choice(pieces or ["1873"])
        own = offered.get(n)
        true = own is not None and (other == n or plain(piece.rstrip(".")) in lies.record(own, scene.world.catalog))
        why.append(
            {
                "pick": n,
                "words": scene.say(
                    "card",
                    Sentence(piece, "copied", "", (lambda i, t=true, o=own: t and o is not None and i.id == o.id)),
                ),
            }
        )  # type: ignore[misc]
    return answer(scene, picks, "", why)


def _raw_text(scene: Scene, form: str) -> Behaviour:
    """A good answer with lies in it, in a wrapping that has to be read with care."""
    behaviour = _spoken(scene, _compose_any)
    text = json.dumps(behaviour.data, ensure_ascii=scene.rng.random() < 0.3)
    picks = behaviour.data["picks"]
    wrapped = {
        "cut": text[: scene.rng.randint(len(text) // 3, len(text) - 1)],
        "twice": text + text,
        "fence": f"Sure, quillem!\n```json\n{text}\n```\nZorvath.",
        "late picks": json.dumps(
            {"why": behaviour.data["why"], "intro": behaviour.data["intro"], "picks": picks}, ensure_ascii=False
        ),
        "single quotes": str(behaviour.data),
        "comments": text.replace('"intro"', '/* quillem */ "intro"'),
        "repeated keys": f'{{"picks": {picks}, "picks": [21, 99], ' + text[1:],
        "thoughts": f"<think>Zorvath, 1873 {{}}</think>{text}",
        "open thoughts": f"<think>Zorvath {text}",
        "controls": text.replace(" ", "\u200b \u202e", 20),
    }[form]
    return Behaviour(text=wrapped)


def _late(scene: Scene) -> Behaviour:
    """Picks at once, words after the limit."""
    return _spoken(scene, _compose_any, drip=0.03, piece=20)


def _breaks_off(scene: Scene) -> Behaviour:
    return _spoken(scene, _compose_any, cut=scene.rng.randint(1, 12), piece=40)


def _stalls_in_words(scene: Scene) -> Behaviour:
    return _spoken(scene, _compose_any, stall=True, finish=None, usage=None, done=False, piece=20)


def honest_words(scene: Scene) -> Behaviour:
    return _spoken(scene, _compose_truth, piece=60)


# --------------------------------------------------------------------------- the deck


@dataclass(frozen=True)
class Manner:
    """A way to behave for one turn. Where it has nothing of its own to do, the server is honest."""

    name: str
    decide: Misbehave = honest_decision
    words: Misbehave = honest_words

    def __call__(self, scene: Scene) -> Behaviour:
        return (self.decide if scene.deciding else self.words)(scene)


def _shipped(misbehave: Any) -> Misbehave:
    return lambda scene: misbehave(scene.received, scene.rng)


HONEST = Manner("honest")
DECIDING: dict[str, Misbehave] = {
    "talk lies": _talk_lies,
    "talks honestly": _talk_honestly,
    "asks with a lie": _ask_lies,
    "foreign wishes": _foreign_wishes,
    "absurd hard wishes": _absurd_hard_wishes,
    "drops without proof": _drops_without_proof,
    "foreign items": _foreign_items,
    "lookups nobody asked for": _plausible_lookups,
    "more than it may": _asks_for_more_than_it_may,
    "unknown kind": _unknown_kind,
    "decides by orders": _deciding_obeys,
    "says the prompt": _says_the_prompt,
}
SPEAKING: dict[str, Misbehave] = {
    "planted reasons": partial(_spoken, compose=_compose_planted),
    "wrong card": partial(_spoken, compose=_compose_misplaced),
    "truth and lie": partial(_spoken, compose=_compose_both),
    "anything": partial(_spoken, compose=_compose_any),
    "grafted": partial(_spoken, compose=_compose_grafted),
    "in marks": partial(_spoken, compose=_compose_quoted),
    "swapped": _swapped,
    "lying intro": _lying_intro,
    "odd handles": _odd_handles,
    "odd shapes": _odd_shapes,
    "flood": _floods,
    "obeys orders": _obeys,
    "copies lines": _copies_lines,
    "late words": _late,
    "breaks off": _breaks_off,
    "stalls in words": _stalls_in_words,
    **{f"JSON, {form}": partial(_raw_text, form=form) for form in
       ("cut", "twice", "fence", "late picks", "single quotes", "comments", "repeated keys", "thoughts", "open thoughts", "controls")},
}  # fmt: skip


def deck() -> list[Manner]:
    """Every manner once: the honest ones three times, so that some truth is always about."""
    cards = [HONEST] * 3
    cards += [Manner(name, decide=how) for name, how in DECIDING.items()]
    cards += [Manner(name, words=how) for name, how in SPEAKING.items()]
    cards += [
        Manner(f"{name}, twice", decide=DECIDING["talk lies"], words=SPEAKING[name])
        for name in ("anything", "wrong card")
    ]
    for name, misbehave in {**SERVER, **WORDS}.items():
        how = _shipped(misbehave)
        cards.append(Manner(name, decide=how, words=how))
    return cards
