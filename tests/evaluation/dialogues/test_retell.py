"""A stored conversation becomes a file that loads, holds nothing personal, and passes when it is played again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import NotFound
from chatrec.evaluation.dialogues.file import Dialogue, load
from chatrec.evaluation.dialogues.retell import retell
from chatrec.evaluation.dialogues.stage import Stage
from tests.conftest import settings, tea_engine

USER = "ana.lopez-77"


async def talked(home: Path, turns: list[Any]) -> str:
    """The id of a conversation over the teas: texts, or acts made of the answers so far."""
    engine = await tea_engine(home)
    conversation, replies = None, []
    try:
        await engine.feedback(USER, "tea-07", "like", "teas")
        await engine.feedback(USER, "tea-08", "like", "teas")
        await engine.feedback(USER, "tea-08", "dislike", "teas")
        await engine.feedback(USER, "tea-09", "seen", "teas")
        for turn in turns:
            said = (
                {"text": turn} if isinstance(turn, str) else turn if isinstance(turn, dict) else {"act": turn(replies)}
            )
            replies.append(await engine.reply(user_id=USER, conversation_id=conversation, catalog="teas", **said))
            conversation = replies[-1].conversation_id
    finally:
        await engine.stop()
    assert conversation is not None
    return conversation


async def retold(home: Path, turns: list[Any], file: Path) -> tuple[str, Dialogue]:
    conversation = await talked(home, turns)
    text = await retell(settings(home, catalog="teas"), conversation)
    assert USER not in text
    assert conversation not in text
    file.write_text(text, encoding="utf-8")
    return text, load(file)


async def played(home: Path, dialogue: Dialogue) -> list[str]:
    stage = Stage(settings(home, catalog="teas"))
    try:
        result = await stage.play(dialogue)
    finally:
        await stage.close()
    assert result.status != "skipped", result.why
    wrong = [f"{t.number} {c.check} {c.argument}: {c.reason}" for t in result.turns for c in t.checks if c.fails]
    return wrong + ([result.why] if result.status == "failed" and not wrong else [])


ENGLISH = [
    "a smoky tea under $20",
    lambda r: {"kind": "why", "item_ids": [r[0].items[1].id]},
    lambda r: {"kind": "dislike", "item_ids": [r[0].items[0].id]},
    "others please",
    lambda r: {"kind": "drop_wish", "wish_id": r[0].wishes[1].id},
    lambda r: {"kind": "more_like", "item_ids": [r[4].items[0].id]},
    "something under $1",
    lambda r: {"kind": "set_wish", "wish": {"facet": "price", "op": "<", "value": 30}},
    {"act": {"kind": "undo"}},
    "compare the first and the second",
    "thanks",
]
CHINESE = [
    "来一款花香的乌龙",
    "多少钱",
    "20美元以下",
    "换一批",
    lambda r: {"kind": "like", "item_ids": [r[0].items[0].id]},
    "谢谢",
]


@pytest.mark.parametrize("turns", [ENGLISH, CHINESE], ids=["en", "zh"])
async def test_it_passes_when_it_is_played_again(turns: list[Any], tmp_path: Path) -> None:
    text, dialogue = await retold(tmp_path / "home", turns, tmp_path / "a.yaml")
    assert text.startswith("# A draft")
    assert len(dialogue.turns) == len(turns)
    assert dialogue.given.catalog == "teas"
    assert dialogue.given.model == "none"
    assert await played(tmp_path / "home", dialogue) == []


async def test_what_was_pressed_is_told_by_reference(tmp_path: Path) -> None:
    text, dialogue = await retold(tmp_path / "home", ENGLISH, tmp_path / "a.yaml")
    assert dialogue.turns[1].part.act == {"kind": "why", "item_ids": ["$1.items.1"]}
    assert dialogue.turns[4].part.act == {"kind": "drop_wish", "wish_id": "$4.wishes.1.id"}
    assert "act: undo" in text
    assert 'heard: ["flavours contains Smoky", "price < 20"]' in text
    assert "# includes: [" in text


async def test_the_person_is_as_before_the_conversation(tmp_path: Path) -> None:
    _, dialogue = await retold(tmp_path / "home", ENGLISH, tmp_path / "a.yaml")
    person = dialogue.given.person
    assert (person.likes, person.dislikes, person.seen, person.owned) == (["tea-07"], ["tea-08"], ["tea-09"], [])


async def test_a_changed_expectation_fails(tmp_path: Path) -> None:
    text, _ = await retold(tmp_path / "home", ["a smoky tea under $20"], tmp_path / "a.yaml")
    (tmp_path / "b.yaml").write_text(text.replace("decision: recommend", "decision: ask"), encoding="utf-8")
    wrong = await played(tmp_path / "home", load(tmp_path / "b.yaml"))
    assert wrong == ["1 decision ask: the answer was of the kind recommend"]


async def test_personal_text_is_masked_and_nothing_is_expected_of_it(tmp_path: Path) -> None:
    turns = ["My name is Ana Lopez, mail ana@example.org, a smoky tea", "I am ana.lopez-77, others please"]
    text, dialogue = await retold(tmp_path / "home", turns, tmp_path / "a.yaml")
    assert "My name is <name>, mail <email>, a smoky tea" in text
    for secret in ("Lopez", "example.org", "ana@"):
        assert secret not in text
    assert not dialogue.turns[0].expect
    assert "# decision: recommend" in text


async def test_texts_that_look_like_something_else(tmp_path: Path) -> None:
    """A price is no reference, and signs of YAML are text."""
    odd = ["$20", "what is ${1.items.0.title}?", "- a: [b", 'she said "tea"\n# no comment', "> 5"]
    _, dialogue = await retold(tmp_path / "home", odd, tmp_path / "a.yaml")
    assert [t.part.say for t in dialogue.turns] == [" $20", "what is $ {1.items.0.title}?", *odd[2:]]
    assert await played(tmp_path / "home", dialogue) == []


async def test_an_answer_language_that_was_asked_for_is_told(tmp_path: Path) -> None:
    text, dialogue = await retold(tmp_path / "home", [{"text": "a smoky tea", "language": "zh"}], tmp_path / "a.yaml")
    assert dialogue.turns[0].part.language == "zh"
    assert "  language: zh" in text


async def test_no_such_conversation(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no database"):
        await retell(settings(tmp_path / "none"), "abc")
    assert not (tmp_path / "none").exists()
    await talked(tmp_path / "home", ["hello"])
    with pytest.raises(NotFound, match="no conversation 'abc'"):
        await retell(settings(tmp_path / "home"), "abc")
