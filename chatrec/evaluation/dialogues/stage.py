"""A whole run: which dialogues are played, by whom, through which door, how often.

Knows: modes, repeats, skipping. Does not know: reports, the command line.
"""

from __future__ import annotations

import datetime
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from chatrec.errors import ChatRecError
from chatrec.evaluation.dialogues.doors import InsideDoor, OutsideDoor
from chatrec.evaluation.dialogues.file import Dialogue
from chatrec.evaluation.dialogues.judging import Judge
from chatrec.evaluation.dialogues.models import Cast, Lender, Mode, Skip, cast
from chatrec.evaluation.dialogues.results import Played, Run
from chatrec.evaluation.dialogues.runner import play, worst
from chatrec.evaluation.dialogues.sandbox import Sandbox
from chatrec.settings import Settings

Progress = Callable[[str, int, int], None]


class Stage:
    """Plays dialogues one after another. `close` it."""

    def __init__(
        self,
        settings: Settings,
        *,
        mode: Mode | None = None,
        url: str = "",
        record: bool = False,
        repeat: int = 1,
        progress: Progress | None = None,
    ) -> None:
        self._settings, self._mode, self._record, self._repeat = settings, mode, record, repeat
        self._sandbox = None if url else Sandbox(settings, progress)
        self._outside = OutsideDoor(url, settings.api_key) if url else None
        self._times: Counter[str] = Counter()  # a dialogue's name -> how often it was played
        self._judge = Judge(settings)
        self._lender = Lender()
        self._token = uuid.uuid4().hex[:8] if url else ""  # a server remembers people: each run brings new ones

    async def play(self, dialogue: Dialogue) -> Played:
        """One dialogue, as often as it is to be played. Never raises for what a dialogue, a model or a server does."""
        runs = self._repeat if self._mode == "live" else 1
        try:
            return worst([await self._once(dialogue) for _ in range(runs)])
        except Skip as skip:
            return _not_played(dialogue, "skipped", str(skip))
        except ChatRecError as error:
            return _not_played(dialogue, "failed", str(error))

    async def _once(self, dialogue: Dialogue) -> Played:
        token = self._new_people(dialogue)
        if self._outside is not None:
            if why := dialogue.tied_inside():
                raise Skip(why)
            given = dialogue.given.catalog
            return await play(
                dialogue,
                self._outside,
                None,
                token=token,
                catalog=given if isinstance(given, str) else None,
                judge=self._judge,
            )
        if self._record:
            models = await self._lender.models(dialogue, self._settings) if dialogue.given.model == "recorded" else None
            actors = cast(dialogue, self._mode, self._settings, record=True, lent=models)
            played = await self._inside(dialogue, actors, token)
            if actors.tape is None or played.why:  # it could not be played to its end
                return played
            actors.tape.write()
            token = self._new_people(dialogue)  # what was just recorded is judged as everybody else will see it
        actors = cast(dialogue, "replay" if self._record else self._mode, self._settings)
        return await self._inside(dialogue, actors, token)

    def _new_people(self, dialogue: Dialogue) -> str:
        """What sets this playing's people apart: a turn id that somebody has used is answered from the store."""
        self._times[dialogue.name] += 1
        times = self._times[dialogue.name]
        return "-".join(p for p in (self._token, dialogue.name.replace("/", "."), str(times) if times > 1 else "") if p)

    async def _inside(self, dialogue: Dialogue, actors: Cast, token: str) -> Played:
        assert self._sandbox is not None
        try:
            lender, catalog = await self._sandbox.engine(dialogue)
            engine = lender.with_models(actors.ladder, **actors.settings)
            try:
                vectors = (await engine.book(catalog)).shelf.vectors is not None
                actors.searches_with(lender.embedder.name if vectors and lender.embedder else "")
                if self._mode == "live" or actors.record:
                    await actors.ladder.warm()
                return await play(dialogue, InsideDoor(engine), actors, token=token, catalog=catalog, judge=self._judge)
            finally:
                await engine.stop()
        finally:
            await actors.close()

    async def close(self) -> None:
        await self._lender.close()
        await self._judge.close()
        if self._sandbox is not None:
            await self._sandbox.close()
        if self._outside is not None:
            await self._outside.close()


def _not_played(dialogue: Dialogue, status: Any, why: str) -> Played:
    return Played(
        name=dialogue.name, file=str(dialogue.file), title=dialogue.title, tags=list(dialogue.tags), status=status,
        why=why, note=dialogue.part.note or "",
    )  # fmt: skip


async def play_all(
    dialogues: Sequence[Dialogue],
    stage: Stage,
    *,
    mode: Mode | None,
    url: str = "",
    told: Callable[[Played, int], None] = lambda played, n: None,
) -> Run:
    """Play them in order; `told(played, n)` after each."""
    import chatrec
    from chatrec.prompting import Prompts
    from chatrec.settings import ROOT

    began, started = time.perf_counter(), datetime.datetime.now(datetime.UTC)
    run = Run(mode=mode or "as each file says", target=url or "inside", started=started.isoformat(timespec="seconds"))
    run.version = getattr(chatrec, "__version__", "")
    run.prompts = dict(Prompts.load(ROOT / "prompts").versions)
    for n, dialogue in enumerate(dialogues, 1):
        played = await stage.play(dialogue)
        run.dialogues.append(played)
        told(played, n)
    run.seconds = round(time.perf_counter() - began, 1)
    return run
