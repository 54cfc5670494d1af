"""Names that were clearly asked for but are none of this catalogue, and "by the same director".

Knows: cues before and after names. Does not know: why a name is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.language.common import COMMON_EN, word_set
from chatrec.language.script import HAN, has_han
from chatrec.language.tokens import Token, Utterance
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.likes import Pointed
from chatrec.understand.marks import Mark, Marks
from chatrec.vocabulary import Facet, Item, Ledger, Op, Value, Wish

Place = tuple[int, int]
_LOOSE = frozenset(
    ("by", "with", "from", "of", "in", "star", "has", "and")
)  # cues (by their stems) that mean much else
_STOP = re.compile(
    r"[.,;:!?()，。；：！？、\"]|\b(?:and|or|but|that|which|who|from|in|with|please|for|the|a|an|not|since|before|after|under|over)\b"
)
_ZH_NAME_AFTER = re.compile(
    rf" ?(?:是|为|叫|：|:)? ?(?P<name>[{HAN}]{{2,6}}?(?:·[{HAN}]{{1,8}}){{0,3}})(?=的|，|。|,|\.|！|!|？|\?|、|和|$)"
)
_ZH_NAME_BEFORE = re.compile(
    rf"(?:^|[，。,！? ]|由|想看|想要|看|找|推荐|有没有|[一几]?部|是|喜欢|要)(?P<name>[{HAN}]{{2,4}}(?:·[{HAN}]{{1,8}}){{0,3}})$"
)
_ZH_NO_NAME = re.compile(r"[的了吗呢吧我你他她们这那哪谁什么怎有没是在个部些想要看找推荐喜欢类型电影片不最好年代]")
_SAME = re.compile(r"\b(?:by |with |from |in |of )?the same |\bsame |(?:同|同一|相同|一样)(?:一?[个位名种]|的)?")


_THAT = re.compile(r"\b(?:by |with |from )?(?:that|this|the very same) |(?:[这那]一?[个位名])")
_WHOSE = re.compile(r"\b(?:by|with|from) (?:the |that )?$")
_MADE_BY = re.compile(r"(?:还|也)?(?:拍|导|执导|写|演|主演|设计|做)?(?:过)?的(?!是|叫|名字)")
MOST_MEANT = 2  # people that "that actor" can mean


def unknown(u: Utterance, lexicon: Lexicon, marks: Marks) -> list[Place]:
    """Places of what was asked for by a name that is not known: "directed by Zorblax", 张某某主演的, 《没有的书》."""
    people = {f.name for f in lexicon.catalog.facets if f.role == "person"}
    taken = [(m.start, m.end) for m in marks.named] + [(m.start, m.end) for m in marks.mentions]
    places: list[Place] = list(marks.unknown_titles)
    for cue in (*marks.cues, *marks.namings):
        if not any(m.facet in people for m in cue.meanings):
            continue
        place = (_zh_name if has_han(u.plain[cue.start]) else _en_name)(u, cue, taken)
        if place and not any(s < place[1] and place[0] < e for s, e in places):
            places.append(place)
    return places


# Written with capitals, and no item of any catalogue: who rates and where things are to be had.
_NO_TITLES = word_set(
    "imdb netflix oscar oscars rotten tomatoes metacritic douban imax dvd youtube amazon prime hbo hulu disney wifi usb gps usd eur gbp"
)


def title_not_here(u: Utterance, marks: Marks, place: Place) -> Place | None:
    """Where a sentence names something with capitals that is none of this catalogue: "who directed Midsommar?"."""
    if u.shown.isupper():
        return None
    known = [(m.start, m.end) for m in (*marks.named, *marks.namings, *marks.cues, *marks.nouns)]
    known += [(m.start, m.end) for m in marks.mentions]
    tokens = [t for t in u.tokens if place[0] <= t.start < place[1]]
    named = [
        n
        for n, t in enumerate(tokens)
        if n
        and t.capital
        and len(t.text) > 2
        and t.text not in COMMON_EN
        and t.stem not in COMMON_EN
        and t.text not in _NO_TITLES
        and not any(s <= t.start < e for s, e in known)
    ]
    if not named:
        return None
    first, last = named[0], named[-1]
    while first > 1 and tokens[first - 1].capital:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].capital:
        last += 1
    return tokens[first].start, tokens[last].end


def unmeasured(u: Utterance, lexicon: Lexicon, marks: Marks) -> list[Place]:
    """Places of "cheaper", 最便宜的 and the like in a catalogue that tells no price: said to be unknown, never searched for as words."""
    stems = [t.stem for t in u.tokens]
    taken = [(m.start, m.end) for m in (*marks.named, *marks.trends, *marks.nouns)] + [
        (m.start, m.end) for m in marks.mentions
    ]
    places: list[Place] = []
    for at, token in enumerate(u.tokens):
        found = next(iter(lexicon.missing.at(stems, at)), None)
        if found is None:
            continue
        place = (token.start, u.tokens[found[0] - 1].end)
        if u.plain[: place[0]].endswith(("no ", "any ")):
            continue  # "no longer"
        if not any(s < place[1] and place[0] < e for s, e in (*taken, *places)):
            places.append(place)
    return places


def _en_name(u: Utterance, cue: Mark, taken: Sequence[Place]) -> Place | None:
    """A name after "directed by": capitalised words, or one or two rare ones."""
    words = u.plain[cue.start : cue.end].split()
    loose = len(words) == 1 and (words[0] in _LOOSE or words[0].rstrip("s") in _LOOSE or cue.kind == "naming")
    stop = _STOP.search(u.plain, cue.end)
    end = stop.start() if stop else len(u.plain)
    tokens = [t for t in u.tokens if cue.end <= t.start < end][:4]
    if not tokens or any(s < tokens[0].end and tokens[0].start < e for s, e in taken):
        return None
    name: list[Token] = []
    for token in tokens:
        if token.han or token.capital or (not loose and token.text not in COMMON_EN and token.text.isalpha()):
            name.append(token)
        else:
            break
    capitals = sum(t.capital or t.han for t in name)
    if not name or (loose and (capitals < 2 or u.shown.isupper())):
        return None
    if any(s < name[-1].end and name[0].start < e for s, e in taken):
        return None
    return cue.start, name[-1].end


def _zh_name(u: Utterance, cue: Mark, taken: Sequence[Place]) -> Place | None:
    after = _ZH_NAME_AFTER.match(u.plain, cue.end)
    if after and not u.plain[cue.start : cue.end].endswith("的") and not _ZH_NO_NAME.search(after["name"]):
        place = (cue.start, after.end())
    else:
        before = _ZH_NAME_BEFORE.search(u.plain, max(0, cue.start - 16), cue.start)
        if not before or _ZH_NO_NAME.search(before["name"]):
            return None
        place = (before.start("name"), cue.end)
    return None if any(s < place[1] and place[0] < e for s, e in taken) else place


def same_as(
    u: Utterance, lexicon: Lexicon, marks: Marks, pointed: Sequence[Pointed], shown: Sequence[Item], focus: Item | None
) -> tuple[list[Wish], list[Place]]:
    """ "By the same director", "by the director of Heat": the value of the item that is pointed at, or was shown last."""
    wishes: list[Wish] = []
    places: list[Place] = []
    for name in marks.namings:
        if whose := _whose(u, lexicon, name, pointed):
            wishes.append(whose[0])
            places.append(whose[1])
            continue
        same = _SAME.search(u.plain, max(0, name.start - 20), name.start)
        if not same or same.end() != name.start:
            continue
        item = next((p.items[0] for p in pointed if p.items), None) or focus or (shown[0] if shown else None)
        facet = lexicon.facet(name.meanings[0].facet)
        if item is None or facet is None or facet.type != "category" or not facet.filter or not item.values(facet.name):
            continue
        place = (same.start(), name.end)
        wishes.append(_value_wish(facet, list(item.values(facet.name))[:3], u.words(*place)))
        places.append(place)
    return wishes, places


def _whose(u: Utterance, lexicon: Lexicon, name: Mark, pointed: Sequence[Pointed]) -> tuple[Wish, Place] | None:
    """ "By the director of Heat", 《盗火线》的导演拍的: the item's own value."""
    facet = lexicon.facet(name.meanings[0].facet)
    if facet is None or facet.role != "person" or not facet.filter:
        return None
    for p in pointed:
        before = _WHOSE.search(u.plain, max(0, name.start - 12), name.start)
        if before and u.plain[name.end : p.start] in (" of ", " of the "):
            place = (before.start(), p.end)
        elif u.plain[p.end : name.start] == "的" and _MADE_BY.match(u.plain, name.end):
            place = (p.start, name.end)
        else:
            continue
        values = list(p.items[0].values(facet.name))[:3] if p.items else []
        if values:
            return _value_wish(facet, values, u.words(*place)), place
    return None


