"""sms that works

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway",
        sa.Column("slug", sa.String(length=30), nullable=False),
        sa.Column("provider", sa.String(length=30), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("is_sending", sa.Boolean(), nullable=False),
        sa.Column("preference", sa.Integer(), nullable=False),
        sa.Column("segments_per_minute", sa.Integer(), nullable=False),
        sa.Column("price_per_segment", sa.Float(), nullable=False),
        sa.Column("settings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("web_secrets", sa.LargeBinary(), nullable=True),
        sa.Column("worker_secrets", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway")),
        sa.UniqueConstraint("slug", name=op.f("uq_gateway_slug")),
    )
    op.create_table(
        "gateway_state",
        sa.Column("slug", sa.String(length=30), nullable=False),
        sa.Column("next_free_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resting_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures_in_a_row", sa.Integer(), nullable=False),
        sa.Column("last_heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciled_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_finding", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_gateway_state")),
    )
    op.create_table(
        "messaging_policy",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answers_per_contact", sa.Integer(), nullable=False),
        sa.Column("messages_per_day", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=5), nullable=False),
        sa.Column("warned_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messaging_policy")),
    )
    op.create_table(
        "callback_request",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_rang_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_callback_request_contact_id_contact")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["user_account.id"], name=op.f("fk_callback_request_done_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_request")),
    )
    with op.batch_alter_table("callback_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callback_request_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_callback_request_done_at"), ["done_at"], unique=False)

    op.create_table(
        "voice_prompt",
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("audio", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["user_account.id"], name=op.f("fk_voice_prompt_updated_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_prompt")),
        sa.UniqueConstraint("key", "language", name=op.f("uq_voice_prompt_key_language")),
    )
    op.create_table(
        "wording",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["user_account.id"], name=op.f("fk_wording_updated_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint("key", "language", name=op.f("uq_wording_key_language")),
    )
    op.create_table(
        "opening",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=15), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("failure", sa.String(length=60), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casefile.id"], name=op.f("fk_opening_case_id_casefile")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_opening_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opening_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_opening_user_id"), ["user_id"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("asked", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("last_heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_conversation_contact_id_contact")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_conversation_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_conversation_contact_id")),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_report_id"), ["report_id"], unique=False)

    op.create_table(
        "arrival",
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("text_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("part_reference", sa.LargeBinary(length=32), nullable=True),
        sa.Column("part_number", sa.Integer(), nullable=True),
        sa.Column("part_total", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_arrival_contact_id_contact")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_arrival_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("reference", name=op.f("uq_arrival_reference")),
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index(
            "ix_arrival_contact_id_received_at", ["contact_id", "received_at"], unique=False
        )
        batch_op.create_index("ix_arrival_done_at_available_at", ["done_at", "available_at"], unique=False)
        batch_op.create_index("ix_arrival_gateway_received_at", ["gateway", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_arrival_message_id"), ["message_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("sealed_source", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sealed_original", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_copy", sa.LargeBinary(), nullable=True),
        sa.Column("failure", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attachment_message_id_message")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_attachment_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_report_id"), ["report_id"], unique=False)

    op.create_table(
        "delivery_receipt",
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("provider_reference", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_delivery_receipt_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_receipt")),
    )
    with op.batch_alter_table("delivery_receipt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_receipt_gateway_provider_reference", ["gateway", "provider_reference"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_delivery_receipt_message_id"), ["message_id"], unique=False)

    op.create_table(
        "send_attempt",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=15), nullable=False),
        sa.Column("failure", sa.String(length=60), nullable=False),
        sa.Column("provider_reference", sa.String(length=200), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_send_attempt_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_attempt")),
    )
    with op.batch_alter_table("send_attempt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_send_attempt_gateway_provider_reference", ["gateway", "provider_reference"], unique=False
        )
        batch_op.create_index("ix_send_attempt_gateway_started_at", ["gateway", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_send_attempt_message_id"), ["message_id"], unique=False)

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=5), nullable=True))
        batch_op.add_column(
            sa.Column("last_gateway", sa.String(length=30), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("is_machine", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("is_never_written", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("safe_from_minute", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("safe_until_minute", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("has_cover", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("repeats_message_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("contact_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("sealed_address", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("gateway", sa.String(length=30), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("purpose", sa.String(length=15), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("template", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=5), nullable=False, server_default="fr"))
        batch_op.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column(
                "available_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
            )
        )
        batch_op.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("report_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.alter_column(
            "provider_reference",
            existing_type=sa.String(length=64),
            type_=sa.String(length=200),
            existing_nullable=True,
        )
        batch_op.create_index("ix_message_contact_id_created_at", ["contact_id", "created_at"], unique=False)
        batch_op.create_index("ix_message_state_available_at", ["state", "available_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_message_repeats_message_id_message"), "message", ["repeats_message_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_message_contact_id_contact"), "contact", ["contact_id"], ["id"]
        )

    # Questions that wait to be sent keep waiting: from now on the message itself is the work that is owed.
    op.execute(
        "UPDATE message SET purpose = 'question', available_at = created_at, "
        "contact_id = (SELECT report.contact_id FROM report WHERE report.id = message.report_id) "
        "WHERE direction = 'out' AND channel = 'sms'"
    )
    op.execute("DELETE FROM owed_work WHERE job = 'workers.jobs.send_message'")


def downgrade() -> None:
    with op.batch_alter_table("send_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_send_attempt_message_id"))
        batch_op.drop_index("ix_send_attempt_gateway_started_at")
        batch_op.drop_index("ix_send_attempt_gateway_provider_reference")

    op.drop_table("send_attempt")
    with op.batch_alter_table("delivery_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_receipt_message_id"))
        batch_op.drop_index("ix_delivery_receipt_gateway_provider_reference")

    op.drop_table("delivery_receipt")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_report_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_message_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arrival_message_id"))
        batch_op.drop_index("ix_arrival_gateway_received_at")
        batch_op.drop_index("ix_arrival_done_at_available_at")
        batch_op.drop_index("ix_arrival_contact_id_received_at")

    op.drop_table("arrival")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversation_report_id"))

    op.drop_table("conversation")
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opening_user_id"))
        batch_op.drop_index(batch_op.f("ix_opening_case_id"))

    op.drop_table("opening")
    op.drop_table("wording")
    op.drop_table("voice_prompt")
    with op.batch_alter_table("callback_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callback_request_done_at"))
        batch_op.drop_index(batch_op.f("ix_callback_request_contact_id"))

    op.drop_table("callback_request")
    op.drop_table("messaging_policy")
    op.drop_table("gateway_state")
    op.drop_table("gateway")

    op.execute("DELETE FROM message WHERE report_id IS NULL")  # automatic answers that belong to no report
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_message_contact_id_contact"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_message_repeats_message_id_message"), type_="foreignkey")
        batch_op.drop_index("ix_message_state_available_at")
        batch_op.drop_index("ix_message_contact_id_created_at")
        batch_op.alter_column(
            "provider_reference",
            existing_type=sa.String(length=200),
            type_=sa.String(length=64),
            existing_nullable=True,
        )
        batch_op.alter_column("report_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("expires_at")
        batch_op.drop_column("attempts")
        batch_op.drop_column("claimed_until")
        batch_op.drop_column("available_at")
        batch_op.drop_column("priority")
        batch_op.drop_column("language")
        batch_op.drop_column("template")
        batch_op.drop_column("purpose")
        batch_op.drop_column("gateway")
        batch_op.drop_column("sealed_address")
        batch_op.drop_column("contact_id")
        batch_op.drop_column("repeats_message_id")

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_column("has_cover")
        batch_op.drop_column("safe_until_minute")
        batch_op.drop_column("safe_from_minute")
        batch_op.drop_column("is_never_written")
        batch_op.drop_column("stopped_at")
        batch_op.drop_column("is_machine")
        batch_op.drop_column("last_gateway")
        batch_op.drop_column("language")
