"""What the other side of a conversation names next: the fused sources against popularity and neighbours, no model in the loop.

    python benchmarks/conversational.py [--home FOLDER] [--tune] [--json FILE]

Judged: INSPIRED's dev dialogues, and the last fifth of ReDial's valid dialogues by conversation id; films not mentioned before,
over the films of `film_universe` (a target outside counts as missed). Learned from: the other four fifths of ReDial valid, the bags
of words and titles of INSPIRED train, MovieLens small's ratings. `--tune` judges the fourth fifth of ReDial and a fifth of
INSPIRED train instead, and learns from the rest: with it the weights in recommend/dialogue.py and the dialogue's weight in
recommend/fuse.py were chosen, and nothing was chosen on what is judged. "ours, one crowd" leaves recommend/crowds.py out.

Every way ranks the same cases with the same knowledge of what was mentioned. "by text alone" is told no item: the product's
reader finds the titles in the messages, and obeys the wishes it reads (hard ones too).

The first run encodes the films (half an hour on one slow core); they are kept in --home. A run after that takes some minutes.
Needs ../shared/data: redial, inspired, and what film_universe needs; what is missing is told.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import csv
import hashlib
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import film_universe  # noqa: E402

from chatrec.engine import Book, Engine  # noqa: E402
from chatrec.evaluation.ranking.talks import AT, Case, Line, Recall, cases_of, found_at  # noqa: E402
from chatrec.language.tokens import word_tokens  # noqa: E402
from chatrec.llm.embed import load_embedder  # noqa: E402
from chatrec.recommend.candidates import Candidates, packaged_sources  # noqa: E402
from chatrec.recommend.crowds import Crowds  # noqa: E402
from chatrec.recommend.dialogue import Dialogue  # noqa: E402
from chatrec.settings import Settings  # noqa: E402
from chatrec.store.interactions import Interaction  # noqa: E402
from chatrec.store.talks import Talk  # noqa: E402
from chatrec.upkeep import talks as talks_upkeep  # noqa: E402
from chatrec.upkeep import taste as taste_upkeep  # noqa: E402
from chatrec.upkeep.vectors import keep as keep_vectors  # noqa: E402

DATA = film_universe.DATA
NEEDS = ("redial/valid_data.jsonl", "inspired/dev.tsv", "inspired/train.csv", *film_universe.NEEDS)
FIFTHS, TUNED = 5, 51  # of 256: bags of INSPIRED train that --tune judges
KEPT = AT[-1]
NEIGHBOURS = 50
SENTENCE = re.compile(r"(?<=[.!?])\s+")
Rank = Callable[[Case], Awaitable[Sequence[str]]]

# --------------------------------------------------------------------------- the corpora


def redial(titles: film_universe.Titles) -> list[tuple[str, list[Line], dict[str, Any]]]:
    """(id, lines, what was liked) of each dialogue by conversation id; `@123` in a text is the title of film 123."""
    lines = (DATA / "redial" / "valid_data.jsonl").read_text("utf-8").splitlines()
    found = []
    for talk in sorted((json.loads(line) for line in lines), key=lambda t: int(t["conversationId"])):
        names = {k: v for k, v in (talk["movieMentions"] or {}).items() if v}
        ids = {k: titles.find(v) for k, v in names.items()}
        told = [
            Line(
                "user" if m["senderWorkerId"] == talk["initiatorWorkerId"] else "assistant",
                re.sub(r"@(\d+)", lambda at, names=names: film_universe.split_year(names.get(at[1], ""))[0], m["text"]),
                tuple((ids[k], names[k]) for k in re.findall(r"@(\d+)", m["text"]) if k in names),
            )
            for m in talk["messages"]
        ]
        asked = [q for q in (talk["respondentQuestions"], talk["initiatorQuestions"]) if isinstance(q, dict)]
        verdicts = {ids[k]: v for q in asked for k, v in q.items() if ids.get(k)}
        found.append((f"redial-{talk['conversationId']}", told, verdicts))
    return found


def inspired_dev(titles: film_universe.Titles) -> list[tuple[str, list[Line]]]:
    talks: dict[str, list[Line]] = {}
    with (DATA / "inspired" / "dev.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            names = [name.strip() for name in (row["movies"] or "").split(";") if name.strip()]
            role = "user" if row["speaker"] == "SEEKER" else "assistant"
            text = row["text"].replace("QUOTATION_MARK", '"')
            talks.setdefault(row["dialog_id"], []).append(Line(role, text, tuple((titles.find(n), n) for n in names)))
    return list(talks.items())


def inspired_train(titles: film_universe.Titles) -> list[tuple[str, str, dict[str, str]]]:
    """(id, all words, film id -> name). Stray words among the titles go: what is written small, or names no film exactly."""
    found = []
    with (DATA / "inspired" / "train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = [n for n in ast.literal_eval(row["movies"]) if re.match(r"[A-Z0-9]", n)]
            films = {id_: n for n in names if (id_ := titles.find(n, whole=True))}
            found.append((f"inspired-{row['']}", row["full_situation"], films))
    return found


def bag_cases(bags: Iterable[tuple[str, str, dict[str, str]]]) -> list[Case]:
    """To tune on: each film of a bag is to be foreseen from some of the sentences that do not name it."""
    cases = []
    for id_, text, films in bags:
        draw = random.Random(id_)
        for film, name in films.items():
            free = [s for s in SENTENCE.split(text) if name.lower() not in s.lower()]
            part = 0.2 + 0.6 * draw.random()
            kept = " ".join(s for s in free if draw.random() < part)
            others = tuple((f, n) for f, n in films.items() if f != film and n.lower() in kept.lower())
            cases.append(Case(id_, (Line("user", kept, others),), (film,)))
    return cases


def learned(
    talks: Iterable[tuple[str, list[Line], dict[str, Any]]], bags: Iterable[tuple[str, str, dict[str, str]]]
) -> list[Talk]:
    """What is imported: ReDial's forms say what was suggested and liked; a bag's films have only come up."""
    found = [
        Talk(
            id_,
            tuple({"role": n.role, "content": n.text, "item_ids": [i for i, _ in n.items if i]} for n in lines),
            tuple(i for i, v in verdicts.items() if v["suggested"] == 1 and v["liked"] == 1),
            tuple(i for i, v in verdicts.items() if v["liked"] == 0),
        )
        for id_, lines, verdicts in talks
    ]
    return found + [Talk(i, ({"role": "user", "content": t, "item_ids": list(f)},)) for i, t, f in bags]


def ratings(shelf: Any) -> list[Interaction]:
    with (DATA / "movielens-small-2016" / "links.csv").open(encoding="utf-8") as file:
        ids = {r["movieId"]: "tt" + r["imdbId"].zfill(7) for r in csv.DictReader(file)}
    with (DATA / "movielens-small-2016" / "ratings.csv").open(encoding="utf-8") as file:
        return [
            Interaction(f"ml-{r['userId']}", id_, "rating", float(r["rating"]), float(r["timestamp"]))
            for r in csv.DictReader(file)
            if (id_ := ids[r["movieId"]]) in shelf.row
        ]


# --------------------------------------------------------------------------- who ranks


def spoken(case: Case) -> str:
    return "\n".join(line.text for line in case.context)


def messages(case: Case, items: bool) -> list[dict[str, Any]]:
    return [
        {"role": n.role, "content": n.text, "item_ids": [i for i, _ in n.items if i] if items else []}
        for n in case.context
    ]


def fixed(order: Sequence[str]) -> Rank:
    async def rank(case: Case) -> Sequence[str]:
        return order[: KEPT + len(case.mentioned)]

    return rank


def neighbours(likeness: Callable[[Case], Awaitable[np.ndarray]], taken: Any, shelf: Any, usual: np.ndarray) -> Rank:
    """Items of the most alike conversations, each weighted by how like it is; what is popular in them breaks ties."""

    async def rank(case: Case) -> Sequence[str]:
        alike = await likeness(case)
        best = np.argsort(-alike, kind="stable")[:NEIGHBOURS]
        scores = np.maximum(alike[best], 0.0) @ taken[best] + 1e-6 * usual
        order = np.argsort(-scores, kind="stable")[: KEPT + len(case.mentioned)]
        return [shelf.ids[row] for row in order]

    return rank


def product(candidates: Candidates) -> Rank:
    async def rank(case: Case) -> Sequence[str]:
        return [c.item.id for c in await candidates.recommend(messages=messages(case, True), k=KEPT)]

    return rank


def by_text(engine: Engine) -> Rank:
    async def rank(case: Case) -> Sequence[str]:
        found = await engine.recommend(catalog=film_universe.NAME, messages=messages(case, False), k=KEPT + 20)
        return [c.item.id for c in found]

    return rank


async def ways(engine: Engine, book: Book, trained: Sequence[Talk]) -> dict[str, Rank]:
    """Every way to rank, ours last."""
    import bm25s
    from scipy import sparse

    shelf, embedder = book.shelf, load_embedder("use")
    films = [{i for m in t.messages for i in m["item_ids"]} | set(t.accepted) for t in trained]
    cells = [(n, shelf.row[i]) for n, found in enumerate(films) for i in found if i in shelf.row]
    at = np.array(cells).T
    taken = sparse.csr_matrix((np.ones(len(cells)), (at[0], at[1])), shape=(len(trained), len(shelf)))
    usual = np.asarray(taken.sum(axis=0)).ravel()
    texts = ["\n".join(m["content"] for m in t.messages) for t in trained]
    index = bm25s.BM25(method="lucene")
    index.index([word_tokens(t) for t in texts], show_progress=False)
    meant: list[np.ndarray] = []  # of the conversations, encoded when they are first asked for

    async def words(case: Case) -> np.ndarray:
        known = [w for w in word_tokens(spoken(case)) if w in index.vocab_dict]
        return np.asarray(index.get_scores(known)) if known else np.zeros(len(trained))

    async def dense(case: Case) -> np.ndarray:
        text = spoken(case)
        if not meant:
            meant.append(np.asarray(await embedder.encode(texts)))
        return meant[0] @ (await embedder.encode([text]))[0] if text.strip() else np.zeros(len(trained))

    def ids(values: np.ndarray) -> list[str]:
        return [shelf.ids[row] for row in np.lexsort((np.arange(len(shelf)), -shelf.popularity, -values))]

    without = [s for s in packaged_sources(shelf) if s.name != Dialogue.name]
    assert shelf.talks is not None
    plain, all_of_them = copy(shelf), Crowds(np.zeros((1, len(shelf.talks.code))), np.ones(1), shelf.talks.counts[None])
    plain.talks = replace(shelf.talks, crowds=all_of_them)
    return {
        "popularity in the catalogue": fixed(ids(shelf.popularity)),
        "popularity in the dialogues": fixed(ids(usual)),
        "BM25 neighbours": neighbours(words, taken, shelf, usual),
        "dense neighbours (USE)": neighbours(dense, taken, shelf, usual),
        "ours without dialogues": product(Candidates(book.catalog, engine.store, shelf, without)),
        "the dialogue source alone": product(Candidates(book.catalog, engine.store, shelf, [Dialogue(shelf)])),
        "ours by text alone": by_text(engine),
        "ours, one crowd": product(Candidates(book.catalog, engine.store, plain)),
        "ours, fused": product(Candidates(book.catalog, engine.store, shelf)),
    }


# --------------------------------------------------------------------------- the run


def told(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0]


async def prepared(home: Path) -> tuple[Engine, list[Any]]:
    """An engine over a home that has the universe, its vectors and MovieLens' ratings; made where it is not there yet."""
    engine = await Engine.start(
        Settings(home=home, llm="none", embedder="use", catalog=film_universe.NAME), build=False
    )
    items = film_universe.items()
    digest = hashlib.sha256(repr(items).encode()).hexdigest()[:12]
    stored = {c.name: c.version for c in await engine.store.items.catalogs()}
    if stored.get(film_universe.NAME) != digest:
        catalog = film_universe.CATALOG.model_copy(update={"version": digest, "items": len(items)})
        await engine.store.items.replace(catalog, items, source={"kind": "benchmark"})
    book = await engine.book(film_universe.NAME)
    await engine.store.interactions.replace(film_universe.NAME, ratings(book.shelf))
    began = time.perf_counter()
    await keep_vectors(engine.store, load_embedder("use"), None, book.catalog, book.shelf, counted)
    print(f"{len(items):,} films in {film_universe.NAME}; vectors in {time.perf_counter() - began:.0f} s", flush=True)
    return engine, items


