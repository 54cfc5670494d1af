"""Dialogue files as pytest tests: `pytest_plugins = ["chatrec.evaluation.dialogues.pytest_plugin"]`, or `-p` with that name.

The ini option `dialogue_paths` names the folders (`dialogues` and `tests/dialogues` where it is not set). Each file is one test,
`FILE::NAME`; `-k` finds its name, title and tags, `-m TAG` its tags. A conftest.py may say with which settings they are played:

    def pytest_dialogue_settings(config):
        return chatrec.settings.load(home="...")

Knows: pytest. Does not know: how a dialogue is played or told. All of a session's dialogues are played on one stage and in one
event loop, since what an engine opens belongs to the loop it was opened in; so it is not made for running tests side by side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chatrec.errors import ChatRecError

if TYPE_CHECKING:
    from chatrec.evaluation.dialogues.file import Dialogue
    from chatrec.evaluation.dialogues.results import Played
    from chatrec.evaluation.dialogues.stage import Stage
    from chatrec.settings import Settings


class Hooks:
    """What a conftest.py may answer."""

    @pytest.hookspec(firstresult=True)
    def pytest_dialogue_settings(self, config: pytest.Config) -> Settings | None:
        """The settings that dialogues are played with; None: those of the environment."""


class Playing:
    """The stage and its loop, from the first dialogue to the end of the session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._runner = asyncio.Runner(
            loop_factory=asyncio.new_event_loop
        )  # never made the current loop: that is others'
        self._stage: Stage | None = None

    def play(self, dialogue: Dialogue) -> Played:
        return self._runner.run(self._play(dialogue))

    async def _play(self, dialogue: Dialogue) -> Played:
        if self._stage is None:
            from chatrec import settings
            from chatrec.evaluation.dialogues.stage import Stage

            chosen = self._config.hook.pytest_dialogue_settings(config=self._config) or settings.load()
            mode, url = self._config.getoption("dialogue_mode"), self._config.getoption("dialogue_url")
            self._stage = Stage(chosen, mode=mode, url=url)
        return await self._stage.play(dialogue)

    def close(self) -> None:
        if self._stage is not None:
            self._runner.run(self._stage.close())
        self._runner.close()


PLAYING: pytest.StashKey[Playing] = pytest.StashKey()
FILES: pytest.StashKey[dict[Path, Path]] = pytest.StashKey()  # file -> the folder it is named below


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("dialogue_paths", "folders with dialogue files", type="paths", default=[])
    group = parser.getgroup("dialogues", "scripted dialogues")
    group.addoption(
        "--dialogue-mode",
        choices=("scripted", "replay", "live"),
        help="how dialogues are played; each as its file says",
    )
    group.addoption("--dialogue-url", default="", metavar="URL", help="play dialogues against this server")


def pytest_configure(config: pytest.Config) -> None:
    for folder in config.getini("dialogue_paths"):
        if not Path(folder).exists():
            raise pytest.UsageError(f"dialogue_paths: there is no folder {folder}.")
    config.stash[PLAYING] = Playing(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if (playing := config.stash.get(PLAYING, None)) is not None:
        playing.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    root = _files(parent.config).get(file_path.resolve())
    if root is None:
        return None
    made: DialogueFile = DialogueFile.from_parent(parent, path=file_path)
    made.root = root
    return made


def _files(config: pytest.Config) -> dict[Path, Path]:
    """Every dialogue file of the session and its folder; looked for once."""
    if FILES not in config.stash:
        from chatrec.evaluation.dialogues.file import find

        told = [Path(p) for p in config.getini("dialogue_paths")]
        usual = [p for p in (config.rootpath / "dialogues", config.rootpath / "tests" / "dialogues") if p.is_dir()]
        config.stash[FILES] = dict(find([p.resolve() for p in told or usual]))
    return config.stash[FILES]


class DialogueFile(pytest.File):
    """A file; what is wrong with it is told a line each, as the command line does."""

    root: Path

    def collect(self) -> Iterator[pytest.Item]:
        from chatrec.evaluation.dialogues.file import load
        from chatrec.evaluation.dialogues.placed import FileError

        try:
            dialogue = load(*_short(self.path.resolve(), self.root))
        except FileError as error:
            raise self.CollectError("\n".join(error.problems)) from None
        item: DialogueItem = DialogueItem.from_parent(self, name=dialogue.name.rsplit("/", 1)[-1])
        item.take(dialogue)
        yield item


class DialogueItem(pytest.Item):
    """One dialogue."""

    dialogue: Dialogue

    def take(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.extra_keyword_matches |= {dialogue.name, dialogue.title}
        for tag in dialogue.tags:  # told to pytest first, so that --strict-markers is content
            self.config.addinivalue_line("markers", f"{tag}: a tag of dialogues")
            self.add_marker(tag)

    def runtest(self) -> None:
        try:
            played = self.config.stash[PLAYING].play(self.dialogue)
        except ChatRecError as error:  # the settings, or what a stage needs
            pytest.fail(str(error), pytrace=False)
        if played.status == "skipped":
            pytest.skip(played.why)
        if played.status == "failed":
            raise Failing(played)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Failing):
            return Told(excinfo.value.played)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.dialogue.line("dialogue") - 1, f"dialogue: {self.dialogue.title}"


class Failing(Exception):
    """A dialogue that did not go as expected."""

    def __init__(self, played: Played) -> None:
        super().__init__(played.name)
        self.played = played


class Told:
    """A failure as pytest shows it: the transcript; in the short summary and in JUnit its first line."""

    def __init__(self, played: Played) -> None:
        from chatrec.evaluation.dialogues.report import transcript

        self._text = transcript.plain(played)
        self.reprcrash = self  # what pytest's summary and its JUnit look for
        self.message = f"{transcript.place_of_failure(played)}: {transcript.first_failure(played)}"

    def __str__(self) -> str:
        return self._text

    def toterminal(self, terminal: Any) -> None:
        for line in self._text.split("\n"):
            terminal.line(line)


def _short(file: Path, root: Path) -> tuple[Path, Path]:
    """Both from here, where they are below: the file stands before every line number."""
    here = Path.cwd()
    return (file.relative_to(here), root.relative_to(here)) if root.is_relative_to(here) else (file, root)
