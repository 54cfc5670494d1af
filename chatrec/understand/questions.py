"""Questions about items, which must not become wishes: why, which is longer, who directed it, how long is it.

Knows: question words of English and Chinese, what facets are called, verbs that ask for a person. Does not know: answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatrec.language.tokens import Utterance, stem
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.likes import Pointed
from chatrec.understand.marks import Mark, Marks
from chatrec.understand.references import bare_numbers
from chatrec.understand.titles import by_words
from chatrec.understand.usual import facet_phrases
from chatrec.vocabulary import Facet, Item, Kind, Turn

_REPROACH = re.compile(r"(?:干嘛|干吗|干什么|咋|怎么)(?:老是?|总是?|又|还|就|会|非|一直)*(?:给我|向我|跟我)推")
_WHY = re.compile(
    r"^(?:but |and |so |ok(?:ay)?,? |hmm,? )*(?:why(?! (?:don'?t|not just|would (?:i|you) want))\b|how come(?! you (?:know|can|are|speak|understand|remember))\b|what makes\b|explain\b)|\bwhy (?:did you|are you|do you|would you|is|was|this|that|the|these|those|not)\b"
    rf"|(?<!不懂)(?<!不明白)(?<!不知道)(?<!搞不懂)(?:为什么|为啥|为何)|凭什么|怎么会?推荐|{_REPROACH.pattern}|推荐(?:的)?理由|什么理由|(?:推荐|选)(?:它|这[个部款本家])?的?原因"
)
_WHY_NOT = re.compile(
    r"\bwhy not\b|\bwhy (?:isn'?t|wasn'?t|didn'?t you|don'?t you|haven'?t you|aren'?t)\b|\bhow come (?:not|you didn'?t)\b|为什么(?:不|没)|为啥(?:不|没)|怎么(?:不|没)推荐"
)
_NOTHING_WHY = re.compile(  # asked after "nothing fits"
    r"\b(?:which|what)\b.{0,30}\b(?:problem|trouble|issue|in the way|ruled|rules|ruling|exclud\w+|blocking|stopping|sticking point|wrong|too (?:strict|narrow|much)|at fault|to blame)\b|\bwhat(?:'s| is| was) (?:wrong|the matter|missing)\b"
    r"|哪[个条些一].{0,8}(?:卡|问题|冲突|矛盾|限制|太严|不行|挡|不对|太苛刻)|(?:问题|毛病)出?在哪|卡在哪|哪里(?:出了?问题|不对|卡)|怎么(?:会)?(?:一[个部款本首家]都)?(?:没有|找不到)|怎么(?:就)?(?:没|找不)"
)
_OF_FINDING = re.compile(  # what a "why" is about that asks after the search, not after the world
    r"\b(?:nothing|none|no (?:results?|match(?:es)?|films?|luck)|anything|find|found|fits?|match(?:es)?|results?|empty|not)\b|n't\b|没有|一[个部款本首家]|找不|搜不|没找|没搜|符合|结果|空的"
)
_SHOWING = re.compile(r"recommend|suggest|\bshow|\bgiv|推")  # what was done to be asked why
SHORT_WHY = 8  # characters beside the "why"
_OF_A_TITLE = re.compile(
    r"^(?:so |and |but |ok(?:ay)?,? |hey,? |oh,? |hmm,? |[a-z]+[.,] )*(?:who|what|when|how|which|is|was|did|does|tell me)\b.*\b(?:directed|directs|wrote|writes|starred|stars|acted|plays?|played|come out|came out|released|cast|runtime|director|actors?|plot|synopsis|published|author)\b|\bwhat(?:'s| is) .{2,40} about\b"
)
_LOOKED = frozenset(("recommend", "ask", "none_fit"))  # kinds of turn that looked for items
_CHANGE = re.compile(  # what keeps an item away
    r"\bwhat (?:would|do|must|should|can|could) (?:i|we) (?:have to |need to |got to )?(?:change|drop|relax|loosen|give up|do)\b.{0,30}\b(?:to (?:get|see|have|find)|so that|for)\b|\bwhat would it take (?:to|for)\b"
    r"|\bhow (?:can|could|do|would) (?:i|we) get\b|\b(?:keeps?|keeping|rules?|ruling|shuts?) .{1,60} (?:out|off)\b|\b(?:what|which \w+) (?:rules out|excludes|keeps out)\b|\bwhat's (?:keeping|excluding|ruling out)\b"
    r"|\bunder (?:what|which) (?:conditions|circumstances)\b|\bwhen would .{1,60} (?:come up|show up|appear)\b|\bwhy (?:was|were|is|are) .{1,60} (?:left out|missing|excluded|ruled out|filtered out|not (?:there|shown|listed))\b"
    r"|怎样?么?(?:改|做|样)?才(?:能|会|可以)(?:看到|出现|有|推荐|得到)|要改(?:什么|哪)|(?:去掉|改|放宽|放弃)(?:什么|哪[个条些一])|什么(?:条件|情况)下(?:会|才会|能)|(?:哪.{0,8}把|被什么|被哪).{0,30}(?:排除|挡住|卡住|过滤)|怎么(?:没有|不在)|去哪了"
)
_COMPARE = re.compile(
    r"\bhead[- ]to[- ]head\b|\bside by side\b|\bcompar(?:e|ed|ing|ison)\b|\bdifferences? between\b|\bhow (?:do|does) .{1,60} (?:differ|compare)\b|\bvs\.?(?: |$)|\bversus\b|对比|比较(?=第|《|这[两几三]|它们)|比较一?下|比一比|比比|做个比较|有什么(?:不同|区别|差别)|的区别|区别(?:是什么|在哪)|差别(?:是什么|在哪)"
)
_WHICH = re.compile(
    r"\b(?:which|who)(?: one)?(?: of (?:these|those|them|the two))? (?:is|was|has|are|would|should|do you|looks|sounds|of|runs|costs|came|comes|won|got|made|scored|did)\b|\bwhat(?:'s| is) (?:better|the better)\b|哪[个部款本家一](?:个|部)?(?:的)?(?:片长|时长|价格|评分|口碑|票房|年代)?(?:更|比较|最|好|值得|长|短|贵|便宜|新|老|高|低|早|晚|先|大|小|轻|重|评分|拍得|上映)|谁(?:的)?(?:片长|时长|价格|评分|口碑|票房)?(?:更|先|比较|最|高|低|长|短|早|晚|贵|便宜|新|老|大|小|轻|重)"
)
_THAN = re.compile(  # of two that are named: "is Heat longer than Alien?"
    r"^(?:so |and |but |ok(?:ay)?,? |oh,? |hmm,? |wait,? |[^,:;]{1,30}[:,] )*(?:is|was|are|were|did|does|do|has|have|how much|by how much)\b.{1,80}\b(?:(?:[a-z]{2,}er|more [a-z]+|less [a-z]+|better|worse|rated|ranked) (?:\w+ ){0,2}than\b|(?:come |came |made |released )?(?:out |up )?(?:before|after)\b|(?:earlier|later|older|newer|longer|shorter) or\b)"
    r"|比.{1,30}(?:更|还|要)?(?:长|短|新|老|旧|早|晚|贵|便宜|高|低|好|差|大|小|轻|重|好看)(?:多少|一?点|些)?(?:吗|么|不|嘛|没有?|呢)?[？?]*$"
)
_CHOICE = re.compile(  # asks for one of them, not for what sets them apart
    r"\b(?:which|what)(?: one)?(?: of (?:these|those|them|the \w+))? (?:should|shall|would|do|could) (?:i|we|you) (?:rather |really )?(?:choose|pick|take|watch|see|go (?:with|for)|recommend|suggest|prefer|buy|get|start with|read|play|try|order|book)\b"
    r"|\bwhich(?: one)?(?: of (?:these|those|them|the \w+))? (?:is|would be) (?:the )?(?:best|better|right one)\b(?! \w)|(?:^|[,.;!?] |\byou |\bplease |\bjust |\bto )(?:pick|choose|recommend) (?:me )?one(?: of (?:these|those|them)| for me)?[.!?]*$|\bhelp me (?:choose|pick|decide)[.!?]*$|\bif you had to (?:choose|pick|take)\b|\bbest of (?:these|those|them|the \w+)\b"
    r"|(?:选|挑|看|买|推荐|建议|订|吃|玩|读|听|去)哪一?[个部款本首家种间](?=$|[吧呢啊呀好比更最合值划，。？?！! ])|哪一?[个部款本首家种间](?:更|比较|最)?(?:好|值得|合适|适合我)|帮我(?:(?:选|挑)(?:一下|一?[个部款本首家])?|拿个?主意)吧?[。！!]*$"
)
_EITHER = re.compile(r",? ?(?:or|还是)(?: rather)? ?(?:the |看|选)?")
_ASKS_WHICH = re.compile(r"(?:so |and |ok(?:ay)?,? |hmm,? )*(?:should|shall|would|which|do)\b")
_TWO_NUMBERS = re.compile(
    r"\W*(?:so |and |should i (?:take|watch|go with|choose) |which,? )*\d{1,2}(?: or |还是)\d{1,2}\W*"
)
_OR = re.compile(r"\bor\b|还是|和|跟|与|,|，|vs|versus|\band\b")
_ABOUT = re.compile(
    r"\bwhat(?:'s| is| was| are)(?: .{1,60})? about\b(?! (?:a|an|some)\b)|\btell me (?:a bit |a little )?(?:more )?(?:about|of)\b|\bmore (?:info|information|details?|about)\b|\bdescribe\b|\b(?:plot|synopsis|story|premise|summary) of\b|\bwhat happens in\b|\bknow (?:more )?about\b|\bwhat's (?:it|that one|this one) like\b"
    r"|讲(?:的)?(?:是)?(?:什么|啥)|说的?是?什么(?:故事|内容)|什么(?:内容|剧情|故事)|剧情(?:是|怎么样|简介)|介绍(?:一?下|下)?|简介|详细(?:信息|介绍|说说)|说说|讲讲|(?<!不)怎么样[？?]?$|好看(?:吗|么|不)"
)
_ASKING = re.compile(
    r"^(?:so |and |but |ok(?:ay)?,? |hey,? |please |sorry,? |hmm,? |also,? |oh,? )*(?:who|what|when|where|which|how|is|was|are|were|does|did|do|has|have|had|can|could|isn'?t|wasn'?t|doesn'?t|didn'?t|tell me|do you know)\b(?! not\b)"
    r"|\b(?:who|what|when|how|which) (?:is|was|are|were|did|does|do|year|long|much|many|old|good|big|heavy|directed|wrote|made|stars?|kind|language|country|genre)\b|\?$|[吗么呢？]$|谁|多少|多[长久大重高远贵]|几[分年]|什么|哪"
)
_REQUEST = re.compile(
    r"\b(?:recommend|suggest|find me|show me|give me|looking for|do you have|have you got|got any|any (?:good(?! ?\?| ?$)|other|more)|what should i|what would you|what (?:else|other)|is there|are there|how about|what about|what can (?:i|you)|i (?:want|need|would|'d)|i'd)\b"
    r"|推荐(?!的?理由|的?原因|它|这|菜(?!馆))|有没有|有什么|有哪些|想看|想找|想要|来[一几点]|给我[找来推]|帮我[找选挑]|找[一几]|哪些"
)
_HAVE = re.compile(
    r"^(?:hi,? |hello,? |so |and |ok(?:ay)?,? )*(?:do you have|have you got|you got|got|is there|do you know|have you heard of|what about|how about)\b|(?:有没有|有).{0,40}[吗么][？?]?$|知道.{0,40}[吗么]"
)
# Questions of fact, whoever they are about.
_FACT = re.compile(
    r"^(?:so |and |but |ok(?:ay)?,? |oh,? |yes,? |works for me,? )*(?:who(?!ever)|when|where|how(?! about)|why(?! not)|(?:is|was|are|were|do|does|did|has|isn'?t|doesn'?t|wasn'?t) (?:it|that|this|they|those|these|he|she|the)\b"
    r"|(?:(?:can|could|would) you )?(?:please )?(?:also )?(?:please )?(?:tell me|check|let me know|find out) (?:if|whether) (?:it|they|there|the|this|that)\b)"
    r"|^(?:is|was|are|were|does|did|has|have) .{1,40} in (?:any of |one of )?(?:it|that|those|them|these|this)\b"
    r"|谁|多长|多久|哪一?年|多少分|几分|多少?钱|什么时候|为什么|讲(?:的)?什么|是否(?!有)|[高低好贵长短大小重轻](?:吗|么|不|嘛)[？?。]?$"
    r"|(?:^|[，,。])(?:那|好|对了|请问)*(?:这[个家部款本台首]|那[个家部款本台首]|该|它)[^，。,？?]{0,8}(?:是否|有没有|能不能)"
    r"|(?:^|[，,。])(?:那|好|对了|请问)*(?:这[个家部款本台首]|那[个家部款本台首]|该|它|他家|它家)[^，。,？?]{0,40}(?:吗|么|嘛|没有|不)[？?。]?$"
)
_AMONG_ZH = re.compile(r"哪[个家里些款部本一]|[这那][些几两三四五].{0,24}[吗么呢？?]")
_AMONG = re.compile(
    rf"{_AMONG_ZH.pattern}|\bwhich (?:ones? )?(?:of (?:these|those|them) )?(?:are|is|cost|run|have)\b|\bany of (?:these|those|them)\b"
)
_YES_NO = re.compile(
    r"^(?:so |and |but |ok(?:ay)?,? |oh,? |yes,? |no,? |sure,? |great,? |works for me,? |that works,? )*"
    r"(?:(?:(?:can|could|would) you )?(?:please )?(?:also )?(?:please )?(?:tell me|check|let me know|find out) (?:if|whether)|i wonder (?:if|whether)"
    r"|is|was|are|were|do|does|did|has|have|had|can|isn'?t|wasn'?t|doesn'?t|didn'?t|hasn'?t) "
)
_ZH_HAS = re.compile(
    r"有没有|是否|能不能|可不可以|(?:有|提供|包含|带|设有|能|可以|支持).{1,40}(?:吗|么|嘛|没有?|不)[？?。]?$|所有.{1,12}吗[？?。]?$"
)
_ZH_WANTS = re.compile(
    r"的(?:吗|么|嘛|呢|没有?)?[？?。]?$|推荐|[找选来]一?[个家款部些]|想(?:要|找|去|住|看|吃|买)|帮我找"
)
_ZH_NEAR = re.compile(r"附近|周边|周围|旁边|类似|一样")
_ZH_BARE = re.compile(r"(?:^|[，,。！!？? ]|那|请问|这[个家]|该|下|了|问)$")
_ZH_HAS_NEXT = re.compile(r"(?:里|内|设施|里面|的)?(?:是否|有|提供|包含|设有|带|能|可以|所有|支持)")
_TELL_ZH = re.compile(r"告诉我?|查(?:一?下|查|询)|发(?:给)?我")
_TELL = re.compile(
    r"\b(?:tell|give|get|send|let|grab|provide)(?: me| us)?(?: know)?\b|告诉|发(?:给)?我|发一?下|给我|查|分享|提供|看看|说[下说]|知道"
)
_ZH_YES_NO = re.compile(r"(?:吗|么|嘛)[？?。]?$|是不是|有没有|算不算|能不能")
# How a role is asked for.
_ROLE_ASKED = {
    "duration": r"\bhow long\b|\bhow many (?:minutes|hours)\b|多长|多久|几分钟|几个?小时|时长",
    "year": r"\bwhen (?:was|were|did|is|does)\b|\b(?:what|which) year\b|\bhow old\b|\bwhat decade\b|哪一?年|什么时候|几几年|啥时候|什么年代|何时",
    "price": r"\bhow much (?:is|are|does|do|was|will|would)\b|\bwhat does (?:it|that|this).{0,30} cost\b|\bhow expensive\b|多少?钱|什么价|几块|多贵|价格(?:是|多少|呢)",
    "rating": r"\bhow (?:good|well[- ]rated|highly rated|well reviewed)\b|\b(?:is|was|are) (?:it|that|this|they|the \w+(?: one)?) (?:any )?good\b|\bwhat (?:rating|score)\b|几分|多少分|评分(?:是|多少|高吗|怎么样|如何|呢)|口碑(?:怎么样|如何|好吗)",
    "language": r"\b(?:what|which) language\b|什么语言?|哪种语言|哪国(?:语言|话)",
    "place": r"\b(?:what|which) country\b|\bwhere (?:is|was|are|were|does|did)\b|哪一?国|哪个国家|哪里(?:的|拍|产)|产地是",
    "kind": r"\b(?:what|which) (?:kind|type|genre|sort|category)\b|什么(?:类型|题材|种类|片)|哪[种类]",
}
# Items may be set against each other here, or the question may be none.
_AGAINST = re.compile(
    r"\b(?:or|as|than|which|better|best|most|same)\b|[比跟和]|哪[个一些家部款本]|还是|最(?!后)|[一同]样"
)
_OF_TWO = re.compile(
    r"\b(?:or|than|vs|versus)\b|[比跟]|还是|谁.{0,4}[高低长短早晚好]"
)  # a title may not have been heard
_ROLES = {role: re.compile(pattern) for role, pattern in _ROLE_ASKED.items()}
# Verbs that ask who did it, and words by which the facet is known.
_DID = {
    "directed": ("director", "directed", "导演"), "directs": ("director", "directed"), "made": ("director", "maker", "brand", "manufacturer", "author"),
    "makes": ("maker", "brand", "manufacturer"), "wrote": ("writer", "author", "written", "编剧", "作者"), "written": ("writer", "author", "written"),
    "sings": ("singer", "artist"), "sang": ("singer", "artist"), "composed": ("composer",), "designed": ("designer",),
    "stars": ("cast", "actor", "stars", "starring"), "starred": ("cast", "actor", "starring"), "acts": ("cast", "actor"), "acted": ("cast", "actor"),
    "plays": ("cast", "actor"), "played": ("cast", "actor"), "publishes": ("publisher",), "published": ("publisher",), "produced": ("producer", "maker"),
    "grew": ("grower",), "grows": ("grower",), "导": ("导演", "执导"), "拍": ("导演", "拍的"), "演": ("演员", "主演"), "主演": ("演员", "主演"), "写": ("编剧", "作者"), "唱": ("歌手",),
}  # fmt: skip
_WHO = re.compile(
    r"\bwho(?:'s| is| was| are| were| has| all)? ?(?P<verb>[a-z]+)?|谁(?P<zh>执?导|拍|主?演|写|唱)|(?:是|有)谁|谁"
)
_IN = re.compile(
    r"\bwho(?:'s| is| was| are| else is)(?: all)? in\b|\bwho (?:plays|played|acts|acted|stars|starred)\b|有谁(?:演|出演|主演)?|(?:演员|主演)(?:是|有)(?:谁|哪些)|谁演|谁主演|都有谁"
)
_OF_ONE = re.compile(  # how a question of fact begins, or ends
    r"^(?:so |and |but |ok(?:ay)?,? |also,? |oh,? |hmm,? )*(?:how(?! about)|what(?! about| else)|when|where|who|whose|does|do(?! you have)|did|is(?! there)|are(?! there)|was|were|has|have|should|(?:can|could|will|would)(?! you))\b|.*(?:[吗么]|多少|几|什么|哪|谁|没有|不)[？?。]?$"
)
_OF_OTHERS = re.compile(
    r"\b(?:like|similar|than|instead|others?|another|else|more|less|[a-z]{3,}er)\b|类似|差不多|同款|其他|别的|更|比|一样|换"
)
_SUCH = re.compile(
    r"\bwould (?:someone|somebody|anyone|people|a fan|fans|i|we) .{0,60}\b(?:like|enjoy|love|watch)\b|\bfor (?:fans|lovers|someone who)\b|差不多的|同款|同类|类似|(?:^|[，,。 ])(?:有没有|想看|来[点部个]|找[点部个]?)?像(?!话|样)|那[种样类]|之类的|一样的[^，。]{0,6}(?:吗|么|没有|不)"
)
_MEASURED_ZH = re.compile(r"有?多(?:大|长|久|少|高|重|宽|厚|快|远|贵|便宜)|怎么样|如何|几[个小分年公英寸]")
_HOW = re.compile(r"\bhow (?P<en>[a-z]+) (?:is|are|was|were|does)\b|多(?P<zh>[重大高宽厚远快强])")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was heard. place: the sentence, whose words are then no wishes."""

    kind: Kind
    items: tuple[Item, ...]
    place: tuple[int, int]
    facet: str | None = None
    negated: bool = False
    choice: bool = False  # one of the items is to be named
    guessed: bool = False  # a question of one item, but nobody knows what it asks for
    missing: tuple[tuple[int, int], ...] = ()  # places of titles that are none of this catalogue


