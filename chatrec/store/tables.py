"""The tables, as SQLAlchemy Core sees them. migrations/ builds the same; a test compares the two.

Knows: columns, keys and indexes, on SQLite and PostgreSQL. Does not know: what a wish or a turn means.
Times are seconds since 1970 (UTC). People, turns and items are known by the ids they came with.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes no NUL, no database takes half a surrogate pair
UNKNOWN = "\ufffd"


class Words(TypeDecorator[str]):
    """Text from outside. What no database can hold becomes U+FFFD, so a strange id finds nothing and harms nothing."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return UNSTORABLE.sub(UNKNOWN, value) if isinstance(value, str) else value


# Keys are compared by code point, as Python compares: SQLite does so by itself, PostgreSQL when told.
Key = Text().with_variant(Text(collation="C"), "postgresql")
Data = JSON(none_as_null=True)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --------------------------------------------------------------------------- 0001: items

catalogs = Table(
    "catalogs",
    metadata,
    Column("name", Words, primary_key=True),
    Column("declared", Data, nullable=False),  # a Catalog, whole
    Column("version", Words, nullable=False),
    Column("source", Data),  # where it came from: file, options, sha
    Column("removed", Boolean, nullable=False, server_default=false()),  # kept for old conversations only
    Column("changed_at", Float, nullable=False),
)

facets = Table(  # a number for every attribute of a catalogue's items, declared or not
    "facets",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("catalog", Words, ForeignKey("catalogs.name", ondelete="CASCADE"), nullable=False),
    Column("name", Words, nullable=False),
    UniqueConstraint("catalog", "name"),
)

items = Table(
    "items",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),  # in the order of ids within a catalogue
    Column("catalog", Words, ForeignKey("catalogs.name", ondelete="CASCADE"), nullable=False),
    Column("id", Words, nullable=False),
    Column("popularity", Float, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),  # kept for old conversations only
    Column("text_hash", Text, nullable=False),  # sha256 of the searched text: the key of its vectors
    Column("title", Words, nullable=False),
    Column("titles", Data, nullable=False),
    Column("description", Words, nullable=False),
    Column("descriptions", Data, nullable=False),
    Column("image_url", Words),
    Column("url", Words),
    Column("attributes", Data, nullable=False),
    UniqueConstraint("catalog", "id"),
    # All that filters need of an item, so that they never read the wide rows.
    Index("ix_items_filters", "catalog", "withdrawn", "popularity", "row", "id"),
    Index("ix_items_vectors", "catalog", "withdrawn", "text_hash"),
)

item_values = Table(  # items.attributes once more, a row a value, for the filters. Written only by items.replace
    "item_values",
    metadata,
    Column("facet", Integer, primary_key=True, autoincrement=False),  # facets.row
    Column("key", Key, primary_key=True),  # normal form of the value
    Column("item", Integer, primary_key=True, autoincrement=False),  # items.row; withdrawn items have no values
    Column("n", Integer, primary_key=True, autoincrement=False),  # place among the item's values of the facet
    Column("number", Float),  # of numbers and bools; NULL for texts
    Column("text", Key),  # of texts, where it is not the key itself
    sqlite_with_rowid=False,
)
is_number = item_values.c.number.is_not(None)
Index(
    "ix_item_values_number",
    item_values.c.facet,
    item_values.c.number,
    item_values.c.item,
    sqlite_where=is_number,
    postgresql_where=is_number,
)

vectors = Table(
    "vectors",
    metadata,
    Column("encoder", Words, primary_key=True),
    Column("text_hash", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),  # float16, little endian, L2-normalised
)

# --------------------------------------------------------------------------- 0002: dialogues

