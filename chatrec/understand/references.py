"""What a message points at without naming it: "the second", "that one", 第二部, "the first two", "those".

Knows: the latest shown items and the words for places in a list. Does not know: why they are pointed at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatrec.vocabulary import Item, Turn

_ORDINAL = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6,
    "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10, "10th": 10,
}  # fmt: skip
_NUMBER = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_ZH = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_N = r"\d{1,2}|[一二两三四五六七八九十]"
_MEASURES = "个部款本首家只种条件台杯道位张套双片号项"
_THING = r"one|ones|option|film|movie|pick|choice|suggestion|recommendation|result|item|book|song|game|laptop|tea|place"
_AFTER = rf"(?= (?:{_THING})\b| (?:is|was|looks|sounds|seems|has|have|cost|run|already|and|or|but|please|again|too|then|instead|with|than|over|vs|versus|to|it is|good (?:for|at|enough|to)|suitable|worth|available|in stock|still|really|actually|comes?|works?|runs?|fits?|lasts?|weighs?|needs?|supports?|do|does|get)\b|[,.;:!?)]|'s\b|$)"
_EACH = re.compile(
    r"(?P<list>#\d{1,2})(?!\d)|\b(?:number|no\.?|option|item|nr\.?) (?P<nr>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)\b"
    rf"|\bthe (?:first|top) (?P<firstn>\d{{1,2}}|two|three|four|five)(?: (?:{_THING})s?)?\b|\bthe last (?P<lastn>\d{{1,2}}|two|three|four|five)(?! (?:years?|decades?|months?|weeks?|days?|hours?|minutes?))(?: (?:{_THING})s?)?\b"
    rf"|\b(?:the |your )?(?P<ordinal>{'|'.join(_ORDINAL)}){_AFTER}(?: (?:{_THING})s?\b)?"
    rf"|\bthe (?P<last>last|final|bottom)(?: (?:{_THING})\b|(?=[,.!?]|$))"
    rf"|\bthe (?:{_THING}) (?:at the (?:very )?|on )(?P<end>top|bottom|end)\b"
    rf"|\bthe (?P<other>other)(?: (?:{_THING}))\b"
    rf"|\b(?P<all>those(?: (?:\w+ )?(?:{_THING})s?)?|these(?: (?:\w+ )?(?:{_THING})s?)?|all of (?:them|those|these)|(?:both|each|any|none|most|some|neither|either) of (?:them|those|these)|them all|them|they)\b"
    rf"|\b(?P<both>both)(?= |[,.!?]|$)(?! (?:a|the|in|by|with|from)\b)"
    rf"|\b(?P<one>that one|this one|that (?:{_THING})|this (?:{_THING})|it|that(?=[.,!?]|$| (?:is|was|already|too|again|before)\b)|this(?=[.,!?]|$| (?:is|was|already|too|again|before)\b))(?!'?[a-z])"
    rf"|(?:(?<=\bis )|(?<=\bwas ))(?P<being>that|this)(?= (?:from|by|in|a|an|the|one|really|still)\b)"
    rf"|(?P<zhtheirs>(?:他|它|她)们?家|该店|这里(?=[^，。]{{0,8}}(?:地址|电话)))"
    rf"|(?P<zhtop>头一|(?:最[上前]面|开头|打头)(?:的?那)?)[{_MEASURES}]"
    rf"|倒数第(?P<zhback>{_N})[{_MEASURES}]?|第(?P<zh>{_N})[{_MEASURES}]?(?!次|季|集|代)"
    rf"|前(?P<zhfirst>{_N})[{_MEASURES}]|后(?P<zhlastn>{_N})[{_MEASURES}]|最后(?P<zhlast>[一那])?[{_MEASURES}]"
    rf"|(?P<zhall>[这那][些几两三四五][{_MEASURES}]?|它们|他们|全部都?|全都|(?:^|(?<=[，。,]))都(?=看过|听过|读过|玩过|吃过|买过|有了))|(?P<zhboth>两[{_MEASURES}](?=都))"
    rf"|(?P<zhone>[这那](?:一)?[{_MEASURES}](?!月|人|时候|世界|星期)(?:电影|片子)?|它(?!们)|这(?=是谁|多长|好看)|上一[{_MEASURES}]|刚才那[{_MEASURES}])"
)
_BARE = re.compile(r"(?<![\d.])(\d{1,2})(?![\d.%])")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place in the text that points at shown items. vague: "it" or "that one" where several were shown."""

    start: int
    end: int
    items: tuple[Item, ...]
    vague: bool = False
    many: bool = False


