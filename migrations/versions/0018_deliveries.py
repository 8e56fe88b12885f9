"""deliveries

Revision: 0018
Follows: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _index(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def upgrade() -> None:
    op.create_table(
        "export_public_key",
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        _moment("first_seen_at"),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_export_public_key")),
    )
    _create_targets()
    _create_schedules()
    _create_deliveries()


def _create_targets() -> None:
    table = "delivery_target"
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("address", _json(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("pinned", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        _moment("checked_at", nullable=True),
        _moment("created_at"),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        _moment("removed_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to(table, "organisation_id", "organisation"),
        _to(table, "created_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_target")),
    )
    _index(table, "organisation_id")


def _create_schedules() -> None:
    table = "export_schedule"
    op.create_table(
        table,
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("filters", _json(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("file_format", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        _moment("next_at"),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("stopped", sa.String(length=40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("created_at"),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("last_export_id", sa.Uuid(), nullable=True),
        _moment("removed_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to(table, "organisation_id", "organisation"),
        _to(table, "created_by_id", "user_account"),
        _to(table, "last_export_id", "export_record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_schedule")),
    )
    _index(table, "organisation_id", "created_by_id", "last_export_id")
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(
            "ix_export_schedule_is_enabled_next_at", ["is_enabled", "next_at"], unique=False
        )
    op.create_table(
        "export_schedule_target",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        _to("export_schedule_target", "schedule_id", table),
        _to("export_schedule_target", "target_id", "delivery_target"),
        sa.PrimaryKeyConstraint("schedule_id", "target_id", name=op.f("pk_export_schedule_target")),
    )


def _create_deliveries() -> None:
    table = "export_delivery"
    op.create_table(
        table,
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        _moment("created_at"),
        _moment("available_at"),
        _moment("claimed_until", nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("ended_at", nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to(table, "export_id", "export_record"),
        _to(table, "schedule_id", "export_schedule"),
        _to(table, "target_id", "delivery_target"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_delivery")),
    )
    _index(table, "export_id", "schedule_id", "target_id")
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(
            "ix_export_delivery_state_available_at", ["state", "available_at"], unique=False
        )


def downgrade() -> None:
    op.drop_table("export_delivery")
    op.drop_table("export_schedule_target")
    op.drop_table("export_schedule")
    op.drop_table("delivery_target")
    op.drop_table("export_public_key")
