"""Times that a person feels: a turn without the model, the start, the page. Budgets are in docs/lab.md.

    python benchmarks/speed.py [--home FOLDER] [--turns 300] [--starts 5]

Builds the film catalogue with vectors in FOLDER (a temporary one by default), then measures. Run it on an idle machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SAID = (
    "a clever heist film from the 90s",
    "something funny for kids, under two hours",
    "a thriller with Al Pacino",
    "not horror, please, and after 2005",
    "films like Heat but lighter",
    "a French comedy rated above 7",
    "others please",
    "I've seen the first one",
    "why the second?",
    "who directed the first one?",
    "forget the year",
    "something for a rainy sunday",
    "来一部九十年代的科幻片",
    "不要恐怖片，两小时以内",
    "诺兰导演的电影",
    "换一批",
    "有没有像《盗梦空间》那样烧脑的",
    "第二个看过了",
    "the shortest war film",
    "a western from the sixties",
)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def both(home: Path, count: int) -> None:
    """By rules alone, then with a loopback model that answers at once: prompts, parsing and grounding count, its own time not."""
    from chatrec.testing.model_server import ModelServer, good

    print("-- by rules alone")
    await turns(home, count, llm="none")
    sentence = "A tense and patient story for a quiet evening."
    async with ModelServer(lambda received: good(received, words=sentence, tool="recommend")) as server:
        print("-- with a model behind loopback, less the time it took")
        await turns(home, count // 2, llm="openai:tiny", openai_api_key="none", openai_base_url=server.url)


async def turns(home: Path, count: int, **chosen: str) -> None:
    """Everything of a turn but the model. People talk for six turns each."""
    from chatrec.engine import Engine
    from chatrec.settings import Settings

    engine = await Engine.start(Settings(_env_file=None, home=home, rate_per_minute=0, **chosen))  # type: ignore[call-arg, arg-type]
    began = time.perf_counter()
    await engine.warm()
    await engine.settled()
    print(f"vectors, encoder and Chroma ready after {time.perf_counter() - began:.1f} s; {await engine.health()}")
    rng = random.Random(3)
    took: dict[str, list[float]] = {}
    conversation = None
    for n in range(count + 20):
        if n % 6 == 0:
            conversation = None
        began = time.perf_counter()
        reply = await engine.reply(text=rng.choice(SAID), user_id=f"bench-{n // 6}", conversation_id=conversation)
        if n >= 20:  # the first warm the caches
            ours = (time.perf_counter() - began) * 1000 - reply.ms.model
            took.setdefault(reply.decision.kind, []).append(ours)
        conversation = reply.conversation_id
    every = [t for times in took.values() for t in times]
    for kind, times in sorted(took.items()) + [("all", every)]:
        print(
            f"{kind:10} n={len(times):4}  p50 {statistics.median(times):6.1f} ms  p95 {percentile(times, 0.95):6.1f} ms"
            f"  p99 {percentile(times, 0.99):6.1f} ms"
        )
    print(f"everything but the model, p95: {percentile(every, 0.95):.1f} ms (budget 80)")
    await engine.stop()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def start(home: Path) -> tuple[float, float]:
    """Seconds from the start of a second `make serve` to /readyz 200, and to the page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith("CHATREC_")}
    env |= {"CHATREC_HOME": str(home), "CHATREC_PORT": str(port), "CHATREC_LLM": "none"}
    began = time.perf_counter()
    process = subprocess.Popen(["make", "--no-print-directory", "serve"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        ready = page = 0.0
        while time.perf_counter() - began < 90 and not page:
            if not ready and get(f"http://127.0.0.1:{port}/readyz")[0] == 200:
                ready = time.perf_counter() - began
            if ready and "gradio" in get(f"http://127.0.0.1:{port}/")[1].lower():
                page = time.perf_counter() - began
            time.sleep(0.05)
        return ready, page
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--starts", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        asyncio.run(both(home, options.turns))
        runs = [start(home) for _ in range(options.starts)]
    for what, budget, values in (("readyz", 6, [r for r, _ in runs]), ("page", 15, [p for _, p in runs])):
        shown = ", ".join(f"{v:.1f}" for v in values)
        print(f"{what}: median {statistics.median(values):.1f} s (budget {budget}); runs: {shown}")


if __name__ == "__main__":
    main()
