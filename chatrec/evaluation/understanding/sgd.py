"""The Schema-Guided Dialogue corpus (Rastogi et al., AAAI 2020; CC BY-SA 4.0), its English search dialogues, as labelled dialogues.

Knows: its files, and which of its slots are facets of items. Does not know: how anything is read.

Wishes: the values of a person's INFORM acts on facets, canonical; `dontcare` takes back. Not scored: slots of a booking (dates,
times, seats, rooms, subtitles, playback devices) and names of items, which are no wishes. The catalogue of a service: the items of
its search results, plus every canonical value that a person informs of. Other spellings of a value ("comic") are the catalogue's
words only where the `write` part has them: what the `judge` part adds stays unknown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatrec.errors import BadInput
from chatrec.evaluation.understanding.labels import (
    Before,
    Form,
    Gold,
    Ground,
    Labelled,
    LabelledSet,
    LabelledTurn,
    Part,
    part_of,
)
from chatrec.vocabulary import Catalog, Facet, Item, Kind

NAME = "sgd"
SEARCHES = ("Find", "Search", "Lookup")


@dataclass(frozen=True)
class Service:
    """One service as a catalogue. title: the slot with an item's name. slots: slot -> its facet."""

    title: str
    noun: tuple[str, ...]
    facets: tuple[Facet, ...]


def _facet(name: str, type: str = "category", **more: Any) -> Facet:
    for key in ("label", "words", "cues"):
        if key in more:
            value = more[key]
            more[key] = {"en": [value] if isinstance(value, str) else list(value)} if key != "label" else {"en": value}
    return Facet.model_validate({"name": name, "type": type, **more})


_ADDRESS: dict[str, Any] = {
    "type": "text",
    "label": "address",
    "words": ("address", "located", "where it is"),
    "filter": False,
}
_PHONE: dict[str, Any] = {
    "type": "text",
    "label": "phone number",
    "words": ("phone number", "phone", "contact number", "number", "contact"),
    "filter": False,
}
_MOVIE = ("movie", "movies", "film", "films")
_HOTEL = ("hotel", "hotels", "place to stay", "places to stay", "accommodation", "accommodations")
_STARS: dict[str, Any] = {
    "unit": "star",
    "units": {"star": 1, "stars": 1, "star rating": 1},
    "words": ("star rating", "rating", "rated"),
}
SERVICES = {
    "Restaurants_2": Service(
        "restaurant_name",
        ("restaurant", "restaurants", "place to eat", "places to eat", "eatery"),
        (
            _facet("category", role="kind", label="food", words=("food", "cuisine", "category")),
            _facet("location", role="place", label="city", words=("city", "area", "location")),
            _facet("price_range", label="price range", words=("price range", "priced", "price")),
            _facet("has_seating_outdoors", "bool", label="outdoor seating", words=("outdoor seating", "seating outdoors", "outside seating")),
            _facet("has_vegetarian_options", "bool", label="vegetarian options", words=("vegetarian options", "vegetarian", "vegetarian food")),
            _facet("rating", "number", role="rating", label="rating"),
            _facet("address", **_ADDRESS),
            _facet("phone_number", **_PHONE),
        ),
    ),
    "Hotels_1": Service(
        "hotel_name",
        _HOTEL,
        (
            _facet("destination", role="place", label="city", words=("city", "destination", "location", "area")),
            _facet("star_rating", "number", label="star rating", **_STARS),
            _facet("has_wifi", "bool", label="wifi", words=("wifi", "wi-fi", "internet", "wireless internet")),
            _facet("price_per_night", "number", role="price", unit="$", label="price per night", words=("price", "cost", "rate")),
            _facet("street_address", **_ADDRESS),
            _facet("phone_number", **_PHONE),
        ),
    ),
    "Hotels_4": Service(
        "place_name",
        _HOTEL,
        (
            _facet("location", role="place", label="city", words=("city", "destination", "location", "area")),
            _facet("star_rating", "number", label="star rating", **_STARS),
            _facet("smoking_allowed", "bool", label="smoking allowed", words=("smoking", "smoking allowed", "smoke")),
            _facet("price_per_night", "number", role="price", unit="$", label="price per night", words=("price", "cost", "rate")),
            _facet("street_address", **_ADDRESS),
            _facet("phone_number", **_PHONE),
        ),
    ),
    "Media_2": Service(
        "movie_name",
        _MOVIE,
        (
            _facet("genre", role="kind", label="genre"),
            _facet("director", role="person", label="director", words=("director", "directed"), cues=("by", "directed by", "director", "from director")),
            _facet("actors", role="person", many=True, label="actors", words=("actor", "actors", "actress", "cast"), cues=("with", "starring", "featuring", "stars", "acted by")),
            _facet("price", "number", role="price", unit="$", label="price"),
        ),
    ),
    "Movies_2": Service(
        "title",
        _MOVIE,
        (
            _facet("genre", role="kind", label="genre"),
            _facet("director", role="person", label="director", words=("director", "directed"), cues=("by", "directed by", "director", "from director")),
            _facet("starring", role="person", many=True, label="cast", words=("actor", "actors", "actress", "cast"), cues=("with", "starring", "featuring", "stars", "acted by")),
            _facet("aggregate_rating", "number", role="rating", label="rating"),
        ),
    ),
    "Music_1": Service(
        "song_name",
        ("song", "songs", "music", "track", "tracks", "tune", "tunes"),
        (
            _facet("artist", role="person", label="artist", words=("artist", "singer", "band"), cues=("by", "sung by", "from", "artist", "performed by")),
            _facet("album", label="album", words=("album", "record"), cues=("album", "from the album", "off the album", "on the album")),
            _facet("genre", role="kind", label="genre"),
            _facet("year", "number", role="year", label="year", words=("year", "released")),
        ),
    ),
    "Events_1": Service(
        "event_name",
        ("event", "events", "show", "shows", "something to do"),
        (
            _facet("category", role="kind", label="kind of event", words=("category",)),
            _facet("subcategory", label="music genre or sport", words=("subcategory",)),
            _facet("city_of_event", role="place", label="city", words=("city", "location", "area")),
            _facet("event_location", label="venue", words=("venue",)),
            _facet("address_of_location", **_ADDRESS),
        ),
    ),
}  # fmt: skip


