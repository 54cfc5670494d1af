"""Whether what an answer claims holds by the records: the dialogue tests' check `grounded`, put to simulated conversations.

Knows: how a turn of a simulated person looks to that check. Does not know: what a claim is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatrec.evaluation.dialogues.checks.truth import grounded
from chatrec.evaluation.dialogues.seen import Answer, Seen, Verdict
from chatrec.evaluation.people.play import Judge, Met
from chatrec.vocabulary import Catalog, Item


def claims_judge(catalog: Catalog, items: Mapping[str, Item]) -> Judge:
    """(an answer, those before it) -> the first claim that does not hold, or empty. Only ChatRec's own replies have claims to check."""

    def judge(met: Met, before: Sequence[Met]) -> str:
        if met.answer.reply is None:
            return ""
        seen: list[Seen] = []
        replies = [one.answer.reply for one in (*before, met) if one.answer.reply]
        cards = [c for r in replies for c in (*r.items, *(n.item for n in r.near))]
        ids = {c.id for c in cards} | {e.item_id for c in cards for e in c.evidence if e.item_id}
        records = {i: items[i] for i in ids if i in items}
        for n, one in enumerate((*before, met)):
            chip = one.move.chip
            said, act = (chip.label, chip.act) if chip else (one.move.text, None)
            if chip and chip.act is None:
                said = chip.text or chip.label
            seen.append(Seen(n + 1, said, act, "person", Answer(reply=one.answer.reply), catalog, records, tuple(seen)))
        verdict = grounded.run(seen[-1], True)
        return verdict.reason if isinstance(verdict, Verdict) and verdict.passed is False else ""

    return judge
