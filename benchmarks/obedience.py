"""Whether what people ask for is obeyed, whatever the model does: dialogues whose wishes are known, turn by turn.

    python benchmarks/obedience.py [--catalog films|teas|crosswoz|FILE ...] [--mode rules|planner|hostile-tools|hostile-schema|disobedient ...]
                                   [--dialogues 1000] [--seed 1] [--errors 20] [--home FOLDER] [--json FILE]

Dialogues are generated from the catalogue's facets (chatrec/evaluation/obedience): the generator's own wishes are the gold. For
`crosswoz` they are the user sides of its validation dialogues, the gold their `Inform` acts. Modes: by rules; with the packaged model and its planner (asked for only by name); with a hosted model
that lies and whose server fails (tests/liar), by tool calls and by schema; with a model that does the opposite of everything, and
gives the person's own words as proof. Exit code 1 when an item broke the ledger, a cause was named wrongly or not at all.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import contextvars
import json
import logging
import random
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from chatrec.evaluation.obedience.dialogues import Held, Made, Maker  # noqa: E402
from chatrec.evaluation.obedience.labelled import all_of  # noqa: E402
from chatrec.evaluation.obedience.scoring import Judge, Outcome, classes, told, told_unanswered  # noqa: E402
from chatrec.evaluation.obedience.stock import Stock  # noqa: E402
from chatrec.vocabulary import Catalog, Item, Wish  # noqa: E402

MODES = ("rules", "hostile-tools", "hostile-schema", "disobedient")
CROSSWOZ = ROOT.parent / "shared" / "data" / "crosswoz"
HEADER = "x-obedience-talk"
LIMITS = {
    "decide_seconds": 0.3,
    "words_seconds": 0.3,
    "cards_seconds": 0.3,
    "breaker_failures": 0,
    "rate_per_minute": 0,
}
HEADLINES = (
    "items that meet our ledger",
    "items that meet the gold",
    "turns obeyed",
    "turns answered with items",
    "by chance: items the best known",
    "nothing fits, ledger right: said so and named the cause",
    "nothing fits the gold: said so",
    "wishes kept that nobody spoke of",
    "near items that say what they break",
    "items not shown before",
)
_talk: contextvars.ContextVar[str] = contextvars.ContextVar("whose request to the model this is", default="")


class Model:
    """The other side of the wire: knows for every dialogue what was said last and which wishes hold."""

    def __init__(self, mode: str, seed: int) -> None:
        self.mode, self._rng, self._deck = mode, random.Random(seed), list[Any]()
        self.world: Any = None
        self.said: dict[str, tuple[str, Sequence[Wish]]] = {}

    def behave(self, received: Any) -> Any:
        from chatrec.testing.model_server import good
        from tests.liar.behaviours import deck
        from tests.liar.scene import Scene

        talk = self.said.get(received.headers.get(HEADER, ""))
        if talk is None:
            return good(received)
        text, wishes = talk
        scene = Scene(self.world, received, random.Random(self._rng.random()), [], (text,))
        if self.mode == "disobedient":
            return self._opposite(scene, text, wishes) if scene.deciding else good(received)
        if not self._deck:
            self._deck = deck()
            self._rng.shuffle(self._deck)
        return self._deck.pop()(scene)

    def _opposite(self, scene: Any, text: str, wishes: Sequence[Wish]) -> Any:
        """Drop every wish, wish for the contrary, recommend: all with the person's own words as proof."""
        from tests.liar.deciding import decision

        contrary = {
            "<": ">",
            "<=": ">",
            ">": "<",
            ">=": "<",
            "not_in": "in",
            "contains": "not_in",
            "=": "not_in",
            "in": "not_in",
        }
        asked = [
            {
                "facet": w.facet,
                "op": contrary.get(w.op, "!="),
                "value": " | ".join(str(v) for v in w.value) if isinstance(w.value, list) else str(w.value),
                "words": scene.rng.choice((text, w.words or text)),
                "soft": False,
            }
            for w in wishes
            if w.facet
        ]
        drops = [{"wish_id": f"w{n}", "words": text} for n in range(1, 9)] + [
            {"wish_id": w.id, "words": text} for w in wishes
        ]
        scene.rng.shuffle(asked)
        return decision(scene, "recommend", wishes=asked, drop=drops[-4:], query="anything at all", items=["1"])


