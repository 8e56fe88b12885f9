"""rules

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_CONDITIONS = ("cercle_codes", "languages", "channels", "days")
# What a rule of before says as a version; what it had no column for is as it worked.
_KEPT = (
    "name",
    "violations",
    "region_codes",
    "actors",
    "minimum_urgency",
    "minimum_confidence",
    "deadline_hours",
    "is_active",
)
_AS_IT_WORKED: dict[str, Any] = {
    **{name: [] for name in _CONDITIONS},
    "from_hour": None,
    "until_hour": None,
    "consent": "",
    "disclosure": "anonymised",
    "sends_at_once": True,
}


def upgrade() -> None:
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("names_in_reports", _JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.alter_column("names_in_reports", server_default=None)

    with op.batch_alter_table("routing_rule", schema=None) as batch_op:
        for name in _CONDITIONS:
            batch_op.add_column(sa.Column(name, _JSON, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("from_hour", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("until_hour", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("consent", sa.String(length=15), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("disclosure", sa.String(length=15), nullable=False, server_default="anonymised")
        )
        batch_op.add_column(
            sa.Column("sends_at_once", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(
            sa.Column("closed_because", sa.String(length=30), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table(
        "routing_rule", schema=None
    ) as batch_op:  # the defaults served the rows that were here
        for name in (*_CONDITIONS, "consent", "disclosure", "sends_at_once", "closed_because", "version"):
            batch_op.alter_column(name, server_default=None)

    op.create_table(
        "rule_version",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["routing_rule.id"], name=op.f("fk_rule_version_rule_id_routing_rule")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["user_account.id"], name=op.f("fk_rule_version_saved_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("rule_id", "version", name=op.f("uq_rule_version_rule_id_version")),
    )
    op.create_table(
        "rule_preview",
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("cases_total", sa.Integer(), nullable=False),
        sa.Column("cases_done", sa.Integer(), nullable=False),
        sa.Column("result", _JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_rule_preview_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["routing_rule.id"], name=op.f("fk_rule_preview_rule_id_routing_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_preview")),
    )
    with op.batch_alter_table("rule_preview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_preview_rule_id"), ["rule_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rule_preview_asked_at"), ["asked_at"], unique=False)
    _make_first_versions()


def _make_first_versions() -> None:
    """Every rule that is here is version 1 of itself."""
    rules = sa.table(
        "routing_rule",
        sa.column("id", sa.Uuid()),
        sa.column("organisation_id", sa.Uuid()),
        *(sa.column(name, _JSON) for name in ("violations", "region_codes", "actors")),
        sa.column("is_active", sa.Boolean()),
        *(
            sa.column(name)
            for name in _KEPT
            if name not in {"violations", "region_codes", "actors", "is_active"}
        ),
    )
    versions = sa.table(
        "rule_version",
        *(sa.column(name, sa.Uuid()) for name in ("id", "rule_id")),
        sa.column("content", _JSON),
        sa.column("saved_at", sa.DateTime(timezone=True)),
        *(sa.column(name) for name in ("version", "reason")),
    )
    connection = op.get_bind()
    for rule in connection.execute(sa.select(rules)).mappings().all():
        content = {name: rule[name] for name in _KEPT} | _AS_IT_WORKED
        connection.execute(
            versions.insert().values(
                id=uuid.uuid4(),
                rule_id=rule["id"],
                version=1,
                content=content | {"organisation_id": str(rule["organisation_id"])},
                saved_at=datetime.now(UTC),
                reason="",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("rule_preview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_preview_asked_at"))
        batch_op.drop_index(batch_op.f("ix_rule_preview_rule_id"))
    op.drop_table("rule_preview")
    op.drop_table("rule_version")
    with op.batch_alter_table("routing_rule", schema=None) as batch_op:
        for name in (
            "version",
            "closed_because",
            "sends_at_once",
            "disclosure",
            "consent",
            "until_hour",
            "from_hour",
            *reversed(_CONDITIONS),
        ):
            batch_op.drop_column(name)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("names_in_reports")
