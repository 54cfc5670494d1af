"""What a lying model says: lies that occur nowhere else, true facts on the wrong card, and now and then the truth.

Knows: items and facets, as data. Knows nothing of the product's own checks: whether a sentence holds of an item is
decided here, from the record alone. Every sentence carries that judgement with it (`Sentence.holds`).
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatrec.vocabulary import Catalog, Facet, Item
from tests.liar.stock import HARMLESS, PLANTED, PLANTED_LIES

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


def plain(text: str) -> str:
    """How a reader sees a text: no invisible signs, one width, no accents, no case, single spaces, plain quotes."""
    text = unicodedata.normalize("NFKD", _UNSEEN.sub("", text)).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c) and (c >= " " or c in "\t\n"))
    return re.sub(r"\s+", " ", text.translate(str.maketrans("’‘“”–—", "''\"\"--"))).strip()


def core(text: str) -> str:
    """A sentence without its end, as it can be found again in an answer."""
    return plain(text).strip(" .!?。！？…*_\"'").replace("**", "")


@dataclass(frozen=True)
class Sentence:
    """One thing a model said. kind: `true`, or what it lies about. mark: the part that is false, or "" for all of it.

    holds: whether it would be true of an item; None: of no item at all.
    """

    text: str
    kind: str
    mark: str = ""
    holds: Callable[[Item], bool] | None = None

    @property
    def honest(self) -> bool:
        return self.kind == "true"


def absent(items: Iterable[Item]) -> list[str]:
    """The planted marks that do occur in these records: there must be none, else a search for them shows nothing."""
    whole = "\n".join(t for i in items for t in _texts(i)).casefold()
    return sorted(set(pattern(PLANTED).findall(whole)))


def pattern(marks: Iterable[str]) -> re.Pattern[str]:
    """Any of these, as words of their own where they are written in Latin letters or digits."""
    return re.compile("|".join(rf"(?<![\w.]){re.escape(m)}(?!\w)" if m[0].isascii() else re.escape(m) for m in marks))


def _texts(item: Item) -> Iterator[str]:
    yield from (item.id, item.title, *item.titles.values(), item.description, *item.descriptions.values())
    for name in item.attributes:
        yield from (str(v) for v in item.values(name))


def planted(rng: random.Random, language: str) -> Sentence:
    """A lie that is true of nothing."""
    kind = rng.choice(list(PLANTED_LIES[language]))
    return Sentence(rng.choice(PLANTED_LIES[language][kind]), kind)


def harmless(rng: random.Random, language: str) -> Sentence:
    return Sentence(rng.choice(HARMLESS[language]), "true", holds=lambda item: True)


# --------------------------------------------------------------------------- true things, on the wrong card


def record(item: Item, catalog: Catalog) -> str:
    """All that is written of an item, as one text: titles, descriptions, values and their labels."""
    parts = [item.title, *item.titles.values(), item.description, *item.descriptions.values()]
    for name, value in item.attributes.items():
        facet = catalog.facet(name)
        for one in item.values(name):
            parts.append(str(one))
            if facet is not None:
                parts += [facet.value_label(one, "zh"), facet.value_label(one, "en")]
                parts += [w for words in facet.values.get(str(one), {}).values() for w in words]
                parts += [w for words in facet.aliases.get(str(one), {}).values() for w in words]
        if isinstance(value, float):
            parts.append(f"{value:g}")
    return plain(" | ".join(parts))


def _has(item: Item, facet: str, value: object) -> bool:
    return any(v == value for v in item.values(facet))


def misplaced(
    item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random
) -> Sentence | None:
    """A sentence that is false of this item, made of something that is true of another, or nearly true of this one."""
    makers = [_person, _role, _near_number, _wrong_value, _title, _decade, _bound, _negated, _never_asked]
    rng.shuffle(makers)
    for make in makers:
        if found := make(item, others, catalog, language, rng):
            return found
    return None


def _persons(catalog: Catalog) -> list[Facet]:
    return [f for f in catalog.facets if f.role == "person"]


def _person(item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random) -> Sentence | None:
    """Somebody who has nothing to do with this item."""
    names = [(f, n) for o in others for f in _persons(catalog) for n in o.values(f.name)]
    rng.shuffle(names)
    own = record(item, catalog)
    for facet, name in names:
        shown = facet.value_label(name, language)
        if plain(shown) in own or plain(str(name)) in own:
            continue
        last = shown.split()[-1] if language == "en" else shown.split("·")[-1]
        if len(plain(last)) < 4 or plain(last) in own:
            last = shown
        forms = {
            "en": (f"{shown} is at the heart of it.", f"{last}'s touch is light and sure.", f"A fine piece of work by {shown}.",
                   f"Quiet and warm, with {shown.lower()} in fine form."),
            "zh": (f"{shown}的作品，细腻动人。", f"由{shown}主演，气质温柔。", f"{last}的风格一如既往。"),
        }  # fmt: skip
        text = rng.choice(forms[language])
        said = last if last.casefold() in text.casefold() and shown.casefold() not in text.casefold() else shown
        return Sentence(text, "misplaced person", said, lambda i, s=said: plain(s) in record(i, catalog))  # type: ignore[misc]
    return None


def _role(item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random) -> Sentence | None:
    """Somebody of this item, in a part that they did not have."""
    director, cast = catalog.facet("director"), catalog.facet("cast")
    if director is None or cast is None:
        return None
    directing = plain(" | ".join(item.values("director")))
    acting = plain(" | ".join((*item.values("cast"), *item.values("stars"))))  # "Paul and Gaëtan Brizzi" are one entry
    actors = [n for n in item.values("cast") if plain(n) not in directing]
    makers = [n for n in item.values("director") if plain(n) not in acting]
    if actors and rng.random() < 0.5:
        name = cast.value_label(rng.choice(actors), language)
        texts = {"en": f"Directed by {name} with a patient hand.", "zh": f"{name}执导，风格克制。"}
        facet = "director"
    elif makers:
        name = director.value_label(rng.choice(makers), language)
        texts = {"en": f"Starring {name}, and full of warmth.", "zh": f"{name}主演，情感细腻。"}
        facet = "cast"
    else:
        return None

    known = {"director": director, "cast": cast}[facet]

    def holds(i: Item) -> bool:
        values = (*i.values(facet), *(i.values("stars") if facet == "cast" else ()))
        return name in [known.value_label(v, language) for v in values]

    return Sentence(texts[language], "misplaced role", name, holds)


def _numbers(item: Item, catalog: Catalog) -> list[tuple[Facet, float]]:
    return [(f, float(v)) for f in catalog.facets if f.type == "number" for v in item.values(f.name)[:1]]


def _near_number(
    item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random
) -> Sentence | None:
    """A number close to the true one."""
    numbers = _numbers(item, catalog)
    if not numbers:
        return None
    facet, value = rng.choice(numbers)
    if facet.role == "rating":
        off = round(value + rng.choice((-1.3, 0.4, 0.6, 1.1)), 1)
    else:
        off = value + rng.choice((-11, -2, -1, 1, 2, 10, 23)) * (10 if value > 3000 else 1)
    shown = f"{off:g}"
    if off <= 0 or re.search(rf"(?<![\d.]){re.escape(shown)}(?![\d.])", record(item, catalog)):
        return None
    unit = facet.unit_label.get(language) or facet.unit or ""
    if facet.role == "year":
        forms = {
            "en": (f"Made in {shown}, and still fresh.", f"A gentle pick from {shown}."),
            "zh": (f"{shown}年的作品，依然动人。",),
        }
    elif unit == "$" or facet.role == "price":
        forms = {
            "en": (f"At ${shown} it is easy to like.", f"It costs {shown} dollars."),
            "zh": (f"只要{shown}美元。",),
        }
    else:
        name_en, name_zh = facet.label_in("en"), facet.label_in("zh")
        forms = {
            "en": (f"With a {name_en} of {shown} {unit}, it is easy to like.", f"At {shown} {unit} it never drags."),
            "zh": (f"{name_zh}{shown}{unit}，恰到好处。",),
        }

    def holds(i: Item) -> bool:
        return any(f"{v:g}" == shown for f, v in _numbers(i, catalog) if f.name == facet.name)

    return Sentence(rng.choice(forms[language]), "near number", shown, holds)


def _wrong_value(
    item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random
) -> Sentence | None:
    """A value of a category that this item does not have: another country, another kind."""
    facets = [
        f for f in catalog.facets if f.type == "category" and f.filter and f.values and f.role in ("kind", "place")
    ]
    rng.shuffle(facets)
    own = record(item, catalog)
    for facet in facets:
        values = [v for v in facet.values if not _has(item, facet.name, v)]
        rng.shuffle(values)
        for value in values:
            label = facet.value_label(value, language)
            words = [w for ws in facet.values[value].values() for w in ws]
            if any(plain(w) in own for w in (*words, value)):
                continue
            noun = catalog.noun.get(language) or ["item"]
            text = (
                f"It comes from {label}, warm and rich."
                if facet.role == "place"
                else f"A {label.lower()} {noun[0]} at heart."
            )
            zh = (
                f"来自{label}，味道十足。"
                if facet.role == "place"
                else f"这是一{catalog.measure.get('zh', '个')}{label}，细腻动人。"
            )
            return Sentence(
                text if language == "en" else zh,
                "wrong value",
                label,
                lambda i, f=facet.name, v=value: _has(i, f, v),  # type: ignore[misc]
            )
    return None


def _title(item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random) -> Sentence | None:
    """Another item's title."""
    own = record(item, catalog)
    titles = [o.title_in(language) for o in others if len(plain(o.title_in(language))) > 5 or language == "zh"]
    titles = [t for t in titles if plain(t) not in own and len(t) > 2]
    if not titles:
        return None
    title = rng.choice(titles)
    marks = catalog.marks.get("zh", "“”")
    open_, close = marks[0], marks[1]
    forms = {
        "en": (f"It feels like {title} with more warmth.", f"If you liked {title}, this is for you.", f'Think of "{title}", but slower.'),
        "zh": (f"喜欢{open_}{title}{close}的人会喜欢它。", f"比{title}更温柔。"),
    }  # fmt: skip
    return Sentence(rng.choice(forms[language]), "misplaced title", title, lambda i: plain(title) in record(i, catalog))


