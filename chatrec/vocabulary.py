"""The words that all rooms share: data only, no behaviour beyond what a word means.

Knows: items, facets, wishes, turns, replies, events. Does not know: SQL, models, HTTP, films.
What crosses the outside (REST, CLI, database JSON) is a pydantic model; the rest are frozen dataclasses.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chatrec.language.normal import normal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Kind = Literal["recommend", "ask", "explain", "compare", "lookup", "none_fit", "converse", "noted"]
Step = Literal["decide", "rerank", "words"]
STEPS: tuple[Step, ...] = ("decide", "rerank", "words")
RungName = Literal["hosted", "local", "none"]
FeedbackKind = Literal["like", "dislike", "seen", "owned"]
Value = str | float | bool
Op = Literal["contains", "=", "in", "not_in", "!=", ">", ">=", "<", "<=", "between", "like", "not_like", "sort"]
SOFT_OPS: frozenset[str] = frozenset({"like", "not_like", "sort"})

# --------------------------------------------------------------------------- catalogue


class Facet(BaseModel):
    """A declared attribute of a catalogue's items. All words are per language: `{"en": [...], "zh": [...]}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: Literal["category", "number", "date", "text", "bool"]
    many: bool = False
    role: Literal["year", "price", "person", "rating", "duration", "kind", "place", "language"] | None = None
    label: dict[str, str] = {}
    words: dict[str, list[str]] = {}  # that name the facet: "budget", "预算"
    more: dict[str, list[str]] = {}  # for a higher value: "newer", "更贵"
    less: dict[str, list[str]] = {}  # for a lower value: "cheaper", "轻一点"
    unit: str | None = None  # canonical unit of a number
    unit_label: dict[str, str] = {}
    units: dict[str, float] = {}  # word or sign -> factor to the canonical unit: {"hours": 60}
    step: float | None = None  # rounding of shown numbers
    values: dict[str, dict[str, list[str]]] = {}  # canonical value -> words; the first word is its label
    aliases: dict[str, dict[str, list[str]]] = {}  # other names of a value (people mostly)
    cues: dict[str, list[str]] = {}  # phrases that choose this facet for a name: "directed by"
    filter: bool = True  # False: described, never a hard wish
    show: bool = True  # on cards and in the model's view of an item
    text: bool | None = None  # part of the searched text; None: yes for category and text

    def label_in(self, language: str) -> str:
        return self.label.get(language) or self.label.get("en") or self.name.replace("_", " ")

    def value_label(self, value: Any, language: str) -> str:
        """What a value is called in a language; the value itself where no word is known."""
        for table in (self.values, self.aliases):
            words = table.get(str(value), {}).get(language)
            if words and (table is self.values or language != "en"):
                return words[0]
        return str(value)


class Catalog(BaseModel):
    """What is known of a catalogue besides its items. `version` changes with its items or facets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: dict[str, str] = {}
    noun: dict[str, list[str]] = {"en": ["item", "items"], "zh": ["东西"]}
    measure: dict[str, str] = {"zh": "个"}
    marks: dict[str, str] = {}  # two signs around a title in running text: {"zh": "《》"}
    starters: dict[str, list[str]] = {}  # first messages offered on an empty page
    note: dict[str, str] = {}  # in small print: where the data is from
    facets: tuple[Facet, ...] = ()
    version: str = ""
    items: int = 0

    def facet(self, name: str | None) -> Facet | None:
        return next((f for f in self.facets if f.name == name), None)

    def by_role(self, role: str) -> Facet | None:
        return next((f for f in self.facets if f.role == role), None)

    def title_in(self, language: str) -> str:
        return self.title.get(language) or self.title.get("en") or self.name


@dataclass(frozen=True)
class Item:
    """One thing that can be recommended. `attributes`: facet name -> value, or a tuple of values where many."""

    id: str
    title: str
    titles: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    descriptions: Mapping[str, str] = field(default_factory=dict)  # per language, where there is more than one
    image_url: str | None = None
    url: str | None = None
    popularity: float = 0.0  # 0..1 within its catalogue
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def title_in(self, language: str) -> str:
        return self.titles.get(language) or self.title

    def description_in(self, language: str) -> str:
        return self.descriptions.get(language) or ("" if self.descriptions else self.description)

    def values(self, facet: str | None) -> tuple[Any, ...]:
        """The item's values of a facet; empty where it has none."""
        value = self.attributes.get(facet or "")
        if value is None or value == "":
            return ()
        return tuple(value) if isinstance(value, (list, tuple)) else (value,)


