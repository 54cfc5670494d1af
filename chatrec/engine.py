"""Builds the parts once from settings, runs turns with them, and knows how they are: start-up, health, shutdown.

Knows: which part is made of what. Does not know: HTTP, pages, terminals.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chatrec import settings as settings_module
from chatrec.errors import BadInput, ChatRecError, Conflict, NotFound, TooLong
from chatrec.language.normal import drop_control
from chatrec.language.script import language_of
from chatrec.observe import Counters, log
from chatrec.settings import ROOT, Settings
from chatrec.turn import Parts, run_turn
from chatrec.vocabulary import (
    LANGUAGES,
    STEPS,
    Act,
    Candidate,
    Catalog,
    Decision,
    Done,
    Event,
    Ledger,
    Reply,
    Said,
    Turn,
    Wish,
)

if TYPE_CHECKING:
    from chatrec.llm.embed import Embedder
    from chatrec.understand.lexicon import Lexicon

MOST_CHARACTERS = 4_000
PACKAGED = ROOT / "catalog"
LEARN_EVERY = 60.0  # seconds between two looks at whether there is something new to learn
PROMPTS_KEPT = 20  # turns whose prompts `chat --show-prompt` can still print


@dataclass(frozen=True)
class Book:
    """One version of one catalogue, opened: read-only, shared by all its conversations."""

    catalog: Catalog
    lexicon: Lexicon
    shelf: Any  # recommend.shelf.Shelf
    grounds: Any  # answer.ground.Grounds
    parts: Parts


class Flight:
    """A turn that is being answered: its events so far, for whoever follows it. Goes on when nobody does."""

    def __init__(self, said: Said) -> None:
        self.said = said
        self.events: list[Event] = []
        self.error: Exception | None = None
        self.landed = False
        self.task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    def put(self, event: Event) -> None:
        self.events.append(event)
        self._wake()

    def land(self, error: Exception | None = None) -> None:
        self.error, self.landed = error, True
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def follow(self) -> AsyncIterator[Event]:
        heard = 0
        while True:
            news = self._news
            while heard < len(self.events):
                yield self.events[heard]
                heard += 1
            if self.landed:
                if self.error:
                    raise self.error
                return
            await news.wait()


class Engine:
    """The whole of ChatRec behind its doors. `start` it once in a process; all methods are for one event loop."""

    def __init__(self, settings: Settings, store: Any, ladder: Any, prompts: Any) -> None:
        self.settings = settings
        self.store = store
        self.ladder = ladder
        self.prompts = prompts
        self.counters = Counters()
        self.embedder: Embedder | None = None
        self.index: Any = None
        self._books: dict[str, Book] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._warm = False  # whether vectors and what people did are wanted: see `warm`
        self._encoding, self._learning = asyncio.Lock(), asyncio.Lock()
        self._flights: dict[tuple[str, str], Flight] = {}
        self._talking: dict[str, tuple[asyncio.Lock, int]] = {}
        self._seen_prompts: dict[str, list[Any]] = {}
        self._background: set[asyncio.Task[Any]] = set()
        self._learned: dict[str, tuple[float, Any, Any]] = {}  # catalogue -> when looked at; log and talks learned from
        self._lender: Engine | None = None  # whose store and opened catalogues these are

    # ------------------------------------------------------------------ start and stop

    @classmethod
    async def start(cls, settings: Settings | None = None, *, build: bool = True, progress: Any = None) -> Engine:
        """Open the store, migrate, build the demo catalogue when it is missing or stale.

        build=False leaves catalogues as they are. Vectors, Chroma and the model come later: see `warm`.
        Raises BadInput or Missing with a sentence that says what to do.
        """
        from chatrec.llm.ladder import Ladder
        from chatrec.prompting import Prompts
        from chatrec.store import Store

        settings = settings or settings_module.load()
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"CHATREC_HOME {settings.home} can't be used as a folder: {error.strerror}.") from error
        prompts = Prompts.load(ROOT / "prompts")
        ladder = Ladder.from_settings(settings)
        store = await Store.open(settings.database)
        try:
            await store.migrate()
            if build:
                from chatrec.importing import build_packaged

                await build_packaged(store, PACKAGED, progress, only=settings.catalog)
        except BaseException:
            await store.close()
            raise
        return cls(settings, store, ladder, prompts)

    def with_models(self, ladder: Any, **changed: Any) -> Engine:
        """A second engine over this one's store and opened catalogues, with other models and settings.

        For dialogue tests and comparisons: it opens nothing anew, and stopping it closes its own models only.
        """
        settings = self.settings.model_copy(update=changed)
        other = Engine(settings, self.store, ladder, self.prompts)
        other._lender = self
        return other

    async def stop(self) -> None:
        """Let the turns under way end (5 s at most), then close everything."""
        flights = [f.task for f in self._flights.values() if f.task]
        if flights:
            await asyncio.wait(flights, timeout=5)
        for task in list(self._background):
            task.cancel()
        if self._background:
            await asyncio.wait(list(self._background), timeout=5)
        await self.ladder.close()
        if self.index is not None:
            await self.index.close()
        if self._lender is None:
            await self.store.close()

    async def warm(self, catalog: str | None = None) -> None:
        """What a turn can do without but is better with: the encoder and vectors, Chroma's copy, the model's client."""
        name = catalog or self.settings.catalog
        book = await self.book(name)
        others = [b for b in self._books.values() if b is not book] if not self._warm else []
        self._warm = True
        self._later(self.ladder.warm(), "the model")
        for other in others:  # asked for before
            self._prepare(other)
        await asyncio.gather(self._vectors(book), self._learn(book))

    def warm_later(self, catalog: str | None = None) -> None:
        self._later(self.warm(catalog), "warming up")

    def _later(self, work: Any, what: str) -> None:
        """Run in the background; a failure is logged, never raised into a turn."""

        async def run() -> None:
            try:
                await work
            except ChatRecError as error:
                log.warning("%s: %s", what, error)
            except Exception:
                log.exception("%s failed; ChatRec goes on without", what)

        task = asyncio.create_task(run())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # ------------------------------------------------------------------ catalogues

    async def book(self, name: str) -> Book:
        """The opened catalogue, reopened when its version in the store has changed. NotFound where there is none."""
        if self._lender is not None:
            lent, book = await self._lender.book(name), self._books.get(name)
            if book is None or book.shelf is not lent.shelf:
                parts = self._parts(lent.catalog, lent.lexicon, lent.shelf, lent.grounds)
                book = self._books[name] = replace(lent, parts=parts)
            return book
        catalog = await self.store.items.catalog(name)
        book = self._books.get(name)
        if book is not None and book.catalog.version == catalog.version:
            return book
        async with self._opening.setdefault(name, asyncio.Lock()):
            book = self._books.get(name)
            if book is None or book.catalog.version != catalog.version:
                reopened = book is not None
                book = self._books[name] = await self._open(catalog)
                if reopened or self._warm:  # once this engine has warmed up, every catalogue that is asked for does
                    self._prepare(book)
            return book

    def _prepare(self, book: Book) -> None:
        self._later(self._vectors(book), "vectors")
        self._later(self._learn(book), "learning")

    async def _open(self, catalog: Catalog) -> Book:
        from chatrec.answer.ground import Grounds
        from chatrec.recommend.shelf import Shelf
        from chatrec.understand.lexicon import Lexicon

        began = time.perf_counter()
        with _nothing_is_garbage():
            edition = await self.store.items.edition(catalog.name)  # first: what is read after it is no older
            items = [item async for batch in self.store.items.all(catalog.name) for item in batch]
            lexicon = await asyncio.to_thread(Lexicon.build, catalog, items)
            shelf = await asyncio.to_thread(Shelf.build, catalog, items)
            shelf.edition = edition
        values = {
            f.name: {str(v) for item in items for v in item.values(f.name)}
            for f in catalog.facets
            if f.type == "category"
        }
        titles = {title for item in items for title in (item.title, *item.titles.values())}
        grounds = Grounds(catalog, values, titles)
        parts = self._parts(catalog, lexicon, shelf, grounds)
        log.info("catalogue %s: %d items opened in %.1f s", catalog.name, len(items), time.perf_counter() - began)
        return Book(catalog, lexicon, shelf, grounds, parts)

    def _parts(self, catalog: Catalog, lexicon: Lexicon, shelf: Any, grounds: Any) -> Parts:
        """What a turn over an opened catalogue is made of, with this engine's models."""
        from chatrec.answer import build_answers
        from chatrec.memory.recall import Memory
        from chatrec.recommend.candidates import Candidates
        from chatrec.recommend.diversity import Dials
        from chatrec.understand.decide import Decide
        from chatrec.understand.ledger import Merge
        from chatrec.understand.reader import Reader

        if self.ladder.rung_for("words"):
            self._later(asyncio.to_thread(grounds.warm), "the word tables")
        dials = Dials(self.settings.diversity, self.settings.novelty)
        return Parts(
            dialogues=self.store.dialogues,
            memory=Memory(self.store.profiles, self.store.items, shelf),
            reader=Reader(catalog, lexicon),
            decide=Decide(self.ladder, self.prompts, catalog, lexicon, self.settings.prompt_tokens),
            merge=Merge(catalog, lexicon),
            candidates=Candidates(catalog, self.store, shelf, dials=dials),
            answers=build_answers(catalog, self.ladder, self.prompts, grounds, self.settings),
            observe=self._observe,
        )

    async def _vectors(self, book: Book) -> None:
        """Encode what is missing, put the vectors on the shelf, bring Chroma's copy up to date. Until then words serve."""
        from chatrec.index import Index
        from chatrec.llm.embed import load_embedder
        from chatrec.upkeep.vectors import keep

        if (name := self.settings.wanted_embedder) is None:
            return
        async with self._encoding:
            self.embedder = self.embedder or load_embedder(name)
            self.index = self.index or Index(self.settings.home, self.settings.chroma_url)
            await keep(
                self.store, self.embedder, self.index, book.catalog, book.shelf, _told_by_tenths(book.catalog.name)
            )
            await self.index.keep_only({c.name for c in await self.store.items.catalogs()})

    async def _learn(self, book: Book) -> None:
        """What people did and talked about, for the shelf: learned when there is enough new. Looked at now and then, after a turn."""
        from chatrec.upkeep import talks, taste

        name, shelf, settings = book.catalog.name, book.shelf, self.settings
        async with self._learning:  # one after the other: a fit takes all there is
            _, did, said = self._learned.get(name, (0.0, None, None))
            did = did if shelf.taste or shelf.model else None
            did = await taste.keep(self.store, book.catalog, shelf, did, settings.home, settings.fit == "here")
            said = await talks.keep(self.store, book.catalog, shelf, said if shelf.talks else None)
            self._learned[name] = (time.monotonic(), did, said)

    async def settled(self) -> None:
        """Wait until nothing is under way in the background: for benchmarks and tests."""
        while self._background:
            await asyncio.wait(list(self._background))

    async def health(self) -> dict[str, Any]:
        """Whether a turn can be answered, by which rung each step would be, and what is still being prepared."""
        steps = {step: self.ladder.rung_for(step) or "none" for step in STEPS}
        rung = next((r for r in ("hosted", "local") if r in steps.values()), "none")
        books = {
            name: {"items": len(b.shelf), "vectors": b.shelf.vectors is not None} for name, b in self._books.items()
        }
        return {"ready": bool(books), "rung": rung, "steps": steps, "catalogs": books}

    def _observe(self, turn: Turn, reply: Reply) -> None:
        """Counters of a finished turn, and its prompts for --show-prompt. Never what was said."""
        kind, meter = reply.decision.kind, turn.meter
        self.counters.turns.labels(turn.said.catalog, kind, reply.rung).inc()
        self.counters.seconds.labels(kind).observe(reply.ms.total / 1000)
        self.counters.tokens.labels("in").inc(meter.tokens_in)
        self.counters.tokens.labels("out").inc(meter.tokens_out)
        self.counters.dropped.inc(len(meter.dropped))
        for fall in meter.falls:
            self.counters.falls.labels(fall.step, fall.rung, fall.why).inc()
        self._seen_prompts[turn.id] = meter.seen_by_model
        while len(self._seen_prompts) > PROMPTS_KEPT:
            self._seen_prompts.pop(next(iter(self._seen_prompts)))
        looked = self._learned.get(turn.said.catalog)
        if looked is not None and time.monotonic() - looked[0] > LEARN_EVERY and turn.said.catalog in self._books:
            self._learned[turn.said.catalog] = (time.monotonic(), *looked[1:])
            self._later(self._learn(self._books[turn.said.catalog]), "learning")

    def last_prompt(self, turn_id: str) -> list[Any]:
        """The messages a model saw in one of the last turns, a list per call; empty when no model was asked."""
        return self._seen_prompts.get(turn_id, [])

    # ------------------------------------------------------------------ turns

    async def said(
        self,
        *,
        text: str | None = None,
        act: Act | Mapping[str, Any] | None = None,
        user_id: str | None = None,
        catalog: str | None = None,
        conversation_id: str | None = None,
        turn_id: str | None = None,
        language: str | None = None,
    ) -> Said:
        """Check what came through a door. BadInput or TooLong say which field and why."""
        clean = drop_control(text or "").strip()
        if len(clean) > MOST_CHARACTERS:
            raise TooLong(f"The message has {len(clean):,} characters; send at most {MOST_CHARACTERS:,}.")
        if act is not None and not isinstance(act, Act):
            try:
                act = Act.model_validate(dict(act))
            except ValueError as error:
                raise BadInput("The act can't be used: see `errors`.", [("act", str(error))]) from error
        if not clean and act is None:
            raise BadInput("Say something: `text` is empty and there is no `act`.", [("text", "must not be empty")])
        if clean and act is not None:
            raise BadInput("Send either `text` or `act`, not both.", [("act", "not together with text")])
        if language is not None and language not in LANGUAGES:
            raise BadInput(f"The language {language!r} is not one of en, zh.", [("language", "en or zh")])
        person = user_id
        if conversation_id is not None:
            owner = await self.store.dialogues.owner(conversation_id)
            if owner is None or (owner[0] != person if person else not owner[0].startswith("anon:")):
                raise NotFound(f"There is no conversation {conversation_id!r}. Leave conversation_id out to start one.")
            person, catalog = owner[0], catalog or owner[1]
        return Said(
            person_id=person or f"anon:{uuid.uuid4().hex}",
            catalog=catalog or self.settings.catalog,
            conversation_id=conversation_id,
            turn_id=turn_id or uuid.uuid4().hex,
            text=clean,
            act=act,
            language=language,  # type: ignore[arg-type]
        )

    async def turn(self, **said: Any) -> AsyncIterator[Event]:
        """Answer one message or act; yields events, the last is Done (stored). Arguments: see `said`.

        A known turn_id joins or replays that turn. The turn goes on when the caller leaves.
        """
        flight = await self.take_off(await self.said(**said))
        async for event in flight.follow():
            yield event

    async def reply(self, **said: Any) -> Reply:
        """The whole Reply of one turn. Arguments: see `said`."""
        async for event in self.turn(**said):
            if isinstance(event, Done):
                return event.reply
        raise ChatRecError("The turn ended without an answer.")

    async def take_off(self, said: Said) -> Flight:
        """Start a turn in the background, or join the one under way with the same turn id."""
        assert said.turn_id is not None
        book = await self.book(said.catalog)  # NotFound before anything is stored
        key = (said.person_id, said.turn_id)
        if flight := self._flights.get(key):
            if flight.said != said:
                raise Conflict(f"turn_id {said.turn_id!r} was used for another message. Use a new one.")
            return flight
        flight = self._flights[key] = Flight(said)
        flight.task = asyncio.create_task(self._fly(book, flight, key))
        return flight

    async def _fly(self, book: Book, flight: Flight, key: tuple[str, str]) -> None:
        try:
            async with self._one_at_a_time(flight.said.conversation_id):
                async for event in run_turn(book.parts, flight.said):
                    flight.put(event)
            flight.land()
        except ChatRecError as error:
            flight.land(error)
        except Exception as error:
            log.exception("turn %s failed", flight.said.turn_id)
            self.counters.failed.labels(flight.said.catalog).inc()
            flight.land(error)
        finally:
            self._flights.pop(key, None)
            if not flight.landed:  # cancelled at shutdown
                flight.land(ChatRecError("The server is stopping; send the same turn again later."))

    @contextlib.asynccontextmanager
    async def _one_at_a_time(self, conversation_id: str | None) -> AsyncIterator[None]:
        """Turns of one conversation run one after another."""
        if conversation_id is None:
            yield
            return
        lock, waiting = self._talking.get(conversation_id, (asyncio.Lock(), 0))
        self._talking[conversation_id] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._talking[conversation_id]
            if waiting == 1:
                del self._talking[conversation_id]
            else:
                self._talking[conversation_id] = (lock, waiting - 1)

    # ------------------------------------------------------------------ without a conversation

    async def recommend(
        self,
        *,
        catalog: str | None = None,
        user_id: str | None = None,
        history: Sequence[tuple[str, str | None, float | None]] = (),
        wishes: Sequence[Mapping[str, Any] | Wish] = (),
        text: str = "",
        messages: Sequence[Mapping[str, Any]] = (),
        k: int = 20,
        exclude: Sequence[str] = (),
        diversity: float | None = None,
        novelty: float | None = None,
    ) -> list[Candidate]:
        """Candidates without chat, best first, at most k. history: (item id, kind, rating), oldest first; messages: {"role",
        "content", "item_ids"?}.

        Wishes are typed ones; what the text and messages state is read by code as in a turn, and an item that a message names by
        its title or in `item_ids` counts as named, unless it is disliked there. diversity, novelty: 0..1 for this call; None: as the
        settings have it. BadInput for a bad wish or dial.
        """
        from chatrec.understand.wishes import validate_wish

        for name, dial in (("diversity", diversity), ("novelty", novelty)):
            if dial is not None and not 0 <= dial <= 1:
                raise BadInput(f"{name} is a number from 0 to 1; {dial:g} is not.", [(name, "from 0 to 1")])

        book = await self.book(catalog or self.settings.catalog)
        name = book.catalog.name
        profile = await self.store.profiles.read(user_id, name) if user_id else None
        typed = tuple(
            validate_wish(dict(w), book.catalog, book.lexicon) if not isinstance(w, Wish) else w for w in wishes
        )
        ledger = Ledger(typed)
        lines = [*messages, *([{"role": "user", "content": text}] if text.strip() else [])]
        talked, disliked = list[dict[str, Any]](), set[str]()
        for line in lines:  # what people said is heard as in a turn, one message after the other
            said = Said(person_id=user_id or "", catalog=name, text=line["content"])
            turn = Turn(id="", conversation_id="", said=said, language=language_of(said.text, "en"), ledger=ledger)
            heard = book.parts.reader.read(said, turn)
            if line["role"] == "user":
                ledger = book.parts.merge(turn, heard, Decision(kind="recommend"))
                disliked |= {f.item_id for f in heard.feedback if f.kind == "dislike"}
            talked.append({**line, "item_ids": [*(line.get("item_ids") or ()), *(i.id for i in heard.items)]})
        spoken = [line["content"] for line in talked if line["role"] == "user"]
        talked = [{**line, "item_ids": [i for i in line["item_ids"] if i not in disliked]} for line in talked]
        kinds = [(item, kind if kind is not None else rating) for item, kind, rating in history]
        return await book.parts.candidates.recommend(
            history=list(reversed(kinds)),
            wishes=ledger.wishes,
            text=spoken[-1] if spoken else "",
            messages=talked,
            exclude=[*exclude, *disliked],
            k=k,
            profile=profile,
            diversity=diversity,
            novelty=novelty,
        )

    async def feedback(self, user_id: str, item_id: str, kind: str, catalog: str | None = None) -> None:
        """Like, dislike, seen or owned from outside a conversation. NotFound for an unknown catalogue or item."""
        name = (await self.store.items.catalog(catalog or self.settings.catalog)).name
        await self.store.profiles.feedback(user_id, name, item_id, kind)


@contextlib.contextmanager
def _nothing_is_garbage() -> Iterator[None]:
    """No garbage collection while a catalogue is opened: it makes a million objects that all stay, and looking through them
    again and again is a third of the time. Afterwards they are left out of every later collection."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
        gc.freeze()


def _told_by_tenths(name: str) -> Callable[[int, int], None]:
    """A log line for every tenth of a long encoding, so that whoever looks knows how far it is."""
    told = -1

    def progress(done: int, total: int) -> None:
        nonlocal told
        tenth = done * 10 // max(total, 1)
        if tenth > told and total > 500:
            told = tenth
            log.info("catalogue %s: %d of %d texts encoded; until then words serve", name, done, total)

    return progress
