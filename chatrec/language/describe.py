"""An item in plain words: the text that is embedded and searched, and the values a card or a prompt shows.

Knows: Catalog, Facet, Item. The same words everywhere, so that what is searched is what is said.
"""

from __future__ import annotations

from typing import Any

from chatrec.vocabulary import Catalog, Facet, Item


def number(value: float) -> str:
    """1995.0 -> 1995, 7.25 -> 7.25."""
    return str(int(value)) if float(value).is_integer() else f"{value:.2f}".rstrip("0").rstrip(".")


def value_text(facet: Facet, value: Any, language: str) -> str:
    """One value as a person reads it: unit and label in their language."""
    if facet.type == "bool":
        yes, no = ("是", "否") if language == "zh" else ("yes", "no")
        return yes if value else no
    if facet.type == "number" and isinstance(value, (int, float)):
        if facet.step:
            value = round(value / facet.step) * facet.step
        unit = facet.unit_label.get(language) or facet.unit or ""
        glue = "" if not unit or language == "zh" or unit[0] in "%°\"'" else " "
        if unit and unit in "$€£¥":
            return f"{unit}{number(value)}"
        return f"{number(value)}{glue}{unit}"
    return facet.value_label(value, language)


def values_text(facet: Facet, item: Item, language: str, most: int = 3) -> str:
    """The item's values of a facet, at most `most`, joined; empty where there are none."""
    joint = "、" if language == "zh" else ", "
    return joint.join(value_text(facet, v, language) for v in item.values(facet.name)[:most])


def searched_text(item: Item, catalog: Catalog) -> str:
    """The text of an item for the encoder and the word index: titles, descriptions, named values in both languages."""
    parts = [item.title, *(t for t in item.titles.values() if t != item.title)]
    parts += [item.description, *(d for d in item.descriptions.values() if d != item.description)]
    for facet in catalog.facets:
        if facet.text if facet.text is not None else facet.type in ("category", "text"):
            words = [str(v) for v in item.values(facet.name)[:8]]
            if facet.values:  # closed vocabularies are searched in both languages
                words += [facet.value_label(v, "zh") for v in item.values(facet.name)[:8] if str(v) in facet.values]
            if words:
                parts.append(f"{facet.label_in('en')}: {', '.join(dict.fromkeys(words))}")
    return ". ".join(p.strip().rstrip(".") for p in parts if p and p.strip())
