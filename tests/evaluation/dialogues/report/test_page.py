"""The page: sound whatever stands in the run, complete without its script, and usable with it."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.evaluation.dialogues.report.compare import compare
from chatrec.evaluation.dialogues.report.compared_page import comparison_page
from chatrec.evaluation.dialogues.report.markup import Html, tag
from chatrec.evaluation.dialogues.report.page import page
from tests.evaluation.dialogues.report.runs import everything, failing, played, run, turn
from tests.web.test_page import CHROMIUM, FLAGS


class Outline(HTMLParser):
    """Elements of a page, and whether each end has its beginning."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.sound = True
        self.feed(text)

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(name)
        self.attributes |= {key for key, _ in attrs}
        if name not in ("meta", "input", "br"):
            self.open.append(name)

    def handle_endtag(self, name: str) -> None:
        self.sound = self.sound and bool(self.open) and self.open.pop() == name


def test_all_of_a_run_is_on_the_page():
    text = page(everything())
    for words in (
        "A price is obeyed", "绿茶，价格有上限", "dialogues/teas/hostile.yaml:10", "There is no recording", "2 items are shown",
        "2 of 3 runs passed (67%)", "60% of a dialogue", "decide hosted-&gt;none (timeout)", "Sencha", "reported only",
        "its catalogue is a file of the test", "decide 1", "not decision", "2.3 s",
    ):  # fmt: skip
        assert words in text, words
    assert text.count("<article") == 5
    assert re.findall(r'<details id="(d\d+)" class="dialogue failed" open', text) == ["d2", "d4"]
    assert 'lang="zh">来点绿茶' in text
    assert '<a href="#d2-2">' in text
    assert 'id="d2-2"' in text


def test_it_needs_nothing_but_itself():
    text = page(everything()) + comparison_page(compare(run(), everything()))
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\(|@import|https?://""", text)
    assert "default-src 'none'" in text or "default-src &#x27;none&#x27;" in text


def test_hostile_text_stays_text():
    text = page(everything())
    assert "<script>window" not in text
    assert text.count("<script") == 1
    assert "&lt;script&gt;window.hacked=1" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


PLAIN = Outline(page(everything()))


@given(st.text(st.characters(), max_size=25))
@settings(max_examples=40, deadline=None)
def test_any_text_makes_a_sound_page(text):
    bad = failing(reason=text, got=text, expected=text, argument=text, evidence=[text])
    one = turn(said=text, text=text, who=text, kind=text, problem=text, wishes=[text], chips=[text], checks=[bad])
    made = run(played(text or "x", "failed", title=text, note=text, tags=[text], why=text, turns=[one]), mode=text)
    for whole in (page(made), comparison_page(compare(everything(), made))):
        outline = Outline(whole)
        assert outline.sound
        assert not outline.open
        assert set(outline.names) <= set(PLAIN.names) | {"ins", "del"}
        assert outline.attributes <= PLAIN.attributes
        whole.encode("utf-8")


def test_a_run_of_nothing():
    assert "nothing was played" in page(run())
    assert "all passed" in page(run(played()))


def test_tags_and_attributes():
    assert tag("p", "<b>", Html("<i>"), None, ["&", tag("b", "x")], class_='a"b', hidden=True, open=False) == (
        '<p class="a&quot;b" hidden>&lt;b&gt;<i>&amp;<b>x</b></p>'
    )


# --------------------------------------------------------------------------- in a browser


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    if not CHROMIUM:
        say = "no chromium: apt-get install chromium (Debian), or set CHROMIUM to its path"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(say)
    from playwright.async_api import async_playwright

    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.mark.browser
@pytest.mark.slow
async def test_in_a_browser(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "run.html").write_text(page(everything()), encoding="utf-8")
    address = (tmp_path / "run.html").as_uri()
    for width, scheme in ((1280, "light"), (360, "dark")):
        context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        sheet = await context.new_page()
        odd: list[str] = []
        sheet.on("console", lambda m, odd=odd: odd.append(m.text))
        sheet.on("pageerror", lambda e, odd=odd: odd.append(str(e)))
        sheet.on("request", lambda r, odd=odd: odd.append(r.url) if r.url != address else None)
        await sheet.goto(address)
        assert await sheet.evaluate("document.documentElement.scrollWidth") <= width
        assert await sheet.evaluate("window.hacked") is None
        shown = "[...document.querySelectorAll('.dialogue')].filter((d) => d.offsetParent).length"
        assert await sheet.evaluate(shown) == 8
        await sheet.keyboard.press("/")
        await sheet.keyboard.type("绿茶")
        assert await sheet.evaluate(shown) == 1
        await sheet.keyboard.press("Escape")
        assert await sheet.evaluate(shown) == 8
        await sheet.click("button[data-value=skipped]")
        assert await sheet.evaluate(shown) == 3
        await sheet.click("button[data-kind=status][data-value='']")
        await sheet.click("button[data-value=zh]")
        assert await sheet.evaluate(shown) == 1
        await sheet.fill("#filter", "nothing like that")
        assert await sheet.evaluate(shown) == 0
        assert await sheet.is_visible(".none")
        assert odd == []
        await context.close()


@pytest.mark.browser
@pytest.mark.slow
async def test_without_script_all_of_it_is_there_to_read(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "run.html").write_text(page(everything()), encoding="utf-8")
    context = await browser.new_context(java_script_enabled=False)
    sheet = await context.new_page()
    await sheet.goto((tmp_path / "run.html").as_uri())
    assert await sheet.is_hidden(".tools")
    assert await sheet.is_visible("#d4 .why")
    await sheet.focus("#d1 > summary")
    await sheet.keyboard.press("Enter")
    assert await sheet.is_visible("#d1-1")
    await context.close()
