"""The planner's language: what a small local model is shown of a turn, and the one line that it answers with.

    find; genres: Comedy; runtime: max two hours; not genres: Horror; like: Heat; drop: year
    talk

The first word is the kind of turn, the rest the wishes that code did not hear. Amounts are copied as the person wrote them, and code
reads them; a value is one of the facet's, or the person's word for it. A grammar holds the model to this form, `parse` reads nothing else.

Knows: this language, in both directions. Does not know: models, what may stand of a plan (understand.decide).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from chatrec.language.describe import value_text
from chatrec.language.sentences import noun
from chatrec.vocabulary import Catalog, Exchange, Facet, FeedbackKind, Heard, Kind, Ledger, Said, Turn, Wish

PlanKind = Literal["find", "lookup", "explain", "compare", "seen", "liked", "disliked", "talk"]
PLAN_KINDS: tuple[PlanKind, ...] = get_args(PlanKind)
KIND_OF: Mapping[str, Kind] = {
    "find": "recommend", "lookup": "lookup", "explain": "explain", "compare": "compare",
    "seen": "noted", "liked": "noted", "disliked": "noted", "talk": "converse",
}  # fmt: skip
FEEDBACK_OF: Mapping[str, FeedbackKind] = {"seen": "seen", "liked": "like", "disliked": "dislike"}
MAX_TOKENS = 64
LISTED = 24  # a vocabulary of so many values is listed, a longer one only named
MOST_WISHES, LONGEST = 6, 48
_SIGNS: Mapping[str, str] = {
    "max": "<=",
    "min": ">=",
    "under": "<",
    "over": ">",
    "about": "~",
}  # a prompt disarms < and >
_WORDS = {sign: word for word, sign in _SIGNS.items()}


@dataclass(frozen=True)
class Planned:
    """One wish of a plan, as it was written: `facet` is a facet's name, "like" or "drop"."""

    facet: str
    value: str
    sign: str = ""  # <=, >=, <, >, ~, "low", "high", or "range" (value "a .. b")
    refused: bool = False
    soft: bool = False
    part: int = field(default=0, compare=False)  # which part of the line it was read from


@dataclass(frozen=True)
class Plan:
    """A line that was read."""

    kind: PlanKind
    wishes: tuple[Planned, ...] = ()


# --------------------------------------------------------------------------- what is shown


def plan_facets(catalog: Catalog) -> list[str]:
    """One short line a facet that can be wished; byte-stable for a version of the catalogue."""
    return [f"{f.name}: {_shape(f)}" for f in plan_facets_of(catalog)]


def plan_facets_of(catalog: Catalog) -> list[Facet]:
    return [f for f in catalog.facets if f.filter and f.type != "text"]


def _shape(facet: Facet) -> str:
    if facet.type == "bool":
        return "yes, no"
    if facet.type == "date":
        return "date"
    if facet.type == "number":
        unit = facet.unit_label.get("en") or facet.unit
        return "year" if facet.role == "year" else f"number, {unit}" if unit else "number"
    if facet.values and len(facet.values) <= LISTED:
        return ", ".join(facet.values)
    return "name" if facet.role == "person" else "word"


def plan_inputs(
    catalog: Catalog, said: str, *, ledger: Ledger, heard: Sequence[str], last: str, named: Sequence[str]
) -> dict[str, Any]:
    """Everything prompts/plan.md needs. heard: wishes in the planner's form; last: what the latest answer did."""
    return {
        "nouns": noun(catalog, "en", 2),
        "facets": plan_facets(catalog),
        "wishes": [t for w in ledger.wishes if (t := wish_text(w, catalog))],
        "last": last,
        "named": list(named),
        "heard": list(heard),
        "said": " ".join(said.split()),
    }


def turn_inputs(catalog: Catalog, said: Said, heard: Heard, turn: Turn) -> dict[str, Any]:
    """The same from a turn as it is met."""
    items = {i.id: i.title_in(turn.language) for i in (*heard.items, *turn.last_items)}
    told = [t for w in heard.wishes if (t := wish_text(w, catalog, items))]
    gone = {w.facet for i in heard.drops if (w := turn.ledger.get(i)) and w.facet}
    told += [f"drop: {name}" for name in sorted(gone)]
    named = [i.title_in(turn.language) for i in (heard.items or heard.pointed or heard.perhaps)[:3]]
    last = last_text(turn.history[-1] if turn.history else None)
    return plan_inputs(catalog, said.text, ledger=turn.ledger, heard=told, last=last, named=named)


