"""Our recorded dialogues: that they are there, of which model, and no larger than they may be. They are played as dialogues."""

from __future__ import annotations

import re

import pytest

from chatrec.evaluation.dialogues.file import Dialogue, load_all
from chatrec.llm.tape import Tape
from chatrec.settings import ROOT, STEP_NAMES

FOLDER = ROOT / "tests" / "dialogues" / "recorded"
LARGEST, TOGETHER = 40_000, 700_000  # bytes


@pytest.fixture(scope="module")
def dialogues() -> list[Dialogue]:
    return load_all([FOLDER])


def test_at_least_twenty_are_recorded_in_both_languages_over_both_catalogues(dialogues: list[Dialogue]) -> None:
    assert len(dialogues) >= 20
    assert {d.given.model for d in dialogues} == {"recorded"}
    assert sum("zh" in d.tags for d in dialogues) >= 4
    assert {"films", "laptops"} <= {t for d in dialogues for t in d.tags}


def test_each_has_its_tape_and_each_tape_its_dialogue(dialogues: list[Dialogue]) -> None:
    assert {d.recording for d in dialogues} == set(FOLDER.glob("*/recordings/*"))


def test_the_packaged_model_was_trusted_with_every_step_where_the_file_says_nothing_else(
    dialogues: list[Dialogue],
) -> None:
    for dialogue in dialogues:
        tape = Tape.read(dialogue.recording)
        assert (tape.model.partition("-")[0], tape.rung, tape.encoder) == ("SmolLM2", "local", ""), dialogue.name
        assert tape.trust == dialogue.given.settings.get("trust", ",".join(STEP_NAMES)), dialogue.name


def test_every_step_is_seen_to_be_taken_by_the_model(dialogues: list[Dialogue]) -> None:
    """A recording whose answers nobody can use would pass by rules alone."""
    told = [str(e.argument) for d in dialogues for e in d.expectations() if e.check == "steps"]
    assert len([t for t in told if "local" in t]) >= 8
    for step in STEP_NAMES:
        assert any(re.search(rf"'{step}': 'local'", t) for t in told), step


def test_tapes_stay_small(dialogues: list[Dialogue]) -> None:
    sizes = {d.recording.name: d.recording.stat().st_size for d in dialogues}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(sizes.values()) < TOGETHER
