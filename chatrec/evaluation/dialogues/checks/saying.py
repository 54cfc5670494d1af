"""Checks of what was said and offered: language, words, chips; and of a turn that was refused."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chatrec.evaluation.dialogues.checks.base import Check, Id, OneOrMore, YesNo, check, failed, joined, nothing, passed
from chatrec.evaluation.dialogues.conditions import AmountIn, Pattern, PatternIn
from chatrec.evaluation.dialogues.seen import Seen, Verdict
from chatrec.vocabulary import Chip, Language

Patterns = OneOrMore[PatternIn]
_HAN = re.compile(r"[一-鿿]")
_LATIN = re.compile(r"[A-Za-z]")


def spoken(seen: Seen) -> str:
    """Everything a person reads of the answer: its text, and the reasons on the cards, those of near misses too."""
    return "\n".join(p for p in [seen.reply.text, *_reasons(seen)] if p)


def _reasons(seen: Seen) -> list[str]:
    return [c.reason for c in [*seen.reply.items, *(n.item for n in seen.reply.near)]]


def _without_titles(seen: Seen, text: str) -> str:
    """Titles and names stay in their own language, so they do not count."""
    names = {t for r in seen.records.values() for t in (r.title, *r.titles.values())}
    names |= {str(v) for r in seen.records.values() for f in seen.catalog.facets for v in r.values(f.name)}
    names |= {str(c.act.wish.get("value")) for c in seen.reply.chips if c.act and c.act.wish}  # "Andrew Adamson (2)"
    for name in sorted((n for n in names if len(n) > 1), key=len, reverse=True):
        text = text.replace(name, " ")
    return re.sub(r"《[^》]*》|“[^”]*”|\"[^\"]*\"", " ", text)


@check("words")
def language(seen: Seen, wanted: Language) -> Verdict:
    """The language that the answer says it is in and that it is really written in, titles and names aside."""
    if seen.reply.language != wanted:
        return failed(f"the answer is in {seen.reply.language}", wanted, seen.reply.language)
    if not spoken(seen):
        return nothing("nothing is said", wanted)
    for part in [seen.reply.text, *_reasons(seen), *(c.label for c in seen.reply.chips)]:
        text = _without_titles(seen, part)
        han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
        if (wanted == "en" and han) or (wanted == "zh" and latin > 2 * han):
            return failed(f"written in another language: {part[:80]}", wanted, part[:80])
    return passed(wanted)


@check("words", each=True)
def says(seen: Seen, words: Patterns) -> Verdict:
    """Words, or /regular expressions/, that are all in the answer's text or in the cards' reasons."""
    text = spoken(seen)
    missing = [w for w in words if w.found(text) is None]
    return failed(f"not said: {joined(missing)}", joined(words), text) if missing else passed(joined(words))


@check("words")
def says_any(seen: Seen, words: Patterns) -> Verdict:
    """Words, or /regular expressions/, of which at least one is in the answer's text or in the cards' reasons."""
    text = spoken(seen)
    found = [f for w in words if (f := w.found(text)) is not None]
    return passed(joined(found)) if found else failed("none of them is said", " or ".join(map(str, words)), text)


@check("words", each=True)
def mentions(seen: Seen, named: OneOrMore[Id]) -> Verdict:
    """Items shown so far (ids or titles) whose title the answer's text names."""
    text, missing = seen.reply.text, []
    for name in named:
        record = seen.records.get(name)
        titles = [record.title, *record.titles.values()] if record else [name]
        if not any(Pattern(t).found(text) for t in titles):
            missing.append(titles[0])
    return failed(f"not named: {joined(missing)}", joined(named), text) if missing else passed(joined(named))


Status = Annotated[int, Field(strict=True, ge=400, le=599)]


class ChipWanted(BaseModel):
    """One chip by what it shows or does."""

    model_config = ConfigDict(extra="forbid")
    label: PatternIn | None = None
    act: str | None = None  # kind of its act
    facet: str | None = None  # of the wish it sets
    count: AmountIn | None = None  # the number it promises

    def holds(self, chip: Chip) -> bool:
        wish = chip.act.wish if chip.act and chip.act.wish else {}
        return (
            (self.label is None or self.label.found(chip.label) is not None)
            and (self.act is None or (chip.act is not None and chip.act.kind == self.act))
            and (self.facet is None or wish.get("facet") == self.facet)
            and (self.count is None or (chip.count is not None and self.count.holds(chip.count)))
        )

    def __str__(self) -> str:
        return joined([f"{k} {v}" for k, v in self if v is not None])


@check("chips")
def chips(seen: Seen, number: AmountIn) -> Verdict:
    """How many chips are offered."""
    have = len(seen.reply.chips)
    return passed(have) if number.holds(have) else failed(f"{have} chips are offered", number, have)


@check("chips", each=True)
def has_chip(seen: Seen, wanted: OneOrMore[PatternIn | ChipWanted]) -> Verdict:
    """Chips that are offered: words of the label, or {label, act, facet, count}."""
    have = seen.reply.chips
    missing = [
        w
        for w in wanted
        if not any(w.holds(c) if isinstance(w, ChipWanted) else w.found(c.label) is not None for c in have)
    ]
    labels = joined([c.label for c in have], "no chips")
    return failed(f"no such chip: {joined(missing)}", joined(wanted), labels) if missing else passed(labels)


@check("rules", failing=True)
def error(seen: Seen, wanted: YesNo | Status | PatternIn) -> Verdict:
    """That the turn is refused: true, its status (422, 404, 409 ...), or words of what the person is told."""
    problem = seen.answer.problem
    if problem is None:
        kind = seen.reply.decision.kind
        return passed(kind) if wanted is False else failed("the turn was answered", wanted, kind)
    if problem.status == 0:
        raise ValueError(problem.detail)  # it was never sent: nobody refused it
    told = f"{problem.status} {problem.title}: {problem.detail}"
    if isinstance(wanted, bool):
        return passed(told) if wanted else failed("the turn was refused", "an answer", told)
    good = problem.status == wanted if isinstance(wanted, int) else wanted.found(told) is not None
    return passed(told) if good else failed("it was refused in another way", wanted, told)


CHECKS: tuple[Check, ...] = (language, says, says_any, mentions, chips, has_chip, error)
