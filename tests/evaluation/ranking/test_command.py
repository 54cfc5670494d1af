"""`evaluate ranking` from the outside: tables, JSON, parts of the people, wrong use."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chatrec.cli import main
from chatrec.errors import BadInput
from chatrec.evaluation.ranking.command import Cuts, evaluate
from chatrec.evaluation.ranking.splits import part_of
from chatrec.settings import Settings
from chatrec.store.interactions import Interaction
from tests import teas
from tests.conftest import settings, tea_engine
from tests.evaluation.ranking.logs import log


async def stored(home: Path, *, rated: bool = False, timed: bool = True) -> Settings:
    """Settings of a home whose teas have a log of thirty people."""
    engine = await tea_engine(home)
    ids = [item.id for item in teas.items()]
    made = log(people=30, each=8, size=30, timed=timed)
    kept = [
        Interaction(f"p{p}", ids[r], "rating" if rated else "like", float(3 + r % 3) if rated else None, at if timed else None)
        for p, r, at in zip(made.person.tolist(), made.row.tolist(), made.at.tolist(), strict=True)
    ]  # fmt: skip
    await engine.store.interactions.replace("teas", kept)
    await engine.stop()
    return settings(home, catalog="teas")


async def measured(own: Settings, cuts: Cuts | None = None, **options: Any) -> tuple[str, dict[str, Any]]:
    told, file = io.StringIO(), own.home / "figures.json"
    console = Console(file=told, width=220)
    await evaluate(own, cuts or Cuts(), k=5, json_file=file, console=console, progress=lambda *_: None, **options)
    return told.getvalue(), json.loads(file.read_text("utf-8"))


async def test_a_stored_log_is_measured_on_every_split(tmp_path: Path) -> None:
    told, figures = await measured(await stored(tmp_path))
    assert "split time" in told
    assert "split new: nobody to ask about" in told
    assert "rmse" not in told
    assert {r["split"] for r in figures["results"]} == {"random", "last", "time"}
    for row in figures["results"]:
        for name in ("ndcg", "recall", "precision", "f1", "map", "mrr"):
            assert 0 <= row[name]["low"] <= row[name]["mean"] <= row[name]["high"] <= 1
        assert 0 <= row["coverage"] <= 1
        assert 0 <= row["gini"] < 1
        assert row["novelty"] >= 0
    assert figures["ratings"] == []
    assert figures["events"] == 240


async def test_ratings_are_a_table_of_their_own(tmp_path: Path) -> None:
    told, figures = await measured(await stored(tmp_path, rated=True), Cuts(("random",), seeds=2))
    assert "rmse" in told
    assert "asked about" in told
    ways = {r["way"]: r for r in figures["ratings"]}
    assert set(ways) == {"predicted", "item and person", "item mean", "mean of all"}
    assert ways["predicted"]["rmse"]["mean"] < ways["mean of all"]["rmse"]["mean"]
    assert ways["item mean"]["predicted ahead in squared error"]["low"] is not None


async def test_only_the_people_of_a_part_are_asked_about(tmp_path: Path) -> None:
    own = await stored(tmp_path)
    people = {}
    for part in ("tune", "judge", "all"):
        told, figures = await measured(own, Cuts(("random",), part=part))
        people[part] = figures["results"][0]["people"]
        assert figures["part"] == part
        assert ("people who" in told) is (part != "all")
    assert people["judge"] == sum(part_of(f"p{n}") == "judge" for n in range(30))
    assert people["tune"] + people["judge"] == people["all"] == 30


@pytest.mark.parametrize(
    ("cuts", "says"),
    [(Cuts(("middle",)), "no split"), (Cuts(part="test"), "no part"), (Cuts(("last",)), "needs a time")],
)
async def test_wrong_use_is_told(tmp_path: Path, cuts: Cuts, says: str) -> None:
    own = await stored(tmp_path, timed=False)
    with pytest.raises(BadInput, match=says):
        await measured(own, cuts)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--save"], "use it with --rerank"),
        (["--rerank", "--split", "last", "--split", "random"], "name one"),
        (["--rerank"], "No model is configured"),
    ],
)
def test_rerank_used_wrongly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    monkeypatch.setenv("CHATREC_HOME", str(tmp_path))
    monkeypatch.setenv("CHATREC_LLM", "none")
    assert main(["evaluate", "ranking", *options]) == 2
    assert says in capsys.readouterr().err
