"""The source that goes by what people who talked like this ended up with: imported conversations, and our own.

Knows: conversations that are like this one, by their words (cosine of BM25-weighted words) and by the items that came up; which
items those people took, more than people do on the whole; what the crowd they talk like takes at all; which facet values they took more often, so that an item of which
nobody has spoken yet has its chance. Does not know: where conversations are kept, who held them. What comes out of them is
numbers and counts of items taken, never a word that somebody said.

Neighbours of a whole conversation: Manzoor and Jannach 2022, "Towards retrieval-based conversational recommendation", Information
Systems 109. The shares of facet values are a naive Bayes estimate with neighbours as soft counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from chatrec.language.tokens import word_tokens
from chatrec.recommend.crowds import Crowds
from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf

# Weights of the parts below; chosen on conversations that judge nothing (benchmarks/conversational.py).
BY_WORDS, BY_ITEMS, BY_VALUES, TAKEN = 0.15, 0.15, 0.2, 0.55
SHARPER = 2.0  # power of the likeness: those most alike count most
NAMED = 0.85  # of an item that came up, beside one that was accepted
MOST = 50_000  # conversations, the latest
BINS = 10  # of a facet's numbers
SMOOTH = 2e-3  # added to shares of a facet value before they are compared
LEAST = -1.0  # facet values speak at most so much against an item
SATURATION = 1.2  # BM25's k1: a word said twice says little more
RARE = 0.1  # a word that more of the conversations have does not say what somebody asks for
ALIKE = 2  # rare words in common from which on two people asked for something like it
SURE = 100  # conversations from which on half of what was learned is believed
TOGETHER = 2  # such people who took an item, to be told


class Told(Protocol):
    """What is needed of a conversation (store.talks.Told)."""

    @property
    def words(self) -> str: ...
    @property
    def named(self) -> Sequence[str]: ...
    @property
    def accepted(self) -> Sequence[str]: ...
    @property
    def rejected(self) -> Sequence[str]: ...
    @property
    def person(self) -> str | None: ...


@dataclass(frozen=True, eq=False)
class Talks:
    """Conversations learned from: t of them, over a shelf's rows. Read-only."""

    code: dict[str, int]  # word -> column; words of a single conversation are left out
    weight: np.ndarray  # float64 [words]: how much a word tells
    rare: np.ndarray  # bool [words]
    words: Any  # scipy csc [t, words], rows of length 1
    taken: Any  # scipy csr [t, shelf]: 1 accepted, NAMED came up
    accepted: Any  # scipy csr [t, shelf], bool
    person: np.ndarray  # int64 [t]
    counts: np.ndarray  # float64 [shelf]: sums of `taken`
    crowds: Crowds  # which of them people talk like, and how often these take what
    values: Any  # scipy csr [shelf, values], 1 where a row has the facet value
    usual: np.ndarray  # float64 [values]: share of all that was taken

    @classmethod
    def fit(cls, told: Sequence[Told], shelf: Shelf) -> Talks | None:
        """From conversations, the latest last. Plain work; None where fewer than two took or named an item of the shelf."""
        from scipy import sparse

        used = [(talk, _taken(talk, shelf)) for talk in told]
        used = [(talk, taken) for talk, taken in used if taken][-MOST:]
        if len(used) < 2:
            return None
        said = [Counter(word_tokens(talk.words)) for talk, _ in used]
        spread = Counter(word for words in said for word in words)
        code = {word: n for n, word in enumerate(sorted(w for w, times in spread.items() if times > 1))}
        times = np.array([spread[word] for word in code], dtype=np.float64)
        weight = np.log1p((len(used) - times + 0.5) / (times + 0.5))
        rows = [
            (n, code[w], c * (SATURATION + 1) / (c + SATURATION))
            for n, s in enumerate(said)
            for w, c in s.items()
            if w in code
        ]
        words = _matrix(rows, (len(used), len(code)))
        words = words @ sparse.diags(weight)
        length = np.sqrt(np.asarray(words.multiply(words).sum(axis=1)).ravel())
        words = sparse.diags(1.0 / np.where(length > 0, length, 1.0)) @ words
        taken = _matrix([(n, row, w) for n, (_, t) in enumerate(used) for row, w in t.items()], (len(used), len(shelf)))
        counts = np.asarray(taken.sum(axis=0)).ravel()
        values = _values(shelf)
        usual = counts @ values
        codes: dict[str, int] = {}
        person = [codes.setdefault(talk.person or f"\x00{n}", len(codes)) for n, (talk, _) in enumerate(used)]
        return cls(
            code, weight, times <= max(RARE * len(used), 2), words.tocsc(), taken, (taken >= 1.0).tocsr(), np.array(person),
            counts, Crowds.fit(words.tocsr(), taken), values, usual / counts.sum(),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.person)

    def scores(self, text: str, items: Iterable[int]) -> np.ndarray:
        """For every row of the shelf, float64, about -0.2..1; where no conversation is like this one, what people take at all.
        Few conversations say less than many."""
        sure = len(self) / (len(self) + SURE)
        known = self._known(text)
        near_words, near_items = self._alike(text), self._beside(list(items))
        near = _unit(near_words) + _unit(near_items)  # many, for shares; the few most alike, for single items
        if not near.any():
            return sure * TAKEN * known
        scores = BY_WORDS * _unit(near_words**SHARPER @ self.taken) + BY_ITEMS * _unit(near_items @ self.taken)
        share = near @ self.taken
        share = (share / share.sum()) @ self.values
        lift = np.log((share + SMOOTH) / (self.usual + SMOOTH))
        lifted = np.maximum(self.values @ lift / 3.0, LEAST)
        return np.asarray(sure * (scores + TAKEN * known + BY_VALUES * lifted))

    def takers(self, text: str) -> np.ndarray:
        """Rows that at least two of the people who asked for something like it took: what may be said of them. Ascending."""
        codes = np.array(
            [c for w in dict.fromkeys(word_tokens(text)) if (c := self.code.get(w)) is not None and self.rare[c]]
        )
        if len(codes) < ALIKE:
            return np.zeros(0, dtype=np.int64)
        like = np.flatnonzero(np.diff(self.words[:, codes].tocsr().indptr) >= ALIKE)
        held = self.accepted[like].tocoo()
        pairs = np.unique(np.stack([held.col, self.person[like[held.row]]]), axis=1)  # each person once an item
        rows, times = np.unique(pairs[0], return_counts=True)
        return rows[times >= TOGETHER].astype(np.int64)

    def _known(self, text: str) -> np.ndarray:
        """How often people who talk like this take an item, on a logarithmic scale: float64 [shelf], 0..1."""
        codes = sorted({self.code[w] for w in word_tokens(text) if w in self.code})
        often = np.log1p(self.crowds.taken(np.array(codes, dtype=np.int64)))
        return np.asarray(often / often.max())

    def _alike(self, text: str) -> np.ndarray:
        """How like each conversation's words are, float64 [t], 0..1."""
        said = Counter(w for w in word_tokens(text) if w in self.code)
        if not said:
            return np.zeros(len(self))
        codes = np.array([self.code[w] for w in said])
        times = np.array(list(said.values()), dtype=np.float64)
        x = times * (SATURATION + 1) / (times + SATURATION) * self.weight[codes]
        likeness: np.ndarray = self.words[:, codes] @ (x / np.linalg.norm(x))
        return likeness

    def _beside(self, items: Sequence[int]) -> np.ndarray:
        """How many of these items came up in each conversation, float64 [t]; what comes up everywhere says less."""
        x = np.zeros(len(self.counts))
        known = [row for row in items if self.counts[row] > 0]
        x[known] = 1.0 / np.sqrt(self.counts[known])
        beside: np.ndarray = self.taken @ x
        return beside


