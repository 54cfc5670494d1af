"""`grounded` on the teas and on two invented films: what is true passes, planted lies fail, in English and Chinese."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import chatrec.evaluation.dialogues.checks as checks
from chatrec.evaluation.dialogues.checks import CHECKS
from chatrec.evaluation.dialogues.checks.claims import clauses, han_number, numbers
from chatrec.evaluation.dialogues.seen import Answer, Seen
from chatrec.vocabulary import Catalog, Chip, DecisionOut, Evidence, Facet, Item, ItemOut, NearOut, Reply, Wish
from tests.conftest import tea_engine

FILMS = Catalog(
    name="invented", noun={"en": ["film", "films"], "zh": ["电影"]}, measure={"zh": "部"}, marks={"zh": "《》"},
    facets=(
        Facet(name="year", type="number", role="year", label={"en": "year", "zh": "年份"}),
        Facet(name="runtime", type="number", role="duration", unit="min", unit_label={"en": "min", "zh": "分钟"},
              units={"minutes": 1, "minute": 1, "hours": 60, "hour": 60, "h": 60, "分钟": 1, "小时": 60}, label={"en": "runtime", "zh": "片长"}),
        Facet(name="genres", type="category", many=True, role="kind", label={"en": "genre", "zh": "类型"},
              values={"Crime": {"en": ["crime"], "zh": ["犯罪"]}, "Western": {"en": ["western"], "zh": ["西部"]}, "Comedy": {"en": ["comedy", "funny"], "zh": ["喜剧"]}}),
        Facet(name="director", type="category", many=True, role="person", label={"en": "director", "zh": "导演"}, cues={"en": ["by"], "zh": ["执导的", "执导"]},
              aliases={"Ines Farrow": {"en": ["Farrow"], "zh": ["伊内斯·法罗"]}, "Otto Blixen": {"en": ["Blixen"], "zh": ["奥托·布利克森"]}}),
        Facet(name="rating", type="number", role="rating", label={"en": "rating", "zh": "评分"}),
        Facet(name="price", type="number", role="price", unit="$", unit_label={"en": "$"}, units={"$": 1, "dollars": 1, "元": 1}, label={"en": "price", "zh": "价格"}),
        Facet(name="subtitled", type="bool", label={"en": "subtitled", "zh": "有字幕"}),
    ),
)  # fmt: skip
NIGHT = Item(
    "f1", "Night Ferry", {"en": "Night Ferry", "zh": "夜渡"}, "Two brothers smuggle clocks over a river. Nominated for a Golden Otter.",
    attributes={"year": 1995, "runtime": 118, "genres": ("Crime",), "director": ("Ines Farrow",), "rating": 8.44, "price": 12.5, "subtitled": True},
)  # fmt: skip
DUST = Item(
    "f2", "Dust and Honey", {"en": "Dust and Honey", "zh": "尘与蜜"}, "A beekeeper rides west.",
    attributes={"year": 1971, "runtime": 92, "genres": ("Western", "Comedy"), "director": ("Otto Blixen",), "rating": 7.0, "subtitled": False},
)  # fmt: skip
UP = Item("f3", "Up", {}, "", attributes={"year": 2009, "runtime": 96, "genres": ("Comedy",)})
RECORDS = {i.id: i for i in (NIGHT, DUST, UP)}
NINETIES = Wish(id="w1", facet="year", op="between", value=[1990, 1999], words="the 90s", turn_id="t")
SHORT = Wish(id="w2", facet="runtime", op="<", value=120, words="under two hours", turn_id="t")
LIKE = Wish(id="w3", op="like", value="f2", hard=False, words="like Dust and Honey", turn_id="t")


def answer(
    reason: str = "", text: str = "", *found: Evidence, zh: bool = False, wishes: tuple[Wish, ...] = (NINETIES, SHORT),
    said: str = "a film", item: Item = NIGHT, kind: str = "recommend", cards: bool = True,
) -> Seen:  # fmt: skip
    shown = [ItemOut(id=item.id, title=item.title, reason=reason, evidence=list(found))] if cards else []
    reply = Reply(
        turn_id="t", language="zh" if zh else "en", decision=DecisionOut(kind=kind),  # type: ignore[arg-type]
        items=shown, text=text, wishes=list(wishes), candidates=20, chips=[Chip(label="newer (1,647)", text="newer", count=1647)],
    )  # fmt: skip
    return Seen(1, said, None, "", Answer(reply=reply), FILMS, RECORDS)


def wrong(turn: Seen) -> list[str]:
    verdict = CHECKS["grounded"].run(turn, True)
    assert verdict.passed is (not verdict.evidence)  # type: ignore[union-attr]
    return list(verdict.evidence)  # type: ignore[union-attr]


TRUE_REASONS = [
    "From 1995.", "A crime film by Ines Farrow.", "Farrow at her best.", "It runs 118 minutes.", "Just under 2 hours.", "A 118-minute film.",
    "1 hour 58 minutes long.", "Rated 8.4.", "Rating 8.44.", "$12.50, and worth it.", "Pure 90s charm.", "From the 1990s, under 120 min, as you asked.",
    "A nineties crime story about two brothers.", "It is subtitled.", "Nominated for a Golden Otter.", "Not a western.", "Tense and warm.",
    "One of the better known here.", "Matches your “under two hours”.", "A quiet one, I think.",
]  # fmt: skip
FALSE_REASONS = [
    "From 1994.", "Made in 1999.", "A western by Ines Farrow.", "Directed by Otto Blixen.", "Blixen directs.", "Directed by Hanna Weiss.", "It runs 108 minutes.",
    "A brisk 3 hours.", "1 hour 20 minutes long.", "Rated 9.", "Rating 8.5.", "Only $10.", "Eighties charm.", "A classic of the 1970s.", "It won the Silver Palm.",
    "An award-winning story.", "As good as Dust and Honey.", "For fans of The Long Pier.", "“The Long Pier” with a smile.", "It is not subtitled.", "Loved by 97% of viewers.",
    "The 3rd of 7 sequels.", "Based on a true story.", "Not a crime film.", "A crime comedy.", "It made 80 million dollars.", "Shot in Lisbon.",
]  # fmt: skip
TRUE_ZH = ["1995年的犯罪片。", "由伊内斯·法罗执导。", "导演是伊内斯·法罗。", "片长118分钟。", "将近两小时。", "评分8.4。", "九十年代的味道。", "90年代的、120分钟以内，正合你的要求。", "Ines Farrow执导。", "很有味道，值得一看。", "20世纪90年代的片子。", "一九九五年上映。"]  # fmt: skip
FALSE_ZH = ["1994年的犯罪片。", "由奥托·布利克森执导。", "导演是张三丰。", "由李四光执导。", "片长一百零八分钟。", "片长108分钟。", "全长三小时。", "评分9.1。", "八十年代的味道。", "一部西部片。", "获得过金獭奖。", "和《长堤》一样好看。", "Otto Blixen执导。", "一九九六年上映。", "根据真实故事改编。", "没有字幕，不是犯罪片。"]  # fmt: skip


@pytest.mark.parametrize("reason", TRUE_REASONS)
def test_true_reasons(reason: str) -> None:
    assert wrong(answer(reason)) == []


@pytest.mark.parametrize("reason", FALSE_REASONS)
def test_planted_lies_in_a_reason(reason: str) -> None:
    found = wrong(answer(reason))
    assert found
    assert found[0].startswith("Night Ferry: ")


@pytest.mark.parametrize("reason", TRUE_ZH)
def test_true_reasons_in_chinese(reason: str) -> None:
    assert wrong(answer(reason, zh=True)) == []


@pytest.mark.parametrize("reason", FALSE_ZH)
def test_planted_lies_in_a_chinese_reason(reason: str) -> None:
    assert wrong(answer(reason, zh=True))


TRUE_TEXTS = [
    "Here is one film: from the 1990s, under 120 min.", "Night Ferry: runtime 118 min.", "Night Ferry is from 1995. It was made by Ines Farrow.",
    "Night Ferry and Dust and Honey, side by side:\nYear: 1995 (Night Ferry) · 1971 (Dust and Honey)\nGenre: crime (Night Ferry) · western, comedy (Dust and Honey)\nDirector: Ines Farrow (Night Ferry) · Otto Blixen (Dust and Honey)",
    "Why Night Ferry? Crime, from the 1990s, as you asked; rating 8.4.", "Without it there is a choice of 1,647 films.", "Would you like a comedy or a western?",
    "Up is from 2009.", "Tell me what to change.", "Up next is Night Ferry, from 1995.",
]  # fmt: skip
FALSE_TEXTS = [
    "Here are two western films.", "Night Ferry: runtime 108 min.", "Night Ferry is from 1971.", "Night Ferry was made by Otto Blixen.", "Night Ferry runs long. It is from 1971.",
    "Night Ferry and Dust and Honey, side by side:\nYear: 1971 (Night Ferry) · 1971 (Dust and Honey)", "Night Ferry and Dust and Honey, side by side:\nDirector: Ines Farrow (the same)",
    "Without it there is a choice of 2,647 films.", "Try The Long Pier instead.", "Night Ferry has comedy in common with Dust and Honey.", "Up is from 1995.",
    "Night Ferry won three awards.", "All of these are from 1971.",
]  # fmt: skip


@pytest.mark.parametrize("text", TRUE_TEXTS)
def test_true_texts(text: str) -> None:
    assert wrong(answer(text=text)) == []


@pytest.mark.parametrize("text", FALSE_TEXTS)
def test_planted_lies_in_a_text(text: str) -> None:
    assert wrong(answer(text=text))


def test_true_and_false_texts_in_chinese() -> None:
    assert wrong(answer(text="《夜渡》的片长：118分钟。", zh=True)) == []
    assert wrong(answer(text="为什么推荐《夜渡》？犯罪、90年代的，正合你的要求；评分8.4。", zh=True)) == []
    assert wrong(answer(text="年份：《夜渡》1995 · 《尘与蜜》1971", zh=True)) == []
    assert wrong(answer(text="《夜渡》的片长：108分钟。", zh=True))
    assert wrong(answer(text="年份：《夜渡》1971 · 《尘与蜜》1971", zh=True))
    assert wrong(answer(text="《夜渡》的导演是奥托·布利克森。", zh=True))
    assert wrong(answer(text="《长堤》也不错。", zh=True))


def test_what_the_person_said_may_be_said_back_but_makes_nothing_true() -> None:
    asked = "is Night Ferry from 1983, or by Hanna Weiss?"
    assert wrong(answer(text="You asked for 1983.", said=asked)) == []
    assert wrong(answer(text="I know nothing of “Hanna Weiss”.", said=asked, cards=False, kind="converse")) == []
    assert wrong(answer(text="Night Ferry: year 1983.", said=asked))
    assert wrong(answer(text="Night Ferry is by Hanna Weiss.", said=asked))
    assert wrong(answer(text="《长堤》没有找到。", said="《长堤》怎么样", zh=True, cards=False)) == []


def test_a_reason_may_name_what_its_evidence_or_a_wish_names() -> None:
    shares = Evidence(code="shares", facet="genres", value="Comedy", item_id="f2")
    assert wrong(answer("Has comedy in common with Dust and Honey.", "", shares, item=UP, wishes=(LIKE,))) == []
    assert wrong(answer("Like Dust and Honey, it has comedy.", item=UP, wishes=(LIKE,))) == []
    assert wrong(answer("Has western in common with Dust and Honey.", "", shares, item=UP, wishes=(LIKE,)))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Evidence(code="meets", facet="genres", value="Western"), "its record has Crime, not Western"),
        (Evidence(code="meets", facet="colour", value="red"), "the catalogue has no facet colour"),
        (Evidence(code="meets", facet="genres"), "it names no value"),
        (Evidence(code="rated", facet="rating", value=9.1), "its record has 8.44, not 9.1"),
        (Evidence(code="shares", facet="genres", value="Crime", item_id="f2"), "the record of Dust and Honey has Western, Comedy"),
        (Evidence(code="shares", facet="genres", value="Crime", item_id="f9"), "there is no record of f9"),
        (Evidence(code="people_also", item_id="f9"), "there is no record of f9"),
        (Evidence(code="like_text", words="clever heist"), "the person never said 'clever heist'"),
    ],
)  # fmt: skip
def test_evidence_has_to_be_true(found: Evidence, told: str) -> None:
    assert any(told in line for line in wrong(answer("", "", found)))
    for good in (
        Evidence(code="meets", facet="genres", value="Crime"), Evidence(code="rated", facet="rating", value=8.44),
        Evidence(code="popular"), Evidence(code="like_text", words="under two hours"),
    ):  # fmt: skip
        assert wrong(answer("", "", good)) == []


def test_near_misses_and_strangers_are_looked_at() -> None:
    turn = answer(cards=False, kind="none_fit")
    miss = NearOut(
        item=ItemOut(id="f2", title="Dust and Honey", reason="Misses one wish: from the 1990s. Its year: 1971."),
        breaks=["w1"],
    )
    turn.reply.near.append(miss)
    assert wrong(turn) == []
    miss.item.reason = "Misses one wish: from the 1990s. Its year: 1989."
    assert wrong(turn)
    turn.reply.items.append(ItemOut(id="f9", title="The Long Pier"))
    assert "The Long Pier (f9): there is no record of it" in wrong(turn)


def test_numbers_as_people_write_them() -> None:
    def found(text: str) -> list[tuple[float, bool, tuple[str, ...]]]:
        return [(n.value, n.decade, tuple(f for f, _ in n.facets)) for n in numbers(text, FILMS)]

    assert found("2 hours 10 minutes") == [(130.0, False, ("runtime",))]
    assert found("2小时10分钟") == [(130.0, False, ("runtime",))]
    assert found("$1,250.50") == [(1250.5, False, ("price",))]
    assert found("the '80s and the nineties") == [(80.0, True, ()), (90.0, True, ())]
    assert found("二十世纪九十年代") == [(1990.0, True, ())]
    assert found("one of them, 一点, 一样") == []
    assert found("five films") == [(5.0, False, ())]
    assert [han_number(t) for t in ("九十", "一百零八", "一九九五", "两千", "十二", "三万五千")] == [
        90,
        108,
        1995,
        2000,
        12,
        35_000,
    ]
    assert [c for c, _ in clauses("By M. Night Lee. 8.4 of 10; good? Yes")] == [
        "By M. Night Lee",
        " 8.4 of 10",
        " good",
        " Yes",
    ]


def test_it_shares_nothing_with_the_code_that_lets_answers_through() -> None:
    folder = Path(checks.__file__).parent
    for name in ("truth.py", "claims.py"):
        for node in ast.walk(ast.parse((folder / name).read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith(("chatrec.answer", "chatrec.understand", "chatrec.recommend")), (
                    node.module
                )


TALKS: list[list[Any]] = [
    [
        "a smoky tea under $20",
        "why the first?",
        "how much is it?",
        "compare the first and the second",
        "organic",
        "under $1",
        "others",
    ],
    ["something like Jade Lake Gyokuro", "from Japan", "less caffeine", "by Mei Tanaka", "thanks"],
    [
        "来一款花香的乌龙",
        "多少钱",
        "20美元以下",
        "为什么推荐第一款",
        "比较第一款和第二款",
        "换一批",
        "咖啡因低于30毫克",
    ],
    ["春龙井怎么样", "像铁观音珍藏那样的", "不要绿茶", "三十块左右", "1美元以下"],
]


@pytest.mark.parametrize("talk", TALKS, ids=["en", "en-like", "zh", "zh-like"])
async def test_real_answers_pass(talk: list[str], tmp_path: Path) -> None:
    engine = await tea_engine(tmp_path)
    try:
        catalog, conversation = (await engine.book("teas")).catalog, None
        records = {i.id: i async for batch in engine.store.items.all("teas") for i in batch}
        before: list[Seen] = []
        for text in talk:
            reply = await engine.reply(text=text, user_id="a", conversation_id=conversation, catalog="teas")
            conversation = reply.conversation_id
            before.append(Seen(len(before) + 1, text, None, "", Answer(reply=reply), catalog, records, tuple(before)))
            assert wrong(before[-1]) == [], reply.text
    finally:
        await engine.stop()
