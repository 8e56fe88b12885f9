"""the record

Revision: 0012
Follows: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)
_COUNTS = ("women", "men", "girls", "boys", "unknown")
_INDEXES = {
    "person": ("case_id",),
    "involvement": ("case_id", "person_id", "act_id"),
    "case_link": ("case_id", "other_id"),
}
# An older release knows one act of a kind in a case, and none that was taken away: the one it shows first stays.
_EXTRA_ACTS = """
DELETE FROM act WHERE removed_at IS NOT NULL OR EXISTS (
  SELECT 1 FROM act AS kept WHERE kept.case_id = act.case_id AND kept.violation_code = act.violation_code
  AND kept.removed_at IS NULL AND (kept.is_main > act.is_main OR (kept.is_main = act.is_main AND kept.id < act.id)))
"""


def upgrade() -> None:
    _extend_acts()
    _create_persons()
    _create_involvements()
    _create_links()
    _create_verification()
    for table, columns in _INDEXES.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _extend_acts() -> None:
    with op.batch_alter_table("act", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_act_case_id_violation_code"), type_="unique")
        batch_op.add_column(sa.Column("is_recorded", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("state", sa.String(length=20), nullable=False, server_default="alleged")
        )
        batch_op.add_column(sa.Column("occurred_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("occurred_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("region_code", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("cercle_code", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("method", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("removed_at", _MOMENT, nullable=True))
        batch_op.create_index(batch_op.f("ix_act_case_id"), ["case_id"], unique=False)
    with op.batch_alter_table("act", schema=None) as batch_op:  # the defaults served the rows that were here
        for column in ("is_recorded", "state", "method"):
            batch_op.alter_column(column, server_default=None)


def _create_persons() -> None:
    op.create_table(
        "person",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("sex", sa.String(length=10), nullable=False),
        sa.Column("age_group", sa.String(length=15), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("characteristics", _LIST, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("is_at_least", sa.Boolean(), nullable=False),
        sa.Column("actor_code", sa.String(length=40), nullable=False),
        sa.Column("actor_category", sa.String(length=40), nullable=False),
        sa.Column("has_acquiescence", sa.Boolean(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("removed_at", _MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _reference("person", "case_id", "casefile"),
        _reference("person", "finding_id", "finding", "SET NULL"),
        _reference("person", "created_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )


def _create_involvements() -> None:
    op.create_table(
        "involvement",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("certainty", sa.String(length=15), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("removed_at", _MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _reference("involvement", "case_id", "casefile"),
        _reference("involvement", "person_id", "person", "CASCADE"),
        _reference("involvement", "act_id", "act", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_involvement")),
    )


def _create_links() -> None:
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("removed_at", _MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _reference("case_link", "case_id", "casefile"),
        _reference("case_link", "other_id", "casefile"),
        _reference("case_link", "created_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
    )


def _create_verification() -> None:
    op.create_table(
        "verification_check",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("answer", sa.String(length=15), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_by_whom("verification_check"),
        _reference("verification_check", "case_id", "casefile"),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_verification_check_case_id_code")),
    )
    op.create_table(
        "source_assessment",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("reliability", sa.String(length=1), nullable=False),
        sa.Column("credibility", sa.String(length=1), nullable=False),
        *_by_whom("source_assessment"),
        _reference("source_assessment", "report_id", "report"),
        sa.UniqueConstraint("report_id", name=op.f("uq_source_assessment_report_id")),
    )
    op.create_table(
        "verification_step",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("is_proposal", sa.Boolean(), nullable=False),
        *_by_whom("verification_step"),
        _reference("verification_step", "case_id", "casefile"),
    )
    op.create_index("ix_verification_step_case_id_at", "verification_step", ["case_id", "at"], unique=False)


def _by_whom(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _reference(table, "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _reference(table: str, column: str, target: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)


def downgrade() -> None:
    op.drop_table("verification_step")
    op.drop_table("source_assessment")
    op.drop_table("verification_check")
    op.drop_table("case_link")
    op.drop_table("involvement")
    op.drop_table("person")
    op.execute(_EXTRA_ACTS)
    with op.batch_alter_table("act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_act_case_id"))
        for column in (
            "removed_at",
            "method",
            "cercle_code",
            "region_code",
            "occurred_to",
            "occurred_from",
            "state",
            "is_recorded",
        ):
            batch_op.drop_column(column)
        batch_op.create_unique_constraint(
            batch_op.f("uq_act_case_id_violation_code"), ["case_id", "violation_code"]
        )
