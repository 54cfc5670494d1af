"""Conversations that were held elsewhere about a catalogue's items: imported with `--dialogues`."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "talks",
        sa.Column("row", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text()),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("accepted", sa.JSON(), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_talks"),
        sa.ForeignKeyConstraint(["catalog"], ["catalogs.name"], name="fk_talks_catalog", ondelete="CASCADE"),
    )
    op.create_index("ix_talks_person_id", "talks", ["person_id"])
    op.create_index("ix_talks_catalog", "talks", ["catalog"])


def downgrade() -> None:
    op.drop_table("talks")
