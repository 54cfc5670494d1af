"""Checks of what was decided: kind of turn, tool, wishes, ledger, question, honesty when nothing fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from chatrec.evaluation.dialogues.checks.base import Check, Id, OneOrMore, YesNo, check, failed, joined, nothing, passed
from chatrec.evaluation.dialogues.conditions import AmountIn, Wanted, WantedIn, wish_text
from chatrec.evaluation.dialogues.seen import Seen, Verdict
from chatrec.vocabulary import Kind, Wish

Kinds = OneOrMore[Kind]
Wishes = OneOrMore[WantedIn]


def _none_too(raw: Any) -> Any:
    return [] if raw is None else raw if isinstance(raw, list) else [raw]


_WISH = {"type": "string"}
AnyWishes = Annotated[
    list[WantedIn],
    BeforeValidator(_none_too),
    WithJsonSchema({"anyOf": [_WISH, {"type": "array", "items": _WISH}, {"type": "null"}]}),
]
Facets = OneOrMore[Id]


@check("decision")
def decision(seen: Seen, kinds: Kinds) -> Verdict:
    """What kind of answer this was: recommend ask explain compare lookup none_fit converse noted; a list: any of them."""
    kind = seen.reply.decision.kind
    if kind in kinds:
        return passed(kind)
    return failed(f"the answer was of the kind {kind}", " or ".join(kinds), kind)


@check("decision")
def tool_called(seen: Seen, wanted: YesNo | Wishes) -> Verdict:
    """Whether the recommender was called for candidates; with wishes: called with these, among others."""
    called = seen.reply.decision.tool_called
    if not isinstance(wanted, bool):
        if not called:
            return failed("the recommender was not called", joined(wanted), called)
        return _compare(seen.reply.wishes, wanted, "the wishes it was called with", False)
    if called is wanted:
        return passed(called)
    return failed("the recommender was called" if called else "the recommender was not called", wanted, called)


def _lines(wishes: Sequence[Wish]) -> list[str]:
    return [wish_text(w) for w in wishes]


def _compare(have: Sequence[Wish], wanted: Sequence[Wanted], what: str, exact: bool) -> Verdict:
    left = list(have)
    missing = []
    for one in wanted:
        found = next((w for w in left if one.holds(w)), None)
        if found is None:
            missing.append(one)
        else:
            left.remove(found)
    extra = left if exact else []
    if not missing and not extra:
        return passed(joined(_lines(have)))
    parts = [f"missing: {joined(missing)}"] if missing else []
    parts += [f"not expected: {joined(_lines(extra))}"] if extra else []
    return failed(f"{what} differ, " + "; ".join(parts), joined(wanted), joined(_lines(have)))


@check("wishes")
def heard(seen: Seen, wishes: AnyWishes) -> Verdict:
    """The wishes that came in with this turn, all of them and no other; `heard:` with nothing behind it: none came."""
    turn = seen.reply.turn_id
    return _compare([w for w in seen.reply.wishes if w.turn_id == turn], wishes, "the wishes of this turn", True)


@check("wishes")
def ledger(seen: Seen, wishes: AnyWishes) -> Verdict:
    """The wishes that hold after this turn, all of them and no other; `ledger:` with nothing behind it: none."""
    return _compare(seen.reply.wishes, wishes, "the wishes that hold", True)


@check("wishes", each=True)
def ledger_has(seen: Seen, wishes: Wishes) -> Verdict:
    """Wishes that hold after this turn, among others."""
    return _compare(seen.reply.wishes, wishes, "the wishes that hold", False)


@check("wishes", each=True)
def remembers(seen: Seen, wishes: Wishes) -> Verdict:
    """Wishes from earlier turns that still hold, unchanged."""
    turn = seen.reply.turn_id
    old = [w for w in seen.reply.wishes if w.turn_id != turn]
    return _compare(old, wishes, "the wishes kept from earlier turns", False)


@check("wishes", each=True)
def forgets(seen: Seen, wishes: Wishes) -> Verdict:
    """Wishes that held before this turn and hold no more."""
    before, now = seen.wishes_before, seen.reply.wishes
    never = [w for w in wishes if not any(w.holds(b) for b in before)]
    if never:
        return nothing(
            f"never held before: {joined(never)}; before this turn: {joined(_lines(before))}", joined(wishes)
        )
    still = [w for w in now if any(one.holds(w) for one in wishes)]
    if still:
        return failed(f"still holds: {joined(_lines(still))}", joined(wishes), joined(_lines(now)))
    return passed(joined(_lines(now)))


@check("question")
def asks(seen: Seen, facets: YesNo | Facets) -> Verdict:
    """Whether a question was asked; with facets: about one of these."""
    asked = seen.reply.decision.kind == "ask"
    if isinstance(facets, bool):
        if asked is facets:
            return passed(asked)
        return failed("a question was asked" if asked else "no question was asked", facets, asked)
    if unknown := [f for f in facets if seen.catalog.facet(f) is None]:
        raise ValueError(
            f"{seen.catalog.name} has no facet {unknown[0]}; it has {joined([f.name for f in seen.catalog.facets])}"
        )
    if not asked:
        return failed("no question was asked", joined(facets), seen.reply.decision.kind)
    about = {c.act.wish["facet"] for c in seen.reply.chips if c.act and c.act.wish and c.act.wish.get("facet")}
    if about & set(facets):
        return passed(joined(sorted(about)))
    return failed("the question was about something else", " or ".join(facets), joined(sorted(about)))


class NoneFits(BaseModel):
    """Why nothing fits, and what is near."""

    model_config = ConfigDict(extra="forbid")
    because: OneOrMore[str] | None = None  # facets that a shown near miss breaks
    near: AmountIn | None = None


@check("honesty")
def none_fits(seen: Seen, wanted: YesNo | NoneFits) -> Verdict:
    """That the answer says nothing fits; `because`: facets that the near misses break, `near`: how many near misses."""
    kind = seen.reply.decision.kind
    if wanted is False:
        return (
            passed(kind) if kind != "none_fit" else failed("the answer says that nothing fits", "something fits", kind)
        )
    if kind != "none_fit":
        return failed("the answer does not say that nothing fits", "none_fit", kind)
    if seen.reply.items:
        return failed("nothing fits, yet items are shown", "no items", len(seen.reply.items))
    if isinstance(wanted, NoneFits):
        facet_of = {w.id: w.facet or w.op for w in seen.reply.wishes}
        broken = sorted({facet_of.get(b, b) for n in seen.reply.near for b in n.breaks})
        if wanted.because and not set(wanted.because) <= set(broken):
            return failed("the near misses break other wishes", joined(wanted.because), joined(broken))
        if wanted.near is not None and not wanted.near.holds(len(seen.reply.near)):
            return failed("another number of near misses", wanted.near, len(seen.reply.near))
    return passed(kind)


@check("honesty")
def near_misses(seen: Seen, number: AmountIn) -> Verdict:
    """How many near misses are shown. Each has to break a hard wish that holds, and only those that it is said to break."""
    near = seen.reply.near
    if not number.holds(len(near)):
        return failed(f"{len(near)} near misses are shown", number, len(near))
    hard = [w for w in seen.reply.wishes if w.hard]
    for one in near:
        record = seen.records.get(one.item.id)
        if record is None:
            return failed(f"{one.item.title} has no record in the catalogue", "in the catalogue", one.item.id)
        broken = sorted(w.id for w in hard if not w.meets(record))
        if broken != sorted(one.breaks) or not broken:
            return failed(
                f"{one.item.title} is said to break other wishes than it does", joined(broken), joined(one.breaks)
            )
    return passed(len(near))


@check("question")
def questions_in_row(seen: Seen, number: AmountIn) -> Verdict:
    """How many answers in a row, this one the last, were questions."""
    row = 0
    for turn in reversed([*seen.before, seen]):
        if turn.answer.reply is None or turn.answer.reply.decision.kind != "ask":
            break
        row += 1
    return passed(row) if number.holds(row) else failed(f"{row} questions in a row", number, row)


CHECKS: tuple[Check, ...] = (
    decision, tool_called, heard, ledger, ledger_has, remembers, forgets, asks, questions_in_row, none_fits, near_misses,
)  # fmt: skip
