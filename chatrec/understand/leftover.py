"""What of a request no facet understands, in the person's own words: "a clever heist film" leaves "clever heist".

Knows: words that only carry a request. Does not know: what the rest means; that is for the search by meaning.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice

from chatrec.language.common import STOPWORDS_EN, STOPWORDS_ZH, word_set
from chatrec.language.tokens import Token, Utterance
from chatrec.understand.marks import Mark
from chatrec.understand.scopes import Refusal

Place = tuple[int, int]
MOST_WORDS, MOST_CHARACTERS = 24, 160

_REQUEST = re.compile(
    r"\b(?:(?:can|could|would|will) (?:you|i|we|u)(?: please)?(?: (?:help me|just|maybe))?|please|pls|(?:recommend|suggest|find|show|give|get|pick|bring|fetch|list|propose|offer|tell|hit|help)(?: me| us)?(?: (?:to )?(?:find|pick|choose|with|out|decide))?"
    r"|(?:i(?:'m| am)|we(?:'re| are))(?: currently| just| really| kind of| kinda| also| still| now| actually)*(?: (?:looking|searching|hunting|shopping|browsing|hoping|trying|here|after|up|interested|in the mood|feeling|thinking|craving|open)(?: (?:for|to|in|of|up))*(?: (?:find|watch|see|buy|get|choose|pick|read))?)"
    r"|in (?:the|a) mood(?: for| to watch| to see)?|(?:feel|feeling)(?: like)?|fancy|craving|(?:i|we)(?:'d| would)(?: really| rather| also)* (?:like|love|prefer|want|enjoy|be interested in)(?: to (?:watch|see|find|buy|get|have|try|read|hear|play|drink|know|listen(?: to)?|rent|book|reserve|order|stream|visit|stay(?: (?:in|at))?|eat|go(?: to)?|search(?: for)?|look for))?"
    r"|(?:i|we)(?: really| also| just| only| actually| still| usually| kinda| kind of)* (?:want|need|wanna|wish|prefer|like|love|enjoy|hope)(?: to (?:watch|see|find|buy|get|have|try|read|hear|play|drink|listen(?: to)?|rent|book|reserve|order|stream|visit|stay(?: (?:in|at))?|eat|go(?: to)?|search(?: for)?|look for))?|search(?:ing)?(?: for)?|(?:do|did) you (?:have|know|recommend|suggest|got)(?: of| about)?|have you got|got any"
    r"|what(?:'s| is| are| would| should| do| can| about| kind of| sort of)? (?:you|i|we|some|a|the|there)(?: (?:recommend|suggest|have|watch|see|get|buy|read))?|what about|how about|is there|are there|any (?:ideas?|suggestions?|recommendations?|tips|chance)(?: (?:for|of|on))?|let's (?:watch|see|try|go with|find|go for|have)|let me (?:see|have)|some(?:thing|one)|anything|things?|stuff|ones?|that(?:'s| is| are)|which (?:is|are)|it(?:'s| is| should be| must be| has to be| needs to be| can be)|should (?:be|have)|must (?:be|have)|has to (?:be|have)|needs? to (?:be|have)"
    r"|thanks?(?: you)?|hello|hi|hey|good (?:morning|afternoon|evening|day)|(?:my|the) (?:favou?rite )?genres? (?:is|are)|for (?:tonight|today|this evening|this weekend|the weekend|me|us|now|a change|tomorrow)|tonight|this evening|this weekend|a lot|lots of|as well|too|instead|right now|at the moment|make it|to watch|to see|watch|actually|also|maybe|perhaps|(?:on|having) second thoughts?|come to think of it|for starters|in your (?:eyes|opinion)|(?:compare|change|cancel)(?= (?:it|that|this|the|my)\b| *$))\b"
    r"|我?改(?:变)?主意了?|补充(?:一下|一点)?|(?:我)?说错了|对了|同时"
    r"|(?:请|麻烦|劳驾|帮)(?:问|你|您|我|忙|给我?)*|(?:能不能|可不可以|可以|能|可否)(?:给我?|帮我?|请你?|再)?(?:推荐|介绍|找|来)?|(?:给我?|帮我?|替我|为我)?(?:推荐|介绍|找|搜|挑|选|来|列|换成?|改成?)(?:给我)?(?:一下|一些|几|一|点|些|个)?|有没有|有什么|有哪些|有啥|哪些|什么|想要?(?:找|看|买|听|喝|吃|玩|读|来|去)?(?:看|一看)?(?:看)?|我们?(?:现在|今天|今晚|也|还|就|最近|平时)?(?:想要?|要|需要|喜欢|希望|打算)?(?:找|看|买|听|喝|吃|玩|读)?"
    r"|[一二两三四五六七八九十几些][个部款本首家条台杯道种张][^ \w]?|今晚|今天|晚上|周末|现在|最近(?!几年)|适合我|(?:[里当之]?[中里面]面?)?(?:有|能)?(?:提供|包含|供应|做)(?:了)?|知道?(?:哪[个家里些]|什么地方)?(?:比较)?(?:合适|适合(?:我)?)|知道|告诉|取消(?=$|[，。,.!！吧了])|(?:查|看|问|说|打听)(?:一?[下看]|查)|顺便|另外|当然|没关系|不客气|好看的?|好的|不错的|比较|稍微|有点|一点|一些|推荐|看看|吗|呢|吧|啊|呀|谢谢|你好|您好|我?改(?:变)?主意了?|补充(?:一下|一点)?|说错了|对了|同时|之类的?|那种|这种|类型的?|的话|最好是?|希望是?|要求|换成?|改成?|就行|即可|都行|也行|可以|还是|或者|而且|并且|但是?|不过|然后|另外|还要|也要|要是"
)
_FILLER = STOPWORDS_EN | word_set(
    """want wanna need needs like likes love watch watching see look looking find please thanks thank good great nice best better really
    something anything some one ones thing things stuff kind sort type lot bit maybe perhaps preferably ideally possible hopefully
    know think get got give show recommend suggest suggestion suggestions recommendation recommendations option options pick picks
    list tonight today tomorrow weekend now ok okay yes yeah yep nope hi hello hey well oh um hmm actually also feel feeling mood today's
    let let's go going make makes sure fine cool awesome amazing any ever else somewhere similar someone somebody anyone us thats im ive id
    dont doesn't didn't isn't isnt havent didnt im without less than around about made set based featuring starring directed rated set came out released release out's 's
    prefer would'd still try right say said tell though however instead rather quite pretty can't couldn't us film-like another idea ideas finding even honestly tend sounds sound seems looks love loves loved enjoy mind much easy lol haha hmm hmmm wow ohh ahh bye hoping heard seen saw watched liked enjoyed
    definitely literally probably already yet either guess check huge fan bunch couple somewhat thought might could've
    ahead exactly precisely especially specifically always alright sorry criteria match matches matching meet meets requirement requirements eh locate plenty
    listen listening rent renting rental reserve reservation reservations book booking booked search searching browse details info information
    available choose choice favourite favorite looks called named title titles start starting minimum maximum least price range"""
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_WHEN = re.compile(  # when somebody wants to go is no quality of an item
    rf"\b(?:(?:on|for|from|until|till|at|by|this|next|the) )*(?:\d{{1,2}}(?:st|nd|rd|th)(?: of)?(?: (?:{_MONTHS}|this month|next month))?|(?:{_MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?"
    rf"|(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: next week)?|next week|\d{{1,2}}(?::\d\d)? ?(?:am|pm|o'?clock)|\d{{1,2}}:\d\d)(?: (?:in the )?(?:morning|afternoon|evening|night))?\b"
    r"|\b(?:for |a total of |stay(?:ing)? )*(?:\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|several|few)[ -](?:days?|nights?|weeks?|people|persons?|guests?)\b"
    r"|\d{1,2}月\d{1,2}[日号]|(?:下午|上午|中午|早上|晚上)?\d{1,2}点(?:半|钟)?(?![的以])|(?:下|这)?周[一二三四五六日天末]"
)
_TOO = re.compile(r"\btoo $|太$")
_CLAUSE_ENDS = re.compile(r"[，,。！!？?；;]")
_ASKS_ZH = re.compile(r"推荐|[找挑选]|想(?:看|要|买|吃|听|去|住)|[来给]我?[一几点些]|有没有|有什么|有哪些|有啥")
_DESCRIPTION = re.compile(r"(?:的|[一]?[点些]|感|风格|气氛|类型)(?:就行|就好|即可|最好|吧|呢|哦|啊|呗)*$")
_TELLERS = word_set(
    "i i'll i've i'm i'd we we'll we've they they'd they'll you you're he she haven't hasn't didn't never wasn't havent hasnt didnt wasnt dont isnt im ive 'll 've"
)
_RELATIVES = word_set("where that who which when whose about because if so")
_FILLER_ZH = STOPWORDS_ZH | frozenset(
    "请要想看找来几个部款本种类片吗呢吧呀啊哦嗯好最给推荐帮问下什么哪谁怎样没有不别除了像类似比较更再还换批部首只台点挺求够行可以能会做到说用呗啦喔噢哈"
)


def leftover(
    u: Utterance,
    used: Sequence[Place],
    nouns: Sequence[Mark],
    negations: Sequence[Refusal],
    within: Sequence[Place],
) -> tuple[tuple[str, Place] | None, list[tuple[str, Place]]]:
    """((wanted words, their place) or None, [(refused words, their place)]). within: the sentences that ask for something."""
    blank = bytearray(len(u.plain) + 1)
    for start, end in [*used, *((m.start, m.end) for m in nouns)]:
        blank[start:end] = b"\x01" * (end - start)
    for match in _REQUEST.finditer(u.plain):
        if match.end() > match.start() and not any(blank[match.start() : match.end()]):
            blank[match.start() : match.end()] = b"\x02" * (match.end() - match.start())
    for match in _WHEN.finditer(u.plain):
        if not any(blank[match.start() : match.end()]):
            blank[match.start() : match.end()] = b"\x02" * (match.end() - match.start())
    refused: list[tuple[str, Place]] = []
    for negation in negations:
        if any(s <= negation.start < e for s, e in within):
            words = _refused(u, negation, blank)
            if words:
                refused.append(words)
        for at in range(negation.start, negation.cue_end):
            blank[at] = blank[at] or 1
    runs = []
    for run in (run for place in within for run in _runs(u, place, blank)):
        if _TOO.search(u.plain, max(0, run[0].start - 8), run[0].start):  # "too scary" refuses, as "not scary" does
            refused.append((u.words(run[0].start, run[-1].end), (run[0].start, run[-1].end)))
        elif not run[0].han or _describes(u.plain, (run[0].start, run[-1].end), nouns):
            runs.append(run)
    if not runs:
        return None, refused
    text, place = _joined(u, runs)
    return ((text, place) if text else None), refused


def _describes(plain: str, run: Place, nouns: Sequence[Mark]) -> bool:
    """Whether Chinese words describe what is wanted: they stand between the asking and the noun (找一家安静的餐馆), or make a
    clause of their own (安静一点的). "吃完饭" in "吃完饭我想找一家餐馆" does not."""
    start = max((m.end() for m in _CLAUSE_ENDS.finditer(plain, 0, run[0])), default=0)
    ends = _CLAUSE_ENDS.search(plain, run[1])
    end = ends.start() if ends else len(plain)
    here = [n for n in nouns if start <= n.start < end]
    verbs = list(_ASKS_ZH.finditer(plain, start, end))
    if verbs and run[1] <= verbs[0].start():
        return False
    noun = next((n for n in here if not verbs or n.start >= verbs[0].end()), None)
    if noun is not None:
        return run[1] <= noun.start
    elsewhere = bool(nouns) and any(_ASKS_ZH.search(plain, 0, n.start) for n in nouns)
    return not elsewhere or _DESCRIPTION.search(plain, run[0], end) is not None


def _refused(u: Utterance, negation: Refusal, blank: bytearray) -> tuple[str, Place] | None:
    """Free words that a negation refuses: "nothing too scary". They are taken out of what is wanted."""
    start, end = negation.cue_end, negation.end
    if comma := re.search(r"[,，、]", u.plain[start:end]):
        end = start + comma.start()
    if any(b == 1 for b in blank[start:end]):
        return None  # it refuses something named
    used = bytearray(len(blank))
    used[start:end] = bytes(b if b == 1 else 0 for b in blank[start:end])
    runs = list(_runs(u, (start, end), used))
    if not runs:
        return None
    tokens = [t for run in runs for t in run]
    if not tokens or len(tokens) > 8:
        return None
    text = u.words(tokens[0].start, tokens[-1].end)
    for at in range(negation.start, tokens[-1].end):
        blank[at] = 1
    return text, (negation.start, tokens[-1].end)


def _runs(u: Utterance, place: Place, blank: bytearray) -> Iterator[list[Token]]:
    """Stretches of words that nothing else has used, without filler at their ends."""
    run: list[Token] = []
    first = bisect_left(u.tokens, place[0], key=lambda t: t.start)
    for token in islice(u.tokens, first, None):
        if token.end > place[1]:
            break
        broken = bool(run) and _breaks(u.plain[run[-1].end : token.start])
        if blank[token.start] or broken:
            yield from _trimmed(run)
            run = []
        if not blank[token.start]:
            run.append(token)
    yield from _trimmed(run)


def _breaks(gap: str) -> bool:
    return any(c in '.,;:!?()，。；：！？、（）"《》' for c in gap)


def _trimmed(run: list[Token]) -> Iterator[list[Token]]:
    meant = [n for n, token in enumerate(run) if not _filler(token)]
    if not meant:
        return
    passive = meant[0] > 0 and run[meant[0] - 1].text == "被"  # 被低估的 is not 低估的
    run = run[meant[0] - passive : meant[-1] + 1]
    told = next((n for n, token in enumerate(run) if token.text in _TELLERS), None)
    if told is not None and not any(token.text in _RELATIVES for token in run[:told]):
        return  # "I haven't seen that": nothing that is wanted
    if len(run) > 1 or (len(run[0].text) > 1 and not run[0].text.isdigit()):
        yield run


def _filler(token: Token) -> bool:
    return token.text in (_FILLER_ZH if token.han else _FILLER)


def _joined(u: Utterance, runs: list[list[Token]]) -> tuple[str, Place]:
    parts: list[str] = []
    total = 0
    last = runs[0][0]
    for run in runs:
        if total + len(run) > MOST_WORDS and parts:
            break
        run = run[:MOST_WORDS]
        parts.append(u.words(run[0].start, run[-1].end))
        total += len(run)
        last = run[-1]
    text = " ".join(dict.fromkeys(parts))[:MOST_CHARACTERS].strip()
    return text, (runs[0][0].start, last.end)