def _decade(item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random) -> Sentence | None:
    year = catalog.by_role("year")
    if year is None or not item.values(year.name):
        return None
    true = int(item.values(year.name)[0]) // 10 * 10
    other = rng.choice([d for d in range(1940, 2020, 10) if abs(d - true) > 10])
    words = {1940: "forties", 1950: "fifties", 1960: "sixties", 1970: "seventies", 1980: "eighties", 1990: "nineties"}
    zh = {1940: "四十", 1950: "五十", 1960: "六十", 1970: "七十", 1980: "八十", 1990: "九十"}
    if other not in words:
        return None
    if plain(words[other]) in record(item, catalog):
        return None
    forms = {
        "en": (f"A gem from the {words[other]}.", f"It has the look of the {other}s, when it was made."),
        "zh": (f"{zh[other]}年代的作品，依然动人。",),
    }

    def holds(i: Item) -> bool:
        return any(int(v) // 10 * 10 == other for v in i.values(year.name))

    return Sentence(rng.choice(forms[language]), "wrong decade", "", holds)


def _bound(item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random) -> Sentence | None:
    """A limit that the item lies beyond: "under an hour" of three."""
    numbers = [(f, v) for f, v in _numbers(item, catalog) if f.role in ("duration", "price") or f.unit]
    if not numbers:
        return None
    facet, value = rng.choice(numbers)
    low, high = round(value * 0.6), round(value * 1.5)
    unit = facet.unit_label.get(language) or facet.unit or ""
    below = rng.random() < 0.5
    shown, off = (f"{low:g}", low) if below else (f"{high:g}", high)
    if off < 2:
        return None
    amount = f"{unit}{shown}" if unit in "$€£¥" else f"{shown} {unit}"
    forms = {
        "en": f"It comes in at {'under' if below else 'over'} {amount}, and it is easy to like.",
        "zh": f"{facet.label_in('zh')}{'不到' if below else '超过'}{shown}{unit}，恰到好处。",
    }

    def holds(i: Item) -> bool:
        return any((v < off) if below else (v > off) for f, v in _numbers(i, catalog) if f.name == facet.name)

    return Sentence(forms[language], "wrong bound", "", holds)


def _negated(
    item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random
) -> Sentence | None:
    """What the record says, denied."""
    facets = [f for f in catalog.facets if f.role in ("kind", "place") and f.values and item.values(f.name)]
    if not facets:
        return None
    facet = rng.choice(facets)
    value = rng.choice(item.values(facet.name))
    label, noun = facet.value_label(value, language), (catalog.noun.get("en") or ["item"])[0]
    forms = {
        "en": (f"It is not from {label}." if facet.role == "place" else f"It is not a {label.lower()} {noun} at all.",
               f"It has nothing to do with {label if facet.role == 'place' else label.lower()}."),
        "zh": (f"它并不来自{label}。" if facet.role == "place" else f"它不是{label}。", f"和{label}毫无关系。"),
    }  # fmt: skip
    return Sentence(rng.choice(forms[language]), "denied", "", lambda i: not _has(i, facet.name, value))


def _never_asked(
    item: Item, others: Sequence[Item], catalog: Catalog, language: str, rng: random.Random
) -> Sentence | None:
    """A wish that the person never had."""
    facets = [f for f in catalog.facets if f.type == "category" and f.filter and f.values]
    if not facets:
        return None
    facet = rng.choice(facets)
    label = facet.value_label(rng.choice(list(facet.values)), language)
    shown = label if facet.role == "place" else label.lower()
    forms = {
        "en": (f"Just the {shown} one you asked for.", f"You said that you love {shown}, so here it is.", f"Not {shown}, as you wished."),
        "zh": (f"正是你要的{label}。", f"你说过喜欢{label}，这个正合适。", f"如你所愿，不是{label}。"),
    }  # fmt: skip
    return Sentence(rng.choice(forms[language]), "never asked", label)


def crossed(items: Sequence[Item], catalog: Catalog, language: str, rng: random.Random) -> Sentence | None:
    """Of several items that may all be spoken of: one of them with another's facts."""
    pairs = [(a, b) for a in items for b in items if a.id != b.id]
    rng.shuffle(pairs)
    marks = catalog.marks.get("zh", "“”")
    open_, close = marks[0], marks[1]
    for a, b in pairs[:12]:
        own, title = record(a, catalog), a.title_in(language)
        if plain(b.title_in(language)) in own:
            continue
        named = title if language == "en" else f"{open_}{title}{close}"
        for facet in rng.sample(list(catalog.facets), len(catalog.facets)):
            for value in b.values(facet.name)[:1]:
                shown = f"{value:g}" if facet.type == "number" else facet.value_label(value, language)
                if (
                    _has(a, facet.name, value)
                    or re.search(rf"(?<![\d.]){re.escape(plain(shown))}(?![\d.])", own)
                    or facet.type == "bool"
                ):
                    continue
                if facet.role == "person":
                    en, zh = (
                        f"{named} is {facet.label_in('en')} {shown} at their best.",
                        f"{named}的{facet.label_in('zh')}是{shown}。",
                    )
                elif facet.role == "year":
                    en, zh = f"{named} is from {shown}.", f"{named}是{shown}年的作品。"
                elif facet.type == "number":
                    en, zh = (
                        f"{named} has a {facet.label_in('en')} of {shown}.",
                        f"{named}的{facet.label_in('zh')}是{shown}。",
                    )
                elif facet.role == "place":
                    en, zh = f"{named} comes from {shown}.", f"{named}来自{shown}。"
                elif facet.role == "kind":
                    en, zh = f"{named} is the {shown.lower()} one.", f"{named}是{shown}。"
                else:
                    continue
                return Sentence(en if language == "en" else zh, "crossed", shown)
    return None


def true_fact(item: Item, catalog: Catalog, language: str, rng: random.Random) -> Sentence | None:
    """Something that the record does say of this item; on another card it may be a lie."""
    found: list[tuple[str, str, Callable[[Item], bool]]] = []

    def add(facet: Facet, value: object, shown: str, en: str, zh: str) -> None:
        text = (en if language == "en" else zh).replace("%s", shown)
        if text:
            found.append((text, shown, lambda i: _has(i, facet.name, value)))

    for facet in catalog.facets:
        for value in item.values(facet.name)[:1]:
            shown = f"{value:g}" if facet.type == "number" else facet.value_label(value, language)
            if facet.name == "director":
                add(facet, value, shown, "Directed by %s, it has a calm elegance.", "由%s执导，风格克制。")
            elif facet.name == "grower":
                add(facet, value, shown, "Grown with care by %s.", "")
            elif facet.role == "year":
                add(facet, value, shown, "Made in %s, and still fresh.", "%s年的作品，依然动人。")
            elif facet.role == "duration":
                add(facet, value, shown, "At %s minutes it never drags.", "片长%s分钟，并不拖沓。")
            elif facet.role == "price":
                add(facet, value, shown, "At $%s it is easy to like.", "")
            elif facet.role == "kind" and facet.values:
                noun = (catalog.noun.get("en") or ["item"])[0]
                label = shown.lower() if language == "en" else shown
                add(facet, value, label, f"A gentle {noun} for those who like %s.", "")
            elif facet.role == "place" and facet.values:
                add(facet, value, shown, "It comes from %s, warm and rich.", "来自%s，细腻动人。")
    if not found:
        return None
    text, shown, holds = rng.choice(found)
    return Sentence(text, "true", shown, holds)