# --------------------------------------------------------------------------- wishes


def same(a: Any, b: Any) -> bool:
    """Whether two values are one: numbers by value, texts by normal form."""
    if isinstance(a, (bool, int, float)) and isinstance(b, (bool, int, float)):
        return float(a) == float(b)
    return normal(str(a)) == normal(str(b))


def spelled_once(values: Iterable[tuple[Any, str]]) -> list[tuple[Any, bool]]:
    """Values, each with the normal form it is stored by (1, 1.0, True, "true" are four), as a list in which no two are the same,
    and whether no other value given is the same as this one. Of the spellings of a number the first by normal form is kept."""
    numbers: dict[float, list[Any]] = {}
    texts: dict[str, Any] = {}
    spelled: set[str] = set()
    for value, form in values:
        if isinstance(value, (bool, int, float)):
            numbers.setdefault(float(value), []).append(value)
            spelled.add(form)
        else:
            texts.setdefault(form, value)
    kept = [(min(all_, key=lambda v: normal(str(v))), len(all_) == 1) for all_ in numbers.values()]
    forms = {normal(str(value)) for value, _ in kept}
    one = [(value, alone and normal(str(value)) not in texts) for value, alone in kept]
    return one + [(value, form not in spelled) for form, value in texts.items() if form not in forms]


class Wish(BaseModel):
    """One typed wish in its canonical form (docs: "Items, facets, wishes"). `words` is the span it rests on."""

    model_config = ConfigDict(frozen=True)

    id: str = ""
    facet: str | None = None
    op: Op
    value: Any
    hard: bool = True
    words: str = ""
    turn_id: str = ""

    def meets(self, item: Item) -> bool:
        """The one meaning of a wish; `store.filters` compiles the same to SQL. Soft kinds filter nothing.

        An item without a value meets only `not_in` and `!=`.
        """
        if self.op in SOFT_OPS:
            return True
        have = item.values(self.facet)
        match self.op:
            case "contains" | "=":
                return any(same(v, self.value) for v in have)
            case "in":
                return any(same(v, w) for v in have for w in self.value)
            case "not_in":
                return not any(same(v, w) for v in have for w in self.value)
            case "!=":
                return not any(same(v, self.value) for v in have)
            case "between":
                low, high = self.value
                return any(low <= v <= high for v in have if comparable(v, low))
            case ">":
                return any(v > self.value for v in have if comparable(v, self.value))
            case ">=":
                return any(v >= self.value for v in have if comparable(v, self.value))
            case "<":
                return any(v < self.value for v in have if comparable(v, self.value))
            case "<=":
                return any(v <= self.value for v in have if comparable(v, self.value))
        raise ValueError(f"unknown op {self.op!r}")


def comparable(a: Any, b: Any) -> bool:
    """Numbers with numbers, texts (ISO dates) with texts."""
    return isinstance(a, str) == isinstance(b, str)


@dataclass(frozen=True)
class Ledger:
    """The wishes that hold now, oldest first."""

    wishes: tuple[Wish, ...] = ()

    @property
    def hard(self) -> tuple[Wish, ...]:
        return tuple(w for w in self.wishes if w.hard and w.op not in SOFT_OPS)

    @property
    def soft(self) -> tuple[Wish, ...]:
        return tuple(w for w in self.wishes if not w.hard or w.op in SOFT_OPS)

    def get(self, wish_id: str) -> Wish | None:
        return next((w for w in self.wishes if w.id == wish_id), None)

    def without(self, *wish_ids: str) -> Ledger:
        return Ledger(tuple(w for w in self.wishes if w.id not in wish_ids))

    def allows(self, item: Item) -> bool:
        return all(w.meets(item) for w in self.hard)


# --------------------------------------------------------------------------- a turn


