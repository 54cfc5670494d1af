"""HTML and SVG of what an answer shows: cover, card, chips, wishes, small print. One look for the page and, later, a widget.

Knows: vocabulary, the labels in web/text. Pure functions from data to markup. All text is untrusted and escaped here;
braces are escaped too, since gradio runs what it gets through a template language.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chatrec.language.describe import value_text
from chatrec.vocabulary import Act, Catalog, Chip, ItemOut, NearOut, Reply

TEXTS = Path(__file__).parent / "text"
NOTHING: Mapping[str, str] = {}
Marks = Mapping[str, str]  # item id -> the last feedback given on it


@cache
def texts(language: str) -> Mapping[str, str]:
    """The page's own labels in a language."""
    return json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))


def escape(text: Any) -> str:
    return html.escape(str(text), quote=True).replace("{", "&#123;").replace("}", "&#125;").replace("$", "&#36;")


def _is_wide(char: str) -> bool:
    return ord(char) >= 0x2E80


def wrap(title: str, width: float, most: int) -> list[str]:
    """Break a title into at most `most` lines of `width` (a wide character counts 1, a Latin one about a half)."""
    words: list[str] = []
    for word in title.split():
        chunk = ""
        for char in word:  # wide characters may break anywhere
            if _is_wide(char):
                words += [chunk, char] if chunk else [char]
                chunk = ""
            else:
                chunk += char
        words += [chunk + " "] if chunk else [" "]
    lines, used = [""], 0.0
    for word in words:
        long = sum(1.0 if _is_wide(c) else 0.56 for c in word.rstrip())
        if used and used + long > width:
            lines.append("")
            used = 0.0
        lines[-1] += word
        used += long + (0.3 if word.endswith(" ") else 0)
    lines = [line.strip() for line in lines if line.strip()] or ["·"]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip("…") + "…"]
    return lines


def cover(title: str, below: str, seed: str) -> str:
    """A typographic cover, drawn by us: the title set large over two tones that follow from the item's id."""
    digest = hashlib.sha256(seed.encode()).digest()
    hue, turn, shape = digest[0] * 360 // 256, 24 + digest[1] % 40, digest[2] % 4
    lines = wrap(title, 7.2, 5)
    longest = max(sum(1.0 if _is_wide(c) else 0.56 for c in line) for line in lines)
    size = max(13.0, min(26.0, 122 / max(longest, 1), 110 / len(lines)))
    start = 150 - size * 1.12 * (len(lines) - 1)
    text = "".join(
        f'<tspan x="14" y="{start + n * size * 1.12:.1f}">{escape(line)}</tspan>' for n, line in enumerate(lines)
    )
    shapes = (
        '<circle cx="118" cy="44" r="62" fill="url(#S)" />',
        '<path d="M-10 96 L170 8 L170 -20 L-10 -20 Z" fill="url(#S)" />',
        '<rect x="52" y="-24" width="130" height="104" rx="12" transform="rotate(14 100 30)" fill="url(#S)" />',
        '<path d="M0 78 Q40 28 80 62 T160 40 L160 0 L0 0 Z" fill="url(#S)" />',
    )
    name = digest[:4].hex()
    light, deep = f"hsl({(hue + turn) % 360} 62% 58%)", f"hsl({hue} 45% 24%)"
    return (
        f'<svg class="cr-cover" style="background:{deep}" viewBox="0 0 160 200" role="img" aria-label="{escape(title)}" '
        'xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="xMidYMin meet">'
        f'<defs><linearGradient id="g{name}" x1="0" y1="0" x2="0.4" y2="1"><stop stop-color="hsl({hue} 48% 38%)"/>'
        f'<stop offset="1" stop-color="{deep}"/></linearGradient><linearGradient id="s{name}" x1="0" y1="0" x2="1" y2="1">'
        f'<stop stop-color="{light}" stop-opacity=".85"/><stop offset="1" stop-color="{light}" stop-opacity=".1"/>'
        f'</linearGradient></defs><rect width="160" height="200" fill="url(#g{name})"/>{shapes[shape].replace("#S", f"#s{name}")}'
        f'<text fill="#fff" font-family="Georgia, \'Noto Serif CJK SC\', \'Songti SC\', serif" font-weight="700" '
        f'font-size="{size:.1f}" letter-spacing="-.2">{text}</text>'
        f'<text x="14" y="182" fill="#fff" fill-opacity=".8" font-family="system-ui, sans-serif" font-size="11" '
        f'letter-spacing=".6">{escape(below[:24])}</text></svg>'
    )


def facts(item: ItemOut, catalog: Catalog, language: str, most: int = 3) -> list[tuple[str, str, str]]:
    """(facet name, label, values as a person reads them) of an item's facts, in the catalogue's order."""
    joint = "、" if language == "zh" else ", "
    rows = []
    for facet in catalog.facets:
        value = item.facts.get(facet.name)
        if value is None or value == [] or not facet.show:
            continue
        values = value if isinstance(value, (list, tuple)) else [value]
        rows.append(
            (facet.name, facet.label_in(language), joint.join(value_text(facet, v, language) for v in values[:most]))
        )
    return rows


def _safe_url(url: str | None) -> str | None:
    return url if url and url.lower().startswith(("https://", "http://")) else None


