"""How fast and how big: candidates under hard filters at 10,000 and 100,000 items, fits of a million events, what a turn feels of
them. Writes its figures into docs/performance.md, between the two marks, and the plot beside it.

    python benchmarks/scale.py [--quick] [--json FILE] [--no-write]

About ten minutes on two idle cores; --quick takes a tenth of the shop, for a look. The plot needs matplotlib (`pip install
matplotlib`); without it everything but the plot is done. MovieLens small is read from ../shared/data when it is there.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gc
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

import page  # noqa: E402
import plots  # noqa: E402
from synthetic import CATALOG, DIM, Shop, shop, wishes  # noqa: E402

PLOT = ROOT / "docs" / "images" / "scale.png"
MOVIELENS = ROOT.parent / "shared" / "data" / "movielens-small-2016"
MARKS = "benchmarks/scale.py"
SHARES = (1.0, 0.1, 0.01, 0.001)
RUNS, CALLS = 5, 40  # runs of which the median counts; calls a run
ASKED = 1_000  # people asked about for NDCG


def p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


# --------------------------------------------------------------------------- candidates


async def opened(made: Shop, folder: Path) -> tuple[Any, Any]:
    """A store on SQLite with the shop in it, and its shelf with vectors and taste."""
    from chatrec.recommend.shelf import Shelf
    from chatrec.recommend.whole import learned
    from chatrec.store import Store

    store = await Store.open(f"sqlite:///{folder / f'shop-{len(made)}.db'}")
    await store.migrate()
    items = list(made.items())
    await store.items.replace(CATALOG, items)
    shelf = Shelf.build(CATALOG, items)
    shelf.edition = await store.items.edition(CATALOG.name)  # as engine.py does

    async def encode(texts: list[str]) -> np.ndarray:  # what an encoder takes is not the question here
        drawn = np.random.default_rng(len(texts[0])).standard_normal((len(texts), DIM))
        return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)

    shelf.adopt("made up", shelf.ids, made.vectors, encode)
    shelf.taste = learned(made.person, made.row, made.weight, shelf)
    gc.freeze()  # as engine.py does once a catalogue is open: what stays is not looked through again and again
    return store, shelf


async def candidates(made: Shop, folder: Path) -> list[dict[str, Any]]:
    """ms a call for one person, through SQLite, for each share of the catalogue that is allowed; and whether the twenty are
    those that brute force finds."""
    from chatrec.recommend.candidates import Candidates

    store, shelf = await opened(made, folder)
    recommender = Candidates(CATALOG, store, shelf)
    rng = np.random.default_rng(5)
    people = rng.choice(made.person, RUNS * CALLS + 8)
    histories = [[shelf.ids[r] for r in made.row[made.person == p][-20:]] for p in people]
    texts = ["", "word1 word7", "topic3", "word12 word3 topic5"]
    rows = []
    for share in (None, *SHARES):
        ledgers: list[list[Any]] = [[]] if share is None else wishes(share)
        runs: list[list[float]] = []
        for run in range(RUNS):
            took = []
            for call in range(CALLS):
                n = run * CALLS + call
                history = [(i, "like") for i in reversed(histories[n])]
                began = time.perf_counter()
                found = await recommender.recommend(history, ledgers[n % len(ledgers)], texts[n % len(texts)])
                took.append((time.perf_counter() - began) * 1_000)
                assert found
            runs.append(took)
        exact = await recall(recommender, shelf, made, ledgers, histories[-8:], texts)
        middle = statistics.median(p95(r) for r in runs)
        rows.append(
            {
                "items": len(made),
                "allowed": share,
                "p50_ms": statistics.median(statistics.median(r) for r in runs),
                "p95_ms": middle,
                "per_second": 20_000 / statistics.median(statistics.mean(r) for r in runs),
                "recall": exact,
                "budget_ms": plots.BUDGETS.get(len(made)),
            }
        )
        told = "no filter" if share is None else f"{share:.1%} allowed"
        print(
            f"  {len(made):>7,} items, {told:14} p95 {middle:6.1f} ms   recall of brute force {exact:.3f}", flush=True
        )
    rows.append({"items": len(made), "next_call": await next_call(recommender, shelf, made)})
    await store.close()
    return rows


async def recall(
    recommender: Any, shelf: Any, made: Shop, ledgers: Sequence[Any], histories: Sequence[Any], texts: Sequence[str]
) -> float:
    """The share of brute force's twenty (score everything, keep what `Wish.meets`) that is offered, in the same order."""
    from chatrec.vocabulary import Ledger

    items = list(made.items())
    shares = []
    for n, history in enumerate(histories):
        hard = ledgers[n % len(ledgers)]
        events = [(i, "like") for i in reversed(history)]
        found = [c.item.id for c in await recommender.recommend(events, hard, texts[n % len(texts)])]
        asked: dict[str, Any] = {}
        kept = recommender._rank

        async def seen(query: Any, ledger: Any, barred: Any, *rest: Any, asked: Any = asked, kept: Any = kept) -> Any:
            asked.update(query=query, barred=barred)
            return await kept(query, ledger, barred, *rest)

        recommender._rank = seen  # what is asked of the sources, as it is put together there
        await recommender.recommend(events, hard, texts[n % len(texts)])
        recommender._rank = kept
        parts = await recommender._ask(asked["query"], np.arange(len(shelf), dtype=np.int64))
        fused = recommender.fuse(parts, len(shelf), asked["query"])
        ledger = Ledger(tuple(hard))
        fit = [r for r, item in enumerate(items) if item.id not in asked["barred"] and ledger.allows(item)]
        best = sorted(fit, key=lambda r: (-fused[r], -shelf.popularity[r], r))[:20]
        wanted = [shelf.ids[r] for r in best]
        shares.append(sum(a == b for a, b in zip(found, wanted, strict=False)) / max(len(wanted), 1))
    return statistics.mean(shares)