def question(
    plain: str,
    place: tuple[int, int],
    marks: Marks,
    pointed: Sequence[Pointed],
    lexicon: Lexicon,
    turn: Turn,
    focus: Item | None,
) -> Question | None:
    """The question a sentence asks about items, if it asks one. place: the sentence."""
    text = plain[place[0] : place[1]].strip()
    here = [p for p in pointed if place[0] <= p.start < place[1]]
    if chooses(text, place, marks):
        return None
    if asked := _of_nothing_here(text, place, here, marks):
        return asked
    if _CHANGE.search(text) and (items := _items(here, vague=True)):
        return Question("explain", items, place, negated=True)
    if _nothing_fitted(turn) and _why_nothing(text, place, here, marks):
        return Question("explain", (), place)
    if _WHY.search(text) and (asked := _why(text, place, here, marks, turn, focus)):
        return asked
    if asked := _compare(plain, text, place, here, marks, lexicon, turn):
        return asked
    return _lookup(plain, text, place, here, marks, lexicon, turn, focus)


def choice(plain: str) -> bool:
    """Whether a message asks which one of several to take."""
    return _CHOICE.search(plain) is not None


def chooses(text: str, place: tuple[int, int], marks: Marks) -> bool:
    """Whether a sentence asks which of several have what it names: "which of these are under two hours", 这几家有4分以上的吗."""
    if not _AMONG.search(text) or _WHY.search(text) or _COMPARE.search(text):
        return False
    amounts = any(
        a.bound or a.op == "between" or (a.values and _AMONG_ZH.search(text))
        for a in marks.amounts
        if place[0] <= a.core[0] < place[1]
    )
    return amounts or (_AMONG_ZH.search(text) is not None and any(place[0] <= m.start < place[1] for m in marks.named))