people = Table(
    "people",
    metadata,
    Column("id", Words, primary_key=True),
    Column("created_at", Float, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("catalog", Words, ForeignKey("catalogs.name"), nullable=False),
    Column("title", Words),
    Column("language", Text),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("ix_conversations_person_id", "person_id", "catalog", "updated_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("client_turn_id", Words, nullable=False),  # unique for a person
    Column("said_text", Words, nullable=False),
    Column("said_act", Data),
    Column("said_language", Text),
    Column("said_in", Words),  # the conversation named in the request; NULL: a new one
    Column("started_at", Float, nullable=False),
    # the rest when it is answered
    Column("closed_at", Float),
    Column("language", Text),
    Column("kind", Text),
    Column("text", Words),  # of the answer, checked
    Column("ledger_before", Data),
    Column("ledger", Data),  # after this turn
    Column("changed", Boolean, nullable=False, server_default=false()),  # the ledger or the profile: can be undone
    Column("undone", Boolean, nullable=False, server_default=false()),
    Column("reply", Data),
    Column("model", Words),
    Column("prompts", Data),  # prompt name -> version
    Column("dropped", Data),  # why something a model said was not used
    UniqueConstraint("person_id", "client_turn_id"),
    Index("ix_turns_conversation_id", "conversation_id", "row"),
)

turn_items = Table(  # each item of an answered turn: where it stood among the candidates, cards and near misses
    "turn_items",
    metadata,
    Column("turn", Integer, ForeignKey("turns.row", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("item_id", Words, primary_key=True),
    Column("retrieved", Integer),
    Column("shown", Integer),
    Column("near", Integer),
    Column("title", Words),  # as it was shown
    Column("score", Float),
    Column("scores", Data),  # source -> score before fusion
    Index("ix_turn_items_item_id", "item_id"),
)

feedback = Table(  # a log; the profile is what it adds up to
    "feedback",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=True),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("catalog", Words, ForeignKey("catalogs.name"), nullable=False),
    Column("item_id", Words, nullable=False),
    Column("kind", Text, nullable=False),  # like dislike seen owned, or forget
    Column("at", Float, nullable=False),
    Column("turn_id", Words),
    Index("ix_feedback_person_id", "person_id", "catalog"),
    Index("ix_feedback_item_id", "item_id"),
)

tastes = Table(
    "tastes",
    metadata,
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("catalog", Words, ForeignKey("catalogs.name"), primary_key=True),
    Column("id", Words, primary_key=True),
    Column("facet", Words, nullable=False),
    Column("value", Data),
    Column("weight", Float, nullable=False),
    Column("words", Words, nullable=False),
    Column("turn_id", Words, nullable=False),
    Column("at", Float, nullable=False),
)

# --------------------------------------------------------------------------- 0003: interactions

interactions = Table(  # a shop's own log, imported; what is said in a chat is in feedback
    "interactions",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=True),
    Column("catalog", Words, ForeignKey("catalogs.name", ondelete="CASCADE"), nullable=False),
    Column("person_id", Words, nullable=False),  # the shop's id of its customer; need not be in people
    Column("item_id", Words, nullable=False),
    Column("kind", Text, nullable=False),  # view like buy reject, or rating
    Column("rating", Float),
    Column("at", Float),
    Index("ix_interactions_person_id", "person_id", "catalog"),
    Index("ix_interactions_catalog", "catalog"),
)

# --------------------------------------------------------------------------- 0004: talks

talks = Table(  # conversations held elsewhere, imported; ChatRec's own are in conversations and turns
    "talks",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=True),
    Column("catalog", Words, ForeignKey("catalogs.name", ondelete="CASCADE"), nullable=False),
    Column("id", Words, nullable=False),  # the file's
    Column("person_id", Words),  # the site's id of its customer, where it tells one; need not be in people
    Column("messages", Data, nullable=False),  # [{"role", "content", "item_ids"}]
    Column("accepted", Data, nullable=False),  # item ids
    Column("rejected", Data, nullable=False),
    Index("ix_talks_person_id", "person_id"),
    Index("ix_talks_catalog", "catalog"),
)
