"""The app's own sentences: the same in both languages, plural-correct, without chance."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest

from chatrec.language.sentences import FOLDER, Sentences, capital, count_word, ended, joined, marked, noun, things
from chatrec.settings import ROOT
from chatrec.vocabulary import Catalog
from tests import teas

TABLES = {name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in ("en", "zh")}
SENTENCES = Sentences.load()
FILMS = Catalog(
    name="films",
    noun={"en": ["film", "films", "movie"], "zh": ["电影", "片子"]},
    measure={"zh": "部"},
    marks={"zh": "《》"},
)


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert list(TABLES["en"]) == list(TABLES["zh"])


@pytest.mark.parametrize("key", [k for k in TABLES["en"] if not k.startswith("cues.")])
def test_every_variant_has_the_same_placeholders(key: str) -> None:
    variants = [*TABLES["en"][key], *TABLES["zh"][key]]
    allowed = holes(variants[0])
    if key in ("converse.hello", "converse.lost", "ask.kind"):  # may speak of one or of many
        allowed |= {"noun", "nouns"}
        assert all(holes(v) <= allowed for v in variants)
    else:
        assert {frozenset(holes(v)) for v in variants} == {frozenset(allowed)}, key


def test_chinese_is_written_as_chinese() -> None:
    for key, variants in TABLES["zh"].items():
        for text in variants:
            bare = re.sub(r"\{\w+\}", "", text)
            assert not re.search(r"[A-Za-z]", bare), (key, text)
            assert not re.search(r"[一-鿿][,.!?:;]|[,.!?:;][一-鿿]", bare), (key, text)  # full-width marks


def test_english_sentences_do_not_depend_on_a_number() -> None:
    """`{things}` may be one or many: no verb or pronoun beside it may agree with it, but where code rules one out."""
    for key in ("recommend.intro_few", "recommend.intro_few_plain", "none_fit.wish"):
        for text in TABLES["en"][key]:
            assert not re.search(r"\{things\} (is|are|fits?|has|have)\b|these \{things\}", text), text


def test_every_sentence_that_is_asked_for_exists() -> None:
    code = "\n".join(p.read_text(encoding="utf-8") for p in Path(ROOT / "chatrec" / "answer").glob("*.py"))
    asked = set(re.findall(r"""say\(\s*"([a-z_]+\.[a-z_]+)\"""", code))
    assert len(asked) > 15
    assert asked <= set(TABLES["en"])
    for prefix in ("noted", "explain.not", "converse"):
        assert any(k.startswith(prefix) for k in TABLES["en"])


def test_the_seed_chooses_the_variant() -> None:
    said = {SENTENCES.say("converse.thanks", "en", f"turn-{n}") for n in range(20)}
    assert said == set(TABLES["en"]["converse.thanks"])
    assert len({SENTENCES.say("converse.thanks", "en", "turn-1") for _ in range(5)}) == 1
    with pytest.raises(KeyError):
        SENTENCES.say("ask.other", "en", "x")  # its placeholder is missing
    with pytest.raises(KeyError):
        SENTENCES.say("no.such", "en", "x")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("thanks", "Thanks!", True),
        ("thanks", "thank you so much", True),
        ("thanks", "谢谢啦", True),
        ("hello", "Hi there", True),
        ("hello", "hi", True),
        ("hello", "history films please", False),
        ("hello", "你好！", True),
        ("help", "what can you do?", True),
        ("thanks", "thanksgiving films", False),
        ("bye", "see you later", True),
        ("hello", "hello, I would like a film about a heist in Paris with some jokes", False),
    ],
)
def test_cues(name: str, text: str, expected: bool) -> None:
    assert SENTENCES.cues(name, text) is expected


def test_counting() -> None:
    assert [things(FILMS, n, "en") for n in (1, 2, 5, 12, 1200)] == [
        "one film", "two films", "five films", "12 films", "1,200 films",
    ]  # fmt: skip
    assert [things(FILMS, n, "zh") for n in (1, 2, 5, 10, 12)] == [
        "一部电影", "两部电影", "五部电影", "十部电影", "12部电影",
    ]  # fmt: skip
    assert things(teas.CATALOG, 2, "zh") == "两款茶"
    assert things(Catalog(name="x"), 1, "en") == "one item"
    assert things(Catalog(name="x"), 3, "zh") == "三个东西"
    assert noun(FILMS, "zh", 5) == "电影"
    assert count_word(0, "en") == "no"


def test_small_joints() -> None:
    assert joined(["a"], "en") == "a"
    assert joined(["a", "b", "c"], "en") == "a, b and c"
    assert joined(["a", "b"], "en", "or") == "a or b"
    assert joined(["甲", "乙", "丙"], "zh") == "甲、乙和丙"
    assert marked("盗火线", FILMS, "zh") == "《盗火线》"
    assert marked("Heat", FILMS, "en") == "Heat"
    assert marked("龙井", teas.CATALOG, "zh") == "“龙井”"
    assert (ended("fine", "en"), ended("fine!", "en"), ended("好", "zh"), ended("", "en")) == (
        "fine.",
        "fine!",
        "好。",
        "",
    )
    assert capital("éclair") == "Éclair"
