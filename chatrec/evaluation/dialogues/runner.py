"""Play a dialogue: say each turn through a door, look at what came back, and check it.

Knows: the order of things. Does not know: how a check is made, how a report looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chatrec.errors import ChatRecError
from chatrec.evaluation.dialogues.checks import CHECKS
from chatrec.evaluation.dialogues.conditions import wish_text
from chatrec.evaluation.dialogues.doors import Door, Sent
from chatrec.evaluation.dialogues.file import Dialogue, Expectation, TurnToPlay
from chatrec.evaluation.dialogues.models import Cast
from chatrec.evaluation.dialogues.references import Dangling, resolve
from chatrec.evaluation.dialogues.results import Card, Checked, Played, TurnPlayed
from chatrec.evaluation.dialogues.seen import Answer, Problem, Seen
from chatrec.vocabulary import Act, Catalog, Item, Reply

MAIN = ""  # the person of given.person


@dataclass
class Talk:
    """What is kept while one dialogue is played: its people, their conversations, the records seen."""

    dialogue: Dialogue
    door: Door
    catalog: Catalog
    token: str  # makes this run's people its own
    conversation: dict[str, str | None] = field(default_factory=dict)  # who -> id
    before: dict[str, list[Seen]] = field(default_factory=dict)  # who -> turns of the running conversation
    records: dict[str, Item] = field(default_factory=dict)
    replies: list[dict[str, Any] | None] = field(default_factory=list)  # a turn each: Reply as JSON
    judge: Any = None  # judging.Judge

    def user(self, who: str) -> str:
        return f"dialogue-{self.token}-{who or 'person'}"


async def play(
    dialogue: Dialogue, door: Door, cast: Cast | None, *, token: str, catalog: str | None = None, judge: Any = None
) -> Played:
    """Play it once. A dialogue that can't begin has failed, and says why. judge: who rules on rubrics (judging.Judge)."""
    played = Played(
        name=dialogue.name, file=str(dialogue.file), title=dialogue.title, tags=list(dialogue.tags),
        note=dialogue.part.note or "", status="passed", model=cast.model if cast else "",
    )  # fmt: skip
    try:
        about = await door.catalog(catalog)
        talk = Talk(dialogue, door, about, token, judge=judge)
        given = dialogue.given
        for who, person in {MAIN: given.person, **given.people}.items():
            await door.introduce(talk.user(who), about.name, person)
    except ChatRecError as error:
        return played.model_copy(update={"status": "failed", "why": str(error), "line": dialogue.line("given")})
    played.catalog = about.name
    last: Seen | None = None
    for turn in dialogue.turns:
        try:
            last, told = await _turn(talk, turn, cast)
        except ChatRecError as error:  # the door is gone: a server that stopped
            why = f"turn {turn.number}: {error}"
            return played.model_copy(update={"status": "failed", "why": why, "line": turn.line})
        played.turns.append(told)
    if last is not None and dialogue.end:
        ending = [await _check(last, e, talk) for e in dialogue.end]
        played.turns[-1].checks += ending
    for note in cast.notes() if cast is not None and played.turns else []:
        left = Checked(check="model", group="models", passed=None, gates=False, reason=note, got=note)
        played.turns[-1].checks.append(left.model_copy(update={"line": dialogue.turns[-1].line}))
    failed = any(t.failed for t in played.turns)
    return played.model_copy(update={"status": "failed" if failed else "passed", "good": int(not failed)})


async def _turn(talk: Talk, turn: TurnToPlay, cast: Cast | None) -> tuple[Seen, TurnPlayed]:
    part, who = turn.part, turn.part.as_ or MAIN
    if part.conversation == "new":
        talk.conversation[who], talk.before[who] = None, []
    said, act = "", None
    if cast is not None:
        cast.begin(part)
    try:
        text, act = _words(talk, turn)
        said = text if act is None else _act_line(act)
        entered = talk.conversation.get(who)
        if part.conversation not in ("same", "new"):
            entered = str(resolve(part.conversation, talk.replies))
        sent = Sent(
            talk.user(who), talk.catalog.name, turn_id(talk.dialogue, turn), entered,
            None if act else text, act, part.language or talk.dialogue.given.language,
        )  # fmt: skip
        answer = await talk.door.say(sent)
    except Dangling as error:
        answer = Answer(problem=Problem(0, "Not sent", str(error)))
        said = said or str(part.say or part.act or part.chip)
    reply = answer.reply
    talk.replies.append(None if reply is None else reply.model_dump(mode="json"))
    if reply is not None:
        talk.conversation[who] = reply.conversation_id
        missing = [i for i in _spoken_of(reply, act) if i not in talk.records]
        talk.records |= {r.id: r for r in await talk.door.records(talk.catalog.name, missing)}
    before = talk.before.setdefault(who, [])
    seen = Seen(
        turn.number,
        said,
        act,
        who,
        answer,
        talk.catalog,
        dict(talk.records),
        tuple(before),
        talk.dialogue.given.language,
        talk.dialogue.file.parent,
        talk.judge,
    )
    before.append(seen)
    told = _told(seen, turn)
    expects_error = any(e.check == "error" and not e.negated for e in turn.expect)
    if answer.problem is not None and not expects_error:
        problem = answer.problem
        why = f"{problem.status} {problem.title}: {problem.detail}" if problem.status else problem.detail
        told.checks.append(Checked(check="answered", group="rules", passed=False, line=turn.line, reason=why, got=why))
    for odd in cast.end() if cast is not None else []:
        told.checks.append(Checked(check="model", group="models", passed=False, line=turn.line, reason=odd, got=odd))
    for expectation in [*turn.expect, *talk.dialogue.always]:
        if answer.reply is None and not CHECKS[expectation.check].failing:
            if not expectation.always and expects_error:
                told.checks.append(_unseen(expectation))
            continue
        told.checks.append(await _check(seen, expectation, talk))
    return seen, told


