"""The rerank gate: a model that knows is found better, one that turns the order around worse, and nonsense is the fused order."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from chatrec.errors import BadInput, Missing
from chatrec.evaluation.ranking.command import Cuts, evaluate_rerank
from chatrec.evaluation.ranking.gate import Reranked, measure_rerank, model_ladder
from chatrec.evaluation.ranking.splits import Events, Split
from chatrec.llm.rungs import read_verdicts
from chatrec.recommend.shelf import Shelf
from chatrec.settings import Settings
from chatrec.store.interactions import Interaction
from chatrec.testing.meets_store import MeetsStore
from chatrec.testing.model_server import Behaviour, ModelServer, Received
from tests import teas
from tests.conftest import settings, tea_engine
from tests.evaluation.ranking.logs import log

ITEMS = teas.items()
SHELF = Shelf.build(teas.CATALOG, ITEMS)
OOLONGS = [SHELF.row[i.id] for i in ITEMS if i.attributes["kind"] == "Oolong"]
Answer = Callable[[Received], Behaviour]


def lines(received: Received) -> dict[int, str]:
    """Handle -> the line the model sees."""
    return {int(n): line for n, line in re.findall(r"^#(\d+) (.*)$", received.text, re.MULTILINE)}


def asked(received: Received) -> int:
    return int(received.schema["properties"]["picks"]["maxItems"]) if received.schema else 0


def knowing(received: Received) -> Behaviour:
    """Puts oolong first, the others as they come."""
    seen = lines(received)
    order = sorted(seen, key=lambda n: ("| oolong" not in seen[n], n))
    return Behaviour(data={"picks": order[: asked(received)]})


def turning(received: Received) -> Behaviour:
    return Behaviour(data={"picks": sorted(lines(received), reverse=True)[: asked(received)]})


def nonsense(received: Received) -> Behaviour:
    return Behaviour(text="I would love to help you with that!")


def handless(received: Received) -> Behaviour:
    return Behaviour(data={"picks": [77, 0, -4]})


def or_ok(answer: Answer) -> Answer:
    """The same, and a word for who asks whether it is there."""
    return lambda received: (
        answer(received) if received.schema else Behaviour(text="ok", status=answer(received).status)
    )


def oolong_drinkers(people: int = 30) -> Split:
    """People who like all oolongs, of which their past shows nothing."""
    rng = np.random.default_rng(2)
    others = np.setdiff1d(np.arange(len(ITEMS)), OOLONGS)
    known = [(p, int(r)) for p in range(people) for r in rng.choice(others, 5, replace=False)]
    wanted = [(p, r) for p in range(people) for r in OOLONGS]
    return Split("random", of_pairs(known), of_pairs(wanted))


def camps() -> Split:
    """People of two tastes, which the fusion has learned."""
    made = log(people=60, each=12, size=len(ITEMS))
    wanted = np.random.default_rng(3).random(len(made)) < 0.25
    return Split("random", made.take(~wanted), made.take(wanted))


def of_pairs(pairs: list[tuple[int, int]]) -> Events:
    person, row = np.array(pairs).T
    kinds = np.full(len(pairs), "buy")
    return Events(person, row, np.ones(len(pairs)), np.arange(len(pairs)).astype(float), None, kinds)


async def put(answer: Answer, cut: Split, home: Path, **options: Any) -> tuple[Reranked, ModelServer]:
    async with ModelServer(or_ok(answer), models=["clever"]) as server:
        own = settings(home, catalog="teas", llm="openai:", openai_base_url=server.url)
        ladder = model_ladder(own)
        try:
            store = MeetsStore(teas.CATALOG, ITEMS)
            return await measure_rerank(SHELF, cut, store, ladder, own, **options), server
        finally:
            await ladder.close()


@pytest.mark.parametrize("mode", ["order", "top"])
async def test_a_model_that_knows_is_better_beyond_doubt(tmp_path: Path, mode: str) -> None:
    told, server = await put(knowing, oolong_drinkers(), tmp_path, mode=mode)
    assert told.verdict is True
    assert (told.model, told.unusable, told.falls) == ("clever", 0, {})
    if mode == "order":  # `top` is held against all that was wanted, what is not among the twenty too
        assert told.reranked[told.judged_by][0] == pytest.approx(1.0)
    assert told.ahead[told.judged_by][1] > 0.1
    assert told.tokens[0] > 100 * told.people
    if mode == "order":
        assert set(told.fused) == {"ndcg@5", "ndcg@10", "mrr"}
    else:
        assert set(told.fused) == {"ndcg@5", "precision@5", "recall@5"}
    requests = [r for r in server.requests if lines(r)]
    assert len(requests) == told.people
    assert all(len(lines(r)) == 20 and asked(r) == (20 if mode == "order" else 5) for r in requests)
    assert all("Just show me some" in r.text and "<liked>" in r.text for r in requests), "the product's own prompt"


async def test_a_model_that_turns_a_good_order_around_is_worse_beyond_doubt(tmp_path: Path) -> None:
    told, _ = await put(turning, camps(), tmp_path)
    assert told.fused["ndcg@10"][0] > 0.6
    assert told.verdict is False
    assert told.unusable == 0


@pytest.mark.parametrize("answer", [nonsense, handless])
async def test_what_is_no_use_is_the_fused_order_and_is_told(tmp_path: Path, answer: Answer) -> None:
    told, _ = await put(answer, camps(), tmp_path, people=12)
    assert told.people == told.unusable == 12
    assert told.reranked == told.fused
    assert told.verdict is None
    if answer is nonsense:
        assert told.falls == {"odd": 12}


async def test_nothing_that_is_asked_about_is_learned_from(tmp_path: Path) -> None:
    cut = camps()
    await put(turning, cut, tmp_path, people=3)
    assert SHELF.taste is None
    liked: list[str] = []

    def listen(received: Received) -> Behaviour:
        liked.extend(re.findall(r"<liked>(.*?)</liked>", received.text, re.DOTALL))
        return turning(received)

    await put(listen, oolong_drinkers(6), tmp_path)
    assert len(liked) == 6
    assert not any(i.title in text for text in liked for i in ITEMS if SHELF.row[i.id] in OOLONGS)


async def test_who_cannot_be_measured_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no mode"):
        await put(knowing, camps(), tmp_path, mode="best")
    with pytest.raises(Missing, match="does not answer"):
        await put(lambda _: Behaviour(status=401, body=b"{}"), camps(), tmp_path)
    with pytest.raises(BadInput, match="Of nobody"):
        await put(
            knowing,
            Split("random", camps().known, camps().wanted.take(np.zeros(len(camps().wanted), dtype=bool))),
            tmp_path,
        )
    with pytest.raises(BadInput, match="No model is configured"):
        model_ladder(settings(tmp_path))


async def stored(home: Path, server: ModelServer) -> Settings:
    engine = await tea_engine(home)
    made = log(people=60, each=12, size=len(ITEMS))
    events = [
        Interaction(f"p{p}", SHELF.ids[r], "like", None, at)
        for p, r, at in zip(made.person.tolist(), made.row.tolist(), made.at.tolist(), strict=True)
    ]
    await engine.store.interactions.replace("teas", events)
    await engine.stop()
    return settings(home, catalog="teas", llm="openai:", openai_base_url=server.url)


async def test_the_verdict_is_kept_for_the_ladder_and_only_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text('{"clever": {"decide": true}}', "utf-8")
    said, file = io.StringIO(), tmp_path / "figures.json"
    options: dict[str, Any] = {"save": True, "json_file": file, "console": Console(file=said, width=200)}
    async with ModelServer(or_ok(nonsense), models=["clever"]) as server:
        own = await stored(tmp_path, server)
        cuts = Cuts(("random",), people=10)
        await evaluate_rerank(own, cuts, progress=lambda *_: None, **options)
        assert "Nothing is saved" in said.getvalue()
        assert "10 of 10 answers were no use (odd 10)" in said.getvalue()
        assert read_verdicts(tmp_path) == {"clever": {"decide": True}}
        server.behave = or_ok(turning)
        steps: list[tuple[str, int, int]] = []
        await evaluate_rerank(own, Cuts(("random",)), progress=lambda *step: steps.append(step), **options)
    assert read_verdicts(tmp_path) == {"clever": {"decide": True, "rerank": False}}
    assert "is not trusted with rerank" in said.getvalue()
    told = json.loads(file.read_text("utf-8"))
    assert (told["better"], told["mode"], told["judged_by"]) == (False, "order", "ndcg@10")
    assert told["figures"]["ndcg@10"]["ahead"]["high"] < 0
    assert steps[-1] == ("asking the model", told["people"], told["people"])