def last_text(exchange: Exchange | None) -> str:
    """What the latest answer did, in two words."""
    if exchange is None:
        return ""
    if exchange.item_ids:
        return f"showed {len(exchange.item_ids)}" + (", asked" if exchange.text.rstrip().endswith(("?", "？")) else "")
    return {"ask": "asked", "lookup": "told", "explain": "explained", "compare": "compared", "noted": "noted"}.get(
        exchange.kind, "talked"
    )


# --------------------------------------------------------------------------- writing


def wish_text(wish: Wish, catalog: Catalog, titles: Mapping[str, str] | None = None) -> str:
    """A canonical wish in the planner's form; empty where it has none (likeness in free words). titles: of items by id."""
    facet = catalog.facet(wish.facet)
    values = wish.value if isinstance(wish.value, (list, tuple)) else [wish.value]
    if wish.op in ("like", "not_like"):
        title = (titles or {}).get(str(wish.value), "")
        return f"{'not ' if wish.op == 'not_like' else ''}like: {title[:LONGEST]}" if title else ""
    if facet is None:
        return ""
    if wish.op == "sort":
        return f"{facet.name}: {'low' if wish.value == 'asc' else 'high'}"
    told = [_value(facet, v) for v in values]
    soft = "" if wish.hard else "?"
    if wish.op == "between":
        return f"{facet.name}: {told[0]} .. {told[1]}{soft}"
    if wish.op in ("<", "<=", ">", ">="):
        return f"{facet.name}: {_WORDS[wish.op]} {told[0]}{soft}"
    return f"{'not ' if wish.op in ('not_in', '!=') else ''}{facet.name}: {' or '.join(told)}{soft}"


def _value(facet: Facet, value: Any) -> str:
    if facet.type == "bool":
        return "yes" if value else "no"
    if facet.type == "number":
        return value_text(facet, value, "en") if facet.role == "year" else f"{value:g}"
    return str(value)


def planned_text(wish: Planned) -> str:
    """A wish as the planner writes it."""
    sign = f"{_WORDS[wish.sign]} " if wish.sign in _WORDS else ""
    value = wish.sign if wish.sign in ("low", "high") else wish.value
    return f"{'not ' if wish.refused else ''}{wish.facet}: {sign}{value}{'?' if wish.soft else ''}"


def line(plan: Plan) -> str:
    return "; ".join([plan.kind, *map(planned_text, plan.wishes)])


# --------------------------------------------------------------------------- reading


KINDS_ALONE = "root ::= " + " | ".join(f'"{k}"' for k in PLAN_KINDS) + "\n"


def grammar(catalog: Catalog) -> str:
    """The language as a GBNF grammar over the facets of one catalogue; what it lets through, `parse` reads."""
    names = " | ".join(f'"{f.name}: "' for f in plan_facets_of(catalog))
    drops = " | ".join(f'"{f.name}"' for f in plan_facets_of(catalog))
    kinds = " | ".join(f'"{k}"' for k in PLAN_KINDS)
    wish = f'"drop: " ({drops}) | "not "? ({names} | "like: ") text' if names else '"not "? "like: " text'
    return (
        f'root ::= kind ("; " wish){{0,{MOST_WISHES}}}\nkind ::= {kinds}\nwish ::= {wish}\n'
        f"text ::= [^;\\n \\x00-\\x1F] [^;\\n\\x00-\\x1F]{{0,{LONGEST - 1}}}\n"
    )


def parse(text: str, catalog: Catalog) -> Plan | None:
    """A line as a plan. None for what is no line of this language; a wish that can't be read is left out."""
    kind, *rest = (part.strip() for part in text.strip().split(";"))
    if kind not in PLAN_KINDS:
        return None
    wishes = [replace(w, part=n) for n, part in enumerate(rest[:MOST_WISHES], 1) if (w := _planned(part, catalog))]
    return Plan(kind, tuple(wishes))  # type: ignore[arg-type]


def _planned(part: str, catalog: Catalog) -> Planned | None:
    name, colon, value = part.partition(":")
    name, value = name.strip(), value.strip()
    refused = name.startswith("not ")
    name = name.removeprefix("not ").strip()
    soft = value.endswith("?")
    value = value.removesuffix("?").strip()
    if not colon or not value or len(value) > LONGEST:
        return None
    if name == "drop":
        facet = catalog.facet(value)
        return Planned("drop", facet.name) if facet and not refused else None
    if name == "like":
        return Planned("like", value, refused=refused)
    facet = catalog.facet(name)
    if facet is None:
        return None
    sign = ""
    if facet.type in ("number", "date"):
        if value in ("low", "high"):
            return Planned(facet.name, "", sign=value)
        word, _, rest = value.partition(" ")
        sign = _SIGNS.get(word, "range" if ".." in value else "")
        value = rest.strip() if word in _SIGNS else value
    return Planned(facet.name, value, sign, refused, soft) if value else None
