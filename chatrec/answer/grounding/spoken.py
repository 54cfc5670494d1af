"""The person's own messages as evidence.

Knows: the same tokens, values and numbers as the rest of grounding. Does not know: sentences of models.
"""

from __future__ import annotations

from collections.abc import Sequence

from chatrec.answer.grounding.records import Spoken
from chatrec.answer.grounding.stems import stems
from chatrec.answer.grounding.terms import LONGEST, Terms
from chatrec.language.numerals import numbers
from chatrec.language.script import has_han
from chatrec.language.tokens import Utterance

_MOST = 40  # messages that are heeded, newest first


def spoken_by(said: Sequence[str], terms: Terms) -> Spoken:
    """Words, numbers and catalogue values of what a person said."""
    utterances = [Utterance.of(text) for text in list(said)[-_MOST:] if text.strip()]
    if not utterances:
        return Spoken()
    tokens = tuple(t.text for u in utterances for t in (*u.tokens,))
    plain = "\n".join(u.plain for u in utterances)
    values: set[tuple[str, str]] = set()
    for i in range(len(tokens)):
        for n in range(1, LONGEST + 1):
            values.update(terms.closed.get(tokens[i : i + n], ()))
    if has_han(plain):
        for word, options in terms.chinese.items():
            if word in plain:
                values.update(options)
    return Spoken(
        text=plain,
        stems=frozenset(s for t in tokens for s in stems(t)),
        tokens=tokens,
        values=frozenset(values),
        numbers=frozenset(v for u in utterances for n in numbers(u.plain) for v in (n.value,)),
    )