async def talk_through(engine: Any, made: Made, judge: Judge, model: Model | None) -> None:
    """One dialogue, turn by turn."""
    name = judge.stock.catalog.name
    _talk.set(made.id)
    conversation = None
    before: tuple[Wish, ...] = ()
    gold_before: tuple[Held, ...] = ()
    spent: set[str] = set()
    last: list[str] = []
    for number, said in enumerate(made.turns):
        if said.does == "seen" and len(last) < 3:
            gold_before = said.gold
            continue  # nothing is there to be known
        if model:
            model.said[made.id] = (said.text, before)
        reply = await engine.reply(text=said.text, catalog=name, conversation_id=conversation)
        outcome = Outcome(made.id, made.language, number, said, before, reply, gold_before, frozenset(spent))
        judge.take(outcome)
        last = [i.id for i in reply.items] or last
        spent |= {i.id for i in reply.items}
        conversation, before, gold_before = reply.conversation_id, tuple(reply.wishes), said.gold


@contextlib.asynccontextmanager
async def modelled(engine: Any, mode: str, seed: int, stock: Stock) -> AsyncIterator[tuple[Any, Model | None]]:
    """The engine with the models of a mode."""
    from chatrec.llm.ladder import Ladder
    from chatrec.testing.model_server import ModelServer
    from tests.liar.scene import World

    if mode == "rules":
        yield engine, None
        return
    if mode == "planner":
        changed: dict[str, Any] = {**LIMITS, "llm": "local:smollm2", "trust": "decide", "decide_seconds_local": 60.0}
        other = engine.with_models(Ladder.from_settings(engine.settings.model_copy(update=changed)), **changed)
        await other.ladder.warm()
        try:
            yield other, None
        finally:
            await other.stop()
        return
    model = Model(mode, seed)
    model.world = World(stock.catalog, {i.id: i for i in stock.items})
    async with ModelServer(model.behave, models=["liar"]) as server:
        changed = {
            **LIMITS,
            "llm": "openai:liar",
            "openai_base_url": server.url,
            "openai_api_key": "none",
            "tool_calls": "no" if mode == "hostile-schema" else "yes",
        }
        settings = engine.settings.model_copy(update=changed)
        other = engine.with_models(Ladder.from_settings(settings), **changed)
        await other.ladder.warm()
        for one in other.ladder.models:
            one._http.event_hooks["request"].append(_mark)
        try:
            yield other, model
        finally:
            await other.stop()
            print(f"   {len(server.requests)} requests to the model", flush=True)


async def _mark(request: Any) -> None:
    request.headers[HEADER] = _talk.get()


