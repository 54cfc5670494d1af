"""Turns for training and testing a planner, generated from any catalogue's facets: what is said, what is known before it, what is to be planned.

Knows: kinds of turns, how phrases and bits make a message, or which message was written whole. Does not know: how a model is trained.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.evaluation.understanding.labels import Gold
from chatrec.training.bits import Bit, Bits, wish_of
from chatrec.training.ground import TrainingGround
from chatrec.training.hearing import Listener
from chatrec.training.phrases import Bank, Part, Whole
from chatrec.understand.plan import Plan, PlanKind, Planned, line, plan_facets_of, plan_inputs
from chatrec.vocabulary import Catalog, Facet, Language, Ledger, Wish

# How often each kind of message is made.
SHARES: dict[str, float] = {
    "find": 26, "change": 9, "drop": 4, "drop_value": 2.5, "more": 4, "vague": 4, "occasion": 6, "answer": 5, "answer_none": 3,
    "lookup": 5, "lookup_about": 3, "lookup_yes_no": 3.5, "explain": 5, "explain_not": 2.5, "compare": 5.5,
    "note_seen": 3, "note_liked": 3, "note_disliked": 3, "note_find": 2.5, "find_trap": 4,
    "talk_greet": 2, "talk_thanks": 3, "talk_about_bot": 3, "talk_world": 3, "talk_life": 4, "talk_domain": 5, "talk_pause": 2, "talk_feel": 2.5,
    "talk_hostile": 3,
}  # fmt: skip
# Messages written whole, for one catalogue each, and how often each section of them is met: there a wish has no label.
WHOLE_SHARES: dict[str, float] = {
    "find": 15, "find_later": 17, "answer": 12, "lookup": 17, "explain": 7, "compare": 8, "seen": 4, "liked": 5, "disliked": 5,
    "talk": 22, "talk_later": 16,
}  # fmt: skip
WHOLE = 0.8  # of the messages about a catalogue that has such
CERTAIN_PASSED = 0.8  # of messages whose kind code knows for certain: no planner is asked about them
DEAF = 0.2  # how often a prompt tells nothing of what code heard
NOT_PLANNED, ONLY_UNPLANNED = 0.3, 0.25  # requests with words that no facet has; of these, how many have no other wish
TRIES = 20
_FIRST = (
    "find",
    "vague",
    "occasion",
    "talk_greet",
    "talk_life",
    "talk_world",
    "talk_about_bot",
    "talk_domain",
    "talk_hostile",
    "find_trap",
    "explain_not",
    "lookup_about",
)
_LEADS = ("talk_greet", "talk_greet", "talk_feel", "talk_life")
_KIND: dict[str, PlanKind] = {
    "lookup": "lookup",
    "explain": "explain",
    "compare": "compare",
    "talk": "talk",
    "note_seen": "seen",
    "note_liked": "liked",
    "note_disliked": "disliked",
}
_REFS = {
    "en": ("it", "that one", "the first one", "the second one", "the third", "the last one", "number 2", "no. 4", "the first", "this one", "the one at the top", "the fourth", "your second pick", "the last of these"),
    "zh": ("它", "这个", "那个", "第一个", "第二个", "第三个", "最后一个", "2号", "第四个", "刚才那个", "头一个", "前面那个", "第3个", "最后那个"),
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """One generated turn. inputs: of prompts/plan.md. answer: the line that is to be written. golds: the wishes of the message where each is sure.

    section: which kind of message it is. drops: facets taken back. only_kind: nothing but the kind is known of the message.
    """

    catalog: str
    language: str
    section: str
    message: str
    inputs: dict[str, Any]
    answer: str
    kind: PlanKind
    golds: tuple[Gold, ...]
    sure: bool
    drops: tuple[str, ...]
    ledger: tuple[Wish, ...]
    only_kind: bool = False


class Generator:
    """Makes examples over one ground. listener: tells in the prompt what code hears; without one a prompt tells nothing of it."""

    def __init__(
        self,
        ground: TrainingGround,
        language: Language,
        part: Part,
        rng: random.Random,
        *,
        catalog: Catalog | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._catalog = catalog or ground.catalog
        self._rng, self._language = rng, language
        self._bank = Bank(language, part)
        self._whole = Whole(ground.name, language, part, ground.messages)
        self._bits = Bits(ground, self._bank, rng, plan_facets_of(self._catalog))
        here = {f.name for f in self._catalog.facets}
        gone = [f for f in plan_facets_of(ground.catalog) if f.name not in here]
        self._strange = Bits(ground, self._bank, rng, gone) if gone else None
        self._ground, self._listener = ground, listener

    def example(self, section: str | None = None) -> Example:
        rng = self._rng
        if section is None and self._whole and rng.random() < WHOLE:
            here = {name: share for name, share in WHOLE_SHARES.items() if name in self._whole}
            section = rng.choices(list(here), list(here.values()))[0]
            make = self._written
        else:
            section = section or rng.choices(list(SHARES), list(SHARES.values()))[0]
            make = self._example
        for _ in range(TRIES):
            if made := make(section):
                return made
        return self.example()  # nothing of this section can be said here

    def _example(self, section: str) -> Example | None:
        rng = self._rng
        first = section in _FIRST and rng.random() < 0.55
        held = [] if first else self._held()
        maker: Callable[[list[Bit]], _Message | None] = getattr(self, f"_{section.split('_')[0]}", self._plain)
        if section in ("drop", "drop_value"):
            held = held or self._held(1)
        message = maker(held) if section in ("find", "change", "drop", "answer") else self._section(section, held)
        if message is None or not message.text.strip():
            return None
        kind = _KIND.get(section) or _KIND.get(section.split("_")[0], "find")
        text = message.text
        if section not in ("talk_greet", "talk_thanks") and rng.random() < 0.09:
            text = self._lead(text)
        text = self._noise(_tidy(text, self._language))
        if not text:
            return None
        ledger = Ledger(tuple(w for b in held if (w := wish_of(b))))
        last = "" if first else self._last(section)
        return self._told(section, kind, message, text, ledger, last)

    def _written(self, section: str) -> Example | None:
        return self.written(section, self._whole.one(section, self._rng))

    def written(self, section: str, text: str) -> Example | None:
        """A message that was written whole, with its items filled in. section: of WHOLE_SHARES. What it wishes is not labelled."""
        rng = self._rng
        text, named = self._referred(text)
        first = rng.random() < {"find": 0.85, "talk": 0.5}.get(section, 0)
        ledger = Ledger(() if first else tuple(w for b in self._held() if (w := wish_of(b))))
        name = section.split("_")[0]
        kind: PlanKind = "find" if name == "answer" else name  # type: ignore[assignment]
        last = "" if first else self._last("note" if name in ("seen", "liked", "disliked") else section)
        return self._told(section, kind, _Message(text, named=named), self._noise(text), ledger, last, whole=True)

    def _told(
        self, section: str, kind: PlanKind, message: _Message, text: str, ledger: Ledger, last: str, whole: bool = False
    ) -> Example | None:
        """The message as the prompt tells it and the line that is to be written: of what is wished, what code did not hear."""
        wishes = [b.planned for b in message.bits]
        drops = [Planned("drop", d) for d in message.drops]
        if self._listener:
            deaf = self._rng.random() < DEAF
            heard = self._listener.hears(text, self._language, ledger.wishes, last, message.named, self._rng, deaf=deaf)
            if heard.certain and self._rng.random() < CERTAIN_PASSED:
                return None
            inputs = heard.inputs
            left = [w for w in wishes if not heard.wish(w)] + [w for w in drops if not heard.drop(w.value)]
        else:
            inputs = plan_inputs(self._catalog, text, ledger=ledger, heard=[], last=last, named=message.named)
            left = wishes + drops
        golds = tuple(b.gold for b in message.bits if b.gold)
        only_kind = whole and kind == "find"
        return Example(
            self._ground.name, self._language, section, text, inputs, line(Plan(kind, tuple(left))), kind, golds,
            len(golds) == len(message.bits) and not only_kind, message.drops, ledger.wishes, only_kind,
        )  # fmt: skip

    def _held(self, least: int = 0) -> list[Bit]:
        many = max(least, self._rng.choices((0, 1, 2, 3), (2, 4, 3, 1))[0])
        return [b for b in self._bits.some(max(many, 1)) if b.gold][:many] if many else []

    def _last(self, section: str) -> str:
        rng = self._rng
        if section.startswith("answer"):
            return rng.choice(("asked", "showed 5, asked", "showed 5, asked", "showed 3, asked"))
        shown = f"showed {rng.choice((5, 5, 5, 5, 3, 1, 2))}"
        if section.split("_")[0] in ("lookup", "explain", "compare", "note", "more") or section == "find_later":
            return rng.choices((shown, f"{shown}, asked", "told", "compared", "explained"), (6, 3, 1, 0.4, 0.4))[0]
        return rng.choices(
            (shown, f"{shown}, asked", "asked", "talked", "told", "noted", "explained"), (5, 3, 1, 1.6, 0.8, 0.8, 0.4)
        )[0]

    # ------------------------------------------------------------------ messages

    def _find(self, held: list[Bit]) -> _Message | None:
        return self._framed("find", self._bits.some(4))

    def _change(self, held: list[Bit]) -> _Message | None:
        return self._framed("change", self._bits.some(2))

    def _unplanned(self) -> list[Bit]:
        """Words that describe what is wanted and are no wish on a facet that the catalogue has: nothing is to be planned for them."""
        rng = self._rng
        if rng.random() >= NOT_PLANNED:
            return []
        if self._strange and self._strange.facets and rng.random() < 0.5:
            made = self._strange.of(rng.choice(self._strange.facets))
            return [made] if made else []
        text = self._bank.one("free", rng)
        return [Bit("", "", text, Planned("", ""))]

    def _framed(self, section: str, bits: list[Bit]) -> _Message | None:
        """A template of this section with the bits, and sometimes with words that no facet has, in its two places."""
        rng = self._rng
        extra = self._unplanned()
        if extra and rng.random() < ONLY_UNPLANNED:
            bits = []
        spoken = rng.sample([*bits, *extra], len(bits) + len(extra))
        if not spoken:
            return None
        before = [b for b in spoken if b.pre]
        lead = before[:1] if before and rng.random() < 0.85 else []
        after = [b for b in spoken if b not in lead]
        needs = {"{pre}": bool(lead), "{post}": bool(after)}
        fits = [
            t
            for t in self._bank[section]
            if all((slot in t) == want or (slot in t and rng.random() < 0.1) for slot, want in needs.items())
        ]
        fits = [t for t in fits if all(slot in t for slot, want in needs.items() if want)]
        if not fits:
            return None
        text = rng.choice(fits)
        said = [b.post or b.pre for b in after]
        text = text.replace("{pre}", lead[0].pre if lead else "").replace("{post}", self._join(said))
        return _Message(self._nouns(text), tuple(bits), named=tuple(b.value for b in bits if b.facet == "like"))

    def _drop(self, held: list[Bit]) -> _Message | None:
        rng = self._rng
        if not held:
            return None
        gone = rng.choice(held)
        facet = self._catalog.facet(gone.facet)
        if facet is None:
            return None
        if rng.random() < 0.35 and gone.value:
            text = self._bank.one("drop_value", rng).replace("{value}", gone.value)
        else:
            text = self._bank.one("drop", rng).replace("{facet}", self._bits.label(facet))
        return _Message(self._nouns(text), drops=(facet.name,))

    def _answer(self, held: list[Bit]) -> _Message | None:
        bits = self._bits.some(1)
        if not bits:
            return None
        said = (
            bits[0].value
            if bits[0].value and not bits[0].planned.refused and self._rng.random() < 0.6
            else bits[0].post or bits[0].pre
        )
        if (
            bits[0].planned.sign in ("<=", ">=", "~", "range")
            or bits[0].planned.soft
            or bits[0].facet == "like"
            or " or " in bits[0].planned.value
        ):
            said = bits[0].post or bits[0].pre
        return _Message(self._nouns(self._bank.one("answer", self._rng).replace("{answer}", said)), tuple(bits))

    def _plain(self, held: list[Bit]) -> _Message | None:
        raise AssertionError("a section without slots goes through _section")

    def _section(self, section: str, held: list[Bit]) -> _Message | None:
        """A template with references, titles, labels and values filled in; none of them is a wish."""
        rng = self._rng
        if section == "drop_value":
            return self._drop(held)
        text, named = self._referred(self._bank.one(section, rng))
        if "{facet}" in text:
            text = text.replace("{facet}", self._bits.label(rng.choice(self._bits.facets)))
        told = [f for f in self._bits.facets if f.type == "category"]
        for slot, facets in (
            ("{value}", [f for f in told if f.role != "person"]),
            ("{name}", [f for f in told if not f.values]),
        ):
            if slot not in text:
                continue
            if not facets:
                return None
            facet = rng.choice(facets)
            text = text.replace(slot, self._bits.said_value(facet)[1])
        if "{more}" in text:
            words = [
                w for f in self._bits.facets for w in (*f.more.get(self._language, []), *f.less.get(self._language, []))
            ]
            if not words:
                return None
            text = text.replace("{more}", rng.choice(words))
        return _Message(self._nouns(text), named=named)

    def _referred(self, text: str) -> tuple[str, tuple[str, ...]]:
        """(the text with its items referred to or named, their titles)."""
        named = []
        for slot in ("{ref}", "{ref2}", "{title}"):
            if slot in text:
                said, title = self._ref() if slot != "{title}" else (title := self._bits.title(), title)
                text = text.replace(slot, said)
                named.append(title)
        return text, tuple(named)

    def _ref(self) -> tuple[str, str]:
        """(how an item is referred to, its title)."""
        title = self._bits.title()
        return (title, title) if self._rng.random() < 0.45 else (self._rng.choice(_REFS[self._language]), title)

    # ------------------------------------------------------------------ wording

    def _nouns(self, text: str) -> str:
        words = self._catalog.noun.get(self._language) or self._catalog.noun["en"]
        one, several = words[0], words[min(1, len(words) - 1)] if self._language == "en" else words[0]
        if len(words) > 2 and self._rng.random() < 0.2:
            one = self._rng.choice(words[2:])
        return text.replace("{nouns}", several).replace("{noun}", one)

    def _join(self, said: Sequence[str]) -> str:
        text = said[0] if said else ""
        for more in said[1:]:
            plain = (", ", " and ") if self._language == "en" else ("，", "，", "、")
            text += (
                self._rng.choice(plain) if self._rng.random() < 0.6 else self._bank.one("joiners", self._rng)
            ) + more
        return text

    def _lead(self, text: str) -> str:
        """A greeting, thanks or a remark before what the message is about."""
        first = self._nouns(self._bank.one(self._rng.choice(_LEADS), self._rng))
        if "{" in first or len(first) + len(text) > 220:
            return text
        end = (
            ""
            if first[-1] in ".!?。！？~～"
            else self._rng.choice((". ", ", ", "! ") if self._language == "en" else ("，", "。", " "))
        )
        return f"{first}{end}{' ' if self._language == 'en' and not end else ''}{text}"

    def _noise(self, text: str) -> str:
        """As it is typed: no capitals, no stop at the end, a slip of the finger, full-width digits."""
        rng = self._rng
        if self._language == "zh":
            if rng.random() < 0.04:
                text = text.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
            return text.rstrip("。") if rng.random() < 0.5 else text
        if rng.random() < 0.35:
            text = text.lower()
        elif rng.random() < 0.5:
            text = text[:1].upper() + text[1:]
        if rng.random() < 0.3:
            text = text.rstrip(".!")
        if rng.random() < 0.07:
            text = _slip(text, rng)
        return text


@dataclass(frozen=True)
class _Message:
    text: str
    bits: tuple[Bit, ...] = ()
    drops: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def _slip(text: str, rng: random.Random) -> str:
    """Two letters swapped, one left out, or one twice, in one of the longer words."""
    words = list(re.finditer(r"[a-z]{5,}", text))
    if not words:
        return text
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if kind == 1 else text[:at] + text[at] + text[at:]


def _tidy(text: str, language: str) -> str:
    """Without what an empty slot leaves behind."""
    text = re.sub(r"\{\w+\}", "", text)
    text = re.sub(r"\s+", " ", text)
    if language == "en":
        text = re.sub(r"\s+([,.!?;:])", r"\1", text)
        text = re.sub(r"([,;:])(?:\s*[,;:.])+", r"\1", text)
        text = re.sub(r"\b([Aa]) (?=[aeiouAEIO])", r"\1n ", text)
        return text.strip(" ,;:-")
    text = re.sub(r"的{2,}", "的", text)
    text = re.sub(r"([，、,；：])(?:\s*[，、,；：。])+", r"\1", text)
    return text.strip(" ，、,；：")


def narrowed(catalog: Catalog, rng: random.Random) -> Catalog:
    """The same catalogue with some of its facets, in another order, and closed vocabularies cut short: no two shops declare the same."""
    facets: list[Facet] = [f for f in catalog.facets if f.filter]
    kept = rng.sample(facets, max(min(4, len(facets)), rng.randint(len(facets) // 2, len(facets))))
    made = []
    for facet in kept:
        if len(facet.values) > 6 and rng.random() < 0.5:
            values = rng.sample(list(facet.values), rng.randint(5, min(len(facet.values), 16)))
            facet = facet.model_copy(update={"values": {v: facet.values[v] for v in values}})
        made.append(facet)
    return catalog.model_copy(update={"facets": tuple(made)})