class Act(BaseModel):
    """A click: what a chip or a button posts back in place of text."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal[
        "like", "dislike", "seen", "owned", "undo", "reset",  # answered by `noted`
        "set_wish", "drop_wish", "more_like", "just_show",  # go on to recommend
        "why", "why_not", "compare",
    ]  # fmt: skip
    item_ids: list[str] = []
    wish: dict[str, Any] | None = None
    wish_id: str | None = None


NOTED_ACTS = frozenset({"like", "dislike", "seen", "owned", "undo", "reset"})


@dataclass(frozen=True)
class Said:
    """What a person said or clicked, as it came through a door (control characters already dropped)."""

    person_id: str
    catalog: str
    conversation_id: str | None = None  # None: a new conversation
    turn_id: str | None = None  # the client's; None: we make one
    text: str = ""
    act: Act | None = None
    language: Language | None = None  # forces the reply's language


@dataclass(frozen=True)
class Exchange:
    """One earlier turn of this conversation: what was said and what was answered (checked text)."""

    turn_id: str
    said: str  # the text, or a short name of the act
    kind: str
    text: str
    item_ids: tuple[str, ...] = ()  # shown in this turn, in order
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """All that is known of the conversation when a turn starts. Read from the store, shared with nobody."""

    id: str
    conversation_id: str
    said: Said
    language: Language  # of the reply
    ledger: Ledger = Ledger()  # before this turn
    history: tuple[Exchange, ...] = ()  # oldest first
    shown: frozenset[str] = frozenset()  # every item shown in this conversation
    last_items: tuple[Item, ...] = ()  # the latest shown, in order ("the second")
    questions_in_row: int = 0
    undo: Undo | None = None  # what the last act changed
    offered: tuple[Act, ...] = ()  # feedback that the latest answer asked to choose among: "which one do you mean?"
    reply: Reply | None = None  # set when this turn id was answered before: replay it
    meter: Meter = field(default_factory=lambda: Meter())
    started: float = field(default_factory=time.perf_counter)


@dataclass(frozen=True)
class Undo:
    """The last act of a conversation: enough to take it back."""

    turn_id: str
    ledger: Ledger  # before that act


@dataclass
class Meter:
    """What one turn cost and which rung did which step. The only mutable thing a turn carries."""

    steps: dict[str, str] = field(default_factory=dict)
    falls: list[Fall] = field(default_factory=list)
    calls: int = 0  # logical
    attempts: int = 0  # requests sent
    tokens_in: int = 0
    tokens_out: int = 0
    model_ms: float = 0.0
    model: str | None = None
    asking: str = ""  # which prompt the call under way is made from: "decide@3"
    prompts: dict[str, str] = field(default_factory=dict)  # prompt name -> version used
    seen_by_model: list[Any] = field(default_factory=list)  # rendered messages, for --show-prompt; never stored
    dropped: list[str] = field(default_factory=list)  # why something a model said was not used


@dataclass(frozen=True)
class Feedback:
    kind: str  # FeedbackKind, or "forget" (takes earlier feedback on the item back)
    item_id: str


@dataclass(frozen=True)
class Heard:
    """What the reader in code found in this turn's text or act.

    wishes: new wishes with the words each rests on (ids empty). drops: ids of ledger wishes the person took back.
    kind: set only where the person left no doubt (an act, "why the second?", "compare 1 and 3", "hello").
    released: facets of wishes that were taken back though the ledger holds none. asks: the person clearly asks for items.
    not_understood: spans that look like wishes but match nothing here.
    """

    wishes: tuple[Wish, ...] = ()
    drops: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    items: tuple[Item, ...] = ()  # items the text points at and says something of: by title or "the second one"
    pointed: tuple[Item, ...] = ()  # all that it points at, whatever it says of them
    perhaps: tuple[Item, ...] = ()  # "it", where several were shown: the one that is meant most likely
    facet: str | None = None  # a lookup's facet: "how long is it?"; else the first that is named
    kind: Kind | None = None
    certain: bool = False  # kind needs no model
    asks: bool = False
    again: bool = False  # "others", "换一批"; show_again below is the opposite
    show_again: bool = False  # asks to see earlier items again
    count: int | None = None  # "give me 8"
    reset: bool = False
    undo: bool = False
    just_show: bool = False
    negated_item: bool = False  # "why not X"
    takes: bool = False  # "I'll go with the second"
    choice: bool = False  # "which one should I take?"
    about_me: bool = False  # "what do you know about me?"
    aside: bool = False  # no matter of this catalogue: "recommend a good restaurant" among films, abuse
    not_understood: tuple[str, ...] = ()

    def beside(self, feedback: Sequence[Feedback]) -> Heard:
        """The same with more feedback; on an item that code heard something of, its own stands."""
        known = {f.item_id for f in self.feedback}
        more = [f for f in feedback if f.item_id not in known]
        return replace(self, feedback=(*self.feedback, *more)) if more else self


@dataclass(frozen=True)
class Decision:
    """What this turn will do; from the model, or from the rules in code."""

    kind: Kind
    wishes: tuple[Wish, ...] = ()  # the model's, already resolved against the catalogue
    drops: tuple[str, ...] = ()  # ledger ids the model would drop, each proved by `proof`
    proof: Mapping[str, str] = field(default_factory=dict)  # drop id -> the person's own words
    items: tuple[Item, ...] = ()
    facet: str | None = None  # ask: about which; lookup: which fact
    query: str = ""  # free words for the search, in the model's or the person's words
    say: str = ""  # the model's own words for ask / converse; unchecked
    count: int | None = None  # how many items the person asked for
    show_again: bool = False  # earlier shown items are allowed again: the person asked for them
    feedback: tuple[Feedback, ...] = ()  # what a model understood to have been seen or judged, beside what code heard
    judged: FeedbackKind | None = None  # noted: so one of `items` was spoken of, and nobody knows which
    only_told: bool = False  # what code took for wishes was told, not wished

    @property
    def needs_items(self) -> bool:
        return self.kind in ("recommend", "ask")


class Evidence(BaseModel):
    """Why an item is here, made in code. Codes: meets shares like_text people_also popular rated talked_about."""

    model_config = ConfigDict(frozen=True)

    code: Literal["meets", "shares", "like_text", "people_also", "popular", "rated", "talked_about"]
    facet: str | None = None
    value: Any = None
    item_id: str | None = None  # shares, people_also: with which item
    words: str | None = None  # like_text: which of the person's words


@dataclass(frozen=True)
class Candidate:
    """One of the at most twenty the recommender offers. Scores are per source, before fusion."""

    item: Item
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    predicted_rating: float | None = None  # this person's, in the log's scale; None where too little is known

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self.scores)


@dataclass(frozen=True)
class Near:
    """An item that breaks few hard wishes; `breaks` are their ids."""

    item: Item
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Taste:
    """A learned leaning: weight in -1..1 for a facet's value, with the words or likes it rests on."""

    id: str
    facet: str
    value: Any
    weight: float
    words: str = ""
    turn_id: str = ""


