"""What a planner is worth: code alone, the planner alone, both, on text that no planner was trained on.

    python benchmarks/planner.py [--planner FOLDER] [--turns 400] [--json FILE] [--card]

- wishes: benchmarks/wishes (hand-made, four catalogues, both languages): wishes and decisions;
- messages: benchmarks/messages.jsonl (hand-made, films): decisions;
- sgd, crosswoz: the judge parts, `--turns` turns of each drawn with a fixed seed: wishes and decisions of real dialogues;
- generated books, laptops, restaurants: our generator's phrases that are kept for tests, over catalogues that nothing was trained on;
- written books, laptops, restaurants, films: benchmarks/said, messages that were written whole, in circumstances of their own (films) or
  random ones: decisions. These are for development: nothing is trained on them, but how a plan is merged may be tuned on them.

--kinds: the planner's kind of turn alone, without its wishes. --card: write figures and verdict into the planner's card.json, and whether its
wishes are used (with --kinds they are not). The planner decides by itself only where `better` is true there: better at exact
turns or at decisions beyond doubt over all that our generator did not make, and worse at neither.
Figures: docs/lab.md, docs/planner.md. Needs ../shared/data/sgd and crosswoz beside the checkout for those two; films are the packaged catalogue.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rich.console import Console  # noqa: E402

from chatrec.engine import Engine  # noqa: E402
from chatrec.evaluation.understanding import crosswoz, sgd  # noqa: E402
from chatrec.evaluation.understanding.labels import Ground, LabelledSet, read_file  # noqa: E402
from chatrec.evaluation.understanding.runner import Outcome, run  # noqa: E402
from chatrec.evaluation.understanding.verdict import better, drawn, model_decider  # noqa: E402
from chatrec.importing import add as add_catalog  # noqa: E402
from chatrec.llm.rungs import PLANNER  # noqa: E402
from chatrec.settings import Settings, load  # noqa: E402
from chatrec.training.command import CARD, line_of, told, write_card  # noqa: E402
from chatrec.training.ground import ground_of  # noqa: E402
from chatrec.training.labelled import generated, written  # noqa: E402
from chatrec.training.phrases import LANGUAGES, Whole  # noqa: E402

HERE = Path(__file__).resolve().parent
DATA = ROOT.parent / "shared" / "data"
UNSEEN = ("books", "laptops", "restaurants")
GENERATED, SEED = 200, 7


async def grounds(settings: Settings) -> dict[str, Ground]:
    """The films and the three catalogues of benchmarks/wishes, built in the home of these settings."""
    engine = await Engine.start(settings)
    try:
        for name in UNSEEN:
            file = HERE / "wishes" / f"{name}.csv"
            await add_catalog(engine.store, name, file, facets=file.with_suffix(".yaml"), progress=lambda *_: None)
        found = {}
        for name in ("films", *UNSEEN):
            catalog = await engine.store.items.catalog(name)
            found[name] = Ground(catalog, [i async for batch in engine.store.items.all(name) for i in batch])
    finally:
        await engine.stop()
    return found


def sets(known: dict[str, Ground], turns: int) -> list[LabelledSet]:
    found = [
        replace(read_file(f), name=name, grounds=known)
        for name, f in (("wishes", HERE / "wishes" / "wishes.jsonl"), ("messages", HERE / "messages.jsonl"))
    ]
    for corpus in (sgd, crosswoz):
        if (DATA / corpus.NAME).is_dir():
            found.append(replace(drawn(corpus.read(DATA / corpus.NAME, "judge"), turns), name=f"{corpus.NAME}, judge"))
    found += [generated(ground_of(known[n].catalog, known[n].items), known[n].items, GENERATED, SEED) for n in UNSEEN]
    for n in UNSEEN:
        said = {x: Whole(n, x, None, HERE / "said") for x in LANGUAGES}
        found.append(written(ground_of(known[n].catalog, known[n].items), known[n].items, said, SEED))
    found.append(replace(read_file(HERE / "said" / "films.jsonl"), name="written films", grounds=known))
    return found


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planner", type=Path, default=PLANNER, help="its folder; by default the one that ships")
    parser.add_argument("--turns", type=int, default=400, help="of each public corpus")
    parser.add_argument("--only", nargs="*", help="names of sets")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--card", action="store_true", help="write figures and verdict into the planner's card")
    parser.add_argument("--kinds", action="store_true", help="take only the planner's kind of turn")
    args = parser.parse_args(argv)
    console = Console(width=180)
    with tempfile.TemporaryDirectory(prefix="chatrec-planner-") as home:
        settings = load(home=Path(home), llm="none", embedder="none")
        known = await grounds(settings)
        asked = settings.model_copy(
            update={
                "llm": "local:smollm2",
                "trust": "decide",
                "planner": str(args.planner),
                "decide_seconds_local": 60.0,
            }
        )
        decider, ladder = model_decider(asked)
        ladder.models[0].plans_wishes = not args.kinds
        figures: dict[str, Any] = {}
        ours: list[Outcome] = []
        theirs: list[Outcome] = []
        try:
            await ladder.warm()
            for labelled in sets(known, args.turns):
                if args.only and labelled.name not in args.only:
                    continue
                code = await run(labelled)
                merged = await run(labelled, decider)
                alone = None if args.kinds else await run(labelled, decider, alone=True)
                figures[labelled.name] = told(code, alone, merged)
                console.print(line_of(labelled.name, figures[labelled.name]), markup=False, highlight=False)
                if not labelled.name.startswith(("generated", "written")):
                    ours.append(code)
                    theirs.append(merged)
            memory = _peak(ladder)
        finally:
            await ladder.close()
        whole = [Outcome("all", [s for o in group for s in o.scores]) for group in (ours, theirs)]
        times = [ms for o in theirs for ms in o.decide_ms]
        whole[1].decide_ms = times
        figures["all that our generator did not make"] = told(whole[0], None, whole[1])
        verdict = better(*whole)
        console.print(f"memory of the model server at its peak: {memory} MB; decides better than code alone: {verdict}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if args.card:
        card = json.loads((args.planner / CARD).read_text("utf-8"))
        card |= {"better": verdict, "wishes": not args.kinds, "figures": figures, "server_megabytes": memory}
        write_card(args.planner, card)


def _peak(ladder: Any) -> int | None:
    """Peak resident memory of the model's server in MB, where the system tells."""
    pid = getattr(getattr(ladder.models[0], "server", None), "pid", None)
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), None)


if __name__ == "__main__":
    asyncio.run(main())
