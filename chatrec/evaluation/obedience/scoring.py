"""What came of a dialogue, held against the ledger and against the gold: counts, shares with intervals, kinds of misses.

Knows: the gold of `dialogues`, the outside of a reply. Does not know: engines, readers, models.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from chatrec.evaluation.obedience.dialogues import Held, Said
from chatrec.evaluation.obedience.stock import Stock
from chatrec.language.phrases import wish_text
from chatrec.language.sentences import Sentences
from chatrec.vocabulary import SOFT_OPS, Item, Ledger, Reply, Wish

DRAWS, SEED = 2_000, 20_261_122


@dataclass(frozen=True)
class Outcome:
    """One turn as it went. before: the ledger's wishes before it. spent: ids that may not be offered any more."""

    dialogue: str
    language: str
    number: int
    said: Said
    before: tuple[Wish, ...]
    reply: Reply
    gold_before: tuple[Held, ...] = ()
    spent: frozenset[str] = frozenset()

    @property
    def ledger(self) -> Ledger:
        return Ledger(tuple(self.reply.wishes))


@dataclass(frozen=True)
class Share:
    """good of n, with the 95% interval of the percentile bootstrap over dialogues (Efron 1979); None: nothing to count."""

    good: int
    n: int
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if not self.n or self.low is None or self.high is None:
            return "-"
        return f"{100 * self.good / self.n:.1f}% [{100 * self.low:.1f}, {100 * self.high:.1f}] ({self.good}/{self.n})"


@dataclass
class Tally:
    """good and all by name and dialogue."""

    counts: dict[str, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, name: str, dialogue: str, good: int | bool, n: int = 1) -> None:
        have = self.counts[name].setdefault(dialogue, [0, 0])
        have[0] += int(good)
        have[1] += n

    def share(self, name: str) -> Share:
        rows = np.array(list(self.counts.get(name, {}).values()), dtype=float).reshape(-1, 2)
        good, n = (int(v) for v in rows.sum(0))
        if not n:
            return Share(0, 0)
        drawn = np.random.default_rng(SEED).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), DRAWS) @ rows
        some = drawn[drawn[:, 1] > 0]
        low, high = np.percentile(some[:, 0] / some[:, 1], [2.5, 97.5])
        return Share(good, n, float(low), float(high))

    def names(self, beginning: str = "") -> list[str]:
        return sorted(n for n in self.counts if n.startswith(beginning))


@dataclass(frozen=True)
class Miss:
    """Where the ledger first differs from the gold on a facet. what: missed, not taken back, other value ..."""

    what: str
    kind: str
    language: str
    form: str
    outcome: Outcome
    facet: str


# --------------------------------------------------------------------------- gold against ledger


def rows_of(held: Held, stock: Stock) -> frozenset[int]:
    """The rows that a wish of the gold allows: by any of its forms, where it has several."""
    if not held.wish.hard:
        return stock.meeting(Wish(op="like", value=""))
    return frozenset().union(*(stock.meeting(w) for w in (held.wish, *held.forms)))


def allowed(gold: Iterable[Held], stock: Stock) -> frozenset[int]:
    left = stock.allowed(())
    for held in gold:
        left = left & rows_of(held, stock)
    return left


def by_facet(gold: Sequence[Held], stock: Stock) -> dict[str, frozenset[int]]:
    """Facet -> the rows that its hard wishes allow."""
    hard = [h for h in gold if h.wish.hard and h.wish.op not in SOFT_OPS]
    return {f: allowed([h for h in hard if h.wish.facet == f], stock) for f in {str(h.wish.facet) for h in hard}}


def as_held(wishes: Iterable[Wish]) -> list[Held]:
    return [Held(w, "", "", 0) for w in wishes]


