"""Reading the rerank answer while it streams: whatever comes, in whatever pieces."""

from __future__ import annotations

import json
import random

import pytest

from chatrec.answer.picks import MOST_TEXT, Picks, picks_schema

WHOLE = '{"picks":[3,1,7],"intro":"Some calm ones.","why":[{"pick":3,"words":"Soft."},{"pick":1,"words":"Bold \\"and\\" dark."}]}'


def read(text: str, handles: int = 20, step: int = 0) -> Picks:
    picks = Picks(handles)
    for n in range(0, len(text), step or max(len(text), 1)):
        picks.feed(text[n : n + (step or len(text))])
    picks.finish()
    return picks


@pytest.mark.parametrize("step", [0, 1, 3, 7])
def test_whole_answer_in_any_pieces(step: int) -> None:
    made = read(WHOLE, step=step)
    assert made.picks == [3, 1, 7]
    assert made.intro == "Some calm ones."
    assert list(made.words()) == [(3, "Soft."), (1, 'Bold "and" dark.')]
    assert made.odd == []


def test_parts_are_there_when_they_are_whole_and_not_before() -> None:
    picks = Picks(20)
    picks.feed('{"picks":[3,1')
    assert picks.picks is None  # the 1 may become 17
    picks.feed("7]")
    assert picks.picks == [3, 17]
    picks.feed(',"intro":"Some cal')
    assert picks.intro == ""
    picks.feed('m ones.","why":[{"pick":3,"words":"So')
    assert picks.intro == "Some calm ones."
    assert list(picks.words()) == []
    picks.feed('ft."}')
    assert list(picks.words()) == [(3, "Soft.")]


@pytest.mark.parametrize(
    ("text", "expected", "odd"),
    [
        ('{"picks":["#3","7",1.0]}', [3, 7], 1),
        ('{"picks":[3,3,99,0,-1,true,null,{"pick":5},[4]]}', None, 0),  # nested lists: not our shape until it ends
        ('{"picks":[3,3,99,0,-1,true,null,{"pick":5}]}', [3, 5], 6),
        ('{"picks":[]}', [], 0),
        ('{"picks":"3"}', None, 0),
        ("[3,1]", None, 0),
        ("nothing", None, 0),
        ("", None, 0),
        ('{"picks":[1,2]} and {"picks":[9]}', [1, 2], 0),
    ],
)
def test_odd_picks(text: str, expected: list[int] | None, odd: int) -> None:
    made = read(text)
    if expected is None:
        assert made.picks is None or all(1 <= p <= 20 for p in made.picks)
    else:
        assert made.picks == expected
        assert len(made.odd) == odd


def test_words_in_other_forms() -> None:
    assert list(read('{"why":{"3":"Soft.","x":"No.","21":"No.","4":7,"5":" "}}').words()) == [(3, "Soft.")]
    assert list(read('{"why":["Soft.",{"pick":3},{"words":"x"},{"pick":"#2","words":"Ok."}]}').words()) == [(2, "Ok.")]
    assert read('{"intro":7,"why":"all"}').intro == ""


def test_an_answer_that_breaks_off_keeps_what_was_whole() -> None:
    made = read('{"picks":[2,5],"intro":"Hm.","why":[{"pick":2,"words":"Good."},{"pick":5,"words":"Hal')
    assert (made.picks, made.intro, list(made.words())) == ([2, 5], "Hm.", [(2, "Good.")])
    assert read('{"picks":[2,5').picks == [2, 5]


def test_far_too_much_is_not_read() -> None:
    picks = Picks(20)
    for _ in range(300):
        picks.feed('{"picks":[1],"intro":"' + "x" * 4000)
    assert picks.full
    assert len(picks._text) == MOST_TEXT


def test_nothing_raises() -> None:
    rng = random.Random(7)
    for _ in range(300):
        text = list(WHOLE)
        for _ in range(rng.randrange(1, 12)):
            text[rng.randrange(len(text))] = rng.choice('{}[]",:\\u\ud800\x000é中')
        made = read("".join(text), step=rng.randrange(1, 40))
        assert all(1 <= p <= 20 for p in made.picks or [])
        assert all(1 <= n <= 20 and isinstance(said, str) for n, said in made.words())


def test_schema_has_handles_first_and_only_what_is_trusted() -> None:
    both = picks_schema(5, 20, picks=True, words=True)
    assert list(both["properties"]) == ["picks", "intro", "why"]
    assert both["properties"]["picks"]["items"]["maximum"] == 20
    assert list(picks_schema(5, 20, picks=True, words=False)["properties"]) == ["picks"]
    assert list(picks_schema(5, 5, picks=False, words=True)["properties"]) == ["intro", "why"]
    assert len(json.dumps(both)) < 700
