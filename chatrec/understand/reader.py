"""What a person said or clicked, read by code alone: wishes, what is taken back, feedback, what is asked, in English and Chinese.

Knows: the order in which a message is read; the other files of this room know the parts. Does not know: models, stores. Pure and
quick: a few milliseconds for a message, whatever its 4,000 characters are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from chatrec.language.common import COMMON_EN
from chatrec.language.normal import normal
from chatrec.language.tokens import Utterance, stem
from chatrec.understand.acts import act_heard
from chatrec.understand.amounts import measured
from chatrec.understand.aside import aside, orders
from chatrec.understand.asked import asked_about, yes_or_no
from chatrec.understand.commands import (
    Commands,
    asks,
    closes,
    commands,
    drops,
    greetings,
    lets_go,
    not_enough,
    small_talk,
)
from chatrec.understand.leftover import leftover
from chatrec.understand.lexicon import Lexicon
from chatrec.understand.likes import Pointed, Use, judged, marked, more_of_it, uses
from chatrec.understand.marks import Marks, marks
from chatrec.understand.questions import Question, asks_a_fact, asks_of_a_title, choice, chooses, doubtful, question
from chatrec.understand.references import bare_numbers, one_in_focus, pointers
from chatrec.understand.remembered import asks_what_is_known, forgotten
from chatrec.understand.scopes import Refusal, refusals, refused, soft_places, softening
from chatrec.understand.taking import takes
from chatrec.understand.titles import by_words, titles
from chatrec.understand.unknown import same_as, that_one, title_not_here, unknown, unmeasured
from chatrec.understand.values import value_wishes
from chatrec.vocabulary import Catalog, Feedback, Heard, Item, Said, Turn, Wish

Place = tuple[int, int]
_SENTENCE = re.compile(r"[!?;。！？；]+|\.(?= |$)")
_TELLS = re.compile(
    r"^(?:i|we|you|he|she|they|it|this|that|my|our|there|yes|no|ok|okay|yeah|yep|nope|sure|loved|hated|liked|enjoyed|seen|saw|watched|already)\b|^[我你您他她它这那]"
)
_STATES = re.compile(
    r" *(?:(?:it|that|this|he|she)(?:'s| is| was)|its|thats|they (?:are|were)|is (?:that|this|it))\b(?!.*\b(?:should|must|has to|needs to|want|need)\b)"
)
_THE = re.compile(r"\b(?:the|this|that) $|(?:这|那)一?[个家部款本座处间]$|该$")
_CONCEDES = re.compile(
    r"(?:(?<=[，,。！!？? ])|^)(?:[啊哦哇嗯那这它]?[个家]?[^，,。！!？?]{0,4}?)(?:既然|虽然|尽管|真是|还真)[^，,。！!？?]*"
)
_HANDLES = re.compile(  # what to do with what was shown: "play it on the speaker in the kitchen"
    r"\b(?:play|send|cast|put|rent|book|reserve|order|buy|stream|stick|add|pay)(?: on| up)? (?:it|that|this|them|those|the|me (?:it|that))\b"
)
_A_NOUN = re.compile(r"\W*(?:an?|some|any|another)\b")  # "a film to fall asleep to lol"
_FEELS = re.compile(
    r"[好太真很](?:累|困|烦|忙|饿|冷|热|开心|难过|高兴|郁闷|无聊)(?:死)?(?:[啊呀了哦吧呢哈]|[。！!~]|$)+$"
)
_QUESTIONED = re.compile(r"\b(?:which|what|why|how|who)\b|哪|什么|为啥|怎么|咋")
_ASKED_AGAIN = re.compile(
    r"\W*(?:(?:and|ok and|so) (?:what about |how about |for |of )?|what about |how about |(?:the )?same (?:for|with) |那么?|还有)\ue000(?: then)?\W*呢?\W*|\ue000(?:呢\W*|(?: then)? ?[?？])"
)
_ABOUT_ITEMS = frozenset(("lookup", "explain", "compare"))
MOST_SENTENCES, MOST_WISHES, MOST_BACK = 60, 40, 4
FRAGMENT_WORDS, FRAGMENT_CHARACTERS = 12, 60  # of a message without a verb, which is then a description


class Reader:
    """`reader.read(said, turn) -> Heard`. today: the day that "last year" counts from; by default the day of reading."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon, today: Callable[[], date] = date.today) -> None:
        self._catalog, self._lexicon, self._today = catalog, lexicon, today

    def read(self, said: Said, turn: Turn) -> Heard:
        """Everything code can tell of this message. Raises BadInput for an act that can't be carried out."""
        if said.act is not None:
            return act_heard(said.act, turn, self._catalog, self._lexicon)
        u = Utterance.of(said.text)
        return self._text(u, turn) if u.plain else Heard()

    def _text(self, u: Utterance, turn: Turn) -> Heard:
        lexicon, plain = self._lexicon, u.plain
        found = marks(u, lexicon, self._today())
        turn, focus = _in_view(turn, *_talked_of(turn, lexicon), lexicon)
        pointed = _pointed(u, found, turn, lexicon, focus)
        if asks_what_is_known(plain):
            return Heard(kind="converse", certain=True, about_me=True)
        if aside(u, found, lexicon, bool(turn.last_items)):
            return Heard(kind="converse", certain=True, aside=True)
        if gone := _forgotten(plain, pointed, turn):
            return Heard(feedback=gone, kind="noted", certain=True)
        if again := _asked_again(plain, pointed, turn):
            return self._same_question(again, turn)
        sentences = _sentences(plain, found)
        negations, soft = refusals(plain), soft_places(plain)

        letting_go = [s for s in sentences if _lets_go(plain, s, found) or not_enough(plain[slice(*s)])]
        questions, asked = self._questions(
            u, [s for s in sentences if s not in letting_go], found, pointed, turn, focus
        )
        under_way = bool(turn.last_items or turn.history or found.mentions) and not _answers(turn)
        told = [] if not under_way else [s for s in sentences if _states(plain[slice(*s)]) and s not in letting_go]
        told += [] if not turn.history else [m.span() for m in _CONCEDES.finditer(plain)]
        found = _outside(found, [*asked, *told])

        # what is said of items, amounts, what is taken back, named values, names we don't know
        said_of = [s for s in uses(plain, pointed) if not _in(s.start, asked)]
        likes, feedback, like_places = judged(u, said_of, None if asked else focus)
        others = [((p.start, p.end), p.items[0]) for p in pointed if p.items]
        if (similar := more_of_it(plain)) in like_places and likes and likes[-1].value in lexicon.items:
            others.append((similar, lexicon.items[likes[-1].value]))  # "something similar but with more memory"
        wanted = asked_about(turn, lexicon)
        amounts = measured(u, lexicon, found, negations, soft, others, turn.last_items, wanted)
        taken_back, back_places, released = drops(
            plain, found, turn.ledger, [(a.facet, a.place) for a in amounts], lexicon
        )
        back = [(w.op, w.value) for w in turn.ledger.wishes if w.id in taken_back]
        likes = [w for w in likes if (w.op, w.value) not in back]
        found = _outside(found, back_places)
        amounts = [a for a in amounts if not _in(a.place[0], [*back_places, *like_places])]
        if feedback and not asks(plain):  # "Heat was overrated, 5 out of 10" gives a mark
            amounts = [a for a in amounts if (f := lexicon.facet(a.facet)) is None or f.role != "rating"]
        named, named_places, misplaced = value_wishes(u, lexicon, found, negations, soft)
        likes += _refused_titles(u, [p for p in pointed if not _in(p.start, asked)], said_of, negations)
        same, same_places = same_as(u, lexicon, found, pointed, turn.last_items, focus)
        that, that_places, unclear = that_one(u, lexicon, found, pointed, focus, turn.ledger)
        same, same_places = [*same, *that], [*same_places, *that_places]
        unclear += [a.place for a in amounts if a.unclear]
        odd_places = sorted([*unknown(u, lexicon, found), *misplaced, *unclear, *unmeasured(u, lexicon, found)])
        answered = yes_or_no(u, wanted)
        wishes = _once([*answered, *named, *(a.wish for a in amounts if a.wish), *same, *likes])

        spots = [(p.start, p.end) for p in pointed] + [a.place for a in amounts]
        called = [(p.start, p.end) for p in pointed if p.title and p.sure]
        listed = bool(turn.history and turn.history[-1].item_ids)
        ordered = commands(plain, found, [*back_places, *asked, *like_places, *told, *called], spots, listed)
        used = [
            *asked,
            *told,
            *like_places,
            *(a.place for a in amounts),
            *back_places,
            *named_places,
            *same_places,
            *odd_places,
        ]
        used += [*ordered.used, *softening(plain), *greetings(plain), *called]
        used += [(p.start, p.end) for p in pointed if not p.title]  # "the last one" describes nothing
        used += [(m.start, m.end) for m in found.namings]  # nor does "rating" by itself
        quiet = not (wishes or feedback or taken_back or released or questions or called)
        wanted_so = bool(found.nouns) and _A_NOUN.match(plain) is not None
        talk = (small_talk(plain) and not answered) or (quiet and closes(plain) and not wanted_so)
        stated = [a.place for a in amounts] + named_places + same_places
        within = [
            s
            for s in sentences
            if not talk
            and not _in(s[0], asked)
            and self._wants(plain, s, stated, found, turn, bool(feedback), negations)
        ]
        wishes = [] if talk else [*wishes, *_free(u, used, found, within)]

        heard = Heard(
            wishes=tuple(wishes[:MOST_WISHES]),
            drops=tuple(taken_back),
            released=tuple(released),
            feedback=tuple(feedback),
            items=_items(pointed, said_of),
            pointed=_once_each(i for p in pointed if not p.vague for i in p.items),
            perhaps=_once_each(i for p in pointed if p.vague for i in p.items),
            facet=next((m.facet for n in found.namings for m in n.meanings), None),
            asks=(ordered.asks or bool(found.nouns and any(w.facet or w.op == "like" for w in wishes)))
            and len(asked) < len(sentences)
            and not talk,
            again=ordered.again,
            show_again=ordered.show_again,
            count=ordered.count,
            reset=ordered.reset,
            undo=ordered.undo,
            just_show=ordered.just_show,
            not_understood=tuple(u.words(*p) for p in odd_places),
            choice=choice(plain),
        )
        if questions:
            first = questions[0]
            if first.missing:  # what is said around it describes nothing
                heard = replace(heard, wishes=tuple(w for w in heard.wishes if w.facet))
            alone = not (heard.wishes or heard.drops or heard.released or heard.asks)
            certain = alone and not doubtful(first, plain, pointed, turn)
            return replace(
                heard,
                kind=first.kind,
                certain=certain,
                items=first.items,
                facet=first.facet,
                negated_item=first.negated,
                choice=heard.choice or first.choice,
                not_understood=(*(u.words(*p) for p in first.missing), *heard.not_understood),
            )
        chosen = None if asked else _chosen(u, heard, turn, lexicon) or _taken(plain, heard, pointed, turn, focus)
        return chosen or _with_kind(heard, ordered, talk, plain)

    def _questions(
        self,
        u: Utterance,
        sentences: Sequence[Place],
        found: Marks,
        pointed: Sequence[Pointed],
        turn: Turn,
        focus: Item | None,
    ) -> tuple[list[Question], list[Place]]:
        """(questions about items, places of all that is asked: a question is no wish). sentences: without those that only look like
        questions: 什么价格都可以, "is that all?"."""
        plain = u.plain
        heard = (question(plain, s, found, pointed, self._lexicon, turn, focus) for s in sentences)
        questions = [_of_what_is_here(q, u, found, pointed) for q in heard if q]
        if not questions:  # of something by a name that nothing here has
            questions = [
                Question("lookup", (), s, missing=(name,))
                for s in sentences
                if asks_of_a_title(plain[slice(*s)])
                and not any(_in(p.start, [s]) for p in pointed)
                and (name := title_not_here(u, found, s))
            ]
        asked = [q.place for q in questions]
        asked += [
            s
            for s in sentences
            if s not in asked and asks_a_fact(plain[slice(*s)]) and not chooses(plain[slice(*s)], s, found)
        ]
        return questions, asked

    def _same_question(self, items: tuple[Item, ...], turn: Turn) -> Heard:
        """What was asked last, of other items: "and the third?"."""
        last, before = turn.history[-1], replace(turn, history=turn.history[:-1])
        heard = self._text(Utterance.of(last.said), before)
        asked = heard if heard.kind == last.kind else Heard(kind="explain" if last.kind == "explain" else "lookup")
        return Heard(
            kind=asked.kind,
            certain=True,
            items=items,
            pointed=items,
            facet=asked.facet,
            negated_item=asked.negated_item,
        )

    def _wants(
        self,
        plain: str,
        sentence: Place,
        stated: Sequence[Place],
        found: Marks,
        turn: Turn,
        judges: bool,
        negations: Sequence[Refusal],
    ) -> bool:
        """Whether the words of a sentence that no facet understands describe what is wanted, rather than tell something."""
        text = plain[slice(*sentence)]
        if small_talk(text) or orders(text) or (_FEELS.search(text) and not stated and not asks(text)):
            return False
        if turn.last_items and _HANDLES.search(text):
            return False
        if (_answers(turn) and not judges) or asks(text) or any(_in(p[0], [sentence]) for p in stated):
            return True
        if any(_in(m.start, [sentence]) for m in found.nouns) and not _TELLS.match(text.strip()):
            return True
        return not judges and (_fragment(text) or any(_in(n.start, [sentence]) for n in negations))


