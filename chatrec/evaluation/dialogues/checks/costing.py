"""Checks of who did what and at what price: rungs, steps, falls, calls, tokens, time, prompts, and the profile behind it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from chatrec.evaluation.dialogues.checks.base import Check, Id, OneOrMore, check, failed, joined, nothing, passed
from chatrec.evaluation.dialogues.conditions import AmountIn, PatternIn
from chatrec.evaluation.dialogues.seen import Seen, Verdict
from chatrec.vocabulary import RungName, Step

Rungs = OneOrMore[RungName]
MOST = 4000  # characters of a prompt in a report


@check("models")
def rung(seen: Seen, wanted: Rungs) -> Verdict:
    """The highest rung that any step used: hosted, local or none."""
    have = seen.reply.rung
    return passed(have) if have in wanted else failed(f"the highest rung was {have}", " or ".join(wanted), have)


@check("models")
def steps(seen: Seen, wanted: dict[Step, RungName]) -> Verdict:
    """Who took a step: {decide: hosted, rerank: none}. Steps that are not named may be anybody's."""
    have = seen.reply.steps
    told = joined([f"{k}: {v}" for k, v in have.items()], "no step ran")
    wrong = {k: v for k, v in wanted.items() if have.get(k) != v}
    want = joined([f"{k}: {v}" for k, v in wanted.items()])
    return failed(f"another took {joined(list(wrong))}", want, told) if wrong else passed(told)


class FallWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")
    step: Step | None = None
    rung: Literal["hosted", "local"] | None = None
    to: RungName | None = None
    why: str | None = None


@check("models")
def falls(seen: Seen, wanted: AmountIn | OneOrMore[FallWanted]) -> Verdict:
    """Steps that fell to a lower rung: their number, or {step, rung, to, why} of those that are told."""
    have = seen.reply.falls
    told = joined([f"{f.step} {f.rung}->{f.to} ({f.why})" for f in have])
    if not isinstance(wanted, list):
        return passed(told) if wanted.holds(len(have)) else failed(f"{len(have)} falls", wanted, told)
    missing = [w for w in wanted if not any(all(getattr(f, k) == v for k, v in w if v is not None) for f in have)]
    lines = [joined([f"{k} {v}" for k, v in w if v is not None]) for w in missing]
    return failed(f"no such fall: {joined(lines)}", joined(lines), told) if missing else passed(told)


@check("cost")
def model_calls(seen: Seen, number: AmountIn) -> Verdict:
    """How many logical model calls the turn made."""
    have = seen.reply.llm.calls
    return passed(have) if number.holds(have) else failed(f"{have} model calls", number, have)


@check("cost")
def tokens(seen: Seen, number: AmountIn) -> Verdict:
    """Tokens sent and received by the turn's model calls, together."""
    have = seen.reply.llm.tokens_in + seen.reply.llm.tokens_out
    return passed(have) if number.holds(have) else failed(f"{have} tokens", number, have)


@check("cost")
def time(seen: Seen, milliseconds: AmountIn) -> Verdict:
    """Milliseconds from the message to the whole answer, as the person waited."""
    have = round(seen.answer.ms)
    return (
        passed(f"{have} ms")
        if milliseconds.holds(have)
        else failed(f"it took {have} ms", f"{milliseconds} ms", f"{have} ms")
    )


@check("models", inside=True, each=True)
def prompt(seen: Seen, words: OneOrMore[PatternIn]) -> Verdict:
    """Words, or /regular expressions/, that are all in what the model saw in this turn."""
    calls = seen.answer.inside.prompts if seen.answer.inside else ()
    text = "\n".join(content for call in calls for _, content in call)
    if not text:
        return nothing("no model was asked", joined(words))
    missing = [w for w in words if w.found(text) is None]
    return (
        failed(f"not in the prompt: {joined(missing)}", joined(words), text[:MOST])
        if missing
        else passed(joined(words))
    )


Ids = list[Id]


class ProfileWanted(BaseModel):
    """Item ids, all of them and no other; a kind that is not named may hold anything."""

    model_config = ConfigDict(extra="forbid")
    likes: Ids | None = None
    dislikes: Ids | None = None
    seen: Ids | None = None
    owned: Ids | None = None


@check("memory", inside=True)
def profile(seen: Seen, wanted: ProfileWanted) -> Verdict:
    """What the profile holds after this turn: {likes, dislikes, seen, owned}, each a list of ids."""
    have = seen.answer.inside.profile if seen.answer.inside else {}
    wrong = [
        f"{kind} are {joined(have.get(kind, ()))}"
        for kind, ids in wanted
        if ids is not None and sorted(ids) != sorted(have.get(kind, ()))
    ]
    want = joined([f"{kind}: {joined(ids)}" for kind, ids in wanted if ids is not None])
    told = joined([f"{kind}: {joined(ids)}" for kind, ids in have.items() if ids], "an empty profile")
    return failed("; ".join(wrong), want, told) if wrong else passed(told)


CHECKS: tuple[Check, ...] = (rung, steps, falls, model_calls, tokens, time, prompt, profile)
