"""A click, read: buttons and chips post an act in place of text.

Knows: kinds of acts and what each needs. Does not know: who pressed it.
"""

from __future__ import annotations

from collections.abc import Sequence

from chatrec.errors import BadInput
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.wishes import validate_wish
from chatrec.vocabulary import Act, Catalog, Feedback, Heard, Item, Turn, Wish

MOST_LIKES = 5
COMPARED = (2, 5)  # least and most items of a comparison


def act_heard(act: Act, turn: Turn, catalog: Catalog, lexicon: Lexicon) -> Heard:
    """What an act means. Raises BadInput when it lacks something or names what is not there."""
    items = _items(act, turn, lexicon)
    match act.kind:
        case "like" | "dislike" | "seen" | "owned":
            _need(act, items, 1)
            return Heard(
                feedback=tuple(Feedback(act.kind, i.id) for i in items), items=items, kind="noted", certain=True
            )
        case "undo":
            return Heard(undo=True, kind="noted", certain=True)
        case "reset":
            return Heard(reset=True, kind="noted", certain=True)
        case "set_wish":
            if act.wish is None:
                raise BadInput("The act set_wish needs a `wish`.", [("act.wish", "is missing")])
            wish = validate_wish(act.wish, catalog, lexicon)
            return Heard(wishes=(wish,), drops=_held(act, turn), kind="recommend", certain=True, asks=True)
        case "drop_wish":
            if not act.wish_id:
                raise BadInput("The act drop_wish needs a `wish_id`.", [("act.wish_id", "is missing")])
            return Heard(drops=_held(act, turn), kind="recommend", certain=True, asks=True)
        case "more_like":
            _need(act, items, 1)
            likes = (
                Wish(op="like", value=i.id, hard=False, words=i.title_in(turn.language)) for i in items[:MOST_LIKES]
            )
            return Heard(wishes=tuple(likes), items=items, kind="recommend", certain=True, asks=True)
        case "just_show":
            return Heard(just_show=True, kind="recommend", certain=True, asks=True)
        case "why" | "why_not":
            _need(act, items, 1)
            return Heard(items=items, kind="explain", certain=True, negated_item=act.kind == "why_not")
        case "compare":
            _need(act, items, *COMPARED)
            return Heard(items=items, kind="compare", certain=True)


def _held(act: Act, turn: Turn) -> tuple[str, ...]:
    """The wish an act names, when it still holds: pressed twice, it is gone already."""
    return (act.wish_id,) if act.wish_id and turn.ledger.get(act.wish_id) else ()


def _items(act: Act, turn: Turn, lexicon: Lexicon) -> tuple[Item, ...]:
    shown = {i.id: i for i in turn.last_items}
    found: dict[str, Item] = {}
    for item_id in act.item_ids:
        item = lexicon.items.get(item_id) or shown.get(item_id)
        if item is None:
            raise BadInput(
                f"There is no item {item_id!r} in this catalogue.", [("act.item_ids", f"unknown: {item_id}")]
            )
        found[item_id] = item
    return tuple(found.values())


def _need(act: Act, items: Sequence[Item], least: int, most: int | None = None) -> None:
    if len(items) < least or (most is not None and len(items) > most):
        how_many = f"{least} to {most}" if most else f"at least {least}"
        raise BadInput(f"The act {act.kind} needs {how_many} `item_ids`.", [("act.item_ids", f"needs {how_many}")])