def _of_what_is_here(q: Question, u: Utterance, found: Marks, pointed: Sequence[Pointed]) -> Question:
    """A question that points at nothing is about what was shown, unless it names something that is not here."""
    if q.kind != "lookup" or q.missing or any(_in(p.start, [q.place]) for p in pointed):
        return q
    place = title_not_here(u, found, q.place)
    return replace(q, items=(), missing=(place,)) if place else q


def _forgotten(plain: str, pointed: Sequence[Pointed], turn: Turn) -> tuple[Feedback, ...]:
    """Feedback that is taken back; a wish for something like the item goes first: "forget Heat"."""
    liked = {w.value for w in turn.ledger.wishes if w.op in ("like", "not_like")}
    return tuple(f for f in forgotten(plain, pointed) if f.item_id not in liked)


def _asked_again(plain: str, pointed: Sequence[Pointed], turn: Turn) -> tuple[Item, ...]:
    """The items of "and the third?", "what about Heat?", 那第二个呢, where a question about another was answered last."""
    if not turn.history or turn.history[-1].kind not in ("lookup", "explain") or turn.history[-1].item_ids:
        return ()
    called = [p for p in pointed if not p.vague]
    if len(called) != 1 or not _ASKED_AGAIN.fullmatch(marked(plain, called)):
        return ()
    return called[0].items