def that_one(
    u: Utterance, lexicon: Lexicon, marks: Marks, pointed: Sequence[Pointed], focus: Item | None, ledger: Ledger
) -> tuple[list[Wish], list[Place], list[Place]]:
    """(wishes, their places, places that are not clear) of "that director", 这个导演: who is wished for already, or whom the one item
    has that is spoken of. Of several it is not guessed."""
    wishes: list[Wish] = []
    places: list[Place] = []
    unclear: list[Place] = []
    for name in marks.namings:
        that = _THAT.search(u.plain, max(0, name.start - 16), name.start)
        facet = lexicon.facet(name.meanings[0].facet)
        if that is None or that.end() != name.start or facet is None or facet.role != "person" or not facet.filter:
            continue
        place = (that.start(), name.end)
        if any(w.facet == facet.name and w.op in ("contains", "=") for w in ledger.wishes):
            places.append(place)
            continue
        item = next((p.items[0] for p in pointed if p.items and not p.vague), None) or focus
        values = list(item.values(facet.name)) if item is not None else []
        if 0 < len(values) <= MOST_MEANT:
            wishes.append(_value_wish(facet, values, u.words(*place)))
            places.append(place)
        else:
            unclear.append(place)
    return wishes, places, unclear


def _value_wish(facet: Facet, values: Sequence[Value], words: str) -> Wish:
    op: Op = "in" if len(values) > 1 else "contains" if facet.many else "="
    return Wish(facet=facet.name, op=op, value=list(values) if op == "in" else values[0], words=words)
