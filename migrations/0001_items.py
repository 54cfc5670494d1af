"""Catalogues, their items and values, and the vectors of their texts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "catalogs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("declared", sa.JSON(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("source", sa.JSON()),
        sa.Column("removed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_catalogs"),
    )
    op.create_table(
        "facets",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_facets"),
        sa.ForeignKeyConstraint(["catalog"], ["catalogs.name"], name="fk_facets_catalog", ondelete="CASCADE"),
        sa.UniqueConstraint("catalog", "name", name="uq_facets_catalog_name"),
    )
    op.create_table(
        "items",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("popularity", sa.Float(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("descriptions", sa.JSON(), nullable=False),
        sa.Column("image_url", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_items"),
        sa.ForeignKeyConstraint(["catalog"], ["catalogs.name"], name="fk_items_catalog", ondelete="CASCADE"),
        sa.UniqueConstraint("catalog", "id", name="uq_items_catalog_id"),
    )
    op.create_index("ix_items_filters", "items", ["catalog", "withdrawn", "popularity", "row", "id"])
    op.create_index("ix_items_vectors", "items", ["catalog", "withdrawn", "text_hash"])
    op.create_table(
        "item_values",
        sa.Column("facet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("item", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Float()),
        sa.Column("text", Key),
        sa.PrimaryKeyConstraint("facet", "key", "item", "n", name="pk_item_values"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_item_values_number",
        "item_values",
        ["facet", "number", "item"],
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_table(
        "vectors",
        sa.Column("encoder", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("encoder", "text_hash", name="pk_vectors"),
    )


def downgrade() -> None:
    for table in ("vectors", "item_values", "items", "facets", "catalogs"):
        op.drop_table(table)
