"""How people say their wishes in English: turns of phrase with holes, by what is wished. No word of any domain.

Holes: {a} {b} amounts, {n} a bare number in b's unit, {d} a decade, {w} {v} words for values, {N} {M} names, {cue} "directed by",
{label} what the facet is called, {noun} {nouns} what the items are called. Each phrase is either before the noun ("French"), after
it ("under two hours") or an aside of its own ("no musicals").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Place = str  # "before", "after", "aside"
Phrase = tuple[Place, str]
Table = Mapping[str, Sequence[Phrase]]


def _all(before: str = "", after: str = "", aside: str = "") -> tuple[Phrase, ...]:
    """Phrases by place, separated by |."""
    found: list[Phrase] = []
    for place, phrases in (("before", before), ("after", after), ("aside", aside)):
        found += [(place, p.strip()) for p in phrases.split("|") if p.strip()]
    return tuple(found)


AMOUNTS: Mapping[str, Table] = {
    "year": {
        ">": _all(
            after="made after {a} | from after {a} | released after {a} | newer than {a} | that came out after {a} | later than {a}",
            aside="anything after {a} is fine | it has to be newer than {a} | it must be from after {a}",
        ),
        ">=": _all(
            after="from {a} or later | from {a} on | from {a} onwards | since {a} | no older than {a} | made in {a} or later | {a} or newer",
            aside="nothing from before {a} | nothing older than {a} | it should be from {a} at the earliest",
        ),
        "<": _all(
            after="made before {a} | from before {a} | older than {a} | released before {a} | that came out before {a} | earlier than {a}",
            aside="it must be from before {a} | it has to be older than {a}",
        ),
        "<=": _all(
            after="from {a} or earlier | from {a} or before | no newer than {a} | made in {a} at the latest | {a} or older",
            aside="nothing after {a} | nothing newer than {a} | nothing made after {a}",
        ),
        "between": _all(
            after="from {a} to {b} | between {a} and {b} | made between {a} and {b} | released from {a} to {b} | from the years {a} to {b}"
            " | from {a}-{b} | that came out between {a} and {b}",
            aside="the {label} should be between {a} and {b} | anywhere from {a} to {b} | it should be from {a} to {b}",
        ),
        "decade": _all(
            before="{d} | {spelled}",
            after="from the {d} | made in the {d} | released in the {d} | from the {spelled} | out of the {d} | that came out in the {d}",
            aside="it has to be from the {d} | only the {spelled}, please",
        ),
        "=": _all(
            after="from {a} | made in {a} | released in {a} | that came out in {a} | from the year {a} | dating from {a}",
            aside="the {label} should be {a} | {label}: {a} | it has to be from {a}",
        ),
        "around": _all(
            after="from around {a} | from about {a} | from {a} or so | made around {a} | from roughly {a} | from somewhere around {a}",
            aside="around {a} would be good | roughly {a} | {a} or thereabouts",
        ),
    },
    "price": {
        "<": _all(
            after="under {a} | for less than {a} | below {a} | cheaper than {a} | costing less than {a} | costing under {a} | for under {a} | priced below {a}",
            aside="it has to cost less than {a} | the {label} must be under {a}",
        ),
        "<=": _all(
            after="for up to {a} | for {a} or less | for no more than {a} | costing at most {a} | within a budget of {a}",
            aside="my budget is {a} | I can spend {a} at most | I don't want to pay more than {a} | {a} max | nothing over {a}"
            " | nothing that costs more than {a} | no more than {a}, please | {a} is my limit",
        ),
        ">": _all(
            after="over {a} | for more than {a} | costing more than {a} | above {a} | costing over {a} | priced above {a}",
            aside="it should cost more than {a} | the {label} should be over {a}",
        ),
        ">=": _all(
            after="for at least {a} | for {a} and up | starting at {a} | for {a} or more | from {a} up",
            aside="I want to spend at least {a} | nothing under {a} | nothing below {a}",
        ),
        "between": _all(
            after="between {a} and {b} | from {a} to {b} | for {a} to {b} | for {n} to {b} | priced between {a} and {b} | in the {a}-{b} range",
            aside="my budget is {a} to {b} | I want to spend between {a} and {b} | somewhere between {a} and {b} | {a}-{b}",
        ),
        "around": _all(
            after="around {a} | for about {a} | for roughly {a} | at around {a} | for {a} or so | costing about {a}",
            aside="my budget is around {a} | about {a}, give or take | roughly {a}",
        ),
    },
    "duration": {
        "<": _all(
            after="under {a} | shorter than {a} | taking less than {a} | less than {a} long | of under {a} | below {a}",
            aside="it has to be under {a} | it must be shorter than {a} | less than {a}, please",
        ),
        "<=": _all(
            after="no longer than {a} | of {a} at most | of {a} or less | of at most {a} | up to {a} long | not longer than {a}",
            aside="it can't be longer than {a} | I have {a} at most | {a} max | nothing over {a} | nothing longer than {a} | not more than {a}",
        ),
        ">": _all(
            after="over {a} | longer than {a} | of more than {a} | over {a} long | more than {a} long | above {a}",
            aside="it should be longer than {a} | more than {a}, please | it has to be over {a}",
        ),
        ">=": _all(
            after="of at least {a} | of {a} or more | no shorter than {a} | at least {a} long | not shorter than {a}",
            aside="it should be at least {a} long | nothing under {a} | nothing shorter than {a}",
        ),
        "between": _all(
            after="between {a} and {b} | from {a} to {b} | of {n} to {b} | between {n} and {b} long | lasting {n} to {b} | taking {n} to {b}",
            aside="the {label} should be {n} to {b} | somewhere between {n} and {b} | {n}-{b}",
        ),
        "around": _all(
            after="of around {a} | about {a} long | around {a} long | of about {a} | roughly {a} long | of {a} or so",
            aside="around {a} would be good | about {a}, give or take",
        ),
    },
    "rating": {
        ">": _all(
            after="rated above {a} | rated over {a} | rated higher than {a} | with a rating above {a} | with a rating over {a} | rated better than {a}",
            aside="the rating should be above {a} | the rating must be higher than {a}",
        ),
        ">=": _all(
            after="rated at least {a} | rated {a} or higher | rated {a} or better | rated {a} and up | with a rating of {a} or more | with a rating of at least {a}",
            aside="the rating should be at least {a} | nothing rated below {a} | nothing rated under {a} | the {label} has to be {a} or higher",
        ),
        "between": _all(
            after="rated between {a} and {b} | rated {a} to {b} | with a rating from {a} to {b} | with a rating between {a} and {b} | rated from {a} to {b}",
            aside="the rating should be between {a} and {b} | a rating of {a} to {b} | rating {a} to {b}, please",
        ),
        "around": _all(
            after="rated around {a} | rated about {a} | with a rating of about {a} | rated {a} or so | rated roughly {a} | with a rating around {a}",
            aside="a rating of about {a} would be good | rated {a}, give or take",
        ),
    },
    "other": {
        "<": _all(
            after="with less than {a} {of} | with {label} under {a} | with {label} below {a} | with under {a} {of} | having less than {a} {of}",
            aside="the {label} should be under {a} | the {label} has to be less than {a} | {label} below {a}, please",
        ),
        "<=": _all(
            after="with at most {a} {of} | with no more than {a} {of} | with {label} up to {a} | with {a} {of} or less | with a maximum of {a} {of}",
            aside="the {label} should be {a} at most | the {label} must not be over {a} | no more than {a} {of}",
        ),
        ">": _all(
            after="with more than {a} {of} | with {label} over {a} | with {label} above {a} | with over {a} {of} | having more than {a} {of}",
            aside="the {label} should be over {a} | the {label} has to be more than {a} | {label} above {a}, please",
        ),
        ">=": _all(
            after="with at least {a} {of} | with no less than {a} {of} | with {label} of {a} or more | with {a} {of} or more | with a minimum of {a} {of}",
            aside="the {label} should be at least {a} | the {label} must not be under {a} | at least {a} {of}, please",
        ),
        "between": _all(
            after="with {n} to {b} {of} | with between {n} and {b} {of} | with {label} from {a} to {b} | with {label} between {a} and {b}",
            aside="the {label} should be between {n} and {b} | {label}: {n} to {b} | somewhere between {n} and {b} {of} | {label} of {n}-{b}, please",
        ),
        "around": _all(
            after="with around {a} {of} | with about {a} {of} | with roughly {a} {of} | with {label} around {a}",
            aside="the {label} should be around {a} | about {a} {of}, give or take | {label} of {a} or so | around {a} {of} would be good",
        ),
    },
}  # fmt: skip

VALUES: Table = {
    "value": _all(
        before="{w}",
        aside="I want {w} {nouns} | it has to be {an_w} {noun} | only {w} {nouns}, please | I'm in the mood for {an_w} {noun} | {label}: {w}"
        " | the {label} should be {w} | make it {an_w} {noun} | as for the {label}, {w}",
    ),
    "refusal": _all(
        after="but no {w} {nouns} | but not {an_w} {noun}",
        aside="no {w} {nouns} | not {an_w} {noun} | anything but {w} {nouns} | please leave out {w} {nouns} | I don't want {w} {nouns} | skip the {w} {nouns}"
        " | I don't like {w} {nouns} | I can't stand {w} {nouns} | no {w} {nouns}, please | everything except {w} {nouns}",
    ),
    "one of": _all(
        before="{w} or {v}",
        aside="either {w} or {v} {nouns} | {w} {nouns} or {v} {nouns} | the {label} can be {w} or {v} | I'm fine with {w} or {v} {nouns} | {w} or {v}, either is fine"
        " | {an_w} or {v} {noun} | it has to be {w} or {v}",
    ),
    "several": _all(
        before="{w} {v}",
        after="that combine {w} and {v} | that mix {w} and {v} | with both {w} and {v}",
        aside="a mix of {w} and {v} | it should be both {w} and {v} | {w} and {v} in one | {w} {nouns} that are also {v}",
    ),
}  # fmt: skip
PLACES: Table = {
    "value": _all(
        after="from {w} | coming from {w} | out of {w}",
        aside="it has to be from {w} | only from {w}, please | the {label} should be {w} | {label}: {w} | I want something from {w}",
    ),
    "refusal": _all(
        after="but not from {w}",
        aside="not from {w} | nothing from {w} | no {nouns} from {w} | anywhere but {w} | please nothing from {w} | I don't want anything from {w}"
        " | leave out everything from {w}",
    ),
    "one of": _all(
        after="from {w} or {v} | from either {w} or {v}",
        aside="from {w} or {v}, please | the {label} can be {w} or {v} | it should be from {w} or {v} | {w} or {v}, either is fine | {label}: {w} or {v}"
        " | anything from {w} or {v}",
    ),
}  # fmt: skip
LANGUAGES: Table = {
    "value": _all(
        before="{w}-language",
        after="in {w} | spoken in {w}",
        aside="it has to be in {w} | only in {w}, please | the {label} should be {w} | {label}: {w} | I want something in {w}",
    ),
    "refusal": _all(
        after="but not in {w}",
        aside="not in {w} | nothing in {w} | no {w}-language {nouns} | anything that is not in {w} | please nothing in {w} | I don't want anything in {w}"
        " | any {label} but {w}",
    ),
    "one of": _all(
        after="in {w} or {v} | in either {w} or {v}",
        aside="in {w} or {v}, please | the {label} can be {w} or {v} | it should be in {w} or {v} | {label}: {w} or {v} | anything in {w} or {v} | {w} or {v}-language {nouns}",
    ),
}  # fmt: skip
PEOPLE: Table = {
    "value": _all(
        after="{cue} {N}",
        aside="it has to be {cue} {N} | the {label} should be {N} | something {cue} {N} | anything {cue} {N} | {label}: {N} | I love {N}, so something {cue} {N}"
        " | I want {nouns} {cue} {N}",
    ),
    "refusal": _all(
        after="but not {cue} {N}",
        aside="not {cue} {N} | nothing {cue} {N} | no {nouns} {cue} {N} | anything not {cue} {N} | please leave out {nouns} {cue} {N}"
        " | I don't want {nouns} {cue} {N} | skip anything {cue} {N}",
    ),
    "one of": _all(
        after="{cue} {N} or {M} | {cue} either {N} or {M}",
        aside="{cue} {N} or {M}, either is fine | the {label} can be {N} or {M} | something {cue} {N} or {M} | it should be {cue} {N} or {M} | {label}: {N} or {M}"
        " | anything {cue} {N} or {M}",
    ),
    "several": _all(
        after="{cue} {N} and {M} | {cue} both {N} and {M}",
        aside="something {cue} both {N} and {M} | I want {N} and {M} together, {cue} both | it should be {cue} {N} and {M} | anything {cue} {N} and {M}"
        " | {label}: {N} and {M} | I want {nouns} {cue} {N} and {M}",
    ),
}  # fmt: skip
YES_NO: Table = {
    "yes": _all(
        before="{w}",
        aside="it must be {w} | it has to be {w} | only {w}, please | {w} only | it should be {w} | I only want {w} {nouns} | {w} is a must",
    ),
    "no": _all(
        before="non-{w}",
        aside="not {w} | nothing {w} | it must not be {w} | it shouldn't be {w} | no {w} {nouns} | I don't want {w} ones | please nothing {w}",
    ),
}
SOFT: Sequence[str] = (
    "ideally {x}", "preferably {x}", "{x} if possible", "{x} would be nice", "I'd prefer {x}", "{x} would be a plus", "if you can, {x}", "{x}, but that's not a must",
    "I'd rather have {x}, if there is any",
)  # fmt: skip
OPENINGS: Sequence[str] = (
    "I'm looking for {a_np}.", "I want {a_np}.", "Find me {np}.", "Show me {np}.", "{np}, please.", "Do you have {np}?", "Could you suggest {a_np}?",
    "I'd like {a_np}.", "What {np} do you have?", "Got any {np}?", "Hi, I need {a_np}.", "{a_np}", "Can you recommend {np}?", "Are there any {np}?",
)  # fmt: skip
MORE: Sequence[str] = (  # what is said about something else than before
    "{x}.", "And {x}.", "Oh, and {x}.", "One more thing: {x}.", "{x}, please.", "Fine, but {x}.", "OK, and {x}.", "Good. Now {x}.", "Right, {x}.",
)  # fmt: skip
ALSO: Sequence[str] = (  # another value of the same facet beside the first
    "It should also be {x}.", "Also {x}.", "And {x} as well.", "{x} too, please.", "Plus {x}.", "On top of that, {x}.", "In addition, {x}.", "{x} as well, please.",
)  # fmt: skip
INSTEAD: Sequence[str] = (
    "Actually, {x} instead.", "No, rather {x}.", "Let's make it {x}.", "Change that to {x}.", "I changed my mind: {x}.", "On second thought, {x}.",
    "Hmm, {x} instead.", "Make that {x}.", "Wait, {x} after all.", "Sorry, I meant {x}.",
)  # fmt: skip
FORGET: Sequence[str] = (
    "Forget the {f}.", "Never mind the {f}.", "The {f} doesn't matter.", "Any {f} is fine.", "I don't care about the {f} any more.", "Drop the {f}.",
    "Ignore the {f}.", "No preference on the {f} after all.", "The {f} is not important.", "Forget about the {f}.", "The {f} can be anything.",
)  # fmt: skip
UNSAY: Mapping[str, Sequence[str]] = {
    "value": (
        "It doesn't have to be {an_w} {noun} after all.", "No need for {w} {nouns} any more.", "It need not be {an_w} {noun} any more.",
        "Forget about the {w} {nouns}.", "Never mind {w}.", "Take {w} off the list.", "Drop {w}.", "{w} is no longer a must.",
    ),
    "person": (
        "Forget about {N}.", "Never mind {N}.", "It doesn't have to be {cue} {N} after all.", "No need for {N} any more.", "Drop {N}.",
        "It need not be {cue} {N} any more.", "Take {N} off the list.", "{N} is no longer a must.",
    ),
    "refusal": (
        "{w} is fine after all.", "I don't mind {w} after all.", "{w} is OK too after all.", "On second thought, {w} is fine too.", "You can include {w} again.",
        "{w} is allowed again.", "Bring back {w}.", "I have nothing against {w} any more.",
    ),
}  # fmt: skip
SEEN: Sequence[str] = (
    "I've seen the {nth} one.", "I already know the {nth} one.", "Seen the {nth}.", "The {nth} one I know already.", "I have seen number {n}.", "I know the {nth} one.",
    "Already seen the {nth} one, sorry.", "I've already seen the {nth}.",
)  # fmt: skip
OTHERS: Sequence[str] = (
    "Others please.", "Something else.", "Show me others.", "What else is there?", "Any others?", "More, please.", "Different ones, please.", "Show me more.",
    "None of these, what else do you have?",
)  # fmt: skip
NTH = ("first", "second", "third")
SPELLED = {
    20: "twenties",
    30: "thirties",
    40: "forties",
    50: "fifties",
    60: "sixties",
    70: "seventies",
    80: "eighties",
    90: "nineties",
}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
