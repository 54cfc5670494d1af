"""Names that were clearly asked for but are none of this catalogue, and "by the same director".

Knows: cues before and after names. Does not know: why a name is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.language.common import COMMON_EN
from chatrec.language.script import HAN, has_han
from chatrec.language.tokens import Token, Utterance
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.likes import Pointed
from chatrec.understand.marks import Mark, Marks
from chatrec.vocabulary import Item, Op, Wish

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
    """ "By the same director": the value of the item that is pointed at, or was shown last."""
    wishes: list[Wish] = []
    places: list[Place] = []
    for name in marks.namings:
        same = _SAME.search(u.plain, max(0, name.start - 20), name.start)
        if not same or same.end() != name.start:
            continue
        item = next((p.items[0] for p in pointed if p.items), None) or focus or (shown[0] if shown else None)
        facet = lexicon.facet(name.meanings[0].facet)
        if item is None or facet is None or facet.type != "category" or not facet.filter or not item.values(facet.name):
            continue
        values = list(item.values(facet.name))[:3]
        op: Op = "in" if len(values) > 1 else "contains" if facet.many else "="
        place = (same.start(), name.end)
        wishes.append(Wish(facet=facet.name, op=op, value=values if op == "in" else values[0], words=u.words(*place)))
        places.append(place)
    return wishes, places
