"""Why an item is offered, in codes made from the data: every one is true of the item by construction.

Knows: wishes, shared values, words. What a sentence may claim about an item starts from here; how it is said is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chatrec.language.normal import normal
from chatrec.language.tokens import STOPWORDS_EN, STOPWORDS_ZH
from chatrec.recommend.relations import COMMON, lean
from chatrec.recommend.shelf import Shelf
from chatrec.vocabulary import LANGUAGES, SOFT_OPS, Evidence, Item, Ledger, Wish

MOST = 5  # evidence an item carries
MOST_MEETS, MOST_SHARES = 3, 2
NEGATIVE = ("not_in", "!=")  # what an item is not is no reason for it

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:['\-][^\W_{_HAN}]+)*")


def evidence(
    item: Item,
    ledger: Ledger,
    shelf: Shelf,
    *,
    named: Sequence[Item],
    liked: Sequence[Item],
    spoken: Iterable[str],
    pointed: Sequence[Item] = (),
    talked: bool = False,
) -> tuple[Evidence, ...]:
    """At most five, the best first.

    named: items the person named in a `like`. liked: items of their profile that matter for this query.
    pointed: those of both that may have brought the item up by what other people did.
    talked: several people who asked for something like this took it.
    spoken: the person's own words about what they like; only those that stand in the item's text are quoted.
    """
    soft = [w for w in ledger.wishes if not w.hard]
    hard = [w for w in ledger.wishes if w.hard]
    ways: tuple[Callable[[], Sequence[Evidence]], ...] = (
        lambda: _meets(item, soft),
        lambda: like_text(item, spoken, shelf),
        lambda: _shares(item, named, shelf),
        lambda: _people_also(item, pointed, shelf),
        lambda: [Evidence(code="talked_about")] if talked else [],
        lambda: _meets(item, hard)[:MOST_MEETS],
        lambda: _shares(item, liked, shelf),
        lambda: _rated(item, shelf),
        lambda: _popular(item, shelf),
    )
    kept: dict[tuple[object, ...], Evidence] = {}
    for way in ways:
        if len(kept) >= MOST:
            break
        for e in way():
            kept.setdefault((e.code, e.facet, str(e.value), e.words), e)
    return tuple(kept.values())[:MOST]


def _meets(item: Item, wishes: Iterable[Wish]) -> list[Evidence]:
    """One for each facet wish that the item meets, with the item's own value that meets it."""
    found = []
    for wish in wishes:
        if wish.op in SOFT_OPS or wish.op in NEGATIVE or wish.facet is None:
            continue
        for value in item.values(wish.facet):
            alone = Item(id=item.id, title="", attributes={wish.facet: value})
            if wish.meets(alone):
                found.append(Evidence(code="meets", facet=wish.facet, value=value))
                break
    return found


def _shares(item: Item, others: Sequence[Item], shelf: Shelf) -> list[Evidence]:
    """Category values that the item shares with the others, those that a walk takes most first (recommend.relations), each facet
    and other item once."""
    own = [(f.name, item.values(f.name)) for f in shelf.catalog.facets if f.type == "category" and f.show]
    found: list[tuple[float, int, str, Any]] = []
    for n, other in enumerate(others):
        if other.id == item.id:
            continue
        for facet, values in own:
            theirs = other.values(facet)
            for value in values:
                if value in theirs and (share := shelf.share(facet, value)) <= COMMON:
                    found.append((-lean(len(shelf), share, len(theirs)), n, facet, value))
    found.sort(key=lambda entry: entry[:3])
    kept: list[Evidence] = []
    for _, n, facet, value in found:
        e = Evidence(code="shares", facet=facet, value=value, item_id=others[n].id)
        if not any(e.value == k.value or (e.facet, e.item_id) == (k.facet, k.item_id) for k in kept):
            kept.append(e)
    return kept[:MOST_SHARES]


def _people_also(item: Item, pointed: Sequence[Item], shelf: Shelf) -> list[Evidence]:
    """The one of these items with which this one goes together most in what people did."""
    taste, row = shelf.taste, shelf.row.get(item.id)
    if taste is None or row is None or not pointed:
        return []
    known = [p for p in pointed if p.id in shelf.row and p.id != item.id]
    best = taste.because(row, [shelf.row[p.id] for p in known])
    return [] if best is None else [Evidence(code="people_also", item_id=known[best].id)]


def like_text(item: Item, spoken: Iterable[str], shelf: Shelf) -> list[Evidence]:
    """The person's words that stand in the item's titles, descriptions or values, as the person wrote them; at most one."""
    row = shelf.row.get(item.id)
    phrases = [p for p in spoken if p.strip() and (row is None or shelf.words.holds_any(row, p))]
    if not phrases:
        return []
    texts = [item.title, *item.titles.values(), item.description, *item.descriptions.values()]
    for facet in shelf.catalog.facets:
        for value in item.values(facet.name):
            if isinstance(value, str):
                texts += [value, *(facet.value_label(value, language) for language in LANGUAGES if facet.values)]
    text = " | ".join(t.casefold() if t.isascii() else normal(t) for t in dict.fromkeys(texts) if t)
    for phrase in phrases:
        if words := _standing(phrase, text):
            return [Evidence(code="like_text", words=words)]
    return []


def _standing(phrase: str, text: str) -> str:
    """The longest run of the phrase's words that stands in the text (in normal form), small words at its ends left out."""
    pieces = [(m.group(), m.start(), m.end()) for m in _PIECE.finditer(phrase)]
    runs: list[tuple[int, str]] = []
    for first in range(len(pieces)):
        piece = pieces[first][0]
        if re.match(f"[{_HAN}]", piece):
            runs += [(len(part), part) for part in _han_runs(piece, text)]
            continue
        for last in range(first, len(pieces)):
            words = phrase[pieces[first][1] : pieces[last][2]]
            form = normal(words)
            if not re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text):
                break
            if normal(piece) not in STOPWORDS_EN and normal(pieces[last][0]) not in STOPWORDS_EN and len(form) > 1:
                runs.append((len(form), words))
    return max(runs, key=lambda run: run[0])[1] if runs else ""


def _han_runs(run: str, text: str) -> list[str]:
    """The longest parts of a Chinese run, of two characters or more, that stand in the text."""
    for length in range(len(run), 1, -1):
        parts = [run[n : n + length] for n in range(len(run) - length + 1)]
        held = [p for p in parts if normal(p) in text and not all(c in STOPWORDS_ZH for c in p)]
        if held:
            return held
    return []


def _rated(item: Item, shelf: Shelf) -> list[Evidence]:
    facet = shelf.catalog.by_role("rating")
    values = item.values(facet.name) if facet else ()
    numbers = [v for v in values if isinstance(v, (int, float))]
    if facet is None or not numbers or not max(numbers) >= shelf.rated_from:
        return []
    return [Evidence(code="rated", facet=facet.name, value=max(numbers))]


def _popular(item: Item, shelf: Shelf) -> list[Evidence]:
    row = shelf.row.get(item.id)
    if row is None or shelf.popularity[row] < shelf.popular_from:
        return []
    return [Evidence(code="popular")]
