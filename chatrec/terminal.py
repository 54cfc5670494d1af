"""The chat in a terminal: one turn or a conversation, streaming, with items, reasons, quick replies and a few commands.

Knows: Engine, Reply, rich. Piped, it is plain text, or a Reply as JSON a line. The event loop runs in a thread of its own, so that
the model and the vectors get ready while the person types, and Ctrl-C stops a turn without ending the conversation.
"""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar

from chatrec.errors import BadInput, ChatRecError
from chatrec.language.describe import value_text
from chatrec.language.normal import drop_control
from chatrec.language.phrases import wish_text
from chatrec.vocabulary import Catalog, Chips, Done, Event, ItemOut, Reply, Shown, Text, Wish, join_sentences

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from chatrec.engine import Engine
    from chatrec.settings import Settings

T = TypeVar("T")
MOST_FACTS, MOST_VALUES = 5, 3
HELP = """Say what you feel like, in English or Chinese. Besides:
  :1            take a quick reply by its number
  /why 2        why the second one is here          /why_not TITLE   why something is not
  /like 1       also /dislike, /seen, /owned: one or several numbers
  /more 1       more like the first                 /compare 1 2     side by side
  /wishes       what you asked for so far           /drop 1          take one of them back
  /undo         take the last click back            /reset           forget all wishes
  /lang zh      answer in zh, en or auto            /prompt          what the model saw in the last turn
  /new          another conversation                /help            this list
  /quit         leave (Ctrl-D too)"""
_WORDS = {
    "en": {"breaks": "but not", "none": "rules", "hosted": "hosted model", "local": "local model", "tokens": "tokens",
           "wishes": "no wishes yet", "fall": "{step}: the {rung} did not help ({why}); {to} took over"},
    "zh": {"breaks": "不符合", "none": "规则", "hosted": "在线模型", "local": "本地模型", "tokens": "个词元",
           "wishes": "还没有要求", "fall": "{step}：{rung}没帮上忙（{why}），改由{to}"},
}  # fmt: skip


def talk(
    settings: Settings, *, message: str | None, user: str | None, show_prompt: bool, as_json: bool, progress: Any
) -> int:
    """Start an engine, hold the conversation, stop it. Returns the exit code."""
    from chatrec.engine import Engine

    with _loop() as run:
        engine = run(Engine.start(settings, progress=progress))
        progress.stop()
        try:
            chat = Chat(engine, settings.catalog, user=user, show_prompt=show_prompt, as_json=as_json, run=run)
            run(chat.open(one_turn=message is not None))
            if message is not None:
                chat.say(message)
                return 0
            return chat.converse()
        finally:
            run(engine.stop())


