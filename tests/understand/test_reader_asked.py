"""Questions in more of the forms that people give them, judgements, and titles said in passing."""

from __future__ import annotations

import pytest

from chatrec.vocabulary import Exchange
from tests.understand.catalogs import FILM_ITEMS, FILMS, Shop, short

SHOWN = ("heat", "alien", "amelie")
LISTED = (Exchange("t0", "films please", "recommend", "Here.", SHOWN, ("Heat", "Alien", "Amélie")),)
NOTHING = (Exchange("t0", "a western from Japan", "none_fit", "Nothing here fits all of this."),)


@pytest.fixture(scope="module")
def films() -> Shop:
    return Shop(FILMS, FILM_ITEMS)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("is Heat longer than Alien?", ["heat", "alien"]),
        ("settle an argument: did Fight Club come out before or after Memento", ["fightclub", "memento"]),
        ("how much longer is Titanic than Inception", ["titanic", "inception"]),
        ("which came out first, Fight Club or Memento?", ["fightclub", "memento"]),
        ("compare Titanic with Memento for me", ["titanic", "memento"]),
        ("盗梦空间比泰坦尼克号长吗", ["inception", "titanic"]),
        ("盗梦空间和泰坦尼克号谁先上映的", ["inception", "titanic"]),
        ("千与千寻和飞屋环游记哪个时长更短", ["spirited", "up"]),
    ],
)
def test_two_that_are_named_are_compared(films: Shop, text: str, items: list[str]) -> None:
    heard = films.read(text)
    assert (heard.kind, heard.certain) == ("compare", True)
    assert [i.id for i in heard.items] == items


@pytest.mark.parametrize("text", ["do you get paid if I pick one of those?", "I'd never pick one of these"])
def test_picking_one_is_not_always_asked(films: Shop, text: str) -> None:
    assert films.read(text, shown=SHOWN, history=LISTED).kind != "compare"


@pytest.mark.parametrize(
    ("text", "kind", "missing"),
    [
        ("那《英雄本色》是哪年的", "lookup", "《英雄本色》"),
        ("《英雄本色》讲什么", "lookup", "《英雄本色》"),
        ("《盗梦空间》跟《堕落天使》哪部拍得早？", "compare", "《堕落天使》"),
        ("为什么没有《大话西游》", "explain", "《大话西游》"),
    ],
)
def test_a_question_about_a_title_that_is_not_here(films: Shop, text: str, kind: str, missing: str) -> None:
    heard = films.read(text)
    assert (heard.kind, heard.certain) == (kind, True)
    assert missing in heard.not_understood
    assert not heard.wishes


@pytest.mark.parametrize("shown", [(), SHOWN])
@pytest.mark.parametrize(
    "text", ["who directed Midsommar?", "depends. what's Midsommar about?", "when did The Wicker Tree come out"]
)
def test_a_question_about_a_name_that_is_not_here_is_about_nothing_else(
    films: Shop, text: str, shown: tuple[str, ...]
) -> None:
    heard = films.read(text, shown=shown)
    assert (heard.kind, heard.certain, heard.items) == ("lookup", True, ())
    assert heard.not_understood
    assert not heard.wishes


def test_a_question_of_the_world_is_not_about_a_title(films: Shop) -> None:
    for text in ("who is Donald Trump?", "what's the weather like in Leeds tomorrow?"):
        assert films.read(text).kind is None
    assert [i.id for i in films.read("who directed it?", shown=("heat",)).items] == ["heat"]
    assert [i.id for i in films.read("what's the IMDb rating?", shown=("heat",)).items] == ["heat"]
    assert [i.id for i in films.read("Who Directed The First One?", shown=SHOWN).items] == ["heat"]


def test_something_like_a_title_that_is_not_here_is_a_request(films: Shop) -> None:
    for text in ("有没有跟《英雄本色》差不多的", "推荐几部《英雄本色》那样的片子"):
        assert films.read(text).kind is None


@pytest.mark.parametrize(
    "text",
    [
        "why?",
        "why not? which bit is the problem",
        "Why couldn't you find anything?",
        "which of my wishes ruled everything out?",
        "what's wrong?",
        "为什么一部都找不到",
        "是我哪个条件卡住了？",
        "怎么会没有",
    ],
)
def test_why_nothing_fits(films: Shop, text: str) -> None:
    heard = films.read(text, shown=("heat", "alien"), history=NOTHING)  # those that came nearest were shown
    assert (heard.kind, heard.certain, heard.items) == ("explain", True, ())
    told = (*NOTHING, Exchange("t1", "why?", "explain", "Nothing here fits."))
    assert films.read(text, shown=("heat", "alien"), history=told).items == ()


def test_why_of_one_that_came_near_is_about_that_one(films: Shop) -> None:
    heard = films.read("why the second one?", shown=("heat", "alien"), history=NOTHING)
    assert (heard.kind, [i.id for i in heard.items]) == ("explain", ["alien"])


@pytest.mark.parametrize("text", ["why not a comedy?", "怎么没有喜剧"])
def test_a_suggestion_after_nothing_fits_is_a_wish(films: Shop, text: str) -> None:
    assert short(films.read(text, history=NOTHING)) == {"genres contains Comedy"}


