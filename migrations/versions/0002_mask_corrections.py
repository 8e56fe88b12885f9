"""mask corrections and name suggestions

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mask_correction",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_mask_correction_made_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_mask_correction_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mask_correction")),
    )
    with op.batch_alter_table("mask_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mask_correction_message_id"), ["message_id"], unique=False)

    op.create_table(
        "name_suggestion",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_name_suggestion_decided_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_suggestion")),
        sa.UniqueConstraint("word", "kind", name=op.f("uq_name_suggestion_word_kind")),
    )
    with op.batch_alter_table("name_suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_name_suggestion_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("name_suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_name_suggestion_state"))

    op.drop_table("name_suggestion")
    with op.batch_alter_table("mask_correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mask_correction_message_id"))

    op.drop_table("mask_correction")
