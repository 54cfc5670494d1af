"""That somebody takes an item: "I'll go with the second", "sold, thanks", 那就看第一部吧.

Knows: the words of a decision, and where they leave a doubt. Does not know: which items there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.understand.commands import clauses, pleasant
from chatrec.understand.likes import ITEM, Pointed, marked

_LEAD = r"(?:(?:ok(?:ay)?|all ?right|right|great|good|fine|perfect|nice|yes|yeah|yep|sure|hmm+|then|so|well|cool|and|actually|i (?:guess|think)|in that case|just) )*"
_WHEN = r"(?: (?:then|please|thanks|thank you|tonight|today|tomorrow|now|instead|for (?:tonight|today|now|me|us|sure)|this (?:evening|weekend|week|time)|next week|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|with (?:my|the) \w+))*"
_EN = re.compile(
    rf"{_LEAD}(?:"
    rf"(?:(?:i|we)(?:'ll| will| shall|'d like to| would like to|'m going to| am going to|'re going to| are going to|'m gonna)(?: just| probably| definitely| simply)* (?:take|have|go (?:with|for)|choose|pick|watch|see|buy|order|get|book|reserve|read|play|listen to|settle (?:on|for)|stick with|try)"
    r"|(?:i|we)(?:'ll| will)? (?:take|choose|pick)|(?:i|we)(?:'ve| have)? (?:decided on|settled on|chosen|picked)|let's(?: just)? (?:go (?:with|for)|take|watch|have|get|try|play|read|book|order)"
    rf"|(?:i'm |we're )?(?:going|gonna go) (?:with|for)|my (?:choice|pick) is|you(?:'ve)? sold me on|sold on) {ITEM}{_WHEN}"
    rf"|{ITEM} (?:it|{ITEM}) is|{ITEM}'s the one|(?:sold|deal|done deal|decided|that settles it|that's settled|that's the one)"
    rf"){_WHEN}"
)
_ZH_WHEN = r"(?:今晚|今天|明天|明晚|周末|这周末?|下周末?|周[一二三四五六日末天]|晚上)?"
_ZH_END = r"(?:了|吧|啦|好了|得了|算了|咯|喽|呗|哈|啊|嘛|走起)*"
_ZH_VERB = r"(?:看|买|定|订|去|听|读|玩|吃|喝|住|拿|来|选|要|挑|试|点|上|学|种|做)"
_ZH = re.compile(
    rf"(?:那|那么|好|好的|好吧|行|嗯|ok|可以|我|我们|咱们?)*{_ZH_WHEN}(?:我|我们|咱们?)?(?:还是)?(?:"
    rf"(?:(?:那|那么)?就|我?(?:决定|选定?|挑|定了?|订|下单|入手?|拿下|买|要)了?){_ZH_WHEN}{_ZH_VERB}?(?:了)?{ITEM}{_ZH_END}"
    rf"|{_ZH_VERB}?{ITEM}(?:吧|得了|好了|算了|就行|就可以|就好|走起|拿下|成交|没跑)+{_ZH_END}"
    r"|成交|拿下|就?这么定(?:了|吧)+|就?这样定(?:了|吧)+|就?定(?:了|它了|这个了)|决定了|下单了?|已下单|就买?它了?)"
    rf"{_ZH_END}"
)


def takes(plain: str, pointed: Sequence[Pointed]) -> bool:
    """Whether a message decides for what it points at, or for what was shown, and does nothing else but thank for it."""
    said = [c.strip() for c in clauses(marked(plain, pointed))]
    decided = [_EN.fullmatch(c) or _ZH.fullmatch(c.replace(" ", "")) for c in said]
    return any(decided) and all(d or pleasant(c) for d, c in zip(decided, said, strict=True))