def _chosen(u: Utterance, heard: Heard, turn: Turn, lexicon: Lexicon) -> Heard | None:
    """The answer to "which one do you mean?": one of those that were offered, by its place or its name, however ordinary, and nothing else."""
    offered = {a.item_ids[0]: a for a in turn.offered}
    if not offered:
        return None
    whole = {i.id for i in turn.last_items if u.plain.strip(" .!。！") in map(normal, (i.title, *i.titles.values()))}
    meant = offered.keys() & (whole or {i.id for i in heard.items or heard.pointed} or by_words(u, lexicon))
    wanted = any(w.facet or w.value in lexicon.items for w in heard.wishes)
    if len(meant) != 1 or wanted or heard.feedback or heard.drops or heard.released or heard.asks:
        return None
    (item,) = meant
    return replace(heard, wishes=(), feedback=(Feedback(offered[item].kind, item),), kind="noted", certain=True)


def _taken(plain: str, heard: Heard, pointed: Sequence[Pointed], turn: Turn, focus: Item | None) -> Heard | None:
    """One of the items is what the person wanted: nothing is left to look for."""
    pointed = [*pointed, *_by_title(plain, pointed, turn.last_items)]
    items = _once_each(i for p in pointed if not p.vague for i in p.items)
    if not (turn.last_items or items) or heard.feedback or heard.drops or heard.released or heard.count:
        return None
    if any(w.facet or w.value in [i.id for i in items] for w in heard.wishes) or not takes(plain, pointed):
        return None
    if not pointed and focus:  # "sold", where one was talked of
        items = (focus,)
    return replace(heard, wishes=(), items=items, kind="converse", certain=True, asks=False, takes=True)


