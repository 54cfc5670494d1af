"""The chat in a terminal, against an engine that says what it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import select
import signal
import subprocess
import sys
import time

import pytest
from rich.console import Console

from chatrec.errors import BadInput, NotFound
from chatrec.settings import ROOT
from chatrec.terminal import Chat, _loop, show
from chatrec.vocabulary import (
    Act,
    Chip,
    Chips,
    Decided,
    Done,
    Fall,
    ItemOut,
    LlmOut,
    NearOut,
    Reply,
    Shown,
    Text,
    Wish,
)
from tests import teas

ITEMS = [
    ItemOut(
        id="a",
        title="Sencha \x1b[31mred",
        facts={"kind": "Green", "flavours": ["Grassy", "Nutty"], "price": 12.5},
        reason="grassy",
    ),
    ItemOut(id="b", title="[bold]Gyokuro[/bold]", facts={"kind": "Green"}),
]
WISH = Wish(id="w1", facet="price", op="<", value=20, words="under $20")
REPLY = Reply(
    conversation_id="c1",
    turn_id="t1",
    language="en",
    text="Two green teas.",
    items=ITEMS,
    near=[NearOut(item=ItemOut(id="n", title="Matcha"), breaks=["w1"])],
    chips=[Chip(label="cheaper (3)", act=Act(kind="just_show")), Chip(label="smoky", text="something smoky")],
    wishes=[WISH],
    falls=[Fall(step="words", rung="hosted", to="none", why="timeout")],
    llm=LlmOut(calls=1, attempts=1, tokens_in=1200, tokens_out=34),
)


class Titles:
    async def find_titles(self, catalog, title):
        return ["b"] if title == "Gyokuro" else []


class FakeEngine:
    """Records what it is asked, answers REPLY."""

    class store:  # stands where the real engine has an attribute
        items = Titles()

    def __init__(self):
        self.said = []
        self.fails = None

    async def turn(self, **said):
        self.said.append({k: v for k, v in said.items() if v is not None})
        if self.fails:
            raise self.fails
        yield Decided("recommend", True, ())
        yield Shown(tuple(ITEMS))
        yield Text("because it is grassy", item_id="a")
        yield Text("Two green teas.")
        yield Chips(tuple(REPLY.chips))
        yield Done(REPLY)

    def last_prompt(self, turn_id):
        return [[("system", "You choose."), ("user", "ask \x1b]0;x")]] if turn_id == "t1" else []


@pytest.fixture
def chat():
    chat = Chat(FakeEngine(), "teas", user=None, show_prompt=False, as_json=False, run=asyncio.run)
    chat.catalog = teas.CATALOG
    chat.out = io.StringIO()
    chat.console = chat.prompts = Console(file=chat.out, width=100)
    return chat


def test_a_reply_as_text(chat):
    chat.typed("green tea")
    out = chat.out.getvalue()
    assert "Two green teas." in out
    assert "1. Sencha [31mred  green · grassy, nutty · $12.5" in out  # escapes from data do nothing
    assert "2. [bold]Gyokuro[/bold]  green" in out
    assert "3. Matcha" in out
    assert "but not: " in out
    assert ":1 cheaper (3)   :2 smoky" in out
    assert "words: the hosted model did not help (timeout); rules took over" in out
    assert "rules · 1,234 tokens · 0 ms" in out


def test_the_second_turn_is_in_the_same_conversation(chat):
    chat.typed("green tea")
    chat.typed("cheaper")
    assert [s.get("conversation_id") for s in chat.engine.said] == [None, "c1"]
    chat.typed("/new")
    chat.typed("black tea")
    assert "conversation_id" not in chat.engine.said[-1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (":2", {"text": "something smoky"}),
        (":1", {"act": Act(kind="just_show")}),
        ("/like 2", {"act": {"kind": "like", "item_ids": ["b"]}}),
        ("/seen 1 2", {"act": {"kind": "seen", "item_ids": ["a", "b"]}}),
        ("/why 3", {"act": {"kind": "why", "item_ids": ["n"]}}),
        ("/why-not Gyokuro", {"act": {"kind": "why_not", "item_ids": ["b"]}}),
        ("/compare", {"act": {"kind": "compare", "item_ids": ["a", "b"]}}),
        ("/more 2", {"act": {"kind": "more_like", "item_ids": ["b"]}}),
        ("/drop 1", {"act": {"kind": "drop_wish", "wish_id": "w1"}}),
        ("/undo", {"act": {"kind": "undo"}}),
        ("/reset", {"act": {"kind": "reset"}}),
    ],
)
def test_commands_are_acts(chat, line, said):
    chat.typed("green tea")
    chat.typed(line)
    assert {k: v for k, v in chat.engine.said[-1].items() if k in ("text", "act")} == said


@pytest.mark.parametrize(
    "line", [":9", "/like 7", "/like x", "/drop w9", "/lang fr", "/dance", "/why_not Nothing", "/like 'un"]
)
def test_what_cannot_be_done_is_told(chat, line):
    chat.typed("green tea")
    before = len(chat.engine.said)
    with pytest.raises(BadInput):
        chat.typed(line)
    assert len(chat.engine.said) == before


def test_before_the_first_turn_there_is_nothing_to_point_at(chat):
    for line in (":1", "/like 1", "/drop 1", "/prompt"):
        with pytest.raises(BadInput):
            chat.typed(line)
    chat.typed("/wishes")
    assert "no wishes yet" in chat.out.getvalue()


def test_language_wishes_help_quit(chat):
    chat.typed("/lang zh")
    chat.typed("绿茶")
    assert chat.engine.said[-1]["language"] == "zh"
    chat.typed("/wishes")
    assert "1. " in chat.out.getvalue().rsplit("ms", 1)[1]
    chat.typed("/help")
    assert "/compare 1 2" in chat.out.getvalue()
    assert chat.typed("/quit") == "quit"


def test_the_prompt_is_shown_with_its_size(chat):
    chat.typed("green tea")
    chat.typed("/prompt")
    out = chat.out.getvalue()
    assert "prompt 1 of 1, about" in out
    assert "[system]" in out
    assert "You choose." in out
    assert "\x1b" not in out
    text = io.StringIO()
    show([], REPLY, Console(file=text, width=100))
    assert "No model was asked" in text.getvalue()


def test_json_is_one_reply_a_line(chat, capsys):
    chat.as_json = True
    chat.typed("green tea")
    chat.typed("again")
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["turn_id"] for line in lines] == ["t1", "t1"]


def test_streaming_on_a_terminal_ends_with_the_whole_reply(chat):
    chat.console = Console(file=chat.out, width=100, force_terminal=True, color_system=None)
    chat.typed("green tea")
    assert "rules · 1,234 tokens" in chat.out.getvalue()


def test_lines_are_read_until_the_end_and_errors_do_not_end_it(chat, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("green tea\n\n/dance\nblack tea\n"))
    assert chat.converse() == 2
    assert len(chat.engine.said) == 2
    assert capsys.readouterr().err == "There is no command /dance. /help lists them.\n"
    chat.engine.fails = NotFound("no such conversation")
    monkeypatch.setattr("sys.stdin", io.StringIO("x\n"))
    assert chat.converse() == 2
    assert "no such conversation" in capsys.readouterr().err


def test_the_loop_runs_beside_the_person():
    ticks = []

    async def tick():
        while True:
            ticks.append(1)
            await asyncio.sleep(0.01)

    async def begin():
        asyncio.get_running_loop().task = asyncio.create_task(tick())

    async def end():
        asyncio.get_running_loop().task.cancel()

    with _loop() as run:
        run(begin())
        had = len(ticks)
        time.sleep(0.1)  # the person types
        assert len(ticks) > had
        run(end())


def test_control_c_at_the_prompt_leaves_quietly(tmp_path):
    pty = pytest.importorskip("pty", reason="no pseudo-terminals here")
    (tmp_path / "teas.csv").write_text("id,name,type\n1,Longjing,Green\n2,Assam,Black\n")
    environment = {**os.environ, "CHATREC_HOME": str(tmp_path), "CHATREC_LLM": "none", "CHATREC_EMBEDDER": "none"}
    environment |= {"PYTHONPATH": str(ROOT), "TERM": "dumb"}
    added = [sys.executable, "-m", "chatrec", "catalog", "add", "teas", str(tmp_path / "teas.csv")]
    subprocess.run(added, check=True, env=environment, capture_output=True, cwd=tmp_path)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(sys.executable, [sys.executable, "-m", "chatrec", "chat", "--catalog", "teas"], environment)
    seen = b""

    def until(word: bytes, times: int = 1, seconds: float = 40) -> bool:
        """Read until the child has written a word so often; False when it has ended or takes too long."""
        nonlocal seen
        deadline = time.monotonic() + seconds
        while seen.count(word) < times and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    seen += os.read(terminal, 65536)
                except OSError:  # the child has gone
                    return False
        return seen.count(word) >= times

    try:
        assert until(b"\n> ")
        os.write(terminal, b"green tea\n")
        assert until(b"\n> ", 2)
        for _ in range(4):  # between the prompt and its wait for a key, readline sees a signal only with the next key
            with contextlib.suppress(OSError):
                os.write(terminal, b"\x03")
            until(b"\n> ", 3, seconds=10)  # returns at once when the child has gone
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
        assert seen.count(b"\n> ") == 2
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"Longjing" in seen
    assert b"Traceback" not in seen
