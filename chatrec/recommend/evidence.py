"""Why an item is offered, in codes made from the data: every one is true of the item by construction.

Knows: wishes, shared values, words. What a sentence may claim about an item starts from here; how it is said is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
_IS_HAN = re.compile(f"[{_HAN}]")
_PIECE = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:['\-][^\W_{_HAN}]+)*")


class Reasons:
    """Why items are offered; what is the same for all of them is worked out once.

    named: items the person named in a `like`. liked: items of their profile that matter for this query.
    pointed: those of both that may have brought an item up by what other people did.
    spoken: the person's own words about what they like; only those that stand in the item's text are quoted.
    """

    def __init__(
        self,
        ledger: Ledger,
        shelf: Shelf,
        *,
        named: Sequence[Item],
        liked: Sequence[Item],
        spoken: Iterable[str],
        pointed: Sequence[Item] = (),
    ) -> None:
        self._shelf = shelf
        self._soft = [_told_by(w) for w in ledger.wishes if not w.hard and _tells(w)]
        self._hard = [_told_by(w) for w in ledger.wishes if w.hard and _tells(w)]
        self._spoken = [_Phrase(p, shelf) for p in spoken if p.strip()]
        shares: dict[Any, float] = {}
        self._named, self._liked = _Sharing(named, shelf, shares), _Sharing(liked, shelf, shares)
        self._pointed = [(p.id, shelf.row[p.id]) for p in pointed if p.id in shelf.row]

    def of(
        self, item: Item, *, via: Item | None = None, people: bool = True, talked: bool = False
    ) -> tuple[Evidence, ...]:
        """At most five, the best first. via: one more that was liked, for this item only. people: whether those pointed at may have
        brought it up by what other people did. talked: several people who asked for something like this took it."""
        ways: tuple[Callable[[], Sequence[Evidence]], ...] = (
            lambda: _meets(item, self._soft),
            lambda: _quoted(item, self._spoken, self._shelf),
            lambda: self._named.told(item),
            lambda: self._people_also(item) if people else (),
            lambda: [Evidence(code="talked_about")] if talked else (),
            lambda: _meets(item, self._hard)[:MOST_MEETS],
            lambda: self._liked.told(item, via),
            lambda: _rated(item, self._shelf),
            lambda: _popular(item, self._shelf),
        )
        kept: dict[tuple[object, ...], Evidence] = {}
        for way in ways:
            if len(kept) >= MOST:
                break
            for e in way():
                kept.setdefault((e.code, e.facet, str(e.value), e.words), e)
        return tuple(kept.values())[:MOST]

    def _people_also(self, item: Item) -> list[Evidence]:
        """The one of the items pointed at with which this one goes together most in what people did."""
        taste, row = self._shelf.taste, self._shelf.row.get(item.id)
        known = [p for p in self._pointed if p[1] != row]
        if taste is None or row is None or not known:
            return []
        best = taste.because(row, [at for _, at in known])
        return [] if best is None else [Evidence(code="people_also", item_id=known[best][0])]


# --------------------------------------------------------------------------- wishes that are met


@dataclass(frozen=True)
class _Told:
    """A facet wish, and whether a value meets it."""

    facet: str
    meets: Callable[[Any], bool]


def _tells(wish: Wish) -> bool:
    return wish.op not in SOFT_OPS and wish.op not in NEGATIVE and wish.facet is not None


def _told_by(wish: Wish) -> _Told:
    """What `Wish.meets` says of an item with one value; a text equals what has its normal form (`vocabulary.same`)."""
    facet = wish.facet or ""
    forms = None
    if wish.op in ("contains", "=", "in"):
        forms = frozenset(normal(str(v)) for v in (wish.value if wish.op == "in" else [wish.value]))

    def meets(value: Any) -> bool:
        if forms is not None and isinstance(value, str):
            return normal(value) in forms
        return wish.meets(Item(id="", title="", attributes={facet: value}))

    return _Told(facet, meets)


def _meets(item: Item, wishes: Iterable[_Told]) -> list[Evidence]:
    """One for each facet wish that the item meets, with the item's own value that meets it."""
    found = []
    for wish in wishes:
        for value in item.values(wish.facet):
            if wish.meets(value):
                found.append(Evidence(code="meets", facet=wish.facet, value=value))
                break
    return found


# --------------------------------------------------------------------------- values that are shared


