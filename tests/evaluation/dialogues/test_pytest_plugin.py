"""Dialogue files inside pytest, in a session of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from chatrec.settings import ROOT
from tests.evaluation.dialogues.teas import BAD, CHINESE, GREEN, RECORDED, WRONG, write

CONFTEST = """
pytest_plugins = ["chatrec.evaluation.dialogues.pytest_plugin"]

def pytest_dialogue_settings(config):
    from chatrec.settings import Settings
    return Settings(_env_file=None, home=config.rootpath / "home", llm="none", embedder="none")
"""
# A test that leaves a loop behind and one that looks for the current one: dialogues must not mind, and must not change it.
NEIGHBOUR = """
import asyncio

def test_neighbour():
    assert asyncio.run(asyncio.sleep(0, 7)) == 7
"""


def session(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CHATREC_", "PYTEST_"))}
    environment |= {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
    start = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *arguments]
    return subprocess.run(start, cwd=place, capture_output=True, text=True, timeout=100, env=environment)


@pytest.fixture
def place(tmp_path):
    write(tmp_path, en_green=GREEN, en_wrong=WRONG, zh_绿茶=CHINESE, en_recorded=RECORDED)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "dialogues" / "catalogs" / "facets.yaml").write_text("title: no dialogue\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\ndialogue_paths = dialogues\naddopts = --strict-markers\n")
    return tmp_path


def test_files_are_tests(place):
    (place / "dialogues" / "en" / "test_neighbour.py").write_text(NEIGHBOUR)
    done = session(place, "-v", "-rfs", "--dialogue-mode=scripted", "--junitxml=out.xml")
    assert done.returncode == 1, done.stdout + done.stderr
    out = done.stdout
    for line in (
        "dialogues/en/green.yaml::green PASSED", "dialogues/en/recorded.yaml::recorded SKIPPED",
        "dialogues/en/wrong.yaml::wrong FAILED", "dialogues/zh/绿茶.yaml::绿茶 PASSED",
        "dialogues/en/test_neighbour.py::test_neighbour PASSED",
    ):  # fmt: skip
        assert line in out
    assert "dialogue: What is expected here does not come" in out
    assert "    ✗ decision: ask  dialogues/en/wrong.yaml:7\n" in out
    assert "      got      recommend\n" in out
    assert "FAILED dialogues/en/wrong.yaml::wrong - dialogues/en/wrong.yaml:7: turn 1" in out
    assert "its model's answers are recorded: play it in replay" in out
    assert "1 failed, 3 passed, 1 skipped" in out
    assert "Traceback" not in out + done.stderr
    assert not (place / "home").exists()
    suite = ET.parse(place / "out.xml").getroot()
    (failure,) = suite.iter("failure")
    assert (failure.get("message") or "").startswith("dialogues/en/wrong.yaml:7: turn 1, decision: ask")
    assert "✗ decision: ask" in (failure.text or "")


def test_tags_and_words_choose_and_nothing_is_played_to_list_them(place):
    out = session(place, "--co", "-q", "-m", "price or wrong", "-k", "价格有上限 or wrong").stdout
    assert [line for line in out.splitlines() if "::" in line] == [
        "dialogues/en/wrong.yaml::wrong", "dialogues/zh/绿茶.yaml::绿茶",
    ]  # fmt: skip


def test_a_bad_file_is_an_error_with_its_lines_and_a_missing_folder_too(place):
    (place / "dialogues" / "bad.yaml").write_text(BAD)
    done = session(place, "-q", "dialogues/bad.yaml")
    assert done.returncode == 2
    assert "dialogues/bad.yaml:2: " in done.stdout
    assert "dialogues/bad.yaml:5: there is no check decison. Did you mean decision?" in done.stdout
    assert "Traceback" not in done.stdout
    (place / "pytest.ini").write_text("[pytest]\ndialogue_paths = nowhere\n")
    done = session(place, "-q")
    assert done.returncode == 4
    assert "dialogue_paths: there is no folder" in done.stderr