def differing(gold: Sequence[Held], ledger: Sequence[Wish], stock: Stock) -> set[str]:
    """Facets on which the ledger allows other items than the gold, or than one of the forms that are as right."""
    ours, theirs = by_facet(as_held(ledger), stock), by_facet(gold, stock)
    everything = stock.allowed(())
    found = {f for f in {*ours, *theirs} if ours.get(f, everything) != theirs.get(f, everything)}
    for facet in list(found):
        said = [h for h in gold if h.wish.facet == facet and h.wish.hard]
        if len(said) == 1 and any(ours.get(facet) == stock.meeting(w) for w in (said[0].wish, *said[0].forms)):
            found.remove(facet)
    return found


# --------------------------------------------------------------------------- one turn


class Judge:
    """Scores turns over one catalogue."""

    def __init__(self, stock: Stock) -> None:
        self.stock, self._sentences = stock, Sentences.load()
        self.tally = Tally()
        self.misses: list[Miss] = []
        self.breaches: list[str] = []
        self.unanswered: list[Outcome] = []  # items were due, the ledger was right, and there were none
        self._told: dict[
            str, tuple[Wish, ...]
        ] = {}  # dialogue -> the hard wishes of which it was last said that nothing fits
        self._seen: dict[str, set[str]] = {}  # dialogue -> ids on its cards so far, near ones too

    def take(self, o: Outcome) -> None:
        """Count one turn."""
        items = [self.stock.items[self.stock.row[i.id]] for i in o.reply.items if i.id in self.stock.row]
        for strange in (i.id for i in o.reply.items if i.id not in self.stock.row):
            self._breach(o, f"{strange} is no item of the catalogue")
        self._shown(o, items)
        self._due(o, items)
        self._kept(o)
        self._near(o)
        self.misses += self._misses(o)
        if o.reply.decision.kind == "none_fit" and not o.reply.items:
            self._told[o.dialogue] = o.ledger.hard
        self._seen.setdefault(o.dialogue, set()).update(
            [i.id for i in o.reply.items], (n.item.id for n in o.reply.near)
        )

    def _shown(self, o: Outcome, items: Sequence[Item]) -> None:
        count, hard = self.tally.add, [h for h in o.said.gold if h.wish.hard]
        for item in items:
            ours = o.ledger.allows(item)
            if not ours:
                self._breach(o, f"{item.id} breaks the ledger")
            count("items not shown before", o.dialogue, item.id not in o.spent)
            count("items that meet our ledger", o.dialogue, ours)
            row = self.stock.row[item.id]
            met = [row in rows_of(h, self.stock) for h in hard]
            count("items that meet the gold", o.dialogue, all(met))
            count(f"language/{o.language}", o.dialogue, all(met))
            for h, good in zip(hard, met, strict=True):
                count(f"kind/{_kind(h, self.stock)}/{o.language}", o.dialogue, good)

    def _due(self, o: Outcome, items: Sequence[Item]) -> None:
        """Turns in which items are due: whether there were some, and all of them right."""
        if not o.said.asks or o.reply.decision.kind in o.said.instead:
            return
        fits = allowed(o.said.gold, self.stock)
        fresh = [r for r in fits if self.stock.items[r].id not in o.spent]
        right = bool(items) and all(self.stock.row[i.id] in fits for i in items)
        if fresh:
            self.tally.add("turns obeyed", o.dialogue, right)
            self.tally.add(f"move/{o.said.does}/{o.language}", o.dialogue, right)
            self.tally.add("turns answered with items", o.dialogue, bool(items))
            if not items and not differing(o.said.gold, o.ledger.hard, self.stock):
                self.unanswered.append(o)
            known = o.spent
            best = [r for r in range(len(self.stock.items)) if self.stock.items[r].id not in known][:5]
            self.tally.add("by chance: items the best known", o.dialogue, sum(r in fits for r in best), len(best))
        if not fits:
            told = not items and o.reply.decision.kind == "none_fit"
            self.tally.add("nothing fits the gold: said so", o.dialogue, told)
            if not differing(o.said.gold, o.ledger.hard, self.stock) and not self._asks_a_fact(o):
                why = "items or another answer" if not told else self.cause(o)
                self.tally.add("nothing fits, ledger right: said so and named the cause", o.dialogue, not why)
                if why:
                    self._breach(o, f"nothing fits: {why}")
        elif o.reply.decision.kind == "none_fit" and o.reply.near and self.stock.allowed(o.ledger.hard):
            self._breach(o, "says that nothing fits, but something does")

    def _asks_a_fact(self, o: Outcome) -> bool:
        """Whether a turn was answered by a fact of one item, and rightly: somebody who was told that nothing fits and then asks what
        this one costs is told what it costs, not again that nothing fits.

        Strict: the wishes are those of which it was said, and the answer is about an item that the message names or that stood on a
        card before. A corpus labels "is it rated 4.5 or more?" as one more wish; the ledger that does not change is right then.
        """
        if o.reply.decision.kind != "lookup" or self._told.get(o.dialogue) != o.ledger.hard:
            return False
        text, seen = o.said.text.casefold(), self._seen.get(o.dialogue, set())
        about = [i for i in self.stock.items if any(t in o.reply.text for t in (i.title, *i.titles.values()))]
        return any(i.id in seen or any(t.casefold() in text for t in (i.title, *i.titles.values())) for i in about)

    def cause(self, o: Outcome) -> str:
        """What is wrong with how an answer names the wish that leaves nothing; empty when it is right."""
        hard = o.ledger.hard
        left = {w.id: len(self.stock.allowed(v for v in hard if v.id != w.id)) for w in hard}
        language = o.reply.language
        named = {wish_text(w, self.stock.catalog, language).casefold(): w for w in hard}
        for key in ("none_fit.wish", "none_fit.only", "none_fit.together"):
            for pattern in self._patterns(key, language):
                if not (match := re.search(pattern, o.reply.text, re.IGNORECASE)):
                    continue
                if key == "none_fit.together":
                    return "a single wish would do" if any(left.values()) else ""
                wish = named.get(match["wish"].casefold())
                if wish is None:
                    return f"names {match['wish']!r}, which is no wish"
                return "" if left[wish.id] else f"without {match['wish']!r} still nothing is left"
        return "names no wish"

    def _patterns(self, key: str, language: str) -> list[str]:
        """The variants of a sentence as patterns, with `wish` as a group."""
        holes = {"wishes": "@@ALL@@", "wish": "@@ONE@@", "things": "@@ALL@@"}
        said = {self._sentences.say(key, language, str(seed), **holes) for seed in range(64)}
        return [re.escape(s).replace("@@ALL@@", ".+?").replace("@@ONE@@", "(?P<wish>.+?)") for s in sorted(said)]

    def _kept(self, o: Outcome) -> None:
        """Hard wishes that were there before: each still holds, as strictly, or the person spoke of its facet."""
        for old in Ledger(o.before).hard:
            if old.facet in o.said.touched:
                continue
            now = self.stock.allowed(w for w in o.ledger.hard if w.facet == old.facet)
            kept = now <= self.stock.meeting(old)
            self.tally.add("wishes kept that nobody spoke of", o.dialogue, kept)

    def _near(self, o: Outcome) -> None:
        """What is shown as near says what it breaks, all of it."""
        for near in o.reply.near:
            item = self.stock.items[self.stock.row[near.item.id]]
            broken = [w for w in o.ledger.hard if not w.meets(item)]
            good = {w.id for w in broken} == set(near.breaks) and bool(broken)
            text = near.item.reason.casefold()
            good &= all(wish_text(w, self.stock.catalog, o.reply.language).casefold() in text for w in broken)
            self.tally.add("near items that say what they break", o.dialogue, good)
            if not good:
                self._breach(o, f"near {near.item.id} does not say what it breaks")

    def _breach(self, o: Outcome, what: str) -> None:
        wishes = ", ".join(f"{w.facet} {w.op} {w.value}" for w in o.ledger.hard)
        self.breaches.append(f"{o.dialogue}, turn {o.number}: {o.said.text!r} [{wishes}]: {what}")

    # ------------------------------------------------------------------ misses

    def _misses(self, o: Outcome) -> Iterable[Miss]:
        """Facets that were right before this turn, or new in it, and are not right after it."""
        before = differing(o.gold_before, Ledger(o.before).hard, self.stock)
        for facet in sorted(differing(o.said.gold, o.ledger.hard, self.stock) - before):
            gold = [h for h in o.said.gold if h.wish.facet == facet]
            ours = [w for w in o.ledger.hard if w.facet == facet]
            new = next((h for h in gold if h.turn == o.number), None)
            kind = new.kind if new else o.said.does
            yield Miss(_what(o, facet, gold, ours), kind, o.language, new.form if new else o.said.form, o, facet)


