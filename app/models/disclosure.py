"""How much of a case an organisation is shown, and whom a case must never be shown to."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import Organisation, User


class Disclosure(StrEnum):
    """What the organisation that gets a referral is shown; each holds what the one before it holds.

    `summary`: reference, place as far as the cercle, week, violations, urgency and what is asked, no text.
    `anonymised`: the account without names, the findings, and which files there are.
    `with_identity`: may ask for identities to be opened, one by one and with a reason.
    """

    SUMMARY = "summary"
    ANONYMISED = "anonymised"
    WITH_IDENTITY = "with_identity"


class ConflictSource(StrEnum):
    """Who said that a case concerns an organisation or a person."""

    MACHINE = "machine"  # the original names them
    PERSON = "person"  # a supervisor of the desk said so


class CaseConflict(Identified, Base):
    """A case concerns an organisation, or a person who works here: they never see, count or export it.

    Exactly one of `organisation_id` and `user_id` is set. A removed one stays, so that the machine doesn't find it
    again and the history of it can be read. No name and no word of the report is kept here.
    """

    __tablename__ = "case_conflict"
    __table_args__ = (
        CheckConstraint(
            "(organisation_id IS NULL) <> (user_id IS NULL)", name="names_an_organisation_or_a_person"
        ),
        Index("ix_case_conflict_organisation_id_case_id", "organisation_id", "case_id"),
        Index("ix_case_conflict_user_id_case_id", "user_id", "case_id"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    source: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removal_reason: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    user: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[user_id])
