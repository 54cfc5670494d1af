"""What is noted of a person, told to that person: likes, dislikes, what is known already, tastes, wishes, earlier events.

Knows: the profile and the ledger. Every line comes from them; no model is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chatrec.answer.voice import Voice
from chatrec.language.describe import value_text
from chatrec.language.sentences import joined
from chatrec.vocabulary import Chip, Item, Ledger, Profile

MOST_TITLES, MOST_CHIPS = 5, 3
LISTS = ("likes", "dislikes", "seen", "owned")


def told_ids(profile: Profile) -> list[str]:
    """Ids of the items that will be named."""
    return [i for name in LISTS for i in getattr(profile, name)[:MOST_TITLES]]


def remembered(profile: Profile, ledger: Ledger, items: Mapping[str, Item], voice: Voice) -> list[str]:
    """What is noted, a sentence for each kind; then how to change it."""
    said = [text for name in LISTS if (text := _titles(name, getattr(profile, name), items, voice))]
    for name, sign in (("tastes", 1), ("averse", -1)):
        if leaning := _leaning(profile, sign, voice):
            said.append(voice.say(f"memory.{name}", values=leaning))
    if profile.past:
        said.append(voice.say("memory.past", n=len(profile.past)))
    if wishes := voice.wishes(ledger.wishes):
        said.append(voice.say("noted.now", wishes=wishes))
    if not said:
        return [voice.say("memory.none")]
    return [voice.say("memory.head"), *("\n" + text for text in said), "\n" + voice.say("memory.change")]


def forgetting(profile: Profile, items: Mapping[str, Item], voice: Voice) -> Iterable[Chip]:
    """Chips that have an item forgotten, in the words that are understood."""
    for item_id in [i for i in told_ids(profile) if i in items][:MOST_CHIPS]:
        title = voice.title(items[item_id])
        quoted = title if title.startswith("《") else f'"{title}"'  # a title of ordinary words is one beyond doubt then
        yield Chip(label=voice.say("chip.forget", title=title), text=voice.say("chip.forget", title=quoted))


def _titles(name: str, ids: tuple[str, ...], items: Mapping[str, Item], voice: Voice) -> str:
    known = [items[i] for i in ids[:MOST_TITLES] if i in items]
    if not known:
        return ""
    titles, more = voice.named(known), len(ids) - len(known)
    return voice.say(f"memory.{name}", titles=voice.say("memory.more", titles=titles, n=more) if more else titles)


def _leaning(profile: Profile, sign: int, voice: Voice) -> str:
    found = [
        value_text(facet, t.value, voice.language)
        for t in profile.tastes
        if t.weight * sign > 0 and (facet := voice.catalog.facet(t.facet))
    ]
    return joined(found[:MOST_TITLES], voice.language)