@dataclass(frozen=True)
class Profile:
    """What is known of a person in this catalogue, and what of it matters for this query."""

    person_id: str
    likes: tuple[str, ...] = ()  # item ids, newest first
    dislikes: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    tastes: tuple[Taste, ...] = ()
    relevant: tuple[Item, ...] = ()  # liked items that matter for this query, best first (at most 8)
    averse: tuple[Item, ...] = ()  # disliked items that matter for this query (at most 4)
    past: tuple[tuple[str, str | float], ...] = ()  # what a shop's log tells: (item id, kind or rating), newest first

    @property
    def known(self) -> frozenset[str]:
        """Items never to be recommended again. To have looked at something, or put it on a list, is not to know it."""
        had = (item_id for item_id, event in self.past if event not in ("view", "like"))
        return frozenset(self.dislikes) | frozenset(self.seen) | frozenset(self.owned) | frozenset(had)

    def after(self, feedback: Sequence[Feedback]) -> Profile:
        """The profile with this turn's feedback in it: what was just said holds from this very answer on."""
        lists = {"likes": self.likes, "dislikes": self.dislikes, "seen": self.seen, "owned": self.owned}
        opposite = {"like": "dislikes", "dislike": "likes"}
        for f in feedback:
            for name, ids in lists.items():
                if f.kind == "forget" or name == opposite.get(f.kind):
                    lists[name] = tuple(i for i in ids if i != f.item_id)
            name = {"like": "likes", "dislike": "dislikes"}.get(f.kind, f.kind)
            if name in lists:
                lists[name] = (f.item_id, *(i for i in lists[name] if i != f.item_id))
        return replace(self, likes=lists["likes"], dislikes=lists["dislikes"], seen=lists["seen"], owned=lists["owned"])


POOR = 0.3  # share of the scale at which a rating says neither yes nor no: what is rated was chosen (docs/lab.md)


