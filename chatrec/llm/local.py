"""The local model: a llama.cpp server that ChatRec starts itself, and the client that asks it.

Knows: a GGUF file, a child process, its address. Does not know: which model is good for what (rungs).
As a program, `python -m chatrec.llm.local --model PATH [--port N --threads T --context C]`, it is that server:
it prints one line of JSON with its address and lives until its standard input ends, so it dies with its parent.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import os
import secrets
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatrec.errors import ModelFailed
from chatrec.llm.client import OpenAIChat
from chatrec.llm.model import Answer, Message, Where
from chatrec.observe import log
from chatrec.vocabulary import Meter

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_START_SECONDS = 180.0  # loading a large file from a slow disk
_LIVED_WELL = 60.0  # seconds after which a death is a new misfortune, not the old one again
_KEY = "LLAMA_API_KEY"  # llama.cpp's own name for it; in the child's environment, where `ps` does not show it


class LocalServer:
    """The child process with the model in it. Started when it is first needed, and once more when it dies."""

    def __init__(self, path: Path, *, threads: int = 1, context: int = 4096, adapter: Path | None = None) -> None:
        self.path, self.adapter = path, adapter
        self.key = secrets.token_urlsafe(
            16
        )  # other users of this machine, and pages in a browser, have no business here
        self.address = ""
        self._threads = threads
        self._context = context
        self._process: asyncio.subprocess.Process | None = None
        self._starting: asyncio.Task[None] | None = None
        self._since = 0.0
        self._deaths = 0
        self._given_up = ""  # why it is not started again

    @property
    def pid(self) -> int | None:
        return self._process.pid if self.running and self._process else None

    @property
    def running(self) -> bool:
        return bool(self.address) and self._process is not None and self._process.returncode is None

    async def up(self) -> str:
        """The server's address, after starting it if need be. Raises ModelFailed when it does not start."""
        if self.running:
            return self.address
        if self._starting is None or self._starting.done():
            if self.address:  # it ran, and died
                self._deaths = 1 if time.monotonic() - self._since > _LIVED_WELL else self._deaths + 1
                self.address = ""
                log.warning("the local model's server died (exit code %s)", self._code)
                if self._deaths > 1:
                    self._given_up = "The local model's server died twice; restart ChatRec to try it again."
            if self._given_up:
                raise ModelFailed(self._given_up, "refused")
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(_heard)
        await asyncio.shield(self._starting)  # a call that runs out of time does not stop the start
        return self.address

    @property
    def _code(self) -> int | None:
        return self._process.returncode if self._process else None

    async def _start(self) -> None:
        command = [sys.executable, "-m", "chatrec.llm.local", "--model", str(self.path)]
        command += ["--threads", str(self._threads), "--context", str(self._context)]
        command += ["--adapter", str(self.adapter)] if self.adapter else []
        root = str(Path(__file__).resolve().parent.parent.parent)
        paths = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
        began = time.monotonic()
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,  # held open: its end is the child's end
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, _KEY: self.key, "PYTHONPATH": paths},
            start_new_session=True,  # Ctrl-C in a terminal is for us; we end the child
        )
        assert self._process.stdout is not None
        line = b""
        try:
            async with asyncio.timeout(_START_SECONDS):
                line = await self._process.stdout.readline()
            self.address = str(json.loads(line)["address"])
        except (TimeoutError, ValueError, KeyError, TypeError) as error:
            await self.stop()
            self._given_up = (
                f"The local model {self.path} could not be started; "
                f"`python -m chatrec.llm.local --model {self.path}` shows why."
            )
            raise ModelFailed(self._given_up, "refused") from error
        self._since = time.monotonic()
        log.info("local model %s at %s, started in %.1f s", self.path.name, self.address, self._since - began)

    async def stop(self) -> None:
        """End the child: by closing its input, then, after two seconds, by force."""
        if self._starting and not self._starting.done() and self._starting is not asyncio.current_task():
            self._starting.cancel()
            await asyncio.wait([self._starting])
        process, self._process, self.address = self._process, None, ""
        if process is None or process.returncode is not None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            async with asyncio.timeout(2):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def count_tokens(self, text: str) -> int:
        """How many tokens the model makes of a text, by its own tokenizer (no chat template around it)."""
        found = await self._post("/tokenize", {"content": text})
        return len(found["tokens"])

    async def count_prompt(self, messages: Sequence[Message]) -> int:
        """How many tokens the messages are as a prompt, chat template included."""
        shown = [{"role": role, "content": content} for role, content in messages]
        found = await self._post("/apply-template", {"messages": shown})
        return await self.count_tokens(found["prompt"])

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        import httpx2

        async with httpx2.AsyncClient(base_url=await self.up(), trust_env=False, timeout=30) as http:
            response = await http.post(path, json=body, headers={"Authorization": f"Bearer {self.key}"})
            response.raise_for_status()
            return dict(response.json())


def _heard(task: asyncio.Task[None]) -> None:
    """A start that failed after everybody had left is no news to asyncio; the next call is told."""
    if not task.cancelled():
        task.exception()


