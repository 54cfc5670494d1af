"""A planner's line against what the person said and what is known: a decision, of which nothing is taken on trust.

Knows: when the planner's kind stands, how its wishes become proposals (understand.proposed checks them). What code heard stays, but where the
planner is sure that it was only told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from chatrec.language.common import STOPWORDS_EN, STOPWORDS_ZH
from chatrec.language.normal import normal
from chatrec.language.numerals import numbers
from chatrec.language.tokens import Utterance
from chatrec.language.years import spans
from chatrec.understand.likes import polarity
from chatrec.understand.plan import FEEDBACK_OF, KIND_OF, Plan, Planned, parse
from chatrec.understand.proposed import Refused, contradicts, proposed, span_said, takes_back
from chatrec.understand.rules import NEEDS_ITEMS_OF
from chatrec.understand.titles import by_words
from chatrec.vocabulary import Catalog, Decision, Facet, Feedback, FeedbackKind, Heard, Item, Kind, Said, Turn, Wish

ABOUT, ABOUT_YEARS = 0.1, 2  # "around 100" is a tenth to both sides, around a year two years; both soft
SURE = 0.8  # so probable must a kind be where code heard another: talk or a remark where it heard a wish, a request where it heard a question ...
LIKELY = 0.6  # so probable must a question be where code heard a request, and any kind where code heard a remark
SURE_OF_WISH = 0.5  # what is less probable is no wish, and takes none back
UNTOLD = 0.5  # where a server tells no probabilities
MOST_MEANT = 5  # of the items shown last, how many "how do they differ?" is about
_BROKEN = re.compile(r"[.,;:!?()，。；：！？、（）\"《》\n]")


def _dates(planned: Planned) -> tuple[str, Any]:
    """Op and ISO dates as they were written. Raises Refused."""
    if planned.sign == "~":
        raise Refused("about a date")
    if planned.sign == "range":
        return "between", [part.strip() for part in planned.value.split("..")]
    return planned.sign or "=", planned.value


def _asks(heard: Heard) -> bool:
    """Whether code is sure that items are wanted. Free words alone are no proof: they may be what somebody talks about."""
    return bool(
        heard.again
        or heard.show_again
        or heard.just_show
        or heard.count
        or heard.drops
        or heard.released
        or any(w.facet for w in heard.wishes)
    )


class PlanReading:
    """One line of a planner. used: whether anything of it stands."""

    def __init__(self, catalog: Catalog, lexicon: Any, said: Said, heard: Heard, turn: Turn) -> None:
        self._catalog, self._lexicon, self._said = catalog, lexicon, said
        self._heard, self._turn = heard, turn
        self.used = False
        self._sure: Sequence[float] = ()

    def read(self, text: str, own: Decision, sure: Sequence[float] = ()) -> Decision:
        """The planner's kind where it stands, with its wishes; else the code's. sure: how probable the line's parts were to the planner."""
        plan = parse(text, self._catalog)
        if plan is None:
            self._note("no plan")
            return own
        self._sure = sure
        wishes = self._wishes(plan)
        drops = self._drops(plan)
        self.used = True
        decision = replace(own, wishes=wishes, drops=tuple(drops), proof=drops, items=self._heard.items, facet=None)
        decision = self._of_kind(plan, decision, own, self._certainty(0))
        return replace(decision, facet=self._heard.facet) if decision.kind == "lookup" else decision

    # ------------------------------------------------------------------ the kind

    def _of_kind(self, plan: Plan, decision: Decision, own: Decision, sure: float) -> Decision:
        """The decision with the planner's kind where nothing speaks against it, else with the code's."""
        heard, kind = self._heard, KIND_OF[plan.kind]
        if why := self._against(kind, own, decision.wishes, sure):
            self._note(f"kind: {why}")
            return replace(decision, kind=own.kind)
        if kind == "recommend":
            if own.kind == "ask" and not (decision.wishes or decision.drops):
                kind = "ask"  # whether a question pays is counted by code
            return replace(decision, kind=kind)
        told = own.kind != kind and _asks(heard)
        if kind in NEEDS_ITEMS_OF:
            return replace(decision, kind=kind, items=self._meant(kind), only_told=told)
        if kind == "noted":
            shown = self._turn.last_items
            of = heard.items or heard.pointed or self._by_words() or (shown if len(shown) == 1 else ())
            judged = self._judged(plan)
            feedback = () if heard.feedback else tuple(Feedback(judged, i.id) for i in of)
            if not (heard.feedback or feedback or own.kind == kind):
                if not shown:  # there is nothing to write down
                    return replace(decision, kind="converse", only_told=told)
                # of one of these: the answer asks which
                return replace(decision, kind=kind, items=shown[:MOST_MEANT], judged=judged, only_told=told)
            return replace(decision, kind=kind, items=of, feedback=feedback, only_told=told)
        return replace(decision, kind=kind, only_told=told)

    def _judged(self, plan: Plan) -> FeedbackKind:
        """What the planner says was felt, but for a judgement that the person's own words turn round."""
        kind = FEEDBACK_OF[plan.kind]
        return kind if kind == "seen" else polarity(normal(self._said.text)) or kind

    def _meant(self, kind: Kind) -> tuple[Item, ...]:
        """The items that a question is about: those named or pointed at, else what was shown last; of several that one fact may be
        asked of, none: the answer then asks which."""
        heard, least = self._heard, NEEDS_ITEMS_OF[kind]
        if len(heard.items) >= least:
            return heard.items
        spoken = {i.id: i for i in (*heard.items, *heard.pointed)}
        for more in (self._by_words, lambda: heard.perhaps):
            if len(spoken) < least:
                spoken |= {i.id: i for i in more()}
        shown = self._turn.last_items
        if len(spoken) >= least or (kind == "lookup" and len(shown) > 1):
            return tuple(spoken.values())
        return shown[:MOST_MEANT]

    def _by_words(self) -> tuple[Item, ...]:
        """Items whose titles stand in the message, however ordinary their words."""
        return tuple(self._lexicon.items[i] for i in by_words(Utterance.of(self._said.text), self._lexicon))

    def _against(self, kind: Kind, own: Decision, wishes: tuple[Wish, ...], sure: float) -> str:
        """Why a kind other than the code's does not stand; empty when it does."""
        heard = self._heard
        if kind == own.kind:
            return ""
        if kind == "recommend" and sure < SURE:
            if own.kind in NEEDS_ITEMS_OF:
                return "items where a question was heard"
            if heard.feedback and own.kind == "noted":
                return "items where something was to be noted"
        if kind in ("converse", "noted"):
            if (_asks(heard) or wishes) and sure < SURE:
                return "talks where something was asked for"
            judged = own.kind == "noted" and (heard.feedback or sure < SURE)
            if kind == "converse" and (own.kind in NEEDS_ITEMS_OF or judged):
                return "talks where items are spoken of"
        if kind in NEEDS_ITEMS_OF:
            if sure < SURE and len(self._turn.last_items) < NEEDS_ITEMS_OF[kind] > len(self._meant(kind)):
                return f"{kind} without items"
            if heard.kind in NEEDS_ITEMS_OF and sure < SURE:
                return "another question was heard"
            if kind == "explain" and own.kind == "converse" and sure < SURE:
                return "explain where no question was heard"
            if own.kind == "noted" and sure < LIKELY:
                return "something was to be noted"
            wanted = heard.asks or heard.again or heard.just_show or heard.count or (_asks(heard) and not heard.items)
            if wanted and sure < LIKELY:
                return f"{kind} where items were asked for"
        return ""

    def _certainty(self, part: int) -> float:
        """How sure the planner was of a part of its line."""
        return self._sure[part] if part < len(self._sure) else UNTOLD

    # ------------------------------------------------------------------ wishes

    def _wishes(self, plan: Plan) -> tuple[Wish, ...]:
        found: list[Wish] = []
        for planned in plan.wishes:
            if planned.facet == "drop":
                continue
            if self._certainty(planned.part) < SURE_OF_WISH:
                self._note("wish: not sure of it")
                continue
            try:
                wish = self._wish(planned)
            except Refused as refused:
                self._note(f"wish: {refused}")
                continue
            if contradicts(wish, self._heard.wishes):
                self._note("wish: against what was heard")
            elif not any(
                w.facet == wish.facet and w.op == wish.op and w.value == wish.value
                for w in (*found, *self._heard.wishes)
            ):
                found.append(wish)
        return tuple(found)

    def _wish(self, planned: Planned) -> Wish:
        named = (*self._heard.items, *self._turn.last_items)
        if planned.facet == "like":
            words = self._own_words(planned.value)
            raw: dict[str, Any] = {
                "op": "not_like" if planned.refused else "like",
                "value": planned.value,
                "words": words,
            }
            if not words or not self._lexicon.titles(planned.value):
                raise Refused("like what nobody named")
            return proposed(raw, self._said.text, self._catalog, self._lexicon, named)
        facet = self._catalog.facet(planned.facet)
        if facet is None or not facet.filter:
            raise Refused("no such facet")
        heard = [w for w in self._heard.wishes if w.facet == facet.name]
        if heard and not (facet.many and facet.type == "category"):
            raise Refused("code heard a wish there")
        if any(i for i in self._heard.drops if (w := self._turn.ledger.get(i)) and w.facet == facet.name):
            raise Refused("what was just let go")
        raw, stated = self._raw(facet, planned)
        wish = proposed(
            {**raw, "soft": planned.soft or not stated}, self._said.text, self._catalog, self._lexicon, named
        )
        return wish

    def _raw(self, facet: Facet, planned: Planned) -> tuple[dict[str, Any], bool]:
        """(the wish as a model would propose it, whether the person said its value in so many words)."""
        if planned.sign in ("low", "high"):
            return {
                "facet": facet.name,
                "op": "sort",
                "value": "asc" if planned.sign == "low" else "desc",
                "words": self._rest(),
            }, True
        if facet.type in ("number", "date"):
            words = self._own_words(*planned.value.split(".."))
            if not words:
                raise Refused("an amount that nobody said")
            op, value = self._amount(facet, planned) if facet.type == "number" else _dates(planned)
            return {"facet": facet.name, "op": op, "value": value, "words": words}, planned.sign != "~"
        if facet.type == "bool":
            yes = planned.value.lower() in ("yes", "true")
            names = [facet.name, *facet.label.values(), *(w for words in facet.words.values() for w in words)]
            named = next((span for name in names if (span := span_said(name, self._said.text))), "")
            return {
                "facet": facet.name,
                "op": "=" if yes != planned.refused else "not_in",
                "value": "yes",
                "words": named or self._rest(),
            }, bool(named)
        said = self._own_words(*re.split(r" or ", planned.value))
        words = said or self._rest()
        op = "not_in" if planned.refused else "contains"
        return {"facet": facet.name, "op": op, "value": planned.value, "words": words}, bool(said)

    def _amount(self, facet: Facet, planned: Planned) -> tuple[str, Any]:
        if planned.sign == "range":
            if planned.refused:
                raise Refused("a refused range")
            first, _, last = planned.value.partition("..")
            together = self._with_unit(
                facet, f"{first.strip()} to {last.strip()}"
            )  # "two to three hours" has one unit for both
            low, high = together or (self._numbers(facet, first)[0], self._numbers(facet, last)[1])
            return "between", sorted((low, high))
        low, high = self._numbers(facet, planned.value)
        if planned.refused:
            if planned.sign == "~" or low != high:
                raise Refused("a refused range")
            turned = {"": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
            return turned[planned.sign], low
        if planned.sign == "~":
            if facet.role == "year":
                return "between", [low - ABOUT_YEARS, high + ABOUT_YEARS]
            least, most = self._lexicon.range(facet.name) or (low, high)
            return "between", [max(low * (1 - ABOUT), min(least, low)), min(high * (1 + ABOUT), max(most, high))]
        if planned.sign in ("<=", "<"):
            return planned.sign, high
        if planned.sign in (">=", ">"):
            return planned.sign, low
        return ("=", low) if low == high else ("between", [low, high])

    def _numbers(self, facet: Facet, text: str) -> tuple[float, float]:
        """(low, high) of what is written, in the facet's own unit. Raises Refused."""
        plain = normal(text)
        if facet.role == "year" and (years := spans(plain, date.today()) or spans(f"the {plain}", date.today())):
            return years[0].low, years[0].high
        if amount := self._with_unit(facet, plain):
            return amount
        for number in numbers(plain):
            return number.value, number.high or number.value
        raise Refused("no number")

    def _with_unit(self, facet: Facet, text: str) -> tuple[float, float] | None:
        """(low, high) of an amount with a unit of this facet."""
        amounts = self._lexicon.units.amounts(normal(text), date.today())
        return next((a.values[facet.name] for a in amounts if facet.name in a.values), None)

    # ------------------------------------------------------------------ the person's own words

    def _own_words(self, *parts: str) -> str:
        """The stretch of the message that quotes all of these, unless code has used it for a wish; else empty."""
        spans = [self._quoted(part.strip()) for part in parts]
        if not all(spans):
            return ""
        used = [normal(w.words) for w in self._heard.wishes if w.facet or w.op != "like"]
        if any(normal(span) in words for span in spans for words in used):
            raise Refused("words that code has used")
        return spans[0]

    def _quoted(self, words: str) -> str:
        """The stretch of the message that these words quote; a figure counts where it stands by itself."""
        if words.isdigit() and len(words) == 1:
            found = re.search(rf"(?<![\d.]){words}(?![\d.])", normal(self._said.text))
            return words if found else ""
        return span_said(words, self._said.text)

    def _rest(self) -> str:
        """What of the message no wish of the code rests on: its longest piece. Raises Refused where nothing of weight is left."""
        text = self._said.text
        for wish in self._heard.wishes:
            if wish.words and (wish.facet or wish.op != "like"):
                text = text.replace(wish.words, "\n")
        pieces = sorted((p.strip() for p in _BROKEN.split(text)), key=len, reverse=True)
        for piece in pieces:
            words = [
                w
                for w in re.findall(r"[a-z']+|[㐀-鿿]", normal(piece))
                if w not in STOPWORDS_EN and w not in STOPWORDS_ZH
            ]
            if len(words) >= 2 or (words and len(words[0]) > 3):
                return piece[:80]
        raise Refused("rests on nothing that is left")

    def _drops(self, plan: Plan) -> dict[str, str]:
        """Ids of the wishes on the facets that the planner would drop; the whole message is the proof that `Merge` looks into."""
        facets = {w.value for w in plan.wishes if w.facet == "drop" and self._certainty(w.part) >= SURE_OF_WISH}
        if not facets:
            return {}
        if not takes_back(self._said.text):
            self._note("drop: nothing was taken back")
            return {}
        return {
            w.id: self._said.text
            for w in self._turn.ledger.wishes
            if w.facet in facets and w.id not in self._heard.drops
        }

    def _note(self, why: str) -> None:
        self._turn.meter.dropped.append(f"plan: {why}")
