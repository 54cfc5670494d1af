"""People in a Chinese sentence: the one it speaks to, and who did what for a thing.

Knows: 你, and words like 执导 (claims_zh.yaml). Does not know: films, authors or brands.
"""

from __future__ import annotations

import re

from chatrec.answer.grounding.chinese_sentence import ChineseSentence
from chatrec.answer.grounding.finding import Unbacked

_AS_WISHED = re.compile(r"所(?:愿|想|说|求|要求?|期待|期望)")
_NEAR = 6  # characters between a name and the word that says what its owner did


def person(s: ChineseSentence) -> list[tuple[int, int]]:
    """Stretches that rest on the person's words. Raises Unbacked where something is said of them that they did not say."""
    free: list[tuple[int, int]] = []
    for match in re.finditer("[你您]", s.plain):
        after, before = s.plain[match.end() :], s.plain[max(0, match.start() - 4) : match.start()]
        if possession := s.words.pattern("you", "possessions").match(after):
            if possession.group().removeprefix("的") not in s.spoken.text:
                raise Unbacked("person", possession.group())
            continue
        if after.startswith("的"):
            continue
        if wished := _AS_WISHED.match(after):
            if before.endswith(("如", "像", "按", "照", "合")):  # 如你所愿，不是红茶: what follows is theirs
                if not s.spoken.said_anything:
                    raise Unbacked("person", wished.group())
                _must_be_said(s, match.end() + wished.end(), len(s.plain))
            continue
        verb = s.words.pattern("you", "verbs").match(after)
        if not verb:
            continue
        always = bool(s.words.pattern("you", "always").search(verb.group()))
        if not always and (
            s.words.pattern("you", "conditions").search(before) or s.words.pattern("you", "futures").match(after)
        ):
            continue
        if not s.spoken.said_anything:
            raise Unbacked("person", verb.group())
        word = re.sub(r"[了着的]+$", "", verb.group())
        speech = s.words.pattern("you", "speech").search(word)
        if always or not (speech or word[-2:] in s.spoken.text):
            raise Unbacked("person", verb.group())
        start = match.end() + verb.end()
        end = (
            next((m.start() for m in re.finditer(r"[,，。.!！?？;；:：]", s.plain[start:])), len(s.plain) - start)
            + start
        )
        _must_be_said(s, start, end)
        free.append((start, end))
    return free


def _must_be_said(s: ChineseSentence, start: int, end: int) -> None:
    """Every word of content in a stretch is the person's own, or names a value that they named."""
    place = start
    for word, tag in s.words.jieba.tag(s.plain[start:end]):
        here, place = place, place + len(word)
        if len(word) < 2 or word in s.spoken.text or re.search(r"一点|一些|有点", word):
            continue
        values = s.terms.chinese.get(word, ())
        if any(v in s.spoken.values for v in values) or (not values and tag[0] in "rcpumxdfq"):
            continue  # 西部 is a place to the segmenter, but a kind of film here
        if (
            word
            in ("电影", "片子", "影片", "东西", "感觉", "风格", "类型", "氛围", "推荐", "以内", "之内", "以下", "左右")
            or word in s.things
        ):
            continue
        raise s.refuse("person", here, place)


def relations(s: ChineseSentence) -> None:
    """A name beside a word like 执导 must stand in the facet that the word speaks of; a strong word needs a name."""
    if (part := s.words.pattern("parts").search(s.plain)) and not s.taken(*part.span()):
        raise s.refuse("relation", *part.span())
    for match in s.words.related.finditer(s.plain):
        start, end = match.span()
        if any(c is not None and "plain" not in c for c in s.cover[start:end]):
            continue
        wanted = _bound(s, match.group())
        near = _nearest(s, start, end, match.group())
        strong = s.words.strong.fullmatch(match.group()) is not None
        if not near:
            if strong:
                raise s.refuse("relation", start, end)
            if _surname_follows(s, end):
                raise s.refuse("name", end, min(end + 3, len(s.plain)))
        elif any(not facets & wanted for facets in near):
            raise s.refuse("relation", start, end)


def _bound(s: ChineseSentence, word: str) -> frozenset[str]:
    found: set[str] = set()
    for every, strong in s.words.relations:
        if word in every or word in strong:
            for facet in s.terms.catalog.facets:
                if facet.role == "person":
                    own = {facet.label.get("zh", ""), *facet.words.get("zh", ()), *facet.cues.get("zh", ())}
                    if own & (every | strong):
                        found.add(facet.name)
    return frozenset(found)


def _nearest(s: ChineseSentence, start: int, end: int, word: str) -> list[frozenset[str]]:
    """The facets of the names that a relation word governs: those right beside it in its clause, 和 and 、 included."""
    low, high = s.clause(start)
    before = sorted((p for p in s.people if low <= p[0] and p[1] <= start), reverse=True)
    after = sorted(p for p in s.people if p[0] >= end and p[1] <= high)
    found: list[frozenset[str]] = []
    edge = start
    for name_start, name_end, facets in before:
        gap = s.plain[name_end:edge]
        if len(gap) > _NEAR or s.words.related.search(gap):
            break
        found.append(facets)
        edge = name_start
    if found and word not in ("主演", "编剧", "导演", "演员", "作者"):
        return found
    edge = end
    followers = []
    for name_start, name_end, facets in after:
        gap = s.plain[edge:name_start]
        if len(gap) > 3 or s.words.related.search(gap):
            break
        followers.append(facets)
        edge = name_end
    if followers and word in ("主演", "编剧", "导演", "演员", "作者") and not re.search(r"[的]$", s.plain[:start]):
        return followers
    return found or followers


def _surname_follows(s: ChineseSentence, end: int) -> bool:
    """ "导演高峰的": an ordinary word that may be a name, where a name is expected."""
    rest = s.plain[end:]
    for word, tag in s.words.jieba.tag(rest[:8])[:1]:
        if len(word) == 1 and word in s.words.claims["surnames"] and word not in s.words.small:
            return True
        following = rest[len(word) : len(word) + 1]
        return (
            len(word) in (2, 3)
            and word[0] in s.words.claims["surnames"]
            and word not in s.words.plain
            and tag[0] == "n"
            and following in ("的", "用", "把", "以", "将", "在", "和", "、", ",", "，", "")
        )
    return False
