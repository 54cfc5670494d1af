"""What a simulated person does next: tells, answers, presses a chip, rejects with a reason, changes their mind, accepts, leaves.

Knows: a person, what they have said so far, what they see of an answer. Does not know: who answers.
What they really said is kept as wishes (`holds`): obedience is judged by it, not by any system's ledger.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatrec.evaluation.people.leaks import leak, secret_words
from chatrec.evaluation.people.person import Person
from chatrec.evaluation.people.speech import Speech
from chatrec.evaluation.people.system import Answered
from chatrec.language.normal import normal
from chatrec.vocabulary import Catalog, Chip, Facet, Item, Op, Wish

PRESSES = 0.4  # a chip rather than words, where one says it
GIVES_A_REASON = 0.7  # when what is shown is not wanted; else just "something else"
SAYS_SEEN, NAMES_A_LIKING = 0.3, 0.15
ALIKE = 0.6  # of the shown items have a value: then it is what they are like
_CUES = {  # what a question is about where neither chips nor the facet's own words tell
    "price": r"spend|budget|cheap|预算|价位|多少钱",
    "year": r"recent|older|new|decade|era|年代|新一点|老片|偏新",
    "duration": r"how long|short|length|多长|时长|长一点",
    "kind": r"kind|sort|genre|mood|type|类型|哪一类|哪种",
    "person": r"actor|actress|director|starring|演员|导演",
    "language": r"language|语言",
    "place": r"country|where|哪里|国家|地区",
}


@dataclass(frozen=True)
class Stated:
    """What the words of a move say, as code decided it: whoever words it otherwise has to say this and no more."""

    wishes: tuple[Wish, ...] = ()
    steered: tuple[tuple[str, str], ...] = ()  # (facet, `more` or `less`): "something newer", no amount named
    dropped: str | None = None  # a facet
    seen: int | None = None  # a place among what was shown, from 0
    liked: Item | None = None


@dataclass(frozen=True)
class Move:
    """What a person does in one turn: words or a chip."""

    text: str = ""
    chip: Chip | None = None
    what: str = ""  # opening tell answer drop reject seen dont_mind just_show something_else
    stated: Stated = Stated()
    worded: str = ""  # with a model at hand: `model`, or why its words were not taken and code's stand


class Playing:
    """One person in one conversation."""

    def __init__(self, person: Person, catalog: Catalog) -> None:
        self.person, self._catalog = person, catalog
        self._rng = random.Random(person.seed)
        self.secrets = secret_words(person.wanted, catalog)
        self._speech = Speech(catalog, person.language, self.secrets, random.Random(person.seed + 1))
        self.holds: list[Wish] = []  # what was said and still holds
        self._volunteered = person.those("volunteered")
        self._asked = person.those("asked")
        self._seen: set[str] = set()  # known items that were complained about
        self._turn = 0

    def open(self) -> Move:
        self._turn = 1
        liked = None
        if self.person.liked and self._rng.random() < NAMES_A_LIKING:
            alike = [i for i in self.person.liked if _share_a_kind(i, self.person.wanted, self._catalog)]
            liked = next((i for i in alike if leak(i.title, self.secrets) is None), None)
        first = self._volunteered
        said = self._speech.opening(first, liked)
        if said is None and first:
            first, liked = first[:1], None
            said = self._speech.opening(first)
        if said is None:
            first, liked, said = [], None, self._speech.opening([])
        self._told(first)
        stated = Stated(tuple(first), liked=liked)
        return Move(said or self._speech.plain("something_else"), what="opening", stated=stated)

    def wants(self, answer: Answered) -> int | None:
        """The place of the wanted item among what is shown, from 0; near misses come after the items."""
        ids = [i.id for i in (*answer.items, *answer.near)]
        return ids.index(self.person.wanted.id) if self.person.wanted.id in ids else None

    def react(self, answer: Answered) -> Move:
        """The next move after an answer that did not show what is wanted."""
        self._turn += 1
        if self._turn == self.person.changes_at and (move := self._change_of_mind()):
            return move
        about = asked_about(answer, self._catalog)
        if about is not None and (move := self._answer(about, answer)):
            return move
        if answer.items:
            return self._reject(answer)
        if drop := self._blame(answer):
            return Move(chip=drop, what="drop")
        return self._tell_more() or Move(self._speech.plain("something_else"), what="something_else")

    # ------------------------------------------------------------------ moves

    def _change_of_mind(self) -> Move | None:
        given = [w for w in self.person.those("volunteered") if w in self.holds]
        if not given:
            return None
        wish = self._rng.choice(given)
        if (said := self._speech.dropping(wish)) is None:
            return None
        self.holds = [w for w in self.holds if w.facet != wish.facet]
        return Move(said, what="drop", stated=Stated(dropped=wish.facet))

    def _answer(self, about: Sequence[str], answer: Answered) -> Move | None:
        """To a question about facets (none: an open one). None: the person passes over it, since items are there to judge."""
        told = [w for w in (*self._volunteered, *self._asked) if not about or w.facet in about]
        for wish in told:
            if (chip := self._chip_for(wish, answer.chips)) and self._rng.random() < PRESSES:
                return self._press(wish, chip, "answer")
            if said := self._speech.telling([wish]):
                self._told([wish])
                return Move(said, what="answer", stated=Stated((wish,)))
        if answer.items and self._rng.random() < 0.5:
            return None
        if self._rng.random() < 0.5 and (
            show := next((c for c in answer.chips if c.act and c.act.kind == "just_show"), None)
        ):
            return Move(chip=show, what="just_show")
        return Move(self._speech.plain("dont_mind"), what="dont_mind")

    def _reject(self, answer: Answered) -> Move:
        """ "Too long", "not horror", "seen the second", or a chip that says something they would like to be asked."""
        for wish in (*self._asked, *self._volunteered):
            if (chip := self._chip_for(wish, answer.chips)) and self._rng.random() < PRESSES:
                return self._press(wish, chip, "tell")
        said, what, stated = "", "something_else", Stated()
        known = {i.id for i in self.person.liked} - self._seen
        place = next((n for n, i in enumerate(answer.items[:5]) if i.id in known), None)
        if place is not None and self._rng.random() < SAYS_SEEN and (seen := self._speech.seen(place)):
            self._seen.add(answer.items[place].id)
            said, what, stated = seen, "seen", Stated(seen=place)
        if self._rng.random() < GIVES_A_REASON:
            for reason, words, way in self._reasons(answer.items):
                self._told([reason])
                said, what = _with(said, words, self.person.language), "reject"
                steered = ((str(reason.facet), way),) if way else ()
                stated = replace(stated, wishes=() if way else (reason,), steered=steered)
                break
        if self._volunteered and self._rng.random() < 0.8:
            wish = self._volunteered[0]
            if more := self._speech.telling([wish], more=bool(said)):
                self._told([wish])
                said = _with(said, more, self.person.language)
                what, stated = "reject" if what == "reject" else "tell", replace(stated, wishes=(*stated.wishes, wish))
        if what in ("something_else", "seen"):
            said = _with(said, self._speech.plain("something_else"), self.person.language)
        return Move(said, what=what, stated=stated)

    def _tell_more(self) -> Move | None:
        """Something that was meant to be said anyway; else what was said, once more."""
        for wish in (*self._volunteered, *self._rng.sample(self.holds, len(self.holds))):
            if wish.op not in (">", "<") and (said := self._speech.telling([wish])):
                self._told([wish])
                return Move(said, what="tell", stated=Stated((wish,)))
        return None

    def _blame(self, answer: Answered) -> Chip | None:
        """The chip that drops a wish which the wanted item does not meet, as the person can see."""
        wishes = {w.id: w for w in answer.reply.wishes} if answer.reply else {}
        for chip in answer.chips:
            wish = wishes.get(chip.act.wish_id or "") if chip.act and chip.act.kind == "drop_wish" else None
            if wish is not None and not wish.meets(self.person.wanted):
                return chip
        return None

    # ------------------------------------------------------------------ what can be said

    def _reasons(self, shown: Sequence[Item]) -> list[tuple[Wish, str, str | None]]:
        """What tells the shown items from the wanted one, words for it, and the way of an amount; never about what the person
        keeps to themselves."""
        silent = {w.facet for w in self.person.those("never")} | {w.facet for w in self.holds}
        found: list[tuple[Wish, str, str | None]] = []
        for facet in self._catalog.facets:
            if not facet.filter or not facet.show or facet.role == "person":
                continue
            for wish, way in differences(facet, shown, self.person.wanted):
                if facet.name in silent and facet.type != "category":
                    continue
                if facet.name in {w.facet for w in self.person.those("never")} or wish in self.holds:
                    continue
                words = self._speech.refusing(wish) if way is None else self._speech.steering(facet, way)
                if words:
                    found.append((wish, words, way))
        self._rng.shuffle(found)
        return found

    def _chip_for(self, wish: Wish, chips: Sequence[Chip]) -> Chip | None:
        """A chip about the facet of a wish that is true of what is wanted, and whose label gives nothing away."""
        for chip in chips:
            if (
                chip.act is None
                or chip.act.kind != "set_wish"
                or not chip.act.wish
                or chip.act.wish.get("facet") != wish.facet
            ):
                continue
            meant = _meant(chip)
            if meant is not None and meant.meets(self.person.wanted) and leak(chip.label, self.secrets) is None:
                return chip
        return None

    def _press(self, wish: Wish, chip: Chip, what: str) -> Move:
        self._told([wish])
        if (meant := _meant(chip)) is not None:
            self.holds = [w for w in self.holds if w is not wish]  # what was said is what stands on the chip
            self.holds.append(meant)
        return Move(chip=chip, what=what)

    def _told(self, wishes: Sequence[Wish]) -> None:
        self.holds += [w for w in wishes if w not in self.holds]
        self._volunteered = [w for w in self._volunteered if w not in wishes]
        self._asked = [w for w in self._asked if w not in wishes]


def _meant(chip: Chip) -> Wish | None:
    wish = chip.act.wish if chip.act else None
    return Wish(facet=wish.get("facet"), op=wish["op"], value=wish["value"]) if wish else None


def _with(said: str, more: str, language: str) -> str:
    return more if not said else said + (" " if language == "en" else "") + more


def _share_a_kind(one: Item, other: Item, catalog: Catalog) -> bool:
    facet = catalog.by_role("kind")
    return facet is None or bool(set(one.values(facet.name)) & set(other.values(facet.name)))


def differences(facet: Facet, shown: Sequence[Item], wanted: Item) -> list[tuple[Wish, str | None]]:
    """How the shown items differ from the wanted one on a facet: (what holds of the wanted, `more`, `less` or None: refused)."""
    have, own = [i.values(facet.name) for i in shown if i.values(facet.name)], wanted.values(facet.name)
    if not have or not own or len(have) < len(shown) / 2:
        return []
    if facet.type == "number":
        amounts, mine = [float(v[0]) for v in have], float(own[0])
        margin = 5.0 if facet.role == "year" else 0.1 * abs(mine)
        sides: list[tuple[Op, float, str]] = [(">", max(amounts), "more"), ("<", min(amounts), "less")]
        if facet.role == "rating":  # nobody asks for something worse
            sides = sides[:1]
        return [
            (Wish(facet=facet.name, op=op, value=bound), way)
            for op, bound, way in sides
            if (mine - bound if op == ">" else bound - mine) >= margin
        ]
    if facet.type != "category":
        return []
    counts: dict[str, int] = {}
    for values in have:
        for value in values:
            counts[value] = counts.get(value, 0) + 1
    common = [v for v, n in counts.items() if n >= max(2, ALIKE * len(shown)) and v not in own]
    return [(Wish(facet=facet.name, op="not_in", value=[v]), None) for v in common]


def asked_about(answer: Answered, catalog: Catalog) -> tuple[str, ...] | None:
    """The facets an answer asks about, () for an open question, None where nothing is asked.

    Beside items only a question about a facet is one: "How about these?" wants no answer of its own.
    """
    parts = re.findall(r"[^.!?。！？\n]*[?？]", answer.text)
    if not parts:
        return None
    question = normal(parts[-1])
    open_to = [f for f in catalog.facets if f.filter]
    if named := tuple(f.name for f in open_to if any(_says(question, normal(w)) for w in _names_of(f))):
        return named
    offered = Counter(
        c.act.wish.get("facet") for c in answer.chips if c.act and c.act.kind == "set_wish" and c.act.wish
    )
    if offered and max(offered.values()) > 1:
        return tuple(str(f) for f in offered)
    meant = {role for role, cues in _CUES.items() if re.search(cues, question)}
    if cued := tuple(f.name for f in open_to if f.role in meant):
        return cued
    return None if answer.items else ()


def _names_of(facet: Facet) -> list[str]:
    """What a question calls a facet: its label and words, and of its cues ("starring", "by") those that mean nothing else."""
    words = [*facet.label.values(), *(w for listed in facet.words.values() for w in listed)]
    cues = [c for listed in facet.cues.values() for c in listed if len(c) > (4 if c.isascii() else 1)]
    return [w for w in (*words, *cues) if len(w) > 1]


def _says(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text) is not None if word.isascii() else word in text