def button(
    label: str, *, act: Act | None = None, text: str | None = None, kind: str = "", pressed: bool | None = None
) -> str:
    """A button whose click posts an act or a text: page.js hands its data to the server."""
    data = {"act": act.model_dump(exclude_defaults=True) | {"kind": act.kind}} if act else {"text": text}
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    return (
        f'<button type="button" class="cr-button {kind}" data-send="{quote(json.dumps(data, ensure_ascii=False))}"{state}>'
        f"{escape(label)}</button>"
    )


def card(item: ItemOut, number: int, catalog: Catalog, language: str, marks: Marks, about: str = "") -> str:
    """One item: cover, title, the reason, what it is about (its own description), facts, and what can be done with it."""
    say = texts(language)
    rows = facts(item, catalog, language)
    year = next((v for name, _, v in rows if (f := catalog.facet(name)) and f.role == "year"), "")
    shown = [
        f'<div class="cr-fact"><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>'
        for name, label, value in rows
        if value != year
    ]
    image, url = _safe_url(item.image_url), _safe_url(item.url)
    picture = (
        f'<img class="cr-cover" src="{escape(image)}" alt="" loading="lazy" referrerpolicy="no-referrer">'
        if image
        else cover(item.title, year, item.id)
    )
    title = escape(item.title)
    if url:
        title = f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">{title}</a>'
    summary = f'<p class="cr-about">{escape(about)}</p>' if about else ""
    mark = marks.get(item.id)
    buttons = [
        button(say[kind], act=Act(kind=kind, item_ids=[item.id]), kind=f"cr-{kind}", pressed=mark == kind)  # type: ignore[arg-type]
        for kind in ("like", "dislike", "seen")
    ]
    buttons.append(button(say["more_like"], act=Act(kind="more_like", item_ids=[item.id])))
    buttons.append(button(say["why"], act=Act(kind="why", item_ids=[item.id])))
    return (
        f'<article class="cr-card" data-item="{escape(item.id)}" aria-label="{escape(item.title)}">{picture}'
        f'<div class="cr-body"><h3><span class="cr-number">{number}</span> {title}'
        f"{f' <small>{escape(year)}</small>' if year else ''}</h3>"
        f'<p class="cr-reason">{escape(item.reason)}</p>{summary}<dl class="cr-facts">{"".join(shown[:6])}</dl>'
        f'<div class="cr-buttons">{"".join(buttons)}</div></div></article>'
    )


def cards(
    items: Sequence[ItemOut], catalog: Catalog, language: str, marks: Marks, about: Mapping[str, str] = NOTHING
) -> str:
    """about: item id -> what it is about."""
    if not items:
        return ""
    inside = "".join(card(item, n, catalog, language, marks, about.get(item.id, "")) for n, item in enumerate(items, 1))
    return f'<div class="cr-cards">{inside}</div>'


def near(rows: Sequence[NearOut], broken: Mapping[str, str], catalog: Catalog, language: str, marks: Marks) -> str:
    """Near misses: cards, each with what it breaks. `broken`: wish id -> its words."""
    if not rows:
        return ""
    inside = ""
    for n, row in enumerate(rows, 1):
        breaks = texts(language)["breaks"] + " " + " · ".join(escape(broken.get(w, w)) for w in row.breaks)
        inside += (
            f'<div class="cr-near"><p class="cr-breaks">{breaks}</p>{card(row.item, n, catalog, language, marks)}</div>'
        )
    return f'<div class="cr-cards">{inside}</div>'


def chips(rows: Sequence[Chip]) -> str:
    if not rows:
        return ""
    return (
        f'<div class="cr-chips">{"".join(button(c.label, act=c.act, text=c.text, kind="cr-chip") for c in rows)}</div>'
    )


def wishes(labels: Sequence[tuple[str, str, bool]], language: str) -> str:
    """The panel of what holds now: (wish id, its words, hard), each with a button that removes it."""
    say = texts(language)
    if not labels:
        return f'<p class="cr-quiet">{escape(say["no_wishes"])}</p>'
    rows = ""
    for wish_id, label, hard in labels:
        act = Act(kind="drop_wish", wish_id=wish_id)
        data = quote(json.dumps({"act": act.model_dump(exclude_defaults=True) | {"kind": "drop_wish"}}))
        remove = escape(say["remove"].replace("%s", label))
        rows += (
            f'<li class="{"cr-hard" if hard else "cr-soft"}"><span>{escape(label)}</span><button type="button" '
            f'class="cr-remove" data-send="{data}" aria-label="{remove}" title="{remove}">×</button></li>'
        )
    return f'<ul class="cr-wishes">{rows}</ul>'


def small_print(reply: Reply, language: str) -> str:
    """Which rung answered, what it cost; and each fall from one rung to a lower one."""
    say = texts(language)
    only_decides = reply.rung == "local" and {s for s, by in reply.steps.items() if by == "local"} == {"decide"}
    bits = [say["rung_decides" if only_decides else f"rung_{reply.rung}"]]
    tokens = reply.llm.tokens_in + reply.llm.tokens_out
    if reply.llm.calls:
        bits.append(say["tokens"].replace("%s", f"{tokens:,}"))
    bits.append(f"{reply.ms.total:,} ms")
    falls = ""
    for rung, to, why in dict.fromkeys((f.rung, f.to, f.why) for f in reply.falls):
        sentence = say["fall"].replace("%rung", say[f"name_{rung}"]).replace("%to", say[f"name_{to}"])
        falls += f'<p class="cr-fall" role="status">{escape(sentence.replace("%why", say.get(f"why_{why}", why)))}</p>'
    return f'{falls}<p class="cr-small">{escape(" · ".join(bits))}</p>'
