"""The pictures of docs/performance.md, drawn by matplotlib: here where it is installed, else in an environment of its own.

    python benchmarks/plots.py {scale,peers} FIGURES.json OUT.png

scale: p95 of candidates by the share of items that hard wishes allow (figures: benchmarks/scale.py --json). peers: how far ChatRec is
ahead of each other library, with 95% intervals (figures: rows of benchmarks/peers.py --json).
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PINNED = "matplotlib==3.11.2"
BLUE, RED = "#2f6db3", "#c2571a"
BUDGETS = {10_000: 10.0, 100_000: 50.0}  # ms, p95
OWN = "ours", "collaborative alone", "people alone"


def draw(kind: str, figures: Mapping[str, Any], out: Path, envs: Path | None = None) -> bool:
    """Draw a picture. Without matplotlib: in an environment in `envs`, made where it is missing. False, told, where that fails too."""
    if importlib.util.find_spec("matplotlib") is not None:
        PICTURES[kind](figures, out)
        return True
    if envs is None:
        print("no matplotlib, no plot: pip install matplotlib")
        return False
    python = envs / "plots" / "bin" / "python"
    if not (envs / "plots" / PINNED).is_file():
        build = [sys.executable, "-m", "venv", "--clear", str(envs / "plots")]
        for call in (build, [str(python), "-m", "pip", "install", "-q", PINNED]):
            if (made := subprocess.run(call, capture_output=True, text=True)).returncode:
                print(f"no plot: {PINNED} can't be installed: {(made.stderr.strip().splitlines() or ['?'])[-1][:200]}")
                return False
        (envs / "plots" / PINNED).touch()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        file.write_text(json.dumps(figures), "utf-8")
        done = subprocess.run([python, __file__, kind, str(file), str(out)], capture_output=True, text=True)
    if done.returncode:
        print(f"no plot: {(done.stderr.strip().splitlines() or ['?'])[-1][:200]}")
    return done.returncode == 0


def scale(found: Mapping[str, Any], out: Path) -> None:
    """Lines of p95 over the shares, a line a size; dotted the budgets."""
    figure, axes = _axes(7, 3.6)
    measured = [r for r in found["candidates"] if r.get("allowed")]
    for items, colour in zip(sorted({r["items"] for r in measured}), (BLUE, RED), strict=False):
        rows = [r for r in measured if r["items"] == items]
        told = f"{items:,} items"
        axes.plot([r["allowed"] for r in rows], [r["p95_ms"] for r in rows], "o-", color=colour, label=told)
        if items in BUDGETS:
            axes.axhline(BUDGETS[items], color=colour, linestyle=":", linewidth=1)
    axes.set(xscale="log", xlabel="share of items that hard wishes allow", ylabel="p95 of one call, ms", ylim=(0, None))
    shares = sorted({r["allowed"] for r in measured}, reverse=True)
    axes.set_xticks(shares, [f"{s:.1%}" for s in shares])
    axes.legend(frameon=False, title="dotted: budget")
    _save(figure, out)


def peers(found: Mapping[str, Any], out: Path) -> None:
    """A panel a kind of cuts, a line a library: ahead in NDCG@10 with its interval."""
    kinds = list(dict.fromkeys(r["split"] for r in found["rows"]))
    told = {"random": "random 75/25", "time": "everything after a moment"}
    of = {k: [r for r in found["rows"] if r["split"] == k and not r["way"].startswith(OWN)] for k in kinds}
    figure, panels = _axes(4.6 * len(kinds), 0.6 + 0.27 * max(map(len, of.values())), len(kinds))
    for axes, kind in zip(panels if len(kinds) > 1 else [panels], kinds, strict=True):
        rows = sorted(of[kind], key=lambda r: -r["ahead ndcg@10"][0])
        for place, row in enumerate(rows):
            mean, low, high = row["ahead ndcg@10"]
            axes.plot([low, high], [place, place], color=BLUE)
            axes.plot([mean], [place], "o", color=BLUE, markersize=4)
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_yticks(range(len(rows)), [r["way"] for r in rows])
        axes.set(title=told.get(kind, kind), xlabel="ChatRec ahead in NDCG@10, 95%")
    _save(figure, out)


def _axes(width: float, height: float, panels: int = 1) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, panels, figsize=(width, height), layout="constrained")
    for one in axes if panels > 1 else [axes]:
        one.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Any, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=110)


PICTURES = {"scale": scale, "peers": peers}

if __name__ == "__main__":
    PICTURES[sys.argv[1]](json.loads(Path(sys.argv[2]).read_text("utf-8")), Path(sys.argv[3]))