def _what(o: Outcome, facet: str, gold: Sequence[Held], ours: Sequence[Wish]) -> str:
    hard = [h for h in gold if h.wish.hard]
    if not hard:
        if facet in o.said.touched:
            return "taken as hard" if gold else "not taken back"
        return "made up"
    if not ours:
        soft = any(w.facet == facet for w in o.reply.wishes)
        lost = any(w.facet == facet for w in o.before) and facet not in o.said.touched
        return "lost" if lost else "taken as soft" if soft else "missed"
    if facet not in o.said.touched:
        return "changed though not spoken of"
    ops = {h.wish.op for h in hard}, {w.op for w in ours}
    if ops[0] == ops[1] and len(hard) == len(ours):
        return "another value"
    if len(ours) > len(hard):
        return "an older one kept, or one too many"
    return "one of them missed" if len(ours) < len(hard) else "another operator"


def _kind(held: Held, stock: Stock) -> str:
    facet = stock.catalog.facet(held.wish.facet)
    return f"{held.kind}, {facet.role or facet.type}" if facet else held.kind


def classes(misses: Iterable[Miss]) -> list[tuple[tuple[str, str, str], list[Miss]]]:
    """(what, kind of wish or move, language) -> its misses, the most frequent first."""
    groups: dict[tuple[str, str, str], list[Miss]] = defaultdict(list)
    for m in misses:
        groups[m.what, m.kind, m.language].append(m)
    return sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))


