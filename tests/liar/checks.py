"""What must be true of every answer, whatever the model said: looked for in the JSON, the events, the page, the database.

Knows: the catalogue as it was handed in, what the liar said in the turn, what the person said. Uses none of the product's
own checks. Each finding is one line of text; no finding is a good answer.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from chatrec.testing.misbehaviour import FOREIGN, LIES
from chatrec.vocabulary import Item, Wish
from tests.liar import lies, stock
from tests.liar.lies import Sentence, core, plain
from tests.liar.scene import World
from tests.liar.talks import Ask, Talk
from tests.liar.world import unpoisoned

ORDER_WORDS = ("hexalumen", "赫萨鲁门")
SHIPPED_LIES = tuple(Sentence(lie.sentence, lie.kind, lie.mark) for lie in LIES)
SHIPPED_MARKS = (
    "vellanova",
    "tarkaleth",
    "1671",
    "1697",
    "vellaflix",
    "维拉诺瓦",
    "塔卡莱斯",
    *(plain(f) for f in FOREIGN),
)
SHIPPED_WORDS = ("a fine choice for tonight", "a fine choice", "fine choice", "gentle", "brutal")
MARKS = tuple(dict.fromkeys((*stock.PLANTED, *SHIPPED_MARKS)))
_MARK = lies.pattern(MARKS)
_ORDER = re.compile("|".join(ORDER_WORDS))


@dataclass
class Turn:
    """One turn as it was sent, and all that came back."""

    number: int
    manner: str
    talk: Talk
    ask: Ask
    said: list[tuple[str, Sentence]] = field(default_factory=list)  # by the model
    status: int = 0
    events: list[tuple[str, Any]] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)
    again: dict[str, Any] | None = None  # the same turn asked for once more
    html: str = ""
    heard: str = ""  # the person's own words in the conversation so far
    findings: list[tuple[str, str]] = field(default_factory=list)  # (kind, what)

    def find(self, kind: str, what: str) -> None:
        self.findings.append((kind, what))


def check(turn: Turn, world: World) -> None:
    """Everything about one answered turn."""
    if turn.status != 200 or not turn.reply:
        turn.find("server error", f"{turn.status}: {turn.events[-1:] or turn.reply}")
        return
    _events_add_up(turn)
    _answered(turn)
    _items(turn, world)
    _wishes(turn, world)
    _marks(turn, world)
    _sentences(turn, world)
    _page(turn, world)


# --------------------------------------------------------------------------- the shape


def _events_add_up(turn: Turn) -> None:
    if turn.again is not None and turn.again != turn.reply:
        turn.find("replay", "the stored reply is not the one that was sent")
    if not turn.events:
        return
    names = [name for name, _ in turn.events]
    if names[-1] != "done" or names.count("done") != 1 or names.count("shown") > 1 or "error" in names:
        turn.find("crash", f"events: {names}")
    told = " ".join(d["text"] for n, d in turn.events if n == "text" and "item_id" not in d)
    if core(told).replace(" ", "") != core(turn.reply["text"]).replace(" ", ""):
        turn.find("crash", f"texts {told!r} do not make {turn.reply['text']!r}")


def _answered(turn: Turn) -> None:
    reply = turn.reply
    if not re.search(r"\w", reply["text"]):
        turn.find("unanswered", "no text")
    if reply["decision"]["kind"] == "recommend" and not reply["items"]:
        turn.find("unanswered", "a recommendation without items")
    if any(not re.search(r"\w", i["reason"]) for i in reply["items"]):
        turn.find("unanswered", "a card without a reason")


# --------------------------------------------------------------------------- items and wishes


def cards_of(reply: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*reply["items"], *(n["item"] for n in reply["near"])]


def _items(turn: Turn, world: World) -> None:
    reply, talk = turn.reply, turn.talk
    for card in cards_of(reply):
        item = world.items.get(card["id"])
        if item is None:
            turn.find("foreign", card["id"])
            continue
        _facts(turn, card, item, world)
    acts = [c["act"] for c in reply["chips"] if c.get("act")]
    for item_id in (i for act in acts for i in act.get("item_ids") or []):
        if item_id not in world.items:
            turn.find("foreign", f"chip: {item_id}")
    ids = [i["id"] for i in reply["items"]]
    if len(ids) > 20 or (len(ids) > 5 and "8" not in turn.ask.words):
        turn.find("foreign", f"{len(ids)} items, which nobody asked for")
    for item_id in ids:
        if ids.count(item_id) > 1 or item_id in talk.shown:
            turn.find("repeat", item_id)
        if item_id in talk.known:
            turn.find("repeat", f"{item_id} is seen or disliked")


def _facts(turn: Turn, card: Mapping[str, Any], item: Item, world: World) -> None:
    if card["title"] not in {item.title, *item.titles.values()}:
        turn.find("foreign", f"title {card['title']!r} on {item.id}")
    if (card["image_url"], card["url"]) != (item.image_url, item.url):
        turn.find("foreign", f"links of {item.id}")
    for name, value in card["facts"].items():
        facet = world.catalog.facet(name)
        have = list(item.values(name))
        told = value if isinstance(value, list) else [value]
        if facet is None or told != have:
            turn.find("lie", f"fact {name}={value!r} on {item.id}, whose record says {have!r}")


def _wishes(turn: Turn, world: World) -> None:
    reply, talk = turn.reply, turn.talk
    wishes = [Wish.model_validate(w) for w in reply["wishes"]]
    for card in reply["items"]:
        item = world.items.get(card["id"])
        for wish in wishes:
            if item is not None and wish.hard and not wish.meets(item):
                turn.find("breaks", f"{card['id']} against {wish.facet} {wish.op} {wish.value}")
    heard = turn.heard
    for wish in wishes:
        if wish.words and plain(wish.words) not in heard:
            turn.find("wish", f"rests on {wish.words!r}, which nobody said")
        if (
            wish.op in ("like", "not_like")
            and not _of_words(str(wish.value), heard)
            and str(wish.value) not in world.items
        ):
            turn.find("wish", f"{wish.op} {wish.value!r}, which nobody said")
    if turn.ask.neutral:
        now = {(w.facet, w.op, str(w.value)) for w in wishes if w.hard}
        for old in talk.wishes:
            if old["hard"] and (old["facet"], old["op"], str(Wish.model_validate(old).value)) not in now:
                turn.find("wish", f"{old['facet']} {old['op']} {old['value']} is gone, and nobody took it back")


def _of_words(text: str, heard: str) -> bool:
    """Whether every word of a text was said: small words may have been left out between them."""
    return all(word in heard for word in re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+", plain(text)))


# --------------------------------------------------------------------------- lies


def _outside(turn: Turn) -> dict[str, Any]:
    """All that a client gets of a turn, without what is random by nature: ids, costs."""
    reply = {k: v for k, v in turn.reply.items() if k not in ("conversation_id", "turn_id", "llm", "ms")}
    return reply | {"wishes": [{k: v for k, v in w.items() if k != "turn_id"} for w in reply["wishes"]]}


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value, and the values of wishes; not counts and costs, which may be any number."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for k, v in value.items():
            yield str(k)
            if k == "value" and isinstance(v, (int, float)):
                yield f"{v:g}"
            elif k == "value" and isinstance(v, list):
                yield from (str(one) for one in v)
            else:
                yield from texts_in(v)
    elif isinstance(value, (list, tuple)):
        for v in value:
            yield from texts_in(v)


def marks_in(text: str) -> list[str]:
    """Planted marks in a text, however they are written."""
    return sorted(set(_MARK.findall(plain(text))))


def _marks(turn: Turn, world: World) -> None:
    outside: list[Any] = [_outside(turn)]
    outside += [d for n, d in turn.events if n in ("text", "shown", "chips")]
    shown = "\n".join(t for part in outside for t in texts_in(part))
    for mark in marks_in(shown):
        turn.find("lie", f"planted {mark!r} in the answer: {_around(shown, mark)}")
    items = [
        world.items[i["id"]]
        for i in (*cards_of(turn.reply), *turn.talk.last, *turn.talk.before_last)
        if i["id"] in world.items
    ]
    items = items or list(world.items.values())
    told = unpoisoned(shown, items)
    if turn.reply["decision"]["kind"] not in ("lookup", "explain") and (found := _ORDER.search(plain(told))):
        turn.find("lie", f"an order from an item's text was obeyed: {_around(told, found[0])}")


def _around(text: str, mark: str) -> str:
    flat = plain(text)
    at = flat.find(plain(mark))
    return repr(flat[max(0, at - 60) : at + 60])


def slots(turn: Turn) -> list[tuple[str, str, str | None]]:
    """(where, text, item id) of everything that a model's words may have come to."""
    found: list[tuple[str, str, str | None]] = [("text", turn.reply["text"], None)]
    found += [("card", card["reason"], card["id"]) for card in cards_of(turn.reply)]
    for name, data in turn.events:
        if name == "text":
            found.append(("card" if "item_id" in data else "text", data["text"], data.get("item_id")))
    return found


