"""twins

Revision: 0013
Follows: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


OPEN_INBOX = "ix_casefile_open_inbox"
INBOX = ["urgency", "received_at", "id", "status", "needs_person", "assigned_to_id", "is_withdrawn"]
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.drop_index(OPEN_INBOX, "casefile")
    op.add_column("casefile", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    _index_open([*INBOX, "merged_into_id"])
    op.add_column("case_event", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "case_merge",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved", JSON, nullable=False),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casefile.id"], name=op.f("fk_case_merge_case_id_casefile")),
        sa.ForeignKeyConstraint(["into_id"], ["casefile.id"], name=op.f("fk_case_merge_into_id_casefile")),
        sa.ForeignKeyConstraint(
            ["merged_by_id"], ["user_account.id"], name=op.f("fk_case_merge_merged_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user_account.id"], name=op.f("fk_case_merge_undone_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_merge")),
    )
    with op.batch_alter_table("case_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_merge_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_merge_into_id"), ["into_id"], unique=False)

    op.create_table(
        "same_source",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("same_as_id", sa.Uuid(), nullable=False),
        sa.Column("said_by_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_same_source_report_id_report")),
        sa.ForeignKeyConstraint(["same_as_id"], ["report.id"], name=op.f("fk_same_source_same_as_id_report")),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["user_account.id"], name=op.f("fk_same_source_said_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_source")),
        sa.UniqueConstraint("report_id", name=op.f("uq_same_source_report_id")),
    )
    with op.batch_alter_table("same_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_same_source_same_as_id"), ["same_as_id"], unique=False)


def _index_open(columns: list[str]) -> None:
    """The open cases with all that the inbox counts them by."""
    is_open = sa.text("status <> 'closed'")
    op.create_index(OPEN_INBOX, "casefile", columns, postgresql_where=is_open, sqlite_where=is_open)


def downgrade() -> None:
    op.drop_table("same_source")
    op.drop_table("case_merge")
    op.drop_column("case_event", "version")
    op.drop_index(OPEN_INBOX, "casefile")
    op.drop_column("casefile", "merged_into_id")
    _index_open(INBOX)
