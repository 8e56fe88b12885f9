"""release ledger

Revision: 0017
Follows: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_ledger",
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("group_count", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_ledger")),
        sa.UniqueConstraint("audience", name=op.f("uq_release_ledger_audience")),
    )
    op.create_table(
        "release_entry",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["export_record.id"],
            name=op.f("fk_release_entry_export_id_export_record"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_entry")),
        sa.UniqueConstraint("export_id", name=op.f("uq_release_entry_export_id")),
    )
    with op.batch_alter_table("release_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_entry_audience"), ["audience"], unique=False)
    op.create_table(
        "published_table",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_table")),
        sa.UniqueConstraint("code", name=op.f("uq_published_table_code")),
    )


def downgrade() -> None:
    op.drop_table("published_table")
    with op.batch_alter_table("release_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_entry_audience"))
    op.drop_table("release_entry")
    op.drop_table("release_ledger")
