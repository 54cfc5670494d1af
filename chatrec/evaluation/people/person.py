"""Who a simulated person is: what they want and do not name, what is true of it, what of that they tell, and how patient they are.

Knows: catalogues, items, how a constraint that is true of an item is drawn. Does not know: words, systems, how a talk goes.
A person is drawn from a seed alone: the same seed, catalogue and histories give the same people.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from chatrec.errors import BadInput
from chatrec.evaluation.people.leaks import secret_words
from chatrec.vocabulary import Catalog, Facet, Item, Language, Op, Wish

Told = Literal["volunteered", "asked", "never"]
ROLE_WEIGHTS: Mapping[str | None, float] = {  # how readily people have a constraint on a facet of this role
    "kind": 3.0, "price": 2.0, "year": 2.0, None: 1.5, "duration": 1.0, "person": 1.0, "place": 1.0, "rating": 0.7,
    "language": 0.5,
}  # fmt: skip
VOLUNTEERED = ((0, 0.1), (1, 0.45), (2, 0.45))  # how many constraints come by themselves, and how often
ASKED = 0.65  # of the others: told when asked about; the rest is never told
REFUSES, CHANGES_MIND = 0.2, 0.15  # a refusal in place of a wish for a kind; a volunteered constraint taken back
FEWEST_SHARING, MOST_SHARING = 5, 0.85  # items that meet a constraint: fewer would give the item away, more say nothing
LEAST_PATIENCE, MOST_PATIENCE = 5, 8
TASTE = 5  # other items a person is known to like


@dataclass(frozen=True)
class Constraint:
    """Something that is true of the wanted item, and when the person says so."""

    wish: Wish
    told: Told


@dataclass(frozen=True)
class Person:
    """One simulated person. seed: of everything they do. changes_at: the turn before which they change their mind."""

    id: str
    seed: int
    language: Language
    wanted: Item
    constraints: tuple[Constraint, ...]
    liked: tuple[Item, ...] = ()
    patience: int = LEAST_PATIENCE
    changes_at: int | None = None

    def those(self, told: Told) -> list[Wish]:
        return [c.wish for c in self.constraints if c.told == told]


def people_of(
    catalog: Catalog,
    items: Sequence[Item],
    n: int,
    *,
    seed: int = 1,
    languages: Sequence[Language] = ("en",),
    histories: Sequence[Sequence[str]] | None = None,
) -> list[Person]:
    """n persons. histories: ids that real people liked, a person each; one of them is what is wanted, others are the taste.

    Without histories the wanted item is drawn by popularity. Languages take turns. BadInput where the catalogue has no item
    of which enough can be said.
    """
    by_id = {i.id: i for i in items}
    sharing = _Sharing(items)
    rng = random.Random(f"people {catalog.name} {seed}")
    wells = [h for h in histories or () if any(i in by_id for i in h)]
    if histories is not None and not wells:
        raise BadInput(f"None of the histories has an item of {catalog.name}.")
    found: list[Person] = []
    for attempt in range(n * 40):
        if len(found) == n:
            break
        one = random.Random(f"{catalog.name} {seed} {attempt}")
        if wells:
            liked = [by_id[i] for i in rng.choice(wells) if i in by_id]
            wanted = one.choice(liked)
        else:
            wanted, liked = one.choices(items, [i.popularity + 0.02 for i in items])[0], []
        constraints = drawn(wanted, catalog, sharing, one)
        if len(constraints) < 3 or not secret_words(wanted, catalog):
            continue
        taste = [i for i in liked if i.id != wanted.id]
        one.shuffle(taste)
        patience = one.randint(LEAST_PATIENCE, MOST_PATIENCE)
        volunteers = any(c.told == "volunteered" for c in constraints)
        changes = one.choice((2, 3)) if volunteers and one.random() < CHANGES_MIND else None
        person = Person(
            id=f"p{seed}-{attempt}", seed=one.randrange(2**31), language=languages[len(found) % len(languages)],
            wanted=wanted, constraints=constraints, liked=tuple(taste[:TASTE]), patience=patience, changes_at=changes,
        )  # fmt: skip
        found.append(person)
    if len(found) < n:
        raise BadInput(f"Too little can be said of the items of {catalog.name} to simulate {n} people.")
    return found


def drawn(item: Item, catalog: Catalog, sharing: _Sharing, rng: random.Random) -> tuple[Constraint, ...]:
    """Three to six constraints that are true of the item, the readiest first."""
    facets = [
        f for f in catalog.facets if f.filter and f.type in ("category", "number", "bool") and item.values(f.name)
    ]
    wanted = rng.randint(3, 6)
    wishes: list[Wish] = []
    while facets and len(wishes) < wanted:
        facet = rng.choices(facets, [ROLE_WEIGHTS.get(f.role, 1.0) for f in facets])[0]
        true = [w for w in _true_of(item, facet, sharing, rng) if sharing.telling(w) and w not in wishes]
        if not facet.many or facet.type == "number" or not true or any(w.facet == facet.name for w in wishes):
            facets.remove(facet)  # of many values two may matter
        if true:
            wishes.append(true[0])
    first = rng.choices([n for n, _ in VOLUNTEERED], [p for _, p in VOLUNTEERED])[0]
    levels: list[Told] = ["volunteered"] * min(first, len(wishes))
    while len(levels) < len(wishes):
        levels.append("asked" if rng.random() < ASKED else "never")
    return tuple(Constraint(w, told) for w, told in zip(wishes, levels, strict=True))


class _Sharing:
    """How many items of a catalogue meet a wish, without asking each: values are counted once, a facet at a time."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._counts: dict[str, Counter[Any]] = {}

    def counts(self, facet: str) -> Counter[Any]:
        """Value -> how many items have it."""
        if facet not in self._counts:
            self._counts[facet] = Counter(v for item in self._items for v in set(item.values(facet)))
        return self._counts[facet]

    def telling(self, wish: Wish) -> bool:
        """Whether enough items share it, and not nearly all."""
        counts = self.counts(wish.facet or "")
        match wish.op:
            case "not_in":
                n = len(self._items) - sum(counts[v] for v in wish.value)
            case "between":
                n = sum(k for v, k in counts.items() if wish.value[0] <= v <= wish.value[1])
            case ">=":
                n = sum(k for v, k in counts.items() if v >= wish.value)
            case "<=":
                n = sum(k for v, k in counts.items() if v <= wish.value)
            case _:
                n = counts[wish.value]
        return FEWEST_SHARING <= n <= MOST_SHARING * len(self._items)

    def common(self, facet: Facet) -> list[Any]:
        """The values of a facet that many items have, the most frequent first."""
        return [v for v, _ in sorted(self.counts(facet.name).items(), key=lambda c: (-c[1], str(c[0])))[:12]]