def pointers(
    plain: str,
    turn: Turn,
    items: Mapping[str, Item],
    named: Sequence[tuple[int, Item]] = (),
    focus: Item | None = None,
) -> list[Pointer]:
    """Everything in a text that points at what was shown, or at what it named before, from left to right.

    named: (place, item) of the titles in the text: "I saw Heat, something newer than that one". focus: the item talked of last,
    where that is known better than by what was shown.
    """
    if not turn.last_items and not turn.history and not named:
        return []
    found = []
    for match in _EACH.finditer(plain):
        before = tuple(item for end, item in named if end <= match.start())
        pointer = _read(match, turn.last_items, focus or one_in_focus(turn, items), before)
        if pointer is not None and (pointer.items or pointer.vague):
            found.append(pointer)
        if len(found) >= 30:
            break
    return found


def bare_numbers(plain: str, shown: Sequence[Item], between: tuple[int, int]) -> list[Pointer]:
    """ "1 and 3", where a comparison or a question makes plain that they are places in the list."""
    found = []
    for match in _BARE.finditer(plain, *between):
        n = int(match[1])
        if 1 <= n <= len(shown):
            found.append(Pointer(match.start(), match.end(), (shown[n - 1],)))
    return found


def one_in_focus(turn: Turn, items: Mapping[str, Item]) -> Item | None:
    """The single item that was talked of last; None when several were shown."""
    if turn.history and len(turn.history[-1].item_ids) == 1 and (item := items.get(turn.history[-1].item_ids[0])):
        return item
    return turn.last_items[0] if len(turn.last_items) == 1 else None


def _read(match: re.Match[str], shown: Sequence[Item], focus: Item | None, before: tuple[Item, ...]) -> Pointer | None:
    kind, said = next(((k, v) for k, v in match.groupdict().items() if v is not None), ("zhlast", ""))
    start, end = match.span()
    count = len(shown)

    def at(n: int) -> Pointer | None:
        return Pointer(start, end, (shown[n - 1],)) if 1 <= n <= count else None

    if kind == "list":
        return at(int(said[1:]))
    if kind in ("nr", "zh"):
        return at(_count(said))
    if kind == "ordinal":
        return at(_ORDINAL[said])
    if kind in ("firstn", "zhfirst"):
        return Pointer(start, end, tuple(shown[: _count(said)]), many=True)
    if kind in ("lastn", "zhlastn"):
        return Pointer(start, end, tuple(shown[-_count(said) :]) if _count(said) else (), many=True)
    if kind == "zhback":
        return at(count + 1 - _count(said))
    if kind == "zhtop" or (kind == "end" and said == "top"):
        return at(1)
    if kind in ("last", "end", "zhlast"):
        return at(count)
    if kind == "other":
        return at(2) if count == 2 else None
    if kind in ("all", "both", "zhall", "zhboth"):
        return Pointer(start, end, before if len(before) > 1 else tuple(shown), many=True)
    if before:
        return Pointer(start, end, before[-1:])
    if focus is not None:
        return Pointer(start, end, (focus,))
    return Pointer(start, end, tuple(shown[:1]), vague=True) if shown else None


def _count(said: str) -> int:
    return int(said) if said.isdigit() and said.isascii() else _ZH.get(said) or _NUMBER.get(said, 0)
