"""Whether a Chinese sentence says only what its records or the person's words back.

Every name, number, quoted title, Latin word, value and cue of a claim must be found; what the segmenter knows as a plain word
passes. Knows: characters, the segmenter's tags. Does not know: where the sentence came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from chatrec.answer.grounding.amounts import Amounts
from chatrec.answer.grounding.chinese_numbers import amounts
from chatrec.answer.grounding.chinese_people import person, relations
from chatrec.answer.grounding.chinese_sentence import LATIN, ChineseSentence
from chatrec.answer.grounding.finding import Unbacked
from chatrec.answer.grounding.hygiene import is_han
from chatrec.answer.grounding.records import Record, Spoken, dotted, phrase
from chatrec.answer.grounding.scope import Scope
from chatrec.answer.grounding.terms import Terms
from chatrec.answer.grounding.words import ChineseWords

_QUOTED = re.compile(r"《([^》]*)》|〈([^〉]*)〉|「([^」]*)」|『([^』]*)』|\"([^\"]*)\"|“([^”]*)”|'([^']{2,})'")
_STRAY = re.compile(r"[《》〈〉「」『』“”\"]")
_NAME_TAGS = ("nr", "ns", "nt", "nz")
_TITLE_CUE = re.compile(r"(?:比|像|和|与|跟|同|似|如|类似|喜欢|爱看|看过|超过|不输|胜过|媲美|致敬|续写|想起)$")
_LONGEST = 14  # characters of a name or value that is looked for


class Chinese:
    """One check at a time; holds nothing but what the catalogue gives."""

    def __init__(self, terms: Terms, amounts: Amounts):
        self.terms, self.amounts, self.words = terms, amounts, ChineseWords()

    def check(self, sentence: str, records: Sequence[Record], spoken: Spoken) -> tuple[str, ...]:
        """The claims found, all backed. Raises Unbacked at the first that is not."""
        return _Check(self.terms, self.amounts, self.words, sentence, records, spoken).run()


class _Check(ChineseSentence):
    def run(self) -> tuple[str, ...]:
        self._cues()
        self.free = person(self)
        self._quotations()
        self._titles()
        self.scope = Scope.of(self.plain, self.records, self.mentions)
        self._terms()
        amounts(self)
        self._without()
        self._latin()
        relations(self)
        self._tokens()
        return tuple(self.claims)

    def _cues(self) -> None:
        """Words in which claims hide; the app's own doings."""
        bare = _QUOTED.sub(
            lambda m: "·" * len(m.group()) if any(phrase(m.group()) in r.titles for r in self.records) else m.group(),
            self.plain,
        )
        for record in self.records:  # a title may hold any word
            for title in record.titles:
                words = "".join(title)
                if len(words) > 2 and is_han(words[0]):
                    bare = bare.replace(words, "·" * len(words))
        if self.question and not self.records:
            bare = bare.replace("最近", "··")  # "how have you been lately?" dates nothing
        if never := self.words.pattern("never").search(bare):
            raise Unbacked("order", never.group())
        for match in self.words.pattern("claims").finditer(bare):
            found = match.group()
            if any(found in r.plain for r in self.records) or (len(found) > 1 and found in self.spoken.text):
                self.claims.append(found)
            elif not self._facet_cue(match.start(), match.end()):
                raise Unbacked("cue", found)
        if any(c in bare for c in "我咱俺"):
            allowed = [m.span() for m in self.words.pattern("self", "allowed").finditer(bare)]
            for match in re.finditer("[我咱俺]", bare):
                if not any(a <= match.start() < b for a, b in allowed):
                    raise Unbacked("self", match.group())
        if self.records and (plot := self.words.pattern("plots").search(bare)):
            self._plot(plot.end(), bare)

    def _plot(self, start: int, bare: str) -> None:
        """What a story is said to tell has to be in the record's own Chinese words, but for plain words."""
        told = "".join(t for r in self.records for t in r.texts if any(map(is_han, t)))
        if not told:
            raise Unbacked("plot", bare[start:])
        for word, tag in self.words.jieba.tag(bare[start:]):
            if (
                len(word) > 1
                and tag[0] in "nv"
                and word not in self.words.plain
                and word not in dotted(told)
                and "·" not in word
            ):
                raise Unbacked("plot", word)

    def _facet_cue(self, start: int, end: int) -> bool:
        """A cue that is also the name of a facet stands when an amount of that facet follows; the amount is checked apart."""
        found = self.plain[start:end]
        return any(
            found in (*f.words.get("zh", ()), f.label.get("zh", ""))
            and any(r.item.values(f.name) for r in self.records)
            and bool(re.search(r"\d|[一二三四五六七八九十百千]", self.plain))
            for f in self.terms.catalog.facets
            if f.type == "number"
        )

    def _quotations(self) -> None:
        bare = self.plain
        for match in _QUOTED.finditer(self.plain):
            inside = next(g for g in match.groups() if g is not None)
            start, end = match.span()
            self.claim(start, end)
            bare = bare.replace(match.group(), "")
            run = phrase(inside)
            named = [r for r in self.records if run in r.titles]
            self.mentions += [(start, r) for r in named]
            if not named:
                words = inside.strip(" ,，。.!！?？")
                marked = self.plain[start] in "《〈"
                if not words or not (
                    (not marked and any(words in r.plain for r in self.records)) or words in self.spoken.text
                ):
                    raise self.refuse("quote", start, end)
            self.fill(start, end, frozenset({"title" if named else "quote"}))
        if _STRAY.search(bare):
            raise Unbacked("quote", self.plain)

    def _titles(self) -> None:
        """Titles without marks: the records' own are mentions, another's after a cue is a claim."""
        for start in range(len(self.plain)):
            for end in range(min(len(self.plain), start + _LONGEST), start + 1, -1):
                if self.taken(start, end):
                    continue
                words = self.plain[start:end]
                named = [r for r in self.records if "title" in r.written.get(words, ())]
                if named:
                    self.mentions += [(start, r) for r in named]
                    self.fill(start, end, frozenset({"title"}))
                    break
                foreign = words in self.terms.chinese_titles and words not in self.spoken.text
                if foreign and (len(words) > 3 or _TITLE_CUE.search(self.plain[:start])):
                    raise self.refuse("title", start, end)
        self.mentions.sort(key=lambda m: m[0])

    def _terms(self) -> None:
        """Names of people and values, the longest at each place."""
        own = {w for r in self.records for w, facets in r.written.items() if facets - {"title"}}
        start = 0
        while start < len(self.plain):
            for end in range(min(len(self.plain), start + _LONGEST), start + 1, -1):
                words = self.plain[start:end]
                if self.taken(start, end) or not (words in own or words in self.terms.chinese):
                    continue
                if words.isascii() and (
                    (self.plain[start - 1 : start].isalnum() and self.plain[start - 1].isascii() and start)
                    or (self.plain[end : end + 1].isascii() and self.plain[end : end + 1].isalnum())
                ):
                    continue
                self._term(start, end, words)
                start = end - 1
                break
            start += 1

    def _term(self, start: int, end: int, words: str) -> None:
        facets = [frozenset(f for f in r.written.get(words, ()) if f != "title") for r in self.scope.at(start)]
        people = frozenset.intersection(*facets) if facets else frozenset()
        if people:
            self.claim(start, end)
            if self.negated(start):
                raise self.refuse("negated", start, end)
            self.people.append((start, end, people))
            self.fill(start, end, people)
            return
        options = self.terms.chinese.get(words, ())
        if not options or any(self.is_person(f) for f, _ in options):
            if self.frees(start) and words in self.spoken.text:
                self.fill(start, end, frozenset({"free"}))
                return
            raise self.refuse("name", start, end)
        self._value(start, end, words, options)

    def _value(self, start: int, end: int, words: str, options: Sequence[tuple[str, str]]) -> None:
        kind = re.match(self.words.pattern("kinds"), self.plain[end:])
        if words in self.words.claims["everyday_values"] and not kind and not self._is_one(start):
            return
        described = all((f := self.terms.catalog.facet(name)) and not f.filter and not f.role for name, _ in options)
        descriptive = any(self.terms.descriptive(f, v) for f, v in options) or (described and words in self.words.plain)
        backed = self.scope.backed(start, lambda r: any(r.has(f, v) for f, v in options))
        negated = self.negated(start)
        if backed and not negated:
            self.fill(start, end, frozenset(f for f, _ in options))
            if not descriptive:
                self.claim(start, end)
            return
        if backed:
            raise self.refuse("negated", start, end)
        if self.frees(start) or (self.question and not self.records):
            self.fill(start, end, frozenset({"free"}))
            return
        if descriptive:
            self.fill(start, end, frozenset({"plain"}))
            return
        if negated and self.scope.backed(
            start, lambda r: any(r.item.values(f) for f, _ in options) and not any(r.has(f, v) for f, v in options)
        ):
            self.fill(start, end, frozenset({"free"}))
            return
        raise self.refuse("facet", start, end)

    def _without(self) -> None:
        """无咖啡因: true of a zero alone."""
        for words, facet in self.terms.amounts_called("zh"):
            for match in re.finditer(f"(?:无|零|不含|没有|没|不带){re.escape(words)}", self.plain):
                if not self.scope.backed(match.start(), lambda r, f=facet: r.item.values(f)[:1] == (0,)):  # type: ignore[misc]
                    raise self.refuse("number", *match.span())

    def _is_one(self, start: int) -> bool:
        return bool(re.search(r"(?:是|属于|作为)(?:一部|一款|一个)?$", self.plain[:start]))

    def _latin(self) -> None:
        for match in LATIN.finditer(self.plain):
            start, end = match.span()
            if all(c is not None for c in self.cover[start:end]):
                continue
            run = phrase(match.group())
            self.claim(start, end)
            facets = [r.names_in(run) for r in self.scope.at(start)]
            found = frozenset.intersection(*facets) if facets else frozenset()
            if found:
                self.fill(start, end, found)
                if people := frozenset(f for f in found if self.is_person(f)):
                    self.people.append((start, end, people))
                if self.negated(start):
                    raise self.refuse("negated", start, end)
            elif self.scope.backed(start, partial(_holds_words, frozenset(run))):
                self.fill(start, end, frozenset({"text"}))
            elif self.frees(start) and self.spoken.holds(run):
                self.fill(start, end, frozenset({"free"}))
            else:
                raise self.refuse("name", start, end)

    def _tokens(self) -> None:
        masked = "".join("," if c is not None else x for x, c in zip(self.plain, self.cover, strict=True))
        place = 0
        for word, tag in self.words.jieba.tag(masked):
            start, place = place, place + len(word)
            if not any(map(is_han, word)) or word in self.words.plain:
                continue
            if tag.startswith(_NAME_TAGS) and not self._free_word(word, start) and not self._mistaken(word):
                raise self.refuse("name", start, place)
            if word in self.words.claims["only_surnames"] and not self._free_word(word, start) and word != "曾":
                raise self.refuse("name", start, place)
            if "·" in self.plain[start : place + 1] and tag[0] != "x":
                raise self.refuse("name", start, place)
            unknown = len(word) > 1 and not self.words.jieba.has_word(word)
            if unknown and not self._free_word(word, start) and not self._put_together(word, tag):
                raise self.refuse("unknown", start, place)

    def _put_together(self, word: str, tag: str) -> bool:
        """Whether a word that is in no dictionary is made of everyday parts (想看, 不躁) rather than a name."""
        small, surnames = self.words.small, self.words.claims["surnames"]
        if tag[0] in "vadrqfcpumty" and len(word) == 2 and any(c in small for c in word):
            return all(c in small or c not in surnames for c in word) or all(c in self.words.characters for c in word)
        return not tag.startswith("n") and all(c in self.words.characters for c in word)

    def _mistaken(self, word: str) -> bool:
        """Whether the segmenter made up a name from ordinary characters: no surname first, no sound of a foreign name."""
        names = self.words.claims["surnames"] + self.words.claims["transliteration"]
        return (
            len(word) == 2
            and not self.words.jieba.has_word(word)
            and not any(c in names for c in word)
            and all(c in self.words.characters for c in word)
        )

    def _free_word(self, word: str, start: int) -> bool:
        """Whether the record's own text or the person's words hold a word that is not in the dictionary, or taken for a name."""
        if len(word) == 1:
            return word in self.words.small
        return any(word in r.plain for r in self.records) or word in self.spoken.text


def _holds_words(words: frozenset[str], record: Record) -> bool:
    return words <= record.words
