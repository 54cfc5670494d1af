"""Which words of a message are the title of an item: "like Heat", 《教父》, "the dark knight".

Knows: the lexicon's titles and what tells a title from ordinary words: quotes, capitals, a cue before or after, rare words.
Does not know: why the item is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatrec.language.common import COMMON_EN, word_set
from chatrec.language.normal import normal
from chatrec.language.script import has_han
from chatrec.language.tokens import Utterance, keys
from chatrec.understand.lexicon import Lexicon, Titled, weak
from chatrec.vocabulary import Item

_QUOTES = re.compile(
    r"《([^》]{1,80})》|「([^」]{1,60})」|『([^』]{1,60})』|〈([^〉]{1,60})〉|\"([^\"]{1,80})\"|<<([^>]{1,80})>>"
)
# Words before a title. The sure ones make a title even of an ordinary word.
_BEFORE = re.compile(
    r"(?:\b(?:like|likes|similar to|seen|saw|watched|watching|rewatched|loved|love|enjoyed|adored|hated|hate|liked|disliked|finished"
    r"|read|played|tried|than|stand|stood|bear|walked out of|asleep (?:in|during|watching)|gave up on|(?:finish|get into|get through|sit through)|regret(?:ted)? (?:watching|seeing|reading)|or after|or before|vein of|style of|lines of|spirit of|fan of|reminds? me of|reminiscent of|why not|why|forget(?: about)?|compared? (?:to|with)|compare|vs\.?|versus"
    r"|called|titled|named|film|movie|between|as with|as \w+ as|what's|(?:rating|score|runtime|length|duration|year|genre|price|cost|cast|director|author|actors?|language|plot|story|synopsis|summary|ending) of|(?:screenplay|script|score|soundtrack|music|theme) (?:of|for|to)|about watching|what about|how about|directed|wrote|made|who stars in|who is in|who was in|who's in|stars in"
    r"|(?:change|drop|relax|loosen|give up|do|take) to (?:get|see|have|find)|how (?:can|could|do|would) i get|keeping|keeps|rules out|excludes|how long is|how old is|when did|when was|what year was|what year is|is|was|did|does|about):?"
    r"(?: (?:the|a|both|either|again|already|really|absolutely|just|movie|film))?"
    r"|像|好像|类似|类似于|看过|看了|看完|喜欢|爱看|讨厌|比|和|跟|与|叫|关于|除了|比较|对比|推荐|看到|出现|我有|[把将]) ?$"
)
_LOOSE_BEFORE = re.compile(
    r"\b(?:about|love|hate|is|was|did|does|film|movie|made|directed|between|read|tried)(?: the| a| an)? $|(?:和|跟|与|关于|比较|喜欢|推荐) ?$"
)
_CLAUSE_ENDS = re.compile(r"了?(?:$|[，。,.！!？?；;])")
_QUESTION = re.compile(r"\b(?:who|when|what|how|which|where|why)\b[^.?!,]{0,24}$")
_LISTED = re.compile(r"(?:,|\band|\bor|&|/|、|和|与|跟|或|或者|还有) ?$")
_AFTER_COMMON = re.compile(
    r" ?(?:$|[.,;:!?)\"'，。；！？、]|(?:but|except|only|though|please|or|and|too|already|again|before|yesterday|last|because)\b)"
)
_AFTER = re.compile(
    r" ?(?:$|[.,;:!?)\"'，。；！？、(]|(?:but|and|or|with|without|except|only|though|please|for|from|by|more|less|so|too|already|again|was|is"
    r"|were|last|yesterday|because|very|a lot|lately|recently|before|than|which|that|if|tonight|where|when|as|vs|versus|come|rated|made|have|has|directed|released|any|on|in|out|off|twice|like \d+|\d+ times|(?:so |too )?many times|(?:a )?(?:hundred|thousand|million|dozen) times)\b)"
)
_ASKED_AFTER = re.compile(
    r" ?(?:(?:vs\.?|versus)(?: |$)|[-–:] ?(?:cast|director|runtime|year|rating|plot|length|price|author)\b|(?:was|is) (?:so |really |very |pretty |just |a bit |a little |rather |quite |way |absolutely |utterly |such )*(?:great|good|awesome|amazing|brilliant|fantastic|bad|terrible|awful|boring|ok|okay|fun|excellent|my favou?rite|too|over-?rated|over-?hyped|under-?rated|meh|dull|slow|rubbish|crap|trash|disappointing|wonderful|superb|a masterpiece|not (?:good|great|for me|my thing))\b"
    r"|'s (?:runtime|director|cast|rating|year|plot)|(?:那样|这样|一样|那种|这种|之类|差不多|类似|是谁|是哪|是什么|多长|多久|哪年|讲|的导演|的主演|的评分|好看|怎么样|我?(?:倒是?|也|早就?|已经|还真|确实|都|真)*(?:看|听|读|玩)过|(?:的)?(?:片长|时长|评分|主演|导演|演员|编剧|结局|剧情|票房|口碑|价格|作者)(?:是|有|多|怎|几|呢|$)|是(?:几|不是|啥)|有多长|几[分几个小]|(?:我|都|已经)?(?:刷|看|重温|打)了|yyds|太(?:好看|难看|精彩|无聊|棒|烂|经典)|真(?:好看|难看|不错|无聊)|(?:是不是|算不?算?)|谁(?:导|演|拍|写)|(?:和|跟|与|还是)[^，。！？]{2,8}(?:哪|谁)))"
)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|from|near|to|set during|during|for|on) (?:the )?$")
_WHO_IS_IN = re.compile(  # "is Al Pacino in Heat?" asks of an item, "is there one in Paris?" of a place
    r"^(?:and |so |but |ok(?:ay)?,? )*(?:is|was|isn'?t|wasn'?t|are|were) (?!(?:there|it|that|this|these|those|they|he|she|any\w*|some\w*|everything|it's|one|the|an?)\b)[a-z][\w.' -]{2,50} in $"
)
_WANTED_BEFORE = re.compile(
    r"\b(?:have|got|find|show me|show|play|put on|try|recommend|suggest|suggested|recommended|watch|see|mean|meant|said|choose|pick) $|^$"
)
_PART_OF_A_NUMBER = re.compile(r"\d[.,]\d")  # the 4 of "rated better than 4.5" is no film
_YEAR_AFTER = re.compile(r" ?(?:\((\d{4})\)|（(\d{4})）|,? (?:from|of) (\d{4})\b(?!s))")
_YEAR_BEFORE = re.compile(r"\b(\d{4}) (?:version of )?$")
_PRONOUNS = word_set(
    """it her him them this that one ones us me they those these all others other both first second third last more none nothing
    everything something anything you to so much now here there again i we he she no yes not and or the a an two three four five what
    which who few some any film films movie movies good better best it's is was up out new old long short"""
)
_SMALL = word_set("a an the of in on to for at by from with as and or vs versus 's")  # written small inside a title
MOST_BY_WORDS = 5
LONGEST_TITLE_ZH = 2  # Han characters of a title that needs a cue


