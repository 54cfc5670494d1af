"""What is said of the items a message points at: "like Heat", "seen it", 第二个看过了, "hated that one".

Knows: words before and after an item that say what the person thinks of it, or that something like it is wanted. Does not know:
where the item comes from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatrec.language.tokens import Utterance
from chatrec.vocabulary import Feedback, FeedbackKind, Item, Wish

_ADV = r"(?: already| just| recently| also| both| actually| once| really| absolutely| totally| do| did| quite| truly| always| still| only| definitely| even| kinda| both)*"
_SEE = r"seen|watched|rewatched|saw|did see|have seen"
_DONE = r"finished|read|played|tried|heard|visited|been to|eaten|drunk|used"
_ZH_DONE = r"(?:(?:看|听|读|玩|吃|喝|去|用|刷|试|补|追)(?:过|完)了?|(?:看|听|读|玩|刷|去|吃|喝)了(?:不下|至少|不止|超过|差不多|得?有|快|都|好|无数|[0-9一二两三四五六七八九十百几多])+[遍次回])"
_ZH_ADV = r"(?:我们?|也|倒是?|还真|确实|曾经?|很|非常|超级?|最|特别|挺|真的?|太|都|已经|早就|以前|之前|刚|全|其实)*"
_CUES = re.compile(
    rf"(?P<skip>\b(?:haven'?t|have not|hasn'?t|never|didn'?t|not|don'?t)(?: actually| yet| ever| really)* (?:{_SEE}|{_DONE}|see|watch|read|play|try)\b"
    rf"|\b(?:have|did) you (?:{_SEE}|{_DONE}|see|watch)\b|(?:没有?|还没|从没|未|从来没)(?:看|听|读|玩|吃|喝|去|用)过?|你们?(?:有没有)?看过|\b(?:would|i'd|we'd|you'd|might|will|to|if you) (?:really )?(?:like|love|enjoy)\b)"
    rf"|(?P<not_like>\b(?:not|nothing|isn'?t|don'?t want (?:anything|something|one)?|unlike|no(?: more)?)(?: anything| something| too| really| much| exactly| films?| movies?)* ?(?:like|similar to|in the style of)\b|\bunlike\b|(?:不要|别|不想要?|不)(?:再)?(?:像|类似于?))"
    rf"|(?P<dislike>\b(?:hate|hated|dislike|disliked|despise|despised|loathe|loathed|(?:can'?t|couldn'?t|can ?not|could not) (?:stand|bear)|(?:walked|stormed) out of|(?:fell|nodded) asleep (?:in|during|watching|halfway through)|gave up on|couldn'?t (?:finish|get (?:into|through)|sit through)|regret(?:ted)? (?:watching|seeing|buying|reading|playing|trying))\b|\b(?:didn'?t|don'?t|did not|do not|never)(?: really| much| particularly)? (?:like|liked|love|loved|enjoy|enjoyed|care for)\b"
    rf"|\bnot (?:a (?:big |huge )?fan of|into|interested in|keen on)\b|不(?:太|怎么|是很|大)?(?:喜欢|爱看?|感兴趣)|讨厌|受不了|不看好)"
    rf"|(?P<seen>(?:\b(?:i|we)(?:'?ve| have|'d| had)?{_ADV} (?:{_SEE}|{_DONE})|\balready (?:{_SEE}|{_DONE})|\b(?:have|had){_ADV} (?:{_SEE})|(?:^|[.,;!?] |\band |\bbut )(?:just |already |recently |yes |yeah )*(?:{_SEE})|\b(?:seen|watched) (?:both|all))\b"
    rf"|{_ZH_ADV}{_ZH_DONE})"
    rf"|(?P<owned>\b(?:i|we)(?:'ve)?(?: already)? (?:own|owned|bought|purchased)\b|\balready (?:have|own|bought|got)\b|\b(?:i|we)(?: do| also| currently)? have (?:the|an?)\b|(?:我|已经)*(?:买过|买了|已经有|入手了?|拥有)|(?:^|[，,。])我(?:也|早就)?有(?=.{{1,20}}了))"
    rf"|(?P<liked>(?:\b(?:i|we|she|he)(?:'ve)?{_ADV} (?:loved?|liked?|enjoy(?:ed)?|adored?)|(?:^|[.,;!?] |\band |\bbut |\balso |\breally )(?:loved|liked|enjoyed|adored|love)|\bmy (?:[a-z-]+ ){{0,2}}favou?rites?(?: films?| movies?)? (?:is|are|was|were)|\b(?:fan|lover) of)\b"
    rf"|{_ZH_ADV}(?:喜欢看?|爱看|钟爱|爱上|(?:超|最|好|太|真|超级)爱看?|爱死))"
    rf"|(?P<like>\b(?:like|similar to|along the lines of|in the (?:style|vein|spirit|mood) of|reminiscent of|reminds? me of|same (?:vibe|vibes|feel|mood|style|tone|kind|type|league) as|akin to|comparable to|based on|if (?:i|you) (?:liked|loved|enjoyed)|resembles?|resembling|as \w+ as)\b|(?<![不好])像|类似于?|有点像|参考|参照|照着|基于)"
)
_GAP = re.compile(
    r"(?: |,|:|：|、|/|\"|'|\(|\)|《|》|\d{4}|\band\b|\bor\b|&|\bboth\b|\bthe\b|\ba\b|\ban\b|\bfilms?\b|\bmovies?\b|\balso\b|\beither\b|\bof\b|\bto\b|\bboth\b|\bfrom\b|\bthat\b|\bmaybe\b|'s"
    r"|和|与|跟|或者?|以及|还有|这?部|电影|影片|片子|过|了|的|是)*"
)
_AFTER = re.compile(
    rf" ?(?:(?P<not_seen>(?:我|都|也)*(?:没有?|还没|从没)(?:看|听|读|玩|吃|喝|去|用)过?)"
    rf"|(?P<seen>,? (?:i|we)(?:'ve| have)?{_ADV} (?:{_SEE}|{_DONE})\b|,? (?:already )?(?:seen|watched)\b|{_ZH_ADV}{_ZH_DONE})"
    rf"|(?P<seen_too>[^，。,.！!？?]{{0,8}}(?:看|刷)了(?:不下|至少|得?有|快|都|好|无数|[0-9一二两三四五六七八九十百几多])+[遍次回]|(?:给|我|又|都|刚|刚刚|昨[天晚]|已经)*(?:看|刷|追|读|听|玩)完?了(?=$|[，。,.！! ]|[一两三四五六七八九十几好\d]+[遍次])|(?:我)?(?:每年|经常|老|又|再)都?要?重温|(?:我们?|是)*(?:去年|前年|昨[天晚]|上周|上个?月|小时候|当年|以前|之前|早年|大学时?)[^，。,.！!？?]{{0,8}}看(?:过|了|的)(?=$|[，。,.！!]))"
    rf"|(?P<owned>(?:我|已经|都)*(?:买过|买了|已经有|有了))"
    rf"|(?P<dislike>,? (?:was|is|were|are) (?:so |really |(?:way |far )?too |very |pretty |just |kinda |a (?:bit|little) |rather |quite |kind of |sort of |utterly |absolutely |completely )*(?:terrible|awful|bad|boring|horrible|crap|trash|garbage|disappointing|overrated|dull|the worst|not (?:good|great|for me|my thing))\b|,? (?:was|is|were|are) (?:so |really |too |very |pretty |just |kinda |a (?:bit|little) |rather |quite )*(?:over-?hyped|over-?long|a (?:let ?down|snooze|bore|mess|disappointment)|meh)\b|,? (?:wasn'?t|isn'?t) (?:good|great|for me|my thing)\b|,? bored me\b"
    rf"|(?:我|硬是|实在|真是?|根本)*(?:没看下去|看不下去|没看完)|{_ZH_ADV}(?:不(?:太|怎么)?(?:喜欢|好看|行|感兴趣|爱看)|讨厌|难看|没意思|很?烂片?|太?无聊|一般般|不咋[地的样]|不怎么样|看不下去|没看下去|差劲|劝退))"
    rf"|(?P<liked>,? (?:was|is|were|are) (?:so |really |very |pretty |just |absolutely |such )*(?:great|good|awesome|amazing|brilliant|fantastic|excellent|wonderful|perfect|superb|incredible|a masterpiece|my favou?rite|one of my favou?rites?)\b"
    rf"|{_ZH_ADV}(?:喜欢(?!的)|好看(?!吗|么|不)|不错|很?棒|精彩|yyds|绝了|神作|百看不厌|封神|(?:给|打)(?:个)?(?:十|10|满|九|9)分))"
    rf"|(?P<like>(?:那|这)(?:样|种|类)|一样|之类|差不多|类型|风格|类似|同款|相似|同类|这?一类|似的|-(?:esque|style|like|ish)\b|esque\b|(?=(?: ones?)?,? but(?! (?:i|not|no|it|we)\b)|[，,]?但(?!是?我))))"
)
_MORE_LIKE = re.compile(
    r"\b(?:something|anything|more|others?|ones?|films?|movies?) similar\b(?! to)|\bsimilar (?:ones|films?|movies?|stuff|things|options)\b|\bmore (?:of the same|like (?:it|that|this|these|those|them))\b|更多类似的?|类似的|差不多的|同类型的|这种的|这样的"
)
_LONE_SEEN = re.compile(
    rf"^(?:(?:yes|yeah|no|nope|ok|oh|sorry|thanks)[,.!]? )*(?:i(?:'ve| have)? )?(?:already |just )?(?:seen|watched|saw) ?(?:already|before|it already)?[.! ]*(?:$|[,.!?])|^(?:我|已经|都|早就)*{_ZH_DONE}(?:了|啦)?[。！! ]*(?:$|[，,。!！])"
)


_THEN = re.compile(
    rf"[^，。,.!]{{0,6}}[,，.。] ?(?:and |but |但是?|可是|不过)?(?:(?P<dislike>{_ZH_ADV}不(?:太|怎么)?(?:喜欢|好看)|(?:hated|disliked) it\b|didn'?t like it\b)"
    rf"|(?P<liked>{_ZH_ADV}(?:喜欢|好看|不错)|(?:loved|liked|enjoyed) it\b))(?=$|[,，.。!！]| )"
)


ITEM = "\ue000"
_PRONOUNS = frozenset(("it", "them", "they", "that", "this", "both", "它"))


@dataclass(frozen=True, slots=True)
class Pointed:
    """Items at a place of the text. vague: "it" where several were shown. title: called by name."""

    start: int
    end: int
    items: tuple[Item, ...]
    vague: bool = False
    title: bool = False
    sure: bool = True


def marked(plain: str, pointed: Sequence[Pointed]) -> str:
    """A message with ITEM for each item that it points at, so that a pattern can tell what is said around it."""
    for place in sorted(pointed, key=lambda p: -p.start):
        plain = f"{plain[: place.start]}{ITEM}{plain[place.end :]}"
    return plain


@dataclass(frozen=True, slots=True)
class Use:
    """What is said of items. said: like, not_like (wishes); seen, owned, liked, dislike (feedback); skip (nothing)."""

    pointed: Pointed
    said: str
    start: int
    end: int


def polarity(plain: str) -> FeedbackKind | None:
    """What the words of liking and disliking of a message come to, whatever they are said of; None where there are none, or both."""
    said = {m.lastgroup for m in _CUES.finditer(plain)} & {"liked", "dislike"}
    if len(said) != 1:
        return None
    return "like" if "liked" in said else "dislike"


def uses(plain: str, pointed: Sequence[Pointed]) -> list[Use]:
    """What governs each pointed item: the cue before it, through a list, or the words after."""
    cues = [
        (m.start(), m.end(), next(k for k, v in m.groupdict().items() if v is not None)) for m in _CUES.finditer(plain)
    ]
    found = []
    for n, here in enumerate(pointed):
        after = _after(plain, pointed, n)
        if after and after[0] == "like" and after[1] == here.end and plain[here.start : here.end] in _PRONOUNS:
            after = None  # "I liked it, but ..."
        before = _before(plain, cues, pointed, n)
        if before and before[2] == "like" and after and after[0] in ("seen", "dislike", "owned"):
            before = None
        if before and after and after[0] in ("liked", "dislike") and not here.title:
            before = None  # "I saw Up and it was great"
        if (
            after
            and after[0] in ("dislike", "like")
            and before
            and before[2] in ("seen", "liked")
            and plain[before[0] : before[1]].isascii() is False
        ):
            before = before if after[0] == "like" and before[2] == "seen" else None
        if before:
            found.append(
                Use(
                    here,
                    before[2],
                    min(before[0], here.start),
                    max(here.end, after[1] if after and after[0] == before[2] else 0),
                )
            )
        elif after:
            found.append(Use(here, after[0], here.start, after[1]))
        if (
            found
            and found[-1].pointed is here
            and found[-1].said == "seen"
            and (then := _THEN.match(plain, found[-1].end))
        ):
            found.append(Use(here, next(k for k, v in then.groupdict().items() if v), here.start, then.end()))
    return found


def _before(
    plain: str, cues: Sequence[tuple[int, int, str]], pointed: Sequence[Pointed], n: int
) -> tuple[int, int, str] | None:
    here = pointed[n]
    for start, end, said in reversed(cues):
        if end > here.start:
            continue
        if here.start - end > 160:
            return None
        gap = plain[end : here.start]
        for other in pointed[:n]:
            if other.start >= end:
                gap = gap.replace(plain[other.start : other.end], " ", 1)
        return (start, end, said) if _GAP.fullmatch(gap) else None
    return None


def _after(plain: str, pointed: Sequence[Pointed], n: int) -> tuple[str, int] | None:
    """The words after an item, or after the list that it begins: 第一部和第三部都看过."""
    last = n
    while last + 1 < len(pointed) and _GAP.fullmatch(plain[pointed[last].end : pointed[last + 1].start]):
        if pointed[last].end == pointed[last + 1].start and _AFTER.match(plain, pointed[last].end):
            break  # 教父那种的: 那种 is no second one
        last += 1
    match = _AFTER.match(plain, pointed[last].end)
    if match is None:
        return None
    said = next(k for k, v in match.groupdict().items() if v is not None)
    return {"not_seen": "skip", "seen_too": "seen"}.get(said, said), match.end()


def more_of_it(plain: str) -> tuple[int, int] | None:
    """Where a message asks for something similar, without naming what to."""
    found = _MORE_LIKE.search(plain)
    return found.span() if found else None


def judged(
    u: Utterance, found: Sequence[Use], focus: Item | None
) -> tuple[list[Wish], list[Feedback], list[tuple[int, int]]]:
    """(wishes, feedback, places they rest on). focus: the one item that was shown last, for "seen it already"."""
    wishes: list[Wish] = []
    feedback: dict[tuple[str, str], Feedback] = {}
    used: list[tuple[int, int]] = []
    for use in found:
        place = (use.start, use.end)
        if use.said == "skip":
            used.append(place)
            continue
        if use.said in ("like", "not_like"):
            used.append(place)
            for item in use.pointed.items[:3]:
                if not any(w.op == use.said and w.value == item.id for w in wishes):
                    wishes.append(Wish(op=use.said, value=item.id, hard=False, words=u.words(*place)))  # type: ignore[arg-type]
            continue
        if use.pointed.vague:
            continue  # which of several was it? better ask than note the wrong one
        used.append(place)
        kind = "like" if use.said == "liked" else use.said
        for item in use.pointed.items:
            feedback[kind, item.id] = Feedback(kind, item.id)
    spoken = next(
        (use.pointed.items[-1] for use in reversed(found) if use.said in ("seen", "liked") and use.pointed.title), None
    )
    if focus is not None and not found and (lone := _LONE_SEEN.match(u.plain)):
        feedback["seen", focus.id] = Feedback("seen", focus.id)
        used.append(lone.span())
    elif (model := spoken or (None if found else focus)) is not None and (more := _MORE_LIKE.search(u.plain)):
        wishes.append(Wish(op="like", value=model.id, hard=False, words=u.words(*more.span())))
        used.append(more.span())
    return wishes, list(feedback.values()), used
