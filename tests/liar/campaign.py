"""Many people talk to a product whose model lies and whose model's server fails; everything that gets out is searched.

    report = await run(start, "teas", turns=100, seed=1)
    print(report.table())

Knows: the engine, REST and the page's markup, from outside. Several people talk at once; each turn has one manner of lying,
known to the server by a header that is put on the model's requests, so that what was said in a turn can be looked for in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import logging
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from chatrec.testing.model_server import Behaviour, ModelServer, Received, good
from tests.liar import checks, world
from tests.liar.behaviours import Manner, deck
from tests.liar.checks import Turn
from tests.liar.scene import Scene, World
from tests.liar.talks import Talk

HEADER = "x-liar-turn"
LIMITS: dict[str, Any] = {"decide_seconds": 0.2, "words_seconds": 0.2, "cards_seconds": 0.2, "breaker_failures": 0}
TURNS_A_TALK = 6
NO_MODEL = "(no model was asked)"

_turn: contextvars.ContextVar[int] = contextvars.ContextVar("turn of the liar", default=-1)


@dataclass
class Row:
    """What became of one manner's turns."""

    turns: int = 0
    answered: int = 0
    falls: Counter[str] = field(default_factory=Counter)
    kept: int = 0  # true sentences of the model that show
    dropped: int = 0  # true sentences that do not
    lies_told: int = 0
    found: Counter[str] = field(default_factory=Counter)


@dataclass
class Report:
    rows: dict[str, Row] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    requests: int = 0

    @property
    def total(self) -> Row:
        whole = Row()
        for row in self.rows.values():
            whole.turns, whole.answered = whole.turns + row.turns, whole.answered + row.answered
            whole.kept, whole.dropped = whole.kept + row.kept, whole.dropped + row.dropped
            whole.lies_told += row.lies_told
            whole.falls += row.falls
            whole.found += row.found
        return whole

    @property
    def good(self) -> bool:
        total = self.total
        return not self.findings and not total.found and total.answered == total.turns

    def add(self, turn: Turn) -> None:
        row = self.rows.setdefault(turn.manner, Row())
        row.turns += 1
        row.answered += bool(turn.reply) and turn.status == 200 and not any(k == "unanswered" for k, _ in turn.findings)
        row.falls.update(f"{f['why']}" for f in turn.reply.get("falls", []))
        true, lost = checks.kept(turn)
        row.kept, row.dropped = row.kept + true, row.dropped + lost
        row.lies_told += sum(not s.honest for _, s in turn.said)
        row.found.update(kind for kind, _ in turn.findings)
        asked = turn.ask.body.get("text") or json.dumps(turn.ask.body.get("act"), ensure_ascii=False)
        self.findings += [
            f"turn {turn.number}, {turn.manner}, {asked!r}: {kind}: {what}" for kind, what in turn.findings
        ]

    def merge(self, other: Report) -> Report:
        both = Report(
            dict(self.rows),
            [*self.findings, *other.findings],
            self.seconds + other.seconds,
            self.requests + other.requests,
        )
        for name, row in other.rows.items():
            mine = both.rows.get(name, Row())
            both.rows[name] = Row(
                mine.turns + row.turns, mine.answered + row.answered, mine.falls + row.falls, mine.kept + row.kept,
                mine.dropped + row.dropped, mine.lies_told + row.lies_told, mine.found + row.found,
            )  # fmt: skip
        return both

    def table(self) -> str:
        """A line for each manner."""
        kinds = ("crash", "server error", "foreign", "repeat", "breaks", "wish", "lie")
        head = (
            f"{'manner':36} turns answ. {'true kept/lost':>15} lies told  "
            + " ".join(f"{k:>7.7}" for k in kinds)
            + "  falls"
        )
        lines = [head, "-" * len(head)]
        for name, row in [*sorted(self.rows.items()), ("all", self.total)]:
            falls = ", ".join(f"{why} {n}" for why, n in row.falls.most_common(4))
            found = " ".join(f"{row.found[k]:7}" for k in kinds)
            lines.append(
                f"{name:36.36} {row.turns:5} {row.answered:5} {row.kept:8} /{row.dropped:5} {row.lies_told:9}  {found}  {falls}"
            )
        lines.append(f"{self.requests} requests to the model, {self.seconds:.0f} s")
        return "\n".join(lines)


class Liar:
    """The model's side: which manner belongs to which turn, and what was said in it."""

    def __init__(self, known: World, seed: int) -> None:
        self.world = known
        self._rng = random.Random(seed)
        self._deck: list[Manner] = []
        self._turns: dict[int, Turn] = {}
        self._manners: dict[int, tuple[Manner, random.Random]] = {}

    def enter(self, turn: Turn) -> None:
        self._turns[turn.number] = turn

    def behave(self, received: Received) -> Behaviour:
        """The first request of a turn draws its manner from a shuffled deck: each comes up before one comes again."""
        turn = self._turns.get(int(received.headers.get(HEADER, "-1")))
        if turn is None:
            return good(received)
        if turn.number not in self._manners:
            if not self._deck:
                self._deck = deck()
                self._rng.shuffle(self._deck)
            self._manners[turn.number] = self._deck.pop(), random.Random(self._rng.random())
        manner, rng = self._manners[turn.number]
        turn.manner = manner.name
        return manner(Scene(self.world, received, rng, turn.said, tuple(turn.talk.said)))


