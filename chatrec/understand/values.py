"""Named values and people made into wishes: "a thriller or a crime film", "by Nolan", 不要恐怖片.

Knows: marks, negations, lists, cues beside names. Does not know: numbers, items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from chatrec.language.script import has_han
from chatrec.language.tokens import Utterance
from chatrec.understand.lexicon import Lexicon, Named
from chatrec.understand.marks import Mark, Marks
from chatrec.understand.scopes import Refusal, inside, refused, refused_after
from chatrec.vocabulary import Op, Wish

Place = tuple[int, int]
_GAP = re.compile(
    r"(?: |,|、|/|\bor\b|\band\b|&|\ba\b|\ban\b|\bthe\b|\bsome\b|\beither\b|\bmaybe\b|\beven\b|\bby\b|\bwith\b|\bfrom\b|\balso\b|\bthat (?:is|are)\b"
    r"|films?\b|movies?\b|flicks?\b|和|或者?|还是|要么|与|以及|跟|及|的|片子?|类型?|电影|影片)*"
)
_OR = re.compile(r"\bor\b|/|或|还是|要么")
_LIST = re.compile(r" ?(?:和|与|跟|或者?|还是|要么|、|/|,) ?")
_EITHER_WILL_DO = re.compile(r"(?:的|片|电影)*(?:都|也)(?:行|可以|好|成|没问题)")
_AND = re.compile(r"\band\b|&|和|与|以及|、|跟|,|\balso\b")
_BOTH_AND = re.compile(r"\band\b|&")
_CUE_GAP = re.compile(
    r"(?: |the\b|a\b|an\b|but\b|except\b|great\b|famous\b|both\b|either\b|late\b|is\b|:|：|是|为|由|有|不?要|得|不能是|should\b|must\b|be\b|actor\b|actress\b|director\b|legend\b)*"
)
_CUE_AFTER_GAP = re.compile(r" ?(?:'s )?-?(?:两个?人)?(?:一起|共同|合作|联手|联合)?(?:的|所|主|来|自己|先生|导)?")
_LIKENESS = re.compile(
    r"\b(?:like|similar to|style of|in the vein of|reminiscent of)(?: an?| the| a good)? $|(?:像|类似) ?$"
)
_LOVES = re.compile(r"\b(?:love|like|enjoy|adore|fan of|喜欢)(?: (?:both|films? by|movies? by))? $|喜欢 ?$")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value with its one meaning here."""

    mark: Mark
    named: Named
    group: int  # values of one list share it


def value_wishes(
    u: Utterance, lexicon: Lexicon, marks: Marks, negations: Sequence[Refusal], soft: Sequence[tuple[int, int]]
) -> tuple[list[Wish], list[Place], list[Place]]:
    """(wishes, places they rest on, places of people who are not known for what was asked of them).

    Refused values become `not_in`, alternatives `in`, the rest one wish each.
    """
    misplaced = [m for m in marks.names if _misplaced(u, lexicon, m, marks)]
    named = [m for m in marks.named if m not in misplaced]
    meant = _choose(u, lexicon, named, marks)
    chosen = _once_a_person(u, meant, marks)
    places = [(m.start, m.end) for m in named]
    no = refused(u.plain, negations, places)
    for choice in chosen:  # 张三演的就不要了
        start, end = _with_cues(u, choice, marks)
        if end > choice.mark.end and refused_after(u.plain, end):
            no.setdefault((choice.mark.start, choice.mark.end), start)
    wishes: list[Wish] = []
    used = [(c.mark.start, c.mark.end) for c in meant if c not in chosen]
    for group in dict.fromkeys(c.group for c in chosen):
        members = [c for c in chosen if c.group == group]
        for part in _same_side(members, no):
            wishes += _wishes(u, lexicon, part, no, soft, marks)
            used += [_with_cues(u, c, marks) for c in part]
    return _one_per_facet(lexicon, wishes), used, [_whole(u, m, marks) for m in misplaced]


# ---------------------------------------------------------------------- which facet is meant


def _once_a_person(u: Utterance, chosen: list[Chosen], marks: Marks) -> list[Chosen]:
    """Without a name that is named again with its role: "I love Almodóvar, so something written by Almodóvar" asks for a writer."""

    def cued(c: Chosen) -> bool:
        return c.mark.kind == "name" and bool(_cued(u, c.mark, marks))

    told = [c for c in chosen if cued(c)]
    return [
        c
        for c in chosen
        if c.mark.kind != "name"
        or c in told
        or not any(t.named.value == c.named.value and t.named.facet != c.named.facet for t in told)
    ]


