"""What a message asks of the conversation itself: start over, others, just show me, five of them, drop the budget, hello.

Knows: such phrases in English and Chinese. Does not know: the catalogue, beyond what its facets and items are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from chatrec.language.normal import normal
from chatrec.language.numerals import numbers
from chatrec.language.script import has_han
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.marks import Mark, Marks
from chatrec.understand.trends import Trend
from chatrec.vocabulary import Ledger, Wish

Place = tuple[int, int]

_RESET = re.compile(
    r"\b(?:start(?:ing)? (?:over|again|afresh|anew|from scratch)|reset(?: (?:everything|all|it|that|my wishes|the filters))?(?! button)|forget (?:everything|all (?:of )?(?:that|it|this)|it all|what i (?:said|asked))"
    r"|clear (?:all|everything|it all|my (?:wishes|filters)|the filters|filters)|new search|scrap (?:all )?(?:that|everything)|from scratch|drop everything|remove all (?:filters|wishes))\b"
    r"|重新(?:开始|来过?|选|找)|从头(?:开始|再?来)|重来(?:一遍|一次)?|(?:全部|都)?(?:清空|重置)|全部清除|忘[掉了](?:所有|全部|一切|刚才|之前)(?:说?的)?|(?:刚才|之前)(?:说)?的?(?:都|全部?)(?:不算|不要|算了|作废)"
)
_UNDO = re.compile(
    r"^(?:please )?(?:undo(?: (?:that|it|this|the last one))?|take (?:that|it) back|go back(?: one)?(?: step)?|revert(?: (?:that|it))?)(?:,? please)?[.! ]*$|\bundo (?:that|this|it|the last)\b|\btake that back\b"
    r"|撤[销回]|(?:取消|回到|返回)上一步"
)
_SHOW_AGAIN = re.compile(
    r"\b(?:show|see|list|give|repeat)(?: me)? (?:those|these|them|the (?:first|previous|last|earlier|same|other)(?: \w+)?(?: (?:ones|list|batch|suggestions|picks|films|movies|options))?|your (?:first|previous|last) (?:ones|list|suggestions|picks|recommendations))(?: again| once more| one more time)\b"
    r"|\b(?:show|see|repeat|go back to|back to)(?: me)? the (?:previous|earlier|last|first) (?:ones|list|batch|suggestions|picks|films|movies|options|results)\b|\bwhat were (?:those|they|the (?:previous|first|last) ones)(?: again)?\b|\brepeat (?:that|those|the list|them)\b|\bthe previous ones\b"
    r"|再(?:看|显示|列|发|展示)一?[遍次下](?:刚才|之前|那[些几]|上[次面])?|再?(?:看看|给我看|显示|列出?|发)(?:一下)?(?:刚才|之前|上次|上一批|前面)(?:推荐)?(?:的|那)?|(?:刚才|之前|上次|前面)(?:推荐)?的?那[些几][个部款本家]?(?:再|是|呢|$)|回看"
)
_SAY_AGAIN = re.compile(  # what was said last, which may have been a list
    r"再说一?[遍次下]|重复一?[遍次下]|\b(?:say (?:that|it) (?:again|once more)|repeat (?:that|it),? please|please repeat(?: (?:that|it))?|come again|pardon)\b"
)
_NOT_ENOUGH = re.compile(  # a question in form: "is that all you've got?", 就这些吗
    r"\b(?:is (?:that|this) (?:really )?(?:all|it|everything|the best)(?: (?:there is|you(?:'ve| have)?(?: got)?|you (?:can|could) (?:do|find|offer|come up with|think of)))?(?= *[?!.]|$)|(?:can|could|can't|couldn't|must|surely) (?:you|we) (?:do|have|find|come up with) (?:any(?:thing)? |something )?better(?! than (?!that|this|these|those))(?: than (?:that|this|these|those))?)|(?:就|只有?)这[些点几]?[个部款本首家]?(?:了)?[吗么啊嘛？?]+|还有(?:没有)?(?:别的|其[他它]的?)(?:推荐)?(?:了)?(?:吗|么|没有?|呢)?[？?]*$|(?:就)?没有?(?:更|再)?好(?:一?点儿?|些)?的了?[吗么？?]+"
)
_AGAIN = re.compile(
    rf"{_NOT_ENOUGH.pattern}|"
    r"\b(?:(?:any |some |the |show me |what )?others?(?! than| side| hand)\b(?: (?:ones?|options?|suggestions?|recommendations?|ideas?|choices?|picks?|films?|movies?))?|(?:something|anything|anyone|what) else\b|another(?: (?:one|few|batch|set|list|round|suggestion|option))?\b(?! (?:day|time|language|way|person))"
    r"|(?:some |any |show me |give me |few )?more(?= *(?:$|[.!?,]|please|options|suggestions|recommendations|ideas|choices|picks|films|movies|ones|of (?:them|these|those|the same)|like (?:these|those)))(?: (?:options|suggestions|recommendations|ideas|choices|picks|ones|please))?"
    r"|different (?:ones?|options?|suggestions?|films?|movies?|set|batch)|next(?: (?:ones?|batch|page|set|few))?(?= *(?:$|[.!?,]|please))|new (?:ones|suggestions|ideas|options)|keep going|try (?:again|harder)|none of (?:these|those|them)|not (?:these|those)\b(?= *(?:$|[.!?,]|ones))|not (?:that|this)(?: one)?(?= *(?:$|[.!?,])))"
    r"|换一?[批组个部款本首家些下](?:吧|看看)?|换(?:几[个部款本首家]|点?别的|换|其[他它])|再(?:来|推荐|给我|换)(?:一?[批些点组]|[几一二两三四五][个部款本首家条]|点别的|别的)?|还有(?:别的|其[他它]的?|没有|吗|什么(?:别的|其他)?)|(?<![特区级])别的(?![人时])|其[他它]的?(?!地方|人|时候)|另外的?(?:几|一)?[个部款本首家些]?|更多(?!的?类似)|下一[批组]|都不(?:行|喜欢|要|满意|合适|想看|好)|没一?[个部款本首家](?:喜欢|满意|合适|对味|看得上|想[看要听吃买去])的?|再想想(?:办法)?$|都看过了(?=$|[，。,.！!]|呢|啊|还)"
)
_JUST_SHOW = re.compile(
    r"\b(?:just (?:show|give|recommend|pick|suggest|choose|tell|list)(?: me)?(?: (?:something|anything|some|one|a few|it|them|already))?|surprise me|whatever you (?:think|like|want|recommend|pick|suggest)|anything (?:is fine|goes|will do|works|you like|at all)|(?:you|your) (?:choose|pick|decide|choice|call)|(?:no|stop)(?: more)? questions?|don'?t ask(?: me)?|stop asking(?: me)?|i'?m easy|dealer's choice|up to you|i (?:really )?don'?t (?:care|mind|know)(?=[.!, ]*$))\b"
    r"|直接(?:推荐|给我?|来|说|上|看|列)|随便(?!什么|哪)(?:推荐|来|都行|都可以|你|吧|选|看看|给|挑)?|都(?:行|可以)(?=[吧的啊了。！!，,]*$)|你(?:来?定|来?选|决定|看着(?:办|来|推荐|选))|别(?:再)?问(?:了|我)?|无所谓(?=[吧的啊了。！!]*$)|看着(?:推荐|来)|给我(?:个)?惊喜|不挑"
)
_WELL_KNOWN = re.compile(  # what others choose: that counts wherever nothing else was asked for
    r"\b(?:what(?:'s| is) (?:hot|big|popular|trending)|(?:the )?(?:most |really |very )?popular(?! (?:culture|science|music|mechanics|history))|trending|best ?sellers?|in demand|what (?:everyone|everybody|people)(?:'s| is| are) (?:watching|reading|buying|playing|listening to|drinking|talking about))(?: (?:right now|now|these days|at the moment|lately|today|this (?:week|month)))?\b"
    r"|(?:现在|最近|当下|目前|时下)?(?:都|在)?(?:(?:最|比较|很|正)(?:流行|热门|畅销|火(?![锅车辣影星山腿鸡箭焰]))|热门|火爆|大热|畅销|流行(?=什么|哪些|啥|的))(?:的)?(?:是?(?:什么|哪些|啥))?|大家都在(?:看|听|玩|买|读|吃|喝|用)(?:些)?(?:什么|啥)"
)
_AT_A_LOSS = re.compile(
    r"\bwhat(?:'s| is) good\b(?! (?:about|for|in|on|with))|\b(?:don'?t|do not|no idea|not sure|dunno) (?:know )?what (?:to|i should) (?:watch|read|play|buy|get|pick|choose|listen to|cook|eat|drink|do|see|wear|take|order)\b|^(?:(?:hi|hey|hello|ugh|well|so),? )*(?:i'?m |i am |we'?re |we are )?(?:so |really |super |just |very )*bored\b[^,.!?]{0,20}[.!]*$"
    r"|不知道(?:该)?(?:看|听|读|玩|吃|买|喝|选|挑|去|送|做|学|种)(?:点|些)?(?:什么|啥|哪)|^(?:我|好|太|真|有点|今天|晚上)*无聊(?:啊|呀|死了|了|哦|呢|中)*[。！!~]*$|[书片剧歌游]荒"
)
_ASKS = re.compile(
    r"\b(?:recommend|suggest|(?<!the )(?<!your )(?<!those )(?<!these )(?<!for )(?<!great )(?<!good )(?:recommendations?|suggestions?)|(?<!what i'm )(?<!what i am )looking for|look for|looking to|search(?:ing)? for|find(?: me)?|show(?: me)?|give(?: me)?|i(?:'d| would) (?:like|love|prefer|want)|i (?:want|wanna|need|am after|fancy)|i'?m after|in the mood for|feel like|feeling like|something|anything (?!else about)|do you have|have you got|got any|any (?:(?:good|great) [a-z]|ideas?|tips)|what (?:should|can|could) (?:i|we)|what about|how about|what (?:are|is) (?:some|a|the best)|what (?:good|other)|which|is there an?y?|are there any|help me (?:find|choose|pick|decide)|let's (?:watch|see|try|find|go with)|can (?:i|we) (?:get|see|have)|to watch|to read|to buy|to see|to play|to drink|to eat|options|list)\b"
    r"|推荐(?!菜(?!馆))|有没有|有什么|有哪些|有啥|有(?=[^，。]{1,12}[吗么])|想(?:看|找|要|买|喝|吃|听|玩|读|去|来)|要(?:看|找|买|一)|来[一几点两三四五六七八九十个部本款]|给我|帮我?[找选挑]?|找[一几个部点些]|求|哪些|看点|看看|什么(?:好|值得)|适合"
)
_GREET = re.compile(
    r"\b(?:hi(?:ya)?|hello|hey|howdy|good (?:morning|afternoon|evening|day|night)|greetings|how are you(?: doing| today)?|how's it going|what's up|sup|nice to meet you|happy new year|thanks?(?: (?:you|a lot|so much|very much|a bunch|again|for .{1,40}))*|thank you(?: (?:so much|very much|again|for .{1,40}))*|thx|ty|cheers|much appreciated|(?:really )?appreciated?(?: (?:it|that|your help|the help|everything|you))?(?: (?:very|so) much)?|(?:a |such a |of )?(?:great|big|huge|much|lot of) help|bye(?: bye)?|goodbye|see (?:you|ya)(?: later| soon)?|take care|have a (?:nice|good|great|lovely|wonderful) (?:day|night|evening|one|weekend|time)|(?:(?<!is )(?<!was )(?:that|it)(?:'s| is| was|'ll be| will be| would be|'d be)?|thats|its|will be|would be) (?:all|it|everything|perfect|great|helpful|awesome|wonderful|what i (?:needed|wanted|was looking for))(?: (?:that )?i(?:'ve| have)? (?:need(?:ed)?|want(?:ed)?|ask(?:ed)?))?(?: (?:for|from))?(?: you)?(?: (?:right )?now| today)?|all i (?:need|want)(?:ed)?(?: for now| now| today)?|(?:i )?(?:don'?t|do not|won'?t) (?:need|want|require) (?:anything|any)(?: else| more| other)?(?: help)?(?: right now| now| at this time| at the moment| today| for now)?|(?:i )?need nothing (?:else|more)(?: from you)?|nothing (?:else|more)|not (?:right )?now|not at (?:this|the) (?:time|moment)|(?:i'?m|i am|we'?re|all) (?:good|set|done|all set)(?: for now| now)?(?=[.,!]|$)|many thanks|i am thankful|thankful|you (?:have been|were|are|'ve been) (?:very |so |really )?(?:helpful|kind|great|awesome)|no more help|who are you|what are you|what can you do|what do you do|how do(?:es)? (?:you|this|it) work|(?:can|do) you (?:speak|understand) \w+|are you (?:a |an )?(?:bot|robot|human|ai|real|person|machine|chatgpt)|help|lol|haha+|good bot|nice one|well done|great job)\b"
    r"|你好|您好|嗨|哈喽|哈罗|早上好|上午好|中午好|下午好|晚上好|早安|晚安|(?:太|非常|十分|多|特别|真是|很|万分|再次)*(?:谢谢|感谢)(?:你|您|亲|了|啦|啊|哈|呀|们|推荐|(?:你|您|亲)?(?:的|提供的?)(?:耐心|优质|热情)?(?:推荐|介绍|帮助|帮忙|信息|建议|回答|解答|服务|答疑))*|多谢(?:你|您|了|啦|亲)*|谢了|谢啦|谢谢?哈|辛苦了|麻烦了|再见|拜拜|回见|下次见|你是谁|你叫什么|你是(?:机器人|人|真人|什么)吗?|你(?:能|会|可以)(?:做|干|帮我做)?(?:什么|啥)|你(?:会|能)(?:说|讲)[中英汉文语话普通粤国]{1,4}吗?|怎么用|帮助|(?<![也都就])(?:我)?(?<![也都就])没(?:有)?(?:别的|其[他它]的?)?(?:问题|需要|事|要问的|什么)了?(?=$|[，。,.!！])|(?:我的)?问题(?:都)?(?:问完了?|解决了)|(?:有问题|有需要)(?:我)?(?:再|会)?(?:联系|咨询|找|问)(?:你|您)|没事了|记[下住]了|(?:我)?(?:知道|明白|了解|清楚|收到|懂)了(?=$|[，。,.!！啊呢啦哈])|先这样|就这样|哈哈+|太好了|太棒了"
)
_SMALL_TALK = re.compile(
    r"(?:\b(?:ok(?:ay)?|yes|yeah|yep|no|nope|sure|great|cool|nice|good|perfect|awesome|wonderful|fine|alright|all right|oh|well|so|and|but|very|much|a lot|again|everyone|there|you|me|today|please|friend|mate|for now|i'?m|i am|doing|all|now|the|your|of|with|for|time|help|it|really|just|too|then|right)\b|lovely|nothing|favou?r|[好嗯恩哦啊呀吧呢的了哈行吗么您你我就是那先这里极太真咧嘞]|收到|可以|[^\w]|没有|满意|很|非常|挺|不错)*"
)
_CLAUSES = re.compile(r"[.,;:!?，。；：！？]+")
_TELLING = re.compile(
    r"(?:i|we|you|that|it|this|that'?s|it'?s|everything|sounds|looks)\b(?!.*\b(?:want|need|like|prefer|should|must|but|which|more|less|another|other)\b)"
    r"|[我你您](?!.*[要想找])|就.{0,6}了$|(?:名字|太|真|挺|很|非常|没|好|行|可以|哦|嗯|问了)(?!.*(?:[点些的]$|[要想找]))"
)
_COUNT_BEFORE = re.compile(
    r"\b(?:give|show|any|recommend|suggest|list|find|name|get|want|need|pick|send|top|another|just|only|with|like|see|me|best|the|first|maybe)(?: me| us)?(?: the| just| only| another| about| some| like| maybe| like| top| best)* $|^(?:just |only |maybe )?$|(?:来|推荐|给我?|找|要|再|介绍|列|看|选|挑|想看|只要|就|换|出|共)(?:个|了|我|来)? ?$"
)
_COUNT_AFTER = re.compile(
    r" ?(?:more\b|others?\b|ones?\b|options?\b|recommendations?\b|suggestions?\b|ideas?\b|picks?\b|choices?\b|titles?\b|results?\b|of (?:them|those|these)\b|please\b|good\b|great\b|best\b|[个部款本首家条件台杯道种]|$|[.,!?，。！？])"
)
_ONLY_ONE = re.compile(r"\b(?:just|only|exactly) $|(?:只|就)(?:要|来|推荐|给我?)? ?$")
_ONE_MORE = re.compile(
    r"\bone more(?= *$|[.,!?]| please| films?\b)|再(?:来|推荐|给我?|要)?(?:我)?一(?=[个部款本首家台杯道](?:[吧呗。！!，,]|$|[这那同他她]))"
)
_NOT_COUNT = re.compile(
    r" ?(?:hours?|hrs?|minutes?|mins?|years?|days?|weeks?|months?|stars?|points?|people|persons?|kids?|children|inch|gb|tb|kg|%|dollars?|euros?|小时|分|年|天|岁|人|星|块|元|寸|点|月|号|次|季|集|代)"
)

_DROP_BEFORE = re.compile(
    r"(?:\b(?:forget(?: about)?|ignore|drop|remove|lose|skip|never ?mind(?: about)?|don'?t worry about|(?:i |we )?(?:don'?t|do not) (?:really )?(?:care|mind|bother|fuss)(?: (?:about|what|which|for))?|not (?:bothered|fussed|worried|picky|fussy|particular) about|regardless of|irrespective of|no matter(?: what| which)?|any|whatever|whichever|cancel|lift|clear|scrap|relax|no (?:limit|preference|preferences|restriction|restrictions|constraint|requirement|particular|specific|fixed)(?: (?:on|for|about|in|as to|regarding))?|(?:doesn'?t|does not|don'?t|didn'?t) matter(?: what| which)?|open to any|without(?: any)?)(?: the| my| that| your| about| of| any| what| which| a| kind of)* "
    r"|(?:不限制?|不管|不论|无论|忘[掉了]|不用(?:管|考虑|看|在意)|别(?:管|考虑|在意)|不(?:在乎|在意|考虑|关心|介意|要求|看)|取消|去掉|放宽|任何|随便(?:什么|哪[个种])?|什么样?的?|哪[种个]|没有?)(?:对|这个|那个|了|的)? ?)$"
)
_DROP_AFTER = re.compile(
    r"(?: (?:it is|it's|they are|of it))? (?:(?:really )?(?:doesn'?t|does not|don'?t|do not|didn'?t) (?:really )?(?:matter|bother me|count|concern me)|(?:is|are|isn'?t|aren'?t) (?:no longer (?:an? )?(?:must|issue|problem|concern|important|relevant|needed|fixed)|not (?:important|an issue|a problem|relevant)|unimportant|irrelevant|no (?:issue|object|problem|concern|matter)|flexible|open|up to you|whatever|negotiable|important to me|important)|can be (?:anything|whatever|any)|no object|whatever|not important|flexible|doesn'?t matter)\b"
    r"| ?(?:怎么样|什么样|怎样|哪种|什么)(?:的)?(?:都|也)(?:行|可以|好|成)|(?: ?(?:方面|上)?)(?:也|就|都|可以)*(?:不限|无所谓|随意|随便|不重要|没关系|没要求|不要求|没有?要求|没有?限制|不做要求|都行|都可以|都好|不管了?|不挑|不在乎|不介意|算了|别管了?|不用考虑|灵活|忽略|没所谓|不是问题|不考虑|(?:的?(?:限制|要求|条件))?(?:就|都|也)?(?:给我|帮我)?(?:去掉|取消|拿掉|删掉|删了|撤掉|放开|放宽)(?:吧|了)*)"
)
_REST_OF_DROP = re.compile(
    r"(?: (?:limit|range|requirement|preference|filter|part|constraint|thing|restriction)s?\b|的?(?:限制|要求|条件|范围))+"
)
_NEEDS_ALL = re.compile(r"(?:任何|随便什么|什么样?的?|哪[种个]的?) ?$")
_ALL_OK = re.compile(r"[^，。,]{0,4}?(?:都|也)(?:行|可以|好|没关系|ok|无所谓|成)")
_ANY_OK = re.compile(r"\bany (?:kind of )?$")
_VALUE_DROP = re.compile(
    r"\b(?:forget(?: about)?|drop|remove|lose|never ?mind|cancel|scrap|ignore|(?:doesn'?t|don'?t|does not|needn'?t) (?:have|need) to be|not necessarily|no need (?:for|to be)|doesn'?t need to be)(?: the| that| an?| my| any| by| with| from)* $"
    r"|(?:忘[掉了]|取消|去掉|不要求|不限于?|不一定(?:要|非要|得)?(?:是|有)?|不用(?:是|非要|一定)?|不必(?:是)?|不需要(?:是)?|可以不是) ?$"
)
_VALUE_DROP_AFTER = re.compile(
    r"(?: (?:films?|movies?|ones?|part|thing|wish))? (?:(?:really )?(?:doesn'?t|does not|don'?t|do not) (?:really )?matter|(?:is|are)(?: not|n'?t) (?:really )?(?:needed|necessary|required|important|a must)"
    r"|(?:is|are) (?:no longer|not) (?:a must|needed|necessary|required|important|wanted|an issue)|(?:is|are) optional|can go)(?: any ?more| any longer| after all| now)?\b"
    r"| ?(?:片|电影)?(?:的|这[一个]?条|这个)?(?:也|就|都)?(?:不强求|不是必须|不是必需|不必须|无所谓|不重要|不要求|不做要求|可有可无)(?:的|了|啦)*"
)
_TAKEN_BACK = re.compile(
    r"(?:\bneed(?: not|n'?t) be|\b(?:doesn'?t|does not) have to be|不用非得?|不必非得?|不是非要)(?: an?| the)? ?$"
)
_FINE_BEFORE = re.compile(
    r"(?:\bbring back|\b(?:have )?nothing against|\ballow|\b(?:can|may|do|please) include)(?: the| some| any)? ?$"
)
_OFF_THE_LIST = (re.compile(r"\btake (?:the )?$"), re.compile(r"(?: [a-z]+)? off the list\b"))
_WHETHER = (  # 是不是美国的都行
    re.compile(r"(?:是不是|有没有|是否(?:是|有)?) ?$"),
    re.compile(r" ?(?:片|电影)?的?(?:都|也)(?:行|可以|好|成|没关系|无所谓)(?:的|了)?"),
)
_TAKE_OUT = re.compile(  # 把恐怖片去掉: what was wanted is not wanted any more
    r" ?(?:片|电影)?的?(?:这[一个]?条|这个)?(?:就|都|也)?(?:给我|帮我|被我?)?(?:去掉|去除|拿掉|删掉|删了|删除|取消|撤掉|剔除|除掉)(?:吧|了|掉)*"
)
_HOW_MUCH = re.compile(
    r"\b(?:(?:doesn'?t|does not|don'?t|do not) (?:really )?(?:matter|care|mind)(?: about)?|no matter|regardless of) how (?P<en>[a-z]+)(?: (?:it|they) (?:is|are))?"
    r"|(?:不管|不论|无论)?多(?P<zh>[长久贵大重高老新])(?:都|也)(?:行|可以|无所谓|没关系|好)"
)
_VALUE_FINE = re.compile(
    r"(?: (?:films?|movies?))? (?:is|are) (?:fine|ok(?:ay)?|allowed|good|alright)(?: (?:too|now|again|as well|after all))*\b"
    r"| ?(?:片|电影)?的?(?:其实)?(?:也|就)?(?:还)?(?:可以(?:考虑)?|行|能接受|没问题|没关系|不是不(?:行|可以)|算上)(?:了|的|啦|吧)*(?=$|[，。,.!！])"
)
_ANY_WILL_DO = re.compile(  # of what this catalogue does not tell: 什么价格都可以
    r"什么样?的?[^，。,!！?？ ]{1,6}?(?:都|也)(?:可以|行|好|成|没关系|无所谓)|\bany (?:[a-z]+ ){1,2}(?:is|are|will|would) (?:fine|ok|okay|good|alright|do)\b"
)
_MIND = re.compile(r"\b(?:don'?t|do not|wouldn'?t) mind(?: an?| the| some)? $|(?:不介意|不反对|能接受) ?$")


@dataclass
class Commands:
    """What was asked of the conversation, and the places of the words that asked it."""

    reset: bool = False
    undo: bool = False
    again: bool = False
    show_again: bool = False
    say_again: bool = False
    just_show: bool = False
    asks: bool = False
    count: int | None = None
    used: list[Place] = field(default_factory=list)


def commands(
    plain: str, marks: Marks, dropped: Sequence[Place], pointed: Sequence[Place], listed: bool = True
) -> Commands:
    """Everything a message asks of the conversation. dropped: places that are already read as something else;
    pointed: those of "the first two", which asks for no two; listed: our last answer showed items, which 再说一遍 asks for again."""
    found = Commands()
    if place := _first(_SAY_AGAIN, plain, dropped):
        found.show_again, found.say_again = listed, not listed
        found.used.append(place)
    for name, pattern in (("reset", _RESET), ("undo", _UNDO), ("show_again", _SHOW_AGAIN)):
        if (match := pattern.search(plain)) and not _hits(match.span(), dropped):
            setattr(found, name, True)
            found.used.append(match.span())
    trends = [(m.start, m.end) for m in marks.trends]
    if not found.show_again and (others := _all(_AGAIN, plain, [*dropped, *trends])):
        found.again = True
        found.used += others  # "None of these. Show me others."
    if place := _first(_JUST_SHOW, plain, dropped):
        found.just_show = True
        found.used.append(place)
    any_will_do = _all(_ANY_WILL_DO, plain, [*dropped, *((m.start, m.end) for m in marks.named)])
    found.used += any_will_do
    well_known = _all(_WELL_KNOWN, plain, [*dropped, *((m.start, m.end) for m in marks.named)])
    found.used += [*well_known, *_all(_AT_A_LOSS, plain, dropped)]
    found.just_show = found.just_show or bool(well_known and not marks.named)
    found.asks = asks(plain) or bool(any_will_do or well_known) or found.again or found.show_again or found.just_show
    found.count, place = count(plain, marks, [*dropped, *pointed])
    if place:
        found.used.append(place)
        found.asks = True
    return found


def not_enough(text: str) -> bool:
    """Whether a sentence asks for others by asking whether there are none."""
    return _NOT_ENOUGH.search(text) is not None


def others_left_out(plain: str) -> str:
    """A text without the words that ask for other items."""
    return _AGAIN.sub(" ", plain)


def count(plain: str, marks: Marks, taken: Sequence[Place] = ()) -> tuple[int | None, Place | None]:
    """How many items are asked for, 1..20: "give me 8", "five films", 来三部."""
    amounts = [*taken, *(a.core for a in marks.amounts if a.values or a.bound or a.temporal)]
    nouns = [m.start for m in marks.nouns] + [m.start for m in marks.values if m.plural]
    for number in numbers(plain, 40):
        if not number.value.is_integer() or not 1 <= number.value <= 99 or number.high is not None:
            continue
        if _hits((number.start, number.end), amounts) or _NOT_COUNT.match(plain, number.end):
            continue
        before = _COUNT_BEFORE.search(plain, max(0, number.start - 24), number.start)
        noun = any(_count_gap(plain, number.end, s, marks.named) for s in nouns)
        chinese = has_han(plain[number.start] + plain[number.end : number.end + 1])
        if number.spelled and number.value == 1:
            only = _ONLY_ONE.search(plain, max(0, number.start - 12), number.start)
            if not only and not _ONE_MORE.search(plain, max(0, number.start - 4), number.end + 8):
                continue
        elif chinese:
            if not (before and before.group().strip() and re.match(r"[个部款本首家条件台杯道种]", plain[number.end :])):
                continue
        elif not (before and (noun or _COUNT_AFTER.match(plain, number.end))) and not (noun and number.value > 1):
            continue
        return min(20, int(number.value)), (number.start, number.end)
    return None, None


def _count_gap(plain: str, end: int, noun: int, named: Sequence[Mark]) -> bool:
    """Whether nothing but values ("8 office laptops") and a small word stands between a number and a noun."""
    if not 0 <= noun - end <= 40:
        return False
    between = plain[end:noun]
    for mark in named:
        if end <= mark.start and mark.end <= noun:
            between = between[: mark.start - end] + " " * (mark.end - mark.start) + between[mark.end - end :]
    return between.strip(" ") in ("", "good", "great", "more", "other", "new") and (
        between.strip() == "" or noun - end <= 24
    )


def drops(
    plain: str, marks: Marks, ledger: Ledger, about: Sequence[tuple[str, Place]], lexicon: Lexicon
) -> tuple[list[str], list[Place], list[str]]:
    """(ids of ledger wishes taken back, places of the words that did, facets that were let go though no wish is held on them).

    about: facets of the amounts that were named.
    """
    ids: list[str] = []
    used: list[Place] = []
    released: list[str] = []

    def let_go(holding: Sequence[Wish], facets: Iterable[str]) -> None:
        ids.extend(w.id for w in holding)
        if not holding:
            released.extend(islice((f for f in facets if lexicon.facet(f) is not None), 1))

    for name in marks.namings:
        if place := _dropped(plain, name):
            used.append(place)
            facets = [m.facet for m in name.meanings]
            let_go([w for w in ledger.wishes if w.facet in facets], facets)
    for mark in marks.named:
        facets_values = {(m.facet, str(m.value)) for m in mark.meanings}
        holding = [w for w in ledger.wishes if _holds(w, facets_values)]
        begun = min([c.start for c in marks.cues if 0 <= mark.start - c.end <= 1], default=mark.start)
        before = _VALUE_DROP.search(plain, max(0, begun - 32), begun)
        before = before or _VALUE_DROP.search(plain, max(0, mark.start - 32), mark.start)
        mind = _MIND.search(plain, max(0, mark.start - 20), mark.start)
        fine = _VALUE_FINE.match(plain, mark.end)
        if before and (holding or not re.search(r"remove|lose|去掉", before.group())):
            let_go(holding, [m.facet for m in mark.meanings])
            used.append((before.start(), mark.end))
        elif mind or (fine and any(w.op == "not_in" for w in holding)):
            ids += [w.id for w in holding if w.op == "not_in"]
            used.append((mind.start() if mind else mark.start, fine.end() if fine else mark.end))
        elif any(w.op != "not_in" for w in holding) and (out := _TAKE_OUT.match(plain, mark.end)):
            let_go([w for w in holding if w.op != "not_in"], ())
            used.append((mark.start, out.end()))
        elif place := _value_dropped(plain, mark, refuses=any(w.op == "not_in" for w in holding)):
            let_go(holding, [m.facet for m in mark.meanings])
            used.append(place)
    for match in _HOW_MUCH.finditer(plain):
        words = [match["en"]] if match["en"] else ["最", match["zh"]]
        facets = [m.facet for m in lexicon.phrases.get(words) if isinstance(m, Trend)]
        if facets:
            used.append(match.span())
            let_go([w for w in ledger.wishes if w.facet in facets], facets)
    for wish in ledger.wishes:
        for start, end in _likeness(plain, wish, lexicon):  # "forget Inception", "never mind the lighter part"
            before = _VALUE_DROP.search(re.sub(r"(?:like|像) ?$", "", plain[max(0, start - 28) : start]))
            after = _VALUE_DROP_AFTER.match(plain, end)
            if before or after:
                ids.append(wish.id)
                used.append((max(0, start - 28) + before.start() if before else start, after.end() if after else end))
    for facet, (start, end) in about:
        if before := _VALUE_DROP.search(plain, max(0, start - 28), start):
            let_go([w for w in ledger.wishes if w.facet == facet], [facet])
            used.append((before.start(), end))
    return list(dict.fromkeys(ids)), used, list(dict.fromkeys(released))


def _likeness(plain: str, wish: Wish, lexicon: Lexicon) -> Iterable[Place]:
    """Where a message names what the wish would have it like: an item's title, or the person's own words."""
    if wish.op not in ("like", "not_like"):
        return
    item = lexicon.items.get(str(wish.value))
    names = (item.title, *item.titles.values()) if item else (str(wish.value),)
    for name in {normal(n) for n in names} - {""}:
        if found := re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", plain):
            yield found.span()


def _value_dropped(plain: str, mark: Mark, refuses: bool) -> Place | None:
    """Where the words stand that take a value back: "black is not needed", 不用非得美国, and for a refused one "bring back war"."""
    if after := _VALUE_DROP_AFTER.match(plain, mark.end):
        return mark.start, after.end()
    if before := _TAKEN_BACK.search(plain, max(0, mark.start - 28), mark.start):
        return before.start(), mark.end
    for first, last in (_WHETHER, _OFF_THE_LIST):
        if (begun := first.search(plain, max(0, mark.start - 12), mark.start)) and (end := last.match(plain, mark.end)):
            return begun.start(), end.end()
    if refuses and (before := _FINE_BEFORE.search(plain, max(0, mark.start - 28), mark.start)):
        return before.start(), mark.end
    return None


def lets_go(plain: str, sentence: Place, names: Iterable[Mark], values: Iterable[Mark]) -> bool:
    """Whether a facet or a value is named to be let go of: "the price doesn't matter", 什么价格都可以, 是不是美国的都行."""
    if _HOW_MUCH.search(plain, *sentence):
        return True
    return any(_dropped(plain, name) for name in names) or any(
        _value_dropped(plain, value, refuses=False) for value in values
    )


def _dropped(plain: str, name: Mark) -> Place | None:
    before = _DROP_BEFORE.search(plain, max(0, name.start - 44), name.start)
    if before and _NEEDS_ALL.search(before.group()) and not _ALL_OK.match(plain, name.end):
        before = None
    if (
        before
        and before.group().strip() in ("没", "没有", "不看", "without")
        and not re.match(r"[^，。,]{0,2}(?:限制|要求|上限|preference|limit)", plain[name.end :])
    ):
        before = None
    if (
        before
        and _ANY_OK.search(before.group())
        and plain[name.end : name.end + 2] not in ("", ".", "!")
        and not re.match(r" ?(?:is|are|will|works|of|$|[.,!]|at all|from|you|\bor\b|\band\b)", plain[name.end :])
    ):
        before = None
    after = _DROP_AFTER.match(plain, name.end)
    if after and "important" in after.group() and not re.search(r"n't|not|un", after.group()):
        after = None
    if not before and not after:
        return None
    end = after.end() if after else name.end
    if rest := _REST_OF_DROP.match(plain, end):
        end = rest.end()
    if (
        before
        and not after
        and (
            fine := re.match(
                r" (?:is|are) (?:fine|ok(?:ay)?|good|alright|all right)\b| (?:will do|works)\b|" + _ALL_OK.pattern,
                plain[name.end :],
            )
        )
    ):
        end = name.end + fine.end()
    return (before.start() if before else name.start), end


def _holds(wish: Wish, facets_values: set[tuple[str, str]]) -> bool:
    have = wish.value if isinstance(wish.value, (list, tuple)) else [wish.value]
    return any((wish.facet, str(v)) in facets_values for v in have)


_OWN_NAME = re.compile(
    r"\b(?:my name(?: is|'s)|people call me|you can call me) [^,.;:!?，。；！？]{1,40}?(?=$|[,.;:!?，。；！？]| and )"
    r"|(?:我的名字[是叫]|我叫|你可以叫我)[^,.;:!?，。；！？ ]{1,8}?(?=$|[,.;:!?，。；！？ ]|想|要|给)"
)


def greetings(plain: str) -> list[Place]:
    """Places of greetings, thanks, and of somebody's own name: nothing that is wanted."""
    found = [m.span() for m in islice(_GREET.finditer(plain), 20) if len(m.group()) > 4 or not m.group().isascii()]
    return found + [m.span() for m in islice(_OWN_NAME.finditer(plain), 5)]