class _Errors(logging.Handler):
    """Errors that were logged or that nobody caught."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.seen.append(f"{record.getMessage()} {error!r}")

    def __enter__(self) -> _Errors:
        logging.getLogger("chatrec").addHandler(self)
        asyncio.get_running_loop().set_exception_handler(lambda loop, c: self.seen.append(f"nobody caught: {c}"))
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger("chatrec").removeHandler(self)
        asyncio.get_running_loop().set_exception_handler(None)


@contextlib.asynccontextmanager
async def liar_served(
    start: Callable[[dict[str, Any]], Awaitable[Any]],
    name: str,
    *,
    seed: int,
    most_items: int | None = None,
    **changed: Any,
) -> AsyncIterator[tuple[Any, Liar, ModelServer]]:
    """An engine whose hosted model is the liar; its catalogue has orders in its texts. start: settings -> engine."""
    server = ModelServer(models=["liar"])
    async with server:
        engine = await start(
            {"llm": "openai:liar", "openai_base_url": server.url, "openai_api_key": "none", **LIMITS, **changed}
        )
        try:
            liar = Liar(await world.poison(engine, name, most_items), seed)
            server.behave = liar.behave
            await engine.book(name)
            await engine.ladder.warm()
            for model in (m for m in engine.ladder.models if m.rung == "hosted"):
                model._http.event_hooks["request"].append(_mark)
            yield engine, liar, server
        finally:
            await engine.stop()


async def _mark(request: Any) -> None:
    request.headers[HEADER] = str(_turn.get())


async def run(
    start: Callable[[dict[str, Any]], Awaitable[Any]],
    name: str,
    *,
    turns: int,
    seed: int = 1,
    people: int = 4,
    page: Callable[..., str] | None = None,
    progress: Callable[[int], None] = lambda done: None,
    **changed: Any,
) -> Report:
    """`turns` turns of people who talk six turns each, `people` of them at once, everything checked.

    The same seed and one person at a time give the same run; with more, who meets which manner hangs on the clock.

    changed: settings, and `most_items` of the catalogue. page: (turn, catalogue) -> its HTML, where that is to be searched too: `page_of`.
    """
    from chatrec.web.server import create_app

    report, done = Report(), list[Turn]()
    with _Errors() as errors:
        async with liar_served(start, name, seed=seed, **changed) as (engine, liar, server):
            began = time.perf_counter()
            app = create_app(engine, page=False, warm=False)
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            talks = iter(_talks(name, turns, seed))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1", timeout=60) as client:

                async def chatter() -> None:
                    for talk, numbers in talks:
                        for number in numbers:
                            turn = await _take(client, talk, number, liar, page)
                            report.add(turn)
                            done.append(turn)
                            progress(len(done))

                await asyncio.gather(*(chatter() for _ in range(people)))
            report.seconds, report.requests = time.perf_counter() - began, len(server.requests)
            database = Path(engine.settings.database.partition(":///")[2])
            report.findings += [f"database: {f}" for f in checks.check_database(database, done)]
    report.findings += [f"error: {e}" for e in errors.seen]
    return report


def _talks(name: str, turns: int, seed: int) -> list[tuple[Talk, list[int]]]:
    """Who talks, and the numbers of their turns; every third person comes back for a second conversation."""
    rng, number = random.Random(seed), 0
    plan: list[tuple[Talk, list[int]]] = []
    while number < turns:
        long = min(TURNS_A_TALK, turns - number)
        talk = Talk(f"person-{len(plan)}", name, rng.choice(("en", "en", "zh")), random.Random(rng.random()))
        plan.append((talk, list(range(number, number + long))))
        number += long
    return plan


async def _take(
    client: httpx.AsyncClient, talk: Talk, number: int, liar: Liar, page: Callable[..., str] | None
) -> Turn:
    """One turn: sent, answered, checked."""
    if talk.conversation and talk.rng.random() < 0.06:
        talk.begin_again()
    ask = talk.next()
    for item_id in (ask.body.get("act") or {}).get("item_ids", ()):
        item = liar.world.items[item_id]
        talk.clicked += [item.title, *item.titles.values()]
    turn = Turn(number, NO_MODEL, talk, ask)
    liar.enter(turn)
    turn.heard = talk.heard
    _turn.set(number)
    body = ask.body | {"user_id": talk.person, "turn_id": f"t{number}", "catalog": talk.catalog}
    if talk.conversation:
        body["conversation_id"] = talk.conversation
    as_events = talk.rng.random() < 0.75
    try:
        await _send(client, body, turn, as_events)
    except httpx.HTTPError as error:
        turn.find("server error", repr(error))
    if turn.reply and page is not None:
        turn.html = page(turn, liar.world.catalog)
    checks.check(turn, liar.world)
    if turn.reply:
        talk.took(ask, turn.reply)
    return turn


async def _send(client: httpx.AsyncClient, body: dict[str, Any], turn: Turn, as_events: bool) -> None:
    if as_events:
        response = await client.post("/chat", json=body, headers={"accept": "text/event-stream"})
        turn.events = events_of(response.text) if response.status_code == 200 else []
        turn.reply = dict(turn.events[-1][1]) if turn.events and turn.events[-1][0] == "done" else {}
    else:
        response = await client.post("/chat", json=body)
        turn.reply = response.json() if response.status_code == 200 else {}
    turn.status = response.status_code
    if turn.reply:
        again = await client.post("/chat", json=body)  # the same turn once more: what was stored
        turn.again = again.json()


def events_of(body: str) -> list[tuple[str, Any]]:
    """The (name, data) pairs of an SSE body."""
    found, name = [], ""
    for line in body.replace("\r\n", "\n").split("\n"):
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            found.append((name, json.loads(line[5:])))
    return found


def page_of(turn: Turn, catalog: Any) -> str:
    """The turn as the page draws it, cards, small print and all."""
    from chatrec.vocabulary import Done, Reply
    from chatrec.web.page import Told, render

    reply = Reply.model_validate(turn.reply)
    told = Told(turn.ask.words)
    told.add(Done(reply))
    return render(told, catalog, reply.language, {}, True)
