"""two people

Revision: 0022
Follows: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NAME = "ck_judicial_file_is_decided_by_another"


def upgrade() -> None:
    with op.batch_alter_table("judicial_file", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f(_NAME),
            "decided_by_id <> asked_by_id AND (state NOT IN ('approved', 'made') OR decided_by_id IS NOT NULL)",
        )


def downgrade() -> None:
    with op.batch_alter_table("judicial_file", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(_NAME), type_="check")
