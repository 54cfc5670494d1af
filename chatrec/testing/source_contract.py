"""What every source of candidates must keep to. Inherit `SourceContract`, give `make`, and pytest runs it.

    class TestMySource(SourceContract):
        def make(self, shelf):
            return MySource(shelf)

Knows: the protocol in `recommend.source`, and a small catalogue to try it on. Needs pytest with asyncio_mode=auto.
"""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from chatrec.language.describe import searched_text
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query, Scored, Source
from chatrec.testing.hashed_words import HashedWords
from chatrec.vocabulary import Catalog, Facet, Item, Wish

_SHAPES = ("round", "square", "tall", "flat")
_WOODS = ("oak", "walnut", "bamboo", "pine", "cherry")
_ROOMS = ("kitchen", "study", "nursery")

CATALOG = Catalog(
    name="lamps",
    noun={"en": ["lamp", "lamps"], "zh": ["灯"]},
    facets=(
        Facet(name="shape", type="category"),
        Facet(name="woods", type="category", many=True),
        Facet(name="watts", type="number"),
        Facet(name="since", type="date"),
        Facet(name="dimmable", type="bool"),
    ),
    version="lamps-1",
)


def lamps(count: int = 60) -> list[Item]:
    """Items with words in two languages, shared and rare values, and some that are missing."""
    made = []
    for n in range(count):
        attributes: dict[str, Any] = {
            "shape": _SHAPES[n % 4],
            "woods": tuple(dict.fromkeys((_WOODS[n % 5], _WOODS[(n * 3) % 5]))),
            "watts": float(5 + n % 17),
            "since": f"20{n % 20:02d}-01-0{1 + n % 9}",
            "dimmable": n % 3 == 0,
        }
        if n % 7 == 6:
            del attributes["watts"], attributes["woods"]
        room = _ROOMS[n % 3]
        made.append(
            Item(
                id=f"lamp-{n:03d}",
                title=f"{_SHAPES[n % 4].title()} {room} lamp {n}",
                titles={"zh": "台灯" if n % 2 else "落地灯"},
                description=f"A {_WOODS[n % 5]} light for the {room}.",
                popularity=round(((n * 37) % 101) / 101, 3),
                attributes=attributes,
            )
        )
    return made


QUERIES: dict[str, Query] = {
    "nothing": Query(),
    "words": Query(text="walnut kitchen light"),
    "chinese": Query(text="落地灯"),
    "not": Query(text="lamp", against="kitchen"),
    "named": Query(named=("lamp-003",), unlike=("lamp-010",)),
    "history": Query(history=(("lamp-005", 1.0), ("lamp-006", -1.0), ("lamp-007", 0.3))),
    "soft": Query(wishes=(Wish(facet="watts", op="between", value=[8, 12], hard=False),)),
    "all": Query(
        text="oak study",
        named=("lamp-001",),
        history=(("lamp-002", 1.0),),
        wishes=(Wish(facet="woods", op="contains", value="Oak", hard=False),),
    ),
    "unknown ids": Query(named=("no-such",), unlike=("nor-this",), history=(("gone", 1.0), ("", -1.0))),
    "odd text": Query(text="\u200b!!! 🏮 \x00" + "lamp " * 500),
}


