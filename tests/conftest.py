"""What many tests need: a home of their own, a small catalogue, an engine on it, the film catalogue built once."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chatrec.settings import Settings
from tests import teas

pytest_plugins = ["chatrec.evaluation.dialogues.pytest_plugin"]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

for name in [
    n for n in os.environ if n.startswith("CHATREC_") or n in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL")
]:
    del os.environ[name]  # a person's own settings must not steer the tests


def need_data(folder: str) -> Path:
    """The folder of a real data set; skips with a reason where it is missing, fails under CI."""
    path = DATA / folder
    if not path.is_dir():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            f"the data set {folder} is not beside the checkout"
        )
    return path


def pytest_dialogue_settings(config: pytest.Config) -> Settings:
    """The dialogues of tests/dialogues are played with the catalogue that comes with ChatRec, by words alone."""
    return settings(config.rootpath / ".no-home")


def settings(home: Path, **changed: Any) -> Settings:
    """Settings of a test: a home of its own, no model, no encoder, no rate limit unless asked for."""
    chosen = {"home": home, "llm": "none", "embedder": "none", "rate_per_minute": 0} | changed
    return Settings(_env_file=None, **chosen)  # type: ignore[call-arg]


async def tea_engine(home: Path, **changed: Any) -> Any:
    """An engine whose only catalogue is the teas."""
    from chatrec.engine import Engine

    engine = await Engine.start(settings(home, catalog="teas", **changed), build=False)
    await engine.store.items.replace(teas.CATALOG, teas.items())
    return engine


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Any]:
    engine = await tea_engine(tmp_path)
    yield engine
    await engine.stop()


@pytest.fixture(scope="session")
def films_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the film catalogue built once for the whole run, without vectors. Copy it, don't change it."""
    import asyncio

    from chatrec.engine import Engine

    home = tmp_path_factory.mktemp("films")

    async def build() -> None:
        await (await Engine.start(settings(home))).stop()

    asyncio.run(build())
    return home


@pytest.fixture
def films_copy(films_home: Path, tmp_path: Path) -> Path:
    """A copy of the built films, to be changed at will."""
    return Path(shutil.copytree(films_home, tmp_path / "home"))


@pytest.fixture
async def films(films_copy: Path) -> AsyncIterator[Any]:
    """An engine on films, by rules alone, on words and popularity."""
    from chatrec.engine import Engine

    engine = await Engine.start(settings(films_copy))
    yield engine
    await engine.stop()
