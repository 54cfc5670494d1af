"""What a change did, as a page: each dialogue that is different, turn by turn, words that went and words that came.

Knows: a Comparison. Does not know: how it is found.
"""

from __future__ import annotations

from collections.abc import Sequence

from chatrec.evaluation.dialogues.report import figures
from chatrec.evaluation.dialogues.report.compare import (
    ORDER,
    CheckTurned,
    Comparison,
    DialogueChanged,
    Fate,
    Moved,
    TurnChanged,
    Value,
)
from chatrec.evaluation.dialogues.report.compared import HEADINGS, headline
from chatrec.evaluation.dialogues.report.markup import Html, frame, joined, language, tag
from chatrec.evaluation.dialogues.report.transcript import SIGNS, first_failure

NOW = {"fails": "now fails", "passes": "passes again", "gone": "failed, is not there any more"}


def comparison_page(comparison: Comparison) -> str:
    """The whole page."""
    states = [tag("button", f"all {len(comparison.changed)}", type="button", data_kind="status", data_value="",
                  aria_pressed="true")]  # fmt: skip
    for fate in ORDER:
        if found := comparison.of(fate):
            words = f"{HEADINGS[fate].partition(',')[0]} {len(found)}"
            states.append(
                tag("button", words, type="button", data_kind="status", data_value=fate, aria_pressed="false")
            )
    field = tag("input", type="search", placeholder="Filter by name, words ...   /", aria_label="Filter by name, words",
                autocomplete="off", spellcheck="false")  # fmt: skip
    a, b = comparison.before, comparison.after
    runs = tag("dl", [
        (tag("dt", name), tag("dd", f"{figures.headline(run)} · {figures.when(run.started)}"))
        for name, run in (("before", a), ("after", b))
    ], [(tag("dt", v.name), tag("dd", _from_to(v))) for v in comparison.settings], class_="about")  # fmt: skip
    body = tag(
        "main",
        tag("header", tag("h1", "What changed"),
            tag("p", headline(comparison), class_=f"verdict {'bad' if comparison.newly_fails else 'good'}")),
        tag("div", runs, class_="box", style="margin:16px 0 8px"),
        tag("div", tag("div", field, tag("div", states, class_="choices", role="group", aria_label="What became of it"),
                       class_="row"), class_="tools", hidden=True),
        [_section(comparison, fate) for fate in ORDER],
        tag("p", "No dialogue is left by this filter.", class_="none quiet", hidden=True, role="status"),
    )  # fmt: skip
    return frame(f"{headline(comparison)} | what changed", body)


def _section(comparison: Comparison, fate: Fate) -> Html | None:
    found = comparison.of(fate)
    if not found:
        return None
    heading = HEADINGS[fate].capitalize()
    return tag("section", tag("h2", f"{heading} ", tag("span", str(len(found)), class_="count")),
               [_dialogue(d) for d in found], class_="dialogues", aria_label=heading)  # fmt: skip


def _dialogue(dialogue: DialogueChanged) -> Html:
    played = dialogue.played
    head = tag(
        "summary",
        tag("span", SIGNS.status(played), class_=f"mark {played.status}", role="img", aria_label=played.status),
        tag("span", tag("b", played.title, lang=language(played.title)), tag("span", played.name, class_="name"),
            class_="title"),
        tag("span", [tag("span", t, class_="tag") for t in played.tags], class_="labels"),
        tag("span", figures.counted(len(dialogue.turns), "turn") if dialogue.turns else "", class_="quiet number"),
    )  # fmt: skip
    values = [(tag("dt", v.name), tag("dd", _from_to(v))) for v in dialogue.values]
    inside = [
        tag("p", figures.place(played, played.line), class_="quiet place"),
        tag("p", first_failure(played), class_="why") if dialogue.fate == "added" and dialogue.newly_fails else None,
        tag("dl", values, class_="change") if values else None,
        [_turn(t) for t in dialogue.turns],
    ]
    words = " ".join((played.name, played.title, *played.tags, *(t.said for t in dialogue.turns)))
    return tag(
        "details", head, tag("div", inside, class_="inside"), class_=f"dialogue {played.status}",
        open=dialogue.fate in ("failing", "passing", "changed"), data_status=dialogue.fate,
        data_tags=" ".join(played.tags), data_words=" ".join(words.casefold().split()),
    )  # fmt: skip


def _turn(turn: TurnChanged) -> Html:
    there = {"both": "", "added": "a turn more", "removed": "not any more"}[turn.there]
    rows: list[tuple[str, Html]] = [(v.name, _from_to(v)) for v in turn.values]
    rows += [(name, _cards(moved)) for name, moved in (("items", turn.items), ("near", turn.near)) if moved]
    for name, out, came in (("wishes", turn.wishes_out, turn.wishes_in), ("chips", turn.chips_out, turn.chips_in)):
        if out or came:
            rows.append((name, tag("ul", _words(out, "out", "−"), _words(came, "in", "+"))))
    if turn.text:
        parts = [
            tag("del", w) if change == "out" else tag("ins", w) if change == "in" else w for change, w in turn.text
        ]
        rows.append(("text", tag("p", parts, class_="diff", lang=language("".join(w for _, w in turn.text)))))
    if turn.checks:
        rows.append(("checks", tag("ul", [_check(c) for c in turn.checks])))
    failing = any(c.now == "fails" for c in turn.checks)
    return tag(
        "article",
        tag("p", tag("span", f"turn {turn.number}"), tag("span", f"line {turn.line}"), tag("span", there),
            class_="turn-head quiet"),
        tag("div", tag("p", turn.said, lang=language(turn.said)), class_="said"),
        tag("dl", [(tag("dt", name), tag("dd", what)) for name, what in rows], class_="change") if rows else None,
        class_="turn bad" if failing else "turn", aria_label=f"turn {turn.number}",
    )  # fmt: skip


def _from_to(value: Value) -> Html:
    return joined(tag("span", value.before, class_="from"), " → ", tag("span", value.after, class_="to"))


def _words(words: Sequence[str], kind: str, sign: str) -> list[Html]:
    return [tag("li", f"{sign} {w}", class_=kind) for w in words]


def _cards(moved: Sequence[Moved]) -> Html:
    rows = []
    for m in moved:
        kind, sign, where = "moved", "↕", f"place {m.before} → {m.after}"
        if m.before is None:
            kind, sign, where = "in", "+", f"place {m.after}"
        elif m.after is None:
            kind, sign, where = "out", "−", f"was place {m.before}"
        title = tag("b", m.card.title, lang=language(m.card.title))
        rows.append(tag("li", f"{sign} ", title, " ", tag("code", m.card.id), tag("span", f" {where}", class_="quiet"),
                        class_=kind))  # fmt: skip
    return tag("ul", rows)


def _check(check: CheckTurned) -> Html:
    state = {"fails": "failed", "passes": "passed", "gone": "reported"}[check.now]
    sign = {"fails": SIGNS.bad, "passes": SIGNS.good, "gone": SIGNS.unjudged}[check.now]
    told = f": {check.told}" if check.told else ""
    return tag("li", tag("span", sign, class_=f"mark {state}"), " ", tag("b", check.asked), " ", NOW[check.now], told,
               tag("span", f" line {check.line}", class_="quiet"), class_="turned")  # fmt: skip