def doubtful(asked: Question, plain: str, pointed: Sequence[Pointed], turn: Turn) -> bool:
    """Whether a question that was heard as one about a single item may be something else: several were shown, and none of them is
    pointed at, or another may be meant beside it."""
    if asked.guessed:
        return True
    if asked.kind != "lookup" or asked.missing:
        return False
    here = [p for p in pointed if asked.place[0] <= p.start < asked.place[1] and not p.vague]
    if len(turn.last_items) < 2:
        return len(here) == 1 and _OF_TWO.search(plain, *asked.place) is not None
    return not here or _AGAINST.search(plain, *asked.place) is not None


def asks_a_fact(text: str) -> bool:
    """Whether a sentence asks for a fact, though it is not known of what: its words are no wishes either."""
    text = text.strip()
    return _REPROACH.search(text) is not None or (_FACT.search(text) is not None and _REQUEST.search(text) is None)


def _why(
    text: str, place: tuple[int, int], here: Sequence[Pointed], marks: Marks, turn: Turn, focus: Item | None
) -> Question | None:
    items = _items(here, vague=True)
    negated = _WHY_NOT.search(text) is not None
    if not items:
        if negated:
            return None  # "why not a comedy?" is a suggestion
        if not turn.last_items or (
            any(place[0] <= m.start < place[1] for m in marks.values) and not _SHOWING.search(text)
        ):
            return None
        items = (focus,) if focus and not _SHOWING.search(text) else turn.last_items[:5]
    return Question("explain", items, place, negated=negated)