def _true_of(item: Item, facet: Facet, sharing: _Sharing, rng: random.Random) -> Iterator[Wish]:
    """Wishes on a facet that the item meets, in the order they come to mind."""
    values = list(item.values(facet.name))
    if facet.type == "number":
        yield from (_wish(facet, op, value) for op, value in _bounds(facet, float(rng.choice(values)), rng))
        return
    if facet.type == "bool":
        yield _wish(facet, "=", values[0])
        return
    others = [v for v in sharing.common(facet) if v not in values]
    if facet.role != "person" and others and rng.random() < REFUSES:
        yield _wish(facet, "not_in", [rng.choice(others)])
    rng.shuffle(values)
    yield from (_wish(facet, "contains" if facet.many else "=", v) for v in values)


def _bounds(facet: Facet, value: float, rng: random.Random) -> Iterator[tuple[Op, Any]]:
    """Round bounds around an amount, never the amount itself."""
    if facet.role == "year":
        low = value // 10 * 10
        since, until = 5 * math.floor((value - rng.randint(1, 8)) / 5), 5 * math.ceil((value + rng.randint(1, 8)) / 5)
        forms: list[tuple[Op, Any]] = [("between", [low, low + 9]), (">=", float(since)), ("<=", float(until))]
        rng.shuffle(forms)
        yield from sorted(forms, key=lambda f: f[0] != "between" if rng.random() < 0.5 else 0)
        return
    step = _step(facet, value)
    over, under = step * (math.floor(value / step) + 1), step * (math.ceil(value / step) - 1)
    if facet.role == "rating":
        yield ">=", round(under, 6)
    elif facet.role == "price" and under > 0 and rng.random() < 0.3:
        yield "between", [round(under, 6), round(over, 6)]
    elif facet.role in ("price", "duration"):
        yield "<=", round(over, 6)
    if under > 0 and rng.random() < 0.5:
        yield ">=", round(under, 6)
    yield "<=", round(over, 6)


def _step(facet: Facet, value: float) -> float:
    """Between round numbers that people name: half hours for minutes, halves for ratings, else one or five of the first figure."""
    if facet.role == "duration" and facet.units.get("hour", facet.units.get("小时")) == 60:
        return 30.0
    if facet.role == "rating":
        return 0.5
    if value == 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(abs(value)))
    return size if abs(value) / size < 5 else 5 * size / 2


def _wish(facet: Facet, op: str, value: Any) -> Wish:
    return Wish(facet=facet.name, op=cast("Op", op), value=value)
