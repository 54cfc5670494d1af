"""What a model is shown of a catalogue, an item, a dialogue: short lines of plain text, the same wherever they appear.

Knows: vocabulary, labels. Does not know: prompts, models. The lines hold untrusted text; the prompt constructor disarms it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chatrec.language.describe import value_text, values_text
from chatrec.vocabulary import Catalog, Evidence, Exchange, Facet, Item, Wish

MOST_VALUES = 32  # of a closed vocabulary that are listed
_OP_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "!=": "not"}  # data holds no < or > signs


def facet_lines(catalog: Catalog) -> list[str]:
    """One line a facet that can be wished: `genres: any of Crime, Drama`. Byte-stable for a version of the catalogue."""
    return [f"{f.name}: {_kind_of(f)}" for f in catalog.facets if f.filter and f.type != "text"]


def _kind_of(facet: Facet) -> str:
    if facet.type == "bool":
        return "yes or no"
    if facet.type == "date":
        return "date, like 2024-05-31"
    if facet.type == "number":
        unit = facet.unit_label.get("en") or facet.unit
        return "year" if facet.role == "year" else f"number, in {unit}" if unit else "number"
    several = "several of" if facet.many else "one of"
    if not facet.values:
        return ("names" if facet.many else "name") if facet.role == "person" else f"{several} its values"
    names = list(facet.values)
    rest = ", ..." if len(names) > MOST_VALUES else ""
    return f"{several} {', '.join(names[:MOST_VALUES])}{rest}"


def title_year(item: Item, catalog: Catalog, language: str) -> str:
    """Heat (1995); the title alone where the catalogue knows no years."""
    year = catalog.by_role("year")
    when = values_text(year, item, language, 1) if year else ""
    return f"{item.title_in(language)} ({when})" if when else item.title_in(language)


def item_facts(item: Item, catalog: Catalog, language: str, wished: Iterable[str | None] = ()) -> tuple[str, str]:
    """(what tells most, the rest) of an item's facts beside title and year; facets with a wish tell most."""
    wished = set(wished)
    main: list[str] = []
    minor: list[str] = []
    persons = 0
    for facet in catalog.facets:
        if not facet.show or facet.role == "year":
            continue
        text = values_text(facet, item, language, 3 if facet.role != "person" else 2)
        if not text:
            continue
        persons += facet.role == "person"
        bare = (
            facet.role == "kind"
            or (facet.type == "number" and bool(facet.unit or facet.unit_label))
            or bool(facet.values)
        )
        line = text if bare and facet.type != "bool" else f"{facet.label_in(language)} {text}"
        tells = facet.name in wished or facet.role in ("kind", "price") or (facet.role == "person" and persons == 1)
        (main if tells else minor).append(line)
    return "; ".join(main), "; ".join(minor)


def evidence_codes(evidence: Sequence[Evidence], titles: dict[str, str]) -> str:
    """meets genres, year; shares Michael Mann with Heat; words; popular"""
    found: dict[str, list[str]] = {}
    for e in evidence:
        if e.code in ("shares", "people_also"):
            title = titles.get(e.item_id or "")
            if title:
                found.setdefault(
                    f"{e.code} {{}} with {title}" if e.code == "shares" else f"{e.code} {title}{{}}", []
                ).append(_value(e) if e.code == "shares" else "")
        elif e.code == "like_text":
            found.setdefault("words{}", []).append("")
        else:
            found.setdefault(f"{e.code} {{}}", []).append(e.facet or "")
    return "; ".join(" ".join(form.replace("{}", ", ".join(dict.fromkeys(v))).split()) for form, v in found.items())


def _value(evidence: Evidence) -> str:
    value = evidence.value
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or evidence.facet or "")


def wish_line(wish: Wish, catalog: Catalog, titles: dict[str, str]) -> str:
    """genres not_in Horror (said: "no horror"); the canonical form, for models."""
    facet = catalog.facet(wish.facet)
    values = wish.value if isinstance(wish.value, (list, tuple)) else [wish.value]
    if facet is None:
        text = titles.get(str(wish.value), str(wish.value))
    else:
        joint = " to " if wish.op == "between" else ", "
        text = joint.join(value_text(facet, v, "en") if wish.op != "sort" else str(v) for v in values)
    soft = "" if wish.hard or wish.op in ("like", "not_like", "sort") else ", if possible"
    said = f' (said: "{wish.words}")' if wish.words else ""
    return f"{f'{wish.facet} ' if wish.facet else ''}{_OP_WORDS.get(wish.op, wish.op)} {text}{soft}{said}"


def exchange_lines(history: Sequence[Exchange], most: int) -> list[dict[str, Any]]:
    """The latest exchanges, oldest first: what was said, and what was answered in short."""
    lines = []
    for e in history[-most:]:
        answer = f"showed {', '.join(e.titles[:5])}" if e.titles else e.text
        lines.append({"said": e.said, "answer": answer or e.kind})
    return lines