def turn_id(dialogue: Dialogue, turn: TurnToPlay) -> str:
    """The same in every run and from every folder: which of several wordings the app speaks follows from it, and what was said
    goes into later prompts. Nobody else has it: each run brings new people."""
    return f"{dialogue.file.stem}-{turn.number}"


def _spoken_of(reply: Reply, act: Act | None) -> list[str]:
    """Ids of the items that an answer shows, speaks of or offers, and of those that were pressed."""
    ids = [i.id for i in reply.items] + [n.item.id for n in reply.near]
    ids += [e.item_id for i in [*reply.items, *(n.item for n in reply.near)] for e in i.evidence if e.item_id]
    ids += [i for c in reply.chips if c.act for i in c.act.item_ids] + (act.item_ids if act else [])
    ids += [str(w.value) for w in reply.wishes if w.op in ("like", "not_like")]  # an id, or words that no item has
    return list(dict.fromkeys(ids))


def _words(talk: Talk, turn: TurnToPlay) -> tuple[str, Act | None]:
    """What is sent: the text, or the act. Dangling where a reference or a chip is not there."""
    part = turn.part
    if part.say is not None:
        return str(resolve(part.say, talk.replies)), None
    if part.act is not None:
        try:
            return "", Act.model_validate(resolve(part.act, talk.replies))
        except ValueError as error:
            raise Dangling(f"the act can't be made: {error}") from error
    reply = next((r for r in reversed(talk.replies) if r is not None), None)
    chips = reply["chips"] if reply else []
    labels = ", ".join(c["label"] for c in chips) or "none"
    if isinstance(part.chip, int):
        if part.chip >= len(chips):
            raise Dangling(f"there is no chip {part.chip}; there are {labels}")
        chip = chips[part.chip]
    else:
        from chatrec.evaluation.dialogues.conditions import pattern

        wanted = pattern(resolve(part.chip, talk.replies))
        found = [c for c in chips if wanted.found(c["label"]) is not None]
        if not found:
            raise Dangling(f"there is no chip {part.chip!r}; there are {labels}")
        chip = found[0]
    if chip["act"] is not None:
        return "", Act.model_validate(chip["act"])
    return str(chip["text"]), None


def _act_line(act: Act) -> str:
    wish = f"{act.wish.get('facet') or ''} {act.wish.get('op')} {act.wish.get('value')}".strip() if act.wish else ""
    return " ".join(p for p in (f"[{act.kind}]", *act.item_ids, wish, act.wish_id or "") if p)


async def _check(seen: Seen, expectation: Expectation, talk: Talk) -> Checked:
    """One check, its verdict turned round where it stands under `not`."""
    check = CHECKS[expectation.check]
    made = Checked(
        check=check.name, group=check.group, passed=False, negated=expectation.negated, always=expectation.always,
        line=expectation.line, argument=_argument(expectation.argument),
    )  # fmt: skip
    try:
        argument = check.read(resolve(expectation.argument, talk.replies))
        if check.inside and seen.answer.inside is None:
            raise ValueError("it can only be seen inside the process that answers")
        verdict = await check.look(seen, argument, negated=expectation.negated)
    except (Dangling, ValueError) as error:
        return made.model_copy(update={"reason": str(error), "got": str(error)})
    good = verdict.passed
    if good is None and verdict.gates:  # nothing to look at
        good = expectation.always
    update: dict[str, Any] = {"passed": good, "gates": verdict.gates, "reason": "" if good else verdict.reason}
    update |= {"expected": verdict.expected, "got": verdict.got, "evidence": list(verdict.evidence)}
    return made.model_copy(update=update)


def _unseen(expectation: Expectation) -> Checked:
    why = "there is no answer to look at"
    return Checked(
        check=expectation.check, group=CHECKS[expectation.check].group, passed=False, negated=expectation.negated,
        line=expectation.line, argument=_argument(expectation.argument), reason=why, got=why,
    )  # fmt: skip


def _argument(raw: Any) -> str:
    import json

    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False, default=str)


def _told(seen: Seen, turn: TurnToPlay) -> TurnPlayed:
    """The turn as reports show it."""
    told = TurnPlayed(number=turn.number, line=turn.line, who=seen.who, said=seen.said, ms=round(seen.answer.ms, 1))
    if (problem := seen.answer.problem) is not None:
        told.problem = f"{problem.status} {problem.title}: {problem.detail}"
    if (reply := seen.answer.reply) is None:
        return told
    told.kind, told.text = reply.decision.kind, reply.text
    told.items = [Card(id=i.id, title=i.title, reason=i.reason) for i in reply.items]
    told.near = [Card(id=n.item.id, title=n.item.title, reason=", ".join(n.breaks)) for n in reply.near]
    told.wishes = [wish_text(w) for w in reply.wishes]
    told.chips = [c.label for c in reply.chips]
    told.steps, told.calls = dict(reply.steps), reply.llm.calls
    told.falls = [f"{f.step} {f.rung}->{f.to} ({f.why})" for f in reply.falls]
    told.tokens = reply.llm.tokens_in + reply.llm.tokens_out
    return told


def worst(runs: Sequence[Played]) -> Played:
    """Several runs of one dialogue as one: the turns of the first that failed, and how many passed."""
    good = sum(r.status == "passed" for r in runs)
    shown = next((r for r in runs if r.status == "failed"), runs[0])
    return shown.model_copy(update={"runs": len(runs), "good": good})
