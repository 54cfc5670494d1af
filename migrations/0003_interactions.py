"""Who did what with which item, as a shop's own log tells: imported with `--interactions`."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "interactions",
        sa.Column("row", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rating", sa.Float()),
        sa.Column("at", sa.Float()),
        sa.PrimaryKeyConstraint("row", name="pk_interactions"),
        sa.ForeignKeyConstraint(["catalog"], ["catalogs.name"], name="fk_interactions_catalog", ondelete="CASCADE"),
    )
    op.create_index("ix_interactions_person_id", "interactions", ["person_id", "catalog"])
    op.create_index("ix_interactions_catalog", "interactions", ["catalog"])


def downgrade() -> None:
    op.drop_table("interactions")
