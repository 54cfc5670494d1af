"""How people say their wishes in Chinese: turns of phrase with holes, by what is wished. No word of any domain.

Holes as in `english`. A phrase "before" ends in 的 or stands before the noun as it is; the others are asides. Where usage is
loose (以后 with or without that year) the gold is the wider bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatrec.evaluation.obedience.english import Table, _all

AMOUNTS: Mapping[str, Table] = {
    "year": {
        ">=": _all(
            before="{a}年以后的 | {a}年之后的 | {a}年及以后的 | 不早于{a}年的 | {a}年以来的 | {a}年后的",
            aside="要{a}年以后的 | {label}在{a}年之后 | 别早于{a}年 | {a}年之前的不要",
        ),
        "<=": _all(
            before="{a}年以前的 | {a}年之前的 | 早于{a}年的 | 不晚于{a}年的 | {a}年及以前的 | {a}年前的",
            aside="要{a}年以前的 | {label}在{a}年之前 | 不要晚于{a}年 | {a}年以后的不要",
        ),
        "between": _all(
            before="{a}年到{b}年的 | {a}到{b}年的 | {a}至{b}年间的 | {a}-{b}年的 | {a}年到{b}年之间的 | {a}年至{b}年的",
            aside="{label}在{a}到{b}之间 | 要{a}到{b}年的 | {a}年到{b}年之间的就行",
        ),
        "decade": _all(
            before="{d}年代的 | {spelled}年代的 | 上世纪{spelled}年代的 | {d}年代 | 二十世纪{spelled}年代的",
            aside="要{d}年代的 | 只要{spelled}年代的 | 我想要{d}年代的 | 得是{spelled}年代的",
        ),
        "=": _all(before="{a}年的 | {spelled}年的", aside="要{a}年的 | {label}是{a}年 | 只要{a}年的 | {label}要{a}年 | 得是{a}年的 | 就要{a}年那一年的"),
        "around": _all(
            before="{a}年左右的 | {a}年前后的 | 大概{a}年的 | {a}年上下的 | 差不多{a}年的",
            aside="{label}{a}年左右 | 大约{a}年的吧 | {a}年左右就行",
        ),
    },
    "price": {
        "<=": _all(
            before="{a}以内的 | 不超过{a}的 | {a}以下的 | {a}之内的 | {label}不超过{a}的 | {label}{a}以内的 | {label}{a}以下的",
            aside="预算{a}以内 | {label}别超过{a} | {label}控制在{a}以内 | 不要超过{a} | 最多{a} | 我最多出{a} | {label}不能超过{a} | 超过{a}的不要",
        ),
        "<": _all(
            before="低于{a}的 | 不到{a}的 | {label}低于{a}的 | 比{a}便宜的 | {label}小于{a}的 | 少于{a}的",
            aside="{label}要低于{a} | {label}得比{a}低",
        ),
        ">=": _all(
            before="{a}以上的 | 不低于{a}的 | {label}{a}以上的 | {label}不低于{a}的 | 不少于{a}的",
            aside="{label}至少{a} | {label}要{a}以上 | 起码{a} | {a}以下的不要",
        ),
        ">": _all(before="超过{a}的 | 高于{a}的 | {label}超过{a}的 | 比{a}贵的 | {label}高于{a}的 | {label}大于{a}的", aside="{label}要超过{a} | {label}得高于{a}"),
        "between": _all(
            before="{n}到{b}的 | {a}到{b}的 | {n}-{b}的 | {n}至{b}之间的 | {label}在{n}到{b}之间的 | {label}{n}到{b}的",
            aside="预算{n}到{b} | {label}{n}到{b} | {label}在{a}和{b}之间 | {n}到{b}之间就行",
        ),
        "around": _all(
            before="{a}左右的 | 大概{a}的 | {a}上下的 | {label}{a}左右的 | 差不多{a}的", aside="预算{a}左右 | {label}大约{a} | {a}上下吧"
        ),
    },
    "rating": {
        ">=": _all(
            before="{a}以上的 | {label}{a}以上的 | {label}不低于{a}的 | {label}在{a}以上的 | {label}至少{a}的 | 评分{a}以上的",
            aside="评分要{a}以上 | {label}不能低于{a} | 评分至少{a} | {a}以下的不要 | 评分低于{a}的不要",
        ),
        ">": _all(
            before="评分高于{a}的 | {label}超过{a}的 | {label}高于{a}的 | 评分大于{a}的 | 评分超过{a}的 | {label}大于{a}的",
            aside="评分要高于{a} | {label}得超过{a} | 评分要超过{a}",
        ),
        "between": _all(
            before="评分{n}到{b}的 | 评分在{a}到{b}之间的 | {label}{a}到{b}的 | 评分{n}-{b}的 | {label}在{n}到{b}之间的",
            aside="评分要在{n}到{b}之间 | {label}{n}到{b} | 评分{a}至{b}",
        ),
        "around": _all(before="评分{a}左右的 | {label}{a}左右的 | 评分大概{a}的 | 评分{a}上下的 | 评分差不多{a}的", aside="评分{a}左右 | {label}大约{a} | 评分{a}上下吧"),
    },
    "other": {
        "<=": _all(
            before="{a}以内的 | 不超过{a}的 | {label}{a}以内的 | {label}不超过{a}的 | {label}{a}以下的 | {label}最多{a}的",
            aside="{label}别超过{a} | {label}控制在{a}以内 | {label}不要超过{a} | {label}最多{a} | {label}在{a}以内 | {label}不能超过{a}",
        ),
        "<": _all(
            before="低于{a}的 | 不到{a}的 | {label}低于{a}的 | {label}不到{a}的 | {label}小于{a}的 | {label}少于{a}的",
            aside="{label}要低于{a} | {label}得小于{a} | {label}要少于{a}",
        ),
        ">=": _all(
            before="{a}以上的 | 至少{a}的 | {label}{a}以上的 | {label}不低于{a}的 | {label}不少于{a}的",
            aside="{label}至少{a} | {label}要{a}以上 | {label}不能低于{a} | {label}起码{a} | {label}要在{a}以上",
        ),
        ">": _all(
            before="超过{a}的 | {label}超过{a}的 | {label}高于{a}的 | {label}大于{a}的 | 多于{a}的",
            aside="{label}要超过{a} | {label}得高于{a} | {label}要大于{a}",
        ),
        "between": _all(
            before="{n}到{b}的 | {label}{n}到{b}的 | {label}在{n}到{b}之间的 | {n}-{b}的 | {label}介于{n}和{b}之间的",
            aside="{label}{n}到{b} | {label}在{a}和{b}之间 | {label}要{n}到{b}的",
        ),
        "around": _all(
            before="{a}左右的 | 大概{a}的 | {label}{a}左右的 | {a}上下的 | {label}差不多{a}的", aside="{label}{a}左右 | {label}大约{a} | {label}{a}上下就行"
        ),
    },
}  # fmt: skip

VALUES: Table = {
    "value": _all(
        before="{w} | {w}类的",
        aside="要{w} | 想要{w} | {label}要{w} | 就要{w} | {label}是{w}的 | 只要{w} | {label}选{w} | 给我{w} | 我喜欢{w}",
    ),
    "refusal": _all(
        aside="不要{w} | 别给我{w} | 除了{w}都行 | 不想要{w} | {w}就不要了 | {w}除外 | 不喜欢{w} | {label}不要{w} | 别推荐{w} | 排除{w} | {w}就算了"
    ),
    "one of": _all(
        before="{w}或者{v} | {w}或{v}",
        aside="{w}、{v}都可以 | {w}和{v}都行 | 要么{w}要么{v} | {w}还是{v}都行 | {label}要{w}或{v} | {w}或者{v}都可以 | 要{w}或者{v}",
    ),
    "several": _all(
        before="既有{w}又有{v}的 | 又是{w}又是{v}的 | {w}加{v}的 | 同时是{w}和{v}的 | 兼有{w}和{v}的 | 结合{w}和{v}的",
        aside="{w}和{v}都要有 | {w}、{v}两样都要 | 既要{w}又要{v} | 得同时是{w}和{v}",
    ),
}
PLACES: Table = {
    "value": _all(
        before="{w} | {w}的 | 来自{w}的", aside="要{w}的 | 想要{w}的 | {label}要{w} | {label}是{w} | 只要{w}的 | 就要{w}的 | {label}选{w} | 我喜欢{w}的"
    ),
    "refusal": _all(
        aside="不要{w}的 | 别给我{w}的 | 除了{w}的都行 | 不想要{w}的 | {w}的就不要了 | {w}除外 | {label}不要{w} | 别推荐{w}的 | 排除{w}的 | {w}的就算了"
    ),
    "one of": _all(
        before="{w}或者{v}的 | {w}或{v}的", aside="{w}、{v}的都可以 | {w}的和{v}的都行 | 要么{w}的要么{v}的 | {label}要{w}或{v} | {w}还是{v}的都行 | 要{w}或者{v}的"
    ),
}  # fmt: skip
LANGUAGES: Table = {
    "value": _all(
        before="{w} | {w}的 | 说{w}的 | 讲{w}的 | {w}对白的", aside="要{w}的 | 想要{w}的 | {label}要{w} | {label}是{w} | 只要{w}的 | 要说{w}的"
    ),
    "refusal": _all(aside="不要{w}的 | 别给我{w}的 | 除了{w}的都行 | 不想要{w}的 | {w}的就不要了 | {label}不要{w} | 别推荐{w}的 | 不要说{w}的 | 排除{w}的"),
    "one of": _all(
        before="{w}或者{v}的 | {w}或{v}的", aside="{w}、{v}的都可以 | {w}的和{v}的都行 | 要么{w}的要么{v}的 | {label}要{w}或{v} | 说{w}或者{v}的 | 要{w}或者{v}的"
    ),
}  # fmt: skip
PEOPLE: Table = {
    "value": _all(
        before="{N}{cue} | {label}是{N}的",
        aside="要{N}{cue} | {label}要{N} | {label}是{N} | 想要{N}{cue} | 只要{N}{cue} | 找{N}{cue} | 我喜欢{N}，要{N}{cue}",
    ),
    "refusal": _all(
        aside="不要{N}{cue} | {N}{cue}就不要了 | 除了{N}{cue}都行 | 不想要{N}{cue} | {N}{cue}除外 | 排除{N}{cue} | {label}不要{N} | 别给我{N}{cue} | 别推荐{N}{cue}"
    ),
    "one of": _all(
        before="{N}或者{M}{cue} | {N}或{M}{cue}",
        aside="{N}和{M}{cue}都行 | 要{N}或者{M}{cue} | {label}要{N}或{M} | {N}、{M}{cue}都可以 | 要么{N}要么{M}{cue} | {label}是{N}或者{M}",
    ),
    "several": _all(
        before="{N}和{M}一起{cue} | {N}和{M}{cue} | {N}跟{M}{cue}",
        aside="要{N}和{M}{cue} | {label}要{N}和{M} | {label}既有{N}又有{M} | {N}、{M}两个人都要有 | 要{N}和{M}一起{cue}",
    ),
}
YES_NO: Table = {
    "yes": _all(
        before="{w}的 | {w}", aside="要{w}的 | 必须是{w}的 | 只要{w}的 | 一定要{w} | 得是{w}的 | 我要{w}的 | 想要{w}的"
    ),
    "no": _all(
        before="非{w}的",
        aside="不要{w}的 | 不是{w}的 | 别给我{w}的 | {w}的不要 | 不想要{w}的 | {w}的就算了 | 除了{w}的都行",
    ),
}
SOFT: Sequence[str] = (
    "最好是{x}", "最好{x}", "尽量{x}", "{x}优先", "如果是{x}就更好了", "可以的话{x}", "能{x}更好", "有条件的话{x}", "{x}的话更好，不是也行",
)  # fmt: skip
OPENINGS: Sequence[str] = (
    "想找{np}", "推荐几{m}{np}", "有没有{np}？", "来一{m}{np}", "给我找{np}", "我要{np}", "有什么{np}推荐吗？", "求推荐{np}", "帮我挑一{m}{np}", "{np}",
    "你好，想要{np}", "有{np}吗？", "找一{m}{np}", "麻烦推荐一些{np}",
)  # fmt: skip
MORE: Sequence[str] = (
    "{x}",
    "{x}。",
    "对了，{x}",
    "嗯，{x}",
    "然后{x}",
    "好的，{x}",
    "补充一下，{x}",
    "不错，{x}吧",
    "还有，{x}",
    "再就是{x}",
)
ALSO: Sequence[str] = (
    "还要{x}",
    "也要{x}",
    "再加上{x}",
    "另外要{x}",
    "同时还要{x}",
    "还得有{x}",
    "外加{x}",
    "还想要{x}",
)
INSTEAD: Sequence[str] = (
    "换成{x}", "还是{x}吧", "算了，要{x}", "改成{x}", "不对，要{x}", "我改主意了，要{x}", "还是要{x}吧", "那就{x}吧", "改主意了，{x}", "说错了，是{x}",
)  # fmt: skip
FORGET: Sequence[str] = (
    "{f}不限", "不用管{f}了", "{f}无所谓", "{f}随便", "{f}都行", "别管{f}了", "{f}不重要", "取消{f}的要求", "{f}没要求了", "什么{f}都可以", "{f}怎么样都行",
)  # fmt: skip
UNSAY: Mapping[str, Sequence[str]] = {
    "value": ("不一定要{w}了", "不一定非要{w}", "不用非得{w}", "{w}不强求了", "不必是{w}了", "不要求{w}了", "是不是{w}都行", "{w}不是必须的了"),
    "person": ("不一定要{N}了", "不一定非要{N}", "不用非得是{N}", "{N}不强求了", "不必是{N}了", "不要求{N}了", "有没有{N}都行", "不限{N}了"),
    "refusal": ("{w}也可以", "{w}也行", "{w}其实也可以", "{w}也能接受", "有{w}也没关系", "{w}也不是不行", "{w}也可以考虑", "{w}也算上吧"),
}  # fmt: skip
SEEN: Sequence[str] = (
    "第{n}个看过了", "第{n}个我知道", "第{n}个已经看过了", "我看过第{n}个", "第{n}个早就看过了", "第{n}个我已经看过", "看过第{n}个了", "第{n}个看过，不用了",
)  # fmt: skip
OTHERS: Sequence[str] = (
    "换一批",
    "还有别的吗？",
    "再来几个",
    "其他的呢？",
    "换几个",
    "还有吗？",
    "再推荐一些",
    "看看别的",
    "这些都不要，还有什么？",
)
NTH = ("一", "二", "三")
DIGITS = "零一二三四五六七八九"
