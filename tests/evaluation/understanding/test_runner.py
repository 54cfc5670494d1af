"""A labelled file put to the reader: the ledger before a turn is the labels', the context is what was shown, and models read it too."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chatrec.errors import BadInput, NotFound
from chatrec.evaluation.understanding import verdict
from chatrec.evaluation.understanding.command import evaluate
from chatrec.evaluation.understanding.labels import Before, Gold, Ground, Labelled, LabelledSet, LabelledTurn
from chatrec.evaluation.understanding.runner import Outcome, open_ground, run, turns_of
from chatrec.evaluation.understanding.scoring import TurnScore
from chatrec.llm.rungs import read_verdicts, save_verdict
from chatrec.testing.model_server import Behaviour, ModelServer
from chatrec.vocabulary import Decision, Heard, Profile, Said, Turn, Wish
from tests import teas
from tests.conftest import settings, tea_engine

GREEN = Gold(facet="kind", op="=", value="Green")
DIALOGUE = Labelled(
    id="d1",
    catalog="teas",
    language="en",
    turns=(
        LabelledTurn(text="a green tea please", wishes=(GREEN,), kind=("recommend", "ask")),
        LabelledTurn(text="thanks, bye", kind=("converse", "noted")),
    ),
)


def teas_set(*dialogues: Labelled) -> LabelledSet:
    return LabelledSet("teas", dialogues, {"teas": Ground(teas.CATALOG, teas.items())})


def silent(*_: Any) -> None:
    pass


async def test_the_reader_is_scored_by_what_the_ledger_gained() -> None:
    outcome = await run(teas_set(DIALOGUE))
    assert [s.exact for s in outcome.scores] == [True, True]
    assert [s.kind_right for s in outcome.scores] == [True, True]
    assert len(outcome.milliseconds) == 2


def test_a_turn_is_met_with_the_labels_ledger_and_what_was_shown() -> None:
    first = teas.items()[0]
    dialogue = DIALOGUE.model_copy(
        update={
            "turns": (
                DIALOGUE.turns[0],
                LabelledTurn(
                    text="...", before=Before(kind="recommend", text="This one.", shown=(first.id, "nowhere"))
                ),
                LabelledTurn(text="...", before=Before(kind="ask", text="Which kind?"), drops=("kind",)),
                LabelledTurn(text="..."),
            )
        }
    )
    turns = [turn for _, turn in turns_of(dialogue, open_ground(Ground(teas.CATALOG, teas.items())))]
    assert [len(t.ledger.wishes) for t in turns] == [0, 1, 1, 0]
    assert [i.id for i in turns[1].last_items] == [first.id] == [i.id for i in turns[2].last_items]
    assert turns[1].history[0].said == "a green tea please"
    assert turns[1].shown == {first.id}
    assert [t.questions_in_row for t in turns] == [0, 0, 1, 1]


async def test_what_another_reader_adds_counts_the_same() -> None:
    """A decide that hears what the code does not, and one that adds what nobody said."""

    def decider(value: str) -> Any:
        async def decide(*_: Any) -> Decision:
            return Decision(
                kind="recommend", wishes=(Wish(facet="kind", op="=", value=value, words="the leaf of emperors"),)
            )

        return lambda catalog, lexicon: decide

    asked = Labelled(
        id="d",
        catalog="teas",
        language="en",
        turns=(LabelledTurn(text="bring me the leaf of emperors", wishes=(GREEN,)),),
    )
    assert not (await run(teas_set(asked))).scores[0].exact
    assert (await run(teas_set(asked), decider("Green"))).scores[0].exact
    assert (await run(teas_set(asked), decider("Black"))).scores[0].wrong


def test_turns_are_drawn_with_a_fixed_seed_and_the_others_lead_on() -> None:
    many = teas_set(*(DIALOGUE.model_copy(update={"id": f"d{n}"}) for n in range(50)))
    one, two = verdict.drawn(many, 20), verdict.drawn(many, 20)
    assert one == two
    assert sum(t.scored for d in one.dialogues for t in d.turns) == 20
    assert all(len(d.turns) == 2 for d in one.dialogues)
    assert sum(t.scored for d in verdict.drawn(many, 999).dialogues for t in d.turns) == 100


async def test_a_verdict_is_kept_beside_others(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text('{"toy": {"rerank": true}, "other": {"decide": true}}', "utf-8")
    save_verdict(tmp_path, "toy", "decide", False)
    assert read_verdicts(tmp_path) == {"toy": {"rerank": True, "decide": False}, "other": {"decide": True}}


def scored(wishes: float, decisions: float, many: int = 60) -> Outcome:
    """Turns of as many conversations, of which these shares are right: `wishes` from the first on, `decisions` from the last."""
    scores = [
        TurnScore(
            "en", f"c{n}", "a green tea",
            right=(("category", Wish(facet="kind", op="=", value="Green")),) if n < wishes * many else (),
            missed=() if n < wishes * many else (("category", GREEN),),
            kind="recommend" if n >= many - decisions * many else "converse",
            kinds=("recommend",),
        )
        for n in range(many)
    ]  # fmt: skip
    return Outcome("made", scores)


@pytest.mark.parametrize(
    ("code", "model", "better"),
    [
        ((0.5, 0.5), (0.5, 0.5), False),  # the same
        ((0.3, 0.5), (0.8, 0.5), True),  # better at wishes
        ((0.5, 0.3), (0.5, 0.8), True),  # better at decisions
        ((0.3, 0.3), (0.8, 0.8), True),
        ((0.3, 0.8), (0.8, 0.3), False),  # better at one, worse at the other
        ((0.8, 0.3), (0.3, 0.8), False),
        ((0.5, 0.5), (0.5, 0.52), False),  # not beyond doubt
        ((0.5, 0.5), (0.9, 0.48), True),  # nor is this worse beyond doubt
        ((0.8, 0.8), (0.3, 0.3), False),
    ],
)
def test_a_model_is_better_where_it_is_beyond_doubt_and_nowhere_worse(
    code: tuple[float, float], model: tuple[float, float], better: bool
) -> None:
    assert verdict.better(scored(*code), scored(*model)) is better


def test_nothing_measured_is_no_better() -> None:
    assert verdict.better(Outcome("code"), Outcome("model")) is False


def test_without_labelled_decisions_the_wishes_decide() -> None:
    code, model = scored(0.3, 1), scored(0.9, 1)
    for outcome in (code, model):
        outcome.scores = [replace(s, kinds=()) for s in outcome.scores]
    assert verdict.better(code, model) is True


async def test_alone_a_decider_gets_nothing_of_what_code_heard_but_the_items() -> None:
    seen: list[Heard] = []

    def decider(catalog: Any, lexicon: Any) -> Any:
        async def decide(said: Said, heard: Heard, turn: Turn, profile: Profile) -> Decision:
            seen.append(heard)
            turn.meter.steps["decide"] = "local"
            return Decision(kind="recommend")

        return decide

    asked = Labelled(
        id="d",
        catalog="teas",
        language="en",
        turns=(
            LabelledTurn(text="a green tea, like Iron Goddess Reserve", wishes=(GREEN,)),
            LabelledTurn(text="thanks, bye"),
        ),
    )
    merged = await run(teas_set(asked), decider)
    alone = await run(teas_set(asked), decider, alone=True)
    assert any(w.facet == "kind" for w in seen[0].wishes)
    assert seen[0].pointed == seen[0].items
    assert seen[2] == Heard(items=seen[0].items, pointed=seen[0].items)
    assert seen[3] == Heard()
    assert merged.scores[0].right
    assert not alone.scores[0].right
    assert alone.steps == merged.steps == {"local": 2}


async def test_a_decision_by_a_model_is_timed_by_the_clock() -> None:
    def decider(step: str) -> Any:
        async def decide(said: Said, heard: Heard, turn: Turn, profile: Profile) -> Decision:
            if step:
                await asyncio.sleep(0.02)
                turn.meter.steps["decide"] = step
            return Decision(kind="recommend")

        return lambda catalog, lexicon: decide

    timed = await run(teas_set(DIALOGUE), decider("local"))
    assert len(timed.decide_ms) == 2
    assert all(ms >= 20 for ms in timed.decide_ms)
    by_code = await run(teas_set(DIALOGUE), decider(""))
    assert (by_code.decide_ms, by_code.steps) == ([], {"code": 2})


async def test_a_file_is_measured_on_a_catalogue_of_the_store(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path / "home")
    await engine.stop()
    own = settings(tmp_path / "home", catalog="teas")
    path, out = tmp_path / "own.jsonl", tmp_path / "out.json"
    path.write_text(DIALOGUE.model_dump_json() + "\n", "utf-8")
    console = Console(record=True, width=160, file=io.StringIO())
    await evaluate(own, [path], json_file=out, errors=3, console=console, progress=silent)
    [told] = json.loads(out.read_text("utf-8"))
    assert told["turns"] == 2
    assert told["figures"]["F1"]["value"] == 1
    assert told["by_language"]["en"]["decision"]["value"] == 1
    assert "1.00 [1.00, 1.00]" in console.export_text()

    path.write_text(DIALOGUE.model_copy(update={"catalog": "nuts"}).model_dump_json(), "utf-8")
    with pytest.raises(NotFound, match="nuts"):
        await evaluate(own, [path], console=console, progress=silent)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "Nothing to evaluate"),
        ({"corpus": "multiwoz", "data": Path(".")}, "no reader of the corpus"),
        ({"corpus": "sgd"}, "--data"),
        ({"corpus": "sgd", "data": Path("/nowhere")}, "dialogues_"),
        ({"corpus": "crosswoz", "data": Path("/nowhere")}, "CrossWOZ"),
        ({"corpus": "risawoz", "data": Path("/nowhere")}, "RiSAWOZ"),
    ],
)
async def test_wrong_use_is_told(tmp_path: Path, options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        await evaluate(settings(tmp_path), [], **options, console=Console(), progress=silent)


async def test_a_model_is_put_on_the_same_turns_and_its_verdict_kept(tmp_path: Path) -> None:
    """A model that hears what the code does not, on forty conversations: better beyond doubt, and kept so."""
    asked = Labelled(
        id="d", catalog="teas", language="en", turns=(LabelledTurn(text="the leaf of emperors", wishes=(GREEN,)),)
    )
    heard = {"facet": "kind", "op": "=", "value": "Green", "words": "the leaf of emperors"}
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(asked.model_copy(update={"id": f"d{n}"}).model_dump_json() for n in range(40)), "utf-8")
    engine = await tea_engine(tmp_path / "home")
    await engine.stop()
    async with ModelServer(
        lambda _: Behaviour(text=None, calls=[("recommend", {"wishes": [heard]})]), models=["clever"]
    ) as server:
        own = settings(
            tmp_path / "home",
            catalog="teas",
            llm="openai:clever",
            trust="all",
            openai_base_url=server.url,
            openai_api_key="none",
        )
        console = Console(record=True, width=160, file=io.StringIO())
        code, alone, model = await evaluate(own, [path], model=True, save=True, console=console, progress=silent)
        assert len(server.requests) == 80  # alone, and with what code heard
    assert not any(s.exact for s in code.scores)
    assert all(s.exact for s in (*alone.scores, *model.scores))
    assert read_verdicts(tmp_path / "home") == {"clever": {"decide": True}}
    assert "clever decides better than code" in console.export_text()


async def test_a_verdict_needs_a_model(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(DIALOGUE.model_dump_json(), "utf-8")
    engine = await tea_engine(tmp_path / "home")
    await engine.stop()
    own = settings(tmp_path / "home", catalog="teas")
    with pytest.raises(BadInput, match="--model"):
        await evaluate(own, [path], save=True, console=Console(), progress=silent)
    with pytest.raises(BadInput, match="No model is trusted"):
        await evaluate(own, [path], model=True, console=Console(file=io.StringIO()), progress=silent)