def counted(done: int, of: int) -> None:
    if done % 3200 == 0:
        print(f"  {done:,} of {of:,} texts encoded", flush=True)


async def main(home: Path, tune: bool, json_file: Path | None, only: str | None) -> int:
    engine, items = await prepared(home)
    book = await engine.book(film_universe.NAME)
    talks = redial(film_universe.Titles(items, around=2018))
    newer = film_universe.Titles(items, around=2019)
    bags = inspired_train(newer)
    size = len(talks) // FIFTHS
    if tune:
        rest, held = talks[: 3 * size], talks[3 * size : 4 * size]
        judged = {"ReDial, fourth fifth": held, "INSPIRED train, a fifth": [b for b in bags if told(b[0]) < TUNED]}
        bags = [b for b in bags if told(b[0]) >= TUNED]
    else:
        rest, held = talks[: 4 * size], talks[4 * size :]
        judged = {"ReDial valid, last fifth": held, "INSPIRED dev": inspired_dev(newer)}
    trained = learned(rest, bags)
    await engine.store.talks.replace(film_universe.NAME, trained)
    await taste_upkeep.keep(engine.store, book.catalog, book.shelf)
    await talks_upkeep.keep(engine.store, book.catalog, book.shelf)
    named = await ways(engine, book, trained)
    report: dict[str, Any] = {"films": len(items), "learned from": len(trained)}
    for corpus, kept in judged.items():
        bare = corpus.startswith("INSPIRED train")
        cases = bag_cases(kept) if bare else [c for id_, lines, *_ in kept for c in cases_of(id_, lines)]
        report[corpus] = await judge(corpus, cases, {n: w for n, w in named.items() if not only or re.search(only, n)})
    if json_file:
        json_file.write_text(json.dumps(report, indent=1), "utf-8")
    await engine.stop()
    return 0


