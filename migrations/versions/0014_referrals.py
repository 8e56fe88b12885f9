"""referrals

Revision: 0014
Follows: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# What organisations could read until now was the anonymised account: that is what their referrals go on disclosing.
DISCLOSED_UNTIL_NOW = "anonymised"


def upgrade() -> None:
    op.create_table(
        "case_conflict",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Uuid(), nullable=True),
        sa.Column("removal_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (user_id IS NULL)",
            name=op.f("ck_case_conflict_names_an_organisation_or_a_person"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["casefile.id"], name=op.f("fk_case_conflict_case_id_casefile")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_case_conflict_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_conflict_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_case_conflict_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["user_account.id"], name=op.f("fk_case_conflict_removed_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_conflict")),
    )
    with op.batch_alter_table("case_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_conflict_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_case_conflict_organisation_id_case_id", ["organisation_id", "case_id"], unique=False
        )
        batch_op.create_index("ix_case_conflict_user_id_case_id", ["user_id", "case_id"], unique=False)

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("disclosure", sa.String(length=15), nullable=False, server_default=DISCLOSED_UNTIL_NOW)
        )
        batch_op.add_column(sa.Column("answer_note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("consent_overridden_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("override_ground", sa.String(length=30), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("override_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("escalation_level", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(
            batch_op.f("fk_referral_consent_overridden_by_id_user_account"),
            "user_account",
            ["consent_overridden_by_id"],
            ["id"],
        )
        batch_op.create_index("ix_referral_state_deadline_at", ["state", "deadline_at"], unique=False)
    with op.batch_alter_table(
        "referral", schema=None
    ) as batch_op:  # the defaults served the rows that were here
        for column in ("disclosure", "answer_note", "override_ground", "override_reason", "escalation_level"):
            batch_op.alter_column(column, server_default=None)

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("follow_up_told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_column("follow_up_told_at")

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_state_deadline_at")
        batch_op.drop_constraint(
            batch_op.f("fk_referral_consent_overridden_by_id_user_account"), type_="foreignkey"
        )
        for column in (
            "escalation_level",
            "escalated_at",
            "reminded_at",
            "override_reason",
            "override_ground",
            "consent_overridden_by_id",
            "answer_note",
            "disclosure",
        ):
            batch_op.drop_column(column)

    op.drop_table("case_conflict")
