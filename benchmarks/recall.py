"""Of a long history, is the part that matters for a query worth finding? Figures are in docs/lab.md.

    python benchmarks/recall.py [--home FOLDER] [--catalog films] [--part judge] [--people 150] [--json FILE]

People of the catalogue's log with fifty known events or more ask for something, with three quarters of their log known and the rest
held out (`evaluate ranking`'s random split; nothing held out is learned from):
- kind: "a western, please", a value of the catalogue's kind facet, which is a hard wish;
- like: "something like X", X being something of the held out.
What is wanted is what they held out, liked, and has that value (or shares half of X's). The same query is put to the recommender
with four histories: all of it evenly; the newest twenty events; only what recall finds relevant; and as in a turn, what is relevant
and the rest. recall@20 and NDCG@20 with 95% bootstrap intervals over people, and how far each is ahead of the even history.

Some minutes for 150 people. Needs a home with a log and vectors (`catalog add films --interactions ml-latest-small`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from chatrec.evaluation.ranking.metrics import ahead, of_list, summed  # noqa: E402
from chatrec.evaluation.ranking.runner import LIKED, events, learned, past_of  # noqa: E402
from chatrec.evaluation.ranking.splits import people_of, split  # noqa: E402
from chatrec.llm.embed import load_embedder  # noqa: E402
from chatrec.memory.recall import Memory  # noqa: E402
from chatrec.recommend.candidates import Candidates  # noqa: E402
from chatrec.recommend.shelf import Shelf  # noqa: E402
from chatrec.settings import load  # noqa: E402
from chatrec.store import Store  # noqa: E402
from chatrec.vocabulary import Item, Ledger, Profile, Said, Turn, Wish  # noqa: E402

LONG, AT, NEWEST, SEED = 50, 20, 20, 41
FEWEST = 2  # wanted items that a query must have
WAYS = ("all, evenly", f"newest {NEWEST}", "relevant only", "as in a turn")


class Known:
    """The one profile that is asked for."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    async def read(self, person_id: str, catalog: str) -> Profile:
        return self.profile


def queries(wanted: Sequence[Item], facet: str, rng: np.random.Generator) -> Iterator[tuple[str, str, Wish, set[str]]]:
    """(kind of query, words, wish, ids of what would meet it): one of each kind, drawn, where there is one."""
    values = sorted({str(v) for item in wanted for v in item.values(facet)})
    held = {v: {i.id for i in wanted if v in i.values(facet)} for v in values}
    if enough := [v for v in values if len(held[v]) >= FEWEST]:
        value = enough[int(rng.integers(len(enough)))]
        yield "kind", f"a {value.lower()} please", Wish(id="w1", facet=facet, op="contains", value=value), held[value]
    alike = {
        i.id: {o.id for o in wanted if o.id != i.id and len({*i.values(facet)} & {*o.values(facet)}) * 2 >= len(i.values(facet))}
        for i in wanted
        if i.values(facet)
    }  # fmt: skip
    if named := [i for i in wanted if len(alike.get(i.id, ())) >= FEWEST]:
        one = named[int(rng.integers(len(named)))]
        wish = Wish(id="w1", op="like", value=one.id, hard=False, words=one.title)
        yield "like", f"something like {one.title}", wish, alike[one.id]


async def main(options: argparse.Namespace) -> None:
    settings = load(catalog=options.catalog, **({"home": options.home} if options.home else {}))
    store: Any = await Store.open(settings.database)
    await store.migrate()
    catalog = await store.items.catalog(settings.catalog)
    items = {item.id: item async for batch in store.items.all(catalog.name) for item in batch}
    shelf = Shelf.build(catalog, items.values())
    encoder = load_embedder(settings.wanted_embedder or "")
    ids, matrix = await store.vectors.load(catalog.name, encoder.name)
    shelf.adopt(encoder.name, ids, matrix, encoder.encode)
    log = await store.interactions.log(catalog.name)
    made, facet = events(log, shelf), catalog.by_role("kind")
    if facet is None:
        raise SystemExit(f"{catalog.name} has no facet of the role kind.")
    cut = split(made, "random", SEED)
    candidates, rng = Candidates(catalog, store, shelf), np.random.default_rng(SEED)
    long = np.flatnonzero(np.bincount(cut.known.person) >= LONG)
    asked = np.intersect1d(long, people_of(options.part, log.people))
    asked = rng.permutation(asked)[: options.people]
    figures: dict[str, dict[str, list[dict[str, float]]]] = {}
    with learned(shelf, cut.known):
        for n, person in enumerate(asked.tolist()):
            print(f"\r{n} of {len(asked)}", end="", file=sys.stderr, flush=True)
            mine = (cut.wanted.person == person) & (cut.wanted.weight >= LIKED)
            wanted = [items[shelf.ids[row]] for row in cut.wanted.row[mine].tolist()]
            past = past_of(cut, person, shelf)
            for kind, words, wish, meet in queries(wanted, facet.name, rng):
                said = Said("p", catalog.name, text=words)
                turn = Turn("t", "c", said, "en", ledger=Ledger((wish,)) if kind == "like" else Ledger())
                turned = await Memory(Known(Profile("p", past=past)), store.items, shelf).recall(said, turn)
                relevant = {i.id for i in turned.relevant}
                profiles = (
                    Profile("p", past=past),
                    Profile("p", past=past[:NEWEST]),
                    Profile("p", past=tuple(e for e in past if e[0] in relevant)),
                    turned,
                )
                for way, profile in zip(WAYS, profiles, strict=True):
                    found = await candidates.recommend(
                        wishes=(wish,), profile=profile, exclude=[i for i, _ in past], text="", k=AT
                    )
                    rows = [shelf.row[c.item.id] for c in found]
                    of_way = figures.setdefault(kind, {}).setdefault(way, [])
                    of_way.append(of_list(rows, {shelf.row[i] for i in meet}, AT))
    print(file=sys.stderr)
    await store.close()
    told: dict[str, Any] = {}
    for kind, ways in figures.items():
        print(f"\n{kind}: {len(ways[WAYS[0]])} people, part {options.part}")
        for way, cases in ways.items():
            sums, before = summed(cases), ahead(cases, ways[WAYS[0]], "recall")
            told.setdefault(kind, {})[way] = {m: sums[m] for m in ("recall", "ndcg")} | {"ahead in recall": before}
            recall, ndcg = ("{:.3f} [{:.3f}, {:.3f}]".format(*sums[m]) for m in ("recall", "ndcg"))
            print(
                f"  {way:14} recall@{AT} {recall}  ndcg {ndcg}  ahead {{:+.3f}} [{{:+.3f}}, {{:+.3f}}]".format(*before)
            )
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a CHATREC_HOME; the configured one by default")
    parser.add_argument("--catalog", default="films")
    parser.add_argument("--part", default="judge", help="tune or judge: which people")
    parser.add_argument("--people", type=int, default=150)
    parser.add_argument("--json", type=Path)
    asyncio.run(main(parser.parse_args()))
