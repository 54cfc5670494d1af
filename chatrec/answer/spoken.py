"""What of a model's words may reach a person: sentence by sentence, each checked against the records it speaks of.

Knows: the ground (injected), trust in words. A sentence that fails is dropped and noted; nothing is repaired.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from chatrec.answer.ground import clean, split_sentences
from chatrec.language.normal import normal
from chatrec.language.sentences import ended
from chatrec.vocabulary import Item, Meter, Turn, join_sentences

# What the person asked for is told by the app's own sentences, from the ledger: "the France one you asked for" may be made of
# words of theirs that said something else.
_RETELLS = re.compile(
    r"(?i)\byou (?:had |have |just |also )*(?:asked|wanted|wished|requested|mentioned|said|told)\b|你想?要的|你要求|你说过|你提到|如你所愿"
)

SHORTEST_ECHO = 16  # characters of a sentence that is looked for in the prompt; shorter ones anybody may say
_DATA = re.compile(r"<(\w+)>.*?</\1>", re.DOTALL)


def may_speak(ladder: Any, turn: Turn) -> bool:
    """Whether the rung that decided this turn is also trusted with words: then its `say` may be used."""
    return trusted(ladder, turn.meter.steps.get("decide", "none"))


def trusted(ladder: Any, rung: str) -> bool:
    """Whether words may be taken from this rung."""
    return rung != "none" and bool(ladder.trusts("words", rung))


def context(turn: Turn) -> list[str]:
    """What the person has said in this conversation, now and before: words that a model may take up."""
    return [turn.said.text, *(e.said for e in turn.history)]


def checked(
    text: str, items: Sequence[Item], turn: Turn, grounds: Any, meter: Meter, *, about: str, most: int = 2
) -> str:
    """The sentences of a model's text that hold, at most `most`, joined; empty when none does.

    items: the records that the text may speak of. about: names the place in the notes of what was dropped.
    """
    said, kept = "", 0
    told = _instructions(meter)
    for sentence in map(clean, split_sentences(text, turn.language)):
        if kept == most:
            break
        if _RETELLS.search(sentence):
            meter.dropped.append(f"{about}: asked")
            continue
        if len(words := normal(sentence).strip(" .!?。！？")) >= SHORTEST_ECHO and words in told:
            meter.dropped.append(f"{about}: prompt")
            continue
        verdict = grounds.check(sentence, items, context(turn), turn.language)
        if verdict.ok:
            said, kept = join_sentences(said, ended(sentence, turn.language)), kept + 1
        else:
            meter.dropped.append(f"{about}: {verdict.why}")
    return said


def _instructions(meter: Meter) -> str:
    """What the model was told to do in this turn, without what people and records say: no answer repeats that."""
    texts = [content for messages in meter.seen_by_model for _, content in messages]
    return normal(" ".join(_DATA.sub(" ", text) for text in texts))