def asks_of_a_title(text: str) -> bool:
    """Whether a sentence asks what is asked of what is called by a title: who directed it, what it is about."""
    return _OF_A_TITLE.search(text) is not None and _REQUEST.search(text) is None


def _of_nothing_here(text: str, place: tuple[int, int], here: Sequence[Pointed], marks: Marks) -> Question | None:
    """A question about a title that is quoted and not in this catalogue: 《英雄本色》是哪年的."""
    missing = tuple(p for p in marks.unknown_titles if place[0] <= p[0] < place[1])
    if not missing or _REQUEST.search(text) or _SUCH.search(text):
        return None
    kinds: dict[Kind, tuple[re.Pattern[str], ...]] = {
        "explain": (_WHY, _CHANGE),
        "compare": (_COMPARE, _WHICH, _THAN),
        "lookup": (_ASKING, _ABOUT),
    }
    kind = next((k for k, patterns in kinds.items() if any(p.search(text) for p in patterns)), None)
    return Question(kind, _items(here), place, missing=missing) if kind else None


def _nothing_fitted(turn: Turn) -> bool:
    return next((e.kind for e in reversed(turn.history) if e.kind in _LOOKED), "") == "none_fit"


def _why_nothing(text: str, place: tuple[int, int], here: Sequence[Pointed], marks: Marks) -> bool:
    """Whether it is asked what stands in the way, where nothing fitted: "why?", "which of my wishes is the problem?"."""
    why = _WHY.search(text)
    bare = why is not None and len(text) - len(why.group()) <= SHORT_WHY
    if here or not (_NOTHING_WHY.search(text) or bare or (why and _OF_FINDING.search(text))):
        return False
    return not any(place[0] <= m.start < place[1] for m in marks.named)  # "why not a comedy?" is a suggestion


