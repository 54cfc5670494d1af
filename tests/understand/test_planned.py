"""A planner's line: nothing of it is taken on trust, what code heard stays, and what the person said decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.understand.ledger import Merge
from chatrec.understand.planned import PlanReading
from chatrec.understand.rules import rules
from chatrec.vocabulary import Catalog, Decision, Exchange, Facet, Feedback, Heard, Item, Profile, Turn
from tests import teas
from tests.understand.catalogs import FILM_ITEMS, FILMS, LAPTOP_ITEMS, LAPTOPS, Shop, brief, wish

SHOPS = {
    "films": Shop(FILMS, FILM_ITEMS),
    "laptops": Shop(LAPTOPS, LAPTOP_ITEMS),
    "teas": Shop(teas.CATALOG, teas.items()),
}
HEAT, SEVEN = FILM_ITEMS[0], FILM_ITEMS[11]
YEAR = wish("year", "=", 1995, id="w1", words="1995")
COMEDY = wish("genres", "contains", "Comedy", words="comedy")
SHORT = wish("runtime", "<=", 120, words="under 2 hours")

SURE_OF_ITS_WISHES = (0.5, *[0.9] * 6)  # and of the kind enough to be believed where code heard nothing against it


@dataclass
class Result:
    made: Decision
    own: Decision
    turn: Turn
    used: bool

    @property
    def wishes(self) -> list[str]:
        return [brief(w) for w in self.made.wishes]

    @property
    def dropped(self) -> list[str]:
        return [d.removeprefix("plan: ") for d in self.turn.meter.dropped]


def read(
    text: str,
    line: str,
    heard: Heard = Heard(),
    shop: str = "films",
    sure: Sequence[float] = SURE_OF_ITS_WISHES,
    **more: Any,
) -> Result:
    place = SHOPS[shop]
    turn = place.turn(text, **more)
    own = rules(turn.said, heard, turn, Profile("p"))
    reading = PlanReading(place.catalog, place.lexicon, turn.said, heard, turn)
    made = reading.read(line, own, sure)
    return Result(made, own, turn, reading.used)


# --------------------------------------------------------------------------- what stands


@pytest.mark.parametrize(
    ("shop", "text", "line", "wishes"),
    [
        ("films", "a comedy would do", "genres: Comedy", ["genres contains Comedy"]),
        ("films", "想看点喜剧", "genres: 喜剧", ["genres contains Comedy"]),
        ("films", "horror or sci-fi", "genres: Horror or Sci-Fi", ["genres in Horror|Sci-Fi"]),
        ("films", "科幻或者战争", "genres: 科幻 or 战争", ["genres in Sci-Fi|War"]),
        ("films", "no horror please", "not genres: Horror", ["genres not_in Horror"]),
        ("films", "不要恐怖", "not genres: 恐怖", ["genres not_in Horror"]),
        ("films", "a comedy would be nice", "genres: Comedy?", ["~genres contains Comedy"]),
        ("films", "one with Pacino", "cast: Pacino", ["cast contains Al Pacino"]),
        ("films", "诺兰拍的", "director: 诺兰", ["director contains Christopher Nolan"]),
        ("films", "two hours at the most", "runtime: max two hours", ["runtime <= 120"]),
        ("films", "两小时以内", "runtime: max 两小时", ["runtime <= 120"]),
        ("films", "not a minute over 90 minutes", "runtime: under 90 minutes", ["runtime < 90"]),
        ("films", "90 minutes", "runtime: 90 minutes", ["runtime = 90"]),
        ("films", "90 to 120 minutes", "runtime: 90 .. 120", ["runtime between 90|120"]),
        ("films", "somewhere from two hours to 90 minutes", "runtime: two hours .. 90 minutes", ["runtime between 90|120"]),
        ("films", "about 100 minutes", "runtime: about 100 minutes", ["~runtime between 90|110.0"]),
        ("films", "older than 1990", "year: under 1990", ["year < 1990"]),
        ("films", "from 1995", "year: 1995", ["year = 1995"]),
        ("films", "whichever came out last", "year: high", ["year sort desc"]),
        ("films", "越老越好的那种", "year: low", ["year sort asc"]),
        ("films", "in the vein of Heat", "like: Heat", ["like heat"]),
        ("films", "类似盗火线", "like: 盗火线", ["like heat"]),
        ("films", "nothing like Heat", "not like: Heat", ["not_like heat"]),
        ("laptops", "five thousand at most", "price: max five thousand", ["price <= 5000"]),
        ("laptops", "over 5k yuan", "price: over 5k yuan", ["price > 5000"]),
        ("laptops", "四斤以下", "weight: max 四斤", ["weight <= 2"]),
        ("laptops", "a touch screen, please", "touchscreen: yes", ["touchscreen = True"]),
        ("laptops", "no touch screen", "touchscreen: no", ["touchscreen not_in True"]),
        ("laptops", "I never need a touchscreen", "not touchscreen: yes", ["touchscreen not_in True"]),
        ("laptops", "不要触摸屏", "touchscreen: no", ["touchscreen not_in True"]),
        ("laptops", "I want to tap what I see", "touchscreen: yes", ["~touchscreen = True"]),
        ("teas", "three to five dollars", "price: three .. five dollars", ["price between 3|5"]),
        ("teas", "烟熏味的绿茶", "flavours: 烟熏; kind: 绿茶", ["flavours contains Smoky", "kind = Green"]),
    ],
)  # fmt: skip
def test_a_wish_that_the_person_stated(shop: str, text: str, line: str, wishes: list[str]) -> None:
    r = read(text, f"find; {line}", shop=shop)
    assert (r.wishes, r.dropped, r.made.kind, r.used) == (wishes, [], "recommend", True)
    assert all(w.words and w.words in text for w in r.made.wishes)


@pytest.mark.parametrize(
    ("text", "line", "wishes"),
    [
        ("from the nineties", "year: nineties", ["year between 1990|1999"]),
        ("from the 90s", "year: 90s", ["year between 1990|1999"]),
        ("from the 1990s", "year: 1990s", ["year between 1990|1999"]),
        ("80年代的", "year: 80年代", ["year between 1980|1989"]),
        ("八十年代的", "year: 八十年代", ["year between 1980|1989"]),
        ("90s or later", "year: min 90s", ["year >= 1990"]),
        ("nothing after the 90s", "year: max 90s", ["year <= 1999"]),
    ],
)
def test_a_decade_is_ten_years(text: str, line: str, wishes: list[str]) -> None:
    assert read(text, f"find; {line}").wishes == wishes


@pytest.mark.parametrize(
    "line", ["runtime: 2 hours .. 3 hours", "runtime: two .. three hours", "runtime: 2 .. 3 hours"]
)
def test_the_unit_at_the_end_of_a_range_is_the_unit_of_both_ends(line: str) -> None:
    """Or the wish is refused: never a range from two minutes to three hours."""
    r = read("two or 2 hours to three hours, 3 hours", f"find; {line}")
    assert r.wishes in (["runtime between 120|180"], [])
    assert r.wishes or r.dropped


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("not from 1995 please", "not year: 1995", "year = 1995"),
        ("not longer than 2 hours", "not runtime: over 2 hours", "runtime > 120"),
        ("nothing from 1990 to 1999", "not year: 1990 .. 1999", "year between 1990|1999"),
    ],
)
def test_a_refused_amount_is_not_turned_into_its_opposite(text: str, line: str, wrong: str) -> None:
    assert wrong not in read(text, f"find; {line}").wishes


def test_a_value_that_nobody_said_is_soft_and_rests_on_what_was_said() -> None:
    r = read("something that makes me laugh out loud", "find; genres: Comedy")
    assert r.wishes == ["~genres contains Comedy"]
    assert r.made.wishes[0].words == "something that makes me laugh out loud"
    r = read("能让我笑出声的", "find; genres: Comedy")
    assert r.wishes == ["~genres contains Comedy"]


def test_it_rests_on_the_words_that_are_left() -> None:
    r = read("under 2 hours, and make me laugh out loud", "find; genres: Comedy", Heard(wishes=(SHORT,)))
    assert [(brief(w), w.words) for w in r.made.wishes] == [("~genres contains Comedy", "and make me laugh out loud")]


def test_the_same_wish_twice_is_one() -> None:
    assert read("a film with Pacino", "find; cast: Pacino; cast: Pacino").wishes == ["cast contains Al Pacino"]


def test_a_facet_of_many_values_takes_another() -> None:
    r = read("a comedy that is also a western", "find; genres: Western", Heard(wishes=(COMEDY,)))
    assert (r.wishes, r.dropped) == (["genres contains Western"], [])


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "line", "heard", "why"),
    [
        ("under 90 minutes", "runtime: max 120 minutes", Heard(), "an amount that nobody said"),
        ("something short", "runtime: max 90 minutes", Heard(), "an amount that nobody said"),
        ("短一点的", "runtime: max 90分钟", Heard(), "an amount that nobody said"),
        ("90 to 100 minutes", "runtime: 90 .. 120 minutes", Heard(), "an amount that nobody said"),
        ("as short as you like", "runtime: max short", Heard(), "no number"),
        ("a film with Pacino", "director: Pacino", Heard(), "no such value here"),
        ("a film with Bacon", "cast: Bacon", Heard(), "no such value here"),
        ("horror please", "not genres: Horror", Heard(), "refuses what nobody refused"),
        ("something slow", "colour: slow", Heard(), ""),
        ("something tense", "moods: tense", Heard(), "no such facet"),
        ("hm", "genres: Comedy", Heard(), "rests on nothing that is left"),
        ("嗯", "genres: 喜剧", Heard(), "rests on nothing that is left"),
        ("a comedy, please", "genres: Romance", Heard(wishes=(wish("genres", "contains", "Comedy", words="a comedy"),)), "rests on nothing"),
        ("a quiet film", "like: Heat", Heard(), "like what nobody named"),
        ("a quiet film", "like: quiet film", Heard(), "like what nobody named"),
        ("一部安静的片子", "like: 盗火线", Heard(), "like what nobody named"),
        ("a comedy", "genres: comedy", Heard(wishes=(COMEDY,)), "words that code has used"),
        ("a funny comedy", "not genres: comedy", Heard(wishes=(COMEDY,)), "words that code has used"),
        ("under 2 hours, no longer", "runtime: low", Heard(wishes=(SHORT,)), "code heard a wish there"),
        ("under 2 hours or 90 minutes", "runtime: max 90 minutes", Heard(wishes=(SHORT,)), "code heard a wish there"),
    ],
)  # fmt: skip
def test_what_does_not_stand_is_dropped_and_told(text: str, line: str, heard: Heard, why: str) -> None:
    r = read(text, f"find; {line}", heard)
    assert r.wishes == []
    assert r.made.kind == "recommend"
    assert [d for d in r.dropped if d.startswith(f"wish: {why}")] == (r.dropped if why else [])
    assert len(r.dropped) == bool(why)  # a facet that there is not is left out where the line is read


def test_what_is_refused_does_not_take_the_rest_with_it() -> None:
    r = read("a western with Pacino", "find; runtime: max 90 minutes; genres: western; cast: Pacino; moods: tense")
    assert r.wishes == ["genres contains Western", "cast contains Al Pacino"]
    assert len(r.dropped) == 2


def test_the_opposite_of_what_code_heard() -> None:
    heard = Heard(wishes=(wish("genres", "contains", "Comedy", words="funny"),))
    r = read("funny, but not a comedy of errors", "find; not genres: Comedy", heard)
    assert (r.wishes, r.dropped) == ([], ["wish: against what was heard"])


def test_what_was_let_go_is_not_put_back() -> None:
    r = read("any year, nothing like 1995", "find; year: 1995", Heard(drops=("w1",)), ledger=(YEAR,))
    assert (r.wishes, r.dropped) == ([], ["wish: what was just let go"])


# --------------------------------------------------------------------------- taking back


def test_taking_back() -> None:
    held = (YEAR, wish("genres", "contains", "Crime", id="w2"), wish("year", "!=", 1999, id="w3"))
    r = read("forget the year", "find; drop: year", ledger=held)
    assert (r.made.drops, dict(r.made.proof)) == (("w1", "w3"), {"w1": "forget the year", "w3": "forget the year"})
    assert read("年份无所谓", "find; drop: year", ledger=held).made.drops == ("w1", "w3")


def test_nothing_is_taken_back_without_a_word_for_it() -> None:
    r = read("a western", "find; drop: year", ledger=(YEAR,))
    assert (r.made.drops, r.dropped) == ((), ["drop: nothing was taken back"])


def test_what_is_not_held_or_was_heard_is_not_dropped_again() -> None:
    assert read("forget the genre", "find; drop: genres", ledger=(YEAR,)).made.drops == ()
    assert read("forget the year", "find; drop: year", Heard(drops=("w1",)), ledger=(YEAR,)).made.drops == ()


# --------------------------------------------------------------------------- kinds


ONE, TWO = Heard(items=(HEAT,)), Heard(items=(HEAT, SEVEN))
SEEN = Heard(items=(HEAT,), feedback=(Feedback("seen", "heat"),))


@pytest.mark.parametrize(
    ("line", "heard", "own", "kind", "why"),
    [
        # the planner's where nothing speaks against it
        ("talk", Heard(), "converse", "converse", ""),
        ("find", Heard(), "converse", "recommend", ""),
        ("seen", Heard(), "converse", "converse", ""),  # nothing to write down
        ("lookup", ONE, "lookup", "lookup", ""),
        ("explain", ONE, "lookup", "explain", ""),
        ("compare", TWO, "lookup", "compare", ""),
        ("find", ONE, "lookup", "lookup", "items where a question was heard"),
        ("seen", SEEN, "noted", "noted", ""),
        ("liked", SEEN, "noted", "noted", ""),
        ("find", SEEN, "noted", "noted", "items where something was to be noted"),
        ("talk", Heard(asks=True), "ask", "converse", ""),  # it only sounded so
        ("explain", Heard(kind="lookup", items=(HEAT,)), "lookup", "lookup", "another question was heard"),
        ("explain", Heard(perhaps=(HEAT,)), "converse", "converse", "explain where no question was heard"),
        (
            "talk",
            Heard(wishes=(wish(None, "like", "funny film", words="funny film"),)),
            "recommend",
            "converse",
            "",
        ),  # nor are free words a wish
        # code knows better
        ("talk", Heard(just_show=True), "recommend", "recommend", "talks where something was asked for"),
        ("seen", Heard(released=("year",)), "ask", "ask", "talks where something was asked for"),
        ("talk", Heard(wishes=(COMEDY,)), "recommend", "recommend", "talks where something was asked for"),
        ("talk", Heard(again=True), "recommend", "recommend", "talks where something was asked for"),
        ("talk", Heard(drops=("w1",)), "recommend", "recommend", "talks where something was asked for"),
        ("talk; genres: Comedy", Heard(), "converse", "converse", ""),  # the code's too
        ("talk", ONE, "lookup", "lookup", "talks where items are spoken of"),
        ("disliked", ONE, "lookup", "noted", ""),
        ("talk", SEEN, "noted", "noted", "talks where items are spoken of"),
        ("lookup", SEEN, "noted", "noted", "something was to be noted"),
        ("lookup", Heard(), "converse", "converse", "lookup without items"),
        ("explain", Heard(), "converse", "converse", "explain without items"),
        ("compare", ONE, "lookup", "lookup", "compare without items"),
        ("lookup", Heard(wishes=(COMEDY,)), "recommend", "recommend", "lookup without items"),
        ("lookup", Heard(items=(HEAT,), asks=True), "ask", "ask", "lookup where items were asked for"),
        ("explain", Heard(items=(HEAT,), again=True), "recommend", "recommend", "explain where items were asked for"),
        (
            "lookup",
            Heard(wishes=(COMEDY,), perhaps=(HEAT,)),
            "recommend",
            "recommend",
            "lookup where items were asked for",
        ),
        ("lookup", Heard(items=(HEAT,), count=3), "recommend", "recommend", "lookup where items were asked for"),
    ],
)
def test_the_kind(line: str, heard: Heard, own: str, kind: str, why: str) -> None:
    r = read("tell me what you make of that funny film", line, heard, ledger=(YEAR,) if heard.drops else ())
    assert (r.own.kind, r.made.kind) == (own, kind)
    assert r.dropped == ([f"kind: {why}"] if why else [])
    assert r.used


CLUB = FILM_ITEMS[12]
SHOWN = tuple(i.id for i in FILM_ITEMS[:3])


@pytest.mark.parametrize(
    ("line", "heard", "own", "kind"),
    [
        ("talk", Heard(wishes=(COMEDY,)), "recommend", "converse"),
        ("find", ONE, "lookup", "recommend"),
        ("find", SEEN, "noted", "recommend"),
        ("compare", Heard(kind="lookup", items=(HEAT, SEVEN)), "lookup", "compare"),
        ("lookup", Heard(), "converse", "lookup"),  # of which one, it asks
        ("liked", Heard(wishes=(COMEDY,), pointed=(HEAT,)), "recommend", "noted"),
        ("lookup", Heard(items=(HEAT,), asks=True), "ask", "lookup"),
        ("compare", Heard(items=(HEAT, SEVEN), again=True), "recommend", "compare"),
    ],
)
def test_a_kind_that_the_planner_is_sure_of_stands_against_what_code_heard(
    line: str, heard: Heard, own: str, kind: str
) -> None:
    said = "tell me what you make of that funny film"
    r = read(said, line, heard, sure=(0.99,))
    assert (r.own.kind, r.made.kind, r.dropped) == (own, kind, [])
    doubtful = read(said, line, heard, sure=(0.55,))
    assert doubtful.made.kind == own


def test_a_judgement_of_an_item_that_code_heard_is_never_talk() -> None:
    r = read("tell me what you make of that funny film", "talk", SEEN, sure=(0.999,))
    assert (r.made.kind, r.dropped) == ("noted", ["kind: talks where items are spoken of"])


def test_a_question_of_an_item_that_code_heard_is_never_talk() -> None:
    r = read("tell me what you make of that funny film", "talk", ONE, sure=(0.999,))
    assert (r.made.kind, r.dropped) == ("lookup", ["kind: talks where items are spoken of"])


def test_a_wish_that_was_heard_is_let_go_of_only_where_the_planner_is_sure() -> None:
    said = "tell me what you make of that funny film"
    kinds = {sure: read(said, "talk", Heard(wishes=(COMEDY,)), sure=(sure,)).made for sure in (0.7, 0.9)}
    assert [(k, m.kind, m.only_told) for k, m in kinds.items()] == [(0.7, "recommend", False), (0.9, "converse", True)]
    asked = {s: read(said, "lookup", Heard(items=(HEAT,), asks=True), sure=(s,)).made.kind for s in (0.5, 0.7)}
    assert asked == {0.5: "ask", 0.7: "lookup"}


def test_where_code_heard_nothing_the_planner_decides() -> None:
    for sure in ((0.3,), ()):
        r = read("hm, hm, hm", "find", Heard(), sure=sure)
        assert (r.own.kind, r.made.kind, r.dropped) == ("converse", "recommend", [])


def test_what_the_planner_doubts_is_no_wish_and_takes_none_back() -> None:
    said = "a comedy then, never mind the year"
    for sure, wishes, drops in ((0.9, ["genres contains Comedy"], ("w1",)), (0.4, [], ())):
        r = read(said, "find; genres: Comedy; drop: year", sure=(0.99, sure, sure), ledger=(YEAR,))
        assert (r.wishes, r.made.drops) == (wishes, drops)


def test_what_was_only_told_is_no_wish() -> None:
    """ "My sister is mad about comedies" asks for none: what code took for a wish is let go with it."""
    place = SHOPS["films"]
    heard = Heard(wishes=(COMEDY,))
    for line, kept in (("talk", ["year = 1995"]), ("find", ["year = 1995", "genres contains Comedy"])):
        r = read("my sister is mad about comedies", line, heard, sure=(0.99,), ledger=(YEAR,))
        assert r.made.only_told == (line == "talk")
        assert [brief(w) for w in Merge(place.catalog, place.lexicon)(r.turn, heard, r.made).wishes] == kept


@pytest.mark.parametrize(
    ("line", "heard", "kind"),
    [
        ("seen", Heard(pointed=(CLUB,)), "seen"),
        ("liked", Heard(pointed=(CLUB,)), "like"),
        ("disliked", Heard(items=(CLUB,)), "dislike"),
        ("liked", Heard(), "like"),  # its title stands in the message, though nothing tells that it is one
    ],
)
def test_what_was_seen_or_judged_is_noted_of_what_was_named(line: str, heard: Heard, kind: str) -> None:
    r = read("i have a soft spot for fight club, i must say", line, heard, sure=(0.99,), shown=SHOWN)
    assert (r.made.kind, r.made.feedback) == ("noted", (Feedback(kind, CLUB.id),))
    assert [f.item_id for f in heard.beside(r.made.feedback).feedback] == [CLUB.id]


def test_what_is_taken_back_is_let_go_though_the_rest_was_only_told() -> None:
    place = SHOPS["films"]
    heard = Heard(wishes=(COMEDY,), drops=("w1",))
    r = read("forget the year, my sister is mad about comedies", "talk", heard, sure=(0.99,), ledger=(YEAR,))
    assert r.made.only_told
    assert Merge(place.catalog, place.lexicon)(r.turn, heard, r.made).wishes == ()


def test_words_of_a_judgement_are_no_wish() -> None:
    """ "The one at the top was seriously good": "seriously" describes nothing that is wanted."""
    place = SHOPS["films"]
    heard = Heard(pointed=(CLUB,), wishes=(wish(None, "like", "seriously", words="seriously good"),))
    r = read("the one at the top was seriously good", "liked", heard, sure=(0.99,), shown=SHOWN)
    assert r.made.feedback == (Feedback("like", CLUB.id),)
    assert Merge(place.catalog, place.lexicon)(r.turn, heard, r.made).wishes == ()


def test_what_code_heard_of_an_item_stands() -> None:
    r = read("seen heat already", "liked", SEEN, sure=(0.99,))
    assert (r.made.kind, r.made.feedback) == ("noted", ())
    assert SEEN.beside((Feedback("like", "heat"),)).feedback == SEEN.feedback


def test_of_several_that_it_may_be_none_is_noted_and_it_is_asked_which() -> None:
    r = read("it was brilliant", "liked", Heard(perhaps=(HEAT,)), sure=(0.99,), shown=SHOWN)
    assert (r.made.kind, r.made.feedback, r.made.judged) == ("noted", (), "like")
    assert [i.id for i in r.made.items] == list(SHOWN)


@pytest.mark.parametrize(
    ("text", "line", "judged"),
    [
        ("这部我挺喜欢的，百看不厌", "disliked", "like"),
        ("I really loved that one", "disliked", "like"),
        ("didn't like that one", "liked", "dislike"),
        ("这部不太喜欢", "liked", "dislike"),
        ("that one bored me to tears", "disliked", "dislike"),  # no such word: the planner's stands
        ("loved the start, hated the end", "disliked", "dislike"),  # both: so does it here
        ("I loved it back then", "seen", "seen"),
    ],
)
def test_words_of_liking_are_not_turned_round(text: str, line: str, judged: str) -> None:
    r = read(text, line, Heard(), sure=(0.99,), shown=SHOWN)
    assert (r.made.kind, r.made.feedback, r.made.judged) == ("noted", (), judged)


def test_of_the_only_one_that_was_shown_it_is_noted() -> None:
    r = read("it was brilliant", "liked", Heard(), sure=(0.99,), shown=SHOWN[:1])
    assert (r.made.kind, r.made.feedback) == ("noted", (Feedback("like", SHOWN[0]),))


def test_where_nothing_was_shown_there_is_nothing_to_note() -> None:
    r = read("it was brilliant", "liked", Heard(), sure=(0.99,))
    assert (r.made.kind, r.made.feedback, r.made.judged) == ("converse", (), None)


@pytest.mark.parametrize(
    ("line", "heard", "shown", "ids"),
    [
        ("lookup", Heard(pointed=(SEVEN,)), SHOWN, [SEVEN.id]),
        ("lookup", Heard(perhaps=(HEAT,)), SHOWN, [HEAT.id]),
        ("explain", Heard(), SHOWN[:1], [SHOWN[0]]),
        ("compare", Heard(pointed=(SEVEN,), perhaps=(HEAT,)), SHOWN, [SEVEN.id, HEAT.id]),
        ("compare", Heard(), SHOWN, list(SHOWN)),  # "how do they differ?"
        ("lookup", Heard(), SHOWN, []),  # which of them? the answer asks
    ],
)
def test_a_question_is_about_what_is_pointed_at_or_was_shown(
    line: str, heard: Heard, shown: tuple[str, ...], ids: list[str]
) -> None:
    r = read("hm, and now?", line, heard, sure=(0.99,), shown=shown)
    assert (r.made.kind, [i.id for i in r.made.items]) == (line, ids)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("find", "ask"),
        ("find; genres: western", "recommend"),
        ("find; drop: year", "ask"),
        ("find; cast: Bacon", "ask"),
    ],
)
def test_whether_a_question_pays_is_counted_by_code_until_more_is_known(line: str, kind: str) -> None:
    r = read("show me a western", line, Heard(asks=True))
    assert (r.own.kind, r.made.kind) == ("ask", kind)


def test_something_asked_for_before_goes_on_or_ends() -> None:
    """Words on top of what is known are a search for code; the planner may hear that they are none."""
    before = (Exchange("t0", "a comedy", "recommend", "Here.", ("heat",)),)
    r = read("my sister likes that too", "talk", ledger=(YEAR,), history=before)
    assert (r.own.kind, r.made.kind) == ("recommend", "converse")
    r = read("oh well, the weather is bad, make it a western", "talk; genres: western", ledger=(YEAR,), history=before)
    assert r.made.kind == "recommend"  # it talks, and yet it heard a wish


def test_the_items_and_the_fact_are_codes() -> None:
    r = read("how long is Heat", "lookup", Heard(items=(HEAT,), facet="runtime", kind="lookup"))
    assert (r.made.items, r.made.facet) == ((HEAT,), "runtime")
    r = read("why Heat", "explain", Heard(items=(HEAT,), facet="runtime"))
    assert (r.made.kind, r.made.facet) == ("explain", None)


def test_what_code_counted_stays() -> None:
    r = read("show me 8 westerns", "find; genres: western", Heard(asks=True, count=8, show_again=True))
    assert (r.made.count, r.made.show_again) == (8, True)


# --------------------------------------------------------------------------- no plan


@pytest.mark.parametrize("line", ["", "I would recommend Heat.", "find genres: Comedy", '{"kind": "find"}', "查找"])
def test_what_is_no_line_leaves_the_codes_decision(line: str) -> None:
    r = read("a comedy", line, Heard(wishes=(COMEDY,)))
    assert r.made is r.own
    assert (r.used, r.dropped) == (False, ["no plan"])


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(sorted(SHOPS)))
def test_nothing_a_planner_writes_raises(text: str, line: str, shop: str) -> None:
    catalog = SHOPS[shop].catalog
    names = [*(f.name for f in catalog.facets), "like", "drop"]
    for name in names:
        r = read(
            text, f"find; {name}: {line}; not {name}: {text}; {name}: max {text}; {name}: {text} .. {line}", shop=shop
        )
        assert r.made.kind in ("recommend", "ask")
        assert all(w.words in text for w in r.made.wishes)


DATED = Shop(
    Catalog(
        name="events", facets=(Facet(name="day", type="date", label={"en": "day"}, words={"en": ["day", "date"]}),)
    ),
    [Item(id=f"e{n}", title=f"Evening {n}", attributes={"day": f"2024-05-{n:02d}"}) for n in range(1, 9)],
)


@pytest.mark.parametrize(("sign", "op"), [("max", "<="), ("min", ">="), ("under", "<"), ("over", ">"), ("about", "~")])
def test_a_bound_of_a_date_is_not_turned_into_the_day(sign: str, op: str) -> None:
    """It is the bound, or nothing."""
    text = "either side of 2024-05-04 is fine"
    turn = DATED.turn(text)
    reading = PlanReading(DATED.catalog, DATED.lexicon, turn.said, Heard(), turn)
    made = reading.read(f"find; day: {sign} 2024-05-04", Decision(kind="converse"))
    assert [brief(w) for w in made.wishes] in ([], [f"day {op} 2024-05-04"])