def read(folder: Path, part: Part = "all") -> LabelledSet:
    """Every dialogue of the folder's dialogues_*.json about one of SERVICES. Raises BadInput where there is none."""
    files = sorted(folder.glob("dialogues_*.json"))
    if not files:
        raise BadInput(f"{folder} holds no dialogues_*.json of Schema-Guided Dialogue.")
    corpus = [d for file in files for d in json.loads(file.read_text(encoding="utf-8"))]
    grounds = {name: _ground(name, service, corpus) for name, service in SERVICES.items()}
    dialogues: list[Labelled] = []
    left_out: Counter[str] = Counter()
    for dialogue in corpus:
        if part in ("all", part_of(NAME, dialogue["dialogue_id"])):
            dialogues += _dialogues(dialogue, grounds, left_out)
    return LabelledSet(NAME, dialogues, grounds, left_out)


def _frames(dialogue: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(speaker, utterance, frame) of each turn's frame about a known service. A turn in which a person turns to another service
    ("thanks; now a song") has a frame of each: only the service that it turns to counts, and only if it is known."""
    for turn in dialogue["turns"]:
        frames = turn["frames"]
        if turn["speaker"] == "USER" and len(frames) > 1:
            frames = [f for f in frames if any(a["act"] == "INFORM_INTENT" for a in f["actions"])][-1:]
        for frame in frames:
            if frame["service"] in SERVICES:
                yield turn["speaker"], turn["utterance"], frame


# ---------------------------------------------------------------------- a service as a catalogue


def _ground(name: str, service: Service, corpus: Sequence[Mapping[str, Any]]) -> Ground:
    facets = {f.name: f for f in service.facets}
    found: dict[str, dict[str, dict[Any, None]]] = {}
    values: dict[str, dict[str, dict[str, None]]] = {f: {} for f in facets}
    for dialogue in corpus:
        writes = part_of(NAME, dialogue["dialogue_id"]) == "write"
        for speaker, _, frame in _frames(dialogue):
            if frame["service"] != name:
                continue
            for row in frame.get("service_results", ()):
                kept = found.setdefault(row[service.title], {})
                for slot, facet in facets.items():
                    if (value := _value(facet, row.get(slot))) is not None:
                        kept.setdefault(slot, {})[value] = None
            if speaker != "USER":
                continue
            for act in frame["actions"]:
                about = facets.get(act["slot"])
                if act["act"] != "INFORM" or about is None or about.type != "category":
                    continue
                for said, canonical in zip(act["values"], act["canonical_values"], strict=True):
                    if canonical != "dontcare":
                        words = values[about.name].setdefault(canonical, {})
                        if writes and about.role not in ("person", "place"):
                            words[said] = None
    declared = tuple(
        f.model_copy(update={"values" if f.role != "person" else "aliases": {v: {"en": [v, *w]} for v, w in values[f.name].items()}})
        if f.type == "category"
        else f
        for f in service.facets
    )  # fmt: skip
    items = [
        Item(
            id=f"{name}-{n}",
            title=title,
            attributes={s: tuple(v) if facets[s].many else next(iter(v)) for s, v in kept.items()},
        )
        for n, (title, kept) in enumerate(sorted(found.items()))
    ]
    catalog = Catalog(
        name=name, noun={"en": list(service.noun), "zh": []}, facets=declared, version="1", items=len(items)
    )
    return Ground(catalog, items)


def _value(facet: Facet, text: Any) -> Any:
    if text in (None, "", "dontcare"):
        return None
    if facet.type == "bool":
        return text == "True"
    if facet.type == "text":
        return str(text)
    return float(text) if facet.type == "number" else text


# ---------------------------------------------------------------------- dialogues


def _dialogues(
    dialogue: Mapping[str, Any], grounds: Mapping[str, Ground], left_out: Counter[str]
) -> Iterator[Labelled]:
    """A conversation cut by service: each part is about one catalogue."""
    turns: dict[str, list[LabelledTurn]] = {}
    before: dict[str, Before] = {}
    for speaker, text, frame in _frames(dialogue):
        service = frame["service"]
        ids = {i.title: i.id for i in grounds[service].items}
        if speaker == "SYSTEM":
            before[service] = _before(text, frame, SERVICES[service].title, ids)
            continue
        turns.setdefault(service, []).append(
            _turn(text, frame, grounds[service].catalog, before.pop(service, None), left_out)
        )
    for service, found in turns.items():
        yield Labelled(
            id=f"{dialogue['dialogue_id']} {service}",
            group=dialogue["dialogue_id"],
            catalog=service,
            language="en",
            turns=tuple(found),
        )


def _before(text: str, frame: Mapping[str, Any], title: str, ids: Mapping[str, str]) -> Before:
    acts = {a["act"] for a in frame["actions"]}
    shown = [v for a in frame["actions"] if a["act"] == "OFFER" and a["slot"] == title for v in a["canonical_values"]]
    kind: Kind = "converse"
    for act, means in (
        ("OFFER", "recommend"),
        ("REQUEST", "ask"),
        ("INFORM", "lookup"),
        ("NOTIFY_FAILURE", "none_fit"),
    ):
        if act in acts:
            kind = means  # type: ignore[assignment]
            break
    return Before(kind=kind, text=text, shown=tuple(ids[t] for t in shown if t in ids))


def _turn(
    text: str, frame: Mapping[str, Any], catalog: Catalog, before: Before | None, left_out: Counter[str]
) -> LabelledTurn:
    wishes: list[Gold] = []
    dropped: list[str] = []
    for act in frame["actions"]:
        if act["act"] != "INFORM":
            continue
        facet = catalog.facet(act["slot"])
        if facet is None or not facet.filter:
            left_out["values of a booking, or an item's name"] += 1
            continue
        for canonical in act["canonical_values"]:
            if canonical == "dontcare":
                dropped.append(facet.name)
            else:
                wishes.append(_gold(facet, canonical))
    return LabelledTurn(
        text=text, before=before, wishes=tuple(wishes), drops=tuple(dropped), kind=_kinds(frame, wishes)
    )


def _gold(facet: Facet, canonical: str) -> Gold:
    value = _value(facet, canonical)
    if facet.type == "bool":  # "no smoking" refuses what allows it; "without wifi" may as well ask for the opposite
        other = [] if value else [Form(op="not_in", value=[True])]
        return Gold(facet=facet.name, op="=", value=value, alternatives=tuple(other))
    if facet.role == "year":  # "from about six years back"
        return Gold(
            facet=facet.name, op="=", value=value, alternatives=(Form(op="between", value=[value - 2, value + 2]),)
        )
    return Gold(facet=facet.name, op="contains" if facet.many else "=", value=value)


def _kinds(frame: Mapping[str, Any], wishes: Sequence[Gold]) -> tuple[Kind, ...]:
    """The decisions that are right after a person's acts; none where they are about booking, or only agree."""
    acts = {a["act"] for a in frame["actions"]}
    intents = [v for a in frame["actions"] if a["act"] == "INFORM_INTENT" for v in a["canonical_values"]]
    searches = bool(wishes) or "REQUEST_ALTS" in acts or any(i.startswith(SEARCHES) for i in intents)
    if "REQUEST" in acts:
        return ("lookup", "recommend") if searches else ("lookup",)
    if searches:
        return ("recommend", "ask")
    if acts <= {"THANK_YOU", "GOODBYE", "NEGATE"} and acts != {"NEGATE"}:
        return ("converse", "noted")
    return ()
