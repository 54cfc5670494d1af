"""Catalogues and their items: swapped in whole, read back as they were.

Knows: what an item may hold, that old conversations keep the items they refer to, and when what was read of a catalogue no longer
holds. Does not know: files, wishes, vectors.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, exists, false, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chatrec.errors import BadInput, NotFound
from chatrec.language.describe import searched_text
from chatrec.language.normal import drop_control
from chatrec.store import tables as t
from chatrec.store.database import Database, bulk
from chatrec.store.filters import Filters
from chatrec.store.values import facet_row, key_of, number_of
from chatrec.vocabulary import Catalog, Item

Progress = Callable[[int, int], None]
BATCH = 1_000  # items a batch of `all`
ROWS = 20_000  # value rows an insert
IDS = 500  # ids a question to the database
MOST_EXACT = 2**53  # whole numbers beyond are not what a database's double says they are
BAD_ID = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
CATALOGS = select(t.catalogs.c.name, t.catalogs.c.changed_at).where(t.catalogs.c.removed == false())
EDITION = select(t.catalogs.c.changed_at).where(t.catalogs.c.name == bindparam("name"), t.catalogs.c.removed == false())
ITEM_COLUMNS = (
    t.items.c.id,
    t.items.c.title,
    t.items.c.titles,
    t.items.c.description,
    t.items.c.descriptions,
    t.items.c.image_url,
    t.items.c.url,
    t.items.c.popularity,
    t.items.c.attributes,
)


@dataclass(frozen=True)
class Prepared:
    """A catalogue's new rows, all checked; rows count from 0."""

    items: list[dict[str, Any]]
    facets: list[str]
    values: list[tuple[int, str, int, int, float | None, str | None]]  # in the order of item_values' key