class SourceContract:
    """Finite scores for allowed rows only, the same every time, for any query, with nothing changed and nothing shared."""

    def make(self, shelf: Shelf) -> Source:
        """The source under test, over this shelf."""
        raise NotImplementedError

    def shelf(self, *, vectors: bool) -> Shelf:
        """The catalogue it is tried on."""
        items = lamps()
        shelf = Shelf.build(CATALOG, items)
        if vectors:
            encoder = HashedWords()
            matrix = encoder.vectors([searched_text(item, CATALOG) for item in items])
            shelf.adopt(encoder.name, [item.id for item in items], matrix, encoder.encode)
        return shelf

    def both(self) -> list[tuple[Shelf, Source]]:
        """Before the vectors are ready, and after."""
        shelves = [self.shelf(vectors=False), self.shelf(vectors=True)]
        return [(shelf, self.make(shelf)) for shelf in shelves]

    def test_has_a_name_of_its_own(self) -> None:
        names = {source.name for _, source in self.both()}
        assert len(names) == 1
        assert names.pop().isidentifier()

    async def test_scores_are_finite_and_for_the_asked_rows_only(self) -> None:
        for shelf, source in self.both():
            for rows in (None, _rows(shelf, 1), _rows(shelf, 3), _rows(shelf, 1)[:0]):
                for name, query in QUERIES.items():
                    check_form(await source.score(query, rows), rows, len(shelf), name)

    async def test_is_deterministic(self) -> None:
        for shelf, source in self.both():
            again = self.make(shelf)
            for query in QUERIES.values():
                first, second, third = [await s.score(query, None) for s in (source, source, again)]
                for other in (second, third):
                    np.testing.assert_array_equal(first.rows, other.rows)
                    np.testing.assert_array_equal(first.scores, other.scores)

    async def test_a_score_does_not_depend_on_the_other_rows(self) -> None:
        for shelf, source in self.both():
            for name, query in QUERIES.items():
                whole = dense(await source.score(query, _rows(shelf, 1)), len(shelf))
                some = _rows(shelf, 3)
                part = dense(await source.score(query, some), len(shelf))
                np.testing.assert_allclose(part[some], whole[some], atol=1e-6, err_msg=name)
                proposed = await source.score(query, None)
                expected = whole[proposed.rows]
                np.testing.assert_allclose(proposed.scores, expected, atol=1e-6, err_msg=name)
                if proposed.complete:
                    np.testing.assert_allclose(dense(proposed, len(shelf)), whole, atol=1e-6, err_msg=name)

    async def test_changes_nothing_it_is_given(self) -> None:
        for shelf, source in self.both():
            rows = _rows(shelf, 2)
            before = (rows.copy(), shelf.popularity.copy(), shelf.vectors)
            for query in QUERIES.values():
                held = repr(query)
                scored = await source.score(query, rows)
                assert repr(query) == held
                first = scored.scores.copy()
                scored.scores[:] = 0.0  # what is handed out is the caller's
                np.testing.assert_array_equal((await source.score(query, rows)).scores, first)
            np.testing.assert_array_equal(rows, before[0])
            np.testing.assert_array_equal(shelf.popularity, before[1])
            assert shelf.vectors is before[2]

    async def test_many_at_once_do_not_mix(self) -> None:
        for _, source in self.both():
            queries = list(QUERIES.values()) * 5
            alone = [await source.score(q, None) for q in queries]
            together = await asyncio.gather(*(source.score(q, None) for q in queries))
            for one, other in zip(alone, together, strict=True):
                np.testing.assert_array_equal(one.rows, other.rows)
                np.testing.assert_array_equal(one.scores, other.scores)

    async def test_an_empty_catalogue_is_no_error(self) -> None:
        source = self.make(Shelf.build(CATALOG, []))
        for query in QUERIES.values():
            assert len((await source.score(query, None)).rows) == 0


def check_form(scored: Scored, rows: np.ndarray | None, size: int, name: str) -> None:
    """Rows ascending, distinct and allowed; one finite score each."""
    assert scored.rows.shape == scored.scores.shape, name
    assert scored.rows.ndim == 1, name
    assert np.issubdtype(scored.rows.dtype, np.integer), name
    assert np.isfinite(scored.scores).all(), name
    assert (np.diff(scored.rows) > 0).all(), f"{name}: rows must be ascending and distinct"
    allowed = np.arange(size) if rows is None else rows
    assert np.isin(scored.rows, allowed).all(), f"{name}: a row that was not asked for"


def dense(scored: Scored, size: int) -> np.ndarray:
    out = np.zeros(size)
    out[scored.rows] = scored.scores
    return out


def _rows(shelf: Shelf, step: int) -> np.ndarray:
    return np.arange(0, len(shelf), step, dtype=np.int64)
