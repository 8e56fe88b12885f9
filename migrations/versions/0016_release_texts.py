"""release texts

Revision: 0016
Follows: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "release_text",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("source_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("residual_risk", sa.Double(), nullable=False),
        sa.Column("doubts", _LIST, nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by_id", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["casefile.id"],
            name=op.f("fk_release_text_case_id_casefile"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["read_by_id"], ["user_account.id"], name=op.f("fk_release_text_read_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_text")),
        sa.UniqueConstraint("case_id", name=op.f("uq_release_text_case_id")),
    )
    with op.batch_alter_table("release_text", schema=None) as batch_op:
        batch_op.create_index("ix_release_text_state_made_at", ["state", "made_at"], unique=False)


def downgrade() -> None:
    op.drop_table("release_text")
