"""Dialogues made from a catalogue's facets, three to six turns long, and the wishes that hold after each: the gold is the maker's own.

Somebody wants one of the catalogue's items without knowing it; what they ask for is drawn from it. They add, change their mind,
take back, ask for others, say that they know one; now and then they want what no item offers, and then give way.
Knows: wanting, saying. Does not know: readers, engines. Pure: the same seed makes the same dialogues.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from chatrec.evaluation.obedience.saying import Saying, Spoken
from chatrec.evaluation.obedience.stock import Stock
from chatrec.evaluation.obedience.wanting import Want, Wanting
from chatrec.vocabulary import Facet, Item, Language, Wish

T = TypeVar("T")

SHORTEST, LONGEST = 3, 6
BEST_KNOWN = 2_000  # items that somebody may have in mind


@dataclass(frozen=True)
class Held:
    """A wish of the gold: what kind it is, how it was said, in which turn (from 0). forms: others that would be as right."""

    wish: Wish
    kind: str
    form: str
    turn: int
    forms: tuple[Wish, ...] = ()


@dataclass(frozen=True)
class Said:
    """One message, and the gold after it. does: open, add, also, replace, drop, drop value, none left, seen, others.

    touched: the facets whose wishes it speaks about. asks: whether items are due. instead: kinds of answers that are as right.
    """

    text: str
    does: str
    gold: tuple[Held, ...]
    touched: frozenset[str] = frozenset()
    asks: bool = True
    form: str = ""
    instead: tuple[str, ...] = ()

    @property
    def wishes(self) -> tuple[Wish, ...]:
        return tuple(h.wish for h in self.gold)


@dataclass(frozen=True)
class Made:
    """A generated dialogue."""

    id: str
    language: Language
    turns: tuple[Said, ...]


class Maker:
    """Makes dialogues over one catalogue."""

    def __init__(self, stock: Stock) -> None:
        self.stock, self.wanting = stock, Wanting(stock)
        self._sayings = {language: Saying(stock.catalog, language) for language in ("en", "zh")}

    def dialogues(self, count: int, seed: int, languages: Sequence[Language] = ("en", "zh")) -> Iterator[Made]:
        for n in range(count):
            rng = random.Random(f"{seed}/{self.stock.catalog.name}/{n}")
            language = languages[n % len(languages)]
            yield self.one(f"{self.stock.catalog.name}-{seed}-{n}", language, rng)

    def one(self, name: str, language: Language, rng: random.Random) -> Made:
        talk = _Talk(self, language, rng)
        return Made(name, language, tuple(talk.turns(rng.randint(SHORTEST, LONGEST))))

    def saying(self, language: str) -> Saying:
        return self._sayings[language]


class _Talk:
    """One dialogue in the making."""

    def __init__(self, maker: Maker, language: Language, rng: random.Random) -> None:
        self._stock, self._wanting, self._say = maker.stock, maker.wanting, maker.saying(language)
        self._rng, self._zh = rng, language == "zh"
        self._tables = self._say.tables
        self._held: list[Held] = []
        self._item = self._target(())
        self._turn = 0

    def turns(self, count: int) -> Iterator[Said]:
        yield self._finish(self._open())
        while self._turn < count - 1:
            self._turn += 1
            stuck = not self._stock.allowed(h.wish for h in self._held)
            yield self._finish(self._give_way() if stuck else self._go_on())

    def _finish(self, said: Said) -> Said:
        """With the small differences of typing: no capital, no full stop."""
        text = said.text
        if self._zh:
            text = text.rstrip("。") if self._rng.random() < 0.7 else text
        else:
            text = text[:1].upper() + text[1:]
            if self._rng.random() < 0.35:
                text = text.rstrip(".")
                if text[1:2].islower() and not text.startswith("I'"):
                    text = text[:1].lower() + text[1:]
        return replace(said, text=text)

    # ------------------------------------------------------------------ moves

    def _open(self) -> Said:
        wants = self._fresh(self._rng.choice((1, 1, 2, 2, 3)), self._item)
        text, forms = self._request(wants)
        self._hold(wants, forms)
        return self._said(text, "open", wants)

    def _go_on(self) -> Said:
        moves = ["add"] * 6 + ["replace"] * 4 + ["drop"] * 3 + ["also"] * 2 + ["none left"] * 3
        moves += ["drop value", "others", "seen"]
        self._rng.shuffle(moves)
        for move in moves:
            if move in ("others", "seen"):
                return self._aside(move)
            made = getattr(self, f"_{move.replace(' ', '_')}")()
            if made is not None:
                return made
        return self._aside("others")

    def _give_way(self) -> Said:
        """After what cannot be had: something is dropped or changed."""
        move = self._rng.choice((self._drop, self._drop, self._replace))
        return move() or self._drop() or self._aside("others")

    def _add(self) -> Said | None:
        wants = self._fresh(1, self._item)
        if not wants:
            return None
        self._hold(wants, forms := [self._say.want(self._rng, wants[0], ("aside", "after"))])
        form = self._rng.choice(self._tables.MORE)
        return self._said(self._fill(form, forms[0]), "add", wants, form)

    def _none_left(self) -> Said | None:
        free = [f for f in self._wanting.facets if f.name not in {h.wish.facet for h in self._held}]
        if not free or (want := self._wanting.impossible(self._rng, [h.wish for h in self._held], free)) is None:
            return None
        self._hold([want], forms := [self._say.want(self._rng, want, ("aside", "after"))])
        form = self._rng.choice(self._tables.MORE)
        return self._said(self._fill(form, forms[0]), "none left", [want], form)

    def _also(self) -> Said | None:
        """Another value of a facet that holds many: both are wanted now."""
        for held in self._shuffled(h for h in self._held if h.wish.op == "contains" and h.wish.hard):
            facet = self._facet(held)
            have = [h.wish.value for h in self._held if h.wish.facet == facet.name]
            if facet.role in ("place", "language") or len(have) > 1:
                continue
            for value in self._shuffled(v for v in self._item.values(facet.name) if v not in have):
                want = Want(facet, "value", (Wish(facet=facet.name, op="contains", value=value),))
                if self._stock.allowed([*(h.wish for h in self._held), *want.wishes]):
                    self._hold([want], forms := [self._say.want(self._rng, want, ("before", "after"))])
                    form = self._rng.choice(self._tables.ALSO)
                    return self._said(self._fill(form, forms[0]), "also", [want], form)
        return None

    def _replace(self) -> Said | None:
        """Another wish on a facet in place of the one that was there."""
        for held in self._shuffled(h for h in self._held if h.wish.op != "not_in" and h.wish.hard):
            facet = self._facet(held)
            if sum(h.wish.facet == facet.name for h in self._held) > 1 or facet.type == "bool":
                continue
            rest = [h.wish for h in self._held if h.wish.facet != facet.name]
            if not self._stock.allowed(rest):
                continue
            item = self._target(rest)
            kind = "value" if facet.type == "category" else self._rng.choice(("bound", "range", "exact"))
            want = self._wanting.draw(self._rng, facet, item, kind)
            if want is None or want.wishes[0].value == held.wish.value or _beside(held.wish, want.wishes[0]):
                continue
            self._item = item
            self._held = [h for h in self._held if h.wish.facet != facet.name]
            self._hold([want], forms := [self._say.want(self._rng, want, ("before", "after"))])
            form = self._rng.choice(self._tables.INSTEAD)
            return self._said(self._fill(form, forms[0]), "replace", [want], form)
        return None

    def _drop_value(self) -> Said | None:
        """One value is taken back by its name, which may have been wanted or refused."""
        for held in self._shuffled(h for h in self._held if h.wish.op in ("contains", "=", "not_in") and h.wish.hard):
            facet = self._facet(held)
            if facet.type != "category" or sum(h.wish.facet == facet.name for h in self._held) > 1:
                continue
            self._held = [h for h in self._held if h is not held]
            want = Want(facet, "refusal" if held.wish.op == "not_in" else "value", (held.wish,))
            text, form = self._say.unsaid(self._rng, want)
            return self._said(text, "drop value", [want], form)
        return None

    def _drop(self) -> Said | None:
        for held in self._shuffled(self._held):
            facet = self._facet(held)
            if facet.type == "bool":
                continue
            self._held = [h for h in self._held if h.wish.facet != facet.name]
            name, form = self._say.facet_name(self._rng, facet), self._rng.choice(self._tables.FORGET)
            return self._said(form.format(f=name), "drop", [Want(facet, "drop", ())], form)
        return None

    def _aside(self, does: str) -> Said:
        """What leaves the wishes as they are: others are asked for, or one is known."""
        forms = self._tables.OTHERS if does == "others" else self._tables.SEEN
        form = self._rng.choice(forms)
        nth = self._rng.randrange(3)
        text = form.format(nth=self._tables.NTH[nth], n=self._tables.NTH[nth] if self._zh else nth + 1)
        return self._said(text, does, [], form, asks=does == "others")

    # ------------------------------------------------------------------ words

    def _request(self, wants: Sequence[Want]) -> tuple[str, list[Spoken]]:
        """A first message: a noun with what is wanted before and after it, and the rest as asides."""
        rng, say = self._rng, self._say
        before: list[str] = []
        after: list[str] = []
        asides: list[str] = []
        spoken: list[Spoken] = []
        for want in wants:
            places = ["aside", "after", *(["before"] if not before else [])] if not self._zh else ["before", "aside"]
            one = say.want(rng, want, places)
            spoken.append(one)
            {"before": before, "after": after}.get(one.place, asides).append(one.text)
        if self._zh:
            return self._zh_request(before, asides), spoken
        noun = " ".join([*before, "{}", *after])
        np, a_np = noun.format(say.nouns), noun.format(say.noun)
        if not before and not after:
            opening = ""
        else:
            opening = rng.choice(self._tables.OPENINGS).format(np=np, a_np=_with_article(a_np))
            opening = opening[:1].upper() + opening[1:]
        joined = rng.choice((", ", "; ", " and ", ". "))
        tail = joined.join([*(a.removesuffix(", please") for a in asides[:-1]), *asides[-1:]])
        if not opening:
            return f"{tail}.", spoken
        glue = "" if opening[-1] in ".?" else "."
        return f"{opening}{glue} {tail[:1].upper() + tail[1:]}." if tail else opening, spoken

    def _zh_request(self, before: Sequence[str], asides: Sequence[str]) -> str:
        say = self._say
        last = before[-1] if before else ""
        noun = "" if last and last[-1] in {n[-1] for n in say.catalog.noun.get("zh", ["东西"])} else say.noun
        np = "".join(before) + noun
        openings = [o for o in self._tables.OPENINGS if not (np.startswith("不到") and "找{" in o)]  # 找不到
        opening = self._rng.choice(openings).format(np=np, m=say.catalog.measure.get("zh", "个"))
        return "，".join([opening.rstrip("？") if asides else opening, *asides])

    def _fill(self, form: str, spoken: Spoken) -> str:
        x = spoken.text if self._zh or spoken.place == "aside" else spoken.alone
        text = form.format(x=x)
        return (
            text.replace("..", ".").replace(", please, please", ", please").replace("要要", "要").replace("是是", "是")
        )

    # ------------------------------------------------------------------ what is held

    def _fresh(self, count: int, item: Item) -> list[Want]:
        """Wants on facets without one, that the item meets."""
        taken = {h.wish.facet for h in self._held}
        found: list[Want] = []
        for facet in self._shuffled(f for f in self._wanting.facets if f.name not in taken):
            if len(found) == count:
                break
            if facet.show is False and self._rng.random() < 0.6:
                continue
            if (want := self._wanting.draw(self._rng, facet, item)) is not None:
                found.append(want)
        return found

    def _hold(self, wants: Sequence[Want], forms: Sequence[Spoken]) -> None:
        for want, spoken in zip(wants, forms, strict=True):
            for wish in want.wishes:
                said = wish.model_copy(update={"words": spoken.text})
                wider = _wider(said, spoken, self._zh)
                either = (said,) if wider != said else ()
                self._held.append(Held(wider, want.kind, spoken.form, self._turn, either))

    def _target(self, wishes: Sequence[Wish]) -> Item:
        rows = sorted(self._stock.allowed(wishes))[:BEST_KNOWN]
        return self._stock.items[self._rng.choice(rows)]

    def _facet(self, held: Held) -> Facet:
        return next(f for f in self._wanting.facets if f.name == held.wish.facet)

    def _said(self, text: str, does: str, wants: Sequence[Want], form: str = "", asks: bool = True) -> Said:
        touched = frozenset(w.facet.name for w in wants)
        return Said(text, does, tuple(self._held), touched, asks, form)

    def _shuffled(self, things: Iterable[T]) -> list[T]:
        found = list(things)
        self._rng.shuffle(found)
        return found


def _beside(old: Wish, new: Wish) -> bool:
    """Whether the newer of two amounts would stand beside the older: opposite bounds that hold together."""
    ups, downs = (">", ">="), ("<", "<=")
    return (old.op in ups and new.op in downs and old.value <= new.value) or (
        old.op in downs and new.op in ups and new.value <= old.value
    )


def _wider(wish: Wish, spoken: Spoken, zh: bool) -> Wish:
    """Where usage is loose, the wider bound is what was certainly said: 2000年以后, and phrases that stand in for another bound."""
    if zh and wish.op in (">", "<") and _loose(spoken.form):
        return wish.model_copy(update={"op": f"{wish.op}="})
    return wish


def _loose(form: str) -> bool:
    strict = ("超过", "高于", "大于", "多于", "比{a}贵", "低于", "不到", "少于", "小于", "比{a}")
    loose = ("以上", "以下", "不超过", "至少", "起码", "不低于", "不能")
    return not any(s in form for s in strict) or any(s in form for s in loose)


def _with_article(noun_phrase: str) -> str:
    return f"{'an' if noun_phrase[:1].lower() in 'aeiou' else 'a'} {noun_phrase}"
