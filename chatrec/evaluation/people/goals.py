"""People with somebody else's wishes: the goals of CrossWOZ's validation dialogues (Zhu et al., TACL 2020), as they were given to its people.

Knows: how a goal is written, and that what is wanted is drawn among what meets it. Does not know: how a talk goes.
A goal about a restaurant counts when it wishes for something and names no restaurant, nor asks for one near another place: neither
can be said without naming what is wanted, or in wishes on its facets.
"""

from __future__ import annotations

import json
import random
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from chatrec.errors import BadInput
from chatrec.evaluation.people.leaks import secret_words
from chatrec.evaluation.people.person import LEAST_PATIENCE, MOST_PATIENCE, VOLUNTEERED, Constraint, Person, Told
from chatrec.vocabulary import Catalog, Item, Language, Wish

Goal = tuple[Wish, ...]
_NAME = "名称"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def crosswoz_goals(folder: Path, catalog: Catalog, domain: str = "餐馆") -> list[Goal]:
    """The wishes of each goal about one kind of place, in the goal's order. BadInput where the corpus is not."""
    try:
        with zipfile.ZipFile(folder / "val.json.zip") as packed:
            corpus = json.loads(packed.read("val.json"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadInput(f"{folder} holds no CrossWOZ (val.json.zip): {error}.") from error
    found: list[Goal] = []
    for dialogue in corpus.values():
        parts: dict[int, list[tuple[str, str | list[str]]]] = {}
        for number, where, slot, value, _ in dialogue["goal"]:
            if where == domain and value:
                parts.setdefault(number, []).append((slot, value))
        for part in parts.values():
            wishes = tuple(w for slot, value in part for w in _wishes(slot, value, catalog))
            if wishes and not any(slot == _NAME for slot, _ in part):
                found.append(wishes)
    return found


def _wishes(slot: str, value: str | list[str], catalog: Catalog) -> list[Wish]:
    facet = catalog.facet(slot)
    if facet is None or not facet.filter:
        return []
    values = [value] if isinstance(value, str) else value
    if facet.type != "number":
        return [Wish(facet=slot, op="contains" if facet.many else "=", value=v) for v in values]
    text = values[0]
    amounts = [float(n) for n in _NUMBER.findall(text)]
    if len(amounts) > 1:
        return [Wish(facet=slot, op="between", value=amounts[:2])]
    if amounts and text.endswith(("以上", "以下")):
        return [Wish(facet=slot, op=">=" if text.endswith("以上") else "<=", value=amounts[0])]
    return []


def people_of_goals(
    catalog: Catalog, items: Sequence[Item], goals: Sequence[Goal], n: int, *, seed: int = 1, language: Language = "zh"
) -> list[Person]:
    """n persons, each with a goal drawn without putting back while there are some; wanted is one of the items that meet all of it.

    None, one or two of the wishes come by themselves, like other people's; the rest is told when asked, nothing is kept back.
    Raises BadInput where no goal can be met.
    """
    rng = random.Random(f"goals {catalog.name} {seed}")
    nameable = [i for i in items if secret_words(i, catalog)]
    met = [(g, fitting) for g in goals if (fitting := [i for i in nameable if all(w.meets(i) for w in g)])]
    if not met:
        raise BadInput(f"None of the goals can be met by an item of {catalog.name}.")
    drawn: list[tuple[Goal, list[Item]]] = []
    while len(drawn) < n:
        drawn += rng.sample(met, min(len(met), n - len(drawn)))
    people = []
    for number, (goal, fitting) in enumerate(drawn):
        first = rng.choices([k for k, _ in VOLUNTEERED], [p for _, p in VOLUNTEERED])[0]
        levels: list[Told] = ["volunteered" if k < first else "asked" for k in range(len(goal))]
        people.append(
            Person(
                id=f"g{seed}-{number}",
                seed=rng.randrange(2**31),
                language=language,
                wanted=rng.choice(fitting),
                constraints=tuple(Constraint(w, told) for w, told in zip(goal, levels, strict=True)),
                patience=rng.randint(LEAST_PATIENCE, MOST_PATIENCE),
            )
        )
    return people
