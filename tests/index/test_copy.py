"""The copy in Chroma: right while it is whole, silent while it is not, rebuilt by the next sync."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatrec.index import Index, seal

IDS = [f"i{n:04d}" for n in range(700)]


def vectors(seed: int = 0, n: int = len(IDS), d: int = 32) -> np.ndarray:
    made = np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


MATRIX = vectors()


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[Index]:
    index = Index(tmp_path)
    yield index
    await index.close()


@pytest.fixture(autouse=True)
def heard_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chatrec")
    logging.getLogger("chatrec").propagate = True


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


async def test_it_finds_what_exact_search_finds(index: Index) -> None:
    assert await index.nearest("films", "k1", MATRIX[3], 5) is None  # nothing there yet
    assert await index.sync("films", "k1", IDS, MATRIX)
    assert await index.healthy("films", "k1")
    for row in (0, 350, 699):
        found = await index.nearest("films", "k1", MATRIX[row], 20)
        assert found is not None
        cosines = MATRIX @ MATRIX[row]
        best = {IDS[n] for n in np.argsort(-cosines)[:20]}
        assert found[0][0] == IDS[row]
        assert len(best & {i for i, _ in found}) >= 18
        for i, score in found:
            assert score == pytest.approx(float(cosines[IDS.index(i)]), abs=1e-4)
        assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)
    assert len(await index.nearest("films", "k1", MATRIX[0], 10_000) or []) == len(IDS)
    assert await index.nearest("films", "k1", MATRIX[0], 0) == []


async def test_a_new_version_takes_the_place_of_the_old(index: Index) -> None:
    assert await index.sync("电影", "k1", IDS, MATRIX)
    assert await index.sync("teas", "k1", IDS[:10], vectors(5, 10))
    assert await index.sync("电影", "k2", IDS[:300], vectors(1)[:300])
    assert await index.nearest("电影", "k1", MATRIX[0], 5) is None
    assert not await index.healthy("电影", "k1")
    found = await index.nearest("电影", "k2", vectors(1)[7], 5)
    assert found is not None
    assert found[0][0] == "i0007"
    assert len(await index.nearest("teas", "k1", MATRIX[0], 50) or []) == 10
    assert len(await index._run(lambda: index._client.list_collections())) == 2
    await index.drop("电影")
    assert await index.nearest("电影", "k2", MATRIX[0], 5) is None
    assert len(await index._run(lambda: index._client.list_collections())) == 1
    assert not await index.sync("empty", "k", [], np.zeros((0, 0), np.float32))
    assert await index.sync("films", "k1", IDS[:10], vectors(5, 10))
    await index.keep_only({"films"})  # somebody else removed the teas
    assert await index.nearest("teas", "k1", MATRIX[0], 5) is None
    assert len(await index.nearest("films", "k1", MATRIX[0], 5) or []) == 5
    assert len(await index._run(lambda: index._client.list_collections())) == 1


async def test_an_unchanged_index_is_opened_not_built(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for times in range(3):
        index = Index(tmp_path)
        built = []
        begin = index._begin
        index._begin = lambda *a, begin=begin, built=built: (built.append(a), begin(*a))[1]  # type: ignore[method-assign]
        assert await index.sync("films", "k1", IDS, MATRIX)
        found = await index.nearest("films", "k1", MATRIX[9], 3)
        assert found is not None
        assert found[0][0] == "i0009"
        await index.close()
        assert len(built) == (1 if times == 0 else 0), "built again"
    assert not warnings(caplog)


async def test_only_one_process_opens_it(index: Index, tmp_path: Path) -> None:
    assert await index.sync("films", "k1", IDS, MATRIX)
    code = (
        "import asyncio, sys, numpy as np\n"
        "from chatrec.index import Index\n"
        "async def main():\n"
        f"    index = Index({str(tmp_path)!r})\n"
        "    synced = await index.sync('films', 'k1', ['a'], np.ones((1, 2), np.float32))\n"
        "    print(synced, await index.nearest('films', 'k1', np.ones(2), 1), 'chromadb' in sys.modules)\n"
        "    await index.close()\n"
        "asyncio.run(main())\n"
    )
    other = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True)
    assert other.stdout.split() == ["False", "None", "False"], other.stderr
    assert (await index.nearest("films", "k1", MATRIX[0], 1) or [])[0][0] == "i0000"
    await index.close()
    other = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True)
    assert other.stdout.startswith("True"), other.stderr


def spoil(folder: Path, how: str) -> None:
    if how == "deleted":
        shutil.rmtree(folder)
        return
    for file in folder.rglob("*"):
        if file.is_file() and (how == "garbage" or file.suffix == ".bin"):
            file.write_bytes(np.random.default_rng(1).bytes(max(file.stat().st_size, 100)))


@pytest.mark.parametrize("how", ["deleted", "garbage"])
async def test_broken_while_serving(index: Index, tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture) -> None:
    assert await index.sync("films", "k1", IDS, MATRIX)
    spoil(tmp_path / "chroma", how)
    answers = await asyncio.gather(*(index.nearest("films", "k1", MATRIX[0], 5) for _ in range(4)))
    assert answers == [None] * 4
    assert len(warnings(caplog)) == 1, "one line, not one a turn"
    assert not await index.healthy("films", "k1")
    assert await index.sync("films", "k1", IDS, MATRIX)
    assert (await index.nearest("films", "k1", MATRIX[5], 5) or [])[0][0] == "i0005"
    assert len(warnings(caplog)) == 1
    assert not list(tmp_path.glob("chroma-broken*"))


@pytest.mark.parametrize("how", ["deleted", "garbage", "graph"])
async def test_broken_between_two_runs(tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture) -> None:
    """Damaged graph files would crash the process when Chroma opens them: it must not come to that."""
    first = Index(tmp_path)
    assert await first.sync("films", "k1", IDS, MATRIX)
    await first.close()
    spoil(tmp_path / "chroma", how)
    second = Index(tmp_path)
    assert await second.sync("films", "k1", IDS, MATRIX)
    assert (await second.nearest("films", "k1", MATRIX[5], 5) or [])[0][0] == "i0005"
    await second.close()
    assert not warnings(caplog)


async def test_killed_in_mid_build(tmp_path: Path) -> None:
    code = (
        "import asyncio, os, numpy as np\n"
        "import chatrec.index.copy as copy\n"
        "copy.BATCH = 50\n"
        "async def main():\n"
        f"    index = copy.Index({str(tmp_path)!r})\n"
        "    index._finish = lambda *a: os._exit(9)\n"
        f"    await index.sync('films', 'k1', {IDS[:200]!r}, np.ones((200, 32), np.float32))\n"
        "asyncio.run(main())\n"
    )
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr
    assert not seal.fits(tmp_path / "chroma")
    index = Index(tmp_path)
    assert await index.sync("films", "k1", IDS, MATRIX)
    assert (await index.nearest("films", "k1", MATRIX[5], 5) or [])[0][0] == "i0005"
    await index.close()


async def test_a_turn_does_not_wait_for_a_build(index: Index) -> None:
    assert await index.sync("films", "k1", IDS, MATRIX)
    building = asyncio.create_task(index.sync("films", "k2", IDS, vectors(2)))
    await asyncio.sleep(0)
    assert await index.nearest("films", "k1", MATRIX[0], 5) is None
    assert await building
    assert await index.nearest("films", "k2", vectors(2)[0], 5) is not None


async def test_strange_answers_are_not_passed_on(index: Index, caplog: pytest.LogCaptureFixture) -> None:
    assert await index.sync("films", "k1", IDS, MATRIX)
    assert await index.nearest("films", "k1", np.full(32, np.nan, np.float32), 5) is None
    assert await index.sync("films", "k1", IDS, MATRIX)
    assert await index.nearest("films", "k1", np.ones(7, np.float32), 5) is None  # another encoder's length
    assert await index.sync("films", "k1", IDS, MATRIX)
    assert await index.nearest("films", "k1", MATRIX[1], 5) is not None


async def test_closed_in_mid_build(index: Index) -> None:
    building = asyncio.create_task(index.sync("films", "k1", IDS, MATRIX))
    await asyncio.sleep(0.05)
    await index.close()
    assert not await building
    assert await index.nearest("films", "k1", MATRIX[0], 5) is None
    assert not await index.sync("films", "k1", IDS, MATRIX)
    await index.close()


async def test_a_server_that_is_not_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    index = Index(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert not await index.sync("films", "k1", IDS, MATRIX)
    assert await index.nearest("films", "k1", MATRIX[0], 5) is None
    await index.close()
    assert len(warnings(caplog)) == 1


async def test_a_chroma_server(tmp_path: Path) -> None:
    """CHROMA_URL: the same over HTTP; gone and back again."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("chroma")),
        "run",
        "--path",
        str(tmp_path / "served"),
        "--port",
        str(port),
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server: Any = await asyncio.create_subprocess_exec(*command, **quiet)
    try:
        await listening(port)
        index = Index(tmp_path, f"http://127.0.0.1:{port}")
        assert await index.sync("films", "k1", IDS, MATRIX)
        assert (await index.nearest("films", "k1", MATRIX[8], 5) or [])[0][0] == "i0008"
        server.kill()
        await server.wait()
        assert await index.nearest("films", "k1", MATRIX[8], 5) is None
        assert not await index.sync("films", "k1", IDS, MATRIX)
        server = await asyncio.create_subprocess_exec(*command, **quiet)
        await listening(port)
        assert await index.sync("films", "k1", IDS, MATRIX)
        assert (await index.nearest("films", "k1", MATRIX[8], 5) or [])[0][0] == "i0008"
        await index.close()
    finally:
        server.kill()
        await server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def listening(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(0.1)
    pytest.fail("the Chroma server did not start")
