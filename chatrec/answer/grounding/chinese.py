"""Whether a Chinese sentence says only what its records or the person's words back.

Every name, number, quoted title, Latin word, value and cue of a claim must be found; what the segmenter knows as a plain word
passes. Knows: characters, the segmenter's tags. Does not know: where the sentence came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.answer.grounding.amounts import Amounts
from chatrec.answer.grounding.finding import Unbacked
from chatrec.answer.grounding.hygiene import is_han
from chatrec.answer.grounding.records import Record, Spoken, dotted, phrase
from chatrec.answer.grounding.scope import Scope
from chatrec.answer.grounding.terms import Terms
from chatrec.answer.grounding.words import ChineseWords
from chatrec.language.numerals import numbers
from chatrec.language.tokens import Utterance

_QUOTED = re.compile(r"《([^》]*)》|〈([^〉]*)〉|「([^」]*)」|『([^』]*)』|\"([^\"]*)\"|“([^”]*)”|'([^']{2,})'")
_STRAY = re.compile(r"[《》〈〉「」『』“”\"]")
_CLAUSE = re.compile(r"[,，。.!！?？;；:：…—()（）]|但|却|不过|而是")
_LATIN = re.compile(r"[a-z][a-z0-9'+.-]*(?: [a-z0-9][a-z0-9'+.-]*)*")
_NAME_TAGS = ("nr", "ns", "nt", "nz")
_IDIOM_TAGS = ("i", "l", "a", "d", "z", "b", "v", "n", "c", "r", "f", "u", "y")
_TITLE_CUE = re.compile(r"(?:比|像|和|与|跟|同|似|如|类似|喜欢|爱看|看过|超过|不输|胜过|媲美|致敬|续写|想起)$")
_PAST_ONE = re.compile(r"一[\u4e00-\u9fff]")
_LONGEST = 14  # characters of a name or value that is looked for
_MEASURES = "部个款台种本道首件样家杯套张位篇"
_NEAR = 6  # characters between a name and the word that says what its owner did


class Chinese:
    """One check at a time; holds nothing but what the catalogue gives."""

    def __init__(self, terms: Terms, amounts: Amounts):
        self.terms, self.amounts, self.words = terms, amounts, ChineseWords()

    def check(self, sentence: str, records: Sequence[Record], spoken: Spoken) -> tuple[str, ...]:
        """The claims found, all backed. Raises Unbacked at the first that is not."""
        return _Sentence(self, sentence, records, spoken).check()


class _Sentence:
    def __init__(self, chinese: Chinese, sentence: str, records: Sequence[Record], spoken: Spoken):
        self.terms, self.amounts, self.words = chinese.terms, chinese.amounts, chinese.words
        self.plain = dotted(sentence)
        self.records, self.spoken = tuple(records), spoken
        self.question = self.plain.rstrip("\"”’ ").endswith(("?", "？"))
        self.cover: list[frozenset[str] | None] = [None] * len(self.plain)
        self.people: list[tuple[int, int, frozenset[str]]] = []
        self.mentions: list[tuple[int, Record]] = []
        self.claims: list[str] = []

    def check(self) -> tuple[str, ...]:
        self._cues()
        self.free = self._person()
        self._quotations()
        self._titles()
        self.scope = Scope.of(self.plain, self.records, self.mentions)
        self._terms()
        self._amounts()
        self._latin()
        self._relations()
        self._tokens()
        return tuple(self.claims)

    # ---------------------------------------------------------------- pieces

    def claim(self, start: int, end: int) -> None:
        self.claims.append(self.plain[start:end])

    def refuse(self, why: str, start: int, end: int) -> Unbacked:
        return Unbacked(why, self.plain[start:end])

    def fill(self, start: int, end: int, with_: frozenset[str]) -> None:
        self.cover[start:end] = [with_] * (end - start)

    def taken(self, start: int, end: int) -> bool:
        return any(c is not None for c in self.cover[start:end])

    def clause(self, place: int) -> tuple[int, int]:
        """The bounds of the clause around a place."""
        cuts = [m for m in _CLAUSE.finditer(self.plain)]
        start = max((m.end() for m in cuts if m.end() <= place), default=0)
        end = min((m.start() for m in cuts if m.start() >= place), default=len(self.plain))
        return start, end

    def negated(self, place: int) -> bool:
        start, _ = self.clause(place)
        return bool(self.words.pattern("negation").search(self.plain[start:place]))

    def is_person(self, facet: str) -> bool:
        known = self.terms.catalog.facet(facet)
        return bool(known and known.role == "person")

    # ---------------------------------------------------------------- steps

    def _cues(self) -> None:
        """Words in which claims hide; the app's own doings."""
        bare = _QUOTED.sub(lambda m: "·" * len(m.group()) if any(phrase(m.group()) in r.titles for r in self.records) else m.group(), self.plain)
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
            if any(found in r.plain for r in self.records) or len(found) > 1 and found in self.spoken.text:
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
            if len(word) > 1 and tag[0] in "nv" and word not in self.words.plain and word not in dotted(told) and "·" not in word:
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

    def _person(self) -> list[tuple[int, int]]:
        """Stretches that rest on the person's words. Raises Unbacked where something is said of them that they did not say."""
        free: list[tuple[int, int]] = []
        for match in re.finditer("[你您]", self.plain):
            after, before = self.plain[match.end() :], self.plain[max(0, match.start() - 4) : match.start()]
            if possession := self.words.pattern("you", "possessions").match(after):
                if not possession.group().removeprefix("的") in self.spoken.text:
                    raise Unbacked("person", possession.group())
                continue
            if after.startswith("的"):
                continue
            verb = self.words.pattern("you", "verbs").match(after)
            if not verb:
                continue
            always = bool(self.words.pattern("you", "always").search(verb.group()))
            if not always and (
                self.words.pattern("you", "conditions").search(before) or self.words.pattern("you", "futures").match(after)
            ):
                continue
            if not self.spoken.said_anything:
                raise Unbacked("person", verb.group())
            word = re.sub(r"[了着的]+$", "", verb.group())
            if always or not self.words.pattern("you", "speech").search(word):
                if always or word[-2:] not in self.spoken.text:
                    raise Unbacked("person", verb.group())
            start = match.end() + verb.end()
            end = next((m.start() for m in re.finditer(r"[,，。.!！?？;；:：]", self.plain[start:])), len(self.plain) - start) + start
            self._must_be_said(start, end)
            free.append((start, end))
        return free

    def _must_be_said(self, start: int, end: int) -> None:
        """Every word of content in a stretch is the person's own, or names a value that they named."""
        place = start
        for word, tag in self.words.jieba.tag(self.plain[start:end]):
            here, place = place, place + len(word)
            if len(word) < 2 or tag[0] in "rcpumxdfq" or word in self.spoken.text or re.search(r"一点|一些|有点", word):
                continue
            if any(o in self.spoken.values for o in self.terms.chinese.get(word, ())):
                continue
            if word in ("电影", "片子", "影片", "东西", "感觉", "风格", "类型", "氛围", "推荐", "以内", "之内", "以下", "左右") or word in self._things:
                continue
            raise self.refuse("person", here, place)

    @property
    def _things(self) -> Sequence[str]:
        return self.terms.catalog.noun.get("zh", [])

    def frees(self, place: int) -> bool:
        return any(a <= place < b for a, b in self.free)

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
                if words in self.terms.chinese_titles and words not in self.spoken.text:
                    if len(words) > 3 or _TITLE_CUE.search(self.plain[:start]):
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
                if words.isascii() and (self.plain[start - 1 : start].isalnum() and self.plain[start - 1].isascii() and start or self.plain[end : end + 1].isascii() and self.plain[end : end + 1].isalnum()):
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
        descriptive = any(self.terms.descriptive(f, v) for f, v in options)
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

    def _is_one(self, start: int) -> bool:
        return bool(re.search(r"(?:是|属于|作为)(?:一部|一款|一个)?$", self.plain[:start]))

    # ---------------------------------------------------------------- numbers

    def _amounts(self) -> None:
        if not any(c.isdigit() or c in "零〇一二两三四五六七八九十百千万亿半" for c in self.plain):
            return
        tokens = Utterance.of(self.plain).tokens
        idioms = self._idioms()
        for amount in self.amounts.read(self.plain):
            start, end = amount.core
            every = self.plain[:start].endswith("每")
            if self.taken(start, end) or (not amount.year and (every or not amount.values) and self._harmless(start, end, idioms)):
                continue
            self.claim(start, end)
            before = tuple(t.text for t in tokens if start - 8 <= t.start < start)
            after = tuple(t.text for t in tokens if end <= t.start < end + 8)
            if self.scope.backed(
                start, lambda r, a=amount, b=before, c=after: self.amounts.holds(a, self.plain, r, b, c)
            ) or self._counts(amount.low, start, end):
                if self.negated(start) and amount.op == "=":
                    raise self.refuse("negated", start, end)
            elif not (self.frees(start) and amount.low in self.spoken.numbers):
                raise self.refuse("number", start, end)
            self.fill(start, end, frozenset({"number"}))
        for number in numbers(self.plain):
            if not self.taken(number.start, number.end) and not self._harmless(number.start, number.end, idioms):
                raise self.refuse("number", number.start, number.end)
        for at, c in enumerate(self.plain):
            if c.isdigit() and self.cover[at] is None and not self._in_latin(at):
                raise self.refuse("number", at, at + 1)

    def _in_latin(self, at: int) -> bool:
        return any(m.start() <= at < m.end() for m in _LATIN.finditer(self.plain))

    def _idioms(self) -> list[tuple[int, int]]:
        """Words of the dictionary that hold a numeral without counting anything: 十足, 三言两语."""
        found, place = [], 0
        for word, tag in self.words.jieba.tag(self.plain):
            if len(word) > 1 and tag[0] in _IDIOM_TAGS and not tag.startswith(_NAME_TAGS) and self.words.jieba.has_word(word):
                found.append((place, place + len(word)))
            place += len(word)
        return found

    def _harmless(self, start: int, end: int, idioms: list[tuple[int, int]]) -> bool:
        before = self.plain[:start]
        if before.endswith("第"):
            return bool(self.words.pattern("ordinals").match(self.plain[start - 1 :]))
        if any(a <= start and end <= b for a, b in idioms) and not self.plain[start].isdigit():
            return True
        if self.plain[start] == "一" and (end == start + 1 or before.endswith("每")):
            return before.endswith("每") or bool(self.words.pattern("articles").match(self.plain[start:]))
        return self.plain[start:end] in ("两", "半") and self.plain[start - 1 : start] in ("一", "大", "小", "多", "过") and start > 0

    def _counts(self, value: float, start: int, end: int) -> bool:
        return value == len(self.records) >= 2 and self.plain[end : end + 1] in _MEASURES

    # ---------------------------------------------------------------- names and words

    def _latin(self) -> None:
        for match in _LATIN.finditer(self.plain):
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
            elif self.scope.backed(start, lambda r, words=run: set(words) <= r.words):
                self.fill(start, end, frozenset({"text"}))
            elif self.frees(start) and self.spoken.holds(run):
                self.fill(start, end, frozenset({"free"}))
            else:
                raise self.refuse("name", start, end)

    def _relations(self) -> None:
        """A name beside a word like 执导 must stand in the facet that the word speaks of; a strong word needs a name."""
        if part := self.words.pattern("parts").search(self.plain):
            if not self.taken(*part.span()):
                raise self.refuse("relation", *part.span())
        for match in self.words.related.finditer(self.plain):
            start, end = match.span()
            if any(c is not None and "plain" not in c for c in self.cover[start:end]):
                continue
            wanted = self._bound(match.group())
            near = self._nearest(start, end, match.group())
            strong = self.words.strong.fullmatch(match.group()) is not None
            if not near:
                if strong:
                    raise self.refuse("relation", start, end)
                if self._surname_follows(end):
                    raise self.refuse("name", end, min(end + 3, len(self.plain)))
            elif any(not facets & wanted for facets in near):
                raise self.refuse("relation", start, end)

    def _bound(self, word: str) -> frozenset[str]:
        found: set[str] = set()
        for every, strong in self.words.relations:
            if word in every or word in strong:
                for facet in self.terms.catalog.facets:
                    if facet.role == "person":
                        own = {facet.label.get("zh", ""), *facet.words.get("zh", ()), *facet.cues.get("zh", ())}
                        if own & (every | strong):
                            found.add(facet.name)
        return frozenset(found)

    def _nearest(self, start: int, end: int, word: str) -> list[frozenset[str]]:
        """The facets of the names that a relation word governs: those right beside it in its clause, 和 and 、 included."""
        low, high = self.clause(start)
        before = sorted((p for p in self.people if low <= p[0] and p[1] <= start), reverse=True)
        after = sorted(p for p in self.people if p[0] >= end and p[1] <= high)
        found: list[frozenset[str]] = []
        edge = start
        for name_start, name_end, facets in before:
            gap = self.plain[name_end:edge]
            if len(gap) > _NEAR or self.words.related.search(gap):
                break
            found.append(facets)
            edge = name_start
        if found and word not in ("主演", "编剧", "导演", "演员", "作者"):
            return found
        edge = end
        followers = []
        for name_start, name_end, facets in after:
            gap = self.plain[edge:name_start]
            if len(gap) > 3 or self.words.related.search(gap):
                break
            followers.append(facets)
            edge = name_end
        if followers and word in ("主演", "编剧", "导演", "演员", "作者") and not re.search(r"[的]$", self.plain[:start]):
            return followers
        return found or followers

    def _surname_follows(self, end: int) -> bool:
        """"导演高峰的": an ordinary word that may be a name, where a name is expected."""
        rest = self.plain[end:]
        for word, tag in self.words.jieba.tag(rest[:8])[:1]:
            following = rest[len(word) : len(word) + 1]
            return (
                len(word) in (2, 3)
                and word[0] in self.words.claims["surnames"]
                and word not in self.words.plain
                and tag[0] == "n"
                and following in ("的", "用", "把", "以", "将", "在", "和", "、", ",", "，", "")
            )
        return False

    def _tokens(self) -> None:
        masked = "".join("," if c is not None else x for x, c in zip(self.plain, self.cover, strict=True))
        place = 0
        for word, tag in self.words.jieba.tag(masked):
            start, place = place, place + len(word)
            if not any(map(is_han, word)) or word in self.words.plain:
                continue
            if tag.startswith(_NAME_TAGS) and not self._free_word(word, start):
                raise self.refuse("name", start, place)
            if "·" in self.plain[start : place + 1] and tag[0] != "x":
                raise self.refuse("name", start, place)
            if len(word) > 1 and not self.words.jieba.has_word(word) and not self._free_word(word, start):
                if len(word) == 2 and word[0] in "这那哪每几某各" and word[1] not in self.words.claims["surnames"]:
                    continue
                if tag.startswith("n") or not all(c in self.words.characters for c in word):
                    raise self.refuse("unknown", start, place)

    def _free_word(self, word: str, start: int) -> bool:
        """Whether the record's own text or the person's words hold a word that is not in the dictionary, or taken for a name."""
        if len(word) == 1:
            return word not in self.words.claims["surnames"] and word not in self.words.claims["transliteration"]
        return any(word in r.plain for r in self.records) or word in self.spoken.text
