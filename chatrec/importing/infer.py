"""Which column is the id, the title, a facet of which type and role: inferred from names and values.

Knows: names (known.yaml) and how values of a type look. Does not know: any one domain. What is declared wins over what is inferred.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from chatrec.errors import BadInput
from chatrec.importing import values as v
from chatrec.importing.columns import PREFER, Column, Use, columns_of, separator_of, typed
from chatrec.importing.facets import RESERVED, Declared, DeclaredFacet, hint
from chatrec.importing.known import (
    facet_key,
    facet_rank,
    field_rank,
    is_unused,
    known,
    labels_of,
    plain,
    slug,
    unit_of,
)
from chatrec.importing.rows import Table
from chatrec.language.normal import normal
from chatrec.vocabulary import Facet

_FIRST = ("year", "kind", "price", "rating", "duration", "person", "place")  # roles, by how soon a card tells them


@dataclass(frozen=True)
class Plan:
    uses: tuple[Use, ...]

    def column(self, becomes: str) -> str | None:
        return next((u.column for u in self.uses if u.becomes == becomes), None)

    declared: tuple[str, ...] = ()  # names of facets that a file declares, in its order

    @property
    def facets(self) -> tuple[Facet, ...]:
        """In the order in which cards show them: as declared, then what people ask for first."""
        facets = [u.facet for u in self.uses if u.facet is not None]
        return tuple(sorted(facets, key=self._place))

    def _place(self, facet: Facet) -> tuple[int, int]:
        if facet.name in self.declared:
            return 0, self.declared.index(facet.name)
        return 1, _FIRST.index(facet.role) if facet.role in _FIRST else 99 if facet.type == "text" else len(_FIRST)


def infer(
    table: Table, declared: Declared | None = None, id_field: str | None = None, title_field: str | None = None
) -> Plan:
    """The plan for a file. BadInput where a named column is not there, or where no column can be the title."""
    columns = columns_of(table)
    declared = declared or Declared("")
    fields = dict(declared.fields)
    fields |= {k: c for k, c in (("id", id_field), ("title", title_field)) if c}
    taken: dict[str, Use] = {}  # by column; where a column becomes two things, the second has a space behind its name
    for item_field, name in fields.items():
        column = _named(columns, name, f"the {item_field.replace('_', ' ')}")
        taken[column.name] = Use(column.name, item_field, filled=column.filled)
    for name in declared.ignore:
        column = _named(columns, name, "`ignore`")
        taken.setdefault(
            column.name, Use(column.name, "unused", filled=column.filled, note="ignored, as the facet file says")
        )
    for given in declared.facets:
        column = _column_of(given, columns, declared)
        if column.name in taken and taken[column.name].becomes == "facet":
            declared.wrong(given.line, f'two facets read the column "{column.name}".')
        use = _declared_use(given, column)
        taken[column.name if column.name not in taken else f"{column.name} "] = use  # a field may be a facet too
    _find_fields(columns, taken)
    _find_facets(columns, taken)
    order = {name: n for n, name in enumerate(columns)}
    uses = sorted(taken.values(), key=lambda u: order.get(u.column, len(order)))
    return Plan(tuple(_without_doubles(uses)), tuple(f.name for f in declared.facets))


def _named(columns: dict[str, Column], name: str, what: str) -> Column:
    for candidate in columns.values():
        if candidate.name == name or plain(candidate.name) == plain(name):
            return candidate
    raise BadInput(
        f'There is no column "{name}" for {what}; {hint(name, columns)}the columns are: {", ".join(columns)}.'
    )


def _column_of(given: DeclaredFacet, columns: dict[str, Column], declared: Declared) -> Column:
    wanted = given.column or given.name
    for column in columns.values():
        if column.name == wanted or slug(column.name) == slug(wanted):
            return column
    declared.wrong(
        given.line,
        f'facet "{given.name}": there is no column "{wanted}"; {hint(wanted, columns)}'
        f"name one with `column`: {', '.join(columns)}.",
    )


# --------------------------------------------------------------------------- item fields


def _find_fields(columns: dict[str, Column], taken: dict[str, Use]) -> None:
    def free(item_field: str) -> list[Column]:
        found = [
            (rank, c)
            for c in columns.values()
            if c.name not in taken and (rank := field_rank(item_field, c.name)) is not None
        ]
        return [c for _, c in sorted(found, key=lambda pair: pair[0])]

    def have(item_field: str) -> bool:
        return any(u.becomes == item_field for u in taken.values())

    def take(column: Column, item_field: str, note: str = "") -> None:
        taken[column.name] = Use(column.name, item_field, filled=column.filled, note=note)

    def is_id(c: Column, variety: float) -> bool:
        return c.filled > 0.8 and c.variety > variety and c.length <= 64

    if not have("title"):
        titles = [*free("title"), *free("model"), *free("title_en"), *free("title_zh")]
        title = next((c for c in titles if c.filled > 0.5 and c.share(_wordy) > 0.5), None) or _title_by_values(
            columns, taken
        )
        take(title, "title", "" if titles else "no column is called title or name; this one looks like it")
    if not have("id"):
        endings = [
            c for c in columns.values() if c.name not in taken and re.search(r"(^| )(id|sku|no)$", plain(c.name))
        ]
        found = next((c for c in free("id") if is_id(c, 0.5)), None) or next(
            (c for c in endings if is_id(c, 0.95)), None
        )
        if found:
            take(found, "id")
    for item_field, fits in (
        ("title_en", _wordy), ("title_zh", _wordy), ("description", _wordy), ("description_en", _wordy),
        ("description_zh", _wordy), ("image_url", v.web_address), ("url", v.web_address),
    ):  # fmt: skip
        if not have(item_field):
            found = next((c for c in free(item_field) if c.share(fits) > 0.5), None)
            if found:
                take(found, item_field)
    if not have("popularity"):
        counts = [c for c in free("popularity") if c.share(v.quantity) > 0.9]
        ranks = [c for c in free("rank") if c.share(v.quantity) > 0.9]
        if counts:
            take(counts[0], "popularity", "more is more popular")
        elif ranks:
            take(ranks[0], "rank", "1 is the most popular")
    for more in [*free("popularity"), *free("image_url"), *free("url")]:
        if not (field_rank("popularity", more.name) is not None and more.share(v.quantity) < 0.9):
            taken[more.name] = Use(more.name, "unused", filled=more.filled, note="another column says it")
    _find_description(columns, taken)
    titled = next(u.column for u in taken.values() if u.becomes == "title")
    if field_rank("model", titled) is not None:
        brand = next((c for c in columns.values() if c.name not in taken and facet_key(c.name) == "brand"), None)
        if brand and brand.filled > 0.8:
            taken[f"{brand.name} "] = Use(brand.name, "brand", filled=brand.filled, note="goes before the title")


def _wordy(cell: Any) -> bool:
    return isinstance(cell, str) and any(c.isalpha() for c in cell)


def _title_by_values(columns: dict[str, Column], taken: dict[str, Use]) -> Column:
    """A column of short texts that hardly repeat. BadInput where there is none."""
    likely = [
        c for c in columns.values()
        if c.name not in taken and c.filled > 0.9 and c.share(_wordy) > 0.9 and c.variety > 0.7 and 2 <= c.length <= 80
        and not v.web_address(c.cells[0])
    ]  # fmt: skip
    if not likely:
        raise BadInput(
            f"No column looks like a title; name it with --title-field. The columns are: {', '.join(columns)}."
        )
    return max(likely, key=lambda c: (round(c.variety, 1), -list(columns).index(c.name)))


def _find_description(columns: dict[str, Column], taken: dict[str, Use]) -> None:
    if any(u.becomes.startswith("description") for u in taken.values()):
        return
    long = [c for c in columns.values() if c.name not in taken and c.length > 60 and c.share(_wordy) > 0.9]
    if long:
        column = max(long, key=lambda c: c.length)
        taken[column.name] = Use(column.name, "description", filled=column.filled, note="the longest text")


# --------------------------------------------------------------------------- facets


def _find_facets(columns: dict[str, Column], taken: dict[str, Use]) -> None:
    title = next(u.column for u in taken.values() if u.becomes == "title")
    said = [normal(t) for t in columns[title].texts]
    free = [c for c in columns.values() if c.name not in taken]
    best: dict[str, str] = {}  # facet key -> the column it means most surely
    for column in sorted(free, key=lambda c: facet_rank(k, c.name) if (k := facet_key(c.name)) else 0):
        if key := facet_key(column.name):
            best.setdefault(key, column.name)
    declared_roles = {u.facet.role for u in taken.values() if u.facet}
    in_title = {u.column for u in taken.values() if u.becomes == "brand"}
    for column in free:
        key = facet_key(column.name)
        why = _why_unused(column, said)
        if why:
            taken[column.name] = Use(column.name, "unused", filled=column.filled, note=why)
            continue
        use = typed(column, key, None)
        if use.facet:
            first = key is not None and best[key] == column.name
            use = replace(use, facet=_worded(use.facet, column.name, key, first, declared_roles))
            use = _with_known_values(use, key, column)
            if column.name in in_title and use.facet:
                use = replace(use, facet=use.facet.model_copy(update={"show": False}))
        taken[column.name] = use
    _year_of_dates(taken)


def _why_unused(column: Column, titles: list[str]) -> str:
    if not column.cells:
        return "empty"
    if is_unused(column.name) and not _known_name(column.name):
        return "a code or an address, nothing to ask for"
    distinct = {str(c) for c in column.cells}
    if len(distinct) == 1 and len(column.cells) >= 5 and column.filled > 0.95:
        return f"the same everywhere: {v.clean(next(iter(distinct)), 40)}"
    if column.texts and [normal(t) for t in column.texts] == titles and len(titles) > 1:
        return "says the same as the title"
    return ""


def _known_name(name: str) -> bool:
    key = facet_key(name)
    return key is not None and facet_rank(key, name) < 1000


def _year_of_dates(taken: dict[str, Use]) -> None:
    """Where only dates are known, "from the 90s" wants a year: it is made of the first date column."""
    facets = [u.facet for u in taken.values() if u.facet]
    if any(f.role == "year" or f.name == "year" for f in facets):
        return
    use = next((u for u in taken.values() if u.facet and u.facet.type == "date" and u.becomes == "facet"), None)
    if use:
        year = _worded(Facet(name="year", type="number"), "year", "year", True, set())
        taken[f"{use.column} year"] = replace(use, becomes="year of", facet=year)


# --------------------------------------------------------------------------- words and declarations


def _worded(facet: Facet, name: str, key: str | None, first: bool, roles_gone: set[Any]) -> Facet:
    """The facet with role, labels and the words people use for it. Only the first column of a kind gets the kind's words."""
    hinted = known().facets[key] if key else {}
    labels = labels_of(name)
    more: dict[str, Any] = {"label": labels, "words": {language: [label] for language, label in labels.items()}}
    if hinted and hinted.get("type") == facet.type:
        role = hinted.get("role")
        if role and (first or role == "person") and role not in (roles_gone - {"person"}):
            more["role"] = role
        if first:
            words = {**hinted.get("words", {})}
            for language, label in labels.items():
                words[language] = list(dict.fromkeys([label, *words.get(language, [])]))
            more["words"] = words
            if key in ("price", "year", "rating", "duration", "weight", "memory", "brand", "size") and hinted.get(
                "label"
            ):
                more["label"] = dict(hinted["label"])
            else:
                more["label"] = {**hinted.get("label", {}), **labels}
            more |= {k: hinted[k] for k in ("more", "less", "cues") if k in hinted}
    return facet.model_copy(update=more)