class LocalChat(OpenAIChat):
    """The local rung: the same client with the child's address. No tool calls; JSON by schema works.

    adapter, planner: a planner's file and name; with it the model plans, while all other calls go to the weights as they are.
    """

    rung: Where = "local"

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 1,
        context: int = 4096,
        packaged: bool = False,
        adapter: Path | None = None,
        planner: str = "",
        plans_wishes: bool = True,
        seed: int | None = None,
        debug_raw: bool = False,
    ) -> None:
        self.server = LocalServer(path, threads=threads, context=context, adapter=adapter)
        self.planner = planner or (adapter.stem if adapter else "")
        self.plans_wishes = plans_wishes
        super().__init__(
            path.stem,
            base_url="http://127.0.0.1",
            api_key=self.server.key,
            calls_tools=False,
            seed=seed,
            debug_raw=debug_raw,
        )
        self.packaged = packaged

    async def _ready(self) -> BaseChatModel:
        address = f"{await self.server.up()}/v1"
        if address != self._base_url:  # first start, or started again elsewhere
            self._base_url, self._model = address, None
        return await super()._ready()

    def _parts(self, schema: Mapping[str, Any] | None, max_tokens: int | None, stream: bool) -> dict[str, Any]:
        parts = super()._parts(schema, max_tokens, stream)
        if self.planner:  # a slot of their own: what the adapter has read of a prompt is no use without it
            parts["extra_body"]["id_slot"] = 1
        return parts

    async def plan(self, messages: Sequence[Message], meter: Meter, *, grammar: str, max_tokens: int) -> Answer:
        """One line in the planner's language, by the adapter. grammar: GBNF. Raises ModelFailed."""
        body = {
            "temperature": 0,
            "max_tokens": max_tokens,
            "grammar": grammar,
            "lora": [{"id": 0, "scale": 1.0}],
            "id_slot": 0,
        }
        model = await self._ready()
        meter.attempts += 1
        try:
            said = await model.ainvoke(list(messages), logprobs=True, top_logprobs=1, extra_body=body)
        except Exception as error:  # third-party code on untrusted input
            raise self.failure(error) from error
        return replace(self._answer(said, messages, (), None, meter), planned=True, sure=_sure(said.response_metadata))

    async def check(self) -> str:
        await self.ask([("user", "Answer with one word: ok")], Meter(), max_tokens=16)
        return f"{self.name} answers (started by ChatRec, {self.server.path})"

    async def close(self) -> None:
        await super().close()
        await self.server.stop()


# --------------------------------------------------------------------------- the child


def _sure(told: Mapping[str, Any]) -> tuple[float, ...]:
    """Of each part of a line that ";" divides, the probability of its least likely token before the grammar had its say."""
    tokens = (told.get("logprobs") or {}).get("content") or []
    least = [1.0]
    for token in tokens:
        if ";" in str(token.get("token", "")):
            least.append(1.0)
        least[-1] = min(least[-1], math.exp(min(0.0, float(token.get("logprob", 0.0)))))
    return tuple(round(p, 4) for p in least) if tokens else ()


def serve(path: Path, port: int, threads: int, context: int, adapter: Path | None = None) -> int:
    """Be the server until standard input ends. Prints {"address": "http://127.0.0.1:PORT"} when it answers."""
    announce = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # llama.cpp writes where it likes; the parent reads one line only
    threading.Thread(target=_die_with_parent, daemon=True).start()
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {path.stem}
    params.port = port
    # Two slots, each with the whole context: the two calls of a turn have different beginnings, and each finds its own
    # still read. Measured with SmolLM2 on one thread: decide 4.7 -> 0.9 s from the second turn on, for 90 MB more.
    params.n_parallel = 2
    params.n_ctx = 2 * context
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_threads_http = 4
    params.cache_ram_mib = 0  # its default may take 8 GB
    if adapter:  # only for the requests that ask for it
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 0.0)]
    params.ui = False
    params.endpoint_slots = False  # would show other people's prompts
    params.cors_origins = ""
    if key := os.environ.get(_KEY):
        params.api_keys = [key]
    try:
        server = xllamacpp.Server(params)
        _wait_until_healthy(server.listening_address)
    except (RuntimeError, OSError) as error:
        print(f"The model {path} could not be loaded: {error}", file=sys.stderr)
        return 3
    print(json.dumps({"address": server.listening_address}), file=announce, flush=True)
    threading.Event().wait()
    return 0


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 4096):
            pass
    os._exit(0)  # no clean-up to wait for


def _wait_until_healthy(address: str, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with opener.open(f"{address}/health", timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m chatrec.llm.local", description="Serve one GGUF model on loopback."
    )
    parser.add_argument("--model", type=Path, required=True, help="a GGUF file")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--context", type=int, default=4096, help="tokens")
    parser.add_argument("--adapter", type=Path, help="a LoRA adapter (GGUF), for the requests that ask for it")
    args = parser.parse_args(argv)
    if not args.model.is_file():
        print(f"There is no model file {args.model}.", file=sys.stderr)
        return 2
    return serve(args.model, args.port, args.threads, args.context, args.adapter)


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # llama.cpp's threads are not waited for