class Dialogue:
    """What people who talked like this took, about 0..1 (below 0: rather not); nothing where the shelf has no conversations."""

    name = "dialogue"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        talks = self.shelf.talks
        if talks is None:
            return Scored()
        row = self.shelf.row
        own = sorted({row[i] for i in query.named if i in row})
        dense = talks.scores(query.said or query.text, own)
        dense[own] = np.minimum(dense[own], 0.0)
        against = [row[i] for i in query.unlike if i in row]
        dense[against] = np.minimum(dense[against], 0.0)
        return Scored.of(dense, rows)


def _taken(talk: Told, shelf: Shelf) -> dict[int, float]:
    """Row -> weight of what somebody took or named; what they refused is neither."""
    found = {shelf.row[i]: NAMED for i in talk.named if i in shelf.row}
    found |= {shelf.row[i]: 1.0 for i in talk.accepted if i in shelf.row}
    for item in talk.rejected:
        found.pop(shelf.row.get(item, -1), None)
    return found


def _values(shelf: Shelf) -> Any:
    """Which row has which value of a category, and which tenth of a number: scipy csr [shelf, values]."""
    from chatrec.recommend.shelf import Named

    cells: list[tuple[np.ndarray, np.ndarray]] = []
    width = 0
    for facet in shelf.catalog.facets:
        column = shelf.columns.get(facet.name)
        if isinstance(column, Named) and facet.type in ("category", "bool"):
            owner = np.repeat(np.arange(len(shelf)), np.diff(column.starts))
            cells.append((owner, column.codes + width))
            width += int(column.codes.max(initial=-1)) + 1
        elif (
            column is not None
            and not isinstance(column, Named)
            and column.values.dtype.kind == "f"
            and len(column.rows)
        ):
            edges = np.unique(np.quantile(column.values, np.linspace(0, 1, BINS + 1)[1:-1]))
            cells.append((column.rows, np.searchsorted(edges, column.values, side="right") + width))
            width += len(edges) + 1
    rows = np.concatenate([r for r, _ in cells]) if cells else np.zeros(0, dtype=np.int64)
    columns = np.concatenate([c for _, c in cells]) if cells else np.zeros(0, dtype=np.int64)
    return _matrix(np.stack([rows, columns, np.ones(len(rows))], axis=1), (len(shelf), max(width, 1)))


def _matrix(cells: Any, shape: tuple[int, int]) -> Any:
    """scipy csr of (row, column, value) cells."""
    from scipy import sparse

    cells = np.asarray(cells, dtype=np.float64).reshape(-1, 3)
    rows, columns = cells[:, 0].astype(np.int64), cells[:, 1].astype(np.int64)
    return sparse.csr_matrix((cells[:, 2], (rows, columns)), shape=shape)


def _unit(vector: np.ndarray) -> np.ndarray:
    """Its largest entry is 1, or all are 0."""
    top = float(vector.max(initial=0.0))
    return vector / top if top > 0 else vector