@pytest.mark.parametrize(
    "text",
    [
        "is that all you've got?",
        "is this it?",
        "can you do better than that?",
        "try again",
        "就这？",
        "就这些吗？",
        "没有更好的吗",
        "还有别的吗",
        "没一个想看的，你再想想",
    ],
)
def test_more_is_wanted_in_the_form_of_a_question(films: Shop, text: str) -> None:
    heard = films.read(text, shown=SHOWN, history=LISTED)
    assert heard.again
    assert heard.asks
    assert heard.kind is None


def test_that_is_all_still_closes(films: Shop) -> None:
    for text in ("that's all", "that is all i need, thanks", "我没事了"):
        assert films.read(text, shown=SHOWN, history=LISTED).kind == "converse"


def test_a_concession_is_an_answer(films: Shop) -> None:
    heard = films.read("沉重点也没事", history=(Exchange("t0", "x", "ask", "想看轻松的还是沉重的？"),))
    assert heard.kind is None
    assert heard.wishes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("already seen: Heat, Alien", {("seen", "heat"), ("seen", "alien")}),
        ("just so you know, I walked out of Titanic", {("dislike", "titanic")}),
        ("could not stand Amélie", {("dislike", "amelie")}),
        ("fyi ive seen fight club like 20 times", {("seen", "fightclub")}),
        ("昨晚刚刷完盗梦空间", {("seen", "inception")}),
        ("昨晚跟老公把盗梦空间看了，沉重，但是好", {("seen", "inception")}),
        ("泰坦尼克号我看了不下十遍", {("seen", "titanic")}),
        ("千与千寻 不咋地", {("dislike", "spirited")}),
        ("我不喜欢教父", {("dislike", "godfather")}),
        ("千与千寻去年陪我妈看的，她笑得前仰后合", {("seen", "spirited")}),
        ("Inception was a bit overrated, 5 out of 10", {("dislike", "inception")}),
        ("Fight Club is meh", {("dislike", "fightclub")}),
        ("盗梦空间我硬是没看下去", {("dislike", "inception")}),
        ("飞屋环游记陪我闺女看了得有二十遍", {("seen", "up")}),
        ("盗梦空间yyds", {("like", "inception")}),
        ("我超爱《千与千寻》", {("like", "spirited")}),
        ("教父我倒是看过，真好", {("seen", "godfather")}),
        ("寄生虫我打十分！", {("like", "parasite")}),
    ],
)
def test_judgements_in_more_words(films: Shop, text: str, said: set[tuple[str, str]]) -> None:
    heard = films.read(text)
    assert {(f.kind, f.item_id) for f in heard.feedback} == said
    assert not [w for w in heard.wishes if w.facet]


def test_a_judgement_in_place_of_an_answer_is_noted(films: Shop) -> None:
    asked = (Exchange("t0", "x", "ask", "Which kind of film do you feel like?"),)
    heard = films.read("oh and btw we did see Titanic, the whole family loved it", history=asked)
    assert [f.item_id for f in heard.feedback] == ["titanic"]
    assert not heard.wishes


@pytest.mark.parametrize("text", ["教父那种的", "泰坦尼克号那种的，但是别死人", "像千与千寻但不是动画的，有吗"])
def test_something_like_a_film_is_no_question_about_it(films: Shop, text: str) -> None:
    heard = films.read(text)
    assert heard.kind is None
    assert any(w.op == "like" and w.value in ("godfather", "titanic", "spirited") for w in heard.wishes)


def test_a_name_that_goes_on_is_no_title(films: Shop) -> None:
    assert films.read("who won the Big Apple Cup?").items == ()
    assert films.read("Who stars in Big?").items


def test_laughter_is_no_goodbye(films: Shop) -> None:
    assert films.read("a movie to fall asleep to lol").kind is None
    assert films.read("lol").kind == films.read("thanks haha").kind == "converse"


def test_a_film_seen_is_no_question_where_others_like_it_are_wanted(films: Shop) -> None:
    for text in ("盗梦空间我刷了八遍了，同款还有吗", "小孩看完千与千寻还闹着要看，有差不多的动画不"):
        assert films.read(text).kind is None
    assert films.read("what would someone who adores Amélie enjoy?").kind is None


@pytest.mark.parametrize(
    ("text", "facet"),
    [("教父片长多少", "runtime"), ("我想知道教父是几几年的", "year"), ("who directed Her", "director")],
)
def test_a_short_title_beside_a_question_of_fact(films: Shop, text: str, facet: str) -> None:
    heard = films.read(text)
    assert (heard.kind, heard.facet) == ("lookup", facet)
    noted = films.read("Big - cast?")
    assert ([i.id for i in noted.items], noted.wishes) == (["big"], ())


@pytest.mark.parametrize("text", ["怎么老给我推恐怖片", "why do you keep showing me horror?"])
def test_a_reproach_is_no_wish_for_what_it_names(films: Shop, text: str) -> None:
    assert not films.read(text).wishes
    heard = films.read(text, shown=SHOWN, history=LISTED)
    assert (heard.kind, heard.wishes) == ("explain", ())


def test_why_in_passing_is_no_question(films: Shop) -> None:
    assert films.read("盗梦空间看睡着了，不懂为啥那么多人吹").kind is None
    assert films.read("how come you know so much?", shown=SHOWN, history=LISTED).kind is None
    assert films.read("教父我看过，不怎么样").kind is None
