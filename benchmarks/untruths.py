"""Whether anything untrue gets out, over many turns with a model that lies and a model's server that fails.

    python benchmarks/untruths.py [--turns 2000] [--catalog films|teas] [--seed 1] [--people 4] [--planner]

Each turn the loopback server behaves in one of a hundred manners (tests/liar): it plants lies that occur nowhere else, puts
true facts on the wrong cards, obeys orders hidden in item texts, breaks off, stalls, floods, sends garbage. All that gets out,
as JSON, as events, on the page and in the database, is searched. Prints a line for each manner. Exit code 1 when anything was
found, or when a turn was not answered. Half of the turns with tool calls, half with schema-constrained output; limits of
0.2 s, no breaker. --planner: the packaged planner decides, the liar does all the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BESIDE = {"llm": "local:smollm2,openai:liar", "decide_seconds_local": 20.0}


async def campaign(options: argparse.Namespace, home: Path) -> int:
    from chatrec.engine import Engine
    from chatrec.settings import Settings
    from tests import teas
    from tests.liar.campaign import page_of, run

    report = None
    for n, tools in enumerate(("yes", "no")):

        async def start(limits: dict[str, Any], n: int = n) -> Engine:
            chosen = {
                "home": home / str(n),
                "catalog": options.catalog,
                "embedder": "none",
                "rate_per_minute": 0,
                **limits,
            }
            engine = await Engine.start(Settings(_env_file=None, **chosen), build=options.catalog == "films")  # type: ignore[call-arg]
            if options.catalog == "teas":
                await engine.store.items.replace(teas.CATALOG, teas.items())
            return engine

        began = time.perf_counter()

        def progress(done: int, began: float = began, tools: str = tools) -> None:
            if done % 50 == 0:
                print(f"tools {tools}: {done} turns, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)

        half = await run(
            start,
            options.catalog,
            turns=(options.turns + 1 - n) // 2,
            seed=options.seed + n,
            people=options.people,
            page=page_of,
            progress=progress,
            tool_calls=tools,
            **(BESIDE if options.planner else {}),
        )
        report = report.merge(half) if report else half
    assert report is not None
    print(report.table())
    for finding in report.findings:
        print(finding)
    total = report.total
    print(
        f"{total.turns} turns, {total.answered} answered; {total.lies_told} lies told, {total.found['lie']} found; true sentences "
        f"shown {total.kept}, not shown {total.dropped}; findings in all: {len(report.findings)}"
    )
    return 0 if report.good else 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--catalog", choices=("films", "teas"), default="films")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument(
        "--planner", action="store_true", help="the packaged planner decides; the liar ranks and speaks"
    )
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)  # pydantic's, on what the server sends
    logging.getLogger("chatrec").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(asyncio.run(campaign(options, Path(folder))))


if __name__ == "__main__":
    main()
