"""The store: everything that must last, in SQLite or PostgreSQL. The only room that knows SQLAlchemy.

`Store.open` connects; `migrate` brings the schema up to date; then items, filters, dialogues, profiles, interactions, talks and vectors work.
"""

from __future__ import annotations

from chatrec.store.database import Database
from chatrec.store.dialogues import Dialogues
from chatrec.store.filters import Filters
from chatrec.store.interactions import Interactions
from chatrec.store.items import Items
from chatrec.store.profiles import Profiles
from chatrec.store.talks import Talks
from chatrec.store.vectors import Vectors

__all__ = ["Store"]


class Store:
    """All of it, on one database. For one event loop; `close` it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.filters = Filters(database)
        self.items = Items(database, self.filters)
        self.dialogues = Dialogues(database, self.items)
        self.profiles = Profiles(database)
        self.interactions = Interactions(database)
        self.talks = Talks(database)
        self.vectors = Vectors(database, self.items)

    @classmethod
    async def open(cls, database_url: str) -> Store:
        """Connect. BadInput: the URL can't be meant. Missing: no database answers there."""
        return cls(await Database.open(database_url))

    async def migrate(self, target: str = "head") -> None:
        """Bring the schema to a revision, up or down; quick when it is there. Missing: it is of a newer ChatRec."""
        await self.database.migrate(target)

    async def made(self) -> bool:
        """Whether it was ever migrated. Changes nothing."""
        return await self.database.made()

    async def ping(self) -> None:
        """Raises where the database does not answer."""
        await self.database.ping()

    @property
    def where(self) -> str:
        """The database's URL without its password."""
        return self.database.where

    async def close(self) -> None:
        await self.database.close()