def _compare(
    plain: str, text: str, place: tuple[int, int], here: Sequence[Pointed], marks: Marks, lexicon: Lexicon, turn: Turn
) -> Question | None:
    begin = plain.index(text, place[0])
    titles = [range(p.start - begin, p.end - begin) for p in here if p.title]
    asked = next(
        (m for m in _COMPARE.finditer(text) if not any(m.start() in t for t in titles)), None
    )  # "Alien vs. Predator"
    asked = asked or (_THAN.search(text) if len(_items(here, vague=True)) > 1 else None)
    which, several = _WHICH.search(text), len(turn.last_items) > 1
    valued = any(place[0] <= m.start < place[1] for m in marks.named)
    undecided = several and not valued and choice(text)
    numbered = []
    if asked or which or _TWO_NUMBERS.fullmatch(text):
        bare = bare_numbers(plain, turn.last_items, place)
        numbered = [Pointed(n.start, n.end, n.items) for n in bare if not any(p.start <= n.start < p.end for p in here)]
    spots = sorted([*here, *numbered], key=lambda p: p.start)
    either = _either(plain, spots, place)
    if not (asked or undecided or either) and (not which or _REQUEST.search(text)):
        return None
    items = _items(spots)
    facet = _trend_facet(marks, place)
    if len(items) == 1 and asked and several:  # "compare it with the second": one of them is vague
        items = tuple({i.id: i for i in (*items, *(i for p in here for i in p.items))}.values())
    plain_which = which and (facet or _plain_which(text))
    if len(items) < 2 and (asked or undecided or plain_which) and several and not (items and not here):
        if items and asked:
            others = [i for i in turn.last_items if i.id != items[0].id]
            items = (items[0], *others[:1])
        else:
            items = turn.last_items[:5]
    if len(items) == 1 and asked:  # the other's title may be of ordinary words
        more = by_words(Utterance.of(text), lexicon)
        items = tuple({i.id: i for i in (*items, *(lexicon.items[o] for o in more))}.values())
    if len(items) == 1 and _COMPARE.match(text):
        return Question("lookup", items, place)  # "compare the Fjord": with what, nobody said
    if len(items) < 2:
        return None
    return Question("compare", items[:5], place, facet, choice=either or choice(text))


