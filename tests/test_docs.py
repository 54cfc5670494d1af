"""The documents are true: every setting, verb, option and key is documented, and every link leads somewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer

from chatrec.cli import app
from chatrec.importing.facets import _FACET_KEYS, _TOP_KEYS
from chatrec.importing.source import _KEYS
from chatrec.settings import ROOT, Settings, variable
from tests.docs_tools import SETTINGS, settings_page

DOCS = ROOT / "docs"


def commands(command: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Every verb with its path: ("catalog", "add")."""
    found = [(path, command)] if path else []
    for name, child in getattr(command, "commands", {}).items():
        found += commands(child, (*path, name))
    return found


VERBS = commands(typer.main.get_command(app))


def test_the_settings_page_is_the_settings():
    assert SETTINGS.read_text("utf-8") == settings_page(), "run: make docs"


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_says_what_it_does(name):
    assert len(Settings.model_fields[name].description or "") > 15
    assert f"`{variable(name)}`" in SETTINGS.read_text("utf-8")


@pytest.mark.parametrize(("path", "command"), VERBS, ids=lambda v: "-".join(v) if isinstance(v, tuple) else "")
def test_every_verb_and_option_is_documented(path, command):
    text = (DOCS / "cli.md").read_text("utf-8")
    if not hasattr(command, "commands"):
        assert f"chatrec {' '.join(path)}" in text
    assert (command.help or "").strip()
    for parameter in command.params:
        for option in parameter.opts:
            if option.startswith("--") and option != "--help":
                assert option in text
                assert parameter.help, option


def test_no_option_or_chat_command_is_documented_that_is_not_there():
    text = (DOCS / "cli.md").read_text("utf-8")
    real = {o for _, c in VERBS for p in c.params for o in p.opts} | {"--help"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= real
    from chatrec.terminal import HELP

    said = set(re.findall(r"(?<!\w)/[a-z_]+", HELP))
    assert said == set(re.findall(r"`(/[a-z_]+)", text))


def test_every_key_of_the_yaml_files_is_documented():
    text = (DOCS / "catalogs.md").read_text("utf-8")
    for key in (*_TOP_KEYS, *_FACET_KEYS, *_KEYS):
        assert f"`{key}`" in text


def block(page: Any, start: str) -> str:
    """The fenced block that begins with these words."""
    found = re.search(rf"```\w*\n({re.escape(start)}.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert found, start
    return found[1]


async def test_the_catalogue_of_the_readme_comes_in(tmp_path):
    from chatrec.importing import add
    from chatrec.store import Store

    (tmp_path / "teas.csv").write_text(block(ROOT / "README.md", "id,title"), encoding="utf-8")
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    try:
        await store.migrate()
        report = await add(store, "teas", tmp_path / "teas.csv")
        first = (await store.items.get("teas", ["1"]))[0]
    finally:
        await store.close()
    assert report.items == 2
    assert {f.name: (f.type, f.role) for f in report.facets} == {
        "kind": ("category", "kind"),
        "price": ("number", "price"),
        "origin": ("category", "place"),
        "flavours": ("category", None),
    }
    assert first.attributes == {"kind": "Oolong", "price": 18, "origin": "China", "flavours": ("Floral", "Nutty")}


def test_the_facets_file_of_the_documents_is_sound(tmp_path):
    from chatrec.importing.facets import read

    (tmp_path / "facets.yaml").write_text(block(DOCS / "catalogs.md", "title: {en: Teas"), encoding="utf-8")
    declared = read(tmp_path / "facets.yaml")
    assert [f.name for f in declared.facets] == ["price", "kind"]


@pytest.mark.parametrize("page", sorted([ROOT / "README.md", *DOCS.glob("**/*.md")]), ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
