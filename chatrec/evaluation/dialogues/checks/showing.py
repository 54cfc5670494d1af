"""Checks of what was shown: how many, which, in what order, whether they obey, whether they are explained."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from chatrec.evaluation.dialogues.checks.base import Check, Id, OneOrMore, YesNo, check, failed, joined, nothing, passed
from chatrec.evaluation.dialogues.conditions import AmountIn, Condition, ConditionIn, wish_text
from chatrec.evaluation.dialogues.seen import Seen, Verdict
from chatrec.vocabulary import SOFT_OPS, Item, ItemOut, same

Items = OneOrMore[Id]  # an id, or a title in any language of the record


def _is(item: Item, named: str) -> bool:
    return item.id == named or any(same(t, named) for t in (item.title, *item.titles.values()))


def _list(items: list[Item]) -> str:
    return joined([f"{i.title} ({i.id})" for i in items], "no items")


def _known(seen: Seen) -> list[Item]:
    """The records of the items shown. ValueError for a card without one: nothing can be said of it."""
    if lost := [c for c in seen.reply.items if c.id not in seen.records]:
        raise ValueError(f"{lost[0].title} ({lost[0].id}) has no record in the catalogue")
    return seen.items


@check("items")
def items(seen: Seen, number: AmountIn) -> Verdict:
    """How many items are shown."""
    shown = len(seen.reply.items)
    return passed(shown) if number.holds(shown) else failed(f"{shown} items are shown", number, shown)


@check("items")
def candidates(seen: Seen, number: AmountIn) -> Verdict:
    """How many candidates the recommender gave."""
    have = seen.reply.candidates
    return passed(have) if number.holds(have) else failed(f"the recommender gave {have} candidates", number, have)


@check("items", each=True)
def sources(seen: Seen, names: OneOrMore[str]) -> Verdict:
    """Sources of the recommender that each stand behind at least one item shown."""
    have = {s for i in seen.reply.items for s in i.sources}
    missing = [n for n in names if n not in have]
    if not seen.reply.items:
        return nothing("no items are shown", joined(names))
    return (
        failed(f"no item comes from {joined(missing)}", joined(names), joined(sorted(have)))
        if missing
        else passed(joined(sorted(have)))
    )


@check("items", inside=True, each=True)
def retrieves(seen: Seen, named: Items) -> Verdict:
    """Items (ids) that are among the candidates, shown or not."""
    have = list(seen.answer.inside.candidates) if seen.answer.inside else []
    missing = [n for n in named if n not in have]
    return (
        failed(f"not among the candidates: {joined(missing)}", joined(named), joined(have))
        if missing
        else passed(joined(have))
    )


@check("items", each=True)
def includes(seen: Seen, named: Items) -> Verdict:
    """Items (ids or titles) that are shown."""
    missing = [n for n in named if not any(_is(i, n) for i in seen.items)]
    return (
        failed(f"not shown: {joined(missing)}", joined(named), _list(seen.items))
        if missing
        else passed(_list(seen.items))
    )


@check("items", each=True)
def excludes(seen: Seen, named: Items) -> Verdict:
    """Items (ids or titles) that are not shown, neither as a pick nor as a near miss."""
    near = [seen.records[n.item.id] for n in seen.reply.near if n.item.id in seen.records]
    found = [i for i in [*_known(seen), *near] if any(_is(i, n) for n in named)]
    return (
        failed(f"shown: {_list(found)}", "not " + joined(named), _list(seen.items))
        if found
        else passed(_list(seen.items))
    )


@check("items")
def first(seen: Seen, wanted: Id | ConditionIn) -> Verdict:
    """The first item: its id or title, or what its facets have to be."""
    if not seen.reply.items:
        return nothing("no items are shown", wanted)
    top = _known(seen)[0]
    if isinstance(wanted, str):
        return passed(top.title) if _is(top, wanted) else failed(f"the first is {top.title}", wanted, _list(seen.items))
    why = wanted.fails(top, seen.catalog)
    return failed(f"{top.title}: {'; '.join(why)}", wanted, top.title) if why else passed(top.title)


def _missed(seen: Seen, wanted: Condition) -> list[tuple[Item, list[str]]]:
    return [(i, why) for i in _known(seen) if (why := wanted.fails(i, seen.catalog))]


@check("items")
def every_item(seen: Seen, wanted: ConditionIn) -> Verdict:
    """What every item shown has to be, by its record."""
    if not seen.reply.items:
        return nothing("no items are shown", wanted)
    wrong = [f"{i.title}: {'; '.join(why)}" for i, why in _missed(seen, wanted)]
    return (
        failed(wrong[0], wanted, f"{len(wrong)} of {len(seen.items)} do not", wrong)
        if wrong
        else passed(_list(seen.items))
    )


@check("items")
def any_item(seen: Seen, wanted: ConditionIn) -> Verdict:
    """What at least one item shown has to be, by its record."""
    if not seen.reply.items:
        return nothing("no items are shown", wanted)
    missed = _missed(seen, wanted)
    if len(missed) < len(seen.items):
        return passed(_list(seen.items))
    return failed("no item is", wanted, _list(seen.items), [f"{i.title}: {'; '.join(why)}" for i, why in missed])


@check("items")
def no_item(seen: Seen, wanted: ConditionIn) -> Verdict:
    """What no item shown may be, by its record."""
    missed = {i.id for i, _ in _missed(seen, wanted)}
    wrong = [i for i in seen.items if i.id not in missed]
    return failed(f"{wrong[0].title} is", f"not {wanted}", _list(wrong)) if wrong else passed(_list(seen.items))


def _order(raw: Any) -> Any:
    words = raw.split() if isinstance(raw, str) else []
    if len(words) == 1:
        words.append("asc")
    if len(words) != 2 or words[1] not in ("asc", "desc"):
        raise ValueError("write a facet and asc or desc, as in price asc")
    return " ".join(words)


OrderIn = Annotated[str, BeforeValidator(_order), WithJsonSchema({"type": "string", "pattern": r"^\S+( asc| desc)?$"})]


@check("items")
def ordered_by(seen: Seen, order: OrderIn) -> Verdict:
    """The order of the items: `year desc`, `price asc`. Items without the value come last."""
    facet, _, way = order.partition(" ")
    if seen.catalog.facet(facet) is None:
        raise ValueError(f"{seen.catalog.name} has no facet {facet}")
    values = [v[0] if (v := i.values(facet)) else None for i in _known(seen)]
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return nothing(f"fewer than two items with a known {facet} are shown", order)
    if values[: len(known)] == known and known == sorted(known, reverse=way == "desc"):
        return passed(joined(values))
    return failed("the items are in another order", order, joined(values))


@check("rules")
def in_catalog(seen: Seen, wanted: YesNo) -> Verdict:
    """Whether everything shown is in the catalogue, under the title and with the facts that its record has."""
    cards = [*seen.reply.items, *(n.item for n in seen.reply.near)]
    if not cards:
        return nothing("nothing is shown", wanted)
    wrong = [c for c in cards if c.id not in seen.records]
    renamed = [c for c in cards if (r := seen.records.get(c.id)) and c.title not in (r.title, *r.titles.values())]
    told = [f"{c.title} ({c.id}) is not in it" for c in wrong]
    told += [f"{c.id} is called {c.title}, its record {seen.records[c.id].title}" for c in renamed]
    told += [t for c in cards if c.id in seen.records for t in _other_facts(c, seen.records[c.id])]
    found = bool(told)
    if found is not wanted:
        return passed(len(cards))
    return failed(
        f"off the catalogue: {told[0]}" if told else "everything is in the catalogue", wanted, not found, told
    )


def _other_facts(card: ItemOut, record: Item) -> list[str]:
    """Facts on a card that its record does not have."""
    told = []
    for name, value in card.facts.items():
        have = record.values(name)
        shown = value if isinstance(value, (list, tuple)) else [value]
        if lacking := [v for v in shown if v is not None and not any(same(v, h) for h in have)]:
            told.append(
                f"{card.title} has the {name} {joined(lacking)} on its card, {joined(have, 'nothing')} in its record"
            )
    return told


@check("rules")
def no_repeats(seen: Seen, wanted: YesNo) -> Verdict:
    """Whether no item is shown twice, nor one that an earlier answer of this conversation showed."""
    ids = [i.id for i in seen.reply.items]
    if not ids:
        return nothing("no items are shown", wanted)
    earlier = {i.id for b in seen.before if b.answer.reply for i in b.answer.reply.items}
    again = [i for n, i in enumerate(ids) if i in ids[:n] or i in earlier]
    if bool(again) is not wanted:
        return passed(len(ids))
    told = joined([seen.title(i) for i in again])
    return failed(f"shown again: {told}" if again else "nothing is shown again", wanted, not again)


@check("rules")
def obeys(seen: Seen, wanted: YesNo) -> Verdict:
    """Whether every item shown meets every hard wish that holds, by its record."""
    hard = [w for w in seen.reply.wishes if w.hard and w.op not in SOFT_OPS]
    if not seen.reply.items or not hard:
        return nothing("no hard wish holds" if seen.reply.items else "no items are shown", wanted)
    wrong = [f"{i.title} breaks {wish_text(w)}" for i in _known(seen) for w in hard if not w.meets(i)]
    if bool(wrong) is not wanted:
        return passed(f"{len(seen.items)} items, {len(hard)} hard wishes")
    return failed(wrong[0] if wrong else "every item meets every hard wish", wanted, not wrong, wrong)


@check("rules")
def explained(seen: Seen, wanted: YesNo) -> Verdict:
    """Whether every item shown has a reason in words, and evidence behind it."""
    bare = [i.title for i in seen.reply.items if not i.reason.strip() or not i.evidence]
    if not seen.reply.items:
        return nothing("no items are shown", wanted)
    if bool(bare) is not wanted:
        return passed(len(seen.reply.items))
    return failed(
        f"without a reason or evidence: {joined(bare)}" if bare else "every item is explained", wanted, not bare
    )


CHECKS: tuple[Check, ...] = (
    items, candidates, sources, retrieves, includes, excludes, first, every_item, any_item, no_item, ordered_by,
    in_catalog, no_repeats, obeys, explained,
)  # fmt: skip
