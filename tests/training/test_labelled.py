"""Generated turns as labelled dialogues: they are what `evaluate understanding` reads, and the code reads them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chatrec.evaluation.understanding.labels import read_file
from chatrec.evaluation.understanding.runner import open_ground, run, turns_of
from chatrec.training.ground import TrainingGround, ground_of, invented_items, training_grounds
from chatrec.training.labelled import generated, written
from chatrec.training.phrases import LANGUAGES, Bank, Whole
from chatrec.vocabulary import Catalog
from tests import teas

TEAS = ground_of(teas.CATALOG, teas.items())
WRITTEN = [g for g in training_grounds() if g.name != "films"]


def test_half_in_each_language_and_the_same_by_the_same_seed() -> None:
    labelled = generated(TEAS, teas.items(), 40, 3)
    assert Counter(d.language for d in labelled.dialogues) == {"en": 20, "zh": 20}
    assert len({d.id for d in labelled.dialogues}) == 40
    assert sum(t.scored for d in labelled.dialogues for t in d.turns) == 40
    assert labelled.dialogues == generated(TEAS, teas.items(), 40, 3).dialogues
    assert labelled.dialogues != generated(TEAS, teas.items(), 40, 4).dialogues


def test_they_are_kept_in_a_file_as_they_are(tmp_path: Path) -> None:
    labelled = generated(TEAS, teas.items(), 20, 3)
    path = tmp_path / "generated.jsonl"
    path.write_text("\n".join(d.model_dump_json() for d in labelled.dialogues), "utf-8")
    assert list(read_file(path).dialogues) == list(labelled.dialogues)


def test_what_was_held_is_met_and_what_was_shown_is_there() -> None:
    labelled = generated(TEAS, teas.items(), 60, 3)
    place = open_ground(labelled.grounds["teas"])
    held = shown = 0
    for dialogue in labelled.dialogues:
        *_, (labels, turn) = turns_of(dialogue, place)
        assert labels.scored
        held += bool(turn.ledger.wishes)
        shown += bool(turn.last_items)
        assert {w.facet for w in turn.ledger.wishes} >= set(labels.drops)
        assert labels.kind
        assert not (labels.only_kind and labels.wishes)
    assert held > 5
    assert shown > 5


async def test_code_is_measured_on_them() -> None:
    outcome = await run(generated(TEAS, teas.items(), 30, 3))
    assert len(outcome.scores) == 30
    assert all(s.kind_right is not None for s in outcome.scores)


def test_no_message_is_a_template_to_train_on() -> None:
    """Of templates without a place to fill, which are whole messages."""
    train = {
        x: {t for name in ("talk_world", "talk_life", "vague", "occasion") for t in Bank(x, "train")[name]}
        for x in ("en", "zh")
    }
    for dialogue in generated(TEAS, teas.items(), 300, 5).dialogues:
        assert dialogue.turns[-1].text not in train[dialogue.language]


@pytest.mark.parametrize("ground", WRITTEN, ids=lambda g: str(g.name))
def test_items_are_made_for_a_ground_that_has_none(ground: TrainingGround) -> None:
    items = invented_items(ground)
    assert [i.title for i in items] == list(ground.titles["en"])
    assert len({i.id for i in items}) == len(items)
    assert items == invented_items(ground) != invented_items(ground, seed=2)
    for item in items:
        for facet in ground.catalog.facets:
            for value in item.values(facet.name):
                if facet.values:
                    assert value in facet.values
                if facet.type == "number":
                    low, high = ground.ranges[facet.name]
                    assert round(low) <= value <= round(high)


def test_a_ground_of_titles_alone_has_items_too() -> None:
    bare = TrainingGround(Catalog(name="bare"), {"en": ["A", "B"], "zh": ["甲", "乙"]}, {}, {})
    assert [(i.title, i.titles["zh"], dict(i.attributes)) for i in invented_items(bare)] == [
        ("A", "甲", {}),
        ("B", "乙", {}),
    ]


async def test_messages_written_whole_are_met_once_each() -> None:
    ground = next(g for g in WRITTEN if g.name == "hotels")
    messages = {x: Whole("hotels", x, "test") for x in LANGUAGES}
    labelled = written(ground, invented_items(ground), messages, 1)
    assert len(labelled.dialogues) == sum(len(m.all()) for m in messages.values())
    turns = [t for d in labelled.dialogues for t in d.turns if t.scored]
    assert all(t.only_kind or not t.wishes for t in turns)
    outcome = await run(labelled)
    assert len(outcome.scores) == len(turns)
