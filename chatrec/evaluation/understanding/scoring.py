"""One turn's change of the ledger against its label: what was heard rightly, wrongly, not at all.

Knows: wishes, labels, which forms are the same. Does not know: who read the turn, totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.evaluation.understanding.labels import Form, Gold, LabelledTurn
from chatrec.vocabulary import Catalog, Ledger, Wish, same

LIKES = frozenset({"like", "not_like"})
ANY_FACET = "free words"


@dataclass(frozen=True)
class TurnScore:
    """What became of one turn. right, wrong: wishes the ledger gained; missed: labelled ones it did not gain.

    kept: facets that should have been taken back and were not; lost: facets taken back that nobody took back. states: whether the
    label holds a wish or a drop. labelled: False where only the decision is. kind_right: None where no decision is labelled.
    """

    language: str
    group: str
    text: str
    right: tuple[tuple[str, Wish], ...] = ()
    wrong: tuple[tuple[str, Wish], ...] = ()
    missed: tuple[tuple[str, Gold], ...] = ()
    taken_back: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    states: bool = False
    free_words: bool = False  # the ledger gained `like` or `not_like` in free words, which this set does not label
    labelled: bool = True
    kind: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        return not (self.wrong or self.missed or self.kept or self.lost)

    @property
    def whole(self) -> bool:
        """Whether all that is labelled of the turn was read rightly."""
        return (self.exact or not self.labelled) and self.kind_right is not False

    @property
    def kind_right(self) -> bool | None:
        return self.kind in self.kinds if self.kinds else None


def score_turn(
    turn: LabelledTurn,
    before: Ledger,
    after: Ledger,
    kind: str,
    catalog: Catalog,
    *,
    language: str,
    group: str,
    likes: bool = False,
) -> TurnScore:
    """The score of one turn. before: the ledger as the labels have it before this turn; after: with what was read of the turn.

    A wish that was held before is neither gained nor asked for again. likes: `like` and `not_like` are labelled in this set;
    `sort` is scored with its facet.
    """
    if turn.only_kind:
        return TurnScore(language, group, turn.text, labelled=False, kind=kind, kinds=turn.kind)
    gained = [
        w
        for w in after.wishes
        if (likes or w.op not in LIKES)
        and not any(matches(Gold(facet=o.facet, op=o.op, value=o.value), w) for o in before.wishes)
    ]
    wanted = [g for g in turn.wishes if not any(matches(g, o) for o in before.wishes)]
    right: list[tuple[str, Wish]] = []
    missed: list[tuple[str, Gold]] = []
    for gold in wanted:
        at = next((n for n, w in enumerate(gained) if matches(gold, w)), None)
        if at is None:
            missed.append((facet_type(catalog, gold.facet), gold))
        else:
            right.append((facet_type(catalog, gold.facet), gained.pop(at)))
    held_turns = {w.turn_id for w in before.wishes}
    held = {w.facet for w in before.wishes if w.facet}
    now = {w.facet for w in after.wishes if w.facet}
    gone, asked = held - now, held & set(turn.drops)
    return TurnScore(
        language,
        group,
        turn.text,
        tuple(right),
        tuple((facet_type(catalog, w.facet), w) for w in gained),
        tuple(missed),
        taken_back=tuple(sorted(gone & asked)),
        kept=tuple(sorted(asked - gone)),
        lost=tuple(sorted(gone - asked)),
        states=bool(wanted or asked),
        free_words=not likes and any(w.op in LIKES and w.turn_id and w.turn_id not in held_turns for w in after.wishes),
        kind=kind,
        kinds=turn.kind,
    )


def matches(gold: Gold, wish: Wish) -> bool:
    """Whether a wish says what a label says, in any of its forms."""
    if gold.facet != wish.facet or (gold.hard is not None and gold.hard != wish.hard):
        return False
    return any(_same_form(form, wish) for form in (gold, *gold.alternatives))


def _same_form(form: Form, wish: Wish) -> bool:
    ops = {form.op, wish.op}
    if form.op != wish.op and not ops <= {"=", "contains"}:
        return False
    mine, theirs = _values(form.value), _values(wish.value)
    if form.op in ("in", "not_in"):
        return all(any(same(a, b) for b in theirs) for a in mine) and all(any(same(a, b) for b in mine) for a in theirs)
    return len(mine) == len(theirs) and all(same(a, b) for a, b in zip(mine, theirs, strict=True))


def _values(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [value]


def facet_type(catalog: Catalog, name: str | None) -> str:
    """The class under which a facet's wishes are counted: its role where that is person or place, else its type."""
    facet = catalog.facet(name)
    if facet is None:
        return ANY_FACET
    return facet.role if facet.role in ("person", "place") else facet.type
