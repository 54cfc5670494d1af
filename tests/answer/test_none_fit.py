"""None fit: names the wish that leaves nothing, and shows what comes closest."""

from __future__ import annotations

import pytest

from chatrec.vocabulary import Decision, Exchange, Heard
from tests.answer.stage import ITEMS, FakeCandidates, Ledger, Profile, Stage, Wish, tea, wish

GREEN = wish("w1", "kind", "=", "Green")
FREE = wish("w2", "caffeine", "<", 1)  # only herbal teas have none
DEAR = wish("w3", "price", ">", 1000)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_sticking_point(language: str) -> None:
    ledger = Ledger((GREEN, FREE))
    stage = Stage("none_fit", language=language, ledger=ledger)
    reply = await stage.play()
    assert stage.names[0] == "shown"
    assert reply.items == []
    assert 0 < len(reply.near) <= 5
    for near in reply.near:
        assert set(near.breaks) == {w.id for w in ledger.hard if not w.meets(_item(stage, near.item.id))}
        assert near.item.reason
    # without either wish five teas are left
    assert ("five teas" if language == "en" else "五款茶") in reply.text
    assert ("green, under 1 mg" if language == "en" else "绿茶、不到1毫克") in reply.text
    assert [(c.act.wish_id, c.count) for c in reply.chips if c.act] == [("w1", 5), ("w2", 5)]


async def test_one_wish_alone() -> None:
    reply = await Stage("none_fit", ledger=Ledger((DEAR,))).play()
    assert "over $1000" in reply.text
    assert all(n.breaks == ["w3"] for n in reply.near)
    assert "price" in reply.near[0].item.reason
    assert [c.count for c in reply.chips] == [30]


async def test_no_single_wish_is_to_blame() -> None:
    reply = await Stage("none_fit", ledger=Ledger((GREEN, FREE, DEAR))).play()
    assert "just one of them" in reply.text
    assert reply.near
    assert {c.act.wish_id for c in reply.chips if c.act} == {"w1", "w2", "w3"}
    assert all(c.count is None for c in reply.chips)


async def test_what_would_have_to_go_together() -> None:
    """Green, no caffeine, over $1000: a green tea breaks two of them, a herbal one two others, and five are left either way."""
    reply = await Stage("none_fit", ledger=Ledger((GREEN, FREE, DEAR))).play()
    dropped = [c.act.wish_id for c in reply.chips if c.act][:2]
    assert set(dropped) == set(reply.near[0].breaks)
    assert len(dropped) == 2
    left = [i for i in FakeCandidates().items if all(w.meets(i) for w in (GREEN, FREE, DEAR) if w.id not in dropped)]
    assert f"{ ({5: 'five'}[len(left)]) } teas" in reply.text
    one = await Stage("none_fit", ledger=Ledger((GREEN, FREE))).play()
    assert "these" not in one.text.partition("Without it")[0]


async def test_with_many_wishes_the_last_may_be_the_one() -> None:
    easy = [wish(f"w{n}", "price", "<", 500 + n) for n in range(10)]
    reply = await Stage("none_fit", ledger=Ledger((*easy, wish("w99", "kind", "=", "Blue")))).play()
    assert "sticking point is this wish: Blue" in reply.text
    assert [c.act.wish_id for c in reply.chips if c.act] == ["w99"]


async def test_everything_was_shown() -> None:
    for ledger, says in ((Ledger((GREEN,)), "green"), (Ledger(), "all there is")):
        reply = await Stage("none_fit", ledger=ledger, shown=frozenset({"tea-00", "tea-07"})).play()
        assert reply.near == []
        assert says in reply.text
        assert reply.chips[0].text == "Show them again"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_was_shown_and_meets_the_tightened_wish_is_named(language: str) -> None:
    tightened = Ledger((GREEN.model_copy(update={"turn_id": "t1"}),))
    black = next(i for i in ITEMS if not GREEN.meets(i))
    shown = frozenset({"tea-00", black.id})
    stage = Stage("none_fit", language=language, ledger=tightened, shown=shown)
    reply = await stage.play()
    assert (reply.items, reply.near) == ([], [])
    assert tea(0).title_in(language) in reply.text
    assert black.title_in(language) not in reply.text
    assert reply.chips[0].text == ("Show them again" if language == "en" else "再看一遍刚才的")
    older = await Stage("none_fit", language=language, ledger=Ledger((GREEN,)), shown=shown).play()
    assert tea(0).title_in(language) not in older.text  # nothing was tightened: the person asked for others


async def test_a_wish_that_never_was_is_said_to_be_none() -> None:
    back = Heard(released=("origin",))
    ledger = Ledger((GREEN, FREE))
    reply = await Stage("none_fit", ledger=ledger, heard=back).play()
    first, _, rest = reply.text.partition(". ")
    assert "origin" in first
    assert "sticking point" in rest
    answered = (Exchange("t0", "hm", "ask", "What about the origin?"),)
    assert "origin" not in (await Stage("none_fit", ledger=ledger, heard=back, history=answered).play()).text


@pytest.mark.parametrize("kind", ["lookup", "compare"])
async def test_an_answer_about_items_tells_it_once(kind: str) -> None:
    wishes = tuple(w.model_copy(update={"turn_id": "t1"}) for w in (GREEN, FREE))
    about = Decision(kind, items=(tea(0), tea(1)))  # type: ignore[arg-type]
    assert "sticking point" in (await Stage(kind, ledger=Ledger(wishes), decision=about).play()).text
    before = Ledger(tuple(w.model_copy(update={"turn_id": "t0"}) for w in wishes))
    told = (Exchange("t0", "green, no caffeine", "none_fit", "Nothing here fits."),)
    assert "sticking" not in (await Stage(kind, ledger=before, decision=about, history=told).play()).text
    untold = (Exchange("t0", "green, no caffeine", "lookup", "Tea costs $6."),)
    assert "sticking" in (await Stage(kind, ledger=before, decision=about, history=untold).play()).text
    assert "sticking" not in (await Stage(kind, ledger=Ledger((GREEN,)), decision=about).play()).text


async def test_what_was_not_understood_does_not_hide_it() -> None:
    reply = await Stage("converse", text="hrmpf", ledger=Ledger((GREEN, FREE))).play()
    assert "sticking point" in reply.text
    assert "still looking" not in reply.text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wishes", [(GREEN,), ()])
async def test_nothing_is_offered_again_that_would_not_come(language: str, wishes: tuple[Wish, ...]) -> None:
    """Shown, but disliked since; or known before it could be shown: "show them again" would lead in a circle."""
    known = Profile("p", dislikes=tuple(i.id for i in ITEMS if i.id != "tea-07"))
    stage = Stage("none_fit", language=language, ledger=Ledger(wishes), shown=frozenset({"tea-00"}), profile=known)
    reply = await stage.play()
    assert [c.act.kind for c in reply.chips if c.act] == ["drop_wish"] * len(wishes)
    assert len(reply.chips) == len(wishes)
    assert "again if" not in reply.text
    assert ("know" if language == "en" else "你") in reply.text


async def test_an_empty_catalogue() -> None:
    reply = await Stage("none_fit", finder=FakeCandidates([])).play()
    assert "nothing in this catalogue" in reply.text


def _item(stage: Stage, item_id: str):  # type: ignore[no-untyped-def]
    return next(i for i in stage.finder.items if i.id == item_id)
