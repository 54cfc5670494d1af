"""People and systems: what is counted, that nothing is counted that did not happen, and that questions pay on the teas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import BadInput
from chatrec.evaluation.people.figures import difference, figures
from chatrec.evaluation.people.histories import read_histories
from chatrec.evaluation.people.person import Person, people_of
from chatrec.evaluation.people.play import Outcome, play, play_all
from chatrec.evaluation.people.report import as_json, differences
from chatrec.evaluation.people.system import Answered, ChatRec, Endpoint, Titles
from chatrec.evaluation.people.truth import claims_judge
from chatrec.testing.model_server import Behaviour, ModelServer
from chatrec.vocabulary import Catalog, Chip, Facet, Item
from tests import teas
from tests.conftest import need_data

CATALOG, ITEMS = teas.CATALOG, teas.items()
PEOPLE = people_of(CATALOG, ITEMS, 12, seed=4, languages=("en", "zh"))


class Canned:
    """A system that shows what it is told to, turn after turn."""

    name = "canned"

    def __init__(self, *turns: Sequence[Item]) -> None:
        self._turns = turns

    async def talk(self, language: str) -> Any:
        left = [Answered(items=tuple(t), text="Here you are.") for t in self._turns]

        class Talk:
            async def say(self, text: str) -> Answered:
                return left.pop(0)

            async def press(self, chip: Chip) -> Answered:
                return left.pop(0)

        return Talk()


async def test_counts() -> None:
    person = next(p for p in PEOPLE if p.those("volunteered"))
    wrong = [i for i in ITEMS if not all(w.meets(i) for w in person.those("volunteered"))][:2]
    right = [i for i in ITEMS if i not in wrong and i.id != person.wanted.id][:1]
    outcome = await play(person, Canned([*wrong], [*wrong, *right], [*right, person.wanted], []), CATALOG, 5)
    assert (outcome.turn, outcome.rank, outcome.turns, outcome.shown, outcome.repeats) == (3, 2, 3, 7, 3)
    assert outcome.broken >= 4 if person.changes_at is None else outcome.broken >= 2
    assert outcome.success
    assert not outcome.first
    lost = await play(person, Canned(*[wrong] * 9), CATALOG, 4)
    assert (lost.turn, lost.turns, lost.success) == (None, 4, False)


def test_figures_by_hand() -> None:
    def met(turn: int | None, rank: int | None) -> Outcome:
        return Outcome(PEOPLE[0], turn, rank, turns=turn or 5, shown=10, broken=1)

    found = figures([met(1, 1), met(3, 5), met(2, 7), met(None, None)], 5)
    assert found["hit@5"].value == 0.5  # the seventh of a long list is no hit@5
    assert found["hit@1"].value == 0.25
    assert found["turns of the successful"].value == 2
    assert found["turns, a failure as one more"].value == 3
    assert found["broken wishes, of shown"].value == 0.1
    better = difference([met(None, None)] * 20, [met(1, 1)] * 20, "hit@5", 5)
    assert (better.value, better.low, better.high) == (1, 1, 1)
    assert str(figures([met(None, None)], 5)["turns of the successful"]) == "-"


async def test_people_talk_to_chatrec_and_nothing_shown_breaks_what_they_said(engine: Any) -> None:
    judge = claims_judge(CATALOG, {i.id: i for i in ITEMS})
    system = ChatRec(engine, "teas", ITEMS)
    outcomes = await play_all(PEOPLE, system, CATALOG, most_turns=5, judge=judge)
    again = await play_all(PEOPLE, ChatRec(engine, "teas", ITEMS), CATALOG, most_turns=5)
    assert [(o.turn, o.shown) for o in outcomes] == [
        (o.turn, o.shown) for o in again
    ]  # repeatable, however they interleave
    assert sum(o.success for o in outcomes) >= 8  # 40 teas, 25 shown at most
    assert sum(o.repeats for o in outcomes) == 0
    quiet = await play_all(PEOPLE, ChatRec(engine, "teas", ITEMS, questions=False), CATALOG, most_turns=5)
    assert sum(o.questions for o in quiet) == 0 < sum(o.questions for o in outcomes)
    told = as_json({"with": outcomes, "without": quiet}, 5)
    assert json.loads(json.dumps(told))[0]["conversations"][0]["turns"][0]["said"]
    assert "hit@5" in differences({"with": outcomes, "without": quiet}, 5)[0]


async def test_no_question_three_times_in_a_row_and_none_twice(engine: Any) -> None:
    for outcome in await play_all(PEOPLE, ChatRec(engine, "teas", ITEMS), CATALOG, most_turns=6):
        asked = [m.answer.text.rstrip().endswith(("?", "？")) for m in outcome.met]
        assert not any(all(asked[n : n + 3]) for n in range(len(asked) - 2))
        pressed = next((n for n, m in enumerate(outcome.met) if m.move.what == "just_show"), None)
        if pressed is not None:
            assert not any(asked[pressed : pressed + 4])
        for met, question in zip(outcome.met, asked, strict=True):
            chips = met.answer.chips
            if question and met.answer.items:
                assert chips[-1].act is not None
                assert chips[-1].act.kind == "just_show"
                assert all(c.count for c in chips[:-1])


async def test_an_endpoint_is_asked_and_its_titles_are_looked_up() -> None:
    wanted = PEOPLE[0].wanted
    async with ModelServer(lambda received: Behaviour(text=f"1. {wanted.title}")) as server:
        endpoint = Endpoint(server.url, "some-model", CATALOG, ITEMS)
        outcome: Outcome = await play(PEOPLE[0], endpoint, CATALOG, 3)
        await endpoint.close()
    assert outcome.turn == 1
    assert [m[0] for m in server.requests[0].messages] == ["system", "user"]


def test_titles_are_exact() -> None:
    catalog = Catalog(name="films", facets=(Facet(name="year", type="number", role="year"),))
    items = [
        Item("a", "Heat", popularity=0.2, attributes={"year": 1995}),
        Item("b", "Heat", popularity=0.1, attributes={"year": 1986}),
        Item("c", "It", {"zh": "小丑回魂"}),
        Item("d", "Leon: The Professional"),
    ]
    titles = Titles(catalog, items)
    text = '1. Heat (1986)\n2. **Leon: The Professional** - a film\nI like it. "It" is good.\n'
    assert [i.id for i in titles.found(text)] == ["b", "d", "c"]
    assert [i.id for i in titles.found("Heat\n《小丑回魂》")] == ["a", "c"]
    assert titles.found("Heat (1901)\nThe Heat of it\nHeatwave") == ()


def test_histories(tmp_path: Path) -> None:
    file = tmp_path / "liked.csv"
    ids = [i.id for i in ITEMS[:6]]
    rows = [f"ana,{i},5" for i in ids] + [f"bo,{i},2" for i in ids] + ["ana,unknown,5"]
    file.write_text("user_id,item_id,rating\n" + "\n".join(rows), "utf-8")
    assert read_histories(file, set(ids)) == [ids]
    person: Person = people_of(CATALOG, ITEMS, 1, histories=[ids])[0]
    assert person.wanted.id in ids
    assert person.wanted.id not in {i.id for i in person.liked}
    with pytest.raises(BadInput, match="Nobody"):
        read_histories(file, {"x"})
    with pytest.raises(BadInput, match="no histories"):
        read_histories(tmp_path, {"x"})


def test_movielens() -> None:
    folder = need_data("movielens-small-2016")
    assert any(
        "tt0114709" in h
        for h in read_histories(folder, {"tt0114709", "tt0113277", "tt0110912", "tt0111161", "tt0109830", "tt0133093"})
    )
