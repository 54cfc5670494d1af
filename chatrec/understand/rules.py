"""What the turn does when no model decides, or when the model's decision is no better: the code's own decision.

Knows: what was heard, what is known. Recommends whenever there is something to go by; asks only when there is next to nothing.
"""

from __future__ import annotations

from chatrec.vocabulary import NOTED_ACTS, Decision, Heard, Kind, Profile, Said, Turn

MOST_QUESTIONS = 2  # in a row
NEEDS_ITEMS_OF = {"explain": 1, "compare": 2, "lookup": 1}  # kinds that speak of items, and of how many at least


def rules(said: Said, heard: Heard, turn: Turn, profile: Profile) -> Decision:
    """The decision from what the reader heard. Pure; always a valid decision."""
    kind = _kind(said, heard, turn, profile)
    return Decision(
        kind=kind,
        items=heard.items,
        facet=heard.facet if kind == "lookup" else None,
        count=heard.count,
        show_again=heard.show_again,
    )


def asks_clearly(heard: Heard) -> bool:
    """Whether the person wants items, beyond doubt: a model that only talks or asks would be worse."""
    return bool(
        heard.asks or heard.again or heard.show_again or heard.just_show or heard.count or heard.drops
        or any(w.facet or w.op == "like" for w in heard.wishes)
    )  # fmt: skip


def may_ask(heard: Heard, turn: Turn) -> bool:
    """Whether a question would be borne now."""
    return not heard.just_show and not heard.again and turn.questions_in_row < MOST_QUESTIONS


def knows_something(heard: Heard, turn: Turn, profile: Profile) -> bool:
    """Whether there is anything to choose by: a wish, or something the person likes."""
    return bool(heard.wishes or turn.ledger.wishes or profile.likes or profile.tastes)


def _kind(said: Said, heard: Heard, turn: Turn, profile: Profile) -> Kind:
    if said.act and said.act.kind in NOTED_ACTS:
        return "noted"
    if heard.kind and not (heard.kind in NEEDS_ITEMS_OF and heard.certain is False and not heard.items):
        return heard.kind
    if heard.undo or heard.reset:
        return "noted"
    if asks_clearly(heard):
        little = not knows_something(heard, turn, profile) and not heard.count
        return "ask" if little and may_ask(heard, turn) else "recommend"
    if heard.feedback:
        return "noted"
    if heard.items:
        return "lookup"
    before = next((e.kind for e in reversed(turn.history) if e.kind != "noted"), "")
    if said.text and (before == "ask" or (turn.ledger.wishes and before != "none_fit")):
        return "recommend"  # an answer to our question, or words on top of what is known
    return "converse"
