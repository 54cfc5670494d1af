"""How many turns until simulated people are shown what they want: ChatRec by rules, with its questions and without, beside others.

    python benchmarks/few_turns.py [--home FOLDER] [--people 100] [--seed 2026] [--only films|restaurants|goals] [--model-people 20]

The same people talk to each: ChatRec with the question policy; without it; plain vector search over all they have said; what is
popular; and, where --model-people is above 0, the packaged model alone with ChatRec's tools: no reader in code, its decisions and
wishes as they are. Nothing is shown to a person twice by any of them, five at a time, exact ids.
- films: what real people liked (MovieLens, joined by imdb id) is what is wanted; the catalogue and its vectors from --home, copied.
- restaurants: CrossWOZ's database of 951 in Chinese; what is wanted is drawn from it.
- goals (--goals, or --only goals): the same restaurants, but people wish what the goals of CrossWOZ's validation dialogues say, and what is wanted is drawn
  among the restaurants that meet one.
The policy was tuned with seeds 101 to 104. People: docs/simulated-people.md. Figures: docs/lab.md.

Needs ../shared/data/movielens-small-2016 and crosswoz beside the checkout, and for films a home in which they were built.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from chatrec.engine import Book, Engine  # noqa: E402
from chatrec.evaluation.people import report  # noqa: E402
from chatrec.evaluation.people.goals import crosswoz_goals, people_of_goals  # noqa: E402
from chatrec.evaluation.people.histories import read_histories  # noqa: E402
from chatrec.evaluation.people.person import Person, people_of  # noqa: E402
from chatrec.evaluation.people.play import Outcome, play_all  # noqa: E402
from chatrec.evaluation.people.system import Answered, ChatRec, System, Talk  # noqa: E402
from chatrec.evaluation.people.truth import claims_judge  # noqa: E402
from chatrec.evaluation.understanding import crosswoz  # noqa: E402
from chatrec.llm.ladder import Ladder  # noqa: E402
from chatrec.settings import Settings  # noqa: E402
from chatrec.turn import Parts  # noqa: E402
from chatrec.vocabulary import Catalog, Chip, Heard, Item, Said, Turn  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
SHOWN = 5
SCENES = ("films", "restaurants", "goals")


class Ranked:
    """A system that shows the next five of an order over the catalogue, made anew from all that was said."""

    def __init__(self, name: str, items: Sequence[Item]) -> None:
        self.name, self._items = name, items

    async def order(self, said: Sequence[str]) -> Sequence[int]:
        raise NotImplementedError

    async def talk(self, language: str) -> Talk:
        return _RankedTalk(self, self._items)


class _RankedTalk:
    def __init__(self, system: Ranked, items: Sequence[Item]) -> None:
        self._system, self._items = system, items
        self._said: list[str] = []
        self._shown: set[int] = set()

    async def say(self, text: str) -> Answered:
        self._said.append(text)
        new = [n for n in await self._system.order(self._said) if n not in self._shown][:SHOWN]
        self._shown.update(new)
        return Answered(items=tuple(self._items[n] for n in new))

    async def press(self, chip: Chip) -> Answered:
        return await self.say(chip.label)


class Popular(Ranked):
    """What is best known; where a catalogue does not say, what is best rated."""

    def __init__(self, items: Sequence[Item], rating: str | None) -> None:
        super().__init__("popularity", items)
        rated = [float(next(iter(i.values(rating)), 0.0)) for i in items]
        self._order = sorted(range(len(items)), key=lambda n: (-items[n].popularity, -rated[n], items[n].id))

    async def order(self, said: Sequence[str]) -> Sequence[int]:
        return self._order


class Vectors(Ranked):
    """Plain vector search: the messages so far as one text, the nearest items by cosine."""

    def __init__(self, items: Sequence[Item], book: Book) -> None:
        super().__init__("vector search", items)
        self._shelf = book.shelf
        self._place = {i.id: n for n, i in enumerate(items)}

    async def order(self, said: Sequence[str]) -> Sequence[int]:
        vectors = self._shelf.vectors
        vector = await vectors.text(" ".join(said))
        cosines = vectors.matrix @ vector if vector is not None else np.zeros(len(self._shelf))
        return [self._place[self._shelf.ids[row]] for row in np.argsort(-cosines, kind="stable")[:100]]


class _Deaf:
    """No reader in code: clicks are heard, words are left to the model."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def read(self, said: Said, turn: Turn) -> Heard:
        return self._reader.read(said, turn) if said.act is not None else Heard()


class BareModel(ChatRec):
    """The packaged model alone with ChatRec's tools: what it decides and wishes for stands, as far as it is a valid call."""

    def __init__(self, engine: Engine, name: str, items: Sequence[Item]) -> None:
        super().__init__(engine, name, items, name="packaged model alone")

    async def parts(self) -> Parts:
        parts = await super().parts()
        return replace(parts, reader=_Deaf(parts.reader))