class Items:
    """`store.items`."""

    def __init__(self, database: Database, filters: Filters) -> None:
        self._database = database
        self._filters = filters
        self._read: dict[str, tuple[float, Catalog]] = {}  # when it was changed, and as it was read then

    async def catalogs(self) -> list[Catalog]:
        """All catalogues, by name."""
        async with self._database.read() as connection:
            rows = (await connection.execute(CATALOGS.order_by(t.catalogs.c.name))).all()
            return [await self._catalog(connection, row) for row in rows]

    async def catalog(self, name: str) -> Catalog:
        """One catalogue. NotFound says which there are. Asked in every turn: what has not changed is not read again."""
        async with self._database.read() as connection:
            row = (await connection.execute(CATALOGS.where(t.catalogs.c.name == name))).first()
            if row is not None:
                return await self._catalog(connection, row)
        raise await self._no_catalog(name)

    async def source(self, name: str) -> dict[str, Any] | None:
        """Where a catalogue came from, as `replace` was told; None where there is none."""
        query = select(t.catalogs.c.source).where(t.catalogs.c.name == name, t.catalogs.c.removed == false())
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar()

    async def replace(
        self,
        catalog: Catalog,
        items: Iterable[Item],
        source: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Swap in a catalogue whole, in one transaction: items, values, facets, version, source.

        `progress(done, total)` counts items. Items that are gone stay readable where a conversation or somebody's
        feedback refers to them. BadInput names the item that can't be stored; then nothing has changed.
        """
        prepared = await asyncio.to_thread(prepare, catalog, items)
        declared = catalog.model_copy(update={"items": 0, "version": ""}).model_dump(mode="json", exclude_defaults=True)
        values = {
            "declared": declared,
            "version": catalog.version,
            "source": dict(source) if source is not None else None,
            "removed": False,
            "changed_at": time.time(),
        }
        async with self._database.write() as connection:
            if self._database.postgres:  # two at once would give the same row numbers
                await connection.execute(text("LOCK TABLE catalogs IN SHARE ROW EXCLUSIVE MODE"))
            named = t.catalogs.c.name == catalog.name
            if (await connection.execute(update(t.catalogs).where(named).values(values))).rowcount == 0:
                await connection.execute(insert(t.catalogs).values(name=catalog.name, **values))
            await _withdraw(connection, catalog.name, keep=frozenset(i["id"] for i in prepared.items))
            await _store(connection, catalog.name, prepared, progress)
        await self._database.settle(t.items, t.item_values)

    async def remove(self, name: str) -> None:
        """Take a catalogue out; what old conversations refer to stays readable. NotFound where there is none."""
        async with self._database.write() as connection:
            gone = update(t.catalogs).where(t.catalogs.c.name == name, t.catalogs.c.removed == false())
            gone = gone.values(removed=True, source=None, changed_at=time.time())
            if (await connection.execute(gone)).rowcount == 0:
                raise await self._no_catalog(name)
            await connection.execute(delete(t.interactions).where(t.interactions.c.catalog == name))
            await _withdraw(connection, name, keep=frozenset())
            await connection.execute(delete(t.talks).where(t.talks.c.catalog == name))

    async def edition(self, catalog: str) -> float | None:
        """A number that is another after every change of the catalogue's items: what was read of them since this number was the same
        still holds. None where there is no such catalogue."""
        async with self._database.read() as connection:
            return (await connection.execute(EDITION, {"name": catalog})).scalar()

    async def get(self, catalog: str, ids: Sequence[str], *, withdrawn: bool = False) -> list[Item]:
        """Items in the order asked, each once; unknown ids are left out, and withdrawn items unless asked for."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return []
        found: dict[str, Item] = {}
        async with self._database.read() as connection:
            for start in range(0, len(wanted), IDS):
                query = select(*ITEM_COLUMNS).where(
                    t.items.c.catalog == catalog, t.items.c.id.in_(wanted[start : start + IDS])
                )
                if not withdrawn:
                    query = query.where(t.items.c.withdrawn == false())
                found |= {row.id: item_of(row) for row in await connection.execute(query)}
        return [found[i] for i in wanted if i in found]

    async def all(self, catalog: str, size: int = BATCH) -> AsyncIterator[list[Item]]:
        """All items, ordered by id, in batches. The whole is one state of the catalogue: rows are read at once."""
        query = (
            select(*ITEM_COLUMNS)
            .where(t.items.c.catalog == catalog, t.items.c.withdrawn == false())
            .order_by(t.items.c.row)
        )
        async with self._database.read() as connection:
            result = await connection.execute(query)
            batches = list(result.partitions(size))
        for batch in batches:
            yield [item_of(row) for row in batch]
            await asyncio.sleep(0)

    async def distinct(self, catalog: str, facet: str) -> list[tuple[Any, int]]:
        """The values of a facet with how many items have each, the most frequent first."""
        return await self._filters.counts(catalog, (), facet)

    async def range(self, catalog: str, facet: str) -> tuple[float, float] | None:
        """Least and greatest number of a facet; None where there is none."""
        number = t.item_values.c.number
        query = select(func.min(number), func.max(number)).where(
            t.item_values.c.facet == facet_row(catalog, facet), number.is_not(None)
        )
        async with self._database.read() as connection:
            low, high = (await connection.execute(query)).one()
        return None if low is None else (low, high)

    async def _catalog(self, connection: AsyncConnection, row: Any) -> Catalog:
        changed_at, catalog = self._read.get(row.name, (None, None))
        if catalog is None or changed_at != row.changed_at:
            query = select(t.catalogs.c.declared, t.catalogs.c.version).where(t.catalogs.c.name == row.name)
            declared, version = (await connection.execute(query)).one()
            there = select(func.count()).where(t.items.c.catalog == row.name, t.items.c.withdrawn == false())
            count = (await connection.execute(there)).scalar()
            catalog = Catalog.model_validate({**declared, "version": version, "items": count})
            self._read[row.name] = (row.changed_at, catalog)
        return catalog

    async def there(self, connection: AsyncConnection, name: str) -> None:
        """NotFound where there is no such catalogue."""
        query = select(t.catalogs.c.name).where(t.catalogs.c.name == name, t.catalogs.c.removed == false())
        if (await connection.execute(query)).first() is None:
            raise await self._no_catalog(name)

    async def _no_catalog(self, name: str) -> NotFound:
        there = ", ".join(c.name for c in await self.catalogs())
        known = f"There are: {there}." if there else "There is none yet: add one with `python -m chatrec catalog add`."
        return NotFound(f"There is no catalogue {name!r}. {known}")


# --------------------------------------------------------------------------- reading


def item_of(row: Any) -> Item:
    """An Item from ITEM_COLUMNS."""
    id_, title, titles, description, descriptions, image_url, url, popularity, attributes = row[:9]
    for name, value in attributes.items():
        if type(value) is list:
            attributes[name] = tuple(value)
    return Item(id_, title, titles, description, descriptions, image_url, url, popularity, attributes)


async def known_items(connection: AsyncConnection, catalog: str, ids: Collection[str]) -> set[str]:
    """Those of the ids that the catalogue has or had."""
    if not ids:
        return set()
    query = select(t.items.c.id).where(t.items.c.catalog == catalog, t.items.c.id.in_(list(ids)))
    return set((await connection.execute(query)).scalars())


# --------------------------------------------------------------------------- writing


def prepare(catalog: Catalog, items: Iterable[Item]) -> Prepared:
    """Check all items and write them down as rows. BadInput names the first that can't be stored."""
    clean: dict[str, Item] = {}
    for item in items:
        item = clean_item(item)
        if item.id in clean:
            raise BadInput(f"Two items have the id {item.id!r}. Ids have to be unique within a catalogue.")
        clean[item.id] = item
    facets: dict[str, int] = {}
    keys: dict[Any, tuple[str, float | None, str | None]] = {}
    rows, values = [], []
    for n, (_, item) in enumerate(sorted(clean.items())):
        hashed = hashlib.sha256(searched_text(item, catalog).encode()).hexdigest()
        rows.append(
            {
                "id": item.id,
                "popularity": item.popularity,
                "text_hash": hashed,
                "title": item.title,
                "titles": dict(item.titles),
                "description": item.description,
                "descriptions": dict(item.descriptions),
                "image_url": item.image_url,
                "url": item.url,
                "attributes": dict(item.attributes),
            }
        )
        for name in item.attributes:
            facet = facets.setdefault(name, len(facets))
            for place, value in enumerate(item.values(name)):
                known = keys.get((type(value), value))
                if known is None:
                    known = keys[(type(value), value)] = _written(value)
                key, number, written = known
                values.append((facet, key, n, place, number, written))
    values.sort()  # as the table's key: three times as fast to insert. No two are alike before `number`
    return Prepared(rows, list(facets), values)


def _written(value: Any) -> tuple[str, float | None, str | None]:
    key, number = key_of(value), number_of(value)
    return key, number, None if number is not None or key == value else value


def clean_item(item: Item) -> Item:
    """The item as it will be read back: no control characters, no empty values, tuples for many."""
    if not isinstance(item.id, str) or not item.id.strip() or BAD_ID.search(item.id):
        raise BadInput(f"An item has the id {item.id!r}. An id has to be a text without control characters.")
    popularity = _value(item, "popularity", item.popularity)
    if not isinstance(popularity, (int, float)):
        raise BadInput(f"Item {item.id!r}: popularity has to be a number, not {popularity!r}.")
    attributes: dict[str, Any] = {}
    for name, value in item.attributes.items():
        if isinstance(value, (list, tuple)):
            cleaned = [v for v in (_value(item, name, one) for one in value) if v is not None and v != ""]
            if cleaned:
                attributes[_words(name)] = _each_number_once(cleaned)
        elif (one := _value(item, name, value)) is not None and one != "":
            attributes[_words(name)] = one
    return Item(
        id=item.id,
        title=_words(item.title).strip() or item.id,
        titles={language: _words(title) for language, title in item.titles.items() if title},
        description=_words(item.description or ""),
        descriptions={language: _words(words) for language, words in item.descriptions.items() if words},
        image_url=_words(item.image_url) if item.image_url else None,
        url=_words(item.url) if item.url else None,
        popularity=float(popularity),
        attributes=attributes,
    )


def _value(item: Item, name: str, value: Any) -> Any:
    if isinstance(value, str):
        return _words(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        if math.isfinite(value) and (isinstance(value, float) or abs(value) <= MOST_EXACT):
            return value
        raise BadInput(f"Item {item.id!r}: {name} can't be the number {value!r}. Write it as a text, or leave it out.")
    raise BadInput(f"Item {item.id!r}: {name} has to be a text, a number or yes/no, not {value!r}.")


def _each_number_once(values: list[Any]) -> tuple[Any, ...]:
    """7 and 7.0 are one value of an item, and counted once."""
    if all(isinstance(v, str) for v in values):
        return tuple(values)
    told: set[Any] = set()
    return tuple(v for v in values if isinstance(v, str) or not (v in told or told.add(v)))  # type: ignore[func-returns-value]


def _words(words: str) -> str:
    """Most texts are clean already, and ASCII ones that can be printed quickly known to be."""
    return words if words.isascii() and words.isprintable() else drop_control(words)


async def _withdraw(connection: AsyncConnection, catalog: str, keep: frozenset[str]) -> None:
    """Take all items out of a catalogue. Those that are not in `keep` but that somebody's past refers to stay, withdrawn."""
    mine = t.items.c.catalog == catalog
    own_facets = select(t.facets.c.row).where(t.facets.c.catalog == catalog)
    await connection.execute(delete(t.item_values).where(t.item_values.c.facet.in_(own_facets)))
    await connection.execute(delete(t.facets).where(t.facets.c.catalog == catalog))
    talked_about = (
        exists()
        .where(t.turn_items.c.item_id == t.items.c.id)
        .where(t.turn_items.c.turn == t.turns.c.row, t.turns.c.conversation_id == t.conversations.c.id)
        .where(t.conversations.c.catalog == catalog)
    )
    rated = exists().where(t.feedback.c.item_id == t.items.c.id, t.feedback.c.catalog == catalog)
    logged = t.items.c.id.in_(select(t.interactions.c.item_id).where(t.interactions.c.catalog == catalog))
    await connection.execute(update(t.items).where(mine).values(withdrawn=True))
    await connection.execute(delete(t.items).where(mine, ~or_(talked_about, rated, logged)))
    left = set((await connection.execute(select(t.items.c.id).where(mine))).scalars())
    back = sorted(left & keep)
    for start in range(0, len(back), IDS):
        await connection.execute(delete(t.items).where(mine, t.items.c.id.in_(back[start : start + IDS])))


async def _store(connection: AsyncConnection, catalog: str, prepared: Prepared, progress: Progress | None) -> None:
    first_item = ((await connection.execute(select(func.max(t.items.c.row)))).scalar() or 0) + 1
    first_facet = ((await connection.execute(select(func.max(t.facets.c.row)))).scalar() or 0) + 1
    total, last = len(prepared.items), -1
    for start in range(0, total, BATCH):
        batch = prepared.items[start : start + BATCH]
        rows = [{"catalog": catalog, "row": first_item + start + n, **row} for n, row in enumerate(batch)]
        await connection.execute(insert(t.items), rows)
    if prepared.facets:
        names = [{"row": first_facet + n, "catalog": catalog, "name": f} for n, f in enumerate(prepared.facets)]
        await connection.execute(insert(t.facets), names)
    for start in range(0, len(prepared.values), ROWS):
        batch_of_values: Iterator[tuple[Any, ...]] = (
            (first_facet + facet, key, first_item + item, n, number, written)
            for facet, key, item, n, number, written in prepared.values[start : start + ROWS]
        )
        await bulk(connection, t.item_values, batch_of_values)
        done = total * min(start + ROWS, len(prepared.values)) // len(prepared.values)
        if progress is not None and done != last:
            progress(done, total)
            last = done
    if progress is not None and last != total:
        progress(total, total)