class _Sharing:
    """Which category values items share with these others, those that a walk takes most first (recommend.relations), each facet and
    other item once. shares: parts of the catalogue that have a value, as far as they are known."""

    def __init__(self, others: Sequence[Item], shelf: Shelf, shares: dict[Any, float]) -> None:
        self._shelf, self._shares, self._ids = shelf, shares, [other.id for other in others]
        self._facets = [f.name for f in shelf.catalog.facets if f.type == "category" and f.show]
        self._holders: dict[
            tuple[str, Any], list[tuple[int, int]]
        ] = {}  # value -> (which other, how many values it has)
        for n, other in enumerate(others):
            self._add(self._holders, n, other)

    def _add(self, holders: dict[tuple[str, Any], list[tuple[int, int]]], n: int, other: Item) -> None:
        for facet in self._facets:
            theirs = other.values(facet)
            for value in dict.fromkeys(theirs):
                holders.setdefault((facet, value), []).append((n, len(theirs)))

    def told(self, item: Item, via: Item | None = None) -> list[Evidence]:
        """The best two. via: one more that this item may share something with."""
        if not self._holders and via is None:
            return []
        ids, also = self._ids, dict[tuple[str, Any], list[tuple[int, int]]]()
        if via is not None:
            ids = [*ids, via.id]
            self._add(also, len(self._ids), via)
        found: list[tuple[float, int, str, Any]] = []
        for facet in self._facets:
            for value in item.values(facet):
                held = [*self._holders.get((facet, value), ()), *also.get((facet, value), ())]
                if not held or (share := self._share(facet, value)) > COMMON:
                    continue
                size = len(self._shelf)
                found += [(-lean(size, share, many), n, facet, value) for n, many in held if ids[n] != item.id]
        found.sort(key=lambda entry: entry[:3])
        kept: list[Evidence] = []
        for _, n, facet, value in found:
            if any(value == k.value or (facet, ids[n]) == (k.facet, k.item_id) for k in kept):
                continue
            kept.append(Evidence(code="shares", facet=facet, value=value, item_id=ids[n]))
            if len(kept) == MOST_SHARES:
                break
        return kept

    def _share(self, facet: str, value: Any) -> float:
        key = (facet, type(value), value)
        share = self._shares.get(key)
        if share is None:
            share = self._shares[key] = self._shelf.share(facet, value)
        return share


# --------------------------------------------------------------------------- words that stand there


class _Phrase:
    """The person's words, cut into pieces: what of them may be quoted is looked for in many texts."""

    def __init__(self, phrase: str, shelf: Shelf) -> None:
        self.held = shelf.words.holding(phrase)  # bool [rows]: only there anything of it can stand
        self._phrase = phrase
        self._pieces = [(m.group(), m.start(), m.end()) for m in _PIECE.finditer(phrase)]
        self._small = [normal(piece) in STOPWORDS_EN for piece, _, _ in self._pieces]
        self._runs: dict[tuple[int, int], tuple[str, str, re.Pattern[str]]] = {}

    def standing(self, text: str) -> str:
        """The longest run of the words that stands in the text (in normal form), small words at its ends left out."""
        runs: list[tuple[int, str]] = []
        for first, (piece, _, _) in enumerate(self._pieces):
            if _IS_HAN.match(piece):
                runs += [(len(part), part) for part in _han_runs(piece, text)]
                continue
            for last in range(first, len(self._pieces)):
                words, form, alone = self._run(first, last)
                if form not in text or not alone.search(text):
                    break
                if not self._small[first] and not self._small[last] and len(form) > 1:
                    runs.append((len(form), words))
        return max(runs, key=lambda run: run[0])[1] if runs else ""

    def _run(self, first: int, last: int) -> tuple[str, str, re.Pattern[str]]:
        """Some pieces that stand side by side: as they were written, their normal form, and that form as words of its own."""
        run = self._runs.get((first, last))
        if run is None:
            words = self._phrase[self._pieces[first][1] : self._pieces[last][2]]
            form = normal(words)
            run = self._runs[first, last] = (words, form, re.compile(rf"(?<!\w){re.escape(form)}(?!\w)"))
        return run


def _quoted(item: Item, spoken: Iterable[_Phrase], shelf: Shelf) -> list[Evidence]:
    """The person's words that stand in the item's titles, descriptions or values, as the person wrote them; at most one."""
    row = shelf.row.get(item.id)
    phrases = [p for p in spoken if row is None or p.held[row]]
    if not phrases:
        return []
    texts = [item.title, *item.titles.values(), item.description, *item.descriptions.values()]
    for facet in shelf.catalog.facets:
        for value in item.values(facet.name):
            if isinstance(value, str):
                texts += [value, *(facet.value_label(value, language) for language in LANGUAGES if facet.values)]
    text = " | ".join(t.casefold() if t.isascii() else normal(t) for t in dict.fromkeys(texts) if t)
    for phrase in phrases:
        if words := phrase.standing(text):
            return [Evidence(code="like_text", words=words)]
    return []


def _han_runs(run: str, text: str) -> list[str]:
    """The longest parts of a Chinese run, of two characters or more, that stand in the text."""
    for length in range(len(run), 1, -1):
        parts = [run[n : n + length] for n in range(len(run) - length + 1)]
        held = [p for p in parts if normal(p) in text and not all(c in STOPWORDS_ZH for c in p)]
        if held:
            return held
    return []


# --------------------------------------------------------------------------- what is known of it


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
