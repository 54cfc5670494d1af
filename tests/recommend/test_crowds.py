"""Two crowds are told apart by their words alone, and what is well known is what the crowd takes that somebody talks like."""

from __future__ import annotations

import random

import numpy as np
from scipy import sparse

from chatrec.recommend.crowds import ENOUGH, Crowds
from chatrec.recommend.dialogue import Dialogue, Talks
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query
from chatrec.testing.source_contract import CATALOG, lamps
from tests.recommend.test_dialogue import Told

SHOP = ["counter", "aisle", "voucher", "parcel", "receipt", "till", "basket", "shelf", "trolley", "queue"]
FORUM = ["thread", "moderator", "emoji", "upvote", "nickname", "repost", "banner", "spoiler", "signature", "lurker"]
SHARED = ["lamp", "light", "bright", "warm", "desk", "cosy", "round", "small", "shade", "bulb"]


def talked(each: int, seed: int = 3) -> list[Told]:
    """People of a shop, who take lamp 1 mostly, and those of a forum, who take lamp 2; both ask for lamps, in no order."""
    draw = random.Random(seed)
    told = []
    for words, favourite in ((SHOP, 1), (FORUM, 2)):
        for _ in range(each):
            taken = favourite if draw.random() < 0.6 else draw.randrange(10, 60)
            said = " ".join(draw.sample(words, 5) + draw.sample(SHARED, 4))
            told.append(Told(said, accepted=(f"lamp-{taken:03d}",)))
    draw.shuffle(told)
    return told


def crowds_of(told: list[Told]) -> tuple[Crowds, dict[str, int], Shelf]:
    shelf = Shelf.build(CATALOG, lamps())
    talks = Talks.fit(told, shelf)
    assert talks is not None
    return talks.crowds, talks.code, shelf


def codes(code: dict[str, int], *words: str) -> np.ndarray:
    return np.array(sorted(code[w] for w in words), dtype=np.int64)


def test_what_is_well_known_is_what_the_own_crowd_takes() -> None:
    crowds, code, shelf = crowds_of(talked(ENOUGH))
    one, two = shelf.row["lamp-001"], shelf.row["lamp-002"]
    shop = crowds.taken(codes(code, "voucher", "parcel", "aisle", "till", "lamp"))
    forum = crowds.taken(codes(code, "upvote", "emoji", "repost", "lurker", "lamp"))
    assert shop[one] > 3 * shop[two]
    assert forum[two] > 3 * forum[one]


def test_without_a_word_all_count_alike() -> None:
    told = talked(ENOUGH)
    crowds, _, shelf = crowds_of(told)
    counts = np.zeros(len(shelf))
    for talk in told:
        counts[shelf.row[talk.accepted[0]]] += 1
    assert np.allclose(crowds.taken(np.zeros(0, dtype=np.int64)), counts)


def test_few_conversations_are_one_crowd() -> None:
    crowds, code, _ = crowds_of(talked(ENOUGH // 2 - 1))
    assert len(crowds.size) == 1
    assert np.allclose(crowds.taken(codes(code, "voucher")), crowds.taken(codes(code, "upvote")))


def test_the_same_conversations_give_the_same_crowds() -> None:
    first, second = (crowds_of(talked(ENOUGH))[0] for _ in range(2))
    assert np.array_equal(first.takes, second.takes)
    assert np.array_equal(first.size, second.size)


def test_conversations_that_are_all_alike_leave_finite_numbers() -> None:
    for words in (sparse.csr_matrix(np.ones((ENOUGH, 4)) / 2), sparse.csr_matrix((ENOUGH, 4))):
        taken = sparse.csr_matrix(np.eye(ENOUGH, 6))
        crowds = Crowds.fit(words, taken)
        assert np.isfinite(crowds.taken(np.array([0, 1]))).all()
        assert crowds.size.sum() == np.float64(1.0) or np.isclose(crowds.size.sum(), 1.0)


async def test_the_source_prefers_the_favourite_of_the_crowd() -> None:
    shelf = Shelf.build(CATALOG, lamps())
    shelf.talks = Talks.fit(talked(ENOUGH), shelf)
    source, rows = Dialogue(shelf), np.arange(len(shelf))

    async def score(said: str, item: str) -> float:
        scored = await source.score(Query(said=said), rows)
        dense = np.zeros(len(shelf))
        dense[scored.rows] = scored.scores
        return float(dense[shelf.row[item]])

    assert await score("voucher parcel till, a lamp", "lamp-001") > await score(
        "voucher parcel till, a lamp", "lamp-002"
    )
    assert await score("upvote emoji repost, a lamp", "lamp-002") > await score(
        "upvote emoji repost, a lamp", "lamp-001"
    )