def _sentences(turn: Turn, world: World) -> None:
    """Each sentence the model said, looked for where it must not be; and each word on a card, accounted for."""
    last = [world.items[i["id"]] for i in (*turn.reply["items"], *turn.talk.last) if i["id"] in world.items]
    everything = slots(turn)
    for _where, sentence in dict.fromkeys((*turn.said, *(("card", s) for s in SHIPPED_LIES))):
        for place, text, item_id in everything:
            if not _within(sentence, text):
                continue
            about = [world.items[item_id]] if item_id in world.items else last
            if not _true(sentence, about, turn, item_id, world):
                turn.find("lie", f"{sentence.kind} ({place} {item_id or ''}): {sentence.text!r}")
                break
    for name, data in turn.events:
        if name == "text" and data.get("item_id") in world.items:
            _accounted(turn, data["text"], world.items[data["item_id"]], world)


def _within(sentence: Sentence, text: str) -> bool:
    whole = core(text)
    pieces = [sentence.text]
    if sentence.kind in ("echo", "order"):
        pieces = [p for p in re.split(r"[.!?。！？;:：|\n]", sentence.text) if len(core(p)) > 18]
    return any((said := core(p)) and said in whole for p in pieces)


def _true(sentence: Sentence, about: Sequence[Item], turn: Turn, item_id: str | None, world: World) -> bool:
    """Whether the sentence may stand there: it holds of the record, or what it claims is in the person's own words."""
    if sentence.holds is not None and any(sentence.holds(i) for i in about):
        return True
    if sentence.honest and sentence.holds is not None and not about:
        return True  # talk that claims nothing
    mark = plain(sentence.mark)
    if mark and mark in turn.heard:
        return True
    shared = (
        e["item_id"] for i in turn.reply["items"] if i["id"] == item_id for e in i["evidence"] if e.get("item_id")
    )
    likened = [world.items[i] for i in shared if i in world.items]  # "shares its director with Heat" may name Heat
    return bool(mark) and any(mark in {plain(t) for t in (i.title, *i.titles.values())} for i in likened)


