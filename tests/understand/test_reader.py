"""The reader on a table of what people say, in both languages, on films and on laptops."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.vocabulary import Exchange, Item, Turn
from tests.understand.catalogs import FILM_ITEMS, FILMS, LAPTOP_ITEMS, LAPTOPS, Shop, brief, short, wish

SHOWN = ("heat", "alien", "amelie")  # runtimes 170, 117, 122; years 1995, 1979, 2001; ratings 7.8, 9.0, 8.1
LAPTOPS_SHOWN = ("air", "x1", "legion")


@pytest.fixture(scope="module")
def films() -> Shop:
    return Shop(FILMS, FILM_ITEMS)


@pytest.fixture(scope="module")
def laptops() -> Shop:
    return Shop(LAPTOPS, LAPTOP_ITEMS)


# text -> all wishes that must be heard, and no others
WISHES: list[tuple[str, set[str]]] = [
    # years
    ("from the 90s", {"year between 1990|1999"}),
    ("the nineties", {"year between 1990|1999"}),
    ("90年代的", {"year between 1990|1999"}),
    ("九十年代的", {"year between 1990|1999"}),
    ("1980s films", {"year between 1980|1989"}),
    ("80s or 90s", {"year between 1980|1999"}),
    ("八九十年代的", {"year between 1980|1999"}),
    ("late 90s", {"year between 1997|1999"}),
    ("early 2000s", {"year between 2000|2003"}),
    ("after 2005", {"year > 2005"}),
    ("since 2005", {"year >= 2005"}),
    ("2005 or later", {"year >= 2005"}),
    ("from 2005 onwards", {"year >= 2005"}),
    ("before 2000", {"year < 2000"}),
    ("nothing before 1980", {"year >= 1980"}),
    ("2005年以后的", {"year > 2005"}),
    ("2005年以来的", {"year >= 2005"}),
    ("2000年以前的", {"year < 2000"}),
    ("before the 80s", {"year < 1980"}),
    ("last ten years", {"year >= 2016"}),
    ("近五年的", {"year >= 2021"}),
    ("去年的", {"year = 2025"}),
    ("a film from 1994", {"year = 1994"}),
    ("1994年的电影", {"year = 1994"}),
    ("98年的", {"year = 1998"}),
    ("from 2010 to 2015", {"year between 2010|2015"}),
    ("2010-2015", {"year between 2010|2015"}),
    ("从2000年到2010年", {"year between 2000|2010"}),
    ("around 2000", {"~year between 1998|2002"}),
    ("2000年左右的", {"~year between 1998|2002"}),
    ("from this century", {"year >= 2000"}),
    ("newer than 2010", {"year > 2010"}),
    ("the newest", {"year sort desc"}),
    ("最新的", {"year sort desc"}),
    # runtimes
    ("under two hours", {"runtime < 120"}),
    ("两小时以内", {"runtime <= 120"}),
    ("不超过100分钟", {"runtime <= 100"}),
    ("at most 100 minutes", {"runtime <= 100"}),
    ("nothing over two hours", {"runtime <= 120"}),
    ("no longer than 2 hours", {"runtime <= 120"}),
    ("longer than 3 hours", {"runtime > 180"}),
    ("at least 3 hours long", {"runtime >= 180"}),
    ("90 minutes or less", {"runtime <= 90"}),
    ("two and a half hours max", {"runtime <= 150"}),
    ("一个半小时以内", {"runtime <= 90"}),
    ("两个半小时以上", {"runtime >= 150"}),
    ("between 90 and 120 minutes", {"runtime between 90|120"}),
    ("90-120 min", {"runtime between 90|120"}),
    ("90到120分钟", {"runtime between 90|120"}),
    ("about 2 hours", {"~runtime between 108|132"}),
    ("90分钟左右", {"~runtime between 81|99"}),
    ("more than 80 but less than 100 minutes", {"runtime > 80", "runtime < 100"}),
    ("the shortest", {"runtime sort asc"}),
    # ratings
    ("rated above 8", {"rating > 8"}),
    ("rated 8 or higher", {"rating >= 8"}),
    ("8分以上", {"rating >= 8"}),
    ("评分不低于7.5", {"rating >= 7.5"}),
    ("rating at least 7.5/10", {"rating >= 7.5"}),
    ("评分最高的", {"rating sort desc"}),
    ("the best rated thriller", {"rating sort desc", "genres contains Thriller"}),
    # values
    ("a thriller", {"genres contains Thriller"}),
    ("a thriller or a crime film", {"genres in Thriller|Crime"}),
    ("comedy, drama or thriller", {"genres in Comedy|Drama|Thriller"}),
    ("喜剧或者爱情片", {"genres in Comedy|Romance"}),
    ("a crime comedy", {"genres contains Crime", "genres contains Comedy"}),
    ("sci-fi and horror", {"genres contains Sci-Fi", "genres contains Horror"}),
    ("comedies and thrillers", {"genres in Comedy|Thriller"}),
    ("爱情喜剧", {"genres contains Romance", "genres contains Comedy"}),
    ("a scifi movie", {"genres contains Sci-Fi"}),
    ("a thriler", {"genres contains Thriller"}),
    ("French films", {"country contains France"}),
    ("in French", {"language contains French"}),
    ("法国电影", {"country contains France"}),
    ("法语片", {"language contains French"}),
    ("韩国犯罪片", {"country contains South Korea", "genres contains Crime"}),
    ("請推薦香港愛情片", {"country contains Hong Kong", "genres contains Romance"}),
    ("preferably a comedy", {"~genres contains Comedy"}),
    ("最好是喜剧", {"~genres contains Comedy"}),
    ("a comedy, ideally under 90 minutes", {"genres contains Comedy", "~runtime < 90"}),
    ("a comedy if possible", {"~genres contains Comedy"}),
    ("犯罪片，最好是2010年以后的", {"genres contains Crime", "~year > 2010"}),
    # negation
    ("anything but horror", {"genres not_in Horror"}),
    ("not horror", {"genres not_in Horror"}),
    ("no musicals, just thrillers", {"genres not_in Musical", "genres contains Thriller"}),
    ("no horror, war or westerns", {"genres not_in Horror|War|Western"}),
    ("neither horror nor comedy", {"genres not_in Horror", "genres not_in Comedy"}),
    ("a comedy but not a romance", {"genres contains Comedy", "genres not_in Romance"}),
    ("I don't want anything with Tom Hanks", {"cast not_in Tom Hanks"}),
    ("except westerns", {"genres not_in Western"}),
    ("I hate musicals", {"genres not_in Musical"}),
    ("a war film that isn't American", {"genres contains War", "country not_in United States"}),
    ("不要恐怖片", {"genres not_in Horror"}),
    ("别给我推荐战争片", {"genres not_in War"}),
    ("非恐怖片", {"genres not_in Horror"}),
    ("除了恐怖片都行", {"genres not_in Horror"}),
    ("除了科幻，还想看喜剧", {"genres contains Sci-Fi", "genres contains Comedy"}),
    ("不想看恐怖片，想看喜剧", {"genres not_in Horror", "genres contains Comedy"}),
    ("不要恐怖片和战争片", {"genres not_in Horror|War"}),
    ("不是喜剧", {"genres not_in Comedy"}),
    # people
    ("with Tom Hanks", {"cast contains Tom Hanks"}),
    ("tom hanks", {"cast contains Tom Hanks"}),
    ("by Nolan", {"director contains Christopher Nolan"}),
    ("directed by denis villeneuve", {"director contains Denis Villeneuve"}),
    ("by Villeneuve", {"director contains Denis Villeneuve"}),
    ("films by Nolan or Fincher", {"director in Christopher Nolan|David Fincher"}),
    ("films by Nolan and Fincher", {"director in Christopher Nolan|David Fincher"}),
    ("with De Niro and Pacino", {"cast contains Robert De Niro", "cast contains Al Pacino"}),
    ("starring Tom Hanks and Meg Ryan", {"cast contains Tom Hanks", "cast contains Meg Ryan"}),
    ("directed by Stephen Chow", {"director contains Stephen Chow"}),
    ("starring Stephen Chow", {"cast contains Stephen Chow"}),
    ("诺兰导演的科幻片", {"director contains Christopher Nolan", "genres contains Sci-Fi"}),
    ("梁朝伟主演的", {"cast contains Tony Leung"}),
    ("梁朝偉和張曼玉主演的電影", {"cast contains Tony Leung", "cast contains Maggie Cheung"}),
    ("周星驰导演的", {"director contains Stephen Chow"}),
    ("宫崎骏的动画片", {"director contains Hayao Miyazaki", "genres contains Animation"}),
    # likeness
    ("like Heat but lighter", {"like heat", "like lighter"}),
    ("similar to The Godfather", {"like godfather"}),
    ("films like inception and memento please", {"like inception", "like memento"}),
    ("something as tense as Alien", {"like alien"}),
    ("in the vein of Seven", {"like seven"}),
    ("like King Kong (1976)", {"like kong33"}),
    ("like King Kong", {"like kong05"}),
    ("like godfather 2", {"like godfather2"}),
    ("like oceans 11", {"like oceans"}),
    ("像《教父》一样的", {"like godfather"}),
    ("类似盗梦空间的", {"like inception"}),
    ("有没有像《千与千寻》那样的", {"like spirited"}),
    ("和《教父》差不多的犯罪片", {"like godfather", "genres contains Crime"}),
    ("not like Titanic", {"not_like titanic"}),
    ("不要像《泰坦尼克号》那样的", {"not_like titanic"}),
    ("like Heat but newer", {"like heat", "year > 1995"}),
    # the rest of a request
    ("a clever heist film", {"like clever heist"}),
    ("a clever heist film from the 90s", {"like clever heist", "year between 1990|1999"}),
    ("something funny for tonight", {"like funny"}),
    ("nothing too violent please", {"not_like violent"}),
    ("a film about a chef", {"like chef"}),
    ("烧脑的悬疑片子", {"like 烧脑的悬疑"}),
    ("想看轻松一点的喜剧，两小时以内", {"like 轻松", "genres contains Comedy", "runtime <= 120"}),
    ("a comedy that isn't too violent", {"genres contains Comedy", "not_like violent"}),
    ("a short film", {"~runtime <= 116"}),
    ("not too long", {"~runtime <= 122"}),
    # titles that are ordinary words
    ("I feel up for it, something big", {"like big"}),
    ("her husband likes war films", {"genres contains War", "like husband"}),
    ("something new please", {"~year >= 2006"}),
    # as people chat
    ("hi there ok great! i love horror", {"genres contains Horror"}),
    ("Im looking for a good comedy movie. It doesnt have to be new", {"genres contains Comedy"}),
    ("I dont like horror", {"genres not_in Horror"}),
    ("do you have any that don't involve war", {"genres not_in War"}),
    ("maybe not any films from the 80's though", set()),
    ("good evening! something too scary is not for me", {"not_like scary"}),
    # what is no wish
    ("hello", set()),
    ("thanks, that was great!", set()),
    ("who directed Heat?", set()),
    ("how long is Alien?", set()),
    ("is Alien a horror film?", set()),
    ("《教父》是谁导演的", set()),
    ("《教父》多长？", set()),
    ("any genre", set()),
    ("I don't care about the year", set()),
    ("what director it is doesn't bother me", set()),
    ("年份不限", set()),
    ("类型无所谓", set()),
    ("什么类型都行", set()),
    ("directed by Zorblax", set()),
    ("I haven't seen that one yet, thanks", set()),
    ("I watched that one not too long ago", set()),
    ("is Al Pacino in any of those?", set()),
    ("Thank you for the suggestions! Have a great day!", set()),
    ("I have a 10 year old", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), WISHES, ids=[t for t, _ in WISHES])
def test_wishes(films: Shop, text: str, wanted: set[str]) -> None:
    assert short(films.read(text)) == wanted


AFTER_SHOWN: list[tuple[str, set[str]]] = [
    ("something better rated than that one", {"rating > 7.8"}),
    ("something shorter", {"runtime < 117"}),
    ("更短的", {"runtime < 117"}),
    ("newer than Heat", {"year > 1995"}),
    ("newer than the second", {"year > 1979"}),
    ("比第二部更新的", {"year > 1979"}),
    ("比《教父》短一点的", {"runtime < 175"}),
    ("too long", {"runtime < 117"}),
    ("those are too old", {"year > 2001"}),
    ("太长了，短一点的", {"runtime < 117"}),
    ("more like the second one", {"like alien"}),
    ("the second one but newer", {"like alien", "year > 1979"}),
    ("第二个那样的但更新", {"like alien", "year > 1979"}),
    ("by the same director", {"director contains Michael Mann"}),
    ("同一个导演的", {"director contains Michael Mann"}),
    ("which is longer, the first or the third?", set()),
    ("is the second one a comedy?", set()),
    ("第二部是喜剧吗", set()),
    ("why the second?", set()),
    ("it was a great comedy", set()),
    ("that's pretty long", set()),
    ("这部是否有恐怖镜头", set()),
]


@pytest.mark.parametrize(("text", "wanted"), AFTER_SHOWN, ids=[t for t, _ in AFTER_SHOWN])
def test_wishes_about_what_was_shown(films: Shop, text: str, wanted: set[str]) -> None:
    assert short(films.read(text, shown=SHOWN)) == wanted


FEEDBACK: list[tuple[str, set[tuple[str, str]]]] = [
    ("I've seen Heat", {("seen", "heat")}),
    ("I have seen those", {("seen", "heat"), ("seen", "alien"), ("seen", "amelie")}),
    ("already watched the second", {("seen", "alien")}),
    ("I loved Alien", {("like", "alien")}),
    ("I loved Alien and Aliens", {("like", "alien"), ("like", "aliens")}),
    ("I've seen Heat and loved it", {("seen", "heat"), ("like", "heat")}),
    ("I saw Up and it was great", {("seen", "up"), ("like", "up")}),
    ("I watched Alien last night, hated it", {("seen", "alien"), ("dislike", "alien")}),
    ("hated the second one", {("dislike", "alien")}),
    ("the last one was terrible", {("dislike", "amelie")}),
    ("第二个看过了", {("seen", "alien")}),
    ("我看过《教父》", {("seen", "godfather")}),
    ("第一部和第三部都看过", {("seen", "heat"), ("seen", "amelie")}),
    ("这些都看过了", {("seen", "heat"), ("seen", "alien"), ("seen", "amelie")}),
    ("前两个不喜欢", {("dislike", "heat"), ("dislike", "alien")}),
    ("我喜欢《盗梦空间》和《记忆碎片》", {("like", "inception"), ("like", "memento")}),
    ("看过《教父》，很喜欢", {("seen", "godfather"), ("like", "godfather")}),
    ("i did really like Alien", {("like", "alien")}),
    ("My two favorites are Alien and Heat.", {("like", "alien"), ("like", "heat")}),
    ("I have seen Alien, Aliens and Up", {("seen", "alien"), ("seen", "aliens"), ("seen", "up")}),
    ("I haven't seen Heat", set()),
    ("没看过《教父》", set()),
    ("have you seen Up?", set()),
    ("I'd like to see Alien", set()),
    ("something like Alien", set()),
    ("hated it", set()),  # which of the three?
]


@pytest.mark.parametrize(("text", "wanted"), FEEDBACK, ids=[t for t, _ in FEEDBACK])
def test_feedback(films: Shop, text: str, wanted: set[tuple[str, str]]) -> None:
    heard = films.read(text, shown=SHOWN)
    assert {(f.kind, f.item_id) for f in heard.feedback} == wanted
    if wanted:
        assert not any(w.op == "like" for w in heard.wishes)


KINDS: list[tuple[str, str | None, dict[str, Any]]] = [
    ("why the second?", "explain", {"items": ["alien"]}),
    ("why did you recommend Heat?", "explain", {"items": ["heat"]}),
    ("why not Inception?", "explain", {"items": ["inception"], "negated_item": True}),
    ("为什么推荐第一部", "explain", {"items": ["heat"]}),
    ("为什么不推荐《教父》", "explain", {"items": ["godfather"], "negated_item": True}),
    ("why?", "explain", {"items": ["heat", "alien", "amelie"]}),
    ("compare 1 and 3", "compare", {"items": ["heat", "amelie"]}),
    ("which is longer, the first or the second?", "compare", {"items": ["heat", "alien"], "facet": "runtime"}),
    ("compare 1 with that one", "compare", {"items": ["heat", "alien"]}),
    ("Heat vs Aliens", "compare", {"items": ["heat", "aliens"]}),
    ("which one is the oldest?", "compare", {"items": ["heat", "alien", "amelie"], "facet": "year"}),
    ("比较第一部和第二部", "compare", {"items": ["heat", "alien"]}),
    ("比较一下前两部", "compare", {"items": ["heat", "alien"]}),
    ("第一个和第二个哪个更长？", "compare", {"items": ["heat", "alien"], "facet": "runtime"}),
    ("who directed Inception?", "lookup", {"items": ["inception"], "facet": "director"}),
    ("who directed inception", "lookup", {"items": ["inception"], "facet": "director"}),
    ("who is in the second one?", "lookup", {"items": ["alien"], "facet": "cast"}),
    ("how long is the third?", "lookup", {"items": ["amelie"], "facet": "runtime"}),
    ("when did Titanic come out?", "lookup", {"items": ["titanic"], "facet": "year"}),
    ("what's the rating of Heat?", "lookup", {"items": ["heat"], "facet": "rating"}),
    ("where is Amélie from?", "lookup", {"items": ["amelie"], "facet": "country"}),
    ("tell me about the dark knight", "lookup", {"items": ["darkknight"], "facet": None}),
    ("is the second one a comedy?", "lookup", {"items": ["alien"], "facet": "genres"}),
    ("do you have The Godfather?", "lookup", {"items": ["godfather"]}),
    ("《教父》是谁导演的", "lookup", {"items": ["godfather"], "facet": "director"}),
    ("第二部多长？", "lookup", {"items": ["alien"], "facet": "runtime"}),
    ("最后一部讲的什么？", "lookup", {"items": ["amelie"], "facet": None}),
    ("第一部是哪年的", "lookup", {"items": ["heat"], "facet": "year"}),
    ("hello", "converse", {}),
    ("Hi there!", "converse", {}),
    ("thanks, bye", "converse", {}),
    ("what can you do?", "converse", {}),
    ("你好", "converse", {}),
    ("谢谢你", "converse", {}),
    ("你能做什么", "converse", {}),
    ("start over", "noted", {"reset": True}),
    ("重新开始", "noted", {"reset": True}),
    ("undo that", "noted", {"undo": True}),
    ("撤销", "noted", {"undo": True}),
    ("just show me", "recommend", {"just_show": True}),
    ("直接推荐", "recommend", {"just_show": True}),
    ("show me those again", "recommend", {"show_again": True, "again": False}),
    ("再看一遍刚才那几部", "recommend", {"show_again": True}),
    ("something else", None, {"again": True, "asks": True}),
    ("any others?", None, {"again": True}),
    ("换一批", None, {"again": True}),
    ("还有别的吗", None, {"again": True}),
    ("give me 8", None, {"count": 8, "asks": True}),
    ("five films", None, {"count": 5}),
    ("show me three more", None, {"count": 3, "again": True}),
    ("top 10 thrillers", None, {"count": 10}),
    ("give me 50 films", None, {"count": 20}),
    ("来三部", None, {"count": 3}),
    ("推荐五部喜剧", None, {"count": 5}),
    ("推荐一部喜剧", None, {"count": None, "asks": True}),
    ("I want a movie under two hours", None, {"count": None, "asks": True}),
    ("why not a comedy?", None, {"negated_item": False}),
    ("directed by Zorblax", None, {"not_understood": ["directed by Zorblax"]}),
    ("starring Harmoni Everett", None, {"not_understood": ["starring Harmoni Everett"]}),
    ("directed by Al Pacino", None, {"not_understood": ["directed by Al Pacino"], "wishes": []}),
    ("王家卫主演的", None, {"not_understood": ["王家卫主演的"], "wishes": []}),
    ("张某某主演的电影", None, {"not_understood": ["张某某主演的"]}),
    ("想看《没有这部》那样的", None, {"not_understood": ["《没有这部》"]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "more"), KINDS, ids=[t for t, _, _ in KINDS])
def test_kinds(films: Shop, text: str, kind: str | None, more: dict[str, Any]) -> None:
    heard = films.read(text, shown=SHOWN)
    assert heard.kind == kind
    assert heard.certain == (kind is not None)
    for name, value in more.items():
        got = getattr(heard, name)
        if name == "items":
            got = [i.id for i in got]
        assert (list(got) if isinstance(got, tuple) else got) == value, name


LAPTOP_WISHES: list[tuple[str, set[str]]] = [
    ("5000到7000块", {"price between 5000|7000"}),
    ("between 5000 and 7000 yuan", {"price between 5000|7000"}),
    ("5-7k", {"price between 5000|7000"}),
    ("五六千块的", {"price between 5000|6000"}),
    ("around 6000", {"~price between 5400|6600"}),
    ("6000左右", {"~price between 5400|6600"}),
    ("一万二左右", {"~price between 10800|13200"}),
    ("under 8000", {"price < 8000"}),
    ("8000以下", {"price <= 8000"}),
    ("不到八千", {"price < 8000"}),
    ("不超过1.5万", {"price <= 15000"}),
    ("预算5000", {"price <= 5000"}),
    ("my budget is 5k", {"price <= 5000"}),
    ("cheaper than 5000", {"price < 5000"}),
    ("under $900", {"price < 900"}),
    ("the cheapest", {"price sort asc"}),
    ("最便宜的", {"price sort asc"}),
    ("价格最低的", {"price sort asc"}),
    ("the lightest Lenovo", {"weight sort asc", "brand = Lenovo"}),
    ("16GB of RAM", {"ram = 16"}),
    ("内存至少16g", {"ram >= 16"}),
    ("at least 16 GB", {"ram >= 16"}),
    ("15.6 inch screen", {"screen = 15.6"}),
    ('a 14" laptop', {"screen = 14"}),
    ("屏幕13到14寸", {"screen between 13|14"}),
    ("lighter than 1.5 kg", {"weight < 1.5"}),
    ("1.5公斤以下", {"weight <= 1.5"}),
    ("三斤以内", {"weight <= 1.5"}),
    ("a gaming laptop", {"kind = Gaming"}),
    ("Dell or Lenovo", {"brand in Dell|Lenovo"}),
    ("Dell and Lenovo laptops", {"brand in Dell|Lenovo"}),
    ("联想或者戴尔", {"brand in Lenovo|Dell"}),
    ("不要苹果的", {"brand not_in Apple"}),
    ("anything but Apple", {"brand not_in Apple"}),
    ("with a touchscreen", {"touchscreen = True"}),
    ("no touchscreen", {"touchscreen not_in True"}),
    ("要触摸屏的", {"touchscreen = True"}),
    ("a quiet ultrabook for travel", {"kind = Ultrabook", "like quiet travel"}),
    ("适合学生的轻薄本", {"kind = Ultrabook", "like 适合学生"}),
    ("released after 2020", {"year > 2020"}),
]


@pytest.mark.parametrize(("text", "wanted"), LAPTOP_WISHES, ids=[t for t, _ in LAPTOP_WISHES])
def test_laptop_wishes(laptops: Shop, text: str, wanted: set[str]) -> None:
    assert short(laptops.read(text)) == wanted


LAPTOPS_AFTER: list[tuple[str, set[str]]] = [
    ("something cheaper", {"price < 6999"}),
    ("有没有便宜一点的", {"price < 6999"}),
    ("cheaper than the second", {"price < 9999"}),
    ("比第二个便宜的", {"price < 9999"}),
    ("太贵了", {"price < 6999"}),
    ("lighter please", {"weight < 1.12"}),
    ("内存大一点的", {"ram > 16"}),
    ("like the first but cheaper", {"like air", "price < 7999"}),
]


@pytest.mark.parametrize(("text", "wanted"), LAPTOPS_AFTER, ids=[t for t, _ in LAPTOPS_AFTER])
def test_laptops_about_what_was_shown(laptops: Shop, text: str, wanted: set[str]) -> None:
    assert short(laptops.read(text, shown=LAPTOPS_SHOWN)) == wanted


HELD = (
    wish("year", "between", [1990, 1999], id="w1"),
    wish("genres", "contains", "Thriller", id="w2"),
    wish("runtime", "<", 120, id="w3"),
    wish("genres", "not_in", ["Horror"], id="w4"),
    wish("director", "contains", "Christopher Nolan", id="w5"),
)
DROPS: list[tuple[str, set[str]]] = [
    ("any year is fine", {"w1"}),
    ("forget the year", {"w1"}),
    ("never mind the genre", {"w2", "w4"}),
    ("I don't care about the director", {"w5"}),
    ("forget the director, any year is fine", {"w1", "w5"}),
    ("doesn't matter how long it is", {"w3"}),
    ("forget the two hours", {"w3"}),
    ("drop the thriller", {"w2"}),
    ("it doesn't have to be a thriller", {"w2"}),
    ("horror is fine too", {"w4"}),
    ("forget Nolan", {"w5"}),
    ("年份不限", {"w1"}),
    ("年代无所谓", {"w1"}),
    ("不限类型", {"w2", "w4"}),
    ("取消导演的限制", {"w5"}),
    ("多长都行", {"w3"}),
    ("不一定要惊悚片", {"w2"}),
    ("a comedy", set()),
    ("any comedy", set()),
    ("what year was Heat made?", set()),
]


@pytest.mark.parametrize(("text", "wanted"), DROPS, ids=[t for t, _ in DROPS])
def test_drops(films: Shop, text: str, wanted: set[str]) -> None:
    assert set(films.read(text, ledger=HELD).drops) == wanted


def test_words_are_the_persons_own(films: Shop) -> None:
    for text, _ in WISHES:
        for w in films.read(text).wishes:
            assert w.words
            assert w.words in text, (text, w.words)


def test_words_keep_the_script_they_were_written_in(films: Shop) -> None:
    heard = films.read("梁朝偉主演的愛情片")
    assert {w.words for w in heard.wishes} == {"梁朝偉主演", "愛情片"}


def test_it_means_the_one_item_last_talked_of(films: Shop) -> None:
    before = (Exchange("t0", "how long is Alien?", "lookup", "Alien runs 117 minutes.", ("alien",)),)
    heard = films.read("who directed it?", shown=SHOWN, history=before)
    assert [i.id for i in heard.items] == ["alien"]
    assert {(f.kind, f.item_id) for f in films.read("seen it", shown=SHOWN, history=before).feedback} == {
        ("seen", "alien")
    }
    assert short(films.read("something similar", history=before)) == {"like alien"}


def test_a_bare_answer_to_our_question_is_a_description(films: Shop) -> None:
    asked = (Exchange("t0", "hi", "ask", "What are you in the mood for?"),)
    assert short(films.read("we laughed a lot with slapstick last time", history=asked)) == {
        "like laughed slapstick last time"
    }
    assert short(films.read("it was raining all day")) == set()


def test_what_is_held_does_not_change_what_is_heard(films: Shop) -> None:
    assert short(films.read("a comedy from the 80s", ledger=HELD)) == {
        "genres contains Comedy",
        "year between 1980|1989",
    }


def test_dates_take_years() -> None:
    from tests.understand.catalogs import facet

    catalog = FILMS.model_copy(update={"facets": (facet("day", "date", role="year", words={"en": ["released"]}),)})
    shop = Shop(catalog, [Item(id="a", title="A", attributes={"day": "2004-05-01"})])
    assert short(shop.read("after 2005")) == {"day > 2005-12-31"}
    assert short(shop.read("before 2000")) == {"day < 2000-01-01"}
    assert short(shop.read("90年代的")) == {"day between 1990-01-01|1999-12-31"}


def test_a_catalogue_without_facets_still_leaves_the_words() -> None:
    shop = Shop(FILMS.model_copy(update={"facets": ()}), [Item(id="a", title="Blue Lagoon Explorer")])
    assert short(shop.read("something like Blue Lagoon Explorer under 20")) == {"like a"}
    assert short(shop.read("a clever heist")) == {"like clever heist"}
    assert shop.read("hello").kind == "converse"


def test_an_empty_catalogue_is_no_problem() -> None:
    shop = Shop(FILMS, [])
    assert short(shop.read("a comedy under two hours by Nolan")) >= {"genres contains Comedy", "runtime < 120"}


def test_the_same_turn_twice_is_heard_the_same(films: Shop) -> None:
    text = "a thriller or crime film by Nolan from the 90s, not too long, like Heat"
    assert films.read(text) == films.read(text)
    turn: Turn = films.turn(text)
    assert [brief(w) for w in films.reader.read(turn.said, turn).wishes] == [brief(w) for w in films.read(text).wishes]


def test_the_last_one_describes_nothing(films: Shop) -> None:
    heard = films.read("the last one looks good. more like that", shown=("heat", "alien", "amelie"))
    assert all(w.value != "last" for w in heard.wishes)