def _choose(u: Utterance, lexicon: Lexicon, named: Sequence[Mark], marks: Marks) -> list[Chosen]:
    chosen: list[Chosen] = []
    group = 0
    for n, mark in enumerate(named):
        gap = u.plain[named[n - 1].end : mark.start] if n else None
        linked = gap is not None and len(gap) < 40 and _GAP.fullmatch(gap) is not None
        before = chosen[-1] if chosen and linked else None
        meaning = _meaning(u, lexicon, mark, marks, before, _cued_behind(u, named[n:], marks))
        together = (
            before is not None
            and gap is not None
            and before.named.facet == meaning.facet
            and (_OR.search(gap) or _AND.search(gap)) is not None
        )
        group = group if together else group + 1
        chosen.append(Chosen(mark, meaning, group))
    return chosen


def _cued_behind(u: Utterance, named: Sequence[Mark], marks: Marks) -> list[str]:
    """Facets that a cue behind the last of a list chooses for the first: 科恩或者珀维斯写的."""
    for one, following in pairwise(named):
        if not _LIST.fullmatch(u.plain, one.end, following.start):
            break
        cued = [m.facet for _, c in _beside(u, following, marks) if c.start >= following.end for m in c.meanings]
        if cued:
            return cued
    return []


def _meaning(
    u: Utterance, lexicon: Lexicon, mark: Mark, marks: Marks, before: Chosen | None, behind: Sequence[str]
) -> Named:
    meanings: Sequence[Named] = mark.meanings
    if len(meanings) == 1:
        return meanings[0]
    cued = _cued(u, mark, marks) or behind
    for facet in cued:
        for named in meanings:
            if named.facet == facet:
                return named
    if before is not None and not cued:
        same = [m for m in meanings if m.facet == before.named.facet]
        if same and mark.kind == before.mark.kind:
            return max(same, key=lambda m: m.count)
    if mark.kind == "name":  # what the person is best known for; of nearly equals, what the catalogue names first
        most = max(m.count for m in meanings)
        meanings = [m for m in meanings if m.count >= 0.7 * most]
    order = [f.name for f in lexicon.catalog.facets]
    return min(meanings, key=lambda m: (not m.declared, order.index(m.facet)))


def _cued(u: Utterance, mark: Mark, marks: Marks) -> list[str]:
    """Facets that a cue or a facet's name beside the mark chooses, the nearest and longest first."""
    found = [(gap, cue.start - cue.end, m.facet) for gap, cue in _beside(u, mark, marks) for m in cue.meanings]
    return [facet for _, _, facet in sorted(found)]


def _beside(u: Utterance, mark: Mark, marks: Marks) -> Iterator[tuple[int, Mark]]:
    """(distance, cue) of the cues and facet names that touch a mark: "directed by" before, 导演的 after."""
    for cue in (*marks.cues, *marks.namings):
        if cue.end <= mark.start and mark.start - cue.end < 30:
            if _CUE_GAP.fullmatch(u.plain, cue.end, mark.start):
                yield mark.start - cue.end, cue
        elif 0 <= cue.start - mark.end <= 6 and _CUE_AFTER_GAP.fullmatch(u.plain, mark.end, cue.start):
            follows = cue.kind == "naming" or has_han(u.plain[cue.start]) or u.plain[cue.start - 1] == "-"
            if follows:
                yield cue.start - mark.end, cue


def _misplaced(u: Utterance, lexicon: Lexicon, mark: Mark, marks: Marks) -> bool:
    """Whether a cue that leaves no doubt asks of a person what nobody knows of them: "directed by" an actor."""
    wanted = {m.facet for cue in _plain_cues(u, mark, marks) for m in cue.meanings}
    wanted = {name for name in wanted if (facet := lexicon.facet(name)) is not None and facet.filter}
    return bool(wanted) and not any(m.facet in wanted for m in mark.meanings)


def _plain_cues(u: Utterance, mark: Mark, marks: Marks) -> list[Mark]:
    """Cues beside a mark that mean one thing only: "directed by", 主演, but not "by" or "with"."""
    return [
        c
        for _, c in _beside(u, mark, marks)
        if c.kind == "naming" or has_han(u.plain[c.start]) or " " in u.plain[c.start : c.end]
    ]


def _whole(u: Utterance, mark: Mark, marks: Marks) -> Place:
    cues = _plain_cues(u, mark, marks)
    return min([mark.start, *(c.start for c in cues)]), max([mark.end, *(c.end for c in cues)])