def _by_title(plain: str, pointed: Sequence[Pointed], shown: Sequence[Item]) -> Iterable[Pointed]:
    """Titles of what was shown, however ordinary their words."""
    places = [(p.start, p.end) for p in pointed]
    for item in shown:
        for title in {normal(t) for t in (item.title, *item.titles.values())}:
            found = re.search(rf"(?<![a-z0-9]){re.escape(title)}(?![a-z0-9])", plain) if title else None
            if found and not _in(found.start(), places):
                places.append(found.span())
                yield Pointed(*found.span(), (item,), title=True)


def _with_kind(heard: Heard, ordered: Commands, talk: bool, plain: str) -> Heard:
    """The kind of turn where the person left no doubt."""
    quiet = not (heard.wishes or heard.feedback or heard.drops or heard.released or heard.items)
    if (heard.undo or heard.reset) and quiet and heard.count is None:
        return replace(heard, kind="noted", certain=True, asks=False)
    if (heard.just_show or heard.show_again) and not heard.feedback:
        return replace(heard, kind="recommend", certain=_QUESTIONED.search(plain) is None)
    if (talk or ordered.say_again) and quiet:
        return replace(heard, kind="converse", certain=True)
    return heard


def _talked_of(turn: Turn, lexicon: Lexicon, back: int = MOST_BACK) -> tuple[tuple[Item, ...], bool]:
    """The items that the latest exchanges were about, by name or by place and without a card ("how long is the second?", then "and its
    director?"), and whether they were asked about: of what was only noted ("I like Heat"), a list that was shown stays the one that is
    counted in."""
    exchange = turn.history[-1] if turn.history and back else None
    if exchange is None or exchange.item_ids or exchange.kind not in _ABOUT_ITEMS | {"noted", "converse"}:
        return (), False
    earlier = replace(turn, history=turn.history[:-1])
    talked, asked = _talked_of(earlier, lexicon, back - 1)
    earlier, focus = _in_view(earlier, talked, asked, lexicon)
    u = Utterance.of(exchange.said)
    named = [m for m in titles(u, lexicon, []).mentions if m.sure or m.cued]
    spoken = [(m.start, lexicon.items[m.item_ids[0]]) for m in named]
    called = [(m.end, lexicon.items[m.item_ids[0]]) for m in named]
    placed = [p for p in pointers(u.plain, earlier, lexicon.items, called, focus) if not p.vague]
    if exchange.kind == "compare":
        placed += bare_numbers(u.plain, earlier.last_items, (0, len(u.plain)))
    spoken += [(p.start, i) for p in placed for i in p.items]
    if spoken:
        return _once_each(item for _, item in sorted(spoken, key=lambda s: s[0])), exchange.kind in _ABOUT_ITEMS
    return ((), False) if exchange.kind == "noted" else (talked, asked)


