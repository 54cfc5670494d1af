"""A newer file of a catalogue: new, changed, withdrawn; facets stay; what somebody's past refers to stays readable."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from chatrec.errors import BadInput, NotFound
from chatrec.importing import add, apply, compare, rebuild
from chatrec.store import Store
from chatrec.store.interactions import Interaction

TEAS = "id,name,type,price,released,note\n1,Longjing,Green,$5,2020-01-01,grassy\n2,Assam,Black,$7,2021-02-03,strong\n3,Sencha,Green,$6,2022-03-04,fresh\n4,Keemun,Black,$9,2019-05-06,smoky\n"


@pytest.fixture
async def store(tmp_path):
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'chatrec.db'}")
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture
async def teas(store, tmp_path):
    (tmp_path / "teas.csv").write_text(TEAS)
    await add(store, "teas", tmp_path / "teas.csv")
    return store


def newer(folder: Path, text: str, name: str = "newer.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


async def items(store, name="teas"):
    return {item.id: item async for batch in store.items.all(name) for item in batch}


def told(update, **how) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    update.show(console, **how)
    return console.export_text()


WHOLE = "id,name,type,price,released,note\n1,Longjing,Green,$5,2020-01-01,grassy\n2,Assam,Black,$8,2021-02-03,very strong\n3,Sencha,Green,$6,2022-03-04,fresh\n5,Yunnan,White,$9,2023-01-01,soft\n"


async def test_new_changed_and_withdrawn(teas, tmp_path):
    before = await teas.items.catalog("teas")
    update = await compare(teas, "teas", newer(tmp_path, WHOLE))
    assert [i.id for i in update.new] == ["5"]
    assert [(o.id, update._differs(o, n)) for o, n in update.changed] == [("2", ["price", "note"])]
    assert [i.id for i in update.gone] == ["4"]
    assert not update.drastic
    assert await teas.items.catalog("teas") == before  # nothing yet
    said = told(update, done=False)
    assert "teas: 1 new, 1 changed, 1 withdrawn, 2 as they were" in said
    assert "new: Yunnan (5)" in said
    assert "changed: Assam (2): price $7 -> $8, note" in said
    assert "withdrawn: Keemun (4)" in said
    assert "nothing was changed (--dry-run)" in said
    await apply(teas, update)
    after = await teas.items.catalog("teas")
    held = await items(teas)
    assert sorted(held) == ["1", "2", "3", "5"]
    assert held["2"].attributes["price"] == 8
    assert held["5"].attributes["year"] == 2023  # made of the date, as at the import
    assert after.version != before.version  # so that a running server opens it anew
    assert [f.name for f in after.facets] == [f.name for f in before.facets]
    assert "White" in after.facet("type").values
    assert (await teas.items.source("teas"))["file"] == str(tmp_path / "newer.csv")
    again = await compare(teas, "teas", tmp_path / "newer.csv")
    assert not again.anything


async def test_only_what_has_changed(teas, tmp_path):
    update = await compare(teas, "teas", newer(tmp_path, "id,name,price\n2,Assam,$8\n6,Oolong,$4\n"), keep_missing=True)
    await apply(teas, update)
    held = await items(teas)
    assert sorted(held) == ["1", "2", "3", "4", "6"]
    assert (held["2"].attributes["price"], held["2"].attributes["type"]) == (8, "Black")  # no column: as it was
    assert (update.kept, len(update.changed), len(update.new)) == (3, 1, 1)
    assert any("no type" in note for note in update.notes)
    assert (await teas.items.source("teas"))["file"] == str(tmp_path / "teas.csv")
    assert (await rebuild(teas, "teas", tmp_path)).items == 4


async def test_when_more_than_half_would_go_it_asks(teas, tmp_path):
    update = await compare(teas, "teas", newer(tmp_path, "id,name,price\n2,Assam,$8\n"))
    assert update.drastic
    assert "3 of the 4 items" in update.question()
    assert "--keep-missing" in update.question()
    assert not (await compare(teas, "teas", newer(tmp_path, WHOLE))).drastic


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,name,price\n1,Longjing,ask us\n2,Assam,call\n3,Sencha,$6\n4,Keemun,n.a. today\n", "price of teas is a number"),
        ("id,name,price\n1\n2\n", "no row that can be used"),
        ("", "is empty"),
    ],
)  # fmt: skip
async def test_a_bad_file_changes_nothing(teas, tmp_path, text, words):
    before = (await teas.items.catalog("teas"), await items(teas))
    with pytest.raises(BadInput, match=words):
        await compare(teas, "teas", newer(tmp_path, text))
    assert (await teas.items.catalog("teas"), await items(teas)) == before


async def test_what_cannot_be_updated(teas, tmp_path):
    with pytest.raises(NotFound):
        await compare(teas, "coffees", newer(tmp_path, WHOLE))
    with pytest.raises(BadInput, match="catalog rebuild films"):
        await compare(teas, "films", newer(tmp_path, WHOLE), reserved=frozenset({"films"}))


async def test_a_new_column_is_told_and_left_out(teas, tmp_path):
    text = "id,name,type,price,caffeine\n1,Longjing,Green,$5,low\n2,Assam,Black,$7,high\n3,Sencha,Green,$6,low\n4,Keemun,Black,$9,high\n"
    update = await compare(teas, "teas", newer(tmp_path, text))
    assert any("caffeine is no facet of teas" in note for note in update.notes)
    assert not update.anything


async def test_columns_are_found_by_the_names_they_had(store, tmp_path):
    (tmp_path / "facets.yaml").write_text("facets:\n  - {name: cost, column: Preis, type: number, unit: €}\n")
    file = newer(tmp_path, "Nr;Bezeichnung;Preis\nA1;Tee;5,50\nA2;Kaffee;6,00\n", "a.csv")
    await add(store, "shop", file, facets=tmp_path / "facets.yaml", id_field="Nr", title_field="Bezeichnung")
    update = await compare(store, "shop", newer(tmp_path, "Bezeichnung;Nr;Preis\nTee;A1;5,70\nKaffee;A2;6,00\n"))
    assert told(update).count("changed: Tee (A1): cost €5.5 -> €5.7") == 1
    assert (len(update.new), len(update.gone)) == (0, 0)


async def test_what_a_log_or_a_person_refers_to_stays_readable(teas, tmp_path):
    await teas.interactions.replace("teas", [Interaction("ana", "4", "like")])
    await teas.profiles.feedback("ben", "teas", "3", "like")
    await apply(
        teas,
        await compare(teas, "teas", newer(tmp_path, "id,name,type,price\n1,Longjing,Green,$5\n2,Assam,Black,$7\n")),
    )
    assert sorted(await items(teas)) == ["1", "2"]
    assert [i.title for i in await teas.items.get("teas", ["3", "4"], withdrawn=True)] == ["Sencha", "Keemun"]
    assert await teas.items.get("teas", ["3", "4"]) == []
    await apply(teas, await compare(teas, "teas", tmp_path / "teas.csv"))  # back again
    assert sorted(await items(teas)) == ["1", "2", "3", "4"]


async def test_only_changed_texts_are_encoded_again(teas, tmp_path):
    import numpy as np

    async def encode() -> list[str]:
        lacking = [pair async for batch in teas.vectors.lacking("teas", "test") for pair in batch]
        await teas.vectors.put("test", {hashed: np.ones(4, np.float32) for hashed, _ in lacking})
        return [text for _, text in lacking]

    assert len(await encode()) == 4
    await apply(teas, await compare(teas, "teas", newer(tmp_path, WHOLE)))
    encoded = await encode()
    assert len(encoded) == 2
    assert any("very strong" in text for text in encoded)
    assert any("Yunnan" in text for text in encoded)


async def test_a_running_engine_notices_and_a_withdrawn_like_still_counts(tmp_path):
    from chatrec.engine import Engine
    from tests.conftest import settings

    engine = await Engine.start(settings(tmp_path / "home", catalog="teas"), build=False)
    try:
        await add(engine.store, "teas", newer(tmp_path, TEAS, "teas.csv"))
        first = await engine.reply(text="a black tea", user_id="ana")
        assert {i.title for i in first.items} == {"Assam", "Keemun"}
        act = {"kind": "like", "item_ids": ["2", "4"]}
        await engine.reply(act=act, user_id="ana", conversation_id=first.conversation_id)
        await apply(engine.store, await compare(engine.store, "teas", newer(tmp_path, WHOLE)))
        second = await engine.reply(text="a black tea", user_id="ana")
        assert {i.title for i in second.items} == {"Assam"}
        book = await engine.book("teas")
        from chatrec.vocabulary import Said, Turn

        said = Said("ana", "teas", text="something nice")
        profile = await book.parts.memory.recall(said, Turn("t", "c", said, "en"))
        assert "Keemun" in {i.title for i in profile.relevant}
        assert "Black" in {taste.value for taste in profile.tastes}
        why = await engine.reply(text="why Keemun?", user_id="ana", conversation_id=first.conversation_id)
        assert why.text
    finally:
        await engine.stop()
