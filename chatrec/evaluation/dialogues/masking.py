"""What is personal in a text, put out of sight: addresses, numbers and names become `<email>`, `<phone>`, `<name>` ...

Knows: how people write such things in English and Chinese, as far as patterns go. Does not know: conversations, catalogues.
What no pattern tells (a name in the middle of a sentence, a nickname) stays: a person reads the draft before it is shared.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import partial

from chatrec.language.normal import normal

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金贾韦夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
_HAN_NAME = rf"(?:[{_SURNAMES}]|欧阳|司马|上官|诸葛)[^\W\d_a-zA-Z想要是在看喜请今住来找给有和的了吗吧呢]{{1,2}}"
_NICK = r"[小阿老大][^\W\d_a-zA-Z想要是在看喜请今住来找给有和的了说]"
_LATIN_NAME = r"[A-Z][a-zÀ-ɏ'’-]+(?:\s+[A-Z][a-zÀ-ɏ'’.-]+){0,2}"
_PEOPLES = re.compile(
    r"(?:\w+(?:ish|ese)|American|Canadian|Australian|Indian|Russian|Italian|German|French|Korean|Mexican|Brazilian|European|"
    r"Asian|African|Dutch|Greek|Thai|Swiss|Muslim|Christian|Jewish|Not|So|Just|Ok|In|Here|Sorry|Sure)$"
)
_ROLES = re.compile(r"[生员人师迷粉党客者民家座控]$")

_STREET = r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Terrace|Place)"
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"“”，。！？；、（）]+", re.I)
_USER_PART = re.compile(
    r"//[^/]*@|[?#]|/(?:@|~)|/(?:u|user|users|profile|people|account|member|in|home|space)/|//space\.", re.I
)

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[A-Za-z0-9._%+-]+\s?[@＠]\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("id", re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d\d{3}[\dXx](?![\dA-Za-z])")),
    ("id", re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")),
    ("number", re.compile(r"(?<![\d.])(?:\d{4}[ -]?){3}\d{1,7}(?![\d.])")),
    ("phone", re.compile(r"(?<![\d.])(?:(?:\+|00)?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)")),
    ("phone", re.compile(r"(?<!\w)\+\d{1,3}(?:[\s().-]{0,2}\d){6,14}(?!\d)")),
    ("phone", re.compile(r"(?<![\d.])(?:\(\d{3}\)\s?|\d{3}[-.\s])\d{3}[-.]\d{4}(?!\d)")),
    ("phone", re.compile(r"(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)")),
    ("ip", re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")),
    ("number", re.compile(r"(?<![\d.,$€£¥￥])\d{8,}(?![\d.]\d)")),
    ("address", re.compile(
        rf"\b\d{{1,5}}[A-Za-z]?\s+(?:[A-Z][\w'’.-]*\s+){{1,3}}{_STREET}\b\.?"
        r"(?:,?\s*(?:[Aa]pt|[Aa]partment|[Ss]uite|[Uu]nit|[Ff]lat|#)\.?\s*\w+)?(?:,\s*[A-Z][\w ]{2,20})?(?:,?\s*[A-Z]{2}\s*\d{5})?"
    )),
    ("address", re.compile(
        r"(?:(?!住在|地址|寄到|送到|[我在是到住家])[一-鿿]){1,18}?(?:路|街|大道|巷|胡同|弄)\s*\d+\s*(?:弄|号)(?:院|楼)?"
        r"(?:\s*\d+\s*(?:号楼|号|栋|幢|座|楼|层|单元|室|房))*"
    )),
    ("postcode", re.compile(r"(?:(?<=邮编)|(?<=邮编是)|(?<=邮编:)|(?<=邮编：))\s*\d{6}(?!\d)")),
)  # fmt: skip
# A name, the words before it, and whether they say for sure that a name follows.
_NAMES: tuple[tuple[re.Pattern[str], bool], ...] = (
    (re.compile(rf"(?P<cue>\b(?i:my (?:full |first |last )?name is|my name['’]s|call me)\s+)(?P<name>{_LATIN_NAME}|[a-z]+)"), True),
    (re.compile(rf"(?P<cue>\b(?i:I['’]m|I am|this is)\s+)(?P<name>{_LATIN_NAME})"), False),
    (re.compile(rf"(?P<cue>(?:我叫做?|我的名字[是叫]|叫我|我姓名[是为]?)\s*)(?P<name>{_HAN_NAME}|{_NICK}|[A-Z]\w+)"), True),
    (re.compile(rf"(?P<cue>我是\s*)(?P<name>(?:{_HAN_NAME})(?=$|[，。！,.!?？\s])|{_LATIN_NAME})"), False),
)  # fmt: skip


def masked(text: str, keep: Collection[str] = (), secrets: Collection[str] = ()) -> str:
    """The text with what is personal in it as `<kind>`.

    keep: titles and names of a catalogue, in normal form, that are nobody's secret. secrets: words that must not be seen.
    """
    text = _URL.sub(lambda m: "<link>" if _USER_PART.search(m[0]) else m[0], text)
    for kind, pattern in _PATTERNS:
        text = pattern.sub(partial(_kind, kind, _kept(text, keep)), text)
    for pattern, sure in _NAMES:
        text = pattern.sub(partial(_name, sure, keep, _kept(text, keep)), text)
    for secret in sorted((s for s in secrets if len(s) > 2), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "<user>", text, flags=re.I)
    return text


def _kind(kind: str, kept: Sequence[tuple[int, int]], match: re.Match[str]) -> str:
    return match[0] if any(a <= match.start() and match.end() <= b for a, b in kept) else f"<{kind}>"


def _name(sure: bool, keep: Collection[str], kept: Sequence[tuple[int, int]], match: re.Match[str]) -> str:
    name = match["name"].rstrip("'’-")
    begin = match.start("name")
    if any(a <= begin and begin + len(name) <= b for a, b in kept):
        return match[0]
    if not sure and (normal(name) in keep or _PEOPLES.match(name) or _ROLES.search(name)):
        return match[0]
    return f"{match['cue']}<name>{match['name'][len(name) :]}"


def _kept(text: str, keep: Collection[str]) -> list[tuple[int, int]]:
    """Where titles and names of the catalogue stand; single Latin words are no shield, since people are called so, too."""
    low = text.lower()
    found = []
    for words in keep:
        if (" " in words or not words.isascii()) and words in low:
            at = low.find(words)
            while at >= 0:
                found.append((at, at + len(words)))
                at = low.find(words, at + 1)
    return found