def asks(text: str) -> bool:
    """Whether a sentence asks for items."""
    return _ASKS.search(text) is not None or _AT_A_LOSS.search(text) is not None


def small_talk(plain: str) -> bool:
    """Whether a message is nothing but a greeting, thanks, a goodbye, or a question about the app."""
    if _GREET.search(plain) is None:
        return False
    return _SMALL_TALK.fullmatch(_GREET.sub(" ", plain)[:200]) is not None


def clauses(plain: str) -> list[str]:
    return [c for c in _CLAUSES.split(plain[:400]) if c.strip()]


def pleasant(clause: str) -> bool:
    """Whether a clause greets, thanks, takes leave or tells that something was understood."""
    rest = _GREET.sub(" ", clause)
    return not asks(rest) and bool(rest != clause or _SMALL_TALK.fullmatch(rest) or _TELLING.match(rest.strip()))


def closes(plain: str) -> bool:
    """Whether every clause of a message is pleasant, and one of them greets, thanks or takes leave: nothing is asked for."""
    said = clauses(plain)
    return len(said) <= 8 and any(map(_GREET.search, said)) and all(map(pleasant, said))


def _first(pattern: re.Pattern[str], plain: str, taken: Sequence[Place]) -> Place | None:
    return next(iter(_all(pattern, plain, taken)), None)


def _all(pattern: re.Pattern[str], plain: str, taken: Sequence[Place]) -> list[Place]:
    return [m.span() for m in islice(pattern.finditer(plain), 20) if m.group().strip() and not _hits(m.span(), taken)]


def _hits(place: Place, taken: Sequence[Place]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in taken)