def _either(plain: str, spots: Sequence[Pointed], place: tuple[int, int]) -> bool:
    """ "The second or the third?": two items, and nothing but "or" between them."""
    called = [p for p in spots if not p.vague]
    text = plain[slice(*place)].strip()
    asks = _ASKS_WHICH.match(text) is not None or text.endswith(("?", "？", "呢")) or "还是" in text
    return asks and any(_EITHER.fullmatch(plain, a.end, b.start) for a, b in pairwise(called) if a.items != b.items)


def _plain_which(text: str) -> bool:
    """ "Which is better?" and the like ask about what was shown; "which comedies are there?" does not."""
    return (
        re.search(r"\bwhich (?:one )?(?:is|was|would|should|do you)\b.{0,30}$|哪[个部款本家].{0,8}$", text) is not None
    )


def _trend_facet(marks: Marks, place: tuple[int, int]) -> str | None:
    return next((m.meanings[0].facet for m in marks.trends if place[0] <= m.start < place[1]), None)


def _lookup(
    plain: str,
    text: str,
    place: tuple[int, int],
    here: Sequence[Pointed],
    marks: Marks,
    lexicon: Lexicon,
    turn: Turn,
    focus: Item | None,
) -> Question | None:
    items = _items(here, vague=True)
    named = [m for m in marks.named if place[0] <= m.start < place[1]]
    if (told := _described(plain, text, place, here, marks, lexicon, turn, focus)) is not None:
        return told
    if not any(p.search(text) for p in (_ASKING, _ABOUT, _ZH_HAS, _TELL_ZH)) or (items and _SUCH.search(text)):
        return None
    if (
        items
        and not named
        and here[0].title
        and _HAVE.search(text)
        and not any(place[0] <= a.start < place[1] for a in marks.amounts)
    ):
        return (
            None
            if re.search(r"\blike\b|像|类似|差不多|同款|同类|那[种样类]|这[种样类]|一样的|之类", text)
            else Question("lookup", items[:1], place)
        )
    if asked := _zh_has_it(plain, text, place, here, named, marks, turn, focus):
        return asked
    yes_no = _YES_NO.match(text)
    if yes_no and (asked := _has_it(yes_no, text, place, named, marks, lexicon, items, turn, focus)):
        return asked
    if _REQUEST.search(text) and not (items and _ABOUT.search(text) and not named):
        return None
    facet = asked_facet(text, place, marks, lexicon, items or turn.last_items[:1])
    if yes_no and items and named and facet in [f.name for f in lexicon.catalog.facets if f.role == "rating"]:
        facet = named[0].meanings[0].facet  # "is it good for gaming?" asks about gaming
    if not items:
        wished = [m for m in named if (f := lexicon.facet(m.meanings[0].facet)) is None or f.type != "bool"]
        busy = wished or any(place[0] <= a.start < place[1] for a in marks.amounts)
        if facet is None or busy or not turn.last_items or _plural_noun(text, marks, place):
            return None
        items = (focus,) if focus else turn.last_items[:1]
    if facet is None and _ABOUT.search(text):
        return Question("lookup", items, place)
    offset = place[0] + len(plain[place[0] : place[1]]) - len(plain[place[0] : place[1]].lstrip())
    if (
        yes_no and named and here and here[0].title and plain[: here[0].start].endswith(" in ")
    ):  # "is Al Pacino in Heat?"
        meant = named[0].meanings
        has = next((m for m in meant if m.value in items[0].values(m.facet)), max(meant, key=lambda m: m.count))
        return Question("lookup", items, place, has.facet)
    direct = yes_no is not None and here and here[0].start - offset - yes_no.end() <= 4
    if facet is None and (direct or _ZH_YES_NO.search(text)):
        value = next((m.meanings[0].facet for m in named), None)
        amount = next((a for a in marks.amounts if place[0] <= a.start < place[1]), None)
        if value is None and amount is not None and amount.values:
            value = next(iter(amount.values))
        return Question("lookup", items, place, value or _trend_facet(marks, place))
    if facet is None and any(not p.vague for p in here) and _OF_ONE.match(text) and not _OF_OTHERS.search(text):
        value = next((m.meanings[0].facet for m in named), None)
        return Question("lookup", items, place, value, guessed=True)
    return Question("lookup", items, place, facet) if facet else None


