"""the safe

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "user_key",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("operations", sa.Integer(), nullable=False),
        sa.Column("memory_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_key_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_key")),
        sa.UniqueConstraint("user_id", name=op.f("uq_user_key_user_id")),
    )
    op.create_table(
        "organisation_key",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rotation_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovery_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recovery_salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("recovery_operations", sa.Integer(), nullable=True),
        sa.Column("recovery_memory_bytes", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_key_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_key")),
        sa.UniqueConstraint(
            "organisation_id", "generation", name=op.f("uq_organisation_key_organisation_id_generation")
        ),
    )
    op.create_table(
        "key_grant",
        sa.Column("organisation_key_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["user_account.id"], name=op.f("fk_key_grant_granted_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_key_id"],
            ["organisation_key.id"],
            name=op.f("fk_key_grant_organisation_key_id_organisation_key"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_key_grant_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_grant")),
        sa.UniqueConstraint(
            "organisation_key_id", "user_id", name=op.f("uq_key_grant_organisation_key_id_user_id")
        ),
    )
    with op.batch_alter_table("key_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_key_grant_user_id"), ["user_id"], unique=False)
    op.create_table(
        "report_key",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_private", sa.LargeBinary(), nullable=True),
        sa.Column("returned_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_key_report_id_report")),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["user_account.id"], name=op.f("fk_report_key_returned_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_key")),
        sa.UniqueConstraint("report_id", name=op.f("uq_report_key_report_id")),
    )
    op.create_table(
        "report_key_share",
        sa.Column("report_key_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_key_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("shared_by_id", sa.Uuid(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_key_id"],
            ["organisation_key.id"],
            name=op.f("fk_report_key_share_organisation_key_id_organisation_key"),
        ),
        sa.ForeignKeyConstraint(
            ["report_key_id"], ["report_key.id"], name=op.f("fk_report_key_share_report_key_id_report_key")
        ),
        sa.ForeignKeyConstraint(
            ["shared_by_id"], ["user_account.id"], name=op.f("fk_report_key_share_shared_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_key_share")),
        sa.UniqueConstraint(
            "report_key_id",
            "organisation_key_id",
            name=op.f("uq_report_key_share_report_key_id_organisation_key_id"),
        ),
    )
    with op.batch_alter_table("report_key_share", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_key_share_organisation_key_id"), ["organisation_key_id"], unique=False
        )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("token_marks", JSON, nullable=True))
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part", sa.String(length=40), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.drop_column("part")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("token_marks")
    op.drop_table("report_key_share")
    op.drop_table("report_key")
    op.drop_table("key_grant")
    op.drop_table("organisation_key")
    op.drop_table("user_key")