def _with_cues(u: Utterance, chosen: Chosen, marks: Marks) -> Place:
    """A value's place with the cues of its facet."""
    start, end = chosen.mark.start, chosen.mark.end
    for _, cue in _beside(u, chosen.mark, marks):
        if any(m.facet == chosen.named.facet for m in cue.meanings):
            start, end = min(start, cue.start), max(end, cue.end)
    return start, end


# ---------------------------------------------------------------------- wishes


def _same_side(members: list[Chosen], no: dict[tuple[int, int], int]) -> list[list[Chosen]]:
    """A list cut where it changes between wanted and refused."""
    parts: list[list[Chosen]] = []
    for chosen in members:
        side = (chosen.mark.start, chosen.mark.end) in no
        if parts and ((parts[-1][-1].mark.start, parts[-1][-1].mark.end) in no) == side:
            parts[-1].append(chosen)
        else:
            parts.append([chosen])
    return parts


def _wishes(
    u: Utterance,
    lexicon: Lexicon,
    part: list[Chosen],
    no: dict[tuple[int, int], int],
    soft: Sequence[tuple[int, int]],
    marks: Marks,
) -> list[Wish]:
    first, last = part[0].mark, part[-1].mark
    facet = lexicon.facet(part[0].named.facet)
    assert facet is not None
    values: list[Any] = list(dict.fromkeys(c.named.value for c in part))
    place = (first.start, first.end)
    start, end = first.start, last.end
    if (begun := no.get(place)) is not None:
        if last.end - begun <= 60:
            start = min(begun, start)
        return [
            Wish(facet=facet.name, op="not_in", value=values, hard=not inside(place, soft), words=u.words(start, end))
        ]
    start, end = _with_cues(u, part[0], marks)[0], _with_cues(u, part[-1], marks)[1]
    like = facet.role == "person" and _LIKENESS.search(u.plain, max(0, start - 20), start)
    hard = not inside(place, soft) and not like
    words = u.words(start, end).removesuffix("的")
    single: Op = "contains" if facet.many else "="
    if len(values) == 1 or facet.type == "bool":
        return [Wish(facet=facet.name, op=single, value=values[0], hard=hard, words=words)]
    if _alternatives(u, lexicon, part, end):
        return [Wish(facet=facet.name, op="in", value=values, hard=hard, words=words)]
    each = {c.named.value: c.mark for c in reversed(part)}
    return [
        Wish(
            facet=facet.name,
            op=single,
            value=v,
            hard=hard,
            words=u.words(min(start, m.start) if m is first else m.start, m.end),
        )
        for v, m in reversed(each.items())
    ]


def _alternatives(u: Utterance, lexicon: Lexicon, part: list[Chosen], end: int) -> bool:
    """Whether one of a list is enough. "A crime comedy" and "with De Niro and Pacino" want each."""
    facet = lexicon.facet(part[0].named.facet)
    assert facet is not None
    gaps = [u.plain[a.mark.end : b.mark.start] for a, b in pairwise(part)]
    if any(_OR.search(g) for g in gaps) or lexicon.one_valued(facet):
        return True
    if _EITHER_WILL_DO.match(u.plain, max(part[-1].mark.end, end)):
        return True  # 恐怖和奇幻都行
    if all(c.mark.plural for c in part) and any(_BOTH_AND.search(g) for g in gaps):
        return True  # "comedies and thrillers"
    start = part[0].mark.start
    return facet.role == "person" and _LOVES.search(u.plain, max(0, start - 24), start) is not None


def _one_per_facet(lexicon: Lexicon, wishes: list[Wish]) -> list[Wish]:
    """Several single values of a facet that has only one are alternatives; the same wish twice is one."""
    result: list[Wish] = []
    for wish in wishes:
        facet = lexicon.facet(wish.facet)
        same = next(
            (
                n
                for n, w in enumerate(result)
                if facet is not None
                and w.facet == wish.facet
                and not facet.many
                and facet.type == "category"
                and {w.op, wish.op} <= {"=", "in"}
                and w.hard == wish.hard
            ),
            None,
        )
        if same is not None:
            old = result[same]
            have = old.value if isinstance(old.value, list) else [old.value]
            new = wish.value if isinstance(wish.value, list) else [wish.value]
            values = list(dict.fromkeys([*have, *new]))
            if len(values) > len(have):
                result[same] = old.model_copy(update={"op": "in", "value": values})
        elif not any(w.facet == wish.facet and w.op == wish.op and w.value == wish.value for w in result):
            result.append(wish)
    return result