def _zh_has_it(
    plain: str,
    text: str,
    place: tuple[int, int],
    here: Sequence[Pointed],
    named: Sequence[Mark],
    marks: Marks,
    turn: Turn,
    focus: Item | None,
) -> Question | None:
    """Whether one thing has a quality: 这家酒店有没有会议室, 酒店提供暖气吗, 全季酒店是否有棋牌室."""
    if not named or not _ZH_HAS.search(text) or _ZH_WANTS.search(text):
        return None
    first = named[0].start
    one = next(
        (
            p
            for p in reversed(here)
            if p.end <= first and not (p.vague and len(turn.last_items) > 1) and len(p.items) == 1
        ),
        None,
    )
    if one is not None and _ZH_NEAR.search(plain, one.end, first):
        return None
    if one is None and turn.last_items:
        bare = next(
            (n for n in marks.nouns if place[0] <= n.start < first and _ZH_BARE.search(plain, max(0, n.start - 8), n.start)
             and _ZH_HAS_NEXT.match(plain, n.end)), None)  # fmt: skip
        if bare is None:
            return None
    elif one is None:
        return None
    items = one.items if one is not None else (focus,) if focus else turn.last_items[:1]
    return Question("lookup", items, place, named[0].meanings[0].facet)


def _has_it(
    yes_no: re.Match[str],
    text: str,
    place: tuple[int, int],
    named: Sequence[Mark],
    marks: Marks,
    lexicon: Lexicon,
    items: tuple[Item, ...],
    turn: Turn,
    focus: Item | None,
) -> Question | None:
    """Whether what was shown has a yes-or-no quality: "do they have wifi?", "is smoking allowed and what does it cost?"."""
    bools = [m for m in named if (f := lexicon.facet(m.meanings[0].facet)) is not None and f.type == "bool"]
    if (
        not bools
        or _plural_noun(text, marks, place)
        or re.match(r"(?:i|we|you)\b(?! (?:smoke|park))", text[yes_no.end() :])
    ):
        return None
    about = items or ((focus,) if focus else turn.last_items[:1])
    return Question("lookup", about, place, bools[0].meanings[0].facet) if about else None


