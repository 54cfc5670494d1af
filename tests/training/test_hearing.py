"""A prompt of the training tells what the reader of a turn hears in the message."""

from __future__ import annotations

import random

import pytest

from chatrec.training.ground import ground_of
from chatrec.training.hearing import Hearing, Listener
from chatrec.understand.plan import Planned
from chatrec.vocabulary import Wish
from tests import teas

GREEN = Wish(facet="kind", op="=", value="Green", words="green")
TITLE = teas.items()[0].title


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener(ground_of(teas.CATALOG, teas.items()), teas.CATALOG)


def hears(listener: Listener, message: str, last: str = "", *, deaf: bool = False) -> Hearing:
    wishes = [GREEN] if last else []
    return listener.hears(message, "en", wishes, last, [TITLE], random.Random(1), deaf=deaf)


def test_what_code_hears_is_told_and_need_not_be_written(listener: Listener) -> None:
    heard = hears(listener, "a smoky black tea")
    assert set(heard.inputs["heard"]) == {"kind: Black", "flavours: Smoky"}
    assert heard.wish(Planned("kind", "Black"))
    assert heard.wish(Planned("kind", "White"))  # another kind could not stand beside it
    assert heard.wish(Planned("flavours", "Smoky"))
    assert not heard.wish(Planned("flavours", "Nutty"))  # of flavours there may be several
    assert not heard.wish(Planned("price", "10", "<="))


def test_what_is_taken_back_is_told(listener: Listener) -> None:
    heard = hears(listener, "it need not be green any more", "showed 3")
    assert heard.inputs["wishes"] == ["kind: Green"]
    assert heard.inputs["heard"] == ["drop: kind"]
    assert heard.drop("kind")
    assert not heard.drop("price")


def test_a_deaf_prompt_tells_of_items_alone(listener: Listener) -> None:
    message = f"a smoky black tea like {TITLE}"
    assert set(hears(listener, message).inputs["heard"]) == {"kind: Black", "flavours: Smoky", f"like: {TITLE}"}
    deaf = hears(listener, message, deaf=True)
    assert (deaf.inputs["heard"], deaf.inputs["named"]) == ([], [TITLE])
    assert not deaf.wish(Planned("kind", "Black"))


def test_a_title_that_is_liked_need_not_be_written(listener: Listener) -> None:
    heard = hears(listener, f"something like {TITLE}")
    assert heard.wish(Planned("like", TITLE))
    assert not heard.wish(Planned("like", TITLE, refused=True))


@pytest.mark.parametrize(
    "last",
    ["showed 5", "showed 2", "showed 3, asked", "asked", "told", "explained", "compared", "noted", "talked", ""],
)
def test_the_latest_answer_is_told_as_it_was(listener: Listener, last: str) -> None:
    assert hears(listener, "hm", last).inputs["last"] == last


def test_what_needs_no_planner_is_known(listener: Listener) -> None:
    assert hears(listener, f"compare {TITLE} with {teas.items()[1].title}", "showed 5").certain
    assert not hears(listener, "my aunt drinks nothing but green tea", "showed 5").certain
