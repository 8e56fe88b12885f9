"""Judicial files: one case with its identities, asked for by one person, opened by another, sealed to one recipient."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.casefile import Case
from app.models.exports import ExportRecord
from app.models.organisation import Organisation, User


class JudicialPart(StrEnum):
    """What a judicial file can hold beyond the case file of the commission."""

    TOKENS = "tokens"  # whom or what the signs of the account stand for
    MESSAGES = "messages"  # the messages as they were written
    NUMBERS = "numbers"  # the phones they came from
    EVIDENCE = "evidence"  # which files there are, with their digests; the files themselves never


class JudicialState(StrEnum):
    """Where a judicial file is on its way."""

    CHECKING = "checking"  # a worker looks at the recipient's certificate
    KEY_REFUSED = "key_refused"
    UNCONFIRMED = "unconfirmed"  # nobody has compared the fingerprint yet
    WAITING = "waiting"  # for a second person
    APPROVED = "approved"  # workers make it
    MADE = "made"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by who asked
    EXPIRED = "expired"
    FAILED = "failed"


UNDECIDED = (JudicialState.CHECKING, JudicialState.UNCONFIRMED, JudicialState.WAITING)


class JudicialFile(Identified, Base):
    """One judicial file. What was asked for never changes: the second person decides on exactly that.

    `report_ids` are the reports that it is about, as they stood when it was asked for. `certificate` is the recipient's
    OpenPGP certificate as it was given. `sealed_payload` holds the opened identities, sealed to the workers, from the
    approval until the file is made. `ground` is a code of app/exports/judicial/grounds.toml, `override_ground` one of
    app/casework/override_grounds.toml where reporters weren't asked. `problem` and `failure` are codes.
    """

    __tablename__ = "judicial_file"
    __table_args__ = (
        CheckConstraint(
            "decided_by_id <> asked_by_id AND (state NOT IN ('approved', 'made') OR decided_by_id IS NOT NULL)",
            name="is_decided_by_another",  # whatever the code above it does: two people, or no file
        ),
        Index("ix_judicial_file_state_expires_at", "state", "expires_at"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[str] = mapped_column(String(15), default=JudicialState.CHECKING)
    language: Mapped[str] = mapped_column(String(5))
    recipient_name: Mapped[str] = mapped_column(String(120))
    recipient_function: Mapped[str] = mapped_column(String(120))
    recipient_court: Mapped[str] = mapped_column(String(120))
    recipient_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[str] = mapped_column(String(80), default="")
    problem: Mapped[str] = mapped_column(String(40), default="")  # why the certificate was refused
    confirmed_at: Mapped[datetime | None]  # the fingerprint was compared with the recipient
    ground: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text)
    override_ground: Mapped[str] = mapped_column(String(30), default="")
    override_reason: Mapped[str] = mapped_column(Text, default="")
    parts: Mapped[list[str]] = mapped_column(default=list)
    report_ids: Mapped[list[str]] = mapped_column(default=list)
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    sealed_payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(60), default="")
    export_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("export_record.id"), index=True)

    case: Mapped[Case] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], lazy="joined")
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")
    recipient_organisation: Mapped[Organisation | None] = relationship()
    export: Mapped[ExportRecord | None] = relationship()
