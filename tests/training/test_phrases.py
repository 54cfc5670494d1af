"""The banks of phrases: what is trained on is never what is tested with."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from chatrec.errors import BadInput
from chatrec.training.generate import SHARES, WHOLE_SHARES
from chatrec.training.ground import training_grounds
from chatrec.training.phrases import LANGUAGES, SECTIONS, Bank, Whole, _all, part_of

LONG = 40  # a section with so many templates has some of both parts


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_template_of_a_long_section_is_of_both_parts(language: str) -> None:
    train, test = Bank(language, "train"), Bank(language, "test")
    for section, texts in _all(language).items():
        if len(texts) >= LONG:
            assert not set(train[section]) & set(test[section]), section
            assert len(test[section]) < len(train[section]), section
            assert {*train[section], *test[section]} == set(texts), section
        assert train[section]
        assert test[section]


def test_a_part_is_for_good() -> None:
    """By the text alone: another run, another machine, another order of the file say the same."""
    known = {
        "thanks!": "test",
        "来部{noun}": "test",
        "hello": "train",
        "推荐几部{noun}": "train",
        "Heat": "train",
        "铁观音珍藏": "train",
    }
    texts = [f"template {n}" for n in range(2000)]
    share = sum(part_of(t) == "test" for t in texts) / len(texts)
    assert 0.07 < share < 0.13
    assert {t: part_of(t) for t in known} == known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_message_has_phrases(language: str) -> None:
    assert set(SHARES) <= set(_all(language))
    assert all(len(set(texts)) == len(texts) for texts in _all(language).values())


def test_the_languages_have_the_same_sections() -> None:
    assert set(_all("en")) == set(_all("zh"))


def test_one_is_of_the_section() -> None:
    bank = Bank("en", "test")
    assert {bank.one("talk_greet", random.Random(n)) for n in range(200)} == set(bank["talk_greet"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("catalog", [g.name for g in training_grounds()])
def test_messages_written_whole(catalog: str, language: str) -> None:
    train, test = Whole(catalog, language, "train"), Whole(catalog, language, "test")
    every = Whole(catalog, language, None).all()
    assert {section for section, _ in every} == set(SECTIONS) == set(WHOLE_SHARES)
    assert len(set(every)) == len(every)
    assert not [text for _, text in every if re.search(r"[{}]", re.sub(r"\{(?:ref2?|title)\}", "", text))]
    both = set(train.all()) & set(test.all())
    for shared in {section for section, _ in both}:  # none of its messages fell to one of the parts
        assert len({part_of(text) for section, text in every if section == shared}) == 1
    assert {*train.all(), *test.all()} == set(every)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("find: [", "no YAML"),
        ("- a message", "mapping"),
        ("buy: [this]", "no section 'buy'"),
        ("find: this", "list of messages"),
        ("find: [1]", "list of messages"),
        ("talk: []", "list of messages"),
        ("lookup: ['how old is {thing}']", "slot other than"),
    ],
)
def test_messages_that_nobody_can_use(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "teas.en.yaml").write_text(text)
    with pytest.raises(BadInput, match=told):
        Whole("teas", "en", None, tmp_path)


def test_a_catalogue_that_nobody_wrote_for_has_none() -> None:
    whole = Whole("teas", "en", "train")
    assert not whole
    assert whole.all() == []
