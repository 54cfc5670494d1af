"""The README's screenshots, taken of the real page on the film catalogue: `make docs`, or python docs/screenshots.py [URL].

Without a URL it serves the films itself (CHATREC_HOME is used as it is, so a built catalogue is not built again).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
SHOTS = (  # name, width, height, scheme, locale, messages
    ("desktop-light-en", 1280, 900, "light", "en-US", ["A clever heist film from the 90s"]),
    ("desktop-dark-zh", 1280, 900, "dark", "zh-CN", ["想看诺兰导演的科幻片"]),
    ("phone-light-zh", 390, 844, "light", "zh-CN", ["来一部两小时以内的喜剧，不要恐怖片"]),
    ("phone-dark-en", 390, 844, "dark", "en-US", ["Something like Spirited Away, but not animated"]),
    ("nothing-fits", 1280, 900, "light", "en-US", ["a western by Christopher Nolan from the 60s"]),
)


async def shoot(url: str) -> None:
    from playwright.async_api import async_playwright

    IMAGES.mkdir(exist_ok=True)
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, width, height, scheme, locale, messages in SHOTS:
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                locale=locale,  # type: ignore[arg-type]
            )
            page = await context.new_page()
            await page.goto(url)
            await page.wait_for_selector(".cr-hello", timeout=60_000)
            for n, text in enumerate(messages, 1):
                await page.fill("#cr-box textarea", text)
                await page.keyboard.press("Enter")
                await page.wait_for_function(f"document.querySelectorAll('.cr-small').length >= {n}", timeout=60_000)
            await page.wait_for_timeout(1200)
            await page.screenshot(path=str(IMAGES / f"{name}.png"))
            print(f"docs/images/{name}.png")
            await context.close()
        await browser.close()


def ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return b'"page":true' in answer.read().replace(b" ", b"")
    except OSError:
        return False


def main() -> None:
    if len(sys.argv) > 1:
        asyncio.run(shoot(sys.argv[1]))
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "chatrec", "serve", "--port", str(port)], cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}"
        while not ready(url):
            if server.poll() is not None:
                sys.exit("the server ended by itself")
            time.sleep(0.5)
        asyncio.run(shoot(url))
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main()
