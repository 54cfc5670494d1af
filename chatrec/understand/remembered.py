"""Memory spoken of: "what do you know about me?", "forget Heat", 你都记住了什么.

Knows: the words that ask what is noted, and those that have an item forgotten. Does not know: what is noted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.understand.commands import clauses, pleasant
from chatrec.understand.likes import ITEM, Pointed, marked
from chatrec.vocabulary import Feedback

_ASKS = re.compile(
    r"\bwhat (?:do|did|have|else do) you (?:know|remember|store|keep|save|have|learn(?:ed)?|note[d]?|stored|saved|remembered|got|kept)(?: stored| saved| noted| down| learned)?(?: about| on| of) (?:me|us|my (?:tastes?|profile|likes|dislikes|preferences|history|data|habits))\b"
    r"|\b(?:show|see|view|list|check|open)(?: me)? (?:my (?:profile|likes|dislikes|history|data|preferences|tastes?)|what you (?:know|remember|have)(?: noted| stored| saved)? (?:about|of|on) me)\b"
    r"|^(?:and )?(?:what's |what is )?(?:in )?my (?:profile|data|likes and dislikes)[?.! ]*$|\bwhat (?:have i|did i) (?:like|liked|tell you|told you|say i like|rate|rated)(?: so far| before| already)?[?.! ]*$"
    r"|\b(?:do|are) you (?:store|storing|keep|keeping|save|saving|collect|collecting|remember|remembering) (?:my (?:data|likes|tastes?|preferences)|(?:any )?data (?:about|on) me|anything about me|things about me)\b"
    r"|\bhow (?:do|can) i (?:delete|erase|remove|see|export|download|clear) (?:my (?:data|profile|history|account)|what you know)\b|\b(?:delete|erase|wipe|remove|forget|clear) (?:(?:everything|all|anything|all the data)(?: that)?(?: you(?:'ve| have)?(?: know| noted| saved| stored| remembered| got| have)?)? (?:about|on|of) me|(?:all )?my (?:data|profile|history|account|likes))\b"
    r"|你(?:都|还)?(?:知道|记得|记住|记下|了解|存|保存|收集)了?(?:关于)?我(?:的|些|了)?(?:什么|哪些|多少|啥)|你(?:还)?(?:知道|记得)我(?:都)?(?:喜欢|讨厌|看过|不喜欢|爱看)(?:什么|哪些|啥)|你对我(?:都|有)?(?:了解|知道|记得)(?:了)?(?:什么|多少|哪些|啥)?|你(?:都)?(?:记住|记下|记得|存)了?(?:些)?(?:什么|哪些|啥)(?:喜好|偏好|东西)?(?:$|[？?。])"
    r"|我(?:都)?(?:喜欢|说)过(?:什么|哪些|啥)(?:$|[？?。])|(?:看看?|查看|打开|显示)?我的(?:喜好|偏好|档案|个人资料|口味|画像)(?:$|[？?。]|是什么|有哪些|呢)|(?:怎么|如何|能不能|可以)?(?:删除|删掉|清除|清空|清掉|忘掉|忘记|忘了)(?:掉)?(?:所有|全部|一切)?(?:你)?(?:关于)?我的(?:所有|全部|一切)?(?:数据|资料|记录|信息|喜好|偏好|档案|账号|一切)|(?:收集|保存|存)(?:了)?我的(?:数据|信息|隐私)"
)
_FORGETS = re.compile(
    rf"(?:please |ok(?:ay)?,? |you can |you may )*(?:forget|delete|erase|un-?note)(?: about)?(?: (?:that|what) i (?:said|told you|like[d]?|love[d]?|dislike[d]?|hate[d]?|have seen|saw|'ve seen|own|have|noted)(?: about| of)?(?: that i \w+)?)? {ITEM}(?: from (?:my (?:profile|likes|list)|memory))?(?:,? please)?"
    rf"|i never said i (?:like|liked|love|loved|hate|hated) {ITEM}|(?:请)?(?:忘[掉了记]|别记|不要记|删[掉除])(?:我(?:不?喜欢|看过|说过)(?:的)?)?{ITEM}(?:了|吧|啦|的记录)*|把{ITEM}(?:从(?:我的)?(?:喜好|记录|资料)(?:里|中)?)?(?:删[掉除了]|忘[掉了]|去掉)(?:了|吧|啦)*"
)


def asks_what_is_known(plain: str) -> bool:
    """Whether a message wants to know what is noted of somebody, or to have it gone, and nothing else."""
    said = [c.strip() for c in clauses(plain)]
    asked = [_ASKS.search(c) is not None for c in said]
    return any(asked) and all(a or pleasant(c) for a, c in zip(asked, said, strict=True))


def forgotten(plain: str, pointed: Sequence[Pointed]) -> tuple[Feedback, ...]:
    """What earlier feedback is taken back, where a message does nothing else."""
    called = [p for p in pointed if not p.vague]
    if len(called) != 1:
        return ()
    text = marked(plain, called).strip(" .!。！")
    return tuple(Feedback("forget", i.id) for i in called[0].items) if _FORGETS.fullmatch(text) else ()
