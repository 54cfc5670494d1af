"""What simulated people say: their wishes in the catalogue's own words, in English and Chinese, in many ways, and never a secret.

Knows: facets' words, the patterns in words/{en,zh}.json, what must not be said. Does not know: when something is said.
In the patterns {kind} is a word for a kind of item ("comedy"), {rest} the other wishes with a comma before them or nothing, {all}
all wishes, {w} one wish or word.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from chatrec.evaluation.people.leaks import leak
from chatrec.language.describe import number
from chatrec.language.phrases import label
from chatrec.language.sentences import capital, joined, marked, noun
from chatrec.vocabulary import Catalog, Facet, Item, Language, Wish

FOLDER = Path(__file__).parent / "words"
TRIES = 12
_MOST = re.compile(r"(?:\w{2}est|most|least)\b|最")
_YES_OR_NO = re.compile(r"还?要(?=不要|别是|不想要)")  # 要不要 would be a question
_TENS = "零一二三四五六七八九"


def load_words(language: Language) -> Mapping[str, Any]:
    words: dict[str, Any] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return words


class Speech:
    """One person's way of speaking. secrets: words that must not be said, in any form."""

    def __init__(self, catalog: Catalog, language: Language, secrets: frozenset[str], rng: random.Random) -> None:
        self._catalog, self._language, self._secrets, self._rng = catalog, language, secrets, rng
        self._words = load_words(language)

    def safe(self, say: Callable[[], str]) -> str | None:
        """Words without a secret, in another way if need be; None where every way tells."""
        for _ in range(TRIES):
            said = _YES_OR_NO.sub(lambda m: "也" if m[0] == "还要" else "", say())
            if leak(said, self._secrets) is None:
                return said
        return None

    # ------------------------------------------------------------------ sentences

    def opening(self, wishes: Sequence[Wish], liked: Item | None = None) -> str | None:
        return self.safe(lambda: self._opening(wishes, liked))

    def _opening(self, wishes: Sequence[Wish], liked: Item | None) -> str:
        kind = next((w for w in wishes if self._is_kind(w)), None)
        named = {"noun": noun(self._catalog, self._language, 1), "nouns": noun(self._catalog, self._language, 2)}
        named |= {"measure": self._catalog.measure.get("zh", "个")}
        if kind is not None:
            rest = self._listed([w for w in wishes if w is not kind])
            comma = "，" if self._language == "zh" else self._rng.choice((", ", " ")) if rest.count(",") == 0 else ", "
            said = self._pick("opening_kind", kind=self._bare(kind), rest=comma + rest if rest else "", **named)
        elif wishes:
            said = self._pick("opening", all=self._listed(wishes), **named)
        else:
            said = self._pick("opening_plain", **named)
        said = capital(said) if self._rng.random() < 0.8 else said
        if liked is not None:
            said += " " * (self._language == "en") + self._pick("liked", title=self._title(liked))
        return said

    def telling(self, wishes: Sequence[Wish], *, more: bool = False) -> str | None:
        """An answer to a question; more: something added to another sentence."""
        return self.safe(lambda: capital(self._pick("also" if more else "tell", all=self._listed(wishes))))

    def dropping(self, wish: Wish) -> str | None:
        facet = self._facet(wish)
        return self.safe(lambda: self._pick("drop", label=label(facet, self._language)))

    def steering(self, facet: Facet, way: str) -> str | None:
        """ "Something newer": a way for an amount. None where there are no words for it."""
        ready = self._words["too"].get(facet.role or "", {}).get(way, [])
        words = (facet.more if way == "more" else facet.less).get(self._language, [])
        own = [w for w in words if not _MOST.search(w)][:2]  # "shorter", never "the shortest": that is another wish
        if not ready and not own:
            return None
        if ready and (not own or self._rng.random() < 0.7):
            return self.safe(lambda: str(self._rng.choice(ready)))
        return self.safe(lambda: capital(self._pick("steer", w=self._rng.choice(own))))

    def refusing(self, wish: Wish) -> str | None:
        return self.safe(lambda: capital(self._pick("refuse", w=self._value(self._facet(wish), wish.value[0]))))

    def seen(self, place: int) -> str | None:
        return self.safe(lambda: capital(self._pick("seen", place=self._words["places"][place])))

    def plain(self, key: str) -> str:
        """`dont_mind` or `something_else`; where all ways of saying so would tell, one of the last resorts."""
        said = self.safe(lambda: self._pick(key))
        return said or self.safe(lambda: self._pick("fallback")) or "?"

    # ------------------------------------------------------------------ phrases

    def phrase(self, wish: Wish) -> str:
        """One wish in some words."""
        facet = self._facet(wish)
        if facet.type == "number":
            return self._amount(facet, wish.op, wish.value)
        if facet.type == "bool":
            form = self._words["flag"]["wanted" if wish.value else "refused"]
            return str(form).format(label=label(facet, self._language))
        if wish.op == "not_in":
            return self._pick("without", w=self._value(facet, wish.value[0]))
        value = self._value(facet, wish.value)
        if facet.role == "person":
            return self._person(facet, value)
        if facet.role in ("place", "language"):
            first = facet.values.get(str(wish.value), {}).get(self._language) or [str(wish.value)]
            return self._pick("from_place" if facet.role == "place" else "in_language", w=first[0])
        return value

    def _listed(self, wishes: Sequence[Wish]) -> str:
        said = [self.phrase(w) for w in wishes]
        if self._language == "zh":
            return "，".join(said)
        return joined(said, "en") if len(said) > 1 and self._rng.random() < 0.5 else ", ".join(said)

    def _bare(self, wish: Wish) -> str:
        return self._value(self._facet(wish), wish.value)

    def _is_kind(self, wish: Wish) -> bool:
        facet = self._facet(wish)
        return facet.role == "kind" and wish.op in ("contains", "=")

    def _value(self, facet: Facet, value: Any) -> str:
        """A value as people call it: one of its first words."""
        for table in (facet.values, facet.aliases):
            if words := table.get(str(value), {}).get(self._language):
                short = [w for w in words[:3] if " " not in w] or words[:1]
                return str(self._rng.choice(short[:2]))
        return str(value)

    def _person(self, facet: Facet, name: str) -> str:
        cues = facet.cues.get(self._language, [])
        if self._language == "zh":
            cue = next((c for c in cues if c.endswith("的")), facet.label_in("zh") + "是")
            return f"{name}{cue}" if cue.endswith("的") else f"{cue}{name}"
        cue = self._rng.choice(cues[:2]) if cues else label(facet, "en")
        return f"{cue} {name}"

    def _amount(self, facet: Facet, op: str, value: Any) -> str:
        low, high = value if op == "between" else (value, value)
        if facet.role == "year":
            if op == "between":
                tens = int(low) % 100
                short = f"{tens:02d}" if low < 2000 or self._language == "zh" else str(int(low))
                han = _TENS[tens // 10] + "十" if tens else "两千"
                return self._pick("decade", d=short, y=int(low), han=han) if low < 2000 else f"{self._new_decade(low)}"
            return self._pick("since" if op in (">=", ">") else "until", v=int(value))
        a, b = self._measured(facet, low), self._measured(facet, high)
        form = {"between": "between", ">=": "at_least", ">": "at_least"}.get(op, "at_most")
        if facet.role == "duration" and form == "at_most":
            form = "at_most_time"
        elif (not facet.unit and facet.role != "price") or (facet.role != "duration" and self._rng.random() < 0.3):
            form = f"named_{form}"
        return self._pick(
            form,
            v=b,
            a=a if "$" in a or form == "named_between" else number(low),
            b=b,
            label=label(facet, self._language),
        )

    def _new_decade(self, low: float) -> str:
        return f"{int(low)}年代的" if self._language == "zh" else f"from the {int(low)}s"

    def _measured(self, facet: Facet, value: float) -> str:
        """An amount with its unit, in hours where people would."""
        zh = self._language == "zh"
        unit = facet.unit_label.get(self._language) or facet.unit or ""
        if facet.role == "duration" and facet.units.get("hour", facet.units.get("小时")) == 60:
            if value % 60 == 0 and self._rng.random() < 0.7:
                hours = int(value // 60)
                two = {1: "一", 2: "两", 3: "三", 4: "四"}.get(hours, str(hours))
                one = {1: "an hour", 2: "two hours", 3: "three hours"}.get(hours, f"{hours} hours")
                return f"{two}个小时" if zh else one
            return f"{number(value)}分钟" if zh else f"{number(value)} minutes"
        if unit and unit in "$€£¥":
            return f"{unit}{number(value)}"
        if not unit:
            return number(value)
        return f"{number(value)}{unit}" if zh else f"{number(value)} {unit}"

    def _title(self, item: Item) -> str:
        return marked(item.title_in(self._language), self._catalog, self._language)

    def _facet(self, wish: Wish) -> Facet:
        facet = self._catalog.facet(wish.facet)
        assert facet is not None, wish
        return facet

    def _pick(self, key: str, **values: Any) -> str:
        return str(self._rng.choice(self._words[key])).format(**values)
