"""Nothing untrue gets out: two hundred turns with a model that lies in every way we could think of, and a server that fails.

The lies, the manners and the search for what got out are in tests/liar; benchmarks/untruths.py runs two thousand turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chatrec.answer.ground import Grounds, Verdict
from chatrec.testing.model_server import Behaviour, Received
from tests.conftest import settings, tea_engine
from tests.liar import checks
from tests.liar.behaviours import Manner
from tests.liar.campaign import Report, liar_served, page_of, run
from tests.liar.deciding import DECIDING
from tests.liar.lies import Sentence, core
from tests.liar.scene import Scene
from tests.liar.speaking import SPEAKING
from tests.web.test_page import CHROMIUM, FLAGS


async def teas_turns(home: Path, turns: int, seed: int, **changed: Any) -> Report:
    async def start(limits: dict[str, Any]) -> Any:
        return await tea_engine(home, **limits)

    return await run(start, "teas", turns=turns, seed=seed, **changed)


def assert_good(report: Report) -> None:
    print(report.table())
    assert not report.findings, "\n".join(report.findings)
    assert report.good


async def test_120_turns_over_teas_with_tools_and_the_page(tmp_path: Path) -> None:
    report = await teas_turns(tmp_path, 120, 1, tool_calls="yes", page=page_of)
    assert_good(report)
    total = report.total
    assert total.lies_told > 30
    assert total.kept > 20, "some truth must get through, else silence would pass"
    assert total.kept > total.dropped
    assert {"timeout", "odd", "server"} <= set(total.falls)


async def test_80_turns_over_films_with_a_schema(films_copy: Path) -> None:
    from chatrec.engine import Engine

    async def start(limits: dict[str, Any]) -> Any:
        return await Engine.start(settings(films_copy, **limits), build=False)

    report = await run(start, "films", turns=80, seed=2, tool_calls="no", most_items=1500)
    assert_good(report)
    assert report.total.lies_told > 30
    assert report.total.kept > 15


async def test_what_is_let_through_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search itself: with the ground taken away, lies are found in the answers, on the page and in the database."""
    monkeypatch.setattr(Grounds, "check", lambda *_: Verdict(True, ""))
    report = await teas_turns(tmp_path, 90, 3, tool_calls="yes", page=page_of)
    assert not report.good
    assert report.total.found["lie"] > 5
    assert any("on the page" in f for f in report.findings)
    assert any(f.startswith("database: ") for f in report.findings)


# --------------------------------------------------------------------------- in a real browser


@contextlib.asynccontextmanager
async def served_with_page(engine: Any) -> AsyncIterator[str]:
    """The page of an engine on a free port, in this process."""
    import uvicorn

    from chatrec.web.server import create_app

    app = create_app(engine)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    for _ in range(1200):
        if server.started and app.state.page_ready:
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail("the page was not ready within 120 s")
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_in_a_browser_no_lie_shows_and_nothing_runs(tmp_path: Path) -> None:
    if not CHROMIUM:
        say = "no chromium: apt-get install chromium (Debian), or set CHROMIUM to its path"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(say)
    from playwright.async_api import async_playwright

    async def start(limits: dict[str, Any]) -> Any:
        return await tea_engine(tmp_path, **limits)

    said: list[tuple[str, Sentence]] = []
    rng = random.Random(4)
    named = ("anything", "in marks", "planted reasons", "obeys orders", "lying intro", "flood")
    manners = [Manner(name, decide=DECIDING["talk lies"], words=SPEAKING[name]) for name in named]
    async with liar_served(start, "teas", seed=4, decide_seconds=2.0, words_seconds=2.0, cards_seconds=2.0) as (
        engine,
        liar,
        server,
    ):
        now = [manners[0]]

        def behave(received: Received) -> Behaviour:
            return now[0](Scene(liar.world, received, rng, said))

        server.behave = behave
        async with served_with_page(engine) as url, async_playwright() as play:
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            page = await (await browser.new_context(locale="en-US")).new_page()
            outside, errors = list[str](), list[str]()
            page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else outside.append(r.url))
            page.on("pageerror", lambda e: errors.append(str(e)))
            page.on("dialog", lambda d: errors.append(f"a dialog: {d.message}"))
            await page.goto(url)
            await page.wait_for_selector(".cr-hello", timeout=30_000)
            for n, text in enumerate(
                ("a green tea", "others please", "来一款花香的乌龙", "hello", "something smoky", "换一批")
            ):
                now[0] = manners[n]
                await page.fill("#cr-box textarea", text)
                await page.keyboard.press("Enter")
                await page.wait_for_function(f"document.querySelectorAll('.cr-small').length > {n}", timeout=20_000)
            shown = await page.evaluate("document.body.innerText")
            reasons = await page.locator(".cr-card").evaluate_all(
                "cards => cards.map(c => [c.dataset.item, c.querySelector('.cr-reason').innerText])"
            )
            scripts = await page.locator("#cr-past script, #cr-live script, #cr-live [onerror]").count()
            await browser.close()
    assert len(server.requests) >= 6
    assert sum(not s.honest for _, s in said) > 20
    assert checks.marks_in(shown) == []
    assert [s.text for _, s in said if s.holds is None and core(s.text) in core(shown)] == []
    for item_id, reason in reasons:
        item = liar.world.items[item_id]
        false = [s.text for _, s in said if s.holds and not s.holds(item) and core(s.text) in core(reason)]
        assert not false, (item_id, reason)
    assert (outside, errors, scripts) == ([], [], 0)
    assert any(s.honest and core(s.text) in core(shown) for _, s in said), "some truth must show"