async def run(engine: Any, stock: Stock, dialogues: Iterable[Made], mode: str, seed: int) -> Judge:
    """All dialogues in one mode; a few at a time, where there is a model to wait for."""
    judge = Judge(stock)
    waiting = iter(dialogues)
    began, done = time.perf_counter(), 0

    async with modelled(engine, mode, seed, stock) as (with_model, model):

        async def worker() -> None:
            nonlocal done
            for made in waiting:
                await asyncio.create_task(talk_through(with_model, made, judge, model))
                done += 1
                if done % 100 == 0:
                    print(f"   {done} dialogues, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)

        await asyncio.gather(*(worker() for _ in range(1 if mode in ("rules", "planner") else 4)))
    return judge


def report(judge: Judge, name: str, mode: str, errors: int) -> dict[str, Any]:
    """The figures of a run, printed and as data."""
    tally = judge.tally
    print(f"\n== {name}, {mode}")
    for title in HEADLINES:
        print(f"{title:58} {tally.share(title)}")
    for group in ("language/", "move/", "kind/"):
        for title in tally.names(group):
            print(f"   {title:55} {tally.share(title)}")
    for breach in judge.breaches[:20]:
        print(f"BREACH {breach}")
    print(f"{len(judge.breaches)} breaches; {len(judge.misses)} places where the ledger leaves the gold")
    if errors:
        print(told(classes(judge.misses), errors))
        print(told_unanswered(judge.unanswered, errors))
    figures = {n: (s.good, s.n, s.low, s.high) for n in tally.names() for s in [tally.share(n)]}
    return {"catalog": name, "mode": mode, "breaches": judge.breaches, "figures": figures}


async def everything(options: argparse.Namespace, home: Path) -> int:
    from chatrec.engine import Engine
    from chatrec.settings import Settings

    films = "films" in options.catalog
    chosen: dict[str, Any] = {"home": home, "llm": "none", "rate_per_minute": 0} | (
        {} if films else {"embedder": "none"}
    )
    settings = Settings(_env_file=None, **chosen)  # type: ignore[call-arg]
    engine = await Engine.start(settings, build=films)
    found: list[dict[str, Any]] = []
    try:
        for name in options.catalog:
            for title, catalog, items, dialogues in await prepared(engine, name, options):
                stock = Stock(catalog, items)
                talks = dialogues or list(Maker(stock).dialogues(options.dialogues, options.seed))
                print(f"{title}: {len(items)} items, {len(talks)} dialogues, {sum(len(t.turns) for t in talks)} turns")
                await engine.book(catalog.name)
                if name == "films":
                    await engine.warm(name)
                    await engine.settled()
                for mode in options.mode:
                    judge = await run(engine, stock, talks, mode, options.seed)
                    found.append(report(judge, title, mode, options.errors))
    finally:
        await engine.stop()
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    return 1 if any(f["breaches"] for f in found) else 0


async def prepared(
    engine: Any, name: str, options: argparse.Namespace
) -> list[tuple[str, Catalog, Sequence[Item], list[Made]]]:
    """(title, catalogue, items, dialogues or none) of what is to be talked about, stored."""
    from tests import teas

    items_store = engine.store.items
    if name == "crosswoz":
        from chatrec.evaluation.understanding import crosswoz

        found = []
        for part in ("write", "judge"):
            corpus = crosswoz.read(options.crosswoz, part)
            for domain, ground in corpus.grounds.items():
                catalog = ground.catalog
                if part == "write":
                    await items_store.replace(catalog, list(ground.items))
                talks = all_of(corpus.dialogues, domain, catalog)
                found.append((f"{catalog.name} ({part})", catalog, ground.items, talks))
        return found
    if name == "teas":
        await items_store.replace(teas.CATALOG, teas.items())
    elif name != "films":
        from chatrec.importing import add

        path = Path(name)
        name = path.stem.replace("_", "-")
        await add(engine.store, name, path)
    catalog = await items_store.catalog(name)
    items = [item async for batch in items_store.all(name) for item in batch]
    return [(name, catalog, items, [])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalog", nargs="+", default=["films", "teas"])
    parser.add_argument("--mode", nargs="+", choices=("planner", *MODES), default=list(MODES))
    parser.add_argument("--dialogues", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=int, default=0, metavar="N")
    parser.add_argument("--home", type=Path, help="a built home; it is copied, not changed")
    parser.add_argument("--crosswoz", type=Path, default=CROSSWOZ)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)  # pydantic's, on what the server sends
    logging.getLogger("chatrec").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if options.home:
            shutil.copytree(options.home, home)
        sys.exit(asyncio.run(everything(options, home)))


if __name__ == "__main__":
    main()
