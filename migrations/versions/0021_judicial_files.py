"""judicial files

Revision: 0021
Follows: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "judicial_file",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("recipient_name", sa.String(length=120), nullable=False),
        sa.Column("recipient_function", sa.String(length=120), nullable=False),
        sa.Column("recipient_court", sa.String(length=120), nullable=False),
        sa.Column("recipient_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(length=80), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("ground", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("override_ground", sa.String(length=30), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("report_ids", JSON, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("failure", sa.String(length=60), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("case_id", "casefile"),
        _to("asked_by_id", "user_account"),
        _to("recipient_organisation_id", "organisation"),
        _to("decided_by_id", "user_account"),
        _to("export_id", "export_record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judicial_file")),
    )
    with op.batch_alter_table("judicial_file", schema=None) as batch_op:
        for column in ("case_id", "asked_by_id", "export_id"):
            batch_op.create_index(batch_op.f(f"ix_judicial_file_{column}"), [column], unique=False)
        batch_op.create_index("ix_judicial_file_state_expires_at", ["state", "expires_at"], unique=False)


def _to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_judicial_file_{column}_{table}"))


def downgrade() -> None:
    op.drop_table("judicial_file")