def _in_view(turn: Turn, talked: tuple[Item, ...], asked: bool, lexicon: Lexicon) -> tuple[Turn, Item | None]:
    """(the turn with the items that are counted in: after "compare Heat and Alien", "which is longer?" asks about these; the one that "it" is)."""
    if len(talked) > 1 and asked:
        turn = replace(turn, last_items=talked)
    return turn, talked[0] if len(talked) == 1 else one_in_focus(turn, lexicon.items)


def _pointed(u: Utterance, found: Marks, turn: Turn, lexicon: Lexicon, focus: Item | None) -> list[Pointed]:
    """Titles and "the second one", from left to right."""
    by_name = [
        Pointed(m.start, m.end, (lexicon.items[m.item_ids[0]],), title=True, sure=m.sure or m.cued)
        for m in found.mentions
    ]
    sure = [(p.end, p.items[0]) for p in by_name if p.sure]
    by_place = [
        Pointed(p.start, p.end, p.items, vague=p.vague)
        for p in pointers(u.plain, turn, lexicon.items, sure, focus)
        if not any(n.start < p.end and p.start < n.end for n in by_name)
    ]
    by_noun = [
        p
        for p in _the_noun(u, found, turn, focus)
        if not any(n.start < p.end and p.start < n.end for n in (*by_name, *by_place))
    ]
    return sorted([*by_name, *by_place, *by_noun], key=lambda p: p.start)


def _the_noun(u: Utterance, found: Marks, turn: Turn, focus: Item | None) -> Iterable[Pointed]:
    """ "The hotel", 这家餐馆: what was shown last, called by what all items are called."""
    if not turn.last_items:
        return
    for noun in found.nouns:
        if not noun.plural and (the := _THE.search(u.plain, max(0, noun.start - 8), noun.start)):
            items = (focus,) if focus else turn.last_items[:1]
            yield Pointed(the.start(), noun.end, items, vague=focus is None)


def _refused_titles(
    u: Utterance, pointed: Sequence[Pointed], said_of: Sequence[Use], negations: Sequence[Refusal]
) -> Iterable[Wish]:
    """ "with Brad Pitt, but not Fight Club"."""
    spoken = [use.pointed for use in said_of]
    called = [p for p in pointed if p.title and p.sure and p not in spoken]
    no = refused(u.plain, negations, [(p.start, p.end) for p in called])
    for p in called:
        if (start := no.get((p.start, p.end))) is not None:
            yield Wish(op="not_like", value=p.items[0].id, hard=False, words=u.words(min(start, p.start), p.end))