async def judge(corpus: str, cases: Sequence[Case], named: dict[str, Rank]) -> dict[str, Any]:
    targets = [t for c in cases for t in c.targets]
    inside = sum(t is not None for t in targets)
    print(
        f"\n{corpus}: {len({c.talk for c in cases})} dialogues, {len(cases)} turns, {len(targets)} targets, "
        f"{inside} ({inside / len(targets):.1%}) in the universe"
    )
    print(f"{'recall@':30}" + "".join(f"{k:>22}" for k in AT))
    recalls: dict[str, Recall] = {}
    for name, rank in named.items():
        began = time.perf_counter()
        recalls[name] = Recall.of(cases, [found_at(c, await rank(c)) for c in cases])
        low, high = recalls[name].interval()
        shown = "".join(f"{m:>8.3f} [{a:.3f}, {b:.3f}]" for m, a, b in zip(recalls[name].mean, low, high, strict=True))
        print(f"{name:30}{shown}  {(time.perf_counter() - began) / len(cases) * 1000:5.0f} ms", flush=True)
    ours = list(recalls)[-1]
    print(f"lead of {ours}, paired:")
    leads = {}
    for name in list(recalls)[:-1]:
        low, high = recalls[ours].interval(recalls[name])
        lead = recalls[ours].mean - recalls[name].mean
        leads[name] = [lead.tolist(), low.tolist(), high.tolist()]
        print(
            f"  over {name:25}"
            + "".join(f"{m:>+8.3f} [{a:+.3f}, {b:+.3f}]" for m, a, b in zip(lead, low, high, strict=True))
        )
    means = {n: [r.mean.tolist(), *r.interval().tolist()] for n, r in recalls.items()}
    return {"targets": len(targets), "inside": inside, "turns": len(cases), "recall": means, "lead": leads}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--home", type=Path, help="where the films and their vectors are kept (default: a temporary folder)"
    )
    parser.add_argument("--tune", action="store_true", help="judge what the weights were chosen on")
    parser.add_argument("--only", help="only ways whose name this expression finds")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if lacking := [n for n in NEEDS if not (DATA / n).is_file()]:
        print(f"skipped: {DATA / lacking[0]} is not there")
        raise SystemExit(0)
    where = given.home or Path(tempfile.mkdtemp(prefix="chatrec-films-"))
    raise SystemExit(asyncio.run(main(where, given.tune, given.json, given.only)))
