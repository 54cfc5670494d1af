"""How far "not" and "preferably" reach: which of the named things a message refuses, and which it only would like.

Knows: negations and softening words of English and Chinese, clauses and lists. Does not know: the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

_NOT = re.compile(
    r"\b(?:not (?:a (?:big |huge |great )?fan of|into|interested in|in the mood for|keen on|fond of)|not(?! too long ago\b| long ago\b| only\b| just\b| sure\b| seen\b| heard\b| see\b| watched\b| been\b| know\b| yet\b| at all\b| even\b| quite\b| necessarily\b| much\b| in that\b| bad\b| really sure\b| least\b| to mention\b| (?:over|above|under|below|more than|less than|before|after)\b)"
    r"|no(?! (?:i|i'?ve|i'?m|i'll|we|it|it's|that|that's|this|they|he|she|you|but|and|not|never|actually|just|maybe|matter|problem|preference|idea|thanks?|worries|one\b|doubt|limit|need|more than|less than|later|earlier|longer than|shorter than|[a-z]+er than|more recent than|wait|rush|particular|specific|such|fewer|find|search|look|book|try|help|show (?:me|us)|give (?:me|us)|get (?:me|us)|make it|let(?:'s| me| us)|restrictions?)\b)(?=[ ][a-z])"
    r"|non(?=[- ][a-z])|without|(?:i |we |please )?(?:don'?t|do not|didn'?t|did not|never|won'?t|wouldn'?t) (?:really |actually |particularly |ever |usually |normally |generally |tend to |even )*(?:want|like|love|care for|enjoy|show|give|recommend|suggest|feel like|include|need|do|watch|read|drink|eat|buy|play|have|involve|contain|feature|star)(?: (?:to (?:see|watch|read|have|hear|buy|drink))?(?: me)?(?: any(?:thing|more)?)?)?"
    r"|(?:isn'?t|aren'?t|ain'?t|wasn'?t|that's not|can'?t be|cannot be|shouldn'?t be|mustn'?t be|can'?t stand|cannot stand|can'?t bear)"
    r"|hates?|dislike|avoid(?:ing)?|exclud(?:e|ing)|except(?: for)?|(?:anything|everything|anywhere|all|anyone|anybody|something|any [a-z]+) (?:but|except|other than)|other than|apart from|aside from"
    r"|nothing|neither|nor|none of|rather than|instead of|minus|tired of|sick of|bored (?:of|with)|fed up with|enough (?:of|with)"
    r"|stop (?:recommending|suggesting|showing|giving|sending|offering|pushing)(?: (?:me|us))?(?: any)?(?: more)?|remove|lose(?= )|stay away from|steer clear of|get rid of|leave out|keep out|skip(?: the)?|less of)\b"
    r"|(?<![不需想])(?:不要(?!求|紧)(?:再)?(?:给我)?(?:推荐|来|看)?|不想要?(?:再)?(?:看|买|喝|吃|听|玩|读|用)?|不看|不爱看?|不喜欢|不太喜欢|不太想看?|不怎么(?:喜欢|想看)|讨厌|排除|避开|避免|拒绝|不含|不带|不能是|不能有|不买|不喝|不吃|不考虑|受不了|看腻了?|腻了|去掉|去除|剔除|不包括|不包含|少来点?|不希望|不接受|千万(?:别|不要)|别再?给我(?:推荐|来|放|看|要|选|有|买)?|别再?(?:给我)?(?:推荐|来|放|看|要|是|选|有|买)|勿)"
    r"|除了?(?!夕|非)|(?<!是)不是(?!很|太|特别|说|吗|什么)|(?<!有)没(?!关系|问题|事|什么)有?(?=.{1,6}(?:的|元素|成分|镜头|情节))|(?<![特区级类性分个差告派])别(?![的人致墅名具说问管急处])|非(?![常洲凡得要主典但要])"
)
_EVEN_SO = re.compile(r".{0,14}?(?:[，,] ?)?(?:我)?(?:还|也)(?:想|要|喜欢|可以来|来|有)")  # 除了科幻，还想看喜剧
_WHY_NOT = re.compile(r"\bwhy $")
_ENDS = re.compile(
    r"[.;:!?。；！？]|\bbut\b(?! not)|\bhowever\b|\bjust\b|\binstead\b(?! of)|\bonly\b|\brather\b(?! than)|\bmaybe\b|\bprefer(?:ably)?\b|\bplease\b"
    r"|\b(?:i|we)(?:'d| would)? (?:want|need|like|love|prefer)\b|\b(?:show|give|find) me\b|\blet's\b|\bmake it\b"
    r"|但|而是|而要|只要|只想|就要|(?<!不)(?:想看|想要|要看|来[一点部个]|给我|推荐|换成|改成)|(?<![不需想])要(?!是)|最好"
)
_LIST_GAP = re.compile(
    r"(?: ?(?:films?|movies?|flicks?|stuff|things?|片子?|类型?|的|电影|影片|元素|题材|,|、|/|or|and|nor|&|和|或者?|以及|跟|与|也|any|a|an|the|no|not|either|by|with|from|starring|不要|是|don'?t want|,? ?(?:also )?no)(?= |$|[^a-z])(?:'s)?)* ?"
)
_DEGREE = re.compile(
    r" ?(?:太|过于|过分|那么|这么|特别|非常)[^，,。；;！!？?的 ]{1,4}的?| (?:too|overly|very|so|that|super|particularly|terribly) [a-z]+"
)
_COMMA = re.compile(r"[,，]")
_GOES_ON = re.compile(r"\b(?:or|nor|no|not|neither)\b|、|或|也|和|不要")
_AFTER = re.compile(
    r" ?(?:films?|movies?|片子?|类|的|电影|影片|那些|这种|题材|的电影|的片子)* ?(?:就|都|也|我|全都)*(?:不要|不看|不想看|不喜欢|不爱看|不行|不考虑|除外|免了|算了|就算了|受不了|不感兴趣|pass(?!ion)|(?:给我|帮我|被我?)?(?:去掉|去除|排除|拿掉|删掉|删了|删除|剔除|过滤掉?|屏蔽))"
    r"| (?:films?|movies?)? ?(?:is|are) (?:out\b|not (?:for me|my thing|ok|okay|allowed)|a no)|-free\b| (?:not|no) please\b"
)
SCOPE = 120  # characters after a negation in which it can refuse anything
MOST = 24  # negations, and softening words, that are read of one message
REACH = 36  # characters between a negation and the first thing it refuses

_SOFT = re.compile(
    r"\b(?:preferabl[ey]|ideally|hopefully|maybe|perhaps|possibly|would prefer|i'd prefer|we'd prefer|i prefer|prefer|leaning towards?|ideal would be"
    r"|bonus points (?:for|if)|nice to have|if possible|if you can|would be (?:nice|great|good|ideal|cool)(?= to\b| if\b)|i'd rather|kind of|kinda|sort of|slightly|a bit)\b"
    r"|有条件的话|条件允许的话|最好(?![的看玩吃听喝评笑用])|尽量|尽可能|优先|可能的话|可以的话|如果能|要是能|如果可以|偏(?![远见偏])|倾向于?|更喜欢|比较喜欢|比较想看?"
)
_SOFT_AFTER = re.compile(
    r"\b(?:if possible|if you can|would be (?:nice|great|good|ideal|cool|a plus|a bonus)|(?:preferably|ideally|maybe|perhaps)(?= ?(?:$|[.,;!?])))(?![a-z])|的话(?:就)?(?:更|最)?好|(?:but )?(?:that|it)(?:'s| is) not a must\b|就更好|更好了?|优先|可能的话|如果可以|可以的话"
)
_ASIDES = ("if you can", "if possible", "preferably", "ideally", "有条件的话", "条件允许的话", "可以的话", "如果可以")
_CLAUSE = re.compile(r"[.,;!?，。；！？、]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One negation. cue: its own words; end: where it stops at the latest."""

    start: int
    cue_end: int
    end: int


