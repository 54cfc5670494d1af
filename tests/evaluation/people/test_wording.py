"""Words by a model: taken where they say what code decided, else code's own stand; told how many; a real server, too."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chatrec.errors import BadInput, Missing, ModelFailed
from chatrec.evaluation.people.behaviour import Playing
from chatrec.evaluation.people.command import evaluate
from chatrec.evaluation.people.leaks import leak
from chatrec.evaluation.people.person import Person, people_of
from chatrec.evaluation.people.play import play, worded
from chatrec.evaluation.people.report import wordings
from chatrec.evaluation.people.system import Answered
from chatrec.evaluation.people.wording import ModelWords, words_from
from chatrec.llm.ladder import Ladder, Limits
from chatrec.llm.scripted import Asked, ScriptedModel
from chatrec.testing.model_server import Behaviour, ModelServer, Received
from chatrec.vocabulary import Chip
from tests import teas
from tests.conftest import settings, tea_engine

CATALOG, ITEMS = teas.CATALOG, teas.items()
PEOPLE = people_of(CATALOG, ITEMS, 16, seed=8, languages=("en", "zh"))


class Deaf:
    """A system that shows other teas whatever is said, and keeps what it heard."""

    name = "deaf"

    def __init__(self, person: Person) -> None:
        self.heard: list[str] = []
        self._shown = tuple(i for i in ITEMS if i.id != person.wanted.id)[:5]

    async def talk(self, language: str) -> Any:
        return self

    async def say(self, text: str) -> Answered:
        self.heard.append(text)
        return Answered(items=self._shown, text="Here are five.")

    async def press(self, chip: Chip) -> Answered:
        return await self.say(chip.label)


def coded(asked: Asked | Received) -> str:
    """What the prompt says that the person says."""
    return re.findall(r"<person_says>(.*?)</person_says>", asked.text, re.S)[-1]


async def spoken(
    line: Callable[[Asked, Person], Any] | Any, person: Person
) -> tuple[list[str], list[str], dict[str, int]]:
    """(what was said, what code would have said, who worded it)."""
    model = ScriptedModel(always=(lambda asked: line(asked, person)) if callable(line) else line)
    words = ModelWords(Ladder([model], limits=Limits(breaker_failures=0)), CATALOG)
    system = Deaf(person)
    outcome = await play(person, system, CATALOG, 4, words=words)
    assert person.wanted.title not in model.asked[0].text
    return system.heard, [coded(a) for a in model.asked], dict(worded([outcome]))


def behaves(asked: Asked, person: Person) -> Any:
    text = coded(asked)
    return {
        "message": f"Hello, {text[:1].lower()}{text[1:]} Thanks!" if person.language == "en" else f"你好，{text}谢谢"
    }


async def test_good_words_are_used() -> None:
    for person in PEOPLE:
        heard, plan, counts = await spoken(behaves, person)
        assert set(counts) == {"model"}, (heard, counts)
        assert counts["model"] == len(plan) == len(heard)
        assert all(h != p and p[1:] in h for h, p in zip(heard, plan, strict=True))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (lambda asked, person: {"message": f"{coded(asked)} Perhaps {person.wanted.title}?"}, "title"),
        (lambda asked, person: {"message": f"{coded(asked)} {'Spicy, too.' if person.language == 'en' else '辣一点。'}"}, "added"),
        (lambda asked, person: {"message": ""}, "empty"),
        (lambda asked, person: {"message": None}, "empty"),
        (lambda asked, person: {"message": "bla " * 900}, "too long"),
        (lambda asked, person: {"message": "你好" if person.language == "en" else "hello there"}, "language"),
        ("no JSON at all", "no answer"),
        ("", "no answer"),
        (ModelFailed("gone", "refused"), "no answer"),
    ],
)  # fmt: skip
async def test_bad_words_are_not(line: Any, why: str) -> None:
    for person in PEOPLE[:6]:
        heard, plan, counts = await spoken(line, person)
        assert heard == plan
        assert not set(counts) - {why}, counts
        assert all(leak(h, Playing(person, CATALOG).secrets) is None for h in heard)


async def test_a_wish_that_is_dropped_or_turned_round() -> None:
    person = next(p for p in PEOPLE if p.language == "en" and p.those("volunteered"))
    heard, plan, counts = await spoken({"message": "Hello, could you help me?"}, person)
    assert heard[0] == plan[0]
    assert counts["left out"] >= 1
    one = next(p for p in PEOPLE if any(w.op == "=" and w.value is not False for w in p.those("volunteered")))
    never = "Never " if one.language == "en" else "不要"
    heard, plan, counts = await spoken(lambda asked, _: {"message": never + coded(asked)}, one)
    assert heard[0] == plan[0]


async def test_a_server_words_them_and_the_report_counts(tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    await engine.stop()

    def answer(received: Received) -> Behaviour:
        said = coded(received)
        return Behaviour(data={"message": f"Please, {said}" if len(received.text) % 3 else f"{said} And a pony."})

    paper = io.StringIO()
    async with ModelServer(answer) as server:
        found = await evaluate(
            settings(tmp_path, catalog="teas", llm="none", openai_base_url=server.url, openai_api_key="k"),
            people=4, player="model", player_llm="openai:tiny", json_file=tmp_path / "out.json",
            console=Console(file=paper, width=160), progress=lambda *step: None,
        )  # fmt: skip
        asked = len(server.requests)
    (outcomes,) = found.values()
    counts = worded(outcomes)
    said = sum(not m.move.chip for o in outcomes for m in o.met)
    assert sum(counts.values()) == said == asked
    assert set(counts) == {"model", "added"}
    line = f"worded by code: {counts['added']} of {said} (added {counts['added']})"
    assert wordings(found) == [f"ChatRec: {line}"]
    assert line in paper.getvalue()
    (told,) = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert told["worded"] == dict(counts)
    assert {t.get("worded") for c in told["conversations"] for t in c["turns"]} <= {"model", "added", None}


async def test_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="--player-llm"):
        words_from(settings(tmp_path), CATALOG)
    for changed, says in (({"player": "me"}, "code or model"), ({"player_llm": "openai:x"}, "--player model")):
        with pytest.raises(BadInput, match=says):
            await evaluate(
                settings(tmp_path, catalog="teas"), people=1, console=Console(file=io.StringIO()),
                progress=lambda *step: None, **changed,  # type: ignore[arg-type]
            )  # fmt: skip
