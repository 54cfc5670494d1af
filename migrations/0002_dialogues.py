"""People, their conversations turn by turn, and what is known of their taste."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_conversations_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["catalog"], ["catalogs.name"], name="fk_conversations_catalog"),
    )
    op.create_index("ix_conversations_person_id", "conversations", ["person_id", "catalog", "updated_at"])
    op.create_table(
        "turns",
        sa.Column("row", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("client_turn_id", sa.Text(), nullable=False),
        sa.Column("said_text", sa.Text(), nullable=False),
        sa.Column("said_act", sa.JSON()),
        sa.Column("said_language", sa.Text()),
        sa.Column("said_in", sa.Text()),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("closed_at", sa.Float()),
        sa.Column("language", sa.Text()),
        sa.Column("kind", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("ledger_before", sa.JSON()),
        sa.Column("ledger", sa.JSON()),
        sa.Column("changed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("undone", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reply", sa.JSON()),
        sa.Column("model", sa.Text()),
        sa.Column("prompts", sa.JSON()),
        sa.Column("dropped", sa.JSON()),
        sa.PrimaryKeyConstraint("row", name="pk_turns"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_turns_person_id", ondelete="CASCADE"),
        sa.UniqueConstraint("person_id", "client_turn_id", name="uq_turns_person_id_client_turn_id"),
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id", "row"])
    op.create_table(
        "turn_items",
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("retrieved", sa.Integer()),
        sa.Column("shown", sa.Integer()),
        sa.Column("near", sa.Integer()),
        sa.Column("title", sa.Text()),
        sa.Column("score", sa.Float()),
        sa.Column("scores", sa.JSON()),
        sa.PrimaryKeyConstraint("turn", "item_id", name="pk_turn_items"),
        sa.ForeignKeyConstraint(["turn"], ["turns.row"], name="fk_turn_items_turn", ondelete="CASCADE"),
    )
    op.create_index("ix_turn_items_item_id", "turn_items", ["item_id"])
    op.create_table(
        "feedback",
        sa.Column("row", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("turn_id", sa.Text()),
        sa.PrimaryKeyConstraint("row", name="pk_feedback"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_feedback_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["catalog"], ["catalogs.name"], name="fk_feedback_catalog"),
    )
    op.create_index("ix_feedback_person_id", "feedback", ["person_id", "catalog"])
    op.create_index("ix_feedback_item_id", "feedback", ["item_id"])
    op.create_table(
        "tastes",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON()),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "catalog", "id", name="pk_tastes"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_tastes_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["catalog"], ["catalogs.name"], name="fk_tastes_catalog"),
    )


def downgrade() -> None:
    for table in ("tastes", "feedback", "turn_items", "turns", "conversations", "people"):
        op.drop_table(table)
