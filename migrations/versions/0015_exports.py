"""exports

Revision: 0015
Follows: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLE = "export_record"
# Until now a file was handed out as it was made: all that its level let out, to the one who asked.
_BEFORE = {
    "kind": (sa.String(length=20), "cases"),
    "level": (sa.String(length=10), "cndh"),
    "language": (sa.String(length=5), "fr"),
    "purpose": (sa.Text(), ""),
    "recipient": (sa.String(length=200), ""),
    "state": (sa.String(length=10), "taken"),
    "rows_done": (sa.Integer(), "0"),
    "rows_total": (sa.Integer(), "0"),
    "failure": (sa.String(length=60), ""),
    "attempts": (sa.Integer(), "0"),
}


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        for name, (kind, default) in _BEFORE.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("organisation_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("recipient_organisation_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("case_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("schedule_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("withheld", _json(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("risks", _json(), nullable=True))
        batch_op.add_column(sa.Column("manifest", _json(), nullable=True))
        batch_op.add_column(sa.Column("byte_count", sa.Integer(), nullable=True))
        for name in ("asked_at", "taken_at", "expires_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sealed_key", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("folder", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("members", sa.LargeBinary(), nullable=True))
    _fill()
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        for name in (*_BEFORE, "withheld"):
            batch_op.alter_column(name, server_default=None)
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("organisation_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column("asked_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("made_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch_op.alter_column("row_count", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("sha256", existing_type=sa.LargeBinary(length=32), nullable=True)
        batch_op.alter_column(
            "file_format", existing_type=sa.String(length=10), type_=sa.String(length=20), nullable=False
        )
        batch_op.create_unique_constraint(batch_op.f("uq_export_record_number"), ["number"])
        batch_op.create_foreign_key(
            batch_op.f("fk_export_record_organisation_id_organisation"),
            "organisation",
            ["organisation_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_export_record_recipient_organisation_id_organisation"),
            "organisation",
            ["recipient_organisation_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_export_record_case_id_casefile"), "casefile", ["case_id"], ["id"]
        )
        batch_op.create_index("ix_export_record_state_expires_at", ["state", "expires_at"], unique=False)
        batch_op.create_index("ix_export_record_asked_at", ["asked_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_export_record_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_export_record_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_export_record_schedule_id"), ["schedule_id"], unique=False)
    _create_previews()


def _fill() -> None:
    """Number the exports of before in the order in which they were made; each was taken as it was made."""
    record = sa.table(
        _TABLE,
        *(sa.column(name) for name in ("id", "number", "made_at", "asked_at", "taken_at")),
        *(sa.column(name) for name in ("user_id", "organisation_id")),
        *(sa.column(name) for name in ("row_count", "rows_done", "rows_total")),
    )
    found = op.get_bind().execute(sa.select(record.c.id).order_by(record.c.made_at, record.c.id)).scalars()
    for number, record_id in enumerate(found.all(), start=1):
        op.execute(record.update().where(record.c.id == record_id).values(number=number))
    account = sa.table("user_account", sa.column("id"), sa.column("organisation_id"))
    home = sa.select(account.c.organisation_id).where(account.c.id == record.c.user_id).scalar_subquery()
    op.execute(
        record.update().values(
            organisation_id=home,
            asked_at=record.c.made_at,
            taken_at=record.c.made_at,
            rows_done=record.c.row_count,
            rows_total=record.c.row_count,
        )
    )


def _create_previews() -> None:
    op.create_table(
        "export_preview",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("recipient_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("asked", _json(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases_total", sa.Integer(), nullable=False),
        sa.Column("cases_done", sa.Integer(), nullable=False),
        sa.Column("result", _json(), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_export_preview_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_export_preview_recipient_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_preview")),
    )
    with op.batch_alter_table("export_preview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_preview_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_export_preview_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("export_preview")
    record = sa.table(_TABLE, sa.column("made_at"))
    op.execute(record.delete().where(record.c.made_at.is_(None)))  # an older release knows finished ones only
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        for name in (
            "ix_export_record_schedule_id",
            "ix_export_record_case_id",
            "ix_export_record_organisation_id",
            "ix_export_record_asked_at",
            "ix_export_record_state_expires_at",
        ):
            batch_op.drop_index(name)
        batch_op.drop_constraint(batch_op.f("fk_export_record_case_id_casefile"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_export_record_recipient_organisation_id_organisation"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_export_record_organisation_id_organisation"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("uq_export_record_number"), type_="unique")
        batch_op.alter_column("file_format", existing_type=sa.String(length=20), type_=sa.String(length=10))
        batch_op.alter_column("sha256", existing_type=sa.LargeBinary(length=32), nullable=False)
        batch_op.alter_column("row_count", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("made_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        for name in (
            *_BEFORE,
            *(
                "number",
                "recipient_organisation_id",
                "case_id",
                "schedule_id",
                "withheld",
                "risks",
                "manifest",
            ),
            *("byte_count", "asked_at", "taken_at", "expires_at", "sealed_key", "folder", "members"),
        ):
            batch_op.drop_column(name)
