"""Which language a text is in, and Chinese characters in one script.

Knows: Han characters, a few small words of both languages. Does not know: what was meant.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from chatrec.language.common import word_set
from chatrec.vocabulary import Language

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f〇々"  # inside a character class
_HAN = re.compile(f"[{HAN}]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f']+")
_QUOTED = re.compile(r"《[^》]{1,80}》|「[^」]{1,80}」|“[^”]{1,80}”|\"[^\"]{1,80}\"")
# Characters that hold a Chinese sentence together; rare inside titles and names.
_JOINING = re.compile(
    r"[的了吗呢吧想要请帮给找荐]|有没|什么|怎么|类似|像|推薦|請|給|幫|嗎|類似|看过|看過|喜欢|喜歡|换|換|還|还"
)
_SMALL = word_set(
    """a about and any are but can could do does find for from give have how i i'd i'm is it like looking me movie movies film
    films not of or please recommend show similar some something suggest than that the this to want watch what who why with
    would you"""
)


def has_han(text: str) -> bool:
    return _HAN.search(text) is not None


def language_of(text: str, fallback: Language) -> Language:
    """The language a message is written in; fallback where it shows none.

    Titles may be in the other language ("films like 霸王别姬", "推荐像 Heat 那样的"), so what is in quotes does not count, and
    a Chinese run without the small words of a sentence does not make an English sentence Chinese.
    """
    bare = _QUOTED.sub(" ", text)
    han = len(_HAN.findall(bare))
    words = [w.lower() for w in _LATIN.findall(bare)]
    if not han and not words:
        bare = text  # nothing but a quoted title
        han = len(_HAN.findall(bare))
        words = [w.lower() for w in _LATIN.findall(bare)]
    if not han:
        return "en" if any(len(w) > 1 for w in words) else fallback
    if not words:
        return "zh"
    small = sum(w in _SMALL for w in words)
    if _JOINING.search(bare) and not (small >= 3 and len(_HAN_RUN.findall(bare)) == 1):
        return "zh" if han >= 0.2 * (han + len(words)) else "en"
    return "en" if small else "zh"


def simplified(text: str) -> str:
    """Traditional Chinese characters as simplified ones; other text as it is."""
    return _converter().convert(text) if _HAN.search(text) else text


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
