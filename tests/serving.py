"""A real server in a process of its own, for tests that need what its clients see."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from chatrec.settings import ROOT


@asynccontextmanager
async def served(home: Path, catalog: str = "teas") -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A real server process on a free port; yields (process, base url)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CHATREC_", "OPENAI_"))}
    env |= {
        "CHATREC_HOME": str(home),
        "CHATREC_CATALOG": catalog,
        "CHATREC_LLM": "none",
        "CHATREC_EMBEDDER": "none",
        "CHATREC_RATE_PER_MINUTE": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "chatrec", "serve", "--no-page", "--port", str(port), cwd=ROOT, env=env
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as client:
            for _ in range(600):
                try:
                    if (await client.get(f"{url}/readyz")).status_code == 200:
                        break
                except httpx.HTTPError:
                    assert process.returncode is None, "the server ended by itself"
                await asyncio.sleep(0.1)
            else:
                pytest.fail("the server was not ready within 60 s")
        yield process, url
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