@contextlib.asynccontextmanager
async def opened(home: Path | None, scene: str) -> AsyncIterator[tuple[Engine, str]]:
    """An engine in a home of its own, without models, with vectors."""
    with tempfile.TemporaryDirectory(prefix="chatrec-few-turns-") as folder:
        place = Path(folder) / "home"
        if scene == "films":
            shutil.copytree(home or Settings().home, place)
        engine = await Engine.start(Settings(home=place, llm="none", rate_per_minute=0), build=False)
        try:
            name = "films"
            if scene != "films":
                ground = crosswoz.read(DATA / "crosswoz").grounds["餐馆"]
                name = ground.catalog.name
                await engine.store.items.replace(ground.catalog, ground.items)
            await engine.warm(name)
            await engine.settled()
            yield engine, name
        finally:
            await engine.stop()


async def measure(scene: str, args: argparse.Namespace, console: Console) -> list[dict[str, Any]]:
    async with opened(args.home, scene) as (engine, name):
        book = await engine.book(name)
        catalog = book.catalog
        items = [item async for batch in engine.store.items.all(name) for item in batch]
        records = {i.id: i for i in items}
        people = _people(scene, catalog, items, args)
        rating = catalog.by_role("rating")
        systems: list[System] = [
            ChatRec(engine, name, items),
            ChatRec(engine, name, items, questions=False, name="without questions"),
            Vectors(items, book),
            Popular(items, rating.name if rating else None),
        ]
        judge = claims_judge(catalog, records)
        found: dict[str, list[Outcome]] = {}
        for system in systems:
            began = time.perf_counter()
            found[system.name] = await play_all(people, system, catalog, most_turns=args.turns, judge=judge)
            console.print(f"{scene}: {system.name}: {time.perf_counter() - began:.0f} s", markup=False)
        console.print(f"\n{scene}, seed {args.seed}", style="bold", markup=False)
        report.show(found, args.turns, console)
        told = [{"scene": scene, "seed": args.seed, **one} for one in report.as_json(found, args.turns)]
        if args.model_people:
            few = people[: args.model_people]
            bare = await bare_model(engine, name, items, few, args.turns)
            beside = {"ChatRec": found["ChatRec"][: len(few)], "packaged model alone": bare}
            console.print(f"\n{scene}, the packaged model alone", style="bold", markup=False)
            report.show(beside, args.turns, console)
            told += [{"scene": scene, "seed": args.seed, **one} for one in report.as_json(beside, args.turns)[1:]]
        return told


def _people(scene: str, catalog: Catalog, items: Sequence[Item], args: argparse.Namespace) -> list[Person]:
    if scene == "goals":
        return people_of_goals(catalog, items, crosswoz_goals(DATA / "crosswoz", catalog), args.people, seed=args.seed)
    if scene == "restaurants":
        return people_of(catalog, items, args.people, seed=args.seed, languages=("zh",))
    tastes = read_histories(DATA / "movielens-small-2016", {i.id for i in items})
    return people_of(catalog, items, args.people, seed=args.seed, languages=("en", "zh"), histories=tastes)


async def bare_model(
    engine: Engine, name: str, items: Sequence[Item], people: Sequence[Person], turns: int
) -> list[Outcome]:
    changed: dict[str, Any] = {
        "llm": "local:smollm2", "trust": "decide", "decide_seconds_local": 120.0, "breaker_failures": 0,
    }  # fmt: skip
    other = engine.with_models(Ladder.from_settings(engine.settings.model_copy(update=changed)), **changed)
    try:
        catalog = (await other.book(name)).catalog
        alone = BareModel(other, name, items)
        return await play_all(people, alone, catalog, most_turns=turns, at_once=1, progress=_tell)
    finally:
        await other.stop()


def _tell(what: str, done: int, of: int) -> None:
    """The model takes a while: say where it is."""
    print(f"{what}: {done} of {of}", file=sys.stderr, flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "--home", type=Path, help="a CHATREC_HOME with the films built and their vectors; by default the configured one"
    )
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", choices=SCENES)
    parser.add_argument("--goals", action="store_true", help="restaurants for people with CrossWOZ's own goals, too")
    parser.add_argument(
        "--model-people", type=int, default=0, help="people for the packaged model; a turn takes seconds"
    )
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    console, told = Console(width=180), []
    for scene in (args.only,) if args.only else SCENES if args.goals else SCENES[:2]:
        if not (DATA / ("movielens-small-2016" if scene == "films" else "crosswoz")).is_dir():
            console.print(f"{scene}: the data is not beside the checkout; skipped", markup=False)
            continue
        if scene == "films" and not ((args.home or Settings().home) / "chatrec.db").is_file():
            console.print("films: no home with the films built (--home); skipped", markup=False)
            continue
        told += await measure(scene, args, console)
    if args.json:
        args.json.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