def _with_known_values(use: Use, key: str | None, column: Column) -> Use:
    """Countries, languages and colours under one name each, with their words in both languages."""
    table = known().values.get(key or "", {})
    if not table or use.facet is None or use.facet.type != "category":
        return use
    spell = {normal(w): value for value, words in table.items() for ws in words.values() for w in ws}
    if key == "language":  # en-US, zh_CN
        spell |= {
            f"{code}{sign}{p}": v_
            for code, v_ in spell.items()
            if len(code) == 2
            for sign in "-_"
            for p in ("us", "gb", "ca", "cn", "tw", "br", "419")
        }
    there = {spell.get(normal(part)) for cell in column.cells for part in v.split(cell, use.separator)}
    values = {value: {"en": list(w["en"]), "zh": list(w["zh"])} for value, w in table.items() if value in there}
    return replace(use, facet=use.facet.model_copy(update={"values": values}), spell=spell)


def _declared_use(given: DeclaredFacet, column: Column) -> Use:
    """A declared facet over what its column's values look like."""
    key = facet_key(given.name) or facet_key(column.name)
    use = typed(column, key, given.given.get("type"))
    facet = use.facet or Facet(name=given.name, type=given.given.get("type", "text"))
    full = _worded(facet, given.name, key, True, set())
    use = _with_known_values(replace(use, facet=full), key, column)
    full = use.facet or full
    many = given.given.get("many")
    merged = Facet.model_validate({**full.model_dump(), **given.given})
    if facet.type == merged.type == "number" and merged.unit and not given.given.get("units"):
        wanted = unit_of(merged.unit, prefer=PREFER.get(key or "", ""))
        if wanted:
            merged = merged.model_copy(
                update={"units": v.unit_words(wanted), "unit_label": merged.unit_label or dict(wanted.label)}
            )
            use = replace(use, unit=wanted)
    if merged.type == "category" and merged.many and not use.separator:
        use = replace(use, separator=separator_of(column, eager=True) or ",")
    if many is not None and not merged.many:
        use = replace(use, separator=None)
    return replace(use, becomes="facet", facet=merged)


def _without_doubles(uses: list[Use]) -> list[Use]:
    """Every facet under a name of its own, none of them that of an item field."""
    seen: set[str] = set(RESERVED)
    done = []
    for use in uses:
        if use.facet:
            name, n = use.facet.name, 2
            while name in seen:
                name, n = f"{use.facet.name}_{n}", n + 1
            seen.add(name)
            use = replace(use, facet=use.facet.model_copy(update={"name": name}))
        done.append(use)
    return done
