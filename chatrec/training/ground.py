"""Training grounds: what messages can be about. Small catalogues written for training, the demo catalogue, or any catalogue of a store.

Knows: facets, words, indirect ways to say a value, titles, names. Does not know: phrases.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from chatrec.importing.facets import read_catalog
from chatrec.training.phrases import MESSAGES
from chatrec.vocabulary import Catalog, Facet, Item

HERE = Path(__file__).resolve().parent
CATALOGS = HERE / "catalogs"
DEMO = HERE.parent.parent / "catalog" / "films"
_LANGUAGES = ("en", "zh")
_ROUND_TITLES = 400


@dataclass(frozen=True)
class TrainingGround:
    """One catalogue to talk about.

    titles: language -> titles. names: facet -> values of an open vocabulary, each language -> spelling. ranges: number facet -> (low, high).
    hints: (facet, value) -> language -> indirect ways to say it; for a number facet the value is "low" or "high", for yes/no True.
    messages: the folder of those written whole.
    """

    catalog: Catalog
    titles: Mapping[str, Sequence[str]]
    names: Mapping[str, Sequence[Mapping[str, str]]]
    ranges: Mapping[str, tuple[float, float]]
    hints: Mapping[tuple[str, Any], Mapping[str, Sequence[str]]] = field(default_factory=dict)
    messages: Path = MESSAGES

    @property
    def name(self) -> str:
        return self.catalog.name


def training_grounds() -> list[TrainingGround]:
    """Those that the shipped planner is trained on: twelve written for it, and the demo's films."""
    found = [read_ground(p) for p in sorted(CATALOGS.glob("*.yaml")) if p.stem.count(".") == 0]
    return [*found, films()]


def read_ground(path: Path) -> TrainingGround:
    """A catalogue file: facets as in facets.yaml, with titles, names, ranges and hints of its own."""
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    titles = _titles(data.pop("titles", []))
    names, ranges, hints = {}, {}, {}
    facets = []
    for given in data.pop("facets"):
        name = given["name"]
        aliases = given.get("aliases", {})
        if listed := given.pop("names", None):
            names[name] = [_name(n, aliases) for n in listed]
        if bounds := given.pop("range", None):
            ranges[name] = (float(bounds[0]), float(bounds[1]))
        if told := given.pop("hints", None):
            if given["type"] == "bool":
                hints[name, True] = told
            else:
                hints |= {(name, end): words for end, words in told.items()}
        for value, words in (given.get("values") or {}).items():
            if told := words.pop("hints", None):
                hints[name, value] = told
        facets.append(Facet.model_validate(given))
    catalog = Catalog(**{"name": path.stem, **data, "facets": tuple(facets)})
    return TrainingGround(catalog, titles, names, ranges, hints)


def films() -> TrainingGround:
    """The demo catalogue, with the titles and people of its best-known films."""
    catalog = read_catalog(DEMO / "facets.yaml", "films")
    known: list[dict[str, Any]] = yaml.safe_load((DEMO / "best_known.yaml").read_text("utf-8"))
    told: dict[str, Any] = yaml.safe_load((CATALOGS / "films.hints.yaml").read_text("utf-8"))
    items = [
        Item(
            id=k["id"],
            title=k["title"],
            titles=k.get("titles") or {},
            attributes={
                f.name: tuple(v) if isinstance(v := k[f.name], list) else v for f in catalog.facets if f.name in k
            },
        )
        for k in known
        if "title" in k
    ]
    hints = {(f, v): words for f, values in told.items() for v, words in values.items()}
    return ground_of(catalog, items, hints)


def ground_of(
    catalog: Catalog, items: Iterable[Item], hints: Mapping[tuple[str, Any], Mapping[str, Sequence[str]]] | None = None
) -> TrainingGround:
    """Any catalogue as a training ground: its own words, values, titles and ranges."""
    found = list(items)
    names: dict[str, list[Mapping[str, str]]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for facet in catalog.facets:
        have = [v for i in found for v in i.values(facet.name)]
        if facet.type == "number" and (numbers := sorted(float(v) for v in have)):
            ranges[facet.name] = (numbers[len(numbers) // 20], numbers[-1 - len(numbers) // 20])
        elif facet.type == "category" and not facet.values:
            most = dict.fromkeys(str(v) for v in have)
            names[facet.name] = [{x: facet.value_label(v, x) for x in _LANGUAGES} for v in list(most)[:_ROUND_TITLES]]
    titles = {x: [i.title_in(x) for i in found[:_ROUND_TITLES]] for x in _LANGUAGES}
    return TrainingGround(catalog, titles, names, ranges, dict(hints or {}))


def invented_items(ground: TrainingGround, seed: int = 1) -> list[Item]:
    """Items for a ground that has only titles and values: one a title, its values drawn."""
    rng = random.Random(f"{seed}:{ground.name}:items")
    items = []
    for n, (en, zh) in enumerate(zip(ground.titles["en"], ground.titles["zh"], strict=True)):
        have = {f.name: v for f in ground.catalog.facets if (v := _drawn(ground, f, rng)) is not None}
        items.append(Item(id=f"{ground.name}-{n}", title=en, titles={"en": en, "zh": zh}, attributes=have))
    return items


def _drawn(ground: TrainingGround, facet: Facet, rng: random.Random) -> object:
    if facet.type == "bool":
        return rng.random() < 0.5
    if facet.type == "number" and facet.name in ground.ranges:
        low, high = ground.ranges[facet.name]
        return round(rng.uniform(low, high))
    if facet.type == "category":
        values = list(facet.values) or [n["en"] for n in ground.names.get(facet.name, ())]
        if values:
            return tuple(rng.sample(values, min(len(values), rng.randint(1, 2)))) if facet.many else rng.choice(values)
    return None


def _titles(listed: Sequence[Any]) -> dict[str, list[str]]:
    given = [t if isinstance(t, dict) else {x: str(t) for x in _LANGUAGES} for t in listed]
    return {x: [str(t.get(x) or t["en"]) for t in given] for x in _LANGUAGES}


def _name(name: Any, aliases: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, str]:
    if isinstance(name, dict):
        return {x: str(name.get(x) or name.get("en")) for x in _LANGUAGES}
    return {x: str((aliases.get(str(name), {}).get(x) or [name])[0]) for x in _LANGUAGES}
