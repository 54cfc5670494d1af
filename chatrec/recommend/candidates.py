"""The at most twenty items that fit: filter, score, fuse, and say why.

Knows: which path is quick. SQL says what is allowed (hard wishes); the sources score; the order is the same whichever path is
taken. Never offered: what the person has seen, owns or dislikes, what this conversation has shown (unless asked for again),
and the items named in a `like` or `not_like`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from chatrec.errors import NotFound
from chatrec.recommend import asked
from chatrec.recommend.collaborative import Collaborative
from chatrec.recommend.content import Content
from chatrec.recommend.dialogue import Dialogue
from chatrec.recommend.diversity import POOL, Dials
from chatrec.recommend.evidence import Reasons
from chatrec.recommend.fuse import Fuse
from chatrec.recommend.popularity import Newcomers, Popularity
from chatrec.recommend.ratings import predicted
from chatrec.recommend.relations import Relations
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Scored, Source
from chatrec.recommend.wished import Wished
from chatrec.recommend.words import Words
from chatrec.vocabulary import Candidate, Catalog, Decision, Item, Ledger, Near, Profile, Turn, Wish, weigh_events

MOST = 20  # candidates of a turn
MOSTLY = 0.3  # share of the catalogue from which on all of it is scored, whatever is allowed
FEW = 2_000  # where the shelf can't tell: allowed items that SQL names; above, it confirms the best in blocks
ORDERED = 1_000  # rows that are put in order before it is known that more are needed
BLOCK = 100  # first block to confirm; each next one is twice as long
PROPOSED = 300  # rows a source proposes when nothing is filtered
SORTED = 60  # rows that fit the words best, when these are to be sorted by a facet
FITS = 0.5  # what scores less than this part of the best does not fit the words, and comes after what does
RANKED = 100  # how far down `place` looks
FIRST = 5  # of those before an item, how many it is held against
AHEAD = 0.2  # a source that makes up less than this part of what others are ahead by is not named
NEAR = 5
LIKED = 8  # items of a history that reasons are looked for in


class Filters(Protocol):
    """What is needed of store.filters."""

    async def count(self, catalog: str, wishes: Sequence[Wish]) -> int: ...
    async def ids(self, catalog: str, wishes: Sequence[Wish], limit: int | None = None) -> list[str]: ...
    async def confirm(self, catalog: str, wishes: Sequence[Wish], ids: Sequence[str]) -> set[str]: ...
    async def near(
        self, catalog: str, wishes: Sequence[Wish], limit: int = NEAR, exclude: frozenset[str] = frozenset()
    ) -> list[tuple[str, tuple[str, ...]]]: ...
    async def counts(self, catalog: str, wishes: Sequence[Wish], facet: str) -> list[tuple[Any, int]]: ...
    async def order(
        self, catalog: str, wishes: Sequence[Wish], facet: str, descending: bool, limit: int, exclude: frozenset[str]
    ) -> list[str]: ...


class Items(Protocol):
    """What is needed of store.items."""

    async def get(self, catalog: str, ids: Sequence[str], *, withdrawn: bool = False) -> list[Item]: ...
    async def edition(self, catalog: str) -> float | None: ...  # asked where the shelf has one


class Store(Protocol):
    items: Items
    filters: Filters


@dataclass(frozen=True)
class Place:
    """Where one item stands: what "why" and "why not" are answered from."""

    item: Item
    breaks: tuple[Wish, ...]  # hard wishes it does not meet
    known: bool  # seen, disliked, owned, or shown in this conversation
    candidate: Candidate | None  # as it would be offered; None when it breaks a hard wish
    rank: int | None  # 1 is the best; None when it breaks a hard wish or lies beyond the first hundred
    ahead: tuple[
        str, ...
    ] = ()  # sources by which others come before it, what counts most first; `order`: a `sort` wish
    named: bool = False  # named in a `like` or `not_like`: an example is not offered itself
    gone: bool = False  # withdrawn from the catalogue


@dataclass(frozen=True)
class Ranking:
    """Rows in the order in which they are offered, with everything needed to say why."""

    rows: list[int]
    scores: list[float]  # falling
    parts: Mapping[str, Scored]
    ordered: frozenset[int] = frozenset()  # rows that a `sort` wish has put in their place
    current: bool = False  # SQL has said that the shelf is up to date, so what it holds of these rows need not be read


class Candidates:
    """The recommender of one version of one catalogue: in chat the tool that a model may call. Safe for many turns at once."""

    def __init__(
        self,
        catalog: Catalog,
        store: Store,
        shelf: Shelf,
        sources: Sequence[Source] | None = None,
        fuse: Fuse | None = None,
        few: int = FEW,
        dials: Dials | None = None,
    ) -> None:
        self.catalog = catalog
        self.store = store
        self.shelf = shelf
        self.sources: Sequence[Source] = sources if sources is not None else packaged_sources(shelf)
        self.fuse = fuse or Fuse()
        self.dials = dials or Dials()
        self._few = few

    async def __call__(
        self, ledger: Ledger, profile: Profile, turn: Turn, decision: Decision | None = None
    ) -> list[Candidate]:
        """The best of what is allowed, min(20, allowed) of them, best first."""
        query = replace(asked.query_of(self.shelf, ledger, profile, decision, PROPOSED), said=asked.said_in(turn))
        barred = self._barred(ledger, profile, turn, show_again=bool(decision and decision.show_again))
        ranking = await self._rank(query, ledger, barred, MOST)
        spoken = asked.said_words(ledger, self.shelf)
        return await self._offer(ranking, query, ledger, profile.relevant, spoken, profile.past)

    async def recommend(
        self,
        history: Sequence[tuple[str, str | float | None]] = (),
        wishes: Sequence[Wish] = (),
        text: str = "",
        messages: Sequence[Mapping[str, Any]] = (),
        exclude: Sequence[str] = (),
        k: int = MOST,
        profile: Profile | None = None,
        diversity: float | None = None,
        novelty: float | None = None,
    ) -> list[Candidate]:
        """Without chat: min(k, allowed) items for a history of (item id, kind or rating), newest first.

        messages: {"role", "content", "item_ids"?}; what they name by `item_ids` counts as named. Items of the history, of
        `exclude`, named, and known to the profile are not offered. diversity, novelty: 0..1, for this call in place of the
        settings'; ValueError for others.
        """
        ledger = Ledger(tuple(wishes))
        query = asked.query_of(self.shelf, ledger, profile, None, max(PROPOSED, 2 * k))
        talked = [i for m in messages for i in m.get("item_ids") or () if i not in query.unlike]
        query = replace(
            query,
            text=asked.words_from(text, messages, wishes, self.shelf),
            named=tuple(dict.fromkeys((*query.named, *talked))),
            history=(*weigh_events(history, self.shelf.top_rating), *query.history),
            said=asked.said_by(text, messages),
        )
        barred = self._barred(ledger, profile, None) | frozenset(i for i, _ in history) | frozenset((*exclude, *talked))
        dials = Dials(
            self.dials.diversity if diversity is None else diversity, self.dials.novelty if novelty is None else novelty
        )
        ranking = await self._rank(query, ledger, barred, k, dials)
        past = (*history, *(profile.past if profile else ()))
        return await self._offer(ranking, query, ledger, (), (query.text,) if query.text else (), past)

    async def near(self, ledger: Ledger, profile: Profile, turn: Turn) -> list[Near]:
        """At most five items that break fewest hard wishes, at least one; empty when some item meets them all."""
        if not ledger.hard or await self.count(ledger):
            return []
        barred = self._barred(ledger, profile, turn)
        found = await self.store.filters.near(self.catalog.name, ledger.hard, NEAR, barred)
        items = {item.id: item for item in await self.get([id_ for id_, _ in found])}
        return [Near(items[id_], tuple(broken)) for id_, broken in found if id_ in items]

    async def count(self, ledger: Ledger) -> int:
        """How many items meet the hard wishes, known ones among them."""
        if not self.shelf.answers(ledger.hard):
            return await self.store.filters.count(self.catalog.name, ledger.hard)
        return int(self.shelf.allowed(ledger.hard).sum())

    async def counts(self, ledger: Ledger, facet_name: str) -> list[tuple[Any, int]]:
        """The values of a facet among the items that meet the hard wishes, with their numbers."""
        counted = self.shelf.counts(ledger.hard, facet_name)
        return (
            await self.store.filters.counts(self.catalog.name, ledger.hard, facet_name) if counted is None else counted
        )

    async def get(self, ids: Sequence[str]) -> list[Item]:
        """Items in the order asked; unknown ids are left out."""
        return await self.store.items.get(self.catalog.name, list(ids)) if ids else []

    async def place(self, item_id: str, ledger: Ledger, profile: Profile, turn: Turn) -> Place:
        """Where this item stands for these wishes, as if the person did not know it yet, among what was shown last and what
        may still be shown. NotFound for an unknown id."""
        found = await self.store.items.get(self.catalog.name, [item_id], withdrawn=True)
        if not found:
            raise NotFound(f"There is no item {item_id!r} in {self.catalog.name}.")
        item = found[0]
        breaks = tuple(w for w in ledger.hard if not w.meets(item))
        known = item_id in profile.known or item_id in turn.shown
        if item_id not in self.shelf.row or not await self.get([item_id]):
            return Place(item, breaks, known, None, None, gone=True)
        named = item_id in self._named(ledger)
        if breaks:
            return Place(item, breaks, known, None, None, named=named)
        query = replace(asked.query_of(self.shelf, ledger, profile, None, PROPOSED), said=asked.said_in(turn))
        last = frozenset(i.id for i in turn.last_items) - profile.known
        barred = self._barred(ledger, profile, turn) - {item_id} - last
        ranking = await self._rank(query, ledger, barred, RANKED)
        row = self.shelf.row[item_id]
        rank = ranking.rows.index(row) + 1 if row in ranking.rows else None
        before = ranking.rows[: FIRST if rank is None else min(rank - 1, FIRST)]
        parts = await self._ask(query, np.array(sorted({row, *before}), dtype=np.int64))
        score = float(self.fuse(parts, len(self.shelf), query)[row]) if rank is None else ranking.scores[rank - 1]
        alone = Ranking([row], [score], parts, ranking.ordered)
        spoken = asked.said_words(ledger, self.shelf)
        candidates = await self._offer(alone, query, ledger, profile.relevant, spoken, profile.past)
        ahead = () if named else self._ahead(row, before, parts, ranking.ordered, query)
        return Place(item, (), known, candidates[0] if candidates else None, rank, ahead, named)

    # ------------------------------------------------------------------ inside

    def _barred(
        self, ledger: Ledger, profile: Profile | None, turn: Turn | None, *, show_again: bool = False
    ) -> frozenset[str]:
        """What is never offered in this turn."""
        shown = turn.shown if turn is not None and not show_again else frozenset()
        return self._named(ledger) | shown | (profile.known if profile else frozenset())

    def _named(self, ledger: Ledger) -> frozenset[str]:
        """Items that a `like` or `not_like` names: an example is not offered itself."""
        named = asked.items_in(ledger, "like", self.shelf) + asked.items_in(ledger, "not_like", self.shelf)
        return frozenset(named)

    def _ahead(
        self,
        row: int,
        before: Sequence[int],
        parts: Mapping[str, Scored],
        ordered: frozenset[int],
        query: Query,
    ) -> tuple[str, ...]:
        """By which sources the rows before this one are better, on average; those that make up a fifth of it and more."""
        if before and ordered.issuperset(before):
            return ("order",)
        gaps: dict[str, float] = {}
        for name, scored in parts.items():
            dense = dict(zip(scored.rows.tolist(), scored.scores.tolist(), strict=True))
            gap = sum(dense.get(r, 0.0) for r in before) / max(len(before), 1) - dense.get(row, 0.0)
            if gap > 0:
                gaps[name] = self.fuse.weight(name, query, parts) * gap
        total = sum(gaps.values())
        return tuple(name for name in sorted(gaps, key=lambda n: -gaps[n]) if gaps[name] >= AHEAD * total)

    async def _ask(self, query: Query, rows: np.ndarray | None) -> dict[str, Scored]:
        answers = await asyncio.gather(*(source.score(query, rows) for source in self.sources))
        return {source.name: scored for source, scored in zip(self.sources, answers, strict=True)}

    async def _rank(
        self, query: Query, ledger: Ledger, barred: frozenset[str], most: int, dials: Dials | None = None
    ) -> Ranking:
        """The best `most` rows that are allowed and not barred: by the facet of a `sort` wish, else by the sources and dials."""
        dials = self.dials if dials is None else dials
        sort = next((w for w in reversed(ledger.wishes) if w.op == "sort" and w.facet), None)
        if sort is None and dials:
            ranking = await self._best(query, ledger, barred, max(POOL, most))
            rows, scores = dials.turned(ranking.rows, ranking.scores, self.shelf)
            return replace(ranking, rows=rows[:most], scores=scores[:most])
        if sort is None:
            return await self._best(query, ledger, barred, most)
        if query.text or query.named:  # what fits the words best, in the order of the facet
            ranking = await self._best(query, ledger, barred, max(SORTED, most))
            fits = sum(score >= FITS * ranking.scores[0] for score in ranking.scores)
            first = self._by_facet(replace(ranking, rows=ranking.rows[:fits], scores=ranking.scores[:fits]), sort, most)
            rows = [*first.rows, *ranking.rows[fits:]][:most]
            return Ranking(rows, _falling(len(rows)), ranking.parts, first.ordered)
        return await self._first(query, ledger, barred, most, sort)

    async def _best(self, query: Query, ledger: Ledger, barred: frozenset[str], most: int) -> Ranking:
        name, hard = self.catalog.name, ledger.hard
        everything = np.arange(len(self.shelf), dtype=np.int64)
        free = np.ones(len(self.shelf), dtype=bool)
        free[[self.shelf.row[i] for i in barred if i in self.shelf.row]] = False
        current = await self._current()
        if not hard:
            parts, pool = await self._open_search(query, free, most)
            fused = self.fuse(parts, len(self.shelf), query)
            return replace(self._take(pool[free[pool]], fused, parts, most), current=current)
        allowed = self.shelf.allowed(hard)
        if self.shelf.answers(hard):
            ranking = await self._chosen(query, np.flatnonzero(allowed & free), ledger, most, current)
            if ranking is not None:
                return ranking
        # The shelf is out of date, or can not tell. It still guesses how many are allowed; SQL says which.
        if int(allowed.sum()) <= self._few:
            ids = await self.store.filters.ids(name, hard)
            rows = np.array(sorted(self.shelf.row[i] for i in ids if i in self.shelf.row), dtype=np.int64)
            rows = rows[free[rows]]
            parts = await self._ask(query, rows)
            return self._take(rows, self.fuse(parts, len(self.shelf), query), parts, most)
        parts = await self._ask(query, everything)
        fused = self.fuse(parts, len(self.shelf), query)
        rows = np.flatnonzero(free)
        order = self._ordered(rows, fused, ORDERED)
        stand: list[int] = []
        start, size = 0, max(BLOCK, most)
        while len(stand) < most and start < len(rows):
            if start >= len(order):
                order = self._ordered(rows, fused)
            block = order[start : start + size]
            good = await self.store.filters.confirm(name, hard, [self.shelf.ids[row] for row in block])
            stand += [int(row) for row in block if self.shelf.ids[row] in good]
            start, size = start + len(block), size * 2
        stand = stand[:most]
        return Ranking(stand, fused[stand].tolist(), parts)

    async def _current(self) -> bool:
        """Whether SQL says that nothing has changed since the shelf's items were read: then its arrays answer as SQL would."""
        edition = self.shelf.edition
        return edition is not None and await self.store.items.edition(self.catalog.name) == edition

    async def _chosen(self, query: Query, rows: np.ndarray, ledger: Ledger, most: int, current: bool) -> Ranking | None:
        """The best of the rows that the shelf allows. Where it may be out of date SQL confirms them; None where it says otherwise of
        one, or where there are so few that SQL had better name them all."""
        if len(rows) < most and not current:
            return None
        most_of_all = len(rows) > MOSTLY * len(self.shelf)  # then it is quicker to look at all than to copy these
        parts = await self._ask(query, np.arange(len(self.shelf), dtype=np.int64) if most_of_all else rows)
        ranking = replace(self._take(rows, self.fuse(parts, len(self.shelf), query), parts, most), current=current)
        if current:
            return ranking
        chosen = {self.shelf.ids[row] for row in ranking.rows}
        confirmed = await self.store.filters.confirm(self.catalog.name, ledger.hard, sorted(chosen))
        return ranking if chosen == confirmed else None

    async def _open_search(self, query: Query, free: np.ndarray, most: int) -> tuple[dict[str, Scored], np.ndarray]:
        """Scores where nothing is filtered, and the rows to choose from.

        When a source only looked up its best, all sources score what all of them propose; if too little of that is free, everything.
        """
        everything = np.arange(len(self.shelf), dtype=np.int64)
        parts = await self._ask(query, None)
        if all(scored.complete for scored in parts.values()):
            return parts, everything
        proposals = [scored.best(query.limit) for scored in parts.values()]
        pool = np.unique(np.concatenate(proposals))
        if int(free[pool].sum()) < min(most, int(free.sum())):
            pool = everything
        return await self._ask(query, pool), pool

    async def _first(self, query: Query, ledger: Ledger, barred: frozenset[str], most: int, sort: Wish) -> Ranking:
        """The allowed items in the order of a facet; equal values by score; items without a value fill up at the end."""
        assert sort.facet is not None
        name, shelf, descending = self.catalog.name, self.shelf, sort.value == "desc"
        ids = await self.store.filters.order(name, ledger.hard, sort.facet, descending, most + 1, barred)
        rows = [shelf.row[i] for i in ids if i in shelf.row and i not in barred]
        keys = shelf.sort_key(sort.facet, np.array(rows, dtype=np.int64), descending)
        if (
            len(rows) > most and keys[most] == keys[most - 1]
        ):  # equal values cross the edge: take all, let scores decide
            values = (await self.get([shelf.ids[rows[most]]]))[0].values(sort.facet)
            tied = Wish(facet=sort.facet, op="=", value=max(values) if descending else min(values))
            more = await self.store.filters.ids(name, [*ledger.hard, tied])
            rows = list(dict.fromkeys([*rows, *(shelf.row[i] for i in more if i in shelf.row and i not in barred)]))
        valued = np.array(sorted(rows), dtype=np.int64)
        parts = await self._ask(query, valued)
        fused = self.fuse(parts, len(shelf), query)
        ranking = self._by_facet(Ranking(valued.tolist(), fused[valued].tolist(), parts), sort, most)
        if len(ranking.rows) == most:
            return ranking
        taken = barred | {shelf.ids[row] for row in ranking.rows}
        rest = await self._best(query, ledger, taken, most - len(ranking.rows))
        rows = [*ranking.rows, *rest.rows]
        parts = await self._ask(query, np.array(sorted(rows), dtype=np.int64))
        return Ranking(rows, _falling(len(rows)), parts, ranking.ordered)

    def _by_facet(self, ranking: Ranking, sort: Wish, most: int) -> Ranking:
        """These rows in the order of a facet; scores decide between equals; rows without a value come last."""
        rows = np.array(ranking.rows, dtype=np.int64)
        keys = self.shelf.sort_key(sort.facet or "", rows, sort.value == "desc")
        order = np.lexsort((rows, -self.shelf.popularity[rows], -np.array(ranking.scores), keys))[
            :most
        ]  # NaN goes last
        valued = rows[order][~np.isnan(keys[order])]
        return Ranking(rows[order].tolist(), _falling(len(order)), ranking.parts, frozenset(valued.tolist()))

    def _take(self, rows: np.ndarray, fused: np.ndarray, parts: Mapping[str, Scored], most: int) -> Ranking:
        best = self._ordered(rows, fused, most)[:most]
        return Ranking(best.tolist(), fused[best].tolist(), parts)

    def _ordered(self, rows: np.ndarray, fused: np.ndarray, first: int | None = None) -> np.ndarray:
        """Rows by fused score, then popularity, then id: an order without chance. first: this many at least, not all."""
        if first is not None and 0 < first < len(rows):
            scores = -fused[rows]
            rows = rows[scores <= np.partition(scores, first - 1)[first - 1]]  # those that tie with the last one too
        return rows[np.lexsort((rows, -self.shelf.popularity[rows], -fused[rows]))]

    async def _offer(
        self,
        ranking: Ranking,
        query: Query,
        ledger: Ledger,
        liked: Sequence[Item],
        spoken: Sequence[str],
        past: Sequence[tuple[str, str | float | None]],
    ) -> list[Candidate]:
        """The ranked rows as candidates: items from the store, sources that contributed, evidence, and the rating that a
        person with this past would give."""
        ids = [self.shelf.ids[row] for row in ranking.rows]
        if not ids:
            return []
        at_hand = {item.id: item for item in liked}
        history = list(at_hand) or [i for i, weight in query.history if weight > 0][:LIKED]
        through = self._through(query, ranking.rows)
        wanted = [i for i in dict.fromkeys([*ids, *query.named, *history, *through.values()]) if i not in at_hand]
        if ranking.current:
            items = at_hand | {i: self.shelf.items[self.shelf.row[i]] for i in wanted if i in self.shelf.row}
        else:
            items = at_hand | {item.id: item for item in await self.get(wanted)}
        named = [items[i] for i in query.named if i in items]
        likes = [items[i] for i in history if i in items and i not in query.named]
        rated = predicted(self.shelf.ratings, past, self.shelf.row, ranking.rows)
        took = self._took(query)
        reasons = Reasons(ledger, self.shelf, named=named, liked=likes, spoken=spoken, pointed=[*named, *likes])
        known = frozenset((*query.named, *history))
        given = self.fuse.contributed(ranking.parts, ranking.rows, query)
        offered = []
        for row, id_, score, scores in zip(ranking.rows, ids, ranking.scores, given, strict=True):
            if id_ not in items:  # withdrawn since the shelf was built
                continue
            if row in ranking.ordered:
                scores = {"order": score, **scores}
            why = reasons.of(
                items[id_],
                via=items.get(via) if (via := through.get(row)) is not None and via not in known else None,
                people=Collaborative.name in scores,
                talked=row in took and Dialogue.name in scores,
            )
            offered.append(Candidate(items[id_], score, scores or {"popularity": 0.0}, why, rated.get(row)))
        return offered

    def _took(self, query: Query) -> frozenset[int]:
        """Rows that several people who asked for something like this took."""
        talks = self.shelf.talks
        return frozenset(talks.takers(query.said).tolist()) if talks is not None and query.said else frozenset()

    def _through(self, query: Query, rows: Sequence[int]) -> dict[int, str]:
        """For each row the id of the item, named or of the history, with which it has most in common."""
        walks = (source.through(query, rows) for source in self.sources if isinstance(source, Relations))
        return {row: self.shelf.ids[via] for row, via in next(walks, {}).items()}


def packaged_sources(shelf: Shelf) -> tuple[Source, ...]:
    """The sources every catalogue has."""
    return (
        Content(shelf), Words(shelf), Wished(shelf), Relations(shelf), Collaborative(shelf), Dialogue(shelf),
        Popularity(shelf), Newcomers(shelf),
    )  # fmt: skip


def _falling(count: int) -> list[float]:
    """Scores of an order that is not the sources': 1 and down."""
    return [1.0 - n / max(count, 1) for n in range(count)]