def _described(
    plain: str,
    text: str,
    place: tuple[int, int],
    here: Sequence[Pointed],
    marks: Marks,
    lexicon: Lexicon,
    turn: Turn,
    focus: Item | None,
) -> Question | None:
    """A question about what is only told of items and never wished for: an address, a telephone number, what is nearby."""
    if any(place[0] <= m.start < place[1] for m in marks.named) or any(
        place[0] <= a.core[0] < place[1] and (a.bound or a.values) for a in marks.amounts
    ):
        return None
    for name in marks.namings:
        facet = lexicon.facet(name.meanings[0].facet)
        if not place[0] <= name.start < place[1] or facet is None or facet.filter:
            continue
        if plain[: name.start].endswith(("what ", "how ")):  # "what about a shorter one?"
            continue
        pointed = _items(here, vague=True)
        wanted = [
            m for m in marks.nouns if name.end <= m.start < place[1] or (m.plural and place[0] <= m.start < place[1])
        ]
        if facet.type != "text" and (
            not (_ASKING.search(text) or _TELL.search(text))
            or (wanted and not pointed)
            or not (pointed or turn.last_items)
        ):
            continue
        items = pointed or ((focus,) if focus else turn.last_items[:1])
        if items:  # "what is it about?" is answered by all that is told of it, whatever facet is called "about"
            about = _ABOUT.search(text)
            whole = about is not None and about.start() <= name.start - plain.index(text, place[0]) < about.end()
            return Question("lookup", items, place, None if whole else facet.name)
    return None


def _plural_noun(text: str, marks: Marks, place: tuple[int, int]) -> bool:
    return any(m.plural for m in marks.nouns if place[0] <= m.start < place[1]) or "哪些" in text


def asked_facet(
    text: str, place: tuple[int, int], marks: Marks, lexicon: Lexicon, items: Sequence[Item] = ()
) -> str | None:
    """The facet that a question asks for: "who directed it" -> director, 多长 -> the one with the role duration."""
    people = [f for f in lexicon.catalog.facets if f.role == "person" and f.filter]
    who = _WHO.search(text)
    if who:
        known = _DID.get(who["verb"] or who["zh"] or "", ()) or _verb_inside(text)
        called = [f for f in lexicon.catalog.facets if known and _called(f) & {stem(k) for k in known}]
        if called:
            return next((f for f in called if any(i.values(f.name) for i in items)), called[0]).name
        if _IN.search(text) and people:
            return max(people, key=lambda f: lexicon.spread.get(f.name, 0)).name
    namings = [m for n in marks.namings if place[0] <= n.start < place[1] for m in n.meanings]
    if how_much := _MEASURED_ZH.search(text):  # 内存多大 is about the memory, whatever else is big
        begin = place[0] + how_much.start()
        measured = [n for n in marks.namings if 0 <= begin - n.end <= 2 and n.start >= place[0]]
        if measured:
            return str(measured[-1].meanings[0].facet)
    if _ABOUT.search(text):  # "about" is also what people call a facet of themes
        namings = [m for m in namings if (f := lexicon.facet(m.facet)) is not None and f.filter]
    if who and namings:
        return next((m.facet for m in namings if any(f.name == m.facet for f in people)), namings[0].facet)
    for role, pattern in _ROLES.items():
        if (owner := lexicon.catalog.by_role(role)) is not None and pattern.search(text):
            return owner.name
    if how := _HOW.search(text):
        for phrase in ([how["en"]], ["too", how["en"]], ["最", how["zh"]], ["太", how["zh"]]):
            for meaning in lexicon.phrases.get([p for p in phrase if p]):
                if hasattr(meaning, "degree"):
                    return str(getattr(meaning, "facet", "")) or None
    if namings and re.search(
        r"\b(?:what|which|how|tell me|does|do|has|have|is|are|its|their)\b|告诉|查|发我|发给我|是|多少|什么|呢|吗|怎么样|如何|谁|几",
        text,
    ):
        return str(namings[0].facet)
    return None


def _verb_inside(text: str) -> tuple[str, ...]:
    return next(
        (
            words
            for verb, words in _DID.items()
            if re.search(rf"\b{verb}\b" if verb.isascii() else f"谁{verb}|谁.{{0,4}}{verb}的", text)
        ),
        (),
    )


def _called(facet: Facet) -> set[str]:
    """What a facet is called, and the first words of its cues."""
    phrases = list(facet_phrases(facet))
    cues = [c for phrases in facet.cues.values() for c in phrases]
    return {*phrases, *(stem(p.lower().split()[0]) for p in (*phrases, *cues) if p.split())}


def _items(here: Sequence[Pointed], vague: bool = False) -> tuple[Item, ...]:
    """The items a sentence points at, in order."""
    found: dict[str, Item] = {}
    for pointed in here:
        if pointed.vague and not vague:
            continue
        for item in pointed.items:
            found.setdefault(item.id, item)
    return tuple(found.values())