def told(groups: Sequence[tuple[tuple[str, str, str], list[Miss]]], most: int, examples: int = 3) -> str:
    """The most frequent classes in words, with the phrases that are missed most and some examples."""
    lines = []
    for (what, kind, language), misses in groups[:most]:
        lines.append(f"{len(misses):5}  {what}: {kind} ({language})")
        forms = Counter(m.form for m in misses).most_common(5)
        lines.append("       phrases: " + "; ".join(f"{form or '-'} x{n}" for form, n in forms))
        for m in spread(misses, examples):
            o = m.outcome
            gold = _wishes([h.wish for h in o.said.gold if h.wish.facet == m.facet])
            ours = _wishes([w for w in o.reply.wishes if w.facet == m.facet])
            held = _wishes(o.before)
            lines.append(f"       - {o.said.text!r}  [{m.facet}] gold {gold}, ledger {ours}; before: {held}")
    return "\n".join(lines)


def told_unanswered(outcomes: Sequence[Outcome], most: int, examples: int = 3) -> str:
    """Turns without the items that were due, by move and kind of answer."""
    groups: dict[tuple[str, str, str], list[Outcome]] = defaultdict(list)
    for o in outcomes:
        groups[o.said.does, o.reply.decision.kind, o.language].append(o)
    lines = []
    for (does, kind, language), some in sorted(groups.items(), key=lambda g: -len(g[1]))[:most]:
        lines.append(f"{len(some):5}  no items though the ledger is right: {does} ({language}) answered by {kind}")
        lines += [f"       - {o.said.text!r}; held: {_wishes(o.reply.wishes)}" for o in some[:examples]]
    return "\n".join(lines)


def spread(misses: Sequence[Miss], most: int) -> list[Miss]:
    """A few of them, one a phrase first."""
    first: Mapping[str, Miss] = {m.form: m for m in reversed(misses)}
    kept = [*first.values(), *(m for m in misses if m not in first.values())]
    return kept[:most]


def _wishes(wishes: Iterable[Wish]) -> str:
    said = [f"{w.facet or ''} {w.op} {w.value}{'' if w.hard else ' (soft)'}".strip() for w in wishes]
    return "; ".join(said) or "nothing"