@contextlib.contextmanager
def _loop() -> Iterator[Callable[[Coroutine[Any, Any, T]], T]]:
    """A running event loop in a thread; gives a function that runs a coroutine on it. Ctrl-C cancels the coroutine."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="chat", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            with contextlib.suppress(CancelledError, KeyboardInterrupt, Exception):
                future.result(timeout=5)
            raise

    try:
        yield run
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        if not loop.is_running():
            loop.close()


class Chat:
    """One person at one terminal."""

    def __init__(
        self,
        engine: Engine,
        catalog: str,
        *,
        user: str | None,
        show_prompt: bool,
        as_json: bool,
        run: Callable[[Any], Any],
    ) -> None:
        from rich.console import Console

        self.engine, self.name, self.user = engine, catalog, user
        self.show_prompt, self.as_json, self.run = show_prompt, as_json, run
        self.console = Console(highlight=False) if sys.stdout.isatty() else Console(width=120, highlight=False)
        self.prompts = Console(stderr=True, highlight=False) if as_json else self.console
        self.catalog: Catalog
        self.conversation: str | None = None
        self.language: str | None = None
        self.items: list[ItemOut] = []  # what numbers mean: the items shown last
        self.last: Reply | None = None

    async def open(self, *, one_turn: bool) -> None:
        """The catalogue (NotFound where there is none). A single turn uses vectors only where all are there already."""
        self.catalog = (await self.engine.book(self.name)).catalog
        if not one_turn:
            self.engine.warm_later(self.name)
        elif await self._vectors_are_there():
            await self.engine.warm(self.name)

    async def _vectors_are_there(self) -> bool:
        from chatrec.llm.embed import load_embedder

        wanted = self.engine.settings.wanted_embedder
        try:
            return (
                bool(wanted)
                and await self.engine.store.vectors.missing(self.name, load_embedder(wanted or "").name) == 0
            )
        except ChatRecError:  # the encoder's package is missing: words serve, doctor tells
            return False

    # ------------------------------------------------------------------ what is typed

    def converse(self) -> int:
        """Read lines until the end. In a terminal Ctrl-C stops a turn, or leaves at the prompt."""
        from rich.text import Text as Styled

        here = sys.stdin.isatty() and not self.as_json
        if here:
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401 - editing and history for input()
            self.console.print(
                Styled(f"{self.catalog.title_in('en')}: {self.catalog.items:,} items. /help, /quit", style="dim")
            )
            for starter in [*self.catalog.starters.get("en", [])[:2], *self.catalog.starters.get("zh", [])[:1]]:
                self.console.print(Styled(f"  {starter}", style="dim"))
        failed = 0
        while True:
            try:
                line = input("\n> " if here else "")
            except EOFError:
                return 0 if here else failed
            except KeyboardInterrupt:
                return 0 if here else 130
            if not line.strip():
                continue
            try:
                if self.typed(line.strip()) == "quit":
                    return 0
            except ChatRecError as error:
                print(" ".join(str(error).split()), file=sys.stderr)
                failed = error.exit_code
            except KeyboardInterrupt:
                if not here:
                    raise
                self.console.print("stopped", style="dim")

    def typed(self, line: str) -> str | None:
        """One line: a message, a quick reply or a command. Returns "quit" where the person leaves."""
        if line[0] in ":：" and line[1:].strip().isdigit():
            self.quick(int(line[1:]))
            return None
        if line[0] != "/":
            self.say(line)
            return None
        try:
            word, *rest = shlex.split(line[1:]) or ["help"]
        except ValueError:
            word, *rest = line[1:].split()
        word = word.lower().replace("-", "_")
        if word in ("quit", "exit", "q"):
            return "quit"
        if word in ("like", "dislike", "seen", "owned", "why"):
            self.turn(act={"kind": word, "item_ids": [self.item(n) for n in rest or ["1"]]})
        elif word == "more":
            self.turn(act={"kind": "more_like", "item_ids": [self.item(n) for n in rest[:1] or ["1"]]})
        elif word == "compare":
            self.turn(act={"kind": "compare", "item_ids": [self.item(n) for n in rest or ["1", "2"]]})
        elif word == "why_not":
            ids = self.run(self.engine.store.items.find_titles(self.name, " ".join(rest)))
            if not ids:
                raise BadInput(f"Nothing here is called {' '.join(rest)!r}.")
            self.turn(act={"kind": "why_not", "item_ids": list(ids[:1])})
        elif word in ("undo", "reset"):
            self.turn(act={"kind": word})
        elif word == "wishes":
            self.show_wishes()
        elif word == "drop":
            self.turn(act={"kind": "drop_wish", "wish_id": self.wish(rest[0] if rest else "1").id})
        elif word == "lang":
            self.speak(rest[0] if rest else "auto")
        elif word == "prompt":
            self.print_prompts()
        elif word == "new":
            self.conversation, self.items, self.last = None, [], None
            self.console.print("A new conversation.", style="dim")
        elif word == "help":
            self.console.print(HELP, markup=False)
        else:
            raise BadInput(f"There is no command /{word}. /help lists them.")
        return None

    def item(self, number: str) -> str:
        if not number.isdigit() or not 1 <= int(number) <= len(self.items):
            has = f"1 to {len(self.items)}" if self.items else "nothing is shown yet"
            raise BadInput(f"{number!r} is no item on the screen ({has}).")
        return self.items[int(number) - 1].id

    def wish(self, number: str) -> Wish:
        wishes = self.last.wishes if self.last else []
        for n, wish in enumerate(wishes, 1):
            if number in (str(n), wish.id):
                return wish
        raise BadInput(f"{number!r} is no wish of this conversation; /wishes lists them.")

    def quick(self, number: int) -> None:
        chips = self.last.chips if self.last else []
        if not 1 <= number <= len(chips):
            raise BadInput(f"There is no quick reply :{number}.")
        chip = chips[number - 1]
        self.turn(act=chip.act) if chip.act else self.turn(text=chip.text)

    def speak(self, language: str) -> None:
        if language not in ("en", "zh", "auto"):
            raise BadInput(f"{language!r} is no language here; use en, zh or auto.")
        self.language = None if language == "auto" else language
        self.console.print(f"answers in {language}", style="dim")

    # ------------------------------------------------------------------ a turn

    def say(self, text: str) -> None:
        self.turn(text=text)

    def turn(self, **said: Any) -> None:
        reply: Reply = self.run(self._turn(said))
        self.conversation, self.last = reply.conversation_id, reply
        self.items = [*reply.items, *(n.item for n in reply.near)] or self.items
        if self.show_prompt:
            self.print_prompts()

    async def _turn(self, said: dict[str, Any]) -> Reply:
        events = self.engine.turn(
            **said, user_id=self.user, catalog=self.name, conversation_id=self.conversation, language=self.language
        )
        if self.as_json or not self.console.is_terminal:
            reply = await _collected(events)
            if self.as_json:
                print(reply.model_dump_json(), flush=True)
            else:
                self.console.print(self.whole(reply), soft_wrap=True)
            return reply
        from rich.live import Live
        from rich.spinner import Spinner

        so_far = Reply()
        with Live(Spinner("dots"), console=self.console, transient=True, refresh_per_second=12) as live:
            async for event in events:
                match event:
                    case Done():
                        so_far = event.reply
                    case Shown():
                        so_far.items, so_far.near = list(event.items), list(event.near)
                    case Text(item_id=None):
                        so_far.text = join_sentences(so_far.text, event.text)
                    case Text():
                        for item in so_far.items:
                            item.reason = event.text if item.id == event.item_id else item.reason
                    case Chips():
                        so_far.chips = list(event.chips)
                if so_far.text or so_far.items:
                    live.update(self.whole(so_far))
        self.console.print(self.whole(so_far))
        return so_far

    # ------------------------------------------------------------------ what is shown

    def whole(self, reply: Reply) -> RenderableType:
        """A reply as it stands: text, items with facts and reasons, quick replies, and in small print who answered."""
        from rich.console import Group
        from rich.text import Text as Styled

        words = _WORDS[reply.language]
        parts: list[Any] = [Styled(drop_control(reply.text))] if reply.text else []
        for number, item in enumerate(reply.items, 1):
            parts += self.card(number, item, item.reason, reply.language)
        wishes = {w.id: w for w in reply.wishes}
        for number, near in enumerate(reply.near, len(reply.items) + 1):
            broken = [wish_text(wishes[w], self.catalog, reply.language) for w in near.breaks if w in wishes]
            reason = f"{words['breaks']}: {', '.join(broken)}" if broken else near.item.reason
            parts += self.card(number, near.item, reason, reply.language)
        if reply.chips:
            labels = "   ".join(f":{n} {drop_control(chip.label)}" for n, chip in enumerate(reply.chips, 1))
            parts.append(Styled(f"\n{labels}", style="cyan"))
        for fall in reply.falls:
            names = {"step": fall.step, "rung": words[fall.rung], "why": fall.why, "to": words.get(fall.to, fall.to)}
            parts.append(Styled(words["fall"].format(**names), style="yellow"))
        if reply.turn_id:
            spent = reply.llm.tokens_in + reply.llm.tokens_out
            tokens = f" · {spent:,} {words['tokens']}" if spent else ""
            parts.append(Styled(f"{words[reply.rung]}{tokens} · {reply.ms.total:,} ms", style="dim"))
        return Group(*parts)

    def card(self, number: int, item: ItemOut, reason: str, language: str) -> list[Any]:
        from rich.padding import Padding
        from rich.text import Text as Styled

        facts = self.facts(item, language)
        head = Styled.assemble(
            (f"{number}. ", "bold cyan"), (drop_control(item.title), "bold"), (f"  {facts}" if facts else "", "dim")
        )
        if not reason:
            return [head]
        said = Styled(drop_control(reason))
        return [head, Padding(said, (0, 0, 0, 3)) if self.console.is_terminal else Styled("   ") + said]

    def facts(self, item: ItemOut, language: str) -> str:
        """The first few facts, as a person reads them: 1995 · 170 min · Crime, Thriller."""
        said = []
        for name, value in item.facts.items():
            facet = self.catalog.facet(name)
            if facet is None or facet.type == "text":
                continue
            values = value if isinstance(value, list) else [value]
            texts = [value_text(facet, v, language) for v in values[:MOST_VALUES]]
            if facet.type == "bool":
                texts = [facet.label_in(language)] if value else []
            if texts:
                said.append(("、" if language == "zh" else ", ").join(texts))
        return " · ".join(said[:MOST_FACTS])

    def show_wishes(self) -> None:
        language = self.last.language if self.last else "en"
        wishes = self.last.wishes if self.last else []
        if not wishes:
            self.console.print(_WORDS[language]["wishes"], style="dim")
        titles = {i.id: i.title for i in self.items}
        for n, wish in enumerate(wishes, 1):
            self.console.print(f"{n}. {wish_text(wish, self.catalog, language, titles)}", markup=False)

    def print_prompts(self) -> None:
        """What the model saw in the last turn, call by call, with an estimate of its tokens."""
        if self.last is None:
            raise BadInput("There was no turn yet.")
        show(self.engine.last_prompt(self.last.turn_id), self.last, self.prompts)


def show(calls: list[Any], reply: Reply, console: Console) -> None:
    """Print the messages of each call; where there was none, which step the code took."""
    from rich.rule import Rule
    from rich.text import Text as Styled

    from chatrec.prompting import estimate_tokens

    if not calls:
        console.print(Styled("No model was asked in this turn: rules and templates answered.", style="dim"))
    for n, messages in enumerate(calls, 1):
        tokens = sum(estimate_tokens(content) for _, content in messages)
        console.print(Rule(f"prompt {n} of {len(calls)}, about {tokens:,} tokens", style="dim"))
        for role, content in messages:
            console.print(Styled(f"[{role}]", style="bold"))
            console.print(Styled(drop_control(content)))
    if calls:
        steps = ", ".join(f"{step}: {rung}" for step, rung in reply.steps.items())
        console.print(Rule(steps or "no step ended", style="dim"))


async def _collected(events: Any) -> Reply:
    event: Event
    async for event in events:
        if isinstance(event, Done):
            return event.reply
    raise ChatRecError("The turn ended without an answer.")
