"""What is no matter of this catalogue: a request for something else, a question about the assistant itself, that nothing is wanted, abuse.

Knows: how such things are said, and things of other kinds. Does not know: answers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from chatrec.language.goods import others
from chatrec.language.tokens import Utterance, stem
from chatrec.understand.commands import asks
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.marks import Marks

Place = tuple[int, int]
_LEAD = r"(?:(?:so|and|but|ok(?:ay)?|hey|hi|hello|well|wait|oh|um+|er+|please|sorry|actually|no|nah|thanks|thank you)[,.! ]+)*"
_NOTHING_WANTED = re.compile(
    r"\bi(?:'m| am| do| did|'d)?(?: really| honestly| actually| still)? ?(?:don'?t|do not|didn'?t|not|won'?t)(?: really| actually| even)? (?:want|need|ask(?:ed|ing)?(?: you)? for|looking for|after)(?: any| a| your| more)* (?:recommendations?|suggestions?)\b(?! (?:for|with|of|that|like|about|based))"
    r"|\b(?:no|stop|enough|quit)(?: with)?(?: the| your)?(?: more)? (?:recommendations?|suggestions?|recommending|suggesting)(?: (?:things|stuff|anything))?(?: please| now| for now| today)?(?=[.!,]|$)"
    rf"|^{_LEAD}(?:i'?m |i am |we'?re )?(?:just|only) (?:looking around|having a (?:\w+ )?(?:look|browse|poke|nose|wander)(?: a?round)?|browsing|passing (?:the )?time|killing (?:the )?time|testing(?: you)?|(?:here )?to chat|chatting|saying hi)[.! ]*$"
    r"|(?:不用|别|不要|不需要|不必|不想要?|停止|没让你)(?:你)?(?:再)?(?:给我)?推荐(?:电影|片子|东西|什么)?(?:了|啦|吧|呢|啊)*(?=$|[，。,.！!？? ])|(?:我)?(?:就|只是|只想|先)(?:随便)?(?:进来|来)?(?:随便)?(?:逛逛|转转|逛一逛|聊聊天?)|(?:我)?(?:就|只是|只想)(?:随便)?(?:进来|来)(?:随便)?看看|(?:先|暂时|现在)(?:还)?不(?:找|选|挑|买|看)(?:电影|片子?|书|东西)?(?:了|呢)?(?=$|[，。,.！! ])"
    r"|(?:^|[，。,.！! ])(?:算了[，, ]?)?(?:我)?不(?:看|找|选|挑|买|听|读|玩|吃|去|订)了(?:啊|吧|哈)?(?=$|[，。,.！! ])"
)
# Asked of the assistant: anything but what it has, knows of items, or is to do about them.
_ASSISTANT = re.compile(
    rf"^{_LEAD}(?:do|did|are|were|will|would|have|can|could) (?:you|u|ya)(?: (?:actually|really|ever|even|just|also|always|still|secretly))* "
    r"(?:get paid|earn|make money|make mistakes|watch|sleep|eat|dream|drink|breathe|feel (?:anything|pain|sad|happy|lonely|bad)|learn|remember|understand (?:me|chinese|english|jokes|what)|care|exist|store|save|keep (?:a|my|any|track|what)|share|sell my|track|spy|listen|record|log|have (?:feelings|a name|a body|friends|a soul|eyes|parents|a family|emotions|access to)|work for|made by|trained|alive|conscious|sentient|lying|broken|stupid|drunk|okay|ok|serious|kidding|joking|married|single|there|listening|human|turn (?:on|off)|switch (?:on|off|to dark)|hear me|read my|see me|use my|talk|speak|chat|sing|write|code|translate|calculate|order me|call me|book|remind me to|help me with my)\b"
)
_ABUSE = re.compile(  # possessive: words of it, said a thousand times, take no longer
    rf"{_LEAD}(?:(?:you(?:'re| are)?|ur|this(?: is)?|it'?s|what an?|such an?|an?|so|such|total(?:ly)?|complete(?:ly)?|absolute(?:ly)?|utter(?:ly)?|bloody|fucking|fuckin|damn|really|just|piece of) )*+"
    r"(?:useless|pathetic|stupid|dumb|idiot(?:ic)?|moron(?:ic)?|imbecile|worthless|hopeless|loser|dumbass|asshole|arsehole|bastard|bitch|waste of (?:my )?(?:time|space)|piss off|fuck(?: (?:you|off|this|u))?|fuk u|f off|shut (?:up|the fuck up)|screw you|go to hell|get lost|(?:shit|crap|junk|garbage|rubbish|stupid|dumb|useless|terrible|worst) (?:bot|app|robot|machine|ai|software|program|system|website|site))"
    r"(?: (?:bot|app|thing|machine|ai|software|robot|computer|program|you|ever|mate|idiot))*+[.!~ ]*"
    r"|(?:你|你们|这)?(?:真|太|就|就是|真是|简直|个|是|什么|他妈|妈的|tm|特么|的|一个|就是个)*+(?:垃圾|废物|傻[逼b叉子瓜]|煞笔|沙雕|智障|人工智障|蠢(?:货|猪|蛋)?|笨(?:蛋)?|没用|白痴|弱智|脑残|滚|去死|闭嘴|有病|有毛病|nt|sb)(?:的|了|吧|啊|透了|透顶|死了|开|蛋|犊子|东西|软件|机器人|玩意儿?|程序|系统|网站|ai|app|啊你|你)*+[。.!！~ ]*"
)
_INJECTED = re.compile(  # orders to the machine itself
    r"^(?:system|assistant|developer|admin) ?[:：]|\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instructions?|prompts?|guidelines|rules)\b|\b(?:your|the) (?:system )?prompt\b|\byou are now (?:an? |in )?(?:dan|unrestricted|free|jailbroken|evil|root|developer)\b|\bdeveloper mode\b"
    r"|(?:忽略|无视|忘[掉了记])[^，。]{0,10}(?:指令|指示|提示词?|规则|设定)|(?:系统|你的)提示词|你现在是(?:dan|一个没有|不受)|没有任何限制|开发者模式"
)
_BOOKS = re.compile(  # nothing is sold or reserved here
    r"\b(?:book|order|buy|reserve|get) (?:me |us )?(?:[a-z0-9]+ ){0,3}(?:tickets?|seats?)\b|(?:订|买|购|抢|预[订定])[^，。！？!?,.]{0,12}(?:票|座位?)(?=$|[吗吧么呢啊。，,！!？?])"
)
_WANTS_EN = re.compile(
    r"\b(?:recommend|suggest|find|show|know(?: of)?|looking for|look for|searching for|need|want|get me|got any|have you got|do you have|book|buy|order|(?:what|how) about(?= an? )|any(?= good| decent| nice| [a-z]+s\b)|is there|are there|where(?:'s| is| are))(?: me| us| my \w+)? (?P<what>[^,.;:!?]{2,60})"
)
_BETWEEN = re.compile(r"about|with|like|of|in|on|for|where|based|from|to|that|who|which|set|or|and|than")
_AFTER = re.compile(
    r"$|[,.;:!?]| (?:in|near|around|for|at|by|to|with|under|that|which|please|tips?|on|this|tonight|tomorrow|next|close|from|worth|instead)\b"
)
_WANTS_ZH = re.compile(
    r"(?:推荐|想找|想买|想要|帮我找|给我找|找|求|介绍|买|播放|能放|放[首点个]|唱|有没有|有什么|哪[里儿]有|附近[^，。！？!?]{0,6}?有?|订|哪[家个款台间位所])[^，。！？!?,.]{0,10}?(?P<noun>@)(?P<after>$|[吗么呢吧啊嘛不？?。！!，, ]|推荐|好|在哪|怎么)"
)
_TOLD = re.compile(r" (?:in|at|with|for|on) (?:an? |the )?")
_NEAR = re.compile(r"附近|周边|周围|旁边|边上")
MOST, WORDS = 5, 5  # requests that are looked at, and words of each


def aside(u: Utterance, found: Marks, lexicon: Lexicon, shown: bool) -> bool:
    """Whether a message, as a whole, is about something that is not of this catalogue, so that none of its words is a wish.

    shown: items were shown, so that what is near one of them may be asked for.
    """
    plain = u.plain
    if _ABUSE.fullmatch(plain.strip()):
        return True
    if found.mentions or found.unknown_titles:
        return False
    if _other_thing(plain, found, lexicon, shown):
        return True
    if _BOOKS.search(plain) and not found.named:
        return True
    if found.named or found.trends or any(a.values or a.bound for a in found.amounts):
        return False
    if _NOTHING_WANTED.search(plain):
        return not asks(_NOTHING_WANTED.sub(" ", plain))
    return _ASSISTANT.match(plain) is not None or (orders(plain) and not asks(plain))


def _other_thing(plain: str, found: Marks, lexicon: Lexicon, shown: bool) -> bool:
    """Whether something is asked for that belongs to another kind of shop: "a good Italian restaurant" among films."""
    if len(found.named) > 1 or any(a.values or a.bound for a in found.amounts):
        return False  # so much is known of what they want that it is of ours, whatever they call it
    english, chinese = _others(tuple(n for words in lexicon.catalog.noun.values() for n in words))
    taken = [(m.start, m.end) for m in found.named]
    for match in list(_WANTS_EN.finditer(plain))[:MOST] if english else ():
        if shown and match.group().startswith(("is there", "are there")):
            continue  # "is there a bar?" may ask of what was shown
        for word in list(re.finditer(r"[a-zé'-]+", match["what"]))[:WORDS]:
            start, end = match.start("what") + word.start(), match.start("what") + word.end()
            if _BETWEEN.fullmatch(word.group()):
                break
            other = word.group() in english or stem(word.group()) in english
            if other and not any(s <= start < e for s, e in taken) and _ends(plain, end, found):
                return True
    if not chinese or found.nouns or found.namings or (shown and _NEAR.search(plain)):
        return False
    pattern = _chinese(chinese)
    return any(not any(s <= m.start("noun") < e for s, e in taken) for m in list(pattern.finditer(plain))[:MOST])


def _ends(plain: str, end: int, found: Marks) -> bool:
    """Whether the thing itself is asked for ("a car", not "a car chase"), and what the catalogue holds is named at most to tell of it: "a
    job in the film industry"."""
    return _AFTER.match(plain, end) is not None and all(
        end < m.start and _TOLD.fullmatch(plain, end, m.start) for m in found.nouns
    )


def orders(text: str) -> bool:
    """Whether a text gives orders to the machine itself, which describe no item."""
    return _INJECTED.search(text) is not None


@lru_cache(maxsize=32)
def _others(nouns: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    return others(nouns)


@lru_cache(maxsize=32)
def _chinese(words: frozenset[str]) -> re.Pattern[str]:
    either = "|".join(sorted((re.escape(w) for w in words), key=len, reverse=True))
    return re.compile(_WANTS_ZH.pattern.replace("@", either))
