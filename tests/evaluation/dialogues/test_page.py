"""docs/dialogues.md is true: every example on it is played, and every check and key has one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatrec.evaluation.dialogues.checks import CHECKS
from chatrec.evaluation.dialogues.file import DialoguePart, Given, LineIn, TurnPart, load
from chatrec.evaluation.dialogues.stage import Stage
from tests.conftest import settings

PAGE = Path(__file__).resolve().parents[3] / "docs" / "dialogues.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def whole(block: str) -> str:
    """A block of turns as a file."""
    return block if block.startswith("dialogue:") else "dialogue: an example\nturns:\n" + re.sub(r"(?m)^", "  ", block)


def test_every_check_has_an_example() -> None:
    shown: set[str] = set()
    for n, block in enumerate(BLOCKS):
        dialogue = load(Path(f"example-{n}.yaml"), text=whole(block))
        shown |= {e.check for e in dialogue.expectations()}
    assert set(CHECKS) - shown == set()


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_is_described(name: str) -> None:
    assert f"**`{name}`**" in TEXT


def test_every_key_is_named() -> None:
    keys = {k for part in (DialoguePart, Given, TurnPart, LineIn) for k in part.model_fields}
    missing = {k.rstrip("_") for k in keys if not re.search(rf"\b{k.rstrip('_')}\b", TEXT)}
    assert missing == set()


def test_the_checks_that_need_the_inside_are_named() -> None:
    outside = TEXT.split("### What can be seen from outside")[1].split("###")[0]
    for check in CHECKS.values():
        assert (f"`{check.name}`" in outside) is check.inside, check.name


async def test_every_example_passes(films_home: Path, tmp_path: Path) -> None:
    (tmp_path / "dialogue_checks.py").write_text(
        "def has_a_director(seen):\n    return all(i.values('director') for i in seen.items) or 'no director'\n"
    )
    stage = Stage(settings(films_home))
    try:
        for n, block in enumerate(BLOCKS):
            file = tmp_path / f"example-{n}.yaml"
            file.write_text(whole(block), "utf-8")
            played = await stage.play(load(file))
            wrong = [f"{t.said}: {c.check} {c.reason} (got {c.got})" for t in played.turns for c in t.checks if c.fails]
            assert (played.status, wrong, played.why) == ("passed", [], ""), block
    finally:
        await stage.close()
