"""A store on SQLite and one on a real PostgreSQL (PyPI pgserver), empty and migrated, for every test that asks for one."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatrec.store import Store
from chatrec.store.tables import metadata

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server of our own, migrated. Skips with a reason where it can't start, fails under CI."""
    folder = tempfile.mkdtemp(prefix="chatrec-pg-")
    try:
        import pgserver

        server = pgserver.get_server(folder, cleanup_mode="delete")
        url = server.get_uri()
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # quick, and nothing here has to last
        asyncio.run(_migrate(url))
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"PostgreSQL can't start here: {type(error).__name__}: {error}")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "chatrec.db"
    asyncio.run(_migrate(f"sqlite:///{file}"))
    return file


async def _migrate(url: str) -> None:
    store = await Store.open(url)
    await store.migrate()
    await store.close()


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, migrated database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "chatrec.db")
        return f"sqlite:///{tmp_path / 'chatrec.db'}"
    import psycopg

    url: str = request.getfixturevalue("postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(f"TRUNCATE {names}")  # type: ignore[call-overload]
    return url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Any]:
    store = await Store.open(url)
    yield store
    await store.close()
