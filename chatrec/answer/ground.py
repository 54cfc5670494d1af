"""What counts as a checked claim: whether a sentence of a model says only what the record or the person's own words hold.

Knows: the catalogue's facets, values and titles, English and Chinese (chatrec/answer/grounding). Does not know: models, the store,
the turn. A sentence that fails is not said; the template speaks. See docs/decisions/0003-grounding.md.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from chatrec.answer.grounding.amounts import Amounts
from chatrec.answer.grounding.chinese import Chinese
from chatrec.answer.grounding.english import English
from chatrec.answer.grounding.finding import Unbacked, Verdict
from chatrec.answer.grounding.hygiene import language_fits, unclean
from chatrec.answer.grounding.records import Record
from chatrec.answer.grounding.sentences import SentenceStream, clean, split_sentences
from chatrec.answer.grounding.spoken import spoken_by
from chatrec.answer.grounding.terms import Terms
from chatrec.answer.grounding.words import EnglishWords
from chatrec.vocabulary import Catalog, Item

__all__ = ["Grounds", "SentenceStream", "Verdict", "clean", "split_sentences"]

_REMEMBERED = 512  # records kept ready, by item


class Grounds:
    """The ground that every sentence about one version of one catalogue has to stand on.

    values: facet -> the catalogue's distinct values. titles: all titles, in every language. Word tables are built at the first
    check (or by `warm`), so that making one costs nothing.
    """

    def __init__(self, catalog: Catalog, values: Mapping[str, Iterable[str]], titles: Iterable[str]):
        self.catalog = catalog
        self._values = {facet: list(found) for facet, found in values.items()}
        self._titles = list(titles)
        self._records: OrderedDict[str, Record] = OrderedDict()
        # a pure function of the messages themselves, so nothing of one conversation can reach another
        self._spoken = lru_cache(maxsize=64)(lambda said: spoken_by(said, self._terms))

    @cached_property
    def _terms(self) -> Terms:
        return Terms(self.catalog, self._values, self._titles, EnglishWords())

    @cached_property
    def _english(self) -> English:
        return English(self._terms, Amounts(self.catalog))

    @cached_property
    def _chinese(self) -> Chinese:
        return Chinese(self._terms, Amounts(self.catalog))

    def warm(self) -> None:
        """Build the word tables of both languages now (about a second for 10,000 films), rather than at the first sentence."""
        self.check("It is warm.", (), (), "en")
        self.check("很温暖。", (), (), "zh")

    def check(self, sentence: str, items: Sequence[Item], said: Sequence[str], language: str) -> Verdict:
        """Whether one sentence may be said. Pure but for word tables; no I/O, never raises for odd text.

        items: the records that the sentence may speak of: one for a card's reason, those shown for an intro, none for small talk.
        said: the person's own messages in this conversation, in any language. language: of the reply, "en" or "zh".
        """
        if why := unclean(sentence):
            return Verdict(False, why)
        if not language_fits(sentence, language):
            return Verdict(False, "language")
        records = tuple(self._record(item) for item in items)
        spoken = self._spoken(tuple(said))
        checker = self._chinese if language == "zh" else self._english
        try:
            return Verdict(True, "", checker.check(sentence, records, spoken))
        except Unbacked as lie:
            return Verdict(False, lie.why, (lie.span,) if lie.span else ())

    def _record(self, item: Item) -> Record:
        """The item as evidence; made once as long as it is the same item."""
        known = self._records.get(item.id)
        if known is None or (known.item is not item and known.item != item):
            known = self._records[item.id] = Record(item, self.catalog)
        self._records.move_to_end(item.id)
        if len(self._records) > _REMEMBERED:
            self._records.popitem(last=False)
        return known