async def next_call(recommender: Any, shelf: Any, made: Shop) -> dict[str, Any]:
    """Whether one like moves the next answer, and after how many ms that answer is there."""
    moved, took = 0, []
    for row in np.random.default_rng(9).choice(made.row, 20):
        before = [c.item.id for c in await recommender.recommend([])]
        began = time.perf_counter()
        after = [c.item.id for c in await recommender.recommend([(shelf.ids[row], "like")])]
        took.append((time.perf_counter() - began) * 1_000)
        moved += before != after
    return {"moved": moved / 20, "p95_ms": p95(took)}


# --------------------------------------------------------------------------- fits


def in_a_process(what: str, *arguments: str) -> dict[str, Any]:
    """The figures of one part, from a process of its own: its peak memory is that part's."""
    command = [sys.executable, str(Path(__file__)), "--part", what, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def fit_part(items: int, people: int, events: int) -> dict[str, Any]:
    """Seconds and memory of the fit of a made-up log, and NDCG@20 of a quarter of it held out."""
    from chatrec.evaluation.ranking.splits import Events, split
    from chatrec.recommend.collaborative import Taste
    from chatrec.recommend.whole import HEAD, Whole

    made = shop(items, people, events)
    cut = split(Events(made.person, made.row, made.weight, np.full(len(made.row), np.nan)), "random", 1)
    known = cut.known
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    whole = Whole.fit(known.person, known.row, known.weight, items)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert isinstance(whole, Whole)
    taken = np.bincount(known.row, minlength=items).astype(float)
    ways: dict[str, Callable[[list[tuple[int, float]]], np.ndarray]] = {
        "most taken": lambda events: taken,
        f"item-item, the {HEAD:,} most taken": lambda events: _dense(whole.head, events, items),
        "factors of all": lambda events: _dense(whole.tail, events, items),
        "both (what is used)": lambda events: _dense(whole, events, items),
    }
    assert isinstance(whole.head, Taste)
    quality = {name: list(ndcg(way, cut)) for name, way in ways.items()}
    return {
        "items": items, "people": people, "events": len(made.row), "fitted_on": len(known.row), "seconds": seconds,
        "peak_mb": peak / 1024, "before_mb": before / 1024, "ndcg20": quality,
    }  # fmt: skip


def movielens_part() -> dict[str, Any]:
    """Seconds of a refit on MovieLens small as it is, median of five, and NDCG@20 of the models where all fit in one."""
    from chatrec.evaluation.ranking.splits import Events, split
    from chatrec.recommend.als import Factors
    from chatrec.recommend.collaborative import Taste
    from chatrec.recommend.whole import Whole

    person, film, weight = [], [], []
    with (MOVIELENS / "ratings.csv").open() as file:
        for line in csv.DictReader(file):
            person.append(int(line["userId"]))
            film.append(int(line["movieId"]))
            weight.append(float(line["rating"]) / 5)
    films, row = np.unique(film, return_inverse=True)
    events = Events(np.array(person), row, np.array(weight), np.full(len(row), np.nan))
    took = _refits(person, film, weight)
    cut = split(events, "random", 1)
    log = (cut.known.person, cut.known.row, cut.known.weight, len(films))
    models = {
        "item-item, all (what is used here)": Taste.fit(*log),
        "factors of all": Factors.fit(*log),
        "item-item of the 1,000 most taken, factors of all": Whole.fit(*log, head=1_000),
    }
    quality = {
        name: list(ndcg(lambda e, model=model: _dense(model, e, len(films)), cut)) for name, model in models.items()
    }
    return {"events": len(row), "items": len(films), "refit_seconds": statistics.median(took), "ndcg20": quality}


def _refits(person: Sequence[int], film: Sequence[int], weight: Sequence[float]) -> list[float]:
    """Seconds of all that a refit does in the product, the log read already, over films with genres and years."""
    from chatrec.recommend.shelf import Shelf
    from chatrec.store.interactions import Log
    from chatrec.upkeep.taste import fitted_models
    from chatrec.vocabulary import Catalog, Facet, Item

    with (MOVIELENS / "movies.csv").open(encoding="utf-8") as file:
        items = [
            Item(id=line["movieId"], title=line["title"], attributes={"genres": tuple(line["genres"].split("|"))})
            for line in csv.DictReader(file)
        ]
    shelf = Shelf.build(Catalog(name="ml", facets=(Facet(name="genres", type="category", many=True),)), items)
    people, people_at = np.unique(person, return_inverse=True)
    films, films_at = np.unique(film, return_inverse=True)
    kind, rating = np.zeros(len(person), dtype=np.int32), np.array(weight, dtype=np.float32) * 5
    log = Log(
        [str(p) for p in people], [str(f) for f in films], ["rating"], people_at, films_at, kind, rating,
        np.full(len(person), np.nan),
    )  # fmt: skip
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        fitted_models(log, shelf)
        took.append(time.perf_counter() - began)
    return took


def _dense(model: Any, events: list[tuple[int, float]], size: int) -> np.ndarray:
    out = np.zeros(size)
    out[model.rows] = model.scores(events)
    return out


def ndcg(way: Callable[[list[tuple[int, float]]], np.ndarray], cut: Any) -> tuple[float, float, float]:
    """NDCG@20 over people, with its 95% interval."""
    from chatrec.evaluation.ranking.metrics import interval, of_list

    wanted: dict[int, set[int]] = {}
    for p, r, w in zip(cut.wanted.person.tolist(), cut.wanted.row.tolist(), cut.wanted.weight.tolist(), strict=True):
        if w >= 0.7:
            wanted.setdefault(p, set()).add(r)
    asked = np.array(sorted(wanted))
    asked = np.sort(np.random.default_rng(3).choice(asked, min(ASKED, len(asked)), replace=False))
    order = np.argsort(cut.known.person, kind="stable")
    person, row, weight = cut.known.person[order], cut.known.row[order], cut.known.weight[order]
    found = []
    for p in asked.tolist():
        own = slice(*np.searchsorted(person, [p, p + 1]))
        scores = way(list(zip(row[own].tolist(), weight[own].tolist(), strict=True))).copy()
        scores[row[own]] = -np.inf
        best = np.argpartition(-scores, 20)[:20]
        found.append(of_list(best[np.argsort(-scores[best], kind="stable")].tolist(), wanted[p], 20)["ndcg"])
    values = np.array(found)
    return (float(values.mean()), *interval(values))


def turns_part(items: int, people: int, events: int) -> dict[str, Any]:
    """p95 of whole turns (by rules) over the shop, alone and while a fit runs, and how long a start waits for a model file."""
    return asyncio.run(_turns(items, people, events))


async def _turns(items: int, people: int, events: int) -> dict[str, Any]:
    from chatrec.engine import Engine
    from chatrec.settings import Settings
    from chatrec.store.interactions import Interaction
    from chatrec.upkeep import taste

    made = shop(items, people, events)
    with tempfile.TemporaryDirectory() as folder:
        chosen: Any = {
            "home": Path(folder),
            "catalog": "scale",
            "llm": "none",
            "embedder": "none",
            "rate_per_minute": 0,
        }
        engine = await Engine.start(Settings(_env_file=None, **chosen), build=False)
        await engine.store.items.replace(CATALOG, made.items())
        kinds = np.where(made.weight > 0.5, "like", "view")
        log = [
            Interaction(f"u{p}", f"i{r:07d}", k)
            for p, r, k in zip(made.person.tolist(), made.row.tolist(), kinds.tolist(), strict=True)
        ]
        await engine.store.interactions.replace("scale", log)
        del log
        book = await engine.book("scale")
        said = ("something of topic3", "word12 word3", "price under 300", "topic5, not topic7", "others please")

        async def some(until: Callable[[int], bool]) -> list[float]:
            took, n = [], 0
            while until(n):
                began = time.perf_counter()
                await engine.reply(text=said[n % len(said)], user_id=f"b{n}")
                took.append((time.perf_counter() - began) * 1_000)
                n += 1
            return took

        await some(lambda n: n < 10)
        alone = await some(lambda n: n < 60)
        began = time.perf_counter()
        fit = asyncio.create_task(taste.keep(engine.store, book.catalog, book.shelf, None, Path(folder)))
        during = await some(lambda n: not fit.done())
        await fit
        seconds = time.perf_counter() - began
        book.shelf.model, book.shelf.taste = "", None
        began = time.perf_counter()
        await taste.keep(engine.store, book.catalog, book.shelf, None, Path(folder))
        loaded = time.perf_counter() - began
        size = sum(f.stat().st_size for f in (Path(folder) / "models").rglob("*.npz"))
        await engine.stop()
    return {
        "alone_p95_ms": p95(alone), "during_p95_ms": p95(during), "during_turns": len(during), "fit_seconds": seconds,
        "load_seconds": loaded, "file_mb": size / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


# --------------------------------------------------------------------------- telling


def page_of(found: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = [
        f"Measured {found['when']} on {found['cores']} cores ({found['machine']}), Python {found['python']}, numpy "
        f"{np.__version__}: medians of {RUNS} runs of {CALLS} calls.",
        "",
        "| items | allowed by hard wishes | p50 | p95 | budget | candidates a second | recall of brute force's twenty |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in found["candidates"]:
        if "next_call" in row:
            continue
        told = "no wish" if row["allowed"] is None else f"{row['allowed']:.1%}"
        budget = f"{row['budget_ms']:.0f} ms" if row["budget_ms"] else ""
        lines.append(
            f"| {row['items']:,} | {told} | {row['p50_ms']:.1f} ms | {row['p95_ms']:.1f} ms | {budget} | "
            f"{row['per_second']:,.0f} | {row['recall']:.3f} |"
        )
    for row in found["candidates"]:
        if "next_call" in row:
            told = row["next_call"]
            lines += [
                "",
                f"A like moved the next call's twenty in {told['moved']:.0%} of 20 cases at {row['items']:,} items (p95 {told['p95_ms']:.1f} ms).",
            ]
    fit, turns = found["fit"], found["turns"]
    lines += [
        "",
        f"A fit of {fit['fitted_on']:,} events of {fit['people']:,} people over {fit['items']:,} items: "
        f"{fit['seconds']:.0f} s, {fit['peak_mb']:,.0f} MB at most (the made-up shop among them: {fit['before_mb']:,.0f} MB).",
        "",
        f"Through the product (SQLite, {turns['fit_seconds']:.0f} s from reading the log to the written file of "
        f"{turns['file_mb']:.0f} MB; the whole process {turns['peak_mb']:,.0f} MB at most): a turn by rules takes p95 "
        f"{turns['alone_p95_ms']:.0f} ms alone and {turns['during_p95_ms']:.0f} ms while the fit runs "
        f"({turns['during_turns']} turns). A start loads the file in {turns['load_seconds']:.1f} s.",
        "",
        "| NDCG@20, a quarter of each person's events held out | made-up log | 95% |",
        "|---|---|---|",
        *(f"| {name} | {m:.3f} | [{low:.3f}, {high:.3f}] |" for name, (m, low, high) in fit["ndcg20"].items()),
    ]
    if (real := found.get("movielens")) is not None:
        lines += [
            "",
            f"MovieLens small ({real['events']:,} ratings, {real['items']:,} films): a refit of all models "
            f"takes {real['refit_seconds']:.1f} s.",
            "",
            "| NDCG@20, the same cut | MovieLens small | 95% |",
            "|---|---|---|",
            *(f"| {name} | {m:.3f} | [{low:.3f}, {high:.3f}] |" for name, (m, low, high) in real["ndcg20"].items()),
        ]
    if found.get("plot"):
        lines += ["", "![p95 of candidates by the share of items that hard wishes allow](images/scale.png)"]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the shop; nothing is written into docs")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md and the plot as they are")
    parser.add_argument("--part", choices=["fit", "turns", "movielens", "candidates"], help=argparse.SUPPRESS)
    parser.add_argument("sizes", nargs="*", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        parts: dict[str, Callable[..., Any]] = {"fit": fit_part, "turns": turns_part, "movielens": movielens_part}
        print(json.dumps(parts[options.part](*options.sizes)))
        return
    size = ("30000", "5000", "100000") if options.quick else ("100000", "50000", "1000000")
    found: dict[str, Any] = {
        "when": time.strftime("%Y-%m-%d"), "cores": len(__import__("os").sched_getaffinity(0)),
        "machine": platform.machine(), "python": platform.python_version(), "candidates": [],
    }  # fmt: skip
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for items in (10_000, 30_000 if options.quick else 100_000):
            made = shop(items, items // 2, 10 * items if items > 10_000 else 100_000)
            found["candidates"] += asyncio.run(candidates(made, Path(folder)))
    for what in ("fit", "turns"):
        found[what] = in_a_process(what, *size)
        print(what, json.dumps(found[what], indent=2), flush=True)
    if MOVIELENS.is_dir():
        found["movielens"] = in_a_process("movielens")
    found["seconds"] = time.perf_counter() - began
    if not (options.quick or options.no_write):
        found["plot"] = plots.draw("scale", found, PLOT)
        page.write(MARKS, page_of(found))
    print(page_of(found))
    print(f"\n{found['seconds']:.0f} s in all")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
