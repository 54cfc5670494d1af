"""The connection to SQLite or PostgreSQL: how it is opened, how one reads and writes, how the schema comes up to date.

Knows: engines, pragmas, locks, the migration files. Does not know: any table.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Table, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chatrec.errors import BadInput, Missing
from chatrec.settings import ROOT

MIGRATIONS = ROOT / "migrations"
BUSY_SECONDS = 60  # how long a SQLite writer waits for another; a big catalogue is swapped in in a few seconds
MIGRATION_LOCK = 0x43686174526563  # "ChatRec": PostgreSQL's advisory locks are numbers
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a turn that was reported as done survives a loss of power
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32768",  # 32 MB
)


class Database:
    """One engine. `read` and `write` give a connection; a write is one transaction, or nothing."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(chatrec_write=True)
        self._whole = engine.execution_options(chatrec_whole=True)

    @classmethod
    async def open(cls, database_url: str) -> Database:
        """Connect. BadInput for a URL that can't be meant, Missing where no database answers."""
        try:
            url = make_url(database_url)
            url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
            engine = create_async_engine(url, json_serializer=dump, json_deserializer=load, **_pool(url))
        except (ArgumentError, SQLAlchemyError, ImportError, ValueError) as error:
            raise BadInput(
                "DATABASE_URL can't be read. Use sqlite:///file.db or postgresql://user:password@host/name."
            ) from error
        if engine.dialect.name == "sqlite":
            event.listen(engine.sync_engine, "connect", _set_pragmas)
            event.listen(engine.sync_engine, "begin", _begin)
        database = cls(engine)
        try:
            if url.get_backend_name() == "sqlite" and url.database and not url.query:
                # First without aiosqlite, whose thread outlives a failure to open and may then cry into a closed loop.
                await asyncio.to_thread(lambda: sqlite3.connect(str(url.database)).close())
            await database.ping()
        except (DBAPIError, sqlite3.Error, OSError) as error:
            await engine.dispose()
            raise Missing(
                f"The database {database.where} can't be opened: {_reason(error)}. Check DATABASE_URL."
            ) from error
        return database

    async def close(self) -> None:
        await self.engine.dispose()

    @property
    def where(self) -> str:
        """The URL without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def postgres(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    async def ping(self) -> None:
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def read(self, *, whole: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection to read from. whole: all reads see one and the same state (SQLite; one statement always does)."""
        async with (self._whole if whole else self.engine).connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction: committed at the end, rolled back on any error."""
        async with self._writing.begin() as connection:
            yield connection

    async def settle(self, *tables: Table) -> None:
        """Tell the planner how big tables are after a large change."""
        async with self.write() as connection:
            for table in tables:
                await connection.execute(text(f"ANALYZE {table.name}"))

    async def made(self) -> bool:
        """Whether there is a schema of ours, of whatever revision."""
        async with self.read() as connection:
            return await connection.run_sync(_revision) is not None

    async def migrate(self, target: str = "head") -> None:
        """Bring the schema to a revision ("head", "0001", "base"), up or down, in one transaction. Quick when it is there."""
        known = revisions()
        wanted = {"head": known[-1], "base": None}.get(target, target)
        async with self.read() as connection:
            if await connection.run_sync(_revision) == wanted:
                return
        async with self.write() as connection:
            if self.postgres:  # on SQLite the write transaction is the lock
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            have = await connection.run_sync(_revision)
            if have is not None and have not in known:
                raise Missing(
                    f"The database {self.where} was made by a newer ChatRec (revision {have}; this one knows "
                    f"{known[-1]}). Update ChatRec, or set DATABASE_URL or CHATREC_HOME to another place."
                )
            await connection.run_sync(_migrate, have, wanted)


async def insert_new(connection: AsyncConnection, table: Table, *rows: dict[str, Any]) -> None:
    """Insert rows, leaving out those whose key is there."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    if rows:
        await connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


async def bulk(connection: AsyncConnection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert many rows, each with a value for every column in the table's order: COPY on PostgreSQL, executemany on SQLite.

    A third of the time of Core's insert. Values go to the driver as they are: numbers, storable texts, None.
    """
    names = ", ".join(c.name for c in table.columns)
    if connection.dialect.name == "postgresql":
        raw: Any = (await connection.get_raw_connection()).driver_connection
        async with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                await copy.write_row(row)
    elif rows := list(rows):
        marks = ", ".join("?" * len(table.columns))
        await connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)


def dump(value: Any) -> str:
    """JSON text that every database takes: readable, but escaped where it holds half a surrogate pair."""
    words = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        words.encode()
    except UnicodeEncodeError:
        words = json.dumps(value, separators=(",", ":"))
    return words


def load(words: Any) -> Any:
    """The value of a JSON text; quick for what is ordinary. SQLite turns a number in a JSON column into a number itself."""
    if isinstance(words, (int, float)):
        return words
    try:
        return orjson.loads(words)
    except ValueError:
        return json.loads(words)


def revisions() -> list[str]:
    """The numbers of the migration files, oldest first."""
    return sorted(p.name[:4] for p in MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.py"))


def _pool(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "sqlite":
        return {"pool_pre_ping": True}
    if url.database in (None, "", ":memory:"):  # one connection, or each would have a database of its own
        from sqlalchemy.pool import AsyncAdaptedQueuePool

        return {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
    return {"pool_size": 8, "max_overflow": 24}


def _set_pragmas(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    """Writers take the lock at once: a reader that turns writer in mid-way can't wait, it fails."""
    options = connection.get_execution_options()
    if options.get("chatrec_write"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif options.get("chatrec_whole"):
        connection.exec_driver_sql("BEGIN")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection, have: str | None, wanted: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / "env").replace("%", "%%"))
    config.set_main_option("version_locations", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    if wanted is not None and (have is None or have < wanted):
        command.upgrade(config, wanted)
    else:
        command.downgrade(config, wanted or "base")


def _reason(error: Exception) -> str:
    words = str(getattr(error, "orig", None) or error).strip().splitlines()
    return re.sub(r"\s+", " ", words[0]).rstrip(".") if words else type(error).__name__
