"""What the turn does when no model decides, or when the model's decision is no better: the code's own decision.

Knows: what was heard, what is known. Recommends whenever there is something to go by; asks alone only when there is next to
nothing. Once items have been shown and the person goes on looking, a question may stand beside the next ones: the answer `ask`
knows the counts and asks it only where it pays.
"""

from __future__ import annotations

from chatrec.vocabulary import NOTED_ACTS, Decision, Exchange, Heard, Kind, Profile, Said, Turn

MOST_QUESTIONS = 2  # in a row
WANTED_TO_SEE = 4  # so many turns after "just show me" nothing is asked
STEERING_ACTS = frozenset({"set_wish", "drop_wish"})
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
        heard.asks or heard.again or heard.show_again or heard.just_show or heard.count or heard.drops or heard.released
        or any(w.facet or w.op == "like" for w in heard.wishes)
    )  # fmt: skip


def may_ask(heard: Heard, turn: Turn) -> bool:
    """Whether a question would be borne now."""
    return not heard.just_show and not heard.again and turn.questions_in_row < MOST_QUESTIONS


def may_ask_beside(heard: Heard, turn: Turn) -> bool:
    """Whether a question would be borne beside items: some were shown before, and the person does not just want to see more."""
    if not turn.shown or heard.just_show or heard.show_again or heard.count:
        return False
    if any(e.said.startswith("just show") for e in turn.history[-WANTED_TO_SEE:]):
        return False
    latest = turn.history[-MOST_QUESTIONS:]
    return len(latest) < MOST_QUESTIONS or not all(asks_at_the_end(e) for e in latest)


def asks_at_the_end(exchange: Exchange) -> bool:
    """Whether an earlier answer ended with a question."""
    return exchange.kind == "ask" or exchange.text.rstrip().endswith(("?", "？"))


def knows_something(heard: Heard, turn: Turn, profile: Profile) -> bool:
    """Whether there is anything to choose by: a wish, or something the person likes."""
    return bool(heard.wishes or turn.ledger.wishes or profile.likes or profile.tastes)


def _kind(said: Said, heard: Heard, turn: Turn, profile: Profile) -> Kind:
    if said.act and said.act.kind in NOTED_ACTS:
        return "noted"
    if said.act and said.act.kind in STEERING_ACTS and heard.kind == "recommend" and may_ask_beside(heard, turn):
        return "ask"
    if heard.kind and not (heard.kind in NEEDS_ITEMS_OF and heard.certain is False and not heard.items):
        return heard.kind
    if heard.undo or heard.reset:
        return "noted"
    if asks_clearly(heard):
        little = not knows_something(heard, turn, profile) and not heard.count
        alone = little and may_ask(heard, turn)
        return "ask" if alone or may_ask_beside(heard, turn) else "recommend"
    if heard.feedback:
        return "noted"
    if heard.items:
        return "lookup"
    before = next((e.kind for e in reversed(turn.history) if e.kind != "noted"), "")
    if said.text and (before == "ask" or (turn.ledger.wishes and before != "none_fit")):
        return "ask" if may_ask_beside(heard, turn) else "recommend"  # an answer, or words on top of what is known
    return "converse"
