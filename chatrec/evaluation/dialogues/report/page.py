"""A run as a page of its own: what came of it at the top, each dialogue as the conversation it was, its checks under each turn.

Knows: what is shown and in which order. Does not know: colours (page.css), filtering (page.js; without it all is there to read).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chatrec.evaluation.dialogues.report import figures
from chatrec.evaluation.dialogues.report.markup import Html, frame, joined, language, tag
from chatrec.evaluation.dialogues.report.transcript import SIGNS, first_failure
from chatrec.evaluation.dialogues.results import Card, Checked, Played, Run, Status, TurnPlayed

STATUSES: Sequence[Status] = ("failed", "passed", "skipped")


def page(run: Run) -> str:
    """The whole page."""
    verdict = "all passed" if run.good and run.count("passed") else "nothing was played" if run.good else "failed"
    counts = figures.headline(run)
    body = tag(
        "main",
        _head(run),
        tag("div", _kinds(run), tag("div", _slowest(run), _about(run), class_="two"), class_="stack"),
        _tools(run),
        [_section(run, status) for status in STATUSES],
        tag("p", "No dialogue is left by this filter.", class_="none quiet", hidden=True, role="status"),
    )
    return frame(f"{verdict if run.good else counts} | dialogues", body)


# --------------------------------------------------------------------------- the top


def _head(run: Run) -> Html:
    turns, checks = figures.sizes(run)
    tiles: list[tuple[str, str, str]] = [(str(run.count(s)), s, s) for s in STATUSES if run.count(s) or s != "skipped"]
    tiles += [(f"{turns:,}", "turns", ""), (f"{checks:,}", "checks", "")]
    tiles += [(figures.duration(run.seconds * 1000), "altogether", "")]
    total = max(1, len(run.dialogues))
    bar = [tag("span", class_=f"part {s}", style=f"flex-grow:{run.count(s)}") for s in STATUSES if run.count(s)]
    told = f"{run.count('passed')} of {total} dialogues passed"
    needed = f" · {100 * run.at_least:.0f}% of a dialogue's runs have to pass" if run.at_least < 1 else ""
    where = "" if run.target == "inside" else f" · {run.target}"
    return tag(
        "header",
        tag("h1", "Dialogues"),
        tag("p", f"{figures.when(run.started)} · mode: {run.mode}{where}{needed}", class_="quiet"),
        tag("ul", [tag("li", tag("b", n), tag("span", word), class_=f"tile {kind}") for n, word, kind in tiles],
            class_="tiles"),
        tag("div", bar, class_="bar", role="img", aria_label=told),
    )  # fmt: skip


def _kinds(run: Run) -> Html | None:
    """Bars: the share of each kind of check that passed, failed, was only reported; and how often it was made."""
    groups = figures.by_check(run)
    if not groups:
        return None
    tables = []
    for group, counts in groups.items():
        rows = []
        for c in counts:
            parts = [("failed", c.failed), ("reported", c.reported), ("passed", c.passed)]
            bar = [tag("span", class_=f"part {kind}", style=f"width:{100 * n / c.made:.2f}%") for kind, n in parts if n]
            told = f"{c.failed} of {c.made:,} failed" if c.failed else f"{c.made:,}"
            told += f", {c.reported} reported" if c.reported else ""
            rows.append(
                tag("tr", tag("th", c.check, scope="row"), tag("td", tag("div", bar, class_="meter")),
                    tag("td", told, class_="number"), class_="bad" if c.failed else None)
            )  # fmt: skip
        tables.append(tag("table", tag("caption", group), tag("tbody", rows), class_="kinds"))
    failing = sum(c.failed > 0 for counts in groups.values() for c in counts)
    heading = f"Kinds of check ({sum(map(len, groups.values()))}{f', {failing} with failures' if failing else ''})"
    return tag("details", tag("summary", tag("h2", heading)), tag("div", tables, class_="columns"),
               class_="box", open=True)  # fmt: skip


def _slowest(run: Run) -> Html | None:
    turns = [(p, t) for p, t in figures.slowest(run) if t.ms > 0]
    if not turns:
        return None
    rows = [
        tag("li", tag("b", figures.duration(t.ms), class_="number"), " ",
            tag("a", f"{p.name}, turn {t.number}", href=f"#{_anchor(run, p)}-{t.number}"), " ",
            tag("span", figures.one_line(t.said, 70), class_="quiet", lang=language(t.said)))
        for p, t in turns
    ]  # fmt: skip
    return tag("details", tag("summary", tag("h2", "Slowest turns")), tag("ol", rows, class_="slow"),
               class_="box", open=True)  # fmt: skip


def _about(run: Run) -> Html:
    models = Counter(p.model for p in run.dialogues if p.model)
    catalogs = Counter(p.catalog for p in run.dialogues if p.catalog)
    rows = [("version", run.version), ("mode", run.mode), ("played at", run.target)]
    rows += [("models", ", ".join(f"{m} ({n})" for m, n in models.most_common()))]
    rows += [("catalogues", ", ".join(f"{c} ({n})" for c, n in catalogs.most_common()))]
    rows += [("prompts", ", ".join(f"{name} {version}" for name, version in run.prompts.items()))]
    told = [(tag("dt", name), tag("dd", value)) for name, value in rows if value]
    return tag("details", tag("summary", tag("h2", "This run")), tag("dl", told, class_="about"),
               class_="box", open=True)  # fmt: skip


def _tools(run: Run) -> Html:
    """The filter; shown by the script that makes it work."""
    tags = Counter(t for p in run.dialogues for t in p.tags)
    chips = [_toggle(word, n, "tag", word) for word, n in sorted(tags.items(), key=lambda pair: (-pair[1], pair[0]))]
    states = [_toggle("all", len(run.dialogues), "status", "", pressed=True)]
    states += [_toggle(s, run.count(s), "status", s) for s in STATUSES if run.count(s)]
    field = tag("input", type="search", id="filter", placeholder="Filter by name, words, check ...   /",
                aria_label="Filter by name, words, check", autocomplete="off", spellcheck="false")  # fmt: skip
    return tag(
        "div",
        tag("div", field, tag("div", states, class_="choices", role="group", aria_label="Status"), class_="row"),
        tag("div", chips, class_="choices tags", role="group", aria_label="Tags") if chips else None,
        class_="tools", hidden=True,
    )  # fmt: skip


def _toggle(word: str, number: int, kind: str, value: str, *, pressed: bool = False) -> Html:
    told = (word, tag("small", f" {number}"))
    return tag("button", told, type="button", data_kind=kind, data_value=value, aria_pressed=str(pressed).lower())


# --------------------------------------------------------------------------- the dialogues


def _section(run: Run, status: Status) -> Html | None:
    found = [p for p in run.dialogues if p.status == status]
    if not found:
        return None
    heading = tag("h2", f"{status.capitalize()} ", tag("span", str(len(found)), class_="count"))
    if status == "skipped":
        groups = figures.why_skipped(run)
        inside: list[Html] = []
        for why, dialogues in groups.items():
            inside.append(tag("h3", figures.clean(why), tag("span", f" ({len(dialogues)})", class_="quiet")))
            inside += [dialogue(run, p) for p in dialogues]
    else:
        inside = [dialogue(run, p) for p in found]
    return tag("section", heading, inside, class_="dialogues", aria_label=status)


def _anchor(run: Run, played: Played) -> str:
    return f"d{next(n for n, p in enumerate(run.dialogues, 1) if p is played)}"


def dialogue(run: Run, played: Played) -> Html:
    """One dialogue: its line, and below it the conversation."""
    anchor = _anchor(run, played)
    figure = figures.rate(played) or figures.duration(played.ms)
    head = tag(
        "summary",
        tag("span", SIGNS.status(played), class_=f"mark {played.status}", aria_label=played.status, role="img"),
        tag("span", tag("b", played.title, lang=language(played.title)),
            tag("span", played.name, class_="name"), class_="title"),
        tag("span", [tag("span", t, class_="tag") for t in played.tags], class_="labels"),
        tag("span", figure, class_="number quiet") if played.status != "skipped" else None,
        tag("span", first_failure(played), class_="first", lang=language(first_failure(played)))
        if played.status == "failed" else None,
    )  # fmt: skip
    about = (figures.place(played, played.line), played.catalog, f"model: {played.model}" if played.model else "")
    inside = [
        tag("p", played.note, class_="note", lang=language(played.note)) if played.note else None,
        tag("p", " · ".join(a for a in about if a), class_="quiet place"),
        tag("p", played.why, class_="why") if played.why else None,
        [_turn(played, n, anchor) for n in range(len(played.turns))],
    ]
    checks = {c.check for t in played.turns for c in t.checks if not c.always}
    words = " ".join((played.name, played.title, *played.tags, *(t.said for t in played.turns), *sorted(checks)))
    return tag(
        "details", head, tag("div", inside, class_="inside"), id=anchor, class_=f"dialogue {played.status}",
        open=played.status == "failed", data_status=played.status, data_tags=" ".join(played.tags),
        data_words=" ".join(words.casefold().split()),
    )  # fmt: skip


def _turn(played: Played, n: int, anchor: str) -> Html:
    turn = played.turns[n]
    before = next((t.wishes for t in reversed(played.turns[:n]) if t.who == turn.who), [])
    bad = [c for c in turn.checks if not c.passed]
    good = [c for c in turn.checks if c.passed]
    head = (tag("span", f"turn {turn.number}"), tag("span", f"{turn.who} ", class_="who") if turn.who else None,
            tag("span", f"line {turn.line}"))  # fmt: skip
    return tag(
        "article",
        tag("p", head, class_="turn-head quiet"),
        tag("div", tag("p", turn.said, lang=language(turn.said)), class_="said"),
        _answer(turn, before),
        tag("div", [_failing(played, c) for c in bad], class_="bad-checks") if bad else None,
        tag("ul", [_passing(played, c) for c in good], class_="checks") if good else None,
        class_="turn bad" if turn.failed else "turn", id=f"{anchor}-{turn.number}",
        aria_label=f"turn {turn.number}",
    )  # fmt: skip


def _answer(turn: TurnPlayed, before: Sequence[str]) -> Html:
    wishes = [tag("li", w, class_="" if w in before else "new", title=None if w in before else "new with this turn")
              for w in turn.wishes]  # fmt: skip
    wishes += [tag("li", tag("del", w), class_="gone", title="gone with this turn") for w in before
               if w not in turn.wishes and not turn.problem]  # fmt: skip
    return tag(
        "div",
        tag("p", tag("span", turn.kind, class_="kind"), tag("span", turn.text, lang=language(turn.text)), class_="text")
        if turn.kind or turn.text else None,
        tag("p", turn.problem, class_="problem") if turn.problem else None,
        tag("ol", [_card(c) for c in turn.items], class_="cards") if turn.items else None,
        (tag("p", "near, but it breaks a wish:", class_="quiet label"),
         tag("ul", [_card(c) for c in turn.near], class_="cards near")) if turn.near else None,
        tag("ul", wishes, class_="wishes", aria_label="wishes") if wishes else None,
        tag("p", [tag("span", c, class_="chip", lang=language(c)) for c in turn.chips], class_="chips",
            aria_label="quick replies") if turn.chips else None,
        tag("p", figures.cost(turn), class_="quiet cost"),
        class_="answer",
    )  # fmt: skip


def _card(card: Card) -> Html:
    return tag(
        "li", tag("b", card.title, lang=language(card.title)), tag("code", card.id),
        tag("span", card.reason, class_="reason", lang=language(card.reason)) if card.reason else None,
    )  # fmt: skip


def _failing(played: Played, check: Checked) -> Html:
    """A check that did not pass: everything at once."""
    mark, _ = SIGNS.of(check)
    state = "failed" if check.fails else "reported"
    told = "" if check.fails else "reported only" if check.passed is False else "not judged"
    return tag(
        "div",
        tag("p", tag("span", mark, class_=f"mark {state}", role="img", aria_label=state), " ", _asked(check),
            tag("span", told, class_="quiet") if told else None,
            tag("span", figures.place(played, check.line), class_="place quiet"), class_="check-head"),
        _rest(check),
        class_=f"check {state}",
    )  # fmt: skip


def _passing(played: Played, check: Checked) -> Html:
    """A check that passed: a word, and what it rests on for who opens it."""
    word = (tag("span", SIGNS.good, class_="mark passed", role="img", aria_label="passed"), " ", _asked(check))
    place = tag("p", figures.place(played, check.line), class_="place quiet")
    return tag("li", tag("details", tag("summary", word), tag("div", _rest(check), place)),
               class_="always" if check.always else None)  # fmt: skip


def _asked(check: Checked) -> Html:
    words = f"not {check.check}" if check.negated else check.check
    argument = figures.one_line(check.argument, 160) if check.argument not in ("", "null") else ""
    return joined(
        tag("b", words), " ", tag("code", argument, lang=language(argument)) if argument else None,
        tag("span", " always", class_="quiet") if check.always else None,
    )  # fmt: skip


def _rest(check: Checked) -> Html:
    rows = [("expected", check.expected), ("got", check.got)]
    told = [tag("div", tag("dt", n), tag("dd", v, class_=n, lang=language(v))) for n, v in rows if v]
    evidence = [e for e in check.evidence if e != check.reason]
    return joined(
        tag("p", check.reason, class_="reason", lang=language(check.reason))
        if check.reason not in ("", check.got) else None,
        tag("dl", told, class_="outcome") if told else None,
        tag("ul", [tag("li", e, lang=language(e)) for e in evidence], class_="evidence")
        if evidence else None,
    )  # fmt: skip
