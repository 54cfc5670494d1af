"""The connection: pragmas, migrations up and down, one writer after another, and what survives a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from chatrec.errors import BadInput, Missing
from chatrec.settings import ROOT
from chatrec.store import Store
from chatrec.store.database import dump, revisions
from chatrec.store.tables import metadata, people
from tests import teas


async def scalar(store: Store, words: str) -> Any:
    async with store.database.read() as connection:
        return (await connection.execute(text(words))).scalar()


async def test_every_sqlite_connection_is_safe(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'a b.db'}")
    connections = [store.database.engine.connect() for _ in range(3)]
    for connection in connections:
        await connection.start()
    for connection in connections:
        for pragma, value in (
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("busy_timeout", 60_000),
        ):
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar() == value
        await connection.close()
    await store.close()


def differences(connection: Connection) -> list[Any]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_migrations_go_up_down_and_up_and_build_the_tables(store: Store) -> None:
    async def tables() -> set[str]:
        async with store.database.read() as connection:
            from sqlalchemy import inspect

            return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))

    for target in ("base", "0001", "base", "head", "0001", "head"):
        await store.migrate(target)
        version = await scalar(store, "SELECT version_num FROM alembic_version")
        assert version == {"head": revisions()[-1], "base": None}.get(target, target)
        if target == "base":
            assert await tables() == {"alembic_version"}
        if target == "0001":
            assert "items" in await tables()
            assert "turns" not in await tables()
    async with store.database.read() as connection:
        assert await connection.run_sync(differences) == []
    await store.items.replace(teas.CATALOG, teas.items())
    await store.migrate("head")
    assert (await store.items.catalog("teas")).items > 0


async def test_keys_are_compared_by_code_point_on_postgresql(store: Store) -> None:
    if store.database.postgres:
        collation = "SELECT collation_name FROM information_schema.columns WHERE table_name = 'item_values' AND column_name = '{}'"
        assert await scalar(store, collation.format("key")) == "C"
        assert await scalar(store, collation.format("text")) == "C"


async def test_a_database_of_a_newer_chatrec_is_left_alone(store: Store) -> None:
    async with store.database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Missing, match="newer ChatRec"):
        await store.migrate()
    assert await scalar(store, "SELECT version_num FROM alembic_version") == "9999"
    async with store.database.write() as connection:
        await connection.execute(text(f"UPDATE alembic_version SET version_num = '{revisions()[-1]}'"))


def test_a_start_at_head_needs_no_alembic(sqlite_file: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from chatrec.store import Store\n"
        "async def main():\n"
        f"    store = await Store.open('sqlite:///{sqlite_file}')\n"
        "    await store.migrate()\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
        "print([m for m in ('alembic', 'chromadb', 'torch', 'gradio', 'langchain_core') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


async def test_two_that_migrate_at_once(tmp_path: Path) -> None:
    stores = [await Store.open(f"sqlite:///{tmp_path / 'chatrec.db'}") for _ in range(3)]
    await asyncio.gather(*(store.migrate() for store in stores))
    for store in stores:
        assert await scalar(store, "SELECT version_num FROM alembic_version") == revisions()[-1]
        await store.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://a/b", "sqlite+nothing:///x", ""])
async def test_a_url_that_can_not_be_meant(url: str) -> None:
    with pytest.raises(BadInput, match="DATABASE_URL"):
        await Store.open(url)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/x.db", "postgresql://ann:secret@127.0.0.1:1/x"])
async def test_a_database_that_is_not_there(url: str) -> None:
    with pytest.raises(Missing, match="can't be opened") as caught:
        await Store.open(url)
    assert "secret" not in str(caught.value)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"garbage" * 500)
    with pytest.raises(Missing, match="not a database"):
        await Store.open(f"sqlite:///{tmp_path / 'x.db'}")


async def test_a_write_is_whole_or_nothing(store: Store) -> None:
    async def twice() -> None:
        async with store.database.write() as connection:
            await connection.execute(people.insert().values(id="ana", created_at=1.0))
            await connection.execute(people.insert().values(id="ana", created_at=2.0))

    with pytest.raises(IntegrityError):
        await twice()
    assert await scalar(store, "SELECT count(*) FROM people") == 0

    async def interrupted() -> None:
        async with store.database.write() as connection:
            await connection.execute(people.insert().values(id="ben", created_at=1.0))
            await asyncio.sleep(30)

    task = asyncio.create_task(interrupted())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await scalar(store, "SELECT count(*) FROM people") == 0


async def test_writers_wait_for_each_other(url: str) -> None:
    """Two stores, as two processes would, read and then write in one transaction; none fails, none is lost."""
    stores = [await Store.open(url) for _ in range(2)]

    async def add(store: Store, n: int) -> None:
        async with store.database.write() as connection:
            await connection.execute(text("SELECT count(*) FROM people"))
            await asyncio.sleep(0.001)
            await connection.execute(people.insert().values(id=f"p{n}", created_at=1.0))

    await asyncio.gather(*(add(stores[n % 2], n) for n in range(40)))
    assert await scalar(stores[0], "SELECT count(*) FROM people") == 40
    for store in stores:
        await store.close()


async def test_a_store_in_memory() -> None:
    store = await Store.open("sqlite://")
    await store.migrate()
    await store.items.replace(teas.CATALOG, teas.items())
    counted = await asyncio.gather(*(store.filters.count("teas", []) for _ in range(5)))
    assert counted == [len(list(teas.items()))] * 5
    await store.close()


def test_json_that_every_database_takes() -> None:
    assert dump({"a": "电影"}) == '{"a":"电影"}'
    assert dump("\ud800").encode() == b'"\\ud800"'


TALKER = """
import asyncio, sys
from chatrec.store import Store
from chatrec.vocabulary import Heard, Feedback, Ledger, Reply, Said
async def main(url, person):
    store = await Store.open(url)
    conversation = None
    for n in range(10_000):
        turn = await store.dialogues.open(Said(person, "teas", conversation, f"t{n}", text=f"message {n}"))
        conversation = turn.conversation_id
        reply = Reply(conversation_id=conversation, turn_id=turn.id, text=f"answer {n}")
        await store.dialogues.close(turn, reply, ledger=Ledger(), heard=Heard(), retrieved=[])
        print(turn.id, flush=True)
asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_closed_turn_survives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "chatrec.db"
    store = await Store.open(f"sqlite:///{file}")
    await store.migrate()
    await store.items.replace(teas.CATALOG, teas.items())
    command = [sys.executable, "-c", TALKER, f"sqlite:///{file}"]
    talkers = [
        await asyncio.create_subprocess_exec(*command, f"p{n}", stdout=subprocess.PIPE, cwd=ROOT) for n in range(2)
    ]
    for talker in talkers:
        assert talker.stdout is not None
        await talker.stdout.readline()
    await asyncio.sleep(0.3)
    told = []
    for talker in talkers:
        os.kill(talker.pid, signal.SIGKILL)
        out, _ = await talker.communicate()
        told.append(["t0", *out.decode().split()])
    for n, ids in enumerate(told):
        assert len(ids) > 1
        for turn_id in ids:
            reply = await store.dialogues.reply(f"p{n}", turn_id)
            assert reply is not None
            assert reply.text == f"answer {turn_id[1:]}"
        talk = await store.dialogues.conversations(f"p{n}")
        turns = (await store.dialogues.conversation(talk[0]["id"], f"p{n}"))["turns"]
        assert [t["turn_id"] for t in turns] == [f"t{i}" for i in range(len(turns))]
        assert sum(t["reply"] is None for t in turns) <= 1
    await store.close()
    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_whether_a_database_was_ever_made_is_seen_without_making_it(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'chatrec.db'}")
    try:
        assert not await store.made()
        assert not await store.made()
        await store.migrate("0001")
        assert await store.made()
    finally:
        await store.close()
