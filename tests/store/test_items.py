"""Catalogues: what goes in comes out, a swap is whole or nothing, and what conversations refer to stays readable."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from chatrec.errors import BadInput, NotFound
from chatrec.language.describe import searched_text
from chatrec.store import Store
from chatrec.store.items import prepare
from chatrec.vocabulary import Catalog, Facet, Heard, Item, ItemOut, Ledger, Reply, Said, Wish
from tests import teas

SHOP = Catalog(
    name="shop",
    title={"en": "The shop", "zh": "商店"},
    version="v1",
    facets=(Facet(name="size", type="number"), Facet(name="tags", type="category", many=True)),
)
FULL = Item(
    id="ü/1 ?",
    title="Tea “No. 1”",
    titles={"en": 'Tea "No. 1"', "zh": "一号茶"},
    description="A line.\nAnother\tline. 100% 好",
    descriptions={"en": "A line.", "zh": "好茶。"},
    image_url="https://example.org/a.png",
    url="https://example.org/a?b=c",
    popularity=0.25,
    attributes={"size": 7.5, "tags": ("b", "A", "b"), "old": True, "count": 3, "made": "2001-02-03", "loose": (1, "x")},
)


async def every(store: Store, catalog: str = "shop") -> list[Item]:
    return [item async for batch in store.items.all(catalog) for item in batch]


async def test_what_goes_in_comes_out(store: Store) -> None:
    await store.items.replace(SHOP, [FULL, Item(id="b", title="Bare")], {"file": "a.csv", "sha": "1"})
    assert await every(store) == [Item(id="b", title="Bare"), FULL]
    assert await store.items.get("shop", ["ü/1 ?"]) == [FULL]
    assert await store.items.catalog("shop") == SHOP.model_copy(update={"items": 2})
    assert await store.items.catalogs() == [SHOP.model_copy(update={"items": 2})]
    assert await store.items.source("shop") == {"file": "a.csv", "sha": "1"}
    assert await store.items.source("nothing") is None
    assert type(FULL.attributes["count"]) is type((await every(store))[1].attributes["count"])


async def test_what_can_be_cleaned_is(store: Store) -> None:
    dirty = Item(
        id="a",
        title=" T\0i\u200btle\ud800 ",
        description="a\x07b",
        attributes={"size": [7, 7.0, "7", 7], "tags": ["x\0", "", None], "none": (), "empty": "", "name\0": "n"},
    )
    await store.items.replace(SHOP, [dirty])
    assert await every(store) == [
        Item(id="a", title="Title", description="ab", attributes={"size": (7, "7"), "tags": ("x",), "name": "n"})
    ]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (Item(id="", title="x"), "id"),
        (Item(id="a\0", title="x"), "control"),
        (Item(id=3, title="x"), "id"),  # type: ignore[arg-type]
        (Item(id="a", title="x", attributes={"size": math.nan}), "size"),
        (Item(id="a", title="x", attributes={"size": 10**30}), "size"),
        (Item(id="a", title="x", attributes={"size": {"a": 1}}), "size"),
        (Item(id="a", title="x", popularity=math.inf), "popularity"),
        (Item(id="good", title="the same id again"), "Two items"),
    ],
)
async def test_bad_data_changes_nothing(store: Store, bad: Item, says: str) -> None:
    await store.items.replace(SHOP, [FULL])
    changed = SHOP.model_copy(update={"version": "v2"})
    with pytest.raises(BadInput, match=says):
        await store.items.replace(changed, [Item(id="good", title="x"), bad])
    assert await every(store) == [FULL]
    assert (await store.items.catalog("shop")).version == "v1"


async def test_a_file_that_breaks_off_changes_nothing(store: Store) -> None:
    def broken() -> Iterator[Item]:
        yield Item(id="a", title="x")
        raise BadInput("line 3 is broken")

    await store.items.replace(SHOP, [FULL])
    with pytest.raises(BadInput, match="line 3"):
        await store.items.replace(SHOP, broken())
    assert await every(store) == [FULL]


async def test_an_interrupted_swap_changes_nothing(store: Store) -> None:
    await store.items.replace(SHOP, [FULL])

    def stop(done: int, total: int) -> None:
        raise KeyError("stop")

    many = [Item(id=f"i{n}", title="x", attributes={"size": n}) for n in range(50)]
    with pytest.raises(KeyError):
        await store.items.replace(SHOP.model_copy(update={"version": "v2"}), many, progress=stop)
    assert await every(store) == [FULL]
    assert await store.filters.count("shop", [Wish(facet="size", op="=", value=7.5)]) == 1


async def test_a_swap_leaves_other_catalogues_alone(store: Store) -> None:
    await store.items.replace(teas.CATALOG, teas.items())
    before = await every(store, "teas")
    told: list[tuple[int, int]] = []
    await store.items.replace(SHOP, [FULL], progress=lambda done, total: told.append((done, total)))
    await store.items.replace(SHOP, [Item(id="a", title="x", attributes={"size": 1})])
    assert told[-1] == (1, 1)
    assert await every(store, "teas") == before
    assert await store.filters.ids("shop", [Wish(facet="size", op=">=", value=1)]) == ["a"]
    await store.items.remove("shop")
    assert [c.name for c in await store.items.catalogs()] == ["teas"]
    assert await every(store, "teas") == before
    for question in (store.items.catalog("shop"), store.items.remove("shop")):
        with pytest.raises(NotFound, match="teas"):
            await question
    async with store.database.read() as connection:
        left = await connection.execute(
            text("SELECT count(*) FROM item_values WHERE facet NOT IN (SELECT row FROM facets WHERE catalog = 'teas')")
        )
        assert left.scalar() == 0


async def test_two_catalogues_at_once(store: Store) -> None:
    catalogs = [Catalog(name=f"c{n}", version="1") for n in range(4)]
    items = [Item(id=f"i{n}", title="x", attributes={"size": n}) for n in range(30)]
    await asyncio.gather(*(store.items.replace(c, items) for c in catalogs))
    for c in catalogs:
        assert await store.filters.count(c.name, [Wish(facet="size", op="<", value=10)]) == 10


async def talk(store: Store, items: list[Item], person: str = "ana") -> str:
    turn = await store.dialogues.open(Said(person, "shop", text="hello"))
    reply = Reply(
        conversation_id=turn.conversation_id, turn_id=turn.id, items=[ItemOut(id=i.id, title=i.title) for i in items]
    )
    await store.dialogues.close(turn, reply, ledger=Ledger(), heard=Heard(), retrieved=[])
    return turn.conversation_id


@pytest.mark.parametrize("how", ["replaced", "removed"])
async def test_what_conversations_refer_to_stays_readable(store: Store, how: str) -> None:
    shown, liked, gone = (Item(id=i, title=i.title(), attributes={"size": 1}) for i in ("shown", "liked", "gone"))
    await store.items.replace(SHOP, [shown, liked, gone])
    conversation = await talk(store, [shown])
    await store.profiles.feedback("ana", "shop", "liked", "like")
    if how == "removed":
        await store.items.remove("shop")
    else:
        await store.items.replace(SHOP, [Item(id="new", title="New")])
        turn = await store.dialogues.open(Said("ana", "shop", conversation, text="the first"))
        assert turn.last_items == (shown,)
    asked = ["shown", "liked", "gone"]
    assert await store.items.get("shop", asked, withdrawn=True) == [shown, liked]
    assert await store.items.get("shop", asked) == []
    assert await store.filters.ids("shop", []) == (["new"] if how == "replaced" else [])
    assert await store.filters.count("shop", [Wish(facet="size", op="!=", value=9)]) == (1 if how == "replaced" else 0)
    assert await store.items.distinct("shop", "size") == []
    assert await store.vectors.missing("shop", "e") == (1 if how == "replaced" else 0)
    assert (await store.dialogues.conversation(conversation, "ana"))["turns"][0]["reply"]["items"][0]["id"] == "shown"
    back = Item(id="shown", title="Back again")
    await store.items.replace(SHOP, [back])
    assert await every(store) == [back]
    assert await store.items.get("shop", asked, withdrawn=True) == [back, liked]


async def test_asked_for_in_any_order(store: Store) -> None:
    many = [Item(id=f"i{n:04d}", title=f"{n}") for n in range(1_200)]
    await store.items.replace(SHOP, reversed(many))
    batches = [batch async for batch in store.items.all("shop", 500)]
    assert [len(b) for b in batches] == [500, 500, 200]
    assert [i for b in batches for i in b] == many
    asked = [i.id for i in reversed(many)]
    got = await store.items.get("shop", ["nobody", *asked, asked[0]])
    assert [i.id for i in got] == asked
    assert await store.items.get("shop", []) == []


async def test_values_of_a_facet(store: Store) -> None:
    attributes: list[dict[str, Any]] = [
        {"size": 7, "tags": ("Red", "blue"), "ok": True},
        {"size": 7.0, "tags": ("red", "RED"), "ok": False},
        {"size": 1.5, "tags": "Blue", "ok": True},
        {},
    ]
    await store.items.replace(SHOP, [Item(id=f"i{n}", title="x", attributes=a) for n, a in enumerate(attributes)])
    assert await store.items.distinct("shop", "size") == [(7, 2), (1.5, 1)]
    assert await store.items.distinct("shop", "ok") == [(True, 2), (False, 1)]
    tags = await store.items.distinct("shop", "tags")
    assert [(str(v).lower(), n) for v, n in tags] == [("blue", 2), ("red", 2)]
    assert await store.items.range("shop", "size") == (1.5, 7)
    assert await store.items.range("shop", "tags") is None


def test_text_hashes_are_of_the_searched_text() -> None:
    import hashlib

    one, other = prepare(SHOP, [FULL]), prepare(SHOP, [FULL, Item(id="z", title="z")])
    assert one.items[0]["text_hash"] == hashlib.sha256(searched_text(FULL, SHOP).encode()).hexdigest()
    assert one.items[0] in other.items


async def test_every_change_is_another_edition(store: Store) -> None:
    assert await store.items.edition("shop") is None
    shop = Catalog(name="shop", version="1")
    seen = []
    for items in ([Item(id="a", title="A")], [Item(id="b", title="B")], [Item(id="b", title="B")]):
        await store.items.replace(shop, items)
        await store.items.replace(Catalog(name="other", version="1"), [])
        seen.append(await store.items.edition("shop"))
        assert await store.items.edition("shop") == seen[-1]
    assert None not in seen
    assert len(set(seen)) == 3
    await store.items.remove("shop")
    assert await store.items.edition("shop") is None
