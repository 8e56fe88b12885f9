"""the inbox

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ORDER = ["urgency", "received_at", "id"]
FILTERS = ["status", "assigned_to_id", "region_code", "cercle_code", "language", "channel", "verification"]
COUNTED_BY = ["status", "needs_person", "assigned_to_id", "is_withdrawn"]
REPLACED = ["status", "assigned_to_id", "channel"]
OPEN = "status <> 'closed'"
NEEDING = "needs_person <> '' AND status <> 'closed'"
DUE = "state IN ('sent', 'accepted')"
# Sentences are parted from each other before PostgreSQL's parser sees them: it takes "pris.hier" for a web address.
# 100,000 letters: more distinct words could go beyond the largest tsvector (1 MB), and no report may fail for that.
VECTOR = (
    "to_tsvector('simple'::regconfig, regexp_replace(\"left\"(search_text, 100000), "
    "'[^0-9a-z\\u00c0-\\uffff]|[\\u2000-\\u206f]', ' ', 'g'))"
)


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_saved_view_owner_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_saved_view_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_owner_id"), "saved_view", ["owner_id"])
    op.create_index(op.f("ix_saved_view_organisation_id"), "saved_view", ["organisation_id"])
    op.create_table(
        "bulk_change",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_bulk_change_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_change")),
    )
    op.create_index("ix_bulk_change_user_id_made_at", "bulk_change", ["user_id", "made_at"])
    op.create_table(
        "bulk_change_item",
        sa.Column("bulk_change_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulk_change_id"],
            ["bulk_change.id"],
            name=op.f("fk_bulk_change_item_bulk_change_id_bulk_change"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["casefile.id"],
            name=op.f("fk_bulk_change_item_case_id_casefile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_change_item")),
        sa.UniqueConstraint(
            "bulk_change_id", "case_id", name=op.f("uq_bulk_change_item_bulk_change_id_case_id")
        ),
    )
    op.create_index(op.f("ix_bulk_change_item_case_id"), "bulk_change_item", ["case_id"])
    with op.batch_alter_table("casefile") as batch_op:
        batch_op.add_column(
            sa.Column("closed_as", sa.String(length=20), nullable=False, server_default=sa.text("''"))
        )
    _index()
    _index_words()


def _index() -> None:
    for column in REPLACED:
        op.drop_index(op.f(f"ix_casefile_{column}"), "casefile")
    for column in FILTERS:
        op.create_index(f"ix_casefile_{column}_inbox", "casefile", [column, *ORDER])
    for name, columns, only in (
        ("ix_casefile_open_inbox", [*ORDER, *COUNTED_BY], OPEN),
        ("ix_casefile_needing_inbox", ORDER, NEEDING),
    ):
        where = sa.text(only)
        op.create_index(name, "casefile", columns, postgresql_where=where, sqlite_where=where)
    op.create_index("ix_casefile_received_at", "casefile", ["received_at", "id"])
    op.create_index("ix_casefile_updated_at", "casefile", ["updated_at", "id"])
    due = sa.text(DUE)
    op.create_index(
        "ix_referral_due", "referral", ["deadline_at", "case_id"], postgresql_where=due, sqlite_where=due
    )


def _index_words() -> None:
    """SQLite's triggers are made by env.py, which puts them back whenever a rebuilt table has lost them."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"ALTER TABLE casefile ADD COLUMN search_vector tsvector GENERATED ALWAYS AS ({VECTOR}) STORED"
        )
        op.create_index("ix_casefile_search", "casefile", ["search_vector"], postgresql_using="gin")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE casefile_search USING fts5(search_text, content='casefile', "
            "content_rowid='number', columnsize=0, prefix='2 3 4', tokenize='unicode61 remove_diacritics 0')"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_casefile_search", "casefile")
        op.drop_column("casefile", "search_vector")
    else:
        for name in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER IF EXISTS casefile_search_{name}")
        op.execute("DROP TABLE casefile_search")
    op.drop_index("ix_referral_due", "referral")
    names = [*(f"{column}_inbox" for column in FILTERS), "open_inbox", "needing_inbox"]
    for name in (*names, "received_at", "updated_at"):
        op.drop_index(f"ix_casefile_{name}", "casefile")
    for column in REPLACED:
        op.create_index(op.f(f"ix_casefile_{column}"), "casefile", [column])
    with op.batch_alter_table("casefile") as batch_op:
        batch_op.drop_column("closed_as")
    op.drop_table("bulk_change_item")
    op.drop_table("bulk_change")
    op.drop_table("saved_view")