def refusals(plain: str) -> list[Refusal]:
    """Every negation of a message with the clause it can reach."""
    found = []
    for match in _NOT.finditer(plain):
        start, cue_end = match.span()
        if _WHY_NOT.search(plain, max(0, start - 4), start):
            continue
        if match.group().startswith("除") and _EVEN_SO.match(plain, cue_end):
            continue
        degree = _DEGREE.match(plain, cue_end)  # "not too long a romance": only the length is refused
        last = degree.end() if degree else min(len(plain), cue_end + SCOPE)
        stop = _ENDS.search(plain, cue_end, last)
        found.append(Refusal(start, cue_end, stop.start() if stop else last))
        if len(found) >= MOST:
            break
    return found


def refused(plain: str, negations: Sequence[Refusal], places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Which of the named places are refused -> where the words of that refusal begin. places: from left to right."""
    result: dict[tuple[int, int], int] = {}
    for negation in negations:
        last = negation.cue_end
        first = True
        for n, (start, end) in enumerate(places):
            if start < negation.cue_end:
                continue
            if start >= negation.end:
                break
            gap = plain[last:start]
            if first:
                if len(gap) > REACH or _COMMA.search(gap):
                    break
            elif not _LIST_GAP.fullmatch(gap) or (_COMMA.search(gap) and not _goes_on(plain, gap, places, n)):
                break
            if first or (start, end) not in result:
                result[start, end] = negation.start
            last, first = end, False
    for start, end in places:
        if _AFTER.match(plain, end):
            result.setdefault((start, end), start)
    return result


def _goes_on(plain: str, gap: str, places: Sequence[tuple[int, int]], n: int) -> bool:
    """Whether a comma inside a refusal is a list's: "no horror, war or westerns"."""
    if _GOES_ON.search(gap):
        return True
    if n + 1 >= len(places):
        return False
    following = plain[places[n][1] : places[n + 1][0]]
    return bool(_LIST_GAP.fullmatch(following) and _GOES_ON.search(following))


def soft_places(plain: str) -> list[tuple[int, int]]:
    """Stretches of a message in which wishes are only preferences."""
    found = []
    for match in islice(_SOFT.finditer(plain), MOST):
        after = match.end()
        if match.group() in _ASIDES and plain[after : after + 1] in (",", "，"):  # "if you can, a comedy"
            after += 1
        stop = _CLAUSE.search(plain, after)
        found.append((match.start(), stop.start() if stop else len(plain)))
    for match in islice(_SOFT_AFTER.finditer(plain), MOST):
        before = [m.end() for m in _CLAUSE.finditer(plain, 0, match.start())][-3:]
        start = before[-1] if before else 0
        if not plain[start : match.start()].strip() and len(before) > 1:  # "..., under two hours, if possible"
            start = before[-2]
        elif not plain[start : match.start()].strip():
            start = 0
        found.append((start, match.end()))
    return found


def refused_after(plain: str, at: int) -> bool:
    """Whether what ends at a place is refused by the words behind it: 就不要了, 除外."""
    return _AFTER.match(plain, at) is not None


def softening(plain: str) -> list[tuple[int, int]]:
    """The softening words themselves."""
    return [m.span() for pattern in (_SOFT, _SOFT_AFTER) for m in pattern.finditer(plain)]


def inside(place: tuple[int, int], stretches: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place[0] < end for start, end in stretches)
