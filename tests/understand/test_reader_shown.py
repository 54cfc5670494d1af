"""What a message asks about what was shown, what it answers, how it takes leave; places in short; amounts that are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatrec.vocabulary import Act, Exchange, Feedback, Item
from tests.understand.catalogs import FILM_ITEMS, FILMS, LAPTOP_ITEMS, LAPTOPS, Shop, short
from tests.understand.hotels import HOTEL_ITEMS, HOTELS

ONE = (Exchange("t0", "a hotel", "recommend", "...", ("plaza",)),)


@pytest.fixture(scope="module")
def hotels() -> Shop:
    return Shop(HOTELS, HOTEL_ITEMS)


@pytest.fixture(scope="module")
def films() -> Shop:
    return Shop(FILMS, FILM_ITEMS)


@pytest.fixture(scope="module")
def laptops() -> Shop:
    return Shop(LAPTOPS, LAPTOP_ITEMS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a hotel in NY", {"city = New York"}),
        ("somewhere in NYC", {"city = New York"}),
        ("try San Fran", {"city = San Francisco"}),
        ("KL please", {"city = Kuala Lumpur"}),
        ("a hotel in LA or SF", {"city in Los Angeles|San Francisco"}),
        ("la la la", {"like la la la"}),
        ("FIND A HOTEL LA LA", {"like LA LA"}),  # all in capitals: no abbreviation
        ("No, find hotels in Ulm", {"city = Ulm"}),
        ("a one star hotel", {"stars = 1"}),
        ("how about a two star?", {"stars = 2"}),
        ("a 3 -star hotel", {"stars = 3"}),
        ("推荐一个高档酒店", {"kind = 高档型"}),
        ("4分以上的酒店", {"rating >= 4"}),  # and not four minutes on foot
        ("在别处帮我找一家有会议室的酒店", {"facilities contains 会议室"}),
        ("不要价格300元以上的", {"price < 300"}),
    ],
)
def test_wishes(hotels: Shop, text: str, wanted: set[str]) -> None:
    assert short(hotels.read(text)) == wanted


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("Do they have wifi?", "wifi"),
        ("Is wifi available there, and what does it cost?", "wifi"),
        ("Does the hotel have wifi?", "wifi"),
        ("Can you tell me if the hotel has wifi?", "wifi"),
        ("What's their address?", "address"),
        ("Yes, thanks. I want the address, too", "address"),
        ("酒店的地址发我一下", "address"),
        ("这家酒店附近有什么好玩的吗", "sights"),
        ("酒店有会议室吗？", "facilities"),
        ("这个酒店是否提供暖气？", "facilities"),
        ("他家有没有会议室？", "facilities"),
        ("its price?", "price"),
    ],
)
def test_questions_about_what_was_shown_are_no_wishes(hotels: Shop, text: str, facet: str) -> None:
    heard = hotels.read(text, shown=("plaza",), history=ONE)
    assert (heard.kind, heard.facet, [i.id for i in heard.items]) == ("lookup", facet, ["plaza"])
    assert short(heard) == set()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("do you have hotels with wifi?", {"wifi = True"}),
        ("这两家酒店哪个评分在4.5分以上？", {"rating >= 4.5"}),
        ("这些酒店里有提供会议室的吗", {"facilities contains 会议室"}),
        ("找一家评分4分以上的，知道哪家合适吗", {"rating >= 4"}),
        ("which of these are under $200?", {"price < 200"}),
        ("有没有带会议室的酒店", {"facilities contains 会议室"}),
        ("真是太便宜了", set()),
        ("既然只有4分，那换一家有会议室的", {"facilities contains 会议室"}),
    ],
)
def test_wishes_though_something_was_shown(hotels: Shop, text: str, wanted: set[str]) -> None:
    assert short(hotels.read(text, shown=("plaza", "reef"), history=ONE)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "No, that will be all. Thank you!", "Thanks, you've been a big help. Bye!", "That's all I need for now, thanks.",
        "I appreciate it very much.", "No I don't need anything else", "好的，我记下了，谢谢你！", "没有其它问题了，非常感谢",
        "收到，谢谢你的介绍", "知道了，有问题我再联系你",
    ],
)  # fmt: skip
def test_taking_leave(hotels: Shop, text: str) -> None:
    heard = hotels.read(text, shown=("plaza",), history=ONE)
    assert (heard.kind, short(heard), heard.asks) == ("converse", set(), False)


@pytest.mark.parametrize("text", ["thanks, cheaper", "thank you, now something in Ulm", "谢谢，要便宜一点的"])
def test_thanks_before_a_wish_take_no_leave(hotels: Shop, text: str) -> None:
    heard = hotels.read(text, shown=("plaza",), history=ONE)
    assert heard.kind != "converse"
    assert any(w.facet in ("price", "city") for w in heard.wishes)


@pytest.mark.parametrize(
    ("text", "wanted", "unclear"),
    [
        ("not from 1994", {"year != 1994"}, ()),
        ("a comedy, not from the 90s", {"genres contains Comedy"}, ("not from the 90s",)),
        ("不要90年代的", set(), ("不要90年代",)),
        ("不要2000年以前的", {"year >= 2000"}, ()),
        ("nothing from 1900 to 1985", {"year > 1985"}, ()),  # the catalogue has nothing before: one side is left
        ("no horror from the 90s", {"genres not_in Horror", "year between 1990|1999"}, ()),
        ("preferably recent", {"~year >= 2006"}, ()),
        ("no show tunes please", {"not_like tunes"}, ()),
        ("not longer than two hours", {"runtime <= 120"}, ()),
        ("how about 1995?", {"year = 1995"}, ()),
        ("something cheaper", set(), ("cheaper",)),  # films have no price
        ("要便宜一点的", set(), ("便宜一点",)),
    ],
)
def test_what_is_refused_turns_around_or_is_said_to_be_unclear(
    films: Shop, text: str, wanted: set[str], unclear: tuple[str, ...]
) -> None:
    heard = films.read(text)
    assert short(heard) == wanted
    assert heard.not_understood == unclear


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("8GB内存以上", "ram >= 8"), ("8GB RAM or more", "ram >= 8"), ("16GB of RAM minimum", "ram >= 16"), ("8GB内存", "ram = 8")],
)  # fmt: skip
def test_a_bound_behind_the_facets_name(laptops: Shop, text: str, wanted: str) -> None:
    assert short(laptops.read(text)) == {wanted}


@pytest.mark.parametrize(
    ("asked", "answer", "wanted"),
    [
        ("What is your budget, roughly?", "1500", {"price <= 1500"}),
        ("How much would you like to spend?", "about 1000", {"~price between 900|1100"}),
        ("Do you have a preference here: touchscreen?", "yes please", {"touchscreen = True"}),
        ("需要触摸屏吗？", "不用", {"touchscreen not_in True"}),
        ("你的预算是多少？", "大概5000吧", {"~price between 4500|5500"}),
        ("What is your budget, roughly?", "give me 5", set()),
        ("What kind of laptop?", "500", set()),
    ],
)
def test_bare_answers(laptops: Shop, asked: str, answer: str, wanted: set[str]) -> None:
    assert short(laptops.read(answer, history=(Exchange("t0", "hi", "ask", asked),))) == wanted
    assert not short(laptops.read("yes please"))


def test_it_means_what_was_talked_of_without_a_card(films: Shop) -> None:
    looked_up = (Exchange("t0", "how long is Heat?", "lookup", "170 minutes."),)
    heard = films.read("and its director?", shown=("amelie", "alien"), history=looked_up)
    assert ([i.id for i in heard.items], heard.facet) == (["heat"], "director")
    later = (*looked_up, Exchange("t1", "and its director?", "lookup", "Michael Mann."))
    assert [i.id for i in films.read("when was it made?", shown=("amelie", "alien"), history=later).items] == ["heat"]

    compared = (Exchange("t0", "compare Heat and Alien", "compare", "..."),)
    heard = films.read("which is longer?", shown=("amelie",), history=compared)
    assert (heard.kind, [i.id for i in heard.items]) == ("compare", ["heat", "alien"])


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("how long is the second one?", True),
        ("who directed Heat?", True),
        ("how long is it?", False),  # which of the three, nobody knows
        ("is the second one as long as the third?", False),
        ("第二部跟第三部一样长吗", False),
        ("what sort of thing can you help with?", False),
        ("on what grounds did you pick these", False),
        ("just show me something", True),
    ],
)
def test_what_may_be_another_question_is_left_to_a_model(films: Shop, text: str, certain: bool) -> None:
    assert films.read(text, shown=tuple(i.id for i in FILM_ITEMS[:3])).certain == certain


SHOWN = ("heat", "seven", "inception")


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("Heat", "heat"),
        ("Inception, of course", "inception"),
        ("the last one", "inception"),
        ("I meant the second one", "seven"),
        ("第一个", "heat"),
        ("七宗罪", "seven"),
        ("盗梦空间啊", "inception"),
        ("how long is Heat?", None),
        ("something like Heat", None),
        ("I hated Heat", "heat"),
        ("Heat or Seven", None),
        ("Titanic", None),  # not one of those that were offered
        ("a comedy with Brad Pitt", None),
        ("never mind", None),
    ],
)
def test_which_one_was_meant(films: Shop, text: str, noted: str | None) -> None:
    """After "I loved that one" and "which one do you mean?": the name or the place says it, what is more than that is read as ever."""
    offered = tuple(Act(kind="like", item_ids=[i]) for i in SHOWN)
    before = (Exchange("t0", "a thriller", "recommend", "...", SHOWN), Exchange("t1", "that was great", "noted", "?"))
    turn = films.turn(text, shown=SHOWN, history=before)
    plain, heard = (films.reader.read(t.said, t) for t in (turn, replace(turn, offered=offered)))
    if heard == plain:
        assert plain.feedback == ((Feedback("dislike", noted),) if noted else ())
        return
    assert noted
    assert (heard.feedback, heard.kind, heard.certain, heard.wishes) == ((Feedback("like", noted),), "noted", True, ())


@pytest.mark.parametrize(
    ("text", "kind", "items"),
    [
        ("how does Alien compare to Heat?", "compare", ["alien", "heat"]),
        ("how is Alien compared with Heat?", "compare", ["alien", "heat"]),
        ("Alien vs Heat", "compare", ["alien", "heat"]),
        ("tell me about Alien vs. Predator", "lookup", ["avp"]),
        ("what is Alien vs Predator about?", "lookup", ["avp"]),
        ("how does Alien vs. Predator compare to Aliens?", "compare", ["avp", "aliens"]),
        ("what is Aliens about?", "lookup", ["aliens"]),  # not Alien
    ],
)
def test_a_title_may_hold_the_words_of_a_comparison(text: str, kind: str, items: list[str]) -> None:
    more = [Item(id="avp", title="Alien vs. Predator"), Item(id="aliens", title="Aliens")]
    heard = Shop(FILMS, [*FILM_ITEMS, *more]).read(text, shown=("amelie", "heat"))
    assert (heard.kind, [i.id for i in heard.items]) == (kind, items)


@pytest.mark.parametrize(
    ("text", "items", "choice"),
    [
        ("which of these would you rather watch?", ["amelie", "alien", "heat"], True),
        ("Thanks. Which one should I take?", ["amelie", "alien", "heat"], True),
        ("help me choose", ["amelie", "alien", "heat"], True),
        ("那我该看哪一部", ["amelie", "alien", "heat"], True),
        ("should I watch the second or the third?", ["alien", "heat"], True),
        ("Alien or Heat?", ["alien", "heat"], True),
        ("2 or 3?", ["alien", "heat"], True),
        ("第一部还是第三部呢", ["amelie", "heat"], True),
        ("compare the first two", ["amelie", "alien"], False),
        ("which is longer?", ["amelie", "alien", "heat"], False),
    ],
)
def test_one_is_to_be_chosen(films: Shop, text: str, items: list[str], choice: bool) -> None:
    heard = films.read(text, shown=("amelie", "alien", "heat"))
    assert (heard.kind, [i.id for i in heard.items], heard.choice) == ("compare", items, choice)


@pytest.mark.parametrize(
    "text",
    [
        "which comedies do you recommend?",
        "recommend a comedy or a drama",
        "help me choose a comedy",
        "2 or 3 comedies",
        "帮我选一部喜剧",
    ],
)
def test_others_are_asked_for(films: Shop, text: str) -> None:
    assert films.read(text, shown=("amelie", "alien", "heat")).kind != "compare"


@pytest.mark.parametrize("text", ["想看火锅的纪录片", "火星上的故事", "流行音乐的片子", "popular science"])
def test_words_that_only_hold_those_for_popular(films: Shop, text: str) -> None:
    assert not films.read(text).just_show


@pytest.mark.parametrize("text", ["what's popular right now?", "现在最火的是什么", "现在流行什么", "热门电影"])
def test_what_is_popular(films: Shop, text: str) -> None:
    assert films.read(text).just_show


def test_nothing_to_choose_from(films: Shop) -> None:
    assert films.read("help me choose").kind != "compare"


def test_it_means_what_was_pointed_at_before(films: Shop) -> None:
    shown = ("amelie", "alien", "heat")
    history = (
        Exchange("t0", "a film", "recommend", "...", shown),
        Exchange("t1", "who directed the second one?", "lookup", "Ridley Scott."),
        Exchange("t2", "how long is it?", "lookup", "117 minutes."),
        Exchange("t3", "thanks", "converse", "You are welcome."),
    )
    heard = films.read("when was it made?", shown=shown, history=history)
    assert (heard.kind, [i.id for i in heard.items], heard.facet) == ("lookup", ["alien"], "year")
    compared = (*history[:1], Exchange("t1", "compare 1 and 3", "compare", "..."))
    assert [i.id for i in films.read("which is longer?", shown=shown, history=compared).items] == ["amelie", "heat"]
    taken = (*compared, Exchange("t2", "I'll take the last one", "converse", "..."))
    assert [i.id for i in films.read("how long is it?", shown=shown, history=taken).items] == ["heat"]


@pytest.mark.parametrize(
    ("asked", "text", "kind", "items", "facet"),
    [
        ("how long is the second one?", "and the third?", "lookup", ["heat"], "runtime"),
        ("how long is the second one?", "what about Amélie?", "lookup", ["amelie"], "runtime"),
        ("第二部片长多少", "那第一部呢", "lookup", ["amelie"], "runtime"),
        ("why the second?", "and the first?", "explain", ["amelie"], None),
        ("tell me about the second one", "the third?", "lookup", ["heat"], None),
    ],
)
def test_the_same_is_asked_of_another(
    films: Shop, asked: str, text: str, kind: str, items: list[str], facet: str | None
) -> None:
    shown = ("amelie", "alien", "heat")
    history = (Exchange("t0", "a film", "recommend", "...", shown), Exchange("t1", asked, kind, "..."))
    heard = films.read(text, shown=shown, history=history)
    assert (heard.kind, [i.id for i in heard.items], heard.facet, heard.certain) == (kind, items, facet, True)


@pytest.mark.parametrize(
    "text", ["what about comedies?", "what about a shorter one?", "and something like the third?", "the third"]
)
def test_something_else_is_asked(films: Shop, text: str) -> None:
    shown = ("amelie", "alien", "heat")
    history = (
        Exchange("t0", "a film", "recommend", "...", shown),
        Exchange("t1", "how long is the second one?", "lookup", "..."),
    )
    heard = films.read(text, shown=shown, history=history)
    assert (heard.kind, heard.facet) != ("lookup", "runtime")


@pytest.mark.parametrize(
    ("text", "items", "facet", "certain"),
    [
        ("what comes with the second one?", ["alien"], None, False),  # about what nobody knows, but about which
        ("can I watch the second one on a plane?", ["alien"], None, False),
        ("would the last one be all right for a ten-year-old?", ["heat"], None, False),
        ("is the first one good for a crime evening?", ["amelie"], "genres", True),
        ("is the first one any good?", ["amelie"], "rating", True),
    ],
)
def test_a_question_of_one_item(films: Shop, text: str, items: list[str], facet: str | None, certain: bool) -> None:
    heard = films.read(text, shown=("amelie", "alien", "heat"))
    assert (heard.kind, [i.id for i in heard.items], heard.facet, heard.certain) == ("lookup", items, facet, certain)


@pytest.mark.parametrize(
    "text",
    [
        "can you find something like Alien?",
        "is there one like the first but newer?",
        "could you try another than Heat?",
    ],
)
def test_no_question_of_one_item(films: Shop, text: str) -> None:
    assert films.read(text, shown=("amelie", "alien", "heat")).kind != "lookup"


@pytest.mark.parametrize(
    ("text", "facet"), [("第二个内存有多大？", "ram"), ("第二个屏幕多大", "screen"), ("第二个多重？", "weight")]
)
def test_what_is_measured_is_what_is_named(laptops: Shop, text: str, facet: str) -> None:
    assert laptops.read(text, shown=("air", "x1")).facet == facet
