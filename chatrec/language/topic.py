"""What a message is about: its words without requests, small words, and what has been understood already.

Knows: how people ask for things in English and Chinese, and the catalogue's own nouns. Does not know: what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from chatrec.language.script import simplified
from chatrec.language.tokens import STOPWORDS_EN
from chatrec.vocabulary import Catalog

# What people say around a wish. Small words proper are in language.tokens.
_REQUESTS = """actually ago almost alone along already although always another anybody anyone anything anyway around ask available
away best better cannot cant couldn dont didn doesn doing don done either else enough especially even ever every everyone
everything fancy feel feeling find first found get gets getting give given go going gonna good got great hello help hey hi i id ill im
instead ive keep kind kinda know last least less let lets like liked likes little ll look looking lot lots love loved made make
many may maybe mean might mine mood mostly much must need needs never new nice none nothing offer ok okay one ones others otherwise
ought particular people per perhaps possibly prefer preferably pretty probably put quite rather re really recommend
recommendation recommendations recommended right s t m d said saw say second see seem seen set shall show similar since somebody someone
something sort sorts still stuff suggest suggestion suggestions sure take tell thank thanks thats thing things think third though
thx till today together told tonight tried try two type types upon ve via wanna want wanted wants watch watched watching way
well whatever whose wish within without won wouldn yeah yes yet yours"""
_REQUESTS_ZH = """我想要 我想看 我想找 我想 我要 我们 想要 想看 想找 想买 请给我 请推荐 给我 帮我 帮忙 推荐一下 推荐一些 推荐几个 推荐 介绍 来点 来个 来几个
来一个 来一部 来部 有没有 有什么 有哪些 没有 看看 看过 类似于 类似 像是 好像 那样的 那样 那种 那个 那部 这样的 这样 这种 这个 这部 一样的 一样 一部 一个 一些 一下
一点 一款 一本 几部 几个 几款 什么 哪些 哪部 哪个 怎么样 怎么 好不好 可以 能不能 比较 有点 有些 非常 特别 最好是 最好 更加 不要 不想 不是 的话 或者 还是 适合 关于
讲述 其他 其它 另外 别的 换一批 今晚 今天 晚上 现在 好看的 好看 好的 谢谢 你好 您好 随便 东西 第一个 第二个 第三个"""
_STOP = STOPWORDS_EN | frozenset(_REQUESTS.split())
_STOP_ZH = tuple(sorted(_REQUESTS_ZH.split(), key=len, reverse=True))
_STARTS_ZH, _ENDS_ZH = "我你您的", "我你您的了吗呢吧啊呀哦嗯"  # that mean little at the ends of what is left
_CJK = "\u3400-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['’\-][^\W_{_CJK}]+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")


def topic(text: str, catalog: Catalog, spans: Iterable[str] = ()) -> str:
    """The words of a text to search by: without the spans already understood, requests and small words, and what the
    catalogue calls its items. "I'm looking for a clever heist film" -> "clever heist"; "推荐一部烧脑的电影" -> "烧脑".
    """
    for span in sorted({s.strip() for s in spans if s.strip()}, key=len, reverse=True):
        text = re.sub(_bounded(span), " ", text, flags=re.IGNORECASE)
    nouns = [n for words in catalog.noun.values() for n in words]
    chinese = sorted(
        (re.escape(n) + ("$" if len(n) == 1 else "") for n in nouns if _IS_CJK.search(n)), key=len, reverse=True
    )
    stop_zh = re.compile("|".join([*chinese, *_STOP_ZH]))
    stop = _STOP | {n.casefold() for n in nouns}
    words: list[str] = []
    pieces = _PIECE.findall(text)
    for n, piece in enumerate(pieces):
        if _IS_CJK.match(piece):
            words += _han_words(piece, stop_zh)
        elif not all(part in stop for part in re.split(r"['’]", piece.casefold())) or _in_name(pieces, n):
            words.append(piece)
    return " ".join(words)


def _han_words(run: str, stop: re.Pattern[str]) -> list[str]:
    """What is left of a Chinese run, as it was written; traditional characters are read as simplified ones."""
    plain = simplified(run)
    if len(plain) != len(run):
        run = plain
    starts = [0, *(m.end() for m in stop.finditer(plain))]
    ends = [*(m.start() for m in stop.finditer(plain)), len(run)]
    parts = (run[a:b].rstrip(_ENDS_ZH).lstrip(_STARTS_ZH) for a, b in zip(starts, ends, strict=True))
    return [part for part in parts if len(part) > 1]


def _in_name(pieces: Sequence[str], n: int) -> bool:
    """A small word with a capital inside a sentence, before another capital: the New of "in New York"."""
    return 0 < n < len(pieces) - 1 and pieces[n][0].isupper() and pieces[n + 1][0].isupper() and len(pieces[n]) > 1


def _bounded(span: str) -> str:
    """The span as a pattern: whole words where it is written with spaces between words."""
    left = r"(?<!\w)" if not _IS_CJK.match(span[0]) else ""
    right = r"(?!\w)" if not _IS_CJK.match(span[-1]) else ""
    return left + re.escape(span) + right