def weigh_events(events: Sequence[tuple[str, Any]], top: float = 0.0) -> tuple[tuple[str, float], ...]:
    """(item id, kind or rating) pairs, newest first, as weights -1..1. A rating weighs by its share of the scale: the top is 1,
    three tenths of it are 0. Of several events on an item the newest counts.

    top: of the scale, where it is known; else the smallest usual one that holds all of these (1, 5, 10, 100).
    """
    ratings = [float(e) for _, e in events if isinstance(e, (int, float)) and not isinstance(e, bool)]
    highest = max(ratings, default=0.0)
    if highest > top or top <= 0:
        top = next((t for t in (1.0, 5.0, 10.0, 100.0) if highest <= t), highest)
    kinds: Mapping[str, float] = {
        "like": 1.0, "buy": 0.8, "owned": 0.7, "seen": 0.5, "view": 0.3, "dislike": -1.0, "reject": -1.0,
    }  # fmt: skip
    weights: dict[str, float] = {}
    for item_id, event in events:
        if isinstance(event, str) or event is None:
            weight = kinds.get(event or "seen", 0.0)
        else:
            weight = max(-1.0, (float(event) / top - POOR) / (1 - POOR))
        weights.setdefault(item_id, weight)
    return tuple(weights.items())


# --------------------------------------------------------------------------- the reply, as it goes out


class DecisionOut(BaseModel):
    kind: Kind
    tool_called: bool = False


class ItemOut(BaseModel):
    """A card. `title` is in the reply's language where known; `facts` are canonical."""

    id: str
    title: str
    facts: dict[str, Any] = {}
    image_url: str | None = None
    url: str | None = None
    reason: str = ""
    evidence: list[Evidence] = []
    sources: list[str] = []


class NearOut(BaseModel):
    item: ItemOut
    breaks: list[str] = []


class Chip(BaseModel):
    """A quick reply: exactly one of `act` and `text` is posted back as it is."""

    label: str
    act: Act | None = None
    text: str | None = None
    count: int | None = None


class Fall(BaseModel):
    """A step that fell from one rung to a lower one. why: refused server timeout rate odd auth breaker."""

    step: str
    rung: str
    to: str
    why: str


class LlmOut(BaseModel):
    calls: int = 0
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


class MsOut(BaseModel):
    total: int = 0
    model: int = 0


class Reply(BaseModel):
    """One whole answer: what JSON clients get, what `done` carries, what the store keeps."""

    conversation_id: str = ""
    turn_id: str = ""
    language: Language = "en"
    decision: DecisionOut = Field(default_factory=lambda: DecisionOut(kind="converse"))
    candidates: int = 0
    items: list[ItemOut] = []
    near: list[NearOut] = []
    text: str = ""
    chips: list[Chip] = []
    wishes: list[Wish] = []
    rung: RungName = "none"
    steps: dict[str, str] = {}
    falls: list[Fall] = []
    llm: LlmOut = Field(default_factory=LlmOut)
    ms: MsOut = Field(default_factory=MsOut)


# --------------------------------------------------------------------------- events of a turn


@dataclass(frozen=True)
class Decided:
    kind: Kind
    tool_called: bool
    wishes: tuple[Wish, ...]
    name = "decided"


@dataclass(frozen=True)
class Retrieved:
    count: int
    name = "retrieved"


@dataclass(frozen=True)
class Shown:
    items: tuple[ItemOut, ...]
    near: tuple[NearOut, ...] = ()
    name = "shown"


@dataclass(frozen=True)
class Text:
    """One checked sentence of the answer; with item_id it replaces that card's reason."""

    text: str
    item_id: str | None = None
    name = "text"


@dataclass(frozen=True)
class Chips:
    chips: tuple[Chip, ...]
    name = "chips"


@dataclass(frozen=True)
class Done:
    """The last event; the reply is stored."""

    reply: Reply
    name = "done"


Event = Decided | Retrieved | Shown | Text | Chips | Done


def join_sentences(text: str, more: str) -> str:
    """Append a sentence to a text: a space between Latin sentences, none after Chinese ones."""
    if not text or not more:
        return text or more
    glue = "" if text[-1] in "。！？；：，…\n" or more[0] == "\n" else " "
    return text + glue + more


def with_id(wishes: Sequence[Wish], start: int, turn_id: str) -> tuple[Wish, ...]:
    """Number new wishes w<start>.. and mark the turn they come from."""
    return tuple(w.model_copy(update={"id": f"w{start + n}", "turn_id": turn_id}) for n, w in enumerate(wishes))
