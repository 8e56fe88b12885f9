"""figures

Revision: 0019
Follows: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_cell",
        sa.Column("breakdown", sa.String(length=20), nullable=False),
        sa.Column("span", sa.Date(), nullable=False),
        sa.Column("first", sa.String(length=40), nullable=False),
        sa.Column("second", sa.String(length=40), nullable=False),
        sa.Column("verification", sa.String(length=20), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "breakdown", "span", "first", "second", "verification", "on_day", name=op.f("pk_figure_cell")
        ),
    )
    op.create_index(op.f("ix_figure_cell_span"), "figure_cell", ["span"])
    op.create_table(
        "figure_duration",
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("span", sa.Date(), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "span", "bucket", name=op.f("pk_figure_duration")),
    )
    op.create_index(op.f("ix_figure_duration_span"), "figure_duration", ["span"])
    op.create_table(
        "figure_span",
        sa.Column("span", sa.Date(), nullable=False),
        sa.Column("case_rows", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("span", name=op.f("pk_figure_span")),
    )
    op.create_index(op.f("ix_figure_span_counted_at"), "figure_span", ["counted_at"])
    op.create_table(
        "figure_refresh",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("looked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_refresh")),
    )


def downgrade() -> None:
    op.drop_table("figure_refresh")
    op.drop_index(op.f("ix_figure_span_counted_at"), table_name="figure_span")
    op.drop_table("figure_span")
    op.drop_index(op.f("ix_figure_duration_span"), table_name="figure_duration")
    op.drop_table("figure_duration")
    op.drop_index(op.f("ix_figure_cell_span"), table_name="figure_cell")
    op.drop_table("figure_cell")
