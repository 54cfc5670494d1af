"""HTML that can't be broken by what is put into it, and the frame of a page that needs nothing but itself.

Knows: escaping, the page's style and script beside this file. Does not know: what is shown.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from chatrec.evaluation.dialogues.report.figures import clean
from chatrec.language.script import has_han

VOID = frozenset({"meta", "input", "br"})


class Html(str):
    """Markup that is sound: made by `tag`. All other text is escaped where it is put in."""

    __slots__ = ()


Inside = str | Html | None | Iterable["Inside"]


def tag(name: str, /, *inside: Inside, **attributes: Any) -> Html:
    """An element. Attributes: `class_` for class, `data_x` for data-x; True stands alone, None and False are left out."""
    told = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{told}>")
    return Html(f"<{name}{told}>{joined(*inside)}</{name}>")


def joined(*inside: Inside) -> Html:
    """Parts one after another; what is not Html is escaped."""
    parts = []
    for part in inside:
        if part is None:
            continue
        if isinstance(part, Html):
            parts.append(str(part))
        elif isinstance(part, str):
            parts.append(html.escape(clean(part), quote=True))
        else:
            parts.append(str(joined(*part)))
    return Html("".join(parts))


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{html.escape(clean(str(value)), quote=True)}"'


def language(text: str) -> str | None:
    """For `lang`: zh where Han characters stand, so that they are set in a Chinese font; else that of the page."""
    return "zh" if has_han(text) else None


@cache
def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def frame(title: str, *body: Inside) -> str:
    """A whole page: style and script inside, no request to anywhere, nothing but that one script may run."""
    script = _beside("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Html(_beside("page.css"))),
    )
    whole = tag("html", head, "\n", tag("body", *body, "\n", tag("script", Html(script))), lang="en")
    return f"<!doctype html>\n{whole}\n"
