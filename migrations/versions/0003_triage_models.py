"""triage models

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "triage_model",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("macro_f1_running", sa.Double(), nullable=False),
        sa.Column("macro_f1_candidate", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_triage_model")),
    )
    with op.batch_alter_table("triage_model", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_triage_model_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("triage_model", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_triage_model_state"))

    op.drop_table("triage_model")