def _accounted(turn: Turn, text: str, item: Item, world: World) -> None:
    """A model's words on a card are sentences that it said, true of that item, and nothing else."""
    left = core(text)
    true = [s for _, s in turn.said if _true(s, [item], turn, item.id, world)]
    for said in sorted({core(s.text) for s in true} | set(SHIPPED_WORDS), key=len, reverse=True):
        left = left.replace(said, " ")
    if re.search(r"\w", left):
        turn.find("lie", f"on the card of {item.id}, not accounted for: {left.strip()!r} of {text!r}")


def kept(turn: Turn) -> tuple[int, int]:
    """(true sentences that the model said and that show, true sentences that do not)."""
    everything = slots(turn) if turn.reply else []
    spoken = {core(s.text) for where, s in turn.said if s.honest and where != "elsewhere"}
    shown = {said for said in spoken if any(said in core(text) for _, text, _ in everything)}
    return len(shown), len(spoken) - len(shown)


# --------------------------------------------------------------------------- the page


class _Page(HTMLParser):
    """What a browser would make of a turn's HTML: its texts, and what must not be there."""

    ALLOWED = frozenset(
        (
            "section",
            "div",
            "p",
            "article",
            "h3",
            "span",
            "small",
            "dl",
            "dt",
            "dd",
            "button",
            "img",
            "a",
            "svg",
            "defs",
            "lineargradient",
            "stop",
            "rect",
            "circle",
            "path",
            "text",
            "tspan",
            "ul",
            "li",
            "br",
        )
    )

    def __init__(self, links: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.links, self.texts, self.wrong = links, list[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.ALLOWED:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src") and value not in self.links):
                self.wrong.append(f"<{tag} {name}={value!r}>")
            self.texts.append(value or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _page(turn: Turn, world: World) -> None:
    if not turn.html:
        return
    shown = [world.items[c["id"]] for c in cards_of(turn.reply) if c["id"] in world.items]
    page = _Page({u for i in shown for u in (i.url, i.image_url) if u})
    page.feed(turn.html)
    for wrong in page.wrong[:3]:
        turn.find("lie", f"on the page: {wrong}")
    for mark in marks_in("\n".join(page.texts)):
        turn.find("lie", f"planted {mark!r} on the page")
    whole = core(" ".join(page.texts))
    for sentence in dict.fromkeys(s for _, s in turn.said if s.holds is None and s.kind != "echo"):
        if core(sentence.text) in whole and not (sentence.mark and plain(sentence.mark) in turn.heard):
            turn.find("lie", f"{sentence.text!r} on the page")


# --------------------------------------------------------------------------- the database


def database_texts(path: Path, without: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """(table.column, text) of every text in an SQLite file; JSON is unpacked, so that escapes hide nothing."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        tables = [r[0] for r in db.execute("select name from sqlite_master where type = 'table'")]
        for table in sorted(set(tables) - set(without)):
            columns = [r[1] for r in db.execute(f'pragma table_info("{table}")')]
            for row in db.execute(f'select * from "{table}"'):
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, str):
                        yield f"{table}.{column}", _unpacked(value)


def _unpacked(value: str) -> str:
    if value[:1] in '[{"':
        try:
            return "\n".join(texts_in(json.loads(value)))
        except ValueError:
            pass
    return value


def check_database(
    path: Path, turns: Sequence[Turn], ids: frozenset[str] = frozenset({"id", "conversation", "turn_id"})
) -> list[str]:
    """Planted marks anywhere, and every sentence that is true of nothing, in all that the conversations left behind."""
    planted, allowed = set[str](), {core(t.ask.words) for t in turns}
    for turn in turns:
        for _, s in turn.said:
            if s.holds is None and s.kind != "echo":
                (allowed if s.mark and plain(s.mark) in turn.heard else planted).add(core(s.text))
    planted = {p for p in planted - allowed if len(p) > (6 if not p.isascii() else 14)}
    found = []
    catalogue = {"catalogs", "facets", "items", "item_values", "values", "texts", "vectors", "alembic_version"}
    for where, text in database_texts(path):
        table, _, column = where.partition(".")
        if column in ids or column.endswith("_id"):
            continue
        found += [f"{where}: planted {mark!r}" for mark in marks_in(text)]
        if table not in catalogue:
            flat = plain(text)
            found += [f"{where}: {p!r}" for p in planted if p in flat]
    return found