@dataclass(frozen=True, slots=True)
class Mention:
    """An item that is pointed at. sure: quoted, or beside a cue; an unsure one may be ordinary words after all."""

    start: int
    end: int
    item_ids: tuple[str, ...]
    sure: bool = False
    cued: bool = False  # sure, or written like a title


@dataclass(frozen=True, slots=True)
class HeardTitles:
    mentions: list[Mention]
    unknown: list[tuple[int, int]]  # quoted as titles, but none of this catalogue


def titles(u: Utterance, lexicon: Lexicon, values: Sequence[tuple[int, int]]) -> HeardTitles:
    """Every title that is named, from left to right. values: places of category values, which ordinary words then mean."""
    mentions, unknown = _quoted(u, lexicon)
    taken = [(m.start, m.end) for m in mentions] + unknown
    texts = [t.text for t in u.tokens]
    lower = sum(1 for t in u.tokens if t.text.isascii() and t.text.isalpha() and not t.capital)
    cased = lower >= max(1, len(u.tokens) // 3)
    at = 0
    while at < len(u.tokens):
        step = 1
        if not any(s <= u.tokens[at].start < e for s, e in taken):
            for end, entries in lexicon.by_title.at(texts, at):
                if any(s < u.tokens[end - 1].end and u.tokens[at].start < e for s, e in taken):
                    continue
                if mention := _heard(u, lexicon, at, end, entries, mentions, values, cased):
                    mentions.append(mention)
                    step = end - at
                    break
        at += step
        if len(mentions) > 40:
            break
    return HeardTitles(sorted(mentions, key=lambda m: m.start), unknown)


def by_words(u: Utterance, lexicon: Lexicon) -> list[str]:
    """Ids of items whose titles stand in the message as they are, ordinary words or not; single words only where they are no common ones."""
    texts, found, at = [t.text for t in u.tokens], dict[str, None](), 0
    while at < len(texts) and len(found) < MOST_BY_WORDS:
        step = 1
        for end, entries in lexicon.by_title.at(texts, at):
            common = end - at == 1 and (texts[at] in COMMON_EN or texts[at] in _PRONOUNS or texts[at].isdigit())
            if entries[0].rank < 2 and not common:
                found[entries[0].item_id] = None
                step = end - at
                break
        at += step
    return list(found)


def _quoted(u: Utterance, lexicon: Lexicon) -> tuple[list[Mention], list[tuple[int, int]]]:
    mentions, unknown = [], []
    for match in _QUOTES.finditer(u.plain):
        inner = next(g for g in match.groups() if g is not None)
        found = lexicon.titled(keys(inner))
        if found:
            mentions.append(_mention(u, lexicon, match.start(), match.end(), found, sure=True))
        elif match.group()[0] in "《〈<":
            unknown.append(match.span())
    return mentions, unknown


def _heard(
    u: Utterance,
    lexicon: Lexicon,
    at: int,
    end: int,
    entries: tuple[Titled, ...],
    before: list[Mention],
    values: Sequence[tuple[int, int]],
    cased: bool,
) -> Mention | None:
    tokens = u.tokens[at:end]
    words = [t.text for t in tokens]
    start, stop = tokens[0].start, tokens[-1].end
    plain = u.plain
    capital = cased and all(t.capital for t in tokens if t.text.isascii() and t.text not in _SMALL)
    capital = capital and any(t.capital for t in tokens)
    strong = not weak(words)
    if len(words) == 1 and words[0] in _PRONOUNS and not (capital and start > 0):
        return None
    if _PART_OF_A_NUMBER.search(plain, max(0, start - 2), stop + 2) and any(
        m.start() < stop and start < m.end() for m in _PART_OF_A_NUMBER.finditer(plain, max(0, start - 2), stop + 2)
    ):
        return None
    if all(w in _PRONOUNS for w in words) and not (capital and start > 0):
        return None
    if not strong and capital and len(words) <= 2 and _goes_on(u, end):
        return None  # The World Cup
    left = _BEFORE.search(plain, max(0, start - 28), start)
    listed = _LISTED.search(plain, max(0, start - 6), start) and any(0 <= start - m.end <= 6 and m.cued for m in before)
    asked = _ASKED_AFTER.match(plain, stop)
    year = _YEAR_AFTER.match(plain, stop)
    whole = not plain[:start].strip(" '\"") and not plain[stop:].strip(" .!?'\"。！？")
    is_value = any(s <= start and stop <= e for s, e in values)
    before_it = plain[max(0, start - 32) : start]
    loose = _LOOSE_BEFORE.search(before_it) is not None and not _QUESTION.search(before_it)
    told_year = year is not None and int(next(g for g in year.groups() if g)) in _years(lexicon, entries)
    ends = has_han(words[0]) and _CLAUSE_ENDS.match(plain, stop) is not None  # 不喜欢闪灵
    cue = bool((left and (not loose or capital or ends)) or listed or asked or told_year)
    mention = lambda sure, cued: _mention(u, lexicon, start, stop, entries, sure, cued, year)  # noqa: E731
    if is_value and not (capital and cue):
        return None
    if has_han(words[0]):
        if len(words) > LONGEST_TITLE_ZH:
            return mention(cue or whole, True)
        return mention(True, True) if whole or cue else None
    if strong:
        return mention(cue or whole or capital, cue or whole or capital)
    if entries[0].rank == 2 and not (cue and capital):
        return None  # a part of a title, of ordinary words
    if not plain[stop:].strip(" ?!.") and _WHO_IS_IN.match(plain[:start]):
        return mention(True, True)
    common = all(w in COMMON_EN or len(w) < 3 or w.isdigit() for w in words)
    listing = (
        end + 1 < len(u.tokens) and u.tokens[end].text in ("or", "and", "vs", "versus") and u.tokens[end + 1].capital
    )
    if capital and (start > 0 or cue or whole or listing):
        around = plain[max(0, start - 14) : start]
        placed = not left and len(words) == 1 and _PLACE_BEFORE.search(around) is not None
        meant = len(words) > 1 or cue or listing or _WANTED_BEFORE.search(around) is not None
        return mention(cue, True) if meant and not placed else None
    if whole:
        return mention(not common, True) if not common or len(words) > 1 else None
    if not cue:
        return None
    right = (_AFTER_COMMON if common and len(words) == 1 else _AFTER).match(plain, stop)
    return mention(True, True) if right or asked or year else None


def _goes_on(u: Utterance, end: int) -> bool:
    """Whether the name goes on behind a place: another capital follows, with nothing but a space between."""
    if end >= len(u.tokens):
        return False
    after, last = u.tokens[end], u.tokens[end - 1]
    return after.capital and u.plain[last.end : after.start] == " " and len(after.text) > 1


def _mention(
    u: Utterance,
    lexicon: Lexicon,
    start: int,
    end: int,
    entries: tuple[Titled, ...],
    sure: bool = False,
    cued: bool = True,
    year: re.Match[str] | None = None,
) -> Mention:
    """The items so called, those called so to the letter first (Aliens is not Alien), then by rank; a year beside the title chooses among them."""
    spelled = u.plain[start:end]
    ids = tuple(sorted((t.item_id for t in entries), key=lambda i: not _spelled(lexicon.items[i], spelled)))
    year = year or _YEAR_AFTER.match(u.plain, end)
    told = _YEAR_BEFORE.search(u.plain, max(0, start - 16), start)
    said = next((g for g in year.groups() if g), None) if year else told[1] if told else None
    if (said and len(ids) > 1) or (said and year):
        right = tuple(i for i in ids if int(said) in _item_years(lexicon, i))
        if right:
            ids = right
            if year:
                end = year.end()
    return Mention(start, end, ids, sure, cued)


def _spelled(item: Item, words: str) -> bool:
    return words in {normal(t) for t in (item.title, *item.titles.values())}


def _years(lexicon: Lexicon, entries: tuple[Titled, ...]) -> set[int]:
    return {y for t in entries for y in _item_years(lexicon, t.item_id)}


def _item_years(lexicon: Lexicon, item_id: str) -> set[int]:
    facet = lexicon.catalog.by_role("year")
    if facet is None:
        return set()
    return {int(str(v)[:4]) for v in lexicon.items[item_id].values(facet.name) if str(v)[:4].isdigit()}
