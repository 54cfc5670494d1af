"""Labelled dialogues of a corpus as dialogues with gold wishes: what was informed of in a turn, added up over the turns.

Knows: `understanding.labels`. A newer label on a facet replaces the older; on a facet that holds many values, and for refusals, it
adds. The label's other forms stay as right as the first.
"""

from __future__ import annotations

from collections.abc import Iterable

from chatrec.evaluation.obedience.dialogues import Held, Made, Said
from chatrec.evaluation.understanding.labels import Gold, Labelled
from chatrec.vocabulary import Catalog, Wish


def made_of(labelled: Labelled, catalog: Catalog) -> Made:
    """A labelled dialogue as one of ours. Turns that inform of nothing ask for nothing."""
    gold: list[Held] = []
    turns: list[Said] = []
    for n, turn in enumerate(labelled.turns):
        new = [_held(g, n) for g in turn.wishes if g.facet]
        touched = frozenset(str(h.wish.facet) for h in new) | frozenset(turn.drops)
        gold = [h for h in gold if h.wish.facet not in turn.drops and not any(_replaces(w, h, catalog) for w in new)]
        gold += new
        instead = tuple(k for k in turn.kind if k not in ("recommend", "ask"))
        does = "inform" if new else "other"
        turns.append(Said(turn.text, does, tuple(gold), touched, asks=bool(new), instead=instead))
    return Made(labelled.id, labelled.language, tuple(turns))


def _held(gold: Gold, turn: int) -> Held:
    hard = gold.hard is not False
    wish = Wish(facet=gold.facet, op=gold.op, value=gold.value, hard=hard)
    forms = tuple(Wish(facet=gold.facet, op=f.op, value=f.value, hard=hard) for f in gold.alternatives)
    return Held(wish, _kind(wish), "", turn, forms)


def _kind(wish: Wish) -> str:
    return {"not_in": "refusal", "between": "range", "contains": "value", "=": "value", "in": "one of"}.get(
        wish.op, "bound"
    )


def _replaces(new: Held, old: Held, catalog: Catalog) -> bool:
    facet = catalog.facet(new.wish.facet)
    many = facet is not None and facet.many and facet.type == "category"
    if new.wish.facet != old.wish.facet or new.turn == old.turn:
        return False
    return not many or new.wish == old.wish


def all_of(dialogues: Iterable[Labelled], name: str, catalog: Catalog) -> list[Made]:
    """The dialogues about one catalogue."""
    return [made_of(d, catalog) for d in dialogues if d.catalog == name]
