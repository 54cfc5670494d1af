"""What a turn, or a request without chat, asks the sources for: wishes, words and history made into one Query.

Knows: which words are searched by, and how much an event of the past weighs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chatrec.language.topic import topic
from chatrec.recommend.shelf import Shelf
from chatrec.recommend.source import Query
from chatrec.vocabulary import SOFT_OPS, Catalog, Decision, Ledger, Profile, Turn, Wish, weigh_events

PHRASES = 4  # the latest words a search goes by
LIKED, LISTED = 1.0, 0.7  # weight of what matters for this query, and of the other likes
OWNED, SEEN = 0.7, 0.5  # of what somebody says they own, or have seen: it was chosen once
MESSAGES = 3  # a dialogue's latest user messages that are searched by


def items_in(ledger: Ledger, op: str, shelf: Shelf) -> tuple[str, ...]:
    """The ids of items that `like` or `not_like` wishes name."""
    return tuple(str(w.value) for w in ledger.wishes if w.op == op and str(w.value) in shelf.row)


def phrases_in(ledger: Ledger, op: str, shelf: Shelf) -> tuple[str, ...]:
    """The free words of `like` or `not_like` wishes, the latest last."""
    return tuple(str(w.value) for w in ledger.wishes if w.op == op and str(w.value) not in shelf.row)


def said_words(ledger: Ledger, shelf: Shelf) -> tuple[str, ...]:
    """The person's own words about what they like, as they wrote them: what `like_text` evidence may quote."""
    spoken = (w.words or str(w.value) for w in ledger.wishes if w.op == "like" and str(w.value) not in shelf.row)
    return tuple(s for s in spoken if s)


def query_of(shelf: Shelf, ledger: Ledger, profile: Profile | None, decision: Decision | None, limit: int) -> Query:
    """The query of a chat turn. The words: the ledger's `like` texts (the reader puts there what goes beyond the facets) and the
    decision's query. Never the message itself: its "forget the year" would find things named Year."""
    phrases = [*phrases_in(ledger, "like", shelf), decision.query if decision else ""]
    text = _joined(phrases, shelf.catalog)
    return Query(
        text=text,
        against=_joined(phrases_in(ledger, "not_like", shelf), shelf.catalog),
        named=items_in(ledger, "like", shelf),
        unlike=items_in(ledger, "not_like", shelf),
        history=history_of(profile, shelf.top_rating) if profile else (),
        wishes=_facet_wishes(ledger),
        limit=limit,
    )


def history_of(profile: Profile, top: float = 0.0) -> tuple[tuple[str, float], ...]:
    """What matters of a person's own events: what recall found relevant first, then the other likes and dislikes, what they own
    or have seen, and what an imported log tells. top: of the log's scale of ratings, where it is known."""
    weights: dict[str, float] = {item.id: LIKED for item in profile.relevant}
    weights.update({item.id: -LIKED for item in profile.averse if item.id not in weights})
    for liked, disliked in _zipped(profile.likes, profile.dislikes):
        if liked is not None:
            weights.setdefault(liked, LISTED)
        if disliked is not None:
            weights.setdefault(disliked, -LISTED)
    past = dict(weigh_events(profile.past, top))
    for ids, weight in ((profile.owned, OWNED), (profile.seen, SEEN)):
        for item_id in ids:
            weights.setdefault(item_id, past.get(item_id, weight))  # a rating says more than that it was seen
    for item_id, weight in past.items():
        weights.setdefault(item_id, weight)
    return tuple(weights.items())


def words_from(text: str, messages: Sequence[Mapping[str, Any]], wishes: Sequence[Wish], shelf: Shelf) -> str:
    """The words of a request without chat: its `like` texts; where there are none, what is left of its text and of the
    latest that the user said."""
    phrases = phrases_in(Ledger(tuple(wishes)), "like", shelf)
    if not phrases:
        spans = [w.words for w in wishes]
        said = [str(m.get("content") or "") for m in messages if m.get("role") == "user"][-MESSAGES:]
        phrases = tuple(topic(s, shelf.catalog, spans) for s in [*said, text])
    return _joined(phrases, shelf.catalog)


def said_in(turn: Turn) -> str:
    """All that the person said in this conversation, in their own words."""
    return "\n".join(dict.fromkeys(s for s in (*(e.said for e in turn.history), turn.said.text) if s))


def said_by(text: str, messages: Sequence[Mapping[str, Any]]) -> str:
    """All that was said in a request without chat, whoever said it."""
    return "\n".join(dict.fromkeys(s for s in (*(str(m.get("content") or "") for m in messages), text) if s))


def _facet_wishes(ledger: Ledger) -> tuple[Wish, ...]:
    return tuple(w for w in ledger.wishes if not w.hard and w.op not in SOFT_OPS)


def _joined(phrases: Sequence[str], catalog: Catalog) -> str:
    """The latest phrases as one text, each once; a phrase of small words only stays as it is."""
    kept: dict[str, None] = {}
    for phrase in phrases:
        if phrase.strip():
            words = topic(phrase, catalog) or phrase.strip()
            kept.pop(words, None)
            kept[words] = None
    return " ".join(list(kept)[-PHRASES:])


def _zipped(a: Sequence[str], b: Sequence[str]) -> Iterable[tuple[str | None, str | None]]:
    for n in range(max(len(a), len(b))):
        yield (a[n] if n < len(a) else None, b[n] if n < len(b) else None)
