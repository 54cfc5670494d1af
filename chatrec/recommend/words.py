"""The source that goes by words: BM25 over the searched text of the items, English words and Chinese bigrams.

Knows: tokens and their weights. Needs no encoder, so it serves from the first second. One index in the process serves every
database: SQLite's trigram search finds nothing for Chinese words of two characters.
Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", as implemented by bm25s.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from chatrec.language.tokens import word_tokens
from chatrec.recommend.source import Query, Scored

if TYPE_CHECKING:
    from chatrec.recommend.shelf import Shelf

K1, B = 1.2, 0.3  # a name said twice says little more; a long text is a described item, not a vaguer one
AGAINST = 0.5  # how much words that are not wanted count, against those that are


class WordIndex:
    """BM25 weights of every token in every text. Read-only once built."""

    def __init__(self, rows: int, codes: dict[str, int], starts: np.ndarray, texts: np.ndarray, weights: np.ndarray):
        self.rows = rows
        self._codes = codes
        self._starts, self._texts, self._weights = starts, texts, weights

    @classmethod
    def build(cls, texts: Iterable[str]) -> WordIndex:
        """One index row a text, in order."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for debug lines by itself
        known: dict[str, list[str]] = {}  # names come again and again; no word reaches over a comma
        tokens = []
        for text in texts:
            row: list[str] = []
            for piece in text.split(", "):
                found = known.get(piece)
                if found is None:
                    found = known[piece] = word_tokens(piece)
                row += found
            tokens.append(row)
        if not any(tokens):
            none = np.zeros(0, dtype=np.int64)
            return cls(len(tokens), {}, np.zeros(1, dtype=np.int64), none, none.astype(np.float32))
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index(tokens, show_progress=False, create_empty_token=False)
        scores = model.scores
        return cls(len(tokens), model.vocab_dict, scores["indptr"], scores["indices"], scores["data"])

    def holding(self, text: str) -> np.ndarray:
        """Which rows' indexed text has a word of this one, bool [rows]."""
        found = np.zeros(self.rows, dtype=bool)
        for token in word_tokens(text):
            code = self._codes.get(token)
            if code is not None:
                found[self._texts[self._starts[code] : self._starts[code + 1]]] = True
        return found

    def scores(self, text: str) -> np.ndarray:
        """How well each text matches the words, float64 [rows], 0..1; 1 is the best match there is."""
        out = np.zeros(self.rows)
        for token in dict.fromkeys(word_tokens(text)):
            code = self._codes.get(token)
            if code is not None:
                held = slice(self._starts[code], self._starts[code + 1])
                out[self._texts[held]] += self._weights[held]
        best = out.max(initial=0.0)
        return out / best if best > 0 else out


class Words:
    """BM25 of the free words; words that are not wanted count against."""

    name = "words"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def score(self, query: Query, rows: np.ndarray | None) -> Scored:
        if not (query.text or query.against):
            return Scored()
        scores = self.shelf.words.scores(query.text)
        if query.against:
            scores = scores - AGAINST * self.shelf.words.scores(query.against)
        return Scored.of(scores, rows)