def _items(pointed: Sequence[Pointed], said_of: Sequence[Use]) -> tuple[Item, ...]:
    """The items a message points at: those called by name, and those of "the second one" where something is said of them."""
    used = [use.pointed for use in said_of]
    chosen = [p for p in pointed if p.title or (p in used and not p.vague)]
    return _once_each(i for p in chosen for i in p.items)


def _once_each(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple({i.id: i for i in items}.values())


def _free(u: Utterance, used: Sequence[Place], found: Marks, within: Sequence[Place]) -> Iterable[Wish]:
    """The rest of a request as soft wishes in the person's own words."""
    wanted, refused = leftover(u, used, found.nouns, refusals(u.plain), within)
    if wanted is not None:
        yield Wish(op="like", value=wanted[0], hard=False, words=u.words(*wanted[1]))
    for text, place in refused[:3]:
        yield Wish(op="not_like", value=text, hard=False, words=u.words(*place))


def _once(wishes: Iterable[Wish]) -> list[Wish]:
    """The same thing said twice is one wish, hard if either was."""
    found: dict[tuple[str | None, str, str], Wish] = {}
    for wish in wishes:
        key = (wish.facet, wish.op, str(wish.value))
        if key not in found or (wish.hard and not found[key].hard):
            found[key] = wish
    return list(found.values())


def _lets_go(plain: str, sentence: Place, found: Marks) -> bool:
    """Whether a sentence takes a wish back, and asks nothing."""
    text = plain[slice(*sentence)].rstrip()
    return not text.endswith(("?", "？", "吗", "呢")) and lets_go(
        plain,
        sentence,
        (n for n in found.namings if _in(n.start, [sentence])),
        (v for v in found.named if _in(v.start, [sentence])),
    )


def _states(text: str) -> bool:
    """Whether a sentence tells of something ("it's more of a comedy") and asks for nothing."""
    return _STATES.match(text) is not None and not asks(text)


def _answers(turn: Turn) -> bool:
    """Whether we asked something last: then what comes is an answer."""
    return bool(turn.history) and turn.history[-1].kind == "ask"


def _fragment(text: str) -> bool:
    """Whether a sentence is a bare description ("clever heist", 轻松一点的), rather than something told."""
    text = text.strip(" .!?")
    words = text.split()
    if len(text) > FRAGMENT_CHARACTERS or len(words) > FRAGMENT_WORDS or _TELLS.match(text):
        return False
    return (
        len(words) != 1
        or not text.isascii()
        or (len(text) > 3 and (text in COMMON_EN or stem(text) in COMMON_EN or "-" in text or len(text) > 5))
    )


def _sentences(plain: str, found: Marks) -> list[Place]:
    """Places of the sentences; a full stop inside a name (Dr. Strangelove, Samuel L. Jackson) ends none."""
    solid = [(m.start, m.end) for m in found.named] + [(m.start, m.end) for m in found.mentions]
    result = []
    start = 0
    for match in _SENTENCE.finditer(plain):
        if any(s < match.start() < e for s, e in solid):
            continue
        if plain[start : match.end()].strip():
            result.append((start, match.end()))
        start = match.end()
        if len(result) >= MOST_SENTENCES:
            break
    if plain[start:].strip():
        result.append((start, len(plain)))
    return result


def _outside(found: Marks, places: Sequence[Place]) -> Marks:
    """The marks outside of some places."""
    if not places:
        return found
    return Marks(
        values=[m for m in found.values if not _in(m.start, places)],
        names=[m for m in found.names if not _in(m.start, places)],
        trends=[m for m in found.trends if not _in(m.start, places)],
        namings=[m for m in found.namings if not _in(m.start, places)],
        cues=[m for m in found.cues if not _in(m.start, places)],
        nouns=found.nouns,
        amounts=[a for a in found.amounts if not _in(a.core[0], places)],
        mentions=[m for m in found.mentions if not _in(m.start, places)],
        unknown_titles=[p for p in found.unknown_titles if not _in(p[0], places)],
    )


def _in(at: int, places: Sequence[Place]) -> bool:
    return any(start <= at < end for start, end in places)
