"""custody

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _make_proofs()
    _make_retention()
    _make_holds()


def _make_proofs() -> None:
    op.create_table(
        "signed_head",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_signed_head")),
    )
    op.create_table(
        "audit_check",
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    with op.batch_alter_table("audit_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_check_checked_at"), ["checked_at"], unique=False)


def _make_retention() -> None:
    op.create_table(
        "retention_version",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("days", JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["user_account.id"], name=op.f("fk_retention_version_saved_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_version")),
        sa.UniqueConstraint("version", name=op.f("uq_retention_version_version")),
    )
    op.create_table(
        "retention_due",
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_due")),
        sa.UniqueConstraint("rule", "subject_id", name=op.f("uq_retention_due_rule_subject_id")),
    )
    with op.batch_alter_table("retention_due", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retention_due_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index("ix_retention_due_rule_due_at", ["rule", "due_at"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=10), nullable=True),
        sa.Column("violation_code", sa.String(length=40), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("verification", sa.String(length=20), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
    )
    with op.batch_alter_table("tombstone", schema=None) as batch_op:
        batch_op.create_index("ix_tombstone_month_region_code", ["month", "region_code"], unique=False)


def _make_holds() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by_id", sa.Uuid(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casefile.id"], name=op.f("fk_legal_hold_case_id_casefile")),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["user_account.id"], name=op.f("fk_legal_hold_placed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["user_account.id"], name=op.f("fk_legal_hold_lifted_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    with op.batch_alter_table("legal_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_hold_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_legal_hold_batch_id"), ["batch_id"], unique=False)


def downgrade() -> None:
    for table in (
        "legal_hold",
        "tombstone",
        "retention_due",
        "retention_version",
        "audit_check",
        "signed_head",
    ):
        op.drop_table(table)
